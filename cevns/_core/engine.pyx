"""The two products: moments × coefficients → dR/dT, and its integrals over bins.

Loops over nuclides, flavours and components run here, over blocks of recoil energies that stay in the L1 cache; what is
computed per recoil energy runs in the kernels. Nothing of the size (recoil energies × neutrino energies) exists.
"""

import numpy as np

from libc.math cimport fmax, fmin, sqrt
from libc.stdlib cimport free, malloc
from libc.string cimport memset

from .cross_sections cimport Nucleus, next_running_cut
from .form_factors cimport FormFactor
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
    """The components of a flux in the order of the loops: by group, then by output row.

    `places` are the pairs (group, row) that there are, in this order: for each the moments are summed up.
    """

    cdef readonly tuple spectra, places
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
        self.places = tuple(dict.fromkeys((groups[j], rows[j]) for j in order))

    def __dealloc__(self):
        free(self.items)


cdef void block_rate(const cevns_kernels *kernels, Composition target, int nuclide, Components flux, size_t n,
                     const double *recoil_energy, double *out, size_t stride) noexcept nogil:
    """Adds one nuclide's dR/dT for a block of recoil energies; the row of a component starts at out + row·stride."""
    cdef double[CEVNS_BLOCK] x, charge, strength, count, m1, m2
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
            kernels.weak_charge(nucleus, n, recoil_energy, charge)
        if phi0 != NULL:
            memset(phi0, 0, size)
        memset(m1, 0, size)
        memset(m2, 0, size)
        row = flux.items[i].row
        while i < flux.n and flux.items[i].group == group and flux.items[i].row == row:
            kernels.add_moments(flux.items[i].spectrum, n, x, flux.items[i].weight, phi0, m1, m2)
            i += 1
        kernels.add_rate(nucleus, n, recoil_energy, x, charge, axial, target.factor[nuclide], phi0, m1, m2,
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


def energy_min(const double[::1] recoil_energy, const Py_ssize_t[::1] ends, const double[::1] masses, double final_mass,
               double[::1] out):
    """E_min(T) [MeV] at recoil energies [keV], those of one mass [MeV] after the other: up to `ends`. Beyond 1e12 MeV 1e12."""
    cdef const cevns_kernels *kernels = active()
    cdef Py_ssize_t u, i, start = 0
    cdef double excess
    with nogil:
        for u in range(masses.shape[0]):
            if ends[u] > start:
                kernels.neutrino_energy_min(ends[u] - start, &recoil_energy[start], masses[u], &out[start])
            if final_mass != 0.0:
                excess = final_mass * final_mass / (2e-3 * masses[u])
                for i in range(start, ends[u]):  # at T = 0 what is heavy begins nowhere
                    out[i] = 1e12 if recoil_energy[i] == 0.0 else fmin(out[i] * (1.0 + excess / recoil_energy[i]), 1e12)
            start = ends[u]


def kind_weights(const double[::1] recoil_energy, const double[::1] x, const Py_ssize_t[::1] ends, const double[::1] masses,
                 int kind, double final_mass, bint spin_half, double[:, ::1] out):
    """What multiplies Φ₀, m₁ and x m₂ for one kind of current: (3, n), at recoil energies as `energy_min` has them."""
    cdef const cevns_kernels *kernels = active()
    cdef Py_ssize_t u, start = 0
    with nogil:
        for u in range(masses.shape[0]):
            if ends[u] > start:
                kernels.kind_weights(<cevns_kind> kind, CEVNS_SPIN_HALF if spin_half else CEVNS_SPIN_ZERO, masses[u], final_mass,
                                     ends[u] - start, &recoil_energy[start], &x[start], &out[0, start], &out[1, start],
                                     &out[2, start])
            start = ends[u]


cdef class Nucleons:
    """How the nucleons of nuclides answer: (Z F_p)², Z F_p N F_n and (N F_n)²; of protons alone the first.

    `densities` holds for each nuclide the form factors of protons and neutrons.
    """

    cdef readonly tuple densities
    cdef const double[::1] masses, protons, neutrons

    def __cinit__(self, densities, masses, protons, neutrons):
        self.densities = tuple(densities)
        self.masses, self.protons, self.neutrons = masses, protons, neutrons

    def evaluate(self, const double[::1] recoil_energy, const Py_ssize_t[::1] ends, double[:, ::1] out):
        """Products (3 or 1, n) at recoil energies [keV], those of one nuclide after the other, up to `ends`."""
        cdef const cevns_kernels *kernels = active()
        cdef Py_ssize_t u, i, start = 0, first, count
        cdef FormFactor proton, neutron
        cdef bint both = out.shape[0] > 1, same
        cdef double[CEVNS_BLOCK] q, w, v
        for u in range(len(self.densities)):
            proton, neutron = self.densities[u]
            same = proton is neutron
            with nogil:
                first = start
                while first < ends[u]:
                    count = min(<Py_ssize_t> CEVNS_BLOCK, ends[u] - first)
                    for i in range(count):
                        q[i] = sqrt(2e-3 * self.masses[u] * recoil_energy[first + i])
                    kernels.form_factor(&proton.parameters, count, q, w)
                    if both:
                        if not same:
                            kernels.form_factor(&neutron.parameters, count, q, v)
                        for i in range(count):
                            v[i] = self.neutrons[u] * (w[i] if same else v[i])
                            w[i] *= self.protons[u]
                            out[0, first + i], out[1, first + i], out[2, first + i] = w[i] * w[i], w[i] * v[i], v[i] * v[i]
                    else:
                        for i in range(count):
                            w[i] *= self.protons[u]
                            out[0, first + i] = w[i] * w[i]
                    first += count
            start = ends[u]


def moment_sums(const double[::1] x, Components flux, const double[:, :, ::1] weights, const Py_ssize_t[::1] which,
                double[:, ::1] out):
    """w₀ Φ₀ + w₁ m₁ + w₂ x m₂ above x (n,) [MeV] for each of the places of a flux: `out` (places, n).

    `weights` is (sets, 3, n); `which` says for each place which of the sets it takes.
    """
    cdef const cevns_kernels *kernels = active()
    cdef size_t n = x.shape[0], start = 0, count, i
    cdef int item, place, group, row
    cdef double[CEVNS_BLOCK] phi0, m1, m2
    cdef const double *w0
    cdef const double *w1
    cdef const double *w2
    cdef double *sums
    with nogil:
        while start < n:
            count = min(n - start, <size_t> CEVNS_BLOCK)
            item, place = 0, 0
            while item < flux.n:
                group, row = flux.items[item].group, flux.items[item].row
                memset(phi0, 0, count * sizeof(double))
                memset(m1, 0, count * sizeof(double))
                memset(m2, 0, count * sizeof(double))
                while item < flux.n and flux.items[item].group == group and flux.items[item].row == row:
                    kernels.add_moments(flux.items[item].spectrum, count, &x[start], flux.items[item].weight, phi0, m1, m2)
                    item += 1
                w0, w1, w2 = &weights[which[place], 0, start], &weights[which[place], 1, start], &weights[which[place], 2, start]
                sums = &out[place, start]
                for i in range(count):
                    sums[i] = w0[i] * phi0[i] + w1[i] * m1[i] + w2[i] * (x[start + i] * m2[i])
                place += 1
            start += count


cdef struct Nodes:
    size_t n
    double[CEVNS_BLOCK] recoil_energy
    double[CEVNS_BLOCK] weight
    size_t[CEVNS_BLOCK] bin


cdef struct Bins:
    size_t n, rows
    double *value  # (rows, CEVNS_BLOCK)
    double *out  # (rows, n)


cdef void flush(const cevns_kernels *kernels, Composition target, int nuclide, Components flux, Nodes *nodes,
                Bins *bins) noexcept nogil:
    cdef size_t i, row
    cdef double *value
    cdef double *out
    for row in range(bins.rows):
        memset(bins.value + row * CEVNS_BLOCK, 0, nodes.n * sizeof(double))
    block_rate(kernels, target, nuclide, flux, nodes.n, nodes.recoil_energy, bins.value, CEVNS_BLOCK)
    for row in range(bins.rows):
        value, out = bins.value + row * CEVNS_BLOCK, bins.out + row * bins.n
        for i in range(nodes.n):
            out[nodes.bin[i]] += nodes.weight[i] * value[i]
    nodes.n = 0


cdef inline const cevns_gauss_legendre *panel_rule(double width, bint straight, int *pieces) noexcept nogil:
    """The Gauss–Legendre rule of a panel in √T, and into how many pieces the panel is cut.

    The rule goes by the width of the panel relative to the scale on which the rate varies there, √T itself and the phase of F²:
    the error of n nodes falls as (width/4)^2n and is below 1e-10 of the panel (tests/scattering/test_rates.py). Three nodes serve only
    where the spectrum is a straight line between breaks; elsewhere it may bend as a polynomial of degree 9.
    """
    pieces[0] = 1
    if width < 0.05 and straight:
        return &cevns_gauss_3
    if width < 0.3:
        return &cevns_gauss_5
    pieces[0] = 1 + <int> fmin(width, 1e6)  # beyond, F² is 0
    return &cevns_gauss_8


cdef void add_panel(const cevns_kernels *kernels, Composition target, int nuclide, Components flux, Nodes *nodes, Bins *bins,
                    size_t bin, double low, double high, double phase_rate, bint straight) noexcept nogil:
    """Gauss–Legendre from low to high in s = √T."""
    cdef int k, piece, pieces
    cdef const cevns_gauss_legendre *rule = panel_rule((high - low) * fmax(1.0 / high, phase_rate), straight, &pieces)
    cdef double half, middle, s
    half = 0.5 * (high - low) / pieces
    for piece in range(pieces):
        middle = low + (2 * piece + 1) * half
        if nodes.n + rule.order > CEVNS_BLOCK:
            flush(kernels, target, nuclide, flux, nodes, bins)
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
                double[:, ::1] out):
    """Adds the integrals of dR/dT between increasing recoil energies [keV] to `out` (rows, bins), by row of the components.

    The rate is smooth in √T between the recoil energies that belong to `breaks`, the neutrino energies [MeV] at which the
    flux is not smooth (knots, lines, ends; increasing): every bin is split there. Above the last there is no rate.
    `straight` says that the flux is a line between them. Where charges run, bins are split at every octave in q as well.
    """
    cdef const cevns_kernels *kernels = active()
    cdef size_t n_bins = edges.shape[0] - 1, n_breaks = breaks.shape[0], n_knots, i, j
    cdef int nuclide
    cdef double mass, phase_rate, low, high, end
    cdef Nodes nodes
    cdef Bins bins
    if n_bins == 0 or n_breaks == 0:
        return
    values = np.empty((out.shape[0], CEVNS_BLOCK))
    cdef double[:, ::1] value = values
    bins.n, bins.rows, bins.value, bins.out = n_bins, out.shape[0], &value[0, 0], &out[0, 0]
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
                    add_panel(kernels, target, nuclide, flux, &nodes, &bins, i, low, knots[j], phase_rate, straight)
                    low = knots[j]
                    j += 1
                if low < end:
                    add_panel(kernels, target, nuclide, flux, &nodes, &bins, i, low, high, phase_rate, straight)
            if nodes.n:
                flush(kernels, target, nuclide, flux, &nodes, &bins)


