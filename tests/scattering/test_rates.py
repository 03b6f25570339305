"""Rates: moments × coefficients against flux × cross section integrated over the neutrino energy; what holds of any rate.

Accuracy: relative 1e-12 against the reference (its quadrature) away from the end of the flux. At a distance d from the end the
double x = E_min(T) itself has an error ε/d, and the rate goes as d² or d³: 1e-9 at d = 1e-6. Bins: 1e-8 of each.
"""

import pickle
import re
import threading
import tracemalloc
from dataclasses import replace
from functools import cache
from itertools import pairwise

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cevns
from cevns import Component, Flux, StandardModel, Target
from cevns.constants import ATOMIC_MASS_UNIT, DAY, ELECTRON_MASS, WEAK_CROSS_SECTION
from cevns.fluxes.spectra import EndPoint, Lines
from cevns.nuclei.form_factors import Helm, KleinNystrand, Point
from cevns.reference import cases
from cevns.reference import form_factors as reference_form_factors
from cevns.reference import rates as reference
from cevns.reference import spectra as reference_spectra

POINT = StandardModel(form_factor=Point())
END = EndPoint.end


def pion_decay():
    line = (cevns.constants.PION_MASS**2 - cevns.constants.MUON_MASS**2) / (2 * cevns.constants.PION_MASS)
    return Flux(
        (
            Component("nue", "delayed", EndPoint("electron"), 2e7),
            Component("numubar", "delayed", EndPoint("muon"), 2e7),
            Component("numu", "prompt", Lines([line], [1.0]), 2e7),
        )
    )


def table():
    energy = np.linspace(0.5, 15.0, 60)
    return Flux.from_table(energy, {"nue": 1e6 * energy**2 * (15.0 - energy)}, lines={"nue": [(8.0, 1e6)]})


def helm_of(convention):
    lengths = {"lewin-smith": reference_form_factors.helm_lewin_smith, "engel": reference_form_factors.helm_engel}[convention]
    return lambda q, nuclide: reference_form_factors.helm(q, *lengths(nuclide.A))


def klein_nystrand(q, nuclide):
    return reference_form_factors.klein_nystrand(q, *reference_form_factors.klein_nystrand_coherent(nuclide.A))


# the library's interaction, and the same for the reference
MODELS = {
    "default": (StandardModel(), {}),
    "spin 1/2": (StandardModel(kinematics="spin-1/2"), {"kinematics": "spin-1/2"}),
    "point": (POINT, {"form_factor": lambda q, nuclide: reference_form_factors.point(q)}),
    "two form factors": (
        StandardModel(form_factor=KleinNystrand(), neutron_form_factor=Helm("engel")),
        {"form_factor": klein_nystrand, "neutron_form_factor": helm_of("engel")},
    ),
    "other angle": (
        StandardModel(weak_mixing_angle=0.2312),
        {"gvp": 0.5 - 2 * 0.2312, "gvn": -0.5},
    ),
}
SPECTRUM_IDS = [case.name for case in cases.SPECTRA]


@pytest.fixture(scope="module")
def flux_of(make_flux):
    return cache(lambda name: make_flux(next(case for case in cases.SPECTRA if case.name == name)))


def heaviest_end(case, target):
    return max(float(cevns.recoil_energy_max(case.end, nuclide)) for nuclide, _ in target.components)


# ---- the reference ---------------------------------------------------------------------------------------------------


@cache
def reference_rate(case_name, formula, model):
    case, target = next(c for c in cases.SPECTRA if c.name == case_name), Target(formula)
    end = heaviest_end(case, target)
    T = np.concatenate(([0.0], np.geomspace(1e-6, 0.3, 4) * end, np.array([0.5, 0.9, 0.99, 1.001, 2.0]) * end))
    expected = reference.differential_rate(
        T, list(case.components.values()), target.components, per=case.per, **MODELS[model][1]
    )
    return T, expected


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("name", SPECTRUM_IDS)
def test_differential_rate_agrees_with_the_reference(name, model, flux_of, instruction_set):
    for formula in ("Ar", "CsI") if model == "default" else ("C3F8",):
        T, expected = reference_rate(name, formula, model)
        values = cevns.differential_rate(T, flux_of(name), formula, MODELS[model][0])
        # at 0.99 of the end ε/d = 4e-14, thrice in a power of three; sampled spectra are good to 1e-12 of what is above
        np.testing.assert_allclose(values, expected, rtol=3e-12)
        np.testing.assert_array_equal(values[-1:], 0.0)


@pytest.mark.parametrize("name", ["pion decay at rest", "reactor", "linear table, fine"])
@pytest.mark.parametrize("formula", cases.TARGETS)
def test_every_target_agrees_with_the_reference(name, formula, flux_of):
    T, expected = reference_rate(name, formula, "default")
    np.testing.assert_allclose(cevns.differential_rate(T, flux_of(name), formula), expected, rtol=3e-12)


