"""Fluxes: flavours and components, from tables, files and functions; sums, factors, totals; and that they are values."""

import pickle
import re
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cevns
from cevns import Component, Flux
from cevns.fluxes.spectra import EndPoint, Lines, Table

ENERGY = [1.0, 2.0, 8.0]


def _falling(E):
    return np.exp(-E)


def reactor():
    return Flux.from_table(ENERGY, {"nuebar": [3e12, 2e12, 0.0]}, name="235U")


def mixed():
    """Two flavours, lines on one of them, two component names."""
    table = Flux.from_table(
        ENERGY, {"nue": [3.0, 2.0, 0.0]}, lines={"nue": [(0.862, 0.9), (0.384, 0.1)], "numu": [(29.8, 2.0)]}, name="a"
    )
    return table + Flux((Component("nue", "b", EndPoint("electron"), 5.0),))


# ---- makers ----------------------------------------------------------------------------------------------------------


def test_a_table_gives_its_own_values_back():
    flux = Flux.from_table(ENERGY, {"nue": [3.0, 2.0, 0.0], "numubar": [0.0, 1.0, 4.0]})
    np.testing.assert_allclose(flux.spectrum(ENERGY, "nue"), [3.0, 2.0, 0.0], rtol=1e-15)
    np.testing.assert_allclose(flux.spectrum(ENERGY, "numubar"), [0.0, 1.0, 4.0], rtol=1e-15)
    np.testing.assert_allclose(flux.spectrum(ENERGY), [3.0, 3.0, 4.0], rtol=1e-15)
    assert flux.spectrum(1.5, "nue") == 2.5
    assert type(flux.spectrum(1.5)) is float
    assert flux.flavors == ("nue", "numubar")
    assert flux.per == "s"


def test_a_flavour_that_is_known_but_not_held_has_no_flux():
    assert reactor().spectrum(2.0, "nutau") == 0.0
    assert reactor().total("nutau") == 0.0
    assert np.isnan(reactor().mean_energy("nutau"))
    assert reactor().lines("nutau") == []
    np.testing.assert_array_equal(reactor().moments([1.0], "nutau"), 0.0)


def test_totals_of_a_reactor_table():
    # trapezoids: 2.5 + 6, in 1e12
    assert reactor().total() == pytest.approx(8.5e12, rel=1e-15)
    assert reactor().total("nuebar") == reactor().total()
    # centroids: ∫ E φ = 2.5·1.4667 + 6·4 with the first trapezoid's centroid 1 + (3 + 4)/(3·5)
    assert reactor().mean_energy() == pytest.approx((2.5 * (1 + 7 / 15) + 6 * 4) / 8.5, rel=1e-14)


def test_lines_count_in_totals_and_not_in_the_spectrum():
    flux = Flux.from_table([0.1, 1.0], {"nue": [0.0, 0.0]}, lines={"nue": [(0.862, 9.0), (0.384, 1.0)]}) * 2
    assert flux.total("nue") == 20.0
    assert flux.mean_energy() == pytest.approx(0.9 * 0.862 + 0.1 * 0.384, rel=1e-15)
    np.testing.assert_array_equal(flux.spectrum([0.384, 0.5, 0.862]), 0.0)
    assert flux.lines("nue") == flux.lines() == [(0.384, 2.0), (0.862, 18.0)]
    assert flux.lines("numu") == []


def test_lines_may_stand_alone():
    flux = Flux.from_table([], {}, lines={"numu": [(29.8, 1.0)]})
    assert flux.flavors == ("numu",)
    assert flux.total() == 1.0


@pytest.mark.parametrize(
    ("interpolation", "values"), [("linear", [3.0, 2.0, 1.0]), ("loglog", [3.0, 2.0, 1.0]), ("histogram", [3.0, 2.0])]
)
def test_interpolation_and_unit_reach_the_components(interpolation, values):
    flux = Flux.from_table(ENERGY, {"nue": values}, interpolation=interpolation, per="burst", name="test")
    assert flux == Flux((Component("nue", "test", Table(ENERGY, values, interpolation)),), "burst")


