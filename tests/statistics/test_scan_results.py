"""Results of scans: minima, intervals, limits and contours of χ² that are known in closed form; files and drawings."""

import dataclasses
import hashlib
import io
import json
import math
import pickle
import re
import zipfile

import numpy as np
import pytest
from scipy import optimize, stats

import cevns
from cevns import InputError, ScanResult, UnknownNameError, UnsupportedError
from cevns.statistics.scans import crossings, storage

X = np.linspace(-4.0, 4.0, 81)
Y = np.linspace(-2.0, 2.0, 41)
# a parabola that is tilted: χ² = (p − c)ᵀ M (p − c) + 7
M = np.array([[1.0, 0.6], [0.6, 2.0]])
CENTER = np.array([0.53, -0.21])


def parabola(x, y):
    d = np.stack(np.broadcast_arrays(x - CENTER[0], y - CENTER[1]))
    return np.einsum("i...,ij,j...->...", d, M, d) + 7.0


def tilted():
    return ScanResult({"x": X, "y": Y}, parabola(X[:, None], Y))


def plane(points=201):
    """χ² = (g/g0(m))⁴ with the limit of a mediator: g0 = 1e-5 √(1 + m²/100)."""
    mass, coupling = np.geomspace(1.0, 1e3, 31), np.geomspace(1e-6, 1e-1, points)
    g0 = 1e-5 * np.sqrt(1 + mass**2 / 100)
    return ScanResult({"mass": mass, "coupling": coupling}, (coupling / g0[:, None]) ** 4), g0


# ---- what it says --------------------------------------------------------------------------------------------------------


def test_minimum_is_the_least_point_of_the_grid():
    result = tilted()
    least = result.minimum
    assert least["x"] == pytest.approx(0.5)
    assert least["y"] == pytest.approx(-0.2)
    assert least.chi2 == parabola(least["x"], least["y"])
    assert result.delta.min() == 0
    assert repr(least).startswith("Minimum(chi2=7.")
    with pytest.raises(UnknownNameError, match="unknown parameter 'z'; known are 'x', 'y'"):
        least["z"]


@pytest.mark.parametrize("level", [0.6827, 0.90, 0.99])
@pytest.mark.parametrize("dof", [1, 2])
def test_interval_of_a_parabola_is_exact(level, dof):
    """Of one parameter at a time: c ± √(Δ/M_xx). The cubics are exact, so is the bottom between two points of the grid."""
    result = ScanResult({"x": X}, parabola(X, CENTER[1]))
    half = math.sqrt(stats.chi2.ppf(level, dof))
    ((low, high),) = result.interval("x", level, dof=dof)
    assert low == pytest.approx(CENTER[0] - half, abs=1e-10)
    assert high == pytest.approx(CENTER[0] + half, abs=1e-10)


def test_interval_is_that_of_the_profile_over_the_other_axes():
    """c ± √(Δ (M⁻¹)_xx), wider than with y fixed; the minimum over a grid of y is off by (step/2)² M_yy = 0.005 of χ²."""
    half = math.sqrt(stats.chi2.ppf(0.9, 1) * np.linalg.inv(M)[0, 0])
    ((low, high),) = tilted().interval("x", 0.90)
    assert low == pytest.approx(CENTER[0] - half, abs=0.005)
    assert high == pytest.approx(CENTER[0] + half, abs=0.005)


def test_disjoint_bands_are_two_intervals():
    """χ² = 4 (x² − 4)²/4 has minima at ±2."""
    result = ScanResult({"x": X}, (X**2 - 4) ** 2)
    t = math.sqrt(result.threshold(0.90))
    ends = np.array(result.interval("x", 0.90))
    expected = [[-math.sqrt(4 + t), -math.sqrt(4 - t)], [math.sqrt(4 - t), math.sqrt(4 + t)]]
    np.testing.assert_allclose(ends, expected, atol=2e-4)  # of a quartic by cubics, steps of 0.1


def test_two_valleys_between_the_points_of_a_grid_are_both_found():
    """Both bottoms are 8 above zero on the grid, but zero between its points."""
    x = np.arange(-3.5, 4.0)
    result = ScanResult({"x": x}, np.minimum((x - 2.0) ** 2, (x + 2.0) ** 2) * 32)
    assert result.values.min() == 8.0
    found = result.interval("x", 0.90)
    assert [round((low + high) / 2, 9) for low, high in found] == [-2.0, 2.0]


def test_ends_that_are_not_on_the_grid_are_infinite():
    assert ScanResult({"x": X}, np.zeros(81)).interval("x") == [(-math.inf, math.inf)]
    ((low, high),) = ScanResult({"x": X}, (X + 4) ** 2).interval("x")
    assert low == -math.inf
    assert high == pytest.approx(math.sqrt(stats.chi2.ppf(0.9, 1)) - 4, abs=1e-9)


