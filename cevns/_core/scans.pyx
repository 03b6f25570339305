"""Scans of a theory: χ² of many points from templates, in blocks of points that stay in the L1 cache.

Nothing of the size (points × bins) exists.
"""

import numpy as np

from libc.stdint cimport uint8_t
from libc.stdlib cimport free, malloc

from .isa cimport active
from .kernels cimport CEVNS_SCAN_POINTS, CEVNS_SCAN_WORK, cevns_kernels, cevns_scan


cdef class Scan:
    """Templates and what was observed, scaled and in order as `cevns_scan` of src_c/cevns.h wants them; keeps the arrays."""

    cdef cevns_scan parameters
    cdef size_t work  # doubles
    cdef readonly tuple arrays

    def __cinit__(self, const uint8_t[:, ::1] exponents, const double[::1] constant, const double[:, ::1] templates,
                  const double[::1] counts, tuple kinds, size_t few, double few_constant,
                  const double[::1] few_templates, const double[:, ::1] relative, const double[:, ::1] absolute,
                  const double[::1] precision, const double[::1] low, const double[::1] high):
        cdef size_t bins = constant.shape[0], k
        cdef cevns_scan *scan = &self.parameters
        scan.n_terms, scan.n_parameters = exponents.shape[0], exponents.shape[1]
        scan.n_counted, scan.n_empty, scan.n_measured = kinds
        scan.n_few, scan.few_constant = few, few_constant
        scan.n_nuisances = precision.shape[0]
        padded = sum((kind + 7) // 8 * 8 for kind in kinds)
        if not (bins == padded == counts.shape[0] == templates.shape[1] == relative.shape[1] == absolute.shape[1]):
            raise ValueError(f"all rows must have the {padded} bins of the kinds {kinds}, filled up")
        if few > scan.n_counted or not templates.shape[0] == exponents.shape[0] == few_templates.shape[0] or not relative.shape[0] == absolute.shape[0] == precision.shape[0]:
            raise ValueError("each term needs a template, each nuisance two rows")
        if not low.shape[0] == high.shape[0] == precision.shape[0]:
            raise ValueError("each nuisance needs two limits")
        for k in range(<size_t> low.shape[0]):
            if not (low[k] <= 0.0 <= high[k] and low[k] < high[k]):
                raise ValueError("limits of a nuisance must hold its centre")
        for k in range(few):
            if not (0.0 < counts[k] < 256.0):
                raise ValueError("few counts must be > 0 and < 256")
        # data() of an empty array may not be asked for
        scan.exponents = &exponents[0, 0] if exponents.size else NULL
        scan.constant = &constant[0] if bins else NULL
        scan.templates = &templates[0, 0] if templates.size else NULL
        scan.counts = &counts[0] if bins else NULL
        scan.few_templates = &few_templates[0] if few_templates.size else NULL
        scan.relative = &relative[0, 0] if relative.size else NULL
        scan.absolute = &absolute[0, 0] if absolute.size else NULL
        scan.precision = &precision[0] if precision.size else NULL
        scan.low = &low[0] if low.size else NULL
        scan.high = &high[0] if high.size else NULL
        self.arrays = (exponents, constant, templates, counts, few_templates, relative, absolute, precision, low, high)
        self.work = CEVNS_SCAN_WORK(scan.n_terms, bins, scan.n_nuisances)

    def chi2(self, const double[:, ::1] theta, double[::1] out, double[:, ::1] slopes=None):
        """χ² of points (n, n_parameters), nuisances at 0; and its derivatives."""
        cdef const cevns_kernels *kernels = active()
        cdef size_t n = theta.shape[0], start = 0, count
        cdef bint sloped = slopes is not None and slopes.shape[1] > 0
        cdef const double *point = NULL
        cdef double *work
        if theta.shape[1] != <Py_ssize_t> self.parameters.n_parameters or out.shape[0] != theta.shape[0]:
            raise ValueError("points need the parameters of the scan, and a place for each result")
        if n == 0:
            raise ValueError("nothing to scan")
        if slopes is not None and (slopes.shape[0] != theta.shape[0] or slopes.shape[1] != theta.shape[1]):
            raise ValueError("slopes must have the shape of the points")
        work = <double *> malloc(self.work * sizeof(double))
        if work == NULL:
            raise MemoryError
        with nogil:
            while start < n:
                count = min(n - start, <size_t> CEVNS_SCAN_POINTS)
                if theta.shape[1] > 0:
                    point = &theta[start, 0]
                kernels.scan_chi2(&self.parameters, count, point, work, &out[start],
                                  &slopes[start, 0] if sloped else NULL)
                start += count
        free(work)

    def profile(self, const double[:, ::1] theta, double[::1] out, double[:, ::1] pulls, double[:, ::1] slopes=None):
        """χ² of points (n, n_parameters), smallest over the nuisances, and these (n, n_nuisances); and its derivatives."""
        cdef const cevns_kernels *kernels = active()
        cdef size_t n = theta.shape[0], i
        cdef bint sloped = slopes is not None and slopes.shape[1] > 0
        cdef const double *point = NULL
        cdef double *work
        if theta.shape[1] != <Py_ssize_t> self.parameters.n_parameters or out.shape[0] != theta.shape[0]:
            raise ValueError("points need the parameters of the scan, and a place for each result")
        if n == 0:
            raise ValueError("nothing to scan")
        if pulls.shape[0] != theta.shape[0] or pulls.shape[1] != <Py_ssize_t> self.parameters.n_nuisances:
            raise ValueError("pulls need a place for each nuisance")
        if slopes is not None and (slopes.shape[0] != theta.shape[0] or slopes.shape[1] != theta.shape[1]):
            raise ValueError("slopes must have the shape of the points")
        work = <double *> malloc(self.work * sizeof(double))
        if work == NULL:
            raise MemoryError
        with nogil:
            for i in range(n):
                if theta.shape[1] > 0:
                    point = &theta[i, 0]
                kernels.scan_profile(&self.parameters, point, work, &out[i],
                                     &pulls[i, 0] if self.parameters.n_nuisances else NULL, &slopes[i, 0] if sloped else NULL)
        free(work)