def panels(const double[::1] edges, const double[::1] cuts):
    """Panels in √T between increasing edges, split at increasing cuts, none above the last of these; and in which bin each lies."""
    cdef Py_ssize_t n_bins = edges.shape[0] - 1, n_cuts = cuts.shape[0], i, j = 0, n = 0
    low_ends, high_ends = np.empty(n_bins + n_cuts), np.empty(n_bins + n_cuts)
    bins = np.empty(n_bins + n_cuts, dtype=np.intp)
    cdef double[::1] low = low_ends, high = high_ends
    cdef Py_ssize_t[::1] bin = bins
    cdef double start, end = cuts[n_cuts - 1] if n_cuts else 0.0
    for i in range(n_bins):
        start = edges[i]
        while j < n_cuts and cuts[j] <= start:
            j += 1
        while j < n_cuts and cuts[j] < edges[i + 1]:
            low[n], high[n], bin[n] = start, cuts[j], i
            start = cuts[j]
            n, j = n + 1, j + 1
        if start < end:
            low[n], high[n], bin[n] = start, fmin(edges[i + 1], end), i
            n += 1
    return low_ends[:n], high_ends[:n], bins[:n]


def octave_panels(const double[::1] low, const double[::1] high, double floor):
    """Panels from low to high in √T of many integrals, cut at every octave down to a floor; and to which integral each belongs."""
    cdef Py_ssize_t n_integrals = low.shape[0], i, n = 0
    cdef double end
    for i in range(n_integrals):
        end = high[i]
        if high[i] > low[i]:
            n += 1
            while end > floor and 0.5 * end > low[i]:
                end *= 0.5
                n += 1
    low_ends, high_ends, owners = np.empty(n), np.empty(n), np.empty(n, dtype=np.intp)
    cdef double[::1] bottom = low_ends, top = high_ends
    cdef Py_ssize_t[::1] owner = owners
    n = 0
    for i in range(n_integrals):
        end = high[i]
        if high[i] > low[i]:
            while end > floor and 0.5 * end > low[i]:
                bottom[n], top[n], owner[n] = 0.5 * end, end, i
                end *= 0.5
                n += 1
            bottom[n], top[n], owner[n] = low[i], end, i
            n += 1
    return low_ends, high_ends, owners


