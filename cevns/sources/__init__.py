"""Sources of neutrinos: each function returns a `cevns.Flux`, with the published figures as defaults.

    pion_decay_at_rest   a proton beam on a target                                                pion_decay_at_rest.py
    sns, ess, ccm,       beams that there are, csns and jsns2 too                                 facilities.py
    reactor              fissions, and captures on ²³⁸U; spectra of one's own from fission_table   reactor.py, fission_table.py
    reactor_history      the same in steps of time: power, burn-up, captures that grow and decay   reactor_history.py
    reactor_site         named reactors                                                           reactor_sites.py
    solar                the Sun; solar_history over the year                                     solar.py
    supernova            a burst of thermal spectra, or its steps of time                         supernova.py
    snewpy, snowglobes   supernova fluxes of these packages                                       snewpy.py, snowglobes.py
    dsnb                 all supernovae of the past                                               dsnb.py
    radioactive          lines of ⁵¹Cr and ³⁷Ar; radioactive_history as they decay               radioactive.py
    isodar               ⁸Li at rest                                                              isodar.py
    atmospheric          a table from a file                                                      atmospheric.py
    geoneutrinos         uranium, thorium and potassium in the Earth                              geoneutrinos.py
    monochromatic, flat  for tests and teaching                                                   simple.py

Beams, reactors and radioactive sources take distances in m, a supernova in kpc. Each spectrum in a flux is also here as a
class, so that the `repr` of a flux rebuilds it.
"""

from __future__ import annotations

from . import catalogue
from .atmospheric import atmospheric
from .beta_decay import AllowedShape, BetaDecay
from .boron8 import Boron8
from .dsnb import CoreCollapseRate, DiffuseSupernova, dsnb
from .facilities import ccm, csns, ess, jsns2, sns
from .fission import FissionSpectrum
from .fission_table import FissionTable, fission_table
from .fission_uncertainties import FissionError
from .geoneutrinos import geoneutrinos
from .isodar import isodar
from .lithium8 import Lithium8
from .pion_decay_at_rest import neutrino_yield, pion_decay_at_rest, pion_flight_spectrum, protons_on_target
from .radioactive import CURIE, radioactive, radioactive_history
from .reactor import reactor
from .reactor_history import reactor_history
from .reactor_sites import ReactorSite, reactor_site, reactor_sites
from .simple import flat, monochromatic
from .snewpy import snewpy
from .snowglobes import snowglobes
from .solar import solar, solar_distance, solar_history
from .supernova import supernova
from .thermal import FermiDirac, Pinched

__all__ = [
    "CURIE",
    "AllowedShape",
    "BetaDecay",
    "Boron8",
    "CoreCollapseRate",
    "DiffuseSupernova",
    "FermiDirac",
    "FissionError",
    "FissionSpectrum",
    "FissionTable",
    "Lithium8",
    "Pinched",
    "ReactorSite",
    "atmospheric",
    "catalogue",
    "ccm",
    "csns",
    "dsnb",
    "ess",
    "fission_table",
    "flat",
    "geoneutrinos",
    "isodar",
    "jsns2",
    "monochromatic",
    "neutrino_yield",
    "pion_decay_at_rest",
    "pion_flight_spectrum",
    "protons_on_target",
    "radioactive",
    "radioactive_history",
    "reactor",
    "reactor_history",
    "reactor_site",
    "reactor_sites",
    "snewpy",
    "snowglobes",
    "sns",
    "solar",
    "solar_distance",
    "solar_history",
    "supernova",
]


def __dir__() -> list[str]:
    return __all__
