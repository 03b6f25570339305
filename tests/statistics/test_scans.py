"""Scans: the points that are asked for, profiles, executors, checkpoints, and what is said of mistakes."""

import concurrent.futures
import functools
import json
import operator
import os
import re
import threading

import numpy as np
import pytest
from scipy import optimize

import cevns
from cevns import InputError, UnknownNameError, UnsupportedError, scan

X = np.linspace(-1.0, 1.0, 41)
Y = np.linspace(-0.5, 1.5, 31)
GRIDS = {"x": X, "y": Y}

# Counts of a signal with a charge Q = 1 + 2x + y in some bins, over a background: two valleys, as NSI have.
SIGNAL = np.array([20.0, 25.0, 12.0, 5.0])
BACKGROUND = np.array([10.0, 15.0, 8.0, 3.0])
OBSERVED = np.array([28.0, 37.0, 23.0, 9.0])
TILT = np.array([0.7, 0.9, 1.1, 1.4])


def poisson(mu):
    with np.errstate(invalid="ignore", divide="ignore"):
        chi2 = 2 * np.sum(mu - OBSERVED + OBSERVED * np.log(OBSERVED / mu), axis=-1)
    return np.where((mu > 0).all(axis=-1), chi2, np.inf)


class Client:
    """Stands for one of Dask, which has tasks submitted, but is no executor."""

    def submit(self, function, *arguments):
        raise AssertionError

    def get_executor(self):
        raise AssertionError


class Charges:
    """Stands for templates: knows its parameters, counts what it is asked for."""

    parameters = ("x", "y", "z")

    def __init__(self, stop=None):
        self.points = 0
        self.stop = stop
        self._lock = threading.Lock()

    def likelihood(self, theta, profile=False):
        x, y, z = (np.asarray(theta.get(name, 0.0)) for name in self.parameters)
        with self._lock:
            self.points += x.size
        if self.stop is not None and self.points > self.stop:
            raise RuntimeError("power cut")
        charge = (1 + 2 * x + y)[..., None]
        return poisson(SIGNAL * (charge * TILT ** y[..., None]) ** 2 + BACKGROUND * (1 + 0.1 * z[..., None])) + z**2 + profile


def direct(x, y, z=0.0):
    return Charges().likelihood({"x": np.asarray(x), "y": np.asarray(y), "z": np.asarray(z)})


def whole():
    return direct(*np.meshgrid(X, Y, indexing="ij"))


# ---- points --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chunk", [None, 1, 7, 41, 10**6])
def test_scan_is_the_likelihood_at_every_point(chunk):
    result = scan(Charges().likelihood, GRIDS, chunk=chunk)
    np.testing.assert_array_equal(result.values, whole())
    assert result.dims == ("x", "y")
    np.testing.assert_array_equal(result.coords["y"], Y)


def test_every_point_is_asked_for_once():
    model = Charges()
    scan(model.likelihood, GRIDS)
    assert model.points == X.size * Y.size


def test_scan_takes_functions_methods_objects_and_partials():
    for likelihood in (Charges().likelihood, Charges(), lambda theta: direct(theta["x"], theta["y"])):
        np.testing.assert_array_equal(scan(likelihood, GRIDS).values, whole())
    more = scan(functools.partial(Charges().likelihood, profile=True), GRIDS)
    np.testing.assert_array_equal(more.values, whole() + 1)


def test_a_scan_says_whether_nuisances_were_profiled():
    """Templates have them profiled unless told otherwise; a function of one's own, or templates without them, tell nothing."""
    arrays = (["x", "y"], [[0, 0], [1, 0], [0, 2]], np.outer([1, 2, 3], SIGNAL))
    templates = cevns.Templates(*arrays, observed=5 * SIGNAL, signal_effects={"flux": 0.1})
    fixed, profiled = (functools.partial(templates.likelihood, profile=profile) for profile in (False, True))
    for likelihood, state in [
        (templates, "profiled"),
        (templates.likelihood, "profiled"),
        (profiled, "profiled"),
        (fixed, "fixed"),
    ]:
        result = scan(likelihood, GRIDS)
        assert (result.nuisances, result.sel(x=0.0).nuisances, result.profile("x").nuisances) == (state,) * 3
        assert repr(result).endswith(f"; nuisances {state}>")
    np.testing.assert_array_equal(scan(templates, GRIDS).values, scan(profiled, GRIDS).values)
    assert (scan(templates, GRIDS).values < scan(fixed, GRIDS).values - 0.1).any()
    for likelihood in (
        Charges(),
        lambda theta: theta["x"],
        cevns.Templates(*arrays, observed=5 * SIGNAL),
        operator.itemgetter("x"),
    ):
        result = scan(likelihood, GRIDS)
        assert result.nuisances == ""
        assert "nuisances" not in repr(result)


