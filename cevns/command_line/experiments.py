"""Commands of experiments: which there are, what one expects, what its data say, and whether published results come out."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .._arguments import Array
from ..data.writing import csv_file, write
from ..errors import InputError
from ..interactions import Interaction, StandardModel, couplings
from .terminal import (
    FORM_FACTORS,
    add_release,
    add_theory,
    cells,
    header,
    interaction,
    picture,
    releases,
    written,
)

if TYPE_CHECKING:
    from ..experiments import Experiment, SignalFit


def add_experiments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of `experiments`: none."""
    command.set_defaults(run=_experiments)


def add_predict(predict: argparse.ArgumentParser) -> None:
    """Add the arguments of `predict`."""
    predict.set_defaults(run=_predict)
    add_experiment(predict)
    _add_theory(predict)
    predict.add_argument("--output", metavar="FILE.csv", help="write all bins, with all digits")
    predict.add_argument("--plot", metavar="FILE.png", help='draw it; .pdf and .svg too. Needs matplotlib: the extra "plot"')


def add_fit(fit: argparse.ArgumentParser) -> None:
    """Add the arguments of `fit`."""
    fit.set_defaults(run=_fit)
    add_experiment(fit)
    add_release(fit)
    _add_theory(fit)
    fit.add_argument("--plot", metavar="FILE.png", help="draw data and best fit; .pdf and .svg too")


def add_validate(validate: argparse.ArgumentParser) -> None:
    """Add the arguments of `validate`."""
    validate.set_defaults(run=_validate)
    validate.add_argument("experiment", nargs="*", help="names, or .toml files (default: all that come with the package)")
    add_release(validate)
    validate.add_argument("--new-physics", action="store_true", help="limits and intervals of new physics, of all experiments")


def _add_theory(command: argparse.ArgumentParser) -> None:
    command.epilog = f"form factors: {', '.join(FORM_FACTORS)}\ncouplings: {', '.join(couplings.SCHEMES)}"
    command.add_argument("--standard-model", action="store_true", help="the library's theory, not that of the publication")
    add_theory(command, "default: that of the publication")


def add_experiment(command: argparse.ArgumentParser) -> None:
    """Add the arguments that name an experiment, and what of it is counted."""
    command.add_argument("experiment", help="a name, as `cevns experiments` lists them, or a .toml file")
    command.add_argument("--channels", nargs="+", metavar="CHANNEL", help="nuclei, electrons, or both (default: its own)")


# ---- the commands --------------------------------------------------------------------------------------------------------


def _experiments(arguments: argparse.Namespace) -> str:
    from .. import experiments

    rows = [["experiment", "target", "mass", "exposure", "bins", "CEvNS", "published", "what it is"]]
    for name in experiments.names():
        experiment = experiments.load(name)
        published = experiment.published
        values = {} if published is None else published.values
        rows.append(
            [
                name,
                _target(experiment),
                f"{experiment.detector.mass:g} kg",
                _exposure(experiment),
                " x ".join(map(str, experiment.shape)),
                f"{experiment.counts().sum():.4g}",
                _with_error(*values["counts"][:2]) if "counts" in values else "-",
                "" if published is None else published.title,
            ]
        )
    return cells(rows)


def _predict(arguments: argparse.Namespace) -> str:
    experiment = loaded(arguments.experiment, arguments.channels)
    theory = theory_of(arguments, experiment)
    counts = {"CEvNS": experiment.counts(theory)}
    if [channel.name for channel in experiment.channels] != ["nuclei"]:
        each = experiment.counts(theory, split="channel")
        counts = {channel.name: own for channel, own in zip(experiment.channels, each, strict=True)}
    counts |= {sample.name: sample.counts for sample in experiment.backgrounds}
    if experiment.observed is not None:
        counts["observed"] = experiment.observed
    facts = facts_of(experiment, theory) | {name: f"{values.sum():.6g} counts" for name, values in counts.items()}
    files: dict[str, bytes] = {}
    if arguments.plot is not None:
        files[arguments.plot] = picture(experiment.plot(theory), arguments.plot)
    if arguments.output is not None:
        files[arguments.output] = csv_file(facts, *_all_bins(experiment, counts))
    write(files)
    return "\n".join([header(facts), "", *_projections(experiment, counts), *written(files)])


