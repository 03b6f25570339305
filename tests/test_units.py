"""Numbers of public functions have units: quantities in another unit convert, those of another dimension are refused."""

import pickle
import subprocess
import sys
from collections.abc import Mapping

import astropy.units as u
import numpy as np
import pint
import pytest

import cevns
from cevns import (
    constants,
    dark_matter,
    efficiency,
    electrons,
    form_factors,
    matter,
    oscillation,
    quenching,
    resolution,
    sources,
    spectra,
    statistics,
)
from cevns._units import UNITS
from cevns.fluxes.products import product

GE, CS = cevns.Nuclide("74Ge"), cevns.Nuclide("133Cs")
FLUX = sources.sns()
SECOND = cevns.Flux.from_table([1.0, 50.0], {"nue": [1e6, 1e6]})
DETECTOR = cevns.Detector("Ge", 10.0)
DARK = dark_matter.DarkMatterFlux.from_table(1.0, [2.0, 30.0], [1.0, 1.0])
PORTAL = dark_matter.VectorPortal(mass=1.0, mediator_mass=30.0, kinetic_mixing=1e-4, alpha_D=0.5)
FLUX_UNIT, BURST_UNIT = "cm⁻² s⁻¹ MeV⁻¹", "cm⁻² MeV⁻¹"
BEAM = {"distance": (20.0, "m"), "power": (1.0, "MW"), "proton_energy": (1.0, "GeV")}
BEAM |= {"yield_per_proton": (0.1, ""), "uncertainty": (0.1, ""), "decay_in_flight": (0.0, "")}
SHARES = {f"eps_{pair}_{q}": (0.1, "") for pair in ("ee", "em", "et", "mm", "mt", "tt") for q in "ud"}
ELECTRON_SHARES = {f"eps_{pair}_{P}": (0.1, "") for pair in ("ee", "em", "et", "mm", "mt", "tt") for P in "LR"}


def moments_of_flavors(unit, value, transitions=False):
    names = ("nue", "numu", "nutau") + (("em", "et", "mt") if transitions else ())
    return {name: (value, unit) for name in names}


