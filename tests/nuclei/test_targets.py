"""Targets: formulas, isotopes and mixtures become nuclei per kilogram."""

import copy
import itertools
import pickle
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cevns.constants import AVOGADRO
from cevns.errors import InputError, UnknownNameError, UnsupportedError
from cevns.nuclei.nuclides import Nuclide, isotopes, names
from cevns.nuclei.targets import Target

FORMULAS = ["Xe", "CsI", "CaWO4", "C3F8", "(CH3)2CO", "Hg1.5Te", "NaI", "LiF", "D2O", "Al2O3", "Bi4Ge3O12", "H2O"]


def composition(target):
    """Name → nuclei per kilogram."""
    return {nuclide.name: number for nuclide, number in target.components}


@pytest.mark.parametrize("formula", FORMULAS)
def test_the_nuclei_of_a_kilogram_with_their_electrons_weigh_a_kilogram(formula):
    target = Target(formula)
    grams = sum(number * nuclide.atomic_mass / AVOGADRO for nuclide, number in target.components)
    assert grams == pytest.approx(1000, rel=1e-14)  # rounding only


@pytest.mark.parametrize(
    ("formula", "molar_mass", "tolerance"),
    [
        # CIAAW standard atomic weights 2021, with their uncertainties; abundances are known less well than those weights.
        ("CsI", 259.80993, 2e-5),
        ("Ar", 39.948, 3e-4),
        ("Xe", 131.293, 6e-3),
        ("Ge", 72.630, 8e-3),
        ("H2O", 18.015, 1e-3),
        ("CaWO4", 287.91, 3e-2),
        ("C3F8", 188.02, 1e-2),
        ("Si", 28.085, 1e-3),
        ("Pb", 207.2, 1.1e-1),
    ],
)
def test_molar_mass_is_the_sum_of_standard_atomic_weights(formula, molar_mass, tolerance):
    assert Target(formula).molar_mass == pytest.approx(molar_mass, abs=tolerance)


def test_cesium_iodide_has_as_many_cesium_as_iodine_nuclei():
    target = Target("CsI")
    assert [nuclide.name for nuclide, _ in target.components] == ["133Cs", "127I"]
    assert len(set(composition(target).values())) == 1
    assert composition(target)["133Cs"] == pytest.approx(1000 * AVOGADRO / target.molar_mass, rel=1e-15)


def test_an_element_is_its_isotopes_by_abundance():
    target = Target("Xe")
    assert [nuclide for nuclide, _ in target.components] == list(isotopes("Xe"))
    total = sum(number for _, number in target.components)
    for nuclide, number in target.components:
        assert number / total == pytest.approx(nuclide.abundance, rel=1e-14)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ca(WO4)", "CaWO4"),
        ("CaWO₄", "CaWO4"),
        (" CsI ", "CsI"),
        ("[Cs{I}]", "CsI"),
        ("Cs1I1.0", "CsI"),
        ("C(F2)4C2", "C3F8"),
        ("(CH3)2CO", "C3H6O"),
        ("((Xe))", "Xe"),
        ("NaCl.5Cl0.5", "NaCl"),
    ],
)
def test_formulas_of_one_substance_are_one_target(one, other):
    assert Target(one) == Target(other)
    assert hash(Target(one)) == hash(Target(other))


def test_formulas_that_differ_by_a_factor_are_the_same_nuclei_of_another_mole():
    one, two = Target("CsI"), Target("Cs2I2")
    assert composition(two) == pytest.approx(composition(one), rel=1e-15)
    assert two.molar_mass == pytest.approx(2 * one.molar_mass, rel=1e-15)
    assert one != two


