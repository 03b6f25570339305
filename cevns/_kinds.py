"""Classes that a file of fluxes may name: each enters itself where it is defined, so that the reader imports none above it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

_KINDS: dict[str, type] = {}
_LATER: list[Callable[[], None]] = []
_Kind = TypeVar("_Kind", bound=type)


def in_files(kind: _Kind) -> _Kind:
    """Enter a class of this package, which its constructor's arguments describe; those of other packages stay out."""
    if kind.__module__.startswith("cevns."):
        _KINDS[kind.__name__] = kind
    return kind


def more_in_files(load: Callable[[], None]) -> None:
    """Enter what imports further classes, when a name is asked for that is not known yet."""
    _LATER.append(load)


def kind_of(name: str) -> type | None:
    """The class of a name; None if there is none."""
    for load in _LATER:
        if name in _KINDS:
            break
        load()
    return _KINDS.get(name)
