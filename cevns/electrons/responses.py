"""Responses: what a detector counts of the electrons that neutrinos hit.

An electron's energy is what detectors are calibrated with, so no quenching acts on it: its signal is T in keV_ee. Resolution
and the efficiencies of what is observed are those of the detector, as for nuclei.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from numpy.typing import ArrayLike

from .._arguments import known_name, shown
from ..detectors.detector import Detector
from ..detectors.quenching import Constant, Identity, Quenching
from ..detectors.response import Response
from ..errors import InputError, UnsupportedError
from ..fluxes.flux import Flux, FluxHistory
from ..interactions import Interaction
from ..scattering.engine import checked_flux
from .rates import BINDINGS, Ratio, electrons


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
        The flux at the detector.
    interaction : Interaction, optional
        With which the nodes are chosen, `StandardModel()` by default; they serve others too.
    binding, ratio
        As for `differential_rate`.
    signal : Quenching, optional
        Signal of an electron of energy T, in the unit of the detector's quenching: T itself by default, where that is an
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
    """The response of a detector to electrons; made by `response`, immutable."""

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
        known_name(binding, BINDINGS, "binding")
        channel = partial(electrons, binding=binding, ratio=ratio)
        super().__init__(_of_electrons(detector, signal), edges, checked_flux(flux), channel, interaction, times)


def _of_electrons(detector: Detector, signal: Quenching | None) -> Detector:
    """The detector with what electrons give in place of its quenching."""
    if any(part.axis == "recoil" for part in detector.efficiency):
        raise UnsupportedError(
            "the detector has an efficiency of nuclear recoils: give it one of what is observed, for electrons"
        )
    if signal is not None and (not isinstance(signal, Quenching) or signal.of_nuclei):
        raise InputError(
            f"signal must say what an electron gives, as quenching.Constant, Linear or a Function (got {shown(signal)}"
            f"{', a model of nuclear recoils' if isinstance(signal, Quenching) else ''})"
        )
    if signal is None and detector.quenching is not None:
        unit = detector.quenching.unit
        if unit not in ("keV_ee", "keV"):
            raise UnsupportedError(f"the detector counts {unit}: say with signal=… how many an electron gives")
        signal = Constant(1.0) if unit == "keV_ee" else Identity()
    return replace(detector, quenching=signal)
