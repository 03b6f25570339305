"""The normal distribution, Poisson's law and the incomplete gamma functions against mpmath, SciPy and their definitions.

The errors, in ulp of the exact value, are those that src_c/kernels/special.h promises, on every instruction set.
"""

from functools import cache

import mpmath
import numpy as np
import pytest
from scipy import special as scipy_special

from cevns._core import special as kernels
from cevns._numerics import special
from cevns.reference import special as reference

TINY = 1e-300  # below, results lose digits, and from 3e-308 on they are 0
WORST = {"erfcx": 3.0, "normal_cdf": 5.0, "poisson": 6.0, "incomplete_gamma": 10.0}  # ulp; measured: 2.3, 3.2, 4.4, 6.3

_random = np.random.default_rng(20251)


def ulp(values, exact):
    """Errors of values in ulp of what is exact; what is tiny must be tiny."""
    with mpmath.workdps(40):
        errors = []
        for value, truth in zip(np.ravel(values).tolist(), exact, strict=True):
            size = float(truth)
            error = float(abs(mpmath.mpf(value) - truth)) / float(np.spacing(size)) if size > TINY else float(value > 2 * TINY)
            errors.append(error if size > TINY else 1e9 * error)
    return np.array(errors)


# ---- the normal distribution ---------------------------------------------------------------------------------------------

NORMAL = np.concatenate(
    [_random.uniform(-37.0, 37.0, 800), _random.uniform(-2.0, 2.0, 500), -(10.0 ** _random.uniform(-20, 0, 200))]
)
SCALED = np.concatenate([_random.uniform(0.0, 30.0, 500), 10.0 ** _random.uniform(-20.0, 2.9, 500), [0.0]])


@cache
def exact_normal():
    with mpmath.workdps(40):
        return [mpmath.ncdf(x) for x in NORMAL.tolist()]


@cache
def exact_erfcx():
    with mpmath.workdps(40):
        return [mpmath.exp(mpmath.mpf(y) ** 2) * mpmath.erfc(y) for y in SCALED.tolist()]


def test_normal_distribution_has_its_digits_in_both_tails(instruction_set):
    assert ulp(special.normal_cdf(NORMAL), exact_normal()).max() <= WORST["normal_cdf"]


def test_scaled_complement_of_the_error_function(instruction_set):
    assert ulp(special.erfcx(SCALED), exact_erfcx()).max() <= WORST["erfcx"]


def test_normal_distribution_at_its_middle_and_its_ends(instruction_set):
    x = np.array([0.0, -0.0, -np.inf, np.inf, -1e300, 1e300, -40.0, 40.0, 5e-324])
    assert special.normal_cdf(x).tolist() == [0.5, 0.5, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.5]


def test_normal_distribution_is_that_of_scipy_and_of_the_reference(instruction_set):
    # SciPy's exponent is rounded: 1e-16 of x²/2
    x = np.linspace(-30.0, 9.0, 391)
    np.testing.assert_allclose(special.normal_cdf(x), scipy_special.ndtr(x), rtol=2e-13)
    np.testing.assert_allclose(special.normal_cdf(x), reference.normal_cdf(x), rtol=1e-12)
    np.testing.assert_allclose(special.erfcx(-x[x < 0]), scipy_special.erfcx(-x[x < 0]), rtol=1e-15)
    np.testing.assert_allclose(special.erfcx(x[(x >= 0) & (x < 5)]), reference.erfcx(x[(x >= 0) & (x < 5)]), rtol=1e-14)


# ---- Poisson's law -------------------------------------------------------------------------------------------------------

NUMBERS = np.concatenate(
    [
        10.0 ** _random.uniform(-5.0, 9.0, 90),
        np.round(10.0 ** _random.uniform(0.0, 6.0, 40)),
        [0.0, 1.0, 2.0, 1e6, 1e9, 1e-10, 0.5],
    ]
)
MEANS = np.abs(  # around each number, in its tails, and anywhere
    np.concatenate(
        [
            NUMBERS[:, None] + np.sqrt(NUMBERS[:, None] + 1) * _random.uniform(-3.0, 3.0, (NUMBERS.size, 4)),
            NUMBERS[:, None] + np.sqrt(NUMBERS[:, None] + 1) * _random.uniform(-36.0, 36.0, (NUMBERS.size, 6)),
            NUMBERS[:, None] * 10.0 ** _random.uniform(-4.0, 2.0, (NUMBERS.size, 3)) + TINY,
            10.0 ** _random.uniform(-250.0, 2.0, (NUMBERS.size, 2)),
            NUMBERS[:, None] + TINY,
        ],
        axis=1,
    )
)


def exact_poisson_at(number, mean):
    k, m = mpmath.mpf(number), mpmath.mpf(mean)
    return mpmath.exp(k * mpmath.log(m) - m - mpmath.loggamma(k + 1))


