"""What to quote: every object of the library finds its papers, through one table."""

import inspect
import re
from pathlib import Path

import pytest

import cevns
from cevns import citations, form_factors, sources, spectra
from cevns.citations import cite

ROOT = Path(cevns.__file__).parent


def test_an_interaction_quotes_its_theory_and_its_form_factor():
    assert {"Freedman1974", "DrukierStodolsky1984", "Helm1956", "LewinSmith1996"} <= set(cite(cevns.StandardModel()).keys)
    other = cevns.StandardModel(
        form_factor=form_factors.KleinNystrand(), neutron_form_factor=form_factors.SymmetrizedFermi(), kinematics="spin-1/2"
    )
    keys = set(cite(other).keys)
    assert {"KleinNystrand1999", "SprungMartorell1997", "Lindner2017"} <= keys
    assert not {"Helm1956", "LewinSmith1996"} & keys


def test_the_default_mixing_angle_has_a_source_and_an_own_one_does_not():
    assert "PDG2024" in cite(cevns.StandardModel()).keys
    assert "PDG2024" not in cite(cevns.StandardModel(weak_mixing_angle=0.2312)).keys


@pytest.mark.parametrize(("convention", "key"), [("lewin-smith", "LewinSmith1996"), ("engel", "Engel1991")])
def test_a_convention_quotes_its_own_paper(convention, key):
    assert cite(form_factors.Helm(convention=convention)).keys == ("cevns", "Helm1956", key)


def test_a_nuclide_quotes_its_figures():
    assert {"AME2020", "AngeliMarinova2013"} <= set(cite(cevns.Nuclide("133Cs")).keys)
    assert "NerloPomorska1994" in cite(cevns.Nuclide("33S")).keys
    assert "CIAAW2016" not in cite(cevns.Nuclide("133Cs")).keys
    assert {"AME2020", "AngeliMarinova2013", "CIAAW2016"} <= set(cite(cevns.Target("CsI")).keys)


def test_a_flux_quotes_its_spectra():
    reactor = cite(sources.reactor(power=1.0, distance=20.0)).keys
    assert {"Huber2011", "Mueller2011", "VogelEngel1989", "BrowneTuli2014"} <= set(reactor)
    research = cite(sources.reactor(power=1.0, distance=20.0, fission_fractions={"235U": 1.0}, captures=False)).keys
    assert set(research) == {"cevns", "Huber2011", "VogelEngel1989"}
    assert set(cite(sources.solar(components=["8B", "7Be"], survival=False)).keys) == {"cevns", "Vinyoles2017", "Winter2006"}
    assert {"Winter2006", "Bahcall1997", "Denton2016", "Esteban2024"} <= set(cite(sources.solar()).keys)
    assert set(cite(sources.supernova()).keys) == {"cevns", "Keil2003"}
    assert set(cite(sources.sns()).keys) == {"cevns", "COHERENT2022Flux"}


def test_a_flux_of_ones_own_has_nothing_to_quote():
    flux = cevns.Flux.from_table([1.0, 2.0], {"nue": [1.0, 1.0]})
    assert cite(flux).keys == ("cevns",)


def test_functions_and_classes_are_quoted_too():
    from cevns.potentials import matter_potential

    assert "Wolfenstein1978" in cite(matter_potential).keys
    assert "Helm1956" in cite(form_factors.Helm).keys
    assert "LewinSmith1996" not in cite(form_factors.Helm).keys  # a class has no convention
    assert "Huber2011" in cite(sources.reactor).keys


def test_collections_are_walked_through():
    together = cite(cevns.StandardModel(), sources.sns(), cevns.Target("CsI"))
    assert cite([cevns.StandardModel(), {"flux": sources.sns()}], cevns.Target("CsI")) == together


def test_a_paper_stands_once_with_all_that_it_is_for():
    found = cite(sources.sns, sources.pion_decay_at_rest, sources.sns())
    assert len(found.keys) == len(set(found.keys))
    (flux,) = (each for each in found if each.paper.key == "COHERENT2022Flux")
    assert flux.reasons == ("neutrinos of the SNS", "neutrinos of pion decay at rest")


