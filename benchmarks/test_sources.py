"""What it costs to make the spectra of a source: their parts, many at once, and whole sources in a new process."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import cevns
from cevns import panels
from cevns._core.beta_decay import electron_factor
from cevns.reference import beta_decay
from cevns.reference import panels as reference
from cevns.sources import Pinched

SCRIPT = """
import time
start = time.perf_counter()
import numpy
middle = time.perf_counter()
import cevns.products
from cevns import sources
def parts(spectrum):
    return [spectrum] if not hasattr(spectrum, "members") else [part for part, _ in spectrum.members]
build = lambda: [part.moments for c in {source}.components for part in parts(c.spectrum)]
last = time.perf_counter()
build()
print(middle - start, time.perf_counter() - last)
"""
SOURCES = {
    "reactor": "sources.reactor(power=1.0, distance=10.0)",
    "supernova": "sources.supernova()",
    "pion_decay_at_rest": "sources.sns()",
}


def test_electron_factor(race):
    race(
        "electron_factor",
        lambda t: electron_factor(t, 0.68),
        lambda t: beta_decay.electron_factor(t, 0.68),
        np.random.default_rng(1).uniform(0.001, 5.0, 500),
    )


def test_moments_of_panels(race):
    edges, coefficients = Pinched(12.0, 2.3)._panels
    at = edges[1:-1:40].copy()
    race(
        "moments_of_panels",
        lambda c: panels.moments_of(edges, c).moments(at),
        lambda c: reference.moments(edges, c, at),
        coefficients,
        values=edges.size - 1,
    )


def test_a_hundred_pinched_spectra(race):
    mean, pinching = np.random.default_rng(2).uniform([8.0, 2.0], [16.0, 4.0], (100, 2)).T
    x = np.array([1.0, 5.0, 20.0])

    def together(mean):
        spectra = [Pinched(*row) for row in zip(mean, pinching, strict=True)]
        Pinched.prepare_many(spectra)
        return [s.moments.moments(x) for s in spectra]

    def alone(mean):
        return [Pinched(*row).moments.moments(x) for row in zip(mean, pinching, strict=True)]

    race("hundred_pinched_spectra", together, alone, mean)


@pytest.mark.parametrize("source", SOURCES)
def test_source_in_a_new_process(gate, tmp_path, source):
    """From nothing but the import to the moments of all its spectra."""
    environment = os.environ | {"PYTHONPATH": str(Path(cevns.__file__).parents[1])}
    command = [sys.executable, "-c", SCRIPT.format(source=SOURCES[source])]

    def turn():
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=tmp_path)
        numpy_time, source_time = map(float, done.stdout.split())
        return numpy_time, source_time

    gate(f"source_{source}", "any", 1, turn, turn, rounds=3)
