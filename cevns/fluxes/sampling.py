"""Functions of the energy as polynomials on panels, which follow narrow structure; and what their integrals may be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._arguments import Array, digits, increasing, real_array
from .._numerics.panels import evaluate, panels_of
from ..errors import InputError

LARGEST_SUM = 1e305  # of ∫ φ E^k dE, k = −2 … 1, which must be finite
_SWEEP = (12_288, 4096)  # energies at which the panels of a function are looked at once more: equal steps, equal ratios
_LOWEST_RATIO = 1e-6  # of the highest energy, where equal ratios begin
_ROUNDS = 6  # of cutting and looking again
_CLUSTER = 256  # energies at which structure is found in one round: more is structure everywhere
_SUSPECT = 1e3  # times the tolerance: what polynomials leave between the energies at which they were checked is less
_MATTERS = 1e-8  # of the integral: what is left after the rounds is an error if it is more


def energies(energy: Any) -> Array:
    """Energies [MeV] at which a density is asked for: numbers, or quantities that convert."""
    return real_array(energy, "energy", unit="MeV")


def resolved(density: Callable[[Array], Array], edges: Array, tolerance: float) -> tuple[Array, tuple[Array, Array]]:
    """Panels of a function, and the edges that they were made from: those given, and more around narrow structure."""
    used = edges
    equal, ratios = (np.arange(n) + 0.5 for n in _SWEEP)
    low = max(edges[0], _LOWEST_RATIO * edges[-1])
    sweep = increasing(
        np.concatenate(
            [
                edges[0] + (edges[-1] - edges[0]) * (equal / equal.size),
                low * (edges[-1] / low) ** (ratios / ratios.size),
            ]
        )
    )
    sweep = sweep[(sweep > edges[0]) & (sweep < edges[-1]) & ~np.isin(sweep, edges)]
    values = density(sweep)
    most = float(values.max()) * float(edges[-1] - edges[0])
    check_sums("the spectrum's function", most, most * float(edges[-1]))  # before anything overflows
    for _ in range(_ROUNDS):
        bounds, coefficients = panels_of(density, used, tolerance, octaves=False)
        wrong = np.abs(values - evaluate(bounds, np.ascontiguousarray(coefficients[:, 0]), sweep))
        place = np.clip(np.searchsorted(bounds, sweep, side="right") - 1, 0, bounds.size - 2)
        # |c₀| + |c₁| + … bounds the polynomial; what it is wrong by must matter to the panel, and to what lies above
        size = np.maximum(np.abs(coefficients[:, 0]).sum(axis=1)[place], values)
        widths = np.diff(bounds)
        above = np.cumsum((np.abs(coefficients[:, 0, 0]) * widths)[::-1])[::-1][place]
        allowed = np.maximum(_SUSPECT * tolerance * size, _SUSPECT * tolerance * above / widths[place])
        seen = wrong > np.minimum(allowed, 0.5 * size)
        if not seen.any():
            return used, (bounds, coefficients)
        # the worst of each panel, and its neighbours in the sweep
        order = np.flatnonzero(seen)[np.argsort(-wrong[seen], kind="stable")][:_CLUSTER]
        near = increasing(np.clip(np.concatenate([order - 1, order, order + 1]), 0, sweep.size - 1))
        more = increasing(np.concatenate([used, sweep[near.astype(np.intp)]]))
        if more.size == used.size:
            break
        used = more
    # of steps in the sweep: what it is wrong by, times the room that it has
    lost = wrong[seen] * np.gradient(sweep)[seen]
    if lost.sum() > max(_MATTERS, _SUSPECT * tolerance) * above[0]:
        worst = sweep[seen][int(np.argmax(lost))]
        raise InputError(
            f"the spectrum is not smooth to {tolerance:g} near {worst:g} MeV: name its jumps and peaks among the edges"
        )
    return used, (bounds, coefficients)


def check_sums(what: str, total: float, energy_sum: float, inverse: float = 0.0) -> None:
    """The integrals of a spectrum must be finite, with room for what they are multiplied with."""
    for name, value in (("∫ φ dE", total), ("∫ E φ dE", energy_sum), ("∫ φ/E² dE", inverse)):
        if not abs(value) <= LARGEST_SUM:
            raise InputError(f"{what} must have {name} up to {LARGEST_SUM:g}, in powers of MeV (got {digits(value)})")
