"""Nuclides: their masses, abundances, spins, magnetic moments and charge radii.

The figures stand in `data/nuclides.csv`, with the source of each column in its header: masses of AME2020, abundances of
CIAAW, spins of NUBASE2020, magnetic moments of IAEA INDC(NDS)-0794, charge radii of Angeli & Marinova (2013) and of muonic
hydrogen and deuterium. The file is read when the first nuclide is made.

Formulas
--------
nuclear mass, `Nuclide`: M = m_a u − Z m_e + 14.4381 Z^2.39 eV + 1.55468e-6 Z^5.35 eV
    AME2020; D. Lunney et al., Rev. Mod. Phys. 75 (2003) 1021, eq. A4
charge radius where none is measured: R = 0.957 A^⅓ (1 + 2.17/A − 0.152 (N − Z)/A) fm
    B. Nerlo-Pomorska, K. Pomorski, Z. Phys. A 348 (1994) 169, refitted
"""

from __future__ import annotations

import math
import operator
import re
from dataclasses import KW_ONLY, dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, TypeVar

from .._arguments import digits, nearest, real_number, shown
from .._immutable import kept, sealing
from .._texts import call
from ..constants import ATOMIC_MASS_UNIT, AVOGADRO, ELECTRON_MASS
from ..data.tables import rows
from ..errors import InputError, UnknownNameError

# Element symbols by atomic number; 0 is the neutron, which no table lists but an own "nuclide" may be made of.
_SYMBOLS = """
n H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb Mo Tc Ru
Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn
Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og
"""
SYMBOLS = tuple(_SYMBOLS.split())
ATOMIC_NUMBERS = MappingProxyType({symbol: Z for Z, symbol in enumerate(SYMBOLS) if Z})

PLAIN_DIGITS = MappingProxyType(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "01234567890123456789"))
_NUCLIDE_NAME = re.compile(r"([0-9]+)-?([A-Za-z]{1,2})|([A-Za-z]{1,2})-?([0-9]+)")


_Other = TypeVar("_Other")  # what may stand for a nuclide, besides its name

# The fields of a `Nuclide` behind its name, in their order.
_FIELDS = (
    "Z",
    "N",
    "mass",
    "spin",
    "parity",
    "abundance",
    "charge_radius",
    "charge_radius_uncertainty",
    "magnetic_moment",
)

# The nuclides whose charge radius in the table is of muonic atoms.
_MUONIC = ("1H", "2H")

# The default of a field, resolved in `Nuclide.__post_init__`: typed so that the fields keep their own types.
_FROM_TABLE: Any = None


