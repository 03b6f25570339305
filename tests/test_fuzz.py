"""Valid calls, one argument changed at a time to something absurd: a right answer, or an error that names the argument.

    pytest tests/test_fuzz.py                      a fixed number of calls
    pytest tests/test_fuzz.py --fuzz 50000 --seed 7     a longer run

Whatever comes in, a call either raises a `CevnsError` in a readable length or gives numbers, none of them nan and none negative
where the quantity is not. It ends (a limit of CPU time, far above what any call takes, kills the process of one that does not),
and it leaves its arguments as they are.
"""

import contextlib
import faulthandler
import inspect
import math
import random
import re
import signal
import subprocess
import sys
import types
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import astropy.units
import numpy as np
import pint
import pytest

import cevns
from cevns import (
    coherence,
    dark_matter,
    efficiency,
    electrons,
    form_factors,
    kinematics,
    matter,
    mirror,
    oscillation,
    potentials,
    quenching,
    radii,
    resolution,
    sources,
    spins,
    statistics,
    timing,
)
from cevns._units import UNITS
from cevns.detectors.response import Response
from cevns.fluxes.spectra import Spectrum

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
TABULATED = cevns.Flux.from_table([0.0, 10.0, 30.0], {"nue": [1.0, 2.0, 0.0]})
TABLE = TABULATED.components[0].spectrum
UNSURE = TABULATED.with_uncertainty("x", 0.1)
TIMING = timing.Timing(timing.RectangularPulse(0.0, 1.0), [2.2])
HISTORY = sources.reactor_history(edges=[0.0, 7.0, 14.0], power=[2.9, 1.0], distance=20.0)
PORTAL_MODEL = dark_matter.VectorPortal(**PORTAL, alpha_D=0.5)
SQUARE = cevns.scan(lambda t: t["x"] ** 2 + t["y"] ** 2, {"x": np.linspace(-3.0, 3.0, 13), "y": np.linspace(-3.0, 3.0, 13)})
GRID = cevns.TemplateGrid({"y": [0.0, 1.0, 2.0]}, [TEMPLATES] * 3)
PROFILE = {"radius": [1e6, 2e6, 4e6], "density": [1e12, 1e11, 1e9], "temperature": [5.0, 3.0, 1.0]}
MIXING = {
    "sin2_theta12": 0.307, "sin2_theta13": 0.022, "sin2_theta23": 0.56, "delta_cp": 3.0, "dm2_21": 7.5e-5, "dm2_31": 2.5e-3
}  # fmt: skip

OF_ELEMENT = {("Xe",): XE, ("Ar",): AR, ("Cs", "I"): CS, ("Si",): cevns.Nuclide("28Si")}


