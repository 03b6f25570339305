"""Fields of frozen dataclasses, written once they have been checked."""

from __future__ import annotations

from typing import Any


def set_fields(thing: Any, **values: Any) -> None:
    """Write fields of a frozen dataclass, in its `__post_init__`."""
    for name, value in values.items():
        object.__setattr__(thing, name, value)
