"""Coherent elastic neutrino–nucleus scattering: nuclei, fluxes, cross sections and rates, exact and fast.

    import cevns

    flux = cevns.sources.sns()                                     # a source
    target = cevns.Target("CsI")                                   # a target
    cevns.differential_rate([5.0, 10.0, 20.0], flux, target)       # a recoil spectrum, per kg, day and keV

Units everywhere: neutrino energies MeV, recoil energies keV, momentum transfers MeV, radii fm, cross sections cm², fluxes
cm⁻² s⁻¹ MeV⁻¹, distances m (kpc for a supernova), rates per kg and day. Quantities of astropy and pint are converted.

Ranges everywhere, unless a function says a narrower one: energies, masses and momenta up to 1e12 MeV, distances from 1e-6 to
1e27 m (1e-15 to 1e8 kpc), radii up to 1e9 fm, densities up to 1e18 g/cm³, powers up to 1e9 GW.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _start, constants, form_factors, kinematics  # noqa: F401 (_start first: it says what stops the import)
from ._config import show_config
from ._version import __version__
from .components import Coherence, Component, Uncertainty
from .couplings import Couplings, neutrino_charge_radius, weak_charge, weak_charge_qw
from .cross_sections import angular_cross_section, cross_section, differential_cross_section
from .errors import CevnsError, InputError, UnknownNameError, UnsupportedError
from .fluxes import Flux
from .interactions import Interaction, StandardModel, Sum
from .kinematics import neutrino_energy_min, recoil_energy_max
from .nuclides import Nuclide, Target
from .rates import binned_rate, differential_rate, rate
from .weak_mixing import weak_mixing_angle

if TYPE_CHECKING:
    from . import (
        coherence,
        dark_matter,
        efficiency,
        electrons,
        experiments,
        matter,
        mirror,
        oscillation,
        potentials,
        quenching,
        radii,
        resolution,
        scans,
        sources,
        spins,
        statistics,
        timing,
        transparency,
    )
    from .citations import cite
    from .coherence import coherency
    from .detectors import Detector
    from .experiments import Experiment
    from .histories import FluxHistory
    from .interactions import (
        NSI,
        Anapole,
        AxialMediator,
        ChargeRadius,
        DipolePortal,
        ElectronNSI,
        GeneralisedInteraction,
        Leptoquark,
        MagneticMoment,
        Millicharge,
        ScalarMediator,
        ScalarUpscattering,
        TensorMediator,
        TransitionMagneticMoment,
        VectorMediator,
        VectorUpscattering,
    )
    from .potentials import matter_potential
    from .scans import ScanResult, scan
    from .spins import AxialResponse, axial_strength, spin_expectation
    from .templates import TemplateGrid, Templates
    from .transparency import critical_weak_mixing_angle

__all__ = [
    "NSI",
    "Anapole",
    "AxialMediator",
    "AxialResponse",
    "CevnsError",
    "ChargeRadius",
    "Coherence",
    "Component",
    "Couplings",
    "Detector",
    "DipolePortal",
    "ElectronNSI",
    "Experiment",
    "Flux",
    "FluxHistory",
    "GeneralisedInteraction",
    "InputError",
    "Interaction",
    "Leptoquark",
    "MagneticMoment",
    "Millicharge",
    "Nuclide",
    "ScalarMediator",
    "ScalarUpscattering",
    "ScanResult",
    "StandardModel",
    "Sum",
    "Target",
    "TemplateGrid",
    "Templates",
    "TensorMediator",
    "TransitionMagneticMoment",
    "Uncertainty",
    "UnknownNameError",
    "UnsupportedError",
    "VectorMediator",
    "VectorUpscattering",
    "__version__",
    "angular_cross_section",
    "axial_strength",
    "binned_rate",
    "cite",
    "coherence",
    "coherency",
    "constants",
    "critical_weak_mixing_angle",
    "cross_section",
    "dark_matter",
    "differential_cross_section",
    "differential_rate",
    "efficiency",
    "electrons",
    "experiments",
    "form_factors",
    "kinematics",
    "matter",
    "matter_potential",
    "mirror",
    "neutrino_charge_radius",
    "neutrino_energy_min",
    "oscillation",
    "potentials",
    "quenching",
    "radii",
    "rate",
    "recoil_energy_max",
    "resolution",
    "scan",
    "scans",
    "show_config",
    "sources",
    "spin_expectation",
    "spins",
    "statistics",
    "timing",
    "transparency",
    "weak_charge",
    "weak_charge_qw",
    "weak_mixing_angle",
]


# What a rate does not need is imported when it is asked for: name → module.
_LATER = {
    **dict.fromkeys(
        (
            "NSI",
            "Anapole",
            "AxialMediator",
            "ChargeRadius",
            "DipolePortal",
            "ElectronNSI",
            "GeneralisedInteraction",
            "Leptoquark",
            "MagneticMoment",
            "Millicharge",
            "ScalarMediator",
            "ScalarUpscattering",
            "TensorMediator",
            "TransitionMagneticMoment",
            "VectorMediator",
            "VectorUpscattering",
        ),
        "interactions",
    ),
    **dict.fromkeys(("coherence", "coherency"), "coherence"),
    **dict.fromkeys(("spins", "AxialResponse", "axial_strength", "spin_expectation"), "spins"),
    **dict.fromkeys(("potentials", "matter_potential"), "potentials"),
    **dict.fromkeys(("transparency", "critical_weak_mixing_angle"), "transparency"),
    "Detector": "detectors",
    "Experiment": "experiments",
    "FluxHistory": "histories",
    "cite": "citations",
    "dark_matter": "dark_matter",
    "matter": "matter",
    "mirror": "mirror",
    "oscillation": "oscillation",
    "quenching": "quenching",
    "radii": "radii",
    "efficiency": "efficiency",
    "electrons": "electrons",
    "experiments": "experiments",
    "resolution": "resolution",
    "statistics": "statistics",
    **dict.fromkeys(("scans", "scan", "ScanResult"), "scans"),
    "sources": "sources",
    **dict.fromkeys(("TemplateGrid", "Templates"), "templates"),
    "timing": "timing",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    module = importlib.import_module(f".{_LATER[name]}", __name__)
    return module if name == _LATER[name] else getattr(module, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
