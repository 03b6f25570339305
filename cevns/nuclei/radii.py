"""Nuclear radii: those of the nucleons' centres, of the charge, and of the weak charge.

Each radius is that of one distribution. The *point* radius is that of the nucleons' centres, which structure calculations give.
The *charge* radius is the one that electrons see, with the size of proton and neutron folded in; the *weak* radius is the one
that the Z sees. They differ by 0.05 to 0.1 fm, as much as the neutron skins that experiments want to measure. All are root mean
squares in fm.

Formulas
--------
charge radius and point radius, `convert`: R_ch² = R_p² + ⟨r_p²⟩ + (N/Z)⟨r_n²⟩ + 3/(4m²) + ⟨r²⟩_SO
    J. L. Friar et al., Phys. Rev. A 56 (1997) 4579
weak radius, `weak_radius`: Q R_w² = Z Q_p R_p² + N Q_n R_n² + nucleon radii
    M. Hoferichter et al., Phys. Rev. D 102 (2020) 074018
neutron skin, `empirical_skin`: R_n − R_p = −0.04 fm + 1.01 fm (N − Z)/A
    A. Trzcińska et al., Phys. Rev. Lett. 87 (2001) 082501
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias

from .. import constants
from .._arguments import digits, known_name, mapped, real_number, shown
from ..errors import InputError, UnknownNameError, UnsupportedError
from .nuclides import Nuclide, named, not_a_nuclide

__all__ = ["convert", "empirical_skin", "neutron_radius", "neutron_skin", "weak_radius"]


def __dir__() -> list[str]:
    return __all__


DARWIN_FOLDY = 3 / 4 * (constants.HBAR_C / constants.NUCLEON_MASS) ** 2  # 3/(4m²), 0.0331 fm²

TREE_COUPLINGS = (0.5 - 2 * constants.WEAK_MIXING_ANGLE, -0.5)  # (g_V^p, g_V^n)

SkinChoice: TypeAlias = "str | float | Mapping[str, float] | tuple[tuple[str, float], ...]"


class HasNucleons(Protocol):
    """Anything with Z and N: a `cevns.Nuclide`."""

    @property
    def Z(self) -> int: ...  # noqa: N802
    @property
    def N(self) -> int: ...  # noqa: N802


def convert(radius: float, nuclide: HasNucleons | str, given: str, wanted: str, spin_orbit: float = 0.0) -> float:
    """The rms radius of the protons of a nucleus [fm], from one kind to another.

    Parameters
    ----------
    radius : float
        R [fm], > 0.
    nuclide : Nuclide
        Sets N/Z.
    given, wanted : {"point", "charge", "folded"}
        The distribution: "point", the centres of the protons; "charge", the charge density that electrons see; "folded",
        protons of finite size without the neutrons' charge, R² = R_point² + 0.8409² (as Cadeddu et al. use for protons and
        neutrons both).
    spin_orbit : float
        ⟨r²⟩ of the spin–orbit charge [fm²]; 0 by default, as for closed LS shells (48Ca −0.15, 208Pb −0.02: C. J. Horowitz and
        J. Piekarewicz, Phys. Rev. C 86 (2012) 045503; the figures are quoted, not checked).

    Returns
    -------
    float
        The radius [fm].

    Raises
    ------
    UnknownNameError
        For another kind. A weak radius needs the neutrons too: `weak_radius`.
    InputError
        If nothing is left: a charge radius smaller than the proton's.

    Notes
    -----
    R_ch² = R_p² + ⟨r_p²⟩ + (N/Z)⟨r_n²⟩ + 3/(4m²) + ⟨r²⟩_SO. J. L. Friar, J. Martorell, D. W. L. Sprung, Phys. Rev. A 56 (1997)
    4579.

    Examples
    --------
    >>> import cevns
    >>> argon = cevns.Nuclide("40Ar")
    >>> round(cevns.radii.convert(argon.charge_radius, argon, "charge", "point"), 2)
    3.34
    """
    nuclide = named(nuclide)
    number = real_number(radius, "radius", unit="fm", minimum=0.0, above=True)
    more = real_number(spin_orbit, "spin_orbit", unit="fm²")
    if known_name(given, _KINDS, "kind of radius", hint=_HINT) == known_name(wanted, _KINDS, "kind of radius", hint=_HINT):
        return number
    offsets = {"point": 0.0, "folded": constants.PROTON_RADIUS_SQUARED}
    if "charge" in (given, wanted):
        if not _nucleons(nuclide).Z:
            raise UnsupportedError("a nucleus without protons has no charge radius")
        offsets["charge"] = (
            constants.PROTON_RADIUS_SQUARED + nuclide.N / nuclide.Z * constants.NEUTRON_RADIUS_SQUARED + DARWIN_FOLDY + more
        )
    square = number**2 - offsets[given] + offsets[wanted]
    if square < 0:
        least = math.sqrt(offsets[given] - offsets[wanted])
        raise InputError(f"radius must be >= {least:.4g} fm for a {given} radius of nucleons (got {digits(number)})")
    return math.sqrt(square)


_KINDS = ("point", "charge", "folded")
_HINT = "; a weak radius is weak_radius(), of protons and neutrons"


def weak_radius(
    proton_radius: float,
    neutron_radius: float,
    nuclide: HasNucleons | str,
    couplings: tuple[float, float] = TREE_COUPLINGS,
    spin_orbit: float = 0.0,
    strange: float = constants.STRANGE_RADIUS_SQUARED,
) -> float:
    """The rms radius of the weak charge [fm], from the point radii of protons and neutrons.

    Parameters
    ----------
    proton_radius, neutron_radius : float
        R_p, R_n of the centres of the nucleons [fm].
    nuclide : Nuclide
        Sets Z and N.
    couplings : tuple of float
        (g_V^p, g_V^n), the weak charges of proton and neutron up to a common factor; at tree level by default.
    spin_orbit : float
        ⟨r²⟩ of the spin–orbit weak density [fm²].
    strange : float
        ⟨r_s²⟩ of the nucleon's strange vector form factor [fm²].

    Returns
    -------
    float
        R_w [fm].

    Notes
    -----
    With Q = Z Q_p + N Q_n, and for spin 0::

        R_w² = (Z Q_p/Q) [R_p² + ⟨r_p²⟩ + (Q_n/Q_p)(⟨r_n²⟩ + ⟨r_s²⟩)]
             + (N Q_n/Q) [R_n² + ⟨r_p²⟩ + ⟨r_s²⟩ + (Q_p/Q_n)⟨r_n²⟩] + 3/(4m²) + ⟨r²⟩_SO

    M. Hoferichter, J. Menéndez, A. Schwenk, Phys. Rev. D 102 (2020) 074018.

    Examples
    --------
    >>> import cevns
    >>> round(cevns.radii.weak_radius(5.44, 5.72, cevns.Nuclide("208Pb")), 2)
    5.79
    """
    nuclide = named(nuclide)
    Rp = real_number(proton_radius, "proton_radius", unit="fm", minimum=0.0)
    Rn = real_number(neutron_radius, "neutron_radius", unit="fm", minimum=0.0)
    protons, neutrons, rest = _weak_parts(nuclide, couplings, spin_orbit, strange)
    square = protons * Rp**2 + neutrons * Rn**2 + rest
    if square < 0:
        raise InputError("the mean square of this weak radius is negative")
    return math.sqrt(square)


def neutron_radius(
    weak: float,
    proton_radius: float,
    nuclide: HasNucleons | str,
    couplings: tuple[float, float] = TREE_COUPLINGS,
    spin_orbit: float = 0.0,
    strange: float = constants.STRANGE_RADIUS_SQUARED,
) -> float:
    """The point radius of the neutrons [fm], from a weak radius and the point radius of the protons: `weak_radius` inverted.

    Parameters
    ----------
    weak : float
        R_w [fm].
    proton_radius : float
        R_p of the centres of the protons [fm]; of a charge radius by `convert`.
    nuclide, couplings, spin_orbit, strange
        As of `weak_radius`.

    Returns
    -------
    float
        R_n [fm].
    """
    nuclide = named(nuclide)
    Rw = real_number(weak, "weak", unit="fm", minimum=0.0)
    Rp = real_number(proton_radius, "proton_radius", unit="fm", minimum=0.0)
    protons, neutrons, rest = _weak_parts(nuclide, couplings, spin_orbit, strange)
    if not neutrons:
        raise UnsupportedError("a nucleus without neutrons has no neutron radius")
    square = (Rw**2 - protons * Rp**2 - rest) / neutrons
    if square < 0:
        raise InputError(f"weak = {Rw:g} fm and proton_radius = {Rp:g} fm leave no neutron radius")
    return math.sqrt(square)


def _weak_parts(
    nuclide: HasNucleons, couplings: tuple[float, float], spin_orbit: float, strange: float
) -> tuple[float, float, float]:
    """Shares of protons and neutrons in the weak charge, and what does not depend on R_p, R_n."""
    Z, N = _nucleons(nuclide).Z, nuclide.N
    try:
        Qp, Qn = (real_number(value, "couplings") for value in couplings)
    except (TypeError, ValueError) as error:
        raise InputError(f"couplings must be those of proton and neutron (got {shown(couplings)})") from error
    Q = Z * Qp + N * Qn
    if Q == 0:
        raise UnsupportedError("a nucleus whose weak charge vanishes has no weak radius")
    more, rs = real_number(spin_orbit, "spin_orbit", unit="fm²"), real_number(strange, "strange", unit="fm²")
    rp, rn = constants.PROTON_RADIUS_SQUARED, constants.NEUTRON_RADIUS_SQUARED
    nucleons = (Z * (Qp * rp + Qn * (rn + rs)) + N * (Qn * (rp + rs) + Qp * rn)) / Q
    return Z * Qp / Q, N * Qn / Q, nucleons + DARWIN_FOLDY + more


def empirical_skin(nuclide: HasNucleons | str) -> float:
    """The neutron skin of antiprotonic atoms [fm]: R_n − R_p = −0.04 + 1.01 (N − Z)/A, ± (0.03, 0.15).

    A. Trzcińska et al., Phys. Rev. Lett. 87 (2001) 082501: between 40Ca and 238U. It gives 0.174 fm for 208Pb, where PREX-2 has
    measured 0.283 ± 0.071 fm, and 0.128 fm for 48Ca, where CREX has 0.121 ± 0.035 fm. Outside 40 ≤ A ≤ 238 nothing was measured
    (extended, the line would give −1.05 fm for 1H and 0.30 fm for 3H): it is 0 there, as by "none".
    """
    nuclide = named(nuclide)
    A = _nucleons(nuclide).N + nuclide.Z
    if not 40 <= A <= 238:
        return 0.0
    return -0.04 + 1.01 * (nuclide.N - nuclide.Z) / A


def neutron_skin(nuclide: Any, skin: Any = "none") -> float:
    """R_n − R_p [fm] of a nuclide, by a choice.

    Parameters
    ----------
    nuclide : Nuclide
    skin : {"none", "empirical"}, float or mapping
        "none": 0, the default of the field; "empirical": `empirical_skin`, 0 outside 40 ≤ A ≤ 238; a number [fm] for every
        nuclide; or a mapping from names of nuclides to numbers. A nucleus without neutrons (1H) has none by any of them.

    Raises
    ------
    UnknownNameError
        The mapping has no such nuclide, or there is no choice of that name.
    """
    nuclide = named(nuclide)
    chosen = stored_skin(skin)
    if chosen == "none" or getattr(nuclide, "N", None) == 0:
        return 0.0
    if chosen == "empirical":
        return empirical_skin(nuclide)
    if isinstance(chosen, float):
        return chosen
    name = getattr(nuclide, "name", nuclide)
    for known, value in chosen:
        if known == name:
            return float(value)
    raise UnknownNameError(f"no neutron skin for {name}; there are those of {', '.join(known for known, _ in chosen)}")


def stored_skin(skin: Any) -> Any:
    """A checked choice of a skin, as a value that can be hashed: a mapping becomes pairs."""
    if isinstance(skin, str):
        return known_name(skin, ("none", "empirical"), "neutron skin", hint="; or a number [fm], or a mapping by nuclide")
    if isinstance(skin, Mapping | tuple):
        skin = mapped(skin)
        items = skin.items() if isinstance(skin, Mapping) else skin
        return tuple(sorted((Nuclide(name).name, _skin_value(value)) for name, value in items))
    return _skin_value(skin)


def _skin_value(value: Any) -> float:
    return real_number(value, "neutron skin", unit="fm", minimum=-1.0, maximum=2.0)


def _nucleons(nuclide: Any) -> HasNucleons:
    if not (hasattr(nuclide, "Z") and hasattr(nuclide, "N")):
        raise not_a_nuclide(nuclide)
    return nuclide  # type: ignore[no-any-return]
