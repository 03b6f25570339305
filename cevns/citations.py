"""Citations: the papers behind the objects and options in use.

Which option needs which papers stands in `data/citations.csv`, one line each; the papers in `data/papers.csv`. This file only
walks through objects: an option holds where an attribute of the object has the value that the line names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

from ._arguments import nearest
from ._immutable import sealing
from ._texts import of_fields
from ._version import __version__
from .data.tables import rows
from .errors import InputError

# What BibTeX calls the journal of each kind of entry.
_PUBLISHED_BY = {"article": "journal", "book": "publisher", "techreport": "institution", "misc": "howpublished"}


@dataclass(frozen=True)
class Paper:
    """A paper, a data collection or a book.

    Parameters
    ----------
    key : str
        Its key in BibTeX.
    kind : {"article", "book", "techreport", "misc"}
        Kind of BibTeX entry; decides what `journal` is called there.
    authors : str
        "Surname, I. and Surname, I. and others".
    title, journal, volume, pages, year, eprint : str
        Empty where there is none; `journal` is a book's publisher or a report's series, `eprint` the arXiv number.
    """

    key: str
    kind: str
    authors: str
    title: str
    journal: str
    volume: str
    pages: str
    year: str
    eprint: str

    __repr__ = of_fields

    def __str__(self) -> str:
        names = self.authors.split(" and ")
        names = [" ".join(reversed(name.split(", ", 1))) for name in names]
        if names[-1] == "others" or len(names) > 4:
            people = f"{names[0]} et al."
        else:
            people = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
        people = people.strip("{}")
        where = " ".join(filter(None, (self.journal, self.volume, f"({self.year})" if self.year else "", self.pages)))
        arxiv = f"arXiv:{self.eprint}" if self.eprint else ""
        return ", ".join(filter(None, (people, self.title, where, arxiv)))

    def bibtex(self) -> str:
        """The entry for BibTeX, in UTF-8."""
        shown = {
            "author": self.authors,
            "title": f"{{{self.title}}}",
            _PUBLISHED_BY[self.kind]: self.journal,
            "volume": self.volume,
            "pages": self.pages,
            "year": self.year,
            "eprint": self.eprint,
            "archivePrefix": "arXiv" if self.eprint else "",
        }
        lines = [f"  {name} = {{{value}}}," for name, value in shown.items() if value]
        return "\n".join([f"@{self.kind}{{{self.key},", *lines, "}"])


class Citation(NamedTuple):
    """A paper, and what it is quoted for."""

    paper: Paper
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.paper}\n    for {'; '.join(self.reasons)}"


class Citations(tuple[Citation, ...]):
    """The papers to quote, in the order in which the objects need them; prints as a list.

    Each item has `.paper` and `.reasons`; `bibtex()` is the file for a bibliography.
    """

    __slots__ = ()

    def __str__(self) -> str:
        return "\n".join(map(str, self))

    __repr__ = __str__

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the papers, as in `bibtex()`."""
        return tuple(citation.paper.key for citation in self)

    def bibtex(self) -> str:
        """All entries for BibTeX, in UTF-8."""
        return "\n\n".join(citation.paper.bibtex() for citation in self) + "\n"


def cite(*objects: Any) -> Citations:
    """The papers to quote for what is in use, this library first.

    Parameters
    ----------
    *objects
        Interactions, form factors, fluxes, components, spectra, nuclides, targets, detectors, experiments, and functions,
        classes or modules such as `cevns.matter_potential`, `cevns.form_factors.Helm` or `cevns.electrons`. Lists and
        dictionaries of these are walked through, and the parts of an object too: the form factors of an interaction, the
        spectra of a flux, the nuclides of a target.

    Returns
    -------
    Citations
        A tuple that prints as a list, each paper once, with what it is for; `.bibtex()`, `.keys`.

    Raises
    ------
    InputError
        For an object that this library does not know how to cite; the message names what it does.

    Notes
    -----
    An object knows what it is made of, not who made it: a flux from `sources.reactor` names the papers of its spectra, not
    those of the energies per fission; `cite(cevns.sources.reactor)` adds what the function takes by default, and
    `cite(cevns.rate)` what `StandardModel()` needs. A class has no options. Quote the flux table, density or couplings of
    your own yourself.

    Examples
    --------
    >>> cite(cevns.form_factors.Helm()).keys
    ('cevns', 'Helm1956', 'LewinSmith1996')
    >>> print(cite(cevns.sources.supernova())[1])
    M. T. Keil, G. G. Raffelt and H.-T. Janka, Monte Carlo study of supernova neutrino spectra formation, Astrophys. J. 590 \
(2003) 971, arXiv:astro-ph/0208035
        for pinched spectra of supernova neutrinos
    """
    reasons: dict[str, dict[str, None]] = {}
    for thing in objects:
        known = False
        for name, part in _parts(thing, {}):
            known = True
            for option in _options().get(name, ()):
                if option.holds(part):
                    for key in option.papers:
                        reasons.setdefault(key, {})[option.reason] = None
        if not known:
            raise InputError(_unknown(thing))
    papers = _papers()
    return Citations((_software(), *(Citation(papers[key], tuple(why)) for key, why in reasons.items())))


