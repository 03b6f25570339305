"""The three moments of a flux above a hundred thousand thresholds, for every kind of spectrum."""

import numpy as np

import cevns
from cevns.reference import expert, moments, spectra

THRESHOLDS = np.random.default_rng(4).uniform(0.5, 15.0, 100_000)  # MeV, in no order


def test_linear_table(race):
    energy = np.linspace(0.0, spectra.BORON8_END_POINT, 800)
    values = spectra.boron8(energy)
    flux = cevns.Flux.from_table(energy, {"nue": values})
    table = expert.prepare_table(energy, values)
    race("moments_of_linear_table", flux.moments, lambda x: expert.table_moments(x, table), THRESHOLDS)


def test_long_table(race):
    short, long = (cevns.Flux.from_table(E, {"nue": 20.0 - E}) for E in (np.linspace(0.0, 20.0, n) for n in (100, 100_000)))
    race("moments_of_long_table", long.moments, short.moments, np.sort(THRESHOLDS))  # in no order, caches would decide


def test_smooth_spectrum(race):
    mean_energy, pinching = 12.0, 2.3
    component = spectra.pinched_component(mean_energy, pinching)
    flux = cevns.Flux.from_function({"nue": component.density}, (0.0, component.knots[-1]))
    race("moments_of_smooth_spectrum", flux.moments, lambda x: moments.pinched_moments(x, mean_energy, pinching), THRESHOLDS)


def test_end_point(race):
    flux = cevns.Flux((cevns.Component("nue", "delayed", cevns.spectra.EndPoint("electron")),), "burst")
    race("moments_of_muon_decay", flux.moments, lambda x: expert.michel_moments(x, "nue"), 3.5 * THRESHOLDS)