# public name → (callable, what is not numeric, argument → (valid value, its unit))
CALLS = {
    "NSI": (cevns.NSI, {}, SHARES),
    "NSI.from_matrices": (cevns.NSI.from_matrices, {}, {"up": (np.eye(3), ""), "down": (np.eye(3), "")}),
    "NSI.from_direction": (cevns.NSI.from_direction, {}, {"epsilon": (np.eye(3), ""), "eta": (0.3, "rad")}),
    "ElectronNSI": (cevns.ElectronNSI, {}, ELECTRON_SHARES),
    "ElectronNSI.from_matrices": (cevns.ElectronNSI.from_matrices, {}, {"left": (np.eye(3), ""), "right": (np.eye(3), "")}),
    "Anapole": (cevns.Anapole, {}, moments_of_flavors("cm²", 1e-33, True)),
    "ChargeRadius": (cevns.ChargeRadius, {}, moments_of_flavors("cm²", 1e-33, True)),
    "Millicharge": (cevns.Millicharge, {}, moments_of_flavors("e", 1e-12, True)),
    "MagneticMoment": (cevns.MagneticMoment, {}, moments_of_flavors("Bohr magnetons", 1e-11)),
    "TransitionMagneticMoment": (cevns.TransitionMagneticMoment, {"moments": np.zeros((3, 3))}, {"scale": (2.0, "")}),
    "AxialMediator": (cevns.AxialMediator, {}, {"mass": (10.0, "MeV"), "coupling": (1e-4, "")}),
    "ScalarMediator": (cevns.ScalarMediator, {}, {"mass": (10.0, "MeV"), "coupling": (1e-4, "")}),
    "TensorMediator": (cevns.TensorMediator, {}, {"mass": (10.0, "MeV"), "coupling": (1e-4, "")}),
    "VectorMediator": (cevns.VectorMediator, {}, {"mass": (10.0, "MeV"), "coupling": (1e-4, "")}),
    "Leptoquark": (cevns.Leptoquark, {"multiplet": "S1"}, {"mass": (1e6, "MeV"), "coupling": (0.1, "")}),
    "ScalarUpscattering": (
        cevns.ScalarUpscattering,
        {},
        {"mass": (1.0, "MeV"), "mediator_mass": (10.0, "MeV"), "coupling": (1e-4, "")},
    ),
    "VectorUpscattering": (
        cevns.VectorUpscattering,
        {},
        {"mass": (1.0, "MeV"), "mediator_mass": (10.0, "MeV"), "coupling": (1e-4, "")},
    ),
    "DipolePortal": (cevns.DipolePortal, {}, {"mass": (1.0, "MeV")} | moments_of_flavors("Bohr magnetons", 1e-10)),
    "DipolePortal.from_dipoles": (
        cevns.DipolePortal.from_dipoles,
        {},
        {"mass": (1.0, "MeV")} | moments_of_flavors("GeV⁻¹", 1e-7),
    ),
    "GeneralizedInteraction": (
        cevns.GeneralizedInteraction,
        {},
        {f"eps_{k}_{q}": (0.1, "") for k in "spvat" for q in "ud"},
    ),
    "StandardModel": (cevns.StandardModel, {}, {"weak_mixing_angle": (0.24, ""), "neutron_skin": (0.1, "fm")}),
    "Couplings": (cevns.Couplings, {}, {"gvp": (0.03, ""), "gvn": (-0.5, "")}),
    "Couplings.named": (cevns.Couplings.named, {"name": "tree"}, {"weak_mixing_angle": (0.24, "")}),
    "AxialResponse": (cevns.AxialResponse, {}, {"strangeness": (-0.1, "")}),
    "AxialResponse.strength": (cevns.AxialResponse().strength, {"nuclide": CS}, {"q": ([0.0, 10.0], "MeV")}),
    "AxialResponse.matrix": (cevns.AxialResponse().matrix, {"nuclide": CS}, {"q": ([0.0, 10.0], "MeV")}),
    "axial_strength": (cevns.axial_strength, {"nuclide": CS}, {"strangeness": (-0.1, "")}),
    "Nuclide": (
        cevns.Nuclide,
        {"name": "74Ge"},
        {
            "mass": (68857.0, "MeV"),
            "abundance": (0.3, ""),
            "charge_radius": (4.0, "fm"),
            "charge_radius_uncertainty": (0.01, "fm"),
        },
    ),
    "Target": (cevns.Target, {}, {"composition": ({"76Ge": 0.9, "74Ge": 0.1}, "mol")}),
    "Detector": (cevns.Detector, {"target": "Ge"}, {"mass": (10.0, "kg")}),
    "Detector.signal": (DETECTOR.signal, {"nuclide": "74Ge"}, {"recoil_energy": ([1.0, 2.0], "keV")}),
    "Detector.probability": (
        DETECTOR.probability,
        {},
        {"edges": ([1.0, 2.0], "keV_nr"), "recoil_energy": ([1.5, 3.0], "keV")},
    ),
    "Detector.rate": (DETECTOR.rate, {"flux": FLUX}, {"edges": ([1.0, 2.0], "keV_nr"), "times": ([0.0, 1.0, 6.0], "μs")}),
    "Experiment": (
        lambda **given: cevns.Experiment(SECOND, DETECTOR, **given).counts(),
        {},
        {"exposure": (365.25, "d"), "edges": ([1.0, 2.0, 3.0], "keV_nr")},
    ),
    "Flux.from_table": (
        lambda **given: cevns.Flux.from_table(**given).moments(1.0),
        {},
        {"energy": ([1.0, 2.0, 3.0], "MeV"), "densities": ({"nue": [1.0, 2.0, 0.0]}, FLUX_UNIT)},
    ),
    "Flux.from_table, a burst": (
        lambda **given: cevns.Flux.from_table(**given).moments(1.0),
        {"energy": [1.0, 2.0], "per": "burst"},
        {"densities": ({"nue": [1.0, 2.0]}, BURST_UNIT)},
    ),
    "Flux.from_table, contents of bins": (
        lambda **given: cevns.Flux.from_table(**given).moments(1.0),
        {"interpolation": "histogram", "contents": True},
        {"energy": ([1.0, 2.0, 3.0], "MeV"), "densities": ({"nue": [1.0, 2.0]}, "cm⁻² s⁻¹")},
    ),
    "Flux.from_function": (
        lambda edges, tolerance: cevns.Flux.from_function({"nue": np.ones_like}, edges, tolerance=tolerance).moments(1.0),
        {},
        {"edges": ([1.0, 2.0], "MeV"), "tolerance": (1e-9, "")},
    ),
    "Flux.spectrum": (FLUX.spectrum, {}, {"energy": ([10.0, 20.0], "MeV")}),
    "Flux.moments": (FLUX.moments, {}, {"energy": ([10.0, 20.0], "MeV")}),
    "Flux.binned": (FLUX.binned, {}, {"edges": ([10.0, 20.0], "MeV")}),
    "Flux.covariance": (FLUX.covariance, {}, {"edges": ([10.0, 20.0], "MeV")}),
    "Flux.with_uncertainty": (FLUX.with_uncertainty, {"name": "power"}, {"relative": (0.1, "")}),
    "Flux.with_covariance": (
        FLUX.with_covariance,
        {"name": "a"},
        {"matrix": ([[0.1]], ""), "edges": ([10.0, 20.0], "MeV")},
    ),
    "Flux.sterile": (
        lambda **given: FLUX.sterile(**given).total("nue"),
        {},
        {
            "dm2": (1.0, "eV²"),
            "baseline": (19.3, "m"),
            "sin2_2theta": (0.1, ""),
            "core": (0.1, "m"),
            "detector": (0.2, "m"),
        },
    ),
    "Flux.oscillate": (FLUX.oscillate, {}, {"probabilities": (np.eye(3), "")}),
    "Flux.window": (FLUX.window, {}, {"start": (0.0, "μs"), "stop": (6.0, "μs")}),
    "Flux.history": (FLUX.history, {}, {"edges": ([0.0, 1.0, 6.0], "μs")}),
    "FluxHistory": (cevns.FluxHistory, {"fluxes": [SECOND], "unit": "d"}, {"edges": ([0.0, 1.0], "d")}),
    "angular_cross_section": (
        cevns.angular_cross_section,
        {"nuclide": GE},
        {"cosine": (0.5, ""), "neutrino_energy": (30.0, "MeV")},
    ),
    "coherency": (cevns.coherency, {"nuclide": GE}, {"alpha": (0.5, ""), "weak_mixing_angle": (0.24, "")}),
    "cross_section": (cevns.cross_section, {"nuclide": GE}, {"neutrino_energy": (30.0, "MeV"), "threshold": (1.0, "keV")}),
    "differential_cross_section": (
        cevns.differential_cross_section,
        {"nuclide": GE},
        {"recoil_energy": (5.0, "keV"), "neutrino_energy": (30.0, "MeV")},
    ),
    "differential_rate": (cevns.differential_rate, {"flux": FLUX, "target": "Ge"}, {"recoil_energy": (5.0, "keV")}),
    "binned_rate": (cevns.binned_rate, {"flux": FLUX, "target": "Ge"}, {"edges": ([1.0, 5.0], "keV")}),
    "rate": (cevns.rate, {"flux": FLUX, "target": "Ge"}, {"threshold": (1.0, "keV"), "maximum": (9.0, "keV")}),
    "recoil_energy_max": (cevns.recoil_energy_max, {"nuclide": GE}, {"neutrino_energy": (30.0, "MeV")}),
    "neutrino_energy_min": (cevns.neutrino_energy_min, {"nuclide": GE}, {"recoil_energy": (5.0, "keV")}),
    "matter_potential": (
        cevns.matter_potential,
        {"flavor": "nue"},
        {"density": (2.6, "g/cm³"), "electron_fraction": (0.5, "")},
    ),
    "weak_charge": (cevns.weak_charge, {"nuclide": GE}, {"weak_mixing_angle": (0.24, ""), "q": (10.0, "MeV")}),
    "weak_charge_qw": (cevns.weak_charge_qw, {"nuclide": GE}, {"weak_mixing_angle": (0.24, ""), "q": (10.0, "MeV")}),
    "weak_mixing_angle": (cevns.weak_mixing_angle, {}, {"q": ([0.0, 100.0], "MeV")}),
    # dark matter
    "dark_matter.VectorPortal": (
        dark_matter.VectorPortal,
        {},
        {"mass": (1.0, "MeV"), "mediator_mass": (30.0, "MeV"), "kinetic_mixing": (1e-4, ""), "alpha_D": (0.5, "")},
    ),
    "dark_matter.DarkMatterFlux.from_table": (
        lambda **given: dark_matter.DarkMatterFlux.from_table(**given).mean_energy(),
        {},
        {"mass": (1.0, "MeV"), "energy": ([2.0, 3.0], "MeV"), "values": ([1.0, 2.0], FLUX_UNIT)},
    ),
    "dark_matter.DarkMatterFlux.spectrum": (DARK.spectrum, {}, {"energy": ([2.0, 3.0], "MeV")}),
    "dark_matter.differential_rate": (
        dark_matter.differential_rate,
        {"flux": DARK, "target": cevns.Target("Ge"), "portal": PORTAL},
        {"recoil_energy": (1.0, "keV")},
    ),
    "dark_matter.energy_min": (
        dark_matter.energy_min,
        {"nuclide": GE},
        {"recoil_energy": (1.0, "keV"), "mass": (1.0, "MeV")},
    ),
    "dark_matter.recoil_energy_max": (
        dark_matter.recoil_energy_max,
        {"nuclide": GE},
        {"energy": (30.0, "MeV"), "mass": (1.0, "MeV")},
    ),
    "dark_matter.pion_branching_ratio": (
        dark_matter.pion_branching_ratio,
        {},
        {"mediator_mass": (30.0, "MeV"), "kinetic_mixing": (1e-4, "")},
    ),
    # efficiencies and resolutions
    "efficiency.Threshold": (efficiency.Threshold, {"axis": "recoil"}, {"threshold": (1.0, "keV")}),
    "efficiency.ErfThreshold": (
        efficiency.ErfThreshold,
        {"axis": "recoil"},
        {"threshold": (1.0, "keV"), "width": (0.2, "keV"), "plateau": (0.9, "")},
    ),
    "efficiency.Logistic": (
        efficiency.Logistic,
        {"axis": "recoil"},
        {"a": (0.9, ""), "b": (1.0, "1/keV"), "c": (2.0, "keV"), "d": (-0.1, "")},
    ),
    "efficiency.Decaying": (
        efficiency.Decaying,
        {},
        {"start": (1.0, "μs"), "rate": (0.1, "1/μs"), "stop": (9.0, "μs")},
    ),
    "efficiency.Step": (
        efficiency.Step,
        {"axis": "recoil"},
        {"edges": ([1.0, 2.0], "keV"), "values": ([0.0, 0.5, 1.0], "")},
    ),
    "efficiency.Tabulated": (
        efficiency.Tabulated,
        {"axis": "recoil"},
        {"points": ([1.0, 2.0], "keV"), "values": ([0.0, 0.5], "")},
    ),
    "resolution.Gamma": (resolution.Gamma, {}, {"a": (1.0, "keV_ee"), "b": (0.5, "1/keV_ee")}),
    "resolution.Gaussian.pulser_fano": (
        resolution.Gaussian.pulser_fano,
        {},
        {"noise": (0.1, "keV"), "fano": (0.1, ""), "pair_energy": (0.003, "keV")},
    ),
    # quenching
    "quenching.Constant": (quenching.Constant, {}, {"value": (0.2, "")}),
    "quenching.LArCoherent": (quenching.LArCoherent, {}, {"constant": (0.246, ""), "slope": (7.8e-4, "1/keV")}),
    "quenching.Linear": (quenching.Linear, {}, {"constant": (0.2, ""), "slope": (1e-3, "1/keV")}),
    "quenching.Lindhard": (quenching.Lindhard, {}, {"k": (0.16, ""), "q": (0.01, "keV"), "cutoff": (0.1, "keV")}),
    "quenching.NestXenon": (
        quenching.NestXenon,
        {},
        {"field": (100.0, "V/cm"), "density": (2.9, "g/cm³"), "work_function": (13.5, "eV")},
    ),
    "quenching.NestXenon.electrons": (quenching.NestXenon(100.0).electrons, {}, {"recoil_energy": (5.0, "keV")}),
    "quenching.NestXenon.photons": (quenching.NestXenon(100.0).photons, {}, {"recoil_energy": (5.0, "keV")}),
    "quenching.Tabulated": (
        quenching.Tabulated,
        {},
        {"recoil_energy": ([1.0, 2.0], "keV"), "factors": ([0.1, 0.2], "")},
    ),
    "quenching.Tabulated.from_energy": (
        quenching.Tabulated.from_energy,
        {},
        {"recoil_energy": ([1.0, 2.0], "keV"), "energy": ([0.1, 0.4], "keV_ee")},
    ),
    "quenching.Quenching.energy": (quenching.Constant(0.2).energy, {}, {"recoil_energy": (5.0, "keV")}),
    "quenching.Quenching.factor": (quenching.Constant(0.2).factor, {}, {"recoil_energy": (5.0, "keV")}),
    "quenching.Quenching.inverse": (
        quenching.Constant(0.2).inverse,
        {},
        {"energy": (1.0, "keV_ee"), "maximum": (100.0, "keV")},
    ),
    # electrons
    "electrons.cross_section": (
        electrons.cross_section,
        {},
        {"neutrino_energy": (1.0, "MeV"), "threshold": (10.0, "keV"), "maximum": (500.0, "keV")},
    ),
    "electrons.recoil_energy_max": (electrons.recoil_energy_max, {}, {"neutrino_energy": (1.0, "MeV")}),
    "electrons.effective_electrons": (electrons.effective_electrons, {"element": "Ge"}, {"recoil_energy": (5.0, "keV")}),
    "electrons.differential_rate": (
        electrons.differential_rate,
        {"flux": FLUX, "target": "Ge"},
        {"recoil_energy": (5.0, "keV")},
    ),
    "electrons.rate": (
        electrons.rate,
        {"flux": FLUX, "target": "Ge"},
        {"threshold": (5.0, "keV"), "maximum": (50.0, "keV")},
    ),
    # form factors
    "form_factors.Dipole": (form_factors.Dipole, {}, {"radius": (4.0, "fm")}),
    "form_factors.Gaussian": (form_factors.Gaussian, {}, {"radius": (4.0, "fm")}),
    "form_factors.SolidSphere": (form_factors.SolidSphere, {}, {"radius": (4.0, "fm")}),
    "form_factors.Helm": (form_factors.Helm, {}, {"skin": (0.9, "fm"), "radius": (4.0, "fm")}),
    "form_factors.Helm.from_rms": (form_factors.Helm.from_rms, {}, {"radius": (4.0, "fm"), "skin": (0.9, "fm")}),
    "form_factors.KleinNystrand": (form_factors.KleinNystrand, {}, {"range": (0.7, "fm"), "radius": (4.0, "fm")}),
    "form_factors.SymmetrizedFermi": (
        form_factors.SymmetrizedFermi,
        {},
        {"diffuseness": (0.5, "fm"), "radius": (4.0, "fm")},
    ),
    "form_factors.TwoParameterFermi": (
        form_factors.TwoParameterFermi,
        {},
        {"radius": (4.0, "fm"), "diffuseness": (0.5, "fm")},
    ),
    "form_factors.ThreeParameterFermi": (
        form_factors.ThreeParameterFermi,
        {},
        {"radius": (4.0, "fm"), "diffuseness": (0.5, "fm"), "depression": (0.1, "")},
    ),
    "form_factors.Tabulated": (
        form_factors.Tabulated,
        {},
        {"momentum_transfer": ([0.0, 10.0, 20.0, 30.0], "MeV"), "values": ([1.0, 0.9, 0.8, 0.7], "")},
    ),
    "form_factors.FormFactor": (form_factors.Helm(), {"nuclide": GE}, {"q": ([0.0, 50.0], "MeV")}),
    "form_factors.FormFactor.derivative": (form_factors.Helm().derivative, {"nuclide": GE}, {"q": ([0.0, 50.0], "MeV")}),
    # matter
    "matter.ion_correlation": (
        matter.ion_correlation,
        {"nuclide": cevns.Nuclide("56Fe")},
        {
            "neutrino_energy": (10.0, "MeV"),
            "density": (1e12, "g/cm³"),
            "temperature": (1.0, "MeV"),
            "mass_fraction": (0.9, ""),
        },
    ),
    "matter.mean_free_path": (
        matter.mean_free_path,
        {},
        {
            "neutrino_energy": (10.0, "MeV"),
            "density": (1e12, "g/cm³"),
            "composition": ({"56Fe": 1.0}, ""),
            "temperature": (1.0, "MeV"),
        },
    ),
    "matter.opacity": (
        matter.opacity,
        {},
        {"neutrino_energy": (10.0, "MeV"), "density": (1e12, "g/cm³"), "composition": ({"56Fe": 1.0}, "")},
    ),
    "matter.screening_length": (
        matter.screening_length,
        {},
        {"density": (1e12, "g/cm³"), "electron_fraction": (0.4, "")},
    ),
    "matter.diffusion_time": (matter.diffusion_time, {}, {"radius": (3e6, "cm"), "mean_free_path": (1e4, "cm")}),
    "matter.transport_cross_section": (matter.transport_cross_section, {"nuclide": GE}, {"neutrino_energy": (10.0, "MeV")}),
    # oscillation
    "oscillation.MixingParameters": (
        oscillation.MixingParameters,
        {},
        {
            "sin2_theta12": (0.3, ""),
            "sin2_theta13": (0.02, ""),
            "sin2_theta23": (0.5, ""),
            "delta_cp": (1.0, "rad"),
            "dm2_21": (7.5e-5, "eV²"),
            "dm2_31": (2.5e-3, "eV²"),
        },
    ),
    "oscillation.Vacuum": (oscillation.Vacuum, {}, {"baseline": (1000.0, "m")}),
    "oscillation.Vacuum.amplitudes": (oscillation.Vacuum(1000.0).amplitudes, {}, {"energy": (3.0, "MeV")}),
    "oscillation.Sterile": (
        oscillation.Sterile,
        {},
        {"dm2": (1.0, "eV²"), "baseline": (20.0, "m"), "sin2_2theta": (0.1, "")},
    ),
    "oscillation.SolarNSI": (
        oscillation.SolarNSI,
        {},
        {"electron_density": (60.0, "mol/cm³"), "neutron_ratio": (0.3, "")},
    ),
    "oscillation.supernova_swap": (oscillation.supernova_swap, {}, {"flip_probability": (0.3, "")}),
    # sources
    **{
        f"sources.{name}": (getattr(sources, name), {}, BEAM)
        for name in ("pion_decay_at_rest", "sns", "ess", "ccm", "csns", "jsns2")
    },
    "sources.pion_decay_at_rest, protons": (
        sources.pion_decay_at_rest,
        {},
        {"distance": (20.0, "m"), "protons": (1e20, ""), "yield_per_proton": (0.1, "")},
    ),
    "sources.neutrino_yield": (sources.neutrino_yield, {}, {"proton_energy": (1.0, "GeV")}),
    "sources.protons_on_target": (
        sources.protons_on_target,
        {},
        {"beam_energy": (5.0, "GWh"), "proton_energy": (1.0, "GeV")},
    ),
    "sources.reactor": (
        sources.reactor,
        {},
        {
            "power": (2.9, "GW"),
            "distance": (20.0, "m"),
            "fission_fractions": ({"235U": 0.6, "239Pu": 0.4}, ""),
            "captures_per_fission": (0.6, ""),
            "energies_per_fission": ({"235U": 202.0, "239Pu": 211.0}, "MeV"),
            "duty_cycle": (0.9, ""),
        },
    ),
    "sources.reactor_history": (
        sources.reactor_history,
        {},
        {
            "edges": ([0.0, 1.0, 2.0], "d"),
            "power": ([2.9, 0.0], "GW"),
            "distance": (20.0, "m"),
            "power_before": (2.0, "GW"),
            "fission_fractions": ({"235U": 0.6, "239Pu": [0.4, 0.4]}, ""),
        },
    ),
    "sources.radioactive": (
        sources.radioactive,
        {"nuclide": "51Cr"},
        {"activity": (1e16, "Bq"), "distance": (1.0, "m"), "age": (3.0, "d"), "uncertainty": (0.01, "")},
    ),
    "sources.radioactive_history": (
        sources.radioactive_history,
        {"nuclide": "51Cr"},
        {"activity": (1e16, "Bq"), "distance": (1.0, "m"), "edges": ([0.0, 3.0], "d"), "uncertainty": (0.01, "")},
    ),
    "sources.isodar": (
        sources.isodar,
        {},
        {
            "distance": (17.0, "m"),
            "current": (10.0, "mA"),
            "yield_per_proton": (0.015, ""),
            "duty_factor": (0.9, ""),
            "uncertainty": (0.1, ""),
        },
    ),
    "sources.monochromatic": (sources.monochromatic, {}, {"energy": (30.0, "MeV"), "flux": (2.0, "cm⁻² s⁻¹")}),
    "sources.flat": (sources.flat, {}, {"low": (1.0, "MeV"), "high": (9.0, "MeV"), "flux": (2.0, "cm⁻² s⁻¹")}),
    "sources.solar": (sources.solar, {"components": "8B"}, {"distance": (1.01, "au")}),
    "sources.solar_distance": (sources.solar_distance, {}, {"day": ([3.0, 90.0], "d")}),
    "sources.solar_history": (sources.solar_history, {"components": "8B"}, {"edges": ([0.0, 30.0], "d")}),
    "sources.supernova": (
        sources.supernova,
        {},
        {
            "distance": (10.0, "kpc"),
            "energy": (dict.fromkeys(constants.FLAVORS, 5e52), "erg"),
            "mean_energy": (dict.fromkeys(constants.FLAVORS, 12.0), "MeV"),
            "pinching": (dict.fromkeys(constants.FLAVORS, 2.5), ""),
        },
    ),
    "sources.Pinched": (sources.Pinched, {}, {"mean_energy": (12.0, "MeV"), "pinching": (2.5, "")}),
    "sources.FermiDirac": (sources.FermiDirac, {}, {"temperature": (4.0, "MeV"), "degeneracy": (0.0, "")}),
    "statistics.Nuisance": (statistics.Nuisance, {"name": "a"}, {"sigma": (0.1, ""), "mean": (0.2, "")}),
}