class _Option(NamedTuple):
    conditions: tuple[tuple[str, str], ...]
    papers: tuple[str, ...]
    reason: str

    def holds(self, part: Any) -> bool:
        """Whether an object has this option; a function or class, None here, has those without conditions."""
        if part is None:
            return not self.conditions
        return all(str(getattr(part, attribute, None)) == value for attribute, value in self.conditions)


@cache
@sealing
def _papers() -> dict[str, Paper]:
    return {row["key"]: Paper(**row) for row in rows("papers.csv")}


@cache
@sealing
def _options() -> dict[str, list[_Option]]:
    """Class or function → its lines of the table."""
    table: dict[str, list[_Option]] = {}
    for row in rows("citations.csv"):
        conditions = tuple((name, value) for name, _, value in (word.partition("=") for word in row["option"].split()))
        table.setdefault(row["object"], []).append(_Option(conditions, tuple(row["papers"].split()), row["for"]))
    return table


def _software() -> Citation:
    title = f"cevns {__version__}: coherent elastic neutrino-nucleus scattering, exact and fast"
    return Citation(Paper("cevns", "misc", "{The cevns developers}", title, "", "", "", "", ""), ("this library",))


def _parts(thing: Any, seen: dict[int, Any]) -> Iterator[tuple[str, Any]]:
    """(name in the table, object) of an object and of all that it is made of; None in place of a function or class.

    What was seen is kept alive, so that no other object can take its identity.
    """
    if id(thing) in seen:
        return
    seen[id(thing)] = thing
    if isinstance(thing, Mapping):
        for pair in thing.items():
            yield from _parts(pair, seen)
    elif isinstance(thing, list | tuple | set | frozenset) and type(thing).__module__ == "builtins":
        for item in thing:
            yield from _parts(item, seen)
    elif isinstance(thing, ModuleType):
        for name, value in vars(thing).items() if _ours(thing, thing.__name__) else ():
            if not name.startswith("_") and isinstance(value, type | FunctionType) and _ours(value, thing.__name__):
                yield from _parts(value, seen)
    elif isinstance(thing, type | FunctionType):
        if _ours(thing):
            yield _name(thing), None
        if _ours(thing) and isinstance(thing, FunctionType):
            parameters = _parameters(thing)
            # on electrons its nuclear part is idle
            if parameters.get("interaction", "") is None and ".electrons" not in thing.__module__:
                yield "StandardModel()", None
            for default in parameters.values():
                if _ours(type(default)):
                    yield from _parts(default, seen)
    elif _ours(type(thing)):
        for kind in type(thing).__mro__:
            if _ours(kind):
                yield _name(kind), thing
        for part in _values(thing):
            yield from _parts(part, seen)


def _name(thing: type | FunctionType) -> str:
    """What the table calls a class or function: "electrons.rate", or "rate" alone, where there is no other of the name."""
    inside = (f"{module}.{thing.__name__}" for module in thing.__module__.split(".")[1:])
    return next((name for name in inside if name in _options()), thing.__name__)


def _parameters(function: FunctionType) -> dict[str, Any]:
    """The parameters of a function, with what they are where none is given."""
    import inspect

    return {name: parameter.default for name, parameter in inspect.signature(function).parameters.items()}


def _values(thing: Any) -> Iterator[Any]:
    """What an object holds: fields of a dataclass, currents of an interaction, nuclides of a target, parts of a spectrum."""
    names = [item.name for item in fields(thing)] if is_dataclass(thing) else []
    for name in (*names, *_HELD):
        yield getattr(thing, name, None)


_HELD = ("components", "currents", "response", "spectrum", "factor", "members", "flux", "detector", "interaction")


def _ours(thing: Any, module: str = __name__.partition(".")[0]) -> bool:
    """Whether a module, class or function is of this library, or of one of its modules."""
    where = thing.__name__ if isinstance(thing, ModuleType) else str(thing.__module__)
    return f"{where}.".startswith(f"{module}.") and where.partition(".")[0] == __name__.partition(".")[0]


def _unknown(thing: Any) -> str:
    if isinstance(thing, str):
        hint = "; pass the object itself, not its name"
    else:
        hint = nearest(thing.__name__, _options()) if isinstance(thing, type | FunctionType) else ""
    what = "interactions, form factors, fluxes, spectra, nuclides, targets, and functions or classes of cevns"
    shown = repr(thing)
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    return f"cite takes {what} (got {shown}){hint}"
