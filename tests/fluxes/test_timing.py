"""Timing: when neutrinos of a pulsed beam arrive, against figures, 50 digits of closed forms, quadrature and limits."""

import math
import pickle
from itertools import pairwise
from pathlib import Path

import mpmath
import numpy as np
import pytest

from cevns import InputError, constants, timing
from cevns._numerics import special
from cevns.fluxes.pulses import GaussianPulse, Instant, PulseTrain, RectangularPulse, TabulatedPulse, TrapezoidalPulse
from cevns.fluxes.timing import Timing
from cevns.reference import timing as reference

DATA = Path(__file__).parents[3] / "shared" / "data"
PION, MUON = 0.026033, 2.1969811  # μs
PULSES = [
    Instant(0.3),
    GaussianPulse(0.44, 0.15),
    RectangularPulse(-0.1, 0.25),
    TrapezoidalPulse(0.0, 0.145, 0.145, 0.29),
    TrapezoidalPulse(0.0, 0.1, 0.4, 0.7),
    TabulatedPulse([0.0, 0.1, 0.5, 0.6], [0.0, 3.0, 1.0, 2.0]),
    TabulatedPulse([0.0, 0.1, 0.5, 0.6], [3.0, 0.0, 2.0]),
    PulseTrain((RectangularPulse(0.0, 0.1), RectangularPulse(0.6, 0.7)), (2.0, 1.0)),
]
LIFETIMES = [(PION,), (PION, MUON), (1.0, 1.0), (1.0, 1.001)]
CASES = [pytest.param(Timing(pulse, life), id=f"{pulse}-{life}") for pulse in PULSES for life in LIFETIMES]
TIMES = np.array([-0.2, 0.01, 0.09, 0.3, 0.45, 0.62, 1.0, 3.0, 12.0])
NAMESPACE = vars(timing)


def density_of(pulse):
    """Density of a pulse, and the knots between which it is smooth, from its parameters alone."""
    if isinstance(pulse, GaussianPulse):
        knots = pulse.mean + pulse.sigma * np.arange(-12.0, 13.0)
        return lambda s: np.exp(-(((s - pulse.mean) / pulse.sigma) ** 2) / 2) / (math.sqrt(2 * math.pi) * pulse.sigma), knots
    if isinstance(pulse, RectangularPulse):
        knots, values = [pulse.start, pulse.stop], [1.0]
    elif isinstance(pulse, TrapezoidalPulse):
        knots = [pulse.start, *sorted({pulse.top_start, pulse.top_stop}), pulse.stop]
        values = [0.0, *[1.0] * (len(knots) - 2), 0.0]
    elif isinstance(pulse, TabulatedPulse):
        knots, values = pulse.times, pulse.values
    else:
        parts = [density_of(part) for part in pulse.pulses]
        shares = np.array(pulse.weights) / sum(pulse.weights)
        knots = np.unique(np.concatenate([part[1] for part in parts]))
        return lambda s: sum(share * part[0](s) for share, part in zip(shares, parts, strict=True)), knots
    knots, values = np.array(knots), np.array(values)
    if values.size < knots.size:
        norm = values @ np.diff(knots)

        def histogram(s):
            i = np.clip(np.searchsorted(knots, s, side="right") - 1, 0, values.size - 1)
            return np.where((s >= knots[0]) & (s < knots[-1]), values[i], 0.0) / norm

        return histogram, knots
    norm = np.diff(knots) @ (values[1:] + values[:-1]) / 2
    return lambda s: np.interp(s, knots, values, left=0.0, right=0.0) / norm, knots


# -------------------------------------------------------------------------------------------------------- published figures


@pytest.mark.parametrize(("time", "part"), [(1.0, 0.358053), (2.0, 0.592787), (5.0, 0.896059), (6.0, 0.934066)])
def test_delayed_neutrinos_of_an_instant_arrive_as_computed_independently(time, part):
    assert Timing(Instant(), (PION, MUON)).cumulative(time) == pytest.approx(part, abs=5e-7)  # six decimals are given


