from .kernels cimport cevns_nucleus

cdef double RUNNING_LARGEST


cdef double next_running_cut(double q, int octaves) noexcept nogil


cdef class Nucleus:
    cdef cevns_nucleus parameters
    cdef double factor
    cdef tuple parts
    cdef bint is_point(self) noexcept nogil
    cdef bint falls(self) noexcept nogil
    cdef bint runs(self) noexcept nogil
    cdef double length
