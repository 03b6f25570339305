"""The history of a reactor: burn-up, outages, and captures that grow and decay."""

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import cevns
from cevns import InputError, UnknownNameError
from cevns.sources import FissionTable, reactor, reactor_history
from cevns.sources.reactor_history import HALF_LIVES, decay_rates

FAST, SLOW = (math.log(2) / HALF_LIVES[nuclide] for nuclide in ("239U", "239Np"))
HERE = {"distance": 20.0}


def totals(history, name):
    return np.array([sum(c.scale * c.spectrum.total for c in flux.components if c.name == name) for flux in history.fluxes])


def test_one_step_in_equilibrium_is_the_constant_reactor():
    for fuel in (None, {"235U": 0.6, "239Pu": 0.4}):
        (flux,) = reactor_history(edges=[0.0, 30.0], power=3.0, fission_fractions=fuel, **HERE).fluxes
        constant = reactor(power=3.0, fission_fractions=fuel, uncertainties=False, **HERE)
        assert [(c.name, c.spectrum) for c in flux.components] == [(c.name, c.spectrum) for c in constant.components]
        assert [c.scale for c in flux.components] == pytest.approx([c.scale for c in constant.components], rel=1e-12)


def test_steps_share_their_spectra():
    history = reactor_history(edges=np.arange(11.0), power=np.linspace(1, 2, 10), **HERE)
    for flux in history.fluxes[1:]:
        assert all(a.spectrum is b.spectrum for a, b in zip(flux.components, history.fluxes[0].components, strict=True))
    assert (history.unit, history.per, len(history)) == ("d", "s", 10)


def test_fissions_follow_the_power_and_the_fuel():
    fuel = {"235U": [0.70, 0.40], "239Pu": [0.30, 0.60]}
    history = reactor_history(edges=[0.0, 1.0, 3.0], power=[2.0, 1.0], fission_fractions=fuel, captures=False, **HERE)
    for i, power in enumerate([2.0, 1.0]):
        step = {isotope: values[i] for isotope, values in fuel.items()}
        expected = reactor(power=power, fission_fractions=step, captures=False, **HERE)
        assert history.fluxes[i].total() == pytest.approx(expected.total(), rel=1e-13)


def test_fractions_at_edges_are_joined_by_straight_lines():
    at_edges = {"235U": [0.8, 0.6, 0.5], "239Pu": [0.2, 0.4, 0.5]}
    means = {"235U": [0.7, 0.55], "239Pu": [0.3, 0.45]}
    first, second = (
        reactor_history(edges=[0.0, 1.0, 3.0], power=2.0, fission_fractions=fuel, captures=False, **HERE)
        for fuel in (at_edges, means)
    )
    np.testing.assert_allclose(first.total(), second.total(), rtol=1e-13)


def test_an_isotope_may_enter_later():
    fuel = {"235U": [1.0, 0.9], "239Pu": [0.0, 0.1]}
    history = reactor_history(edges=[0.0, 1.0, 2.0], power=2.0, fission_fractions=fuel, captures=False, **HERE)
    assert totals(history, "239Pu")[0] == 0 < totals(history, "239Pu")[1]


def test_each_step_may_carry_its_errors():
    steps = {"edges": [0.0, 1.0, 3.0], "power": [2.0, 1.0], "power_before": 2.0}
    fuel = {"235U": [0.70, 0.40], "239Pu": [0.30, 0.60]}
    first, second = reactor_history(**steps, fission_fractions=fuel, uncertainties=True, **HERE).fluxes
    expected = reactor(power=2.0, fission_fractions={"235U": 0.7, "239Pu": 0.3}, **HERE)
    assert [u.name for u in first.uncertainties] == [u.name for u in expected.uncertainties]
    np.testing.assert_allclose(first.covariance([2.0, 4.0, 8.0]), expected.covariance([2.0, 4.0, 8.0]), rtol=1e-12)
    # the same parameters in both steps, most of them common to the isotopes: errors add
    assert (first + second).total_uncertainty() > 0.99 * (first.total_uncertainty() + second.total_uncertainty())
    assert all(flux.uncertainties == () for flux in reactor_history(edges=[0.0, 1.0], power=2.0, **HERE).fluxes)


# ---- captures ------------------------------------------------------------------------------------------------------------


def test_captures_agree_with_the_differential_equations():
    # a₁' = λ₁ (R − a₁), a₂' = λ₂ (a₁ − a₂), each step by itself; 1e-9 is what the solver is asked for
    durations = np.array([0.01, 0.3, 2.0, 0.05, 30.0, 1.0])
    captures = np.array([1.0, 0.5, 0.0, 2.0, 1.5, 0.0])
    for before in (0.0, 1.0):
        state, expected = np.array([before, before]), []
        for t, R in zip(durations, captures, strict=True):

            def slope(_, y, R=R):
                return [FAST * (R - y[0]), SLOW * (y[0] - y[1]), y[0], y[1]]

            end = solve_ivp(slope, (0, t), [*state, 0, 0], method="DOP853", rtol=1e-11, atol=1e-13).y[:, -1]
            state = end[:2]
            expected.append(end[2:] / t)
        np.testing.assert_allclose(np.array(decay_rates(durations, captures, before)).T, expected, rtol=1e-9, atol=1e-11)


def test_after_a_shutdown_239Np_decays_with_its_half_life():  # noqa: N802
    # an hour after the shutdown and a half-life later: ²³⁹U is gone, 239Np half
    edges = [0.0, 10.0, 11.0, 11.001, 11.0 + HALF_LIVES["239Np"], 11.001 + HALF_LIVES["239Np"]]
    history = reactor_history(edges=edges, power=[3.0, 0.0, 0.0, 0.0, 0.0], **HERE)
    late = [flux.components[-1].scale for flux in history.fluxes]
    uranium = [flux.components[-2].scale for flux in history.fluxes]
    assert late[4] / late[2] == pytest.approx(0.5, rel=1e-12)
    assert uranium[2] < 1e-17 * uranium[0]
    assert totals(history, "235U")[1:].tolist() == [0.0] * 4


