"""Templates of experiments: the counts of the interaction itself, for every kind of new physics and several experiments."""

import re

import numpy as np
import pytest

import cevns
from cevns import Experiment, StandardModel
from cevns.errors import InputError, UnknownNameError, UnsupportedError
from cevns.statistics import Nuisance, Sample, asimov, to_hist, to_pyhf

# interaction beside the Standard Model, its free couplings, and values of them
CASES = {
    "NSI": (cevns.NSI(eps_tt_d=0.1), ("eps_ee_u", "eps_mm_d", "eps_em_u", "eps_em_u_im"), (0.2, -0.3, 0.1, -0.4)),
    "b-l": (cevns.VectorMediator(mass=12.0, coupling=0.0, model="b-l"), ("coupling",), (1e-4,)),
    "loop": (cevns.VectorMediator(mass=30.0, coupling=1e-3, model="l_mu-l_tau"), ("coupling",), (2e-3,)),
    "scalar": (cevns.ScalarMediator(mass=5.0, coupling=1e-5), ("coupling",), (3e-5,)),
    "tensor": (cevns.TensorMediator(mass=5.0, coupling=1e-5), ("coupling",), (3e-5,)),
    "moments": (cevns.MagneticMoment(nue=1e-9), ("nue", "numu"), (2e-9, 3e-9)),
    "radii": (cevns.ChargeRadius(nue=-1e-32), ("nue", "em"), (3e-32, -2e-32)),
    "portal": (cevns.DipolePortal(mass=8.0, numu=1e-9), ("numu", "nue"), (2e-9, 1e-9)),
    "angle": (cevns.NSI(), ("weak_mixing_angle", "eps_mm_u"), (0.21, 0.05)),
    "several": (
        cevns.NSI() + cevns.ScalarMediator(mass=5.0, coupling=1e-5) + cevns.VectorMediator(mass=20.0, coupling=1e-5),
        ("eps_ee_d", "ScalarMediator.coupling", "VectorMediator.coupling"),
        (0.3, 2e-5, 5e-5),
    ),
}


@pytest.fixture(scope="module", params=["coherent-csi-2021", "coherent-lar-2020", "dresden-2", "conus-plus-2025"])
def experiment(request):
    return Experiment.load(request.param)


@pytest.mark.parametrize("name", CASES)
def test_counts_of_templates_are_those_of_the_interaction(name, experiment):
    """To 1e-10 of the largest bin: the sum of terms and the terms of the sum, folded with the same response."""
    addition, parameters, values = CASES[name]
    theory = StandardModel() + addition
    changes = {p: experiment.counts(theory.with_parameters(**{p: v})) for p, v in zip(parameters, values, strict=True)}
    before = {p: experiment.counts(theory.with_parameters(**{p: 0.5 * v})) for p, v in zip(parameters, values, strict=True)}
    point = {p: v for p, v in zip(parameters, values, strict=True) if not np.array_equal(changes[p], before[p])}
    if len(point) < len(parameters):  # couplings of flavours that a reactor does not have
        with pytest.raises(InputError, match="changes no bin of this experiment, whose flux holds nuebar"):
            experiment.templates(theory, parameters)
    if not point:
        return
    templates = experiment.templates(theory, tuple(point))
    start = np.array([theory.parameters[parameter] for parameter in point])
    np.testing.assert_array_equal(templates.start, start)
    other = np.array(list(point.values()))
    for theta in (start, other, -0.5 * other if name != "angle" else 1.5 * other):
        direct = experiment.counts(theory.with_parameters(**dict(zip(point, theta.tolist(), strict=True))))
        np.testing.assert_allclose(templates.counts(theta), direct, rtol=0, atol=1e-10 * direct.max())