@dataclass(frozen=True)
class Call:
    """A valid call. `signed`: whether what it gives may be negative; `holes`: whether nan says that there is none of it."""

    function: Callable[..., Any]
    arguments: Mapping[str, Any]
    signed: bool = False
    holes: bool = False

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
    Call(statistics.Nuisance, {"name": "f", "sigma": 0.1, "mean": 0.0, "lower": -1.0, "upper": 1.0}, signed=True),
    Call(statistics.Sample, {"name": "s", "counts": COUNTS}),
    Call(statistics.Cost, {"model": MODEL, "observed": COUNTS}),
    Call(statistics.profile, {"cost": COST, "name": "mu", "grid": [0.5, 1.0, 1.5]}),
    Call(statistics.interval, {"cost": COST, "name": "mu", "level": 0.9}, signed=True),
    Call(statistics.significance, {"cost": COST, "name": "mu", "value": 0.0}),
    Call(TEMPLATES.counts, {"theta": [[0.1], [0.2]]}, signed=True),
    Call(TEMPLATES.likelihood, {"theta": [[0.1], [0.2]]}),
    Call(cevns.scan, {"likelihood": TEMPLATES.likelihood, "grids": {"x": [0.0, 0.5, 1.0]}}),
    Call(TEMPLATES.gradient, {"theta": [[0.1], [0.2]]}, signed=True),
    Call(TEMPLATES.minimum, {"fixed": {"x": 0.1}}, signed=True),
    Call(
        cevns.Templates,
        {"parameters": ["x"], "exponents": [[0], [1]], "counts": [[5.0, 5.0], [1.0, 2.0]], "observed": [3.0, 4.0]},
        signed=True,
    ),
    Call(SCAN.interval, {"name": "x", "level": 0.9}, signed=True),
    Call(SCAN.sel, {"x": 0.5}),
    Call(statistics.fit, {"cost": COST, "start": [1.0, 0.0], "fixed": {"f": 0.0}, "limits": {"mu": [0.0, 5.0]}}, signed=True),
    Call(statistics.contour, {"cost": COST, "x": "mu", "y": "f", "grid_x": [0.5, 1.0], "grid_y": [0.0, 0.1]}),
    Call(statistics.minimize, {"cost": COST, "start": [1.0, 0.0]}, signed=True),
    Call(statistics.asimov, {"model": MODEL, "theta": [1.0, 0.0]}),
    Call(statistics.toys, {"model": MODEL, "theta": [1.0, 0.0], "number": 2, "seed": 1}, signed=True),
    Call(statistics.run_toys, {"cost": COST, "theta": [1.0, 0.0], "number": 2, "seed": 1}, signed=True),
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
    Call(cevns.Anapole, {"nue": 1e-33, "em": 1e-33}),
    Call(cevns.AxialMediator, {"mass": 30.0, "coupling": 1e-5}),
    Call(cevns.TensorMediator, {"mass": 30.0, "coupling": 1e-5}),
    Call(cevns.ScalarUpscattering, {"mass": 1.0, "mediator_mass": 30.0, "coupling": 1e-5}),
    Call(cevns.VectorUpscattering, {"mass": 1.0, "mediator_mass": 30.0, "coupling": 1e-5}),
    Call(cevns.TransitionMagneticMoment, {"moments": [[0.0, 1e-11, 0.0], [-1e-11, 0.0, 0.0], [0.0, 0.0, 0.0]], "scale": 1.0}),
    Call(cevns.GeneralizedInteraction, {"eps_s_u": 0.1, "eps_t_d": 0.1, "eps_a_u": 0.1, "flavors": ["nue", "numu"]}),
    Call(cevns.Leptoquark, {"multiplet": "S1", "mass": 1e6, "coupling": 0.1, "flavors": ["nue"]}),
    Call(cevns.ElectronNSI, {"eps_ee_L": 0.1, "eps_em_R": 0.1}),
    Call(cevns.InteractionSum, {"interactions": [cevns.NSI(eps_ee_u=0.1), cevns.ScalarMediator(mass=30.0, coupling=1e-5)]}),
    Call(cevns.Couplings, {"gvp": 0.02, "gvn": -0.5, "loops": ["boxes"]}),
    Call(cevns.AxialResponse, {"strangeness": -0.08, "spins": {"133Cs": (-0.3, 0.0)}}),
    Call(cevns.axial_strength, {"nuclide": CS, "strangeness": -0.08}),
    Call(cevns.spin_expectation, {"nuclide": CS, "model": "odd-group"}, signed=True),
    Call(cevns.critical_weak_mixing_angle, {"nuclide": CS}, signed=True),
    Call(cevns.neutrino_charge_radius, {"flavor": "nue"}, signed=True),
    Call(cevns.weak_charge_qw, {"nuclide": CS, "weak_mixing_angle": 0.238, "q": 0.0}, signed=True),
    Call(cevns.Target, {"composition": {"40Ar": 1.0, "74Ge": 2.0}}),
    Call(cevns.Component, {"flavor": "nue", "name": "x", "spectrum": TABLE, "scale": 2.0, "timing": TIMING}),
    Call(cevns.Coherence, {"flavors": ("nue", "numu"), "name": "x", "real": TABLE, "imaginary": TABLE, "scale": 0.1}),
    Call(cevns.Uncertainty, {"name": "x", "parts": TABULATED.components}),
    Call(cevns.Flux, {"components": TABULATED.components, "per": "s"}),
    Call(cevns.FluxHistory, {"edges": (0.0, 1.0, 2.0), "fluxes": (TABULATED, TABULATED), "unit": "d"}),
    Call(cevns.Flux.from_function, {"densities": {"nue": lambda e: 1.0 + e}, "edges": [1.0, 5.0], "tolerance": 1e-9}),
    Call(TABULATED.with_covariance, {"matrix": [[0.01, 0.0], [0.0, 0.04]], "edges": [0.0, 10.0, 30.0], "name": "x"}),
    Call(TABULATED.binned, {"edges": [1.0, 5.0, 20.0], "flavor": "nue"}),
    Call(UNSURE.covariance, {"edges": [1.0, 5.0, 20.0], "flavor": "nue"}, signed=True),
    Call(SNS.total, {"flavor": "nue"}),
    Call(SNS.total_uncertainty, {"flavor": "nue"}),
    Call(SNS.mean_energy, {"flavor": "nue"}),
    Call(SNS.lines, {"flavor": "numu"}),
    Call(SNS.select, {"flavor": "numu", "name": "prompt"}),
    Call(HISTORY.total, {"flavor": "nue"}),
    Call(HISTORY.oscillate, {"probabilities": np.eye(3)}),
    Call(HISTORY.each, {"change": lambda flux: 2.0 * flux}),
    Call(
        cevns.ScanResult,
        {"coords": {"x": [0.0, 1.0]}, "values": [1.0, 2.0], "profiled": {}, "settings": {}, "nuisances": "profiled"},
        signed=True,
    ),
    Call(SCAN.limit, {"name": "x", "level": 0.9, "dof": 1, "above": "all"}, signed=True, holes=True),
    Call(SCAN.isel, {"x": 1}),
    Call(SCAN.threshold, {"level": 0.9, "dof": 1}),
    Call(SQUARE.contours, {"level": 0.9, "dof": 2}, signed=True),
    Call(cevns.TemplateGrid, {"axes": {"y": [0.0, 1.0, 2.0]}, "templates": [TEMPLATES] * 3, "name": "x"}),
    Call(GRID.counts, {"theta": {"x": 0.1, "y": 0.5}}, signed=True),
    Call(GRID.likelihood, {"theta": {"x": 0.1, "y": [0.5, 0.7]}}),
    Call(GRID.gradient, {"theta": {"x": 0.1, "y": 0.5}}, signed=True),
    Call(TEMPLATES.expected, {"theta": [0.1], "nuisances": {}}, signed=True),
    Call(TEMPLATES.likelihood_gradient, {"theta": [[0.1]]}, signed=True, holes=True),
    Call(TEMPLATES.weights, {"theta": [[0.1], [0.2]]}, signed=True),
    Call(TEMPLATES.observing, {"observed": [3.0, 4.0]}),
    Call(cevns.Templates.joined, {"parts": [TEMPLATES, TEMPLATES]}),
    Call(
        dark_matter.Cascade,
        {"mass": 25.0, "mediator_mass": 75.0, "parent_mass": 134.98, "momentum": [10.0, 20.0], "anisotropy": 0.5},
    ),
    Call(dark_matter.Production, {"name": "x", "spectrum": TABLE, "scale": 1.0}),
    Call(dark_matter.DarkMatterFlux, {"mass": 25.0, "productions": DARK.productions, "per": "burst"}),
    Call(dark_matter.DarkMatterFlux.from_table, {"mass": 25.0, "energy": [30.0, 50.0], "values": [1.0, 2.0]}),
    Call(dark_matter.DarkMatterFlux.from_function, {"mass": 25.0, "function": lambda e: 1.0 + e, "edges": [30.0, 50.0]}),
    Call(DARK.spectrum, {"energy": [30.0, 50.0]}),
    Call(dark_matter.DarkMatterResponse, {"detector": DETECTOR, "edges": [0.5, 1.0], "flux": DARK, "portal": PORTAL_MODEL}),
    Call(dark_matter.counts, {"place": DETECTOR, "flux": DARK, "portal": PORTAL_MODEL, "edges": [0.5, 1.0, 2.0]}),
    Call(dark_matter.template, {"place": DETECTOR, "flux": DARK, "portal": PORTAL_MODEL, "edges": [0.5, 1.0, 2.0]}),
    Call(
        dark_matter.differential_cross_section,
        {"recoil_energy": [1.0, 5.0], "energy": 50.0, "nuclide": AR, "portal": PORTAL_MODEL},
    ),
    Call(dark_matter.differential_rate, {"recoil_energy": [1.0, 5.0], "flux": DARK, "target": "CsI", "portal": PORTAL_MODEL}),
    Call(dark_matter.energy_min, {"recoil_energy": [1.0, 5.0], "mass": 25.0, "nuclide": AR}),
    Call(dark_matter.recoil_energy_max, {"energy": [30.0, 50.0], "mass": 25.0, "nuclide": AR}),
    Call(dark_matter.mediators_per_capture, {"mediator_mass": 75.0, "kinetic_mixing": 1e-4}),
    Call(efficiency.Decaying, {"start": 0.5, "rate": 0.5, "stop": 5.0}),
    Call(efficiency.Function, {"function": lambda x: 0.5 + 0.0 * x, "axis": "observed", "breaks": (1.0,)}),
    Call(efficiency.Product, {"factors": (efficiency.Threshold(1.0), efficiency.ErfThreshold(1.0, 0.2))}),
    Call(
        electrons.ElectronResponse, {"detector": DETECTOR, "edges": [0.5, 1.0], "flux": REACTOR, "signal": quenching.Identity()}
    ),
    Call(electrons.response, {"detector": DETECTOR, "edges": [0.5, 1.0], "flux": REACTOR, "binding": "free"}),
    Call(electrons.TabulatedRatio, {"recoil_energy": (0.0, 10.0), "ratio": (1.0, 1.0)}),
    Call(electrons.differential_rate, {"recoil_energy": [1.0, 5.0], "flux": REACTOR, "target": "Ge", "binding": "stepping"}),
    Call(electrons.effective_electrons, {"recoil_energy": [1.0, 5.0], "element": "Ge"}),
    Call(electrons.recoil_energy_max, {"neutrino_energy": [1.0, 5.0]}),
    Call(electrons.shells, {"element": "Ge"}),
    Call(form_factors.ByNuclide, {"models": {"133Cs": form_factors.Helm()}, "otherwise": form_factors.Helm()}),
    Call(form_factors.Dipole, {"radius": 4.8}),
    Call(form_factors.Gaussian, {"radius": 4.8}),
    Call(form_factors.HarmonicOscillator, {"radius": 2.7, "center_of_mass": True}),
    Call(form_factors.HarmonicOscillator, {"length": 1.8}),
    Call(form_factors.KleinNystrand, {"range": 0.7, "radius": 4.8}),
    Call(form_factors.SolidSphere, {"radius": 4.8}),
    Call(form_factors.TabulatedDensity, {"radius": (0.0, 2.0, 4.0, 8.0), "density": (1.0, 0.9, 0.5, 0.0)}),
    Call(form_factors.Skin, {"form_factor": form_factors.Helm(), "skin": 0.1}),
    Call(form_factors.neutron_form_factor, {"proton_form_factor": form_factors.Helm(), "skin": {"133Cs": 0.1}}),
    Call(form_factors.Helm().rms_radius, {"nuclide": CS}),
    Call(matter.inverse_mean_free_path, {"neutrino_energy": 10.0, "density": 1e11, "composition": {"56Fe": 1.0}}),
    Call(matter.opacity, {"neutrino_energy": 10.0, "density": 1e11, "composition": {"56Fe": 1.0}, "temperature": 1.0}),
    Call(matter.optical_depth, {**PROFILE, "composition": {"56Fe": 1.0}, "neutrino_energy": 10.0}),
    Call(matter.neutrino_sphere, {**PROFILE, "composition": {"56Fe": 1.0}, "neutrino_energy": 10.0, "depth": 0.4}),
    Call(oscillation.MixingParameters, {**MIXING}),
    Call(oscillation.SolarNSI, {"epsilon_up": np.zeros((3, 3)), "electron_density": 100.0, "neutron_ratio": 0.2}),
    Call(oscillation.density_matrices, {"amplitudes": np.eye(3)}, signed=True),
    Call(oscillation.mixing_matrix, {"parameters": oscillation.MixingParameters(**MIXING)}, signed=True),
    Call(oscillation.sun_zenith, {"latitude": 42.0, "bins": 10}, signed=True),
    Call(oscillation.SolarAdiabatic("8B"), {"energy": [1.0, 10.0]}, signed=True),
    Call(oscillation.SolarNSI("8B"), {"energy": [1.0, 10.0]}, signed=True),
    Call(oscillation.Vacuum(1e5), {"energy": [1.0, 10.0]}),
    Call(oscillation.Sterile(dm2=1.0, baseline=20.0, sin2_2theta=0.1), {"energy": [1.0, 10.0]}),
    Call(quenching.Constant, {"value": 0.2}),
    Call(quenching.CsICoherent, {"model_0": 0.1, "model_1": 0.1}),
    Call(quenching.LArCoherent, {"constant": 0.246, "slope": 0.00078}),
    Call(quenching.Function, {"function": lambda t: 0.2 + 0.0 * t, "quantity": "factor"}),
    Call(quenching.Lindhard(0.16).energy, {"recoil_energy": [1.0, 5.0], "nuclide": GE}),
    Call(quenching.Lindhard(0.16).factor, {"recoil_energy": [1.0, 5.0], "nuclide": GE}),
    Call(quenching.Sarkis().energy, {"recoil_energy": [1.0, 5.0], "nuclide": "28Si"}),
    Call(quenching.Lindhard(0.16).inverse, {"energy": [0.5, 1.0], "nuclide": GE, "maximum": 1e3}),
    Call(resolution.Gaussian, {"constant": 0.02, "root": 0.01, "linear": 0.1}),
    Call(resolution.Poisson, {"light_yield": 10.0}),
    Call(resolution.Poisson(10.0).probability, {"edges": [0.0, 5.0, 10.0], "energy": [0.5, 1.0]}),
    Call(DETECTOR.resolution.probability, {"edges": [0.0, 0.5, 1.0], "energy": [0.5, 1.0]}),
    Call(DETECTOR.response, {"edges": [0.16, 0.3, 0.8], "flux": REACTOR, "interaction": cevns.StandardModel()}),
    Call(DETECTOR.signal, {"recoil_energy": [1.0, 5.0], "nuclide": GE}),
    Call(sources.AllowedShape, {"end_point": 1.0, "daughter_charge": 40}),
    Call(sources.BetaDecay, {"nuclide": "239U"}),
    Call(
        sources.CoreCollapseRate, {"local": 1e-4, "exponents": (3.4, -0.3, -3.5), "redshifts": (1.0, 4.0), "smoothing": -10.0}
    ),
    Call(sources.CoreCollapseRate(), {"redshift": [0.0, 1.0]}),
    Call(
        sources.DiffuseSupernova,
        {"spectrum": sources.Pinched(12.0, 2.0), "redshift_maximum": 5.0, "hubble_constant": 70.0, "matter_density": 0.3},
    ),
    Call(sources.FermiDirac, {"temperature": 4.0, "degeneracy": 1.0}),
    Call(sources.Pinched, {"mean_energy": 12.0, "pinching": 2.0}),
    Call(sources.Pinched.from_moments, {"mean": 12.0, "mean_square": 180.0}),
    Call(
        sources.FissionError,
        {"isotope": "235U", "model": "huber-mueller", "end": 10.0, "parameter": "fission normalization"},
        signed=True,
    ),
    Call(sources.FissionSpectrum, {"isotope": "235U", "model": "huber-mueller", "end": 10.0}),
    Call(sources.FissionTable, {"spectra": (("235U", TABLE),), "name": "x"}),
    Call(sources.ccm, {"distance": 23.0, "power": 0.08}),
    Call(sources.csns, {"distance": 10.5, "power": 0.1}),
    Call(sources.ess, {"distance": 20.0, "power": 5.0}),
    Call(sources.jsns2, {"distance": 24.0, "power": 1.0}),
    Call(sources.pion_flight_spectrum, {"momentum": [50.0, 100.0], "weights": [1.0, 2.0]}),
    Call(sources.protons_on_target, {"beam_energy": 1.0, "proton_energy": 1.0}),
    Call(sources.reactor_site, {"name": "dresden-ii", "duty_cycle": 0.9}),
    Call(sources.solar_distance, {"day": [0.0, 100.0]}),
    Call(sources.solar_history, {"edges": [0.0, 100.0, 200.0], "survival": False}),
    Call(statistics.to_pyhf, {"model": MODEL, "observed": COUNTS, "poi": "mu", "channel": "bins"}, signed=True),
    Call(COST.value, {"theta": [1.0, 0.0]}),
    Call(COST.values, {"theta": [1.0, 0.0]}, signed=True),
    Call(COST.gradient, {"theta": [1.0, 0.0]}, signed=True),
    Call(COST.curvature, {"theta": [1.0, 0.0]}, signed=True),
    Call(COST.profiled, {"fixed": {"mu": 1.0}}),
    Call(COST.observing, {"observed": COUNTS, "centers": {"f": 0.0}}),
    Call(MODEL.expected, {"theta": [1.0, 0.0]}, signed=True),
    Call(MODEL.expected_by_sample, {"theta": {"mu": 1.0, "f": 0.1}}, signed=True),
    Call(MODEL.variance, {"theta": [1.0, 0.0]}),
    Call(timing.Instant, {"time": 1.0}),
    Call(timing.PulseTrain, {"pulses": (timing.Instant(), timing.RectangularPulse(1.0, 2.0)), "weights": (1.0, 2.0)}),
    Call(timing.TrapezoidalPulse, {"start": 0.0, "top_start": 1.0, "top_stop": 2.0, "stop": 3.0}),
    Call(TIMING.cumulative, {"time": [0.0, 1.0]}),
    Call(TIMING.density, {"time": [0.0, 1.0]}),
    Call(TIMING.fraction, {"start": 0.0, "stop": [1.0, 2.0]}),
    Call(TIMING.later, {"time": [0.0, 1.0]}),
    Call(TIMING.shifted, {"by": 1.0}),
    Call(kinematics.momentum_transfer, {"recoil_energy": [1.0, 5.0], "nuclide": CS}),
    Call(
        kinematics.neutrino_scattering_cosine,
        {"recoil_energy": [1.0, 5.0], "neutrino_energy": 30.0, "nuclide": CS},
        signed=True,
    ),
    Call(kinematics.recoil_cosine, {"recoil_energy": [1.0, 5.0], "neutrino_energy": 30.0, "nuclide": CS}),
    Call(kinematics.recoil_energy_from_neutrino_angle, {"cosine": [0.1, 0.5], "neutrino_energy": 30.0, "nuclide": CS}),
    Call(kinematics.recoil_energy_from_recoil_angle, {"cosine": [0.1, 0.5], "neutrino_energy": 30.0, "nuclide": CS}),
    Call(mirror.mirror, {"nuclide": "36S", "mass": 33500.0}),
    Call(mirror.nucleon_charges, {"nuclide": "36S", "charge": -9.0, "mirror_charge": -7.0, "charge_error": 0.1}, signed=True),
    Call(potentials.atomic_weak_charge, {"nuclide": CS, "flavor": "nue"}, signed=True),
    Call(potentials.neutral_current_parts, {"density": [1.0, 2.0], "electron_fraction": 0.4, "flavor": "nue"}, signed=True),
    Call(radii.convert, {"radius": 4.8, "nuclide": CS, "given": "charge", "wanted": "point", "spin_orbit": 0.0}),
    Call(radii.empirical_skin, {"nuclide": CS}, signed=True),
    Call(radii.neutron_skin, {"nuclide": CS, "skin": 0.2}, signed=True),
    Call(radii.weak_radius, {"proton_radius": 4.8, "neutron_radius": 5.0, "nuclide": CS}),
    Call(radii.neutron_radius, {"weak": 5.0, "proton_radius": 4.8, "nuclide": CS}),
    Call(spins.schmidt_moment, {"nuclide": CS}, signed=True),
    Call(coherence.coherence_loss, {"neutrino_energy": [5.0, 30.0], "nuclide": CS}),
    Call(coherence.coherent_limit, {"neutrino_energy": [5.0, 30.0], "nuclide": CS, "law": "neutrons"}),
    Call(coherence.coherent_scaling, {"neutrino_energy": [5.0, 30.0], "nuclide": CS, "law": "neutrons"}),
    Call(coherence.degree_of_coherency, {"nuclide": CS, "xi": [0.2, 0.5], "weak_mixing_angle": 0.238}, signed=True),
)