def _fit(arguments: argparse.Namespace) -> str:
    experiment = loaded(arguments.experiment, arguments.channels)
    theory = theory_of(arguments, experiment)
    folders = releases(arguments.release, [arguments.experiment])
    if folders:
        experiment = experiment.with_release(folders[arguments.experiment])
    elif experiment.observed is None:
        raise InputError(f"experiment {experiment.name!r} has no observed counts of its own: give --release FOLDER")
    result = experiment.fit(theory)
    facts = facts_of(experiment, theory) | {
        "expected": f"{experiment.counts(theory).sum():.6g} counts of CEvNS",
        "fitted": f"{result.value:.5g} +- {result.error:.3g} counts of CEvNS",
        "significance": f"{result.significance:.3g} sigma",
        "chi2": f"{result.chi2:.5g} in {result.bins} bins",
        "observed": f"{_seen(experiment).sum():g} counts",
    }
    expected = {sample.name: sample.total for sample in experiment.model(theory).samples}
    counts = [
        ["counts", "fitted", "expected"],
        *([name, f"{result.values[name]:.5g}", f"{expected[name]:.5g}"] for name in expected),
    ]
    parameters = [["parameter", "fitted", "+-"]]
    for name, value, error in zip(result.fit.names, result.fit.values, result.fit.errors, strict=True):
        parameters.append([name, f"{value:.4g}", f"{error:.2g}" if error else "fixed"])
    files = {} if arguments.plot is None else {arguments.plot: picture(experiment.plot(theory, fit=result), arguments.plot)}
    write(files)
    return "\n".join([header(facts), "", cells(counts), "", cells(parameters), *written(files)])


def _validate(arguments: argparse.Namespace) -> tuple[str, int]:
    from .. import experiments

    names = arguments.experiment or list(experiments.names())
    folders = releases(arguments.release, names)
    if arguments.new_physics:
        return _new_physics(folders), 0
    rows = [["experiment", "result", "published", "computed", "difference", "within", ""]]
    wrong = 0
    for name in names:
        for check in checks(loaded(name), folders.get(name)):
            wrong += check.agrees is False
            rows.append([name, *check.row])
    known = sum(1 for row in rows[1:] if row[-1] in ("ok", "DIFFERS"))
    text = f"{known} of {len(rows) - 1} results compared, {wrong} outside what is expected"
    return f"{cells(rows)}\n\n{text}", int(wrong > 0)


def _new_physics(folders: dict[str, str]) -> str:
    """A table of published limits and intervals; nothing is judged, as the inputs of the analyses differ."""
    from ..experiments.new_physics import compare

    rows = [["result", "unit", "published", "computed", "difference", ""]]
    sources: list[str] = []
    for found in compare(folders):
        text = "; ".join(part for part in (found.result.source, found.result.note) if part)
        if text not in sources:
            sources.append(text)
        rows.append([*found.row, f"[{sources.index(text) + 1}]"])
    notes = [f"[{number}] {text}" for number, text in enumerate(sources, start=1)]
    return "\n".join([cells(rows), "", *notes, "(unchecked): at second hand, not read in the publication"])


# ---- what is compared ----------------------------------------------------------------------------------------------------


class Check(NamedTuple):
    """One published result and what is computed in its place.

    `tolerance` is in standard deviations of the published value where it has an error, and relative where it has none;
    `computed` is None where something is `missing`.
    """

    result: str
    value: float
    error: float
    tolerance: float
    computed: float | None
    missing: str = ""

    @property
    def difference(self) -> float | None:
        """Computed less published, in standard deviations, or relative without an error."""
        return None if self.computed is None else (self.computed - self.value) / (self.error or abs(self.value) or 1.0)

    @property
    def agrees(self) -> bool | None:
        """Whether the difference is within the tolerance; None if nothing is computed, or no tolerance is given."""
        if self.difference is None or self.tolerance == math.inf:
            return None
        return bool(abs(self.difference) <= self.tolerance)

    @property
    def row(self) -> list[str]:
        """The cells of a table."""
        written_as = "{:+.2f} sigma" if self.error else "{:+.1%}"
        return [
            self.result,
            _with_error(self.value, self.error),
            "-" if self.computed is None else f"{self.computed:.4g}",
            "-" if self.difference is None else written_as.format(self.difference),
            "-" if self.tolerance == math.inf else written_as.format(self.tolerance).lstrip("+"),
            {True: "ok", False: "DIFFERS", None: self.missing}[self.agrees],
        ]


def checks(experiment: Experiment, release: str | None = None) -> Iterator[Check]:
    """All published results of an experiment, with those that are computed."""
    from ..experiments import MEASUREMENTS

    published = experiment.published
    known = ("counts", "observed", "flux", "fit", "significance", *MEASUREMENTS)
    data = experiment if release is None else experiment.with_release(release)
    fitted: SignalFit | None = None
    for result, (value, error, tolerance) in ({} if published is None else published.values).items():
        computed, missing = None, ""
        if result in ("counts", "observed"):  # what was predicted, and what was measured
            computed = float(experiment.counts().sum())
        elif result == "flux":
            computed = experiment.flux.total()
        elif result not in known:
            missing = "not computed here"
        elif data.observed is None:
            missing = "needs --release"
        elif result in MEASUREMENTS:
            computed = MEASUREMENTS[result](data).value
        else:
            fitted = fitted or data.fit()
            computed = fitted.value if result == "fit" else fitted.significance
        yield Check(result, value, error, tolerance, computed, missing)


