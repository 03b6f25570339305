"""Panels: a smooth density as polynomials between edges, from which its compiled moments are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .._arguments import Array
from .._core import moments as _moments
from .._core import panels as _core
from .._immutable import sealed, sealing
from ..errors import InputError
from .polynomials import interpolation, powers

Index = NDArray[np.intp]  # of spectra, of which `moments_together` makes many

TOLERANCE = 5e-13
LOWEST = 1e-18  # of the first edge above 0: below it a spectrum has no weight in any rate

_MAX_PANELS = 100_000
_GRADES = 0.5 ** np.arange(31)


@cache
@sealing
def _fit() -> tuple[_core.Chebyshev, Array]:
    """The matrices of the fits, and Chebyshev coefficients → powers for the moments, of degree 11: integrals of integrals."""
    nodes, checks, from_values, at_checks = interpolation(_core.TERMS, ends=True)
    points = np.concatenate([nodes, checks])
    return _core.Chebyshev(points, np.ascontiguousarray(from_values), at_checks), powers(_moments.SMOOTH_TERMS)


def panels_of(
    density: Callable[[Array], Array | tuple[Array, Array]],
    edges: Array,
    tolerance: float = TOLERANCE,
    octaves: bool = True,
) -> tuple[Array, Array]:
    """Edges of panels in which φ, φ/E, φ/E² are polynomials of degree 9, and their Chebyshev coefficients (…, panels, 3, 10).

    `density` takes energies (panels, points), each row between two edges, and returns φ there, or that of several functions,
    (functions, panels, points), which then share their panels.

    Panels are cut until each interpolant agrees between its nodes and at the ends within `tolerance` of its largest value
    there, or of what lies above the panel, which is what its moments are added to. `octaves` cuts them first at factors of two,
    so that nothing narrow is missed; without, the edges alone must show all there is to see. Towards the end they shrink to
    1e-9 of the last one, so that the moments, which vanish there, keep their relative accuracy. What the density is wrong by
    itself, if it returns that as well, (panels, points), is not resolved.
    """
    fit, _ = _fit()
    lowest = LOWEST * edges[1] if edges[0] == 0.0 else edges[0]
    if octaves:
        edges = np.concatenate([[lowest], edges[1:]])
        counts = np.maximum(1, np.ceil(np.log2(edges[1:] / edges[:-1]))).astype(int)
        parent = np.repeat(np.arange(counts.size), counts)
        step = np.arange(parent.size) - np.repeat(np.cumsum(counts) - counts, counts)
        parts = edges[parent] * (edges[parent + 1] / edges[parent]) ** (step / counts[parent])
        edges = np.append(parts, edges[-1])
    bounds, rows, near = fit.adapt(density, edges, tolerance, LOWEST, _MAX_PANELS)
    if near == near:
        raise InputError(
            f"the spectrum is not smooth to {tolerance:g} near {near:g} MeV: name its jumps among the edges, or allow more"
        )
    # the last panel once more, in ever smaller steps towards its end
    end = bounds[-1]
    last = end - (end - bounds[-2]) * _GRADES[1:-1]
    last = last[end - last > 4e-15 * end]
    bounds = np.concatenate([bounds[:-1], last, [end]])
    low, high = bounds[-2 - last.size : -1, None], bounds[-1 - last.size :, None]
    energy = (low + high) / 2 + (high - low) / 2 * fit.nodes
    value = density(energy)
    value = np.asarray(value[0] if isinstance(value, tuple) else value, dtype=np.float64)
    steps = np.ascontiguousarray(value.reshape(-1, *energy.shape))
    graded = fit.series(np.broadcast_to(energy, steps.shape).copy(), steps)
    coefficients = np.concatenate([rows[:, :-1, : 3 * _core.TERMS].reshape(len(rows), -1, 3, _core.TERMS), graded], axis=1)
    return sealed(bounds), sealed(coefficients.reshape(*value.shape[:-2], -1, 3, _core.TERMS))


def before_grading(edges: Array) -> Array:
    """The edges from `panels_of` without its last steps towards the end, each half of the one before but for rounding."""
    left = edges[-1] - edges[-_GRADES.size : -1]
    halved = np.abs(left[1:] / left[:-1] - 0.5) < 0.2
    steps = int(np.argmin(halved[::-1])) if not halved.all() else halved.size
    return np.append(edges[: edges.size - 1 - steps], edges[-1])


def series_of(function: Callable[[Array], Array], edges: Array, tolerance: float = TOLERANCE) -> tuple[Array, Array]:
    """Any function of x ≥ 0, smooth between edges, for `evaluate`: edges of panels and Chebyshev coefficients (panels, 10)."""
    bounds, rows, near = _fit()[0].adapt(function, edges, tolerance, 0.0, _MAX_PANELS, 1)
    if near == near:
        raise InputError(f"the function is not smooth to {tolerance:g} near {near:g}")
    return bounds, np.ascontiguousarray(rows[0, :, : _core.TERMS])


def evaluate(edges: Array, coefficients: Array, x: Array) -> Array:
    """A function from `series_of` at x of any shape, 0 outside its edges; fastest where x is in order."""
    return _core.evaluate(edges, coefficients, x)


def moments_together(
    edges: Array, density: Callable[[Array, Index], Array], tolerance: float = TOLERANCE
) -> Iterator[_moments.Spectrum]:
    """The moments of similar spectra, of which row i of `edges` (spectra, n) holds the edges and density(E, i) the density.

    All are cut alike, in fractions of the steps between their edges, as the first, the middle and the last of them need it:
    those should enclose the others in whatever distinguishes them. `density` takes arrays that broadcast.
    """
    fit, to_powers = _fit()
    count = len(edges)
    used = count // 2
    cuts = edges[used]
    for i in (used, 0, count - 1):
        cuts = _moved(cuts, edges[used], edges[i : i + 1])[0]
        used = i

        def one(energy: Array, index: Index = np.array([[i]])) -> Array:  # noqa: B008
            return density(energy, index)

        cuts, _, near = fit.adapt(one, cuts, tolerance, LOWEST, _MAX_PANELS)
        if near == near:
            raise InputError(f"the spectra are not smooth to {tolerance:g} near {near:g} MeV")
    last = cuts[-1] - (cuts[-1] - cuts[-2]) * _GRADES[1:-1]
    bounds = _moved(np.concatenate([cuts[:-1], last, cuts[-1:]]), edges[used], edges)
    # a few at a time, so that they stay in the cache
    for start in range(0, count, 4):
        rows = slice(start, start + 4)
        low, high = bounds[rows, :-1, None], bounds[rows, 1:, None]
        energy = (low + high) / 2 + (high - low) / 2 * fit.nodes
        coefficients = fit.series(energy, density(energy, np.arange(count)[rows, None, None]))
        for edge, series in zip(bounds[rows], coefficients, strict=True):
            yield _moments.Spectrum.smooth(edge, series, to_powers)


def _moved(cuts: Array, edges: Array, others: Array) -> Array:
    """Cuts (m,) between edges (n,) at the same fractions of the steps between other edges (spectra, n)."""
    step = np.clip(np.searchsorted(edges, cuts, side="right") - 1, 0, edges.size - 2)
    low, high = edges[step], edges[step + 1]
    # from the nearer end of the step: what is left of a narrow panel beside the other would be rounding
    near_low = cuts - low < high - cuts
    fraction = np.where(near_low, cuts - low, cuts - high) / (high - low)
    other_low, other_high = others[:, step], others[:, step + 1]
    return np.ascontiguousarray(np.where(near_low, other_low, other_high) + fraction * (other_high - other_low))


def integral_of(edges: Array, coefficients: Array, power: int) -> float:
    """∫ φ dE or ∫ E φ dE, from the Chebyshev series of φ in each panel, where E = middle + half·s."""
    half, middle = np.diff(edges) / 2, (edges[1:] + edges[:-1]) / 2
    k = np.arange(coefficients.shape[-1])
    zeroth, first = np.zeros(k.size), np.zeros(k.size)  # ∫ T_k ds and ∫ s T_k ds over [−1, 1]
    zeroth[::2] = 2.0 / (1.0 - k[::2] ** 2)
    first[1::2] = 2.0 / (4.0 - k[1::2] ** 2)
    series = coefficients[:, 0] @ np.stack([zeroth, first], axis=1)
    return float(half @ (series[:, 0] if power == 0 else middle * series[:, 0] + half * series[:, 1]))


def moments_of(edges: Array, coefficients: Array) -> _moments.Spectrum:
    """phi0, m1 and m2 of the panels as polynomials in s, −1 ≤ s ≤ 1, from the Chebyshev coefficients of φ, φ/E and φ/E²."""
    # the last panel, 1e-9 of the one before, only rounds: its weight is in the others, and there the moments are 0
    return _moments.Spectrum.smooth(edges, coefficients, _fit()[1])