# What an argument is changed to: numbers at the ends of what doubles hold, other kinds of object, other shapes.
NUMBERS = (
    math.nan, math.inf, -math.inf, 0.0, -0.0, -1.0, -1e-9, 1e-9, 5e-324, -5e-324, 1e-310, 1e-200, 1e-30, 1e12, 1e30, 1e200,
    -1e200, 1.7976931348623157e308, 2**63, 10**30, 10**400,
)  # fmt: skip
NESTED: list[Any] = []
for _ in range(200):
    NESTED = [NESTED]


class Broken:
    """Raises an error whatever it is asked."""

    def __repr__(self) -> str:
        raise RuntimeError

    def __array__(self, *arguments: Any, **options: Any) -> Any:
        raise RuntimeError


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
            yield result([0.0, 10.0], "12C" if isinstance(result, form_factors.HarmonicOscillator) else CS) ** 2
        case quenching.Quenching():
            yield np.asarray(result.energy([1.0, 10.0], OF_ELEMENT.get(result.elements, GE)))
        case efficiency.Efficiency():
            yield np.asarray(result([0.0, 1.0, 2.0]))
        case timing.Pulse():
            yield np.asarray(timing.Timing(result, [2.2]).cumulative([0.0, 1.0, 10.0]))
        case timing.Timing():
            yield np.asarray(result.cumulative([0.0, 1.0, 10.0]))
        case resolution.Resolution():
            yield from (result.probability([0.0, 0.5, 1.0], [0.3, 2.0]), np.asarray(result.width([0.0, 0.3, 2.0])))
        case cevns.Target():
            yield np.array([density for _, density in result.components])
        case cevns.Nuclide():
            yield np.asarray(cevns.cross_section(20.0, result))
        case cevns.Component():
            yield from numbers_of(cevns.Flux((result,)))
        case cevns.Uncertainty() | cevns.Coherence():
            kind = "uncertainties" if isinstance(result, cevns.Uncertainty) else "coherences"
            yield np.asarray(cevns.rate(cevns.Flux(TABULATED.components, **{kind: (result,)}), "Ar", threshold=1.0))
        case Spectrum():
            yield from map(np.asarray, (result.density(np.array([0.5, 2.0, 9.0])), result.total))
        case cevns.Couplings():
            yield from (np.abs(result.proton([0.0, 50.0], 0)), np.asarray(abs(result.neutron(0))))
        case cevns.AxialResponse():
            yield np.asarray(result.strength([0.0, 50.0], CS))
        case oscillation.Vacuum() | oscillation.Sterile():
            yield np.abs(result([1.0, 10.0])) ** 2
        case oscillation.SolarAdiabatic() | oscillation.SolarNSI():
            yield np.asarray(result.weights([1.0, 10.0]))
        case oscillation.MixingParameters():
            yield np.abs(oscillation.mixing_matrix(result)) ** 2
        case sources.CoreCollapseRate():
            yield np.asarray(result([0.0, 1.0, 4.0]))
        case sources.FissionTable():
            yield from numbers_of(sources.reactor(power=2.9, distance=20.0, model=result, fission_fractions={"235U": 1.0}))
        case dark_matter.DarkMatterFlux():
            yield from map(np.asarray, (result.total(), dark_matter.rate(result, "CsI", PORTAL_MODEL, threshold=5.0)))
        case dark_matter.Production():
            yield from numbers_of(result.spectrum)
            yield np.asarray(result.scale)
        case dark_matter.VectorPortal():
            yield np.asarray(dark_matter.differential_cross_section([1.0, 5.0], 200.0, AR, result))
        case dark_matter.DarkMatterResponse() | electrons.ElectronResponse():
            yield result.counts()
        case Response():
            yield result.counts()
        case electrons.TabulatedRatio():
            yield np.asarray(electrons.differential_rate([1.0, 5.0], REACTOR, "Ge", ratio=result))
        case cevns.Experiment():
            yield from (result.counts(cevns.StandardModel()), result.expected(cevns.StandardModel()))
        case cevns.Templates():
            zero = np.zeros(len(result.parameters))
            yield np.asarray(result.counts(zero))
            if result.observed is not None:
                yield np.asarray(result.likelihood(zero))
        case cevns.TemplateGrid():
            yield np.asarray(result.likelihood({"x": 0.1, "y": 0.5}))
        case statistics.Cost():
            yield np.asarray(result.value([1.0, 0.0][: len(result.parameters)]))
        case statistics.Model():
            yield np.asarray(result.expected([1.0, 0.0][: len(result.parameters)]))
        case statistics.Sample():
            yield np.asarray(result.counts)
        case statistics.Fit():
            yield from map(np.asarray, (result.values, result.minimum))
        case cevns.ScanResult():
            yield result.values
        case str() | bool() | None:
            pass
        case Mapping():
            for each in result.values():
                yield from numbers_of(each)
        case tuple() | list():
            for each in result:
                yield from numbers_of(each)
        case _ if is_dataclass(result):
            for field in fields(result):
                yield from numbers_of(getattr(result, field.name))
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
    if not call.holes and any(np.isnan(each).any() for each in numbers):
        return "nan"
    if not call.signed and any((each < 0).any() for each in numbers):
        return f"negative: {min(float(each.min()) for each in numbers if each.size):g}"
    return None