def test_as_many_captures_decay_as_happen():
    # ∫ a dt over all time = ∫ R dt: what grew in the first step decays in the others
    durations = np.array([1.5, 400.0])
    for nuclide in decay_rates(durations, np.array([1.0, 0.0]), 0.0):
        assert nuclide @ durations == pytest.approx(1.5, rel=1e-12)


def test_short_steps_lose_no_digits():
    # after 1e-9 d the first is λ₁ t/2 of its equilibrium, the second λ₁ λ₂ t²/6
    t = 1e-9
    first, second = decay_rates(np.array([t]), np.array([1.0]), 0.0)
    assert first[0] == pytest.approx(FAST * t / 2, rel=1e-6)
    assert 0 <= second[0] < 1e-12


def test_a_start_with_fresh_fuel_grows_to_equilibrium():
    history = reactor_history(edges=[0.0, 0.1, 30.0, 31.0], power=3.0, power_before=0.0, **HERE)
    constant = reactor(power=3.0, **HERE).select(name="captures").total()
    captured = totals(history, "captures")
    assert captured[0] < 0.55 * constant  # ²³⁹U alone, and not all of it
    # 30 days are 13 half-lives of ²³⁹Np: 1.5e-4 of its half of the antineutrinos are missing
    assert captured[2] / constant == pytest.approx(1.0, abs=1e-4)
    assert captured[2] < constant
    assert np.all(np.diff(captured) > 0)


# ---- as a whole ----------------------------------------------------------------------------------------------------------


def test_rates_of_a_history_are_those_of_its_steps():
    history = reactor_history(edges=[0.0, 100.0, 200.0, 230.0], power=[3.0, 2.0, 0.0], **HERE)
    rates = cevns.differential_rate([0.05, 0.2, 0.5], history, "Ge")
    for column, flux in zip(rates.T, history.fluxes, strict=True):
        np.testing.assert_allclose(column, cevns.differential_rate([0.05, 0.2, 0.5], flux, "Ge"), rtol=1e-12, atol=1e-14)


def test_rates_of_a_thousand_steps_are_those_of_six_spectra(monkeypatch):
    computed, rate = [], cevns.scattering.engine._core.differential_rate

    def counted(T, composition, components, split, out):
        computed.append((T.size, len(out)))
        return rate(T, composition, components, split, out)

    n = 1000
    burn = np.linspace(0.0, 1.0, n + 1)
    fuel = {"235U": 0.75 - 0.3 * burn, "238U": 0.07, "239Pu": 0.15 + 0.23 * burn, "241Pu": 0.03 + 0.07 * burn}
    history = reactor_history(edges=np.linspace(0, 500, n + 1), power=3.0, fission_fractions=fuel, **HERE)
    monkeypatch.setattr(cevns.scattering.engine._core, "differential_rate", counted)
    rates = cevns.differential_rate(np.geomspace(0.01, 2.0, 1000), history, "Ge")
    assert rates.shape == (1000, n)
    assert computed == [(1000, 6)]  # four isotopes and two captures; the steps are sums of them
    # 239Pu gives fewer antineutrinos than 235U, most of all at high energies
    assert rates[900, -1] < 0.9 * rates[900, 0]


BASE = {"edges": [0.0, 1.0, 2.0], "power": 3.0, "distance": 20.0}


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"edges": [0.0]}, InputError, "edges of time must be a list of at least 2"),
        ({"edges": [0.0, 2.0, 1.0]}, InputError, "edges of time must increase"),
        (
            {"power": [1.0, 2.0, 3.0]},
            InputError,
            r"power must be one number, or one for each of the 2 steps \(got shape \(3,\)\)",
        ),
        ({"power": [1.0, -2.0]}, InputError, r"power must be >= 0 GW and finite \(got -2 at index 1\)"),
        ({"power_before": -1.0}, InputError, r"power_before must be >= 0 GW"),
        ({"distance": 0.0}, InputError, r"distance must be > 0 m"),
        ({"fission_fractions": {"235U": [0.9, 0.9]}}, InputError, r"must sum to 1 within 0.001 \(got 0.9 in step 0\)"),
        (
            {"fission_fractions": {"235U": [0.5, 0.5, 0.5, 0.5], "239Pu": 0.5}},
            InputError,
            r"fission fraction of 235U must be one number, 2 for the steps or 3 at their edges \(got shape \(4,\)\)",
        ),
        ({"fission_fractions": {"U235": 1.0}}, UnknownNameError, "unknown fissile isotope 'U235'"),
        ({"fission_fractions": [1.0]}, InputError, r"fission_fractions must map isotopes to fractions"),
        ({"model": "huber"}, UnknownNameError, "unknown fission model 'huber'"),
        ({"uncertainties": 1}, InputError, r"uncertainties must be True or False \(got 1\)"),
        ({"captures": 1}, InputError, r"captures must be True or False \(got 1\)"),
        (
            {"model": FissionTable({"235U": cevns.spectra.Table([0.0, 8.0], [1.0, 0.0])})},
            InputError,
            r"must hold every isotope that fissions \(none for 238U, 239Pu, 241Pu\)",
        ),
    ],
)
def test_wrong_arguments_are_named_with_value_and_range(arguments, error, message):
    with pytest.raises(error, match=message):
        reactor_history(**{**BASE, **arguments})
