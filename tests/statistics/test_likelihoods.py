"""Likelihoods and models: textbook limits, the reference bin by bin, gradients, and what wrong input is told."""

import itertools
import math
import os
import pickle
import subprocess
import sys
from pathlib import Path

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy import optimize, stats

import cevns
from cevns import InputError, UnknownNameError, UnsupportedError
from cevns.reference import statistics as reference
from cevns.statistics import (
    Cost,
    Model,
    Nuisance,
    Sample,
    gaussian_chi2,
    minimize,
    poisson_chi2,
    template_chi2,
)

RANDOM = np.random.default_rng(7)
BINS = (5, 4)


def template(total, seed):
    """Counts that fall off along both axes, none of them equal."""
    energy, time = np.indices(BINS)
    values = np.exp(-0.3 * energy - 0.2 * time) * (1 + 0.3 * np.random.default_rng(seed).random(BINS))
    return total * values / values.sum()


SIGNAL, NEUTRONS, STEADY = template(120.0, 1), template(60.0, 2), np.full(BINS, 15.0)
PARTS = [
    {
        "counts": SIGNAL,
        "norm": "mu",
        "scales": {"flux": 0.1, "quenching": 0.04},
        "shapes": {"quenching": (0.9 * SIGNAL, template(130.0, 3)), "timing": (template(121.0, 4), template(118.0, 5))},
    },
    {"counts": NEUTRONS, "scales": {"neutrons": 0.25}, "shapes": {"timing": (template(58.0, 6), template(63.0, 7))}},
    {"counts": STEADY, "norm": "steady"},
]
NUISANCES = [Nuisance("steady", sigma=0.02, mean=1.0, lower=0.0), Nuisance("neutrons", lower=-4.0)]


def make_model(variance=None):
    names = {"norm": "norm", "scales": "scale_effects", "shapes": "shape_effects"}
    samples = []
    for i, part in enumerate(PARTS):
        options = {names[key]: value for key, value in part.items() if key in names}
        spread = None if variance is None else variance * part["counts"]
        samples.append(Sample(f"sample {i}", part["counts"], variance=spread, **options))
    return Model(samples, NUISANCES)


MODEL = make_model()
THETA = np.array([0.8, 1.01, 0.7, -0.4, 1.6, -0.9])  # one shape beyond its template, one between
OBSERVED = RANDOM.poisson(MODEL.expected(MODEL.values({})) * 1.02).astype(float)
OBSERVED[-1, -1] = 0.0

COSTS = {
    "poisson": Cost(MODEL, OBSERVED),
    "Beeston-Barlow": Cost(make_model(0.2), OBSERVED, beeston_barlow=True),
    "templates of a toy": Cost(
        make_model(0.2), OBSERVED, beeston_barlow=True, simulated=np.random.default_rng(8).poisson(20.0, BINS) / 20.0
    ),
    "gaussian": Cost(MODEL, OBSERVED, "gaussian"),
    "covariance": Cost(
        MODEL, OBSERVED, "gaussian", variance=reference.nuisance_covariance(OBSERVED + 1, [SIGNAL.ravel()], [0.05])
    ),
    "centred elsewhere": Cost(MODEL, OBSERVED, centers={"flux": 0.5, "steady": 1.01}),
}


def slope(function, theta, step=1e-5):
    """Central differences."""
    return np.array([(function(theta + step * e) - function(theta - step * e)) / (2 * step) for e in np.eye(theta.size)])


# ---- likelihoods ---------------------------------------------------------------------------------------------------------


def test_poisson_chi2_is_the_ratio_of_likelihoods():
    n, mu = np.array([0, 1, 5, 20]), np.array([0.4, 2.0, 4.0, 25.0])
    expected = -2 * np.sum(stats.poisson.logpmf(n, mu) - stats.poisson.logpmf(n, n))
    assert poisson_chi2(n, mu) == pytest.approx(expected, rel=1e-13)
    assert poisson_chi2(n, mu) == pytest.approx(reference.poisson_chi2(n, mu), rel=1e-13)


def test_poisson_chi2_of_the_observed_counts_themselves_is_zero():
    assert poisson_chi2([0.0, 3.0, 1e6], [0.0, 3.0, 1e6]) == 0.0


def test_poisson_chi2_tends_to_the_gaussian_one_for_many_counts():
    # the next term is −(μ − n)³/(3 n²) relative to (μ − n)²/(2n): 2/3 of the pull over √n
    n = np.array([1e8, 4e8])
    mu = n + 2 * np.sqrt(n)
    assert poisson_chi2(n, mu) == pytest.approx(gaussian_chi2(n, mu), rel=3e-4)


