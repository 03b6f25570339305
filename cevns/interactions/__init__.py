"""Interactions: what neutrinos do to nuclei, as lists of currents.

_base              currents, what every interaction can do, sums
kinds              the kinds of currents: thresholds, polynomials in 1/E, responses of the nucleus
standard_model     the exchange of a Z
hermitian          couplings that are Hermitian matrices of flavours
nsi                non-standard interactions of u and d quarks
electron_nsi       the same of electrons
charges            who couples to a new boson
nucleon_charges    what couplings of quarks give a proton and a neutron
mediators          light vector, axial, scalar and tensor bosons
generalised        contacts of every Lorentz structure
electromagnetic    magnetic moments, charge radii, anapoles, millicharges
upscattering       neutrinos that turn into a heavier particle
leptoquarks        bosons too heavy to be more than NSI
models             all of them by name

import cevns

theory = cevns.StandardModel() + cevns.NSI(eps_ee_u=0.1, eps_em_d=0.05j)
cevns.differential_rate([5.0, 10.0], cevns.sources.sns(), "CsI", theory)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._arguments import shown
from ..errors import InputError
from ._base import GENERATIONS, Current, Interaction, Sum, known_flavor
from .standard_model import StandardModel

if TYPE_CHECKING:
    from .electromagnetic import Anapole, ChargeRadius, MagneticMoment, Millicharge, TransitionMagneticMoment
    from .electron_nsi import ElectronNSI
    from .generalised import GeneralisedInteraction
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
    "GeneralisedInteraction",
    "Interaction",
    "Leptoquark",
    "MagneticMoment",
    "Millicharge",
    "ScalarMediator",
    "ScalarUpscattering",
    "StandardModel",
    "Sum",
    "TensorMediator",
    "TransitionMagneticMoment",
    "VectorMediator",
    "VectorUpscattering",
    "interaction_or_default",
    "known_flavor",
]

# New physics is imported when it is asked for: name → module.
_LATER = {
    "MODELS": "models",
    "NSI": "nsi",
    "ElectronNSI": "electron_nsi",
    **dict.fromkeys(("AxialMediator", "ScalarMediator", "TensorMediator", "VectorMediator"), "mediators"),
    "GeneralisedInteraction": "generalised",
    **dict.fromkeys(
        ("Anapole", "ChargeRadius", "MagneticMoment", "Millicharge", "TransitionMagneticMoment"), "electromagnetic"
    ),
    **dict.fromkeys(("DipolePortal", "ScalarUpscattering", "VectorUpscattering"), "upscattering"),
    "Leptoquark": "leptoquarks",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f".{_LATER[name]}", __name__), name)


_DEFAULT = StandardModel()


def interaction_or_default(interaction: Any) -> Interaction:
    """The interaction given, the Standard Model for None."""
    if interaction is None:
        return _DEFAULT
    if not isinstance(interaction, Interaction):
        hint = "; a threshold has its name, threshold=5.0" if isinstance(interaction, int | float) else ""
        raise InputError(f"interaction must be an interaction such as cevns.StandardModel() (got {shown(interaction)}){hint}")
    return interaction
