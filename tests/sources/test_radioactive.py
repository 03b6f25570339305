"""Radioactive sources: lines from atomic masses, decay in time, and published activities."""

import math
import pickle
from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate

import cevns
from cevns import InputError, UnknownNameError, constants
from cevns.sources import CURIE, radioactive, radioactive_history

HALF_LIFE = {"51Cr": 27.7010, "37Ar": 35.011}  # days
ATOMIC_MASSES = {"51Cr": (50.944765388, 50.943957664), "37Ar": (36.966776301, 36.965902573)}  # with the daughter's, u, AME2020


def q_value(nuclide):
    """Of electron capture [MeV]: the difference of the masses of the atoms."""
    parent, daughter = ATOMIC_MASSES[nuclide]
    return (parent - daughter) * constants.ATOMIC_MASS_UNIT


# ------------------------------------------------------------------------------------------------------------------- lines


@pytest.mark.parametrize("nuclide", ["51Cr", "37Ar"])
def test_a_decay_gives_one_neutrino(nuclide):
    flux = radioactive(nuclide, activity=4 * math.pi * 1e4, distance=1.0)  # as many Bq as cm² on the sphere
    assert flux.total("nue") == pytest.approx(1.0, rel=1e-14)
    assert (flux.flavors, flux.per, [c.name for c in flux.components]) == (("nue",), "s", [nuclide])


@pytest.mark.parametrize(
    ("nuclide", "level", "electrons"),
    # binding energies of the K and L₁ shells of the daughter [keV], X-ray Data Booklet (2009)
    [("51Cr", 0.0, (5.465, 0.6267)), ("51Cr", 320.0835, (5.465, 0.6267)), ("37Ar", 0.0, (2.8224, 0.2702))],
)
def test_lines_have_the_energy_that_the_daughter_does_not_keep(nuclide, level, electrons):
    # lines are given to 0.1 keV; the recoil of the nucleus takes 6 eV
    lines = np.array([energy for energy, _ in radioactive(nuclide, activity=1e16, distance=1.0).lines()])
    for binding in electrons:
        assert np.abs(lines - (q_value(nuclide) - (level + binding) / 1000)).min() < 1e-4


def test_a_tenth_of_the_decays_of_chromium_pass_through_the_level_at_320_kev():
    # intensity of the gamma ray, 9.910(10) %; the lines' published weights have 9.88 %
    lines = radioactive("51Cr", activity=1e16, distance=1.0).lines()
    below = sum(weight for energy, weight in lines if energy < 0.5)
    assert below / sum(weight for _, weight in lines) == pytest.approx(0.0991, abs=0.0005)


@pytest.mark.parametrize(("target", "ev"), [("Ge", 16.5), ("Xe", 9.1)])
def test_recoils_from_chromium_end_at_some_ev(target, ev):
    # 2E²/M at the strongest line and the mean mass of the element, which isotopes spread by 4 %
    mass = cevns.Target(target).molar_mass * constants.ATOMIC_MASS_UNIT
    assert 2e6 * 0.7469**2 / mass == pytest.approx(ev, rel=0.01)
    flux = radioactive("51Cr", activity=1e16, distance=1.0)
    lightest = min((nuclide for nuclide, _ in cevns.Target(target).components), key=lambda nuclide: nuclide.A)
    end = cevns.recoil_energy_max(0.7518, lightest)
    assert cevns.differential_rate(0.999 * end, flux, target) > 0
    assert cevns.differential_rate(1.001 * end, flux, target) == 0


# ----------------------------------------------------------------------------------------------------------------- activity


def test_a_megacurie_is_3_7e16_neutrinos_a_second():
    area = 4 * math.pi * 100.0**2
    assert radioactive("51Cr", activity=1e6 * CURIE, distance=1.0).total() * area == pytest.approx(3.7e16, rel=1e-14)


def test_flux_of_best_at_its_outer_edge():
    # 3.4 MCi at 1 m: 1.26e17/(4π 10⁴) a second and cm²
    assert radioactive("51Cr", activity=3.4e6 * CURIE, distance=1.0).total() == pytest.approx(1.0e12, rel=2e-3)


def test_flux_falls_with_the_square_of_the_distance():
    near, far = (radioactive("37Ar", activity=1e16, distance=L).total() for L in (0.5, 1.5))
    assert near / far == pytest.approx(9.0, rel=1e-14)


