"""Form factors that are defined by a density: Fermi, Fourier–Bessel, sums of Gaussians, oscillator shells, tables, skins.

The oracle is the definition, the Fourier transform of the density by Gauss–Legendre quadrature (`reference.form_factors`).
Accuracy: the formulas are exact; the kernels hold them as polynomials made to 4e-15, and quadrature adds its rounding. 5e-15
is the bound for both together; measured 1.9e-15, 8e-16 of it the formula and the quadrature.
"""

import csv
import math
import pickle
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import cevns
from cevns import form_factors
from cevns.constants import HBAR_C
from cevns.nuclei.form_factors import (
    ByNuclide,
    Dipole,
    FourierBessel,
    Gaussian,
    HarmonicOscillator,
    Helm,
    KleinNystrand,
    MomentExpansion,
    Point,
    Skin,
    SolidSphere,
    SumOfGaussians,
    SymmetrizedFermi,
    Tabulated,
    TabulatedDensity,
    ThreeParameterFermi,
    TwoParameterFermi,
    neutron_form_factor,
)
from cevns.reference import cases
from cevns.reference import form_factors as reference

BOUND = 5e-15
ARGON, LEAD, XENON, CARBON = (cevns.Nuclide(name) for name in ("40Ar", "208Pb", "132Xe", "12C"))
Q = np.concatenate(([0.0, 1e-9, 1e-3], np.linspace(0.5, 1500.0, 400)))


def make(case):
    return getattr(form_factors, case.model)(**case.arguments)


# ---- the definition --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases.DENSITIES, ids=lambda case: case.name)
def test_form_factor_is_the_fourier_transform_of_its_density(case, instruction_set):
    values = make(case)(Q, cevns.Nuclide(case.nuclide))
    np.testing.assert_allclose(values, case.reference(Q), rtol=0, atol=BOUND)


@pytest.mark.parametrize("case", cases.DENSITIES, ids=lambda case: case.name)
def test_radius_is_that_of_the_density(case):
    # quadrature and sums of positive terms: rounding only
    r2, _ = case.moments()
    assert make(case).rms_radius(cevns.Nuclide(case.nuclide)) == pytest.approx(math.sqrt(r2), rel=1e-13)


@pytest.mark.parametrize("case", [case for case in cases.DENSITIES if "Fermi" in case.model], ids=lambda case: case.name)
def test_fourth_moment_of_fermi_densities_is_exact(case):
    _, r4 = case.moments()
    assert make(case).fourth_moment(cevns.Nuclide(case.nuclide)) == pytest.approx(r4, rel=1e-13)


@pytest.mark.parametrize("case", cases.DENSITIES, ids=lambda case: case.name)
def test_form_factor_starts_with_its_two_radii(case):
    # at q = 0.02 fm⁻¹ the next term, q⁶⟨r⁶⟩/5040, is 6.4e-11 · 5e4/5040 = 6e-10 for lead
    r2, r4 = case.moments()
    q = 0.02
    value = make(case)(q * HBAR_C, cevns.Nuclide(case.nuclide))
    assert value == pytest.approx(1 - q**2 * r2 / 6 + q**4 * r4 / 120, abs=1e-9)


def test_published_two_parameter_fermi_figures():
    # 14 digits of F and 12 of the radii, computed with 40 digits; the radii are printed to 1e-11
    argon, lead = TwoParameterFermi(3.53, 0.542), TwoParameterFermi(6.624, 0.549)
    q = np.array([0.1, 0.5, 1.0]) * HBAR_C
    np.testing.assert_allclose(argon(q, ARGON), (0.98093732163283, 0.60898933100042, 0.091543874618025), rtol=0, atol=BOUND)
    np.testing.assert_allclose(lead(q, LEAD), (0.95017053493162, 0.20927953037541, -0.034546667106057), rtol=0, atol=BOUND)
    assert argon.rms_radius(ARGON) == pytest.approx(3.39638025655, abs=6e-12)
    assert argon.fourth_moment(ARGON) ** 0.25 == pytest.approx(3.74485213381, abs=6e-12)
    assert lead.rms_radius(LEAD) == pytest.approx(5.52186718383, abs=6e-12)


