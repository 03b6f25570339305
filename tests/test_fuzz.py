"""Valid calls, one argument changed at a time to something absurd: a right answer, or an error that names the argument.

    pytest tests/test_fuzz.py                      a fixed number of calls
    pytest tests/test_fuzz.py --fuzz 50000 --seed 7     a longer run

Whatever comes in, a call either raises a `CevnsError` in a readable length or gives numbers, none of them nan and none negative
where the quantity is not. It ends (a limit of CPU time, far above what any call takes, kills the process of one that does not),
and it leaves its arguments as they are.
"""

import contextlib
import faulthandler
import math
import random
import signal
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import cevns
from cevns import (
    dark_matter,
    efficiency,
    electrons,
    form_factors,
    matter,
    oscillation,
    quenching,
    resolution,
    sources,
    statistics,
    timing,
)

LONGEST_MESSAGE = 300
CPU_LIMIT = 60.0  # s for one call; the slowest take a tenth of a second

AR, CS, FE, GE, XE = map(cevns.Nuclide, ("40Ar", "133Cs", "56Fe", "74Ge", "132Xe"))
SNS, REACTOR = sources.sns(), sources.reactor(power=2.9, distance=28.0)
DETECTOR = cevns.Detector("Ge", 1.0, quenching=quenching.Lindhard(0.16), resolution=resolution.Gaussian.pulser_fano(noise=0.02))
PORTAL = {"mass": 25.0, "mediator_mass": 75.0, "kinetic_mixing": 1e-4}
DARK = dark_matter.DarkMatterFlux.from_pion_decay_at_rest(**PORTAL, protons=3e23, distance=19.3)
COUNTS = [5.0, 3.0, 2.0]
MODEL = statistics.Model(
    [statistics.Sample("s", [4.0, 3.0, 1.0], norm="mu"), statistics.Sample("b", [1.0, 1.0, 1.0], scale_effects={"f": 0.2})]
)
COST = statistics.Cost(MODEL, COUNTS)
EXPERIMENT = cevns.Experiment(flux=REACTOR, detector=DETECTOR, exposure=100.0, edges=[0.16, 0.3, 0.8])
TEMPLATES = cevns.Templates(["x"], [[0], [1], [2]], [[5.0, 5.0], [1.0, 2.0], [1.0, 0.5]], observed=[3.0, 4.0])
SCAN = cevns.scan(TEMPLATES.likelihood, {"x": [-4.0, -2.0, 0.0, 0.5, 1.0]})


@dataclass(frozen=True)
class Call:
    """A valid call. `signed`: whether what it gives may be negative."""

    function: Callable[..., Any]
    arguments: Mapping[str, Any]
    signed: bool = False

    @property
    def name(self) -> str:
        function = self.function if hasattr(self.function, "__qualname__") else type(self.function).__call__
        return f"{function.__module__}.{function.__qualname__}"


