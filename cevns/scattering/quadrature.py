"""Quadrature in √T: Gauss–Legendre panels that resolve form factors, light mediators and what begins above T = 0.

Rates and cross sections of all interactions are smooth in √T between the ends of the kinematic ranges.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .. import constants
from .._arguments import Array
from .._numerics.polynomials import gauss_legendre
from ..interactions.quadratic_forms import Layout
from ..nuclei.nuclides import Nuclide

_ORDERS = (6, 12)  # nodes of a panel
_NARROW = 0.1  # relative width of a panel up to which few nodes do
_TURNS = 4096  # of F in a panel that are followed; panels of more lie where F² < 1e-8 of the integral is left
_OCTAVES = 20  # below the highest: beyond, nothing is left of an integral in √T, unless something happens there


def octaves(low: float, high: float, terms: Layout, nuclide: Nuclide, ends: Array) -> Array:
    """Points √T from high down to low, each at most twice the next: so that poles at T < 0 and powers 1/T are followed.

    From 0 on it begins where there are neither: no pole below `flat_below`, and nothing heavy below the first of its `ends` √T.
    """
    if low == 0.0:
        of_poles = terms.flat_below / math.sqrt(2e-3 * nuclide.mass)
        first = ends[ends > 0].min(initial=high) if any(block.final_mass for block in terms.blocks) else high
        low = min(2.0**-_OCTAVES * high, of_poles, float(first))
    least = max(low, 1e-150)
    return np.geomspace(least, high, 1 + max(1, int(np.ceil(np.log2(high / least)))))


def gauss_in_root(low: Array, high: Array, nuclide: Nuclide) -> tuple[Array, Array, NDArray[np.intp]]:
    """Recoil energies [keV], weights of dT and numbers of the panels in √T between low and high, cut as F² asks for."""
    length = max(1.2 * nuclide.A ** (1 / 3), 1.0) / constants.HBAR_C
    turns = np.ceil((high - low) * np.sqrt(2e-3 * nuclide.mass) * length / 1.25)
    pieces = np.where(turns <= _TURNS, np.maximum(1, turns), 1).astype(np.intp)
    panel = np.repeat(np.arange(low.size), pieces)
    if (pieces > 1).any():
        part = np.concatenate([np.arange(n) for n in pieces])
        width = np.repeat((high - low) / pieces, pieces)
        low = np.repeat(low, pieces) + part * width
        high = low + width
    few = high - low <= _NARROW * high
    parts = []
    for order, own in zip(_ORDERS, (few, ~few), strict=True):
        x, w = _rule(order)
        middle, half = (high + low)[own, None] / 2, (high - low)[own, None] / 2
        root = middle + half * x
        parts.append((root * root, 2 * root * half * w, np.broadcast_to(panel[own, None], root.shape)))
    T, weight, of_panel = (np.concatenate([part[i].reshape(-1) for part in parts]) for i in range(3))
    return T, weight, of_panel


@cache
def _rule(order: int) -> tuple[Array, Array]:
    return gauss_legendre(order)
