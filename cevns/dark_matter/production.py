"""Production of light dark matter where pions stop: how many χ arrive, and with which energies.

    π⁰ → γ A′        BR = 2 ε² (1 − m_A′²/m_π⁰²)³ BR(π⁰ → γγ)             for m_A′ < 134.98 MeV
    π⁻ p → n A′      where a π⁻ is captured and a γ of 129.4 MeV would leave  for m_A′ < 138.28 MeV
    A′ → χ χ̄         two for each A′; all of them, which needs α_D ≫ ε²α

At rest a decay gives one energy of A′, and a box of χ between (E_A′ ± p_A′ √(1 − 4m²/m_A′²))/2. Of a π⁰ in flight the spectrum
is a box of boxes. In rapidities it is a closed form: with a of χ in the frame of A′ (cosh a = m_A′/2m), c of A′ in that of π⁰
(e^c = m_π⁰/m_A′) and h of π⁰, and E = m cosh y,

    φ(E) = [min(y + a, h + c) − max(|y − a|, |h − c|)]₊ / (2 m_A′ sinh h sinh c tanh a):

the length of the rapidities of A′ that two decays have in common. This is for χ that leave A′ evenly in all directions, as
other codes have it (`decay="isotropic"`). They do not: helicity makes the A′ of π⁰ → γ A′ transverse, ±1 along its flight and
never 0. With θ between χ in the frame of A′ and that flight, b² = 1 − 4m²/m_A′² and the vertices (k − k′)·ε and ū ε̸ v,

    dN/dcos θ = ½ [1 + A P₂(cos θ)]        A = −1, sin²θ, of scalar χ        A = b²/(3 − b²), 2 − b² sin²θ, of Dirac χ

Of a longitudinal A′ A is −2 times that, as the three together are even. The A′ of the capture is so with the weight L =
½ m_π² m_A′²/(2m_π² − m_A′²)² for 1 of the transverse ones, and A (1 − 2L)/(1 + L) is left: 0 where A′ stands still. E is linear
in cos θ, so boxes become parabolas; in flight φ(E) = ∫ φ₀(E₀) dE₀/(2 p₀ sinh h) over the energies E₀ in the frame of π⁰ from
which E can be reached, an integral in the rapidity of E₀.

All of it is prompt: A′ and π⁰ live for less than 1e-15 s, π⁻ stop within nanoseconds. That χ is slower than light is left out:
it comes later by (L/c)(E/p − 1), 4 ns at 19.3 m for E = 3m.

Sources: P. deNiverville, M. Pospelov, A. Ritz, Phys. Rev. D 92 (2015) 095005 (arXiv:1505.07805), and their program BdNMC (its
branching ratio, and 129 MeV for the capture); B. Dutta et al., Phys. Rev. Lett. 124 (2020) 121802 (arXiv:1906.10745), and
arXiv:2006.09386. The box of boxes is derived here.

Formulas
--------
dark matter from pions, `Production`: BR(π⁰ → γA′) = 2 ε² (1 − m_A′²/m_π⁰²)³ BR(π⁰ → γγ)
    P. deNiverville, M. Pospelov, A. Ritz, Phys. Rev. D 92 (2015) 095005
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import ArrayLike

from .. import constants
from .._arguments import Array, digits, in_unit, increasing, known_name, real_array, real_number, restore, several, shown
from .._immutable import kept
from .._texts import cut, names, of_fields, size, written
from .._typed import Like, Many, Number, Values
from .._units import known_to_pint, refuse_hidden_unit
from ..errors import InputError
from ..fluxes._base import PER, density_unit
from ..fluxes.products import edges_of
from ..fluxes.pulses import Pulse
from ..fluxes.spectra import Function, Spectrum, Table
from ..fluxes.timing import Timing
from ..scattering.channels import Entry, Rows
from ..sources._geometry import sphere
from .cascades import SLOW, Cascade, box, on_shell, weighted, weighted_momenta

# The energy that a captured π⁻ leaves to what it makes with a neutron, at rest: the largest mass of A′, 138.28 MeV.
CAPTURE_MASS = constants.PION_MASS + constants.PROTON_MASS - constants.NEUTRON_MASS
_TOTAL = constants.PION_MASS + constants.PROTON_MASS  # MeV
DECAYS = ("isotropic", "scalar", "dirac")


def anisotropy_of(decay: str, mass: float, mediator_mass: float) -> float:
    """A in dN/dcos θ = ½ [1 + A P₂(cos θ)] of χ from a transverse A′."""
    if decay == "isotropic":
        return 0.0
    if decay == "scalar":
        return -1.0
    b_squared = (1 - 2 * mass / mediator_mass) * (1 + 2 * mass / mediator_mass)
    return b_squared / (3 - b_squared)


# ---- how many ------------------------------------------------------------------------------------------------------------


def pion_branching_ratio(mediator_mass: float, kinetic_mixing: float) -> float:
    """BR(π⁰ → γA′) = 2 ε² (1 − m_A′²/m_π⁰²)³ BR(π⁰ → γγ), 0 for a mediator that is too heavy.

    Parameters
    ----------
    mediator_mass : float
        m_A′ [MeV], > 0.
    kinetic_mixing : float
        ε, of which this is the leading order. For a mediator of baryon number ε = g_B/e: the trace of the charges of the quarks
        is the same.

    Raises
    ------
    InputError
        For values outside their range: |ε| ≤ 1, and a branching ratio that is no more than 1.

    References
    ----------
    B. Batell, M. Pospelov, A. Ritz, Phys. Rev. D 80 (2009) 095024 (arXiv:0906.5614).

    Examples
    --------
    >>> from cevns.dark_matter import pion_branching_ratio
    >>> f"{pion_branching_ratio(75.0, 1e-4):.3e}"
    '6.528e-09'
    """
    m = real_number(mediator_mass, "mediator_mass", unit="MeV", minimum=0.0, above=True)
    epsilon = checked_mixing(kinetic_mixing)
    branching = _branching_ratio(m) * epsilon**2
    if branching > 1:
        raise InputError(
            f"kinetic_mixing must be <= {math.sqrt(1 / _branching_ratio(m)):.3g} for mediator_mass={m:g} MeV, where all π⁰ "
            f"decay to A′ (got {digits(epsilon)})"
        )
    return branching


def _branching_ratio(mediator_mass: float) -> float:
    """BR(π⁰ → γA′)/ε²."""
    ratio = min(mediator_mass / constants.NEUTRAL_PION_MASS, 1.0)
    return 2 * ((1 - ratio) * (1 + ratio)) ** 3 * constants.NEUTRAL_PION_TO_PHOTONS


def mediators_per_capture(mediator_mass: float, kinetic_mixing: float) -> float:
    """A′ for each photon of π⁻ p → n γ at rest, 0 for a mediator that is too heavy.

    Parameters
    ----------
    mediator_mass : float
        m_A′ [MeV], > 0.
    kinetic_mixing : float
        ε.

    Returns
    -------
    float
        ε² (p_A′/p_γ) [1 + ½ m_π² m_A′²/(2 m_π² − m_A′²)²].

    Raises
    ------
    InputError
        For values outside their range.

    Notes
    -----
    Phase space, times two transverse polarisations and the longitudinal one. The amplitude is that of leading order with heavy
    nucleons, contact term and pion pole together, T ∝ σ·ε + σ·k (2q − k)·ε/((q − k)² − m_π²), which conserves the current;
    the longitudinal part adds 1.8 % at 50 MeV, 12 % at 100 MeV, and at the end, where A′ stands still, the half that a third
    polarisation must. What is left out is of the order m_π/m_N, 15 %. Conventions differ: B. Dutta et al. (arXiv:2006.09386)
    take ε² at all masses, BdNMC 2 ε² (1 − m_A′²/(129 MeV)²)³/4 for each π⁻.

    Examples
    --------
    >>> from cevns.dark_matter import mediators_per_capture
    >>> round(mediators_per_capture(75.0, 1.0), 4)
    0.8809
    """
    m = real_number(mediator_mass, "mediator_mass", unit="MeV", minimum=0.0, above=True)
    epsilon = checked_mixing(kinetic_mixing)
    if m >= CAPTURE_MASS:
        return 0.0
    return epsilon**2 * _captured(m)[1] / _captured(0.0)[1] * (1 + _longitudinal(m))


def _longitudinal(mediator_mass: float) -> float:
    """Longitudinal A′ of a capture for each transverse one."""
    squared, pion = mediator_mass**2, constants.PION_MASS**2
    return pion * squared / (2 * (2 * pion - squared) ** 2)


def _captured(mediator_mass: float) -> tuple[float, float]:
    """Energy and momentum of A′ from π⁻ p → n A′ at rest."""
    n, m = constants.NEUTRON_MASS, mediator_mass
    momentum = math.sqrt((_TOTAL - n - m) * (_TOTAL - n + m) * (_TOTAL + n - m) * (_TOTAL + n + m)) / (2 * _TOTAL)
    return math.hypot(momentum, m), momentum


# ---- the flux ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Production:
    """One way in which χ are made.

    Parameters
    ----------
    name : str
        Name of the production channel: "pion decay".
    spectrum : Spectrum
        Spectrum of the total energy of χ, one of `cevns.spectra` or a `Cascade`.
    scale : float
        Multiplies the spectrum to cm⁻² s⁻¹ MeV⁻¹ (a burst: cm⁻² MeV⁻¹) for ε = 1, ≥ 0.
    """

    name: str
    spectrum: Spectrum
    scale: float = 1.0

    __repr__ = of_fields

    def __post_init__(self) -> None:
        if not (isinstance(self.name, str) and self.name.isprintable()):
            raise InputError(f"name of a production must be a printable text (got {shown(self.name)})")
        if not isinstance(self.spectrum, Spectrum):
            raise InputError(f"spectrum must be one of cevns.spectra (got {shown(self.spectrum)})")
        object.__setattr__(self, "scale", real_number(self.scale, "scale", minimum=0.0))


@dataclass(frozen=True)
class DarkMatterFlux:
    """The flux of χ and χ̄ at a detector: ε² times the sum of its productions, all of them prompt.

    Made by `from_pion_decay_at_rest`, or of one's own spectra.

    Parameters
    ----------
    mass : float
        m of χ [MeV], ≥ 0; no spectrum begins below it.
    productions : iterable of Production
        The parts.
    kinetic_mixing : float
        ε, from −1 to 1; 1 for a flux that is what it is.
    per : {"s", "burst"}
        Whether the flux is per second (rates are then per day) or of a burst, a run given in protons.
    timing : Timing, optional
        When it arrives: the pulse of protons.
    mediator_mass : float, optional
        m_A′ [MeV] of the mediator that it was made by. A portal must then have this mass and the same ε; with None any may go
        with it.
    decay : {"isotropic", "scalar", "dirac"}, optional
        The way χ left A′: a portal must have the same particle, where it is one.
    charge : {"electric"}, optional
        To what the mediator had to couple: a portal must have it. None for what both charges make.

    Raises
    ------
    InputError, UnknownNameError
        For no productions, values outside their range, energies below the mass.

    Examples
    --------
    >>> from cevns.dark_matter import DarkMatterFlux, Production
    >>> from cevns.fluxes.spectra import Table
    >>> flux = DarkMatterFlux(10.0, [Production("mine", Table([20.0, 60.0], [1e3], "histogram"))])
    >>> flux.total(), flux.mean_energy()
    (40000.0, 40.0)
    """

    mass: float
    productions: tuple[Production, ...]
    kinetic_mixing: float = 1.0
    per: str = "s"
    timing: Timing | None = None
    mediator_mass: float | None = None
    decay: str | None = None
    charge: str | None = None

    if TYPE_CHECKING:

        def __init__(
            self,
            mass: float,
            productions: Iterable[Production],
            kinetic_mixing: float = 1.0,
            per: str = "s",
            timing: Timing | None = None,
            mediator_mass: float | None = None,
            decay: str | None = None,
            charge: str | None = None,
        ) -> None: ...

    def __repr__(self) -> str:
        arguments = {item.name: getattr(self, item.name) for item in fields(self) if item.name != "productions"}
        given = ", ".join(f"{name} {written(value)}" for name, value in arguments.items() if value is not None)
        made = names(part.name for part in self.productions)
        total = size(self, len(self.productions), "cm⁻² s⁻¹" if self.per == "s" else "cm⁻²")
        return cut(f"<DarkMatterFlux of {total + ': ' * bool(total)}{made}; {given}>")

    def __post_init__(self) -> None:
        known_to_pint(type(self))
        put = self.__dict__
        if self.mediator_mass is not None:
            put["mediator_mass"] = on_shell(self.mass, self.mediator_mass)[1]
        if self.decay is not None:
            known_name(self.decay, DECAYS, "decay")
        if self.charge is not None:
            known_name(self.charge, ("electric",), "charge of the production")
        put["mass"] = real_number(self.mass, "mass", unit="MeV", minimum=0.0)
        given = several(self.productions, "productions must be one or more cevns.dark_matter.Production")
        if not given or not all(isinstance(part, Production) for part in given):
            raise InputError(f"productions must be one or more cevns.dark_matter.Production (got {shown(self.productions)})")
        put["productions"] = given
        put["kinetic_mixing"] = checked_mixing(self.kinetic_mixing)
        known_name(self.per, PER, "unit of a flux (per)")
        if self.timing is not None and not isinstance(self.timing, Timing):
            raise InputError(f"timing must be a cevns.timing.Timing (got {shown(self.timing)})")
        for part in self.productions:
            first = min((energy for energy, _ in part.spectrum.lines), default=math.inf)
            first = first if first < math.inf else float(edges_of(part.spectrum)[0])
            if first < self.mass or (part.spectrum.lines and first == self.mass):
                raise InputError(
                    f"the spectrum of {part.name!r} must begin at mass = {self.mass:g} MeV or above (got {digits(first)} MeV)"
                )

    @classmethod
    def from_pion_decay_at_rest(
        cls,
        *,
        mass: float,
        mediator_mass: float,
        kinetic_mixing: float,
        distance: float,
        power: float | None = None,
        protons: float | None = None,
        proton_energy: float | None = None,
        pi0_per_proton: float = 0.1,
        pi0_momentum: ArrayLike = 0.0,
        pi0_weights: ArrayLike | None = None,
        capture_photons_per_proton: float = 0.0,
        pulse: Pulse | None = None,
        decay: str = "scalar",
    ) -> DarkMatterFlux:
        """The χ of a proton beam on a target: per second for a power, per burst for a number of protons.

        Parameters
        ----------
        mass, mediator_mass : float
            m of χ and m_A′ > 2m [MeV]: A′ decays to χχ̄, and to nothing else.
        kinetic_mixing : float
            ε; g_B/e for a mediator of baryon number (π⁰ only).
        distance : float
            L from the target [m], > 0.
        power, protons, proton_energy
            As for `sources.pion_decay_at_rest`: [MW] and [GeV], or protons on target.
        pi0_per_proton : float
            π⁰ for each proton, ≥ 0. 0.1 is about that of the SNS (0.106 in pyCEvNS, the program of B. Dutta et al. 2020);
            protons of higher energy make more.
        pi0_momentum : array_like
            Their momenta [MeV], from 0 to 1e5: one or more. 0 by default: at rest, as all below 1e-6.
        pi0_weights : array_like, optional
            Decays at each momentum, ≥ 0, in any unit; the same at all by default.
        capture_photons_per_proton : float
            Photons of 129.4 MeV from π⁻ p → n γ for each proton, ≥ 0; each gives `mediators_per_capture` A′.
        pulse : Pulse, optional
            When the protons arrive, one of `cevns.timing`.
        decay : {"isotropic", "scalar", "dirac"}
            The way χ leave A′, in its frame: as scalar or as Dirac χ do from the A′ that π⁰ → γA′ gives, which is transverse,
            or "isotropic", evenly in all directions, as other codes have it. "scalar" is the default, as it is of
            `VectorPortal`; a portal of the other particle refuses the flux.

        Raises
        ------
        InputError, UnknownNameError
            For values outside their range; masses with which A′ is not made, or does not decay to χχ̄; both or neither of
            `power` and `protons`; ε with which more than all π⁰ would decay to A′; an unknown decay.

        Notes
        -----
        What `decay` changes, for π⁰ at rest, m = 25 and m_A′ = 75 MeV on caesium: of scalar χ, which avoid the flight of
        A′, +8 % of the recoils above 10 keV, −10 % above 20, −37 % above 30 and −69 % above 41, four fifths of the
        largest; of Dirac χ −1, +3, +9 and +16 %. Totals of the flux are the same.

        Each π⁰ gives 2 BR(π⁰ → γA′) particles, spread over 4πL². π⁰ are made in flight and decay before they stop. Their
        momenta are yours to give, from a simulation or a parametrisation of your target: the default, at rest, is the soft
        limit. With 200 MeV, 106 MeV of kinetic energy, recoils above 10 keV on CsI for m = 25 and m_A′ = 75 MeV change by
        +28 %. Directions are taken as even: π⁰ follow the beam, and detectors beside or behind it see fewer and softer χ.

        In nuclei all but a few per cent of the π⁻ are captured without a photon, and the photons are spread over tens of MeV:
        the line holds for hydrogen. So there are none by default.

        Examples
        --------
        >>> from cevns.dark_matter import DarkMatterFlux
        >>> flux = DarkMatterFlux.from_pion_decay_at_rest(
        ...     mass=25.0, mediator_mass=75.0, kinetic_mixing=1e-4, protons=3.198e23, distance=19.3
        ... )
        >>> f"{flux.total():.3e}"
        '8.920e+06'
        >>> [round(energy, 2) for energy in flux.productions[0].spectrum.edges]
        [26.78, 61.55]
        """
        m, mA = on_shell(mass, mediator_mass)
        uneven = anisotropy_of(known_name(decay, DECAYS, "decay"), m, mA)
        area = sphere(100 * real_number(distance, "distance", unit="m", minimum=0.0, above=True))
        number = _protons(power, protons, proton_energy) / area
        pions = real_number(pi0_per_proton, "pi0_per_proton", minimum=0.0)
        captures = real_number(capture_photons_per_proton, "capture_photons_per_proton", minimum=0.0)
        momentum, weights = weighted_momenta(pi0_momentum, pi0_weights)
        if pulse is not None and not isinstance(pulse, Pulse):
            raise InputError(f"pulse must be one of cevns.timing (got {shown(pulse)})")
        for amount, limit, parent in (
            (pions, constants.NEUTRAL_PION_MASS, "a π⁰ can decay to it (or pi0_per_proton=0)"),
            (captures, CAPTURE_MASS, "a π⁻ can be captured to it"),
        ):
            if amount and mA >= limit:
                raise InputError(f"mediator_mass must be < {limit:.2f} MeV, so that {parent} (got {digits(mA)})")
        if not (pions or captures):
            raise InputError("give pi0_per_proton or capture_photons_per_proton > 0 (got 0 for both)")
        productions = []
        if pions:
            pion_branching_ratio(mA, kinetic_mixing)  # refused where it is above 1
            scale = 2 * number * pions * _branching_ratio(mA)
            M, still = constants.NEUTRAL_PION_MASS, momentum < SLOW
            if weights[still].any():
                spectrum = box(m, mA, (M * M + mA * mA) / (2 * M), (M - mA) * (M + mA) / (2 * M), uneven)
                productions.append(Production("pion decay", spectrum, scale * float(weights[still].sum())))
            if weights[~still].any():
                flying = Cascade(m, mA, M, momentum[~still], weights[~still], uneven)
                productions.append(Production("pion decay in flight", flying, scale * float(weights[~still].sum())))
        if captures:
            scale = 2 * number * captures * mediators_per_capture(mA, 1.0)
            left = uneven * (1 - 2 * _longitudinal(mA)) / (1 + _longitudinal(mA))
            productions.append(Production("pion capture", box(m, mA, *_captured(mA), left), scale))
        timing = None if pulse is None else Timing(pulse)
        charge = "electric" if captures else None
        per = "s" if protons is None else "burst"
        return cls(m, tuple(productions), kinetic_mixing, per, timing, mA, decay, charge)

    @classmethod
    def from_table(
        cls,
        mass: float,
        energy: ArrayLike,
        values: ArrayLike,
        *,
        interpolation: str = "linear",
        per: str = "s",
        name: str = "table",
        timing: Timing | None = None,
    ) -> DarkMatterFlux:
        """A flux from a table of total energies [MeV], ≥ m, and densities [cm⁻² s⁻¹ MeV⁻¹, a burst: cm⁻² MeV⁻¹].

        Raises
        ------
        InputError
            As for `cevns.spectra.Table`, and for energies below the mass.
        """
        values = in_unit(values, "values", density_unit(per))
        return cls(mass, (Production(name, Table(energy, values, interpolation)),), 1.0, per, timing)

    @classmethod
    def from_function(
        cls,
        mass: float,
        function: Any,
        edges: Sequence[float],
        *,
        per: str = "s",
        name: str = "function",
        timing: Timing | None = None,
    ) -> DarkMatterFlux:
        """A flux from a function of the total energy [MeV] between edges, as `cevns.spectra.Function` takes it.

        Raises
        ------
        InputError
            As for `cevns.spectra.Function`, and for energies below the mass.
        """
        return cls(mass, (Production(name, Function(function, edges, unit=density_unit(per))),), 1.0, per, timing)

    def total(self) -> float:
        """χ and χ̄ [cm⁻² s⁻¹; a burst: cm⁻²]."""
        return self.kinetic_mixing**2 * sum(part.scale * part.spectrum.total for part in self.productions)

    def mean_energy(self) -> float:
        """Mean total energy [MeV]."""
        number = sum(part.scale * part.spectrum.total for part in self.productions)
        return sum(part.scale * part.spectrum.energy_sum for part in self.productions) / number

    @overload
    def spectrum(self, energy: Number) -> float: ...
    @overload
    def spectrum(self, energy: Many) -> Array: ...
    @overload
    def spectrum(self, energy: Like) -> Values: ...
    def spectrum(self, energy: ArrayLike) -> Values:
        """φ(E) [cm⁻² s⁻¹ MeV⁻¹; a burst: cm⁻² MeV⁻¹] at total energies [MeV], without lines.

        Raises
        ------
        InputError
            For a negative, infinite or nan energy.
        """
        E = real_array(energy, "energy", unit="MeV", minimum=0.0)
        flat = np.ascontiguousarray(E).reshape(-1)
        values = sum((part.scale * part.spectrum.density(flat) for part in self.productions), np.zeros(flat.size))
        return restore(self.kinetic_mixing**2 * values, E.shape)

    @property
    def breaks(self) -> Array:
        """Increasing energies [MeV] at which the flux begins, ends and is not smooth."""
        each = [part.spectrum.breaks if part.spectrum.lines else edges_of(part.spectrum) for part in self.productions]
        return increasing(np.concatenate([np.asarray(edges, dtype=np.float64) for edges in each]))

    @kept
    def rows(self) -> Rows:
        """φ E²/p² as the engine takes it: one row; made at first use."""
        each = [(weighted(part.spectrum, self.mass), self.kinetic_mixing**2 * part.scale) for part in self.productions]
        return Rows([Entry(spectrum, 0, 0, scale) for spectrum, scale in each], self.per, 1)

    def __mul__(self, factor: float) -> DarkMatterFlux:
        number = real_number(factor, "factor", minimum=0.0)
        return replace(self, productions=tuple(replace(part, scale=part.scale * number) for part in self.productions))

    def __rmul__(self, factor: Any) -> DarkMatterFlux:
        refuse_hidden_unit(type(self))
        return self.__mul__(factor)

    __array_ufunc__ = None  # so that a quantity, or a number of NumPy, times a flux is a flux

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple(getattr(self, item.name) for item in fields(self))


def checked_mixing(kinetic_mixing: float) -> float:
    """A checked ε."""
    return real_number(kinetic_mixing, "kinetic_mixing", minimum=-1.0, maximum=1.0)


def _protons(power: float | None, protons: float | None, proton_energy: float | None) -> float:
    """Protons on target, per second for a power."""
    if (power is None) == (protons is None):
        got = "neither" if power is None else f"power={shown(power)} and protons={shown(protons)}"
        raise InputError(f"give either power [MW] or protons [on target] (got {got})")
    if proton_energy is not None:
        proton_energy = real_number(proton_energy, "proton_energy", unit="GeV", minimum=0.0, above=True)
    if power is None:
        return real_number(protons, "protons", minimum=0.0)
    if proton_energy is None:
        raise InputError("power needs proton_energy in GeV (got none)")
    return 1e6 * real_number(power, "power", unit="MW", minimum=0.0) / (proton_energy * 1e9 * constants.ELEMENTARY_CHARGE)
