"""Light dark matter from pion decay at rest: made with the neutrinos, and seen as they are, by coherent scattering off nuclei.

    π⁰ → γ A′        A′ → χ χ̄        χ N → χ N         (and π⁻ p → n A′, where π⁻ are captured)

A mediator A′ mixes with the photon by ε, or couples to baryon number; to dark matter χ of mass m it couples by α_D = g_D²/4π.
Production goes as ε², scattering as ε²α_D: with the masses fixed all counts are ε⁴α_D times one template.

    cascades      two decays in a row, seen in the laboratory
    production    what arrives: `DarkMatterFlux`, its spectra and how many
    scattering    `VectorPortal`: kinematics of a massive particle, dσ/dT
    rates         moments of the flux weighted with E²/p², times coefficients, as for neutrinos
    detection     counts of a detector or an experiment

Sources: P. deNiverville, M. Pospelov, A. Ritz, Phys. Rev. D 92 (2015) 095005 (arXiv:1505.07805); COHERENT, Phys. Rev. D 102
(2020) 052007 (arXiv:1911.06422); B. Dutta et al., Phys. Rev. Lett. 124 (2020) 121802 (arXiv:1906.10745).
"""

from __future__ import annotations

from .cascades import Cascade
from .detection import DarkMatterResponse, counts, template
from .production import DarkMatterFlux, Production, mediators_per_capture, pion_branching_ratio
from .rates import binned_rate, differential_rate, rate
from .scattering import VectorPortal, differential_cross_section, energy_min, recoil_energy_max

__all__ = [
    "Cascade",
    "DarkMatterFlux",
    "DarkMatterResponse",
    "Production",
    "VectorPortal",
    "binned_rate",
    "counts",
    "differential_cross_section",
    "differential_rate",
    "energy_min",
    "mediators_per_capture",
    "pion_branching_ratio",
    "rate",
    "recoil_energy_max",
    "template",
]


def __dir__() -> list[str]:
    return __all__
