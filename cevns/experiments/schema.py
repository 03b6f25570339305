"""Experiments as data: one TOML file each.

    name = "coherent-csi-2021"               # as it is loaded
    title = "…"                              # one line
    reference = "…"                          # its publication
    not_public = "…"                         # what of its analysis is not, and how far that limits agreement

    [flux]                                   # a function of cevns.sources and its arguments
    source = "sns"
    protons = 3.198e23

    [detector]
    target = "CsI"
    mass = 14.6                              # kg
    light_yield = 13.35                      # optional: photo-electrons per keV_ee
    quenching = { model = "CsICoherent" }    # of cevns.quenching, with its arguments
    resolution = { model = "Gamma" }                                # of cevns.resolution
    efficiency = [{ model = "Logistic.coherent_csi_2021" }]          # of cevns.efficiency, any number

    [exposure]
    days = 1.0                               # live days; 1 for a burst or a run given in protons
                                             # or periods = [[days, kg], …] of a mass that changes

    [bins]
    observable = "photo-electrons"           # the unit of the edges, as a check
    edges = [8.0, 12.0]
    times = [0.0, 1.0]                       # optional, μs

    [interaction]                            # the theory of the publication: arguments of StandardModel
    form_factor = { model = "KleinNystrand" }
    couplings = { gvp = 0.0227, gvn = -0.5117 }

    channels = ["nuclei", "electrons"]       # optional, before the sections: what is counted; nuclei by default
                                             # or { model = "Electrons", binding = "free" } of cevns.experiments.channels

    [scale_effects]                          # parameter = relative effect of one standard deviation on the signal; without
    flux = 0.10                              # this section the uncertainties of the flux itself are nuisances

    [[background]]                           # any number
    name = "steady state"
    counts = [1.0]                           # by bin, or none: from the release, by its name; or of one axis, a shape:
    # shape = { model = "exponential", length = 0.3 }, "flat" or "peaks", and its total = 100.0 counts
    uncertainty = 0.021                      # relative, of its norm; or free = true

    [release]                                # how `with_release` reads the official files
    reader = "coherent-csi-2021"
    template = true                          # optional: their template of CEvNS, not that of the response
    shape_effects = true                            # optional: their systematic shapes of backgrounds too

    [published]                              # what `cevns validate` compares: agreement is asked for within the tolerance,
    counts = { value = 341, tolerance = 0.02 }   # of the value, or of the error where there is one

Every number has its source in a comment beside it.

Formulas
--------
published experiments: counts = exposure · R · dR/dT + backgrounds
    named in each file
"""

from __future__ import annotations

import math
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np

from .. import sources
from .._arguments import Array, canonical_name, digits, known_name, real_array, real_number, shown
from .._immutable import plain, proxy
from .._texts import of_fields
from ..data.columns import path_of, text_of
from ..detectors import efficiency, quenching, resolution
from ..detectors.detector import Detector
from ..errors import CevnsError, InputError, UnsupportedError
from ..fluxes import timing
from ..interactions import StandardModel
from ..interactions.couplings import Couplings
from ..nuclei import form_factors
from ..statistics import Nuisance, Sample
from . import channels, releases
from .samples import SIGNAL
from .shapes import SHAPES

Made = TypeVar("Made")

FOLDER = os.path.dirname(__file__)

# Section → keys that it must have, and those that it may have; None takes any.
_SECTIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...] | None]] = {
    "": (
        ("name", "title", "reference", "flux", "detector", "exposure", "bins"),
        ("not_public", "channels", "interaction", "scale_effects", "background", "release", "published", "observed"),
    ),
    "flux": (("source",), None),
    "detector": (("target", "mass"), ("light_yield", "quenching", "resolution", "efficiency")),
    "exposure": ((), ("days", "periods")),
    "bins": (("observable", "edges"), ("times",)),
    "interaction": ((), None),
    "scale_effects": ((), None),
    "background": (("name",), ("counts", "shape", "total", "uncertainty", "free")),
    "release": (("reader",), ("template", "shape_effects")),
    "published": ((), None),
    "observed": (("counts",), ()),
}


