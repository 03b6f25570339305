"""What the tests share: every instruction set of this machine in turn, and the library's objects for the registry's cases."""

import math
from contextlib import contextmanager

import pytest
from hypothesis import settings

from cevns import Component, Flux, form_factors, spectra
from cevns._core import isa
from cevns.command_line.main import main

# The same examples in every run, and no time limit for one: the machines of a CI are slow at odd moments.
settings.register_profile("cevns", max_examples=60, deadline=None, derandomize=True, database=None)
settings.load_profile("cevns")

# pytest.approx(x, rel=...) would also take whatever is within 1e-12 of x: any cross section in cm². A test that needs an
# absolute tolerance says which. tests/_core/test_elementary.py sees that this works.
type(pytest.approx(1.0)).DEFAULT_ABSOLUTE_TOLERANCE = 0.0


def pytest_addoption(parser):
    parser.addoption("--fuzz", type=int, default=15_000, help="number of calls with an absurd argument (tests/test_fuzz.py)")
    parser.addoption("--seed", type=int, default=1, help="seed of these calls")


def pytest_collection_modifyitems(items):
    for item in items:
        if "instruction_set" in item.fixturenames:
            item.add_marker("kernels")
        if "oracle" in item.path.parts:
            item.add_marker("oracle")


@contextmanager
def _in_use(name):
    before = isa.current()
    isa.use(name)
    try:
        yield name
    finally:
        isa.use(before)


@pytest.fixture(params=isa.available())
def instruction_set(request):
    """The name of an instruction set that all kernels use during the test; each that this machine has."""
    with _in_use(request.param) as name:
        yield name


@pytest.fixture(scope="session")
def using_instruction_set():
    """A context manager: `with using_instruction_set("baseline"):` …"""
    return _in_use


@pytest.fixture(scope="session")
def make_form_factor():
    """The library's form factor of a `reference.cases.FormFactorCase`."""

    def make(case):
        model = getattr(form_factors, case.model)
        if case.convention in ("lewin-smith", "engel", "dukecevns"):
            return model(convention=case.convention)
        if case.convention in ("rms", "adapted"):
            return model.from_rms(*case.parameters)
        if case.convention == "thickness":
            return model.from_thickness()
        if case.convention == "explicit" and case.parameters:
            return model.from_rms(math.sqrt(3 / 5) * case.parameters[0])  # of a sphere of that radius
        return model()

    return make


@pytest.fixture(scope="session")
def make_flux():
    """The library's flux of a `reference.cases.SpectrumCase`: tables as tables, muon decay in closed form, the rest sampled."""

    def make(case):
        if case.table:
            table = case.table
            return Flux.from_table(
                table["energy"], {"nue": table["values"]}, interpolation=table["interpolation"], per=case.per, name=case.name
            )
        components = []
        for flavor, part in case.components.items():
            if part.density is not None:
                if case.name == "pion decay at rest":
                    spectrum = spectra.EndPoint({"nue": "electron", "numubar": "muon"}[flavor])
                else:
                    spectrum = spectra.Function(part.density, part.knots)
                components.append(Component(flavor, case.name, spectrum))
            if part.lines:
                components.append(Component(flavor, case.name, spectra.Lines(*zip(*part.lines, strict=True))))
        return Flux(tuple(components), case.per)

    return make


@pytest.fixture
def run(capsys):
    """Run a command: exit status, standard output, standard error."""

    def run(*arguments):
        status = main(list(arguments))
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.fixture
def output_of(run):
    """Run a command that succeeds: what it prints."""

    def output_of(*arguments):
        status, out, err = run(*arguments)
        assert (status, err) == (0, "")
        return out

    return output_of
