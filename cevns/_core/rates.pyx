"""The two products: moments × coefficients → dR/dT, and its integrals over bins.

Loops over nuclides, flavours and components run here, over blocks of recoil energies that stay in the L1 cache; what is
computed per recoil energy runs in the kernels. Nothing of the size (recoil energies × neutrino energies) exists.
"""

import numpy as np

from libc.math cimport fmax, fmin, sqrt
from libc.stdlib cimport free, malloc
from libc.string cimport memset

from .cross_sections cimport Nucleus, next_running_cut
from .isa cimport active
from .kernels cimport (
    CEVNS_BLOCK,
    CEVNS_SPIN_HALF,
    CEVNS_SPIN_ZERO,
    cevns_gauss_3,
    cevns_gauss_5,
    cevns_gauss_8,
    cevns_gauss_legendre,
    cevns_kernels,
    cevns_kind,
    cevns_nucleus,
    cevns_spin,
    cevns_spectrum,
)
from .moments cimport Spectrum

cdef struct Component:
    const cevns_spectrum *spectrum
    double weight
    int group  # components of one group see the same charges
    int row  # of the output


cdef class Composition:
    """The nuclides of a target, each with one `Nucleus` for every group of flavours that see the same charges.

    `nuclei[a][g]` is nuclide a as group g sees it; `per_kg[a]` are its nuclei per kg.
    """

    cdef readonly tuple nuclei
    cdef readonly int n_nuclides, n_groups
    cdef readonly bint runs  # whether any charge depends on q
    cdef cevns_nucleus *parameters  # (n_nuclides, n_groups)
    cdef double *factor  # (n_nuclides), nuclei per kg × G_F² M/π, per keV
    cdef double *length  # (n_nuclides)

    def __cinit__(self, nuclei, per_kg):
        cdef Nucleus nucleus
        self.nuclei = tuple(tuple(row) for row in nuclei)
        self.n_nuclides = len(self.nuclei)
        self.n_groups = len(self.nuclei[0])
        self.parameters = <cevns_nucleus *> malloc(self.n_nuclides * self.n_groups * sizeof(cevns_nucleus))
        self.factor = <double *> malloc(self.n_nuclides * sizeof(double))
        self.length = <double *> malloc(self.n_nuclides * sizeof(double))
        if self.parameters == NULL or self.factor == NULL or self.length == NULL:
            raise MemoryError
        self.runs = False
        for a in range(self.n_nuclides):
            self.length[a] = 0.0
            for g in range(self.n_groups):
                nucleus = self.nuclei[a][g]
                self.parameters[a * self.n_groups + g] = nucleus.parameters
                self.factor[a] = 1e-3 * per_kg[a] * nucleus.factor
                self.length[a] = fmax(self.length[a], nucleus.length)
                self.runs = self.runs or nucleus.runs()

    def __dealloc__(self):
        free(self.parameters)
        free(self.factor)
        free(self.length)


cdef class Components:
    """The components of a flux in the order of the loops: by group, then by output row."""

    cdef readonly tuple spectra
    cdef Component *items
    cdef int n

    def __cinit__(self, spectra, weights, groups, rows):
        cdef Spectrum spectrum
        cdef int i
        order = sorted(range(len(spectra)), key=lambda i: (groups[i], rows[i]))
        self.spectra = tuple(spectra)
        self.n = len(order)
        self.items = <Component *> malloc(max(1, self.n) * sizeof(Component))
        if self.items == NULL:
            raise MemoryError
        for i in range(self.n):
            j = order[i]
            spectrum = self.spectra[j]
            self.items[i].spectrum = &spectrum.parameters
            self.items[i].weight = weights[j]
            self.items[i].group = groups[j]
            self.items[i].row = rows[j]

    def __dealloc__(self):
        free(self.items)


cdef void block_rate(const cevns_kernels *kernels, Composition target, int nuclide, Components flux, size_t n,
                     const double *recoil_energy, double *out, size_t stride) noexcept nogil:
    """Adds one nuclide's dR/dT for a block of recoil energies; the row of a component starts at out + row·stride."""
    cdef double[CEVNS_BLOCK] x, charge_squared, strength, count, m1, m2
    cdef const cevns_nucleus *nucleus = target.parameters + nuclide * target.n_groups
    cdef double *axial = NULL if nucleus.axial_charge == 0.0 else strength
    cdef double *phi0 = NULL if nucleus.spin == CEVNS_SPIN_ZERO and axial == NULL else count
    cdef int i = 0, group = -1, row
    cdef size_t size = n * sizeof(double)
    kernels.neutrino_energy_min(n, recoil_energy, nucleus.mass, x)
    if axial != NULL:
        kernels.axial_strength(nucleus, n, recoil_energy, axial)
    while i < flux.n:
        if flux.items[i].group != group:
            group = flux.items[i].group
            nucleus = target.parameters + nuclide * target.n_groups + group
            kernels.weak_charge_squared(nucleus, n, recoil_energy, charge_squared)
        if phi0 != NULL:
            memset(phi0, 0, size)
        memset(m1, 0, size)
        memset(m2, 0, size)
        row = flux.items[i].row
        while i < flux.n and flux.items[i].group == group and flux.items[i].row == row:
            kernels.add_moments(flux.items[i].spectrum, n, x, flux.items[i].weight, phi0, m1, m2)
            i += 1
        kernels.add_rate(nucleus, n, recoil_energy, x, charge_squared, axial, target.factor[nuclide], phi0, m1, m2,
                         out + row * stride)


