"""Spectra: density, total, mean, where they end; and that they are values."""

import pickle
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cevns
from cevns import spectra
from cevns.constants import MUON_MASS
from cevns.errors import InputError
from cevns.fluxes.spectra import EndPoint, Function, Lines, Table


def _beta(E):
    return E**2 * (10.0 - E) ** 2


def _negative(E):
    return 1.0 - E


ENERGY = [1.0, 2.0, 5.0]
ALL = [
    Table(ENERGY, [3.0, 2.0, 0.0]),
    Table(ENERGY, [3.0, 2.0], "histogram"),
    Table(ENERGY, [3.0, 2.0, 0.5], "loglog"),
    Lines([0.862, 0.384], [0.9, 0.1]),
    EndPoint("electron"),
    EndPoint("muon"),
    Function(_beta, [0.0, 10.0]),
]
IDS = ["linear", "histogram", "loglog", "lines", "electron", "muon", "function"]


# ---- integrals -------------------------------------------------------------------------------------------------------


def test_total_and_mean_of_a_linear_table_are_those_of_trapezoids():
    # by hand: ∫ = 2.5 + 3; ∫ E φ = [2.5 · 22/15 …] from the centroids of the two trapezoids
    table = Table(ENERGY, [3.0, 2.0, 0.0])
    assert table.total == pytest.approx(5.5, rel=1e-15)
    first, second = 3.0 * 1.5 - 1.0 * (1 / 2 + 1 / 3), 2.0 * (3.0**2 / 6 + 2.0 * 3.0 / 2)
    assert table.energy_sum == pytest.approx(first + second, rel=1e-14)


def test_total_and_mean_of_a_histogram_are_those_of_its_bins():
    table = Table(ENERGY, [3.0, 2.0], "histogram")
    assert table.total == 9.0
    assert table.energy_sum == pytest.approx(3.0 * 1.5 + 2.0 * 3.0 * 3.5, rel=1e-15)


@pytest.mark.parametrize("power", [-3.0, -2.0, -1.0, -0.5, 0.0, 2.0])
def test_total_and_mean_of_a_power_law_are_elementary(power):
    # cut at 3, which changes nothing; p = −1 and −2 make a logarithm of the total, of the mean
    energy = np.array([1.0, 3.0, 10.0])
    table = Table(energy, energy**power, "loglog")

    def integral(p):
        return np.log(10.0) if p == -1 else (10.0 ** (p + 1) - 1) / (p + 1)

    assert table.total == pytest.approx(integral(power), rel=1e-14)
    assert table.energy_sum == pytest.approx(integral(power + 1), rel=1e-14)


def test_total_and_mean_of_lines_are_sums():
    lines = Lines([2.0, 0.5], [3.0, 1.0])
    assert lines.total == 4.0
    assert lines.energy_sum == 6.5
    assert lines.lines == ((0.5, 1.0), (2.0, 3.0))


def test_total_and_mean_of_a_function_are_its_integrals():
    # E²(10 − E)²: B(3, 3) 10⁵ = 1e5/30, symmetric about 5
    function = Function(_beta, [0.0, 10.0])
    assert function.total == pytest.approx(1e5 / 30, rel=1e-12)
    assert function.energy_sum == pytest.approx(5e5 / 30, rel=1e-12)


def test_mean_energies_of_muon_decay():
    # 3/5 and 7/10 of m_μ/2: 31.7 and 37.0 MeV
    assert EndPoint("electron").energy_sum == pytest.approx(0.3 * MUON_MASS, rel=1e-15)
    assert EndPoint("muon").energy_sum == pytest.approx(0.35 * MUON_MASS, rel=1e-15)
    assert EndPoint.end == MUON_MASS / 2


@pytest.mark.parametrize(
    "spectrum", [s for s, name in zip(ALL, IDS, strict=True) if name != "lines"], ids=[i for i in IDS if i != "lines"]
)
def test_density_integrates_to_the_total_and_the_moment_at_zero(spectrum):
    # 40 Gauss nodes between the breaks, where the density is smooth; sampled functions are good to 1e-12
    node, weight = np.polynomial.legendre.leggauss(40)
    edges = spectrum.breaks if spectrum.breaks.size > 1 else np.array([0.0, spectrum.breaks[-1]])
    middle, half = (edges[1:, None] + edges[:-1, None]) / 2, np.diff(edges)[:, None] / 2
    E = middle + half * node
    assert np.sum(half * weight * spectrum.density(E)) == pytest.approx(spectrum.total, rel=2e-12)
    assert np.sum(half * weight * E * spectrum.density(E)) == pytest.approx(spectrum.energy_sum, rel=2e-12)
    assert spectrum.moments.moments(np.array([1e-300]))[0, 0] == pytest.approx(spectrum.total, rel=2e-12)