def test_a_file_gives_the_flux_of_its_table(tmp_path):
    path = tmp_path / "core.csv"
    path.write_text("# per cm2 s MeV\nenergy, nuebar,nue\n1,3.5,0\n\n# half way\n2, 2e0,1\n8,0,2\n")
    flux = Flux.from_csv(path)
    assert flux == Flux.from_table(ENERGY, {"nuebar": [3.5, 2.0, 0.0], "nue": [0.0, 1.0, 2.0]}, name="core")
    assert Flux.from_csv(str(path), name="x", per="burst").components[0].name == "x"
    assert Flux.from_csv(str(path), per="burst").per == "burst"


@pytest.mark.parametrize("last", ["8,", "8", "8, "])
def test_the_last_density_of_a_histogram_in_a_file_may_be_empty(tmp_path, last):
    path = tmp_path / "core.csv"
    path.write_text(f"energy,nuebar\n1,3.5\n2,2\n{last}\n")
    expected = Flux.from_table(ENERGY, {"nuebar": [3.5, 2.0]}, interpolation="histogram", name="core")
    assert Flux.from_csv(path, interpolation="histogram") == expected


BAD_FILES = [
    ("", "{path}, line 1: the file is empty"),
    ("# nothing\n", "{path}, line 1: the file is empty"),
    ("x,nue\n1,2\n", "{path}, line 1: the header must be 'energy,<flavor>,…' (got 'x,nue')"),
    ("#\nenergy\n1\n", "{path}, line 2: the header must be 'energy,<flavor>,…' (got 'energy')"),
    ("energy,nux\n1,2\n", "unknown flavor 'nux'; did you mean 'nue'"),
    ("energy,nux\n1,2\n", "({path}, line 1)"),
    ("energy,nue,nue\n1,2,3\n", "{path}, line 1: a flavor stands twice in 'energy,nue,nue'"),
    ("energy,nue\n1,2\n2,3,4\n", "{path}, line 3: 2 columns expected (got 3)"),
    ("energy,nue\n1,2\n#\n2\n", "{path}, line 4: 2 columns expected (got 1)"),
    ("energy,nue\n1,2\n2,x\n", "{path}, line 3: 'x' is not a number"),
    ("energy,nue\n1,2\n2,\n", "{path}, line 3: '' is not a number"),
    ("energy,nue\n1,2\n2,-1\n", "{path}, line 3: nue: values must be >= 0 and finite (got -1)"),
    ("energy,nue\n1,2\n2,nan\n", "{path}, line 3: nue: values must be >= 0 and finite (got nan)"),
    ("energy,nue\n2,2\n1,1\n", "{path}, line 3: energy must increase (got 2, then 1 MeV)"),
    ("energy,nue\n2,2\n", "a table needs at least 2 energies (got 1)"),
]


@pytest.mark.parametrize(("text", "message"), BAD_FILES, ids=[message for _, message in BAD_FILES])
def test_a_wrong_file_is_named_with_its_line(tmp_path, text, message):
    path = tmp_path / "core.csv"
    path.write_text(text)
    with pytest.raises(cevns.CevnsError, match=re.escape(message.format(path=path))):
        Flux.from_csv(path)


@pytest.mark.parametrize(
    "text", ["energy,nue\n1,2\n2,-1\n", "energy,nue\n1,2\n2,nan\n", "energy,nue\n2,2\n1,1\n", "energy,nue\n2,2\n"]
)
def test_wrong_values_in_a_file_name_the_file(tmp_path, text):
    # the docstring: "the message names file and line"
    path = tmp_path / "core.csv"
    path.write_text(text)
    with pytest.raises(cevns.InputError, match=re.escape(str(path))):
        Flux.from_csv(path)


def test_a_missing_file_is_the_systems_own_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        Flux.from_csv(tmp_path / "none.csv")


