"""Event rates: flux times cross section, integrated over the neutrino energy at every recoil energy.

    dR/dT = Σ_nuclides n Σ_components ∫ φ(E) dσ/dT(E, T) dE

Inputs are plain: a list of `spectra.Component`, one a flavour, and a list of (nuclide, nuclei per kg). A flux per cm², s and
MeV gives rates per kg, day and keV; a burst (per="burst"), per cm² and MeV, gives rates per kg and keV.

Two ways lead to each rate. `…_grid` is what a user writes today: one grid of neutrino energies, a two-dimensional array, the
trapezoidal rule. The others integrate to 1e-12 or better, piece by piece between the knots of the spectrum.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..constants import AVOGADRO, DAY
from . import form_factors
from ._types import Array, FormFactor, Nuclide, NuclideFormFactor
from .couplings import tree_couplings
from .cross_sections import cross_section, differential_cross_section
from .kinematics import neutrino_energy_min
from .spectra import Component, integral

Target = Sequence[tuple[Nuclide, float]]

GVP, GVN = tree_couplings()


def nuclei_per_kilogram(molar_mass: float) -> float:
    """Return the number of formula units per kg,  1000 N_A/m,  of a molar mass in g/mol."""
    return 1000 * AVOGADRO / molar_mass


def _bind(form_factor: NuclideFormFactor | None, nuclide: Nuclide) -> FormFactor | None:
    """F(q) of one nuclide."""
    if form_factor is None:
        return None
    return lambda q: form_factor(q, nuclide)


def seconds(per: str) -> float:
    """Seconds of a day for a flux per second; 1 for one of a burst."""
    return {"s": DAY, "burst": 1.0}[per]


def _arguments(
    nuclide: Nuclide, form_factor: NuclideFormFactor, neutron_form_factor: NuclideFormFactor | None, kinematics: str
) -> dict[str, Any]:
    return {
        "nuclide": nuclide,
        "proton_form_factor": _bind(form_factor, nuclide),
        "neutron_form_factor": _bind(neutron_form_factor, nuclide),
        "kinematics": kinematics,
    }


def differential_rate(
    recoil_energy: ArrayLike,
    components: Sequence[Component],
    target: Target,
    gvp: ArrayLike = GVP,
    gvn: ArrayLike = GVN,
    form_factor: NuclideFormFactor = form_factors.default,
    neutron_form_factor: NuclideFormFactor | None = None,
    kinematics: str = "spin-0",
    per: str = "s",
) -> Array:
    """Return dR/dT per kg, day and keV by Gauss–Legendre quadrature from E_min(T), split at the knots.

    Parameters
    ----------
    recoil_energy : array_like
        T [keV].
    components : sequence of Component
        The flux, per cm² and s (or burst), one component a flavour.
    target : sequence of (nuclide, float)
        Nuclides and their number per kg.
    gvp, gvn : float or sequence
        Couplings, one for all components or one for each.
    form_factor, neutron_form_factor : callable
        F(q, nuclide) with q in MeV; no neutron form factor means that of the proton.
    kinematics : {"spin-0", "spin-1/2"}
        As for `cross_sections.differential_cross_section`.
    per : {"s", "burst"}
        Unit of the flux.
    """
    T = np.asarray(recoil_energy, dtype=np.float64)
    rate = np.zeros(T.size)
    for nuclide, number in target:
        arguments = _arguments(nuclide, form_factor, neutron_form_factor, kinematics)
        for i, t in enumerate(T.ravel()):
            lower = float(neutrino_energy_min(t, nuclide))
            for component, p, n in _with_couplings(components, gvp, gvn):

                def section(E: Array, t: float = t, p: float = p, n: float = n, arguments: dict[str, Any] = arguments) -> Array:
                    return differential_cross_section(t, E, gvp=p, gvn=n, **arguments)

                rate[i] += number * integral(component, section, lower)
    return seconds(per) * rate.reshape(T.shape)


def differential_rate_grid(
    recoil_energy: ArrayLike,
    components: Sequence[Component],
    target: Target,
    gvp: ArrayLike = GVP,
    gvn: ArrayLike = GVN,
    form_factor: NuclideFormFactor = form_factors.default,
    neutron_form_factor: NuclideFormFactor | None = None,
    kinematics: str = "spin-0",
    per: str = "s",
    points: int = 1000,
) -> Array:
    """Return dR/dT per kg, day and keV as a user computes it today: a grid in T and E, and the trapezoidal rule.

    With 1000 points the error is 4e-5 for 8B on xenon below 3 keV and 2e-5 for pion decay at rest on CsI up to 40 keV.

    Parameters
    ----------
    recoil_energy, components, target, gvp, gvn, form_factor, neutron_form_factor, kinematics, per
        As for `differential_rate`; recoil energies of one dimension.
    points : int
        Neutrino energies, evenly spaced over each component; 0 takes the knots of the component.
    """
    T = np.asarray(recoil_energy, dtype=np.float64)
    rate = np.zeros(T.size)
    for component, p, n in _with_couplings(components, gvp, gvn):
        if component.density is not None:
            E = np.linspace(component.knots[0], component.knots[-1], points) if points else component.knots
            flux = component.density(E)
        for nuclide, number in target:
            arguments = _arguments(nuclide, form_factor, neutron_form_factor, kinematics)
            if component.density is not None:
                integrand = flux * differential_cross_section(T[:, np.newaxis], E, gvp=p, gvn=n, **arguments)
                rate += number * np.sum((integrand[:, 1:] + integrand[:, :-1]) / 2 * np.diff(E), axis=1)
            for energy, weight in component.lines:
                rate += number * weight * differential_cross_section(T, energy, gvp=p, gvn=n, **arguments)
    return seconds(per) * rate


def binned_rate(
    edges: ArrayLike,
    components: Sequence[Component],
    target: Target,
    gvp: ArrayLike = GVP,
    gvn: ArrayLike = GVN,
    form_factor: NuclideFormFactor = form_factors.default,
    neutron_form_factor: NuclideFormFactor | None = None,
    kinematics: str = "spin-0",
    per: str = "s",
) -> Array:
    """Return the rate per kg and day in each bin of recoil energy:  ∫ φ(E) σ(E; T₁ < T < T₂) dE.

    The inner integral over T ends at T_max(E), the outer one is split at the knots and where T_max(E) passes an edge, so that
    every piece is smooth.

    Parameters
    ----------
    edges : array_like
        Increasing recoil energies [keV]; the last may be infinite.
    components, target, gvp, gvn, form_factor, neutron_form_factor, kinematics, per
        As for `differential_rate`.
    """
    edges = np.asarray(edges, dtype=np.float64)
    return np.array(
        [
            _rate_between(low, high, components, target, gvp, gvn, form_factor, neutron_form_factor, kinematics, per)
            for low, high in pairwise(edges)
        ]
    )


def binned_rate_grid(
    edges: ArrayLike, components: Sequence[Component], target: Target, points_per_bin: int = 10, **arguments: Any
) -> Array:
    """Return the rate per kg and day in each bin as a user computes it today: trapezoidal rule over `differential_rate_grid`.

    Parameters
    ----------
    edges : array_like
        Increasing recoil energies [keV].
    components, target
        As for `differential_rate_grid`, to which other keywords go.
    points_per_bin : int
        Intervals of the trapezoidal rule in each bin.
    """
    edges = np.asarray(edges, dtype=np.float64)
    fraction = np.linspace(0, 1, points_per_bin + 1)
    T = edges[:-1, np.newaxis] + np.diff(edges)[:, np.newaxis] * fraction
    rate = differential_rate_grid(T.ravel(), components, target, **arguments).reshape(T.shape)
    total: Array = np.sum((rate[:, 1:] + rate[:, :-1]) / 2 * np.diff(T, axis=1), axis=1)
    return total


def rate(
    components: Sequence[Component],
    target: Target,
    gvp: ArrayLike = GVP,
    gvn: ArrayLike = GVN,
    form_factor: NuclideFormFactor = form_factors.default,
    neutron_form_factor: NuclideFormFactor | None = None,
    kinematics: str = "spin-0",
    per: str = "s",
    threshold: float = 0.0,
    maximum: float = np.inf,
) -> float:
    """Return the rate per kg and day of recoils between `threshold` and `maximum` [keV].

    Parameters
    ----------
    components, target, gvp, gvn, form_factor, neutron_form_factor, kinematics, per
        As for `differential_rate`.
    threshold, maximum : float
        Range of recoil energies [keV].
    """
    return _rate_between(threshold, maximum, components, target, gvp, gvn, form_factor, neutron_form_factor, kinematics, per)


def flux_averaged_cross_section(
    components: Sequence[Component],
    nuclide: Nuclide,
    gvp: ArrayLike = GVP,
    gvn: ArrayLike = GVN,
    form_factor: NuclideFormFactor = form_factors.default,
    neutron_form_factor: NuclideFormFactor | None = None,
    kinematics: str = "spin-0",
) -> float:
    """Return ⟨σ⟩ [cm²]:  Σ ∫ φ(E) σ(E) dE / Σ ∫ φ(E) dE  over the components.

    Parameters
    ----------
    components, gvp, gvn, form_factor, neutron_form_factor, kinematics
        As for `differential_rate`.
    nuclide : Nuclide
        Target nucleus.
    """
    folded = rate(components, [(nuclide, 1.0)], gvp, gvn, form_factor, neutron_form_factor, kinematics, per="burst")
    return folded / sum(integral(component) for component in components)


def _with_couplings(components: Sequence[Component], gvp: ArrayLike, gvn: ArrayLike) -> list[tuple[Component, float, float]]:
    count = len(components)
    return list(zip(components, np.broadcast_to(gvp, count).tolist(), np.broadcast_to(gvn, count).tolist(), strict=True))


def _rate_between(
    low: float,
    high: float,
    components: Sequence[Component],
    target: Target,
    gvp: ArrayLike,
    gvn: ArrayLike,
    form_factor: NuclideFormFactor,
    neutron_form_factor: NuclideFormFactor | None,
    kinematics: str,
    per: str,
) -> float:
    total = 0.0
    for nuclide, number in target:
        arguments = _arguments(nuclide, form_factor, neutron_form_factor, kinematics)
        lower = float(neutrino_energy_min(low, nuclide))
        kink = [float(neutrino_energy_min(high, nuclide))] if np.isfinite(high) else []
        for component, p, n in _with_couplings(components, gvp, gvn):

            def section(E: Array, p: float = p, n: float = n, arguments: dict[str, Any] = arguments) -> Array:
                return cross_section(E, gvp=p, gvn=n, threshold=low, maximum=high, **arguments)

            total += number * integral(component, section, lower, kink)
    return seconds(per) * total
