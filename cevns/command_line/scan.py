"""The command `scan`: χ² of an experiment over a grid of the parameters of a theory, with limits and regions."""

from __future__ import annotations

import argparse
import inspect
import os
import warnings
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from .._arguments import Array, digits, known_name, real_number, shown
from .._texts import of_fields
from ..data.columns import number_of
from ..data.writing import write
from ..errors import InputError
from ..interactions import Interaction, StandardModel
from ..interactions.models import MODELS
from .experiments import add_experiment, facts_of, loaded, theory_of
from .terminal import (
    FORM_FACTORS,
    add_release,
    add_theory,
    call,
    cells,
    header,
    integer,
    number,
    picture,
    releases,
    written,
)

if TYPE_CHECKING:
    from ..experiments import Experiment
    from ..statistics.scans import ScanResult

LEVEL = 0.90
STANDARD_MODEL = "standard-model"
_NODES = 33  # of a profiled parameter that changes shapes: templates are made there, and interpolated between
_MOST = 10_000_000  # points
_FEW = 3  # values of a grid in an interval, below which the interval is more of the interpolation than of the likelihood
_QUANTITIES = {  # of neutrinos by flavour
    "magnetic-moment": ("magnetic moment", "Bohr magnetons"),
    "charge-radius": ("charge radius", "cm2"),
    "anapole": ("anapole moment", "cm2"),
    "millicharge": ("charge", "e"),
    "dipole-portal": ("transition moment", "Bohr magnetons"),
}
_NEUTRINOS = {"nue": "ν_e", "numu": "ν_μ", "nutau": "ν_τ", "em": "ν_e and ν_μ", "et": "ν_e and ν_τ", "mt": "ν_μ and ν_τ"}


def add_scan(scan: argparse.ArgumentParser) -> None:
    """Add the arguments of `scan`."""
    scan.set_defaults(run=_scan)
    scan.epilog = f"""
models: {STANDARD_MODEL}, {", ".join(MODELS)}
  with parameters  --model 'b-l(mass=10)'; those of a plain {STANDARD_MODEL} can be scanned with every model
axes: NAME=LOW:HIGH:N, and :log for equal factors; masses, and all else that is no coupling, give templates for each value
units: masses MeV; moments Bohr magnetons; charge radii, anapole moments cm2; charges of neutrinos e; couplings without
  cevns scan coherent-csi-2021 --asimov --model nsi --x eps_ee_u=-1:1:200 --y eps_ee_d=-1:1:200 --plot
  cevns scan coherent-csi-2021 --asimov --model b-l --x mass=1:1000:31:log --y coupling=1e-5:1e-2:200:log
form factors: {", ".join(FORM_FACTORS)}
"""
    add_experiment(scan)
    scan.add_argument("--model", required=True, metavar="NAME", help="what is added to the Standard Model; see below")
    for name in ("x", "y", "z"):
        scan.add_argument(f"--{name}", required=name == "x", metavar="NAME=LOW:HIGH:N", help=f"axis {name} of the grid")
    scan.add_argument(
        "--profile",
        action="append",
        default=[],
        metavar="NAME=LOW:HIGH",
        help="a further parameter, over which chi2 is made smallest; once for each",
    )
    scan.add_argument("--fixed-nuisances", action="store_true", help="at their centres (default: the best at each point)")
    data = scan.add_mutually_exclusive_group()
    add_release(data)
    data.add_argument("--asimov", action="store_true", help="what is expected without the model stands for what was observed")
    scan.add_argument("--level", type=number, metavar="P", help=f"level of confidence (default: {LEVEL})")
    scan.add_argument("--standard-model", action="store_true", help="the library's theory, not that of the publication")
    add_theory(scan, "default: that of the publication")
    scan.add_argument("--workers", type=integer, default=1, metavar="N", help="processes (default: 1)")
    scan.add_argument("--resume", metavar="FILE", help="keep what is done in this file, and go on from it")
    scan.add_argument("--progress", action="store_true", help='show a bar. Needs tqdm: the extra "progress"')
    scan.add_argument("--output", metavar="FILE.npz", help="write the result; .h5 and .hdf5 too (the extra), or .csv: a table")
    scan.add_argument(
        "--plot",
        nargs="?",
        const="scan.png",
        metavar="FILE.png",
        help='draw it (default: scan.png); .pdf and .svg too. Needs matplotlib: the extra "plot"',
    )


# ---- the command ---------------------------------------------------------------------------------------------------------


