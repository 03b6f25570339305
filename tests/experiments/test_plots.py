"""Drawings of experiments and of contours: what is on the paper, and in which unit."""

import builtins
import math

import numpy as np
import pytest
from scipy import stats

from cevns import Detector, Experiment, InputError, UnsupportedError, plotting, sources
from cevns.experiments.plots import poisson_errors
from cevns.statistics import Nuisance, Sample, contour, threshold

pytest.importorskip("matplotlib")


@pytest.fixture(scope="module")
def csi():
    return Experiment.load("coherent-csi-2021")


@pytest.fixture(scope="module")
def counted(csi):
    width = np.outer(np.diff(csi.edges), np.diff(csi.times))
    steady = Sample("SSB $", 1290 * width / width.sum(), norm="SSB")
    full = csi.replace(backgrounds=[steady], nuisances=[Nuisance("SSB", sigma=0.021, mean=1.0, lower=0.0)])
    return full.replace(observed=np.random.default_rng(3).poisson(full.expected()))


def argon(edges, **more):
    return Experiment(sources.sns(), Detector("Ar", 10.0), 1.0, edges, name="argon", **more)


def steps(axes):
    """The filled steps of a panel by label, as (values above, values below, edges)."""
    return {p.get_label(): (p.get_data().values, p.get_data().baseline, p.get_data().edges) for p in axes.patches}


def points(axes):
    """The points with errors of a panel: x, y, lower and upper ends."""
    (bars,) = axes.containers
    line, _, (segments,) = bars
    ends = np.array([segment[:, 1] for segment in segments.get_segments()]).T
    return (*line.get_data(), *ends)


def texts(figure):
    return [text.get_text() for text in figure.axes[0].get_legend().get_texts()]


# ---- counts --------------------------------------------------------------------------------------------------------------


def test_a_prediction_is_drawn_by_energy_and_by_time_as_densities(csi):
    from matplotlib.figure import Figure

    figure = csi.plot()
    assert isinstance(figure, Figure)
    energy, time = figure.axes
    assert energy.get_xlabel() == "photo-electrons"
    assert energy.get_ylabel() == "counts per photo-electron"
    assert time.get_xlabel() == "time after the protons [μs]"
    assert time.get_ylabel() == "counts per μs"
    assert figure.get_suptitle() == "coherent-csi-2021"
    assert texts(figure) == [f"CEvNS: {csi.counts().sum():.4g}"]
    for axes, edges, axis in ((energy, csi.edges, 0), (time, csi.times, 1)):
        above, below, drawn = steps(axes)[texts(figure)[0]]
        np.testing.assert_array_equal(drawn, edges)
        np.testing.assert_allclose(above * np.diff(edges), csi.counts().sum(axis=1 - axis), rtol=1e-12)
        assert not np.any(below)
        assert axes.get_ylim()[0] == 0.0
        assert axes.get_ylim()[1] > above.max()
    figure.canvas.draw()  # the labels are valid text


def test_samples_stand_on_each_other_with_the_signal_on_top(counted):
    figure = counted.plot()
    drawn = steps(figure.axes[0])
    background, signal = drawn[r"SSB \$: 1290"], drawn[f"CEvNS: {counted.counts().sum():.4g}"]
    np.testing.assert_allclose(signal[1], background[0], rtol=1e-12)
    np.testing.assert_allclose(signal[0] * np.diff(counted.edges), counted.expected().sum(axis=1), rtol=1e-12)
    figure.canvas.draw()


def test_data_have_poisson_errors_and_residuals_in_standard_deviations(counted):
    figure = counted.plot()
    energy, time, energy_left, time_left = figure.axes
    for main, below, edges, axis in ((energy, energy_left, counted.edges, 1), (time, time_left, counted.times, 0)):
        n, mu = counted.observed.sum(axis=axis), counted.expected().sum(axis=axis)
        x, y, low, high = points(main)
        np.testing.assert_allclose(x, (edges[1:] + edges[:-1]) / 2, rtol=1e-12)
        np.testing.assert_allclose(y * np.diff(edges), n, rtol=1e-12)
        down, up = poisson_errors(n)
        np.testing.assert_allclose([low * np.diff(edges), high * np.diff(edges)], [n - down, n + up], rtol=1e-12)
        np.testing.assert_allclose(points(below)[1], (n - mu) / np.sqrt(mu), rtol=1e-9, atol=1e-12)
        limit = below.get_ylim()[1]
        assert limit >= max(abs(points(below)[2]).max(), abs(points(below)[3]).max())
        assert main.get_ylim()[1] > high.max()
    assert energy_left.get_ylabel() == "(data − sum)\n/ √sum"
    assert energy_left.get_xlabel() == "photo-electrons"
    assert texts(figure)[-1] == f"data: {counted.observed.sum():g}"


