"""The figures and numbers of `standard-model.md`: `python docs/standard_model.py [folder]`.

The page is its own template. A place marked `<!--=name-->…<!--/-->` holds a number or a table that this script computes; the
words around it are edited by hand. The page and `figures/*.png` are written into the folder, by default the
one this file is in.
"""

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from PIL import Image  # comes with matplotlib
from scipy.optimize import brentq

import cevns
from cevns import constants
from cevns.nuclei.form_factors import FourierBessel, Helm, KleinNystrand
from cevns.plotting import COLORS
from cevns.scattering.coherence import coherence_loss, coherent_limit, coherent_scaling

HERE = Path(__file__).resolve().parent
PAGE = "standard-model.md"

REACTOR = 2 * 8.0  # largest momentum transfer [MeV], twice the energy of the last neutrinos that count
SNS = 2 * 52.83  # of the decay of muons at rest, E ≤ m_μ/2

SHAPES = ("40Ar", "74Ge", "132Xe", "208Pb")
NUCLEI = ("28Si", "40Ar", "74Ge", "133Cs", "208Pb")
MODELS = ("Helm", "Klein–Nystrand", "Fourier–Bessel")
NEUTRINOS = {"nue": r"$\nu_e$", "numu": r"$\nu_\mu$", "nutau": r"$\nu_\tau$"}
SCHEMES = {"radiative-q2": "-", "eft": "--"}

UNCERTAINTY_OF_RUNNING = 3e-4  # as `cevns.weak_mixing_angle` states it


class Measurement(NamedTuple):
    """sin²θ_W from one experiment at a momentum transfer [MeV]; `drawn_at` keeps neighbours apart."""

    name: str
    q: float
    value: float
    below: float
    above: float
    checked: bool = True
    drawn_at: float | None = None


MEASUREMENTS = (
    Measurement("APV Cs", 2.4, 0.2367, 0.0018, 0.0018, checked=False),
    Measurement("COHERENT CsI", 50.0, 0.220, 0.026, 0.028),
    Measurement("Qweak", 158.0, 0.2383, 0.0011, 0.0011, drawn_at=140.0),
    Measurement("E158", 160.0, 0.2397, 0.0013, 0.0013, drawn_at=181.0),
)


# ---- figures -----------------------------------------------------------------------------------------------------------------


def _symbol(name: str) -> str:
    element = name.lstrip("0123456789")
    return rf"$^{{{name[: -len(element)]}}}${element}"


def _dress(axes: Any, x: str = "", y: str = "") -> None:
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(which="major", color="0.88", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(which="both", direction="in", top=True, right=True)


def _models(nuclide: cevns.Nuclide) -> dict[str, Any]:
    models = {"Helm": Helm(), "Klein–Nystrand": KleinNystrand()}
    if nuclide.name in FourierBessel.sets():
        models["Fourier–Bessel"] = FourierBessel()
    return models


def form_factors() -> Figure:
    """F(q) of four nuclei, and its difference from Helm's."""
    figure = Figure(figsize=(10.0, 4.9), layout="constrained")
    rows: Any = figure.subplots(2, len(SHAPES), sharex=True, sharey="row", height_ratios=(2.2, 1))
    q = np.linspace(0.0, 160.0, 321)
    styles = dict(zip(MODELS, zip(COLORS, ("-", "--", (0, (1, 1.2))), strict=False), strict=True))
    for name, top, bottom in zip(SHAPES, *rows, strict=True):
        nuclide = cevns.Nuclide(name)
        for axes in (top, bottom):
            axes.axvspan(0.0, SNS, color="0.94", zorder=0)
            axes.axvspan(0.0, REACTOR, color="0.84", zorder=0)
            axes.axhline(0.0, color="0.45", linewidth=0.8)
        helm = Helm()(q, nuclide)
        for label, model in _models(nuclide).items():
            color, dashes = styles[label]
            above = 3 if label == "Fourier–Bessel" else 2
            style = {"color": color, "linestyle": dashes, "linewidth": 2.4 if above == 3 else 1.7, "zorder": above}
            top.plot(q, model(q, nuclide), label=label, **style)
            bottom.plot(q, model(q, nuclide) - helm, **style)
        if len(_models(nuclide)) == 2:
            top.text(
                0.96, 0.69, "no Fourier–\nBessel set", transform=top.transAxes, ha="right", va="top", color="0.35", fontsize=9
            )
        top.text(0.95, 0.95, _symbol(name), transform=top.transAxes, ha="right", va="top", fontsize=14)
        _dress(top)
        _dress(bottom, "q [MeV]")
        top.grid(False)
        bottom.grid(False)
    first, below = rows[0][0], rows[1][0]
    first.set_ylabel("form factor F(q)")
    below.set_ylabel("F − F(Helm)")
    first.set_xlim(0.0, 160.0)
    first.set_ylim(-0.12, 1.03)
    below.set_ylim(-0.06, 0.03)
    first.text(REACTOR / 2, 0.02, "reactor", rotation=90, ha="center", va="bottom", color="0.25", fontsize=9)
    first.text(SNS - 3, 0.02, "SNS", ha="right", va="bottom", color="0.25", fontsize=9)
    handles, labels = first.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=3, frameon=False)
    return figure


