"""Models: the expected counts of a sum of samples, as a function of norms and nuisance parameters θ.

    μ(θ) = Σ_s θ_norm(s) (1 + Σ_j σ_sj θ_j) (T_s + Σ_k δ_sk(θ_k))

T_s are the counts of sample s by bin; σ_sj is the relative effect of one unit of θ_j; and δ_sk interpolates between the
templates that are T⁻ at θ_k = −1, T_s at 0 and T⁺ at +1:

    δ(θ) = θ (T⁺ − T⁻)/2 + h(θ) ((T⁺ + T⁻)/2 − T)        h = |θ| for |θ| ≥ 1, θ² (15 − 10 θ² + 3 θ⁴)/8 within

h has two continuous derivatives everywhere. This is "code 4p" of HistFactory (K. Cranmer et al., CERN-OPEN-2012-016;
L. Heinrich et al., J. Open Source Softw. 6 (2021) 2823), so that `to_pyhf` is exact.

Formulas
--------
expected counts, `Model`: μ(θ) = Σ_s θ_norm(s) (1 + Σ_j σ_sj θ_j) (T_s + Σ_k δ_sk(θ_k))
    K. Cranmer et al., CERN-OPEN-2012-016
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._arguments import Array, digits, known_name, mapped, real_array, real_number, several, shown, transposed
from .._immutable import Immutable, frozen, kept, proxy
from .._texts import cut, names, of_fields
from ..errors import InputError
from .checks import deviation, limit, mapping

Index = NDArray[np.intp]


@dataclass(frozen=True)
class Nuisance:
    """A parameter of a model, and what is known of it beforehand: χ² gains ((θ − mean)/sigma)².

    Parameters
    ----------
    name : str
        Its name; effects and norms of one name belong to one parameter.
    sigma : float
        Standard deviation, ≥ 1e-150; inf for a free parameter.
    mean : float
        Its central value: where a fit begins.
    lower, upper : float
        Limits of the parameter.

    Raises
    ------
    InputError
        For an empty name, sigma that is not > 0, or a mean that is not between the limits.

    Examples
    --------
    >>> from cevns.statistics import Nuisance
    >>> Nuisance("delayed neutrons", sigma=1.0, lower=-1.0)
    Nuisance(name='delayed neutrons', lower=-1.0)
    """

    name: str
    sigma: float = 1.0
    mean: float = 0.0
    lower: float = -math.inf
    upper: float = math.inf

    def __post_init__(self) -> None:
        _name(self.name, "name of a nuisance")
        numbers = {
            "sigma": _one(deviation(self.sigma, "sigma"), "sigma"),
            "mean": real_number(self.mean, "mean"),
            "lower": limit(self.lower, "lower"),
            "upper": limit(self.upper, "upper"),
        }
        for name, value in numbers.items():
            object.__setattr__(self, name, value)
        if not (self.lower <= self.mean <= self.upper and self.lower < self.upper):
            raise InputError(
                f"nuisance {self.name!r} needs lower <= mean <= upper and lower < upper"
                f" (got {digits(self.lower)}, {digits(self.mean)} and {digits(self.upper)})"
            )

    @property
    def free(self) -> bool:
        """Whether nothing is known of it beforehand."""
        return self.sigma == math.inf

    __repr__ = of_fields


class Sample(Immutable):
    """The expected counts of one process, and what changes them.

    Parameters
    ----------
    name : str
        Name of the process: "CEvNS", "steady state".
    counts : array_like (*bins)
        Expected counts by bin, ≥ 0; bins of any shape. Empty bins are fine.
    norm : str, optional
        Name of a parameter that multiplies the counts; 1 by default.
    scale_effects : mapping, optional
        Parameter → relative change of the counts by one unit of it: 0.1 for a flux known to 10 %.
    shape_effects : mapping, optional
        Parameter → (down, up): the counts by bin, ≥ 0, where it is −1 and +1; or up alone, and down is
        then its mirror image, where that is not negative, and 0 elsewhere.
    variance : array_like (*bins), optional
        Variance of the counts from the finite statistics of the template, ≥ 0: N w² for N simulated events of weight w. Counts
        only if the cost is told so.

    Raises
    ------
    InputError
        For an empty name, negative or nan counts, templates of another shape.

    Examples
    --------
    >>> from cevns.statistics import Sample
    >>> signal = Sample("CEvNS", [40.0, 25.0], norm="mu", scale_effects={"flux": 0.1})
    >>> signal.total
    65.0
    """

    name: str
    counts: Array
    norm: str | None
    variance: Array | None

    def __init__(
        self,
        name: str,
        counts: ArrayLike,
        *,
        norm: str | None = None,
        scale_effects: Mapping[str, float] | None = None,
        shape_effects: Mapping[str, ArrayLike | tuple[ArrayLike, ArrayLike]] | None = None,
        variance: ArrayLike | None = None,
    ) -> None:
        _name(name, "name of a sample")
        if norm is not None:
            _name(norm, f"norm of sample {name!r}")
        nominal = frozen(real_array(counts, f"counts of sample {name!r}", minimum=0.0))
        if not nominal.size:
            raise InputError(f"sample {name!r} needs one bin at least (got shape {nominal.shape})")
        scales, shapes = {}, {}
        given = mapping(scale_effects, "scale_effects must map parameters to effects", "{'flux': 0.1}")
        for effect, size in given.items():
            _name(effect, f"effect on sample {name!r}")
            scales[effect] = real_number(size, f"effect of {effect!r} on sample {name!r}")
        given = mapping(shape_effects, "shape_effects must map parameters to templates", "{'timing': (down, up)}")
        for effect, templates in given.items():
            _name(effect, f"effect on sample {name!r}")
            shapes[effect] = _templates(templates, nominal, f"effect of {effect!r} on sample {name!r}")
        if variance is not None:
            variance = frozen(real_array(variance, f"variance of sample {name!r}", minimum=0.0))
            _same_shape(variance, nominal, f"variance of sample {name!r}")
        self.__dict__.update(
            name=name, counts=nominal, norm=norm, _scales=proxy(scales), _shapes=proxy(shapes), variance=variance
        )

    @property
    def scale_effects(self) -> dict[str, float]:
        """Parameter → relative change by one unit of it."""
        return dict(self.__dict__["_scales"])

    @property
    def shape_effects(self) -> dict[str, tuple[Array, Array]]:
        """Parameter → counts at −1 and at +1."""
        return dict(self.__dict__["_shapes"])

    @property
    def total(self) -> float:
        """Sum of the counts."""
        return float(self.counts.sum())

    def _arguments(self) -> dict[str, Any]:
        optional = {
            "norm": self.norm,
            "scale_effects": self.scale_effects or None,
            "shape_effects": self.shape_effects or None,
            "variance": self.variance,
        }
        return {"name": self.name, "counts": self.counts, **{k: v for k, v in optional.items() if v is not None}}


class Model(Immutable):
    """A sum of samples: expected counts by bin, and their gradient.

    Parameters
    ----------
    samples : iterable of Sample
        The parts, with bins of one shape.
    nuisances : iterable of Nuisance, optional
        Parameters that are not as by default: a norm is free, begins at 1 and is not negative; the parameter of an effect is
        normal, of mean 0 and standard deviation 1.

    Raises
    ------
    InputError
        For no samples, two of one name, bins of different shapes, a nuisance that no sample has, or a parameter that is both a
        norm and an effect and is not among the nuisances.

    Notes
    -----
    See the top of `cevns.statistics.models` for μ(θ). Parameters stand in the order norms, effects, as samples name them.

    `Cost` needs of a model no more than `nuisances`, `shape`, `counts`, `evaluate`, `curvature` and, for templates of finite
    statistics, `evaluate_variance` and `variance_curvature`: an object that has these, of parameters that enter in another way,
    may stand in its place.

    Examples
    --------
    >>> from cevns.statistics import Model, Sample
    >>> signal = Sample("CEvNS", [40.0, 25.0], norm="mu", scale_effects={"flux": 0.1})
    >>> model = Model([signal, Sample("steady state", [60.0, 55.0])])
    >>> model.parameters
    ('mu', 'flux')
    >>> model.expected([0.5, 1.0]).tolist()
    [82.0, 68.75]
    """

    samples: tuple[Sample, ...]
    nuisances: tuple[Nuisance, ...]

    def __init__(self, samples: Iterable[Sample], nuisances: Iterable[Nuisance] = ()) -> None:
        samples, given = _tuple(samples, Sample, "samples"), _tuple(nuisances, Nuisance, "nuisances")
        if not samples:
            raise InputError("samples must be one or more cevns.statistics.Sample (got none)")
        for what, own in (("samples", [s.name for s in samples]), ("nuisances", [n.name for n in given])):
            if len(set(own)) < len(own):
                raise InputError(f"names of {what} must differ (got {shown(max(own, key=own.count))} twice)")
        for sample in samples:
            _same_shape(sample.counts, samples[0].counts, f"counts of sample {sample.name!r}")
        norms = dict.fromkeys(s.norm for s in samples if s.norm is not None)
        effects = dict.fromkeys(name for s in samples for name in (*s.scale_effects, *s.shape_effects))
        declared = {nuisance.name: nuisance for nuisance in given}
        if unused := set(declared) - set(norms) - set(effects):
            raise InputError(f"nuisance {sorted(unused)[0]!r} changes no sample; known are {', '.join([*norms, *effects])}")
        for name in norms:
            if name in effects and name not in declared:
                raise InputError(f"{name!r} is a norm and an effect: say what it is among the nuisances")
            declared.setdefault(name, Nuisance(name, sigma=math.inf, mean=1.0, lower=0.0))
        for name in effects:
            declared.setdefault(name, Nuisance(name))
        ordered = tuple(declared[name] for name in {**norms, **effects})
        self.__dict__.update(samples=samples, nuisances=ordered)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters, in order."""
        return tuple(nuisance.name for nuisance in self.nuisances)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the bins."""
        return self.samples[0].counts.shape

    def values(self, theta: ArrayLike | Mapping[str, float]) -> Array:
        """The parameters as an array: from one, or from a mapping, in which a missing one is at its mean."""
        return values_of(self.nuisances, theta)

    def expected(self, theta: ArrayLike | Mapping[str, float]) -> Array:
        """Expected counts.

        Parameters
        ----------
        theta : array_like (n_parameters,) or mapping
            Values of the parameters; in a mapping, a missing one is at its mean.

        Returns
        -------
        array (*bins)

        Raises
        ------
        InputError, UnknownNameError
            For another number of values, one that is not finite, or an unknown name.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            return _finite(self.counts(self.values(theta))).reshape(self.shape)

    def expected_by_sample(self, theta: ArrayLike | Mapping[str, float]) -> Array:
        """Expected counts (n_samples, *bins) of each sample; arguments as for `expected`."""
        p = self._prepared
        with np.errstate(over="ignore", invalid="ignore"):
            factor, amplitude = self._scaled(self.values(theta))[:2]
            weights = np.zeros((len(self.samples), amplitude.size))
            weights[p.owner, np.arange(amplitude.size)] = factor[p.owner] * amplitude
            return _finite(weights @ p.rows).reshape(-1, *self.shape)

    def gradient(self, theta: ArrayLike | Mapping[str, float]) -> Array:
        """∂μ/∂θ (n_parameters, *bins); arguments as for `expected`."""
        return self.evaluate(self.values(theta))[1].reshape(-1, *self.shape)

    def variance(self, theta: ArrayLike | Mapping[str, float]) -> Array:
        """Variance (*bins) of the expected counts from the finite statistics of the templates; arguments as for `expected`."""
        with np.errstate(over="ignore", invalid="ignore"):
            return _finite(self.evaluate_variance(self.values(theta))[0]).reshape(self.shape)

    def variance_by_sample(self, theta: ArrayLike | Mapping[str, float]) -> Array:
        """Variance (n_samples, *bins) of the expected counts of each sample; arguments as for `expected`."""
        with np.errstate(over="ignore", invalid="ignore"):
            factor = self._scaled(self.values(theta))[0]
            return _finite(factor[:, None] ** 2 * self._prepared.variance).reshape(-1, *self.shape)

    # ---- what a cost asks for: flat bins, nothing checked ----------------------------------------------------------------

    def counts(self, theta: Array) -> Array:
        """μ (n,) of all bins, flat."""
        p = self._prepared
        factor, amplitude = self._scaled(theta)[:2]
        return np.asarray((factor[p.owner] * amplitude) @ p.rows)

    def evaluate(self, theta: Array) -> tuple[Array, Array]:
        """μ (n,) and ∂μ/∂θ (n_parameters, n) of all bins, flat."""
        p = self._prepared
        factor, amplitude, slope, norm, scale = self._scaled(theta)
        weights = np.empty((theta.size + 1, amplitude.size))
        weights[:-1] = self._factor_slopes(norm, scale)[p.owner].T
        weights[-1] = factor[p.owner]
        weights *= amplitude
        if slope.size:
            weights[p.parameter, p.line] += factor[p.sample]
            weights[p.parameter, p.bend] += factor[p.sample] * slope
        found = weights @ p.rows
        return found[-1], found[:-1]

    def curvature(self, theta: Array, weights: Array) -> Array:
        """Σ_bins w ∂²μ/∂θ∂θ (n_parameters, n_parameters) for weights w (n,) of flat bins."""
        p = self._prepared
        factor, amplitude, slope, norm, scale = self._scaled(theta)
        content = p.rows @ weights
        matrix = np.zeros((theta.size, theta.size))
        # what a norm does together with scales
        of_sample = np.bincount(p.owner, amplitude * content)[p.normed]
        np.add.at(matrix, p.norm[p.normed], p.relative[p.normed] * of_sample[:, None])
        if not slope.size:
            return matrix + matrix.T
        # what norm and scales do together with shapes, and the bends of the shapes
        line, bend = content[p.line], content[p.bend]
        np.add.at(matrix, p.parameter, self._factor_slopes(norm, scale)[p.sample] * (line + slope * bend)[:, None])
        matrix += matrix.T
        square = theta[p.parameter] ** 2
        second = np.where(square < 1, (15 + square * (45 * square - 60)) / 4, 0.0)
        np.add.at(matrix, (p.parameter, p.parameter), factor[p.sample] * second * bend)
        return matrix

    def evaluate_variance(self, theta: Array) -> tuple[Array, Array]:
        """Variance (n,) of the expected counts, and its gradient (n_parameters, n); a norm counts squared, a shape not."""
        factor, _, _, norm, scale = self._scaled(theta)
        variance = self._prepared.variance
        return factor**2 @ variance, (2 * factor[:, None] * self._factor_slopes(norm, scale)).T @ variance

    def variance_curvature(self, theta: Array, weights: Array) -> Array:
        """Σ_bins w ∂²V/∂θ∂θ (n_parameters, n_parameters) of that variance for weights w (n,) of flat bins."""
        p = self._prepared
        factor, _, _, norm, scale = self._scaled(theta)
        slopes, content = self._factor_slopes(norm, scale), p.variance @ weights
        matrix = np.zeros((theta.size, theta.size))
        # V = Σ f² V_s, and f is a norm times a sum of scales
        np.add.at(matrix, p.norm[p.normed], 2 * p.relative[p.normed] * (factor * content)[p.normed, None])
        return matrix + matrix.T + 2 * (slopes.T * content) @ slopes

    def _scaled(self, theta: Array) -> tuple[Array, Array, Array, Array, Array]:
        """Factors of samples, amplitudes of rows, dh/dθ of shape effects, and the two parts of the factors."""
        p = self._prepared
        norm = np.concatenate((theta, _ONE))[p.norm]
        scale = 1 + p.relative @ theta
        amplitude = np.ones(p.owner.size)
        slope = theta[p.parameter]
        if slope.size:
            amplitude[p.line] = slope
            bends, slopes = zip(*map(_bend, slope.tolist()), strict=True)
            amplitude[p.bend] = bends
            slope[:] = slopes
        return norm * scale, amplitude, slope, norm, scale

    def _factor_slopes(self, norm: Array, scale: Array) -> Array:
        """Change (samples, parameters) of the factor of each sample by one unit of each parameter."""
        p = self._prepared
        slopes = p.relative * norm[:, None]
        slopes[p.normed, p.norm[p.normed]] += scale[p.normed]
        return slopes

    @kept
    def _prepared(self) -> _Prepared:
        samples, place = self.samples, {name: i for i, name in enumerate(self.parameters)}
        relative = np.zeros((len(samples), len(place)))
        for i, sample in enumerate(samples):
            for name, size in sample.scale_effects.items():
                relative[i, place[name]] = size
        effects = [(i, place[name], *pair) for i, s in enumerate(samples) for name, pair in s.shape_effects.items()]
        nominal = [sample.counts for sample in samples]
        lines = [(up - down) / 2 for _, _, down, up in effects]
        bends = [(up + down) / 2 - samples[i].counts for i, _, down, up in effects]
        spread = [np.zeros(self.shape) if s.variance is None else s.variance for s in samples]
        owners = [i for i, *_ in effects]
        return _Prepared(
            rows=np.stack([part.reshape(-1) for part in (*nominal, *lines, *bends)]),
            owner=np.array([*range(len(samples)), *owners, *owners], dtype=np.intp),
            variance=np.stack([part.reshape(-1) for part in spread]),
            relative=relative,
            norm=np.array([len(place) if s.norm is None else place[s.norm] for s in samples], dtype=np.intp),
            normed=np.array([i for i, s in enumerate(samples) if s.norm is not None], dtype=np.intp),
            sample=np.array(owners, dtype=np.intp),
            parameter=np.array([j for _, j, *_ in effects], dtype=np.intp),
            line=np.arange(len(effects)) + len(samples),
            bend=np.arange(len(effects)) + len(samples) + len(effects),
        )

    def _arguments(self) -> dict[str, Any]:
        return {"samples": self.samples, "nuisances": self.nuisances}

    def __repr__(self) -> str:
        bins, samples = " × ".join(map(str, self.shape)) or "1", names(sample.name for sample in self.samples)
        parameters = f"parameters {names(self.parameters)}" if self.parameters else "no parameters"
        return cut(f"<Model in {bins} bins: samples {samples}; {parameters}>")