def test_scan_has_as_many_axes_as_wanted():
    grids = {"z": [0.5], "x": X[:5], "y": Y[:3]}
    values = scan(Charges(), grids).values
    np.testing.assert_array_equal(values, direct(*np.meshgrid(X[:5], Y[:3], [0.5], indexing="ij")).transpose(2, 0, 1))


def test_impossible_points_are_infinite():
    result = scan(lambda theta: np.where(theta["x"] < 0, np.inf, theta["x"]), {"x": X})
    assert np.isinf(result.values[:20]).all()
    assert result.minimum["x"] == pytest.approx(0.0, abs=1e-15)


def test_settings_stay_with_the_result():
    result = scan(Charges(), GRIDS, settings={"experiment": "mine", "bins": (1, 2)})
    assert dict(result.settings) == {"experiment": "mine", "bins": [1, 2]}
    assert result.library == cevns.__version__


def test_the_given_arrays_are_not_changed_and_answers_are_copied():
    buffer = np.empty(41)

    def likelihood(theta):
        buffer[: theta["x"].size] = theta["x"]
        theta["x"][:] = 0.0
        return buffer[: theta["x"].size]

    result = scan(likelihood, {"x": X}, chunk=10)
    np.testing.assert_array_equal(result.values, np.linspace(-1.0, 1.0, 41))
    np.testing.assert_array_equal(result.coords["x"], X)


# ---- profiles ------------------------------------------------------------------------------------------------------------


def test_profile_of_a_parabola_is_known():
    """min over a of (x − a)² + (a/2)²: x²/5 at a = 4x/5."""
    result = scan(lambda t: (t["x"] - t["a"]) ** 2 + t["a"] ** 2 / 4, {"x": X}, profile={"a": (-3, 5)})
    np.testing.assert_allclose(result.values, X**2 / 5, atol=1e-8)
    np.testing.assert_allclose(result.profiled["a"], 0.8 * X, atol=1e-4)
    assert dict(result.profile_ranges) == {"a": (-3.0, 5.0)}


def test_profile_over_one_parameter_is_the_lowest_of_two_valleys():
    """Q → −Q: scipy looks at both, and at the ends of the range."""
    result = scan(Charges(), {"x": X}, profile={"y": (-1.5, 1.5)})
    for x, chi2, y in zip(X, result.values, result.profiled["y"], strict=True):
        edges = np.linspace(-1.5, 1.5, 400)
        best = edges[np.argmin(direct(x, edges))]
        found = optimize.minimize_scalar(
            lambda y, x=x: float(direct(x, y)),
            bounds=(max(best - 0.01, -1.5), min(best + 0.01, 1.5)),
            method="bounded",
            options={"xatol": 1e-10},
        )
        assert chi2 <= min(found.fun, direct(x, edges).min()) + 1e-8
        assert chi2 == direct(x, y)


def test_profile_over_two_parameters_is_the_profile_over_one_of_a_profile():
    both = scan(Charges(), {"x": X[::8]}, profile={"y": (-1.5, 1.5), "z": (-3.0, 3.0)})
    fine = scan(Charges(), {"x": X[::8], "y": np.linspace(-1.5, 1.5, 1001)}, profile={"z": (-3.0, 3.0)}).profile("x")
    assert (both.values <= fine.values + 1e-8).all()
    np.testing.assert_allclose(both.values, fine.values, atol=2e-3)  # of a grid of y with steps of 0.003
    assert ((both.profiled["z"] >= -3) & (both.profiled["z"] <= 3)).all()


def test_profile_stays_in_its_range_and_finds_a_minimum_at_its_end():
    result = scan(lambda t: (t["a"] - 2) ** 2 + (t["b"] - t["a"] + t["x"]) ** 2, {"x": X}, profile={"a": (-1, 1), "b": (-1, 3)})
    np.testing.assert_allclose(result.values, 1.0, atol=1e-8)
    np.testing.assert_array_equal(result.profiled["a"], 1.0)


