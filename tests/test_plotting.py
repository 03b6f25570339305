"""Drawings of fluxes: what is on the paper, and in which unit. Drawings of recoil spectra are in test_package.py."""

import re
from dataclasses import replace

import numpy as np
import pytest

from cevns import Component, Flux, plotting
from cevns.errors import InputError, UnknownNameError
from cevns.fluxes.spectra import EndPoint, Lines, Table

pytest.importorskip("matplotlib")


def source():
    return Flux(
        (
            Component("nue", "delayed", EndPoint("electron"), 4e7),
            Component("numubar", "delayed", EndPoint("muon"), 4e7),
            Component("numu", "prompt", Lines([29.8], [1.0]), 4e7),
        )
    )


def texts(figure):
    legend = figure.axes[0].get_legend()
    return [] if legend is None else [text.get_text() for text in legend.get_texts()]


def curves(figure):
    """Curves by label, as (x, y)."""
    return {line.get_label(): line.get_xydata().T for line in figure.axes[0].lines if not line.get_label().startswith("_")}


def test_a_flux_is_drawn_by_component_with_its_lines_and_total():
    from matplotlib.figure import Figure

    figure = source().plot(title="a $ource")
    assert isinstance(figure, Figure)
    (axes,) = figure.axes
    assert axes.get_xlabel() == "neutrino energy [MeV]"
    assert r"cm^{-2}\,s^{-1}\,MeV^{-1}" in axes.get_ylabel()
    assert axes.get_ylabel().endswith("lines without MeV$^{-1}$")
    assert axes.get_yscale() == "log"
    assert axes.get_xscale() == "linear"
    assert texts(figure) == [r"delayed $\nu_e$", r"delayed $\bar{\nu}_\mu$", r"prompt $\nu_\mu$", "total"]
    figure.canvas.draw()  # the labels are valid text


def test_curves_are_the_densities_and_a_line_stands_as_high_as_its_flux():
    E = np.linspace(1.0, 50.0, 50)
    flux = source()
    drawn = curves(flux.plot(E))
    for label, flavor in ((r"delayed $\nu_e$", "nue"), (r"delayed $\bar{\nu}_\mu$", "numubar"), ("total", None)):
        np.testing.assert_allclose(drawn[label], [E, flux.spectrum(E, flavor)], rtol=1e-15)
    np.testing.assert_allclose(drawn[r"prompt $\nu_\mu$"][0], [29.8, 29.8])
    assert drawn[r"prompt $\nu_\mu$"][1, 1] == 4e7
    # a line outside the energies is not drawn
    assert r"prompt $\nu_\mu$" not in curves(flux.plot(E[:20]))


def test_a_burst_is_not_per_second():
    label = replace(source(), per="burst").plot().axes[0].get_ylabel()
    assert "s^{-1}" not in label
    assert r"cm^{-2}\,MeV^{-1}" in label


def test_all_that_is_drawn_is_on_the_paper():
    for flux in (source(), source().select(flavor="numu"), Flux.from_table([1.0, 2.0], {"nue": [1e-30, 1e30]})):
        axes = flux.plot().axes[0]
        low, high = axes.get_ylim()
        energies = axes.get_xlim()
        assert energies[0] <= 0.0 < energies[1]
        top = max([*flux.spectrum(np.linspace(0.0, 60.0, 601)), *(w for _, w in flux.lines())])
        assert low < top < high
        assert all(energies[0] < e < energies[1] for e, _ in flux.lines())


def test_flavours_may_be_drawn_instead_of_components():
    both = source() + Flux((Component("nue", "other", Table([1.0, 30.0], [1e5, 1e5])),))
    assert texts(both.plot(by="flavor")) == [r"$\nu_e$", r"$\bar{\nu}_\mu$", r"$\nu_\mu$", "total"]
    E = np.linspace(2.0, 29.0, 10)
    np.testing.assert_allclose(curves(both.plot(E, by="flavor"))[r"$\nu_e$"], [E, both.spectrum(E, "nue")], rtol=1e-14)
    assert r"other $\nu_e$" in texts(both.plot())


