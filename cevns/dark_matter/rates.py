"""Rates of light dark matter: the same two products as for neutrinos, of a flux weighted with E²/p².

    dR/dT = Σ_nuclides n K(T) ∫_x^∞ φ(E)/p² [(E − x)(E + x − T) + r(T)] dE = Σ n K(T) [m₁(x) + (x − T) m₂(x) + r(T) Φ₂(x)]

with x = E_min(T), K and r of the portal (`cevns.dark_matter.scattering`), and of φ′ = φ E²/p² the compiled moments

    m₁ = Φ₀ − xΦ₁    m₂ = Φ₁ − xΦ₂    Φ₂ = [(Φ₀ − m₁)/x − m₂]/x        Φ_k = ∫_x^∞ φ′ E^−k dE.

All terms are positive. That Φ₂ is a difference costs nothing that counts: it multiplies r ≤ x², so the error is that of Φ₀.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .. import constants
from .._arguments import Array, bin_edges, broadcast, digits, increasing, real_array, restore, shown
from ..detectors.product_integration import integrate
from ..errors import InputError
from ..kinematics import recoil
from ..nuclei.nuclides import Nuclide
from ..nuclei.targets import Target
from .production import DarkMatterFlux
from .scattering import PARTICLES, VectorPortal, checked_portal, energy_min, recoil_energy_max

_TOLERANCE = 1e-12  # of bins, relative to the sum of all


def differential_rate(recoil_energy: ArrayLike, flux: DarkMatterFlux, target: Any, portal: VectorPortal) -> Any:
    """dR/dT [1/(kg day keV); a burst: 1/(kg keV)] at recoil energies.

    Parameters
    ----------
    recoil_energy : array_like
        T [keV], ≥ 0, any shape.
    flux : DarkMatterFlux
        What arrives.
    target : Target, Nuclide, str or mapping
        What it hits; anything but a Target is given to `Target`.
    portal : VectorPortal
        How it scatters; of the mass of the flux.

    Returns
    -------
    float or ndarray
        The shape of `recoil_energy`. The error is mostly 1e-14 of the rate, at most 2e-12; 1e-10 at 1e-5 from its end. Where
        the flux reaches down to E = m it is 1e-8 below 1e-9 keV, where E_min is m but for rounding (tests/test_dark_matter.py).

    Raises
    ------
    InputError
        For a negative, infinite or nan recoil energy, arguments of another type; a portal that contradicts the flux: another
        mass of χ or A′, another ε or particle, or a baryonic charge where π⁻ were captured.

    Examples
    --------
    >>> from cevns.dark_matter import DarkMatterFlux, VectorPortal, differential_rate
    >>> masses = {"mass": 25.0, "mediator_mass": 75.0, "kinetic_mixing": 1e-4}
    >>> flux = DarkMatterFlux.from_pion_decay_at_rest(**masses, protons=3.198e23, distance=19.3)
    >>> f"{differential_rate(10.0, flux, 'CsI', VectorPortal(**masses, alpha_D=0.5)):.3e}"
    '6.261e-02'
    """
    T = recoil(recoil_energy)
    shape, (flat,) = broadcast(T)
    return restore(_rate(flat, *_checked(flux, target, portal)), shape)


def binned_rate(edges: ArrayLike, flux: DarkMatterFlux, target: Any, portal: VectorPortal) -> Array:
    """Rate [1/(kg day); a burst: 1/kg] in bins of recoil energy.

    Parameters
    ----------
    edges : array_like (n + 1,)
        Increasing recoil energies [keV], ≥ 0.
    flux, target, portal
        As for `differential_rate`.

    Returns
    -------
    ndarray (n,)
        The integrals of dR/dT, to 1e-11 of their sum.

    Raises
    ------
    InputError
        For edges that do not increase, are negative, infinite or nan, or are not 1-d.
    """
    T = bin_edges(edges, "recoil energies", "keV", empty=True)
    flux, target, portal = _checked(flux, target, portal)
    bins = np.zeros(max(0, T.size - 1))
    for nuclide, number in target.components:
        turns = turning_points(flux, nuclide)
        # beyond the last there is nothing
        cuts = np.sqrt(increasing(np.concatenate([T, turns[(turns > T[:1].sum()) & (turns < T[-1:].sum())]])))
        cuts = cuts[cuts <= np.sqrt(turns[-1])]
        if cuts.size < 2:
            continue

        def integrand(s: Array, nuclide: Nuclide = nuclide, number: float = number) -> Array:
            return 2 * s * number * _of(s * s, flux, nuclide, portal)

        values = integrate(integrand, cuts, _TOLERANCE)
        places = np.searchsorted(np.sqrt(T), (cuts[1:] + cuts[:-1]) / 2) - 1
        np.add.at(bins, places, values.integrals)
    return bins


def rate(
    flux: DarkMatterFlux, target: Any, portal: VectorPortal, threshold: ArrayLike = 0.0, maximum: ArrayLike = np.inf
) -> Any:
    """Rate [1/(kg day); a burst: 1/kg] of recoils between a threshold and a maximum.

    Parameters
    ----------
    flux, target, portal
        As for `differential_rate`.
    threshold, maximum : array_like
        Recoil energies [keV], 0 ≤ threshold ≤ maximum; they broadcast. The maximum may be infinite.

    Returns
    -------
    float or ndarray
        The integral of dR/dT, the broadcast shape.

    Raises
    ------
    InputError
        For a threshold above the maximum, a negative or nan value.
    """
    least = real_array(threshold, "threshold", unit="keV", minimum=0.0)
    most = real_array(maximum, "maximum", unit="keV", minimum=0.0, infinite=True)
    shape, (low, high) = broadcast(least, most)
    if (low > high).any():
        i = int(np.argmax(low > high))
        raise InputError(f"threshold must be <= maximum (got threshold {digits(low[i])} keV and maximum {digits(high[i])} keV)")
    flux, target, portal = _checked(flux, target, portal)
    end = max(turning_points(flux, nuclide)[-1] for nuclide, _ in target.components)
    low, high = np.minimum(low, end), np.minimum(high, end)
    edges = increasing(np.concatenate([low, high]))
    if edges.size < 2:
        return restore(np.zeros(shape), shape)
    below = np.append(0.0, np.cumsum(binned_rate(edges, flux, target, portal)))
    first, last = np.searchsorted(edges, low), np.searchsorted(edges, high)
    return restore(below[last] - below[first], shape)


def turning_points(flux: DarkMatterFlux, nuclide: Nuclide) -> Array:
    """Increasing recoil energies [keV] at which the rate is not smooth: T_max at the breaks of the flux."""
    return np.asarray(recoil_energy_max(np.maximum(flux.breaks, flux.mass), flux.mass, nuclide))


def _checked(flux: Any, target: Any, portal: Any) -> tuple[DarkMatterFlux, Target, VectorPortal]:
    if not isinstance(flux, DarkMatterFlux):
        raise InputError(f"flux must be a cevns.dark_matter.DarkMatterFlux (got {shown(flux)})")
    portal = checked_portal(portal)
    if portal.mass != flux.mass:
        raise InputError(f"flux and portal must be of one mass (got {digits(flux.mass)} and {digits(portal.mass)} MeV)")
    if flux.mediator_mass is not None:
        for name, unit in (("mediator_mass", " MeV"), ("kinetic_mixing", "")):
            made, scattered = getattr(flux, name), getattr(portal, name)
            if abs(made - scattered) > 1e-9 * abs(made):
                raise InputError(f"flux and portal must be of one {name} (got {digits(made)} and {digits(scattered)}{unit})")
    if flux.decay in PARTICLES and portal.particle != flux.decay:
        raise InputError(
            f"flux and portal must be of one particle (got decay={shown(flux.decay)} of the flux and "
            f"particle={shown(portal.particle)}): "
            f"make the flux with decay={portal.particle!r}, or with 'isotropic' as other codes have it"
        )
    if flux.charge is not None and portal.charge != flux.charge:
        raise InputError(
            f"a π⁻ is captured to a mediator of charge {flux.charge!r}: the portal must have it too "
            f"(got {shown(portal.charge)}); "
            "without captures give capture_photons_per_proton=0"
        )
    return flux, target if isinstance(target, Target) else Target(target), portal


def _rate(T: Array, flux: DarkMatterFlux, target: Target, portal: VectorPortal) -> Array:
    return sum((number * _of(T, flux, nuclide, portal) for nuclide, number in target.components), np.zeros(T.size))


def _of(T: Array, flux: DarkMatterFlux, nuclide: Nuclide, portal: VectorPortal) -> Array:
    """dR/dT of one nucleus, per day and keV."""
    x = np.ascontiguousarray(energy_min(T, flux.mass, nuclide))
    moments = np.zeros((3, x.size))
    days = constants.DAY if flux.per == "s" else 1.0
    for spectrum, weight in flux.prepared:
        spectrum.add_moments(x, days * weight, moments)
    phi0, m1, m2 = moments
    r = portal.remainder(T, nuclide)
    # massless and at rest x and r are 0: what is left is m1
    phi2 = np.divide(np.divide(phi0 - m1, x, out=np.zeros(x.size), where=x > 0) - m2, x, out=np.zeros(x.size), where=x > 0)
    total = m1 + (x - constants.KEV * T) * m2 + r * np.maximum(phi2, 0.0)
    return np.asarray(constants.KEV * portal.factor(T, nuclide) * total)
