"""Beta decays to the broad 2⁺ states of ⁸Be: the antineutrinos of ⁸Li, from the measured neutrinos of its mirror ⁸B.

    dN/dE ∝ ∫ dx S(x) E² p W F(±4, W) C(E, W₀),    W = W₀ − E,    W₀ = Q ± m_e − x

⁸Be is not bound: it breaks into two α particles at an excitation energy x that is spread over 15 MeV, with a strength S(x) that
both decays share, by isospin. Upper signs are those of ⁸Li, lower ones those of ⁸B; W is the total energy of the electron or
positron, p its momentum, F its Fermi function. C holds the terms of first order in the recoil, of which the weak magnetism has
opposite signs in the two decays. Each W₀ differs by one of the two electrons' masses from Q, which is of atoms.

S(x) is a level of an R-matrix with a smooth background: seven numbers, fitted here to the ⁸B spectrum of W. T. Winter et al.,
Phys. Rev. C 73 (2006) 025503, table IV.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from ..constants import ATOMIC_MASS_UNIT, ELECTRON_MASS, FINE_STRUCTURE, HBAR_C
from ._quadrature import composite
from ._types import Array

# Atomic masses [u], AME2020: M. Wang et al., Chin. Phys. C 45 (2021) 030003.
MASS = {"8Li": 8.022486244, "8B": 8.024607315, "8Be": 8.00530510, "4He": 4.00260325413}

CHANNEL_RADIUS = 4.5  # fm, of two α particles: E. K. Warburton, Phys. Rev. C 33 (1986) 303
ANGULAR_MOMENTUM = 2  # ħ, between them

# Weak magnetism over Gamow–Teller and mass number, b/(A c) ± 0.2: L. De Braeckeleer et al., Phys. Rev. C 51 (1995) 2778.
WEAK_MAGNETISM = 7.5

# The fit to ⁸B: energy of the level above two α particles [MeV], its reduced width [MeV], the distant levels in the R-matrix,
# and the background of the amplitude as a polynomial in the energy over 10 MeV [1/MeV].
LEVEL = 3.133
REDUCED_WIDTH = 1.0127
DISTANT_LEVELS = 0.053715
BACKGROUND = (0.069608, -1.1759, 1.6436, -0.85742)

KNOTS = (0.0, 1.0, 2.0, 2.5, 3.0, 3.5, 4.5, 6.0, 9.0, 12.0, 16.5)  # MeV, of x: S has one peak, near 3


def threshold() -> float:
    """Energy of the ground state of ⁸Be above two α particles [MeV]."""
    return (MASS["8Be"] - 2 * MASS["4He"]) * ATOMIC_MASS_UNIT


def electron_energy(parent: str, excitation: Array) -> Array:
    """W₀: the energy of electron and neutrino [MeV] in the decay of "8Li" or "8B" to an excitation energy of ⁸Be [MeV]."""
    q_value = (MASS[parent] - MASS["8Be"]) * ATOMIC_MASS_UNIT
    return np.asarray(q_value - excitation + (ELECTRON_MASS if parent == "8Li" else -ELECTRON_MASS))


def barrier(energy: Array) -> tuple[Array, Array]:
    """Penetrability P and shift S of two α particles with ℓ = 2 at `CHANNEL_RADIUS`, at energies [MeV] > 0.05.

    P + iS of the outgoing Coulomb wave H = G + iF are ρ Im(H'/H) and ρ Re(H'/H), and H'/H is the continued fraction

        H'/H = i(1 − η/ρ) + (i/ρ) ab/(2(ρ − η + i) + (a+1)(b+1)/(2(ρ − η + 2i) + …)),    a = 1 + ℓ + iη,  b = −ℓ + iη

    (A. R. Barnett et al., Comput. Phys. Commun. 8 (1974) 377), summed by Lentz's method.
    """
    energy = np.asarray(energy, dtype=np.float64)
    mass = (MASS["4He"] * ATOMIC_MASS_UNIT - 2 * ELECTRON_MASS) / 2  # reduced
    rho = np.sqrt(2 * mass * energy) / HBAR_C * CHANNEL_RADIUS
    eta = 4 * FINE_STRUCTURE * np.sqrt(mass / (2 * energy))  # Sommerfeld parameter of charges 2 and 2
    a, b = 1 + ANGULAR_MOMENTUM + 1j * eta, -ANGULAR_MOMENTUM + 1j * eta
    value = np.full(energy.shape, 1e-300 + 0j)
    above, below = value.copy(), np.zeros(energy.shape, dtype=complex)
    for n in range(1, 10_000):
        numerator, denominator = (a + n - 1) * (b + n - 1), 2 * (rho - eta + n * 1j)
        below = 1 / (denominator + numerator * below)
        above = denominator + numerator / above
        step = above * below
        value = value * step
        if (np.abs(step - 1) < 1e-14).all():
            break
    logarithmic = 1j * (1 - eta / rho) + 1j / rho * value
    return np.asarray(rho * logarithmic.imag), np.asarray(rho * logarithmic.real)


def strength(excitation: Array) -> Array:
    """S(x) at excitation energies of ⁸Be [MeV], in arbitrary units: one level and a background.

    S = P |1/(E₁ − E) + B(E)|²/|1 − (S_ℓ(E) − S_ℓ(E₁) + iP) R|²,    R = γ²/(E₁ − E) + R₀,    E = x + threshold

    A. M. Lane, R. G. Thomas, Rev. Mod. Phys. 30 (1958) 257; F. C. Barker, Aust. J. Phys. 22 (1969) 293.
    """
    energy = np.asarray(excitation) + threshold()
    penetrability, shift = barrier(energy)
    _, shift_at_level = barrier(np.array([LEVEL]))
    background = sum(coefficient * (energy / 10) ** k for k, coefficient in enumerate(BACKGROUND))
    amplitude = 1 / (LEVEL - energy) + background
    r_matrix = REDUCED_WIDTH / (LEVEL - energy) + DISTANT_LEVELS
    return np.asarray(penetrability * amplitude**2 / np.abs(1 - (shift - shift_at_level + 1j * penetrability) * r_matrix) ** 2)


def fermi_function(total_energy: Array, Z: int) -> Array:
    """F ∝ p^(2γ−2) e^(πy) |Γ(γ + iy)|², y = αZW/p, at total energies of an electron > m_e [MeV]; Z < 0 for a positron."""
    W = np.asarray(total_energy) / ELECTRON_MASS
    p = np.sqrt(W**2 - 1)
    gamma = math.sqrt(1 - (FINE_STRUCTURE * Z) ** 2)
    y = FINE_STRUCTURE * Z * W / p
    z = gamma + 20 + 1j * y  # Stirling's series far out, then down by Γ(z) = Γ(z + 1)/z
    log_gamma = (z - 0.5) * np.log(z) - z + 0.5 * math.log(2 * math.pi) + 1 / (12 * z) - 1 / (360 * z**3) + 1 / (1260 * z**5)
    for n in range(20):
        log_gamma = log_gamma - np.log(gamma + n + 1j * y)
    return np.asarray(p ** (2 * gamma - 2) * np.exp(math.pi * y + 2 * log_gamma.real))


def recoil_factor(parent: str, electron: Array, end_point: Array, weak_magnetism: float = WEAK_MAGNETISM) -> Array:
    """C: terms of first order in 1/M of a pure Gamow–Teller decay, at total energies of the electron and W₀ [MeV].

    C = 1 − 2W₀/3M + 10W/3M − 2m²/3MW ± (2b/3Mc)(2W − W₀ − m²/W)

    B. R. Holstein, Rev. Mod. Phys. 46 (1974) 789, equation (4), without induced tensors, which do not depend on W.
    """
    M = MASS["8Be"] * ATOMIC_MASS_UNIT
    m = ELECTRON_MASS
    ratio = (1 if parent == "8Li" else -1) * 8 * weak_magnetism  # ± b/c
    recoil = 1 - 2 * end_point / (3 * M) + 10 * electron / (3 * M) - 2 * m**2 / (3 * M * electron)
    return np.asarray(recoil + 2 * ratio / (3 * M) * (2 * electron - end_point - m**2 / electron))


def spectrum(parent: str, energy: Array, weak_magnetism: float = WEAK_MAGNETISM) -> Array:
    """Neutrinos of "8B" or antineutrinos of "8Li" per decay and MeV, at energies [MeV].

    Without finite size, screening and radiation (together below 1 %), and without the states of ⁸Be at 16.6 MeV themselves.
    """
    return _unnormalised(parent, np.asarray(energy, dtype=np.float64), weak_magnetism) / _integral(parent, weak_magnetism)


def _unnormalised(parent: str, energy: Array, weak_magnetism: float) -> Array:
    x, weight, S = _levels()
    Z = 4 if parent == "8Li" else -4
    end_point = electron_energy(parent, x)
    E = energy[..., np.newaxis]
    possible = (end_point - E > ELECTRON_MASS) & (E >= 0)
    W = np.where(possible, end_point - E, 2 * ELECTRON_MASS)
    shape = E**2 * np.sqrt(W**2 - ELECTRON_MASS**2) * W * fermi_function(W, Z)
    return np.asarray(np.where(possible, shape * recoil_factor(parent, W, end_point, weak_magnetism), 0.0) @ (weight * S))


@cache
def _levels() -> tuple[Array, Array, Array]:
    x, weight = composite(np.array(KNOTS), 24)
    return x, weight, strength(x)


@cache
def _integral(parent: str, weak_magnetism: float) -> float:
    energy, weight = composite(np.linspace(0.0, 17.0, 69), 12)
    return float(_unnormalised(parent, energy, weak_magnetism) @ weight)
