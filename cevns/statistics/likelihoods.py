"""Likelihoods of counts, as χ² = −2 ln(L/L_saturated), and linear nuisance parameters profiled away.

    Poisson    2 Σ [μ − n + n ln(n/μ)]               S. Baker, R. D. Cousins, Nucl. Instr. Meth. 221 (1984) 437
    Gauss      Σ (n − μ)²/σ², or (n − μ)ᵀ C⁻¹ (n − μ)
    template   min over β of Poisson(n; βμ) + Poisson(k; βk), k = μ²/V, V the variance of the template:
               β = (n + k)/(μ + k)         R. Barlow, C. Beeston, Comput. Phys. Commun. 77 (1993) 219, with one factor a bin;
               H. Dembinski, A. Abdelmotteleb, Eur. Phys. J. C 82 (2022) 1043, eq. 22

Each is exact for no counts, empty bins and no background: a bin with n = 0 gives 2μ, one with μ = 0 and n > 0 gives infinity.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import Array, known_name, real_array, restore
from ..errors import InputError

KINDS = ("poisson", "gaussian")
_CLOSE = 1e-12  # of χ²: what a Newton step of the profiling may still change
_STEPS = 100
SOFT = 1e-4  # counts: within it below 0 the slope of χ² goes to 0, as a minimum needs one; χ² is lower by as much at most


def poisson_chi2(observed: ArrayLike, expected: ArrayLike) -> Any:
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
    Each bin is computed as n (d − ln(1 + d)), d = (μ − n)/n, which keeps its digits for μ near n and many counts.

    Examples
    --------
    >>> from cevns.statistics import poisson_chi2
    >>> round(poisson_chi2([0, 3], [1.0, 3.0]), 12)
    2.0
    """
    n, mu = _counts(observed, expected)
    return restore(np.sum(_poisson_terms(n, mu), axis=_bins(n)))


def gaussian_chi2(observed: ArrayLike, expected: ArrayLike, variance: ArrayLike | None = None) -> Any:
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
    r = (n - mu).reshape(*mu.shape[: mu.ndim - n.ndim], n.size)
    return restore(np.asarray((r * _weighted(weight, r)).sum(axis=-1)))


def template_chi2(observed: ArrayLike, expected: ArrayLike, variance: ArrayLike) -> Any:
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
    return restore(np.sum(template_terms(n, mu, v), axis=_bins(n)))


def profile_linear(
    observed: ArrayLike,
    expected: ArrayLike,
    directions: ArrayLike,
    sigma: ArrayLike = 1.0,
    *,
    kind: str = "poisson",
    variance: ArrayLike | None = None,
) -> tuple[Any, Array]:
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
        Standard deviations of the parameters, > 0; inf for free ones.
    kind : {"poisson", "gaussian"}
        The likelihood.
    variance : array_like, optional
        As for `gaussian_chi2`; for "gaussian" only.

    Returns
    -------
    (float or array (...), array (..., k))
        χ², and the ξ at which it is smallest. Infinity, and zeros, where μ < 0 or where counts are observed and μ = 0.

    Raises
    ------
    InputError, UnknownNameError
        For bad counts, shapes that do not match, an unknown kind.

    Notes
    -----
    Gaussian: exactly, by Woodbury's identity, the χ² with the covariance C + Σ σ² v vᵀ, for a k × k system. Poisson: the
    problem is convex; Newton's steps, halved where they do not descend, end when they would change χ² by less than 1e-12. A bin
    without counts that the parameters make negative counts as empty.

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
    v = real_array(directions, "directions")
    if v.ndim <= n.ndim or v.shape[v.ndim - n.ndim :] != n.shape:
        raise InputError(f"directions must have the shape (k, {', '.join(map(str, n.shape))}) (got {v.shape})")
    lead, k = mu.shape[: mu.ndim - n.ndim], v.shape[v.ndim - n.ndim - 1]
    s = real_array(sigma, "sigma", minimum=0.0, above=True, infinite=True)
    try:
        precision = np.broadcast_to(1 / s**2, (k,))
        v = np.broadcast_to(v, (*lead, k, *n.shape)) if v.ndim > n.ndim + 1 else v
    except ValueError:
        raise InputError(f"sigma {s.shape} and directions {v.shape} must fit {k} parameters and predictions {lead}") from None
    count = int(np.prod(lead))
    flat_n, flat_mu = n.reshape(-1), mu.reshape(count, n.size)
    flat_v = v.reshape(-1, k, n.size)
    if kind == "gaussian":
        chi2, xi = _profile_gaussian(flat_n - flat_mu, flat_v, precision, weights_of(n, variance))
    else:
        chi2, xi = _profile_poisson(flat_n, flat_mu, flat_v, precision)
    return restore(chi2.reshape(lead)), xi.reshape(*lead, k)


# ---- inside: nothing is checked ------------------------------------------------------------------------------------------


