"""Fluxes that change with time: rates of a history are those of its steps, however many spectra it has."""

import itertools
import pickle
import re
from dataclasses import replace

import numpy as np
import pytest

import cevns
from cevns import Component, Flux, FluxHistory, binned_rate, differential_rate, rate
from cevns.errors import InputError, UnknownNameError, UnsupportedError
from cevns.fluxes.pulses import GaussianPulse, Instant, RectangularPulse
from cevns.fluxes.spectra import EndPoint, Function, Lines, Table
from cevns.fluxes.timing import Timing
from cevns.reference import histories as reference
from cevns.reference import spectra as plain

RNG = np.random.default_rng(20261122)
ENERGY = np.linspace(0.5, 11.0, 22)
T = np.array([[0.0, 0.03], [0.3, 1.5]])
BINS = np.array([0.0, 0.05, 0.2, 0.6, 1.0, 5.0])
GE, CSI = cevns.Target("Ge"), cevns.Target("CsI")
EACH = cevns.StandardModel(couplings="radiative")  # tells flavours apart


def falling(E):
    return E**2 * np.exp(-E / 2.0)


def burn_up(steps=30, per="s"):
    """Five spectra of all kinds whose parts shift from step to step."""
    spectra = (
        Table(ENERGY, np.exp(-ENERGY)),
        Table(ENERGY, np.exp(-ENERGY / 1.1), "loglog"),
        Table(ENERGY, np.exp(-ENERGY[1:] / 1.2), "histogram"),
        Lines([2.0, 8.0], [1.0, 0.1]),
        Function(falling, (0.0, 15.0)),
    )
    flavors = ("nuebar", "nuebar", "nue", "numu", "nuebar")
    parts = RNG.uniform(0.1, 1.0, (steps, 5))
    fluxes = [
        Flux(tuple(Component(f, "a", s, w) for f, s, w in zip(flavors, spectra, row.tolist(), strict=True)), per)
        for row in parts
    ]
    return FluxHistory(np.arange(steps + 1.0), fluxes, "d")


def burst(steps, grids=2, per="burst", power_laws=False, flavors=("nue", "nuebar", "numu")):
    """Steps whose tables are all different, on a few grids of energies."""
    fluxes = []
    for step in range(steps):
        components = []
        for i, flavor in enumerate(flavors):
            energy = np.linspace(0.0 if i else 0.2, 30.0 + 5.0 * ((step + i) % grids), 40)
            values = energy**2 * np.exp(-energy / RNG.uniform(2.0, 5.0))
            components.append(Component(flavor, f"accretion {i}", Table(energy, values), RNG.uniform(0.5, 2.0)))
        if power_laws:
            table = Table(ENERGY, np.exp(-ENERGY / RNG.uniform(1.0, 2.0)), "loglog")
            components.append(Component("nutaubar", "tail", table, 0.3))
        fluxes.append(Flux(tuple(components), per))
    return FluxHistory(np.concatenate([[0.0], np.cumsum(RNG.uniform(0.01, 1.0, steps))]), fluxes)


def shared_and_not():
    """More distinct spectra than columns of weights are kept for, some of them in every step."""
    common = burn_up(90)
    own = burst(90, per="s")
    return FluxHistory(common.edges, [a + b for a, b in zip(common.fluxes, own.fluxes, strict=True)], "d")


HISTORIES = {
    "few spectra in many steps": burn_up(),
    "few steps, all different": burst(5, per="s"),
    "many steps, all different": burst(230),
    "many steps, all different, power laws too": burst(80, 3, power_laws=True),
    "many steps, half shared": shared_and_not(),
    "one step": burst(1),
    "steps in which nothing arrives": FluxHistory([0.0, 1.0, 2.0], [burn_up().fluxes[0], burn_up().fluxes[1] * 0.0]),
}
CALLS = {
    "differential": lambda flux, model: differential_rate(T, flux, GE, model),
    "one energy": lambda flux, model: differential_rate(0.1, flux, CSI, model),
    "no energy": lambda flux, model: differential_rate([], flux, GE, model),
    "binned": lambda flux, model: binned_rate(BINS, flux, GE, model),
    "above": lambda flux, model: rate(flux, GE, model),
    "thresholds": lambda flux, model: rate(flux, GE, model, threshold=[[0.0], [0.1], [0.4]], maximum=[np.inf, 2.0]),
    "nothing between": lambda flux, model: rate(flux, GE, model, threshold=[0.5, 0.1], maximum=[0.5, 0.1]),
}


