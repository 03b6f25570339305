"""Named reactors: where coherent scattering of their antineutrinos is looked for, and what is known of them."""

import csv
import inspect
import os
from dataclasses import dataclass
from functools import cache
from typing import Any

from .._arguments import known_name
from ..errors import InputError
from ..fluxes import Flux
from ._fuel import POWER_REACTOR
from .fission import ISOTOPES
from .reactor import reactor


@dataclass(frozen=True)
class ReactorSite:
    """What is published of a site.

    Attributes
    ----------
    name, plant : str
        Of the experiment, and of the reactor.
    power, distance : tuple of float
        Thermal power of each core [GW], and the distance of its centre [m].
    fission_fractions : tuple of (str, float)
        Isotopes and their shares of the fissions: published, or those of a power reactor, see `fuel_published`.
    fuel_published : bool
        Whether the fractions are those of the site.
    captures : bool
        Whether neutrons are captured on ²³⁸U: not in highly enriched uranium.
    flux : float or None
        What the experiment quotes [cm⁻² s⁻¹]; nothing is made of it.
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


@cache
def reactor_sites() -> tuple[ReactorSite, ...]:
    """The sites that `reactor_site` knows.

    Examples
    --------
    >>> from cevns import sources
    >>> [site.name for site in sources.reactor_sites()][:3]
    ['conus', 'conus+', 'dresden-ii']
    """
    path = os.path.join(os.path.dirname(os.path.dirname(__file__)), "data", "reactor_sites.csv")
    with open(path, newline="", encoding="utf-8") as file:
        return tuple(_site(row) for row in csv.DictReader(line for line in file if not line.startswith("#")))


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
    Where the fuel is not published, that of a power reactor is taken: from a fresh core to a spent one the flux falls by 3 %,
    above 4 MeV by 11 %. These fluxes are 4 to 8 % less than most experiments quote, as is to be expected of spectra that have
    7 % less than those of summed decays (RED-100: 4 % more). NUCLEUS and NEON quote 16 and 13 % less than these, which is the
    flux of fission alone, without captures, within 5 %.

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
