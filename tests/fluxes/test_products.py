"""Products of a spectrum and a factor: densities, totals, means and moments against quadrature; and that they are values."""

import itertools
import pickle
from dataclasses import dataclass

import numpy as np
import pytest

from cevns import Component, Flux, Uncertainty, differential_rate
from cevns.errors import InputError
from cevns.fluxes.products import Product, edges_of, product, products
from cevns.fluxes.spectra import EndPoint, Function, Lines, Table


@dataclass(frozen=True)
class Wave:
    """1 + sin(kE)/2, or a sign-changing sine, and optionally a jump."""

    k: float = 0.4
    mean: float = 1.0
    jump: float | None = None

    def __call__(self, energy):
        values = self.mean + 0.5 * np.sin(self.k * energy)
        return values if self.jump is None else np.where(energy < self.jump, values, 2.0 * values)

    @property
    def breaks(self):
        return () if self.jump is None else (self.jump,)


def falling(E):
    return E**2 * np.exp(-E / 3.0)


ENERGY = [1.0, 2.0, 3.5, 8.0]
SPECTRA = {
    "linear": Table(ENERGY, [3.0, 2.0, 4.0, 0.0]),
    "linear from 0": Table([0.0, 2.0, 8.0], [1.0, 2.0, 0.5]),
    "loglog": Table(ENERGY, [3.0, 2.0, 4.0, 0.1], "loglog"),
    "histogram": Table(ENERGY, [3.0, 2.0, 4.0], "histogram"),
    "signed": Table(ENERGY, [3.0, -2.0, 4.0, -1.0], "linear", True),
    "signed histogram": Table(ENERGY, [3.0, -2.0, 4.0], "histogram", True),
    "electron": EndPoint("electron"),
    "muon": EndPoint("muon"),
    "function": Function(falling, (0.0, 30.0)),
    "product": product(Table(ENERGY, [3.0, 2.0, 4.0, 0.0]), Wave(0.7)),
}
FACTORS = {
    "smooth": Wave(),
    "changing sign": Wave(1.1, 0.0),
    "with a jump": Wave(0.4, 1.0, 2.7),
    "with a jump at a knot": Wave(0.4, 1.0, 2.0),
    "with a jump outside": Wave(0.4, 1.0, 400.0),
    "bins": Table([0.5, 2.5, 3.5, 60.0], [0.1, -0.2, 0.3], "histogram", True),
    "part of the range": Table([2.5, 5.0], [0.3], "histogram"),
    "a line": Table([0.0, 60.0], [0.0, 1.0]),
}
NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)
PAIRS = [pytest.param(s, f, id=f"{n}, {m}") for n, s in SPECTRA.items() for m, f in FACTORS.items()]


def factor_at(factor, E):
    return factor.density(E) if isinstance(factor, Table) else factor(E)


def integral(spectrum, factor, low, weight):
    """∫_low φ f w dE by Gauss–Legendre quadrature, in 20 pieces between any two energies at which it is not smooth."""
    knots = np.unique(np.concatenate([edges_of(spectrum), np.ravel(getattr(factor, "breaks", ())), [low]]))
    knots = knots[(knots >= low) & (knots <= edges_of(spectrum)[-1])]
    cuts = np.concatenate([np.linspace(a, b, 20, endpoint=False) for a, b in itertools.pairwise(knots)])
    cuts = np.append(cuts, knots[-1])
    half, middle = np.diff(cuts)[:, None] / 2, (cuts[1:] + cuts[:-1])[:, None] / 2
    E = (middle + half * NODES).ravel()
    return float((half * WEIGHTS).ravel() @ (spectrum.density(E) * factor_at(factor, E) * weight(E)))


@pytest.mark.parametrize(("spectrum", "factor"), PAIRS)
def test_a_product_is_its_formula_and_its_integrals_are_those_of_a_quadrature(spectrum, factor):
    both = product(spectrum, factor)
    start, end = float(edges_of(spectrum)[0]), float(edges_of(spectrum)[-1])
    E = np.linspace(0.5 * start, 1.1 * end, 200)
    np.testing.assert_array_equal(both.density(E), spectrum.density(E) * factor_at(factor, E))

    # what changes sign cancels, so errors are relative to the largest density: 1e-11 is the tolerance of the panels
    size = 2e-11 * np.abs(both.density(E)).max() * (end - start)
    assert both.total == pytest.approx(integral(spectrum, factor, start, np.ones_like), abs=size)
    assert both.energy_sum == pytest.approx(integral(spectrum, factor, start, lambda x: x), abs=size * end)
    for part in (0.2, 0.6, 0.9):
        x = start + part * (end - start)
        moments = np.zeros((3, 1))
        both.moments.add_moments(np.array([x]), 1.0, moments)
        expected = [
            integral(spectrum, factor, x, np.ones_like),
            integral(spectrum, factor, x, lambda E, x=x: 1 - x / E),  # m₁ = Φ₀ − xΦ₁
            integral(spectrum, factor, x, lambda E, x=x: (1 - x / E) / E),  # m₂ = Φ₁ − xΦ₂
        ]
        np.testing.assert_allclose(moments[:, 0], expected, rtol=0, atol=size)