def test_impossible_points_end_an_interval():
    chi2 = np.where(X > 1.0, np.inf, X**2)
    ((low, high),) = ScanResult({"x": X}, chi2).interval("x", 0.90)
    assert high == pytest.approx(1.0)
    assert low == pytest.approx(-math.sqrt(stats.chi2.ppf(0.9, 1)), abs=1e-9)


@pytest.mark.parametrize(("level", "dof"), [(0.68, 1), (0.90, 1), (0.95, 2), (0.99, 3)])
def test_thresholds_are_those_of_chi2(level, dof):
    assert ScanResult.threshold(level, dof) == pytest.approx(stats.chi2.ppf(level, dof), rel=1e-12)


def test_a_one_sided_threshold_is_the_square_of_the_normal_quantile():
    assert ScanResult.threshold(0.90, one_sided=True) == pytest.approx(stats.norm.ppf(0.90) ** 2, rel=1e-10)


def test_limits_of_a_mediator_follow_its_mass():
    """(g/g0)⁴ = Δ; cubics in ln g leave 1e-4 with 40 values of g a decade."""
    result, g0 = plane()
    limits = result.limit("coupling", 0.90)
    np.testing.assert_allclose(limits, g0 * stats.chi2.ppf(0.9, 1) ** 0.25, rtol=1e-4)
    wide = result.limit("coupling", 0.90, dof=2)
    np.testing.assert_allclose(wide / limits, (stats.chi2.ppf(0.9, 2) / stats.chi2.ppf(0.9, 1)) ** 0.25, rtol=1e-4)
    assert result.limit("coupling", at={"mass": 1.0}) == limits[0]
    assert isinstance(result.limit("coupling", at={"mass": 1.0}), float)


def test_limits_can_be_above_the_least_of_all_or_above_a_value():
    x, m = np.linspace(0.0, 5.0, 501), np.array([1.0, 2.0])
    result = ScanResult({"x": x, "m": m}, (x[:, None] - 1) ** 2 + np.array([0.0, 1.0]))
    t = stats.chi2.ppf(0.9, 1)
    np.testing.assert_allclose(result.limit("x"), 1 + math.sqrt(t), atol=1e-9)
    np.testing.assert_allclose(result.limit("x", above="all"), [1 + math.sqrt(t), 1 + math.sqrt(t - 1)], atol=1e-9)
    np.testing.assert_allclose(result.limit("x", above=1.0), [1 + math.sqrt(t + 1), 1 + math.sqrt(t)], atol=1e-9)
    assert result.limit("x", above="all", at={"m": 2.0}) == result.limit("x", above="all")[1]
    np.testing.assert_array_equal(result.limit("x", above=-10.0), [np.nan, np.nan])  # everything is excluded


def test_a_limit_is_above_the_last_band_and_infinite_where_there_is_none():
    result = ScanResult({"x": X}, (X**2 - 4) ** 2)
    assert result.limit("x") == result.interval("x")[-1][1]
    assert ScanResult({"x": X}, np.zeros(81)).limit("x") == math.inf


COARSE = [np.geomspace(1e-3, 1.0, 13) * shift for shift in (1.0, 1.2, 1.5, 1.9, 2.3)]  # four values a decade


@pytest.mark.parametrize("coupling", COARSE, ids=lambda x: f"{x[0]:.4f}")
@pytest.mark.parametrize(
    "chi2",
    [
        lambda g: (g / 0.1) ** 2,
        lambda g: (g / 0.1) ** 4,
        lambda g: (g / 0.1) ** 8,
        lambda g: 7.0 + (g / 0.1) ** 4,
        lambda g: ((g / 0.1) ** 2 + 0.3 * (g / 0.1) ** 4) ** 2,
        lambda g: (np.log(g / 0.1) / 0.5) ** 2,
    ],
    ids=["g²", "g⁴", "g⁸", "g⁴ + 7", "(g² + g⁴)²", "ln² g"],
)
def test_limits_on_coarse_logarithmic_grids_are_right_to_two_per_cent(chi2, coupling):
    """Powers of a coupling grow by factors of ten from one value to the next."""
    base = min(float(chi2(0.1)), float(chi2(1e-9)))
    threshold = stats.chi2.ppf(0.9, 1)
    true = optimize.brentq(lambda g: chi2(g) - base - threshold, 0.1, 100.0) if chi2(0.1) < base + threshold else None
    assert true is not None
    result = ScanResult({"g": coupling}, chi2(coupling))
    assert result.limit("g") == pytest.approx(true, rel=0.02)
    assert result.interval("g")[-1][1] == pytest.approx(true, rel=0.02)
    plane_of = ScanResult({"g": coupling, "y": [0.0, 1.0, 2.0]}, np.tile(chi2(coupling)[:, None], 3))
    pytest.importorskip("contourpy")
    lines = np.concatenate(plane_of.contours(0.90, dof=1))
    assert lines[:, 0].max() == pytest.approx(true, rel=0.02)