def test_poisson_chi2_keeps_its_digits_for_many_counts():
    # (μ − n)²/n to second order; the plain formula loses all digits of 1e-4 among 1e12 ln 1e12
    assert poisson_chi2([1e12], [1e12 + 1e4]) == pytest.approx(1e-4, rel=1e-7)


EXTREME = (0.0, 1e-300, 1e-30, 0.3, 1.0, 3.0, 1e15, 1e100, 1e300, 1.7e308)


@pytest.mark.parametrize("n", EXTREME)
def test_poisson_chi2_is_right_at_any_size(n):
    for mu in EXTREME:
        with mpmath.workdps(60):
            m, k = mpmath.mpf(mu), mpmath.mpf(n)
            exact = mpmath.inf if mu == 0 and n > 0 else 2 * (m - k + (k * mpmath.log(k / m) if n else 0))
        # beyond the largest number it is infinite, never nan
        expected = float(exact) if exact < 1.797e308 else math.inf
        assert poisson_chi2([n], [mu]) == pytest.approx(expected, rel=1e-13)
        assert Cost(Model([Sample("s", [mu], norm="a")]), [n]).value([1.0]) == pytest.approx(expected, rel=1e-13)


def test_no_size_of_counts_makes_a_chi2_that_is_no_number():
    for n, mu, v in itertools.product(EXTREME, EXTREME, (0.0, 1e-299, 1.0, 1e300)):
        template = template_chi2([n], [mu], [v])
        assert template >= 0
        model = Model([Sample("s", [mu, 0.0], norm="a", scale_effects={"b": 1.0}, variance=[v, 0.0]), Sample("t", [1.0, 1.0])])
        for theta in ([1.0, 0.0], [1e300, 0.0], [1e300, -1e300], [-1e300, 1e300], [0.0, 1e300]):
            for cost in (
                Cost(model, [n, 1.0]),
                Cost(model, [n, 1.0], beeston_barlow=True),
                Cost(model, [n, 1.0], "gaussian", variance=[v, 1.0]),
            ):
                assert cost.value(theta) >= 0  # nan is not
        assert gaussian_chi2([n, -n], [mu, mu], [v, v]) >= 0
    # counts that overflow are as bad as can be, and not the best fit of all
    assert Cost(Model([Sample("s", [5.0, 2.0], norm="a")]), [3, 4]).value([1e308]) == math.inf
    assert Cost(Model([Sample("s", [5.0, 2.0], norm="a")]), [3, 4], "gaussian").value([1e300]) == math.inf


def test_no_counts_no_bins_with_background_and_no_background_are_fine():
    assert poisson_chi2([0, 0, 0], [1.0, 0.0, 2.0]) == 6.0  # twice the sum
    assert poisson_chi2([0, 1], [0.0, 0.0]) == math.inf
    assert poisson_chi2([1.0], [-1.0]) == math.inf
    assert poisson_chi2(np.zeros(0), np.zeros(0)) == 0.0
    assert gaussian_chi2([0.0, 2.0], [0.0, 2.0]) == 0.0
    assert gaussian_chi2([0.0, 2.0], [3.0, 2.0], [0.0, 1.0]) == 0.0  # a bin without variance does not count
    assert template_chi2([0, 0], [0.0, 1.0], [0.0, 0.5]) > 0
    empty = Model([Sample("signal", [0.0, 2.0], norm="mu"), Sample("background", [0.0, 0.0], scale_effects={"b": 0.2})])
    for kind in ("poisson", "gaussian"):
        assert minimize(Cost(empty, [0, 3], kind))["mu"] == pytest.approx(1.5, rel=1e-6)
        assert minimize(Cost(empty, [0, 0], kind))["mu"] == pytest.approx(0.0, abs=1e-12)


def test_chi2_of_many_predictions_is_that_of_each():
    mu = RANDOM.uniform(1.0, 20.0, (3, 2, *BINS))
    for function in (poisson_chi2, gaussian_chi2):
        values = function(OBSERVED, mu)
        assert values.shape == (3, 2)
        assert values[2, 1] == pytest.approx(function(OBSERVED, mu[2, 1]), rel=1e-13)


def test_gaussian_chi2_with_a_covariance_is_the_quadratic_form():
    C = reference.nuisance_covariance(OBSERVED + 1, [SIGNAL.ravel(), NEUTRONS.ravel()], [0.1, 0.3])
    mu = MODEL.expected(THETA)
    assert gaussian_chi2(OBSERVED, mu, C) == pytest.approx(reference.covariance_chi2(OBSERVED, mu, C), rel=1e-11)


