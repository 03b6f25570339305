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

from typing import TYPE_CHECKING

from . import _start  # noqa: F401 (first: it says what stops the import)
from ._kinds import more_in_files
from ._lazy import later
from ._version import __version__

if TYPE_CHECKING:
    from . import constants, dark_matter, electrons, experiments, kinematics, matter, oscillation, plotting, sources, statistics
    from ._config import show_config
    from .citations import cite
    from .detectors import efficiency, quenching, resolution
    from .detectors.detector import Detector
    from .errors import CevnsError, InputError, UnknownNameError, UnsupportedError
    from .experiments import Experiment
    from .fluxes import spectra, timing
    from .fluxes.components import Coherence, Component, Uncertainty
    from .fluxes.flux import Flux, FluxHistory
    from .interactions import (
        NSI,
        Anapole,
        AxialMediator,
        ChargeRadius,
        DipolePortal,
        ElectronNSI,
        GeneralizedInteraction,
        Interaction,
        InteractionSum,
        Leptoquark,
        MagneticMoment,
        Millicharge,
        ScalarMediator,
        ScalarUpscattering,
        StandardModel,
        TensorMediator,
        TransitionMagneticMoment,
        VectorMediator,
        VectorUpscattering,
        transparency,
    )
    from .interactions.couplings import Couplings, weak_charge, weak_charge_qw
    from .interactions.radiative_corrections import neutrino_charge_radius
    from .interactions.transparency import critical_weak_mixing_angle
    from .interactions.weak_mixing import weak_mixing_angle
    from .kinematics import neutrino_energy_min, recoil_energy_max
    from .matter import potentials
    from .matter.potentials import matter_potential
    from .nuclei import form_factors, radii, spins
    from .nuclei.nuclides import Nuclide
    from .nuclei.spins import AxialResponse, axial_strength, spin_expectation
    from .nuclei.targets import Target
    from .scattering import coherence, mirror
    from .scattering.coherence import coherency
    from .scattering.cross_sections import angular_cross_section, cross_section, differential_cross_section
    from .scattering.rates import binned_rate, differential_rate, rate
    from .statistics import scans
    from .statistics.scans import ScanResult, scan
    from .statistics.templates import TemplateGrid, Templates

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
    "GeneralizedInteraction",
    "InputError",
    "Interaction",
    "InteractionSum",
    "Leptoquark",
    "MagneticMoment",
    "Millicharge",
    "Nuclide",
    "ScalarMediator",
    "ScalarUpscattering",
    "ScanResult",
    "StandardModel",
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
    "plotting",
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
    "spectra",
    "spin_expectation",
    "spins",
    "statistics",
    "timing",
    "transparency",
    "weak_charge",
    "weak_charge_qw",
    "weak_mixing_angle",
]


@more_in_files
def _sources() -> None:
    """Imports the classes above fluxes that files of fluxes may name."""
    from . import oscillation, sources  # noqa: F401


# Each is imported when it is first asked for: a program pays for what it uses.
__getattr__, __dir__ = later(
    __name__,
    __all__,
    {
        "_config": ("show_config",),
        "citations": ("citations", "cite"),
        "constants": ("constants",),
        "dark_matter": ("dark_matter",),
        "data": ("data",),
        "detectors": ("Detector", "detectors"),
        "detectors.efficiency": ("efficiency",),
        "detectors.quenching": ("quenching",),
        "detectors.resolution": ("resolution",),
        "electrons": ("electrons",),
        "errors": ("CevnsError", "InputError", "UnknownNameError", "UnsupportedError", "errors"),
        "experiments": ("Experiment", "experiments"),
        "fluxes": ("fluxes",),
        "fluxes.components": ("Coherence", "Component", "Uncertainty"),
        "fluxes.flux": ("Flux", "FluxHistory"),
        "fluxes.spectra": ("spectra",),
        "fluxes.timing": ("timing",),
        "interactions": (
            "NSI",
            "Anapole",
            "AxialMediator",
            "ChargeRadius",
            "DipolePortal",
            "ElectronNSI",
            "GeneralizedInteraction",
            "Interaction",
            "InteractionSum",
            "Leptoquark",
            "MagneticMoment",
            "Millicharge",
            "ScalarMediator",
            "ScalarUpscattering",
            "StandardModel",
            "TensorMediator",
            "TransitionMagneticMoment",
            "VectorMediator",
            "VectorUpscattering",
            "interactions",
        ),
        "interactions.couplings": ("Couplings", "weak_charge", "weak_charge_qw"),
        "interactions.radiative_corrections": ("neutrino_charge_radius",),
        "interactions.transparency": ("critical_weak_mixing_angle", "transparency"),
        "interactions.weak_mixing": ("weak_mixing_angle",),
        "kinematics": ("kinematics", "neutrino_energy_min", "recoil_energy_max"),
        "matter": ("matter",),
        "matter.potentials": ("matter_potential", "potentials"),
        "nuclei": ("nuclei",),
        "nuclei.form_factors": ("form_factors",),
        "nuclei.nuclides": ("Nuclide",),
        "nuclei.radii": ("radii",),
        "nuclei.spins": ("AxialResponse", "axial_strength", "spin_expectation", "spins"),
        "nuclei.targets": ("Target",),
        "oscillation": ("oscillation",),
        "plotting": ("plotting",),
        "scattering": ("scattering",),
        "scattering.coherence": ("coherence", "coherency"),
        "scattering.cross_sections": ("angular_cross_section", "cross_section", "differential_cross_section"),
        "scattering.mirror": ("mirror",),
        "scattering.rates": ("binned_rate", "differential_rate", "rate"),
        "sources": ("sources",),
        "statistics": ("statistics",),
        "statistics.scans": ("ScanResult", "scan", "scans"),
        "statistics.templates": ("TemplateGrid", "Templates"),
    },
)
