"""The spin of a nucleus and the axial current: what adds to the coherent cross section where J > 0.

With the strength F_A, a number of order one where the coherent Q_W² is of order N²,

    dσ/dT = (G_F² M/4π) F_A [1 − T/E + MT/(2E²)]

Hoferichter, Menéndez and Schwenk, Phys. Rev. D 102 (2020) 074018. The sign of the last term is that of the vector current
turned round: spin flips favour backward scattering.

The last functions are those of a Dirac particle without extension, a proton without its anomalous moment: vector, axial and
their interference in one formula.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from ..constants import (
    AXIAL_COUPLING,
    HBAR_C,
    KEV,
    NEUTRON_MAGNETIC_MOMENT,
    PROTON_MAGNETIC_MOMENT,
    STRANGE_AXIAL_COUPLING,
    WEAK_CROSS_SECTION,
)
from ._types import Array, Nuclide
from .kinematics import recoil_energy_max


def odd_group_spin(magnetic_moment: float, spin: float, odd: str) -> float:
    """Return ⟨S⟩ of the odd group of nucleons, from the magnetic moment of the nucleus.

    The even group carries neither spin nor orbital momentum, so that J = ⟨L⟩ + ⟨S⟩ and μ = g_l ⟨L⟩ + g_s ⟨S⟩ of the odd one:

        ⟨S_p⟩ = (μ − J)/(g_p − 1)        ⟨S_n⟩ = μ/g_n

    Engel and Vogel, Phys. Rev. D 40 (1989) 3132.

    Parameters
    ----------
    magnetic_moment : float
        μ [nuclear magnetons].
    spin : float
        J.
    odd : {"proton", "neutron"}
        Of which there is an odd number.
    """
    if odd == "proton":
        return (magnetic_moment - spin) / (2 * PROTON_MAGNETIC_MOMENT - 1)
    return magnetic_moment / (2 * NEUTRON_MAGNETIC_MOMENT)


def isoscalar_spin(magnetic_moment: float, spin: float) -> float:
    """Return ⟨S_p⟩ = ⟨S_n⟩ of a nucleus of isospin 0, from its magnetic moment.

    Protons and neutrons are alike, so that μ = ½ ⟨L⟩ + (μ_p + μ_n) ⟨S⟩ with J = ⟨L⟩ + ⟨S⟩:

        ⟨S_p⟩ = ⟨S_n⟩ = (μ − J/2)/(2 (μ_p + μ_n − ½))

    Parameters
    ----------
    magnetic_moment : float
        μ [nuclear magnetons].
    spin : float
        J.
    """
    return (magnetic_moment - spin / 2) / (2 * (PROTON_MAGNETIC_MOMENT + NEUTRON_MAGNETIC_MOMENT - 0.5))


def schmidt_spin(j: float, l: int) -> float:  # noqa: E741
    """Return ⟨S⟩ of a single nucleon in an orbital: ½ for j = l + ½, −j/(2(j + 1)) for j = l − ½."""
    return 0.5 if j > l else -j / (2 * (j + 1))


def schmidt_moment(j: float, l: int, odd: str) -> float:  # noqa: E741
    """Return the magnetic moment [nuclear magnetons] of a single proton or neutron in an orbital (T. Schmidt, 1937).

    proton   j = l + ½: j − ½ + μ_p        j = l − ½: j/(j + 1) (j + 3/2 − μ_p)
    neutron  j = l + ½: μ_n                j = l − ½: −j/(j + 1) μ_n
    """
    if odd == "proton":
        return j - 0.5 + PROTON_MAGNETIC_MOMENT if j > l else j / (j + 1) * (j + 1.5 - PROTON_MAGNETIC_MOMENT)
    return NEUTRON_MAGNETIC_MOMENT if j > l else -j / (j + 1) * NEUTRON_MAGNETIC_MOMENT


def axial_strength(
    proton_spin: float,
    neutron_spin: float,
    spin: float,
    axial_coupling: float = AXIAL_COUPLING,
    strangeness: float = STRANGE_AXIAL_COUPLING,
) -> float:
    """Return F_A(0) of the spin expectation values.

        F_A(0) = (4/3) ((J + 1)/J) [(g_A − Δs) ⟨S_p⟩ − (g_A + Δs) ⟨S_n⟩]²

    A free proton has (g_A − Δs)².

    Parameters
    ----------
    proton_spin, neutron_spin : float
        ⟨S_p⟩ and ⟨S_n⟩.
    spin : float
        J > 0.
    axial_coupling, strangeness : float
        g_A and Δs.
    """
    amplitude = (axial_coupling - strangeness) * proton_spin - (axial_coupling + strangeness) * neutron_spin
    return 4 / 3 * (spin + 1) / spin * amplitude**2


def oscillator_length(mass_number: float) -> float:
    """Return b [fm] of the harmonic oscillator: b² = 41.467/(45 A^−⅓ − 25 A^−⅔)."""
    return math.sqrt(41.467 / (45 * mass_number ** (-1 / 3) - 25 * mass_number ** (-2 / 3)))


def structure_function(q: ArrayLike, coefficients: ArrayLike, mass_number: float) -> Array:
    """Return S_ij(u) = e^−u Σ_k c_k u^k with u = (qb)²/2, q in MeV."""
    u = (np.asarray(q, dtype=np.float64) * oscillator_length(mass_number) / HBAR_C) ** 2 / 2
    value: Array = np.exp(-u) * sum(c * u**k for k, c in enumerate(np.asarray(coefficients, dtype=np.float64)))
    return value


def structure_strength(
    S00: ArrayLike,
    S01: ArrayLike,
    S11: ArrayLike,
    spin: float,
    axial_coupling: float = AXIAL_COUPLING,
    strangeness: float = STRANGE_AXIAL_COUPLING,
) -> Array:
    """Return F_A of transverse structure functions.

        F_A = 8π/(2J + 1) [Δs² S00 − g_A Δs S01 + g_A² S11]

    Hoferichter, Menéndez and Schwenk (2020), eq. 67.
    """
    isoscalar = strangeness**2 * np.asarray(S00, dtype=np.float64)
    mixed = -axial_coupling * strangeness * np.asarray(S01, dtype=np.float64)
    isovector = axial_coupling**2 * np.asarray(S11, dtype=np.float64)
    value: Array = 8 * math.pi / (2 * spin + 1) * (isoscalar + mixed + isovector)
    return value


def positive_isoscalar(S00: ArrayLike, S01: ArrayLike, S11: ArrayLike, width: float = 0.01) -> Array:
    """Return the isoscalar structure function, raised where the three give negative cross sections to some charges.

    a₀² S00 + a₀a₁ S01 + a₁² S11 ≥ 0 for all charges where S00 ≥ S01²/(4 S11). The larger of the two is returned, joined by the
    hyperbola that is `width`/2 of the second above them where they are equal.
    """
    least = np.asarray(S01, dtype=np.float64) ** 2 / (4 * np.asarray(S11, dtype=np.float64))
    above = np.asarray(S00, dtype=np.float64) - least
    value: Array = least + (above + np.sqrt(above**2 + (width * least) ** 2)) / 2
    return value


def structure_matrix(S00: ArrayLike, S01: ArrayLike, S11: ArrayLike, spin: float) -> Array:
    """Return W (2, 2, …) of charges of a proton and of a neutron, F_A/4 = Σ g_i W_ij g_j, of transverse structure functions.

    F_A = 8π/(2J + 1) [a₀² S00 + a₀a₁ S01 + a₁² S11] with a₀ = g_p + g_n and a₁ = g_p − g_n: −Δs and g_A in the Standard Model.
    """
    S00, S01, S11 = (np.asarray(each, dtype=np.float64) for each in (S00, S01, S11))
    value: Array = 2 * math.pi / (2 * spin + 1) * np.array([[S00 + S01 + S11, S00 - S11], [S00 - S11, S00 - S01 + S11]])
    return value


def axial_differential_cross_section(
    recoil_energy: ArrayLike, neutrino_energy: ArrayLike, nuclide: Nuclide, strength: ArrayLike
) -> Array:
    """Return dσ/dT [cm²/keV] of the axial current, the same for neutrinos and antineutrinos; zero outside 0 ≤ T ≤ T_max.

        dσ/dT = (G_F² M/4π) F_A [1 − T/E + MT/(2E²)]

    Parameters
    ----------
    recoil_energy : array_like
        T [keV].
    neutrino_energy : array_like
        E [MeV], > 0.
    nuclide : Nuclide
        Its mass is used.
    strength : array_like
        F_A, at each recoil energy.
    """
    T = np.asarray(recoil_energy, dtype=np.float64)
    E = np.asarray(neutrino_energy, dtype=np.float64)
    M = nuclide.mass  # MeV
    t = T * KEV  # MeV
    bracket = 1 - t / E + M * t / (2 * E**2)
    value: Array = WEAK_CROSS_SECTION / 4 * M * np.asarray(strength) * bracket * KEV
    return np.where((T >= 0) & (recoil_energy_max(E, nuclide) >= T), value, 0.0)


def axial_cross_section(neutrino_energy: ArrayLike, nuclide: Nuclide, strength: float) -> Array:
    """Return the axial cross section [cm²] of a constant strength, in closed form.

        σ = (G_F² M/4π) F_A [T_m − (T_m²/2) (1/E − M/(2E²))]

    For E ≪ M it is three times that of a vector current of the same charge: σ_A/σ_V = 3 F_A/Q_W².

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV], > 0.
    nuclide : Nuclide
        Its mass is used.
    strength : float
        F_A, taken as constant.
    """
    E = np.asarray(neutrino_energy, dtype=np.float64)
    M = nuclide.mass  # MeV
    T = recoil_energy_max(E, nuclide) * KEV  # MeV
    value: Array = WEAK_CROSS_SECTION / 4 * M * strength * (T - T**2 / 2 * (1 / E - M / (2 * E**2)))
    return value


def point_fermion_cross_section(
    recoil_energy: ArrayLike,
    neutrino_energy: ArrayLike,
    nuclide: Nuclide,
    vector: float,
    axial: float,
    antineutrino: bool = False,
) -> Array:
    """Return dσ/dT [cm²/keV] on a Dirac particle of spin ½ without extension or anomalous moment; zero beyond T_max.

        dσ/dT = (G_F² M/2π) [(G_V + G_A)² + (G_V − G_A)² (1 − T/E)² − (G_V² − G_A²) MT/E²]

    and G_A → −G_A for antineutrinos. It is the sum of a vector part, `point_axial` and ± `point_interference`.

    Parameters
    ----------
    recoil_energy : array_like
        T [keV].
    neutrino_energy : array_like
        E [MeV], > 0.
    nuclide : Nuclide
        Its mass is used.
    vector, axial : float
        G_V, the weak charge Q in the convention of dσ ∝ (G_F²/π) Q², and G_A: F_A = 4 G_A².
    antineutrino : bool
        The sign of the interference.
    """
    T = np.asarray(recoil_energy, dtype=np.float64)
    E = np.asarray(neutrino_energy, dtype=np.float64)
    M = nuclide.mass  # MeV
    t = T * KEV  # MeV
    axial = -axial if antineutrino else axial
    left = (vector + axial) ** 2
    right = (vector - axial) ** 2 * (1 - t / E) ** 2
    mixed = -(vector**2 - axial**2) * M * t / E**2
    value: Array = WEAK_CROSS_SECTION / 2 * M * (left + right + mixed) * KEV
    return np.where((T >= 0) & (recoil_energy_max(E, nuclide) >= T), value, 0.0)


def point_axial(recoil_energy: ArrayLike, neutrino_energy: ArrayLike, nuclide: Nuclide, axial: float) -> Array:
    """Return the axial part of `point_fermion_cross_section`: (G_F² M/π) G_A² [1 − T/E + MT/(2E²) + T²/(2E²)]."""
    t = np.asarray(recoil_energy, dtype=np.float64) * KEV  # MeV
    E = np.asarray(neutrino_energy, dtype=np.float64)
    M = nuclide.mass  # MeV
    value: Array = WEAK_CROSS_SECTION * M * axial**2 * (1 - t / E + M * t / (2 * E**2) + t**2 / (2 * E**2)) * KEV
    allowed = (t >= 0) & (recoil_energy_max(E, nuclide) * KEV >= t)
    return np.where(allowed, value, 0.0)


def point_interference(
    recoil_energy: ArrayLike, neutrino_energy: ArrayLike, nuclide: Nuclide, vector: float, axial: float
) -> Array:
    """Return the interference of `point_fermion_cross_section` for neutrinos: (G_F² M/π) G_V G_A [2T/E − T²/E²].

    Antineutrinos have the opposite sign. It is of order E/M; in a nucleus it is smaller still by 1/A, as it needs a magnetic
    transition of the vector current, and none exists for spin 0.
    """
    t = np.asarray(recoil_energy, dtype=np.float64) * KEV  # MeV
    E = np.asarray(neutrino_energy, dtype=np.float64)
    value: Array = WEAK_CROSS_SECTION * nuclide.mass * vector * axial * (2 * t / E - t**2 / E**2) * KEV
    allowed = (t >= 0) & (recoil_energy_max(E, nuclide) * KEV >= t)
    return np.where(allowed, value, 0.0)
