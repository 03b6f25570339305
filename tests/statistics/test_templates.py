"""Templates: counts, gradients and likelihoods of many points, joint analyses, and interpolation in parameters of shape."""

import pickle
import re
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
import pytest

import cevns
from cevns import InputError, TemplateGrid, Templates, UnknownNameError, UnsupportedError
from cevns.reference import scans as reference
from cevns.reference.statistics import profile_linear
from cevns.statistics import Cost, Model, Nuisance, Sample, gaussian_chi2, minimize, poisson_chi2

BINS = (6, 5)
EXPONENTS = np.array([[0, 0], [1, 0], [0, 1], [2, 0], [1, 1], [0, 2]])
POINTS = np.random.default_rng(2).uniform(-0.3, 0.5, (40, 2))


def arrays(seed=0):
    """Templates of (Q + a q₁ + b q₂)², bin by bin, a background and counts."""
    random = np.random.default_rng(seed)
    Q, first, second = random.uniform(1.5, 3.0, BINS), random.uniform(2.0, 3.0, BINS), random.uniform(2.0, 3.0, BINS)
    rows = np.stack([Q**2, 2 * Q * first, 2 * Q * second, first**2, 2 * first * second, second**2])
    background = random.uniform(0.5, 3.0, BINS)
    return rows, background, random.poisson(0.3 * (rows[0] + background)).astype(float)


ROWS, BACKGROUND, OBSERVED = arrays()
NUISANCES = {
    "signal_effects": {"flux": 0.1, "quenching": np.linspace(-0.05, 0.08, 30).reshape(BINS)},
    "background_effects": {"steady": 0.2 * BACKGROUND, "flux": 0.03 * BACKGROUND, "beam": np.full(BINS, 0.4)},
    "sigma": {"flux": 1.5, "beam": np.inf},
}


def made(**changes):
    arguments = {"background": BACKGROUND, "observed": OBSERVED, "name": "toy"} | changes
    return Templates(("a", "b"), EXPONENTS, ROWS, **arguments)


def directions(templates, theta):
    """Change of the counts (n, k, *bins) by one unit of each nuisance."""
    signal, zero = templates.counts(theta), np.zeros(templates.shape)
    parts = [
        signal * templates.signal_effects.get(name, zero) + templates.background_effects.get(name, zero)
        for name in templates.nuisances
    ]
    return np.stack(parts, axis=1)


# ---- counts ----------------------------------------------------------------------------------------------------------------


def test_counts_are_those_of_the_reference_term_by_term():
    expected = [reference.counts(point, EXPONENTS, ROWS) for point in POINTS]
    np.testing.assert_allclose(made().counts(POINTS), expected, rtol=1e-14)
    np.testing.assert_allclose(made().expected(POINTS), expected + BACKGROUND, rtol=1e-14)
    np.testing.assert_allclose(made().weights(POINTS) @ ROWS.reshape(6, -1), made().counts(POINTS).reshape(40, -1), rtol=1e-14)


def test_without_new_physics_the_constant_template_comes_back_bit_for_bit():
    np.testing.assert_array_equal(made().counts([0.0, 0.0]), ROWS[0])
    np.testing.assert_array_equal(made().counts({}), ROWS[0])


def test_gradient_is_the_limit_of_differences():
    step = 1e-5
    for p, shift in enumerate(step * np.eye(2)):
        expected = (made().counts(POINTS + shift) - made().counts(POINTS - shift)) / (2 * step)
        np.testing.assert_allclose(made().gradient(POINTS)[:, p], expected, rtol=1e-9)  # of a square exact but for rounding


def test_nuisances_change_what_is_expected():
    templates, nuisances = made(**NUISANCES), {"flux": -2.0, "steady": 0.5, "quenching": 1.0}
    found = templates.expected(POINTS, nuisances)
    pulls = np.array([nuisances.get(name, 0.0) for name in templates.nuisances])
    expected = templates.expected(POINTS) + np.einsum("nk...,k->n...", directions(templates, POINTS), pulls)
    np.testing.assert_allclose(found, expected, rtol=1e-13)


def test_powers_of_a_mediator_are_squares_and_fourth_powers():
    templates = Templates(["g"], [[0], [2], [4]], [[1.0], [2.0], [3.0]])
    assert templates.counts([2.0]).tolist() == [1 + 2 * 4 + 3 * 16]
    assert templates.gradient([2.0]).tolist() == [[2 * 2 * 2 + 3 * 4 * 8]]


def test_terms_with_one_weight_add_up():
    templates = Templates(["g"], [[2], [0], [2]], [[1.0], [5.0], [2.0]])
    assert templates.exponents.tolist() == [[2], [0]]
    assert templates.counts([1.0]).tolist() == [8.0]


# ---- points ----------------------------------------------------------------------------------------------------------------


def test_names_broadcast_like_arrays():
    a, b = np.linspace(-0.3, 0.3, 7), np.linspace(-0.2, 0.4, 5)
    points = np.stack(np.meshgrid(a, b, indexing="ij"), axis=-1)
    named = {"b": b, "a": a[:, None]}
    for method in ("counts", "expected", "gradient", "weights", "likelihood", "likelihood_gradient"):
        np.testing.assert_array_equal(getattr(made(), method)(named), getattr(made(), method)(points), err_msg=method)
    assert made().likelihood(points).shape == (7, 5)


@pytest.mark.parametrize("shape", [(300, 301), (20000,), (3, 1, 20000), (1, 20000, 2), (0, 4), ()])
def test_grids_larger_than_a_block_are_taken_in_order(shape):
    random = np.random.default_rng(1)
    full = random.uniform(-0.3, 0.3, shape)
    named = {"a": full, "b": random.uniform(-0.3, 0.3, shape[-1:])}
    points = np.stack(np.broadcast_arrays(named["a"], named["b"]), axis=-1)
    found = made().likelihood(named)
    np.testing.assert_array_equal(found, made().likelihood(points))
    assert np.shape(found) == shape
    assert isinstance(made().likelihood([0.0, 0.0]), float)


def test_a_missing_parameter_has_its_value_of_the_start():
    templates = made(start=[0.1, -0.2])
    assert templates.likelihood({"a": 0.3}) == templates.likelihood([0.3, -0.2])
    assert made().likelihood({"a": 0.3}) == made().likelihood([0.3, 0.0])


def test_a_scan_needs_no_memory_but_for_its_result():
    templates, axis = made(**NUISANCES), np.linspace(-0.1, 0.1, 700)
    for profile, points in ((False, {"a": axis[:, None], "b": axis}), (True, {"a": axis[:20, None], "b": axis[:70]})):
        templates.likelihood({}, profile=profile)
        tracemalloc.start()
        out = templates.likelihood(points, profile=profile)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        # 490 000 points × 30 bins would be 118 MB; a profile keeps its nuisances
        assert peak < out.nbytes * (5 if profile else 1) + 1e6


def test_points_can_be_shared_out_among_threads():
    templates = made(**NUISANCES)
    points = np.random.default_rng(8).uniform(-0.3, 0.5, (2000, 2))
    with ThreadPoolExecutor(4) as pool:
        parts = list(pool.map(lambda part: templates.likelihood(part, profile=True), np.split(points, 8)))
    np.testing.assert_array_equal(np.concatenate(parts), templates.likelihood(points, profile=True))


# ---- likelihood ------------------------------------------------------------------------------------------------------------


def test_likelihood_is_that_of_poisson_counts():
    found = made(**NUISANCES).likelihood(POINTS, profile=False)
    np.testing.assert_allclose(found, [reference.chi2(p, EXPONENTS, ROWS, BACKGROUND, OBSERVED) for p in POINTS], rtol=1e-13)
    np.testing.assert_allclose(found, poisson_chi2(OBSERVED, made().expected(POINTS)), rtol=1e-13)