@dataclass(frozen=True)
class Published:
    """The parts of the file beside the experiment itself.

    Attributes
    ----------
    title, reference, not_public : str
        Title, publication, and what of the analysis is not public.
    values : mapping
        Name → (value, error, tolerance) of published results.
    backgrounds : mapping
        Name of a background → relative uncertainty of its norm, inf if it is free.
    release : mapping
        Arguments of the reader of its release.
    """

    title: str
    reference: str
    not_public: str = ""
    values: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    backgrounds: Mapping[str, float] = field(default_factory=dict)
    release: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("values", "backgrounds", "release"):
            object.__setattr__(self, name, proxy(getattr(self, name)))

    def __reduce__(self) -> tuple[Any, ...]:
        return Published, tuple(plain(getattr(self, item.name)) for item in fields(self))

    __repr__ = of_fields

    def __hash__(self) -> int:
        return hash((self.title, self.reference))


def names() -> tuple[str, ...]:
    """The experiments that come with the package."""
    return tuple(sorted(file.removesuffix(".toml") for file in os.listdir(FOLDER) if file.endswith(".toml")))


def read(name: str, make: Callable[..., Made]) -> Made:
    """The experiment that `make`, its class, builds from a file; see `cevns.Experiment.load`."""
    path = path_of(name)
    if not path.lower().endswith(".toml"):
        path = canonical_name(path, names(), "experiment", hint="; or give the path of a .toml file")
        path = os.path.join(FOLDER, f"{path}.toml")
    return _File(path, text_of(path)).experiment(make)


