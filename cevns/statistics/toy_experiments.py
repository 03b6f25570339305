"""Toy experiments: Asimov sets, random counts, fits of many, and Feldman–Cousins intervals.

Toy i of a seed draws from a counter-based generator (Philox) whose key comes from the seed and whose counter from i: it is the
same however many toys are made, in whatever order, by however many workers.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._arguments import Array, known_name, real_array, real_number
from ..errors import InputError, UnsupportedError
from .costs import Cost
from .fits import threshold
from .minimisers import newton, prepare
from .models import Model

if TYPE_CHECKING:
    from concurrent.futures import Executor

_CHUNK = 50  # toys that a worker makes at once
_SAME = 1e-7  # of χ²: statistics nearer than this are one, which rounding has parted


@dataclass(frozen=True, eq=False)
class Toys:
    """Fits of toy experiments.

    Parameters
    ----------
    names : tuple of str
        The parameters.
    values : array (n, n_parameters)
        Where each fit ended.
    minimum : array (n,)
        χ² there.
    statistic : array (n,)
        How much larger χ² is with the tested parameters fixed (the true ones, if none are tested), smallest over the others.
    converged : array of bool (n,)
        Whether both minima have been reached.
    """

    names: tuple[str, ...]
    values: Array
    minimum: Array
    statistic: Array
    converged: NDArray[np.bool_]

    def __getitem__(self, name: str) -> Array:
        return np.asarray(self.values[:, self.names.index(known_name(name, self.names, "parameter"))])


@dataclass(frozen=True, eq=False)
class FeldmanCousins:
    """Which values of a parameter are accepted at a level of confidence.

    Parameters
    ----------
    grid : array (n,)
        The values.
    statistic : array (n,)
        Δχ² of the observed counts at each.
    critical : array (n,)
        What the part `level` of the toys with this true value does not exceed.
    p_value : array (n,)
        The part of these toys whose Δχ² is as large as observed or larger.
    level : float
        Level of confidence.
    """

    grid: Array
    statistic: Array
    critical: Array
    p_value: Array
    level: float

    @property
    def accepted(self) -> NDArray[np.bool_]:
        """Values that are in the interval."""
        return np.asarray(self.statistic <= self.critical + _SAME)

    @property
    def interval(self) -> tuple[float, float]:
        """Ends of the accepted values, between two of the grid where their Δχ² passes the critical one; nan for none."""
        inside = np.flatnonzero(self.accepted)
        if not inside.size:
            return math.nan, math.nan
        above = self.statistic - self.critical

        def end(i: int, beyond: int) -> float:
            if not 0 <= beyond < self.grid.size:
                return float(self.grid[i])
            part = min(max(-above[i] / (above[beyond] - above[i]), 0.0), 1.0) if above[beyond] < math.inf else 0.0
            return float(self.grid[i] + part * (self.grid[beyond] - self.grid[i]))

        return end(inside[0], inside[0] - 1), end(inside[-1], inside[-1] + 1)


def asimov(model: Model, theta: ArrayLike | Mapping[str, float] | None = None) -> Array:
    """The Asimov set: the expected counts (*bins) themselves, in place of observed ones.

    Parameters
    ----------
    model : Model
        Expected counts.
    theta : array_like or mapping, optional
        True values of the parameters; at their means by default.

    References
    ----------
    G. Cowan, K. Cranmer, E. Gross, O. Vitells, Eur. Phys. J. C 71 (2011) 1554.

    Examples
    --------
    >>> from cevns.statistics import Cost, Model, Sample, asimov, significance
    >>> model = Model([Sample("signal", [10.0], norm="mu"), Sample("background", [100.0])])
    >>> round(significance(Cost(model, asimov(model)), "mu"), 4)  # √(2 ((s + b) ln(1 + s/b) − s))
    0.984
    """
    return model.expected({} if theta is None else theta)


def toys(
    model: Model, theta: ArrayLike | Mapping[str, float] | None = None, number: int = 1, seed: int = 0
) -> tuple[Array, Array]:
    """Random experiments: Poisson counts, and normal centres of the constrained parameters.

    Parameters
    ----------
    model : Model
        Expected counts.
    theta : array_like or mapping, optional
        True values of the parameters; at their means by default.
    number : int
        How many.
    seed : int
        ≥ 0. One seed gives the same toys always; more of them begin with the same ones.

    Returns
    -------
    (array (number, *bins), array (number, n_parameters))
        Counts, and what the auxiliary measurements of the parameters have found: the true value plus a normal deviate; for a
        free parameter its mean.

    Raises
    ------
    InputError, UnknownNameError
        For parameters with which a bin is expected to be negative, or a bad number or seed.
    """
    true = model.values({} if theta is None else theta)
    expected = _possible(model.counts(true))
    key = _key(seed)
    drawn = [_toy(expected, true, model, key, i) for i in range(_whole(number, "number"))]
    counts = np.array([n for n, _ in drawn]).reshape(-1, *model.shape)
    return counts, np.array([c for _, c in drawn]).reshape(-1, true.size)


def run_toys(
    cost: Cost,
    theta: ArrayLike | Mapping[str, float] | None = None,
    number: int = 1000,
    *,
    test: Mapping[str, float] | None = None,
    seed: int = 0,
    workers: int = 1,
    executor: "Executor | None" = None,
    progress: bool = False,
) -> Toys:
    """Fit many toy experiments.

    Parameters
    ----------
    cost : Cost
        A Poisson likelihood; its observed counts do not matter.
    theta : array_like or mapping, optional
        True values of the parameters; at their means by default.
    number : int
        How many toys.
    test : mapping, optional
        Hypothesis of which `statistic` is made: parameter → value. By default all parameters at their true values.
    seed : int
        ≥ 0; the toys are those of `toys` with it.
    workers : int
        Processes among which the toys are shared; the result is the same for any number.
    executor : concurrent.futures.Executor, optional
        What runs them instead: threads, processes, or anything with such a `submit` (Dask, MPI).
    progress : bool
        Whether to show a bar (needs `tqdm`).

    Raises
    ------
    InputError, UnknownNameError, UnsupportedError
        For bad parameters, a Gaussian likelihood, or tqdm not installed.

    Examples
    --------
    >>> from cevns.statistics import Cost, Model, Sample, run_toys
    >>> model = Model([Sample("signal", [50.0], norm="mu"), Sample("background", [50.0])])
    >>> found = run_toys(Cost(model, [0]), {"mu": 1.0}, 200, seed=1)
    >>> bool(abs(found["mu"].mean() - 1.0) < 3 * 0.2 / 200**0.5)
    True
    """
    true = _true(cost, {} if theta is None else theta)
    tested = dict(zip(cost.parameters, true.tolist(), strict=True)) if test is None else dict(test)
    prepare(cost, None, tested)
    tasks = _tasks(cost, true, tested, _whole(number, "number"), _key(seed))
    return _joined(cost, list(_run(tasks, workers, executor, progress)))


def feldman_cousins(
    cost: Cost,
    name: str,
    grid: ArrayLike,
    number: int = 1000,
    level: float = 0.9,
    *,
    seed: int = 0,
    workers: int = 1,
    executor: "Executor | None" = None,
    progress: bool = False,
) -> FeldmanCousins:
    """The confidence interval of one parameter from toy experiments, ordered by the ratio of likelihoods.

    Parameters
    ----------
    cost : Cost
        A Poisson likelihood with the observed counts.
    name : str
        The parameter. Its limits say what is physical: for a norm, ≥ 0.
    grid : array_like (n,)
        Its values, increasing, within its limits.
    number : int
        Toys for each value; p-values near 0.1 are then known to 0.3/√number.
    level : float
        Level of confidence, > 0 and < 1.
    seed, workers, executor, progress
        As for `run_toys`.

    Raises
    ------
    InputError, UnknownNameError, UnsupportedError
        As for `run_toys`; for a grid that does not increase.

    Notes
    -----
    The statistic is Δχ² = χ²(θ, best others) − χ²(best), all within the limits. The other parameters of the toys are true at
    their best values for the observed counts at each θ (profile construction), and their auxiliary measurements are random.
    Published tables lengthen some intervals so that limits do not rise with the background. This is the construction alone:
    0.95 in place of 1.08 for no count, a background of 3, and 90 %.

    References
    ----------
    G. J. Feldman, R. D. Cousins, Phys. Rev. D 57 (1998) 3873.

    Examples
    --------
    >>> from cevns.statistics import Cost, Model, Sample, feldman_cousins
    >>> model = Model([Sample("signal", [1.0], norm="mu"), Sample("background", [3.0])])
    >>> result = feldman_cousins(Cost(model, [0]), "mu", [0.0, 0.5, 1.5, 2.0], number=500)
    >>> result.accepted.tolist()  # up to 0.95
    [True, True, False, False]
    """
    values = real_array(grid, f"grid of {name!r}")
    if values.ndim != 1 or not values.size or (np.diff(values) <= 0).any():
        raise InputError(f"grid of {name!r} must be a list of increasing values (got {grid!r})")
    threshold(level)  # checks it
    _whole(number, "number")
    _true(cost, {})
    start, free = prepare(cost, None, None)
    lowest = newton(cost, start, free)[1]
    tasks: list[tuple[Any, ...]] = []
    observed = np.empty(values.size)
    for j, value in enumerate(values.tolist()):
        theta, free = prepare(cost, None, {name: value})
        true, chi2, _ = newton(cost, theta, free)
        observed[j] = max(0.0, chi2 - lowest)
        tasks += _tasks(cost, true, {name: value}, number, _key(seed, j))
    chunks = list(_run(tasks, workers, executor, progress))
    each = len(chunks) // values.size
    statistic = np.stack([_joined(cost, chunks[j * each : (j + 1) * each]).statistic for j in range(values.size)])
    critical = np.quantile(statistic, level, axis=1, method="inverted_cdf")
    p_value = np.mean(statistic >= observed[:, None] - _SAME, axis=1)
    return FeldmanCousins(values, observed, critical, p_value, float(level))


# ---- inside --------------------------------------------------------------------------------------------------------------


def _toy(expected: Array, true: Array, model: Any, key: NDArray[np.uint64], i: int) -> tuple[Array, Array]:
    """Flat counts and centres of toy i."""
    random = np.random.Generator(np.random.Philox(key=key, counter=[0, 0, 0, i]))
    counts = random.poisson(expected).astype(np.float64)
    deviates = random.standard_normal(true.size)
    centers = [n.mean if n.free else x + n.sigma * d for n, x, d in zip(model.nuisances, true, deviates, strict=True)]
    return counts, np.array(centers)


def _fit_toys(
    cost: Cost, true: Array, tested: Mapping[str, float], key: NDArray[np.uint64], first: int, last: int
) -> tuple[Array, Array, Array, NDArray[np.bool_]]:
    """Values, minima, statistics and convergence of toys from `first` to before `last`."""
    expected = np.maximum(cost.model.counts(true), 0.0)
    hypothesis, others = prepare(cost, None, tested)
    values, minima, statistics, converged = [], [], [], []
    limits = np.array(cost.limits).reshape(-1, 2)
    start = np.clip(true, limits[:, 0], limits[:, 1])
    fixed_start = np.where(others, start, hypothesis)
    everything = np.ones(true.size, dtype=bool)
    for i in range(first, last):
        toy = cost._with(*_toy(expected, true, cost.model, key, i))
        theta, lowest, found = newton(toy, start, everything)
        _, at_test, found_too = newton(toy, fixed_start, others)
        values.append(theta)
        minima.append(lowest)
        statistics.append(max(0.0, at_test - lowest))
        converged.append(found and found_too)
    return np.array(values), np.array(minima), np.array(statistics), np.array(converged)


def _tasks(cost: Cost, true: Array, tested: Mapping[str, float], number: int, key: NDArray[np.uint64]) -> list[tuple[Any, ...]]:
    return [(cost, true, tested, key, i, min(i + _CHUNK, number)) for i in range(0, number, _CHUNK)]


def _run(tasks: list[tuple[Any, ...]], workers: int, executor: "Executor | None", progress: bool) -> Iterator[Any]:
    """Results of the tasks, in order."""
    from concurrent.futures import ProcessPoolExecutor  # costs more at import than all of this

    count = _whole(workers, "workers")
    update, close = _bar(sum(task[-1] - task[-2] for task in tasks), progress)
    own = ProcessPoolExecutor(count) if executor is None and count > 1 else None
    pool = executor or own
    try:
        if pool is None:
            for task in tasks:
                yield _fit_toys(*task)
                update(task[-1] - task[-2])
        else:
            futures = [pool.submit(_fit_toys, *task) for task in tasks]
            for task, future in zip(tasks, futures, strict=True):
                yield future.result()
                update(task[-1] - task[-2])
    finally:
        close()
        if own is not None:
            own.shutdown(cancel_futures=True)


def _joined(cost: Cost, chunks: list[Any]) -> Toys:
    values, minimum, statistic, converged = (np.concatenate(parts) for parts in zip(*chunks, strict=True))
    return Toys(cost.parameters, values, minimum, statistic, converged)


def _bar(total: int, wanted: bool) -> tuple[Callable[[int], Any], Callable[[], Any]]:
    """What shows that some toys are done, and what ends the show."""
    if not wanted:
        return lambda done: None, lambda: None
    try:
        from tqdm.auto import tqdm  # type: ignore[import-untyped,unused-ignore]
    except ImportError:
        raise UnsupportedError('a progress bar needs tqdm; install it with: pip install "cevns[progress]"') from None
    bar = tqdm(total=total, unit="toy")
    return bar.update, bar.close


def _true(cost: Cost, theta: ArrayLike | Mapping[str, float]) -> Array:
    """True parameters that a Poisson cost can have."""
    if cost.kind != "poisson":
        raise UnsupportedError(f"toys are of Poisson counts (got a cost of kind {cost.kind!r})")
    true = cost.values(theta)
    _possible(cost.model.counts(true))
    return true


def _possible(expected: Array) -> Array:
    if expected.min() < 0:
        raise InputError(f"expected counts of toys must be >= 0 (got {expected.min():g} in bin {int(np.argmin(expected))})")
    return expected


def _key(seed: Any, step: int | None = None) -> NDArray[np.uint64]:
    """Key of the generator; that of each step of a grid is its own."""
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise InputError(f"seed must be an integer >= 0 (got {seed!r})")
    words = np.random.SeedSequence(int(seed), spawn_key=() if step is None else (step,)).generate_state(2, np.uint64)
    return words.astype(np.uint64)


def _whole(value: Any, name: str) -> int:
    number = real_number(value, name, minimum=1.0)
    if number != int(number):
        raise InputError(f"{name} must be an integer (got {value!r})")
    return int(number)
