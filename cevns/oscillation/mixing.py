"""Mixing matrices, published sets of their parameters, and helpers of all modules of oscillation.

Formulas
--------
mixing matrix, `mixing_matrix`: U = R₂₃ diag(1, 1, e^iδ) R₁₃ diag(1, 1, e^−iδ) R₁₂
    PDG, Phys. Rev. D 110 (2024) 030001; I. Esteban et al., JHEP 12 (2024) 216
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import constants
from .._arguments import Array, complex_array, digits, known_name, real_number, shown
from .._kinds import in_files
from .._texts import of_fields
from ..errors import InputError

ComplexArray = NDArray[np.complex128]

# Δm² L/(4E ħc) for Δm² in eV², L in m and E in MeV: 1.26693 rad.
PHASE = 1e3 / (4 * constants.HBAR_C)

# 2√2 G_F n_e E in eV² for n_e in mol/cm³ and E in MeV: 1.5265e-7 eV².
MATTER = 2 * math.sqrt(2) * constants.FERMI_CONSTANT * constants.AVOGADRO * (constants.HBAR_C * constants.FM) ** 3 * 1e12

_SPLITTINGS = (1e-15, 1e3)  # eV²: from what no baseline resolves to what no three neutrinos have

# Where a phase 2φ = Δm² L/(2E) passes 2π times this, its cosine is replaced by its mean, 0.
CYCLES = 200


@in_files
@dataclass(frozen=True)
class MixingParameters:
    """Mixing angles, CP phase and differences of squared masses of three neutrinos.

    Parameters
    ----------
    sin2_theta12, sin2_theta13, sin2_theta23 : float
        sin²θ_ij, 0 to 1.
    delta_cp : float
        δ [rad].
    dm2_21 : float
        Δm²₂₁ = m₂² − m₁² [eV²], 1e-15 to 1e3.
    dm2_31 : float
        Δm²₃₁ [eV²], > 0 for the normal ordering, < 0 for the inverted one; 1e-15 to 1e3 in size.

    Raises
    ------
    InputError
        For values outside their range.

    Notes
    -----
    Published sets are in `PARAMETER_SETS`, and wherever parameters are asked for, their names do as well:

        "nufit-6.0"             I. Esteban et al., JHEP 12 (2024) 216 (arXiv:2410.05380), normal ordering, with the atmospheric
                                data of Super-Kamiokande: the default
        "nufit-6.0-inverted"    the same, inverted ordering, where the paper gives Δm²₃₂ = −2.484e-3 eV²
        "nufit-5.2", "nufit-5.2-inverted"    I. Esteban et al., JHEP 09 (2020) 178 (arXiv:2007.14792) and www.nu-fit.org (2022),
                                likewise, with Δm²₃₂ = −2.486e-3 eV²

    Examples
    --------
    >>> from cevns.oscillation import PARAMETER_SETS, mixing_matrix
    >>> U = mixing_matrix("nufit-6.0")
    >>> f"{abs(U[0, 0]) ** 2:.4f}"
    '0.6767'
    """

    sin2_theta12: float
    sin2_theta13: float
    sin2_theta23: float
    delta_cp: float
    dm2_21: float
    dm2_31: float

    __repr__ = of_fields

    def __post_init__(self) -> None:
        for name in ("sin2_theta12", "sin2_theta13", "sin2_theta23"):
            object.__setattr__(self, name, real_number(getattr(self, name), name, minimum=0.0, maximum=1.0))
        object.__setattr__(self, "delta_cp", real_number(self.delta_cp, "delta_cp", unit="rad"))
        object.__setattr__(
            self, "dm2_21", real_number(self.dm2_21, "dm2_21", unit="eV²", minimum=_SPLITTINGS[0], maximum=_SPLITTINGS[1])
        )
        dm2_31 = real_number(self.dm2_31, "dm2_31", unit="eV²", minimum=-_SPLITTINGS[1], maximum=_SPLITTINGS[1])
        if abs(dm2_31) < _SPLITTINGS[0]:
            raise InputError(f"dm2_31 must not be 0 eV², nor smaller than {_SPLITTINGS[0]:g} eV² (got {digits(dm2_31)})")
        object.__setattr__(self, "dm2_31", dm2_31)


PARAMETER_SETS = MappingProxyType(
    {
        "nufit-6.0": MixingParameters(0.308, 0.02215, 0.470, math.radians(212.0), 7.49e-5, 2.513e-3),
        "nufit-6.0-inverted": MixingParameters(0.308, 0.02231, 0.550, math.radians(274.0), 7.49e-5, -2.484e-3 + 7.49e-5),
        "nufit-5.2": MixingParameters(0.303, 0.02225, 0.451, math.radians(232.0), 7.41e-5, 2.507e-3),
        "nufit-5.2-inverted": MixingParameters(0.303, 0.02223, 0.569, math.radians(276.0), 7.41e-5, -2.486e-3 + 7.41e-5),
    }
)

Parameters = MixingParameters | str


def mixing_matrix(parameters: Parameters = "nufit-6.0") -> ComplexArray:
    """The mixing matrix U of Pontecorvo, Maki, Nakagawa and Sakata, ν_α = Σ_i U_αi ν_i, without Majorana phases.

        U = R₂₃(θ₂₃) diag(1, 1, e^iδ) R₁₃(θ₁₃) diag(1, 1, e^−iδ) R₁₂(θ₁₂)

    in the convention of the Particle Data Group.

    Parameters
    ----------
    parameters : MixingParameters or str
        Angles and phase, or the name of a published set.

    Returns
    -------
    ndarray (3, 3), complex
        Rows e, μ, τ; columns 1, 2, 3.

    Raises
    ------
    InputError, UnknownNameError
        For what is not a set of parameters, or an unknown name.
    """
    p = known_parameters(parameters)
    s12, s13, s23 = (math.sqrt(s) for s in (p.sin2_theta12, p.sin2_theta13, p.sin2_theta23))
    c12, c13, c23 = (math.sqrt(1 - s) for s in (p.sin2_theta12, p.sin2_theta13, p.sin2_theta23))
    phase = complex(math.cos(p.delta_cp), math.sin(p.delta_cp))
    return np.array(
        [
            [c12 * c13, s12 * c13, s13 / phase],
            [-s12 * c23 - c12 * s13 * s23 * phase, c12 * c23 - s12 * s13 * s23 * phase, c13 * s23],
            [s12 * s23 - c12 * s13 * c23 * phase, -c12 * s23 - s12 * s13 * c23 * phase, c13 * c23],
        ]
    )


def density_matrices(amplitudes: ArrayLike) -> ComplexArray:
    """The density matrices of pure states from their amplitudes, ρ[…, a, b, c] = S_ba S*_ca.

    Parameters
    ----------
    amplitudes : array_like (…, 3, 3), complex
        S[…, b, a], the amplitude for flavour a to arrive as b.

    Returns
    -------
    ndarray (…, 3, 3, 3), complex
        ρ[…, a, b, c].

    Raises
    ------
    InputError
        For an array whose last axes are not (3, 3), or that is not finite.

    Examples
    --------
    >>> import numpy as np
    >>> from cevns.oscillation import density_matrices
    >>> density_matrices(np.eye(3))[0].real.tolist()  # an electron neutrino stays one
    [[1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    S = complex_array(amplitudes, "amplitudes")
    if S.shape[-2:] != (3, 3):
        raise InputError(f"amplitudes must be of shape (…, 3, 3) (got shape {S.shape})")
    return np.asarray(np.einsum("...ba,...ca->...abc", S, S.conj()))


def known_parameters(parameters: Parameters) -> MixingParameters:
    if isinstance(parameters, MixingParameters):
        return parameters
    if isinstance(parameters, str):
        return PARAMETER_SETS[known_name(parameters, PARAMETER_SETS, "set of mixing parameters")]
    raise InputError(f"parameters must be cevns.oscillation.MixingParameters or the name of a set (got {shown(parameters)})")


def diagonal(density: ComplexArray) -> Array:
    """Probabilities, the diagonal in the last two axes."""
    return np.ascontiguousarray(np.einsum("...bb->...b", density).real)