def test_a_loop_in_c_that_does_not_end_is_ended():
    """No handler of Python's would run before it returns; faulthandler's is in C, says where, and the signal then kills."""
    code = (
        "import faulthandler, signal\n"
        "faulthandler.register(signal.SIGVTALRM, chain=True)\n"
        "signal.setitimer(signal.ITIMER_VIRTUAL, 0.1)\n"
        "sum(range(10**13))\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ended.returncode == -signal.SIGVTALRM
    assert "line 4" in ended.stderr


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_the_calls_are_valid(call):
    """As they stand they give numbers: a call that is refused anyway would try nothing."""
    numbers = list(numbers_of(call.function(**call.arguments)))
    assert numbers
    for each in numbers:
        assert np.isfinite(each).all()


@pytest.mark.slow
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
        (lambda: cevns.rate(SNS, "Ge", threshold=Broken()), "threshold must be real numbers (got a Broken)"),
        (lambda: SNS.with_uncertainty(Broken(), 0.1), "must be a printable text (got a Broken)"),
        (lambda: cevns.TemplateGrid({"y": [0.0, 1.0]}, [TEMPLATES] * 2, name=Broken()), "name must be a text (got a Broken)"),
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


# What no call is tried of, and why.
UNTRIED = {
    **dict.fromkeys(("CevnsError", "InputError", "UnknownNameError", "UnsupportedError"), "errors"),
    **dict.fromkeys(
        ("Efficiency", "FormFactor", "Interaction", "Quenching", "Resolution", "HasMassNumber"),
        "what others derive from",
    ),
    **dict.fromkeys(
        ("FeldmanCousins", "Fit", "Minimum", "ReactorSite", "Shells", "Toys", "SolarFunction", "SolarNSIFunction"),
        "made by functions, whose arguments are tried",
    ),
    **dict.fromkeys(("atmospheric", "fission_table", "geoneutrinos", "snewpy", "snowglobes"), "read files, tried with theirs"),
    **dict.fromkeys(
        ("Boron8", "Identity", "Lithium8", "Perfect", "Point", "Sarkis", "elements", "reactor_sites", "show_config"),
        "have no arguments",
    ),
    "cite": "takes anything, and says what has no citation",
    "to_hist": "needs hist, tried with the exports",
}


def test_every_public_callable_is_tried():
    modules = [cevns, dark_matter, efficiency, electrons, form_factors, matter]
    modules += [oscillation, quenching, resolution, sources, statistics]
    tried = set()
    for call in CALLS:
        function = call.function
        owner = getattr(function, "__self__", None)
        tried |= {function.__name__ if hasattr(function, "__name__") else type(function).__name__, type(owner).__name__}
        tried |= {owner.__name__} if isinstance(owner, type) else set()
    public = {name for module in modules for name in module.__all__ if callable(getattr(module, name))}
    assert not sorted(public - tried - set(UNTRIED))
    assert not sorted(set(UNTRIED) - public), "these are not there any more"


# ---- units, masks, dates in every numeric argument -------------------------------------------------------------------------

LINES = cevns.spectra.Lines([1.0, 2.0], [1.0, 3.0])
PROFILED = statistics.Cost(
    statistics.Model(
        [statistics.Sample("s", [4.0, 3.0, 1.0], norm="mu"), statistics.Sample("b", [1.0, 1.0, 1.0], variance=[0.1] * 3)]
    ),
    COUNTS,
    beeston_barlow=True,
)
BURST = sources.supernova()
MUON = sources.sns().history([0.0, 1.0, 2.0])

# the other arguments of functions that are called above, and methods
MORE_CALLS = (
    Call(sources.reactor, {"power": 2.9, "distance": 28.0, "fission_fractions": {"235U": 0.6, "239Pu": 0.4}}),
    Call(
        sources.reactor,
        {
            "power": 2.9,
            "distance": 28.0,
            "energies_per_fission": {"235U": 202.0, "238U": 206.0, "239Pu": 211.0, "241Pu": 214.0},
        },
    ),
    Call(
        sources.reactor_history,
        {
            "edges": [0.0, 7.0, 14.0],
            "power": [2.9, 1.0],
            "distance": 20.0,
            "fission_fractions": {"235U": 0.6, "239Pu": [0.4, 0.4]},
        },
    ),
    Call(sources.solar, {"components": "8B", "zenith": [(0.5, 0.4), (-0.5, 0.6)]}),
    Call(
        sources.supernova,
        {"times": [0.0, 1.0, 2.0], "luminosity": [1e52, 2e51], "mean_energy": {"nue": [12.0, 10.0]}, "pinching": {"nue": 2.5}},
    ),
    Call(sources.supernova, {"energy": {"nue": 5e52}, "temperature": 4.0, "degeneracy": 1.0}),
    Call(sources.sns, {"power": None, "protons": 1e20}),
    Call(sources.pion_decay_at_rest, {"distance": 20.0, "power": 1.0, "proton_energy": 1.0}),
    *(
        Call(facility, {"power": None, "protons": 1e20, "proton_energy": 1.0, "yield_per_proton": 0.1})
        for facility in (sources.ccm, sources.csns, sources.ess, sources.jsns2)
    ),
    Call(
        dark_matter.DarkMatterFlux.from_pion_decay_at_rest,
        {
            **PORTAL,
            "power": 1.0,
            "proton_energy": 1.0,
            "distance": 19.3,
            "pi0_momentum": [50.0, 100.0],
            "pi0_weights": [1.0, 2.0],
        },
    ),
    Call(cevns.Flux.from_table, {"energy": [0.0, 10.0], "densities": {"nue": [1.0, 2.0]}, "lines": {"nue": [(5.0, 2.0)]}}),
    Call(SNS.sterile, {"dm2": 1.0, "baseline": 20.0, "mixing": (0.1, 0.01, 0.02)}),
    Call(oscillation.Sterile, {"dm2": 1.0, "baseline": 20.0, "mixing": (0.1, 0.01, 0.02)}),
    Call(
        statistics.Sample,
        {
            "name": "s",
            "counts": COUNTS,
            "scale_effects": {"f": 0.1},
            "shape_effects": {"t": ([4.0, 3.0, 2.0], [6.0, 3.0, 2.0])},
            "variance": [0.5, 0.3, 0.2],
        },
    ),
    Call(
        statistics.Cost,
        {"model": MODEL, "observed": COUNTS, "kind": "gaussian", "variance": [5.0, 3.0, 2.0], "centers": [0.0, 0.1]},
    ),
    Call(statistics.Cost, {"model": MODEL, "observed": COUNTS, "centers": {"f": 0.1}}),
    Call(PROFILED.observing, {"observed": COUNTS, "simulated": [1.0, 2.0, 3.0]}),
    Call(statistics.minimize, {"cost": COST, "fixed": {"f": 0.1}}, signed=True),
    Call(statistics.run_toys, {"cost": COST, "number": 2, "test": {"mu": 0.5}}, signed=True),
    Call(
        cevns.scan,
        {"likelihood": lambda t: t["x"] ** 2 + t["y"] ** 2, "grids": {"x": [0.5, 1.0]}, "profile": {"y": (-1.0, 2.0)}},
    ),
    Call(
        cevns.Templates,
        {
            "parameters": ["x"],
            "exponents": [[0], [1]],
            "counts": [[5.0, 5.0], [1.0, 2.0]],
            "observed": [3.0, 4.0],
            "start": [0.1],
            "background": [1.0, 2.0],
            "variance": [3.0, 4.0],
            "signal_effects": {"f": [0.1, 0.2]},
            "background_effects": {"g": [0.1, 0.2]},
            "sigma": {"f": 0.5},
            "mean": {"f": 0.1},
            "limits": {"f": (-1.0, 2.0)},
        },
        signed=True,
    ),
    Call(
        cevns.Experiment,
        {
            "flux": REACTOR,
            "detector": DETECTOR,
            "exposure": 100.0,
            "edges": [0.16, 0.3, 0.8],
            "observed": [1.0, 2.0],
            "variance": [1.0, 2.0],
            "scale_effects": {"f": 0.1},
            "shape_effects": {"t": ([1.0, 2.0], [1.5, 2.5])},
        },
    ),
    Call(cevns.Experiment, {"flux": REACTOR, "detector": DETECTOR, "exposure": [(100.0, 2.0)], "edges": [0.16, 0.3]}),
    Call(SQUARE.limit, {"name": "x", "at": {"y": 0.5}}, signed=True, holes=True),
    Call(
        dark_matter.Cascade,
        {"mass": 25.0, "mediator_mass": 75.0, "parent_mass": 134.98, "momentum": [10.0, 20.0], "weights": [1.0, 2.0]},
    ),
    Call(form_factors.MomentExpansion, {"r2": 20.0, "r4": 500.0, "r6": 15000.0, "end": 20.0}),
    Call(DETECTOR.rate, {"edges": [0.16, 0.3], "flux": SNS, "times": [0.0, 1.0, 2.0]}),
    Call(DETECTOR.response, {"edges": [0.16, 0.3], "flux": SNS, "times": [0.0, 1.0, 2.0]}),
    Call(DETECTOR.time_weights, {"timing": TIMING, "times": [0.0, 1.0, 2.0]}),
    Call(MUON.check_edges, {"edges": [0.0, 1.0, 2.0], "unit": "us"}),
    Call(TABLE.density, {"energy": [5.0, 20.0]}),
    Call(LINES.density, {"energy": [5.0, 20.0]}),
    Call(cevns.spectra.Lines, {"energies": [1.0, 2.0], "weights": [1.0, 3.0]}),
    Call(cevns.spectra.Table, {"energy": [1.0, 2.0], "values": [1.0, 3.0]}),
    Call(cevns.spectra.Function, {"function": np.ones_like, "edges": [1.0, 2.0], "tolerance": 1e-9}),
    Call(cevns.spectra.Function(np.ones_like, [1.0, 2.0]).density, {"energy": [1.2, 1.5]}),
    Call(cevns.spectra.EndPoint("electron").density, {"energy": [5.0, 20.0]}),
    Call(sources.Pinched(12.0, 2.0).density, {"energy": [5.0, 20.0]}),
    Call(sources.FermiDirac(4.0, 1.0).density, {"energy": [5.0, 20.0]}),
    Call(sources.AllowedShape(1.0, 40).density, {"energy": [0.1, 0.5]}),
    Call(sources.BetaDecay("239U").density, {"energy": [0.1, 0.5]}),
    Call(sources.FissionSpectrum("235U").density, {"energy": [1.0, 5.0]}),
    Call(
        sources.DiffuseSupernova(sources.Pinched(12.0, 2.0)).density,
        {"energy": [1.0, 5.0]},
    ),
    Call(DARK.productions[0].spectrum.density, {"energy": [50.0, 90.0]}),
    Call(dark_matter.Cascade(25.0, 75.0, 134.98, [10.0, 20.0]).density, {"energy": [40.0, 50.0]}),
    Call(form_factors.SymmetrizedFermi.from_rms, {"radius": 4.8, "diffuseness": 0.5}),
    Call(form_factors.SymmetrizedFermi.from_thickness, {"thickness": 2.3}),
    Call(form_factors.KleinNystrand.from_rms, {"radius": 4.8, "range": 0.7}),
    Call(form_factors.ThreeParameterFermi.from_rms, {"radius": 4.8, "diffuseness": 0.5, "depression": 0.1}),
    Call(form_factors.TwoParameterFermi.from_rms, {"radius": 4.8, "diffuseness": 0.5}),
    Call(form_factors.HarmonicOscillator.from_rms, {"radius": 2.7}),
    Call(form_factors.Tabulated.from_density, {"radius": [0.0, 2.0, 4.0, 8.0], "density": [1.0, 0.9, 0.5, 0.0]}),
    Call(form_factors.Helm().resized, {"radius": 4.9, "nuclide": CS}),
    Call(form_factors.Helm().derivative, {"q": [10.0, 50.0], "nuclide": CS}, signed=True),
    Call(form_factors.neutron_form_factor, {"proton_form_factor": form_factors.Helm(), "skin": 0.2}),
    Call(cevns.Couplings(0.03, -0.5).with_charge_radii, {"charge_radii": {"nue": -1e-32, "numu": -1e-32, "nutau": -1e-32}}),
    Call(efficiency.Logistic.coherent_csi_2021, {"variation": 0.5}),
    Call(efficiency.Threshold, {"threshold": 1.0, "axis": "recoil"}),
    Call(efficiency.ErfThreshold, {"threshold": 1.0, "width": 0.2, "plateau": 0.9, "axis": "recoil"}),
    Call(efficiency.Logistic, {"a": 0.7, "b": 1.0, "c": 1.0, "d": 0.1, "axis": "recoil"}),
    Call(efficiency.Step, {"edges": [1.0, 2.0], "values": [0.2, 0.9, 1.0], "axis": "recoil"}),
    Call(efficiency.Tabulated, {"points": [0.0, 1.0, 2.0], "values": [0.1, 0.5, 0.9], "axis": "recoil"}),
    Call(efficiency.Function, {"function": lambda x: 0.5 + 0.0 * x, "axis": "recoil", "breaks": (1.0,)}),
    Call(quenching.Tabulated.from_energy, {"recoil_energy": [1.0, 2.0], "energy": [0.1, 0.4], "beyond": "hold"}),
    Call(quenching.NestXenon(100.0).electrons, {"recoil_energy": [1.0, 2.0]}),
    Call(quenching.NestXenon(100.0).photons, {"recoil_energy": [1.0, 2.0]}),
    Call(resolution.Gamma().probability, {"edges": [0.0, 5.0, 10.0], "energy": [0.5, 1.0]}),
    Call(resolution.Gamma().width, {"energy": [0.5, 1.0]}),
    Call(resolution.Gamma().mean, {"energy": [0.5, 1.0]}),
    Call(timing.GaussianPulse(0.4, 0.1).shifted, {"by": 0.5}),
    Call(timing.Instant(1.0).shifted, {"by": 0.5}),
    Call(timing.RectangularPulse(0.0, 1.0).shifted, {"by": 0.5}),
    Call(timing.TabulatedPulse([0.0, 1.0], [1.0, 2.0]).shifted, {"by": 0.5}),
    Call(timing.TrapezoidalPulse(0.0, 1.0, 2.0, 3.0).shifted, {"by": 0.5}),
    Call(oscillation.Sterile(dm2=1.0, baseline=20.0, sin2_2theta=0.1).mean_sin2, {"energy": [1.0, 10.0]}),
    Call(oscillation.Vacuum(1e3).amplitudes, {"energy": [1.0, 10.0]}, signed=True),
    Call(oscillation.SolarAdiabatic("8B").weights, {"energy": [1.0, 10.0]}, signed=True),
    Call(oscillation.SolarNSI("8B").weights, {"energy": [1.0, 10.0]}, signed=True),
    Call(MODEL.values, {"theta": [1.0, 0.1]}),
    Call(MODEL.variance_by_sample, {"theta": [1.0, 0.1]}),
    Call(MODEL.gradient, {"theta": [1.0, 0.1]}, signed=True),
    Call(cevns.AxialResponse().strength, {"q": [10.0, 50.0], "nuclide": CS}),
    Call(cevns.AxialResponse().matrix, {"q": [10.0, 50.0], "nuclide": CS}, signed=True),
    Call(coherence.coherency, {"nuclide": CS, "alpha": 0.5, "weak_mixing_angle": 0.238}),
    Call(cevns.NSI.from_matrices, {"up": np.diag([0.1, 0.2, 0.3])}),
    Call(cevns.NSI.from_direction, {"epsilon": np.diag([0.1, 0.2, 0.3]), "eta": 0.3}),
    Call(cevns.ElectronNSI.from_matrices, {"left": np.diag([0.1, 0.2, 0.3])}),
    Call(cevns.DipolePortal.from_dipoles, {"mass": 1.0, "nue": 1e-7}),
    Call(cevns.Couplings.named, {"name": "tree", "weak_mixing_angle": 0.24}),
)


def is_numeric(value: Any) -> bool:
    """Whether a value is a number or numbers, as an array or in lists."""
    if isinstance(value, list | tuple):
        return bool(value) and all(is_numeric(each) and not isinstance(each, tuple) for each in value)  # pairs have two units
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "iuf"
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def pieces(value: Any, whole: bool = True) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """(where, number or numbers) of what is numeric in an argument: all of it, what a mapping leads to, the first of a list."""
    if is_numeric(value) and whole:
        yield (), value
    inside = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list | tuple) else ()
    for key, each in inside:
        if not whole or isinstance(value, Mapping) or key == 0 or not is_numeric(value):
            yield from (((key, *where), piece) for where, piece in pieces(each, whole=not isinstance(each, tuple)))


