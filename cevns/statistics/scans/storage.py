"""Results in files: NumPy's .npz, or HDF5.

A file is read member by member: only those that a result has, each of the size that its axes ask for, and none from elsewhere.
A checksum over all of them tells a file that has been changed or damaged.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, BinaryIO, TypeVar

import numpy as np

from ..._arguments import Array, known_name
from ...data.columns import path_of
from ...data.writing import csv_file, write
from ...errors import CevnsError, InputError, UnsupportedError

Made = TypeVar("Made")

ENDINGS = (".npz", ".h5", ".hdf5")
TABLE = ".csv"  # which is written, and not read
UNITS = MappingProxyType({"mass": "MeV", "mediator_mass": "MeV", "neutron_skin": "fm"})
_FORMAT = "cevns scan 3"
_TEXTS = ("format", "nuisances", "library", "instruction_set", "date")
_LISTS = ("parameters", "profiled")
_MAPPINGS = ("profile_ranges", "settings")
_CHECKSUM = "checksum"
_SEAL = b"\ncevns checksum of all bytes before this line\n"  # behind the HDF5 file, where its readers do not look
_SUM = 16  # bytes
_LONGEST = 1 << 24  # characters of the facts
_MOST = 1_000_000_000  # values of an array

_Member = Callable[[str, tuple[int, ...] | None], Array]  # of a name and the shape that it must have


def ending(path: str | os.PathLike[str]) -> str:
    """The ending of the name of a result's file, if that names its format."""
    return known_name(os.path.splitext(path_of(path))[1].lower(), ENDINGS, "ending of a file of a scan")


def encoded(result: Any, kind: str) -> bytes:
    """The content of the file."""
    facts: dict[str, Any] = {
        "format": _FORMAT,
        "parameters": list(result.dims),
        "profiled": list(result.profiled),
        "profile_ranges": {name: list(pair) for name, pair in result.profile_ranges.items()},
        "settings": dict(result.settings),
        "nuisances": result.nuisances,
        "library": result.library,
        "instruction_set": result.instruction_set,
        "date": result.date,
    }
    arrays = _arrays(result.coords, result.values, result.profiled)
    facts[_CHECKSUM] = _checksum(facts, arrays)
    if len(json.dumps(facts)) > _LONGEST:
        raise InputError(f"settings of a scan must have <= {_LONGEST} characters as JSON to be saved")
    buffer = io.BytesIO()
    if kind == ".npz":
        np.savez_compressed(buffer, facts=np.array(json.dumps(facts)), **arrays)  # type: ignore[arg-type]
        return buffer.getvalue()
    with _h5py().File(buffer, "w") as file:
        chi2 = file.create_dataset("chi2", data=result.values)
        for k, (name, values) in enumerate(result.coords.items()):
            scale = file.create_dataset(_key("coords", name), data=values)
            scale.make_scale(name)
            chi2.dims[k].label = name
            chi2.dims[k].attach_scale(scale)
        for name, values in result.profiled.items():
            file.create_dataset(_key("profiled", name), data=values)
        for name, fact in facts.items():
            file.attrs[name] = fact if isinstance(fact, str) else json.dumps(fact)
    content = buffer.getvalue()
    return content + _SEAL + hashlib.blake2b(content, digest_size=_SUM).digest()


def table(result: Any, facts: Mapping[str, str], units: Mapping[str, str]) -> bytes:
    """The content of a table: a row for each point, below comments with the facts; units by the name of a parameter."""
    mesh = np.meshgrid(*result.coords.values(), indexing="ij")
    columns = {name: values.reshape(-1) for name, values in zip(result.dims, mesh, strict=True)}
    columns |= {name: values.reshape(-1) for name, values in result.profiled.items()}
    chi2 = result.values.reshape(-1)
    least = float(chi2.min())
    columns |= {"chi2": chi2, "delta chi2": chi2 - least if least < math.inf else chi2}
    return csv_file(facts, columns, [units.get(name, "") for name in columns])


