"""Detectors: from recoils to what is counted.

A recoil of energy T gives a signal (quenching, light yield), which is measured with a resolution and passes efficiencies:

    P(T in bin) = ε_recoil(T) ∫_bin ε_observed(x) p(x | Y · QF(T) T) dx

A `Detector` holds these; its `Response` to a flux is the matrix R[bin, T], made once, so that a prediction is one product:

    counts = R · dR/dT

No neutrino physics is in R but the energies at which the flux is not smooth, between which its nodes lie.

Formulas
--------
what a detector sees, `Detector`: P(T in bin) = ε_recoil(T) ∫_bin ε_observed(x) p(x|Y · QF(T) T) dx
    definition
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import Array, increasing, real_array, real_number, several, shown
from .._texts import of_fields
from .._typed import Like, Many, Number, Values
from ..errors import InputError, UnsupportedError
from ..fluxes.flux import Flux, FluxHistory, not_a_flux
from ..interactions import Interaction, interaction_or_default
from ..nuclei.nuclides import Nuclide
from ..nuclei.targets import Target
from ..scattering.rates import channel
from .efficiency import Efficiency
from .efficiency._base import product_of
from .product_integration import UNSEEN, integrate
from .quenching import Quenching
from .resolution import Perfect, Resolution, checked_edges

if TYPE_CHECKING:
    from ..fluxes.timing import Timing
from .response import Response

_PERFECT = Perfect()


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
        `Gamma` and a `Poisson` have their own.

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
    ...     resolution=resolution.Gamma(),
    ...     efficiency=efficiency.Logistic.coherent_csi_2021(),
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

    @overload
    def signal(self, recoil_energy: Number, nuclide: Nuclide | str | None = ...) -> float: ...
    @overload
    def signal(self, recoil_energy: Many, nuclide: Nuclide | str | None = ...) -> Array: ...
    @overload
    def signal(self, recoil_energy: Like, nuclide: Nuclide | str | None = ...) -> Values: ...
    def signal(self, recoil_energy: ArrayLike, nuclide: Nuclide | str | None = None) -> Values:
        """The mean of what is measured, in the unit of the bins, of recoils [keV], any shape.

        Raises
        ------
        InputError, UnknownNameError
            For negative energies, or without a nuclide where quenching depends on it.
        """
        if self.quenching is None:
            energy: Values = real_array(recoil_energy, "recoil_energy", unit="keV", minimum=0.0)
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
            The nuclide that recoils; needed where quenching asks for it. Responses give it each nuclide of the target.

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
            some = seen.max(axis=0, initial=0.0) > UNSEEN
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
            The flux at the detector.
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
    cuts = increasing(np.concatenate([finite, efficiency.breaks, timing.breaks, low]))
    span = (max(low[0], edges[0]), min(high[-1] + 4 * sum(timing.lifetimes), edges[-1]))
    weights = np.zeros(edges.size - 1)
    for time in timing.breaks:  # what arrives at an instant
        at_once = timing.fraction(time, np.nextafter(time, np.inf))
        i = int(np.searchsorted(edges, time, side="right")) - 1
        if 0 <= i < weights.size and not timing.lifetimes:
            weights[i] += at_once * efficiency(time)
    if span[1] <= span[0]:
        return weights
    cuts = increasing(np.concatenate([cuts[(cuts > span[0]) & (cuts < span[1])], span]))
    values = integrate(lambda t: timing.density(t) * efficiency(t), cuts, 1e-12)
    places = np.searchsorted(edges, (values.cuts[1:] + values.cuts[:-1]) / 2, side="right") - 1
    np.add.at(weights, places, values.integrals)
    return weights