@pytest.mark.parametrize("power", [1, 2, 4, -2, -4])
@pytest.mark.parametrize("coupling", COARSE, ids=lambda x: f"{x[0]:.4f}")
def test_an_excess_on_a_coarse_logarithmic_grid_has_its_own_limits(coupling, power):
    """χ² is a parabola in what the signal is proportional to; one in ln g has its bottom elsewhere, 2 to 20 too deep."""

    def chi2(g):
        return 20.0 + 4.0 * ((g / 0.1) ** power - 1.3) ** 2

    half = 0.5 * math.sqrt(stats.chi2.ppf(0.9, 1))
    ends = sorted(0.1 * (1.3 + side * half) ** (1 / power) for side in (-1, 1))
    result = ScanResult({"g": coupling}, chi2(coupling))
    ((low, high),) = result.interval("g")
    assert [low, high] == pytest.approx(ends, rel=1e-4)
    assert result.limit("g") == pytest.approx(ends[1], rel=1e-4)
    assert result.limit("g", above=20.0) == pytest.approx(ends[1], rel=1e-4)
    pytest.importorskip("contourpy")
    plane_of = ScanResult({"g": coupling, "y": [0.0, 1.0, 2.0]}, np.tile(chi2(coupling)[:, None], 3))
    lines = plane_of.contours(0.90, dof=1)
    if (chi2(coupling) < 20.0 + 4.0 * half**2).any():  # they see no valley between points
        points = np.concatenate(lines)[:, 0]
        assert [points.min(), points.max()] == pytest.approx(ends, rel=1e-4)


@pytest.mark.parametrize(("per_decade", "within"), [(4, 0.10), (6, 0.02), (16, 0.005)])
@pytest.mark.parametrize("shift", np.linspace(0.0, 0.9, 7), ids="{:.2f}".format)
def test_a_poisson_excess_has_its_limit_on_a_coarse_grid(per_decade, within, shift):
    """Three bins with more counts than background, a signal of g²: 46 % with the bottom of a parabola in ln g."""
    observed, background, signal = np.array([10.0, 7.0, 2.0]), np.array([6.0, 4.0, 2.0]), np.array([3.0, 2.0, 1.0])

    def chi2(g):
        mu = background + signal * np.asarray(g)[..., None] ** 2
        return 2.0 * np.sum(mu - observed + observed * np.log(observed / mu), axis=-1)

    least = optimize.minimize_scalar(chi2, (0.5, 1.0, 2.0), tol=1e-12).fun
    true = optimize.brentq(lambda g: chi2(g) - least - stats.chi2.ppf(0.9, 1), 1.0, 10.0)
    g = 10 ** ((np.arange(-3 * per_decade, 2 * per_decade + 1) + shift) / per_decade)
    assert ScanResult({"g": g}, chi2(g)).limit("g") == pytest.approx(true, rel=within)


@pytest.mark.parametrize("unit", [1e-100, 1e-30, 1e30, 1e100])
def test_limits_do_not_depend_on_the_unit(unit):
    g = COARSE[0]
    chi2 = 20.0 + 4.0 * ((g / 0.1) ** 4 - 1.3) ** 2
    want = ScanResult({"g": g}, chi2).interval("g")
    np.testing.assert_allclose(ScanResult({"g": unit * g}, chi2).interval("g"), unit * np.array(want), rtol=1e-9)


def test_a_power_on_a_linear_grid_has_its_limit():
    x = np.linspace(0.0, 1.0, 11)
    result = ScanResult({"g": x}, (x / 0.1) ** 4)
    assert result.limit("g") == pytest.approx(0.1 * stats.chi2.ppf(0.9, 1) ** 0.25, rel=1e-6)


def test_interval_limit_contours_and_plot_have_one_base():
    """Two bottoms between the values of a grid, where χ² is 2.8 at best: Δχ² is above 0, as the parabola says."""
    pytest.importorskip("contourpy")
    x, y = np.arange(0.0, 2.1, 0.2), np.arange(-1.0, 1.05, 0.1)
    half = math.sqrt(stats.chi2.ppf(0.9, 1))
    line = ScanResult({"x": x}, ((x - 1.1) / 0.06) ** 2)
    assert line.minimum.chi2 > 2.7
    upper = pytest.approx(1.1 + 0.06 * half, rel=1e-9)
    assert line.interval("x")[0][1] == upper
    assert [line.limit("x", above=above) for above in ("each", "all", 0.0)] == [upper] * 3
    both = ScanResult({"x": x, "y": y}, ((x[:, None] - 1.1) / 0.2) ** 2 + ((y - 0.05) / 0.3) ** 2)
    ((low, high),) = both.interval("x")
    assert (low, high) == (pytest.approx(1.1 - 0.2 * half), pytest.approx(1.1 + 0.2 * half))
    rows = both.limit("x", above="all")
    at = int(np.argmin(np.abs(y - 0.2)))
    assert rows[at] == pytest.approx(1.1 + 0.2 * math.sqrt(half**2 - 0.25), rel=1e-9)
    # contours pass the lines of the grid where limits are
    points = np.concatenate(both.contours(0.90, dof=1))
    on_line = points[np.abs(points[:, 1] - y[at]) < 1e-9]
    assert on_line[:, 0].max() == pytest.approx(rows[at], rel=1e-9)
    pytest.importorskip("matplotlib")
    drawn = line.plot().axes[0].lines[0].get_ydata()
    np.testing.assert_allclose(drawn, line.values, atol=1e-12)


