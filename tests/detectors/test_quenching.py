"""Quenching: published values, limits, the way back, and the two solutions of the integral equation.

Tolerances: figures are compared to the digits with which they are given ("printed"); else the reason stands beside it.
"""

import dataclasses
import pickle
import re
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize

import cevns
from cevns import quenching
from cevns.citations import cite
from cevns.detectors.quenching import (
    Constant,
    CsICoherent,
    Function,
    Identity,
    LArCoherent,
    Lindhard,
    Linear,
    NestXenon,
    Polynomial,
    Sarkis,
    Tabulated,
)
from cevns.reference import quenching as reference

SHARED = Path(__file__).parents[3] / "shared" / "data"


def half_factor(T):
    return np.full(T.shape, 0.5)


def by_nuclide(T, nuclide):
    return T * 0.1 / nuclide.Z


class Unhashable:
    __hash__ = None

    def __call__(self, T):
        return half_factor(T)


MODELS = [
    (Identity(), None),
    (Constant(0.0878), None),
    (Constant(6.0, unit="electrons"), None),
    (Linear(0.2, 1e-3), None),
    (LArCoherent(), None),
    (Polynomial((0.1, 0.5)), None),
    (CsICoherent(), None),
    (CsICoherent(model_0=-1.0), None),
    (CsICoherent(model_1=1.5), None),
    (Lindhard(), "74Ge"),
    (Lindhard(k=0.162), "74Ge"),
    (Lindhard(k=0.162, q=0.015), "74Ge"),
    (Lindhard(k=0.2, q=-0.05), "74Ge"),
    (Lindhard(k=0.1789, cutoff=0.16), "74Ge"),
    (Tabulated([0.5, 1.0, 5.0], [0.15, 0.17, 0.21], beyond="hold"), None),
    (Tabulated([0.1, 0.2, 1.0], [0.0, 0.1, 0.2], beyond="hold"), None),
    (Function(half_factor), None),
    (Function(by_nuclide, quantity="energy", needs_nuclide=True), "28Si"),
    (Sarkis(), "28Si"),
    (Sarkis(), "74Ge"),
    (NestXenon(81.0), None),
    (NestXenon(193.0, unit="quanta"), "132Xe"),
    (NestXenon(193.0, unit="photons"), None),
    (NestXenon(193.0, unit="electrons"), None),
]
each_model = pytest.mark.parametrize(("qf", "nuclide"), MODELS, ids=lambda value: re.sub(r" at 0x\w+", "", str(value))[:60])


# ---- published values ----------------------------------------------------------------------------------------------------

ELEMENTS = {  # Z, mean mass number, a nuclide of it
    "Ge": (32, 72.63, "74Ge"),
    "Si": (14, 28.085, "28Si"),
    "Ar": (18, 39.95, "40Ar"),
    "Xe": (54, 131.29, "132Xe"),
}


@pytest.mark.parametrize(
    ("element", "k", "factors"),
    [
        ("Ge", 0.1573, [0.1261, 0.1562, 0.1713, 0.2127, 0.2344, 0.3414]),
        ("Si", 0.1458, [0.1529, 0.1901, 0.2095, 0.2676, 0.3022, 0.5071]),
        ("Ar", 0.1445, [0.1402, 0.1742, 0.1916, 0.2421, 0.2708, 0.4353]),
        ("Xe", 0.1658, [0.1121, 0.1390, 0.1523, 0.1883, 0.2065, 0.2866]),
    ],
)
def test_lindhard_factors_of_the_elements_are_as_computed_elsewhere(element, k, factors):
    Z, A, nuclide = ELEMENTS[element]
    assert reference.lindhard_k(Z, A) == pytest.approx(k, abs=5e-5)  # printed
    exact = Lindhard(k=reference.lindhard_k(Z, A))
    np.testing.assert_allclose(
        exact.factor([0.1, 0.5, 1.0, 5.0, 10.0, 100.0], nuclide), factors, rtol=0, atol=5.1e-5
    )  # printed


def test_germanium_with_the_measured_k():
    factors = Lindhard(k=0.162).factor([0.5, 1.0, 2.0, 5.0, 10.0], "74Ge")
    np.testing.assert_allclose(factors, [0.1601, 0.1755, 0.1924, 0.2177, 0.2398], rtol=0, atol=5.1e-5)  # printed


def test_lindhard_without_k_takes_that_of_the_nuclide():
    T = np.geomspace(1e-3, 100.0, 50)
    for name in ("28Si", "74Ge", "132Xe"):
        nuclide = cevns.Nuclide(name)
        k = 0.133 * nuclide.Z ** (2 / 3) / nuclide.A**0.5
        np.testing.assert_allclose(Lindhard().factor(T, nuclide), reference.lindhard(T, nuclide.Z, k), rtol=1e-14)
        assert Lindhard().energy(1.0, name) == Lindhard().energy(1.0, nuclide)


