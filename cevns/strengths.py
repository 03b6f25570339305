"""Strengths: what an interaction and a nucleus make of a kind of current, as quadratic forms in the couplings.

The amplitude of one kind of current is A_ab(θ) = Σ_s θ_s A^s_ab, with A^0 for all that has no free coupling and A^s = Σ_i w_i g^i for
the charges g that coupling s multiplies. So a cross section is a sum over pairs of currents,

    dσ/dT = (G_F² M/π) Σ_kinds Σ_{s ≤ t} θ_s θ_t S^{st}_aa(T) Σ_k p_k(T, M) E^−k
    S^{st}_aa' = Σ_b A^s_ab (A^t_a'b)*, and the same with s and t exchanged if they differ

A *term* is one pair, its *weight* θ_s θ_t. Without free couplings there is one term of weight 1 a kind. a ≠ a' only where a flux
carries coherence; antineutrinos have S*.
"""

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import constants
from ._arguments import Array
from .errors import InputError, UnsupportedError
from .interactions import Current, Interaction
from .interactions.kinds import KINDS
from .nuclides import Nuclide
from .polynomials import gauss_legendre

if TYPE_CHECKING:
    from .interactions import StandardModel

N_ROWS = 18  # elements of the density matrices of neutrinos and of antineutrinos that a flux may have
PAIRS = ((0, 1), (0, 2), (1, 2))


class _Block(NamedTuple):
    """The currents of one kind, by the coupling that multiplies them."""

    kind: str
    final_mass: float
    slots: tuple[tuple[tuple[int, ...], tuple[tuple[Current, float], ...]], ...]  # (exponents, (current, its factor))


class Layout(NamedTuple):
    """The terms of an interaction.

    Attributes
    ----------
    parameters : tuple of str
        The free couplings.
    exponents : ndarray (terms, parameters)
        Powers of the couplings in the weight of each term.
    kinds : tuple of (str, float)
        Kinds that occur, with the mass [MeV] of their final state, in the order of that.
    of_kind : ndarray (terms,)
        Which of the kinds each term is of.
    """

    parameters: tuple[str, ...]
    exponents: NDArray[np.intp]
    kinds: tuple[tuple[str, float], ...]
    of_kind: NDArray[np.intp]
    blocks: tuple[_Block, ...]
    pairs: tuple[tuple[int, int, int, int], ...]  # (block, slot, block, slot)
    structure: "StandardModel"


@lru_cache(maxsize=256)
def layout(interaction: Interaction, parameters: tuple[str, ...] = ()) -> Layout:
    """The terms of an interaction with some of its couplings free.

    Raises
    ------
    UnknownNameError
        For a parameter that multiplies nothing in the interaction.
    UnsupportedError
        For the interference of vector and axial current of a point of spin ½ together with new physics.
    """
    structure = interaction.structure
    if structure.interferes:
        raise UnsupportedError(
            "the interference of vector and axial current (axial with kinematics='spin-1/2') is known for the Standard Model alone"
        )
    held: dict[tuple[str, float], dict[tuple[int, ...], list[tuple[Current, float]]]] = {}
    for current in interaction.currents_by(parameters):
        exponents = tuple(current.power if name == current.parameter else 0 for name in parameters)
        factor = 1.0 if any(exponents) else current.factor
        if factor and current.matrix.any():
            slots = held.setdefault((current.kind, current.final_mass), {})
            slots.setdefault(exponents, []).append((current, factor))
    kinds = sorted(held, key=lambda key: (key[1], KINDS[key[0]].code))
    blocks = [_Block(*key, tuple((e, tuple(cs)) for e, cs in held[key].items())) for key in kinds]
    pairs, powers, of_kind = [], [], []
    for i, block in enumerate(blocks):
        for s in range(len(block.slots)):
            for t in range(s, len(block.slots)):
                pairs.append((i, s, i, t))
                powers.append(np.add(block.slots[s][0], block.slots[t][0]))
                of_kind.append(i)
    for one, other, kind in interaction.interferences:
        for i, j in [(i, j) for i, a in enumerate(blocks) for j, b in enumerate(blocks) if (a.kind, b.kind) == (one, other)]:
            if (kind, 0.0) not in kinds:
                kinds.append((kind, 0.0))
            for s in range(len(blocks[i].slots)):
                for t in range(len(blocks[j].slots)):
                    pairs.append((i, s, j, t))
                    powers.append(np.add(blocks[i].slots[s][0], blocks[j].slots[t][0]))
                    of_kind.append(kinds.index((kind, 0.0)))
    shape = (len(pairs), len(parameters))
    exponents_array = np.array(powers, dtype=np.intp).reshape(shape)
    return Layout(tuple(parameters), exponents_array, tuple(kinds), np.array(of_kind, dtype=np.intp), tuple(blocks), tuple(pairs), structure)