# ---- what other commands of experiments need ----------------------------------------------------------------------------


def loaded(name: str, channels: Sequence[str] | None = None) -> Experiment:
    """An experiment of the package, or of a file, with channels in place of its own."""
    from .. import experiments

    experiment = experiments.load(name)
    return experiment if channels is None else experiment.replace(channels=channels)


def theory_of(arguments: argparse.Namespace, experiment: Experiment) -> StandardModel:
    """That of the publication, or the library's, with what the options change."""
    base = experiment.interaction
    if arguments.standard_model or not isinstance(base, StandardModel):
        base = StandardModel()
    return interaction(arguments, base)


def facts_of(experiment: Experiment, theory: Interaction) -> dict[str, str]:
    """The facts that describe the results: experiment, theory, data."""
    detector, published = experiment.detector, experiment.published
    per = "/(cm2 s)" if experiment.flux.per == "s" else "/cm2"
    facts = {"experiment": experiment.name}
    if published is not None:
        facts |= {"title": published.title, "reference": published.reference}
    facts |= {
        "detector": f"{detector.mass:g} kg of {_target(experiment)}, {_exposure(experiment)}",
        "flux": f"{experiment.flux.total():.6g} {per}, mean energy {experiment.flux.mean_energy():.4g} MeV",
        "interaction": repr(theory),
    }
    if [channel.name for channel in experiment.channels] != ["nuclei"]:
        facts["channels"] = ", ".join(map(repr, experiment.channels))
    return {name: " ".join(text.split()) for name, text in facts.items()}


# ---- inside --------------------------------------------------------------------------------------------------------------


def _target(experiment: Experiment) -> str:
    return repr(experiment.detector.target).removeprefix("Target(").removesuffix(")").strip("'")


def _exposure(experiment: Experiment) -> str:
    return f"{experiment.exposure:g} d" if experiment.flux.per == "s" else "whole run"


def _seen(experiment: Experiment) -> Array:
    return np.zeros(experiment.shape) if experiment.observed is None else experiment.observed


def _with_error(value: float, error: float) -> str:
    return f"{value:.4g} +- {error:.3g}" if error else f"{value:.4g}"


def _axes(experiment: Experiment) -> list[tuple[str, str, Array | None, int]]:
    """Name, unit and edges of the axes of bins; a further axis has no edges, only numbers."""
    found: list[tuple[str, str, Array | None, int]] = [("", experiment.observable, experiment.edges, experiment.shape[0])]
    if experiment.pattern is not None:
        found.append(("bin", "number", None, experiment.shape[1]))
    if experiment.times is not None:
        found.append(("time", "us", experiment.times, experiment.shape[-1]))
    return found


def _projections(experiment: Experiment, counts: dict[str, Array]) -> list[str]:
    """A table for each axis with edges, of counts over the others."""
    tables = []
    for axis, (name, unit, edges, size) in enumerate(_axes(experiment)):
        if edges is None:
            continue
        others = tuple(k for k in range(len(experiment.shape)) if k != axis)
        columns = [values.sum(axis=others) for values in counts.values()]
        rows = [[f"{name} from [{unit}]".lstrip(), f"{name} to [{unit}]".lstrip(), *counts]]
        rows += [[f"{edges[i]:g}", f"{edges[i + 1]:g}", *(f"{column[i]:.5g}" for column in columns)] for i in range(size)]
        tables += [cells(rows), ""]
    return tables[:-1]


def _all_bins(experiment: Experiment, counts: dict[str, Array]) -> tuple[dict[str, Array], list[str]]:
    """Columns of a CSV file, and their units: the edges of every bin, and its counts."""
    columns: dict[str, Array] = {}
    units: list[str] = []
    places = np.indices(experiment.shape).reshape(len(experiment.shape), -1)
    for place, (name, unit, edges, _) in zip(places, _axes(experiment), strict=True):
        if edges is None:
            columns[name] = place.astype(np.float64)
            units.append(unit)
        else:
            columns[f"{name} from".lstrip()], columns[f"{name} to".lstrip()] = edges[place], edges[place + 1]
            units += [unit, unit]
    columns |= {name: values.reshape(-1) for name, values in counts.items()}
    return columns, units + ["counts"] * len(counts)
