"""Neutrino oscillation: plain matrices of probabilities, and of density where flavours arrive coherently.

    MixingParameters  angles, phase and splittings; their published sets; mixing_matrix               mixing.py
    Vacuum            three flavours over a baseline, or averaged over its phases                    vacuum.py
    SolarAdiabatic    solar neutrinos, by day or, with sun_zenith, by night too                      sun.py
    SolarNSI          solar neutrinos by day, with non-standard interactions in the Sun's matter     solar_nsi.py
    supernova_swap    neutrinos of a core-collapse supernova                                         exploding_star.py
    Sterile           a heavier neutrino at short baselines, extended sources and detectors          sterile.py
    non_unitary       conversion at zero distance by a mixing matrix that is not unitary             unitarity.py

An array P[…, a, b] holds the probability that flavour a arrives as flavour b, where 0, 1, 2 are e, μ, τ. An array
ρ[…, a, b, c] holds the density matrix into which flavour a evolves, hermitian in b and c, with the probabilities on its
diagonal. Energies are in MeV, lengths in m, differences of squared masses in eV². Objects that depend on the energy are called
with energies, of any shape, and append these axes; their `breaks` are the energies at which they are not smooth.

Matrices are for neutrinos unless said otherwise. For antineutrinos U is replaced by its conjugate.
"""

from __future__ import annotations

from .exploding_star import supernova_swap
from .mixing import CYCLES, MATTER, PARAMETER_SETS, PHASE, MixingParameters, Parameters, density_matrices, mixing_matrix
from .solar_nsi import NEUTRONS, SolarNSI, SolarNSIFunction
from .sterile import Sterile
from .sun import EARTH, PRODUCTION, SolarAdiabatic, SolarFunction, sun_zenith
from .unitarity import non_unitary
from .vacuum import Vacuum

__all__ = [
    "CYCLES",
    "EARTH",
    "MATTER",
    "NEUTRONS",
    "PARAMETER_SETS",
    "PHASE",
    "PRODUCTION",
    "MixingParameters",
    "Parameters",
    "SolarAdiabatic",
    "SolarFunction",
    "SolarNSI",
    "SolarNSIFunction",
    "Sterile",
    "Vacuum",
    "density_matrices",
    "mixing_matrix",
    "non_unitary",
    "sun_zenith",
    "supernova_swap",
]


def __dir__() -> list[str]:
    return __all__
