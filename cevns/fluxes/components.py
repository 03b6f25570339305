"""The parts of a flux: components of one flavour, coherences between two, and uncertainties of both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from .. import constants
from .._arguments import digits, known_name, real_number, several, shown
from .._texts import of_fields
from ..errors import InputError
from .spectra import Spectrum

if TYPE_CHECKING:
    from .timing import Timing


_MOST = 1e150  # neutrinos of a component with such a factor: their squares, in covariances, do not overflow
_LARGE = 1e60  # a factor above which the integral of the spectrum is looked at, too


@dataclass(frozen=True)
class Component:
    """One part of a flux: a flavour, a name, a spectrum and a factor.

    Parameters
    ----------
    flavor : str
        "nue", "numu", "nutau", "nuebar", "numubar" or "nutaubar".
    name : str
        Name of the component: "prompt", "239Pu", "8B".
    spectrum : Spectrum
        Its dependence on the energy.
    scale : float
        Multiplies the spectrum to cm⁻² s⁻¹ MeV⁻¹ (a burst: cm⁻² MeV⁻¹). Negative in uncertainties only.
    timing : cevns.timing.Timing, optional
        When its neutrinos arrive after a pulse of protons.
    """

    flavor: str
    name: str
    spectrum: Spectrum
    scale: float = 1.0
    timing: Timing | None = None

    __repr__ = of_fields

    def __post_init__(self) -> None:
        known_name(self.flavor, constants.FLAVORS, "flavor")
        _check_name(self.name, "a component")
        if not isinstance(self.spectrum, Spectrum):
            raise InputError(f"spectrum must be one of cevns.spectra (got {shown(self.spectrum)})")
        if self.timing is not None and not callable(getattr(self.timing, "fraction", None)):
            raise InputError(f"timing must be a cevns.timing.Timing (got {shown(self.timing)})")
        scale = real_number(self.scale, "scale")
        if abs(scale) > _LARGE and not abs(scale) * self.spectrum.total <= _MOST:
            raise InputError(f"component {self.name!r} must hold up to {_MOST:g} neutrinos (got scale {digits(scale)})")
        object.__setattr__(self, "scale", scale)


@dataclass(frozen=True)
class Coherence:
    """The coherence of two flavours of a flux: an element ρ_ab, a ≠ b, of its density matrix, times the flux.

    An interaction that does not change flavours does not see it.

    Parameters
    ----------
    flavors : (str, str)
        a and b: two neutrinos or two antineutrinos, the one that stands first in `constants.FLAVORS` first.
    name : str
        That of the components that it belongs to.
    real, imaginary : Spectrum
        Re ρ_ab φ and Im ρ_ab φ, of any sign.
    scale : float
        Multiplies both, as that of a component.
    """

    flavors: tuple[str, str]
    name: str
    real: Spectrum
    imaginary: Spectrum
    scale: float = 1.0

    __repr__ = of_fields

    def __post_init__(self) -> None:
        pair = several(self.flavors, "flavors of a coherence must be two")
        if len(pair) != 2:
            raise InputError(f"flavors of a coherence must be two (got {shown(self.flavors)})")
        a, b = (constants.FLAVORS.index(known_name(flavor, constants.FLAVORS, "flavor")) for flavor in pair)
        if not (a < b and a // 3 == b // 3):
            raise InputError(f"a coherence is between two neutrinos or two antineutrinos, in order (got {shown(self.flavors)})")
        _check_name(self.name, "a coherence")
        object.__setattr__(self, "flavors", pair)
        object.__setattr__(self, "scale", real_number(self.scale, "scale"))


@dataclass(frozen=True)
class Uncertainty:
    """One nuisance parameter ξ of a flux, of mean 0 and variance 1: the flux changes by ξ times the sum of the parts.

    The covariance of a flux is Σ v vᵀ over its uncertainties. Two of the same name are one: they belong to the same ξ, and
    their parts add.

    Parameters
    ----------
    name : str
        Name of the parameter.
    parts : iterable of Component
        Change of each component with ξ: scales and spectra of any sign.
    """

    name: str
    parts: tuple[Component, ...]

    if TYPE_CHECKING:

        def __init__(self, name: str, parts: Iterable[Component]) -> None: ...

    __repr__ = of_fields

    def __post_init__(self) -> None:
        parts = several(self.parts, "parts must be cevns.Component")
        if not all(isinstance(part, Component) for part in parts):
            raise InputError(f"parts must be cevns.Component (got {shown(self.parts)})")
        _check_name(self.name, "an uncertainty")
        object.__setattr__(self, "parts", parts)


def _check_name(name: Any, what: str) -> None:
    """Refuse a name that would not be one word of a line in a file."""
    if not (isinstance(name, str) and name.isprintable()):
        raise InputError(f"name of {what} must be a printable text (got {shown(name)})")


def changed(component: Component, **values: Any) -> Component:
    """The component with other values, which are known to be right: checking them costs 10 μs, and a flux has hundreds."""
    new = object.__new__(Component)
    new.__dict__.update(component.__dict__, **values)
    return new


def scaled(component: Component, factor: float) -> Component:
    """The component times a number."""
    scale = component.scale * factor
    return changed(component, scale=scale) if abs(scale) <= _LARGE else replace(component, scale=scale)


def merged(uncertainties: Iterable[Uncertainty]) -> tuple[Uncertainty, ...]:
    """Uncertainties with those of one name joined, and without those that change nothing."""
    given = tuple(uncertainties)
    if len({uncertainty.name for uncertainty in given}) == len(given) and all(uncertainty.parts for uncertainty in given):
        return given
    parts: dict[str, tuple[Component, ...]] = {}
    for uncertainty in given:
        parts[uncertainty.name] = parts.get(uncertainty.name, ()) + uncertainty.parts
    return tuple(Uncertainty(name, changes) for name, changes in parts.items() if changes)
