from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .cross_sections import Nucleus
from .form_factors import FormFactor
from .moments import Spectrum

class Composition:
    nuclei: tuple[tuple[Nucleus, ...], ...]
    n_nuclides: int
    n_groups: int
    runs: bool
    def __init__(self, nuclei: Sequence[Sequence[Nucleus]], per_kg: Sequence[float]) -> None: ...

class Components:
    spectra: tuple[Spectrum, ...]
    places: tuple[tuple[int, int], ...]
    def __init__(
        self, spectra: Sequence[Spectrum], weights: Sequence[float], groups: Sequence[int], rows: Sequence[int]
    ) -> None: ...

def differential_rate(
    recoil_energy: NDArray[np.float64], target: Composition, flux: Components, by_nuclide: bool, out: NDArray[np.float64]
) -> None: ...
def energy_min(
    recoil_energy: NDArray[np.float64],
    ends: NDArray[np.intp],
    masses: NDArray[np.float64],
    final_mass: float,
    out: NDArray[np.float64],
) -> None: ...
def kind_weights(
    recoil_energy: NDArray[np.float64],
    x: NDArray[np.float64],
    ends: NDArray[np.intp],
    masses: NDArray[np.float64],
    kind: int,
    final_mass: float,
    spin_half: bool,
    out: NDArray[np.float64],
) -> None: ...

class Nucleons:
    densities: tuple[tuple[FormFactor, FormFactor], ...]
    def __init__(
        self,
        densities: Sequence[tuple[FormFactor, FormFactor]],
        masses: NDArray[np.float64],
        protons: NDArray[np.float64],
        neutrons: NDArray[np.float64],
    ) -> None: ...
    def evaluate(self, recoil_energy: NDArray[np.float64], ends: NDArray[np.intp], out: NDArray[np.float64]) -> None: ...

def moment_sums(
    x: NDArray[np.float64],
    flux: Components,
    weights: NDArray[np.float64],
    which: NDArray[np.intp],
    out: NDArray[np.float64],
) -> None: ...
def panels(
    edges: NDArray[np.float64], cuts: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.intp]]: ...
def octave_panels(
    low: NDArray[np.float64], high: NDArray[np.float64], floor: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.intp]]: ...
def nodes(
    low: NDArray[np.float64], high: NDArray[np.float64], phase_rate: float, sharpness: float, straight: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.intp]]: ...
def gather(
    strength: NDArray[np.float64],
    sums: NDArray[np.float64],
    table: NDArray[np.float64],
    groups: NDArray[np.intp],
    rows: NDArray[np.intp],
    weight: NDArray[np.float64],
    bin: NDArray[np.intp],
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
