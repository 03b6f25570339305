"""Neutrinos in dense matter: moments of a nucleus's cross section in the angle, and the correlations of the ions."""

from cpython.exc cimport PyErr_CheckSignals
from libc.math cimport fmax, fmin, log1p, sqrt

from .cross_sections cimport Nucleus, next_running_cut
from .isa cimport active
from .kernels cimport CEVNS_SPIN_ZERO, cevns_gauss_16, cevns_kernels

cdef double SERIES_END = 0.1  # of E/M


cdef double transport_factor(double epsilon) noexcept nogil:
    """{2ε(1 + ε)/(1 + 2ε) − ln(1 + 2ε)}/ε³, 4/3 at ε = 0.

    The closed form cancels: its relative error is about 2e-16 · 3/(2ε²). The series 8 Σ (−1)^k (1/2 − 1/(k + 3)) (2ε)^k with
    24 terms is exact to rounding up to ε = 0.1, where the closed form is good to 3e-14; there they change over.
    """
    cdef double x = 2.0 * epsilon, total = 0.0
    cdef int k
    if epsilon > SERIES_END:
        return (x * (1.0 + epsilon) / (1.0 + x) - log1p(x)) / (epsilon * epsilon * epsilon)
    for k in range(23, -1, -1):
        total = (0.5 - 1.0 / (k + 3)) - x * total
    return 8.0 * total


def angular_moment(Nucleus nucleus, const double[::1] neutrino_energy, const double[::1] screening_length, double electron_charge,
                   int power, double[::1] out):
    """∫ (1 − cos θ)^power dσ [cm²], power 0 or 1, at pairs of neutrino energy [MeV] and screening length [1/MeV].

    Electrons add electron_charge/(1 + (q r)²) to the weak charge; none where electron_charge is 0.
    Closed form for a point of spin 0 without electrons and power 1, else Gauss–Legendre in v = √(1 − cos θ), in which q is
    nearly linear: 16 nodes for each half turn of q·length as in the total cross section. The poles, at v = ±i/√(E/M) of the
    recoil and ±i/(√2 E r) of the electrons, stay a panel's width away. The error is below 1e-12 of the result up to 1 GeV.
    """
    cdef const cevns_kernels *kernels = active()
    cdef size_t n = neutrino_energy.shape[0], i
    cdef int k
    cdef double mass = nucleus.parameters.mass, length = nucleus.length, end
    cdef double E, epsilon, step, inner, low, high, half, middle, v, total, charge, q_squared
    cdef double[16] cosine, recoil_energy, energy, charges, value, strength, q, proton, neutron, running
    cdef double *axial = strength if nucleus.parameters.axial_charge != 0.0 else NULL
    cdef bint electrons = electron_charge != 0.0, runs = nucleus.runs(), falls = nucleus.falls()
    cdef bint closed = (power == 1 and not electrons and nucleus.is_point() and nucleus.parameters.spin == CEVNS_SPIN_ZERO)
    with nogil:
        for i in range(n):
            E = neutrino_energy[i]
            if E == 0.0 or E > 1e100:  # no scattering; σ_tr falls as 1/E², and E² must not overflow
                out[i] = 0.0
                continue
            epsilon = E / mass
            if closed:
                charge = nucleus.parameters.proton_charge + nucleus.parameters.neutron_charge
                out[i] = 0.5 * nucleus.factor * (charge * E) * (charge * epsilon) * transport_factor(epsilon)
                continue
            end = sqrt(2.0)
            step = end * fmin(1.0, 3.2 / (2.0 * E * length + 1e-300))
            if step < 1e-6 * end:  # 1e6 half turns of q·length are followed: F² is 0 beyond
                end = 1e6 * step if falls else end
                step = 1e-6 * end
            if epsilon > 1.0:
                step = fmin(step, sqrt(2.0) / sqrt(epsilon))
            # below 1e-12 of the end nothing is left of either integral, however far the electrons are
            inner = fmax(1.0 / (sqrt(2.0) * E * screening_length[i]), 1e-12 * end) if electrons else end
            low, total = 0.0, 0.0
            while low < end:
                high = low + step
                if electrons and high > 2.0 * low and high > inner:
                    high = inner if inner > 2.0 * low else 2.0 * low
                if runs:
                    # q² = 2ME²v²/(M + Ev²), the cut's v² = q²/(E (2E − q²/M)); none above the largest q
                    q_squared = next_running_cut(sqrt(2.0 * low * low / (1.0 + epsilon * low * low)) * E * (1.0 + 1e-9), 2)
                    q_squared = q_squared * q_squared
                    if q_squared < 2.0 * mass * E:
                        v = sqrt(q_squared / (E * (2.0 * E - q_squared / mass)))
                        if low < v and v < high:
                            high = v
                if high > 0.999999 * end or not high > low:
                    high = end
                middle, half = 0.5 * (low + high), 0.5 * (high - low)
                for k in range(16):
                    v = middle + half * cevns_gauss_16.node[k]
                    cosine[k] = 1.0 - v * v
                    energy[k] = E
                    # from v, not from the cosine: the electrons' cloud may end at angles where 1 − cos θ has lost its digits
                    recoil_energy[k] = 1e3 * E * (E * v * v / (mass + E * v * v))
                if electrons:
                    for k in range(16):
                        q[k] = sqrt(2e-3 * mass * recoil_energy[k])
                    kernels.form_factor(&nucleus.parameters.proton, 16, q, proton)
                    kernels.form_factor(&nucleus.parameters.neutron, 16, q, neutron)
                    kernels.form_factor(&nucleus.parameters.running, 16, q, running)
                    for k in range(16):
                        v = q[k] * screening_length[i]
                        charges[k] = (nucleus.parameters.proton_charge * running[k] * proton[k]
                                      + nucleus.parameters.neutron_charge * neutron[k] + electron_charge / (1.0 + v * v))
                else:
                    kernels.weak_charge(&nucleus.parameters, 16, recoil_energy, charges)
                if axial != NULL:
                    kernels.axial_strength(&nucleus.parameters, 16, recoil_energy, axial)
                kernels.neutrino_angle_cross_section(&nucleus.parameters, 16, cosine, energy, charges, axial,
                                                     nucleus.factor, value)
                for k in range(16):
                    v = middle + half * cevns_gauss_16.node[k]
                    total += 2.0 * v * (v * v if power == 1 else 1.0) * half * cevns_gauss_16.weight[k] * value[k]
                low = high
            out[i] = total
            if step < 1e-3:  # long enough for an interrupt to be waited for
                with gil:
                    PyErr_CheckSignals()


def ion_sphere(const double[::1] density, const double[::1] temperature, double length, double strength, double[::1] radius,
               double[::1] root_coupling):
    """a = length density^(−1/3) and √Γ, Γ = strength/(a T), at most 150."""
    cdef const cevns_kernels *kernels = active()
    if density.shape[0]:
        with nogil:
            kernels.ion_sphere(density.shape[0], &density[0], &temperature[0], length, strength, &radius[0], &root_coupling[0])


def ion_correlation(const double[::1] neutrino_energy, const double[::1] radius, const double[::1] root_coupling, double[::1] out):
    """⟨S⟩ at neutrino energies [MeV], ion-sphere radii [1/MeV] and roots of the coupling."""
    cdef const cevns_kernels *kernels = active()
    if neutrino_energy.shape[0]:
        with nogil:
            kernels.ion_correlation(neutrino_energy.shape[0], &neutrino_energy[0], &radius[0], &root_coupling[0], &out[0])