# ---- the end of a spectrum -------------------------------------------------------------------------------------------


def exact_rate(T, nuclide, folded):
    """n (G_F² M/π) Q² ∫ φ (1 − T/E − MT/2E²) dE [1/(kg day keV)]; the integral a function of t = T [MeV], x = E_min, M."""
    with mpmath.workdps(50):
        t, M = mpmath.mpf(float(T)) / 1000, mpmath.mpf(nuclide.mass)
        x = (t + mpmath.sqrt(t * (t + 2 * M))) / 2
        integral = folded(t, x, M)
    ((_, per_kg),) = Target(nuclide).components
    return 1e-3 * DAY * per_kg * WEAK_CROSS_SECTION * nuclide.mass * cevns.weak_charge(nuclide) ** 2 * float(integral)


def folded_polynomial(powers, end):
    """For φ = Σ c_n E^n up to `end`: ∫ φ (1 − T/E − MT/2E²) dE in closed form."""

    def primitive(n, low, high):
        return mpmath.log(high / low) if n == -1 else (high ** (n + 1) - low ** (n + 1)) / (n + 1)

    def folded(t, x, M):
        top = mpmath.mpf(end)
        return sum(
            mpmath.mpf(c) * (primitive(n, x, top) - t * primitive(n - 1, x, top) - M * t / 2 * primitive(n - 2, x, top))
            for n, c in powers.items()
        )

    return folded


_m = cevns.constants.MUON_MASS / 2
ENDINGS = {
    "muon": (Flux((Component("numubar", "", EndPoint("muon")),)), _m, folded_polynomial({2: 6 / _m**3, 3: -4 / _m**4}, _m)),
    "electron": (
        Flux((Component("nue", "", EndPoint("electron")),)),
        _m,
        folded_polynomial({2: 12 / _m**3, 3: -12 / _m**4}, _m),
    ),
    "table to zero": (Flux.from_table([5.0, 10.0], {"nue": [10.0, 0.0]}), 10.0, folded_polynomial({0: 20, 1: -2}, 10.0)),
    "table in a step": (Flux.from_table([5.0, 10.0], {"nue": [5.0, 10.0]}), 10.0, folded_polynomial({1: 1}, 10.0)),
    "histogram": (
        Flux.from_table([5.0, 10.0], {"nue": [3.0]}, interpolation="histogram"),
        10.0,
        folded_polynomial({0: 3}, 10.0),
    ),
    "power law": (
        Flux.from_table([5.0, 10.0], {"nue": [1 / 25, 1 / 100]}, interpolation="loglog"),
        10.0,
        folded_polynomial({-2: 1}, 10.0),
    ),
    "function": (
        Flux.from_function({"nue": lambda E: (10 - E) * (10 + E)}, [5.0, 10.0]),
        10.0,
        folded_polynomial({0: 100, 2: -1}, 10.0),
    ),
}


@pytest.mark.parametrize("name", ENDINGS)
@pytest.mark.parametrize("distance", [1e-3, 1e-5, 1e-6])
def test_rates_keep_nine_digits_up_to_the_end(name, distance, instruction_set):
    flux, end, folded = ENDINGS[name]
    for nuclide in (cevns.Nuclide("12C"), cevns.Nuclide("132Xe")):
        # the distance in the neutrino energy
        T = cevns.recoil_energy_max((1 - distance) * end, nuclide)
        value = cevns.differential_rate(T, flux, Target(nuclide), POINT)
        # a constant K that is printed in doubles: some ε beside the 1e-9
        assert value == pytest.approx(exact_rate(T, nuclide, folded), rel=1.0001e-9)


@pytest.mark.parametrize("name", ENDINGS)
@given(st.floats(0.0, 2.0))
def test_rates_are_never_negative_and_exactly_zero_beyond_the_end(name, fraction):
    flux, end, _ = ENDINGS[name]
    nuclide = cevns.Nuclide("40Ar")
    top = cevns.recoil_energy_max(end, nuclide)
    near = top * (1 - np.geomspace(1e-4, 1e-15, 12))
    T = np.concatenate(([fraction * top], near, top * np.array([1 + 4e-15, 1 + 1e-9, 1.1, 1e9])))
    for model in (StandardModel(), StandardModel(kinematics="spin-1/2")):
        values = cevns.differential_rate(T, flux, "40Ar", model)
        assert (values >= 0).all()
        np.testing.assert_array_equal(values[-4:], 0.0)
        if fraction > 1:
            assert values[0] == 0.0