def test_time_weights_of_coherent_csi_2021_follow_from_its_pulse_and_efficiency():
    # 1 until 0.52 μs, then e^(−0.0494(t − 0.52)) until 6 μs; four decimals are given
    edges = np.concatenate([np.linspace(-1.0, 0.52, 30), np.linspace(0.52, 6.0, 80)[1:]])
    t, weights = reference.composite(edges)
    efficiency = weights * np.where(t < 0.52, 1.0, np.exp(-0.0494 * (t - 0.52)))
    pulse = GaussianPulse(0.44, 0.15)
    assert Timing(pulse, (PION,)).density(t) @ efficiency == pytest.approx(0.9982, abs=5e-5)
    assert Timing(pulse, (PION, MUON)).density(t) @ efficiency == pytest.approx(0.8488, abs=6e-5)


def test_argon_release_has_the_times_of_its_gaussian_pulse():
    path = DATA / "coherent_lar2020" / "cevnspdf.txt"
    if not path.exists():
        pytest.skip(f"{path} is not at hand")
    rows = np.loadtxt(path)
    centers = np.unique(rows[:, 2])
    counts = np.array([rows[rows[:, 2] == center, 3].sum() for center in centers])
    pulse = GaussianPulse(0.44, 0.15)  # LArParametersAnlA.yaml
    parts = np.stack([Timing(pulse, life).fraction(centers - 0.25, centers + 0.25) for life in [(PION,), (PION, MUON)]], 1)
    mixture, *_ = np.linalg.lstsq(parts, counts, rcond=None)
    assert np.all(mixture > 0)
    # the release was simulated with a measured pulse: its rising edge, in the first bin, is not quite Gaussian
    assert np.abs(parts @ mixture / counts - 1)[1:].max() < 0.015
    assert np.abs(parts @ mixture / counts - 1).max() < 0.1


# ---------------------------------------------------------------------------------------------------- against the definition


@pytest.mark.parametrize("arrival", [case for case in CASES if not isinstance(case.values[0].pulse, Instant)])
def test_arrival_is_the_convolution_of_pulse_and_decays(arrival):
    # quadrature with 20 nodes in panels that shrink towards t: 1e-13, and the Gaussian is cut at 12 σ
    pulse, knots = density_of(arrival.pulse)
    for t in TIMES:
        expected = reference.arrival_density(t, pulse, knots, arrival.lifetimes)
        assert arrival.density(t) == pytest.approx(expected, rel=1e-11, abs=1e-30)
        later = reference.arrives_later(t, pulse, knots, arrival.lifetimes)
        assert arrival.later(t) == pytest.approx(later, rel=1e-12, abs=1e-30)


@pytest.mark.parametrize("lifetimes", LIFETIMES)
def test_an_instant_decays_by_the_closed_forms(lifetimes):
    t = np.linspace(0.1, 20.0, 50)
    arrival = Timing(Instant(0.1), lifetimes)
    # the closed forms of the reference lose three digits for lifetimes that differ by 1e-3
    np.testing.assert_allclose(arrival.density(t), reference.decay_density(t - 0.1, lifetimes), rtol=1e-11, atol=1e-300)
    np.testing.assert_allclose(arrival.later(t), reference.decays_later(t - 0.1, lifetimes), rtol=1e-11)
    assert arrival.density(0.099) == 0.0
    assert arrival.later(0.099) == 1.0


@pytest.mark.parametrize("arrival", CASES)
def test_arrival_is_normalised_and_what_arrives_before_and_after_is_everything(arrival):
    assert arrival.fraction(-math.inf, math.inf) == 1.0
    edges = np.linspace(-1.0, 60.0, 400)
    bins = arrival.fraction(edges[:-1], edges[1:])
    assert bins.sum() + arrival.cumulative(-1.0) + arrival.later(60.0) == pytest.approx(1.0, rel=1e-13)
    assert np.all(np.diff(arrival.later(edges)) <= 0)


@pytest.mark.parametrize("arrival", CASES)
def test_mean_time_is_that_of_the_pulse_and_the_lifetimes(arrival):
    # ⟨t⟩ = t₀ + ∫_t₀^∞ later dt, with t₀ before everything
    knots = np.unique(np.concatenate([[-2.0], arrival.breaks, np.linspace(-0.5, 1.5, 60), np.geomspace(1.5, 120.0, 60)]))
    t, weights = reference.composite(knots)
    assert arrival.mean == pytest.approx(-2.0 + weights @ arrival.later(t), abs=1e-10)
    assert arrival.mean == pytest.approx(arrival.pulse.mean_time + sum(arrival.lifetimes), rel=1e-14)


