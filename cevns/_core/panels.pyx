"""Panels: a smooth density as Chebyshev series between edges, cut until they agree with it."""

import numpy as np

from libc.math cimport ceil, fabs, pow

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

cdef double LOST = 1e-30  # of the whole spectrum: with less above it, a panel need not agree relative to itself
cdef double SHARE = 1e-3  # of the tolerance, for each of the many panels that add up
cdef double ROUNDING = 2.2e-16
cdef double NOISE = 1e-5  # the most that counts as rounding: less than a jump worth finding
cdef double MARGIN = 1.1  # of the number of pieces that the error of a panel asks for
cdef double CROWD = 1e8  # the most that counts of an error over what is allowed: 9 pieces
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

    def adapt(self, density, const double[::1] edges, double tolerance, double lowest, Py_ssize_t most, int powers=3):
        """Panels between edges, cut until all agree with the density, or with what its rounding leaves of it.

        `density` takes energies (n, points) and returns as many values, or those of several functions, (functions, n, points),
        whose panels are then the same; or a pair, with what all of them are wrong by themselves, (n, points).

        Returns the edges, the coefficients (functions, n, 3·terms and more), and nan or, if that fails, an energy near the place.
        """
        cdef Py_ssize_t n = edges.shape[0] - 1, functions = 0, m, i, j, f, kept
        cdef int k, count
        # into how many pieces a panel is to be cut: none if it agrees; 1 is new
        bounds, rows = np.array(edges), None
        cdef double[::1] b = bounds, low, high, nb
        cdef double[:, :, ::1] r, nr
        cdef const double[:, :, ::1] v
        cdef const double[:, ::1] e, wrong
        cdef int[::1] p = np.ones(n, dtype=np.int32), np_
        cdef double first = b[1], near, narrowest, width, step
        cdef double[64] cuts
        cdef int n_cuts, zero = 0
        cdef cevns_panel_fit *row
        while True:
            m = 0
            for i in range(n):
                m += p[i] > 0
            ends = np.empty((2, m))
            low, high = ends[0], ends[1]
            j = 0
            for i in range(n):
                if p[i]:
                    low[j], high[j] = b[i], b[i + 1]
                    j += 1
            energy = self.energies(low, high)
            value = density(energy)
            noise = None
            if isinstance(value, tuple):
                value, noise = value
            value = np.ascontiguousarray(value, dtype=np.float64).reshape(-1, m, POINTS)
            e, v, wrong = energy, value, noise
            if rows is None:
                functions = v.shape[0]
                rows = np.zeros((functions, n, WIDTH))
                r = rows
            for f in range(functions):
                j = 0
                for i in range(n):
                    if p[i]:
                        row = <cevns_panel_fit *> &r[f, i, 0]
                        cevns_panels_fit(&self.matrices, 1, powers, &e[j, 0], &v[f, j, 0], row)
                        if wrong is not None:
                            _forgive(row, powers, &e[j, 0], &wrong[j, 0])
                        j += 1
            m = 0
            wanted = np.zeros(n, dtype=np.int32)
            np_ = wanted
            for f in range(functions):
                _judge(n, &b[0], <cevns_panel_fit *> &r[f, 0, 0], tolerance, powers, &p[0], &np_[0])
            p = np_
            for i in range(n):
                m += p[i] > 0
            if m == 0:
                break
            # the panel that begins at zero is cut to a quarter; then at octaves, for then it is no power series; last, not at zero
            n_cuts = 0
            if p[0] and b[0] == 0.0:
                zero += 1
                if zero == 1:
                    n_cuts = 2
                    cuts[0], cuts[1] = 0.25 * b[1], 0.5 * b[1]
                elif zero == 2:
                    n_cuts = OCTAVES + 6
                    for j in range(n_cuts):
                        cuts[n_cuts - 1 - j] = b[1] * 2.0 ** -(j + 1 if j < OCTAVES else OCTAVES + 4 * (j + 1 - OCTAVES))
                else:
                    b[0] = lowest * first
                if n_cuts:
                    p[0] = n_cuts + 1
            kept = 0
            for i in range(n):
                kept += max(p[i], 1)
            near = -1.0
            narrowest = np.inf
            for i in range(n):
                if p[i] and (b[i + 1] - b[i] <= 1e-13 * b[i + 1] or kept > most):
                    width = (b[i + 1] - b[i]) / b[i + 1]
                    if width < narrowest:
                        near, narrowest = b[i + 1], width
            if near >= 0:
                return bounds, rows, near
            new_bounds, new_rows = np.empty(kept + 1), np.zeros((functions, kept, WIDTH))
            nb, nr, np_ = new_bounds, new_rows, np.zeros(kept, dtype=np.int32)
            j = 0
            for i in range(n):
                nb[j] = b[i]
                if not p[i]:
                    for f in range(functions):
                        nr[f, j] = r[f, i]
                    j += 1
                    continue
                count = p[i]
                for k in range(count):
                    np_[j + k] = 1
                    if k == 0:
                        continue
                    if i == 0 and n_cuts:
                        nb[j + k] = cuts[k - 1]
                    elif b[i + 1] > 4.0 * b[i] > 0.0:  # what is not smooth in E is so in its logarithm
                        nb[j + k] = b[i] * pow(b[i + 1] / b[i], k / <double> count)
                    else:
                        nb[j + k] = b[i] + (b[i + 1] - b[i]) * (k / <double> count)
                j += count
            nb[j] = b[n]
            n = kept
            bounds, rows = new_bounds, new_rows
            b, r, p = nb, nr, np_
        if bounds[0] == 0.0:
            bounds[0] = lowest * first
        return bounds, rows, np.nan


