"""Escape of neutrinos from dense matter: diffusion, trapping, optical depth, neutrino spheres.

Formulas
--------
diffusion and trapping, `trapping_density`: t = 3R²/(λc), ρ = [c/(3κ√G) (4π/3M)^⅔]^(6/5)
    K. Sato, Prog. Theor. Phys. 54 (1975) 1325
optical depth, `optical_depth`: τ(r) = ∫_r^R dr'/λ, neutrino sphere at τ = ⅔
    D. Z. Freedman, D. N. Schramm, D. L. Tubbs, Ann. Rev. Nucl. Sci. 27 (1977) 167
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Unpack, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import constants
from .._arguments import Array, broadcast, check_increasing, digits, known_name, mapped, real_array, real_number, restore
from .._typed import Like, Like2, Many, Number, Values
from .._units import UNITS
from ..errors import InputError
from ..interactions import Interaction
from ..kinematics import neutrino
from .opacities import Composition, inverse_mean_free_path, ions_of, opacity
from .overloads import Options

NEUTRINO_SPHERE_DEPTH = 2.0 / 3.0  # τ of the last scattering, as for a star's photosphere


@overload
def diffusion_time(radius: Number, mean_free_path: Number) -> float: ...
@overload
def diffusion_time(radius: Many, mean_free_path: Like2) -> Array: ...
@overload
def diffusion_time(radius: Like, mean_free_path: Many) -> Array: ...
@overload
def diffusion_time(radius: Like, mean_free_path: Like2) -> Values: ...
def diffusion_time(radius: ArrayLike, mean_free_path: ArrayLike) -> Values:
    """t = 3R²/(λc) [s], in which neutrinos diffuse out of a sphere.

    Parameters
    ----------
    radius : array_like
        R [cm], ≥ 0.
    mean_free_path : array_like
        λ of transport [cm], > 0 (inf: no time); broadcasts with `radius`.

    Returns
    -------
    float or ndarray
        t [s], the broadcast shape.

    Raises
    ------
    InputError
        For values out of range, shapes that do not broadcast.

    Examples
    --------
    >>> round(diffusion_time(30e5, 1e5), 4)
    0.009
    """
    R = real_array(radius, "radius", unit="cm", minimum=0.0)
    path = real_array(mean_free_path, "mean_free_path", unit="cm", minimum=0.0, above=True, infinite=True)
    shape, (R, path) = broadcast(R, path)
    return restore(3.0 * R * (R / path) / constants.SPEED_OF_LIGHT, shape)


@overload
def trapping_density(
    neutrino_energy: Number, composition: Composition, core_mass: Number, **options: Unpack[Options]
) -> float: ...
@overload
def trapping_density(
    neutrino_energy: Many, composition: Composition, core_mass: Like2, **options: Unpack[Options]
) -> Array: ...
@overload
def trapping_density(neutrino_energy: Like, composition: Composition, core_mass: Many, **options: Unpack[Options]) -> Array: ...
@overload
def trapping_density(
    neutrino_energy: Like, composition: Composition, core_mass: Like2, **options: Unpack[Options]
) -> Values: ...
def trapping_density(
    neutrino_energy: ArrayLike,
    composition: Composition,
    core_mass: ArrayLike,
    *,
    interaction: Interaction | None = None,
    flavor: str = "nue",
    method: str = "exact",
) -> Values:
    """ρ [g/cm³] at which a collapsing core begins to keep its neutrinos: they diffuse no faster than it falls.

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV], > 0.
    composition : dict
        Nuclide (or its name) → mass fraction, numbers.
    core_mass : array_like
        M [solar masses], > 0; broadcasts with the energy.
    interaction, flavor, method
        As for `transport_cross_section`.

    Returns
    -------
    float or ndarray
        ρ [g/cm³], the broadcast shape.

    Raises
    ------
    InputError, UnknownNameError, UnsupportedError
        For values out of range, mass fractions that are arrays, a composition whose ions do not scatter, shapes that do not
        broadcast, and as for `transport_cross_section`.

    Notes
    -----
    The core is a sphere of uniform density, R = (3M/4πρ)^(1/3), of independent ions: λ = 1/(κρ). Then 3R²κρ/c = 1/√(Gρ), the
    dynamical time, has the solution

        ρ = [c/(3κ√G) (4π/3M)^(2/3)]^(6/5)

    The dynamical time is a convention: the free fall of a sphere, √(3π/32Gρ) = 0.54/√(Gρ), gives 0.48 of this. Published values
    are a few 10¹¹ to 10¹² g/cm³ (Sato 1975; Freedman, Schramm and Tubbs 1977; H. A. Bethe, Rev. Mod. Phys. 62 (1990) 801).

    Examples
    --------
    >>> f"{trapping_density(10.0, {'56Fe': 1.0}, 1.4):.2e}"
    '1.51e+11'
    """
    energy = real_array(neutrino_energy, "neutrino_energy", unit="MeV", minimum=0.0, above=True)
    mass = real_array(core_mass, "core_mass", unit="solar masses", minimum=0.0, above=True) * constants.SOLAR_MASS
    for nuclide, X in ions_of(composition):
        if X.ndim:
            raise InputError(f"the mass fraction of {nuclide.name} must be one number (got an array of shape {X.shape})")
    kappa = np.asarray(opacity(energy, 1.0, composition, interaction=interaction, flavor=flavor, method=method))
    if np.any(kappa <= 0.0):
        raise InputError("composition must have an ion with a mass fraction > 0 that scatters neutrinos")
    shape, (kappa, mass) = broadcast(kappa, mass)
    base = (
        constants.SPEED_OF_LIGHT / (3.0 * kappa * math.sqrt(constants.NEWTON)) * (4.0 * math.pi / (3.0 * mass)) ** (2.0 / 3.0)
    )
    return restore(base**1.2, shape)


def optical_depth(
    neutrino_energy: ArrayLike,
    radius: ArrayLike,
    density: ArrayLike,
    composition: Composition,
    temperature: ArrayLike | None = None,
    *,
    interpolation: str = "loglog",
    **options: Any,
) -> Array:
    """τ(r) = ∫_r^R dr'/λ from each radius of a profile to its last.

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV], ≥ 0, any shape.
    radius : array_like, (n,)
        r [cm], ≥ 0, increasing, at least two.
    density : array_like, (n,)
        ρ [g/cm³], ≥ 0.
    composition : dict
        Nuclide (or its name) → mass fraction, numbers or arrays (n,).
    temperature : array_like, (n,), optional
        T [MeV], > 0; without it the ions are independent.
    interpolation : {"loglog", "linear"}
        Interpolation of 1/λ between the radii: a power of r (a line where an end is 0), or a line. The integral is exact.
    **options
        `kind`, `interaction`, `flavor`, `method` and `electron_fraction` (a number or (n,)) of `inverse_mean_free_path`.

    Returns
    -------
    ndarray
        τ, the shape of the energy and then (n,); 0 at the last radius, beyond which there is nothing.

    Raises
    ------
    InputError, UnknownNameError, UnsupportedError
        For values out of range, lengths that differ, radii that do not increase.

    Examples
    --------
    >>> r, rho = [1e6, 1e7, 1e8], [1e12, 1e9, 1e6]
    >>> [float(f"{tau:.4g}") for tau in optical_depth(10.0, r, rho, {"56Fe": 1.0})]
    [1.226, 0.01213, 0.0]
    """
    r, inverse, shape = _profile(neutrino_energy, radius, density, composition, temperature, options)
    logarithmic = known_name(interpolation, ("loglog", "linear"), "interpolation") == "loglog"
    return _depth(r, inverse, logarithmic).reshape(*shape, r.size)


@overload
def neutrino_sphere(
    neutrino_energy: Number,
    radius: ArrayLike,
    density: ArrayLike,
    composition: Composition,
    temperature: ArrayLike | None = None,
    *,
    depth: float = ...,
    interpolation: str = ...,
    **options: Any,
) -> float: ...
@overload
def neutrino_sphere(
    neutrino_energy: Many,
    radius: ArrayLike,
    density: ArrayLike,
    composition: Composition,
    temperature: ArrayLike | None = None,
    *,
    depth: float = ...,
    interpolation: str = ...,
    **options: Any,
) -> Array: ...
@overload
def neutrino_sphere(
    neutrino_energy: Like,
    radius: ArrayLike,
    density: ArrayLike,
    composition: Composition,
    temperature: ArrayLike | None = None,
    *,
    depth: float = ...,
    interpolation: str = ...,
    **options: Any,
) -> Values: ...
def neutrino_sphere(
    neutrino_energy: ArrayLike,
    radius: ArrayLike,
    density: ArrayLike,
    composition: Composition,
    temperature: ArrayLike | None = None,
    *,
    depth: float = NEUTRINO_SPHERE_DEPTH,
    interpolation: str = "loglog",
    **options: Any,
) -> Values:
    """The radius [cm] where τ(r) = 2/3: from here neutrinos of an energy leave, as far as coherent scattering decides.

    Parameters
    ----------
    neutrino_energy, radius, density, composition, temperature, interpolation, **options
        As for `optical_depth`.
    depth : float
        Another τ, > 0.

    Returns
    -------
    float or ndarray
        r [cm], the shape of the energy; exact for the interpolated profile.

    Raises
    ------
    InputError, UnknownNameError, UnsupportedError
        As for `optical_depth`, and if the profile is transparent: τ does not reach `depth` for an energy.

    Examples
    --------
    >>> round(neutrino_sphere(20.0, [1e6, 1e7, 1e8], [1e12, 1e9, 1e6], {"56Fe": 1.0}) / 1e5, 2)
    26.16
    """
    target = real_number(depth, "depth", minimum=0.0, above=True)
    r, inverse, shape = _profile(neutrino_energy, radius, density, composition, temperature, options)
    logarithmic = known_name(interpolation, ("loglog", "linear"), "interpolation") == "loglog"
    tau = _depth(r, inverse, logarithmic)
    if np.any(tau[:, 0] < target):
        energy = neutrino(neutrino_energy).reshape(-1)
        first = int(np.argmax(tau[:, 0] < target))
        raise InputError(
            f"depth must be <= {tau[first, 0]:g}, the optical depth of the whole profile for {energy[first]:g} MeV "
            f"(got {digits(target)})"
        )
    # the outermost segment at whose inner end τ is at least the target: τ falls outwards
    segment = np.count_nonzero(tau >= target, axis=1) - 1
    rows = np.arange(segment.size)
    rest = target - tau[rows, segment + 1]
    inner, outer = inverse[rows, segment], inverse[rows, segment + 1]
    found = _invert(r[segment], r[segment + 1], inner, outer, rest, logarithmic)
    return restore(found, shape)


def _profile(
    neutrino_energy: ArrayLike,
    radius: ArrayLike,
    density: ArrayLike,
    composition: Composition,
    temperature: ArrayLike | None,
    options: dict[str, Any],
) -> tuple[Array, Array, tuple[int, ...]]:
    """Radii (n,), 1/λ (energies, n) and the shape of the energies, checked."""
    r = real_array(radius, "radius", unit="cm", minimum=0.0)
    if r.ndim != 1 or r.size < 2:
        raise InputError(f"radius must be one-dimensional with at least two values (got shape {r.shape})")
    if 0.0 < r[0] < UNITS["cm"].smallest:  # ratios of radii are numbers
        raise InputError(f"radius must be 0 or >= {UNITS['cm'].smallest:g} cm (got {digits(r[0])} at index 0)")
    check_increasing(r, "radius", "cm")
    given: dict[str, Any] = {"electron_fraction": options.get("electron_fraction")}
    composition = mapped(composition)
    if isinstance(composition, Mapping):
        given |= {f"mass fraction of {key}": share for key, share in composition.items()}
    measured = [("density", density, "g/cm³"), ("temperature", temperature, "MeV")]
    for name, value, unit in (*measured, *((name, value, "") for name, value in given.items())):
        shape = real_array(value, name, unit=unit).shape if value is not None else ()
        if shape not in ((), r.shape):
            raise InputError(f"{name} must have the shape of radius, {r.shape}, or be one number (got shape {shape})")
    energy = neutrino(neutrino_energy)
    rho = np.broadcast_to(real_array(density, "density", unit="g/cm³", minimum=0.0), r.shape)
    inverse = inverse_mean_free_path(energy.reshape(-1, 1), rho, composition, temperature, **options)
    return r, inverse, energy.shape


def _power(r0: Array, r1: Array, inner: Array, outer: Array) -> tuple[NDArray[np.bool_], Array]:
    """Where a segment is a power of r, and 1 + its exponent there (1 elsewhere)."""
    is_power = (inner > 0.0) & (outer > 0.0) & (r0 > 0.0)
    ratio = np.where(is_power, outer, 1.0) / np.where(is_power, inner, 1.0)
    return is_power, 1.0 + np.log(ratio) / np.log(r1 / np.where(r0 > 0.0, r0, 0.5 * r1))


def _growth(x: Array) -> Array:
    """(1 − e^−x)/x, 1 at 0."""
    return np.where(x == 0.0, 1.0, -np.expm1(-x) / np.where(x == 0.0, 1.0, x))


def _depth(r: Array, inverse: Array, logarithmic: bool) -> Array:
    """τ (energies, n) from 1/λ (energies, n)."""
    r0, r1, inner, outer = r[:-1], r[1:], inverse[:, :-1], inverse[:, 1:]
    pieces = 0.5 * (r1 - r0) * (inner + outer)
    if logarithmic:
        is_power, exponent = _power(r0, r1, inner, outer)
        width = np.log(r1 / np.where(r0 > 0.0, r0, 0.5 * r1))
        # ∫ χ₁ (r/r₁)^p dr = χ₁ r₁ (1 − e^−(p+1)w)/(p + 1), w = ln(r₁/r₀)
        pieces = np.where(is_power, outer * r1 * width * _growth(exponent * width), pieces)
    tau = np.zeros_like(inverse)
    tau[:, :-1] = np.cumsum(pieces[:, ::-1], axis=1)[:, ::-1]
    return tau


def _invert(r0: Array, r1: Array, inner: Array, outer: Array, rest: Array, logarithmic: bool) -> Array:
    """The r in [r0, r1] with ∫_r^r1 dr'/λ = rest."""
    slope = (outer - inner) / (r1 - r0)
    root = np.sqrt(np.maximum(outer**2 - 2.0 * slope * rest, 0.0))
    found = r1 - 2.0 * rest / (outer + root)
    if logarithmic:
        is_power, exponent = _power(r0, r1, inner, outer)
        fraction = rest / np.where(is_power, outer * r1, 1.0)
        flat = np.abs(exponent * fraction) < 1e-300
        logarithm = np.log1p(np.maximum(-exponent * fraction, -1.0 + 2.0**-53))
        w = np.where(flat, fraction, -logarithm / np.where(flat, 1.0, exponent))
        found = np.where(is_power, r1 * np.exp(-w), found)
    return np.clip(found, r0, r1)