def _scan(arguments: argparse.Namespace) -> str:
    from ..statistics import threshold
    from ..statistics.scans import scan

    grids = _grids(arguments)
    ranges = _ranges(arguments.profile, grids)
    level = LEVEL if arguments.level is None else arguments.level
    threshold(level)  # checks it before anything is computed
    workers = real_number(arguments.workers, "--workers", minimum=1)
    kind = None if arguments.output is None else _kind(arguments.output)
    experiment = loaded(arguments.experiment, arguments.channels)
    standard = theory_of(arguments, experiment)
    folders = releases(arguments.release, [arguments.experiment])
    if folders:
        experiment = experiment.with_release(folders[arguments.experiment])
    elif arguments.asimov:
        experiment = experiment.replace(observed=experiment.expected(standard))
    elif experiment.observed is None:
        raise InputError(
            f"experiment {experiment.name!r} has no observed counts of its own: give --release FOLDER, or --asimov for what "
            "it is expected to see"
        )
    theory = _Theory.read(arguments.model, standard, (*grids, *ranges))
    likelihood, shapes, without = theory.likelihood(experiment, grids, ranges, not arguments.fixed_nuisances)
    settings = {
        "experiment": experiment.name,
        "model": arguments.model,
        "standard model": " ".join(repr(standard).split()),
        "observed": "Asimov" if arguments.asimov else "data",
    }
    with ExitStack() as stack:
        executor = None
        if workers > 1:
            import signal
            from concurrent.futures import ProcessPoolExecutor

            # Ctrl-C ends this process, which then ends the others; they say nothing
            pool = ProcessPoolExecutor(int(workers), initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN))
            executor = stack.enter_context(pool)
        result = scan(
            likelihood,
            grids,
            profile=ranges,
            executor=executor,
            progress=arguments.progress,
            resume=arguments.resume,
            settings=settings,
        )
    facts = facts_of(experiment, standard) | {
        "model": arguments.model,
        "observed": "what is expected without the model" if arguments.asimov else f"{_total(experiment):g} counts",
        "nuisances": result.nuisances or "none",
        "grid": ", ".join(f"{name} {values[0]:g} to {values[-1]:g} ({values.size})" for name, values in grids.items()),
    }
    least = result.minimum
    facts |= {
        "best fit": ", ".join(f"{name} = {value:.5g}" for name, value in least.place.items()),
        "chi2": f"{least.chi2:.6g} in {int(np.prod(experiment.shape))} bins",
    }
    if without is not None:
        facts["chi2"] += f", without the model {without:.6g}"
    files: dict[str, bytes] = {}
    if arguments.plot is not None:
        shown = result if len(grids) < 3 else result.profile(*list(grids)[:2])
        levels = (0.68, 0.90, 0.95) if arguments.level is None else (level,)
        from ..plotting import plain

        figure = shown.plot(levels, labels=_labels(arguments.model), title=plain(f"{experiment.name}, {arguments.model}"))
        files[arguments.plot] = picture(figure, arguments.plot)
    if arguments.output is not None:
        files[arguments.output] = _encoded(result, str(kind), facts, arguments.model)
    tables = [_intervals(result, level), *_limits(result, level, shapes)]
    write(files)
    return "\n".join([header(facts), "", "\n\n".join([*map(cells, tables), *_coarse(result, level)]), *written(files)])


