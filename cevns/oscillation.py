"""Neutrino oscillation: plain matrices of probabilities, and of density where flavours arrive coherently.

    Vacuum            three flavours over a baseline, or averaged over its phases
    SolarAdiabatic    from the inside of the Sun to the Earth, by day or, with sun_zenith, by night too
    supernova_swap    out of a core-collapse supernova
    Sterile           a fourth, heavier neutrino at short baselines, for extended sources and detectors
    non_unitary       a mixing matrix that is no longer unitary, at no distance

An array P[…, a, b] holds the probability that flavour a arrives as flavour b, where 0, 1, 2 are e, μ, τ. An array
ρ[…, a, b, c] holds the density matrix into which flavour a evolves, hermitian in b and c, with the probabilities on its
diagonal. Energies are in MeV, lengths in m, differences of squared masses in eV². Objects that depend on the energy are called
with energies, of any shape, and append these axes; their `breaks` are the energies at which they are not smooth.

Matrices are for neutrinos unless said otherwise. For antineutrinos U is replaced by its conjugate.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import constants
from ._arguments import Array, increasing, known_name, real_array, real_number
from .errors import InputError
from .polynomials import gauss_legendre

ComplexArray = NDArray[np.complex128]

# Δm² L/(4E ħc) for Δm² in eV², L in m and E in MeV: 1.26693 rad.
PHASE = 1e3 / (4 * constants.HBAR_C)

# 2√2 G_F n_e E in eV² for n_e in mol/cm³ and E in MeV: 1.5265e-7 eV².
MATTER = 2 * math.sqrt(2) * constants.FERMI_CONSTANT * constants.AVOGADRO * (constants.HBAR_C * constants.FM) ** 3 * 1e12

# Where a phase 2φ = Δm² L/(2E) passes 2π times this, its cosine is replaced by its mean, 0.
CYCLES = 200


# ---- mixing --------------------------------------------------------------------------------------------------------------


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
        Δm²₂₁ = m₂² − m₁² [eV²], > 0.
    dm2_31 : float
        Δm²₃₁ [eV²], > 0 for the normal ordering, < 0 for the inverted one.

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

    def __post_init__(self) -> None:
        for name in ("sin2_theta12", "sin2_theta13", "sin2_theta23"):
            object.__setattr__(self, name, real_number(getattr(self, name), name, minimum=0.0, maximum=1.0))
        object.__setattr__(self, "delta_cp", real_number(self.delta_cp, "delta_cp", unit="rad"))
        object.__setattr__(self, "dm2_21", real_number(self.dm2_21, "dm2_21", unit="eV²", minimum=0.0, above=True))
        object.__setattr__(self, "dm2_31", real_number(self.dm2_31, "dm2_31", unit="eV²"))
        if self.dm2_31 == 0.0:
            raise InputError("dm2_31 must not be 0 eV²")


PARAMETER_SETS = {
    "nufit-6.0": MixingParameters(0.308, 0.02215, 0.470, math.radians(212.0), 7.49e-5, 2.513e-3),
    "nufit-6.0-inverted": MixingParameters(0.308, 0.02231, 0.550, math.radians(274.0), 7.49e-5, -2.484e-3 + 7.49e-5),
    "nufit-5.2": MixingParameters(0.303, 0.02225, 0.451, math.radians(232.0), 7.41e-5, 2.507e-3),
    "nufit-5.2-inverted": MixingParameters(0.303, 0.02223, 0.569, math.radians(276.0), 7.41e-5, -2.486e-3 + 7.41e-5),
}

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
    p = _known_parameters(parameters)
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
    try:
        S = np.asarray(amplitudes, dtype=np.complex128)
    except (TypeError, ValueError):
        raise InputError("amplitudes must be complex numbers") from None
    if S.shape[-2:] != (3, 3) or not np.isfinite(S).all():
        raise InputError(f"amplitudes must be finite, of shape (…, 3, 3) (got shape {S.shape})")
    return np.asarray(np.einsum("...ba,...ca->...abc", S, S.conj()))


# ---- vacuum --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Vacuum:
    """Oscillation of three flavours in vacuum.

        S_ba = Σ_i U_bi e^(−i m_i² L/2E) U*_ai,    P_ab = |S_ba|²

    Parameters
    ----------
    baseline : float
        L [m], ≥ 0.
    parameters : MixingParameters or str
        Mixing, or the name of a published set.
    averaged : bool
        Whether all phases are averaged, as over a long way or a wide source: P_ab = Σ_i |U_ai|² |U_bi|², at any energy.
    coherent : bool
        Whether a call returns density matrices instead of probabilities.
    antineutrinos : bool
        Whether they are antineutrinos: δ changes its sign.

    Raises
    ------
    InputError, UnknownNameError
        For values outside their range, unknown parameters.

    Notes
    -----
    Towards E = 0 the phases have no end. Below the energy at which Δm² L/(2E) is 200 cycles the oscillation with that Δm² is
    replaced by its mean; that with Δm²₃₂ goes together with Δm²₃₁. What is cut from ∫φ dE above any E is at most
    1/(4π·200) = 4e-4 of E φ(E) times the amplitude of the oscillation. C. Giunti, C. W. Kim, Fundamentals of Neutrino
    Physics and Astrophysics (2007), eq. (7.20).

    Examples
    --------
    >>> from cevns.oscillation import Vacuum
    >>> P = Vacuum(52.5e3, antineutrinos=True)([3.0])  # JUNO
    >>> f"{P[0, 0, 0]:.3f}, all {P[0, 0].sum():.3f}"
    '0.149, all 1.000'
    """

    baseline: float
    parameters: Parameters = "nufit-6.0"
    averaged: bool = False
    coherent: bool = False
    antineutrinos: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "baseline", real_number(self.baseline, "baseline", unit="m", minimum=0.0))
        object.__setattr__(self, "parameters", _known_parameters(self.parameters))

    @property
    def _scales(self) -> tuple[float, float, float]:
        """E times the phases 2φ₂₁, 2φ₃₁ and 2φ₃₂ [rad MeV]."""
        p = _known_parameters(self.parameters)
        factor = 2 * PHASE * self.baseline
        return factor * p.dm2_21, factor * p.dm2_31, factor * (p.dm2_31 - p.dm2_21)

    @property
    def breaks(self) -> tuple[float, ...]:
        """Energies [MeV] below which an oscillation is replaced by its mean."""
        if self.averaged or self.baseline == 0.0:
            return ()
        return tuple(sorted({abs(scale) / (2 * math.pi * CYCLES) for scale in self._scales[:2]}))

    def amplitudes(self, energy: ArrayLike) -> ComplexArray:
        """S[…, b, a], the amplitude for flavour a to arrive as b, at energies [MeV] > 0; whatever `averaged` says.

        Raises
        ------
        InputError
            For energies that are not > 0.
        """
        E = real_array(energy, "energy", unit="MeV", minimum=0.0, above=True)
        U = self._matrix
        scales = np.array([0.0, *self._scales[:2]])
        turned = np.exp(-1j * scales / E[..., None])
        return np.asarray((U * turned[..., None, :]) @ U.conj().T)

    def __call__(self, energy: ArrayLike) -> Any:
        """P[…, a, b], or ρ[…, a, b, c] if coherent, at energies [MeV] ≥ 0."""
        E = real_array(energy, "energy", unit="MeV", minimum=0.0)
        U = self._matrix
        states = np.einsum("bi,ci->ibc", U, U.conj())  # of each mass
        constant = np.tensordot(np.abs(U) ** 2, states, axes=1)
        if self.averaged:
            density = np.broadcast_to(constant, (*E.shape, 3, 3, 3))
            return density.copy() if self.coherent else _diagonal(density)
        turned = np.ones((*E.shape, 3), dtype=np.complex128)
        if self.baseline > 0.0:
            scales = np.abs(np.array(self._scales))
            ends = scales[[0, 1, 1]] / (2 * math.pi * CYCLES)
            known = E[..., None] >= ends
            angle = np.array(self._scales) / np.where(known, E[..., None], 1.0)
            turned = np.where(known, np.exp(-1j * angle), 0.0)
        pairs = ((1, 0), (2, 0), (2, 1))
        # Σ_{i>j} e^(−2iφ_ij) U*_ai U_aj U_bi U*_cj and its hermitian conjugate
        waves = np.stack([np.einsum("a,b,c->abc", U[:, i].conj() * U[:, j], U[:, i], U[:, j].conj()) for i, j in pairs])
        if not self.coherent:
            oscillating = (turned @ np.einsum("kabb->kab", waves).reshape(3, 9)).real.reshape(*E.shape, 3, 3)
            return np.clip(_diagonal(constant) + 2 * oscillating, 0.0, 1.0)
        half = (turned @ waves.reshape(3, 27)).reshape(*E.shape, 3, 3, 3)
        return constant + half + half.conj().swapaxes(-1, -2)

    @property
    def _matrix(self) -> ComplexArray:
        U = mixing_matrix(self.parameters)
        return U.conj() if self.antineutrinos else U


# ---- the Sun -------------------------------------------------------------------------------------------------------------

# Electron densities [mol/cm³] where neutrinos are made in the Sun, and what part of them is made there: three-point Gauss rules
# for the production profiles of the solar model B16-GS98 (N. Vinyoles et al., Astrophys. J. 835 (2017) 202, the file
# nudistr_b16_gs98.dat of its authors, about 50 of its rows). Mean densities are 60.6, 66.5, 51.4, 79.6, 87.9, 73.8, 86.2 and
# 87.0 mol/cm³. ¹³N is made in two regions: where the cycle is closed, and further out where ¹²C is still being burnt.
PRODUCTION = {
    "pp": ((25.80, 0.1643), (57.67, 0.5595), (87.33, 0.2762)),
    "pep": ((31.40, 0.1338), (62.08, 0.5505), (89.16, 0.3157)),
    "hep": ((22.77, 0.2599), (53.01, 0.5435), (84.68, 0.1966)),
    "7Be": ((44.95, 0.0699), (72.66, 0.4970), (93.06, 0.4331)),
    "8B": ((61.94, 0.0504), (82.23, 0.4608), (95.97, 0.4888)),
    "13N": ((36.38, 0.2334), (70.89, 0.2835), (93.57, 0.4831)),
    "15O": ((58.48, 0.0601), (80.30, 0.4645), (95.49, 0.4754)),
    "17F": ((59.20, 0.0512), (80.92, 0.4581), (95.66, 0.4907)),
}


# The Earth as shells: outer radius [km], mean density of electrons along it [mol/cm³]. From the Preliminary Reference Earth
# Model (A. M. Dziewonski, D. L. Anderson, Phys. Earth Planet. Inter. 25 (1981) 297) with Y_e = 0.466 in the core, 0.496 in the
# mantle, 0.494 in the crust, which is taken to be land of 24 km.
EARTH = (
    (1221.5, 6.049),
    (2400.0, 5.488),
    (3480.0, 4.964),
    (4600.0, 2.622),
    (5701.0, 2.332),
    (5971.0, 1.927),
    (6346.6, 1.700),
    (6371.0, 1.341),
)


def sun_zenith(latitude: float, bins: int = 120) -> tuple[tuple[float, float], ...]:
    """How long the Sun stands at each zenith angle in a year.

    Parameters
    ----------
    latitude : float
        Of the detector [°], −90 to 90.
    bins : int
        Of equal width in the cosine, from −1 to 1; 2 to 10 000.

    Returns
    -------
    tuple of (float, float)
        Cosine of the zenith angle in the middle of each bin, below 0 by night, and part of the year.

    Raises
    ------
    InputError
        For values outside their range.

    Notes
    -----
    cos θ = sin λ sin δ + cos λ cos δ cos h, averaged over the hour angle h and the declination δ of a Sun that moves evenly on
    the ecliptic (obliquity 23.44°).

    Examples
    --------
    >>> from cevns.oscillation import sun_zenith
    >>> half = sum(part for cosine, part in sun_zenith(42.4) if cosine < 0)  # Gran Sasso
    >>> f"{half:.3f}"
    '0.500'
    """
    polar = math.radians(real_number(latitude, "latitude", unit="°", minimum=-90.0, maximum=90.0))
    number = int(real_number(bins, "bins", minimum=2, maximum=10_000))
    season = 2 * np.pi * (np.arange(365) + 0.5) / 365
    sine = math.sin(math.radians(23.44)) * np.sin(season)  # of the declination
    edges = np.linspace(-1.0, 1.0, number + 1)
    # by the hour angle up to which the cosine is above an edge, each day has its part of each bin exactly
    across = np.maximum(math.cos(polar) * np.sqrt(1 - sine**2), 1e-15)
    hours = np.arccos(np.clip((edges[:, None] - math.sin(polar) * sine) / across, -1.0, 1.0))
    parts = -np.diff(hours.mean(axis=1)) / np.pi
    return tuple(zip(((edges[1:] + edges[:-1]) / 2).tolist(), parts.tolist(), strict=True))


@dataclass(frozen=True)
class SolarAdiabatic:
    """Neutrinos from the Sun: adiabatic conversion in its matter, and no coherence between masses when they reach the Earth.

        ρ_bc = Σ_i w_ai U_bi U*_ci,    w_ai = |U^m_ai|²

    where U^m mixes the eigenstates in matter at the point of production. They follow the falling density and leave as the
    masses i, which separate on the way. Electron neutrinos are the first row; the others are what would become of ν_μ and ν_τ.
    What survives is P_ee = c₁₃² c₁₃ᵐ² (½ + ½ cos 2θ₁₂ cos 2θ₁₂ᵐ) + s₁₃² s₁₃ᵐ².

    Parameters
    ----------
    component : str
        "pp", "pep", "hep", "7Be", "8B", "13N", "15O" or "17F": sets the densities at which it is made.
    parameters : MixingParameters or str
        Mixing, or the name of a published set.
    electron_density : float, optional
        One density n_e [mol/cm³] ≥ 0 for all neutrinos instead of the profile of the component: ρ Y_e in g/cm³.
    zenith : sequence of (cosine, weight), optional
        Zenith angles of the Sun and how much of the exposure they have, such as `sun_zenith` returns: cosines −1 to 1, below 0
        by night; weights ≥ 0, whose sum does not matter. Day alone by default.

    Raises
    ------
    InputError, UnknownNameError
        For values outside their range, an unknown component or set of parameters.

    Notes
    -----
    U^m is that of P. B. Denton, H. Minakata, S. J. Parke, JHEP 06 (2016) 051, at zeroth order: the exact eigenvectors give P_ee
    within 1e-5 up to 20 MeV. Beside them: the textbook formula, with θ₁₃ as in vacuum, gives 0.4 % more at 15 MeV. The average
    over the profile takes three densities (see `PRODUCTION`): P_ee is within 4e-6 of the whole profile, for hep within 1e-3 at
    its end point, and half the rows of the profile would change it by 4e-5 at most; but a profile of another solar model
    differs more. Transitions between the eigenstates are left out: the equation of evolution through an exponential profile
    has w_ei different by 4e-5 at 12 MeV. P. C. de Holanda, W. Liao, A. Yu. Smirnov, Nucl. Phys. B 702 (2004) 307.

    By night the Earth regenerates ν_e. To first order in its potential V, the masses 1 and 2 become coherent,

        ρ₂₁ = −i (w_a1 − w_a2) U*_e2 U_e1 ∫ V e^(−iφ) ds
        dφ/ds = Δm²₂₁/(2E) √((cos 2θ₁₂ − ε)² + sin² 2θ₁₂),    ε = 2EVc₁₃²/Δm²₂₁
        P_ee(night) − P_ee(day) = 2 (w_e2 − w_e1) |U_e1|² |U_e2|² ∫ V sin φ ds

    with the phase φ from a place to the detector (A. N. Ioannisian, A. Yu. Smirnov, Phys. Rev. Lett. 93 (2004) 241801), through
    `EARTH`, shells of constant density. Over a night the change of P_ee is within 4 % of that of exact evolution of three
    flavours through these shells, 3 to 15 MeV. Below the energy where the phase through the whole Earth is 200 cycles (2 MeV)
    the waves are replaced by their mean, for which the crust below the detector decides. Several zenith angles stand for bins
    around them, over which phases are averaged. P_ee of ⁸B rises by 1.8 % at 7.5 MeV, 3.0 % at 10 MeV. Super-Kamiokande sees
    A_DN = −3.3 ± 1.1 % in the scattering on electrons, where ν_μ and ν_τ dilute it by a third (Phys. Rev. D 94 (2016) 052010):
    more than this, as known, since it prefers a smaller Δm²₂₁. No rate of coherent scattering changes in the Standard Model.

    Examples
    --------
    >>> from cevns.oscillation import SolarAdiabatic
    >>> density = SolarAdiabatic("8B")([10.0])
    >>> " ".join(f"{p:.3f}" for p in density[0, 0].diagonal().real)  # ν_e arrives as ν_e, ν_μ, ν_τ
    '0.327 0.402 0.272'
    """

    component: str = "8B"
    parameters: Parameters = "nufit-6.0"
    electron_density: float | None = None
    zenith: Sequence[tuple[float, float]] | None = None

    def __post_init__(self) -> None:
        known_name(self.component, PRODUCTION, "solar component")
        object.__setattr__(self, "parameters", _known_parameters(self.parameters))
        if self.electron_density is not None:
            density = real_number(self.electron_density, "electron_density", unit="mol/cm³", minimum=0.0)
            object.__setattr__(self, "electron_density", density)
        if self.zenith is not None:
            pairs = real_array(self.zenith, "zenith")
            if pairs.ndim != 2 or pairs.shape[1] != 2:
                raise InputError(f"zenith must be pairs of a cosine and a weight (got shape {pairs.shape})")
            real_array(pairs[:, 0], "cosine of the zenith angle", minimum=-1.0, maximum=1.0)
            real_array(pairs[:, 1], "weight of a zenith angle", minimum=0.0)
            if not pairs[:, 1].any():
                raise InputError("weights of the zenith angles must not all be 0")
            object.__setattr__(self, "zenith", tuple(map(tuple, pairs.tolist())))

    @property
    def breaks(self) -> tuple[float, ...]:
        """With a night, the energy [MeV] below which phases in the Earth are replaced by their means; else none."""
        return (self._end,) if self._nights[0].size else ()

    def weights(self, energy: ArrayLike) -> Array:
        """w[…, a, i], the part of flavour a that leaves the Sun as mass i, at energies [MeV] ≥ 0."""
        means, elements = self._means(energy), self._elements
        return np.asarray((means @ elements.reshape(5, 9)).reshape(*means.shape[:-1], 3, 3))

    def __call__(self, energy: ArrayLike) -> ComplexArray:
        """ρ[…, a, b, c] at energies [MeV] ≥ 0."""
        means = self._means(energy)
        density = np.asarray((means @ self._states).reshape(*means.shape[:-1], 3, 3, 3))
        if not self._nights[0].size:
            return density
        U = mixing_matrix(self.parameters)
        change = self._night(energy, means)[..., None, None] * np.outer(U[:, 1], U[:, 0].conj())
        return np.asarray(density + change + change.conj().swapaxes(-1, -2))

    @property
    def _end(self) -> float:
        return PHASE * _known_parameters(self.parameters).dm2_21 * 2e3 * EARTH[-1][0] / (math.pi * CYCLES)

    @cached_property
    def _nights(self) -> tuple[Array, Array]:
        """Cosines of the zenith angle by night, and their part of all the exposure."""
        pairs = np.array(self.zenith if self.zenith is not None else ((1.0, 1.0),))
        pairs = pairs[np.argsort(pairs[:, 0])]
        night = pairs[:, 0] < 0
        return pairs[night, 0], pairs[night, 1] / pairs[:, 1].sum()

    def _earth(self, energy: ArrayLike) -> ComplexArray:
        """∫ V e^(iφ) ds [pure number] from the detector out of the Earth, averaged over the exposure."""
        p = _known_parameters(self.parameters)
        E = np.asarray(energy, dtype=np.float64)[..., None]
        known = self._end <= E
        E = np.where(known, E, np.maximum(E, 1e-12))
        cosines, weights = self._nights
        radii, densities = np.array(EARTH).T
        depth = -cosines * radii[-1]  # half of the way
        crossed = radii[:, None] ** 2 - radii[-1] ** 2 + depth**2
        half = np.sqrt(np.maximum(crossed, 0.0))  # of the way within each shell's outer radius
        pieces = 1e3 * np.diff(half, axis=0, prepend=0.0)  # m
        cosine, sine2 = 1 - 2 * p.sin2_theta12, 4 * p.sin2_theta12 * (1 - p.sin2_theta12)
        phase = np.zeros((*E.shape[:-1], cosines.size))
        wave, total = np.ones(phase.shape, dtype=np.complex128), np.zeros(phase.shape, dtype=np.complex128)
        last = densities.size - 1
        # from the detector inwards and out again
        for k in (*range(last, -1, -1), *range(last + 1)):
            matter = MATTER * densities[k] * E
            split = p.dm2_21 * np.sqrt((cosine - matter * (1 - p.sin2_theta13) / p.dm2_21) ** 2 + sine2)
            phase += 2 * PHASE * split / E * pieces[k]
            ahead = np.exp(1j * phase)
            if (
                cosines.size > 1
            ):  # the mean over angles up to half-way to the next ones, between which phases are straight lines
                ahead *= np.sinc(np.gradient(phase, axis=-1) / (2 * np.pi))
            ahead = np.where(known, ahead, 0.0)
            total += matter / split * (ahead - wave) / 1j
            wave = ahead
        return np.asarray(total @ weights)

    def terms(self, start: int) -> list[tuple["_SolarFunction | None", ComplexArray]]:
        """ρ[:, start] as a sum of functions of the energy times constant matrices (3, 3); None stands for 1."""
        U = mixing_matrix(self.parameters)
        mass = [np.outer(U[:, i], U[:, i].conj()) for i in range(3)]
        terms: list[tuple[_SolarFunction | None, ComplexArray]] = [
            (None, mass[2]),
            (_SolarFunction(self, start, "mass 1"), mass[0] - mass[2]),
            (_SolarFunction(self, start, "mass 2"), mass[1] - mass[2]),
        ]
        if self._nights[0].size:
            coherent = np.outer(U[:, 1], U[:, 0].conj())
            terms.append((_SolarFunction(self, start, "night, real"), coherent + coherent.conj().T))
            terms.append((_SolarFunction(self, start, "night, imaginary"), 1j * (coherent - coherent.conj().T)))
        return terms

    def _night(self, energy: ArrayLike, means: Array) -> ComplexArray:
        """ρ₂₁ of each flavour by night (…, 3), in the basis of the masses."""
        U, elements = mixing_matrix(self.parameters), self._elements
        coherence = -1j * U[0, 1].conj() * U[0, 0] * self._earth(energy).conj()
        return np.asarray(means @ (elements[..., 0] - elements[..., 1]) * coherence[..., None])

    def _means(self, energy: ArrayLike) -> Array:
        """1 and the means of s₁₂², s₁₃², s₁₂² s₁₃² and s₁₂ c₁₂ s₁₃ in matter over the profile; w_ai is linear in them."""
        E = real_array(energy, "energy", unit="MeV", minimum=0.0)
        p = _known_parameters(self.parameters)
        profile = PRODUCTION[self.component] if self.electron_density is None else ((self.electron_density, 1.0),)
        out = np.zeros((*E.shape, 5))
        out[..., 0] = 1.0
        # θ₁₃ in matter from the larger splitting, then θ₁₂ from the smaller one
        dm2_ee = p.dm2_31 - p.sin2_theta12 * p.dm2_21
        cos_12, cos_13 = 1 - 2 * p.sin2_theta12, 1 - 2 * p.sin2_theta13
        sine_12, sine_13 = 1 - cos_12**2, 1 - cos_13**2  # sin² 2θ
        total = sum(part for _, part in profile)
        for density, part in profile:
            a = (MATTER * density) * E
            cosine = cos_13 - a / dm2_ee
            root = np.sqrt(cosine * cosine + sine_13)
            cos_13m = cosine / root
            tilt = (1 + cos_13m * cos_13 + sine_13 / root) / 2  # cos²(θ₁₃ᵐ − θ₁₃)
            cosine = cos_12 - (a + dm2_ee * (1 - root)) / (2 * p.dm2_21)
            s12 = (1 - cosine / np.sqrt(cosine * cosine + sine_12 * tilt)) / 2
            s13 = (1 - cos_13m) / 2
            weight = part / total
            both = s12 * s13
            out[..., 1] += weight * s12
            out[..., 2] += weight * s13
            out[..., 3] += weight * both
            out[..., 4] += weight * np.sqrt(both * (1 - s12))
        return out

    @property
    def _elements(self) -> Array:
        """w_ai as a linear function: (5, 3, 3) for the five means."""
        p = _known_parameters(self.parameters)
        s23, c23 = p.sin2_theta23, 1 - p.sin2_theta23
        phase = 2 * math.sqrt(s23 * c23) * math.cos(p.delta_cp)
        out = np.zeros((5, 3, 3))
        # of 1, s₁₂², s₁₃², s₁₂² s₁₃², s₁₂ c₁₂ s₁₃
        out[:, 0] = np.array([[1, -1, -1, 1, 0], [0, 1, 0, -1, 0], [0, 0, 1, 0, 0]]).T
        out[:, 1] = np.array([[0, c23, s23, -s23, phase], [c23, -c23, 0, s23, -phase], [s23, 0, -s23, 0, 0]]).T
        out[:, 2] = np.array([[0, s23, c23, -c23, -phase], [s23, -s23, 0, c23, phase], [c23, 0, -c23, 0, 0]]).T
        return out

    @cached_property
    def _states(self) -> ComplexArray:
        """ρ_abc as a linear function: (5, 27) for the five means."""
        U = mixing_matrix(self.parameters)
        return np.asarray(np.einsum("kai,bi,ci->kabc", self._elements, U, U.conj()).reshape(5, 27))


@dataclass(frozen=True)
class _SolarFunction:
    """One of the functions of the energy of which the density matrices of `SolarAdiabatic` are made."""

    conversion: SolarAdiabatic
    start: int
    part: str

    @property
    def breaks(self) -> tuple[float, ...]:
        return self.conversion.breaks

    def __call__(self, energy: ArrayLike) -> Array:
        if self.part.startswith("mass"):
            return np.asarray(self.conversion.weights(energy)[..., self.start, int(self.part[-1]) - 1])
        night = self.conversion._night(energy, self.conversion._means(energy))[..., self.start]
        return np.asarray(night.real if self.part == "night, real" else night.imag)


# ---- a supernova ---------------------------------------------------------------------------------------------------------


def supernova_swap(
    ordering: str = "normal", parameters: Parameters | None = None, flip_probability: float = 0.0
) -> tuple[Array, Array]:
    """The exchange of flavours in the mantle of a supernova, adiabatic in its low resonance.

    In the dense core ν_e is the heaviest state in matter, ν̄_e the lightest; both follow their level to the surface and leave
    as one mass. With the normal ordering that is ν_e → ν₃ and ν̄_e → ν̄₁, with the inverted one ν_e → ν₂ and ν̄_e → ν̄₃. The other
    two flavours share the other two masses. With p = P_ee the fluxes at the Earth are

        F_e = p F⁰_e + (1 − p) F⁰_x,    F_μ + F_τ = (1 − p) F⁰_e + (1 + p) F⁰_x.

    Parameters
    ----------
    ordering : {"normal", "inverted"}
        Of the masses.
    parameters : MixingParameters or str, optional
        Mixing, or the name of a published set; "nufit-6.0" of that ordering by default. Only the angles matter.
    flip_probability : float
        Probability to change levels in the high resonance, 0 to 1: of neutrinos with the normal ordering, of antineutrinos with
        the inverted one. 0, adiabatic, is what smooth profiles and the measured θ₁₃ give; a shock front can lift it to 1.

    Returns
    -------
    tuple of two ndarrays (3, 3)
        P[a, b] of neutrinos and of antineutrinos: `flux.oscillate(P, antineutrinos=Q)`. Rows and columns sum to 1.

    Raises
    ------
    InputError, UnknownNameError
        For an unknown ordering or set of parameters, parameters of the other ordering, a probability outside 0 to 1.

    Notes
    -----
    ν_μ and ν_τ are taken to be emitted alike; then how the two share their masses does not matter. Collective oscillation near
    the core and the Earth's matter are left out. A. S. Dighe, A. Yu. Smirnov, Phys. Rev. D 62 (2000) 033007.

    Examples
    --------
    >>> from cevns.oscillation import supernova_swap
    >>> P, Q = supernova_swap("normal")
    >>> f"{P[0, 0]:.4f} {Q[0, 0]:.4f}"
    '0.0221 0.6767'
    """
    known_name(ordering, ("normal", "inverted"), "ordering")
    if parameters is None:
        parameters = "nufit-6.0" if ordering == "normal" else "nufit-6.0-inverted"
    p = _known_parameters(parameters)
    if (p.dm2_31 > 0) != (ordering == "normal"):
        raise InputError(f"parameters must be of the {ordering} ordering (got dm2_31 = {p.dm2_31:g} eV²)")
    flip = real_number(flip_probability, "flip_probability", minimum=0.0, maximum=1.0)
    masses = (np.abs(mixing_matrix(p)) ** 2).T  # the flavours of each mass

    def swapped(leaves: int, flipped: int | None) -> Array:
        electron = masses[leaves] if flipped is None else (1 - flip) * masses[leaves] + flip * masses[flipped]
        other = (1 - electron) / 2  # the three masses together hold each flavour once
        return np.stack([electron, other, other])

    if ordering == "normal":
        return swapped(2, 1), swapped(0, None)
    return swapped(1, None), swapped(2, 0)


# ---- a sterile neutrino --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sterile:
    """A fourth neutrino, heavier than the others, over a baseline so short that these do not oscillate.

        P_aa = 1 − sin²2θ_aa ⟨sin²φ⟩        sin²2θ_aa = 4 |U_a4|² (1 − |U_a4|²)
        P_ab = sin²2θ_ab ⟨sin²φ⟩            sin²2θ_ab = 4 |U_a4|² |U_b4|²,    φ = Δm² L/(4Eħc)

    Rows sum to less than 1: the rest is sterile.

    Parameters
    ----------
    dm2 : float
        Δm²₄₁ [eV²], ≥ 0.
    baseline : float
        Distance between the centres of source and detector [m], > 0.
    sin2_2theta : float, optional
        sin²2θ, 0 to 1, with which each flavour disappears for itself, and no other appears. Either this or `mixing`.
    mixing : sequence of three floats, optional
        |U_e4|², |U_μ4|², |U_τ4|², each ≥ 0, their sum ≤ 1.
    core, detector : float
        Radii [m] of source and detector, uniform spheres that together must be smaller than the baseline; 0 is a point.

    Raises
    ------
    InputError
        For values outside their range, none or both of the two mixings.

    Notes
    -----
    Over two uniform spheres ⟨sin²φ⟩ is the average over all pairs of points, each with its 1/L². (That the mean of 1/L² is not
    1/d² is left to the flux.) The distribution of L is

        w(L) ∝ H(|L − d|)/L,    H(s) = ∫_s^(a+b) V(u) u du

    where V is the volume that spheres of radii a and b share at a distance u of their centres. H is a polynomial of fifth
    degree, or a² − s² if one is a point: for a core seen from a point w ∝ (a² − (L − d)²)/L. Gauss–Legendre nodes resolve the
    phase: ⟨cos 2φ⟩ has an error of 1e-13.

    Below the energy where 2φ is 200 cycles between the centres, ⟨sin²φ⟩ is replaced by ½. What is cut from ∫φ dE above any E is
    at most 1/(4π·200) = 4e-4 of E φ(E) times sin²2θ for points, less for spheres.

    Examples
    --------
    >>> from cevns.oscillation import Sterile
    >>> P = Sterile(1.0, 10.0, sin2_2theta=0.1)([4.0])
    >>> f"{P[0, 0, 0]:.5f}"
    '0.99993'
    """

    dm2: float
    baseline: float
    sin2_2theta: float | None = None
    mixing: Sequence[float] | None = None
    core: float = 0.0
    detector: float = 0.0

    def __post_init__(self) -> None:
        def put(name: str, value: Any) -> None:
            object.__setattr__(self, name, value)

        put("dm2", real_number(self.dm2, "dm2", unit="eV²", minimum=0.0))
        put("baseline", real_number(self.baseline, "baseline", unit="m", minimum=0.0, above=True))
        put("core", real_number(self.core, "core", unit="m", minimum=0.0))
        put("detector", real_number(self.detector, "detector", unit="m", minimum=0.0))
        if self.core + self.detector >= self.baseline:
            raise InputError(
                f"core and detector must be smaller than the baseline of {self.baseline:g} m together "
                f"(got {self.core:g} m and {self.detector:g} m)"
            )
        if (self.sin2_2theta is None) == (self.mixing is None):
            raise InputError("give either sin2_2theta or mixing = (|U_e4|², |U_mu4|², |U_tau4|²)")
        if self.mixing is None:
            put("sin2_2theta", real_number(self.sin2_2theta, "sin2_2theta", minimum=0.0, maximum=1.0))
            return
        values = real_array(self.mixing, "mixing", minimum=0.0, maximum=1.0)
        if values.shape != (3,) or values.sum() > 1.0 + 1e-12:
            raise InputError(f"mixing must be three numbers with a sum <= 1 (got {self.mixing!r})")
        put("mixing", tuple(values.tolist()))

    @property
    def breaks(self) -> tuple[float, ...]:
        """The energy [MeV] below which the oscillation is replaced by its mean."""
        return (self._end,) if self.dm2 else ()

    @property
    def _end(self) -> float:
        return PHASE * self.dm2 * self.baseline / (math.pi * CYCLES)

    def mean_sin2(self, energy: ArrayLike) -> Array:
        """⟨sin²φ⟩ over source and detector at energies [MeV] ≥ 0."""
        E = real_array(energy, "energy", unit="MeV", minimum=0.0)
        if self.dm2 == 0.0:
            return np.zeros(E.shape)
        resolved = self._end <= E
        out = np.full(E.shape, 0.5)
        wave = PHASE * self.dm2 / E[resolved]  # φ per m
        if self.core + self.detector == 0.0:
            out[resolved] = np.sin(wave * self.baseline) ** 2
            return out
        cosine = np.zeros(wave.size)  # ⟨cos 2φ⟩
        for centres, offsets, weights in _distances(self.core, self.detector, self.baseline):
            # e^(2iφ) of centre + offset is a product: few exponentials and one matrix product for many distances
            inner = np.exp(2j * wave[:, None] * offsets) @ weights.T
            cosine += np.einsum("np,np->n", np.exp(2j * wave[:, None] * centres), inner).real
        out[resolved] = np.clip((1 - cosine) / 2, 0.0, 1.0)
        return out

    def __call__(self, energy: ArrayLike) -> Array:
        """P[…, a, b] at energies [MeV] ≥ 0."""
        if self.mixing is None:
            strength = -float(self.sin2_2theta or 0.0) * np.eye(3)
        else:
            u = np.array(self.mixing)
            strength = 4 * np.outer(u, u) - 4 * np.diag(u)  # −sin²2θ_aa on the diagonal
        return np.asarray(np.eye(3) + self.mean_sin2(energy)[..., None, None] * strength)


@cache
def _distances(a: float, b: float, d: float) -> tuple[tuple[Array, Array, Array], ...]:
    """Distances between two spheres, as (centres, offsets, weights (centres, offsets)) for each smooth piece of their density.

    They are dense enough for the highest phase that is resolved; all weights sum to 1.
    """
    nodes, gauss = gauss_legendre(24)
    pieces = []
    for low, high in pairwise(increasing([d - a - b, d - abs(a - b), d, d + abs(a - b), d + a + b]).tolist()):
        cycles = CYCLES * (high - low) / d  # of 2φ in this piece at most, of which 24 nodes take 5: the error is 1e-18
        panels = math.ceil(cycles / 5)
        half = (high - low) / (2 * panels)
        centres = low + half * (2 * np.arange(panels) + 1)
        L = centres[:, None] + half * nodes
        pieces.append((centres, half * nodes, half * gauss * _separation(np.abs(L - d), a, b) / L))
    total = sum(weights.sum() for _, _, weights in pieces)
    return tuple((centres, offsets, weights / total) for centres, offsets, weights in pieces)


def _separation(s: Array, a: float, b: float) -> Array:
    """∫_s^(a+b) V(u) u du for spheres of radii a and b, in any unit; V is the volume that they share at a distance u."""
    big, small = max(a, b), min(a, b)
    if small == 0.0:
        return np.asarray(np.maximum(big**2 - s**2, 0.0))
    inner = big - small
    # 12/π u V = (big + small − u)² (u² + 2u (big + small) − 3 inner²) for inner ≤ u, else 16 small³ u
    total = big + small

    def tail(u: Array | float) -> Any:
        x = total - u  # with u = total − x: x² (x² − 4 total x + 12 big small)
        return x**5 / 5 - total * x**4 + 4 * big * small * x**3

    outside = tail(np.maximum(s, inner))
    return np.asarray(np.where(s >= inner, outside, tail(inner) + 8 * small**3 * (inner**2 - np.minimum(s, inner) ** 2)))


# ---- non-unitary mixing --------------------------------------------------------------------------------------------------


def non_unitary(
    *,
    alpha_ee: float = 0.0,
    alpha_mm: float = 0.0,
    alpha_tt: float = 0.0,
    alpha_me: complex = 0.0,
    alpha_te: complex = 0.0,
    alpha_tm: complex = 0.0,
    coherent: bool = False,
) -> Any:
    """Zero-distance conversion by a mixing matrix N = (1 − α) U that is not unitary.

        P_ab = |(N N†)_ba|²,    N N† = (1 − α)(1 − α)†,    α lower triangular

    Parameters
    ----------
    alpha_ee, alpha_mm, alpha_tt : float
        The diagonal of α, 0 to 1.
    alpha_me, alpha_te, alpha_tm : complex
        Below the diagonal, rows μ, τ, τ and columns e, e, μ; magnitude ≤ 1.
    coherent : bool
        Whether to return density matrices ρ[a, b, c] = (N N†)_ba (N N†)*_ca instead.

    Returns
    -------
    ndarray (3, 3), or (3, 3, 3) complex
        P[a, b] or ρ[a, b, c], at any energy and at a distance where no phase has grown.

    Raises
    ------
    InputError
        For values outside their range, or together so large that a row of P sums to more than 1.

    Notes
    -----
    Rows need not sum to 1. The fluxes to be multiplied are those of the Standard Model: N also enters the rates at which
    neutrinos are made, the Fermi constant as it is measured in muon decay, and so fluxes that are normalised to it. In a
    neutral current N stands twice more: the rate of coherent scattering is that of unitary mixing times [(N N†)³]_aa, while
    row a of P sums to [(N N†)²]_aa; the two differ in the first order of α_aa. F. J. Escrihuela et al., Phys. Rev. D 92 (2015)
    053009; M. Blennow et al., JHEP 04 (2017) 153 (arXiv:1609.08637), whose α this is.

    Examples
    --------
    >>> from cevns.oscillation import non_unitary
    >>> f"{non_unitary(alpha_ee=0.01)[0, 0]:.6f}"  # (1 − α_ee)⁴
    '0.960596'
    """
    alpha = np.zeros((3, 3), dtype=np.complex128)
    for k, (name, value) in enumerate((("ee", alpha_ee), ("mm", alpha_mm), ("tt", alpha_tt))):
        alpha[k, k] = real_number(value, f"alpha_{name}", minimum=0.0, maximum=1.0)
    for place, name, number in (((1, 0), "me", alpha_me), ((2, 0), "te", alpha_te), ((2, 1), "tm", alpha_tm)):
        try:
            alpha[place] = complex(number)
        except (TypeError, ValueError):
            raise InputError(f"alpha_{name} must be a complex number (got {number!r})") from None
        if not abs(alpha[place]) <= 1.0:
            raise InputError(f"|alpha_{name}| must be <= 1 (got {number!r})")
    amplitudes = (np.eye(3) - alpha) @ (np.eye(3) - alpha).conj().T
    probabilities = (np.abs(amplitudes) ** 2).T
    rows = probabilities.sum(axis=1)
    if (rows > 1 + 1e-12).any():
        flavor = ("e", "mu", "tau")[int(np.argmax(rows))]
        raise InputError(f"alpha must leave probabilities whose rows sum to <= 1 (got {rows.max():g} for nu_{flavor})")
    return density_matrices(amplitudes) if coherent else probabilities


def _known_parameters(parameters: Parameters) -> MixingParameters:
    if isinstance(parameters, MixingParameters):
        return parameters
    if isinstance(parameters, str):
        return PARAMETER_SETS[known_name(parameters, PARAMETER_SETS, "set of mixing parameters")]
    raise InputError(f"parameters must be cevns.oscillation.MixingParameters or the name of a set (got {parameters!r})")


def _diagonal(density: ComplexArray) -> Array:
    """Probabilities, the diagonal in the last two axes."""
    return np.ascontiguousarray(np.einsum("...bb->...b", density).real)
