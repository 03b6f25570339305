"""Fluxes of neutrinos: components with a flavour, a spectrum and a place in time.

flux                 Flux: components, their sums and their uncertainties; FluxHistory: fluxes that change in steps of time
makers               fluxes from tables, files and functions
components           Component, Coherence, Uncertainty
spectra              tables, lines and closed forms; what is integrated over energy
sampling             functions of the energy as polynomials on panels
products             spectra times functions of energy
flavor_conversion    transition probabilities applied to components
pulses, timing       pulses of a beam, and decays after them
csv_files            fluxes as files
"""

from .components import Coherence, Component, Uncertainty
from .flux import Flux, FluxHistory

__all__ = ["Coherence", "Component", "Flux", "FluxHistory", "Uncertainty"]
