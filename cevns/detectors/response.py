"""The response of a detector to one flux and interaction, folded once."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, overload

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import Array, increasing, known_name, real_number, several
from .._immutable import Copied, frozen, sealed
from .._typed import Like, Many, Number, Values
from ..errors import InputError, UnsupportedError
from ..fluxes.components import Component, Uncertainty
from ..fluxes.flux import Flux, FluxHistory
from ..fluxes.spectra import Lines
from ..fluxes.timing import Timing
from ..interactions import interaction_or_default
from ..nuclei.nuclides import Nuclide
from ..nuclei.targets import Target
from ..scattering.channels import Channel
from ..scattering.engine import changed_rates, differential, term_rates, total_rates
from .efficiency import Efficiency
from .efficiency._base import product_of
from .product_integration import UNSEEN, Panels, crossings, fold, rate_panels
from .quenching import Quenching
from .resolution import Resolution, checked_edges

if TYPE_CHECKING:
    from ..scattering.channels import Indices
    from ..statistics.templates import Templates

_SEEN_AT_ZERO = 1e-4  # of the counts of a rate 1/T: what may come from below 1e-6 of the largest recoil energy
_MOST_BINS = 10_000  # R has a row for each
_TOGETHER = 128  # bins whose probabilities are integrated at once
_SAMPLES = 600  # of T, in which a detector's range is looked for


class Chain(Protocol):
    """The parts of a `cevns.Detector` that a response uses."""

    @property
    def target(self) -> Target: ...
    @property
    def mass(self) -> float: ...
    @property
    def quenching(self) -> Quenching | None: ...
    @property
    def resolution(self) -> Resolution: ...
    @property
    def efficiency(self) -> tuple[Efficiency, ...]: ...
    @property
    def light_yield(self) -> float | None: ...
    @property
    def observable(self) -> str: ...
    @overload
    def signal(self, recoil_energy: Number, nuclide: Nuclide | str | None = ...) -> float: ...
    @overload
    def signal(self, recoil_energy: Many, nuclide: Nuclide | str | None = ...) -> Array: ...
    @overload
    def signal(self, recoil_energy: Like, nuclide: Nuclide | str | None = ...) -> Values: ...
    def time_weights(self, timing: Timing, times: ArrayLike | None = None) -> Array: ...
    def _probability(self, edges: Array, T: Array, nuclide: Nuclide | str | None) -> Array: ...


class _Group(Copied):
    """Nuclides of which the detector sees alike, the nodes of their rate, and R."""

    def __init__(self, target: Target, mass: float, panels: Panels, matrix: Array) -> None:
        self.target = target
        self.recoil_energy = sealed(panels.recoil_energy)
        self.from_zero = bool(panels.cuts[0] == 0.0)
        self.matrix = sealed(mass * matrix)


class Response(Copied):
    """The response of a detector to a flux: R, and the recoil energies of its columns.

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
    largest against quadrature of P dR/dT and against `binned_rate` (tests/detectors/test_detector.py). Other interactions on
    the same flux are followed as well where they are as smooth between the end points of lines: other form factors and
    couplings to 1e-8, 1/T and the propagator of a light mediator, 1/(2MT + m²)², to 4e-7.

    Examples
    --------
    >>> import cevns
    >>> flux = cevns.sources.sns()
    >>> response = cevns.Detector("CsI", 14.6).response([5.0, 10.0, 20.0], flux)
    >>> bool((abs(response.counts() / (14.6 * cevns.binned_rate([5.0, 10.0, 20.0], flux, "CsI")) - 1) < 1e-8).all())
    True
    """

    def __init__(
        self,
        detector: Chain,
        edges: ArrayLike,
        flux: Any,
        channel: Callable[..., Channel],
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
            self._weights = sealed(np.stack([detector.time_weights(timing, self.times) for timing in by_timing], axis=1))
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

    def terms(self, theory: Any = None, parameters: Sequence[str] = ()) -> tuple[Indices, Array]:
        """Counts as a polynomial in couplings of the theory.

        Parameters
        ----------
        theory : Interaction or VectorPortal, optional
            As for `counts`.
        parameters : sequence of str
            Its couplings that are free, of `theory.parameters`.

        Returns
        -------
        exponents : ndarray (terms, parameters)
            Exponent of each coupling in the weight of each term.
        counts : ndarray (terms, m) or (terms, m, k)
            Counts of each term for a weight of 1; negative where an interference is. In the unit of `counts`.

        Raises
        ------
        UnknownNameError
            For a parameter that the theory does not have.

        Examples
        --------
        >>> import cevns
        >>> response = cevns.Detector("CsI", 14.6).response([5.0, 10.0, 20.0], cevns.sources.sns())
        >>> exponents, counts = response.terms(cevns.StandardModel() + cevns.NSI(), ["eps_ee_u"])
        >>> exponents.ravel().tolist(), counts.shape
        ([0, 1, 2], (3, 2))
        """
        names = tuple(parameters)
        channels = [self._channel(group.target, theory, parameters=names) for group in self.groups]
        if any(each.diverges for each in channels):
            self.refuse_divergence(theory)
        found = self.fold(lambda T, flux, target: term_rates(T, flux, self._channel(target, theory, parameters=names)))
        exponents, place = channels[0].exponents[:1], np.zeros(len(found), dtype=np.intp)
        if names:  # terms of several kinds may have one weight
            exponents, place = np.unique(channels[0].exponents, axis=0, return_inverse=True)
        counts = np.zeros((len(exponents), *found.shape[1:]))
        np.add.at(counts, place.reshape(-1), found)
        return exponents, counts

    def templates(self, theory: Any = None, parameters: Sequence[str] = (), *, exposure: float = 1.0, **data: Any) -> Templates:
        """Counts, gradient and likelihood as functions of couplings, folded once.

        Parameters
        ----------
        theory : Interaction or VectorPortal, optional
            As for `counts`; its own couplings are where the parameters begin.
        parameters : sequence of str
            Its couplings that are free.
        exposure : float
            Factor of the counts: live days, or 1 for a burst, > 0.
        **data
            Further arguments of `cevns.Templates`: `observed`, `background`, `signal_effects`, …

        Raises
        ------
        UnknownNameError, InputError
            As for `terms` and `cevns.Templates`.

        Examples
        --------
        A magnetic moment, from the electrons of a tonne of xenon in a year:

        >>> import cevns
        >>> flux = cevns.sources.solar(components=["pp", "7Be"])
        >>> response = cevns.electrons.response(cevns.Detector("Xe", 1000.0), [1.0, 5.0, 10.0, 20.0], flux)
        >>> theory = cevns.StandardModel() + cevns.MagneticMoment()
        >>> found = response.templates(theory, ["nue"], exposure=365.25, observed=[11, 17, 30])
        >>> found.counts([0.0]).round(1).tolist()
        [10.8, 15.6, 30.4]
        """
        from ..statistics.templates import Templates

        names = (parameters,) if isinstance(parameters, str) else tuple(several(parameters, "parameters must be names"))
        known = tuple(inspect.signature(Templates).parameters)[3:]
        for name in data:
            known_name(name, known, "argument of templates")
        days = real_number(exposure, "exposure", unit="d", minimum=0.0, above=True)
        exponents, counts = self.terms(theory, names)
        values = self._theory(theory).parameters
        start = [values[name] for name in names]
        return Templates(names, exponents, days * counts, **{"start": start, **data})

    def changes(self, theory: Any = None) -> Array:
        """By what the counts change with each of the uncertainties of the flux, by one standard deviation: (uncertainties, m).

        Parameters
        ----------
        theory : Interaction, optional
            As for `counts`.

        Notes
        -----
        The nodes follow the flux and not each of its uncertainties: of those of a table with many points the error is up to
        1e-3 of the change.
        """
        names = [uncertainty.name for uncertainty in getattr(self.flux, "uncertainties", ())]

        def rates(T: Array, flux: Flux, target: Target) -> Array:
            changes = np.zeros((len(names), T.size))
            if names and flux.uncertainties:  # of those of a part with one timing only some are there
                own = [names.index(uncertainty.name) for uncertainty in flux.uncertainties]
                changes[own] = changed_rates(T, flux, self._channel(target, theory))
            return changes

        return self.fold(rates)

    def _theory(self, theory: Any) -> Any:
        """The theory, or the one by default."""
        return interaction_or_default(theory)

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
        held = near | (np.maximum(P[1:], P[:-1]) > UNSEEN)
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
        return T[chosen], np.maximum(largest, UNSEEN)

    def _turns(self, seen: Callable[[Array], Array], cuts: Array, nuclide: Nuclide | None, edges: Array) -> Array:
        """√T at which the probabilities are not smooth: where the signal passes an edge, a cut in it, or begins."""
        detector = self.detector
        observed = product_of(detector.efficiency, "observed")
        finite = edges[np.isfinite(edges)]
        cut: tuple[float, ...] = ()
        if observed is not None:
            cut = observed._breaks_between(finite[0], finite[-1]) if finite.size > 1 else observed.breaks
        levels = increasing(np.concatenate([finite, cut, [0.0]]))
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
            turns.append(crossings(seen, cuts, increasing(steps.reshape(-1)))[0])
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
    errors: dict[Any, list[Uncertainty]] = {}
    for component in flux.components:
        if component.timing is None:
            raise UnsupportedError(
                f"component {component.name!r} of the flux has no timing: give its source a pulse; in place of a window"
                " of a flux, give the whole flux and times=[start, stop]"
            )
        parts.setdefault(component.timing, []).append(component)
    for timing in parts:  # all of them, so that rows of all parts are the same
        errors[timing] = [
            Uncertainty(u.name, tuple(part for part in u.parts if part.timing == timing)) for u in flux.uncertainties
        ]
    return {timing: Flux(tuple(components), flux.per, tuple(errors[timing])) for timing, components in parts.items()}


def _seen_alike(detector: Chain) -> list[tuple[Target, float, Nuclide | None]]:
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
