"""Toys: the same for any number of workers, coverage, and Feldman and Cousins' published intervals."""

import builtins
import math
import pickle
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from scipy import stats

from cevns import InputError, UnknownNameError, UnsupportedError
from cevns.reference import statistics as reference
from cevns.statistics import Cost, Model, Nuisance, Sample, asimov, feldman_cousins, poisson_chi2, run_toys, threshold, toys

SHAPE = np.array([40.0, 25.0, 12.0, 5.0, 2.0])
MODEL = Model(
    [
        Sample(
            "signal", SHAPE, norm="mu", scale_effects={"flux": 0.1}, shape_effects={"scale": SHAPE * [1.1, 1.05, 1, 0.9, 0.8]}
        ),
        Sample("background", [30.0, 28.0, 26.0, 25.0, 24.0], scale_effects={"background": 0.05}),
    ]
)
COST = Cost(MODEL, asimov(MODEL))
TRUE = {"mu": 0.8, "flux": 0.5}


def counting(observed, background=3.0):
    return Cost(Model([Sample("signal", [1.0], norm="mu"), Sample("background", [background])]), [observed])


# ---- counts --------------------------------------------------------------------------------------------------------------


def test_asimov_set_is_what_is_expected():
    np.testing.assert_array_equal(asimov(MODEL, TRUE), MODEL.expected(TRUE))
    assert poisson_chi2(asimov(MODEL), MODEL.expected({})) == 0.0


def test_toys_are_poisson_distributed_about_what_is_expected():
    counts, centers = toys(MODEL, TRUE, 4000, seed=5)
    assert counts.shape == (4000, 5)
    mu = MODEL.expected(TRUE)
    # means to 4 standard errors; the χ² of means has 5 degrees of freedom
    assert np.sum((counts.mean(axis=0) - mu) ** 2 / (mu / 4000)) < stats.chi2.ppf(0.9999, 5)
    np.testing.assert_allclose(counts.var(axis=0) / mu, 1.0, atol=4 * math.sqrt(2 / 4000) * 1.1)
    covariance = np.corrcoef(counts.T) - np.eye(5)
    assert np.abs(covariance).max() < 5 / math.sqrt(4000)
    # the auxiliary measurements scatter about the true values, a free parameter has none
    assert np.ptp(centers[:, 0]) == 0.0
    np.testing.assert_allclose(centers[:, 1:].mean(axis=0), [0.5, 0.0, 0.0], atol=4 / math.sqrt(4000))
    np.testing.assert_allclose(centers[:, 1:].std(axis=0), 1.0, atol=4 / math.sqrt(8000))


FINITE = Model(
    [
        Sample("signal", SHAPE, norm="mu", variance=SHAPE),
        Sample("background", [30.0, 28.0, 26.0, 25.0, 24.0], scale_effects={"b": 0.05}, variance=[30.0, 28.0, 26.0, 25.0, 0.0]),
        Sample("sure", [1.0, 1.0, 1.0, 1.0, 30.0]),
    ]
)


def test_toys_of_finite_templates_have_poisson_numbers_of_simulated_events():
    counts, centers, simulated = toys(FINITE, {"mu": 0.5}, 4000, seed=5, beeston_barlow=True)
    # the same counts as without, of which the templates' own statistics is independent
    for ours, without in zip((counts, centers), toys(FINITE, {"mu": 0.5}, 4000, seed=5), strict=True):
        np.testing.assert_array_equal(ours, without)
    k = FINITE.expected({"mu": 0.5}) ** 2 / FINITE.variance({"mu": 0.5})  # μ²/V
    np.testing.assert_allclose(simulated.mean(axis=0), 1.0, atol=4 * np.max(1 / np.sqrt(4000 * k)))
    np.testing.assert_allclose(simulated.var(axis=0) * k, 1.0, atol=4 * math.sqrt(2 / 4000) * 1.1)
    np.testing.assert_allclose(simulated * k, np.round(simulated * k), atol=1e-9)  # whole events
    assert np.abs(np.corrcoef(np.concatenate([counts, simulated], axis=1).T) - np.eye(10)).max() < 5 / math.sqrt(4000)
    # templates that are known exactly, or whose events nobody can count, stay
    sure = Model([Sample("s", [10.0, 10.0, 10.0], variance=[0.0, 1e-17, 1e-300])])
    np.testing.assert_array_equal(toys(sure, {}, 3, beeston_barlow=True)[2], 1.0)


