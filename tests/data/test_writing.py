"""Files that are written: whole or not at all, and what is there stays what it is."""

import ast
import os
import stat
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

import cevns
from cevns import Flux, InputError, ScanResult
from cevns.command_line.main import main
from cevns.data.writing import distinct, write

X = np.linspace(-1.0, 1.0, 9)
SCAN = ("scan", "coherent-csi-2021", "--asimov", "--model", "nsi", "--x", "eps_ee_u=-1:1:3")
SPECTRUM = ("spectrum", "--source", "sns", "--target", "CsI", "--points", "5")


def plot(path):
    pytest.importorskip("matplotlib")
    assert main([*SPECTRUM, "--plot", str(path)]) == 0


def hdf5(path):
    pytest.importorskip("h5py")
    ScanResult({"x": X}, X**2).save(path)


# every function that writes a file, and the ending that it wants
WRITERS = {
    "table of a scan": (lambda path: ScanResult({"x": X}, X**2).save(path), "a.csv"),
    "rates": (lambda path: main(["rate", *SPECTRUM[1:5], "--output", str(path)]), "a.csv"),
    "counts": (lambda path: main(["predict", "coherent-csi-2021", "--output", str(path)]), "a.csv"),
    "scan": (lambda path: main([*SCAN, "--output", str(path)]), "a.csv"),
    "flux": (lambda path: cevns.sources.ess().to_csv(path), "a.csv"),
    "table of a flux": (lambda path: cevns.sources.flat(1.0, 5.0).to_csv(path, [1.0, 2.0]), "a.csv"),
    "npz": (lambda path: ScanResult({"x": X}, X**2).save(path), "a.npz"),
    "hdf5": (hdf5, "a.h5"),
    "output": (lambda path: main([*SPECTRUM, "--output", str(path)]), "a.csv"),
    "plot": (plot, "a.png"),
}


@pytest.fixture(params=WRITERS, ids=WRITERS)
def writer(request):
    return WRITERS[request.param]


def test_an_old_file_is_replaced_as_a_whole_and_keeps_its_mode(tmp_path, writer):
    save, name = writer
    path = tmp_path / name
    path.write_bytes(b"old")
    path.chmod(0o640)
    held = path.open("rb")  # as a reader has it, or a second link
    save(path)
    assert held.read() == b"old"
    held.close()
    assert len(path.read_bytes()) > 100
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_has_the_mode_that_the_process_gives(tmp_path, writer):
    save, name = writer
    before = os.umask(0o027)
    try:
        save(tmp_path / name)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o640


def test_a_link_to_a_file_stays_a_link(tmp_path, writer):
    save, name = writer
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder" / f"target{name}", tmp_path / name
    target.write_bytes(b"old")
    link.symlink_to(target)
    save(link)
    assert link.is_symlink()
    assert len(target.read_bytes()) > 100


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name here")
def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path, writer):
    save, name = writer
    path = tmp_path / name
    os.mkfifo(path)
    read = []
    reader = threading.Thread(target=lambda: read.append(path.read_bytes()))
    reader.start()
    save(path)
    reader.join(60)
    assert stat.S_ISFIFO(path.stat().st_mode)
    assert len(read[0]) > 100


@pytest.mark.skipif(not os.path.exists("/dev/null"), reason="no such device here")
def test_a_device_and_a_link_to_it_stay_what_they_are(tmp_path, writer):
    save, name = writer
    link = tmp_path / name
    link.symlink_to("/dev/null")
    save(link)
    assert link.is_symlink()
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, writer, monkeypatch, capsys):
    save, name = writer
    path = tmp_path / name
    path.write_bytes(b"old")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    said = ""
    try:
        save(path)
    except (OSError, AssertionError) as error:
        said = str(error)
    assert "cannot be written: No space left on device" in said + capsys.readouterr().err  # of a command
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.slow
def test_an_exception_in_the_middle_leaves_the_old_file_and_nothing_else(tmp_path, writer, monkeypatch):
    save, name = writer
    path = tmp_path / name
    path.write_bytes(b"old")
    for step in ("fsync", "replace", "chmod"):

        def interrupted(*arguments):
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(os, step, interrupted)
            with suppress(KeyboardInterrupt, AssertionError):  # a command ends with its exit status
                save(path)
        assert path.read_bytes() == b"old", step
        assert list(tmp_path.iterdir()) == [path], step


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no such device here")
def test_a_full_device_is_said(tmp_path, writer, capsys):
    save, name = writer
    link = tmp_path / name
    link.symlink_to("/dev/full")
    said = ""
    try:
        save(link)
    except (OSError, AssertionError) as error:
        said = str(error)
    assert "cannot be written: No space left on device" in said + capsys.readouterr().err
    assert link.is_symlink()