@cache
def exact_poisson():
    with mpmath.workdps(50):
        rows = zip(NUMBERS.tolist(), MEANS.tolist(), strict=True)
        return [exact_poisson_at(number, mean) for number, means in rows for mean in means]


def test_poisson_has_its_digits_in_both_tails(instruction_set):
    assert ulp(special.poisson(NUMBERS, MEANS), exact_poisson()).max() <= WORST["poisson"]


def test_poisson_of_no_mean_and_of_any(instruction_set):
    means = np.array([[0.0, 5e-324, 1e300, np.inf]])
    found = special.poisson(np.array([0.0, 0.5, 1.0, 1e15]), means)
    assert found[0].tolist() == pytest.approx([1.0, 1.0, 0.0, 0.0], rel=1e-15)  # nothing around nothing
    assert found[1:, 0].tolist() == [0.0] * 3
    assert found[2:, 1].max() < 3e-308  # a subnormal mean counts as the smallest normal one
    assert not found[1:, 2:].any()


def test_poisson_is_that_of_scipy_and_of_the_reference(instruction_set):
    # theirs are differences of terms of some hundred
    numbers, means = np.array([0.0, 0.3, 1.0, 7.0, 30.5, 120.0]), np.geomspace(0.1, 300.0, 50)[None, :]
    k, found = numbers[:, None], special.poisson(numbers, means)
    scipy = np.exp(scipy_special.xlogy(k, means) - means - scipy_special.gammaln(k + 1))
    np.testing.assert_allclose(found, scipy, rtol=1e-12, atol=TINY)
    np.testing.assert_allclose(found, reference.poisson(k, means), rtol=1e-12, atol=TINY)


def test_all_numbers_of_quanta_have_probability_one(instruction_set):
    for mean in (0.0, 1e-3, 1.0, 17.3, 1000.0):
        numbers = np.arange(max(0.0, np.floor(mean - 40 * np.sqrt(mean))), mean + 40 * np.sqrt(mean) + 30)
        assert special.poisson(numbers, np.array([[mean]])).sum() == pytest.approx(1.0, rel=1e-14)


# ---- incomplete gamma functions ------------------------------------------------------------------------------------------

SHAPES = np.concatenate([10.0 ** _random.uniform(0.0, 3.5, 60), np.round(10.0 ** _random.uniform(0.0, 3.5, 30)), [1.0, 2.0]])
LIMITS = np.abs(  # around each shape, in the tails, and at what the kernel switches at
    np.concatenate(
        [
            SHAPES[:, None] + np.sqrt(SHAPES[:, None]) * _random.uniform(-3.0, 3.0, (SHAPES.size, 3)),
            SHAPES[:, None] + np.sqrt(SHAPES[:, None]) * _random.uniform(-30.0, 30.0, (SHAPES.size, 4)),
            SHAPES[:, None] * 10.0 ** _random.uniform(-2.0, 1.5, (SHAPES.size, 2)),
            SHAPES[:, None] * np.array([0.3019, 0.3021, 1.0, 2.3569, 2.3571]),
        ],
        axis=1,
    )
)


def exact_smaller_at(a, x):
    """P for x < a by its series, else Q by its continued fraction."""
    a, x = mpmath.mpf(a), mpmath.mpf(x)
    front = exact_poisson_at(a, x)
    if x < a:
        term = total = mpmath.mpf(1)
        n = 0
        while term > total * mpmath.mpf(10) ** -25:
            n += 1
            term *= x / (a + n)
            total += term
        return front * total
    tail = mpmath.mpf(0)
    for n in range(int(260 + 40 * mpmath.sqrt(a) / max(1, (x - a) / mpmath.sqrt(a))), 0, -1):
        tail = n * (n - a) / (x - a + 2 * n + 1 - tail)
    return a * front / (x + 1 - a - tail)


@cache
def exact_smaller():
    with mpmath.workdps(40):
        rows = zip(SHAPES.tolist(), LIMITS.tolist(), strict=True)
        return [exact_smaller_at(a, x) for a, limits in rows for x in limits]


def test_oracle_of_the_incomplete_gamma_functions_is_that_of_mpmath():
    with mpmath.workdps(30):
        for a, x in ((1.0, 0.5), (2.5, 2.6), (30.2, 25.0), (30.2, 31.0), (7.0, 90.0)):
            ends = (0, x) if x < a else (x, mpmath.inf)
            assert exact_smaller_at(a, x) == pytest.approx(mpmath.gammainc(a, *ends, regularized=True), rel=1e-20)


def test_incomplete_gamma_functions_have_their_digits_in_both_tails(instruction_set):
    lower, upper = special.incomplete_gamma(SHAPES, LIMITS)
    below = SHAPES[:, None] > LIMITS
    assert ulp(np.where(below, lower, upper), exact_smaller()).max() <= WORST["incomplete_gamma"]
    np.testing.assert_array_equal(np.where(below, upper, lower), 1.0 - np.where(below, lower, upper))