def test_no_recoil_energy_gives_the_limit():
    # T → 0: n (G_F² M/π) Q² Φ₀; spectra that start above zero energy are flat below their lowest recoil up to T/T_max
    flux, nuclide = table(), cevns.Nuclide("40Ar")
    ((_, per_kg),) = Target("40Ar").components
    expected = 1e-3 * DAY * per_kg * WEAK_CROSS_SECTION * nuclide.mass * cevns.weak_charge(nuclide) ** 2 * flux.total()
    assert cevns.differential_rate(0.0, flux, "40Ar") == pytest.approx(expected, rel=1e-13)
    assert cevns.differential_rate(1e-15, flux, "40Ar") == pytest.approx(expected, rel=1e-12)
    half = StandardModel(kinematics="spin-1/2")
    assert cevns.differential_rate(0.0, flux, "40Ar", half) == cevns.differential_rate(0.0, flux, "40Ar")


def test_spin_one_half_adds_its_term():
    # + n (G_F² M/π) Q² (T²/2) Φ₂; on hydrogen it is seen
    proton, T = cevns.Nuclide("1H"), np.array([10.0, 500.0, 2000.0, 4000.0])
    flux = pion_decay()
    difference = cevns.differential_rate(T, flux, proton, StandardModel(kinematics="spin-1/2", form_factor=Point()))
    spin_zero = cevns.differential_rate(T, flux, proton, POINT)
    difference -= spin_zero
    ((_, per_kg),) = Target(proton).components
    phi2 = flux.moments(cevns.neutrino_energy_min(T, proton))[2]
    scale = 1e-3 * DAY * per_kg * WEAK_CROSS_SECTION * proton.mass * cevns.weak_charge(proton) ** 2
    # a difference: it rounds as the rates do, a few ε of them
    assert (np.abs(difference - scale * (1e-3 * T) ** 2 / 2 * phi2) <= 3e-15 * spin_zero + 1e-13 * difference).all()
    assert difference[-1] > 1e-3 * spin_zero[-1]


# ---- figures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "values"),
    [
        ("electron", {5.0: 0.8451688995, 20.0: 0.5356024732, 50.0: 0.2055086376, 100.0: 0.0209695244}),
        ("muon", {5.0: 0.8897411729, 20.0: 0.6431067113, 50.0: 0.3244479520, 100.0: 0.0654473632}),
    ],
)
def test_folded_kinematic_factor_of_pion_decay_on_argon(shape, values):
    # the rate of a point nucleus over that at T = 0: 10 digits printed, for a mass printed to 1e-8
    argon = replace(cevns.Nuclide("40Ar"), mass=39.962383 * ATOMIC_MASS_UNIT - 18 * ELECTRON_MASS)
    flux = Flux((Component("nue", "", EndPoint(shape)),))
    rates = cevns.differential_rate([0.0, *values], flux, argon, POINT)
    np.testing.assert_allclose(rates[1:] / rates[0], list(values.values()), rtol=0, atol=1e-9)


def test_flux_averaged_cross_section_of_argon_at_a_spallation_source():
    # 18.2473e-40 cm² (Helm) and 17.8571e-40 (Klein–Nystrand), 6 digits printed; "1.8e-39" in the literature
    flux = replace(pion_decay(), per="burst") / 2e7
    argon = cevns.Nuclide("40Ar")
    ((_, per_kg),) = Target(argon).components
    for model, expected in ((StandardModel(), 18.2473e-40), (StandardModel(form_factor=KleinNystrand()), 17.8571e-40)):
        assert cevns.rate(flux, argon, model) / per_kg / 3 == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("name", "total", "above"),
    [
        ("132Xe", 30.274892, 20.741334),
        ("40Ar", 8.605779, 7.686839),
        ("74Ge", 16.401188, 13.295128),
        ("208Pb", 47.593748, 25.998293),
    ],
)
def test_supernova_events_per_tonne(name, total, above):
    # 5e52 erg in each flavour, ⟨E⟩ = 12, 15, 4 × 18 MeV, α = 2.3, at 10 kpc: events without and above 1 keV, 7 digits
    parts = []
    for flavor, mean, number in (("nue", 12.0, 1), ("nuebar", 15.0, 1), ("numu", 18.0, 4)):
        part = reference_spectra.pinched_component(mean, 2.3, number * reference_spectra.supernova_fluence(5e52, mean, 10.0))
        parts.append(Flux.from_function({flavor: part.density}, part.knots, per="burst"))
    burst = parts[0] + parts[1] + parts[2]
    events = 1000 * cevns.rate(burst, name, threshold=[0.0, 1.0])
    np.testing.assert_allclose(events, [total, above], rtol=3e-7)


# ---- linearity -------------------------------------------------------------------------------------------------------

RECOIL = np.geomspace(1e-3, 100.0, 40)