def test_contours_are_the_ellipse():
    """A line of contours runs straight between lines of the grid: 0.3 % of Δχ²."""
    pytest.importorskip("contourpy")
    result = tilted()
    (line,) = result.contours(0.90)
    height = stats.chi2.ppf(0.90, 2)
    np.testing.assert_allclose(parabola(line[:, 0], line[:, 1]) - result.minimum.chi2, height, rtol=0.003)
    np.testing.assert_array_equal(line[0], line[-1])
    np.testing.assert_allclose(line.min(axis=0), CENTER - np.sqrt(height * np.diag(np.linalg.inv(M))), atol=0.01)


def test_contours_in_the_plane_of_mass_and_coupling_are_smooth_on_logarithmic_axes():
    """Ten masses a decade: within 1.3 % of the true coupling, also between the masses."""
    pytest.importorskip("contourpy")
    result, _ = plane()
    (line,) = result.contours(0.90)
    mass, coupling = line.T
    true = 1e-5 * np.sqrt(1 + mass**2 / 100) * stats.chi2.ppf(0.9, 2) ** 0.25
    np.testing.assert_allclose(coupling, true, rtol=0.015)
    assert mass.size > 100


# ---- parts ---------------------------------------------------------------------------------------------------------------


def test_parts_are_taken_by_value_and_by_number():
    result = tilted()
    assert result.sel(y=-0.2) == result.isel(y=18)
    assert result.sel(y=-0.2).dims == ("x",)
    np.testing.assert_array_equal(result.sel(y=-0.2).values, result.values[:, 18])
    part = result.sel(x=slice(-1.0, 1.0), y=slice(None, 0.0))
    assert part.shape == (21, 21)
    assert part.coords["x"][0] == pytest.approx(-1.0)
    assert result.sel(y=-0.21, nearest=True) == result.isel(y=18)
    point = result.sel(x=0.5, y=-0.2)
    assert point.dims == ()
    assert float(point.values) == result.minimum.chi2
    assert result.isel(x=-1).values[0] == result.values[-1, 0]


def test_profile_takes_the_least_and_says_where():
    result = tilted()
    along = result.profile("x")
    np.testing.assert_array_equal(along.values, result.values.min(axis=1))
    np.testing.assert_array_equal(parabola(X, along.profiled["y"]), along.values)
    assert result.profile("x", "y") == result
    np.testing.assert_array_equal(result.profile("y", "x").values, result.values.T)


def test_profiled_parameters_follow():
    where = np.arange(81.0 * 41).reshape(81, 41)
    result = ScanResult({"x": X, "y": Y}, tilted().values, {"a": where}, {"a": (0.0, 1e4)})
    along = result.profile("y")
    assert list(along.profiled) == ["a", "x"]
    best = result.values.argmin(axis=0)
    np.testing.assert_array_equal(along.profiled["a"], where[best, np.arange(41)])
    assert dict(along.profile_ranges) == {"a": (0.0, 1e4)}
    assert result.minimum["a"] == where[45, 18]
    np.testing.assert_array_equal(result.isel(x=3).profiled["a"], where[3])


# ---- what it is ----------------------------------------------------------------------------------------------------------


def test_results_cannot_be_changed():
    given = tilted().values.copy()
    result = ScanResult({"x": X, "y": Y}, given)
    given[0, 0] = -1
    assert result.values[0, 0] > 0
    for change in (
        lambda: result.values.__setitem__((0, 0), 1.0),
        lambda: result.coords["x"].__setitem__(0, 1.0),
        lambda: result.coords.__setitem__("x", X),
        lambda: result.settings.__setitem__("x", 1),
        lambda: setattr(result, "date", ""),
    ):
        with pytest.raises((ValueError, TypeError, AttributeError)):
            change()


def test_results_are_equal_if_their_numbers_are():
    one, other = tilted(), tilted()
    assert one == other
    assert hash(one) == hash(other)
    assert one != ScanResult({"x": X, "y": Y}, one.values + 1e-12)
    assert one != ScanResult({"x": X, "z": Y}, one.values)
    assert one != ScanResult({"x": X, "y": Y}, one.values, settings={"a": 1})
    assert one != ScanResult({"x": X, "y": Y}, one.values, nuisances="fixed")
    assert one != 1
    copy = pickle.loads(pickle.dumps(one))
    assert (copy, copy.date, copy.library) == (one, one.date, one.library)


def test_repr_is_a_line_that_tells_what_it_is():
    assert repr(tilted()) == "<ScanResult: chi2 of x (81) and y (41), least 7.00074 at x=0.5, y=-0.2>"
    assert "impossible everywhere" in repr(ScanResult({"x": X}, np.full(81, np.inf)))