def test_the_library_comes_first():
    (software,) = cite()
    assert software.paper.key == "cevns"
    assert cevns.__version__ in str(software)


def test_citations_print_as_a_list():
    text = str(cite(form_factors.Helm()))
    assert text == repr(cite(form_factors.Helm()))
    assert "R. H. Helm, Inelastic and elastic scattering" in text
    assert "Phys. Rev. 104 (1956) 1466\n    for Helm form factor\n" in text
    assert "J. D. Lewin and P. F. Smith, Review" in text
    assert "W. T. Winter, S. J. Freedman, K. E. Rehm and J. P. Schiffer, The" in str(cite(sources.Boron8))
    assert "N. Vinyoles et al., A new" in str(cite(sources.solar))


def test_bibtex_holds_one_entry_for_each_paper():
    found = cite(cevns.StandardModel(), sources.reactor(power=1.0, distance=20.0), cevns.Target("CsI"))
    text = found.bibtex()
    assert tuple(re.findall(r"^@[a-z]+\{(\w+),$", text, re.MULTILINE)) == found.keys
    assert text.count("{") == text.count("}")
    assert "@article{Helm1956,\n  author = {Helm, R. H.},\n" in text
    assert "  eprint = {1106.0687},\n  archivePrefix = {arXiv},\n" in text
    assert "@book{BehrensBuhring1982," in text
    assert "publisher = {Clarendon Press, Oxford}" in text


# ---- the table -----------------------------------------------------------------------------------------------------------


def options():
    return [(name, option) for name, lines in citations._options().items() for option in lines]


def test_every_paper_of_the_table_exists_and_says_what_for():
    for name, option in options():
        assert set(option.papers) <= set(citations._papers()), name
        assert bool(option.papers) == bool(option.reason), name


def test_no_paper_is_left_over():
    used = {key for _, option in options() for key in option.papers}
    assert set(citations._papers()) == used


def test_papers_are_complete():
    papers = citations._papers()
    assert len(papers) == len(list(citations._rows("papers.csv")))
    for paper in papers.values():
        assert re.fullmatch(r"(19|20)\d\d", paper.year), paper
        assert paper.key.isidentifier(), paper
        assert paper.year in paper.key or paper.key.startswith(("AME", "NUBASE", "CIAAW")), paper
        assert paper.authors, paper
        assert paper.title or paper.key == "Leinson1988", paper  # not at hand
        assert paper.journal or paper.eprint, paper
        assert re.fullmatch(r"(\d{4}\.\d{4,5}|[a-z]+-[a-z]+/\d{7})?", paper.eprint), paper
        if paper.eprint and re.match(r"\d", paper.eprint):
            assert 0 <= int(paper.year) - 2000 - int(paper.eprint[:2]) <= 3, paper


@pytest.mark.parametrize("module", [form_factors, sources, spectra])
def test_everything_of_a_module_can_be_quoted(module):
    for name, value in vars(module).items():
        public = not name.startswith("_") and getattr(value, "__module__", "").startswith(module.__name__)
        if not public or not (inspect.isclass(value) or inspect.isfunction(value)) or inspect.isabstract(value):
            continue
        if name not in {"FormFactor", "HasMassNumber", "Smooth"} and not issubclass_of_errors(value):
            assert name in citations._options(), f"give {name} its line in cevns/data/citations.csv"


def issubclass_of_errors(value):
    return inspect.isclass(value) and issubclass(value, Exception)


# ---- wrong input ---------------------------------------------------------------------------------------------------------

WHAT = "cite takes interactions, form factors, fluxes, spectra, nuclides, targets, and functions or classes of cevns"


@pytest.mark.parametrize(
    ("thing", "message"),
    [
        ("Helm", f"{WHAT} (got 'Helm'); pass the object itself, not its name"),
        (3.0, f"{WHAT} (got 3.0)"),
        (None, f"{WHAT} (got None)"),
        ([], f"{WHAT} (got [])"),
        (re.compile, f"{WHAT} (got <function compile"),
    ],
)
def test_what_cannot_be_quoted_is_named(thing, message):
    with pytest.raises(cevns.InputError, match=re.escape(message)):
        cite(thing)
