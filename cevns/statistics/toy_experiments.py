"""Toy experiments: Asimov sets, random counts, fits of many, and Feldman–Cousins intervals.

Toy i of a seed draws from a counter-based generator (Philox) whose key comes from the seed and whose counter from i: it is the
same however many toys are made, in whatever order, by however many workers.

Formulas
--------
`feldman_cousins` intervals: order by −2 ln L(n; μ)/L(n; μ_best)
    G. J. Feldman, R. D. Cousins, Phys. Rev. D 57 (1998) 3873
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._arguments import Array, check_increasing, digits, flag, known_name, real_array, real_number, shown
from .._immutable import Copied, closed, hashable, kept
from .._texts import of_fields
from ..errors import InputError, UnsupportedError
from .checks import mapping, model_of, of_kind, whole
from .costs import Cost
from .fits import threshold
from .likelihoods import simulated
from .minimisers import newton, prepare
from .models import Model, values_of

if TYPE_CHECKING:
    from concurrent.futures import Executor

_CHUNK = 50  # toys that a worker makes at once
_MANY = 1e18  # counts: beyond it a draw is no integer of 64 bits
_SAME = 1e-7  # of χ²: statistics nearer than this are one, which rounding has parted


class _Arrays(Copied):
    """What toys end in: its arrays cannot be changed, and tell it from others."""

    def __post_init__(self) -> None:
        for item in fields(self):  # type: ignore[arg-type]
            self.__dict__[item.name] = closed(getattr(self, item.name))

    @kept
    def _key(self) -> tuple[Any, ...]:
        return tuple(hashable(getattr(self, item.name)) for item in fields(self))  # type: ignore[arg-type]

    def __eq__(self, other: object) -> bool:
        return self._key == other._key if isinstance(other, _Arrays) and type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key)


@dataclass(frozen=True, eq=False)
class Toys(_Arrays):
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
        Excess of χ² with the tested parameters fixed (the true ones, if none are tested), smallest over the others.
    converged : array of bool (n,)
        Whether both minima have been reached.
    """

    names: tuple[str, ...]
    values: Array
    minimum: Array
    statistic: Array
    converged: NDArray[np.bool_]

    __repr__ = of_fields

    def __getitem__(self, name: str) -> Array:
        return np.asarray(self.values[:, self.names.index(known_name(name, self.names, "parameter"))])


