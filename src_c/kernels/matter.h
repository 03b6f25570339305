/* Ions of a plasma as a neutrino sees them, <S> of the static structure factor averaged over angles for the transport cross
 * section. From Gamma = 1 on the fit of C. J. Horowitz, Phys. Rev. D 55 (1997) 4577, with the coefficients of S. W. Bruenn's
 * transport code:
 *
 *     <S> = 1/(1 + exp(-sum_i beta_i e^i)),   beta_0 = ln(0.3/(0.3 + 3 Gamma)), beta_1 = 0, beta_2 = 6.667,
 *     beta_i = sum_j c_ij Gamma^(j/2), i = 3 .. 6;   <S> = 1 where e >= 3 + 4/sqrt(Gamma),
 *
 * e = E a/hbar c with a the ion-sphere radius. exp(-beta_0) = 1 + 10 Gamma: no logarithm. Up to Gamma = 0.36 that of Debye and
 * Hueckel with a screening k^2 = f Gamma/a^2 of the ions' own screening, S(q) = (q^2 + k^2)/(q^2 + k^2 + 3 Gamma/a^2); between
 * them the two by weight. f makes <S> = 1/5.6 at e = 0, as the fit has it for Gamma = 0.36. */
static const double cevns_ion_beta_3[4] = {-7.362056, 0.5371365, -0.1078845, 4.189612e-3};
static const double cevns_ion_beta_4[4] = {3.4489581, -0.40251656, 9.0877878e-2, -3.4353581e-3};
static const double cevns_ion_beta_5[4] = {-0.74128645, 0.11019855, -2.5359361e-2, 9.0487744e-4};
static const double cevns_ion_beta_6[4] = {5.9573285e-2, -1.0186552e-2, 2.2791369e-3, -7.4614597e-5};
#define CEVNS_ION_BETA_2 6.667
#define CEVNS_ION_COUPLING_MAX 150.0
#define CEVNS_ION_WEAK 0.6 /* sqrt(Gamma) up to which the plasma is weakly coupled */
/* f = 3/4.6: f/(3 + f) = 1/5.6, half of 3 + f times 2, and 3 times 3/(3 + f) */
#define CEVNS_ION_SCREENING (3.0 + 3.0 / 4.6)
#define CEVNS_ION_SHARE (3.0 * 4.6 / 5.6)
static const double cevns_ion_weak_series[15] = { /* 1/((2n + 1)(2n + 3)) */
    1.0 / 3.0, 1.0 / 15.0, 1.0 / 35.0, 1.0 / 63.0, 1.0 / 99.0, 1.0 / 143.0, 1.0 / 195.0, 1.0 / 255.0, 1.0 / 323.0, 1.0 / 399.0, 1.0 / 483.0, 1.0 / 575.0, 1.0 / 675.0, 1.0 / 783.0, 1.0 / 899.0};

/* x^(-1/3) for normal x > 0 within 2 ulp; large and finite at 0. A third of the exponent's bits starts within 4 %; each step of
 * y (1 - r)^(-1/3), r = 1 - x y^3, to the third order in r leaves 35 r^4/243: 2e-5, then less than rounding. */
static inline double cevns_inverse_cube_root(double x)
{
    const uint64_t third = (((uint64_t)cevns_bits(x + 0.0) >> 32) * UINT64_C(0x55555556)) >> 32;
    double y = cevns_from_bits((int64_t)((UINT64_C(0x553ef0ff) - third) << 32));
    double r = cevns_fma(-(x * y), y * y, 1.0);
    y = cevns_fma(y * r, cevns_fma(r, cevns_fma(r, 14.0 / 81.0, 2.0 / 9.0), 1.0 / 3.0), y);
    r = cevns_fma(-(x * y), y * y, 1.0);
    return cevns_fma(y * r, cevns_fma(r, cevns_fma(r, 14.0 / 81.0, 2.0 / 9.0), 1.0 / 3.0), y);
}

