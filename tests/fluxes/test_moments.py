"""The moments of spectra above a threshold x, in the combination that does not cancel at the end of a spectrum:

    phi0 = ∫ φ dE = Φ₀        m1 = ∫ φ (1 − x/E) dE = Φ₀ − xΦ₁        m2 = ∫ φ (1 − x/E)/E dE = Φ₁ − xΦ₂

Each is compared at 1e-12 of its largest term, Φ₀, Φ₀ and Φ₁ above the same x. Measured, in units of 1e-16 of that term: linear
tables and histograms 5, closed forms 5, lines 3, sampled functions and power laws 3000.
"""

from dataclasses import replace
from functools import cache

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cevns
from cevns import Flux
from cevns.constants import ATOMIC_MASS_UNIT, ELECTRON_MASS, MUON_MASS
from cevns.fluxes.spectra import EndPoint, Function, Lines, Table
from cevns.reference import cases
from cevns.reference import moments as reference
from cevns.reference import spectra as reference_spectra

BOUND = 1e-12  # of the largest term
DIGITS = 80  # of the oracles


def combine(x, moments):
    """Φ₀, Φ₁, Φ₂ → phi0, m1, m2 and their largest terms; an ulp from the end m1 cancels 48 digits: so, 80."""
    with mpmath.workdps(DIGITS):
        rows = [
            (p0, p0 - mpmath.mpf(float(low)) * p1, p1 - mpmath.mpf(float(low)) * p2, p1)
            for low, p0, p1, p2 in zip(x, *moments, strict=True)
        ]
    values = np.array([[float(v) for v in row] for row in rows]).T
    return values[:3], np.stack([values[0], values[0], values[3]])


def agree(spectrum, x, exact, bound=BOUND):
    values = spectrum.moments.moments(x)
    expected, largest = exact
    error = np.abs(values - expected)
    bad = (error > bound * largest).any(axis=0)
    assert not bad.any(), f"at x = {x[bad]}: {values[:, bad]} instead of {expected[:, bad]}"
    assert (values >= 0).all()
    return values


def queries(energy):
    """Thresholds below, between, at, beside and above the knots of a table."""
    positive = energy[energy > 0]
    inside = np.sqrt(positive[1:] * positive[:-1])
    sides = [positive, np.nextafter(positive, 0), np.nextafter(positive, np.inf), inside, inside * 1.01]
    outside = [positive[0] * np.array([1e-9, 1e-3, 0.5]), energy[-1] * np.array([1 - 1e-6, 1 - 1e-9, 1.001, 2.0, 1e6])]
    return np.unique(np.concatenate(sides + outside))


# ---- linear tables ---------------------------------------------------------------------------------------------------

_random = np.random.default_rng(5)
_fine = np.linspace(0.05, 10.0, 40)
_rough = np.sort(_random.uniform(0.1, 50.0, 30))
TABLES = {
    "two knots, level": ([1.0, 2.0], [3.0, 3.0]),
    "two knots, ratio 1e6, rising": ([1e-3, 1e3], [1.0, 3.0]),
    "two knots, ratio 1e6, from zero": ([1e-3, 1e3], [0.0, 3.0]),
    "two knots, ratio 1e6, to zero": ([1e-3, 1e3], [3.0, 0.0]),
    "close knots": ([1.0, 1.0 + 1e-12, 1.0 + 1e-6, 2.0], [1.0, 5.0, 2.0, 1.0]),
    "starts at zero energy": (
        np.linspace(0.0, 10.0, 31),
        np.linspace(0.0, 10.0, 31) ** 2 * np.exp(-np.linspace(0.0, 10.0, 31)),
    ),
    "starts at zero energy, in a step": ([0.0, 1.0, 4.0], [2.0, 1.0, 0.0]),
    "steep, 38 powers of ten": (np.linspace(1.0, 30.0, 30), np.exp(-3 * np.linspace(1.0, 30.0, 30))),
    "zeros inside": (np.arange(1.0, 11.0), [1.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 5.0, 0.0, 0.0]),
    "zero everywhere": ([1.0, 2.0, 3.0], [0.0, 0.0, 0.0]),
    "fine": (_fine, np.exp(-_fine)),
    "rough": (_rough, _random.uniform(0.0, 1.0, 30)),
    "tiny and huge densities": ([1.0, 2.0, 3.0], [1e-250, 1e-240, 0.0]),
    "huge densities": ([1.0, 2.0, 3.0], [1e250, 1e240, 0.0]),
}