@given(st.floats(1e-100, 1e100))
def test_rates_are_proportional_to_the_flux(factor):
    expected = factor * cevns.differential_rate(RECOIL, table(), "Xe")
    np.testing.assert_allclose(cevns.differential_rate(RECOIL, table() * factor, "Xe"), expected, rtol=1e-14)


def test_rates_of_a_sum_of_fluxes_are_the_sum_of_rates():
    together = cevns.differential_rate(RECOIL, table() + pion_decay(), "CsI")
    apart = cevns.differential_rate(RECOIL, table(), "CsI") + cevns.differential_rate(RECOIL, pion_decay(), "CsI")
    np.testing.assert_allclose(together, apart, rtol=1e-14)


def test_rate_of_a_mixture_is_the_sum_of_its_parts_by_weight():
    xenon, argon = cevns.Nuclide("132Xe"), cevns.Nuclide("40Ar")
    mixture = Target({"132Xe": 0.3, "40Ar": 0.7})
    share = 0.3 * xenon.atomic_mass / (0.3 * xenon.atomic_mass + 0.7 * argon.atomic_mass)
    for ask in (
        lambda target: cevns.differential_rate(RECOIL, pion_decay(), target),
        lambda target: cevns.binned_rate([0.0, 1.0, 10.0, 100.0], pion_decay(), target),
        lambda target: cevns.rate(pion_decay(), target, threshold=[0.0, 5.0]),
    ):
        np.testing.assert_allclose(ask(mixture), share * ask(xenon) + (1 - share) * ask(argon), rtol=1e-12)


@pytest.mark.parametrize("split", ["nuclide", "flavor", "component"])
def test_split_rates_sum_to_the_whole(split, instruction_set):
    flux, target = table() + pion_decay(), Target("CaWO4")
    whole = cevns.differential_rate(RECOIL, flux, target)
    parts = cevns.differential_rate(RECOIL, flux, target, split=split)
    n = {"nuclide": len(target.components), "flavor": len(flux.flavors), "component": len(flux.components)}[split]
    assert parts.shape == (n, RECOIL.size)
    assert (parts >= 0).all()
    np.testing.assert_allclose(parts.sum(axis=0), whole, rtol=1e-14)


def test_each_part_of_a_split_is_its_own_rate():
    flux, target = table() + pion_decay(), Target("CsI")
    by_nuclide = cevns.differential_rate(RECOIL, flux, target, split="nuclide")
    for row, (nuclide, per_kg) in zip(by_nuclide, target.components, strict=True):
        ((_, alone),) = Target(nuclide).components
        np.testing.assert_allclose(row, per_kg / alone * cevns.differential_rate(RECOIL, flux, nuclide), rtol=1e-13)
    by_flavor = cevns.differential_rate(RECOIL, flux, target, split="flavor")
    for row, flavor in zip(by_flavor, flux.flavors, strict=True):
        np.testing.assert_allclose(row, cevns.differential_rate(RECOIL, flux.select(flavor=flavor), target), rtol=1e-14)
    by_component = cevns.differential_rate(RECOIL, flux, target, split="component")
    for row, component in zip(by_component, flux.components, strict=True):
        np.testing.assert_allclose(row, cevns.differential_rate(RECOIL, Flux((component,)), target), rtol=1e-14)
    assert cevns.differential_rate(1.0, flux, target, split="flavor").shape == (3,)
    assert cevns.differential_rate(np.ones((2, 5)), flux, target, split="nuclide").shape == (2, 2, 5)


def test_proton_and_neutron_form_factors_are_told_apart():
    both = StandardModel(form_factor=KleinNystrand(), neutron_form_factor=Helm())
    values = {
        m: cevns.differential_rate(20.0, pion_decay(), "Xe", m)
        for m in (both, StandardModel(form_factor=KleinNystrand()), None)
    }
    # nearly all charge is the neutrons': with the Helm form for them the rate is nearly the Helm rate
    one, other = values[StandardModel(form_factor=KleinNystrand())], values[None]
    assert abs(values[both] / other - 1) < 0.1 * abs(one / other - 1)
    assert values[both] != other


def test_a_burst_gives_events_per_kilogram_and_a_flux_per_second_events_per_day():
    steady = table()
    burst = replace(steady, per="burst")
    for ask in (
        lambda flux: cevns.differential_rate(RECOIL, flux, "Ar"),
        lambda flux: cevns.binned_rate([0.0, 1.0, 10.0], flux, "Ar"),
        lambda flux: cevns.rate(flux, "Ar"),
    ):
        np.testing.assert_allclose(ask(steady), DAY * ask(burst), rtol=1e-14)


