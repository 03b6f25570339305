"""Nothing that an object hands out changes it: arrays are read-only or fresh, mappings and lists cannot be changed."""

import copy
import gc
import importlib
import inspect
import pickle
import pkgutil
import types
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property, partial

import numpy as np
import pytest

import cevns
from cevns import (
    dark_matter,
    efficiency,
    electrons,
    form_factors,
    interactions,
    oscillation,
    quenching,
    resolution,
    sources,
    spectra,
    statistics,
    timing,
)
from cevns.sources.catalogue import EXAMPLES

NUCLIDE = cevns.Nuclide("133Cs")
FLUX = sources.sns()
EDGES = [10.0, 20.0, 40.0, 60.0]


def _things():
    """One object of each public class, by a name for the test."""
    E = np.linspace(1.0, 50.0, 20)
    for name, arguments in EXAMPLES.items():
        if arguments is not None:
            yield name, getattr(sources, name)(**arguments)
    table = cevns.Flux.from_table(E, {"nue": np.ones(20), "numubar": np.ones(20)}, lines={"nue": [(3.0, 1.0)]})
    yield "table", table
    yield "power laws", cevns.Flux.from_table(E, {"nue": 1 / E}, interpolation="loglog")
    yield "histogram", cevns.Flux.from_table(E, {"nue": np.ones(19)}, interpolation="histogram")
    yield "function", cevns.Flux.from_function({"nue": _falling}, [0.0, 50.0])
    yield (
        "uncertain",
        table.with_uncertainty("all", 0.1).with_covariance(np.diag([0.1, 0.2]), edges=[0.0, 20.0, 60.0], name="C"),
    )
    yield "oscillated", FLUX.sterile(dm2=1.0, sin2_2theta=0.1, baseline=20.0)
    yield "coherent", table.oscillate(_coherent)
    pulsed = sources.sns(pulse=timing.GaussianPulse(0.44, 0.15))
    history = pulsed.history([0.0, 1.0, 6.0])
    yield "history", history
    yield "pulsed", pulsed
    yield "nuclide", NUCLIDE
    yield "target", cevns.Target("CsI")
    yield "end point", spectra.EndPoint("muon")
    yield "lines", spectra.Lines([2.0, 1.0], [1.0, 2.0])
    for name, thing in {
        "helm": form_factors.Helm(),
        "fourier-bessel": form_factors.FourierBessel(coefficients=(0.05, 0.02), radius=8.0),
        "sum of gaussians": form_factors.SumOfGaussians([1.0, 2.0], [0.4, 0.6], 1.0),
        "tabulated": form_factors.Tabulated([0.0, 50.0, 100.0, 200.0], [1.0, 0.8, 0.5, 0.2]),
        "fermi": form_factors.TwoParameterFermi(4.8, 0.52),
        "harmonic": form_factors.HarmonicOscillator(),
        "standard model": cevns.StandardModel(),
        "sum": cevns.StandardModel(axial=True) + cevns.NSI(eps_ee_u=0.1) + interactions.MagneticMoment(nue=1e-10),
        "nsi": cevns.NSI(eps_em_u=0.1j),
        "mediator": cevns.VectorMediator(mass=3.0, coupling=1e-4, charges={"numu": 2, "u": 1}),
        "scalar": interactions.ScalarMediator(mass=1.0, coupling=0.1),
        "axial": interactions.AxialMediator(mass=1.0, coupling=0.1),
        "tensor": interactions.TensorMediator(mass=1.0, coupling=0.1, charges={"n": 1}),
        "transition": interactions.TransitionMagneticMoment(moments=np.diag([1.0, 2.0, 3.0]), neutrinos="dirac", scale=1e-10),
        "generalized": interactions.GeneralizedInteraction(eps_s_u=0.1),
        "portal": interactions.DipolePortal(mass=1.0, nue=1e-9),
        "upscattering": interactions.VectorUpscattering(mass=1.0, mediator_mass=2.0, coupling=1e-5, charges={"p": 1}),
        "leptoquark": interactions.Leptoquark(multiplet="R2~", mass=1e6, coupling=1.0, flavors=["numu", "nue"]),
        "charge radius": interactions.ChargeRadius(nue=1e-32),
        "electron nsi": interactions.ElectronNSI(eps_em_L=0.1j),
        "couplings": cevns.Couplings(gvp={"nue": 0.03, "numu": 0.02, "nutau": 0.02}, gvn=-0.5),
        "lindhard": quenching.Lindhard(0.16),
        "table of quenching": quenching.Tabulated([1.0, 2.0, 3.0], [0.1, 0.2, 0.3]),
        "csi": quenching.CsICoherent(),
        "nest": quenching.NestXenon(100.0),
        "sarkis": quenching.Sarkis(),
        "polynomial": quenching.Polynomial([0.1, 0.01]),
        "function of quenching": quenching.Function(_constant),
        "logistic": efficiency.Logistic.coherent_csi_2021(),
        "curve": efficiency.Tabulated([1.0, 2.0], [0.0, 1.0], beyond="hold"),
        "steps": efficiency.Step([1.0], [0.0, 1.0]),
        "product": efficiency.Threshold(1.0) * efficiency.Threshold(2.0),
        "gamma": resolution.Gamma(),
        "gaussian": resolution.Gaussian(0.1),
        "poisson": resolution.Poisson(10.0),
        "mixing": oscillation.MixingParameters(0.3, 0.02, 0.5, 0.0, 7.5e-5, 2.5e-3),
        "vacuum": oscillation.Vacuum(baseline=100.0),
        "sun": oscillation.SolarAdiabatic("8B"),
        "sun with nsi": oscillation.SolarNSI(),
        "pulse": timing.GaussianPulse(0.44, 0.15),
        "train": timing.PulseTrain((timing.GaussianPulse(0.44, 0.15), timing.RectangularPulse(0.0, 1.0))),
        "table of a pulse": timing.TabulatedPulse([0.0, 1.0, 2.0], [0.0, 1.0, 0.0]),
        "timing": pulsed.components[0].timing,
    }.items():
        yield name, thing
    masses = {"mass": 25.0, "mediator_mass": 75.0, "kinetic_mixing": 1e-4}
    yield "dark matter", dark_matter.DarkMatterFlux.from_pion_decay_at_rest(**masses, protons=3.198e23, distance=19.3)
    yield "dark table", dark_matter.DarkMatterFlux.from_table(25.0, [30.0, 40.0], [1.0, 2.0])
    portal = dark_matter.VectorPortal(**masses, alpha_D=0.5)
    yield "vector portal", portal
    detector = cevns.Detector("CsI", 14.6, quenching=quenching.CsICoherent(), resolution=resolution.Gamma())
    yield "detector", detector
    yield "response", detector.response(EDGES, FLUX)
    yield "response in time", detector.response(EDGES, pulsed, times=[0.0, 1.0, 6.0])
    yield "electron response", electrons.response(cevns.Detector("Xe", 1.0), [1.0, 2.0, 5.0], FLUX)
    experiment = cevns.Experiment.load("coherent-csi-2021")
    yield "experiment", experiment
    yield "argon", cevns.Experiment.load("coherent-lar-2020")
    channels = cevns.experiments.channels
    counted = ("nuclei", channels.Electrons(efficiency=()), channels.DarkMatter(DARK_PULSE, portal))
    yield "experiment of three channels", experiment.replace(channels=counted)
    theory = experiment.interaction + cevns.NSI()
    templates = experiment.templates(theory, ("eps_ee_u", "eps_mm_u"), asimov=True)
    yield "templates", templates
    grid = experiment.templates(
        lambda mass: experiment.interaction + cevns.VectorMediator(mass=mass, coupling=0.0),
        ("coupling",),
        shapes={"mass": [10.0, 11.0, 12.0]},
        asimov=True,
    )
    yield "template grid", grid
    found = cevns.scan(templates, {"eps_ee_u": np.linspace(-1, 1, 9), "eps_mm_u": np.linspace(-1, 1, 7)})
    yield "scan", found
    yield "profiled scan", cevns.scan(templates, {"eps_ee_u": np.linspace(-1, 1, 9)}, profile={"eps_mm_u": (-1.0, 1.0)})
    sample = statistics.Sample(
        "signal", [5.0, 10.0], norm="mu", scale_effects={"qf": 0.2}, shape_effects={"s": ([4.0, 9.0], [6.0, 11.0])}
    )
    model = statistics.Model([sample, statistics.Sample("background", [4.0, 4.0], scale_effects={"b": 0.3})])
    cost = statistics.Cost(model, [7, 15])
    yield "sample", sample
    yield "model", model
    yield "cost", cost
    yield "gaussian cost", statistics.Cost(model, [7, 15], kind="gaussian", variance=[7.0, 15.0])
    yield "fit", statistics.fit(cost)
    yield "toys", statistics.run_toys(cost, number=20, seed=1)
    yield from _rarer(detector, experiment, portal).items()


