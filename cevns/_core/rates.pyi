from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .cross_sections import Nucleus
from .moments import Spectrum

class Composition:
    nuclei: tuple[tuple[Nucleus, ...], ...]
    n_nuclides: int
    n_groups: int
    runs: bool
    def __init__(self, nuclei: Sequence[Sequence[Nucleus]], per_kg: Sequence[float]) -> None: ...

class Components:
    spectra: tuple[Spectrum, ...]
    def __init__(
        self, spectra: Sequence[Spectrum], weights: Sequence[float], groups: Sequence[int], rows: Sequence[int]
    ) -> None: ...

def differential_rate(
    recoil_energy: NDArray[np.float64], target: Composition, flux: Components, by_nuclide: bool, out: NDArray[np.float64]
) -> None: ...
def kind_sums(
    recoil_energy: NDArray[np.float64],
    masses: NDArray[np.float64],
    flux: Components,
    kinds: NDArray[np.intc],
    final_masses: NDArray[np.float64],
    spin_half: bool,
    out: NDArray[np.float64],
) -> None: ...
def binned_rate(
    edges: NDArray[np.float64],
    target: Composition,
    flux: Components,
    breaks: NDArray[np.float64],
    straight: bool,
    out: NDArray[np.float64],
) -> None: ...
