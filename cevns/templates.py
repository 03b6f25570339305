"""Templates: what an experiment expects of a theory, folded once; a scan of its couplings is then a matrix product.

Rates are polynomials in the couplings, so counts are sums of fixed histograms, the templates, with monomials as weights:

    counts(θ) = Σ_t w_t(θ) T_t,    w_t(θ) = Π_p θ_p^{n_tp}

Everything that costs – fluxes, cross sections, detector – is in the T_t. `Templates` gives counts, gradients and likelihoods of
any number of points θ; nothing of the size (points × bins) is made for a likelihood. `TemplateGrid` adds parameters that change
shapes (the mass of a mediator, the radius of a nucleus) by interpolation between templates.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._arguments import Array, known_name, real_array, real_number, restore
from ._core.scans import Scan
from .errors import InputError, UnsupportedError

Integers = NDArray[np.int64]
_BLOCK = 1 << 14  # points that are looked at together
_LARGEST_EXPONENT = 16


@dataclass(frozen=True)
class BestFit:
    """Where a likelihood is best; `fit["eps_ee_u"]` gives the value of one parameter.

    Parameters
    ----------
    names : tuple of str
        The parameters of the theory, and the nuisances if they were profiled.
    values : tuple of float
        Their values.
    likelihood : float
        −2 ln(L/L_saturated) there.
    """

    names: tuple[str, ...]
    values: tuple[float, ...]
    likelihood: float

    def __getitem__(self, name: str) -> float:
        return self.values[self.names.index(known_name(name, self.names, "parameter"))]


class _Theory:
    """What templates and grids of them share: points, in arrays or by name, and what is asked at each."""

    parameters: tuple[str, ...]
    start: Array
    name: str

    # ---- what subclasses give, of points (n, n_parameters) ----------------------------------------------------------------

    @property
    def _data(self) -> "Templates":
        """Bins, background, observation and nuisances."""
        raise NotImplementedError

    def _weighted(self, theta: Array) -> Array:
        """Counts (n, bins) of the signal."""
        raise NotImplementedError

    def _sloped(self, theta: Array) -> Array:
        """Their derivatives (n, n_parameters, bins)."""
        raise NotImplementedError

    def _likelihood(self, theta: Array, out: Array, pulls: Array | None, slopes: Array | None) -> None:
        """χ² (n,), its derivatives (n, n_parameters), and with `pulls` (n, n_nuisances) its minimum over the nuisances."""
        raise NotImplementedError

    def _ranges(self) -> list[tuple[float, float]]:
        """Where each parameter may be."""
        return [(-math.inf, math.inf)] * len(self.parameters)

    def _logarithms(self) -> NDArray[np.bool_]:
        """Which parameters are best searched in their logarithms."""
        return np.zeros(len(self.parameters), dtype=bool)

    def _samples(self, number: int) -> tuple[Array, Array]:
        """Points (number, n_parameters) where a minimum may be near, and by how much each parameter must change to matter."""
        raise NotImplementedError

    # ---- counts ------------------------------------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the bins."""
        return self._data.counts_by_term.shape[1:]

    @property
    def nuisances(self) -> tuple[str, ...]:
        """Names of the nuisances."""
        return tuple(self._data.sigma)

    def counts(self, theta: ArrayLike | Mapping[str, ArrayLike]) -> Array:
        """Counts of the signal.

        Parameters
        ----------
        theta : array_like (..., n_parameters) or mapping
            Points; or by parameter arrays that broadcast with each other, in which a missing one has its value in `start`.

        Returns
        -------
        array (..., *bins)

        Raises
        ------
        InputError, UnknownNameError
            For nan or infinite values, another number of parameters, unknown names. Nothing is computed then.
        """
        lead, points = self._points(theta)
        return self._weighted(points).reshape(*lead, *self.shape)

    def expected(self, theta: ArrayLike | Mapping[str, ArrayLike], nuisances: Mapping[str, float] | None = None) -> Array:
        """Counts of signal and background.

        Parameters
        ----------
        theta : array_like (..., n_parameters) or mapping
            Points, as for `counts`.
        nuisances : mapping, optional
            Nuisance → value; the others are 0.

        Returns
        -------
        array (..., *bins)

        Raises
        ------
        InputError, UnknownNameError
            As for `counts`, and for unknown nuisances.
        """
        data, factor, background = self._data, np.ones(self.shape), self._data.background
        for key, value in (nuisances or {}).items():
            known_name(key, self.nuisances, "nuisance")
            pull = real_number(value, f"nuisance {key!r}")
            factor = factor + pull * data.signal_effects.get(key, 0.0)
            background = background + pull * data.background_effects.get(key, 0.0)
        return self.counts(theta) * factor + background

    def gradient(self, theta: ArrayLike | Mapping[str, ArrayLike]) -> Array:
        """Derivatives of the signal's counts by each parameter.

        Parameters
        ----------
        theta : array_like (..., n_parameters) or mapping
            Points, as for `counts`.

        Returns
        -------
        array (..., n_parameters, *bins)

        Raises
        ------
        InputError, UnknownNameError
            As for `counts`.
        """
        lead, points = self._points(theta)
        return self._sloped(points).reshape(*lead, len(self.parameters), *self.shape)

    # ---- likelihood --------------------------------------------------------------------------------------------------------

    def likelihood(self, theta: ArrayLike | Mapping[str, ArrayLike], profile: bool = False) -> Any:
        """−2 ln(L/L_saturated) of what was observed, at any number of points.

        Parameters
        ----------
        theta : array_like (..., n_parameters) or mapping
            Points, as for `counts`.
        profile : bool
            Whether the nuisances take their best values at each point, or their central value 0.

        Returns
        -------
        float or array (...)
            inf where a Poisson bin expects less than nothing, or nothing where something was observed.

        Raises
        ------
        UnsupportedError
            If nothing has been observed.
        InputError, UnknownNameError
            As for `counts`.

        Notes
        -----
        Poisson bins give 2 [μ − n + n ln(n/μ)], bins with a variance (n − μ)²/σ². Profiled, it is the minimum over ξ of it with

            μ(ξ) = S (1 + Σ_k ξ_k s_k) + B + Σ_k ξ_k v_k

        plus Σ_k (ξ_k/σ_k)²: a convex problem, solved by Newton's steps to 1e-10 of 1 + χ². A bin without counts that the
        nuisances make negative counts as empty. At the centre, the error of a sum of positive terms is below 1e-14 (χ² + Σn).
        """
        lead, chi2, _, _ = self._evaluated(theta, profile, False)
        return restore(chi2, lead)

    def likelihood_gradient(self, theta: ArrayLike | Mapping[str, ArrayLike], profile: bool = False) -> Array:
        """Derivatives of `likelihood` by each parameter.

        Parameters
        ----------
        theta : array_like (..., n_parameters) or mapping
            Points, as for `counts`.
        profile : bool
            As for `likelihood`.

        Returns
        -------
        array (..., n_parameters)
            nan where the likelihood is infinite.

        Raises
        ------
        UnsupportedError, InputError, UnknownNameError
            As for `likelihood`.
        """
        lead, _, _, slopes = self._evaluated(theta, profile, True)
        assert slopes is not None
        return slopes.reshape(*lead, len(self.parameters))

    def pulls(self, theta: ArrayLike | Mapping[str, ArrayLike]) -> dict[str, Any]:
        """Values of the nuisances that fit best.

        Parameters
        ----------
        theta : array_like (..., n_parameters) or mapping
            Points, as for `counts`.

        Returns
        -------
        dict of float or array (...)
            Nuisance → values; 0 where the likelihood is infinite.

        Raises
        ------
        UnsupportedError, InputError, UnknownNameError
            As for `likelihood`.
        """
        lead, _, pulls, _ = self._evaluated(theta, True, False)
        assert pulls is not None
        return {name: restore(np.ascontiguousarray(pulls[:, k]), lead) for k, name in enumerate(self.nuisances)}

    def minimum(self, profile: bool = False, fixed: Mapping[str, float] | None = None) -> BestFit:
        """The point of the best likelihood, over all parameters of the theory.

        Parameters
        ----------
        profile : bool
            Whether over the nuisances too.
        fixed : mapping, optional
            Parameter → value at which it stays.

        Returns
        -------
        BestFit

        Raises
        ------
        UnsupportedError
            If nothing has been observed.
        InputError, UnknownNameError
            For unknown parameters or values that are not finite.

        Notes
        -----
        Couplings have several minima, as rates are the same for the charge Q and −Q. So 2000 points spread over three orders of
        magnitude about the size at which each parameter matters, always the same, are compared, and from the best twelve that
        are apart the minimum is searched for with the gradient (L-BFGS-B). Which of several equal minima it is, is not defined.
        """
        held = {key: real_number(value, f"parameter {key!r}") for key, value in (fixed or {}).items()}
        for key in held:
            known_name(key, self.parameters, "parameter")
        theta = np.array([held.get(key, at) for key, at in zip(self.parameters, self.start.tolist(), strict=True)])
        free = np.array([key not in held for key in self.parameters])
        if free.any():
            theta = _lowest(self, profile, theta, free)
        names, values = self.parameters, theta.tolist()
        if profile:
            names = (*names, *self.nuisances)
            values += [value for value in self.pulls(theta).values()]
        return BestFit(names, tuple(values), float(self.likelihood(theta, profile)))

    # ---- points ------------------------------------------------------------------------------------------------------------

    def _points(self, theta: Any) -> tuple[tuple[int, ...], Array]:
        """Leading axes of the points, and the points (n, n_parameters)."""
        lead, columns = self._columns(theta)
        if isinstance(columns, np.ndarray):
            return lead, columns
        return lead, np.stack([np.broadcast_to(column, lead).reshape(-1) for column in columns], axis=-1)

    def _columns(self, theta: Any) -> tuple[tuple[int, ...], Array | list[Array]]:
        """Leading axes, and checked points (n, n_parameters), or what broadcasts to each parameter."""
        if isinstance(theta, Mapping):
            for key in theta:
                known_name(key, self.parameters, "parameter")
            columns = [
                real_array(theta.get(key, at), f"parameter {key!r}")
                for key, at in zip(self.parameters, self.start.tolist(), strict=True)
            ]
            try:
                lead = np.broadcast_shapes(*(column.shape for column in columns))
            except ValueError:
                shapes = ", ".join(f"{key} {column.shape}" for key, column in zip(self.parameters, columns, strict=True))
                raise InputError(f"the parameters' shapes must broadcast (got {shapes})") from None
            for i, column in enumerate(columns):
                self._check_column(i, column)
            return lead, columns
        array = real_array(theta, "theta")
        if array.ndim == 0 or array.shape[-1] != len(self.parameters):
            shown = ", ".join(self.parameters)
            raise InputError(f"theta must have {len(self.parameters)} values, of {shown}, on its last axis (got {array.shape})")
        for i in range(len(self.parameters)):
            self._check_column(i, array[..., i])
        return array.shape[:-1], np.ascontiguousarray(array).reshape(-1, len(self.parameters))

    def _check_column(self, parameter: int, values: Array) -> None:
        low, high = self._ranges()[parameter]
        if low > -math.inf:
            real_array(values, f"parameter {self.parameters[parameter]!r}", minimum=low, maximum=high)

    def _evaluated(self, theta: Any, profile: bool, sloped: bool) -> tuple[tuple[int, ...], Array, Array | None, Array | None]:
        """Leading axes, χ², nuisances and derivatives, point by point."""
        if self._data.observed is None:
            raise UnsupportedError(
                f"templates {self.name!r} hold no observed counts: give observed=, those of a release, or asimov=True"
            )
        lead, columns = self._columns(theta)
        n = math.prod(lead)
        chi2 = np.empty(n)
        pulls = np.zeros((n, len(self.nuisances))) if profile else None
        slopes = np.empty((n, len(self.parameters))) if sloped else None
        start = 0
        for block in [columns] if isinstance(columns, np.ndarray) else _blocks(lead, columns):
            part = slice(start, start := start + block.shape[0])
            if block.size:
                self._likelihood(
                    block,
                    chi2[part],
                    None if pulls is None else pulls[part],
                    None if slopes is None else slopes[part],
                )
        return lead, chi2, pulls, slopes