def test_published_three_parameter_fermi_figures():
    # 12 digits printed
    argon = ThreeParameterFermi(3.73, 0.62, -0.19)
    assert argon.rms_radius(ARGON) == pytest.approx(3.47122956018, abs=6e-12)
    assert argon(0.5 * HBAR_C, ARGON) == pytest.approx(0.594173145601, abs=6e-13)


def test_three_parameters_without_depression_are_two():
    two, three = TwoParameterFermi(3.53, 0.542), ThreeParameterFermi(3.53, 0.542)
    np.testing.assert_array_equal(two(Q, ARGON), three(Q, ARGON))
    assert two != three


def test_fermi_and_symmetrised_fermi_differ_by_the_exponential_of_the_centre():
    # in F by about (a/c)³ e^(−c/a), by definition of the two densities
    for name in ("40Ar", "132Xe", "208Pb"):
        nuclide = cevns.Nuclide(name)
        c, a = reference.symmetrized_fermi_standard(nuclide.A)
        difference = TwoParameterFermi()(Q, nuclide) - SymmetrizedFermi()(Q, nuclide)
        assert 0 < np.abs(difference).max() < 10 * (a / c) ** 3 * math.exp(-c / a)


def test_center_of_mass_of_the_oscillator_is_a_gaussian_factor():
    b, q = 1.6, np.linspace(0.0, 400.0, 50)
    ratio = HarmonicOscillator(b, center_of_mass=True)(q, CARBON) / HarmonicOscillator(b)(q, CARBON)
    # the ratio of two numbers of which one passes through zero near 600 MeV: a few 1e-14
    np.testing.assert_allclose(ratio, np.exp((q / HBAR_C * b) ** 2 / 48), rtol=1e-13)
    both = [HarmonicOscillator(b, center_of_mass=flag).rms_radius(CARBON) ** 2 for flag in (False, True)]
    assert both[0] - both[1] == pytest.approx(1.5 * b**2 / 12, rel=1e-13)


def test_oscillator_takes_the_charge_radius_of_the_nuclide():
    assert HarmonicOscillator().rms_radius(CARBON) == pytest.approx(CARBON.charge_radius, rel=1e-15)


# ---- measured densities ----------------------------------------------------------------------------------------------

_FILE = Path(cevns.__file__).parent / "data" / "fourier_bessel.csv"
SETS = list(csv.DictReader(line for line in _FILE.read_text(encoding="utf-8").splitlines() if line[0] != "#"))


@pytest.mark.parametrize("row", SETS, ids=lambda row: row["nuclide"])
def test_fourier_bessel_density_integrates_to_the_charge(row):
    model = FourierBessel(row["set"])
    nuclide = cevns.Nuclide(row["nuclide"]) if row["nuclide"] in cevns.nuclei.nuclides.names() else Bare(row["nuclide"])
    Z = cevns.nuclei.nuclides.SYMBOLS.index(re.sub(r"\d", "", row["nuclide"]))
    assert model.norm(nuclide) == pytest.approx(Z, rel=2e-3)
    assert model.norm(nuclide) == pytest.approx(float(row["norm"]), abs=6e-6)  # 5 decimals printed
    assert model.rms_radius(nuclide) == pytest.approx(float(row["rms"]), abs=6e-6)
    if hasattr(nuclide, "charge_radius") and row["nuclide"] != "3H":
        # elastic electron scattering alone against all methods (Angeli & Marinova 2013): 2 % for the worst, 0.5 % for most
        assert model.rms_radius(nuclide) == pytest.approx(nuclide.charge_radius, rel=0.02)


class Bare:
    """A nucleus by name alone."""

    def __init__(self, name):
        self.name = name


def test_published_fourier_bessel_figures():
    # argon to the 12 digits printed; lead to 2e-8: the figures had more digits of its coefficients
    q = np.array([0.25, 0.5, 1.0]) * HBAR_C
    model = FourierBessel()
    np.testing.assert_allclose(model(q, ARGON), (0.884171927969, 0.602700139679, 0.0844823527936), rtol=0, atol=6e-13)
    np.testing.assert_allclose(model(q, LEAD), (0.720493980682, 0.210069154912, -0.0361089855681), rtol=0, atol=2e-8)
    assert model.rms_radius(ARGON) == pytest.approx(3.42347, abs=6e-6)


