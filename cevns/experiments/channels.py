"""The channels of an experiment: nuclei, electrons, dark matter, each by the response of its detector.

The signal of an experiment is the sum over its channels. Nuclei and electrons are hit by its flux of neutrinos, as an
interaction says; dark matter brings a flux and a portal of its own, whose couplings stand beside those of the interaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from .._arguments import Array, known_name, several, shown
from .._texts import of_fields
from ..detectors.detector import Detector
from ..detectors.efficiency import Efficiency
from ..detectors.quenching import Quenching
from ..detectors.response import Response
from ..errors import InputError
from ..interactions import Interaction
from ..interactions.currents import Current
from ..kinematics import recoil_energy_max
from ..scattering.rates import differential_rate

if TYPE_CHECKING:
    from ..dark_matter import DarkMatterFlux, VectorPortal

__all__ = ["DarkMatter", "Electrons", "Nuclei"]

NAMES = ("nuclei", "electrons", "dark matter")


class Channel(Protocol):
    """The methods that an experiment needs of each of its channels."""

    @property
    def name(self) -> str:
        """One of NAMES."""

    @property
    def of_neutrinos(self) -> bool:
        """Whether it is hit by the experiment's flux."""

    def theory(self, interaction: Interaction) -> Any:
        """The argument of its response: the interaction, or the portal of dark matter."""

    def sees(self, current: Current) -> bool:
        """Whether a current of an interaction gives it counts."""

    def response(self, place: Any, interaction: Interaction) -> Response:
        """The response of the detector of an experiment."""

    def rate(self, place: Any, interaction: Interaction) -> Array:
        """dR/dT at recoil energies up to the largest, by which couplings are compared."""


@dataclass(frozen=True)
class Nuclei:
    """Nuclei that recoil as a whole: CEvNS, and what new physics adds to it."""

    name = "nuclei"
    of_neutrinos = True
    __repr__ = of_fields

    def theory(self, interaction: Interaction) -> Interaction:
        """The interaction."""
        return interaction

    def sees(self, current: Current) -> bool:
        """Whether it acts on nucleons."""
        return bool(current.matrix.any())

    def response(self, place: Any, interaction: Interaction) -> Response:
        """That of the detector."""
        detector: Detector = place.detector
        return detector.response(place.edges, place.flux, interaction, times=place.times)

    def rate(self, place: Any, interaction: Interaction) -> Array:
        """dR/dT of nuclei."""
        target = place.detector.target
        lightest = min((nuclide for nuclide, _ in target.components), key=lambda nuclide: nuclide.mass)
        T = _SAMPLES * recoil_energy_max(place.flux.breaks[-1], lightest)
        return np.asarray(differential_rate(T, place.flux, target, interaction))


@dataclass(frozen=True)
class Electrons:
    """Electrons of the target, whose energy is seen as it is, without quenching.

    Parameters
    ----------
    binding : {"stepping", "free"}
        Whether a shell answers only above its binding energy.
    ratio : callable, optional
        Factor of the rate, as for `cevns.electrons.differential_rate`.
    signal : Quenching, optional
        Signal of an electron of energy T, where the detector counts quanta; as for `cevns.electrons.response`.
    efficiency : Efficiency or iterable of Efficiency, optional
        In place of those of the detector; needed where these are of the energy of nuclear recoils. () for none.

    Raises
    ------
    InputError, UnknownNameError
        For an unknown binding, a ratio that is no function, another efficiency.
    """

    binding: str = "stepping"
    ratio: Any = None
    signal: Quenching | None = None
    efficiency: tuple[Efficiency, ...] | None = None

    name = "electrons"
    of_neutrinos = True
    __repr__ = of_fields

    def __post_init__(self) -> None:
        from ..electrons.rates import BINDINGS

        known_name(self.binding, BINDINGS, "binding")
        if self.ratio is not None and not callable(self.ratio):
            raise InputError(f"ratio must be a function of recoil energies such as a TabulatedRatio (got {shown(self.ratio)})")
        if self.efficiency is not None:
            wanted = "efficiency must be one or more of cevns.efficiency"
            given = self.efficiency
            listed = (given,) if isinstance(given, Efficiency) else several(given, wanted)
            if not all(isinstance(part, Efficiency) for part in listed):
                raise InputError(f"{wanted} (got {shown(given)})")
            object.__setattr__(self, "efficiency", listed)

    def theory(self, interaction: Interaction) -> Interaction:
        """The interaction."""
        return interaction

    def sees(self, current: Current) -> bool:
        """Whether it acts on electrons."""
        return current.electron is not None and bool(current.electron.any())

    def response(self, place: Any, interaction: Interaction) -> Response:
        """That of the detector to electrons."""
        from .. import electrons

        detector: Detector = place.detector
        if self.efficiency is not None:
            detector = replace(detector, efficiency=self.efficiency)
        options = {"binding": self.binding, "ratio": self.ratio, "signal": self.signal, "times": place.times}
        return electrons.response(detector, place.edges, place.flux, interaction, **options)

    def rate(self, place: Any, interaction: Interaction) -> Array:
        """dR/dT of electrons."""
        from .. import electrons

        T = _SAMPLES * electrons.recoil_energy_max(place.flux.breaks[-1])
        target = place.detector.target
        return np.asarray(electrons.differential_rate(T, place.flux, target, interaction, binding=self.binding))


