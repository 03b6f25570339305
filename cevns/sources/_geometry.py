"""Geometry of sources."""

from __future__ import annotations

import math


def sphere(radius: float) -> float:
    """4π r² of a radius in cm [cm²]."""
    return 4 * math.pi * radius**2
