"""Pion decay at rest: protons stop in a target, make pions, and the π⁺ and their μ⁺ decay where they stop.

    π⁺ → μ⁺ ν_μ        one line at E₀ = (m_π² − m_μ²)/(2 m_π) = 29.792 MeV        "prompt", τ = 26 ns
    μ⁺ → e⁺ ν_e ν̄_μ    the spectra of `cevns.spectra.EndPoint`, to m_μ/2           "delayed", τ = 2.2 μs

Each π⁺ gives one neutrino of each of the three flavours, so that at a distance L each arrives with r N/(4πL²): N protons, and
the yield r of neutrinos per flavour and proton. With a pulse of protons its components know when they arrive (`cevns.timing`).

What is left out, in parts of r: π⁻ stop and are captured (more than 99 % of them); the muon of a stopped pion has 4 MeV and
stops within 1e-5 of its lifetime, so that muons do not decay in flight; kaons need protons of 1.6 GeV or more, and are rare
at 3 GeV. Pions that decay in flight, less than 1 %, are an option.

Sources: COHERENT, Science 357 (2017) 1123 (arXiv:1708.01294), supplement; COHERENT, Phys. Rev. D 106 (2022) 032003
(arXiv:2109.11049), for the yield and the parts above.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .. import constants
from .._arguments import digits, increasing, real_array, real_number, shown
from ..errors import InputError
from ..fluxes.flux import LARGEST_UNCERTAINTY, Component, Flux
from ..fluxes.pulses import GaussianPulse, Pulse, PulseTrain, RectangularPulse, TrapezoidalPulse
from ..fluxes.spectra import EndPoint, Lines, Spectrum, Table
from ..fluxes.timing import Timing
from ._geometry import sphere

LINE_ENERGY = (constants.PION_MASS**2 - constants.MUON_MASS**2) / (2 * constants.PION_MASS)  # MeV
MOST_PER_PROTON = 1e6  # neutrinos
MOST_PROTONS = 1e60
YIELD_RANGE = (0.8, 1.4)  # GeV, where `neutrino_yield` answers
YIELD_UNCERTAINTY = 0.10  # COHERENT, in all its analyses, from the spread of data on low-energy π⁺ production
YIELD = "pion decay at rest: neutrinos per proton"  # the name of that uncertainty
PROMPT = (1e6 * constants.PION_LIFETIME,)  # μs
DELAYED = (1e6 * constants.PION_LIFETIME, 1e6 * constants.MUON_LIFETIME)  # μs

FLIGHT_MOMENTUM = 200.0  # MeV, of pions that decay in flight, by default

# Pulses, μs after the reference time of each facility.
SNS_PULSE = GaussianPulse(0.44, 0.15)  # COHERENT's release for argon (arXiv:2006.12659), whose mean is uncertain by 0.2
ESS_PULSE = RectangularPulse(0.0, 2860.0)
CCM_PULSE = TrapezoidalPulse(0.0, 0.145, 0.145, 0.29)  # a triangle of 290 ns, taken as symmetric
JSNS2_PULSE = PulseTrain((RectangularPulse(0.0, 0.1), RectangularPulse(0.6, 0.7)))  # two bunches
CSNS_PULSE = RectangularPulse(0.0, 0.5)  # "shorter than 500 ns": a stand-in for its two bunches


def pion_decay_at_rest(
    *,
    distance: float,
    power: float | None = None,
    protons: float | None = None,
    proton_energy: float | None = None,
    yield_per_proton: float | None = None,
    uncertainty: float | None = None,
    pulse: Pulse | None = None,
    decay_in_flight: float = 0.0,
    flight_spectrum: Spectrum | None = None,
) -> Flux:
    """The neutrinos of a proton beam on a target: per second for a power, per burst for a number of protons.

    Parameters
    ----------
    distance : float
        L from the target [m], > 0.
    power : float
        Of the beam [MW], ≥ 0; needs `proton_energy`. Give this or `protons`.
    protons : float
        Protons on target, 0 to 1e60: the flux is then the fluence of that run [cm⁻²], with `per` "burst" (rates per kg, not per
        day).
    proton_energy : float
        Kinetic energy of a proton [GeV], > 0.
    yield_per_proton : float
        r, neutrinos of each flavour per proton, 0 to 1e6. By default `neutrino_yield(proton_energy)`, which holds for mercury
        and 0.8 to 1.4 GeV.
    uncertainty : float
        Relative, of the yield, ≥ 0: the flux carries it, and rates show it with `covariance=True`. By default 0.10 for the
        yield of `neutrino_yield`, and none for one of your own.
    pulse : Pulse
        When the protons arrive, one of `cevns.timing`; the components then have a `timing`. None by default.
    decay_in_flight : float
        The part f of the pions that decays before it stops, 0 to 1: their ν_μ leave the line for the component "decay in
        flight". Their muons stop, and the delayed neutrinos stay as they are. At the SNS f is less than 0.01.
    flight_spectrum : Spectrum
        Of the ν_μ from these, normalised to one; `pion_flight_spectrum(200.0)` by default.

    Returns
    -------
    Flux
        Components "prompt" (numu) and "delayed" (numubar, nue), alike in number, and "decay in flight" (numu), if any.

    Raises
    ------
    InputError
        For values outside their range; both or neither of `power` and `protons`; no `proton_energy` where it is needed; a
        spectrum in flight that is not normalised, or is given for no decays.

    Notes
    -----
    The flux of each flavour is r (dN/dt)/(4πL²), with dN/dt = P/E_p. All share the uncertainty of r, also those of two
    distances or facilities in one sum: its name, "pion decay at rest: neutrinos per proton", is the same.

    With f = 0.01 and the default spectrum the rate on CsI changes by +0.23 %, that on argon by +0.37 % (all recoils).

    Examples
    --------
    >>> from cevns import sources
    >>> flux = sources.pion_decay_at_rest(power=1.4, proton_energy=0.984, distance=20.0, yield_per_proton=0.0848)
    >>> f"{flux.total('nue'):.2e}"
    '1.50e+07'
    """
    area = sphere(100 * real_number(distance, "distance", unit="m", minimum=0.0, above=True))
    if (power is None) == (protons is None):
        got = "neither" if power is None else f"power={power!r} and protons={protons!r}"
        raise InputError(f"give either power [MW] or protons [on target] (got {got})")
    if proton_energy is not None:
        proton_energy = real_number(proton_energy, "proton_energy", unit="GeV", minimum=0.0, above=True)
    if yield_per_proton is None:
        if proton_energy is None:
            raise InputError("give yield_per_proton, or proton_energy for the yield of mercury (got neither)")
        produced = neutrino_yield(proton_energy)
        uncertainty = YIELD_UNCERTAINTY if uncertainty is None else uncertainty
    else:
        produced = real_number(yield_per_proton, "yield_per_proton", minimum=0.0, maximum=MOST_PER_PROTON)
    relative = real_number(0.0 if uncertainty is None else uncertainty, "uncertainty", minimum=0.0, maximum=LARGEST_UNCERTAINTY)
    if power is None:
        number = real_number(protons, "protons", minimum=0.0, maximum=MOST_PROTONS)
    else:
        watt = 1e6 * real_number(power, "power", unit="MW", minimum=0.0)
        if proton_energy is None:
            raise InputError("power needs proton_energy in GeV (got none)")
        number = watt / (proton_energy * 1e9 * constants.ELEMENTARY_CHARGE)
    if pulse is not None and not isinstance(pulse, Pulse):
        raise InputError(f"pulse must be one of cevns.timing (got {shown(pulse)})")
    prompt, delayed, at_once = (None if pulse is None else Timing(pulse, life) for life in (PROMPT, DELAYED, ()))
    in_flight = real_number(decay_in_flight, "decay_in_flight", minimum=0.0, maximum=1.0)
    scale = produced * number / area
    components = [
        Component("numu", "prompt", Lines([LINE_ENERGY], [1.0]), scale * (1 - in_flight), prompt),
        Component("numubar", "delayed", EndPoint("muon"), scale, delayed),
        Component("nue", "delayed", EndPoint("electron"), scale, delayed),
    ]
    if in_flight:
        spectrum = pion_flight_spectrum(FLIGHT_MOMENTUM) if flight_spectrum is None else _normalised(flight_spectrum)
        components.append(Component("numu", "decay in flight", spectrum, scale * in_flight, at_once))
    elif flight_spectrum is not None:
        raise InputError(f"flight_spectrum needs decay_in_flight > 0 (got {shown(decay_in_flight)})")
    flux = Flux(tuple(components), "burst" if power is None else "s")
    return flux.with_uncertainty(YIELD, relative) if relative else flux


def _normalised(spectrum: Spectrum) -> Spectrum:
    if not isinstance(spectrum, Spectrum):
        raise InputError(f"flight_spectrum must be one of cevns.spectra (got {shown(spectrum)})")
    if not abs(spectrum.total - 1) < 1e-6:
        raise InputError(f"flight_spectrum must have a total of 1 (got {digits(spectrum.total)})")
    return spectrum


def pion_flight_spectrum(momentum: ArrayLike, weights: ArrayLike | None = None) -> Table:
    """The spectrum of the ν_μ from pions that decay in flight, in all directions: exact for given momenta.

    Parameters
    ----------
    momentum : array_like
        One or more momenta of the pion [MeV], 1e-6 to 1e5.
    weights : array_like, optional
        Decays at each momentum, ≥ 0, in any unit; the same at all by default.

    Returns
    -------
    Table
        A histogram, normalised to one.

    Raises
    ------
    InputError
        For values outside their range, or lengths that do not match.

    Notes
    -----
    In the frame of the pion the neutrino has E₀ = 29.792 MeV in any direction, so that one momentum p gives every energy
    between E₀ e^(−η) and E₀ e^η alike, sinh η = p/m_π; the mean is E₀ cosh η. A pion that slows down in dense
    matter (dE/dx ∝ β^(−5/3)) decays at all kinetic energies from 10 to 100 MeV alike, within 10 %; 200 MeV, the default of
    `pion_decay_at_rest`, is 104 MeV of kinetic energy.

    The directions are taken as even. Pions follow the beam: at 90° from it and behind, where most detectors are, fewer and
    softer neutrinos arrive, so that this spectrum is an upper estimate there.

    Examples
    --------
    >>> from cevns import sources
    >>> spectrum = sources.pion_flight_spectrum(200.0)
    >>> [round(energy, 2) for energy in spectrum.energy.tolist()]
    [9.37, 94.75]
    """
    p = real_array(momentum, "momentum", unit="MeV", minimum=1e-6, maximum=1e5).reshape(-1)
    w = np.ones(p.size) if weights is None else real_array(weights, "weights", minimum=0.0).reshape(-1)
    if not p.size or w.size != p.size or not w.any():
        raise InputError(f"pions need momenta, and as many weights, not all 0 (got {p.size} and {w.size})")
    boost = p / constants.PION_MASS + np.hypot(p / constants.PION_MASS, 1.0)  # e^η
    low, high = LINE_ENERGY / boost, LINE_ENERGY * boost
    edges = increasing(np.concatenate([low, high]))
    w = w / w.max()
    each = w / w.sum() / (high - low)
    return Table(edges, ((low <= edges[:-1, None]) & (edges[1:, None] <= high)) @ each, "histogram")


def neutrino_yield(proton_energy: float) -> float:
    """Neutrinos of each flavour per proton on a thick mercury target, from simulations.

    Parameters
    ----------
    proton_energy : float
        Kinetic energy E [GeV], 0.8 to 1.4.

    Raises
    ------
    InputError
        Outside that range.

    Notes
    -----
    A third of F = 0.28 E³ − 1.12 E² + 1.79 E − 0.68, the three flavours together: COHERENT, Phys. Rev. D 106 (2022) 032003. Its
    uncertainty is 10 %; it gives 0.0878 at 0.984 GeV, where the analysis of 2021 took 0.0848. Other targets have other yields.

    Examples
    --------
    >>> from cevns import sources
    >>> round(sources.neutrino_yield(1.0), 4)
    0.09
    """
    low, high = YIELD_RANGE
    E = real_number(proton_energy, "proton_energy", unit="GeV", minimum=low, maximum=high)
    return (0.28 * E**3 - 1.12 * E**2 + 1.79 * E - 0.68) / 3


def protons_on_target(beam_energy: float, proton_energy: float) -> float:
    """Protons in a beam that has delivered an energy: N = W/E_p, as runs are often reported.

    Parameters
    ----------
    beam_energy : float
        W delivered to the target [GWh], ≥ 0.
    proton_energy : float
        E_p, kinetic energy of a proton [GeV], > 0.

    Raises
    ------
    InputError
        For values outside their range.

    Examples
    --------
    >>> from cevns import sources
    >>> f"{sources.protons_on_target(1.0, proton_energy=1.0):.4e}"
    '2.2469e+22'
    """
    joule = 3.6e12 * real_number(beam_energy, "beam_energy", unit="GWh", minimum=0.0)
    energy = real_number(proton_energy, "proton_energy", unit="GeV", minimum=0.0, above=True)
    return joule / (energy * 1e9 * constants.ELEMENTARY_CHARGE)


# ---- facilities ----------------------------------------------------------------------------------------------------------


def sns(
    *,
    distance: float = 19.3,
    power: float | None = None,
    protons: float | None = None,
    proton_energy: float | None = None,
    yield_per_proton: float | None = None,
    uncertainty: float | None = YIELD_UNCERTAINTY,
    pulse: Pulse | None = SNS_PULSE,
    decay_in_flight: float = 0.0,
    flight_spectrum: Spectrum | None = None,
) -> Flux:
    """The Spallation Neutron Source, Oak Ridge: 1.4 MW of 0.984 GeV protons on mercury, at 19.3 m.

    The values of the CsI detector of COHERENT (2021): r = 0.0848 to 10 %, 1.61e7 cm⁻² s⁻¹ of each flavour. Protons arrive 60
    times a second; their pulse is a Gaussian of mean 0.44 and width 0.15 μs, as in the release for argon, whose mean is
    uncertain by 0.2 μs (`Timing.shifted` moves it).

    Parameters
    ----------
    distance : float
        [m]; 19.3 is CsI, 27.5 liquid argon.
    power, protons, proton_energy, yield_per_proton
        As for `pion_decay_at_rest`, 1.4 MW, 0.984 GeV and 0.0848 by default. With another proton energy the default yield is
        `neutrino_yield`: 0.0900 at 1.0 GeV, 0.1231 at 1.3 GeV.
    uncertainty, pulse, decay_in_flight, flight_spectrum
        As for `pion_decay_at_rest`; 0.10, the Gaussian and none by default.

    Raises
    ------
    InputError
        As for `pion_decay_at_rest`.

    References
    ----------
    COHERENT, Phys. Rev. Lett. 129 (2022) 081801 (arXiv:2110.07730). Earlier analyses took r = 0.08 (2017) and 0.09 (argon,
    2020). Pulse: COHERENT, arXiv:2006.12659.

    Examples
    --------
    >>> from cevns import sources
    >>> f"{sources.sns(protons=3.198e23).total('numu'):.3e}"  # the run of 2021, as a fluence
    '5.794e+14'
    """
    if proton_energy is None:
        proton_energy = 0.984
        yield_per_proton = 0.0848 if yield_per_proton is None else yield_per_proton
    return pion_decay_at_rest(
        distance=distance,
        power=1.4 if power is None and protons is None else power,
        protons=protons,
        proton_energy=proton_energy,
        yield_per_proton=yield_per_proton,
        uncertainty=uncertainty,
        pulse=pulse,
        decay_in_flight=decay_in_flight,
        flight_spectrum=flight_spectrum,
    )


def ess(
    *,
    distance: float = 20.0,
    power: float | None = None,
    protons: float | None = None,
    proton_energy: float | None = None,
    yield_per_proton: float | None = None,
    uncertainty: float | None = None,
    pulse: Pulse | None = ESS_PULSE,
    decay_in_flight: float = 0.0,
    flight_spectrum: Spectrum | None = None,
) -> Flux:
    """The European Spallation Source, Lund, as designed: 5 MW of 2 GeV protons on tungsten, at 20 m.

    r = 0.3: 8.4e22 neutrinos of each flavour in a year of 5000 hours. Protons arrive 14 times a second, in pulses of 2.86 ms.

    Parameters
    ----------
    distance : float
        [m]
    power, protons, proton_energy, yield_per_proton
        As for `pion_decay_at_rest`, 5 MW, 2 GeV and 0.3 by default; another proton energy needs its yield.
    uncertainty, pulse, decay_in_flight, flight_spectrum
        As for `pion_decay_at_rest`; none, the long pulse and none by default.

    Raises
    ------
    InputError
        As for `pion_decay_at_rest`, or for a proton energy without a yield.

    References
    ----------
    D. Baxter et al., JHEP 02 (2020) 123 (arXiv:1911.00762).

    Examples
    --------
    >>> from cevns import sources
    >>> f"{sources.ess().total('nue'):.2e}"
    '9.31e+07'
    """
    energy, produced = _with_its_yield("ess", 2.0, 0.3, proton_energy, yield_per_proton)
    return pion_decay_at_rest(
        distance=distance,
        power=5.0 if power is None and protons is None else power,
        protons=protons,
        proton_energy=energy,
        yield_per_proton=produced,
        uncertainty=uncertainty,
        pulse=pulse,
        decay_in_flight=decay_in_flight,
        flight_spectrum=flight_spectrum,
    )


def ccm(
    *,
    distance: float = 23.0,
    power: float | None = None,
    protons: float | None = None,
    proton_energy: float | None = None,
    yield_per_proton: float | None = None,
    uncertainty: float | None = None,
    pulse: Pulse | None = CCM_PULSE,
    decay_in_flight: float = 0.0,
    flight_spectrum: Spectrum | None = None,
) -> Flux:
    """Coherent CAPTAIN-Mills at the Lujan centre, Los Alamos: 0.1 MW of 0.8 GeV protons on tungsten, at 23 m.

    r = 0.0425. The power is quoted as 80 to 100 kW. Protons arrive 20 times a second, in triangular pulses of 290 ns, taken as
    symmetric.

    Parameters
    ----------
    distance : float
        [m]
    power, protons, proton_energy, yield_per_proton
        As for `pion_decay_at_rest`, 0.1 MW, 0.8 GeV and 0.0425 by default; another proton energy needs its yield.
    uncertainty, pulse, decay_in_flight, flight_spectrum
        As for `pion_decay_at_rest`; none, the triangle and none by default.

    Raises
    ------
    InputError
        As for `pion_decay_at_rest`, or for a proton energy without a yield.

    References
    ----------
    CCM, Phys. Rev. D 106 (2022) 012001 (arXiv:2105.14020).

    Examples
    --------
    >>> from cevns import sources
    >>> f"{sources.ccm().total('nue'):.2e}"
    '4.99e+05'
    """
    energy, produced = _with_its_yield("ccm", 0.8, 0.0425, proton_energy, yield_per_proton)
    return pion_decay_at_rest(
        distance=distance,
        power=0.1 if power is None and protons is None else power,
        protons=protons,
        proton_energy=energy,
        yield_per_proton=produced,
        uncertainty=uncertainty,
        pulse=pulse,
        decay_in_flight=decay_in_flight,
        flight_spectrum=flight_spectrum,
    )


def jsns2(
    *,
    distance: float = 24.0,
    power: float | None = None,
    protons: float | None = None,
    proton_energy: float | None = None,
    yield_per_proton: float | None = None,
    uncertainty: float | None = 0.35,
    pulse: Pulse | None = JSNS2_PULSE,
    decay_in_flight: float = 0.0,
    flight_spectrum: Spectrum | None = None,
) -> Flux:
    """JSNS² at the spallation source of J-PARC, Tokai: 1 MW of 3 GeV protons on mercury, at 24 m.

    r = 0.48 is what JSNS² measured: (6.7 ± 1.6 ± 1.7)e-9 ν_e per cm² and proton at 24 m, times 4πL². It is uncertain by a
    third; estimates without data go down to 0.17. Protons arrive 25 times a second, in two bunches of 100 ns whose starts are
    600 ns apart: half a turn of their synchrotron, 348.3 m, which takes 598 ns at 3 GeV and 581 ns at the speed of light. A
    text with an "interval" of 540 ns can then only mean the gap, from the end of a bunch of 60 ns to the start of the next.

    Parameters
    ----------
    distance : float
        [m]
    power, protons, proton_energy, yield_per_proton
        As for `pion_decay_at_rest`, 1 MW, 3 GeV and 0.48 by default; another proton energy needs its yield.
    uncertainty, pulse, decay_in_flight, flight_spectrum
        As for `pion_decay_at_rest`; 0.35, the errors above in quadrature, the two bunches and none by default.

    Raises
    ------
    InputError
        As for `pion_decay_at_rest`, or for a proton energy without a yield.

    References
    ----------
    JSNS², arXiv:2412.18509 (the flux); arXiv:1705.08629 (the design).

    Examples
    --------
    >>> from cevns import sources
    >>> f"{sources.jsns2(protons=1.0).total('nue'):.1e}"
    '6.6e-09'
    """
    energy, produced = _with_its_yield("jsns2", 3.0, 0.48, proton_energy, yield_per_proton)
    return pion_decay_at_rest(
        distance=distance,
        power=1.0 if power is None and protons is None else power,
        protons=protons,
        proton_energy=energy,
        yield_per_proton=produced,
        uncertainty=uncertainty,
        pulse=pulse,
        decay_in_flight=decay_in_flight,
        flight_spectrum=flight_spectrum,
    )


def csns(
    *,
    distance: float = 10.5,
    power: float | None = None,
    protons: float | None = None,
    proton_energy: float | None = None,
    yield_per_proton: float | None = None,
    uncertainty: float | None = None,
    pulse: Pulse | None = CSNS_PULSE,
    decay_in_flight: float = 0.0,
    flight_spectrum: Spectrum | None = None,
) -> Flux:
    """The China Spallation Neutron Source, Dongguan: 0.14 MW of 1.6 GeV protons on tungsten, at 10.5 m.

    r = 0.17: 6.7e6 cm⁻² s⁻¹ of each flavour. Yield and distance are less certain than the beam; with them the flux is 42 % of
    `sns()`, and 40 % of it with r = 0.09 at 1 GeV, where the proposal has 60 % less than COHERENT. The upgrade of the beam goes
    to 0.5 MW. Protons arrive 25 times a second in less than 500 ns, here evenly.

    Parameters
    ----------
    distance : float
        [m]
    power, protons, proton_energy, yield_per_proton
        As for `pion_decay_at_rest`, 0.14 MW, 1.6 GeV and 0.17 by default; another proton energy needs its yield.
    uncertainty, pulse, decay_in_flight, flight_spectrum
        As for `pion_decay_at_rest`; none, the rectangle and none by default.

    Raises
    ------
    InputError
        As for `pion_decay_at_rest`, or for a proton energy without a yield.

    References
    ----------
    C. Su, Q. Liu and T. Liang (CLOVERS), Phys. Sci. Forum 8 (2023) 19 (arXiv:2303.13423).

    Examples
    --------
    >>> from cevns import sources
    >>> f"{sources.csns().total('nue'):.1e}"
    '6.7e+06'
    """
    energy, produced = _with_its_yield("csns", 1.6, 0.17, proton_energy, yield_per_proton)
    return pion_decay_at_rest(
        distance=distance,
        power=0.14 if power is None and protons is None else power,
        protons=protons,
        proton_energy=energy,
        yield_per_proton=produced,
        uncertainty=uncertainty,
        pulse=pulse,
        decay_in_flight=decay_in_flight,
        flight_spectrum=flight_spectrum,
    )


def _with_its_yield(
    name: str, energy: float, produced: float, proton_energy: float | None, yield_per_proton: float | None
) -> tuple[float, float]:
    """Proton energy and yield of a facility, of which the caller may replace the yield, or both."""
    if yield_per_proton is None:
        if proton_energy is not None and proton_energy != energy:
            raise InputError(
                f"yield_per_proton must be given for a proton_energy other than {name}'s {energy:g} GeV "
                f"(got {shown(proton_energy)})"
            )
        yield_per_proton = produced
    return energy if proton_energy is None else proton_energy, yield_per_proton
