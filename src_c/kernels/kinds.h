/* Sum_k p_k(T, M) Phi_k of the kinds of currents, from the moments of a flux above x = E_min(T).
 *
 * With x^2 Phi_2 = phi0 - m1 - x m2 and x Phi_1 = phi0 - m1, T/x =: lost and MT/2 = x (x - T) where the final state has no
 * mass, the coefficients have the size of 1 and every moment that of phi0: the error is that of rounding, relative to phi0. */

static void cevns_add_kind(cevns_kind kind, cevns_spin spin, double mass, double final_mass, size_t n,
                           const double *restrict recoil_energy, const double *restrict x, double factor,
                           const double *restrict phi0, const double *restrict m1, const double *restrict m2,
                           double *restrict out)
{
    const double half = spin == CEVNS_SPIN_HALF ? 0.5 : 0.0, zero = spin == CEVNS_SPIN_ZERO ? 1.0 : 0.0;
    const double square = final_mass * final_mass;
#define CEVNS_FOR_EACH(...) \
    for (size_t i = 0; i < n; i++) { \
        const double T = CEVNS_MEV_PER_KEV * recoil_energy[i], inverse = 1.0 / cevns_larger(x[i], 1e-300); \
        const double lost = T * inverse; \
        const double first = phi0[i] - m1[i];               /* x Phi_1 */ \
        const double second = cevns_fma(-x[i], m2[i], first); /* x^2 Phi_2 */ \
        double value; \
        __VA_ARGS__ \
        out[i] = cevns_fma(factor, value, out[i]); \
        (void)lost, (void)second; \
    }
    switch (kind) {
    case CEVNS_KIND_VECTOR:
        CEVNS_FOR_EACH(value = cevns_fma(x[i] - T, m2[i], m1[i]) + half * (lost * lost) * second;)
        break;
    case CEVNS_KIND_AXIAL:
        CEVNS_FOR_EACH(value = 2.0 * (1.0 - lost) * phi0[i] - cevns_fma(1.0 - 2.0 * lost, m1[i], (x[i] - T) * m2[i]) +
                               half * (lost * lost) * second;)
        break;
    case CEVNS_KIND_SCALAR:
        CEVNS_FOR_EACH(value = (1.0 - lost) * cevns_fma(half, T / mass, 1.0) * second;)
        break;
    case CEVNS_KIND_PSEUDOSCALAR:
        CEVNS_FOR_EACH(value = 0.25 * (lost * lost) * second;)
        break;
    case CEVNS_KIND_TENSOR:
        CEVNS_FOR_EACH(value = 8.0 * (phi0[i] - lost * first) + (2.0 * (lost * lost) - 4.0 * (1.0 - lost)) * second;)
        break;
    case CEVNS_KIND_MAGNETIC:
        CEVNS_FOR_EACH(value = (phi0[i] - lost * first + 0.25 * zero * (lost * lost) * second) / (mass * T);)
        break;
    case CEVNS_KIND_DIPOLE:
        /* at T = 0 a heavy state has no phase space: all moments are 0, whatever multiplies them */
        CEVNS_FOR_EACH(const double positive = mass * cevns_larger(T, 1e-30);
                       const double excess = 0.5 * square / positive;
                       const double p1 = -(1.0 + excess) * lost;
                       const double p2 = (0.5 * excess * lost) * (lost * (1.0 + excess) - (mass * inverse) * (1.0 + excess)) +
                                         0.25 * zero * (lost * lost) * ((1.0 + excess) * (1.0 - 2.0 * excess));
                       value = (phi0[i] + p1 * first + p2 * second) / positive;)
        break;
    case CEVNS_KIND_SCALAR_UPSCATTERING:
        CEVNS_FOR_EACH(value = 0.5 * cevns_fma(mass * inverse, lost, 0.5 * square * inverse * inverse) *
                               cevns_fma(half, T / mass, 1.0) * second;)
        break;
    case CEVNS_KIND_VECTOR_UPSCATTERING:
        CEVNS_FOR_EACH(const double p1 = lost + 0.5 * square / mass * inverse;
                       const double common = -0.5 * (mass * inverse) * lost - 0.25 * square * inverse * inverse;
                       const double of_half = 0.5 * (lost * lost) + 0.25 * (square / mass) * inverse * lost;
                       const double of_zero = 0.125 * (square / mass) * inverse * lost +
                                              0.0625 * (square / mass) * (square / mass) * inverse * inverse;
                       value = phi0[i] - p1 * first + (common + (zero != 0.0 ? of_zero : of_half)) * second;)
        break;
    case CEVNS_KIND_SCALAR_TENSOR:
        CEVNS_FOR_EACH(value = (lost * lost) * second - 2.0 * lost * first;)
        break;
    }
#undef CEVNS_FOR_EACH
}