def cross_sections() -> Figure:
    """σ(E) of five nuclei with the coherent limit, and their ratio."""
    figure = Figure(figsize=(7.2, 6.6), layout="constrained")
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=(2, 1))
    E = np.geomspace(2.0, 100.0, 160)
    for name, color in zip(NUCLEI, COLORS, strict=False):
        nuclide = cevns.Nuclide(name)
        top.plot(E, coherent_limit(E, nuclide, "charge"), color=color, linewidth=1.2, linestyle="--")
        top.plot(E, cevns.cross_section(E, nuclide), color=color, linewidth=2.0, label=_symbol(name))
        bottom.plot(E, coherent_scaling(E, nuclide, law="charge"), color=color, linewidth=2.0)
    handles, labels = top.get_legend_handles_labels()
    handles, labels = handles[::-1], labels[::-1]  # in the order of the curves
    handles.append(Line2D([], [], color="0.3", linewidth=1.2, linestyle="--"))
    top.legend(handles, [*labels, "coherent limit"], frameon=False, loc="lower right", ncols=2)
    _dress(top, y=r"cross section σ  [cm$^2$]")
    _dress(bottom, "neutrino energy E [MeV]", "σ / coherent limit")
    top.set_xscale("log")
    top.set_yscale("log")
    top.set_xlim(2.0, 100.0)
    bottom.axhline(1.0, color="0.3", linewidth=1.2, linestyle="--")
    bottom.set_ylim(0.0, 1.08)
    ticks = (2, 5, 10, 20, 50, 100)
    bottom.set_xticks(ticks, [str(tick) for tick in ticks])
    bottom.minorticks_off()
    return figure


def couplings() -> Figure:
    """g_V^p(Q) by flavour in two schemes, and the tree level."""
    figure = Figure(figsize=(7.2, 4.6), layout="constrained")
    axes: Any = figure.add_subplot()
    q = np.geomspace(0.05, 300.0, 240)
    for scheme, dashes in SCHEMES.items():
        chosen = cevns.Couplings.named(scheme)
        for generation, color in enumerate(COLORS[:3]):
            axes.plot(q, chosen.proton(q, generation), color=color, linestyle=dashes, linewidth=2.0)
    tree = cevns.Couplings.named("tree")
    axes.axhline(tree.gvp[0], color="black", linewidth=1.4, linestyle=":")
    for generation, symbol in enumerate(NEUTRINOS.values()):
        at = float(cevns.Couplings.named("radiative-q2").proton(0.06, generation))
        axes.text(0.06, at + 0.0003, symbol, color=COLORS[generation], fontsize=14, va="bottom")
    axes.text(0.06, tree.gvp[0] - 0.0003, "tree, all flavours", va="top")
    handles = [Line2D([], [], color="0.3", linewidth=2.0, linestyle=dashes) for dashes in SCHEMES.values()]
    axes.legend(handles, [f'"{scheme}"' for scheme in SCHEMES], frameon=False, loc="upper right")
    for end, name, height in ((REACTOR, "reactor", 0.0212), (SNS, "SNS", 0.0204)):
        axes.annotate(
            "", (end, height), (0.5, height), arrowprops={"arrowstyle": "-|>", "color": "0.4", "shrinkA": 0, "shrinkB": 0}
        )
        axes.text(end * 1.1, height, name, va="center", color="0.3", fontsize=9)
    axes.set_xscale("log")
    axes.set_xlim(0.05, 300.0)
    axes.set_ylim(0.0197, 0.0405)
    _dress(axes, "momentum transfer Q [MeV]", r"coupling to the proton $g_V^p$")
    axes.set_xticks((0.1, 1, 10, 100), ("0.1", "1", "10", "100"))
    return figure


