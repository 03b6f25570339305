"""The border: every argument is a real number in a physical range, in the unit that its docstring says, whoever gives it."""

import ast
import math
from datetime import UTC
from fractions import Fraction
from pathlib import Path

import astropy.units as u
import numpy as np
import pandas as pd
import pint
import pytest
from astropy.table import Column, MaskedColumn
from astropy.time import Time
from astropy.utils.masked import Masked

import cevns
from cevns import sources
from cevns._arguments import called, real_array, real_number
from cevns._units import UNITS
from cevns.errors import InputError

PACKAGE = Path(cevns.__file__).parent
pint_units = pint.UnitRegistry()


# ---- units ----


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_is_one_of_astropy(unit):
    quantity = 2.5 * UNITS[unit].size * u.Unit(UNITS[unit].spelling)
    assert real_number(quantity, "x", unit=unit) == pytest.approx(2.5, rel=1e-15)


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_is_one_of_pint(unit):
    quantity = pint_units.Quantity(2.5 * UNITS[unit].size, UNITS[unit].spelling or "dimensionless")
    assert real_number(quantity, "x", unit=unit) == pytest.approx(2.5, rel=1e-15)


@pytest.mark.parametrize("unit", UNITS)
def test_plain_numbers_are_in_the_unit_of_the_argument(unit):
    assert real_number(2.5, "x", unit=unit) == 2.5


@pytest.mark.parametrize(
    ("quantity", "unit", "value"),
    [
        (5000 * u.eV, "keV", 5.0),
        (2900 * u.MW, "GW", 2.9),
        (0.028 * u.km, "m", 28.0),
        (1e4 * u.pc, "kpc", 10.0),
        (1e-38 * u.m**2, "cm²", 1e-34),
        (1e15 * u.kg / u.m**3, "g/cm³", 1e12),
        (50 * u.percent, "", 0.5),
        (1.5 * u.solMass, "solar masses", 1.5),
        (2 * u.hour, "d", 1 / 12),
        (180 * u.deg, "rad", np.pi),
        (1 * u.Unit("1e14 cm-2 s-1 keV-1"), "cm⁻² s⁻¹ MeV⁻¹", 1e17),
        (pint_units.Quantity(2800, "cm"), "m", 28.0),
        (pint_units.Quantity(30, "percent"), "", 0.3),
        (pint_units.Quantity(1.5, "kpc"), "kpc", 1.5),
    ],
)
def test_quantities_are_converted(quantity, unit, value):
    assert real_number(quantity, "x", unit=unit) == pytest.approx(value, rel=1e-9)


def test_arrays_and_lists_of_quantities_are_converted():
    np.testing.assert_allclose(real_array([1.0, 2.0] * u.MeV, "E", unit="keV"), [1000.0, 2000.0], rtol=1e-15)
    np.testing.assert_allclose(real_array([1 * u.MeV, 2000 * u.keV, 3.0], "E", unit="MeV"), [1.0, 2.0, 3.0], rtol=1e-15)
    np.testing.assert_allclose(
        real_array(pint_units.Quantity([1.0, 2.0], "MeV"), "E", unit="keV"), [1000.0, 2000.0], rtol=1e-12
    )
    np.testing.assert_allclose(real_array([pint_units.Quantity(1.0, "MeV")], "E", unit="keV"), [1000.0], rtol=1e-12)


def test_conversion_leaves_the_quantity_as_it_is():
    energy = np.array([1.0, 2.0]) * u.MeV
    real_array(energy, "E", unit="keV")
    np.testing.assert_array_equal(energy.value, [1.0, 2.0])


@pytest.mark.parametrize("quantity", [5 * u.m, pint_units.Quantity(5, "m"), [1.0 * u.m], 5 * u.dimensionless_unscaled])
def test_a_quantity_that_does_not_convert_is_refused_with_the_unit_wanted(quantity):
    with pytest.raises(cevns.InputError, match=r"^threshold must be in keV, or in a unit that converts to it \(got "):
        cevns.rate(sources.sns(), "CsI", threshold=quantity)