@pytest.mark.parametrize("model", [None, EACH], ids=["flavours alike", "flavours apart"])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("history", HISTORIES.values(), ids=HISTORIES)
def test_the_rate_of_a_history_is_that_of_each_step(history, call, model):
    found = np.asarray(call(history, model))
    steps = np.stack([call(flux, model) for flux in history.fluxes], axis=-1)  # time is the last axis
    assert found.shape == steps.shape
    # sums of the same positive terms, in another order; the panels of integrals over bins differ with the breaks: 1e-8 promised
    exact = call in (CALLS["differential"], CALLS["one energy"], CALLS["no energy"])
    np.testing.assert_allclose(found, steps, rtol=2e-14 if exact else 2e-8, atol=1e-300)
    np.testing.assert_array_equal(np.asarray(call(history, model)), found)  # what is kept with it changes nothing


def test_both_ways_of_rates_are_taken_above():
    from cevns.interactions.quadratic_forms import N_ELEMENTS
    from cevns.scattering.channels import rows_of

    ways = {name: rows_of(history, (0,) * N_ELEMENTS).weights is None for name, history in HISTORIES.items()}
    assert ways["many steps, all different"]
    assert ways["many steps, all different, power laws too"]
    assert not ways["few spectra in many steps"]
    assert not ways["few steps, all different"]


def test_the_history_agrees_with_the_plain_reference():
    tables = [plain.tabulated(ENERGY, np.exp(-ENERGY / scale)) for scale in (1.0, 1.5, 2.0)]
    spectra = [Table(t.knots, t.density(t.knots)) for t in tables]
    weights = [[1.0, 0.5, 0.0], [0.2, 0.2, 3.0], [0.0, 0.0, 0.0]]
    fluxes = [Flux(tuple(Component("nue", "a", s, w) for s, w in zip(spectra, row, strict=True))) for row in weights]
    history = FluxHistory([0.0, 1.0, 2.0, 7.0], fluxes, "d")
    steps = [list(zip(tables, row, strict=True)) for row in weights]
    energies = np.array([0.0, 0.1, 0.8])
    expected = reference.differential_rate(energies, steps, GE.components)
    np.testing.assert_allclose(differential_rate(energies, history, GE), expected, rtol=1e-11)
    edges = np.array([0.0, 0.1, 0.5, np.inf])
    expected = reference.binned_rate(edges, steps, GE.components)
    found = np.stack([rate(history, GE, threshold=a, maximum=b) for a, b in itertools.pairwise(edges)])
    np.testing.assert_allclose(found, expected, rtol=1e-8)


def test_bins_of_a_history_sum_to_its_rate():
    for history in (burn_up(), burst(90)):
        bins = binned_rate([0.1, 0.2, 0.5, 3.0], history, GE)
        np.testing.assert_allclose(bins.sum(axis=0), rate(history, GE, threshold=0.1, maximum=3.0), rtol=1e-8)


def test_a_burst_is_not_per_day():
    second, whole = (burn_up(3, per) for per in ("s", "burst"))
    second = FluxHistory(whole.edges, [replace(flux, per="s") for flux in whole.fluxes], "d")
    assert (second.per, whole.per) == ("s", "burst")
    np.testing.assert_allclose(differential_rate(0.1, second, GE), 86400.0 * differential_rate(0.1, whole, GE), rtol=1e-13)


# ---- all steps together --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("history", HISTORIES.values(), ids=HISTORIES)
def test_the_rate_of_the_whole_or_of_the_mean_is_that_of_the_rates(history):
    rates = differential_rate(T, history, GE, EACH)
    if history.per == "burst":
        np.testing.assert_allclose(differential_rate(T, history.sum(), GE, EACH), rates.sum(axis=-1), rtol=1e-12)
        assert history.sum().total() == pytest.approx(history.total().sum(), rel=1e-13)
    else:
        weights = history.durations / history.durations.sum()
        mean = differential_rate(T, history.average(), GE, EACH)
        np.testing.assert_allclose(mean, rates @ weights, rtol=1e-12)


@pytest.mark.parametrize("unit", ["d", "s"])
def test_fluxes_per_second_have_an_average_and_no_sum(unit):
    # twice the steps are the same flux; their sum would be twice as much
    flux = burn_up(1).fluxes[0]
    few, many = (FluxHistory(np.linspace(0.0, 4.0, n + 1), [flux] * n, unit) for n in (2, 4))
    assert few.average().total() == pytest.approx(many.average().total(), rel=1e-15)
    with pytest.raises(UnsupportedError, match=r"use average\(\)"):
        few.sum()
    with pytest.raises(UnsupportedError, match=r"use average\(\)"):
        few[1:].sum()