@dataclass(frozen=True)
class Nuclide:
    """One nuclide, with the figures that the cross sections need.

    A known name is enough; every other argument overrides the table, as does `dataclasses.replace`. For a nuclide outside the
    table, give its mass, and its spin and parity unless it is even-even (then 0+).

    Parameters
    ----------
    name : str
        "133Cs", "Cs133" or "Cs-133", in any case, also "¹³³Cs"; kept as "133Cs". Any other label if Z and N are given.
    Z, N : int
        Protons and neutrons; those that the name says, if it is that of a nuclide.
    mass : float
        Mass of the nucleus, without electrons [MeV]; within 2 % of Z + N atomic mass units, as all nuclei are.
    spin : float
        J, in units of ħ.
    parity : int
        +1 or -1.
    abundance : float
        Natural mole fraction within the element; 0 if it does not occur.
    charge_radius, charge_radius_uncertainty : float
        Root-mean-square radius of the charge and its uncertainty [fm]; `charge_radius_source` tells where it is from.
        Replacing the radius leaves the uncertainty.
    magnetic_moment : float or None
        μ in nuclear magnetons; None if not known. 0 for spin 0.

    Raises
    ------
    UnknownNameError
        The nuclide is not in the table; the message lists the known isotopes of its element.
    InputError
        A value is outside its range, Z or N is not that of the name, or a nuclide outside the table lacks some.

    Notes
    -----
    The mass of the nucleus is that of the atom (AME2020) less Z electrons, plus their binding energy (D. Lunney, J. M. Pearson,
    C. Thibault, Rev. Mod. Phys. 75 (2003) 1021, eq. A4; good to about 150 eV)::

        M = m_a u - Z m_e + B_el,    B_el = 14.4381 Z^2.39 + 1.55468e-6 Z^5.35 eV

    Charge radii are those of I. Angeli, K. P. Marinova, At. Data Nucl. Data Tables 99 (2013) 69, but for ¹H and ²H, which are
    known from muonic atoms since: 0.8409 fm (PDG 2022) and 2.12778 fm (CODATA 2022) in place of 0.8783 and 2.1421 fm. Where
    that table has none, it is `charge_radius_systematics`, and the uncertainty is the measured error of that formula.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from cevns import Nuclide
    >>> cesium = Nuclide("133Cs")
    >>> cesium.Z, cesium.N, cesium.spin, cesium.charge_radius
    (55, 78, 3.5, 4.8041)
    >>> replace(cesium, charge_radius=4.9)
    Nuclide('133Cs', charge_radius=4.9)
    """

    name: str
    _: KW_ONLY
    Z: int = _FROM_TABLE
    N: int = _FROM_TABLE
    mass: float = _FROM_TABLE
    spin: float = _FROM_TABLE
    parity: int = _FROM_TABLE
    abundance: float = _FROM_TABLE
    charge_radius: float = _FROM_TABLE
    charge_radius_uncertainty: float = _FROM_TABLE
    magnetic_moment: float | None = _FROM_TABLE

    def __post_init__(self) -> None:
        # A frozen dataclass guards its attributes, not its __dict__: this method is the only one that writes there.
        fields = self.__dict__
        given = {field: fields[field] for field in _FIELDS if fields[field] is not None}
        name = fields["name"] = _canonical_name(self.name)
        known = known_nuclides().get(name)
        if known is None:
            given = _checked(given)
            fields.update(_values_outside_table(name, given))
            return
        fields.update(known)
        # Values that came from the table, as all but one do in `replace`, are right already.
        given = {field: value for field, value in given.items() if value is not known[field]}
        if given:
            fields.update(_checked(given))
            _refuse_contradictions(name, fields)

    @property
    def symbol(self) -> str:
        """Symbol of the element: "Cs"."""
        return SYMBOLS[self.Z]

    @property
    def A(self) -> int:  # noqa: N802
        """Mass number, Z + N."""
        return self.Z + self.N

    @property
    def atomic_mass(self) -> float:
        """Mass of the neutral atom [u], in its electronic ground state."""
        return (self.mass + self.Z * ELECTRON_MASS - _electron_binding_energy(self.Z)) / ATOMIC_MASS_UNIT

    @property
    def charge_radius_source(self) -> str:
        """Where the charge radius is from.

        "measured" (Angeli & Marinova 2013), "muonic" (¹H, ²H), "systematics", or "given" by the caller.
        """
        known = known_nuclides().get(self.name)
        if known is not None and self.charge_radius == known["charge_radius"]:
            if self.name in _MUONIC:
                return "muonic"
            return "measured" if self.name in _measured() else "systematics"
        return "systematics" if self.charge_radius == charge_radius_systematics(self.Z, self.N)[0] else "given"

    def __hash__(self) -> int:
        return self._hash

    @kept
    def _hash(self) -> int:
        # Numbers only: unlike those of strings, their hashes are the same in every process, so that this may be pickled.
        return hash((self.Z, self.N, self.mass, self.charge_radius, self.charge_radius_uncertainty, self.spin))

    def __repr__(self) -> str:
        fields = self.__dict__
        known = known_nuclides().get(self.name)
        if known is None:
            needed = {key: fields[key] for key in ("Z", "N", "mass", "spin", "parity")}
            defaults = _values_outside_table(self.name, needed)
            if _parse_name(self.name) == (self.Z, self.A):
                del needed["Z"], needed["N"]
        else:
            needed = {}
            defaults = known
        shown = needed | {key: fields[key] for key, value in defaults.items() if fields[key] != value}
        return call("Nuclide", shown, [self.name])