def test_likelihood_with_a_variance_is_that_of_normal_counts():
    variance = np.random.default_rng(4).uniform(1.0, 9.0, BINS)
    templates = made(observed=OBSERVED - 3.5, variance=variance, **NUISANCES)  # differences may be negative
    mu = templates.expected(POINTS)
    np.testing.assert_allclose(templates.likelihood(POINTS, False), gaussian_chi2(OBSERVED - 3.5, mu, variance), rtol=1e-13)
    sigma = [templates.sigma[name] for name in templates.nuisances]
    expected, pulls = profile_linear(OBSERVED - 3.5, mu, directions(templates, POINTS), sigma, variance)
    np.testing.assert_allclose(templates.likelihood(POINTS, profile=True), expected, rtol=1e-12)
    found = templates.pulls(POINTS)
    np.testing.assert_allclose(np.stack([found[name] for name in templates.nuisances], axis=-1), pulls, atol=1e-7)


@pytest.mark.parametrize("counts", ["counts", "expected", "none", "many"])
def test_profiled_likelihood_is_the_minimum_over_the_nuisances(counts, instruction_set):
    observed = {"counts": OBSERVED, "expected": ROWS[0] + BACKGROUND, "none": 0 * OBSERVED, "many": 1e4 * OBSERVED + 3}[counts]
    templates = made(observed=observed, **NUISANCES)
    sigma = [templates.sigma[name] for name in templates.nuisances]
    expected, _ = profile_linear(observed, templates.expected(POINTS), directions(templates, POINTS), sigma)
    found = templates.likelihood(POINTS, profile=True)
    # both to 1e-10 of χ², and without counts, where a free background is driven below zero, to the width of its soft end
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-10 if counts != "none" else 3e-3)
    assert (found <= templates.likelihood(POINTS, profile=False) + 1e-9).all()


def test_profiled_likelihood_is_that_of_a_cost():
    templates = made(signal_effects={"flux": 0.1}, background_effects={"steady": 0.2 * BACKGROUND})
    for theta in POINTS[:5]:
        signal = Sample("signal", templates.counts(theta), scale_effects={"flux": 0.1})
        background = Sample("background", BACKGROUND, scale_effects={"steady": 0.2})
        found = minimize(Cost(Model([signal, background]), OBSERVED))
        assert templates.likelihood(theta, profile=True) == pytest.approx(found.chi2, rel=1e-9)
        pulls = templates.pulls(theta)
        # where χ² is within 1e-9 of its minimum, a pull is within 3e-5
        assert pulls["flux"] == pytest.approx(found["flux"], abs=3e-5)
        assert pulls["steady"] == pytest.approx(found["steady"], abs=3e-5)


def test_profiled_likelihood_at_the_pulls_is_what_is_expected_there():
    templates = made(**NUISANCES)
    for theta in POINTS[:5]:
        pulls = templates.pulls(theta)
        prior = sum((pulls[name] / sigma) ** 2 for name, sigma in templates.sigma.items())
        # a bin without counts may end up to 1e-4 below zero, where it is worth up to 1e-4 less than an empty one
        mu = templates.expected(theta, pulls)
        assert (mu[OBSERVED > 0] > 0).all()
        direct = poisson_chi2(OBSERVED, np.maximum(mu, 0.0)) + prior
        assert direct - 1e-4 * np.count_nonzero(mu < 0) - 1e-10 <= templates.likelihood(theta, profile=True) <= direct + 1e-10


@pytest.mark.parametrize("number", [1, 2, 7, 16, 20])
def test_many_nuisances_are_profiled_together(number):
    random = np.random.default_rng(number)
    names = [f"nuisance {i}" for i in range(number)]
    templates = made(background_effects={name: random.normal(0.0, 0.1, BINS) for name in names})
    expected, _ = profile_linear(OBSERVED, templates.expected(POINTS), directions(templates, POINTS))
    np.testing.assert_allclose(templates.likelihood(POINTS, profile=True), expected, rtol=1e-10)


def test_nuisances_that_do_nothing_or_the_same_are_harmless():
    alone = made(background_effects={"steady": 0.2 * BACKGROUND})
    nothing = made(background_effects={"steady": 0.2 * BACKGROUND, "idle": np.zeros(BINS)}, sigma={"idle": np.inf})
    np.testing.assert_allclose(nothing.likelihood(POINTS, True), alone.likelihood(POINTS, True), rtol=1e-12)
    assert nothing.pulls(POINTS[0])["idle"] == 0.0
    free = made(background_effects={"one": BACKGROUND}, sigma={"one": np.inf})
    twice = made(background_effects={"one": BACKGROUND, "two": BACKGROUND}, sigma={"one": np.inf, "two": np.inf})
    np.testing.assert_allclose(twice.likelihood(POINTS, True), free.likelihood(POINTS, True), rtol=1e-8)


def test_without_nuisances_profiling_changes_nothing():
    np.testing.assert_array_equal(made().likelihood(POINTS, profile=True), made().likelihood(POINTS))


@pytest.mark.parametrize("profile", [False, True])
@pytest.mark.parametrize("kind", ["poisson", "normal", "joint"])
def test_gradient_of_the_likelihood_is_the_limit_of_differences(kind, profile):
    poisson = made(**NUISANCES)
    normal = made(variance=BACKGROUND, **NUISANCES)
    templates = {"poisson": poisson, "normal": normal, "joint": poisson + normal}[kind]
    step = 1e-5
    differences = [
        (templates.likelihood(POINTS + shift, profile) - templates.likelihood(POINTS - shift, profile)) / (2 * step)
        for shift in step * np.eye(2)
    ]
    found = templates.likelihood_gradient(POINTS, profile)
    # differences of χ² that is known to 1e-12, over 2e-5, and their third derivative times 1e-10
    np.testing.assert_allclose(found, np.stack(differences, axis=-1), rtol=1e-6, atol=1e-5)


# ---- limits of nuisances ---------------------------------------------------------------------------------------------------

LIMITS = {
    "lower": {"flux": (-0.2, None)},
    "upper": {"steady": (None, 0.1), "flux": (None, 0.05)},
    "both": {"flux": (-0.1, 0.05), "steady": (-0.3, 0.2)},
    "at the centre": {"flux": (0.0, None), "steady": (None, 0.0)},
    "away from zero": {"flux": (1.6, 1.9), "steady": (1.95, 2.5)},
    "wide": {"flux": (-50.0, 50.0), "steady": (-50.0, 50.0)},
}


def limited(limits, kind="poisson", observed=OBSERVED, free=False):
    return made(
        observed=observed,
        variance=1.0 + BACKGROUND if kind == "normal" else None,
        signal_effects={"flux": 0.3},
        background_effects={"steady": 0.4 * BACKGROUND, "flux": 0.1 * BACKGROUND[:, ::-1]},
        sigma={"steady": np.inf if free else 0.8},
        mean={"flux": 1.75, "steady": 2.0} if limits == "away from zero" else {},
        limits=LIMITS[limits],
    )


@cache
def profiled(limits, kind, free, theta):
    """What the reference says, once for all instruction sets."""
    templates = limited(limits, kind, free=free)
    mean = np.array([templates.mean[name] for name in templates.nuisances])
    room = np.array([templates.limits[name] for name in templates.nuisances]) - mean[:, None]
    chi2, xi = reference.profiled(
        templates.counts(theta).reshape(-1),
        BACKGROUND.reshape(-1),
        OBSERVED.reshape(-1),
        templates._effects("signal_effects"),
        templates._effects("background_effects"),
        np.array([templates.sigma[name] for name in templates.nuisances]),
        np.clip(room, -60.0, 60.0),
        None if kind == "poisson" else templates.variance.reshape(-1),
    )
    return chi2, mean + xi


