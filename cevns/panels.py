"""Panels: a smooth density as polynomials between edges, from which its compiled moments are made."""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from ._arguments import Array
from ._core import moments as _core
from .errors import InputError

_DEGREE = 9
_TERMS = _core.SMOOTH_TERMS  # the moments integrate the density twice: degree 11
_MAX_PANELS = 100_000
LOWEST = 1e-18  # of the first edge above 0: below it a spectrum has no weight in any rate


class _Chebyshev(NamedTuple):
    """The fixed matrices of the fits."""

    nodes: Array  # of the interpolation
    checks: Array  # where the fit is compared with the density
    from_values: Array  # values at the nodes → coefficients
    at_checks: Array  # coefficients → values at the checks
    to_powers: Array  # Chebyshev coefficients → powers of s
    integral: Array  # coefficients → those of the antiderivative that is 0 at s = 0


@cache
def _chebyshev() -> _Chebyshev:
    # made at first use: importing numpy.polynomial costs as much as all of cevns
    from numpy.polynomial import chebyshev

    n = _DEGREE + 1
    nodes = np.cos(np.pi * (np.arange(n) + 0.5) / n)
    # between the nodes, and so near the ends that a jump there does not hide behind them
    checks = np.concatenate([[1 - 1e-9], np.cos(np.pi * np.arange(1, n) / n), [-1 + 1e-9]])
    values = np.cos(np.arange(n)[:, None] * np.arccos(nodes))  # T_k at the nodes
    from_values = (values * np.where(np.arange(n) == 0, 1.0, 2.0)[:, None] / n).T
    powers = np.array([np.pad(chebyshev.cheb2poly(row), (0, _TERMS))[:_TERMS] for row in np.eye(_TERMS)])
    at_checks = np.cos(np.arange(n)[:, None] * np.arccos(checks))
    return _Chebyshev(nodes, checks, from_values, at_checks, powers, np.asarray(chebyshev.chebint(np.eye(_TERMS), axis=1)))


def panels_of(density: Callable[[Array], Array], edges: Array, tolerance: float = 5e-13) -> tuple[Array, Array]:
    """Edges of panels in which φ, φ/E, φ/E² are polynomials of degree 9, and their Chebyshev coefficients (panels, 3, 10).

    Panels are halved until each interpolant agrees between its nodes and at the ends within `tolerance` of its largest value
    there, or of what lies above the panel, which is what its moments are added to. Towards the end they shrink to 1e-9 of the
    last one, so that the moments, which vanish there, keep their relative accuracy.
    """
    fit = _chebyshev()
    if edges[0] == 0.0:
        edges = np.concatenate([[LOWEST * edges[1]], edges[1:]])
    octaves = np.maximum(1, np.ceil(np.log2(edges[1:] / edges[:-1]))).astype(int)
    parts = [np.geomspace(low, high, n + 1)[:-1] for low, high, n in zip(edges[:-1], edges[1:], octaves, strict=True)]
    cuts = np.append(np.concatenate(parts), edges[-1])
    low, high = cuts[:-1], cuts[1:]
    done: list[tuple[Array, Array, Array]] = []
    above = np.zeros((low.size, 3))
    while True:
        half = (high - low)[:, None] / 2
        middle = (high + low)[:, None] / 2
        energy = np.concatenate([middle + half * fit.nodes, middle + half * fit.checks], axis=1)
        value = density(energy)
        powers = np.stack([value, value / energy, value / energy**2], axis=1)
        coefficients = powers[..., : _DEGREE + 1] @ fit.from_values
        error = np.abs(coefficients @ fit.at_checks - powers[..., _DEGREE + 1 :]).max(axis=2)
        size = np.abs(powers).max(axis=2)
        width = 2 * half
        if not done:
            # ∫φ/E^k above each first panel, which stands for its halves too: the coarse panels know it well enough
            own = coefficients[..., 0] * width
            above = np.cumsum(own[::-1], axis=0)[::-1] - own
        good = ((error <= tolerance * size) | (error * width <= 1e-3 * tolerance * np.abs(above))).all(axis=1)
        done.append((low[good], high[good], coefficients[good]))
        if good.all():
            break
        bad = ~good
        low, high, mid, above = low[bad], high[bad], middle[bad, 0], above[bad]
        low, high, above = np.concatenate([low, mid]), np.concatenate([mid, high]), np.concatenate([above, above])
        if (high - low <= 1e-14 * high).any() or low.size > _MAX_PANELS:
            near = float(high[np.argmin((high - low) / high)])
            raise InputError(
                f"the spectrum is not smooth to {tolerance:g} near {near:g} MeV: name its jumps among the edges, or allow more"
            )
    starts, ends, coefficients = (np.concatenate(parts) for parts in zip(*done, strict=True))
    order = np.argsort(starts)
    starts, ends, coefficients = starts[order], ends[order], coefficients[order]
    # the last panel once more, in ever smaller steps towards its end
    last_low, last_high = starts[-1], ends[-1]
    grades = last_high - (last_high - last_low) * 0.5 ** np.arange(31)
    low, high = grades[:-1], np.append(grades[1:-1], last_high)
    half, middle = (high - low)[:, None] / 2, (high + low)[:, None] / 2
    energy = middle + half * fit.nodes
    value = density(energy)
    graded = np.stack([value, value / energy, value / energy**2], axis=1) @ fit.from_values
    return np.concatenate([starts[:-1], low, [last_high]]), np.concatenate([coefficients[:-1], graded])


def moments_of(edges: Array, coefficients: Array) -> _core.Spectrum:
    """phi0, m1 and m2 of the panels as polynomials in s, −1 ≤ s ≤ 1, from the Chebyshev coefficients of φ, φ/E and φ/E²."""
    fit = _chebyshev()
    half = np.diff(edges) / 2

    def integral_above(series: Array) -> Array:
        """∫_x^end as a Chebyshev series in each panel, from that of the integrand."""
        n = series.shape[1]
        inner = series @ fit.integral[:n, : n + 1] * half[:, None]
        panel = inner.sum(axis=-1) - inner @ (-1.0) ** np.arange(inner.shape[-1])
        above = np.cumsum(panel[::-1])[::-1] - panel
        outer = -inner
        outer[:, 0] += inner.sum(axis=-1) + above
        return outer

    phi0, phi1, phi2 = (integral_above(coefficients[:, k]) for k in range(3))
    m1, m2 = integral_above(phi1), integral_above(phi2)  # d m1/dx = −Φ₁, d m2/dx = −Φ₂
    panels = np.zeros((half.size, 4 + 4 * _TERMS))
    panels[:, 0] = (edges[1:] + edges[:-1]) / 2
    panels[:, 1] = 1 / half
    for j, series in enumerate((phi0, m1, m2)):
        panels[:, 4 + j :: 4] = series @ fit.to_powers[: series.shape[1]]
    # the last panel, 1e-9 of the one before, only rounds: its weight is in the others, and there the moments are 0
    return _core.Spectrum.smooth(edges[:-1], panels[:-1])
