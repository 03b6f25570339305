/* The normal distribution, Poisson's law and the incomplete gamma functions, to a few ulp also far in their tails: exponents
 * are pairs of doubles, so that e^-700 has all its digits. Results below 3e-308 are 0 (no subnormals).
 *
 *     normal cdf             Phi(x) = erfc(-x/sqrt 2)/2                                  5 ulp
 *     Poisson                m^k e^-m/Gamma(k + 1), any real k >= 0                      6 ulp for k <= 1e9
 *     incomplete gamma       P(a, x), Q(a, x) = 1 - P, a >= 1; the smaller of the two   10 ulp for a <= 1e9
 *
 * of themselves, above 1e-300 (tests/_core/test_special.py). */
#include "special_series.h"

/* Loops become vector code only around what is inlined, and compilers think these too long for it. */
#if defined(__GNUC__) || defined(__clang__)
#define CEVNS_INLINE static inline __attribute__((always_inline))
#else
#define CEVNS_INLINE static inline
#endif

/* ---- pairs: high + low, exact sums and products ------------------------------------------------------------------------- */

typedef struct {
    double high, low;
} cevns_pair;

static inline cevns_pair cevns_pair_sum(double a, double b)
{
    const double sum = a + b, part = sum - a;
    return (cevns_pair){sum, (a - (sum - part)) + (b - part)};
}

/* |a|, |b| up to 1e290 (the halves of Veltkamp). */
static inline cevns_pair cevns_pair_product(double a, double b)
{
    const double product = a * b;
#ifdef CEVNS_FUSED
    return (cevns_pair){product, cevns_fma(a, b, -product)};
#else
    const double half = 0x1p27 + 1.0;
    const double a_high = half * a - (half * a - a), b_high = half * b - (half * b - b);
    const double a_low = a - a_high, b_low = b - b_high;
    return (cevns_pair){product, a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low)};
#endif
}

/* e^-x for a pair x >= -1. */
CEVNS_INLINE double cevns_exp_minus(cevns_pair x)
{
    const double value = cevns_exp(-x.high);
    return cevns_fma(-x.low, value, value);
}

/* 1/5 + w/7 + w^2/9 + ..., for (atanh(z) - z - z^3/3)/z^5 with w = z^2 <= 0.0295: within 5e-17. */
static const double cevns_atanh_series[11] = {1.0 / 5.0,  1.0 / 7.0,  1.0 / 9.0,  1.0 / 11.0, 1.0 / 13.0, 1.0 / 15.0,
                                              1.0 / 17.0, 1.0 / 19.0, 1.0 / 21.0, 1.0 / 23.0, 1.0 / 25.0};

/* r - 1 - ln(r) for a pair r, normal and up to 6e307, within 1e-19 of itself. With r = 2^k (1 + f) and z = f/(2 + f)
 *
 *     f - ln(1 + f) = f z - 2/3 z^3 - 2 z^5 (1/5 + z^2/7 + ...)
 *
 * has no cancellation left, and what follows its first two terms, 2e-3 of it at most, needs no pair. */
CEVNS_INLINE cevns_pair cevns_deviance_pair(cevns_pair r)
{
    const cevns_log_range range = cevns_log_reduce(r.high);
    const double f = range.f, f_low = r.low * range.scale;
    const cevns_pair sum = cevns_pair_sum(2.0, f);
    const double z = f / sum.high;
    const cevns_pair back = cevns_pair_product(z, sum.high);
    const double z_low = (((f - back.high) - back.low) + f_low - z * (sum.low + f_low)) / sum.high;
    cevns_pair first = cevns_pair_product(f, z);
    first.low += f * z_low + f_low * z;
    cevns_pair w = cevns_pair_product(z, z);
    w.low += 2.0 * z * z_low;
    cevns_pair cube = cevns_pair_product(w.high, z);
    cube.low += w.high * z_low + w.low * z;
    cevns_pair second = cevns_pair_product(cube.high, 2.0 / 3.0);
    second.low += cube.high * 0x1.5555555555555p-55 + cube.low * (2.0 / 3.0); /* 2/3 less its rounding */
    const double rest = 2.0 * cube.high * w.high * CEVNS_HORNER_10(cevns_atanh_series, w.high);
    const cevns_pair excess = cevns_pair_sum(first.high, -second.high);
    /* r - (1 + f) - k ln 2, of which the first and the leading part of the second are exact */
    const cevns_pair steps = cevns_pair_sum(r.high, -(1.0 + f));
    const cevns_pair whole = cevns_pair_sum(steps.high, -range.k * CEVNS_LN2_HIGH);
    const cevns_pair total = cevns_pair_sum(whole.high, excess.high);
    const double low = (steps.low + whole.low + total.low) + (r.low - f_low) - range.k * CEVNS_LN2_LOW;
    return cevns_pair_sum(total.high, low + (excess.low + (first.low - second.low) - rest));
}