@pytest.mark.parametrize(
    ("variation", "coefficients"),
    [
        ({}, (0.0554628, 4.30681, -111.707, 840.384)),
        ({"model_0": 1}, (0.0613632, 3.51547, -85.5548, 595.562)),
        ({"model_0": -1}, (0.0495624, 5.09815, -137.858, 1085.2)),
        ({"model_1": 1}, (0.055413, 3.93597, -93.1045, 630.092)),
        ({"model_1": -1}, (0.0555126, 4.67765, -130.309, 1050.68)),
    ],
)
def test_csi_has_the_five_published_sets_and_holds_its_factor_above_the_minimum(variation, coefficients):
    csi = CsICoherent(**variation)
    assert csi.coefficients == pytest.approx(coefficients, rel=1e-15)  # sums of the same numbers, rounded
    lowest = optimize.minimize_scalar(
        lambda x: reference.polynomial_energy(x, coefficients) / x,
        bounds=(30.0, 100.0),
        method="bounded",
        options={"xatol": 1e-9},
    )
    assert 56 < csi.hold < 68
    assert csi.hold == pytest.approx(lowest.x, rel=1e-5)  # a minimum is found to the root of the rounding
    T = np.linspace(0.0, csi.hold, 100)
    np.testing.assert_allclose(csi.energy(T), reference.polynomial_energy(T, coefficients), rtol=1e-13)
    assert csi.factor(csi.hold) == pytest.approx(lowest.fun, rel=1e-12)
    np.testing.assert_array_equal(csi.factor([csi.hold, 100.0, 1000.0]), csi.factor(csi.hold))
    slope = np.diff(csi.energy(np.linspace(0.0, 150.0, 3001))) / 0.05
    assert slope.min() > 0.0495  # keV_ee/keV: the smallest a


def test_csi_energies_are_as_computed_elsewhere():
    energies = CsICoherent().energy([5.0, 10.0, 20.0, 30.0, 50.0])
    np.testing.assert_allclose(energies, [0.3715, 0.8820, 2.0728, 3.2046, 4.8292], rtol=0, atol=5.1e-5)  # printed
    np.testing.assert_allclose(13.35 * energies, [4.96, 11.77, 27.67, 42.78, 64.47], rtol=0, atol=5.1e-3)  # printed
    assert CsICoherent().factor(60.0) == pytest.approx(0.0932, abs=5e-5)  # printed


def test_csi_coefficients_are_those_of_the_release():
    path = SHARED / "coherent_csi2021" / "scintRespCoefficients.txt"
    if not path.exists():
        pytest.skip("needs the official release")
    sets = np.loadtxt(path)
    variations = [{}, {"model_0": 1}, {"model_0": -1}, {"model_1": 1}, {"model_1": -1}]
    np.testing.assert_allclose([CsICoherent(**each).coefficients for each in variations], sets, rtol=1e-15)


@pytest.mark.parametrize("first", [-3.0, -1.5, 0.0, 2.0, 3.0])
@pytest.mark.parametrize("second", [-3.0, 0.0, 3.0])
def test_csi_stays_a_quenching_factor_for_large_variations(first, second):
    factor = CsICoherent(model_0=first, model_1=second).factor(np.linspace(0.0, 200.0, 500))
    assert ((factor > 0.03) & (factor < 0.13)).all()  # the data lie between 0.05 and 0.12


def test_argon_is_the_line_of_the_release():
    assert LArCoherent().factor([0.0, 100.0]) == pytest.approx([0.246, 0.324], rel=1e-15)
    assert isinstance(LArCoherent(), Linear)
    path = SHARED / "coherent_lar2020" / "LArParametersAnlA.yaml"
    if path.exists():
        values = re.findall(r"name: [ab]\n +value: ([\d.]+)", path.read_text(encoding="utf-8").partition("larQF")[2])[:2]
        assert [LArCoherent().constant, LArCoherent().slope] == [float(value) for value in values]


def test_argon_agrees_with_the_efficiency_table_of_the_release():
    """Its mean recoil energies of 0.5 keV_ee bins, from the first of 4 keV: 0.6 % apart, where bins are wide against T."""
    path = SHARED / "coherent_lar2020" / "CENNS10AnlAEfficiency.txt"
    if not path.exists():
        pytest.skip("needs the official release")
    seen, recoil, _ = np.loadtxt(path).T
    np.testing.assert_allclose(LArCoherent().energy(recoil[4:]), seen[4:], rtol=6e-3)