DARK_PULSE = dark_matter.DarkMatterFlux.from_table(
    25.0, [30.0, 40.0], [1.0, 2.0], per="burst", timing=timing.Timing(timing.GaussianPulse(0.44, 0.15))
)


def _rarer(detector, experiment, portal):
    """What the library hands out, or few make themselves."""
    points = [0.0, 2.0, 4.0]
    dark = dark_matter.DarkMatterFlux.from_table(25.0, [30.0, 40.0], [1.0, 2.0])
    return {
        "anapole": interactions.Anapole(nue=1e-32),
        "millicharge": interactions.Millicharge(nue=1e-12),
        "scalar upscattering": interactions.ScalarUpscattering(mass=1.0, mediator_mass=2.0, coupling=1e-5, charges={"p": 1}),
        "cascade": dark_matter.Cascade(25.0, 75.0, 134.9768, [10.0, 20.0]),
        "dark response": dark_matter.DarkMatterResponse(
            detector, EDGES, dark, dark_matter.VectorPortal(mass=25.0, mediator_mass=75.0, kinetic_mixing=1e-4, alpha_D=0.5)
        ),
        "error function": efficiency.ErfThreshold(0.16, 0.02),
        "decaying": efficiency.Decaying(1.0, 2.0),
        "function of efficiency": efficiency.Function(_constant),
        "shells": electrons.shells("Xe"),
        "ratio": electrons.TabulatedRatio([1.0, 3.0, 30.0], [0.5, 0.75, 1.0]),
        "published": experiment.published,
        "signal fit": experiment.fit(asimov=True),
        "by nuclide": form_factors.ByNuclide({"Ar40": form_factors.Helm()}),
        "dipole": form_factors.Dipole(4.8),
        "gaussian form factor": form_factors.Gaussian(4.8),
        "moments": form_factors.MomentExpansion(11.5, 190.0),
        "point": form_factors.Point(),
        "klein": form_factors.KleinNystrand(),
        "skin": form_factors.Skin(form_factors.Helm(), {"40Ar": 0.08}),
        "sphere": form_factors.SolidSphere(5.0),
        "symmetrized": form_factors.SymmetrizedFermi(),
        "density": form_factors.TabulatedDensity(points, [1.0, 0.9, 0.0]),
        "three parameters": form_factors.ThreeParameterFermi(4.8, 0.52, 0.1),
        "constant": quenching.Constant(0.2),
        "identity": quenching.Identity(),
        "linear": quenching.Linear(0.1, 0.01),
        "argon light": quenching.LArCoherent(),
        "widths": resolution.Tabulated([0.0, 10.0], [0.1, 1.0], beyond="hold"),
        "perfect": resolution.Perfect(),
        "instant": timing.Instant(),
        "trapezoid": timing.TrapezoidalPulse(0.1, 0.2, 0.3, 0.4),
        "parts of a potential": cevns.potentials.neutral_current_parts(1.0, 0.5),
        "charges": cevns.mirror.NucleonCharges(0.03, -0.5),
        "part of the sun": oscillation.SolarNSIFunction(oscillation.SolarNSI(), 0, 1),
        "measurement": cevns.experiments.Measurement(1.0, -0.1, 0.1, 2.0),
        "site": sources.reactor_sites()[0],
    }


