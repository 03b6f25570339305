"""Containers of snewpy: what their axes, units and flavours mean, with the package itself where it is installed."""

import enum
import re
import types

import numpy as np
import pytest
from scipy.integrate import trapezoid

import cevns
from cevns import InputError, UnknownNameError, constants, sources
from cevns.sources import Pinched, snewpy

ENERGY = np.linspace(0.0, 100.0, 501)  # MeV
TIME = np.linspace(0.0, 8.0, 81)  # s
AREA = 4 * np.pi * (10 * constants.KILOPARSEC) ** 2  # cm²
MU_TAU = ("numu", "nutau", "numubar", "nutaubar")
MEANS = {"NU_E": 11.0, "NU_X": 14.0, "NU_E_BAR": 13.0, "NU_X_BAR": 14.0}  # MeV

# The order of its members is that of snewpy 2: the name decides, and not the number.
TwoFlavor = enum.IntEnum("TwoFlavor", ["NU_E", "NU_E_BAR", "NU_X", "NU_X_BAR"], start=0)


def cooling(names=tuple(MEANS)):
    """dN/dE dt dA [cm⁻² s⁻¹ MeV⁻¹] of 5e52 erg a flavour at 10 kpc, which falls as e^(−t/2 s)."""
    light_curve = np.exp(-TIME / 2) / trapezoid(np.exp(-TIME / 2), TIME)
    rows = [5e52 * constants.ERG / MEANS[name] / AREA * Pinched(MEANS[name], 2.5).density(ENERGY) for name in names]
    return light_curve[:, np.newaxis] * np.array(rows)[:, np.newaxis]


def container(array=None, flavor=tuple(MEANS), time=TIME, energy=ENERGY):
    return types.SimpleNamespace(array=cooling() * 1e4 if array is None else array, flavor=flavor, time=time, energy=energy)


def fluence(per=1.0):
    """The same, integrated over time: one step."""
    return container(trapezoid(cooling(), TIME, axis=1)[:, np.newaxis] * 1e4 * per, time=TIME[[0, -1]])


UNITS = {
    "1 / (MeV s cm2)": ("flux", 1.0),
    "1 / (GeV s m2)": ("flux", 1e-7),
    "MeV": ("energy", 1.0),
    "GeV": ("energy", 1e3),
    "s": ("time", 1.0),
    "ms": ("time", 1e-3),
}


class Quantity:
    """An array with a unit: what `snewpy` asks of astropy's quantities."""

    def __init__(self, values, unit):
        self.values, self.unit = values, unit

    def to_value(self, unit):
        own, wanted = UNITS[self.unit], UNITS.get(unit, ("unknown", 1.0))
        if own[0] != wanted[0]:
            raise TypeError(f"{self.unit} and {unit} are not convertible")
        return self.values * (own[1] / wanted[1])


# ----------------------------------------------------------------------------------------------------------- what it means


def test_energy_emitted_comes_out_of_a_flux_per_second():
    history = snewpy(container(), distance=10.0)
    assert isinstance(history, cevns.FluxHistory)
    assert (len(history), history.unit, history.per) == (80, "s", "burst")
    burst = history.sum()
    for flavor in constants.FLAVORS:
        # straight lines every 0.2 MeV: 2e-5 of a pinched spectrum
        assert burst.total(flavor) * burst.mean_energy(flavor) * AREA / constants.ERG == pytest.approx(5e52, rel=1e-4)


def test_two_flavors_x_is_one_of_mu_and_tau():
    # six flavours of 5e52 erg each: a sum of the two would give twice that, or half
    burst = snewpy(fluence(), kind="fluence")
    for flavor, mean in {"nue": 11.0, "numu": 14.0, "nutau": 14.0, "nuebar": 13.0, "numubar": 14.0, "nutaubar": 14.0}.items():
        assert burst.total(flavor) == pytest.approx(5e52 * constants.ERG / mean / AREA, rel=1e-4)


def test_three_flavors_are_taken_one_by_one():
    names = ["NU_E", "NU_E_BAR", "NU_MU", "NU_MU_BAR", "NU_TAU", "NU_TAU_BAR"]
    array = np.arange(1.0, 7.0)[:, np.newaxis, np.newaxis] * fluence().array[:1]
    flux = snewpy(container(array, names, TIME[[0, -1]]), kind="fluence")
    shares = [flux.total(f) / flux.total("nue") for f in ("nue", "nuebar", "numu", "numubar", "nutau", "nutaubar")]
    assert shares == pytest.approx([1, 2, 3, 4, 5, 6], rel=1e-12)


