"""The pages of `docs` and the README's tables: their scripts run, and they show what the library computes, and where."""

import ast
import doctest
import importlib
import inspect
import pkgutil
import re
import runpy

import pytest

import cevns

# the scripts that make the tables of data are no modules of the library
MODULES = [
    info.name
    for info in pkgutil.walk_packages(cevns.__path__, "cevns.")
    if ".data." not in info.name and info.name != "cevns.__main__"
]
FIGURES = ("couplings.png", "cross-sections.png", "form-factors.png", "weak-mixing-angle.png")


@pytest.fixture(scope="module")
def docs(request):
    """The folder of the pages, which lie beside the tests in the source tree."""
    folder = request.config.rootpath / "docs"
    if not (folder / "standard_model.py").is_file():
        pytest.skip("docs are not here: they are in the source tree, not in the wheel")
    return folder


@pytest.fixture(scope="module")
def written(docs, tmp_path_factory):
    """The folder that the script of the page fills."""
    folder = tmp_path_factory.mktemp("docs")
    runpy.run_path(str(docs / "standard_model.py"))["main"](folder)
    return folder


def test_script_draws_the_four_figures(written):
    assert sorted(path.name for path in (written / "figures").iterdir()) == list(FIGURES)
    for name in FIGURES:
        drawn = (written / "figures" / name).read_bytes()
        assert drawn.startswith(b"\x89PNG")
        assert 10_000 < len(drawn) < 80_000  # a page's pictures stay light


def test_numbers_in_the_page_are_those_of_the_library(docs, written):
    page = (docs / "standard-model.md").read_text(encoding="utf-8")
    assert page == (written / "standard-model.md").read_text(encoding="utf-8"), "run: python docs/standard_model.py"


def test_page_shows_the_figures_that_are_in_the_source_tree(docs):
    shown = re.findall(r"!\[[^]]+\]\(figures/([^)]+)\)", (docs / "standard-model.md").read_text(encoding="utf-8"))
    assert sorted(shown) == list(FIGURES)
    assert all((docs / "figures" / name).is_file() for name in shown)


def test_no_mark_within_a_sentence_begins_a_line(docs):
    # Markdown would take such a line for a block of HTML and tear the paragraph apart
    page = (docs / "standard-model.md").read_text(encoding="utf-8")
    assert not re.findall(r"^<!--.*-->.+$", page, flags=re.MULTILINE)


@pytest.mark.slow
@pytest.mark.parametrize("name", MODULES)
def test_examples_of_docstrings_give_what_they_say(name):
    assert doctest.testmod(importlib.import_module(name), extraglobs={"cevns": cevns}).failed == 0


# ---- the README's tables of formulas -------------------------------------------------------------------------------------

ANCHORS = {  # one formula of each page of physics, and a file that a reader who looks for it would guess
    "E_min": "cevns/kinematics.py",
    "j₁(qR₀)": "cevns/nuclei/form_factors/closed_forms.py",
    "⟨S_p⟩": "cevns/nuclei/spins.py",
    "sin²θ_W(Q)": "cevns/interactions/weak_mixing.py",
    "ø_ℓ": "cevns/interactions/radiative_corrections.py",
    "2√2 π α q_αβ": "cevns/interactions/electromagnetic.py",
    "g_L g_R m_e": "cevns/electrons/cross_sections.py",
    "θ(T − B_i)": "cevns/electrons/shells.py",
    "BR(π⁰ → γA′)": "cevns/dark_matter/production.py",
    "V_NC": "cevns/matter/potentials.py",
    "E^−k dE": "cevns/fluxes/flux.py",
    "sin²2θ_ab": "cevns/oscillation/sterile.py",
    "s_239U": "cevns/sources/reactor.py",
    "k g/(1 + k g)": "cevns/detectors/quenching/lindhard.py",
    "n ln(n/μ)": "cevns/statistics/likelihoods.py",
}
KINDS = {
    cevns: cevns.Interaction,
    cevns.form_factors: cevns.form_factors.FormFactor,
    cevns.quenching: cevns.quenching.Quenching,
    cevns.efficiency: cevns.efficiency.Efficiency,
    cevns.resolution: cevns.resolution.Resolution,
    cevns.timing: cevns.timing.Pulse,
    cevns.spectra: cevns.spectra.Spectrum,
    cevns.sources: cevns.spectra.Spectrum,
}


