"""When the neutrinos of a pulsed beam arrive: the convolution as it is defined, by quadrature.

    prompt    h₁ = p ⊛ e^(−t/τ_π)/τ_π               delayed    h₂ = h₁ ⊛ e^(−t/τ_μ)/τ_μ

A pulse p is a density of time, smooth between knots and 0 outside them. Times are in μs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from ._quadrature import composite
from ._types import Array, Density


def decay_density(time: ArrayLike, lifetimes: Sequence[float]) -> Array:
    """Density [1/μs] of the time until all of one or two decays, one after the other, are through."""
    t = np.maximum(np.asarray(time, dtype=np.float64), 0.0)
    begun = np.asarray(time) >= 0
    if len(lifetimes) == 1:
        (tau,) = lifetimes
        return np.asarray(begun * np.exp(-t / tau) / tau)
    first, second = lifetimes
    if first == second:
        return np.asarray(begun * t * np.exp(-t / first) / first**2)
    return np.asarray(begun * (np.exp(-t / second) - np.exp(-t / first)) / (second - first))


def decays_later(time: ArrayLike, lifetimes: Sequence[float]) -> Array:
    """Probability that one or two decays, one after the other, are not through at a time."""
    t = np.maximum(np.asarray(time, dtype=np.float64), 0.0)
    if len(lifetimes) == 1:
        return np.asarray(np.exp(-t / lifetimes[0]))
    first, second = lifetimes
    if first == second:
        return np.asarray((1 + t / first) * np.exp(-t / first))
    return np.asarray((second * np.exp(-t / second) - first * np.exp(-t / first)) / (second - first))


def _before(time: float, knots: Array, lifetimes: Sequence[float]) -> tuple[Array, Array]:
    """Nodes and weights for an integral over the pulse up to a time, with panels that shrink towards it."""
    steps = min(lifetimes) * 2.0 ** np.arange(-8, math.log2(max(knots[-1] - knots[0], 1.0) / min(lifetimes)) + 3)
    edges = np.concatenate([knots, time - steps, [time]])
    return composite(np.unique(edges[(edges >= knots[0]) & (edges <= min(time, knots[-1]))]))


def arrival_density(time: float, pulse: Density, knots: Array, lifetimes: Sequence[float]) -> float:
    """∫ p(s) h(t − s) ds [1/μs] at one time."""
    if time <= knots[0]:
        return 0.0
    s, weights = _before(time, knots, lifetimes)
    return float(weights @ (pulse(s) * decay_density(time - s, lifetimes)))


def arrives_later(time: float, pulse: Density, knots: Array, lifetimes: Sequence[float]) -> float:
    """The part of the neutrinos that arrives after one time."""
    s, weights = composite(np.unique(np.append(knots[knots > time], min(max(time, knots[0]), knots[-1]))))
    total = float(weights @ pulse(s))
    if time > knots[0]:
        s, weights = _before(time, knots, lifetimes)
        total += float(weights @ (pulse(s) * decays_later(time - s, lifetimes)))
    return total