@pytest.mark.parametrize("free", [False, True])
@pytest.mark.parametrize("kind", ["poisson", "normal"])
@pytest.mark.parametrize("limits", LIMITS)
def test_nuisances_keep_their_limits_as_in_the_reference(limits, kind, free, instruction_set):
    templates, theta = limited(limits, kind, free=free), (-0.25, 0.4)
    expected, values = profiled(limits, kind, free, theta)
    # the reference ends within 1e-9 of an interval from the minimum
    assert templates.likelihood(theta, profile=True) == pytest.approx(expected, rel=1e-10, abs=1e-10)
    pulls = templates.pulls(theta)
    for name, value in zip(templates.nuisances, values.tolist(), strict=True):
        assert pulls[name] == pytest.approx(value, abs=1e-5)
        low, high = templates.limits[name]
        assert low <= pulls[name] <= high


@pytest.mark.parametrize("limits", [name for name in LIMITS if name != "away from zero"])
def test_limited_templates_have_the_likelihood_of_a_cost(limits):
    """χ² of `Cost`, whose minimum another algorithm finds: to the 1e-9 that it states."""
    other = BACKGROUND[:, ::-1]
    templates = made(
        background=BACKGROUND + other,
        observed=OBSERVED + other,
        signal_effects={"flux": 0.3},
        background_effects={"steady": 0.4 * BACKGROUND, "flux": 0.1 * other},
        sigma={"steady": 0.8},
        limits=LIMITS[limits],
    )
    nuisances = [Nuisance(name, sigma, 0.0, *templates.limits[name]) for name, sigma in templates.sigma.items()]
    for theta in POINTS[:5]:
        samples = [
            Sample("signal", templates.counts(theta), scale_effects={"flux": 0.3}),
            Sample("background", BACKGROUND, scale_effects={"steady": 0.4}),
            Sample("other", other, scale_effects={"flux": 0.1}),
        ]
        found = minimize(Cost(Model(samples, nuisances), OBSERVED + other))
        assert templates.likelihood(theta, profile=True) == pytest.approx(found.chi2, rel=1e-8, abs=1e-8)


@pytest.mark.parametrize("seed", range(40))
def test_profiles_within_limits_fulfil_the_conditions_of_a_minimum(seed, instruction_set):
    """Karush, Kuhn and Tucker: no slope of a nuisance between its limits, one that presses outward at a limit."""
    random = np.random.default_rng(seed)
    number = int(random.integers(1, 9))
    names = [f"nuisance {k}" for k in range(number)]
    sigma = np.where(random.random(number) < 0.2, np.inf, 10 ** random.uniform(-1.0, 1.0, number))
    limits = np.stack([-(10 ** random.uniform(-2, 1, number)), 10 ** random.uniform(-2, 1, number)], axis=1)
    limits[random.random((number, 2)) < 0.3] *= np.inf
    limits[random.random((number, 2)) < 0.1] = 0.0
    limits[(limits == 0.0).all(axis=1), 1] = 1.0
    mean = random.normal(0.0, 2.0, number)
    templates = made(
        observed=OBSERVED + 1.0,  # every bin has a likelihood without kinks
        signal_effects=dict(zip(names, random.normal(0.0, 0.2, (number, *BINS)), strict=True)),
        background_effects=dict(zip(names, random.normal(0.3, 0.3, (number, 1, 1)) * BACKGROUND, strict=True)),
        sigma=dict(zip(names, sigma, strict=True)),
        mean=dict(zip(names, mean, strict=True)),
        limits={name: (low + m, high + m) for name, (low, high), m in zip(names, limits, mean, strict=True)},
    )
    for theta in POINTS[:8]:
        pulls = templates.pulls(theta)
        xi = np.array([pulls[name] for name in names]) - mean
        mu = templates.expected(theta, pulls)
        rates = directions(templates, theta[None])[0]
        slope = np.sum(rates * (1 - templates.observed / mu), axis=(1, 2)) + xi / sigma**2
        curvature = np.sum(rates**2 * templates.observed / mu**2, axis=(1, 2)) + 1 / sigma**2
        near = 1e-12 * (1 + np.abs(mean))
        pressed = ((xi <= limits[:, 0] + near) & (slope > 0)) | ((xi >= limits[:, 1] - near) & (slope < 0))
        # χ²/2 could fall by slope²/2 curvature along one nuisance: 1e-12 of it ends the search
        assert np.where(pressed, 0.0, slope**2 / curvature).max() <= 1e-10 * (1 + templates.likelihood(theta, profile=True))
        assert templates.likelihood(theta, profile=True) <= templates.likelihood(theta) + 1e-12


def test_limits_that_nothing_reaches_change_nothing(instruction_set):
    free, wide = made(**NUISANCES), made(**NUISANCES, limits={name: (-1e3, 1e3) for name in ("flux", "quenching", "steady")})
    np.testing.assert_allclose(wide.likelihood(POINTS, True), free.likelihood(POINTS, True), rtol=1e-13)
    np.testing.assert_allclose(wide.likelihood_gradient(POINTS, True), free.likelihood_gradient(POINTS, True), rtol=1e-7)


def test_means_move_values_of_nuisances_and_no_likelihood():
    mean = {"flux": 3.0, "beam": -1.0}
    plain, moved = made(**NUISANCES), made(**NUISANCES, mean=mean)
    np.testing.assert_array_equal(moved.likelihood(POINTS, True), plain.likelihood(POINTS, True))
    np.testing.assert_array_equal(moved.expected(POINTS), plain.expected(POINTS))
    np.testing.assert_allclose(moved.expected(POINTS, {"flux": 3.5}), plain.expected(POINTS, {"flux": 0.5}), rtol=1e-13)
    for name, values in moved.pulls(POINTS).items():
        np.testing.assert_allclose(values, plain.pulls(POINTS)[name] + mean.get(name, 0.0), rtol=1e-13)


@pytest.mark.parametrize("limits", LIMITS)
@pytest.mark.parametrize("kind", ["poisson", "normal"])
def test_gradient_at_limits_is_the_limit_of_differences(limits, kind):
    templates, step = limited(limits, kind), 1e-5
    differences = [
        (templates.likelihood(POINTS + shift, True) - templates.likelihood(POINTS - shift, True)) / (2 * step)
        for shift in step * np.eye(2)
    ]
    np.testing.assert_allclose(templates.likelihood_gradient(POINTS, True), np.stack(differences, -1), rtol=1e-5, atol=1e-4)


def test_without_profile_nuisances_stay_at_their_means():
    templates = limited("away from zero")
    expected = poisson_chi2(OBSERVED, templates.counts(POINTS) + BACKGROUND)
    np.testing.assert_allclose(templates.likelihood(POINTS, profile=False), expected, rtol=1e-12)


def test_nuisances_are_profiled_unless_told_otherwise():
    templates = made(**NUISANCES)
    for function in (templates.likelihood, templates.likelihood_gradient):
        np.testing.assert_array_equal(function(POINTS), function(POINTS, profile=True))
    assert (templates.likelihood(POINTS) < templates.likelihood(POINTS, profile=False) - 1e-6).any()
    assert templates.minimum() == templates.minimum(profile=True)
    assert templates.minimum(profile=False).names == templates.parameters