@pytest.mark.parametrize("history", [burst(3), FluxHistory([0.0, 1.0, 2.0], burn_up(2).fluxes, "us")], ids=["burst", "pulse"])
def test_steps_of_a_burst_or_pulse_have_a_sum_and_no_average(history):
    assert history.sum().total() == pytest.approx(history.total().sum(), rel=1e-14)
    with pytest.raises(UnsupportedError, match=r"use sum\(\)"):
        history.average()
    with pytest.raises(UnsupportedError, match=r"use sum\(\)"):
        (history * 2.0).average()


def test_histories_of_different_kinds_are_not_added():
    seconds, whole = burn_up(3), burn_up(3, "burst")
    with pytest.raises(InputError, match="cannot be added"):
        seconds + whole
    with pytest.raises(InputError, match="different steps"):
        seconds + FluxHistory(seconds.edges, seconds.fluxes, "us")


def test_a_sum_holds_each_spectrum_once():
    assert len(burn_up(30).average().components) == 5
    assert len(burst(7).sum().components) == 21


def test_a_reactor_that_stops_has_its_mean_flux():
    on = burn_up(1).fluxes[0]
    history = FluxHistory([0.0, 300.0, 330.0], [on, on * 0.0], "d")
    assert history.average().total() == pytest.approx(on.total() * 300 / 330, rel=1e-14)
    assert history.average().components == tuple(replace(c, scale=c.scale * (300 / 330)) for c in on.components)


def test_coherence_and_uncertainties_are_in_the_mean():
    flux = burn_up(1).fluxes[0].with_uncertainty("norm", 0.1).oscillate(cevns.oscillation.Vacuum(1.0, coherent=True))
    mean = FluxHistory([0.0, 1.0, 2.0], [flux, flux * 3.0]).average()
    assert mean.total_uncertainty() == pytest.approx(2.0 * flux.total_uncertainty(), rel=1e-12)
    E = np.array([2.5])
    for flavors in {c.flavors for c in flux.coherences}:
        one, two = (sum(c.scale * c.real.density(E) for c in f.coherences if c.flavors == flavors) for f in (flux, mean))
        np.testing.assert_allclose(two, 2.0 * one, rtol=1e-13)


# ---- what it is -----------------------------------------------------------------------------------------------------------


def test_a_history_is_a_sequence_of_fluxes():
    history = burn_up(6)
    assert len(history) == 6
    assert history[2] is history.fluxes[2]
    assert history[-1] is history.fluxes[5]
    assert list(history) == list(history.fluxes)
    part = history[2:5]
    assert (part.edges, part.fluxes, part.unit) == (history.edges[2:6], history.fluxes[2:5], "d")
    assert history[:] == history
    assert history[-2:].edges == (4.0, 5.0, 6.0)
    with pytest.raises(IndexError):
        history[6]
    with pytest.raises(InputError, match=re.escape("steps of a history must be neighbours (got a slice in steps of 2)")):
        history[::2]
    with pytest.raises(InputError, match="edges of time must be a list of at least 2"):
        history[3:3]


def test_totals_flavours_and_durations():
    history = burst(4, flavors=("nuebar", "nue"))
    assert history.flavors == ("nue", "nuebar")
    np.testing.assert_array_equal(history.durations, np.diff(history.edges))
    np.testing.assert_array_equal(history.total(), [flux.total() for flux in history.fluxes])
    np.testing.assert_array_equal(history.total("nue"), [flux.total("nue") for flux in history.fluxes])


def test_a_history_is_a_value():
    history = burn_up(3)
    copy = pickle.loads(pickle.dumps(history))
    differential_rate(T, history, GE)
    assert copy == history
    assert hash(copy) == hash(history)
    assert copy != history * 2
    np.testing.assert_array_equal(differential_rate(T, copy, GE), differential_rate(T, history, GE))


# ---- algebra ----------------------------------------------------------------------------------------------------------------


def test_a_history_times_numbers():
    history = burn_up(3)
    before = history.total()
    factors = np.array([1.0, 0.0, 2.5])
    for product in (history * factors, factors * history, history * factors.tolist()):
        assert isinstance(product, FluxHistory)
        np.testing.assert_allclose(product.total(), factors * before, rtol=1e-15)
    for product in (history * 3.0, 3 * history, np.float64(3.0) * history, history * np.array([3.0])):
        np.testing.assert_allclose(product.total(), 3.0 * before, rtol=1e-15)