@pytest.mark.parametrize(
    ("formula", "host", "symbol"),
    [
        ("NaI(Tl)", "NaI", "Tl"), ("CsI(Tl)", "CsI", "Tl"), ("CsI[Na]", "CsI", "Na"), ("CsI{Na}", "CsI", "Na"),
        ("LaBr3(Ce)", "LaBr3", "Ce"), ("ZnS(Ag)", "ZnS", "Ag"), ("CaF2(Eu)", "CaF2", "Eu"), ("LiI(Eu)", "LiI", "Eu"),
        ("Cs2LiYCl6(Ce)", "Cs2LiYCl6", "Ce"), ("Gd3Al2Ga3O12(Ce)", "Gd3Al2Ga3O12", "Ce"), ("Ge(Li)", "Ge", "Li"),
        ("CsI((Tl))", "CsI", "Tl"), ("NaI (Tl)", "NaI", "Tl"), ("NaI:Tl", "NaI", "Tl"),
        ("NaI·Tl", "NaI", "Tl"), ("ZnS·Ag", "ZnS", "Ag"), ("NaI·(Tl)", "NaI", "Tl"), ("NaI*Tl", "NaI", "Tl"),
    ],
)  # fmt: skip
def test_a_dopant_is_no_atom_of_each_formula_unit(formula, host, symbol):
    with pytest.raises(InputError) as raised:
        Target(formula)
    assert f"{symbol} at the end of formula {formula!r} is a dopant: leave it out, {host!r}, or give" in str(raised.value)
    assert f"'{host}({symbol})0.001'" in str(raised.value)
    # both ways out are read, and differ by what was given
    with_dopant = Target(f"{host}({symbol})0.001")
    expected = Target(host).molar_mass + 1e-3 * Target(symbol).molar_mass
    assert with_dopant.molar_mass == pytest.approx(expected, rel=1e-13)
    with pytest.raises(InputError, match="is a dopant"):
        Target({formula: 1.0})


@pytest.mark.parametrize(
    ("formula", "other"),
    [("Ca(WO4)", "CaWO4"), ("(CH3)2CO", "C3H6O"), ("Ba(F)2", "BaF2"), ("(Xe)", "Xe"), ("K2[PtCl6]", "K2PtCl6"), ("Bi4(Ge)3O12",
     "Bi4Ge3O12"), ("NaI(Tl)1", "NaITl"), ("(Na)I", "NaI"), ("Pb(W)O4", "PbWO4")],
)  # fmt: skip
def test_other_brackets_are_parts_of_the_formula(formula, other):
    assert Target(formula) == Target(other)


@pytest.mark.parametrize(
    ("formula", "meant", "apart"),
    [
        ("CDWO4", "CdWO4", "C1D1W1O4"), ("CDI2", "CdI2", "C1D1I2"),
        ("CSI", "CsI", "C1S1I"), ("SI", "Si", "S1I"), ("SIO2", "SiO2", "S1I1O2"), ("PBWO4", "PbWO4", "P1B1W1O4"),
        ("INSB", "InSb", None), ("CSF", "CsF", "C1S1F"), ("CU", "Cu", "C1U"), ("SNO2", "SnO2", "S1N1O2"),
    ],
)  # fmt: skip
def test_capitals_that_could_be_one_element_ask_what_is_meant(formula, meant, apart):
    with pytest.raises(InputError) as raised:
        Target(formula)
    if apart is None:
        assert "is ambiguous" in str(raised.value)
        return
    assert str(raised.value) == f"formula {formula!r} is ambiguous: write {meant!r}, or {apart!r} for elements of one letter"
    assert Target(meant) != Target(apart)


@pytest.mark.parametrize(
    "formula", ["CO2", "HF", "NO", "CS2", "OCS", "HCN", "H2SO4", "POF3", "CF4", "C2HF5", "UO2", "BN", "KI"]
)
def test_molecules_of_one_letter_elements_are_read_as_they_stand(formula):
    symbols = {nuclide.symbol for nuclide, _ in Target(formula).components}
    assert symbols == set(filter(str.isalpha, formula))


def test_cobalt_with_a_count_asks_for_carbon_dioxide():
    with pytest.raises(InputError, match=r"'Co2' is ambiguous: write 'CO2', or 'Co' for the element"):
        Target("Co2")


@pytest.mark.parametrize(
    ("formula", "isotope", "atoms"),
    [("Li6F", "6Li", "(Li)6"), ("Li7I", "7Li", "(Li)7"), ("Na23I", "23Na", "(Na)23"), ("Cd116WO4", "116Cd", "(Cd)116"),
     ("CaMo100O4", "100Mo", "(Mo)100"), ("B10F3", "10B", "(B)10"), ("Ge76O2", "76Ge", "(Ge)76")],
)  # fmt: skip
def test_a_count_that_is_a_mass_number_asks_what_is_meant(formula, isotope, atoms):
    with pytest.raises(InputError) as raised:
        Target(formula)
    assert f"for the isotope give amounts by mole, such as {{'{isotope}': 1, …}}" in str(raised.value)
    assert f"write '{atoms}'" in str(raised.value)
    Target(formula.replace(atoms[1:].replace(")", ""), atoms))
    assert isotope in composition(Target({isotope: 1, "F": 1}))


