"""Drawings, with matplotlib (the extra `plot`): imported when something is drawn, and never through pyplot.

A figure comes back; nothing is shown, and no backend is chosen: `figure.savefig("spectrum.png")` writes it anywhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from . import constants
from ._arguments import Array, check_increasing, known_name, real_array, real_number, shown
from .errors import InputError, UnsupportedError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["contour", "flux", "spectrum"]


def __dir__() -> list[str]:
    return __all__


MOST_PARTS = 9  # that can still be told apart

_LABELS: dict[str, Callable[[Any], str]] = {
    "component": lambda c: f"{c.name} {c.flavor}",
    "name": lambda c: c.name,
    "flavor": lambda c: c.flavor,
}

# Okabe and Ito's colours, which the colour-blind tell apart too, and then the same with dashes.
COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
LEVELS = (math.erf(1 / math.sqrt(2)), 0.90, math.erf(2 / math.sqrt(2)))  # one σ, 90 %, two σ
DECADES = 4  # shown below the largest rate
_SYMBOLS = dict(
    zip(
        constants.FLAVORS,
        (r"$\nu_e$", r"$\nu_\mu$", r"$\nu_\tau$", r"$\bar{\nu}_e$", r"$\bar{\nu}_\mu$", r"$\bar{\nu}_\tau$"),
        strict=True,
    )
)


def spectrum(
    recoil_energy: ArrayLike,
    rate: ArrayLike,
    *,
    parts: Mapping[str, ArrayLike] | None = None,
    per: str = "s",
    title: str = "",
    threshold: float | None = None,
    log: bool = False,
    ax: Axes | None = None,
) -> Figure:
    """A recoil spectrum, whole and in its parts, as a matplotlib figure.

    Parameters
    ----------
    recoil_energy : array_like (n,) or (n + 1,)
        Increasing recoil energies [keV]; the edges of bins if there is one more than rates, which are then drawn as steps.
    rate : array_like (n,)
        dR/dT [1/(kg day keV); a burst: 1/(kg keV)], or the rates in the bins [1/(kg day); a burst: 1/kg].
    parts : mapping, optional
        Label → rates (n,) of the parts: by nuclide, flavour or component. Names of flavours in a label become symbols, and the
        number before an element goes up; a label with a dollar sign is drawn as it is given.
    per : {"s", "burst"}
        The unit of the flux, `flux.per`.
    title : str
        Title of the drawing.
    threshold : float, optional
        A recoil energy [keV] to be marked.
    log : bool
        Whether the axis of recoil energies is logarithmic.
    ax : matplotlib.axes.Axes, optional
        Axes of yours to draw into; by default those of a new figure.

    Returns
    -------
    matplotlib.figure.Figure
        Save it with `figure.savefig(path)`; a notebook shows it.

    Raises
    ------
    UnsupportedError
        If matplotlib is not installed.
    InputError
        For lengths that do not match, values that are negative or not finite.

    Examples
    --------
    >>> import cevns
    >>> T = np.linspace(0.0, 45.0, 300)
    >>> flux = cevns.sources.sns()
    >>> figure = spectrum(T, cevns.differential_rate(T, flux, "CsI"), title="SNS on CsI")
    >>> figure.axes[0].get_xlabel()
    'recoil energy [keV]'
    """
    known_name(per, ("s", "burst"), "unit of a flux (per)")
    T = real_array(recoil_energy, "recoil_energy", unit="keV", minimum=0.0)
    values = real_array(rate, "rate", minimum=0.0)
    if T.ndim != 1 or T.size < 2 or values.ndim != 1 or T.size - values.size not in (0, 1):
        raise InputError(f"rate must have as many values as recoil_energy (got shapes {values.shape} and {T.shape})")
    curves = {label: real_array(part, f"rate of {label}", minimum=0.0) for label, part in (parts or {}).items()}
    for label, curve in curves.items():
        if curve.shape != values.shape:
            raise InputError(f"rate of {label} must have {values.size} values (got shape {curve.shape})")

    figure, axes = paper(ax)
    for i, (label, curve) in enumerate(curves.items()):
        _draw(axes, T, curve, **_style(i), label=label if "$" in label else _written(label))
    _draw(axes, T, values, color="black", linewidth=2.2, label="total" if curves else None, zorder=3)
    if threshold is not None:
        axes.axvline(threshold, color="0.45", linewidth=1.2, linestyle="--", label=f"threshold {threshold:g} keV")

    axes.set_xlabel("recoil energy [keV]")
    time = r"\,d^{-1}" if per == "s" else ""
    if T.size == values.size:
        axes.set_ylabel(rf"$\mathrm{{d}}R/\mathrm{{d}}T$  $[\mathrm{{kg^{{-1}}{time}\,keV^{{-1}}}}]$")
    else:
        axes.set_ylabel(rf"recoils in a bin  $[\mathrm{{kg^{{-1}}{time}}}]$")
    titled(axes, title)
    top = float(values.max())
    if top > 0.0:
        axes.set_yscale("log")
        axes.set_ylim(max(10.0**-DECADES * top, 0.5 * float(values[values > 0.0].min())), 2.0 * top)
    if log:
        axes.set_xscale("log")
        axes.set_xlim(T[T > 0.0][0], T[-1])
    else:
        axes.set_xlim(T[0], T[-1])
    if curves or threshold is not None:
        axes.legend(frameon=False, ncols=1 + (len(curves) > 6))
    return figure


def flux(
    flux: Any,
    energy: ArrayLike | None = None,
    *,
    by: str = "component",
    title: str = "",
    log: bool | None = None,
    ax: Axes | None = None,
) -> Figure:
    """The spectra of a flux, as a matplotlib figure: densities as curves, lines as stems, a band where it is uncertain.

    Parameters
    ----------
    flux : cevns.Flux
        The flux at the detector.
    energy : array_like (n,), optional
        Increasing energies [MeV]; by default 800 up to the end of the flux.
    by : {"component", "name", "flavor"}
        The parts that have a curve of their own; components of one name are those of a source that differ by flavour. Where
        there are more than 9, those of one name are drawn together, or else the sum of all.
    title : str
        Title of the drawing.
    log : bool
        Whether the axis of energies is logarithmic; by default if the flux spans more than two decades.
    ax : matplotlib.axes.Axes, optional
        Axes of yours to draw into; by default those of a new figure.

    Returns
    -------
    matplotlib.figure.Figure
        Densities [cm⁻² s⁻¹ MeV⁻¹; a burst: cm⁻² MeV⁻¹]; the height of a line is its whole flux [cm⁻² s⁻¹; a burst: cm⁻²].

    Raises
    ------
    UnsupportedError
        If matplotlib is not installed.
    InputError, UnknownNameError
        For energies that do not increase, an unknown `by`.

    Examples
    --------
    >>> import cevns
    >>> figure = cevns.sources.sns().plot(title="SNS")
    >>> figure.axes[0].get_xlabel()
    'neutrino energy [MeV]'
    """
    known_name(by, tuple(_LABELS), "part of a flux (by)")
    ends = [float(component.spectrum.breaks[-1]) for component in flux.components if component.scale > 0.0]
    end = max(ends, default=1.0)
    log = min(ends, default=1.0) < end / 10 if log is None else log
    E = real_array(_grid(end, log) if energy is None else energy, "energy", unit="MeV", minimum=0.0)
    if E.ndim != 1 or E.size < 2:
        raise InputError(f"energy must be a list of at least 2 increasing energies (got shape {E.shape})")
    check_increasing(E, "energy", "MeV")
    parts = _parts(flux, _LABELS[by])
    if len(parts) > MOST_PARTS:
        parts = _parts(flux, _LABELS["name"])
    if len(parts) > MOST_PARTS:
        parts = {}
    total = flux.spectrum(E)

    figure, axes = paper(ax)
    if flux.uncertainties:
        sigma = np.sqrt(sum(np.square(_signed(u.parts, E)) for u in flux.uncertainties))
        below = np.maximum(total - sigma, 1e-30)  # on a logarithmic axis the band reaches to its bottom, not to zero
        axes.fill_between(E, below, total + sigma, where=total > 0.0, color="0.85", linewidth=0.0, label="uncertainty")
    top = float(total.max(initial=0.0))
    for i, (label, part) in enumerate(parts.items() or [("", flux)]):
        style = _style(i) if parts else {"color": "black", "linewidth": 2.2}
        written = _written(label) or None
        density = part.spectrum(E)
        heights: dict[float, float] = {}  # lines of one energy are one line, whatever their flavours
        for e, weight in part.lines():
            heights[e] = heights.get(e, 0.0) + weight
        lines = [(e, weight) for e, weight in heights.items() if E[0] <= e <= E[-1] and weight > 0.0]
        if density.any():
            _draw(axes, E, density, **style, label=written)
            written = None
        for e, weight in lines:
            axes.plot([e, e], [1e-30, weight], **style, label=written)
            axes.plot([e], [weight], marker="o", markersize=4.5, color=style["color"])
            written, top = None, max(top, weight)
    if len(parts) > 1 and total.any():
        _draw(axes, E, total, color="black", linewidth=1.0, linestyle="-", label="total", zorder=1)
    time = r"\,s^{-1}" if flux.per == "s" else ""
    axes.set_xlabel("neutrino energy [MeV]")
    unit = rf"\mathrm{{cm^{{-2}}{time}\,MeV^{{-1}}}}"
    axes.set_ylabel(rf"$\mathrm{{d}}\phi/\mathrm{{d}}E$  $[{unit}]$" + (", lines without MeV$^{-1}$" if flux.lines() else ""))
    titled(axes, title)
    if top > 0.0:
        shown = total[total > 0.0]
        least = min([float(np.min(shown, initial=np.inf)), *(w for _, w in flux.lines() if w > 0.0)])
        bottom = max(least / 2, top * 10.0 ** -(12 if log else DECADES + 1))
        axes.set_yscale("log")
        axes.set_ylim(bottom, 2.0 * top)
        if energy is None:  # to where a curve leaves the paper
            end = max(float(E[total >= bottom].max(initial=0.0)), *(1.05 * e for e, _ in flux.lines()), E[1])
    if log:
        axes.set_xscale("log")
    axes.set_xlim(E[E > 0.0][0] if log else E[0], 1.02 * end if energy is None else E[-1])
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, ncols=1 + (len(parts) > 6))
    return figure


def contour(
    x: ArrayLike,
    y: ArrayLike,
    delta_chi2: ArrayLike,
    *,
    levels: Iterable[float] = LEVELS,
    labels: tuple[str, str] = ("", ""),
    best: tuple[float, float] | None = None,
    title: str = "",
    ax: Axes | None = None,
) -> Figure:
    """Regions of two parameters, as a matplotlib figure: lines where Δχ² passes the thresholds of levels of confidence.

    Parameters
    ----------
    x, y : array_like (n_x,) and (n_y,)
        Increasing values of the parameters.
    delta_chi2 : array_like (n_x, n_y)
        Δχ², as `cevns.statistics.contour` returns it; inf where a pair is impossible.
    levels : iterable of float
        Levels of confidence, > 0 and < 1, of both parameters at once; by default one standard deviation, 90 % and two standard
        deviations: 68.27, 90 and 95.45 %, where Δχ² is 2.30, 4.61 and 6.18.
    labels : (str, str)
        Names of the parameters, with their units; drawn as they are given, formulas between dollar signs.
    best : (float, float), optional
        Where the best fit is marked; by default at the least value.
    title : str
        Title of the drawing.
    ax : matplotlib.axes.Axes, optional
        Axes of yours to draw into; by default those of a new figure.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    UnsupportedError
        If matplotlib is not installed.
    InputError
        For lengths that do not match, values that do not increase, levels outside their range.

    Notes
    -----
    For two parameters the threshold is −2 ln(1 − level), a χ² of two degrees of freedom (S. S. Wilks 1938).

    Examples
    --------
    >>> x = np.linspace(-3.0, 3.0, 61)
    >>> figure = contour(x, x, x[:, None] ** 2 + x**2, labels=("first", "second"))
    >>> [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    ['68.27 % (1σ)', '90 %', '95.45 % (2σ)', 'best fit']
    """
    xs, ys = (real_array(values, name) for values, name in ((x, "x"), (y, "y")))
    for values, name in ((xs, "x"), (ys, "y")):
        if values.ndim != 1 or values.size < 2:
            raise InputError(f"{name} must be a list of at least 2 increasing values (got shape {values.shape})")
        check_increasing(values, name)
    z = real_array(delta_chi2, "delta_chi2", minimum=0.0, infinite=True)
    if z.shape != (xs.size, ys.size):
        raise InputError(f"delta_chi2 must have the shape {(xs.size, ys.size)} of x and y (got {z.shape})")
    heights = {}
    for level in levels:
        p = real_number(level, "level", minimum=0.0, maximum=1.0, above=True)
        if p >= 1:
            raise InputError(f"level must be < 1 (got {shown(level)})")
        sigma = next((f" ({n}σ)" for n in (1, 2, 3) if abs(p - math.erf(n / math.sqrt(2))) < 5e-5), "")
        heights[-2.0 * math.log1p(-p)] = f"{100 * p:.4g} %{sigma}"

    figure, axes = paper(ax)
    for i, (height, label) in enumerate(sorted(heights.items())):
        style = _style(i)
        # an impossible pair is far above every level; masked, the line would end before it
        drawn = axes.contour(xs, ys, np.minimum(z.T, 1e3 * height), levels=[height], colors=[style["color"]], linewidths=1.8)
        drawn.set_linestyle(("-", "--", ":")[i % 3])
        axes.plot([], [], color=style["color"], linewidth=1.8, linestyle=("-", "--", ":")[i % 3], label=label)
    k, m = np.unravel_index(np.argmin(z), z.shape)
    a, b = (float(xs[k]), float(ys[m])) if best is None else best
    axes.plot([a], [b], marker="+", markersize=10, color="black", linestyle="none", label="best fit")
    axes.set_xlabel(labels[0])
    axes.set_ylabel(labels[1])
    titled(axes, title)
    axes.set_xlim(xs[0], xs[-1])
    axes.set_ylim(ys[0], ys[-1])
    axes.legend(frameon=False, title="levels of 2 parameters")
    return figure


def _parts(flux: Any, label: Callable[[Any], str]) -> dict[str, Any]:
    """The components of a flux by label."""
    parts: dict[str, list[Any]] = {}
    for component in flux.components:
        parts.setdefault(label(component), []).append(component)
    return {name: type(flux)(tuple(components), flux.per) for name, components in parts.items()}


def _grid(end: float, log: bool) -> Array:
    return np.geomspace(1e-3 * end, 1.02 * end, 800) if log else np.linspace(0.0, 1.02 * end, 801)


def _signed(parts: Any, energy: Array) -> Array:
    """The density of an uncertainty's parts."""
    return np.asarray(sum((p.scale * p.spectrum.density(energy) for p in parts), np.zeros(energy.size)))


def sheet(rows: tuple[float, ...] = (1.0,), columns: int = 1, size: tuple[float, float] = (7.2, 4.6)) -> tuple[Figure, Any]:
    """An empty figure in the house's style, and its axes (rows, columns), those of a column with one axis of x."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise UnsupportedError('drawing needs matplotlib; install it with: pip install "cevns[plot]"') from None
    figure = Figure(figsize=size, layout="constrained")
    axes: Any = figure.subplots(len(rows), columns, squeeze=False, sharex="col", gridspec_kw={"height_ratios": rows})
    for one in axes.flat:
        one.grid(which="major", color="0.88", linewidth=0.8)
        one.set_axisbelow(True)
        one.tick_params(which="both", direction="in", top=True, right=True)
    return figure, axes


def paper(ax: Any = None) -> tuple[Figure, Any]:
    """A figure and the axes to draw into: those of the caller as they are, or of an empty figure in the house's style."""
    if ax is None:
        figure, axes = sheet()
        return figure, axes[0, 0]
    return checked_axes(ax).figure, ax


def checked_axes(ax: Any) -> Any:
    """The axes, if they are axes of matplotlib."""
    if not all(callable(getattr(ax, name, None)) for name in ("plot", "stairs", "set_xlabel")):
        what = "a figure: give one of its axes" if callable(getattr(ax, "add_axes", None)) else type(ax).__name__
        raise InputError(f"ax must be axes of matplotlib (got {what})")
    return ax


def titled(axes: Any, title: str) -> None:
    """Write the title, if there is one: axes of the caller may have theirs."""
    if title:
        axes.set_title(title)


def _style(i: int) -> dict[str, Any]:
    """Colour and dashes of the i-th part."""
    return {"color": COLORS[i % len(COLORS)], "linewidth": 1.6, "linestyle": ("-", "--", ":")[i // len(COLORS) % 3]}


def _draw(axes: Any, recoil_energy: Array, values: Array, **style: Any) -> None:
    if values.size == recoil_energy.size:
        axes.plot(recoil_energy, np.where(values > 0.0, values, np.nan), **style)
    else:
        axes.stairs(values, recoil_energy, **style)


def plain(text: str) -> str:
    """Text in which no dollar sign begins a formula."""
    return text.replace("$", r"\$")


def _written(label: str) -> str:
    """A label with symbols of flavours, and mass numbers above the line."""
    words = []
    for word in plain(label).split(" "):
        element = word.lstrip("0123456789")
        isotope = element.isalpha() and element != word and len(element) <= 2
        words.append(_SYMBOLS.get(word) or (rf"$^{{{word[: -len(element)]}}}${element}" if isotope else word))
    return " ".join(words)