@pytest.mark.parametrize("nuclide", ["51Cr", "37Ar"])
def test_half_of_the_source_is_left_after_a_half_life(nuclide):
    fresh = radioactive(nuclide, activity=1e16, distance=1.0)
    aged = radioactive(nuclide, activity=1e16, distance=1.0, age=HALF_LIFE[nuclide])
    earlier = radioactive(nuclide, activity=1e16, distance=1.0, age=-HALF_LIFE[nuclide])
    assert aged.total() / fresh.total() == pytest.approx(0.5, rel=1e-14)
    assert earlier.total() / fresh.total() == pytest.approx(2.0, rel=1e-14)


def test_uncertainty_of_the_activity_is_that_of_the_flux():
    flux = radioactive("51Cr", activity=1e16, distance=1.0, uncertainty=0.0023)
    assert flux.total_uncertainty() / flux.total() == pytest.approx(0.0023, rel=1e-12)
    assert [u.name for u in flux.uncertainties] == ["activity of 51Cr"]
    assert not radioactive("51Cr", activity=1e16, distance=1.0).total_uncertainty()


# ------------------------------------------------------------------------------------------------------------------ history


def test_steps_have_the_mean_activity_of_their_time():
    edges = [-3.0, 0.0, 1e-6, 10.0, 37.7, 300.0]
    history = radioactive_history("51Cr", activity=1e16, distance=1.0, edges=edges)

    def flux(days):
        return radioactive("51Cr", activity=1e16, distance=1.0, age=days).total()

    for step, (start, stop) in enumerate(pairwise(edges)):
        mean = integrate.quad(flux, start, stop, epsabs=0, epsrel=1e-12)[0] / (stop - start)
        assert history.total()[step] == pytest.approx(mean, rel=1e-11)
    assert (history.unit, history.per) == ("d", "s")


def test_all_decays_are_those_of_the_mean_life():
    # ∫ A dt = A T/ln 2, of which 2⁻⁴⁰ is left
    history = radioactive_history("37Ar", activity=1e16, distance=1.0, edges=np.linspace(0.0, 40 * HALF_LIFE["37Ar"], 7))
    fresh = radioactive("37Ar", activity=1e16, distance=1.0).total()
    assert history.total() @ history.durations == pytest.approx(fresh * HALF_LIFE["37Ar"] / math.log(2), rel=1e-11)


def test_steps_share_their_lines_and_their_uncertainty():
    history = radioactive_history("51Cr", activity=1e16, distance=1.0, edges=[0.0, 10.0, 20.0], uncertainty=0.01)
    first, second = (flux.components[0].spectrum for flux in history.fluxes)
    assert first == second
    mean = history.average()
    assert mean.total_uncertainty() / mean.total() == pytest.approx(0.01, rel=1e-12)  # one parameter for both steps


def test_sources_survive_pickle():
    flux = radioactive("51Cr", activity=1e16, distance=1.0, uncertainty=0.01)
    assert pickle.loads(pickle.dumps(flux)) == flux


# -------------------------------------------------------------------------------------------------------------- wrong input


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"nuclide": "51Co"}, UnknownNameError, r"^unknown radioactive source '51Co'; did you mean '51Cr'\?$"),
        ({"activity": -1.0}, InputError, r"^activity must be >= 0 Bq and finite \(got -1\)$"),
        ({"distance": 0.0}, InputError, r"^distance must be > 0 m and finite \(got 0\)$"),
        ({"age": -3000.0}, InputError, r"^age must be >= -2770.1 d and finite \(got -3000\)$"),
        ({"uncertainty": -0.1}, InputError, r"^relative uncertainty must be >= 0 and <= 1e[+]06 \(got -0.1\)$"),
    ],
)
def test_wrong_arguments_are_explained(arguments, error, message):
    with pytest.raises(error, match=message):
        radioactive(**{"nuclide": "51Cr", "activity": 1e16, "distance": 1.0, **arguments})


@pytest.mark.parametrize(
    ("edges", "message"),
    [
        ([0.0], r"^edges of time must be a list of at least 2 \(got shape \(1,\)\)$"),
        ([0.0, 2.0, 1.0], r"^edges of time must increase \(got 2 d at index 1, then 1 d\)$"),
        ([-3000.0, 1.0], r"^first edge of time must be >= -2770.1 d and finite \(got -3000\)$"),
    ],
)
def test_wrong_times_are_explained(edges, message):
    with pytest.raises(InputError, match=message):
        radioactive_history("51Cr", activity=1e16, distance=1.0, edges=edges)
