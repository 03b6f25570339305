"""Experiments: published ones as data, and your own.

    Experiment           a flux, a detector, an exposure and bins           experiment.py
    names()              those that come with the package                   schema.py
    releases             readers of official data releases                  releases.py

`cevns.experiments.schema` documents the files.
"""

from .experiment import SIGNAL, Experiment, SignalFit
from .schema import Published, load, names

__all__ = ["SIGNAL", "Experiment", "Published", "SignalFit", "load", "names"]