def test_a_pure_number_has_no_unit():
    with pytest.raises(cevns.InputError, match=r"^weak_mixing_angle must be a pure number \(got 0.23 MeV\)$"):
        cevns.StandardModel(weak_mixing_angle=0.23 * u.MeV)


def test_rates_of_quantities_are_those_of_numbers():
    flux = sources.reactor(power=2.9, distance=28.0)
    assert sources.reactor(power=2900 * u.MW, distance=2800 * u.cm).total() == pytest.approx(flux.total(), rel=1e-12)
    assert cevns.rate(flux, "Ge", threshold=200 * u.eV) == pytest.approx(cevns.rate(flux, "Ge", threshold=0.2), rel=1e-12)
    assert cevns.cross_section(0.03 * u.GeV, cevns.Nuclide("40Ar")) == pytest.approx(1.5129689e-39, rel=1e-7)


def test_the_unit_of_every_argument_is_known():
    """A unit that is misspelt in a call would refuse all quantities: every literal `unit=` of the package is in the table."""
    checks = {"real_array", "real_number", "bin_edges"}
    units = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in checks:
                units |= {
                    word.value.value for word in node.keywords if word.arg == "unit" and isinstance(word.value, ast.Constant)
                }
    assert len(units) > 15  # the walk finds them
    assert units <= UNITS.keys()


# ---- ranges ----


@pytest.mark.parametrize("unit", UNITS)
def test_the_range_of_a_unit_has_a_lower_and_an_upper_end(unit):
    _, smallest, largest, _ = UNITS[unit]
    assert 0 < smallest < largest
    with pytest.raises(cevns.InputError, match=r"^x must be >= .* and <= .* \(got .*\)$"):
        real_number(np.nextafter(smallest, 0), "x", unit=unit, minimum=0.0, above=True)
    assert real_number(smallest, "x", unit=unit, minimum=0.0, above=True) == smallest
    assert real_number(largest, "x", unit=unit) == largest
    if unit:
        for value in (np.nextafter(largest, np.inf), 1e200, -1e200):
            with pytest.raises(cevns.InputError, match=r"^x must be >= -.* and <= .* \(got .*\)$"):
                real_number(value, "x", unit=unit)


def test_zero_and_infinity_stand_where_they_are_allowed():
    assert real_number(0.0, "x", unit="keV", minimum=0.0) == 0.0
    assert real_number(np.inf, "x", unit="keV", minimum=0.0, infinite=True) == np.inf
    with pytest.raises(cevns.InputError, match=r"^x must be >= 0 keV and finite \(got inf\)$"):
        real_number(np.inf, "x", unit="keV", minimum=0.0)


def test_a_message_does_not_round_the_offence_away():
    with pytest.raises(cevns.InputError, match=r"\(got 1\.0000001\)$"):
        real_number(1.0000001, "x", minimum=0.0, maximum=1.0)


# ---- what is no real number ----


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, "a truth value, True"),
        ([True, False], "a truth value"),
        (1 + 2j, "1"),
        ("5", "'5'"),
        (["5", "6"], r"\['5', '6'\]"),
        (np.array(["5"], dtype=object), "'5'"),
        (np.array([True, 1.0], dtype=object), "True"),
        (None, "None"),
        ([1.0, None], "None"),
        ([[1.0], [1.0, 2.0]], ""),
        (np.timedelta64(5, "ms"), "a time span"),
        (np.array(["2024-01-01"], dtype="datetime64[us]"), "a date"),
        (np.zeros(2, dtype=[("a", float), ("b", float)]), "a record"),
        (object(), "object"),
        ({}, "{}"),
        (pd.Series(["a", "b"]), "a"),
    ],
)
def test_what_is_no_real_number_is_refused_by_name(value, words):
    with pytest.raises(cevns.InputError, match=f"^energy must be real numbers .*{words}") as caught:
        real_array(value, "energy", unit="MeV")
    assert len(str(caught.value)) < 300