@pytest.mark.parametrize("formula", ["C12H22O11", "C14H10", "U3O8", "H2O", "H3BO3", "Bi4Ge3O12", "C10F18", "Al2O3", "D2O"])
def test_counts_of_molecules_are_counts(formula):
    assert Target(formula).molar_mass > 0


@pytest.mark.parametrize(
    ("formula", "salt", "waters"),
    [
        ("Gd2(SO4)3·8H2O", "Gd2(SO4)3", 8), ("Gd2(SO4)3*8H2O", "Gd2(SO4)3", 8), ("Gd2(SO4)3.8H2O", "Gd2(SO4)3", 8),
        ("Gd₂(SO₄)₃·8H₂O", "Gd2(SO4)3", 8), ("Gd2(SO4)3 • 8 H2O", "Gd2(SO4)3", 8), ("CaSO4.2H2O", "CaSO4", 2),
        ("CuSO4⋅5H2O", "CuSO4", 5), ("CaSO4·0.5H2O", "CaSO4", 0.5), ("CaSO4.0.5H2O", "CaSO4", 0.5),
        ("CaSO4·.5H2O", "CaSO4", 0.5), ("LiOH.H2O", "LiOH", 1), ("MgCl2.6H2O", "MgCl2", 6),
        ("Na2CO3.10H2O", "Na2CO3", 10), ("KMgCl3·6H2O", "KMgCl3", 6),
        ("KCl·MgCl2·6H2O", "KMgCl3", 6), ("2NaCl·H2O", "Na2Cl2", 1),
    ],
)  # fmt: skip
def test_water_of_crystallisation_belongs_to_the_formula(formula, salt, waters):
    expected = Target(salt).molar_mass + waters * Target("H2O").molar_mass
    assert Target(formula).molar_mass == pytest.approx(expected, rel=1e-13)
    parts = composition(Target({salt: 1, "H2O": waters}))
    assert composition(Target(formula)) == pytest.approx(parts, rel=1e-13)


def test_heavy_water_of_crystallisation_is_read_too():
    assert "2H" in composition(Target("CuSO4.5D2O"))


def test_cobalt_is_not_carbon_monoxide():
    assert set(composition(Target("Co"))) == {"59Co"}
    assert set(composition(Target("CO"))) == {"12C", "13C", "16O", "17O", "18O"}


def test_heavy_water_holds_deuterium():
    target = Target("D2O")
    assert [nuclide.name for nuclide, _ in target.components] == ["2H", "16O", "17O", "18O"]
    assert target.molar_mass == pytest.approx(20.0276, abs=1e-3)
    assert [nuclide.name for nuclide, _ in Target("T2").components] == ["3H"]
    assert [nuclide.name for nuclide, _ in Target("H2").components] == ["1H", "2H"]


@pytest.mark.parametrize(
    "name", ["76Ge", "Ge-76", "ge-76", "⁷⁶Ge", Nuclide("76Ge"), Target("76Ge"), {"76Ge": 1}, {"76Ge": 7.5}]
)
def test_a_nuclide_alone_is_a_pure_target(name):
    target = Target(name)
    assert [nuclide for nuclide, _ in target.components] == [Nuclide("76Ge")]
    assert target.molar_mass == pytest.approx(75.921402725, rel=1e-14)
    assert target == Target("76Ge")


def test_enriched_germanium_is_a_mixture_by_mole():
    target = Target({"76Ge": 0.9, "74Ge": 0.1})
    numbers = composition(target)
    assert list(numbers) == ["76Ge", "74Ge"]
    assert numbers["76Ge"] / numbers["74Ge"] == pytest.approx(9, rel=1e-14)
    assert target.molar_mass == pytest.approx(0.9 * 75.921402725 + 0.1 * 73.92117776, rel=1e-14)


@given(
    st.lists(st.tuples(st.sampled_from(FORMULAS), st.floats(0.01, 100)), min_size=1, max_size=4, unique_by=lambda pair: pair[0])
)
def test_a_mixture_is_the_sum_of_its_parts(parts):
    mixture = Target(dict(parts))
    total = sum(amount for _, amount in parts)
    assert mixture.molar_mass == pytest.approx(sum(amount * Target(f).molar_mass for f, amount in parts) / total, rel=1e-13)
    mass = sum(amount * Target(formula).molar_mass for formula, amount in parts)
    expected: dict[str, float] = {}
    for formula, amount in parts:
        for name, number in composition(Target(formula)).items():
            expected[name] = expected.get(name, 0.0) + number * amount * Target(formula).molar_mass / mass
    assert composition(mixture) == pytest.approx(expected, rel=1e-13)