def nodes(const double[::1] low, const double[::1] high, double phase_rate, double sharpness, bint straight):
    """Recoil energies [keV], weights of dT and numbers of the panels, of the rules from low to high in √T.

    A sharpness of 1 is for polynomials in √T, of 3 for poles at T <= 0 that are an octave away.
    """
    cdef Py_ssize_t n_panels = low.shape[0], i, n = 0
    cdef int pieces, piece, k
    cdef double half, middle, s
    cdef const cevns_gauss_legendre *rule
    for i in range(n_panels):
        rule = panel_rule((high[i] - low[i]) * fmax(sharpness / high[i], phase_rate), straight, &pieces)
        n += pieces * rule.order
    energies, weights, numbers = np.empty(n), np.empty(n), np.empty(n, dtype=np.intp)
    cdef double[::1] T = energies, weight = weights
    cdef Py_ssize_t[::1] panel = numbers
    n = 0
    with nogil:
        for i in range(n_panels):
            rule = panel_rule((high[i] - low[i]) * fmax(sharpness / high[i], phase_rate), straight, &pieces)
            half = 0.5 * (high[i] - low[i]) / pieces
            for piece in range(pieces):
                middle = low[i] + (2 * piece + 1) * half
                for k in range(rule.order):
                    s = middle + half * rule.node[k]
                    T[n], weight[n], panel[n] = s * s, 2.0 * s * half * rule.weight[k], i
                    n += 1
    return energies, weights, numbers


def gather(const double[:, ::1] strength, const double[:, ::1] sums, const double[:, :, ::1] table, const Py_ssize_t[::1] groups,
           const Py_ssize_t[::1] rows, const double[::1] weight, const Py_ssize_t[::1] bin, double[:, :, ::1] out):
    """Adds Σ_products table × Σ_nodes weight × strength × sum to the terms, rows and bins of `out`.

    `strength` is (products, n), `sums` (places, n) with the group and the row of each place, `table` (terms, groups, products).
    """
    cdef Py_ssize_t n = weight.shape[0], n_bins = out.shape[2], place, product, term, i
    cdef double factor
    binned = np.empty(n_bins)
    cdef double[::1] values = binned
    with nogil:
        for place in range(sums.shape[0]):
            for product in range(strength.shape[0]):
                values[:] = 0.0
                for i in range(n):
                    values[bin[i]] += weight[i] * (strength[product, i] * sums[place, i])
                for term in range(table.shape[0]):
                    factor = table[term, groups[place], product]
                    if factor != 0.0:
                        for i in range(n_bins):
                            out[term, rows[place], i] += factor * values[i]
