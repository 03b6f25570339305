"""Panels: a smooth density as Chebyshev series between edges, cut until they agree with it."""

import numpy as np

from libc.math cimport fabs, sqrt

from .kernels cimport (
    CEVNS_PANEL_CHECKS,
    CEVNS_PANEL_TERMS,
    cevns_chebyshev,
    cevns_panel_fit,
    cevns_panels_evaluate,
    cevns_panels_fit,
    cevns_panels_series,
)

TERMS = CEVNS_PANEL_TERMS
CHECKS = CEVNS_PANEL_CHECKS

cdef enum:
    POINTS = CEVNS_PANEL_TERMS + CEVNS_PANEL_CHECKS
    # doubles in a row of fits: coefficients, sizes, errors, weighted errors
    WIDTH = 3 * CEVNS_PANEL_TERMS + 9
    SIZE = 3 * CEVNS_PANEL_TERMS
    ERROR = 3 * CEVNS_PANEL_TERMS + 3
    WEIGHTED = 3 * CEVNS_PANEL_TERMS + 6

cdef double LOST = 1e-30  # of the whole spectrum: with less above it, a panel need not agree relative to itself
cdef double SHARE = 1e-3  # of the tolerance, for each of the many panels that add up
cdef double ROUNDING = 2.2e-16
cdef double NOISE = 1e-5  # the most that counts as rounding: less than a jump worth finding
cdef int OCTAVES = 16  # below the first edge, and then steps of 16 down to 2⁻⁴⁰