@pytest.mark.parametrize("arrival", CASES)
def test_fraction_in_a_bin_is_the_integral_of_the_density(arrival):
    starts = np.array([-0.05, 0.0, 0.1, 0.29, 0.3, 0.44, 0.6, 1.0, 7.0, 30.0])
    for width in (1e-4, 3e-3, 0.02, 0.4):
        for start in starts:
            knots = np.array([start, *[b for b in arrival.breaks if start < b < start + width], start + width])
            panels = np.unique(np.concatenate([np.linspace(a, b, 30) for a, b in pairwise(knots)]))
            t, weights = reference.composite(panels)
            expected = weights @ arrival.density(t)
            assert arrival.fraction(start, start + width) == pytest.approx(expected, rel=2e-12, abs=4e-16)


# --------------------------------------------------------------------------------------------------- accuracy where it is hard


def gaussian_exact(t, pulse, lifetimes):
    """Density of arrival after a Gaussian pulse with 60 digits."""
    with mpmath.workdps(60):
        first, second = (1 / mpmath.mpf(lifetime) for lifetime in lifetimes)
        d, sigma = mpmath.mpf(float(t)) - mpmath.mpf(pulse.mean), mpmath.mpf(pulse.sigma)

        def decaying(rate):
            return mpmath.exp(rate**2 * sigma**2 / 2 - rate * d) * mpmath.erfc((rate * sigma - d / sigma) / mpmath.sqrt(2)) / 2

        if first == second:
            return first**2 * -mpmath.diff(decaying, first)
        return first * second * (decaying(second) - decaying(first)) / (first - second)


@pytest.mark.parametrize(
    "lifetimes", [(PION, MUON), (MUON, PION), (1.0, 1.0), (1.0, 1 + 1e-9), (1.0, 1.3), (1.0, 2.0)], ids=str
)
@pytest.mark.parametrize("sigma", [1e-6, 0.01, 0.15, 1.0, 40.0])
def test_gaussian_pulses_lose_no_digits(sigma, lifetimes):
    pulse = GaussianPulse(0.44, sigma)
    arrival = Timing(pulse, lifetimes)
    times = pulse.mean + np.concatenate([sigma * np.array([-8.0, -3.0, -0.5, 0.0, 1.0, 4.0]), [0.01, 0.3, 3.0, 40.0]])
    for t in times:
        # 1e-16 for each unit of the exponent, of which d²/2 = 32 and 40/τ = 1500 are the largest
        exact = float(gaussian_exact(t, pulse, lifetimes))
        assert arrival.density(t) == pytest.approx(exact, rel=2e-14, abs=1e-300)


def test_a_pulse_of_milliseconds_loses_no_digits():
    # the ESS: a rectangle of 2860 μs and lifetimes of 0.026 and 2.2 μs; 50 digits of ∫ h ds = e^(−u/τ) terms
    arrival = Timing(RectangularPulse(0.0, 2860.0), (PION, MUON))
    with mpmath.workdps(50):
        first, second = mpmath.mpf(PION), mpmath.mpf(MUON)

        def done(u):
            return 1 - (second * mpmath.exp(-u / second) - first * mpmath.exp(-u / first)) / (second - first)

        for t in (1e-3, 0.1, 10.0, 1500.0, 2859.9, 2860.0, 2861.0, 2900.0):
            exact = (done(mpmath.mpf(t)) - (done(mpmath.mpf(t) - 2860) if t > 2860 else 0)) / 2860
            assert arrival.density(t) == pytest.approx(float(exact), rel=1e-14)


def test_far_tail_falls_exponentially_with_all_its_digits():
    arrival = Timing(GaussianPulse(0.44, 0.15), (PION, MUON))
    t = np.arange(20.0, 500.0, 5.0)
    for width in (2.0**-10, 0.125, 4.0):  # so that t + width is exact
        # in the tail the fraction is e^(−t/τ) times a constant: the rounding of the exponent is left, 230 × 1e-16
        ratio = arrival.fraction(t, t + width) / np.exp(-t / MUON)
        np.testing.assert_allclose(ratio, ratio[0], rtol=1e-12)
        assert ratio[0] > 0
    np.testing.assert_allclose(arrival.later(t) / arrival.density(t), MUON, rtol=1e-13)


