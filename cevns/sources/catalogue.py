"""The catalogue of sources: each one with a call that runs, for tables, tests and a first look."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

# Name → arguments of a typical call; None where a file or an object of the user's is needed.
EXAMPLES: Mapping[str, dict[str, Any] | None] = MappingProxyType(
    {
        "sns": {},
        "ess": {},
        "ccm": {},
        "csns": {},
        "jsns2": {},
        "pion_decay_at_rest": {"power": 1.0, "proton_energy": 1.0, "distance": 20.0},
        "reactor": {"power": 3.0, "distance": 20.0},
        "reactor_site": {"name": "conus+"},
        "solar": {},
        "supernova": {},
        "dsnb": {},
        "radioactive": {"nuclide": "51Cr", "activity": 1.0e17, "distance": 0.5},
        "isodar": {},
        "monochromatic": {"energy": 30.0},
        "flat": {"low": 0.0, "high": 50.0},
        "atmospheric": None,
        "geoneutrinos": None,
        "snewpy": None,
        "snowglobes": None,
    }
)


def written(name: str) -> str:
    """The call as it is typed: ``reactor(power=3.0, distance=20.0)``, or ``sns`` where nothing has to be said."""
    arguments = EXAMPLES[name]
    if arguments is None:
        return f"{name}(...)"
    return f"{name}({', '.join(f'{key}={value!r}' for key, value in arguments.items())})" if arguments else name