def test_flavours_do_not_matter_at_tree_level():
    energy, values = [1.0, 5.0, 15.0], [1.0, 2.0, 0.0]
    rates = [cevns.differential_rate(RECOIL, Flux.from_table(energy, {f: values}), "Ge") for f in cevns.constants.FLAVORS]
    for other in rates[1:]:
        np.testing.assert_array_equal(other, rates[0])


# ---- bins ------------------------------------------------------------------------------------------------------------

# in units of the largest recoil energy: coarse bins, narrow ones, some across the end, and all of it in one
BINS = {
    "coarse": [0.0, 0.01, 0.1, 0.3, 0.6, 0.95],
    "narrow": [0.3, 0.3001, 0.3002, 0.8, 0.80001],
    "to the end": [0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 1.0],
    "across the end": [0.9, 0.97, 1.2, 3.0],
    "one": [0.0, 1.2],
}


@cache
def reference_bins(case_name, formula, bins):
    case, target = next(c for c in cases.SPECTRA if c.name == case_name), Target(formula)
    edges = np.array(BINS[bins]) * heaviest_end(case, target)
    return edges, reference.binned_rate(edges, list(case.components.values()), target.components, per=case.per)


@pytest.mark.parametrize("bins", BINS)
@pytest.mark.parametrize("name", SPECTRUM_IDS)
@pytest.mark.parametrize("formula", ["40Ar", "CsI"])
def test_bins_are_integrals_to_1e_minus_8(name, formula, bins, flux_of):
    edges, expected = reference_bins(name, formula, bins)
    values = cevns.binned_rate(edges, flux_of(name), formula)
    np.testing.assert_allclose(values, expected, rtol=1e-8)
    if bins == "across the end":
        assert values[-1] == 0.0


@pytest.mark.parametrize("model", MODELS)
def test_bins_follow_the_interaction(model, instruction_set):
    case = cases.SPECTRA[0]
    edges = np.array([0.0, 1.0, 5.0, 20.0, 60.0])
    flux = Flux(tuple(replace(c, scale=1.0) for c in pion_decay().components), "burst")
    expected = reference.binned_rate(
        edges, list(case.components.values()), Target("Xe").components, per="burst", **MODELS[model][1]
    )
    np.testing.assert_allclose(cevns.binned_rate(edges, flux, "Xe", MODELS[model][0]), expected, rtol=1e-8)


def test_bins_are_integrals_where_the_flux_has_lines_jumps_and_starts_above_zero():
    # against Gauss–Legendre of the differential rate in √T, between all recoil energies at which it has a corner
    histogram = Flux.from_table(
        [3.0, 3.5, 7.0, 9.0], {"nue": [5.0, 0.0, 2.0]}, lines={"numu": [(4.0, 3.0), (8.5, 1.0)]}, interpolation="histogram"
    )
    argon = cevns.Nuclide("40Ar")
    corners = np.unique(np.concatenate(([0.0], cevns.recoil_energy_max(histogram.breaks, argon))))
    edges = np.array([0.0, 0.1, 0.4, 0.5, 0.52, 0.9, 1.0, 2.6, 3.9, 4.2, 4.5, 10.0])  # T_max(9 MeV) = 4.35 keV
    node, weight = np.polynomial.legendre.leggauss(40)
    expected = []
    for low, high in pairwise(edges):
        cuts = np.sqrt(np.unique(np.concatenate(([low, high], corners[(corners > low) & (corners < high)]))))
        middle, half = (cuts[1:, None] + cuts[:-1, None]) / 2, np.diff(cuts)[:, None] / 2
        s = middle + half * node
        rate = cevns.differential_rate(s**2, histogram, argon)
        expected.append(np.sum(2 * s * half * weight * rate))
    values = cevns.binned_rate(edges, histogram, argon)
    np.testing.assert_allclose(values, expected, rtol=1e-8)
    assert values[-1] == 0.0


STEEP = {
    "line, ratio 1e6": (Flux.from_table([1e-3, 1e3], {"nue": [1.0, 0.0]}), 1e3),
    "constant, ratio 30": (Flux.from_table([1.0, 30.0], {"nue": [1.0]}, interpolation="histogram"), 30.0),
    "E^-2.7, ratio 1000": (Flux.from_table([1.0, 1e3], {"nue": [1.0, 1e3**-2.7]}, interpolation="loglog"), 1e3),
    "E^-6, ratio 10": (Flux.from_table([1.0, 10.0], {"nue": [1.0, 1e-6]}, interpolation="loglog"), 10.0),
    "exponential": (Flux.from_function({"nue": lambda E: np.exp(-3 * E)}, [1.0, 10.0]), 10.0),
}