def rich():
    where = np.where(X > 3.0, np.nan, X)
    return ScanResult(
        {"x": X}, np.where(X > 3.0, np.inf, X**2), {"a": where}, {"a": (-5, 5)}, {"experiment": "mine", "n": [1, 2]}, "fixed"
    )


@pytest.mark.parametrize("kind", [".npz", ".h5", ".hdf5"])
def test_files_give_back_what_was_saved(tmp_path, kind):
    if kind != ".npz":
        pytest.importorskip("h5py")
    result = rich()
    result.save(tmp_path / f"scan{kind}")
    assert [path.name for path in tmp_path.iterdir()] == [f"scan{kind}"]
    back = ScanResult.load(tmp_path / f"scan{kind}")
    assert back == result
    assert (back.date, back.library, back.instruction_set) == (result.date, cevns.__version__, result.instruction_set)
    assert dict(back.settings) == {"experiment": "mine", "n": [1, 2]}
    assert back.nuisances == "fixed"


@pytest.mark.parametrize("result", [rich(), ScanResult({"mass": X + 5.0, "y": Y}, np.full((X.size, Y.size), np.inf))])
def test_a_table_has_a_row_for_each_point(tmp_path, result):
    result.save(tmp_path / "scan.csv")
    lines = (tmp_path / "scan.csv").read_text(encoding="utf-8").splitlines()
    rows = [line.split(",") for line in lines if not line.startswith("#")]
    names = [name.split(" [")[0] for name in rows[0]]
    assert names == [*result.dims, *result.profiled, "chi2", "delta chi2"]
    values = np.array(rows[1:], dtype=np.float64).T
    np.testing.assert_array_equal(values[-2], result.values.reshape(-1))
    np.testing.assert_array_equal(values[0].reshape(result.shape).reshape(X.size, -1)[:, 0], next(iter(result.coords.values())))
    if "a" in result.profiled:
        assert "# experiment: mine" in lines
        assert "# nuisances: fixed" in lines
        np.testing.assert_array_equal(values[-1][X <= 3.0], result.delta[X <= 3.0])
    else:
        assert rows[0][0] == "mass [MeV]"


def test_hdf5_says_what_its_axes_are(tmp_path):
    h5py = pytest.importorskip("h5py")
    rich().save(tmp_path / "scan.h5")
    with h5py.File(tmp_path / "scan.h5") as file:
        assert file["chi2"].dims[0].label == "x"
        np.testing.assert_array_equal(file["chi2"].dims[0][0][()], X)
        assert json.loads(file.attrs["settings"])["experiment"] == "mine"


def test_without_h5py_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "h5py", None)
    with pytest.raises(
        UnsupportedError, match=re.escape('files of HDF5 need h5py; install it with: pip install "cevns[hdf5]"')
    ):
        rich().save(tmp_path / "scan.h5")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["scan.npz", "scan.h5"])
def test_files_of_something_else_are_refused(tmp_path, name):
    if name.endswith("h5"):
        pytest.importorskip("h5py")
    path = tmp_path / name
    path.write_bytes(b"something else")
    with pytest.raises(InputError, match=re.escape(f"{path} is not the file of a scan")):
        ScanResult.load(path)
    with pytest.raises(UnknownNameError, match=re.escape("unknown ending of a file of a scan '.txt'")):
        rich().save(tmp_path / "scan.txt")
    with pytest.raises(FileNotFoundError):
        ScanResult.load(tmp_path / f"other{name}")


# ---- files that others made, or that are damaged --------------------------------------------------------------------------


def test_members_that_a_result_has_not_are_not_read(tmp_path):
    path = tmp_path / "scan.npz"
    rich().save(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("more.npy", b"no array")
    assert ScanResult.load(path) == rich()


def rewritten(path, **changed):
    """The file with other bytes for some members."""
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()} | changed
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def array(values):
    buffer = io.BytesIO()
    np.save(buffer, values)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (array(X**2)[:-8], "the size of chi2 is not that of its values"),
        (array(X**2) + bytes(1_000_000), "the size of chi2 is not that of its values"),
        (array(np.zeros(80)), "chi2 has the shape (80,), not that of the axes, (81,)"),
        (array(X.astype(np.float32)), "chi2 has values of type float32"),
        (array(np.full(81, "a")), "chi2 has values of type <U1"),
        (array(X**2 + 1e-9), "its checksum is another one"),
        (array(np.where(X > 3.0, -np.inf, X**2)), "its checksum is another one"),
        (b"", "is not the file of a scan"),
    ],
)
def test_the_size_and_the_checksum_of_an_array_are_checked(tmp_path, content, message):
    path = tmp_path / "scan.npz"
    rich().save(path)
    rewritten(path, **{"chi2.npy": content})
    with pytest.raises(InputError, match=re.escape(message)):
        ScanResult.load(path)