def test_joint_analyses_and_grids_keep_limits():
    part = limited("both")
    twice = part + part
    xi = np.linspace(-0.1, 0.05, 151)[:, None, None, None]
    zeta = np.linspace(-0.3, 0.2, 501)[:, None, None]
    theta = [0.3, 0.3]
    mu = part.counts(theta) * (1 + 0.3 * xi) + BACKGROUND * (1 + 0.4 * zeta) + 0.1 * xi * BACKGROUND[:, ::-1]
    prior = xi[..., 0, 0] ** 2 + (zeta[..., 0, 0] / 0.8) ** 2
    brute = (2 * poisson_chi2(OBSERVED, mu) + prior).min()
    # a grid of 1e-3 misses the best values by 5e-4 at most, where χ² has curvatures of some hundreds
    assert brute - 1e-3 <= twice.likelihood(theta, profile=True) <= brute
    assert twice.limits == part.limits
    grid = TemplateGrid({"mass": [1.0, 2.0, 3.0]}, [part, part, part])
    assert grid.likelihood([*theta, 2.0], profile=True) == pytest.approx(part.likelihood(theta, profile=True), rel=1e-13)
    assert grid.pulls([*theta, 1.5])["flux"] == pytest.approx(part.pulls(theta)["flux"], abs=1e-9)
    best = part.minimum(profile=True)
    assert all(low <= best[name] <= high for name, (low, high) in part.limits.items())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"limits": {"flux": (-0.3, None)}},
            "limits of 'flux' must be the same in all parts (got (-0.2, inf) and (-0.3, inf))",
        ),
        ({"mean": {"flux": 0.5}}, "mean of 'flux' must be the same in all parts (got 0 and 0.5)"),
        (
            {"limits": {"flux": (-0.20000001, None)}},
            "limits of 'flux' must be the same in all parts (got (-0.2, inf) and (-0.20000001, inf))",
        ),
    ],
)
def test_common_nuisances_have_common_means_and_limits(changes, said):
    part = {"signal_effects": {"flux": 0.1}, "limits": {"flux": (-0.2, None)}}
    one, other = made(**part), made(**part | changes)
    with pytest.raises(InputError, match=re.escape(said)):
        one + other


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"limits": {"flux": (0.5, 2.0)}}, "nuisance 'flux' needs lower <= mean <= upper and lower < upper (got 0.5, 0, 2)"),
        ({"limits": {"flux": (0.0, 0.0)}}, "needs lower <= mean <= upper and lower < upper (got 0, 0, 0)"),
        ({"limits": {"flux": (-np.inf, -np.inf)}}, "flux"),
        ({"limits": {"flux": 1.0}}, "limits of 'flux' must be (lower, upper) (got 1.0)"),
        ({"limits": {"flux": (np.nan, 1.0)}}, "lower limit of 'flux' must be"),
        ({"limits": {"flux": (np.inf, np.inf)}}, "lower limit of 'flux' must be"),
        ({"limits": {"flux": ("low", 1.0)}}, "lower limit of 'flux' must be"),
        ({"mean": {"flux": np.inf}}, "mean of 'flux' must be >= -1e+50 and <= 1e+50 (got inf)"),
        ({"limits": [1.0]}, "limits must map names to values"),
    ],
)
def test_wrong_limits_are_refused(changes, said):
    with pytest.raises(InputError, match=re.escape(said)):
        made(signal_effects={"flux": 0.1}, **changes)
    with pytest.raises(UnknownNameError, match="unknown nuisance 'beam'"):
        made(signal_effects={"flux": 0.1}, limits={"beam": (0.0, 1.0)})


def test_numbers_without_end_are_refused_or_answered_without_nan(instruction_set):
    for changes, said in (
        ({"sigma": {"flux": 1e-300}}, "sigma of 'flux' must be >= 1e-50 and <= 1e+50 (got 1e-300)"),
        ({"sigma": {"flux": 1e300}}, "sigma of 'flux' must be >= 1e-50 and <= 1e+50 (got 1e+300)"),
        ({"signal_effects": {"flux": 1e300}}, "signal effect of 'flux' must be >= -1e+50 and <= 1e+50"),
        ({"background": np.full(BINS, 1e300)}, "background must be >= -1e+50 and <= 1e+50"),
        ({"observed": np.full(BINS, 1e300)}, "observed must be >= -1e+50 and <= 1e+50"),
    ):
        with pytest.raises(InputError, match=re.escape(said)):
            made(**{"signal_effects": {"flux": 0.1}} | changes)
    with pytest.raises(InputError, match="counts at these parameters must be"):
        made().counts([1e300, 0.0])
    for sigma in (1e-50, 1e50, np.inf):
        for effect in (1e-50, 1e49):
            for limits in ((-1e-50, 1e50), (0.0, 5e-324), (None, None)):
                templates = made(
                    signal_effects={"flux": effect},
                    background_effects={"flux": 0.1 * effect * BACKGROUND},
                    sigma={"flux": sigma},
                    limits={"flux": limits},
                )
                chi2 = templates.likelihood([[0.0, 0.0], [1e100, 0.0], [1e308, 1e308]], profile=True)
                assert (chi2 >= 0).all()
                assert chi2[0] <= templates.likelihood([0.0, 0.0], profile=False) * (1 + 1e-12)
                assert np.isfinite(templates.pulls([0.0, 0.0])["flux"])


def test_a_background_that_is_nothing_at_its_mean_can_still_explain_counts(instruction_set):
    """n̂ of one free norm is Σn/Σt; two bins that are in proportion are then explained fully."""
    arguments = {"observed": [2.0, 4.0], "sigma": {"norm": np.inf}, "limits": {"norm": (0.0, None)}}
    templates = Templates(["g"], [[2]], [[1.0, 1.0]], background_effects={"norm": [1.0, 2.0]}, **arguments)
    assert templates.likelihood([0.0], profile=False) == np.inf
    assert templates.likelihood([0.0], profile=True) == pytest.approx(0.0, abs=1e-10)
    assert templates.pulls([0.0])["norm"] == pytest.approx(2.0, abs=1e-6)
    assert templates.likelihood_gradient([0.0], profile=True) == pytest.approx([0.0], abs=1e-9)
    # a bin that no nuisance reaches, or a norm that may not grow, leaves it impossible
    other = Templates(["g"], [[2]], [[1.0, 1.0]], background_effects={"norm": [1.0, 0.0]}, **arguments)
    assert other.likelihood([0.0], profile=True) == np.inf
    arguments["limits"] = {"norm": (-1.0, 0.0)}
    assert (
        Templates(["g"], [[2]], [[1.0, 1.0]], background_effects={"norm": [1.0, 2.0]}, **arguments).likelihood(
            [0.0], profile=True
        )
        == np.inf
    )


# ---- the best fit ----------------------------------------------------------------------------------------------------------


def test_charges_of_either_sign_fit_as_well():
    Q, q = 2.0, np.array([1.0, 1.0, 1.0])
    templates = Templates(["epsilon"], [[0], [1], [2]], [Q**2 * q, 2 * Q * q, q], background=q)
    seen = templates.observing(templates.expected([0.3]))
    assert seen.likelihood([0.3]) == pytest.approx(0.0, abs=1e-14)
    assert seen.likelihood([-2 * Q - 0.3]) == pytest.approx(0.0, abs=1e-14)  # Q + ε → −(Q + ε)
    best = seen.minimum()
    assert best.chi2 == pytest.approx(0.0, abs=1e-12)
    assert min(abs(best["epsilon"] - 0.3), abs(best["epsilon"] + 2 * Q + 0.3)) < 1e-6


