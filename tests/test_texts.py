"""What is printed of objects: the call that makes what is small, a few lines on what holds tables."""

import dataclasses
import importlib
import pkgutil
from fractions import Fraction

import numpy as np
import pytest

import cevns
from cevns import (
    dark_matter,
    efficiency,
    form_factors,
    oscillation,
    quenching,
    resolution,
    scans,
    sources,
    spectra,
    timing,
)
from cevns import statistics as st
from cevns._texts import LONGEST, call, written
from cevns.fluxes.flux import FluxHistory, Uncertainty

MOST = 2000  # characters
POINTS = np.linspace(1.0, 50.0, 100_001)
LONG = np.linspace(0.5, 1.0, 5000)


def large():
    """Objects of every kind that hold much."""
    table = spectra.Table(POINTS, np.ones(POINTS.size))
    components = [cevns.Component("nue", f"part {i}", spectra.Table([1.0, 2.0 + i], [1.0, 2.0])) for i in range(1000)]
    many = cevns.Flux(components, uncertainties=[Uncertainty(f"xi {i}", [c]) for i, c in enumerate(components)])
    yield from (table, many, cevns.Flux.from_table(POINTS, {"nue": np.ones(POINTS.size)}))
    yield from (sources.solar(), sources.reactor(power=2.9, distance=28.0), sources.supernova(), sources.dsnb())
    yield many.oscillate(oscillation.SolarAdiabatic())
    yield sources.sns().history(np.linspace(0.0, 6.0, 61))
    yield FluxHistory(np.arange(1001.0), [many] * 1000)
    pulse = timing.TabulatedPulse(LONG, LONG[1:])
    yield from (pulse, timing.Timing(pulse))
    yield dark_matter.DarkMatterFlux(
        0.1, [dark_matter.Production(f"part {i}", component.spectrum) for i, component in enumerate(components)]
    )
    tabulated = efficiency.Tabulated(LONG, LONG)
    detector = cevns.Detector(
        {f"{A}Xe": 0.1 for A in (124, 126, 128, 129, 130, 131, 132, 134, 136)} | {f"{A}Ge": 0.02 for A in (70, 72, 73, 74, 76)},
        14.6,
        quenching=quenching.Tabulated(LONG, LONG),
        efficiency=[tabulated] * 30,
    )
    yield from (tabulated, detector, detector.target, detector.quenching)
    yield resolution.Tabulated(LONG, LONG)
    yield from (
        form_factors.Tabulated(LONG - 0.5, 1.5 - LONG),
        form_factors.ByNuclide({n: form_factors.Helm() for n in NUCLIDES}),
    )
    yield form_factors.Skin(form_factors.Helm(), {name: 0.1 for name in NUCLIDES})
    yield sum([cevns.NSI(eps_ee_u=0.01 * i) for i in range(200)], cevns.StandardModel())
    samples = [st.Sample(f"sample {i}", LONG, scale_effects={f"effect {i} {j}": 0.1 for j in range(20)}) for i in range(100)]
    model = st.Model(samples)
    yield from (samples[0], model, st.Cost(model, LONG))
    names = tuple(f"effect {i}" for i in range(1000))
    yield st.Fit(names, tuple(LONG[:1000].tolist()), tuple(LONG[:1000].tolist()), ((0.0,) * 1000,) * 1000, 1.0, True, names)
    csi = cevns.Experiment.load("coherent-csi-2021")
    theory = cevns.StandardModel() + cevns.NSI()
    templates = csi.templates(theory, ("eps_ee_u", "eps_ee_d"), asimov=True)
    yield from (csi, csi.fit(asimov=True), csi.cost(asimov=True), csi.response, templates, templates.minimum)
    yield csi.templates(theory, ("eps_ee_u",), asimov=True)
    grid = {"eps_ee_u": np.linspace(-0.2, 0.2, 41), "eps_ee_d": np.linspace(-0.2, 0.2, 41)}
    yield from (result := cevns.scan(templates.likelihood, grid), result.minimum, result.profile("eps_ee_u"))
    wide = {f"parameter {i} {'x' * 300}": [0.0] for i in range(10)}
    yield scans.ScanResult(wide, np.zeros((1,) * 10))
    counting = st.Cost(st.Model([st.Sample("signal", [10.0, 20.0], norm="mu")]), [12, 18])
    yield from (st.fit(counting), st.run_toys(counting, number=100), counting)


