"""Fits, profiles, intervals and contours: against closed forms, scipy and Minuit, and the published liquid-argon fit."""

import builtins
import math
from pathlib import Path

import mpmath
import numpy as np
import pytest
from scipy import optimize

from cevns import InputError, UnknownNameError, UnsupportedError
from cevns.statistics import (
    Cost,
    Model,
    Nuisance,
    Sample,
    asimov,
    contour,
    fit,
    interval,
    minimize,
    profile,
    significance,
    threshold,
)

DATA = Path(__file__).parents[3] / "shared" / "data"


def counting(observed, background=3.0, error=0.0):
    """A counting experiment: signal mu on a background."""
    effects = {"scale_effects": {"b": error}} if error else {}
    samples = [Sample("signal", [1.0], norm="mu")]
    if background:
        samples.append(Sample("background", [background], **effects))
    return Cost(Model(samples), [observed])


def spectrum(kind="poisson"):
    """Nine bins of energy and eleven of time, with the nuisances of the fit of CsI 2021."""
    energy, time_ = np.indices((9, 11))
    signal = 30 * np.exp(-0.5 * ((energy - 3) / 2) ** 2 - 0.2 * time_)
    prompt = 2 * np.exp(-0.3 * energy - 0.5 * (time_ - 1) ** 2)
    neutrons = 0.5 * np.exp(-0.3 * energy - 0.2 * time_)
    steady = 12 + 0.5 * energy + 0.0 * time_
    samples = [
        Sample(
            "CEvNS",
            signal,
            norm="mu",
            scale_effects={"flux": 0.11},
            shape_effects={
                "quenching": (signal * (1 - 0.02 * energy), signal * (1 + 0.02 * energy)),
                "timing": (signal * (1 - 0.015 * time_), signal * (1 + 0.02 * time_)),
                "efficiency": signal * (1 + 0.05 / (1 + energy)),
            },
        ),
        Sample("prompt neutrons", prompt, scale_effects={"prompt": 0.25}),
        Sample("neutrino-induced neutrons", neutrons, scale_effects={"induced": 0.35}),
        Sample("steady state", steady, scale_effects={"steady": 0.021}),
    ]
    model = Model(samples)
    true = model.values({"mu": 0.9, "flux": 0.4, "timing": 0.3})
    return Cost(model, np.random.default_rng(3).poisson(model.expected(true)).astype(float), kind)


COST = spectrum()


# ---- fits ----------------------------------------------------------------------------------------------------------------


def test_fit_of_an_asimov_set_finds_the_truth():
    pytest.importorskip("iminuit", reason="needs iminuit")
    cost = COST.observing(asimov(COST.model, {"mu": 1.0}))
    found = fit(cost)
    assert found.valid
    assert found.minimum == pytest.approx(0.0, abs=1e-9)
    np.testing.assert_allclose(found.values, cost.start, atol=1e-6)


def test_fit_of_one_count_has_the_error_of_a_poisson_count():
    pytest.importorskip("iminuit", reason="needs iminuit")
    found = fit(counting(100, background=0.0))
    assert found["mu"] == pytest.approx(100.0, rel=1e-4)
    assert found.error("mu") == pytest.approx(10.0, rel=1e-3)


def test_fit_of_normal_counts_has_the_covariance_of_linear_algebra():
    pytest.importorskip("iminuit", reason="needs iminuit")
    x = np.linspace(0.0, 1.0, 12)
    observed, variance = 5 + 3 * x + np.sin(40 * x), np.full(12, 0.7)
    free = [Nuisance("a", sigma=math.inf, mean=1.0), Nuisance("b", sigma=math.inf, mean=1.0)]
    model = Model([Sample("constant", np.ones(12), norm="a"), Sample("line", x, norm="b")], free)
    found = fit(Cost(model, observed, "gaussian", variance=variance))
    A = np.stack([np.ones(12), x])
    C = np.linalg.inv(A @ np.diag(1 / variance) @ A.T)
    np.testing.assert_allclose(found.values, C @ A @ (observed / variance), rtol=1e-5)
    np.testing.assert_allclose(found.covariance, C, rtol=1e-5)
    assert found.correlation[0, 1] == pytest.approx(C[0, 1] / math.sqrt(C[0, 0] * C[1, 1]), rel=1e-5)