@pytest.mark.parametrize("profile", [False, True])
def test_minimum_is_below_every_point_of_a_fine_grid(profile):
    templates = made(**NUISANCES)
    best = templates.minimum(profile=profile)
    axis = np.linspace(-3.0, 1.0, 60)
    assert best.chi2 <= templates.likelihood({"a": axis[:, None], "b": axis}, profile=profile).min()
    gradient = templates.likelihood_gradient([best["a"], best["b"]], profile)
    assert np.abs(gradient).max() < 1e-3  # χ² within about 1e-8 of its minimum
    assert best.names == (("a", "b", *templates.nuisances) if profile else ("a", "b"))


def test_fixed_parameters_stay():
    templates = made()
    best = templates.minimum(fixed={"a": 0.25})
    assert best["a"] == 0.25
    axis = np.linspace(-3.0, 1.0, 20001)
    least = templates.likelihood({"a": 0.25, "b": axis}).min()
    assert least - 1e-4 <= best.chi2 <= least
    assert templates.minimum(fixed={"a": 0.25, "b": 0.5}).chi2 == templates.likelihood([0.25, 0.5])


def test_a_coupling_that_enters_squared_is_found_from_zero():
    templates = Templates(["g"], [[0], [2], [4]], [[1.0, 2.0], [3.0e6, 1.0e6], [2.0e12, 1.0e12]])
    seen = templates.observing(templates.counts([3e-3]))
    assert abs(seen.minimum()["g"]) == pytest.approx(3e-3, rel=1e-5)


@pytest.mark.parametrize("size", [1e2, 1e5, 1e8, 1e11])
def test_norms_take_a_signal_away_that_is_far_too_large(size):
    """Σ_k ξ_k s_k = −1 for the least Σ_k (ξ_k/σ_k)² is ξ_k = −s_k σ_k²/Σ s²σ²: one over the total variance."""
    norms, sigma = {"flux": 0.1, "quenching": 0.05, "mass": 0.002}, {"quenching": 2.0}
    model = Templates(
        ["g"],
        [[1]],
        [np.linspace(1.0, 2.0, 20)],
        background=np.full(20, 9.0),
        observed=np.full(20, 9.0),
        signal_effects=norms,
        background_effects={"steady": np.full(20, 0.9)},
        sigma=sigma,
    )
    variance = {name: (s * sigma.get(name, 1.0)) ** 2 for name, s in norms.items()}
    total = sum(variance.values())
    pulls = model.pulls([size])
    # what is left of the signal is of the size of the background at most
    assert model.likelihood([size], profile=True) == pytest.approx(1.0 / total, rel=50.0 / size + 1e-6)
    for name, s in norms.items():
        assert pulls[name] == pytest.approx(-variance[name] / (s * total), rel=50.0 / size + 1e-6)
    # and shared among the norms as their variances say, to rounding
    assert pulls["flux"] * norms["flux"] / variance["flux"] == pytest.approx(pulls["mass"] * norms["mass"] / variance["mass"])


# ---- joint analyses --------------------------------------------------------------------------------------------------------


def test_joint_likelihood_at_the_centre_is_the_sum():
    rows, background, observed = arrays(1)
    other = Templates(("a", "b"), EXPONENTS, rows[:, :3], background=background[:3], observed=observed[:3])
    np.testing.assert_allclose(
        (made() + other).likelihood(POINTS), made().likelihood(POINTS) + other.likelihood(POINTS), rtol=1e-13
    )
    assert (made() + other).shape == (45,)


def test_a_shared_nuisance_is_one_and_others_are_their_own():
    one, two = made(**NUISANCES), made(observed=OBSERVED + 2, signal_effects={"flux": 0.2, "own": 0.1}, sigma={"flux": 1.5})
    joint = Templates.joined([one, two])
    assert set(joint.nuisances) == {"flux", "quenching", "steady", "beam", "own"}
    mu = np.concatenate([part.expected(POINTS).reshape(40, -1) for part in (one, two)], axis=1)
    zero = np.zeros((40, 30))

    def rows(part, name):
        if name not in part.nuisances:
            return zero
        return directions(part, POINTS)[:, part.nuisances.index(name)].reshape(40, -1)

    v = np.stack([np.concatenate([rows(one, name), rows(two, name)], axis=1) for name in joint.nuisances], axis=1)
    n = np.concatenate([OBSERVED.reshape(-1), OBSERVED.reshape(-1) + 2])
    expected, _ = profile_linear(n, mu, v, [joint.sigma[name] for name in joint.nuisances])
    np.testing.assert_allclose(joint.likelihood(POINTS, profile=True), expected, rtol=1e-10)


def test_nuisances_that_are_not_common_belong_to_their_part():
    one, two = made(**NUISANCES, name="one"), made(**NUISANCES, observed=OBSERVED + 2, name="two")
    apart = one.likelihood(POINTS, profile=True) + two.likelihood(POINTS, profile=True)
    own = Templates.joined([one, two], common=())
    assert set(own.nuisances) == {f"{part} {name}" for part in ("one", "two") for name in one.nuisances}
    assert own.sigma == {f"{part} {name}": sigma for part in ("one", "two") for name, sigma in one.sigma.items()}
    np.testing.assert_allclose(own.likelihood(POINTS, profile=True), apart, rtol=1e-9)
    some = Templates.joined([one, two], common=("flux",))
    assert set(own.nuisances) - set(some.nuisances) == {"one flux", "two flux"}
    assert set(some.nuisances) - set(own.nuisances) == {"flux"}
    everything = Templates.joined([one, two])
    assert Templates.joined([one, two], common=one.nuisances) == everything
    # what is common pays once for being off its centre: paid twice, it can do no better than two of its kind
    for joint, shared in ((some, ("flux",)), (everything, one.nuisances)):
        again = sum((joint.pulls(POINTS)[name] / joint.sigma[name]) ** 2 for name in shared)
        assert (joint.likelihood(POINTS, profile=True) + again > apart * (1 + 1e-6)).all()


def test_one_part_has_its_own_nuisances_too():
    one = Templates.joined([made(**NUISANCES, name="one")], common=("flux",))
    assert set(one.nuisances) == {"flux"} | {f"one {name}" for name in made(**NUISANCES).nuisances if name != "flux"}
    expected = made(**NUISANCES).likelihood(POINTS, profile=True)
    np.testing.assert_allclose(one.likelihood(POINTS, profile=True), expected, rtol=1e-10)


@pytest.mark.parametrize(
    ("names", "common", "said"),
    [
        (("one", "two"), "flux", "common must be names of nuisances, as ('flux',) (got 'flux')"),
        (("one", "two"), 3, "common must be names of nuisances, as ('flux',) (got 3)"),
        (("one", "one"), ("flux",), "parts must have different names, which tell their own nuisances apart (got 'one', 'one')"),
        (("", "two"), ("flux",), "parts must have different names, which tell their own nuisances apart (got '', 'two')"),
    ],
)
def test_parts_whose_nuisances_cannot_be_told_apart_are_refused(names, common, said):
    with pytest.raises(InputError, match=re.escape(said)):
        Templates.joined([made(**NUISANCES, name=name) for name in names], common)


def test_common_nuisances_are_known():
    with pytest.raises(UnknownNameError, match=re.escape("unknown common nuisance 'fluxes'; did you mean 'flux'?")):
        Templates.joined([made(**NUISANCES)], common=("fluxes",))


def test_poisson_and_normal_bins_join():
    normal = made(variance=1 + BACKGROUND)
    np.testing.assert_allclose(
        (made() + normal).likelihood(POINTS), made().likelihood(POINTS) + normal.likelihood(POINTS), rtol=1e-13
    )


