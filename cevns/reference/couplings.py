"""Weak neutral-current couplings of the neutrino to nucleons, at tree level and with loops, and the weak charge of a nucleus.

Two conventions of the weak charge are in use. They differ by a factor −2, hence 4 in a rate:

    Q   = Z g_V^p + N g_V^n                       this library:  dσ/dT ∝ (G_F²/π) Q²
    Q_W = N − (1 − 4 sin²θ_W) Z = −2 Q            literature:    dσ/dT ∝ (G_F²/4π) Q_W²
"""

from __future__ import annotations

import math

import numpy as np

from .. import constants
from ..constants import WEAK_MIXING_ANGLE
from ._quadrature import composite
from ._types import Nuclide

LEPTON_MASSES = {"e": constants.ELECTRON_MASS, "mu": constants.MUON_MASS, "tau": constants.TAU_MASS}


def tree_couplings(weak_mixing_angle: float = WEAK_MIXING_ANGLE) -> tuple[float, float]:
    """Return the vector couplings (g_V^p, g_V^n) of proton and neutron, the same for all flavours.

        g_V^p = 1/2 − 2 sin²θ_W        g_V^n = −1/2

    Freedman, Phys. Rev. D 9 (1974) 1389; Drukier and Stodolsky, Phys. Rev. D 30 (1984) 2295.

    Parameters
    ----------
    weak_mixing_angle : float
        sin²θ_W.

    Examples
    --------
    >>> round(tree_couplings(0.238)[0], 12)
    0.024
    """
    return 0.5 - 2 * weak_mixing_angle, -0.5


def weak_charge(nuclide: Nuclide, weak_mixing_angle: float = WEAK_MIXING_ANGLE) -> float:
    """Return Q = Z g_V^p + N g_V^n, about −N/2.

    Parameters
    ----------
    nuclide : Nuclide
        Its Z and N are used.
    weak_mixing_angle : float
        sin²θ_W.
    """
    gvp, gvn = tree_couplings(weak_mixing_angle)
    return nuclide.Z * gvp + nuclide.N * gvn


def weak_charge_literature(nuclide: Nuclide, weak_mixing_angle: float = WEAK_MIXING_ANGLE) -> float:
    """Return Q_W = N − (1 − 4 sin²θ_W) Z = −2 Q, the weak charge of most of the literature.

    Parameters
    ----------
    nuclide : Nuclide
        Its Z and N are used.
    weak_mixing_angle : float
        sin²θ_W.
    """
    return nuclide.N - (1 - 4 * weak_mixing_angle) * nuclide.Z


def loop_logarithm(q: float, mass: float) -> float:
    """Return 6 ∫₀¹ x(1−x) ln[m² + x(1−x)Q²] dx by quadrature: ln m² at Q = 0; MeV inside the logarithm.

    Parameters
    ----------
    q, mass : float
        Momentum transfer and mass of the lepton in the loop, MeV.
    """
    edges = np.concatenate(([0.0], 0.5 * 1.5 ** np.arange(-70.0, 1.0)))  # symmetric about x = ½, a kink-like end at m²/Q²
    x, weight = composite(edges)
    return float(12 * np.sum(weight * x * (1 - x) * np.log(mass**2 + x * (1 - x) * q**2)))


def charge_radius(lepton: str) -> float:
    """Return the charge radius ⟨r²⟩ = −(G_F/2√2π²) [3 − 2 ln(m_ℓ²/M_W²)] of a neutrino, cm².

    Bernabéu, Papavassiliou and Vidal, Nucl. Phys. B 680 (2004) 450.

    Parameters
    ----------
    lepton : {"e", "mu", "tau"}
        Its charged partner.
    """
    ratio = LEPTON_MASSES[lepton] ** 2 / constants.W_MASS**2
    natural = -constants.FERMI_CONSTANT / (2 * math.sqrt(2) * math.pi**2) * (3 - 2 * math.log(ratio))
    return natural * constants.MEV2_CM2


def radiative_components() -> dict[str, float]:
    """Return □_WW, ⊠_WW and ⊠_ZZ for left and right quarks u and d: Erler and Su, Prog. Part. Nucl. Phys. 71 (2013) 119."""
    s = constants.WEAK_MIXING_ANGLE_AT_Z_MASS
    c = 1 - s
    a = constants.FINE_STRUCTURE_AT_Z_MASS / math.pi
    charges = {"uL": 1 / 2 - 2 * s / 3, "dL": -1 / 2 + s / 3, "uR": -2 * s / 3, "dR": s / 3}
    out = {
        "box WW": -a / (2 * s) * (1 - constants.STRONG_COUPLING_AT_W_MASS / (2 * math.pi)),
        "crossed WW": a / (8 * s) * (1 + constants.STRONG_COUPLING_AT_W_MASS / math.pi),
    }
    for quark, g in charges.items():
        out[quark] = -3 * a / (8 * s * c) * g**2 * (1 - constants.STRONG_COUPLING_AT_Z_MASS / math.pi)
    return out


def photon_loop(lepton: str, q: float = 0.0) -> float:
    """Return ø_ℓ = −(α/6π) [ln M_W² − (ln m_ℓ² or, at momentum transfer Q, the loop) + 3/2].

    Atzori Corona et al., JHEP 05 (2024) 271, for Q > 0.

    Parameters
    ----------
    lepton : {"e", "mu", "tau"}
        The charged lepton in the loop.
    q : float
        Momentum transfer, MeV.
    """
    logarithm = math.log(constants.W_MASS**2) - loop_logarithm(q, LEPTON_MASSES[lepton])
    return -constants.FINE_STRUCTURE / (6 * math.pi) * (logarithm + 3 / 2)