def test_integers_beyond_double_precision_are_refused():
    with pytest.raises(cevns.InputError, match=r"^energy must be finite \(got an integer of 1329 bits\)$"):
        real_array(10**400, "energy", unit="MeV")


def test_real_numbers_of_other_kinds_are_taken():
    for value in (np.float32(1.5), np.int8(2), Fraction(3, 2), 2**70, np.longdouble(1.25), np.array(1.5)):
        assert real_number(value, "x") == float(value)
    np.testing.assert_array_equal(real_array(pd.Series([1, 2, 3]), "x"), [1.0, 2.0, 3.0])
    np.testing.assert_array_equal(real_array(range(3), "x"), [0.0, 1.0, 2.0])
    np.testing.assert_array_equal(real_array(np.array([1.0, 2.0], dtype=">f8"), "x"), [1.0, 2.0])


def test_masked_values_are_refused_with_their_index():
    masked = np.ma.array([[1.0, 2.0], [3.0, 9999.0]], mask=[[0, 0], [0, 1]])
    with pytest.raises(cevns.InputError, match=r"^x must be real numbers \(the value at index 1, 1 is masked\)$"):
        real_array(masked, "x")
    np.testing.assert_array_equal(real_array(np.ma.array([1.0, 2.0]), "x"), [1.0, 2.0])  # nothing is masked


def test_what_hides_in_a_list_is_seen():
    for values, words in (
        ([True, 1.0], "a truth value"),
        ([[1.0, np.True_]], "a truth value"),
        ([np.ma.masked, 1.0], "index 0 is masked"),
        ([np.ma.array([1.0, 2.0], mask=[0, 1]), [1.0, 2.0]], "index 1 is masked"),
        (Masked([1.0, 2.0] * u.eV, mask=[0, 1]), "index 1 is masked"),
        (MaskedColumn([1.0, 2.0], unit="eV", mask=[0, 1]), "index 1 is masked"),
    ):
        with pytest.raises(cevns.InputError, match=words):
            real_array(values, "x", unit="keV")


def test_units_in_nested_lists_objects_and_columns_are_converted():
    for values in (
        [[1 * u.eV, 2 * u.eV]],
        [[pint_units.Quantity(1, "eV"), 2e-3]],
        np.array([[1 * u.eV, 2 * u.eV]], dtype=object),
        [Column([1.0, 2.0], unit="eV")],
    ):
        np.testing.assert_allclose(real_array(values, "x", unit="keV"), [[1e-3, 2e-3]], rtol=1e-12)


# ---- dates ----

DAYS = np.array(["2024-02-27", "2024-03-01", "2024-03-15"], dtype="datetime64[us]")  # a leap year: 0, 3 and 17 days
DATETIMES = DAYS.tolist()
TIMES_OF_DAY = {
    "datetime64": DAYS,
    "datetime64 in days": DAYS.astype("datetime64[D]"),
    "a list of datetime64": list(DAYS),
    "datetime": DATETIMES,
    "datetime with a time zone": [each.replace(tzinfo=UTC) for each in DATETIMES],
    "date": [each.date() for each in DATETIMES],
    "pandas index": pd.DatetimeIndex(DATETIMES),
    "pandas index with a time zone": pd.DatetimeIndex(DATETIMES, tz="Asia/Tokyo"),
    "pandas series": pd.Series(DATETIMES),
    "pandas timestamps": [pd.Timestamp(each) for each in DATETIMES],
    "astropy": Time(DAYS),
    "timedelta64": DAYS - DAYS[0],
    "timedelta": [each - DATETIMES[0] for each in DATETIMES],
    "pandas time spans": pd.TimedeltaIndex(DAYS - DAYS[0]),
    "astropy time spans": Time(DAYS, scale="tai") - Time(DAYS[0], scale="tai"),
    "quantities": [0 * u.h, 72 * u.h, 17 * u.d],
}


