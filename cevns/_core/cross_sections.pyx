"""Cross sections of one nucleus and the quadrature behind the total."""

from cpython.exc cimport PyErr_CheckSignals
from libc.math cimport INFINITY, ceil, fmin, sqrt

from .form_factors cimport FormFactor
from .isa cimport active
from .kernels cimport (
    CEVNS_BLOCK,
    CEVNS_FORM_FACTOR_POINT,
    CEVNS_SPIN_HALF,
    CEVNS_SPIN_ZERO,
    cevns_gauss_16,
    cevns_kernels,
)

# The last momentum transfer [MeV] of the table of a charge that runs: it is constant beyond.
RUNNING_END = 1000.0
RUNNING_LARGEST = RUNNING_END


cdef double next_running_cut(double q, int octaves) noexcept nogil:
    """The next above q of 1000 MeV and what lies below it by 1 or 2 octaves at a time, down to 3.91 or 1.95 MeV; else infinite.

    Between them a charge that runs is smooth for a quadrature: its first singularities are at q = ±2i m_e, then come those of
    the heavier particles, and a panel from cut to cut keeps its distance from all of them, for 8 nodes an octave or 16 two.
    """
    cdef double cut = RUNNING_LARGEST / (512.0 if octaves == 1 else 256.0)
    while cut <= q and cut <= RUNNING_LARGEST:
        cut *= 2.0 if octaves == 1 else 4.0
    return cut if cut <= RUNNING_LARGEST else INFINITY


