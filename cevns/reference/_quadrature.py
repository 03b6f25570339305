"""Composite Gauss–Legendre rules: the one way in which the reference integrates."""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise

import numpy as np

from ._types import Array

NODES = 20
RATIO = 1.5  # largest ratio of the ends of a panel in energy


@cache
def _gauss_legendre(nodes: int) -> tuple[Array, Array]:
    x, weight = np.polynomial.legendre.leggauss(nodes)
    return (1 + x) / 2, weight / 2


def composite(edges: Array, nodes: int = NODES) -> tuple[Array, Array]:
    """Abscissae and weights of a Gauss–Legendre rule on each panel between `edges`, one after the other."""
    x, weight = _gauss_legendre(nodes)
    width = np.diff(edges)[:, np.newaxis]
    return (edges[:-1, np.newaxis] + width * x).ravel(), (width * weight).ravel()


def energy_nodes(lower: float, knots: Array, nodes: int = NODES) -> tuple[Array, Array]:
    """Abscissae and weights for ∫ f(E) dE from `lower` [MeV] to the last of `knots` [MeV], where f is smooth between knots.

    Panels are split until the ratio of their ends is 1.5 at most. The pole of 1/E is then five half-widths from the centre or
    more, and 20 nodes integrate inverse powers to rounding: the error falls as (5 + √24)⁻⁴⁰. A panel that begins at zero is
    divided geometrically towards it, for spectra that begin with a broken power of E. What remains is the spectrum's own shape:
    one that falls by more than e⁻²⁰ within a panel needs knots of its own (an exponential: 1e-20 at e⁻²⁰, 1e-13 at e⁻³⁰).
    """
    edges = np.concatenate(([max(lower, knots[0])], knots[knots > max(lower, knots[0])]))
    if edges.size < 2:
        return np.empty(0), np.empty(0)
    pieces = [edges[:1]]
    for start, end in pairwise(edges):
        if start > 0 and end <= RATIO * start:
            pieces.append(np.array([end]))
        elif start > 0:
            count = math.ceil(math.log(end / start) / math.log(RATIO))
            pieces.append(np.geomspace(start, end, count + 1)[1:])
        else:
            pieces.append(end * RATIO ** np.arange(-60.0, 1.0))
    return composite(np.concatenate(pieces), nodes)
