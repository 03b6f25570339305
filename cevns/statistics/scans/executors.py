"""Who computes the blocks: this thread, or any executor of `concurrent.futures`, which never has more than a few to do."""

from __future__ import annotations

import os
import pickle
from collections.abc import Generator, Iterable
from contextlib import suppress
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from ..._arguments import Array, shown
from ...errors import InputError
from .blocks import Blocks

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

Span = tuple[int, int]  # the first point of a block, and the first behind it


def results(
    blocks: Blocks, spans: Iterable[Span], executor: Executor | None, task: tuple[Any, ...]
) -> Generator[tuple[Span, Array], None, None]:
    """Each block's result, as soon as it is there.

    Parameters
    ----------
    blocks : Blocks
        Blocks to be computed.
    spans : iterable of (int, int)
        The blocks.
    executor : concurrent.futures.Executor, optional
        Who computes them; it gets twice as many at once as it has workers, and stays open.
    task : tuple
        Task from `task_for` of both.
    """
    if executor is None:
        for span in spans:
            yield span, blocks.block(*span)
        return
    from concurrent.futures import FIRST_COMPLETED, wait

    most = 2 * _workers(executor)
    waiting: dict[Future[Array], Span] = {}
    left = iter(spans)
    try:
        while True:
            for span in islice(left, most - len(waiting)):
                waiting[executor.submit(*task, *span)] = span
            if not waiting:
                return
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                yield waiting.pop(future), future.result()
    finally:  # an exception, Ctrl-C, or nobody wants more
        for future in waiting:
            future.cancel()


def task_for(blocks: Blocks, executor: Any) -> tuple[Any, ...]:
    """A function, and its arguments before the numbers of a block: what an executor is asked for.

    Raises
    ------
    InputError
        For an executor without `submit`, its class, a client of Dask, or a likelihood that cannot be sent to its workers.
    """
    if executor is None:
        return (blocks.block,)
    if isinstance(executor, type):
        raise InputError(f"executor must be an executor, not its class: give {executor.__name__}() (got the class)")
    if callable(getattr(executor, "get_executor", None)):  # a client of Dask submits too, but futures of its own
        raise InputError(
            f"executor must be one of concurrent.futures: give client.get_executor() (got a {type(executor).__name__} itself)"
        )
    if not callable(getattr(executor, "submit", None)):
        raise InputError(f"executor must have a method `submit`, as those of concurrent.futures (got {shown(executor)})")
    from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

    if type(executor) is ThreadPoolExecutor:  # not what is made of it: interpreters have to be sent the likelihood too
        return (blocks.block,)
    return _unpacked_block, _packed(blocks, plain=isinstance(executor, ProcessPoolExecutor))


def _packed(blocks: Blocks, *, plain: bool) -> bytes:
    """The blocks as bytes: by cloudpickle where the executor's workers know of it, which takes functions of a notebook too."""
    pickler: Any = pickle
    if not plain:
        with suppress(ImportError):
            import cloudpickle as pickler  # type: ignore[import-not-found,import-untyped,no-redef,unused-ignore]
    try:
        return bytes(pickler.dumps(blocks, protocol=pickle.HIGHEST_PROTOCOL))
    except Exception as error:
        hint = "a function at the top of a module, a method of an object of cevns, or functools.partial of these can"
        raise InputError(
            f"likelihood cannot be sent to other processes: {error}; {hint}; an executor of threads needs no sending"
        ) from error


def _unpacked_block(packed: bytes, first: int, last: int) -> Array:
    return _unpacked(packed).block(first, last)


@lru_cache(maxsize=2)  # a worker unpacks a likelihood once, not for each block
def _unpacked(packed: bytes) -> Blocks:
    blocks: Blocks = pickle.loads(packed)
    return blocks


def _workers(executor: Any) -> int:
    """How many blocks an executor computes at once, as far as can be known."""
    for name in ("_max_workers", "num_workers"):  # of concurrent.futures, of mpi4py
        if isinstance(number := getattr(executor, name, None), int) and number > 0:
            return number
    client = getattr(executor, "_client", None)  # of Dask
    if client is not None:
        return max(1, sum(map(int, client.nthreads().values())))
    return max(8, os.cpu_count() or 1)
