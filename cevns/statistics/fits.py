"""Fits, profiles, intervals, contours and significances of a cost."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import Array, known_name, real_array, real_number
from ..errors import InputError, UnsupportedError
from .costs import Cost
from .minimisers import newton, prepare

ONE_SIGMA = math.erf(math.sqrt(0.5))  # 0.6827


@dataclass(frozen=True)
class Fit:
    """The result of a fit.

    Parameters
    ----------
    names : tuple of str
        The parameters.
    values, errors : tuple of float
        Their values, and standard deviations from the curvature; 0 for a fixed one.
    covariance : tuple of tuples
        Covariance matrix of the parameters.
    minimum : float
        χ² at the values.
    valid : bool
        Whether the minimiser has converged, with a positive curvature.
    """

    names: tuple[str, ...]
    values: tuple[float, ...]
    errors: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    minimum: float
    valid: bool

    def __getitem__(self, name: str) -> float:
        return self.values[self._place(name)]

    def error(self, name: str) -> float:
        """Standard deviation of a parameter."""
        return self.errors[self._place(name)]

    @property
    def correlation(self) -> Array:
        """Correlation matrix of the parameters; nan for fixed ones."""
        covariance = np.array(self.covariance)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(covariance / np.outer(self.errors, self.errors))

    def _place(self, name: str) -> int:
        return self.names.index(known_name(name, self.names, "parameter"))


def fit(
    cost: Cost,
    start: ArrayLike | Mapping[str, float] | None = None,
    *,
    fixed: Mapping[str, float] | Iterable[str] = (),
    limits: Mapping[str, tuple[float, float]] | None = None,
) -> Fit:
    """The values of the parameters that fit best, and their errors, by Minuit (needs `iminuit`).

    Parameters
    ----------
    cost : Cost
        What to minimise.
    start : array_like or mapping, optional
        Where to begin; at the means by default.
    fixed : mapping or iterable of str
        Parameters that stay: at the given values, or where they begin.
    limits : mapping, optional
        Parameter → (lower, upper), in place of those of the model.

    Raises
    ------
    InputError, UnknownNameError
        For unknown parameters, or values outside their limits.
    UnsupportedError
        If iminuit is not installed.

    Notes
    -----
    Errors are those of the curvature at the minimum (HESSE), for Δχ² = 1. They mean little for a parameter near a limit:
    see `interval`.

    Examples
    --------
    >>> from cevns.statistics import Cost, Model, Sample, fit
    >>> model = Model([Sample("signal", [10.0, 20.0], norm="mu"), Sample("background", [90.0, 80.0])])
    >>> result = fit(Cost(model, [104, 108]))
    >>> f"{result['mu']:.3f} ± {result.error('mu'):.3f}"
    '1.400 ± 0.461'
    """
    minuit = _minuit()
    begin = cost.start if start is None else cost.values(start)
    if isinstance(fixed, str):
        raise InputError(f"fixed must be a list of parameters, or map them to values (got {fixed!r})")
    names = cost.parameters
    if not isinstance(fixed, Mapping):
        fixed = {name: float(begin[names.index(known_name(name, names, "parameter"))]) for name in fixed}
    allowed = dict(zip(names, cost.limits, strict=True))
    for name, pair in (limits or {}).items():
        known_name(name, names, "parameter")
        low, high = (real_number(x, f"limit of {name!r}", infinite=True) if x != -math.inf else x for x in pair)
        if not low < high:
            raise InputError(f"limits of {name!r} must increase (got {low:g} and {high:g})")
        allowed[name] = (low, high)
    theta = np.array(begin)
    for name, value in fixed.items():
        theta[names.index(known_name(name, names, "parameter"))] = real_number(value, f"parameter {name!r}")
    for name, x in zip(names, theta.tolist(), strict=True):
        low, high = allowed[name]
        if not low <= x <= high:
            raise InputError(f"parameter {name!r} must be >= {low:g} and <= {high:g} (got {x:g})")
    m = minuit(cost, *theta, name=names)
    m.strategy = 1
    for i, nuisance in enumerate(cost.model.nuisances):
        m.errors[i] = nuisance.sigma if not nuisance.free else 0.1 * max(1.0, abs(theta[i]))
        m.limits[i] = allowed[names[i]]
        m.fixed[i] = names[i] in fixed
    if len(fixed) == len(names):
        return Fit(
            names, tuple(theta.tolist()), (0.0,) * len(names), ((0.0,) * len(names),) * len(names), cost.value(theta), True
        )
    m.migrad()
    m.hesse()
    covariance = np.zeros((len(names), len(names))) if m.covariance is None else np.array(m.covariance)
    return Fit(
        names,
        tuple(float(x) for x in m.values),
        tuple(0.0 if fixed_ else float(e) for e, fixed_ in zip(m.errors, m.fixed, strict=True)),
        tuple(tuple(row) for row in covariance.tolist()),
        float(m.fval),
        bool(m.valid),
    )


def profile(cost: Cost, name: str, grid: ArrayLike) -> Array:
    """Δχ² (n,) over values of one parameter, smallest over all others, above the minimum.

    Parameters
    ----------
    cost : Cost
        The likelihood.
    name : str
        The parameter.
    grid : array_like (n,)
        Its values, within its limits.

    Raises
    ------
    InputError, UnknownNameError
        For an unknown parameter, or values outside its limits.

    Examples
    --------
    >>> from cevns.statistics import Cost, Model, Sample, profile
    >>> model = Model([Sample("signal", [10.0], norm="mu"), Sample("background", [3.0])])
    >>> profile(Cost(model, [8]), "mu", [0.0, 0.5, 1.0]).round(4).tolist()
    [5.6933, 0.0, 2.2319]
    """
    values = _grid(grid, name)
    best, lowest = _best(cost)
    return _above(_row(cost, {}, name, values, best)[0], lowest)


def contour(cost: Cost, x: str, y: str, grid_x: ArrayLike, grid_y: ArrayLike) -> Array:
    """Δχ² (n_x, n_y) over values of two parameters, smallest over all others, above the minimum.

    Draw its level lines at `threshold(level, 2)`: 2.30, 4.61, 5.99, 9.21 for 68.27, 90, 95 and 99 %.

    Parameters
    ----------
    cost : Cost
        The likelihood.
    x, y : str
        The parameters.
    grid_x, grid_y : array_like (n_x,) and (n_y,)
        Their values, within their limits.

    Raises
    ------
    InputError, UnknownNameError
        For unknown parameters, twice the same one, or values outside its limits.
    """
    if x == y:
        raise InputError(f"a contour needs two parameters (got {x!r} twice)")
    xs, ys = _grid(grid_x, x), _grid(grid_y, y)
    best, lowest = _best(cost)
    rows, start = [], best
    for value in xs.tolist():
        row, start = _row(cost, {x: value}, y, ys, start)
        rows.append(row)
    return _above(np.array(rows).reshape(xs.size, ys.size), lowest)


def interval(cost: Cost, name: str, level: float = ONE_SIGMA) -> tuple[float, float]:
    """Where Δχ² of one parameter, smallest over all others, is below the threshold of a level of confidence.

    Parameters
    ----------
    cost : Cost
        The likelihood.
    name : str
        The parameter.
    level : float
        Level of confidence, > 0 and < 1; one standard deviation by default.

    Returns
    -------
    (float, float)
        Lower and upper end; a limit of the parameter where that comes first, and ± inf where there is no end.

    Raises
    ------
    InputError, UnknownNameError
        For an unknown parameter or a level outside its range.

    Notes
    -----
    Asymptotic, by Wilks' theorem. With few counts, or near a limit, see `feldman_cousins`.

    Examples
    --------
    >>> from cevns.statistics import Cost, Model, Sample, interval
    >>> model = Model([Sample("signal", [10.0], norm="mu")])
    >>> [round(end, 4) for end in interval(Cost(model, [10]), "mu")]
    [0.7162, 1.3504]
    """
    from scipy import optimize  # type: ignore[import-untyped,unused-ignore]

    target = threshold(level)
    i = cost.parameters.index(known_name(name, cost.parameters, "parameter"))
    best, lowest = _best(cost)
    curvature = cost._expanded(best, "expected")[1]
    variance = float(np.linalg.pinv(curvature / 2, hermitian=True)[i, i])
    step = math.sqrt(variance * target) if variance > 0 else 1.0
    free = np.ones(best.size, dtype=bool)
    free[i] = False
    near = {"theta": best}

    def above(x: float) -> float:
        theta = near["theta"].copy()
        theta[i] = x
        near["theta"], value, _ = newton(cost, theta, free)
        return value - lowest - target

    def end(sign: float, limit: float) -> float:
        near["theta"] = best
        inner, size = float(best[i]), step
        for _ in range(60):
            outer = max(inner - size, limit) if sign < 0 else min(inner + size, limit)
            if outer == inner:
                return limit
            start = near["theta"]
            height = above(outer)
            if height > 0:
                if not math.isfinite(height):  # an impossible value: nearer
                    near["theta"], size = start, size / 4
                    if size < 1e-9 * step:
                        return outer
                    continue
                near["theta"] = start
                return float(optimize.brentq(above, inner, outer, xtol=1e-9 * step, rtol=1e-12))
            inner, size = outer, 2 * size
        return sign * math.inf

    lower, upper = cost.limits[i]
    return end(-1.0, lower), end(1.0, upper)


def significance(cost: Cost, name: str, value: float = 0.0) -> float:
    """How many standard deviations a value of a parameter is from the best one: √Δχ², smallest over all others.

    Parameters
    ----------
    cost : Cost
        The likelihood.
    name : str
        The parameter; for a norm the value 0 is "no signal".
    value : float
        The hypothesis.

    Raises
    ------
    InputError, UnknownNameError
        For an unknown parameter, or a value outside its limits.

    Examples
    --------
    >>> from cevns.statistics import Cost, Model, Sample, significance
    >>> model = Model([Sample("signal", [10.0], norm="mu"), Sample("background", [100.0])])
    >>> round(significance(Cost(model, [130]), "mu"), 4)
    2.8661
    """
    theta, free = prepare(cost, None, {name: value})
    return math.sqrt(max(0.0, newton(cost, theta, free)[1] - _best(cost)[1]))


def threshold(level: float, parameters: int = 1) -> float:
    """Δχ² that the true values of some parameters exceed with the probability 1 − level.

    Parameters
    ----------
    level : float
        Level of confidence, > 0 and < 1.
    parameters : int
        How many parameters are given at once, 1 or more.

    Raises
    ------
    InputError
        For values outside their range.

    Notes
    -----
    | level [%] | 68.27 | 90 | 95 | 95.45 | 99 | 99.73 |
    | --- | --- | --- | --- | --- | --- | --- |
    | 1 parameter | 1.00 | 2.71 | 3.84 | 4.00 | 6.63 | 9.00 |
    | 2 parameters | 2.30 | 4.61 | 5.99 | 6.18 | 9.21 | 11.83 |
    | 3 parameters | 3.53 | 6.25 | 7.82 | 8.03 | 11.34 | 14.16 |

    S. Navas et al. (Particle Data Group), Phys. Rev. D 110 (2024) 030001, table 40.2.

    Examples
    --------
    >>> from cevns.statistics import threshold
    >>> round(threshold(0.90), 2), round(threshold(0.90, 2), 2)
    (2.71, 4.61)
    """
    from scipy import special  # type: ignore[import-untyped,unused-ignore]

    p = real_number(level, "level", minimum=0.0, maximum=1.0, above=True)
    count = real_number(parameters, "parameters", minimum=1.0)
    if p >= 1:
        raise InputError(f"level must be < 1 (got {level!r})")
    return float(2 * special.gammaincinv(count / 2, p))


# ---- inside --------------------------------------------------------------------------------------------------------------


def _best(cost: Cost) -> tuple[Array, float]:
    theta, free = prepare(cost, None, None)
    theta, value, _ = newton(cost, theta, free)
    return theta, value


def _above(found: Array, lowest: float) -> Array:
    """χ² above the minimum; above the least of all if one is still lower, as where there are several minima."""
    return found - min(lowest, float(found.min(initial=lowest)))


def _row(cost: Cost, fixed: Mapping[str, float], name: str, values: Array, start: Array) -> tuple[Array, Array]:
    """χ² over values of one parameter, each from where the last one ended, outwards from the first; and the first end."""
    found = np.empty(values.size)
    begin, first = start, start
    for k, value in enumerate(values.tolist()):
        theta, free = prepare(cost, begin, {**fixed, name: value})
        begin, found[k], _ = newton(cost, theta, free)
        if not math.isfinite(found[k]):
            begin = start
        if k == 0:
            first = begin
    return found, first


def _grid(grid: ArrayLike, name: str) -> Array:
    values = real_array(grid, f"grid of {name!r}")
    if values.ndim != 1:
        raise InputError(f"grid of {name!r} must be a list of values (got shape {values.shape})")
    return values


def _minuit() -> Any:
    try:
        from iminuit import Minuit  # type: ignore[import-untyped,unused-ignore]
    except ImportError:
        raise UnsupportedError('fits need iminuit; install it with: pip install "cevns[fit]"') from None
    return Minuit
