"""Interactions as lists of currents: the base class, and the sum of several.

A *current* has a kind, a coupling and a charge: for momentum transfers q (n,), the charge g of one proton and of one neutron
for incoming flavour a and outgoing flavour b, an array (2, 3, 3, n), in units in which the Standard Model at tree level is
δ_ab (g_V^p, g_V^n). The kind fixes, once for the library, E_min(T), the polynomial p_k(T, M) in 1/E (`kinds`) and the response
W(T) of the nucleus, so that

    dσ/dT = Σ_k c_k E^−k,    c_k^{aa'}(T) = (G_F² M/π) p_k(T, M) Σ_b Σ_ij g^i_ab W_ij (g^j_a'b)*

with W = w wᵀ, w = (Z F_p, N F_n), for what couples to all nucleons. Currents of one kind add as amplitudes, kinds add as rates.
Antineutrinos have g* in place of g.

Formulas
--------
`Interaction`, `InteractionSum`: dσ/dT = Σ_k c_k E^−k, c_k = (G_F² M/π) p_k(T, M) Σ_b Σ_ij g^i_ab W_ij (g^j_a'b)*
    derived here
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import constants
from .._arguments import Array, digits, known_name, real_array, several, shown
from .._core.cross_sections import Nucleus
from .._immutable import kept, sealed
from .._texts import LONGEST, names, of_fields
from ..errors import InputError, UnsupportedError
from ..kinematics import momentum_transfer
from ..nuclei.nuclides import Nuclide
from .kinds import KINDS

ComplexArray = NDArray[np.complex128]
GENERATIONS = ("e", "mu", "tau")


def known_flavor(flavor: Any) -> str:
    """A checked flavour."""
    return known_name(flavor, constants.FLAVORS, "flavor")


@dataclass(frozen=True, eq=False)
class Current:
    """One current of an interaction: amplitude = value^power × matrix × propagator(q).

    Parameters
    ----------
    kind : str
        One of `kinds.KINDS`.
    matrix : complex ndarray (2, 3, 3)
        Charges of a proton [0] and of a neutron [1], for incoming flavour a and outgoing flavour b, in units in which the
        Standard Model at tree level is δ_ab (g_V^p, g_V^n). Of ε_αβ (ν̄_α … ν_β), which takes in β, it is ε_ba.
    propagator : callable, optional
        Takes momentum transfers q (n,) [MeV] and returns what multiplies the matrix (n,), real; 1 by default. Equal ones should
        compare as equal: products of them are made once.
    parameter : str, optional
        Name of the coupling; none for a current without a free coupling.
    value : float
        Value of the coupling.
    power : int
        Power of the coupling in the amplitude: 2 for a mediator with the same coupling on both legs.
    final_mass : float
        Mass of the heavy final state [MeV], for kinds that may have one.
    electron : complex ndarray (2, 3, 3), optional
        Couplings of the electron: (g_L, g_R) of a vector or an axial current; [0] of the others.
    """

    kind: str
    matrix: ComplexArray
    propagator: Callable[[Array], Array] | None = None
    parameter: str | None = None
    value: float = 1.0
    power: int = 1
    final_mass: float = 0.0
    electron: ComplexArray | None = None

    __repr__ = of_fields

    def __post_init__(self) -> None:
        known_name(self.kind, KINDS, "kind of current")
        object.__setattr__(self, "matrix", sealed(self.matrix))
        object.__setattr__(self, "electron", None if self.electron is None else sealed(self.electron))
        if self.final_mass and not KINDS[self.kind].heavy:
            raise InputError(f"final_mass of a {self.kind} current must be 0 MeV (got {digits(self.final_mass)})")

    @property
    def factor(self) -> float:
        """The factor of its coupling in the amplitude."""
        return float(self.value**self.power)

    def unit_charge(self, q: Array) -> ComplexArray:
        """g (2, 3, 3, *q.shape) for a coupling of 1, at momentum transfers [MeV]."""
        return self._times_propagator(self.matrix, q)

    def unit_electron_charge(self, q: Array) -> ComplexArray:
        """The same of the electron."""
        none = np.zeros((2, 3, 3), dtype=np.complex128)
        return self._times_propagator(none if self.electron is None else self.electron, q)

    def _times_propagator(self, matrix: ComplexArray, q: Array) -> ComplexArray:
        shape = (2, 3, 3) + (1,) * q.ndim
        if self.propagator is None:
            return np.asarray(np.broadcast_to(matrix.reshape(shape), (2, 3, 3, *q.shape)))
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(matrix.reshape(shape) * self.propagator(q))

    def charge(self, nuclide: Nuclide | str, recoil_energy: ArrayLike) -> ComplexArray:
        """g (2, 3, 3, n) of one proton and one neutron at recoil energies T (n,) [keV].

        The nuclide turns recoil energies into momentum transfers; its structure is in the response of the kind.
        """
        T = real_array(recoil_energy, "recoil_energy", unit="keV", minimum=0.0)
        q = np.atleast_1d(momentum_transfer(T, nuclide)).reshape(-1)
        return np.array(self.factor * self.unit_charge(q))

    @property
    def diverges(self) -> bool:
        """Whether it grows without end at T = 0: a rate then needs a threshold."""
        if self.final_mass or not self.matrix.any():  # what is heavy begins above T = 0
            return False
        if self.kind == "magnetic" or self.kind == "dipole":
            return True
        return self.propagator is not None and not np.isfinite(self.unit_charge(np.zeros(1))[self.matrix != 0]).all()

    @property
    def is_simple(self) -> bool:
        """Whether it is a shift of the Standard Model's charges: vector, without propagator, real, diagonal in flavour."""
        off = self.matrix[:, ~np.eye(3, dtype=bool)]
        return self.kind == "vector" and self.propagator is None and not off.any() and not self.matrix.imag.any()


