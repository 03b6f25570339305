"""Shells: how strongly the electrons of an atom are bound, and how many of them a recoil energy can free.

    Z_eff(T) = Σ_i n_i θ(T − B_i)

J. Kopeikin, L. Mikaelyan, V. Sinev, S. Fayans, Phys. At. Nucl. 60 (1997) 1859, for magnetic moments; for solar neutrinos on
xenon J.-W. Chen et al., Phys. Lett. B 774 (2017) 656.

Formulas
--------
bound electrons, `effective_electrons`: Z_eff(T) = Σ_i n_i θ(T − B_i)
    J. Kopeikin et al., Phys. At. Nucl. 60 (1997) 1859; J.-W. Chen et al., Phys. Lett. B 774 (2017) 656
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, overload

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import Array, check_increasing, real_array, restore, shown
from .._immutable import sealed, sealing
from .._texts import of_fields
from .._typed import Like, Many, Number, Values
from ..data.tables import lines
from ..errors import InputError, UnknownNameError, UnsupportedError
from ..kinematics import recoil
from ..nuclei.targets import Target


class Shells(NamedTuple):
    """The shells of an atom, from the innermost.

    Attributes
    ----------
    names : tuple of str
        As "2p3/2".
    binding_energy : tuple of float
        [keV].
    electrons : tuple of int
        In each.
    """

    names: tuple[str, ...]
    binding_energy: tuple[float, ...]
    electrons: tuple[int, ...]


@cache
@sealing
def _table() -> Mapping[str, Shells]:
    """Element → shells."""
    found: dict[str, list[tuple[str, float, int]]] = {}
    for line in lines("electron_shells.csv")[1:]:
        element, shell, energy, electrons, _ = line.split(",")
        found.setdefault(element, []).append((shell, float(energy) / 1000, int(electrons)))
    return MappingProxyType({element: Shells(*zip(*rows, strict=True)) for element, rows in found.items()})


def elements() -> tuple[str, ...]:
    """The elements whose shells are known: to bismuth but for technetium and promethium, thorium and uranium."""
    return tuple(_table())


def shells(element: str) -> Shells:
    """The shells of an element.

    Parameters
    ----------
    element : str
        Its symbol, as "Xe".

    Raises
    ------
    UnknownNameError
        No such element, or none whose shells are known.

    Notes
    -----
    Binding energies are those of F. P. Larkins, At. Data Nucl. Data Tables 20 (1977) 311, of xenon those of J.-W. Chen et al.,
    which others use too; valence shells that are not in the table have the ionisation energy of the atom. All are of elements:
    a compound shifts them by eV.

    Examples
    --------
    >>> from cevns import electrons
    >>> electrons.shells("Ge").names[0], electrons.shells("Ge").binding_energy[0]
    ('1s1/2', 11.1031)
    """
    if not isinstance(element, str) or element not in _table():
        raise UnknownNameError(f"no shells of the element {shown(element)}; known are {', '.join(_table())}")
    return _table()[element]


@overload
def effective_electrons(recoil_energy: Number, element: str) -> float: ...
@overload
def effective_electrons(recoil_energy: Many, element: str) -> Array: ...
@overload
def effective_electrons(recoil_energy: Like, element: str) -> Values: ...
def effective_electrons(recoil_energy: ArrayLike, element: str) -> Values:
    """Z_eff(T) = Σ_i n_i θ(T − B_i): the electrons of an atom that recoil energies can free.

    Parameters
    ----------
    recoil_energy : array_like
        T [keV], ≥ 0, any shape: the energy that the atom takes up, of which the binding energy is a part.
    element : str
        Its symbol, as "Xe".

    Returns
    -------
    float or ndarray
        Their number, the shape of `recoil_energy`; a shell counts at its own binding energy.

    Raises
    ------
    InputError, UnknownNameError
        For a negative energy, or an element without shells.

    Examples
    --------
    >>> from cevns import electrons
    >>> electrons.effective_electrons([0.01, 1.0, 30.0, 40.0], "Xe").tolist()
    [0.0, 40.0, 52.0, 54.0]
    """
    T = recoil(recoil_energy)
    known = shells(element)
    order = np.argsort(known.binding_energy)
    held = np.concatenate([[0.0], np.cumsum(np.asarray(known.electrons, dtype=np.float64)[order])])
    return restore(held[np.searchsorted(np.asarray(known.binding_energy)[order], T, side="right")], T.shape)


def atoms_per_kg(target: Target) -> dict[str, float]:
    """Element → atoms per kg."""
    atoms: dict[str, float] = {}
    for nuclide, number in target.components:
        atoms[nuclide.symbol] = atoms.get(nuclide.symbol, 0.0) + number
    return atoms


@cache
def _free_electrons(target: Target) -> float:
    return sum(number * nuclide.Z for nuclide, number in target.components)


@cache
@sealing
def _steps(target: Target) -> tuple[Array, Array]:
    """Binding energies of all shells [keV], and the electrons per kg that answer below, between and above them."""
    atoms = atoms_per_kg(target)
    unknown = [element for element in atoms if element not in _table()]
    if unknown:
        raise UnsupportedError(
            f"binding='stepping' needs the shells of {', '.join(unknown)}, which are not known; known are "
            f"{', '.join(elements())}. binding='free' needs none"
        )
    energy = np.concatenate([shells(element).binding_energy for element in atoms])
    number = np.concatenate([count * np.asarray(shells(element).electrons) for element, count in atoms.items()])
    order = np.argsort(energy)
    held = np.concatenate([[0.0], np.cumsum(number[order])])
    energy.sort()
    return sealed(energy), sealed(held)


def electrons_per_kg(recoil_energy: Array, target: Target, binding: str) -> Array:
    """Electrons per kg of a target that answer at recoil energies [keV]."""
    if binding == "free":
        return np.full(recoil_energy.shape, _free_electrons(target))
    energy, held = _steps(target)
    return np.asarray(held[np.searchsorted(energy, recoil_energy, side="right")])


def steps(target: Target, binding: str) -> Array:
    """Recoil energies [keV] at which the number of electrons that answer changes."""
    return np.empty(0) if binding == "free" else _steps(target)[0]


@dataclass(frozen=True)
class TabulatedRatio:
    """A correction of what free electrons would give, by which a rate is multiplied: straight lines between the points of a
    table.

    Meant for many-body calculations, such as the relativistic random-phase approximation (RRPA) of xenon: divide their rate by
    that of "stepping", or of "free", and give both. Below the first point and above the last it keeps their values.

    Parameters
    ----------
    recoil_energy : array_like (n,)
        Increasing T [keV], ≥ 0; at least two.
    ratio : array_like (n,)
        ≥ 0.

    Raises
    ------
    InputError
        For energies that do not increase, negative values, lengths that differ.

    Examples
    --------
    >>> from cevns import electrons
    >>> electrons.TabulatedRatio([1.0, 10.0, 30.0], [0.7, 0.8, 1.0])([0.5, 20.0]).tolist()
    [0.7, 0.9]
    """

    recoil_energy: tuple[float, ...]
    ratio: tuple[float, ...]

    if TYPE_CHECKING:

        def __init__(self, recoil_energy: ArrayLike, ratio: ArrayLike) -> None: ...

    __repr__ = of_fields

    def __post_init__(self) -> None:
        T = recoil(self.recoil_energy)
        values = real_array(self.ratio, "ratio", minimum=0.0)
        if T.ndim != 1 or T.size < 2:
            raise InputError(f"recoil_energy must be at least two increasing energies in keV (got {shown(T.tolist())})")
        check_increasing(T, "recoil_energy", "keV")
        if values.shape != T.shape:
            raise InputError(f"ratio must have as many values as recoil_energy (got shapes {values.shape} and {T.shape})")
        object.__setattr__(self, "recoil_energy", tuple(T.tolist()))
        object.__setattr__(self, "ratio", tuple(values.tolist()))

    @property
    def breaks(self) -> tuple[float, ...]:
        """Recoil energies [keV] at which its slope changes."""
        return self.recoil_energy

    @overload
    def __call__(self, recoil_energy: Number) -> float: ...
    @overload
    def __call__(self, recoil_energy: Many) -> Array: ...
    @overload
    def __call__(self, recoil_energy: Like) -> Values: ...
    def __call__(self, recoil_energy: ArrayLike) -> Values:
        """The ratio at recoil energies [keV], any shape."""
        T = recoil(recoil_energy)
        return restore(np.asarray(np.interp(T, self.recoil_energy, self.ratio)), T.shape)