static void cevns_ion_sphere(size_t n, const double *restrict density, const double *restrict temperature, double length,
                             double strength, double *restrict radius, double *restrict root_coupling)
{
    for (size_t i = 0; i < n; i++) {
        const double a = length * cevns_inverse_cube_root(density[i]);
        const double coupling = strength / (a * temperature[i]);
        radius[i] = a;
        root_coupling[i] = sqrt(cevns_smaller(coupling, CEVNS_ION_COUPLING_MAX));
    }
}

/* The fit, at sqrt(Gamma) from 0.6 on. */
static inline double cevns_ion_fit(double energy, double root_coupling)
{
    /* beyond 8 all ions are free, whatever the coupling */
    const double g = cevns_larger(root_coupling, CEVNS_ION_WEAK), e = cevns_smaller(energy, 8.0);
    const double beta_3 = CEVNS_HORNER_3(cevns_ion_beta_3, g), beta_4 = CEVNS_HORNER_3(cevns_ion_beta_4, g);
    const double beta_5 = CEVNS_HORNER_3(cevns_ion_beta_5, g), beta_6 = CEVNS_HORNER_3(cevns_ion_beta_6, g);
    const double high = cevns_fma(e, cevns_fma(e, cevns_fma(e, beta_6, beta_5), beta_4), beta_3);
    const double sum = e * e * cevns_fma(e, high, CEVNS_ION_BETA_2);
    const double odds = cevns_fma(10.0 * g, g, 1.0) * cevns_exp(-cevns_larger(sum, -700.0));
    return (e - 3.0) * g >= 4.0 ? 1.0 : 1.0 / (1.0 + odds);
}

/* Debye and Hueckel: 1 - 6 kappa int y (1 - y)/(y + mu) dy over 0 <= y = (1 - cos)/2 <= 1, with mu = (3 + f) Gamma/4e^2 and kappa
 * the share 3/(3 + f) of it. With b = 1/(1 + 2 mu) and d = 1 - b = 2 mu b,
 *
 *     6 mu int = 3 d sum_n b^(2n)/((2n + 1)(2n + 3)) = (3 d/4b^2) [2 - (d (1 + b)/b) ln((1 + b)/d)],
 *
 * the sum up to b = 1/3, where the 14 terms are exact to rounding and the closed form loses a factor of 13. */
static inline double cevns_ion_weak(double energy, double root_coupling)
{
    const double screening = cevns_fma(CEVNS_ION_SCREENING * root_coupling, root_coupling, 1e-300);
    const double square = 2.0 * energy * energy, norm = 1.0 / (square + screening);
    const double b = square * norm, d = cevns_larger(screening * norm, 1e-300);
    const double series = CEVNS_HORNER_14(cevns_ion_weak_series, b * b);
    const double large = cevns_larger(b, 0.3), inverse = 1.0 / large;
    const double logarithm = cevns_log((1.0 + large) / d);
    const double closed = (0.25 * inverse * inverse) * cevns_fma(-(d * (1.0 + large)) * inverse, logarithm, 2.0);
    return cevns_fma(-(CEVNS_ION_SHARE * d), b > 1.0 / 3.0 ? closed : series, 1.0);
}

static void cevns_ion_correlation(size_t n, const double *restrict neutrino_energy, const double *restrict radius,
                                  const double *restrict root_coupling, double *restrict out)
{
    for (size_t start = 0; start < n; start += CEVNS_BLOCK) {
        const size_t end = n - start < CEVNS_BLOCK ? n : start + CEVNS_BLOCK;
        int weak = 0;
        for (size_t i = start; i < end; i++) {
            out[i] = cevns_ion_fit(neutrino_energy[i] * radius[i], root_coupling[i]);
            weak |= root_coupling[i] < 1.0;
        }
        if (!weak) continue;
        for (size_t i = start; i < end; i++) {
            const double g = root_coupling[i];
            const double t = cevns_larger(cevns_smaller((g - CEVNS_ION_WEAK) * (1.0 / (1.0 - CEVNS_ION_WEAK)), 1.0), 0.0);
            const double rest = g < 1.0 ? cevns_fma(t * t, cevns_fma(2.0, t, -3.0), 1.0) : 0.0; /* of the fit: t^2 (3 - 2t) */
            out[i] = cevns_fma(rest, cevns_ion_weak(neutrino_energy[i] * radius[i], g) - out[i], out[i]);
        }
    }
}
