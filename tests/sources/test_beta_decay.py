"""Beta decay: allowed shapes against mpmath and the tables of Bahcall, and the decays after a neutron capture."""

import pickle
import re
from pathlib import Path

import mpmath
import numpy as np
import pytest
from scipy.integrate import trapezoid

import cevns
from cevns import InputError, UnknownNameError, constants
from cevns._core.beta_decay import electron_factor
from cevns.reference import beta_decay as reference
from cevns.sources import AllowedShape, BetaDecay

DATA = Path(__file__).parents[3] / "shared" / "data"

# end point [MeV] and charge of the daughter of the solar decays, mean energy, and largest difference from the table
SOLAR = {
    "pp": (0.42341, -1, 0.26667, 1.8e-3),
    "13N": (1.199, -6, 0.70674, 3.5e-4),
    "15O": (1.732, -7, 0.99651, 5e-4),
    "17F": (1.740, -8, 0.99959, 5e-4),
    "hep": (18.784, -2, 9.6302, 9e-4),
}


def published(name, header=3):
    if not (DATA / name).exists():
        pytest.skip(f"needs the published table {name}, which is not part of cevns")
    return np.genfromtxt(DATA / name, delimiter=",", comments="#", skip_header=header)


def flux_of(spectrum):
    return cevns.Flux((cevns.Component("nuebar", "test", spectrum),))


def exact_factor(kinetic, Z):
    """p W F of the electron or positron over 2π, with Γ itself, as a number of mpmath."""
    W = 1 + mpmath.mpf(float(kinetic))
    p, a = mpmath.sqrt(W**2 - 1), mpmath.mpf(constants.FINE_STRUCTURE) * Z
    gamma, y = mpmath.sqrt(1 - a**2), a * W / p
    F = p ** (2 * gamma - 2) * mpmath.exp(mpmath.pi * y) * abs(mpmath.gamma(mpmath.mpc(gamma, y))) ** 2
    return p * W * F / (2 * mpmath.pi)


# --------------------------------------------------------------------------------------------------------------- the shape


@pytest.mark.parametrize("Z", [1, 2, 20, 93, 94, 100, -1, -2, -8, -40, -100])
def test_electron_factor_is_phase_space_times_the_fermi_function(Z):
    # against mpmath, with Γ itself: from the end point, where y → ∞, to electrons of 10 MeV; 1e-14 is rounding, and for
    # positrons that of the exponent 2πy
    kinetic = np.array([1e-9, 1e-6, 1e-4, 1e-3, 0.003, 0.01, 0.1, 0.3, 1.0, 1.26, 10.0]) / constants.ELECTRON_MASS
    with mpmath.workdps(40):
        exact = np.array([float(exact_factor(t, Z)) for t in kinetic])
    found = electron_factor(kinetic, constants.FINE_STRUCTURE * Z)
    y = constants.FINE_STRUCTURE * max(-Z, 0) * (1 + kinetic) / np.sqrt(kinetic * (kinetic + 2))
    seen = exact > 1e-300  # so held back that doubles end
    assert np.all(np.abs(found / np.where(seen, exact, 1) - 1)[seen] <= (1e-14 + 1e-15 * 2 * np.pi * y)[seen])
    assert np.all(found[~seen] < 1e-290)


def test_electron_factor_agrees_with_the_reference():
    kinetic = np.geomspace(1e-9, 200.0, 500).reshape(4, 125)
    for coupling in (0.7, 0.1, 0.01, -0.01, -0.3):
        expected = reference.electron_factor(kinetic, coupling)
        y = abs(coupling) * (1 + kinetic) / np.sqrt(kinetic * (kinetic + 2))
        # 1e-15 of the exponent, which 2πy is for positrons
        np.testing.assert_array_less(
            np.abs(electron_factor(kinetic, coupling) - expected), expected * (1e-13 + 4e-15 * y) + 1e-300
        )