ARGUMENTS = [(name, argument) for name, (_, _, numeric) in CALLS.items() for argument in numeric]


def with_unit(value, unit, of):
    """The value as a quantity of the same size in another unit: of a thousand, or percent for pure numbers."""
    if isinstance(value, Mapping):
        return {key: with_unit(each, unit, of) for key, each in value.items()}
    return of(np.asarray(value) if np.ndim(value) else value, unit)


def astropy_quantity(value, unit):
    known = UNITS[unit]
    if not known.spelling:
        return 100 * np.asarray(value) * u.percent
    return np.asarray(value) * (known.size / 1000) * u.Unit(1000 * u.Unit(known.spelling))


def dimension_of_something_else(value, unit):
    return np.asarray(value) * (u.K * u.cd)


pint_units = pint.UnitRegistry()
pint_units.define("thousandth = 1e-3")


def pint_quantity(value, unit):
    known = UNITS[unit]
    if not known.spelling:
        return pint_units.Quantity(100 * np.asarray(value), "percent")
    return pint_units.Quantity(np.asarray(value) * (known.size * 1000), f"({known.spelling}) * thousandth")


def outcome(name, **changes):
    call, fixed, numeric = CALLS[name]
    return call(**fixed, **{argument: value for argument, (value, _) in numeric.items()} | changes)


