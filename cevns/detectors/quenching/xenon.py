"""Liquid xenon: the mean numbers of electrons and photons of a nuclear recoil, as NEST gives them.

Formulas
--------
`NestXenon` quenching: N_q = 11 T^1.1, Q_y = [1 − 1/(1 + (T/0.3)²)]/(ς √(T + 12.6))
    M. Szydagis et al. (NEST), arXiv:2211.10726
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, overload

import numpy as np
from numpy.typing import ArrayLike

from ..._arguments import Array, known_name, real_array, real_number, restore
from ..._typed import Like, Many, Number, Values
from ...nuclei.nuclides import Nuclide
from ._base import Quenching

# NEST's parameters of the mean yields of nuclear recoils, in its order
_QUANTA, _POWER = 11.0, 1.1
_THOMAS_IMEL, _FIELD_POWER, _DENSITY_POWER = 0.0480, -0.0533, 0.3
_CHARGE_SCALE = 12.6  # keV
_CUT = 0.3  # keV, of charge and of light
_DENSITY = 2.9  # g/cm³
_MOLAR_MASS = 131.293  # g/mol, of NEST's detectors


@dataclass(frozen=True, repr=False)
class NestXenon(Quenching):
    """Liquid xenon in an electric field: NEST's mean yields of electrons and photons of a nuclear recoil.

    Parameters
    ----------
    field : float
        F, the electric field [V/cm], 1 to 1e6: below, NEST has no model.
    density : float
        ρ [g/cm³], 0.1 to 10.
    unit : {"keV_ee", "electrons", "photons", "quanta"}
        Quantity that `energy` returns: numbers of quanta, or their sum times the work function.
    work_function : float
        Energy that makes one quantum [eV], 1 to 100, for "keV_ee" alone: 13.7 ± 0.2 of C. E. Dahl (thesis, Princeton, 2009);
        NEST's default is 13.4 ± 0.35.

    Raises
    ------
    InputError, UnknownNameError
        For values outside their range, an unknown unit.
    UnsupportedError
        At a call, for a nuclide that is not xenon.

    Notes
    -----
    With T in keV, per recoil::

        N_q = 11 T^1.1
        Q_y = 1/(ς √(T + 12.6)) [1 - 1/(1 + (T/0.3)²)],    ς = 0.0480 F^(-0.0533) (ρ/2.9)^0.3
        electrons = Q_y T,    photons = (N_q - Q_y T) [1 - 1/(1 + (T/0.3)²)],    neither below 0

    both times √(131.293/A) if the nuclide is given, as a detector gives it: ¹²⁴Xe gives 2.9 % more quanta, ¹³⁶Xe 1.7 % fewer.
    Fluctuations, and NEST's cuts of single quanta, are not in it. NEST warns
    above 330 keV, where no data are.

    References
    ----------
    NEST 2.3 and later, `NESTcalc::GetYieldNR` with its default parameters (github.com/NESTCollaboration/nest, src/NEST.cpp);
    M. Szydagis et al., arXiv:2211.10726.

    Examples
    --------
    >>> from cevns import quenching
    >>> xenon = quenching.NestXenon(81.0)
    >>> f"{xenon.electrons(5.0):.1f} electrons, {xenon.photons(5.0):.1f} photons, {xenon.energy(5.0):.2f} keV_ee"
    '31.3 electrons, 33.2 photons, 0.88 keV_ee'
    """

    of_nuclei: ClassVar[bool] = True

    field: float
    density: float = _DENSITY
    unit: str = "keV_ee"
    work_function: float = 13.7

    elements = ("Xe",)
    depends_on: ClassVar[tuple[str, ...]] = ("A",)

    def __post_init__(self) -> None:
        known_name(self.unit, ("keV_ee", "electrons", "photons", "quanta"), "unit")
        values = {
            "field": real_number(self.field, "field", unit="V/cm", minimum=1.0, maximum=1e6),
            "density": real_number(self.density, "density", unit="g/cm³", minimum=0.1, maximum=10.0),
            "work_function": real_number(self.work_function, "work_function", unit="eV", minimum=1.0, maximum=100.0),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @overload
    def electrons(self, recoil_energy: Number, nuclide: Nuclide | str | None = ...) -> float: ...
    @overload
    def electrons(self, recoil_energy: Many, nuclide: Nuclide | str | None = ...) -> Array: ...
    @overload
    def electrons(self, recoil_energy: Like, nuclide: Nuclide | str | None = ...) -> Values: ...
    def electrons(self, recoil_energy: ArrayLike, nuclide: Nuclide | str | None = None) -> Values:
        """Mean number of electrons that leave the recoil; arguments as for `energy`."""
        return self._number(recoil_energy, nuclide, 0)

    @overload
    def photons(self, recoil_energy: Number, nuclide: Nuclide | str | None = ...) -> float: ...
    @overload
    def photons(self, recoil_energy: Many, nuclide: Nuclide | str | None = ...) -> Array: ...
    @overload
    def photons(self, recoil_energy: Like, nuclide: Nuclide | str | None = ...) -> Values: ...
    def photons(self, recoil_energy: ArrayLike, nuclide: Nuclide | str | None = None) -> Values:
        """Mean number of photons; arguments as for `energy`."""
        return self._number(recoil_energy, nuclide, 1)

    def _number(self, recoil_energy: ArrayLike, nuclide: Nuclide | str | None, which: int) -> Values:
        known = self._nuclide(nuclide)
        T = real_array(recoil_energy, "recoil_energy", unit="keV", minimum=0.0)
        return restore(T.reshape(-1) * self._yields(T.reshape(-1), known)[which], T.shape)

    def _yields(self, T: Array, nuclide: Nuclide | None) -> tuple[Array, Array]:
        """Electrons and photons per keV."""
        scale = 1.0 if nuclide is None else np.sqrt(_MOLAR_MASS / nuclide.A)
        square = (T / _CUT) ** 2
        cut = square / (1 + square)
        recombination = _THOMAS_IMEL * self.field**_FIELD_POWER * (self.density / _DENSITY) ** _DENSITY_POWER
        charge = cut / (recombination * np.sqrt(T + _CHARGE_SCALE))
        light = np.maximum(_QUANTA * T ** (_POWER - 1) - charge, 0.0) * cut
        return scale * charge, scale * light

    def _factor(self, T: Array, nuclide: Nuclide | None) -> Array:
        electrons, photons = self._yields(T, nuclide)
        if self.unit == "electrons":
            return electrons
        if self.unit == "photons":
            return photons
        return (electrons + photons) * (1e-3 * self.work_function if self.unit == "keV_ee" else 1.0)