def checked_nuclide(nuclide: Any, argument: str = "nuclide") -> Nuclide:
    """A `Nuclide` that is given itself or by its name, else an `InputError` that names the argument.

    Every public function that takes a nuclide passes it through here, or through `named`.
    """
    nuclide = named(nuclide)
    if not isinstance(nuclide, Nuclide):
        raise not_a_nuclide(nuclide, argument)
    return nuclide


def named(nuclide: _Other | str) -> _Other | Nuclide:
    """The nuclide that a string names, and anything else as it is: for functions that ask for a mass, or for Z and N, alone."""
    return _of_name(str(nuclide)) if isinstance(nuclide, str) else nuclide


def name_of(nuclide: Any) -> Any:
    """The name of a nuclide, in the spelling of the table, whether that has it or not; what is no nuclide as it is."""
    if isinstance(nuclide, Nuclide):
        return nuclide.name
    number = _parse_name(nuclide) if isinstance(nuclide, str) else None
    return nuclide if number is None else f"{number[1]}{SYMBOLS[number[0]]}"


def not_a_nuclide(nuclide: Any, argument: str = "nuclide") -> InputError:
    """The message for anything but a nuclide."""
    return InputError(f"{argument} must be a cevns.Nuclide or its name (got {shown(nuclide)})")


@lru_cache(maxsize=512)
def _of_name(name: str) -> Nuclide:
    return Nuclide(name)


def names() -> tuple[str, ...]:
    """Names of all known nuclides, by atomic and mass number.

    Examples
    --------
    >>> from cevns.nuclei import nuclides
    >>> nuclides.names()[:3]
    ('1H', '2H', '3H')
    """
    return tuple(known_nuclides())


def isotopes(symbol: str) -> tuple[Nuclide, ...]:
    """The natural isotopes of an element, by mass number; empty for an element that has none.

    Parameters
    ----------
    symbol : str
        "Xe".

    Raises
    ------
    UnknownNameError
        There is no such element.

    Examples
    --------
    >>> from cevns.nuclei import nuclides
    >>> [(isotope.name, isotope.abundance) for isotope in nuclides.isotopes("Cu")]
    [('63Cu', 0.6915), ('65Cu', 0.3085)]
    """
    if not isinstance(symbol, str) or symbol not in ATOMIC_NUMBERS:
        raise UnknownNameError(f"unknown element {symbol!r}{elements_like(symbol)}")
    return tuple(Nuclide(name) for name in isotope_names(ATOMIC_NUMBERS[symbol], natural=True))


def charge_radius_systematics(Z: int, N: int) -> tuple[float, float]:
    """Charge radius where none is measured, and the error of this formula [fm].

    The form of B. Nerlo-Pomorska, K. Pomorski, Z. Phys. A 348 (1994) 169, refitted to the 890 radii with A ≥ 12 of Angeli &
    Marinova (2013)::

        R = 0.957 A^(1/3) (1 + 2.17/A - 0.152 (N - Z)/A) fm

    Its rms difference from them is 0.039 fm for A ≥ 40, 0.063 fm for 12 ≤ A < 40, 0.16 fm for 5 ≤ A < 12; below, it means
    nothing. (With the constants of 1994, 0.055 fm for A ≥ 12 instead of 0.041 fm.)

    Parameters
    ----------
    Z, N : int
        Protons and neutrons, Z + N > 0.

    Returns
    -------
    radius, error : float

    Examples
    --------
    >>> from cevns.nuclei import nuclides
    >>> radius, error = nuclides.charge_radius_systematics(16, 17)
    >>> f"{radius:.2f} ± {error:.2f} fm"
    '3.26 ± 0.06 fm'
    """
    A = Z + N
    radius = 0.957 * A ** (1 / 3) * (1 + 2.17 / A - 0.152 * (N - Z) / A)
    return radius, 0.039 if A >= 40 else 0.063 if A >= 12 else 0.16


# ---------------------------------------------------------------------------------------------------------------- the table


def _electron_binding_energy(Z: int) -> float:
    """Binding energy of all electrons of the neutral atom [MeV]: Lunney, Pearson, Thibault, RMP 75 (2003) 1021, eq. (A4)."""
    z = float(Z)
    return (14.4381 * math.pow(z, 2.39) + 1.55468e-6 * math.pow(z, 5.35)) * 1e-6