def test_a_flux_from_functions_has_their_integrals():
    flux = Flux.from_function({"nue": _falling, "numubar": lambda E: 2 * _falling(E)}, [0.0, 30.0], name="model", per="burst")
    # ∫ e^−E from 0 to 30 is 1 − 1e-13
    assert flux.total("nue") == pytest.approx(1.0, rel=1e-12)
    assert flux.total("numubar") == pytest.approx(2.0, rel=1e-12)
    assert flux.mean_energy() == pytest.approx(1.0, rel=1e-11)
    assert flux.spectrum(1.0, "nue") == np.exp(-1.0)
    assert (flux.per, flux.components[0].name) == ("burst", "model")


# ---- algebra ---------------------------------------------------------------------------------------------------------


def test_adding_puts_components_side_by_side():
    both = reactor() + reactor()
    assert len(both.components) == 2
    assert both.total() == 2 * reactor().total()
    assert both.flavors == ("nuebar",)
    assert both.spectrum(2.0) == 2 * reactor().spectrum(2.0)


@given(st.one_of(st.just(0.0), st.floats(1e-200, 1e20)))
def test_factors_scale_everything(factor):
    flux, scaled = mixed(), mixed() * factor
    assert scaled == factor * mixed()
    assert scaled.total() == pytest.approx(factor * flux.total(), rel=1e-14)
    np.testing.assert_allclose(scaled.spectrum([1.0, 2.0, 30.0]), factor * flux.spectrum([1.0, 2.0, 30.0]), rtol=1e-14)
    np.testing.assert_allclose(scaled.moments([1.0, 2.0, 30.0]), factor * flux.moments([1.0, 2.0, 30.0]), rtol=1e-13)
    if factor > 0:
        assert scaled.mean_energy() == pytest.approx(flux.mean_energy(), rel=1e-14)


def test_division_undoes_multiplication():
    assert (mixed() * 8.0) / 8.0 == mixed()
    assert (mixed() / 4).total() == pytest.approx(mixed().total() / 4, rel=1e-15)


def test_a_flux_times_zero_is_no_flux():
    nothing = mixed() * 0
    assert nothing.total() == 0.0
    assert np.isnan(nothing.mean_energy())


def test_a_burst_and_a_steady_flux_cannot_be_added():
    burst = Flux.from_table(ENERGY, {"nue": [1.0, 1.0, 1.0]}, per="burst")
    with pytest.raises(cevns.InputError, match="a flux per s and a flux per burst cannot be added"):
        reactor() + burst
    assert (burst + burst).per == "burst"


def test_other_operands_are_refused():
    with pytest.raises(TypeError):
        reactor() + 1.0
    with pytest.raises(TypeError):
        reactor() * reactor()
    for factor in (-1.0, np.nan, np.inf):
        with pytest.raises(cevns.InputError, match=re.escape(f"factor of a flux must be >= 0 and finite (got {factor:g})")):
            reactor() * factor
    with pytest.raises(cevns.InputError, match=re.escape("divisor of a flux must be > 0 and finite (got 0)")):
        reactor() / 0.0
    with pytest.raises(cevns.InputError, match="factor of a flux must be one number"):
        reactor() * np.array([1.0, 2.0])


# ---- parts -----------------------------------------------------------------------------------------------------------


def test_parts_are_selected_by_flavour_and_by_name():
    flux = mixed()
    assert flux.select(flavor="numu").total() == flux.total("numu") == 2.0
    assert [c.name for c in flux.select(name="b").components] == ["b"]
    assert len(flux.select(flavor="nue", name="a").components) == 2
    assert sum(flux.select(flavor=f).total() for f in flux.flavors) == pytest.approx(flux.total(), rel=1e-15)
    assert flux.select() == flux


def test_selecting_what_is_not_there_says_what_is():
    with pytest.raises(cevns.UnknownNameError, match="the flux holds no 'nutau'; it holds nue, numu"):
        mixed().select(flavor="nutau")
    with pytest.raises(cevns.UnknownNameError, match="unknown component 'c'; known are 'a', 'b'"):
        mixed().select(name="c")
    with pytest.raises(cevns.UnknownNameError, match="unknown component 'b'; known are 'a'"):
        mixed().select(flavor="numu", name="b")


