"""Nothing that an object hands out changes it: arrays are read-only or fresh, mappings and lists cannot be changed."""

import importlib
import inspect
import pickle
import pkgutil
from collections.abc import Mapping

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