/* ---- the normal distribution --------------------------------------------------------------------------------------------- */

/* e^(y^2) erfc(y) for 0 <= y <= 1e150, within 2 ulp. */
CEVNS_INLINE double cevns_erfcx(double y)
{
    const double inverse = 1.0 / (y + 3.75), t1 = 2.0 * y * inverse, t = (y - 3.75) * inverse;
    return cevns_fma(t1, CEVNS_HORNER_23(cevns_erfcx_polynomial, t), 1.0) / cevns_fma(2.0, y, 1.0);
}

/* Phi(x), any x but nan: 0 below -37.6. */
CEVNS_INLINE double cevns_normal_cdf(double x)
{
    const double z = cevns_smaller(fabs(x), 40.0);
    const cevns_pair square = cevns_pair_product(z, z);
    const cevns_pair half = {0.5 * square.high, 0.5 * square.low};
    const double tail = 0.5 * cevns_erfcx(z * 0x1.6a09e667f3bcdp-1) * cevns_exp_minus(half);
    return x < 0.0 ? tail : 1.0 - tail;
}

/* ---- Poisson's law ------------------------------------------------------------------------------------------------------- */

/* With c the larger of k and 1, r = m/c and D(r) = r - 1 - ln(r):
 *
 *     m^k e^-m/Gamma(k + 1) = c^k e^-c/Gamma(k + 1) e^-E,     E = k D(r) + (c - k)(r - 1)
 *
 * The factor in front is Stirling's from k = 1 on. */
typedef struct {
    double k, centre, front;
} cevns_poisson_law;

static inline cevns_poisson_law cevns_poisson_of(double k)
{
    const double centre = cevns_larger(k, 1.0);
    const double v = 3.0 / (centre + 0.5) - 1.0;
    const double stirling = CEVNS_HORNER_18(cevns_stirling_polynomial, v) / sqrt(0x1.921fb54442d18p2 * centre);
    const double small = CEVNS_HORNER_14(cevns_inverse_factorial_polynomial, 2.0 * cevns_smaller(k, 1.0) - 1.0);
    return (cevns_poisson_law){k, centre, k < 1.0 ? small : stirling};
}

/* E at a mean >= 0; beyond 4000 if that is > 4096 centre, where nothing is left. */
CEVNS_INLINE cevns_pair cevns_poisson_exponent(cevns_poisson_law law, double mean)
{
    const double m = cevns_larger(cevns_smaller(mean, 4096.0 * law.centre), DBL_MIN * law.centre);
    cevns_pair r = {m / law.centre, 0.0};
    const cevns_pair back = cevns_pair_product(r.high, law.centre);
    r.low = ((m - back.high) - back.low) / law.centre;
    const cevns_pair deviance = cevns_deviance_pair(r);
    cevns_pair exponent = cevns_pair_product(law.k, deviance.high);
    const cevns_pair less = cevns_pair_sum(law.centre, -law.k), change = cevns_pair_sum(r.high, -1.0);
    const cevns_pair other = cevns_pair_product(less.high, change.high);
    const cevns_pair sum = cevns_pair_sum(exponent.high, other.high);
    exponent.low += law.k * deviance.low + other.low + less.high * (change.low + r.low) + less.low * change.high;
    return cevns_pair_sum(sum.high, sum.low + exponent.low);
}

CEVNS_INLINE double cevns_poisson_probability(cevns_poisson_law law, double mean)
{
    const double value = law.front * cevns_exp_minus(cevns_poisson_exponent(law, mean));
    return mean > 0.0 ? value : (law.k > 0.0 ? 0.0 : 1.0);
}

/* ---- incomplete gamma functions ------------------------------------------------------------------------------------------ */

/* Between these x/a, |eta| <= 1, N. M. Temme's uniform form (SIAM J. Math. Anal. 10 (1979) 757) holds for all a >= 1:
 *
 *     Q(a, x) = erfc(eta sqrt(a/2))/2 + e^(-a eta^2/2)/sqrt(2 pi a) S(eta, a),     eta^2/2 = D(x/a), eta > 0 for x > a
 *
 * with a eta^2/2 = E of Poisson's law. S is a polynomial here, not its asymptotic series. Below and above them
 * P = m^a e^-m/Gamma(a + 1) times a series, Q the same times a continued fraction (NIST DLMF 8.7.1, 8.9.2). */