@cache
@sealing
def known_nuclides() -> dict[str, dict[str, Any]]:
    """Name → fields of every known nuclide, by Z and A."""
    sums: dict[str, float] = {}
    for row in rows("nuclides.csv"):
        sums[row["Z"]] = sums.get(row["Z"], 0.0) + float(row["abundance"])
    table = {}
    for row in rows("nuclides.csv"):
        Z = int(row["Z"])
        N = int(row["A"]) - Z
        numerator, _, denominator = row["spin"].partition("/")
        radius = (float(row["charge_radius"]), float(row["charge_radius_uncertainty"])) if row["charge_radius"] else None
        radius = radius or charge_radius_systematics(Z, N)
        table[row["name"]] = {
            "Z": Z,
            "N": N,
            "mass": float(row["mass"]) * ATOMIC_MASS_UNIT - Z * ELECTRON_MASS + _electron_binding_energy(Z),
            "spin": int(numerator) / int(denominator or 1),
            "parity": 1 if row["parity"] == "+" else -1,
            "abundance": float(row["abundance"]) / (sums[row["Z"]] or 1.0),
            "charge_radius": radius[0],
            "charge_radius_uncertainty": radius[1],
            "magnetic_moment": float(row["magnetic_moment"]) if row["magnetic_moment"] else None,
        }
    return table


@cache
def _measured() -> frozenset[str]:
    """Names of the nuclides with a measured charge radius."""
    return frozenset(row["name"] for row in rows("nuclides.csv") if row["charge_radius"])


def isotope_names(Z: int, *, natural: bool = False) -> list[str]:
    return [name for name, values in known_nuclides().items() if values["Z"] == Z and (values["abundance"] > 0 or not natural)]


# ----------------------------------------------------------------------------------------------------- names of nuclides


def _parse_name(name: str) -> tuple[int, int] | None:
    """(Z, A) of a nuclide's name in any of its forms, or None if it is not one."""
    match = _NUCLIDE_NAME.fullmatch(name.strip().translate(PLAIN_DIGITS))
    if match is None:
        return None
    Z = ATOMIC_NUMBERS.get((match[2] or match[3]).capitalize())
    A = int(match[1] or match[4])
    return None if Z is None or A < Z else (Z, A)


def _canonical_name(name: object) -> str:
    if not isinstance(name, str) or not name.strip():
        raise InputError(f"name must be the name of a nuclide, such as '133Cs' (got {shown(name)})")
    if name in known_nuclides():
        return name
    number = _parse_name(name)
    return name.strip() if number is None else f"{number[1]}{SYMBOLS[number[0]]}"


def _values_outside_table(name: str, given: dict[str, Any]) -> dict[str, Any]:
    """The fields of a nuclide that the table does not have, from those given; raises if they do not suffice."""
    if not given:
        raise _unknown_nuclide(name)
    number = _parse_name(name)
    values = given if number is None else {"Z": number[0], "N": number[1] - number[0]} | given
    if values.get("Z", 1) % 2 == 0 and values.get("N", 1) % 2 == 0:
        values = {"spin": 0.0, "parity": 1} | values
    missing = [key for key in ("Z", "N", "mass", "spin", "parity") if key not in values]
    if missing:
        raise InputError(f"nuclide {name!r} is not in the table: give {', '.join(missing)} too (got {', '.join(given)})")
    _refuse_contradictions(name, values)
    radius, error = charge_radius_systematics(values["Z"], values["N"])
    defaults: dict[str, float | None] = {"abundance": 0.0, "charge_radius": radius, "charge_radius_uncertainty": error}
    defaults["magnetic_moment"] = 0.0 if values["spin"] == 0 else None
    return {key: values[key] if key in values else defaults[key] for key in _FIELDS}


