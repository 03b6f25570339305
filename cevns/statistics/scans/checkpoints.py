"""Files that keep the blocks of a scan which are done, so that it can go on where it has been ended.

A line of JSON says of which scan the blocks are. Each block follows as one record with a checksum: what was being written when
the process ended is found out, cut off, and computed again. Only one scan at a time writes to a file. The likelihood is always
asked again at a few points of what is there: it may be the same function and read something else.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import struct
from types import TracebackType
from typing import Any, BinaryIO

import numpy as np

from ..._arguments import Array, digits
from ..._core import isa
from ..._version import __version__
from ...data.columns import path_of
from ...errors import InputError
from .blocks import Blocks
from .grids import coordinates, told

_FORMAT = "cevns scan, blocks 1"
_HEAD = struct.Struct("<4sqq")  # mark, first point, first point behind it
_MARK = b"blk\n"
_SUM = 16  # bytes
_SAME = 1e-9  # of χ²: relative and absolute difference that another block size or instruction set can make
_GOLDEN = 0.6180339887498949
_PROBES = 8  # points that are asked for again
_LONGEST = 1 << 28  # bytes of the first line
_TYPES = {"grids": dict, "profile": dict, "chunk": int, "library": str, "instruction set": str}


class Checkpoint:
    """The file of a scan; a context, within which the file is this scan's alone.

    Parameters
    ----------
    path : path
        The file; made if it is not there.
    blocks : Blocks
        The scan.
    chunk : int
        Points of a block.

    Raises
    ------
    InputError
        If the file holds something else or another scan, or another scan is writing to it.
    OSError
        If the file cannot be read or written.
    """

    def __init__(self, path: str | os.PathLike[str], blocks: Blocks, chunk: int) -> None:
        self._path = path_of(path)
        self._blocks = blocks
        self._chunk = chunk
        self._settings: dict[str, Any] = {
            "format": _FORMAT,
            "grids": {name: values.tolist() for name, values in blocks.grids.items()},
            "profile": {name: list(pair) for name, pair in blocks.profile.items()},
            "chunk": chunk,
            "library": __version__,
            "instruction set": isa.current(),
        }
        self._file: BinaryIO | None = None

    def __enter__(self) -> Checkpoint:
        self._file = _opened(self._path)
        try:
            # whoever has the lock and finds the file empty begins it: of two scans that start together one does
            if not os.fstat(self._file.fileno()).st_size:
                _append(self._file, (json.dumps(self._settings) + "\n").encode())
                self._file.seek(0)
            self._check(self._file)
        except BaseException:
            self._file.close()
            raise
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()

    def restore(self, into: Array) -> set[int]:
        """Put what is kept into (1 + m, n_points); the first points of the blocks that are there."""
        assert self._file is not None
        done: set[int] = set()
        rows, total, chunk = into.shape[0], into.shape[1], self._chunk
        end = self._file.tell()
        while True:
            head = self._file.read(_HEAD.size)
            if len(head) < _HEAD.size:
                break
            mark, first, last = _HEAD.unpack(head)
            if mark != _MARK or first % chunk or not 0 <= first < last == min(first + chunk, total):
                break
            body = self._file.read(8 * rows * (last - first))
            if self._file.read(_SUM) != _checksum(head + body):
                break
            into[:, first:last] = np.frombuffer(body, dtype="<f8").reshape(rows, last - first)
            done.add(first)
            end = self._file.tell()
        self._file.seek(end)
        self._file.truncate()
        if done:
            self._probe(into, done)
        return done

    def keep(self, first: int, block: Array) -> None:
        """Append a block (1 + m, n)."""
        assert self._file is not None
        head = _HEAD.pack(_MARK, first, first + block.shape[1])
        body = np.ascontiguousarray(block, dtype="<f8").tobytes()
        _append(self._file, head + body + _checksum(head + body))

    def _check(self, file: BinaryIO) -> None:
        """Refuse a file whose settings are not those of this scan."""
        there = _settings(file, self._path)
        here = json.loads(json.dumps(self._settings))
        differences = []
        if list(there["grids"]) != list(here["grids"]):
            differences.append(f"its parameters are {', '.join(there['grids'])}, not {', '.join(here['grids'])}")
        else:
            for name, values in here["grids"].items():
                if there["grids"][name] != values:
                    differences.append(f"its grid of {name!r} {_other(there['grids'][name], values)}")
        if list(there["profile"].items()) != list(here["profile"].items()):
            differences.append(f"its profile is {there['profile']}, not {here['profile']}")
        if there["chunk"] != here["chunk"]:
            differences.append(f"its chunk is {there['chunk']}, not {here['chunk']}")
        if differences:
            raise InputError(f"{self._path} holds another scan: {'; '.join(differences)}")

    def _probe(self, kept: Array, done: set[int]) -> None:
        """Ask the likelihood again at a few points, and refuse what is kept if it says something else."""
        total = kept.shape[1]
        there = np.concatenate([np.arange(first, min(first + self._chunk, total)) for first in sorted(done)])
        chi2 = kept[0, there]
        # the ends, where effects are largest, the best point, and others without a common step
        chosen = [0, there.size - 1, int(np.argmin(chi2)), int(np.argmax(np.where(chi2 < np.inf, chi2, -np.inf)))]
        chosen += [int(there.size * (k * _GOLDEN % 1.0)) for k in range(1, _PROBES)]
        for point in dict.fromkeys(int(there[i]) for i in list(dict.fromkeys(chosen))[:_PROBES]):
            was = float(kept[0, point])
            now = float(self._blocks.block(point, point + 1)[0, 0])
            if now != was and not abs(now - was) <= _SAME * (1 + abs(was)):
                place = told(coordinates(self._blocks.grids, point, point + 1))
                raise InputError(
                    f"{self._path} holds the scan of another likelihood: at {place} "
                    f"chi2 is {was:.10g} there, and {now:.10g} here"
                )


def _settings(file: BinaryIO, path: str) -> dict[str, Any]:
    """The first line of the file, behind which the blocks begin."""
    line = b""
    while not line.endswith(b"\n") and len(line) < _LONGEST and (more := file.read(65536)):
        head, newline, _ = more.partition(b"\n")
        line += head + newline
        if not line.startswith(b'{"format"'[: len(line)]):
            break
    try:
        there = json.loads(line)
        known = line.endswith(b"\n") and _is_settings(there)
    except (ValueError, RecursionError):
        known = False
    if not known:
        raise InputError(f"{path} is not a file of blocks of a scan: give resume the name of a new one")
    file.seek(len(line))
    found: dict[str, Any] = there
    return found


def _is_settings(there: Any) -> bool:
    """Whether a first line has all that it must have."""
    if not isinstance(there, dict) or there.get("format") != _FORMAT:
        return False
    if not all(isinstance(there.get(name), kind) for name, kind in _TYPES.items()):
        return False
    lists = [*there["grids"].values(), *there["profile"].values()]
    return bool(there["grids"]) and all(
        isinstance(values, list) and values and all(isinstance(value, int | float) for value in values) for values in lists
    )


def _opened(path: str) -> BinaryIO:
    """The file of the path, made if it is not there, and locked; the path still names it then."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0), 0o666)
        file = open(handle, "r+b", buffering=0)  # noqa: SIM115 (it stays open as long as the scan)
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise InputError(f"{path} is not a file of blocks of a scan: it is no regular file")
            _lock(file, path)
            try:
                if os.path.samestat(os.stat(path), os.fstat(handle)):
                    return file
            except FileNotFoundError:
                pass
        except BaseException:
            file.close()
            raise
        file.close()  # another process has removed or replaced it since it was opened


def _append(file: BinaryIO, record: bytes) -> None:
    """Write a record as a whole: where the disk is full the file is as it was."""
    start = file.tell()
    rest = memoryview(record)
    try:
        while rest:
            rest = rest[file.write(rest) :]
    except BaseException:
        file.seek(start)
        file.truncate()
        raise


def _lock(file: BinaryIO, path: str) -> None:
    """Keep other scans out; some file systems cannot."""
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise InputError(f"{path} is being written by another scan") from None
    except OSError:
        return


def _checksum(record: bytes) -> bytes:
    return hashlib.blake2b(record, digest_size=_SUM).digest()


def _other(there: list[float], here: list[float]) -> str:
    """What a grid is, and is not."""
    for was, now in zip(there, here, strict=False):
        if was != now and len(there) == len(here):
            return f"has {digits(was)}, not {digits(now)}"
    return f"is {_axis(there)}, not {_axis(here)}"


def _axis(values: list[float]) -> str:
    return f"{len(values)} values from {values[0]:g} to {values[-1]:g}"
