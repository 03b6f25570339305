"""Drawings of an experiment: data over stacked signal and backgrounds, in each axis of the bins, and what is left over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .._arguments import Array
from ..errors import InputError
from ..interactions import Interaction
from ..plotting import COLORS, checked_axes, plain, sheet, titled

if TYPE_CHECKING:
    from matplotlib.figure import Figure


# What is measured → its axis, and its unit in the singular.
_OBSERVABLES = {
    "photo-electrons": ("photo-electrons", "photo-electron"),
    "electrons": ("electrons", "electron"),
    "keV_ee": (r"electron-equivalent energy [keV$_\mathrm{ee}$]", r"keV$_\mathrm{ee}$"),
    "keV_nr": (r"energy of the recoil [keV$_\mathrm{nr}$]", r"keV$_\mathrm{nr}$"),
}


def poisson_errors(counts: Any) -> tuple[Array, Array]:
    """Lengths (below, above) of the central intervals of 68.27 % for Poisson counts ≥ 0, not only whole numbers.

    Notes
    -----
    N. Gehrels, Astrophys. J. 303 (1986) 336, his simplest approximations with S = 1: within 0.9 % of the exact lengths for 0 to
    10⁴ counts. No counts are 0 + 1.83.
    """
    n = np.asarray(counts, dtype=np.float64)
    upper = (n + 1) * (1 - 1 / (9 * (n + 1)) + 1 / (3 * np.sqrt(n + 1))) ** 3
    some = np.maximum(n, 1e-300)
    lower = np.where(n > 0, n * np.maximum(1 - 1 / (9 * some) - 1 / (3 * np.sqrt(some)), 0.0) ** 3, 0.0)
    return n - lower, upper - n


def counts(
    experiment: Any,
    interaction: Interaction | None = None,
    *,
    fit: Any = None,
    log: bool = False,
    title: str | None = None,
    ax: Any = None,
) -> Figure:
    """See `Experiment.plot`."""
    model = experiment.model(interaction)
    if fit is not None and fit.fit.names != model.parameters:
        raise InputError(
            f"fit must be one of this experiment, of {', '.join(model.parameters)} (got {', '.join(fit.fit.names)})"
        )
    expected = model.expected_by_sample({} if fit is None else dict(zip(fit.fit.names, fit.fit.values, strict=True)))
    names = [sample.name for sample in model.samples]
    panels: list[tuple[int, Array, str, str]] = [(0, experiment.edges, *_observable(experiment.observable))]
    if experiment.times is not None:
        panels.append((len(experiment.shape) - 1, experiment.times, "time after the protons [μs]", "μs"))

    seen = experiment.observed is not None
    if ax is None:
        rows = (3.0, 1.0) if seen else (1.0,)
        figure, axes = sheet(rows, len(panels), (7.2 if len(panels) == 1 else 11.0, 5.6 if seen else 4.6))
    else:
        axes = _of_caller(ax, len(panels), seen)
        panels, figure = panels[: axes.shape[1]], axes[0, 0].figure
    for column, (axis, edges, label, unit) in enumerate(panels):
        others = tuple(k for k in range(len(experiment.shape)) if k != axis)
        parts = expected.sum(axis=tuple(k + 1 for k in others))
        observed = None if experiment.observed is None else experiment.observed.sum(axis=others)
        _stacked(axes[:, column], edges, parts, names, observed, log)
        axes[-1, column].set_xlabel(label)
        axes[0, column].set_ylabel(_height(edges, unit))
    if len(axes) > 1:
        axes[1, 0].set_ylabel("(data − sum)\n/ √sum")
    axes[0, 0].legend(frameon=False)
    given = plain(experiment.name + (", best fit" if fit is not None else "")) if title is None else title
    if ax is None:
        figure.suptitle(given, fontsize="medium")
    else:
        titled(axes[0, 0], title or "")
    return figure


def _of_caller(ax: Any, panels: int, seen: bool) -> Any:
    """Axes of the caller in rows: of the counts, and if there are as many more of the differences."""
    given = np.array([ax] if not isinstance(ax, np.ndarray | list | tuple) else ax, dtype=object).reshape(-1)
    numbers = {1: (1, 1), panels: (1, panels)} | ({2 * panels: (2, panels)} if seen else {})
    if given.size not in numbers:
        raise InputError(f"ax must be {' or '.join(map(str, sorted(numbers)))} axes of matplotlib (got {given.size})")
    for each in given:
        checked_axes(each)
    return given.reshape(numbers[given.size])


def _stacked(axes: Any, edges: Array, parts: Array, names: list[str], observed: Array | None, log: bool) -> None:
    """One panel: parts (samples, bins) with the first on top, data over them, and residuals below."""
    scale, drawn = _scale(edges), _finite(edges)
    below = np.zeros(parts.shape[1])
    for i in [*range(1, len(names)), 0]:
        color = COLORS[i % len(COLORS)]
        above = below + parts[i]
        axes[0].stairs(
            above * scale,
            drawn,
            baseline=below * scale,
            fill=True,
            color=color,
            alpha=0.75 if i == 0 else 0.45,
            label=f"{plain(names[i])}: {parts[i].sum():.4g}",
        )
        below = above
    axes[0].stairs(below * scale, drawn, color="black", linewidth=1.2)
    axes[0].set_xlim(drawn[0], drawn[-1])
    top = float((below * scale).max(initial=0.0))
    if observed is not None:
        x = (drawn[1:] + drawn[:-1]) / 2
        down, up = poisson_errors(observed)
        point = {"color": "black", "fmt": "o", "markersize": 3.5, "linewidth": 1.2}
        axes[0].errorbar(x, observed * scale, (down * scale, up * scale), label=f"data: {observed.sum():g}", **point)
        top = max(top, float(((observed + up) * scale).max(initial=0.0)))
    if observed is not None and len(axes) > 1:
        known = below > 0.0
        sigma = np.sqrt(below, where=known, out=np.ones(below.size))
        pull = np.where(known, (observed - below) / sigma, np.nan)
        axes[1].axhline(0.0, color="0.45", linewidth=1.0)
        axes[1].errorbar(x, pull, (down / sigma, up / sigma), **point)
        ends = np.concatenate([np.abs(pull - down / sigma), np.abs(pull + up / sigma)])
        reach = 1.1 * max(3.0, float(np.nanmax(ends, initial=0.0)))
        axes[1].set_ylim(-reach, reach)
    if log and top > 0.0:
        heights = (below * scale)[below > 0.0]
        axes[0].set_yscale("log")
        axes[0].set_ylim(0.5 * float(heights.min(initial=top)), 2.0 * top)
    else:
        axes[0].set_ylim(0.0, 1.15 * top or 1.0)


def _observable(name: str) -> tuple[str, str]:
    """The axis of an observable, and its unit."""
    return _OBSERVABLES.get(name, (plain(name), plain(name)))


def _equal(edges: Array) -> bool:
    """Whether bins are of one width, or have none."""
    width = np.diff(edges)
    return bool(np.isinf(width).any() or np.allclose(width, width[0], rtol=1e-9, atol=0.0))


def _scale(edges: Array) -> Array:
    """Factors from counts in bins to what is drawn: densities where bins are of different widths."""
    width = np.diff(edges)
    return np.ones(width.size) if _equal(edges) else 1 / width


def _finite(edges: Array) -> Array:
    """Edges with an open bin drawn as wide as its neighbour."""
    drawn = np.array(edges)
    if np.isinf(drawn[-1]):
        drawn[-1] = 2 * drawn[-2] - (drawn[-3] if drawn.size > 2 else 0.0)
    return drawn


def _height(edges: Array, unit: str) -> str:
    width = np.diff(edges)
    if np.isinf(width).any():
        return "counts in a bin"
    if not _equal(edges):
        return f"counts per {unit}"
    return f"counts in {width[0]:g} {unit}{'s' if unit.endswith('electron') and width[0] != 1 else ''}"