class Templates(_Theory):
    """Counts as a polynomial in the parameters of a theory, with what was observed.

    `Experiment.templates` makes them; the constructor takes any histograms. Two of them add up to a joint analysis. They cannot
    be changed, are hashable and picklable; their `repr` is a summary.

    Parameters
    ----------
    parameters : sequence of str
        Names of the couplings.
    exponents : array_like (n_terms, n_parameters) of int
        Of each parameter in the weight of each term, 0 to 16; all 0 for what depends on none. Terms with equal ones add up.
    counts : array_like (n_terms, *bins)
        The templates: what each term adds to the counts for a weight of 1. Those of interferences may be negative.
    start : array_like (n_parameters,), optional
        Values of the parameters in the interaction that the templates were made of, 0 by default.
    background : array_like (*bins), optional
        What else is counted.
    observed : array_like (*bins), optional
        Counts; ≥ 0 for Poisson bins.
    variance : array_like (*bins), optional
        Of the observed counts, > 0, of bins whose counts are normal; nan for Poisson bins. By default all are Poisson.
    signal_effects : mapping, optional
        Nuisance → relative change of the signal by one unit of it, a number or by bin.
    background_effects : mapping, optional
        Nuisance → change of the background by one unit of it (*bins).
    sigma : mapping, optional
        Nuisance → its standard deviation, > 0, inf if it is free; 1 by default.
    name : str
        What they are called.

    Raises
    ------
    InputError, UnknownNameError
        For values outside their range, shapes that do not match, standard deviations of unknown nuisances.

    Examples
    --------
    >>> from cevns import Templates
    >>> model = Templates(["epsilon"], [[0], [1], [2]], [[10.0, 5.0], [8.0, 4.0], [1.6, 0.8]], observed=[10, 5])
    >>> model.counts([0.5]).tolist()
    [14.4, 7.2]
    >>> model.likelihood({"epsilon": [0.0, -5.0]}).round(12).tolist()  # the charge Q and −Q cannot be told apart
    [0.0, 0.0]
    """

    exponents: Integers
    counts_by_term: Array
    background: Array
    observed: Array | None
    variance: Array | None
    signal_effects: dict[str, Array]
    background_effects: dict[str, Array]
    sigma: dict[str, float]

    def __init__(
        self,
        parameters: Sequence[str],
        exponents: ArrayLike,
        counts: ArrayLike,
        *,
        start: ArrayLike | None = None,
        background: ArrayLike | None = None,
        observed: ArrayLike | None = None,
        variance: ArrayLike | None = None,
        signal_effects: Mapping[str, ArrayLike] | None = None,
        background_effects: Mapping[str, ArrayLike] | None = None,
        sigma: Mapping[str, float] | None = None,
        name: str = "",
    ) -> None:
        names = _names(parameters)
        powers, histograms = _terms(exponents, counts, len(names))
        bins = histograms.shape[1:]
        spread = None if variance is None else _variance(variance, bins)
        begin = np.zeros(len(names)) if start is None else real_array(start, "start")
        if begin.shape != (len(names),):
            raise InputError(f"start must have one value for each of {', '.join(names)} (got shape {begin.shape})")
        seen = None
        if observed is not None:
            seen = _binned(observed, "observed", bins)
            poisson = seen if spread is None else seen[np.isnan(spread)]
            real_array(poisson, "observed", minimum=0.0)
        relative = {
            _name(key): _binned(effect, f"signal effect of {key!r}", bins, broadcast=True)
            for key, effect in _mapping(signal_effects, "signal_effects").items()
        }
        absolute = {
            _name(key): _binned(effect, f"background effect of {key!r}", bins)
            for key, effect in _mapping(background_effects, "background_effects").items()
        }
        nuisances = tuple(dict.fromkeys((*relative, *absolute)))
        given = _mapping(sigma, "sigma")
        for key in given:
            known_name(key, nuisances, "nuisance")
        both = set(nuisances) & set(names)
        if both:
            raise InputError(f"a nuisance must not have the name of a parameter (got {', '.join(sorted(both))})")
        self.__dict__.update(
            parameters=names,
            exponents=powers,
            counts_by_term=histograms,
            start=_frozen(begin),
            background=_frozen(np.zeros(bins)) if background is None else _binned(background, "background", bins),
            observed=seen,
            variance=spread,
            signal_effects=relative,
            background_effects=absolute,
            sigma={
                key: real_number(given.get(key, 1.0), f"sigma of {key!r}", minimum=0.0, above=True, infinite=True)
                for key in nuisances
            },
            name=str(name),
        )

    @staticmethod
    def joined(parts: "Iterable[Templates]") -> "Templates":
        """A joint analysis of several: the bins of all, flat, one after the other.

        Parameters and nuisances of the same name are one: profiled together, exactly.

        Parameters
        ----------
        parts : iterable of Templates
            At least one; all with observed counts, or none.

        Raises
        ------
        InputError
            If `start` or the standard deviation of a nuisance differs, or some have observed counts and others have not.

        Examples
        --------
        >>> from cevns import Templates
        >>> one = Templates(["g"], [[2]], [[4.0]], background=[1.0], observed=[5], name="one")
        >>> two = Templates(["g"], [[2]], [[3.0, 2.0]], background=[1.0, 1.0], observed=[4, 3], name="two")
        >>> (one + two).likelihood([1.0])
        0.0
        """
        given = tuple(parts)
        if not given or not all(isinstance(part, Templates) for part in given):
            raise InputError(f"a joint analysis needs cevns.Templates (got {given!r})")
        if len(given) == 1:
            return given[0]
        parameters = tuple(dict.fromkeys(key for part in given for key in part.parameters))
        start = _agreed(given, lambda part: dict(zip(part.parameters, part.start.tolist(), strict=True)), "start of")
        sigma = _agreed(given, lambda part: part.sigma, "sigma of")
        if len({part.observed is None for part in given}) > 1:
            raise InputError("either all parts of a joint analysis must have observed counts, or none")
        sizes = [math.prod(part.shape) for part in given]
        ends = np.cumsum(sizes)
        rows, histograms = [], []
        for part, size, end in zip(given, sizes, ends.tolist(), strict=True):
            powers = np.zeros((part.exponents.shape[0], len(parameters)), dtype=np.int64)
            powers[:, [parameters.index(key) for key in part.parameters]] = part.exponents
            histogram = np.zeros((powers.shape[0], int(ends[-1])))
            histogram[:, end - size : end] = part.counts_by_term.reshape(-1, size)
            rows.append(powers)
            histograms.append(histogram)

        def flat(of: Callable[[Templates], Array | None], instead: float) -> Array:
            values = ((of(part), size) for part, size in zip(given, sizes, strict=True))
            return np.concatenate([np.full(size, instead) if v is None else v.reshape(-1) for v, size in values])

        def effects(kind: str) -> dict[str, Array]:
            return {
                key: flat(lambda part, key=key: getattr(part, kind).get(key), 0.0)  # type: ignore[misc]
                for key in sigma
                if any(key in getattr(part, kind) for part in given)
            }

        return Templates(
            parameters,
            np.concatenate(rows),
            np.concatenate(histograms),
            start=[start[key] for key in parameters],
            background=flat(lambda part: part.background, 0.0),
            observed=None if given[0].observed is None else flat(lambda part: part.observed, 0.0),
            variance=None if all(part.variance is None for part in given) else flat(lambda part: part.variance, np.nan),
            signal_effects=effects("signal_effects"),
            background_effects=effects("background_effects"),
            sigma=sigma,
            name=" + ".join(part.name for part in given if part.name),
        )

    def __add__(self, other: "Templates") -> "Templates":
        return Templates.joined((self, other)) if isinstance(other, Templates) else NotImplemented

    def observing(self, observed: ArrayLike | None) -> "Templates":
        """The same templates with other observed counts: an Asimov set, a toy.

        Raises
        ------
        InputError
            For negative counts of Poisson bins, or other bins.
        """
        return Templates(**{**self._arguments(), "observed": observed})

    def weights(self, theta: ArrayLike | Mapping[str, ArrayLike]) -> Array:
        """Weights of the terms.

        Parameters
        ----------
        theta : array_like (..., n_parameters) or mapping
            Points, as for `counts`.

        Returns
        -------
        array (..., n_terms)

        Raises
        ------
        InputError, UnknownNameError
            As for `counts`.
        """
        lead, points = self._points(theta)
        return self._monomials(points, self.exponents).reshape(*lead, self.exponents.shape[0])

    # ---- inside ------------------------------------------------------------------------------------------------------------

    @property
    def _data(self) -> "Templates":
        return self

    @staticmethod
    def _monomials(theta: Array, exponents: Integers) -> Array:
        out = np.ones((theta.shape[0], exponents.shape[0]))
        for p, column in enumerate(exponents.T):
            power = np.ones(theta.shape[0])
            for e in range(1, int(column.max(initial=0)) + 1):
                power = power * theta[:, p]
                has = column == e
                if has.any():
                    out[:, has] *= power[:, None]
        return out

    def _weighted(self, theta: Array) -> Array:
        return self._monomials(theta, self.exponents) @ self._rows

    def _sloped(self, theta: Array) -> Array:
        out = np.empty((theta.shape[0], len(self.parameters), self._rows.shape[1]))
        for p in range(len(self.parameters)):
            has = self.exponents[:, p] > 0
            lower = self.exponents[has].copy()
            lower[:, p] -= 1
            out[:, p] = (self._monomials(theta, lower) * self.exponents[has, p]) @ self._rows[has]
        return out

    def _likelihood(self, theta: Array, out: Array, pulls: Array | None, slopes: Array | None) -> None:
        if pulls is None or not self.sigma:
            self._scan.chi2(theta, out, slopes)
        else:
            self._scan.profile(theta, out, pulls, slopes)

    def _scales(self) -> Array:
        """By how much each parameter alone must change from 0 to change some bin by all that it holds, or by one count."""
        size = np.maximum(np.abs(self._weighted(self.start[None])[0] + self.background.reshape(-1)), 1.0)
        out = np.ones(len(self.parameters))
        for p in range(out.size):
            alone = np.flatnonzero((self.exponents[:, p] > 0) & (self.exponents.sum(axis=1) == self.exponents[:, p]))
            share = (np.abs(self._rows[alone]) / size).max(axis=1, initial=0.0)
            powers = self.exponents[alone, p]
            found = [s ** (-1.0 / e) for s, e in zip(share.tolist(), powers.tolist(), strict=True) if s > 0]
            out[p] = min(found, default=1.0)
        return out

    def _samples(self, number: int) -> tuple[Array, Array]:
        scales = np.broadcast_to(self._scales(), (number, len(self.parameters)))
        return self.start + _spread(np.random.default_rng(1), scales), scales

    @cached_property
    def _rows(self) -> Array:
        """The templates with flat bins."""
        return self.counts_by_term.reshape(self.exponents.shape[0], -1)

    @cached_property
    def _scan(self) -> Scan:
        """What the kernel works on: bins by kind, scaled, and each kind filled up to a multiple of 8."""
        assert self.observed is not None
        n, background = self.observed.reshape(-1), self.background.reshape(-1)
        variance = np.full(n.size, np.nan) if self.variance is None else self.variance.reshape(-1)
        normal = ~np.isnan(variance)
        kinds = [np.flatnonzero(which) for which in (~normal & (n > 0), ~normal & (n == 0), normal)]
        # integers below 256 first, in their order: neighbours share most of their bits
        integer = (n < 256) & (n == np.floor(n))
        kinds[0] = kinds[0][np.argsort(np.where(integer, n, np.inf)[kinds[0]], kind="stable")]
        few = kinds[0][integer[kinds[0]]]
        order = np.concatenate([np.append(kind, np.full(-kind.size % 8, n.size)) for kind in kinds]).astype(np.intp)
        counted = np.arange(order.size) < kinds[0].size + -kinds[0].size % 8

        def arranged(row: Array) -> Array:
            return np.append(row, 0.0)[order]

        counts = np.where(counted, arranged(n), 0.0)
        scale = np.where(counts > 0, counts, np.sqrt(np.append(np.where(normal, variance, 1.0), 1.0))[order])
        fixed = ~self.exponents.any(axis=1)
        known = background + self._rows[fixed].sum(axis=0)
        constant = arranged(np.where(normal, known - n, known)) / scale
        constant[counted & (counts == 0)] = 1.0
        relative = np.zeros((len(self.sigma), order.size))
        absolute = np.zeros((len(self.sigma), order.size))
        # the signal is the ratio less what is not signal in it
        other = arranged(np.where(normal, background - n, background)) / scale
        for k, key in enumerate(self.sigma):
            if key in self.signal_effects:
                relative[k] = arranged(self.signal_effects[key].reshape(-1))
                absolute[k] = -relative[k] * other
            if key in self.background_effects:
                absolute[k] += arranged(self.background_effects[key].reshape(-1)) / scale
        return Scan(
            self.exponents[~fixed].astype(np.uint8),
            constant,
            np.stack([arranged(row) / scale for row in self._rows[~fixed]]) if not fixed.all() else np.zeros((0, order.size)),
            counts,
            (kinds[0].size, kinds[1].size, kinds[2].size),
            few.size,
            float(np.sum(known[few] - n[few])),
            self._rows[~fixed][:, few].sum(axis=1),
            relative,
            absolute,
            np.array([1.0 / s**2 for s in self.sigma.values()]),
        )

    # ---- identity ----------------------------------------------------------------------------------------------------------

    def _arguments(self) -> dict[str, Any]:
        names = ("parameters", "exponents", "start", *_OF_DATA, "name")
        return {name: self.__dict__[name] for name in names} | {"counts": self.counts_by_term}

    @cached_property
    def _key(self) -> tuple[Any, ...]:
        return tuple(_hashable(value) for value in self._arguments().values())

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), self._arguments())

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("Templates cannot be changed")

    def __repr__(self) -> str:
        terms, bins = self.exponents.shape[0], " × ".join(map(str, self.shape))
        parts = [f"{terms} term{'s' * (terms != 1)}", f"{bins} bins", "not observed" if self.observed is None else "observed"]
        parts += [f"nuisances {', '.join(self.sigma)}"] if self.sigma else []
        return f"<Templates {self.name!r} of {', '.join(self.parameters)}: {'; '.join(parts)}>"