@pytest.mark.parametrize(("column", "half", "one"), [(1, 0.3401, 0.2440), (2, 0.2478, 0.1939)])
def test_dresden_tables_are_read_from_their_file(column, half, one):
    path = SHARED / "dresden2" / "QF_Fef_YBe.txt"
    if not path.exists():
        pytest.skip("needs the official release")
    table = Tabulated.from_file(path, column, beyond="hold", elements=["Ge"])
    assert table.factor([0.5, 1.0]) == pytest.approx([half, one], abs=5.1e-5)  # printed
    data = np.loadtxt(path)
    np.testing.assert_allclose(table.factor(data[:, 0]), data[:, column], rtol=1e-15)
    assert table.factor(100.0) == data[-1, column]
    if column == 2:
        np.testing.assert_allclose(table.inverse(table.energy(data[:, 0])), data[:, 0], rtol=1e-12)
    else:
        energy = data[:, 0] * data[:, column]
        down = np.flatnonzero(np.diff(energy) < 0)
        assert data[down[0], 0] == pytest.approx(1.14)
        with pytest.raises(cevns.InputError, match=re.escape("from 1.13547 to 1.34 keV")):
            table.inverse(0.1)
        np.testing.assert_allclose(table.inverse(energy[:100], maximum=1.13), data[:100, 0], rtol=1e-12)


def test_xenon_yields_at_81_volts_per_centimetre():
    T = np.array([0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 50.0])
    xenon = NestXenon(81.0)
    charge = [5.349, 6.551, 6.740, 6.601, 6.254, 5.534, 3.328]
    light = [3.613, 4.082, 4.939, 5.620, 6.643, 8.307, 12.938]
    np.testing.assert_allclose(xenon.electrons(T) / T, charge, rtol=0, atol=5.1e-4)  # printed
    np.testing.assert_allclose(xenon.photons(T) / T, light, rtol=0, atol=5.1e-4)  # printed
    for field, density in ((81.0, 2.9), (1.0, 2.8), (4000.0, 2.95)):
        xenon = NestXenon(field, density)
        Q, L = reference.nest_xenon(T, field, density)
        np.testing.assert_allclose(xenon.electrons(T), Q * T, rtol=1e-13)
        np.testing.assert_allclose(xenon.photons(T), L * T, rtol=1e-13)


def test_a_field_moves_xenons_quanta_from_light_to_charge():
    """Nothing is lost but in the cut at 0.3 keV, which takes photons alone: at 20 keV, 2e-4 of them."""
    weak, strong = NestXenon(20.0), NestXenon(2000.0)
    assert strong.electrons(20.0) > weak.electrons(20.0)
    assert strong.photons(20.0) < weak.photons(20.0)
    for xenon in (weak, strong):
        quanta = xenon.electrons(20.0) + xenon.photons(20.0)
        assert quanta == pytest.approx(11 * 20**1.1, rel=3e-4)
        assert dataclasses.replace(xenon, unit="quanta").energy(20.0) == pytest.approx(quanta, rel=1e-15)
        assert xenon.energy(20.0) == pytest.approx(0.0137 * quanta, rel=1e-15)
        assert dataclasses.replace(xenon, unit="photons").energy(20.0) == xenon.photons(20.0)


def test_light_isotopes_of_xenon_give_more_quanta():
    xenon = NestXenon(81.0)
    for A in (124, 132, 136):
        assert xenon.electrons(5.0, f"{A}Xe") == pytest.approx(xenon.electrons(5.0) * (131.293 / A) ** 0.5, rel=1e-14)
        assert xenon.photons(5.0, f"{A}Xe") == pytest.approx(xenon.photons(5.0) * (131.293 / A) ** 0.5, rel=1e-14)


# ---- limits --------------------------------------------------------------------------------------------------------------


@each_model
def test_no_recoil_gives_nothing_and_the_factor_is_energy_over_recoil(qf, nuclide):
    T = np.geomspace(1e-6, 1e3, 200)
    assert qf.energy(0.0, nuclide) == 0.0
    np.testing.assert_allclose(qf.factor(T, nuclide) * T, qf.energy(T, nuclide), rtol=1e-10, atol=1e-16)  # q/T, T near the cut
    assert np.isfinite(qf.factor(0.0, nuclide))
    if qf.unit == "keV_ee":
        assert ((qf.factor(T, nuclide) >= 0) & (qf.factor(T, nuclide) <= 1)).all()


@each_model
def test_the_factor_at_zero_is_its_limit(qf, nuclide):
    """Lindhard's ε^0.15 and NEST's T^0.1 are the slowest to reach it: at 1e-100 keV they are below 1e-9."""
    assert qf.factor(0.0, nuclide) == pytest.approx(qf.factor(1e-100, nuclide), abs=1e-9)


