"""Costs: a model and observed counts as one function of the parameters, with its gradient."""

import math
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import Array, known_name, real_array
from .._immutable import Immutable, frozen
from ..errors import InputError, UnsupportedError
from .likelihoods import KINDS, floored, floored_curvature, floored_slope, weights_of
from .models import Nuisance, values_of


class Expectation(Protocol):
    """What a cost needs of a model."""

    @property
    def nuisances(self) -> tuple[Nuisance, ...]: ...

    @property
    def shape(self) -> tuple[int, ...]: ...

    def counts(self, theta: Array) -> Array: ...

    def evaluate(self, theta: Array) -> tuple[Array, Array]: ...

    def curvature(self, theta: Array, weights: Array) -> Array: ...

    def evaluate_variance(self, theta: Array) -> tuple[Array, Array]: ...


class Cost(Immutable):
    """χ²(θ) of a model and observed counts: −2 ln(L/L_saturated) plus what is known of the parameters beforehand.

    It is what `iminuit.Minuit(cost, *cost.start)` takes, with names, limits and analytic gradient. A bin whose expected count
    is negative, as shapes far from their templates can make it, counts as empty: fine if nothing is observed in it.

    Parameters
    ----------
    model : Model
        Expected counts.
    observed : array_like (*bins)
        Counts; ≥ 0 for "poisson". Bins without counts, and without background, are fine.
    kind : {"poisson", "gaussian"}
        The likelihood; see `cevns.statistics.likelihoods`.
    variance : array_like (*bins) or (n_bins, n_bins), optional
        For "gaussian": variance by bin, or covariance matrix, as for `gaussian_chi2`.
    beeston_barlow : bool
        For "poisson": whether the finite statistics of the templates counts, by the `variance` of the samples.
    centers : array_like or mapping, optional
        Where the constraints of the parameters are centred, if not at their means: what an auxiliary measurement has found.

    Raises
    ------
    InputError, UnknownNameError, UnsupportedError
        For bad counts, shapes that do not match, an unknown kind, or an option that the kind does not have.

    Examples
    --------
    >>> from cevns.statistics import Cost, Model, Sample
    >>> signal = Sample("CEvNS", [40.0, 25.0], norm="mu", scale_effects={"flux": 0.1})
    >>> cost = Cost(Model([signal, Sample("steady state", [60.0, 55.0])]), [95, 84])
    >>> cost.parameters
    ('mu', 'flux')
    >>> round(cost(1.0, 0.0), 4), round(cost.profiled({"mu": 0.0}), 4)
    (0.451, 30.4564)
    """

    model: Any
    observed: Array
    kind: str
    variance: Array | None
    beeston_barlow: bool
    centers: Array

    errordef = 1.0  # what one standard deviation changes it by; iminuit asks

    def __init__(
        self,
        model: Expectation,
        observed: ArrayLike,
        kind: str = "poisson",
        *,
        variance: ArrayLike | None = None,
        beeston_barlow: bool = False,
        centers: ArrayLike | Mapping[str, float] | None = None,
    ) -> None:
        if not hasattr(model, "evaluate"):
            raise InputError(f"model must be a cevns.statistics.Model (got {model!r})")
        known_name(kind, KINDS, "kind of likelihood")
        n = frozen(real_array(observed, "observed", minimum=0.0 if kind == "poisson" else -np.inf))
        if n.shape != model.shape:
            raise InputError(f"observed must have the shape {model.shape} of the model's bins (got {n.shape})")
        if kind == "poisson" and variance is not None:
            raise UnsupportedError("variance is for kind='gaussian'; for templates of finite statistics give it to the samples")
        if kind == "gaussian" and beeston_barlow:
            raise UnsupportedError("beeston_barlow is for kind='poisson'; add the variance of the templates to the variance")
        if variance is not None:
            variance = frozen(real_array(variance, "variance"))
            weights_of(n, variance)
        means = np.array([nuisance.mean for nuisance in model.nuisances])
        given = frozen(means if centers is None else values_of(model.nuisances, centers))
        self.__dict__.update(
            model=model, observed=n, kind=kind, variance=variance, beeston_barlow=bool(beeston_barlow), centers=given
        )

    # ---- parameters ------------------------------------------------------------------------------------------------------

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters, in order."""
        return tuple(nuisance.name for nuisance in self.model.nuisances)

    @property
    def start(self) -> Array:
        """Means of the parameters: where a fit begins."""
        return np.array([nuisance.mean for nuisance in self.model.nuisances])

    @property
    def limits(self) -> tuple[tuple[float, float], ...]:
        """What the parameters cannot pass."""
        return tuple((nuisance.lower, nuisance.upper) for nuisance in self.model.nuisances)

    @property
    def ndata(self) -> int:
        """Number of bins and of constraints; iminuit asks."""
        return int(self.observed.size + np.count_nonzero(self._precision))

    @cached_property
    def _parameters(self) -> dict[str, tuple[float, float] | None]:
        """Names and limits, as iminuit asks for them."""
        free = (-math.inf, math.inf)
        return {name: None if pair == free else pair for name, pair in zip(self.parameters, self.limits, strict=True)}

    def values(self, theta: ArrayLike | Mapping[str, float]) -> Array:
        """The parameters as an array: from one, or from a mapping, in which a missing one is at its mean."""
        return values_of(self.model.nuisances, theta)

    # ---- the function ----------------------------------------------------------------------------------------------------

    def __call__(self, *theta: float) -> float:
        """χ² at the parameters, one by one."""
        return self._value(np.array(theta, dtype=np.float64))

    def grad(self, *theta: float) -> Array:
        """∂χ²/∂θ (n_parameters,) at the parameters, one by one; iminuit asks."""
        return self._expanded(np.array(theta, dtype=np.float64))[0]

    def value(self, theta: ArrayLike | Mapping[str, float]) -> float:
        """χ² at an array of parameters, or at a mapping, in which a missing one is at its mean; inf where it is impossible."""
        return self._value(self.values(theta))

    def gradient(self, theta: ArrayLike | Mapping[str, float]) -> Array:
        """∂χ²/∂θ (n_parameters,); arguments as for `value`."""
        return self._expanded(self.values(theta))[0]

    def profiled(self, fixed: Mapping[str, float]) -> float:
        """χ² with some parameters fixed, smallest over all others; see `cevns.statistics.minimise`."""
        from .minimisers import minimise

        return minimise(self, fixed=fixed).value

    def observing(self, observed: ArrayLike, centers: ArrayLike | Mapping[str, float] | None = None) -> "Cost":
        """The same cost for other counts, and other centres of the constraints."""
        arguments = self._arguments() | {"observed": observed}
        return Cost(**arguments | ({} if centers is None else {"centers": centers}))

    # ---- inside: nothing is checked --------------------------------------------------------------------------------------

    def _with(self, observed: Array, centers: Array) -> "Cost":
        """The same cost for other flat counts and centres that are known to be right."""
        cost = Cost.__new__(Cost)
        cost.__dict__.update(self.__dict__, observed=observed, centers=centers)
        for name in ("_seen", "_key", *(("_weight",) if self.variance is None else ())):
            cost.__dict__.pop(name, None)
        return cost

    def _value(self, theta: Array) -> float:
        pull = theta - self.centers
        prior = float(pull * self._precision @ pull)
        mu = self.model.counts(theta)
        n, seen, n_seen = self._seen
        if self.kind == "gaussian":
            r = n - mu
            return prior + float(r @ (self._weight * r if self._weight.ndim == 1 else self._weight @ r))
        if mu.min() < 0:
            mu = floored(mu)
        if self.beeston_barlow:
            k, beta = _betas(n, mu, self.model.evaluate_variance(theta)[0])
            prior += 2 * float(k @ (beta - 1 - np.log(beta)))
            mu = beta * mu
        here = mu[seen]
        if here.size and not here.min() > 0:
            return math.inf
        d = (here - n_seen) / n_seen
        return prior + 2 * float(mu.sum() - here.sum() + n_seen @ (d - np.log1p(d)))

    def _expanded(self, theta: Array, curvature: str = "none") -> tuple[Array, Array]:
        """∂χ²/∂θ (p,) and ∂²χ²/∂θ∂θ (p, p): "full", or "expected" on average, which is positive; or without ("none")."""
        pull = theta - self.centers
        mu, slope = self.model.evaluate(theta)
        n = self._seen[0]
        if self.kind == "gaussian":
            r = n - mu
            by_mu = -r * self._weight if self._weight.ndim == 1 else -self._weight @ r  # half of ∂χ²/∂μ
            gradient = 2 * (slope @ by_mu)
        else:
            empty = (mu < 0) & (n == 0) if mu.min() < 0 else None
            positive = np.maximum(mu, _LEAST)
            ratio = n / positive
            by_mu = 1 - ratio
            weight = ratio / positive if curvature == "full" else 1 / positive
            if self.beeston_barlow:
                v, v_slope = self.model.evaluate_variance(theta)
                _, beta = _betas(n, mu, v)
                by_k = beta - 1 - np.log(beta)
                # k = μ²/V: dk = 2 μ/V dμ − (μ/V)² dV
                relative = np.divide(mu, v, out=np.zeros(mu.size), where=v > 0)
                by_mu = beta - ratio + 2 * by_k * relative
                weight = 1 / np.maximum(mu + v, _LEAST)
                gradient = -2 * (v_slope @ (by_k * relative**2))
            else:
                gradient = np.zeros(theta.size)
            if empty is not None:
                by_mu[empty] = floored_slope(mu[empty])
                weight[empty] = floored_curvature(mu[empty])
            gradient += 2 * (slope @ by_mu)
        gradient += 2 * self._precision * pull
        if curvature == "none":
            return gradient, gradient[:0]
        if self.kind == "gaussian":
            weight = self._weight
        weighted = slope * weight if weight.ndim == 1 else slope @ weight
        matrix = weighted @ slope.T
        if curvature == "full":
            matrix += self.model.curvature(theta, by_mu)
        matrix *= 2
        matrix[np.diag_indices(theta.size)] += 2 * self._precision
        return gradient, matrix

    @cached_property
    def _precision(self) -> Array:
        return np.array([1 / nuisance.sigma**2 for nuisance in self.model.nuisances])

    @cached_property
    def _seen(self) -> tuple[Array, Any, Array]:
        """Flat counts, where there are some, and these."""
        n = self.observed.reshape(-1)
        seen = np.flatnonzero(n > 0)
        return n, seen, n[seen]

    @cached_property
    def _weight(self) -> Array:
        return weights_of(self.observed, self.variance)

    def _arguments(self) -> dict[str, Any]:
        arguments = {"model": self.model, "observed": self.observed, "kind": self.kind, "variance": self.variance}
        arguments |= {"beeston_barlow": self.beeston_barlow, "centers": self.centers}
        return arguments


_LEAST = 1e-12  # counts: a curvature is finite in empty bins


def _betas(n: Array, mu: Array, v: Array) -> tuple[Array, Array]:
    """Effective numbers of simulated events (0 where they are without number), and the factors β of the bins."""
    known = (v > 0) & (mu > 0)
    k = np.divide(mu**2, v, out=np.zeros(mu.size), where=known)
    return k, np.divide(n + k, mu + k, out=np.ones(mu.size), where=known)
