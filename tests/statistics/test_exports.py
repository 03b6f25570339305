"""Exports: pyhf computes the same likelihood, and histograms hold the same counts."""

import builtins
import json
import math

import numpy as np
import pytest

from cevns import InputError, UnknownNameError, UnsupportedError
from cevns.statistics import Cost, Model, Nuisance, Sample, to_hist, to_pyhf

pytestmark = pytest.mark.filterwarnings("ignore:jsonschema.RefResolver:DeprecationWarning")  # that pyhf uses

SIGNAL, NEUTRONS, STEADY = np.array([[20.0, 12.0, 5.0], [9.0, 6.0, 3.0]]), np.full((2, 3), 4.0), np.full((2, 3), 30.0)
SHAPES = {"timing": (SIGNAL * [1.1, 1.0, 0.8], SIGNAL * [0.92, 1.01, 1.15]), "energy": SIGNAL * [[1.05], [0.9]]}
MODEL = Model(
    [
        Sample("CEvNS", SIGNAL, norm="mu", shape_effects=SHAPES),
        Sample("neutrons", NEUTRONS, scale_effects={"neutrons": 0.25, "beam": 0.1}),
        Sample("steady state", STEADY, norm="steady"),
    ],
    [Nuisance("steady", sigma=0.02, mean=1.1, lower=0.0)],
)
OBSERVED = np.random.default_rng(5).poisson(MODEL.expected({})).astype(float)


def twice_nll(workspace, model, theta):
    """pyhf's −2 ln L at parameters of a model."""
    pyhf = pytest.importorskip("pyhf", reason="needs pyhf")
    likelihood = pyhf.Workspace(workspace)
    pdf = likelihood.model(modifier_settings={"histosys": {"interpcode": "code4p"}, "normsys": {"interpcode": "code4"}})
    ours = dict(zip(model.parameters, theta, strict=True))
    nuisances = {n.name: n for n in model.nuisances}
    values = []
    for name in pdf.config.par_order:
        n = nuisances[name]
        values.append(ours[name] if n.free else (ours[name] - n.mean) / n.sigma)
    return float(-2 * pdf.logpdf(values, likelihood.data(pdf))[0])


@pytest.mark.parametrize("size", [0.3, 0.9, 1.0, 1.7])
def test_pyhf_has_the_same_likelihood_up_to_a_constant(size):
    workspace = json.loads(json.dumps(to_pyhf(MODEL, OBSERVED)))
    cost = Cost(MODEL, OBSERVED)
    start = cost.start
    theta = start + size * np.array([0.4, 0.01, 1.0, -1.0, 0.8, -0.7])
    ours = cost.value(theta) - cost.value(start)
    theirs = twice_nll(workspace, MODEL, theta) - twice_nll(workspace, MODEL, start)
    assert ours == pytest.approx(theirs, abs=1e-8)


def test_workspace_names_its_parameters():
    workspace = to_pyhf(MODEL, OBSERVED, channel="csi")
    assert [sample["name"] for sample in workspace["channels"][0]["samples"]] == ["CEvNS", "neutrons", "steady state"]
    assert workspace["observations"] == [{"name": "csi", "data": OBSERVED.ravel().tolist()}]
    config = workspace["measurements"][0]["config"]
    assert config["poi"] == "mu"
    assert [parameter["name"] for parameter in config["parameters"]] == ["mu", "steady", "timing", "energy", "neutrons", "beam"]
    assert config["parameters"][0] == {"name": "mu", "inits": [1.0], "bounds": [[0.0, 100.0]]}  # 10 · 260 counts over 55
    kinds = {m["name"]: m["type"] for s in workspace["channels"][0]["samples"] for m in s["modifiers"]}
    assert kinds == {
        "mu": "normfactor",
        "timing": "histosys",
        "energy": "histosys",
        "neutrons": "histosys",
        "beam": "histosys",
        "steady": "histosys",
    }


def bounds(model, observed):
    parameters = to_pyhf(model, observed)["measurements"][0]["config"]["parameters"]
    return {parameter["name"]: parameter["bounds"][0] for parameter in parameters}


