"""The scan itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ..._arguments import flag, real_number, shown
from ...errors import InputError, UnsupportedError
from .arguments import checked_settings
from .blocks import Blocks, checked_likelihood, nuisances_of
from .checkpoints import Checkpoint
from .executors import results, task_for
from .grids import checked_grids, checked_ranges, number_of_points
from .profiles import STARTS
from .results import ScanResult

if TYPE_CHECKING:
    from concurrent.futures import Executor

_CHUNK = 16384  # points of a block at most, by default; with a profile a block asks for many more
_CHUNK_OF_PROFILE = 2048
_BLOCKS = 64  # of a scan at least, if they have some points each: work for many workers, and little to lose
_FEW = 256
_LARGEST = 2_000_000_000  # values of a result, 16 GB


def scan(
    likelihood: Any,
    grids: Mapping[str, ArrayLike],
    *,
    profile: Mapping[str, tuple[float, float]] | None = None,
    executor: Executor | None = None,
    progress: bool = False,
    chunk: int | None = None,
    resume: str | os.PathLike[str] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> ScanResult:
    """χ² over a grid of parameters.

    Parameters
    ----------
    likelihood : callable
        Takes a mapping of names to values (n,) and returns χ² = −2 ln(L/L_saturated) (n,): the method `likelihood` of
        templates, `functools.partial` of it, or a function of your own. Or an object with such a method.
    grids : mapping
        Name → increasing values; the axes of the result, in this order.
    profile : mapping, optional
        Name → (low, high) of 1 to 4 further parameters, over which χ² is made smallest at every point, to 1e-8. Nuisances of
        templates are profiled by their likelihood: `functools.partial(templates.likelihood, profile=False)` fixes them.
    executor : concurrent.futures.Executor, optional
        Executor that computes the blocks of points: threads, processes, `client.get_executor()` of Dask, `MPIPoolExecutor` of
        mpi4py.
    progress : bool
        Whether to show a bar (needs `tqdm`).
    chunk : int, optional
        Points that are asked for at once; by default 64 blocks, of 256 to 16384 points, or 2048 with a profile.
    resume : path, optional
        A file to which every finished block is appended at once. A scan that has been ended goes on with the same call, and
        what is there is not computed again. Delete the file when you no longer need it.
    settings : mapping, optional
        Settings to be kept with the result: anything that JSON can write.

    Returns
    -------
    ScanResult
        Bit for bit the same whatever the executor, if the likelihood is.

    Raises
    ------
    InputError, UnknownNameError
        For grids that do not increase or are not finite, unknown parameters, a likelihood that does not return n numbers or
        cannot be sent to other processes, and a file `resume` of another scan; all but the answers before the scan begins.
    UnsupportedError
        If tqdm is not installed, or for a profile over more than 4 parameters.
    Exception
        What the likelihood raises, with the point at which it does.

    Notes
    -----
    Memory: the result, and one block for each worker. An executor has twice as many blocks to do as it has workers; Ctrl-C
    takes back those that have not begun. Of two minima `profile` finds the lower if a value of a grid of 65 (two parameters:
    15 × 15, three: 13³, four: 7⁴) lies higher between them; else one of the two.

    Examples
    --------
    >>> import numpy as np
    >>> import cevns
    >>> def chi2(theta):
    ...     return (theta["x"] - 1) ** 2 + 4 * (theta["y"] - theta["x"]) ** 2
    >>> result = cevns.scan(chi2, {"x": np.linspace(-3, 3, 61), "y": np.linspace(-3, 3, 61)})
    >>> result.minimum
    Minimum(chi2=0, x=1, y=1)
    >>> [(round(low, 3), round(high, 3)) for low, high in result.interval("x", level=0.90)]
    [(-0.645, 2.645)]
    >>> along_x = cevns.scan(chi2, {"x": np.linspace(-3, 3, 61)}, profile={"y": (-3, 3)})
    >>> bool(np.allclose(along_x.profiled["y"], along_x.coords["x"], atol=1e-4))
    True
    """
    axes = checked_grids(grids)
    ranges = checked_ranges(profile, axes)
    if len(ranges) > max(STARTS):
        raise UnsupportedError(
            f"profile takes 1 to {max(STARTS)} parameters (got {len(ranges)}); more are nuisances of the likelihood"
        )
    asked = checked_likelihood(likelihood, (*axes, *ranges))
    blocks, state = Blocks(asked, axes, ranges), nuisances_of(asked)
    total = number_of_points(axes)
    size = _chunk(chunk, total, bool(ranges))
    _affordable(total, 1 + len(ranges))
    kept = checked_settings(settings)
    task = task_for(blocks, executor)
    update, close = _bar(total, progress)
    found = np.empty((1 + len(ranges), total))
    with ExitStack() as stack:
        stack.callback(close)
        checkpoint = None if resume is None else stack.enter_context(Checkpoint(resume, blocks, size))
        done = set() if checkpoint is None else checkpoint.restore(found)
        spans = [(first, min(first + size, total)) for first in range(0, total, size) if first not in done]
        update(total - sum(last - first for first, last in spans))
        for (first, last), block in stack.enter_context(closing(results(blocks, spans, executor, task))):
            found[:, first:last] = block
            if checkpoint is not None:
                checkpoint.keep(first, block)
            update(last - first)
    shape = tuple(values.size for values in axes.values())
    where = {name: row.reshape(shape) for name, row in zip(ranges, found[1:], strict=True)}
    return ScanResult(axes, found[0].reshape(shape), where, ranges, kept, state)


def _chunk(chunk: Any, total: int, profiled: bool) -> int:
    """Points of a block; they depend on the grid alone, so that the result does not depend on who computes it."""
    if chunk is None:
        return min(max(-(-total // _BLOCKS), _FEW), _CHUNK_OF_PROFILE if profiled else _CHUNK)
    number = real_number(chunk, "chunk", minimum=1.0)
    if number != int(number):
        raise InputError(f"chunk must be an integer (got {shown(chunk)})")
    return int(number)


def _affordable(points: int, arrays: int) -> None:
    """Refuse a scan whose result no memory holds, before anything is computed."""
    if points * arrays > _LARGEST:
        raise InputError(
            f"grids must have at most {_LARGEST // arrays:.0e} points together (got {points:.3g}, "
            f"{8e-9 * points * arrays:.3g} GB of results): take fewer values, or give some parameters to profile"
        )


def _bar(total: int, wanted: bool) -> tuple[Callable[[int], Any], Callable[[], Any]]:
    """What shows that some points are done, and what ends the show."""
    if not flag(wanted, "progress"):
        return lambda done: None, lambda: None
    try:
        from tqdm.auto import tqdm  # type: ignore[import-untyped,unused-ignore]
    except ImportError:
        raise UnsupportedError('a progress bar needs tqdm; install it with: pip install "cevns[progress]"') from None
    bar = tqdm(total=total, unit="point", unit_scale=True)
    return bar.update, bar.close
