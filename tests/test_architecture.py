"""The plan of the house: what stands where, what imports what, what is public, and that no register misses anything."""

import ast
import builtins
import importlib
import inspect
import re
import tomllib
from functools import partial
from pathlib import Path

import pytest

import cevns
from cevns._kinds import kind_of
from cevns.errors import InputError
from cevns.fluxes import csv_files
from cevns.interactions import MODELS, Interaction

ROOT = Path(__file__).parents[1]  # of the repository
PACKAGE = Path(cevns.__file__).parent
LONGEST = 600  # lines of a file
DOORS = 22  # of the top floor

# ---- floors --------------------------------------------------------------------------------------------------------------

# The floors of the house, from the ground up: what stands on one may import what stands below it, and nothing beside it.
FLOORS = (
    {"constants", "errors"},  # and what has an underscore
    {"_numerics", "data"},
    {"nuclei", "oscillation", "citations", "plotting"},
    {"kinematics", "statistics"},
    {"interactions"},
    {"fluxes"},
    {"scattering", "sources"},
    {"matter", "detectors"},
    {"electrons", "dark_matter"},
    {"experiments"},
    {"command_line"},
    {"__main__"},
)
FLOOR = {name: number for number, names in enumerate(FLOORS) for name in names} | {"reference": 1}


def module_of(path):
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {module_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imported(name):
    """The modules of cevns that one imports, anywhere in it, from its syntax tree."""
    path = SOURCES[name]
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            base = ".".join(base + (node.module.split(".") if node.module else []))
            # a name of a package is one of its modules, or in its __init__
            found = [f"{base}.{alias.name}" if f"{base}.{alias.name}" in SOURCES else base for alias in node.names]
        else:
            continue
        yield from (module for module in found if module.partition(".")[0] == "cevns")


def floor(name):
    room = [*name.split("."), ""][1]
    return FLOOR.get(room, 0 if room.startswith("_") else None)


@pytest.mark.parametrize("name", sorted(set(SOURCES) - {"cevns"}))
def test_module_imports_only_what_stands_below_it(name):
    room = name.split(".")[1]
    assert floor(name) is not None, f"give {room} its floor"
    for other in imported(name):
        inner = other.split(".")[1:2] == [room]
        ground = room.startswith("_") and floor(other) == 0 and name not in ("cevns._numerics",)
        assert inner or ground or floor(other) < floor(name), f"{name} imports {other}"


# A flux has a history, and a history consists of fluxes.
KNOWN_CIRCLES = [{"cevns.fluxes.flux"}]


@pytest.mark.slow
def test_no_modules_import_each_other():
    """Within functions and for types neither: every module can be read before those that use it."""
    below = {name: set(imported(name)) - {name} for name in SOURCES}
    while free := {name for name, others in below.items() if not others & below.keys()}:
        below = {name: others for name, others in below.items() if name not in free}
    assert not below  # what is left is in circles, or above one


# The last parts of the names of all modules, compiled ones too.
MODULES = {name.rpartition(".")[2] for name in SOURCES} | {path.stem for path in PACKAGE.rglob("*.pyx")}


@pytest.mark.parametrize("name", SOURCES)
def test_no_module_takes_what_another_keeps_to_itself(name):
    """A name with an underscore is its own module's. Modules with an underscore, and `__version__`, are the whole package's."""
    nodes = list(ast.walk(ast.parse(SOURCES[name].read_text(encoding="utf-8"))))
    aliases = [alias for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names]
    private = {alias.name for alias in aliases if alias.name.startswith("_") and not alias.name.endswith("__")}
    assert private <= MODULES
    modules = {alias.asname or alias.name for alias in aliases if alias.name in MODULES}
    attributes = [node for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)]
    inside = {ast.unparse(node) for node in attributes if node.value.id in modules and node.attr.startswith("_")}
    assert not {text for text in inside if not text.endswith("__")}


@pytest.mark.slow
def test_modules_are_not_imported_by_their_names_as_text():
    """What text imports, the plan above does not see; packages of the library that are imported late have one table each."""
    for name, path in SOURCES.items():
        tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        used = {node.id for node in tree if isinstance(node, ast.Name)} | set(imported(name))
        strings = {"import_module", "importlib", "__import__"} & used
        assert not strings or name == "cevns._lazy", name


