"""Drawings of results: Δχ² of one parameter, allowed regions of two."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import InputError
from ...plotting import COLORS, paper, plain, titled
from .crossings import Regions
from .grids import geometric

if TYPE_CHECKING:
    from matplotlib.figure import Figure


_DASHES = ("-", "--", ":")
_LABELS = {
    "mass": "mass [MeV]",
    "mediator_mass": "mediator mass [MeV]",
    "coupling": "coupling $g$",
    "weak_mixing_angle": r"$\sin^2\theta_W$",
    "neutron_skin": "neutron skin [fm]",
}
_FLAVORS = {"e": "e", "m": r"\mu", "t": r"\tau"}


def drawn(
    result: Any, levels: tuple[float, ...], dof: int | None, labels: Mapping[str, str], title: str, ax: Any = None
) -> Figure:
    """See `ScanResult.plot`."""
    number = len(result.dims)
    if number not in (1, 2) or min(result.shape) < 2:
        raise InputError(
            f"a drawing needs one or two axes of at least 2 values (got {result._told()}): see profile() and sel()"
        )
    dof = number if dof is None else dof
    heights = sorted((result.threshold(level, dof), _told(level)) for level in levels)
    said = [f"levels of {dof} parameter{'s' * (dof != 1)}"] if heights else []
    said += [f"nuisances {result.nuisances}"] if result.nuisances else []
    figure, axes = paper(ax)
    names = [labels[name] if name in labels else label(name) for name in result.dims]
    axes.set_xlabel(names[0])
    titled(axes, title)
    (_curve if number == 1 else _regions)(axes, result, heights, "\n".join(said))
    if number == 2:
        axes.set_ylabel(names[1])
    for values, scale, limits in zip(
        result.coords.values(), (axes.set_xscale, axes.set_yscale), (axes.set_xlim, axes.set_ylim), strict=False
    ):
        if geometric(values):
            scale("log")
        limits(values[0], values[-1])
    return figure


def label(name: str) -> str:
    """The label of the axis of a parameter."""
    if match := re.fullmatch(r"(?:NSI\d*\.)?eps_([emt])([emt])_([udLR])(_im)?", name):
        symbol = rf"\varepsilon_{{{_FLAVORS[match[1]]}{_FLAVORS[match[2]]}}}^{{{match[3]}}}"
        return rf"$\mathrm{{Im}}\,{symbol}$" if match[4] else f"${symbol}$"
    if match := re.fullmatch(r"eps_([spvat])_([ud])", name):
        return rf"$\varepsilon_{{{match[1].upper()}}}^{{{match[2]}}}$"
    return _LABELS.get(name, plain(name.replace("_", " ")))


def _curve(axes: Any, result: Any, heights: list[tuple[float, str]], said: str) -> None:
    (x,) = result.coords.values()
    delta = result.values - result._least
    axes.plot(x, np.where(delta < math.inf, delta, np.nan), color=COLORS[0], linewidth=1.8, zorder=3)
    top = 1.6 * max([height for height, _ in heights], default=float(np.max(delta[delta < math.inf], initial=1.0)))
    for i, (height, text) in enumerate(heights):
        axes.axhline(height, color="0.35", linewidth=1.1, linestyle=_DASHES[i % 3], label=text)
    axes.set_ylim(0.0, top or 1.0)
    axes.set_ylabel(r"$\Delta\chi^2$")
    if said:
        axes.legend(frameon=False, title=said)


def _regions(axes: Any, result: Any, heights: list[tuple[float, str]], said: str) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    x, y = result.coords.values()
    for i, (height, _) in reversed(list(enumerate(heights))):  # the smallest region lies on top
        regions, color = Regions(x, y, result.values, result._least, height), COLORS[i % len(COLORS)]
        for points, codes in regions.filled:
            axes.add_patch(PathPatch(Path(points, codes), facecolor=color, alpha=0.16, linewidth=0.0))
        for line in regions.lines:
            axes.plot(*line.T, color=color, linewidth=1.8, linestyle=_DASHES[i % 3])
    for i, (_, text) in enumerate(heights):
        axes.plot([], [], color=COLORS[i % len(COLORS)], linewidth=1.8, linestyle=_DASHES[i % 3], label=text)
    best = result.minimum
    axes.plot(
        *([best[name]] for name in result.dims), marker="+", markersize=10, color="black", linestyle="none", label="best fit"
    )
    axes.legend(frameon=True, framealpha=0.8, edgecolor="none", loc="upper right", title=said)


def _told(level: float) -> str:
    sigma = next((f" ({n}σ)" for n in (1, 2, 3) if abs(level - math.erf(n / math.sqrt(2))) < 5e-5), "")
    return f"{100 * level:.4g} %{sigma}"
