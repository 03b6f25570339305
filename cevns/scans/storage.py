"""Results in files: NumPy's .npz, or HDF5."""

import io
import json
import os
import tempfile
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np

from .._arguments import known_name
from ..errors import InputError, UnsupportedError

if TYPE_CHECKING:
    from .results import ScanResult

ENDINGS = (".npz", ".h5", ".hdf5")
_FORMAT = "cevns scan 1"


def ending(path: str | os.PathLike[str]) -> str:
    """How the name of a file of a result ends, if that says what it is."""
    return known_name(os.path.splitext(os.fspath(path))[1].lower(), ENDINGS, "ending of a file of a scan")


def encoded(result: "ScanResult", kind: str) -> bytes:
    """The content of the file."""
    facts = {
        "format": _FORMAT,
        "parameters": list(result.dims),
        "profiled": list(result.profiled),
        "profile_ranges": {name: list(pair) for name, pair in result.profile_ranges.items()},
        "settings": dict(result.settings),
        "library": result.library,
        "instruction_set": result.instruction_set,
        "date": result.date,
    }
    buffer = io.BytesIO()
    if kind == ".npz":
        arrays = {f"coords/{name}": values for name, values in result.coords.items()}
        arrays |= {f"profiled/{name}": values for name, values in result.profiled.items()}
        np.savez_compressed(buffer, chi2=result.values, facts=np.array(json.dumps(facts)), **arrays)  # type: ignore[arg-type]
        return buffer.getvalue()
    with _h5py().File(buffer, "w") as file:
        chi2 = file.create_dataset("chi2", data=result.values)
        for k, (name, values) in enumerate(result.coords.items()):
            scale = file.create_dataset(f"coords/{name}", data=values)
            scale.make_scale(name)
            chi2.dims[k].label = name
            chi2.dims[k].attach_scale(scale)
        for name, values in result.profiled.items():
            file.create_dataset(f"profiled/{name}", data=values)
        for name, fact in facts.items():
            file.attrs[name] = fact if isinstance(fact, str) else json.dumps(fact)
    return buffer.getvalue()


def saved(result: "ScanResult", path: str | os.PathLike[str]) -> None:
    """See `ScanResult.save`; the file is whole or not there."""
    content = encoded(result, ending(path))
    folder, name = os.path.split(os.path.realpath(path))
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
    except OSError as error:
        raise type(error)(error.errno, f"cannot be written: {error.strerror}", os.fspath(path)) from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)  # as open() would have made it
        os.replace(temporary, os.path.join(folder, name))
    except BaseException:
        os.unlink(temporary)
        raise


def loaded(path: str | os.PathLike[str]) -> "ScanResult":
    """See `ScanResult.load`."""
    from .results import ScanResult

    kind = ending(path)
    with open(path, "rb") as file:
        content = io.BytesIO(file.read())
    try:
        facts, arrays = _npz(content) if kind == ".npz" else _hdf5(content)
        if facts["format"] != _FORMAT:
            raise KeyError("format")
        return ScanResult(
            {name: arrays[f"coords/{name}"] for name in facts["parameters"]},
            arrays["chi2"],
            {name: arrays[f"profiled/{name}"] for name in facts["profiled"]},
            {name: (low, high) for name, (low, high) in facts["profile_ranges"].items()},
            facts["settings"],
            facts["library"],
            facts["instruction_set"],
            facts["date"],
        )
    except (KeyError, ValueError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
        if isinstance(error, UnsupportedError):
            raise
        raise InputError(f"{os.fspath(path)} is not the file of a scan ({error})") from None


def _npz(content: io.BytesIO) -> tuple[dict[str, Any], dict[str, Any]]:
    with np.load(content, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    return json.loads(str(arrays.pop("facts"))), arrays


def _hdf5(content: io.BytesIO) -> tuple[dict[str, Any], dict[str, Any]]:
    h5py = _h5py()
    arrays: dict[str, Any] = {}
    with h5py.File(content, "r") as file:
        file.visititems(lambda name, item: arrays.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None)
        texts = ("format", "library", "instruction_set", "date")
        facts = {name: fact if name in texts else json.loads(fact) for name, fact in file.attrs.items()}
    return facts, arrays


def _h5py() -> Any:
    try:
        import h5py  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        raise UnsupportedError('files of HDF5 need h5py; install it with: pip install "cevns[hdf5]"') from None
    return h5py