# what writes to a file, whoever calls it
_WRITING = {"savefig", "save", "savez", "savez_compressed", "savetxt", "tofile", "write_text", "write_bytes", "touch", "to_csv"}
_WRITING |= {
    "dump",
    "to_json",
    "to_pickle",
    "to_netcdf",
    "File",
    "NamedTemporaryFile",
    "mkstemp",
    "fdopen",
    "replace",
    "rename",
}
_IN_MEMORY = {"buffer", "text", "BytesIO"}  # or read: names of first arguments


def test_every_file_is_written_in_one_place():
    package = Path(cevns.__file__).parent
    found = set()
    for path in package.rglob("*.py"):
        if path.name.startswith("build_") or path.parts[-2] == "reference":
            continue  # they make the package's own tables, and are run by hand
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            of = node.func.value.id if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) else ""
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Name) and first.id in _IN_MEMORY:
                continue
            opens = name in ("open", "File") and of in ("", "os", "io", "h5py")
            if opens and (len(node.args) < 2 or ast.unparse(node.args[1]) in ("'r'", "'rb'")):
                continue  # to read
            known = of in ("os", "np", "json", "tempfile") or name not in ("replace", "save", "File", "touch")
            if not opens and not (name in _WRITING and known):
                continue
            found.add(f"{path.relative_to(package).as_posix()}: {of}{'.' * bool(of)}{name}")
    assert found == {
        "command_line/main.py: os.open",  # of the null device, where nobody reads what is printed
        "data/writing.py: open",
        "data/writing.py: os.fdopen",
        "data/writing.py: os.open",
        "data/writing.py: os.replace",
        "statistics/scans/checkpoints.py: open",  # a file that grows while a scan runs
        "statistics/scans/checkpoints.py: os.open",
    }


def test_of_several_files_none_is_written_if_one_cannot_be(tmp_path):
    with pytest.raises(IsADirectoryError):
        write({str(tmp_path / "a"): b"a", str(tmp_path): b"b"})
    with pytest.raises(FileNotFoundError):
        write({str(tmp_path / "a"): b"a", str(tmp_path / "nowhere" / "b"): b"b"})
    assert list(tmp_path.iterdir()) == []


def test_names_as_long_as_the_system_allows_can_be_written(tmp_path):
    path = tmp_path / ("x" * 251 + ".csv")
    write({str(path): b"a"})
    assert path.read_bytes() == b"a"


def test_one_file_under_two_names_is_refused(tmp_path):
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    os.link(tmp_path / "a", tmp_path / "c")
    for other in ("b", "c", "./a"):
        with pytest.raises(InputError, match="--output and --plot name one file"):
            distinct({"--output": tmp_path / "a", "--plot": f"{tmp_path}/{other}"}, "name one file")
    distinct({"--output": tmp_path / "a", "--plot": tmp_path / "d"})
    distinct({"--output": "/dev/null", "--plot": "/dev/null"})


def test_standard_output_in_a_file_is_written_behind_what_was_printed(tmp_path):
    if not os.path.exists("/dev/stdout"):
        pytest.skip("no such device here")
    code = "from cevns.data.writing import write; print('before'); write({'/dev/stdout': b'content\\n'}); print('after')"
    with open(tmp_path / "printed", "wb") as printed:
        subprocess.run(
            [sys.executable, "-P", "-c", code], stdout=printed, check=True, env={**os.environ, "PYTHONPATH": _root()}
        )
    assert (tmp_path / "printed").read_text() == "before\ncontent\nafter\n"


def _root():
    return os.path.dirname(os.path.dirname(cevns.__file__))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems know no names that are no text")
def test_a_name_that_is_no_text_is_no_reason_to_refuse_a_file(tmp_path, capsys):
    path = os.fsencode(tmp_path) + b"/\xff\n flux.csv"
    with open(path, "w") as file:
        file.write("energy,nue\n1,2\n30,4\n")
    flux = Flux.from_csv(path)
    assert flux.components[0].name.isprintable()
    flux.to_csv(path)
    assert Flux.from_csv(path) == flux
    out = str(tmp_path / "out.csv")
    assert main(["rate", "--source", os.fsdecode(path), "--target", "CsI", "--output", out]) == 0
    with open(out, encoding="utf-8") as file:
        assert "\\udcff" in file.read()
    capsys.readouterr()