def test_minuit_and_newton_find_the_same_minimum():
    pytest.importorskip("iminuit", reason="needs iminuit")
    found, quick = fit(COST), minimize(COST)
    assert found.valid
    assert quick.converged
    assert quick.chi2 <= found.minimum + 1e-9
    assert found.minimum == pytest.approx(quick.chi2, abs=1e-9)
    np.testing.assert_allclose(found.values, quick.values, atol=1e-3)
    np.testing.assert_allclose(np.diag(found.covariance), np.square(found.errors), rtol=1e-14)


@pytest.mark.parametrize("counts", 10.0 ** np.arange(1, 13))
def test_errors_are_those_of_linear_algebra_for_any_number_of_counts(counts):
    # an Asimov set: ∂²χ²/2 = Σ ∂μ ∂μ/μ + 1/σ², inverted with fifty digits
    pytest.importorskip("iminuit", reason="needs iminuit")
    signal = Sample("signal", [counts, 2 * counts], norm="mu", scale_effects={"f": 0.3})
    model = Model([signal, Sample("background", [counts, counts], scale_effects={"g": 0.3})])
    found = fit(Cost(model, asimov(model)))
    assert found.valid
    with mpmath.workdps(50):
        n = mpmath.mpf(counts)
        slopes = mpmath.matrix([[n, 2 * n], [n * 0.3, 2 * n * 0.3], [n * 0.3, n * 0.3]])
        half = slopes * mpmath.diag([1 / (2 * n), 1 / (3 * n)]) * slopes.T + mpmath.diag([0, 1, 1])
        exact = np.array([float(mpmath.sqrt((half**-1)[i, i])) for i in range(3)])
    # norm and flux are correlated to 1 − 1/counts: of sixteen digits that many are left
    np.testing.assert_allclose(found.errors, exact, rtol=1e-9 + 1e-15 * counts)


def test_a_fit_of_a_fluctuation_of_many_counts_is_as_good_as_newtons():
    pytest.importorskip("iminuit", reason="needs iminuit")
    for counts in (1e6, 1e7, 1e10):
        signal = Sample("signal", [counts, 2 * counts], norm="mu", scale_effects={"f": 0.3})
        model = Model([signal, Sample("background", [counts, counts], scale_effects={"g": 0.3})])
        cost = Cost(model, np.random.default_rng(1).poisson([2 * counts, 3 * counts]))
        found = fit(cost)
        assert found.valid
        assert found.error("mu") == pytest.approx(0.3, rel=2e-3)  # the flux is all of it
        assert found.minimum == pytest.approx(minimize(cost).chi2, abs=1e-9)


def test_a_fit_says_which_parameters_are_at_a_limit():
    pytest.importorskip("iminuit", reason="needs iminuit")
    signal = Sample("signal", [5.0, 10.0], norm="mu", scale_effects={"quenching": 0.2})
    cost = Cost(Model([signal, Sample("background", [4.0, 4.0], scale_effects={"b": 0.3})]), [2, 1])
    found = fit(cost)
    assert found.at_limit == ("mu",)
    assert found["mu"] == 0.0
    assert "at its limit" in repr(found)
    assert repr(found).splitlines()[1].split() == ["mu", "0", "±", f"{found.error('mu'):.3g},", "at", "its", "limit"]
    # its error is that of the curvature there, as if there were no limit
    curvature = np.linalg.inv(cost.curvature(found.values) / 2)
    np.testing.assert_allclose(found.covariance, curvature, rtol=1e-9, atol=1e-12)
    # nothing observed: χ² = 2 mu is straight, so the norm has no error, and the others have theirs without it
    nothing = fit(cost.observing([0, 0]))
    assert nothing.valid
    assert nothing.at_limit == ("mu",)
    assert math.isnan(nothing.error("mu"))
    assert nothing.error("b") == pytest.approx(1.0, rel=1e-9)
    assert np.isnan(np.diag(nothing.correlation)).tolist() == [True, False, False]
    # a minimum at the limit that nothing pushes there
    exact = Cost(Model([Sample("signal", [1.0], norm="mu"), Sample("background", [9.0])]), [9])
    assert fit(exact).at_limit == ("mu",)
    assert fit(exact).error("mu") == pytest.approx(3.0, rel=1e-9)
    # upper limits, those of the call, and none
    assert fit(counting(9), limits={"mu": (-1.0, 2.0)}).at_limit == ("mu",)
    free = fit(counting(1), limits={"mu": (-2.9, 5.0)})
    assert free.at_limit == ()
    assert "limit" not in repr(free)
    assert fit(counting(9), fixed={"mu": 0.0}).at_limit == ()  # it has not been asked to move
    assert "mu  0 fixed" in repr(fit(counting(9), fixed={"mu": 0.0}))