@cache
def exact_table(name):
    """Thresholds, and the three moments there to all digits."""
    energy, values = (np.asarray(part, dtype=float) for part in TABLES[name])
    x = queries(energy)
    return x, reference.table_moments_exact(x, energy, values, DIGITS)


@pytest.mark.parametrize("name", TABLES)
def test_moments_of_a_linear_table_are_exact(name, instruction_set):
    x, moments = exact_table(name)
    agree(Table(*TABLES[name]), x, combine(x, moments))


@pytest.mark.parametrize("name", [name for name in TABLES if name != "zero everywhere"])
def test_flux_gives_the_plain_moments_of_a_table(name):
    # 1e-14 of each, for sums of positive terms alone
    energy, values = TABLES[name]
    x, moments = exact_table(name)
    exact = np.array([[float(v) for v in row] for row in moments])
    np.testing.assert_allclose(Flux.from_table(energy, {"nue": values}).moments(x), exact, rtol=1e-14)


@st.composite
def tables(draw):
    n = draw(st.integers(2, 12))
    steps = draw(st.lists(st.floats(1e-4, 10.0), min_size=n, max_size=n))
    values = draw(st.lists(st.one_of(st.just(0.0), st.floats(1e-6, 1e6)), min_size=n, max_size=n))
    return np.cumsum(steps), np.array(values)


@given(tables(), st.floats(0.0, 1.0))
def test_moments_of_any_linear_table_are_exact(table, fraction):
    energy, values = table
    x = np.unique(np.concatenate((energy, [energy[0] / 3, energy[0] + fraction * (energy[-1] - energy[0])])))
    agree(Table(energy, values), x, combine(x, reference.table_moments_exact(x, energy, values, DIGITS)))


def test_knots_on_a_straight_line_change_nothing():
    # 1e5 knots on the line through two: the doubles on it are rounded, each by ε, and so is nothing else
    few = Table([1.0, 100.0], [2.0, 7.0])
    energy = np.geomspace(1.0, 100.0, 100_001)
    many = Table(energy, 2.0 + (energy - 1.0) * 5.0 / 99.0)
    x = np.concatenate((np.geomspace(0.5, 99.999, 500), energy[::997]))
    expected = few.moments.moments(x)
    scale = np.stack([expected[0], expected[0], (expected[0] - expected[1]) / x])
    assert (np.abs(many.moments.moments(x) - expected) <= BOUND * scale).all()


def test_a_hundred_thousand_random_knots_lose_no_digits():
    # Gauss–Legendre in each segment: for segments of width 1e-4 E, 6 nodes are exact to 1e-50; the sum is compensated
    energy = np.linspace(1.0, 20.0, 100_000)
    values = np.random.default_rng(3).uniform(0.0, 1.0, energy.size)
    node, weight = np.polynomial.legendre.leggauss(6)
    middle, half = (energy[1:] + energy[:-1]) / 2, np.diff(energy) / 2
    E = (middle + half * node[:, None]).ravel()
    w = (half * weight[:, None] * ((values[1:] + values[:-1]) / 2 + np.diff(values) / 2 * node[:, None])).ravel()
    start = energy[[0, 50_000, 99_990]]
    for x, values_at in zip(start, Table(energy, values).moments.moments(start).T, strict=True):
        above = x < E
        e, v = E[above], w[above]
        expected = [np.sum(np.sort(v)), np.sum(np.sort(v * (e - x) / e)), np.sum(np.sort(v * (e - x) / e**2))]
        np.testing.assert_allclose(values_at, expected, rtol=1e-11)  # the nodes near x carry ε x/(E − x) into the last segments


# ---- other tables ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("edges", [[1.0, 2.0, 4.0, 4.5], [0.0, 0.5, 10.0, 30.0], [1e-3, 1.0, 1.0 + 1e-9, 1e3]], ids=str)
def test_moments_of_a_histogram_are_elementary(edges, instruction_set):
    # a constant c: ∫ c = c (b − a), ∫ c/E = c ln(b/a), ∫ c/E² = c (1/a − 1/b); jumps at the edges
    heights = [2.0, 0.0, 5.0]
    x = queries(np.array(edges))
    with mpmath.workdps(DIGITS):
        moments = [[], [], []]
        for low in x:
            total = [mpmath.mpf(0)] * 3
            for a, b, c in zip(edges[:-1], edges[1:], heights, strict=True):
                a, b = max(mpmath.mpf(a), mpmath.mpf(float(low))), mpmath.mpf(b)
                if b > a:
                    for k, term in enumerate((b - a, mpmath.log(b / a), 1 / a - 1 / b)):
                        total[k] += c * term
            for k in range(3):
                moments[k].append(total[k])
    agree(Table(edges, heights, "histogram"), x, combine(x, moments))