def test_gradient_is_the_slope_of_the_counts():
    csi = Experiment.load("coherent-csi-2021")
    templates = csi.templates(csi.interaction + cevns.NSI(), ("eps_ee_u", "eps_em_d"))
    point, step = np.array([0.1, 0.2]), 1e-5
    gradient = templates.gradient(point)
    for i, one in enumerate(np.eye(2)):
        slope = (templates.counts(point + step * one) - templates.counts(point - step * one)) / (2 * step)
        np.testing.assert_allclose(gradient[i], slope, rtol=0, atol=1e-8 * np.abs(slope).max())


def test_nothing_changes_along_the_blind_direction_of_one_nucleus():
    """ε^u/ε^d = −(A + N)/(A + Z); and Q → −Q is as good."""
    argon = cevns.Nuclide("40Ar")
    detector = cevns.Detector(cevns.Target({argon: 1}), 10.0)
    experiment = Experiment(cevns.sources.sns(), detector, 100.0, [10.0, 20.0, 40.0, 80.0])
    templates = experiment.templates(StandardModel() + cevns.NSI(), ("eps_ee_u", "eps_ee_d", "eps_mm_u", "eps_mm_d"))
    standard = experiment.counts(StandardModel())
    blind = 0.7 * np.array([-(argon.A + argon.N), argon.A + argon.Z]) / argon.A
    np.testing.assert_allclose(templates.counts([*blind, *(-0.3 * blind)]), standard, rtol=1e-12)
    mirrored = -2 * cevns.weak_charge(argon) / (argon.A + argon.Z)
    np.testing.assert_allclose(templates.counts([mirrored, 0.0, mirrored, 0.0]), standard, rtol=1e-12)


def test_heavy_final_states_are_seen_where_they_begin_and_end():
    """Prompt ν_μ of one energy give recoils between two energies only: sharp ends inside of a bin."""
    detector = cevns.Detector("Ar", 10.0)
    experiment = Experiment(cevns.sources.sns(), detector, 100.0, [0.1, 0.5, 2.0, 10.0, 50.0])
    portal = cevns.DipolePortal(mass=15.0, numu=1e-9)
    expected = 1000.0 * cevns.binned_rate(experiment.edges, experiment.flux, "Ar", portal)
    np.testing.assert_allclose(experiment.counts(portal), expected, rtol=1e-7, atol=1e-9 * expected.max())


@pytest.mark.parametrize("start", [0.0, 1e-12, 3e-9])
def test_templates_of_heavy_final_states_do_not_depend_on_where_their_coupling_begins(start):
    detector = cevns.Detector("Ar", 10.0)
    experiment = Experiment(cevns.sources.sns(), detector, 100.0, [0.1, 0.5, 2.0, 10.0, 50.0])
    theory = StandardModel() + cevns.DipolePortal(mass=15.0, numu=start)
    expected = 1000.0 * cevns.binned_rate(experiment.edges, experiment.flux, "Ar", theory.with_parameters(numu=2e-8))
    counts = experiment.templates(theory, ("numu",)).counts([2e-8])
    np.testing.assert_allclose(counts, expected, rtol=1e-6, atol=1e-8 * expected.max())


# ---- shapes ----------------------------------------------------------------------------------------------------------------


def test_a_grid_of_templates_is_exact_at_its_nodes_and_near_between_them():
    csi = Experiment.load("coherent-csi-2021")

    def theory(mass):
        return csi.interaction + cevns.VectorMediator(mass=mass, coupling=0.0, model="universal")

    masses = np.geomspace(1.0, 1000.0, 31)
    grid = csi.templates(theory, ("coupling",), shapes={"mass": masses})
    assert set(grid.parameters) == {"coupling", "mass"}
    for mass in (masses[7], 20.0, 333.0):
        direct = csi.counts(theory(mass).with_parameters(coupling=2e-4))
        found = grid.counts({"coupling": 2e-4, "mass": mass})
        tolerance = 1e-10 if mass == masses[7] else grid.interpolation_error
        np.testing.assert_allclose(found, direct, rtol=0, atol=tolerance * direct.max())
    assert 0 < grid.interpolation_error < 0.02  # with every other node left out; with all it is some 20 times less
    with pytest.raises(InputError, match=re.escape("'mass' must be >= 1 and <= 1000 (got 2000)")):
        grid.counts({"coupling": 2e-4, "mass": 2000.0})