@each_model
def test_arrays_are_taken_in_every_shape_and_left_alone(qf, nuclide):
    T = np.geomspace(0.1, 50.0, 24).reshape(2, 3, 4)
    T.flags.writeable = False
    for method in (qf.energy, qf.factor):
        values = method(T, nuclide)
        assert values.shape == T.shape
        assert values.dtype == np.float64
        assert type(method(2.0, nuclide)) is float
        assert method(T[1, 2, 3], nuclide) == values[1, 2, 3]
        assert method([], nuclide).shape == (0,)
        np.testing.assert_array_equal(method(T[:, ::-1, ::2], nuclide), values[:, ::-1, ::2])
    assert qf.inverse([[qf.energy(2.0, nuclide)]], nuclide).shape == (1, 1)
    assert type(qf.inverse(qf.energy(2.0, nuclide), nuclide)) is float
    assert qf.inverse([], nuclide).shape == (0,)


def test_the_adiabatic_correction_takes_q_from_the_energy_but_never_more_than_there_is():
    T = np.geomspace(1e-3, 10.0, 200)
    plain, less, more = (Lindhard(k=0.16, q=q) for q in (0.0, 0.015, -0.015))
    E = plain.energy(T, "74Ge")
    np.testing.assert_allclose(less.energy(T, "74Ge"), np.maximum(E - 0.015, 0.0), rtol=1e-13)
    np.testing.assert_allclose(more.energy(T, "74Ge"), np.minimum(E + 0.015, T), rtol=1e-13)
    assert less.factor(0.0, "74Ge") == 0.0
    assert more.factor(0.0, "74Ge") == 1.0


def test_the_cut_off_is_smooth_and_vanishes_far_above():
    cut = Lindhard(k=0.1789, cutoff=0.16)
    T = np.array([0.016, 0.16, 1.6])
    expected = -np.expm1(-T / 0.16) * Lindhard(k=0.1789).factor(T, "74Ge")
    np.testing.assert_allclose(cut.factor(T, "74Ge"), expected, rtol=1e-14)
    assert cut.factor(10.0, "74Ge") == Lindhard(k=0.1789).factor(10.0, "74Ge")


def test_a_line_stays_between_nothing_and_everything():
    np.testing.assert_array_equal(Linear(0.5, -0.01).factor([0.0, 50.0, 100.0]), [0.5, 0.0, 0.0])
    np.testing.assert_array_equal(Linear(0.5, 0.01).factor([50.0, 100.0]), [1.0, 1.0])


def test_a_polynomial_holds_its_factor():
    np.testing.assert_allclose(Polynomial((0.1, 1.0), hold=50.0).factor([0.0, 25.0, 50.0, 500.0]), [0.1, 0.125, 0.15, 0.15])


def test_units_are_named():
    assert [qf.unit for qf in (Identity(), Constant(0.1), Lindhard(), NestXenon(100.0), NestXenon(100.0, unit="photons"))] == [
        "keV",
        "keV_ee",
        "keV_ee",
        "keV_ee",
        "photons",
    ]
    assert Tabulated([1.0], [6.5], unit="electrons", beyond="hold").energy(2.0) == 13.0


# ---- tables --------------------------------------------------------------------------------------------------------------


def test_tables_are_straight_lines_in_the_factor():
    table = Tabulated([1.0, 2.0, 4.0], [0.1, 0.2, 0.1], beyond="hold")
    np.testing.assert_allclose(table.factor([0.0, 1.0, 1.5, 3.0, 4.0, 9.0]), [0.1, 0.1, 0.15, 0.15, 0.1, 0.1], rtol=1e-14)


def test_a_table_asks_what_is_beyond_its_last_point():
    table = Tabulated([1.0, 2.0, 4.0], [0.1, 0.2, 0.1])
    assert table.factor([0.0, 4.0]).tolist() == [0.1, 0.1]
    with pytest.raises(
        cevns.InputError, match=re.escape("ends at recoil_energy = 4 keV (asked for 4.5 keV): give beyond='hold'")
    ):
        table.energy([1.0, 4.5])
    with pytest.raises(cevns.UnknownNameError, match=re.escape("unknown choice of beyond 'zero'; known are 'hold'")):
        Tabulated([1.0], [0.1], beyond="zero")
    # the inverse looks as far as the table goes
    rising = Tabulated([1.0, 2.0], [0.1, 0.2])
    assert rising.inverse(0.4) == pytest.approx(2.0, rel=1e-12)
    with pytest.raises(cevns.InputError, match="which a recoil of 2 keV gives"):
        rising.inverse(0.5)
    assert Tabulated([1.0, 2.0], [0.1, 0.2], beyond="hold").inverse(0.5) == pytest.approx(2.5, rel=1e-12)