def _falling(energy):
    return np.exp(-energy / 5.0)


def _constant(energy):
    return 0.2 + 0.0 * energy


def _coherent(energy):
    rho = np.zeros((energy.size, 3, 3, 3))
    for flavor in range(3):
        rho[:, flavor, flavor, flavor] = 1.0
    rho[:, 0] = [[0.5, 0.2, 0.0], [0.2, 0.5, 0.0], [0.0, 0.0, 0.0]]
    return rho


THINGS = list(_things())

# what an object keeps for its own kernels, under a public name, and no user is told of
INNER = {"prepared", "moments", "kernel"}
# methods without arguments that write, draw, or take long
LEFT = {"plot", "save", "to_csv", "show", "fit", "profile_likelihood"}


def _handed_out(thing, attributes_only=False):
    """(name, ask) of every public attribute, property and method without arguments."""
    for name in dir(thing):
        if name.startswith("_") or name in INNER | LEFT:
            continue
        static = inspect.getattr_static(thing, name)
        if isinstance(static, classmethod | staticmethod) or inspect.isclass(static):
            continue
        try:
            value = getattr(thing, name)
        except (cevns.CevnsError, AttributeError):
            continue
        if not inspect.isroutine(value):
            yield name, lambda name=name: getattr(thing, name)
        elif not attributes_only:
            try:
                needed = [p for p in inspect.signature(value).parameters.values() if p.default is p.empty]
            except ValueError:
                continue
            if all(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in needed):
                yield f"{name}()", value