def power_law_moments(x, energy, values):
    """∫ φ₁ (E/E₁)^p E^−k dE above x to all digits."""
    with mpmath.workdps(DIGITS):
        moments = [[], [], []]
        for low in x:
            total = [mpmath.mpf(0)] * 3
            for E1, E2, v1, v2 in zip(energy[:-1], energy[1:], values[:-1], values[1:], strict=True):
                E1, E2, v1, v2 = (mpmath.mpf(float(number)) for number in (E1, E2, v1, v2))
                p, start = mpmath.log(v2 / v1) / mpmath.log(E2 / E1), max(E1, mpmath.mpf(float(low)))
                if start < E2:
                    for k in range(3):
                        s = p - k + 1
                        growth = (
                            mpmath.log(E2 / start)
                            if abs(s) < mpmath.mpf(10) ** -25
                            else ((E2 / E1) ** s - (start / E1) ** s) / s
                        )
                        total[k] += v1 * E1 ** (1 - k) * growth
            for k in range(3):
                moments[k].append(total[k])
        return moments


LOGLOG = {
    "one power": ([1.0, 10.0], [1.0, 1e-3]),
    "1/E": ([1.0, 10.0, 100.0], [1.0, 0.1, 0.01]),
    "E²": ([1.0, 10.0], [1.0, 100.0]),
    "steep, E^-24": ([1.0, 10.0], [1.0, 1e-24]),
    "broken": ([0.1, 1.0, 2.0, 7.0, 30.0], [1e-3, 1.0, 0.9, 1e-2, 1e-6]),
    "reactor": (cases._coarse, reference_spectra.vogel_engel(cases._coarse, "235U")),
}


@pytest.mark.parametrize("name", LOGLOG)
def test_moments_of_power_laws_are_exact(name, instruction_set):
    energy, values = (np.asarray(part) for part in LOGLOG[name])
    x = queries(energy)
    # power laws are sampled: at a distance d from the end their moments round by ε/d; nearer, see below
    x = x[(x >= energy[-1]) | (x < energy[-1] * (1 - 1e-3))]
    agree(Table(energy, values, "loglog"), x, combine(x, power_law_moments(x, energy, values)))


# ---- closed forms and lines ------------------------------------------------------------------------------------------


def muon_decay_moments(x, shape):
    """Φ_k of a x² − b x³ in x = E/E_end."""
    a, b = {"electron": (12, 12), "muon": (6, 4)}[shape]
    with mpmath.workdps(DIGITS):
        end = mpmath.mpf(MUON_MASS) / 2
        moments = [[], [], []]
        for low in x:
            u = min(mpmath.mpf(float(low)) / end, mpmath.mpf(1))
            for k in range(3):
                value = a * (1 - u ** (3 - k)) / (3 - k) - b * (1 - u ** (4 - k)) / (4 - k)
                moments[k].append(value / end**k)
        return moments


@pytest.mark.parametrize("shape", ["electron", "muon"])
def test_moments_of_muon_decay_are_the_integrals_of_its_polynomials(shape, instruction_set):
    end = MUON_MASS / 2
    x = end * np.concatenate(([0.0, 1e-9], np.linspace(0.01, 0.99, 60), 1 - np.geomspace(1e-2, 1e-12, 11), [1.0, 1.1]))
    agree(EndPoint(shape), x, combine(x, muon_decay_moments(x, shape)))


@pytest.mark.parametrize("shape", ["electron", "muon"])
def test_muon_decay_spectra_are_normalised(shape):
    # a polynomial of degree 3: 4 Gauss nodes are exact
    node, weight = np.polynomial.legendre.leggauss(4)
    spectrum, half = EndPoint(shape), MUON_MASS / 4
    E = half * (1 + node)
    assert half * weight @ spectrum.density(E) == pytest.approx(1.0, rel=1e-14)
    assert half * weight @ (E * spectrum.density(E)) == pytest.approx(spectrum.energy_sum, rel=1e-14)
    assert spectrum.total == 1.0
    assert spectrum.energy_sum == pytest.approx({"electron": 0.6, "muon": 0.7}[shape] * MUON_MASS / 2, rel=1e-15)


