"""Fluxes: what arrives, by flavour and component.

A rate needs a flux only through three cumulative moments of each component,

    Φ_k(x) = ∫_x^∞ φ(E) E^−k dE,   k = 0, 1, 2,   at x = E_min(T),

because every cross section of interest is c₀(T) + c₁(T)/E + c₂(T)/E². They are made once for a spectrum and asked for in a time
that does not depend on the length of its table. No interaction is in them.

Formulas
--------
moments of a flux, `Flux`: Φ_k(x) = ∫_x^∞ φ(E) E^−k dE
    derived here
    src_c/kernels/moments.h
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import ArrayLike

from .. import constants
from .._arguments import (
    Array,
    answer_of,
    check_increasing,
    known_name,
    real_array,
    real_number,
    several,
    shown,
    times,
)
from .._immutable import kept, sealed
from .._texts import cut, names
from .._units import UNITS as PHYSICAL
from .._units import known_to_pint, refuse_hidden_unit
from ..errors import InputError, UnsupportedError
from ._base import energy_edges
from .components import Coherence, Component, Uncertainty, scaled
from .makers import Makers

if TYPE_CHECKING:
    from matplotlib.figure import Figure


__all__ = ["Coherence", "Component", "Flux", "FluxHistory", "Steps", "Uncertainty"]

UNITS = MappingProxyType({"d": "d", "s": "s", "us": "μs"})


@dataclass(frozen=True, repr=False)
class Flux(Makers):
    """A neutrino flux: a tuple of components in one unit, per second or per burst.

    Make one with a function of `cevns.sources`, or with `from_table`, `from_csv`, `from_function`. `+` puts two together, `*`
    and `/` scale; `oscillate`, `sterile`, `window` change what arrives, and what is uncertain changes with it.

    Parameters
    ----------
    components : iterable of Component
        The parts.
    per : {"s", "burst"}
        Whether the flux is in cm⁻² s⁻¹ MeV⁻¹ (rates are then per day) or, integrated over a burst, in cm⁻² MeV⁻¹ (rates are
        then per burst).
    uncertainties : iterable of Uncertainty
        Its covariance, as nuisance parameters; those of one name are one.
    coherences : iterable of Coherence
        Coherence between flavours; interactions that do not change flavours do not see it.

    Raises
    ------
    InputError, UnknownNameError
        For no components, a negative one, one whose spectrum is negative somewhere, or an unknown unit.
    """

    if TYPE_CHECKING:

        def __init__(
            self,
            components: Iterable[Component],
            per: str = "s",
            uncertainties: Iterable[Uncertainty] = (),
            coherences: Iterable[Coherence] = (),
        ) -> None: ...

    # ---- algebra ---------------------------------------------------------------------------------------------------------

    def __add__(self, other: object) -> Flux:
        if not isinstance(other, Flux):
            return NotImplemented
        if other.per != self.per:
            raise InputError(f"a flux per {self.per} and a flux per {other.per} cannot be added")
        return Flux(
            self.components + other.components,
            self.per,
            self.uncertainties + other.uncertainties,
            self.coherences + other.coherences,
        )

    def __radd__(self, other: object) -> Flux:
        """0 + a flux, with which `sum` begins, is the flux."""
        return self if isinstance(other, int) and other == 0 else NotImplemented

    def __mul__(self, factor: Any) -> Flux:
        if isinstance(factor, Flux):
            return NotImplemented
        number = real_number(factor, "factor of a flux", minimum=0.0)
        coherences = tuple(replace(c, scale=c.scale * number) for c in self.coherences)
        return self._each(lambda component: (scaled(component, number),), coherences)

    def __rmul__(self, factor: Any) -> Flux:
        refuse_hidden_unit(type(self))
        return self.__mul__(factor)

    __array_ufunc__ = None  # so that a quantity, or a number of NumPy, times a flux is a flux

    def __truediv__(self, divisor: Any) -> Flux:
        return self * (1.0 / real_number(divisor, "divisor of a flux", minimum=0.0, above=True))

    # ---- on the way to the detector --------------------------------------------------------------------------------------

    def oscillate(self, probabilities: Any, *, antineutrinos: Any = None) -> Flux:
        """The flux after its flavours have changed on the way.

        Parameters
        ----------
        probabilities : array_like or callable
            P (3, 3): P[a, b] is the probability that what started as flavour a (0 e, 1 μ, 2 τ) arrives as b, in [0, 1], and
            rows sum to 1 or, where neutrinos become sterile, to less. Or ρ (3, 3, 3), complex: ρ[a] is the density matrix,
            Hermitian, of what started as a; the flux then carries coherence between flavours. A callable takes energies (n,)
            [MeV] and returns (n, 3, 3) or (n, 3, 3, 3), smooth but at the energies in its attribute `breaks`, if it has one:
            see `cevns.oscillation`. A peak or a dip narrower than 1 % of its energy must be among them to be seen.
        antineutrinos : array_like or callable, optional
            The same for antineutrinos; by default P is the same, and ρ its complex conjugate.

        Returns
        -------
        Flux
            Components keep their names; uncertainties are converted as they are.

        Raises
        ------
        InputError
            For probabilities outside [0, 1], rows that sum to more than 1, matrices that are not Hermitian, other shapes.
        UnsupportedError
            For a flux that already carries coherence.

        Examples
        --------
        >>> flux = cevns.Flux.from_table([1.0, 2.0], {"nue": [3.0, 3.0]}).oscillate([[0.25, 0.5, 0.25], [0, 1, 0], [0, 0, 1]])
        >>> flux.total("nue"), flux.total("numu"), flux.total("nutau")
        (0.75, 1.5, 0.75)
        """
        from .flavor_conversion import Conversion

        if self.coherences:
            raise UnsupportedError(
                "a flux that carries coherence cannot be oscillated again: give one matrix for the whole way"
            )
        same = Conversion(probabilities, conjugate=False)
        other = (
            Conversion(probabilities, conjugate=True) if antineutrinos is None else Conversion(antineutrinos, conjugate=False)
        )

        def way(component: Component) -> Conversion:
            return other if component.flavor.endswith("bar") else same

        components = tuple(new for c in self.components for new in way(c).components(c))
        if not components:
            return self * 0.0  # all of it is sterile
        return Flux(
            components,
            self.per,
            tuple(Uncertainty(u.name, tuple(new for p in u.parts for new in way(p).components(p))) for u in self.uncertainties),
            tuple(new for c in self.components for new in way(c).coherences(c)),
        )

    def sterile(
        self,
        *,
        dm2: float,
        baseline: float,
        sin2_2theta: float | None = None,
        mixing: Sequence[float] | None = None,
        core: float = 0.0,
        detector: float = 0.0,
    ) -> Flux:
        """The flux after oscillation into a fourth, sterile neutrino on a short baseline.

        Parameters
        ----------
        dm2 : float
            Δm²₄₁ [eV²], ≥ 0.
        baseline : float
            From the centre of the source to that of the detector [m], > 0. The flux itself is not scaled with it.
        sin2_2theta : float
            sin²2θ of every active flavour with the sterile one, 0 to 1. Give this or `mixing`.
        mixing : (float, float, float)
            |U_e4|², |U_μ4|², |U_τ4|²: flavours then also appear.
        core, detector : float
            Radii [m] of a spherical source and a spherical detector, over which the oscillation is averaged.

        Raises
        ------
        InputError
            For values outside their range; both or neither of `sin2_2theta` and `mixing`.

        Notes
        -----
        P_aa = 1 − sin²2θ_aa ⟨sin²(1.267 Δm² L/E)⟩; see `cevns.oscillation.Sterile`.

        Examples
        --------
        >>> flux = cevns.sources.sns()
        >>> f"{flux.sterile(dm2=1.0, sin2_2theta=0.1, baseline=19.3).total('numu') / flux.total('numu'):.4f}"
        '0.9465'
        """
        from ..oscillation import Sterile

        return self.oscillate(
            Sterile(dm2=dm2, baseline=baseline, sin2_2theta=sin2_2theta, mixing=mixing, core=core, detector=detector)
        )

    # ---- time ------------------------------------------------------------------------------------------------------------

    def window(self, start: float, stop: float) -> Flux:
        """The flux between two times [μs] after the pulse of protons, for components that have a timing.

        Raises
        ------
        InputError
            For a stop that is not after the start.
        UnsupportedError
            For a flux without timing.
        """
        return self.history([start, stop])[0]

    def history(self, edges: ArrayLike) -> FluxHistory:
        """The flux in steps of time [μs] after the pulse of protons: step by step what arrives in it.

        Parameters
        ----------
        edges : array_like (n + 1,)
            Increasing times [μs].

        Raises
        ------
        InputError
            For times that do not increase.
        UnsupportedError
            For a flux without timing.
        """
        times = FluxHistory.check_edges(edges, "us")
        if self.coherences:
            raise UnsupportedError("a flux that carries coherence has no history")
        fractions: dict[Any, Array] = {}
        for part in (*self.components, *(part for u in self.uncertainties for part in u.parts)):
            if part.timing is None:
                raise UnsupportedError(f"component {part.name!r} of the flux has no timing: give its source a pulse")
            if part.timing not in fractions:
                fractions[part.timing] = part.timing.fraction(times[:-1], times[1:])
        alone = self._each(lambda c: (replace(c, timing=None),))
        each = [fractions[part.timing] for part in (*self.components, *(p for u in self.uncertainties for p in u.parts))]
        return FluxHistory(times, Steps(alone, np.stack(each, axis=1)), "us")

    # ---- files and drawings ----------------------------------------------------------------------------------------------

    def to_csv(self, path: str | os.PathLike[str], energy: ArrayLike | None = None) -> None:
        """Write the flux to a file that `from_csv` reads.

        Parameters
        ----------
        path : path
            The file; what is there is replaced as a whole, or stays if writing fails.
        energy : array_like, optional
            Increasing energies [MeV]: a table of densities at them, for other programs; lines, uncertainties, coherence and
            timing are not in it. By default the flux as it is, without loss: one row a component, its spectrum written out.

        Raises
        ------
        InputError
            For energies that do not increase; without them, for a flux of Python functions, which no file can hold.

        Warns
        -----
        UserWarning
            With energies, if the flux has anything that the table leaves out.
        """
        from ..data.columns import path_of  # readers and writers of files cost at import
        from . import csv_files

        energies = None if energy is None else energy_edges(energy, zero=True)
        if energies is not None and (lost := self._beside_densities()):
            import warnings

            warnings.warn(
                f"a table of densities leaves out {', '.join(lost)} of the flux; to_csv without energy keeps them", stacklevel=2
            )
        csv_files.write(self, path_of(path), energies)

    def plot(self, energy: ArrayLike | None = None, **options: Any) -> Figure:
        """Draw the spectra of the flux; see `cevns.plotting.flux`, which takes the same options."""
        from .. import plotting

        return plotting.flux(self, energy, **options)


class Steps(Sequence[Flux]):
    """Fluxes that differ in the scales of their components alone: a matrix of factors, and fluxes made when they are asked for.

    Parameters
    ----------
    flux : Flux
        Flux whose components all steps share, without coherence.
    factors : ndarray (steps, parts)
        Factors of the scale of each component, and after these of each part of each uncertainty.
    """

    def __init__(self, flux: Flux, factors: Array) -> None:
        self.flux, self.factors = flux, sealed(np.array(factors, dtype=np.float64))

    @kept
    def parts(self) -> tuple[Component, ...]:
        """The components, then the parts of the uncertainties."""
        return (*self.flux.components, *(part for each in self.flux.uncertainties for part in each.parts))

    def __len__(self) -> int:
        return len(self.factors)

    @overload
    def __getitem__(self, step: int) -> Flux: ...
    @overload
    def __getitem__(self, step: slice) -> Steps: ...
    def __getitem__(self, step: int | slice) -> Flux | Steps:
        if isinstance(step, slice):
            return Steps(self.flux, self.factors[step])
        scaled = (
            replace(part, scale=part.scale * factor)
            for part, factor in zip(self.parts, self.factors[step].tolist(), strict=True)
        )
        components = tuple(islice(scaled, len(self.flux.components)))
        uncertainties = tuple(Uncertainty(u.name, tuple(islice(scaled, len(u.parts)))) for u in self.flux.uncertainties)
        return Flux(components, self.flux.per, uncertainties)

    def __mul__(self, factors: Array) -> Steps:
        return Steps(self.flux, self.factors * factors[:, None])

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Steps | tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return Steps, (self.flux, self.factors)


@dataclass(frozen=True)
class FluxHistory:
    """A flux in steps of time. Rates of it have a last axis, one column a step.

    Each step is a `Flux`: the flux during the step if it is per second and the edges are in days or seconds; what arrives in
    the step if it is that of a burst, or of a pulse, whose edges are in μs. The first have an `average`, the others a `sum`.
    Components of different steps that have equal spectra are computed once.

    Parameters
    ----------
    edges : array_like (n + 1,)
        Increasing times between the steps. Dates (datetime64, datetime, pandas, astropy) count from the first of them.
    fluxes : iterable of Flux
        The n steps, all per second or all per burst.
    unit : {"d", "s", "us"}
        Unit of the edges.

    Raises
    ------
    InputError, UnknownNameError
        For times that do not increase, another number of fluxes than of steps, fluxes in different units.

    Examples
    --------
    >>> on, off = (cevns.sources.reactor(power=power, distance=20.0) for power in (3.0, 0.0))
    >>> history = FluxHistory([0.0, 30.0, 40.0], [on, off], "d")
    >>> f"{history.average().total() / on.total():.2f}"
    '0.75'
    """

    edges: tuple[float, ...]
    fluxes: Sequence[Flux]
    unit: str = "s"

    if TYPE_CHECKING:

        def __init__(self, edges: ArrayLike, fluxes: Iterable[Flux], unit: str = "s") -> None: ...

    def __repr__(self) -> str:
        steps = f"{len(self)} step{'s' * (len(self) != 1)} from {self.edges[0]:g} to {self.edges[-1]:g} {UNITS[self.unit]}"
        fluxes = (self.fluxes.flux,) if isinstance(self.fluxes, Steps) else self.fluxes
        flavors = names(part.flavor for flux in fluxes for part in flux.components)
        components = names(part.name for flux in fluxes for part in flux.components)
        return cut(f"<FluxHistory per {self.per} in {steps}: {flavors}; {components}>")

    def __post_init__(self) -> None:
        known_to_pint(type(self))
        known_name(self.unit, UNITS, "unit of time")
        edges = self.check_edges(self.edges, self.unit, dates="" if self.unit == "us" else "first")
        fluxes = self.fluxes if isinstance(self.fluxes, Steps) else several(self.fluxes, "fluxes must be cevns.Flux")
        if not isinstance(fluxes, Steps) and not all(isinstance(flux, Flux) for flux in fluxes):
            raise InputError(f"fluxes must be cevns.Flux (got {shown(self.fluxes)})")
        if len(fluxes) != edges.size - 1:
            raise InputError(f"a history needs one flux a step (got {len(fluxes)} for {edges.size - 1} steps)")
        if not isinstance(fluxes, Steps) and len({flux.per for flux in fluxes}) > 1:
            raise InputError("the fluxes of a history must be in one unit (got some per s and some per burst)")
        object.__setattr__(self, "edges", tuple(edges.tolist()))
        object.__setattr__(self, "fluxes", fluxes)

    @staticmethod
    def check_edges(edges: ArrayLike, unit: str, *, dates: str = "") -> Array:
        """Increasing times, at least two, as an array; what `dates` count from, "first" or "year", if they may be given."""
        if dates:
            t = times(edges, "edges of time", unit=UNITS[unit], origin=dates)
        else:
            t = real_array(edges, "edges of time", unit=UNITS[unit])
        if t.ndim != 1 or t.size < 2:
            raise InputError(f"edges of time must be a list of at least 2 (got shape {t.shape})")
        check_increasing(t, "edges of time", UNITS[unit])
        least = PHYSICAL[UNITS[unit]].smallest
        if (np.diff(t) < least).any():
            raise InputError(f"edges of time must be >= {least:g} {UNITS[unit]} apart (got {np.diff(t).min():g} {UNITS[unit]})")
        return t

    # ---- what it is ------------------------------------------------------------------------------------------------------

    @property
    def per(self) -> str:
        """The unit of its fluxes, "s" or "burst"."""
        return self.fluxes.flux.per if isinstance(self.fluxes, Steps) else self.fluxes[0].per

    @property
    def flavors(self) -> tuple[str, ...]:
        """The flavours that any step holds."""
        fluxes = (self.fluxes.flux,) if isinstance(self.fluxes, Steps) else self.fluxes
        held = {flavor for flux in fluxes for flavor in flux.flavors}
        return tuple(flavor for flavor in constants.FLAVORS if flavor in held)

    @kept
    def durations(self) -> Array:
        """Lengths of the steps, in the unit of the edges."""
        return sealed(np.diff(np.asarray(self.edges)))

    def __len__(self) -> int:
        return len(self.fluxes)

    @overload
    def __getitem__(self, step: int) -> Flux: ...
    @overload
    def __getitem__(self, step: slice) -> FluxHistory: ...
    def __getitem__(self, step: int | slice) -> Flux | FluxHistory:
        if not isinstance(step, slice):
            return self.fluxes[step]
        if step.step not in (None, 1):
            raise InputError(f"steps of a history must be neighbours (got a slice in steps of {step.step})")
        start, stop, _ = step.indices(len(self))
        return FluxHistory(self.edges[start : stop + 1], self.fluxes[start:stop], self.unit)

    def total(self, flavor: str | None = None) -> Array:
        """The flux of one flavour, or of all, step by step (n,) [cm⁻² s⁻¹, a burst cm⁻²]."""
        return np.array([flux.total(flavor) for flux in self.fluxes])

    def sum(self) -> Flux:
        """All steps together: the whole burst, or all of a pulse.

        Raises
        ------
        UnsupportedError
            For steps in days or seconds with fluxes per second, which have an `average`.
        """
        if not self._parts_of_a_whole:
            raise UnsupportedError(
                f"fluxes per second in steps of {UNITS[self.unit]} have no sum, which grows with their number: use average()"
            )
        return self._joined(np.ones(len(self)))

    def average(self) -> Flux:
        """The mean flux, each step weighted with its duration.

        Raises
        ------
        UnsupportedError
            For the steps of a burst or of a pulse, which have a `sum`.
        """
        if self._parts_of_a_whole:
            what = "burst" if self.per == "burst" else "pulse"
            raise UnsupportedError(f"steps of a {what} have no average: what arrives in each is part of a whole; use sum()")
        return self._joined(self.durations / self.durations.sum())

    @property
    def _parts_of_a_whole(self) -> bool:
        """Whether each flux is what arrives in its step, and not the flux during it: of a burst, or of a pulse, in μs."""
        return self.per == "burst" or self.unit == "us"

    def _joined(self, weights: Array) -> Flux:
        pairs = list(zip(self.fluxes, weights.tolist(), strict=True))
        names = dict.fromkeys(u.name for flux in self.fluxes for u in flux.uncertainties)
        changes: dict[str, list[tuple[Component, float]]] = {name: [] for name in names}
        for flux, weight in pairs:
            for uncertainty in flux.uncertainties:
                changes[uncertainty.name] += ((part, weight) for part in uncertainty.parts)
        if any(flux.coherences for flux in self.fluxes):
            coherences = tuple(replace(c, scale=c.scale * weight) for flux, weight in pairs for c in flux.coherences)
        else:
            coherences = ()
        return Flux(
            _summed((component, weight) for flux, weight in pairs for component in flux.components),
            self.per,
            tuple(Uncertainty(name, _summed(parts)) for name, parts in changes.items()),
            coherences,
        )

    # ---- algebra ---------------------------------------------------------------------------------------------------------

    def each(self, change: Callable[[Flux], Flux]) -> FluxHistory:
        """The history of what each flux becomes: ``history.each(lambda flux: flux.oscillate(P))``."""
        return FluxHistory(self.edges, tuple(answer_of(change, "change", flux) for flux in self.fluxes), self.unit)

    def oscillate(self, probabilities: Any, *, antineutrinos: Any = None) -> FluxHistory:
        """`Flux.oscillate` of every step."""
        return self.each(lambda flux: flux.oscillate(probabilities, antineutrinos=antineutrinos))

    def __add__(self, other: object) -> FluxHistory:
        if not isinstance(other, FluxHistory):
            return NotImplemented
        if (other.edges, other.unit) != (self.edges, self.unit):
            raise InputError("histories with different steps of time cannot be added")
        return FluxHistory(self.edges, tuple(a + b for a, b in zip(self.fluxes, other.fluxes, strict=True)), self.unit)

    def __radd__(self, other: object) -> FluxHistory:
        """0 + a history, with which `sum` begins, is the history."""
        return self if isinstance(other, int) and other == 0 else NotImplemented

    def __mul__(self, factor: Any) -> FluxHistory:
        """Times a number, or times one number a step."""
        if isinstance(factor, Flux | FluxHistory):
            return NotImplemented
        factors = real_array(factor, "factor of a history", minimum=0.0)
        if factors.ndim > 1 or factors.size not in (1, len(self)):
            raise InputError(f"a factor of a history must be 1 number or {len(self)} (got shape {factors.shape})")
        each = np.broadcast_to(factors, len(self))
        if isinstance(self.fluxes, Steps):
            return FluxHistory(self.edges, self.fluxes * each, self.unit)
        return FluxHistory(self.edges, tuple(flux * f for flux, f in zip(self.fluxes, each.tolist(), strict=True)), self.unit)

    def __rmul__(self, factor: Any) -> FluxHistory:
        refuse_hidden_unit(type(self))
        return self.__mul__(factor)

    __array_ufunc__ = None  # so that an array times a history is one history, not an array of them

    @cached_property
    def prepared(self) -> dict[Any, Any]:
        """Spectra and weights that rates prepare from it; they live as long as the history."""
        return {}

    def __getstate__(self) -> dict[str, Any]:
        return {"edges": self.edges, "fluxes": self.fluxes, "unit": self.unit}


def _summed(parts: Iterable[tuple[Component, float]]) -> tuple[Component, ...]:
    """Components times weights, those that differ in the scale alone added."""
    scales: dict[Component, float] = {}
    for component, weight in parts:
        shape = replace(component, scale=1.0)
        scales[shape] = scales.get(shape, 0.0) + component.scale * weight
    return tuple(replace(shape, scale=scale) for shape, scale in scales.items())


def not_a_flux(value: object) -> str:
    """The message about an argument `flux` that is none."""
    if callable(value):
        name = getattr(value, "__name__", type(value).__name__)
        return f"flux must be a cevns.Flux or a cevns.FluxHistory (got {name}, which makes one when it is called: {name}(…))"
    swapped = isinstance(value, str) or type(value).__module__.startswith("cevns.nuclei.")
    hint = "; the flux stands before the target, and functions of cevns.sources make one" if swapped else ""
    return f"flux must be a cevns.Flux or a cevns.FluxHistory (got {shown(value)}){hint}"