def _leaves(value, path, depth=0, seen=None):
    """(path, array, list, set or mapping) of all in a value: parts of tuples and mappings, attributes of objects of cevns."""
    seen = {} if seen is None else seen
    if id(value) in seen or depth > 7:
        return
    seen[id(value)] = value
    if isinstance(value, np.ndarray | list | set | bytearray):
        yield path, value
    if isinstance(value, Mapping):
        yield path, value
        for key, part in list(value.items()):
            yield from _leaves(part, f"{path}[{key!r}]", depth + 1, seen)
    elif isinstance(value, tuple | list):
        for i, part in enumerate(value):
            yield from _leaves(part, f"{path}[{i}]", depth + 1, seen)
    elif type(value).__module__.startswith("cevns") and not inspect.isroutine(value) and not isinstance(value, BaseException):
        for name, ask in _handed_out(value, attributes_only=True):
            yield from _leaves(ask(), f"{path}.{name}", depth + 1, seen)


def _same(a, b):
    return a is b or (isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and np.shares_memory(a, b))


def _shared(thing):
    """What a thing hands out that can be changed and that it hands out again."""
    wrong = []
    for name, ask in _handed_out(thing):
        try:
            first, second = ask(), ask()
        except (cevns.CevnsError, ImportError):
            continue
        again = dict(_leaves(second, name))
        for path, value in _leaves(first, name):
            other = again.get(path)
            writable = value.flags.writeable if isinstance(value, np.ndarray) else _changeable(value)
            if writable and _same(value, other):
                wrong.append(f"{path} ({type(value).__name__})")
    return wrong


def _changeable(value):
    return hasattr(value, "append") or hasattr(value, "add") or hasattr(value, "__setitem__")


@pytest.mark.parametrize(("name", "thing"), THINGS, ids=[name for name, _ in THINGS])
def test_nothing_that_is_handed_out_can_be_changed(name, thing):
    assert _shared(thing) == []


# ---- all that can be reached -----------------------------------------------------------------------------------------------

# what is no object of its own: bases, protocols and errors
BASES = {
    cevns.Interaction, efficiency.Efficiency, form_factors.FormFactor, form_factors.HasMassNumber, quenching.Quenching,
    resolution.Resolution, spectra.Smooth, spectra.Spectrum, timing.Pulse,
}  # fmt: skip
# made by tests of their own, from files or from many fits
ELSEWHERE = {sources.FissionTable, statistics.FeldmanCousins, cevns.scans.Minimum, statistics.Minimum}
# what a flux or a grid computes for its kernels and keeps: filled later, by what was asked for; not pickled, not compared
STORES = {"prepared", "_cells"}


def public_classes(module=cevns, path="cevns", seen=None):
    """name → class of all that `dir` shows of the package, and of the modules that it shows."""
    seen = set() if seen is None else seen
    for name in dir(module):
        value = None if name.startswith("_") else getattr(module, name)
        if inspect.ismodule(value) and value.__name__.startswith("cevns") and value not in seen:
            seen.add(value)
            yield from public_classes(value, f"{path}.{name}", seen)
        elif inspect.isclass(value) and value.__module__.startswith("cevns.") and not issubclass(value, BaseException):
            yield f"{path}.{name}", value


