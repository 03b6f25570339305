"""Oscillation of three flavours in vacuum.

Formulas
--------
`Vacuum` oscillation: P_ab = |Σ_i U_bi e^(−i m_i² L/2E) U*_ai|²
    PDG, Phys. Rev. D 110 (2024) 030001
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import Array, flag, real_array, real_number
from .._kinds import in_files
from .._texts import of_fields
from .mixing import (
    CYCLES,
    PHASE,
    ComplexArray,
    Parameters,
    diagonal,
    known_parameters,
    mixing_matrix,
)


@in_files
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

    __repr__ = of_fields

    def __post_init__(self) -> None:
        object.__setattr__(self, "baseline", real_number(self.baseline, "baseline", unit="m", minimum=0.0))
        object.__setattr__(self, "parameters", known_parameters(self.parameters))
        for name in ("averaged", "coherent", "antineutrinos"):
            object.__setattr__(self, name, flag(getattr(self, name), name))

    @property
    def _scales(self) -> tuple[float, float, float]:
        """E times the phases 2φ₂₁, 2φ₃₁ and 2φ₃₂ [rad MeV]."""
        p = known_parameters(self.parameters)
        factor = 2 * PHASE * self.baseline
        return factor * p.dm2_21, factor * p.dm2_31, factor * (p.dm2_31 - p.dm2_21)

    @property
    def breaks(self) -> tuple[float, ...]:
        """Energies [MeV] below which an oscillation is replaced by its mean."""
        if self.averaged or self.baseline == 0.0:
            return ()
        return tuple(sorted(set(self._ends.tolist())))

    @property
    def _ends(self) -> Array:
        """The energies [MeV] below which the three oscillations are replaced by their means.

        The two masses that are nearest to each other stay coherent the longest; the third loses its coherence with both at
        once, as it does physically: else probabilities would not sum to 1.
        """
        scales = np.abs(np.array(self._scales))
        nearest = int(np.argmin(scales))
        common = scales[1] if nearest != 1 else scales[0]
        return np.asarray(np.where(np.arange(3) == nearest, scales, common) / (2 * math.pi * CYCLES))

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

    def __call__(self, energy: ArrayLike) -> Array | ComplexArray:
        """P[…, a, b], or ρ[…, a, b, c] if coherent, at energies [MeV] ≥ 0."""
        E = real_array(energy, "energy", unit="MeV", minimum=0.0)
        U = self._matrix
        states = np.einsum("bi,ci->ibc", U, U.conj())  # of each mass
        constant = np.tensordot(np.abs(U) ** 2, states, axes=1)
        if self.averaged:
            density = np.broadcast_to(constant, (*E.shape, 3, 3, 3))
            return density.copy() if self.coherent else diagonal(density)
        turned = np.ones((*E.shape, 3), dtype=np.complex128)
        if self.baseline > 0.0:
            known = (E[..., None] >= self._ends) & (E[..., None] > 0.0)
            angle = np.array(self._scales) / np.where(known, E[..., None], 1.0)
            turned = np.where(known, np.exp(-1j * angle), 0.0)
        pairs = ((1, 0), (2, 0), (2, 1))
        # Σ_{i>j} e^(−2iφ_ij) U*_ai U_aj U_bi U*_cj and its hermitian conjugate
        waves = np.stack([np.einsum("a,b,c->abc", U[:, i].conj() * U[:, j], U[:, i], U[:, j].conj()) for i, j in pairs])
        if not self.coherent:
            oscillating: Array = (turned @ np.einsum("kabb->kab", waves).reshape(3, 9)).real.reshape(*E.shape, 3, 3)
            return np.clip(diagonal(constant) + 2 * oscillating, 0.0, 1.0)
        half: ComplexArray = (turned @ waves.reshape(3, 27)).reshape(*E.shape, 3, 3, 3)
        return constant + half + half.conj().swapaxes(-1, -2)

    @property
    def _matrix(self) -> ComplexArray:
        U = mixing_matrix(self.parameters)
        return U.conj() if self.antineutrinos else U