class TemplateGrid(_Theory):
    """Templates at values of one or two parameters that change shapes, and between them by interpolation.

    `parameters` are those of the templates, then the shape parameters. Each template is an exponential times a cubic polynomial
    in the shape parameter, or in its logarithm if it is positive and spans more than a factor of ten, through the four nearest
    nodes (fewer where there are fewer): exact at the nodes, continuous, with a derivative that may jump there. Two parameters
    are taken one after the other. Outside the values of the axes nothing is known, and asking is an InputError.

    A light mediator's 1/(Q² + m²)² is within 0.016 % of its largest bin for 16 masses a decade, 0.23 % for 8, 2.7 % for 4.

    Parameters
    ----------
    axes : mapping
        Shape parameter → increasing values (n,), at least two; one or two of them.
    templates : sequence of Templates, (n,), (n, m) or (n m,)
        One for each value, or pair of values with the second axis running fastest. They differ in `counts`, `exponents` and
        `start` only.
    name : str
        What they are called.

    Raises
    ------
    InputError
        For values that do not increase, another number of templates, templates of other parameters, bins or observations.

    Examples
    --------
    >>> from cevns import TemplateGrid, Templates
    >>> masses = [10.0, 20.0, 40.0, 80.0, 160.0]
    >>> templates = [Templates(["g"], [[2]], [[4.0 / m, 1.0 / m]], background=[1.0, 1.0], observed=[1, 1]) for m in masses]
    >>> grid = TemplateGrid({"mass": masses}, templates)
    >>> grid.counts({"g": 1.0, "mass": 40.0}).tolist()
    [0.1, 0.025]
    """

    axes: dict[str, Array]
    templates: tuple[Any, ...]
    _nodes: Any
    _cells: dict[tuple[int, ...], tuple[Array, Templates]]

    def __init__(self, axes: Mapping[str, ArrayLike], templates: Sequence[Any], *, name: str = "") -> None:
        grids = {_name(key): _frozen(real_array(values, f"axis {key!r}")) for key, values in _mapping(axes, "axes").items()}
        if len(grids) not in (1, 2):
            raise InputError(f"axes must name one or two shape parameters (got {len(grids)})")
        for key, grid in grids.items():
            if grid.ndim != 1 or grid.size < 2 or not (np.diff(grid) > 0).all():
                raise InputError(f"axis {key!r} must be at least two increasing values (got {grid.tolist()})")
        nodes = np.empty(tuple(grid.size for grid in grids.values()), dtype=object)
        given = np.array(templates, dtype=object)
        given = given.reshape(nodes.shape) if given.shape == (nodes.size,) else given
        if given.shape != nodes.shape or not all(isinstance(node, Templates) for node in given.reshape(-1)):
            raise InputError(f"templates must be cevns.Templates of the shape {nodes.shape} of the axes (got {given.shape})")
        nodes[...] = given
        first = nodes.reshape(-1)[0]
        same = ("parameters", "background", "observed", "variance", "signal_effects", "background_effects", "sigma")
        for node in nodes.reshape(-1)[1:]:
            for attribute in same:
                if _hashable(getattr(node, attribute)) != _hashable(getattr(first, attribute)):
                    raise InputError(f"all templates of a grid must have the same {attribute.replace('_', ' ')}")
            if node.shape != first.shape:
                raise InputError(f"all templates of a grid must have the same bins (got {first.shape} and {node.shape})")
        both = set(grids) & {*first.parameters, *first.sigma}
        if both:
            raise InputError(f"a shape parameter must have a name of its own (got {', '.join(sorted(both))})")
        middle = [float(grid[grid.size // 2]) for grid in grids.values()]
        self.__dict__.update(
            axes=grids,
            templates=tuple(nodes.tolist()) if nodes.ndim == 1 else tuple(map(tuple, nodes.tolist())),
            parameters=(*first.parameters, *grids),
            start=_frozen(np.concatenate((first.start, middle))),
            name=str(name) or first.name,
            _nodes=nodes,
            _cells={},
        )

    @cached_property
    def interpolation_error(self) -> float:
        """The largest error of a template between the nodes, relative to its largest bin; an upper bound that is generous.

        Measured by leaving out every other node and interpolating to it from the others; with all nodes, at half the distance,
        the error is smaller, of smooth templates 16 times. nan if an axis has fewer than three nodes, which leave nothing to
        compare.
        """
        sizes = self._nodes.shape
        if min(sizes) < 3:
            return math.nan
        kept = [np.array(sorted({*range(0, size, 2), size - 1})) for size in sizes]
        coordinates = [z[rows] for z, rows in zip(self._coordinates, kept, strict=True)]
        histograms, worst = self._histograms[np.ix_(*kept)], 0.0
        for node in np.ndindex(*sizes):
            at = [float(z[i]) for z, i in zip(self._coordinates, node, strict=True)]
            cell = tuple(int(_cell_of(z, np.array([x]))[0]) for z, x in zip(coordinates, at, strict=True))
            polynomials = _Cell.made(coordinates, histograms, cell)
            u = [(x - z[i]) / (z[i + 1] - z[i]) for x, z, i in zip(at, coordinates, cell, strict=True)]
            exact = self._histograms[node]
            scale = np.abs(exact).max(axis=-1)
            error = np.abs(polynomials.at(np.array(u)) - exact).max(axis=-1)
            worst = max(worst, float(np.max(error[scale > 0] / scale[scale > 0], initial=0.0)))
        return worst

    # ---- inside ------------------------------------------------------------------------------------------------------------

    @property
    def _data(self) -> Templates:
        first: Templates = self._nodes.reshape(-1)[0]
        return first

    def _ranges(self) -> list[tuple[float, float]]:
        free = [(-math.inf, math.inf)] * len(self._data.parameters)
        return free + [(float(grid[0]), float(grid[-1])) for grid in self.axes.values()]

    def _logarithms(self) -> NDArray[np.bool_]:
        return np.array([*(False for _ in self._data.parameters), *self._logarithmic])

    def _samples(self, number: int) -> tuple[Array, Array]:
        random = np.random.default_rng(1)
        shape, nodes = np.empty((number, len(self.axes))), []
        for i, (grid, z) in enumerate(zip(self.axes.values(), self._coordinates, strict=True)):
            at = random.uniform(z[0], z[-1], number)
            shape[:, i] = np.clip(np.exp(at) if self._logarithmic[i] else at, grid[0], grid[-1])
            nodes.append(_cell_of(z, at))
        # a heavy mediator needs a large coupling
        known = np.stack([node._scales() for node in self._nodes.reshape(-1)]).reshape(*self._nodes.shape, -1)
        couplings = known[tuple(nodes)]
        points = np.concatenate((self._data.start + _spread(random, couplings), shape), axis=1)
        spans = np.array([grid[-1] - grid[0] for grid in self.axes.values()])
        return points, np.concatenate((couplings, np.broadcast_to(spans, shape.shape)), axis=1)

    @cached_property
    def _logarithmic(self) -> tuple[bool, ...]:
        return tuple(bool(grid[0] > 0 and grid[-1] > 10 * grid[0]) for grid in self.axes.values())

    @cached_property
    def _coordinates(self) -> list[Array]:
        """Of each axis, what templates are polynomials in."""
        pairs = zip(self.axes.values(), self._logarithmic, strict=True)
        return [np.log(grid) if logarithmic else grid for grid, logarithmic in pairs]

    @cached_property
    def _exponents(self) -> list[tuple[int, ...]]:
        """Of the terms that any of the templates has."""
        return list(dict.fromkeys(tuple(row) for node in self._nodes.reshape(-1) for row in node.exponents.tolist()))

    @cached_property
    def _histograms(self) -> Array:
        """Templates (*nodes, n_terms, flat bins) of these terms."""
        out = np.zeros((self._nodes.size, len(self._exponents), math.prod(self.shape)))
        for row, node in zip(out, self._nodes.reshape(-1), strict=True):
            row[[self._exponents.index(tuple(powers)) for powers in node.exponents.tolist()]] = node._rows
        return out.reshape(*self._nodes.shape, *out.shape[1:])

    def _cell(self, cell: tuple[int, ...]) -> tuple[Array, Templates]:
        """Rates of decay and templates of a cell, in which u and exp(−rate u) are further parameters."""
        if cell not in self._cells:
            polynomials = _Cell.made(self._coordinates, self._histograms, cell)
            terms = len(self._exponents)
            rows = [
                (*powers, *index, *(int(t == other) for other in range(terms)))
                for index in np.ndindex(*polynomials.coefficients.shape[:-2])
                for t, powers in enumerate(self._exponents)
            ]
            templates = Templates(
                (*self.parameters, *(f"exp {t}" for t in range(terms))),
                rows,
                polynomials.coefficients.reshape(-1, *self.shape),
                **{key: value for key, value in self._data._arguments().items() if key in _OF_DATA},
            )
            self._cells[cell] = polynomials.rates, templates
        return self._cells[cell]

    def _by_cell(self, theta: Array) -> "Iterator[tuple[NDArray[np.intp], Templates, Array, Callable[[Array], Array]]]":
        """Of each cell with points: their indices, its templates, the points there, and what turns its slopes into ours."""
        first, last = len(self._data.parameters), len(self.parameters)
        cells = np.empty((theta.shape[0], len(self.axes)), dtype=np.intp)
        u, stretch = np.empty(cells.shape), np.empty(cells.shape)
        for i, (grid, z) in enumerate(zip(self.axes.values(), self._coordinates, strict=True)):
            x = theta[:, first + i]
            cells[:, i] = cell = _cell_of(grid, x)
            width = z[cell + 1] - z[cell]
            # a node is at 0, to the bit
            u[:, i] = np.where(x == grid[cell], 0.0, ((np.log(x) if self._logarithmic[i] else x) - z[cell]) / width)
            stretch[:, i] = 1.0 / (width * x) if self._logarithmic[i] else 1.0 / width
        number = cells[:, 0] if len(self.axes) == 1 else cells[:, 0] * self._nodes.shape[1] + cells[:, 1]
        order = np.argsort(number, kind="stable")
        ends = np.append(np.flatnonzero(np.diff(number[order])) + 1, order.size).tolist()
        for begin, end in zip([0, *ends[:-1]], ends, strict=True):
            index = order[begin:end]
            rates, templates = self._cell(tuple(cells[index[0]].tolist()))
            decay = np.exp(-u[index] @ rates)
            points = np.ascontiguousarray(np.concatenate((theta[index, :first], u[index], decay), axis=1))

            def chain(slopes: Array, rates: Array = rates, decay: Array = decay, stretch: Array = stretch[index]) -> Array:
                """Slopes (n, parameters of the cell, ...) → (n, n_parameters, ...)."""
                tail = (1,) * (slopes.ndim - 2)
                by_decay = np.einsum("nt...,nt,at->na...", slopes[:, last:], decay, rates)
                slopes[:, first:last] = (slopes[:, first:last] - by_decay) * stretch.reshape(*stretch.shape, *tail)
                return slopes[:, :last]

            yield index, templates, points, chain

    def _weighted(self, theta: Array) -> Array:
        out = np.empty((theta.shape[0], math.prod(self.shape)))
        for index, templates, points, _ in self._by_cell(theta):
            out[index] = templates._weighted(points)
        return out

    def _sloped(self, theta: Array) -> Array:
        out = np.empty((theta.shape[0], len(self.parameters), math.prod(self.shape)))
        for index, templates, points, chain in self._by_cell(theta):
            out[index] = chain(templates._sloped(points))
        return out

    def _likelihood(self, theta: Array, out: Array, pulls: Array | None, slopes: Array | None) -> None:
        for begin in range(0, theta.shape[0], _BLOCK):
            for places, templates, points, chain in self._by_cell(theta[begin : begin + _BLOCK]):
                index = places + begin
                chi2 = np.empty(index.size)
                pull = None if pulls is None else np.zeros((index.size, pulls.shape[1]))
                slope = None if slopes is None else np.empty(points.shape)
                templates._likelihood(points, chi2, pull, slope)
                out[index] = chi2
                if pulls is not None:
                    pulls[index] = pull
                if slopes is not None and slope is not None:
                    slopes[index] = chain(slope)

    # ---- identity ----------------------------------------------------------------------------------------------------------

    def _arguments(self) -> dict[str, Any]:
        return {"axes": self.axes, "templates": self.templates, "name": self.name}

    @cached_property
    def _key(self) -> tuple[Any, ...]:
        return tuple(_hashable(value) for value in self._arguments().values())

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), self._arguments())

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("a TemplateGrid cannot be changed")

    def __repr__(self) -> str:
        axes = ", ".join(f"{key} at {grid.size} values from {grid[0]:g} to {grid[-1]:g}" for key, grid in self.axes.items())
        return f"<TemplateGrid {self.name!r} of {', '.join(self.parameters)}: {axes}; {' × '.join(map(str, self.shape))} bins>"


# ---- inside: points and minima ---------------------------------------------------------------------------------------------


def _blocks(lead: tuple[int, ...], columns: list[Array]) -> Iterator[Array]:
    """Points (≤ _BLOCK, n_parameters) of columns that broadcast to `lead`, in order, without the broadcast arrays."""
    views = [np.broadcast_to(column, lead) for column in columns]
    axis, inner = len(lead), 1
    while axis and inner * lead[axis - 1] <= _BLOCK:
        axis -= 1
        inner *= lead[axis]
    if axis == 0:
        yield np.stack([view.reshape(-1) for view in views], axis=-1)
        return
    step = max(1, _BLOCK // inner)
    for outer in np.ndindex(*lead[: axis - 1]):
        for begin in range(0, lead[axis - 1], step):
            yield np.stack([view[(*outer, slice(begin, begin + step))].reshape(-1) for view in views], axis=-1)


_SAMPLES, _SEARCHES = 2000, 12
_IMPOSSIBLE = 1e30  # stands for an infinite χ², of which no line search can think


def _spread(random: np.random.Generator, scales: Array) -> Array:
    """Values of either sign from a hundredth to ten times the scales."""
    return random.choice([-1.0, 1.0], scales.shape) * scales * 10.0 ** random.uniform(-2.0, 1.0, scales.shape)


def _lowest(theory: _Theory, profile: bool, theta: Array, free: NDArray[np.bool_]) -> Array:
    """The point of the best likelihood over the free parameters, others as in theta."""
    from scipy.optimize import minimize  # type: ignore[import-untyped,unused-ignore]

    low, high = (np.array(ends) for ends in zip(*theory._ranges(), strict=True))
    logarithm = theory._logarithms()
    points, scales = theory._samples(_SAMPLES)
    points[0] = theta
    points[:, ~free] = theta[~free]
    values = theory._evaluated(points, profile, False)[1]
    begins: list[int] = []
    for index in np.argsort(values, kind="stable").tolist():
        if all(np.abs((points[index] - points[other]) / scales[index])[free].max() > 0.1 for other in begins):
            begins.append(index)
        if len(begins) == _SEARCHES:
            break

    best, least = theta, math.inf
    for begin in begins:
        scale = scales[begin]

        def point(x: Array, scale: Array = scale) -> Array:
            at = theta.copy()
            at[free] = np.where(logarithm, np.exp(np.where(logarithm, _whole(x), 0.0)), _whole(x) * scale)[free]
            return np.clip(at, low, high)

        def _whole(x: Array) -> Array:
            out = np.zeros(theta.size)
            out[free] = x
            return out

        def function(x: Array, scale: Array = scale) -> tuple[float, Array]:
            at = point(x, scale)
            _, chi2, _, slopes = theory._evaluated(at, profile, True)
            assert slopes is not None
            if not math.isfinite(chi2[0]):
                return _IMPOSSIBLE, np.zeros(x.size)
            return float(chi2[0]), (slopes[0] * np.where(logarithm, at, scale))[free]

        def coordinate(at: Array, scale: Array = scale) -> Array:
            return np.where(logarithm, np.log(np.where(logarithm, at, 1.0)), at / scale)[free]

        bounds = list(zip(coordinate(low), coordinate(high), strict=True))
        options = {"ftol": 1e-15, "gtol": 1e-9, "maxiter": 500, "maxcor": 20}
        found = minimize(function, coordinate(points[begin]), jac=True, method="L-BFGS-B", bounds=bounds, options=options)
        if found.fun < least:
            least, best = float(found.fun), point(found.x)
    return best


# ---- inside: interpolation -------------------------------------------------------------------------------------------------


_OF_DATA = ("background", "observed", "variance", "signal_effects", "background_effects", "sigma")


class _Cell(NamedTuple):
    """Templates between two neighbouring nodes of each axis, T_t(u) = exp(−rate_t u) Σ_j u^j C_tj, 0 ≤ u ≤ 1."""

    rates: Array  # (n_axes, n_terms)
    coefficients: Array  # (powers of each axis, n_terms, bins)

    @classmethod
    def made(cls, coordinates: list[Array], histograms: Array, cell: tuple[int, ...]) -> "_Cell":
        """The polynomials through the nearest nodes, of templates (*nodes, n_terms, bins)."""
        near = [_nearest(i, z.size) for i, z in zip(cell, coordinates, strict=True)]
        u = [(z[rows] - z[i]) / (z[i + 1] - z[i]) for z, rows, i in zip(coordinates, near, cell, strict=True)]
        # how fast each template falls across the cell: g⁴/m⁴ is no polynomial in ln m, but it is exp(−rate u) times one
        size = np.abs(histograms).max(axis=-1)
        rates = np.zeros((len(cell), size.shape[-1]))
        for axis, i in enumerate(cell):
            # the same in all cells along the other axis, which meet
            along = size.max(axis=tuple(other for other in range(len(cell)) if other != axis))
            falls = (along[i] > 0) & (along[i + 1] > 0)
            rates[axis, falls] = np.log(along[i, falls] / along[i + 1, falls])
        found = histograms[np.ix_(*near)]
        for axis, nodes in enumerate(u):
            tail = (*(1 for _ in cell[axis + 1 :]), size.shape[-1], 1)
            found = found * np.exp(nodes[:, None] * rates[axis]).reshape(nodes.size, *tail)
        for axis, nodes in enumerate(u):
            found = np.moveaxis(np.tensordot(_lagrange(nodes), found, axes=(1, axis)), 0, axis)
        return cls(rates, found)

    def at(self, u: Array) -> Array:
        """Templates (n_terms, bins) at one point (n_axes,)."""
        found = self.coefficients
        for value in u.tolist():
            found = np.tensordot(value ** np.arange(found.shape[0]), found, axes=1)
        return found * np.exp(-u @ self.rates)[:, None]


def _cell_of(nodes: Array, at: Array) -> NDArray[np.intp]:
    """Indices of the last node at or below values, and of the last but one for the last."""
    return np.clip(np.searchsorted(nodes, at, side="right") - 1, 0, nodes.size - 2)


def _nearest(cell: int, size: int) -> NDArray[np.intp]:
    """Indices of the up to four nodes around a cell."""
    number = min(4, size)
    first = min(max(cell - 1, 0), size - number)
    return np.arange(first, first + number)


def _lagrange(nodes: Array) -> Array:
    """Coefficients [power, node] of the polynomials that are 1 at one node and 0 at the others; exact at a node 0."""
    columns = []
    for i, node in enumerate(nodes.tolist()):
        others = np.delete(nodes, i)
        columns.append(np.poly(others)[::-1] / np.prod(node - others))
    return np.stack(columns, axis=-1)


# ---- inside: arguments -----------------------------------------------------------------------------------------------------


def _names(parameters: Any) -> tuple[str, ...]:
    if isinstance(parameters, str) or not isinstance(parameters, Iterable):
        raise InputError(f"parameters must be names, as ('eps_ee_u',) (got {parameters!r})")
    names = tuple(_name(key) for key in parameters)
    if not names or len(set(names)) < len(names):
        raise InputError(f"parameters must be at least one name, each once (got {names!r})")
    return names


def _name(key: Any) -> str:
    if not isinstance(key, str) or not key:
        raise InputError(f"a name must be a text (got {key!r})")
    return key


def _terms(exponents: ArrayLike, counts: ArrayLike, parameters: int) -> tuple[Integers, Array]:
    """Exponents, each row once, and the sums of the templates that they belong to."""
    powers = real_array(exponents, "exponents", minimum=0.0, maximum=_LARGEST_EXPONENT)
    if powers.ndim != 2 or powers.shape[1] != parameters or not powers.size:
        raise InputError(f"exponents must have the shape (n_terms, {parameters}) (got {powers.shape})")
    if (powers != np.floor(powers)).any():
        raise InputError(f"exponents must be integers (got {float(powers[powers != np.floor(powers)][0]):g})")
    values = real_array(counts, "counts")
    if values.ndim < 2 or values.shape[0] != powers.shape[0] or not values.size:
        raise InputError(
            f"counts must have the shape ({powers.shape[0]}, *bins) of a template for each term (got {values.shape})"
        )
    rows = [tuple(row) for row in powers.astype(np.int64).tolist()]
    kept = list(dict.fromkeys(rows))
    if len(kept) < len(rows):
        added = np.zeros((len(kept), *values.shape[1:]))
        for row, template in zip(rows, values, strict=True):
            added[kept.index(row)] += template
        values = added
    integers = np.array(kept, dtype=np.int64)
    integers.flags.writeable = False
    return integers, _frozen(values)


def _binned(values: ArrayLike, name: str, bins: tuple[int, ...], *, broadcast: bool = False) -> Array:
    array = real_array(values, name)
    if broadcast and array.shape != bins:
        try:
            array = np.broadcast_to(array, bins)
        except ValueError:
            raise InputError(f"{name} must broadcast to the shape {bins} of the bins (got {array.shape})") from None
    if array.shape != bins:
        raise InputError(f"{name} must have the shape {bins} of the bins (got {array.shape})")
    return _frozen(array)


def _variance(variance: ArrayLike, bins: tuple[int, ...]) -> Array:
    array = np.asarray(variance, dtype=np.float64)
    if array.shape != bins:
        raise InputError(f"variance must have the shape {bins} of the bins (got {array.shape})")
    real_array(array[~np.isnan(array)], "variance", minimum=0.0, above=True)
    return _frozen(array)


def _mapping(values: Any, name: str) -> Mapping[str, Any]:
    if values is None:
        return {}
    if not isinstance(values, Mapping):
        raise InputError(f"{name} must map names to values (got {values!r})")
    return values


def _agreed(parts: tuple[Templates, ...], of: Callable[[Templates], dict[str, float]], what: str) -> dict[str, float]:
    """One mapping of all parts, which must say the same where they have the same name."""
    out: dict[str, float] = {}
    for part in parts:
        for key, value in of(part).items():
            if out.setdefault(key, value) != value:
                raise InputError(f"{what} {key!r} must be the same in all parts (got {out[key]:g} and {value:g})")
    return out


def _frozen(values: ArrayLike) -> Array:
    """A copy that cannot be changed."""
    array = np.array(values, dtype=np.float64)
    array.flags.writeable = False
    return array


def _rebuilt(kind: type, arguments: dict[str, Any]) -> Any:
    return kind(**arguments)


def _hashable(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.shape, value.tobytes()
    if isinstance(value, dict):
        return tuple((key, _hashable(part)) for key, part in value.items())
    return tuple(_hashable(part) for part in value) if isinstance(value, tuple) else value
