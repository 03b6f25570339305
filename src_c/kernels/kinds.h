/* The weights of the moments of a flux above x = E_min(T), for each kind of current: sum_k p_k(T, M) Phi_k = w0 phi0 + w1 m1 + w2 x m2.
 *
 * With x Phi_1 = phi0 - m1, x^2 Phi_2 = phi0 - m1 - x m2, T/x =: lost, and MT/2 = x (x - T) where the final state has no mass, the
 * coefficients a = p0, b = p1/x, c = p2/x^2 have the size of 1 and every moment that of phi0: the error is that of rounding,
 * relative to phi0. The weights are a + b + c, -(b + c) and -c; of the vector current on spin 0 exactly 0, 1 and 1 - T/x. */

static void cevns_kind_weights(cevns_kind kind, cevns_spin spin, double mass, double final_mass, size_t n,
                               const double *restrict recoil_energy, const double *restrict x, double *restrict w0,
                               double *restrict w1, double *restrict w2)
{
    const double half = spin == CEVNS_SPIN_HALF ? 0.5 : 0.0, zero = spin == CEVNS_SPIN_ZERO ? 1.0 : 0.0;
    const double square = final_mass * final_mass;
#define CEVNS_FOR_EACH(...) \
    for (size_t i = 0; i < n; i++) { \
        const double T = CEVNS_MEV_PER_KEV * recoil_energy[i], inverse = 1.0 / cevns_larger(x[i], 1e-300); \
        const double lost = T * inverse; \
        double a = 0.0, b = 0.0, c = 0.0; \
        __VA_ARGS__ \
        w0[i] = a + b + c; \
        w1[i] = -(b + c); \
        w2[i] = -c; \
        (void)lost; \
    }
    switch (kind) {
    case CEVNS_KIND_VECTOR:
        for (size_t i = 0; i < n; i++) {
            const double lost = CEVNS_MEV_PER_KEV * recoil_energy[i] / cevns_larger(x[i], 1e-300), more = half * (lost * lost);
            w0[i] = more;
            w1[i] = 1.0 - more;
            w2[i] = 1.0 - lost - more;
        }
        break;
    case CEVNS_KIND_AXIAL:
        for (size_t i = 0; i < n; i++) {
            const double lost = CEVNS_MEV_PER_KEV * recoil_energy[i] / cevns_larger(x[i], 1e-300), more = half * (lost * lost);
            w0[i] = 2.0 * (1.0 - lost) + more;
            w1[i] = -(1.0 - 2.0 * lost) - more;
            w2[i] = -(1.0 - lost) - more;
        }
        break;
    case CEVNS_KIND_SCALAR:
        CEVNS_FOR_EACH(c = (1.0 - lost) * cevns_fma(half, T / mass, 1.0);)
        break;
    case CEVNS_KIND_PSEUDOSCALAR:
        CEVNS_FOR_EACH(c = 0.25 * (lost * lost);)
        break;
    case CEVNS_KIND_TENSOR:
        CEVNS_FOR_EACH(a = 8.0; b = -8.0 * lost; c = 2.0 * (lost * lost) - 4.0 * (1.0 - lost);)
        break;
    case CEVNS_KIND_MAGNETIC:
        CEVNS_FOR_EACH(const double per = 1.0 / (mass * T); a = per; b = -lost * per; c = 0.25 * zero * (lost * lost) * per;)
        break;
    case CEVNS_KIND_DIPOLE:
        /* at T = 0 a heavy state has no phase space: all moments are 0, whatever multiplies them */
        CEVNS_FOR_EACH(const double positive = mass * cevns_larger(T, 1e-30);
                       const double excess = 0.5 * square / positive;
                       a = 1.0 / positive;
                       b = -(1.0 + excess) * lost / positive;
                       c = ((0.5 * excess * lost) * (lost * (1.0 + excess) - (mass * inverse) * (1.0 + excess)) +
                            0.25 * zero * (lost * lost) * ((1.0 + excess) * (1.0 - 2.0 * excess))) / positive;)
        break;
    case CEVNS_KIND_SCALAR_UPSCATTERING:
        CEVNS_FOR_EACH(c = 0.5 * cevns_fma(mass * inverse, lost, 0.5 * square * inverse * inverse) *
                           cevns_fma(half, T / mass, 1.0);)
        break;
    case CEVNS_KIND_VECTOR_UPSCATTERING:
        CEVNS_FOR_EACH(const double common = -0.5 * (mass * inverse) * lost - 0.25 * square * inverse * inverse;
                       const double of_half = 0.5 * (lost * lost) + 0.25 * (square / mass) * inverse * lost;
                       const double of_zero = 0.125 * (square / mass) * inverse * lost +
                                              0.0625 * (square / mass) * (square / mass) * inverse * inverse;
                       a = 1.0;
                       b = -(lost + 0.5 * square / mass * inverse);
                       c = common + (zero != 0.0 ? of_zero : of_half);)
        break;
    case CEVNS_KIND_SCALAR_TENSOR:
        CEVNS_FOR_EACH(b = -2.0 * lost; c = lost * lost;)
        break;
    case CEVNS_KIND_VECTOR_AXIAL:
        CEVNS_FOR_EACH(b = 2.0 * lost; c = -(lost * lost);)
        break;
    }
#undef CEVNS_FOR_EACH
}
