"""All interactions by name: each can be made, added to the Standard Model, shown and quoted."""

import dataclasses

import numpy as np
import pytest

import cevns
from cevns import interactions
from cevns.citations import cite
from cevns.interactions import MODELS

GIVEN = {"mass": 20.0, "mediator_mass": 10.0, "coupling": 1e-5}


def made(name):
    """The model of a name, with a value for each field that needs one."""
    wanted = {field.name for field in dataclasses.fields(getattr(MODELS[name], "func", MODELS[name]))}
    return MODELS[name](**{key: value for key, value in GIVEN.items() if key in wanted})


@pytest.mark.parametrize("name", MODELS)
def test_every_model_can_be_made_by_its_name(name):
    theory = made(name)
    assert isinstance(theory, cevns.Interaction)
    assert theory.parameters
    assert all(current.parameter in theory.parameters for current in theory.currents)
    assert eval(repr(theory), vars(interactions) | {key: getattr(interactions, key) for key in interactions.__all__}) == theory


@pytest.mark.parametrize("name", MODELS)
def test_every_model_adds_to_the_standard_model(name):
    theory = cevns.StandardModel() + made(name)
    T = np.array([1.0, 5.0])
    for flavor in ("nue", "numubar"):
        value = cevns.differential_cross_section(T, 40.0, cevns.Nuclide("133Cs"), theory, flavor)
        assert np.isfinite(value).all()
        assert (value > 0).all()


@pytest.mark.parametrize("name", MODELS)
def test_rates_of_every_model_are_the_integral_over_its_flux(name):
    theory = cevns.StandardModel() + made(name).with_parameters(**dict.fromkeys(made(name).parameters, 1e-5))
    nuclide = cevns.Nuclide("133Cs")
    flux = cevns.Flux.from_table([30.0, 50.0], {"numu": [1.0, 1.0], "nuebar": [0.0, 2.0]})
    T = np.array([1.0, 5.0])
    E, weight = np.polynomial.legendre.leggauss(30)
    E, weight = 40 + 10 * E, 10 * weight
    expected = 0.0
    for flavor, values in (("numu", np.ones(30)), ("nuebar", (E - 30) / 10)):
        cross_section = cevns.differential_cross_section(T[:, None], E, nuclide, theory, flavor)
        expected = expected + cross_section @ (weight * values)
    target = cevns.Target({nuclide: 1.0})
    ((_, count),) = target.components
    rate = cevns.differential_rate(T, flux, target, theory)
    # polynomials in 1/E, and no threshold in energy within the flux
    np.testing.assert_allclose(rate, 86400 * count * expected, rtol=1e-10)


@pytest.mark.parametrize("name", MODELS)
def test_every_model_has_something_to_quote(name):
    assert len(cite(made(name)).keys) > 1


def test_names_are_those_of_the_charges_and_of_the_classes():
    assert {"nsi", "universal", "b-l", "b-3l_e", "l_mu-l_tau", "scalar", "axial", "tensor", "magnetic-moment"} <= set(MODELS)
    assert {"charge-radius", "millicharge", "anapole", "dipole-portal", "leptoquark-s1", "generalized"} <= set(MODELS)
    assert repr(MODELS["b-l"](mass=1.0, coupling=1e-5)) == "VectorMediator(mass=1.0, coupling=1e-05, model='b-l')"


@pytest.mark.parametrize("name", [name for name in interactions.__all__ if name[0].isupper() and not name.isupper()] + ["NSI"])
def test_every_interaction_is_public(name):
    if name != "Current":
        assert getattr(cevns, name) is getattr(interactions, name)
        assert name in cevns.__all__
