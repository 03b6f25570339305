"""What to quote: every object of the library finds its papers, through one table."""

import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest

import cevns
from cevns import citations, form_factors, sources, spectra
from cevns.citations import cite
from cevns.data import tables

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
    # 0.23857 is of the editions of 2018 and 2020
    for couplings in ("tree", "radiative", "radiative-without-charge-radius", "radiative-q2", "running"):
        assert "PDG2020" in cite(cevns.StandardModel(couplings=couplings)).keys
        assert "PDG2020" not in cite(cevns.StandardModel(couplings=couplings, weak_mixing_angle=0.2312)).keys
    assert "PDG2020" not in cite(cevns.StandardModel(couplings="eft")).keys


def test_the_axial_part_quotes_the_model_that_it_uses():
    assert {"Klos2013", "EngelVogel1989", "Stone2019", "Hoferichter2020"} <= set(cite(cevns.StandardModel(axial=True)).keys)
    schmidt = set(cite(cevns.StandardModel(axial="schmidt")).keys)
    assert "Schmidt1937" in schmidt
    assert not {"Klos2013", "EngelVogel1989"} & schmidt
    assert "Hoferichter2020" not in cite(cevns.StandardModel()).keys


@pytest.mark.parametrize(("convention", "key"), [("lewin-smith", "LewinSmith1996"), ("engel", "Engel1991")])
def test_a_convention_quotes_its_own_paper(convention, key):
    assert cite(form_factors.Helm(convention=convention)).keys == ("cevns", "Helm1956", key)


def test_a_nuclide_quotes_its_figures():
    assert {"AME2020", "AngeliMarinova2013", "NUBASE2020", "Stone2019"} <= set(cite(cevns.Nuclide("133Cs")).keys)
    assert {"PDG2022", "Mohr2025"} <= set(cite(cevns.Nuclide("1H")).keys)
    assert "AngeliMarinova2013" not in cite(cevns.Nuclide("1H")).keys
    assert "BerglundWieser2011" in cite(cevns.Target("LiF")).keys
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
    assert set(cite(sources.sns()).keys) == {"cevns", "COHERENT2022Flux", "PDG2024"}  # the lifetimes of its timing


def test_a_flux_of_ones_own_has_nothing_to_quote():
    flux = cevns.Flux.from_table([1.0, 2.0], {"nue": [1.0, 1.0]})
    assert cite(flux).keys == ("cevns",)


def test_functions_and_classes_are_quoted_too():
    from cevns.matter.potentials import matter_potential

    assert "Wolfenstein1978" in cite(matter_potential).keys
    assert "Helm1956" in cite(form_factors.Helm).keys
    assert "LewinSmith1996" not in cite(form_factors.Helm).keys  # a class has no convention
    assert "Huber2011" in cite(sources.reactor).keys
    assert {"Friar1997"} < set(cite(cevns.radii.convert).keys)


def test_functions_of_one_name_are_quoted_apart():
    assert "tHooft1971" in cite(cevns.electrons.cross_section).keys
    assert "Freedman1974" not in cite(cevns.electrons.cross_section).keys
    assert "deNiverville2015" in cite(cevns.dark_matter.rate).keys
    for function in (
        cevns.rate,
        cevns.binned_rate,
        cevns.differential_rate,
        cevns.cross_section,
        cevns.differential_cross_section,
    ):
        # what they take that are given no interaction
        assert {*cite(cevns.StandardModel()).keys} == {*cite(function).keys}
    assert "tHooft1971" not in cite(cevns.rate).keys


def test_a_module_quotes_what_is_in_it():
    assert {"tHooft1971", "Larkins1977", "Chen2017"} <= set(cite(cevns.electrons).keys)
    assert {"Friar1997", "Hoferichter2020", "Trzcinska2001"} <= set(cite(cevns.radii).keys)
    assert {"deNiverville2015", "Batell2009"} <= set(cite(cevns.dark_matter).keys)
    assert "PDG2024" in cite(cevns.timing).keys


def test_an_experiment_quotes_its_flux_detector_and_theory():
    found = set(cite(cevns.Experiment.load("coherent-csi-2021")).keys)
    assert {"COHERENT2022Flux", "COHERENT2022Quenching", "AME2020", "KleinNystrand1999", "Freedman1974"} <= found


def public():
    """Every function and class of the public modules."""
    for module in pkgutil.walk_packages(cevns.__path__, "cevns."):
        if "._" in module.name or module.name.split(".")[1] in ("reference", "data"):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            own = not name.startswith("_") and getattr(value, "__module__", "") == module.name
            if own and (inspect.isclass(value) or inspect.isfunction(value)):
                yield value


def test_every_function_and_class_can_be_quoted():
    everything = list(public())
    assert len(everything) > 400
    for value in everything:
        assert cite(value).keys[0] == "cevns", value
    for name in cevns.__all__:
        value = getattr(cevns, name)
        if inspect.isclass(value) or inspect.isfunction(value):
            assert cite(value).keys[0] == "cevns", name


def test_what_names_a_paper_in_its_docstring_quotes_one():
    journals = re.compile(
        r"Phys\. (Rev|Lett|At)|Nucl\. |JHEP|Astrophys|Eur\. Phys|Prog\. |At\. Data|Rev\. Mod|Softw\.|Theor\. Phys"
    )
    own = {"Paper", "cite"}  # examples of their own
    for value in public():
        if value.__name__ not in own and journals.search(value.__doc__ or ""):
            lines = citations._options().get(citations._name(value), [])
            assert any(option.papers for option in lines), f"{value} names a paper: give it its line in citations.csv"


def test_what_takes_the_default_mixing_angle_quotes_its_paper():
    taken = 0
    for value in public():
        if inspect.isfunction(value):
            parameter = inspect.signature(value).parameters.get("weak_mixing_angle")
            if parameter is not None and parameter.default == cevns.constants.WEAK_MIXING_ANGLE:
                assert "PDG2020" in cite(value).keys, value
                taken += 1
    assert taken >= 6


def test_every_default_object_of_the_catalogues_is_quoted_with_its_papers():
    for model in (cevns.NSI(eps_ee_u=0.1), cevns.MagneticMoment(nue=1e-11), cevns.timing.GaussianPulse(0.0, 0.35)):
        assert cite(model).keys[0] == "cevns"
    for flux in (sources.ess(), sources.ccm(), sources.jsns2(), sources.supernova(), sources.dsnb()):
        assert len(cite(flux).keys) > 1


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
    assert len(papers) == len(list(tables.rows("papers.csv")))
    for paper in papers.values():
        assert re.fullmatch(r"(19|20)\d\d", paper.year), paper
        assert paper.key.isidentifier(), paper
        assert paper.year in paper.key or paper.key.startswith(("AME", "NUBASE", "CIAAW")), paper
        assert paper.authors, paper
        assert paper.title or paper.key == "Leinson1988", paper  # not at hand
        assert paper.journal or paper.eprint, paper
        assert re.fullmatch(r"(\d{4}\.\d{4,5}|[a-z]+(-[a-z]+)?/\d{7})?", paper.eprint), paper
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
