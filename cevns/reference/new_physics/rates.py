"""Rates: ∫ φ(E) dσ/dT dE, also of a flux that is coherent in flavour."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._quadrature import composite
from .._types import Array, Nuclide
from ..rates import seconds
from ..spectra import Component, integral
from .charges import strength_of_state
from .kinds import Section, Target, neutrino_energy_min, recoil_energy_range, vector

# --- rates -------------------------------------------------------------------------------------------------------------------


def differential_rate(
    recoil_energy: ArrayLike,
    components: Sequence[Component],
    target: Target,
    section: Section,
    final_mass: float = 0.0,
    per: str = "s",
    energy_min: Callable[[float, Nuclide], Any] | None = None,
) -> Array:
    """Return dR/dT per kg, day and keV of any cross section, by Gauss–Legendre quadrature from E_min(T), split at the knots.

    Parameters
    ----------
    recoil_energy : array_like
        T [keV].
    components : sequence of Component
        The flux, per cm² and s (or burst).
    target : sequence of (nuclide, float)
        Nuclides and their number per kg.
    section : callable
        dσ/dT [cm²/keV] of (recoil energy, neutrino energy, nuclide).
    final_mass : float
        m₄ [MeV] in E_min.
    per : {"s", "burst"}
        Unit of the flux.
    energy_min : callable, optional
        E_min(T, nuclide) [MeV] where it is another, as `dark_matter_energy_min`.
    """
    T = np.asarray(recoil_energy, dtype=np.float64)
    rate = np.zeros(T.size)
    for nuclide, number in target:
        for i, t in enumerate(T.ravel().tolist()):
            lower = neutrino_energy_min(t, nuclide, final_mass) if energy_min is None else energy_min(t, nuclide)
            for component in components:

                def at(E: Array, t: float = t, nuclide: Nuclide = nuclide) -> Any:
                    return section(t, E, nuclide)

                rate[i] += number * integral(component, at, float(lower))
    return seconds(per) * rate.reshape(T.shape)


def differential_rate_of_state(
    recoil_energy: ArrayLike,
    component: Component,
    state: Callable[[Array], Any],
    target: Target,
    amplitudes: Callable[[float, Nuclide], Any],
    kind: Callable[[Any, Any, Any, Any], Any] = vector,
    antineutrino: bool = False,
    final_mass: float = 0.0,
    per: str = "s",
) -> Array:
    """Return dR/dT per kg, day and keV of a flux that is coherent in flavour:  ∫ φ(E) Tr[H ρ(E) H†] K(E, T) dE.

    Parameters
    ----------
    recoil_energy : array_like
        T [keV].
    component : Component
        φ, all flavours together.
    state : callable
        ρ(E) (n, 3, 3) of energies (n,) [MeV], in flavours, of trace one.
    target : sequence of (nuclide, float)
        Nuclides and their number per kg.
    amplitudes : callable
        G (3, 3) [in, out] of a recoil energy [keV] and a nuclide, form factors included.
    kind : callable
        One of the kinds above, of (recoil energy, neutrino energy, nuclide, strength).
    antineutrino : bool
        Whether φ and ρ are of antineutrinos: G → G*.
    final_mass : float
        m₄ [MeV] in E_min.
    per : {"s", "burst"}
        Unit of the flux.
    """
    T = np.asarray(recoil_energy, dtype=np.float64)
    rate = np.zeros(T.size)
    for nuclide, number in target:
        for i, t in enumerate(T.ravel().tolist()):
            G = np.asarray(amplitudes(t, nuclide))

            def at(E: Array, t: float = t, nuclide: Nuclide = nuclide, G: Any = G) -> Any:
                return kind(t, E, nuclide, strength_of_state(G, state(E), antineutrino))

            rate[i] += number * integral(component, at, float(neutrino_energy_min(t, nuclide, final_mass)))
    return seconds(per) * rate.reshape(T.shape)


def cross_section(
    neutrino_energy: float,
    nuclide: Nuclide,
    section: Section,
    threshold: float = 0.0,
    maximum: float = np.inf,
    final_mass: float = 0.0,
) -> float:
    """Return σ [cm²] of recoils between `threshold` and `maximum` [keV] for any cross section, by quadrature.

    Panels whose ends have the ratio 1.5 resolve 1/T and the propagator of a light mediator; those towards T = 0 end at 1e-24
    of the largest recoil energy. Kinds that diverge at T = 0 need a threshold or a final mass.

    Parameters
    ----------
    neutrino_energy : float
        E [MeV].
    nuclide : Nuclide
        Target nucleus.
    section : callable
        dσ/dT [cm²/keV] of (recoil energy, neutrino energy, nuclide).
    threshold, maximum : float
        Range of recoil energies [keV].
    final_mass : float
        m₄ [MeV].
    """
    if neutrino_energy <= final_mass + final_mass**2 / (2 * nuclide.mass):
        return 0.0
    least, most = recoil_energy_range(neutrino_energy, nuclide, final_mass)
    low, high = max(float(least), threshold), min(float(most), maximum)
    if low >= high:
        return 0.0
    start = max(low, 1e-24 * high)
    edges = np.geomspace(start, high, 2 + math.ceil(math.log(high / start) / math.log(1.5)))
    edges[-1] = high
    if low < start:
        edges = np.concatenate(([low], edges))
    T, weight = composite(edges)
    return float(np.sum(weight * section(T, neutrino_energy, nuclide)))


def rate(
    components: Sequence[Component],
    target: Target,
    section: Section,
    final_mass: float = 0.0,
    threshold: float = 0.0,
    maximum: float = np.inf,
    per: str = "s",
) -> float:
    """Return the rate per kg and day of recoils between `threshold` and `maximum` [keV], for any cross section of a neutrino.

    ∫ φ(E) σ(E; T₁ < T < T₂) dE, split at the knots, where an edge enters or leaves the range of recoils, and geometrically
    towards the energy at which that range opens, above which σ rises like a square root for m₄ > 0.

    Parameters
    ----------
    components, target, section, final_mass, per
        As for `differential_rate`.
    threshold, maximum : float
        Range of recoil energies [keV].
    """
    total = 0.0
    for nuclide, number in target:
        edges = [edge for edge in (threshold, maximum) if 0 < edge < np.inf]
        kinks = [float(neutrino_energy_min(edge, nuclide, final_mass)) for edge in edges]
        opening = final_mass + final_mass**2 / (2 * nuclide.mass)
        kinks += (opening * (1 + 4.0 ** -np.arange(26))).tolist() if opening else []
        for component in components:

            def at(E: Array, nuclide: Nuclide = nuclide) -> Any:
                values = [cross_section(e, nuclide, section, threshold, maximum, final_mass) for e in E.tolist()]
                return np.array(values)

            total += number * integral(component, at, opening, kinks)
    return seconds(per) * total
