"""The house: what is exported, what imports what, what is installed, and that what the README says works."""

import ast
import importlib
import inspect
import itertools
import json
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
import pytest

import cevns
from cevns import plotting

ROOT = Path(__file__).parents[1]  # of the repository
PACKAGE = Path(cevns.__file__).parent
COMPILED = [module.name for module in pkgutil.iter_modules([str(PACKAGE / "_core")])]
CORE = [name for name in COMPILED if not name.startswith("_")]  # ours; Cython's own has no names for us


@pytest.fixture
def installed():
    """What pip says of the installed package."""
    try:
        return distribution("cevns")
    except PackageNotFoundError:
        pytest.skip("cevns is not installed: this is the source tree")


def python(code):
    """What a fresh Python prints, with this cevns and in no folder of it."""
    environment = os.environ | {"PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment, cwd="/")
    assert done.returncode == 0, done.stderr
    return done.stdout


# ---- what is installed ---------------------------------------------------------------------------------------------------


def test_version_of_the_package_is_that_of_its_metadata(installed):
    assert installed.version == cevns.__version__


def test_source_tree_does_not_shadow_the_installed_package(installed):
    url = installed.read_text("direct_url.json")
    if url and json.loads(url).get("dir_info", {}).get("editable"):
        pytest.skip("an editable installation is the source tree")
    assert PACKAGE != ROOT / "cevns"


def test_package_holds_what_runs_and_nothing_else():
    allowed = {".py", ".pyi", ".pxd", ".csv", ".toml", ".so", ".pyd"}
    for path in PACKAGE.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts and not (PACKAGE.parent == ROOT and path.suffix == ".pyx"):
            assert path.suffix in allowed or path.name == "py.typed", path


def test_changelog_and_citation_are_of_this_version():
    assert f"## {cevns.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"\nversion: {cevns.__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


# ---- what is exported ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(set(cevns.__all__) - {"__version__"}))
def test_public_name_is_documented(name):
    value = getattr(cevns, name)
    text = inspect.getdoc(value)
    assert text, name
    if inspect.isfunction(value) and inspect.signature(value).parameters:
        assert "Parameters" in text or "Examples" in text, name


@pytest.mark.parametrize("name", sorted(cevns.sources.__all__))
def test_source_is_documented(name):
    value = getattr(cevns.sources, name)
    assert inspect.getdoc(value)
    if inspect.isfunction(value):
        assert "Parameters" in inspect.getdoc(value) or "Examples" in inspect.getdoc(value)


@pytest.mark.parametrize("name", CORE)
def test_stub_and_compiled_module_have_the_same_names(name):
    module = importlib.import_module(f"cevns._core.{name}")
    stub = ast.parse((PACKAGE / "_core" / f"{name}.pyi").read_text(encoding="utf-8"))

    def public(names):
        return {n for n in names if not n.startswith("_")}

    assert public(declared(stub)) == public(n for n, value in vars(module).items() if not inspect.ismodule(value))
    for node in stub.body:
        if isinstance(node, ast.ClassDef):
            assert public(declared(node)) == public(vars(getattr(module, node.name))), node.name
        if isinstance(node, ast.FunctionDef):
            arguments = [argument.arg for argument in node.args.args]
            assert arguments == list(inspect.signature(getattr(module, node.name)).parameters), node.name


def declared(tree):
    """Names that a module's or a class's body defines."""
    for node in tree.body:
        if isinstance(node, ast.AnnAssign):
            yield node.target.id
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name


@pytest.mark.skipif(shutil.which("nm") is None, reason="needs nm")
@pytest.mark.parametrize("name", COMPILED)
def test_compiled_module_exports_its_entry_and_what_has_our_prefix(name):
    path = importlib.import_module(f"cevns._core.{name}").__file__
    if not path.endswith(".so") or sys.platform != "linux":
        pytest.skip("symbols of an ELF file")
    listed = subprocess.run(["nm", "-D", "--defined-only", path], capture_output=True, text=True, check=True).stdout
    symbols = {line.split()[-1] for line in listed.splitlines()} - {"_init", "_fini", "_edata", "_end", "__bss_start"}
    ours = (f"PyInit_{name}", "cevns_", "__pyx_module_is_main_")
    assert all(symbol.startswith(ours) for symbol in symbols), symbols


# ---- what is imported when ------------------------------------------------------------------------------------------


# The modules of a rate of the Standard Model. Each costs half a millisecond to several: what is not here is loaded when it is
# asked for. No clock decides: with 20 dataclasses among them they take 0.4 of NumPy's in instructions.
OF_A_RATE = {
    "": "_arguments _dates _immutable _kinds _lazy _start _texts _typed _units _version constants errors kinematics",
    "_core": "_views cross_sections engine form_factors isa kinematics moments panels",
    "_numerics": "panels polynomials quadrature tabulation",
    "data": "tables",
    "fluxes": "_base components flux makers products sampling spectra",
    "interactions": "couplings currents kinds quadratic_forms radiative_corrections standard_model weak_mixing",
    "nuclei": "nuclides targets",
    "nuclei.form_factors": "_base _functions closed_forms",
    "scattering": "channels engine nuclei overloads rates",
}


def test_import_alone_loads_next_to_nothing():
    loaded = set(python("import sys; import cevns; print(*sys.modules)").split())
    ours = {name for name in loaded if name.partition(".")[0] == "cevns"}
    assert ours == {
        "cevns",
        "cevns._core",
        *(f"cevns.{name}" for name in ["_core._views", "_core.isa", "_kinds", "_lazy", "_start", "_version"]),
    }
    assert "numpy" not in loaded


def test_a_rate_loads_what_it_needs_and_nothing_else():
    code = """
import numpy, sys
before = set(sys.modules)
import cevns
flux = cevns.Flux.from_table([1.0, 50.0], {"nue": [1.0, 0.0]})
cevns.rate(flux, cevns.Target("CsI"), cevns.StandardModel(), 1.0)
print(*set(sys.modules) - before)
"""
    loaded = set(python(code).split())
    allowed = {"cevns", *(f"cevns.{package}" for package in OF_A_RATE if package)}
    for package, names in OF_A_RATE.items():
        allowed |= {".".join(filter(None, ("cevns", package, name))) for name in names.split()}
    ours = {name for name in loaded if name.partition(".")[0] == "cevns"}
    assert ours == allowed
    # of others NumPy, what Cython needs, and small modules of Python's own
    apart = {name.partition(".")[0] for name in loaded - ours} - {"numpy", "cython_runtime"}
    apart = {name for name in apart if not name.startswith("_")}
    assert apart <= {
        "ast",
        "copy",
        "csv",
        "dataclasses",
        "dis",
        "importlib",
        "inspect",
        "linecache",
        "opcode",
        "token",
        "tokenize",
        "unicodedata",
    }


def test_command_line_loads_the_command_that_is_named_and_no_other():
    code = """
import contextlib, io, sys
from cevns.command_line.main import main
with contextlib.redirect_stdout(io.StringIO()):
    assert main({words}) == 0
print(*sys.modules)
"""
    of_no_command = set(python(code.format(words=["--help"])).split())
    assert "numpy" not in of_no_command
    assert {name for name in of_no_command if name.startswith("cevns.command_line.")} == {"cevns.command_line.main"}
    of_predict = set(python(code.format(words=["predict", "--help"])).split())
    assert not {"cevns.command_line.scan", "cevns.command_line.rates", "cevns.sources", "cevns.experiments"} & of_predict


def test_command_line_is_light_until_it_draws():
    code = "import sys; from cevns.command_line.main import main; main(['config']); print(*sys.modules)"
    assert "matplotlib" not in python(code).split()


@pytest.mark.slow
def test_counts_fits_and_validation_of_all_experiments_do_without_scipy():
    """SciPy costs a quarter of a second at import, as much as all the rest of a prediction."""
    code = """
import contextlib, io, sys
from cevns import experiments
from cevns.command_line.main import main
for name in experiments.names():
    experiment = experiments.load(name)
    experiment.counts()
    experiment.replace(observed=experiment.expected()).fit()
    with contextlib.redirect_stdout(io.StringIO()):
        assert main(["predict", name]) == main(["validate", name]) == 0
    scipy = [module for module in sys.modules if module.partition(".")[0] == "scipy"]
    assert not scipy, (name, scipy[:3])
lar = experiments.load("coherent-lar-2020")
experiments.MEASUREMENTS["weak_mixing_angle"](lar.replace(observed=lar.expected()))
print(*sys.modules)
"""
    assert "scipy" not in python(code).split()


def test_core_knows_nothing_of_the_reference():
    imports = "; ".join(f"import cevns._core.{name}" for name in CORE)
    assert "cevns.reference" not in python(f"import sys; {imports}; print(*sys.modules)").split()


@pytest.mark.slow
def test_drawing_chooses_no_backend():
    code = """
import sys, cevns
from cevns import plotting
plotting.spectrum([1.0, 2.0], [2.0, 1.0]).savefig("/dev/null", format="png")
print(*sys.modules)
"""
    assert "matplotlib.pyplot" not in python(code).split()


# ---- drawings ------------------------------------------------------------------------------------------------------------


def test_spectrum_draws_total_parts_and_threshold():
    T = np.linspace(0.0, 10.0, 21)
    parts = {"prompt numu": 0.5 * np.exp(-T), "132Xe": 0.5 * np.exp(-T)}
    figure = plotting.spectrum(T, np.exp(-T), parts=parts, title="a $ource", threshold=3.0)
    (axes,) = figure.axes
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels == [r"prompt $\nu_\mu$", r"$^{132}$Xe", "total", "threshold 3 keV"]
    assert axes.get_xlabel() == "recoil energy [keV]"
    assert "kg" in axes.get_ylabel()
    assert "d^{-1}" in axes.get_ylabel()
    assert "d^{-1}" not in plotting.spectrum(T, np.exp(-T), per="burst").axes[0].get_ylabel()
    np.testing.assert_array_equal(axes.lines[2].get_ydata(), np.exp(-T))


def test_bins_are_drawn_as_steps_and_zeros_not_at_all():
    (axes,) = plotting.spectrum([0.0, 1.0, 2.0, 3.0], [2.0, 1.0, 0.0]).axes
    assert "bin" in axes.get_ylabel()
    assert axes.get_legend() is None
    (line,) = plotting.spectrum([0.0, 1.0, 2.0], [2.0, 1.0, 0.0]).axes[0].lines
    np.testing.assert_array_equal(line.get_ydata(), [2.0, 1.0, np.nan])
    plotting.spectrum([0.0, 1.0, 2.0], [0.0, 0.0, 0.0])  # nothing at all


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (([1.0, 2.0, 3.0], [1.0]), "rate must have as many values as recoil_energy (got shapes (1,) and (3,))"),
        (([1.0], [1.0]), "rate must have as many values"),
        (([1.0, 2.0], [1.0, -1.0]), "rate must be >= 0 and finite (got -1 at index 1)"),
        (([-1.0, 2.0], [1.0, 1.0]), "recoil_energy must be >= 0 keV and finite (got -1 at index 0)"),
        (([1.0, 2.0], [1.0, 1.0], {"a": [1.0]}), "rate of a must have 2 values (got shape (1,))"),
    ],
)
def test_what_cannot_be_drawn_is_refused(arguments, said):
    recoil_energy, rate, *parts = arguments
    with pytest.raises(cevns.InputError, match=re.escape(said)):
        plotting.spectrum(recoil_energy, rate, parts=parts[0] if parts else None)
    with pytest.raises(cevns.UnknownNameError, match="per"):
        plotting.spectrum([1.0, 2.0], [1.0, 1.0], per="year")