def test_csi_2017_statistic_is_that_of_its_publication():
    # Σ (N − (1 + a) S − (1 + b) B)²/σ² + (a/0.28)² + (b/0.25)², smallest over a and b
    n, s, b = np.array([14.0, 30.0, 22.0, 8.0]), np.array([10.0, 21.0, 16.0, 6.0]), np.array([2.0, 3.0, 2.0, 1.0])
    variance = n + 30.0

    def chi2(x):
        return np.sum((n - (1 + x[0]) * s - (1 + x[1]) * b) ** 2 / variance) + (x[0] / 0.28) ** 2 + (x[1] / 0.25) ** 2

    best = optimize.minimize(chi2, [0.0, 0.0], tol=1e-12)
    found, pulls = reference.profile_linear(n, s + b, [s, b], [0.28, 0.25], variance)
    assert found == pytest.approx(best.fun, rel=1e-10)
    np.testing.assert_allclose(pulls, best.x, atol=1e-6)
    model = Model([Sample("signal", s, scale_effects={"a": 0.28}), Sample("neutrons", b, scale_effects={"b": 0.25})])
    assert Cost(model, n, "gaussian", variance=variance).profiled({}) == pytest.approx(best.fun, rel=1e-10)


def test_profiling_linear_nuisances_is_adding_them_to_the_covariance():
    directions, sigma = np.stack([0.1 * SIGNAL, 0.25 * NEUTRONS]), np.array([1.0, 2.0])
    mu = RANDOM.uniform(10.0, 20.0, (7, *BINS))
    found, _ = reference.profile_linear(OBSERVED, mu, directions, sigma, OBSERVED + 1)
    C = reference.nuisance_covariance(OBSERVED + 1, directions.reshape(2, -1), sigma)
    np.testing.assert_allclose(found, [reference.covariance_chi2(OBSERVED, m, C) for m in mu], rtol=1e-10)


def test_profiling_poisson_counts_is_minimising():
    directions, sigma = np.stack([0.1 * SIGNAL, 0.25 * NEUTRONS, 0.02 * STEADY]), np.array([1.0, 1.0, 1.0])
    mu = MODEL.expected(THETA) * RANDOM.uniform(0.3, 3.0, (5, 1, 1))
    found, pulls = reference.profile_linear(OBSERVED, mu, directions, sigma)
    for m, chi2, pull in zip(mu, found, pulls, strict=True):

        def cost(x, m=m):
            return reference.poisson_chi2(OBSERVED, m + np.tensordot(x, directions, 1)) + x @ x

        best = optimize.minimize(
            cost, np.zeros(3), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-11, "maxiter": 5000}
        )
        assert chi2 == pytest.approx(best.fun, rel=1e-10)
        np.testing.assert_allclose(pull, best.x, atol=1e-4)
        assert cost(pull) == pytest.approx(chi2, rel=1e-12)


def test_profiling_keeps_predictions_that_are_impossible_infinite():
    chi2, pulls = reference.profile_linear([1, 1], [[1.0, 0.0], [1.0, 1.0], [1.0, -1.0]], [[0.1, 0.0]])
    assert np.isinf(chi2).tolist() == [True, False, True]
    assert chi2[1] == pytest.approx(0.0, abs=1e-15)
    np.testing.assert_allclose(pulls, 0.0, atol=1e-9)


def test_profiling_finds_the_possible_beyond_an_impossible_centre():
    # μ = a + ξ v of n counts with a constraint: χ² = 2 [μ − n − n ln(μ/n)] + ξ², smallest where v (1 − n/μ) + ξ = 0
    for n, a, v in ((3.0, 0.0, 1.0), (1.0, -1.0, 0.1), (5.0, -2.0, -4.0), (1e4, 0.0, 1e-3)):
        b = a - v * v
        mu = (b + math.sqrt(b * b + 4 * n * v * v)) / 2
        if b < 0:  # the same root, without cancellation
            mu = 2 * n * v * v / (math.sqrt(b * b + 4 * n * v * v) - b)
        xi = (mu - a) / v
        samples = [Sample("centre", [1.0], norm="a"), Sample("change", [abs(v)], norm="xi")]
        model = Model(
            samples, [Nuisance("a", sigma=math.inf, lower=-math.inf), Nuisance("xi", sigma=1.0, mean=0.0, lower=-math.inf)]
        )
        found = minimize(Cost(model, [n]), fixed={"a": a})
        assert found.chi2 == pytest.approx(2 * (mu - n - n * math.log(mu / n)) + xi**2, rel=1e-9)
        assert found["xi"] == pytest.approx(math.copysign(xi, xi * v), rel=1e-5)
    # a deviation that is a number but no square is free
    assert Cost(Model([Sample("s", [1.0], scale_effects={"a": 1.0})], [Nuisance("a", sigma=1e300)]), [2]).profiled({}) < 1e-9


