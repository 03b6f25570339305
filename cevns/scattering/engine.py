"""The engine: moments × coefficients, for whatever is hit and however it is hit.

    dR/dT = Σ_pieces Σ_rows Σ_k w_k(T) M_k(x(T)),    M = (Φ₀, m₁, x m₂) of the flux above x = E_min(T)

    m₁ = Φ₀ − xΦ₁ = ∫_x^∞ φ (1 − x/E) dE        m₂ = Φ₁ − xΦ₂ = ∫_x^∞ φ (1 − x/E)/E dE

The moments are kept in this form, in which all terms are positive: nothing cancels at the end of a spectrum. A *channel* – the
nuclei of a target, its electrons, dark matter on its nuclei – says of which pieces its rate is made: what x(T) is, what the
weights w are, and where they are not smooth. All else is the same for every channel and stands here: rates, bins, thresholds,
splits, the steps of a history, covariances, cross sections.

*Rows* are parts of a flux that are told apart: flavours that see different charges, components, uncertainties, the distinct
spectra of a history. A rate is linear in the flux: a history is a matrix of weights over rows, a covariance the sum of r rᵀ.

Formulas
--------
rates, the engine: dR/dT = Σ_pieces Σ_rows Σ_k w_k(T) M_k(x(T)), M = (Φ₀, m₁, x m₂)
    derived here
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._arguments import Array, bin_edges, broadcast, digits, flag, increasing, known_name, real_array, restore, shown
from .._core import engine as _core
from .._numerics.quadrature import Halves, by_halves
from .._typed import Rates, Values
from ..errors import InputError
from ..fluxes.flux import Flux, FluxHistory, not_a_flux
from .channels import Channel, Indices, Piece, Rows, refuse_zero

SPLITS = ("flavor", "component")
_LEAST = 1e-150  # √keV, below which no panel begins
_HALVES = 1e-10  # of a panel, between it and its halves: what is kept is far better
_NOTHING = 1e-15  # of all: what a panel need not be known to
_EDGE = 1 + 2.0**-50
_PANELS = 4096  # at once, of cross sections
_WHOLE = 0.99  # sharpness of which a panel of an octave is not cut


# ---- the formula ---------------------------------------------------------------------------------------------------------


def differential(T: Array, rows: Rows, channel: Channel, *, by_scatterer: bool = False) -> Array:
    """dR/dT (terms, rows, n) at recoil energies (n,) [keV], or (terms, scatterers, n)."""
    n_scatterers, n = channel.factors.size, T.size
    out = np.zeros((len(channel.exponents), n_scatterers if by_scatterer else rows.size, n))
    if channel.charges is not None:
        _core.differential_rate(T, channel.charges, rows.parts, by_scatterer, out[0])
        return out
    flat, ends = np.tile(T, n_scatterers), n * np.arange(1, n_scatterers + 1)
    weight, place = np.repeat(channel.factors, n), np.tile(np.arange(n), n_scatterers)
    for piece in channel.pieces:
        sums, strength = _sums(flat, ends, rows, piece)
        if not by_scatterer:
            _core.gather(strength, sums, piece.table, rows.groups, rows.places, weight, place, out[piece.terms])
            continue
        for u in range(n_scatterers):
            own = slice(u * n, u * n + n)
            one = np.ascontiguousarray(strength[:, own]), np.ascontiguousarray(sums[:, own])
            here = np.full(len(sums), u)
            _core.gather(*one, piece.table, rows.groups, here, weight[own], place[own], out[piece.terms])
    return out


def integrals(edges: Array, rows: Rows, channel: Channel) -> Array:
    """∫ dR/dT dT (terms, rows, bins) between increasing recoil energies [keV]: Gauss–Legendre in √T.

    Panels end at the edges and where the rate is not smooth. The error is below 1e-10 of each panel
    (tests/scattering/test_rates.py).
    """
    if rows.alone:
        return np.concatenate([integrals(edges, row, channel) for row in rows.alone], axis=1)
    out = np.zeros((len(channel.exponents), rows.size, edges.size - 1))
    if not rows.breaks.size:
        return out
    if channel.charges is not None:
        _core.binned_rate(edges, channel.charges, rows.parts, rows.breaks, rows.straight, out[0])
        return out
    if channel.rough:
        return _halved(edges, rows, channel)
    T, weight, bins, ends = _nodes(edges, rows, channel)
    if not T.size:
        return out
    for piece in channel.pieces:
        sums, strength = _sums(T, ends, rows, piece)
        _core.gather(strength, sums, piece.table, rows.groups, rows.places, weight, bins, out[piece.terms])
    return out


def _sums(T: Array, ends: Indices, rows: Rows, piece: Piece) -> tuple[Array, Array]:
    """w · M for every place of the flux (places, n), and the strengths (products, n)."""
    x = piece.energy_min(T, ends)
    moments, strength = piece.weights(T, x, ends)
    sums = np.empty((len(rows.parts.places), T.size))
    _core.moment_sums(x, rows.parts, moments, piece.sets[rows.groups], sums)
    return sums, strength


def _nodes(edges: Array, rows: Rows, channel: Channel) -> tuple[Array, Array, Indices, Indices]:
    """Recoil energies [keV] of all scatterers, their weights times the scatterer's factor, their bins, and where each ends."""
    roots = np.sqrt(edges)
    each = []
    for cut, phase_rate, factor in zip(rows.cuts(channel), channel.phase_rates.tolist(), channel.factors.tolist(), strict=True):
        low, high, bins = _core.panels(roots, cut)
        T, weight, panel = _core.nodes(low, high, phase_rate, channel.sharpness, rows.straight)
        each.append((T, factor * weight, bins[panel]))
    T, weight, bins = (np.concatenate(parts) for parts in zip(*each, strict=True))
    return T, weight, bins, np.cumsum([len(T) for T, _, _ in each])