@pytest.mark.parametrize("edges", TIMES_OF_DAY.values(), ids=TIMES_OF_DAY)
def test_edges_of_histories_may_be_dates(edges):
    history = sources.reactor_history(edges=edges, power=[2.9, 0.0], distance=20.0)
    np.testing.assert_allclose(history.edges, [0.0, 3.0, 17.0], rtol=1e-15)
    source = sources.radioactive_history("51Cr", activity=1e16, distance=1.0, edges=edges)
    np.testing.assert_allclose(source.edges, [0.0, 3.0, 17.0], rtol=1e-15)
    by_hand = cevns.FluxHistory(edges, history.fluxes, "d")
    np.testing.assert_allclose(by_hand.edges, [0.0, 3.0, 17.0], rtol=1e-15)
    seconds = cevns.FluxHistory(edges, history.fluxes, "s")
    np.testing.assert_allclose(seconds.edges, [0.0, 3 * 86400.0, 17 * 86400.0], rtol=1e-15)


def test_the_sun_counts_dates_from_the_beginning_of_their_year():
    for edges in (DAYS, DATETIMES, Time(DAYS)):
        assert sources.solar_history(edges, components="8B").edges == (57.0, 60.0, 74.0)


@pytest.mark.parametrize(
    "edges",
    [
        np.array(["2024-01-01", "NaT"], dtype="datetime64[D]"),
        np.array(["2024-03-01", "2024-01-01"], dtype="datetime64[D]"),
        np.array([0, 1], dtype="timedelta64[Y]"),  # no year of a calendar is as long as the next
        ["2024-01-01", "2024-01-08"],
        [DATETIMES[0], DATETIMES[1].replace(tzinfo=UTC)],
        [DATETIMES[0], 5.0],
    ],
)
def test_what_is_no_list_of_dates_is_refused(edges):
    with pytest.raises(cevns.InputError, match=r"^edges of time must "):
        sources.reactor_history(edges=edges, power=[2.9], distance=20.0)


def test_times_after_a_pulse_or_a_bounce_are_no_dates():
    with pytest.raises(cevns.InputError, match=r"^edges of time must be real numbers \(got a date"):
        sources.sns().history(DAYS)
    np.testing.assert_array_equal(
        sources.sns().history(np.array([0, 500, 6000], dtype="timedelta64[ns]")).edges, [0.0, 0.5, 6.0]
    )


@pytest.mark.parametrize("value", [DAYS, DAYS - DAYS[0], DATETIMES, Time(DAYS), pd.DatetimeIndex(DAYS)])
def test_energies_are_neither_dates_nor_time_spans(value):
    with pytest.raises(cevns.InputError, match=r"^neutrino_energy must be real numbers"):
        cevns.recoil_energy_max(value, cevns.Nuclide("74Ge"))


# ---- from the left ----


@pytest.mark.parametrize(
    "factor",
    [0.5 * u.dimensionless_unscaled, 50 * u.percent, np.float64(0.5), np.array(0.5), np.float32(0.5), 0.5 * u.m / u.m],
)
def test_quantities_and_numbers_of_numpy_multiply_from_the_left(factor):
    flux = sources.sns()
    assert factor * flux == flux * 0.5
    history = sources.reactor_history(edges=[0.0, 1.0, 2.0], power=[2.9, 0.0], distance=20.0)
    assert factor * history == history * 0.5
    dark = cevns.dark_matter.DarkMatterFlux.from_table(1.0, [2.0, 3.0], [1.0, 1.0])
    assert factor * dark == dark * 0.5


def test_a_factor_with_a_unit_is_refused():
    with pytest.raises(cevns.InputError, match=r"^factor of a flux must be a pure number \(got 2.0 m\)$"):
        2.0 * u.m * sources.sns()