def _parts(value):
    """(text, part) of all that an object holds, its memory, and what a property computes once and keeps."""
    if isinstance(value, np.ndarray):
        yield ".base", value.base
    elif isinstance(value, Mapping):
        yield from ((f"[{key!r}]", part) for key, part in value.items())
    if isinstance(value, tuple | list | set | frozenset):
        yield from ((f"[{i}]", part) for i, part in enumerate(value))
    if isinstance(value, types.MethodType):
        yield ".__self__", value.__self__
    if isinstance(value, partial):
        yield ".args", value.args
        yield ".keywords", tuple(value.keywords.values())
    if isinstance(value, types.FunctionType):
        cells = (cell for cell in value.__closure__ or () if cell.cell_contents is not value)
        yield from ((f".<closure {i}>", cell.cell_contents) for i, cell in enumerate(cells))
    if type(value).__module__.startswith("cevns") and not isinstance(value, type):
        for kind in type(value).__mro__:
            slots = kind.__dict__.get("__slots__", ())
            yield from ((f".{name}", getattr(value, name)) for name in slots if hasattr(value, name))
            for name, static in kind.__dict__.items():
                if isinstance(static, cached_property) and name not in STORES:
                    with suppress(cevns.CevnsError):
                        getattr(value, name)
        yield from ((f".{name}", part) for name, part in getattr(value, "__dict__", {}).items() if name not in STORES)


def _open(value):
    """Why a value could be changed, if it could."""
    if isinstance(value, list | set | dict | bytearray):
        return f"a {type(value).__name__}"
    if not isinstance(value, np.ndarray) or not value.size:
        return ""
    if value.flags.writeable:
        return "a writable array"
    if value.dtype.hasobject:  # which no bytes can hold
        return ""
    try:
        value.setflags(write=True)
    except ValueError:
        return ""
    value.setflags(write=False)
    return "an array that can be made writable"


def _reached(start):
    """(path, value) of an object and all that can be reached from it."""
    seen, left = {}, [("", start)]
    while left:
        path, value = left.pop()
        plain = value is None or isinstance(value, str | int | float | complex | bytes | type | types.ModuleType | np.generic)
        if plain or id(value) in seen:
            continue
        seen[id(value)] = value
        yield path, value
        left += [(path + text, part) for text, part in _parts(value)]


def _faults(thing):
    return [f"{path} is {why}" for path, value in _reached(thing) if (why := _open(value))]


def test_the_walk_sees_what_is_open():
    """The walk itself: it finds each of what it looks for, however deep."""

    class Holder:
        pass

    Holder.__module__ = "cevns.made_up"
    holder, values = Holder(), np.zeros(2)
    locked = np.zeros(2)
    locked.flags.writeable = False
    view = values.view()
    view.flags.writeable = False
    holder.inner = ({"a": 1}, [1], values, locked, view, lambda: values)
    assert sorted(_faults(holder)) == [
        ".inner[0] is a dict",
        ".inner[1] is a list",
        ".inner[3] is an array that can be made writable",
        ".inner[4] is an array that can be made writable",
        ".inner[5].<closure 0> is a writable array",
    ]


def test_every_public_class_has_an_example():
    """A class that is new needs one here, and is then looked at by all tests of this file."""
    have = {type(value) for _, thing in THINGS for _, value in _reached(thing)}
    missing = {name for name, kind in public_classes() if kind not in have | BASES | ELSEWHERE}
    assert missing == set()
    assert len(have) > 130  # the walk finds more than what is public


@pytest.mark.parametrize(("name", "thing"), THINGS, ids=[name for name, _ in THINGS])
def test_nothing_that_can_be_reached_can_be_changed(name, thing):
    assert _faults(thing) == []


# as kernels of one fit, they are compared by what they count (test_responses_travel)
NOT_COMPARED = {"response", "response in time", "electron response", "dark response"}