def test_experiments_with_different_couplings_join():
    one = Templates(["a"], [[0], [1]], [[4.0], [1.0]], observed=[5.0], start=[0.5])
    two = Templates(["b", "a"], [[1, 1], [0, 2]], [[2.0], [1.0]], observed=[3.0], start=[0.25, 0.5])
    joint = one + two
    assert joint.parameters == ("a", "b")
    assert joint.start.tolist() == [0.5, 0.25]
    assert joint.likelihood([1.0, 2.0]) == pytest.approx(one.likelihood([1.0]) + two.likelihood([2.0, 1.0]), rel=1e-13)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ((), "a joint analysis needs cevns.Templates (got ())"),
        ((made(), 3), "a joint analysis needs cevns.Templates"),
        ((made(), made(start=[0.1, 0.0])), "start of 'a' must be the same in all parts (got 0 and 0.1)"),
        (
            (made(**NUISANCES), made(signal_effects={"flux": 0.1})),
            "sigma of 'flux' must be the same in all parts (got 1.5 and 1)",
        ),
        ((made(), made(observed=None)), "either all parts of a joint analysis must have observed counts, or none"),
    ],
)
def test_what_does_not_join_is_refused(parts, said):
    with pytest.raises(InputError, match=re.escape(said)):
        Templates.joined(parts)


# ---- what is refused -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "said", "changes"),
    [
        (InputError, "parameters must be names, as ('eps_ee_u',) (got 'a')", {"parameters": "a"}),
        (InputError, "a name must be a text (got 3)", {"parameters": [3]}),
        (InputError, "names, each once (got ('a', 'a'))", {"parameters": ["a", "a"], "exponents": [[1, 1]]}),
        (InputError, "exponents must have the shape (n_terms, 0) (got (1, 1))", {"parameters": []}),
        (InputError, "exponents must be integers (got 0.5)", {"exponents": [[0.5]]}),
        (InputError, "exponents must be >= 0 and <= 16 (got -1 at index 0)", {"exponents": [[-1]]}),
        (InputError, "exponents must have the shape (n_terms, 1) (got (1, 2))", {"exponents": [[1, 2]]}),
        (InputError, "counts must have the shape (1, *bins) of a template for each term (got (2, 1))", {"counts": [[1], [2]]}),
        (InputError, "counts must be finite (got nan at index 0)", {"counts": [[np.nan]]}),
        (InputError, "background must have the shape (1,) of the bins (got (2,))", {"background": [1.0, 2.0]}),
        (InputError, "observed must be >= 0 and finite (got -1 at index 0)", {"observed": [-1.0]}),
        (InputError, "observed must have the shape (1,) of the bins (got (2,))", {"observed": [1.0, 1.0]}),
        (InputError, "variance must be >= 1e-50 and <= 1e+100 (got 0 at index 0)", {"variance": [0.0]}),
        (InputError, "variance must have the shape (1,) of the bins (got ())", {"variance": 1.0}),
        (InputError, "start must have one value for each of a (got shape (2,))", {"start": [1.0, 2.0]}),
        (InputError, "signal effect of 'x' must broadcast to the shape (1,)", {"signal_effects": {"x": [1.0, 2.0]}}),
        (InputError, "background effect of 'x' must have the shape (1,)", {"background_effects": {"x": 1.0}}),
        (InputError, "signal_effects must map names to values (got 3)", {"signal_effects": 3}),
        (InputError, "sigma of 'x' must be > 0 (got 0)", {"signal_effects": {"x": 1.0}, "sigma": {"x": 0.0}}),
        (UnknownNameError, "unknown nuisance 'y'", {"signal_effects": {"x": 1.0}, "sigma": {"y": 1.0}}),
        (InputError, "a nuisance must not have the name of a parameter (got a)", {"signal_effects": {"a": 1.0}}),
    ],
)
def test_wrong_templates_are_refused(error, said, changes):
    arguments = {"parameters": ["a"], "exponents": [[1]], "counts": [[1.0]]} | changes
    with pytest.raises(error, match=re.escape(said)):
        Templates(**arguments)


@pytest.mark.parametrize(
    ("error", "said", "theta"),
    [
        (InputError, "theta must be finite (got nan at index 1)", [0.0, np.nan]),
        (InputError, "theta must be finite (got inf at index 0)", [np.inf, 0.0]),
        (InputError, "theta must have 2 values, of a, b, on its last axis (got (3,))", [0.0, 0.0, 0.0]),
        (InputError, "theta must have 2 values, of a, b, on its last axis (got ())", 1.0),
        (InputError, "theta must be real numbers", ["a", "b"]),
        (InputError, "parameter 'b' must be finite (got nan)", {"b": np.nan}),
        (InputError, "the parameters' shapes must broadcast (got a (2,), b (3,))", {"a": [0.0, 1.0], "b": [0.0, 1.0, 2.0]}),
        (UnknownNameError, "unknown parameter 'c'; known are 'a', 'b'", {"c": 1.0}),
    ],
)
@pytest.mark.parametrize("method", ["counts", "expected", "gradient", "weights", "likelihood", "likelihood_gradient", "pulls"])
def test_wrong_points_are_refused(method, error, said, theta):
    with pytest.raises(error, match=re.escape(said)):
        getattr(made(), method)(theta)


def test_a_likelihood_needs_what_was_observed():
    templates = made(observed=None)
    assert templates.counts([0.0, 0.0]).shape == BINS
    for call in (templates.likelihood, templates.likelihood_gradient, templates.pulls):
        with pytest.raises(UnsupportedError, match=re.escape("give observed=, those of a release, or asimov=True")):
            call([0.0, 0.0])
    with pytest.raises(UnsupportedError, match="hold no observed counts"):
        templates.minimum()
    with pytest.raises(UnknownNameError, match="unknown nuisance 'flux'"):
        made().expected([0.0, 0.0], {"flux": 1.0})
    with pytest.raises(UnknownNameError, match="unknown parameter 'c'"):
        made().minimum(fixed={"c": 1.0})


# ---- identity --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("each", [made(**NUISANCES), made(observed=None), made(variance=1 + BACKGROUND)])
def test_templates_are_immutable_hashable_and_picklable(each):
    again = pickle.loads(pickle.dumps(each))
    assert again == each
    assert hash(again) == hash(each)
    assert each != made(name="other")
    with pytest.raises(AttributeError, match="cannot be changed"):
        each.observed = None
    for array in (each.counts_by_term, each.background, each.start, each.exponents):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_summary_says_what_they_are():
    assert repr(made(**NUISANCES)) == (
        "<Templates 'toy' of a, b: 6 terms; 6 × 5 bins; observed; nuisances flux, quenching, steady, beam>"
    )


# ---- parameters that change shapes -----------------------------------------------------------------------------------------

MASSES = np.geomspace(1.0, 1000.0, 25)
Q2 = np.array([20.0, 60.0, 150.0, 400.0])  # MeV²


def at(mass, width=1.0):
    """A light mediator: amplitude 1 + g²/(Q² + m²)."""
    propagator = width / (Q2 + mass**2)
    rows = [np.ones(4), 2 * propagator, propagator**2]
    return Templates(
        ["g"], [[0], [2], [4]], rows, background=np.ones(4), observed=[3.0, 2.0, 0.0, 4.0], signal_effects={"flux": 0.1}
    )


def grid(masses=MASSES):
    return TemplateGrid({"mass": masses}, [at(mass) for mass in masses])