# ---- the README ----------------------------------------------------------------------------------------------------------

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


@pytest.mark.slow
def test_readme_examples_in_python_run():
    """All blocks, one after the other, in a Python of their own; a comment behind a value is what it is."""
    blocks = [code for language, code in BLOCKS if language == "python"]
    assert blocks
    lines = "".join(blocks).splitlines()
    told = [re.fullmatch(r"(.+?)  # → ([-+.\de]+)", line) for line in lines]
    assert sum(map(bool, told)) >= 2
    python(
        "\n".join(
            f"assert format({m[1]}, '.3g') == '{float(m[2]):.3g}'" if m else line for line, m in zip(lines, told, strict=True)
        )
    )


@pytest.mark.slow
def test_readme_commands_of_the_program_run(tmp_path):
    commands = [line for language, code in BLOCKS if language == "sh" for line in code.splitlines()]
    ours = [line.split("#")[0] for line in commands if line.startswith("cevns ")]
    assert ours
    environment = os.environ | {"PYTHONPATH": str(PACKAGE.parent)}
    for line in ours:
        line = line.replace("cevns ", f'"{sys.executable}" -m cevns ', 1)
        done = subprocess.run(line, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False, env=environment)
        assert (done.returncode, done.stderr) == (0, ""), line


def test_readme_begins_with_the_two_commands():
    first, second = [line for language, code in BLOCKS if language == "sh" for line in code.splitlines()][:2]
    assert first == RUN
    assert second == TEST
    assert README.index(TEST) < README.index("\n## ")


