"""The base of fluxes: components in one unit, their covariance and coherence."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self, overload

import numpy as np
from numpy.typing import ArrayLike

from .. import constants
from .._arguments import (
    Array,
    bin_edges,
    broadcast,
    digits,
    increasing,
    known_name,
    real_array,
    real_number,
    restore,
    several,
    shown,
)
from .._immutable import kept, sealed
from .._texts import cut, names, size, table
from .._typed import Like, Many, Number, Values
from .._units import known_to_pint
from ..errors import InputError, UnknownNameError
from .components import Coherence, Component, Uncertainty, merged, scaled
from .products import product
from .spectra import Table

PER = ("s", "burst")
LARGEST_UNCERTAINTY = 1e6  # relative: nobody knows less


def density_unit(per: str) -> str:
    """The unit of a density of a flux per second, or of a burst."""
    return "cm⁻² s⁻¹ MeV⁻¹" if known_name(per, PER, "unit of a flux (per)") == "s" else "cm⁻² MeV⁻¹"


@dataclass(frozen=True)
class Components:
    """Components in one unit, per second or per burst; a `cevns.Flux` is made of them."""

    components: tuple[Component, ...]
    per: str = "s"
    uncertainties: tuple[Uncertainty, ...] = ()
    coherences: tuple[Coherence, ...] = ()

    def __repr__(self) -> str:
        parts = f"{len(self.components)} component{'s' * (len(self.components) != 1)}"
        lines = [f"<Flux per {self.per} of {parts}"]
        rows = self._rows()
        width = max(len(flavor) for flavor, _, _ in rows)
        lines += [f"    {flavor:{width}}  {total + ': ' * bool(total)}{parts}" for flavor, total, parts in rows]
        for count, what, given in (
            (len(self.uncertainties), "uncertainties", (each.name for each in self.uncertainties)),
            (len(self.coherences), "coherences", (f"{a} {b}" for a, b in (each.flavors for each in self.coherences))),
        ):
            if count:
                lines.append(f"    {what}: {names(given)}")
        return cut("\n".join(lines)) + ">"

    def _repr_html_(self) -> str:
        return table(f"Flux per {self.per}", self._rows())

    def _rows(self) -> list[tuple[str, str, str]]:
        """Each flavour, what arrives of it, and the names of its components."""
        unit = "cm⁻² s⁻¹" if self.per == "s" else "cm⁻²"
        own: dict[str, list[str]] = {flavor: [] for flavor in self.flavors}
        for component in self.components:
            own[component.flavor].append(component.name)
        return [(flavor, size(self, len(self.components), unit, flavor), names(listed)) for flavor, listed in own.items()]

    def __post_init__(self) -> None:
        known_to_pint(type(self))
        for name, kind in (("components", Component), ("uncertainties", Uncertainty), ("coherences", Coherence)):
            given = getattr(self, name)
            wanted = f"{name} must be {'one or more' if name == 'components' else 'a list of'} cevns.{kind.__name__}"
            parts = several(given, wanted)
            if not all(isinstance(part, kind) for part in parts) or (name == "components" and not parts):
                raise InputError(f"{wanted} (got {shown(given)})")
            object.__setattr__(self, name, parts)
        for component in self.components:
            if component.scale < 0:
                raise InputError(f"scale of component {component.name!r} must be >= 0 (got {digits(component.scale)})")
            if component.spectrum.signed and component.spectrum.negative:
                raise InputError(
                    f"spectrum of component {component.name!r} must be >= 0 (it is negative somewhere: an uncertainty may be)"
                )
        if self.uncertainties:
            object.__setattr__(self, "uncertainties", merged(self.uncertainties))
        known_name(self.per, PER, "unit of a flux (per)")

    @property
    def flavors(self) -> tuple[str, ...]:
        """The flavours that it holds, in the order "nue", "numu", "nutau", "nuebar", "numubar", "nutaubar"."""
        held = {component.flavor for component in self.components}
        return tuple(flavor for flavor in constants.FLAVORS if flavor in held)

    def select(self, *, flavor: str | None = None, name: str | None = None) -> Self:
        """The part of one flavour, of one component name, or both.

        Raises
        ------
        UnknownNameError
            If the flux holds nothing of the kind; the message says what it holds.
        """
        parts: Iterable[Component] = self.components
        if flavor is not None:
            known_name(flavor, constants.FLAVORS, "flavor")
            if flavor not in self.flavors:
                raise UnknownNameError(f"the flux holds no {flavor!r}; it holds {', '.join(self.flavors)}")
            parts = [c for c in parts if c.flavor == flavor]
        if name is not None:
            known_name(name, dict.fromkeys(c.name for c in parts), "component")
        kept = self._kept(lambda part: flavor in (None, part.flavor) and name in (None, part.name))
        coherences = () if flavor is not None else tuple(c for c in self.coherences if name in (None, c.name))
        return replace(kept, coherences=coherences)

    @overload
    def spectrum(self, energy: Number, flavor: str | None = ...) -> float: ...
    @overload
    def spectrum(self, energy: Many, flavor: str | None = ...) -> Array: ...
    @overload
    def spectrum(self, energy: Like, flavor: str | None = ...) -> Values: ...
    def spectrum(self, energy: ArrayLike, flavor: str | None = None) -> Values:
        """Density of one flavour, or of all, at energies [MeV]: cm⁻² s⁻¹ MeV⁻¹, a burst cm⁻² MeV⁻¹; without lines.

        Raises
        ------
        InputError, UnknownNameError
            For a negative or nan energy, a flavour that is unknown. A known one that the flux does not hold gives 0.
        """
        E = real_array(energy, "energy", unit="MeV", minimum=0.0)
        shape, (flat,) = broadcast(E)
        out = np.zeros(flat.size)
        for component in self._of(flavor):
            out += component.scale * component.spectrum.density(flat)
        return restore(out, shape)

    def lines(self, flavor: str | None = None) -> list[tuple[float, float]]:
        """(energy [MeV], weight [cm⁻² s⁻¹, a burst cm⁻²]) of the lines of one flavour, or of all."""
        return [(E, c.scale * weight) for c in self._of(flavor) for E, weight in c.spectrum.lines]

    def total(self, flavor: str | None = None) -> float:
        """The flux of one flavour, or of all, lines included [cm⁻² s⁻¹, a burst cm⁻²]."""
        return float(sum(c.scale * c.spectrum.total for c in self._of(flavor)))

    def mean_energy(self, flavor: str | None = None) -> float:
        """Mean energy [MeV] of one flavour, or of all; nan if there is no flux."""
        total = self.total(flavor)
        return float(sum(c.scale * c.spectrum.energy_sum for c in self._of(flavor))) / total if total > 0 else float("nan")

    def moments(self, energy: ArrayLike, flavor: str | None = None) -> Array:
        """Φ_k = ∫_x^∞ φ(E) E^−k dE for k = 0, 1, 2, above energies x [MeV] > 0, lines included.

        Parameters
        ----------
        energy : array_like
            Lower ends x [MeV], > 0, any shape.
        flavor : str, optional
            One flavour; all by default.

        Returns
        -------
        ndarray (3, …)
            Φ₀, Φ₁, Φ₂ in cm⁻² s⁻¹ MeV^−k (a burst: cm⁻² MeV^−k), never negative.

        Notes
        -----
        Errors are relative to each moment: 1e-14 for tables of straight lines, histograms, lines and muon decay, 1e-12 for
        power laws and smooth spectra, but 1e-6 for Φ₂ far below a smooth spectrum whose φ/E² grows towards 0, as that of a
        pinched one with α < 2. A spectrum that reaches down to 0 is taken to begin at 1e-18 of its first energy above 0.
        """
        E = real_array(energy, "energy", unit="MeV", minimum=0.0, above=True)
        shape, (x,) = broadcast(E)
        out = np.zeros((3, x.size))
        for component in self._of(flavor):
            for part, factor in component.spectrum.parts:
                part.moments.add_plain_moments(x, component.scale * factor, out)
        # the sum of three flavours' terms of both signs rounds to 1e-306 an ulp from the end
        return np.asarray(np.maximum(out, 0.0, out=out).reshape((3, *shape)))

    def binned(self, edges: ArrayLike, flavor: str | None = None) -> Array:
        """The flux [cm⁻² s⁻¹, a burst cm⁻²] in bins of energy, lines included; a line on an edge is in the bin above.

        Parameters
        ----------
        edges : array_like (n + 1,)
            Increasing energies [MeV], > 0.
        flavor : str, optional
            One flavour; all by default.

        Raises
        ------
        InputError
            For edges that are not positive or do not increase.
        """
        return self._binned(energy_edges(edges), self._of(flavor))

    def covariance(self, edges: ArrayLike, flavor: str | None = None) -> Array:
        """Covariance (n, n) [(cm⁻² s⁻¹)²; a burst: cm⁻⁴] of the flux in bins of energy, from its uncertainties.

        Parameters and errors are those of `binned`. A flux without uncertainties has none: zeros.
        """
        e = energy_edges(edges)
        if flavor is not None:
            known_name(flavor, constants.FLAVORS, "flavor")
        held = [tuple(part for part in u.parts if flavor in (None, part.flavor)) for u in self.uncertainties]
        changes = np.array([self._binned(e, parts) for parts in held]).reshape(-1, e.size - 1)
        return np.asarray(changes.T @ changes)

    def total_uncertainty(self, flavor: str | None = None) -> float:
        """One standard deviation of `total` [cm⁻² s⁻¹, a burst cm⁻²]."""
        if flavor is not None:
            known_name(flavor, constants.FLAVORS, "flavor")
        changes = [sum(p.scale * p.spectrum.total for p in u.parts if flavor in (None, p.flavor)) for u in self.uncertainties]
        return math.hypot(*changes)

    @staticmethod
    def _binned(edges: Array, components: Iterable[Component]) -> Array:
        above = np.zeros((3, edges.size))
        below = np.nextafter(edges, 0.0)  # moments leave out a line at the energy above which they are
        for component in components:
            for part, factor in component.spectrum.parts:
                part.moments.add_moments(below, component.scale * factor, above)
        return np.asarray(above[0, :-1] - above[0, 1:])

    def _of(self, flavor: str | None) -> Sequence[Component]:
        if flavor is None:
            return self.components
        known_name(flavor, constants.FLAVORS, "flavor")
        return [component for component in self.components if component.flavor == flavor]

    def _kept(self, kept: Callable[[Component], bool]) -> Self:
        """The components, and the parts of uncertainties, for which `kept` holds."""
        return self._each(lambda component: (component,) if kept(component) else ())

    def _each(self, change: Callable[[Component], Iterable[Component]], coherences: Iterable[Coherence] = ()) -> Self:
        """The flux with each component, and each part of an uncertainty, replaced by what it becomes."""
        return type(self)(
            tuple(new for c in self.components for new in change(c)),
            self.per,
            tuple(Uncertainty(u.name, tuple(new for p in u.parts for new in change(p))) for u in self.uncertainties),
            tuple(coherences),
        )

    def _beside_densities(self) -> list[str]:
        """What it has that densities do not hold."""
        has = {
            "lines": any(component.spectrum.lines for component in self.components),
            "uncertainties": bool(self.uncertainties),
            "coherence": bool(self.coherences),
            "timing": any(component.timing is not None for component in self.components),
        }
        return [what for what, there in has.items() if there]

    @kept
    def breaks(self) -> Array:
        """Increasing energies [MeV] between which the flux is smooth; the last is its end."""
        return sealed(increasing(np.concatenate([component.spectrum.breaks for component in self.components])))

    @kept
    def straight(self) -> bool:
        """Whether the flux is a straight line between its breaks."""
        return all(component.spectrum.straight for component in self.components)

    @cached_property
    def prepared(self) -> dict[Any, Any]:
        """Spectra and weights by output row that rates prepare from a flux, no result; they live as long as the flux."""
        return {}

    def __getstate__(self) -> dict[str, Any]:
        return {name: self.__dict__[name] for name in ("components", "per", "uncertainties", "coherences")}

    def with_uncertainty(self, name: str, relative: float, *, component: str | None = None, flavor: str | None = None) -> Self:
        """The flux with one more uncertainty: all of it, or one component or flavour, known to a relative error.

        Parameters
        ----------
        name : str
            Name of the nuisance parameter. Fluxes with a parameter of the same name are uncertain together: their errors add,
            where those of different names add in quadrature.
        relative : float
            One standard deviation, 0 to 1e6, of what is named, relative to it.
        component, flavor : str, optional
            Part of the flux that is uncertain; everything by default.

        Raises
        ------
        InputError, UnknownNameError
            For a negative error, a component or flavour that the flux does not hold.

        Examples
        --------
        >>> flux = cevns.Flux.from_table([1.0, 2.0], {"nue": [3.0, 3.0]}).with_uncertainty("reactor power", 0.02)
        >>> flux.total_uncertainty()
        0.06
        """
        sigma = real_number(relative, "relative uncertainty", minimum=0.0, maximum=LARGEST_UNCERTAINTY)
        of = self.select(flavor=flavor, name=component).components
        more = Uncertainty(name, tuple(scaled(c, sigma) for c in of) if sigma else ())
        return replace(self, uncertainties=(*self.uncertainties, more))

    def with_covariance(
        self,
        matrix: ArrayLike,
        *,
        components: Sequence[str] | None = None,
        edges: ArrayLike | None = None,
        flavor: str | None = None,
        name: str,
    ) -> Self:
        """The flux with a covariance between components, or between bins of energy.

        Parameters
        ----------
        matrix : array_like (n, n)
            Relative covariance: symmetric, no negative eigenvalue. Of components, that of their normalisations; of bins, that
            of the relative change within each.
        components : sequence of str
            Names of the components of rows and columns. Give these or `edges`.
        edges : array_like (n + 1,)
            Increasing energies [MeV], ≥ 0, of the bins of rows and columns.
        flavor : str, optional
            The flavour that it is of; all by default, changing together.
        name : str
            Name of the nuisance parameters, one an eigenvector: "<name> 1", "<name> 2", … Another flux that uses the same name
            is uncertain together with this one.

        Raises
        ------
        InputError, UnknownNameError
            For a matrix that is not symmetric and positive, of another shape, both or neither of components and edges.
        """
        part = self.select(flavor=flavor)
        if components is not None and edges is None:
            if len(set(components)) < len(components):
                raise InputError(f"components of a covariance must differ (got {shown(components)})")
            modes = _modes(matrix, len(components))
            held = [part.select(name=component).components for component in components]
            changes = [
                tuple(scaled(c, factor) for factor, cs in zip(mode.tolist(), held, strict=True) for c in cs) for mode in modes
            ]
        elif components is None and edges is not None:
            steps = energy_edges(edges, zero=True)
            tables = [Table(steps, mode, "histogram", signed=True) for mode in _modes(matrix, steps.size - 1)]
            changes = [tuple(replace(c, spectrum=product(c.spectrum, table)) for c in part.components) for table in tables]
        else:
            raise InputError("give either components or edges of the bins that the covariance is of")
        more = tuple(Uncertainty(f"{name} {i}", change) for i, change in enumerate(changes, 1))
        return replace(self, uncertainties=(*self.uncertainties, *more))


def energy_edges(edges: ArrayLike, *, zero: bool = False) -> Array:
    """Increasing energies [MeV], at least two."""
    return bin_edges(edges, "energies", "MeV", above=not zero)


def _modes(matrix: ArrayLike, size: int) -> Array:
    """Vectors v with Σ v vᵀ = the matrix, largest first."""
    C = real_array(matrix, "covariance", minimum=-(LARGEST_UNCERTAINTY**2), maximum=LARGEST_UNCERTAINTY**2)
    if C.shape != (size, size):
        raise InputError(f"covariance must have the shape ({size}, {size}) (got {C.shape})")
    largest = float(np.abs(C).max(initial=0.0))
    if (np.abs(C - C.T) > 1e-12 * largest).any():
        i, j = np.unravel_index(int(np.argmax(np.abs(C - C.T))), C.shape)
        raise InputError(
            f"covariance must be symmetric (got {digits(C[i, j])} at [{i}, {j}] and {digits(C[j, i])} at [{j}, {i}])"
        )
    values, vectors = np.linalg.eigh((C + C.T) / 2)
    if values.min(initial=0.0) < -1e-9 * largest:
        raise InputError(f"covariance must have no negative eigenvalue (got {digits(values.min())})")
    kept = values > 1e-14 * largest  # what is below is rounding
    return np.asarray((vectors[:, kept] * np.sqrt(values[kept])).T[::-1])