def numbers_in(thing):
    """All the numbers of a result, in order, whatever it is."""
    if isinstance(thing, (float, int, complex, np.ndarray, np.generic)):
        return np.ravel(np.asarray(thing, dtype=complex)).tolist()
    if isinstance(thing, cevns.Flux):
        return [thing.total(), thing.total_uncertainty(), *thing.moments([0.5, 5.0]).ravel()]
    if isinstance(thing, cevns.FluxHistory):
        return [*thing.edges, *thing.total()]
    if isinstance(thing, Mapping):
        return [number for key in thing for number in numbers_in(thing[key])]
    if isinstance(thing, (list, tuple)):
        return [number for each in thing for number in numbers_in(each)]
    if isinstance(thing, cevns.Target):
        return [thing.molar_mass]
    if hasattr(thing, "__dataclass_fields__"):
        return [number for field in thing.__dataclass_fields__ for number in numbers_in(getattr(thing, field, None))]
    return []


@pytest.mark.parametrize("of", [astropy_quantity, pint_quantity])
@pytest.mark.parametrize(("name", "argument"), ARGUMENTS)
def test_a_quantity_in_another_unit_is_the_number_in_ours(name, argument, of):
    value, unit = CALLS[name][2][argument]
    expected, found = numbers_in(outcome(name)), numbers_in(outcome(name, **{argument: with_unit(value, unit, of)}))
    assert len(found) == len(expected)
    # conversions round, and what is integrated adaptively follows; a lost unit is a factor of 100 or more
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-300)


