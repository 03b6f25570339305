"""The kinds of currents: for each, where it begins, its polynomial in 1/E, and what of the nucleus it sees.

    dσ/dT = (G_F² M/π) S(T) [p₀ + p₁/E + p₂/E²]                                E ≥ E_min(T)

S is made of the charges of an interaction and of the response of the nucleus. In these units the Standard Model at tree level
has the vector charges δ_ab (g_V^p, g_V^n) for a proton and a neutron. "½" is for a point of spin ½, "0" for spin 0:

    kind                  p₀      p₁               p₂
    vector                1       −T               −MT/2                            + T²/2 for ½
    axial                 1       −T               +MT/2                            + T²/2 for ½
    scalar                0       0                MT/2                             × (1 + T/2M) for ½
    pseudoscalar          0       0                T²/4
    tensor                8       −8T              2T² − 2MT
    magnetic              1/MT    −1/M             0                                + T/4M for 0
    dipole                1/MT    −(1 + x)/M       x (1 + x)(T − M)/2M              + (T/4M)(1 + x)(1 − 2x) for 0
    scalar upscattering   0       0                (MT + m²/2)/2                    × (1 + T/2M) for ½
    vector upscattering   1       −(T + m²/2M)     T²/2 − MT/2 − (m²/4)(1 − T/M)    for ½
                                                   −MT/2 − (m²/4)(1 − T/2M) + m⁴/16M²    for 0
    scalar-tensor         0       −2T              T²                               antineutrinos: − these
    vector-axial          0       2T               −T²                              for ½ alone; antineutrinos: − these

with the mass m of a heavy final state, x = m²/2MT and E_min(T) = ½ (T + √(T² + 2MT)) (1 + x). Tensor currents are for a point
of spin ½, as in the literature, for all nuclei. The neutrino is left-handed on its way in; a tensor is contracted over all
μ and ν.

Kinds do not interfere, with two exceptions that are off by default and kinds of their own: scalar-tensor, and vector-axial on
nuclei of spin ½ as points (`kinematics="spin-1/2"`). What is left out: a scalar or tensor current and the magnetic moment of a
Dirac neutrino flip the helicity alike and interfere, ∓√2 Re(g_S g_μ*)(1/E − T/2E²) (`cevns.reference.new_physics`); the
literature leaves it out too.

Sources: M. Lindner, W. Rodejohann, X.-J. Xu, JHEP 03 (2017) 097 (vector to tensor); P. Vogel, J. Engel, Phys. Rev. D 39 (1989)
3378 (magnetic); the rest, and all of these, from traces: `cevns.reference.dirac`.

Formulas
--------
kinds of currents: dσ/dT = (G_F² M/π) S(T) [p₀ + p₁/E + p₂/E²], a table of p_k(T, M)
    M. Lindner, W. Rodejohann, X.-J. Xu, JHEP 03 (2017) 097; P. Vogel, J. Engel, Phys. Rev. D 39 (1989) 3378
    src_c/kernels/kinds.h
"""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from .._arguments import Array


class Kind(NamedTuple):
    """The properties of a kind of current.

    Attributes
    ----------
    code : int
        Code of the kind in the kernel, `cevns_kind` in src_c/cevns.h.
    response : {"nucleons", "protons", "spin", "nucleons and spin"}
        Response of the nucleus: w = (Z F_p, N F_n), (Z F_p, 0), structure functions, or w times amplitudes of the spin.
    heavy : bool
        Whether the final state may have a mass.
    """

    code: int
    response: str
    heavy: bool = False


KINDS = MappingProxyType(
    {
        "vector": Kind(0, "nucleons"),
        "axial": Kind(1, "spin"),
        "scalar": Kind(2, "nucleons"),
        "pseudoscalar": Kind(3, "spin"),
        "tensor": Kind(4, "nucleons"),
        "magnetic": Kind(5, "protons"),
        "dipole": Kind(6, "protons", heavy=True),
        "scalar upscattering": Kind(7, "nucleons", heavy=True),
        "vector upscattering": Kind(8, "nucleons", heavy=True),
        "scalar-tensor": Kind(9, "nucleons"),
        "vector-axial": Kind(10, "nucleons and spin"),
    }
)


def neutrino_energy_min(kind: str, T: Array, M: Array | float, final_mass: float = 0.0) -> Array:
    """E_min(T) [MeV]; T, M, m in MeV. Infinite at T = 0 for a heavy final state."""
    x = (T + np.sqrt(T * (T + 2 * M))) / 2
    if final_mass == 0.0:
        return np.asarray(x)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(T > 0, x * (1 + final_mass**2 / (2 * M * np.where(T > 0, T, 1.0))), np.inf))


def recoil_energy_range(E: Array, M: float, final_mass: float = 0.0) -> tuple[Array, Array]:
    """Smallest and largest T for neutrino energies E, all in MeV; (0, 0) below the threshold of a heavy final state.

    They are the roots of 4 (M² + 2ME) T² + 4 [m² (M + E) − 2ME²] T + m⁴ = 0.
    """
    m2 = final_mass**2
    sum_of_roots = (2 * M * E**2 - m2 * (M + E)) / (M**2 + 2 * M * E)
    product = m2**2 / (4 * (M**2 + 2 * M * E))
    inside = (sum_of_roots / 2) ** 2 - product
    allowed = (sum_of_roots > 0) & (inside >= 0)
    high = np.where(allowed, sum_of_roots / 2 + np.sqrt(np.maximum(inside, 0.0)), 0.0)
    low = np.where(allowed, product / np.where(allowed, high, 1.0), 0.0)
    return low, high


def coefficients(
    kind: str, T: Array, M: Array | float, final_mass: float = 0.0, spin_half: bool = False
) -> tuple[Array, Array, Array]:
    """(p₀, p₁, p₂) in MeV⁰, MeV and MeV² (magnetic and dipole: MeV⁻², MeV⁻¹, 1), for T > 0; T, M, m in MeV."""
    m2 = final_mass**2
    one, none = np.ones(np.shape(T * M)), np.zeros(np.shape(T * M))
    half = T**2 / 2 if spin_half else 0.0
    point = 1 + T / (2 * M) if spin_half else 1.0
    if kind == "vector":
        return one, -T * one, -M * T / 2 + half
    if kind == "axial":
        return one, -T * one, M * T / 2 + half
    if kind == "scalar":
        return none, none, M * T / 2 * point
    if kind == "pseudoscalar":
        return none, none, T**2 / 4 * one
    if kind == "tensor":
        return 8 * one, -8 * T * one, 2 * T**2 - 2 * M * T
    if kind == "magnetic":
        return one / (M * T), -one / M, none if spin_half else T / (4 * M)
    if kind == "dipole":
        x = m2 / (2 * M * T)
        second = x * (1 + x) * (T - M) / (2 * M)
        return one / (M * T), -(1 + x) / M, second + (0.0 if spin_half else T / (4 * M) * (1 + x) * (1 - 2 * x))
    if kind == "scalar upscattering":
        return none, none, (M * T + m2 / 2) / 2 * point
    if kind == "vector upscattering":
        second = T**2 / 2 - M * T / 2 - m2 / 4 * (1 - T / M)
        if not spin_half:
            second = -M * T / 2 - m2 / 4 * (1 - T / (2 * M)) + m2**2 / (16 * M**2)
        return one, -(T + m2 / (2 * M)), second * one
    sign = 1 if kind == "scalar-tensor" else -1  # of vector-axial
    return none, -2 * T * sign * one, T**2 * sign * one
