"""Tables of functions of the momentum transfer: what a kernel evaluates when a formula is too long for it.

A form factor in closed form but of many terms, a coupling that runs, a structure function: each becomes polynomials of degree 7
on panels of equal width in q, as many as the stated error asks for, and costs the kernel one look-up.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .._arguments import Array
from .._core.form_factors import TABLE_TERMS, FormFactor
from ..errors import InputError
from .polynomials import interpolation, powers

_MAX_PANELS = 1 << 16


def tabulate(function: Callable[[Array], Array], end: float, length: float, tolerance: float = 4e-15) -> FormFactor:
    """A compiled function of q, from a formula.

    Parameters
    ----------
    function : callable
        Takes momentum transfers [MeV] as an array and returns the values; smooth from 0 to `end`.
    end : float
        Last q of the table [MeV]. Beyond it the value is that at the end, or 0 if that is below the tolerance.
    length : float
        The scale [1/MeV] on which the function varies.
    tolerance : float
        Largest error between the nodes, relative to the largest value.

    Raises
    ------
    InputError
        If 65536 panels do not reach the tolerance.
    """
    fit = interpolation(TABLE_TERMS)
    panels = max(1, int(np.ceil(4 * end * length)))
    while panels <= _MAX_PANELS:
        half = 0.5 * end / panels
        middle = (2 * np.arange(panels)[:, None] + 1) * half
        series = function(middle + half * fit.nodes) @ fit.from_values
        exact = function(middle + half * fit.checks)
        largest = float(np.abs(exact).max())
        if np.abs(series @ fit.at_checks - exact).max() <= tolerance * largest:
            break
        panels *= 2
    else:
        raise InputError(f"a function of q cannot be tabulated to {tolerance:g} up to {end:g} MeV; is it smooth?")
    rows = np.zeros((panels + 1, TABLE_TERMS))
    rows[:-1] = series @ powers(TABLE_TERMS)
    last = float(function(np.array([end]))[0])
    rows[-1, 0] = last if abs(last) > tolerance * largest else 0.0
    return FormFactor("table", (0.5 / half) ** 2, 0.0, rows, length)