# ∫ φ (1 − T/E − MT/2E²) dE for 40Ar, 10 digits printed
FOLDED = {
    "electron": {5.0: 0.8451688995, 20.0: 0.5356024732, 50.0: 0.2055086376, 100.0: 0.0209695244},
    "muon": {5.0: 0.8897411729, 20.0: 0.6431067113, 50.0: 0.3244479520, 100.0: 0.0654473632},
}


@pytest.mark.parametrize("shape", ["electron", "muon"])
def test_printed_moments_of_pion_decay_at_rest_on_argon(shape):
    # with the mass of the figures, 39.962383 u − 18 m_e
    argon = replace(cevns.Nuclide("40Ar"), mass=39.962383 * ATOMIC_MASS_UNIT - 18 * ELECTRON_MASS)
    flux = Flux((cevns.Component("nue", "michel", EndPoint(shape)),))
    for T, expected in FOLDED[shape].items():
        phi0, phi1, phi2 = flux.moments(cevns.neutrino_energy_min(T, argon), "nue")
        t = 1e-3 * T
        # ten digits; that mass, printed to 1e-8, moves the ninth
        assert phi0 - t * phi1 - argon.mass * t / 2 * phi2 == pytest.approx(expected, abs=1e-9)


def test_lines_are_exact_and_a_line_at_the_threshold_has_no_room(instruction_set):
    lines = Lines([2.0, 0.5, 2.0], [3.0, 1.0, 4.0])
    x = np.array([0.0, 0.25, np.nextafter(0.5, 0), 0.5, 1.0, np.nextafter(2.0, 0), 2.0, 3.0])
    e, w = np.array([0.5, 2.0, 2.0]), np.array([1.0, 3.0, 4.0])
    above = e > x[:, None]
    expected = np.stack([(above * w * factor).sum(axis=1) for factor in (1.0, 1 - x[:, None] / e, (1 - x[:, None] / e) / e)])
    np.testing.assert_allclose(lines.moments.moments(x), expected, rtol=1e-15, atol=1e-15)
    # the neutrino at its threshold gives the recoil T_max, for which the cross section of spin 0 vanishes
    np.testing.assert_array_equal(lines.moments.moments(np.array([2.0]))[1:], 0.0)


# ---- smooth spectra --------------------------------------------------------------------------------------------------

SMOOTH = [case for case in cases.SPECTRA if case.name in ("supernova", "reactor", "solar 8B")]


@pytest.mark.parametrize("case", SMOOTH, ids=lambda case: case.name)
def test_moments_of_a_sampled_function_agree_with_quadrature(case, make_flux, instruction_set):
    x = case.end * np.concatenate((np.geomspace(1e-6, 0.5, 25), np.linspace(0.55, 0.95, 9)))
    for component in make_flux(case).components:
        exact = reference.density_moments(x, case.components[component.flavor])
        agree(component.spectrum, x, combine(x, exact.tolist()))


def test_moments_of_a_pinched_spectrum_are_incomplete_gamma_functions():
    # cut at 60⟨E⟩/(α + 1), where 1e-20 is left
    part = reference_spectra.pinched_component(15.0, 3.0)
    x = np.geomspace(1e-3, 100.0, 30)
    exact = reference.pinched_moments(x, 15.0, 3.0)
    phi = Flux.from_function({"nue": part.density}, part.knots).moments(x)
    for k in range(3):
        # the tail above 60⟨E⟩/(α + 1) is cut off
        assert (np.abs(phi[k] - exact[k]) <= BOUND * exact[k] + 1e-20).all(), k


def test_the_stated_tolerance_of_a_sampled_function_is_kept():
    x = np.geomspace(1e-3, 9.0, 50)
    exact = reference.density_moments(x, reference_spectra.Component(lambda E: np.exp(-E), np.linspace(0.0, 10.0, 11)))
    for tolerance in (1e-3, 1e-6, 1e-12):
        spectrum = Function(lambda E: np.exp(-E), [0.0, 10.0], tolerance)
        # an interpolant within the tolerance of its largest value nearby has moments within it, here of the whole spectrum
        error = np.abs(spectrum.moments.moments(x)[0] - exact[0])
        assert error.max() <= max(tolerance, 1e-14) * exact[0][0]


# ---- near the end ----------------------------------------------------------------------------------------------------

