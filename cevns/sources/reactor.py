"""Reactors: the antineutrinos of fission fragments, and of what follows neutron capture on ²³⁸U.

    dφ/dE = Σ_cores P/(4πL²) /⟨E_f⟩ [Σ_i f_i S_i(E) + n (s_239U(E) + s_239Np(E))],    ⟨E_f⟩ = Σ_i f_i E_i

with the thermal power P, the fractions f_i of fissions of ²³⁵U, ²³⁸U, ²³⁹Pu, ²⁴¹Pu, the energy E_i and the spectrum S_i of a
fission, and n captures per fission, each of which gives two antineutrinos.

Formulas
--------
reactors, `reactor`: dφ/dE = P/(4πL²)/⟨E_f⟩ [Σ_i f_i S_i(E) + n (s_239U(E) + s_239Np(E))]
    P. Huber, Phys. Rev. C 84 (2011) 024617; Th. A. Mueller et al., Phys. Rev. C 83 (2011) 054615
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from .. import constants
from .._arguments import broadcast, known_name, real_array, shown
from ..data.tables import rows
from ..errors import InputError
from ..fluxes.components import Component, Uncertainty
from ..fluxes.flux import Flux
from ..fluxes.spectra import Spectrum, Table
from . import fission_uncertainties
from ._fuel import (
    CAPTURES,
    POWER_REACTOR,
    captures_of,
    component,
    decay_spectrum,
    energies_of,
    fractions_of,
    shares_of,
    spectra_of,
)
from ._geometry import sphere
from .fission import END, FissionSpectrum
from .fission_table import FissionTable


def reactor(
    *,
    power: ArrayLike,
    distance: ArrayLike,
    fission_fractions: Mapping[str, float] | None = None,
    model: str | FissionTable = "huber-mueller",
    captures: bool = True,
    captures_per_fission: float = 0.6,
    energies_per_fission: str | Mapping[str, float] = "ma-2013",
    end: float = END,
    duty_cycle: ArrayLike = 1.0,
    non_equilibrium: str | None = None,
    uncertainties: bool = True,
) -> Flux:
    """The antineutrinos of a reactor, or of several of one kind, at a distance that is large against a core.

    Parameters
    ----------
    power : float, or array_like (cores,)
        Thermal power P [GW], ≥ 0.
    distance : float, or array_like (cores,)
        L from the core [m], > 0.
    fission_fractions : mapping
        Isotope → f_i, the share of the fissions, not of the power; their sum must be 1 within 1e-3, and is made exactly 1. By
        default those of a power reactor, averaged over a cycle: 0.55 ²³⁵U, 0.07 ²³⁸U, 0.32 ²³⁹Pu, 0.06 ²⁴¹Pu. A research
        reactor of highly enriched uranium is nearly ``{"235U": 1.0}``, without captures. For their history see
        `reactor_history`.
    model : {"huber-mueller", "mueller", "vogel-engel"} or FissionTable
        The spectra above 2 MeV, see `FissionSpectrum`; below, always the table of Vogel and Engel. Or a table of your own over
        the full range, see `fission_table`.
    captures : bool
        Whether to add the decays of ²³⁹U and ²³⁹Np after neutron capture on ²³⁸U, in equilibrium: all below 1.26 MeV. False for
        highly enriched uranium, and for a table of "total", which holds them.
    captures_per_fission : float
        n, 0 to 100; each gives two antineutrinos. 0.6 is usual for a power reactor.
    energies_per_fission : {"ma-2013", "kopeikin-2004"} or mapping
        E_i [MeV], > 0. Ma et al., Phys. Rev. C 88 (2013) 014605: 202.36, 205.99, 211.12, 214.26, in the order above; Kopeikin
        et al., Phys. Atom. Nucl. 67 (2004) 1892: 201.92, 205.52, 209.99, 213.60, which gives 0.3 % more flux. A mapping must
        hold every isotope that fissions.
    end : float
        Where the spectra are cut [MeV], > 2 and ≤ 12, see `FissionSpectrum`; a table of your own is not cut.
    duty_cycle : float, or array_like (cores,)
        Share of the time at that power, 0 to 1.
    non_equilibrium : {"450 d"}, optional
        Adds the long-lived fragments that were not yet in equilibrium where the spectra of ²³⁵U, ²³⁹Pu and ²⁴¹Pu were measured,
        after 12 to 43 hours, as of 450 days: 5.7, 2.1, 1.9 % more at 2 MeV, falling to nothing at 4.5 MeV. For "huber-mueller"
        and "mueller". Their ²³⁸U is that of 450 days without it.
    uncertainties : bool
        Whether the flux carries what is published of its errors, see the notes.

    Returns
    -------
    Flux
        Flavour nuebar; components named by isotope (or "total"), two named "captures" (²³⁹U, then ²³⁹Np), and with
        `non_equilibrium` one named "235U non-equilibrium", and so on.

    Raises
    ------
    InputError, UnknownNameError
        For values outside their range, an unknown isotope or model, fractions that do not sum to 1, powers and
        distances that do not match.

    Notes
    -----
    A power reactor with these defaults has ⟨E_f⟩ = 206.13 MeV and 3.028e19 fissions a second per GW, with 5.60 antineutrinos of
    fission and 1.2 of captures each: 2.06e20 a second per GW. Newer spectra, made by summing all decays, have 7 % more, most of
    them below 2 MeV (BESTIOLE, L. Périssé et al., Phys. Rev. C 108 (2023) 055501: 5.98): for those use `fission_table`.

    Uncertainties: the errors of Huber and Mueller above 2 MeV with their correlations
    (`cevns/sources/fission_uncertainties.py`), together 2.0 % of the antineutrinos of a power reactor there; those of the
    energies per fission where they are named, 0.09 %; 30 % of what is not in equilibrium, as Daya Bay takes it. Nothing is
    published for the table of Vogel and Engel below 2 MeV nor for the number of captures, and nothing is in it: it differs from
    BESTIOLE by 10 % there. Add your own with `Flux.with_uncertainty`, as that of the power.

    Off equilibrium: Th. A. Mueller et al., Phys. Rev. C 83 (2011) 054615, table VII, with straight lines between 2, 2.5, … 4
    MeV and to 0 at 4.5 MeV. What is less than 0.1 % there is 0. It is unknown below 2 MeV, where the table of Vogel and Engel
    is one of equilibrium.

    Examples
    --------
    >>> from cevns import sources
    >>> fuel = {"235U": 0.53, "238U": 0.08, "239Pu": 0.32, "241Pu": 0.07}
    >>> flux = sources.reactor(power=3.6, distance=20.7, fission_fractions=fuel)
    >>> f"{flux.total():.2e}"
    '1.38e+13'
    >>> above = [2.0, 12.0]  # MeV: where errors are published
    >>> f"{flux.covariance(above)[0, 0] ** 0.5 / flux.binned(above)[0]:.1%}"
    '2.1%'

    Two cores, each three quarters of the time:

    >>> flux = sources.reactor(power=4.25, distance=[72.0, 102.0], duty_cycle=0.75)
    >>> f"{flux.total():.2e}"
    '1.51e+12'
    """
    spectra = spectra_of(model, end)
    fractions = fractions_of(POWER_REACTOR if fission_fractions is None else fission_fractions)
    energies = energies_of(energies_per_fission, fractions)
    intensity = _intensity(power, distance, duty_cycle)
    per_fission = captures_of(captures, captures_per_fission, spectra)
    if not isinstance(uncertainties, bool | np.bool_):
        raise InputError(f"uncertainties must be True or False (got {shown(uncertainties)})")

    mean_energy = sum(f * energies[isotope][0] for isotope, f in fractions.items())
    fissions = intensity / mean_energy
    shares = shares_of(fractions, spectra)
    components = [component(i, spectra[i], fissions * share) for i, share in shares.items()]
    components += [component("captures", decay_spectrum(n), fissions * per_fission) for n in CAPTURES if per_fission > 0]
    young = _young(non_equilibrium, shares, spectra, fissions)
    components += young
    if not uncertainties:
        return Flux(tuple(components))
    unsure = uncertainties_of(components, fractions, spectra, energies, fissions)
    if young:
        unsure.append(
            Uncertainty("fission non-equilibrium", tuple(component(c.name, c.spectrum, 0.3 * c.scale) for c in young))
        )
    return Flux(tuple(components), uncertainties=tuple(unsure))


def _intensity(power: ArrayLike, distance: ArrayLike, duty_cycle: ArrayLike) -> float:
    """Σ P/(4πL²) of the cores [MeV s⁻¹ cm⁻²]."""
    gigawatt = real_array(power, "power", unit="GW", minimum=0.0)
    meter = real_array(distance, "distance", unit="m", minimum=0.0, above=True)
    duty = real_array(duty_cycle, "duty_cycle", minimum=0.0, maximum=1.0)
    if max(gigawatt.ndim, meter.ndim, duty.ndim) > 1:
        raise InputError("power, distance and duty_cycle must be numbers, or have one value a core")
    shape, (P, L, share) = broadcast(gigawatt, meter, duty)
    if shape == (0,):
        raise InputError("power, distance and duty_cycle must hold one core at least (got none)")
    return float(np.sum(P * share / sphere(1.0) / (100 * L) ** 2)) * 1e9 * constants.JOULE


# ---- long-lived fragments --------------------------------------------------------------------------------------------------


def _young(
    irradiation: str | None, shares: Mapping[str, float], spectra: Mapping[str, Spectrum], fissions: float
) -> list[Component]:
    """The antineutrinos that the spectra lack because they were measured before the long-lived fragments had grown."""
    if irradiation is None:
        return []
    known_name(irradiation, ("450 d",), "irradiation for non_equilibrium")
    found = []
    for isotope, share in shares.items():
        spectrum = spectra[isotope]
        if not isinstance(spectrum, FissionSpectrum) or spectrum.model == "vogel-engel":
            raise InputError("non_equilibrium corrects the spectra of huber-mueller and mueller only")
        if isotope != "238U":
            found.append(component(f"{isotope} non-equilibrium", _long_lived(spectrum, irradiation), fissions * share))
    return found


@lru_cache(maxsize=16)
def _long_lived(spectrum: FissionSpectrum, irradiation: str) -> Table:
    """The antineutrinos of one fission that are not in the spectrum [1/MeV], in steps of 0.05 MeV."""
    table = [row for row in rows("non_equilibrium.csv") if row["irradiation"] == irradiation]
    points = np.array([float(row["energy"]) for row in table])
    last = min(float(points[-1]), spectrum.end)
    E = np.linspace(points[0], last, max(2, round((last - points[0]) / 0.05) + 1))
    return Table(E, spectrum.density(E) * np.interp(E, points, [float(row[spectrum.isotope]) / 100 for row in table]))


# ---- uncertainties ---------------------------------------------------------------------------------------------------------


def uncertainties_of(
    components: Iterable[Component],
    fractions: Mapping[str, float],
    spectra: Mapping[str, Spectrum],
    energies: Mapping[str, tuple[float, float]],
    fissions: float,
) -> list[Uncertainty]:
    """The published uncertainties of the spectra and of the energies per fission, which change all components."""
    parts: dict[str, list[Component]] = {}
    for isotope, share in shares_of(fractions, spectra).items():
        spectrum = spectra[isotope]
        if isinstance(spectrum, FissionSpectrum):
            for name, change in fission_uncertainties.changes(spectrum):
                parts.setdefault(name, []).append(component(isotope, change, fissions * share))
    # more energy is fewer fissions of every isotope
    mean_energy = sum(fraction * energies[isotope][0] for isotope, fraction in fractions.items())
    for isotope, fraction in fractions.items():
        error = fraction * energies[isotope][1] / mean_energy
        if error > 0:
            changes = [component(c.name, c.spectrum, -error * c.scale) for c in components]
            parts[f"energy per fission of {isotope}"] = changes
    return [Uncertainty(name, tuple(changes)) for name, changes in parts.items()]