CALLS = (
    Call(cevns.recoil_energy_max, {"neutrino_energy": [1.0, 30.0], "nuclide": AR}),
    Call(cevns.neutrino_energy_min, {"recoil_energy": [0.0, 10.0], "nuclide": AR}),
    Call(cevns.weak_charge, {"nuclide": CS, "weak_mixing_angle": 0.238, "q": 0.0}, signed=True),
    Call(cevns.differential_cross_section, {"recoil_energy": [1.0, 5.0], "neutrino_energy": 30.0, "nuclide": CS}),
    Call(cevns.cross_section, {"neutrino_energy": [5.0, 30.0], "nuclide": AR, "threshold": 0.5}),
    Call(cevns.angular_cross_section, {"cosine": [-1.0, 0.5], "neutrino_energy": 30.0, "nuclide": AR}),
    Call(cevns.differential_rate, {"recoil_energy": [1.0, 20.0], "flux": SNS, "target": "CsI"}),
    Call(cevns.binned_rate, {"edges": [1.0, 5.0, 20.0], "flux": SNS, "target": "CsI"}),
    Call(cevns.rate, {"flux": REACTOR, "target": "Ge", "threshold": 0.2, "maximum": 2.0}),
    Call(cevns.weak_mixing_angle, {"q": [0.0, 50.0]}),
    Call(cevns.coherency, {"nuclide": CS, "alpha": 0.5, "weak_mixing_angle": 0.238}),
    Call(cevns.matter_potential, {"density": 1e10, "electron_fraction": 0.4, "flavor": "nue"}, signed=True),
    Call(matter.transport_cross_section, {"neutrino_energy": 10.0, "nuclide": FE}),
    Call(matter.transport_cross_section, {"neutrino_energy": 10.0, "nuclide": FE, "density": 1e11, "electron_fraction": 0.4}),
    Call(
        matter.ion_correlation,
        {"neutrino_energy": 10.0, "nuclide": FE, "density": 1e11, "temperature": 1.0, "mass_fraction": 0.5},
    ),
    Call(matter.mean_free_path, {"neutrino_energy": 10.0, "density": 1e11, "composition": {"56Fe": 1.0}, "temperature": 1.0}),
    Call(matter.bruenn_moments, {"y": [0.1, 2.0]}),
    Call(matter.diffusion_time, {"radius": 1e6, "mean_free_path": 1e4}),
    Call(
        matter.electron_screening,
        {"momentum_transfer": 5.0, "nuclide": FE, "density": 1e11, "electron_fraction": 0.4},
        signed=True,
    ),
    Call(matter.screening_length, {"density": 1e11, "electron_fraction": 0.4}),
    Call(matter.trapping_density, {"neutrino_energy": 10.0, "composition": {"56Fe": 1.0}, "core_mass": 1.4}),
    Call(sources.reactor, {"power": 2.9, "distance": 28.0, "captures_per_fission": 0.6, "end": 10.0, "duty_cycle": 0.9}),
    Call(sources.radioactive, {"nuclide": "51Cr", "activity": 1e17, "distance": 0.5, "age": 3.0, "uncertainty": 0.01}),
    Call(sources.solar, {"distance": 1.0, "survival": False}),
    Call(sources.supernova, {"distance": 10.0, "energy": 5e52, "mean_energy": 12.0, "pinching": 2.5}),
    Call(
        sources.dsnb,
        {"energy": 5e52, "redshift_maximum": 5.0, "hubble_constant": 70.0, "matter_density": 0.3, "uncertainty": 0.5},
    ),
    Call(sources.isodar, {"distance": 17.0, "current": 10.0, "yield_per_proton": 0.0146, "duty_factor": 0.9}),
    Call(sources.sns, {"distance": 19.3, "power": 1.4, "proton_energy": 1.0, "uncertainty": 0.1, "decay_in_flight": 0.01}),
    Call(sources.pion_decay_at_rest, {"distance": 20.0, "protons": 1e20, "yield_per_proton": 0.09}),
    Call(sources.monochromatic, {"energy": 30.0, "flux": 1e6}),
    Call(sources.flat, {"low": 1.0, "high": 30.0, "flux": 1e6}),
    Call(sources.reactor_history, {"edges": [0.0, 7.0, 14.0], "power": [2.9, 1.0], "distance": 20.0}),
    Call(sources.radioactive_history, {"nuclide": "51Cr", "activity": 1e17, "distance": 0.5, "edges": [0.0, 10.0, 20.0]}),
    Call(sources.neutrino_yield, {"proton_energy": 1.0}),
    Call(cevns.Flux.from_table, {"energy": [0.0, 10.0, 30.0], "densities": {"nue": [1.0, 2.0, 0.0]}}),
    Call(SNS.spectrum, {"energy": [10.0, 40.0], "flavor": "nue"}),
    Call(SNS.moments, {"energy": [1.0, 10.0], "flavor": "nue"}),
    Call(SNS.window, {"start": 0.0, "stop": 1.0}),
    Call(SNS.sterile, {"dm2": 1.0, "sin2_2theta": 0.1, "baseline": 20.0}),
    Call(SNS.__mul__, {"factor": 2.0}),
    Call(electrons.differential_cross_section, {"recoil_energy": 100.0, "neutrino_energy": 1.0}),
    Call(electrons.rate, {"flux": REACTOR, "target": "Ge", "threshold": 1.0, "maximum": 10.0}),
    Call(electrons.binned_rate, {"edges": [1.0, 5.0, 20.0], "flux": REACTOR, "target": "Ge"}),
    Call(dark_matter.VectorPortal, {**PORTAL, "alpha_D": 0.5}),
    Call(
        dark_matter.DarkMatterFlux.from_pion_decay_at_rest, {**PORTAL, "protons": 3e23, "distance": 19.3, "pi0_per_proton": 0.1}
    ),
    Call(
        dark_matter.rate,
        {"flux": DARK, "target": "CsI", "portal": dark_matter.VectorPortal(**PORTAL, alpha_D=0.5), "threshold": 5.0},
    ),
    Call(form_factors.Helm.from_rms, {"radius": 4.8, "skin": 0.9}),
    Call(form_factors.Helm(), {"q": [0.0, 50.0], "nuclide": CS}, signed=True),
    Call(form_factors.TwoParameterFermi, {"radius": 5.6, "diffuseness": 0.52}),
    Call(cevns.StandardModel, {"weak_mixing_angle": 0.238}),
    Call(cevns.NSI, {"eps_ee_u": 0.1, "eps_ee_d": -0.2}),
    Call(cevns.VectorMediator, {"mass": 30.0, "coupling": 1e-5}),
    Call(cevns.ScalarMediator, {"mass": 30.0, "coupling": 1e-5}),
    Call(cevns.MagneticMoment, {"nue": 1e-10, "numu": 1e-10}),
    Call(cevns.ChargeRadius, {"nue": 1e-32}),
    Call(cevns.Millicharge, {"nue": 1e-12}),
    Call(cevns.DipolePortal, {"mass": 1.0, "nue": 1e-10}),
    Call(quenching.Lindhard, {"k": 0.16}),
    Call(quenching.Polynomial, {"coefficients": [0.05, 0.01]}),
    Call(efficiency.Threshold, {"threshold": 1.0}),
    Call(efficiency.ErfThreshold, {"threshold": 1.0, "width": 0.2, "plateau": 0.9}),
    Call(resolution.Gaussian.pulser_fano, {"noise": 0.02, "fano": 0.11}),
    Call(cevns.Detector, {"target": "Ge", "mass": 1.0}),
    Call(DETECTOR.rate, {"edges": [0.16, 0.3, 0.8], "flux": REACTOR}),
    Call(statistics.poisson_chi2, {"observed": COUNTS, "expected": [4.0, 3.0, 2.5]}),
    Call(statistics.gaussian_chi2, {"observed": COUNTS, "expected": [4.0, 3.0, 2.5], "variance": [4.0, 3.0, 2.0]}),
    Call(statistics.threshold, {"level": 0.9, "parameters": 2}),
    Call(statistics.Nuisance, {"name": "f", "sigma": 0.1, "mean": 0.0, "lower": -1.0, "upper": 1.0}),
    Call(statistics.Sample, {"name": "s", "counts": COUNTS}),
    Call(statistics.Cost, {"model": MODEL, "observed": COUNTS}),
    Call(statistics.profile, {"cost": COST, "name": "mu", "grid": [0.5, 1.0, 1.5]}),
    Call(statistics.interval, {"cost": COST, "name": "mu", "level": 0.9}, signed=True),
    Call(statistics.significance, {"cost": COST, "name": "mu", "value": 0.0}),
    Call(TEMPLATES.counts, {"theta": [[0.1], [0.2]]}, signed=True),
    Call(TEMPLATES.likelihood, {"theta": [[0.1], [0.2]]}),
    Call(cevns.scan, {"likelihood": TEMPLATES.likelihood, "grids": {"x": [0.0, 0.5, 1.0]}}),
    Call(TEMPLATES.gradient, {"theta": [[0.1], [0.2]]}, signed=True),
    Call(TEMPLATES.minimum, {"fixed": {"x": 0.1}}),
    Call(
        cevns.Templates,
        {"parameters": ["x"], "exponents": [[0], [1]], "counts": [[5.0, 5.0], [1.0, 2.0]], "observed": [3.0, 4.0]},
    ),
    Call(SCAN.interval, {"name": "x", "level": 0.9}, signed=True),
    Call(SCAN.sel, {"x": 0.5}),
    Call(statistics.fit, {"cost": COST, "start": [1.0, 0.0], "fixed": {"f": 0.0}, "limits": {"mu": [0.0, 5.0]}}),
    Call(statistics.contour, {"cost": COST, "x": "mu", "y": "f", "grid_x": [0.5, 1.0], "grid_y": [0.0, 0.1]}),
    Call(statistics.minimize, {"cost": COST, "start": [1.0, 0.0]}),
    Call(statistics.asimov, {"model": MODEL, "theta": [1.0, 0.0]}),
    Call(statistics.toys, {"model": MODEL, "theta": [1.0, 0.0], "number": 2, "seed": 1}, signed=True),
    Call(statistics.run_toys, {"cost": COST, "theta": [1.0, 0.0], "number": 2, "seed": 1}),
    Call(statistics.feldman_cousins, {"cost": COST, "name": "mu", "grid": [0.5, 1.0], "number": 2, "level": 0.9, "seed": 1}),
    Call(statistics.template_chi2, {"observed": COUNTS, "expected": [4.0, 3.0, 2.5], "variance": [0.4, 0.3, 0.2]}),
    Call(statistics.Model, {"samples": MODEL.samples, "nuisances": []}),
    Call(timing.GaussianPulse, {"mean": 0.4, "sigma": 0.1}),
    Call(timing.RectangularPulse, {"start": 0.0, "stop": 1.0}),
    Call(timing.TabulatedPulse, {"times": [0.0, 1.0, 2.0], "values": [1.0, 2.0, 0.0]}),
    Call(timing.Timing, {"pulse": timing.Instant(), "lifetimes": [0.026, 2.2]}),
    Call(efficiency.Step, {"edges": [1.0, 2.0], "values": [0.2, 0.9, 1.0]}),
    Call(efficiency.Tabulated, {"points": [0.0, 1.0, 2.0], "values": [0.1, 0.5, 0.9]}),
    Call(efficiency.Logistic, {"a": 0.7, "b": 1.0, "c": 1.0, "d": 0.0}),
    Call(quenching.Linear, {"constant": 0.1, "slope": 0.001}),
    Call(quenching.Tabulated, {"recoil_energy": [0.0, 1.0, 100.0], "factors": [0.1, 0.2, 0.3]}),
    Call(quenching.NestXenon, {"field": 100.0, "density": 2.9}),
    Call(resolution.Gamma, {"a": 0.0749, "b": 9.56}),
    Call(resolution.Tabulated, {"energies": [0.0, 1.0, 2.0], "sigmas": [0.1, 0.2, 0.3]}),
    Call(DETECTOR.probability, {"edges": [0.16, 0.3, 0.8], "recoil_energy": [1.0, 3.0], "nuclide": GE}),
    Call(oscillation.Vacuum, {"baseline": 1e5}),
    Call(oscillation.Sterile, {"dm2": 1.0, "baseline": 20.0, "sin2_2theta": 0.1, "core": 1.0, "detector": 1.0}),
    Call(oscillation.SolarAdiabatic, {"component": "8B", "electron_density": 100.0}),
    Call(oscillation.non_unitary, {"alpha_ee": 0.01, "alpha_mm": 0.01}),
    Call(oscillation.supernova_swap, {"ordering": "normal", "flip_probability": 0.1}),
    Call(form_factors.ThreeParameterFermi, {"radius": 4.2, "diffuseness": 0.52, "depression": 0.1}),
    Call(form_factors.FourierBessel, {"coefficients": [0.03, 0.05], "radius": 7.0}),
    Call(form_factors.SumOfGaussians, {"radii": [1.0, 3.0], "fractions": [0.5, 0.5], "width": 1.2}),
    Call(form_factors.MomentExpansion, {"r2": 20.0, "r4": 500.0}),
    Call(form_factors.Tabulated, {"momentum_transfer": [0.0, 30.0, 60.0, 100.0], "values": [1.0, 0.9, 0.7, 0.3]}),
    Call(form_factors.SymmetrizedFermi, {"diffuseness": 0.52, "radius": 4.8}),
    Call(electrons.cross_section, {"neutrino_energy": [1.0, 5.0], "threshold": 10.0}),
    Call(
        dark_matter.binned_rate,
        {"edges": [5.0, 10.0], "flux": DARK, "target": "CsI", "portal": dark_matter.VectorPortal(**PORTAL, alpha_D=0.5)},
    ),
    Call(dark_matter.pion_branching_ratio, {"mediator_mass": 75.0, "kinetic_mixing": 1e-4}),
    Call(EXPERIMENT.counts, {"interaction": cevns.StandardModel()}),
    Call(EXPERIMENT.expected, {"interaction": cevns.StandardModel(), "nuisances": {}}),
    Call(EXPERIMENT.replace, {"exposure": 2.0, "edges": [0.16, 0.3, 0.8], "flux": REACTOR, "detector": DETECTOR}),
    Call(EXPERIMENT.templates, {"interaction": cevns.StandardModel() + cevns.NSI(eps_ee_u=0.1), "parameters": ["eps_ee_u"]}),
    Call(
        cevns.Experiment,
        {"flux": REACTOR, "detector": DETECTOR, "exposure": 100.0, "edges": [0.16, 0.3, 0.8], "observed": [1.0, 2.0]},
    ),
    Call(cevns.Experiment.load, {"name": "coherent-csi-2021"}),
    Call(SNS.history, {"edges": [0.0, 1.0, 2.0]}),
    Call(SNS.oscillate, {"probabilities": np.eye(3)}),
    Call(SNS.with_uncertainty, {"name": "x", "relative": 0.1}),
    Call(cevns.Nuclide, {"name": "40Ar", "mass": 37215.5, "charge_radius": 3.43}),
)

