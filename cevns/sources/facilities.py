"""Facilities of pion decay at rest, as rows of a table: beam, distance, yield and pulse, and where they are published.

Formulas
--------
facilities, `sns`, `ess`, `ccm`, `csns`, `jsns2`: rows of a table: beam, distance, yield, pulse
    named with each row
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from .._arguments import real_number, shown
from .._texts import of_fields
from ..errors import InputError
from ..fluxes.flux import Flux
from ..fluxes.pulses import GaussianPulse, Pulse, PulseTrain, RectangularPulse, TrapezoidalPulse
from ..fluxes.spectra import Spectrum
from .pion_decay_at_rest import YIELD_UNCERTAINTY, pion_decay_at_rest


@dataclass(frozen=True)
class Facility:
    """A beam on a target, and a detector at it.

    Parameters
    ----------
    name : str
        The name of its function.
    power, proton_energy, yield_per_proton, distance : float
        MW, GeV, neutrinos of each flavour per proton, m.
    uncertainty : float, optional
        Relative uncertainty of the yield.
    pulse : Pulse
        When protons arrive.
    title, text, reference, example : str
        Parts of the docstring: what it is, what to know of its figures, their source, and a call with its value.
    other_energies : bool
        Whether another proton energy has the yield of `cevns.sources.neutrino_yield`; else it needs its own.
    """

    name: str
    power: float
    proton_energy: float
    yield_per_proton: float
    distance: float
    uncertainty: float | None
    pulse: Pulse
    title: str
    text: str
    reference: str
    example: tuple[str, str]
    distances: str = "[m]"
    other_energies: bool = False

    __repr__ = of_fields


# Published figures, each with its source in `reference`.
FACILITIES = (
    Facility(
        name="sns",
        power=1.4,
        proton_energy=0.984,
        yield_per_proton=0.0848,
        distance=19.3,
        uncertainty=YIELD_UNCERTAINTY,
        pulse=GaussianPulse(0.44, 0.15),  # COHERENT's release for argon (arXiv:2006.12659), whose mean is uncertain by 0.2
        title="The Spallation Neutron Source, Oak Ridge: 1.4 MW of 0.984 GeV protons on mercury, at 19.3 m.",
        text="""\
    The values of the CsI detector of COHERENT (2021): r = 0.0848 to 10 %, 1.61e7 cm⁻² s⁻¹ of each flavour. Protons arrive 60
    times a second; their pulse is a Gaussian of mean 0.44 and width 0.15 μs, as in the release for argon, whose mean is
    uncertain by 0.2 μs (`Timing.shifted` moves it). With another proton energy the default yield is `neutrino_yield`: 0.0900
    at 1.0 GeV, 0.1231 at 1.3 GeV.""",
        reference="""\
    COHERENT, Phys. Rev. Lett. 129 (2022) 081801 (arXiv:2110.07730). Earlier analyses took r = 0.08 (2017) and 0.09 (argon,
    2020). Pulse: COHERENT, arXiv:2006.12659.""",
        example=("""f"{sources.sns(protons=3.198e23).total('numu'):.3e}"  # the run of 2021, as a fluence""", "5.794e+14"),
        distances="[m]; 19.3 is CsI, 27.5 liquid argon.",
        other_energies=True,
    ),
    Facility(
        name="ess",
        power=5.0,
        proton_energy=2.0,
        yield_per_proton=0.3,
        distance=20.0,
        uncertainty=None,
        pulse=RectangularPulse(0.0, 2860.0),
        title="The European Spallation Source, Lund, as designed: 5 MW of 2 GeV protons on tungsten, at 20 m.",
        text="""\
    r = 0.3: 8.4e22 neutrinos of each flavour in a year of 5000 hours. Protons arrive 14 times a second, in pulses of
    2.86 ms.""",
        reference="    D. Baxter et al., JHEP 02 (2020) 123 (arXiv:1911.00762).",
        example=("""f"{sources.ess().total('nue'):.2e}\"""", "9.31e+07"),
    ),
    Facility(
        name="ccm",
        power=0.1,
        proton_energy=0.8,
        yield_per_proton=0.0425,
        distance=23.0,
        uncertainty=None,
        pulse=TrapezoidalPulse(0.0, 0.145, 0.145, 0.29),  # a triangle of 290 ns, taken as symmetric
        title="Coherent CAPTAIN-Mills at the Lujan centre, Los Alamos: 0.1 MW of 0.8 GeV protons on tungsten, at 23 m.",
        text="""\
    r = 0.0425. The power is quoted as 80 to 100 kW. Protons arrive 20 times a second, in triangular pulses of 290 ns, taken as
    symmetric.""",
        reference="    CCM, Phys. Rev. D 106 (2022) 012001 (arXiv:2105.14020).",
        example=("""f"{sources.ccm().total('nue'):.2e}\"""", "4.99e+05"),
    ),
    Facility(
        name="jsns2",
        power=1.0,
        proton_energy=3.0,
        yield_per_proton=0.48,
        distance=24.0,
        uncertainty=0.35,
        pulse=PulseTrain((RectangularPulse(0.0, 0.1), RectangularPulse(0.6, 0.7))),  # two bunches
        title="JSNS² at the spallation source of J-PARC, Tokai: 1 MW of 3 GeV protons on mercury, at 24 m.",
        text="""\
    r = 0.48 is what JSNS² measured: (6.7 ± 1.6 ± 1.7)e-9 ν_e per cm² and proton at 24 m, times 4πL². It is uncertain by a
    third, these errors in quadrature; estimates without data go down to 0.17. Protons arrive 25 times a second, in two bunches
    of 100 ns whose starts are 600 ns apart: half a turn of their synchrotron, 348.3 m, which takes 598 ns at 3 GeV and 581 ns
    at the speed of light. A text with an "interval" of 540 ns can then only mean the gap, from the end of a bunch of 60 ns to
    the start of the next.""",
        reference="    JSNS², arXiv:2412.18509 (the flux); arXiv:1705.08629 (the design).",
        example=("""f"{sources.jsns2(protons=1.0).total('nue'):.1e}\"""", "6.6e-09"),
    ),
    Facility(
        name="csns",
        power=0.14,
        proton_energy=1.6,
        yield_per_proton=0.17,
        distance=10.5,
        uncertainty=None,
        pulse=RectangularPulse(0.0, 0.5),  # "shorter than 500 ns": a stand-in for its two bunches
        title="The China Spallation Neutron Source, Dongguan: 0.14 MW of 1.6 GeV protons on tungsten, at 10.5 m.",
        text="""\
    r = 0.17: 6.7e6 cm⁻² s⁻¹ of each flavour. Yield and distance are less certain than the beam; with them the flux is 42 % of
    `sns()`, and 40 % of it with r = 0.09 at 1 GeV, where the proposal has 60 % less than COHERENT. The upgrade of the beam goes
    to 0.5 MW. Protons arrive 25 times a second in less than 500 ns, here evenly.""",
        reference="    C. Su, Q. Liu and T. Liang (CLOVERS), Phys. Sci. Forum 8 (2023) 19 (arXiv:2303.13423).",
        example=("""f"{sources.csns().total('nue'):.1e}\"""", "6.7e+06"),
    ),
)