cdef class Nucleus:
    """One nucleus with the charges that a neutrino flavour sees: mass [MeV], Z g_p, N g_n, two form factors.

    `factor` stands in front of Q² in the cross section [cm²/MeV]: G_F² M/π in the Standard Model. `running` multiplies Z g_p as
    a function of q; `axial_charge` is F_A(0)/4 and `axial` its form factor; `interference` the sign of √(F_A/4) beside Q, or 0.
    """

    def __cinit__(self, double mass, double proton_charge, double neutron_charge, FormFactor proton, FormFactor neutron,
                  bint spin_half, double factor, FormFactor running=None, double axial_charge=0.0, FormFactor axial=None,
                  double interference=0.0):
        running = FormFactor() if running is None else running
        axial = FormFactor() if axial is None else axial
        self.parts = (proton, neutron, running, axial)  # they own the tables
        self.parameters.mass = mass
        self.parameters.proton_charge = proton_charge
        self.parameters.neutron_charge = neutron_charge
        self.parameters.proton = proton.parameters
        self.parameters.neutron = neutron.parameters
        self.parameters.running = running.parameters
        self.parameters.axial_charge = axial_charge
        self.parameters.axial = axial.parameters
        self.parameters.interference = interference
        self.parameters.spin = CEVNS_SPIN_HALF if spin_half else CEVNS_SPIN_ZERO
        self.factor = factor
        self.length = max(proton.length, neutron.length, running.length, axial.length)

    cdef bint is_point(self) noexcept nogil:
        """Whether nothing depends on q: then the total cross section is a closed form."""
        return (self.parameters.proton.kind == CEVNS_FORM_FACTOR_POINT
                and self.parameters.neutron.kind == CEVNS_FORM_FACTOR_POINT
                and self.parameters.running.kind == CEVNS_FORM_FACTOR_POINT
                and self.parameters.axial_charge == 0.0)

    cdef bint falls(self) noexcept nogil:
        """Whether nothing is left of the cross section at large q."""
        return (self.parameters.proton.kind != CEVNS_FORM_FACTOR_POINT
                and self.parameters.neutron.kind != CEVNS_FORM_FACTOR_POINT)

    cdef bint runs(self) noexcept nogil:
        """Whether the charge of the protons depends on q."""
        return self.parameters.running.kind != CEVNS_FORM_FACTOR_POINT

    def weak_charge_squared(self, const double[::1] recoil_energy, double[::1] out):
        """(Z g_p F_p + N g_n F_n)² at recoil energies [keV]."""
        cdef const cevns_kernels *kernels = active()
        cdef size_t n = recoil_energy.shape[0], start = 0, count, i
        with nogil:
            while start < n:
                count = min(n - start, <size_t> CEVNS_BLOCK)
                kernels.weak_charge(&self.parameters, count, &recoil_energy[start], &out[start])
                for i in range(start, start + count):
                    out[i] *= out[i]
                start += count

    def differential_cross_section(self, const double[::1] recoil_energy, const double[::1] neutrino_energy, double[::1] out):
        """dσ/dT [cm²/keV] at pairs of recoil energy [keV] and neutrino energy [MeV]."""
        cdef const cevns_kernels *kernels = active()
        cdef size_t n = recoil_energy.shape[0], start = 0, count
        cdef double[CEVNS_BLOCK] charge, strength
        cdef double *axial = strength if self.parameters.axial_charge != 0.0 else NULL
        with nogil:
            while start < n:
                count = min(n - start, <size_t> CEVNS_BLOCK)
                kernels.weak_charge(&self.parameters, count, &recoil_energy[start], charge)
                if axial != NULL:
                    kernels.axial_strength(&self.parameters, count, &recoil_energy[start], axial)
                kernels.differential_cross_section(&self.parameters, count, &recoil_energy[start], &neutrino_energy[start],
                                                   charge, axial, 1e-3 * self.factor, &out[start])
                start += count

    def angular_cross_section(self, const double[::1] cosine, const double[::1] neutrino_energy, bint of_recoil, double[::1] out):
        """dσ/dcosθ [cm²] at pairs of the cosine of the neutrino's or the recoil's angle and the neutrino energy [MeV]."""
        cdef const cevns_kernels *kernels = active()
        cdef size_t n = cosine.shape[0], start = 0, count
        cdef double mass = self.parameters.mass
        cdef double[CEVNS_BLOCK] recoil_energy, charge, strength
        cdef double *axial = strength if self.parameters.axial_charge != 0.0 else NULL
        with nogil:
            while start < n:
                count = min(n - start, <size_t> CEVNS_BLOCK)
                if of_recoil:
                    kernels.recoil_at_recoil_cosine(count, &cosine[start], &neutrino_energy[start], mass, recoil_energy)
                else:
                    kernels.recoil_at_neutrino_cosine(count, &cosine[start], &neutrino_energy[start], mass, recoil_energy)
                kernels.weak_charge(&self.parameters, count, recoil_energy, charge)
                if axial != NULL:
                    kernels.axial_strength(&self.parameters, count, recoil_energy, axial)
                if of_recoil:
                    kernels.recoil_angle_cross_section(&self.parameters, count, &cosine[start], &neutrino_energy[start],
                                                       charge, axial, self.factor, &out[start])
                else:
                    kernels.neutrino_angle_cross_section(&self.parameters, count, &cosine[start], &neutrino_energy[start],
                                                         charge, axial, self.factor, &out[start])
                start += count

    def cross_section(self, const double[::1] neutrino_energy, const double[::1] threshold, double[::1] out):
        """σ of recoils above thresholds [keV], at pairs with neutrino energies [MeV]; closed form where F = 1.

        Gauss–Legendre in √T, 16 nodes for each half turn of q·length: the integrand is a polynomial times F², whose phase
        is at most 2 q R; where the charge runs also for every two octaves in q. The error is below 1e-12 of the result
        (tests/scattering/test_cross_sections.py).
        """
        cdef const cevns_kernels *kernels = active()
        cdef size_t n = neutrino_energy.shape[0], i, start, count
        cdef int panel, panels, k
        cdef double mass = self.parameters.mass, length = self.length, per_root = sqrt(2e-3 * mass)
        cdef double E, low, high, end, bottom, top, half, middle, root, total
        cdef bint runs = self.runs()
        cdef double[16] recoil_energy, energy, charges, value, strength
        cdef double *axial = strength if self.parameters.axial_charge != 0.0 else NULL
        cdef bint point = self.is_point(), falls = self.falls()
        cdef double charge = self.parameters.proton_charge + self.parameters.neutron_charge
        with nogil:
            for i in range(n):
                E = neutrino_energy[i]
                kernels.recoil_energy_max(1, &E, mass, &top)
                bottom = threshold[i]
                if bottom >= top:
                    out[i] = 0.0
                    continue
                if point:
                    out[i] = self.factor * charge * charge * 1e-3 * (top - bottom) * (top - bottom) / (2.0 * top)
                    if self.parameters.spin == CEVNS_SPIN_HALF:
                        low, high = 1e-3 * bottom / E, 1e-3 * top / E
                        out[i] += self.factor * charge * charge * E * (high - low) * (high * high + high * low + low * low) / 6.0
                    continue
                low, end = sqrt(bottom), sqrt(top)
                if falls:  # 1e6 half turns of q·length are followed: F² is 0 beyond
                    end = fmin(end, low + 3.2e6 / (per_root * length))
                total = 0.0
                while low < end:
                    high = end
                    if runs:
                        high = fmin(end, next_running_cut(low * per_root, 2) / per_root)
                        if not low < high:
                            high = end
                    # the phase q·length between the ends
                    panels = <int> fmin(1e6, ceil((high - low) * per_root * length / 3.2))
                    if panels < 1:
                        panels = 1
                    half = 0.5 * (high - low) / panels
                    for panel in range(panels):
                        middle = low + (2 * panel + 1) * half
                        for k in range(16):
                            root = middle + half * cevns_gauss_16.node[k]
                            recoil_energy[k] = root * root
                            energy[k] = E
                        kernels.weak_charge(&self.parameters, 16, recoil_energy, charges)
                        if axial != NULL:
                            kernels.axial_strength(&self.parameters, 16, recoil_energy, axial)
                        kernels.differential_cross_section(&self.parameters, 16, recoil_energy, energy, charges, axial,
                                                           1e-3 * self.factor, value)
                        for k in range(16):
                            root = middle + half * cevns_gauss_16.node[k]
                            total += 2.0 * root * half * cevns_gauss_16.weight[k] * value[k]
                    low = high
                    if panels > 1000:  # long enough for an interrupt to be waited for
                        with gil:
                            PyErr_CheckSignals()
                out[i] = total