# What an argument is changed to: numbers at the ends of what doubles hold, other kinds of object, other shapes.
NUMBERS = (
    math.nan, math.inf, -math.inf, 0.0, -0.0, -1.0, -1e-9, 1e-9, 5e-324, -5e-324, 1e-310, 1e-200, 1e-30, 1e12, 1e30, 1e200,
    -1e200, 1.7976931348623157e308, 2**63, 10**30, 10**400,
)  # fmt: skip
NESTED: list[Any] = []
for _ in range(200):
    NESTED = [NESTED]
OTHERS = (
    None, True, False, "x", "", b"1", 1 + 2j, [], (), {}, [[]], object(), len, np.nan, np.array(2.0),
    np.array([2.0], dtype=">f8"), np.array([1, 2], dtype=np.int8), np.array([1.0, 2.0], dtype=np.float16),
    np.array([True, False]),
    np.array(["a"]),
    np.array([None]), NESTED, np.ma.array([1.0, 2.0], mask=[False, True]), np.datetime64("2024-01-01"),
    np.timedelta64(5, "ms"),
    np.zeros(2, dtype=[("a", float)]), np.ones((2, 2, 2)), np.ones(0), [1.0, [2.0]], range(3), lambda x: x, cevns, SNS, AR,
)  # fmt: skip


