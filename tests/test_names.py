"""Names for things: a nuclide or a target is given by its string wherever one is meant."""

import ast
import importlib
import inspect
import pkgutil
import sys
from pathlib import Path

import numpy as np
import pytest

import cevns
from cevns import (
    coherence,
    dark_matter,
    electrons,
    form_factors,
    kinematics,
    matter,
    mirror,
    potentials,
    quenching,
    radii,
    sources,
    spins,
)
from cevns.dark_matter import VectorPortal

PORTAL = VectorPortal(mass=25.0, mediator_mass=75.0, kinetic_mixing=1e-4, alpha_D=0.5)
SNS = cevns.sources.sns()
SM = cevns.StandardModel()
AXIAL = cevns.AxialResponse()
BOSON = cevns.VectorMediator(mass=30.0, coupling=1e-5)
DARK = dark_matter.DarkMatterFlux.from_table(25.0, [26.0, 60.0, 150.0], [1.0, 2.0, 0.0])
XENON = cevns.Detector("Xe", 1.0, quenching=quenching.Lindhard())

# Every public function and method with an argument `nuclide`, but for the form factors: a call with ¹⁹F or another nuclide.
NUCLIDE = {
    "BetaDecay.__init__": ("239Np", lambda n: sources.BetaDecay(n).nuclide),
    "AxialResponse.matrix": ("73Ge", lambda n: AXIAL.matrix([0.0, 20.0], n)),
    "AxialResponse.q_end": ("73Ge", AXIAL.q_end),
    "AxialResponse.q_fit": ("73Ge", AXIAL.q_fit),
    "AxialResponse.source": ("73Ge", AXIAL.source),
    "AxialResponse.strength": ("73Ge", lambda n: AXIAL.strength(20.0, n)),
    "AxialResponse.strength_at_zero": ("73Ge", AXIAL.strength_at_zero),
    "Current.charge": ("40Ar", lambda n: BOSON.currents[0].charge(n, 10.0)),
    "Detector.probability": ("132Xe", lambda n: XENON.probability([0.0, 1.0, 5.0], 10.0, n)),
    "Detector.signal": ("132Xe", lambda n: XENON.signal(10.0, n)),
    "Interaction.nucleus": ("40Ar", lambda n: (SM + cevns.ChargeRadius(numu=1e-32)).nucleus(n)),
    "NestXenon.electrons": ("132Xe", lambda n: quenching.NestXenon(field=180.0).electrons(10.0, n)),
    "NestXenon.photons": ("132Xe", lambda n: quenching.NestXenon(field=180.0).photons(10.0, n)),
    "Quenching.energy": ("74Ge", lambda n: quenching.Lindhard().energy(10.0, n)),
    "Quenching.factor": ("74Ge", lambda n: quenching.Lindhard().factor(10.0, n)),
    "Quenching.inverse": ("74Ge", lambda n: quenching.Lindhard().inverse(1.0, n)),
    "StandardModel.nucleus": ("40Ar", SM.nucleus),
    "StandardModel.spin_amplitudes": ("13C", lambda n: SM.spin_amplitudes(np.array([0.0, 20.0]), n)),
    "VectorPortal.factor": ("40Ar", lambda n: PORTAL.factor(np.array([10.0]), n)),
    "VectorPortal.remainder": ("40Ar", lambda n: PORTAL.remainder(np.array([10.0]), n)),
    "scattering.coherence.coherence_loss": ("40Ar", lambda n: coherence.coherence_loss(30.0, n)),
    "scattering.coherence.coherency": ("40Ar", lambda n: coherence.coherency(n, 0.3)),
    "scattering.coherence.coherent_limit": ("40Ar", lambda n: coherence.coherent_limit(30.0, n)),
    "scattering.coherence.coherent_scaling": ("40Ar", lambda n: coherence.coherent_scaling(30.0, n)),
    "scattering.coherence.degree_of_coherency": ("40Ar", lambda n: coherence.degree_of_coherency(n, 0.5)),
    "interactions.couplings.weak_charge": ("40Ar", cevns.weak_charge),
    "interactions.couplings.weak_charge_qw": ("40Ar", cevns.weak_charge_qw),
    "scattering.cross_sections.angular_cross_section": ("40Ar", lambda n: cevns.angular_cross_section(0.5, 30.0, n)),
    "scattering.cross_sections.cross_section": ("40Ar", lambda n: cevns.cross_section(30.0, n)),
    "scattering.cross_sections.differential_cross_section": ("40Ar", lambda n: cevns.differential_cross_section(10.0, 30.0, n)),
    "dark_matter.scattering.differential_cross_section": (
        "40Ar",
        lambda n: dark_matter.differential_cross_section(10.0, 100.0, n, PORTAL),
    ),
    "dark_matter.scattering.energy_min": ("40Ar", lambda n: dark_matter.energy_min(10.0, 25.0, n)),
    "dark_matter.scattering.recoil_energy_max": ("40Ar", lambda n: dark_matter.recoil_energy_max(100.0, 25.0, n)),
    "kinematics.momentum_transfer": ("40Ar", lambda n: kinematics.momentum_transfer(10.0, n)),
    "kinematics.neutrino_energy_min": ("40Ar", lambda n: kinematics.neutrino_energy_min(10.0, n)),
    "kinematics.neutrino_scattering_cosine": ("40Ar", lambda n: kinematics.neutrino_scattering_cosine(10.0, 30.0, n)),
    "kinematics.recoil_cosine": ("40Ar", lambda n: kinematics.recoil_cosine(10.0, 30.0, n)),
    "kinematics.recoil_energy_from_neutrino_angle": (
        "40Ar",
        lambda n: kinematics.recoil_energy_from_neutrino_angle(0.5, 30.0, n),
    ),
    "kinematics.recoil_energy_from_recoil_angle": ("40Ar", lambda n: kinematics.recoil_energy_from_recoil_angle(0.5, 30.0, n)),
    "kinematics.recoil_energy_max": ("40Ar", lambda n: cevns.recoil_energy_max(30.0, n)),
    "matter.correlations.ion_correlation": ("56Fe", lambda n: matter.ion_correlation(10.0, n, 1e12, 1.0)),
    "matter.transport.electron_screening": ("56Fe", lambda n: matter.electron_screening(5.0, n, 1e11, 0.4, "numu")),
    "matter.transport.transport_cross_section": ("56Fe", lambda n: matter.transport_cross_section(10.0, n)),
    "scattering.mirror.mirror": ("11B", mirror.mirror),
    "scattering.mirror.nucleon_charges": ("11B", lambda n: mirror.nucleon_charges(n, -2.8857, -2.36284)),
    "scattering.mirror.nucleon_charges_from_cross_sections": (
        "11B",
        lambda n: mirror.nucleon_charges_from_cross_sections(30.0, n, 1e-39, 7e-40, mirror_nuclide=mirror.mirror(n)),
    ),
    "matter.potentials.atomic_weak_charge": ("4He", lambda n: potentials.atomic_weak_charge(n, "nue")),
    "nuclei.radii.convert": ("40Ar", lambda n: radii.convert(3.43, n, "charge", "point")),
    "nuclei.radii.empirical_skin": ("208Pb", radii.empirical_skin),
    "nuclei.radii.neutron_radius": ("208Pb", lambda n: radii.neutron_radius(5.8, 5.44, n)),
    "nuclei.radii.neutron_skin": ("208Pb", lambda n: radii.neutron_skin(n, {"208Pb": 0.283})),
    "nuclei.radii.weak_radius": ("208Pb", lambda n: radii.weak_radius(5.44, 5.72, n)),
    "sources.radioactive.radioactive": ("51Cr", lambda n: sources.radioactive(n, activity=1e16, distance=1.0)),
    "sources.radioactive.radioactive_history": (
        "51Cr",
        lambda n: sources.radioactive_history(n, activity=1e16, distance=1.0, edges=[0.0, 10.0]),
    ),
    "nuclei.spins.axial_strength": ("19F", spins.axial_strength),
    "nuclei.spins.schmidt_moment": ("19F", spins.schmidt_moment),
    "nuclei.spins.spin_expectation": ("19F", spins.spin_expectation),
    "interactions.transparency.critical_weak_mixing_angle": ("40Ar", cevns.critical_weak_mixing_angle),
}

