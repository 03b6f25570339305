"""Efficiencies: published figures, their range, products, files."""

import itertools
import math
import pickle
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from cevns import CevnsError, Detector, InputError, UnknownNameError, efficiency, resolution, sources
from cevns.detectors.efficiency import ErfThreshold, Threshold

DATA = Path(__file__).parents[3] / "shared" / "data"


def half(x):
    return np.full(x.shape, 0.5)


ALL = [
    Threshold(1.5),
    ErfThreshold(0.16, 0.02, 0.99),
    efficiency.Logistic.coherent_csi_2021(),
    efficiency.Logistic.coherent_csi_2017(),
    efficiency.Decaying.coherent_csi_2021(),
    efficiency.Step((1.0, 2.0), (0.0, 0.5, 1.0), "recoil"),
    efficiency.Tabulated((1.0, 2.0), (0.0, 1.0), beyond="hold"),
    efficiency.Function(half, "recoil", (3.0,)),
    Threshold(1.0) * ErfThreshold(2.0, 0.5),
]


# ---- published figures ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("variation", "zero"), [(0.0, 7.068), (1.0, 6.274), (-1.0, 7.846)])
def test_csi_2021_begins_where_it_was_computed_independently(variation, zero):
    csi = efficiency.Logistic.coherent_csi_2021(variation)
    assert csi.zero == pytest.approx(zero, abs=5e-4)  # three decimals are given
    assert csi(zero - 0.01) == 0.0
    assert csi(zero + 0.01) > 0.0


def test_csi_2021_is_the_formula_of_its_release():
    x = np.linspace(8.0, 60.0, 27)
    expected = 1.32045 / (1 + np.exp(-0.285979 * (x - 10.8646))) - 0.333322
    np.testing.assert_allclose(efficiency.Logistic.coherent_csi_2021()(x), expected, rtol=1e-14)


def test_csi_2021_is_that_of_its_files():
    path = DATA / "coherent_csi2021" / "effCoefficients.txt"
    if not path.exists():
        pytest.skip(f"{path} is not at hand")
    for variation, row in zip((0.0, 1.0, -1.0), np.loadtxt(path), strict=True):  # the third is called + 1 there too
        csi = efficiency.Logistic.coherent_csi_2021(variation)
        np.testing.assert_allclose((csi.a, csi.b, csi.c, csi.d), row, rtol=1e-14)


def test_csi_2021_in_time_loses_what_comes_late():
    csi = efficiency.Decaying.coherent_csi_2021()
    assert csi.axis == "time"
    t = np.array([-1.0, 0.0, 0.519, 2.52, 5.999, 6.0, 9.0])
    expected = [1.0, 1.0, 1.0, math.exp(-0.0988), math.exp(-0.0494 * 5.479), 0.0, 0.0]
    np.testing.assert_allclose(csi(t), expected, rtol=1e-14)


def test_csi_2017_has_a_plateau_of_two_thirds_and_steps():
    csi = efficiency.Logistic.coherent_csi_2017()
    full = 0.6655 / (1 + np.exp(-0.4942 * (np.array([4.99, 5.5, 6.0, 10.8507, 60.0]) - 10.8507)))
    np.testing.assert_allclose(csi([4.99, 5.5, 6.0, 10.8507, 60.0]), full * [0.0, 0.5, 1.0, 1.0, 1.0], rtol=1e-14)
    assert csi(10.8507) == pytest.approx(0.6655 / 2, rel=1e-14)


def test_argon_efficiency_is_half_near_15_kev():
    path = DATA / "coherent_lar2020" / "CENNS10AnlAEfficiency.txt"
    if not path.exists():
        pytest.skip(f"{path} is not at hand")
    argon = efficiency.Tabulated.from_file(path, axis="recoil", columns=(1, 2))
    assert len(argon.points) == 80
    assert 0.4 < argon(15.0) < 0.6
    assert argon(0.9) == 0.0


# ---- what each is --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("each", ALL, ids=lambda each: type(each).__name__)
def test_efficiency_is_between_0_and_1(each):
    values = each(np.linspace(-5.0, 100.0, 501))
    assert np.all((values >= 0) & (values <= 1))


@pytest.mark.parametrize("each", ALL, ids=lambda each: type(each).__name__)
def test_efficiency_is_a_value(each):
    assert pickle.loads(pickle.dumps(each)) == each
    assert hash(each) == hash(pickle.loads(pickle.dumps(each)))
    if not isinstance(each, efficiency.Function):
        assert eval(repr(each), vars(efficiency)) == each


@pytest.mark.parametrize("each", ALL, ids=lambda each: type(each).__name__)
def test_efficiency_has_the_shape_of_its_argument(each):
    assert isinstance(each(3.0), float)
    assert each(np.zeros((2, 3))).shape == (2, 3)
    assert each([]).shape == (0,)


