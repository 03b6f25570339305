"""Targets: from a chemical formula or amounts of nuclides to nuclei per kg.

Formulas
--------
nuclei per kilogram, `Target`: n_i = 1000 N_A x_i/Σ_j x_j m_j
    definition
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from .._arguments import mapped, real_number, shown
from .._texts import call
from ..constants import AVOGADRO
from ..errors import InputError, UnknownNameError, UnsupportedError
from .nuclides import ATOMIC_NUMBERS, PLAIN_DIGITS, Nuclide, elements_like, isotope_names, isotopes, known_nuclides


class Target:
    """The material of a detector: its nuclides, and the number of each in a kilogram.

    Parameters
    ----------
    composition : str or Nuclide or Target or mapping
        - a chemical formula, of the natural isotopes of its elements: "Xe", "CaWO4", "(CH3)2CO", "Hg1.5Te"; D and T are ²H, ³H.
          Water of crystallisation stands behind "·", "*" or ".": "Gd2(SO4)3·8H2O".
        - a nuclide: "76Ge", "Ge-76" or a `Nuclide`. (A letter first and no hyphen is a formula; where that could be a mistake,
          as in "Ge76", it is an error. "H2" is hydrogen.)
        - a mapping of any of these to amounts by mole, which need not sum to one: ``{"76Ge": 0.9, "74Ge": 0.1}``. One mole of a
          formula is one mole of formula units: ``{"H2O": 1}`` is "H2O".

    Raises
    ------
    InputError
        A formula cannot be read or asks to be told apart, or an amount is negative, not finite or zero altogether.
    UnknownNameError
        No such element or nuclide.
    UnsupportedError
        An element has no natural isotopes: name one.

    Notes
    -----
    A formula that people write and that says something else is an error which names both readings. A single element in brackets
    at the end is a dopant, not an atom for each formula unit: for "NaI(Tl)" write "NaI", without the per mille of thallium, or
    with it "NaI(Tl)0.001". "CSI" is "CsI" or, of carbon, "C1S1I"; "Li6F" is of ⁶Li, ``{"6Li": 1, "F": 1}``, or "(Li)6F".

    Nuclei per kilogram are 1000 N_A n_i / Σ_j n_j m_j, with atomic masses m_j in g/mol: a detector is weighed with its
    electrons. (1 u N_A = 1 g/mol to 1e-9.) Two targets are equal if their nuclides and amounts are, whatever the formulas.

    Natural lithium has 7.59 % of ⁶Li, as minerals have; lithium that is sold can have less, down to 1.9 %: name the isotopes
    where you know them.

    Examples
    --------
    >>> from cevns import Target
    >>> target = Target("CsI")
    >>> for nuclide, nuclei_per_kg in target.components:
    ...     print(nuclide.name, f"{nuclei_per_kg:.4e}")
    133Cs 2.3179e+24
    127I 2.3179e+24
    >>> round(target.molar_mass, 2)
    259.81
    """

    __slots__ = ("_amounts", "_components", "_composition", "_hash", "_molar_mass")

    _amounts: tuple[tuple[Nuclide, float], ...]
    _components: tuple[tuple[Nuclide, float], ...]
    _composition: str | Nuclide | tuple[tuple[str | Nuclide | Target, float], ...]
    _hash: int
    _molar_mass: float

    def __init__(self, composition: Composition) -> None:
        kept: str | Nuclide | tuple[tuple[str | Nuclide | Target, float], ...]
        composition = mapped(composition)
        if isinstance(composition, Mapping):
            composition = {key: _amount(amount, key) for key, amount in composition.items()}
            amounts = _amounts_of_mixture(composition)
            kept = tuple(composition.items())
        else:
            amounts = _amounts_of(composition)
            kept = composition._composition if isinstance(composition, Target) else composition
        molar_mass = math.fsum(amount * nuclide.atomic_mass for nuclide, amount in amounts.items())
        per_kg = 1000 * AVOGADRO / molar_mass
        write = object.__setattr__
        write(self, "_composition", kept)
        write(self, "_amounts", tuple(amounts.items()))
        write(self, "_components", tuple((nuclide, amount * per_kg) for nuclide, amount in amounts.items()))
        write(self, "_molar_mass", molar_mass)
        write(self, "_hash", hash(self._components))

    @property
    def components(self) -> tuple[tuple[Nuclide, float], ...]:
        """Each nuclide once, with its nuclei per kilogram: in the order of the formula, isotopes by mass number."""
        return self._components

    @property
    def molar_mass(self) -> float:
        """Mass of one mole of formula units, of a mapping of one mole of the mixture [g/mol]."""
        return self._molar_mass

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Target is immutable: cannot set {name!r}; make a new one")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a Target is immutable: cannot delete {name!r}")

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Target):
            return NotImplemented
        return self._molar_mass == other._molar_mass and self._components == other._components

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[type[Target], tuple[Composition]]:
        return Target, (dict(self._composition) if isinstance(self._composition, tuple) else self._composition,)

    def __repr__(self) -> str:
        return call("Target", {}, [dict(self._composition) if isinstance(self._composition, tuple) else self._composition])


Composition: TypeAlias = "str | Nuclide | Target | Mapping[str | Nuclide | Target, float]"


# ---------------------------------------------------------------------------------------------------------------- formulas


def _amounts_of(composition: object) -> dict[Nuclide, float]:
    """Moles of each nuclide in one mole of what is given."""
    if isinstance(composition, Target):
        return dict(composition._amounts)
    if isinstance(composition, Nuclide):
        return {composition: 1.0}
    if isinstance(composition, str):
        formula = composition.strip().translate(PLAIN_DIGITS)
        if re.fullmatch(r"[0-9][^·•⋅∙*]*|[A-Za-z]{1,2}-[0-9]+", formula):
            return {Nuclide(formula): 1.0}
        return _amounts_of_formula(formula)
    raise InputError(
        f"a target is made of a formula, a Nuclide, a Target or a mapping of these to amounts (got {shown(composition)})"
    )


def _amount(value: Any, key: Any) -> float:
    """An amount in a mixture, where the sum is free: moles, or shares of them."""
    try:
        share = real_number(value, f"amount of {key!r}")  # of a quantity: percent
    except InputError:
        share = value
    return real_number(share, f"amount of {key!r}", unit="mol", minimum=0.0)


def _amounts_of_mixture(mixture: Mapping[Any, float]) -> dict[Nuclide, float]:
    shares = [(key, _amount(value, key)) for key, value in mixture.items()]
    total = math.fsum(share for _, share in shares)
    if not 0 < total < math.inf:
        raise InputError(f"the amounts of a mixture must sum to > 0 and finite (got {shown(dict(mixture))})")
    amounts: dict[Nuclide, float] = {}
    for key, share in shares:
        for nuclide, amount in _amounts_of(key).items():
            if share:
                amounts[nuclide] = amounts.get(nuclide, 0.0) + amount * (share / total)
    return amounts


def _amounts_of_formula(formula: str) -> dict[Nuclide, float]:
    if not formula:
        raise InputError("formula must not be empty (got '')")
    alone = re.fullmatch(r"([A-Z][a-z]?)([0-9]+)", formula)
    # Hydrogen gas is common, formulas such as Ge76 or Xe136 are not: there an isotope was meant.
    if alone and formula != "H2" and f"{alone[2]}{alone[1]}" in known_nuclides():
        isotope, element = f"{alone[2]}{alone[1]}", alone[1]
        raise InputError(f"formula {formula!r} is ambiguous: write {isotope!r} for the isotope, {element!r} for the element")
    amounts: dict[Nuclide, float] = {}
    _refuse_capitals(formula)
    _refuse_isotopes(formula)
    for symbol, count in _read_compound(formula).items():
        for nuclide, share in _natural_composition(symbol, formula):
            amounts[nuclide] = amounts.get(nuclide, 0.0) + count * share
    return amounts


def _natural_composition(symbol: str, formula: str) -> list[tuple[Nuclide, float]]:
    if symbol in _HYDROGEN_ISOTOPES:
        return [(Nuclide(_HYDROGEN_ISOTOPES[symbol]), 1.0)]
    natural = [(isotope, isotope.abundance) for isotope in isotopes(symbol)]
    if not natural:
        known = ", ".join(isotope_names(ATOMIC_NUMBERS[symbol])) or "none"
        raise UnsupportedError(
            f"{symbol} in formula {formula!r} has no natural isotopes: give amounts of nuclides (known of {symbol}: {known})"
        )
    return natural


_HYDROGEN_ISOTOPES = {"D": "2H", "T": "3H"}
_TOKEN = re.compile(r"([A-Z][a-z]?)|([(\[{])|([)\]}])")
_COUNT = re.compile(r"[0-9]*\.?[0-9]+|[0-9]+\.")
_CLOSING = {"(": ")", "[": "]", "{": "}"}


# In formulas of capitals alone two of these are more often one element than two. (`re` compiles a pattern when it is first
# needed, and keeps it: at import each would cost half a millisecond.)
_CAPITALS = "BI|CD(?=[A-Z])|CS|CU|IN|NB|NI|OS(?=O)|PB|PT|PU|SB|SC|SI|SN|YB"
_OF_TWO_ELEMENTS = ("CS2", "OCS")


def _refuse_capitals(formula: str) -> None:
    """Ask what is meant by CSI, SIO2 or PBWO4, and by Co2."""
    capitals = formula.upper()
    typed = None if capitals in _OF_TWO_ELEMENTS else re.search(_CAPITALS, capitals)
    if typed and formula == capitals:
        meant = formula[: typed.start() + 1] + formula[typed.start() + 1].lower() + formula[typed.end() :]
        apart = re.sub("(?<=[A-Z])(?=[A-Z])", "1", formula)
        raise InputError(f"formula {formula!r} is ambiguous: write {meant!r}, or {apart!r} for elements of one letter")
    molecule = re.fullmatch("([A-Z])([a-z])[0-9]+", formula)
    if molecule and not typed and {molecule[1], molecule[2].upper()} <= ATOMIC_NUMBERS.keys():
        element = molecule[1] + molecule[2]
        raise InputError(f"formula {formula!r} is ambiguous: write {capitals!r}, or {element!r} for the element")


def _refuse_isotopes(formula: str) -> None:
    """Ask what is meant by Li6F and Cd116WO4; organic molecules have twelve carbon atoms, and oxides many of oxygen."""
    if re.search("C(?![a-z])", formula):
        return
    for match in re.finditer(r"([A-Z][a-z]?)([0-9]+)(?![0-9.])", formula):
        known = known_nuclides().get(f"{match[2]}{match[1]}")
        if known and match[1] not in "HO":
            raise InputError(
                f"{match[0]!r} in formula {formula!r} is ambiguous: for the isotope give amounts by mole, such as "
                f"{{'{match[2]}{match[1]}': 1, …}}; for {match[2]} atoms write '({match[1]}){match[2]}'"
            )


# Before water a point stands for the dot of a hydrate, unless a decimal number reads as well.
_DOTS = "[·•⋅∙*]"
_WATER = r"\.(?=(?:0?\.[0-9]+|[0-9]*)\s*[HDT]2O$)"


def _read_compound(formula: str) -> dict[str, float]:
    """Atoms of each element in a formula unit of one or more parts, such as a salt and its water."""
    _refuse_dopant(formula)
    parts = re.split(_DOTS, formula)
    if len(parts) == 1:
        parts = re.split(_WATER, formula, maxsplit=1)
        if len(parts) == 1:
            return _read_formula(formula)
        if re.search(r"[0-9]\.[0-9]+$", parts[0]):
            raise InputError(f"formula {formula!r} is ambiguous: write '·' or '*' before water of crystallisation")
    amounts: dict[str, float] = {}
    for part in parts:
        match = re.fullmatch(r"\s*([0-9]*\.?[0-9]*)\s*(\S+)\s*", part)
        factor = _COUNT.fullmatch(match[1]) if match else None
        if match is None or (match[1] and not (factor and 0 < float(match[1]) < math.inf)):
            raise InputError(f"{part.strip()!r} in formula {formula!r} is no part of a compound such as '8H2O'")
        for symbol, count in _read_formula(match[2]).items():
            amounts[symbol] = amounts.get(symbol, 0.0) + count * float(match[1] or 1)
    return amounts


# A single element in brackets, or behind a colon or a dot, at the end.
_DOPANT = r"\s*(?:[·•⋅∙*]?\s*[(\[{]+([A-Z][a-z]?)[)\]}]+|[:·•⋅∙*]\s*([A-Z][a-z]?))$"


def _refuse_dopant(formula: str) -> None:
    """Ask what is meant by NaI(Tl), CsI[Na], LaBr3:Ce or ZnS·Ag."""
    dopant = re.search(_DOPANT, formula)
    host = formula[: dopant.start()] if dopant else ""
    symbol = (dopant[1] or dopant[2]) if dopant else ""
    balanced = all(text.count(one) == text.count(other) for text in (host, formula) for one, other in _CLOSING.items())
    if host and balanced and symbol in ATOMIC_NUMBERS:
        raise InputError(
            f"{symbol} at the end of formula {formula!r} is a dopant: leave it out, {host!r}, or give its atoms for each "
            f"formula unit, such as '{host}({symbol})0.001'"
        )


def _read_formula(formula: str) -> dict[str, float]:
    """Atoms of each element in a formula unit, in order of appearance."""
    _refuse_dopant(formula)
    groups: list[tuple[str, int, dict[str, float]]] = [("", 0, {})]
    position = 0
    while position < len(formula):
        where = f"at position {position + 1} of formula {shown(formula)}"
        token = _TOKEN.match(formula, position)
        if token is None:
            hint = "; symbols of elements begin with a capital letter" if formula[position].islower() else ""
            raise InputError(f"unexpected {formula[position]!r} {where}{hint}")
        if token[2]:
            groups.append((token[2], position, {}))
            position = token.end()
            continue
        if token[1]:
            if token[1] not in ATOMIC_NUMBERS and token[1] not in _HYDROGEN_ISOTOPES:
                raise UnknownNameError(f"unknown element {token[1]!r} {where}{elements_like(token[1])}")
            atoms = {token[1]: 1.0}
        else:
            bracket, _, atoms = groups[-1]
            if _CLOSING.get(bracket) != token[3]:
                raise InputError(f"unmatched {token[3]!r} {where}")
            if not atoms:
                raise InputError(f"empty brackets {where}")
            groups.pop()
        position = token.end()
        count = _COUNT.match(formula, position)
        factor = 1.0
        if count:
            factor = float(count[0])
            if not 0 < factor < math.inf:
                where = f"at position {position + 1} of formula {shown(formula)}"
                raise InputError(f"the count {where} must be > 0 and finite (got {count[0][:40]})")
            position = count.end()
        outer = groups[-1][2]
        for symbol, number in atoms.items():
            outer[symbol] = outer.get(symbol, 0.0) + number * factor
    bracket, start, atoms = groups[-1]
    if bracket:
        raise InputError(f"unclosed {bracket!r} at position {start + 1} of formula {formula!r}")
    return atoms


def checked_target(target: Any) -> Target:
    """A target as it is, anything else made one; of a formula once, as making it takes longer than a rate."""
    if isinstance(target, Target):
        return target
    return _of_formula(target) if type(target) is str else Target(target)


@lru_cache(maxsize=64)
def _of_formula(formula: str) -> Target:
    return Target(formula)