# The same for an argument `target`.
TARGET = {
    "Detector.__init__": lambda t: cevns.Detector(t, 1.0).target,
    "dark_matter.rates.binned_rate": lambda t: dark_matter.binned_rate([1.0, 5.0, 20.0], DARK, t, PORTAL),
    "dark_matter.rates.differential_rate": lambda t: dark_matter.differential_rate(10.0, DARK, t, PORTAL),
    "dark_matter.rates.rate": lambda t: dark_matter.rate(DARK, t, PORTAL, threshold=1.0),
    "electrons.rates.binned_rate": lambda t: electrons.binned_rate([1.0, 5.0, 20.0], SNS, t),
    "electrons.rates.differential_rate": lambda t: electrons.differential_rate(10.0, SNS, t),
    "electrons.rates.rate": lambda t: electrons.rate(SNS, t, threshold=1.0),
    "scattering.rates.binned_rate": lambda t: cevns.binned_rate([1.0, 5.0, 20.0], SNS, t),
    "scattering.rates.differential_rate": lambda t: cevns.differential_rate(10.0, SNS, t),
    "scattering.rates.rate": lambda t: cevns.rate(SNS, t),
}

MODELS = {
    form_factors.FourierBessel: form_factors.FourierBessel(),
    form_factors.HarmonicOscillator: form_factors.HarmonicOscillator(),
    form_factors.ByNuclide: form_factors.ByNuclide({"12C": form_factors.Helm(radius=2.5)}),
    form_factors.Skin: form_factors.Skin(form_factors.Helm(), {"12C": 0.1}),
    form_factors.TwoParameterFermi: form_factors.TwoParameterFermi(),
    form_factors.SolidSphere: form_factors.SolidSphere(),
    form_factors.Helm: form_factors.Helm(convention="charge-radius"),
    form_factors.KleinNystrand: form_factors.KleinNystrand(),
    form_factors.SymmetrizedFermi: form_factors.SymmetrizedFermi(),
    form_factors.Gaussian: form_factors.Gaussian(),
    form_factors.Dipole: form_factors.Dipole(),
    form_factors.Point: form_factors.Point(),
}