@pytest.mark.parametrize("each", ALL, ids=lambda each: type(each).__name__)
def test_efficiency_is_smooth_between_its_breaks(each):
    """A polynomial of degree 19 follows it between neighbouring breaks, as the integrals of a detector need."""
    breaks = np.array(each.breaks)
    assert np.all(np.diff(breaks) > 0)
    nodes = np.cos(np.pi * (np.arange(20) + 0.5) / 20)
    checks = np.linspace(-0.999, 0.999, 50)
    for low, high in pairwise(breaks):
        values = each((low + high) / 2 + (high - low) / 2 * nodes)
        fit = np.polynomial.chebyshev.chebfit(nodes, values, 19)
        error = np.polynomial.chebyshev.chebval(checks, fit) - each((low + high) / 2 + (high - low) / 2 * checks)
        assert np.abs(error).max() < 2e-7  # interpolation; Gauss–Legendre squares it


def test_erf_threshold_is_a_step_smeared_by_noise():
    x = np.linspace(0.0, 0.3, 31)
    np.testing.assert_allclose(ErfThreshold(0.16, 0.02, 0.9)(x), 0.9 * stats.norm(0.16, 0.02).cdf(x), rtol=1e-13)
    np.testing.assert_array_equal(ErfThreshold(0.16, 1e-9)(x + 0.001), Threshold(0.16)(x + 0.001))


def test_table_is_straight_between_points_zero_below_and_as_told_above():
    for beyond, above in (("hold", 0.9), ("zero", 0.0)):
        table = efficiency.Tabulated([1.0, 2.0, 4.0], [0.2, 0.6, 0.9], beyond=beyond)
        np.testing.assert_allclose(table([0.9, 1.0, 1.5, 3.0, 4.0, 5.0]), [0.0, 0.2, 0.4, 0.75, 0.9, above], rtol=1e-14)


def test_table_asks_what_is_beyond_its_last_point():
    table = efficiency.Tabulated([1.0, 2.0, 4.0], [0.2, 0.6, 0.9], axis="recoil")
    assert table(4.0) == 0.9
    with pytest.raises(
        InputError, match=re.escape("ends at recoil_energy = 4 keV (asked for 5 keV): give beyond='hold' for its")
    ):
        table([1.0, 5.0])
    # a curve that has come down to 0 stays there
    assert efficiency.Tabulated([1.0, 2.0, 4.0], [0.0, 0.6, 0.0])(5.0) == 0.0
    with pytest.raises(UnknownNameError, match="unknown choice of beyond 'last'; known are 'hold', 'zero'"):
        efficiency.Tabulated([1.0, 2.0], [0.0, 0.6], beyond="last")


def test_detector_asks_only_where_its_bins_reach_beyond_the_table():
    flux = sources.sns()
    for axis, smear in itertools.product(("observed", "recoil"), (None, resolution.Gaussian(0.1))):
        table = efficiency.Tabulated([5.0, 20.0], [0.5, 1.0], axis)
        short, held = (Detector("Ar", 1.0, None, smear, (part,)) for part in (table, replace(table, beyond="hold")))
        # a resolution of 0.1 keV sees recoils of up to 1 keV above the last edge
        np.testing.assert_allclose(short.rate([6.0, 12.0, 19.0], flux), held.rate([6.0, 12.0, 19.0], flux), rtol=1e-12)
        with pytest.raises(InputError, match="the table of the efficiency ends at"):
            short.rate([6.0, 12.0, 25.0], flux)
        cut = Detector("Ar", 1.0, None, smear, (replace(table, beyond="zero"),))
        if smear is None or axis == "observed":
            np.testing.assert_allclose(cut.rate([6.0, 25.0], flux), held.rate([6.0, 20.0], flux), rtol=1e-9)


def test_product_multiplies_and_keeps_the_breaks():
    product = Threshold(1.0) * efficiency.Tabulated([0.0, 4.0], [0.0, 1.0], beyond="hold") * Threshold(2.0)
    assert isinstance(product, efficiency.Product)
    assert len(product.factors) == 3
    assert product.breaks == (0.0, 1.0, 2.0, 4.0)
    np.testing.assert_allclose(product([1.5, 3.0, 5.0]), [0.0, 0.75, 1.0])
    assert (Threshold(1.0, "recoil") * Threshold(2.0, "recoil")).axis == "recoil"
    with pytest.raises(TypeError):
        Threshold(1.0) * 0.5


def test_file_of_percent_is_refused_with_its_line(tmp_path):
    path = tmp_path / "efficiency.csv"
    path.write_text("# mine\nkeV,efficiency\n1,0\n2,55\n3,90\n")
    with pytest.raises(InputError, match=r"line 4: efficiency must be >= 0 and <= 1 \(got 55\): perhaps in percent"):
        efficiency.Tabulated.from_file(path)
    with pytest.raises(InputError, match=r"column must be an integer >= 0 and <= 1 of .* \(got 2\)"):
        efficiency.Tabulated.from_file(path, columns=(0, 2))
    path.write_text("1 0\n3 0.5\n2 0.6\n")
    with pytest.raises(InputError, match=r"efficiency.csv, line 3: points must increase \(got 3, then 2\)"):
        efficiency.Tabulated.from_file(path)
    path.write_text("1 0\n2 0.5\n")
    assert efficiency.Tabulated.from_file(path, axis="time") == efficiency.Tabulated((1.0, 2.0), (0.0, 0.5), "time")


