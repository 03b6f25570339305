"""Rates on the electrons of a target: moments × coefficients, times the electrons that answer.

    dR/dT = Z_eff(T) Σ_flavours Σ_parts [W₀ Φ₀ + W₁ m₁ + W₂ x m₂](x = E_min(T))

with the weights W of `coefficients` and the moments that fluxes have for nuclei too, here with M = m_e.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import Array, bin_edges, called, digits, increasing, known_name, real_array, restore, shown
from .._numerics.polynomials import gauss_legendre
from ..constants import DAY, ELECTRON_MASS, KEV
from ..errors import InputError, UnsupportedError
from ..fluxes.flux import Flux, not_a_flux
from ..interactions import Interaction, interaction_or_default
from ..interactions.kinds import recoil_energy_range
from ..nuclei.targets import Target
from .coefficients import Part, parts_of, threshold, weights
from .cross_sections import refuse_zero
from .shells import electrons_per_kg, steps

if TYPE_CHECKING:
    from ..fluxes.histories import FluxHistory

BINDINGS = ("stepping", "free")
SPLITS = ("flavor", "component")
Ratio = Callable[[Array], Any]

_ORDER = 8  # Gauss–Legendre nodes of a panel and of each of its halves
_ERROR = 1e-10  # of a panel, between it and its halves: what is kept is far better
_FLOOR = 1e-14  # of the bin: what a panel need not be known to
_NARROWEST = 1e-13  # relative width at which halving stops
_WIDEST = 2.0  # ratio of the ends of a panel in √T
_OCTAVES = 20  # of √T below the largest, as far as panels begin


def differential_rate(
    recoil_energy: ArrayLike,
    flux: Flux | FluxHistory,
    target: Any,
    interaction: Interaction | None = None,
    *,
    binding: str = "stepping",
    split: str | None = None,
    ratio: Ratio | None = None,
) -> Any:
    """dR/dT [1/(kg day keV); a burst: 1/(kg keV)] of electrons.

    Parameters
    ----------
    recoil_energy : array_like
        T [keV], ≥ 0, any shape: all the energy that an atom takes up, which is what a detector sees, in keV_ee.
    flux : Flux or FluxHistory
        What arrives; of a history the result has a last axis, by step of time.
    target : Target, Nuclide, str or mapping
        What it hits; anything but a Target is given to `Target`.
    interaction : Interaction, optional
        `StandardModel()` by default.
    binding : {"stepping", "free"}
        Whether a shell answers only above its binding energy, Z_eff(T) = Σ_i n_i θ(T − B_i), or all Z electrons always.
    split : {"flavor", "component"}, optional
        A leading axis: by `flux.flavors` or by `flux.components`. Not for a history.
    ratio : callable, optional
        What the rate is multiplied by at recoil energies (n,) [keV]: a `TabulatedRatio` of a many-body calculation. If its
        slope jumps, its attribute `breaks` says where.

    Returns
    -------
    float or ndarray
        The rate, the shape of `recoil_energy`, with the leading axis of `split` or the last one of a history. At T = 0 the
        limit.

    Raises
    ------
    InputError, UnknownNameError
        For a negative or infinite recoil energy, T = 0 where the rate diverges, an unknown binding or split.
    UnsupportedError
        For stepping on an element whose shells are not known; a split of a flux with coherence between flavours by an
        interaction that changes them.

    Notes
    -----
    Exact for the flux given and free electrons: the error is that of rounding, 1e-13 of the result for vector and axial
    currents; for scalar and massive ones up to 1e-15 (E/E_min)² of it, as they need Φ₂ from differences.

    Stepping is an approximation to atoms. In xenon the RRPA of J.-W. Chen et al., Phys. Lett. B 774 (2017) 656, lies below it,
    by about 25 % between 1 and 10 keV: give it as `ratio`.

    Examples
    --------
    >>> import cevns
    >>> from cevns import electrons
    >>> flux = cevns.sources.solar(components=["pp", "7Be"])
    >>> round(365.25 * 1000 * electrons.differential_rate(10.0, flux, "Xe"), 2)
    3.1
    """
    T = real_array(recoil_energy, "recoil_energy", unit="keV", minimum=0.0)
    if split is not None:
        known_name(split, SPLITS, "split")
    target, parts = _prepare(flux, target, interaction, binding, ratio)
    flat = np.ascontiguousarray(T).reshape(-1)
    if binding == "free":
        refuse_zero(parts, flat, "recoil_energy")
    if not isinstance(flux, Flux):
        if split is not None:
            raise InputError(f"the rate of a history has no split (got {split=})")
        columns = [_differential(flat, step, target, parts, binding, None, ratio)[0] for step in flux.fluxes]
        return np.stack(columns, axis=-1).reshape((*T.shape, len(flux)))
    rows = _differential(flat, flux, target, parts, binding, split, ratio)
    return restore(rows[0], T.shape) if split is None else rows.reshape((-1, *T.shape))


def binned_rate(
    edges: ArrayLike,
    flux: Flux | FluxHistory,
    target: Any,
    interaction: Interaction | None = None,
    *,
    binding: str = "stepping",
    ratio: Ratio | None = None,
) -> Any:
    """Rate [1/(kg day); a burst: 1/kg] in bins of recoil energy: integrals of dR/dT, not values at the middle.

    Parameters
    ----------
    edges : array_like (n + 1,)
        Increasing recoil energies [keV], ≥ 0.
    flux, target, interaction, binding, ratio
        As for `differential_rate`.

    Returns
    -------
    ndarray (n,)
        The integrals, to 1e-10 of each: in √T, between the binding energies and what belongs to the breaks of the flux. Of a
        history (n, steps).

    Raises
    ------
    InputError, UnknownNameError, UnsupportedError
        As for `differential_rate`; for edges that do not increase.
    """
    T = bin_edges(edges, "recoil energies", "keV", empty=True)
    target, parts = _prepare(flux, target, interaction, binding, ratio)
    if binding == "free":
        refuse_zero(parts, T, "edges")
    fluxes = [flux] if isinstance(flux, Flux) else list(flux.fluxes)
    if T.size < 2:
        return np.zeros(0 if isinstance(flux, Flux) else (0, len(fluxes)))
    columns = np.stack([_integrals(T, each, target, parts, binding, ratio) for each in fluxes], axis=-1)
    return columns[:, 0] if isinstance(flux, Flux) else columns


def rate(
    flux: Flux | FluxHistory,
    target: Any,
    interaction: Interaction | None = None,
    threshold: ArrayLike = 0.0,
    maximum: ArrayLike = np.inf,
    *,
    binding: str = "stepping",
    ratio: Ratio | None = None,
) -> Any:
    """Rate [1/(kg day); a burst: 1/kg] of electrons between a threshold and a maximum.

    Parameters
    ----------
    flux, target, interaction, binding, ratio
        As for `differential_rate`.
    threshold, maximum : array_like
        Recoil energies [keV], 0 ≤ threshold ≤ maximum; they broadcast. The maximum may be infinite.

    Returns
    -------
    float or ndarray
        The integral of dR/dT, to 1e-10, the broadcast shape; of a history with a last axis, by step of time.

    Raises
    ------
    InputError, UnknownNameError, UnsupportedError
        As for `differential_rate`; for a threshold above the maximum.

    Notes
    -----
    Solar pp and ⁷Be neutrinos (B16-GS98) on xenon: 331 events a tonne and year between 1 and 140 keV (337 on free electrons),
    83 (88) between 2 and 30 keV, 26.4 (29.5) between 1 and 10 keV; pp neutrinos in Borexino's scintillator: 136 a day in 100 t
    (measured: 134 ± 10 +6 −10, M. Agostini et al., Nature 562 (2018) 505).

    Examples
    --------
    >>> import cevns
    >>> from cevns import electrons
    >>> flux = cevns.sources.solar(components=["pp", "7Be"])
    >>> round(365.25 * 1000 * electrons.rate(flux, "Xe", threshold=2.0, maximum=30.0), 1)
    83.3
    """
    least = real_array(threshold, "threshold", unit="keV", minimum=0.0)
    most = real_array(maximum, "maximum", unit="keV", minimum=0.0, infinite=True)
    try:
        low, high = np.broadcast_arrays(least, most)
    except ValueError:
        raise InputError(f"the arguments' shapes {least.shape} and {most.shape} do not broadcast") from None
    if (low > high).any():
        i = int(np.argmax(low > high))
        raise InputError(
            f"threshold must be <= maximum (got threshold {digits(low.flat[i])} keV and maximum {digits(high.flat[i])} keV)"
        )
    target, parts = _prepare(flux, target, interaction, binding, ratio)
    if binding == "free":
        refuse_zero(parts, low, "threshold")
    fluxes = [flux] if isinstance(flux, Flux) else list(flux.fluxes)
    end = max((float(_breaks(each, part).max()) for each in fluxes for part in parts), default=0.0)
    ends = np.minimum(np.stack([low, high]), 2.0 * max(end, float(low.max(initial=0.0)), 1e-300))
    cuts = increasing(ends)
    shape = low.shape if isinstance(flux, Flux) else (*low.shape, len(fluxes))
    if cuts.size < 2:
        return restore(np.zeros(shape), shape)
    rows = np.stack([_integrals(cuts, each, target, parts, binding, ratio) for each in fluxes])
    first, last = np.searchsorted(cuts, ends)
    sums = [rows[:, i:j].sum(axis=1) for i, j in zip(first.reshape(-1), last.reshape(-1), strict=True)]
    return restore(np.stack(sums).reshape(shape), shape)


def recoils(energies: Array, part: Part) -> Array:
    """The recoil energies [keV] at which what begins or ends at neutrino energies [MeV] begins or ends."""
    low, high = recoil_energy_range(energies, ELECTRON_MASS, part.final_mass)
    return np.concatenate([low, high]) / KEV if part.final_mass else high / KEV


def _breaks(flux: Flux, part: Part) -> Array:
    """Recoil energies [keV] between which the rate on free electrons is smooth."""
    shared = [spectrum.breaks for c in flux.coherences for spectrum in (c.real, c.imaginary)]
    return recoils(increasing(np.concatenate([flux.breaks, *shared])), part)


def _prepare(
    flux: Any, target: Any, interaction: Interaction | None, binding: str, ratio: Any
) -> tuple[Target, tuple[Part, ...]]:
    """The target, and the currents of the interaction, after a look at the arguments."""
    known_name(binding, BINDINGS, "binding")
    target = target if isinstance(target, Target) else Target(target)
    steps(target, binding)  # says which shells are not known
    if ratio is not None and not callable(ratio):
        raise InputError(f"ratio must be a function of recoil energies such as a TabulatedRatio (got {shown(ratio)})")
    if not isinstance(flux, Flux):
        from ..fluxes.histories import FluxHistory

        if not isinstance(flux, FluxHistory):
            raise InputError(not_a_flux(flux))
    return target, parts_of(interaction_or_default(interaction))


def _differential(
    T: Array, flux: Flux, target: Target, parts: tuple[Part, ...], binding: str, split: str | None, ratio: Ratio | None
) -> Array:
    """dR/dT per kg (rows, n)."""
    number = electrons_per_kg(T, target, binding)
    if ratio is not None:
        number = number * called(ratio, "ratio", T, minimum=0.0)
    rows = [0] * len(flux.components)
    if split == "flavor":
        rows = [flux.flavors.index(c.flavor) for c in flux.components]
    elif split == "component":
        rows = list(range(len(flux.components)))
    seen = number > 0
    out = np.zeros((max(rows) + 1, T.size))
    if seen.any():
        out[:, seen] = number[seen] * _per_electron(T[seen], flux, parts, rows)
    return out


def _per_electron(T: Array, flux: Flux, parts: tuple[Part, ...], rows: list[int]) -> Array:
    """dR/dT of one free electron, (rows, n)."""
    day = DAY if flux.per == "s" else 1.0
    out = np.zeros((max(rows) + 1, T.size))
    for part in parts:
        x = np.minimum(threshold(part, T), 1e100)
        moments: dict[tuple[str, int], Array] = {}
        for component, row in zip(flux.components, rows, strict=True):
            held = moments.setdefault((component.flavor, row), np.zeros((3, T.size)))
            _add(held, component.spectrum, x, component.scale * day)
        flavors = flux.flavors
        made = dict(zip(flavors, weights(part, T, tuple((f, f) for f in flavors)), strict=True))
        for (flavor, row), held in moments.items():
            out[row] += _sum(made[flavor].real, held, x)
        if flux.coherences:
            _add_coherences(out, flux, part, T, x, day)
    return out


def _add_coherences(out: Array, flux: Flux, part: Part, T: Array, x: Array, day: float) -> None:
    """2 Re of what two flavours have in common; adds to `out` (1, n)."""
    pairs = tuple(dict.fromkeys(c.flavors for c in flux.coherences))
    made = dict(zip(pairs, weights(part, T, pairs), strict=True))
    for coherence in flux.coherences:
        weight = made[coherence.flavors]
        if not weight.any():
            continue
        if out.shape[0] > 1:
            raise UnsupportedError("what flavours have in common belongs to no one of them: take split=None")
        for spectrum, factor in ((coherence.real, weight.real), (coherence.imaginary, -weight.imag)):
            held = np.zeros((3, T.size))
            _add(held, spectrum, x, coherence.scale * day)
            out[0] += 2 * _sum(factor, held, x)


def _add(moments: Array, spectrum: Any, x: Array, weight: float) -> None:
    for part, factor in spectrum.parts:
        part.moments.add_moments(x, weight * factor, moments)


def _sum(weight: Array, moments: Array, x: Array) -> Array:
    return np.asarray(weight[0] * moments[0] + weight[1] * moments[1] + weight[2] * (x * moments[2]))


def _integrals(edges: Array, flux: Flux, target: Target, parts: tuple[Part, ...], binding: str, ratio: Ratio | None) -> Array:
    """Integrals of dR/dT over bins [per kg]."""
    bins = np.zeros(edges.size - 1)
    if not parts or not bins.size:
        return bins
    kinks = [_breaks(flux, part) for part in parts]
    end = min(max(float(k.max()) for k in kinks), float(edges[-1]))
    cuts = increasing(np.concatenate([edges, *kinks, steps(target, binding), np.asarray(getattr(ratio, "breaks", ()))]))
    cuts = cuts[(cuts >= edges[0]) & (cuts <= end)]
    if cuts.size < 2:
        return bins
    low, high = _panels(np.sqrt(cuts))
    nodes, weight = gauss_legendre(_ORDER)

    def rule(low: Array, high: Array) -> Array:
        half = (high - low)[:, None] / 2
        s = (high + low)[:, None] / 2 + half * nodes
        values = _differential((s * s).reshape(-1), flux, target, parts, binding, None, ratio)[0]
        return np.asarray((2 * s * half * weight * values.reshape(s.shape)).sum(axis=1))

    whole = rule(low, high)
    # squares of the smallest roots underflow: what lies below the first edge belongs to the first bin
    owner = np.maximum(np.searchsorted(edges, ((low + high) / 2) ** 2, side="right") - 1, 0)
    owner = np.minimum(owner, bins.size - 1)
    size = np.bincount(owner, np.abs(whole), bins.size)
    while low.size:
        middle = (low + high) / 2
        halves = rule(np.concatenate([low, middle]), np.concatenate([middle, high]))
        first, second = halves[: low.size], halves[low.size :]
        better = first + second
        allowed = _ERROR * np.abs(better) + _FLOOR * size[owner]
        bad = (np.abs(better - whole) > allowed) & (high - low > _NARROWEST * high)
        bins += np.bincount(owner[~bad], better[~bad], bins.size)
        owner = np.concatenate([owner[bad], owner[bad]])
        low, high = np.concatenate([low[bad], middle[bad]]), np.concatenate([middle[bad], high[bad]])
        whole = np.concatenate([first[bad], second[bad]])
    return bins


def _panels(s: Array) -> tuple[Array, Array]:
    """Ends of panels between increasing √T: no wider than an octave, but for the lowest."""
    floor = s[-1] * 2.0**-_OCTAVES
    cuts = s
    if s[0] < s[-1] / _WIDEST:
        lowest = max(float(s[0]), float(floor))
        octaves = np.arange(1, int(np.ceil(np.log2(s[-1] / lowest))) + 1)
        extra = s[-1] * _WIDEST ** -octaves.astype(np.float64)
        cuts = increasing(np.concatenate([s, extra[extra > s[0]]]))
    return cuts[:-1], cuts[1:]
