"""The diffuse supernova neutrino background, as the literature writes it.

    dφ/dE = (c/H₀) ∫ dz R(z) dN/dE′(E(1+z)) /√(Ω_m (1+z)³ + Ω_Λ)

J. F. Beacom, Annu. Rev. Nucl. Part. Sci. 60 (2010) 439, eq. 1, with |dt/dz|⁻¹ = H₀ (1+z) √(…); S. Horiuchi, J. F. Beacom,
E. Dwek, Phys. Rev. D 79 (2009) 083013, for the rate R(z).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..constants import DAY, KILOPARSEC
from ._quadrature import composite
from ._types import Array, Density

LIGHT_SPEED = 2.99792458e5  # km/s


def core_collapse_rate(
    z: ArrayLike,
    local: float = 1.25e-4,
    alpha: float = 3.4,
    beta: float = -0.3,
    gamma: float = -3.5,
    z1: float = 1.0,
    z2: float = 4.0,
    eta: float = -10.0,
) -> Array:
    """R(z) [Mpc⁻³ yr⁻¹], in the form of Yüksel, Kistler, Beacom, Hopkins, Astrophys. J. 683 (2008) L5; R(0) is `local`."""
    B = (1 + z1) ** (1 - alpha / beta)
    C = (1 + z1) ** ((beta - alpha) / gamma) * (1 + z2) ** (1 - beta / gamma)

    def bracket(z: Array) -> Array:
        terms = (1 + z) ** (alpha * eta) + ((1 + z) / B) ** (beta * eta) + ((1 + z) / C) ** (gamma * eta)
        return np.asarray(terms ** (1 / eta))

    return local * bracket(np.asarray(z, dtype=np.float64)) / bracket(np.zeros(()))


def diffuse_flux(
    energy: ArrayLike,
    emitted: Density,
    rate: Density = core_collapse_rate,
    z_max: float = 5.0,
    hubble: float = 70.0,
    matter: float = 0.3,
) -> Array:
    """dφ/dE [cm⁻² s⁻¹ MeV⁻¹] at energies [MeV], of collapses that each emit dN/dE′ = `emitted` [1/MeV].

    400 panels in z, each so short that neither a break of the rate nor an exponential spectrum changes much within it.
    """
    z, weight = composite(np.expm1(np.linspace(0.0, np.log1p(z_max), 401)), 8)
    distance = LIGHT_SPEED / hubble * 1e3 * KILOPARSEC  # c/H₀, cm
    per_volume = rate(z) / (365.25 * DAY) / (1e3 * KILOPARSEC) ** 3  # s⁻¹ cm⁻³
    expansion = np.sqrt(matter * (1 + z) ** 3 + 1 - matter)
    E = np.asarray(energy, dtype=np.float64)
    return np.asarray(distance * (emitted(E[..., np.newaxis] * (1 + z)) @ (weight * per_volume / expansion)))