def test_fourier_bessel_has_no_pole_at_its_own_momenta():
    # at q = vπ/R only the term v is left, F = −a_v/(2v²π²) / Σ (−1)^v a_v/(v²π²)
    coefficients, R = (0.05, 0.06, 0.01, -0.01), 7.0
    model = FourierBessel(coefficients=coefficients, radius=R)
    norm = sum((-1) ** v * a / (v * math.pi) ** 2 for v, a in enumerate(coefficients, 1))
    for v, a in enumerate(coefficients, 1):
        at = v * math.pi / R * HBAR_C
        expected = -a / (2 * (v * math.pi) ** 2) / norm
        assert model(at, ARGON) == pytest.approx(expected, abs=BOUND)
        around = model(at * (1 + np.linspace(-1e-7, 1e-7, 9)), ARGON)
        assert np.ptp(around) < 1e-5


def test_fourier_bessel_says_which_sets_there_are_and_how_far_they_reach():
    assert FourierBessel.sets()["40Ar"] == ("devries-1987",)
    assert len(FourierBessel.sets()) == 61
    assert FourierBessel("devries-1987")(50.0, ARGON) == FourierBessel()(50.0, ARGON)
    assert FourierBessel().measured_to(ARGON) == pytest.approx(15 * math.pi / 9 * HBAR_C)


def test_of_several_sets_the_one_with_the_largest_radius_is_the_default(monkeypatch):
    from cevns.nuclei.form_factors import expansions

    small, large = expansions._Coefficients(7.0, (0.05, 0.06)), expansions._Coefficients(9.0, (0.03, 0.05))
    read = [("a", "7", "0.05 0.06"), ("b", "9", "0.03 0.05")]
    read = [{"nuclide": "40Ar"} | dict(zip(("set", "radius", "coefficients"), row, strict=True)) for row in read]
    monkeypatch.setattr(expansions, "rows", lambda name: read)
    found = expansions._sets.__wrapped__()
    assert found == {"40Ar": {"b": large, "a": small}}
    assert next(iter(found["40Ar"])) == "b"


def test_charge_densities_of_argon_agree_within_a_percent_at_low_momentum_transfer():
    # physics: three analyses of the same data, and Helm with the measured radius
    q = 50.0
    values = [
        model(q, ARGON)
        for model in (
            FourierBessel(),
            TwoParameterFermi(3.53, 0.542),
            ThreeParameterFermi(3.73, 0.62, -0.19),
            Helm("charge-radius"),
        )
    ]
    assert np.ptp(values) < 0.01


# ---- low momentum transfer -------------------------------------------------------------------------------------------


def test_moment_expansion_is_its_polynomial():
    moments = (3.4168**2, 3.7233**4, 4600.0)
    for n in (1, 2, 3):
        model = MomentExpansion(*moments[:n])
        q = np.linspace(0.0, model.maximum(ARGON), 100)
        np.testing.assert_allclose(model(q, ARGON), reference.moment_expansion(q, *moments[:n]), rtol=0, atol=BOUND)


def test_moment_expansion_is_within_its_last_term_of_the_density():
    # alternating terms that fall: the error is less than the first left out, that less than the last kept, 0.01 at the end
    density = TwoParameterFermi(3.53, 0.542)
    r2, r4 = density.rms_radius(ARGON) ** 2, density.fourth_moment(ARGON)
    for model in (MomentExpansion(r2), MomentExpansion(r2, r4)):
        q = np.linspace(0.0, model.maximum(ARGON), 50)
        assert np.abs(model(q, ARGON) - density(q, ARGON)).max() < 0.01


def test_nothing_is_said_beyond_the_end_of_an_expansion_or_a_table():
    target = cevns.Target({"40Ar": 1.0})
    for model in (MomentExpansion(11.5, end=50.0), Tabulated((0.0, 20.0, 40.0, 50.0), (1.0, 0.98, 0.92, 0.88))):
        assert math.isfinite(model(50.0, ARGON))
        with pytest.raises(cevns.InputError, match=re.escape("q must be >= 0 and <= 50 MeV (got 50.1)")):
            model(50.1, ARGON)
        interaction = cevns.StandardModel(form_factor=model)
        # q = 50 MeV is T = 33.6 keV in argon
        rates = cevns.differential_rate([1.0, 33.0, 40.0], cevns.sources.sns(), target, interaction)
        np.testing.assert_array_equal(np.isfinite(rates), [True, True, False])