cdef class Chebyshev:
    """The matrices of the fits: points in s, nodes first; values at the nodes → coefficients → values at the checks."""

    cdef cevns_chebyshev matrices
    cdef double[POINTS] points

    def __init__(self, const double[::1] points, const double[:, ::1] from_values, const double[:, ::1] at_checks):
        cdef Py_ssize_t j, m
        for j in range(POINTS):
            self.points[j] = points[j]
        for j in range(CEVNS_PANEL_TERMS):
            for m in range(CEVNS_PANEL_TERMS):
                self.matrices.from_values[j][m] = from_values[j, m]
            for m in range(CEVNS_PANEL_CHECKS):
                self.matrices.at_checks[j][m] = at_checks[j, m]

    @property
    def nodes(self):
        """Those of the points that the series interpolate at."""
        return np.array([self.points[j] for j in range(CEVNS_PANEL_TERMS)])

    def energies(self, const double[::1] low, const double[::1] high):
        """The points of panels, (n, points)."""
        cdef Py_ssize_t n = low.shape[0], i, j
        energy = np.empty((n, POINTS))
        cdef double[:, ::1] e = energy
        cdef double half, middle
        for i in range(n):
            half, middle = 0.5 * (high[i] - low[i]), 0.5 * (high[i] + low[i])
            for j in range(POINTS):
                e[i, j] = middle + half * self.points[j]
        return energy

    def fit(self, const double[:, ::1] energy, const double[:, ::1] value, int powers=3):
        """Of n panels the first `powers` series of φ, φ/E, φ/E², (n, 3, terms); sizes, errors and errors times E, (n, 3)."""
        cdef Py_ssize_t n = energy.shape[0]
        rows = np.zeros((n, WIDTH))
        cdef double[:, ::1] r = rows
        if n:
            cevns_panels_fit(&self.matrices, n, powers, &energy[0, 0], &value[0, 0], <cevns_panel_fit *> &r[0, 0])
        return rows

    def series(self, const double[:, :, ::1] energy, const double[:, :, ::1] value):
        """φ, φ/E, φ/E² of many spectra, (spectra, n, 3, terms), from energies and densities at the nodes, (spectra, n, nodes)."""
        cdef Py_ssize_t n = energy.shape[0] * energy.shape[1]
        coefficients = np.empty((energy.shape[0], energy.shape[1], 3, CEVNS_PANEL_TERMS))
        cdef double[:, :, :, ::1] c = coefficients
        if n:
            cevns_panels_series(&self.matrices, n, &energy[0, 0, 0], &value[0, 0, 0],
                                <double (*)[3][CEVNS_PANEL_TERMS]> &c[0, 0, 0, 0])
        return coefficients

    def adapt(self, density, const double[::1] edges, double tolerance, double lowest, Py_ssize_t most, int powers=3, rounding=None):
        """Panels between edges, cut until all agree with the density, or with what its rounding leaves of it.

        Returns the edges, the coefficients (n, 3, terms), and nan or, if that fails, an energy near the place.
        """
        cdef Py_ssize_t n = edges.shape[0] - 1, m, i, j, kept
        cdef int k
        bounds, rows, pending = np.array(edges), np.empty((n, WIDTH)), np.ones(n, dtype=np.int8)
        cdef double[::1] b = bounds, nb
        cdef double[:, ::1] r = rows, nr, e
        cdef const double[:, ::1] v
        cdef signed char[::1] p = pending, np_
        cdef double first = b[1], width, whole, near, allowed
        cdef double[3] above
        cdef bint good
        cdef double[64] cuts
        cdef int n_cuts, zero = 0
        while True:
            m = 0
            for i in range(n):
                m += p[i]
            low, high = np.empty(m), np.empty(m)
            nb = low
            j = 0
            for i in range(n):
                if p[i]:
                    nb[j] = b[i]
                    j += 1
            nb = high
            j = 0
            for i in range(n):
                if p[i]:
                    nb[j] = b[i + 1]
                    j += 1
            energy = self.energies(low, high)
            value = np.ascontiguousarray(density(energy), dtype=np.float64)
            v = value
            fits = self.fit(energy, v, powers)
            if rounding is not None:
                noise = np.abs(rounding(energy))
                for k in range(powers):
                    fits[:, ERROR + k] -= noise.max(axis=1)
                    noise = noise / energy
            e = fits
            j = 0
            for i in range(n):
                if p[i]:
                    r[i] = e[j]
                    j += 1
            # a panel must agree relative to its own largest value, or to what lies above, to which its moments are added
            whole = 0.0
            for i in range(n):
                whole += fabs(_integral(&r[i, 0])) * 0.5 * (b[i + 1] - b[i])
            for k in range(3):
                above[k] = 0.0
            m = 0
            for i in range(n - 1, -1, -1):
                width = b[i + 1] - b[i]
                if p[i]:
                    good = True
                    for k in range(powers):
                        # φ/E matters as E φ/E does to ∫φ, φ/E² as E φ/E² does to ∫φ/E
                        near = max(above[0 if k < 2 else 1], LOST * whole if k < 2 else LOST * whole / b[i + 1])
                        if r[i, WEIGHTED + k] * width <= SHARE * tolerance * near:
                            continue
                        # and no density is known better than the rounding of E allows
                        allowed = min(_slope(&r[i, k * CEVNS_PANEL_TERMS]) * 2.0 * ROUNDING * b[i + 1] / width, NOISE * r[i, SIZE + k])
                        if not r[i, ERROR + k] <= max(tolerance * r[i, SIZE + k], allowed):
                            good = False
                    if good:
                        p[i] = 0
                    else:
                        m += 1
                for k in range(powers):
                    above[k] += fabs(_integral(&r[i, k * CEVNS_PANEL_TERMS])) * 0.5 * width
            if m == 0:
                break
            # the panel that begins at zero is cut to a quarter; then at octaves, for then it is no power series; last, not at zero
            n_cuts = 0
            if p[0] and b[0] == 0.0:
                zero += 1
                if zero == 1:
                    n_cuts = 2
                    cuts[0], cuts[1] = 0.5 * b[1], 0.25 * b[1]
                elif zero == 2:
                    n_cuts = OCTAVES + 6
                    for j in range(n_cuts):
                        cuts[j] = b[1] * 2.0 ** -(j + 1 if j < OCTAVES else OCTAVES + 4 * (j + 1 - OCTAVES))
                else:
                    b[0] = lowest * first
            near = -1.0
            for i in range(n):
                if p[i] and (b[i + 1] - b[i] <= 1e-13 * b[i + 1] or n + m + n_cuts > most):
                    width = (b[i + 1] - b[i]) / b[i + 1]
                    if near < 0 or width < whole:
                        near, whole = b[i + 1], width
            if near >= 0:
                return bounds, rows, near
            kept = n + m + max(n_cuts - 1, 0)
            new_bounds, new_rows, new_pending = np.empty(kept + 1), np.empty((kept, WIDTH)), np.zeros(kept, dtype=np.int8)
            nb, nr, np_ = new_bounds, new_rows, new_pending
            j = 0
            for i in range(n):
                nb[j] = b[i]
                if not p[i]:
                    nr[j] = r[i]
                    j += 1
                elif i == 0 and n_cuts:
                    for k in range(n_cuts):
                        np_[j] = 1
                        j += 1
                        nb[j] = cuts[n_cuts - 1 - k]
                    np_[j] = 1
                    j += 1
                else:
                    np_[j] = np_[j + 1] = 1
                    j += 1
                    # wide ones at their geometric mean: what is not smooth in E is so in its logarithm
                    nb[j] = sqrt(b[i] * b[i + 1]) if b[i + 1] > 4.0 * b[i] > 0.0 else 0.5 * (b[i] + b[i + 1])
                    j += 1
            nb[j] = b[n]
            n = kept
            bounds, rows, pending = new_bounds, new_rows, new_pending
            b, r, p = nb, nr, np_
        if bounds[0] == 0.0:
            bounds[0] = lowest * first
        return bounds, rows, np.nan


cdef double _integral(const double *series) noexcept:
    """∫ ds of a Chebyshev series over −1 ≤ s ≤ 1."""
    cdef double total = 0.0
    cdef int m
    for m in range(0, CEVNS_PANEL_TERMS, 2):
        total += series[m] * 2.0 / (1.0 - m * m)
    return total


cdef double _slope(const double *series) noexcept:
    """A bound of the derivative of a Chebyshev series, |dT_m/ds| ≤ m²."""
    cdef double total = 0.0
    cdef int m
    for m in range(1, CEVNS_PANEL_TERMS):
        total += fabs(series[m]) * m * m
    return total


def evaluate(const double[::1] edges, const double[:, ::1] coefficients, x):
    """One series a panel at x, an array of any shape; 0 outside the edges."""
    flat = np.ascontiguousarray(x, dtype=np.float64)
    out = np.empty(flat.shape)
    cdef const double[::1] values = flat.reshape(-1)
    cdef double[::1] result = out.reshape(-1)
    if values.shape[0]:
        cevns_panels_evaluate(coefficients.shape[0], &edges[0], <const double (*)[CEVNS_PANEL_TERMS]> &coefficients[0, 0],
                              values.shape[0], &values[0], &result[0])
    return out