def test_profile_follows_a_curved_valley():
    """Rosenbrock's: 0 at a = 1, b = 1."""
    result = scan(
        lambda t: 100 * (t["b"] - t["a"] ** 2) ** 2 + (1 - t["a"]) ** 2 + t["x"], {"x": X}, profile={"a": (-2, 2), "b": (-1, 4)}
    )
    np.testing.assert_allclose(result.values, X, atol=1e-8)


def test_profile_next_to_the_impossible_is_found():
    """a < x is impossible, and a = x the best: half of the stencils are inf."""
    result = scan(lambda t: np.where(t["a"] < t["x"], np.inf, t["a"]), {"x": X}, profile={"a": (-2, 2)})
    np.testing.assert_allclose(result.values, X, atol=1e-8)
    nowhere = scan(lambda t: np.full(t["x"].size, np.inf), {"x": X}, profile={"a": (-2, 2)})
    assert np.isinf(nowhere.values).all()
    assert np.isnan(nowhere.profiled["a"]).all()


def test_profile_over_three_parameters_is_right_for_a_bowl():
    centers = np.array([0.3, -0.2, 0.7])
    result = scan(
        lambda t: sum((t[n] - c * t["x"]) ** 2 for n, c in zip("abc", centers, strict=True)) + (t["a"] - t["b"]) ** 4,
        {"x": [0.0, 1.0]},
        profile=dict.fromkeys("abc", (-1, 1)),
    )
    bowl = optimize.minimize(lambda p: np.sum((p - centers) ** 2) + (p[0] - p[1]) ** 4, centers, tol=1e-12)
    np.testing.assert_allclose(result.values, [0.0, bowl.fun], atol=1e-8)


# ---- executors -----------------------------------------------------------------------------------------------------------


class AtOnce(concurrent.futures.Executor):
    """Runs what it gets when it is next asked, the last first; counts what waits."""

    _max_workers = 3

    def __init__(self):
        self.most = self.waiting = 0

    def submit(self, function, /, *arguments, **options):
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        future = concurrent.futures.Future()

        def run():
            self.waiting -= 1
            future.set_result(function(*arguments, **options))

        threading.Timer(0.02, run).start()
        return future


def test_results_are_the_same_by_threads_and_by_processes():
    """Bit for bit. Processes get what any Python can unpickle: χ² = x."""
    one = scan(Charges(), GRIDS, chunk=100, profile={"z": (-1, 1)})
    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        assert scan(Charges(), GRIDS, chunk=100, profile={"z": (-1, 1)}, executor=threads) == one
    with concurrent.futures.ProcessPoolExecutor(2) as processes:
        assert scan(operator.itemgetter("x"), GRIDS, chunk=100, executor=processes) == scan(operator.itemgetter("x"), GRIDS)


def test_templates_are_scanned_by_processes():
    templates = cevns.Templates(["x", "y"], [[0, 0], [1, 0], [0, 2]], np.outer([1, 2, 3], SIGNAL), observed=5 * SIGNAL)
    one = scan(templates.likelihood, GRIDS, chunk=300)
    assert one.minimum.chi2 >= 0
    with concurrent.futures.ProcessPoolExecutor(2) as processes:
        assert scan(templates, GRIDS, chunk=300, executor=processes) == one


def test_an_executor_has_twice_as_many_blocks_as_workers_and_no_more():
    executor = AtOnce()
    result = scan(operator.itemgetter("x"), GRIDS, chunk=20, executor=executor)
    np.testing.assert_array_equal(result.values, np.broadcast_to(X[:, None], result.shape))
    assert executor.most == 6


@pytest.mark.slow
@pytest.mark.parametrize("processes", [False, True])
def test_results_are_the_same_by_dask(processes):
    """A cluster of two workers; another Python unpickles templates."""
    distributed = pytest.importorskip("distributed")
    templates = cevns.Templates(["x", "y"], [[0, 0], [1, 0], [0, 2]], np.outer([1, 2, 3], SIGNAL), observed=5 * SIGNAL)
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None, "processes": processes}
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster) as client:
        assert scan(templates, GRIDS, chunk=300, executor=client.get_executor()) == scan(templates, GRIDS, chunk=300)
        if not processes:  # a function that only this Python has
            theirs = scan(lambda t: t["x"] ** 2, GRIDS, chunk=300, executor=client.get_executor())
            np.testing.assert_array_equal(theirs.values[:, 0], X**2)