# ---- own tables ------------------------------------------------------------------------------------------------------


def test_table_goes_through_its_points_and_between_them_follows_the_function():
    # a cubic spline with points 5 MeV apart: 5 h⁴/384 max|F⁗|, F⁗ = ⟨r⁴⟩/5/ħc⁴ = 2.6e-8 MeV⁻⁴: 2e-7
    q = np.arange(0.0, 301.0, 5.0)
    expected = Helm()(q, ARGON)
    model = Tabulated(q, expected)
    np.testing.assert_allclose(model(q, ARGON), expected, rtol=0, atol=BOUND)
    fine = np.linspace(0.0, 300.0, 777)
    np.testing.assert_allclose(model(fine, ARGON), Helm()(fine, ARGON), rtol=0, atol=2e-7)
    assert model.rms_radius(ARGON) == pytest.approx(Helm().rms_radius(ARGON), rel=1e-3)


def test_table_with_unequal_steps_is_kept_to_its_tolerance():
    q = np.linspace(0.0, math.sqrt(300.0), 60) ** 2
    expected = Helm()(q, ARGON)
    np.testing.assert_allclose(Tabulated(q, expected)(q, ARGON), expected, rtol=0, atol=1e-10)


def test_spline_of_a_table_is_that_of_scipy():
    from scipy.interpolate import CubicSpline

    q = np.array([0.0, 3.0, 10.0, 14.0, 30.0, 55.0, 60.0])
    values = np.cos(q / 25)
    model = Tabulated(q, values)
    # scipy: flat at zero is given; not-a-knot at the end
    expected = CubicSpline(q, values, bc_type=((1, 0.0), "not-a-knot"))
    fine = np.linspace(0.0, 60.0, 301)
    np.testing.assert_allclose(model(fine, ARGON), expected(fine), rtol=0, atol=1e-10)


def test_table_of_a_density_approaches_its_form_factor_with_the_square_of_the_step():
    exact = TwoParameterFermi(3.53, 0.542)
    q, errors = np.linspace(0.0, 300.0, 60), []
    for n in (81, 161):
        r = np.linspace(0.0, 16.0, n)
        model = Tabulated.from_density(r, reference.fermi_density(r, 3.53, 0.542))
        assert isinstance(model, TabulatedDensity)
        errors.append(np.abs(model(q, ARGON) - exact(q, ARGON)).max())
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.05)
    assert errors[1] < 1e-3


def test_constant_density_is_a_solid_sphere():
    model = Tabulated.from_density([0.0, 4.0], [1.0, 1.0])
    expected = SolidSphere.from_rms(math.sqrt(0.6) * 4.0)
    np.testing.assert_allclose(model(Q, ARGON), expected(Q, ARGON), rtol=0, atol=BOUND)


# ---- derivatives -----------------------------------------------------------------------------------------------------

WITH_RADIUS = [
    Helm(),
    Helm("charge-radius"),
    Helm.from_rms(math.sqrt(3) * 0.9),
    KleinNystrand(),
    SymmetrizedFermi(),
    SolidSphere(),
    Gaussian(),
    Dipole(),
    TwoParameterFermi(),
    TwoParameterFermi(3.53, 0.542),
    ThreeParameterFermi(3.73, 0.62, -0.19),
    HarmonicOscillator(1.6),
    HarmonicOscillator(center_of_mass=True),
    Skin(Helm(), 0.2),
]


@pytest.mark.parametrize("model", [model for model in WITH_RADIUS if model.rms_radius(CARBON) > 1.6], ids=repr)
def test_derivative_by_the_radius_is_that_of_differences(model):
    # Richardson's central differences of step 0.02 fm: their error is 4e-8 h⁴ …, and rounding 1e-14/0.02
    nuclide = CARBON if isinstance(model, HarmonicOscillator) else ARGON
    q = np.linspace(0.0, 400.0, 81)
    r, h = model.rms_radius(nuclide), 0.02

    def difference(h):
        return (model.resized(r + h, nuclide)(q, nuclide) - model.resized(r - h, nuclide)(q, nuclide)) / (2 * h)

    expected = (4 * difference(h / 2) - difference(h)) / 3
    np.testing.assert_allclose(model.derivative(q, nuclide), expected, rtol=0, atol=2e-8)