def test_an_array_that_claims_to_be_huge_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "scan.npz"
    rich().save(path)
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**13,)})
    rewritten(path, **{"coords/x.npy": header.getvalue()})
    with pytest.raises(InputError, match="the size of coords/x is not that of its values"):
        ScanResult.load(path)


@pytest.mark.parametrize("kind", [".npz", ".h5"])
def test_a_damaged_file_is_refused_or_the_same(tmp_path, kind):
    if kind == ".h5":
        pytest.importorskip("h5py")
    path = tmp_path / f"scan{kind}"
    result = rich()
    result.save(path)
    content = path.read_bytes()
    taken, messages = 0, set()
    for i in range(0, len(content), len(content) // 150 or 1):
        for damaged in (content[:i], content[:i] + bytes([content[i] ^ 0x41]) + content[i + 1 :]):
            path.write_bytes(damaged)
            try:
                back = ScanResult.load(path)
            except InputError as error:
                messages.add(str(error).partition(" (")[0])
            else:
                taken += 1
                assert (back, back.date, back.library) == (result, result.date, result.library)
    assert messages == {f"{path} is not the file of a scan"}
    assert taken < (60 if kind == ".npz" else 1)  # of 300: in a zip file, fields such as dates say nothing


def sealed(path, change):
    """The HDF5 file changed, under a checksum that is right."""
    h5py = pytest.importorskip("h5py")
    with h5py.File(path, "r+") as file:
        change(file, h5py)
    content = path.read_bytes().split(storage._SEAL)[0]
    path.write_bytes(content + storage._SEAL + hashlib.blake2b(content, digest_size=16).digest())


def virtual(file, h5py):
    del file["chi2"]
    layout = h5py.VirtualLayout((81,), "f8")
    layout[:] = h5py.VirtualSource(".", "coords/x", (81,))
    file.create_virtual_dataset("chi2", layout)


def external(file, h5py):
    del file["chi2"]
    file.create_dataset("chi2", (81,), "f8", external=[(__file__, 0, 81 * 8)])


def external_link(file, h5py):
    del file["coords"]
    file["coords"] = h5py.ExternalLink("other.h5", "coords")


def soft_link(file, h5py):
    del file["chi2"]
    file["chi2"] = h5py.SoftLink("/coords/x")


def huge(file, h5py):
    del file["coords/x"]
    file.create_dataset("coords/x", (10**12,), "f8", chunks=(1000,))


def empty(file, h5py):
    del file["coords/x"]
    file.create_dataset("coords/x", (900_000_000,), "f8", chunks=(1000,))


def other_value(file, h5py):
    file["chi2"][3] += 1e-9


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (virtual, "chi2 is not in the file itself"),
        (external, "chi2 is not in the file itself"),
        (external_link, "coords/x is not in the file itself"),
        (soft_link, "chi2 is not in the file itself"),
        (huge, "the size of coords/x is not that of its values"),
        (empty, "the size of coords/x is not that of its values"),
        (other_value, "its checksum is another one"),
        (lambda file, h5py: file.attrs.__setitem__("settings", "[" * 100_000), "is not the file of a scan"),
        (lambda file, h5py: file.attrs.__setitem__("parameters", 5), "parameters is no text"),
    ],
)
def test_hdf5_reads_nothing_from_elsewhere(tmp_path, change, message):
    path = tmp_path / "scan.h5"
    pytest.importorskip("h5py")
    rich().save(path)
    sealed(path, change)
    with pytest.raises(InputError, match=re.escape(message)):
        ScanResult.load(path)


@pytest.mark.parametrize("kind", [".npz", ".h5"])
def test_parameters_may_have_any_name(tmp_path, kind):
    if kind == ".h5":
        pytest.importorskip("h5py")
    names = ["a/b", "..", "θ\n", "%2F"]
    result = ScanResult({name: [0.0, 1.0] for name in names}, np.arange(16.0).reshape(2, 2, 2, 2))
    result.save(tmp_path / f"scan{kind}")
    assert ScanResult.load(tmp_path / f"scan{kind}") == result


def test_a_chi2_of_minus_infinity_is_none():
    with pytest.raises(InputError, match="values must be > -inf: a chi2 of -inf is no result"):
        ScanResult({"x": X}, np.where(X > 3.0, -np.inf, X))


def test_xarray_has_axes_and_profiled_parameters():
    pytest.importorskip("xarray")
    array = rich().to_xarray()
    assert array.dims == ("x",)
    assert array.attrs["experiment"] == "mine"
    np.testing.assert_array_equal(array.coords["a"], rich().profiled["a"])
    assert float(array.sel(x=1.0, method="nearest")) == pytest.approx(1.0)


def test_without_xarray_it_is_said(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "xarray", None)
    with pytest.raises(UnsupportedError, match="to_xarray needs xarray; install it with: pip install xarray"):
        rich().to_xarray()