def test_an_interruption_takes_back_what_waits():
    release, started = threading.Event(), threading.Event()

    def likelihood(theta):
        if theta["x"][0] > -1:
            started.set()
            release.wait(10)
            return theta["x"]
        started.wait(10)
        raise KeyboardInterrupt

    submitted = []

    class Recorded:
        _max_workers = 4

        def submit(self, *arguments):
            submitted.append(threads.submit(*arguments))
            return submitted[-1]

    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        recorded = Recorded()
        recorded.submit(likelihood, {"x": np.array([1.0])})  # keeps one of two workers busy
        with pytest.raises(KeyboardInterrupt):
            scan(Carried(likelihood), {"x": X}, chunk=1, executor=recorded)
        release.set()
    assert sum(future.cancelled() for future in submitted) >= 4


class Carried:
    """A function that can be pickled within this process."""

    kept: list = []  # noqa: RUF012

    def __init__(self, function):
        self.function = function

    def likelihood(self, theta):
        return self.function(theta)

    def __reduce__(self):
        Carried.kept.append(self.function)
        return _carried, (len(Carried.kept) - 1,)


def _carried(place):
    return Carried(Carried.kept[place])


def test_what_cannot_be_sent_to_processes_is_refused_before_the_scan():
    with concurrent.futures.ProcessPoolExecutor(1) as processes:
        with pytest.raises(
            InputError, match=r"likelihood cannot be sent to other processes: .*; a function at the top of a module"
        ):
            scan(lambda theta: theta["x"], GRIDS, executor=processes)
        with pytest.raises(InputError, match="cannot pickle"):
            scan(Charges(), GRIDS, executor=processes)  # which holds a lock


# ---- progress ------------------------------------------------------------------------------------------------------------


def test_progress_counts_points(capsys):
    pytest.importorskip("tqdm")
    scan(Charges(), GRIDS, progress=True)
    assert "1.27k/1.27k" in capsys.readouterr().err


def test_without_tqdm_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "tqdm.auto", None)
    with pytest.raises(
        UnsupportedError, match=re.escape('a progress bar needs tqdm; install it with: pip install "cevns[progress]"')
    ):
        scan(Charges(), GRIDS, progress=True)


# ---- checkpoints ---------------------------------------------------------------------------------------------------------


def test_a_scan_goes_on_where_it_has_been_ended(tmp_path):
    path = tmp_path / "scan.blocks"
    first = Charges(stop=600)
    with pytest.raises(RuntimeError, match="power cut"):
        scan(first, GRIDS, chunk=100, resume=path)
    second = Charges()
    result = scan(second, GRIDS, chunk=100, resume=path)
    np.testing.assert_array_equal(result.values, whole())
    kept = X.size * Y.size - second.points
    assert kept == 600 - 8  # a few points are asked for again: what a likelihood reads may have changed


def test_nothing_is_computed_twice_by_the_same_likelihood(tmp_path):
    path = tmp_path / "scan.blocks"
    one = scan(operator.itemgetter("x"), GRIDS, chunk=100, resume=path, profile={"z": (0, 1)})
    size = path.stat().st_size
    assert scan(operator.itemgetter("x"), GRIDS, chunk=100, resume=path, profile={"z": (0, 1)}) == one
    assert path.stat().st_size == size
    counted = Charges()
    scan(counted, GRIDS, chunk=100, resume=tmp_path / "other")
    before = counted.points
    scan(counted, GRIDS, chunk=100, resume=tmp_path / "other")
    assert counted.points - before == 8  # see above


@pytest.mark.parametrize("lost", [1, 16, 40, 700, 900])
def test_a_torn_or_damaged_end_of_the_file_is_computed_again(tmp_path, lost):
    path = tmp_path / "scan.blocks"
    one = scan(operator.itemgetter("x"), GRIDS, chunk=100, resume=path)
    content = path.read_bytes()
    for damaged in (content[:-lost], content[:-lost] + bytes([content[-lost] ^ 1]) + content[len(content) - lost + 1 :]):
        path.write_bytes(damaged)
        assert scan(operator.itemgetter("x"), GRIDS, chunk=100, resume=path) == one
        assert path.read_bytes()[:200] == content[:200]
        assert len(path.read_bytes()) == len(content)


