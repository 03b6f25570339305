"""Every route to one quantity gives it alike: costs, minima, fits, profiles, intervals, contours, covariances, pyhf."""

import itertools
import math

import numpy as np
import pytest

from cevns.reference.statistics import profile_linear
from cevns.statistics import (
    Cost,
    Model,
    Nuisance,
    Sample,
    contour,
    fit,
    interval,
    minimize,
    poisson_chi2,
    profile,
    significance,
    template_chi2,
    threshold,
    to_pyhf,
)

SIGNAL, NEUTRONS, STEADY = np.array([22.0, 14.0, 6.0, 2.0]), np.array([8.0, 6.0, 5.0, 4.0]), np.array([30.0, 29.0, 28.0, 0.5])
TILT = {"tilt": (SIGNAL * [1.1, 1.0, 0.9, 0.7], SIGNAL * [0.92, 1.01, 1.1, 1.4])}


def model(*nuisances, signal=None, neutrons=None, steady=None):
    """Signal, neutrons and a steady state, all with a variance of their templates."""
    samples = [
        Sample("CEvNS", SIGNAL, norm="mu", variance=0.1 * SIGNAL, **(signal or {})),
        Sample("neutrons", NEUTRONS, variance=0.3 * NEUTRONS, **(neutrons or {})),
        Sample("steady state", STEADY, variance=0.2 * STEADY, **(steady or {})),
    ]
    return Model(samples, nuisances)


MODELS = {
    "a free norm": model(),
    "scale effects": model(neutrons={"scale_effects": {"n": 0.3, "beam": 0.1}}, steady={"scale_effects": {"s": 0.05}}),
    "a constrained norm whose mean is not 1": model(
        Nuisance("s", sigma=0.3, mean=1.4, lower=0.0), steady={"norm": "s"}, neutrons={"scale_effects": {"n": 0.3}}
    ),
    "effects whose means are not 0": model(
        Nuisance("n", sigma=0.5, mean=0.7), Nuisance("s", sigma=2.0, mean=-1.0), neutrons={"scale_effects": {"n": 0.3}},
        steady={"scale_effects": {"s": 0.05, "n": 0.1}},
    ),
    "limits that are felt": model(
        Nuisance("n", lower=-0.2, upper=0.2), Nuisance("s", sigma=0.5, mean=1.0, lower=0.9),
        neutrons={"scale_effects": {"n": 0.5}}, steady={"norm": "s"},
    ),
    "shapes": model(signal={"shape_effects": TILT}, steady={"scale_effects": {"s": 0.05}}),
    "shapes and scales of one sample": model(
        signal={"shape_effects": TILT, "scale_effects": {"flux": 0.2, "tilt": 0.05}}, neutrons={"scale_effects": {"flux": 0.2}}
    ),
    "two free norms": model(Nuisance("s", sigma=math.inf, mean=1.0, lower=0.0), steady={"norm": "s"}),
}  # fmt: skip
OBSERVED = {"more": [75.0, 49.0, 45.0, 5.0], "fewer": [33.0, 32.0, 27.0, 0.0]}  # than expected: the second leaves no signal
LIKELIHOODS = {
    "Poisson": {},
    "Beeston-Barlow": {"beeston_barlow": True},
    "Gauss": {"kind": "gaussian", "variance": [60.0, 50.0, 40.0, 3.0]},
}
COSTS = {
    f"{kind}, {name}, {which}": Cost(m, n, **options)
    for (name, m), (which, n), (kind, options) in itertools.product(MODELS.items(), OBSERVED.items(), LIKELIHOODS.items())
}
every_cost = pytest.mark.parametrize("cost", COSTS.values(), ids=COSTS)


@every_cost
def test_minimum_fit_profile_and_contour_have_one_chi2(cost):
    pytest.importorskip("iminuit", reason="needs iminuit")
    best, found = minimize(cost), fit(cost)
    assert best.converged
    assert found.valid
    assert found.minimum == pytest.approx(best.chi2, abs=1e-8)  # each to 1e-9
    np.testing.assert_allclose(found.values, best.values, atol=1e-3)  # a valley of Δχ² 1e-9 is 3e-5 standard deviations wide
    assert cost.value(best.values) == best.chi2
    assert cost(*best.values) == best.chi2
    assert cost.profiled({}) == best.chi2
    grid = [0.0, 0.4, 1.1, 2.5]
    heights = profile(cost, "mu", grid)
    for mu, height in zip(grid, heights, strict=True):
        assert height == pytest.approx(cost.profiled({"mu": mu}) - best.chi2, abs=1e-8)
        assert fit(cost, fixed={"mu": mu}).minimum == pytest.approx(height + best.chi2, abs=1e-8)
        assert significance(cost, "mu", mu) == pytest.approx(math.sqrt(max(height, 0.0)), abs=1e-4)
    if len(cost.parameters) > 1:
        other = cost.parameters[1]
        point = best[other]
        plane = contour(cost, "mu", other, grid, [point])
        for mu, height in zip(grid, plane[:, 0], strict=True):
            assert height == pytest.approx(cost.profiled({"mu": mu, other: point}) - best.chi2, abs=1e-8)