def test_a_fit_that_cannot_know_its_errors_is_not_valid():
    pytest.importorskip("iminuit", reason="needs iminuit")
    same = Cost(Model([Sample("one", [1.0], norm="a"), Sample("two", [1.0], norm="b")]), [3])
    assert not fit(same).valid
    assert np.isnan(fit(same).errors).all()
    assert "not valid" in repr(fit(same))
    idle = Cost(Model([Sample("one", [1.0], norm="a"), Sample("two", [0.0], norm="b")]), [3])
    assert not fit(idle).valid
    assert fit(idle).error("a") == pytest.approx(math.sqrt(3), rel=1e-9)
    assert math.isnan(fit(idle).error("b"))
    impossible = fit(Cost(Model([Sample("one", [1.0, 0.0], norm="a")]), [3, 1]))
    assert (impossible.minimum, impossible.valid) == (math.inf, False)
    assert math.isnan(impossible.error("a"))


def test_minuit_takes_the_cost_as_it_is():
    iminuit = pytest.importorskip("iminuit", reason="needs iminuit")
    m = iminuit.Minuit(COST, *COST.start)
    assert m.parameters == COST.parameters
    assert m.errordef == 1.0
    assert m.limits["mu"] == (0.0, math.inf)
    m.migrad()
    assert m.valid
    assert m.ngrad > 0  # the gradient of the cost has been used
    assert m.ndof == 99 + 7 - 8


def test_fixed_parameters_stay():
    pytest.importorskip("iminuit", reason="needs iminuit")
    found = fit(COST, {"mu": 0.7}, fixed=["mu"])
    assert found["mu"] == 0.7
    assert found.error("mu") == 0.0
    assert found.minimum == pytest.approx(COST.profiled({"mu": 0.7}), abs=1e-3)
    none = fit(Cost(Model([Sample("background", [4.0, 2.0])]), [5, 1]))
    assert (none.valid, none.names, none.correlation.shape) == (True, (), (0, 0))
    assert fit(COST, fixed=dict(zip(COST.parameters, COST.start, strict=True))).minimum == COST.value(COST.start)


def test_an_error_with_finite_templates_is_that_of_their_likelihood():
    # n and k = n V/n … of one bin: μ ± √(n + V) for many counts, to first order of 1/n and 1/k
    pytest.importorskip("iminuit", reason="needs iminuit")
    model = Model([Sample("signal", [1e6], norm="mu", variance=[3e6])])
    found = fit(Cost(model, [1e6], beeston_barlow=True))
    assert found.error("mu") == pytest.approx(math.sqrt(1e6 + 3e6) / 1e6, rel=1e-5)


def test_limits_of_a_fit_replace_those_of_the_model():
    pytest.importorskip("iminuit", reason="needs iminuit")
    assert fit(counting(1), limits={"mu": (-5.0, 5.0)})["mu"] == pytest.approx(-2.0, abs=0.01)
    assert fit(counting(1))["mu"] == pytest.approx(0.0, abs=0.01)


