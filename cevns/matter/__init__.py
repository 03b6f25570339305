"""Neutrinos in dense matter: mean free paths, diffusion times and neutrino spheres.

In the collapsing core of a star coherent scattering off nuclei is what traps neutrinos first (D. Z. Freedman, Phys. Rev. D 9
(1974) 1389; K. Sato, Prog. Theor. Phys. 54 (1975) 1325; D. Z. Freedman, D. N. Schramm and D. L. Tubbs, Ann. Rev. Nucl. Sci. 27
(1977) 167). The transport cross section decides, as scattering into the forward direction does not slow them:

    σ_tr = ∫ (1 − cos θ) dσ          1/λ = Σ_ions n_i σ_i ⟨S_i⟩          t = 3R²/(λc)          τ(r) = ∫_r^∞ dr'/λ

Only nuclei count here: absorption, and scattering off free nucleons and electrons, are not part of it.

Units: neutrino energies and temperatures MeV, densities g/cm³, cross sections cm², lengths cm, times s.

    transport      σ_tr, Bruenn's closed forms, electron screening
    correlations   ⟨S_ion⟩
    opacities      λ and κ of a composition
    escape         diffusion time, trapping density, optical depth, neutrino sphere
    potentials     matter potentials, and the weak charge of an atom
    overloads      what type checkers see of the results
"""

from __future__ import annotations

from .correlations import ion_correlation
from .escape import NEUTRINO_SPHERE_DEPTH, diffusion_time, neutrino_sphere, optical_depth, trapping_density
from .opacities import inverse_mean_free_path, mean_free_path, opacity
from .transport import BRUENN_LENGTH, bruenn_moments, electron_screening, screening_length, transport_cross_section

__all__ = [
    "BRUENN_LENGTH",
    "NEUTRINO_SPHERE_DEPTH",
    "bruenn_moments",
    "diffusion_time",
    "electron_screening",
    "inverse_mean_free_path",
    "ion_correlation",
    "mean_free_path",
    "neutrino_sphere",
    "opacity",
    "optical_depth",
    "screening_length",
    "transport_cross_section",
    "trapping_density",
]


def __dir__() -> list[str]:
    return __all__