@pytest.mark.parametrize(("number", "drawn"), [(9, 10), (10, 1)])
def test_more_parts_than_can_be_told_apart_are_drawn_as_their_sum(number, drawn):
    parts = tuple(Component("nuebar", f"core {i}", Table([1.0, 8.0], [1.0 + i, 0.5])) for i in range(number))
    figure = Flux(parts).plot()
    lines = [line for line in figure.axes[0].lines if len(line.get_xdata()) > 2]
    assert len(lines) == drawn
    assert bool(texts(figure)) == (number == 9)
    E = lines[-1].get_xdata()
    np.testing.assert_allclose(np.nan_to_num(lines[-1].get_ydata()), Flux(parts).spectrum(E), rtol=1e-14)


def test_the_band_of_an_uncertainty_is_one_standard_deviation_wide():
    flux = source().with_uncertainty("norm", 0.1).with_uncertainty("muons", 0.2, flavor="numubar")
    E = np.linspace(10.0, 50.0, 41)
    figure = flux.plot(E)
    assert "uncertainty" in texts(figure)
    (band,) = figure.axes[0].collections
    corners = band.get_paths()[0].vertices
    for e in (15.0, 30.0, 45.0):
        sigma = np.hypot(0.1 * flux.spectrum(e), 0.2 * flux.spectrum(e, "numubar"))
        inside = corners[np.abs(corners[:, 0] - e) < 1e-9][:, 1]
        assert inside.max() == pytest.approx(flux.spectrum(e) + sigma, rel=1e-12)
        assert inside.min() == pytest.approx(flux.spectrum(e) - sigma, rel=1e-12)
    assert not source().plot(E).axes[0].collections


def test_a_flux_over_decades_has_a_logarithmic_axis():
    # the Sun: pp ends at 0.42 MeV, ⁸B at 16 MeV
    sun = Flux.from_table([0.0, 0.2, 0.42], {"nue": [0.0, 1e11, 0.0]}, name="pp") + Flux.from_table(
        [0.0, 6.0, 16.0], {"nue": [0.0, 8e5, 0.0]}, lines={"nue": [(0.862, 4.9e9)]}, name="8B"
    )
    figure = sun.plot()
    axes = figure.axes[0]
    assert axes.get_xscale() == "log"
    assert axes.get_xlim()[0] > 0.0
    assert axes.get_ylim()[0] < 8e5  # though it is five decades below pp
    assert texts(figure)[0] == r"pp $\nu_e$"
    assert sun.plot(log=False).axes[0].get_xscale() == "linear"
    assert source().plot(log=True).axes[0].get_xscale() == "log"
    sun.plot([0.0, 0.1, 10.0], log=True).canvas.draw()


def test_nothing_can_be_drawn_too():
    for flux in (source() * 0.0, source().select(flavor="numu") * 0.0):
        figure = flux.plot()
        figure.canvas.draw()
        assert not any(np.any(y > 0) for _, y in curves(figure).values())


def test_an_oscillated_flux_is_drawn_by_what_arrives():
    assert r"prompt $\nu_\tau$" in texts(source().oscillate(np.full((3, 3), 1 / 3)).plot())


def test_a_figure_is_written_to_a_file(tmp_path):
    source().with_uncertainty("norm", 0.1).plot().savefig(tmp_path / "flux.png")
    assert (tmp_path / "flux.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "isotope"}, "unknown part of a flux (by) 'isotope'; known are 'component', 'name', 'flavor'"),
        ({"energy": [2.0, 1.0]}, "energy must increase (got 2 MeV at index 0, then 1 MeV)"),
        ({"energy": [1.0]}, "energy must be a list of at least 2 increasing energies (got shape (1,))"),
        ({"energy": [[1.0, 2.0]]}, "energy must be a list of at least 2 increasing energies (got shape (1, 2))"),
        ({"energy": [-1.0, 1.0]}, "energy must be >= 0 MeV and finite (got -1 at index 0)"),
        ({"energy": [1.0, np.nan]}, "energy must be >= 0 MeV and finite (got nan at index 1)"),
    ],
)
def test_what_is_wrong_is_said(options, message):
    with pytest.raises((InputError, UnknownNameError), match=f"^{re.escape(message)}$"):
        source().plot(**options)
    with pytest.raises((InputError, UnknownNameError), match=f"^{re.escape(message)}$"):
        plotting.flux(source(), **options)


