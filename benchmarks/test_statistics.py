"""Statistics: a likelihood and its gradient against the reference bin by bin, and the times that are promised."""

import time

import numpy as np
import pytest

from cevns.reference import statistics as reference
from cevns.statistics import Cost, Model, Sample, fit, minimize, run_toys

SHAPE = (12, 8, 10)


def liquid_argon():
    """A likelihood with the bins, samples and nuisances of the liquid-argon analysis, and its parts for the reference."""
    energy, pulse, time_ = np.indices(SHAPE)
    signal = np.exp(-0.4 * energy - 0.5 * ((pulse - 4) / 2) ** 2 - 0.25 * time_)
    neutrons = np.exp(-0.2 * energy - 0.5 * ((pulse - 4.5) / 2) ** 2 - 0.5 * (time_ - 1) ** 2)
    delayed = np.exp(-0.2 * energy - 0.5 * ((pulse - 4.5) / 2) ** 2 - 0.2 * time_)
    steady = np.exp(-0.1 * energy - 0.5 * ((pulse - 1.5) / 2) ** 2)
    signal, neutrons, delayed, steady = (
        total * counts / counts.sum() for total, counts in ((128, signal), (497, neutrons), (33, delayed), (3154, steady))
    )

    def tilted(counts, index, size):
        middle = np.average(index, weights=counts)
        return counts * (1 - size * (index - middle)), counts * (1 + 1.2 * size * (index - middle))

    parts = [
        {"counts": signal, "norm": "mu", "shapes": {"f90": tilted(signal, pulse, 0.05), "timing": tilted(signal, time_, 0.03)}},
        {
            "counts": neutrons,
            "scales": {"prompt": 0.32},
            "shapes": {
                "energy": tilted(neutrons, energy, 0.03),
                "time": tilted(neutrons, time_, 0.04),
                "width": tilted(neutrons, (time_ - 2) ** 2, 0.01),
            },
        },
        {"counts": delayed, "scales": {"delayed": 0.5}},
        {"counts": steady, "scales": {"steady": 0.008}},
    ]
    samples = [
        Sample(
            f"sample {i}",
            part["counts"],
            norm=part.get("norm"),
            scale_effects=part.get("scales"),
            shape_effects=part.get("shapes"),
        )
        for i, part in enumerate(parts)
    ]
    model = Model(samples)
    observed = np.random.default_rng(1).poisson(model.expected({})).astype(float)
    return Cost(model, observed), parts


def test_likelihood_of_960_bins(race):
    cost, parts = liquid_argon()
    names, sigma = cost.parameters, np.array([n.sigma for n in cost.model.nuisances])

    def plain(theta):
        mu = reference.expected(parts, dict(zip(names, theta, strict=True)))
        return np.array([reference.poisson_chi2(cost.observed, mu) + np.sum(((theta - cost.start) / sigma) ** 2)])

    race("likelihood_960_bins", lambda theta: np.array([cost.value(theta)]), plain, cost.start + 0.3)


def test_toys_of_liquid_argon(note):
    cost, _ = liquid_argon()
    assert minimize(cost).converged
    number, times = 100, []
    for _ in range(3):
        begin = time.perf_counter()
        run_toys(cost, number=number, test={"mu": 0.0})  # two fits a toy
        times.append(time.perf_counter() - begin)
    note(f"10 000 toys of liquid argon on one core: {10_000 * min(times) / number:.0f} s (wanted: <= 240 s)")


def test_fit_of_liquid_argon(note):
    pytest.importorskip("iminuit", reason="needs iminuit")
    cost, _ = liquid_argon()
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        fit(cost)
        times.append(time.perf_counter() - begin)
    note(f"a fit of liquid argon by Minuit, with errors: {1e3 * min(times):.0f} ms (wanted: <= 1000 ms)")
