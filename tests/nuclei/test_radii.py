"""Radii: of points, of the charge, of the weak charge, and the neutron skin."""

import math
import re

import pytest

import cevns
from cevns import constants, radii

ARGON, LEAD, XENON, CALCIUM = (cevns.Nuclide(name) for name in ("40Ar", "208Pb", "132Xe", "48Ca"))


def test_darwin_foldy_term_is_its_published_size():
    assert abs(radii.DARWIN_FOLDY - 0.0331) < 5e-5  # fm², three digits printed


def test_proton_points_reach_less_far_than_the_charge():
    # figures of two and three digits
    for nuclide, expected in ((ARGON, 3.34), (XENON, 4.73)):
        assert radii.convert(nuclide.charge_radius, nuclide, "charge", "point") == pytest.approx(expected, abs=0.006)


def test_conversion_is_the_sum_of_squares():
    square = 3.3**2 + 0.8409**2 + 22 / 18 * -0.1155 + radii.DARWIN_FOLDY - 0.08
    assert radii.convert(3.3, ARGON, "point", "charge", spin_orbit=-0.08) == pytest.approx(math.sqrt(square), rel=1e-15)
    assert radii.convert(3.3, ARGON, "point", "folded") == pytest.approx(math.hypot(3.3, 0.8409), rel=1e-15)


@pytest.mark.parametrize("there", ["point", "charge", "folded"])
@pytest.mark.parametrize("here", ["point", "charge", "folded"])
def test_conversions_come_back(here, there):
    assert radii.convert(radii.convert(3.4, ARGON, here, there), ARGON, there, here) == pytest.approx(3.4, rel=1e-15)


def test_weak_radius_of_point_nucleons_at_one_place_is_nearly_the_neutrons():
    # a weak charge of the neutrons alone (Q_p = 0) has their point radius and the size of a nucleon
    rest = constants.PROTON_RADIUS_SQUARED + radii.DARWIN_FOLDY + LEAD.Z / LEAD.N * constants.NEUTRON_RADIUS_SQUARED
    assert radii.weak_radius(1.0, 5.7, LEAD, couplings=(0.0, -0.5)) == pytest.approx(math.sqrt(5.7**2 + rest), rel=1e-15)


def test_weak_radius_of_a_nucleus_of_protons_only_is_that_of_its_couplings():
    proton = cevns.Nuclide("1H")
    gp, gn = radii.TREE_COUPLINGS
    square = constants.PROTON_RADIUS_SQUARED + gn / gp * constants.NEUTRON_RADIUS_SQUARED + radii.DARWIN_FOLDY
    assert radii.weak_radius(0.0, 0.0, proton) == pytest.approx(math.sqrt(square), rel=1e-14)


def test_weak_radius_of_lead_is_that_of_prex():
    # PREX-2: skin 0.283 ± 0.071 fm, R_W = 5.800 ± 0.075 fm: one measurement, so that the two must fit far within its error
    proton = radii.convert(LEAD.charge_radius, LEAD, "charge", "point")
    assert radii.weak_radius(proton, proton + 0.283, LEAD) == pytest.approx(5.800, abs=0.02)


def test_neutron_radius_is_the_weak_radius_inverted():
    for couplings in (radii.TREE_COUPLINGS, (0.0714 / 2, -0.9900 / 2)):
        weak = radii.weak_radius(5.44, 5.71, LEAD, couplings, spin_orbit=-0.02, strange=-0.005)
        back = radii.neutron_radius(weak, 5.44, LEAD, couplings, spin_orbit=-0.02, strange=-0.005)
        assert back == pytest.approx(5.71, rel=1e-14)


def test_empirical_skin_is_its_line_and_fits_calcium():
    assert radii.neutron_skin(LEAD, "empirical") == pytest.approx(-0.04 + 1.01 * 44 / 208, rel=1e-15)
    assert radii.neutron_skin(CALCIUM, "empirical") == pytest.approx(0.121, abs=0.035)  # CREX 0.121 ± 0.026 ± 0.024 fm
    assert radii.neutron_skin(cevns.Nuclide("40Ca"), "empirical") == -0.04


