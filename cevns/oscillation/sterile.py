"""A fourth, heavier neutrino at short baselines, for extended sources and detectors.

Formulas
--------
`Sterile` neutrinos: P_aa = 1 − sin²2θ_aa ⟨sin²φ⟩, P_ab = sin²2θ_ab ⟨sin²φ⟩, φ = Δm² L/4E
    PDG, Phys. Rev. D 110 (2024) 030001; the average over spheres derived here
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import Array, digits, increasing, real_array, real_number, shown
from .._immutable import sealing
from .._kinds import in_files
from .._numerics.quadrature import gauss_legendre
from .._texts import of_fields
from ..errors import InputError
from .mixing import (
    CYCLES,
    PHASE,
)

_POINT = 1e-9  # of the baseline: over a smaller sphere no phase that is resolved changes by 2e-6, nor its mean cosine by 1e-12


@in_files
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

    __repr__ = of_fields

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
                f"(got {digits(self.core)} m and {digits(self.detector)} m)"
            )
        if (self.sin2_2theta is None) == (self.mixing is None):
            raise InputError("give either sin2_2theta or mixing = (|U_e4|², |U_mu4|², |U_tau4|²)")
        if self.mixing is None:
            put("sin2_2theta", real_number(self.sin2_2theta, "sin2_2theta", minimum=0.0, maximum=1.0))
            return
        values = real_array(self.mixing, "mixing", minimum=0.0, maximum=1.0)
        if values.shape != (3,) or values.sum() > 1.0 + 1e-12:
            raise InputError(f"mixing must be three numbers with a sum <= 1 (got {shown(self.mixing)})")
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
        resolved = (self._end <= E) & (E > 0.0)
        out = np.full(E.shape, 0.5)
        wave = PHASE * self.dm2 / E[resolved]  # φ per m
        if max(self.core, self.detector) <= _POINT * self.baseline:
            out[resolved] = np.sin(wave * self.baseline) ** 2
            return out
        cosine = np.zeros(wave.size)  # ⟨cos 2φ⟩
        point = _POINT * self.baseline
        core, detector = (radius if radius > point else 0.0 for radius in (self.core, self.detector))
        for centres, offsets, weights in _distances(core, detector, self.baseline):
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
@sealing
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