@pytest.mark.slow
@every_cost
def test_intervals_end_at_the_threshold_or_at_a_limit(cost):
    lowest = cost.profiled({})
    for name, level in itertools.product(cost.parameters, (0.6827, 0.95)):
        limits = dict(zip(cost.parameters, cost.limits, strict=True))[name]
        for end, limit in zip(interval(cost, name, level), limits, strict=True):
            height = cost.profiled({name: end}) - lowest
            if end == limit:
                assert height <= threshold(level) + 1e-8
            else:
                assert height == pytest.approx(threshold(level), abs=1e-6)


@every_cost
def test_errors_covariance_correlation_and_curvature_agree(cost):
    pytest.importorskip("iminuit", reason="needs iminuit")
    found = fit(cost)
    covariance, errors, correlation = np.array(found.covariance), np.array(found.errors), found.correlation
    np.testing.assert_allclose(np.sqrt(np.diag(covariance)), errors, rtol=1e-14)
    np.testing.assert_array_equal(np.isnan(np.diag(correlation)), ~(errors > 0))
    np.testing.assert_array_equal(np.diag(correlation)[errors > 0], 1.0)
    np.testing.assert_allclose(correlation * np.outer(errors, errors), covariance, rtol=1e-12, atol=1e-15)
    known = np.flatnonzero(np.isfinite(errors))
    half = cost.curvature(found.values)[np.ix_(known, known)] / 2
    np.testing.assert_allclose(covariance[np.ix_(known, known)] @ half, np.eye(known.size), atol=1e-9)
    limits = dict(zip(cost.parameters, cost.limits, strict=True))
    for name, value in zip(found.names, found.values, strict=True):
        assert (name in found.at_limit) == (min(abs(value - end) for end in limits[name]) < 1e-6)


@pytest.mark.parametrize("which", OBSERVED)
@pytest.mark.parametrize("name", ["a free norm", "scale effects", "effects whose means are not 0"])
@pytest.mark.parametrize("kind", ["Poisson", "Gauss"])
def test_linear_nuisances_are_profiled_as_costs_are(kind, name, which):
    m, n, options = MODELS[name], OBSERVED[which], LIKELIHOODS[kind]
    cost = Cost(m, n, **options)
    constrained = [nuisance for nuisance in m.nuisances if not nuisance.free]
    for mu in (0.0, 0.7, 2.0):
        gradient = m.gradient({"mu": mu})  # of counts that are linear: the same anywhere
        directions = gradient[[m.parameters.index(nuisance.name) for nuisance in constrained]].reshape(-1, 4)
        found, _ = profile_linear(
            n, m.expected({"mu": mu}), directions, [x.sigma for x in constrained], options.get("variance")
        )
        assert found == pytest.approx(cost.profiled({"mu": mu}), abs=2e-9)


@pytest.mark.parametrize("which", OBSERVED)
@pytest.mark.parametrize("name", MODELS)
def test_costs_are_likelihoods_and_constraints(name, which):
    m, n = MODELS[name], OBSERVED[which]
    theta = m.values({}) + 0.1
    pulls = sum(0.0 if x.free else ((value - x.mean) / x.sigma) ** 2 for x, value in zip(m.nuisances, theta, strict=True))
    assert Cost(m, n).value(theta) == pytest.approx(poisson_chi2(n, m.expected(theta)) + pulls, rel=1e-12)
    finite = template_chi2(n, m.expected(theta), m.variance(theta))
    assert Cost(m, n, beeston_barlow=True).value(theta) == pytest.approx(finite + pulls, rel=1e-12)


@pytest.mark.filterwarnings("ignore:jsonschema.RefResolver:DeprecationWarning")  # that pyhf uses
@pytest.mark.parametrize("which", OBSERVED)
@pytest.mark.parametrize("name", [name for name in MODELS if name != "shapes and scales of one sample"])
def test_pyhf_computes_and_minimises_the_same_likelihood(name, which):
    pyhf = pytest.importorskip("pyhf", reason="needs pyhf")
    m, n = MODELS[name], OBSERVED[which]
    workspace, cost = pyhf.Workspace(to_pyhf(m, n)), Cost(m, n)
    pdf = workspace.model()
    nuisances = {x.name: x for x in m.nuisances}

    def theirs(theta):
        ours = dict(zip(m.parameters, theta, strict=True))
        origins = [(0.0, 1.0) if nuisances[x].free else (nuisances[x].mean, nuisances[x].sigma) for x in pdf.config.par_order]
        values = [(ours[x] - origin) / unit for x, (origin, unit) in zip(pdf.config.par_order, origins, strict=True)]
        return float(-2 * pdf.logpdf(values, workspace.data(pdf))[0])

    constant = theirs(cost.start) - cost.value(cost.start)
    random = np.random.default_rng(4)
    for _ in range(5):
        theta = cost.start + 0.3 * random.uniform(-1, 1, cost.start.size)
        assert theirs(theta) - constant == pytest.approx(cost.value(theta), abs=1e-8)
    for fixed in ({}, {"mu": 1.3}):
        fit_of = pyhf.infer.mle.fixed_poi_fit if fixed else pyhf.infer.mle.fit
        arguments = (fixed["mu"],) if fixed else ()
        _, lowest = fit_of(*arguments, workspace.data(pdf), pdf, return_fitted_val=True)
        # the tolerance of SLSQP is 1e-6 of its function, of some tens
        assert float(lowest) - constant == pytest.approx(cost.profiled(fixed), abs=2e-4)