def test_more_toys_of_a_seed_begin_with_the_same_ones():
    few, many = toys(MODEL, TRUE, 3, seed=9), toys(MODEL, TRUE, 8, seed=9)
    np.testing.assert_array_equal(few[0], many[0][:3])
    np.testing.assert_array_equal(few[1], many[1][:3])
    assert not np.array_equal(toys(MODEL, TRUE, 3, seed=10)[0], few[0])
    assert len(np.unique(many[0], axis=0)) == 8


# ---- fits of toys --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_toys_are_the_same_for_any_number_of_workers():
    alone = run_toys(COST, TRUE, 120, test={"mu": 0.8}, seed=3)
    context = get_context("forkserver")
    with ThreadPoolExecutor(3) as threads, ProcessPoolExecutor(2, mp_context=context) as processes:
        others = [run_toys(COST, TRUE, 120, test={"mu": 0.8}, seed=3, executor=pool) for pool in (threads, processes)]
    for other in others:
        for name in ("values", "minimum", "statistic", "converged"):
            np.testing.assert_array_equal(getattr(other, name), getattr(alone, name))
    first = run_toys(COST, TRUE, 70, test={"mu": 0.8}, seed=3)
    np.testing.assert_array_equal(first.values, alone.values[:70])


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")  # where processes are forked by default
def test_workers_are_started_and_stopped():
    shared = run_toys(COST, TRUE, 60, seed=3, workers=2)
    np.testing.assert_array_equal(shared.values, run_toys(COST, TRUE, 60, seed=3).values)


def test_toys_are_fitted_as_their_counts_are():
    from cevns.statistics import minimize

    counts, centers = toys(MODEL, TRUE, 4, seed=3)
    found = run_toys(COST, TRUE, 4, seed=3)
    for i in range(4):
        one = minimize(COST.observing(counts[i], centers[i]))
        assert found.minimum[i] == pytest.approx(one.chi2, abs=1e-8)
        np.testing.assert_allclose(found.values[i], one.values, atol=1e-4)
    np.testing.assert_array_equal(found["mu"], found.values[:, 0])


@pytest.mark.slow
def test_statistic_of_toys_is_distributed_as_wilks_says():
    found = run_toys(COST, TRUE, 1500, test={"mu": 0.8}, seed=11)
    assert found.converged.all()
    for level in (0.6827, 0.9, 0.95):
        part = np.mean(found.statistic < threshold(level))
        assert part == pytest.approx(level, abs=4 * math.sqrt(level * (1 - level) / 1500))
    assert found["mu"].mean() == pytest.approx(0.8, abs=4 * found["mu"].std() / math.sqrt(1500))


@pytest.mark.slow
def test_statistic_of_finite_templates_is_distributed_as_wilks_says():
    # with templates that are the same in all toys the mean would be 1/2: half of the variance in the likelihood
    S, B = np.array([40.0, 30.0, 20.0, 10.0]), np.full(4, 30.0)
    for variances in ((S, B), (None, 2 * B)):
        model = Model([Sample("s", S, norm="mu", variance=variances[0]), Sample("b", B, variance=variances[1])])
        found = run_toys(Cost(model, S, beeston_barlow=True), {"mu": 1.0}, 800, test={"mu": 1.0}, seed=1)
        assert found.converged.all()
        assert found.statistic.mean() == pytest.approx(1.0, abs=4 * math.sqrt(2 / 800))
        assert np.mean(found.statistic < threshold(0.9)) == pytest.approx(0.9, abs=4 * math.sqrt(0.09 / 800))
        # and the fits scatter as the curvature of an Asimov set says
        curvature = Cost(model, asimov(model), beeston_barlow=True).curvature({"mu": 1.0})[0, 0]
        assert found["mu"].std() == pytest.approx(math.sqrt(2 / curvature), rel=0.15)


