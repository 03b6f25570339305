"""Chebyshev interpolation, for all that is kept as polynomials on panels.

`numpy.polynomial` has it, but importing it costs as much as all of cevns.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .._arguments import Array

BESIDE = 1e-9  # from the ends of a panel: a jump there does not hide behind the outermost nodes


class Interpolation(NamedTuple):
    """The fixed matrices of interpolants with n coefficients."""

    nodes: Array  # (n,) zeros of T_n
    checks: Array  # (n − 1,) extrema of T_n between them, and two beside the ends if asked for
    from_values: Array  # (n, n): values at the nodes @ this = coefficients
    at_checks: Array  # (n, checks): coefficients @ this = values at the checks


def interpolation(terms: int, ends: bool = False) -> Interpolation:
    """The matrices for `terms` coefficients; `ends` adds checks 1e-9 from −1 and 1."""
    order = np.arange(terms)[:, None]
    nodes = np.cos(np.pi * (np.arange(terms) + 0.5) / terms)
    checks = np.cos(np.pi * np.arange(1, terms) / terms)
    if ends:
        checks = np.concatenate([[1 - BESIDE], checks, [BESIDE - 1]])
    from_values = np.cos(order * np.arccos(nodes)) * np.where(order == 0, 1.0, 2.0) / terms
    return Interpolation(nodes, checks, from_values.T, np.cos(order * np.arccos(checks)))


def powers(terms: int) -> Array:
    """Chebyshev coefficients → powers: row k holds T_k."""
    rows = np.zeros((terms, terms))
    rows[0, 0] = rows[1, 1] = 1.0
    for k in range(2, terms):
        rows[k, 1:] = 2 * rows[k - 1, :-1]
        rows[k] -= rows[k - 2]
    return rows


def legendre(x: Array, terms: int) -> Array:
    """P_0 to P_(terms − 1) at x: (…, terms)."""
    values = [np.ones_like(x), x][:terms]
    for k in range(2, terms):
        values.append(((2 * k - 1) * x * values[-1] - (k - 1) * values[-2]) / k)
    return np.stack(values, axis=-1)


def clenshaw(coefficients: Sequence[float] | Array, x: Array) -> Array:
    """Σ c_k T_k(x), by Clenshaw's recurrence."""
    last, before, new = np.zeros_like(x), np.zeros_like(x), np.empty_like(x)
    twice = 2 * x
    for c in coefficients[:0:-1]:
        np.multiply(twice, last, out=new)
        new -= before
        new += c
        before, last, new = last, new, before
    return np.asarray(coefficients[0] + x * last - before)
