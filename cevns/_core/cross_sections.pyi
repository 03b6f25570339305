import numpy as np
from numpy.typing import NDArray

from .form_factors import FormFactor

RUNNING_END: float

class Nucleus:
    def __init__(
        self,
        mass: float,
        proton_charge: float,
        neutron_charge: float,
        proton: FormFactor,
        neutron: FormFactor,
        spin_half: bool,
        factor: float,
        running: FormFactor | None = None,
        axial_charge: float = 0.0,
        axial: FormFactor | None = None,
        interference: float = 0.0,
    ) -> None: ...
    def weak_charge_squared(self, recoil_energy: NDArray[np.float64], out: NDArray[np.float64]) -> None: ...
    def differential_cross_section(
        self, recoil_energy: NDArray[np.float64], neutrino_energy: NDArray[np.float64], out: NDArray[np.float64]
    ) -> None: ...
    def angular_cross_section(
        self, cosine: NDArray[np.float64], neutrino_energy: NDArray[np.float64], of_recoil: bool, out: NDArray[np.float64]
    ) -> None: ...
    def cross_section(
        self, neutrino_energy: NDArray[np.float64], threshold: NDArray[np.float64], out: NDArray[np.float64]
    ) -> None: ...
