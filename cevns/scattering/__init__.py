"""Scattering on nuclei: cross sections and rates; and the engine of all rates, on electrons and of dark matter too.

channels          what the engine asks of whoever is hit, and a flux in rows
engine            moments × coefficients: rates, bins, thresholds, splits, cross sections
nuclei            the channel of nuclei
rates             dR/dT, its bins and its integrals
cross_sections    dσ/dT, dσ/dΩ, σ
coherence         how much of σ is coherent
mirror            pairs of mirror nuclei
overloads         types of results, for type checkers
"""

from __future__ import annotations

from .._lazy import later

__all__ = ["coherence", "cross_sections", "mirror", "rates"]

__getattr__, __dir__ = later(__name__, __all__, {name: (name,) for name in __all__})