def test_file_of_several_columns_asks_which(tmp_path):
    path = tmp_path / "efficiency.csv"
    path.write_text("keVee,keVnr,efficiency\n1,4,0\n2,8,0.5\n")
    message = "3 columns, 0 'keVee', 1 'keVnr', 2 'efficiency': say with columns=(…, …) which hold the points and"
    with pytest.raises(InputError, match=re.escape(message)):
        efficiency.Tabulated.from_file(path)
    by_name = efficiency.Tabulated.from_file(path, columns=("keVnr", "efficiency"), axis="recoil", beyond="hold")
    assert by_name == efficiency.Tabulated((4.0, 8.0), (0.0, 0.5), "recoil", "hold")
    assert by_name == efficiency.Tabulated.from_file(path, columns=(1, 2), axis="recoil", beyond="hold")
    for wrong, message in (((0,), "columns must be two"), ((0, -1), "column must be"), ((0, "eff"), "unknown column of")):
        with pytest.raises(CevnsError, match=message):
            efficiency.Tabulated.from_file(path, columns=wrong)


# ---- wrong input ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: efficiency.Tabulated([1.0, 2.0], [0.0, 1.2]), "efficiency must be >= 0 and <= 1 (got 1.2 at index 1)"),
        (lambda: efficiency.Tabulated([2.0, 1.0], [0.0, 1.0]), "points must increase (got 2 at index 0, then 1)"),
        (lambda: efficiency.Tabulated([1.0], [0.0]), "points must be a list of at least 2 (got shape (1,))"),
        (lambda: efficiency.Tabulated([1.0, 2.0], [0.0]), "values must be as many as points (got shapes (1,) and (2,))"),
        (lambda: efficiency.Logistic(1.1, 1.0, 5.0), "a + d, the efficiency far above, must be > 0 and <= 1 (got 1.1)"),
        (lambda: efficiency.Logistic(1.0, -1.0, 5.0), "b must be >= 1e-09 and <= 1e+09 (got -1)"),
        (lambda: efficiency.Logistic.coherent_csi_2021(4.0), "variation must be >= -3 and <= 3 (got 4)"),
        (lambda: ErfThreshold(1.0, 0.0), "width must be > 0 and finite (got 0)"),
        (lambda: ErfThreshold(1.0, 0.1, 1.5), "plateau must be >= 0 and <= 1 (got 1.5)"),
        (lambda: Threshold(math.nan, "recoil"), "threshold must be finite (got nan)"),
        (lambda: efficiency.Decaying(1.0, 0.1, 0.5), "stop must be > start (got start=1.0 and stop=0.5)"),
        (lambda: efficiency.Step((1.0,), (0.0,)), "values must be one more than edges (got shapes (1,) and (1,))"),
        (lambda: efficiency.Function(3.0), "function must be callable (got 3.0)"),
        (lambda: efficiency.Function(lambda x: 1.0 + x)([0.0, 0.2]), "efficiency must be >= 0 and <= 1 (got 1.2 at 0.2)"),
        (
            lambda: Threshold(1.0) * Threshold(1.0, "time"),
            "efficiencies of different axes are no product (got observed and time)",
        ),
        (lambda: efficiency.Product((1.0,)), "factors must be one or more of cevns.efficiency (got (1.0,))"),
        (lambda: Threshold(1.0)("three"), "observed must be real numbers (got 'three')"),
    ],
)
def test_what_is_no_efficiency_is_refused(make, message):
    with pytest.raises(InputError, match=re.escape(message)):
        make()


def test_unknown_axis_is_named():
    with pytest.raises(UnknownNameError, match="unknown axis 'energy'"):
        Threshold(1.0, "energy")


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("0,0\n2,1\n1,0.6\n", {"axis": "recoil"}, "line 3: points must increase (got 2, then 1 keV)"),
        ("0,0\n2,\n", {"axis": "recoil"}, "line 2: '' is not a number"),
        ("0,0\n2,1.2\n", {"axis": "recoil"}, "line 2: efficiency must be >= 0 and <= 1 (got 1.2)"),
        ("E_eV,efficiency\n0,0\n2,1\n", {"axis": "recoil"}, "line 1: recoil energies are in eV (header 'E_eV'), but keV"),
        ("0 0\n", {"axis": "recoil"}, "line 1: "),
    ],
)
def test_a_file_that_is_no_efficiency_is_refused_with_its_line(tmp_path, text, options, message):
    path = tmp_path / "eff.csv"
    path.write_text(text)
    with pytest.raises(InputError) as error:
        efficiency.Tabulated.from_file(path, **options)
    assert f"{path}" in str(error.value)
    assert message in str(error.value)


def test_columns_that_are_not_asked_for_may_be_empty(tmp_path):
    path = tmp_path / "eff.csv"
    path.write_text("E,note,efficiency\n0,,0\n2,see text,1\n")
    assert efficiency.Tabulated.from_file(path, axis="recoil", columns=(0, 2))(1.0) == pytest.approx(0.5)