def test_top_floor_is_a_list_of_nouns():
    doors = {path.name for path in PACKAGE.iterdir() if not path.name.startswith("_")} - {"py.typed"}
    assert len(doors) <= DOORS
    assert {name.removesuffix(".py") for name in doors} == {name for name in FLOOR if not name.startswith("_")}


@pytest.mark.parametrize("name", SOURCES)
def test_a_file_has_one_idea_and_not_too_many_lines(name):
    assert len(SOURCES[name].read_text(encoding="utf-8").splitlines()) <= LONGEST


# ---- public names --------------------------------------------------------------------------------------------------------

PUBLIC = {
    "cevns": (
        "Anapole AxialMediator AxialResponse CevnsError ChargeRadius Coherence Component Couplings Detector DipolePortal "
        "ElectronNSI Experiment Flux FluxHistory GeneralizedInteraction InputError Interaction InteractionSum Leptoquark "
        "MagneticMoment Millicharge NSI Nuclide ScalarMediator ScalarUpscattering ScanResult StandardModel Target "
        "TemplateGrid Templates TensorMediator TransitionMagneticMoment Uncertainty UnknownNameError UnsupportedError "
        "VectorMediator VectorUpscattering __version__ angular_cross_section axial_strength binned_rate cite coherence "
        "coherency constants critical_weak_mixing_angle cross_section dark_matter differential_cross_section "
        "differential_rate efficiency electrons experiments form_factors kinematics matter matter_potential mirror "
        "neutrino_charge_radius neutrino_energy_min oscillation plotting potentials quenching radii rate "
        "recoil_energy_max resolution scan scans show_config sources spectra spin_expectation spins statistics timing "
        "transparency weak_charge weak_charge_qw weak_mixing_angle"
    ),
    "cevns.coherence": "coherence_loss coherency coherent_limit coherent_scaling degree_of_coherency",
    "cevns.constants": (
        "ATOMIC_MASS_UNIT AVOGADRO AXIAL_COUPLING AXIAL_RADIUS_SQUARED DAY EFFECTIVE_QUARK_MASSES ELECTRON_MASS "
        "ELEMENTARY_CHARGE ERG FERMI_CONSTANT FINE_STRUCTURE FINE_STRUCTURE_AT_Z_MASS FLAVORS FM HADRONIC_LOOP HBAR_C "
        "JOULE KEV KILOPARSEC MEV2_CM2 MUON_LIFETIME MUON_MASS NEUTRAL_CURRENT_STRENGTH NEUTRAL_PION_MASS "
        "NEUTRAL_PION_TO_PHOTONS NEUTRON_MAGNETIC_MOMENT NEUTRON_MASS NEUTRON_RADIUS_SQUARED NEWTON NUCLEON_MASS "
        "PION_LIFETIME PION_MASS PROTON_MAGNETIC_MOMENT PROTON_MASS PROTON_RADIUS_SQUARED QUARK_MASSES SOLAR_MASS "
        "SPEED_OF_LIGHT STRANGE_AXIAL_COUPLING STRANGE_RADIUS_SQUARED STRONG_COUPLING_AT_W_MASS STRONG_COUPLING_AT_Z_MASS "
        "TAU_MASS WEAK_CROSS_SECTION WEAK_MIXING_ANGLE WEAK_MIXING_ANGLE_AT_Z_MASS WILSON_DOWN WILSON_LEPTON_OTHER "
        "WILSON_LEPTON_RIGHT WILSON_LEPTON_SAME WILSON_SCALE WILSON_UP W_MASS Z_MASS"
    ),
    "cevns.dark_matter": (
        "Cascade DarkMatterFlux DarkMatterResponse Production VectorPortal binned_rate counts differential_cross_section "
        "differential_rate energy_min mediators_per_capture pion_branching_ratio rate recoil_energy_max template"
    ),
    "cevns.efficiency": "Decaying Efficiency ErfThreshold Function Logistic Product Step Tabulated Threshold",
    "cevns.electrons": (
        "ElectronResponse Shells TabulatedRatio binned_rate cross_section differential_cross_section differential_rate "
        "effective_electrons elements rate recoil_energy_max response shells"
    ),
    "cevns.experiments": (
        "Experiment MEASUREMENTS Measurement Published SIGNAL SignalFit channels load measure names "
        "neutron_radius weak_mixing_angle"
    ),
    "cevns.form_factors": (
        "ByNuclide Dipole FormFactor FourierBessel Gaussian HarmonicOscillator HasMassNumber Helm KleinNystrand "
        "MomentExpansion Point Skin SolidSphere SumOfGaussians SymmetrizedFermi Tabulated TabulatedDensity "
        "ThreeParameterFermi TwoParameterFermi neutron_form_factor"
    ),
    "cevns.kinematics": (
        "momentum_transfer neutrino_energy_min neutrino_scattering_cosine recoil_cosine recoil_energy_from_neutrino_angle "
        "recoil_energy_from_recoil_angle recoil_energy_max"
    ),
    "cevns.matter": (
        "BRUENN_LENGTH NEUTRINO_SPHERE_DEPTH bruenn_moments diffusion_time electron_screening inverse_mean_free_path "
        "ion_correlation mean_free_path neutrino_sphere opacity optical_depth screening_length transport_cross_section "
        "trapping_density"
    ),
    "cevns.mirror": "NucleonCharges mirror nucleon_charges nucleon_charges_from_cross_sections",
    "cevns.oscillation": (
        "CYCLES EARTH MATTER MixingParameters NEUTRONS PARAMETER_SETS PHASE PRODUCTION Parameters SolarAdiabatic "
        "SolarFunction SolarNSI SolarNSIFunction Sterile Vacuum density_matrices mixing_matrix non_unitary sun_zenith "
        "supernova_swap"
    ),
    "cevns.plotting": "contour flux spectrum",
    "cevns.potentials": "NeutralCurrentParts atomic_weak_charge matter_potential neutral_current_parts",
    "cevns.quenching": (
        "Constant CsICoherent Function Identity LArCoherent Lindhard Linear NestXenon Polynomial Quenching Sarkis Tabulated"
    ),
    "cevns.radii": "convert empirical_skin neutron_radius neutron_skin weak_radius",
    "cevns.resolution": "Gamma Gaussian Perfect Poisson Resolution Tabulated",
    "cevns.scans": "Minimum ScanResult scan",
    "cevns.sources": (
        "AllowedShape BetaDecay Boron8 CURIE CoreCollapseRate DiffuseSupernova FermiDirac FissionError FissionSpectrum "
        "FissionTable Lithium8 Pinched ReactorSite atmospheric catalogue ccm csns dsnb ess fission_table flat "
        "geoneutrinos isodar jsns2 monochromatic neutrino_yield pion_decay_at_rest pion_flight_spectrum protons_on_target "
        "radioactive radioactive_history reactor reactor_history reactor_site reactor_sites snewpy snowglobes sns solar "
        "solar_distance solar_history supernova"
    ),
    "cevns.spectra": "EndPoint Function Lines Smooth Spectrum Table",
    "cevns.spins": "AxialResponse SPIN_MODELS STRENGTH_MODELS axial_strength schmidt_moment spin_expectation",
    "cevns.statistics": (
        "Cost FeldmanCousins Fit Minimum Model Nuisance Sample Toys asimov contour feldman_cousins fit gaussian_chi2 "
        "interval minimize poisson_chi2 profile run_toys significance template_chi2 threshold to_hist "
        "to_pyhf toys"
    ),
    "cevns.timing": "GaussianPulse Instant Pulse PulseTrain RectangularPulse TabulatedPulse Timing TrapezoidalPulse",
    "cevns.transparency": "critical_weak_mixing_angle",
}