def test_limits_of_parameters_are_those_of_the_workspace():
    # those of constrained ones in standard deviations from the mean
    found = bounds(MODEL, OBSERVED)
    assert found["steady"] == pytest.approx([-1.1 / 0.02, 100.0])
    assert found["timing"] == [-100.0, 100.0]
    limited = Model(
        [Sample("s", [20, 40], norm="mu"), Sample("b", [10, 10], norm="b", scale_effects=None), Sample("t", [1, 1], norm="t")],
        [
            Nuisance("b", sigma=0.5, mean=1.0, lower=0.0, upper=3.0),
            Nuisance("mu", sigma=math.inf, mean=2.0, lower=-1.0, upper=7.0),
            Nuisance("t", sigma=0.1, mean=1.0, lower=-20.0),
        ],
    )
    assert bounds(limited, [14, 4]) == {"mu": [-1.0, 7.0], "b": [-2.0, 4.0], "t": pytest.approx([-210.0, 100.0])}


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_bounds_of_a_free_norm_hold_its_best_value_and_little_more(scale):
    # ten to a hundred times what all observed counts need, whatever the template counts in
    model = Model([Sample("signal", [5.0 * scale, 10.0 * scale], norm="mu"), Sample("background", [50.0, 40.0])])
    low, high = bounds(model, [255.0, 450.0])["mu"]
    needed = max(706 / (15 * scale), 1.0)  # its mean is 1
    assert low == 0.0
    assert 10 * needed <= high <= 100 * needed
    free = Model(model.samples, [Nuisance("mu", sigma=math.inf, mean=0.0)])
    low, high = bounds(free, [255.0, 450.0])["mu"]
    assert low == -high


def test_a_felt_limit_of_a_constrained_norm_is_felt_by_pyhf():
    pyhf = pytest.importorskip("pyhf", reason="needs pyhf")
    from cevns.statistics import minimize

    model = Model(
        [Sample("s", [20, 40, 60], norm="mu"), Sample("bkg", [10, 10, 10], norm="bkg")],
        [Nuisance("bkg", sigma=1.0, mean=1.0, lower=0.0)],
    )
    observed = [14, 4, 3]
    workspace = pyhf.Workspace(to_pyhf(model, observed))
    pdf, data = workspace.model(), None
    data = workspace.data(pdf)
    differences = [
        float(pyhf.infer.mle.fixed_poi_fit(1.0, data, pdf, return_fitted_val=True)[1]),
        -float(pyhf.infer.mle.fit(data, pdf, return_fitted_val=True)[1]),
    ]
    cost = Cost(model, observed)
    assert sum(differences) == pytest.approx(cost.profiled({"mu": 1.0}) - minimize(cost).chi2, abs=1e-3)


def test_an_effect_whose_mean_is_not_0_moves_the_templates():
    model = Model(
        [Sample("s", [10.0, 20.0], norm="mu"), Sample("b", [30.0, 40.0], scale_effects={"e": 0.1, "f": 0.2})],
        [Nuisance("e", mean=2.0, sigma=0.5), Nuisance("f", mean=-1.0)],
    )
    sample = to_pyhf(model, [40.0, 60.0])["channels"][0]["samples"][1]
    assert sample["data"] == pytest.approx([30.0, 40.0])  # 1 + 0.2 − 0.2
    first, second = (modifier["data"] for modifier in sample["modifiers"])
    assert first == {"lo_data": pytest.approx([28.5, 38.0]), "hi_data": pytest.approx([31.5, 42.0])}
    assert second == {"lo_data": pytest.approx([24.0, 32.0]), "hi_data": pytest.approx([36.0, 48.0])}


def test_fit_by_pyhf_is_ours():
    pyhf = pytest.importorskip("pyhf", reason="needs pyhf")
    from cevns.statistics import minimize

    workspace = pyhf.Workspace(to_pyhf(MODEL, OBSERVED))
    pdf = workspace.model()  # its defaults are our interpolation
    values, nll = pyhf.infer.mle.fit(workspace.data(pdf), pdf, return_fitted_val=True)
    found = minimize(Cost(MODEL, OBSERVED))
    assert values[pdf.config.poi_index] == pytest.approx(found["mu"], abs=2e-3)
    constant = twice_nll(to_pyhf(MODEL, OBSERVED), MODEL, MODEL.values({})) - Cost(MODEL, OBSERVED).value({})
    assert float(nll) == pytest.approx(found.chi2 + constant, abs=1e-4)