def test_fit_without_iminuit_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def no_iminuit(name, *arguments, **options):
        if name == "iminuit":
            raise ImportError
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", no_iminuit)
    with pytest.raises(UnsupportedError, match=r'pip install "cevns\[fit\]"'):
        fit(COST)


# ---- profiles, intervals, contours ---------------------------------------------------------------------------------------


def test_profile_of_a_count_is_its_likelihood_ratio():
    mu = np.array([0.0, 2.0, 5.0, 9.0])
    expected = 2 * (mu + 3 - 8 + 8 * np.log(8 / (mu + 3)))
    np.testing.assert_allclose(profile(counting(8), "mu", mu), expected, atol=1e-9)


def test_profile_is_smallest_over_the_others():
    grid = np.linspace(0.5, 1.5, 7)
    values = profile(COST, "mu", grid) + minimize(COST).chi2
    for mu, value in zip(grid, values, strict=True):
        best = optimize.minimize(
            lambda x, mu=mu: COST.value([mu, *x]),
            COST.start[1:],
            jac=lambda x, mu=mu: COST.gradient([mu, *x])[1:],
            method="BFGS",
        )
        assert value == pytest.approx(best.fun, abs=1e-6)


def test_interval_of_normal_counts_is_a_multiple_of_the_error():
    model = Model([Sample("constant", [1.0], norm="a")], [Nuisance("a", sigma=math.inf)])
    cost = Cost(model, [5.0], "gaussian", variance=[4.0])
    assert interval(cost, "a") == pytest.approx((3.0, 7.0), rel=1e-8)
    assert interval(cost, "a", 0.90) == pytest.approx((5 - 2 * 1.6448536, 5 + 2 * 1.6448536), rel=1e-7)


@pytest.mark.parametrize("unit", [1e-45, 1e-20, 1e-3, 1e20, 1e45])
def test_nothing_depends_on_the_unit_of_a_parameter(unit):
    # a norm may be a cross section of 1e-45 cm²
    pytest.importorskip("iminuit", reason="needs iminuit")

    def cost(unit):
        signal = Sample("signal", np.array([20.0, 12.0, 5.0]) / unit, norm="mu", scale_effects={"f": 0.1})
        nuisances = [Nuisance("mu", math.inf, mean=unit, lower=0.0), Nuisance("b", 0.2, mean=1.0)]
        return Cost(Model([signal, Sample("background", [30.0, 28.0, 25.0], norm="b")], nuisances), [60, 35, 33])

    one, other = cost(1.0), cost(unit)
    assert fit(other).valid
    assert fit(other).minimum == pytest.approx(fit(one).minimum, abs=1e-9)
    assert fit(other).error("mu") / unit == pytest.approx(fit(one).error("mu"), rel=1e-6)
    for level in (0.6827, 0.99):
        assert np.array(interval(other, "mu", level)) / unit == pytest.approx(interval(one, "mu", level), rel=1e-6)
        assert interval(other, "b", level) == pytest.approx(interval(one, "b", level), rel=1e-6)
    assert significance(other, "mu") == pytest.approx(significance(one, "mu"), rel=1e-6)


def test_interval_of_ten_counts_is_that_of_the_likelihood():
    # known as 10 −2.84 +3.50
    low, high = interval(counting(10, background=0.0), "mu")
    assert low == pytest.approx(7.162, abs=1e-3)
    assert high == pytest.approx(13.504, abs=1e-3)


def test_interval_of_no_counts_ends_at_the_limit_and_at_half_the_threshold():
    low, high = interval(counting(0), "mu", 0.90)
    assert low == 0.0
    assert high == pytest.approx(threshold(0.90) / 2, rel=1e-8)  # χ² = 2 mu above that of the background


def test_interval_is_endless_where_nothing_depends_on_the_parameter():
    model = Model([Sample("signal", [0.0], norm="mu"), Sample("background", [3.0])], [Nuisance("mu", sigma=math.inf)])
    assert interval(Cost(model, [3]), "mu") == (-math.inf, math.inf)