def test_neutron_radius_is_a_shape_like_any_other():
    argon = Experiment.load("coherent-lar-2020")

    def theory(skin):
        return StandardModel(neutron_skin=skin) + cevns.NSI()

    grid = argon.templates(theory, ("eps_ee_u",), shapes={"skin": np.linspace(-0.2, 0.6, 9)})
    direct = argon.counts(theory(0.13).with_parameters(eps_ee_u=0.1))
    tolerance = 2 * grid.interpolation_error * direct.max()
    np.testing.assert_allclose(grid.counts({"eps_ee_u": 0.1, "skin": 0.13}), direct, rtol=0, atol=tolerance)


def test_what_happens_on_the_way_is_a_shape_too():
    """A sterile neutrino: one flux for each Δm², and couplings that are free at each."""
    argon = Experiment.load("coherent-lar-2020")

    def arriving(dm2):
        return argon.flux.sterile(dm2=dm2, sin2_2theta=0.3, baseline=27.5)

    theory = StandardModel() + cevns.NSI()
    grid = argon.templates(theory, ("eps_mm_u",), shapes={"dm2": np.linspace(0.4, 1.2, 9)}, flux=arriving)
    direct = argon.replace(flux=arriving(0.55)).counts(theory.with_parameters(eps_mm_u=0.1))
    tolerance = grid.interpolation_error * direct.max()
    np.testing.assert_allclose(grid.counts({"eps_mm_u": 0.1, "dm2": 0.55}), direct, rtol=0, atol=tolerance)
    at_node = argon.replace(flux=arriving(0.4)).counts(theory.with_parameters(eps_mm_u=0.1))
    np.testing.assert_allclose(grid.counts([0.1, 0.4]), at_node, rtol=0, atol=1e-10 * direct.max())


# ---- likelihoods -----------------------------------------------------------------------------------------------------------


def with_backgrounds(observed=None):
    shape = np.array([0.5, 0.3, 0.15, 0.05])
    return Experiment(
        cevns.sources.sns(),
        cevns.Detector("CsI", 14.6),
        300.0,
        [8.0, 12.0, 18.0, 26.0, 50.0],
        observed,
        backgrounds=[
            Sample("steady", 200 * shape, norm="steady", scale_effects={"clock": 0.05}),
            Sample("neutrons", 30 * shape[::-1], scale_effects={"neutrons": 0.3}),
        ],
        nuisances=[Nuisance("steady", sigma=0.03, mean=1.0, lower=0.0)],
        scale_effects={"flux": 0.1, "clock": 0.02},
        shape_effects={"tilt": (np.array([0.9, 1.0, 1.05, 1.1]), np.array([1.1, 1.0, 0.95, 0.9]))},
        flux_uncertainties=False,
    )


def test_likelihood_at_the_centre_is_the_cost_of_the_experiment():
    experiment = with_backgrounds([290.0, 160.0, 80.0, 40.0])
    theory = StandardModel() + cevns.NSI()
    templates = experiment.templates(theory, ("eps_ee_u",))
    for value in (-0.2, 0.0, 0.3):
        cost = experiment.cost(theory.with_parameters(eps_ee_u=value))
        assert templates.likelihood([value], profile=False) == pytest.approx(cost.value({}), rel=1e-12)


def test_profiled_likelihood_is_that_of_the_full_model_where_that_is_linear():
    """Pulls of some per cent: products of two of them, left out by templates, change χ² by 1 %."""
    experiment = with_backgrounds([280.0, 150.0, 75.0, 35.0])
    theory = StandardModel() + cevns.NSI()
    templates = experiment.templates(theory, ("eps_ee_u",))
    for value in (-0.05, 0.0, 0.05):
        full = experiment.cost(theory.with_parameters(eps_ee_u=value)).profiled({"CEvNS": 1.0})
        assert templates.likelihood([value], profile=True) == pytest.approx(full, rel=0.02, abs=0.02)


