"""Nuclei: their masses, radii, spins and form factors, and the targets that they make up.

nuclides               Nuclide: Z, N, mass, spin, abundance, charge radius
targets                Target: nuclei per kg of a formula or a mixture
radii                  charge, point, neutron and weak radii, neutron skins
form_factors           F(q)
spins                  ⟨S_p⟩, ⟨S_n⟩ and the axial strength F_A(q²)
structure_functions    S_ij(u) of shell-model calculations
"""

from __future__ import annotations

from .._lazy import later
from .nuclides import Nuclide
from .targets import Target

__all__ = ["Nuclide", "Target"]

__getattr__, __dir__ = later(__name__, __all__, {name: (name,) for name in ("form_factors", "radii", "spins")})
