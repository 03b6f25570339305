"""Efficiencies: which part of the recoils passes a trigger, a cut, a selection.

Each is a function with values from 0 to 1 and says of what (`efficiency.axis`):

    "recoil"      the true recoil energy [keV]: what simulations give
    "observed"    what the detector measured, in the unit of its bins: thresholds and cuts of an analysis
    "time"        the time of arrival [μs]

`*` multiplies two of one axis; a detector takes several, one after the other. `efficiency.breaks` are the points between which
the function is smooth, and integrals are split there.

Published ones are constructors of their forms: `Logistic.coherent_csi_2021()` and `.coherent_csi_2017()`,
`Decaying.coherent_csi_2021()`.
"""

from __future__ import annotations

from ._base import (
    Efficiency,
    Product,
)
from .formulas import (
    Decaying,
    ErfThreshold,
    Logistic,
    Step,
    Threshold,
)
from .tables import (
    Function,
    Tabulated,
)

__all__ = [
    "Decaying",
    "Efficiency",
    "ErfThreshold",
    "Function",
    "Logistic",
    "Product",
    "Step",
    "Tabulated",
    "Threshold",
]


def __dir__() -> list[str]:
    return __all__