@given(st.lists(st.tuples(st.floats(1e-3, 5.0), st.floats(0.0, 1e6)), min_size=2, max_size=20))
def test_total_of_any_linear_table_is_its_first_moment(rows):
    steps, values = zip(*rows, strict=True)
    table = Table(np.cumsum(steps), values)
    assert table.moments.moments(np.array([1e-9]))[0, 0] == pytest.approx(table.total, rel=1e-13, abs=1e-300)
    if table.total > 1e-200:
        assert table.energy[0] <= table.energy_sum / table.total * (1 + 1e-14)
        assert table.energy_sum / table.total <= table.energy[-1] * (1 + 1e-14)


# ---- densities -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spectrum", ALL, ids=IDS)
def test_density_is_zero_outside_the_spectrum(spectrum):
    end = spectrum.breaks[-1]
    np.testing.assert_array_equal(spectrum.density(np.array([np.nextafter(end, np.inf), 2 * end, 1e6])), 0.0)
    if isinstance(spectrum, Table):
        np.testing.assert_array_equal(spectrum.density(np.array([0.0, 0.5, np.nextafter(1.0, 0.0)])), 0.0)


def test_tables_interpolate_as_their_name_says():
    E = np.array([1.0, 1.5, 2.0, 3.5, 5.0])
    np.testing.assert_allclose(ALL[0].density(E), [3.0, 2.5, 2.0, 1.0, 0.0], rtol=1e-15)
    np.testing.assert_array_equal(ALL[1].density(E), [3.0, 3.0, 2.0, 2.0, 2.0])
    # a straight line in the logarithms: the geometric mean at the geometric mean
    middle = np.sqrt([2.0, 10.0])
    np.testing.assert_allclose(ALL[2].density(middle), np.sqrt([6.0, 1.0]), rtol=1e-15)
    np.testing.assert_allclose(ALL[2].density(np.array(ENERGY)), [3.0, 2.0, 0.5], rtol=1e-15)


def test_muon_decay_spectra_are_those_of_the_textbook():
    # 192 E²/m³ (½ − E/m)·… : with E in units of m_μ/2, 12 x²(1 − x) and 2x²(3 − 2x)
    E = np.linspace(0.0, MUON_MASS / 2, 7)
    m = MUON_MASS
    np.testing.assert_allclose(EndPoint("electron").density(E), 192 / m * (E / m) ** 2 * (0.5 - E / m), rtol=1e-13, atol=1e-17)
    np.testing.assert_allclose(EndPoint("muon").density(E), 64 / m * (E / m) ** 2 * (0.75 - E / m), rtol=1e-13)


def test_a_function_is_evaluated_as_it_is_and_cut_at_its_edges():
    E = np.array([0.0, 1.0, 9.0, 10.0, 10.5])
    np.testing.assert_array_equal(Function(_beta, [0.0, 10.0]).density(E), np.where(E <= 10, _beta(E), 0.0))


def test_a_constant_function_may_return_a_number():
    assert Function(lambda E: 2.0, [1.0, 3.0]).total == pytest.approx(4.0, rel=1e-14)


@pytest.mark.parametrize("jump", [1.0001, 2.0, 2.1, np.e, 4.999])
def test_a_jump_is_found_unless_the_edges_name_it(jump):
    def step(E):
        return np.where(jump > E, 1.0, 3.0)

    with pytest.raises(cevns.InputError, match=f"near {jump:g} MeV: name its jumps among the edges"):
        Function(step, [1.0, 5.0])
    assert Function(step, [1.0, jump, 5.0]).total == pytest.approx(jump - 1.0 + 3.0 * (5.0 - jump), rel=1e-13)


# ---- objects ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spectrum", ALL[:-1], ids=IDS[:-1])
def test_repr_rebuilds_a_spectrum(spectrum):
    copy = eval(repr(spectrum), vars(spectra))
    assert copy == spectrum
    assert hash(copy) == hash(spectrum)
    assert repr(copy) == repr(spectrum)


@pytest.mark.parametrize("spectrum", ALL, ids=IDS)
def test_spectra_are_values(spectrum):
    x = np.linspace(0.1, 60.0, 50)
    before = spectrum.moments.moments(x)  # prepared moments must not stand in the way of pickling
    copy = pickle.loads(pickle.dumps(spectrum))
    assert copy == spectrum
    assert hash(copy) == hash(spectrum)
    assert len({copy, spectrum}) == 1
    np.testing.assert_array_equal(copy.moments.moments(x), before)