ENDINGS = {
    "linear, to zero": (
        Table([1.0, 7.0, 10.0], [1.0, 2.0, 0.0]),
        lambda x: reference.table_moments_exact(x, [1.0, 7.0, 10.0], [1.0, 2.0, 0.0], DIGITS),
    ),
    "linear, in a step": (
        Table([1.0, 10.0], [1.0, 2.0]),
        lambda x: reference.table_moments_exact(x, [1.0, 10.0], [1.0, 2.0], DIGITS),
    ),
    "histogram": (
        Table([1.0, 10.0], [2.0], "histogram"),
        lambda x: reference.table_moments_exact(x, [1.0, 10.0], [2.0, 2.0], DIGITS),
    ),
    "loglog": (Table([1.0, 10.0], [1.0, 1e-3], "loglog"), lambda x: power_law_moments(x, [1.0, 10.0], [1.0, 1e-3])),
    "electron of muon decay": (EndPoint("electron"), lambda x: muon_decay_moments(x, "electron")),
    "muon of muon decay": (EndPoint("muon"), lambda x: muon_decay_moments(x, "muon")),
    # 100 − E² falls to zero as a beta spectrum does at first order: the oracle integrates the polynomial
    "function, to zero": (
        Function(lambda E: (10.0 - E) * (10.0 + E), [1.0, 10.0]),
        lambda x: [
            [f(mpmath.mpf(10)) - f(mpmath.mpf(float(low))) for low in x]
            for f in (lambda E: 100 * E - E**3 / 3, lambda E: 100 * mpmath.log(E) - E**2 / 2, lambda E: -100 / E - E)
        ],
    ),
}


@pytest.mark.parametrize("name", ENDINGS)
def test_moments_keep_nine_digits_up_to_the_end(name, instruction_set):
    spectrum, exact = ENDINGS[name]
    end = spectrum.breaks[-1]
    x = np.concatenate((end * (1 - np.geomspace(1e-2, 1e-6, 9)), end * (1 - np.geomspace(1e-7, 1e-15, 9)), [end, 1.1 * end]))
    with mpmath.workdps(DIGITS):
        expected, _ = combine(x, exact(x))
    values = spectrum.moments.moments(x)
    assert (values >= 0).all()
    # at 1e-6 from the end its own rounding, ε, is 2e-10 of the distance, and the moments go as its square or cube
    np.testing.assert_allclose(values[:, :9], expected[:, :9], rtol=1e-9)
    np.testing.assert_array_equal(values[:, -2:], 0.0)


@given(st.floats(0.0, 2.0))
def test_moments_are_never_negative_and_fall(fraction):
    for spectrum, _ in ENDINGS.values():
        x = fraction * spectrum.breaks[-1]
        values = spectrum.moments.moments(np.array([x, 1.01 * x]))
        assert (values >= 0).all()
        assert (values[:, 1] <= values[:, 0] * (1 + 1e-15)).all()


# ---- plain moments, down to the lowest energies ---------------------------------------------------------------------------

TINY = np.concatenate(([1e-30, 1e-25, 1e-19], np.geomspace(1e-15, 1e-1, 30)))


@pytest.mark.parametrize("shape", ["electron", "muon"])
def test_plain_moments_of_muon_decay_are_exact_at_all_energies(shape):
    x = np.concatenate((TINY, np.linspace(1.0, 52.0, 30)))
    flux = Flux((cevns.Component("nue", "michel", EndPoint(shape)),))
    exact = [[float(v) for v in row] for row in muon_decay_moments(x, shape)]
    np.testing.assert_allclose(flux.moments(x), exact, rtol=1e-14)
    # where all of the spectrum is above: 24/m_μ² and 16/m_μ², by ∫ 12 (1 − x) dx/E_end² and ∫ 2 (3 − 2x) dx/E_end²
    assert flux.moments(1e-7)[2] == pytest.approx({"electron": 24, "muon": 16}[shape] / MUON_MASS**2, rel=1e-8)


@pytest.mark.parametrize(("pinching", "digits"), [(1.5, 1e-6), (2.0, 2e-12), (2.3, 2e-12), (3.0, 2e-12), (20.0, 2e-12)])
def test_plain_moments_of_a_pinched_spectrum_are_relative_to_themselves(pinching, digits):
    # Φ₀/x^k is up to 1e60 times the moment; for α < 2 φ/E² is infinite at 0, and polynomials follow it less far (1.5e-8)
    flux = Flux((cevns.Component("nue", "pinched", cevns.sources.Pinched(12.0, pinching)),))
    x = np.concatenate((TINY, np.linspace(1.0, 30.0, 20)))
    np.testing.assert_allclose(flux.moments(x), reference.pinched_moments(x, 12.0, pinching), rtol=digits)


