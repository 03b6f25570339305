"""The units of arguments: how other libraries spell each, and the physical range of the quantities that it measures.

Every number that crosses the border has one of these units, the unit of a detector's own bins, or none. A quantity of astropy
or pint is converted to it; a plain number is taken to be in it. The range is that of all physics that the library knows, with
decades to spare: energies from below any temperature to the highest cosmic rays, lengths from inside a nucleus to the horizon.
Beyond it squares and products of arguments overflow or vanish in double precision, and results would drift in silence.
"""

from __future__ import annotations

import sys
from types import MappingProxyType
from typing import Any, NamedTuple

from .constants import SOLAR_MASS
from .errors import InputError


class Unit(NamedTuple):
    """A unit: its spelling in astropy and pint, and the smallest positive and the largest value of an argument in it."""

    spelling: str
    smallest: float
    largest: float
    size: float = 1.0  # in what is spelt, for units that the two spell differently


OBSERVED = "unit of the bins"  # of a detector that is not known yet: what is given in it is a plain number

UNITS = MappingProxyType(
    {
        # energies, momenta and masses: up to 1e12 MeV, the end of the cosmic-ray spectrum with decades to spare
        "eV": Unit("eV", 1e-24, 1e18),
        "keV": Unit("keV", 1e-27, 1e15),
        "keV_ee": Unit("keV", 1e-27, 1e15),
        "keV_nr": Unit("keV", 1e-27, 1e15),
        "MeV": Unit("MeV", 1e-30, 1e12),
        "GeV": Unit("GeV", 1e-33, 1e9),
        "GeV⁻¹": Unit("1/GeV", 1e-60, 1e60),
        "eV²": Unit("eV**2", 1e-40, 1e36),
        "MeV²": Unit("MeV**2", 1e-60, 1e24),
        "1/keV": Unit("1/keV", 1e-15, 1e27),
        "1/keV_ee": Unit("1/keV", 1e-15, 1e27),
        "erg": Unit("erg", 1e-30, 1e70),
        "erg/s": Unit("erg/s", 1e-30, 1e70),
        "GWh": Unit("GW*h", 1e-30, 1e15),
        # lengths and areas: radii in nuclei, baselines from a micrometre to 1e27 m, beyond the horizon
        "fm": Unit("fm", 1e-12, 1e9),
        "cm": Unit("cm", 1e-9, 1e29),
        "m": Unit("m", 1e-6, 1e27),
        "km": Unit("km", 1e-9, 1e24),
        "au": Unit("au", 1e-15, 1e16),
        "kpc": Unit("kpc", 1e-15, 1e8),
        "fm²": Unit("fm**2", 1e-24, 1e18),
        "fm⁴": Unit("fm**4", 1e-48, 1e36),
        "fm⁶": Unit("fm**6", 1e-72, 1e54),
        "cm²": Unit("cm**2", 1e-90, 1e58),
        # times
        "ns": Unit("ns", 1e-15, 1e30),
        "μs": Unit("us", 1e-18, 1e27),
        "1/μs": Unit("1/us", 1e-27, 1e18),
        "s": Unit("s", 1e-24, 1e21),
        "d": Unit("d", 1e-24, 1e18),
        "yr": Unit("yr", 1e-24, 1e15),
        # powers, currents, activities, fields
        "MW": Unit("MW", 1e-15, 1e12),
        "GW": Unit("GW", 1e-18, 1e9),
        "mA": Unit("mA", 1e-12, 1e9),
        "Bq": Unit("Bq", 1e-12, 1e36),
        "V/cm": Unit("V/cm", 1e-12, 1e12),
        # matter
        "kg": Unit("kg", 1e-18, 1e31),
        "solar masses": Unit("g", 1e-12, 1e12, SOLAR_MASS),
        "mol": Unit("mol", 1e-30, 1e30),
        "g/mol": Unit("g/mol", 1e-6, 1e6),
        "g/cm³": Unit("g/cm**3", 1e-30, 1e18),
        "mol/cm³": Unit("mol/cm**3", 1e-30, 1e18),
        # fluxes
        "cm⁻²": Unit("1/cm**2", 1e-90, 1e90),
        "cm⁻² s⁻¹": Unit("1/(cm**2*s)", 1e-90, 1e90),
        "cm⁻² MeV⁻¹": Unit("1/(cm**2*MeV)", 1e-90, 1e90),
        "cm⁻² s⁻¹ MeV⁻¹": Unit("1/(cm**2*s*MeV)", 1e-90, 1e90),
        # the rest
        "rad": Unit("rad", 1e-30, 1e6),
        "°": Unit("deg", 1e-30, 1e9),
        "e": Unit("", 1e-60, 1e15),
        "nuclear magnetons": Unit("", 1e-12, 1e6),
        "Bohr magnetons": Unit("J/T", 1e-60, 1e15, 9.2740100657e-24),  # CODATA 2022
        "km s⁻¹ Mpc⁻¹": Unit("km/(s*Mpc)", 1e-6, 1e6),
        "Mpc⁻³ yr⁻¹": Unit("1/(Mpc**3*yr)", 1e-30, 1e9),
        "": Unit("", sys.float_info.min, sys.float_info.max),
    }
)


def is_quantity(value: Any) -> bool:
    """Whether a value carries a unit, of astropy (a column of its tables may have none) or of pint."""
    return hasattr(value, "m_as") or (getattr(value, "unit", None) is not None and hasattr(value, "to"))


def magnitude(value: Any, unit: str) -> Any:
    """The numbers of a quantity in a unit of ours. Where it does not convert, its library raises an error of its own.

    Photo-electrons, electrons, photons and quanta are numbers.
    """
    if unit == OBSERVED:
        raise TypeError(unit)
    known = UNITS.get(unit, UNITS[""])
    if hasattr(value, "m_as"):
        there = value.m_as(known.spelling or "dimensionless")
    else:
        there = getattr(value, "quantity", value).to_value(known.spelling)  # of a column of a table
    return there if known.size == 1.0 else there / known.size


def wanted(unit: str) -> str:
    """The unit that an argument must have, in a message about a quantity that does not convert to it."""
    if unit == OBSERVED:
        return "without a unit, in that of the detector's bins"
    if unit not in UNITS:
        return f"a number of {unit}"
    return f"in {unit}, or in a unit that converts to it" if unit else "a pure number"


def known_to_pint(kind: type) -> bool:
    """Tell pint, where it is loaded, that what comes of a quantity times such an object is the object's to say.

    Without that a quantity on the left takes the object for a number and wraps it. Returns whether pint is absent or knew.
    """
    compat = sys.modules.get("pint.compat")
    known = {} if compat is None else getattr(compat, "upcast_type_map", {})
    name = f"{kind.__module__}.{kind.__qualname__}"
    if compat is None or name in known:
        return True
    known[name] = kind
    return False


def refuse_hidden_unit(kind: type) -> None:
    """Raise an error for a quantity of pint on the left of an object made before pint was loaded: its unit would be lost."""
    if not known_to_pint(kind) and sys._getframe(2).f_globals.get("__name__", "").startswith("pint."):
        raise InputError(f"write the {kind.__name__} first, as flux * factor: pint was imported later and would wrap it")
