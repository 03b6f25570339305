"""Nuisances turned so that as few of them as possible change the signal."""

from __future__ import annotations

import numpy as np

from ..._arguments import Array

_ROUNDING = 1e-12


def turned(effects: Array) -> tuple[Array, Array] | None:
    """A rotation (n, n) of nuisances, and their effects (n, bins) after it; None if that leaves no more of them without effect.

    Norms all change a signal alike. Where it is large, the squares of these changes hide in rounding what tells norms apart:
    their standard deviations. In units of these a rotation changes no likelihood, and one norm is left with all of the change.

    Parameters
    ----------
    effects : array (n, bins)
        Relative changes of the signal by one standard deviation of each nuisance.

    Notes
    -----
    Householder's reflections, of the bin with most that is left. Sums run in the order of the nuisances, the same everywhere.
    """
    rotation, left = np.eye(len(effects)), effects.copy()
    least = (_ROUNDING * np.sqrt((effects**2).sum(axis=0).max(initial=0.0))) ** 2
    for rank in range(len(effects)):
        sizes = (left[rank:] ** 2).sum(axis=0)
        pivot = int(np.argmax(sizes))
        if not sizes[pivot] > least:
            left[rank:] = 0.0
            return (rotation, left) if np.count_nonzero(effects.any(axis=1)) > rank else None
        mirror = np.zeros(len(effects))
        mirror[rank:] = left[rank:, pivot]
        mirror[rank] += np.copysign(np.sqrt(sizes[pivot]), mirror[rank])
        twice = 2.0 * mirror / (mirror**2).sum()
        for matrix in (rotation, left):
            matrix -= twice[:, None] * (mirror[:, None] * matrix).sum(axis=0)
        left[rank + 1 :, pivot] = 0.0
    return None