def differential_rate(const double[::1] recoil_energy, Composition target, Components flux, bint by_nuclide, double[:, ::1] out):
    """Adds dR/dT [per kg and keV, in the flux's unit of time] at recoil energies [keV] to the rows of `out`.

    A component adds to its own row, or, `by_nuclide`, to the row of the nuclide.
    """
    cdef const cevns_kernels *kernels = active()
    cdef size_t n = recoil_energy.shape[0], start = 0, count
    cdef size_t stride = 0 if by_nuclide else n
    cdef int nuclide
    with nogil:
        while start < n:
            count = min(n - start, <size_t> CEVNS_BLOCK)
            for nuclide in range(target.n_nuclides):
                block_rate(kernels, target, nuclide, flux, count, &recoil_energy[start],
                           &out[nuclide if by_nuclide else 0, start], stride)
            start += count


def kind_sums(const double[::1] recoil_energy, const double[::1] masses, Components flux, const int[::1] kinds,
              const double[::1] final_masses, bint spin_half, double[:, :, :, ::1] out):
    """Σ_k p_k Φ_k [per keV, in the flux's unit of time] of kinds of currents, without any charge.

    For recoil energies (n,) [keV], nuclei of masses [MeV] and kinds by their codes, each with the mass [MeV] of its final state:
    added to `out` (masses, kinds, rows, n), by row of the components. Kinds with one final mass stand together.
    """
    cdef const cevns_kernels *kernels = active()
    cdef size_t n = recoil_energy.shape[0], start = 0, count, i
    cdef int nuclide, kind, first, last, item, row, n_kinds = kinds.shape[0]
    cdef double mass, excess
    cdef double[CEVNS_BLOCK] x, phi0, m1, m2
    cdef cevns_spin spin = CEVNS_SPIN_HALF if spin_half else CEVNS_SPIN_ZERO
    with nogil:
        while start < n:
            count = min(n - start, <size_t> CEVNS_BLOCK)
            for nuclide in range(masses.shape[0]):
                mass = masses[nuclide]
                first = 0
                while first < n_kinds:
                    last = first + 1
                    while last < n_kinds and final_masses[last] == final_masses[first]:
                        last += 1
                    kernels.neutrino_energy_min(count, &recoil_energy[start], mass, x)
                    if final_masses[first] != 0.0:
                        excess = final_masses[first] * final_masses[first] / (2e-3 * mass)
                        for i in range(count):  # beyond 1e12 MeV there is nothing
                            x[i] = fmin(x[i] * (1.0 + excess / fmax(recoil_energy[start + i], 1e-300)), 1e12)
                            if recoil_energy[start + i] == 0.0:
                                x[i] = 1e12
                    item = 0
                    while item < flux.n:
                        row = flux.items[item].row
                        memset(phi0, 0, count * sizeof(double))
                        memset(m1, 0, count * sizeof(double))
                        memset(m2, 0, count * sizeof(double))
                        while item < flux.n and flux.items[item].row == row:
                            kernels.add_moments(flux.items[item].spectrum, count, x, flux.items[item].weight, phi0, m1, m2)
                            item += 1
                        for kind in range(first, last):
                            kernels.add_kind(<cevns_kind> kinds[kind], spin, mass, final_masses[first], count,
                                             &recoil_energy[start], x, 1e-3, phi0, m1, m2, &out[nuclide, kind, row, start])
                    first = last
            start += count


cdef struct Nodes:
    size_t n
    double[CEVNS_BLOCK] recoil_energy
    double[CEVNS_BLOCK] weight
    size_t[CEVNS_BLOCK] bin


cdef void flush(const cevns_kernels *kernels, Composition target, int nuclide, Components flux, Nodes *nodes,
                double *out) noexcept nogil:
    cdef double[CEVNS_BLOCK] value
    cdef size_t i
    memset(value, 0, nodes.n * sizeof(double))
    block_rate(kernels, target, nuclide, flux, nodes.n, nodes.recoil_energy, value, 0)
    for i in range(nodes.n):
        out[nodes.bin[i]] += nodes.weight[i] * value[i]
    nodes.n = 0


