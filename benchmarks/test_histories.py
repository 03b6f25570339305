"""Rates of a flux in steps of time, against the best NumPy taken step by step."""

import numpy as np
import pytest

import cevns
from cevns.reference import couplings, expert, form_factors

GERMANIUM = cevns.Target({"74Ge": 1.0})
STEPS = 1000
ENERGY = np.linspace(0.0, 60.0, 500)


@pytest.fixture(scope="module")
def germanium():
    """The target as `expert` takes it."""
    ((nuclide, count),) = GERMANIUM.components
    radius, skin = form_factors.helm_lewin_smith(nuclide.A)
    arrays = (np.array([value]) for value in (nuclide.mass, couplings.weak_charge(nuclide), count, radius, skin))
    return expert.prepare_nuclei(*arrays, "burst")


def history_of(spectra, weights):
    """Steps that are sums of spectra."""
    tables = [cevns.spectra.Table(ENERGY, values) for values in spectra]
    fluxes = [
        cevns.Flux(tuple(cevns.Component("nuebar", "", t, w) for t, w in zip(tables, row, strict=True) if w), "burst")
        for row in weights.tolist()
    ]
    return cevns.FluxHistory(np.arange(len(fluxes) + 1.0), fluxes, "d")


def run(race, name, history, tables, germanium):
    race(
        name,
        lambda T: cevns.differential_rate(T, history, GERMANIUM),
        lambda T: np.stack([expert.differential_rate(T, table, germanium) for table in tables], axis=-1),
        np.linspace(0.05, 60.0, 1000),
        values=STEPS * 1000,
    )


def test_burn_up_of_six_spectra(race, germanium):
    rng = np.random.default_rng(1)
    spectra = np.exp(-ENERGY / np.linspace(5.0, 15.0, 6)[:, np.newaxis]) * ENERGY**2
    weights = rng.uniform(0.1, 1.0, (STEPS, 6))
    tables = [expert.prepare_table(ENERGY, values) for values in weights @ spectra]  # one a step: no work is left to sum
    run(race, "history_of_six_spectra", history_of(spectra, weights), tables, germanium)


def test_burst_of_a_thousand_spectra(race, germanium):
    rng = np.random.default_rng(2)
    spectra = np.exp(-ENERGY / rng.uniform(5.0, 15.0, (STEPS, 1))) * ENERGY**2
    tables = [expert.prepare_table(ENERGY, values) for values in spectra]
    run(race, "history_of_a_thousand_spectra", history_of(spectra, np.eye(STEPS)), tables, germanium)