def radiative_couplings(lepton: str, q: float = 0.0, weak_mixing_angle: float = WEAK_MIXING_ANGLE) -> tuple[float, float]:
    """Return (g_V^p, g_V^n) with ρ, boxes and the charge-radius loop.

    Parameters
    ----------
    lepton : {"e", "mu", "tau"}
        The flavour.
    q : float
        Momentum transfer in the charge-radius loop, MeV.
    weak_mixing_angle : float
        ŝ₀², at Q = 0.
    """
    rho = constants.NEUTRAL_CURRENT_STRENGTH
    b = radiative_components()
    zz_proton = 2 * b["uL"] + b["dL"] - 2 * b["uR"] - b["dR"]
    zz_neutron = 2 * b["dL"] + b["uL"] - 2 * b["dR"] - b["uR"]
    gvp = rho * (1 / 2 - 2 * weak_mixing_angle) + 2 * b["crossed WW"] + b["box WW"] + rho * zz_proton
    gvp -= 2 * photon_loop(lepton, q)
    gvn = -rho / 2 + 2 * b["box WW"] + b["crossed WW"] + rho * zz_neutron
    return gvp, gvn


def effective_couplings(lepton: str, q: float = 0.0) -> tuple[float, float]:
    """Return (g_V^p, g_V^n) of the four-fermion theory at μ = 2 GeV with the loops of leptons and light quarks.

        Π(Q², m) = −2 ∫₀¹ x(1−x) ln{[m² + x(1−x)Q²]/μ²} dx
        g_V^p = 2 g_u + g_d + α δ_QCD/2π + (α/2π)/(√2 G_F) Σ_ℓ′ (c_L + c_R) Π(Q², m_ℓ′),     g_q = (c_L + c_R)/(2√2 G_F)

    Hill and Tomalak, Phys. Lett. B 805 (2020) 135466; Tomalak, Machado, Pandey and Plestid, JHEP 02 (2021) 097.

    Parameters
    ----------
    lepton : {"e", "mu", "tau"}
        The flavour.
    q : float
        Momentum transfer, MeV.
    """
    fermi = constants.FERMI_CONSTANT
    up = sum(constants.WILSON_UP) / (2 * math.sqrt(2) * fermi)
    down = sum(constants.WILSON_DOWN) / (2 * math.sqrt(2) * fermi)
    loops = 0.0
    for other, mass in LEPTON_MASSES.items():
        left = constants.WILSON_LEPTON_SAME if other == lepton else constants.WILSON_LEPTON_OTHER
        polarisation = -1 / 3 * (loop_logarithm(q, mass) - 2 * math.log(constants.WILSON_SCALE))
        loops += (left + constants.WILSON_LEPTON_RIGHT) * polarisation
    gvp = 2 * up + down + constants.HADRONIC_LOOP
    gvp += constants.FINE_STRUCTURE / (2 * math.pi) / (math.sqrt(2) * fermi) * loops
    return gvp, up + 2 * down


def mixing_factor(q: float) -> float:
    """Return κ(Q²), by which sin²θ_W(Q) exceeds its value at the Z mass at one loop.

    Czarnecki and Marciano, Phys. Rev. D 53 (1996) 1066; Int. J. Mod. Phys. A 15 (2000) 2365. Fermion loops by quadrature. The
    boson loops as printed, which lose digits as (M_W/Q)⁴, and below 1 GeV their limit at Q = 0, 8e-5 from the value there.

    Parameters
    ----------
    q : float
        Momentum transfer, MeV.
    """
    s = constants.WEAK_MIXING_ANGLE_AT_Z_MASS
    c = 1 - s
    quarks = constants.EFFECTIVE_QUARK_MASSES
    fermions = [(mass, 1, -1.0, -1 / 2) for mass in LEPTON_MASSES.values()]
    fermions += [(quarks[name], 3, 2 / 3, 1 / 2) for name in ("u", "c")]
    fermions += [(quarks[name], 3, -1 / 3, -1 / 2) for name in ("d", "s", "b")]
    loops = 0.0
    for mass, colours, charge, isospin in fermions:
        logarithm = loop_logarithm(q, mass) - 2 * math.log(constants.Z_MASS)
        loops += colours * (isospin * charge - 2 * s * charge**2) * logarithm / 3
    if q < 1000:
        loops += -(7 * c / 2 + 1 / 12) * math.log(c) + 7 / 9 - s / 3
    else:
        z = constants.W_MASS**2 / q**2
        p = math.sqrt(1 + 4 * z)
        L = math.log((p + 1) / (p - 1))
        loops += -(42 * c + 1) / 12 * math.log(c) + 1 / 18 - (p / 2 * L - 1) * ((7 - 4 * z) * c + (1 + 4 * z) / 6)
        loops -= z * (3 / 4 - z + (z - 3 / 2) * p * L + z * (2 - z) * L**2)
    return 1 - constants.FINE_STRUCTURE / (2 * math.pi * s) * loops


def running_weak_mixing_angle(q: float) -> float:
    """Return sin²θ_W(Q): the one-loop change, stretched so that both ends have the values of the PDG.

    Parameters
    ----------
    q : float
        Momentum transfer, MeV.
    """
    top, bottom = WEAK_MIXING_ANGLE, constants.WEAK_MIXING_ANGLE_AT_Z_MASS
    fraction = (mixing_factor(0.0) - mixing_factor(q)) / (mixing_factor(0.0) - mixing_factor(constants.Z_MASS))
    return top - (top - bottom) * fraction