def test_incomplete_gamma_functions_of_nothing_and_of_all(instruction_set):
    lower, upper = special.incomplete_gamma(np.array([1.0, 1.5, 1e6, 1e15]), np.array([[0.0, 1e300, np.inf]]))
    np.testing.assert_array_equal(lower, [[0.0, 1.0, 1.0]] * 4)
    np.testing.assert_array_equal(upper, [[1.0, 0.0, 0.0]] * 4)


def test_incomplete_gamma_functions_are_those_of_scipy_and_of_the_reference(instruction_set):
    a = np.array([1.0, 1.3, 2.5, 7.0, 20.2, 100.0, 900.0])
    x = a[:, None] * np.array([0.05, 0.3, 0.9, 1.0, 1.1, 2.0, 3.0])
    lower, upper = special.incomplete_gamma(a, x)
    large = np.minimum(lower, upper) > 1e-290
    for found, scipy, plain in zip(
        (lower, upper),
        (scipy_special.gammainc(a[:, None], x), scipy_special.gammaincc(a[:, None], x)),
        reference.incomplete_gamma(a[:, None], x),
        strict=True,
    ):
        np.testing.assert_allclose(found[large], scipy[large], rtol=1e-11)
        np.testing.assert_allclose(found[large], plain[large], rtol=1e-11)


@cache
def exact_million():
    with mpmath.workdps(40):
        return [exact_smaller_at(1e6 + 1, mean) for mean in (0.98e6, 0.995e6, 1e6, 1.001e6, 1.005e6, 1.02e6)]


def test_sums_over_a_million_quanta_have_their_digits(instruction_set):
    """SciPy has not: of the 2.7e-7 five standard deviations below, it loses 4e-6."""
    means = np.array([[0.98e6, 0.995e6, 1e6, 1.001e6, 1.005e6, 1.02e6]])
    lower, upper = special.incomplete_gamma(np.array([1e6 + 1]), means)
    assert ulp(np.minimum(lower, upper), exact_million()).max() <= WORST["incomplete_gamma"]
    large = np.minimum(lower, upper) > 1e-7
    np.testing.assert_allclose(upper[large], scipy_special.pdtr(1e6, means)[large], rtol=1e-5)
    np.testing.assert_allclose(lower[large], scipy_special.pdtrc(1e6, means)[large], rtol=1e-5)


def test_one_quantum_more_adds_its_probability(instruction_set):
    """Q(a + 1, x) − Q(a, x) is Poisson's probability of a."""
    x = np.linspace(0.5, 60.0, 120)[None, :]
    for a in (1.0, 2.7, 10.0, 25.5):
        found = special.incomplete_gamma(np.array([a + 1]), x)[1] - special.incomplete_gamma(np.array([a]), x)[1]
        np.testing.assert_allclose(found, special.poisson(np.array([a]), x), rtol=0, atol=4e-16)


# ---- arrays --------------------------------------------------------------------------------------------------------------


def test_the_last_values_of_an_array_are_those_of_a_shorter_one(instruction_set):
    for length in range(1, 20):
        np.testing.assert_array_equal(special.normal_cdf(NORMAL[:length]), special.normal_cdf(NORMAL)[:length])
        short, whole = MEANS[:3, :length], MEANS[:3]
        np.testing.assert_array_equal(special.poisson(NUMBERS[:3], short), special.poisson(NUMBERS[:3], whole)[:, :length])
    short, whole = special.incomplete_gamma(SHAPES, LIMITS[:, :5]), special.incomplete_gamma(SHAPES, LIMITS)
    for side, both in zip(short, whole, strict=True):
        np.testing.assert_array_equal(side, both[:, :5])


def test_one_row_of_means_is_for_all_numbers(instruction_set):
    numbers, means = np.array([0.0, 2.0, 9.5]), np.linspace(0.1, 20.0, 33)[None, :]
    np.testing.assert_array_equal(special.poisson(numbers, means), special.poisson(numbers, np.repeat(means, 3, axis=0)))
    one, many = special.incomplete_gamma(numbers + 1, means), special.incomplete_gamma(numbers + 1, np.repeat(means, 3, axis=0))
    np.testing.assert_array_equal(one, many)


def test_whole_numbers_may_be_integers(instruction_set):
    numbers, means = np.arange(5), np.linspace(0.5, 9.0, 4)[None, :]
    np.testing.assert_array_equal(special.poisson(numbers, means), special.poisson(numbers.astype(float), means))


def test_empty_arrays_are_left_alone(instruction_set):
    assert special.normal_cdf(np.empty((0, 3))).shape == (0, 3)
    assert special.poisson(np.array([1.0]), np.empty((1, 0))).shape == (1, 0)
    assert special.poisson(np.empty(0), np.ones((1, 4))).shape == (0, 4)
    assert special.incomplete_gamma(np.array([1.0]), np.empty((1, 0)))[0].shape == (1, 0)
    kernels.erfcx(np.empty(0), np.empty(0))
