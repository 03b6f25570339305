"""Physical constants and unit factors: each stands here once, with its source.

Energies and masses in MeV, lengths in fm or cm as the name says, ħ = c = 1 unless the name says otherwise.
CODATA 2022 is https://physics.nist.gov/constants; PDG is the Review of Particle Physics, Phys. Rev. D 110 (2024) 030001.
"""

from __future__ import annotations

import math
from types import MappingProxyType

# Exact by the definition of the SI (2019).
SPEED_OF_LIGHT = 2.99792458e10  # cm/s
ELEMENTARY_CHARGE = 1.602176634e-19  # C, so that 1 eV is as many joules
AVOGADRO = 6.02214076e23  # 1/mol
HBAR_C = 197.3269804593025  # MeV fm, from h, c and e

# Particles.
ATOMIC_MASS_UNIT = 931.49410372  # MeV, CODATA 2022
ELECTRON_MASS = 0.51099895069  # MeV, CODATA 2022
MUON_MASS = 105.6583755  # MeV, CODATA 2022
TAU_MASS = 1776.93  # MeV, PDG 2024
PION_MASS = 139.57039  # MeV, charged pion, PDG 2024
NEUTRAL_PION_MASS = 134.9768  # MeV, PDG 2024
NEUTRAL_PION_TO_PHOTONS = 0.98823  # branching ratio of π⁰ → γγ, PDG 2024
PION_LIFETIME = 26.033e-9  # s, charged pion, PDG 2024
MUON_LIFETIME = 2.1969811e-6  # s, PDG 2024
FINE_STRUCTURE = 1 / 137.035999177  # CODATA 2022

# Weak interaction.
FERMI_CONSTANT = 1.1663788e-11  # MeV⁻², MuLan and PDG (CODATA 2022 has …787: 1.7e-7 less in a rate)
WEAK_MIXING_ANGLE = 0.23857  # sin²θ_W in the MS-bar scheme at Q = 0, PDG 2018–2020 (± 0.00005)
WEAK_MIXING_ANGLE_AT_Z_MASS = 0.23122  # sin²θ_W in the MS-bar scheme at the Z mass, PDG 2018–2024 (± 0.00004)
W_MASS = 80377.0  # MeV, PDG 2022 (± 12)
Z_MASS = 91187.6  # MeV, PDG 2022 (± 2.1)
NEUTRAL_CURRENT_STRENGTH = 1.00063  # ρ, neutral against charged current, Erler and Su, PPNP 71 (2013) 119, and PDG 2018–2022
FINE_STRUCTURE_AT_Z_MASS = 1 / 127.951  # MS-bar, PDG 2022 (± 0.009 in the inverse)
STRONG_COUPLING_AT_W_MASS = 0.1202  # α_s, as in M. Atzori Corona et al., Eur. Phys. J. C 83 (2023) 683
STRONG_COUPLING_AT_Z_MASS = 0.1185  # α_s, likewise

# Effective masses of the quarks in the running of sin²θ_W, MeV: they stand for the measured hadronic vacuum polarisation, and
# are no masses of particles. W. J. Marciano in A. Czarnecki and W. J. Marciano, Int. J. Mod. Phys. A 15 (2000) 2365.
EFFECTIVE_QUARK_MASSES = MappingProxyType({"u": 69.83, "d": 69.83, "s": 150.0, "c": 1200.0, "b": 4500.0})

# The masses of light quarks in the MS-bar scheme at 2 GeV, MeV: PDG 2022.
QUARK_MASSES = MappingProxyType({"u": 2.16, "d": 4.67, "s": 93.4})

# Four-fermion theory of neutrinos at μ = 2 GeV (MS-bar), MeV⁻²: R. J. Hill and O. Tomalak, Phys. Lett. B 805 (2020) 135466.
# Quoted from memory of the paper's table; see cevns.interactions.couplings for what was checked.
WILSON_SCALE = 2000.0  # μ, MeV
WILSON_LEPTON_SAME = 2.39818e-11  # c_L of ν_ℓ with its own charged lepton (± 0.00033)
WILSON_LEPTON_OTHER = -0.90084e-11  # c_L of ν_ℓ with another charged lepton (± 0.00032)
WILSON_LEPTON_RIGHT = 0.76911e-11  # c_R of charged leptons (± 0.00060)
WILSON_UP = (1.14065e-11, -0.51173e-11)  # c_L, c_R of the up quark (± 0.00013, 0.00038)
WILSON_DOWN = (-1.41478e-11, 0.25617e-11)  # c_L, c_R of the down quark (± 0.00012, 0.00020)
HADRONIC_LOOP = -0.00498612  # α δ_QCD/2π, light quarks; in dukecevns (2021) after O. Tomalak et al., JHEP 02 (2021) 097

# Spin of the nucleon.
AXIAL_COUPLING = 1.2754  # g_A, PDG 2022 (± 0.0013)
STRANGE_AXIAL_COUPLING = -0.085  # Δs at 2 GeV (± 0.018), as used by Hoferichter, Menéndez, Schwenk, PRD 102 (2020) 074018
AXIAL_RADIUS_SQUARED = 0.46  # fm², ⟨r_A²⟩ (± 0.16), Hill, Kammel, Marciano, Sirlin, Rep. Prog. Phys. 81 (2018) 096301
PROTON_MAGNETIC_MOMENT = 2.79284734463  # nuclear magnetons, CODATA 2022; g_p = twice this
NEUTRON_MAGNETIC_MOMENT = -1.91304276  # nuclear magnetons, CODATA 2022; g_n = twice this

# The nucleon, ⟨r²⟩ in fm².
PROTON_RADIUS_SQUARED = 0.8409**2  # charge, PDG 2022 (CODATA 2022: 0.84075(64) fm)
NEUTRON_RADIUS_SQUARED = -0.1155  # charge (± 0.0017), PDG 2022
STRANGE_RADIUS_SQUARED = 0.0  # of the nucleon: lattice gives −0.005, too small to matter
NUCLEON_MASS = 938.91875  # MeV, mean of proton and neutron, CODATA 2022
PROTON_MASS = 938.27208943  # MeV, CODATA 2022
NEUTRON_MASS = 939.56542194  # MeV, CODATA 2022

# Gravity.
NEWTON = 6.67430e-8  # cm³ g⁻¹ s⁻², CODATA 2022
SOLAR_MASS = 1.3271244e26 / NEWTON  # g, from the nominal G M of the sun, IAU 2015 resolution B3

# Unit factors.
FM = 1e-13  # cm
KEV = 1e-3  # MeV
JOULE = 1 / (ELEMENTARY_CHARGE * 1e6)  # MeV
ERG = JOULE * 1e-7  # MeV
KILOPARSEC = 3.0856775814913673e21  # cm
DAY = 86400.0  # s
MEV2_CM2 = (HBAR_C * FM) ** 2  # cm² MeV², turns MeV⁻² into cm²

# G_F²/π (ħc)², the factor in front of every weak cross section dσ/dT = … M Q² (1 − …), in cm² MeV⁻².
WEAK_CROSS_SECTION = FERMI_CONSTANT**2 / math.pi * MEV2_CM2

FLAVORS = ("nue", "numu", "nutau", "nuebar", "numubar", "nutaubar")


def __dir__() -> list[str]:
    return [name for name in globals() if name.isupper()]