@dataclass(frozen=True, eq=False)
class FeldmanCousins(_Arrays):
    """The values of a parameter that are accepted at a level of confidence.

    Parameters
    ----------
    grid : array (n,)
        The values.
    statistic : array (n,)
        Δχ² of the observed counts at each.
    critical : array (n,)
        The value that the part `level` of the toys with this true value does not exceed.
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

    __repr__ = of_fields

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
    model_of(model)
    true = values_of(model.nuisances, {} if theta is None else theta)
    return _possible(np.asarray(model.counts(true)), "expected counts", np.inf).reshape(model.shape)


def toys(
    model: Model,
    theta: ArrayLike | Mapping[str, float] | None = None,
    number: int = 1,
    seed: int = 0,
    *,
    beeston_barlow: bool = False,
) -> tuple[Array, ...]:
    """Random experiments: Poisson counts, and normal centres of the constrained parameters.

    Parameters
    ----------
    model : Model
        Expected counts.
    theta : array_like or mapping, optional
        True values of the parameters; at their means by default.
    number : int
        Number of toys.
    seed : int
        ≥ 0. One seed gives the same toys always; more of them begin with the same ones.
    beeston_barlow : bool
        Whether the templates, of finite statistics, are random too, as a cost with `beeston_barlow` asks.

    Returns
    -------
    (array (number, *bins), array (number, n_parameters))
        Counts, and what the auxiliary measurements of the parameters have found: the true value plus a normal deviate; for a
        free parameter its mean.
    array (number, *bins), for `beeston_barlow`
        Simulated events over how many were to be expected, what `Cost` takes as `simulated`: Poisson(k)/k with k = μ²/V, the
        effective number of them; 1 in bins that are known exactly.

    Raises
    ------
    InputError, UnknownNameError
        For parameters with which a bin is expected to be negative, or a bad number or seed.
    """
    model_of(model)
    templates = flag(beeston_barlow, "beeston_barlow")
    if templates:
        model_of(model, "evaluate_variance")
    true = values_of(model.nuisances, {} if theta is None else theta)
    truth = _Truth.of(model, true, _possible(model.counts(true)), templates)
    key = _key(seed)
    drawn = [truth.draw(key, i) for i in range(_number(number))]
    counts, centers = (np.array([toy[i] for toy in drawn]) for i in (0, 1))
    bins = (len(drawn), *model.shape)
    if not templates:
        return counts.reshape(bins), centers
    return counts.reshape(bins), centers, np.array([toy[2] for toy in drawn]).reshape(bins)


def run_toys(
    cost: Cost,
    theta: ArrayLike | Mapping[str, float] | None = None,
    number: int = 1000,
    *,
    test: Mapping[str, float] | None = None,
    seed: int = 0,
    workers: int = 1,
    executor: Executor | None = None,
    progress: bool = False,
) -> Toys:
    """Fit many toy experiments.

    Parameters
    ----------
    cost : Cost
        A Poisson likelihood; its observed counts do not matter. With `beeston_barlow` the statistics of its templates are
        random in each toy, as its counts are.
    theta : array_like or mapping, optional
        True values of the parameters; at their means by default.
    number : int
        Number of toys for each value.
    test : mapping, optional
        Hypothesis of which `statistic` is made: parameter → value. By default all parameters at their true values.
    seed : int
        ≥ 0; the toys are those of `toys` with it.
    workers : int
        Processes among which the toys are shared; the result is the same for any number.
    executor : concurrent.futures.Executor, optional
        Executor that runs them instead: threads, processes, or anything with such a `submit` (Dask, MPI).
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
    truth = _true(cost, {} if theta is None else theta)
    everything = dict(zip(cost.parameters, truth.theta.tolist(), strict=True))
    tested = everything if test is None else dict(mapping(test, "test must map parameters to values", "{'mu': 0.0}"))
    prepare(cost, None, tested)
    tasks = _tasks(cost, truth, tested, _number(number), _key(seed))
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
    executor: Executor | None = None,
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
    their best values for the observed counts at each θ (profile construction), and their auxiliary measurements are random. So
    are the templates of a cost with `beeston_barlow`: βk of k simulated events are expected, with the best β of each bin.
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
    of_kind(cost, "cost", Cost)
    known_name(name, cost.parameters, "parameter")
    values = real_array(grid, f"grid of {name!r}")
    if values.ndim != 1 or not values.size:
        raise InputError(f"grid of {name!r} must be a list of increasing values (got {shown(grid)})")
    check_increasing(values, f"grid of {name!r}")
    threshold(level)  # checks it
    level = real_number(level, "level")
    count = _number(number)
    start, free = prepare(cost, None, None)
    _poisson(cost)
    lowest = newton(cost, start, free)[1]
    if not math.isfinite(lowest):
        raise InputError("the observed counts are impossible for any values of the parameters: chi2 is infinite")
    tasks: list[tuple[Any, ...]] = []
    observed = np.empty(values.size)
    for j, value in enumerate(values.tolist()):
        theta, free = prepare(cost, None, {name: value})
        true, chi2, _ = newton(cost, theta, free)
        observed[j] = max(0.0, chi2 - lowest)
        tasks += _tasks(cost, _true(cost, true, best=True), {name: value}, count, _key(seed, j))
    chunks = list(_run(tasks, workers, executor, progress))
    each = len(chunks) // values.size
    statistic = np.stack([_joined(cost, chunks[j * each : (j + 1) * each]).statistic for j in range(values.size)])
    critical = np.quantile(statistic, level, axis=1, method="inverted_cdf")
    p_value = np.mean(statistic >= observed[:, None] - _SAME, axis=1)
    return FeldmanCousins(values, observed, critical, p_value, level)


# ---- inside --------------------------------------------------------------------------------------------------------------


class _Truth(NamedTuple):
    """What toys are drawn from."""

    theta: Array  # (n_parameters,): true values
    sigma: Array  # (n_parameters,): of the auxiliary measurements; nan for a free parameter
    means: Array  # (n_parameters,): what a free parameter has in place of one
    expected: Array  # (n,): counts by flat bin
    events: Array | None  # (n,): simulated events that are to be expected, k; 0 in bins that are known exactly
    beta: Array | None  # (n,): true factors β on expected counts and simulated events

    @classmethod
    def of(cls, model: Any, theta: Array, expected: Array, templates: bool, observed: Cost | None = None) -> _Truth:
        """Toys of a model, with templates of finite statistics or not; their β are best for observed counts, if given, or 1."""
        sigma = np.array([math.nan if n.free else n.sigma for n in model.nuisances])
        means = np.array([n.mean for n in model.nuisances])
        if not templates:
            return cls(theta, sigma, means, expected, None, None)
        seen, ratio = (expected, 1.0) if observed is None else (observed._seen[0], observed._ratio)
        found = simulated(seen, expected, model.evaluate_variance(theta)[0], ratio)
        events = np.where(found.k < _MANY, found.k, 0.0)  # more are known exactly
        beta = np.where(events > 0, found.beta, 1.0)
        return cls(theta, sigma, means, beta * expected, events, beta)

    def draw(self, key: NDArray[np.uint64], i: int) -> tuple[Array, Array, Array | None]:
        """Flat counts, centres, and simulated events over expected ones, of toy i."""
        random = np.random.Generator(np.random.Philox(key=key, counter=[0, 0, 0, i]))
        counts = random.poisson(self.expected).astype(np.float64)
        deviates = random.standard_normal(self.theta.size)
        centers = np.where(np.isnan(self.sigma), self.means, self.theta + self.sigma * deviates)
        if self.events is None or self.beta is None:
            return counts, centers, None
        found = random.poisson(self.beta * self.events)
        return counts, centers, np.divide(found, self.events, out=np.ones(found.size), where=self.events > 0)


