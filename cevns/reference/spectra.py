"""Neutrino spectra in closed form or from short published tables, each per MeV and in the normalisation that it states.

All functions take the neutrino energy in MeV and are zero outside the range of the spectrum. `Component` joins a spectrum, the
energies at which it is not smooth, and lines; it is what `moments` and `rates` integrate.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..constants import ERG, KILOPARSEC, MUON_MASS, PION_MASS
from ._quadrature import composite, energy_nodes
from ._types import Array, Density

MICHEL_END_POINT = MUON_MASS / 2  # MeV, for a massless electron


@dataclass(frozen=True, eq=False)
class Component:
    """One flavour of a flux: a spectrum between its knots, and lines.

    Attributes
    ----------
    density : callable or None
        φ(E) per MeV, smooth between neighbouring knots; None for lines alone.
    knots : array
        Increasing energies [MeV]: the ends of the spectrum and every kink or step between them.
    lines : tuple of (energy, weight)
        Monoenergetic neutrinos: energy [MeV] and weight in the unit of ∫φ dE.
    """

    density: Density | None = None
    knots: Array = field(default_factory=lambda: np.empty(0))
    lines: tuple[tuple[float, float], ...] = ()


def integral(
    component: Component, function: Callable[[Array], Any] | None = None, lower: float = 0.0, knots: ArrayLike = ()
) -> float:
    """Return ∫ φ(E) f(E) dE from `lower` upwards, lines included (a line at `lower` counts).

    Parameters
    ----------
    component : Component
        The flux φ.
    function : callable, optional
        f(E) of an array of energies [MeV]; 1 if absent.
    lower : float
        Lower limit [MeV].
    knots : array_like
        Energies [MeV] at which f is not smooth.
    """
    total = 0.0
    if component.density is not None:
        inside = np.asarray(knots, dtype=np.float64)
        inside = inside[(inside > component.knots[0]) & (inside < component.knots[-1])]
        E, weight = energy_nodes(lower, np.union1d(component.knots, inside))
        values = component.density(E) if function is None else component.density(E) * function(E)
        total += float(np.sum(weight * values))
    for energy, strength in component.lines:
        if energy >= lower:
            total += strength if function is None else strength * float(function(np.array([energy]))[0])
    return total


def tabulated(energy: ArrayLike, values: ArrayLike, interpolation: str = "linear") -> Component:
    """Return the spectrum that interpolates a table; zero outside it.

    Parameters
    ----------
    energy : array_like
        Increasing energies [MeV]; for a histogram the edges.
    values : array_like
        φ per MeV at these energies; for a histogram the densities, one fewer.
    interpolation : {"linear", "loglog", "histogram"}
        loglog: ln φ is linear in ln E. Energies must be above zero, and a segment with a zero at one of its ends is zero
        throughout, the limit of an ever smaller value at that end.
    """
    x = np.asarray(energy, dtype=np.float64)
    f = np.asarray(values, dtype=np.float64)

    def density(E: Array) -> Array:
        E = np.asarray(E, dtype=np.float64)
        inside = (x[0] <= E) & (x[-1] >= E)
        i = np.clip(np.searchsorted(x, E, side="right") - 1, 0, x.size - 2)
        if interpolation == "histogram":
            return np.where(inside, f[i], 0.0)
        if interpolation == "linear":
            return np.where(inside, (f[i] * (x[i + 1] - E) + f[i + 1] * (E - x[i])) / (x[i + 1] - x[i]), 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = np.log(f[i + 1] / f[i]) / np.log(x[i + 1] / x[i])
            power = f[i] * (E / x[i]) ** slope
        return np.where(inside & (f[i] > 0) & (f[i + 1] > 0), power, 0.0)

    if interpolation not in ("linear", "loglog", "histogram"):
        raise ValueError(f"interpolation must be 'linear', 'loglog' or 'histogram' (got {interpolation!r})")
    if interpolation == "loglog" and x[0] <= 0:
        raise ValueError(f"energies of a loglog table must be > 0 MeV (got {x[0]:g})")
    return Component(density, x)


# --- pion and muon decay at rest ---------------------------------------------------------------------------------------------


def pion_line_energy() -> float:
    """Return the energy of the ν_μ of π⁺ → μ⁺ ν_μ at rest,  E₀ = (m_π² − m_μ²)/(2 m_π) [MeV].

    Examples
    --------
    >>> round(pion_line_energy(), 6)
    29.792141
    """
    return (PION_MASS**2 - MUON_MASS**2) / (2 * PION_MASS)


def michel_electron_neutrino(neutrino_energy: ArrayLike) -> Array:
    """Return the ν_e spectrum of μ⁺ decay at rest [1/MeV], for a massless electron; its integral is 1.

        f = (192/m_μ) (E/m_μ)² (1/2 − E/m_μ)        0 ≤ E ≤ m_μ/2

    COHERENT, Science 357 (2017) 1123 (arXiv:1708.01294), supplement; Bouchiat and Michel, Phys. Rev. 106 (1957) 170.

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV].
    """
    x = np.asarray(neutrino_energy, dtype=np.float64) / MUON_MASS
    return np.where((x >= 0) & (x <= 0.5), 192 / MUON_MASS * x**2 * (0.5 - x), 0.0)


def michel_muon_antineutrino(neutrino_energy: ArrayLike) -> Array:
    """Return the ν̄_μ spectrum of μ⁺ decay at rest [1/MeV], for a massless electron; its integral is 1.

        f = (64/m_μ) (E/m_μ)² (3/4 − E/m_μ)         0 ≤ E ≤ m_μ/2, where it ends in a step

    Sources as for `michel_electron_neutrino`.

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV].
    """
    x = np.asarray(neutrino_energy, dtype=np.float64) / MUON_MASS
    return np.where((x >= 0) & (x <= 0.5), 64 / MUON_MASS * x**2 * (0.75 - x), 0.0)


def pion_decay_at_rest() -> dict[str, Component]:
    """Return the three components, by flavour, of the neutrinos of π⁺ decay at rest, each of integral 1."""
    knots = np.array([0.0, MICHEL_END_POINT])
    return {
        "nue": Component(michel_electron_neutrino, knots),
        "numubar": Component(michel_muon_antineutrino, knots),
        "numu": Component(lines=((pion_line_energy(), 1.0),)),
    }


# --- supernova ---------------------------------------------------------------------------------------------------------------


def pinched(neutrino_energy: ArrayLike, mean_energy: float, pinching: float) -> Array:
    """Return the pinched thermal spectrum of a supernova [1/MeV]; its integral is 1.

        f = (α+1)^(α+1) / [⟨E⟩ Γ(α+1)] (E/⟨E⟩)^α exp[−(α+1)E/⟨E⟩]        ⟨E²⟩/⟨E⟩² = (2+α)/(1+α)

    Keil, Raffelt and Janka, Astrophys. J. 590 (2003) 971.

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV].
    mean_energy : float
        ⟨E⟩ [MeV].
    pinching : float
        α; 2.3 is nearly a Fermi–Dirac spectrum without chemical potential.
    """
    x = np.asarray(neutrino_energy, dtype=np.float64) / mean_energy
    alpha = pinching
    norm = math.exp((alpha + 1) * math.log(alpha + 1) - math.lgamma(alpha + 1)) / mean_energy
    inside = x >= 0
    safe = np.where(inside, x, 0.0)
    return np.where(inside, norm * safe**alpha * np.exp(-(alpha + 1) * safe), 0.0)


def pinched_component(mean_energy: float, pinching: float, fluence: float = 1.0) -> Component:
    """Return the pinched spectrum with a total `fluence`, cut at E = 60⟨E⟩/(α+1): less than 1e-20 of it is above."""
    end = 60 * mean_energy / (pinching + 1)
    return Component(lambda E: fluence * pinched(E, mean_energy, pinching), np.linspace(0, end, 31))


def fermi_dirac(neutrino_energy: ArrayLike, temperature: float, degeneracy: float = 0.0) -> Array:
    """Return the Fermi–Dirac spectrum [1/MeV]; its integral is 1.

        f = E² / {T³ F₂(η) [1 + exp(E/T − η)]}        F₂(η) = ∫ x²/(1 + e^(x−η)) dx,  F₂(0) = (3/2) ζ(3) = 1.80309

    For η = 0 the mean energy is 3.1514 T. F₂ is integrated numerically (to 1e-14).

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV].
    temperature : float
        T [MeV].
    degeneracy : float
        η, the chemical potential over T.
    """
    E = np.asarray(neutrino_energy, dtype=np.float64)
    x, weight = composite(np.linspace(0, max(degeneracy, 0) + 60, 61))
    norm = temperature**3 * float(np.sum(weight * x**2 * _occupation(x - degeneracy)))
    inside = E >= 0
    safe = np.where(inside, E, 0.0)
    return np.where(inside, safe**2 * _occupation(safe / temperature - degeneracy) / norm, 0.0)


def _occupation(x: Array) -> Array:
    """1/(1 + eˣ) without overflow."""
    small = np.exp(-np.abs(x))
    value: Array = np.where(x > 0, small, 1.0) / (1 + small)
    return value


def supernova_fluence(energy: float, mean_energy: float, distance: float) -> float:
    """Return the number of neutrinos per cm²,  Φ = E_tot/(⟨E⟩ 4πd²).

    Parameters
    ----------
    energy : float
        E_tot, energy in this flavour [erg].
    mean_energy : float
        ⟨E⟩ [MeV].
    distance : float
        d [kpc].
    """
    return energy * ERG / (mean_energy * 4 * math.pi * (distance * KILOPARSEC) ** 2)


# --- reactor -----------------------------------------------------------------------------------------------------------------

FISSION_ISOTOPES = ("235U", "238U", "239Pu", "241Pu")

# Huber, Phys. Rev. C 84 (2011) 024617 (arXiv:1106.0687), table III: a_k of exp(Σ a_k E^(k−1)).
HUBER = {
    "235U": (4.367, -4.577, 2.100, -5.294e-1, 6.186e-2, -2.777e-3),
    "239Pu": (4.757, -5.392, 2.563, -6.596e-1, 7.820e-2, -3.536e-3),
    "241Pu": (2.990, -2.882, 1.278, -3.343e-1, 3.905e-2, -1.754e-3),
}

# Mueller et al., Phys. Rev. C 83 (2011) 054615 (arXiv:1101.2663), table VI.
MUELLER = {
    "235U": (3.217, -3.111, 1.395, -3.690e-1, 4.445e-2, -2.053e-3),
    "238U": (4.833e-1, 1.927e-1, -1.283e-1, -6.762e-3, 2.233e-3, -1.536e-4),
    "239Pu": (6.413, -7.432, 3.535, -8.820e-1, 1.025e-1, -4.550e-3),
    "241Pu": (3.251, -3.204, 1.428, -3.675e-1, 4.254e-2, -1.896e-3),
}

# Vogel and Engel, Phys. Rev. D 39 (1989) 3378: a table up to 2 MeV, exp of a quadratic above.
VOGEL_ENGEL_ENERGY = (7.813e-3, 1.563e-2, 3.12e-2, 6.25e-2, 0.125, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)  # MeV
VOGEL_ENGEL = {
    "235U": (0.024, 0.092, 0.35, 0.61, 1.98, 2.16, 2.66, 2.66, 2.41, 1.69, 1.26),
    "238U": (0.089, 0.35, 1.32, 0.65, 2.02, 2.18, 2.91, 2.96, 2.75, 1.97, 1.50),
    "239Pu": (0.14, 0.56, 2.13, 0.64, 1.99, 2.08, 2.63, 2.58, 2.32, 1.48, 1.08),
    "241Pu": (0.20, 0.79, 3.00, 0.59, 1.85, 2.14, 2.82, 2.90, 2.63, 1.75, 1.32),
}
VOGEL_ENGEL_ABOVE = {
    "235U": (0.870, -0.160, -0.0910),
    "238U": (0.976, -0.162, -0.0790),
    "239Pu": (0.896, -0.239, -0.0981),
    "241Pu": (0.793, -0.080, -0.1085),
}
_JOIN = 2.0  # MeV, where the table of Vogel and Engel ends and the polynomials begin


def _exponential_of_polynomial(neutrino_energy: ArrayLike, coefficients: tuple[float, ...]) -> Array:
    E = np.asarray(neutrino_energy, dtype=np.float64)
    return np.asarray(np.exp(np.polynomial.polynomial.polyval(E, np.array(coefficients))), dtype=np.float64)


def huber(neutrino_energy: ArrayLike, isotope: str) -> Array:
    """Return the ν̄_e spectrum per fission of 235U, 239Pu or 241Pu [1/MeV], made for 2 to 8 MeV and not cut there.

        S = exp(Σ_k a_k E^(k−1)),  k = 1 … 6

    Huber, Phys. Rev. C 84 (2011) 024617, table III.

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV].
    isotope : str
        Name of the fissile nuclide.
    """
    return _exponential_of_polynomial(neutrino_energy, HUBER[isotope])


def mueller(neutrino_energy: ArrayLike, isotope: str) -> Array:
    """Return the ν̄_e spectrum per fission of 235U, 238U, 239Pu or 241Pu [1/MeV], made for 2 to 8 MeV and not cut there.

    The same form as `huber`; Mueller et al., Phys. Rev. C 83 (2011) 054615, table VI.

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV].
    isotope : str
        Name of the fissile nuclide.
    """
    return _exponential_of_polynomial(neutrino_energy, MUELLER[isotope])


def vogel_engel(neutrino_energy: ArrayLike, isotope: str) -> Array:
    """Return the ν̄_e spectrum per fission of Vogel and Engel [1/MeV]: a table up to 2 MeV, exp(a₀ + a₁E + a₂E²) above.

    Between the points of the table the spectrum is linear, and below its first point (7.8 keV) a straight line to zero at
    E = 0: beta decay would give E², which differs by less than 2e-4 antineutrinos per fission. At 2 MeV the two forms leave
    a step of 0.05 to 0.1 per MeV.

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV].
    isotope : str
        Name of the fissile nuclide.
    """
    E = np.asarray(neutrino_energy, dtype=np.float64)
    table = np.interp(E, (0.0, *VOGEL_ENGEL_ENERGY), (0.0, *VOGEL_ENGEL[isotope]), left=0.0)
    return np.where(E < _JOIN, table, _exponential_of_polynomial(E, VOGEL_ENGEL_ABOVE[isotope]))


def huber_mueller(neutrino_energy: ArrayLike, isotope: str) -> Array:
    """Return the ν̄_e spectrum per fission [1/MeV]: Vogel–Engel's table below 2 MeV, Huber or (238U) Mueller above.

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV].
    isotope : str
        Name of the fissile nuclide.
    """
    E = np.asarray(neutrino_energy, dtype=np.float64)
    above = mueller(E, isotope) if isotope == "238U" else huber(E, isotope)
    return np.where(E < _JOIN, vogel_engel(E, isotope), above)


def reactor_component(fissions: dict[str, float], model: str = "huber-mueller", end: float = 12.0) -> Component:
    """Return the ν̄_e of a mixture of fissions.

    Parameters
    ----------
    fissions : dict
        Number of fissions (or fractions) of each isotope.
    model : {"huber-mueller", "vogel-engel"}
        Which spectrum per fission.
    end : float
        Energy [MeV] at which it is cut.
    """
    spectrum = {"huber-mueller": huber_mueller, "vogel-engel": vogel_engel}[model]

    def density(E: Array) -> Array:
        return np.asarray(sum(number * spectrum(E, isotope) for isotope, number in fissions.items()), dtype=np.float64)

    # above 8 MeV the polynomials fall by many powers of ten for each MeV: knots keep the quadrature's panels narrow
    return Component(density, np.union1d((0.0, *VOGEL_ENGEL_ENERGY), np.linspace(_JOIN, end, 41)))


# --- the Sun -----------------------------------------------------------------------------------------------------------------

BORON8_END_POINT = 15.3  # MeV, of the fit

# Chebyshev coefficients of ln(f/E²): fit to Winter et al., Phys. Rev. C 73 (2006) 025503 (nucl-ex/0406019), table IV,
# made for this library.
BORON8 = (
    -7.6315816,
    -4.7885332,
    -1.8619496,
    -1.0217611,
    -0.45809111,
    -0.2411408,
    -0.0683405,
    -0.028750005,
    0.012595753,
    0.0041103497,
    0.0083045315,
)

BERYLLIUM7_LINES = ((0.8613, 0.897), (0.3843, 0.103))  # MeV, branching: decay to the ground and first excited state of 7Li


def boron8(neutrino_energy: ArrayLike) -> Array:
    """Return the solar 8B spectrum [1/MeV]; its integral is 0.999985.

        f = E² exp[Σ_k c_k T_k(2E/15.3 − 1)]        0 ≤ E ≤ 15.3 MeV

    A fit to Winter et al., Phys. Rev. C 73 (2006) 025503, table IV: within 0.5 % for 1 to 12.9 MeV, 6 % up to 14.5 MeV.

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV].
    """
    E = np.asarray(neutrino_energy, dtype=np.float64)
    inside = (E >= 0) & (E <= BORON8_END_POINT)
    safe = np.where(inside, E, 0.0)
    exponent = np.polynomial.chebyshev.chebval(2 * safe / BORON8_END_POINT - 1, np.array(BORON8))
    return np.where(inside, safe**2 * np.exp(exponent), 0.0)


def boron8_component(flux: float = 1.0) -> Component:
    """Return the solar 8B neutrinos with a total `flux`."""
    return Component(lambda E: flux * boron8(E), np.linspace(0, BORON8_END_POINT, 18))


def beryllium7_component(flux: float = 1.0) -> Component:
    """Return the two solar 7Be lines with a total `flux`."""
    return Component(lines=tuple((energy, flux * branching) for energy, branching in BERYLLIUM7_LINES))
