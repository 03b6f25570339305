"""Interactions: what neutrinos do to nuclei, as lists of currents.

currents           currents, what every interaction can do, sums
kinds              the kinds of currents: thresholds, polynomials in 1/E, responses of the nucleus
quadratic_forms    cross sections as quadratic forms in the couplings
standard_model     the exchange of a Z
couplings          vector couplings of proton and neutron, by scheme
radiative_corrections    loops, and the charge radii of neutrinos
weak_mixing        the running weak mixing angle
transparency       the mixing angle at which a nucleus does not scatter
hermitian          couplings that are Hermitian matrices of flavours
nsi                non-standard interactions of u and d quarks
electron_nsi       the same of electrons
charges            who couples to a new boson
nucleon_charges    what couplings of quarks give a proton and a neutron
mediators          light vector, axial, scalar and tensor bosons
generalized        contacts of every Lorentz structure
electromagnetic    magnetic moments, charge radii, anapoles, millicharges
upscattering       neutrinos that turn into a heavier particle
leptoquarks        bosons too heavy to be more than NSI
models             all of them by name

import cevns

theory = cevns.StandardModel() + cevns.NSI(eps_ee_u=0.1, eps_em_d=0.05j)
cevns.differential_rate([5.0, 10.0], cevns.sources.sns(), "CsI", theory)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import later
from .currents import GENERATIONS, Current, Interaction, InteractionSum, known_flavor
from .standard_model import StandardModel, interaction_or_default

if TYPE_CHECKING:
    from .electromagnetic import Anapole, ChargeRadius, MagneticMoment, Millicharge, TransitionMagneticMoment
    from .electron_nsi import ElectronNSI
    from .generalized import GeneralizedInteraction
    from .leptoquarks import Leptoquark
    from .mediators import AxialMediator, ScalarMediator, TensorMediator, VectorMediator
    from .models import MODELS
    from .nsi import NSI
    from .upscattering import DipolePortal, ScalarUpscattering, VectorUpscattering

__all__ = [
    "GENERATIONS",
    "MODELS",
    "NSI",
    "Anapole",
    "AxialMediator",
    "ChargeRadius",
    "Current",
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
    "interaction_or_default",
    "known_flavor",
]

__getattr__, __dir__ = later(
    __name__,
    __all__,
    {
        "electromagnetic": (
            "Anapole",
            "ChargeRadius",
            "MagneticMoment",
            "Millicharge",
            "TransitionMagneticMoment",
        ),
        "electron_nsi": ("ElectronNSI",),
        "generalized": ("GeneralizedInteraction",),
        "leptoquarks": ("Leptoquark",),
        "mediators": (
            "AxialMediator",
            "ScalarMediator",
            "TensorMediator",
            "VectorMediator",
        ),
        "models": ("MODELS",),
        "nsi": ("NSI",),
        "upscattering": (
            "DipolePortal",
            "ScalarUpscattering",
            "VectorUpscattering",
        ),
    },
)
