"""Shapes of backgrounds: integrals over bins, from quadrature and from what they must be."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad

import cevns
from cevns.experiments.shapes import SHAPES, exponential, flat, peaks

EDGES = np.array([0.2, 0.25, 0.5, 1.2, 1.5])
RELEASE = Path(__file__).parents[3] / "shared" / "data" / "dresden2"


def test_shapes_have_all_of_themselves_in_the_bins():
    arguments = {"flat": {}, "exponential": {"length": 0.3}, "peaks": {"centers": [1.297, 0.158], "widths": [0.07, 0.06]}}
    assert set(arguments) == set(SHAPES)
    for name, shape in SHAPES.items():
        assert shape(EDGES, **arguments[name]).sum() == pytest.approx(1.0, rel=1e-14)


def test_a_flat_background_goes_with_the_width_of_the_bins():
    np.testing.assert_allclose(flat(EDGES), np.diff(EDGES) / 1.3, rtol=1e-14)


@pytest.mark.parametrize("length", [0.01, 0.3, 1e6])
def test_an_exponential_is_its_integral(length):
    expected = [quad(lambda x: np.exp(-(x - 0.2) / length), a, b, epsabs=0)[0] for a, b in itertools.pairwise(EDGES)]
    np.testing.assert_allclose(exponential(EDGES, length=length), np.array(expected) / sum(expected), rtol=1e-9)


def test_peaks_are_their_integrals():
    def density(x):
        return 2.0 * np.exp(-(((x - 1.297) / 0.07) ** 2) / 2) / 0.07 + np.exp(-(((x - 0.158) / 0.06) ** 2) / 2) / 0.06

    expected = [quad(density, a, b, epsabs=0, points=[1.297] if b == 1.5 else None)[0] for a, b in itertools.pairwise(EDGES)]
    found = peaks(EDGES, centers=[1.297, 0.158], widths=[0.07, 0.06], weights=[2.0, 1.0])
    np.testing.assert_allclose(found, np.array(expected) / sum(expected), rtol=1e-9)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: exponential(EDGES, length=0.0), "length must be > 0 and finite (got 0)"),
        (
            lambda: peaks(EDGES, centers=[1.0], widths=[0.1, 0.2]),
            "peaks need as many widths and weights as centers (got 1, 2, 1)",
        ),
        (lambda: peaks(EDGES, centers=[1.0], widths=[-0.1]), "width of a peak must be > 0 and finite (got -0.1)"),
        (lambda: peaks(EDGES, centers=[900.0], widths=[0.1]), "a background has nothing in the bins"),
    ],
)
def test_wrong_shapes_are_refused(make, message):
    with pytest.raises(cevns.InputError) as error:
        make()
    assert str(error.value) == message


@pytest.mark.skipif(not RELEASE.is_dir(), reason="the official release of Dresden-II is not here")
def test_dresden_spectrum_is_background_and_an_excess_at_low_energy():
    experiment = cevns.Experiment.load("dresden-2").with_release(RELEASE)
    found = experiment.fit()
    # the excess that J. Colaresi et al. report: more than Lindhard's quenching gives, 4 to 5 standard deviations
    assert found.value > 3 * experiment.counts().sum()
    assert 3.0 < found.significance < 6.0
    assert found.chi2 / found.bins < 1.5
    with pytest.raises(cevns.InputError, match="needs the bins of the release of dresden-2"):
        experiment.replace(
            edges=np.linspace(0.2, 1.5, 14), observed=None, variance=None, backgrounds=[], nuisances=[]
        ).with_release(RELEASE)