def test_sterile_neutrinos_are_left_out():
    flux = snewpy(container(np.ones((2, 1, 501)), ["NU_E", "NU_S_BAR"], [0.0, 1.0]), kind="fluence")
    assert flux.flavors == ("nue",)


@pytest.mark.parametrize(
    "flavor",
    [
        [TwoFlavor.NU_E, TwoFlavor.NU_X, TwoFlavor.NU_E_BAR, TwoFlavor.NU_X_BAR],
        np.array([TwoFlavor.NU_E, TwoFlavor.NU_X, TwoFlavor.NU_E_BAR, TwoFlavor.NU_X_BAR], dtype=object),
        np.array([0, 1, 2, 3]),  # as snewpy 1 keeps them
    ],
)
def test_flavors_may_be_names_members_or_the_numbers_of_snewpy_1(flavor):
    assert snewpy(container(flavor=flavor)) == snewpy(container())


def test_flavors_of_ones_own_replace_those_of_the_container():
    array = fluence().array[:2]
    flux = snewpy(container(array, [7, 8], [0.0, 1.0]), kind="fluence", flavors=("numubar", "NU_E"))
    assert flux.flavors == ("nue", "numubar")


def test_steps_between_points_of_time_add_up_to_the_integral():
    direct = trapezoid(trapezoid(cooling(), ENERGY, axis=2), TIME, axis=1)
    history = snewpy(container())
    for flavor, expected in zip(("nue", "numu", "nuebar", "numubar"), direct, strict=True):
        assert history.total(flavor).sum() == pytest.approx(expected, rel=1e-13)


def test_edges_of_time_multiply_a_flux_by_the_steps():
    array = cooling()[:, :-1] * 1e4
    history = snewpy(container(array))
    expected = trapezoid(array[0], ENERGY, axis=1) * 1e-4 * np.diff(TIME)
    np.testing.assert_allclose(history.total("nue"), expected, rtol=1e-13)


def test_one_point_of_time_is_a_flux_per_second():
    flux = snewpy(container(cooling()[:, :1] * 1e4, time=[0.0]))
    assert isinstance(flux, cevns.Flux)
    assert flux.per == "s"


def test_contents_of_bins_keep_both_integrals():
    edges = np.geomspace(0.5, 100.0, 60)
    spectrum = Pinched(13.0, 2.5)
    cumulative = [float(trapezoid(spectrum.density(x), x)) for x in (np.linspace(0, e, 4001) for e in edges)]
    contents = 1e15 * np.diff(cumulative)
    flux = snewpy(container(contents[np.newaxis, np.newaxis], ["NU_E"], [0.0, 1.0], edges), kind="fluence in bins")
    assert flux.total() == pytest.approx(1e-4 * contents.sum(), rel=1e-13)
    assert flux.spectrum(2.0) == pytest.approx(1e11 * spectrum.density(2.0), rel=0.2)  # a histogram, 9 % wide
    per_second = snewpy(container(contents[np.newaxis, np.newaxis], ["NU_E"], [0.0], edges), kind="flux in bins")
    assert (per_second.per, per_second.total()) == ("s", flux.total())


def test_flavors_with_equal_values_share_a_spectrum():
    (first, *_) = snewpy(container()).fluxes
    assert len({id(c.spectrum) for c in first.components}) == 3  # nue, nuebar, and the other four
    assert len({id(c.spectrum.energy) for c in first.components}) == 1


def test_units_are_converted():
    plain = snewpy(container())
    united = snewpy(
        container(
            Quantity(cooling() * 1e7, "1 / (GeV s m2)"), time=Quantity(TIME * 1e3, "ms"), energy=Quantity(ENERGY / 1e3, "GeV")
        )
    )
    np.testing.assert_allclose(united.total(), plain.total(), rtol=1e-12)
    np.testing.assert_allclose(united.edges, plain.edges, rtol=1e-12)


def test_events_of_the_container_are_those_of_the_supernova():
    flux = sources.supernova(mean_energy={"nue": 11.0, "nuebar": 13.0, **dict.fromkeys(MU_TAU, 14.0)}, pinching=2.5)
    expected = cevns.rate(flux, "Xe", threshold=1.0)
    # a spectrum every 0.2 MeV that ends at 100 MeV
    assert cevns.rate(snewpy(fluence(), kind="fluence"), "Xe", threshold=1.0) == pytest.approx(expected, rel=2e-4)


