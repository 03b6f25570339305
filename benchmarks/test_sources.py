"""What it costs to make the spectra of a source: their parts, many at once, and whole sources in a new process."""

import itertools
import time

import numpy as np
import pytest

import cevns
from cevns._core.beta_decay import electron_factor
from cevns._numerics import panels
from cevns.reference import beta_decay
from cevns.reference import panels as reference
from cevns.sources import Pinched

SCRIPT = """
import time
start = time.perf_counter()
import numpy
middle = time.perf_counter()
import cevns.fluxes.products
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


def _reactor_history(n=1000):
    burn = np.linspace(0.0, 1.0, n + 1)
    fuel = {"235U": 0.75 - 0.3 * burn, "238U": 0.07, "239Pu": 0.15 + 0.23 * burn, "241Pu": 0.03 + 0.07 * burn}
    edges = np.linspace(0.0, 500.0, n + 1)
    history = cevns.sources.reactor_history(edges=edges, power=3.0, distance=20.0, fission_fractions=fuel)
    cevns.differential_rate(np.geomspace(0.01, 2.0, 1000), history, "Ge")


def _diffuse(universes=itertools.count()):  # noqa: B008
    # another one in each call: it is kept
    for component in cevns.sources.dsnb(matter_density=0.3 + 1e-6 * next(universes)).components:
        component.spectrum.moments  # noqa: B018


def _supernova_history(n=1000):
    times = np.linspace(0.0, 10.0, n + 1)
    means = {"nue": np.linspace(12, 9, n), "nuebar": np.linspace(15, 11, n)}
    cevns.sources.supernova(times=times, luminosity=1e52 * np.exp(-times[:-1] / 3), mean_energy=means)


@pytest.mark.parametrize(
    ("what", "build", "wanted"),
    [
        ("1000 steps of a reactor and their rates at 1000 recoil energies", _reactor_history, 200),
        ("1000 steps of a supernova", _supernova_history, 100),
        ("the diffuse supernova background and its moments", _diffuse, 5),
    ],
    ids=["reactor", "supernova", "dsnb"],
)
def test_sources_that_are_built_at_length(note, what, build, wanted):
    times = []
    for _ in range(3):
        start = time.perf_counter()
        build()
        times.append(time.perf_counter() - start)
    note(f"{what}: {1e3 * min(times):.3g} ms (wanted: <= {wanted} ms)")


@pytest.mark.parametrize("source", SOURCES)
def test_source_in_a_new_process(gate, in_new_process, source):
    """From nothing but the import to the moments of all its spectra."""

    def turn():
        return in_new_process(SCRIPT.format(source=SOURCES[source]))

    gate(f"source_{source}", "any", 1, turn, turn, rounds=3)