@pytest.mark.slow
def test_templates_that_are_simulated_anew_are_covered():
    # not the likelihood's own toys: the events of each template are drawn, and a model is made of what they are
    S, B, weight = np.array([40.0, 30.0, 20.0, 10.0]), np.full(4, 30.0), 0.8
    random = np.random.default_rng(6)
    statistic = []
    for _ in range(500):
        simulated = random.poisson(S / weight), random.poisson(B / weight)
        samples = [
            Sample(name, weight * events, norm=norm, variance=weight**2 * events)
            for name, events, norm in zip("sb", simulated, ("mu", None), strict=True)
        ]
        cost = Cost(Model(samples), random.poisson(S + B), beeston_barlow=True)
        statistic.append(cost.profiled({"mu": 1.0}) - cost.profiled({}))
    assert np.mean(statistic) == pytest.approx(1.0, abs=4 * math.sqrt(2 / 500))


def test_toys_of_finite_templates_are_fitted_as_they_are_drawn():
    from cevns.statistics import minimize

    cost = Cost(FINITE, asimov(FINITE), beeston_barlow=True)
    drawn = toys(FINITE, {"mu": 0.5}, 4, seed=3, beeston_barlow=True)
    found = run_toys(cost, {"mu": 0.5}, 4, seed=3)
    for i, toy in enumerate(zip(*drawn, strict=True)):
        assert found.minimum[i] == pytest.approx(minimize(cost.observing(*toy)).chi2, abs=1e-8)
    shared = run_toys(cost, {"mu": 0.5}, 60, seed=3, executor=ThreadPoolExecutor(2))
    np.testing.assert_array_equal(shared.statistic[:4], found.statistic)


@pytest.mark.slow
def test_statistic_of_all_parameters_has_as_many_degrees_of_freedom():
    found = run_toys(COST, TRUE, 1500, seed=12)
    part = np.mean(found.statistic < threshold(0.9, 4))
    assert part == pytest.approx(0.9, abs=4 * math.sqrt(0.09 / 1500))


# ---- Feldman and Cousins -------------------------------------------------------------------------------------------------

# G. J. Feldman, R. D. Cousins, Phys. Rev. D 57 (1998) 3873, table IV, b = 3.0: 90 % intervals
PUBLISHED = {
    1: (0.00, 1.88),
    2: (0.00, 3.04),
    3: (0.00, 4.42),
    4: (0.00, 5.60),
    5: (0.00, 6.99),
    6: (0.15, 8.47),
    7: (0.89, 9.53),
    8: (1.51, 10.99),
    9: (1.88, 12.30),
    10: (2.63, 13.50),
}


@pytest.mark.parametrize(("observed", "interval"), PUBLISHED.items())
def test_reference_has_the_published_intervals(observed, interval):
    # the table has been computed in steps of 0.005
    np.testing.assert_allclose(reference.feldman_cousins_interval(observed, 3.0, 0.9), interval, atol=0.0101)


def test_reference_has_the_published_limit_of_no_counts():
    # it is lengthened so that it does not rise with the background: the largest of those for b >= 3
    def limit(background):
        signals = np.arange(0.7, 1.3, 0.005)
        return max(s for s in signals if reference.feldman_cousins_accepted(s, background, 0.9, 40)[0] == 0)

    assert limit(3.0) == pytest.approx(0.95, abs=0.0101)
    assert max(limit(b) for b in np.arange(3.0, 3.6, 0.02)) == pytest.approx(1.08, abs=0.0251)  # the steps in b are 0.02


