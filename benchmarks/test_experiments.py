"""Experiments: COHERENT's CsI in energy and time, a prediction and a likelihood, against the plain NumPy of the same steps."""

import numpy as np
import pytest

from cevns import Couplings, Experiment, StandardModel
from cevns.reference import cases, detectors
from cevns.reference import statistics as reference
from cevns.statistics import Nuisance, Sample

BACKGROUNDS = {"SSB": (1291.0, 0.021), "BRN": (18.3, 0.25), "NIN": (5.2, 0.35)}
PROTON = np.array([0.0227])  # the coupling of the proton: what changes from call to call
NEUTRON = -0.5117


@pytest.fixture(scope="module")
def csi():
    """The published experiment with backgrounds of its sizes, and counts as they could have been observed."""
    experiment = Experiment.load("coherent-csi-2021")
    flat = np.outer(np.diff(experiment.edges), np.diff(experiment.times))
    flat /= flat.sum()
    full = experiment.replace(
        backgrounds=[Sample(name, total * flat, norm=name) for name, (total, _) in BACKGROUNDS.items()],
        nuisances=[Nuisance(name, sigma=sigma, mean=1.0, lower=0.0) for name, (_, sigma) in BACKGROUNDS.items()],
    )
    return full.replace(observed=np.random.default_rng(1).poisson(full.expected()))


@pytest.fixture(scope="module")
def user(csi):
    """The prediction as a user writes it: grids for the energies, times prepared, one timing after the other."""
    spectra = next(case for case in cases.SPECTRA if case.name == "pion decay at rest").components
    detector = csi.detector
    parts = []
    for flavors in (("numu",), ("numubar", "nue")):
        timing = csi.flux.select(flavor=flavors[0]).components[0].timing
        parts.append(([spectra[flavor] for flavor in flavors], detector.time_weights(timing, csi.times)))
    scale = detector.mass * csi.flux.total("nue")

    def user(proton):
        counts = np.zeros(csi.shape)
        for components, weights in parts:
            energies = detectors.counts_grid(
                csi.edges,
                components,
                detector.target.components,
                scale,
                detector.quenching.energy,
                lambda x, E: detectors.gamma_density(x, E, 0.0749, 9.56),
                detector.efficiency[0],
                maximum=47.0,
                gvp=proton[0],
                gvn=NEUTRON,
                per="burst",
            )
            counts += np.outer(energies, weights)
        return counts

    return user


def theory(proton):
    return StandardModel(couplings=Couplings(gvp=float(proton[0]), gvn=NEUTRON))


def test_prediction_of_csi_in_energy_and_time(race, csi, user):
    race(
        "prediction_of_csi",
        lambda proton: csi.counts(theory(proton)),
        user,
        PROTON,
        values=csi.observed.size,
        tolerance=2e-3,  # of the user's grids
    )


def test_likelihood_of_a_theory(race, csi, user):
    def plain(proton):
        parts = [{"counts": user(proton)}, *({"counts": sample.counts} for sample in csi.backgrounds)]
        return np.array([reference.poisson_chi2(csi.observed, reference.expected(parts, {}))])

    def kernel(proton):
        return np.array([csi.cost(theory(proton)).value({})])

    race("likelihood_of_csi", kernel, plain, PROTON, values=csi.observed.size, tolerance=2e-3)  # of the user's grids