def public(argument):
    """Names of the public functions and methods with an argument of that name, each once, in the module that defines it."""
    found = set()
    shown = {value.__name__ for value in (getattr(cevns, name) for name in cevns.__all__) if inspect.ismodule(value)}
    inner = {"interactions.quadratic_forms", "nuclei.nuclides", "nuclei.structure_functions", "scattering.nuclei"}
    inner |= {"detectors.response", "plotting", "scattering.quadrature"}
    for module in pkgutil.walk_packages(cevns.__path__, "cevns."):
        parts = module.name.split(".")[1:]
        if any(part.startswith("_") and part != "_base" for part in parts) or parts[0] in ("reference", "data"):
            continue
        if ".".join(parts) in inner:
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            home = getattr(value, "__module__", "")
            if name.startswith("_") or home != module.name:
                continue
            package = module.name.rpartition(".")[0]
            exported = name in cevns.__all__ or module.name in shown
            exported = exported or (package in shown and hasattr(sys.modules[package], name))
            if inspect.isfunction(value) and exported:
                if argument in inspect.signature(value).parameters:
                    found.add(f"{'.'.join(parts)}.{name}")
            elif inspect.isclass(value) and "form_factors" not in parts:
                for method, function in vars(value).items():
                    known = not method.startswith("_") or method in ("__init__", "__call__")
                    if known and inspect.isfunction(function) and argument in inspect.signature(function).parameters:
                        found.add(f"{name}.{method}")
    return found


def same(one, other):
    if isinstance(one, np.ndarray | float):
        return np.array_equal(one, other)
    return one is other or one == other


def test_every_public_function_of_a_nuclide_is_known_here():
    assert public("nuclide") - {"kinematics.mass"} == set(NUCLIDE)


def test_every_public_function_of_a_target_is_known_here():
    # a response and the shells of atoms get the target of their detector
    inner = {name for name in public("target") if name.startswith(("_", "electrons.shells"))}
    inner |= {"rates.channel", "electrons.rates.electrons", "Electrons.__init__"}
    assert public("target") - inner == set(TARGET)