def test_interval_agrees_with_minos():
    iminuit = pytest.importorskip("iminuit", reason="needs iminuit")
    m = iminuit.Minuit(COST, *COST.start)
    m.tol = 1e-3
    m.migrad()
    m.minos("mu")
    low, high = interval(COST, "mu")
    assert low == pytest.approx(m.values["mu"] + m.merrors["mu"].lower, abs=1e-3)
    assert high == pytest.approx(m.values["mu"] + m.merrors["mu"].upper, abs=1e-3)


def test_contour_of_a_gaussian_is_an_ellipse_with_its_correlation():
    x = np.linspace(0.0, 1.0, 12)
    free = [Nuisance("a", sigma=math.inf), Nuisance("b", sigma=math.inf)]
    model = Model([Sample("constant", np.ones(12), norm="a"), Sample("line", x, norm="b")], free)
    cost = Cost(model, 5 + 3 * x, "gaussian", variance=np.full(12, 0.7))
    A = np.stack([np.ones(12), x]) / math.sqrt(0.7)
    a, b = np.linspace(4.0, 6.0, 5), np.linspace(1.0, 4.0, 4)
    offset = np.stack(np.meshgrid(a - 5, b - 3, indexing="ij"), axis=-1)
    np.testing.assert_allclose(contour(cost, "a", "b", a, b), np.einsum("xyi,ij,xyj->xy", offset, A @ A.T, offset), atol=1e-9)


def test_contour_is_smallest_where_the_profile_is():
    grid = np.linspace(-3.0, 3.0, 25)
    over_timing = contour(COST, "mu", "timing", [0.9], grid).min() + minimize(COST).chi2
    assert over_timing == pytest.approx(COST.profiled({"mu": 0.9}), abs=0.05)  # the grid is 0.25 wide
    assert over_timing >= COST.profiled({"mu": 0.9}) - 1e-9


def test_significance_of_a_count_is_that_of_li_and_ma_without_error():
    s, b = 10.0, 100.0
    cost = Cost(Model([Sample("signal", [s], norm="mu"), Sample("background", [b])]), [s + b])
    assert significance(cost, "mu") == pytest.approx(math.sqrt(2 * ((s + b) * math.log(1 + s / b) - s)), rel=1e-7)
    assert significance(counting(2), "mu") == 0.0  # fewer than the background


def test_an_uncertain_background_makes_a_signal_less_significant():
    # for many counts s/√(b + σ²)
    sure, unsure = (Cost(counting(10300, 10000.0, error).model, [10300]) for error in (0.0, 0.01))
    assert significance(sure, "mu") == pytest.approx(300 / 100, rel=0.01)
    assert significance(unsure, "mu") == pytest.approx(300 / math.hypot(100, 100), rel=0.01)


@pytest.mark.parametrize(
    ("parameters", "values"),
    [
        (1, [1.00, 2.71, 3.84, 4.00, 6.63, 9.00]),
        (2, [2.30, 4.61, 5.99, 6.18, 9.21, 11.83]),
        (3, [3.53, 6.25, 7.82, 8.03, 11.34, 14.16]),
    ],
)
def test_thresholds_are_those_of_the_particle_data_group(parameters, values):
    for level, value in zip([0.6827, 0.90, 0.95, 0.9545, 0.99, 0.9973], values, strict=True):
        assert threshold(level, parameters) == pytest.approx(value, abs=0.0101)  # its 7.82 and 8.03 are 7.815 and 8.025


# ---- published -----------------------------------------------------------------------------------------------------------


def read(name):
    """A template of COHERENT's analysis A of liquid argon: 12 × 8 × 10 bins in energy, F90 and time."""
    folder = DATA / "coherent_lar2020"
    if not folder.is_dir():
        pytest.skip("the release of COHERENT is not here")
    return np.loadtxt(folder / f"{name}.txt")[:, 3].reshape(12, 8, 10)