def test_histories_add_step_by_step():
    one, two = burn_up(4), FluxHistory(np.arange(5.0), burst(4, per="s").fluxes, "d")
    both = one + two
    np.testing.assert_allclose(both.total(), one.total() + two.total(), rtol=1e-14)
    np.testing.assert_allclose(
        differential_rate(T, both, GE), differential_rate(T, one, GE) + differential_rate(T, two, GE), rtol=1e-13
    )


def test_each_step_may_be_changed():
    history = burn_up(4)
    half = history.each(lambda flux: flux.select(flavor="nuebar"))
    assert half.flavors == ("nuebar",)
    np.testing.assert_allclose(half.total(), history.total("nuebar"), rtol=1e-15)


def test_oscillation_of_a_history_is_that_of_its_steps():
    history = burn_up(4)
    P = np.array([[0.5, 0.3, 0.1], [0.0, 0.7, 0.1], [0.1, 0.1, 0.1]])
    changed = history.oscillate(P)
    assert changed.fluxes == tuple(flux.oscillate(P) for flux in history.fluxes)
    apart = history.oscillate(np.eye(3), antineutrinos=P)
    np.testing.assert_allclose(apart.total("nuebar"), 0.5 * history.total("nuebar"), rtol=1e-14)
    np.testing.assert_allclose(apart.total("nue"), history.total("nue"), rtol=1e-14)
    # without loss, a rate that does not tell flavours apart stays
    unitary = cevns.oscillation.Vacuum(30.0)
    rates = differential_rate(T, history, GE), differential_rate(T, history.oscillate(unitary), GE)
    np.testing.assert_allclose(rates[1], rates[0], rtol=1e-9)


# ---- time of arrival --------------------------------------------------------------------------------------------------------


def pulsed(pulse=None, per="s"):
    pulse = pulse or Instant()
    return Flux(
        (
            Component("numu", "prompt", Lines([29.8], [1.0]), 4.0, Timing(pulse, (0.026,))),
            Component("nue", "delayed", EndPoint("electron"), 4.0, Timing(pulse, (0.026, 2.197))),
            Component("numubar", "delayed", EndPoint("muon"), 4.0, Timing(pulse, (0.026, 2.197))),
        ),
        per,
    )


def test_a_window_is_what_the_decay_leaves_in_it():
    flux = pulsed()
    window = flux.window(1.0, 3.0)
    # the pion has decayed long before: what is left is e^(−t/τ_μ), raised by the delay of the muons, 1/(1 − τ_π/τ_μ)
    tau = 2.197
    expected = (np.exp(-1.0 / tau) - np.exp(-3.0 / tau)) / (1 - 0.026 / tau)
    assert window.total("nue") == pytest.approx(4.0 * expected, rel=1e-9)
    assert window.total("numu") == pytest.approx(4.0 * np.exp(-1.0 / 0.026), rel=1e-3, abs=1e-12)
    assert all(c.timing is None for c in window.components)
    assert window.per == "s"


@pytest.mark.parametrize("pulse", [Instant(0.3), RectangularPulse(0.0, 0.5), GaussianPulse(0.5, 0.2)])
def test_a_history_of_arrival_holds_all_that_arrives(pulse):
    flux = pulsed(pulse).with_uncertainty("norm", 0.1)
    history = flux.history(np.linspace(-2.0, 60.0, 125))
    assert history.unit == "us"
    assert history.sum().total() == pytest.approx(flux.total(), rel=1e-10)
    assert history.sum().total_uncertainty() == pytest.approx(0.1 * flux.total(), rel=1e-10)
    T = np.array([1.0, 10.0, 30.0])
    rates = differential_rate(T, history, CSI)
    np.testing.assert_allclose(rates.sum(axis=1), differential_rate(T, flux, CSI), rtol=1e-9)
    # prompt first: its line ends above the delayed ones' recoils at early times
    mean = ((history.durations.cumsum() - 2.25) @ history.total("numu")) / flux.total("numu")
    assert mean == pytest.approx(flux.components[0].timing.mean, abs=0.26)


def test_windows_side_by_side_are_one_window():
    flux = pulsed(GaussianPulse(0.5, 0.2), "burst")
    both = flux.window(0.0, 1.0) + flux.window(1.0, 6.0)
    for flavor in flux.flavors:
        assert both.total(flavor) == pytest.approx(flux.window(0.0, 6.0).total(flavor), rel=1e-12)