def test_early_bins_keep_their_digits():
    # after an instant, t ≪ τ: F₂ = t²/(2τ₁τ₂) (1 − (1/τ₁ + 1/τ₂) t/3 + …)
    t = 1e-7
    expected = t**2 / (2 * PION * MUON) * (1 - (1 / PION + 1 / MUON) * t / 3)
    assert Timing(Instant(), (PION, MUON)).fraction(0.0, t) == pytest.approx(expected, rel=1e-11)


def test_error_functions_have_their_stated_accuracy():
    y = np.concatenate([np.linspace(0.0, 8.0, 300), np.geomspace(1e-8, 80.0, 200)])
    with mpmath.workdps(60):
        scaled = [mpmath.exp(mpmath.mpf(float(v)) ** 2) * mpmath.erfc(mpmath.mpf(float(v))) for v in y]
        integral = [1 / mpmath.sqrt(mpmath.pi) - mpmath.mpf(float(v)) * f for v, f in zip(y, scaled, strict=True)]
    np.testing.assert_allclose(special.erfcx(y), [float(f) for f in scaled], rtol=7e-16)  # and the rounding of the 60 digits
    np.testing.assert_allclose(special.ierfcx(y), [float(f) for f in integral], rtol=2e-15)


def test_error_functions_reach_their_asymptotes():
    y = np.array([1e3, 1e8, 1e21])
    np.testing.assert_allclose(special.erfcx(y), (1 - 1 / (2 * y**2)) / (y * math.sqrt(math.pi)), rtol=1e-12)
    np.testing.assert_allclose(special.ierfcx(y), (1 - 3 / (2 * y**2)) / (2 * y**2 * math.sqrt(math.pi)), rtol=4e-12)


# -------------------------------------------------------------------------------------------------------------------- limits


@pytest.mark.parametrize("lifetimes", LIFETIMES)
@pytest.mark.parametrize(
    "pulse",
    [
        GaussianPulse(0.3, 1e-7),
        RectangularPulse(0.3 - 1e-7, 0.3 + 1e-7),
        TrapezoidalPulse(0.3 - 1e-7, 0.3, 0.3, 0.3 + 1e-7),
        PulseTrain((Instant(0.3), GaussianPulse(0.3, 1e-7))),
    ],
    ids=lambda pulse: type(pulse).__name__,
)
def test_short_pulses_are_instants(pulse, lifetimes):
    t = np.array([0.31, 0.4, 1.0, 9.0])
    short, instant = Timing(pulse, lifetimes), Timing(Instant(0.3), lifetimes)
    # corrections are σ²/τ² ~ 1e-11
    np.testing.assert_allclose(short.density(t), instant.density(t), rtol=1e-10)
    np.testing.assert_allclose(short.later(t), instant.later(t), rtol=1e-10)


def test_short_lifetimes_leave_the_pulse():
    t = np.linspace(-0.2, 1.2, 29) + 0.001  # not at a jump
    for pulse in PULSES[1:]:
        bare = Timing(pulse)
        np.testing.assert_allclose(Timing(pulse, (1e-9, 1e-9)).density(t), bare.density(t), rtol=1e-5, atol=1e-12)
        np.testing.assert_allclose(Timing(pulse, (1e-9,)).later(t), bare.later(t), rtol=1e-5, atol=1e-15)


@pytest.mark.parametrize("pulse", PULSES, ids=lambda pulse: type(pulse).__name__)
def test_lifetimes_commute_and_nearly_equal_ones_are_equal(pulse):
    t = np.linspace(-0.5, 5.0, 40)
    np.testing.assert_array_equal(Timing(pulse, (PION, MUON)).density(t), Timing(pulse, (MUON, PION)).density(t))
    np.testing.assert_allclose(
        Timing(pulse, (1.0, 1 + 1e-12)).density(t), Timing(pulse, (1.0, 1.0)).density(t), rtol=1e-10, atol=1e-300
    )


