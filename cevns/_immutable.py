"""The base of models, costs and templates: they cannot be changed, are hashable, picklable, and shown by `repr`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ._arguments import Array
from ._texts import call


class Immutable:
    """Identity, pickle and a repr, all from what the constructor takes."""

    def _arguments(self) -> dict[str, Any]:
        """Arguments of the constructor, by name; arrays are immutable."""
        raise NotImplementedError

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), {name: plain(value) for name, value in self._arguments().items()})

    @cached_property
    def _key(self) -> tuple[Any, ...]:
        return tuple(hashable(value) for value in self._arguments().values())

    def __hash__(self) -> int:
        return hash((type(self).__name__, self._key))

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._key == other._key

    def __repr__(self) -> str:
        return call(type(self).__name__, self._arguments())

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a {type(self).__name__} cannot be changed")


def frozen(values: ArrayLike) -> Array:
    """A copy that cannot be changed."""
    array = np.array(values, dtype=np.float64)
    array.flags.writeable = False
    return array


def sealed(array: Array) -> Array:
    """The array itself, which nobody but its maker has, from now on read-only."""
    array.flags.writeable = False
    return array


def proxy(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """A copy of a mapping that cannot be changed."""
    return MappingProxyType(dict(values))


def plain(value: Any) -> Any:
    """A mapping as a dictionary, which can be pickled; anything else as it is."""
    return {name: plain(part) for name, part in value.items()} if isinstance(value, Mapping) else value


def _rebuilt(kind: type, arguments: dict[str, Any]) -> Any:
    return kind(**arguments)


def hashable(value: Any) -> Any:
    """A key that tells a value from others: arrays by shape and bytes, mappings and tuples part by part."""
    if isinstance(value, np.ndarray):
        return value.shape, value.tobytes()
    if isinstance(value, Mapping):
        return tuple((name, hashable(part)) for name, part in value.items())
    return tuple(hashable(part) for part in value) if isinstance(value, tuple) else value
