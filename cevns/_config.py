"""The configuration that runs: versions and the instruction set of the kernels."""

from __future__ import annotations

import numpy as np

from ._core import isa
from ._version import __version__


def config() -> dict[str, str]:
    """Version, instruction set in use, those available, and the versions beneath."""
    import platform

    return {
        "cevns": __version__,
        "instruction set": isa.current(),
        "available": ", ".join(isa.available()),
        "numpy": np.__version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
    }


def show_config() -> None:
    """Print version, instruction set in use and those available. CEVNS_ISA=baseline|avx2|avx512 forces one at import."""
    for name, value in config().items():
        print(f"{name:16} {value}")
