"""Nuclei as a channel: what a flux of neutrinos hits in a target by coherent elastic scattering.

    dR/dT = Σ_nuclides n (G_F² M/π) Σ_terms weight(θ) Σ_aa' Re[S_aa'(T) Σ_k p_k(T, M) Φ_k^aa'(E_min)]

The charges of the interaction and the nucleus make S (`cevns.interactions.quadratic_forms`); a ≠ a' only where the flux carries
coherence. A *term* is a pair of couplings; folded with the response of a detector, terms are templates. Where all that is left
are charges of the Standard Model,

    dR/dT = Σ_nuclides n (G_F² M/π) Q²(T) [m₁(x) + (x − T) m₂(x)]                            for spin 0,

kernels know the charges and the form factors, and nothing is tabulated.

Formulas
--------
rates of a sum of currents: dR/dT = Σ_nuclides n (G_F² M/π) Σ_aa' Re[S_aa'(T) Σ_k p_k(T, M) Φ_k^aa'(E_min)]
    derived here
    src_c/kernels/kinds.h
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from .. import constants
from .._arguments import Array, increasing
from .._core import engine as _core
from .._immutable import kept
from ..interactions import Interaction
from ..interactions.kinds import KINDS, recoil_energy_range
from ..interactions.quadratic_forms import N_ELEMENTS, Block, Layout, element, layout
from ..kinematics import recoil_energy_max
from ..nuclei.nuclides import Nuclide
from ..nuclei.targets import Target
from .channels import Indices, Rows, Weights, rows_of
from .engine import checked_flux, octaves

_PER_KEV = 1e-3 * constants.WEAK_CROSS_SECTION  # G_F²/π [cm² MeV⁻¹ keV⁻¹]
_LONGEST = 1.5  # what a phase q·length must be divided by to count as the width of a panel


class Nuclei:
    """The nuclides of a target as an interaction sees them: a `Channel` of the engine.

    Parameters
    ----------
    components : tuple of (Nuclide, float)
        Nuclides, and the number of nuclei of each: per kg, or 1 for a cross section.
    interaction : Interaction
        The interaction.
    parameters : tuple of str, optional
        Couplings that stay free: the rate then has a term for each pair of them.
    """

    rough = False
    octaves_are_smooth = False

    def __init__(
        self, components: tuple[tuple[Nuclide, float], ...], interaction: Interaction, parameters: tuple[str, ...] | None = None
    ) -> None:
        nuclides = tuple(nuclide for nuclide, _ in components)
        counts = np.array([count for _, count in components])
        self.masses = np.array([nuclide.mass for nuclide in nuclides])
        self.factors = _PER_KEV * self.masses * counts
        self._nuclides = nuclides
        reduced = interaction.reduced if parameters is None else None
        self.charges: _core.Composition | None = None
        self.pieces: tuple[_Current, ...] = ()
        self.diverges: str | None = None
        self.jumps = np.zeros(0)
        self._final_masses = {0.0, *interaction.final_masses}
        if reduced is not None:
            groups = reduced.groups
            flavors = [constants.FLAVORS[groups.index(group)] for group in range(max(groups) + 1)]
            nuclei = [[reduced.nucleus(nuclide, flavor) for flavor in flavors] for nuclide in nuclides]
            self.charges = _core.Composition(nuclei, counts.tolist())
            self.groups = tuple(groups[_FLAVORS[i]] if i in _FLAVORS else -1 for i in range(N_ELEMENTS))
            self.exponents = np.zeros((1, 0), dtype=np.intp)
            return
        terms = layout(interaction, parameters or ())
        self.exponents, self.groups = terms.exponents, terms.rows
        self._terms = terms
        first = 0
        pieces = []
        for block in terms.blocks:
            pieces.append(_Current(block, terms, nuclides, self.masses, slice(first, first + len(block.table))))
            first += len(block.table)
            if block.diverges:
                self.diverges = self.diverges or block.kind
        self.pieces = tuple(pieces)
        contact = all(propagator is None for block in terms.blocks for propagator in block.propagators)
        spins = any("spin" in KINDS[block.kind].response for block in terms.blocks)
        self.octaves_are_smooth = not spins and self.diverges is None and not interaction.final_masses
        self.sharpness = 1.0 if contact and self.diverges is None and not interaction.final_masses else 3.0

    @kept
    def phase_rates(self) -> Array:
        """The rate at which F² varies with √T."""
        densities = (self._terms.structure.form_factor, self._terms.structure.neutron_density)
        lengths = [
            max([1.2 * nuclide.A ** (1 / 3) / constants.HBAR_C, *(density.kernel(nuclide).length for density in densities)])
            for nuclide in self._nuclides
        ]
        # structure functions of the spin are fits, whose second derivatives jump
        finer = 2.0 if any(KINDS[piece.block.kind].response.endswith("spin") for piece in self.pieces) else 1.0
        return np.asarray(np.sqrt(2e-3 * self.masses) * np.array(lengths) * finer / _LONGEST)

    def rows(self, flux: Any, split: str | None = None) -> Rows:
        """The flux by flavours that see different charges."""
        return rows_of(checked_flux(flux), self.groups, split)

    def cuts(self, breaks: Array) -> list[Array]:
        """√T between which the rate is smooth: the ends of recoils, and octaves down to where all propagators are constant."""
        return [self._cuts(breaks[breaks > 0], mass, self._final_masses) for mass in self.masses.tolist()]

    def recoils(self, energies: Array) -> list[Array]:
        """For each nuclide the recoil energies [keV] at which neutrinos of some energies [MeV] begin and end to count."""
        E = energies[energies > 0]
        ranges = [[recoil_energy_range(E, mass, heavy) for heavy in self._final_masses] for mass in self.masses.tolist()]
        return [1e3 * np.concatenate([T for pair in own for T in pair]) for own in ranges]

    def _cuts(self, breaks: Array, mass: float, final_masses: set[float]) -> Array:
        ranges = [recoil_energy_range(breaks, mass, heavy) for heavy in final_masses]
        roots = np.sqrt(1e3 * increasing(np.concatenate([np.zeros(1), *(T for pair in ranges for T in pair)])))
        begin = np.sqrt(1e3 * np.concatenate([low[low > 0] for low, _ in ranges]))
        end = float(roots[-1])
        return increasing(np.concatenate([roots, octaves(end, self.floor(begin, end, mass))]))

    def floor(self, beginnings: Array, end: float, mass: float | None = None) -> float:
        """√T below which all is smooth: where something heavy begins, or propagators are constant."""
        if self.diverges is not None:
            return 0.0
        floor = min(end, self._terms.flat_below / math.sqrt(2e-3 * (mass or float(self.masses[0]))))
        return float(beginnings.min(initial=floor))

    def end(self, energy: float) -> float:
        """The largest recoil energy [keV]: of the lightest nuclide."""
        return float(recoil_energy_max(energy, min(self._nuclides, key=lambda nuclide: nuclide.mass)))

    def ranges(self, E: Array) -> list[tuple[Array, Array]]:
        """For each piece the smallest and largest recoil energies [keV] of neutrinos of energies [MeV], of one nuclide."""
        each = (recoil_energy_range(E, float(self.masses[0]), piece.block.final_mass) for piece in self.pieces)
        return [(1e3 * low, 1e3 * high) for low, high in each]


_FLAVORS = {element(flavor): index for index, flavor in enumerate(constants.FLAVORS)}


class _Current:
    """One kind of current on all nuclides of a target: a `Piece` of the engine."""

    def __init__(self, block: Block, terms: Layout, nuclides: tuple[Nuclide, ...], masses: Array, own: slice) -> None:
        self.block, self.nuclides, self.masses, self.terms = block, nuclides, masses, own
        self.table = block.table
        self.sets = np.zeros(terms.n_rows, dtype=np.intp)
        self._structure = terms.structure
        self._spin_half = terms.structure.kinematics == "spin-1/2"
        self._nucleons: _core.Nucleons | None = None
        self._response = KINDS[block.kind].response
        if not self._response.endswith("spin"):
            protons, neutrons = terms.structure.form_factor, terms.structure.neutron_density
            pairs = [(protons.kernel(nuclide), neutrons.kernel(nuclide)) for nuclide in nuclides]
            charges = np.array([[nuclide.Z, nuclide.N] for nuclide in nuclides], dtype=np.float64).T.copy()
            self._nucleons = _core.Nucleons(pairs, masses, *charges)

    def energy_min(self, T: Array, ends: Indices) -> Array:
        """x(T) [MeV]."""
        x = np.empty(T.size)
        _core.energy_min(T, ends, self.masses, self.block.final_mass, x)
        return x

    def weights(self, T: Array, x: Array, ends: Indices) -> Weights:
        """The polynomial of the kind, and products W_ij P_c P_c' of what the nucleus answers and of propagators."""
        moments = np.empty((1, 3, T.size))
        code, final_mass = KINDS[self.block.kind].code, self.block.final_mass
        _core.kind_weights(T, x, ends, self.masses, code, final_mass, self._spin_half, moments[0])
        W = self._responses(T, ends)
        if len(W) < 4 and len(self.block.propagators) == 1 and self.block.propagators[0] is None:
            return Weights(moments, W)
        masses = self.masses if self.masses.size == 1 else np.repeat(self.masses, np.diff(ends, prepend=0))
        q = np.sqrt(2e-3 * masses * T)  # MeV
        with np.errstate(divide="ignore"):
            P = [None if propagator is None else propagator(q) for propagator in self.block.propagators]
        if final_mass:  # at T = 0 what is heavy has no phase space, whatever the propagator of a massless boson is there
            P = [None if each is None else np.where(q > 0, each, 0.0) for each in P]
        strength = np.empty((len(self.block.products), T.size))
        pairs: dict[tuple[int, int], Array | None] = {}
        for value, (i, j, c, d) in zip(strength, self.block.products, strict=True):
            row = 2 * i + j if len(W) == 4 else i + j
            if (c, d) not in pairs:
                one, other = P[c], P[d]
                pairs[c, d] = other if one is None else one if other is None else one * other
            pair = pairs[c, d]
            if pair is None:
                value[...] = W[row]
            else:
                np.multiply(W[row], pair, out=value)
        return Weights(moments, strength)

    def _responses(self, T: Array, ends: Indices) -> Array:
        """W_pp, W_pn and W_nn (3, n), or W_pp alone; of vector and axial current W_pp, W_pn, W_np and W_nn (4, n)."""
        if self._nucleons is not None:
            W = np.empty((1 if self._response == "protons" else 3, T.size))
            self._nucleons.evaluate(T, ends, W)
            return W
        places = zip(self.nuclides, [0, *ends[:-1].tolist()], ends.tolist(), strict=True)
        if self._response == "nucleons and spin":
            W = np.zeros((4, T.size))
            for nuclide, start, end in places:
                if nuclide.spin == 0.5:
                    q = np.sqrt(2e-3 * nuclide.mass * T[start:end])
                    densities = self._structure.form_factor, self._structure.neutron_density
                    w = [count * density(q, nuclide) for count, density in zip((nuclide.Z, nuclide.N), densities, strict=True)]
                    W[:, start:end] = np.einsum("in,jn->ijn", w, self._structure.spin_amplitudes(q, nuclide)).reshape(4, -1)
            return W
        W = np.zeros((3, T.size))
        for nuclide, start, end in places:
            if nuclide.spin != 0:
                matrix = self._structure.spin_response.matrix(np.sqrt(2e-3 * nuclide.mass * T[start:end]), nuclide)
                # of a pseudoscalar a nucleon's σ·q/2m_N, in a nucleus of mass M
                scale = (nuclide.mass / constants.NUCLEON_MASS) ** 2 if self.block.kind == "pseudoscalar" else 1.0
                W[:, start:end] = scale * matrix[[0, 0, 1], [0, 1, 1]]
        return W


@lru_cache(maxsize=256)
def nuclei(target: Target, interaction: Interaction, parameters: tuple[str, ...] | None = None) -> Nuclei:
    """The channel, prepared once: making it costs more than a rate. Nothing in it depends on a flux or a recoil energy."""
    return Nuclei(target.components, interaction, parameters)


@lru_cache(maxsize=256)
def nucleus(nuclide: Nuclide, interaction: Interaction) -> Nuclei:
    """The channel of one nucleus, for cross sections."""
    return Nuclei(((nuclide, 1.0),), interaction)