def test_errors_of_counts_are_those_of_exact_central_intervals():
    n = np.arange(1001.0)
    tail = stats.norm.cdf(-1.0)
    upper = stats.chi2.isf(tail, 2 * (n + 1)) / 2
    lower = np.append(0.0, stats.chi2.ppf(tail, 2 * n[1:]) / 2)
    below, above = poisson_errors(n)
    np.testing.assert_allclose(above, upper - n, rtol=0.009)  # as its docstring says
    np.testing.assert_allclose(below[1:], (n - lower)[1:], rtol=0.009)
    assert below[0] == 0.0
    assert np.isfinite(poisson_errors([0.0, 0.01, 0.3])).all()


def test_a_best_fit_is_drawn_instead_of_what_was_expected(counted):
    pytest.importorskip("iminuit")
    result = counted.fit()
    figure = counted.plot(fit=result)
    assert f"CEvNS: {result.value:.4g}" in texts(figure)
    assert figure.get_suptitle() == "coherent-csi-2021, best fit"
    above = steps(figure.axes[0])[f"CEvNS: {result.value:.4g}"][0]
    assert (above * np.diff(counted.edges)).sum() == pytest.approx(sum(result.values.values()), rel=1e-9)
    with pytest.raises(InputError, match="fit must be one of this experiment, of CEvNS, flux, quenching, efficiency"):
        counted.replace(backgrounds=(), nuisances=()).plot(fit=result)


def test_bins_of_one_width_are_drawn_as_counts():
    figure = argon([10.0, 20.0, 30.0]).plot(title="a $ource")
    (axes,) = figure.axes
    assert axes.get_ylabel() == r"counts in 10 keV$_\mathrm{nr}$"
    assert axes.get_xlabel() == r"energy of the recoil [keV$_\mathrm{nr}$]"
    assert figure.get_suptitle() == "a $ource"
    np.testing.assert_allclose(next(iter(steps(axes).values()))[0], argon([10.0, 20.0, 30.0]).counts(), rtol=1e-12)


def test_an_open_bin_is_as_wide_as_its_neighbour():
    (axes,) = argon([10.0, 20.0, 40.0, math.inf]).plot().axes
    assert axes.get_xlim() == (10.0, 60.0)
    assert axes.get_ylabel() == "counts in a bin"


@pytest.mark.parametrize("log", [False, True])
def test_nothing_at_all_can_be_drawn(log):
    empty = argon([500.0, 600.0, 700.0], observed=[0, 0])
    figure = empty.plot(log=log)
    figure.canvas.draw()
    low, high = figure.axes[0].get_ylim()
    assert low < high
    assert math.isfinite(high)


def test_the_axis_of_counts_may_be_logarithmic(counted):
    axes = counted.plot(log=True).axes[0]
    assert axes.get_yscale() == "log"
    heights = counted.expected().sum(axis=1) / np.diff(counted.edges)
    assert 0.0 < axes.get_ylim()[0] < heights.min()


def test_a_further_axis_of_bins_is_summed(csi):
    share = csi.replace(pattern=np.full((8, 3), 1 / 3))
    np.testing.assert_allclose(
        next(iter(steps(share.plot().axes[1]).values()))[0], next(iter(steps(csi.plot().axes[1]).values()))[0], rtol=1e-12
    )


# ---- contours ------------------------------------------------------------------------------------------------------------


def parabola(n=81):
    x, y = np.linspace(-4.0, 4.0, n), np.linspace(-8.0, 8.0, n + 2)
    return x, y, (x[:, None] - 0.5) ** 2 + (y / 2) ** 2