def test_a_file_of_several_columns_asks_which(tmp_path):
    path = tmp_path / "two.txt"
    path.write_text("1 0.1 0.2\n2 0.2 0.3\n", encoding="utf-8")
    with pytest.raises(
        cevns.InputError,
        match=re.escape("two.txt, line 1: there are 3 columns, 0 to 2: say with column= which holds the factor"),
    ):
        Tabulated.from_file(path)
    path.write_text("T Fef YBe\n1 0.1 0.2\n2 0.2 0.3\n", encoding="utf-8")
    with pytest.raises(cevns.InputError, match=re.escape("3 columns, 0 'T', 1 'Fef', 2 'YBe': say with column=")):
        Tabulated.from_file(path)
    assert Tabulated.from_file(path, "YBe").factors == (0.2, 0.3) == Tabulated.from_file(path, 2).factors
    path.write_text("1 0.1\n2 0.2\n", encoding="utf-8")
    assert Tabulated.from_file(path).factors == (0.1, 0.2)


def test_models_name_their_elements_and_refuse_others():
    named = {type(qf).__name__: qf.elements for qf, _ in MODELS}
    assert named["LArCoherent"] == ("Ar",)
    assert named["CsICoherent"] == ("Cs", "I")
    assert named["NestXenon"] == ("Xe",)
    assert named["Sarkis"] == ("Si", "Ge")
    assert {named[name] for name in ("Lindhard", "Constant", "Linear", "Polynomial", "Identity", "Tabulated")} == {()}
    table = Tabulated([1.0, 2.0], [0.1, 0.2], elements="Ge")
    assert table == Tabulated.from_energy([1.0, 2.0], [0.1, 0.4], elements=("Ge",))
    assert table.energy(1.0, "74Ge") == table.energy(1.0) == 0.1
    for qf in (table, Function(half_factor, elements=("Ge", "Si")), LArCoherent(), CsICoherent()):
        with pytest.raises(cevns.UnsupportedError, match=f"is for {' and '.join(qf.elements)} "):
            qf.energy(1.0, "132Xe")
    with pytest.raises(cevns.UnknownNameError, match="unknown element 'Gee'"):
        Tabulated([1.0], [0.1], elements=["Gee"])


def test_a_table_of_energies_is_one_of_factors():
    T = np.array([0.0, 1.0, 2.0, 4.0])
    table = Tabulated.from_energy(T, 0.1 * T + 0.01 * T**2)
    assert table.factors == pytest.approx((0.11, 0.11, 0.12, 0.14))
    assert table.energy(2.0) == pytest.approx(0.24)


def test_a_file_may_have_a_header_and_hold_energies(tmp_path):
    path = tmp_path / "light.csv"
    path.write_text("# mine\nrecoil,qf,energy\n0.5,0.1,0.05\n1.0,0.2,0.2\n", encoding="utf-8")
    assert Tabulated.from_file(path, "qf") == Tabulated([0.5, 1.0], [0.1, 0.2])
    assert Tabulated.from_file(path, 1) == Tabulated.from_file(path, "energy", quantity="energy")


@pytest.mark.parametrize(
    ("text", "arguments", "message"),
    [
        ("1 20\n2 25\n", {}, "factors must be >= 0 and <= 1 (got 25): perhaps in percent"),
        (
            "1 200\n2 400\n",
            {"quantity": "energy"},
            "must not be above the recoil energy (got up to 200 times it): perhaps one is in eV",
        ),
        (
            "1000 0.2\n2000 0.4\n",
            {"quantity": "energy"},
            "quenching factors are all below 0.001: perhaps an energy is in another",
        ),
        ("1 0.1\n1 0.2\n", {}, "line 2: recoil energies must increase (got 1, then 1 keV)"),
        ("-1 0.1\n1 0.2\n", {}, "recoil_energy must be >= 0 keV and finite (got -1 at index 0)"),
        ("1 -0.1\n", {}, "factors must be >= 0 and finite (got -0.1 at index 0)"),
        ("1 0.1 x\n", {"column": 2}, "line 1: 'x' is not a number"),
        ("1 0.1\n", {"column": 2}, "column must be an integer >= 1 and <= 1 of"),
        ("1 0.1\n", {"column": 0}, "(got 0)"),
        ("1 0.1\n", {"column": 1.5}, "(got 1.5)"),
        ("T qf\n1 0.1\n", {"column": "QF"}, "'QF'"),
    ],
)
def test_files_that_hold_no_factors_are_refused(tmp_path, text, arguments, message):
    path = tmp_path / "table.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(cevns.CevnsError, match=re.escape(message)) as caught:
        Tabulated.from_file(path, **arguments)
    assert str(path) in str(caught.value)