def test_a_grid_is_exact_at_its_nodes():
    for mass in MASSES:
        np.testing.assert_allclose(grid().counts([3.0, mass]), at(mass).counts([3.0]), rtol=1e-14)
        assert grid().likelihood([3.0, mass]) == pytest.approx(at(mass).likelihood([3.0]), rel=1e-13)
        assert grid().likelihood([3.0, mass], True) == pytest.approx(at(mass).likelihood([3.0], True), rel=1e-12)


def test_interpolation_error_bounds_the_error_between_the_nodes():
    masses = np.geomspace(1.0, 1000.0, 1001)
    for number in (7, 13, 25):
        nodes = np.geomspace(1.0, 1000.0, number)
        made_of = grid(nodes)
        worst = 0.0
        for power in (2, 4):  # each term on its own, from the second and the fourth power of g
            exact = np.stack([at(mass)._rows[power // 2] for mass in masses])
            alone = TemplateGrid({"mass": nodes}, [Templates(["g"], [[power]], at(m)._rows[[power // 2]]) for m in nodes])
            found = alone.counts({"g": 1.0, "mass": masses})
            worst = max(worst, float((np.abs(found - exact).max(axis=1) / exact.max(axis=1)).max()))
        assert worst <= made_of.interpolation_error
    assert worst < 2.5e-3  # eight nodes a decade, as documented
    assert made_of.interpolation_error < 0.03  # that of four
    assert np.isnan(grid(MASSES[:2]).interpolation_error)


def _bins(*functions):
    return lambda x: np.stack([function(x) for function in functions], axis=-1)


LINEAR, WIDE = np.linspace(-1.0, 1.0, 21), np.geomspace(0.1, 10.0, 17)
SHAPES = {
    "a power": (WIDE, _bins(lambda x: x**-3.7, lambda x: 0.3 * x**-3.7)),
    "a mediator on 8 masses a decade": (MASSES, _bins(*(lambda m, q=q: (q + m**2) ** -2.0 for q in Q2))),
    "a mediator on 4 masses a decade": (MASSES[::2], _bins(*(lambda m, q=q: (q + m**2) ** -2.0 for q in Q2))),
    "a line through zero": (np.arange(-1.0, 1.05, 0.1), _bins(lambda x: 5 * x, lambda x: 3 * x)),
    "parabolas through zero": (LINEAR, _bins(lambda x: x**2 - 0.3, lambda x: x**2 - 0.25)),
    "a parabola that is small": (LINEAR, _bins(lambda x: (x - 0.03) ** 2, lambda x: 2 * (x - 0.03) ** 2)),
    "a cubic polynomial": (LINEAR, _bins(lambda x: x**3 - 0.3 * x, lambda x: x**3)),
    "a weak charge": (np.linspace(0.2, 0.3, 11), _bins(lambda s: 0.5 - 2 * s, lambda s: (1 - 4 * s) ** 2)),
    "an exponential": (np.linspace(0.0, 5.0, 6), _bins(lambda x: np.exp(-3 * x), lambda x: np.exp(-4 * x))),
    "a root": (np.linspace(0.0, 1.0, 11), _bins(np.sqrt, lambda x: 0.5 * np.sqrt(x))),
    "a step": (LINEAR, _bins(lambda x: 1.0 + (x > 0.01), lambda x: 2.0 + (x > 0.01))),
    "a step from nothing": (LINEAR, _bins(lambda x: 1.0 * (x > 0.01), lambda x: 2.0 * (x > 0.01))),
    "a smooth step": (LINEAR, _bins(lambda x: 1.01 + np.tanh(10 * x - 0.2), lambda x: 2 + np.tanh(10 * x - 0.2))),
    "a bell": (LINEAR, _bins(lambda x: np.exp(-12 * (x - 0.02) ** 2), lambda x: 0.5 * np.exp(-12 * (x - 0.05) ** 2))),
    "a bend": (LINEAR, _bins(lambda x: abs(x - 0.03), lambda x: 2 * abs(x - 0.03))),
    **{
        f"an oscillation of {w}": (LINEAR, _bins(lambda x, w=w: np.sin(w * x + 0.3), lambda x, w=w: np.sin(w * x + 0.5)))
        for w in (0.5, 2, 8, 20, 30)
    },
    **{
        f"a sterile neutrino of {w}": (
            WIDE,
            _bins(*(lambda x, w=w, c=c: 1 - 0.9 * np.sin(w * c * x) ** 2 for c in (0.3, 0.5, 0.8))),
        )
        for w in (0.3, 1, 3, 10)
    },
}


def between(nodes, bins):
    """Interpolated and exact templates (n, bins) at many values, and the size that errors are relative to."""
    made_of = TemplateGrid({"x": nodes}, [Templates(["k"], [[1]], [bins(x)]) for x in nodes])
    x = np.linspace(nodes[0], nodes[-1], 2001)
    if nodes[0] > 0 and nodes[-1] > 10 * nodes[0]:
        x = np.clip(np.geomspace(nodes[0], nodes[-1], 2001), nodes[0], nodes[-1])
    found, exact = made_of.counts({"k": 1.0, "x": x}), bins(x)
    size, cell = np.abs(bins(nodes)).max(axis=1), np.clip(np.searchsorted(nodes, x, side="right") - 1, 0, nodes.size - 2)
    low, high = np.minimum(size[cell], size[cell + 1]), np.maximum(size[cell], size[cell + 1])
    scale = np.maximum(np.abs(exact).max(axis=1), np.where(low > 1e-12 * size.max(), low, high))
    return made_of, found, exact, np.where(scale > 0, scale, size.max())


@pytest.mark.parametrize("name", SHAPES)
def test_the_stated_error_bounds_the_error_of_any_template(name):
    made_of, found, exact, scale = between(*SHAPES[name])
    error = (np.abs(found - exact).max(axis=1) / scale).max()
    assert error <= made_of.interpolation_error
    # nothing grows far beyond what the nodes have
    assert np.abs(found).max() <= 1.3 * np.abs(exact).max()


def test_a_template_that_passes_zero_is_no_worse_than_others():
    _, found, exact, scale = between(*SHAPES["a line through zero"])
    assert (np.abs(found - exact).max(axis=1) / scale).max() < 2e-5  # the exponential that is left where the line is steep
    for name in ("parabolas through zero", "a parabola that is small", "a cubic polynomial", "a weak charge"):
        _, found, exact, scale = between(*SHAPES[name])
        assert (np.abs(found - exact).max(axis=1) / scale).max() < 2e-3


def test_a_power_of_the_parameter_needs_two_nodes():
    # far above the momentum transfer the rate is a power of the mass
    nodes = [1.0, 100.0]
    power = TemplateGrid({"mass": nodes}, [Templates(["g"], [[4]], [[m**-4.0, 2 * m**-4.0]]) for m in nodes])
    masses = np.geomspace(1.0, 100.0, 33)
    np.testing.assert_allclose(power.counts({"g": 1.0, "mass": masses})[:, 1], 2 * masses**-4.0, rtol=1e-12)


def test_a_cubic_polynomial_on_a_short_axis_is_exact():
    nodes = np.array([-1.0, 0.0, 0.5, 2.0, 3.0])

    def cubic(x):
        # the largest bin does not change, so that there is no exponential
        return np.stack([0 * x + 3.0, 2 - x + x**3 / 9], axis=-1)

    made_of = TemplateGrid({"x": nodes}, [Templates(["k"], [[1]], [cubic(x)]) for x in nodes])
    x = np.linspace(-1.0, 3.0, 41)
    np.testing.assert_allclose(made_of.counts({"k": 1.0, "x": x}), cubic(x), rtol=0, atol=1e-14)


def test_a_grid_is_continuous_across_its_nodes_in_two_parameters():
    widths = [0.5, 1.0, 2.0, 3.0]
    made_of = TemplateGrid({"mass": MASSES, "width": widths}, [[at(m, w) for w in widths] for m in MASSES])
    assert made_of.parameters == ("g", "mass", "width")
    flat = TemplateGrid({"mass": MASSES, "width": widths}, [at(m, w) for m in MASSES for w in widths])
    assert flat == made_of
    masses, near = np.geomspace(1.5, 900.0, 50), 1e-9
    for width in widths[1:-1]:
        below = made_of.counts({"g": 5.0, "mass": masses, "width": width * (1 - near)})
        above = made_of.counts({"g": 5.0, "mass": masses, "width": width * (1 + near)})
        np.testing.assert_allclose(below, above, rtol=1e-7)
    for mass in MASSES[1:-1]:
        below = made_of.counts([5.0, mass * (1 - near), 0.8])
        np.testing.assert_allclose(below, made_of.counts([5.0, mass * (1 + near), 0.8]), rtol=1e-7)
    found, exact = made_of.counts([5.0, 17.0, 1.3]), at(17.0, 1.3).counts([5.0])
    np.testing.assert_allclose(found, exact, rtol=made_of.interpolation_error)


def test_gradients_of_a_grid_are_the_limits_of_differences():
    points, step = np.array([[3.0, 20.0], [0.5, 1.3], [20.0, 700.0]]), 1e-6
    for p, unit in enumerate(np.eye(2)):
        shift = step * points * unit
        size = shift[:, p]
        counts = (grid().counts(points + shift) - grid().counts(points - shift)) / (2 * size[:, None])
        np.testing.assert_allclose(grid().gradient(points)[:, p], counts, rtol=1e-6, atol=1e-9)
        for profile in (False, True):
            chi2 = (grid().likelihood(points + shift, profile) - grid().likelihood(points - shift, profile)) / (2 * size)
            found = grid().likelihood_gradient(points, profile)[:, p]
            np.testing.assert_allclose(found, chi2, rtol=1e-5, atol=1e-6 * np.abs(chi2).max())


def test_points_of_all_cells_come_back_in_their_order():
    masses = np.random.default_rng(3).permutation(np.geomspace(1.0, 1000.0, 500))
    one_by_one = [grid().likelihood([2.0, mass], True) for mass in masses[:50]]
    np.testing.assert_array_equal(grid().likelihood({"g": 2.0, "mass": masses}, True)[:50], one_by_one)
    both = grid().likelihood({"g": np.array([[1.0], [2.0]]), "mass": masses}, True)
    assert both.shape == (2, 500)
    np.testing.assert_array_equal(both[1, :50], one_by_one)
    assert grid().pulls({"g": 2.0, "mass": masses})["flux"].shape == (500,)


def test_a_grid_knows_nothing_outside_its_values():
    with pytest.raises(InputError, match=re.escape("parameter 'mass' must be >= 1 and <= 1000 (got 2000 at index 1)")):
        grid().likelihood({"mass": [1.0, 2000.0]})
    with pytest.raises(InputError, match=re.escape("parameter 'mass' must be >= 1 and <= 1000 (got 0.5")):
        grid().counts([1.0, 0.5])


def test_ends_of_a_grid_that_rounding_has_moved_are_its_ends():
    nodes = np.arange(-1.0, 1.05, 0.1)  # ends at 1.0000000000000018
    made_of = TemplateGrid({"x": nodes}, [Templates(["k"], [[1]], [[5 + x]], observed=[5.0]) for x in nodes])
    for end in (nodes[0], nodes[-1]):
        exact = made_of.counts([1.0, end])
        for value in (end, np.nextafter(end, -9.0), np.nextafter(end, 9.0)):
            np.testing.assert_allclose(made_of.counts([1.0, value]), exact, rtol=1e-14)
            np.testing.assert_allclose(made_of.counts({"k": 1.0, "x": [value]})[0], exact, rtol=1e-14)
            assert made_of.likelihood({"k": 1.0, "x": value}) == pytest.approx(made_of.likelihood([1.0, end]), rel=1e-13)
    with pytest.raises(InputError, match="parameter 'x' must be"):
        made_of.counts([1.0, nodes[-1] + 1e-9])


def test_minimum_of_a_grid_stays_within_it():
    best = grid().minimum(profile=True)
    assert 1.0 <= best["mass"] <= 1000.0
    points = {"g": np.linspace(0.0, 30.0, 200)[:, None], "mass": np.geomspace(1.0, 1000.0, 100)}
    assert best.chi2 <= grid().likelihood(points, True).min() + 1e-6
    assert grid().minimum(fixed={"mass": 30.0})["mass"] == 30.0


@pytest.mark.parametrize(
    ("said", "axes", "templates"),
    [
        ("axes must name one or two shape parameters (got 0)", {}, []),
        ("axis 'm' must be at least two increasing values (got [1.0])", {"m": [1.0]}, [at(1.0)]),
        ("axis 'm' must be at least two increasing values (got [2.0, 1.0])", {"m": [2.0, 1.0]}, [at(1.0), at(2.0)]),
        ("templates must be cevns.Templates of the shape (2,) of the axes (got (1,))", {"m": [1.0, 2.0]}, [at(1.0)]),
        ("templates must be cevns.Templates of the shape (2,) of the axes", {"m": [1.0, 2.0]}, [1, 2]),
        ("all templates of a grid must have the same observed", {"m": [1.0, 2.0]}, [at(1.0), at(2.0).observing([1.0] * 4)]),
        ("a shape parameter must have a name of its own (got g)", {"g": [1.0, 2.0]}, [at(1.0), at(2.0)]),
    ],
)
def test_wrong_grids_are_refused(said, axes, templates):
    with pytest.raises(InputError, match=re.escape(said)):
        TemplateGrid(axes, templates)


def test_a_grid_is_immutable_hashable_and_picklable():
    each = grid()
    each.likelihood([1.0, 5.0])
    again = pickle.loads(pickle.dumps(each))
    assert again == each
    assert hash(again) == hash(each)
    assert again.likelihood([1.0, 5.0]) == each.likelihood([1.0, 5.0])
    with pytest.raises(AttributeError, match="cannot be changed"):
        each.axes = {}
    assert repr(each) == "<TemplateGrid '' of g, mass: mass at 25 values from 1 to 1000; 4 bins>"


def test_templates_are_public_names():
    assert cevns.Templates is Templates
    assert cevns.TemplateGrid is TemplateGrid


@pytest.mark.parametrize("sigma", [np.inf, 1.0])
def test_a_nuisance_of_a_signal_that_is_nothing_changes_nothing(sigma):
    """A free one made counts of rounding: pulls of 1e17, and chi2 of 16.0 for 21.8."""
    effects = {"n0": [0.48, 1.27, -0.42, -1.04], "n2": [0.055, 0.33, -0.15, 0.22]}
    data = {"background": [1.4, 4.9, 1.9, 2.8], "observed": [8, 13, 3, 9], "background_effects": effects}
    widths = {"n0": 0.8, "n2": np.inf}
    without = Templates(["g"], [[1]], [[1.0, 1.0, 1.0, 1.0]], sigma=widths, **data)
    signal = {"n1": [-0.2, -0.22, -0.32, -0.34]}
    both = Templates(["g"], [[1]], [[1.0, 1.0, 1.0, 1.0]], signal_effects=signal, sigma={**widths, "n1": sigma}, **data)
    want = float(without.likelihood([0.0], profile=True))
    assert float(both.likelihood([0.0], profile=True)) == pytest.approx(want, rel=1e-12)
    assert abs(float(both.pulls([0.0])["n1"])) < 1e-6
