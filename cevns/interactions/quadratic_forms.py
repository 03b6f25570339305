"""Strengths: what an interaction and a nucleus make of a kind of current, as quadratic forms in the couplings.

The amplitude of one kind of current is A_ab(θ) = Σ_s θ_s A^s_ab, with A^0 for all that has no free coupling and A^s = Σ_i w_i
g^i for the charges g that coupling s multiplies. So a cross section is a sum over pairs of currents,

    dσ/dT = (G_F² M/π) Σ_kinds Σ_{s ≤ t} θ_s θ_t S^{st}_aa(T) Σ_k p_k(T, M) E^−k
    S^{st}_aa' = Σ_b A^s_ab (A^t_a'b)*, and the same with s and t exchanged if they differ

A *term* is one pair, its *weight* θ_s θ_t. Without free couplings there is one term of weight 1 a kind. a ≠ a' only where a
flux carries coherence; antineutrinos have S*.

Formulas
--------
rates as quadratic forms in couplings: dσ/dT = (G_F² M/π) Σ_{s ≤ t} θ_s θ_t S^{st}(T) Σ_k p_k(T, M) E^−k
    derived here
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import constants
from .._arguments import Array
from ..errors import InputError
from .currents import Interaction
from .kinds import KINDS
from .standard_model import StandardModel

# elements of the density matrices of neutrinos and of antineutrinos that a flux may have: φ_a, then Re ρ_ab, Im ρ_ab of pairs
N_ELEMENTS = 18
PAIRS = ((0, 1), (0, 2), (1, 2))
_LARGEST = 1e150  # a charge whose square is a number
Propagator = Callable[[Array], Array]


class Block(NamedTuple):
    """The terms of one kind of current, or of the interference of two.

    With the propagators P_c of its currents and the response W_ij of the nucleus, all that depends on T are the products
    W_ij P_c P_c' [p_k(T) comes with the kind]; `table` says how terms and elements of a flux are made of them.
    """

    kind: str
    final_mass: float
    propagators: tuple[Propagator | None, ...]
    products: tuple[tuple[int, int, int, int], ...]  # (i, j, c, c')
    table: Array  # (terms, rows, products)
    diverges: bool


class Layout(NamedTuple):
    """The terms of an interaction.

    Attributes
    ----------
    parameters : tuple of str
        The free couplings.
    exponents : ndarray (terms, parameters)
        Powers of the couplings in the weight of each term.
    blocks : tuple of Block
        By kind; their terms stand one after the other.
    rows : tuple of int
        For each of N_ELEMENTS elements of a flux the row of the tables that it is multiplied by, −1 for none: φ_a of the three
        neutrinos, Re ρ_ab and Im ρ_ab of their three pairs, then the same of antineutrinos.
    structure : StandardModel
        Form factors, spins and kinematics.
    flat_below : float
        Momentum transfer [MeV] up to which all propagators are smooth: the mass of the lightest boson.
    """

    parameters: tuple[str, ...]
    exponents: NDArray[np.intp]
    blocks: tuple[Block, ...]
    rows: tuple[int, ...]
    structure: StandardModel
    flat_below: float

    @property
    def n_rows(self) -> int:
        """Different rows."""
        return max(self.rows) + 1


class _Slots(NamedTuple):
    """The currents of one kind by the coupling that multiplies them, and by propagator."""

    exponents: list[tuple[int, ...]]
    propagators: list[Propagator | None]
    matrices: list[dict[int, NDArray[np.complex128]]]  # for each coupling: propagator → (2, 3, 3)


@lru_cache(maxsize=256)
def layout(interaction: Interaction, parameters: tuple[str, ...] = ()) -> Layout:
    """The terms of an interaction with some of its couplings free.

    Raises
    ------
    UnknownNameError
        For a parameter that multiplies nothing in the interaction.
    """
    structure = interaction.standard_model or StandardModel()
    held: dict[tuple[str, float], _Slots] = {}
    diverging = set()
    for current in interaction.currents_by(parameters):
        exponents = tuple(current.power if name == current.parameter else 0 for name in parameters)
        factor = 1.0 if any(exponents) else current.factor
        if not factor or not current.matrix.any():
            continue
        key = (current.kind, current.final_mass)
        slots = held.setdefault(key, _Slots([], [], []))
        if exponents not in slots.exponents:
            slots.exponents.append(exponents)
            slots.matrices.append({})
        if current.propagator not in slots.propagators:
            slots.propagators.append(current.propagator)
        if current.diverges:
            diverging.add(key)
        matrices = slots.matrices[slots.exponents.index(exponents)]
        place = slots.propagators.index(current.propagator)
        with np.errstate(over="ignore", invalid="ignore"):
            charges = matrices.get(place, 0) + factor * current.matrix
        if not np.abs(charges).max() < _LARGEST:
            what = current.parameter or "couplings"
            raise InputError(f"{what} must be such that no charge is {_LARGEST:g} times those of the Standard Model or more")
        matrices[place] = charges
    # kinds of one final mass stand together
    kinds = sorted(held, key=lambda key: (key[1], KINDS[key[0]].code))
    tables = [(kind, mass, held[kind, mass], held[kind, mass]) for kind, mass in kinds]
    for one, other, kind in interaction.interferences:
        tables += [(kind, 0.0, held[i], held[j]) for i in kinds for j in kinds if (i[0], j[0]) == (one, other)]
    powers: list[Array] = []
    made = [_table(kind, left, right, powers) for kind, _, left, right in tables]
    distinct, rows = _distinct_rows([table for *_, table in made])
    blocks = tuple(
        Block(kind, mass, propagators, products, np.ascontiguousarray(table[:, distinct]), (kind, mass) in diverging)
        for (kind, mass, _, _), (propagators, products, table) in zip(tables, made, strict=True)
    )
    exponents_of = np.array(powers, dtype=np.intp).reshape(len(powers), len(parameters))
    flat = flat_below([propagator for block in blocks for propagator in block.propagators if propagator is not None])
    return Layout(tuple(parameters), exponents_of, blocks, rows, structure, flat)


def flat_below(propagators: Sequence[Propagator]) -> float:
    """Momentum transfer [MeV] up to which all propagators are smooth: the mass of the lightest boson.

    Those that grow without end at 0 ask for a threshold, and are left out. A propagator may say it by an attribute
    `flat_below`; of others it is where they have changed by a thousandth.
    """
    q = 2.0 ** np.arange(-300.0, 14.0)
    flat = float(q[-1])
    for propagator in propagators:
        known = getattr(propagator, "flat_below", None)
        if known is not None:
            flat = min(flat, known or flat)
            continue
        with np.errstate(divide="ignore"):
            at_zero, values = propagator(np.zeros(1))[0], propagator(q)
        if np.isfinite(at_zero):
            falls = np.abs(values - at_zero) > abs(at_zero) / 1000
            flat = min(flat, float(q[np.argmax(falls)])) if falls.any() else flat
    return flat


def _table(
    kind: str, left: _Slots, right: _Slots, powers: list[Array]
) -> tuple[tuple[Propagator | None, ...], tuple[tuple[int, int, int, int], ...], Array]:
    """Propagators, products, and what pairs of couplings make of these (pairs, N_ELEMENTS, products); adds their powers."""
    same = left is right
    propagators = left.propagators if same else left.propagators + right.propagators
    shift = 0 if same else len(left.propagators)
    basis = [(i, c) for c in range(len(propagators)) for i in range(1 if KINDS[kind].response == "protons" else 2)]
    products = list(itertools.combinations_with_replacement(range(len(basis)), 2))
    place = {pair: p for p, pair in enumerate(products)}
    table = []
    for s, first in enumerate(left.matrices):
        for t, second in enumerate(right.matrices):
            if same and t < s:
                continue
            out = np.zeros((N_ELEMENTS, len(products)))
            for c, G in first.items():
                for d, H in second.items():
                    for i in range(2):
                        for j in range(2):
                            one, other = (i, c), (j, d + shift)
                            if one in basis and other in basis:
                                pair = sorted((basis.index(one), basis.index(other)))
                                out[:, place[pair[0], pair[1]]] += _elements(G[i] @ H[j].conj().T, same and s != t)
            if not same:
                out[N_ELEMENTS // 2 :] *= -1.0
            table.append(out)
            powers.append(np.add(left.exponents[s], right.exponents[t]))
    return (
        tuple(propagators),
        tuple((basis[k][0], basis[n][0], basis[k][1], basis[n][1]) for k, n in products),
        np.array(table).reshape(len(table), N_ELEMENTS, len(products)),
    )


def _elements(product: NDArray[np.complex128], twice: bool) -> Array:
    """What multiplies φ_a, Re ρ_ab, Im ρ_ab of neutrinos, then of antineutrinos (18,): S = A A'† made Hermitian."""
    S = (product + product.conj().T) / (1 if twice else 2)
    flavors = [S[a, a].real for a in range(3)]
    real, imaginary = [2 * S[pair].real for pair in PAIRS], [-2 * S[pair].imag for pair in PAIRS]
    return np.array([*flavors, *real, *imaginary, *flavors, *real, *(-x for x in imaginary)])


def _distinct_rows(tables: list[Array]) -> tuple[list[int], tuple[int, ...]]:
    """The rows of tables that differ and are not 0, and for each row which of them it is, or −1."""
    distinct: list[int] = []
    rows = []
    for i in range(N_ELEMENTS):
        if not any(table[:, i].any() for table in tables):
            rows.append(-1)
            continue
        equal = [n for n, j in enumerate(distinct) if all(np.array_equal(table[:, i], table[:, j]) for table in tables)]
        if not equal:
            distinct.append(i)
        rows.append(equal[0] if equal else len(distinct) - 1)
    return distinct, tuple(rows)


def element(flavor: str, other: str | None = None) -> int:
    """The index among N_ELEMENTS of φ of a flavour, or of Re ρ of two; that of Im ρ is larger by len(PAIRS)."""
    index = constants.FLAVORS.index(flavor)
    within = index % 3 if other is None else 3 + PAIRS.index((index % 3, constants.FLAVORS.index(other) % 3))
    return N_ELEMENTS // 2 * (index // 3) + within