cdef void add_panel(const cevns_kernels *kernels, Composition target, int nuclide, Components flux, Nodes *nodes, double *out,
                    size_t bin, double low, double high, double phase_rate, bint straight) noexcept nogil:
    """Gauss–Legendre from low to high in s = √T.

    The rule goes by the width of the panel relative to the scale on which the rate varies there, s itself and the phase of F²:
    the error of n nodes falls as (width/4)^2n and is below 1e-10 of the panel (tests/test_rates.py). Three nodes serve only
    where the spectrum is a straight line between breaks; elsewhere it may bend as a polynomial of degree 9.
    """
    cdef double width = (high - low) * fmax(1.0 / high, phase_rate)
    cdef const cevns_gauss_legendre *rule = &cevns_gauss_8
    cdef int k, piece, pieces = 1
    cdef double half, middle, s
    if width < 0.05 and straight:
        rule = &cevns_gauss_3
    elif width < 0.3:
        rule = &cevns_gauss_5
    else:
        pieces = 1 + <int> fmin(width, 1e6)  # beyond, F² is 0
    half = 0.5 * (high - low) / pieces
    for piece in range(pieces):
        middle = low + (2 * piece + 1) * half
        if nodes.n + rule.order > CEVNS_BLOCK:
            flush(kernels, target, nuclide, flux, nodes, out)
        for k in range(rule.order):
            s = middle + half * rule.node[k]
            nodes.recoil_energy[nodes.n] = s * s
            nodes.weight[nodes.n] = 2.0 * s * half * rule.weight[k]
            nodes.bin[nodes.n] = bin
            nodes.n += 1


cdef enum:
    RUNNING_CUTS = 10


cdef size_t add_running_cuts(double *knots, size_t n, double per_root) noexcept nogil:
    """Puts the momentum transfers between which charges that run are smooth, as √T, into the knots below the last of these."""
    cdef double q = 0.0, s
    cdef size_t first = 0, i, k
    for k in range(RUNNING_CUTS):
        q = next_running_cut(q, 1)
        s = q / per_root
        if not s < knots[n - 1]:
            break
        while knots[first] <= s:
            first += 1
        for i in range(n, first, -1):
            knots[i] = knots[i - 1]
        knots[first] = s
        n += 1
    return n


def binned_rate(const double[::1] edges, Composition target, Components flux, const double[::1] breaks, bint straight,
                double[::1] out):
    """Adds the integrals of dR/dT between increasing recoil energies [keV] to `out`.

    The rate is smooth in √T between the recoil energies that belong to `breaks`, the neutrino energies [MeV] at which the
    flux is not smooth (knots, lines, ends; increasing): every bin is split there. Above the last there is no rate.
    `straight` says that the flux is a line between them. Where charges run, bins are split at every octave in q as well.
    """
    cdef const cevns_kernels *kernels = active()
    cdef size_t n_bins = edges.shape[0] - 1, n_breaks = breaks.shape[0], n_knots, i, j
    cdef int nuclide
    cdef double mass, phase_rate, low, high, end
    cdef Nodes nodes
    if n_bins == 0 or n_breaks == 0:
        return
    recoil = np.empty(n_breaks + RUNNING_CUTS)
    cdef double[::1] knots = recoil
    with nogil:
        for nuclide in range(target.n_nuclides):
            mass = target.parameters[nuclide * target.n_groups].mass
            kernels.recoil_energy_max(n_breaks, &breaks[0], mass, &knots[0])
            phase_rate = sqrt(2e-3 * mass) * target.length[nuclide] / 1.5
            nodes.n = 0
            for j in range(n_breaks):
                knots[j] = sqrt(knots[j])
            j = 0
            end = knots[n_breaks - 1]
            n_knots = add_running_cuts(&knots[0], n_breaks, sqrt(2e-3 * mass)) if target.runs else n_breaks
            for i in range(n_bins):
                low, high = sqrt(edges[i]), sqrt(edges[i + 1])
                while j < n_knots and knots[j] <= low:
                    j += 1
                while j < n_knots and knots[j] < high:
                    add_panel(kernels, target, nuclide, flux, &nodes, &out[0], i, low, knots[j], phase_rate, straight)
                    low = knots[j]
                    j += 1
                if low < end:
                    add_panel(kernels, target, nuclide, flux, &nodes, &out[0], i, low, high, phase_rate, straight)
            if nodes.n:
                flush(kernels, target, nuclide, flux, &nodes, &out[0])
