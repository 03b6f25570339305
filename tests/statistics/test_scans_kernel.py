"""The kernel behind scans against mpmath and the reference: logarithms, χ² of points, the same bits wherever a point stands."""

import re
from functools import cache

import mpmath
import numpy as np
import pytest

from cevns import Templates
from cevns._core import isa
from cevns._core.scans import Scan
from cevns.reference import scans as reference

LOG_BOUND = 2.0  # ulp; measured 0.8
DEVIANCE_BOUND = 6.0  # ulp; measured 5.1, just below √½, where x − 1 and ln x cancel

_random = np.random.default_rng(20261122)
ARGUMENTS = np.concatenate(
    (
        np.exp(_random.uniform(-708, 707, 2000)),
        _random.uniform(0.5, 2.0, 3000),
        1 + _random.uniform(-1e-5, 1e-5, 500),
        1 + np.geomspace(1e-15, 0.9, 300),
        1 - np.geomspace(1e-15, 0.999, 300),
        np.nextafter(np.sqrt(0.5), [0.0, 1.0, 2.0]),  # the ends of the reduced range
        np.nextafter(np.sqrt(2.0), [0.0, 2.0, 3.0]),
        2.0 ** np.arange(-1022.0, 1022.0, 31.0),
        [np.finfo(float).tiny, 6e307],
    )
)


@cache
def exact():
    with mpmath.workdps(50):
        logs = [mpmath.log(mpmath.mpf(x)) for x in ARGUMENTS.tolist()]
        return logs, [mpmath.mpf(x) - 1 - log for x, log in zip(ARGUMENTS.tolist(), logs, strict=True)]


def errors(values, expected):
    with mpmath.workdps(50):
        difference = [float(abs(mpmath.mpf(v) - e)) for v, e in zip(values.tolist(), expected, strict=True)]
    return np.array(difference) / np.spacing(np.abs([float(e) for e in expected]))


def test_logarithm_is_within_two_ulp(instruction_set):
    out = np.empty_like(ARGUMENTS)
    isa.log(ARGUMENTS, out)
    assert errors(out, exact()[0]).max() <= LOG_BOUND


def test_deviance_keeps_its_digits_also_near_its_zero(instruction_set):
    out = np.empty_like(ARGUMENTS)
    isa.deviance(ARGUMENTS, out)
    assert (out >= 0).all()
    assert errors(out, exact()[1]).max() <= DEVIANCE_BOUND


def test_logarithm_and_deviance_of_one_are_exactly_zero(instruction_set):
    out = np.empty(1)
    for function in (isa.log, isa.deviance):
        function(np.ones(1), out)
        assert out[0] == 0.0


def test_the_last_values_of_an_array_are_those_of_a_shorter_one(instruction_set):
    for function in (isa.log, isa.deviance):
        whole = np.empty_like(ARGUMENTS)
        function(ARGUMENTS, whole)
        for length in range(1, 20):
            part = np.empty(length)
            function(ARGUMENTS[:length], part)
            np.testing.assert_array_equal(part, whole[:length])


# ---- χ² of points ----------------------------------------------------------------------------------------------------------


def scene(terms, counts, bins=23, seed=0):
    """Positive templates of one parameter to the powers 0 … terms − 1 over a background: the arrays of the reference."""
    random = np.random.default_rng((seed, terms))
    exponents = np.arange(terms)[:, None]
    rows = random.uniform(0.1, 2.0, (terms, bins)) / np.arange(1, terms + 1)[:, None]
    background = random.uniform(0.0, 3.0, bins)
    expected = rows[0] + background
    observed = {
        "few": random.poisson(expected).astype(float),
        "spread": np.floor(random.uniform(0, 256, bins)),
        "equal": np.full(bins, 7.0),
        "many": random.poisson(1e6 * expected).astype(float),
        "fractions": expected,
        "mixed": np.where(np.arange(bins) % 3 == 0, expected, random.poisson(300 * expected)),
        "none": np.zeros(bins),
    }[counts]
    return (exponents, rows, background, observed)