# ---- a binding energy ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("nuclide", "Z", "k", "binding"), [("28Si", 14, 0.161, 0.15), ("74Ge", 32, 0.162, 0.02)])
def test_the_table_with_a_binding_energy_solves_the_integral_equation(nuclide, Z, k, binding):
    """Against finite differences on 200 points; their error is largest just above the cut-off and falls with the step."""
    T = binding * np.array([2.1, 2.5, 4.0, 15.0, 50.0, 150.0])
    np.testing.assert_allclose(Sarkis().factor(T, nuclide), reference.bound_factor(T, Z, k, binding, 200), rtol=4e-3)


@pytest.mark.parametrize(("nuclide", "binding"), [("28Si", 0.15), ("30Si", 0.15), ("70Ge", 0.02), ("74Ge", 0.02)])
def test_nothing_is_ionised_below_twice_the_binding_energy(nuclide, binding):
    sarkis = Sarkis()
    np.testing.assert_array_equal(sarkis.factor([0.0, binding, 1.999 * binding, 2 * binding], nuclide), 0.0)
    assert sarkis.factor(2.01 * binding, nuclide) > 0.0
    assert sarkis.inverse(0.0, nuclide) == pytest.approx(2 * binding, rel=1e-12)


def test_without_binding_energy_the_equation_gives_lindhards_formula():
    """To the 5 % of that formula, which is itself a fit to the solution; straggling is not in it."""
    T = np.geomspace(0.4, 20.0, 8)
    factor = reference.bound_factor(T, 14, 0.161, 1e-6, 300, straggling=0.0)
    np.testing.assert_allclose(factor, Lindhard(k=0.161).factor(T, "28Si"), rtol=0.05)


def test_a_binding_energy_lowers_lindhards_factor_and_matters_less_and_less():
    T = np.geomspace(0.5, 20.0, 30)
    for nuclide, k in (("28Si", 0.161), ("74Ge", 0.162)):
        ratio = Sarkis().factor(T, nuclide) / Lindhard(k=k).factor(T, nuclide)
        assert (ratio < 1).all()
        assert (np.diff(ratio) > 0).all()


def test_the_energy_that_goes_to_electrons_rises_no_faster_than_the_recoil():
    """0 ≤ ν̄′ ≤ 1, the condition that singles out the solution."""
    for nuclide in ("28Si", "74Ge"):
        T = np.geomspace(0.01, 1000.0, 2000)
        slope = np.diff(Sarkis().energy(T, nuclide)) / np.diff(T)
        assert ((slope >= 0) & (slope <= 1)).all()


def test_the_table_is_what_its_script_makes():
    build = pytest.importorskip("cevns.data.build_sarkis")
    T = np.array([0.35, 1.0, 10.0])
    exact = build.factors(14, 0.161, 0.15, T, panels=120)
    np.testing.assert_allclose(Sarkis().factor(T, "28Si"), exact, rtol=7e-4)  # straight lines


# ---- the way back --------------------------------------------------------------------------------------------------------


@each_model
def test_the_inverse_undoes_the_energy(qf, nuclide):
    T = np.geomspace(1e-3, 1e3, 500)
    E = qf.energy(T, nuclide)
    falling = qf._falls(qf._nuclide(nuclide))
    if falling:
        T = T[falling[0][0] > T]
        E = qf.energy(T, nuclide)
        back = qf.inverse(E, nuclide, maximum=falling[0][0])
    else:
        back = qf.inverse(E, nuclide)
    seen = E > 0
    assert seen.sum() > 100
    # E = T QF - q loses the digits of T QF/E where they nearly cancel: there as well as energies can be told apart
    np.testing.assert_allclose(qf.energy(back[seen], nuclide), E[seen], rtol=4e-14, atol=1e-16)
    far = np.greater(E / T, 1e-2 * qf.factor(100.0, nuclide))
    np.testing.assert_allclose(back[far], T[far], rtol=1e-12)
    assert (back[~seen] >= T[~seen]).all()  # the largest that gives nothing


@each_model
def test_the_inverse_of_nothing_is_where_energies_begin(qf, nuclide):
    edge = qf.inverse(0.0, nuclide, maximum=1.0)
    assert qf.energy(edge, nuclide) == pytest.approx(0.0, abs=1e-15)
    assert qf.energy(1.001 * edge + 1e-3, nuclide) > 0.0


