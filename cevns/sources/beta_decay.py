"""Neutrinos of beta decay: allowed shapes with the Fermi function, one for each level that the decay feeds.

Formulas
--------
beta decay, `AllowedShape`, `BetaDecay`: dN/dE ∝ E² p W p^(2γ−2) e^(πy) |Γ(γ + iy)|²
    H. Behrens, W. Bühring, Electron Radial Wave Functions and Nuclear Beta-decay (1982)
    src_c/beta_decay.c
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from .. import constants
from .._arguments import Array, digits, known_name, real_number
from .._core.beta_decay import electron_factor
from .._immutable import kept, sealing
from .._numerics.panels import evaluate, integral_of, panels_of, series_of
from ..data.tables import rows
from ..errors import InputError
from ..fluxes.sampling import energies
from ..fluxes.spectra import Smooth
from ..nuclei.nuclides import Nuclide, name_of

LARGEST_CHARGE = 100


class AllowedShape(Smooth):
    """The neutrinos of one allowed beta transition, normalised to one.

        dN/dE ∝ E² p W F(Z, W),    F ∝ p^(2γ−2) e^(πy) |Γ(γ + iy)|²,    γ = √(1 − (αZ)²),  y = αZW/p

    where W = 1 + (Q − E)/m_e and p = √(W² − 1) are those of the electron or positron in units of m_e. (The nuclear radius in F
    cancels in the normalisation.) For electrons the spectrum ends in a step, for positrons in nothing. Screening, radiation,
    weak magnetism and the size of the nucleus are left out. Beside the tables of J. N. Bahcall for the Sun (from his page of
    1997) the densities are within 0.13 % (pp), 0.11 % (¹³N), 0.19 % (¹⁵O), 0.23 % (¹⁷F) and 0.01 % (hep) wherever they are more
    than 1 % of the largest; below 95 % of Q, within 0.04 % (¹³N, ¹⁵O, ¹⁷F). The energies in those tables are rounded, to 5e-5
    MeV or, of hep, 1e-3 MeV: rows are at whole parts of Q, a 500th for ¹⁵O. Taken as printed, the last rows are 1.7 % (¹⁵O),
    1.2 % (¹⁷F) and 0.4 % (hep) off, for the density goes to 0 at Q.

    Parameters
    ----------
    end_point : float
        Q, the largest energy of the neutrino, without the recoil of the nucleus [MeV], 1e-3 to 100.
    daughter_charge : int
        Z of the daughter, −100 to 100 and not 0: positive for β⁻ (antineutrinos), negative for β⁺ (neutrinos).

    Raises
    ------
    InputError
        For values outside their range.

    Notes
    -----
    Shape: H. Behrens, W. Bühring, Electron Radial Wave Functions and Nuclear Beta-decay (1982).

    Examples
    --------
    >>> from cevns import sources
    >>> f"{sources.AllowedShape(1.199, -6).energy_sum:.4f} MeV"  # ¹³N in the Sun
    '0.7068 MeV'
    """

    end_point: float
    daughter_charge: int

    def __init__(self, end_point: float, daughter_charge: int) -> None:
        end_point = real_number(end_point, "end_point", unit="MeV", minimum=1e-3, maximum=100.0)
        charge = real_number(daughter_charge, "daughter_charge", minimum=-LARGEST_CHARGE, maximum=LARGEST_CHARGE)
        if charge != round(charge) or charge == 0:
            raise InputError(
                f"daughter_charge must be a whole number, not 0: > 0 for electrons, < 0 for positrons (got {digits(charge)})"
            )
        self.__dict__.update(end_point=end_point, daughter_charge=int(charge))

    @property
    def edges(self) -> tuple[float, ...]:
        """0, steps ever closer to the end point, where the electron becomes slow and Coulomb's force strong, and that."""
        return _edges(self.end_point, self.daughter_charge)

    def density(self, energy: ArrayLike) -> Array:
        E = energies(energy)
        inside = (E >= 0) & (self.end_point >= E)
        return np.where(inside, self.density_between(np.where(inside, E, 0.0)), 0.0)

    def density_between(self, energy: Array) -> Array:
        return self._unnormalised(energy) / self._fitted[2]

    def _unnormalised(self, energy: Array) -> Array:
        return _shape(energy, self.end_point - energy, self.daughter_charge)

    @kept
    def _fitted(self) -> tuple[Array, Array, float]:
        """Panels of the shape as it is, and its integral."""
        edges, coefficients = panels_of(self._unnormalised, np.array(self.edges), octaves=False)
        return edges, coefficients, integral_of(edges, coefficients, 0)

    @kept
    def _panels(self) -> tuple[Array, Array]:
        edges, coefficients, whole = self._fitted
        return edges, coefficients / whole

    @property
    def total(self) -> float:
        return 1.0

    def _parameters(self) -> tuple[float, int]:
        return self.end_point, self.daughter_charge


