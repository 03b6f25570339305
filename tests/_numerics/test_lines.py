"""Zeros and minima along a line, against those that are known and against SciPy's."""

import math

import pytest
from scipy import optimize

from cevns._numerics.lines import minimum, zero

ZEROS = [
    (lambda x: x**3 - 2.0, 0.0, 3.0, 2.0 ** (1 / 3)),
    (lambda x: math.exp(x) - 1e5, 0.0, 100.0, math.log(1e5)),
    (lambda x: x * x - 1e-6, 0.0, 10.0, 1e-3),
    (lambda x: (x - 1.0) ** 9, 0.0, 5.0, 1.0),
    (lambda x: 0.3 - x, 2.0, -1.0, 0.3),
    (lambda x: x, 0.0, 1.0, 0.0),
    (lambda x: x - 1.0, 0.0, 1.0, 1.0),
    (lambda x: math.inf if x > 2.0 else x - 1.0, 0.0, 3.0, 1.0),
]


@pytest.mark.parametrize(("function", "low", "high", "known"), ZEROS)
@pytest.mark.parametrize("tolerance", [1e-3, 1e-10, 0.0])
def test_zero_is_found_to_the_tolerance(function, low, high, known, tolerance):
    assert abs(zero(function, low, high, tolerance) - known) <= tolerance + 1e-15


def test_zero_takes_fewer_steps_than_halves():
    calls = []
    zero(lambda x: calls.append(x) or math.exp(x) - 1e5, 0.0, 100.0, 1e-10)
    assert len(calls) < math.log2(100.0 / 1e-10) / 2


@pytest.mark.parametrize(
    ("function", "low", "high"),
    [
        (lambda x: (x - 0.2) ** 2, 0.02, 0.6),
        (math.cos, 0.0, 5.0),
        (lambda x: x**4 - x, 0.0, 2.0),
        (lambda x: abs(x - 1.0), 0.0, 3.0),
        (lambda x: -math.exp(-1e3 * (x - 0.3) ** 2), 0.0, 1.0),
        (lambda x: x, 1.0, 2.0),
    ],
)
def test_minimum_is_that_of_scipy(function, low, high):
    found = optimize.minimize_scalar(function, bounds=(low, high), method="bounded", options={"xatol": 1e-5})
    x, value = minimum(function, low, high, 1e-5)
    assert x == pytest.approx(found.x, abs=1e-8)  # SciPy's algorithm too: it goes the same way
    assert value == function(x)


def test_minimum_of_a_parabola_is_exact():
    x, value = minimum(lambda x: 3.0 * (x - 0.231) ** 2 + 1.0, 0.02, 0.6, 1e-6)
    assert x == pytest.approx(0.231, abs=1e-8)
    assert value == pytest.approx(1.0, rel=1e-15)