cdef void _forgive(cevns_panel_fit *row, int powers, const double *energy, const double *wrong) noexcept:
    """Takes from the errors of a panel what the density is wrong by itself."""
    cdef double largest, inverse
    cdef int j, k, power
    for k in range(powers):
        largest = 0.0
        for j in range(POINTS):
            inverse = 1.0
            for power in range(k):
                inverse /= energy[j]
            largest = max(largest, fabs(wrong[j]) * inverse)
        row.error[k] -= largest


cdef void _judge(Py_ssize_t n, const double *bounds, const cevns_panel_fit *rows, double tolerance, int powers,
                 const int *new, int *pieces) noexcept:
    """Into how many pieces, at least, each new panel must be cut to agree with the density.

    A panel must agree relative to its own largest value, or to what lies above, to which its moments are added. The error of an
    interpolant falls as the width to the number of its terms; relative to a density that falls itself, as one power less.
    """
    cdef double whole = 0.0, width, near, allowed, excess, wanted
    cdef double[3] above = [0.0, 0.0, 0.0]
    cdef Py_ssize_t i
    cdef int k
    cdef const cevns_panel_fit *row
    for i in range(n):
        whole += fabs(_integral(rows[i].coefficient[0])) * 0.5 * (bounds[i + 1] - bounds[i])
    for i in range(n - 1, -1, -1):
        width = bounds[i + 1] - bounds[i]
        row = &rows[i]
        if new[i]:
            wanted = 0.0
            for k in range(powers):
                # φ/E matters as E φ/E does to ∫φ, φ/E² as E φ/E² does to ∫φ/E
                near = max(above[0 if k < 2 else 1], LOST * whole if k < 2 else LOST * whole / bounds[i + 1])
                excess = row.weighted[k] * width / (SHARE * tolerance * near)
                if excess <= 1.0:
                    continue
                # and no density is known better than the rounding of E allows
                allowed = min(_slope(row.coefficient[k]) * 2.0 * ROUNDING * bounds[i + 1] / width, NOISE * row.size[k])
                allowed = max(tolerance * row.size[k], allowed)
                if row.error[k] <= allowed:
                    continue
                excess = min(excess, row.error[k] / allowed)
                if not excess < CROWD:  # nor is it a number
                    excess = CROWD
                wanted = max(wanted, MARGIN * pow(excess, 1.0 / (CEVNS_PANEL_TERMS - 1)))
            pieces[i] = max(pieces[i], <int> ceil(wanted))
        for k in range(powers):
            above[k] += fabs(_integral(row.coefficient[k])) * 0.5 * width


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
