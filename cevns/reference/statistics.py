"""Statistics bin by bin, as the papers write it: likelihoods, interpolated templates, Feldman–Cousins intervals.

S. Baker, R. D. Cousins, Nucl. Instr. Meth. 221 (1984) 437; K. Cranmer et al., CERN-OPEN-2012-016; G. J. Feldman, R. D. Cousins,
Phys. Rev. D 57 (1998) 3873; H. Dembinski, A. Abdelmotteleb, Eur. Phys. J. C 82 (2022) 1043.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from ._types import Array


def poisson_chi2(observed: ArrayLike, expected: ArrayLike) -> float:
    """−2 ln [Π Pois(n; μ)/Pois(n; n)]."""
    total = 0.0
    for n, mu in zip(np.ravel(observed).tolist(), np.ravel(expected).tolist(), strict=True):
        if mu < 0 or (mu == 0 and n > 0):
            return math.inf
        total += 2 * (mu - n + (n * math.log(n / mu) if n > 0 else 0.0))
    return total


def covariance_chi2(observed: ArrayLike, expected: ArrayLike, covariance: Array) -> float:
    """(n − μ)ᵀ C⁻¹ (n − μ)."""
    r = np.ravel(observed) - np.ravel(expected)
    return float(r @ np.linalg.solve(covariance, r))


def nuisance_covariance(variance: ArrayLike, directions: ArrayLike, sigma: ArrayLike) -> Array:
    """C = diag(σ²) + Σ s² v vᵀ: what linear nuisance parameters of standard deviation s add to a covariance."""
    C = np.diag(np.ravel(variance).astype(np.float64))
    for v, s in zip(np.asarray(directions, dtype=np.float64), np.ravel(sigma), strict=True):
        C = C + s**2 * np.outer(v, v)
    return C


def template_chi2(observed: ArrayLike, expected: ArrayLike, variance: ArrayLike) -> float:
    """Poisson(n; βμ) and Poisson(k; βk) of each bin, k = μ²/V, at the best of 200 000 β."""
    total = 0.0
    columns = (np.ravel(x).tolist() for x in (observed, expected, variance))
    for n, mu, v in zip(*columns, strict=True):
        k = mu**2 / v
        middle = (n + k) / (mu + k)
        beta = middle * np.linspace(0.9, 1.1, 200_001)
        term = beta * mu - n + (n * np.log(n / (beta * mu)) if n > 0 else 0.0) + beta * k - k - k * np.log(beta)
        total += 2 * float(np.min(term))
    return total


def interpolated(nominal: ArrayLike, down: ArrayLike, up: ArrayLike, theta: float) -> Array:
    """δ(θ) of HistFactory's code 4p: linear beyond ±1, a polynomial of sixth order between."""
    nominal, down, up = (np.asarray(x, dtype=np.float64) for x in (nominal, down, up))
    if theta > 1:
        return np.asarray(theta * (up - nominal))
    if theta < -1:
        return np.asarray(theta * (nominal - down))
    S = ((up - nominal) + (nominal - down)) / 2
    A = ((up - nominal) - (nominal - down)) / 16
    return np.asarray(theta * S + A * (15 * theta**2 - 10 * theta**4 + 3 * theta**6))


def expected(samples: Sequence[Mapping[str, object]], theta: Mapping[str, float]) -> Array:
    """μ(θ) of samples with "counts", and optionally "norm", "scales" and "shapes"."""
    total = np.zeros(())
    for sample in samples:
        counts = np.asarray(sample["counts"], dtype=np.float64)
        shape = counts.copy()
        for name, (down, up) in sample.get("shapes", {}).items():  # type: ignore[attr-defined]
            shape = shape + interpolated(counts, down, up, theta[name])
        scale = 1.0 + sum(size * theta[name] for name, size in sample.get("scales", {}).items())  # type: ignore[attr-defined]
        norm = theta[str(sample["norm"])] if "norm" in sample else 1.0
        total = total + norm * scale * shape
    return total


def feldman_cousins_accepted(signal: float, background: float, level: float, most: int = 200) -> tuple[int, int]:
    """The least and the largest count n that are accepted for a signal s on a known background b.

    Counts are taken in the order of R = Pois(n; s + b)/Pois(n; ŝ + b), ŝ = max(0, n − b), until their probability reaches the
    level.
    """
    counts = range(most)
    mu = signal + background

    def log_probability(n: int, mean: float) -> float:
        if mean == 0:
            return 0.0 if n == 0 else -math.inf
        return n * math.log(mean) - mean - math.lgamma(n + 1)

    ratio = [log_probability(n, mu) - log_probability(n, max(background, n)) for n in counts]
    order = sorted(counts, key=lambda n: -ratio[n])
    accepted, probability = [], 0.0
    for n in order:
        accepted.append(n)
        probability += math.exp(log_probability(n, mu))
        if probability >= level:
            break
    return min(accepted), max(accepted)


def feldman_cousins_interval(observed: int, background: float, level: float, step: float = 0.005) -> tuple[float, float]:
    """Ends of the signals, on a grid, for which the observed count is accepted."""
    signals = np.arange(0.0, observed + 15.0, step)
    inside = []
    for s in signals.tolist():
        low, high = feldman_cousins_accepted(s, background, level, 120)
        if low <= observed <= high:
            inside.append(s)
    return inside[0], inside[-1]
