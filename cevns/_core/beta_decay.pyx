"""The electron's or positron's factor in an allowed beta spectrum."""

import numpy as np

from .kernels cimport cevns_electron_factor


def electron_factor(kinetic, double coupling):
    """W p^(2γ−1) e^(πy) |Γ(γ + iy)|², y = coupling·W/p, at kinetic energies ≥ 0 in units of m_e, an array of any shape."""
    flat = np.ascontiguousarray(kinetic, dtype=np.float64)
    out = np.empty(flat.shape)
    cdef const double[::1] values = flat.reshape(-1)
    cdef double[::1] result = out.reshape(-1)
    if values.shape[0]:
        cevns_electron_factor(values.shape[0], &values[0], coupling, &result[0])
    return out