def made(arrays):
    exponents, rows, background, observed = arrays
    return Templates(("x",), exponents, rows, background=background, observed=observed)


COUNTS = ("few", "spread", "equal", "many", "fractions", "mixed", "none")


@pytest.mark.parametrize("counts", COUNTS)
@pytest.mark.parametrize("terms", [1, 2, 3, 5, 8, 9, 10, 16, 17])
def test_chi2_is_that_of_fifty_digits(terms, counts, instruction_set):
    arrays = scene(terms, counts)
    exponents, rows, background, observed = arrays
    points = np.array([[0.0], [1e-3], [0.3], [1.7], [0.9999999]])
    found = made(arrays).likelihood(points)
    with mpmath.workdps(50):
        for (x,), value in zip(points.tolist(), found.tolist(), strict=True):
            total = mpmath.mpf(0)
            for b, n in enumerate(observed.tolist()):
                mu = mpmath.mpf(background[b]) + sum(
                    mpmath.mpf(rows[t, b]) * mpmath.mpf(x) ** int(e) for t, (e,) in enumerate(exponents.tolist())
                )
                total += 2 * (mu - n + (n * mpmath.log(n / mu) if n else 0))
            # what is promised; the digits of μ itself, a sum of doubles, are worth 1e-16 Σn
            assert abs(value - float(total)) <= 1e-12 * (1 + float(total)) + 1e-13 * observed.sum()


@pytest.mark.parametrize("counts", COUNTS)
def test_ratios_far_from_one_take_another_way_to_the_same_result(counts, instruction_set):
    # beyond 2^17 and below 2^-15 products of ratios could leave the range of numbers
    random = np.random.default_rng(5)
    arrays = (np.array([[1], [2]]), 10.0 ** random.uniform(-9, 9, (2, 40)), np.zeros(40), scene(1, counts, 40)[3])
    points = np.geomspace(1e-3, 1e3, 130)[:, None]
    expected = [reference.chi2(point, *arrays) for point in points]
    np.testing.assert_allclose(made(arrays).likelihood(points), expected, rtol=1e-13, atol=1e-14 * arrays[3].sum())


def test_many_bins_need_several_products(instruction_set):
    random = np.random.default_rng(6)
    rows, background = random.uniform(0.1, 100.0, (3, 2000)), np.full(2000, 1.0)
    for observed in (np.full(2000, 255.0), np.full(2000, 1.0), np.sort(random.integers(0, 300, 2000)).astype(float)):
        arrays = (np.arange(3)[:, None], rows, background, observed)
        points = np.array([[0.0], [0.5], [-0.4], [40.0]])
        expected = [reference.chi2(point, *arrays) for point in points]
        np.testing.assert_allclose(made(arrays).likelihood(points), expected, rtol=1e-13)


@pytest.mark.parametrize("counts", COUNTS)
def test_a_point_has_the_same_bits_wherever_it_stands(counts, instruction_set):
    templates = made(scene(6, counts))
    points = np.linspace(-1.0, 3.0, 333)[:, None]  # some of them impossible
    points[[5, 100]] = 1e9
    whole, slopes = templates.likelihood(points), templates.likelihood_gradient(points)
    profiled = templates.likelihood(points, profile=True)
    for part in (slice(0, 1), slice(1, 9), slice(3, 70), slice(100, 333), slice(332, 333)):
        np.testing.assert_array_equal(templates.likelihood(points[part]), whole[part])
        np.testing.assert_array_equal(templates.likelihood_gradient(points[part]), slopes[part])
        np.testing.assert_array_equal(templates.likelihood(points[part], profile=True), profiled[part])


@pytest.mark.parametrize("counts", [c for c in COUNTS if c != "none"])
def test_chi2_vanishes_where_all_is_as_expected_and_is_never_negative(counts, instruction_set):
    exponents, rows, background, observed = scene(4, counts)
    rows[0] = np.maximum(observed - background, 0.0)
    background = observed - rows[0]
    templates = made((exponents, rows, background, observed))
    assert 0.0 <= templates.likelihood([0.0]) <= 1e-15 * observed.sum()
    assert (templates.likelihood(np.linspace(-1e-7, 1e-7, 200)[:, None]) >= 0).all()


