"""Rates of light dark matter: the same two products as for neutrinos, of a flux weighted with E²/p².

    dR/dT = Σ_nuclides n K(T) ∫_x^∞ φ(E)/p² [(E − x)(E + x − T) + r(T)] dE = Σ n K(T) [m₁(x) + (x − T) m₂(x) + r(T) Φ₂(x)]

with x = E_min(T), K and r of the portal (`cevns.dark_matter.scattering`), and of φ′ = φ E²/p² the compiled moments

    m₁ = Φ₀ − xΦ₁    m₂ = Φ₁ − xΦ₂    x²Φ₂ = Φ₀ − m₁ − x m₂        Φ_k = ∫_x^∞ φ′ E^−k dE,

the sum of r/x² Φ₀, (1 − r/x²) m₁ and (1 − T/x − r/x²) x m₂.

Formulas
--------
rates of dark matter: dR/dT = Σ_nuclides n K(T) [m₁(x) + (x − T) m₂(x) + r(T) Φ₂(x)]
    derived here
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike

from .. import constants
from .._arguments import Array, digits, increasing, known_name, shown
from .._immutable import sealed
from .._typed import Like, Like2, Many, Number, Values, of_recoil_energy
from ..errors import InputError
from ..kinematics import recoil
from ..nuclei.nuclides import Nuclide
from ..nuclei.targets import Target, checked_target
from ..scattering import engine
from ..scattering.channels import Indices, Rows, Weights
from ..scattering.engine import octaves
from .production import DarkMatterFlux
from .scattering import PARTICLES, VectorPortal, checked_portal, recoil_energy_max


@of_recoil_energy
def differential_rate(recoil_energy: ArrayLike, flux: DarkMatterFlux, target: Any, portal: VectorPortal) -> Values:
    """dR/dT [1/(kg day keV); a burst: 1/(kg keV)] at recoil energies.

    Parameters
    ----------
    recoil_energy : array_like
        T [keV], ≥ 0, any shape.
    flux : DarkMatterFlux
        The flux at the detector.
    target : Target, Nuclide, str or mapping
        The target; anything but a Target is given to `Target`.
    portal : VectorPortal
        Portal through which χ scatters; its mass is that of the flux.

    Returns
    -------
    float or ndarray
        The shape of `recoil_energy`. The error is mostly 1e-14 of the rate, at most 2e-12; 1e-10 at 1e-5 from its end. Where
        the flux reaches down to E = m it is 1e-8 below 1e-9 keV, where E_min is m but for rounding
        (tests/dark_matter/test_dark_matter.py).

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
    flux, target, portal = checked(flux, target, portal)
    return engine.differential_rate(T, flux, dark_matter(target, portal))


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
    flux, target, portal = checked(flux, target, portal)
    return np.asarray(engine.binned_rate(edges, flux, dark_matter(target, portal)))


@overload
def rate(flux: DarkMatterFlux, target: Any, portal: VectorPortal, threshold: Number = ..., maximum: Number = ...) -> float: ...
@overload
def rate(flux: DarkMatterFlux, target: Any, portal: VectorPortal, threshold: Many, maximum: Like2 = ...) -> Array: ...
@overload
def rate(flux: DarkMatterFlux, target: Any, portal: VectorPortal, threshold: Like = ..., *, maximum: Many) -> Array: ...
@overload
def rate(flux: DarkMatterFlux, target: Any, portal: VectorPortal, threshold: Like = ..., maximum: Like2 = ...) -> Values: ...
def rate(
    flux: DarkMatterFlux, target: Any, portal: VectorPortal, threshold: ArrayLike = 0.0, maximum: ArrayLike = np.inf
) -> Values:
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
    flux, target, portal = checked(flux, target, portal)
    return engine.rate(flux, dark_matter(target, portal), threshold, maximum)