@pytest.mark.parametrize("name", STEEP)
def test_one_bin_is_the_sum_of_thousands_however_steep_the_flux(name):
    # 4000 bins are each of them narrow against any change of the rate: their sum is exact to rounding
    flux, end = STEEP[name]
    top = cevns.recoil_energy_max(end, cevns.Nuclide("40Ar"))
    fine = np.concatenate(([0.0], np.geomspace(1e-12, 1.0, 4001))) * top
    parts = cevns.binned_rate(fine, flux, "40Ar")
    places = [0, 1000, 3000, 3600, 3900, 4001]
    expected = [parts[i:j].sum() for i, j in pairwise(places)]
    np.testing.assert_allclose(cevns.binned_rate(fine[places], flux, "40Ar"), expected, rtol=1e-8)
    assert cevns.rate(flux, "40Ar") == pytest.approx(parts.sum(), rel=1e-8)


@given(st.lists(st.floats(0.0, 150.0), min_size=3, max_size=12, unique=True))
def test_bins_add_up(edges):
    edges = np.sort(edges)
    whole = cevns.binned_rate(edges[[0, -1]], pion_decay(), "CsI")[0]
    parts = cevns.binned_rate(edges, pion_decay(), "CsI")
    assert (parts >= 0).all()
    assert parts.sum() == pytest.approx(whole, rel=2e-8, abs=1e-300)  # 1e-8 on each side


def test_a_narrow_bin_is_the_differential_rate_times_its_width():
    T = np.array([0.5, 5.0, 15.0])
    for t in T:
        width = 1e-5 * t
        bin_rate = cevns.binned_rate([t - width / 2, t + width / 2], pion_decay(), "CsI")[0]
        # curvature: (width/T)²/24, and ε/1e-5 of the width
        assert bin_rate / width == pytest.approx(cevns.differential_rate(t, pion_decay(), "CsI"), rel=1e-9)


def test_bins_beyond_the_end_are_exactly_zero():
    np.testing.assert_array_equal(cevns.binned_rate([1e3, 2e3, 1e9], table(), "Xe"), 0.0)


# ---- integral rates --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SPECTRUM_IDS)
def test_rate_above_thresholds_agrees_with_the_reference(name, flux_of):
    case, target = next(c for c in cases.SPECTRA if c.name == name), Target("40Ar")
    thresholds = np.array([0.0, 0.05, 0.4]) * heaviest_end(case, target)
    parts = list(case.components.values())
    expected = [reference.rate(parts, target.components, per=case.per, threshold=float(t)) for t in thresholds]
    np.testing.assert_allclose(cevns.rate(flux_of(name), target, threshold=thresholds), expected, rtol=1e-8)


def test_rate_between_limits_is_a_bin():
    flux, edges = pion_decay(), np.array([0.5, 2.0, 10.0, 30.0])
    bins = cevns.binned_rate(edges, flux, "CsI")
    np.testing.assert_allclose(cevns.rate(flux, "CsI", threshold=edges[:-1], maximum=edges[1:]), bins, rtol=1e-12)
    for low, high, expected in zip(edges[:-1], edges[1:], bins, strict=True):
        assert cevns.rate(flux, "CsI", threshold=low, maximum=high) == pytest.approx(expected, rel=1e-12)


def test_thresholds_and_maxima_broadcast():
    flux = pion_decay()
    low, high = np.array([[0.0], [1.0], [5.0]]), np.array([5.0, 20.0, np.inf, 1e6])
    values = cevns.rate(flux, "CsI", threshold=low, maximum=high)
    assert values.shape == (3, 4)
    for i, j in np.ndindex(values.shape):
        alone = cevns.rate(flux, "CsI", threshold=low[i, 0], maximum=high[j])
        assert type(alone) is float
        assert values[i, j] == pytest.approx(alone, rel=2e-8, abs=1e-300)  # other bins, 1e-8 each
    np.testing.assert_allclose(values[:, 2], values[:, 3], rtol=1e-12)  # nothing is above 1 GeV
    assert values[2, 0] == 0.0  # from 5 to 5


def test_rates_fall_with_the_threshold_to_nothing():
    thresholds = np.concatenate((np.linspace(0.0, 60.0, 200), [1e3, 1e9]))
    rates = cevns.rate(pion_decay(), "CsI", threshold=thresholds)
    assert (np.diff(rates) <= 0).all()
    assert (rates >= 0).all()
    np.testing.assert_array_equal(rates[-2:], 0.0)


def test_rate_without_limits_is_flux_times_cross_section():
    # a line: n Φ σ(E)
    flux = Flux.from_table([], {}, lines={"numu": [(29.8, 1e6)]})
    argon = cevns.Nuclide("40Ar")
    ((_, per_kg),) = Target(argon).components
    for threshold in (0.0, 1.0, 30.0):
        expected = DAY * per_kg * 1e6 * cevns.cross_section(29.8, argon, threshold=threshold)
        assert cevns.rate(flux, argon, threshold=threshold) == pytest.approx(expected, rel=1e-8)


