"""Statistics bin by bin, as the papers write it: likelihoods, interpolated templates, Feldman–Cousins intervals.

S. Baker, R. D. Cousins, Nucl. Instr. Meth. 221 (1984) 437; K. Cranmer et al., CERN-OPEN-2012-016; G. J. Feldman, R. D. Cousins,
Phys. Rev. D 57 (1998) 3873; H. Dembinski, A. Abdelmotteleb, Eur. Phys. J. C 82 (2022) 1043.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

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


def profile_linear(
    observed: ArrayLike, expected: ArrayLike, directions: ArrayLike, sigma: ArrayLike = 1.0, variance: ArrayLike | None = None
) -> tuple[Array, Array]:
    """χ² (...) of predictions (..., *bins), smallest over linear nuisances ξ, and these (..., k).

        χ²(μ) = min over ξ of χ²(μ + Σ_k ξ_k v_k) + Σ_k (ξ_k/σ_k)²

    χ² is that of Poisson, or Σ (n − μ)²/V with a variance V (*bins). Directions v are (k, *bins) or (..., k, *bins). Both are
    convex: the second is one linear system; the first takes Newton's steps, halved where they do not descend, until they would
    change χ² by less than 1e-12. A bin without counts whose expectation is negative counts as empty, which begins smoothly
    within SOFT below zero. χ² is infinite, and ξ = 0, where ξ = 0 is impossible.
    """
    n, mu, v = (np.asarray(x, dtype=np.float64) for x in (observed, expected, directions))
    lead, k, size = mu.shape[: mu.ndim - n.ndim], v.shape[v.ndim - n.ndim - 1], n.size
    precision = np.broadcast_to(1.0 / np.asarray(sigma, dtype=np.float64) ** 2, (k,))
    count = math.prod(lead)
    v = np.broadcast_to(v, (*lead, k, *n.shape)).reshape(count, k, size)
    n, mu = n.reshape(size), mu.reshape(count, size)
    if variance is None:
        chi2, xi = _poisson_profile(n, mu, v, precision)
    else:
        weighted, residual = v / np.reshape(variance, -1), n - mu
        matrix = weighted @ v.swapaxes(-1, -2) + np.diag(precision)
        xi = np.linalg.solve(matrix, weighted @ residual[..., None])[..., 0]
        left = residual - (xi[:, None, :] @ v)[:, 0]
        chi2 = (left**2 / np.reshape(variance, -1)).sum(axis=-1) + (xi**2 * precision).sum(axis=-1)
    return chi2.reshape(lead), xi.reshape(*lead, k)


SOFT = 1e-4  # counts


def _poisson_profile(n: Array, mu: Array, v: Array, precision: Array) -> tuple[Array, Array]:
    """Expected counts (m, n) and directions (m, k, n) → χ² (m,) and ξ (m, k)."""
    some, diagonal = n > 0, np.arange(precision.size)

    def there(rows: NDArray[np.intp], parameters: Array) -> Array:
        return np.asarray(mu[rows] + (parameters[:, None, :] @ v[rows])[:, 0])

    def height(counts: Array, parameters: Array) -> Array:
        below = np.clip(counts, -SOFT, 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            seen = np.where(counts > 0, counts - n - n * np.log(counts / n), np.inf)
            terms = np.where(some, seen, np.where(counts < 0, below + below**2 / (2 * SOFT), counts))
        return np.asarray(2 * terms.sum(axis=-1) + (parameters**2 * precision).sum(axis=-1))

    xi = np.zeros((mu.shape[0], precision.size))
    chi2 = height(mu, xi)
    todo = np.flatnonzero(np.isfinite(chi2))
    for _ in range(100):
        if not todo.size:
            break
        now, here, old, size = xi[todo], there(todo, xi[todo]), chi2[todo], np.ones(todo.size)
        ratio = np.where(some, n / here, 0.0)
        slope = np.where(some, 1 - ratio, 1 + np.clip(here, -SOFT, 0.0) / SOFT)
        curve = np.where(some, ratio / here, np.where((here < 0) & (here > -SOFT), 1 / SOFT, 0.0))
        gradient = (v[todo] @ slope[..., None])[..., 0] + now * precision
        matrix = (v[todo] * curve[:, None]) @ v[todo].swapaxes(-1, -2) + np.diag(precision)
        # a trace of the curvature that is to be expected, so that what nothing observed holds has a step
        matrix[:, diagonal, diagonal] += 1e-9 * (v[todo] ** 2 @ (1 / np.maximum(here, SOFT))[..., None])[..., 0] + 1e-300
        step = -np.linalg.solve(matrix, gradient[..., None])[..., 0]
        gain = -(gradient * step).sum(axis=-1)
        waiting = gain > 1e-12
        for _ in range(60):
            trial = now + size[:, None] * step
            found = height(there(todo, trial), trial)
            bad = waiting & ~(found <= old - 1e-4 * size * gain)
            if not bad.any():
                break
            size[bad] /= 2
        better = found < old
        xi[todo[better]], chi2[todo[better]] = trial[better], found[better]
        todo = todo[waiting & better]
    return chi2, xi
