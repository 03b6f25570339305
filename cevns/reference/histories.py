"""Rates of a flux that changes in steps of time, and the covariance of a rate: one rate after the other.

dR/dT(step) = Σ_components w(step, component) dR/dT(component)

cov(T, T') = Σ_ij C_ij dR_i/dT(T) dR_j/dT(T')    for a relative covariance C of the components i, j
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import rates
from ._types import Array
from .rates import Target
from .spectra import Component


def differential_rate(
    recoil_energy: ArrayLike, steps: Sequence[Sequence[tuple[Component, float]]], target: Target, **arguments: Any
) -> Array:
    """Return dR/dT per kg, day and keV, one column a step, each computed as if there were no others.

    Parameters
    ----------
    recoil_energy : array_like (n,)
        T [keV].
    steps : sequence
        Of each step its components and their factors.
    target, **arguments
        As for `rates.differential_rate`.
    """
    columns = []
    for step in steps:
        column = np.zeros(np.shape(recoil_energy))
        for component, factor in step:
            column = column + factor * rates.differential_rate(recoil_energy, [component], target, **arguments)
        columns.append(column)
    return np.stack(columns, axis=-1)


def binned_rate(
    edges: ArrayLike, steps: Sequence[Sequence[tuple[Component, float]]], target: Target, **arguments: Any
) -> Array:
    """Return the rate per kg and day in each bin of recoil energy, one column a step.

    Parameters
    ----------
    edges : array_like (n + 1,)
        Increasing recoil energies [keV]; the last may be infinite.
    steps, target, **arguments
        As for `differential_rate`.
    """
    columns = []
    for step in steps:
        column = np.zeros(np.size(edges) - 1)
        for component, factor in step:
            column = column + factor * rates.binned_rate(edges, [component], target, **arguments)
        columns.append(column)
    return np.stack(columns, axis=-1)


def covariance(
    recoil_energy: ArrayLike, components: Sequence[Component], relative: Array, target: Target, **arguments: Any
) -> Array:
    """Return the covariance (n, n) of dR/dT at n recoil energies.

    Parameters
    ----------
    recoil_energy : array_like (n,)
        T [keV].
    components : sequence of Component
        The flux.
    relative : array (components, components)
        Relative covariance of their normalisations.
    target, **arguments
        As for `rates.differential_rate`.
    """
    single = [rates.differential_rate(recoil_energy, [component], target, **arguments) for component in components]
    total = np.zeros((np.size(recoil_energy), np.size(recoil_energy)))
    for i, first in enumerate(single):
        for j, second in enumerate(single):
            total += relative[i, j] * np.outer(first, second)
    return total
