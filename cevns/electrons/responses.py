"""Responses: what a detector counts of the electrons that neutrinos hit.

An electron's energy is what detectors are calibrated with, so no quenching acts on it: its signal is T in keV_ee. Resolution
and the efficiencies of what is observed are those of the detector, as for nuclei.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import Array, known_name, shown
from ..detectors.detector import Detector
from ..detectors.quenching import Constant, Identity, Quenching
from ..detectors.response import Response
from ..errors import InputError, UnsupportedError
from ..fluxes.flux import Flux
from ..fluxes.histories import FluxHistory
from ..fluxes.spectra import Lines
from ..interactions import Interaction, interaction_or_default
from ..nuclei.targets import Target
from .coefficients import parts_of
from .rates import BINDINGS, Ratio, differential_rate, recoils
from .shells import steps


def response(
    detector: Detector,
    edges: ArrayLike,
    flux: Flux | FluxHistory,
    interaction: Interaction | None = None,
    *,
    binding: str = "stepping",
    ratio: Ratio | None = None,
    signal: Quenching | None = None,
    times: ArrayLike | None = None,
) -> ElectronResponse:
    """The response of a detector to electrons, prepared: its `counts()` is a prediction.

    Parameters
    ----------
    detector : Detector
        Target, mass, resolution and efficiencies. Its quenching is left out.
    edges : array_like (m + 1,)
        Increasing, in the unit of the detector's `observable`; the ends may be infinite.
    flux : Flux or FluxHistory
        What arrives.
    interaction : Interaction, optional
        With which the nodes are chosen, `StandardModel()` by default; they serve others too.
    binding, ratio
        As for `differential_rate`.
    signal : Quenching, optional
        What an electron of energy T gives, in the unit of the detector's quenching: T itself by default, where that is an
        energy. For numbers of electrons or photons give one of `cevns.quenching`, as `Function`.
    times : array_like (k + 1,), optional
        Increasing times [μs] after the pulse of protons: a last axis of the counts, for a flux with timing.

    Returns
    -------
    ElectronResponse
        `counts(interaction)` per day, or for a burst in all: (m,), (m, steps) of a history, (m, k) with times. `fold(rate)`
        takes any rate, as that of `cevns.detectors.response.Response` does.

    Raises
    ------
    InputError, UnknownNameError, UnsupportedError
        As for `differential_rate` and `Detector.response`; for an efficiency of the energy of nuclear recoils; for quanta
        without `signal`.

    Notes
    -----
    The nodes follow dR/dT between the binding energies, at which it jumps, and the end points of lines; errors are those of
    `cevns.detectors.response.Response`, 1e-9 of the largest bin. For an experiment: ``experiment.exposure *
    electrons.response(experiment.detector, experiment.edges, experiment.flux).counts()``.

    Examples
    --------
    >>> import cevns
    >>> from cevns import Detector, electrons, resolution
    >>> xenon = Detector("Xe", 1000.0, resolution=resolution.Gaussian(constant=0.31))
    >>> flux = cevns.sources.solar(components=["pp", "7Be"])
    >>> bins = electrons.response(xenon, [1.0, 5.0, 10.0, 20.0], flux).counts()  # a day and tonne
    >>> (365.25 * bins).round(1).tolist()
    [10.8, 15.6, 30.4]
    """
    return ElectronResponse(detector, edges, flux, interaction, times, binding=binding, ratio=ratio, signal=signal)


class ElectronResponse(Response):
    """What a detector counts of electrons; made by `response`, immutable."""

    def __init__(
        self,
        detector: Detector,
        edges: ArrayLike,
        flux: Flux | FluxHistory,
        interaction: Interaction | None = None,
        times: ArrayLike | None = None,
        *,
        binding: str = "stepping",
        ratio: Ratio | None = None,
        signal: Quenching | None = None,
    ) -> None:
        if not isinstance(detector, Detector):
            raise InputError(f"detector must be a cevns.Detector (got {shown(detector)})")
        self.binding, self.ratio = known_name(binding, BINDINGS, "binding"), ratio
        super().__init__(_of_electrons(detector, signal), edges, flux, interaction, times)

    def counts(self, interaction: Interaction | None = None) -> Array:
        """Counts per day, or for a burst in all: (m,), (m, steps) of a history, (m, k) with times.

        Parameters
        ----------
        interaction : Interaction, optional
            `StandardModel()` by default.
        """
        options: dict[str, Any] = {"binding": self.binding, "ratio": self.ratio}
        counts = self.fold(lambda T, flux, target: differential_rate(T, flux, target, interaction, **options))
        return np.maximum(counts, 0.0)  # interpolation rounds, where nothing is seen, to either side

    def _followed(
        self, target: Target, interaction: Interaction | None
    ) -> tuple[Callable[[Array], Array], list[float], list[float]]:
        """As that of every response: the rate jumps at binding energies."""
        options: dict[str, Any] = {"binding": self.binding, "ratio": self.ratio}
        fluxes = [self.flux] if isinstance(self.flux, Flux) else list(self.flux.fluxes)
        alone = [replace(flux, coherences=()) for flux in fluxes]  # what flavours have in common is as smooth as they are

        def rate(T: Array) -> Array:
            each = [differential_rate(T, flux, target, interaction, split="flavor", **options) for flux in alone]
            return np.concatenate(each)

        parts = parts_of(interaction_or_default(interaction))
        hard = [*steps(target, self.binding), *getattr(self.ratio, "breaks", ())]
        soft = [0.0]
        for flux in fluxes:
            lines = [c.spectrum.breaks for c in flux.components if isinstance(c.spectrum, Lines)]
            for part in parts:
                soft.extend(recoils(flux.breaks, part))
                hard.extend(recoils(np.concatenate([[], *lines]), part))
        return rate, hard, soft


def _of_electrons(detector: Detector, signal: Quenching | None) -> Detector:
    """The detector with what electrons give in place of its quenching."""
    if any(part.axis == "recoil" for part in detector.efficiency):
        raise UnsupportedError(
            "the detector has an efficiency of nuclear recoils: give it one of what is observed, for electrons"
        )
    if signal is None and detector.quenching is not None:
        unit = detector.quenching.unit
        if unit not in ("keV_ee", "keV"):
            raise UnsupportedError(f"the detector counts {unit}: say with signal=… how many an electron gives")
        signal = Constant(1.0) if unit == "keV_ee" else Identity()
    return replace(detector, quenching=signal)