@pytest.fixture(scope="module")
def formulas(docs):
    """What the script of the tables defines."""
    return runpy.run_path(str(docs / "formulas.py"))


@pytest.fixture(scope="module")
def listed(formulas):
    """Every formula of the tree."""
    return [formula for found in formulas["formulas"]().values() for formula in found]


def test_tables_of_formulas_in_the_readme_are_those_of_the_tree(docs, formulas):
    page = (docs.parent / "README.md").read_text(encoding="utf-8")
    assert formulas["BEGIN"] in page
    assert page == formulas["filled"](page), "run: python docs/formulas.py"


@pytest.mark.slow
def test_a_formula_that_a_module_gains_or_changes_changes_the_readme(docs, formulas):
    page = (docs.parent / "README.md").read_text(encoding="utf-8")
    assert formulas["filled"](page.replace("j₁(qR₀)", "j₂(qR₀)")) == page
    (entry,) = formulas["entries"]("Units.\n\nFormulas\n--------\nforce: F = m|a|\n    Newton\n    src_c/force.h", "a.py")
    assert entry == ("force", "F = m|a|", ("a.py", "src_c/force.h"), "Newton")
    assert formulas["row"](entry) == "| force | `F = m\\|a\\|` | `a.py`, `src_c/force.h` | Newton |\n"
    assert formulas["entries"]("No formula in it.", "a.py") == []
    with pytest.raises(SystemExit, match=r"a\.py: an entry needs"):
        formulas["entries"]("Units.\n\nFormulas\n--------\nforce: F = m a", "a.py")


@pytest.mark.parametrize("part", ANCHORS)
def test_a_formula_is_found_in_the_table_with_its_file(part, listed):
    assert ANCHORS[part] in {formula.files[0] for formula in listed if part in formula.equation}


def test_every_model_of_a_kind_has_its_formula_in_its_own_module(listed):
    """Form factors, quenching, efficiencies, resolutions, pulses, spectra, interactions: all of those that are public."""
    for module, base in KINDS.items():
        kinds = [value for value in (getattr(module, name) for name in module.__all__) if inspect.isclass(value)]
        kinds = [kind for kind in kinds if issubclass(kind, base) and kind is not base and "_base" not in kind.__module__]
        assert len(kinds) > 3, module
        for kind in kinds:
            path = kind.__module__.replace(".", "/") + ".py"
            assert any(formula.files[0] == path and f"`{kind.__name__}`" in formula.name for formula in listed), kind


@pytest.mark.parametrize("module", [cevns.sources, cevns.oscillation, cevns.matter], ids=lambda module: module.__name__)
def test_every_source_conversion_and_function_of_matter_has_its_formula(module, listed):
    named = " ".join(formula.name for formula in listed)
    # what is only another name, a table or a reader of it; opacities are inverse mean free paths
    apart = {"reactor_sites", "density_matrices", "diffusion_time", "mean_free_path", "neutrino_sphere", "opacity"}
    apart |= {"MixingParameters", "Parameters", "SolarFunction", "SolarNSIFunction"}
    for name in set(module.__all__) - apart:
        if callable(getattr(module, name)):
            assert f"`{name}`" in named, name


@pytest.mark.slow
def test_names_in_the_tables_of_formulas_exist(docs, listed):
    """In the module itself: an entry says nothing of what stands elsewhere."""
    for formula in listed:
        path = docs.parent / formula.files[0]
        tree = ast.parse(path.read_text(encoding="utf-8"))
        known = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        known |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
        known |= {
            target.id
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in ast.walk(node)
            if hasattr(target, "id")
        }
        assert set(re.findall(r"`(\w+)`", formula.name)) <= known, formula
        assert all((docs.parent / file).is_file() for file in formula.files), formula
