"""Interactions of any kind: rates, and planes of coupling and mass, against the plain NumPy of the same formulas."""

import numpy as np
import pytest
from scipy.integrate import trapezoid

import cevns
from cevns.reference import cases, detectors, form_factors
from cevns.reference import new_physics as reference

CASE = next(case for case in cases.SPECTRA if case.name == "pion decay at rest")
XENON = cevns.Target("Xe")
EPSILON = np.zeros((3, 3), dtype=complex)
EPSILON[0, 1], EPSILON[1, 0], EPSILON[0, 0] = 0.1j, -0.1j, 0.2
ENERGIES = np.linspace(0.0, 52.9, 2000)  # MeV, the user's grid
MASSES, COUPLINGS = np.array([30.0]), np.geomspace(1e-6, 1e-3, 100)


@pytest.fixture(scope="module")
def pion_decay():
    component, kinds = cevns.Component, cevns.spectra
    return cevns.Flux(
        (
            component("numu", "prompt", kinds.Lines(*zip(*CASE.components["numu"].lines, strict=True))),
            component("nue", "delayed", kinds.EndPoint("electron")),
            component("numubar", "delayed", kinds.EndPoint("muon")),
        ),
        CASE.per,
    )


def user_rate(T, cross_section):
    """∫ φ dσ/dT dE by trapezes on a grid of energies; cross_section(T, E, nuclide, flavour)."""
    total = np.zeros(T.size)
    for name, part in CASE.components.items():
        flavor = ("nue", "numu", "nutau").index(name.removesuffix("bar"))
        for nuclide, number in XENON.components:
            for energy, weight in part.lines:
                total += number * weight * cross_section(T, np.full(T.size, energy), nuclide, flavor)
            if part.density is not None:
                density = part.density(ENERGIES)
                values = cross_section(T[:, None], ENERGIES[1:], nuclide, flavor) * density[1:]
                total += number * trapezoid(values, ENERGIES[1:], axis=1)
    return total


def helm(nuclide):
    return lambda q: form_factors.helm(q, *form_factors.helm_lewin_smith(nuclide.A))


def test_nsi_on_xenon(race, pion_decay):
    theory = cevns.StandardModel() + cevns.NSI.from_matrices(EPSILON)

    def section(T, E, nuclide, flavor):
        return reference.nsi(T, E, nuclide, EPSILON, 0 * EPSILON, flavor, proton_form_factor=helm(nuclide))

    race(
        "nsi_on_xenon",
        lambda T: cevns.differential_rate(T, pion_decay, XENON, theory),
        lambda T: user_rate(T, section),
        np.linspace(0.01, 30.0, 200),
        tolerance=2e-3,  # of the user's grid
    )


def test_magnetic_moment_on_xenon(race, pion_decay):
    theory = cevns.MagneticMoment(nue=1e-10, numu=2e-10)

    def section(T, E, nuclide, flavor):
        F = helm(nuclide)
        return reference.magnetic_moment(T, E, nuclide, (1e-10, 2e-10, 0.0)[flavor], form_factor=F)

    race(
        "magnetic_moment_on_xenon",
        lambda T: cevns.differential_rate(T, pion_decay, XENON, theory),
        lambda T: user_rate(T, section),
        np.linspace(0.01, 30.0, 200),
        tolerance=2e-3,
    )


def test_plane_of_coupling_and_mass(race):
    """One mass and a hundred couplings of a light Z′ on COHERENT’s CsI: counts by energy, then χ²."""
    csi = cevns.Experiment.load("coherent-csi-2021")
    plain = csi.replace(times=None)
    observed = plain.counts()
    experiment = plain.replace(observed=observed)
    detector, scale = plain.detector, plain.detector.mass * plain.flux.total("nue")
    timings = {c.flavor: c.timing for c in plain.flux.components}
    seen = {name: float(detector.time_weights(timing)[0]) for name, timing in timings.items()}  # of what arrives
    universal = cevns.VectorMediator(mass=1.0, coupling=1.0).currents[0]
    charge = universal.matrix[0, 0, 0].real  # g_N/√2 G_F, the same for proton and neutron

    def kernel(masses):
        rows = []
        for mass in masses.tolist():
            theory = experiment.interaction + cevns.VectorMediator(mass=mass, coupling=0.0)
            rows.append(experiment.templates(theory, ("coupling",)).likelihood(COUPLINGS[:, None], profile=False))
        return np.array(rows)

    def user(masses):
        """As users do who know that the rate is quadratic in g²: three predictions for each mass."""
        scheme = experiment.interaction.currents[0].matrix.real
        parts = [(CASE.components[name], flavor, seen[name]) for name, flavor in (("numu", 1), ("numubar", 1), ("nue", 0))]
        rows = []
        for mass in masses:
            predictions = []
            for strength in (0.0, 1e-8, 2e-8):  # g²
                counts = np.zeros(observed.size)
                for component, flavor, part in parts:

                    def propagated(q, nuclide, strength=strength, mass=mass, flavor=flavor):
                        gvp, gvn = scheme[:, flavor, flavor]
                        Q = nuclide.Z * gvp + nuclide.N * gvn
                        boson = strength * charge * nuclide.A / (q * q + mass * mass)
                        return (1 + boson / Q) * experiment.interaction.form_factor(q, nuclide)

                    gvp, gvn = scheme[:, flavor, flavor]
                    counts += part * detectors.counts_grid(
                        experiment.edges,
                        [component],
                        detector.target.components,
                        scale,
                        detector.quenching.energy,
                        lambda x, E: detectors.gamma_density(x, E, 0.0749, 9.56),
                        detector.efficiency[0],
                        maximum=47.0,
                        gvp=gvp,
                        gvn=gvn,
                        form_factor=propagated,
                        per="burst",
                    )
                predictions.append(counts)
            first, second, third = predictions
            quadratic = (third - 2 * second + first) / 2
            linear = second - first - quadratic
            x = (COUPLINGS**2 / 1e-8)[:, None]
            mu = first + linear * x + quadratic * x**2
            rows.append(2 * np.sum(mu - observed + observed * np.log(observed / mu), axis=1))
        return np.array(rows)

    race("plane_of_coupling_and_mass", kernel, user, MASSES, values=MASSES.size * COUPLINGS.size, tolerance=2e-2)