@pytest.mark.parametrize(("name", "argument"), ARGUMENTS)
def test_a_quantity_of_another_dimension_is_refused(name, argument):
    value, unit = CALLS[name][2][argument]
    wrong = with_unit(value, unit, dimension_of_something_else)
    with pytest.raises(
        cevns.InputError, match=r"must be (in .*, or in a unit that converts to it|a pure number) \(got "
    ) as caught:
        outcome(name, **{argument: wrong})
    assert len(str(caught.value)) <= 300


@pytest.mark.parametrize(("name", "argument"), ARGUMENTS)
def test_masked_values_and_dates_are_refused_everywhere(name, argument):
    value, _ = CALLS[name][2][argument]

    def masked(of):
        return {key: masked(each) for key, each in of.items()} if isinstance(of, Mapping) else np.ma.array(of, mask=True)

    with pytest.raises(cevns.InputError, match="is masked"):
        outcome(name, **{argument: masked(value)})


def constant(value):
    """A function of a user that returns the value, whatever its unit, as often as it is asked."""
    return lambda x, *_: np.ones(np.shape(x)) * value


# what makes numbers of a user's function, and what the function returns, with its unit
FUNCTIONS = {
    "flux": (lambda f: cevns.Flux.from_function({"nue": f}, [1.0, 2.0]).total(), 3.0, FLUX_UNIT),
    "burst": (lambda f: cevns.Flux.from_function({"nue": f}, [1.0, 2.0], per="burst").total(), 3.0, BURST_UNIT),
    "dark matter": (lambda f: dark_matter.DarkMatterFlux.from_function(0.5, f, [1.0, 2.0]).total(), 3.0, FLUX_UNIT),
    "dark matter of a burst": (
        lambda f: dark_matter.DarkMatterFlux.from_function(0.5, f, [1.0, 2.0], per="burst").total(),
        3.0,
        BURST_UNIT,
    ),
    "quenching factor": (lambda f: quenching.Function(f).energy([1.0, 2.0]), 0.2, ""),
    "quenched energy": (lambda f: quenching.Function(f, "energy").energy([1.0, 2.0]), 0.2, "keV_ee"),
    "quenching factor of a nuclide": (
        lambda f: quenching.Function(f, needs_nuclide=True).energy([1.0, 2.0], nuclide="74Ge"),
        0.2,
        "",
    ),
    "efficiency": (lambda f: efficiency.Function(f)([1.0, 2.0]), 0.5, ""),
    "ratio of electrons": (
        lambda f: electrons.differential_rate([5.0], FLUX, "Ge", ratio=f),
        0.5,
        "",
    ),
    "probabilities": (
        lambda f: FLUX.oscillate(lambda E: f(np.empty((E.size, 3, 3))) * (np.ones((3, 3)) / 3)).total(),
        1.0,
        "",
    ),
    "factor of a spectrum": (lambda f: product(spectra.Lines([1.0, 2.0], [1.0, 3.0]), f).total, 0.5, ""),
}