def test_the_inverse_says_where_there_is_none():
    line = Linear(0.5, -0.0025)  # E = T/2 - T²/400 keV: up to 100 keV, back to 0 at 200 keV
    with pytest.raises(
        cevns.InputError, match=re.escape("falls with the recoil energy from 100 to 200 keV: it has no inverse; below 100")
    ):
        line.inverse(10.0)
    assert line.inverse(24.0, maximum=100.0) == pytest.approx(80.0, rel=1e-12)
    with pytest.raises(cevns.InputError, match=re.escape("from 2.2 to 4 keV")):  # 0.55 T - T²/8 between 2 and 4 keV
        Tabulated([1.0, 2.0, 4.0], [0.3, 0.3, 0.05]).inverse(0.1)
    with pytest.raises(cevns.InputError, match=re.escape("from 50 to 60 keV")):  # 0.2 x - 2 x²
        Polynomial((0.2, -2.0), hold=60.0).inverse(1.0)
    with pytest.raises(cevns.InputError, match=re.escape("from 10 to")):  # the search looks at 10 keV, the true maximum
        Function(lambda T: np.exp(-T / 10.0)).inverse(1.0)


def test_a_factor_that_falls_slowly_enough_has_an_inverse():
    table = Tabulated([1.0, 2.0], [0.3, 0.2])  # E = 0.4 T - 0.1 T², rising to T = 2
    assert table.inverse(0.375) == pytest.approx(1.5, rel=1e-13)


@each_model
def test_the_inverse_finds_the_smallest_energies(qf, nuclide):
    """Lindhard's energies go as T^1.15: down to recoils of 1e-200 keV, where none is left to measure, the way back holds."""
    T = np.array([1e-200, 1e-50, 1e-9])
    E = qf.energy(T, nuclide)
    seen = E > 1e-300
    np.testing.assert_allclose(qf.inverse(E[seen], nuclide), T[seen], rtol=1e-12)


def test_inverses_of_many_values_are_those_of_each():
    E = np.random.default_rng(1).uniform(0.0, 5.0, 40)
    together = CsICoherent().inverse(E)
    np.testing.assert_array_equal(together, [CsICoherent().inverse(each) for each in E])


# ---- objects -------------------------------------------------------------------------------------------------------------


@each_model
def test_models_are_values(qf, nuclide):
    with pytest.raises(dataclasses.FrozenInstanceError):
        qf.unit = "keV"
    same = pickle.loads(pickle.dumps(qf))
    assert same == qf
    assert hash(same) == hash(qf)
    if not isinstance(qf, Function):  # a function has no expression that rebuilds it
        assert eval(repr(qf), vars(quenching) | {"inf": np.inf}) == qf
    assert same.energy(3.0, nuclide) == qf.energy(3.0, nuclide)


def test_reprs_show_what_is_not_default():
    assert repr(Lindhard(k=0.162)) == "Lindhard(k=0.162)"
    assert repr(CsICoherent()) == "CsICoherent()"
    assert repr(NestXenon(81)) == "NestXenon(field=81.0)"
    assert repr(Tabulated(np.array([1, 2]), [0.1, 0.2])) == "Tabulated(recoil_energy=(1.0, 2.0), factors=(0.1, 0.2))"


def test_all_names_are_there_and_each_model_can_be_quoted():
    assert set(quenching.__all__) <= set(dir(quenching))
    for name in quenching.__all__:
        assert issubclass(getattr(quenching, name), quenching.Quenching)
    with pytest.raises(AttributeError, match="Birks"):
        quenching.Birks  # noqa: B018
    for qf, _ in MODELS:
        assert cite(qf).keys[0] == "cevns"
    assert {"Lindhard1963", "LewinSmith1996"} <= set(cite(Lindhard()).keys)
    assert "Sarkis2020" in cite(Sarkis()).keys
    assert "COHERENT2022Quenching" in cite(CsICoherent()).keys
    assert "COHERENT2021" in cite(LArCoherent()).keys
    assert "Szydagis2024" in cite(NestXenon(100.0)).keys
    assert cite(Constant(0.1)).keys == ("cevns",)
    assert "COHERENT2017" in cite(Constant(0.0878)).keys
    assert "Bonhomme2022" in cite(Lindhard(k=0.162)).keys


