"""The sample of the signal among those of a model, and what a fit says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._arguments import mapped, several, shown
from .._immutable import Copied, proxy
from .._texts import cut
from ..errors import InputError
from ..statistics import Fit, Model, Sample

SIGNAL = "CEvNS"  # name of its sample, and of the parameter that multiplies it


@dataclass(frozen=True)
class SignalFit(Copied):
    """The result of a fit for the signal.

    Attributes
    ----------
    value, error : float
        Counts of CEvNS that fit best, and their standard deviation.
    values : mapping
        Counts of every sample that fit best.
    significance : float
        Standard deviations from no CEvNS at all: √(χ²(0) − χ²_min), each with its own best nuisances; nan if limits of its norm
        exclude none at all.
    chi2, bins : float, int
        χ² at the best fit, and over how many bins.
    fit : cevns.statistics.Fit
        All of its parameters.
    """

    value: float
    error: float
    values: Mapping[str, float]
    significance: float
    chi2: float
    bins: int
    fit: Fit

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", proxy(self.values))

    def __hash__(self) -> int:
        return hash((self.value, self.error, tuple(self.values.items()), self.fit))

    def __repr__(self) -> str:
        signal = f"{self.value:.6g} ± {self.error:.3g} counts of CEvNS, {self.significance:.3g} σ from none"
        return cut(f"<SignalFit: {signal}; χ² = {self.chi2:.6g} in {self.bins} bins\n{self.fit!r}>")


def mapping(given: Any, name: str) -> Mapping[str, Any]:
    """Parameter → what is said of it; nothing for None."""
    given = mapped(given)
    if given is not None and not isinstance(given, Mapping):
        raise InputError(f"{name} must map parameters to what is said of each, as {{'flux': …}} (got {type(given).__name__})")
    return {} if given is None else given


def all_of(given: Any, kind: type, name: str) -> tuple[Any, ...]:
    """Objects of one kind."""
    wanted = f"{name} must be a list of cevns.statistics.{kind.__name__}"
    listed = several(given, wanted)
    wrong = [thing for thing in listed if not isinstance(thing, kind)]
    if wrong:
        raise InputError(f"{wanted} (got {shown(wrong[0])})")
    return listed


def only(model: Model, samples: Sequence[Sample]) -> Model:
    """Some samples of a model, with those of its nuisances that they have."""
    names = {name for s in samples for name in (s.norm, *s.scale_effects, *s.shape_effects)}
    return Model(samples, [nuisance for nuisance in model.nuisances if nuisance.name in names])


def fitted(model: Model, sample: Sample, theta: Mapping[str, float]) -> float:
    """Counts of one sample of a model in all bins."""
    alone = only(model, [sample])
    return float(alone.expected({name: value for name, value in theta.items() if name in alone.parameters}).sum())


def times_factor(sample: Sample, factor: float) -> Sample:
    """As many times what a sample counts."""
    shapes = {name: (factor * down, factor * up) for name, (down, up) in sample.shape_effects.items()}
    return Sample(
        sample.name,
        factor * sample.counts,
        norm=sample.norm,
        scale_effects=sample.scale_effects,
        shape_effects=shapes,
        variance=None if sample.variance is None else factor**2 * sample.variance,
    )
