"""The normal distribution, Poisson's law and the incomplete gamma functions, over arrays that the caller has checked."""

from .isa cimport active
from .kernels cimport cevns_kernels


def erfcx(const double[::1] y, double[::1] out):
    """e^(y²) erfc(y), y ≥ 0."""
    if y.shape[0]:
        with nogil:
            active().erfcx(y.shape[0], &y[0], &out[0])


def normal_cdf(const double[::1] x, double[::1] out):
    """Φ(x)."""
    if x.shape[0]:
        with nogil:
            active().normal_cdf(x.shape[0], &x[0], &out[0])


def poisson(const double[::1] number, const double[:, ::1] mean, double[:, ::1] out):
    """Row i: m^k e^(−m)/Γ(k + 1) for k = number[i], at the means of row i, or of the only row."""
    cdef const cevns_kernels *kernels = active()
    cdef Py_ssize_t i, step = 1 if mean.shape[0] > 1 else 0
    if out.shape[1]:
        with nogil:
            for i in range(out.shape[0]):
                kernels.poisson(number[i], out.shape[1], &mean[i * step, 0], &out[i, 0])


def incomplete_gamma(const double[::1] a, const double[:, ::1] x, double[:, ::1] lower, double[:, ::1] upper):
    """Row i: P(a, x) and Q(a, x) for a[i], at x of row i, or of the only row."""
    cdef const cevns_kernels *kernels = active()
    cdef Py_ssize_t i, step = 1 if x.shape[0] > 1 else 0
    if lower.shape[1]:
        with nogil:
            for i in range(lower.shape[0]):
                kernels.incomplete_gamma(a[i], lower.shape[1], &x[i * step, 0], &lower[i, 0], &upper[i, 0])
