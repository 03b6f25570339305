"""Fits, profiles, intervals, contours and significances of a cost.

Formulas
--------
fits, intervals, significance, `fit`, `interval`, `significance`: χ² − χ²_min = 1, Z = √Δχ²
    S. S. Wilks, Ann. Math. Stat. 9 (1938) 60
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._arguments import Array, digits, known_name, mapped, real_array, real_number, several, shown
from .._numerics.lines import zero
from .._numerics.special import chi2_quantile
from .._texts import cut, table
from ..errors import InputError, UnsupportedError
from .checks import limit, mapping, of_kind, whole
from .costs import Cost
from .minimisers import newton, prepare

ONE_SIGMA = math.erf(math.sqrt(0.5))  # 0.6827
_NEAR = 1e-3  # standard deviations from a limit that is a minimum: Δχ² of 1e-6


_LINES = 20  # parameters that a repr has


@dataclass(frozen=True, repr=False)
class Fit:
    """The result of a fit.

    Parameters
    ----------
    names : tuple of str
        The parameters.
    values, errors : tuple of float
        Their values, and standard deviations from the curvature; 0 for a fixed one, nan where the curvature has none.
    covariance : tuple of tuples
        Covariance matrix of the parameters; its diagonal is the square of the errors.
    minimum : float
        χ² at the values.
    valid : bool
        Whether the minimum has been reached, with a positive curvature.
    at_limit : tuple of str
        Parameters that are at a limit: χ² would be smaller beyond it, or is smallest there.
    """

    names: tuple[str, ...]
    values: tuple[float, ...]
    errors: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    minimum: float
    valid: bool
    at_limit: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> float:
        return self.values[self._place(name)]

    def __repr__(self) -> str:
        lines = [f"Fit with χ² = {self.minimum:.6g}{'' if self.valid else ', not valid'}"]
        width = min(max(map(len, self.names), default=0), 40)
        for name, value, error in zip(self.names[:_LINES], self.values, self.errors, strict=False):
            size = "fixed" if error == 0 else f"± {error:.3g}"
            lines.append(f"    {cut(name, 30):{width}}  {value:.6g} {size}{', at its limit' if name in self.at_limit else ''}")
        if len(self.names) > _LINES:
            lines.append(f"    … {len(self.names) - _LINES} more parameters")
        return cut("\n".join(lines))

    def _repr_html_(self) -> str:
        rows = [
            [name, f"{value:.6g}", "fixed" if error == 0 else f"± {error:.3g}", "at its limit" if name in self.at_limit else ""]
            for name, value, error in zip(self.names, self.values, self.errors, strict=True)
        ]
        return table(f"Fit with χ² = {self.minimum:.6g}{'' if self.valid else ', not valid'}", rows)

    def error(self, name: str) -> float:
        """Standard deviation of a parameter."""
        return self.errors[self._place(name)]

    @property
    def correlation(self) -> Array:
        """Correlation matrix of the parameters; nan for fixed ones, and others without an error."""
        errors = np.array(self.errors)
        known = errors > 0
        size = np.where(known, errors, np.nan)
        correlation = np.array(self.covariance).reshape(errors.size, errors.size) / size[:, None] / size
        correlation[known, known] = 1.0
        return correlation

    def _place(self, name: str) -> int:
        return self.names.index(known_name(name, self.names, "parameter"))


def fit(
    cost: Cost,
    start: ArrayLike | Mapping[str, float] | None = None,
    *,
    fixed: Mapping[str, float] | Iterable[str] = (),
    limits: Mapping[str, tuple[float, float]] | None = None,
) -> Fit:
    """The values of the parameters that fit best, and their errors (needs `iminuit`).

    Parameters
    ----------
    cost : Cost
        The χ² to minimize.
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
    The minimum is the lower one of those that Newton's method finds from the start and from where Minuit has ended. `valid`
    says that a further step, within the limits, would lower χ² by less than 1e-9 (or than its rounding), and that the curvature
    is positive.

    Errors are those of the curvature at the minimum, for Δχ² = 1: the covariance is twice the inverse of ∂²χ²/∂θ∂θ, which is
    exact, without steps. (HESSE of Minuit takes differences of χ²: with one norm and two effects of 30 % its errors are 6 %
    wrong for 1e6 counts and 100 times too small for 1e7.) A parameter at a limit has the error of the curvature there, as
    if there were no limit, or nan if that is not positive, and the others then have those for which it stays there. It means
    little: see `interval`.

    Examples
    --------
    >>> from cevns.statistics import Cost, Model, Sample, fit
    >>> model = Model([Sample("signal", [10.0, 20.0], norm="mu"), Sample("background", [90.0, 80.0])])
    >>> result = fit(Cost(model, [104, 108]))
    >>> f"{result['mu']:.3f} ± {result.error('mu'):.3f}"
    '1.400 ± 0.463'
    """
    of_kind(cost, "cost", Cost)
    minuit = _minuit()
    begin = cost.start if start is None else cost.values(start)
    names = cost.parameters
    fixed = mapped(fixed)
    if not isinstance(fixed, Mapping):
        listed = several(fixed, "fixed must be a list of parameters, or map them to values")
        fixed = {name: float(begin[names.index(known_name(name, names, "parameter"))]) for name in listed}
    allowed = dict(zip(names, cost.limits, strict=True))
    for name, pair in mapping(limits, "limits must map parameters to (lower, upper)", "{'mu': (-5, 5)}").items():
        known_name(name, names, "parameter")
        ends = several(pair, f"limits of {name!r} must be (lower, upper)")
        if len(ends) != 2:
            raise InputError(f"limits of {name!r} must be (lower, upper) (got {shown(pair)})")
        low, high = (limit(end, f"limit of {name!r}") for end in ends)
        if not low < high:
            raise InputError(f"limits of {name!r} must increase (got {digits(low)} and {digits(high)})")
        allowed[name] = (low, high)
    theta, free = prepare(cost, begin, fixed, tuple(allowed.values()))
    best = newton(cost, theta, free, tuple(allowed.values()))
    if free.any():
        m = minuit(cost, *theta, name=names)
        for i, nuisance in enumerate(cost.model.nuisances):
            m.errors[i] = nuisance.sigma if not nuisance.free else 0.1 * max(1.0, abs(theta[i]))
            m.limits[i] = allowed[names[i]]
            m.fixed[i] = not free[i]
        m.migrad()
        lower, upper = np.array(list(allowed.values())).T
        ended = np.where(free, np.clip(np.array(m.values), lower, upper), theta)
        other = newton(cost, ended, free, tuple(allowed.values())) if np.isfinite(ended).all() else best
        best = min(best, other, key=lambda found: (found[1], not found[2]))
    return _result(cost, *best, free, np.array(list(allowed.values())).reshape(-1, 2))


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
    of_kind(cost, "cost", Cost)
    known_name(name, cost.parameters, "parameter")
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
    of_kind(cost, "cost", Cost)
    for name in (x, y):
        known_name(name, cost.parameters, "parameter")
    if x == y:
        raise InputError(f"a contour needs two parameters (got {shown(x)} twice)")
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
    of_kind(cost, "cost", Cost)
    target = threshold(level)
    i = cost.parameters.index(known_name(name, cost.parameters, "parameter"))
    best, lowest = _best(cost)
    step = _reach(cost, best, i) * math.sqrt(target)
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
                return zero(above, inner, outer, 1e-9 * step)
            inner, size = outer, 2 * size
        return sign * math.inf

    lower, upper = cost.limits[i]
    return end(-1.0, lower), end(1.0, upper)


def significance(cost: Cost, name: str, value: float = 0.0) -> float:
    """The number of standard deviations between a value of a parameter and the best one: √Δχ², smallest over all others.

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
    of_kind(cost, "cost", Cost)
    known_name(name, cost.parameters, "parameter")
    theta, free = prepare(cost, None, {name: value})
    return math.sqrt(max(0.0, newton(cost, theta, free)[1] - _best(cost)[1]))


