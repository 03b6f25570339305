"""The point of a scan with the least χ²."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..._arguments import known_name
from ..._texts import cut


@dataclass(frozen=True, repr=False)
class Minimum:
    """The least χ² of a grid.

    Parameters
    ----------
    chi2 : float
        χ².
    place : mapping
        Parameter → its value there, profiled ones too.
    """

    chi2: float
    place: Mapping[str, float]

    def __getitem__(self, name: str) -> float:
        return self.place[known_name(name, self.place, "parameter")]

    def __repr__(self) -> str:
        return cut(f"Minimum(chi2={self.chi2:.10g}{''.join(f', {name}={value:.10g}' for name, value in self.place.items())})")
