"""Counts of light dark matter in detectors: their response, folded with its rate.

It arrives with the protons. So in bins of time its counts are those of a `Timing` without lifetimes, where neutrinos from muons
are spread over microseconds.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import Array, shown
from ..detectors.detector import Detector
from ..detectors.response import Response
from ..errors import InputError
from ..nuclei.targets import Target
from .production import DarkMatterFlux
from .rates import DarkMatter, checked, dark_matter
from .scattering import VectorPortal


class DarkMatterResponse(Response):
    """The counts of a detector in a flux of dark matter: a `cevns.detectors.response.Response` with nodes for that flux.

    Parameters
    ----------
    detector : Detector
        The detector.
    edges : array_like (m + 1,)
        Increasing, in the unit of `detector.observable`.
    flux : DarkMatterFlux
        The flux at the detector.
    portal : VectorPortal
        With which the nodes are chosen; they serve others of its mass too.
    times : array_like (k + 1,), optional
        Increasing times [μs] after the pulse of protons: a last axis of the counts, for a flux with timing.

    Raises
    ------
    InputError, UnsupportedError
        For edges or times that do not increase, two masses; times, or an efficiency in time, for a flux without timing.
    """

    def __init__(
        self,
        detector: Detector,
        edges: ArrayLike,
        flux: DarkMatterFlux,
        portal: VectorPortal,
        times: ArrayLike | None = None,
    ) -> None:
        if not isinstance(detector, Detector):
            raise InputError(f"detector must be a cevns.Detector (got {shown(detector)})")
        checked(flux, detector.target, portal)
        self.portal = portal
        super().__init__(detector, edges, flux, partial(_channel, flux, portal), _shape(portal), times)

    def _theory(self, theory: VectorPortal | None) -> VectorPortal:
        return self.portal if theory is None else theory


def _shape(portal: VectorPortal) -> VectorPortal:
    """The portal without its couplings: nodes follow the shape of a rate, and a rate of 0 has none."""
    return replace(portal, kinetic_mixing=1.0, alpha_D=1.0)


def _channel(
    flux: DarkMatterFlux,
    portal: VectorPortal,
    target: Target,
    theory: VectorPortal | None,
    parameters: tuple[str, ...] = (),
) -> DarkMatter:
    own = portal if theory is None else theory
    if own != _shape(portal):
        checked(flux, target, own)
    return dark_matter(target, own, parameters, flux.kinetic_mixing if flux.mediator_mass is not None else None)


def counts(
    place: Any,
    flux: DarkMatterFlux,
    portal: VectorPortal,
    edges: ArrayLike | None = None,
    *,
    times: ArrayLike | None = None,
) -> Array:
    """Counts of dark matter in a detector, or in the bins of an experiment.

    Parameters
    ----------
    place : Detector or Experiment
        The detector. An experiment has its own bins, times and exposure; its flux of neutrinos is not used.
    flux : DarkMatterFlux
        The flux of dark matter: per day, or of a run as the experiment's flux of neutrinos.
    portal : VectorPortal
        Portal through which χ scatters; its mass is that of the flux.
    edges, times : array_like, optional
        For a detector, which needs edges: as for `DarkMatterResponse`.

    Returns
    -------
    ndarray
        Of a detector counts per day, or for a burst in all, (m,) or (m, k) with times; of an experiment in its bins.

    Raises
    ------
    InputError, UnsupportedError
        As for `DarkMatterResponse`; for another place, edges or times of an experiment, a flux in another unit than its own.

    Examples
    --------
    >>> import cevns
    >>> from cevns.dark_matter import DarkMatterFlux, VectorPortal, counts
    >>> masses = {"mass": 25.0, "mediator_mass": 75.0, "kinetic_mixing": 1e-4}
    >>> pulse = cevns.timing.GaussianPulse(0.44, 0.15)
    >>> flux = DarkMatterFlux.from_pion_decay_at_rest(**masses, protons=3.198e23, distance=19.3, pulse=pulse)
    >>> found = counts(cevns.Experiment.load("coherent-csi-2021"), flux, VectorPortal(**masses, alpha_D=0.5))
    >>> found.shape
    (8, 17)
    """
    if isinstance(place, Detector):
        if edges is None:
            raise InputError("the counts of a detector need edges (got none)")
        return DarkMatterResponse(place, edges, flux, portal, times).counts()
    # an experiment: its module stands behind this one
    arranged = getattr(place, "_arranged", None)
    if not callable(arranged):
        raise InputError(f"place must be a cevns.Detector or a cevns.Experiment (got {shown(place)})")
    if edges is not None or times is not None:
        raise InputError("an experiment has its own edges and times: give them to its detector")
    if isinstance(flux, DarkMatterFlux) and flux.per != place.flux.per:
        raise InputError(f"the flux must be per {place.flux.per!r} as that of the experiment (got {shown(flux.per)})")
    return np.asarray(arranged(DarkMatterResponse(place.detector, place.edges, flux, portal, place.times).counts()))


def template(
    place: Any,
    flux: DarkMatterFlux,
    portal: VectorPortal,
    edges: ArrayLike | None = None,
    *,
    times: ArrayLike | None = None,
) -> Array:
    """Counts for ε⁴α_D = 1: with the masses fixed, counts are ε⁴α_D times it.

    Parameters
    ----------
    place, flux, portal, edges, times
        As for `counts`; ε and α_D of flux and portal are not used.

    Returns
    -------
    ndarray
        As `counts`.

    Raises
    ------
    InputError, UnsupportedError
        As for `counts`.

    Examples
    --------
    >>> from cevns import Detector
    >>> from cevns.dark_matter import DarkMatterFlux, VectorPortal, counts, template
    >>> masses = {"mass": 25.0, "mediator_mass": 75.0, "kinetic_mixing": 1e-4}
    >>> flux = DarkMatterFlux.from_pion_decay_at_rest(**masses, protons=3.198e23, distance=19.3)
    >>> portal = VectorPortal(**masses, alpha_D=0.5)
    >>> once = template(Detector("CsI", 14.6), flux, portal, [10.0, 20.0])
    >>> bool(abs(1e-4**4 * 0.5 * once / counts(Detector("CsI", 14.6), flux, portal, [10.0, 20.0]) - 1) < 1e-12)
    True
    """
    if not isinstance(flux, DarkMatterFlux) or not isinstance(portal, VectorPortal):
        return counts(place, flux, portal, edges, times=times)  # which says what is wrong
    flux, portal = replace(flux, kinetic_mixing=1.0), replace(portal, kinetic_mixing=1.0, alpha_D=1.0)
    return counts(place, flux, portal, edges, times=times)
