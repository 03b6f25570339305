"""Transparency: the founding article's "if sin²θ_W = (Z − N)/(4Z), completely transparent to neutrinos"."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cevns
from cevns.interactions.transparency import critical_weak_mixing_angle
from cevns.reference import cases


@pytest.mark.parametrize(
    ("name", "expected"),
    [("12C", 0), ("11C", 1 / 24), ("3He", 1 / 8), ("1H", 1 / 4), ("40Ar", -4 / 72), ("132Xe", -24 / 216)],
)
def test_critical_angle(name, expected):
    assert critical_weak_mixing_angle(cevns.Nuclide(name)) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("name", ["12C", "11C", "3He", "1H"])
def test_a_nucleus_is_transparent_at_its_critical_angle(name):
    nuclide = cevns.Nuclide(name)
    angle = critical_weak_mixing_angle(nuclide)
    model = cevns.StandardModel(weak_mixing_angle=angle)
    assert cevns.weak_charge(nuclide, angle) == pytest.approx(0, abs=1e-15)
    assert cevns.cross_section(30.0, nuclide, model) < 1e-29 * cevns.cross_section(30.0, nuclide)


@given(st.sampled_from(cases.NUCLIDES).map(cevns.Nuclide), st.floats(0, 1))
def test_weak_charge_is_linear_about_its_zero(nuclide, angle):
    # Q = −2Z (s² − s²_crit): a sum of two terms of order A, each rounded
    expected = -2 * nuclide.Z * (angle - critical_weak_mixing_angle(nuclide))
    assert cevns.weak_charge(nuclide, angle) == pytest.approx(expected, abs=1e-15 * nuclide.A)


def test_wrong_input_is_named():
    with pytest.raises(cevns.InputError, match=re.escape("nuclide must be a cevns.Nuclide or its name (got 3)")):
        critical_weak_mixing_angle(3)
    neutron = cevns.Nuclide("1n", Z=0, N=1, mass=939.565, spin=0.5, parity=1)
    with pytest.raises(cevns.UnsupportedError, match="1n has no protons"):
        critical_weak_mixing_angle(neutron)