def test_a_factor_of_lines_is_taken_at_their_energies_exactly():
    lines = Lines([0.5, 1.0, 3.0], [2.0, 4.0, 6.0])
    factor = Wave(1.1, 0.0)
    both = product(lines, factor)
    assert isinstance(both, Lines)
    assert both.lines == tuple((e, w * float(factor(np.array([e]))[0])) for e, w in lines.lines)
    bins = Table([0.75, 1.0, 2.0], [5.0, -1.0], "histogram", True)
    assert product(lines, bins).lines == ((0.5, 0.0), (1.0, -4.0), (3.0, 0.0))  # on an edge: in the bin above


def test_a_change_is_the_difference_of_two_products():
    # (0.3 + s) − (−0.3 + s) = 0.6 at all energies; what is signed reaches rates as an uncertainty
    table = SPECTRA["linear"]
    parts = (
        Component("nue", "a", product(table, Wave(0.4, 0.3))),
        Component("nue", "a", product(table, Wave(0.4, -0.3)), -1.0),
    )
    flux = Flux((Component("nue", "a", table),), uncertainties=(Uncertainty("x", parts),))
    rate, covariance = differential_rate(np.linspace(0.0, 0.5, 20), flux, "Ge", covariance=True)
    assert rate[-1] > 0.0
    np.testing.assert_allclose(np.sqrt(np.diag(covariance)), 0.6 * rate, rtol=1e-10)


@pytest.mark.parametrize("spectrum", [Function(falling, (0.0, 30.0)), SPECTRA["linear"]], ids=["smooth", "a table"])
def test_products_that_share_their_panels_are_those_of_each_factor_alone(spectrum):
    factors = [Wave(0.4), Wave(3.0, 0.0)]
    x = np.linspace(0.5, 7.9, 30)
    for one, factor in zip(products(spectrum, factors), factors, strict=True):
        alone = product(spectrum, factor)
        assert one == alone
        assert pickle.loads(pickle.dumps(one)) == alone
        size = 2e-11 * np.abs(alone.moments.moments(x)).max()
        np.testing.assert_allclose(one.moments.moments(x), alone.moments.moments(x), rtol=0, atol=size)


def test_a_product_is_a_value():
    a, b = (product(Table(ENERGY, [3.0, 2.0, 4.0, 0.0]), Wave()) for _ in range(2))
    assert a == b
    assert hash(a) == hash(b)
    assert a != product(Table(ENERGY, [3.0, 2.0, 4.0, 0.0]), Wave(0.41))
    assert a != product(Table(ENERGY, [3.0, 2.0, 4.0, 0.1]), Wave())
    copy = pickle.loads(pickle.dumps(a))
    assert copy == a
    assert copy.total == a.total
    assert eval(repr(a), {"Product": Product, "Table": Table, "Wave": Wave}) == a
    with pytest.raises(AttributeError):
        a.factor = Wave()


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_factor_that_is_no_number_is_refused(value):
    both = product(Table(ENERGY, [3.0, 2.0, 4.0, 0.0]), lambda E: np.where(E > 3.0, value, 1.0))
    with pytest.raises(InputError, match=r"^factor of a spectrum must be finite"):
        both.total  # noqa: B018


def test_a_jump_that_a_factor_does_not_name_costs_panels_and_no_accuracy():
    spectrum = EndPoint("muon")
    both = product(spectrum, lambda E: np.where(E > 20.0, 1.0, 0.5))
    expected = integral(spectrum, Wave(0.0), 0.0, np.ones_like) + integral(spectrum, Wave(0.0), 20.0, np.ones_like)
    assert both.total == pytest.approx(expected / 2, rel=1e-10)


def test_a_factor_may_be_one_number_for_all_energies():
    both = product(EndPoint("muon"), lambda E: 0.25)
    assert both.total == pytest.approx(0.25, rel=1e-11)
    np.testing.assert_array_equal(both.density(np.array([10.0])), 0.25 * EndPoint("muon").density(np.array([10.0])))
