"""The engine: one contract that every channel obeys, whatever is hit and however."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad

import cevns
from cevns import Component, Flux, dark_matter, electrons, spectra
from cevns.electrons.rates import electrons as electrons_of
from cevns.scattering import engine
from cevns.scattering.channels import Entry, Rows
from cevns.scattering.rates import channel as nuclei_of

SM = cevns.StandardModel()
FLUX = cevns.Flux.from_table(
    [2.0, 10.0, 30.0, 45.0], {"nue": [1e6, 3e6, 1e6, 0.0], "numubar": [0.0, 1e6, 2e6, 1e6]}
).with_uncertainty("power", 0.1)
PORTAL = dark_matter.VectorPortal(mass=5.0, mediator_mass=30.0, kinetic_mixing=1e-3, alpha_D=0.5)
DARK = dark_matter.DarkMatterFlux.from_table(5.0, [6.0, 20.0, 60.0], [1.0, 2.0, 0.0])
CHANNELS = {
    "Standard Model": (FLUX, nuclei_of("CsI", SM)),
    "NSI": (FLUX, nuclei_of("CsI", SM + cevns.NSI(eps_ee_u=0.1, eps_em_u=0.2))),
    "light mediator": (FLUX, nuclei_of("Ge", SM + cevns.VectorMediator(mass=1.0, coupling=1e-4))),
    "axial mediator": (FLUX, nuclei_of("Xe", cevns.StandardModel(axial=True) + cevns.AxialMediator(mass=30.0, coupling=1e-3))),
    "magnetic moment": (FLUX, nuclei_of("Ge", SM + cevns.MagneticMoment(nue=1e-10))),
    "heavy final state": (FLUX, nuclei_of("Ar", SM + cevns.DipolePortal(mass=10.0, nue=1e-9))),
    "free electrons": (FLUX, electrons_of("Ge", SM, "free")),
    "bound electrons": (FLUX, electrons_of("Xe", SM)),
    "electrons and a mediator": (FLUX, electrons_of("Xe", SM + cevns.VectorMediator(mass=0.1, coupling=1e-6, model="b-l"))),
    "dark matter": (DARK, dark_matter.rates.dark_matter(cevns.Target("CsI"), PORTAL)),
}
EDGES = np.array([0.02, 0.5, 2.0, 7.0, 20.0, 60.0])


@pytest.fixture(params=CHANNELS)
def case(request):
    return CHANNELS[request.param]


def rates(T, flux, channel):
    return engine.differential_rate(np.asarray(T, dtype=np.float64), flux, channel)


def test_bins_are_integrals_of_the_rate(case):
    flux, channel = case
    ends = [float(T) for each in channel.recoils(channel.rows(flux).breaks) for T in each]
    cuts = np.unique([*EDGES, *(T for T in [*ends, *channel.jumps.tolist()] if EDGES[0] < T < EDGES[-1])])
    exact = np.zeros(EDGES.size - 1)
    for low, high in pairwise(cuts):
        inside = (low * (1 + 1e-13), high * (1 - 1e-13))  # a rate that jumps is that of the panel
        value, _ = quad(
            lambda s: 2 * s * float(rates(s * s, flux, channel)), *np.sqrt(inside), epsabs=0.0, epsrel=1e-11, limit=300
        )
        exact[np.searchsorted(EDGES, (low + high) / 2) - 1] += value
    bins = engine.binned_rate(EDGES, flux, channel)
    np.testing.assert_allclose(bins, exact, rtol=1e-9, atol=1e-12 * exact.max())


def test_bins_add_to_what_lies_between_thresholds(case):
    flux, channel = case
    bins = engine.binned_rate(EDGES, flux, channel)
    above = engine.rate(flux, channel, EDGES[:-1], np.inf)
    between = engine.rate(flux, channel, EDGES[1], EDGES[3])
    beyond = above[-1] - bins[-1]
    assert beyond >= -1e-10 * above[0]
    np.testing.assert_allclose(np.cumsum(bins[::-1])[::-1] + beyond, above, rtol=1e-9, atol=1e-12 * above[0])
    assert between == pytest.approx(bins[1:3].sum(), rel=1e-9)


def test_the_rate_is_linear_in_the_flux_and_ends_where_recoils_end(case):
    flux, channel = case
    T = np.geomspace(0.03, 30.0, 7)
    np.testing.assert_allclose(rates(T, 2.5 * flux, channel), 2.5 * rates(T, flux, channel), rtol=1e-13)
    end = channel.end(float(channel.rows(flux).breaks[-1]))
    assert rates(1.001 * end, flux, channel) == 0.0
    if not channel.jumps.size or channel.jumps.max() < end:
        assert rates(0.5 * end, flux, channel) > 0.0


def test_rates_by_scatterer_add_to_the_rate(case):
    flux, channel = case
    T, rows = np.geomspace(0.03, 30.0, 7), channel.rows(flux)
    apart, together = engine.differential(T, rows, channel, by_scatterer=True), engine.differential(T, rows, channel)
    assert apart.shape == (len(channel.exponents), channel.factors.size, T.size)
    np.testing.assert_allclose(apart.sum(axis=1), together[:, 0], rtol=1e-12, atol=1e-15 * together.max())


@pytest.mark.parametrize("name", [name for name in CHANNELS if name != "dark matter"])
def test_splits_steps_and_covariances_are_weights_over_rows(name):
    flux, channel = CHANNELS[name]
    T = np.geomspace(0.03, 30.0, 7)
    total = rates(T, flux, channel)
    for split in ("flavor", "component"):
        np.testing.assert_allclose(engine.differential_rate(T, flux, channel, split).sum(axis=0), total, rtol=1e-13)
    central, covariance = engine.differential_rate(T, flux, channel, None, True)
    np.testing.assert_allclose(covariance, 0.01 * np.outer(central, central), rtol=1e-12)
    bins, of_bins = engine.binned_rate(EDGES, flux, channel, True)
    np.testing.assert_allclose(of_bins, 0.01 * np.outer(bins, bins), rtol=1e-8, atol=1e-20 * bins.max() ** 2)
    history = cevns.FluxHistory([0.0, 1.0, 2.0, 5.0], [flux, 0.0 * flux, 3.0 * flux], "d")
    np.testing.assert_allclose(rates(T, history, channel), total[:, None] * [1.0, 0.0, 3.0], rtol=1e-13)
    np.testing.assert_allclose(engine.binned_rate(EDGES, history, channel), bins[:, None] * [1.0, 0.0, 3.0], rtol=1e-12)
    np.testing.assert_allclose(engine.rate(history, channel, 0.5, 7.0), bins[1:3].sum() * np.array([1.0, 0.0, 3.0]), rtol=1e-9)


def test_rows_with_breaks_of_their_own_give_the_same_bins_one_by_one_and_together(case):
    _, channel = case
    if not isinstance(channel, type(CHANNELS["NSI"][1])) or channel.diverges:
        return
    tables = [spectra.Table(np.sort(np.random.default_rng(i).uniform(2.0, 50.0, 9)), np.ones(9)) for i in range(5)]
    entries = [Entry(table, channel.groups[0], row, 1e6) for row, table in enumerate(tables)]
    rows = Rows(entries, "s", len(tables))
    assert len(rows.alone) == len(tables)
    each = engine.integrals(EDGES, rows, channel).sum(axis=0)
    for table, found in zip(tables, each, strict=True):
        alone = engine.binned_rate(EDGES, Flux((Component("nue", "a", table, 1e6),)), channel)
        np.testing.assert_allclose(found, alone, rtol=1e-12)


def test_a_channel_that_grows_without_end_asks_for_a_threshold():
    for flux, channel in CHANNELS.values():
        if channel.diverges is None:
            assert np.isfinite(engine.binned_rate([0.0, 1.0], flux, channel)).all()
            continue
        for call in (
            lambda f=flux, c=channel: rates([0.0, 1.0], f, c),
            lambda f=flux, c=channel: engine.binned_rate([0.0, 1.0], f, c),
            lambda f=flux, c=channel: engine.rate(f, c, 0.0, 1.0),
        ):
            with pytest.raises(cevns.CevnsError, match="must be > 0 keV: a magnetic current grows without end"):
                call()


def test_a_cross_section_is_the_rate_of_one_line():
    """Of one nucleus, one electron: dσ/dT and σ are those of a flux of one neutrino a second and cm²."""
    nuclide = cevns.Nuclide("73Ge")
    T, E = np.array([0.1, 1.0, 10.0]), 40.0
    line = Flux((Component("nue", "line", spectra.Lines([E], [1.0])),), "burst")
    number = dict(cevns.Target("73Ge").components)[nuclide]
    for theory in (SM, SM + cevns.NSI(eps_et_d=0.3), SM + cevns.ScalarMediator(mass=10.0, coupling=1e-4)):
        one = cevns.differential_cross_section(T, E, nuclide, theory)
        np.testing.assert_allclose(cevns.differential_rate(T, line, "73Ge", theory), number * one, rtol=1e-12)
        total = cevns.cross_section(E, nuclide, theory, threshold=0.5)
        assert cevns.rate(line, "73Ge", theory, threshold=0.5) == pytest.approx(number * total, rel=1e-9)
        free = electrons.differential_cross_section(T, E, theory)
        found = electrons.differential_rate(T, line, "73Ge", theory, binding="free")
        np.testing.assert_allclose(found, 32 * number * free, rtol=1e-12)
        total = electrons.cross_section(E, theory, threshold=0.5)
        assert electrons.rate(line, "73Ge", theory, threshold=0.5, binding="free") == pytest.approx(
            32 * number * total, rel=1e-9
        )


def test_zero_couplings_are_the_standard_model_bit_for_bit():
    T = np.geomspace(1e-3, 60.0, 200)
    for theory in (SM + cevns.NSI(), SM + cevns.VectorMediator(mass=30.0, coupling=0.0), SM + cevns.MagneticMoment()):
        np.testing.assert_array_equal(cevns.differential_rate(T, FLUX, "CsI", theory), cevns.differential_rate(T, FLUX, "CsI"))
        np.testing.assert_array_equal(cevns.binned_rate(EDGES, FLUX, "CsI", theory), cevns.binned_rate(EDGES, FLUX, "CsI"))


def test_a_cross_section_that_has_no_end_takes_no_end_of_panels():
    """Callers refuse a threshold of 0 where a current diverges; past them it still is a number, of ln(1/T) at 1e-300 keV."""
    channel = nuclei_of(cevns.Target("132Xe"), cevns.StandardModel() + cevns.MagneticMoment(numu=1e-9))
    E, zero, infinity = np.array([30.0]), np.zeros(1), np.full(1, np.inf)
    found = engine.cross_section(E, zero, infinity, channel, channel.groups[1])
    above = engine.cross_section(E, np.array([1e-3]), infinity, channel, channel.groups[1])
    assert above[0] < found[0] < 1e3 * above[0]
