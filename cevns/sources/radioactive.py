"""Radioactive sources of neutrino lines: nuclei that capture one of their own electrons.

Formulas
--------
radioactive sources, `radioactive`, `radioactive_history`: Φ = A 2^(−t/T)/(4πL²)
    V. V. Barinov et al., Phys. Rev. Lett. 128 (2022) 232501
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import known_name, real_number
from ..fluxes.flux import Component, Flux, FluxHistory
from ..fluxes.spectra import Lines
from ..nuclei.nuclides import Nuclide, name_of
from ._geometry import sphere

CURIE = 3.7e10  # Bq

# Half-lives [d]: 51Cr, J. Wang, X. Huang, Nucl. Data Sheets 144 (2017) 1; 37Ar, NUBASE2020.
HALF_LIVES: Mapping[str, float] = MappingProxyType({"51Cr": 27.7010, "37Ar": 35.011})

# Neutrinos per decay: (energy [MeV], probability). An energy is Q − level − binding energy of the electron in the daughter,
# with Q = 752.39 and 813.87 keV (AME2020), the level of 51V at 320.08 keV, and for K and L shells 5.465 and 0.627 keV in V,
# 2.822 and 0.270 keV in Cl; captures from the M shell are with those from the L shell, which are at most 0.6 keV away.
# Probabilities: M. A. Acero, C. Giunti, M. Laveder, Phys. Rev. D 78 (2008) 073009, table I.
LINES: Mapping[str, tuple[tuple[float, float], ...]] = MappingProxyType(
    {
        "51Cr": ((0.7469, 0.8163), (0.7518, 0.0849), (0.4268, 0.0895), (0.4317, 0.0093)),
        "37Ar": ((0.8110, 0.902), (0.8136, 0.098)),
    }
)

_OLDEST = 100  # half-lives before the measurement of the activity: nothing overflows


def radioactive(
    nuclide: Nuclide | str, *, activity: float, distance: float, age: float = 0.0, uncertainty: float = 0.0
) -> Flux:
    """The neutrinos of a small radioactive source, at one time.

    Parameters
    ----------
    nuclide : {"51Cr", "37Ar"}
        The nuclide that decays.
    activity : float
        Decays per second [Bq], ≥ 0, when it was measured; `CURIE` is one curie.
    distance : float
        L from the source [m], > 0 and large against both source and detector.
    age : float
        Time since the activity was measured [d]; negative before.
    uncertainty : float
        One standard deviation of the activity, relative to it, ≥ 0; calorimetry reaches 0.0023 (BEST).

    Returns
    -------
    Flux
        Flavour nue, component named after the nuclide, lines only. Its uncertainty is named "activity of 51Cr".

    Raises
    ------
    UnknownNameError
        For another nuclide.
    InputError
        For values outside their range.

    See Also
    --------
    radioactive_history : the same in steps of time, averaged over each.

    Notes
    -----
    Φ = A 2^(−t/T)/(4πL²), one neutrino per decay. ⁵¹Cr, T = 27.70 d, has lines at 747 and 752 keV, and in a tenth of its
    decays, to the level of ⁵¹V at 320 keV, at 427 and 432 keV; ³⁷Ar, T = 35.01 d, has 811 and 814 keV. Older figures for ⁵¹Cr
    begin at 746.4 keV, with the binding energy of Cr: 0.1 % less in a rate. Internal bremsstrahlung, below 1e-3 of the
    captures, is left out. BEST had 3.41 MCi of ⁵¹Cr (V. V. Barinov et al., Phys. Rev. Lett. 128 (2022) 232501).

    Examples
    --------
    >>> from cevns import sources
    >>> flux = sources.radioactive("51Cr", activity=3.4e6 * sources.CURIE, distance=1.0)
    >>> f"{flux.total():.3e}"
    '1.001e+12'
    """
    nuclide = known_name(name_of(nuclide), LINES, "radioactive source")
    becquerels, area = _checked(activity, distance)
    days = real_number(age, "age", unit="d", minimum=-_OLDEST * HALF_LIVES[nuclide])
    return _flux(nuclide, becquerels * 2 ** (-days / HALF_LIVES[nuclide]) / area, uncertainty)


def radioactive_history(
    nuclide: Nuclide | str, *, activity: float, distance: float, edges: ArrayLike, uncertainty: float = 0.0
) -> FluxHistory:
    """The neutrinos of a radioactive source as it decays, in steps of time.

    Parameters
    ----------
    nuclide, activity, distance, uncertainty
        As for `radioactive`. One uncertainty is shared by all steps.
    edges : array_like (n + 1,)
        Increasing times between the steps, since the activity was measured [d]. Dates count from the first of them, which is
        then the time of the measurement.

    Returns
    -------
    FluxHistory
        In days. Each step has the mean activity of its time, exactly.

    Raises
    ------
    InputError, UnknownNameError
        As for `radioactive`, and for times that do not increase.

    Notes
    -----
    The mean of A 2^(−t/T) from t₁ to t₂ is A 2^(−t₁/T) (1 − 2^(−z))/(z ln 2), z = (t₂ − t₁)/T.

    Examples
    --------
    >>> from cevns import sources
    >>> history = sources.radioactive_history("37Ar", activity=1e16, distance=1.0, edges=[0.0, 35.011, 70.022])
    >>> f"{history.total()[0] / history.total()[1]:.3f}"
    '2.000'
    """
    nuclide = known_name(name_of(nuclide), LINES, "radioactive source")
    becquerels, area = _checked(activity, distance)
    days = FluxHistory.check_edges(edges, "d", dates="first")
    real_number(days[0], "first edge of time", unit="d", minimum=-_OLDEST * HALF_LIVES[nuclide])
    z = np.diff(days) * math.log(2) / HALF_LIVES[nuclide]
    decayed = np.where(z > 0, -np.expm1(-z) / np.where(z > 0, z, 1.0), 1.0)  # of a step of 1e-323 days z is 0
    means = becquerels * 2.0 ** (-days[:-1] / HALF_LIVES[nuclide]) * decayed
    fluxes = tuple(_flux(nuclide, mean / area, uncertainty) for mean in means.tolist())
    return FluxHistory(tuple(days.tolist()), fluxes, "d")


def _checked(activity: float, distance: float) -> tuple[float, float]:
    """The activity [Bq], and the area of the sphere [cm²]."""
    area = sphere(100 * real_number(distance, "distance", unit="m", minimum=0.0, above=True))
    return real_number(activity, "activity", unit="Bq", minimum=0.0), area


@cache
def _lines(nuclide: str) -> Lines:
    energies, weights = zip(*LINES[nuclide], strict=True)
    return Lines(energies, weights)


def _flux(nuclide: str, total: float, uncertainty: float) -> Flux:
    return Flux((Component("nue", nuclide, _lines(nuclide), total),)).with_uncertainty(f"activity of {nuclide}", uncertainty)
