"""Series and data frames of pandas stand where mappings and arrays are asked for; cevns does not import pandas for it."""

import numpy as np
import pandas as pd
import pytest

import cevns
from cevns import sources, statistics
from cevns.errors import InputError

ENERGY = pd.Series([1.0, 2.0, 3.0], index=[7, 8, 9])
FRACTIONS = {"235U": 0.6, "238U": 0.1, "239Pu": 0.25, "241Pu": 0.05}
MEANS = dict.fromkeys(cevns.constants.FLAVORS, 12.0)
CHARGES = {"u": 1.0, "d": 1.0, "e": 0.0, "nue": 1.0, "numu": 1.0, "nutau": 1.0}
EXPERIMENT = cevns.Experiment.load("coherent-csi-2021")
TEMPLATES = cevns.Templates(["e"], [[0], [1]], [[1.0, 2.0], [0.5, 0.1]], observed=[1, 2], signal_effects={"b": 0.1})


def made_of(parameters, **given):
    return cevns.Templates(["e"], [[1]], [[1.0, 2.0]], **{name: parameters(value) for name, value in given.items()})


def square(theta):
    return theta["a"] ** 2


# what takes a mapping: called with it as a dict, as a Series, and where its values are rows as a DataFrame
CASES = {
    "densities": (lambda m: cevns.Flux.from_table(ENERGY, m({"nue": [1.0, 2.0, 0.0], "numu": [1.0, 0.0, 0.0]})), True),
    "lines": (lambda m: cevns.Flux.from_table(ENERGY, {"nue": [1.0, 2.0, 0.0]}, lines=m({"nue": [(0.5, 1.0)]})), False),
    "functions": (lambda m: cevns.Flux.from_function(m({"nue": np.ones_like}), [1.0, 2.0]), False),
    "nuclides": (lambda m: cevns.Target(m({"133Cs": 0.5, "127I": 0.5})), False),
    "neutron skins": (lambda m: cevns.StandardModel(neutron_skin=m({"133Cs": 0.2, "127I": 0.3})), False),
    "couplings": (lambda m: cevns.Couplings(gvp=m({"nue": 0.03, "numu": 0.02, "nutau": 0.02}), gvn=-0.5), False),
    "charges": (lambda m: cevns.VectorMediator(mass=10.0, coupling=1e-4, charges=m(CHARGES)), False),
    "fission fractions": (lambda m: sources.reactor(power=3.0, distance=20.0, fission_fractions=m(FRACTIONS)).total(), False),
    "mean energies": (lambda m: sources.supernova(mean_energy=m(MEANS)), False),
    "scale effects": (lambda m: statistics.Sample("a", [1.0, 2.0], scale_effects=m({"x": 0.1})), False),
    "shape effects": (lambda m: statistics.Sample("a", [1.0, 2.0], shape_effects=m({"x": [0.1, 0.2]})), True),
    "axes of a scan": (lambda m: cevns.scan(square, m({"a": [0.0, 1.0, 2.0]})), True),
    "effects of templates": (lambda m: made_of(m, signal_effects={"b": 0.1}, sigma={"b": 0.2}, mean={"b": 0.1}), False),
    "a point": (lambda m: TEMPLATES.likelihood(m({"e": 1.0})), False),
    "points": (lambda m: TEMPLATES.counts(m({"e": [1.0, 2.0]})), True),
    "what is fixed": (lambda m: TEMPLATES.minimum(fixed=m({"e": 1.0})), False),
    "parameters of a model": (lambda m: EXPERIMENT.model().expected(m({"flux": 0.5})), False),
}


def same(one, other):
    return np.array_equal(one, other) if isinstance(one, np.ndarray) else one == other


@pytest.mark.parametrize("name", CASES)
def test_a_series_is_a_mapping(name):
    call, _ = CASES[name]
    assert same(call(lambda mapping: pd.Series(mapping)), call(dict))


@pytest.mark.parametrize("name", [name for name, (_, rows) in CASES.items() if rows])
def test_a_data_frame_maps_columns_to_rows(name):
    call, _ = CASES[name]
    assert same(call(pd.DataFrame), call(dict))


def test_what_is_missing_is_named():
    with pytest.raises(InputError, match=r"nue: values must be >= 0 and finite \(got nan at index 1\)"):
        cevns.Flux.from_table(ENERGY, pd.DataFrame({"nue": [1.0, np.nan, 0.0]}))
    with pytest.raises(InputError, match="densities and lines must map flavors to values"):
        cevns.Flux.from_table(ENERGY, pd.Index(["nue"]))