@pytest.mark.parametrize("of", [astropy_quantity, pint_quantity])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_quantity_that_a_function_of_a_user_returns_is_the_number_in_ours(name, of):
    result, value, unit = FUNCTIONS[name]
    # converted values round, and so do sums of them
    np.testing.assert_allclose(result(constant(of(value, unit))), result(constant(value)), rtol=1e-12)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_quantity_of_another_dimension_that_a_function_of_a_user_returns_is_refused(name):
    result, value, unit = FUNCTIONS[name]
    with pytest.raises(
        cevns.InputError, match=r"must be (in .*, or in a unit that converts to it|a pure number) \(got "
    ) as caught:
        result(constant(dimension_of_something_else(value, unit)))
    assert len(str(caught.value)) <= 300


def test_a_flux_of_functions_of_quantities_is_pickled_with_their_unit():
    made = cevns.Flux.from_function({"nue": flat_per_square_metre}, [1.0, 2.0])
    again = pickle.loads(pickle.dumps(made))
    assert again == made
    assert again.total() == pytest.approx(1.0, rel=1e-14)


def flat_per_square_metre(energy):
    return np.full(energy.shape, 1e4) / (u.m**2 * u.s * u.MeV)


def test_a_spectrum_of_a_function_knows_the_units_of_cevns_only():
    with pytest.raises(cevns.UnknownNameError, match="unknown unit 'furlong'"):
        spectra.Function(np.ones_like, [1.0, 2.0], unit="furlong")


