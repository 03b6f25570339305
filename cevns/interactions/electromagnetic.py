"""Electromagnetic properties of neutrinos: what a photon sees of them.

    MagneticMoment, TransitionMagneticMoment   turn left-handed neutrinos into right-handed ones: no interference
    ChargeRadius, Anapole, Millicharge         vector currents on the charge of the nucleus: they interfere with the Z

The photon couples to protons alone, and to electrons with the opposite sign. In a general Λ^μ(q) = (γ^μ − q^μ q̸/q²) [f_Q + f_A
q² γ₅] − i σ^μν q_ν [f_M + i f_E γ₅] there is f_Q = q_ν + q² ⟨r²⟩/6 + …, and a left-handed neutrino has γ₅ = −1: charge radius
and anapole a enter as ⟨r²⟩/6 − a only. C. Giunti, A. Studenikin, Rev. Mod. Phys. 87 (2015) 531.

Formulas
--------
`MagneticMoment`: dσ/dT = (π α² Z² F_p²/m_e²) |μ/μ_B|² (1/T − 1/E)
    P. Vogel, J. Engel, Phys. Rev. D 39 (1989) 3378
`TransitionMagneticMoment`: μ_α² = Σ_j |Σ_k U*_αk λ_jk|²
    W. Grimus, T. Schwetz, Nucl. Phys. B 587 (2000) 45
`ChargeRadius`: g_V^p δ_αβ → g_V^p δ_αβ − (√2 π α/3G_F) ⟨r²⟩_αβ
    M. Cadeddu et al., Phys. Rev. D 98 (2018) 113010
`Anapole`: ⟨r²⟩ = −6a
    C. Giunti, A. Studenikin, Rev. Mod. Phys. 87 (2015) 531
`Millicharge`: g_V^p δ_αβ → g_V^p δ_αβ + 2√2 π α q_αβ/(2MT G_F)
    C. Giunti, A. Studenikin, Rev. Mod. Phys. 87 (2015) 531
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from .. import constants
from .._arguments import Array, complex_array, digits, known_name, real_number
from .._texts import of_fields
from ..errors import InputError
from .charges import NEUTRINOS
from .currents import ComplexArray, Current, Interaction
from .hermitian import HermitianCouplings, checked_element
from .radiative_corrections import charge_radius_shift

# π α/(m_e G_F) [MeV]: the charge of a magnetic current for a Bohr magneton
MAGNETIC = math.pi * constants.FINE_STRUCTURE / (constants.ELECTRON_MASS * constants.FERMI_CONSTANT)

# 2√2 π α/G_F [MeV²]: 4πα/(√2 G_F), the charge of a vector current times Q² for an elementary charge
MILLICHARGE = 2 * math.sqrt(2) * math.pi * constants.FINE_STRUCTURE / constants.FERMI_CONSTANT


# ---- magnetic moments ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, repr=False)
class MagneticMoment(Interaction):
    """Effective magnetic moments of neutrinos by flavour.

        L = −½ μ ν̄ σ_μν P_L ν F^μν

    Nuclei and electrons see it: `cevns.differential_rate` counts the nuclei, `cevns.electrons.differential_rate` the electrons,
    whose recoils are most of those at low threshold. A rate of nuclei alone lacks them.

    Parameters
    ----------
    nue, numu, nutau : float
        μ [Bohr magnetons] of what leaves the source as that flavour; antineutrinos have the same.

    Raises
    ------
    InputError
        For what is not a finite number.

    Notes
    -----
        dσ/dT = (π α² Z² F_p²/m_e²) |μ/μ_B|² (1/T − 1/E [+ T/4E² for spin 0]),      π α²/m_e² = 2.49467e-25 cm²

    without interference, as the helicity flips. P. Vogel, J. Engel, Phys. Rev. D 39 (1989) 3378. The rate grows as 1/T:
    integrals need a threshold. μ² is what an experiment at its distance sees, Σ_j |Σ_k U*_αk e^(−i…) λ_jk|²: reactors and pion
    decay at rest measure different ones; `TransitionMagneticMoment` makes them of a matrix.

    For orientation, at 90 %: |μ_νe| < 2.9e-11 (GEMMA, from electrons), 7.5e-11 (CONUS); COHERENT: |μ_νμ| < 2 to 3e-9.

    Examples
    --------
    >>> import cevns
    >>> xenon = cevns.Nuclide("132Xe")
    >>> moment = cevns.MagneticMoment(nue=1e-10)
    >>> f"{cevns.differential_cross_section(1.0, 10.0, xenon, moment):.3e}"
    '6.930e-42'
    """

    nue: float = 0.0
    numu: float = 0.0
    nutau: float = 0.0

    def __post_init__(self) -> None:
        for name in NEUTRINOS:
            object.__setattr__(self, name, real_number(getattr(self, name), name, unit="Bohr magnetons"))

    @property
    def currents(self) -> tuple[Current, ...]:
        """A magnetic current for each flavour."""
        currents = []
        for a, name in enumerate(NEUTRINOS):
            unit = _on_protons(MAGNETIC * _unit(a, a))
            currents.append(Current("magnetic", unit, None, name, getattr(self, name), electron=-unit))
        return tuple(currents)

    __repr__ = of_fields


@dataclass(frozen=True, kw_only=True, repr=False)
class TransitionMagneticMoment(Interaction):
    """A matrix of magnetic moments: neutrinos change their flavour, or their mass, as they scatter.

        L = −½ Σ_jk ν̄_j σ_μν λ_jk P_L ν_k F^μν + h.c.

    Nuclei and electrons see it: `cevns.differential_rate` counts the nuclei, `cevns.electrons.differential_rate` the electrons.

    Parameters
    ----------
    moments : array_like (3, 3)
        λ_jk [Bohr magnetons], complex: of incoming k and outgoing j.
    neutrinos : {"majorana", "dirac"}
        "majorana": antisymmetric; "dirac": Hermitian (magnetic moments, without electric ones).
    mixing : array_like (3, 3), optional
        U_αk, for moments in the basis of masses, such as `cevns.oscillation.mixing_matrix()`; without it they are of flavours.
    scale : float
        Factor of all moments: the parameter of templates.

    Raises
    ------
    InputError
        For matrices of another shape, not finite, not antisymmetric or Hermitian; a mixing that is not unitary to 1e-6.

    Notes
    -----
    Moments add as amplitudes: incoming ν_α of a source nearby see

        μ_α² = Σ_j |Σ_k U*_αk λ_jk|²

    and a flux that carries coherence between flavours sees their interference. For antineutrinos U and λ are conjugated.
    W. Grimus, T. Schwetz, Nucl. Phys. B 587 (2000) 45; C. Giunti, A. Studenikin, Rev. Mod. Phys. 87 (2015) 531.

    Examples
    --------
    A Majorana moment that leads from ν_e to ν_μ and back:

    >>> import cevns
    >>> moment = cevns.TransitionMagneticMoment(moments=[[0, 1e-10, 0], [-1e-10, 0, 0], [0, 0, 0]])
    >>> [round(float(value), 20) for value in moment.effective]
    [1e-10, 1e-10, 0.0]
    """

    moments: Any
    neutrinos: str = "majorana"
    mixing: Any = None
    scale: float = 1.0

    def __post_init__(self) -> None:
        known_name(self.neutrinos, ("majorana", "dirac"), "kind of neutrinos")
        moments = _matrix(self.moments, "moments", "Bohr magnetons")
        partner, word = (-moments.T, "antisymmetric") if self.neutrinos == "majorana" else (moments.conj().T, "Hermitian")
        wrong = np.abs(moments - partner)
        if wrong.max() > 1e-12 * np.abs(moments).max():
            i, j = np.unravel_index(int(np.argmax(wrong)), (3, 3))
            here, there = complex(moments[i, j]), complex(moments[j, i])
            raise InputError(
                f"moments of {self.neutrinos} neutrinos must be {word} "
                f"(got {digits(here)} at [{i}, {j}] and {digits(there)} at [{j}, {i}])"
            )
        object.__setattr__(self, "moments", _frozen(moments))
        if self.mixing is not None:
            U = _matrix(self.mixing, "mixing")
            if np.abs(U @ U.conj().T - np.eye(3)).max() > 1e-6:
                raise InputError(f"mixing must be unitary (got {np.array2string(U, precision=3)})")
            object.__setattr__(self, "mixing", _frozen(U))
        object.__setattr__(self, "scale", real_number(self.scale, "scale"))

    @property
    def _amplitudes(self) -> ComplexArray:
        """Moments of incoming flavours a and outgoing states j."""
        moments = np.array(self.moments)
        return np.asarray(moments.T if self.mixing is None else np.array(self.mixing).conj() @ moments.T)

    @property
    def effective(self) -> Array:
        """μ_e, μ_μ, μ_τ [Bohr magnetons] of neutrinos that leave their source as these flavours, and scatter nearby."""
        return np.asarray(self.scale * np.sqrt((np.abs(self._amplitudes) ** 2).sum(axis=1)))

    @property
    def currents(self) -> tuple[Current, ...]:
        """A magnetic current."""
        unit = _on_protons(MAGNETIC * self._amplitudes)
        return (Current("magnetic", unit, None, "scale", self.scale, electron=-unit),)

    __repr__ = of_fields


# ---- vector currents on charges ------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, repr=False)
class _ChargeMatrix(HermitianCouplings):
    """What charge radii, anapoles and millicharges share: Hermitian matrices of flavours."""

    places: ClassVar[Mapping[str, tuple[int, int]]] = MappingProxyType(
        {
            "nue": (0, 0),
            "numu": (1, 1),
            "nutau": (2, 2),
            "em": (0, 1),
            "et": (0, 2),
            "mt": (1, 2),
        }
    )
    measure: ClassVar[str]

    nue: float = 0.0
    numu: float = 0.0
    nutau: float = 0.0
    em: complex = 0.0
    et: complex = 0.0
    mt: complex = 0.0

    def __post_init__(self) -> None:
        for name in NEUTRINOS:
            object.__setattr__(self, name, real_number(getattr(self, name), name, unit=self.measure))
        for name in ("em", "et", "mt"):
            object.__setattr__(self, name, checked_element(getattr(self, name), name, diagonal=False, unit=self.measure))

    @property
    def _strength(self) -> float:
        """The charge of a proton for one unit, without the propagator."""
        raise NotImplementedError

    def _propagator(self) -> Any:
        return None

    @property
    def currents(self) -> tuple[Current, ...]:
        """A vector current for each real number."""
        currents = []
        for name, value in self.parameters.items():
            proton = self._strength * self.unit(name)
            # g_L = g_R is half the vector coupling, and an electron has the opposite charge
            electron = np.stack([-proton / 2, -proton / 2])
            currents.append(Current("vector", _on_protons(proton), self._propagator(), name, value, electron=electron))
        return tuple(currents)


@dataclass(frozen=True, kw_only=True, repr=False)
class ChargeRadius(_ChargeMatrix):
    """Charge radii of neutrinos beyond the Standard Model, diagonal and between flavours.

    Nuclei and electrons see it: `cevns.differential_rate` counts the nuclei, `cevns.electrons.differential_rate` the electrons.

    Parameters
    ----------
    nue, numu, nutau : float
        ⟨r²⟩ [cm²]. They *add* to those of the Standard Model, −0.83, −0.48 and −0.30 × 10⁻³² cm², where its couplings hold them
        ("radiative" and others); with couplings at tree level the value is the whole charge radius.
    em, et, mt : complex
        ⟨r²⟩_eμ, ⟨r²⟩_eτ, ⟨r²⟩_μτ [cm²], the matrix being Hermitian.

    Raises
    ------
    InputError
        For what is not a finite number.

    Notes
    -----
        g_V^p δ_αβ → g_V^p δ_αβ − Q̃_αβ,    Q̃ = (√2 π α/3G_F) ⟨r²⟩ = 2.37956e30 ⟨r²⟩/cm²

    and the electron's g_V by + Q̃. Antineutrinos see the same: their charge radius and their coupling both change sign. M.
    Cadeddu et al., Phys. Rev. D 98 (2018) 113010.

    For orientation, at 90 %: −4.2 < ⟨r²⟩_νe/10⁻³² cm² < 6.6 (TEXONO), |⟨r²⟩_νμ| < 1.2 × 10⁻³² cm² (electrons, CHARM-II).

    Examples
    --------
    >>> import cevns
    >>> radii = {flavor: cevns.neutrino_charge_radius(flavor) for flavor in ("nue", "numu", "nutau")}
    >>> charge = [current.matrix[0].real for current in cevns.ChargeRadius(**radii).currents]
    >>> [round(float(radii[name] * charge[a][a, a]), 5) for a, name in enumerate(radii)]
    [0.01969, 0.01143, 0.00706]
    """

    measure: ClassVar[str] = "cm²"

    @property
    def _strength(self) -> float:
        return charge_radius_shift(1.0)


@dataclass(frozen=True, kw_only=True, repr=False)
class Anapole(_ChargeMatrix):
    """Anapole moments of neutrinos: no one can tell them from charge radii ⟨r²⟩ = −6a of left-handed neutrinos.

    Nuclei and electrons see it: `cevns.differential_rate` counts the nuclei, `cevns.electrons.differential_rate` the electrons.

    Parameters
    ----------
    nue, numu, nutau : float
        a [cm²], with f_A(0) = a in (γ^μ q² − q^μ q̸) f_A γ₅.
    em, et, mt : complex
        Between flavours [cm²], the matrix being Hermitian.

    Raises
    ------
    InputError
        For what is not a finite number.

    Notes
    -----
    See `ChargeRadius`. In the Standard Model a = −⟨r²⟩/6 is another name of its charge radius, not something beside
    it. C. Giunti, A. Studenikin, Rev. Mod. Phys. 87 (2015) 531.
    """

    measure: ClassVar[str] = "cm²"

    @property
    def _strength(self) -> float:
        return -6 * charge_radius_shift(1.0)


@dataclass(frozen=True, kw_only=True, repr=False)
class Millicharge(_ChargeMatrix):
    """Electric charges of neutrinos.

    Nuclei and electrons see it: `cevns.differential_rate` counts the nuclei, `cevns.electrons.differential_rate` the electrons,
    whose recoils are most of those at low threshold. A rate of nuclei alone lacks them.

    Parameters
    ----------
    nue, numu, nutau : float
        q_ν in units of e > 0.
    em, et, mt : complex
        Between flavours, the matrix being Hermitian.

    Raises
    ------
    InputError
        For what is not a finite number.

    Notes
    -----
        g_V^p δ_αβ → g_V^p δ_αβ + 2√2 π α q_αβ/(G_F Q²),    Q² = 2MT

    the massless limit of a vector boson with g² Q′_ν Q′_p = 4πα q_ν: a positive charge is repelled by protons and takes from
    the (negative) weak charge. Electrons have the opposite sign. The rate grows as 1/T²: integrals need a threshold. C. Giunti,
    A. Studenikin, Rev. Mod. Phys. 87 (2015) 531.

    For orientation, at 90 %: |q_νe| < 1.5e-12 (GEMMA, from electrons); COHERENT: about 1e-7 for ν_μ.
    """

    measure: ClassVar[str] = "e"

    @property
    def _strength(self) -> float:
        return MILLICHARGE

    def _propagator(self) -> Any:
        return _photon


def _photon(q: Array) -> Array:
    """1/Q² [MeV⁻²]."""
    return np.asarray(1 / np.square(q))


# ---- parts ---------------------------------------------------------------------------------------------------------------


def _unit(a: int, b: int) -> ComplexArray:
    matrix = np.zeros((3, 3), dtype=np.complex128)
    matrix[a, b] = 1.0
    return matrix


def _on_protons(matrix: ComplexArray) -> ComplexArray:
    """Charges (2, 3, 3) of a proton, and none of a neutron."""
    return np.stack([matrix, np.zeros((3, 3), dtype=np.complex128)])


def _matrix(values: ArrayLike, name: str, unit: str = "") -> ComplexArray:
    matrix = complex_array(values, name, unit)
    if matrix.shape != (3, 3) or not np.isfinite(matrix).all():
        raise InputError(f"{name} must be a matrix (3, 3) of finite numbers (got shape {matrix.shape})")
    return matrix


def _frozen(matrix: ComplexArray) -> tuple[tuple[complex, ...], ...]:
    return tuple(tuple(complex(value) + 0 for value in row) for row in matrix)  # + 0: no (-0-1j)
