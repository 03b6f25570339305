from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

TERMS: int
CHECKS: int

class Chebyshev:
    def __init__(
        self, points: NDArray[np.float64], from_values: NDArray[np.float64], at_checks: NDArray[np.float64]
    ) -> None: ...
    @property
    def nodes(self) -> NDArray[np.float64]: ...
    def energies(self, low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]: ...
    def fit(self, energy: NDArray[np.float64], value: NDArray[np.float64], powers: int = 3) -> NDArray[np.float64]: ...
    def series(self, energy: NDArray[np.float64], value: NDArray[np.float64]) -> NDArray[np.float64]: ...
    def adapt(
        self,
        density: Callable[[NDArray[np.float64]], NDArray[np.float64] | tuple[NDArray[np.float64], NDArray[np.float64]]],
        edges: NDArray[np.float64],
        tolerance: float,
        lowest: float,
        most: int,
        powers: int = 3,
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], float]: ...

def evaluate(edges: NDArray[np.float64], coefficients: NDArray[np.float64], x: ArrayLike) -> NDArray[np.float64]: ...