@pytest.mark.parametrize("model", WITH_RADIUS, ids=repr)
def test_derivative_starts_with_the_radius(model):
    # F = 1 − q²r²/6 + …: −q²r/3, the next term smaller by (q r)²/5 = 1e-3 at 1 MeV or less
    nuclide = CARBON if isinstance(model, HarmonicOscillator) else ARGON
    slope = model.derivative(1.0, nuclide)
    assert slope == pytest.approx(-model.rms_radius(nuclide) / 3 / HBAR_C**2, rel=1e-3)
    assert model.derivative(0.0, nuclide) == pytest.approx(0.0, abs=1e-15)


def test_derivative_is_exact_to_rounding():
    # forty digits of the closed forms, differentiated numerically by mpmath
    import mpmath

    r, s, k = mpmath.mpf("3.4"), mpmath.mpf("0.9"), mpmath.mpf("0.7")

    def helm(r):
        x = k * mpmath.sqrt(mpmath.mpf(5) / 3 * (r**2 - 3 * s**2))
        return 3 * (mpmath.sin(x) - x * mpmath.cos(x)) / x**3 * mpmath.exp(-((k * s) ** 2) / 2)

    def fermi(r):
        a = mpmath.mpf("0.52")
        y = mpmath.pi * k * a
        x = k * mpmath.sqrt(mpmath.mpf(5) / 3 * (r**2 - mpmath.mpf(7) / 5 * (mpmath.pi * a) ** 2))
        bracket = y * mpmath.sin(x) / mpmath.tanh(y) - x * mpmath.cos(x)
        return 3 / (x * (x**2 + y**2)) * y / mpmath.sinh(y) * bracket

    def two_parameters(c):
        a = mpmath.mpf("0.542")
        f = lambda r: 1 / (1 + mpmath.exp((r - c) / a))  # noqa: E731
        pieces = [0, 2, 4, 6, 10, 40]
        norm = mpmath.quad(lambda r: r**2 * f(r), pieces)
        return (
            mpmath.quad(lambda r: r * mpmath.sin(k * r) / k * f(r), pieces) / norm,
            mpmath.sqrt(mpmath.quad(lambda r: r**4 * f(r), pieces) / norm),
        )

    with mpmath.workdps(40):
        q = 0.7 * HBAR_C
        assert Helm.from_rms(3.4).derivative(q, ARGON) == pytest.approx(float(mpmath.diff(helm, r)), rel=1e-14, abs=1e-15)
        assert SymmetrizedFermi.from_rms(3.4).derivative(q, ARGON) == pytest.approx(float(mpmath.diff(fermi, r)), abs=2e-15)
    with mpmath.workdps(30):
        c, h = mpmath.mpf("3.53"), mpmath.mpf("1e-8")
        (F1, r1), (F0, r0) = two_parameters(c + h), two_parameters(c - h)
        assert TwoParameterFermi(3.53, 0.542).derivative(q, ARGON) == pytest.approx(float((F1 - F0) / (r1 - r0)), abs=1e-14)


def test_shape_of_a_derivative_is_that_of_q():
    assert type(Helm().derivative(50, ARGON)) is float
    assert Helm().derivative(np.ones((2, 0, 3)), ARGON).shape == (2, 0, 3)
    assert Helm().derivative(np.ones((4, 6)), ARGON).shape == (4, 6)


# ---- other radii -----------------------------------------------------------------------------------------------------

