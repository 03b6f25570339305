"""Detectors: from the energy of a recoil to what is measured.

detector               Detector: a target, its mass, and what it makes of a recoil
response               Response: a detector folded with one flux and interaction
quenching              ionisation, light or heat of a recoil
resolution             what is measured of a mean
efficiency             how much of it is accepted
product_integration    rates times smooth weights, integrated over bins
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import later

if TYPE_CHECKING:
    from .detector import Detector
    from .response import Response

__all__ = ["Detector", "Response"]

__getattr__, __dir__ = later(
    __name__,
    __all__,
    {
        "detector": ("Detector",),
        "response": ("Response",),
        "efficiency": ("efficiency",),
        "quenching": ("quenching",),
        "resolution": ("resolution",),
    },
)