def liquid_argon(shapes):
    """Its likelihood, without or with the shapes of its systematic errors."""
    signal, neutrons = {}, {}
    if shapes:
        signal["f90"] = read("cevnspdf-1sigF90"), read("cevnspdf+1sigF90")
        signal["timing"] = read("cevnspdfCEvNSTimingMeanSyst")
        neutrons["neutron energy"] = read("brnpdf-1sigEnergy"), read("brnpdf+1sigEnergy")
        neutrons["neutron time"] = read("brnpdf-1sigBRNTimingMean"), read("brnpdf+1sigBRNTimingMean")
        neutrons["neutron width"] = read("brnpdfBRNTimingWidthSyst")
    samples = [
        Sample("CEvNS", read("cevnspdf"), norm="mu", shape_effects=signal),
        Sample("prompt neutrons", read("brnpdf"), scale_effects={"prompt": 160 / 497}, shape_effects=neutrons),
        Sample("delayed neutrons", read("delbrnpdf"), scale_effects={"delayed": 1.0}),
        Sample("steady state", read("bkgpdf"), scale_effects={"steady": 25 / 3154}),
    ]
    return Cost(Model(samples, [Nuisance("delayed", lower=-1.0)]), read("datanobkgsub"))


def test_liquid_argon_fit_is_the_published_one():
    # arXiv:2003.10630, table I: 159 ± 43 CEvNS, 553 ± 34 prompt and 10 ± 11 delayed neutrons, 3131 ± 23 steady state; 3.9 σ
    pytest.importorskip("iminuit", reason="needs iminuit")
    cost = liquid_argon(shapes=False)
    found = fit(cost)
    assert found.valid
    counts = cost.model.expected_by_sample(found.values).sum(axis=(1, 2, 3))
    errors = [128 * found.error("mu"), 160 * found.error("prompt"), 33 * found.error("delayed"), 25 * found.error("steady")]
    np.testing.assert_allclose(counts, [159, 553, 10, 3131], atol=2.0)
    np.testing.assert_allclose(errors, [43, 34, 11, 23], atol=0.6)
    assert significance(cost, "mu") == pytest.approx(3.9, abs=0.05)


def test_shapes_of_liquid_argon_make_its_signal_less_sure():
    without, shapes = liquid_argon(shapes=False), liquid_argon(shapes=True)
    assert minimize(shapes).converged
    assert minimize(shapes).chi2 < minimize(without).chi2
    low, high = interval(shapes, "mu")
    assert high - low > np.ptp(interval(without, "mu"))
    assert significance(shapes, "mu") < significance(without, "mu")
    assert 128 * minimize(shapes)["mu"] == pytest.approx(159, abs=43 / 4)


# ---- speed ---------------------------------------------------------------------------------------------------------------


def test_a_fit_asks_for_the_cost_as_often_as_its_parameters_need(monkeypatch):
    pytest.importorskip("iminuit", reason="needs iminuit")
    asked = []
    for name in ("__call__", "grad"):
        method = getattr(Cost, name)
        monkeypatch.setattr(Cost, name, lambda self, *theta, method=method: (asked.append(theta), method(self, *theta))[1])
    fit(COST)
    # measured: 209 for 8 parameters, most of them for second derivatives by differences, 4 calls for each of 36
    assert 0 < len(asked) < 2 * 4 * 36


def impossible():
    """Counts where none can be expected."""
    return Cost(Model([Sample("signal", [1.0, 0.0], norm="mu")]), [1, 1])