@pytest.mark.parametrize("name", NUCLIDE)
def test_a_nuclide_may_be_given_by_its_name(name):
    nuclide, call = NUCLIDE[name]
    symbol = nuclide.lstrip("0123456789")
    for spelling in (nuclide, f"{symbol}-{nuclide[: -len(symbol)]}", nuclide.lower()):
        assert same(call(spelling), call(cevns.Nuclide(nuclide)))
    with pytest.raises(cevns.CevnsError, match="12Qq"):
        call("12Qq")


@pytest.mark.parametrize("name", TARGET)
def test_a_target_may_be_given_by_its_formula(name):
    call = TARGET[name]
    assert same(call("Xe"), call(cevns.Target("Xe")))
    assert same(call("132Xe"), call(cevns.Nuclide("132Xe")))


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: type(model).__name__)
def test_a_form_factor_takes_the_name_of_a_nuclide(model):
    carbon = cevns.Nuclide("12C")
    for call in (
        lambda n: model(50.0, n),
        lambda n: model.rms_radius(n),
        lambda n: model.maximum(n),
        lambda n: model.kernel(n),
        lambda n: model.resized(2.6, n)(50.0, n),
        lambda n: model.derivative(50.0, n),
        *([lambda n: model.norm(n), lambda n: model.measured_to(n)] if hasattr(model, "norm") else []),
        *([lambda n: model.fourth_moment(n)] if hasattr(model, "fourth_moment") else []),
    ):
        try:
            expected = call(carbon)
        except cevns.UnsupportedError:  # a density without a radius to vary
            continue
        assert same(call("C-12"), expected)


def test_compositions_of_matter_take_nuclides_and_their_names():
    one, other = (matter.mean_free_path(10.0, 1e12, {key: 1.0}) for key in ("Fe-56", cevns.Nuclide("56Fe")))
    assert one == other


def test_names_of_models_are_taken_in_any_case():
    mediator = cevns.VectorMediator(mass=30.0, coupling=1e-5, model="B-L")
    assert mediator == cevns.VectorMediator(mass=30.0, coupling=1e-5, model="b-l")
    assert cevns.weak_charge("40Ar", couplings="Radiative") == cevns.weak_charge("40Ar", couplings="radiative")
    assert cevns.StandardModel(couplings="Radiative") == cevns.StandardModel(couplings="radiative")
    assert form_factors.Helm(convention="Engel") == form_factors.Helm(convention="engel")
    assert cevns.AxialResponse(model="Recommended") == cevns.AxialResponse()
    assert sources.FissionSpectrum("235u", "Huber-Mueller") == sources.FissionSpectrum("235U")
    assert cevns.Experiment.load("COHERENT-CsI-2021") == cevns.Experiment.load("coherent-csi-2021")
    with pytest.raises(cevns.UnknownNameError, match="did you mean 'b-l'"):
        cevns.VectorMediator(mass=30.0, coupling=1e-5, model="b_l")


def test_flavours_are_exact():
    with pytest.raises(cevns.UnknownNameError, match="unknown flavor 'NuE'"):
        cevns.cross_section(30.0, "40Ar", flavor="NuE")


def test_every_name_that_is_taken_in_any_case_is_stored_as_it_is_known():
    for path in Path(cevns.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                assert getattr(node.value.func, "id", "") != "canonical_name", f"{path}:{node.lineno} drops the name"


@pytest.mark.parametrize(
    "parts",
    [
        (SNS, cevns.sources.sns(distance=30.0)),
        (cevns.StandardModel(), cevns.NSI(eps_ee_u=0.1)),
        tuple(sources.radioactive_history("51Cr", activity=a, distance=1.0, edges=[0.0, 10.0]) for a in (1e15, 2e15)),
    ],
    ids=lambda parts: type(parts[0]).__name__,
)
def test_sum_adds_as_plus_does(parts):
    assert sum(parts) == parts[0] + parts[1]
    assert sum(parts[:1]) is parts[0]
    with pytest.raises(TypeError):
        1 + parts[0]


@pytest.mark.parametrize(
    "kind", [kind for kind in vars(cevns).values() if isinstance(kind, type) and issubclass(kind, cevns.Interaction)]
)
def test_a_coupling_that_does_not_exist_is_named(kind):
    with pytest.raises(cevns.errors.UnknownNameError, match=f"unknown argument of {kind.__name__} 'eps_eu_q'"):
        kind(eps_eu_q=0.1)