def _fit_toys(
    cost: Cost, truth: _Truth, tested: Mapping[str, float], key: NDArray[np.uint64], first: int, last: int
) -> tuple[Array, Array, Array, NDArray[np.bool_]]:
    """Values, minima, statistics and convergence of toys from `first` to before `last`."""
    hypothesis, others = prepare(cost, None, tested)
    values, minima, statistics, converged = [], [], [], []
    limits = np.array(cost.limits).reshape(-1, 2)
    start = np.clip(truth.theta, limits[:, 0], limits[:, 1])
    fixed_start = np.where(others, start, hypothesis)
    everything = np.ones(start.size, dtype=bool)
    for i in range(first, last):
        toy = cost._with(*truth.draw(key, i))
        theta, lowest, found = newton(toy, start, everything)
        other, at_test, found_too = newton(toy, fixed_start, others)
        if at_test < lowest:  # within the rounding of two ways to one minimum, or in another valley
            theta, lowest, found = newton(toy, other, everything)
        values.append(theta)
        minima.append(lowest)
        statistics.append(max(0.0, at_test - lowest) if lowest < math.inf else math.nan)
        converged.append(found and found_too)
    return np.array(values), np.array(minima), np.array(statistics), np.array(converged)


def _tasks(
    cost: Cost, truth: _Truth, tested: Mapping[str, float], number: int, key: NDArray[np.uint64]
) -> list[tuple[Any, ...]]:
    return [(cost, truth, tested, key, i, min(i + _CHUNK, number)) for i in range(0, number, _CHUNK)]


def _run(tasks: list[tuple[Any, ...]], workers: int, executor: Executor | None, progress: bool) -> Iterator[Any]:
    """Results of the tasks, in order."""
    from concurrent.futures import ProcessPoolExecutor  # costs more at import than all of this

    count = whole(workers, "workers", maximum=1024)
    if not (executor is None or hasattr(executor, "submit")):
        raise InputError(f"executor must have a method submit, as those of concurrent.futures (got {shown(executor)})")
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
    if not flag(wanted, "progress"):
        return lambda done: None, lambda: None
    try:
        from tqdm.auto import tqdm  # type: ignore[import-untyped,unused-ignore]
    except ImportError:
        raise UnsupportedError('a progress bar needs tqdm; install it with: pip install "cevns[progress]"') from None
    bar = tqdm(total=total, unit="toy")
    return bar.update, bar.close


def _poisson(cost: Cost) -> None:
    """Toys are of Poisson costs alone."""
    of_kind(cost, "cost", Cost)
    if cost.kind != "poisson":
        raise UnsupportedError(f"toys are of Poisson counts (got a cost of kind {shown(cost.kind)})")


def _true(cost: Cost, theta: ArrayLike | Mapping[str, float], *, best: bool = False) -> _Truth:
    """What toys of a Poisson cost are drawn from; `best`: with the templates that fit best what has been observed."""
    _poisson(cost)
    true = cost.values(theta)
    expected = cost.model.counts(true)
    # a minimum may have emptied a bin
    expected = np.maximum(expected, 0.0) if best else expected
    return _Truth.of(cost.model, true, _possible(expected), cost.beeston_barlow, cost if best else None)


def _possible(expected: Array, what: str = "expected counts of toys", most: float = _MANY) -> Array:
    for bad, allowed in ((expected < 0, ">= 0"), (~(expected <= most), f"<= {most:g}")):
        if bad.any():
            place = int(np.argmax(bad))
            raise InputError(f"{what} must be {allowed} (got {digits(expected.flat[place])} in bin {place})")
    return expected


def _key(seed: Any, step: int | None = None) -> NDArray[np.uint64]:
    """Key of the generator; that of each step of a grid is its own."""
    if isinstance(seed, bool | np.timedelta64) or not isinstance(seed, int | np.integer) or seed < 0:
        raise InputError(f"seed must be an integer >= 0 (got {shown(seed)})")
    words = np.random.SeedSequence(int(seed), spawn_key=() if step is None else (step,)).generate_state(2, np.uint64)
    return words.astype(np.uint64)


def _number(value: Any) -> int:
    """How many toys."""
    return whole(value, "number", maximum=1e9)
