"""Special functions: the values of a detector's response, bins times energies."""

import numpy as np

from cevns._numerics import special
from cevns.reference import special as reference

EDGES = np.linspace(0.0, 60.0, 101)
PHOTO_ELECTRONS = np.arange(60.0)


def test_normal_distribution(race):
    energies = np.linspace(0.1, 60.0, 300)

    def scaled(E):
        return (EDGES[:, None] - E) / (0.58 * np.sqrt(E))

    race(
        "normal_cdf",
        lambda E: special.normal_cdf(scaled(E)),
        lambda E: reference.normal_cdf(scaled(E)),
        energies,
        values=EDGES.size * energies.size,
    )


def test_poisson_probabilities(race):
    means = np.linspace(0.1, 60.0, 600)
    race(
        "poisson",
        lambda m: special.poisson(PHOTO_ELECTRONS, m[None, :]),
        lambda m: reference.poisson(PHOTO_ELECTRONS[:, None], m),
        means,
        values=PHOTO_ELECTRONS.size * means.size,
    )


def test_incomplete_gamma_functions(race):
    means = np.linspace(0.1, 60.0, 60)
    race(
        "incomplete_gamma",
        lambda m: np.stack(special.incomplete_gamma(PHOTO_ELECTRONS + 1, m[None, :])),
        lambda m: np.stack(reference.incomplete_gamma(PHOTO_ELECTRONS[:, None] + 1, m)),
        means,
        values=PHOTO_ELECTRONS.size * means.size,
    )