def lines(figure):
    """Vertices of the lines of each level."""
    from matplotlib.contour import ContourSet

    sets = [child for child in figure.axes[0].get_children() if isinstance(child, ContourSet)]
    return {float(one.levels[0]): np.concatenate([path.vertices for path in one.get_paths()]) for one in sets}


def test_contours_are_the_ellipses_of_a_parabola():
    x, y, z = parabola()
    figure = plotting.contour(x, y, z, labels=("first [MeV]", "second [$]"), title="two")
    drawn = lines(figure)
    expected = [threshold(level, 2) for level in (math.erf(1 / math.sqrt(2)), 0.90, math.erf(math.sqrt(2)))]
    np.testing.assert_allclose(sorted(drawn), expected, rtol=1e-9)
    for height, vertices in drawn.items():
        found = (vertices[:, 0] - 0.5) ** 2 + (vertices[:, 1] / 2) ** 2
        np.testing.assert_allclose(found, height, rtol=0.01)  # straight lines between points of the grid
    axes = figure.axes[0]
    assert axes.get_xlabel() == "first [MeV]"
    assert axes.get_ylabel() == "second [$]"
    assert texts(figure) == ["68.27 % (1σ)", "90 %", "95.45 % (2σ)", "best fit"]
    figure.canvas.draw()


def test_the_best_fit_is_the_least_value_or_what_is_given():
    x, y, z = parabola()
    for best, shown in ((None, (0.5, 0.0)), ((0.4, 0.1), (0.4, 0.1))):
        (mark,) = (line for line in plotting.contour(x, y, z, best=best).axes[0].lines if line.get_label() == "best fit")
        spacing = 16.0 / 82
        np.testing.assert_allclose(mark.get_xydata()[0], shown, atol=0 if best else spacing / 2)


def test_impossible_pairs_close_a_contour():
    x, y, z = parabola()
    z[x > 1.0] = math.inf
    for vertices in lines(plotting.contour(x, y, z, levels=[0.9])).values():
        assert vertices[:, 0].max() <= 1.1
        np.testing.assert_array_equal(vertices[0], vertices[-1])  # a closed line


def test_contours_of_a_likelihood_are_drawn(counted):
    x, y = np.linspace(0.7, 1.3, 13), np.linspace(0.94, 1.06, 11)
    z = contour(counted.cost(), "CEvNS", "SSB", x, y)
    figure = plotting.contour(x, y, z, labels=("CEvNS", "SSB"))
    assert len(lines(figure)) == 3


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"x": [1.0]}, "x must be a list of at least 2 increasing values (got shape (1,))"),
        ({"y": [2.0, 1.0]}, "y must increase (got 2 at index 0, then 1)"),
        ({"delta_chi2": [[0.0, 1.0]]}, "delta_chi2 must have the shape (2, 3) of x and y (got (1, 2))"),
        ({"delta_chi2": [[0.0, 1.0, -1.0], [0.0, 0.0, 0.0]]}, "delta_chi2 must be >= 0 (got -1 at index 2)"),
        ({"levels": [1.0]}, "level must be < 1 (got 1.0)"),
        ({"levels": [0.0]}, "level must be > 0 and <= 1 (got 0)"),
    ],
)
def test_wrong_contours_are_refused(changes, said):
    given = {"x": [0.0, 1.0], "y": [0.0, 1.0, 2.0], "delta_chi2": np.zeros((2, 3))} | changes
    with pytest.raises(InputError) as error:
        plotting.contour(given.pop("x"), given.pop("y"), given.pop("delta_chi2"), **given)
    assert str(error.value) == said


def test_without_matplotlib_the_extra_is_named(csi, monkeypatch):
    original = builtins.__import__

    def absent(name, *arguments, **more):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return original(name, *arguments, **more)

    monkeypatch.setattr(builtins, "__import__", absent)
    for draw in (csi.plot, lambda: plotting.contour(*parabola())):
        with pytest.raises(UnsupportedError, match=r'drawing needs matplotlib; install it with: pip install "cevns\[plot\]"'):
            draw()