def test_spectra_differ_where_their_parameters_do():
    assert len(set(ALL)) == len(ALL)
    assert Table(ENERGY, [3.0, 2.0, 1.0]) != Table(ENERGY, [3.0, 2.0, 1.5])
    assert Table(ENERGY, [3.0, 2.0, 1.0]) != Table(ENERGY, [3.0, 2.0, 1.0], "loglog")
    assert Table(ENERGY, [3, 2, 1]) == Table(tuple(ENERGY), np.array([3.0, 2.0, 1.0]))
    assert Lines([2.0, 1.0], [1.0, 2.0]) == Lines([1.0, 2.0], [2.0, 1.0])


@pytest.mark.parametrize("spectrum", ALL, ids=IDS)
def test_spectra_cannot_be_changed(spectrum):
    with pytest.raises(AttributeError, match=f"a {type(spectrum).__name__} cannot be changed"):
        spectrum.energy = np.ones(3)
    if isinstance(spectrum, Table):
        with pytest.raises(ValueError, match="read-only"):
            spectrum.values[0] = 1.0


def test_a_spectrum_keeps_a_copy_of_its_table():
    energy, values = np.array(ENERGY), np.array([3.0, 2.0, 1.0])
    table = Table(energy, values)
    energy[:], values[:] = 7.0, 7.0
    assert table == Table(ENERGY, [3.0, 2.0, 1.0])


# ---- wrong input -----------------------------------------------------------------------------------------------------

WRONG = [
    (lambda: Table([1.0, 2.0], [1.0, -1.0]), "values must be >= 0 and finite (got -1 at index 1)"),
    (lambda: Table([1.0, 2.0], [np.nan, 1.0]), "values must be >= 0 and finite (got nan at index 0)"),
    (lambda: Table([1.0, 2.0], [1.0, np.inf]), "values must be >= 0 and finite (got inf at index 1)"),
    (lambda: Table([1.0, 2.0, 2.0], [1.0, 1.0, 1.0]), "energy must increase (got 2 MeV at index 1, then 2 MeV)"),
    (lambda: Table([3.0, 2.0], [1.0, 1.0]), "energy must increase (got 3 MeV at index 0, then 2 MeV)"),
    (lambda: Table([-1.0, 2.0], [1.0, 1.0]), "energy must be >= 0 MeV and finite (got -1 at index 0)"),
    (lambda: Table([1.0, np.nan], [1.0, 1.0]), "energy must be >= 0 MeV and finite (got nan at index 1)"),
    (lambda: Table([1.0, 2.0], [1.0]), "a linear table needs as many values as energies (got shapes (2,) and (1,))"),
    (
        lambda: Table([1.0, 2.0], [1.0, 1.0], "histogram"),
        "a histogram table needs one value fewer than edges (got shapes (2,) and (2,))",
    ),
    (lambda: Table([1.0], [1.0]), "a table needs at least 2 energies (got 1)"),
    (lambda: Table([], []), "a table needs at least 2 energies (got 0)"),
    (
        lambda: Table([[1.0, 2.0]], [[1.0, 1.0]]),
        "a linear table needs as many values as energies (got shapes (1, 2) and (1, 2))",
    ),
    (lambda: Table([0.0, 1.0], [1.0, 1.0], "loglog"), "energy must be > 0 MeV and finite (got 0 at index 0)"),
    (lambda: Table([1.0, 2.0], [1.0, 0.0], "loglog"), "values must be > 0 and finite (got 0 at index 1)"),
    (lambda: Table(["a", "b"], [1.0, 1.0]), "energy must be real numbers (got ['a', 'b'])"),
    (lambda: Lines([0.0], [1.0]), "line energy must be > 0 MeV and finite (got 0 at index 0)"),
    (lambda: Lines([1.0], [-1.0]), "line weight must be >= 0 and finite (got -1 at index 0)"),
    (lambda: Lines([1.0, 2.0], [1.0]), "lines need as many weights as energies, and one at least (got 2 and 1)"),
    (lambda: Lines([], []), "and one at least (got 0 and 0)"),
    (lambda: Function(_beta, [10.0]), "edges must be at least two increasing energies in MeV (got [10.0])"),
    (lambda: Function(_beta, [10.0, 1.0]), "edges must increase (got 10 MeV at index 0, then 1 MeV)"),
    (lambda: Function(_beta, [-1.0, 1.0]), "edges must be >= 0 MeV and finite (got -1 at index 0)"),
    (lambda: Function(3.0, [0.0, 1.0]), "a spectrum's function must be callable (got 3.0)"),
    (lambda: Function(_negative, [0.0, 2.0]), "the spectrum's function must be >= 0 and finite (got -"),
    (
        lambda: Function(lambda E: np.full(E.shape, np.nan), [0.0, 2.0]),
        "the spectrum's function must be >= 0 and finite (got nan",
    ),
    (lambda: Function(_beta, [0.0, 10.0], 1e-20), "tolerance must be >= 1e-13 and <= 0.01 (got 1e-20)"),
]


