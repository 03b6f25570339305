"""Antineutrinos of fission: a table below 2 MeV, the exponential of a polynomial above.

Formulas
--------
fission spectra, `FissionSpectrum`: S_i = exp(Σ_k a_k E^(k−1)) above 2 MeV, a table below
    P. Huber, Phys. Rev. C 84 (2011) 024617; P. Vogel, J. Engel, Phys. Rev. D 39 (1989) 3378
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import Array, canonical_name, real_number
from .._immutable import sealing
from ..data.tables import rows
from ..fluxes.sampling import energies
from ..fluxes.spectra import Smooth

ISOTOPES = ("235U", "238U", "239Pu", "241Pu")

# Which fit a model uses above 2 MeV, for 238U and for the others.
MODELS = MappingProxyType(
    {
        "huber-mueller": ("mueller", "huber"),
        "mueller": ("mueller", "mueller"),
        "vogel-engel": ("vogel-engel", "vogel-engel"),
    }
)

JOIN = 2.0  # MeV, where the table of Vogel and Engel ends and the fits begin
END = 12.0  # MeV


class FissionSpectrum(Smooth):
    """The antineutrinos of one fission [1/MeV].

    Below 2 MeV the table of P. Vogel and J. Engel, Phys. Rev. D 39 (1989) 3378, linear between its points and to zero at E = 0.
    (Beta decay would give E² below the first point, at 7.8 keV: up to 2.6e-4 antineutrinos per fission less.) Above 2 MeV
    exp(Σ_k a_k E^(k−1)). The two do not meet: at 2 MeV there is a step of 0.01 to 0.11 per MeV, kept as it is.

    Parameters
    ----------
    isotope : {"235U", "238U", "239Pu", "241Pu"}
        The isotope that fissions.
    model : {"huber-mueller", "mueller", "vogel-engel"}
        The fit above 2 MeV. "huber-mueller": P. Huber, Phys. Rev. C 84 (2011) 024617, table III; ²³⁸U of Mueller. "mueller":
        Th. A. Mueller et al., Phys. Rev. C 83 (2011) 054615, table VI. "vogel-engel": the quadratic of their paper. From the
        papers' own tables the fits of Huber differ by 4.4 % (²³⁵U), 10.6 % (²³⁹Pu), 8.4 % (²⁴¹Pu) at most up to 7.5 MeV, and by
        9, 22, 11 % at 8 MeV; those of Mueller by at most 9.3 %.
    end : float
        Where the spectrum is cut [MeV], > 2 and ≤ 12. The fits are made for 2 to 8 MeV: what they give above has no data behind
        it, but is at most 8e-5 of all antineutrinos (²³⁸U 3e-4, Vogel–Engel 5e-4), and above 12 MeV 1e-10 (Vogel–Engel 3e-7).

    Raises
    ------
    InputError, UnknownNameError
        For an unknown isotope or model, an end outside its range.

    Examples
    --------
    >>> from cevns import sources
    >>> round(sources.FissionSpectrum("235U").total, 2)
    5.71
    """

    isotope: str
    model: str
    end: float

    def __init__(self, isotope: str, model: str = "huber-mueller", end: float = END) -> None:
        isotope = canonical_name(isotope, ISOTOPES, "fissile isotope")
        model = canonical_name(model, MODELS, "fission model")
        end = real_number(end, "end", unit="MeV", minimum=JOIN, maximum=END, above=True)
        self.__dict__.update(isotope=isotope, model=model, end=end)

    @property
    def edges(self) -> tuple[float, ...]:
        # the fits fall by up to 40 powers of ten between 8 and 12 MeV: cuts keep the moments accurate relative to themselves
        cuts = (E / 4 for E in range(12, 48) if self.end > E / 4)
        return (*_vogel_engel(self.isotope)[0].tolist(), *cuts, self.end)

    def density(self, energy: ArrayLike) -> Array:
        E = energies(energy)
        inside = (E >= 0) & (self.end >= E)
        below = inside & (E < JOIN)
        above = inside & ~below
        out = np.zeros(E.shape)
        out[below] = np.interp(E[below], *_vogel_engel(self.isotope))
        out[above] = self._above(E[above])
        return out

    def density_between(self, energy: Array) -> Array:
        # rows in order: those below 2 MeV first
        below = int(np.searchsorted(energy[:, 0], JOIN))
        return np.concatenate([np.interp(energy[:below], *_vogel_engel(self.isotope)), self._above(energy[below:])])

    def _above(self, energy: Array) -> Array:
        exponent = np.zeros(energy.shape)
        for a in reversed(_fit(self.isotope, self.model)):
            exponent *= energy
            exponent += a
        return np.exp(exponent, out=exponent)

    def _parameters(self) -> tuple[str, str, float]:
        return self.isotope, self.model, self.end


@cache
@sealing
def _vogel_engel(isotope: str) -> tuple[Array, Array]:
    """Energies from 0 to 2 MeV and the densities there."""
    table = rows("vogel_engel.csv")
    energy = np.array([0.0, *(float(row["energy"]) for row in table)])
    return energy, np.array([0.0, *(float(row[isotope]) for row in table)])


@cache
def _fit(isotope: str, model: str) -> tuple[float, ...]:
    """a₁ … a₆ of the fit above 2 MeV."""
    name = MODELS[model][isotope != "238U"]
    (row,) = (row for row in rows("fission_spectra.csv") if row["model"] == name and row["isotope"] == isotope)
    return tuple(float(row[f"a{k}"]) for k in range(1, 7))
