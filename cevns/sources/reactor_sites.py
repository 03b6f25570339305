"""Reactor sites of experiments on coherent scattering, with their published figures.

Formulas
--------
reactor sites, `reactor_site`, `ReactorSite`: rows of a table: power, distance, fuel
    named with each row of `cevns/data/reactor_sites.csv`
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import cache
from typing import Any

from .._arguments import known_name
from .._texts import of_fields
from ..data.tables import rows
from ..errors import InputError
from ..fluxes.flux import Flux
from ._fuel import POWER_REACTOR
from .fission import ISOTOPES
from .reactor import reactor


@dataclass(frozen=True)
class ReactorSite:
    """The published figures of a site.

    Attributes
    ----------
    name, plant : str
        Name of the experiment, and of the reactor.
    power, distance : tuple of float
        Thermal power of each core [GW], and the distance of its centre [m].
    fission_fractions : tuple of (str, float)
        Isotopes and their shares of the fissions: published, or those of a power reactor, see `fuel_published`.
    fuel_published : bool
        Whether the fractions are those of the site.
    captures : bool
        Whether neutrons are captured on ²³⁸U: not in highly enriched uranium.
    flux : float or None
        The flux that the experiment quotes [cm⁻² s⁻¹]; no function uses it.
    reference : str
        Where that is published.
    """

    name: str
    plant: str
    power: tuple[float, ...]
    distance: tuple[float, ...]
    fission_fractions: tuple[tuple[str, float], ...]
    fuel_published: bool
    captures: bool
    flux: float | None
    reference: str

    __repr__ = of_fields


@cache
def reactor_sites() -> tuple[ReactorSite, ...]:
    """The sites that `reactor_site` knows.

    Examples
    --------
    >>> from cevns import sources
    >>> [site.name for site in sources.reactor_sites()][:3]
    ['conus', 'conus+', 'dresden-ii']
    """
    return tuple(map(_site, rows("reactor_sites.csv")))


def _site(row: dict[str, str]) -> ReactorSite:
    fuel = row["fuel"]
    enriched, published = fuel == "enriched", fuel != "power reactor"
    if enriched:
        fractions: tuple[tuple[str, float], ...] = (("235U", 1.0),)
    elif published:
        fractions = tuple(zip(ISOTOPES, map(float, fuel.split()), strict=True))
    else:
        fractions = tuple(POWER_REACTOR.items())
    return ReactorSite(
        row["name"],
        row["plant"],
        tuple(map(float, row["power"].split(";"))),
        tuple(map(float, row["distance"].split(";"))),
        fractions,
        published,
        not enriched,
        float(row["flux"]) if row["flux"] else None,
        row["reference"],
    )


def reactor_site(name: str, **options: Any) -> Flux:
    """The antineutrinos at a named site, at full power.

    Parameters
    ----------
    name : str
        "conus" (Brokdorf), "conus+" (Leibstadt), "dresden-ii", "nugen" and "red-100" (Kalinin), "texono" (Kuo-Sheng), "nucleus"
        (Chooz, two cores), "ricochet" (ILL, highly enriched), "connie" (Angra), "neon" (Hanbit); `reactor_sites` has what is
        known of each.
    **options
        Of `reactor`: what is given here replaces what the site is known by, as ``distance=11.9`` or ``duty_cycle=0.9``.

    Returns
    -------
    Flux
        As of `reactor`.

    Raises
    ------
    InputError, UnknownNameError
        For an unknown site, and what `reactor` raises.

    Notes
    -----
    Fluxes are made of power and distance, never of the quoted flux. Where the fuel is not published, that of a power reactor is
    taken: from a fresh core to a spent one the flux falls by 3 %, above 4 MeV by 11 %. Relative to what is quoted they are

        conus 0.95, conus+ 0.95, dresden-ii 0.94, nugen 0.96, texono 0.95, connie 0.92        7.1 to 7.4 antineutrinos a fission
        ricochet 0.95 (no captures), red-100 1.04                                             6.1, 6.5
        nucleus 1.19, neon 1.15                                                               5.7, 5.9: fission without captures

    with the antineutrinos that the quoted flux has for each fission: here they are 5.6, and 1.2 of captures. Summed spectra
    have 6.0 and 1.2. NEON's 7.1e12 is older than its distance of 23.7 m: with 24 m it is 6 a fission at 205 MeV. What
    NUCLEUS and NEON see has the captures in it, all below 1.3 MeV: ``captures=False`` gives 0.98 and 0.95 of their figures.

    Examples
    --------
    >>> from cevns import sources
    >>> f"{sources.reactor_site('nucleus').total():.1e}"
    '2.0e+12'
    """
    sites = {site.name: site for site in reactor_sites()}
    site = sites[known_name(name, sites, "reactor site")]
    known: dict[str, Any] = {
        "power": site.power,
        "distance": site.distance,
        "fission_fractions": dict(site.fission_fractions),
        "captures": site.captures,
    }
    allowed = inspect.signature(reactor).parameters
    for option in options:
        if option not in allowed:
            raise InputError(f"unknown option {option!r} of a reactor; known are {', '.join(allowed)}")
    return reactor(**(known | options))
