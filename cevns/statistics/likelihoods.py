"""Likelihoods of counts, as χ² = −2 ln(L/L_saturated), and linear nuisance parameters profiled away.

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
profiled nuisances, `profile_linear`: χ²(μ) = min_ξ χ²(μ + Σ_k ξ_k v_k) + Σ_k (ξ_k/σ_k)²
    definition
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import Array, digits, known_name, real_array, restore
from .._typed import Values, of_counts
from ..errors import InputError
from .checks import deviation

KINDS = ("poisson", "gaussian")
_CLOSE = 1e-12  # of χ²: what a Newton step of the profiling may still change
_STEPS = 100
_EXACT = 1e-30  # of counts: a template whose variance is a smaller part of it is known exactly
_LARGEST = 1e150  # of directions: their squares are numbers
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


@overload
def profile_linear(
    observed: Sequence[float],
    expected: Sequence[float],
    directions: ArrayLike,
    sigma: ArrayLike = ...,
    *,
    kind: str = ...,
    variance: ArrayLike | None = ...,
) -> tuple[float, Array]: ...
@overload
def profile_linear(
    observed: ArrayLike,
    expected: ArrayLike,
    directions: ArrayLike,
    sigma: ArrayLike = ...,
    *,
    kind: str = ...,
    variance: ArrayLike | None = ...,
) -> tuple[Values, Array]: ...
def profile_linear(
    observed: ArrayLike,
    expected: ArrayLike,
    directions: ArrayLike,
    sigma: ArrayLike = 1.0,
    *,
    kind: str = "poisson",
    variance: ArrayLike | None = None,
) -> tuple[Values, Array]:
    """χ² with linear nuisance parameters profiled away, for many predictions at once.

        χ²(μ) = min over ξ of χ²(μ + Σ_k ξ_k v_k) + Σ_k (ξ_k/σ_k)²

    Parameters
    ----------
    observed : array_like (*bins)
        Counts; ≥ 0 for "poisson".
    expected : array_like (..., *bins)
        Expected counts with all parameters at 0.
    directions : array_like (k, *bins) or (..., k, *bins)
        Change v of the expected counts by one unit of each parameter.
    sigma : array_like (k,)
        Standard deviations of the parameters, ≥ 1e-150; inf for free ones.
    kind : {"poisson", "gaussian"}
        The likelihood.
    variance : array_like, optional
        As for `gaussian_chi2`; for "gaussian" only.

    Returns
    -------
    (float or array (...), array (..., k))
        χ², and the ξ at which it is smallest. Infinity, and zeros, where counts are observed and none expected at any ξ.

    Raises
    ------
    InputError, UnknownNameError
        For bad counts, shapes that do not match, an unknown kind.

    Notes
    -----
    Gaussian: exactly, by Woodbury's identity, the χ² with the covariance C + Σ σ² v vᵀ, for a k × k system. Poisson: the
    problem is convex; Newton's steps, halved where they do not descend, end when they would change χ² by less than 1e-12. A bin
    without counts whose expectation is negative counts as empty. Where ξ = 0 is impossible, a possible point is found first.

    Examples
    --------
    >>> from cevns.statistics import profile_linear
    >>> chi2, pull = profile_linear([130.0], [100.0], [[10.0]], kind="gaussian", variance=[100.0])
    >>> round(chi2, 12), pull.tolist()  # 30²/(100 + 10²)
    (4.5, [1.5])
    """
    known_name(kind, KINDS, "kind of likelihood")
    n, mu = _counts(observed, expected, signed=kind == "gaussian")
    if kind == "poisson" and variance is not None:
        raise InputError("variance is for kind='gaussian'; a Poisson likelihood has its own")
    v = real_array(directions, "directions", minimum=-_LARGEST, maximum=_LARGEST)
    if v.ndim <= n.ndim or v.shape[v.ndim - n.ndim :] != n.shape:
        raise InputError(f"directions must have the shape (k, {', '.join(map(str, n.shape))}) (got {v.shape})")
    lead, k = mu.shape[: mu.ndim - n.ndim], v.shape[v.ndim - n.ndim - 1]
    s = deviation(sigma, "sigma")
    try:
        precision = np.broadcast_to((1 / s) ** 2, (k,))
        v = np.broadcast_to(v, (*lead, k, *n.shape)) if v.ndim > n.ndim + 1 else v
    except ValueError:
        raise InputError(f"sigma {s.shape} and directions {v.shape} must fit {k} parameters and predictions {lead}") from None
    count = int(np.prod(lead))
    flat_n, flat_mu = n.reshape(-1), mu.reshape(count, n.size)
    flat_v = v.reshape(math.prod(v.shape[: v.ndim - n.ndim - 1]), k, n.size)
    if kind == "gaussian":
        chi2, xi = _profile_gaussian(flat_n - flat_mu, flat_v, precision, weights_of(n, variance))
    else:
        with np.errstate(all="ignore"):  # what overflows is infinite in χ², and ends the steps
            chi2, xi = _profile_poisson(flat_n, flat_mu, flat_v, precision)
    return restore(chi2.reshape(lead)), xi.reshape(*lead, k)


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


def _profile_gaussian(residual: Array, v: Array, precision: Array, weight: Array) -> tuple[Array, Array]:
    """Residuals (m, n) and directions (m or 1, k, n) → χ² (m,) and ξ (m, k)."""
    weighted = _weighted(weight, v)
    matrix = weighted @ v.swapaxes(-1, -2) + np.diag(precision)
    right = (weighted @ residual[..., None])[..., 0]
    # in units in which each parameter weighs 1; free ones that change nothing stay at 0
    diagonal = np.diagonal(matrix, axis1=-2, axis2=-1)
    unit = 1 / np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    matrix, right = matrix * unit[..., None] * unit[..., None, :], right * unit
    xi = _solve(matrix, right) if precision.all() else (np.linalg.pinv(matrix, hermitian=True) @ right[..., None])[..., 0]
    xi = xi * unit
    left = residual - (xi[:, None, :] @ v)[:, 0]
    with np.errstate(over="ignore", invalid="ignore"):
        return _number((left * _weighted(weight, left)).sum(axis=-1) + (xi**2 * precision).sum(axis=-1)), xi


def _profile_poisson(n: Array, mu: Array, v: Array, precision: Array) -> tuple[Array, Array]:
    """Expected counts (m, n) and directions (m or 1, k, n) → χ² (m,) and ξ (m, k)."""
    xi = np.zeros((mu.shape[0], precision.size))
    impossible = np.isinf(_counted(n, mu).sum(axis=-1))
    for part in LEAST if impossible.any() else ():
        rows = np.flatnonzero(impossible)
        directions = v if v.shape[0] == 1 else v[rows]
        found = _descended(n, mu[rows], directions, precision, xi[rows], part)[1]
        there = mu[rows] + (found[:, None, :] @ directions)[:, 0]
        xi[rows] = found
        impossible[rows] = (there[:, n > 0] <= 0).any(axis=-1)
        if not impossible.any():
            break
    xi[impossible] = 0.0
    return _descended(n, mu, v, precision, xi, 0.0)


def _descended(n: Array, mu: Array, v: Array, precision: Array, xi: Array, part: float) -> tuple[Array, Array]:
    """χ² (m,) and ξ (m, k) by Newton's steps; with a parabola below a part of the observed counts, if one is given."""
    least = part * n

    def height(expected: Array, parameters: Array) -> Array:
        terms = _counted(n, expected)
        if part:
            low = (n > 0) & (expected < least)
            seen, floor = (np.broadcast_to(x, low.shape)[low] for x in (n, least))
            terms[low] = 2 * parabola(seen, expected[low], floor)[0]
        return np.asarray(terms.sum(axis=-1) + (parameters**2 * precision).sum(axis=-1))

    xi = xi.copy()
    chi2 = height(mu + (xi[:, None, :] @ v)[:, 0], xi)
    todo = np.flatnonzero(np.isfinite(chi2))
    for _ in range(_STEPS):
        if not todo.size:
            break
        directions = v if v.shape[0] == 1 else v[todo]
        now = xi[todo]
        here = mu[todo] + (now[:, None, :] @ directions)[:, 0]
        ratio = np.where(n > 0, n / here, 0.0)
        by_mu = np.where(n > 0, 1 - ratio, floored_slope(here))
        curve = np.where(n > 0, ratio / here, floored_curvature(here))
        if part:
            low = (n > 0) & (here < least)
            seen, floor = (np.broadcast_to(x, low.shape)[low] for x in (n, least))
            _, by_mu[low], curve[low] = parabola(seen, here[low], floor)
        slope = (directions @ by_mu[..., None])[..., 0] + now * precision
        matrix = (directions * curve[:, None]) @ directions.swapaxes(-1, -2) + np.diag(precision)
        # a trace of the expected curvature holds free parameters where nothing is observed
        inverse = np.divide(1.0, here, out=np.zeros(here.shape), where=here > 0)
        trace = 1e-9 * (directions**2 @ inverse[..., None])[..., 0] + 1e-300
        matrix[:, np.arange(precision.size), np.arange(precision.size)] += trace
        unsound = ~(np.isfinite(matrix).all(axis=(-2, -1)) & np.isfinite(slope).all(axis=-1))
        matrix[unsound], slope[unsound] = np.eye(precision.size), 0.0
        step = -_solve(matrix, slope)
        gain = -(slope * step).sum(axis=-1)  # twice what the step would lower χ²/2 by
        old, size = chi2[todo], np.ones(todo.size)
        waiting = gain > _CLOSE
        for _ in range(60):
            trial = now + size[:, None] * step
            found = height(mu[todo] + (trial[:, None, :] @ directions)[:, 0], trial)
            bad = waiting & ~(found <= old - 1e-4 * size * gain)
            if not bad.any():
                break
            size[bad] /= 2
        better = found < old
        xi[todo[better]], chi2[todo[better]] = trial[better], found[better]
        todo = todo[waiting & better]
    return chi2, xi


def _counted(n: Array, mu: Array) -> Array:
    """χ² of each bin; one without counts is empty where its expectation is negative."""
    return np.where(n > 0, _poisson_terms(n, mu), 2 * floored(mu))


def _solve(matrix: Array, right: Array) -> Array:
    try:
        return np.asarray(np.linalg.solve(matrix, right[..., None])[..., 0])
    except np.linalg.LinAlgError:  # of parameters that do the same: the shortest step
        return np.asarray((np.linalg.pinv(matrix, hermitian=True) @ right[..., None])[..., 0])


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