def test_amounts_are_relative():
    assert composition(Target({"Cs": 1, "I": 1})) == pytest.approx(composition(Target("CsI")), rel=1e-15)
    assert composition(Target({"Ar": 3, "Xe": 1})) == pytest.approx(composition(Target({"Ar": 0.75, "Xe": 0.25})), rel=1e-15)
    assert Target({"H2O": 1}) == Target("H2O")


def test_keys_of_a_mixture_may_be_names_nuclides_and_targets():
    expected = composition(Target({"76Ge": 0.5, "CsI": 0.5}))
    assert composition(Target({Nuclide("76Ge"): 1, Target("CsI"): 1})) == pytest.approx(expected, rel=1e-15)


def test_a_nuclide_of_a_mixture_appears_once():
    target = Target({"Xe": 0.5, "136Xe": 0.5})
    assert len(target.components) == 9
    assert list(composition(target)) == [isotope.name for isotope in isotopes("Xe")]


def test_a_changed_nuclide_stays_apart_from_the_one_of_the_table():
    wide = replace(Nuclide("133Cs"), charge_radius=5.0)
    target = Target({wide: 1, "133Cs": 1})
    assert [nuclide for nuclide, _ in target.components] == [wide, Nuclide("133Cs")]


def test_a_changed_mass_changes_the_nuclei_per_kilogram():
    cesium = Nuclide("133Cs")
    heavier = replace(cesium, mass=1.01 * cesium.mass)
    # One per cent more of the nucleus, but the same electrons: 55 of them are 2.3e-4 of the atom.
    assert Target(heavier).molar_mass / Target(cesium).molar_mass == pytest.approx(1.01, rel=3e-6)
    assert Target(heavier).components[0][1] == pytest.approx(1000 * AVOGADRO / Target(heavier).molar_mass, rel=1e-15)


def test_a_part_without_amount_is_left_out():
    assert Target({"76Ge": 1, "74Ge": 0}) == Target("76Ge")


@pytest.mark.parametrize(
    "what",
    [*FORMULAS, "76Ge", {"76Ge": 0.9, "74Ge": 0.1}, {Nuclide("76Ge"): 1.0, Target("CsI"): 2.0},
     replace(Nuclide("133Cs"), charge_radius=4.9)],
    ids=repr,
)  # fmt: skip
def test_repr_pickle_and_copy_rebuild_a_target(what):
    target = Target(what)
    for other in (
        eval(repr(target)),
        pickle.loads(pickle.dumps(target)),
        copy.deepcopy(target),
        copy.copy(target),
        Target(target),
    ):
        assert other == target
        assert hash(other) == hash(target)
        assert repr(other) == repr(target)
    assert repr(target) == f"Target({what!r})"


def test_a_target_is_immutable_and_keeps_no_hold_of_its_input():
    mixture = {"76Ge": 0.9, "74Ge": 0.1}
    target = Target(mixture)
    text = repr(target)
    mixture["Xe"] = 1.0
    assert repr(target) == text
    for attribute in ("components", "molar_mass", "other", "_hash"):
        with pytest.raises(AttributeError, match="a Target is immutable"):
            setattr(target, attribute, 1.0)
    with pytest.raises(AttributeError, match="a Target is immutable"):
        del target._hash


def test_targets_are_equal_only_to_targets():
    assert Target("CsI") != "CsI"
    assert Target("CsI") != Target("NaI")
    assert len({Target("CsI"), Target("Cs(I)1"), Target("NaI")}) == 2