@pytest.mark.parametrize("number", [21, 31, 51, 101])
def test_an_interval_holds_the_best_fit_of_a_grid_that_is_coarse(number):
    """Two valleys of ±0.01, 0.38 apart: parabolas through points on their walls are far below 0 at the bottom."""
    x = np.linspace(-1.0, 1.0, number)
    chi2 = (x * (x - 0.376) / 0.38 / 0.005) ** 2 / (1 + x**2)
    result = ScanResult({"x": x}, chi2)
    assert any(low <= result.minimum["x"] <= high for low, high in result.interval("x"))


def test_the_bottom_of_a_likelihood_that_is_negative_is_that_of_its_parabola():
    """An offset of a likelihood of one's own changes no interval."""
    x = np.linspace(-1.0, 1.0, 21)
    above, below = (ScanResult({"x": x}, 1e4 * (x - 0.033) ** 2 + offset).interval("x") for offset in (0.0, -50.0))
    np.testing.assert_allclose(below, above, rtol=1e-9)
    np.testing.assert_allclose(above, [(0.033 - 0.0164485, 0.033 + 0.0164485)], rtol=1e-5)


@pytest.mark.parametrize("value", [-np.inf, np.nan])
@pytest.mark.parametrize("name", ["scan.npz", "scan.h5"])
def test_files_with_what_is_no_chi2_are_refused(tmp_path, name, value):
    if name.endswith("h5"):
        pytest.importorskip("h5py")
    result = ScanResult({"x": X}, X**2)
    object.__setattr__(result, "values", np.where(X == 0.0, value, X**2))
    result.save(tmp_path / name)
    with pytest.raises(InputError, match=r"is not the file of a scan \(values must be"):
        ScanResult.load(tmp_path / name)


def test_ends_of_ranges_are_within_rounding_of_the_grid():
    x = np.arange(-1.0, 1.05, 0.1)
    result = ScanResult({"x": x}, x**2)
    assert result.sel(x=1.0).values == pytest.approx(1.0)
    assert result.sel(x=slice(-0.3, 0.3)).values.size == 7
    assert result.sel(x=slice(-1.0, 1.0)).values.size == x.size


# ---- drawings ------------------------------------------------------------------------------------------------------------


def test_a_curve_and_regions_are_drawn():
    pytest.importorskip("matplotlib")
    (axes,) = tilted().profile("x").plot().axes
    assert axes.get_ylabel() == r"$\Delta\chi^2$"
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["68 %", "90 %", "95 %"]
    (axes,) = tilted().plot((0.9,), labels={"x": "a $ [MeV]"}, title="t").axes
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_title()) == ("a $ [MeV]", "y", "t")
    assert (axes.get_xscale(), axes.get_yscale()) == ("linear", "linear")
    (axes,) = tilted().profile("x").plot(0.9).axes
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["90 %"]


@pytest.mark.parametrize("nuisances", ["profiled", "fixed", ""])
def test_a_drawing_says_whether_nuisances_were_profiled(nuisances):
    pytest.importorskip("matplotlib")
    for result in (ScanResult({"x": X}, X**2, nuisances=nuisances), dataclasses.replace(tilted(), nuisances=nuisances)):
        legend = result.plot().axes[0].get_legend()
        number = "1 parameter" if len(result.dims) == 1 else "2 parameters"
        assert legend.get_title().get_text() == f"levels of {number}" + (f"\nnuisances {nuisances}" if nuisances else "")


def test_axes_with_equal_factors_are_logarithmic_and_known_parameters_have_symbols():
    pytest.importorskip("matplotlib")
    result, _ = plane(51)
    (axes,) = result.plot().axes
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("mass [MeV]", "coupling $g$")
    (axes,) = ScanResult({"eps_em_u": X, "eps_tt_d": Y}, tilted().values).plot().axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == (r"$\varepsilon_{e\mu}^{u}$", r"$\varepsilon_{\tau\tau}^{d}$")
    (axes,) = ScanResult({"eps_em_L": X, "eps_s_d": Y}, tilted().values).plot().axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == (r"$\varepsilon_{e\mu}^{L}$", r"$\varepsilon_{S}^{d}$")


