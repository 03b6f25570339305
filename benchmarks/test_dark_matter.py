"""Light dark matter: the rate of χ from pion decay at rest, against the grid of a user."""

import numpy as np

import cevns
from cevns.dark_matter import DarkMatterFlux, VectorPortal, differential_rate
from cevns.reference import dark_matter as reference
from cevns.reference.spectra import Component

CSI = cevns.Target("CsI")


def test_dark_matter_on_csi(race):
    masses = {"mass": 25.0, "mediator_mass": 75.0, "kinetic_mixing": 1e-4}
    portal = VectorPortal(**masses, alpha_D=0.5)
    flux = DarkMatterFlux.from_pion_decay_at_rest(
        decay="isotropic",  # a box, as the reference has it
        **masses,
        protons=3.198e23,
        distance=19.3,
    )
    flux.rows  # noqa: B018  the moments, made once for a flux
    (part,) = flux.productions
    component = Component(lambda E: flux.kinetic_mixing**2 * part.scale * part.spectrum.density(E), part.spectrum.energy)
    race(
        "dark_matter_on_csi",
        lambda T: differential_rate(T, flux, CSI, portal),
        lambda T: reference.differential_rate_grid(T, [component], CSI.components, per="burst", alpha_D=0.5, **masses),
        np.linspace(0.05, 60.0, 1000),
        tolerance=3e-3,  # of the user's grid, where the rate begins within one of its steps
    )