@pytest.mark.parametrize("name", PUBLIC)
def test_public_names_are_these_and_nothing_else(name):
    module = cevns if name == "cevns" else getattr(cevns, name.partition(".")[2])
    assert sorted(dir(module)) == sorted(PUBLIC[name].split())
    assert all(hasattr(module, each) for each in dir(module))


def test_every_public_module_is_known_here():
    modules = {f"cevns.{name}" for name in cevns.__all__ if inspect.ismodule(getattr(cevns, name))}
    assert modules | {"cevns"} == PUBLIC.keys()


def found(dotted):
    """Whether there is what a text calls `cevns.a.b`."""
    thing = cevns
    for part in dotted.split(".")[1:]:
        try:
            thing = getattr(thing, part)
        except AttributeError:
            if not inspect.ismodule(thing) or importlib.util.find_spec(f"{thing.__name__}.{part}") is None:
                return False
            thing = importlib.import_module(f"{thing.__name__}.{part}")
    return True


@pytest.mark.parametrize("name", SOURCES)
def test_what_a_docstring_points_to_exists(name):
    text = SOURCES[name].read_text(encoding="utf-8")
    for dotted in re.findall(r"`(cevns(?:\.\w+)+)[`(]", text):
        assert found(dotted), dotted
    for path in re.findall(r"`(cevns/[\w/.]+|data/[\w.]+)`", text):
        assert (PACKAGE / path.removeprefix("cevns/")).exists(), path