# ---- wrong input ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "kind", "message"),
    [
        (lambda: ScanResult(3, 1.0), InputError, "coords must map names of parameters to their values (got 3)"),
        (lambda: ScanResult({"x": X}, np.zeros(3)), InputError, "values must have the shape (81,) of the axes (got (3,))"),
        (
            lambda: ScanResult({"x": [1.0, 1.0]}, np.zeros(2)),
            InputError,
            "grid of 'x' must increase (got 1 at index 0, then 1)",
        ),
        (lambda: ScanResult({"x": [0.0, 1.0]}, [0.0, np.nan]), InputError, "values must be a number (got nan at index 1)"),
        (lambda: ScanResult({"x": X}, X, {"x": X}), InputError, "parameter 'x' has a grid, and cannot be profiled too"),
        (
            lambda: ScanResult({"x": X}, X, {"a": Y}),
            InputError,
            "profiled 'a' must have the shape (81,) of the axes (got (41,))",
        ),
        (lambda: ScanResult({"x": X}, X**2, nuisances="free"), InputError, "nuisances must be one of 'profiled', 'fixed', ''"),
        (lambda: ScanResult({"x": X}, X, settings={"a": X}), InputError, "settings must be what JSON can write"),
        (lambda: tilted().sel(z=1.0), UnknownNameError, "unknown axis 'z'; known are 'x', 'y'"),
        (lambda: tilted().sel(x=0.512), InputError, "'x' has no value 0.512: the nearest is 0.5; nearest=True takes it"),
        (lambda: tilted().sel(x=slice(5.0, 6.0)), InputError, "no value of 'x' is >= 5 and <= 6 (it goes from -4 to 4)"),
        (lambda: tilted().sel(x=4.1), InputError, "'x' must be >= -4 and <= 4 (got 4.1)"),
        (lambda: tilted().sel(nearest=True, x=4.1), InputError, "'x' must be >= -4 and <= 4 (got 4.1)"),
        (lambda: tilted().sel(nearest=True, x=-1e300), InputError, "'x' must be >= -4 and <= 4 (got -1e+300)"),
        (lambda: ScanResult({"x": [0.0, 1.0]}, [0.0, -np.inf]), InputError, "values must be > -inf"),
        (lambda: ScanResult({"x": [0.0, 1.0]}, [0.0, 1.0], {"a": [0.0, np.nan]}), InputError, "profiled 'a' must be a number"),
        (lambda: ScanResult({"x": [0.0, 1.0]}, [0.0, 1.0], {"a": [0.0, np.inf]}), InputError, "profiled 'a' must be"),
        (lambda: tilted().interval("x", dof=1.5), InputError, "dof must be an integer >= 1 (got 1.5)"),
        (lambda: tilted().limit("x", dof=True), InputError, "dof must be a real number (got a truth value, True)"),
        (lambda: tilted().contours(dof=2.5), InputError, "dof must be an integer >= 1 (got 2.5)"),
        (lambda: tilted().plot(dof=0), InputError, "dof must be >= 1 and <= 1e+06 (got 0)"),
        (lambda: ScanResult.threshold(0.9, np.nan), InputError, "dof must be >= 1 and <= 1e+06 (got nan)"),
        (lambda: tilted().isel(x=81), InputError, "'x' must be an integer >= -81 and < 81, or a slice (got 81)"),
        (lambda: tilted().isel(x=slice(3, 3)), InputError, "slice of 'x' must hold some of its 81 values"),
        (lambda: tilted().profile(), InputError, "profile needs the names of axes, each once (got ())"),
        (lambda: tilted().profile("x", "x"), InputError, "profile needs the names of axes, each once (got ('x', 'x'))"),
        (lambda: tilted().interval("x", 1.0), InputError, "level must be < 1 (got 1.0)"),
        (lambda: tilted().interval("x", 0.3, one_sided=True), InputError, "level must be > 0.5 and <= 1 (got 0.3)"),
        (lambda: tilted().interval("x", dof=2, one_sided=True), InputError, "one_sided is for one parameter (got dof=2)"),
        (lambda: tilted().limit("x", at={"x": 1.0}), InputError, "limit of 'x' cannot be at a value of it"),
        (lambda: tilted().limit("x", above="some"), UnknownNameError, "unknown base of a limit (above) 'some'"),
        (lambda: tilted().profile("x").contours(), InputError, "contours need two axes (got x (81)): see profile() and sel()"),
        (
            lambda: tilted().isel(x=0, y=0).plot(),
            InputError,
            "a drawing needs one or two axes of at least 2 values (got a point)",
        ),
        (lambda: ScanResult({"x": X}, np.full(81, np.inf)).minimum, InputError, "chi2 is inf at every point: no minimum"),
        (
            lambda: ScanResult({"x": X}, np.full(81, np.inf)).interval("x"),
            InputError,
            "chi2 is inf at every point: no interval",
        ),
    ],
)
def test_wrong_input_is_said_in_a_sentence(wrong, kind, message):
    with pytest.raises(kind, match=re.escape(message)):
        wrong()


def test_lines_and_filled_regions_look_for_each_crossing_once(monkeypatch):
    """A search takes a tenth of a millisecond and more: a map of 200 × 200 points has thousands of crossings."""
    asked = []
    search = crossings.Curve.crossing

    def counted(self, outside, inside, base, height):
        asked.append((id(self), outside, inside))
        return search(self, outside, inside, base, height)

    monkeypatch.setattr(crossings.Curve, "crossing", counted)
    x = np.linspace(-1.0, 1.0, 21)
    regions = crossings.Regions(x, x, 9 * (x[:, None] ** 2 + x**2), 0.0, 2.3)
    lines, filled = regions.lines, regions.filled
    assert len(asked) == len(set(asked)) == len(lines[0]) - 1  # a closed line ends where it begins
    np.testing.assert_allclose(np.unique(lines[0], axis=0), np.unique(filled[0][0], axis=0), rtol=1e-15)