def test_checkpoints_work_with_threads(tmp_path):
    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        with pytest.raises(RuntimeError, match="power cut"):
            scan(Charges(stop=600), GRIDS, chunk=50, resume=tmp_path / "a", executor=threads)
        np.testing.assert_array_equal(scan(Charges(), GRIDS, chunk=50, resume=tmp_path / "a", executor=threads).values, whole())


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"grids": {"x": X, "y": Y[1:]}}, "its grid of 'y' is 31 values from -0.5 to 1.5, not 30 values from -0.433333 to 1.5"),
        ({"grids": {"x": X, "y": [*Y[:3], Y[3] + 1e-9, *Y[4:]]}}, "its grid of 'y' has -0.3, not -0.29999999"),
        ({"grids": {"y": Y, "x": X}}, "its parameters are x, y, not y, x"),
        ({"profile": {"z": (0, 1)}}, "its profile is {}, not {'z': [0.0, 1.0]}"),
        ({"chunk": 10}, "its chunk is 100, not 10"),
        (
            {"likelihood": operator.itemgetter("y")},
            "holds the scan of another likelihood: at x=-1, y=-0.5 chi2 is -1 there, and -0.5 here",
        ),
    ],
)
def test_the_file_of_another_scan_is_refused(tmp_path, changed, message):
    path = tmp_path / "scan.blocks"
    settings = {"likelihood": operator.itemgetter("x"), "grids": GRIDS, "chunk": 100}
    scan(**settings, resume=path)
    content = path.read_bytes()
    with pytest.raises(InputError, match=re.escape(message)):
        scan(**{**settings, **changed}, resume=path)
    assert path.read_bytes() == content


def test_files_of_something_else_are_not_touched(tmp_path):
    for i, content in enumerate((b"important\n", b'{"format": "other"}\n')):
        path = tmp_path / str(i)
        path.write_bytes(content)
        with pytest.raises(InputError, match=re.escape(f"{path} is not a file of blocks of a scan")):
            scan(Charges(), GRIDS, resume=path)
        assert path.read_bytes() == content


def test_one_scan_at_a_time_writes_to_a_file(tmp_path):
    pytest.importorskip("fcntl")

    def twice(theta):
        return scan(operator.itemgetter("x"), GRIDS, resume=tmp_path / "a").values.reshape(-1)

    with pytest.raises(InputError, match="is being written by another scan"):
        scan(twice, GRIDS, resume=tmp_path / "a")


WEIGHT = {"of y": 1.0}


def read_from_elsewhere(theta):
    return (theta["x"] - 0.3) ** 2 + WEIGHT["of y"] * theta["y"] ** 2


@pytest.mark.parametrize("part", ["all", "some"])
def test_a_likelihood_that_reads_something_else_now_is_another_one(tmp_path, monkeypatch, part):
    path = tmp_path / "scan.blocks"
    if part == "some":
        with pytest.raises(RuntimeError), concurrent.futures.ThreadPoolExecutor(1):
            scan(Interrupted(read_from_elsewhere, 5), GRIDS, chunk=100, resume=path)
    else:
        scan(read_from_elsewhere, GRIDS, chunk=100, resume=path)
    content = path.read_bytes()
    monkeypatch.setitem(WEIGHT, "of y", 1.0 + 1e-6)
    with pytest.raises(InputError, match="holds the scan of another likelihood: at x="):
        scan(read_from_elsewhere, GRIDS, chunk=100, resume=path)
    assert path.read_bytes() == content


class Interrupted:
    """A likelihood that ends after some calls."""

    def __init__(self, function, calls):
        self.function, self.calls = function, calls

    def __call__(self, theta):
        self.calls -= 1
        if self.calls < 0:
            raise RuntimeError("interrupted")
        return self.function(theta)