def saved(result: Any, path: str | os.PathLike[str]) -> None:
    """See `ScanResult.save`; the file is whole or not there."""
    kind = known_name(os.path.splitext(path_of(path))[1].lower(), (*ENDINGS, TABLE), "ending of a file of a scan")
    if kind != TABLE:
        write({path_of(path): encoded(result, kind)})
        return
    facts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in result.settings.items()}
    write({path_of(path): table(result, facts | {name: fact for name, fact in result._facts.items() if fact}, UNITS)})


def loaded(path: str | os.PathLike[str], make: Callable[..., Made]) -> Made:
    """The result that `make`, its class, builds from a file; see `cevns.ScanResult.load`."""
    kind = ending(path)
    path = path_of(path)
    with open(path, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise InputError(f"{path} is not the file of a scan (it is no regular file)")
        try:
            return make(*(_npz(file) if kind == ".npz" else _hdf5(file)))
        except UnsupportedError:
            raise
        except MemoryError:
            raise InputError(f"{path} holds a scan that is too large for the memory") from None
        except _FOREIGN as error:
            text = " ".join(str(error).split())
            raise InputError(f"{path} is not the file of a scan ({text[:150] or type(error).__name__})") from None


# What a damaged or foreign file makes json, zipfile, NumPy, h5py and the result itself raise.
_FOREIGN = (
    CevnsError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    OSError,
    EOFError,
    RuntimeError,  # NotImplementedError and RecursionError too
    OverflowError,
    zipfile.BadZipFile,
    zlib.error,
)


def _npz(file: BinaryIO) -> tuple[Any, ...]:
    with zipfile.ZipFile(file) as archive:
        names = [info.filename for info in archive.infolist()]

        def opened(name: str, longest: int) -> tuple[Any, tuple[int, ...], Any]:
            """A member behind its header, its shape and type; its length is what these say."""
            member = f"{name}.npy"
            if names.count(member) != 1:
                raise ValueError(f"{name} stands there {names.count(member)} times")
            info = archive.getinfo(member)
            stream = archive.open(info)
            version = np.lib.format.read_magic(stream)
            read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            shape, column_major, dtype = read(stream)
            size = math.prod(shape)
            if column_major and len(shape) > 1:
                raise ValueError(f"the axes of {name} stand in another order")
            if size > longest or info.file_size != stream.tell() + size * dtype.itemsize:
                raise ValueError(f"the size of {name} is not that of its values")
            return stream, shape, dtype

        def member(name: str, shape: tuple[int, ...] | None) -> Array:
            stream, found, dtype = opened(name, _MOST)
            _check_shape(name, found, shape, dtype)
            values = np.frombuffer(stream.read(), dtype)  # to the end, which compares the archive's own checksum
            return np.asarray(values.astype(np.float64)).reshape(found)

        stream, shape, dtype = opened("facts", 1)
        if shape != () or dtype.kind != "U" or dtype.itemsize > 4 * _LONGEST:
            raise ValueError("facts are no text")
        text = str(np.frombuffer(stream.read(), dtype)[0])
        return _read(_checked(json.loads(text)), member)


def _hdf5(file: BinaryIO) -> tuple[Any, ...]:
    h5py = _h5py()
    _check_seal(file)
    with h5py.File(file, "r") as content:

        def member(name: str, shape: tuple[int, ...] | None) -> Array:
            place = content
            for part in name.split("/"):
                link = place.get(part, getlink=True)
                if not isinstance(link, h5py.HardLink):
                    raise ValueError(f"{name} is not in the file itself")
                place = place[part]
            if not isinstance(place, h5py.Dataset) or place.is_virtual or place.external:
                raise ValueError(f"{name} is not in the file itself")
            if place.size is None or place.size > _MOST:
                raise ValueError(f"the size of {name} is not that of its values")
            _check_shape(name, place.shape, shape, place.dtype)
            if place.id.get_storage_size() != 8 * place.size:  # one that is empty on the disk may claim any size
                raise ValueError(f"the size of {name} is not that of its values")
            return np.asarray(place[()], dtype=np.float64)

        facts: dict[str, Any] = {}
        for name in (*_TEXTS, *_LISTS, *_MAPPINGS, _CHECKSUM):
            fact = content.attrs[name]
            if not isinstance(fact, str) or len(fact) > _LONGEST:
                raise ValueError(f"{name} is no text")
            facts[name] = fact if name in (*_TEXTS, _CHECKSUM) else json.loads(fact)
        return _read(_checked(facts), member)


def _check_seal(file: BinaryIO) -> None:
    """Refuse a file that is not as it was written before HDF5 sees it, whose library can hang or crash on a damaged one."""
    rest = file.seek(0, os.SEEK_END) - len(_SEAL) - _SUM
    file.seek(0)
    found = hashlib.blake2b(digest_size=_SUM)
    while rest > 0:
        piece = file.read(min(rest, 1 << 20))
        if not piece:
            break
        found.update(piece)
        rest -= len(piece)
    if rest or file.read() != _SEAL + found.digest():
        raise ValueError("it is damaged, has been changed, or is another HDF5 file: its checksum is another one")
    file.seek(0)


def _checked(facts: Any) -> dict[str, Any]:
    """The facts, if they are those of a result."""
    if not isinstance(facts, dict) or facts.get("format") != _FORMAT:
        raise ValueError("its format is another one")
    for names, kind in (((*_TEXTS, _CHECKSUM), str), (_LISTS, list), (_MAPPINGS, dict)):
        for name in names:
            if not isinstance(facts.get(name), kind):
                raise ValueError(f"{name} is missing or wrong")
    for name in _LISTS:
        if not all(isinstance(parameter, str) for parameter in facts[name]):
            raise ValueError(f"{name} must be names")
    return facts


def _read(facts: dict[str, Any], member: _Member) -> tuple[Any, ...]:
    """The arguments of the result: its axes first, which say how large the rest is."""
    coords = {name: member(_key("coords", name), None) for name in facts["parameters"]}
    shape = tuple(values.size for values in coords.values())
    if math.prod(shape) > _MOST or any(values.ndim != 1 for values in coords.values()):
        raise ValueError("its axes are no axes")
    chi2 = member("chi2", shape)
    profiled = {name: member(_key("profiled", name), shape) for name in facts["profiled"]}
    said = facts.pop(_CHECKSUM)
    if said != _checksum(facts, _arrays(coords, chi2, profiled)):
        raise ValueError("it is damaged, or has been changed: its checksum is another one")
    ranges = {name: (low, high) for name, (low, high) in facts["profile_ranges"].items()}
    return (coords, chi2, profiled, ranges, facts["settings"], *(facts[name] for name in _TEXTS[1:]))


def _arrays(coords: Mapping[str, Array], chi2: Array, profiled: Mapping[str, Array]) -> dict[str, Array]:
    """Member → its values."""
    arrays = {_key("coords", name): values for name, values in coords.items()}
    arrays |= {_key("profiled", name): values for name, values in profiled.items()}
    return arrays | {"chi2": chi2}


def _key(group: str, name: str) -> str:
    """The member of a parameter, whose name may be anything: what a path could not hold is written as %number."""
    odd = "%/\\"
    safe = "".join(f"%{ord(c):X}" if c in odd or not c.isprintable() or (c == "." and not i) else c for i, c in enumerate(name))
    return f"{group}/{safe}"


def _check_shape(name: str, found: tuple[int, ...], wanted: tuple[int, ...] | None, dtype: np.dtype[Any]) -> None:
    if dtype.kind != "f" or dtype.itemsize != 8:
        raise ValueError(f"{name} has values of type {dtype}")
    if wanted is not None and found != wanted:
        raise ValueError(f"{name} has the shape {found}, not that of the axes, {wanted}")


def _checksum(facts: Mapping[str, Any], arrays: Mapping[str, Array]) -> str:
    found = hashlib.blake2b(json.dumps(facts, sort_keys=True).encode(), digest_size=_SUM)
    for name in sorted(arrays):
        values = np.ascontiguousarray(arrays[name], dtype="<f8")
        found.update(f"{name} {values.shape}".encode())
        found.update(values.tobytes())
    return found.hexdigest()


def _h5py() -> Any:
    try:
        import h5py  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        raise UnsupportedError('files of HDF5 need h5py; install it with: pip install "cevns[hdf5]"') from None
    return h5py
