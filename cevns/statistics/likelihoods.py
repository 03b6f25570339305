"""Likelihoods of counts, as χ² = −2 ln(L/L_saturated).

    Poisson    2 Σ [μ − n + n ln(n/μ)]               S. Baker, R. D. Cousins, Nucl. Instr. Meth. 221 (1984) 437
    Gauss      Σ (n − μ)²/σ², or (n − μ)ᵀ C⁻¹ (n − μ)
    template   min over β of Poisson(n; βμ) + Poisson(k; βk), k = μ²/V, V the variance of the template:
               β = (n + k)/(μ + k)         R. Barlow, C. Beeston, Comput. Phys. Commun. 77 (1993) 219, with one factor a bin;
               H. Dembinski, A. Abdelmotteleb, Eur. Phys. J. C 82 (2022) 1043, eq. 22

Each is exact for no counts, empty bins and no background: a bin with n = 0 gives 2μ, one with μ = 0 and n > 0 gives infinity.
Where a number overflows χ² is infinity, never nan.

Formulas
--------
likelihood of counts, `poisson_chi2`: −2 ln L = 2 Σ [μ − n + n ln(n/μ)]
    S. Baker, R. D. Cousins, Nucl. Instr. Meth. 221 (1984) 437
Gaussian likelihood, `gaussian_chi2`: (n − μ)ᵀ C⁻¹ (n − μ)
    definition
finite simulation, `template_chi2`: β = (n + k)/(μ + k), k = μ²/V
    H. Dembinski, A. Abdelmotteleb, Eur. Phys. J. C 82 (2022) 1043
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import Array, digits, real_array, restore
from .._typed import Values, of_counts
from ..errors import InputError

KINDS = ("poisson", "gaussian")
_EXACT = 1e-30  # of counts: a template whose variance is a smaller part of it is known exactly
# Where fewer counts are expected than this part of the observed ones, a parabola stands in while a possible point is sought.
LEAST = (1e-1, 1e-3, 1e-6, 1e-12)
_SMALLEST = 1e-300  # of variances: their inverses are numbers
SOFT = 1e-4  # counts: within it below 0 the slope of χ² goes to 0, as a minimum needs one; χ² is lower by as much at most


@of_counts
def poisson_chi2(observed: ArrayLike, expected: ArrayLike) -> Values:
    """χ² of Poisson counts.

    Parameters
    ----------
    observed : array_like (*bins)
        Counts, ≥ 0; need not be integers (an Asimov set is not).
    expected : array_like (..., *bins)
        Expected counts. Negative ones are infinitely unlikely.

    Returns
    -------
    float or array (...)
        2 Σ [μ − n + n ln(n/μ)] over the bins; inf where μ < 0, or μ = 0 and n > 0.

    Raises
    ------
    InputError
        For negative or nan counts, or expected counts with other bins.

    Notes
    -----
    A bin with |d| < 1/2, d = (μ − n)/n, is computed as n (d − ln(1 + d)), which keeps its digits for μ near n and many counts;
    the others as they are written, which keeps them for μ far below n.

    Examples
    --------
    >>> from cevns.statistics import poisson_chi2
    >>> round(poisson_chi2([0, 3], [1.0, 3.0]), 12)
    2.0
    """
    n, mu = _counts(observed, expected)
    return restore(_total(_poisson_terms(n, mu), n))


@of_counts
def gaussian_chi2(observed: ArrayLike, expected: ArrayLike, variance: ArrayLike | None = None) -> Values:
    """χ² of normal counts.

    Parameters
    ----------
    observed : array_like (*bins)
        Counts; may be negative, as differences are.
    expected : array_like (..., *bins)
        Expected counts.
    variance : array_like (*bins) or (n_bins, n_bins), optional
        Variance by bin, ≥ 0; bins with variance 0 do not count. Or the covariance matrix of all bins. By default the observed
        counts, or 1 where there are none.

    Returns
    -------
    float or array (...)
        Σ (n − μ)²/σ², or (n − μ)ᵀ C⁻¹ (n − μ).

    Raises
    ------
    InputError
        For nan counts, a negative variance, a covariance that is not positive definite, or shapes that do not match.

    Examples
    --------
    >>> from cevns.statistics import gaussian_chi2
    >>> gaussian_chi2([4.0, 0.0], [6.0, 1.0])
    2.0
    """
    n, mu = _counts(observed, expected, signed=True)
    weight = weights_of(n, variance)
    with np.errstate(over="ignore", invalid="ignore"):
        r = (n - mu).reshape(*mu.shape[: mu.ndim - n.ndim], n.size)
        return restore(_number((r * _weighted(weight, r)).sum(axis=-1)))


def template_chi2(observed: ArrayLike, expected: ArrayLike, variance: ArrayLike) -> Values:
    """χ² of Poisson counts whose expectation comes from templates of finite statistics.

    Parameters
    ----------
    observed : array_like (*bins)
        Counts, ≥ 0.
    expected : array_like (..., *bins)
        Sum of the templates.
    variance : array_like (..., *bins)
        Its variance, ≥ 0: Σ w² of the simulated events. Bins with variance 0 are known exactly.

    Returns
    -------
    float or array (...)
        χ², minimal over one factor β on the expectation of each bin.

    Raises
    ------
    InputError
        For negative or nan counts or variances, or shapes that do not match.

    Notes
    -----
    β = (n + k)/(μ + k) with k = μ²/V, the effective number of simulated events, of which k were expected and βk seen.

    Examples
    --------
    >>> from cevns.statistics import poisson_chi2, template_chi2
    >>> template_chi2([5.0], [8.0], [4.0]) < poisson_chi2([5.0], [8.0])
    True
    """
    n, mu = _counts(observed, expected)
    v = real_array(variance, "variance", minimum=0.0)
    try:
        mu, v = np.broadcast_arrays(mu, v)
    except ValueError:
        raise InputError(f"variance must have the shape {mu.shape} of the expected counts (got {v.shape})") from None
    return restore(_total(_template_terms(n, mu, v), n))


# ---- inside: nothing is checked ------------------------------------------------------------------------------------------


def weights_of(observed: Array, variance: ArrayLike | None) -> Array:
    """The weights of residuals: 1/σ² (n,) by flat bin, 0 for bins that do not count; or an inverse covariance."""
    size = observed.size
    v = np.where(observed > 0, observed, 1.0) if variance is None else real_array(variance, "variance")
    if v.shape == (size, size) and observed.shape != v.shape:
        if (np.abs(v - v.T) > 1e-12 * np.abs(v).max()).any():
            raise InputError("covariance of the bins must be symmetric")
        try:
            root = np.linalg.inv(np.linalg.cholesky(v))
        except np.linalg.LinAlgError:
            raise InputError("covariance of the bins must be positive definite") from None
        return np.asarray(root.T @ root)
    if v.shape not in ((), observed.shape):
        raise InputError(f"variance must have the shape {observed.shape} of the bins or ({size}, {size}) (got {v.shape})")
    v = np.broadcast_to(real_array(v, "variance", minimum=0.0), observed.shape).reshape(-1)
    known = v > 0
    if (v[known] < _SMALLEST).any():
        raise InputError(f"variance must be 0 or >= {_SMALLEST:g} (got {digits(v[known].min())})")
    return np.divide(1.0, v, out=np.zeros(size), where=known)


def _weighted(weight: Array, residuals: Array) -> Array:
    return residuals * weight if weight.ndim == 1 else residuals @ weight


def floored(mu: Array) -> Array:
    """Expected counts of which negative ones count as none, without a kink at 0; and, below, its derivatives."""
    below = np.clip(mu, -SOFT, 0.0)
    return np.where(mu < 0, below + below**2 / (2 * SOFT), mu)


def floored_slope(mu: Array) -> Array:
    return 1 + np.clip(mu, -SOFT, 0.0) / SOFT


def floored_curvature(mu: Array) -> Array:
    return np.where((mu < 0) & (mu > -SOFT), 1 / SOFT, 0.0)


def _poisson_terms(n: Array, mu: Array) -> Array:
    """χ² of each bin; arrays broadcast."""
    with np.errstate(all="ignore"):
        d = (mu - n) / n
        terms = np.where(n > 0, n * (d - np.log1p(d)), mu)
        far = (n > 0) & ~(np.abs(d) < 0.5)
        if far.any():
            seen, here = (x[far] for x in np.broadcast_arrays(n, mu))
            terms[far] = here - seen + seen * (np.log(seen) - np.log(here))
        return np.where((mu < 0) | ((mu == 0) & (n > 0)) | np.isnan(terms), np.inf, 2 * terms)


def poisson_sum(n: Array, mu: Array) -> float:
    """χ²/2 of bins (n,) with counts, n > 0; nan or inf where it is impossible or overflows."""
    d = (mu - n) / n
    near = np.abs(d) < 0.5
    if near.all():
        return float(n @ (d - np.log1p(d)))
    if not mu.min() > 0:
        return np.inf
    far = ~near
    seen, here, d = n[far], mu[far], d[near]
    return float(n[near] @ (d - np.log1p(d)) + (here - seen + seen * (np.log(seen) - np.log(here))).sum())


def parabola(n: Array, mu: Array, least: Array) -> tuple[Array, Array, Array]:
    """χ²/2 of bins of which too few counts are expected, and its derivatives: the parabola that touches it at `least`."""
    with np.errstate(all="ignore"):
        slope, curve = 1 - n / least, n / least / least
        d = mu - least
        return least - n - n * np.log(least / n) + d * (slope + d * curve / 2), slope + d * curve, curve


class Simulated(NamedTuple):
    """The information in the simulated events of templates, by bin."""

    k: Array  # effective number of them, μ²/V; 0 in bins that are known exactly
    ratio: Array  # r: how many there are over how many were to be expected; 1, but in toys
    apart: Array  # (β − r)/r
    beta: Array  # β = (n + rk)/(μ + k)
    mean: Array  # βμ

    @property
    def slope(self) -> Array:
        """r ln(r/β) − r + β: χ²/2 of one of k events, and the derivative by k of all of χ²/2."""
        with np.errstate(all="ignore"):
            return np.where(self.ratio > 0, self.ratio * (self.apart - np.log1p(self.apart)), self.beta)

    @property
    def terms(self) -> Array:
        """χ²/2 of the simulated events, Poisson(rk; βk)."""
        with np.errstate(all="ignore"):
            terms = np.where(self.k > 0, self.k * self.slope, 0.0)
            return np.where(np.isnan(terms), np.inf, terms)


def simulated(n: Array, mu: Array, v: Array, ratio: Array | float = 1.0) -> Simulated:
    """The best factors β on the expected counts of bins whose templates have the variance v; arrays broadcast."""
    with np.errstate(all="ignore"):
        events = mu / v  # of weight V/μ, for each count
        known = (v > _EXACT * mu) & (mu > 0) & (mu * events < np.inf)
        k = np.where(known, mu * events, 0.0)
        r = np.where(known, ratio, 1.0)
        total = mu + k
        apart = np.where(known, (n - r * mu) / (r * total), 0.0)  # without the cancellation of β − r where k is large
        beta = np.where(known, (n + r * k) / total, 1.0)
        return Simulated(k, r, apart, beta, np.where(known, (n + r * k) / (1 + events), mu))


def _template_terms(n: Array, mu: Array, v: Array) -> Array:
    """χ² of each bin of templates with variance v; arrays broadcast."""
    found = simulated(n, mu, v)
    with np.errstate(over="ignore"):
        return _poisson_terms(n, found.mean) + 2 * found.terms


def _counts(observed: ArrayLike, expected: ArrayLike, *, signed: bool = False) -> tuple[Array, Array]:
    n = real_array(observed, "observed", minimum=-np.inf if signed else 0.0)
    mu = real_array(expected, "expected")
    if mu.ndim < n.ndim or mu.shape[mu.ndim - n.ndim :] != n.shape:
        raise InputError(f"expected must have the bins {n.shape} of the observed counts as last axes (got shape {mu.shape})")
    return n, mu


def _total(terms: Array, n: Array) -> Array:
    """Sum over the bins of observed counts n."""
    with np.errstate(over="ignore"):
        return np.asarray(np.sum(terms, axis=_bins(n)))


def _number(chi2: Array) -> Array:
    """χ², infinite where it has overflowed."""
    return np.where(np.isnan(chi2), np.inf, np.maximum(chi2, 0.0))


def _bins(n: Array) -> tuple[int, ...]:
    return tuple(range(-n.ndim, 0))