@pytest.mark.parametrize("case", cases.SPECTRA, ids=lambda case: case.name)
def test_plain_moments_agree_with_quadrature(case, make_flux):
    x = case.end * np.concatenate((np.geomspace(1e-6, 0.5, 25), np.linspace(0.55, 0.95, 9)))
    for flavor in case.components:
        exact = reference.density_moments(x, case.components[flavor])
        np.testing.assert_allclose(make_flux(case).moments(x, flavor), exact, rtol=1e-10)


def test_plain_moments_are_never_negative_and_fall():
    fluxes = [Flux((cevns.Component("nue", "x", spectrum),)) for spectrum, _ in ENDINGS.values()]
    fluxes += [
        cevns.sources.solar(),
        cevns.sources.reactor(power=3.0, distance=20.0, non_equilibrium="450 d"),
        cevns.sources.sns(decay_in_flight=0.01),
        cevns.sources.dsnb(ordering="normal"),
        cevns.sources.supernova(pinching=0.0),
        cevns.sources.isodar(),
        cevns.sources.sns().sterile(dm2=1.0, sin2_2theta=0.5, baseline=20.0),
        Flux.from_table([0.0, 1.0, 3.0], {"nue": [0.0, 1.0, 0.0]}),
        Flux.from_table([0.0, 1.0, 3.0], {"nue": [2.0, 1.0]}, interpolation="histogram"),
    ]
    for flux in fluxes:
        end = flux.breaks[-1]
        x = np.unique(np.concatenate((TINY, end * np.linspace(0.0, 1.1, 300)[1:], end * (1 - np.geomspace(1e-2, 1e-15, 30)))))
        for flavor in flux.flavors:
            values = flux.moments(x, flavor)
            assert (values >= 0).all()
            assert (np.diff(values) <= 1e-14 * values[:, :-1]).all()
            np.testing.assert_array_equal(values[:, x > end], 0.0)


def test_the_moments_below_a_spectrum_stay_as_they_are_down_to_zero():
    # m1 = Φ₀ − xΦ₁ and m2 = Φ₁ − xΦ₂ at x = 0, where no digits of Φ₁ can come from a difference at 1e-18 MeV
    spectrum = cevns.sources.Pinched(12.0, 3.0)
    exact = reference.pinched_moments(1e-12, 12.0, 3.0)
    np.testing.assert_allclose(spectrum.moments.moments(np.zeros(1))[:, 0], [exact[0], exact[0], exact[1]], rtol=1e-12)


def test_a_look_up_beyond_all_energies_ends(instruction_set):
    x = np.array([np.inf, np.nan, 1e308, 5e-324, 0.0, -1.0])
    for spectrum, _ in ENDINGS.values():
        with np.errstate(all="ignore"):
            spectrum.moments.moments(x)  # what is not finite is refused at the border; here it must not read past a table
        plain = np.zeros((3, x.size))
        spectrum.moments.add_plain_moments(x, 1.0, plain)
        np.testing.assert_array_equal(plain[:, 2], 0.0)


def test_moments_of_no_thresholds_are_empty():
    assert Table([1.0, 2.0], [1.0, 1.0]).moments.moments(np.empty(0)).shape == (3, 0)
    assert Flux.from_table([1.0, 2.0], {"nue": [1.0, 1.0]}).moments([]).shape == (3, 0)
    assert Flux.from_table([1.0, 2.0], {"nue": [1.0, 1.0]}).moments(np.ones((2, 4))).shape == (3, 2, 4)


@pytest.mark.parametrize("length", [1, 255, 256, 257, 1000])
def test_moments_do_not_depend_on_how_the_thresholds_are_cut_into_blocks(length, instruction_set):
    energy = np.geomspace(0.1, 10.0, 300)
    x = np.random.default_rng(1).uniform(0.05, 11.0, length)
    for spectrum in (Table(energy, np.exp(-energy)), EndPoint("muon"), Lines([1.0, 2.0], [1.0, 1.0]), ENDINGS["loglog"][0]):
        together = spectrum.moments.moments(x)
        alone = np.stack([spectrum.moments.moments(x[i : i + 1])[:, 0] for i in range(length)], axis=1)
        np.testing.assert_array_equal(together, alone)
