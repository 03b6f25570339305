"""Templates of an experiment: what it counts of each term of a theory, folded once, and what nuisances change."""

from __future__ import annotations

import inspect
import itertools
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import Array, answer_of, flag, known_name, mapped, real_array, shown
from ..errors import InputError
from ..fluxes.flux import Flux
from ..interactions import Interaction
from ..statistics.templates import TemplateGrid, Templates
from ..statistics.templates.arguments import names_of
from .samples import only

_COARSE = 0.05  # an error of interpolated templates that somebody must hear of


def templates_of(
    experiment: Any,
    interaction: Interaction | Callable[..., Interaction],
    parameters: Sequence[str],
    shapes: Mapping[str, ArrayLike] | None,
    flux: Callable[..., Flux] | None,
    asimov: bool,
) -> Templates | TemplateGrid:
    """See `Experiment.templates`."""
    names = names_of((parameters,) if isinstance(parameters, str) else parameters)
    if shapes is None:
        if not isinstance(interaction, Interaction):
            raise InputError(
                f"interaction must be a cevns interaction (got {shown(interaction)}); give shapes to a function of them"
            )
        made = Templates(names, **_folded(experiment, interaction, names, asimov))
        _refuse_idle(experiment, [made])
        return made
    shapes = mapped(shapes)
    if not isinstance(shapes, Mapping):
        raise InputError(f"shapes must map names to grids of values (got {shown(shapes)})")
    if not callable(interaction) and (flux is None or not isinstance(interaction, Interaction)):
        raise InputError(f"interaction must be a function of {', '.join(shapes)} (got {shown(interaction)}); or give flux")
    axes = {name: real_array(grid, f"grid of {name!r}") for name, grid in shapes.items()}
    each: list[Templates] = []
    for place in itertools.product(*(grid.tolist() for grid in axes.values())):
        values = dict(zip(axes, place, strict=True))
        theory = interaction if isinstance(interaction, Interaction) else _made(interaction, values)
        there = experiment if flux is None else experiment.replace(flux=answer_of(flux, "flux", **values))
        made = Templates(names, **_folded(there, theory, names, asimov))
        each.append(made.observing(each[0].observed) if asimov and each else made)
    _refuse_idle(experiment, each)
    grid = TemplateGrid(axes, each)
    two = [name for name, values in axes.items() if len(values) == 2]
    if two or grid.interpolation_error > _COARSE:
        size = "an unknown part" if two else f"up to {100 * min(grid.interpolation_error, 1.0):.0f} %"
        warnings.warn(
            f"between the values of {', '.join(two or axes)} templates may be wrong by {size} of their largest bin: "
            "give more values",
            UserWarning,
            stacklevel=3,
        )
    return grid


def _refuse_idle(experiment: Any, templates: Sequence[Templates]) -> None:
    """Raise an error for a coupling that no bin depends on."""
    for i, name in enumerate(templates[0].parameters):
        if not any(made.counts_by_term[made.exponents[:, i] > 0].any() for made in templates):
            raise InputError(
                f"parameter {name!r} changes no bin of this experiment, whose flux holds {', '.join(experiment.flux.flavors)}"
            )


def _folded(experiment: Any, interaction: Interaction, parameters: tuple[str, ...], asimov: bool) -> dict[str, Any]:
    """What templates are made of: counts by term and what a likelihood needs."""
    known = experiment._couplings(interaction)
    for name in parameters:
        known_name(name, known, "parameter")
    exponents, counts = experiment._terms(interaction, parameters)
    start = np.array([known[name] for name in parameters])
    linear = linear_changes(experiment)
    observed = experiment.observed
    if flag(asimov, "asimov"):
        observed = np.tensordot(np.prod(start**exponents, axis=1), counts, 1) + linear["background"]
    more = {"observed": observed, "variance": experiment.variance, "name": experiment.name}
    return {"exponents": exponents, "counts": counts, "start": start, **linear, **more}


def linear_changes(experiment: Any) -> dict[str, Any]:
    """Backgrounds, and what nuisances change to first order: the signal relative to itself, and backgrounds."""
    known = {nuisance.name: nuisance for nuisance in experiment._without_theory.nuisances}
    background, changes = np.zeros(experiment.shape), {}
    if experiment.backgrounds:
        alone = only(experiment._without_theory, experiment.backgrounds)
        background = alone.expected({})
        changes = dict(zip(alone.parameters, alone.gradient({}), strict=True))
    relative: dict[str, Array] = dict(experiment._relative_effects)
    for name in experiment._fixed_norm:  # the theory gives the signal; its norm, of backgrounds too, stays at its mean
        relative.pop(name, None)
        changes.pop(name, None)
    return {
        "background": background,
        "signal_effects": relative,
        "background_effects": changes,
        "sigma": {name: known[name].sigma for name in {**relative, **changes}},
        "mean": {name: known[name].mean for name in {**relative, **changes}},
        "limits": {name: (known[name].lower, known[name].upper) for name in {**relative, **changes}},
    }


def _made(function: Callable[..., Interaction], values: Mapping[str, float]) -> Interaction:
    """What a function of shapes returns."""
    try:
        inspect.signature(function).bind(**values)
    except TypeError as error:
        raise InputError(f"interaction must be a function of {', '.join(values)}: {error}") from None
    made = answer_of(function, "interaction", **values)
    if not isinstance(made, Interaction):
        raise InputError(f"interaction must be a function that returns a cevns interaction (got {shown(made)})")
    return made