def weak_mixing_angle() -> Figure:
    """sin²θ_W(Q) with measured points, close up and with the wide error of COHERENT."""
    figure = Figure(figsize=(7.2, 5.8), layout="constrained")
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=(2.4, 1))
    q = np.geomspace(0.1, constants.Z_MASS, 300)
    running = cevns.weak_mixing_angle(q)
    for axes in (top, bottom):
        axes.fill_between(q, running - UNCERTAINTY_OF_RUNNING, running + UNCERTAINTY_OF_RUNNING, color="#9ecae1", linewidth=0)
        axes.plot(q, running, color=COLORS[0], linewidth=1.6)
        for point, color in zip(MEASUREMENTS, (COLORS[1], COLORS[3], COLORS[2], "black"), strict=True):
            if axes is top and point.above > 0.01:
                continue
            axes.errorbar(
                point.drawn_at or point.q,
                point.value,
                yerr=[[point.below], [point.above]],
                color=color,
                marker="o",
                markersize=6 if axes is top else 4,
                markerfacecolor=color if point.checked else "white",
                capsize=3,
                linewidth=1.4,
            )
    apv, coherent, qweak, e158 = MEASUREMENTS
    top.text(apv.q * 1.2, apv.value, "APV Cs\n(quoted, not checked)", color=COLORS[1], va="center")
    top.text(115.0, qweak.value - 0.0006, "Qweak", color=COLORS[2], ha="right", va="center")
    top.text(220.0, e158.value, "E158", va="center")
    bottom.text(coherent.q * 0.8, coherent.value, "COHERENT CsI", color=COLORS[3], ha="right", va="center")
    top.text(5e3, 0.2360, "Standard Model\n± 0.0003", color=COLORS[0], va="bottom")
    top.set_xscale("log")
    top.set_xlim(0.1, constants.Z_MASS)
    top.set_ylim(0.2305, 0.2420)
    bottom.set_ylim(0.185, 0.258)
    _dress(top, y=r"$\sin^2\theta_W(Q)$")
    _dress(bottom, "momentum transfer Q [MeV]", r"$\sin^2\theta_W(Q)$")
    return figure


FIGURES: dict[str, Callable[[], Figure]] = {
    "form-factors": form_factors,
    "cross-sections": cross_sections,
    "couplings": couplings,
    "weak-mixing-angle": weak_mixing_angle,
}


# ---- numbers -----------------------------------------------------------------------------------------------------------------


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n\n"


def _power(value: float, digits: int = 3) -> str:
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return f"{mantissa} × 10{str(int(exponent)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def _signed(value: float, digits: int) -> str:
    return f"{value:+.{digits}f}".replace("-", "−")


def _form_factor_table() -> str:
    rows = []
    for name in SHAPES:
        nuclide = cevns.Nuclide(name)
        models = _models(nuclide)
        radii = [f"{models[label].rms_radius(nuclide):.2f}" if label in models else "–" for label in MODELS]
        values = [f"{models[label](50.0, nuclide):.3f}" if label in models else "–" for label in MODELS]
        rows.append([name, *radii, *values])
    short = ("Helm", "K–N", "F–B")
    return _table(["nucleus", *(f"r {s} [fm]" for s in short), *(f"F(50 MeV) {s}" for s in short)], rows)


def _cross_section_table() -> str:
    rows = []
    for name in NUCLEI:
        nuclide = cevns.Nuclide(name)
        sizes = (_power(cevns.cross_section(30.0, nuclide)), _power(coherent_limit(30.0, nuclide, "charge")))
        losses = (f"{100 * loss:.1f} %" for loss in coherence_loss([5.0, 10.0, 30.0, 50.0], nuclide))
        rows.append([name, str(nuclide.N), f"{cevns.weak_charge_qw(nuclide):.1f}", *sizes, *losses])
    head = ["nucleus", "N", "Q_W", "σ(30 MeV) [cm²]", "coherent limit [cm²]", *(f"lost at {E} MeV" for E in (5, 10, 30, 50))]
    return _table(head, rows)


def _change_of_argon(scheme: str, flavor: str) -> float:
    argon = cevns.Nuclide("40Ar")
    model = cevns.StandardModel(couplings=scheme)
    return 100 * (cevns.cross_section(30.0, argon, model, flavor) / cevns.cross_section(30.0, argon) - 1)


def _coupling_table() -> str:
    rows = []
    for scheme in ("tree", *SCHEMES):
        chosen = cevns.Couplings.named(scheme)
        at_rest = [f"{g:.4f}" for g in chosen.gvp]
        moving = [f"{float(chosen.proton(30.0, generation)):.4f}" for generation in range(3)]
        change = [f"{_signed(_change_of_argon(scheme, flavor), 1)} %" if scheme != "tree" else "0" for flavor in NEUTRINOS]
        rows.append(
            [
                f'`"{scheme}"`',
                ", ".join(at_rest),
                ", ".join(moving),
                f"{chosen.gvn[0]:.4f}".replace("-", "−"),
                ", ".join(change),
            ]
        )
    return _table(["scheme", "g_V^p(0): ν_e, ν_μ, ν_τ", "g_V^p(30 MeV)", "g_V^n", "σ(⁴⁰Ar, 30 MeV)"], rows)