def test_profiling_a_free_background_where_nothing_is_observed_empties_it():
    chi2, pull = reference.profile_linear([0, 0], [3.0, 2.0], [[1.0, 0.0]], math.inf)
    assert chi2 == pytest.approx(4.0, abs=1.1e-4)  # 2 μ of the other bin; 1e-4 below 0 the slope is gone
    assert pull[0] <= -3.0


@given(n=some.integers(0, 200), mu=some.floats(0.01, 200.0), part=some.floats(0.01, 5.0))
def test_template_chi2_is_smallest_over_its_factor(n, mu, part):
    # the reference searches a grid of step 1e-6: second-order errors of (n + k) 1e-12
    assert template_chi2([n], [mu], [part * mu]) == pytest.approx(reference.template_chi2([n], [mu], [part * mu]), abs=1e-8)


def test_template_chi2_is_that_of_iminuit():
    cost = pytest.importorskip("iminuit.cost", reason="needs iminuit")
    mu = MODEL.expected(THETA)
    assert template_chi2(OBSERVED, mu, 0.3 * mu) == pytest.approx(cost.template_chi2_da(OBSERVED, mu, 0.3 * mu), rel=1e-12)


def test_template_chi2_tends_to_the_poisson_one_for_many_simulated_events():
    mu = MODEL.expected(THETA)
    assert template_chi2(OBSERVED, mu, np.zeros(BINS)) == poisson_chi2(OBSERVED, mu)
    assert template_chi2(OBSERVED, mu, 1e-9 * mu) == pytest.approx(poisson_chi2(OBSERVED, mu), rel=1e-6)
    # k = 1e12 simulated events a count: Σ (n − μ)²/μ² V is 1e-12 of χ², and no cancellation adds to it
    assert template_chi2(OBSERVED, mu, 1e-12 * mu) == pytest.approx(poisson_chi2(OBSERVED, mu), rel=3e-12)


# ---- models --------------------------------------------------------------------------------------------------------------


def test_parameters_are_norms_then_effects():
    assert MODEL.parameters == ("mu", "steady", "flux", "quenching", "timing", "neutrons")
    assert [n.free for n in MODEL.nuisances] == [True, False, False, False, False, False]
    assert MODEL.nuisances[0] == Nuisance("mu", sigma=math.inf, mean=1.0, lower=0.0)


@pytest.mark.parametrize("shift", [-3.0, -1.0, -0.6, 0.0, 0.2, 1.0, 2.5])
def test_expected_counts_are_those_of_the_reference(shift):
    theta = THETA + np.array([0, 0, shift, shift, shift, shift])
    expected = reference.expected(PARTS, dict(zip(MODEL.parameters, theta, strict=True)))
    np.testing.assert_allclose(MODEL.expected(theta), expected, rtol=1e-13)
    np.testing.assert_allclose(MODEL.expected_by_sample(theta).sum(axis=0), expected, rtol=1e-13)


def test_shapes_pass_through_their_templates():
    down, up = PARTS[1]["shapes"]["timing"]
    model = Model([Sample("neutrons", NEUTRONS, shape_effects={"timing": (down, up)})])
    for theta, counts in ((-1.0, down), (0.0, NEUTRONS), (1.0, up)):
        np.testing.assert_allclose(model.expected([theta]), counts, rtol=1e-14)
    # a line beyond, with the slope of its side
    np.testing.assert_allclose(model.expected([3.0]), NEUTRONS + 3 * (up - NEUTRONS), rtol=1e-14)
    np.testing.assert_allclose(model.expected([-2.0]), NEUTRONS + 2 * (down - NEUTRONS), rtol=1e-14)


def test_one_template_is_mirrored():
    up = template(66.0, 9)
    model = Model([Sample("neutrons", NEUTRONS, shape_effects={"timing": up})])
    np.testing.assert_allclose(model.expected([-0.7]), NEUTRONS - 0.7 * (up - NEUTRONS), rtol=1e-14)


def test_gradient_of_expected_counts_is_their_derivative():
    numeric = slope(MODEL.expected, THETA)
    # central differences of step 1e-5 of a smooth function of size 20: 1e-9
    np.testing.assert_allclose(MODEL.gradient(THETA), numeric, atol=1e-8)