_DOCSTRING = """{title}

{text}

    Parameters
    ----------
    distance : float
        {distances}
    power, protons, proton_energy, yield_per_proton
        As for `pion_decay_at_rest`, {power:g} MW, {proton_energy:g} GeV and {yield_per_proton:g} by default{other}.
    uncertainty, pulse, decay_in_flight, flight_spectrum
        As for `pion_decay_at_rest`; {error}, the pulse above and none by default.

    Raises
    ------
    InputError
        As for `pion_decay_at_rest`{without}.

    References
    ----------
{reference}

    Examples
    --------
    >>> from cevns import sources
    >>> {call}
    '{value}'
    """


class Source(Protocol):
    """The function of a facility; its defaults are those of its row."""

    def __call__(
        self,
        *,
        distance: float = ...,
        power: float | None = None,
        protons: float | None = None,
        proton_energy: float | None = None,
        yield_per_proton: float | None = None,
        uncertainty: float | None = ...,
        pulse: Pulse | None = ...,
        decay_in_flight: float = 0.0,
        flight_spectrum: Spectrum | None = None,
    ) -> Flux: ...


def _source(facility: Facility) -> Source:
    """The function of a facility, with the docstring and the defaults of its row."""

    def source(
        *,
        distance: float = facility.distance,
        power: float | None = None,
        protons: float | None = None,
        proton_energy: float | None = None,
        yield_per_proton: float | None = None,
        uncertainty: float | None = facility.uncertainty,
        pulse: Pulse | None = facility.pulse,
        decay_in_flight: float = 0.0,
        flight_spectrum: Spectrum | None = None,
    ) -> Flux:
        energy = facility.proton_energy
        if proton_energy is not None:
            proton_energy = real_number(proton_energy, "proton_energy", unit="GeV", minimum=0.0, above=True)
        if yield_per_proton is None and (proton_energy is None or (proton_energy == energy and not facility.other_energies)):
            yield_per_proton = facility.yield_per_proton
        if yield_per_proton is None and not facility.other_energies:
            raise InputError(
                f"yield_per_proton must be given for a proton_energy other than {facility.name}'s {energy:g} GeV "
                f"(got {shown(proton_energy)})"
            )
        return pion_decay_at_rest(
            distance=distance,
            power=facility.power if power is None and protons is None else power,
            protons=protons,
            proton_energy=energy if proton_energy is None else proton_energy,
            yield_per_proton=yield_per_proton,
            uncertainty=uncertainty,
            pulse=pulse,
            decay_in_flight=decay_in_flight,
            flight_spectrum=flight_spectrum,
        )

    source.__name__ = source.__qualname__ = facility.name
    source.__doc__ = _DOCSTRING.format(
        **{name: getattr(facility, name) for name in ("title", "text", "distances", "power", "proton_energy")},
        yield_per_proton=facility.yield_per_proton,
        other="" if facility.other_energies else "; another proton energy needs its yield",
        error="none" if facility.uncertainty is None else f"{facility.uncertainty:.2f}",
        without="" if facility.other_energies else ", or for a proton energy without a yield",
        reference=facility.reference,
        call=facility.example[0],
        value=facility.example[1],
    )
    return source


sns, ess, ccm, jsns2, csns = map(_source, FACILITIES)