def put(value: Any, where: tuple[Any, ...], piece: Any) -> Any:
    """The argument with another piece in that place."""
    if not where:
        return piece
    key, *rest = where
    if isinstance(value, Mapping):
        return {**value, key: put(value[key], tuple(rest), piece)}
    return type(value)(put(each, tuple(rest), piece) if i == key else each for i, each in enumerate(value))


def numeric_arguments(call: Call) -> Iterator[tuple[str, Any]]:
    """Name → value of the arguments that are recorded, and of those whose default or type is a number."""
    yield from call.arguments.items()
    for name, parameter in inspect.signature(call.function).parameters.items():
        told = str(parameter.annotation)
        if name not in call.arguments and parameter.default is not inspect.Parameter.empty:
            if is_numeric(parameter.default):
                yield name, parameter.default or 1e-3
            elif parameter.default is None and ("float" in told or "ArrayLike" in told) and "Mapping" not in told:
                yield name, 1.0


NUMERIC = [
    pytest.param(call, name, value, where, piece, id="-".join((call.name.removeprefix("cevns."), name, *map(str, where))))
    for call in CALLS + MORE_CALLS
    for name, value in numeric_arguments(call)
    for where, piece in pieces(value)
]

REGISTRY = pint.UnitRegistry()
REGISTRY.define("half = 0.5")


