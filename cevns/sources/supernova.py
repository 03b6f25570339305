"""A core-collapse supernova: its burst as a whole, or in steps of time, in pinched or Fermi–Dirac spectra.

    φ(E) = N/(4πd²) f(E),    N = E_tot/⟨E⟩

with f normalised to one. M. T. Keil, G. G. Raffelt, H.-T. Janka, Astrophys. J. 590 (2003) 971.

Formulas
--------
supernova burst, `supernova`: φ = E_tot/(⟨E⟩ 4πd²) f(E)
    M. T. Keil, G. G. Raffelt, H.-T. Janka, Astrophys. J. 590 (2003) 971
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeVar, overload

import numpy as np
from numpy.typing import ArrayLike

from .. import constants
from .._arguments import Array, known_name, mapped, real_array, real_number, unchecked
from ..errors import InputError
from ..fluxes.flux import Component, Flux, FluxHistory
from ._geometry import sphere
from .thermal import DEGENERACY_MAXIMUM, DEGENERACY_MINIMUM, PINCHING_MAXIMUM, FermiDirac, Pinched

ENERGY = MappingProxyType(dict.fromkeys(constants.FLAVORS, 5e52))  # erg
MEAN_ENERGY = MappingProxyType(
    {"nue": 12.0, "numu": 18.0, "nutau": 18.0, "nuebar": 15.0, "numubar": 18.0, "nutaubar": 18.0}
)  # MeV
PINCHING = MappingProxyType(dict.fromkeys(constants.FLAVORS, 2.3))
DEGENERACY = MappingProxyType(dict.fromkeys(constants.FLAVORS, 0.0))

_Flux = TypeVar("_Flux", Flux, FluxHistory)


@overload
def supernova(
    *,
    distance: float = ...,
    energy: float | Mapping[str, float] = ...,
    mean_energy: float | Mapping[str, float] = ...,
    pinching: float | Mapping[str, float] = ...,
    temperature: float | Mapping[str, float] | None = ...,
    degeneracy: float | Mapping[str, float] = ...,
    ordering: str | None = ...,
) -> Flux: ...
@overload
def supernova(
    *,
    times: ArrayLike,
    luminosity: ArrayLike | Mapping[str, ArrayLike],
    distance: float = ...,
    mean_energy: ArrayLike | Mapping[str, ArrayLike] = ...,
    pinching: ArrayLike | Mapping[str, ArrayLike] = ...,
    temperature: ArrayLike | Mapping[str, ArrayLike] | None = ...,
    degeneracy: ArrayLike | Mapping[str, ArrayLike] = ...,
    ordering: str | None = ...,
) -> FluxHistory: ...
def supernova(
    *,
    distance: float = 10.0,
    energy: float | Mapping[str, float] | None = None,
    mean_energy: ArrayLike | Mapping[str, ArrayLike] = MEAN_ENERGY,
    pinching: ArrayLike | Mapping[str, ArrayLike] = PINCHING,
    temperature: ArrayLike | Mapping[str, ArrayLike] | None = None,
    degeneracy: ArrayLike | Mapping[str, ArrayLike] = DEGENERACY,
    times: ArrayLike | None = None,
    luminosity: ArrayLike | Mapping[str, ArrayLike] | None = None,
    ordering: str | None = None,
) -> Flux | FluxHistory:
    """The burst of a core-collapse supernova, integrated over time or, with `times` and `luminosity`, in steps of time.

    Parameters
    ----------
    distance : float
        d [kpc], > 0.
    energy : float or mapping
        E_tot, energy emitted in each flavour [erg], ≥ 0: one number for all six, or flavour → number, where flavours that are
        not named keep the default, 5e52. 0 leaves a flavour out.
    mean_energy : float or mapping
        ⟨E⟩ of each flavour [MeV], > 0; by default 12 (nue), 15 (nuebar), 18 (the other four). In steps of time, numbers or
        arrays (n,), as for the three that follow; what a flavour is where it emits nothing does not matter.
    pinching : float or mapping
        α of each flavour, 0 to 20; by default 2.3.
    temperature : float or mapping, optional
        T [MeV], > 0, of flavours with a Fermi–Dirac spectrum in place of a pinched one.
    degeneracy : float or mapping
        η of these spectra, see `FermiDirac`.
    times : array_like (n + 1,), optional
        Increasing edges of the steps of time [s].
    luminosity : array_like (n,) or mapping
        L of each flavour in each step [erg/s], ≥ 0: one for all six, or flavour → values; flavours that are not named emit
        nothing.
    ordering : {None, "normal", "inverted"}
        Flavours as emitted, or after adiabatic conversion in the star, with this ordering of the masses: see
        `cevns.oscillation.supernova_swap`.

    Returns
    -------
    Flux or FluxHistory
        Per burst: fluences [cm⁻² MeV⁻¹], so that rates are events per kg, of the burst or of each step. Components are named
        "supernova".

    Raises
    ------
    InputError, UnknownNameError
        For values outside their range, an unknown flavour or ordering, no energy at all, times without luminosity.

    Notes
    -----
    φ(E) = E_tot/(⟨E⟩ 4πd²) f(E), with f of `Pinched` or `FermiDirac`, and E_tot = L Δt in a step. The defaults are usual round
    numbers, 3e53 erg in all, a total fluence of 9.708e11 cm⁻²; simulations differ from them, and among each other, by tens of
    per cent.

    Examples
    --------
    >>> from cevns import sources
    >>> flux = sources.supernova(distance=10.0)
    >>> f"{flux.total('nuebar'):.4e}"
    '1.7388e+11'
    >>> cooling = sources.supernova(times=[0.0, 1.0, 10.0], luminosity=[3e52, 2e51], mean_energy=[14.0, 11.0])
    >>> [f"{fluence:.2e}" for fluence in cooling.total()]
    ['6.71e+11', '5.12e+11']
    """
    area = sphere(constants.KILOPARSEC * real_number(distance, "distance", unit="kpc", minimum=0.0, above=True))
    if times is None and luminosity is None:
        edges, size = None, None
        emitted = _by_flavor(5e52 if energy is None else energy, "energy", ENERGY, size, unit="erg")
    elif times is None or luminosity is None or energy is not None:
        raise InputError("give either energy, or both times and luminosity")
    else:
        edges = FluxHistory.check_edges(times, "s")
        size = edges.size - 1
        powers = _by_flavor(luminosity, "luminosity", {}, size, unit="erg/s")
        emitted = {flavor: power * np.diff(edges) for flavor, power in powers.items()}
    if not any(erg.any() for erg in emitted.values()):
        what = "energy must be > 0 erg" if edges is None else "luminosity must be > 0 erg/s"
        raise InputError(f"{what} for at least one flavor (got 0 for all)")
    thermal = {} if temperature is None else _by_flavor(temperature, "temperature", {}, size, unit="MeV", unused=True)
    degeneracies = _by_flavor(degeneracy, "degeneracy", DEGENERACY, size, unused=True)
    means = _by_flavor(mean_energy, "mean_energy", MEAN_ENERGY, size, unit="MeV", unused=True)
    pinchings = _by_flavor(pinching, "pinching", PINCHING, size, unused=True)

    steps: list[list[Component]] = [[] for _ in range(size or 1)]
    spectra: dict[tuple[bool, float, float], Any] = {}  # flavours and steps that are alike share one
    for flavor in constants.FLAVORS:
        erg = emitted.get(flavor, np.zeros(size or ()))
        if not erg.any():
            continue
        if flavor in thermal:
            scales = _checked(thermal, "temperature", flavor, erg, 5.0, unit="MeV", minimum=0.0, above=True)
            shapes = _checked(
                degeneracies, "degeneracy", flavor, erg, 0.0, minimum=DEGENERACY_MINIMUM, maximum=DEGENERACY_MAXIMUM
            )
        else:
            scales = _checked(means, "mean_energy", flavor, erg, 15.0, unit="MeV", minimum=0.0, above=True)
            shapes = _checked(pinchings, "pinching", flavor, erg, 2.3, minimum=0.0, maximum=PINCHING_MAXIMUM)
        kind = FermiDirac if flavor in thermal else Pinched
        for components, whole, scale, shape in zip(steps, np.atleast_1d(erg).tolist(), scales, shapes, strict=True):
            if whole > 0:
                key = (flavor in thermal, scale, shape)
                spectrum = spectra.get(key)
                if spectrum is None:
                    spectrum = spectra[key] = kind(scale, shape)
                number = whole * constants.ERG / spectrum.energy_sum
                components.append(Component(flavor, "supernova", spectrum, number / area))
    if edges is None:
        return converted(Flux(tuple(steps[0]), "burst"), ordering)
    nothing = replace(next(component for components in steps for component in components), scale=0.0)
    fluxes = tuple(Flux(tuple(components) or (nothing,), "burst") for components in steps)
    return converted(FluxHistory(tuple(edges.tolist()), fluxes, "s"), ordering)


def converted(flux: _Flux, ordering: str | None) -> _Flux:
    """The flux after adiabatic conversion in the star with this ordering of the masses; None for none."""
    if ordering is None:
        return flux
    from ..oscillation import supernova_swap

    neutrinos, antineutrinos = supernova_swap(ordering)
    return flux.oscillate(neutrinos, antineutrinos=antineutrinos)


def _by_flavor(
    value: ArrayLike | Mapping[str, ArrayLike],
    name: str,
    default: Mapping[str, ArrayLike],
    size: int | None,
    *,
    unit: str = "",
    unused: bool = False,
) -> dict[str, Array]:
    """One number, or as many as there are steps, for each flavour; those that a mapping does not name have the default.

    They must be ≥ 0, but for what may be unused where nothing is emitted: for those `_checked` is still to come.
    """
    value = mapped(value)
    if isinstance(value, Mapping):
        for flavor in value:
            known_name(flavor, constants.FLAVORS, f"flavor in {name}")
        given: Mapping[str, ArrayLike] = {**default, **value}
    else:
        given = dict.fromkeys(constants.FLAVORS, value)
    found = {}
    for flavor, each in given.items():
        title = f"{name} of {flavor}" if isinstance(value, Mapping) else name
        numbers = unchecked(each, title, unit)
        if numbers.shape not in ((), (size,)):
            what = "one number" if size is None else f"one number, or one for each of {size} steps"
            raise InputError(f"{title} must be {what} (got shape {numbers.shape})")
        if not unused:
            numbers = real_array(numbers, f"{name} of {flavor}", unit=unit, minimum=0.0)
        found[flavor] = numbers if size is None else np.broadcast_to(numbers, (size,))
    return found


def _checked(values: Mapping[str, Array], name: str, flavor: str, erg: Array, usual: float, **limits: Any) -> list[float]:
    """The values of one flavour in range; those where it emits nothing may be anything, as in tables of simulations."""
    used = np.where(erg > 0, values[flavor], usual)
    checked: list[float] = np.atleast_1d(real_array(used, f"{name} of {flavor}", **limits)).tolist()
    return checked