# ---- arguments -------------------------------------------------------------------------------------------------------


def test_numbers_give_floats_and_arrays_their_shape():
    assert type(cevns.differential_rate(1, table(), "Ar")) is float
    assert type(cevns.rate(table(), "Ar")) is float
    assert cevns.differential_rate(np.ones((2, 3)), table(), "Ar").shape == (2, 3)
    assert cevns.binned_rate([0, 1, 2], table(), "Ar").shape == (2,)
    for result in (cevns.differential_rate(np.float32([1, 2]), table(), "Ar"), cevns.binned_rate([0, 1], table(), "Ar")):
        assert result.dtype == np.float64


def test_empty_input_gives_empty_output():
    assert cevns.differential_rate([], table(), "Ar").shape == (0,)
    assert cevns.differential_rate(np.empty((3, 0)), table(), "Ar", split="nuclide").shape == (3, 3, 0)
    assert cevns.binned_rate([], table(), "Ar").shape == (0,)
    assert cevns.rate(table(), "Ar", threshold=[]).shape == (0,)
    assert cevns.rate(table(), "Ar", threshold=np.empty((0, 2)), maximum=[1.0, 2.0]).shape == (0, 2)


def test_layout_order_and_type_of_the_input_do_not_matter_and_it_is_not_changed(instruction_set):
    T = np.random.default_rng(3).uniform(0.0, 60.0, (40, 30))
    kept = T.copy()
    expected = cevns.differential_rate(T, pion_decay(), "CsI")
    order = np.random.default_rng(4).permutation(T.size)
    np.testing.assert_array_equal(cevns.differential_rate(T.ravel()[order], pion_decay(), "CsI"), expected.ravel()[order])
    np.testing.assert_array_equal(cevns.differential_rate(T.T, pion_decay(), "CsI"), expected.T)
    np.testing.assert_array_equal(cevns.differential_rate(T[::-2, ::3], pion_decay(), "CsI"), expected[::-2, ::3])
    np.testing.assert_array_equal(cevns.differential_rate(T.astype(">f8"), pion_decay(), "CsI"), expected)
    np.testing.assert_array_equal(cevns.differential_rate(T.tolist(), pion_decay(), "CsI"), expected)
    whole = np.arange(50)
    np.testing.assert_array_equal(
        cevns.differential_rate(whole, pion_decay(), "CsI"), cevns.differential_rate(whole.astype(float), pion_decay(), "CsI")
    )
    edges = np.arange(41)
    bins = cevns.binned_rate(edges, pion_decay(), "CsI")
    np.testing.assert_array_equal(cevns.binned_rate(np.repeat(edges, 2).astype(float)[::2], pion_decay(), "CsI"), bins)
    np.testing.assert_array_equal(T, kept)


def test_a_target_is_anything_that_makes_one():
    expected = cevns.differential_rate(RECOIL, table(), Target("40Ar"))
    for target in ("40Ar", cevns.Nuclide("40Ar"), {"40Ar": 1.0}):
        np.testing.assert_array_equal(cevns.differential_rate(RECOIL, table(), target), expected)


def test_none_means_the_standard_model():
    np.testing.assert_array_equal(
        cevns.differential_rate(RECOIL, table(), "Ar"), cevns.differential_rate(RECOIL, table(), "Ar", StandardModel())
    )


def test_a_pickled_flux_gives_the_same_bits():
    copy = pickle.loads(pickle.dumps(table()))
    np.testing.assert_array_equal(cevns.differential_rate(RECOIL, copy, "Ar"), cevns.differential_rate(RECOIL, table(), "Ar"))