def test_what_cannot_be_is_infinitely_unlikely(instruction_set):
    for observed in ([3.0, 0.0], [3.5, 0.0], [300.0, 0.0], [3.0, 2.0]):
        templates = Templates(("x",), [[0], [1]], [[1.0, 0.0], [1.0, 1.0]], observed=observed)
        below = templates.likelihood([[-1.0], [-2.0], [-0.5], [1e308]])
        assert (below == np.inf).tolist() == [True, True, True, True] or observed[1] == 0.0
        assert below[1] == np.inf
        assert np.isnan(templates.likelihood_gradient([-2.0])).all()
    # nothing expected where nothing was observed is fine
    assert Templates(("x",), [[0], [1]], [[1.0, 0.0], [1.0, 1.0]], observed=[1.0, 0.0]).likelihood([0.0]) == 0.0


def test_overflow_is_infinite_not_nan(instruction_set):
    templates = Templates(("x",), [[3], [4]], [[1.0], [-1.0]], observed=[1.0])
    assert templates.likelihood([1e200]) == np.inf
    normal = Templates(("x",), [[3], [4]], [[1.0], [-1.0]], observed=[1.0], variance=[1.0])
    assert normal.likelihood([1e200]) == np.inf
    assert normal.likelihood([1e200], profile=True) == np.inf


@pytest.mark.parametrize("profile", [False, True])
@pytest.mark.parametrize("observed", [[3.0, 4.0], [3.5, 4.0], [300.0, 4.0], [0.0, 4.0], [3.0, 0.0], [0.0, 0.0]])
def test_counts_that_overflow_are_infinitely_unlikely(observed, profile, instruction_set):
    """Integers below 256 have their products, others logarithms, and empty bins neither."""
    for exponent in (1, 2, 16):
        for signs in ([[1.0, 0.5]], [[1.0, 1e-300]]):
            templates = Templates(
                ("x",),
                [[0], [1], [exponent]] if exponent > 1 else [[0], [1]],
                [[5.0, 5.0], [1.0, 2.0], *signs][: 3 if exponent > 1 else 2],
                observed=observed,
                background_effects={"beam": [1.0, 1.0]},
            )
            edge = np.finfo(float).max ** (1 / exponent)
            points = edge * np.array([1.0, 1 - 1e-12, 0.99, 0.9, 0.7, 0.5])[:, None]
            found = templates.likelihood(points, profile=profile)
            # whatever is left of the range, χ² ≥ μ_1 grows with x: never nan, never small
            assert (found >= 1e300).all()
            assert (found[:2] == np.inf).all()
            slopes = templates.likelihood_gradient(points, profile=profile)
            assert np.isnan(slopes[np.isinf(found)]).all()
    normal = Templates(("x",), [[1], [2]], [[1.0, 2.0], [1.0, -1.0]], observed=observed, variance=[1.0, 1.0])
    assert (normal.likelihood([[1e154], [1e155], [1e308], [-1e308]], profile=profile) == np.inf).all()


@pytest.mark.parametrize("counts", COUNTS)
def test_gradient_is_that_of_the_formula(counts, instruction_set):
    arrays = scene(9, counts)
    exponents, rows, background, observed = arrays
    points = np.linspace(-0.05, 2.0, 100)[:, None]
    mu = reference.weights(points, exponents) @ rows + background
    slope = (reference.weights(points, np.maximum(exponents - 1, 0)) * exponents[:, 0]) @ rows
    expected = np.sum(2 * (1 - observed / mu) * slope, axis=1)
    scale = np.sum(2 * (1 + observed / mu) * slope, axis=1)
    assert np.abs(made(arrays).likelihood_gradient(points)[:, 0] - expected).max() <= 1e-14 * scale.max()