class _Prepared(NamedTuple):
    """A model as arrays, with flat bins: μ is a sum of rows, each with an amplitude and the factor of its sample."""

    rows: Array  # (samples + 2 effects, bins): counts, then what θ multiplies, then what h(θ) multiplies
    owner: Index  # (rows,): the sample of each
    variance: Array  # (samples, bins)
    relative: Array  # (samples, parameters): relative effects
    norm: Index  # (samples,): the parameter that multiplies it, one past the last for none
    normed: Index  # the samples that have one
    sample: Index  # (effects,): the sample that a shape effect changes
    parameter: Index  # (effects,): and its parameter
    line: Index  # (effects,): rows that θ multiplies
    bend: Index  # (effects,): and those that h(θ) multiplies


_ONE = np.ones(1)


def _bend(theta: float) -> tuple[float, float]:
    """h and dh/dθ."""
    if not -1 < theta < 1:
        return abs(theta), math.copysign(1.0, theta)
    square = theta * theta
    return square * (15 + square * (3 * square - 10)) / 8, theta * (15 + square * (9 * square - 20)) / 4


def values_of(nuisances: tuple[Nuisance, ...], theta: ArrayLike | Mapping[str, float]) -> Array:
    """Values of parameters as an array: from one, or from a mapping, in which a missing one is at its mean."""
    theta = mapped(theta)
    if isinstance(theta, Mapping):
        names = tuple(nuisance.name for nuisance in nuisances)
        for name in theta:
            known_name(name, names, "parameter")
        values = [real_number(theta.get(n.name, n.mean), f"parameter {n.name!r}") for n in nuisances]
        return np.array(values, dtype=np.float64)
    array = real_array(theta, "theta")
    if array.shape != (len(nuisances),):
        names_shown = ", ".join(nuisance.name for nuisance in nuisances)
        raise InputError(f"theta must have one value for each of {names_shown} (got shape {array.shape})")
    return array


