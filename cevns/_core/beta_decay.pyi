import numpy as np
from numpy.typing import ArrayLike, NDArray

def electron_factor(kinetic: ArrayLike, coupling: float) -> NDArray[np.float64]: ...
