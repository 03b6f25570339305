"""The types that the reference shares: arrays, and what a function may ask of a nuclide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Nuclide(Protocol):
    """Any object with these attributes is a nuclide: `cevns.Nuclide`, or a line of a test."""

    @property
    def Z(self) -> int:  # noqa: N802
        """Number of protons."""

    @property
    def N(self) -> int:  # noqa: N802
        """Number of neutrons."""

    @property
    def A(self) -> int:  # noqa: N802
        """Number of nucleons."""

    @property
    def mass(self) -> float:
        """Mass of the nucleus (not of the atom), MeV."""


FormFactor = Callable[[Array], Any]  # F(q): q in MeV, amplitude, F(0) = 1
NuclideFormFactor = Callable[[Array, Any], Any]  # F(q, nuclide)
Density = Callable[[Array], Any]  # a spectrum per MeV, of the neutrino energy in MeV