MODELS = [
    TwoParameterFermi(),
    TwoParameterFermi(3.53, 0.542),
    TwoParameterFermi.from_rms(3.4),
    ThreeParameterFermi(3.73, 0.62, -0.19),
    FourierBessel(),
    FourierBessel("devries-1987"),
    FourierBessel(coefficients=[0.05, 0.06, 0.01, -0.01], radius=7),
    SumOfGaussians([1.0, 3.0], [0.4, 0.6], 1.3),
    HarmonicOscillator(1.6),
    HarmonicOscillator.from_rms(2.4, center_of_mass=True),
    MomentExpansion(11.5),
    MomentExpansion(11.5, 190.0, 4500.0, 60.0),
    Tabulated((0.0, 20.0, 40.0, 60.0), (1.0, 0.98, 0.92, 0.83)),
    TabulatedDensity((0.0, 2.0, 4.0), (1.0, 0.9, 0.0)),
    Helm("charge-radius"),
    ByNuclide({"Ar40": TwoParameterFermi(3.53, 0.542), "208Pb": FourierBessel()}, otherwise=Helm()),
    Skin(Helm(), "empirical"),
    Skin(FourierBessel(), 0.1),
    Skin(KleinNystrand(), {"40Ar": 0.08, "12C": 0.0}),
]


def nucleus_of(model):
    return CARBON if isinstance(model, HarmonicOscillator) else ARGON


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_form_factors_are_values(model):
    namespace = {name: getattr(form_factors, name) for name in form_factors.__all__}
    nuclide = nucleus_of(model)
    for copy in (eval(repr(model), namespace), pickle.loads(pickle.dumps(model)), replace(model)):
        assert copy == model
        assert hash(copy) == hash(model)
        assert repr(copy) == repr(model)
        assert copy(10.0, nuclide) == model(10.0, nuclide)
    assert len(set(MODELS)) == len(MODELS)


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_form_factor_is_one_at_zero(model, instruction_set):
    # a table's polynomial does not start at its constant: 4 units in the last place
    assert model(0.0, nucleus_of(model)) == pytest.approx(1.0, abs=2e-15)


@pytest.mark.parametrize("model", [*MODELS, *WITH_RADIUS], ids=repr)
def test_resized_density_has_the_radius_asked_for(model):
    nuclide = nucleus_of(model)
    resized = model.resized(3.6, nuclide)
    assert resized.rms_radius(nuclide) == pytest.approx(3.6, rel=1e-12)
    q = 2.0  # MeV: 1 − q²r²/6, the next term 1e-7 · 1e-2
    coarse = 1e-4 if isinstance(model, Tabulated) else 1e-7  # four points 20 MeV apart: F is not even in q
    assert resized(q, nuclide) == pytest.approx(1 - (q / HBAR_C * 3.6) ** 2 / 6, abs=coarse)


@pytest.mark.parametrize("model", [TwoParameterFermi, ThreeParameterFermi, HarmonicOscillator])
def test_density_made_from_a_radius_has_it(model):
    assert model.from_rms(3.1).rms_radius(CARBON) == pytest.approx(3.1, rel=1e-14)


def test_measured_density_is_stretched():
    r = FourierBessel().rms_radius(ARGON)
    q = np.linspace(0.0, 500.0, 60)
    wider = FourierBessel().resized(1.1 * r, ARGON)
    np.testing.assert_allclose(wider(q, ARGON), FourierBessel()(1.1 * q, ARGON), rtol=0, atol=BOUND)


def test_helm_of_the_charge_radius_has_it():
    for nuclide in (ARGON, XENON, LEAD):
        assert Helm("charge-radius").rms_radius(nuclide) == pytest.approx(nuclide.charge_radius, rel=1e-14)
        np.testing.assert_array_equal(Helm("charge-radius")(Q, nuclide), Helm.from_rms(nuclide.charge_radius)(Q, nuclide))


def test_prex_form_factor_is_within_the_measurement():
    # PREX-2: F_W(q = 0.39774 fm⁻¹) = 0.368 ± 0.013; q is printed to half of 1e-5 fm⁻¹, with dF/dq = −1.8 fm
    value = Helm.from_rms(5.80)(0.397744 * HBAR_C, LEAD)
    assert value == pytest.approx(0.361411, abs=1e-6)
    assert value == pytest.approx(0.368, abs=0.013)
    assert Helm.from_rms(5.5)(0.397744 * HBAR_C, LEAD) == pytest.approx(0.407623, abs=1e-6)