def test_an_empty_container_is_a_flux_of_zero():
    assert snewpy(container(np.zeros((4, 1, 501)), time=[0.0, 1.0]), kind="fluence").total() == 0.0


# ------------------------------------------------------------------------------------------------------------ the package


def test_containers_of_the_package_itself():
    pytest.importorskip("snewpy", reason="snewpy is not installed")
    from astropy import units
    from snewpy.flux import Container
    from snewpy.neutrino import Flavor

    array = cooling([member.name for member in sorted(Flavor)])  # two flavours, in the order of this version
    flux = Container(array << units.Unit("1 / (MeV s cm2)"), list(Flavor), TIME << units.s, ENERGY << units.MeV)
    expected = snewpy(container()).sum()
    limits = np.linspace(0.0, 100.0, 1001) << units.MeV
    for each in (flux, flux.integrate("time"), flux.integrate("time").integrate("energy", limits)):
        found = snewpy(each, distance=10.0)
        found = found.sum() if isinstance(found, cevns.FluxHistory) else found
        for flavor in constants.FLAVORS:
            assert found.total(flavor) == pytest.approx(expected.total(flavor), rel=1e-12)
            assert found.mean_energy(flavor) == pytest.approx(expected.mean_energy(flavor), rel=1e-4)
    events = Container(array << units.Unit("1 / (MeV s)"), list(Flavor), TIME << units.s, ENERGY << units.MeV)
    with pytest.raises(InputError, match=r"array must be a flux or a fluence, in .* \(got 1 / \(MeV s\)\)"):
        snewpy(events)


# -------------------------------------------------------------------------------------------------------------- wrong input


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: snewpy(3.0), InputError, "a container of a flux needs array, flavor, time and energy (got 3.0 without array)"),
        (lambda: snewpy(container(np.ones((3, 81, 501)))), InputError,
         "array must be (flavours, times, energies) with 4 flavours (got shape (3, 81, 501))"),
        (lambda: snewpy(container(energy=ENERGY[:-3])), InputError,
         "energy must hold 2 or more points or bins, as the array does (got (498,) for 501)"),
        (lambda: snewpy(container(time=TIME[:-3])), InputError,
         "time must hold as many points or steps as the array (got shape (78,) for 81)"),
        (lambda: snewpy(container(), kind="fluence"), InputError,
         "an array that is not per time needs edges of steps (got 81 points)"),
        (lambda: snewpy(container(), kind="flux in bins"), InputError,
         "an array that is not per energy needs edges of bins (got 501 points)"),
        (lambda: snewpy(container(), kind="rate"), UnknownNameError, "unknown kind of array 'rate'"),
        (lambda: snewpy(container(flavor=["NU_E", "NU_X", "NU_E_BAR", "NU_Y"])), UnknownNameError, "unknown flavor 'NU_Y'"),
        (lambda: snewpy(container(flavor=[0, 1, 2, 4])), InputError, "flavor must be a name, or a number from 0 to 3 (got 4)"),
        (lambda: snewpy(container(-cooling())), InputError, "array must be >= 0 and finite"),
        (lambda: snewpy(container(), distance=0.0), InputError, "distance must be > 0 kpc and finite (got 0)"),
        (lambda: snewpy(container(Quantity(cooling(), "MeV"))), InputError, "array must be a flux or a fluence"),
        (lambda: snewpy(container(energy=Quantity(ENERGY, "ms"))), InputError, "energy must be in a unit like MeV (got ms)"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(make, error, message):
    with pytest.raises(error, match=re.escape(message)):
        make()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: container(energy=ENERGY / 1e3), r"MeV of mean energy, but 1 to 100 is possible: perhaps energies are in GeV"),
        (lambda: container(cooling()), r"3e\+49 erg emitted, but 1e\+50 to 1e\+55 is possible: .*areas are m²"),
        (lambda: container(cooling() * 1e8), r"3e\+57 erg emitted, but 1e\+50 to 1e\+55 is possible: .*areas are m²"),
    ],
)
def test_units_that_are_mixed_up_are_found_by_the_energies(make, message):
    with pytest.raises(InputError, match=message):
        snewpy(make(), distance=10.0)