def test_messages_stay_short_whatever_is_passed_in():
    for call in (lambda: cevns.rate("CsI", sources.solar()), lambda: cevns.StandardModel(form_factor=sources.solar())):
        with pytest.raises(cevns.CevnsError) as caught:
            call()
        assert len(str(caught.value)) <= 300
    assert str(cevns.InputError("x" * 250 + "y" * 250 + "the end")).startswith("x" * 200)
    assert str(cevns.InputError("x" * 250 + "y" * 250 + "the end")).endswith("the end")


# ---- functions of one's own ----------------------------------------------------------------------------------------------


def test_functions_may_change_what_they_get_and_return_one_buffer_for_all_answers():
    buffer = np.empty(100_000)

    def doubled(points, more):
        points *= 2.0
        out = buffer[: points.size]
        out[:] = points + more
        return out

    points = np.linspace(0.0, 1.0, 6).reshape(2, 3)
    points.flags.writeable = False
    first = called(doubled, "it", points, 1.0)
    second = called(doubled, "it", points, 2.0)
    np.testing.assert_array_equal(first, 2 * points + 1)
    np.testing.assert_array_equal(second, 2 * points + 2)


def test_functions_that_return_one_number_mean_it_everywhere():
    np.testing.assert_array_equal(called(lambda x: 3, "it", np.zeros((2, 2))), np.full((2, 2), 3.0))


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (math.sqrt, "it must take arrays, not single numbers only"),
        (lambda x: x if x > 0 else 0.0, "it must take arrays, not single numbers only"),
        (lambda x: 1 / 0, "it raises an error .*lambda.* ZeroDivisionError"),
        (lambda x: x[:-1], "it must return as many values as it takes"),
        (lambda x: x[:, None], "it must return as many values as it takes"),
        (lambda x: None, "it must be real numbers"),
        (lambda x: x + 1j, "it must be real numbers"),
        (lambda x: np.full(x.size, np.nan), "it must be finite"),
    ],
)
def test_functions_that_are_none_of_arrays_are_named(function, said):
    with pytest.raises(InputError, match=said):
        called(function, "it", np.array([1.0, 2.0]))


def test_errors_of_cevns_in_a_function_pass():
    with pytest.raises(cevns.UnknownNameError, match="1xx"):
        called(lambda x: cevns.Nuclide("1xx").mass, "it", np.array([1.0]))


def _scaled_down(of):
    """The function, but one that works in place on what it gets."""

    def function(x, *others):
        x *= 1e-3
        return of(x * 1e3, *others)

    return function


class _Matrices:
    def __init__(self, of):
        self.of = of

    def __call__(self, energy):
        return self.of(energy)


_FLUX = cevns.sources.monochromatic(energy=30.0) + cevns.sources.flat(low=1.0, high=50.0)


def _half(energy):
    return np.broadcast_to(np.diag([0.5, 1.0, 1.0]), (energy.size, 3, 3)) * (1 - energy / 100.0)[:, None, None]