# ---- what is scanned -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Theory:
    """The Standard Model and what is added to it, as functions of what changes shapes."""

    standard: StandardModel
    factory: Callable[..., Interaction] | None
    given: Mapping[str, Any]

    __repr__ = of_fields

    @classmethod
    def read(cls, text: str, standard: StandardModel, scanned: tuple[str, ...]) -> _Theory:
        """From `name(parameter=value, …)`; parameters that are scanned need no value."""
        known: dict[str, Callable[..., Any]] = {STANDARD_MODEL: lambda: None}
        for name, factory in MODELS.items():
            known[name] = partial(_given, factory, scanned)
            known[name].__signature__ = _signature(factory, scanned)  # type: ignore[attr-defined]
        found = call(text, known, "model")
        return cls(standard, *found) if found else cls(standard, None, {})

    def made(self, **shapes: float) -> Interaction:
        """The theory for some values of what changes shapes."""
        own = set() if self.factory is None else set(inspect.signature(self.factory).parameters)
        standard: dict[str, Any] = {name: value for name, value in shapes.items() if name not in own}
        base = replace(self.standard, **standard) if standard else self.standard
        if self.factory is None:
            return base
        return base + self.factory(**{**self.given, **{name: value for name, value in shapes.items() if name in own}})

    def likelihood(
        self,
        experiment: Experiment,
        grids: Mapping[str, Array],
        ranges: Mapping[str, tuple[float, float]],
        profiled: bool,
    ) -> tuple[Any, tuple[str, ...], float | None]:
        """χ² of the experiment, which of the parameters change shapes, and χ² without the model if it is known."""
        nodes = dict(grids)
        for name, (low, high) in ranges.items():
            nodes[name] = np.geomspace(low, high, _NODES) if low > 0 and high > 10 * low else np.linspace(low, high, _NODES)
            nodes[name][[0, -1]] = low, high  # not by a rounding outside
        own = set() if self.factory is None else set(inspect.signature(self.factory).parameters)
        begin = {name: float(nodes[name][nodes[name].size // 2]) for name in nodes}
        couplings = self.made(**{name: value for name, value in begin.items() if name in own}).parameters
        known = (*couplings, *_numbers_of(self.factory), *_numbers_of(StandardModel))
        for name in nodes:
            known_name(name, dict.fromkeys(known), f"parameter of {STANDARD_MODEL if self.factory is None else 'the model'}")
        shapes = tuple(name for name in nodes if name not in couplings)
        free = tuple(name for name in nodes if name in couplings)
        if not shapes:
            templates = experiment.templates(self.made(), free)
        else:
            with warnings.catch_warnings():
                if not set(shapes) & set(ranges):  # the scan asks at the nodes only, where templates are exact
                    warnings.simplefilter("ignore", UserWarning)
                templates = experiment.templates(self.made, free, shapes={name: nodes[name] for name in shapes})
        likelihood: Callable[..., Any] = partial(templates.likelihood, profile=profiled)
        others = [value for name, value in couplings.items() if name not in self.standard.parameters and name not in free]
        without = None
        if not free and self.factory is not None and set(shapes) <= own:
            without = float(experiment.templates(self.standard, ()).likelihood([], profile=profiled))
        elif free and set(free) <= set(couplings) - set(self.standard.parameters) and set(shapes) <= own and not any(others):
            nothing = {name: 0.0 for name in free} | {name: float(nodes[name][0]) for name in shapes}
            without = float(likelihood({name: np.array([value]) for name, value in nothing.items()})[0])
        return likelihood, shapes, without


def _numbers_of(factory: Callable[..., Any] | None) -> tuple[str, ...]:
    """Parameters that may be a number: others have no grid."""
    if factory is None:
        return ()
    from ..statistics.scans.storage import UNITS

    parameters = inspect.signature(factory).parameters.values()
    return tuple(p.name for p in parameters if p.name in UNITS or p.annotation in ("float", "complex"))


def _given(factory: Callable[..., Interaction], scanned: tuple[str, ...], **given: Any) -> tuple[Any, dict[str, Any]]:
    names = inspect.signature(factory).parameters
    return factory, {
        **{name: 0.0 for name in scanned if name in names and names[name].default is inspect.Parameter.empty},
        **given,
    }


def _signature(factory: Callable[..., Interaction], scanned: tuple[str, ...]) -> inspect.Signature:
    """What has to be given of a model: not what is scanned."""
    own = inspect.signature(factory)
    return own.replace(parameters=[p.replace(default=0.0) if name in scanned else p for name, p in own.parameters.items()])


def _grids(arguments: argparse.Namespace) -> dict[str, Array]:
    grids: dict[str, Array] = {}
    for option in ("x", "y", "z"):
        text = getattr(arguments, option)
        if text is None:
            continue
        name, low, high, *rest = _numbers(text, f"--{option}", "NAME=LOW:HIGH:N or NAME=LOW:HIGH:N:log", (3, 4))
        if name in grids:
            raise InputError(f"parameter {name!r} stands on two axes")
        log = len(rest) == 2
        if log and rest[1] != "log":
            raise InputError(f"--{option} must be NAME=LOW:HIGH:N or NAME=LOW:HIGH:N:log (got {shown(text)})")
        low, high = (_number(value, f"--{option}") for value in (low, high))
        count = _number(rest[0], f"--{option}")
        if count != int(count) or not 2 <= count <= _MOST:
            raise InputError(f"--{option} must have 2 to {_MOST} values (got {rest[0]})")
        if not low < high:
            raise InputError(f"--{option} must increase (got {digits(low)} to {digits(high)})")
        if log and low <= 0:
            raise InputError(f"--{option} must begin above 0 for equal factors (got {digits(low)})")
        grids[name] = np.geomspace(low, high, int(count)) if log else np.linspace(low, high, int(count))
    if (total := np.prod([float(values.size) for values in grids.values()])) > _MOST:
        raise InputError(f"a grid must have <= {_MOST} points (got {total:.0f})")
    return grids


def _ranges(texts: list[str], grids: Mapping[str, Array]) -> dict[str, tuple[float, float]]:
    ranges: dict[str, tuple[float, float]] = {}
    for text in texts:
        name, *ends = _numbers(text, "--profile", "NAME=LOW:HIGH", (2,))
        if name in grids or name in ranges:
            raise InputError(f"--profile of {name!r} stands elsewhere too")
        low, high = (_number(end, "--profile") for end in ends)
        ranges[name] = (low, high)
    return ranges


def _numbers(text: str, option: str, form: str, counts: tuple[int, ...]) -> list[Any]:
    name, equal, rest = text.partition("=")
    parts = rest.split(":")
    if not name or not equal or len(parts) not in counts:
        raise InputError(f"{option} must be {form} (got {shown(text)})")
    return [name.strip(), *parts]


def _number(text: str, option: str) -> float:
    try:
        value = number_of(text.strip())
    except ValueError:
        raise InputError(f"{option} must be numbers (got {shown(text)})") from None
    return real_number(value, option)


# ---- what is said --------------------------------------------------------------------------------------------------------


def _intervals(result: ScanResult, level: float) -> list[list[str]]:
    """Rows of what is allowed of each parameter, whatever the others are."""
    rows = [["parameter", "best fit", f"allowed at {100 * level:g} %, others free"]]
    least = result.minimum
    for name in result.dims:
        rows.append([name, f"{least[name]:.5g}", _allowed(result, name, level)])
    return rows


def _allowed(result: ScanResult, name: str, level: float) -> str:
    """All intervals of a parameter; the end of the grid is no end."""
    return " and ".join(_between(*ends) for ends in result.interval(name, level))


def _between(low: float, high: float) -> str:
    if low == -np.inf and high == np.inf:
        return "all"
    if low == -np.inf:
        return f"< {high:.5g}"
    return f"> {low:.5g}" if high == np.inf else f"{low:.5g} to {high:.5g}"


def _coarse(result: ScanResult, level: float) -> list[str]:
    """A sentence on grids that are too coarse for their intervals."""
    names = []
    for name, values in result.coords.items():
        ends = [(low, high) for low, high in result.interval(name, level) if low > -np.inf or high < np.inf]
        if any(np.sum((values >= low) & (values <= high)) < _FEW for low, high in ends):
            names.append(name)
    if not names:
        return []
    return [f"coarse: an interval of {' and of '.join(names)} holds fewer than {_FEW} values of the grid; take a finer one"]


def _labels(model: str) -> dict[str, str]:
    """Axis → what stands beside it, where the name of a parameter does not tell what it is."""
    if (quantity := _QUANTITIES.get(_name(model))) is None:
        return {}
    what, unit = quantity
    return {name: f"{what} of {neutrino} [{unit.replace('cm2', 'cm²')}]" for name, neutrino in _NEUTRINOS.items()}


def _name(model: str) -> str:
    return model.partition("(")[0].strip()


def _limits(result: ScanResult, level: float, shapes: tuple[str, ...]) -> list[list[list[str]]]:
    """A table of what is allowed of a coupling for each value of what changes shapes, such as a mass."""
    if len(result.dims) != 2 or len(set(shapes) & set(result.dims)) != 1:
        return []
    (along,) = set(shapes) & set(result.dims)
    (coupling,) = set(result.dims) - {along}
    rows = [[along, f"{coupling} allowed at {100 * level:g} %, for this {along}"]]
    for i, value in enumerate(result.coords[along].tolist()):
        rows.append([f"{value:.5g}", _allowed(result.isel(**{along: i}), coupling, level)])
    return [rows]


def _kind(path: str) -> str:
    from ..statistics.scans.storage import ENDINGS, TABLE

    return known_name(os.path.splitext(path)[1].lower(), (*ENDINGS, TABLE), "ending of a file of a scan")


def _encoded(result: ScanResult, kind: str, facts: Mapping[str, str], model: str) -> bytes:
    from ..statistics.scans.storage import TABLE, UNITS, encoded, table

    if kind != TABLE:
        return encoded(result, kind)
    units = UNITS | dict.fromkeys(_NEUTRINOS, _QUANTITIES.get(_name(model), ("", ""))[1])
    return table(result, facts, units)


def _total(experiment: Experiment) -> float:
    return 0.0 if experiment.observed is None else float(experiment.observed.sum())
