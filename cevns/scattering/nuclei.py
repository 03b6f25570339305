"""Terms: rates of the pairs of currents of an interaction, each for a coupling of 1.

    dR/dT = Σ_terms weight(θ) n (G_F² M/π) Σ_aa' Re[S_aa'(T) I_aa'(T)],    I_aa' = Σ_k p_k(T, M) Φ_k^aa'(E_min(T))

S holds the charges and the nucleus (`strengths`); I holds the flux and the kind of current, no charge: it is compiled. a ≠ a'
only where the flux carries coherence. Folded with the response of a detector, terms are templates.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import constants
from .._arguments import Array, increasing
from .._core import rates as _core
from ..errors import UnsupportedError
from ..fluxes.components import Component
from ..fluxes.flux import Flux
from ..fluxes.spectra import Spectrum
from ..interactions import Interaction
from ..interactions.kinds import KINDS, recoil_energy_range
from ..interactions.quadratic_forms import PAIRS, Layout, layout, products, refuse_zero, row_of
from ..nuclei.nuclides import Nuclide
from ..nuclei.targets import Target
from .quadrature import gauss_in_root, octaves

# ---- the flux by row -----------------------------------------------------------------------------------------------------


class _Rows(NamedTuple):
    """The parts of a flux in the order of the kernel."""

    parts: _core.Components
    row: NDArray[np.intp]  # by which row of the tables each is multiplied
    out: NDArray[np.intp]  # to which row of the result it goes
    n_out: int


def weighted(
    components: Sequence[Component], per: str, groups: tuple[int, ...], rows: Sequence[int] | None = None
) -> _core.Components:
    """Components as the kernels take them, with rates per day; all in row 0 by default."""
    days = constants.DAY if per == "s" else 1.0
    weights: dict[tuple[Spectrum, int, int], list[Any]] = {}
    for c, row in zip(components, [0] * len(components) if rows is None else rows, strict=True):
        group = groups[constants.FLAVORS.index(c.flavor)]
        for part, factor in c.spectrum.parts:
            entry = weights.setdefault((part, group, row), [part, group, row, 0.0, 0.0])
            weight = c.scale * factor * days
            entry[3] += weight
            entry[4] += abs(weight)
    # what flavours that look alike exchange leaves only rounding in their sum
    kept = [entry for entry in weights.values() if abs(entry[3]) > 1e-15 * entry[4]]
    return _core.Components(
        [part.moments for part, *_ in kept],
        [entry[3] for entry in kept],
        [entry[1] for entry in kept],
        [entry[2] for entry in kept],
    )


def _rows(flux: Flux, rows: tuple[int, ...], split: str | None) -> _Rows:
    """The parts of a flux by row of the tables and by row of the result; kept with the flux."""
    prepared: _Rows | None = flux.prepared.get((rows, split, "terms"))
    if prepared is None:
        held: list[tuple[Component, int, int]] = []
        if split == "uncertainty":
            each = [(part, i) for i, uncertainty in enumerate(flux.uncertainties) for part in uncertainty.parts]
        elif split == "flavor":
            each = [(c, flux.flavors.index(c.flavor)) for c in flux.components]
        else:
            each = [(c, i if split == "component" else 0) for i, c in enumerate(flux.components)]
        held += [(part, rows[row_of(part.flavor)], out) for part, out in each]
        for c in () if split == "uncertainty" else flux.coherences:
            first = row_of(*c.flavors)
            if split in ("flavor", "component") and (rows[first] >= 0 or rows[first + len(PAIRS)] >= 0):
                raise UnsupportedError(f"a rate that depends on coherence between flavours has no split by {split}")
            held.append((Component(c.flavors[0], c.name, c.real, c.scale), rows[first], 0))
            held.append((Component(c.flavors[0], c.name, c.imaginary, c.scale), rows[first + len(PAIRS)], 0))
        held = [entry for entry in held if entry[1] >= 0]
        places = list(dict.fromkeys((row, out) for _, row, out in held))
        n_out = {"uncertainty": len(flux.uncertainties), "flavor": len(flux.flavors), "component": len(flux.components)}
        prepared = flux.prepared[rows, split, "terms"] = _Rows(
            weighted(
                [part for part, _, _ in held],
                flux.per,
                (0,) * len(constants.FLAVORS),
                [places.index((row, out)) for _, row, out in held],
            ),
            np.array([row for row, _ in places], dtype=np.intp),
            np.array([out for _, out in places], dtype=np.intp),
            n_out.get(split or "", 1),
        )
    return prepared


# ---- rates ---------------------------------------------------------------------------------------------------------------


def rates(
    recoil_energy: Array,
    flux: Flux,
    target: Target,
    interaction: Interaction,
    parameters: tuple[str, ...] = (),
    split: str | None = None,
) -> Array:
    """dR/dT of each term for a coupling of 1 [1/(kg day keV); a burst: 1/(kg keV)]: (terms, n), with a split (terms, rows, n).

    Parameters
    ----------
    recoil_energy : ndarray (n,)
        T [keV], ≥ 0.
    flux, target, interaction
        Checked.
    parameters : tuple of str
        The free couplings; the terms are those of `layout`.
    split : {"nuclide", "flavor", "component", "uncertainty"}, optional
        A second axis.

    Raises
    ------
    InputError
        For T = 0 where the interaction diverges there.
    UnsupportedError
        For a split by flavour or component of what depends on coherence.
    """
    terms = layout(interaction, parameters)
    nuclides = [nuclide for nuclide, _ in target.components]
    if (recoil_energy == 0).any():
        refuse_zero(terms)
    out = _rates(recoil_energy, flux, terms, nuclides, [count for _, count in target.components], split)
    return np.asarray(out if split is not None else out[:, 0])


def _rates(
    recoil_energy: Array, flux: Flux, terms: Layout, nuclides: Sequence[Nuclide], counts: Sequence[float], split: str | None
) -> Array:
    """As `rates`, with an axis for the split always: (terms, rows, n)."""
    T = np.ascontiguousarray(recoil_energy)
    masses = np.array([nuclide.mass for nuclide in nuclides])
    rows = _rows(flux, terms.rows, None if split == "nuclide" else split)
    codes = np.array([KINDS[block.kind].code for block in terms.blocks], dtype=np.intc)
    final_masses = np.array([block.final_mass for block in terms.blocks])
    sums = np.zeros((masses.size, codes.size, rows.row.size, T.size))
    _core.kind_sums(T, masses, rows.parts, codes, final_masses, terms.structure.kinematics == "spin-1/2", sums)
    sums *= (constants.WEAK_CROSS_SECTION * masses * np.array(counts))[:, None, None, None]
    n_out = len(nuclides) if split == "nuclide" else rows.n_out
    out = []
    for i, (block, product) in enumerate(zip(terms.blocks, products(terms, nuclides, T), strict=True)):
        found = np.zeros((len(block.table), n_out, T.size))
        # what holds the recoil energy first, then the charges; beyond the end of a table of F nothing is finite
        with np.errstate(invalid="ignore"):
            for j, row in enumerate(rows.row):
                if split == "nuclide":
                    part = product * sums[:, i, j]  # (products, nuclides, n)
                    found += (block.table[:, row] @ part.reshape(len(product), -1)).reshape(found.shape)
                else:
                    found[:, rows.out[j]] += block.table[:, row] @ np.einsum("pun,un->pn", product, sums[:, i, j])
        out.append(found)
    return np.concatenate(out) if out else np.zeros((0, n_out, T.size))


def integrals(
    edges: Array,
    flux: Flux,
    target: Target,
    interaction: Interaction,
    parameters: tuple[str, ...] = (),
    split: str | None = None,
) -> Array:
    """Integrals of `rates` over bins (terms, [rows,] n), to 1e-8 of each: Gauss–Legendre in √T.

    Panels end where the flux is not smooth and at every octave in √T, down to where nothing changes any more: poles of light
    mediators at T = −m²/2M and powers 1/T are followed as well as form factors.
    """
    terms = layout(interaction, parameters)
    if edges[0] == 0:
        refuse_zero(terms)
    n_split = {None: 1, "component": len(flux.components), "uncertainty": len(flux.uncertainties)}[split]
    out = np.zeros((len(terms.exponents), n_split, edges.size - 1))
    for nuclide, count in target.components:
        T, weight, bins = _nodes(edges, flux, terms, nuclide, split)
        if not T.size:
            continue
        values = _rates(T, flux, terms, [nuclide], [count], split) * weight
        first = np.flatnonzero(np.diff(bins, prepend=-1))
        out[..., bins[first]] += np.add.reduceat(values, first, axis=-1)
    return np.asarray(out if split is not None else out[:, 0])


def _nodes(
    edges: Array, flux: Flux, terms: Layout, nuclide: Nuclide, split: str | None
) -> tuple[Array, Array, NDArray[np.intp]]:
    """Recoil energies [keV], weights, and bins of a quadrature of one nuclide."""
    breaks = [increasing(flux.breaks)]
    if split == "uncertainty":  # they may reach further than the flux
        breaks += [part.spectrum.breaks for uncertainty in flux.uncertainties for part in uncertainty.parts]
    breaks += [c.breaks for coherence in flux.coherences for c in (coherence.real, coherence.imaginary)]
    E = np.concatenate(breaks)
    knots = [np.zeros(1)]
    for mass in {block.final_mass for block in terms.blocks}:
        low, high = recoil_energy_range(E[E > 0], nuclide.mass, mass)
        knots += [low, high]
    cuts = np.sqrt(1e3 * increasing(np.concatenate(knots)))
    end = float(cuts[-1])
    s = np.minimum(np.sqrt(edges), end)
    if s[0] >= s[-1]:
        return np.empty(0), np.empty(0), np.empty(0, dtype=np.intp)
    inside = np.concatenate([cuts, octaves(float(s[0]), end, terms, nuclide, cuts)])
    points = increasing(np.concatenate([s, inside[(inside > s[0]) & (inside < s[-1])]]))
    T, weight, panel = gauss_in_root(points[:-1], points[1:], nuclide)
    of_panel = np.searchsorted(s, (points[:-1] + points[1:]) / 2, side="right") - 1
    bins = np.minimum(of_panel, edges.size - 2)[panel]
    order = np.argsort(bins, kind="stable")
    return T[order], weight[order], bins[order]
