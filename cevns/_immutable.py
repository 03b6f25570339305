"""The base of models, costs and templates: they cannot be changed, are hashable, picklable, and shown by `repr`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, wraps
from types import MappingProxyType
from typing import Any, Literal, TypeVar, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._arguments import Array
from ._texts import call

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])
AnyArray = TypeVar("AnyArray", bound=NDArray[Any])


class kept(cached_property[T]):  # noqa: N801 (a decorator)
    """A `functools.cached_property` whose arrays cannot be changed by whoever asks for them."""

    def __init__(self, function: Callable[[Any], T]) -> None:
        super().__init__(wraps(function)(lambda instance: closed(function(instance))))


class Immutable:
    """Identity, pickle and a repr, all from what the constructor takes."""

    def _arguments(self) -> dict[str, Any]:
        """Arguments of the constructor, by name; arrays are immutable."""
        raise NotImplementedError

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), {name: plain(value) for name, value in self._arguments().items()})

    @kept
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


def sealing(function: F) -> F:
    """The function with what it returns closed: for results that a cache keeps, which all have in common."""
    return cast("F", wraps(function)(lambda *given, **named: closed(function(*given, **named))))


class Copied:
    """Pickled and copied without what it has computed meanwhile; its copies are as closed as it is."""

    def __getstate__(self) -> dict[str, Any]:
        given = (
            (name, value) for name, value in self.__dict__.items() if not isinstance(getattr(type(self), name, None), kept)
        )
        return {name: plain(value) for name, value in given}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update({name: closed(value) for name, value in state.items()})


def frozen(values: ArrayLike) -> Array:
    """A copy of numbers that cannot be changed; the array itself if it is such a one."""
    return sealed(np.asarray(values, dtype=np.float64))


def sealed(array: AnyArray) -> AnyArray:
    """A copy that cannot be changed, nor made writable, for its memory is that of `bytes`; the array itself if it is one."""
    if isinstance(array.base, bytes) and not array.flags.writeable:
        return array
    if array.dtype.hasobject:  # which bytes cannot hold
        copy = array.copy()
        copy.flags.writeable = False
        return copy
    order: Literal["C", "F"] = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
    return cast("AnyArray", np.ndarray(array.shape, array.dtype, array.tobytes(order), order=order))


def closed(value: T) -> T:
    """The value with all arrays in it sealed; lists in it become tuples, and dictionaries proxies."""
    if isinstance(value, np.ndarray):
        return cast("T", sealed(value))
    if isinstance(value, dict):
        return cast("T", MappingProxyType({name: closed(part) for name, part in value.items()}))
    if isinstance(value, tuple):
        parts = [closed(part) for part in value]
        return cast("T", type(value)._make(parts) if hasattr(value, "_make") else tuple(parts))
    return cast("T", tuple(closed(part) for part in value)) if isinstance(value, list) else value


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
