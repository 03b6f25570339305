"""Detectors: a prediction of a prepared experiment, with its response, against the plain NumPy of the same steps."""

import numpy as np
import pytest

import cevns
from cevns import efficiency, quenching, resolution
from cevns.detectors.detector import Detector
from cevns.reference import cases, detectors

CSI = Detector(
    "CsI",
    14.6,
    quenching=quenching.CsICoherent(),
    resolution=resolution.Gamma(),
    efficiency=efficiency.Logistic.coherent_csi_2021(),
)
EDGES = np.linspace(1.0, 60.0, 101)
ONE = np.ones(1)  # a factor of the recoil energies: what changes from call to call


@pytest.fixture(scope="module")
def flux():
    return cevns.sources.sns(protons=3.198e23, distance=19.3, yield_per_proton=0.0848)


def test_prediction_of_a_prepared_experiment(race, flux):
    components = list(next(case for case in cases.SPECTRA if case.name == "pion decay at rest").components.values())
    scale = CSI.mass * flux.total("nue")
    response = CSI.response(EDGES, flux)

    def user(factor):
        return detectors.counts_grid(
            EDGES,
            components,
            CSI.target.components,
            scale,
            CSI.quenching.energy,
            lambda x, E: detectors.gamma_density(x, E, 0.0749, 9.56),
            CSI.efficiency[0],
            maximum=47.0 * factor[0],
            per="burst",
        )

    def prepared(factor):
        return response.fold(lambda T, flux, target: cevns.differential_rate(T * factor[0], flux, target))

    race(
        "prediction_of_a_prepared_experiment", prepared, user, ONE, values=EDGES.size - 1, tolerance=1e-3
    )  # of the user's grids