class BetaDecay(Smooth):
    """The antineutrinos of one decay of ²³⁹U or ²³⁹Np, normalised to one.

    Each branch, of end point Q, has the allowed shape

        dN/dE ∝ E² p W F(W),    F ∝ p^(2γ−2) e^(πy) |Γ(γ + iy)|²,    γ = √(1 − (αZ)²),  y = αZW/p

    where W = 1 + (Q − E)/m_e and p = √(W² − 1) are those of the electron in units of m_e, and Z is that of the daughter. (The
    nuclear radius in F cancels in the normalisation.) It ends in a step. Corrections for forbidden transitions, screening,
    radiation and the size of the nucleus are left out: from the spectra of BESTIOLE (L. Périssé et al., Phys. Rev. C 108 (2023)
    055501) the densities differ by at most 0.6 % of the largest density and 2 % of their own, the mean energies by 1.7e-3
    (²³⁹U) and 5e-4 (²³⁹Np), and 0.4 % and 0.3 % of the antineutrinos are elsewhere.

    Parameters
    ----------
    nuclide : {"239U", "239Np"}
        The nuclide that decays.

    Raises
    ------
    UnknownNameError
        For another nuclide.

    Notes
    -----
    Branches: E. Browne, J. K. Tuli, Nucl. Data Sheets 122 (2014) 293 (ENSDF), in `cevns/data/beta_branches.csv`. Shape: H.
    Behrens, W. Bühring, Electron Radial Wave Functions and Nuclear Beta-decay (1982).

    Examples
    --------
    >>> from cevns import sources
    >>> f"{sources.BetaDecay('239U').energy_sum:.3f} MeV"
    '0.799 MeV'
    """

    nuclide: str

    def __init__(self, nuclide: Nuclide | str) -> None:
        self.__dict__["nuclide"] = known_name(name_of(nuclide), NUCLIDES, "beta decay")

    @property
    def edges(self) -> tuple[float, ...]:
        return (0.0, *_branches(self.nuclide)[0].tolist())

    def density(self, energy: ArrayLike) -> Array:
        ends, factors, electron = _branches(self.nuclide)
        E = energies(energy)
        # up to the end point itself: which side a step belongs to matters to no integral
        kinetic = ends.reshape(-1, *(1,) * E.ndim) - E
        shapes = evaluate(*electron, kinetic).reshape(ends.size, -1)
        return np.asarray(np.where(E >= 0, E**2 * (factors @ shapes).reshape(E.shape), 0.0))

    @property
    def total(self) -> float:
        return 1.0

    def _parameters(self) -> tuple[str]:
        return (self.nuclide,)


NUCLIDES = ("239U", "239Np")


@cache
def _edges(end_point: float, charge: int) -> tuple[float, ...]:
    """The edges of an allowed shape, about one to each panel that it needs, down to where u = 2πα|Z|W/p says.

    Positrons are repelled as e^(−u): there, 30 powers of ten below the rest, the last one begins. For electrons it is where
    1 − e^(−u), by which the density per E² differs from that at the end, is nearly 1.
    """
    kinetic, edges = 0.75 * end_point, [0.0, 0.125 * end_point]
    while True:
        t = kinetic / constants.ELECTRON_MASS
        u = 2 * math.pi * constants.FINE_STRUCTURE * abs(charge) * (1 + t) / math.sqrt(t * (t + 2))
        if u > (69.0 if charge < 0 else 8.0):
            return (*edges, end_point)
        edges.append(end_point - kinetic)
        kinetic *= math.exp(-min(0.25, 4.0 / u))


_STEPS = (0.0, 0.004, 0.012, 0.024, 0.042, 0.07, 0.11, 0.17, 0.25, 0.35, 0.48, 0.72, 1.0)  # about one to each panel needed


@cache
@sealing
def _branches(nuclide: str) -> tuple[Array, Array, tuple[Array, Array]]:
    """The end point [MeV] of each branch and the factor that normalises its shape, by end point; and the electron's factor.

    That factor, of the electron's kinetic energy alone, serves all branches as polynomials, good to 5e-13.
    """
    table = [row for row in rows("beta_branches.csv") if row["nuclide"] == nuclide][::-1]
    Z = int(table[0]["daughter_Z"])
    ends = np.array([(float(row["q_value"]) - float(row["level"])) / 1000 for row in table])
    intensities = np.array([float(row["intensity"]) for row in table])
    electron = series_of(lambda kinetic: _electron(kinetic, Z), ends[-1] * np.array(_STEPS))
    # Fejér's quadrature, for shapes that 80 nodes resolve to rounding
    angle = np.pi * (np.arange(80) + 0.5) / 80
    order = np.arange(2, 80, 2)
    weights = (1 - 2 * (np.cos(angle[:, None] * order) / (order**2 - 1.0)).sum(axis=1)) / 80
    E = ends[:, None] * (1 + np.cos(angle)) / 2
    integrals = (E**2 * evaluate(*electron, ends[:, None] - E)) @ weights * ends
    return ends, intensities / intensities.sum() / integrals, electron


def _electron(kinetic: Array, Z: int) -> Array:
    """p W F up to a constant at kinetic energies of the electron (Z < 0: of the positron), ≥ 0 [MeV]."""
    return electron_factor(kinetic / constants.ELECTRON_MASS, constants.FINE_STRUCTURE * Z)


def _shape(energy: Array, kinetic: Array, Z: int) -> Array:
    """The allowed shape E² p W F up to a constant, at energies of the neutrino and kinetic energies of the electron [MeV]."""
    return energy**2 * _electron(kinetic, Z)
