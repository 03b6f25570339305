"""Scans: χ² of any likelihood over a grid of parameters, in blocks, by any executor; and what the result says.

    result = cevns.scan(templates.likelihood, {"eps_ee_u": np.linspace(-1, 1, 1000), "eps_ee_d": np.linspace(-1, 1, 1000)})
    result.minimum                            # the least χ², and where
    result.interval("eps_ee_u", level=0.90)   # what is allowed, smallest over the other axes
    result.limit("coupling")                  # an upper limit for each value of the other axes
    result.plot()

A scan knows arrays only. The way of a block: `grids` says which points it has, `blocks` asks the likelihood for their χ²,
`profiles` makes it smallest over further parameters, `executors` lets somebody else do it, `checkpoints` keeps it.

Formulas
--------
scans, `scan`: Δχ² on a grid, limits and regions where it passes a value
    S. S. Wilks, Ann. Math. Stat. 9 (1938) 60
"""

from __future__ import annotations

from ..minimum import Minimum
from .results import ScanResult
from .scanning import scan

__all__ = ["Minimum", "ScanResult", "scan"]


def __dir__() -> list[str]:
    return __all__