# ---- neutrons --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("base", [Helm(), KleinNystrand(), SymmetrizedFermi(), TwoParameterFermi(), FourierBessel()], ids=repr)
def test_neutrons_reach_further_by_the_skin(base):
    for skin, expected in ((0.1, 0.1), ("empirical", -0.04 + 1.01 * 4 / 40), ({"40Ar": 0.08}, 0.08), (-0.05, -0.05)):
        neutrons = neutron_form_factor(base, skin)
        assert neutrons.rms_radius(ARGON) - base.rms_radius(ARGON) == pytest.approx(expected, abs=1e-12)
        # less coherent where the neutrons reach further
        assert (neutrons(50.0, ARGON) < base(50.0, ARGON)) == (expected > 0)


def test_no_skin_is_the_protons_own_form_factor():
    assert neutron_form_factor(Helm(), "none") is not Skin
    assert neutron_form_factor(Helm()) == Helm()
    assert neutron_form_factor(Helm(), 0.0) == Helm()
    np.testing.assert_array_equal(Skin(Helm(), {"40Ar": 0.0})(Q, ARGON), Helm()(Q, ARGON))


def test_skin_lowers_the_rate_of_a_spallation_source_by_percents():
    # −q²r Δr/3 for F_n, twice for its square: −2 · (0.15)² · 3.4 · 0.061/3 · ħc … about 1 % for argon
    target, flux = cevns.Target("Ar"), cevns.sources.sns()
    skin = cevns.StandardModel(neutron_form_factor=Skin(Helm(), "empirical"))
    assert 0.97 < cevns.rate(flux, target, skin) / cevns.rate(flux, target) < 0.999


def test_each_nuclide_has_the_model_given_for_it():
    model = ByNuclide({"Ar-40": FourierBessel()}, otherwise=Helm())
    assert model(50.0, ARGON) == FourierBessel()(50.0, ARGON)
    assert model(50.0, XENON) == Helm()(50.0, XENON)
    assert model.derivative(50.0, XENON) == Helm().derivative(50.0, XENON)


# ---- wrong input -----------------------------------------------------------------------------------------------------

WRONG = [
    (lambda: TwoParameterFermi(-1.0), "radius must be > 0 fm and finite (got -1)"),
    (
        lambda: TwoParameterFermi(0.1, 0.5),
        "radius must be >= 0.125 fm for two-parameter Fermi with a diffuseness of 0.5 fm (got 0.1)",
    ),
    (lambda: TwoParameterFermi.from_rms(1.0), "radius must be >= "),
    (lambda: ThreeParameterFermi(3.5, 0.5, np.nan), "depression must be finite (got nan)"),
    (lambda: ThreeParameterFermi(3.5, 0.5, -5.0), "depression of -5 leaves no density"),
    (lambda: TwoParameterFermi()(50.0, 40), "nuclide must be a cevns.Nuclide or its name (got 40)"),
    (lambda: FourierBessel(coefficients=(1.0,)), "coefficients and radius of a Fourier–Bessel density are given together"),
    (lambda: FourierBessel("a", coefficients=(1.0,), radius=3.0), "either a set or coefficients"),
    (lambda: FourierBessel(coefficients=(-1.0,), radius=3.0), "positive integral"),
    (lambda: FourierBessel(coefficients=(), radius=3.0), "coefficients must be a list of numbers"),
    (lambda: FourierBessel()(50.0, 40), "nuclide must be a cevns.Nuclide or its name (got 40)"),
    (lambda: SumOfGaussians((1.0, 2.0), (1.0,), 1.0), "fractions must be as many as radii (got 1 and 2)"),
    (lambda: SumOfGaussians((1.0, 2.0), (0.5, 0.4), 1.0), "fractions must add up to 1 within 0.01 (got 0.9)"),
    (lambda: SumOfGaussians((1.0, 2.0), (0.5, 0.5), 0.0), "width must be > 0 fm and finite (got 0)"),
    (lambda: HarmonicOscillator(1.6, 2.4), "either a length or a radius"),
    (lambda: HarmonicOscillator(center_of_mass=1), "center_of_mass must be True or False (got 1)"),
    (lambda: MomentExpansion(0.0), "r2 must be > 0 fm² and finite (got 0)"),
    (lambda: MomentExpansion(10.0, 90.0), "r4 must be >= r2² = 100 fm^4, as of any density (got 90)"),
    (lambda: MomentExpansion(10.0, 120.0, 1000.0), "r6 must be >= r4²/r2 = 1440 fm^6, as of any density (got 1000)"),
    (lambda: MomentExpansion(10.0, r6=1e4), "r6 is given without r4"),
    (lambda: Tabulated((1.0, 2.0, 3.0, 4.0), (1.0, 0.9, 0.8, 0.7)), "must begin with F(0) = 1 (got F(1 MeV) = 1)"),
    (lambda: Tabulated((0.0, 2.0, 3.0, 4.0), (0.9, 0.9, 0.8, 0.7)), "must begin with F(0) = 1 (got F(0 MeV) = 0.9)"),
    (
        lambda: Tabulated((0.0, 2.0, 2.0, 4.0), (1.0, 0.9, 0.8, 0.7)),
        "momentum_transfer must increase (got 2 at index 1, then 2)",
    ),
    (lambda: Tabulated((0.0, 2.0), (1.0, 0.9)), "values must be as many as momentum_transfer, 4 at least (got 2 and 2)"),
    (lambda: Tabulated((0.0, 2.0, 3.0, 4.0), (1.0, 0.9, -1.8, 0.7)), "values must be >= -1 and <= 1 (got -1.8)"),
    (lambda: Tabulated.from_density((1.0, 2.0), (1.0, 0.9)), "radius must begin at 0 fm (got 1)"),
    (lambda: Tabulated.from_density((0.0, 2.0), (-1.0, 0.0)), "density must have a positive integral"),
    (lambda: Skin(Helm(), 5.0), "neutron skin must be >= -1 and <= 2 fm (got 5)"),
    (lambda: Skin("helm", 0.1), "form_factor must be a form factor"),
    (lambda: ByNuclide({"40Ar": 1.0}), "models must be form factors"),
    (lambda: Helm("charge-radius")(1.0, cevns.Nuclide("1H")), "charge radius must be >= 1.559 fm for Helm"),
    (lambda: Helm().derivative(-1.0, ARGON), "q must be >= 0 MeV and finite (got -1)"),
]