@dataclass(frozen=True)
class DarkMatter:
    """Light dark matter on nuclei, beside the neutrinos.

    Parameters
    ----------
    flux : DarkMatterFlux
        The flux of dark matter: per day, or of a run as the experiment's flux of neutrinos.
    portal : VectorPortal
        Portal through which χ scatters. Its `kinetic_mixing` and `alpha_D` can be parameters of templates.

    Raises
    ------
    InputError
        For arguments of another type.
    """

    flux: DarkMatterFlux
    portal: VectorPortal

    name = "dark matter"
    of_neutrinos = False
    __repr__ = of_fields

    def __post_init__(self) -> None:
        from ..dark_matter import DarkMatterFlux, VectorPortal

        for name, kind in (("flux", DarkMatterFlux), ("portal", VectorPortal)):
            if not isinstance(getattr(self, name), kind):
                raise InputError(f"{name} must be a cevns.dark_matter.{kind.__name__} (got {shown(getattr(self, name))})")

    def theory(self, interaction: Interaction) -> VectorPortal:
        """The portal."""
        return self.portal

    def sees(self, current: Current) -> bool:
        """Neutrinos have no part in it."""
        return False

    def response(self, place: Any, interaction: Interaction) -> Response:
        """That of the detector to dark matter."""
        from ..dark_matter import DarkMatterResponse

        if self.flux.per != place.flux.per:
            raise InputError(
                f"the flux of dark matter must be per {place.flux.per!r} as that of the experiment (got {shown(self.flux.per)})"
            )
        return DarkMatterResponse(place.detector, place.edges, self.flux, self.portal, place.times)

    def rate(self, place: Any, interaction: Interaction) -> Array:
        """It has no couplings to compare."""
        return np.zeros(1)


_SAMPLES = np.geomspace(1e-6, 1.0, 200)
_BY_NAME: Mapping[str, type[Nuclei] | type[Electrons]] = MappingProxyType({"nuclei": Nuclei, "electrons": Electrons})


def channels_of(given: Any) -> tuple[Channel, ...]:
    """Checked channels; "nuclei" and "electrons" stand for those as by default."""
    wanted = 'channels must be one or more of "nuclei", "electrons" and objects of cevns.experiments.channels'
    listed = (given,) if isinstance(given, str | Nuclei | Electrons | DarkMatter) else several(given, wanted)
    found = []
    for channel in listed:
        if isinstance(channel, str):
            channel = _BY_NAME[known_name(channel, tuple(_BY_NAME), "channel")]()
        if not isinstance(channel, Nuclei | Electrons | DarkMatter):
            raise InputError(f"{wanted} (got {shown(channel)})")
        found.append(channel)
    names = [channel.name for channel in found]
    if not found or len(set(names)) < len(names):
        raise InputError(f"{wanted}, each once (got {shown(names)})")
    return tuple(found)


def __dir__() -> list[str]:
    return __all__
