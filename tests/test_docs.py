"""The pages of `docs`: their scripts run, and what stands in them is what the library computes."""

import doctest
import importlib
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


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_docstrings_give_what_they_say(name):
    assert doctest.testmod(importlib.import_module(name), extraglobs={"cevns": cevns}).failed == 0
