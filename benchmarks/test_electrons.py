"""Scattering on electrons: the companion of the main job."""

import numpy as np
import pytest

import cevns
from cevns import electrons
from cevns.reference import cases
from cevns.reference import electrons as reference

XENON = cevns.Target("Xe")
REACTOR = next(case for case in cases.SPECTRA if case.name == "reactor")


def answering(T):
    """Electrons per kg of xenon."""
    known = electrons.shells("Xe")
    atoms = sum(number for _, number in XENON.components)
    return atoms * reference.effective_electrons(T, known.binding_energy, known.electrons)


@pytest.fixture(scope="module")
def reactor():
    """Antineutrinos of a reactor: for the library and for the reference."""
    component = REACTOR.components["nuebar"]
    return cevns.Flux.from_function({"nuebar": component.density}, component.knots), [component]


def test_electrons_of_xenon(race, reactor):
    flux, components = reactor
    left, right = reference.couplings("nuebar")
    race(
        "electrons_of_xenon",
        lambda T: electrons.differential_rate(T, flux, XENON),
        lambda T: reference.differential_rate_grid(T, components, answering, [left], [right]),
        np.geomspace(0.1, 5000.0, 1000),
        tolerance=1e-3,  # of the user's grid
    )


def test_electrons_of_xenon_in_bins(race, reactor):
    flux, components = reactor
    left, right = reference.couplings("nuebar")

    def user(edges):
        fraction = np.linspace(0, 1, 11)
        T = edges[:-1, np.newaxis] + np.diff(edges)[:, np.newaxis] * fraction
        rate = reference.differential_rate_grid(T.ravel(), components, answering, [left], [right]).reshape(T.shape)
        return np.sum((rate[:, 1:] + rate[:, :-1]) / 2 * np.diff(T, axis=1), axis=1)

    race(
        "electrons_of_xenon_in_bins",
        lambda edges: electrons.binned_rate(edges, flux, XENON),
        user,
        np.linspace(40.0, 1040.0, 101),  # above the K shell, where the user's rule has no steps in its way
        tolerance=1e-3,  # of the user's grid
        values=100,
    )
