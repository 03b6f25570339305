"""Mirror nuclei: two nuclei that exchange protons and neutrons tell the weak charge of one from that of the other.

    Q = Z Q_p + N Q_n    and    Q' = N Q_p + Z Q_n

are two equations for two unknowns. With F and M as good as the same (¹¹B and ¹¹C), a ratio of cross sections is that of Q². A
thought experiment: ¹¹C lives 20 minutes.

Formulas
--------
mirror nuclei, `nucleon_charges`: Q_p = (N Q' − Z Q)/(N² − Z²), Q_n = (N Q − Z Q')/(N² − Z²)
    solution of two linear equations
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from .._arguments import real_number, shown
from .._texts import of_fields
from ..errors import InputError, UnknownNameError, UnsupportedError
from ..interactions import Interaction, StandardModel, interaction_or_default
from ..interactions.couplings import weak_charge
from ..nuclei.nuclides import SYMBOLS, Nuclide, checked_nuclide
from .cross_sections import cross_section

__all__ = ["NucleonCharges", "mirror", "nucleon_charges", "nucleon_charges_from_cross_sections"]


def __dir__() -> list[str]:
    return __all__


# Of this mixing angle −A/2 is the charge of every nucleus: a unit of Q that is never 0.
_UNIT_ANGLE = 0.5
_LARGEST = 1e100  # charges whose squares are numbers


def mirror(nuclide: Nuclide | str, *, mass: float | None = None) -> Nuclide:
    """The mirror nuclide, with protons and neutrons exchanged.

    Parameters
    ----------
    nuclide : Nuclide
        A nucleus.
    mass : float, optional
        Mass of the mirror nucleus [MeV], within 2 % of its mass number in atomic mass units; needed where the table of nuclides
        does not have it. Its spin and parity are then those of `nuclide`, as they are by isospin symmetry.

    Returns
    -------
    Nuclide
        From the table; ¹²C is its own mirror.

    Raises
    ------
    InputError
        It is not a nuclide, the mass is out of range, or there is no element with that many protons.
    UnknownNameError
        The mirror is not in the table, and no mass is given.

    Examples
    --------
    >>> mirror(cevns.Nuclide("11B"))
    Nuclide('11C')
    """
    nuclide = checked_nuclide(nuclide)
    if len(SYMBOLS) - 1 < nuclide.N:
        raise InputError(
            f"the mirror of {nuclide.name} would have {nuclide.N} protons; the heaviest element has {len(SYMBOLS) - 1}"
        )
    name = f"{nuclide.A}{SYMBOLS[nuclide.N]}"
    if mass is None:
        try:
            return Nuclide(name)
        except (InputError, UnknownNameError):
            raise UnknownNameError(
                f"{name}, the mirror of {nuclide.name}, is not in the table of nuclides: give its mass [MeV]"
            ) from None
    M = real_number(mass, "mass", unit="MeV", minimum=0.0, above=True)
    return Nuclide(name, Z=nuclide.N, N=nuclide.Z, mass=M, spin=nuclide.spin, parity=nuclide.parity)


@dataclass(frozen=True)
class NucleonCharges:
    """Weak charges of proton and neutron as two mirror nuclei give them, with their covariance.

    Parameters
    ----------
    proton, neutron : float
        Q_p and Q_n: ½ − 2 sin²θ_W and −½ in the Standard Model at tree level.
    proton_error, neutron_error : float
        Standard deviations.
    covariance : float
        Covariance of Q_p and Q_n.
    """

    proton: float
    neutron: float
    proton_error: float = 0.0
    neutron_error: float = 0.0
    covariance: float = 0.0

    __repr__ = of_fields

    @property
    def correlation(self) -> float:
        """The correlation of Q_p and Q_n, in [−1, 1]; nan without errors."""
        product = self.proton_error * self.neutron_error
        return self.covariance / product if product > 0.0 else math.nan

    @property
    def weak_mixing_angle(self) -> float:
        """sin²θ_W = (½ − Q_p)/2, at tree level."""
        return (0.5 - self.proton) / 2.0

    @property
    def weak_mixing_angle_error(self) -> float:
        """Its standard deviation."""
        return self.proton_error / 2.0


def nucleon_charges(
    nuclide: Nuclide | str,
    charge: float,
    mirror_charge: float,
    *,
    charge_error: float = 0.0,
    mirror_charge_error: float = 0.0,
    correlation: float = 0.0,
) -> NucleonCharges:
    """Q_p and Q_n from the weak charges of a nucleus and of its mirror.

    Parameters
    ----------
    nuclide : Nuclide
        The nucleus that has `charge`, with Z ≠ N; the other has its Z and N exchanged.
    charge, mirror_charge : float
        Q and Q', in the convention Q = Z Q_p + N Q_n of `weak_charge`.
    charge_error, mirror_charge_error : float
        Their standard deviations, ≥ 0.
    correlation : float
        Correlation of the two, in [−1, 1].

    Returns
    -------
    NucleonCharges
        Values, standard deviations and covariance; exact, as the equations are linear.

    Raises
    ------
    InputError
        For values out of range.
    UnsupportedError
        Z = N: a nucleus that is its own mirror gives one equation.

    Notes
    -----
    ::

        Q_p = (N Q' − Z Q)/(N² − Z²)        Q_n = (N Q − Z Q')/(N² − Z²)

    Examples
    --------
    >>> charges = nucleon_charges(cevns.Nuclide("11B"), -2.8857, -2.36284)
    >>> round(charges.proton, 5), round(charges.neutron, 5)
    (0.02286, -0.5)
    """
    nuclide = checked_nuclide(nuclide)
    Z, N = _mirrored(nuclide)
    Q = real_number(charge, "charge", minimum=-_LARGEST, maximum=_LARGEST)
    mirrored = real_number(mirror_charge, "mirror_charge", minimum=-_LARGEST, maximum=_LARGEST)
    error = real_number(charge_error, "charge_error", minimum=0.0, maximum=_LARGEST)
    mirror_error = real_number(mirror_charge_error, "mirror_charge_error", minimum=0.0, maximum=_LARGEST)
    rho = real_number(correlation, "correlation", minimum=-1.0, maximum=1.0)
    determinant = N * N - Z * Z
    product = rho * error * mirror_error
    # J C Jᵀ with J = ((−Z, N), (N, −Z))/(N² − Z²)
    proton_variance = Z * Z * error**2 + N * N * mirror_error**2 - 2 * Z * N * product
    neutron_variance = N * N * error**2 + Z * Z * mirror_error**2 - 2 * Z * N * product
    covariance = -Z * N * (error**2 + mirror_error**2) + (Z * Z + N * N) * product
    return NucleonCharges(
        (N * mirrored - Z * Q) / determinant,
        (N * Q - Z * mirrored) / determinant,
        math.sqrt(max(proton_variance, 0.0)) / abs(determinant),
        math.sqrt(max(neutron_variance, 0.0)) / abs(determinant),
        covariance / determinant**2,
    )


def nucleon_charges_from_cross_sections(
    neutrino_energy: float,
    nuclide: Nuclide | str,
    cross_section: float,
    mirror_cross_section: float,
    *,
    cross_section_error: float = 0.0,
    mirror_cross_section_error: float = 0.0,
    correlation: float = 0.0,
    mirror_nuclide: Nuclide | str | None = None,
    interaction: Interaction | None = None,
    signs: tuple[int, int] = (-1, -1),
) -> NucleonCharges:
    """Q_p and Q_n from the cross sections of a nucleus and of its mirror at one energy.

    Parameters
    ----------
    neutrino_energy : float
        E [MeV], > 0.
    nuclide : Nuclide
        The nucleus that has `cross_section`, with Z ≠ N.
    cross_section, mirror_cross_section : float
        σ and σ' [cm²], > 0, over all recoil energies.
    cross_section_error, mirror_cross_section_error : float
        Their standard deviations [cm²], ≥ 0; propagated to first order.
    correlation : float
        Correlation of the two, in [−1, 1]: near 1 if the flux is the main uncertainty.
    mirror_nuclide : Nuclide, optional
        The other nucleus, `mirror(nuclide)` by default.
    interaction : StandardModel, optional
        Gives form factor and kinematics; its couplings are not used. `StandardModel()` by default. One form factor for protons
        and neutrons: else σ is not proportional to Q².
    signs : tuple
        Signs of Q and Q', each +1 or −1, which σ does not tell. Both are negative for every nucleus with neutrons unless
        sin²θ_W < (Z − N)/4Z; that of ¹H is positive.

    Returns
    -------
    NucleonCharges
        Values, standard deviations and covariance.

    Raises
    ------
    InputError, UnknownNameError
        For values out of range, a mirror without data, a `mirror_nuclide` that is not the mirror.
    UnsupportedError
        Z = N, an interaction that is not a Standard Model, has an axial part, or has two form factors.

    Notes
    -----
    σ = K(E, M, F) Q², so that Q = ± √(σ/K) and δQ = δσ/(2 √(σK)). K is that of the library: the recoil is exact,
    K = (G_F²/π) E²/(1 + 2E/M) for a point, and each of the two has its own mass. ¹¹B and ¹¹C have spin 3/2: what their spins
    add (the axial part) must be taken off first.

    Examples
    --------
    >>> boron = cevns.Nuclide("11B")
    >>> measured = [cevns.cross_section(30.0, nuclide) for nuclide in (boron, mirror(boron))]
    >>> errors = {"cross_section_error": 0.01 * measured[0], "mirror_cross_section_error": 0.01 * measured[1]}
    >>> charges = nucleon_charges_from_cross_sections(30.0, boron, *measured, **errors)
    >>> f"Q_p = {charges.proton:.3f} ± {charges.proton_error:.3f}, Q_n = {charges.neutron:.3f} ± {charges.neutron_error:.3f}"
    'Q_p = 0.023 ± 0.009, Q_n = -0.500 ± 0.010'
    """
    nuclide = checked_nuclide(nuclide)
    Z, N = _mirrored(nuclide)
    E = real_number(neutrino_energy, "neutrino_energy", unit="MeV", minimum=0.0, above=True)
    other = mirror(nuclide) if mirror_nuclide is None else checked_nuclide(mirror_nuclide, "mirror_nuclide")
    if (other.Z, other.N) != (N, Z):
        raise InputError(f"mirror_nuclide must have Z = {N} and N = {Z}, the mirror of {nuclide.name} (got {shown(other)})")
    sigma = real_number(cross_section, "cross_section", unit="cm²", minimum=0.0, above=True)
    mirror_sigma = real_number(mirror_cross_section, "mirror_cross_section", unit="cm²", minimum=0.0, above=True)
    error = real_number(cross_section_error, "cross_section_error", unit="cm²", minimum=0.0)
    mirror_error = real_number(mirror_cross_section_error, "mirror_cross_section_error", unit="cm²", minimum=0.0)
    try:
        sign, mirror_sign = signs
    except (TypeError, ValueError):
        sign = mirror_sign = 0
    if sign not in (-1, 1) or mirror_sign not in (-1, 1):
        raise InputError(f"signs must be two of +1 and -1, of the charges of the nucleus and its mirror (got {shown(signs)})")
    unit, mirror_unit = (_of_unit_charge(E, which, interaction) for which in (nuclide, other))
    Q, mirrored = sign * math.sqrt(sigma / unit), mirror_sign * math.sqrt(mirror_sigma / mirror_unit)
    return nucleon_charges(
        nuclide,
        Q,
        mirrored,
        charge_error=error / (2.0 * math.sqrt(sigma * unit)),
        mirror_charge_error=mirror_error / (2.0 * math.sqrt(mirror_sigma * mirror_unit)),
        # a larger σ is a larger |Q|: charges of opposite sign move apart
        correlation=real_number(correlation, "correlation", minimum=-1.0, maximum=1.0) * sign * mirror_sign,
    )


def _of_unit_charge(neutrino_energy: float, nuclide: Nuclide, interaction: Interaction | None) -> float:
    """σ/Q² [cm²]."""
    model: Any = interaction_or_default(interaction)
    if not isinstance(model, StandardModel):
        raise UnsupportedError(f"interaction must be a cevns.StandardModel (got {shown(model)})")
    if model.axial:
        raise UnsupportedError("cross sections must be those of the vector part: axial must be False (got True)")
    if model.neutron_form_factor not in (None, model.form_factor) or model.neutron_skin != "none":
        raise UnsupportedError(
            "the cross section is proportional to Q² for one form factor only (got another one of the neutrons)"
        )
    unit = replace(model, weak_mixing_angle=_UNIT_ANGLE, couplings="tree")
    return float(cross_section(neutrino_energy, nuclide, unit)) / weak_charge(nuclide, _UNIT_ANGLE) ** 2


def _mirrored(nuclide: Nuclide) -> tuple[int, int]:
    if nuclide.Z == nuclide.N:
        raise UnsupportedError(f"{nuclide.name} is its own mirror (Z = N = {nuclide.Z}): one charge cannot give two")
    return nuclide.Z, nuclide.N