def test_simulated_events_of_templates_are_counts_of_their_own():
    # χ² of n ~ Poisson(βμ) and m = rk ~ Poisson(βk), smallest over β; bins without any simulated event too
    n, mu, v, ratio = (
        np.array([3.0, 0.0, 7.0]),
        np.array([4.0, 2.0, 5.0]),
        np.array([2.0, 1.0, 8.0]),
        np.array([0.75, 1.5, 0.0]),
    )
    model = Model([Sample("s", mu, norm="a", variance=v)])
    k, beta = mu**2 / v, np.linspace(1e-4, 8.0, 800_001)[:, None]
    both = np.concatenate([n, ratio * k])
    with np.errstate(divide="ignore", invalid="ignore"):
        means = np.concatenate([beta * mu, beta * k], axis=1)
        terms = 2 * (means - both + np.where(both > 0, both * np.log(both / means), 0.0))
    by_bin = (terms[:, :3] + terms[:, 3:]).min(axis=0)
    found = Cost(model, n, beeston_barlow=True, simulated=ratio).value([1.0])
    assert found == pytest.approx(by_bin.sum(), abs=1e-4)  # β are 1e-5 apart, and the second one is not at 0
    assert Cost(model, n, beeston_barlow=True, simulated=np.ones(3)).value([1.3]) == pytest.approx(
        Cost(model, n, beeston_barlow=True).value([1.3]), rel=1e-14
    )


def test_variance_of_templates_follows_their_norms():
    model = make_model(0.2)
    parts = 0.2 * np.stack([part["counts"] for part in PARTS])
    np.testing.assert_allclose(model.variance({}), parts.sum(axis=0), rtol=1e-14)
    np.testing.assert_allclose(model.variance({"mu": 2.0}), parts.sum(axis=0) + 3 * parts[0], rtol=1e-14)
    assert not MODEL.variance({}).any()
    theta = {"mu": 2.0, "flux": 1.0, "neutrons": -2.0}
    by_sample = model.variance_by_sample(theta)
    np.testing.assert_allclose(by_sample, parts * np.array([2.0 * 1.1, 0.5, 1.0])[:, None, None] ** 2, rtol=1e-14)
    np.testing.assert_allclose(by_sample.sum(axis=0), model.variance(theta), rtol=1e-14)


# ---- costs ---------------------------------------------------------------------------------------------------------------


def test_cost_is_likelihood_and_constraints():
    theta = dict(zip(MODEL.parameters, THETA, strict=True))
    constraints = ((1.01 - 1) / 0.02) ** 2 + 0.7**2 + 0.4**2 + 1.6**2 + 0.9**2
    mu = reference.expected(PARTS, theta)
    assert COSTS["poisson"].value(theta) == pytest.approx(reference.poisson_chi2(OBSERVED, mu) + constraints, rel=1e-12)
    assert COSTS["poisson"](*THETA) == COSTS["poisson"].value(THETA)
    gaussian = np.sum((OBSERVED - mu) ** 2 / np.maximum(OBSERVED, 1)) + constraints
    assert COSTS["gaussian"].value(theta) == pytest.approx(gaussian, rel=1e-12)
    C = COSTS["covariance"].variance
    expected = reference.covariance_chi2(OBSERVED, mu, C) + constraints
    assert COSTS["covariance"].value(theta) == pytest.approx(expected, rel=1e-11)
    spread = make_model(0.2).variance(theta)
    expected = template_chi2(OBSERVED, mu, spread) + constraints
    assert COSTS["Beeston-Barlow"].value(theta) == pytest.approx(expected, rel=1e-12)
    shifted = reference.poisson_chi2(OBSERVED, mu) + 0.2**2 + 0.4**2 + 1.6**2 + 0.9**2
    assert COSTS["centred elsewhere"].value(theta) == pytest.approx(shifted, rel=1e-12)


@pytest.mark.parametrize("cost", COSTS.values(), ids=COSTS)
def test_gradient_of_a_cost_is_its_derivative(cost):
    for theta in (THETA, cost.start + 0.3, cost.start):
        numeric = slope(cost.value, theta)
        np.testing.assert_allclose(cost.gradient(theta), numeric, atol=1e-6 * np.abs(numeric).max())
        np.testing.assert_array_equal(cost.grad(*theta), cost.gradient(theta))


@pytest.mark.parametrize("cost", COSTS.values(), ids=COSTS)
def test_curvature_of_a_cost_is_the_derivative_of_its_gradient(cost):
    for theta in (THETA, cost.start + 0.3, cost.start):
        numeric = slope(cost.gradient, theta)
        np.testing.assert_allclose(cost.curvature(theta), numeric, atol=1e-7 * np.abs(numeric).max())