@pytest.mark.parametrize("scaled", [FLUX, FLUX.history([0.0, 1.0, 6.0]), DARK], ids=["flux", "history", "dark matter"])
def test_quantities_scale_from_the_left_too(scaled):
    registry = pint.UnitRegistry()
    for factor in (50 * u.percent, 0.5 * u.dimensionless_unscaled, 0.5 * registry.dimensionless, 50 * registry.percent):
        assert type(factor * scaled) is type(scaled)
        assert factor * scaled == 0.5 * scaled == np.float64(0.5) * scaled
    for factor in (2.0 * u.MW, 2.0 * registry.MW):
        with pytest.raises(cevns.CevnsError, match="factor"):
            factor * scaled


MIXED = np.full((3, 3), 0.2) + 0.4 * np.eye(3)  # probabilities whose rows and columns sum to 1
LISTS_OF_QUANTITIES = {
    "rows": lambda give: [give(row) for row in MIXED],
    "matrices of a function": lambda give: lambda E: [give(MIXED) for _ in E],
    "rows of a function": lambda give: lambda E: [[give(row) for row in MIXED] for _ in E],
    "elements of a function": lambda give: lambda E: [[[give(each) for each in row] for row in MIXED.tolist()] for _ in E],
}


@pytest.mark.parametrize("listed", LISTS_OF_QUANTITIES.values(), ids=LISTS_OF_QUANTITIES)
@pytest.mark.parametrize("quantity", [u.Quantity, pint.UnitRegistry().Quantity], ids=["astropy", "pint"])
def test_probabilities_in_lists_keep_their_units(listed, quantity):
    at = [20.0, 40.0]
    plain = FLUX.oscillate(MIXED).spectrum(at)
    percent = FLUX.oscillate(listed(lambda numbers: quantity(100 * np.asarray(numbers), "percent"))).spectrum(at)
    np.testing.assert_allclose(percent, plain, rtol=1e-13)  # sums of three in another order, and 100 times a number in percent
    with pytest.raises(cevns.InputError, match="probabilities must be a pure number"):
        FLUX.oscillate(listed(lambda numbers: quantity(numbers, "candela" if quantity is not u.Quantity else "cd")))