def threshold(level: float, parameters: int = 1) -> float:
    """Δχ² that the true values of some parameters exceed with the probability 1 − level.

    Parameters
    ----------
    level : float
        Level of confidence, > 0 and < 1.
    parameters : int
        Number of parameters that are given at once, 1 or more.

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
    p = real_number(level, "level", minimum=0.0, maximum=1.0, above=True)
    count = whole(parameters, "parameters")
    if p >= 1:
        raise InputError(f"level must be < 1 (got {shown(level)})")
    return chi2_quantile(p, count)


# ---- inside --------------------------------------------------------------------------------------------------------------


def _result(cost: Cost, theta: Array, value: float, converged: bool, free: NDArray[np.bool_], limits: Array) -> Fit:
    """A fit that has ended at these parameters, with errors from the curvature."""
    half = cost._expanded(theta, "full")[1] / 2
    at = free & ((theta == limits[:, 0]) | (theta == limits[:, 1]))
    covariance = np.where(free[:, None] & free, np.nan, 0.0)
    moving = free & ~(np.diagonal(half) == 0)  # what changes nothing has no error
    for index in (np.flatnonzero(moving), np.flatnonzero(moving & ~at)):
        found = _inverse(half[np.ix_(index, index)])
        if found is not None and math.isfinite(value):
            covariance[np.ix_(index, index)] = found
            break
    errors = np.sqrt(np.diagonal(covariance))
    # where the minimum is at a limit without being pushed there, it is found to a small part of the error
    with np.errstate(invalid="ignore"):
        at |= free & (np.abs(theta[:, None] - limits) < _NEAR * errors[:, None]).any(axis=1)
    valid = converged and math.isfinite(value) and bool((np.isfinite(errors) | at).all())
    return Fit(
        cost.parameters,
        tuple(theta.tolist()),
        tuple(errors.tolist()),
        tuple(tuple(row) for row in covariance.tolist()),
        value,
        valid,
        tuple(name for name, held in zip(cost.parameters, at, strict=True) if held),
    )


def _reach(cost: Cost, theta: Array, i: int) -> float:
    """About the standard deviation of a parameter; 1 where nothing depends on it."""
    half = cost._expanded(theta, "expected")[1] / 2
    diagonal = np.diagonal(half)
    if not (np.isfinite(half).all() and diagonal[i] > 0):
        return 1.0
    scale = np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    # in units in which each parameter weighs 1, whatever its own is
    variance = float(np.linalg.pinv(half / scale[:, None] / scale, rcond=1e-13, hermitian=True)[i, i])
    return math.sqrt(variance if variance > 0 else 1.0) / float(scale[i])


def _inverse(matrix: Array) -> Array | None:
    """The inverse of a matrix, if it is positive definite, by enough that three of its digits are right."""
    diagonal = np.diagonal(matrix)
    if not (np.isfinite(matrix).all() and (diagonal > 0).all()):
        return None
    scale = np.sqrt(diagonal)
    values, vectors = np.linalg.eigh(matrix / scale[:, None] / scale)
    if values.size and values[0] < 1e-13:
        return None
    return np.asarray((vectors / values) @ vectors.T / scale[:, None] / scale)


def _best(cost: Cost) -> tuple[Array, float]:
    theta, free = prepare(cost, None, None)
    theta, value, converged = newton(cost, theta, free)
    if not math.isfinite(value):
        raise InputError("the observed counts are impossible for any values of the parameters: chi2 is infinite")
    if not converged:
        raise UnsupportedError("the minimum of chi2 is not reached from the means of the parameters: give them nearer ones")
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
