# cython: wraparound=True
"""Spectra prepared for the question that rates ask: the moments above a threshold, in a time that no table's length changes."""

import numpy as np

from libc.stdint cimport int64_t, uint32_t

from .isa cimport active
from .kernels cimport (
    CEVNS_BLOCK,
    CEVNS_PANEL_TERMS,
    CEVNS_SMOOTH_TERMS,
    CEVNS_SPECTRUM_END_POINT,
    CEVNS_SPECTRUM_LINEAR,
    CEVNS_SPECTRUM_LINES,
    CEVNS_SPECTRUM_SMOOTH,
    cevns_guide_fill,
    cevns_guide_shift,
    cevns_linear_accumulate,
    cevns_linear_segment,
    cevns_panels_moments,
    cevns_plain_moments,
    cevns_smooth_panel,
)

SMOOTH_TERMS = CEVNS_SMOOTH_TERMS
MAX_RATIO = 1.25  # between the ends of a linear segment; src_c/kernels/linear_segment.h


cdef class Spectrum:
    """One spectrum φ(E), in whatever normalisation it was given; energies in MeV."""

    @staticmethod
    def linear(lower, upper, density_lower, density_upper):
        """Contiguous linear segments with upper/lower ≤ 1.25, from the lowest to the highest; jumps between them allowed."""
        return Spectrum.linear_many(lower, upper, density_lower[None], density_upper[None])[0]

    @staticmethod
    def linear_many(lower, upper, density_lower, density_upper):
        """Spectra of the same segments: densities (spectra, segments). They share their knots and the guide to them."""
        cdef Spectrum spectrum, first = None
        cdef Py_ssize_t i, m = len(density_lower), n = len(lower)
        # row 0 is below the spectrum and row n + 1 above it
        segments = np.zeros((m, n + 2, 8))
        segments[:, 0, 0] = lower[0]
        segments[:, 1:-1, 0] = upper
        segments[:, -1, 0] = upper[-1]
        segments[:, 1:-1, 1] = density_upper
        np.divide(density_upper - density_lower, upper - lower, out=segments[:, 1:-1, 2])
        cdef double[:, :, ::1] rows = segments
        cdef double[::1] ends = np.concatenate([[0.0], lower])
        knots = np.append(lower, upper[-1])
        out = []
        for i in range(m):
            cevns_linear_accumulate(n + 1, &ends[0], <cevns_linear_segment *> &rows[i, 0, 0])
            spectrum = Spectrum.__new__(Spectrum)
            spectrum.parameters.kind = CEVNS_SPECTRUM_LINEAR
            spectrum.parameters.segments = &rows[i, 0, 0]
            spectrum._set_knots(knots, segments, first)
            first = spectrum if first is None else first
            out.append(spectrum)
        return out

    @staticmethod
    def smooth(edges, coefficients, to_powers):
        """Panels between the n + 1 edges: Chebyshev coefficients of φ, φ/E, φ/E² in (n, 3, PANEL_TERMS), and T_m in powers.

        The last panel only counts for the others: there the moments are 0.
        """
        cdef Spectrum self = Spectrum.__new__(Spectrum)
        cdef const double[::1] e = edges
        cdef const double[:, :, ::1] c = coefficients
        cdef const double[:, ::1] t = to_powers
        cdef Py_ssize_t n = c.shape[0], i, j, k
        # row 0 is below the spectrum and row n above it
        rows = np.zeros((n + 1, 4 + 4 * SMOOTH_TERMS))
        cdef double[:, ::1] r = rows
        cdef double s
        cdef double[3] value, plain
        cevns_panels_moments(n, &e[0], <const double (*)[3][CEVNS_PANEL_TERMS]> &c[0, 0, 0],
                             <const double (*)[CEVNS_SMOOTH_TERMS]> &t[0, 0], <cevns_smooth_panel *> &r[1, 0])
        r[n] = 0.0
        # below the spectrum Φ₀ and Φ₁, Φ₂ stay as they are: m1 and m2 are linear in x, with the values at the lowest edge
        s = (e[0] - r[1, 0]) * r[1, 1]
        for j in range(3):
            value[j] = plain[j] = 0.0
            for k in range(CEVNS_SMOOTH_TERMS - 1, -1, -1):
                plain[j] = plain[j] * s + value[j]  # the derivative, Φ_j but for the sign
                value[j] = value[j] * s + r[1, 4 + 4 * k + j]
            r[0, 4 + j] = value[j]
        r[0, 0], r[0, 1] = e[0], 1.0
        r[0, 9], r[0, 10] = plain[1] * r[1, 1], plain[2] * r[1, 1]
        self.parameters.kind = CEVNS_SPECTRUM_SMOOTH
        self.parameters.segments = &r[0, 0]
        self._set_knots(edges[:-1], rows)
        return self

    @staticmethod
    def end_point(double end_point, phi0, m1, m2):
        """Moments that are polynomials c₁y + … + c₄y⁴ in y = 1 − x/end_point."""
        cdef Spectrum self = Spectrum.__new__(Spectrum)
        self.parameters.kind = CEVNS_SPECTRUM_END_POINT
        self.parameters.end_point = end_point
        for i in range(4):
            self.parameters.phi0[i] = phi0[i]
            self.parameters.m1[i] = m1[i]
            self.parameters.m2[i] = m2[i]
        return self

    @staticmethod
    def lines(energies, weights):
        """Delta functions."""
        cdef Spectrum self = Spectrum.__new__(Spectrum)
        cdef const double[::1] e = energies
        cdef const double[::1] w = weights
        self.parameters.kind = CEVNS_SPECTRUM_LINES
        self.parameters.n_knots = e.shape[0]
        self.parameters.knots = &e[0]
        self.parameters.weights = &w[0]
        self.arrays = (energies, weights)
        return self

    def _set_knots(self, knots, segments, Spectrum like=None):
        """The guide, by the leading bits of the energy: finer until no bucket holds more than two knots, or 32 a knot."""
        cdef Py_ssize_t n = len(knots)
        cdef const double[::1] knot_view
        cdef const int64_t[::1] bits
        cdef int shift
        cdef int64_t first
        cdef size_t n_buckets
        cdef uint32_t[::1] guide_view
        if like is not None:
            if like.parameters.n_knots != <size_t> n:
                raise ValueError("spectra that share a guide must share their knots")
            self.parameters.n_knots = like.parameters.n_knots
            self.parameters.knots = like.parameters.knots
            self.parameters.guide = like.parameters.guide
            self.parameters.n_buckets = like.parameters.n_buckets
            self.parameters.first = like.parameters.first
            self.parameters.shift = like.parameters.shift
            self.arrays = (like.arrays[0], segments, like.arrays[2])
            return
        # two nans stand behind the last knot, which not even an infinite energy passes
        padded = np.full(n + 2, np.nan)
        padded[:n] = knots
        knot_view = padded
        bits = padded.view(np.int64)
        shift = cevns_guide_shift(n, &knot_view[0])
        first = bits[0] >> shift
        n_buckets = (bits[n - 1] >> shift) - first + 1
        guide = np.empty(n_buckets + 1, dtype=np.uint32)
        guide_view = guide
        cevns_guide_fill(n, &knot_view[0], shift, first, n_buckets, &guide_view[0])
        self.parameters.n_knots = n
        self.parameters.knots = &knot_view[0]
        self.parameters.guide = &guide_view[0]
        self.parameters.n_buckets = n_buckets
        self.parameters.first = first
        self.parameters.shift = shift
        self.arrays = (padded, segments, guide)

    def add_moments(self, const double[::1] x, double weight, double[:, ::1] out):
        """Adds weight times ∫φ, ∫φ(1 − x/E) and ∫φ(1 − x/E)/E over E > x to the rows of `out` (3, len(x))."""
        cdef size_t n = x.shape[0], start = 0, count
        with nogil:
            while start < n:
                count = min(n - start, <size_t> CEVNS_BLOCK)
                active().add_moments(&self.parameters, count, &x[start], weight, &out[0, start], &out[1, start], &out[2, start])
                start += count

    def add_plain_moments(self, const double[::1] x, double weight, double[:, ::1] out):
        """Adds weight times Φ_k = ∫φ E^−k, k = 0, 1, 2, over E > x to the rows of `out` (3, len(x))."""
        cdef size_t n = x.shape[0]
        if n:
            with nogil:
                cevns_plain_moments(&self.parameters, n, &x[0], weight, &out[0, 0], &out[1, 0], &out[2, 0])

    def moments(self, x):
        """∫φ, ∫φ(1 − x/E) and ∫φ(1 − x/E)/E over E > x, as an array (3, len(x))."""
        out = np.zeros((3, len(x)))
        self.add_moments(x, 1.0, out)
        return out