#define CEVNS_UNIFORM_LOW 0.302
#define CEVNS_UNIFORM_HIGH 2.357

typedef struct {
    cevns_poisson_law law;
    double root;                       /* sqrt(2/a) */
    double series[CEVNS_UNIFORM_TERMS]; /* of S/sqrt(2 pi a), in eta */
} cevns_gamma_law;

static inline cevns_gamma_law cevns_gamma_of(double a)
{
    cevns_gamma_law law = {.law = cevns_poisson_of(a), .root = sqrt(2.0 / a)};
    const double v = 3.0 / (a + 0.5) - 1.0, scale = 1.0 / sqrt(0x1.921fb54442d18p2 * a);
    for (size_t i = 0; i < CEVNS_UNIFORM_TERMS; i++) law.series[i] = 0.0;
    for (size_t j = CEVNS_UNIFORM_ORDERS; j-- > 0;)
        for (size_t i = 0; i < CEVNS_UNIFORM_TERMS; i++)
            law.series[i] = cevns_fma(law.series[i], v, cevns_uniform_polynomial[j][i]);
    for (size_t i = 0; i < CEVNS_UNIFORM_TERMS; i++) law.series[i] *= scale;
    return law;
}

/* P for x < a, Q for x >= a, where |eta| <= 1. */
CEVNS_INLINE double cevns_gamma_near(const cevns_gamma_law *law, double x)
{
    const cevns_pair exponent = cevns_poisson_exponent(law->law, x);
    const double y = sqrt(cevns_larger(exponent.high, 0.0)), side = x < law->law.k ? -1.0 : 1.0;
    const double eta = side * cevns_smaller(y * law->root, 1.0);
    const double sum = cevns_fma(side, CEVNS_HORNER_18(law->series, eta), 0.5 * cevns_erfcx(y));
    return sum * cevns_exp_minus(exponent);
}

/* P = D sum_n x^n/((a + 1) ... (a + n)) for x <= 0.302 a: at most 33 terms. */
static inline double cevns_gamma_below(const cevns_gamma_law *law, double x)
{
    const double probability = cevns_poisson_probability(law->law, x);
    double term = 1.0, sum = 1.0;
    for (double b = law->law.k + 1.0; term > 0x1p-56; b += 1.0) {
        term *= x / b;
        sum += term;
    }
    return probability * sum;
}

/* Q = a D/(x + 1 - a - 1 (1 - a)/(x + 3 - a - 2 (2 - a)/(x + 5 - a - ...))) for x >= 2.357 a: 12 + 28/a levels suffice. */
static inline double cevns_gamma_above(const cevns_gamma_law *law, double x)
{
    const double a = law->law.k, probability = cevns_poisson_probability(law->law, x);
    if (probability == 0.0) return 0.0;
    double tail = 0.0;
    for (double n = floor(12.0 + 28.0 / a); n > 0.0; n -= 1.0) tail = n * (n - a) / ((x - a) + (2.0 * n + 1.0) - tail);
    return a * probability / ((x - a) + 1.0 - tail);
}

/* ---- over arrays --------------------------------------------------------------------------------------------------------- */

static void cevns_erfcx_array(size_t n, const double *restrict y, double *restrict out)
{
    for (size_t i = 0; i < n; i++) out[i] = cevns_erfcx(y[i]);
}

static void cevns_normal_cdf_array(size_t n, const double *restrict x, double *restrict out)
{
    for (size_t i = 0; i < n; i++) out[i] = cevns_normal_cdf(x[i]);
}

static void cevns_poisson_array(double k, size_t n, const double *restrict mean, double *restrict out)
{
    const cevns_poisson_law law = cevns_poisson_of(k);
    for (size_t i = 0; i < n; i++) out[i] = cevns_poisson_probability(law, mean[i]);
}

static void cevns_incomplete_gamma(double a, size_t n, const double *restrict x, double *restrict lower, double *restrict upper)
{
    const cevns_gamma_law law = cevns_gamma_of(a);
    for (size_t i = 0; i < n; i++) {
        const double small = cevns_gamma_near(&law, x[i]);
        lower[i] = x[i] < a ? small : 1.0 - small;
        upper[i] = x[i] < a ? 1.0 - small : small;
    }
    for (size_t i = 0; i < n; i++) {
        if (x[i] < CEVNS_UNIFORM_LOW * a) {
            lower[i] = cevns_gamma_below(&law, x[i]);
            upper[i] = 1.0 - lower[i];
        } else if (x[i] > CEVNS_UNIFORM_HIGH * a) {
            upper[i] = cevns_gamma_above(&law, x[i]);
            lower[i] = 1.0 - upper[i];
        }
    }
}
