"""Which instruction set the kernels use; chosen once at import, and the border's range check, which every stage needs."""

import os

from .kernels cimport cevns_kernels, cevns_kernels_find

NAMES = ("baseline", "avx2", "avx512")

cdef const cevns_kernels *_active = NULL


cdef const cevns_kernels *active() noexcept nogil:
    return _active


def available():
    """Names of the instruction sets that this build and this machine have, narrowest first."""
    return tuple(name for name in NAMES if cevns_kernels_find(name.encode()) != NULL)


def current():
    """Name of the instruction set in use."""
    return _active.name.decode()


def use(name=None):
    """Switch all kernels to an instruction set, or to the widest; for tests and benchmarks, while no kernel runs."""
    global _active
    cdef bytes encoded = b"" if name is None else name.encode()
    cdef const char *text = NULL
    cdef const cevns_kernels *found
    if name is not None:
        text = encoded
    found = cevns_kernels_find(text)
    if found == NULL:
        known = "" if name in NAMES else f" (known are {', '.join(NAMES)})"
        raise ValueError(f"instruction set {name!r} is not available here{known}; available are {', '.join(available())}")
    _active = found


def first_outside(const double[::1] x, double low, double high):
    """Index of the first value that is not in [low, high] (nan never is), or len(x)."""
    cdef size_t n = x.shape[0], found
    if n == 0:
        return 0
    with nogil:
        found = _active.first_outside(n, &x[0], low, high)
    return found


def exp(const double[::1] x, double[::1] out):
    if x.shape[0]:
        _active.exp(x.shape[0], &x[0], &out[0])


def log(const double[::1] x, double[::1] out):
    if x.shape[0]:
        _active.log(x.shape[0], &x[0], &out[0])


def deviance(const double[::1] x, double[::1] out):
    if x.shape[0]:
        _active.deviance(x.shape[0], &x[0], &out[0])


def sincos(const double[::1] x, double[::1] sine, double[::1] cosine):
    if x.shape[0]:
        _active.sincos(x.shape[0], &x[0], &sine[0], &cosine[0])


use(os.environ.get("CEVNS_ISA") or None)
