"""Counts as a polynomial in the parameters of a theory, with what was observed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..._arguments import Array, known_name, real_array, real_number, several, shown
from ..._core.scans import Scan
from ..._immutable import frozen, kept, proxy
from ..._texts import cut, names, written
from ...errors import InputError
from .arguments import LARGEST, Integers, binned, limits_of, mapping_of, name_of, names_of, terms_of, variance_of
from .joint import joined
from .minima import spread
from .points import Theory
from .rotations import turned

# What the counts of a signal are compared with
OF_DATA = ("background", "observed", "variance", "signal_effects", "background_effects", "sigma", "mean", "limits")


class Templates(Theory):
    """Counts as a polynomial in the parameters of a theory, with what was observed.

    `Experiment.templates` makes them; the constructor takes any histograms. Two of them add up to a joint analysis. They cannot
    be changed, are hashable and picklable; their `repr` is a summary.

    Parameters
    ----------
    parameters : sequence of str
        Names of the couplings.
    exponents : array_like (n_terms, n_parameters) of int
        Exponent of each parameter in each term, 0 to 16; all 0 for what depends on none. Terms with equal ones add up.
    counts : array_like (n_terms, *bins)
        The templates: what each term adds to the counts for a weight of 1. Those of interferences may be negative.
    start : array_like (n_parameters,), optional
        Values of the parameters in the interaction that the templates were made of, 0 by default.
    background : array_like (*bins), optional
        Counts of the background.
    observed : array_like (*bins), optional
        Counts; ≥ 0 for Poisson bins.
    variance : array_like (*bins), optional
        Variance of the observed counts, 1e-50 to 1e100, of bins whose counts are normal; nan for Poisson bins, which all are
        by default.
    signal_effects : mapping, optional
        Nuisance → relative change of the signal by one unit of it, a number or by bin.
    background_effects : mapping, optional
        Nuisance → change of the background by one unit of it (*bins).
    sigma : mapping, optional
        Nuisance → its standard deviation, 1e-50 to 1e50, or inf if it is free; 1 by default.
    mean : mapping, optional
        Nuisance → its central value, for which `counts` and `background` stand; 0 by default.
    limits : mapping, optional
        Nuisance → (lower, upper), which its value cannot pass; −inf and inf by default, or where one of them is None.
    name : str
        Name of the templates.

    Raises
    ------
    InputError, UnknownNameError
        For values outside their range, shapes that do not match, a mean outside its limits, unknown nuisances.

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
    signal_effects: Mapping[str, Array]
    background_effects: Mapping[str, Array]
    sigma: Mapping[str, float]
    mean: Mapping[str, float]
    limits: Mapping[str, tuple[float, float]]

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
        mean: Mapping[str, float] | None = None,
        limits: Mapping[str, tuple[float | None, float | None]] | None = None,
        name: str = "",
    ) -> None:
        names = names_of(parameters)
        powers, histograms = terms_of(exponents, counts, len(names))
        bins = histograms.shape[1:]
        spread = None if variance is None else variance_of(variance, bins)
        begin = np.zeros(len(names)) if start is None else real_array(start, "start")
        if begin.shape != (len(names),):
            raise InputError(f"start must have one value for each of {', '.join(names)} (got shape {begin.shape})")
        seen = None
        if observed is not None:
            seen = binned(observed, "observed", bins)
            poisson = seen if spread is None else seen[np.isnan(spread)]
            real_array(poisson, "observed", minimum=0.0)
        relative = {
            name_of(key): binned(effect, f"signal effect of {key!r}", bins, broadcast=True)
            for key, effect in mapping_of(signal_effects, "signal_effects").items()
        }
        absolute = {
            name_of(key): binned(effect, f"background effect of {key!r}", bins)
            for key, effect in mapping_of(background_effects, "background_effects").items()
        }
        nuisances = tuple(dict.fromkeys((*relative, *absolute)))
        given, centers, ends = mapping_of(sigma, "sigma"), mapping_of(mean, "mean"), mapping_of(limits, "limits")
        for key in (*given, *centers, *ends):
            known_name(key, nuisances, "nuisance")
        means = {
            key: real_number(centers.get(key, 0.0), f"mean of {key!r}", minimum=-LARGEST, maximum=LARGEST) for key in nuisances
        }
        both = set(nuisances) & set(names)
        if both:
            raise InputError(f"a nuisance must not have the name of a parameter (got {', '.join(sorted(both))})")
        self.__dict__.update(
            parameters=names,
            exponents=powers,
            counts_by_term=histograms,
            start=frozen(begin),
            background=frozen(np.zeros(bins)) if background is None else binned(background, "background", bins),
            observed=seen,
            variance=spread,
            signal_effects=proxy(relative),
            background_effects=proxy(absolute),
            sigma=proxy({key: _deviation(given.get(key, 1.0), key) for key in nuisances}),
            mean=proxy(means),
            limits=proxy({key: limits_of(ends.get(key, (None, None)), key, means[key]) for key in nuisances}),
            name=str(name),
        )

    @staticmethod
    def joined(parts: Iterable[Templates], common: Iterable[str] | None = None) -> Templates:
        """A joint analysis of several: the bins of all, flat, one after the other.

        Parameters of the same name are one, and so are nuisances that are common: profiled together, exactly.

        Parameters
        ----------
        parts : iterable of Templates
            At least one; all with observed counts, or none.
        common : iterable of str, optional
            Nuisances that are one and the same in all parts that have them. The others are the part's own and get its name in
            front, as in "coherent-csi-2021 BRN". By default (None) all nuisances of one name are one.

        Raises
        ------
        UnknownNameError
            For a common nuisance that no part has.
        InputError
            If `start`, or mean, standard deviation or limits of a common nuisance differ, if some have observed counts and
            others have not, or if nuisances of different parts cannot be told apart by the names of the parts.

        Examples
        --------
        >>> from cevns import Templates
        >>> one = Templates(["g"], [[2]], [[4.0]], background=[1.0], observed=[5], name="one")
        >>> two = Templates(["g"], [[2]], [[3.0, 2.0]], background=[1.0, 1.0], observed=[4, 3], name="two")
        >>> (one + two).likelihood([1.0])
        0.0
        >>> parts = [
        ...     Templates(["g"], [[2]], [[4.0]], signal_effects={"flux": 0.1, "quenching": 0.2}, name=name)
        ...     for name in ("one", "two")
        ... ]
        >>> Templates.joined(parts, common=("flux",)).nuisances
        ('flux', 'one quenching', 'two quenching')
        """
        given = several(parts, "a joint analysis needs cevns.Templates")
        if not given or not all(isinstance(part, Templates) for part in given):
            raise InputError(f"a joint analysis needs cevns.Templates (got {shown(given)})")
        return given[0] if len(given) == 1 and common is None else Templates(**joined(given, common))

    def __add__(self, other: Templates) -> Templates:
        return Templates.joined((self, other)) if isinstance(other, Templates) else NotImplemented

    def __radd__(self, other: object) -> Templates:
        """0 + templates, with which `sum` begins, are the templates."""
        return self if isinstance(other, int) and other == 0 else NotImplemented

    def observing(self, observed: ArrayLike | None) -> Templates:
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
    def _data(self) -> Templates:
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
            self._limited.scan.chi2(theta, out, slopes)
        else:
            mean, (low, high) = np.array(list(self.mean.values())), np.array(list(self.limits.values())).T
            beyond = np.arange(theta.shape[0])
            if self._unlimited is not None:
                self._unlimited.profile(theta, out, pulls, slopes, mean)
                beyond = np.flatnonzero(((pulls < low) | (pulls > high)).any(axis=1))
            if beyond.size == theta.shape[0]:
                self._limited.profile(theta, out, pulls, slopes, mean)
            elif beyond.size:
                own, at = np.empty(beyond.size), np.empty((beyond.size, mean.size))
                steep = None if slopes is None else np.empty((beyond.size, theta.shape[1]))
                self._limited.profile(np.ascontiguousarray(theta[beyond]), own, at, steep, mean)
                out[beyond], pulls[beyond] = own, at
                if slopes is not None:
                    slopes[beyond] = steep
            np.clip(pulls, low, high, out=pulls)  # rounding must not lead out

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
        return self.start + spread(np.random.default_rng(1), scales), scales

    @kept
    def _rows(self) -> Array:
        """The templates with flat bins."""
        return self.counts_by_term.reshape(self.exponents.shape[0], -1)

    @kept
    def _limited(self) -> Profile:
        return self._profile(np.array(list(self.limits.values())).reshape(-1, 2))

    @kept
    def _unlimited(self) -> Profile | None:
        """Without limits, if nuisances that have some change the signal: only then all of these can be turned, and digits stay
        where a signal is far too large. Where the best values are within the limits, they are the answer."""
        ends = np.array(list(self.limits.values())).reshape(-1, 2)
        if not self._effects("signal_effects")[np.isfinite(ends).any(axis=1)].any():
            return None
        return self._profile(np.broadcast_to([-np.inf, np.inf], ends.shape))

    def _profile(self, limits: Array) -> Profile:
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
        # the signal is the ratio less what is not signal in it
        other = arranged(np.where(normal, background - n, background)) / scale
        relative, added = self._effects("signal_effects"), self._effects("background_effects")
        sigma = np.array(list(self.sigma.values()))
        precision = (1.0 / sigma) ** 2
        # in units of σ any direction of nuisances that are normal, and have no limits, is like any other
        alike = np.flatnonzero(np.isfinite(sigma) & ~np.isfinite(limits).any(axis=1))
        rotation, matrix = turned(sigma[alike, None] * relative[alike]), None
        if rotation is not None:
            matrix = np.eye(sigma.size)
            matrix[np.ix_(alike, alike)] = rotation[0] * sigma[alike]
            relative[alike] = rotation[1]
            added = np.stack([(row[:, None] * added).sum(axis=0) for row in matrix])
            precision[alike] = 1.0
            # a spectrum has a hundred uncertainties, of which counts in bins tell ten apart: the others stay at their means
            some = relative.any(axis=1) | added.any(axis=1)
            matrix, relative, added, precision, limits = (each[some] for each in (matrix, relative, added, precision, limits))
        relative, added = (np.array([arranged(row) for row in rows]).reshape(-1, order.size) for rows in (relative, added))
        means = np.array(list(self.mean.values()))
        room = limits - (means if matrix is None else means[some])[:, None]
        scan = Scan(
            self.exponents[~fixed].astype(np.uint8),
            constant,
            np.stack([arranged(row) / scale for row in self._rows[~fixed]]) if not fixed.all() else np.zeros((0, order.size)),
            counts,
            (kinds[0].size, kinds[1].size, kinds[2].size),
            few.size,
            float(np.sum(known[few] - n[few])),
            self._rows[~fixed][:, few].sum(axis=1),
            relative,
            added / scale - relative * other,
            precision,
            *np.ascontiguousarray(room.T),
        )
        return Profile(scan, matrix)

    def _effects(self, kind: str) -> Array:
        """Changes (n_nuisances, flat bins) by one unit of each nuisance."""
        effects, size = getattr(self, kind), self.background.size
        out = [effects[key].reshape(-1) if key in effects else np.zeros(size) for key in self.sigma]
        return np.array(out).reshape(-1, size)

    # ---- identity ----------------------------------------------------------------------------------------------------------

    def _arguments(self) -> dict[str, Any]:
        names = ("parameters", "exponents", "start", *OF_DATA, "name")
        return {name: self.__dict__[name] for name in names} | {"counts": self.counts_by_term}

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("Templates cannot be changed")

    def __repr__(self) -> str:
        terms, bins = self.exponents.shape[0], " × ".join(map(str, self.shape))
        parts = [f"{terms} term{'s' * (terms != 1)}", f"{bins} bins", "not observed" if self.observed is None else "observed"]
        parts += [f"nuisances {names(self.sigma)}"] if self.sigma else []
        return cut(f"<Templates {written(self.name)} of {names(self.parameters)}: {'; '.join(parts)}>")


def _deviation(sigma: Any, nuisance: str) -> float:
    value = real_number(sigma, f"sigma of {nuisance!r}", minimum=0.0, above=True, infinite=True)
    return value if value == np.inf else real_number(value, f"sigma of {nuisance!r}", minimum=1 / LARGEST, maximum=LARGEST)


class Profile(NamedTuple):
    """A kernel, and its nuisances (k, n) in those of the templates; None if they are the same."""

    scan: Scan
    matrix: Array | None

    def profile(self, theta: Array, out: Array, pulls: Array, slopes: Array | None, mean: Array) -> None:
        """χ², values of the nuisances and derivatives."""
        if self.matrix is None:
            self.scan.profile(theta, out, pulls, slopes)
        else:
            own = np.zeros((len(pulls), len(self.matrix)))
            self.scan.profile(theta, out, own, slopes)
            pulls[:] = 0.0
            for k, row in enumerate(self.matrix):
                pulls += own[:, k, None] * row
        pulls += mean