def changed(value: Any, source: random.Random) -> Any:
    """Something else in the place of an argument, or of one number within it."""
    if isinstance(value, list) and value and source.random() < 0.5:
        value = list(value)
        value[source.randrange(len(value))] = (
            changed(value[0], source) if isinstance(value[0], list) else source.choice(NUMBERS)
        )
        return value
    if isinstance(value, dict) and value and source.random() < 0.5:
        key = source.choice(sorted(value))
        return {**value, key: changed(value[key], source)}
    return source.choice(NUMBERS) if source.random() < 0.6 else source.choice(OTHERS)


def numbers_of(result: Any) -> Iterator[np.ndarray]:
    """All numbers of a result; of an object those that its users ask for."""
    match result:
        case cevns.Flux():
            yield from map(np.asarray, (result.total(), cevns.rate(result, "Ar", threshold=1.0)))
        case cevns.FluxHistory():
            yield np.asarray(result.total())
        case cevns.StandardModel():
            yield np.asarray(cevns.cross_section(20.0, AR, result))
        case cevns.Interaction():
            yield np.asarray(cevns.differential_cross_section([1.0, 5.0], 30.0, AR, result + cevns.StandardModel()))
        case cevns.Detector():
            yield result.rate([0.5, 1.0], REACTOR)
        case form_factors.FormFactor():
            yield result([0.0, 10.0], CS) ** 2
        case quenching.Quenching():
            yield np.asarray(result.energy([1.0, 10.0], XE if result.elements == ("Xe",) else GE))
        case efficiency.Efficiency():
            yield np.asarray(result([0.0, 1.0, 2.0]))
        case timing.Pulse():
            yield np.asarray(result.cumulative([0.0, 1.0])) if hasattr(result, "cumulative") else np.zeros(1)
        case cevns.ScanResult():
            yield result.values
        case tuple() | list():
            for each in result:
                yield from numbers_of(each)
        case float() | np.ndarray() | np.number():
            yield np.asarray(result)


