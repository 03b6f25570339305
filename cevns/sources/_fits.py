"""Spectra that were fitted for this library: a square of the energy times the exponential of a Chebyshev series."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import Array
from .._numerics.polynomials import clenshaw
from ..fluxes.sampling import energies
from ..fluxes.spectra import Smooth


class FittedSpectrum(Smooth, in_files=False):
    """f = N E² exp[Σ_k c_k T_k(2E/end − 1)] up to the end, normalised to one."""

    _COEFFICIENTS: ClassVar[tuple[float, ...]]
    _INTEGRAL: ClassVar[float]  # of the fit without N
    end: ClassVar[float]  # MeV

    def density(self, energy: ArrayLike) -> Array:
        E = energies(energy)
        inside = (E >= 0) & (self.end >= E)
        return np.where(inside, self.density_between(np.where(inside, E, 0.0)), 0.0)

    def density_between(self, energy: Array) -> Array:
        return np.asarray(energy**2 * np.exp(clenshaw(self._COEFFICIENTS, 2 * energy / self.end - 1)) / self._INTEGRAL)

    def _parameters(self) -> tuple[()]:
        return ()