@pytest.mark.parametrize(("call", "message"), WRONG, ids=[message for _, message in WRONG])
def test_wrong_input_is_named_with_its_value_and_place(call, message):
    with pytest.raises(cevns.InputError, match=re.escape(message)):
        call()


def test_unknown_names_are_refused_with_the_known_ones():
    with pytest.raises(
        cevns.UnknownNameError, match="unknown interpolation 'cubic'; known are 'linear', 'loglog', 'histogram'"
    ):
        Table([1.0, 2.0], [1.0, 1.0], "cubic")
    with pytest.raises(cevns.UnknownNameError, match="unknown muon-decay spectrum 'tau'; known are 'electron', 'muon'"):
        EndPoint("tau")


def test_a_density_noisier_than_the_tolerance_is_refused_before_it_fills_the_memory():
    def noisy(E):
        return 1.0 + 1e-9 * np.sin(1e15 * E)

    with pytest.raises(cevns.InputError, match="not smooth to 1e-12"):
        spectra.Function(noisy, [1.0, 5.0])
    assert spectra.Function(noisy, [1.0, 5.0], tolerance=1e-7).total == pytest.approx(4.0, rel=1e-8)


# ---- narrow structure in functions ----------------------------------------------------------------------------------------


def bell(at, sigma):
    return lambda E: np.exp(-0.5 * ((E - at) / sigma) ** 2) / (sigma * np.sqrt(2 * np.pi))


NARROW = {
    # (function, edges, ∫ φ dE)
    "a peak": (bell(235.5, 0.03), [0.0, 300.0], 1.0),
    "a peak with σ 1e-5 of the range": (bell(235.5, 0.003), [0.0, 300.0], 1.0),
    "two peaks": (lambda E: bell(235.5, 0.03)(E) + bell(35.5, 0.03)(E), [0.0, 300.0], 2.0),
    "a peak near the end": (bell(299.97, 0.003), [0.0, 300.0], 1.0),
    "a peak near the beginning": (bell(1e-3, 1e-4), [0.0, 300.0], 1.0),
    "a peak on a continuum": (lambda E: np.exp(-E / 20) + bell(100.0, 0.01)(E), [0.0, 300.0], 21 - 20 * np.exp(-15)),
    "a peak of 1e-6 of the rest": (
        lambda E: 1e6 * np.exp(-E / 20) / 20 + bell(100.0, 0.01)(E),
        [0.0, 300.0],
        1e6 * (1 - np.exp(-15)) + 1,
    ),
    "a peak above a lowest energy": (bell(200.0, 0.003), [1e-3, 300.0], 1.0),
    "a dip": (lambda E: 1 - np.exp(-0.5 * ((E - 100.0) / 0.01) ** 2), [0.0, 300.0], 300 - 0.01 * np.sqrt(2 * np.pi)),
    "a kink": (lambda E: np.abs(E - 100.1234), [0.0, 300.0], (100.1234**2 + 199.8766**2) / 2),
    "a peak whose energy is an edge": (bell(235.5, 1e-4), [0.0, 235.5, 300.0], 1.0),
}


@pytest.mark.parametrize(("function", "edges", "total"), NARROW.values(), ids=NARROW)
def test_narrow_structure_in_a_function_is_found(function, edges, total):
    spectrum = Function(function, edges)
    assert spectrum.total == pytest.approx(total, rel=1e-9)
    assert spectrum.moments.moments(np.array([edges[0]]))[0, 0] == pytest.approx(total, rel=1e-9)
    assert pickle.loads(pickle.dumps(Function(_flat, edges))) == Function(_flat, edges)


def _flat(E):
    return np.ones_like(E)