@pytest.mark.parametrize("ask", ["spectrum", "total", "lines", "mean_energy", "moments", "select"])
def test_an_unknown_flavour_is_refused_everywhere(ask):
    flux = reactor()
    calls = {
        "spectrum": lambda: flux.spectrum(1.0, "nux"),
        "moments": lambda: flux.moments(1.0, "nux"),
        "select": lambda: flux.select(flavor="nux"),
    }
    with pytest.raises(cevns.UnknownNameError, match="unknown flavor 'nux'; did you mean 'nue'"):
        calls.get(ask, lambda: getattr(flux, ask)("nux"))()


def test_moments_of_a_flux_are_the_sum_of_those_of_its_flavours():
    x = np.geomspace(0.01, 60.0, 40)
    parts = sum(mixed().moments(x, flavor) for flavor in mixed().flavors)
    moments = mixed().moments(x)
    for k in range(3):  # Φ_k rounds as Φ₀/x^k does
        assert (np.abs(moments[k] - parts[k]) <= 1e-14 * moments[0] / x**k).all()


def test_breaks_are_where_any_component_has_one():
    assert set(ENERGY) | {0.384, 0.862, 29.8, EndPoint.end} == set(mixed().breaks)
    assert (np.diff(mixed().breaks) > 0).all()


# ---- objects ---------------------------------------------------------------------------------------------------------

FLUXES = [
    reactor(),
    mixed(),
    mixed() * 2,
    Flux.from_table(ENERGY, {"nue": [1.0, 2.0]}, interpolation="histogram", per="burst"),
    Flux((Component("numu", "prompt", Lines([29.8], [1.0]), 1e7),)),
]


@pytest.mark.parametrize("flux", FLUXES)
def test_fluxes_are_values(flux):
    flux.breaks  # noqa: B018 – what is kept after a question must not change what a flux is
    for copy in (Flux(flux.components, flux.per, flux.uncertainties, flux.coherences), pickle.loads(pickle.dumps(flux))):
        assert copy == flux
        assert hash(copy) == hash(flux)
        assert repr(copy) == repr(flux)
        np.testing.assert_array_equal(copy.moments([1.0, 30.0]), flux.moments([1.0, 30.0]))


def test_a_flux_of_a_function_can_be_pickled_if_the_function_can():
    flux = Flux.from_function({"nue": np.exp}, [0.0, 1.0])
    assert pickle.loads(pickle.dumps(flux)) == flux


def test_fluxes_differ_where_their_parts_do():
    assert len(set(FLUXES)) == len(FLUXES)
    assert Flux.from_table(ENERGY, {"nue": [1.0, 1.0, 1.0]}) != Flux.from_table(ENERGY, {"nue": [1.0, 1.0, 1.0]}, per="burst")
    assert Flux.from_table(ENERGY, {"nue": [1.0, 1.0, 1.0]}) != Flux.from_table(ENERGY, {"numu": [1.0, 1.0, 1.0]})


def test_fluxes_cannot_be_changed():
    flux = reactor()
    with pytest.raises(FrozenInstanceError):
        flux.per = "burst"
    with pytest.raises(FrozenInstanceError):
        flux.components[0].scale = 2.0
    assert type(Flux(list(flux.components)).components) is tuple


def test_the_input_of_a_flux_is_not_kept_nor_changed():
    energy, values = np.array(ENERGY), np.array([3.0, 2.0, 1.0])
    flux = Flux.from_table(energy, {"nue": values})
    np.testing.assert_array_equal(values, [3.0, 2.0, 1.0])
    values[:] = 0.0
    assert flux.total() > 0


# ---- wrong input -----------------------------------------------------------------------------------------------------