def test_pulses_of_one_shape_are_one_pulse():
    t = np.linspace(-0.5, 5.0, 60)
    same = [
        RectangularPulse(0.0, 0.6),
        TrapezoidalPulse(0.0, 0.0, 0.6, 0.6),
        TabulatedPulse([0.0, 0.6], [5.0, 5.0]),
        TabulatedPulse([0.0, 0.2, 0.6], [2.0, 2.0]),
        PulseTrain((RectangularPulse(0.0, 0.2), RectangularPulse(0.2, 0.6)), (1.0, 2.0)),
    ]
    for pulse in same[1:]:
        np.testing.assert_allclose(Timing(pulse, (PION, MUON)).density(t), Timing(same[0], (PION, MUON)).density(t), rtol=1e-13)
        np.testing.assert_allclose(Timing(pulse).later(t), Timing(same[0]).later(t), rtol=1e-13, atol=1e-15)
        assert pulse.mean_time == pytest.approx(0.3, rel=1e-14)


def test_without_lifetimes_neutrinos_arrive_with_the_protons():
    assert Timing(RectangularPulse(0.0, 2.0)).density([-0.1, 0.0, 1.0, 2.1]).tolist() == [0.0, 0.5, 0.5, 0.0]
    assert Timing(RectangularPulse(0.0, 2.0)).cumulative([0.0, 0.5, 2.0]).tolist() == [0.0, 0.25, 1.0]
    assert Timing(GaussianPulse(1.0, 0.5)).cumulative(1.5) == pytest.approx(0.8413447460685429, rel=1e-14)  # at 1 σ


def test_an_instant_falls_into_the_bin_that_begins_with_it():
    edges = np.array([-1.0, 0.0, 0.01, 1.0])
    assert Timing(Instant()).fraction(edges[:-1], edges[1:]).tolist() == [0.0, 1.0, 0.0]
    assert Timing(Instant()).density(0.0) == 0.0


@pytest.mark.parametrize("pulse", PULSES, ids=lambda pulse: type(pulse).__name__)
def test_a_shift_moves_everything(pulse):
    t = np.linspace(-0.3, 4.0, 30) + 0.007  # not at a jump, where rounding decides
    early = Timing(pulse, (PION, MUON))
    late = early.shifted(0.25)
    # just after an instant the rounding of t counts: 1e-16 in 1e-4
    np.testing.assert_allclose(late.density(t + 0.25), early.density(t), rtol=1e-11, atol=1e-300)
    assert late.mean == pytest.approx(early.mean + 0.25, rel=1e-14)
    assert late == Timing(pulse.shifted(0.25), (PION, MUON))


def test_two_bunches_are_the_mean_of_each():
    one, two = RectangularPulse(0.0, 0.1), RectangularPulse(0.6, 0.7)
    t = np.linspace(-0.1, 3.0, 50)
    both = Timing(PulseTrain((one, two)), (PION,))
    np.testing.assert_allclose(both.density(t), (Timing(one, (PION,)).density(t) + Timing(two, (PION,)).density(t)) / 2)
    assert both.breaks == (0.0, 0.1, 0.6, 0.7)


def test_a_long_table_is_as_exact_as_a_short_one():
    edges = np.linspace(0.0, 1.0, 2001)
    table = Timing(TabulatedPulse(edges, np.ones(2001)), (PION, MUON))
    t = np.array([0.2345, 0.8, 1.5, 30.0])
    # rounding of 2000 recurrences, which decay
    np.testing.assert_allclose(table.density(t), Timing(RectangularPulse(0.0, 1.0), (PION, MUON)).density(t), rtol=1e-12)


def test_shapes_follow_the_input():
    arrival = Timing(GaussianPulse(0.44, 0.15), (PION,))
    assert isinstance(arrival.density(0.3), float)
    assert arrival.later(np.zeros((2, 0, 3))).shape == (2, 0, 3)
    assert arrival.fraction(np.zeros((3, 1)), [1.0, 2.0]).shape == (3, 2)
    assert arrival.density([-math.inf, math.inf]).tolist() == [0.0, 0.0]
    assert arrival.cumulative([-math.inf, math.inf, 1e300, -1e300]).tolist() == [0.0, 1.0, 1.0, 0.0]
    assert arrival.fraction(0.5, 0.5) == 0.0


def test_lifetimes_are_those_of_the_constants():
    assert pytest.approx(1e6 * constants.PION_LIFETIME, rel=1e-14) == PION
    assert pytest.approx(1e6 * constants.MUON_LIFETIME, rel=1e-14) == MUON