def test_drawings_take_the_axes_of_the_caller():
    """They draw into these axes alone, leave the title of the caller, and return the figure of the axes."""
    from matplotlib.figure import Figure

    import cevns

    x = np.linspace(-1.0, 1.0, 21)
    line = cevns.ScanResult({"x": x}, x**2)
    plane = cevns.ScanResult({"x": x, "y": x}, x[:, None] ** 2 + x**2)
    draws = [
        lambda ax: source().plot(ax=ax),
        lambda ax: plotting.flux(source(), ax=ax),
        lambda ax: plotting.spectrum([1.0, 2.0], [2.0, 1.0], ax=ax),
        lambda ax: plotting.contour(x, x, 9 * plane.values, ax=ax),
        lambda ax: line.plot(ax=ax),
        lambda ax: plane.plot(ax=ax),
        lambda ax: cevns.Experiment.load("conus-plus-2025").plot(ax=ax),
        lambda ax: cevns.Experiment.load("coherent-csi-2021").plot(ax=ax),
    ]
    for draw in draws:
        figure = Figure()
        mine, other = figure.subplots(1, 2)
        mine.set_title("mine")
        assert draw(mine) is figure
        assert mine.has_data()
        assert not other.has_data()
        assert (mine.get_title(), figure.axes) == ("mine", [mine, other])
        figure.canvas.draw()
        for wrong in (figure, 3, "axes"):
            with pytest.raises(InputError, match="axes of matplotlib"):
                draw(wrong)


def test_an_experiment_is_drawn_into_as_many_axes_as_it_has():
    from matplotlib.figure import Figure

    import cevns

    csi = cevns.Experiment.load("coherent-csi-2021")
    csi = csi.replace(observed=csi.expected())
    for rows in (1, 2):
        figure = Figure()
        axes = figure.subplots(rows, 2, squeeze=False)
        csi.plot(ax=axes, title="CsI")
        assert all(each.has_data() for each in axes.flat)
        assert axes[-1, 1].get_xlabel().startswith("time")
        assert axes[0, 0].get_title() == "CsI"
    with pytest.raises(InputError, match="ax must be 1 or 2 or 4 axes"):
        csi.plot(ax=list(Figure().subplots(1, 3)))


def test_labels_and_titles_are_drawn_as_they_are_given():
    import cevns

    formula = r"$\sin^2 2\theta$"
    x = np.linspace(-1.0, 1.0, 9)
    plane = cevns.ScanResult({"x": x, "y": x}, x[:, None] ** 2 + x**2)
    for figure in (
        plane.plot(labels={"x": formula, "y": formula}, title=formula),
        plotting.contour(x, x, plane.values, labels=(formula, formula), title=formula),
    ):
        axes = figure.axes[0]
        assert {axes.get_xlabel(), axes.get_ylabel(), axes.get_title()} == {formula}
        figure.canvas.draw()
    figure = plotting.spectrum([1.0, 2.0], [2.0, 1.0], parts={formula: [1.0, 0.5]}, title=formula)
    assert texts(figure)[0] == figure.axes[0].get_title() == formula
    assert source().plot(title=formula).axes[0].get_title() == formula


def test_the_sun_is_drawn_by_name():
    """Its 8 components arrive in three flavours each: 24 curves that nobody can tell apart."""
    import cevns

    sun = cevns.sources.solar()
    names = list(dict.fromkeys(c.name for c in sun.components))
    for figure in (sun.plot(), sun.plot(by="name")):
        assert [text for text in texts(figure) if text not in ("total", "uncertainty")] == [plotting._written(n) for n in names]
    assert texts(source().plot(by="name")) == ["delayed", "prompt", "total"]