def _halved(edges: Array, rows: Rows, channel: Channel) -> Array:
    """The same with panels that are halved until both halves agree with the whole: for functions of users."""
    out = np.zeros((len(channel.exponents), rows.size, edges.size - 1))
    each = [_core.panels(np.sqrt(edges), cut) for cut in rows.cuts(channel)]
    low, high, bins = (np.concatenate(parts) for parts in zip(*each, strict=True))

    if not low.size:
        return out

    def rule(low: Array, high: Array) -> tuple[Array, None]:
        T, weight, panel = _core.nodes(low, high, 0.0, 1e-9, False)
        values = weight * differential(T, rows, channel)
        first = np.flatnonzero(np.diff(panel, prepend=-1))
        return np.add.reduceat(values, first, axis=-1), None

    largest = np.zeros((len(channel.exponents), rows.size, 1))

    def agree(halves: Halves) -> NDArray[np.bool_]:
        if not halves.added:
            largest[:] = np.abs(halves.whole).sum(axis=-1, keepdims=True)
        allowed = _HALVES * np.abs(halves.integral) + _NOTHING * largest
        return np.asarray((halves.error <= allowed).all(axis=(0, 1)))

    def keep(halves: Halves, good: NDArray[np.bool_]) -> None:
        kept = np.moveaxis(halves.integral[..., good], -1, 0)
        for bin, value in zip(bins[halves.owner[good]].tolist(), kept, strict=True):
            out[..., bin] += value

    by_halves(rule, low, high, agree, keep)
    return out


def octaves(end: float, floor: float) -> Array:
    """Points √T from an end down to a floor, each half of the next: so that poles at T < 0 and powers 1/T are followed."""
    n = max(0, math.ceil(math.log2(end / max(floor, _LEAST)))) if end > 0 else 0
    return np.asarray(end * 0.5 ** np.arange(n, 0, -1))


# ---- cross sections: the rates of a flux of one line -----------------------------------------------------------------------


def differential_cross_section(T: Array, E: Array, channel: Channel, group: int) -> Array:
    """dσ/dT [cm²/keV] of the one scatterer of a channel at pairs of T [keV] and E [MeV], for one group of its flux."""
    ends = np.array([T.size])
    out = np.zeros(T.size)
    if group < 0:
        return out
    for piece in channel.pieces:
        out += _of_lines(T, E, ends, piece, group)
    return np.asarray(channel.factors[0] * out)


