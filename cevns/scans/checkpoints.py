"""Files that keep the blocks of a scan which are done, so that it can go on where it has been ended.

A line of JSON says of which scan the blocks are. Each block follows as one record with a checksum: what was being written when
the process ended is found out, cut off, and computed again. Only one scan at a time writes to a file.
"""

import hashlib
import json
import os
import pickle
import struct
import tempfile
from types import TracebackType
from typing import Any, BinaryIO

import numpy as np

from .._arguments import Array
from .._core import isa
from .._version import __version__
from ..errors import InputError
from .blocks import Blocks, Likelihood
from .grids import coordinates, told

_FORMAT = "cevns scan, blocks 1"
_HEAD = struct.Struct("<4sqq")  # mark, first point, first point behind it
_MARK = b"blk\n"
_SUM = 16  # bytes
_SAME = 1e-9  # of χ²: relative and absolute difference that another block size or instruction set can make
_PROBES = 3


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
        self._path = os.fspath(path)
        self._blocks = blocks
        self._chunk = chunk
        self._settings: dict[str, Any] = {
            "format": _FORMAT,
            "grids": {name: values.tolist() for name, values in blocks.grids.items()},
            "profile": {name: list(pair) for name, pair in blocks.profile.items()},
            "chunk": chunk,
            "likelihood": fingerprint(blocks.likelihood),
            "library": __version__,
            "instruction set": isa.current(),
        }
        self._file: BinaryIO | None = None

    def __enter__(self) -> "Checkpoint":
        if not os.path.exists(self._path):
            _begin(self._path, (json.dumps(self._settings) + "\n").encode())
        self._file = open(self._path, "r+b", buffering=0)
        try:
            _lock(self._file, self._path)
            self._there = self._checked(self._file)
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
        same = all(self._there[name] == self._settings[name] for name in ("likelihood", "library", "instruction set"))
        if done and not (same and self._settings["likelihood"]):
            self._probe(into, sorted(done))
        return done

    def keep(self, first: int, block: Array) -> None:
        """Append a block (1 + m, n)."""
        assert self._file is not None
        head = _HEAD.pack(_MARK, first, first + block.shape[1])
        body = np.ascontiguousarray(block, dtype="<f8").tobytes()
        record = memoryview(head + body + _checksum(head + body))
        while record:
            record = record[self._file.write(record) :]

    def _checked(self, file: BinaryIO) -> dict[str, Any]:
        """The settings of the file, if they are those of this scan."""
        there = _settings(file, self._path)
        here = json.loads(json.dumps(self._settings))
        differences = []
        if list(there["grids"]) != list(here["grids"]):
            differences.append(f"its parameters are {', '.join(there['grids'])}, not {', '.join(here['grids'])}")
        else:
            for name, values in here["grids"].items():
                if there["grids"][name] != values:
                    differences.append(f"its grid of {name!r} is {_axis(there['grids'][name])}, not {_axis(values)}")
        if list(there["profile"].items()) != list(here["profile"].items()):
            differences.append(f"its profile is {there['profile']}, not {here['profile']}")
        if there["chunk"] != here["chunk"]:
            differences.append(f"its chunk is {there['chunk']}, not {here['chunk']}")
        if differences:
            raise InputError(f"{self._path} holds another scan: {'; '.join(differences)}")
        return there

    def _probe(self, kept: Array, done: list[int]) -> None:
        """The likelihood looks different, which need not mean much: whether it gives what is kept, at a few points."""
        for first in {done[0], done[len(done) // 2], done[-1]} if len(done) >= _PROBES else done:
            there = float(kept[0, first])
            here = float(self._blocks.block(first, first + 1)[0, 0])
            if here != there and not abs(here - there) <= _SAME * (1 + abs(there)):
                place = told(coordinates(self._blocks.grids, first, first + 1))
                raise InputError(
                    f"{self._path} holds the scan of another likelihood: at {place} "
                    f"chi2 is {there:.10g} there, and {here:.10g} here"
                )


def fingerprint(likelihood: Likelihood) -> str:
    """What stays the same as long as a likelihood does, mostly; "" for one that has no bytes."""
    try:
        return hashlib.sha256(pickle.dumps(likelihood, protocol=4)).hexdigest()
    except Exception:
        return ""


def _settings(file: BinaryIO, path: str) -> dict[str, Any]:
    """The first line of the file, behind which the blocks begin."""
    line = b""
    while not line.endswith(b"\n") and (more := file.read(65536)):
        head, newline, _ = more.partition(b"\n")
        line += head + newline
        if not line.startswith(b'{"format"'[: len(line)]):
            break
    try:
        there = json.loads(line)
        known = there["format"] == _FORMAT
    except (ValueError, KeyError, TypeError):
        known = False
    if not known:
        raise InputError(f"{path} is not a file of blocks of a scan: give resume the name of a new one")
    file.seek(len(line))
    found: dict[str, Any] = there
    return found


def _begin(path: str, line: bytes) -> None:
    """Make a file that has its first line from the first moment on."""
    folder, name = os.path.split(os.path.realpath(path))
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
    except OSError as error:
        raise type(error)(error.errno, f"cannot be written: {error.strerror}", path) from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(line)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
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


def _axis(values: list[float]) -> str:
    return f"{len(values)} values from {values[0]:g} to {values[-1]:g}"