def strengths(terms: Layout, nuclides: Sequence[Nuclide], recoil_energy: Array) -> Array:
    """S (terms, N_ROWS, nuclides, n) [units of the kinds] at recoil energies (n,) [keV].

    The rows are what multiplies the elements of a flux: φ_a of the three neutrinos, Re ρ_ab and Im ρ_ab of their three pairs; then the
    same of antineutrinos.
    """
    masses = np.array([nuclide.mass for nuclide in nuclides])
    q = np.sqrt(2e-3 * masses[:, None] * recoil_energy)  # MeV, (nuclides, n)
    responses: dict[str, Array] = {}
    amplitudes = []
    for block in terms.blocks:
        response = KINDS[block.kind].response
        key = block.kind if block.kind == "pseudoscalar" else response
        if key not in responses:
            responses[key] = _response(key, terms.structure, nuclides, q)
        amplitudes.append([_amplitude(currents, responses[key], q) for _, currents in block.slots])
    out = np.empty((len(terms.pairs), N_ROWS, *q.shape))
    for row, (i, s, j, t) in zip(out, terms.pairs, strict=True):
        S = np.einsum("ab...,cb...->ac...", amplitudes[i][s][0], amplitudes[j][t][1].conj())
        if i != j:
            S = (S + S.conj().swapaxes(0, 1)) / 2
        elif s != t:
            S = S + S.conj().swapaxes(0, 1)
        for a in range(3):
            row[a] = S[a, a].real
        for p, (a, b) in enumerate(PAIRS):
            row[3 + p] = 2 * S[a, b].real
            row[6 + p] = -2 * S[a, b].imag
        row[9:15] = row[:6]
        row[15:] = -row[6:9]
        if i != j:
            row[9:] *= -1.0
    return out


def _response(key: str, structure: "StandardModel", nuclides: Sequence[Nuclide], q: Array) -> Array:
    """How nuclei respond to charges of protons and neutrons: w (2, nuclides, n) of W = w wᵀ; of spins W (2, 2, nuclides, n)."""
    if key in ("nucleons", "protons"):
        w = np.zeros((2, *q.shape))
        protons, neutrons = structure.form_factor, structure.neutrons
        for i, nuclide in enumerate(nuclides):
            F = protons(q[i], nuclide)
            w[0, i] = nuclide.Z * F
            if key == "nucleons":
                w[1, i] = nuclide.N * (F if neutrons == protons else neutrons(q[i], nuclide))
        return w
    W = np.zeros((2, 2, *q.shape))
    for i, nuclide in enumerate(nuclides):
        if nuclide.spin != 0:
            W[:, :, i] = structure.spin_response.matrix(q[i], nuclide)
            if key == "pseudoscalar":  # a nucleon's σ·q/2m_N, in a nucleus of mass M
                W[:, :, i] *= (nuclide.mass / constants.NUCLEON_MASS) ** 2
    return W


Amplitude = tuple[NDArray[np.complex128], NDArray[np.complex128]]


def _amplitude(currents: Iterable[tuple[Current, float]], response: Array, q: Array) -> Amplitude:
    """A (3, b, nuclides, n) by incoming flavour and what goes out, on the left and on the right of a product."""
    g: Any = sum(factor * current.unit_charge(q) for current, factor in currents)
    if response.ndim == q.ndim + 1:
        A = response[0] * g[0] + response[1] * g[1]
        return A, A
    left = np.concatenate([g[0], g[1]], axis=1)
    right = np.concatenate([response[0, 0] * g[0] + response[0, 1] * g[1], response[1, 0] * g[0] + response[1, 1] * g[1]], axis=1)
    return left, right


def refuse_zero(terms: Layout) -> None:
    """Raise an error where an interaction grows without end at T = 0."""
    for block in terms.blocks:
        for _, currents in block.slots:
            for current, _ in currents:
                if current.diverges:
                    raise InputError(
                        f"recoil_energy must be > 0 keV where a {current.kind} current grows without end at 0 (got 0)"
                    )


# ---- quadrature in √T ----------------------------------------------------------------------------------------------------

_ORDERS = (6, 12)  # nodes of a panel
_NARROW = 0.1  # relative width of a panel up to which few nodes do
_OCTAVES = 20  # below the highest: beyond, nothing is left of an integral in √T


def octaves(low: float, high: float) -> Array:
    """Points from high down to low, each at most twice the next: so that poles at T < 0 and powers 1/T are followed."""
    least = max(low, 2.0**-_OCTAVES * high)
    return np.geomspace(least, high, 1 + max(1, int(np.ceil(np.log2(high / least)))))


def gauss_in_root(low: Array, high: Array, nuclide: Nuclide) -> tuple[Array, Array, Array]:
    """Recoil energies [keV], weights of dT and middles of panels in √T between low and high, as many as F² asks for."""
    length = max(1.2 * nuclide.A ** (1 / 3), 1.0) / constants.HBAR_C
    pieces = np.maximum(1, np.ceil((high - low) * np.sqrt(2e-3 * nuclide.mass) * length / 1.25)).astype(np.intp)
    if (pieces > 1).any():
        part = np.concatenate([np.arange(n) for n in pieces])
        width = np.repeat((high - low) / pieces, pieces)
        low = np.repeat(low, pieces) + part * width
        high = low + width
    few = high - low <= _NARROW * high
    parts = []
    for order, own in zip(_ORDERS, (few, ~few), strict=True):
        x, w = _rule(order)
        middle, half = (high + low)[own, None] / 2, (high - low)[own, None] / 2
        root = middle + half * x
        parts.append((root * root, 2 * root * half * w, np.broadcast_to(middle, root.shape)))
    T, weight, middle = (np.concatenate([part[i].reshape(-1) for part in parts]) for i in range(3))
    return T, weight, middle


@cache
def _rule(order: int) -> tuple[Array, Array]:
    return gauss_legendre(order)