def test_scales_of_shapes_are_written_approximately_if_asked():
    signal = Sample("CEvNS", SIGNAL, norm="mu", scale_effects={"flux": 0.1}, shape_effects=SHAPES)
    model = Model([signal, Sample("steady state", STEADY)])
    with pytest.raises(UnsupportedError, match="pyhf has no scale"):
        to_pyhf(model, OBSERVED)
    workspace = to_pyhf(model, OBSERVED, exact=False)
    cost = Cost(model, OBSERVED)
    start = cost.start

    def apart(theta):
        ours = cost.value(theta) - cost.value(start)
        return abs(ours - (twice_nll(workspace, model, theta) - twice_nll(workspace, model, start)))

    # the parameters: mu, flux, timing, energy
    for flux, timing in ((1.0, 0.0), (-1.0, 0.4), (1.0, 1.0), (0.0, 1.4)):
        assert apart(np.array([0.9, flux, timing, 0.0])) < 1e-8
    assert 1e-8 < apart(np.array([0.9, 0.5, 0.0, 0.0])) < 0.05  # normsys bends between


def test_histogram_has_the_counts_and_edges():
    pytest.importorskip("boost_histogram", reason="needs boost-histogram")
    energy, time = [0.0, 1.0, 3.0], [0.0, 0.5, 1.0, 6.0]
    histogram = to_hist(SIGNAL, (energy, time), ["energy", "time"], variance=0.1 * SIGNAL)
    np.testing.assert_array_equal(histogram.values(), SIGNAL)
    np.testing.assert_array_equal(histogram.variances(), 0.1 * SIGNAL)
    np.testing.assert_array_equal(histogram.axes[0].edges, energy)
    np.testing.assert_array_equal(histogram.axes[1].edges, time)
    assert histogram.kind == "COUNT"  # as UHI asks
    assert to_hist([1.0, 2.0], energy).values().tolist() == [1.0, 2.0]


def test_histogram_of_a_model_has_its_templates_by_sample_and_variation():
    hist = pytest.importorskip("hist", reason="needs hist")
    histogram = to_hist(MODEL, ([0.0, 1.0, 3.0], [0.0, 0.5, 1.0, 6.0]), ["energy", "time"])
    assert histogram.axes.name == ("process", "variation", "energy", "time")
    np.testing.assert_array_equal(histogram["CEvNS", "nominal", ...].values(), SIGNAL)
    np.testing.assert_allclose(histogram["CEvNS", "timing up", ...].values(), SHAPES["timing"][1], rtol=1e-14)
    np.testing.assert_allclose(histogram["CEvNS", "timing down", ...].values(), SHAPES["timing"][0], rtol=1e-14)
    np.testing.assert_allclose(histogram["neutrons", "neutrons up", ...].values(), 1.25 * NEUTRONS, rtol=1e-14)
    total = histogram[sum, "nominal", ...].project("energy")
    assert isinstance(total, hist.Hist)
    np.testing.assert_allclose(total.values(), MODEL.expected({}).sum(axis=1), rtol=1e-14)
    spread = Model([Sample("signal", [1.0, 2.0], variance=[0.5, 0.25], scale_effects={"flux": 0.1})])
    variances = to_hist(spread, [0.0, 1.0, 2.0])["signal", "flux up", :].variances()
    np.testing.assert_allclose(variances, np.array([0.5, 0.25]) * 1.1**2, rtol=1e-14)


def test_variances_of_a_histogram_follow_norms_and_variations():
    pytest.importorskip("hist", reason="needs hist")
    background = Sample("bkg", [10, 20], norm="b", variance=[4, 8], scale_effects={"e": 0.5}, shape_effects={"t": [11, 18]})
    model = Model([background, Sample("sure", [1, 1])], [Nuisance("b", sigma=0.2, mean=2)])
    histogram = to_hist(model, [0, 1, 2])
    for name, theta in (
        ("nominal", {}),
        ("e up", {"e": 1.0}),
        ("e down", {"e": -1.0}),
        ("t up", {"t": 1.0}),
    ):
        total = histogram[sum, name, :]
        np.testing.assert_allclose(total.values(), model.expected(theta), rtol=1e-14)
        np.testing.assert_allclose(total.variances(), model.variance(theta), rtol=1e-14)
    np.testing.assert_allclose(histogram["bkg", "nominal", :].variances(), [16.0, 32.0], rtol=1e-14)
    np.testing.assert_allclose(histogram["bkg", "e up", :].variances(), [36.0, 72.0], rtol=1e-14)
    assert not histogram["sure", "nominal", :].variances().any()


