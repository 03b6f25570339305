"""Experiments: published ones as data, and your own.

    Experiment           a flux, a detector, an exposure and bins           experiment.py
    channels             nuclei, electrons, dark matter: what it counts     channels.py
    names()              those that come with the package                   schema.py
    releases             readers of official data releases                  releases.py
    measure              what the counts say of a parameter of the theory   measurements.py

`cevns.experiments.schema` documents the files.
"""

from __future__ import annotations

from . import channels
from .experiment import Experiment, load
from .measurements import MEASUREMENTS, Measurement, measure, neutron_radius, weak_mixing_angle
from .samples import SIGNAL, SignalFit
from .schema import Published, names

__all__ = [
    "MEASUREMENTS",
    "SIGNAL",
    "Experiment",
    "Measurement",
    "Published",
    "SignalFit",
    "channels",
    "load",
    "measure",
    "names",
    "neutron_radius",
    "weak_mixing_angle",
]


def __dir__() -> list[str]:
    return __all__
