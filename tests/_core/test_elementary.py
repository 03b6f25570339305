"""exp, sin and cos of the kernels against mpmath: within 2 ulp on every instruction set, as src_c/cevns.h promises."""

from functools import cache

import mpmath
import numpy as np
import pytest

from cevns._core import isa

BOUND = 2.0  # ulp; measured: exp 1.00, sin 1.45, cos 1.97 (baseline and AVX2)

_random = np.random.default_rng(20240621)
EXPONENTS = np.concatenate(
    (
        _random.uniform(-708, 709, 3000),
        _random.uniform(-1, 1, 2000),
        np.log(2) * (np.arange(-1000, 1000) + 0.5),  # the ends of the reduced range
        [0.0, -0.0, 709.0, -708.0, 1e-300, -1e-10, 5e-324],
    )
)
ANGLES = np.concatenate(
    (
        _random.uniform(-8, 8, 2000),
        _random.uniform(-(2.0**20), 2.0**20, 2000),
        np.pi / 4 * np.arange(1, 1000),  # the quadrants and their zeros
        np.pi / 2 * np.arange(1, 667000, 1301),
        [0.0, -0.0, 2.0**20, -(2.0**20), 1e-300, 5e-324],
    )
)


@cache
def exact(function, arguments):
    with mpmath.workdps(40):
        return [getattr(mpmath, function)(mpmath.mpf(x)) for x in arguments]


def errors(values, exact_values, scale):
    """|value − exact| in ulp of `scale`; 0 where the scale is 0 and the value exact."""
    with mpmath.workdps(40):
        difference = [float(abs(mpmath.mpf(v) - e)) for v, e in zip(values.tolist(), exact_values, strict=True)]
    return np.array(difference) / np.spacing(scale)


def test_exponential_is_within_two_ulp(instruction_set):
    out = np.empty_like(EXPONENTS)
    isa.exp(EXPONENTS, out)
    expected = exact("exp", tuple(EXPONENTS.tolist()))
    scale = np.array([float(e) for e in expected])
    assert errors(out, expected, scale).max() <= BOUND


def test_exponential_of_zero_is_exactly_one_and_far_below_exactly_zero(instruction_set):
    out = np.empty(5)
    isa.exp(np.array([0.0, -0.0, -708.1, -1e5, -np.inf]), out)
    assert out.tolist() == [1.0, 1.0, 0.0, 0.0, 0.0]


def test_sine_and_cosine_are_within_two_ulp(instruction_set):
    sine, cosine = np.empty_like(ANGLES), np.empty_like(ANGLES)
    isa.sincos(ANGLES, sine, cosine)
    # near a zero far from the origin the rounding of the argument itself, 2^-53 |x|, is the scale
    floor = 2.0**-53 * np.abs(ANGLES)
    for function, values in (("sin", sine), ("cos", cosine)):
        expected = exact(function, tuple(ANGLES.tolist()))
        scale = np.maximum(np.abs([float(e) for e in expected]), floor)
        assert errors(values, expected, scale).max() <= BOUND, function


def test_sine_is_odd_and_cosine_is_even(instruction_set):
    sine, cosine, minus_sine, same_cosine = (np.empty_like(ANGLES) for _ in range(4))
    isa.sincos(ANGLES, sine, cosine)
    isa.sincos(-ANGLES, minus_sine, same_cosine)
    np.testing.assert_array_equal(minus_sine, -sine)
    np.testing.assert_array_equal(same_cosine, cosine)


def test_sine_and_cosine_lie_on_the_unit_circle(instruction_set):
    sine, cosine = np.empty_like(ANGLES), np.empty_like(ANGLES)
    isa.sincos(ANGLES, sine, cosine)
    # each within 2 ulp (4.4e-16) of a number up to 1: the sum of squares within four times that
    np.testing.assert_allclose(sine**2 + cosine**2, 1.0, rtol=0, atol=2e-15)


def test_the_last_values_of_an_array_are_those_of_a_shorter_one(instruction_set):
    # what a vector loop leaves over runs in other code; the bits must not know
    whole = np.empty_like(EXPONENTS)
    isa.exp(EXPONENTS, whole)
    for length in range(1, 20):
        part = np.empty(length)
        isa.exp(EXPONENTS[:length], part)
        np.testing.assert_array_equal(part, whole[:length])


def test_empty_arrays_are_left_alone(instruction_set):
    empty = np.empty(0)
    isa.exp(empty, empty)
    isa.sincos(empty, empty, empty)
    assert isa.first_outside(empty, 0.0, 1.0) == 0


def test_first_value_outside_a_range_is_found_wherever_it_is(instruction_set):
    for length in (1, 7, 256, 257, 1000):
        values = np.linspace(0.0, 1.0, length)
        assert isa.first_outside(values, 0.0, 1.0) == length
        for place in {0, length // 2, length - 1}:
            for bad in (np.nan, -1e-300, 1.0000000000000002, np.inf, -np.inf):
                spoiled = values.copy()
                spoiled[place] = bad
                assert isa.first_outside(spoiled, 0.0, 1.0) == place


def test_approx_has_no_absolute_tolerance_of_its_own():
    assert pytest.approx(1e-40, rel=1e-3) != 2e-40
    assert pytest.approx([2e-40], rel=1e-3) != [1e-40]