@pytest.mark.parametrize(("call", "message"), WRONG, ids=[message for _, message in WRONG])
def test_wrong_input_is_named_with_its_value_and_range(call, message):
    with pytest.raises(cevns.InputError, match=re.escape(message)):
        call()


def test_a_nucleus_without_data_is_refused_with_what_exists():
    with pytest.raises(cevns.UnsupportedError, match="no Fourier–Bessel set for 132Xe; there are sets for 3H, 12C, 15N"):
        FourierBessel()(50.0, XENON)
    with pytest.raises(cevns.UnknownNameError, match="unknown Fourier–Bessel set of 40Ar 'sick'; known are 'devries-1987'"):
        FourierBessel("sick")(50.0, ARGON)
    with pytest.raises(cevns.UnsupportedError, match=r"nuclei with Z from 2 to 8 \(got 40Ar, Z = 18\)"):
        HarmonicOscillator()(50.0, ARGON)
    with pytest.raises(cevns.UnknownNameError, match="no neutron skin for 40Ar; there are those of 208Pb"):
        Skin(Helm(), {"208Pb": 0.28})(50.0, ARGON)
    with pytest.raises(cevns.UnknownNameError, match="no form factor for 40Ar; there are those of 208Pb"):
        ByNuclide({"208Pb": Helm()})(50.0, ARGON)
    with pytest.raises(cevns.UnknownNameError, match="unknown neutron skin 'thick'"):
        Skin(Helm(), "thick")


def test_a_density_without_a_radius_has_no_derivative():
    for model in (Point(), FourierBessel(), MomentExpansion(11.5)):
        with pytest.raises(cevns.UnsupportedError, match=f"{type(model).__name__} has no radius to vary"):
            model.derivative(5.0, ARGON)
    with pytest.raises(cevns.UnsupportedError, match="Point has no radius to vary"):
        Point().resized(3.0, ARGON)


def test_every_form_factor_is_there_when_asked_for():
    assert set(form_factors.__all__) <= set(dir(form_factors))
    for name in form_factors.__all__:
        assert getattr(form_factors, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute 'Hlem'"):
        form_factors.Hlem  # noqa: B018