def cross_section(
    E: Array,
    threshold: Array,
    maximum: Array,
    channel: Channel,
    group: int,
    factor: Callable[[Array, Array, Piece], Array] | None = None,
) -> Array:
    """∫ dσ/dT dT [cm²] between recoil energies [keV], for neutrino energies (n,) [MeV]: Gauss–Legendre in √T as `integrals`.

    A factor of T [keV], E [MeV] and the piece multiplies dσ/dT: 1 − cos θ for a transport cross section.
    """
    out = np.zeros(E.size)
    if group < 0:
        return out
    phase_rate, sharpness = float(channel.phase_rates[0]), channel.sharpness
    below = 1.0
    if channel.octaves_are_smooth:
        # 8 nodes: each panel in √T is at most as long as what lies below it, and its nearest poles are at ±i (the mass) or 0,
        # outside the ellipse whose axes have the sum of 5.8 half panels: 5.8^−16 = 6e-13
        sharpness, below = _WHOLE, 0.5
    for piece, (lowest, highest) in zip(channel.pieces, channel.ranges(np.maximum(E, 1e-300)), strict=True):
        roots = np.sqrt(highest)
        # a current that diverges has no floor, and its callers refuse T = 0: without _LEAST octaves would have no end
        floor = max(below * channel.floor(np.sqrt(lowest[lowest > 0]), float(roots.max(initial=0.0))), _LEAST)
        low = np.sqrt(np.maximum(lowest, threshold))
        high = np.minimum(roots, np.sqrt(maximum))
        bottom, top, owner = _core.octave_panels(low, high, floor)
        for start in range(0, owner.size, _PANELS):
            own = slice(start, start + _PANELS)
            T, weight, panel = _core.nodes(bottom[own], top[own], phase_rate, sharpness, False)
            whose = owner[own][panel]
            values = weight * _of_lines(T, E[whose], np.array([T.size]), piece, group)
            if factor is not None:
                values *= factor(T, E[whose], piece)
            out += np.bincount(whose, values, minlength=E.size)
    return np.asarray(channel.factors[0] * out)


def _of_lines(T: Array, E: Array, ends: Indices, piece: Piece, group: int) -> Array:
    """The rate for a flux of one neutrino of energy E each: Φ₀ = 1, m₁ = 1 − x/E, x m₂ = m₁ x/E."""
    x = piece.energy_min(T, ends)
    moments, strength = piece.weights(T, x, ends)
    first, second, third = moments[piece.sets[group]]
    u = np.minimum(x / np.maximum(E, 1e-300), 1.0)
    # nothing cancels near E = x in the first form, nor far above it in the second
    bracket = np.where(u > 0.5, first + (1 - u) * (second + third * u), first + second + u * (third - second - third * u))
    with np.errstate(invalid="ignore"):  # beyond the end of a table of F nothing is finite
        values = (piece.table[:, group].sum(axis=0) @ strength) * bracket
    # the edge T_max(E) itself counts, whichever way it was rounded
    return np.where((x <= E * _EDGE) & (E > 0), values, 0.0)


# ---- rates as users ask for them -------------------------------------------------------------------------------------------


@overload
def differential_rate(T: Array, flux: Any, channel: Channel) -> Values: ...
@overload
def differential_rate(T: Array, flux: Any, channel: Channel, split: str | None, covariance: bool) -> Rates: ...
def differential_rate(T: Array, flux: Any, channel: Channel, split: str | None = None, covariance: bool = False) -> Rates:
    """dR/dT at recoil energies of any shape, summed over terms; with a leading axis by `split`, a last one of a history."""
    refuse_zero(channel, T, "recoil_energy")
    shape, (flat,) = broadcast(T)
    rows = channel.rows(flux, None if split == "nuclide" else split)
    found = differential(flat, rows, channel, by_scatterer=split == "nuclide")
    total = _summed(found)
    if _in_steps(flux):
        return _by_step(total, rows).reshape(*shape, len(flux))
    if covariance:
        changes = _summed(differential(flat, channel.rows(flux, "uncertainty"), channel))
        return restore(total[0], shape), _covariance(changes, shape)
    return restore(total[0], shape) if split is None else total.reshape(len(total), *shape)


def binned_rate(edges: ArrayLike, flux: Any, channel: Channel, covariance: bool = False) -> Rates:
    """Integrals over bins (n,), of a history (n, steps)."""
    T = bin_edges(edges, "recoil energies", "keV", empty=True)
    refuse_zero(channel, T, "edges")
    total = _integrals(T, channel.rows(flux), channel)
    if _in_steps(flux):
        return total.T.copy()
    if covariance:
        changes = _integrals(T, channel.rows(flux, "uncertainty"), channel)
        return total[0], _covariance(changes, total[0].shape)
    return np.asarray(total[0])


