"""Pion decay at rest: protons stop in a target, make pions, and the π⁺ and their μ⁺ decay where they stop.

    π⁺ → μ⁺ ν_μ        one line at E₀ = (m_π² − m_μ²)/(2 m_π) = 29.792 MeV        "prompt", τ = 26 ns
    μ⁺ → e⁺ ν_e ν̄_μ    the spectra of `cevns.spectra.EndPoint`, to m_μ/2           "delayed", τ = 2.2 μs

Each π⁺ gives one neutrino of each of the three flavours, so that at a distance L each arrives with r N/(4πL²): N protons, and
the yield r of neutrinos per flavour and proton. With a pulse of protons its components know when they arrive (`cevns.timing`).

These are left out, in parts of r: π⁻ stop and are captured (more than 99 % of them); the muon of a stopped pion has 4 MeV and
stops within 1e-5 of its lifetime, so that muons do not decay in flight; kaons need protons of 1.6 GeV or more, and are rare
at 3 GeV. Pions that decay in flight, less than 1 %, are an option.

Sources: COHERENT, Science 357 (2017) 1123 (arXiv:1708.01294), supplement; COHERENT, Phys. Rev. D 106 (2022) 032003
(arXiv:2109.11049), for the yield and the parts above.

Formulas
--------
pion decay at rest, `pion_decay_at_rest`: φ = r N/(4πL²), E₀ = (m_π² − m_μ²)/(2m_π)
    COHERENT, Phys. Rev. D 106 (2022) 032003
pion decay in flight, `pion_flight_spectrum`: dN/dE = 1/(2E₀ sinh η) for E₀ e^(−η) < E < E₀ e^η, sinh η = p/m_π
    kinematics of two bodies
neutrinos per proton, `neutrino_yield`: 3r = 0.28 E³ − 1.12 E² + 1.79 E − 0.68
    COHERENT, Phys. Rev. D 106 (2022) 032003
protons in a run, `protons_on_target`: N = W/E_p
    definition
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .. import constants
from .._arguments import digits, increasing, real_array, real_number, shown
from ..errors import InputError
from ..fluxes._base import LARGEST_UNCERTAINTY
from ..fluxes.flux import Component, Flux
from ..fluxes.pulses import Pulse
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
        Power of the beam [MW], ≥ 0; needs `proton_energy`. Give this or `protons`.
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
        Spectrum of the ν_μ from these, normalised to one; `pion_flight_spectrum(200.0)` by default.

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
        got = "neither" if power is None else f"power={shown(power)} and protons={shown(protons)}"
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
