"""Files that are written: whole or not at all, and what is there stays what it is."""

import os
import stat
import subprocess
import sys
import threading

import numpy as np
import pytest

import cevns
from cevns import Flux, InputError, ScanResult
from cevns.command_line.main import main
from cevns.data.writing import distinct, write

X = np.linspace(-1.0, 1.0, 9)
SPECTRUM = ("spectrum", "--source", "sns", "--target", "CsI", "--points", "5")


def plot(path):
    pytest.importorskip("matplotlib")
    assert main([*SPECTRUM, "--plot", str(path)]) == 0


def hdf5(path):
    pytest.importorskip("h5py")
    ScanResult({"x": X}, X**2).save(path)


# every function that writes a file, and the ending that it wants
WRITERS = {
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
    if name == "a.png" or save is WRITERS["output"][0]:
        assert main([*SPECTRUM, "--output" if name == "a.csv" else "--plot", str(path)]) == 2
        assert "No space left on device" in capsys.readouterr().err
    else:
        with pytest.raises(OSError, match="cannot be written: No space left on device"):
            save(path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


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