class DarkMatter:
    """Dark matter on the nuclides of a target: a `Channel` of the engine, with one piece.

    Parameters
    ----------
    components : tuple of (Nuclide, float)
        Nuclides, and the number of nuclei of each per kg.
    portal : VectorPortal
        Portal through which χ scatters.
    parameters : tuple of str
        Couplings of the portal that stay free.
    made : float
        Kinetic mixing with which the flux was made, where that is the free one too.

    Raises
    ------
    UnknownNameError
        For a parameter that is no coupling of the portal.
    InputError
        For a free kinetic mixing and a flux that was made with none.
    """

    charges = None
    diverges = None
    jumps = sealed(np.zeros(0))
    rough = False
    sharpness = 3.0
    octaves_are_smooth = False
    terms = slice(0, 1)
    table = np.ones((1, 1, 1))
    sets = np.zeros(1, dtype=np.intp)

    def __init__(
        self,
        components: tuple[tuple[Nuclide, float], ...],
        portal: VectorPortal,
        parameters: tuple[str, ...] = (),
        made: float | None = None,
    ) -> None:
        for name in parameters:
            known_name(name, portal.parameters, "parameter")
        portal = replace(portal, **dict.fromkeys(parameters, 1.0))  # type: ignore[arg-type]
        self.nuclides, self.portal = tuple(nuclide for nuclide, _ in components), portal
        self.factors = constants.KEV * np.array([count for _, count in components])
        powers = {"alpha_D": 1, "kinetic_mixing": 2}
        if made is not None and "kinetic_mixing" in parameters:
            if made == 0.0:
                raise InputError("the flux must be made with a kinetic_mixing > 0 where that is a parameter (got 0)")
            self.factors /= made**2
            powers["kinetic_mixing"] = 4
        self.exponents = np.array([[powers[name] for name in parameters]], dtype=np.intp)
        self._masses = np.array([nuclide.mass for nuclide in self.nuclides])
        lengths = np.array([max(portal.form_factor.kernel(nuclide).length, 1e-3) for nuclide in self.nuclides])
        self.phase_rates = np.sqrt(2e-3 * self._masses) * lengths
        self.pieces = (self,)

    def rows(self, flux: DarkMatterFlux, split: str | None = None) -> Rows:
        """The flux."""
        return flux.rows

    def energy_min(self, T: Array, ends: Indices) -> Array:
        """x(T) [MeV]."""
        m, M, recoil = self.portal.mass, self._of(self._masses, ends), constants.KEV * T
        return np.asarray(recoil / 2 + np.sqrt((1 + recoil / (2 * M)) * (m * m + M * recoil / 2)))

    def weights(self, T: Array, x: Array, ends: Indices) -> Weights:
        """r/x², 1 − r/x² and 1 − T/x − r/x², times the factor of the portal."""
        starts = [0, *ends[:-1].tolist()]
        factor, r = np.empty(T.size), np.empty(T.size)
        for nuclide, start, end in zip(self.nuclides, starts, ends.tolist(), strict=True):
            factor[start:end] = self.portal.factor(T[start:end], nuclide)
            r[start:end] = self.portal.remainder(T[start:end], nuclide)
        inverse = 1 / np.maximum(x, 1e-150)  # massless and at rest x and r are 0: what is left is m₁
        part = r * inverse * inverse
        return Weights(np.array([[part, 1 - part, 1 - constants.KEV * T * inverse - part]]), factor[None])

    @staticmethod
    def _of(values: Array, ends: Indices) -> Array:
        return np.repeat(values, np.diff(ends, prepend=0))

    def recoils(self, energies: Array) -> list[Array]:
        """For each nuclide T_max [keV] of χ of some energies [MeV]."""
        E = np.maximum(energies, self.portal.mass)
        return [np.asarray(recoil_energy_max(E, self.portal.mass, nuclide)) for nuclide in self.nuclides]

    def cuts(self, breaks: Array) -> list[Array]:
        """√T between which the rate is smooth: T_max at breaks of the flux, and octaves down to the masses of χ and A′."""
        cuts = []
        for nuclide, ends in zip(self.nuclides, self.recoils(breaks), strict=True):
            end = float(np.sqrt(ends[-1]))
            cuts.append(
                increasing(np.concatenate([[0.0], np.sqrt(ends), octaves(end, self.floor(ends[:0], end, nuclide.mass))]))
            )
        return cuts

    def floor(self, beginnings: Array, end: float, mass: float | None = None) -> float:
        """√T below which all is smooth: poles are at T = −m_A′²/2M and −2m²/M."""
        M = float(self._masses[0]) if mass is None else mass
        poles = [self.portal.mediator_mass / np.sqrt(2e-3 * M), self.portal.mass * np.sqrt(2e3 / M)]
        return float(min([end, *(pole for pole in poles if pole > 0)]))

    def end(self, energy: float) -> float:
        """The largest recoil energy [keV]: of the lightest nuclide, if χ has no more than its mass."""
        E = max(energy, self.portal.mass)
        return max(float(recoil_energy_max(E, self.portal.mass, nuclide)) for nuclide in self.nuclides)

    def ranges(self, E: Array) -> list[tuple[Array, Array]]:
        """The smallest and largest recoil energies [keV] of χ of energies [MeV]."""
        return [(np.zeros(E.size), np.asarray(recoil_energy_max(E, self.portal.mass, self.nuclides[0])))]


@lru_cache(maxsize=256)
def dark_matter(
    target: Target, portal: VectorPortal, parameters: tuple[str, ...] = (), made: float | None = None
) -> DarkMatter:
    """The channel, prepared once."""
    return DarkMatter(target.components, portal, parameters, made)


def checked(flux: Any, target: Any, portal: Any) -> tuple[DarkMatterFlux, Target, VectorPortal]:
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
    return flux, checked_target(target), portal
