"""Scans of couplings over templates: points of a theory with two couplings, in 100 bins."""

import time
import tracemalloc
from functools import partial

import numpy as np
import pytest

import cevns
from cevns.reference import scans as reference
from cevns.reference.statistics import profile_linear

BINS = 100
EXPONENTS = np.array([[0, 0], [1, 0], [0, 1], [2, 0], [1, 1], [0, 2]])  # two NSI: rates to the second power


def scene(observed="counts"):
    """Templates like those of two NSI on a falling spectrum, over a flat background, and the arrays that they are made of."""
    random = np.random.default_rng(7)
    signal = 25.0 * np.exp(-np.linspace(0.0, 3.0, BINS))
    size = np.array([1.0, 2.0, 2.2, 1.2, 2.4, 1.3])
    templates = size[:, None] * signal * random.uniform(0.9, 1.1, (6, BINS))
    background = np.full(BINS, 3.0)
    seen = templates[0] + background
    if observed == "counts":
        seen = np.maximum(random.poisson(seen), 1).astype(float)
    nuisances = {
        "signal_effects": {"flux": 0.1, "quenching": np.linspace(-0.05, 0.1, BINS)},
        "background_effects": {"steady": 0.2 * background},
    }
    made = cevns.Templates(("eps_ee_u", "eps_ee_d"), EXPONENTS, templates, background=background, observed=seen, **nuisances)
    return made, (EXPONENTS, templates, background, seen)


def grid(n):
    """Points of an n × n grid, all with positive counts."""
    first, second = np.meshgrid(np.linspace(-0.15, 0.4, n), np.linspace(-0.15, 0.4, n))
    return np.stack([first.reshape(-1), second.reshape(-1)], axis=-1)


@pytest.mark.parametrize(("name", "observed"), [("nsi_scan", "counts"), ("nsi_asimov_scan", "expected")])
def test_scan_of_two_nsi(race, name, observed):
    # an Asimov set, whose counts are no integers, needs a logarithm for each bin
    templates, arrays = scene(observed)
    race(
        name,
        partial(templates.likelihood, profile=False),
        lambda theta: reference.chi2_factorised(theta, *arrays),
        grid(100),
        values=10_000 * BINS,
    )


@pytest.mark.parametrize(("name", "observed"), [("nsi_scan_in_place", "counts"), ("nsi_asimov_scan_in_place", "expected")])
def test_scan_against_the_fastest_numpy(race, name, observed):
    templates, arrays = scene(observed)
    buffer = np.empty((10_000, BINS))

    def lean(theta):
        return reference.chi2_in_place(theta, *arrays, buffer)

    race(name, partial(templates.likelihood, profile=False), lean, grid(100), values=10_000 * BINS)


def test_profiled_scan(race):
    templates, (_, rows, background, seen) = scene()
    effects = [np.full(BINS, 0.1), np.linspace(-0.05, 0.1, BINS)]

    def plain(theta):
        signal = reference.weights(theta, EXPONENTS) @ rows
        directions = np.stack([*(effect * signal for effect in effects), np.tile(0.2 * background, (len(theta), 1))], axis=1)
        return profile_linear(seen, signal + background, directions)[0]

    race("profiled_nsi_scan", templates.likelihood, plain, grid(20), values=400)


def test_profiled_scan_within_limits(race):
    """Of one point with two nuisances, the reference searches by thirds; a limit is reached at most points."""
    templates, (_, rows, background, seen) = scene()
    effects = {"signal_effects": {"flux": 0.1}, "background_effects": {"steady": 0.2 * background}}
    limits = {"flux": (-0.2, 0.2), "steady": (-0.1, 0.1)}
    made = cevns.Templates(
        templates.parameters, EXPONENTS, rows, background=background, observed=seen, limits=limits, **effects
    )
    signal, added = np.stack([np.full(BINS, 0.1), np.zeros(BINS)]), np.stack([np.zeros(BINS), 0.2 * background])
    room = np.array(list(limits.values()))

    def plain(theta):
        counts = reference.weights(theta, EXPONENTS) @ rows
        return np.array([reference.profiled(s, background, seen, signal, added, np.ones(2), room)[0] for s in counts])

    race("limited_nsi_scan", made.likelihood, plain, grid(1), values=1)


def test_a_million_points_need_no_memory(note, instruction_set):
    templates, _ = scene()
    axis = np.linspace(-0.15, 0.4, 1000)
    points = {"eps_ee_u": axis[:, None], "eps_ee_d": axis}
    templates.likelihood({"eps_ee_u": 0.0}, profile=False)
    best = np.inf
    for _ in range(3):
        tracemalloc.start()
        begin = time.perf_counter()
        out = templates.likelihood(points, profile=False)
        best = min(best, time.perf_counter() - begin)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    wanted = 1.0 if instruction_set == "avx512" else 3.0
    note(f"a scan of 10⁶ points in 100 bins with {instruction_set}: {best:.2f} s (wanted: <= {wanted:g} s)")
    assert out.shape == (1000, 1000)
    assert peak < out.nbytes + 2e6  # one block of points besides
