"""Scattering on nuclei: cross sections and rates.

rates             dR/dT, its bins and its integrals
cross_sections    dσ/dT, dσ/dΩ, σ
nuclei            rates of each term of an interaction, for templates
quadrature        integrals over recoil energies
coherence         how much of σ is coherent
mirror            pairs of mirror nuclei
"""
