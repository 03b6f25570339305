"""What experiments measure: the published weak mixing angle and neutron radius from the official event lists."""

from pathlib import Path

import numpy as np
import pytest

import cevns
from cevns.experiments.measurements import measure, neutron_radius, weak_mixing_angle
from cevns.statistics import asimov

RELEASES = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture(scope="module")
def csi():
    if not (RELEASES / "coherent_csi2021").is_dir():
        pytest.skip("the official release of COHERENT's CsI is not here")
    return cevns.Experiment.load("coherent-csi-2021").with_release(RELEASES / "coherent_csi2021")


def test_weak_mixing_angle_is_the_published_one(csi):
    # COHERENT, Phys. Rev. Lett. 129 (2022) 081801: 0.220 +0.028 −0.026; half a standard deviation is asked for
    found = weak_mixing_angle(csi)
    assert found.value == pytest.approx(0.220, abs=0.5 * 0.026)
    assert found.upper - found.value == pytest.approx(0.028, rel=0.15)
    assert found.value - found.lower == pytest.approx(0.026, rel=0.15)


def test_neutron_radius_is_the_published_one(csi):
    # M. Atzori Corona et al., Eur. Phys. J. C 83 (2023) 683: 5.47 ± 0.38 fm, the mean of Cs and I
    found = neutron_radius(csi)
    assert found.value == pytest.approx(5.47, abs=0.5 * 0.38)
    assert found.error == pytest.approx(0.38, rel=0.15)


@pytest.fixture(scope="module")
def known():
    """An experiment that has seen what a weak mixing angle of 0.25 makes."""
    experiment = cevns.Experiment(
        cevns.sources.sns(protons=1e24), cevns.Detector("CsI", 100.0), 1.0, np.linspace(2.0, 40.0, 20), flux_uncertainties=False
    )
    return experiment.replace(observed=asimov(experiment.model(cevns.StandardModel(weak_mixing_angle=0.25)), {}))


def test_what_was_put_in_is_measured(known):
    found = measure(known, lambda angle: cevns.StandardModel(weak_mixing_angle=angle), 0.1, 0.4)
    assert found.value == pytest.approx(0.25, abs=2e-4)
    assert found.chi2 == pytest.approx(0.0, abs=1e-3)
    # with so many counts χ² is a parabola
    assert found.upper - found.value == pytest.approx(found.value - found.lower, rel=0.05)


def test_an_interval_that_is_not_in_the_range_is_refused(known):
    with pytest.raises(
        cevns.InputError, match=r"one standard deviation reaches beyond 0\.2 to 0\.2501 \(the best value is 0\.25"
    ):
        measure(known, lambda angle: cevns.StandardModel(weak_mixing_angle=angle), 0.2, 0.2501)


def test_nothing_observed_measures_nothing():
    with pytest.raises(cevns.UnsupportedError, match="holds no observed counts"):
        weak_mixing_angle(cevns.Experiment.load("coherent-csi-2021"))
    experiment = cevns.Experiment(cevns.sources.sns(protons=1e24), cevns.Detector("CsI", 100.0), 1.0, [2.0, 40.0])
    with pytest.raises(cevns.UnsupportedError, match="needs a publication with couplings of its own"):
        weak_mixing_angle(experiment)