def each_number(value: Any, of: Callable[[Any], Any]) -> Any:
    """A list like the one that is given, down to its numbers; of an array or a number, the whole."""
    return type(value)(each_number(each, of) for each in value) if isinstance(value, list | tuple) else of(value)


def objects(value: Any, of: Callable[[Any], Any]) -> Any:
    """An array of objects."""
    numbers = np.asarray(value)
    out = np.empty(numbers.shape, dtype=object)
    for index in np.ndindex(numbers.shape):
        out[index] = of(numbers[index].item())
    return out if out.ndim else out.item()


def of_something_else(value: Any) -> Iterator[Any]:
    """What is no number of anything in the library, of which nothing is measured in candela."""
    numbers = np.asarray(value, dtype=np.float64)
    for of in (lambda x: astropy.units.Quantity(x, "cd"), lambda x: REGISTRY.Quantity(x, "candela")):
        yield of(numbers)
        yield each_number(value, of)
        yield objects(value, of)
    yield np.ma.masked_array(numbers, mask=np.ones(numbers.shape, dtype=bool))
    yield each_number(value, lambda x: np.ma.masked)
    yield numbers > -math.inf
    yield each_number(value, lambda x: True)
    yield (
        np.full(numbers.shape, np.datetime64("2026-01-01"))
        if numbers.ndim == 0
        else objects(value, lambda x: np.datetime64("NaT"))
    )
    yield np.full(numbers.shape, "1.0")
    yield each_number(value, str)
    yield objects(value, str)
    yield np.zeros(numbers.shape, dtype=[("a", float)])
    yield Broken()
    yield each_number(value, lambda x: Broken())


