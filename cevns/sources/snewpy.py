"""Fluxes of snewpy: anything that looks like its container, without importing it.

The container has an array over flavour, time and energy, and these three axes; see snewpy.flux of A. L. Baxter et al.,
Astrophys. J. 925 (2022) 107.

Formulas
--------
simulated supernovae, `snewpy`: linear between the points of a container
    A. L. Baxter et al., Astrophys. J. 925 (2022) 107
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from .. import constants
from .._arguments import Array, known_name, real_array, real_number, shown
from .._immutable import sealed
from ..data.columns import check_integral
from ..errors import InputError
from ..fluxes.components import Component
from ..fluxes.flux import Flux, FluxHistory
from ..fluxes.spectra import Table
from ._geometry import sphere

# What each row of the array stands for. NU_X of two flavours is one of ν_μ and ν_τ, not their sum.
_NEUTRINOS: dict[str, tuple[str, ...]] = {
    "NU_E": ("nue",),
    "NU_MU": ("numu",),
    "NU_TAU": ("nutau",),
    "NU_X": ("numu", "nutau"),
    "NU_S": (),  # sterile: does not scatter
}
FLAVORS = MappingProxyType(
    _NEUTRINOS
    | {f"{name}_BAR": tuple(f"{flavor}bar" for flavor in each) for name, each in _NEUTRINOS.items()}
    | {flavor: (flavor,) for flavor in constants.FLAVORS}
)

_NUMBERED = ("NU_E", "NU_X", "NU_E_BAR", "NU_X_BAR")  # snewpy 1 keeps the numbers of its flavours alone

# Units of the array: whether it is per energy, and whether it is per time.
_UNITS = {
    "1 / (MeV s cm2)": (True, True),
    "1 / (MeV cm2)": (True, False),
    "1 / (s cm2)": (False, True),
    "1 / cm2": (False, False),
}
_PER_CM2 = 1e-4  # of 1/m²

ENERGY = (1e50, 1e55)  # erg; a neutron star's binding energy is 3e53


def snewpy(
    container: Any,
    *,
    distance: float | None = None,
    flavors: Sequence[str] | None = None,
    kind: str | None = None,
    name: str = "supernova",
) -> Flux | FluxHistory:
    """The flux in a container of snewpy, or in an object with the same attributes.

    Parameters
    ----------
    container : object
        With `array` (flavours, times, energies), `flavor`, `time` and `energy`. The axes of time and energy hold points, as
        many as the array has, or edges, one more. Quantities with units (of astropy) may be in any; plain numbers are in the
        units that snewpy reduces to: MeV, s, and areas in m².
    distance : float, optional
        To the supernova [kpc], > 0: the energy that it must have emitted, 1e50 to 1e55 erg, is then a check of the units. The
        flux is that of the container, whatever the distance.
    flavors : sequence of str, optional
        The name of each row, in place of those of the container: "NU_E", "NU_X", "NU_MU_BAR", …, or "nue", "numubar", … Plain
        numbers in `container.flavor` are taken for those of snewpy 1: 0 NU_E, 1 NU_X, 2 NU_E_BAR, 3 NU_X_BAR.
    kind : {"flux", "fluence", "flux in bins", "fluence in bins"}, optional
        Meaning of an array without units: per MeV and s, per MeV, per s, or neither; by default "flux" (snewpy's ``d2FdEdT``).
    name : str
        Name of the components.

    Returns
    -------
    Flux or FluxHistory
        A fluence in one step of time: a `Flux` per burst. A flux at one time: a `Flux` per second. Otherwise a `FluxHistory` of
        what arrives in each step: between points of time the flux is a straight line, as for snewpy's own integrals.

    Raises
    ------
    InputError, UnknownNameError
        For attributes that are missing, shapes that do not fit, units of something else, unknown flavours, negative or nan
        values, a mean energy outside 1 to 100 MeV or an energy emitted outside 1e50 to 1e55 erg; the message says which mix-up
        of units would explain it.

    Notes
    -----
    NU_X of two flavours is the flux of one flavour, and stands for numu and for nutau (snewpy.flavor: NU_X is the mean of the
    two). Points of energy are joined by straight lines; contents of bins become histograms, exact in both integrals.

    Examples
    --------
    >>> import types
    >>> from cevns import sources
    >>> E = np.linspace(0.0, 60.0, 301)
    >>> container = types.SimpleNamespace(
    ...     array=np.ones((4, 1, 1)) * 1e15 * sources.Pinched(15.0, 2.3).density(E),
    ...     flavor=["NU_E", "NU_X", "NU_E_BAR", "NU_X_BAR"],
    ...     time=[0.0, 10.0],
    ...     energy=E,
    ... )
    >>> flux = sources.snewpy(container, kind="fluence")
    >>> flux.flavors == cevns.constants.FLAVORS, f"{flux.total('numu'):.3e}"
    (True, '9.997e+10')
    """
    missing = [each for each in ("array", "flavor", "time", "energy") if not hasattr(container, each)]
    if missing:
        raise InputError(
            f"a container of a flux needs array, flavor, time and energy (got {shown(container)} without {missing[0]})"
        )
    energy = _plain(container.energy, "MeV", "energy")
    time = _plain(container.time, "s", "time")
    values, per_energy, per_time = _array(container.array, kind)
    rows = _rows(container.flavor if flavors is None else flavors)
    if values.ndim != 3 or values.shape[0] != len(rows):
        raise InputError(f"array must be (flavours, times, energies) with {len(rows)} flavours (got shape {values.shape})")
    steps, bins = values.shape[1:]
    if energy.shape not in ((bins,), (bins + 1,)) or bins < 2:
        raise InputError(f"energy must hold 2 or more points or bins, as the array does (got {energy.shape} for {bins})")
    if time.shape not in ((steps,), (steps + 1,)):
        raise InputError(f"time must hold as many points or steps as the array (got shape {time.shape} for {steps})")
    histogram = energy.size == bins + 1
    if not per_energy:
        if not histogram:
            raise InputError(f"an array that is not per energy needs edges of bins (got {bins} points)")
        values = values / np.diff(energy)
    snapshot = steps == 1 and time.size == 1
    if per_time and time.size == steps + 1:
        values = values * np.diff(time)[:, np.newaxis]
    elif per_time and not snapshot:
        values = (values[:, 1:] + values[:, :-1]) * (np.diff(time)[:, np.newaxis] / 2)
    elif not snapshot and time.size == steps:
        raise InputError(f"an array that is not per time needs edges of steps (got {steps} points)")
    values = sealed(np.ascontiguousarray(values))
    table = Table(energy, values[0, 0], "histogram" if histogram else "linear")
    per = "s" if per_time and snapshot else "burst"
    fluxes = [Flux(_components(rows, values[:, step], table, name), per) for step in range(values.shape[1])]
    _check(table, values, rows, distance if per == "burst" else None)
    return fluxes[0] if len(fluxes) == 1 else FluxHistory(tuple(time.tolist()), tuple(fluxes), "s")


def _components(rows: Sequence[tuple[str, ...]], values: Array, table: Table, name: str) -> tuple[Component, ...]:
    """One step: flavours of equal values share a table."""
    tables: dict[bytes, Table] = {}
    components = []
    for flavors, density in zip(rows, values, strict=True):
        key = density.tobytes()
        spectrum = tables.get(key)
        if spectrum is None:
            spectrum = tables[key] = _like(table, density)
        components += [Component(flavor, name, spectrum) for flavor in flavors]
    return tuple(components)


def _like(table: Table, values: Array) -> Table:
    """The table with other values, which are known to be good: a container holds thousands on one grid."""
    new = Table.__new__(Table)
    new.__dict__.update(energy=table.energy, values=values, interpolation=table.interpolation, signed=False)
    return new


def _check(table: Table, values: Array, rows: Sequence[tuple[str, ...]], distance: float | None) -> None:
    """Whether mean energy and energy emitted are possible."""
    seen = values.sum(axis=1).T @ np.array([float(len(flavors)) for flavors in rows])
    whole = _like(table, seen)
    if not whole.total > 0:
        return
    check_integral(whole.energy_sum / whole.total, 1.0, 100.0, "MeV of mean energy", "the container")
    if distance is not None:
        radius = constants.KILOPARSEC * real_number(distance, "distance", unit="kpc", minimum=0.0, above=True)
        check_integral(whole.energy_sum * sphere(radius) / constants.ERG, *ENERGY, "erg emitted", "the container")


def _array(array: Any, kind: str | None) -> tuple[Array, bool, bool]:
    """Values per cm² (and per MeV, per s), and whether they are per energy and per time."""
    if not hasattr(array, "to_value"):
        kinds = {
            "flux": (True, True),
            "fluence": (True, False),
            "flux in bins": (False, True),
            "fluence in bins": (False, False),
        }
        per_energy, per_time = kinds[known_name(kind or "flux", kinds, "kind of array")]
        return real_array(array, "array", minimum=0.0) * _PER_CM2, per_energy, per_time
    for unit, (per_energy, per_time) in _UNITS.items():
        try:
            values = array.to_value(unit)
        except (TypeError, ValueError):
            continue
        return real_array(values, "array", unit=unit, minimum=0.0), per_energy, per_time
    raise InputError(f"array must be a flux or a fluence, in {', '.join(_UNITS)} (got {getattr(array, 'unit', array)!s})")


def _plain(axis: Any, unit: str, name: str) -> Array:
    if hasattr(axis, "to_value"):
        try:
            axis = axis.to_value(unit)
        except (TypeError, ValueError):
            raise InputError(f"{name} must be in a unit like {unit} (got {getattr(axis, 'unit', axis)!s})") from None
    return real_array(axis, name, unit=unit)


def _rows(names: Any) -> list[tuple[str, ...]]:
    """The flavours that each row of the array stands for."""
    rows = []
    for each in np.atleast_1d(np.asarray(names, dtype=object)):
        if isinstance(each, int | np.integer) and not hasattr(each, "name"):
            if not 0 <= each < len(_NUMBERED):
                raise InputError(f"flavor must be a name, or a number from 0 to 3 (got {each})")
            each = _NUMBERED[each]
        rows.append(FLAVORS[known_name(getattr(each, "name", each), FLAVORS, "flavor")])
    return rows