STEADY = Sample("steady", [40.0, 30.0, 20.0], norm="steady", scale_effects={"clock": 0.05})
TILT = {"tilt": (np.array([0.9, 1.0, 1.2]), np.array([1.1, 1.0, 0.85]))}
IN_TIME = {"times": [0.0, 1.0, 6.0], "detector": cevns.Detector("Ar", 300.0)}
TWO_BY_TWO = {"edges": [15.0, 40.0, 100.0], "times": [0.0, 1.0, 6.0]}

PROMPT_UNCERTAIN = cevns.sources.sns(protons=2e22)
PROMPT_UNCERTAIN = cevns.Flux(
    PROMPT_UNCERTAIN.components, "burst", [cevns.Uncertainty("prompt", PROMPT_UNCERTAIN.select(name="prompt").components)]
)

# whatever acts on signal and backgrounds: scales, shapes, norms, means that are not the default ones, bins of several axes
ROUTES = {
    "plain": {},
    "uncertain flux": {"flux_uncertainties": True},
    "uncertain flux, mean": {
        "flux_uncertainties": True,
        "nuisances": [Nuisance("pion decay at rest: neutrinos per proton", mean=0.5, sigma=2.0)],
    },
    "uncertain part of a flux": {"flux_uncertainties": True, "flux": PROMPT_UNCERTAIN},
    "scale": {"scale_effects": {"flux": 0.1}},
    "scale, mean": {"scale_effects": {"flux": 0.1}, "nuisances": [Nuisance("flux", mean=0.5)]},
    "scale, mean, sigma": {"scale_effects": {"flux": 0.05}, "nuisances": [Nuisance("flux", mean=-3.0, sigma=0.5)]},
    "shape": {"shape_effects": TILT},
    "shape, mean": {"shape_effects": TILT, "nuisances": [Nuisance("tilt", mean=0.6)]},
    "shape beyond one": {"shape_effects": TILT, "nuisances": [Nuisance("tilt", mean=-1.5)]},
    "scale and shape of one name": {
        "scale_effects": {"tilt": 0.1},
        "shape_effects": TILT,
        "nuisances": [Nuisance("tilt", mean=0.4)],
    },
    "norm": {"nuisances": [Nuisance("CEvNS", sigma=np.inf, mean=2.0, lower=0.0)]},
    "known norm": {"nuisances": [Nuisance("CEvNS", sigma=0.2, mean=2.0, lower=0.0)], "scale_effects": {"flux": 0.1}},
    "background": {"backgrounds": [STEADY], "nuisances": [Nuisance("steady", sigma=0.1, mean=0.7, lower=0.0)]},
    "free background": {"backgrounds": [STEADY], "scale_effects": {"clock": 0.02}, "nuisances": [Nuisance("clock", mean=1.0)]},
    "background of the signal's norm": {"backgrounds": [Sample("inelastic", [3.0, 2.0, 1.0], norm="CEvNS")]},
    "background of a known norm": {
        "backgrounds": [Sample("inelastic", [3.0, 2.0, 1.0], norm="CEvNS", scale_effects={"flux": 0.1}), STEADY],
        "nuisances": [Nuisance("CEvNS", sigma=0.3, mean=1.5), Nuisance("flux", mean=0.5)],
        "scale_effects": {"flux": 0.1},
    },
    "norm of a background on the signal": {
        "backgrounds": [Sample("steady", [40.0, 30.0, 20.0], norm="flux")],
        "scale_effects": {"flux": 0.3},
        "nuisances": [Nuisance("flux", sigma=0.1, mean=1.0, lower=0.5, upper=2.0)],
    },
    "gaussian": {"variance": [200.0, 90.0, 30.0], "scale_effects": {"flux": 0.1}, "nuisances": [Nuisance("flux", mean=0.5)]},
    "time": {**IN_TIME, "shape_effects": TILT, "scale_effects": {"flux": 0.1}, "nuisances": [Nuisance("tilt", mean=0.5)]},
    "as many times as energies": {
        **TWO_BY_TWO,
        "shape_effects": {"tilt": ([0.8, 1.1], [1.2, 0.9]), "late": ([[1.0, 0.9], [1.0, 0.8]], [[1.0, 1.1], [1.0, 1.2]])},
        "nuisances": [Nuisance("tilt", mean=0.5), Nuisance("late", mean=0.2)],
    },
    "three axes": {
        **TWO_BY_TWO,
        "pattern": [[0.3, 0.5, 0.2], [0.2, 0.5, 0.3]],
        "shape_effects": {"tilt": ([0.8, 1.1], [1.2, 0.9])},
        "backgrounds": [Sample("flat", np.full((2, 3, 2), 4.0), norm="flat")],
        "nuisances": [Nuisance("tilt", mean=0.5), Nuisance("flat", mean=0.5, sigma=0.2)],
    },
}