@pytest.mark.slow
@pytest.mark.parametrize("observed", [0, 3, 6, 10])
def test_toys_accept_what_the_construction_accepts(observed):
    low, high = reference.feldman_cousins_interval(observed, 3.0, 0.9)
    grid = np.array([x for x in (low - 0.6, low + 0.6, high - 0.8, high + 0.8) if x > 0])
    result = feldman_cousins(counting(observed), "mu", np.unique(grid), 400, seed=2)
    for mu, p_value, accepted in zip(result.grid, result.p_value, result.accepted, strict=True):
        ends = reference.feldman_cousins_accepted(mu, 3.0, 0.9)
        # p-value: the probability of all counts that come after the observed one in the order, and itself
        n = np.arange(80)
        order = -2 * (stats.poisson.logpmf(n, mu + 3) - stats.poisson.logpmf(n, np.maximum(n, 3.0)))
        exact = stats.poisson.pmf(n, mu + 3)[order >= order[observed] - 1e-9].sum()
        assert p_value == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 400) + 1e-9)
        if abs(exact - 0.1) > 0.06:
            assert accepted == (ends[0] <= observed <= ends[1]) == (low <= mu <= high)


@pytest.mark.slow
def test_interval_of_many_counts_is_that_of_wilks():
    cost = Cost(Model([Sample("signal", [100.0], norm="mu")]), [100])
    result = feldman_cousins(cost, "mu", np.linspace(0.84, 1.16, 9), 400, level=0.6827, seed=4)
    low, high = result.interval
    assert low == pytest.approx(0.9, abs=0.025)
    assert high == pytest.approx(1.1, abs=0.025)
    np.testing.assert_allclose(result.critical, 1.0, atol=0.45)  # 400 toys: 0.07 of the level, and counts are discrete


def test_no_background_rules_out_no_signal():
    result = feldman_cousins(counting(2, background=0.0), "mu", [0.0, 0.3, 2.0, 8.0], 200)
    assert result.statistic[0] == math.inf
    assert result.accepted.tolist() == [False, False, True, False]  # their table II: 0.53 to 5.91
    assert 0.3 <= result.interval[0] < 2.0


@pytest.mark.slow
def test_finite_templates_lengthen_the_interval_as_their_likelihood_does():
    # 100 counts of which 60 ± 6 are background by its template: 40 ± √(100 + 36), and a statistic that Wilks' theorem describes
    model = Model([Sample("signal", [40.0], norm="mu"), Sample("background", [60.0], variance=[36.0])])
    error = math.hypot(10, 6) / 40
    ends = 1 + 1.645 * error * np.array([-1.2, -0.8, 0.8, 1.2])
    result = feldman_cousins(Cost(model, [100.0], beeston_barlow=True), "mu", ends, 400, 0.9, seed=3)
    assert result.accepted.tolist() == [False, True, True, False]
    np.testing.assert_allclose(result.critical, threshold(0.9), rtol=0.25)


def test_an_interval_of_nothing_accepted_is_nan():
    result = feldman_cousins(counting(50), "mu", [0.0, 1.0], 50)
    assert not result.accepted.any()
    assert np.isnan(result.interval).all()


@pytest.mark.slow
def test_uncertain_backgrounds_lengthen_the_interval():
    def upper(error):
        background = Sample("background", [20.0], scale_effects={"b": error})
        cost = Cost(Model([Sample("signal", [1.0], norm="mu"), background]), [22])
        return feldman_cousins(cost, "mu", [4.0, 8.0, 12.0, 16.0, 20.0], 150, seed=1).interval[1]

    assert upper(0.3) > upper(0.01) + 2


# ---- outside -------------------------------------------------------------------------------------------------------------


def test_results_are_picklable():
    for result in (run_toys(COST, TRUE, 5), feldman_cousins(counting(3), "mu", [1.0, 2.0], 5)):
        copy = pickle.loads(pickle.dumps(result))
        np.testing.assert_array_equal(copy.statistic, result.statistic)


def test_progress_is_shown(capsys):
    pytest.importorskip("tqdm", reason="needs tqdm")
    run_toys(COST, TRUE, 60, progress=True)
    assert "60/60" in capsys.readouterr().err