WRONG = [
    (lambda: cevns.differential_rate(-1.0, table(), "Ar"), "recoil_energy must be >= 0 keV and finite (got -1)"),
    (
        lambda: cevns.differential_rate([1.0, np.nan], table(), "Ar"),
        "recoil_energy must be >= 0 keV and finite (got nan at index",
    ),
    (lambda: cevns.differential_rate(np.inf, table(), "Ar"), "recoil_energy must be >= 0 keV and finite (got inf)"),
    (lambda: cevns.differential_rate(1.0, 3.0, "Ar"), "flux must be a cevns.Flux or a cevns.FluxHistory (got 3.0)"),
    (lambda: cevns.differential_rate(1.0, "sns", "Ar"), "flux must be a cevns.Flux or a cevns.FluxHistory (got 'sns')"),
    (lambda: cevns.rate("sns", "Ar"), "flux must be a cevns.Flux or a cevns.FluxHistory (got 'sns')"),
    (lambda: cevns.binned_rate([0.0, 1.0], "sns", "Ar"), "flux must be a cevns.Flux or a cevns.FluxHistory (got 'sns')"),
    (
        lambda: cevns.differential_rate(1.0, table(), "Ar", "tree"),
        "interaction must be an interaction such as cevns.StandardModel()",
    ),
    (lambda: cevns.differential_rate(1.0, table(), 40), "a target is made of a formula, a Nuclide, a Target or a mapping"),
    (
        lambda: cevns.binned_rate([1.0], table(), "Ar"),
        "edges must be a list of at least 2 recoil energies in keV (got shape (1,))",
    ),
    (lambda: cevns.binned_rate(1.0, table(), "Ar"), "edges must be a list of at least 2 recoil energies in keV (got shape ())"),
    (
        lambda: cevns.binned_rate([[0.0, 1.0]], table(), "Ar"),
        "edges must be a list of at least 2 recoil energies in keV (got shape (1, 2))",
    ),
    (lambda: cevns.binned_rate([0.0, 2.0, 2.0], table(), "Ar"), "edges must increase (got 2 keV at index 1, then 2 keV)"),
    (lambda: cevns.binned_rate([3.0, 2.0], table(), "Ar"), "edges must increase (got 3 keV at index 0, then 2 keV)"),
    (lambda: cevns.binned_rate([-1.0, 2.0], table(), "Ar"), "edges must be >= 0 keV and finite (got -1 at index 0)"),
    (lambda: cevns.binned_rate([1.0, np.inf], table(), "Ar"), "edges must be >= 0 keV and finite (got inf at index 1)"),
    (lambda: cevns.rate(table(), "Ar", threshold=-1.0), "threshold must be >= 0 keV and finite (got -1)"),
    (lambda: cevns.rate(table(), "Ar", threshold=np.nan), "threshold must be >= 0 keV and finite (got nan)"),
    (lambda: cevns.rate(table(), "Ar", maximum=np.nan), "maximum must be >= 0 keV (got nan)"),
    (
        lambda: cevns.rate(table(), "Ar", threshold=[1.0, 3.0], maximum=2.0),
        "threshold must be <= maximum (got threshold 3 keV and maximum 2 keV)",
    ),
    (lambda: cevns.rate(table(), "Ar", threshold=[1.0, 3.0], maximum=[5.0, 6.0, 7.0]), "shapes (2,) and (3,) do not broadcast"),
]


@pytest.mark.parametrize(("call", "message"), WRONG, ids=[message for _, message in WRONG])
def test_wrong_input_is_named_with_its_value_and_range(call, message):
    with pytest.raises(cevns.InputError, match=re.escape(message)):
        call()


def test_unknown_names_are_refused_with_the_known_ones():
    with pytest.raises(cevns.UnknownNameError, match="unknown split 'nuclides'; did you mean 'nuclide'"):
        cevns.differential_rate(1.0, table(), "Ar", split="nuclides")
    with pytest.raises(cevns.UnknownNameError, match="unknown element 'Xx'"):
        cevns.differential_rate(1.0, table(), "Xx")


# ---- threads and memory ----------------------------------------------------------------------------------------------


def test_four_threads_give_the_same_bits():
    T = np.geomspace(1e-3, 60.0, 20_000)
    flux, target, edges = table() + pion_decay(), Target("CaWO4"), np.linspace(0.0, 60.0, 301)
    expected = cevns.differential_rate(T, flux, target), cevns.binned_rate(edges, flux, target)
    failures = []

    def work():
        for _ in range(5):
            mine = cevns.differential_rate(T, flux, target), cevns.binned_rate(edges, flux, target)
            failures.extend(i for i in range(2) if not np.array_equal(mine[i], expected[i]))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.parametrize("split", [None, "nuclide"])
def test_a_long_spectrum_needs_its_output_and_a_fixed_buffer(split):
    # nT × nE would be 8 GB for the 1000 knots here
    energy = np.linspace(0.5, 15.0, 1000)
    flux, T = Flux.from_table(energy, {"nue": energy}), np.linspace(0.0, 10.0, 1_000_000)
    cevns.differential_rate(1.0, flux, "CsI", split=split)  # what is prepared once
    tracemalloc.start()
    try:
        values = cevns.differential_rate(T, flux, "CsI", split=split)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < values.nbytes + 1_000_000


def test_a_list_of_recoil_energies_costs_its_own_array_besides():
    T = np.linspace(0.0, 10.0, 1_000_000).astype(np.float32)
    cevns.differential_rate(1.0, table(), "Ar")
    tracemalloc.start()
    try:
        values = cevns.differential_rate(T, table(), "Ar")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2 * values.nbytes + 1_000_000  # the input as doubles, and the output