NUCLIDES = [*(f"{A}Xe" for A in (124, 126, 128, 129, 130, 131, 132, 134, 136)), "133Cs", "127I", "40Ar", "23Na", "19F", "12C"]


def inside(thing, seen, depth=0):
    """The objects of the library that an object consists of, and itself."""
    if id(thing) in seen or depth > 8:
        return
    seen[id(thing)] = thing
    if type(thing).__module__.startswith("cevns"):
        if type(thing).__name__[0] != "_":
            yield thing
        parts = getattr(thing, "__dict__", {}).values()
    elif isinstance(thing, tuple | list):
        parts = thing[:50]
    else:
        parts = list(thing.values())[:50] if isinstance(thing, dict) else ()
    for part in parts:
        yield from inside(part, seen, depth + 1)


@pytest.fixture(scope="module")
def objects():
    seen = {}
    return [thing for start in large() for thing in inside(start, seen)]


def test_whatever_an_object_holds_its_text_is_short(objects):
    assert len({type(thing) for thing in objects}) > 50  # the walk finds them
    for thing in objects:
        for text in (repr(thing), str(thing)):
            assert len(text) < MOST, f"{type(thing).__name__}: {len(text)} characters"


def test_objects_are_compared_and_hashed_without_their_texts():
    """Two tables that differ in one value of many look alike, and are not."""
    other = np.ones(POINTS.size)
    other[5000] = 1.1
    a, b = (cevns.Flux.from_table(POINTS, {"nue": values}) for values in (np.ones(POINTS.size), other))
    assert a != b
    assert hash(a) != hash(b)
    assert cevns.rate(a, "CsI") != cevns.rate(b, "CsI")


def test_files_do_not_depend_on_the_texts_of_objects(tmp_path, monkeypatch):
    flux = sources.reactor(power=2.9, distance=28.0)
    for kind in (cevns.Flux, cevns.Component, spectra.Spectrum):
        monkeypatch.setattr(kind, "__repr__", lambda self: "?")
    flux.to_csv(tmp_path / "flux.csv")
    assert cevns.Flux.from_csv(tmp_path / "flux.csv") == flux


def classes():
    for module in pkgutil.walk_packages(cevns.__path__, "cevns."):
        if not module.name.startswith(("cevns.reference", "cevns.__main__", "cevns.data.build")):
            for value in vars(importlib.import_module(module.name)).values():
                if isinstance(value, type) and value.__module__ == module.name:
                    yield value


def test_no_dataclass_has_the_generated_repr_which_has_no_limit():
    found = [kind for kind in classes() if dataclasses.is_dataclass(kind)]
    assert len(found) > 80
    for kind in found:
        assert not hasattr(kind.__repr__, "__wrapped__"), kind


@pytest.mark.parametrize(
    "thing",
    [
        cevns.Nuclide("133Cs"),
        cevns.Target("CsI"),
        cevns.Target({"76Ge": 0.9, "74Ge": 0.1}),
        cevns.StandardModel(),
        cevns.StandardModel(axial=True, form_factor=form_factors.KleinNystrand()),
        cevns.NSI(eps_ee_u=0.1, eps_em_d=0.1 + 0.05j),
        cevns.StandardModel() + cevns.NSI(eps_ee_u=0.1),
        quenching.Lindhard(k=0.16),
        spectra.Table([1.0, 2.0], [1.0, 2.0]),
        st.Nuisance("mu", mean=1.0, lower=0.0),
        cevns.Detector("CsI", 14.6, quenching=quenching.CsICoherent(), efficiency=efficiency.Threshold(5.0)),
    ],
    ids=repr,
)
def test_what_is_small_prints_the_call_that_makes_it(thing):
    names = {name: getattr(cevns, name) for name in cevns.__all__}
    names |= {**vars(form_factors), **vars(quenching), **vars(spectra), **vars(st), **vars(efficiency)}
    assert eval(repr(thing), names) == thing


