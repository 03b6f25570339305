"""The potential of neutrinos in neutral matter, particle by particle.

    V = √2 G_F Σ_f g_V^f n_f (ħc)³

summed over electrons, protons and neutrons, with g_V^e → g_V^e + 1 for ν_e (exchange of a W), and −V for antineutrinos.
L. Wolfenstein, Phys. Rev. D 17 (1978) 2369.
"""

from __future__ import annotations

import math

from ..constants import AVOGADRO, FERMI_CONSTANT, FM, HBAR_C, WEAK_MIXING_ANGLE
from .couplings import tree_couplings


def matter_potential(
    density: float, electron_fraction: float, flavor: str, weak_mixing_angle: float = WEAK_MIXING_ANGLE
) -> float:
    """Return V_CC + V_NC [eV].

    Parameters
    ----------
    density : float
        ρ [g/cm³].
    electron_fraction : float
        Y_e, electrons per nucleon and protons per nucleon.
    flavor : str
        Such as "nue", "numubar".
    weak_mixing_angle : float
        sin²θ_W, which drops out.
    """
    gvp, gvn = tree_couplings(weak_mixing_angle)
    gve = -0.5 + 2 * weak_mixing_angle + (1.0 if flavor.startswith("nue") else 0.0)
    nucleons = density * AVOGADRO  # 1/cm³
    electrons = protons = electron_fraction * nucleons
    neutrons = nucleons - protons
    volume = (HBAR_C * FM) ** 3  # MeV³ cm³
    potential = math.sqrt(2) * FERMI_CONSTANT * (gve * electrons + gvp * protons + gvn * neutrons) * volume * 1e6  # eV
    return -potential if flavor.endswith("bar") else potential
