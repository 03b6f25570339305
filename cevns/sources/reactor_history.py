"""The history of a reactor: power and fuel that change, and ²³⁹U and ²³⁹Np that grow and decay after them.

With the captures R(t) a second, n for each fission, the decays a second are

    a₁' = λ₁ (R − a₁),    a₂' = λ₂ (a₁ − a₂)

of ²³⁹U and of ²³⁹Np. R is constant in a step, so both are sums of exponentials, and so are their means over the step.

Formulas
--------
burn-up and outages, `reactor_history`: a₁' = λ₁ (R − a₁), a₂' = λ₂ (a₁ − a₂)
    solution of two linear equations
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .. import constants
from .._arguments import Array, digits, real_array, real_number, shown
from ..errors import InputError
from ..fluxes.components import Uncertainty
from ..fluxes.flux import Flux, FluxHistory
from ._fuel import (
    CAPTURES,
    POWER_REACTOR,
    captures_of,
    component,
    decay_spectrum,
    energies_of,
    isotopes_of,
    shares_of,
    spectra_of,
)
from ._geometry import sphere
from .fission import END, ISOTOPES
from .fission_table import FissionTable
from .reactor import uncertainties_of

# Half-lives [d]: ENSDF, E. Browne, J. K. Tuli, Nucl. Data Sheets 122 (2014) 293.
HALF_LIVES = MappingProxyType({"239U": 23.45 / 1440, "239Np": 2.356})


def reactor_history(
    *,
    edges: ArrayLike,
    power: ArrayLike,
    distance: float,
    fission_fractions: Mapping[str, ArrayLike] | None = None,
    model: str | FissionTable = "huber-mueller",
    captures: bool = True,
    captures_per_fission: float = 0.6,
    power_before: float | None = None,
    energies_per_fission: str | Mapping[str, float] = "ma-2013",
    end: float = END,
    uncertainties: bool = False,
) -> FluxHistory:
    """The antineutrinos of a reactor in steps of time: its burn-up, its outages, and what remains of captures in them.

    Parameters
    ----------
    edges : array_like (n + 1,)
        Increasing times [d] between the n steps, or dates (datetime64, datetime, pandas, astropy).
    power : float or array_like (n,)
        Thermal power [GW], ≥ 0, in each step.
    distance : float
        From the core [m], > 0.
    fission_fractions : mapping
        Isotope → share of the fissions: a number, or (n,) for the steps, or (n + 1,) at their edges, of which a step takes the
        mean of its two (the mean of a straight line between them). At each time the sum must be 1 within 1e-3, and is made
        exactly 1. By default as for `reactor`.
    model, energies_per_fission, end
        As for `reactor`.
    captures : bool
        Whether to add the decays of ²³⁹U and ²³⁹Np, which follow the fissions with their half-lives of 23.45 min and 2.356 d.
    captures_per_fission : float
        n, ≥ 0; each gives two antineutrinos.
    power_before : float, optional
        Power [GW], ≥ 0, at which the reactor ran for weeks before the first step: with it captures begin in equilibrium. By
        default that of the first step; 0 for a start with fresh fuel.

    uncertainties : bool
        Whether each step carries its errors, as those of `reactor`; they take half a millisecond a step.

    Returns
    -------
    FluxHistory
        In days; each step is a flux as that of `reactor`, with equal components.

    Raises
    ------
    InputError, UnknownNameError
        For values outside their range, edges that do not increase, arrays of another length than that of the steps, fractions
        that do not sum to 1, an unknown isotope or model.

    Notes
    -----
    Antineutrinos of fission fragments follow the power at once. Most decay in minutes; what remains when a reactor is shut
    down, and what spent fuel beside it emits, is not here.

    The histories of several cores with the same edges are added by `+`.

    Examples
    --------
    Half a day of an outage after a year at full power:

    >>> from cevns import sources
    >>> history = sources.reactor_history(edges=[0.0, 365.0, 365.5], power=[3.6, 0.0], distance=20.7)
    >>> [f"{total:.2e}" for total in history.total()]
    ['1.38e+13', '1.19e+12']
    """
    times = FluxHistory.check_edges(edges, "d", dates="first")
    n = times.size - 1
    gigawatt = _steps(power, "power", n, unit="GW")
    area = sphere(100 * real_number(distance, "distance", unit="m", minimum=0.0, above=True))
    fuel = _fuel(POWER_REACTOR if fission_fractions is None else fission_fractions, n)
    spectra = spectra_of(model, end)
    energies = energies_of(energies_per_fission, fuel)
    per_fission = captures_of(captures, captures_per_fission, spectra)
    if not isinstance(uncertainties, bool | np.bool_):
        raise InputError(f"uncertainties must be True or False (got {shown(uncertainties)})")
    before = float(gigawatt[0]) if power_before is None else real_number(power_before, "power_before", unit="GW", minimum=0.0)

    mean_energy = sum((share * energies[isotope][0] for isotope, share in fuel.items()), np.zeros(n))
    per_gigawatt = 1e9 * constants.JOULE / mean_energy / area
    fissions = gigawatt * per_gigawatt

    parts = [(isotope, spectra[isotope], (fissions * share).tolist()) for isotope, share in shares_of(fuel, spectra).items()]
    if per_fission > 0:
        decays = decay_rates(np.diff(times), per_fission * fissions, float(per_fission * per_gigawatt[0] * before))
        parts += [("captures", decay_spectrum(nuclide), rate.tolist()) for nuclide, rate in zip(CAPTURES, decays, strict=True)]
    fluxes = []
    for step, scales in enumerate(zip(*(scales for _, _, scales in parts), strict=True)):
        components = tuple(component(name, spectrum, x) for (name, spectrum, _), x in zip(parts, scales, strict=True))
        unsure: list[Uncertainty] = []
        if uncertainties:
            now = {isotope: float(share[step]) for isotope, share in fuel.items()}
            unsure = uncertainties_of(components, now, spectra, energies, float(fissions[step]))
        fluxes.append(Flux(components, uncertainties=tuple(unsure)))
    return FluxHistory(tuple(times.tolist()), tuple(fluxes), "d")


def decay_rates(durations: Array, captures: Array, before: float) -> tuple[Array, Array]:
    """Mean decays of ²³⁹U and of ²³⁹Np in steps of time, in the unit of the captures.

    Parameters
    ----------
    durations : ndarray (n,)
        Lengths of the steps [d].
    captures : ndarray (n,)
        Captures in a unit of time, in each step.
    before : float
        Those before the first step, with which both are in equilibrium.
    """
    fast, slow = (math.log(2) / HALF_LIVES[nuclide] for nuclide in CAPTURES)
    ratio = slow / (slow - fast)
    first = second = before
    means = np.empty((2, durations.size))
    for i, (t, R) in enumerate(zip(durations.tolist(), captures.tolist(), strict=True)):
        # a₁ = R + (a₁(0) − R) e^(−λ₁t),  a₂ = R + b e^(−λ₁t) + (a₂(0) − R − b) e^(−λ₂t)
        u = first - R
        b = u * ratio
        v = second - R - b
        mean_fast, mean_slow = -math.expm1(-fast * t) / (fast * t), -math.expm1(-slow * t) / (slow * t)
        means[:, i] = R + u * mean_fast, R + b * mean_fast + v * mean_slow
        first, second = R + u * math.exp(-fast * t), R + b * math.exp(-fast * t) + v * math.exp(-slow * t)
    # 0 may come out as -1e-17 of the captures before
    return np.maximum(means[0], 0.0), np.maximum(means[1], 0.0)


def _steps(values: Any, name: str, n: int, unit: str = "") -> Array:
    """One value a step."""
    array = real_array(values, name, unit=unit, minimum=0.0)
    if array.shape not in ((), (n,)):
        raise InputError(f"{name} must be one number, or one for each of the {n} steps (got shape {array.shape})")
    return np.broadcast_to(array, (n,))


def _fuel(fission_fractions: Mapping[str, ArrayLike], n: int) -> dict[str, Array]:
    """Fractions (n,) of the isotopes that fission, with the sum 1 in each step."""
    isotopes_of(fission_fractions)
    given = {}
    for isotope in ISOTOPES:
        if isotope in fission_fractions:
            values = real_array(fission_fractions[isotope], f"fission fraction of {isotope}", minimum=0.0)
            if values.shape not in ((), (n,), (n + 1,)):
                raise InputError(
                    f"fission fraction of {isotope} must be one number, {n} for the steps or {n + 1} at their edges "
                    f"(got shape {values.shape})"
                )
            given[isotope] = (values[1:] + values[:-1]) / 2 if values.shape == (n + 1,) else np.broadcast_to(values, (n,))
    whole = sum(given.values(), np.zeros(n))
    bad = ~(np.abs(whole - 1) <= 1e-3)
    if bad.any():
        i = int(np.argmax(bad))
        raise InputError(f"fission_fractions must sum to 1 within 0.001 (got {digits(whole[i])} in step {i})")
    return {isotope: values / whole for isotope, values in given.items() if values.any()}