def test_a_flux_says_what_arrives():
    text = repr(sources.sns())
    assert text.splitlines()[0] == "<Flux per s of 3 components"
    for flavor, name in (("nue", "delayed"), ("numu", "prompt"), ("numubar", "delayed")):
        line = next(line for line in text.splitlines() if line.split()[0] == flavor)
        assert f"{sources.sns().total(flavor):.4g} cm⁻² s⁻¹" in line
        assert line.endswith(name)


def test_a_flux_is_shown_even_if_its_total_fails(monkeypatch):
    def wrong(self, flavor=None):
        raise RuntimeError("a function of the user's")

    monkeypatch.setattr(cevns.Flux, "total", wrong)
    assert "? cm⁻² s⁻¹: delayed" in repr(sources.sns())


def test_a_text_asks_for_no_integral_that_it_does_not_show(monkeypatch):
    """Of a thousand converted spectra, each takes a millisecond."""
    asked = []
    monkeypatch.setattr(spectra.Table, "total", property(lambda self: asked.append(self) or 1.0))
    monkeypatch.setattr(spectra.Table, "energy_sum", property(lambda self: asked.append(self) or 1.0))

    def flux(number):
        return cevns.Flux(
            [cevns.Component("nue", f"part {i}", spectra.Table([1.0, 2.0 + i], [1.0, 1.0])) for i in range(number)]
        )

    for many in (flux(1000), FluxHistory(np.arange(1001.0), [flux(1000)] * 1000)):
        assert "part 7, …" in repr(many) + getattr(many, "_repr_html_", str)()
        assert asked == []
    assert "cm⁻² s⁻¹, mean 1 MeV: part 0" in repr(flux(100))  # a few are added up and shown
    assert asked


def test_an_experiment_says_in_which_order_the_axes_of_its_counts_stand():
    csi = cevns.Experiment.load("coherent-csi-2021")
    assert f"axes of counts: ({csi.observable}, time)" in repr(csi)
    assert len(csi.shape) == 2
    rings = csi.replace(pattern=np.full((csi.shape[0], 3), 1 / 3), backgrounds=(), observed=None)
    assert f"axes of counts: ({csi.observable}, further axis, time)" in repr(rings)
    assert rings.counts().shape == (csi.shape[0], 3, csi.shape[1])
    assert "axes of counts" not in repr(rings.replace(times=None, pattern=None))  # there is but one
    assert "axes of counts" in rings._repr_html_()


def test_arguments_are_shown_one_by_one_if_they_are_few():
    assert written(np.array([1.0, np.inf])) == "[1.0, float('inf')]"
    assert written((1.0,)) == "(1.0,)"
    assert written(np.arange(100.0)) == "<100 numbers from 0 to 99>"
    assert written(np.zeros((30, 40))) == "<30 × 40 numbers from 0 to 0>"
    assert written(tuple(range(20))) == "<20 numbers from 0 to 19>"
    assert written([Fraction(1, 2)] * 30) == "<30 × Fraction>"
    assert written("x" * 1000).count("x") < 100
    assert len(call("f", {f"argument_{i}": "y" * 500 for i in range(30)})) < LONGEST + 100


def test_notebooks_show_small_tables_whose_texts_are_escaped(objects):
    name = "<script>&"
    counting = st.Cost(st.Model([st.Sample("signal", [10.0, 20.0], norm=name)]), [12, 18])
    spectrum = spectra.Table([1.0, 2.0], [1.0, 2.0])
    result = scans.ScanResult({name: [0.0, 1.0]}, [1.0, 2.0])
    csi = next(thing for thing in objects if isinstance(thing, cevns.Experiment))
    for thing in (st.fit(counting), cevns.Flux([cevns.Component("nue", name, spectrum)]), result, csi.replace(name=name)):
        text = thing._repr_html_()
        assert text.startswith("<table>")
        assert text.endswith("</table>")
        assert "&lt;script&gt;&amp;" in text
        assert "<script" not in text
    for thing in objects:
        if hasattr(thing, "_repr_html_"):
            assert len(thing._repr_html_()) < 20_000