def test_progress_without_tqdm_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def no_tqdm(name, *arguments, **options):
        if name.startswith("tqdm"):
            raise ImportError
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", no_tqdm)
    with pytest.raises(UnsupportedError, match=r'pip install "cevns\[progress\]"'):
        run_toys(COST, TRUE, 5, progress=True)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: toys(MODEL, TRUE, 0), InputError, "number must be >= 1 and <= 1e+09 (got 0)"),
        (lambda: toys(MODEL, TRUE, 1e300), InputError, "number must be >= 1 and <= 1e+09 (got 1e+300)"),
        (lambda: toys(MODEL, {"mu": 1e20}), InputError, "expected counts of toys must be <= 1e+18 (got 4e+21 in bin 0)"),
        (lambda: toys(MODEL, TRUE, 2, beeston_barlow=[True]), InputError, "beeston_barlow must be True or False (got [True])"),
        (lambda: toys(COST, TRUE, 2), InputError, "model must be a cevns.statistics.Model (got a Cost)"),
        (lambda: asimov(3), InputError, "model must be a cevns.statistics.Model (got 3)"),
        (lambda: run_toys(3, TRUE, 2), InputError, "cost must be a cevns.statistics.Cost (got 3)"),
        (lambda: run_toys(COST, TRUE, 5, test=3), InputError, "test must map parameters to values, as {'mu': 0.0} (got 3)"),
        (lambda: run_toys(COST, TRUE, 5, progress=[1, 2]), InputError, "progress must be True or False (got [1, 2])"),
        (lambda: run_toys(COST, TRUE, 5, executor=3), InputError, "executor must have a method submit"),
        (lambda: feldman_cousins(3, "mu", [0.5]), InputError, "cost must be a cevns.statistics.Cost (got 3)"),
        (lambda: feldman_cousins(COST, "nu", [0.5]), UnknownNameError, "unknown parameter 'nu'"),
        (
            lambda: feldman_cousins(Cost(Model([Sample("s", [0.0], norm="mu")]), [1]), "mu", [0.5]),
            InputError,
            "the observed counts are impossible for any values of the parameters",
        ),
        (lambda: toys(MODEL, TRUE, 2.5), InputError, "number must be an integer (got 2.5)"),
        (lambda: toys(MODEL, TRUE, 2, seed=-1), InputError, "seed must be an integer >= 0 (got -1)"),
        (lambda: toys(MODEL, TRUE, 2, seed=0.5), InputError, "seed must be an integer >= 0 (got 0.5)"),
        (lambda: toys(MODEL, {"background": -30.0}, 2), InputError, "expected counts of toys must be >= 0 (got -"),
        (lambda: toys(MODEL, {"nu": 1.0}), UnknownNameError, "unknown parameter 'nu'"),
        (lambda: run_toys(COST, TRUE, 5, workers=0), InputError, "workers must be >= 1 and <= 1024 (got 0)"),
        (lambda: run_toys(COST, TRUE, 5, test={"nu": 1.0}), UnknownNameError, "unknown parameter 'nu'"),
        (lambda: run_toys(Cost(MODEL, SHAPE, "gaussian"), TRUE, 5), UnsupportedError, "toys are of Poisson counts"),
        (
            lambda: feldman_cousins(COST, "mu", [1.0, 0.5]),
            InputError,
            "grid of 'mu' must increase (got 1 at index 0, then 0.5)",
        ),
        (lambda: feldman_cousins(COST, "mu", [-1.0, 0.5]), InputError, "parameter 'mu' must be >= 0"),
        (lambda: feldman_cousins(COST, "mu", [0.5], level=1.5), InputError, "level must be > 0 and <= 1 (got 1.5)"),
        (lambda: run_toys(COST, TRUE, 5)["nu"], UnknownNameError, "unknown parameter 'nu'"),
        (lambda: Nuisance("a", lower=1.0), InputError, "needs lower <= mean <= upper"),
    ],
)
def test_wrong_input_is_told_what_is_wrong(make, error, message):
    with pytest.raises(error) as told:
        make()
    assert message in str(told.value)