class _File:
    """A file while it is read: it knows where its keys stand."""

    def __init__(self, path: str, text: str) -> None:
        self.path, self.lines = path, text.split("\n")  # as TOML counts them
        try:
            self.data = tomllib.loads(text)
        except (ValueError, RecursionError) as error:  # of integers with thousands of digits, and of lists in lists in lists
            text, at, place = _first_line(error).partition(" (at ")
            line = re.match(r"line (\d+)", place)
            where = f", line {line[1] if line else len(self.lines)}" if at else ""
            raise InputError(f"{path}{where}: {text}") from None

    def experiment(self, make: Callable[..., Made]) -> Made:
        data = self.data
        self._check("", data)
        for section in data:
            if section in _SECTIONS:
                several = section == "background"
                if several and not isinstance(data[section], list):
                    raise self._error("", section, "must be tables: write [[background]]")
                for number, table in enumerate(data[section] if several else [data[section]]):
                    if not isinstance(table, dict):
                        raise self._error("", section, "must be a table")
                    self._check(section, table, number)
        for section, key in (("", "name"), ("", "title"), ("", "reference"), ("", "not_public"), ("release", "reader")):
            text = (data.get(section, {}) if section else data).get(key, "")
            if not isinstance(text, str):
                raise self._error(section, key, f"must be a text (got {shown(text)})")
        release = data.get("release", {})
        if release.get("reader", "coherent-csi-2021") not in releases.READERS:
            raise self._error(
                "release", "reader", f"must be one of {', '.join(releases.READERS)} (got {shown(release['reader'])})"
            )
        for key in ("template", "shape_effects"):
            if not isinstance(release.get(key, False), bool):
                raise self._error("release", key, f"must be true or false (got {shown(release[key])})")
        flux = self._flux()
        detector = self._detector()
        bins = data["bins"]
        if bins["observable"] != detector.observable:
            raise self._error(
                "bins",
                "observable",
                f"must be {detector.observable!r}, the unit of the detector (got {shown(bins['observable'])})",
            )
        edges = self._increasing("bins", "edges")
        times = self._increasing("bins", "times") if "times" in bins else None
        shape = (len(edges) - 1, *(() if times is None else (len(times) - 1,)))
        observed = self._counts("observed", data["observed"]["counts"], shape) if "observed" in data else None
        backgrounds, relative, nuisances = self._backgrounds(shape)
        days, theory, values, counted = self._exposure(), self._interaction(), self._values(), self._channels()
        effects = {key: self._number("scale_effects", key) for key in data.get("scale_effects", {})}
        return self._made(
            "bins",
            "edges",
            lambda: make(
                flux,
                detector,
                days,
                edges,
                observed,
                theory,
                times=times,
                backgrounds=backgrounds,
                nuisances=nuisances,
                scale_effects=effects,
                channels=counted,
                flux_uncertainties="scale_effects" not in data,
                name=data["name"],
                published=Published(
                    data["title"],
                    data["reference"],
                    data.get("not_public", ""),
                    values,
                    relative,
                    data.get("release", {}),
                ),
            ),
        )

    # ---- sections --------------------------------------------------------------------------------------------------------

    def _flux(self) -> Any:
        table = dict(self.data["flux"])
        source = self._named("flux", "source", table.pop("source"), sources.catalogue.EXAMPLES)
        arguments = {key: self._object("flux", key, value, timing) for key, value in table.items()}
        return self._made("flux", "source", lambda: getattr(sources, source)(**arguments))

    def _detector(self) -> Detector:
        table = self.data["detector"]
        rows = table.get("efficiency", [])
        rows = rows if isinstance(rows, list) else [rows]
        arguments: dict[str, Any] = {
            "quenching": self._object("detector", "quenching", table["quenching"], quenching) if "quenching" in table else None,
            "resolution": self._object("detector", "resolution", table["resolution"], resolution)
            if "resolution" in table
            else None,
            "efficiency": [self._object("detector", "efficiency", row, efficiency) for row in rows],
            "light_yield": self._number("detector", "light_yield", above=True) if "light_yield" in table else None,
        }
        mass = self._number("detector", "mass", above=True)
        return self._made("detector", "target", lambda: Detector(table["target"], mass, **arguments))

    def _channels(self) -> Any:
        given = self.data.get("channels", ["nuclei"])
        listed = given if isinstance(given, list) else [given]
        made = [self._object("", "channels", value, channels) for value in listed]
        return self._made("", "channels", lambda: channels.channels_of(made))

    def _exposure(self) -> Any:
        table = self.data["exposure"]
        if ("days" in table) == ("periods" in table):
            raise self._error("exposure", "", "needs either days or periods")
        if "days" in table:
            return self._number("exposure", "days", above=True)
        periods = self._made("exposure", "periods", lambda: real_array(table["periods"], "periods", minimum=0.0))
        if periods.ndim != 2 or periods.shape[1] != 2 or not periods.prod(axis=1).sum() > 0.0:
            raise self._error("exposure", "periods", "must be [days, kg] of each period, some of them > 0")
        return periods

    def _interaction(self) -> StandardModel:
        table = dict(self.data.get("interaction", {}))
        given: dict[str, Any] = {}
        for key, value in table.items():
            if key in ("form_factor", "neutron_form_factor"):
                given[key] = self._object("interaction", key, value, form_factors)
            elif key == "couplings" and isinstance(value, dict):
                given[key] = self._made("interaction", key, partial(Couplings, **value))
            else:
                given[key] = value
        return self._made("interaction", next(iter(table), "interaction"), lambda: StandardModel(**given))

    def _backgrounds(self, shape: tuple[int, ...]) -> tuple[list[Sample], dict[str, float], list[Nuisance]]:
        """Those with counts, the relative uncertainty of each, and the nuisances of those with counts."""
        samples: list[Sample] = []
        relative: dict[str, float] = {}
        nuisances: list[Nuisance] = []
        for number, table in enumerate(self.data.get("background", [])):
            name = table["name"]
            if not isinstance(name, str) or not name or name in (SIGNAL, *relative):
                raise self._error("background", "name", f"must be a name of its own (got {shown(name)})", number)
            if table.get("free") and "uncertainty" in table:
                raise self._error("background", "free", "leaves no uncertainty: give one of them", number)
            error = math.inf
            if not table.get("free"):
                given = table.get("uncertainty", 0.0)
                error = self._made("background", "uncertainty", partial(real_number, given, "uncertainty", minimum=0.0), number)
            relative[name] = error
            if "shape" in table:
                table = {**table, "counts": self._shaped(table, shape, number)}
            if "counts" in table:
                sample, more = constrained(name, self._counts("background", table["counts"], shape, number), error)
                samples.append(sample)
                nuisances += more
        return samples, relative, nuisances

    def _shaped(self, table: Mapping[str, Any], shape: tuple[int, ...], number: int) -> Array:
        """Counts of a background of one axis from its shape."""
        given = table["shape"]
        if "counts" in table or "total" not in table or len(shape) > 1 or not isinstance(given, dict) or "model" not in given:
            raise self._error("background", "shape", "needs a model, a total, no counts, and bins of one axis", number)
        made = SHAPES[self._named("background", "shape", given["model"], SHAPES, number)]
        edges = np.array(self._increasing("bins", "edges"))
        arguments = {name: value for name, value in given.items() if name != "model"}
        total = self._made("background", "total", partial(real_number, table["total"], "total", minimum=0.0), number)
        return self._made("background", "shape", lambda: np.asarray(total * made(edges, **arguments)), number)

    def _counts(self, section: str, counts: Any, shape: tuple[int, ...], number: int = 0) -> Array:
        """Counts in the bins."""
        found = self._made(section, "counts", lambda: real_array(counts, "counts", minimum=0.0), number)
        if found.shape != shape:
            raise self._error(section, "counts", f"must have the shape {shape} of the bins (got {found.shape})", number)
        return found

    def _values(self) -> dict[str, tuple[float, float, float]]:
        values: dict[str, tuple[float, float, float]] = {}
        for key, table in self.data.get("published", {}).items():
            if not isinstance(table, dict) or "value" not in table:
                raise self._error("published", key, "must be a table with value, error and tolerance")
            for inner in table:
                self._named("published", key, inner, ("value", "error", "tolerance"), what="key")
            given = {"error": 0.0, "tolerance": math.inf} | table
            values[key] = (
                self._made("published", key, partial(real_number, given["value"], "value")),
                self._made("published", key, partial(real_number, given["error"], "error", minimum=0.0)),
                self._made("published", key, partial(real_number, given["tolerance"], "tolerance", minimum=0.0, infinite=True)),
            )
        return values

    # ---- values ----------------------------------------------------------------------------------------------------------

    def _object(self, section: str, key: str, value: Any, module: Any) -> Any:
        """{ model = "Class" or "Class.maker", … } of a module; anything else as it is."""
        if not isinstance(value, dict) or "model" not in value:
            return value
        arguments = {name: self._object(section, key, part, module) for name, part in value.items() if name != "model"}
        first, _, maker = str(value["model"]).partition(".")
        known = getattr(module, "__all__", None) or [
            name
            for name, thing in vars(module).items()
            if getattr(thing, "__module__", "") == module.__name__ and name[0].isupper()
        ]
        found = getattr(module, self._named(section, key, first, known))
        if maker:
            makers = [name for name, thing in vars(found).items() if isinstance(thing, classmethod | staticmethod)]
            found = getattr(found, self._named(section, key, maker, makers))
        return self._made(section, key, lambda: found(**arguments))

    def _made(self, section: str, key: str, make: Callable[[], Made], number: int = 0) -> Made:
        try:
            return make()
        except (CevnsError, TypeError) as error:
            raise self._error(section, key, str(error), number) from None

    def _number(self, section: str, key: str, *, above: bool = False) -> float:
        value = self.data[section][key]
        low = 0.0 if above else -math.inf
        return float(self._made(section, key, lambda: real_number(value, key, minimum=low, above=above)))

    def _increasing(self, section: str, key: str) -> list[float]:
        values = self.data[section][key]
        if not isinstance(values, list) or len(values) < 2 or not all(isinstance(x, int | float) for x in values):
            raise self._error(section, key, "must be a list of at least 2 numbers")
        for low, high in pairwise(values):
            if not low < high:
                raise self._error(section, key, f"must increase (got {digits(low)}, then {digits(high)})")
        return values

    def _named(self, section: str, key: str, value: Any, known: Any, number: int = 0, what: str = "") -> str:
        try:
            return known_name(value, known, what or key)
        except CevnsError as error:
            raise self._error(section, key, str(error), number) from None

    # ---- errors ----------------------------------------------------------------------------------------------------------

    def _check(self, section: str, table: Mapping[str, Any], number: int = 0) -> None:
        needed, allowed = _SECTIONS[section]
        for key in needed:
            if key not in table:
                raise self._error(section, "", f"key {key!r} is missing", number)
        if allowed is not None:
            for key in table:
                if key not in (*needed, *allowed):
                    self._named(section, key, key, (*needed, *allowed), number, "key")

    def _error(self, section: str, key: str, text: str, number: int = 0) -> InputError:
        line = self._line(section, key, number)
        where = ".".join(part for part in (section, key) if part)
        return InputError(f"{self.path}, line {line}: {where + ': ' if where else ''}{text}")

    def _line(self, section: str, key: str, number: int = 0) -> int:
        """The line of a key, or that of its section; of the section of that number if there are several."""
        start = 0
        if not section:
            heads = (f"[{key}]", f"[[{key}]]")
            start = next((i for i, line in enumerate(self.lines) if line.strip().startswith(heads)), 0)
            if key and start:
                return start + 1
        if section:
            heads = (f"[{section}]", f"[[{section}]]")
            found = [i for i, line in enumerate(self.lines) if line.strip().startswith(heads)]
            start = found[number] if number < len(found) else 0
        for i, line in enumerate(self.lines[start + bool(section) :], start + bool(section)):
            if line.startswith("["):
                break
            if key and line.split("=")[0].strip().strip('"') == key:
                return i + 1
        return start + 1