WRONG = [
    (lambda: Flux.from_table(ENERGY, {"nue": [1.0, -2.0, 1.0]}), "nue: values must be >= 0 and finite (got -2 at index 1)"),
    (lambda: Flux.from_table(ENERGY, {"nue": [1.0, 1.0, np.nan]}), "nue: values must be >= 0 and finite (got nan at index 2)"),
    (
        lambda: Flux.from_table(ENERGY, {"nue": [1.0, 1.0]}),
        "nue: a linear table needs as many values as energies (got shapes (3,) and (2,))",
    ),
    (
        lambda: Flux.from_table([1.0, 3.0, 2.0], {"numu": [1.0, 1.0, 1.0]}),
        "numu: energy must increase (got 3 MeV at index 1, then 2 MeV)",
    ),
    (
        lambda: Flux.from_table([-1.0, 3.0], {"numu": [1.0, 1.0]}),
        "numu: energy must be >= 0 MeV and finite (got -1 at index 0)",
    ),
    (lambda: Flux.from_table(ENERGY, [1.0, 1.0, 1.0]), "densities and lines must map flavors to values, as {'nue': [...]}"),
    (lambda: Flux.from_table(ENERGY, {"nue": [1.0, 1.0, 1.0]}, lines=[(1.0, 1.0)]), "densities and lines must map flavors"),
    (
        lambda: Flux.from_table([], {}, lines={"nue": [(1.0, 1.0, 1.0)]}),
        "nue: lines must be (energy, weight) pairs (got [(1.0, 1.0, 1.0)])",
    ),
    (lambda: Flux.from_table([], {}, lines={"nue": 3.0}), "nue: lines must be (energy, weight) pairs (got 3.0)"),
    (lambda: Flux.from_table([], {}, lines={"nue": []}), "nue: lines must be (energy, weight) pairs (got [])"),
    (
        lambda: Flux.from_table([], {}, lines={"nue": [(-1.0, 1.0)]}),
        "line energy must be > 0 MeV and finite (got -1 at index 0)",
    ),
    (
        lambda: Flux.from_table([], {}, lines={"nue": [(1.0, np.nan)]}),
        "line weight must be >= 0 and finite (got nan at index 0)",
    ),
    (lambda: Flux.from_table(ENERGY, {}), "components must be one or more cevns.Component (got ())"),
    (lambda: Flux(()), "components must be one or more cevns.Component (got ())"),
    (lambda: Flux(("nue",)), "components must be one or more cevns.Component (got ('nue',))"),
    (lambda: Component("nue", "x", 3.0), "spectrum must be one of cevns.spectra (got 3.0)"),
    (lambda: Component("nue", "x", EndPoint("muon"), np.inf), "scale must be finite (got inf)"),
    (lambda: Flux((Component("nue", "x", EndPoint("muon"), -1.0),)), "scale of component 'x' must be >= 0 (got -1)"),
    (lambda: reactor().spectrum(-1.0), "energy must be >= 0 MeV and finite (got -1)"),
    (lambda: reactor().spectrum([1.0, np.nan]), "energy must be >= 0 MeV and finite (got nan at index 1)"),
    (lambda: reactor().moments([1.0, 0.0]), "energy must be > 0 MeV and finite (got 0 at index 1)"),
]


@pytest.mark.parametrize(("call", "message"), WRONG, ids=[message for _, message in WRONG])
def test_wrong_input_is_named_with_its_value_and_place(call, message):
    with pytest.raises(cevns.InputError, match=re.escape(message)):
        call()


def test_unknown_names_are_refused_with_the_known_ones():
    with pytest.raises(cevns.UnknownNameError, match="unknown flavor 'electron'"):
        Flux.from_table(ENERGY, {"electron": [1.0, 1.0, 1.0]})
    with pytest.raises(cevns.UnknownNameError, match="unknown flavor 'nu_e'; did you mean 'nue'"):
        Flux.from_table([], {}, lines={"nu_e": [(1.0, 1.0)]})
    with pytest.raises(cevns.UnknownNameError, match="unknown interpolation 'log'"):
        Flux.from_table(ENERGY, {"nue": [1.0, 1.0, 1.0]}, interpolation="log")
    with pytest.raises(cevns.UnknownNameError, match=re.escape("unknown unit of a flux (per) 'day'; known are 's', 'burst'")):
        Flux.from_table(ENERGY, {"nue": [1.0, 1.0, 1.0]}, per="day")
    with pytest.raises(cevns.UnknownNameError, match="unknown flavor 'nux'"):
        Component("nux", "x", EndPoint("muon"))
    with pytest.raises(cevns.UnknownNameError, match="unknown flavor 'nux'"):
        Flux.from_function({"nux": np.exp}, [0.0, 1.0])