# what HistFactory has too
IN_PYHF = (
    "plain",
    "uncertain flux",
    "uncertain flux, mean",
    "uncertain part of a flux",
    "scale",
    "scale, mean",
    "scale, mean, sigma",
    "shape",
    "norm",
    "free background",
    "background of the signal's norm",
    "norm of a background on the signal",
    "gaussian",
)


def of_route(name, **more):
    given = {"detector": cevns.Detector("Ar", 300.0), "edges": [15.0, 30.0, 50.0, 100.0], "flux_uncertainties": False}
    given |= {"flux": cevns.sources.sns(protons=2e22), **ROUTES[name], **more}
    return Experiment(exposure=1.0, **given)


@pytest.mark.parametrize("name", ROUTES)
def test_one_model_is_behind_all_routes(name):
    experiment = of_route(name)
    theory = StandardModel() + cevns.NSI(eps_ee_u=0.1)
    model = experiment.model(theory)
    # what is expected: nuisances at their means
    expected = experiment.expected(theory)
    by_sample = model.expected_by_sample({})
    np.testing.assert_allclose(experiment.counts(theory), by_sample[0], rtol=1e-12)
    np.testing.assert_allclose(by_sample.sum(axis=0), expected, rtol=1e-12)
    np.testing.assert_allclose(asimov(model), expected, rtol=1e-12)
    means = {nuisance.name: nuisance.mean for nuisance in model.nuisances}
    np.testing.assert_allclose(experiment.expected(theory, means), expected, rtol=1e-12)
    templates = experiment.templates(theory, ("eps_ee_u",), asimov=True)
    np.testing.assert_allclose(templates.counts([0.1]), experiment.counts(theory), rtol=1e-10)
    np.testing.assert_allclose(templates.expected([0.1]), expected, rtol=1e-10)
    np.testing.assert_allclose(templates.observed, expected, rtol=1e-10)
    # a nuisance of the templates changes them as it changes the model, to first order; the theory's own norm stays
    free = {"CEvNS"} if next(n for n in model.nuisances if n.name == "CEvNS").free else set()
    assert set(templates.nuisances) == set(model.parameters) - free
    for key in templates.nuisances:
        slope = model.gradient({})[model.parameters.index(key)]
        signal = experiment.counts(theory) * templates.signal_effects.get(key, 0.0)
        found = signal + templates.background_effects.get(key, np.zeros(experiment.shape))
        np.testing.assert_allclose(found, slope, atol=1e-10 * np.abs(slope).max())
        assert templates.sigma[key] == next(n.sigma for n in model.nuisances if n.name == key)