def _first_line(error: Exception) -> str:
    text = "it is nested too deeply" if isinstance(error, RecursionError) else str(error).split("\n")[0]
    return text if len(text) <= 200 else text[:197] + "..."


def constrained(name: str, counts: Any, error: float) -> tuple[Sample, list[Nuisance]]:
    """A background whose norm is known to a relative error, and that norm; with an error of 0 it is fixed."""
    if error == 0.0:
        return Sample(name, counts), []
    return Sample(name, counts, norm=name), [Nuisance(name, sigma=error, mean=1.0, lower=0.0)]


def released(experiment: Any, folder: Any) -> Any:
    """See `cevns.Experiment.with_release`."""
    published = experiment.published
    if published is None or not published.release:
        raise UnsupportedError(f"experiment {experiment.name!r} has no official release that can be read")
    options = published.release
    reader = known_name(options["reader"], releases.READERS, "reader of a release")
    read = releases.READERS[reader](os.fspath(folder), experiment)
    own = {sample.name for sample in experiment.backgrounds}
    if {*published.backgrounds} - own != {*read.backgrounds}:
        named, held = (", ".join(sorted(names)) or "none" for names in ({*published.backgrounds} - own, read.backgrounds))
        raise InputError(f"experiment {experiment.name!r} names the backgrounds {named}, but its release holds {held}")
    samples, nuisances = [], []
    for name, counts in read.backgrounds.items():
        sample, more = constrained(name, counts, published.backgrounds[name])
        changes = read.variations.get(name, {}) if options.get("shape_effects") else {}
        samples.append(Sample(name, counts, norm=sample.norm, shape_effects=changes) if changes else sample)
        nuisances += more
    pattern = read.conditional
    if options.get("template") and read.signal is not None and pattern is not None:
        # the publication's template where it has one; other theories change it as they change the signal
        counts = experiment._nominal()[:, None, :]
        whole = np.broadcast_to(pattern[:, :, None], read.signal.shape)
        pattern = np.where((read.signal > 0) & (counts > 0), read.signal / np.where(counts > 0, counts, 1.0), whole)
    return experiment.replace(
        observed=read.observed,
        variance=sum(np.square(error) for error in read.errors.values()) if read.errors else None,
        backgrounds=[*experiment.backgrounds, *samples],
        nuisances=[*experiment.nuisances, *nuisances],
        pattern=pattern,
    )