# every place where a function of one's own is called: how → what comes of it
PLACES = {
    "flux": (lambda f: cevns.rate(cevns.Flux.from_function({"nue": f}, [0.0, 50.0]), "Ar"), lambda E: np.exp(-E / 5.0)),
    "density": (lambda f: cevns.Flux.from_function({"nue": f}, [0.0, 50.0]).spectrum([3.0, 4.0]), lambda E: np.exp(-E / 5.0)),
    "quenching": (lambda f: cevns.quenching.Function(f).energy([1.0, 2.0]), lambda T: 0.1 + 0.01 * T),
    "quenching of a nuclide": (
        lambda f: cevns.quenching.Function(f, needs_nuclide=True).energy([1.0, 2.0], "40Ar"),
        lambda T, nuclide: 0.1 + 0.001 * nuclide.A * T,
    ),
    "efficiency": (lambda f: cevns.efficiency.Function(f)([1.0, 2.0]), lambda x: x / (1 + x)),
    "detector": (
        lambda f: cevns.Detector("Ar", 1.0, efficiency=cevns.efficiency.Function(f)).rate([1.0, 5.0, 9.0], _FLUX),
        lambda x: x / (1 + x),
    ),
    "oscillation": (lambda f: cevns.rate(_FLUX.oscillate(f), "Ar"), _half),
    "oscillation with breaks": (lambda f: cevns.rate(_FLUX.oscillate(_Matrices(f)), "Ar"), _half),
    "antineutrinos": (lambda f: cevns.rate((_FLUX + _FLUX.oscillate(np.eye(3), antineutrinos=f)), "Ar"), _half),
    "electrons": (
        lambda f: cevns.electrons.binned_rate([1.0, 5.0, 10.0], _FLUX, "Xe", ratio=f),
        lambda T: 1 - 0.01 * T,
    ),
    "electron rate": (lambda f: cevns.electrons.differential_rate([1.0, 5.0], _FLUX, "Xe", ratio=f), lambda T: 1 - 0.01 * T),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_function_that_works_in_place_changes_nothing_of_the_library(place):
    ask, function = PLACES[place]
    np.testing.assert_allclose(ask(_scaled_down(function)), ask(function), rtol=1e-9)  # x · 1e-3 · 1e3 rounds


@pytest.mark.parametrize("place", [place for place in PLACES if place != "antineutrinos"])
def test_a_function_of_single_numbers_is_named_wherever_one_is_given(place):
    ask, _ = PLACES[place]
    with pytest.raises(InputError, match="take arrays, not single numbers only") as caught:
        ask(lambda x, *others: math.exp(-x))
    assert len(str(caught.value)) <= 300


@pytest.mark.parametrize("place", [place for place in PLACES if place != "antineutrinos"])
def test_an_error_in_a_function_is_told_with_the_argument(place):
    ask, _ = PLACES[place]
    with pytest.raises(InputError, match="raises an error") as caught:
        ask(lambda x, *others: {}["nowhere"])
    assert isinstance(caught.value.__cause__, KeyError)


def test_a_likelihood_may_change_the_points_that_it_gets():
    def plain(p):
        return (p["a"] - 1.0) ** 2 + (p["b"] - p["a"]) ** 2

    def changing(p):
        out = plain(p)
        for values in p.values():
            values *= 0.0
        return out

    grids = {"a": np.linspace(0.0, 2.0, 21)}
    for likelihood in (plain, changing):
        found = cevns.scan(likelihood, grids, profile={"b": (-3.0, 3.0)})
        np.testing.assert_allclose(found.values, (grids["a"] - 1.0) ** 2, atol=1e-8)  # b = a is best
    np.testing.assert_array_equal(cevns.scan(changing, {**grids, "b": [0.0, 1.0]}).values[10], [1.0, 0.0])


def test_a_likelihood_of_single_points_is_told_so():
    with pytest.raises(InputError, match="likelihood must take arrays of points, not single numbers only"):
        cevns.scan(lambda p: math.exp(p["a"]), {"a": np.linspace(0.0, 1.0, 5)})
    with pytest.raises(InputError, match="likelihood must take arrays of points, not single numbers only"):
        cevns.scan(lambda p: 1.0 if p["a"] > 0.5 else 0.0, {"a": np.linspace(0.0, 1.0, 5)})


def test_functions_of_templates_and_histories_are_named_when_they_fail():
    experiment = cevns.Experiment.load("coherent-csi-2021")
    grid = {"mass": [10.0, 20.0]}
    with pytest.raises(InputError, match=r"interaction raises an error .*ZeroDivisionError"):
        experiment.templates(lambda mass: 1 / 0, ("coupling",), shapes=grid)
    theory = experiment.interaction + cevns.NSI()
    with pytest.raises(InputError, match=r"flux raises an error .*ZeroDivisionError"):
        experiment.templates(theory, ("eps_ee_u",), shapes=grid, flux=lambda mass: 1 / 0)
    history = cevns.FluxHistory([0.0, 1.0], [_FLUX], "d")
    with pytest.raises(InputError, match=r"change raises an error .*ZeroDivisionError"):
        history.each(lambda flux: 1 / 0)