def test_instruction_sets_agree(using_instruction_set):
    results = {}
    for name in isa.available():
        with using_instruction_set(name):
            results[name] = [
                function(np.linspace(-0.05, 2.0, 100)[:, None], profile=profile)
                for counts in COUNTS
                for templates in (_with_nuisances(scene(6, counts)),)
                for profile in (False, True)
                for function in (templates.likelihood, templates.likelihood_gradient)
            ]
    if "avx512" in results:
        for one, other in zip(results["avx2"], results["avx512"], strict=True):
            np.testing.assert_array_equal(one, other)
    for other in results.values():
        for base, values in zip(results["baseline"], other, strict=True):
            # with and without fused multiply-add μ differs by a part in 10¹⁶, which the many counts of a bin multiply
            np.testing.assert_allclose(values, base, rtol=1e-9, atol=1e-9 * np.abs(base).max())


def _with_nuisances(arrays):
    exponents, rows, background, observed = arrays
    return Templates(
        ("x",),
        exponents,
        rows,
        background=background,
        observed=observed,
        signal_effects={"flux": 0.1},
        background_effects={"steady": 0.2 * background},
    )


# ---- the border ------------------------------------------------------------------------------------------------------------


def scan(**changes):
    arguments = {
        "exponents": np.ones((1, 1), np.uint8),
        "constant": np.ones(8),
        "templates": np.ones((1, 8)),
        "counts": np.ones(8),
        "kinds": (8, 0, 0),
        "few": 8,
        "few_constant": 0.0,
        "few_templates": np.ones(1),
        "relative": np.zeros((0, 8)),
        "absolute": np.zeros((0, 8)),
        "precision": np.zeros(0),
        "low": np.zeros(0),
        "high": np.zeros(0),
    }
    return Scan(*(arguments | changes).values())


ONE = {"relative": np.zeros((1, 8)), "absolute": np.zeros((1, 8)), "precision": np.ones(1)}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kinds": (9, 0, 0)}, "all rows must have the 16 bins of the kinds (9, 0, 0), filled up"),
        ({"templates": np.ones((1, 16))}, "all rows must have the 8 bins"),
        ({"templates": np.ones((2, 8))}, "each term needs a template"),
        ({"few_templates": np.ones(2)}, "each term needs a template"),
        ({"few": 9}, "each term needs a template"),
        ({"precision": np.ones(1)}, "each nuisance two rows"),
        ({"low": np.ones(1)}, "each nuisance needs two limits"),
        ({"counts": np.full(8, 256.0)}, "few counts must be > 0 and < 256"),
        ({"counts": np.full(8, np.nan)}, "few counts must be > 0 and < 256"),
        (ONE | {"low": np.ones(1), "high": np.full(1, 2.0)}, "limits of a nuisance must hold its centre"),
        (ONE | {"low": np.zeros(1), "high": np.zeros(1)}, "limits of a nuisance must hold its centre"),
        (ONE | {"low": np.full(1, np.nan), "high": np.ones(1)}, "limits of a nuisance must hold its centre"),
    ],
)
def test_rows_that_do_not_fit_are_refused(changes, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        scan(**changes)


def test_points_that_do_not_fit_are_refused():
    kernel = scan()
    for theta, out in ((np.ones((3, 2)), np.empty(3)), (np.ones((3, 1)), np.empty(2)), (np.ones((0, 1)), np.empty(0))):
        with pytest.raises(ValueError, match=r"points need|nothing to scan"):
            kernel.chi2(theta, out)
        with pytest.raises(ValueError, match=r"points need|nothing to scan"):
            kernel.profile(theta, out, np.empty((len(theta), 0)))
    with pytest.raises(ValueError, match="slopes must have the shape"):
        kernel.chi2(np.ones((3, 1)), np.empty(3), np.empty((2, 1)))
    with pytest.raises(ValueError, match="pulls need a place"):
        kernel.profile(np.ones((3, 1)), np.empty(3), np.empty((3, 1)))