@pytest.mark.parametrize(
    ("formula", "error", "message"),
    [
        ("", InputError, "formula must not be empty (got '')"),
        ("  ", InputError, "formula must not be empty (got '')"),
        ("Cs(I", InputError, "unclosed '(' at position 3 of formula 'Cs(I'"),
        ("CsI)", InputError, "unmatched ')' at position 4 of formula 'CsI)'"),
        ("Cs(I]", InputError, "unmatched ']' at position 5 of formula 'Cs(I]'"),
        ("Cs()", InputError, "empty brackets at position 4 of formula 'Cs()'"),
        ("C0", InputError, "the count at position 2 of formula 'C0' must be > 0 and finite (got 0)"),
        ("C" + "9" * 400, InputError, "the count at position 2 of formula 'C9"),
        ("CsI-", InputError, "unexpected '-' at position 4 of formula 'CsI-'"),
        ("csi", InputError, "unexpected 'c' at position 1 of formula 'csi'; symbols of elements begin with a capital letter"),
        ("(2H)", InputError, "unexpected '2' at position 2 of formula '(2H)'"),
        ("Xx", UnknownNameError, "unknown element 'Xx' at position 1 of formula 'Xx'; elements that begin with 'X': Xe"),
        ("CsQq2", UnknownNameError, "unknown element 'Qq' at position 3 of formula 'CsQq2'"),
        ("Cs-1", UnknownNameError, "unknown nuclide 'Cs-1'; known isotopes of Cs: 133Cs"),
        ("75Ge", UnknownNameError, "unknown nuclide '75Ge'; known isotopes of Ge: 70Ge, 72Ge, 73Ge, 74Ge, 76Ge"),
        ("Ge76", InputError, "formula 'Ge76' is ambiguous: write '76Ge' for the isotope, 'Ge' for the element"),
        ("CaSO4.1.5H2O", InputError, "formula 'CaSO4.1.5H2O' is ambiguous: write '·' or '*' before water of crystallisation"),
        ("CuSO4·", InputError, "'' in formula 'CuSO4·' is no part of a compound such as '8H2O'"),
        ("CuSO4·0H2O", InputError, "'0H2O' in formula 'CuSO4·0H2O' is no part of a compound such as '8H2O'"),
        ("CuSO4·xH2O", InputError, "unexpected 'x' at position 1 of formula 'xH2O'"),
        ("LaBr3(Ce)·2H2O", InputError, "Ce at the end of formula 'LaBr3(Ce)' is a dopant"),
        ("NaI(Tl,Li)", InputError, "unexpected ',' at position 7 of formula 'NaI(Tl,Li)'"),
        ("He3", InputError, "formula 'He3' is ambiguous: write '3He' for the isotope, 'He' for the element"),
        (
            "TcO4",
            UnsupportedError,
            "Tc in formula 'TcO4' has no natural isotopes: give amounts of nuclides (known of Tc: none)",
        ),
        ("Rn", UnsupportedError, "Rn in formula 'Rn' has no natural isotopes: give amounts of nuclides (known of Rn: 222Rn)"),
    ],
)
def test_a_bad_formula_raises_and_names_the_place(formula, error, message):
    with pytest.raises(error) as raised:
        Target(formula)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("mixture", "message"),
    [
        ({}, "the amounts of a mixture must sum to > 0 and finite (got {})"),
        ({"Xe": 0.0}, "the amounts of a mixture must sum to > 0 and finite (got {'Xe': 0.0})"),
        ({"Xe": -1.0}, "amount of 'Xe' must be >= 0 mol and finite (got -1)"),
        ({"Xe": float("nan")}, "amount of 'Xe' must be >= 0 mol and finite (got nan)"),
        ({"Xe": float("inf")}, "amount of 'Xe' must be >= 0 mol and finite (got inf)"),
        ({"Xe": "much"}, "amount of 'Xe' must be a real number (got 'much')"),
        ({"Xe(": 0.0, "Ar": 1.0}, "unclosed '(' at position 3 of formula 'Xe('"),
        ({54: 1.0}, "a target is made of a formula, a Nuclide, a Target or a mapping of these to amounts (got 54)"),
        (None, "a target is made of a formula, a Nuclide, a Target or a mapping of these to amounts (got None)"),
    ],
)
def test_a_bad_mixture_raises(mixture, message):
    with pytest.raises(InputError) as raised:
        Target(mixture)
    assert message in str(raised.value)


def test_every_known_nuclide_can_be_a_target():
    for name in names():
        ((nuclide, number),) = Target(name).components
        assert nuclide.name == name
        assert number * nuclide.atomic_mass == pytest.approx(1000 * AVOGADRO, rel=1e-14)


@given(st.text(alphabet="CsIXe()[]2.5-Oq ", max_size=12))
def test_any_text_is_a_target_or_a_clear_error(text):
    try:
        target = Target(text)
    except (InputError, UnknownNameError, UnsupportedError):
        return
    assert all(number > 0 for _, number in target.components)
    assert all(one != other for (one, _), (other, _) in itertools.combinations(target.components, 2))