def test_of_scans_that_start_together_one_has_the_file(tmp_path):
    pytest.importorskip("fcntl")
    for attempt in range(20):
        path, start, outcomes = tmp_path / str(attempt), threading.Barrier(4), []

        def one(path=path, start=start, outcomes=outcomes):
            start.wait(60)
            try:
                outcomes.append(scan(operator.itemgetter("x"), GRIDS, chunk=50, resume=path))
            except InputError as error:
                outcomes.append(str(error))

        threads = [threading.Thread(target=one) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        done = [outcome for outcome in outcomes if not isinstance(outcome, str)]
        assert done
        assert all("is being written by another scan" in text for text in outcomes if isinstance(text, str))
        # what the winners wrote is all there, once
        assert scan(operator.itemgetter("x"), GRIDS, chunk=50, resume=path) == done[0]


@pytest.mark.parametrize(
    "changed",
    [
        {"grids": [1]},
        {"grids": {}},
        {"grids": {"x": "a"}},
        {"grids": {"x": []}},
        {"profile": 3},
        {"chunk": "a"},
        {"library": None},
        {"format": "cevns scan, blocks 0"},
    ],
)
def test_the_head_of_a_file_of_blocks_is_checked(tmp_path, changed):
    path = tmp_path / "scan.blocks"
    scan(operator.itemgetter("x"), GRIDS, resume=path)
    line, _, rest = path.read_bytes().partition(b"\n")
    path.write_bytes(json.dumps(json.loads(line) | changed).encode() + b"\n" + rest)
    with pytest.raises(InputError, match="is not a file of blocks of a scan"):
        scan(operator.itemgetter("x"), GRIDS, resume=path)


def test_one_bit_of_a_file_of_blocks_is_refused_or_computed_again(tmp_path):
    path = tmp_path / "scan.blocks"
    whole = scan(operator.itemgetter("x"), GRIDS, chunk=100, resume=path)
    content = path.read_bytes()
    messages = set()
    for bit in range(0, 8 * len(content), len(content) // 25 | 1):
        damaged = bytearray(content)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        try:
            found = scan(operator.itemgetter("x"), GRIDS, chunk=100, resume=path)
        except InputError as error:
            messages.add(re.sub("'.*", "", str(error)))
        else:
            np.testing.assert_array_equal(found.values, whole.values)
            assert found.coords.keys() == whole.coords.keys()
    assert f"{path} is not a file of blocks of a scan: give resume the name of a new one" in messages
    assert f"{path} holds another scan: its grid of " in messages


@pytest.mark.parametrize("content", [b'{"format": "cevns', b'{"format"' + b"[" * 100_000 + b"\n", b"\n", b"[]\n"])
def test_a_head_that_is_none_is_refused(tmp_path, content):
    path = tmp_path / "scan.blocks"
    path.write_bytes(content)
    with pytest.raises(InputError, match="is not a file of blocks of a scan"):
        scan(operator.itemgetter("x"), GRIDS, resume=path)
    assert path.read_bytes() == content


def test_a_file_of_blocks_is_a_regular_file(tmp_path):
    with pytest.raises(IsADirectoryError):
        scan(operator.itemgetter("x"), GRIDS, resume=tmp_path)
    if os.path.exists("/dev/null"):
        with pytest.raises(InputError, match="it is no regular file"):
            scan(operator.itemgetter("x"), GRIDS, resume="/dev/null")


# ---- mistakes ------------------------------------------------------------------------------------------------------------


def test_an_exception_says_at_which_point_it_was_raised():
    def likelihood(theta):
        if (theta["x"] > 0.82).any():
            raise ZeroDivisionError("of mine")
        return theta["x"]

    with pytest.raises(ZeroDivisionError) as caught:
        scan(likelihood, {"x": X}, chunk=20)
    assert caught.value.__notes__ == ["at x=0.85"]


def test_a_chi2_that_is_no_number_says_where():
    with pytest.raises(
        InputError, match=re.escape("chi2 must be a number, or inf where counts are impossible (got nan), at x=0.05, y=-0.5")
    ):
        scan(lambda t: np.where((t["x"] > 0) & (t["x"] < 0.06), np.nan, 1.0), GRIDS)


@pytest.mark.parametrize("values", [[0.0, np.nan], [0.0, np.inf]])
def test_grids_must_be_finite_before_the_likelihood_is_asked(values):
    model = Charges()
    with pytest.raises(InputError, match=rf"grid of 'y' must be finite \(got {values[1]} at index 1\)"):
        scan(model, {"x": X, "y": values})
    assert model.points == 0


@pytest.mark.parametrize(
    ("arguments", "options", "kind", "message"),
    [
        (({"x": [0.0, 1.0, 1.0]},), {}, InputError, "grid of 'x' must increase (got 1 at index 1, then 1)"),
        (({"x": [0.0, -1.0]},), {}, InputError, "grid of 'x' must increase (got 0 at index 0, then -1)"),
        (({"x": []},), {}, InputError, "grid of 'x' must be a list of values, at least one (got shape (0,))"),
        (({"x": [[1.0]]},), {}, InputError, "grid of 'x' must be a list of values, at least one (got shape (1, 1))"),
        (({"x": 1.0},), {}, InputError, "grid of 'x' must be a list of values, at least one (got shape ())"),
        (({},), {}, InputError, "grids must map names of parameters to their values, at least one (got {})"),
        (([X],), {}, InputError, "grids must map names of parameters to their values"),
        (({1: X},), {}, InputError, "names of parameters must be text (got 1)"),
        (({"w": X},), {}, UnknownNameError, "unknown parameter of the likelihood 'w'; known are 'x', 'y', 'z'"),
        ((GRIDS,), {"profile": {"w": (0, 1)}}, UnknownNameError, "unknown parameter of the likelihood 'w'"),
        ((GRIDS,), {"profile": {"y": (0, 1)}}, InputError, "parameter 'y' has a grid, and cannot be profiled too"),
        ((GRIDS,), {"profile": {"z": (1, 1)}}, InputError, "profile of 'z' must increase (got 1 and 1)"),
        ((GRIDS,), {"profile": {"z": 1}}, InputError, "profile of 'z' must be (low, high) (got 1)"),
        ((GRIDS,), {"profile": {"z": (0, np.inf)}}, InputError, "profile of 'z' must be finite (got inf)"),
        ((GRIDS,), {"profile": "z"}, InputError, "profile must map names of parameters to (low, high) (got 'z')"),
        ((GRIDS,), {"profile": False}, InputError, "functools.partial(templates.likelihood, profile=False)"),
        ((GRIDS,), {"chunk": 0}, InputError, "chunk must be >= 1 and finite (got 0)"),
        ((GRIDS,), {"chunk": 1.5}, InputError, "chunk must be an integer (got 1.5)"),
        ((GRIDS,), {"executor": 3}, InputError, "executor must have a method `submit`, as those of concurrent.futures (got 3)"),
        (
            (GRIDS,),
            {"executor": concurrent.futures.ThreadPoolExecutor},
            InputError,
            "executor must be an executor, not its class: give ThreadPoolExecutor() (got the class)",
        ),
        ((GRIDS,), {"executor": Client()}, InputError, "give client.get_executor() (got a Client itself)"),
        ((GRIDS,), {"settings": {"a": X}}, InputError, "settings must be what JSON can write"),
    ],
)
def test_wrong_input_is_refused_before_the_likelihood_is_asked(arguments, options, kind, message):
    model = Charges()
    with pytest.raises(kind, match=re.escape(message)):
        scan(model, *arguments, **options)
    assert model.points == 0


@pytest.mark.parametrize(
    ("likelihood", "message"),
    [
        (3, "likelihood must be a function of a mapping of names to arrays, or have such a method `likelihood` (got 3)"),
        (lambda t: 1.0, "likelihood must return 1271 real numbers for as many points (got float64 of shape ())"),
        (lambda t: t["x"][:-1], "likelihood must return 1271 real numbers for as many points (got float64 of shape (1270,))"),
        (
            lambda t: t["x"] + 0j,
            "likelihood must return 1271 real numbers for as many points (got complex128 of shape (1271,))",
        ),
    ],
)
def test_a_likelihood_of_another_shape_is_refused(likelihood, message):
    with pytest.raises(InputError, match=re.escape(message)):
        scan(likelihood, GRIDS, chunk=2000)


def test_a_profile_has_four_parameters_at_most():
    with pytest.raises(
        UnsupportedError, match=re.escape("profile takes 1 to 4 parameters (got 5); more are nuisances of the likelihood")
    ):
        scan(lambda t: t["x"], {"x": X}, profile=dict.fromkeys("abcde", (0, 1)))