def test_kinds_of_radii_differ_by_as_much_as_is_stated():
    for name, charge_less_point in (("40Ar", 0.09), ("208Pb", 0.05)):
        nuclide = cevns.Nuclide(name)
        point = radii.convert(nuclide.charge_radius, nuclide, "charge", "point")
        assert nuclide.charge_radius - point == pytest.approx(charge_less_point, abs=0.005)
    assert radii.neutron_skin(LEAD, "empirical") == pytest.approx(0.174, abs=5e-4)
    assert radii.neutron_skin(CALCIUM, "empirical") == pytest.approx(0.128, abs=5e-4)


def test_empirical_skin_is_none_where_nothing_was_measured():
    for name in cevns.nuclei.nuclides.names():
        nuclide = cevns.Nuclide(name)
        line = -0.04 + 1.01 * (nuclide.N - nuclide.Z) / nuclide.A
        expected = line if 40 <= nuclide.A <= 238 else 0.0
        assert radii.neutron_skin(nuclide, "empirical") == radii.empirical_skin(nuclide) == pytest.approx(expected, rel=1e-14)


def test_a_proton_has_no_skin_by_any_choice():
    flux, hydrogen = cevns.sources.sns(), cevns.Nuclide("1H")
    for skin in ("none", "empirical", 0.1, -0.5, {"12C": 0.1}):
        assert radii.neutron_skin(hydrogen, skin) == 0.0
        own = cevns.StandardModel(neutron_skin=skin)
        assert cevns.rate(flux, cevns.Target(hydrogen), own) == cevns.rate(flux, cevns.Target(hydrogen))
    # every natural element, and so every hydrogenous target, has a rate
    for symbol in cevns.nuclei.nuclides.SYMBOLS[1:93]:
        if cevns.nuclei.nuclides.isotopes(symbol):
            assert cevns.rate(flux, symbol, cevns.StandardModel(neutron_skin="empirical")) > 0
    both = [cevns.rate(flux, "C8H8", cevns.StandardModel(neutron_skin=skin)) for skin in ("empirical", "none")]
    assert both[0] == both[1]


def test_skin_is_a_choice():
    assert radii.neutron_skin(ARGON) == 0.0
    assert radii.neutron_skin(ARGON, 0.1) == 0.1
    assert radii.neutron_skin(ARGON, {"Ar-40": 0.08, "208Pb": 0.28}) == 0.08
    with pytest.raises(cevns.UnknownNameError, match="no neutron skin for 132Xe; there are those of 208Pb, 40Ar"):
        radii.neutron_skin(XENON, {"40Ar": 0.08, "208Pb": 0.28})


WRONG = [
    (lambda: radii.convert(-1.0, ARGON, "charge", "point"), cevns.InputError, "radius must be > 0 fm and finite (got -1)"),
    (
        lambda: radii.convert(0.1, ARGON, "charge", "point"),
        cevns.InputError,
        "radius must be >= 0.774 fm for a charge radius of nucleons (got 0.1)",
    ),
    (
        lambda: radii.convert(3.0, 40, "charge", "point"),
        cevns.InputError,
        "nuclide must be a cevns.Nuclide or its name (got 40)",
    ),
    (
        lambda: radii.convert(3.0, ARGON, "weak", "point"),
        cevns.UnknownNameError,
        "unknown kind of radius 'weak'; known are 'point', 'charge', 'folded'; a weak radius is weak_radius()",
    ),
    (
        lambda: radii.weak_radius(3.0, 3.0, ARGON, couplings=0.5),
        cevns.InputError,
        "couplings must be those of proton and neutron",
    ),
    (lambda: radii.weak_radius(3.0, 3.0, ARGON, couplings=(22.0, -18.0)), cevns.UnsupportedError, "weak charge vanishes"),
    (lambda: radii.neutron_radius(0.5, 0.0, LEAD), cevns.InputError, "leave no neutron radius"),
    (lambda: radii.neutron_radius(1.0, 0.8, cevns.Nuclide("1H")), cevns.UnsupportedError, "without neutrons"),
    (lambda: radii.neutron_skin(ARGON, "thick"), cevns.UnknownNameError, "unknown neutron skin 'thick'"),
    (lambda: radii.neutron_skin(ARGON, [0.1]), cevns.InputError, "neutron skin must be one number"),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG, ids=[message for *_, message in WRONG])
def test_wrong_input_is_named_with_its_value_and_range(call, error, message):
    with pytest.raises(error, match=re.escape(message)):
        call()