@pytest.mark.parametrize("how", [copy.copy, copy.deepcopy, lambda thing: pickle.loads(pickle.dumps(thing))])
@pytest.mark.parametrize(("name", "thing"), THINGS, ids=[name for name, _ in THINGS])
def test_copies_are_equal_and_as_closed(name, thing, how):
    again = how(thing)
    assert type(again) is type(thing)
    if name not in NOT_COMPARED:
        assert again == thing
        assert hash(again) == hash(thing)
    assert repr(again) == repr(thing)
    assert len(repr(again)) < 2000
    assert _faults(again) == []


@pytest.mark.parametrize(("name", "thing"), THINGS, ids=[name for name, _ in THINGS])
def test_attributes_cannot_be_assigned(name, thing):
    """Those that there are, and new ones: a misspelt name would otherwise change nothing, silently."""
    names = [key for key in (*getattr(thing, "__dict__", {}), *getattr(type(thing), "__slots__", ())) if key[0] != "_"]
    for key in (*names[:3], "no_such_attribute"):
        with pytest.raises((AttributeError, TypeError)):
            setattr(thing, key, 1.0)


def _kept_by(function):
    """Results in the cache of a function: the collector names what it refers to, and a limited one holds them in links."""
    for part in gc.get_referents(function):
        if isinstance(part, dict) and part is not function.__dict__:
            for value in part.values():
                yield from gc.get_referents(value) if type(value).__name__ == "_lru_list_elem" else (value,)


def test_what_functions_keep_cannot_be_changed():
    """Caches of functions are shared by all: tables of spectra, nodes of quadrature, nuclides."""
    found, caches = set(), 0
    for module in modules():
        for name, function in vars(module).items():
            if hasattr(function, "cache_info") and function.__module__ == module.__name__:
                kept = list(_kept_by(function))
                caches += bool(kept)
                found |= {f"{module.__name__}.{name}(…){fault}" for value in kept for fault in _faults(value)}
    assert caches > 20  # the examples above fill them
    assert sorted(found) == []


def test_the_breaks_of_one_reactor_cannot_change_another():
    # spectra of fuels are kept and shared by all reactors
    want = cevns.rate(sources.reactor(power=3.0, distance=20.0), "Ge", threshold=0.1)
    for component in sources.reactor(power=3.0, distance=20.0).components:
        with pytest.raises(ValueError, match="read-only"):
            component.spectrum.breaks[...] *= 1e-3
    assert cevns.rate(sources.reactor(power=3.0, distance=20.0), "Ge", threshold=0.1) == want


def test_a_power_law_hands_out_breaks_that_cannot_change_it():
    flux = cevns.Flux.from_table([1.0, 10.0, 50.0], {"nue": [1.0, 0.1, 0.01]}, interpolation="loglog")
    for breaks in (flux.breaks, flux.components[0].spectrum.breaks):
        assert not breaks.flags.writeable


def test_mappings_of_experiments_and_templates_cannot_be_changed():
    things = dict(THINGS)
    experiment, templates, grid = things["experiment"], things["templates"], things["template grid"]
    published = experiment.published
    mappings = [experiment.scale_effects, experiment.shape_effects, published.values, published.backgrounds, published.release]
    mappings += [templates.sigma, templates.mean, templates.limits, templates.signal_effects, templates.background_effects]
    for mapping in (*mappings, grid.axes, things["nsi"].places):
        with pytest.raises(TypeError, match="does not support item assignment"):
            mapping["flux"] = 9.0


@pytest.mark.parametrize("name", ["experiment", "argon", "templates", "template grid", "model", "cost", "sum", "nsi"])
def test_what_holds_mappings_can_be_pickled_and_hashed(name):
    thing = dict(THINGS)[name]
    again = pickle.loads(pickle.dumps(thing))
    assert again == thing
    assert hash(again) == hash(thing)
    assert _shared(again) == []  # a copy is as closed as what it is a copy of
    if name in ("experiment", "argon"):
        assert pickle.loads(pickle.dumps(thing.published)) == thing.published


# ---- what is given -------------------------------------------------------------------------------------------------------

