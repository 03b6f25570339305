"""The result of a scan: χ² on a grid, and the limits and regions that follow from it."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from ..._arguments import Array, digits, known_name, mapped, real_array, real_number, several, shown
from ..._core import isa
from ..._immutable import kept
from ..._texts import cut, table
from ..._version import __version__
from ...errors import InputError, UnsupportedError
from ..checks import mapping
from ..fits import threshold
from ..minimum import Minimum
from .arguments import checked_settings, ends, integer, now, places, shaped, sizes_of
from .crossings import Curve, Regions
from .grids import axis, checked_grids, checked_ranges, told

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NUISANCES = ("profiled", "fixed", "")
_NEAR = 1e-6  # of a step of the grid: what `sel` takes for the same value


@dataclass(frozen=True, eq=False, repr=False)
class ScanResult:
    """χ² on a grid of parameters; what `cevns.scan` returns.

    Parameters
    ----------
    coords : mapping
        Name → increasing values (n,) of each axis, in the order of the axes.
    values : array_like
        χ², one axis for each parameter; inf where the expected counts are impossible.
    profiled : mapping, optional
        Name → values, shaped as χ², of parameters over which χ² has been made smallest.
    profile_ranges : mapping, optional
        Name → (low, high) of those: where the scan has looked.
    settings : mapping, optional
        Anything of yours that JSON can write.
    nuisances : {"profiled", "fixed", ""}
        Whether the nuisances of the likelihood took their best values at each point or stayed at their means; "" if it has
        none, or does not tell.
    library, instruction_set, date : str
        Version of cevns, instruction set of its kernels, and UTC when the result was made; by default those of now.

    Raises
    ------
    InputError
        For axes without names or that do not increase, values of another shape, that are no numbers or -inf.

    Notes
    -----
    Results are equal if axes, values, profiled parameters, their ranges, settings and nuisances are. They cannot be changed.
    Their repr is a line that tells what they are; `save` keeps them.

    Δχ² of `interval`, `limit`, `contours` and `plot` is that above the least χ² of this result, between the points of its grid
    too: after `sel(mass=10)` above the least one for this mass. They see no valley narrower than a step of the grid.

    Examples
    --------
    >>> import numpy as np
    >>> x, y = np.linspace(-4, 4, 81), np.linspace(-2, 2, 41)
    >>> result = ScanResult({"x": x, "y": y}, (x[:, None] - 1.03) ** 2 + (2 * y) ** 2)
    >>> result
    <ScanResult: chi2 of x (81) and y (41), least 0.0009 at x=1, y=0>
    >>> [(round(low, 4), round(high, 4)) for low, high in result.interval("x", level=0.90)]
    [(-0.6149, 2.6749)]
    >>> result.sel(y=0.5).values.shape
    (81,)
    """

    coords: Mapping[str, Array]
    values: Array
    profiled: Mapping[str, Array] = field(default_factory=dict)
    profile_ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    nuisances: str = ""
    library: str = __version__
    instruction_set: str = field(default_factory=isa.current)
    date: str = field(default_factory=lambda: now())

    def __post_init__(self) -> None:
        self.__dict__["coords"] = mapped(self.coords)
        if not isinstance(self.coords, Mapping):
            raise InputError(f"coords must map names of parameters to their values (got {shown(self.coords)})")
        coords = {name: axis(values, f"grid of {name!r}") for name, values in self.coords.items()}
        if coords:
            checked_grids(coords)
        shape = tuple(values.size for values in coords.values())
        values = real_array(self.values, "values", infinite=True)
        if (values == -math.inf).any():
            raise InputError("values must be > -inf: a chi2 of -inf is no result")
        values = shaped(values, shape, "values")
        if not isinstance(self.nuisances, str) or self.nuisances not in NUISANCES:
            raise InputError(f"nuisances must be one of {', '.join(map(repr, NUISANCES))} (got {shown(self.nuisances)})")
        profiled = {}
        for name in ("profiled", "profile_ranges", "settings"):
            if not isinstance(getattr(self, name), Mapping):
                raise InputError(f"{name} must map names to values (got {shown(getattr(self, name))})")
        for name, where in self.profiled.items():
            if name in coords:
                raise InputError(f"parameter {name!r} has a grid, and cannot be profiled too")
            profiled[name] = shaped(places(where, f"profiled {name!r}"), shape, f"profiled {name!r}")
            if (np.isnan(profiled[name]) & np.isfinite(values)).any():
                raise InputError(f"profiled {name!r} must be a number where chi2 is finite (got nan)")
        for name, value in {
            "coords": MappingProxyType(coords),
            "values": values,
            "profiled": MappingProxyType(profiled),
            "profile_ranges": MappingProxyType(checked_ranges(dict(self.profile_ranges), coords)),
            "settings": MappingProxyType(checked_settings(self.settings)),
        }.items():
            object.__setattr__(self, name, value)

    # ---- what it is --------------------------------------------------------------------------------------------------

    @property
    def dims(self) -> tuple[str, ...]:
        """Names of the axes."""
        return tuple(self.coords)

    @property
    def shape(self) -> tuple[int, ...]:
        """Lengths of the axes."""
        return self.values.shape

    @property
    def minimum(self) -> Minimum:
        """The least χ² of the grid, and where it is.

        Raises
        ------
        InputError
            If χ² is inf at every point.
        """
        place = np.unravel_index(int(np.argmin(self.values)), self.shape) if self.shape else ()
        chi2 = float(self.values[place])
        if chi2 == math.inf:
            raise InputError("chi2 is inf at every point: no minimum")
        found = {name: float(values[i]) for (name, values), i in zip(self.coords.items(), place, strict=True)}
        found |= {name: float(where[place]) for name, where in self.profiled.items()}
        return Minimum(tuple(found), tuple(found.values()), chi2)

    @property
    def delta(self) -> Array:
        """χ² above its least value on the grid, shaped as `values`."""
        return self.values - self.minimum.chi2

    # ---- parts of it -------------------------------------------------------------------------------------------------

    def isel(self, **places: int | slice) -> ScanResult:
        """The part at some numbers of some axes: an integer takes the axis away, a slice shortens it.

        Raises
        ------
        InputError, UnknownNameError
            For an unknown axis, a number outside, an empty or backward slice.
        """
        index: list[int | slice] = [slice(None)] * len(self.dims)
        for name, place in places.items():
            k = self._axis(name)
            size = self.shape[k]
            if isinstance(place, slice):
                start, stop, step = place.indices(size)
                if step < 0 or start >= stop:
                    raise InputError(f"slice of {name!r} must hold some of its {size} values, in order (got {place})")
                index[k] = place
            elif isinstance(place, bool) or not isinstance(place, int | np.integer) or not -size <= place < size:
                raise InputError(f"{name!r} must be an integer >= {-size} and < {size}, or a slice (got {shown(place)})")
            else:
                index[k] = int(place)
        coords = {name: values[i] for (name, values), i in zip(self.coords.items(), index, strict=True) if isinstance(i, slice)}
        return self._with(coords, self.values[tuple(index)], {n: w[tuple(index)] for n, w in self.profiled.items()})

    def sel(self, *, nearest: bool = False, **values: float | slice) -> ScanResult:
        """The part at some values of some axes: a number takes the axis away, a slice (ends included) shortens it.

        Parameters
        ----------
        nearest : bool
            Whether to take the nearest value of the grid for one that is between two of them.
        **values : float or slice
            Axis → value.

        Raises
        ------
        InputError, UnknownNameError
            For an unknown axis, a value that is not on the grid, or outside it, a slice without values.
        """
        places: dict[str, int | slice] = {}
        for name, value in values.items():
            grid = self.coords[self.dims[self._axis(name)]]
            if isinstance(value, slice):
                if value.step is not None:
                    raise InputError(f"slice of {name!r} must be slice(low, high) (got {value})")
                low = grid[0] if value.start is None else real_number(value.start, name)
                high = grid[-1] if value.stop is None else real_number(value.stop, name)
                # ends of numpy.arange are off by rounding
                near = _NEAR * (float(np.diff(grid).min()) if grid.size > 1 else abs(float(grid[0])))
                inside = (
                    np.flatnonzero((grid >= low - near) & (grid <= high + near)) if low <= high else np.array([], dtype=int)
                )
                if not inside.size:
                    raise InputError(f"no value of {name!r} is >= {low:g} and <= {high:g} (it goes from {ends(grid)})")
                places[name] = slice(int(inside[0]), int(inside[-1]) + 1)
                continue
            number = real_number(value, name)
            k = int(np.argmin(np.abs(grid - number)))
            step = float(np.min(np.diff(grid)[max(k - 1, 0) : k + 1], initial=np.inf))
            off = abs(float(grid[k]) - number)
            if off > _NEAR * (step if step < np.inf else abs(float(grid[k]))):
                if not grid[0] <= number <= grid[-1]:
                    raise InputError(f"{name!r} must be >= {grid[0]:.10g} and <= {grid[-1]:.10g} (got {digits(number)})")
                if not nearest:
                    raise InputError(f"{name!r} has no value {number:g}: the nearest is {grid[k]:.10g}; nearest=True takes it")
            places[name] = k
        return self.isel(**places)

    def profile(self, *names: str) -> ScanResult:
        """χ² of some parameters only, smallest over the other axes; where they are then is in `profiled`.

        Raises
        ------
        InputError, UnknownNameError
            For no name, one that stands twice, an unknown axis.

        Notes
        -----
        The smallest of the grid: its steps make χ² too large by at most what it changes within half a step.
        """
        if not names or len(set(names)) < len(names):
            raise InputError(f"profile needs the names of axes, each once (got {shown(names)})")
        kept = [self._axis(name) for name in names]
        others = [k for k in range(len(self.dims)) if k not in kept]
        shape = tuple(self.shape[k] for k in kept)

        def arranged(array: Array) -> Array:
            return np.transpose(array, kept + others).reshape(*shape, -1)

        chi2 = arranged(self.values)
        best = np.argmin(chi2, axis=-1)[..., None]
        where = {name: np.take_along_axis(arranged(w), best, -1)[..., 0] for name, w in self.profiled.items()}
        if others:
            places = np.unravel_index(best[..., 0], tuple(self.shape[k] for k in others))
            where |= {self.dims[k]: self.coords[self.dims[k]][place] for k, place in zip(others, places, strict=True)}
        coords = {name: self.coords[name] for name in names}
        return self._with(coords, np.take_along_axis(chi2, best, -1)[..., 0], where)

    # ---- what it says ------------------------------------------------------------------------------------------------

    @staticmethod
    def threshold(level: float = 0.90, dof: int = 1, *, one_sided: bool = False) -> float:
        """Δχ² of a level of confidence, by Wilks' theorem.

        Parameters
        ----------
        level : float
            The probability that the true values are inside, > 0 and < 1; > 0.5 if one-sided. It means the same in `interval`,
            `limit`, `contours` and `plot`, of `dof` parameters at once.
        dof : int
            Parameters that are given at once.
        one_sided : bool
            Whether the parameter can be wrong on one side only, so that 2·level − 1 stands for level; for one parameter.

        Raises
        ------
        InputError
            For values outside their range.

        Notes
        -----
        | level [%] | 68.27 | 90 | 95 | 99 |
        | --- | --- | --- | --- | --- |
        | 1 parameter, one-sided | 0.23 | 1.64 | 2.71 | 5.41 |
        | 1 parameter | 1.00 | 2.71 | 3.84 | 6.63 |
        | 2 parameters | 2.30 | 4.61 | 5.99 | 9.21 |

        `scipy.stats.chi2.ppf(level, dof)`. In the plane of a mediator's coupling and mass both are in use: limits on the
        coupling for each mass, of 1 parameter (2.71), and regions of both, of 2 (4.61). Say which is yours.

        Examples
        --------
        >>> [round(ScanResult.threshold(0.90, **how), 2) for how in ({}, {"dof": 2}, {"one_sided": True})]
        [2.71, 4.61, 1.64]
        """
        if not one_sided:
            return threshold(level, integer(dof))
        p = real_number(level, "level", minimum=0.5, maximum=1.0, above=True)
        if integer(dof) != 1:
            raise InputError(f"one_sided is for one parameter (got dof={shown(dof)})")
        return threshold(2 * p - 1)

    def interval(self, name: str, level: float = 0.90, *, dof: int = 1, one_sided: bool = False) -> list[tuple[float, float]]:
        """Where Δχ² of one parameter, smallest over the other axes, is below the threshold of a level of confidence.

        Parameters
        ----------
        name : str
            The axis.
        level, dof, one_sided
            See `threshold`.

        Returns
        -------
        list of (float, float)
            All of them, in order: there are several where bands are apart. An end is −inf or inf where the grid ends first.

        Raises
        ------
        InputError, UnknownNameError
            For an unknown axis, or a level outside its range.

        Notes
        -----
        Ends are the roots of cubics through the nearest four points: of χ² and the parameter (its logarithm, on a grid with
        equal factors) or a power of it, or of logarithms of both, whichever finds the outer two points best from the others.
        Powers of a coupling are right to 2 % with four points a decade. Δχ² is that above the least χ², which is the bottom of
        such cubics where it stands between points, or 0 if it is below and no χ² is; the same for `limit`, `contours` and
        `plot`. All are exact for a χ² that is a parabola.
        Of counts that are Poisson and above their background, limits on g of a signal g² are right to 10 % with four points a
        decade, and to 2 % with six; of a signal g⁴ they need sixteen.
        """
        height = self.threshold(level, dof, one_sided=one_sided)
        curve = self._curve(name)
        if curve.lowest == math.inf:
            raise InputError("chi2 is inf at every point: no interval")
        return curve.intervals(self._least, height)

    def limit(
        self,
        name: str,
        level: float = 0.90,
        *,
        at: Mapping[str, float] | None = None,
        dof: int = 1,
        one_sided: bool = False,
        above: str | float = "each",
    ) -> float | Array:
        """Upper limits on one parameter, for each value of the other axes.

        Parameters
        ----------
        name : str
            The axis, such as a coupling.
        level, dof, one_sided
            See `threshold`.
        at : mapping, optional
            Values of some other axes; the limit is for them only.
        above : {"each", "all"} or float
            Above which χ² Δχ² is: the least for the same values of the other axes, the least of all, or this one – that of the
            Standard Model.

        Returns
        -------
        float or ndarray
            Above it every value of the grid is excluded; shaped as the other axes. inf where the largest value of the grid is
            not excluded, nan where all values are. Below a limit there may be values that are excluded: see `interval`.

        Raises
        ------
        InputError, UnknownNameError
            For an unknown axis, a level outside its range.
        """
        self._axis(name)
        at = mapping(at, "at must map names of axes to values", "{'mass': 10.0}")
        if at:
            if name in at:
                raise InputError(f"limit of {name!r} cannot be at a value of it")
            above = "each" if (base := self._base(above)) is None else base
            return self.sel(nearest=False, **at).limit(name, level, dof=dof, one_sided=one_sided, above=above)
        height = self.threshold(level, dof, one_sided=one_sided)
        base = self._base(above)
        columns = np.moveaxis(self.values, self._axis(name), -1)
        limits = np.empty(columns.shape[:-1])
        for place in np.ndindex(limits.shape):
            curve = Curve(self.coords[name], columns[place])
            found = curve.intervals(curve.lowest if base is None else base, height)
            limits[place] = found[-1][1] if found and curve.lowest < math.inf else math.nan
        return limits if limits.ndim else float(limits)

    def contours(self, level: float = 0.90, *, dof: int = 2, one_sided: bool = False) -> list[Array]:
        """Lines around the region of two parameters that is allowed at a level of confidence.

        Parameters
        ----------
        level, dof, one_sided
            See `threshold`.

        Returns
        -------
        list of ndarray (k, 2)
            Lines of points (first axis, second axis); closed ones end where they begin. They pass the lines of the grid where
            `interval` would, and run straight between them, in the logarithm of an axis with equal factors.

        Raises
        ------
        InputError
            For a result that has not two axes, or a level outside its range.
        UnsupportedError
            If contourpy, which comes with matplotlib, is not installed.
        """
        if len(self.dims) != 2:
            raise InputError(f"contours need two axes (got {self._told()}): see profile() and sel()")
        if min(self.shape) < 2:
            raise InputError(f"contours need at least 2 values of each axis (got {self._told()})")
        x, y = self.coords.values()
        return Regions(x, y, self.values, self._least, self.threshold(level, dof, one_sided=one_sided)).lines

    # ---- out of here -------------------------------------------------------------------------------------------------

    def plot(
        self,
        levels: float | Iterable[float] = (0.68, 0.90, 0.95),
        *,
        dof: int | None = None,
        labels: Mapping[str, str] | None = None,
        title: str = "",
        ax: Axes | None = None,
    ) -> Figure:
        """Δχ² of one parameter, or the allowed regions of two, as a matplotlib figure.

        Parameters
        ----------
        levels : float or iterable of float
            Levels of confidence, as of `interval` and `contours`: the probability that the true values are inside.
        dof : int, optional
            Parameters that are given at once: the number of axes by default. The legend says which.
        labels : mapping, optional
            Axis → what stands beside it, drawn as it is given: formulas between dollar signs.
        title : str
            Title of the drawing.
        ax : matplotlib.axes.Axes, optional
            Axes of yours to draw into; by default those of a new figure.

        Returns
        -------
        matplotlib.figure.Figure
            Axes with equal factors are logarithmic.

        Raises
        ------
        InputError
            For a result with more than two axes: `profile` or `sel` first.
        UnsupportedError
            If matplotlib is not installed.
        """
        from .drawings import drawn

        listed = (levels,) if np.ndim(levels) == 0 else several(levels, "levels must be one level or a list of them")  # type: ignore[arg-type]
        return drawn(self, listed, dof, labels or {}, title, ax)

    def to_xarray(self) -> xarray.DataArray:
        """An `xarray.DataArray` of χ², with profiled parameters as further coordinates.

        Raises
        ------
        UnsupportedError
            If xarray is not installed.
        """
        try:
            import xarray
        except ImportError:
            raise UnsupportedError("to_xarray needs xarray; install it with: pip install xarray") from None
        coords: dict[str, Any] = {name: values.copy() for name, values in self.coords.items()}
        coords |= {name: (self.dims, where.copy()) for name, where in self.profiled.items()}
        return xarray.DataArray(self.values.copy(), coords, self.dims, "chi2", {**self._facts, **self.settings})

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it to a file: .npz, or .h5 and .hdf5 (which need `h5py`), with all that made it; or .csv.

        A .csv file is a table for other programs, as the command `scan` writes it: a row for each point with its parameters, χ²
        and Δχ². It is not read again.

        Raises
        ------
        UnknownNameError
            For another ending.
        UnsupportedError
            If h5py is needed and not installed.
        OSError
            If the file cannot be written.
        """
        from .storage import saved

        saved(self, path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> ScanResult:
        """Read what `save` has written.

        Raises
        ------
        InputError, UnknownNameError
            For another ending, or a file with something else in it, arrays that are elsewhere, or another checksum.
        UnsupportedError
            If h5py is needed and not installed.
        OSError
            If the file cannot be read.
        """
        from .storage import loaded

        return loaded(path, cls)

    # ---- inside ------------------------------------------------------------------------------------------------------

    def _axis(self, name: str) -> int:
        return self.dims.index(known_name(name, self.dims, "axis"))

    def _with(self, coords: Mapping[str, Array], values: Array, profiled: Mapping[str, Array]) -> ScanResult:
        ranges = {name: pair for name, pair in self.profile_ranges.items() if name in profiled}
        return ScanResult(coords, values, profiled, ranges, *self._arguments()[4:])

    def _curve(self, name: str) -> Curve:
        """χ² of one parameter, smallest over the other axes, between their points too."""
        values = np.moveaxis(self.values, self._axis(name), 0)
        for other in reversed([each for each in self.dims if each != name]):
            lead = values.shape[:-1]
            rows = values.reshape(-1, values.shape[-1])
            values = np.array([Curve(self.coords[other], row).lowest for row in rows]).reshape(lead)
        return Curve(self.coords[name], values)

    @kept
    def _least(self) -> float:
        """The least χ², between points of the grid too: what Δχ² is above."""
        self.minimum  # noqa: B018 - which there must be
        return min((self._curve(name).lowest for name in self.dims), default=self.minimum.chi2)

    def _base(self, above: str | float) -> float | None:
        """χ² above which limits are; None for that of each column."""
        if isinstance(above, str):
            return None if known_name(above, ("each", "all"), "base of a limit (above)") == "each" else self._least
        return real_number(above, "above")

    def _told(self) -> str:
        return sizes_of(self.dims, self.shape)

    @property
    def _facts(self) -> dict[str, str]:
        library = f"cevns {self.library}"
        return {"nuisances": self.nuisances, "library": library, "instruction_set": self.instruction_set, "date": self.date}

    def _arguments(self) -> tuple[Any, ...]:
        return (
            dict(self.coords),
            self.values,
            dict(self.profiled),
            dict(self.profile_ranges),
            dict(self.settings),
            self.nuisances,
            self.library,
            self.instruction_set,
            self.date,
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return ScanResult, self._arguments()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ScanResult):
            return NotImplemented
        return (
            self.dims == other.dims
            and all(np.array_equal(values, other.coords[name]) for name, values in self.coords.items())
            and np.array_equal(self.values, other.values)
            and list(self.profiled) == list(other.profiled)
            and all(np.array_equal(where, other.profiled[n], equal_nan=True) for n, where in self.profiled.items())
            and dict(self.profile_ranges) == dict(other.profile_ranges)
            and dict(self.settings) == dict(other.settings)
            and self.nuisances == other.nuisances
        )

    def __hash__(self) -> int:
        return hash((self.dims, self.shape, (self.values + 0.0).tobytes()))  # −0 and 0 are equal

    def _repr_html_(self) -> str:
        rows = [[name, f"{values.size} values", ends(values)] for name, values in self.coords.items()]
        if not self.values.size or float(self.values.min()) == math.inf:
            return table("Scan, impossible everywhere", rows)
        least = self.minimum
        rows = [[*row, f"least χ² at {least.place[row[0]]:.6g}"] for row in rows]
        return table(f"Scan with least χ² = {least.chi2:.6g}", rows)

    def __repr__(self) -> str:
        state = self.nuisances and f"; nuisances {self.nuisances}"
        if not self.values.size or float(self.values.min()) == math.inf:
            return cut(f"<ScanResult: chi2 of {self._told()}, impossible everywhere{state}>")
        least = self.minimum
        return cut(f"<ScanResult: chi2 of {self._told()}, least {least.chi2:.6g} at {told(least.place) or 'it'}{state}>")
