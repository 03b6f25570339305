"""Costs: a model and observed counts as one function of the parameters, with its gradient."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NoReturn, Protocol

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import Array, flag, known_name, real_array, shown, transposed
from .._immutable import Immutable, frozen, kept
from .._texts import cut, names, written
from ..errors import InputError, UnsupportedError
from .checks import model_of
from .likelihoods import KINDS, floored, floored_curvature, floored_slope, parabola, poisson_sum, simulated, weights_of
from .minimisers import minimize
from .models import Nuisance, values_of


class Expectation(Protocol):
    """The properties of a model that a cost needs."""

    @property
    def nuisances(self) -> tuple[Nuisance, ...]: ...

    @property
    def shape(self) -> tuple[int, ...]: ...

    def counts(self, theta: Array) -> Array: ...

    def evaluate(self, theta: Array) -> tuple[Array, Array]: ...

    def curvature(self, theta: Array, weights: Array) -> Array: ...

    def evaluate_variance(self, theta: Array) -> tuple[Array, Array]: ...

    def variance_curvature(self, theta: Array, weights: Array) -> Array: ...


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
    simulated : array_like (*bins), optional
        For `beeston_barlow`: how many simulated events the templates have, over how many they are expected to have, ≥ 0. 1 by
        default, as the templates themselves are the best guess; those of toys scatter about it, see `toys`.

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
    simulated: Array | None

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
        simulated: ArrayLike | None = None,
    ) -> None:
        model_of(model, "evaluate", "curvature")
        if flag(beeston_barlow, "beeston_barlow"):
            model_of(model, "evaluate_variance", "variance_curvature")
        known_name(kind, KINDS, "kind of likelihood")
        n = frozen(real_array(observed, "observed", minimum=0.0 if kind == "poisson" else -np.inf))
        if n.shape != model.shape:
            hint = transposed(n.shape, model.shape)
            raise InputError(f"observed must have the shape {model.shape} of the model's bins (got {n.shape}){hint}")
        if kind == "poisson" and variance is not None:
            raise UnsupportedError("variance is for kind='gaussian'; for templates of finite statistics give it to the samples")
        if kind == "gaussian" and beeston_barlow:
            raise UnsupportedError("beeston_barlow is for kind='poisson'; add the variance of the templates to the variance")
        if variance is not None:
            variance = frozen(real_array(variance, "variance"))
            weights_of(n, variance)
        if simulated is not None:
            if not beeston_barlow:
                raise UnsupportedError("simulated is for beeston_barlow=True: without it templates are known exactly")
            simulated = frozen(real_array(simulated, "simulated", minimum=0.0))
            if simulated.shape != n.shape:
                hint = transposed(simulated.shape, n.shape)
                raise InputError(f"simulated must have the shape {n.shape} of the bins (got {simulated.shape}){hint}")
        means = np.array([nuisance.mean for nuisance in model.nuisances])
        given = frozen(means if centers is None else values_of(model.nuisances, centers))
        self.__dict__.update(
            model=model,
            observed=n,
            kind=kind,
            variance=variance,
            beeston_barlow=bool(beeston_barlow),
            centers=given,
            simulated=simulated,
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
        """The limits of the parameters."""
        return tuple((nuisance.lower, nuisance.upper) for nuisance in self.model.nuisances)

    @property
    def ndata(self) -> int:
        """Number of bins and of constraints; iminuit asks."""
        return int(self.observed.size + np.count_nonzero(self._precision))

    @kept
    def _parameters(self) -> dict[str, tuple[float, float] | None]:
        """Names and limits, as iminuit asks for them."""
        free = (-math.inf, math.inf)
        return {name: None if pair == free else pair for name, pair in zip(self.parameters, self.limits, strict=True)}

    def values(self, theta: ArrayLike | Mapping[str, float]) -> Array:
        """The parameters as an array: from one, or from a mapping, in which a missing one is at its mean."""
        return values_of(self.model.nuisances, theta)

    # ---- the function ----------------------------------------------------------------------------------------------------

    @property
    def verbose(self) -> NoReturn:
        """An attribute that iminuit needs of costs that it adds up; it cannot add this one."""
        self.__add__("a cost of iminuit")

    def __add__(self, other: object) -> NoReturn:
        raise UnsupportedError(
            f"a Cost cannot be added to others (got {shown(other)}): a normal constraint is a Nuisance of its model, "
            "Nuisance(name, sigma, mean)"
        )

    __radd__ = __add__

    def __call__(self, *theta: float) -> float:
        """χ² at the parameters, one by one; inf where it is impossible."""
        return self._value(self._each(theta))

    def grad(self, *theta: float) -> Array:
        """∂χ²/∂θ (n_parameters,) at the parameters, one by one; iminuit asks."""
        return self._expanded(self._each(theta))[0]

    def value(self, theta: ArrayLike | Mapping[str, float]) -> float:
        """χ² at an array of parameters, or at a mapping, in which a missing one is at its mean; inf where it is impossible."""
        return self._value(self.values(theta))

    def gradient(self, theta: ArrayLike | Mapping[str, float]) -> Array:
        """∂χ²/∂θ (n_parameters,); arguments as for `value`."""
        return self._expanded(self.values(theta))[0]

    def curvature(self, theta: ArrayLike | Mapping[str, float]) -> Array:
        """∂²χ²/∂θ∂θ (n_parameters, n_parameters), exactly; arguments as for `value`."""
        return self._expanded(self.values(theta), "full")[1]

    def profiled(self, fixed: Mapping[str, float]) -> float:
        """χ² with some parameters fixed, smallest over all others; see `cevns.statistics.minimize`."""
        return minimize(self, fixed=fixed).chi2

    def observing(
        self,
        observed: ArrayLike,
        centers: ArrayLike | Mapping[str, float] | None = None,
        simulated: ArrayLike | None = None,
    ) -> Cost:
        """The same cost for other counts, and other centres of the constraints and numbers of simulated events."""
        arguments = self._arguments() | {"observed": observed}
        given = {"centers": centers, "simulated": simulated}
        return Cost(**arguments | {name: value for name, value in given.items() if value is not None})

    def _each(self, theta: tuple[float, ...]) -> Array:
        """Parameters one by one, as Minuit gives them: in the right number, but any."""
        try:
            array = np.array(theta, dtype=np.float64)
        except (TypeError, ValueError):
            array = np.empty(0)
        if array.shape != self.centers.shape:
            raise InputError(f"give one number for each of {', '.join(self.parameters)} (got {shown(theta)})")
        return array

    # ---- inside: nothing is checked --------------------------------------------------------------------------------------

    def _with(self, observed: Array, centers: Array, simulated: Array | None = None) -> Cost:
        """The same cost for other flat counts, centres and numbers of simulated events that are known to be right."""
        cost = Cost.__new__(Cost)
        cost.__dict__.update(self.__dict__, observed=observed, centers=centers, simulated=simulated)
        for name in ("_seen", "_key", "_ratio", *(("_weight",) if self.variance is None else ())):
            cost.__dict__.pop(name, None)
        return cost

    def _value(self, theta: Array, least: float = 0.0) -> float:
        """χ²; with a parabola where fewer counts are expected than a part of the observed ones, if one is given."""
        with np.errstate(all="ignore"):
            chi2 = self._chi2(theta, least)
        return math.inf if math.isnan(chi2) else chi2

    def _chi2(self, theta: Array, least: float) -> float:
        """χ²; nan where it has overflowed."""
        pull = theta - self.centers
        chi2 = float(pull * self._precision @ pull)
        mu = self.model.counts(theta)
        n, seen, unseen, n_seen = self._seen
        if self.kind == "gaussian":
            r = n - mu
            return chi2 + float(r @ (self._weight * r if self._weight.ndim == 1 else self._weight @ r))
        if mu.min() < 0:
            mu = floored(mu)
        if self.beeston_barlow:
            found = simulated(n, mu, self.model.evaluate_variance(theta)[0], self._ratio)
            chi2 += 2 * float(found.terms.sum())
            mu = found.mean
        here = mu[seen]
        if least:
            low = here < least * n_seen
            if low.any():
                chi2 += 2 * float(parabola(n_seen[low], here[low], least * n_seen[low])[0].sum())
                here, n_seen = here[~low], n_seen[~low]
        if here.size and not here.min() > 0:
            return math.inf
        return chi2 + 2 * (float(mu[unseen].sum()) + poisson_sum(n_seen, here))

    def _expanded(self, theta: Array, curvature: str = "none", least: float = 0.0) -> tuple[Array, Array]:
        """∂χ²/∂θ (p,) and ∂²χ²/∂θ∂θ (p, p): "full", or "expected" on average, which is positive; or without ("none")."""
        with np.errstate(all="ignore"):
            return self._derivatives(theta, curvature, least)

    def _derivatives(self, theta: Array, curvature: str, least: float) -> tuple[Array, Array]:
        pull = theta - self.centers
        mu, slope = self.model.evaluate(theta)
        n = self._seen[0]
        gradient = 2 * self._precision * pull
        matrix = np.diag(2 * self._precision)
        if self.kind == "gaussian":
            weight = self._weight
            by_mu = (mu - n) * weight if weight.ndim == 1 else weight @ (mu - n)  # half of ∂χ²/∂μ
        else:
            positive = np.where(mu > 0, np.maximum(mu, _TINY), _LEAST)
            by_mu, weight = 1 - n / positive, n / positive**2 if curvature == "full" else 1 / positive
            if self.beeston_barlow:
                v, v_slope = self.model.evaluate_variance(theta)
                by_mu, by_v, by_mu2, by_mu_v, by_v2 = _template_derivatives(n, positive, v, self._ratio)
                gradient += 2 * (v_slope @ by_v)
                if curvature == "full":
                    weight = by_mu2
                    mixed = (slope * by_mu_v) @ v_slope.T
                    matrix += 2 * (mixed + mixed.T + (v_slope * by_v2) @ v_slope.T)
                    matrix += 2 * self.model.variance_curvature(theta, by_v)
                else:
                    weight = 1 / (positive + v)
            if mu.min() < 0:
                empty = (mu < 0) & (n == 0)
                by_mu[empty] = floored_slope(mu[empty])
                weight[empty] = floored_curvature(mu[empty])
            if least:
                low = (n > 0) & (mu < least * n)
                _, by_mu[low], weight[low] = parabola(n[low], mu[low], least * n[low])
        gradient += 2 * (slope @ by_mu)
        if curvature == "none":
            return gradient, gradient[:0]
        weighted = slope * weight if weight.ndim == 1 else slope @ weight
        matrix += 2 * (weighted @ slope.T)
        if curvature == "full":
            matrix += 2 * self.model.curvature(theta, by_mu)
        return gradient, matrix

    @kept
    def _precision(self) -> Array:
        return np.array([(1 / nuisance.sigma) ** 2 for nuisance in self.model.nuisances])

    @kept
    def _seen(self) -> tuple[Array, Any, Any, Array]:
        """Flat counts, where there are some, where there are none, and those that there are."""
        n = self.observed.reshape(-1)
        seen = np.flatnonzero(n > 0)
        return n, seen, np.flatnonzero(n <= 0), n[seen]

    @kept
    def _ratio(self) -> Array | float:
        return 1.0 if self.simulated is None else self.simulated.reshape(-1)

    @kept
    def _weight(self) -> Array:
        return weights_of(self.observed, self.variance)

    def __repr__(self) -> str:
        bins = " × ".join(map(str, self.observed.shape)) or "1"
        parameters = f"parameters {names(self.parameters)}" if self.parameters else "no parameters"
        more = ", templates of finite statistics" if self.beeston_barlow else ""
        counts = f"{self.observed.sum():.6g} counts in {bins} bins"
        return cut(f"<Cost, {self.kind}{more}: {counts}; {parameters}; {written(self.model)}>")

    def _arguments(self) -> dict[str, Any]:
        arguments = {"model": self.model, "observed": self.observed, "kind": self.kind, "variance": self.variance}
        arguments |= {"beeston_barlow": self.beeston_barlow, "centers": self.centers}
        if self.simulated is not None:
            arguments["simulated"] = self.simulated
        return arguments


_LEAST = 1e-12  # counts: a curvature is finite where none are expected
_TINY = 1e-140  # counts: and its square a number where very few are


def _template_derivatives(n: Array, mu: Array, v: Array, ratio: Array | float) -> tuple[Array, Array, Array, Array, Array]:
    """Derivatives of χ²/2 of bins of finite templates, smallest over β, by μ and by V: first, second, and the mixed one.

    χ²/2 = n ln(n/βμ) + rk ln(r/β) with β = (n + rk)/(μ + k) and k = μ²/V, by the chain rule.
    """
    k, r, apart, beta, _ = found = simulated(n, mu, v, ratio)
    known, total = k > 0, mu + k
    with np.errstate(all="ignore"):
        by_mu, by_k = beta - n / mu, found.slope
        difference = np.where(r > 0, -r * apart, -beta)  # r − β
        by_mu2, by_mu_k = n / mu**2 - np.where(known, beta / total, 0.0), difference / total
        by_k2 = -np.where(beta > 0, difference**2 / beta, 0.0) / total
        # k by μ and V
        k_mu, k_v, k_mu2, k_mu_v, k_v2 = 2 * mu / v, -k / v, 2 / v, -2 * mu / v**2, 2 * k / v**2
        return (
            by_mu + np.where(known, by_k * k_mu, 0.0),
            np.where(known, by_k * k_v, 0.0),
            by_mu2 + np.where(known, 2 * by_mu_k * k_mu + by_k2 * k_mu**2 + by_k * k_mu2, 0.0),
            np.where(known, by_mu_k * k_v + by_k2 * k_mu * k_v + by_k * k_mu_v, 0.0),
            np.where(known, by_k2 * k_v**2 + by_k * k_v2, 0.0),
        )