@pytest.mark.parametrize("cost", COSTS.values(), ids=COSTS)
def test_minimum_is_that_of_scipy(cost):
    bounds = [(None if low == -math.inf else low, None) for low, _ in cost.limits]
    best = optimize.minimize(
        cost.value, cost.start, jac=cost.gradient, bounds=bounds, method="L-BFGS-B", options={"ftol": 1e-15, "gtol": 1e-9}
    )
    found = minimize(cost)
    assert found.converged
    assert found.chi2 == pytest.approx(best.fun, abs=1e-7)
    assert found.chi2 <= best.fun + 1e-9
    np.testing.assert_allclose(found.values, best.x, atol=2e-4)  # a valley of Δχ² 1e-8 is 1e-4 wide


def test_profiled_cost_is_smallest_over_the_others():
    cost = COSTS["poisson"]
    best = optimize.minimize(
        lambda x: cost.value([0.5, *x]), cost.start[1:], jac=lambda x: cost.gradient([0.5, *x])[1:], method="BFGS"
    )
    assert cost.profiled({"mu": 0.5}) == pytest.approx(best.fun, abs=1e-7)
    everything = dict(zip(cost.parameters, THETA, strict=True))
    assert cost.profiled(everything) == cost.value(THETA)


def test_a_model_without_parameters_has_one_chi2():
    cost = Cost(Model([Sample("background", [4.0, 2.0])]), [5, 1])
    assert minimize(cost).chi2 == cost() == poisson_chi2([5, 1], [4.0, 2.0]) == cost.profiled({})


def test_minimum_stays_within_limits():
    model = Model([Sample("signal", [10.0], norm="mu"), Sample("background", [20.0], scale_effects={"b": 0.1})])
    found = minimize(Cost(model, [12]))
    assert found["mu"] == 0.0
    assert found.converged
    # the background alone: 20 (1 + 0.1 b) − 12 ln(…) + b²/2 is smallest where 2 − 1.2/(1 + 0.1 b) + b = 0
    b = optimize.brentq(lambda b: 2 - 1.2 / (1 + 0.1 * b) + b, -3, 3, xtol=1e-14)
    assert found["b"] == pytest.approx(b, abs=1e-5)


def test_minimum_is_found_from_an_impossible_start():
    model = Model([Sample("signal", [10.0, 5.0], norm="mu", scale_effects={"flux": 0.1})])
    found = minimize(Cost(model, [8, 4]), {"mu": 0.0})
    assert found.converged
    assert found["mu"] == pytest.approx(0.8, rel=1e-4)
    # 40 bins that are impossible at once: counts grow with a, and are none at its start
    ramp = Model([Sample("s", np.arange(1.0, 41.0), norm="a"), Sample("t", np.zeros(40))], [Nuisance("a", math.inf)])
    found = minimize(Cost(ramp, 3 * np.arange(1.0, 41.0)))
    assert found.converged
    assert found["a"] == pytest.approx(3.0, rel=1e-6)
    assert minimize(Cost(model, [8, 4]), fixed={"mu": 0.0}).chi2 == math.inf


def test_minimum_with_two_parameters_that_do_the_same_is_found():
    model = Model([Sample("one", [10.0, 20.0], norm="a"), Sample("two", [10.0, 20.0], norm="b")])
    found = minimize(Cost(model, [30, 60]))
    assert found.chi2 == pytest.approx(0.0, abs=1e-9)
    assert found["a"] + found["b"] == pytest.approx(3.0, rel=1e-5)


def test_a_bin_that_shapes_empty_is_possible_only_if_nothing_is_observed_in_it():
    model = Model([Sample("signal", [10.0, 2.0], shape_effects={"s": ([9.0, 4.0], [11.0, 0.0])})])
    assert model.expected([2.0])[1] == -2.0
    # 2 [12 − 12 + 12 ln(12/12)] and the constraint; 1e-4 below 0 the slope is gone
    assert Cost(model, [12, 0]).value([2.0]) == pytest.approx(4.0, abs=1.1e-4)
    assert Cost(model, [12, 1]).value([2.0]) == math.inf
    assert minimize(Cost(model, [12, 0])).converged


class Oscillated:
    """Counts that depend on a mixing as no norm or template does: 1 − s sin²(1.27 Δm² L/E)."""

    shape = (20,)
    nuisances = (
        Nuisance("s", sigma=math.inf, mean=0.1, lower=0.0, upper=1.0),
        Nuisance("dm2", sigma=math.inf, mean=1.0, lower=0.1),
    )
    phase = np.linspace(0.2, 3.0, 20)

    def counts(self, theta):
        return 1e4 * (1 - theta[0] * np.sin(theta[1] * self.phase) ** 2)

    def evaluate(self, theta):
        wave = self.phase * np.sin(2 * theta[1] * self.phase)
        return self.counts(theta), -1e4 * np.stack([np.sin(theta[1] * self.phase) ** 2, theta[0] * wave])

    def curvature(self, theta, weights):
        cross = -1e4 * weights @ (self.phase * np.sin(2 * theta[1] * self.phase))
        last = -2e4 * theta[0] * weights @ (self.phase**2 * np.cos(2 * theta[1] * self.phase))
        return np.array([[0.0, cross], [cross, last]])


