"""Scattering of light dark matter: χ of mass m and energy E on a nucleus of mass M at rest, by exchange of a vector A′.

    T_max = 2Mp²/(M² + m² + 2ME)        E_min = T/2 + √((1 + T/2M)(m² + MT/2)), its inverse        p² = E² − m²

    dσ/dT = (ε e g_D)² Q² M/[2π p² (2MT + m_A′²)²] × {E² − ET − MT/2 + T²/2 − m²T/2M     χ of spin ½, nucleus of spin ½
                                                     {E² − ET − MT/2                    χ of spin ½, nucleus of spin 0
                                                     {(E − T/2)²                        χ of spin 0, nucleus of spin 0

with Q = Z F(q), or A F(q) for a mediator of baryon number: exact traces of the vertices
(tests/dark_matter/test_dark_matter.py forms them).
The last is that of P. deNiverville, M. Pospelov, A. Ritz, Phys. Rev. D 92 (2015) 095005 (arXiv:1505.07805). From each bracket a
part can be split off that vanishes at E_min,

    [ … ] = (E − E_min)(E + E_min − T) + r(T)        r = m² + T²/2,   m²(1 + T/2M),   (1 + T/2M)(m² + MT/2),

a sum of positive terms: rates of massless χ of spin ½ vanish at the end point, like those of neutrinos, and nothing cancels.

Formulas
--------
dark matter on nuclei, `VectorPortal`: dσ/dT = (ε e g_D)² Q² M/[2π p² (2MT + m_A′²)²] [(E − E_min)(E + E_min − T) + r(T)]
    P. deNiverville, M. Pospelov, A. Ritz, Phys. Rev. D 92 (2015) 095005; spin ½ derived here
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike

from .. import constants
from .._arguments import Array, broadcast, known_name, real_array, real_number, restore, shown
from .._texts import call
from .._typed import Like, Like2, Many, Number, Values, of_recoil_energy
from ..errors import InputError, UnsupportedError
from ..kinematics import mass as nuclear_mass
from ..kinematics import momentum_transfer, recoil
from ..nuclei.form_factors import FormFactor, Helm
from ..nuclei.nuclides import Nuclide, checked_nuclide

PARTICLES = ("dirac", "scalar")
CHARGES = ("electric", "baryon")
LIGHTEST = 1e-6  # MeV, of an A′: 1 eV, where all that it changes is a long-range force
LARGEST_ALPHA = 4 * math.pi  # g_D = 4π, beyond which nothing is left of an expansion in it
KINEMATICS = ("spin-0", "spin-1/2")


@dataclass(frozen=True, kw_only=True)
class VectorPortal:
    """A vector mediator A′ between ordinary and dark matter.

    Parameters
    ----------
    mass : float
        m of the dark matter χ [MeV], ≥ 0.
    mediator_mass : float
        m_A′ [MeV], from 1e-6 on; above 2m where A′ shall decay to χχ̄ (`DarkMatterFlux.from_pion_decay_at_rest`), any for
        scattering.
    kinetic_mixing : float
        ε, from −1 to 1: A′ couples to the electromagnetic current with εe. For `charge="baryon"` it is g_B/e,
        the coupling to baryon number in units of e, so that α_B = ε²α.
    alpha_D : float
        α_D = g_D²/4π of A′ and χ, from 0 to 4π.
    particle : {"dirac", "scalar"}
        χ of spin ½ or a complex scalar.
    charge : {"electric", "baryon"}
        To what of a nucleus A′ couples: Like3, or A ("leptophobic").
    form_factor : FormFactor
        Form factor of the charge, or of all nucleons.
    kinematics : {"spin-0", "spin-1/2"}
        The nucleus: of spin 0, or a point of spin ½ (for "dirac" only); they differ by T²/2E², 1e-7 for CsI.

    Raises
    ------
    InputError, UnknownNameError, UnsupportedError
        For values outside their range, unknown names, a scalar on a nucleus of spin ½.

    Examples
    --------
    >>> from cevns.dark_matter import VectorPortal
    >>> portal = VectorPortal(mass=25.0, mediator_mass=75.0, kinetic_mixing=1e-4, alpha_D=0.5, particle="scalar")
    >>> f"{portal.Y:.3e}"
    '6.173e-11'
    """

    mass: float
    mediator_mass: float
    kinetic_mixing: float
    alpha_D: float  # noqa: N815
    particle: str = "scalar"
    charge: str = "electric"
    form_factor: FormFactor = field(default_factory=Helm)
    kinematics: str = "spin-0"

    def __post_init__(self) -> None:
        put = self.__dict__
        put["mass"] = real_number(self.mass, "mass", unit="MeV", minimum=0.0)
        put["mediator_mass"] = real_number(self.mediator_mass, "mediator_mass", unit="MeV", minimum=LIGHTEST)
        put["kinetic_mixing"] = real_number(self.kinetic_mixing, "kinetic_mixing", minimum=-1.0, maximum=1.0)
        put["alpha_D"] = real_number(self.alpha_D, "alpha_D", minimum=0.0, maximum=LARGEST_ALPHA)
        known_name(self.particle, PARTICLES, "particle")
        known_name(self.charge, CHARGES, "charge")
        known_name(self.kinematics, KINEMATICS, "kinematics")
        if not isinstance(self.form_factor, FormFactor):
            raise InputError(f"form_factor must be one of cevns.form_factors (got {shown(self.form_factor)})")
        if self.particle == "scalar" and self.kinematics == "spin-1/2":
            raise UnsupportedError("kinematics 'spin-1/2' is that of particle 'dirac' only (got particle 'scalar')")

    @property
    def parameters(self) -> dict[str, float]:
        """Name → value of the couplings, with powers of which counts go: what templates can be made of."""
        return {"kinetic_mixing": self.kinetic_mixing, "alpha_D": self.alpha_D}

    @property
    def Y(self) -> float:  # noqa: N802
        """Y = ε² α_D (m/m_A′)⁴, on which the relic density depends for m_A′ ≫ m."""
        return float(self.kinetic_mixing**2 * self.alpha_D * (self.mass / self.mediator_mass) ** 4)

    @property
    def strength(self) -> float:
        """(ε e g_D)²/2π = 8π α α_D ε², in front of every cross section."""
        return 8 * math.pi * constants.FINE_STRUCTURE * self.alpha_D * self.kinetic_mixing**2

    def factor(self, recoil_energy: Array, nuclide: Nuclide | str) -> Array:
        """(ε e g_D)² Q² M/[2π (2MT + m_A′²)²] [cm² per MeV of recoil] at T [keV]: dσ/dT without its bracket over p²."""
        nuclide = checked_nuclide(nuclide)
        M = nuclide.mass
        Q = (nuclide.Z if self.charge == "electric" else nuclide.A) * self.form_factor(
            momentum_transfer(recoil_energy, nuclide), nuclide
        )
        propagator = 2 * M * constants.KEV * recoil_energy + self.mediator_mass**2
        return np.asarray(constants.MEV2_CM2 * self.strength * M * Q**2 / propagator**2)

    def remainder(self, recoil_energy: Array, nuclide: Nuclide | str) -> Array:
        """r(T) [MeV²] at T [keV]: the bracket at E = E_min."""
        nuclide = checked_nuclide(nuclide)
        m, M, T = self.mass, nuclide.mass, constants.KEV * recoil_energy
        if self.particle == "scalar":
            return np.asarray((1 + T / (2 * M)) * (m * m + M * T / 2))
        return np.asarray(m * m * (1 + T / (2 * M)) if self.kinematics == "spin-0" else m * m + T * T / 2)

    def __repr__(self) -> str:
        given = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if item.name in ("mass", "mediator_mass", "kinetic_mixing", "alpha_D") or value != (
                Helm() if item.name == "form_factor" else item.default
            ):
                given[item.name] = value
        return call("VectorPortal", given)


@of_recoil_energy
def energy_min(recoil_energy: ArrayLike, mass: float, nuclide: Nuclide | str) -> Values:
    """Smallest total energy [MeV] of a χ that can give a recoil energy: E_min = T/2 + √((1 + T/2M)(m² + MT/2)).

    Parameters
    ----------
    recoil_energy : array_like
        T [keV], ≥ 0, any shape.
    mass : float
        m [MeV], ≥ 0.
    nuclide : Nuclide
        The target nucleus.

    Raises
    ------
    InputError
        For values outside their range.

    Examples
    --------
    >>> import cevns
    >>> from cevns.dark_matter import energy_min
    >>> round(energy_min(10.0, 25.0, cevns.Nuclide("133Cs")), 4)
    35.2735
    """
    m = real_number(mass, "mass", unit="MeV", minimum=0.0)
    M, T = nuclear_mass(nuclide), constants.KEV * recoil(recoil_energy)
    return restore(np.asarray(T / 2 + np.sqrt((1 + T / (2 * M)) * (m * m + M * T / 2))))


@overload
def recoil_energy_max(energy: Number, mass: float, nuclide: Nuclide | str) -> float: ...
@overload
def recoil_energy_max(energy: Many, mass: float, nuclide: Nuclide | str) -> Array: ...
@overload
def recoil_energy_max(energy: Like, mass: float, nuclide: Nuclide | str) -> Values: ...
def recoil_energy_max(energy: ArrayLike, mass: float, nuclide: Nuclide | str) -> Values:
    """Largest recoil energy [keV] that a χ can give: T_max = 2Mp²/(M² + m² + 2ME).

    Parameters
    ----------
    energy : array_like
        Total energy E [MeV], ≥ m, any shape.
    mass : float
        m [MeV], ≥ 0.
    nuclide : Nuclide
        The target nucleus.

    Raises
    ------
    InputError
        For values outside their range.
    """
    m = real_number(mass, "mass", unit="MeV", minimum=0.0)
    E = real_array(energy, "energy", unit="MeV", minimum=m)
    M = nuclear_mass(nuclide)
    return restore(np.asarray(2 * M * (E - m) * (E + m) / (M * M + m * m + 2 * M * E) / constants.KEV))


@overload
def differential_cross_section(
    recoil_energy: Number, energy: Number, nuclide: Nuclide | str, portal: VectorPortal
) -> float: ...
@overload
def differential_cross_section(recoil_energy: Many, energy: Like2, nuclide: Nuclide | str, portal: VectorPortal) -> Array: ...
@overload
def differential_cross_section(recoil_energy: Like, energy: Many, nuclide: Nuclide | str, portal: VectorPortal) -> Array: ...
@overload
def differential_cross_section(recoil_energy: Like, energy: Like2, nuclide: Nuclide | str, portal: VectorPortal) -> Values: ...
def differential_cross_section(
    recoil_energy: ArrayLike, energy: ArrayLike, nuclide: Nuclide | str, portal: VectorPortal
) -> Values:
    """dσ/dT [cm²/keV], 0 above the largest recoil energy.

    Parameters
    ----------
    recoil_energy, energy : array_like
        T [keV] ≥ 0 and the total energy E [MeV] ≥ m of χ; they broadcast.
    nuclide : Nuclide
        The target nucleus.
    portal : VectorPortal
        The portal: particle, mass and couplings.

    Returns
    -------
    float or ndarray
        The broadcast shape; the equation is at the head of this module. inf at E = m, T = 0, where χ stands still.

    Raises
    ------
    InputError
        For values outside their range.

    Examples
    --------
    >>> import cevns
    >>> from cevns.dark_matter import VectorPortal, differential_cross_section
    >>> portal = VectorPortal(mass=25.0, mediator_mass=75.0, kinetic_mixing=1e-4, alpha_D=0.5)
    >>> f"{differential_cross_section(10.0, 100.0, cevns.Nuclide('133Cs'), portal):.4e}"
    '1.3130e-33'
    """
    nuclide = checked_nuclide(nuclide)
    portal = checked_portal(portal)
    m = portal.mass
    shape, (T, E) = broadcast(recoil(recoil_energy), real_array(energy, "energy", unit="MeV", minimum=m))
    x = np.asarray(energy_min(T, m, nuclide))
    bracket = (E - x) * (E + x - constants.KEV * T) + portal.remainder(T, nuclide)
    with np.errstate(divide="ignore", invalid="ignore"):
        values = constants.KEV * portal.factor(T, nuclide) * bracket / ((E - m) * (E + m))
    return restore(np.where(x <= E, values, 0.0), shape)


def checked_portal(portal: Any) -> VectorPortal:
    """The argument, if it is a portal."""
    if not isinstance(portal, VectorPortal):
        raise InputError(f"portal must be a cevns.dark_matter.VectorPortal (got {shown(portal)})")
    return portal