def _mixing_angle_table() -> str:
    rows = []
    for point in MEASUREMENTS:
        predicted = float(cevns.weak_mixing_angle(point.q))
        error = point.below if predicted < point.value else point.above
        digits = 4 if point.above < 0.01 else 3
        spread = {f"{point.above:.{digits}f}", f"{point.below:.{digits}f}"}
        errors = f"± {spread.pop()}" if len(spread) == 1 else f"+{point.above:.{digits}f} −{point.below:.{digits}f}"
        name = point.name if point.checked else f"{point.name} *"
        rows.append(
            [
                name,
                f"{point.q:g}",
                f"{point.value:.{digits}f} {errors}",
                f"{predicted:.4f}",
                _signed((point.value - predicted) / error, 1),
            ]
        )
    return _table(["experiment", "Q [MeV]", "measured", "running", "deviation [σ]"], rows)


def _loses_a_quarter(name: str) -> str:
    nuclide = cevns.Nuclide(name)
    return f"{brentq(lambda E: coherence_loss(E, nuclide) - 0.25, 1.0, 100.0):.0f} MeV"


def _agreement() -> float:
    """The largest difference between Fourier–Bessel and Helm at the SNS."""
    q = np.linspace(0.0, SNS, 100)
    nuclides = [cevns.Nuclide(name) for name in SHAPES if name in FourierBessel.sets()]
    return max(float(np.max(np.abs(FourierBessel()(q, nuclide) - Helm()(q, nuclide)))) for nuclide in nuclides)


def _change_by_convention(q: float) -> str:
    xenon = cevns.Nuclide("132Xe")
    return f"{100 * (1 - (KleinNystrand()(q, xenon) / Helm()(q, xenon)) ** 2):.1f} %"


def numbers() -> dict[str, str]:
    """What the page's marks stand for."""
    electron, muon = (_change_of_argon("radiative-q2", flavor) for flavor in ("nue", "numu"))
    gap = max(
        abs(a - b) for a, b in zip(cevns.Couplings.named("eft").gvp, cevns.Couplings.named("radiative-q2").gvp, strict=True)
    )
    return {
        "agreement": f"{_agreement():.3f}",
        "form-factor-table": _form_factor_table(),
        "convention-reactor": _change_by_convention(REACTOR / 2),
        "convention-sns": _change_by_convention(50.0),
        "cross-section-table": _cross_section_table(),
        "quarter-lead": _loses_a_quarter("208Pb"),
        "quarter-xenon": _loses_a_quarter("132Xe"),
        "quarter-argon": _loses_a_quarter("40Ar"),
        "coupling-table": _coupling_table(),
        "gap": f"{gap:.4f}",
        "muon-electron": f"{100 * ((100 + muon) / (100 + electron) - 1):.1f} %",
        "mixing-angle-table": _mixing_angle_table(),
        "angle-at-zero": f"{float(cevns.weak_mixing_angle(0.0)):.5f}",
        "angle-at-z": f"{float(cevns.weak_mixing_angle(constants.Z_MASS)):.5f}",
        "angle-at-50": f"{float(cevns.weak_mixing_angle(50.0)):.4f}",
    }


def filled(page: str) -> str:
    """The page with every mark filled in anew; an unknown or unused mark is an error."""
    values = numbers()
    marks = re.findall(r"<!--=(\S+?)-->", page)
    if set(marks) != set(values):
        raise ValueError(f"marks and numbers differ: {', '.join(sorted(set(marks) ^ set(values)))}")
    return re.sub(
        r"<!--=(\S+?)-->.*?<!--/-->", lambda mark: f"<!--={mark[1]}-->{values[mark[1]]}<!--/-->", page, flags=re.DOTALL
    )


def _write(figure: Figure, path: Path) -> None:
    """A PNG of few colours, half as large, and without a version or date, so that the same picture is the same file."""
    drawn = BytesIO()
    figure.savefig(drawn, format="png", dpi=110)
    Image.open(drawn).convert("RGB").quantize(96).save(path, optimize=True)


def main(folder: Path = HERE) -> None:
    """Write the page and its figures into a folder."""
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    with matplotlib.rc_context():
        matplotlib.rcdefaults()  # not the reader's own style
        for name, draw in FIGURES.items():
            _write(draw(), folder / "figures" / f"{name}.png")
    page = (HERE / PAGE).read_text(encoding="utf-8")
    (folder / PAGE).write_text(filled(page), encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
