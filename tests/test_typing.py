"""What type checkers read: a number gives a number, an array an array."""

import typing

import pytest

import cevns
from cevns import dark_matter

SCRIPT = """
import numpy as np
import cevns

flux = cevns.sources.sns()
reveal_type(cevns.rate(flux, "CsI"))
reveal_type(cevns.differential_rate(10.0, flux, "CsI"))
reveal_type(cevns.rate(flux, "CsI", threshold=[1.0, 2.0]))
reveal_type(cevns.rate(flux, "CsI", None, np.array([1.0])))
reveal_type(cevns.differential_rate(np.array([1.0]), flux, "CsI"))
reveal_type(cevns.differential_rate(1.0, flux, "CsI", split="flavor"))
reveal_type(cevns.rate(flux.history([0.0, 1.0]), "CsI"))
reveal_type(cevns.binned_rate([1.0, 2.0], flux, "CsI"))
"""


def test_rates_of_numbers_are_numbers_and_of_arrays_arrays(tmp_path):
    api = pytest.importorskip("mypy.api")
    path = tmp_path / "script.py"
    path.write_text(SCRIPT, encoding="utf-8")
    told, complaints, status = api.run(["--strict", "--cache-dir", str(tmp_path / "cache"), str(path)])
    assert status == 0, told + complaints
    revealed = [line.split('"')[1] for line in told.splitlines() if "Revealed type" in line]
    assert revealed[:2] == ["float", "float"]
    assert all(each.startswith("numpy.ndarray[") and "float64" in each for each in revealed[2:])
    assert len(revealed) == 8


@pytest.mark.parametrize("function", [cevns.rate, cevns.differential_rate, cevns.binned_rate, dark_matter.rate])
def test_rates_say_what_they_return(function):
    returned = [typing.get_type_hints(each).get("return") for each in typing.get_overloads(function)]
    assert returned
    assert typing.Any not in returned