def copied(value: Any) -> Any:
    """A copy of what an argument holds, down to its numbers."""
    if isinstance(value, (list, tuple)):
        return [copied(each) for each in value]
    if isinstance(value, dict):
        return {key: copied(each) for key, each in value.items()}
    return value.copy() if isinstance(value, np.ndarray) else value


def same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray):
        return bool(np.array_equal(a, b, equal_nan=a.dtype.kind == "f"))
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return a is b or a == b or a != a


@contextlib.contextmanager
def cpu_limit() -> Iterator[None]:
    """Kills the process after some CPU time, with a traceback: a loop in C hears no signal that Python handles."""
    signal.setitimer(signal.ITIMER_VIRTUAL, CPU_LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)


def complaint(call: Call, argument: str, value: Any) -> str | None:
    """What is wrong with the answer to a call with one argument changed, None if nothing is."""
    kept = copied(value)
    try:
        with cpu_limit(), np.errstate(all="ignore"):
            numbers = [
                each for each in numbers_of(call.function(**{**call.arguments, argument: value})) if each.dtype.kind == "f"
            ]
    except cevns.CevnsError as error:
        if len(str(error)) > LONGEST_MESSAGE:
            return f"a message of {len(str(error))} characters"
        return None
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:100]}"
    if not same(value, kept):
        return "the argument is changed"
    if any(np.isnan(each).any() for each in numbers):
        return "nan"
    if not call.signed and any((each < 0).any() for each in numbers):
        return f"negative: {min(float(each.min()) for each in numbers if each.size):g}"
    return None


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_the_calls_are_valid(call):
    """As they stand they give numbers: a call that is refused anyway would try nothing."""
    for each in numbers_of(call.function(**call.arguments)):
        assert np.isfinite(each).all()