RUN = (
    'python3 -m venv .venv && .venv/bin/pip install ".[plot]" && '
    ".venv/bin/cevns spectrum --source sns --target CsI --plot spectrum.png"
)
TEST = 'python3 -m venv .venv && .venv/bin/pip install ".[test]" && .venv/bin/pytest -n 2'


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:cevns|src_c|tests|benchmarks)/[\w/.*]*)`", README))))
def test_paths_that_the_readme_names_exist(path):
    assert list(ROOT.glob(path.rstrip("/"))), path


def test_extra_all_takes_every_extra_but_that_of_the_tests():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    (whole,) = extras.pop("all")
    assert set(whole.removeprefix("cevns[").removesuffix("]").split(",")) == set(extras) - {"test"}


def test_every_requirement_has_a_minimum_and_one_only():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    minima = {}
    for each in itertools.chain(project["dependencies"], *project["optional-dependencies"].values()):
        name, _, minimum = each.partition(">=")
        assert minimum or name.startswith("cevns["), each
        assert minima.setdefault(name, minimum) == minimum, each


# ---- what help says ------------------------------------------------------------------------------------------------------


def public():
    """Functions and classes of the package and of its public modules, by name."""
    modules = [value for value in (getattr(cevns, name) for name in cevns.__all__) if inspect.ismodule(value)]
    for owner in (cevns, *modules):
        for name in getattr(owner, "__all__", ()):
            value = getattr(owner, name)
            if inspect.isclass(value) or inspect.isfunction(value):
                yield f"{owner.__name__}.{name}", value


def test_signatures_can_be_read_by_a_person():
    found = dict(public())
    assert len(found) > 100
    for name, value in found.items():
        methods = (
            [] if inspect.isfunction(value) else [v for k, v in vars(value).items() if inspect.isfunction(v) and k[0] != "_"]
        )
        for each in (value, *methods):
            try:
                text = str(inspect.signature(each))
            except ValueError:  # of what is built in
                continue
            assert len(text) < 1000, f"{name}: {len(text)} characters"
            assert "_NestedSequence" not in text, name


@pytest.mark.slow
def test_no_module_evaluates_its_annotations():
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        annotated = any(isinstance(node, ast.AnnAssign | ast.FunctionDef) for node in ast.walk(tree))
        future = any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body)
        assert future or not annotated, path


def test_import_of_a_source_tree_that_is_not_compiled_says_what_to_do(tmp_path):
    shutil.copytree(PACKAGE, tmp_path / "cevns", ignore=shutil.ignore_patterns("*.so", "*.pyd", "__pycache__"))
    code = "import cevns"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment, cwd=tmp_path
    )
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: the compiled modules of cevns are missing")
    assert f"run `pip install -e .` in {tmp_path}" in last
