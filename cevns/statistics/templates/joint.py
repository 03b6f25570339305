"""A joint analysis of several experiments: the bins of all, one after the other, and whose nuisances are whose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np

from ..._arguments import Array, digits, known_name, several
from ...errors import InputError
from .arguments import Integers
from .points import Data

Value = TypeVar("Value")


class Part(Data, Protocol):
    """Templates, as far as a joint analysis knows them."""

    @property
    def name(self) -> str: ...
    @property
    def parameters(self) -> tuple[str, ...]: ...
    @property
    def start(self) -> Array: ...
    @property
    def exponents(self) -> Integers: ...
    @property
    def counts_by_term(self) -> Array: ...
    @property
    def variance(self) -> Array | None: ...


def joined(parts: Sequence[Part], common: Iterable[str] | None) -> dict[str, Any]:
    """Arguments of the templates of all parts, as `Templates.joined` describes them."""
    labels = _labels(parts, common)
    parameters = tuple(dict.fromkeys(key for part in parts for key in part.parameters))
    start = _agreed((dict(zip(part.parameters, part.start.tolist(), strict=True)) for part in parts), "start of")
    sigma = _agreed((_called(part.sigma, label) for part, label in zip(parts, labels, strict=True)), "sigma of")
    mean = _agreed((_called(part.mean, label) for part, label in zip(parts, labels, strict=True)), "mean of")
    limits = _agreed((_called(part.limits, label) for part, label in zip(parts, labels, strict=True)), "limits of")
    if len({part.observed is None for part in parts}) > 1:
        raise InputError("either all parts of a joint analysis must have observed counts, or none")
    sizes = [part.background.size for part in parts]
    ends = np.cumsum(sizes)
    rows, histograms = [], []
    for part, size, end in zip(parts, sizes, ends.tolist(), strict=True):
        powers = np.zeros((part.exponents.shape[0], len(parameters)), dtype=np.int64)
        powers[:, [parameters.index(key) for key in part.parameters]] = part.exponents
        histogram = np.zeros((powers.shape[0], int(ends[-1])))
        histogram[:, end - size : end] = part.counts_by_term.reshape(-1, size)
        rows.append(powers)
        histograms.append(histogram)

    def flat(values: Iterable[Array | None], instead: float) -> Array:
        filled = zip(values, sizes, strict=True)
        return np.concatenate([np.full(size, instead) if v is None else v.reshape(-1) for v, size in filled])

    def effects(each: Iterable[Mapping[str, Array]]) -> dict[str, Array]:
        called = [_called(values, label) for values, label in zip(each, labels, strict=True)]
        return {key: flat([part.get(key) for part in called], 0.0) for key in sigma if any(key in part for part in called)}

    return {
        "parameters": parameters,
        "exponents": np.concatenate(rows),
        "counts": np.concatenate(histograms),
        "start": [start[key] for key in parameters],
        "background": flat([part.background for part in parts], 0.0),
        "observed": None if parts[0].observed is None else flat([part.observed for part in parts], 0.0),
        "variance": None if all(part.variance is None for part in parts) else flat([part.variance for part in parts], np.nan),
        "signal_effects": effects(part.signal_effects for part in parts),
        "background_effects": effects(part.background_effects for part in parts),
        "sigma": sigma,
        "mean": mean,
        "limits": limits,
        "name": " + ".join(part.name for part in parts if part.name),
    }


def _labels(parts: Sequence[Part], common: Iterable[str] | None) -> list[dict[str, str]]:
    """Of each part, nuisance → what it is called in the joint analysis."""
    if common is None:
        return [{key: key for key in part.sigma} for part in parts]
    shared = several(common, "common must be names of nuisances, as ('flux',)")
    known = tuple(dict.fromkeys(key for part in parts for key in part.sigma))
    for key in shared:
        known_name(key, known, "common nuisance")
    labels = [{key: key if key in shared else f"{part.name} {key}" for key in part.sigma} for part in parts]
    own = [label[key] for label in labels for key in label if key not in shared]
    nameless = any(not part.name and set(part.sigma) - set(shared) for part in parts)
    if nameless or len({*own, *shared}) < len(own) + len(set(shared)):
        names = ", ".join(repr(part.name) for part in parts)
        raise InputError(f"parts must have different names, which tell their own nuisances apart (got {names})")
    return labels


def _called(values: Mapping[str, Value], label: Mapping[str, str]) -> dict[str, Value]:
    return {label[key]: value for key, value in values.items()}


def _agreed(mappings: Iterable[Mapping[str, Value]], what: str) -> dict[str, Value]:
    """One mapping of all, which must say the same where they have the same name."""
    out: dict[str, Value] = {}
    for mapping in mappings:
        for key, value in mapping.items():
            if out.setdefault(key, value) != value:
                raise InputError(f"{what} {key!r} must be the same in all parts (got {_shown(out[key])} and {_shown(value)})")
    return out


def _shown(value: Any) -> str:
    return f"({', '.join(map(digits, value))})" if isinstance(value, tuple) else digits(value)
