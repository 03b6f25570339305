"""Files that are written: whole or not at all.

Contents go to new files beside the ones that are asked for, to the disk, and then take their names at once: a full disk or the
end of the process leaves what was there before. What is not a regular file, such as a device, a pipe or a link to one, has no
content to lose and must stay what it is: it is written to directly.
"""

from __future__ import annotations

import errno
import io
import os
import stat
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType

import numpy as np

from .._arguments import Array
from .._version import __version__
from ..errors import InputError
from .columns import last_line, path_of, plain, printable

_TRIES = 100  # of names for a new file


def write(files: Mapping[str, bytes]) -> None:
    """Write all files, or none: the first one takes its name when the last one lies complete on the disk.

    Parameters
    ----------
    files : mapping
        Path → content. The mode of a file that is there is kept, and a link to a file stays a link.

    Raises
    ------
    InputError
        For two paths of one file.
    OSError
        If a file cannot be written, with the path as it was given.
    """
    paths = {path_of(path): content for path, content in files.items()}
    if len(paths) < len(files):
        raise InputError("two paths of one file are to be written")
    distinct({path: path for path in paths}, "are to be written")
    ready: list[tuple[str, str, str]] = []
    through: list[str] = []
    try:
        for path, content in paths.items():
            try:
                if _special(path):
                    through.append(path)
                else:
                    _prepare(path, content, ready)
            except OSError as error:
                raise type(error)(error.errno, f"cannot be written: {error.strerror}", path) from None
        for path in through:
            try:
                _write_through(path, paths[path])
            except OSError as error:
                raise type(error)(error.errno, f"cannot be written: {error.strerror}", path) from None
        while ready:
            temporary, target, path = ready[0]
            try:
                os.replace(temporary, target)
            except OSError as error:
                raise type(error)(error.errno, f"cannot be written: {error.strerror}", path) from None
            ready.pop(0)
            _keep_name(os.path.dirname(target))
    finally:
        for temporary, _, _ in ready:
            os.unlink(temporary)


def distinct(files: Mapping[str, str | os.PathLike[str]], what: str = "are one file") -> None:
    """Refuse two names, such as options of a command, that stand for one regular file.

    Parameters
    ----------
    files : mapping
        Name of a file in the message → its path.
    what : str
        Subject of the message about two equal names.

    Raises
    ------
    InputError
        If two paths are of one file, or would be one when they are written; the message has both names.
    """
    seen: dict[object, str] = {}
    for name, path in files.items():
        path = path_of(path)
        if _special(path):
            continue
        real = os.path.realpath(path)
        try:
            found = os.stat(real)
            key: object = (found.st_dev, found.st_ino)
        except OSError:
            key = real
        if key in seen:
            raise InputError(f"{seen[key]} and {name} {what}: give two different files")
        seen[key] = name


def _special(path: str) -> bool:
    """Whether a path is of something that is there and no regular file, or of what the process prints to."""
    try:
        found = os.stat(path)
    except OSError:
        return False
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, "is a directory", path)
    return not stat.S_ISREG(found.st_mode) or _printed_to(found) is not None


def _printed_to(found: os.stat_result) -> int | None:
    """The descriptor of standard output or error, if the file is that: /dev/stdout where output goes to a file."""
    for stream, descriptor in ((sys.__stdout__, 1), (sys.__stderr__, 2)):
        if stream is not None:
            with suppress(OSError):
                if os.path.samestat(found, os.fstat(descriptor)):
                    return descriptor
    return None


def _write_through(path: str, content: bytes) -> None:
    descriptor = _printed_to(os.stat(path))
    if descriptor is None:
        with open(path, "wb") as file:
            file.write(content)
        return
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    with os.fdopen(os.dup(descriptor), "wb") as file:  # behind what has been printed, not over it
        file.write(content)


def _prepare(path: str, content: bytes, ready: list[tuple[str, str, str]]) -> None:
    """Write the content to a new file in the folder of the path."""
    target = os.path.realpath(path)  # of a link: the file that it names
    mode = None
    if os.path.exists(target):
        if not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        mode = stat.S_IMODE(os.stat(target).st_mode)
    folder = os.path.dirname(target)
    handle, temporary = _new(folder, 0o666 if mode is None else 0o600)
    ready.append((temporary, target, path))
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if mode is not None:
        _keep_owner(temporary, target)
        os.chmod(temporary, mode)


def _new(folder: str, mode: int) -> tuple[int, str]:
    """A file that was not there, with the rights that open() would give it."""
    for _ in range(_TRIES):
        temporary = os.path.join(folder, f".cevns-{os.urandom(6).hex()}.tmp")  # short, whatever the length of the path's name
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
            return os.open(temporary, flags, mode), temporary
        except FileExistsError:
            continue
    raise FileExistsError(errno.EEXIST, "no name is free for a new file", folder)


def _keep_owner(temporary: str, target: str) -> None:
    old, new = os.stat(target), os.stat(temporary)
    if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
        with suppress(OSError, AttributeError):  # only the system's administrator may, and not on Windows
            os.chown(temporary, old.st_uid, old.st_gid)


def _keep_name(folder: str) -> None:
    """Have the folder's entry on the disk too, where a folder can be opened."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def csv_file(facts: Mapping[str, str], columns: Mapping[str, Array], units: Sequence[str]) -> bytes:
    """The columns with all their digits, under comments that say of what they are; the last line is their checksum."""
    facts = {name: " ".join(value.split()) for name, value in facts.items()}
    names = [printable(f"{name} [{unit}]" if unit else name) for name, unit in zip(columns, units, strict=True)]
    return table_file(f"cevns {__version__}", names, np.transpose(list(columns.values())), facts)


def table_file(what: str, names: Sequence[str], rows: Array, facts: Mapping[str, str] = MappingProxyType({})) -> bytes:
    """A table of numbers with all their digits, which `read_columns` reads and knows to be whole.

    Parameters
    ----------
    what : str
        Text of the first line behind #.
    names : sequence of str
        The header.
    rows : ndarray (rows, columns)
        The numbers.
    facts : mapping
        Texts of further comments.
    """
    first = f"# {what}\n"
    text = io.StringIO()
    text.write(first)
    for name, value in facts.items():
        text.write(f"# {name}: {value}\n")
    # a # outside quotes would begin a comment
    header = ",".join('"{}"'.format(name.replace('"', '""')) if set(name) & set('",#') else name for name in names)
    text.write(f"{header}\n")
    cells = [[repr(value) for value in row] for row in rows.tolist()]
    text.writelines(f"{','.join(row)}\n" for row in cells)
    names = [name.encode(errors="backslashreplace").decode().strip() for name in names]
    text.write(last_line(first, [names, *([plain(cell) for cell in row] for row in cells)]))
    return text.getvalue().encode(errors="backslashreplace")