# ---- wrong input ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: profile(COST, "nu", [1.0]), UnknownNameError, "unknown parameter 'nu'"),
        (lambda: profile(COST, "mu", [-1.0]), InputError, "parameter 'mu' must be >= 0 and <= inf (got -1)"),
        (lambda: profile(COST, "mu", 1.0), InputError, "grid of 'mu' must be a list of values (got shape ())"),
        (lambda: contour(COST, "mu", "mu", [1.0], [1.0]), InputError, "a contour needs two parameters (got 'mu' twice)"),
        (lambda: interval(COST, "mu", 1.0), InputError, "level must be < 1 (got 1.0)"),
        (lambda: interval(COST, "nu"), UnknownNameError, "unknown parameter 'nu'"),
        (lambda: threshold(0.0), InputError, "level must be > 0 and <= 1 (got 0)"),
        (lambda: threshold(0.9, 0), InputError, "parameters must be >= 1 and finite (got 0)"),
        (lambda: significance(COST, "mu", -1.0), InputError, "parameter 'mu' must be >= 0"),
        (lambda: significance(COST, "nu"), UnknownNameError, "unknown parameter 'nu'"),
        (lambda: threshold(0.9, 1.5), InputError, "parameters must be an integer (got 1.5)"),
        (lambda: threshold([0.9, 0.5]), InputError, "level must be one number (got an array of shape (2,))"),
        (lambda: threshold(0.9, [1, 2]), InputError, "parameters must be one number"),
        (lambda: profile(COST, [], [1.0]), UnknownNameError, "unknown parameter []"),
        (lambda: significance(COST, {}), UnknownNameError, "unknown parameter {}"),
        (lambda: profile(3, "mu", [1.0]), InputError, "cost must be a cevns.statistics.Cost (got 3)"),
        (lambda: contour(3, "mu", "b", [1.0], [1.0]), InputError, "cost must be a cevns.statistics.Cost (got 3)"),
        (lambda: contour(COST, "mu", "nu", [1.0], [1.0]), UnknownNameError, "unknown parameter 'nu'"),
        (lambda: interval(3, "mu"), InputError, "cost must be a cevns.statistics.Cost (got 3)"),
        (lambda: significance(None, "mu"), InputError, "cost must be a cevns.statistics.Cost (got None)"),
        (lambda: interval(impossible(), "mu"), InputError, "the observed counts are impossible for any values"),
        (lambda: profile(impossible(), "mu", [1.0]), InputError, "the observed counts are impossible for any values"),
        (lambda: significance(impossible(), "mu"), InputError, "the observed counts are impossible for any values"),
    ],
)
def test_wrong_input_is_told_what_is_wrong(make, error, message):
    with pytest.raises(error) as told:
        make()
    assert message in str(told.value)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"fixed": "mu"}, InputError, "fixed must be a list of parameters, or map them to values (got 'mu')"),
        ({"fixed": ["nu"]}, UnknownNameError, "unknown parameter 'nu'"),
        ({"fixed": {"mu": -1.0}}, InputError, "parameter 'mu' must be >= 0 and <= inf (got -1)"),
        ({"limits": {"mu": (1.0, 0.0)}}, InputError, "limits of 'mu' must increase (got 1 and 0)"),
        ({"limits": {"mu": (2.0, 3.0)}}, InputError, "parameter 'mu' must be >= 2 and <= 3 (got 1)"),
        ({"fixed": np.array("x")}, InputError, "fixed must be a list of parameters, or map them to values"),
        ({"fixed": 3}, InputError, "fixed must be a list of parameters, or map them to values (got 3)"),
        ({"limits": 3}, InputError, "limits must map parameters to (lower, upper)"),
        ({"limits": {"mu": 3}}, InputError, "limits of 'mu' must be (lower, upper) (got 3)"),
        ({"limits": {"mu": (0.0, 1.0, 2.0)}}, InputError, "limits of 'mu' must be (lower, upper) (got (0.0, 1.0, 2.0))"),
        ({"limits": {"nu": (0.0, 1.0)}}, UnknownNameError, "unknown parameter 'nu'"),
        ({"start": {"mu": math.nan}}, InputError, "parameter 'mu' must be finite (got nan)"),
    ],
)
def test_wrong_input_of_a_fit_is_told_what_is_wrong(options, error, message):
    pytest.importorskip("iminuit", reason="needs iminuit")
    with pytest.raises(error) as told:
        fit(COST, **options)
    assert message in str(told.value)


def test_what_is_no_cost_is_refused_by_name():
    for wrong in (3, None, Cost, COST.model):
        with pytest.raises(InputError, match=r"cost must be a cevns\.statistics\.Cost"):
            fit(wrong)