def weights_of(observed: Array, variance: ArrayLike | None) -> Array:
    """What residuals are weighted with: 1/σ² (n,) by flat bin, 0 for bins that do not count; or an inverse covariance."""
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
    return np.divide(1.0, v, out=np.zeros(size), where=v > 0)


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
    with np.errstate(divide="ignore", invalid="ignore"):
        d = (mu - n) / n
        terms = np.where(n > 0, n * (d - np.log1p(d)), mu)
    return np.where((mu < 0) | ((mu == 0) & (n > 0)), np.inf, 2 * terms)


def template_terms(n: Array, mu: Array, v: Array) -> Array:
    """χ² of each bin of templates with variance v; arrays broadcast."""
    with np.errstate(divide="ignore", invalid="ignore"):
        k = np.where(v > 0, mu**2 / v, 0.0)
        beta = np.where((v > 0) & (mu > 0), (n + k) / (mu + k), 1.0)
    return _poisson_terms(n, np.where(mu < 0, mu, beta * mu)) + np.where(mu > 0, _poisson_terms(k, beta * k), 0.0)


def _profile_gaussian(residual: Array, v: Array, precision: Array, weight: Array) -> tuple[Array, Array]:
    """Residuals (m, n) and directions (m or 1, k, n) → χ² (m,) and ξ (m, k)."""
    weighted = _weighted(weight, v)
    matrix = weighted @ v.swapaxes(-1, -2) + np.diag(precision)
    right = (weighted @ residual[..., None])[..., 0]
    # free parameters that change nothing stay at 0
    xi = (np.linalg.pinv(matrix, hermitian=True) @ right[..., None])[..., 0] if not precision.all() else _solve(matrix, right)
    left = residual - (xi[:, None, :] @ v)[:, 0]
    return (left * _weighted(weight, left)).sum(axis=-1) + (xi**2 * precision).sum(axis=-1), xi


def _profile_poisson(n: Array, mu: Array, v: Array, precision: Array) -> tuple[Array, Array]:
    """Expected counts (m, n) and directions (m or 1, k, n) → χ² (m,) and ξ (m, k)."""
    xi = np.zeros((mu.shape[0], precision.size))
    chi2 = _poisson_terms(n, mu).sum(axis=-1)
    todo = np.flatnonzero(np.isfinite(chi2))
    for _ in range(_STEPS):
        if not todo.size:
            break
        directions = v if v.shape[0] == 1 else v[todo]
        now = xi[todo]
        here = mu[todo] + (now[:, None, :] @ directions)[:, 0]
        ratio = np.divide(n, here, out=np.zeros(here.shape), where=n > 0)
        slope = (directions @ np.where(n > 0, 1 - ratio, floored_slope(here))[..., None])[..., 0] + now * precision
        curve = np.where(n > 0, np.divide(ratio, here, out=np.zeros(here.shape), where=n > 0), floored_curvature(here))
        matrix = (directions * curve[:, None]) @ directions.swapaxes(-1, -2) + np.diag(precision)
        # a trace of the expected curvature holds free parameters where nothing is observed
        inverse = np.divide(1.0, here, out=np.zeros(here.shape), where=here > 0)
        trace = 1e-9 * (directions**2 @ inverse[..., None])[..., 0] + 1e-300
        matrix[:, np.arange(precision.size), np.arange(precision.size)] += trace
        step = -_solve(matrix, slope)
        gain = -(slope * step).sum(axis=-1)  # twice what the step would lower χ²/2 by
        old, size = chi2[todo], np.ones(todo.size)
        waiting = gain > _CLOSE
        for _ in range(60):
            trial = now + size[:, None] * step
            there = mu[todo] + (trial[:, None, :] @ directions)[:, 0]
            found = np.where(n > 0, _poisson_terms(n, there), 2 * floored(there)).sum(axis=-1)
            found += (trial**2 * precision).sum(axis=-1)
            bad = waiting & ~(found <= old - 1e-4 * size * gain)
            if not bad.any():
                break
            size[bad] /= 2
        better = found < old
        xi[todo[better]], chi2[todo[better]] = trial[better], found[better]
        todo = todo[waiting & better]
    return chi2, xi


def _solve(matrix: Array, right: Array) -> Array:
    return np.asarray(np.linalg.solve(matrix, right[..., None])[..., 0])


def _counts(observed: ArrayLike, expected: ArrayLike, *, signed: bool = False) -> tuple[Array, Array]:
    n = real_array(observed, "observed", minimum=-np.inf if signed else 0.0)
    mu = real_array(expected, "expected")
    if mu.ndim < n.ndim or mu.shape[mu.ndim - n.ndim :] != n.shape:
        raise InputError(f"expected must have the bins {n.shape} of the observed counts as last axes (got shape {mu.shape})")
    return n, mu


def _bins(n: Array) -> tuple[int, ...]:
    return tuple(range(-n.ndim, 0))
