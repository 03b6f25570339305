"""Scans of a theory whose counts are polynomials in its couplings, counts(θ) = Σ_t Π_p θ_p^{n_tp} T_t, in plain NumPy.

`chi2` is what a user writes, point by point and bin by bin; `chi2_factorised` what an expert does, one matrix product for all
points and one Poisson likelihood of an array (points, bins); `chi2_in_place` the fastest NumPy we know, which leaves out what
depends on no point.
"""

from __future__ import annotations

import math

import numpy as np

from ._types import Array


def weights(theta: Array, exponents: Array) -> Array:
    """Π_p θ_p^{n_tp} of points (n, p) and exponents (t, p): (n, t)."""
    out = np.ones((theta.shape[0], exponents.shape[0]))
    for t, powers in enumerate(exponents.tolist()):
        for p, power in enumerate(powers):
            for _ in range(power):
                out[:, t] *= theta[:, p]
    return out


def counts(theta: Array, exponents: Array, templates: Array) -> Array:
    """Counts (*bins) at one point (p,), term by term."""
    total = np.zeros(templates.shape[1:])
    for powers, template in zip(exponents.tolist(), templates, strict=True):
        weight = 1.0
        for value, power in zip(theta.tolist(), powers, strict=True):
            weight *= value**power
        total = total + weight * template
    return total


def chi2(theta: Array, exponents: Array, templates: Array, background: Array, observed: Array) -> float:
    """−2 ln(L/L_saturated) of Poisson counts at one point: 2 Σ [μ − n + n ln(n/μ)]."""
    total = 0.0
    expected = counts(theta, exponents, templates) + background
    for n, mu in zip(np.ravel(observed).tolist(), np.ravel(expected).tolist(), strict=True):
        if mu < 0 or (mu == 0 and n > 0):
            return math.inf
        total += 2 * (mu - n + (n * math.log(n / mu) if n > 0 else 0.0))
    return total


def chi2_factorised(theta: Array, exponents: Array, templates: Array, background: Array, observed: Array) -> Array:
    """The same of many points (n, p) and flat bins: a matrix product, then the likelihood of the array (n, bins)."""
    mu = weights(theta, exponents) @ templates + background
    some = observed > 0
    n, expected = observed[some], mu[:, some]
    with np.errstate(divide="ignore", invalid="ignore"):
        out = 2 * (mu.sum(axis=1) - n.sum() + np.sum(n * np.log(n / expected), axis=1))
    out[(mu.min(axis=1) < 0) | (expected.min(axis=1, initial=np.inf) <= 0)] = np.inf
    return np.asarray(out)


def chi2_in_place(theta: Array, exponents: Array, templates: Array, background: Array, observed: Array, buffer: Array) -> Array:
    """The same for n > 0 and μ > 0: Σμ and Σ n ln μ are matrix products too, and only the logarithm sees all (n, bins).

    `buffer` (n, bins) is kept by the caller: a new one in each call costs as much in page faults as all arithmetic.
    """
    w = weights(theta, exponents)
    np.matmul(w, templates, out=buffer)
    buffer += background
    np.log(buffer, out=buffer)
    constant = background.sum() - observed.sum() + observed @ np.log(observed)
    return np.asarray(2 * (w @ templates.sum(axis=1) + constant - buffer @ observed))


def profiled(
    signal: Array,
    background: Array,
    observed: Array,
    signal_effects: Array,
    background_effects: Array,
    sigma: Array,
    limits: Array,
    variance: Array | None = None,
) -> tuple[float, list[float]]:
    """χ² at one point, smallest over one or two nuisances ξ (k,) within limits (k, 2), and these: an interval loses thirds, one
    search inside the other, as a convex function that is made smallest over one variable is convex in the other.

        μ(ξ) = S (1 + Σ_k ξ_k s_k) + B + Σ_k ξ_k v_k,    χ²(ξ) = 2 Σ_b [μ − n + n ln(n/μ)] + Σ_k (ξ_k/σ_k)²

    or Σ_b (n − μ)²/σ² where a variance is given. A bin without counts is empty where less than nothing is expected. Arrays of
    bins are flat, effects (k, bins); limits must be finite.
    """
    directions = signal * signal_effects + background_effects
    some = observed > 0

    def value(xi: list[float]) -> float:
        mu = signal + background + np.array(xi) @ directions
        prior = float(np.sum((np.array(xi) / sigma) ** 2))
        if variance is not None:
            return float(np.sum((observed - mu) ** 2 / variance)) + prior
        n, expected = observed[some], mu[some]
        if (expected <= 0).any():  # impossible, the more so the further
            return 1e300 * (1.0 - 1e-9 / (1.0 + float((-expected / n).max())))
        return 2 * float(np.maximum(mu, 0.0).sum() - n.sum() + np.sum(n * np.log(n / expected))) + prior

    def lowest(xi: list[float]) -> tuple[float, list[float]]:
        if len(xi) == sigma.size:
            return value(xi), xi
        low, high = limits[len(xi)].tolist()
        for _ in range(50):
            third = (high - low) / 3
            if lowest([*xi, low + third])[0] <= lowest([*xi, high - third])[0]:
                high -= third
            else:
                low += third
        return min((lowest([*xi, x]) for x in (low, 0.5 * (low + high), high)), key=lambda found: found[0])

    return lowest([])