# ---- wrong input ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Constant(0.0), "value must be > 0 and <= 1e+06 (got 0)"),
        (lambda: Constant(8.78), "value must be >= 0 and <= 1 (got 8.78): perhaps in percent"),
        (lambda: Constant(0.1, unit="PE"), "unknown unit 'PE'"),
        (lambda: Linear(1.5), "constant must be >= 0 and <= 1 (got 1.5)"),
        (lambda: Linear(0.2, np.nan), "slope must be >= -1000 and <= 1000 1/keV (got nan)"),
        (lambda: Polynomial(()), "coefficients must be a sequence of numbers, at least one"),
        (lambda: Polynomial((0.1,), hold=0.0), "hold must be > 0 keV (got 0)"),
        (lambda: Polynomial((0.1, -2.0)), "coefficients must keep QF >= 0 and <= 1 up to 1000 keV (got -0.002 at 51 keV)"),
        (lambda: CsICoherent(model_0=4.0), "model_0 must be >= -3 and <= 3 (got 4)"),
        (lambda: Lindhard(k=0.0), "k must be > 0 and <= 100 (got 0)"),
        (lambda: Lindhard(q=np.inf), "q must be >= -1000 and <= 1000 keV (got inf)"),
        (lambda: Lindhard(cutoff=-0.1), "cutoff must be >= 0 and <= 10000 keV (got -0.1)"),
        (lambda: Tabulated([1.0, 1.0], [0.1, 0.1]), "recoil_energy must increase (got 1 keV at index 0, then 1 keV)"),
        (lambda: Tabulated([], []), "recoil_energy must be a sequence of energies, at least one (got an array of shape (0,))"),
        (lambda: Tabulated([1.0], [0.1, 0.2]), "factors must have as many values as recoil_energy (got shapes (2,) and (1,))"),
        (lambda: Tabulated([1.0], [20.0]), "factors must be >= 0 and <= 1 (got 20): perhaps in percent"),
        (lambda: Tabulated.from_energy([0.0, 1.0], [0.1, 0.1]), "energy must be 0 at a recoil energy of 0 (got 0.1)"),
        (lambda: Tabulated.from_energy([0.0], [0.0]), "recoil_energy must hold a value > 0 keV (got 0 alone)"),
        (lambda: Tabulated.from_energy([1.0], [0.0, 1.0]), "energy must have as many values as recoil_energy"),
        (lambda: Function(0.2), "function must be callable (got 0.2)"),
        (lambda: Function(Unhashable()), "function must be hashable"),
        (lambda: Function(half_factor, quantity="light"), "unknown quantity 'light'"),
        (lambda: NestXenon(0.0), "field must be >= 1 and <= 1e+06 V/cm (got 0)"),
        (lambda: NestXenon(100.0, density=0.0), "density must be >= 0.1 and <= 10 g/cm³ (got 0)"),
        (lambda: NestXenon(100.0, unit="keV"), "unknown unit 'keV'"),
    ],
)
def test_wrong_models_are_refused(make, message):
    with pytest.raises(cevns.CevnsError, match=re.escape(message)):
        make()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: CsICoherent().energy(-1.0), "recoil_energy must be >= 0 keV and finite (got -1)"),
        (lambda: CsICoherent().factor([1.0, np.nan]), "recoil_energy must be >= 0 keV and finite (got nan at index 1)"),
        (lambda: NestXenon(100.0).photons(-1.0), "recoil_energy must be >= 0 keV and finite (got -1)"),
        (lambda: Lindhard().energy(1.0), "Lindhard depends on the nuclide that recoils: give nuclide (got None)"),
        (lambda: Sarkis().energy(1.0), "Sarkis depends on the nuclide that recoils: give nuclide (got None)"),
        (lambda: Function(by_nuclide, needs_nuclide=True).inverse(1.0), "Function depends on the nuclide that recoils"),
        (lambda: Lindhard().energy(1.0, 74), "nuclide must be a cevns.Nuclide or its name (got 74)"),
        (lambda: Lindhard().energy(1.0, "Ge"), "'Ge'"),
        (lambda: Sarkis().energy(1.0, "40Ar"), "Sarkis is for Si and Ge (got 40Ar)"),
        (lambda: NestXenon(100.0).energy(1.0, "40Ar"), "NestXenon is for Xe (got 40Ar)"),
        (lambda: Function(lambda T: 2.0 * T).energy(3.0), "the function's factor must be >= 0 and <= 1 (got 6)"),
        (lambda: Function(lambda T: -T).energy(3.0), "the function's factor must be >= 0 and finite (got -3 at index 0)"),
        (lambda: Function(lambda T: T[:1]).energy([3.0, 4.0]), "the function must return as many values as it takes"),
        (lambda: Constant(0.1).inverse(-1.0), "energy must be >= 0 and <= 1000 keV_ee"),
        (
            lambda: Constant(0.1).inverse(2.0, maximum=10.0),
            "energy must be >= 0 and <= 1 keV_ee, which a recoil of 10 keV gives (got 2)",
        ),
        (lambda: Constant(0.1).inverse(2.0, maximum=1e6), "maximum must be > 0 and <= 10000 keV (got 1e+06)"),
    ],
)
def test_wrong_arguments_are_refused(call, message):
    with pytest.raises(cevns.CevnsError, match=re.escape(message)):
        call()
