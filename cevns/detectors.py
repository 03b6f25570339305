"""Detectors: from recoils to what is counted.

A recoil of energy T gives a signal (quenching, light yield), which is measured with a resolution and passes efficiencies:

    P(T in bin) = ε_recoil(T) ∫_bin ε_observed(x) p(x | Y · QF(T) T) dx

A `Detector` holds these; its `Response` to a flux is the matrix R[bin, T], made once, so that a prediction is one product:

    counts = R · dR/dT

No neutrino physics is in R but the energies at which the flux is not smooth, between which its nodes lie.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ._arguments import Array, increasing, real_array, real_number, several, shown
from ._immutable import frozen
from ._texts import of_fields
from .components import Component
from .efficiency import Efficiency, product_of
from .engine import Channel, differential, total_rates
from .errors import InputError, UnsupportedError
from .fluxes import Flux, not_a_flux
from .histories import FluxHistory
from .interactions import Interaction, interaction_or_default
from .nuclides import Nuclide, Target
from .quenching import Quenching
from .rates import channel
from .resolution import Perfect, Resolution, checked_edges
from .responses import Panels, crossings, fold, integrate, rate_panels
from .spectra import Lines

if TYPE_CHECKING:
    from .timing import Timing

_PERFECT = Perfect()
_UNSEEN = 1e-17  # probabilities below it are none
_SEEN_AT_ZERO = 1e-4  # of the counts of a rate 1/T: what may come from below 1e-6 of the largest recoil energy
_MOST_BINS = 10_000  # R has a row for each
_TOGETHER = 128  # bins whose probabilities are integrated at once
_SAMPLES = 600  # of T, in which a detector's range is looked for


@dataclass(frozen=True)
class Detector:
    """A detector: what it is made of, and how it sees recoils.

    Parameters
    ----------
    target : Target, Nuclide, str or mapping
        Anything but a Target is given to `Target`.
    mass : float
        [kg], > 0.
    quenching : Quenching, optional
        One of `cevns.quenching`; none means that the recoil energy itself is seen.
    resolution : Resolution, optional
        One of `cevns.resolution`; `Perfect()` by default.
    efficiency : Efficiency or iterable of Efficiency, optional
        Any number of `cevns.efficiency`, of the recoil energy, of what is observed, and of the time.
    light_yield : float
        Photo-electrons per unit of what quenching gives, > 0, up to 1e9, for a resolution in photo-electrons. A
        `GammaResolution` and a `PoissonResolution` have their own.

    Raises
    ------
    InputError, UnknownNameError
        For values outside their range, or units of the chain that do not fit.
    UnsupportedError
        For a quenching model of other elements than the target has.

    Notes
    -----
    Recoils of which nothing is seen, below the cut-off of a quenching model, are not counted, however noisy the detector is.

    Examples
    --------
    >>> import cevns
    >>> from cevns import efficiency, quenching, resolution
    >>> csi = Detector(
    ...     "CsI",
    ...     14.6,
    ...     quenching=quenching.CsICoherent(),
    ...     resolution=resolution.GammaResolution(),
    ...     efficiency=efficiency.LogisticEfficiency.coherent_csi_2021(),
    ... )
    >>> csi.observable
    'photo-electrons'
    >>> flux = cevns.sources.sns(protons=3.198e23, distance=19.3, yield_per_proton=0.0848)
    >>> counts = csi.rate([10.0, 20.0, 40.0, 60.0], flux)
    >>> counts.round(1)
    array([203.5, 154.1,  19. ])
    """

    target: Target
    mass: float
    quenching: Quenching | None = None
    resolution: Resolution = _PERFECT
    efficiency: tuple[Efficiency, ...] = ()
    light_yield: float | None = None

    if TYPE_CHECKING:  # what it takes, where that is more than what it keeps

        def __init__(
            self,
            target: Target | Nuclide | str | Mapping[Any, float],
            mass: float,
            quenching: Quenching | None = None,
            resolution: Resolution | None = None,
            efficiency: Efficiency | Iterable[Efficiency] | None = (),
            light_yield: float | None = None,
        ) -> None: ...

    __repr__ = of_fields

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        if not isinstance(self.target, Target):
            set_(self, "target", Target(self.target))
        set_(self, "mass", real_number(self.mass, "mass", unit="kg", minimum=0.0, above=True))
        if self.resolution is None:
            set_(self, "resolution", _PERFECT)
        given = self.efficiency
        listed = (given,) if isinstance(given, Efficiency) else () if given is None else given
        listed = several(listed, "efficiency must be one or more of cevns.efficiency")
        if not all(isinstance(part, Efficiency) for part in listed):
            raise InputError(f"efficiency must be one or more of cevns.efficiency (got {shown(given)})")
        set_(self, "efficiency", listed)
        if self.quenching is not None and not callable(getattr(self.quenching, "energy", None)):
            raise InputError(f"quenching must be one of cevns.quenching (got {shown(self.quenching)})")
        self._refuse_elements()
        if not isinstance(self.resolution, Resolution):
            raise InputError(f"resolution must be one of cevns.resolution (got {shown(self.resolution)})")
        if self.light_yield is not None:
            set_(self, "light_yield", real_number(self.light_yield, "light_yield", minimum=0.0, maximum=1e9, above=True))
        needs = self.resolution.unit_in
        if needs is not None and needs != self._signal:
            raise InputError(
                f"{type(self.resolution).__name__} takes {needs}, but quenching and light yield give {self._signal}"
            )

    def _refuse_elements(self) -> None:
        """Raise an error for elements of the target that the quenching model is not for."""
        known: tuple[str, ...] = getattr(self.quenching, "elements", ())
        others = dict.fromkeys(nuclide.symbol for nuclide, _ in self.target.components if nuclide.symbol not in known)
        if known and others:
            name = type(self.quenching).__name__
            raise UnsupportedError(f"quenching={name} is for {' and '.join(known)}, but the target holds {', '.join(others)}")

    @property
    def _signal(self) -> str:
        """The unit of the mean signal."""
        if self.light_yield is not None:
            return "photo-electrons"
        unit = "keV" if self.quenching is None else self.quenching.unit
        return "keV_nr" if unit == "keV" else unit

    @property
    def observable(self) -> str:
        """The unit of the bins: "keV_nr", "keV_ee", "photo-electrons", "electrons", …"""
        return self.resolution.unit_out or self._signal

    def signal(self, recoil_energy: ArrayLike, nuclide: Nuclide | str | None = None) -> Any:
        """The mean of what is measured, in the unit of the bins, of recoils [keV], any shape.

        Raises
        ------
        InputError, UnknownNameError
            For negative energies, or without a nuclide where quenching depends on it.
        """
        if self.quenching is None:
            energy = real_array(recoil_energy, "recoil_energy", unit="keV", minimum=0.0)
        else:
            energy = self.quenching.energy(recoil_energy, nuclide)
        return self.resolution.mean(energy if self.light_yield is None else energy * self.light_yield)

    def probability(self, edges: ArrayLike, recoil_energy: ArrayLike, nuclide: Nuclide | str | None = None) -> Array:
        """Probability that a recoil is counted in each bin, without what depends on the time.

        Parameters
        ----------
        edges : array_like (m + 1,)
            Increasing, in the unit of `observable`.
        recoil_energy : array_like (n,)
            T [keV], ≥ 0.
        nuclide : Nuclide or str, optional
            What recoils; needed where quenching asks for it. Responses give it each nuclide of the target.

        Returns
        -------
        ndarray (m, n)
            Exact integrals over the bins; with an efficiency of what is observed, to 1e-12.

        Raises
        ------
        InputError, UnknownNameError
            For edges that do not increase, negative energies, an efficiency outside 0 to 1.
        """
        T = np.atleast_1d(real_array(recoil_energy, "recoil_energy", unit="keV", minimum=0.0))
        if T.ndim != 1:
            raise InputError(f"recoil_energy must be a list of numbers (got shape {T.shape})")
        return self._probability(checked_edges(edges, self.observable), T, nuclide)

    def _probability(self, edges: Array, T: Array, nuclide: Nuclide | str | None) -> Array:
        energy = T if self.quenching is None else np.asarray(self.quenching.energy(T, nuclide))
        energy = energy if self.light_yield is None else energy * self.light_yield
        observed = product_of(self.efficiency, "observed")
        if observed is None:
            seen = self.resolution._probability(edges, energy)
        else:
            seen = self.resolution._accepted(edges, energy, observed)
        recoil = product_of(self.efficiency, "recoil")
        if recoil is not None:  # asked only for recoils of which something is seen in the bins: a curve may end there
            some = seen.max(axis=0, initial=0.0) > _UNSEEN
            passed = np.zeros(T.shape)
            passed[some] = recoil(T[some])
            seen = seen * passed
        return seen if energy.all() else np.where(energy > 0, seen, 0.0)

    def response(
        self,
        edges: ArrayLike,
        flux: Flux | FluxHistory,
        interaction: Interaction | None = None,
        *,
        times: ArrayLike | None = None,
    ) -> Response:
        """The response to a flux, prepared: its `counts()` is a prediction.

        Parameters
        ----------
        edges : array_like (m + 1,)
            Increasing, in the unit of `observable`, of at most 10 000 bins; the ends may be infinite.
        flux : Flux or FluxHistory
            What arrives.
        interaction : Interaction, optional
            With which the nodes are chosen, `StandardModel()` by default; they serve others too.
        times : array_like (k + 1,), optional
            Increasing times [μs] after the pulse of protons: a last axis of the counts, for a flux with timing.

        Returns
        -------
        Response

        Raises
        ------
        InputError, UnsupportedError
            For edges or times that do not increase; times, or an efficiency in time, for a flux without timing.
        """
        if not isinstance(flux, Flux | FluxHistory):
            raise InputError(not_a_flux(flux))
        interaction = None if interaction is None else interaction_or_default(interaction)
        return Response(self, edges, flux, channel, interaction, times)

    def rate(
        self,
        edges: ArrayLike,
        flux: Flux | FluxHistory,
        interaction: Interaction | None = None,
        *,
        times: ArrayLike | None = None,
    ) -> Array:
        """Counts per day, or for a burst in all, in bins of what is observed.

        Parameters
        ----------
        edges, flux, times
            As for `response`; prepare that once for many predictions.
        interaction : Interaction, optional
            `StandardModel()` by default.

        Returns
        -------
        ndarray (m,)
            For the whole mass; of a history (m, steps), with `times` (m, k).

        Raises
        ------
        InputError, UnsupportedError
            As for `response`.
        """
        return self.response(edges, flux, interaction, times=times).counts(interaction)

    def time_weights(self, timing: Timing, times: ArrayLike | None = None) -> Array:
        """Parts of what arrives with a timing that are counted in steps of time (k,) [μs]; one, of all times, by default.

        The integral of the efficiency in time over the distribution of arrival, to 1e-10.

        Raises
        ------
        InputError
            For times that do not increase.
        """
        edges = np.array([-np.inf, np.inf]) if times is None else FluxHistory.check_edges(times, "us")
        efficiency = product_of(self.efficiency, "time")
        if efficiency is None:
            return np.asarray(timing.fraction(edges[:-1], edges[1:]))
        return _accepted_times(timing, edges, efficiency)


class _Group:
    """Nuclides of which the detector sees alike, the nodes of their rate, and R."""

    def __init__(self, target: Target, mass: float, panels: Panels, matrix: Array) -> None:
        self.target = target
        self.recoil_energy = panels.recoil_energy
        self.from_zero = bool(panels.cuts[0] == 0.0)
        self.matrix = mass * matrix
        self.recoil_energy.flags.writeable = self.matrix.flags.writeable = False


class Response:
    """What a detector counts of a flux: R, and the recoil energies of its columns.

    Made by `Detector.response`; immutable.

    Attributes
    ----------
    detector, edges, flux, times
        What it was made for; `times` is None without an axis of time.
    groups : tuple
        For each set of nuclides that the detector sees alike: `target`, `recoil_energy` (n,) [keV] and `matrix` (m, n)
        [kg keV].

    Notes
    -----
    The error of the counts is below 1e-9 of the largest bin for the flux and interaction of which it was made; 5e-11 was the
    largest against quadrature of P dR/dT and against `binned_rate` (tests/test_detectors.py). Other interactions on the same
    flux are followed as well where they are as smooth between the end points of lines: other form factors and couplings to
    1e-8, 1/T and the propagator of a light mediator, 1/(2MT + m²)², to 4e-7.

    Examples
    --------
    >>> import cevns
    >>> flux = cevns.sources.sns()
    >>> response = Detector("CsI", 14.6).response([5.0, 10.0, 20.0], flux)
    >>> bool((abs(response.counts() / (14.6 * cevns.binned_rate([5.0, 10.0, 20.0], flux, "CsI")) - 1) < 1e-8).all())
    True
    """

    def __init__(
        self,
        detector: Detector,
        edges: ArrayLike,
        flux: Any,
        channel: Callable[[Target, Any], Channel],
        theory: Any = None,
        times: ArrayLike | None = None,
    ) -> None:
        self.detector, self.flux, self._channel = detector, flux, channel
        self.edges = frozen(checked_edges(edges, detector.observable))
        if self.edges.size - 1 > _MOST_BINS:
            raise InputError(f"edges must be of at most {_MOST_BINS} bins (got {self.edges.size - 1}): predict them in pieces")
        self.times = None if times is None else frozen(FluxHistory.check_edges(times, "us"))
        # parts of the flux with one timing, and their weights (steps of time, parts)
        self._parts: tuple[Any, ...] = (flux,)
        self._weights: Array | None = None
        if self.times is not None or product_of(detector.efficiency, "time") is not None:
            by_timing = _by_timing(flux)
            self._parts = tuple(by_timing.values())
            self._weights = np.stack([detector.time_weights(timing, self.times) for timing in by_timing], axis=1)
        self.groups = self._grouped(theory)

    def counts(self, theory: Any = None) -> Array:
        """Counts per day, or for a burst in all: (m,), (m, steps) of a history, (m, k) with times.

        Parameters
        ----------
        theory : Interaction or VectorPortal, optional
            `StandardModel()` by default; of dark matter the portal with which the nodes were chosen.
        """
        if any(self._channel(group.target, theory).diverges for group in self.groups):
            self.refuse_divergence(theory)
        counts = self.fold(lambda T, flux, target: total_rates(T, flux, self._channel(target, theory)))
        return np.maximum(counts, 0.0)  # interpolation rounds, where nothing is seen, to either side

    def refuse_divergence(self, interaction: Any) -> None:
        """Raise an error for an interaction that grows as 1/T or faster if the detector sees recoils down to T = 0.

        Raises
        ------
        InputError
            If the probability to be seen does not vanish at T = 0: the counts have no end then.
        """
        for group in self.groups:
            T, seen = group.recoil_energy, group.matrix.sum(axis=0)
            near = T / T[-1:] < 2.0**-20  # the lowest panel: of a rate 1/T it holds what no panel can
            if group.from_zero and (seen[near] / T[near]).sum() > _SEEN_AT_ZERO * (seen / T).sum():
                raise InputError(
                    f"the counts of {interaction!r} grow without end, as the detector sees recoils down to T = 0: give it an"
                    " efficiency with a threshold in the recoil energy, such as efficiency.Threshold(0.003, axis='recoil')"
                )

    def fold(self, rate: Callable[[Array, Any, Target], Array]) -> Array:
        """Counts of any rate: of one term of an interaction, of a background with a recoil spectrum.

        Parameters
        ----------
        rate : callable
            Takes recoil energies (n,) [keV], a flux and a target, and returns rates (…, n), of a history (…, n, steps)
            [1/(kg day keV)] per kg of the target, as `differential_rate` does. The flux is that of the response, or of a part
            with one timing; the target one set of nuclides that the detector sees alike.

        Returns
        -------
        ndarray (…, m) or (…, m, k)
            With a last axis of time, if there is one.
        """
        first, *others = self._parts
        if self._weights is None:
            return self._of(rate, first)
        counts = self._of(rate, first)[..., None] * self._weights[:, 0]
        for part, weight in zip(others, self._weights.T[1:], strict=True):
            counts += self._of(rate, part)[..., None] * weight
        return np.asarray(counts if self.times is not None else counts[..., 0])

    def _of(self, rate: Callable[[Array, Any, Target], Array], flux: Flux | FluxHistory) -> Array:
        in_steps = isinstance(flux, FluxHistory)
        counts: Any = 0.0
        for group in self.groups:
            rates = rate(group.recoil_energy, flux, group.target)
            counts = counts + (group.matrix @ rates if in_steps else rates @ group.matrix.T)
        return np.asarray(counts)

    def _grouped(self, theory: Any) -> tuple[_Group, ...]:
        """R for each set of nuclides that the detector sees alike."""
        return tuple(
            _Group(target, share * self.detector.mass, *self._matrix(target, nuclide, theory))
            for target, share, nuclide in _seen_alike(self.detector)
        )

    def _matrix(self, target: Target, nuclide: Nuclide | None, theory: Any) -> tuple[Panels, Array]:
        """The panels of the rate, and R without the mass."""
        detector, edges = self.detector, self.edges

        def seen(T: Array) -> Array:
            return np.asarray(detector.signal(T, nuclide))

        rate, hard, soft = self._followed(target, theory)
        energies, largest = self._range(seen, nuclide, max(soft))
        if not energies.size:
            return Panels(np.zeros(1), np.zeros(0, dtype=np.intp)), np.zeros((edges.size - 1, 0))
        panels = rate_panels(rate, hard, soft, energies, largest)
        if edges.size - 1 <= _TOGETHER:
            turns = self._turns(seen, panels.cuts, nuclide, edges)
            return panels, fold(lambda T: detector._probability(edges, T, nuclide), panels, turns, edges.size - 1)
        # many bins: few of them see one recoil energy, and each set of neighbours has turns of its own
        rows = []
        for first in range(0, edges.size - 1, _TOGETHER):
            some = edges[first : first + _TOGETHER + 1]
            own = self._turns(seen, panels.cuts, nuclide, some)
            rows.append(fold(lambda T, e=some: detector._probability(e, T, nuclide), panels, own, some.size - 1))  # type: ignore[misc]
        return panels, np.concatenate(rows)

    def _followed(self, target: Target, theory: Any) -> tuple[Callable[[Array], Array], Array, Array]:
        """The rate that the nodes follow, and recoil energies: at which it has a kink, and at which it may have one."""
        channel = self._channel(target, theory)
        apart = isinstance(self.flux, Flux) and not self.flux.coherences
        rows = channel.rows(self.flux, "component" if apart else None)
        lines = [spectrum.breaks for spectrum, *_ in rows.entries if isinstance(spectrum, Lines)]
        hard = np.concatenate([channel.jumps, *channel.recoils(increasing(np.concatenate([np.zeros(0), *lines])))])
        soft = np.concatenate([np.zeros(1), *channel.recoils(rows.breaks)])
        return lambda T: differential(T, rows, channel).reshape(-1, T.size), hard, soft

    def _range(self, seen: Callable[[Array], Array], nuclide: Nuclide | None, end: float) -> tuple[Array, Array]:
        """Recoil energies from the first to the last of which anything is seen, and the largest P near each."""
        detector, edges = self.detector, self.edges
        T = np.geomspace(1e-8, 1.0, _SAMPLES) * end
        P = detector._probability(edges, T, nuclide).max(axis=0, initial=0.0)
        x = seen(T)
        near = (np.minimum(x[1:], x[:-1]) <= edges[-1]) & (np.maximum(x[1:], x[:-1]) >= edges[0])
        held = near | (np.maximum(P[1:], P[:-1]) > _UNSEEN)
        recoil = product_of(detector.efficiency, "recoil")
        if recoil is not None:  # a narrow window may lie between two samples; where all is cut away there is nothing to see
            cut = recoil._is_zero(T)
            breaks = np.asarray(recoil.breaks)
            inside = np.searchsorted(breaks, T[1:]) > np.searchsorted(breaks, T[:-1])
            held &= ~(cut[1:] & cut[:-1]) | inside
        place = np.flatnonzero(held)
        if not place.size:
            return np.empty(0), np.empty(0)
        chosen = slice(place[0], place[-1] + 2)
        step = np.where(near, 1.0, np.maximum(P[1:], P[:-1]))  # bins may be narrower than a step
        largest = np.maximum(np.append(step, step[-1]), np.append(step[0], step))[chosen]
        T[0] = 0.0
        return T[chosen], np.maximum(largest, _UNSEEN)

    def _turns(self, seen: Callable[[Array], Array], cuts: Array, nuclide: Nuclide | None, edges: Array) -> Array:
        """√T at which the probabilities are not smooth: where the signal passes an edge, a cut in it, or begins."""
        detector = self.detector
        observed = product_of(detector.efficiency, "observed")
        finite = edges[np.isfinite(edges)]
        cut: tuple[float, ...] = ()
        if observed is not None:
            cut = observed._breaks_between(finite[0], finite[-1]) if finite.size > 1 else observed.breaks
        levels = np.unique(np.concatenate([finite, cut, [0.0]]))
        s, level = crossings(seen, cuts, levels)
        recoil = product_of(detector.efficiency, "recoil")
        turns = [s, np.sqrt([T for T in (() if recoil is None else recoil.breaks) if T > 0])]
        turns.append(np.sqrt([T for T in getattr(detector.quenching, "breaks", ()) if T > 0]))
        width = self._width(s * s, nuclide)
        gap = np.diff(levels, prepend=-np.inf, append=np.inf)
        gap = np.minimum(gap[:-1], gap[1:])
        # a resolution much narrower than the bins: P is a smoothed step around each edge
        narrow = (width > 0) & (width < 0.2 * gap[level])
        if narrow.any():
            steps = levels[level[narrow], None] + width[narrow, None] * np.array([-8.0, -4.0, -1.5, 1.5, 4.0, 8.0])
            turns.append(crossings(seen, cuts, np.unique(steps))[0])
        # one much wider: P is smooth, and an edge within each standard deviation is enough for all of P to be noticed
        order = np.argsort(s)
        moved = np.abs(np.diff(levels[level[order]], prepend=-np.inf))
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            count = np.cumsum(np.fmin(moved / width[order], 1.0))
        needed = np.diff(np.floor(count + 1e-9), prepend=-1.0) > 0
        needed[-1:] = True
        turns[0] = np.concatenate([s[order][needed], s[levels[level] == 0.0]])
        return np.concatenate(turns)

    def _width(self, T: Array, nuclide: Nuclide | None) -> Array:
        """Standard deviation of what is measured of recoils (n,)."""
        detector = self.detector
        energy = T if detector.quenching is None else np.asarray(detector.quenching.energy(T, nuclide))
        return np.asarray(detector.resolution.width(energy if detector.light_yield is None else energy * detector.light_yield))

    def __setattr__(self, name: str, value: Any) -> None:
        if "groups" in self.__dict__:
            raise AttributeError(f"a Response is immutable: cannot set {name!r}")
        super().__setattr__(name, value)

    def __repr__(self) -> str:
        nodes = sum(group.recoil_energy.size for group in self.groups)
        bins = f"{self.edges.size - 1} bins in {self.detector.observable}"
        if self.times is not None:
            bins += f" × {self.times.size - 1} in time"
        elif isinstance(self.flux, FluxHistory):
            bins += f" × {len(self.flux)} steps of time"
        return f"<Response of {bins} at {nodes} recoil energies>"


def _by_timing(flux: Any) -> dict[Any, Any]:
    """Timing → the part of the flux that has it."""
    if isinstance(flux, FluxHistory):
        raise UnsupportedError(
            "a history has its own steps of time: give times, or an efficiency in time, to a flux with timing"
        )
    if not isinstance(flux, Flux):
        if flux.timing is None:
            raise UnsupportedError("the flux of dark matter has no timing: give its source a pulse")
        return {flux.timing: flux}
    parts: dict[Any, list[Component]] = {}
    for component in flux.components:
        if component.timing is None:
            raise UnsupportedError(
                f"component {component.name!r} of the flux has no timing: give its source a pulse; in place of a window"
                " of a flux, give the whole flux and times=[start, stop]"
            )
        parts.setdefault(component.timing, []).append(component)
    return {timing: Flux(tuple(components), flux.per) for timing, components in parts.items()}


def _seen_alike(detector: Detector) -> list[tuple[Target, float, Nuclide | None]]:
    """Targets of the nuclides that are seen alike, their part of the mass, and one of the nuclides."""
    target, quenching = detector.target, detector.quenching
    if quenching is None:
        return [(target, 1.0, None)]
    reads = getattr(quenching, "depends_on", None)
    alike: dict[Any, list[tuple[Nuclide, float]]] = {}
    for nuclide, number in target.components:
        key = nuclide if reads is None else tuple(getattr(nuclide, name) for name in reads)
        alike.setdefault(key, []).append((nuclide, number))
    if len(alike) == 1:
        return [(target, 1.0, target.components[0][0])]
    groups: list[tuple[Target, float, Nuclide | None]] = []
    for members in alike.values():
        part = Target(dict(members))
        groups.append((part, members[0][1] / dict(part.components)[members[0][0]], members[0][0]))
    return groups


def _accepted_times(timing: Timing, edges: Array, efficiency: Efficiency) -> Array:
    """∫ ε(t) f(t) dt in steps of time."""
    # quantiles of the arrival, so that no pulse is missed: by bisection
    parts = np.array([1e-15, 1e-9, 1e-4, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99, 0.999, 0.9999, 1 - 1e-6, 1 - 1e-9, 1 - 1e-12])
    low, high = np.full(parts.size, -1e10), np.full(parts.size, 1e11)
    for _ in range(200):
        middle = (low + high) / 2
        early = timing.later(middle) > 1 - parts
        low, high = np.where(early, middle, low), np.where(early, high, middle)
    finite = edges[np.isfinite(edges)]
    cuts = np.unique(np.concatenate([finite, efficiency.breaks, timing.breaks, low]))
    span = (max(low[0], edges[0]), min(high[-1] + 4 * sum(timing.lifetimes), edges[-1]))
    weights = np.zeros(edges.size - 1)
    for time in timing.breaks:  # what arrives at an instant
        at_once = timing.fraction(time, np.nextafter(time, np.inf))
        i = int(np.searchsorted(edges, time, side="right")) - 1
        if 0 <= i < weights.size and not timing.lifetimes:
            weights[i] += at_once * efficiency(time)
    if span[1] <= span[0]:
        return weights
    cuts = np.unique(np.concatenate([cuts[(cuts > span[0]) & (cuts < span[1])], span]))
    values = integrate(lambda t: timing.density(t) * efficiency(t), cuts, 1e-12)
    places = np.searchsorted(edges, (values.cuts[1:] + values.cuts[:-1]) / 2, side="right") - 1
    np.add.at(weights, places, values.integrals)
    return weights
