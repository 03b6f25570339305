"""The interfaces of the engine: a channel and its pieces for the target, and a flux in rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from .. import constants
from .._arguments import Array, increasing
from .._core import engine as _core
from .._immutable import kept, sealed
from ..errors import InputError, UnsupportedError
from ..fluxes.flux import Flux, FluxHistory, Steps
from ..fluxes.spectra import Spectrum, Table
from ..interactions.quadratic_forms import PAIRS, element

Indices = NDArray[np.intp]


# ---- a flux in rows ------------------------------------------------------------------------------------------------------


class Entry(NamedTuple):
    """One spectrum of a flux."""

    spectrum: Spectrum
    group: int  # by which set of weights it is multiplied
    row: int  # to which row of the result it goes
    scale: float


class Rows:
    """A flux by group, which is what a channel tells apart, and by row of the result.

    Attributes
    ----------
    size : int
        Number of rows of the result.
    weights : ndarray (steps, size) or None
        Weights of the rows in each step of a history; None for the rows themselves.
    """

    def __init__(self, entries: Iterable[Entry], per: str, size: int, weights: Array | None = None) -> None:
        self.entries, self.per, self.size = tuple(entries), per, size
        self.weights = None if weights is None else sealed(weights)
        days = constants.DAY if per == "s" else 1.0
        sums: dict[tuple[Spectrum, int, int], list[Any]] = {}
        for spectrum, group, row, scale in self.entries:
            for part, factor in spectrum.parts:
                entry = sums.setdefault((part, group, row), [part, group, row, 0.0, 0.0])
                weight = scale * factor * days
                entry[3] += weight
                entry[4] += abs(weight)
        # what flavours that look alike exchange leaves only rounding in their sum
        kept = [entry for entry in sums.values() if abs(entry[3]) > 1e-15 * entry[4]]
        self.parts = _core.Components(
            [part.moments for part, *_ in kept],
            [entry[3] for entry in kept],
            [entry[1] for entry in kept],
            [entry[2] for entry in kept],
        )
        self._cuts: tuple[Any, tuple[Array, ...]] = (None, ())

    @kept
    def groups(self) -> Indices:
        """The group of each place, which is a pair of group and row."""
        return _indices(group for group, _ in self.parts.places)

    @kept
    def places(self) -> Indices:
        """The row of each place."""
        return _indices(row for _, row in self.parts.places)

    @kept
    def breaks(self) -> Array:
        """Increasing energies [MeV] between which the spectra are smooth; the last is the end of all."""
        each = {id(spectrum): spectrum.breaks for spectrum, *_ in self.entries}
        return sealed(increasing(np.concatenate([np.zeros(0), *each.values()])))

    @kept
    def straight(self) -> bool:
        """Whether all spectra are straight lines between the breaks."""
        return all(spectrum.straight for spectrum, *_ in self.entries)

    def cuts(self, channel: Channel) -> tuple[Array, ...]:
        """√T of each scatterer between which the rate is smooth; kept for the channel that asked last."""
        if self._cuts[0] is not channel:
            self._cuts = channel, tuple(map(sealed, channel.cuts(self.breaks)))
        return self._cuts[1]

    @kept
    def alone(self) -> tuple[Rows, ...]:
        """Each row as one of its own, where rows have so different breaks that together they cost more; else empty."""
        own: list[list[Entry]] = [[] for _ in range(self.size)]
        for entry in self.entries:
            own[entry.row].append(entry._replace(row=0))
        most = max((len(entry.spectrum.breaks) for entry in self.entries), default=0)
        if self.size == 1 or self.breaks.size <= 2 * most + 8:
            return ()
        return tuple(Rows(entries, self.per, 1) for entries in own)


def _indices(values: Iterable[int]) -> Indices:
    return sealed(np.fromiter(values, dtype=np.intp))


def rows_of(flux: Flux | FluxHistory, groups: tuple[int, ...], split: str | None = None) -> Rows:
    """A flux of neutrinos in rows; kept with the flux.

    Parameters
    ----------
    flux : Flux or FluxHistory
        The flux at the detector.
    groups : tuple of int
        For each of N_ELEMENTS the group that it belongs to, −1 for none.
    split : {"flavor", "component", "uncertainty"}, optional
        The parts of the flux that are rows; one row by default.

    Raises
    ------
    UnsupportedError
        For a split by flavour or component of what depends on coherence.
    """
    prepared: Rows | None = flux.prepared.get((groups, split))
    if prepared is None:
        made = _of_flux(flux, groups, split) if isinstance(flux, Flux) else _of_history(flux, groups)
        prepared = flux.prepared[groups, split] = made
    return prepared


def _of_flux(flux: Flux, groups: tuple[int, ...], split: str | None) -> Rows:
    if split == "uncertainty":
        parts = [(part, row) for row, uncertainty in enumerate(flux.uncertainties) for part in uncertainty.parts]
        size = len(flux.uncertainties)
    elif split == "flavor":
        parts, size = [(c, flux.flavors.index(c.flavor)) for c in flux.components], len(flux.flavors)
    elif split == "component":
        parts, size = [(c, row) for row, c in enumerate(flux.components)], len(flux.components)
    else:
        parts, size = [(c, 0) for c in flux.components], 1
    entries = [Entry(c.spectrum, groups[element(c.flavor)], row, c.scale) for c, row in parts]
    if split != "uncertainty":
        entries += _coherent(flux, groups, 0)
        if split is not None and any(entry.group >= 0 for entry in _coherent(flux, groups, 0)):
            raise UnsupportedError(f"a rate that depends on coherence between flavours has no split by {split}")
    return Rows([entry for entry in entries if entry.group >= 0], flux.per, size)


def _coherent(flux: Flux, groups: tuple[int, ...], row: int) -> list[Entry]:
    """What two flavours of a flux have in common."""
    entries = []
    for c in flux.coherences:
        first = element(*c.flavors)
        entries.append(Entry(c.real, groups[first], row, c.scale))
        entries.append(Entry(c.imaginary, groups[first + len(PAIRS)], row, c.scale))
    return entries


def _of_history(history: FluxHistory, groups: tuple[int, ...]) -> Rows:
    """The distinct spectra of a history as rows, and what its steps are of them.

    Where most spectra belong to one step alone, weights would be a large matrix of zeros: there the rows are the steps.
    """
    if isinstance(history.fluxes, Steps):  # these know what they are made of
        components = history.fluxes.flux.components
        places = {(c.spectrum, groups[element(c.flavor)]): 0 for c in components}
        columns = {place: column for column, place in enumerate(place for place in places if place[1] >= 0)}
        factors_of = np.zeros((len(history), len(columns)))
        for c, factors in zip(components, history.fluxes.factors.T, strict=False):
            column = columns.get((c.spectrum, groups[element(c.flavor)]))
            if column is not None:
                factors_of[:, column] += c.scale * factors
        made = (Entry(spectrum, group, column, 1.0) for (spectrum, group), column in columns.items())
        return Rows(made, history.per, len(columns), factors_of)
    seen: dict[int, Spectrum] = {}  # equal spectra as one, each compared once
    equal: dict[Spectrum, Spectrum] = {}
    scales: dict[tuple[int, int], dict[int, float]] = {}
    for step, flux in enumerate(history.fluxes):
        entries = [Entry(c.spectrum, groups[element(c.flavor)], 0, c.scale) for c in flux.components]
        for given, group, _, scale in [*entries, *_coherent(flux, groups, 0)]:
            if group < 0:
                continue
            spectrum = seen.get(id(given))
            if spectrum is None:  # comparing long tables would cost more than what it may spare
                spectrum = seen[id(given)] = given if isinstance(given, Table) else equal.setdefault(given, given)
            steps = scales.setdefault((id(spectrum), group), {})
            steps[step] = steps.get(step, 0.0) + scale
    used = sum(map(len, scales.values()))
    weights: Array | None = None
    if len(scales) <= 64 or 4 * len(scales) <= used:
        weights = np.zeros((len(history), len(scales)))
        for column, steps in enumerate(scales.values()):
            weights[list(steps), column] = list(steps.values())
        rows = [Entry(seen[key], group, row, 1.0) for row, (key, group) in enumerate(scales)]
    else:
        by_step: dict[tuple[int, int], list[tuple[Spectrum, float]]] = {}
        for (key, group), steps in scales.items():
            for step, scale in steps.items():
                by_step.setdefault((step, group), []).append((seen[key], scale))
        rows = [
            Entry(spectrum, group, step, scale)
            for (step, group), held in by_step.items()
            for spectrum, scale in Table.added(held)
        ]
    by_class: dict[type[Spectrum], list[Spectrum]] = {}
    for entry in rows:
        for spectrum, _ in entry.spectrum.parts:
            by_class.setdefault(type(spectrum), []).append(spectrum)
    for kind, spectra in by_class.items():
        kind.prepare_many(spectra)
    return Rows(rows, history.per, len(history) if weights is None else len(scales), weights)


# ---- a channel -----------------------------------------------------------------------------------------------------------


class Weights(NamedTuple):
    """The weights of the moments of a flux: strength × (w₀ Φ₀ + w₁ m₁ + w₂ x m₂)."""

    moments: Array  # (sets, 3, n)
    strength: Array  # (products, n)


class Piece(Protocol):
    """Part of the rate of a channel: one kind of current.

    Recoil energies T (n,) [keV] of the scatterers of the channel stand one after the other, up to `ends`.
    """

    @property
    def terms(self) -> slice:
        """The terms of the channel that are its own."""

    @property
    def table(self) -> Array:
        """The share of each term and group in the products: (terms, groups, products)."""

    @property
    def sets(self) -> Indices:
        """The set of weights of each group: (groups,)."""

    def energy_min(self, T: Array, ends: Indices) -> Array:
        """x(T) [MeV]."""

    def weights(self, T: Array, x: Array, ends: Indices) -> Weights:
        """The weights."""


class Channel(Protocol):
    """The scatterers in a target and their interaction with a flux."""

    @property
    def exponents(self) -> Indices:
        """Powers of the free couplings in the weight of each term: (terms, couplings)."""

    @property
    def factors(self) -> Array:
        """The factor of the pieces of each scatterer, a nuclide or the electrons: (scatterers,)."""

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The pieces, whose rates add."""

    @property
    def charges(self) -> _core.Composition | None:
        """In place of pieces: charges and form factors that kernels know."""

    @property
    def diverges(self) -> str | None:
        """The kind of current that grows without end at T = 0."""

    def rows(self, flux: Any, split: str | None = None) -> Rows:
        """The flux by what the channel tells apart."""

    # ---- where it is smooth

    @property
    def jumps(self) -> Array:
        """Recoil energies [keV] at which the rate of any flux jumps or has a kink."""

    @property
    def phase_rates(self) -> Array:
        """The rate at which the weights of each scatterer vary with √T [keV^−½], which a quadrature has to resolve."""

    @property
    def sharpness(self) -> float:
        """The sharpness of the weights at low T: 3 where propagators have poles or a current grows without end, else 1."""

    @property
    def octaves_are_smooth(self) -> bool:
        """Whether the weights between √T and 2√T vary as little as poles at T ≤ 0 make them: no heavy final states, no fits."""

    @property
    def rough(self) -> bool:
        """Whether functions of users take part, of which nothing is known."""

    def recoils(self, energies: Array) -> list[Array]:
        """For each scatterer the recoil energies [keV] at which neutrinos of some energies [MeV] begin and end to count."""

    def cuts(self, breaks: Array) -> list[Array]:
        """√T of each scatterer between which the rate is smooth, for breaks [MeV] of a flux; none begins above the last."""

    def end(self, energy: float) -> float:
        """The largest recoil energy [keV] of neutrinos of an energy [MeV]."""

    # ---- of one scatterer, for cross sections

    def ranges(self, E: Array) -> list[tuple[Array, Array]]:
        """For each piece the smallest and largest recoil energies [keV] for energies [MeV]."""

    def floor(self, beginnings: Array, end: float) -> float:
        """√T [keV^½] below which the weights are smooth, for where recoils begin and end in √T."""


def refuse_zero(channel: Channel, recoil_energy: Array, name: str) -> None:
    """Raise an error for a recoil energy of 0 where the channel grows without end."""
    if channel.diverges is not None and recoil_energy.size and not recoil_energy.all():
        raise InputError(f"{name} must be > 0 keV: a {channel.diverges} current grows without end at T = 0 (got 0)")