def test_a_flux_without_timing_has_no_window():
    flux = pulsed() + Flux((Component("nue", "flat", EndPoint("electron")),))
    for call in (lambda: flux.window(0.0, 1.0), lambda: flux.history([0.0, 1.0])):
        with pytest.raises(UnsupportedError, match="component 'flat' of the flux has no timing: give its source a pulse"):
            call()


# ---- what is wrong -----------------------------------------------------------------------------------------------------------

ONE = Flux((Component("nue", "a", Lines([2.0], [1.0])),))
BURST = replace(ONE, per="burst")
BAD = [
    (lambda: FluxHistory([0.0, 2.0, 1.0], [ONE, ONE], "d"), "edges of time must increase (got 2 d at index 1, then 1 d)"),
    (lambda: FluxHistory([0.0, 0.0], [ONE], "us"), "edges of time must increase (got 0 μs at index 0, then 0 μs)"),
    (lambda: FluxHistory([0.0], []), "edges of time must be a list of at least 2 (got shape (1,))"),
    (lambda: FluxHistory([[0.0, 1.0]], [ONE]), "edges of time must be a list of at least 2 (got shape (1, 2))"),
    (lambda: FluxHistory([0.0, np.nan], [ONE]), "edges of time must be finite (got nan at index 1)"),
    (lambda: FluxHistory([0.0, 1.0], [ONE, ONE]), "a history needs one flux a step (got 2 for 1 steps)"),
    (lambda: FluxHistory([0.0, 1.0, 2.0], [ONE]), "a history needs one flux a step (got 1 for 2 steps)"),
    (lambda: FluxHistory([0.0, 1.0], []), "a history needs one flux a step (got 0 for 1 steps)"),
    (lambda: FluxHistory([0.0, 1.0], [1.0]), "fluxes must be cevns.Flux (got [1.0])"),
    (lambda: FluxHistory([0.0, 1.0], None), "fluxes must be cevns.Flux (got None)"),
    (
        lambda: FluxHistory([0.0, 1.0, 2.0], [ONE, BURST]),
        "the fluxes of a history must be in one unit (got some per s and some per burst)",
    ),
    (lambda: FluxHistory([0.0, 1.0], [ONE], "h"), "unknown unit of time 'h'; known are 'd', 's', 'us'"),
    (lambda: burn_up(3) * [1.0, 2.0], "a factor of a history must be 1 number or 3 (got shape (2,))"),
    (lambda: burn_up(3) * np.ones((3, 1)), "a factor of a history must be 1 number or 3 (got shape (3, 1))"),
    (lambda: burn_up(3) * -1.0, "factor of a history must be >= 0 and finite (got -1)"),
    (lambda: burn_up(3) * [1.0, np.nan, 1.0], "factor of a history must be >= 0 and finite (got nan at index 1)"),
    (lambda: burn_up(3) + burn_up(4), "histories with different steps of time cannot be added"),
    (lambda: burn_up(3) + replace(burn_up(3), unit="s"), "histories with different steps of time cannot be added"),
    (
        lambda: FluxHistory([0.0, 1.0], [ONE]) + FluxHistory([0.0, 1.0], [BURST]),
        "a flux per s and a flux per burst cannot be added",
    ),
    (lambda: pulsed().window(1.0, 1.0), "edges of time must increase (got 1 μs at index 0, then 1 μs)"),
    (
        lambda: differential_rate(T, burn_up(2), GE, split="nuclide"),
        "the rate of a history has no split and no covariance (got split='nuclide', covariance=False)",
    ),
    (
        lambda: binned_rate(BINS, burn_up(2), GE, covariance=True),
        "the rate of a history has no split and no covariance (got split=None, covariance=True)",
    ),
    (
        lambda: rate(burn_up(2), GE, covariance=True),
        "the rate of a history has no split and no covariance (got split=None, covariance=True)",
    ),
    (lambda: differential_rate(T, [ONE, ONE], GE), "flux must be a cevns.Flux or a cevns.FluxHistory (got ["),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_what_is_wrong_is_said(call, message):
    with pytest.raises((InputError, UnknownNameError), match=f"^{re.escape(message)}"):
        call()


@pytest.mark.parametrize(
    "call",
    [lambda: burn_up(2) + ONE, lambda: ONE + burn_up(2), lambda: burn_up(2) * ONE, lambda: burn_up(2) * burn_up(2)],
    ids=["history + flux", "flux + history", "history * flux", "history * history"],
)
def test_a_history_and_a_flux_do_not_mix(call):
    with pytest.raises((TypeError, InputError)):
        call()
