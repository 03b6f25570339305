"""Leptoquarks: bosons that turn neutrinos into quarks, too heavy to be more than a contact.

Formulas
--------
`Leptoquark`: ε_αβ = ± λ_α λ_β/(4√2 G_F m²), twice that for u in S3
    I. Doršner et al., Phys. Rept. 641 (2016) 1
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np

from .. import constants
from .._arguments import canonical_name, real_number
from .._texts import of_fields
from .charges import NEUTRINOS, checked_coupling, known_flavors
from .currents import Current, Interaction
from .nsi import NSI

# multiplet → (u, d): ε of the quarks in units of |λ|²/(4√2 G_F m²)
MULTIPLETS = MappingProxyType({"S1": (0.0, -1.0), "S3": (-2.0, -1.0), "R2": (1.0, 0.0), "R2~": (0.0, 1.0)})


@dataclass(frozen=True, kw_only=True, repr=False)
class Leptoquark(Interaction):
    """A scalar leptoquark, integrated out: `NSI` by the identity of Fierz.

    Parameters
    ----------
    multiplet : {"S1", "S3", "R2", "R2~"}
        (3̄, 1, ⅓), (3̄, 3, ⅓), (3, 2, 7/6) and (3, 2, 1/6) of SU(3) × SU(2) × U(1).
    mass : float
        m [MeV], > 0; 1e6 is 1 TeV.
    coupling : float
        λ to quarks of the first generation, real and the same for each of the flavours.
    flavors : sequence of {"nue", "numu", "nutau"}
        Neutrinos that couple; all by default. Several of them also turn into each other.

    Raises
    ------
    InputError, UnknownNameError
        For a mass that is not > 0, a coupling that is not finite, an unknown multiplet or flavour.

    Notes
    -----
    What couples to neutrinos in L, which parts of the multiplet, and ε_αβ in units of λ²/(4√2 G_F m²):

        S1     λ Q̄^c iτ₂ L S₁         −λ d̄^c P_L ν                      ε^d = −1
        S3     λ Q̄^c iτ₂ τ·L S₃       −λ d̄^c P_L ν, √2 λ ū^c P_L ν      ε^d = −1, ε^u = −2
        R2     −λ ū_R R₂ᵀ iτ₂ L        −λ ū P_L ν                         ε^u = +1
        R2~    −λ d̄_R R̃₂ᵀ iτ₂ L        −λ d̄ P_L ν                         ε^d = +1

    without mixing of quarks. *The signs*: a scalar leaves L = (λ²/m²)(ν̄_α P_R q)(q̄ P_L ν_β), which for fields that
    anticommute is −½ (λ²/m²)(ν̄_α γ^μ P_L ν_β)(q̄ γ_μ P_R q), against −2√2 G_F ε^R (…)(…): ε^R > 0. With q^c in place of q,
    q̄^c γ_μ P_R q^c = −q̄ γ_μ P_L q: ε^L < 0. (I. Doršner et al., Phys. Rept. 641 (2016) 1; V. De Romeri, V. Martín Lozano, G.
    Sanchez Garcia, arXiv:2307.13790.) ε is 0.0152 for λ = 1 and 1 TeV, beyond which colliders leave them. The propagator is
    that of a point, as Q² ≪ m²: below 1e-6 at 1 TeV.

    Examples
    --------
    >>> import cevns
    >>> round(cevns.Leptoquark(multiplet="R2~", mass=1e6, coupling=1.0, flavors=["numu"]).nsi.eps_mm_d, 4)
    0.0152
    """

    multiplet: str
    mass: float
    coupling: float
    flavors: Any = NEUTRINOS

    def __post_init__(self) -> None:
        put = partial(object.__setattr__, self)
        put("multiplet", canonical_name(self.multiplet, MULTIPLETS, "multiplet"))
        put("mass", real_number(self.mass, "mass", unit="MeV", minimum=0.0, above=True))
        put("coupling", checked_coupling(self.coupling))
        put("flavors", known_flavors(self.flavors))

    @property
    def nsi(self) -> NSI:
        """The same as non-standard interactions."""
        return self._nsi(self.coupling)

    def _nsi(self, coupling: float) -> NSI:
        chosen = np.array([float(flavor in self.flavors) for flavor in NEUTRINOS])
        unit = coupling**2 / (4 * math.sqrt(2) * constants.FERMI_CONSTANT * self.mass**2)
        up, down = MULTIPLETS[self.multiplet]
        return NSI.from_matrices(up * unit * np.outer(chosen, chosen), down * unit * np.outer(chosen, chosen))

    @property
    def currents(self) -> tuple[Current, ...]:
        """A vector current."""
        parts = self._nsi(1.0).currents
        matrix = np.sum([current.factor * current.matrix for current in parts], axis=0)
        return (replace(parts[0], matrix=matrix, parameter="coupling", value=self.coupling, power=2),)

    __repr__ = of_fields
