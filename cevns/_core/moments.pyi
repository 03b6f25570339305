from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SMOOTH_TERMS: int
MAX_RATIO: float

class Spectrum:
    @staticmethod
    def linear(
        lower: NDArray[np.float64],
        upper: NDArray[np.float64],
        density_lower: NDArray[np.float64],
        density_upper: NDArray[np.float64],
    ) -> Spectrum: ...
    @staticmethod
    def linear_many(
        lower: NDArray[np.float64],
        upper: NDArray[np.float64],
        density_lower: NDArray[np.float64],
        density_upper: NDArray[np.float64],
    ) -> list[Spectrum]: ...
    @staticmethod
    def smooth(edges: NDArray[np.float64], coefficients: NDArray[np.float64], to_powers: NDArray[np.float64]) -> Spectrum: ...
    @staticmethod
    def end_point(end_point: float, phi0: Sequence[float], m1: Sequence[float], m2: Sequence[float]) -> Spectrum: ...
    @staticmethod
    def lines(energies: NDArray[np.float64], weights: NDArray[np.float64]) -> Spectrum: ...
    def add_moments(self, x: NDArray[np.float64], weight: float, out: NDArray[np.float64]) -> None: ...
    def add_plain_moments(self, x: NDArray[np.float64], weight: float, out: NDArray[np.float64]) -> None: ...
    def moments(self, x: NDArray[np.float64]) -> NDArray[np.float64]: ...
