import numpy as np
from numpy.typing import NDArray

class Scan:
    arrays: tuple[object, ...]
    def __init__(
        self,
        exponents: NDArray[np.uint8],
        constant: NDArray[np.float64],
        templates: NDArray[np.float64],
        counts: NDArray[np.float64],
        kinds: tuple[int, int, int],
        few: int,
        few_constant: float,
        few_templates: NDArray[np.float64],
        relative: NDArray[np.float64],
        absolute: NDArray[np.float64],
        precision: NDArray[np.float64],
        low: NDArray[np.float64],
        high: NDArray[np.float64],
    ) -> None: ...
    def chi2(self, theta: NDArray[np.float64], out: NDArray[np.float64], slopes: NDArray[np.float64] | None = None) -> None: ...
    def profile(
        self,
        theta: NDArray[np.float64],
        out: NDArray[np.float64],
        pulls: NDArray[np.float64],
        slopes: NDArray[np.float64] | None = None,
    ) -> None: ...