@pytest.mark.parametrize("name", ROUTES)
def test_asimov_counts_fit_along_all_routes(name):
    pytest.importorskip("iminuit")
    experiment = of_route(name)
    theory = StandardModel() + cevns.NSI(eps_ee_u=0.1)
    assert experiment.cost(theory, asimov=True).value({}) == pytest.approx(0.0, abs=1e-10)
    templates = experiment.templates(theory, ("eps_ee_u",), asimov=True)
    for profile in (False, True):
        assert templates.likelihood([0.1], profile=profile) == pytest.approx(0.0, abs=1e-9)
    result = experiment.fit(theory, asimov=True)
    assert result.chi2 == pytest.approx(0.0, abs=1e-4)
    assert result.value == pytest.approx(experiment.counts(theory).sum(), rel=2e-3)
    assert result.values["CEvNS"] == pytest.approx(result.value, rel=1e-12)
    for sample, counts in zip(experiment.backgrounds, experiment.model(theory).expected_by_sample({})[1:], strict=True):
        assert result.values[sample.name] == pytest.approx(counts.sum(), rel=1e-2)


@pytest.mark.parametrize("name", ROUTES)
def test_likelihoods_of_templates_and_cost_agree(name):
    """Observed counts of one in a hundred away: products of two pulls, which templates leave out, change χ² by 1 %."""
    expected = of_route(name).expected()
    wave = 1 + 0.01 * np.cos(np.arange(expected.size) * 2.1).reshape(expected.shape)
    experiment = of_route(name, observed=expected * wave)
    theory = experiment.interaction + cevns.NSI()
    templates = experiment.templates(theory, ("eps_ee_u",))
    for value in (-0.01, 0.0, 0.01):
        cost = experiment.cost(theory.with_parameters(eps_ee_u=value))
        assert templates.likelihood([value], profile=False) == pytest.approx(cost.value({}), rel=1e-9)
        norm = next(n for n in cost.model.nuisances if n.name == "CEvNS")
        profiled = cost.profiled({"CEvNS": norm.mean} if norm.free else {})
        assert templates.likelihood([value], profile=True) == pytest.approx(profiled, rel=0.03, abs=0.01)


@pytest.mark.filterwarnings("ignore:jsonschema.RefResolver:DeprecationWarning")  # that pyhf uses
@pytest.mark.parametrize("name", ROUTES)
def test_exports_hold_what_is_expected_or_say_that_they_cannot(name):
    pyhf, _ = pytest.importorskip("pyhf"), pytest.importorskip("boost_histogram")
    experiment = of_route(name)
    model, expected = experiment.model(), experiment.expected()
    sides = [experiment.edges, *([range(4)] if experiment.pattern is not None else [])]
    sides += [] if experiment.times is None else [experiment.times]
    histogram = to_hist(model, sides).values()
    np.testing.assert_allclose(histogram[:, 0].sum(axis=0), expected, rtol=1e-12)
    if name not in IN_PYHF:
        with pytest.raises(UnsupportedError, match="pyhf"):
            to_pyhf(model, expected)
        return
    workspace = to_pyhf(model, expected)
    pdf = pyhf.Workspace(workspace).model()
    np.testing.assert_allclose(pdf.expected_actualdata(pdf.config.suggested_init()), expected.reshape(-1), rtol=1e-10)


def test_mean_of_a_norm_multiplies_the_signal():
    theory = StandardModel()
    plain = of_route("plain")
    np.testing.assert_allclose(of_route("norm").counts(theory), 2 * plain.counts(theory), rtol=1e-12)
    np.testing.assert_allclose(of_route("scale, mean").counts(theory), 1.05 * plain.counts(theory), rtol=1e-12)
    # the interpolation of a shape between its templates at 0.6
    h = 0.6**2 * (15 - 10 * 0.6**2 + 3 * 0.6**4) / 8
    down, up = TILT["tilt"]
    factor = 1 + 0.6 * (up - down) / 2 + h * ((up + down) / 2 - 1)
    np.testing.assert_allclose(of_route("shape, mean").counts(theory), factor * plain.counts(theory), rtol=1e-12)