def in_our_unit(value: Any, unit: str) -> Iterator[Any]:
    """The value as a quantity in a unit that is 1024 times ours, or half of it, so that not even a rounding differs."""
    spelling, *_, size = UNITS.get(unit, UNITS[""])
    thousandfold = astropy.units.Unit(1024 * astropy.units.Unit(spelling))
    for of in (
        lambda x: astropy.units.Quantity(x * size / 1024, thousandfold),
        lambda x: REGISTRY.Quantity(x * size * 2, f"({spelling or 'dimensionless'}) * half"),
    ):
        yield of(np.asarray(value)) if np.ndim(value) else of(value)
        yield each_number(value, of)
        yield objects(value, of)


SIBLINGS = {
    "eV": "keV", "keV": "eV", "keV_ee": "MeV", "keV_nr": "eV", "MeV": "GeV", "GeV": "MeV", "GeV⁻¹": "1/MeV", "eV²": "keV**2",
    "MeV²": "GeV**2", "1/keV": "1/eV", "1/keV_ee": "1/eV", "erg": "J", "erg/s": "W", "GWh": "J", "fm": "m",
    "cm": "km", "m": "km", "au": "km", "kpc": "m", "fm²": "m**2", "fm⁴": "m**4", "fm⁶": "m**6",
    "cm²": "m**2", "μs": "s", "1/μs": "1/s", "d": "s", "s": "d",
    "MW": "W", "GW": "kW", "mA": "A", "Bq": "1/d", "V/cm": "V/m", "kg": "g", "solar masses": "kg", "mol": "mmol",
    "mol/cm³": "mol/m**3", "g/cm³": "kg/m**3", "cm⁻²": "1/m**2", "cm⁻² s⁻¹": "1/(m**2*d)", "cm⁻² MeV⁻¹": "1/(m**2*GeV)",
    "cm⁻² s⁻¹ MeV⁻¹": "1/(m**2*s*GeV)", "rad": "deg", "°": "rad", "e": "percent", "nuclear magnetons": "percent",
    "Bohr magnetons": "J/T", "km s⁻¹ Mpc⁻¹": "1/s", "Mpc⁻³ yr⁻¹": "1/(kpc**3*yr)", "": "percent",
}  # fmt: skip


def in_other_unit(value: Any, unit: str) -> Iterator[tuple[Any, Any]]:
    """(the value as a quantity in a unit that people use, what its library says that this is in ours)."""
    spelling, *_, size = UNITS.get(unit, UNITS[""])
    numbers = np.asarray(value, dtype=np.float64) if np.ndim(value) else float(value)
    other = SIBLINGS.get(unit, "percent")
    there = astropy.units.Quantity(numbers * size, spelling).to(other)
    yield there, there.to_value(spelling) / size
    here = REGISTRY.Quantity(numbers * size, spelling or "dimensionless").to(other)
    yield here, here.m_as(spelling or "dimensionless") / size


