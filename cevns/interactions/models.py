"""Interactions by name, as the command line has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from .currents import Interaction
from .electromagnetic import Anapole, ChargeRadius, MagneticMoment, Millicharge
from .generalized import GeneralizedInteraction
from .leptoquarks import MULTIPLETS, Leptoquark
from .mediators import VECTOR_MODELS, AxialMediator, ScalarMediator, TensorMediator, VectorMediator
from .nsi import NSI
from .upscattering import DipolePortal, ScalarUpscattering, VectorUpscattering

# name → what makes the interaction of the values of its fields
MODELS: Mapping[str, Callable[..., Interaction]] = MappingProxyType(
    {
        "nsi": NSI,
        **{name: partial(VectorMediator, model=name) for name in VECTOR_MODELS},
        "axial": AxialMediator,
        "scalar": ScalarMediator,
        "tensor": TensorMediator,
        "generalized": GeneralizedInteraction,
        "magnetic-moment": MagneticMoment,
        "charge-radius": ChargeRadius,
        "anapole": Anapole,
        "millicharge": Millicharge,
        "dipole-portal": DipolePortal,
        "scalar-upscattering": ScalarUpscattering,
        "vector-upscattering": VectorUpscattering,
        **{f"leptoquark-{name.lower()}": partial(Leptoquark, multiplet=name) for name in MULTIPLETS},
    }
)