def test_shape_of_energy_is_no_shape_of_time():
    """Two bins of each: the factors of one axis stand along the first."""
    experiment = of_route("as many times as energies", nuisances=())
    moved = experiment.expected(nuisances={"tilt": 1.0}) / experiment.expected()
    np.testing.assert_allclose(moved, [[1.2, 1.2], [0.9, 0.9]], rtol=1e-12)


def test_asimov_counts_fit_their_own_theory_exactly():
    experiment = with_backgrounds()
    theory = StandardModel() + cevns.NSI(eps_mm_u=0.2)
    with pytest.raises(UnsupportedError, match="asimov=True"):
        experiment.templates(theory, ("eps_mm_u",)).likelihood([0.2])
    templates = experiment.templates(theory, ("eps_mm_u",), asimov=True)
    assert templates.likelihood([0.2]) == pytest.approx(0.0, abs=1e-10)
    assert templates.likelihood([0.2], profile=True) == pytest.approx(0.0, abs=1e-10)
    assert templates.likelihood([0.0]) > 1.0


def test_asimov_counts_of_a_grid_are_those_of_its_first_node():
    experiment = with_backgrounds()

    def theory(mass):
        return StandardModel() + cevns.VectorMediator(mass=mass, coupling=1e-5)

    # three masses are few: the middle one is missed by a quarter when the others are joined
    with pytest.warns(UserWarning, match=r"between the values of mass templates may be wrong by up to 2\d %.*give more values"):
        grid = experiment.templates(theory, ("coupling",), shapes={"mass": [10.0, 20.0, 40.0]}, asimov=True)
    assert grid.likelihood([1e-5, 10.0]) == pytest.approx(0.0, abs=1e-10)
    assert grid.likelihood([1e-5, 40.0]) > 1e-6


# ---- wrong input -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda e: e.templates(StandardModel(), ("eps_ee_u",)), UnknownNameError, "unknown parameter 'eps_ee_u'"),
        (lambda e: e.templates("SM", ("eps_ee_u",)), InputError, "interaction must be a cevns interaction (got 'SM')"),
        (
            lambda e: e.templates(lambda mass: StandardModel(), ("eps_ee_u",), shapes={"mas": [1.0, 2.0]}),
            InputError,
            "interaction must be a function of mas: missing a required argument: 'mass'",
        ),
        (
            lambda e: e.templates(lambda mass: mass, ("eps_ee_u",), shapes={"mass": [1.0, 2.0]}),
            InputError,
            "interaction must be a function that returns a cevns interaction (got 1.0)",
        ),
        (
            lambda e: e.templates(StandardModel() + cevns.NSI(), ("eps_ee_u",), shapes={"mass": [1.0, 2.0]}),
            InputError,
            "interaction must be a function of mass",
        ),
        (
            lambda e: e.templates(lambda mass: StandardModel() + cevns.NSI(), ("eps_ee_u",), shapes={"mass": [1.0, np.nan]}),
            InputError,
            "grid of 'mass' must be finite (got nan at index 1)",
        ),
    ],
)
def test_wrong_requests_are_refused(call, error, said):
    with pytest.raises(error, match=re.escape(said)):
        call(with_backgrounds())


def seeing_everything(*efficiencies):
    """Germanium whose noise alone may pass the threshold, however small the recoil."""
    noise = cevns.resolution.Gaussian.pulser_fano(noise=0.07)
    quenching = cevns.quenching.Lindhard(0.157)
    detector = cevns.Detector("Ge", 1.0, quenching=quenching, resolution=noise, efficiency=efficiencies)
    return Experiment(cevns.sources.reactor(power=2.9, distance=20.0), detector, 100.0, [0.2, 0.3, 0.5])


@pytest.mark.parametrize("addition", [cevns.MagneticMoment(nue=1e-10), cevns.Millicharge(nue=1e-12)], ids=repr)
def test_counts_without_an_end_are_refused(addition):
    experiment = seeing_everything()
    theory = StandardModel() + addition
    for call in (lambda: experiment.counts(theory), lambda: experiment.templates(theory, ("nue",))):
        with pytest.raises(InputError, match="as the detector sees recoils down to T = 0: give it an efficiency"):
            call()