@pytest.mark.parametrize(("end_point", "Z"), [(0.42341, -1), (1.7, -8), (2.2, 40)])
def test_an_allowed_shape_is_that_of_mpmath(end_point, Z):
    # with Γ itself, and the integral in u, the fourth root of the kinetic energy; 2e-12 for the panels of the integral
    m = mpmath.mpf(constants.ELECTRON_MASS)
    with mpmath.workdps(25):
        Q = mpmath.mpf(end_point)

        def shape(kinetic):
            t = kinetic / m
            W, p, a = 1 + t, mpmath.sqrt(t * (t + 2)), mpmath.mpf(constants.FINE_STRUCTURE) * Z
            gamma, y = mpmath.sqrt(1 - a**2), a * W / p
            log_gamma = mpmath.loggamma(mpmath.mpc(gamma, y)).real
            return (Q - kinetic) ** 2 * W * p ** (2 * gamma - 1) * mpmath.exp(mpmath.pi * y + 2 * log_gamma)

        # positrons below u = 0.02 are held back by 1e-20 and more; of electrons there are 1e-16 below 1e-4
        start = 0.02 if Z < 0 else 1e-4
        whole = mpmath.quad(lambda u: 4 * u**3 * Q * shape(Q * u**4), [start, 0.05, *mpmath.linspace(0.125, 1, 8)])
        energy = np.array([1e-6, 0.1, 0.5, 0.9, 0.99]) * end_point
        expected = [float(shape(Q - mpmath.mpf(float(E))) / whole) for E in energy]
    np.testing.assert_allclose(AllowedShape(end_point, Z).density(energy), expected, rtol=2e-12)


@pytest.mark.parametrize("decay", SOLAR)
def test_solar_decays_follow_the_tables_of_bahcall(decay):
    # in arbitrary units; the first rows have two or three digits
    end, Z, mean, largest = SOLAR[decay]
    table = published(f"solar_{decay}.csv")
    E, density = table[:, 0], table[:, 1] / trapezoid(table[:, 1], table[:, 0])
    inside = (0.02 * end < E) & (0.95 * end > E)
    spectrum = AllowedShape(end, Z)
    assert np.abs(spectrum.density(E[inside]) / density[inside] - 1).max() < largest
    assert spectrum.energy_sum == pytest.approx(mean, rel=6e-4)  # of pp, where the table has the protons' motion; 3e-5 else


@pytest.mark.parametrize(
    ("decay", "rows", "largest", "below"),
    [
        ("pp", 84, 0.0013, 0.0013),
        ("hep", 1000, 0.0001, 0.0001),
        ("13N", 200, 0.0011, 0.0004),
        ("15O", 500, 0.0019, 0.0004),
        ("17F", 500, 0.0023, 0.0004),
    ],
)
def test_solar_decays_follow_the_tables_to_the_end_at_the_energies_before_rounding(decay, rows, largest, below):
    # rows stand at k Q/rows, printed with four or five digits: an error of 4e-5 MeV is 1 % of the last step to the end point
    end, Z, _, _ = SOLAR[decay]
    table = published(f"solar_{decay}.csv")
    k = np.round(table[:, 0] / end * rows)
    E = k * end / rows
    np.testing.assert_allclose(E, table[:, 0], atol=7.6e-4 if decay == "hep" else 5.1e-5)
    np.testing.assert_array_equal(np.diff(k), 1)
    density = table[:, 1] / trapezoid(table[:, 1], E)
    seen = (density > 0.01 * density.max()) & (end > E)
    ratio = AllowedShape(end, Z).density(E[seen]) / density[seen] - 1
    assert np.abs(ratio).max() < largest
    assert np.abs(ratio[E[seen] < 0.95 * end]).max() < below


@pytest.mark.parametrize(("end_point", "Z"), [(1e-3, 1), (0.018, 2), (1.0, -30), (1.26, 93), (15.0, -4), (100.0, -1)])
def test_an_allowed_shape_gives_one_neutrino(end_point, Z):
    # by Gauss's quadrature in steps that halve towards the end point, where the shape is not smooth
    spectrum = AllowedShape(end_point, Z)
    node, weight = np.polynomial.legendre.leggauss(30)
    edges = end_point * np.append(1 - 0.5 ** np.arange(40.0), 1.0)
    half = np.diff(edges)[:, None] / 2
    E = edges[:-1, None] + half * (1 + node)
    assert np.sum(half * weight * spectrum.density(E)) == pytest.approx(1.0, rel=1e-11)
    assert np.sum(half * weight * E * spectrum.density(E)) == pytest.approx(spectrum.energy_sum, rel=1e-11)
    assert spectrum.total == 1.0
    assert spectrum.moments.moments(np.array([1e-300]))[0, 0] == pytest.approx(1.0, rel=1e-12)


