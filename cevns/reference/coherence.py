"""Coherence as sums that can be read: over pairs of nucleons, and over recoil energies."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..constants import WEAK_MIXING_ANGLE
from . import form_factors
from ._types import Array, FormFactor, Nuclide
from .couplings import tree_couplings
from .cross_sections import cross_section


def coherency(nuclide: Nuclide, alpha: float, weak_mixing_angle: float = WEAK_MIXING_ANGLE) -> float:
    """Return ξ = σ(α)/σ(1), with σ(α) = Σ_i Σ_j g_i g_j cos φ_ij over all nucleons; cos φ_ij = 1 for i = j and α else.

    S. Kerman et al., Phys. Rev. D 93 (2016) 113006.

    Parameters
    ----------
    nuclide : Nuclide
        Its Z and N are used.
    alpha : float
        ⟨cos φ⟩ of two nucleons.
    weak_mixing_angle : float
        sin²θ_W.
    """
    gvp, gvn = tree_couplings(weak_mixing_angle)
    g = np.array([gvp] * nuclide.Z + [gvn] * nuclide.N)
    cosines = np.where(np.eye(g.size, dtype=bool), 1.0, alpha)
    return float((g @ cosines @ g) / g.sum() ** 2)


def coherence_loss(neutrino_energy: ArrayLike, nuclide: Nuclide, gvp: float, gvn: float, form_factor: FormFactor) -> Array:
    """Return 1 − σ(F)/σ(1), both by quadrature.

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV], > 0.
    nuclide : Nuclide
        Target nucleus.
    gvp, gvn : float
        Vector couplings of proton and neutron.
    form_factor : callable
        F(q) with q in MeV, of protons and neutrons.
    """
    whole = cross_section(neutrino_energy, nuclide, gvp, gvn, form_factors.point)
    return 1 - cross_section(neutrino_energy, nuclide, gvp, gvn, form_factor) / whole