def held(thing: Any, depth: int = 6) -> Iterator[np.ndarray]:
    """All numbers that an object holds, whatever it is: of what it stores, and of what its users ask for."""
    if isinstance(thing, bool | str | type(None)) or callable(getattr(thing, "m_as", None)) or depth == 0:
        assert not hasattr(thing, "m_as"), "a quantity is stored"
        return
    if isinstance(thing, int | float | complex | np.ndarray | np.generic):
        assert not hasattr(thing, "to_value"), "a quantity is stored"
        yield np.array(thing)
    elif isinstance(thing, Mapping):
        for each in thing.values():
            yield from held(each, depth - 1)
    elif isinstance(thing, list | tuple):
        for each in thing:
            yield from held(each, depth - 1)
    elif is_dataclass(thing):
        for field in fields(thing):
            yield from held(getattr(thing, field.name, None), depth - 1)
    elif isinstance(thing, Spectrum):
        yield from held(thing._parameters(), depth - 1)


def answer(call: Call, argument: str, value: Any) -> list[np.ndarray]:
    given = {name: copied(each) if isinstance(each, list) else each for name, each in call.arguments.items()}
    result = call.function(**given | {argument: value})
    return [*held(result), *map(np.array, numbers_of(result))]


def equal(one: list[np.ndarray], other: list[np.ndarray]) -> bool:
    return len(one) == len(other) and all(
        a.shape == b.shape and np.array_equal(a, b, equal_nan=a.dtype.kind in "fc") for a, b in zip(one, other, strict=True)
    )


def refusal(call: Call, argument: str, value: Any) -> str:
    with pytest.raises(cevns.CevnsError) as said:
        call.function(**call.arguments | {argument: value})
    assert len(str(said.value)) <= LONGEST_MESSAGE
    return str(said.value)


@pytest.mark.parametrize(("call", "argument", "value", "where", "piece"), NUMERIC)
def test_no_number_loses_a_unit_a_mask_or_a_date(call, argument, value, where, piece):
    for wrong in of_something_else(piece):
        refusal(call, argument, put(value, where, wrong))


# what takes no quantity at all, and why
PLAIN_ONLY = {
    "without a unit, in that of the detector's bins": "which of them is known where the detector is",
    "must be an integer": "seeds and places are no numbers of anything",
    "'x' must be an integer": "a place on an axis",
    "couplings must be those of proton and neutron": "charges of nucleons, which come as a pair",
}
# what a message says of an argument that does not go with the others of a call: another call takes it
NOT_USED = (
    "give either ",
    " must map ",
    "must be given together",
    "is for kind=",
    "is for beeston_barlow=",
    "is for survival=",
)


def unit_of(message: str) -> str | None:
    found = re.search(
        r"must be (?:in (.+?), or in a unit that converts to it|a pure number|a number of [-a-z]+) \(got", message
    )
    return None if found is None else found[1] or ""


@pytest.mark.slow
@pytest.mark.parametrize(("call", "argument", "value", "where", "piece"), NUMERIC)
def test_a_quantity_is_the_number_that_it_is_in_our_unit(call, argument, value, where, piece):
    """To the last bit: where a unit is lost, results are 1024 times or half as large."""
    message = refusal(call, argument, put(value, where, astropy.units.Quantity(np.asarray(piece, dtype=np.float64), "cd")))
    unit = unit_of(message)
    if unit is None:
        assert any(words in message for words in (*PLAIN_ONLY, *NOT_USED)), message
        return
    try:
        expected = answer(call, argument, put(value, where, piece))
    except cevns.CevnsError:  # a default that does not go with the others: another call takes it
        return
    for quantity in in_our_unit(piece, unit):
        assert equal(answer(call, argument, put(value, where, quantity)), expected)
    for quantity, number in in_other_unit(piece, unit):
        try:
            expected = answer(call, argument, put(value, where, number))
        except cevns.CevnsError:  # rounded beyond an end of the range
            continue
        assert equal(answer(call, argument, put(value, where, quantity)), expected)


def public_callables():
    """(public name, module and name) of everything public that takes numbers."""
    seen = set()

    def walk(prefix, module):
        for name in module.__all__:
            thing = getattr(module, name)
            if isinstance(thing, types.ModuleType):
                if hasattr(thing, "__all__"):
                    yield from walk(f"{prefix}{name}.", thing)
            elif callable(thing) and id(thing) not in seen:
                seen.add(id(thing))
                yield prefix + name, thing
                if isinstance(thing, type):
                    # a flux has its methods from bases that are not public
                    bases = ("cevns.fluxes._base", "cevns.fluxes.makers", "cevns.experiments.expectation")
                    own = [thing, *(kind for kind in thing.__mro__ if kind.__module__ in bases)]
                    keys = dict.fromkeys(key for kind in own for key in vars(kind) if not key.startswith("_"))
                    methods = ((key, getattr(thing, key)) for key in keys)
                    yield from ((f"{prefix}{name}.{key}", m) for key, m in methods if inspect.isroutine(m))

    for name, thing in walk("", cevns):
        try:
            parameters = inspect.signature(thing).parameters.values()
        except (TypeError, ValueError):
            continue
        kinds = [(each.name, str(each.annotation)) for each in parameters]
        marks = ("float", "complex", "Array", "ndarray", "Skin", "Composition")
        # what is of the type Array is for the library itself, which gives arrays in its own units
        if any(
            any(m in kind for m in marks) and kind != "Array" and not ("Callable" in kind or "Path" in kind)
            for _, kind in kinds
        ):
            yield name, f"{thing.__module__}.{thing.__qualname__}"


# public callables that take numbers and are not in the walk, and why
NOT_WALKED = {
    **dict.fromkeys(
        (
            "electrons.Shells", "experiments.Measurement", "experiments.Published", "experiments.SignalFit",
            "mirror.NucleonCharges", "scans.Minimum", "sources.ReactorSite", "statistics.FeldmanCousins", "statistics.Fit",
            "statistics.Toys",
        ),
        "records of results, which functions fill",
    ),
    **dict.fromkeys(
        (
            "Flux.from_csv", "Flux.to_csv", "sources.atmospheric", "sources.geoneutrinos", "sources.snewpy",
            "sources.snowglobes",
        ),
        "read and write files, tested with theirs",
    ),
    **dict.fromkeys(
        (
            "Flux.plot", "ScanResult.plot", "plotting.contour", "plotting.flux", "plotting.spectrum", "statistics.to_hist",
        ),
        "make figures and histograms, no numbers",
    ),
    **dict.fromkeys(
        (
            "form_factors.FormFactor.resized", "form_factors.HarmonicOscillator.resized", "form_factors.Point.resized",
            "form_factors.TwoParameterFermi.resized", "spectra.Smooth.density", "spectra.Spectrum.density",
            "timing.Pulse.shifted",
        ),
        "abstract, or refuse everything, or take it as their siblings do",
    ),
    **dict.fromkeys(
        (
            "oscillation.SolarFunction.together", "oscillation.SolarNSIFunction.together", "spectra.Table.added",
            "statistics.Cost.grad", "timing.PulseTrain.shifted",
        ),
        "called by other methods, and by minimisers",
    ),
    "Couplings.proton": "of the momentum transfers only the shape matters",
    "experiments.measure": "takes seconds",
    "form_factors.Helm": "called with a convention; its radii are walked as from_rms, and in test_units.py",
    "mirror.nucleon_charges_from_cross_sections": "needs a pair of mirror nuclei, of which the table has none",
}  # fmt: skip


def test_every_public_callable_that_takes_numbers_is_walked_or_has_a_reason():
    walked = {call.name for call in CALLS + MORE_CALLS}
    public = dict(public_callables())
    assert len(public) > 200  # the walk finds them
    assert {name for name, place in public.items() if place not in walked} == set(NOT_WALKED)