E = np.linspace(1.0, 50.0, 20)
V = np.linspace(1.0, 2.0, 20)
TWO = np.array([1.0, 2.0])
# what takes arrays: arrays → an object, and what it then says
TAKERS = {
    "table": ((E, V), lambda e, v: cevns.Flux.from_table(e, {"nue": v}), lambda f: f.spectrum([3.0, 20.0])),
    "power laws": ((E, V), lambda e, v: spectra.Table(e, v, "loglog"), lambda s: s.density(np.array([3.0]))),
    "lines": ((TWO, TWO), spectra.Lines, lambda s: [s.total, s.energy_sum]),
    "form factor": ((E - 1, V[0] / V), form_factors.Tabulated, lambda f: f([3.0, 20.0], NUCLIDE)),
    "quenching": ((E, V / 10), quenching.Tabulated, lambda q: q.factor([3.0, 20.0])),
    "efficiency": ((E, V / 10), efficiency.Tabulated, lambda e: e([3.0, 20.0])),
    "pulse": ((E, V), timing.TabulatedPulse, lambda p: p.times + p.values),
    "dark matter": ((E + 50, V), lambda e, v: dark_matter.DarkMatterFlux.from_table(25.0, e, v), lambda f: f.total()),
    "history": ((TWO,), lambda t: cevns.FluxHistory(t, [FLUX], "d"), lambda h: h.durations),
    "sample": ((TWO,), lambda n: statistics.Sample("s", n), lambda s: s.counts),
    "cost": (
        (TWO,),
        lambda n: statistics.Cost(statistics.Model([statistics.Sample("s", [1.0, 1.0], norm="mu")]), n),
        lambda c: c.observed,
    ),
    "response": ((np.array(EDGES),), lambda e: cevns.Detector("Ar", 1.0).response(e, FLUX), lambda r: r.edges),
    "experiment": (
        (np.array(EDGES), np.array([1.0, 2.0, 3.0])),
        lambda e, n: cevns.Experiment(FLUX, cevns.Detector("Ar", 1.0), 10.0, e, n),
        lambda x: [*x.edges, *x.observed, *x.counts()],
    ),
    "templates": (
        (TWO,),
        lambda n: cevns.Templates(["g"], [[2]], [n], observed=n),
        lambda t: [*t.observed, *t.counts([[1.0]])[0]],
    ),
    "nsi": ((np.eye(3),), lambda m: table_flux().oscillate(m), lambda f: f.total()),
}


def table_flux():
    return cevns.Flux.from_table(E, {"nue": V})


@pytest.mark.parametrize("name", TAKERS)
def test_arrays_that_are_given_are_copied_and_stay_as_they_were(name):
    given, make, ask = TAKERS[name]
    arrays = [array.copy() for array in given]
    thing = make(*arrays)
    before = np.array(ask(thing), dtype=float)
    assert all(array.flags.writeable for array in arrays)
    for array, original in zip(arrays, given, strict=True):
        np.testing.assert_array_equal(array, original)
        array[...] = -7.0
    np.testing.assert_array_equal(np.array(ask(thing), dtype=float), before)


def modules():
    for found in pkgutil.walk_packages(cevns.__path__, "cevns."):
        if not found.name.startswith(("cevns.reference", "cevns.data", "cevns.__main__", "cevns._core")):
            yield importlib.import_module(found.name)


def test_constants_of_modules_cannot_be_changed():
    """What a module shares with everybody: one assignment in a script would change every later result."""
    writable = [
        f"{module.__name__}.{name}"
        for module in modules()
        for name, value in vars(module).items()
        if not name.startswith("_")
        and (isinstance(value, dict | list | set) or (isinstance(value, np.ndarray) and value.flags.writeable))
    ]
    assert writable == []


def test_responses_travel():
    """To the workers of a scan: by pickle, with their channel."""
    flux = cevns.sources.sns()
    masses = {"mass": 25.0, "mediator_mass": 75.0, "kinetic_mixing": 1e-4}
    dark = dark_matter.DarkMatterFlux.from_pion_decay_at_rest(**masses, protons=3.198e23, distance=19.3)
    portal = dark_matter.VectorPortal(**masses, alpha_D=0.5)
    detector, edges = cevns.Detector("CsI", 1.0), [1.0, 5.0, 20.0]
    for response in (
        detector.response(edges, flux),
        cevns.electrons.response(detector, edges, flux),
        dark_matter.DarkMatterResponse(detector, edges, dark, portal),
    ):
        np.testing.assert_array_equal(pickle.loads(pickle.dumps(response)).counts(), response.counts())