# What texts name and the library does not define: other libraries, their words, files and examples.
OTHERS = {"numpy", "scipy", "pyhf", "json", "iminuit", "concurrent", "functools", "mpi4py", "MPIPoolExecutor", "client", "stpi"}
OTHERS |= {"normfactor", "histosys", "normsys", "twice_nll", "trapz", "qf", "E_keV", "E_GeV", "cevns_kind"}
OTHERS |= {"geoneutrino_238U", "AntineutrinoSpectrum_238U", "solar_bs05op_mixed"}


def defined(tree):
    """The names that a module's syntax tree defines, imports or uses as attributes and arguments."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.Name(id=name) | ast.Attribute(attr=name):
                yield name
            case ast.arg(arg=name) | ast.keyword(arg=str(name)):
                yield name
            case ast.alias(name=name, asname=None) | ast.alias(asname=str(name)):
                yield name.rpartition(".")[2]


TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in SOURCES.items()}
KNOWN = {part for name in SOURCES for part in name.split(".")} | {word for tree in TREES.values() for word in defined(tree)}


@pytest.mark.parametrize("name", SOURCES)
def test_a_name_between_backticks_in_a_docstring_exists_somewhere(name):
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            for text in re.findall(r"(?<!`)`([A-Za-z_][\w.]*)(?:\([^`\n]*\))?`(?!`)", ast.get_docstring(node) or ""):
                first, *rest = text.split(".")
                assert first in OTHERS or all(part in KNOWN or hasattr(builtins, part) for part in (first, *rest)), text


@pytest.mark.parametrize("name", [name for name, path in SOURCES.items() if path.name == "__init__.py" and name != "cevns"])
def test_a_package_lists_its_modules_and_nothing_that_is_not_there(name):
    rows = re.findall(r"^ *([a-z_]+(?:, [a-z_]+)*) {2,}\S", inspect.getdoc(importlib.import_module(name)), re.MULTILINE)
    listed = {each for row in rows for each in row.split(", ")}
    inner = {other.rpartition(".")[2] for other in SOURCES if other.rpartition(".")[0] == name}
    assert all(each in inner or hasattr(importlib.import_module(name), each) for each in listed)
    if listed and listed <= inner:  # others list the functions that a user calls
        assert listed == {each for each in inner if not each.startswith("_")}


# ---- words ---------------------------------------------------------------------------------------------------------------

CLIPPED = re.compile(r"(?:What|Of|How|Whose|Which)\b(?!.*\?)")


def described(tree):
    """Public modules, classes, functions and methods of a syntax tree, with their docstrings."""
    yield getattr(tree, "name", "module"), ast.get_docstring(tree) or ""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from described(node)
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node.name, ast.get_docstring(node) or ""


@pytest.mark.parametrize("name", [name for name in SOURCES if not name.startswith("cevns.reference")])
def test_a_docstring_begins_with_the_thing_that_it_describes(name):
    """Not with "What …", "Of …" or "How …"; an answer to such a question needs its question."""
    for owner, text in described(TREES[name]):
        assert not CLIPPED.match(text), f"{owner}: {text.splitlines()[0]}"
        for line in re.findall(r"^[\w, *]+ : .*\n    (\S.*)", text, re.MULTILINE):
            assert not CLIPPED.match(line), f"{owner}: {line}"


# ---- tests ---------------------------------------------------------------------------------------------------------------


def called(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def test_tests_stand_in_the_folders_of_what_they_test():
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and any(path.glob("test_*.py"))}
    assert folders > {"fluxes", "nuclei", "scattering", "statistics"}
    assert folders - {path.name for path in PACKAGE.iterdir() if path.is_dir()} == {"oracle"}


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("test_*.py")), ids=lambda path: path.stem)
def test_no_test_asserts_nothing_but_that_nothing_is_raised(path):
    """Each has an assertion, or calls a function of its file that has one."""
    functions = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef)]
    asserting = {"raises", "warns", "fail"}
    for _ in range(3):  # functions that call functions that assert
        for function in functions:
            names = {name for name in called(function) if name != "assert_type"}
            found = any(isinstance(node, ast.Assert) for node in ast.walk(function))
            if found or names & asserting or any(name.startswith("assert_") for name in names):
                asserting.add(function.name)
    assert not [function.name for function in functions if function.name.startswith("test_") and function.name not in asserting]


def test_energies_come_first_and_models_after_nuclei():
    """Recoil energy, neutrino energy, nuclide, model, options: before an energy stand only other energies, angles and edges."""
    first = ("recoil_energy", "neutrino_energy", "cosine", "edges", "detector", "self")
    after = (("recoil_energy", "neutrino_energy"), ("nuclide", "interaction"), ("target", "interaction"), ("nuclide", "portal"))
    seen = 0
    for module in [cevns, *(thing for name in cevns.__all__ if inspect.ismodule(thing := getattr(cevns, name)))]:
        for function in filter(inspect.isfunction, (getattr(module, name) for name in getattr(module, "__all__", ()))):
            parameters = inspect.signature(function).parameters.values()
            names = [each.name for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD]
            for energy in {"recoil_energy", "neutrino_energy"} & set(names):
                assert set(names[: names.index(energy)]) <= set(first), function
                seen += 1
            for one, other in after:
                assert not {one, other} <= set(names) or names.index(one) < names.index(other), function
    assert seen > 20


# ---- registers -----------------------------------------------------------------------------------------------------------


def kinds(base):
    """Public classes of the library that a program can make, of a base class."""
    for name in SOURCES:
        if not name.startswith(("cevns.reference", "cevns.__main__", "cevns.data.build")):
            importlib.import_module(name)
    queue, seen = [base], []
    while queue:
        for kind in queue.pop().__subclasses__():
            queue.append(kind)
            if kind.__module__.startswith("cevns.") and not kind.__name__.startswith("_") and not inspect.isabstract(kind):
                seen.append(kind)
    assert seen
    return seen


@pytest.mark.parametrize(
    ("base", "module", "inner"),
    [
        (cevns.form_factors.FormFactor, cevns.form_factors, {"ClosedForm", "Formula", "Stretched"}),
        (cevns.quenching.Quenching, cevns.quenching, set()),
        (cevns.efficiency.Efficiency, cevns.efficiency, set()),
        (cevns.resolution.Resolution, cevns.resolution, set()),
        (cevns.timing.Pulse, cevns.timing, set()),
        (Interaction, cevns, {"HermitianCouplings"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_class_of_a_kind_is_public(base, module, inner):
    names = {kind.__name__ for kind in kinds(base)}
    assert names - inner <= set(module.__all__)
    assert inner <= names


def test_every_interaction_is_a_model_of_the_command_line():
    known = {model.func if isinstance(model, partial) else model for model in MODELS.values()}
    # matrices have no names for their elements, and electrons are counted elsewhere
    apart = {"ElectronNSI", "HermitianCouplings", "InteractionSum", "StandardModel", "TransitionMagneticMoment"}
    assert {kind.__name__ for kind in kinds(Interaction)} - apart == {kind.__name__ for kind in known}


def test_every_spectrum_of_neutrinos_comes_back_from_a_file():
    for kind in kinds(cevns.spectra.Spectrum):
        if kind.__module__.startswith("cevns.dark_matter"):
            with pytest.raises(InputError):
                csv_files.rebuilt(f"{kind.__name__}()")
        elif kind.__name__ != "FittedSpectrum":  # what two spectra have in common
            assert kind_of(kind.__name__) is kind


def test_every_function_that_makes_a_flux_has_an_example():
    made = {name for name in cevns.sources.__all__ if inspect.isfunction(getattr(cevns.sources, name))}
    made = {name for name in made if inspect.signature(getattr(cevns.sources, name)).return_annotation == "Flux"}
    assert made == cevns.sources.catalogue.EXAMPLES.keys() - apart_of(made)


def apart_of(made):
    """Examples of functions that may return a flux or its history."""
    return {
        name
        for name in cevns.sources.catalogue.EXAMPLES
        if "FluxHistory" in str(inspect.signature(getattr(cevns.sources, name)).return_annotation)
    }


def test_every_package_is_installed():
    listed = ROOT / "pyproject.toml"
    packages = {name for name, path in SOURCES.items() if path.name == "__init__.py"}
    assert packages == set(tomllib.loads(listed.read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"])