@pytest.mark.parametrize("quantity", [u.Quantity, pint.UnitRegistry().Quantity], ids=["astropy", "pint"])
def test_energies_that_a_function_of_quenching_returns_convert(quantity):
    def of(function, unit="keV_ee"):
        return quenching.Function(function, quantity="energy", unit=unit).energy([1.0, 5.0])

    plain = of(lambda T: 0.2 * T)
    np.testing.assert_allclose(of(lambda T: quantity(200.0 * T, "eV")), plain, rtol=1e-14)
    for wrong in ("percent", "s", ""):  # 20 % was 0.2 keV
        with pytest.raises(cevns.InputError, match="the function must be in keV_ee"):
            of(lambda T, wrong=wrong: quantity(0.2 * T, wrong))
    np.testing.assert_allclose(of(lambda T: quantity(3.0 * T, ""), "electrons"), [3.0, 15.0], rtol=1e-14)  # quanta are numbers


@pytest.mark.slow
def test_a_flux_that_is_older_than_pint_is_not_wrapped():
    code = """
import cevns
flux = cevns.sources.sns()
import pint
half = 0.5 * pint.UnitRegistry().dimensionless
try:
    half * flux
except cevns.CevnsError as error:
    print(error)
print(half * flux == 0.5 * flux)
"""
    found = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True).stdout
    assert found == "write the Flux first, as flux * factor: pint was imported later and would wrap it\nTrue\n"