def test_histograms_do_without_hist_and_say_what_to_install_without_both(monkeypatch):
    boost = pytest.importorskip("boost_histogram", reason="needs boost-histogram")
    real, missing = builtins.__import__, {"hist"}

    def without(name, *arguments, **options):
        if name in missing:
            raise ImportError
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    histogram = to_hist(SIGNAL[0], [0.0, 1.0, 2.0, 3.0], ["energy"])
    assert type(histogram) is boost.Histogram
    assert histogram.axes[0].metadata == "energy"
    missing.add("boost_histogram")
    with pytest.raises(UnsupportedError, match="pip install hist"):
        to_hist(SIGNAL[0], [0.0, 1.0, 2.0, 3.0])


def one(**options):
    return Model([Sample("s", [1.0], **options)])


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: to_pyhf(MODEL, [1.0]), InputError, "observed must have the shape (2, 3) of the model's bins (got (1,))"),
        (lambda: to_pyhf(MODEL, OBSERVED, poi="nu"), UnknownNameError, "unknown parameter of interest 'nu'"),
        (
            lambda: to_pyhf(Model([Sample("s", [1.0], scale_effects={"a": 0.1})], [Nuisance("a", sigma=math.inf)]), [1.0]),
            UnsupportedError,
            "pyhf has no free parameter of an effect ('a')",
        ),
        (
            lambda: to_pyhf(Model([Sample("s", [1.0], shape_effects={"a": [1.1]})], [Nuisance("a", sigma=2.0)]), [1.0]),
            UnsupportedError,
            "pyhf's parameters of shapes have mean 0 and sigma 1",
        ),
        (
            lambda: to_pyhf(
                Model([Sample("s", [1.0], scale_effects={"a": 0.1}, shape_effects={"b": [1.1]})], [Nuisance("a", mean=2.0)]),
                [1.0],
                exact=False,
            ),
            UnsupportedError,
            "a normsys needs a parameter of mean 0 (got 2 for 'a')",
        ),
        (
            lambda: to_pyhf(
                Model([Sample("s", [1.0], norm="n", scale_effects={"a": 0.1})], [Nuisance("n", sigma=0.1, mean=1.0)]), [1.0]
            ),
            UnsupportedError,
            "pyhf has no constrained norm ('n') of a sample with effects ('s'): make it an effect",
        ),
        (
            lambda: to_pyhf(one(scale_effects={"a": 1.5}, shape_effects={"b": [1.1]}), [1.0], exact=False),
            UnsupportedError,
            "a normsys needs an effect below 100 % (got 1.5 for 'a')",
        ),
        (lambda: to_pyhf(3, [1.0]), InputError, "model must be a cevns.statistics.Model (got 3)"),
        (lambda: to_pyhf(MODEL, OBSERVED, exact=[True]), InputError, "exact must be True or False (got [True])"),
        (lambda: to_pyhf(MODEL, OBSERVED, channel=3), InputError, "channel must be a text (got 3)"),
        (lambda: to_pyhf(MODEL, OBSERVED, poi=3), UnknownNameError, "unknown parameter of interest 3"),
        (lambda: to_hist([1.0], 3), InputError, "edges must be a list of edges"),
        (lambda: to_hist([1.0], np.array("x")), InputError, "edges must be a list of edges"),
        (lambda: to_hist([1.0], [0.0, 1.0], 3), InputError, "names must be a list of texts (got 3)"),
        (lambda: to_hist([1.0], []), InputError, "edges must be a list of edges"),
        (lambda: to_hist([1.0], [0.0, 1.0], [3]), InputError, "names must be one for each of the 1 axes"),
        (lambda: to_hist([1.0], [0.0, 1.0, 2.0]), InputError, "edges must increase, 2 of them"),
        (lambda: to_hist([1.0], [1.0, 0.0]), InputError, "edges of axis 0 must increase (got 1 at index 0, then 0)"),
        (lambda: to_hist([1.0], [0.0, 1.0], ["a", "b"]), InputError, "names must be one for each of the 1 axes"),
        (lambda: to_hist([1.0], [0.0, 1.0], variance=[1.0, 2.0]), InputError, "variance must have the shape (1,)"),
        (lambda: to_hist(one(), [0.0, 1.0], variance=[1.0]), InputError, "variance of a model is that of its samples"),
    ],
)
def test_wrong_input_is_told_what_is_wrong(make, error, message):
    with pytest.raises(error) as told:
        make()
    assert message in str(told.value)