# -------------------------------------------------------------------------------------------------------------- as an object


@pytest.mark.parametrize("arrival", CASES)
def test_timings_survive_pickle_and_repr(arrival):
    arrival.density(1.0)  # what is prepared does not travel
    assert pickle.loads(pickle.dumps(arrival)) == arrival
    assert eval(repr(arrival), dict(NAMESPACE)) == arrival
    assert hash(pickle.loads(pickle.dumps(arrival))) == hash(arrival)
    with pytest.raises(AttributeError):
        arrival.pulse = Instant()


def test_tables_take_arrays_and_do_not_change_with_them():
    values = np.array([1.0, 2.0])
    pulse = TabulatedPulse(np.array([0.0, 1.0]), values)
    values[0] = 9.0
    assert pulse == TabulatedPulse((0.0, 1.0), (1.0, 2.0))
    assert Timing(pulse, np.array([1.0])) == Timing(pulse, [1.0])


# ---------------------------------------------------------------------------------------------------------------- wrong input


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: GaussianPulse(0.0, 0.0), r"sigma must be >= 1e-09 and <= 1e\+09 μs \(got 0\)"),
        (lambda: GaussianPulse(math.nan, 1.0), r"mean must be >= -1e\+09 and <= 1e\+09 μs \(got nan\)"),
        (lambda: Instant("now"), r"time must be a real number \(got 'now'\)"),
        (lambda: RectangularPulse(1.0, 1.0), r"stop must be > start \(got start=1.0 and stop=1.0 μs\)"),
        (lambda: TrapezoidalPulse(0, 2, 1, 3), r"start, top_start, top_stop, stop must increase \(got 0.0, 2.0, 1.0, 3.0 μs\)"),
        (lambda: TrapezoidalPulse(1, 1, 1, 1), r"must increase \(got 1.0, 1.0, 1.0, 1.0 μs\)"),
        (lambda: TabulatedPulse([0, 1], [1, -1]), r"values must be >= 0 and finite \(got -1 at index 1\)"),
        (lambda: TabulatedPulse([0, 1, 1], [1, 1, 1]), r"times must increase \(got 1 μs at index 1, then 1 μs\)"),
        (lambda: TabulatedPulse([0, 1], [0, 0]), r"values must be > 0 somewhere \(got zeros\)"),
        (
            lambda: TabulatedPulse([0, 1, 2], [1]),
            r"for a histogram, one fewer \(got shapes \(3,\) and \(1,\)\)",
        ),
        (lambda: PulseTrain(()), r"pulses must be one or more of cevns.timing \(got \(\)\)"),
        (lambda: PulseTrain((Instant(), 3)), r"pulses must be one or more of cevns.timing"),
        (lambda: PulseTrain((Instant(),), (1, 2)), r"weights must be 1 numbers, not all 0 \(got \(1, 2\)\)"),
        (lambda: PulseTrain((Instant(),), (0,)), r"weights must be 1 numbers, not all 0"),
        (lambda: PulseTrain((Instant(),), (-1,)), r"weights must be >= 0 and finite \(got -1"),
        (lambda: Timing("gauss"), r"pulse must be one of cevns.timing \(got 'gauss'\)"),
        (lambda: Timing(Instant(), (0.0,)), r"lifetimes must be >= 1e-09 and <= 1e\+09 μs \(got 0 at index 0\)"),
        (lambda: Timing(Instant(), (1, 2, 3)), r"lifetimes must be a list of at most two \(got \(1, 2, 3\)\)"),
        (lambda: Timing(Instant(), 2.2), r"lifetimes must be a list of at most two \(got 2.2\)"),
        (lambda: Timing(Instant()).fraction(2.0, 1.0), r"start must be <= stop \(got 2 and 1 μs\)"),
        (lambda: Timing(Instant()).density(math.nan), r"time must be a number \(got nan\)"),
        (lambda: Instant().shifted(math.inf), r"by must be >= -1e\+09 and <= 1e\+09 μs \(got inf\)"),
    ],
)
def test_wrong_arguments_are_named_with_value_and_range(call, message):
    with pytest.raises(InputError, match=message):
        call()