def test_without_coulomb_force_the_mean_energies_are_those_of_phase_space():
    # relativistic electrons share the energy evenly with the neutrino: Q/2; slow ones leave ∫E³√(Q−E)/∫E²√(Q−E) = 2/3 Q
    assert AllowedShape(100.0, 1).energy_sum == pytest.approx(50.0, rel=0.006)
    # and where pF no longer depends on p, that of E³/E²: 3/4 Q
    assert AllowedShape(1e-3, 100).energy_sum == pytest.approx(0.75e-3, rel=2e-4)


def test_electrons_end_in_a_step_and_positrons_in_nothing():
    for end in (0.5, 5.0):
        beside = np.array([end * (1 - 1e-12), end * (1 + 1e-12)])
        electron, positron = (AllowedShape(end, Z).density(beside) for Z in (20, -20))
        assert electron[0] > 1e-3 * AllowedShape(end, 20).density(np.array([end / 2]))[0]
        assert positron[0] < 1e-30
        assert electron[1] == positron[1] == 0


def test_an_allowed_shape_is_a_value():
    spectrum = AllowedShape(1.199, -6.0)
    assert repr(spectrum) == "AllowedShape(1.199, -6)"
    assert pickle.loads(pickle.dumps(spectrum)) == spectrum == AllowedShape(1.199, -6)
    assert spectrum != AllowedShape(1.199, 6)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: AllowedShape(0.0, 6), InputError, "end_point must be >= 0.001 and <= 100 MeV (got 0)"),
        (
            lambda: AllowedShape(1.0, 0),
            InputError,
            "daughter_charge must be a whole number, not 0: > 0 for electrons, < 0 for ",
        ),
        (lambda: AllowedShape(1.0, 1.5), InputError, "daughter_charge must be a whole number, not 0"),
        (lambda: AllowedShape(1.0, 101), InputError, "daughter_charge must be >= -100 and <= 100 (got 101)"),
        (lambda: BetaDecay("240U"), UnknownNameError, "unknown beta decay '240U'"),
    ],
)
def test_wrong_input_is_named(call, error, message):
    with pytest.raises(error, match=re.escape(message)):
        call()


# -------------------------------------------------------------------------------------------------------------- a capture


@pytest.mark.parametrize("nuclide", ["239U", "239Np"])
def test_a_beta_decay_gives_one_antineutrino(nuclide):
    assert BetaDecay(nuclide).total == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize(("nuclide", "largest"), [("239U", 1.2615), ("239Np", 0.714639)])
def test_beta_spectra_end_at_their_largest_end_point(nuclide, largest):
    spectrum = BetaDecay(nuclide)
    assert spectrum.edges[-1] == pytest.approx(largest, rel=1e-12)
    assert np.all(np.diff(spectrum.edges) > 0)
    beside = spectrum.density(np.array([largest * (1 - 1e-9), largest * (1 + 1e-9)]))
    assert beside[0] > 0  # the attraction of the nucleus makes it a step
    assert beside[1] == 0
    assert np.all(spectrum.density(np.array([-0.1, 2.0])) == 0)


@pytest.mark.parametrize(("nuclide", "name", "mean"), [("239U", "u239", 2e-3), ("239Np", "np239", 6e-4)])
def test_capture_spectra_are_close_to_those_of_bestiole(nuclide, name, mean):
    # bins of 25 keV, with corrections that these spectra leave out: 0.6 % of the largest density, 2 % of each
    table = published(f"reactor_bestiole2023_breeding_{name}.csv")
    E, density = table[:, 0], table[:, 1]
    flux = flux_of(BetaDecay(nuclide))
    edges = np.append(np.maximum(E - 0.0125, 1e-12), E[-1] + 0.0125)
    bins = -np.diff(flux.moments(edges)[0]) / 0.025
    assert np.abs(bins - density).max() < 0.0065 * density.max()
    assert np.abs(bins / density - 1).max() < 0.021
    assert flux.mean_energy() == pytest.approx(E @ density * 0.025, rel=mean)


def test_branches_add_up_to_the_exact_shapes():
    # the electron's factor in panels against itself: 1e-12 of the largest density
    for nuclide in ("239U", "239Np"):
        from cevns.sources.beta_decay import _branches, _shape

        ends, factors, _ = _branches(nuclide)
        E = np.linspace(0.001, 0.999, 400) * ends[-1]
        Z = {"239U": 93, "239Np": 94}[nuclide]
        exact = sum(
            f * np.where(end >= E, _shape(E, np.maximum(end - E, 0.0), Z), 0) for f, end in zip(factors, ends, strict=True)
        )
        np.testing.assert_allclose(BetaDecay(nuclide).density(E), exact, rtol=0, atol=1e-12 * exact.max())