def _templates(templates: Any, nominal: Array, what: str) -> tuple[Array, Array]:
    """Templates at −1 and +1; the first is the mirror image of the second if that alone is given."""
    if isinstance(templates, tuple | list) and len(templates) == 2 and real_array(templates[0], what).ndim == nominal.ndim:
        pair = tuple(frozen(real_array(t, what, minimum=0.0)) for t in templates)
    else:
        up = frozen(real_array(templates, what, minimum=0.0))
        if up.shape == (2, *nominal.shape):
            pair = (frozen(up[0]), frozen(up[1]))
        else:
            _same_shape(up, nominal, what)
            pair = (frozen(np.maximum(2 * nominal - up, 0.0)), up)
    for template in pair:
        _same_shape(template, nominal, what)
    return pair[0], pair[1]


def _finite(values: Array) -> Array:
    if not np.isfinite(values).all():
        raise InputError("theta must be such that counts are < 1.8e308 (got an overflow)")
    return values


def _same_shape(array: Array, nominal: Array, what: str) -> None:
    if array.shape != nominal.shape:
        hint = transposed(array.shape, nominal.shape)
        raise InputError(f"{what} must have the shape {nominal.shape} of the bins (got {array.shape}){hint}")


def _name(value: Any, what: str) -> None:
    if not isinstance(value, str) or not value:
        raise InputError(f"{what} must be a text (got {shown(value)})")


def _one(values: Array, name: str) -> float:
    return real_number(values, name, infinite=True)


def _tuple(value: Any, kind: type, what: str) -> tuple[Any, ...]:
    parts = several(value, f"{what} must be cevns.statistics.{kind.__name__}")
    if not all(isinstance(part, kind) for part in parts):
        raise InputError(f"{what} must be cevns.statistics.{kind.__name__} (got {shown(value)})")
    return parts
