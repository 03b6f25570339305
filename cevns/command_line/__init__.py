"""The program `cevns`: spectra, counts, fits and scans without writing Python.

main           the program: which commands there are, what it prints, how it ends
rates          spectra and rates
lookups        sources, nuclides, the configuration
experiments    commands of published experiments
scan           scans of parameters
terminal       arguments and tables
"""

from __future__ import annotations

from .._lazy import later

__all__: list[str] = []

# What the program needs of a command is imported when it is named, and of no other.
__getattr__, __dir__ = later(
    __name__,
    __all__,
    {
        "experiments": ("add_experiments", "add_fit", "add_predict", "add_validate"),
        "lookups": ("add_config", "add_nuclide", "add_sources"),
        "rates": ("add_rate", "add_spectrum"),
        "scan": ("add_scan",),
        "terminal": ("check_files",),
    },
)