def test_a_model_of_ones_own_can_be_fitted():
    model, truth = Oscillated(), np.array([0.2, 1.2])
    found = minimize(Cost(model, model.counts(truth)))
    assert found.converged
    np.testing.assert_allclose(found.values, truth, rtol=1e-6)


# ---- objects -------------------------------------------------------------------------------------------------------------

OBJECTS = [Nuisance("mu", sigma=math.inf, mean=1.0, lower=0.0), MODEL.samples[0], MODEL, *COSTS.values(), make_model(0.1)]


@pytest.mark.parametrize("value", OBJECTS, ids=lambda value: type(value).__name__)
def test_objects_are_immutable_hashable_and_picklable(value):
    with pytest.raises(AttributeError):
        value.name = "other"
    copy = pickle.loads(pickle.dumps(value))
    assert copy == value
    assert hash(copy) == hash(value)
    assert value != "something else"


def test_import_is_light():
    code = "import sys, cevns.statistics; print(*sys.modules)"
    environment = os.environ | {"PYTHONPATH": str(Path(cevns.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment, cwd="/")
    unwanted = {"scipy", "iminuit", "tqdm", "hist", "boost_histogram", "pyhf", "multiprocessing"}
    assert not unwanted & set(done.stdout.split())


def test_arrays_cannot_be_changed_from_outside():
    counts = np.array([1.0, 2.0])
    sample = Sample("signal", counts)
    counts[0] = 5.0
    assert sample.counts.tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="read-only"):
        sample.counts[0] = 3.0


def test_the_same_cost_for_other_counts():
    cost = COSTS["gaussian"]
    other = cost.observing(OBSERVED + 3, {"flux": 1.0})
    assert other == Cost(MODEL, OBSERVED + 3, "gaussian", centers={"flux": 1.0})
    assert cost._with(other.observed, other.centers).value(THETA) == other.value(THETA)


# ---- wrong input ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: poisson_chi2([-1.0], [1.0]), InputError, "observed must be >= 0 and finite (got -1 at index 0)"),
        (lambda: poisson_chi2([1.0, 2.0], [1.0]), InputError, "must have the bins (2,) of the observed counts as last axes"),
        (lambda: gaussian_chi2([1.0], [1.0], [-1.0]), InputError, "variance must be >= 0 and finite (got -1 at index 0)"),
        (lambda: gaussian_chi2([1.0, 1.0], [1.0, 1.0], [[1, 2], [2, 1]]), InputError, "must be positive definite"),
        (lambda: gaussian_chi2([1.0, 1.0], [1.0, 1.0], [[1, 2], [0, 1]]), InputError, "must be symmetric"),
        (lambda: gaussian_chi2([1.0, 1.0], [1.0, 1.0], [1.0] * 3), InputError, "of the bins or (2, 2) (got (3,))"),
        (lambda: template_chi2([1.0], [1.0], [-1.0]), InputError, "variance must be >= 0 and finite"),
        (lambda: Nuisance(""), InputError, "name of a nuisance must be a text (got '')"),
        (lambda: Nuisance("a", sigma=0.0), InputError, "sigma must be > 0 (got 0)"),
        (
            lambda: Nuisance("a", mean=2.0, upper=1.0),
            InputError,
            "needs lower <= mean <= upper and lower < upper (got -inf, 2 and 1)",
        ),
        (lambda: Sample("s", [1.0, -2.0]), InputError, "counts of sample 's' must be >= 0 and finite (got -2 at index 1)"),
        (lambda: Sample("s", []), InputError, "sample 's' needs one bin at least (got shape (0,))"),
        (lambda: Sample("s", [1.0], norm=3), InputError, "norm of sample 's' must be a text (got 3)"),
        (lambda: Sample("s", [1.0], scale_effects=0.1), InputError, "scale_effects must map parameters to effects"),
        (lambda: Sample("s", [1.0], scale_effects={"a": math.nan}), InputError, "effect of 'a' on sample 's' must be finite"),
        (lambda: Sample("s", [1.0], shape_effects={"a": [1.0, 2.0, 3.0]}), InputError, "the shape (1,) of the bins (got (3,))"),
        (lambda: Sample("s", [1.0], variance=[1.0, 2.0]), InputError, "variance of sample 's' must have the shape (1,)"),
        (lambda: Model([]), InputError, "samples must be one or more"),
        (lambda: Model([1.0]), InputError, "samples must be cevns.statistics.Sample (got [1.0])"),
        (lambda: Model([Sample("s", [1.0]), Sample("s", [1.0])]), InputError, "names of samples must differ (got 's' twice)"),
        (
            lambda: Model([Sample("s", [1.0]), Sample("t", [1.0, 2.0])]),
            InputError,
            "counts of sample 't' must have the shape (1,)",
        ),
        (lambda: Model([Sample("s", [1.0])], [Nuisance("a")]), InputError, "nuisance 'a' changes no sample"),
        (
            lambda: Model([Sample("s", [1.0], norm="a", scale_effects={"a": 0.1})]),
            InputError,
            "'a' is a norm and an effect: say what it is among the nuisances",
        ),
        (lambda: MODEL.expected([1.0]), InputError, "theta must have one value for each of mu, steady, flux"),
        (lambda: MODEL.expected({"flx": 1.0}), UnknownNameError, "unknown parameter 'flx'; did you mean 'flux'?"),
        (lambda: MODEL.expected({"flux": math.nan}), InputError, "parameter 'flux' must be finite (got nan)"),
        (lambda: COSTS["poisson"](1.0), InputError, "give one number for each of mu, steady, flux"),
        (lambda: COSTS["poisson"].grad(*["x"] * 6), InputError, "give one number for each of mu"),
        (lambda: gaussian_chi2([1.0], [1.0], [1e-310]), InputError, "variance must be 0 or >= 1e-300 (got 1e-310)"),
        (lambda: gaussian_chi2([-math.inf], [1.0]), InputError, "observed must be finite (got -inf at index 0)"),
        (lambda: poisson_chi2([1.0], [-math.inf]), InputError, "expected must be finite (got -inf at index 0)"),
        (lambda: Nuisance("a", sigma=1e-200), InputError, "sigma must be >= 1e-150 (got 1e-200)"),
        (lambda: Model(np.array("x")), InputError, "samples must be cevns.statistics.Sample"),
        (lambda: Nuisance("a", lower=[0.0, 1.0]), InputError, "lower must be one number (got an array of shape (2,))"),
        (lambda: Nuisance("a", upper=-math.inf), InputError, "needs lower <= mean <= upper"),
        (lambda: Cost(MODEL, OBSERVED, beeston_barlow=OBSERVED), InputError, "beeston_barlow must be True or False (got array"),
        (lambda: Cost(MODEL, OBSERVED, simulated=OBSERVED), UnsupportedError, "simulated is for beeston_barlow=True"),
        (
            lambda: Cost(MODEL, OBSERVED, beeston_barlow=True, simulated=[1.0]),
            InputError,
            "simulated must have the shape (5, 4) of the bins (got (1,))",
        ),
        (lambda: Cost(Oscillated(), np.ones(20), beeston_barlow=True), InputError, "must be a cevns.statistics.Model"),
        (lambda: minimize(3), InputError, "cost must be a cevns.statistics.Cost (got 3)"),
        (lambda: Cost("model", [1.0]), InputError, "model must be a cevns.statistics.Model (got 'model')"),
        (lambda: Cost(MODEL, [1.0]), InputError, "observed must have the shape (5, 4) of the model's bins (got (1,))"),
        (lambda: Cost(MODEL, OBSERVED - 100), InputError, "observed must be >= 0 and finite"),
        (lambda: Cost(MODEL, OBSERVED, "pearson"), UnknownNameError, "unknown kind of likelihood 'pearson'"),
        (lambda: Cost(MODEL, OBSERVED, variance=OBSERVED), UnsupportedError, "variance is for kind='gaussian'"),
        (
            lambda: Cost(MODEL, OBSERVED, "gaussian", beeston_barlow=True),
            UnsupportedError,
            "beeston_barlow is for kind='poisson'",
        ),
        (lambda: minimize(COSTS["poisson"], fixed={"mu": -1.0}), InputError, "parameter 'mu' must be >= 0 and <= inf (got -1)"),
        (lambda: minimize(COSTS["poisson"], fixed="mu"), InputError, "fixed must map parameters to values"),
        (lambda: minimize(COSTS["poisson"])["nu"], UnknownNameError, "unknown parameter 'nu'"),
    ],
)
def test_wrong_input_is_told_what_is_wrong(make, error, message):
    with pytest.raises(error) as told:
        make()
    assert message in str(told.value)
