"""The physics of cevns in plain NumPy, formula by formula: what the compiled code computes, written to be read.

Three uses:

* the definition: each function holds one equation of the literature, with the paper's name for it beside ours;
* the oracle: the tests compare every compiled kernel with these functions, over the cases of `cases`;
* the baseline: `rates.differential_rate_grid` is the two-dimensional grid and trapezoid that a user writes today, and the
  benchmarks quote speed-ups against it.

It is written from the papers and shares no code with the compiled library. In particular nothing here uses the factorisation
dσ/dT = c0 + c1/E + c2/E² on which that library stands: rates integrate flux times cross section over the neutrino energy.
`moments` alone computes the integrals of that factorisation, by brute force, to test them; and `expert`, the best that NumPy
can do, uses it to be the harder of the two baselines of the benchmarks.

Read first `kinematics`, then `cross_sections`, then `rates`; `form_factors`, `couplings` and `spectra` supply what these need;
`spins` has the axial part, `new_physics` all other currents, which `dirac` derives from Lagrangians by traces; `coherence`,
`potentials` and `matter` have what else the theory names.
Units are those of the library: neutrino energy and momentum transfer in MeV, recoil energy in keV, lengths in fm, cross
sections in cm² and cm²/keV. A nuclide is any object with the attributes Z, N, A and mass (of the nucleus, in MeV).
Arguments are not checked: that is the library's border, and an oracle must not share it.
"""

from . import (
    cases,
    coherence,
    couplings,
    cross_sections,
    detectors,
    dirac,
    dsnb,
    expert,
    form_factors,
    histories,
    kinematics,
    lithium8,
    matter,
    moments,
    new_physics,
    oscillation,
    potentials,
    quenching,
    rates,
    spectra,
    spins,
    timing,
)

__all__ = [
    "cases",
    "coherence",
    "couplings",
    "cross_sections",
    "detectors",
    "dirac",
    "dsnb",
    "expert",
    "form_factors",
    "histories",
    "kinematics",
    "lithium8",
    "matter",
    "moments",
    "new_physics",
    "oscillation",
    "potentials",
    "quenching",
    "rates",
    "spectra",
    "spins",
    "timing",
]
