"""Radiative corrections of the couplings, and charge radii of neutrinos.

Formulas
--------
couplings with loops, "radiative": g_V^p = ρ(½ − 2ŝ²) + boxes − 2ø_ℓ, g_V^n = −ρ/2 + boxes
    J. Erler, S. Su, Prog. Part. Nucl. Phys. 71 (2013) 119
couplings of the effective theory, "eft": g_V^p = (2C_u + C_d)/(2√2 G_F) at μ = 2 GeV, then loops of leptons and light quarks
    R. J. Hill, O. Tomalak, Phys. Lett. B 805 (2020) 135466; O. Tomalak et al., JHEP 02 (2021) 097
charge radius, `neutrino_charge_radius`: ⟨r²⟩ = −(G_F/2√2 π²) [3 − 2 ln(m_ℓ²/M_W²)]
    J. Bernabéu et al., Phys. Rev. Lett. 89 (2002) 101802
"""

from __future__ import annotations

import math

from .. import constants
from .._arguments import known_name
from .weak_mixing import LEPTON_MASSES


def generation(flavor: str) -> int:
    """0, 1, 2 for e, μ, τ neutrinos and antineutrinos."""
    return constants.FLAVORS.index(known_name(flavor, constants.FLAVORS, "flavor")) % 3


def charge_radius_shift(charge_radius: float) -> float:
    """The change of g_V^p by a charge radius ⟨r²⟩ [cm²]: −√2 π α ⟨r²⟩/3G_F, for neutrinos and antineutrinos alike."""
    radius = charge_radius / constants.MEV2_CM2  # ⟨r²⟩ in MeV⁻²
    return -math.sqrt(2) * math.pi * constants.FINE_STRUCTURE * radius / (3 * constants.FERMI_CONSTANT)


def neutrino_charge_radius(flavor: str) -> float:
    """⟨r²⟩ [cm²] of a neutrino in the Standard Model, negative.

    Parameters
    ----------
    flavor : str
        One of "nue", "numu", "nutau", "nuebar", "numubar", "nutaubar". An antineutrino gets the number of its neutrino: its
        radius has the opposite sign and so has its coupling, and this is the number whose shift of g_V^p, +√2 π α |⟨r²⟩|/3G_F,
        both share.

    Returns
    -------
    float
        −0.83, −0.48 and −0.30 × 10⁻³² cm² for e, μ and τ.

    Raises
    ------
    UnknownNameError
        For an unknown flavour.

    Notes
    -----
    ⟨r²⟩ = −(G_F/2√2 π²) [3 − 2 ln(m_ℓ²/M_W²)]. J. Bernabéu, J. Papavassiliou and J. Vidal, Phys. Rev. Lett. 89 (2002) 101802,
    Nucl. Phys. B 680 (2004) 450. The shift of g_V^p is exactly −2ø of the couplings "radiative", which contain it; the older
    form (2/3) M_W² ⟨r²⟩ sin²θ_W is 11 % larger. C. Giunti and A. Studenikin, Rev. Mod. Phys. 87 (2015) 531; the sign for
    antineutrinos after the correction of 2020 to M. Cadeddu et al., Phys. Rev. D 98 (2018) 113010.

    Examples
    --------
    >>> f"{neutrino_charge_radius('numu'):.3e}"
    '-4.805e-33'
    """
    logarithm = 2 * math.log(LEPTON_MASSES[generation(flavor)] / constants.W_MASS)
    radius = -constants.FERMI_CONSTANT / (2 * math.sqrt(2) * math.pi**2) * (3 - 2 * logarithm)  # MeV⁻²
    return radius * constants.MEV2_CM2


# ---- named schemes -----------------------------------------------------------------------------------------------------------


def radiative_couplings(weak_mixing_angle: float = constants.WEAK_MIXING_ANGLE) -> tuple[float, float]:
    """(g_V^p, g_V^n) with ρ and the WW and ZZ boxes, without the charge radius: 0.018548, −0.511704.

    g_V^p = ρ(½ − 2ŝ₀²) + 2⊠_WW + □_WW + ρ(2⊠_uL + ⊠_dL − 2⊠_uR − ⊠_dR)        the charge radius adds −2ø_ℓ
    g_V^n = −ρ/2 + 2□_WW + ⊠_WW + ρ(2⊠_dL + ⊠_uL − 2⊠_dR − ⊠_uR)

    J. Erler and S. Su, Prog. Part. Nucl. Phys. 71 (2013) 119; in this form in M. Atzori Corona et al., Eur. Phys. J. C 83
    (2023) 683.
    """
    s2 = constants.WEAK_MIXING_ANGLE_AT_Z_MASS
    alpha = constants.FINE_STRUCTURE_AT_Z_MASS
    rho = constants.NEUTRAL_CURRENT_STRENGTH
    at_w, at_z = constants.STRONG_COUPLING_AT_W_MASS / math.pi, constants.STRONG_COUPLING_AT_Z_MASS / math.pi
    box = -alpha / (2 * math.pi * s2) * (1 - at_w / 2)  # □_WW
    crossed = alpha / (8 * math.pi * s2) * (1 + at_w)  # ⊠_WW
    zz = -3 * alpha / (8 * math.pi * s2 * (1 - s2)) * (1 - at_z)  # ⊠_ZZ over the square of the quark's charge
    up = zz * ((0.5 - 2 / 3 * s2) ** 2 - (2 / 3 * s2) ** 2)  # ⊠_uL − ⊠_uR
    down = zz * ((-0.5 + s2 / 3) ** 2 - (s2 / 3) ** 2)  # ⊠_dL − ⊠_dR
    gvp = rho * (0.5 - 2 * weak_mixing_angle) + 2 * crossed + box + rho * (2 * up + down)
    gvn = -rho / 2 + 2 * box + crossed + rho * (2 * down + up)
    return gvp, gvn


def effective_couplings() -> tuple[float, float]:
    """(g_V^p, g_V^n) of the four-fermion theory at μ = 2 GeV, before loops of leptons and light quarks: 0.030079, −0.511758."""
    unit = 2 * math.sqrt(2) * constants.FERMI_CONSTANT
    up, down = sum(constants.WILSON_UP) / unit, sum(constants.WILSON_DOWN) / unit
    return 2 * up + down, up + 2 * down