def test_a_narrow_peak_is_in_what_arrives_after_oscillation_too():
    flux = cevns.Flux.from_function({"numu": bell(235.5, 0.03)}, [0.0, 300.0])
    half = flux.oscillate(lambda E: np.einsum("n,ab->nab", 0.5 + 0.1 * E / 300.0, np.eye(3)))
    # the mean of a straight line over a Gaussian is its value at the mean
    assert half.total("numu") == pytest.approx(0.5 + 0.1 * 235.5 / 300.0, rel=1e-9)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda E: np.where(E > 100.1234, 1.0, 0.0), "not smooth to 1e-12 near 100.123 MeV"),
        (lambda E: np.where(np.abs(E - 150.0) < 0.02, 1.0, 0.0), "not smooth to 1e-12 near 149.98 MeV"),
        (lambda E: 0.0 * E, "is 0 wherever it was sampled between 0 and 300 MeV"),
        (bell(235.5005, 1e-6), "is 0 wherever it was sampled between 0 and 300 MeV"),
        (lambda E: np.where(np.abs(E - 150.0) < 0.02, -1.0, 1.0), "must be >= 0"),
        (lambda E: np.where(np.abs(E - 150.0) < 0.02, np.nan, 1.0), "must be >= 0"),
        (lambda E: np.full_like(E, 1e308), "must have ∫ φ dE up to 1e[+]305"),
        (lambda E: np.ones(3), "as many values as it takes"),
    ],
)
def test_a_function_that_is_no_smooth_density_is_refused(function, said):
    with pytest.raises(InputError, match=said):
        Function(function, [0.0, 300.0])


def test_a_step_is_a_function_if_its_energy_is_an_edge():
    assert Function(lambda E: np.where(E > 100.1234, 1.0, 0.0), [0.0, 100.1234, 300.0]).total == pytest.approx(
        199.8766, rel=1e-12
    )


# ---- what is no spectrum of neutrinos -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spectrum",
    [
        Table([1.0, 2.0], [-2.0, 1.0], signed=True),
        Table([1.0, 2.0, 3.0], [1.0, -1e-9], "histogram", signed=True),
        Lines([1.0, 2.0], [1.0, -0.1], signed=True),
    ],
)
def test_a_spectrum_that_is_negative_somewhere_belongs_to_uncertainties_only(spectrum):
    component = cevns.Component("nue", "x", spectrum)
    with pytest.raises(InputError, match="component 'x' must be >= 0"):
        cevns.Flux((component,))
    flat = cevns.Component("nue", "x", Table([1.0, 2.0], [1.0, 1.0]))
    assert cevns.Flux((flat,), uncertainties=(cevns.Uncertainty("u", (component,)),)).total() == 1.0


def test_a_signed_table_without_negative_values_is_a_spectrum():
    assert cevns.Flux((cevns.Component("nue", "x", Table([1.0, 2.0], [0.0, 2.0], signed=True)),)).total() == 1.0


@pytest.mark.parametrize("interpolation", ["linear", "loglog", "histogram"])
@pytest.mark.parametrize(
    ("energy", "value", "which"),
    [
        ([1.0, 2.0, 3.0], 1e308, "∫ φ dE"),
        ([1.0, 1e10, 1e12], 1e290, "∫ E φ dE"),
        ([1e-30, 1.0, 2.0], 1e280, "∫ φ/E² dE"),
    ],
)
def test_a_table_whose_integrals_overflow_is_refused(energy, value, which, interpolation):
    values = [value] * (2 if interpolation == "histogram" else 3)
    with pytest.raises(InputError, match=rf"nue: a table must have {re.escape(which)} up to 1e\+305"):
        cevns.Flux.from_table(energy, {"nue": values}, interpolation=interpolation)


def test_lines_and_factors_that_overflow_are_refused():
    with pytest.raises(InputError, match="weights of lines must have ∫ φ dE"):
        Lines([1.0, 2.0], [1e308, 1e308])
    with pytest.raises(InputError, match="must hold up to 1e"):
        cevns.Component("nue", "x", Table([1.0, 2.0], [1e200, 1e200]), 1e200)
    flux = cevns.Flux.from_table([1.0, 2.0], {"nue": [1e200, 1e200]})
    with pytest.raises(InputError, match="must hold up to 1e"):
        flux * 1e200


@pytest.mark.parametrize("energy", [[1e-300, 1.0, 2.0], [0.0, 5e-324, 2.0], [1e-31, 1e-30, 1.0]])
def test_energies_whose_ratios_overflow_are_refused(energy):
    # segments are cut at ratios of 1.25, and power laws at octaves: an infinite ratio is no number of pieces
    for interpolation in ("linear", "histogram"):
        with pytest.raises(InputError, match=r"energy must be 0 or >= 1e-30 MeV"):
            Table(energy, np.ones(3 - (interpolation == "histogram")), interpolation)
    with pytest.raises(InputError, match=r"edges must be 0 or >= 1e-30 MeV"):
        Function(_flat, energy)