@overload
def rate(flux: Any, channel: Channel, threshold: ArrayLike, maximum: ArrayLike) -> Values: ...
@overload
def rate(flux: Any, channel: Channel, threshold: ArrayLike, maximum: ArrayLike, covariance: bool) -> Rates: ...
def rate(flux: Any, channel: Channel, threshold: ArrayLike, maximum: ArrayLike, covariance: bool = False) -> Rates:
    """Integrals between thresholds and maxima, which broadcast; of a history with a last axis."""
    least = real_array(threshold, "threshold", unit="keV", minimum=0.0)
    most = real_array(maximum, "maximum", unit="keV", minimum=0.0, infinite=True)
    shape, (low, high) = broadcast(least, most)
    if (low > high).any():
        i = int(np.argmax(low > high))
        raise InputError(f"threshold must be <= maximum (got threshold {digits(low[i])} keV and maximum {digits(high[i])} keV)")
    refuse_zero(channel, low, "threshold")
    rows = channel.rows(flux)
    changes = channel.rows(flux, "uncertainty") if covariance else None
    # beyond the largest recoil of the flux there is nothing, so infinity can be a bin edge beyond it
    last_energy = max(
        (float(each.breaks[-1]) for each in (rows, changes) if each is not None and each.breaks.size), default=0.0
    )
    ends = np.minimum(np.stack([low, high]), 2.0 * max(channel.end(last_energy), float(low.max(initial=0.0)), 1e-300))
    edges = increasing(ends)
    first, last = np.searchsorted(edges, ends)
    if edges.size < 2:
        edges = np.zeros(0)
    sums = _between(_integrals(edges, rows, channel), first, last)
    if _in_steps(flux):
        return restore(np.ascontiguousarray(sums.T), (*shape, len(flux)))
    if changes is None:
        return restore(sums[0], shape)
    return restore(sums[0], shape), _covariance(_between(_integrals(edges, changes, channel), first, last), shape)


def _integrals(edges: Array, rows: Rows, channel: Channel) -> Array:
    """Integrals (rows or steps, bins), summed over terms."""
    if edges.size < 2:
        return np.zeros((rows.size if rows.weights is None else len(rows.weights), 0))
    total = _summed(integrals(edges, rows, channel))
    return total if rows.weights is None else np.asarray(rows.weights @ total)


def _summed(terms: Array) -> Array:
    """The sum over the terms of a channel."""
    return terms[0] if len(terms) == 1 else np.asarray(terms.sum(axis=0))


def _by_step(values: Array, rows: Rows) -> Array:
    """Rates (n, steps) of the rows (rows, n) of a history."""
    return values.T.copy() if rows.weights is None else np.asarray(values.T @ rows.weights.T)


def _between(bins: Array, first: Array, last: Array) -> Array:
    """Sums of bins (…, n) from the first to before the last."""
    if not bins.shape[-1]:
        return np.zeros((*bins.shape[:-1], first.size))
    if (last == bins.shape[-1]).all():
        above = np.zeros((*bins.shape[:-1], bins.shape[-1] + 1))
        above[..., :-1] = np.cumsum(bins[..., ::-1], axis=-1)[..., ::-1]  # sums of positive terms only
        return np.asarray(above[..., first])
    return np.stack([bins[..., i:j].sum(axis=-1) for i, j in zip(first, last, strict=True)], axis=-1)


def _covariance(changes: Array, shape: tuple[int, ...]) -> Values:
    """Σ r rᵀ over the rows, in the shape of a rate twice over."""
    return restore(np.asarray(changes.T @ changes), (*shape, *shape))


def _in_steps(flux: Any) -> bool:
    if isinstance(flux, Flux):
        return False
    return isinstance(flux, FluxHistory)


def total_rates(T: Array, flux: Any, channel: Channel) -> Array:
    """dR/dT (n,), of a history (n, steps), summed over terms."""
    rows = channel.rows(flux)
    total = _summed(differential(T, rows, channel))
    return _by_step(total, rows) if _in_steps(flux) else total[0]


def term_rates(T: Array, flux: Any, channel: Channel) -> Array:
    """dR/dT of each term for a coupling of 1: (terms, n), of a history (terms, n, steps)."""
    rows = channel.rows(flux)
    found = differential(T, rows, channel)
    if not _in_steps(flux):
        return found[:, 0]
    return np.stack([_by_step(term, rows) for term in found])


def changed_rates(T: Array, flux: Flux, channel: Channel) -> Array:
    """By what dR/dT changes with each of the uncertainties of a flux: (uncertainties, n), summed over terms."""
    return _summed(differential(T, channel.rows(flux, "uncertainty"), channel))


# ---- what callers may give -------------------------------------------------------------------------------------------------


def checked_flux(flux: Any) -> Flux | FluxHistory:
    """A flux of neutrinos, or a history."""
    if not isinstance(flux, Flux) and not _in_steps(flux):
        raise InputError(not_a_flux(flux))
    return flux  # type: ignore[no-any-return]


def checked_split(flux: Any, split: str | None, covariance: bool, splits: Sequence[str]) -> None:
    """Raise an error for a split that is not known, or for what a history does not have."""
    if split is not None:
        known_name(split, splits, "split")
    if flag(covariance, "covariance") and split is not None:
        raise InputError(f"covariance=True needs split=None (got {shown(split)})")
    if _in_steps(flux) and (split is not None or covariance):
        raise InputError(f"the rate of a history has no split and no covariance (got {split=}, {covariance=})")