class Interaction:
    """The base class of all interactions. `+` adds two: amplitudes of one kind add, kinds add as rates.

    New physics alone gives only its own rate; add it to the Standard Model for the interference: `StandardModel() +
    NSI(eps_ee_u=0.1)`.
    """

    def __new__(cls, *given: Any, **named: Any) -> Any:
        """As for every class, but with a word for a coupling that does not exist."""
        for name in named:
            known_name(name, _arguments_of(cls), f"argument of {cls.__name__}")  # type: ignore[arg-type]
        return super().__new__(cls)

    @property
    def currents(self) -> tuple[Current, ...]:
        """The currents, amplitudes of one kind to be added before squaring."""
        raise NotImplementedError

    def currents_by(self, parameters: Iterable[str]) -> tuple[Current, ...]:
        """The currents, split so that each of some parameters multiplies its own.

        Raises
        ------
        UnknownNameError
            For a parameter that multiplies nothing here.
        """
        for name in parameters:
            known_name(name, self.parameters, "parameter")
        return self.currents

    @property
    def parameters(self) -> dict[str, float]:
        """Name → value of the couplings that multiply currents: what templates can be made of."""
        return {current.parameter: current.value for current in self.currents if current.parameter is not None}

    def with_parameters(self, **values: Any) -> Interaction:
        """The interaction with other values of some of its parameters.

        Raises
        ------
        UnknownNameError
            For a parameter that it does not have.
        """
        for name in values:
            known_name(name, self.parameters, "parameter")
        return replace(self, **values)  # type: ignore[type-var]

    @property
    def parts(self) -> tuple[Interaction, ...]:
        """The interactions of which it is a sum; itself alone."""
        return (self,)

    @property
    def standard_model(self) -> Any:
        """The Standard Model in it, if there is one."""
        return None

    @property
    def reduced(self) -> Any:
        """The same as a Standard Model with other charges, where that is all it is: the kernels are fastest then."""
        return _reduced(self)

    @property
    def interferences(self) -> tuple[tuple[str, str, str], ...]:
        """Kinds that interfere with each other, and the kind of their interference: ("scalar", "tensor", "scalar-tensor")."""
        return ()

    @property
    def final_masses(self) -> tuple[float, ...]:
        """Masses [MeV] of heavy final states."""
        return tuple(sorted({c.final_mass for c in self.currents if c.final_mass and c.factor and c.matrix.any()}))

    @property
    def diverges(self) -> bool:
        """Whether its rate grows without end at T = 0."""
        return any(current.diverges for current in self.currents if current.factor)

    def nucleus(self, nuclide: Nuclide | str, flavor: str = "nue") -> Nucleus:
        """The compiled nucleus as one flavour sees it.

        Raises
        ------
        UnsupportedError
            For more than real vector charges that do not change flavours or depend on the momentum transfer.
        """
        model = self.reduced
        if model is None:
            raise UnsupportedError(f"this is computed for real charges that change no flavour only (got {shown(self)})")
        nucleus: Nucleus = model.nucleus(nuclide, flavor)
        return nucleus

    def __add__(self, other: object) -> Interaction:
        if not isinstance(other, Interaction):
            return NotImplemented
        return InteractionSum((*self.parts, *other.parts))

    def __radd__(self, other: object) -> Interaction:
        """0 + an interaction, with which `sum` begins, is the interaction."""
        return self if isinstance(other, int) and other == 0 else NotImplemented