def _refuse_contradictions(name: str, values: dict[str, Any]) -> None:
    """Raise an error unless name, Z, N and mass can be those of one nucleus."""
    Z, N, mass = values["Z"], values["N"], values["mass"]
    if Z + N == 0:
        raise InputError(f"Z + N must be > 0 (got Z = 0, N = 0 for {shown(name)})")
    number = _parse_name(name)
    if number is not None and number != (Z, Z + N):
        raise InputError(
            f"Z and N of {name!r} must be {number[0]} and {number[1] - number[0]}, as its name says (got {Z} and {N}); "
            f"another nucleus needs another name"
        )
    # the binding of all nuclei, and the neutron's mass, are within 1 % of the unit
    whole = (Z + N) * ATOMIC_MASS_UNIT
    if abs(mass - whole) > 0.02 * whole:
        units = {"u": ATOMIC_MASS_UNIT, "GeV": 1e3, "keV": 1e-3, "eV": 1e-6, "kg": _KILOGRAM, "g": _KILOGRAM / 1000}
        unit = [unit for unit, size in units.items() if abs(mass * size - whole) <= 0.02 * whole]
        hint = f": is it in {unit[0]}?" if unit else ""
        raise InputError(
            f"mass of {name!r} must be >= {0.98 * whole:.6g} and <= {1.02 * whole:.6g} MeV, within 2 % of {Z + N} u "
            f"(got {digits(mass)}{hint})"
        )


_KILOGRAM = 1e3 * AVOGADRO * ATOMIC_MASS_UNIT  # MeV


def _checked(given: dict[str, Any]) -> dict[str, Any]:
    """The fields given by the caller, as their own types and within their ranges."""
    checked: dict[str, Any] = {}
    for field, value in given.items():
        if field in ("Z", "N", "parity"):
            try:
                checked[field] = operator.index(value)
            except TypeError:
                raise InputError(f"{field} must be an integer (got {shown(value)})") from None
        else:
            unit, minimum, maximum = _RANGES[field]
            checked[field] = real_number(value, field, unit=unit, minimum=minimum, maximum=maximum, above=field == "mass")
    if not 0 <= checked.get("Z", 0) < len(SYMBOLS):
        raise InputError(f"Z must be >= 0 and <= {len(SYMBOLS) - 1} (got {checked['Z']})")
    if checked.get("N", 0) < 0:
        raise InputError(f"N must be >= 0 (got {checked['N']})")
    if checked.get("parity", 1) not in (1, -1):
        raise InputError(f"parity must be 1 or -1 (got {checked['parity']})")
    if 2 * checked.get("spin", 0.0) % 1:
        raise InputError(f"spin must be a multiple of 1/2 (got {digits(checked['spin'])})")
    return checked


_RANGES = {
    "mass": ("MeV", 0.0, math.inf),
    "spin": ("", 0.0, math.inf),
    "abundance": ("", 0.0, 1.0),
    "charge_radius": ("fm", 0.0, math.inf),
    "charge_radius_uncertainty": ("fm", 0.0, math.inf),
    "magnetic_moment": ("nuclear magnetons", -math.inf, math.inf),
}


def _unknown_nuclide(name: str) -> UnknownNameError:
    number = _parse_name(name)
    letters = "".join(re.findall("[A-Za-z]", name)).capitalize()
    Z = number[0] if number else ATOMIC_NUMBERS.get(letters)
    if Z is not None:
        known = ", ".join(isotope_names(Z)) or "none"
        return UnknownNameError(
            f"unknown nuclide {name!r}; known isotopes of {SYMBOLS[Z]}: {known}. For another, give its mass, spin and parity"
        )
    if _NUCLIDE_NAME.fullmatch(name):
        return UnknownNameError(f"unknown element {letters!r} in nuclide {name!r}{elements_like(letters)}")
    return UnknownNameError(f"unknown nuclide {name!r}{nearest(name, names())}; names are like '133Cs', 'Cs133' or 'Cs-133'")


def elements_like(symbol: object) -> str:
    """The end of a message about an unknown element: those with the same first letter."""
    initial = symbol[:1].upper() if isinstance(symbol, str) else ""
    close = [other for other in ATOMIC_NUMBERS if initial and other.startswith(initial)]
    return f"; elements that begin with {initial!r}: {', '.join(close)}" if close else ""