@pytest.mark.parametrize("threshold", [1e-6, 1e-4, 1e-2])
def test_recoils_above_a_small_threshold_are_all_counted(threshold):
    """Compared with the sum over a fine grid in log T: a rate of 1/T adds as much in each decade."""
    experiment = seeing_everything(cevns.efficiency.Threshold(threshold, axis="recoil"))
    moment = cevns.MagneticMoment(nue=1e-10)
    T = np.geomspace(threshold, 4.0, 200_001)
    expected = np.zeros(2)
    for nuclide, _ in experiment.detector.target.components:
        seen = experiment.detector._probability(experiment.edges, T, nuclide)
        rate = cevns.differential_rate(T, experiment.flux, "Ge", moment, split="nuclide")
        place = [n.name for n, _ in experiment.detector.target.components].index(nuclide.name)
        values = seen * rate[place] * T
        expected += 100.0 * ((values[:, 1:] + values[:, :-1]) / 2 * np.diff(np.log(T))).sum(axis=1)
    np.testing.assert_allclose(experiment.counts(moment), expected, rtol=1e-6)


def test_two_values_of_a_shape_warn_that_nothing_tells_the_error_between_them():
    experiment = of_route("plain", observed=[20.0, 15.0, 10.0])

    def theory(mass):
        return StandardModel() + cevns.VectorMediator(mass=mass, coupling=1e-5)

    with pytest.warns(UserWarning, match="between the values of mass templates may be wrong by an unknown part"):
        experiment.templates(theory, ("coupling",), shapes={"mass": [10.0, 12.0]})


# ---- templates without couplings -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", [True, False])
def test_without_couplings_templates_are_one_point(profile):
    experiment = cevns.Experiment.load("coherent-csi-2021")
    templates = experiment.templates(cevns.StandardModel(), (), asimov=True)
    assert templates.parameters == ()
    np.testing.assert_allclose(templates.counts([]), experiment.counts(cevns.StandardModel()), rtol=1e-12)
    assert templates.likelihood([], profile=profile) == pytest.approx(0.0, abs=1e-10)
    np.testing.assert_allclose(templates.likelihood(np.empty((2, 3, 0)), profile=profile), np.zeros((2, 3)), atol=1e-10)
    assert templates.gradient([]).shape == (0, 8, 17)
    more = templates.observing(1.1 * templates.observed)
    joint = more + experiment.templates(cevns.StandardModel(), ("weak_mixing_angle",), asimov=True)
    assert joint.parameters == ("weak_mixing_angle",)
    assert more.likelihood([], profile=profile) > 0.1


def test_a_scan_of_shapes_alone_is_that_of_a_coupling_that_stays():
    """The neutron radius: no coupling is free, and the shape is all that changes."""
    experiment = cevns.Experiment.load("coherent-csi-2021")
    skins = np.linspace(0.0, 0.6, 7)

    def theory(skin):
        return cevns.StandardModel(neutron_skin=skin, weak_mixing_angle=0.2386)

    alone = experiment.templates(theory, (), shapes={"skin": skins}, asimov=True)
    beside = experiment.templates(theory, ("weak_mixing_angle",), shapes={"skin": skins}, asimov=True)
    assert alone.parameters == ("skin",)
    # at the nodes: between them one template is interpolated, and not three
    expected = beside.likelihood({"skin": skins, "weak_mixing_angle": 0.2386})
    np.testing.assert_allclose(alone.likelihood({"skin": skins}), expected, rtol=1e-9, atol=1e-9)
    assert alone.minimum().chi2 == pytest.approx(0.0, abs=1e-9)
    scan = cevns.scan(alone.likelihood, {"skin": np.linspace(0.0, 0.6, 61)})
    assert scan.values.argmin() == 0