@dataclass(frozen=True, repr=False)
class InteractionSum(Interaction):
    """Several interactions at once; made by `+`.

    Parameters
    ----------
    interactions : tuple of Interaction
        At most one of them a StandardModel, whose form factors are those of the sum.

    Raises
    ------
    InputError
        For two Standard Models, none, or what is no interaction.

    Notes
    -----
    A parameter is known by its own name, as "eps_ee_u" of `NSI`. Where two parts have one of the same name, that of the class
    stands before it: "MagneticMoment.nue" and "ChargeRadius.nue"; of a second part of a class "VectorMediator2.coupling".
    """

    interactions: tuple[Interaction, ...]

    def __post_init__(self) -> None:
        given = several(self.interactions, "interactions must be one or more, such as cevns.StandardModel()")
        if not given or not all(isinstance(part, Interaction) for part in given):
            raise InputError(f"interactions must be one or more, such as cevns.StandardModel() (got {shown(given)})")
        # sums of sums as one: the parts of each
        object.__setattr__(self, "interactions", tuple(part for each in given for part in each.parts))
        models = [part.standard_model for part in self.interactions if part.standard_model is not None]
        if len(models) > 1:
            raise InputError(
                f"a sum of interactions holds one StandardModel at most (got {shown(models[0])} and {shown(models[1])})"
            )

    @property
    def parts(self) -> tuple[Interaction, ...]:
        """The interactions."""
        return self.interactions

    @kept
    def _names(self) -> tuple[dict[str, str], ...]:
        """For each part: own name of a parameter → name in the sum."""
        classes = [type(part).__name__ for part in self.parts]
        every = [name for part in self.parts for name in part.parameters]
        names = []
        for i, (part, kind) in enumerate(zip(self.parts, classes, strict=True)):
            number = classes[: i + 1].count(kind)
            label = f"{kind}{number if number > 1 else ''}"
            names.append({name: name if every.count(name) == 1 else f"{label}.{name}" for name in part.parameters})
        return tuple(names)

    def _currents(self, of: Callable[[Interaction, dict[str, str]], Iterable[Current]]) -> tuple[Current, ...]:
        return tuple(
            current if current.parameter is None else replace(current, parameter=names[current.parameter])
            for part, names in zip(self.parts, self._names, strict=True)
            for current in of(part, names)
        )

    @property
    def currents(self) -> tuple[Current, ...]:
        """Those of all parts."""
        return self._currents(lambda part, names: part.currents)

    def currents_by(self, parameters: Iterable[str]) -> tuple[Current, ...]:
        """As for every interaction."""
        wanted = set(parameters)
        for name in sorted(wanted):
            known_name(name, self.parameters, "parameter")
        return self._currents(lambda part, names: part.currents_by([own for own, name in names.items() if name in wanted]))

    @property
    def parameters(self) -> dict[str, float]:
        """Those of all parts."""
        pairs = zip(self.parts, self._names, strict=True)
        return {names[own]: value for part, names in pairs for own, value in part.parameters.items()}

    def with_parameters(self, **values: Any) -> Interaction:
        """As for every interaction."""
        for name in values:
            known_name(name, self.parameters, "parameter")
        changed = []
        for part, known in zip(self.parts, self._names, strict=True):
            own = {key: values[name] for key, name in known.items() if name in values}
            changed.append(part.with_parameters(**own) if own else part)
        return InteractionSum(tuple(changed))

    @property
    def interferences(self) -> tuple[tuple[str, str, str], ...]:
        """Those of all parts."""
        return tuple(dict.fromkeys(each for part in self.parts for each in part.interferences))

    @property
    def standard_model(self) -> Any:
        """The Standard Model among the parts."""
        return next((part.standard_model for part in self.parts if part.standard_model is not None), None)

    def __repr__(self) -> str:
        text = " + ".join(map(repr, self.parts[:100]))
        kinds = names(type(part).__name__ for part in self.parts)
        return (
            text
            if len(text) <= LONGEST and len(self.parts) <= 100
            else f"<InteractionSum of {len(self.parts)} interactions: {kinds}>"
        )

    def __getstate__(self) -> dict[str, Any]:
        return {"interactions": self.interactions}


@cache
def _arguments_of(interaction: Any) -> tuple[str, ...]:
    """Names of the arguments of its constructor."""
    return tuple(inspect.signature(interaction.__init__).parameters)[1:]


@lru_cache(maxsize=1024)
def _reduced(interaction: Interaction) -> Any:
    model = interaction.standard_model
    if model is None:
        return None
    new = [c for part in interaction.parts if part is not model for c in part.currents if c.factor and c.matrix.any()]
    if not all(current.is_simple for current in new):
        return None
    shift = np.zeros((2, 3))
    for current in new:
        shift += current.factor * np.diagonal(current.matrix.real, axis1=1, axis2=2)
    return model.shifted(shift) if shift.any() else model
