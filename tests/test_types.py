"""What type checkers are told of the public functions: a number gives a number, an array an array, and nothing is Any."""

import ast
import inspect
import subprocess
import sys
import typing

import pytest

import cevns
from cevns import electrons, kinematics
from cevns.scattering import coherence, overloads

PROTOCOLS = {
    cevns.cross_section: overloads.CrossSection,
    cevns.differential_rate: overloads.DifferentialRate,
    cevns.binned_rate: overloads.BinnedRate,
    cevns.rate: overloads.Rate,
}

TYPED = [
    *(getattr(kinematics, name) for name in kinematics.__all__),
    *PROTOCOLS,
    cevns.differential_cross_section,
    cevns.angular_cross_section,
    coherence.coherence_loss,
    coherence.coherent_limit,
    coherence.coherent_scaling,
    electrons.recoil_energy_max,
    electrons.differential_cross_section,
    cevns.Flux.spectrum,
    cevns.Flux.moments,
    cevns.form_factors.FormFactor.__call__,
]

SCRIPT = """
import numpy as np
from typing import assert_type
from numpy.typing import NDArray

import cevns

Array = NDArray[np.float64]
flux = cevns.sources.sns()
assert_type(cevns.rate(flux, "CsI"), float)
x: float = cevns.rate(flux, "CsI", threshold=5) * 2
assert_type(cevns.rate(flux, "CsI", threshold=[1.0, 2.0]), Array)
assert_type(cevns.rate(flux, "CsI", covariance=True), tuple[float, float])
assert_type(cevns.differential_rate(10.0, flux, "CsI"), float)
assert_type(cevns.differential_rate(10.0, flux, "CsI", split="flavor"), Array)
assert_type(cevns.differential_rate(recoil_energy=[5.0, 10.0], flux=flux, target="CsI"), Array)
cevns.differential_rate([5.0, 10.0], flux, "CsI").sum()
rates, covariance = cevns.binned_rate([1.0, 2.0], flux, "CsI", covariance=True)
assert_type(rates, Array)
assert_type(covariance, Array)
argon = cevns.Nuclide("40Ar")
assert_type(cevns.cross_section(30.0, argon), float)
assert_type(cevns.cross_section(30.0, argon, threshold=np.ones(3)), Array)
assert_type(cevns.differential_cross_section(neutrino_energy=30.0, recoil_energy=1, nuclide=argon), float)
assert_type(cevns.differential_cross_section(1.0, [30.0, 40.0], argon, flavor="numu"), Array)
assert_type(cevns.recoil_energy_max(30, argon), float)
assert_type(cevns.recoil_energy_max(np.linspace(1, 2), argon), Array)
assert_type(flux.spectrum(30.0), float)
assert_type(flux.spectrum([30.0]), Array)
assert_type(cevns.form_factors.Helm()(50.0, argon), float)
assert_type(cevns.coherence.coherence_loss(30.0, argon), float)
"""


@pytest.mark.parametrize("function", TYPED, ids=lambda function: f"{function.__module__}.{function.__qualname__}")
def test_what_a_function_returns_has_a_type(function):
    found = eval(inspect.signature(function).return_annotation, vars(sys.modules[function.__module__]))
    assert found is not typing.Any
    assert typing.Any not in typing.get_args(found)


@pytest.mark.parametrize("function", PROTOCOLS, ids=lambda function: function.__name__)
def test_type_checkers_see_the_arguments_that_a_function_has(function):
    (true,) = ast.parse(inspect.getsource(function)).body
    (seen_as,) = ast.parse(inspect.getsource(PROTOCOLS[function])).body
    shapes = [each for each in seen_as.body if isinstance(each, ast.FunctionDef)]
    assert len(shapes) >= 2
    for each in shapes:
        assert [a.arg for a in each.args.args] == ["self", *(a.arg for a in true.args.args)]
        assert [a.arg for a in each.args.kwonlyargs] == [a.arg for a in true.args.kwonlyargs]
        assert [ast.unparse(d) for d in each.args.defaults] == [ast.unparse(d) for d in true.args.defaults]


def test_a_strict_script_of_a_user_is_understood(tmp_path):
    pytest.importorskip("mypy")
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(script)]
    found = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert found.returncode == 0, found.stdout


def test_a_strict_script_of_a_user_runs_and_its_values_have_the_types_that_checkers_see(monkeypatch):
    seen = []

    def compared(value, expected):
        origin = typing.get_origin(expected) or expected
        assert isinstance(value, origin)
        seen.append(origin)
        return value

    monkeypatch.setattr(typing, "assert_type", compared)
    exec(compile(SCRIPT, "script", "exec"), {})
    assert len(seen) == SCRIPT.count("\nassert_type(")
