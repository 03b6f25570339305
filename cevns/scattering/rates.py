"""Rates: moments × coefficients, summed over nuclides and flavours.

    dR/dT = Σ_nuclides n Σ_flavours Σ_k c_k(T) Φ_k(E_min(T))

For the Standard Model on spin 0, where c = (G_F² M/π) Q²(T) (1, −T, −MT/2), and with x = E_min(T), MT/2 = x (x − T),

    dR/dT = n (G_F² M/π) Q²(T) [m₁(x) + (x − T) m₂(x)]
    m₁ = Φ₀ − xΦ₁ = ∫_x^∞ φ (1 − x/E) dE        m₂ = Φ₁ − xΦ₂ = ∫_x^∞ φ (1 − x/E)/E dE

The moments are kept in this form, in which all terms are positive: nothing cancels at the end of a spectrum.
Rates are per kg and day for a flux per second, per kg for a burst.

A rate is linear in the flux. So the rates of a `FluxHistory` are weights over those of its distinct spectra, and the covariance
of a rate is Σ r rᵀ over the rates r of the flux's uncertainties.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from .. import constants
from .._arguments import Array, bin_edges, broadcast, digits, flag, increasing, known_name, real_array, restore, shown
from .._core import rates as _core
from ..errors import InputError
from ..fluxes.components import Component
from ..fluxes.flux import Flux, not_a_flux
from ..fluxes.spectra import Spectrum, Table
from ..interactions import Interaction, StandardModel, interaction_or_default
from ..interactions.quadratic_forms import layout
from ..kinematics import recoil_energy_max
from ..nuclei.targets import Target
from . import nuclei as terms
from .nuclei import weighted

if TYPE_CHECKING:
    from ..fluxes.histories import FluxHistory

SPLITS = ("nuclide", "flavor", "component")


def differential_rate(
    recoil_energy: ArrayLike,
    flux: Flux | FluxHistory,
    target: Any,
    interaction: Interaction | None = None,
    split: str | None = None,
    *,
    covariance: bool = False,
) -> Any:
    """dR/dT [1/(kg day keV); a burst: 1/(kg keV)] at recoil energies.

    Parameters
    ----------
    recoil_energy : array_like
        T [keV], ≥ 0, any shape. At T = 0 the limit.
    flux : Flux or FluxHistory
        What arrives; of a history the result has a last axis, by step of time.
    target : Target, Nuclide, str or mapping
        What it hits; anything but a Target is given to `Target`.
    interaction : Interaction, optional
        `StandardModel()` by default.
    split : {"nuclide", "flavor", "component"}, optional
        A leading axis: by `target.components`, by `flux.flavors` or by `flux.components`. Not for a history.
    covariance : bool
        Whether to return the covariance too, from the uncertainties of the flux. Not with `split`, nor for a history.

    Returns
    -------
    float or ndarray
        The rate, the shape of `recoil_energy`, with the leading axis of `split` or the last one of a history. Exact for the
        flux given: the error is that of rounding, about 1e-14 of the result, up to the end point.
    covariance : float or ndarray, if asked for
        Of the shape of the rate twice over.

    Raises
    ------
    InputError, UnknownNameError
        For a negative, infinite or nan recoil energy, an unknown split, arguments of another type.

    Examples
    --------
    >>> flux = cevns.sources.sns()
    >>> bool(differential_rate(10.0, flux, "CsI") > differential_rate(20.0, flux, "CsI"))
    True
    """
    T = real_array(recoil_energy, "recoil_energy", unit="keV", minimum=0.0)
    shape, (flat,) = broadcast(T)
    theory = _checked(flux, interaction, split, covariance)
    target = _target(target)
    if theory.reduced is None:
        return _of_terms(flat, shape, flux, target, theory, split, covariance)
    composition, groups = _composition(theory.reduced, target)
    if not isinstance(flux, Flux):
        distinct, weights = _distinct(flux, groups)
        rows = np.zeros((distinct.rows, flat.size))
        _core.differential_rate(flat, composition, distinct.all, False, rows)
        return (rows.T.copy() if weights is None else rows.T @ weights.T).reshape((*shape, len(flux)))
    n_rows = {None: 1, "nuclide": composition.n_nuclides, "flavor": len(flux.flavors), "component": len(flux.components)}[split]
    out = np.zeros((n_rows, flat.size))
    _core.differential_rate(flat, composition, _components(flux, groups, split), split == "nuclide", out)
    if covariance:
        changes = np.zeros((len(flux.uncertainties), flat.size))
        _core.differential_rate(flat, composition, _uncertainties(flux, groups), False, changes)
        return restore(out[0], shape), _covariance(changes, shape)
    return restore(out[0], shape) if split is None else out.reshape((n_rows, *shape))


def binned_rate(
    edges: ArrayLike,
    flux: Flux | FluxHistory,
    target: Any,
    interaction: Interaction | None = None,
    *,
    covariance: bool = False,
) -> Any:
    """Rate [1/(kg day); a burst: 1/kg] in bins of recoil energy: integrals of dR/dT, not values at the middle.

    Parameters
    ----------
    edges : array_like (n + 1,)
        Increasing recoil energies [keV], ≥ 0.
    flux, target, interaction, covariance
        As for `differential_rate`.

    Returns
    -------
    ndarray (n,)
        The integrals, to 1e-8 of each: Gauss–Legendre in √T between the recoil energies at which the rate is not smooth. Of a
        history (n, steps).
    covariance : ndarray (n, n), if asked for
        From the uncertainties of the flux.

    Raises
    ------
    InputError
        For edges that do not increase, are negative, infinite or nan, or are not 1-d.
    """
    T = bin_edges(edges, "recoil energies", "keV", empty=True)
    theory = _checked(flux, interaction, None, covariance)
    target = _target(target)
    if theory.reduced is None:
        return _bins_of_terms(T, flux, target, theory, covariance)
    composition, groups = _composition(theory.reduced, target)
    if not isinstance(flux, Flux):
        distinct, weights = _distinct(flux, groups)
        rows = _integrals(T, composition, distinct.each, distinct.parts)
        return rows.T.copy() if weights is None else rows.T @ weights.T
    bins = np.zeros(max(0, T.size - 1))
    if bins.size:
        _core.binned_rate(T, composition, _components(flux, groups, None), flux.breaks, flux.straight, bins)
    if covariance:
        parts = [uncertainty.parts for uncertainty in flux.uncertainties]
        changes = _integrals(T, composition, [weighted(part, flux.per, groups) for part in parts], parts)
        return bins, _covariance(changes, bins.shape)
    return bins


def rate(
    flux: Flux | FluxHistory,
    target: Any,
    interaction: Interaction | None = None,
    threshold: ArrayLike = 0.0,
    maximum: ArrayLike = np.inf,
    *,
    covariance: bool = False,
) -> Any:
    """Rate [1/(kg day); a burst: 1/kg] of recoils between a threshold and a maximum.

    Parameters
    ----------
    flux, target, interaction, covariance
        As for `differential_rate`.
    threshold, maximum : array_like
        Recoil energies [keV], 0 ≤ threshold ≤ maximum; they broadcast. The maximum may be infinite. Many thresholds cost little
        more than one.

    Returns
    -------
    float or ndarray
        The integral of dR/dT, to 1e-8, the broadcast shape; of a history with a last axis, by step of time.
    covariance : float or ndarray, if asked for
        Of the shape of the rate twice over, from the uncertainties of the flux.

    Raises
    ------
    InputError
        For a threshold above the maximum, a negative or nan value.
    """
    least = real_array(threshold, "threshold", unit="keV", minimum=0.0)
    most = real_array(maximum, "maximum", unit="keV", minimum=0.0, infinite=True)
    shape, (low, high) = broadcast(least, most)
    if (low > high).any():
        i = int(np.argmax(low > high))
        raise InputError(f"threshold must be <= maximum (got threshold {digits(low[i])} keV and maximum {digits(high[i])} keV)")
    theory = _checked(flux, interaction, None, covariance)
    target = _target(target)
    history = () if isinstance(flux, Flux) else (len(flux),)
    # beyond the largest recoil of the flux there is nothing, so infinity can be a bin edge beyond it
    lightest = min((nuclide for nuclide, _ in target.components), key=lambda nuclide: nuclide.mass)
    end = recoil_energy_max(_end(flux, covariance), lightest)
    ends = np.minimum(np.stack([low, high]), 2.0 * max(end, low.max(initial=0.0), 1e-300))
    edges = increasing(ends)
    if edges.size < 2:
        none = restore(np.zeros((*shape, *history)), (*shape, *history))
        return (none, restore(np.zeros((*shape, *shape)), (*shape, *shape))) if covariance else none
    first, last = np.searchsorted(edges, ends)
    if not covariance:
        bins = np.moveaxis(binned_rate(edges, flux, target, interaction), 0, -1)
        sums = _between(bins, first, last)
        return restore(np.ascontiguousarray(np.moveaxis(sums, 0, -1) if history else sums), (*shape, *history))
    if theory.reduced is None:
        assert isinstance(flux, Flux)  # a history has no covariance
        central = terms.integrals(edges, flux, target, theory)
        changes = terms.integrals(edges, flux, target, theory, (), "uncertainty")
        bins = np.concatenate([[central.sum(axis=0)], changes.sum(axis=0)])
    else:
        composition, groups = _composition(theory.reduced, target)
        parts = [flux.components, *(uncertainty.parts for uncertainty in flux.uncertainties)]  # type: ignore[union-attr]
        bins = _integrals(edges, composition, [weighted(part, flux.per, groups) for part in parts], parts)
    sums = _between(bins, first, last)
    return restore(sums[0], shape), _covariance(sums[1:], shape)


def _between(bins: Array, first: Array, last: Array) -> Array:
    """Sums of bins (…, n) from the first to before the last."""
    if (last == bins.shape[-1]).all():
        above = np.zeros((*bins.shape[:-1], bins.shape[-1] + 1))
        above[..., :-1] = np.cumsum(bins[..., ::-1], axis=-1)[..., ::-1]  # sums of positive terms only
        return np.asarray(above[..., first])
    return np.stack([bins[..., i:j].sum(axis=-1) for i, j in zip(first, last, strict=True)], axis=-1)


def _covariance(changes: Array, shape: tuple[int, ...]) -> Any:
    """Σ r rᵀ over the rows, in the shape of a rate twice over."""
    return restore(np.asarray(changes.T @ changes), (*shape, *shape))


def _end(flux: Flux | FluxHistory, covariance: bool = False) -> float:
    """The largest energy [MeV] of the flux, or of its uncertainties too, which may reach further."""
    if not isinstance(flux, Flux):
        return max(float(step.breaks[-1]) for step in flux.fluxes)
    uncertain = [part.spectrum.breaks[-1] for each in flux.uncertainties for part in each.parts] if covariance else []
    return float(max([flux.breaks[-1], *uncertain]))


def _target(target: Any) -> Target:
    return target if isinstance(target, Target) else Target(target)


def _checked(flux: Flux | FluxHistory, interaction: Interaction | None, split: str | None, covariance: bool) -> Interaction:
    """The interaction, after a look at the arguments."""
    if split is not None:
        known_name(split, SPLITS, "split")
    if flag(covariance, "covariance") and split is not None:
        raise InputError(f"covariance=True needs split=None (got {shown(split)})")
    if not isinstance(flux, Flux):
        from ..fluxes.histories import FluxHistory

        if not isinstance(flux, FluxHistory):
            raise InputError(not_a_flux(flux))
        if split is not None or covariance:
            raise InputError(f"the rate of a history has no split and no covariance (got {split=}, {covariance=})")
    return interaction_or_default(interaction)


def _of_terms(
    T: Array,
    shape: tuple[int, ...],
    flux: Flux | FluxHistory,
    target: Target,
    theory: Interaction,
    split: str | None,
    covariance: bool,
) -> Any:
    """dR/dT of an interaction that is more than charges of the Standard Model."""
    if not isinstance(flux, Flux):
        steps = _by_step(flux, theory, lambda each, by: terms.rates(T, each, target, theory, split=by))
        return steps.T.reshape(*shape, len(flux))
    total = terms.rates(T, flux, target, theory, split=split).sum(axis=0)
    if covariance:
        return restore(total, shape), _covariance(terms.rates(T, flux, target, theory, split="uncertainty").sum(axis=0), shape)
    return restore(total, shape) if split is None else total.reshape(len(total), *shape)


def _bins_of_terms(edges: Array, flux: Flux | FluxHistory, target: Target, theory: Interaction, covariance: bool) -> Any:
    """Its integrals over bins."""
    if edges.size < 2:
        none = np.zeros((0, len(flux)) if not isinstance(flux, Flux) else 0)
        return (none, np.zeros((0, 0))) if covariance else none
    if not isinstance(flux, Flux):
        return _by_step(flux, theory, lambda each, by: terms.integrals(edges, each, target, theory, split=by)).T.copy()
    bins = terms.integrals(edges, flux, target, theory).sum(axis=0)
    if not covariance:
        return bins
    return bins, _covariance(terms.integrals(edges, flux, target, theory, (), "uncertainty").sum(axis=0), bins.shape)


def _by_step(history: FluxHistory, theory: Interaction, of: Callable[[Flux, str | None], Array]) -> Array:
    """What `of` makes of each step (steps, n), from its rows by component of the distinct spectra where these are fewer."""
    rows = layout(theory).rows
    seen = [rows[9 * (i // 3) + i % 3] for i in range(len(constants.FLAVORS))]
    order = list(dict.fromkeys(seen))
    if not any(step.coherences for step in history.fluxes):
        distinct, weights = _distinct(history, tuple(order.index(row) for row in seen))
        if weights is not None:
            together = Flux(tuple(component for part in distinct.parts for component in part), history.per)
            return np.asarray(weights @ of(together, "component").sum(axis=0))
    return np.array([of(step, None).sum(axis=0) for step in history.fluxes])


@lru_cache(maxsize=256)
def _composition(interaction: StandardModel, target: Target) -> tuple[_core.Composition, tuple[int, ...]]:
    """The target as the kernels take it, and to which group of flavours that see the same nuclei each flavour belongs.

    Prepared once for a pair: making it costs more than a rate. Nothing in it depends on a flux or a recoil energy.
    """
    groups = interaction.groups
    flavors = [constants.FLAVORS[groups.index(group)] for group in range(max(groups) + 1)]
    nuclei = [[interaction.nucleus(nuclide, flavor) for flavor in flavors] for nuclide, _ in target.components]
    per_kg = [count for _, count in target.components]
    return _core.Composition(nuclei, per_kg), groups


def _components(flux: Flux, groups: tuple[int, ...], split: str | None) -> _core.Components:
    """The components of a flux in the order of the loops, with rates per day; kept with the flux."""
    prepared = flux.prepared.get((groups, split))
    if prepared is None:
        rows = [0] * len(flux.components)
        if split == "flavor":
            rows = [flux.flavors.index(c.flavor) for c in flux.components]
        elif split == "component":
            rows = list(range(len(flux.components)))
        prepared = flux.prepared[groups, split] = weighted(flux.components, flux.per, groups, rows)
    return prepared


def _uncertainties(flux: Flux, groups: tuple[int, ...]) -> _core.Components:
    """The parts of the uncertainties of a flux, one row each; kept with the flux."""
    key = (groups, "uncertainty")
    prepared = flux.prepared.get(key)
    if prepared is None:
        rows = [row for row, uncertainty in enumerate(flux.uncertainties) for _ in uncertainty.parts]
        parts = [part for uncertainty in flux.uncertainties for part in uncertainty.parts]
        prepared = flux.prepared[key] = weighted(parts, flux.per, groups, rows)
    return prepared


def _integrals(
    edges: Array, composition: _core.Composition, each: Sequence[_core.Components], parts: Sequence[Sequence[Component]]
) -> Array:
    """Integrals of the rates of several sets of components over bins: (sets, bins)."""
    rows = np.zeros((len(each), max(0, edges.size - 1)))
    if rows.shape[1]:
        for row, components, part in zip(rows, each, parts, strict=True):
            if part:
                breaks = increasing(np.concatenate([c.spectrum.breaks for c in part]))
                _core.binned_rate(edges, composition, components, breaks, all(c.spectrum.straight for c in part), row)
    return rows


class _Distinct:
    """The distinct spectra of a history, in the groups of flavours that an interaction tells apart."""

    def __init__(self, parts: list[list[Component]], per: str, groups: tuple[int, ...]) -> None:
        self.parts, self.per, self.groups, self.rows = parts, per, groups, len(parts)
        rows = [row for row, part in enumerate(parts) for _ in part]
        self.all = weighted([component for part in parts for component in part], per, groups, rows)

    @property
    def each(self) -> list[_core.Components]:
        """One by one."""
        return [weighted(part, self.per, self.groups) for part in self.parts]


def _distinct(history: FluxHistory, groups: tuple[int, ...]) -> tuple[_Distinct, Array | None]:
    """The distinct spectra of a history and their weights (steps, spectra); kept with the history.

    Where most spectra belong to one step alone, weights would be a large matrix of zeros: there the rows are the steps, and the
    weights None.
    """
    prepared = history.prepared.get(groups)
    if prepared is None:
        seen: dict[int, Spectrum] = {}  # equal spectra as one, each compared once
        equal: dict[Spectrum, Spectrum] = {}
        scales: dict[tuple[int, int], dict[int, float]] = {}
        for step, flux in enumerate(history.fluxes):
            for c in flux.components:
                spectrum = seen.get(id(c.spectrum))
                if spectrum is None:  # comparing long tables would cost more than what it may spare
                    alike = c.spectrum if isinstance(c.spectrum, Table) else equal.setdefault(c.spectrum, c.spectrum)
                    spectrum = seen[id(c.spectrum)] = alike
                steps = scales.setdefault((id(spectrum), groups[constants.FLAVORS.index(c.flavor)]), {})
                steps[step] = steps.get(step, 0.0) + c.scale
        flavors = [constants.FLAVORS[groups.index(group)] for group in range(max(groups) + 1)]
        used = sum(map(len, scales.values()))
        weights: Array | None = None
        if len(scales) <= 64 or 4 * len(scales) <= used:
            weights = np.zeros((len(history), len(scales)))
            for column, steps in enumerate(scales.values()):
                weights[list(steps), column] = list(steps.values())
            parts = [[Component(flavors[group], "", seen[key])] for key, group in scales]
        else:
            by_step: list[dict[int, list[tuple[Spectrum, float]]]] = [{} for _ in range(len(history))]
            for (key, group), steps in scales.items():
                for step, scale in steps.items():
                    by_step[step].setdefault(group, []).append((seen[key], scale))
            parts = [
                [
                    Component(flavors[group], "", spectrum, scale)
                    for group in held
                    for spectrum, scale in Table.added(held[group])
                ]
                for held in by_step
            ]
        by_class: dict[type[Spectrum], list[Spectrum]] = {}
        for part in parts:
            for c in part:
                for spectrum, _ in c.spectrum.parts:
                    by_class.setdefault(type(spectrum), []).append(spectrum)
        for kind, spectra in by_class.items():
            kind.prepare_many(spectra)
        prepared = _Distinct(parts, history.per, groups), weights
        history.prepared[groups] = prepared
    return prepared