def test_absurd_arguments_are_refused_or_answered(request):
    source = random.Random(request.config.getoption("--seed"))
    faulthandler.register(signal.SIGVTALRM, chain=True)
    found: dict[str, str] = {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for _ in range(request.config.getoption("--fuzz")):
                call = source.choice(CALLS)
                argument = source.choice(sorted(call.arguments))
                value = changed(call.arguments[argument], source)
                if (what := complaint(call, argument, value)) is not None:
                    found.setdefault(f"{call.name}({argument}=…) {what[:40]}", f"{argument}={value!r:.60}: {what}")
    finally:
        faulthandler.unregister(signal.SIGVTALRM)
    assert not found, "\n".join(f"{name.partition('(')[0]}({text}" for name, text in sorted(found.items()))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: cevns.rate("CsI", SNS), "the flux stands before the target"),
        (lambda: cevns.rate(sources.sns, "CsI"), "makes one when it is called: sns(…)"),
        (lambda: cevns.rate("sns", "CsI"), "functions of cevns.sources make one"),
        (lambda: DETECTOR.rate([1.0, 2.0], SNS, 3.0), "interaction must be an interaction"),
        (lambda: cevns.NSI(eps_ee_d=10**400), "eps_ee_d must be a number (got an integer of 1329 bits)"),
        (lambda: COST + object(), "a normal constraint is a Nuisance of its model"),
        (lambda: EXPERIMENT.replace(unknown=3), "unknown argument of an experiment 'unknown'"),
        (lambda: statistics.profile(COST, [], [1.0]), "unknown parameter []; known are 'mu', 'f'"),
        (lambda: cevns.rate(SNS, "CsI", covariance=np.ones(2)), "covariance must be True or False"),
        (lambda: quenching.Constant(1.0000001), "(got 1.0000001)"),
        (lambda: cevns.rate(SNS, NESTED), "(got [[["),
    ],
)
def test_wrong_objects_are_refused_in_words_that_help(call, words):
    with pytest.raises(cevns.CevnsError) as refused:
        call()
    assert words in str(refused.value)
    assert len(str(refused.value)) <= LONGEST_MESSAGE


def test_a_scan_that_no_memory_holds_is_refused_before_it_begins():
    axis = np.linspace(0.0, 1.0, 10_000)
    with pytest.raises(cevns.InputError, match=r"at most 2e\+09 points together \(got 1e\+12"):
        cevns.scan(lambda point: point["x"], dict.fromkeys(("x", "y", "z"), axis))
