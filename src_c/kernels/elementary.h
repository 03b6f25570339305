/* exp, ln, sin and cos without branches, so that the loops around them become vector code; fused multiply-add by name. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "polynomials.h"

/* a*b + c, rounded once where the target can (and there only, so that each instruction set has its own exact meaning). */
#if defined(CEVNS_TARGET_FMA) || defined(__FMA__) || defined(__ARM_FEATURE_FMA)
#define CEVNS_FUSED
#endif
static inline double cevns_fma(double a, double b, double c)
{
#ifdef CEVNS_FUSED
    return __builtin_fma(a, b, c);
#else
    return a * b + c;
#endif
}

static inline int64_t cevns_bits(double x)
{
    int64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline double cevns_from_bits(int64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline double cevns_smaller(double a, double b) { return a < b ? a : b; }
static inline double cevns_larger(double a, double b) { return a > b ? a : b; }

/* Horner's rule, written out: the compiler vectorises the loop around it, not a loop inside. */
#define CEVNS_STEP(c, t, k, rest) cevns_fma(rest, t, (c)[k])
#define CEVNS_HORNER_1(c, t) CEVNS_STEP(c, t, 0, (c)[1])
#define CEVNS_HORNER_3(c, t) CEVNS_STEP(c, t, 0, CEVNS_STEP(c, t, 1, CEVNS_STEP(c, t, 2, (c)[3])))
#define CEVNS_HORNER_5(c, t) CEVNS_STEP(c, t, 0, CEVNS_STEP(c, t, 1, CEVNS_HORNER_3((c) + 2, t)))
#define CEVNS_HORNER_6(c, t) CEVNS_STEP(c, t, 0, CEVNS_HORNER_5((c) + 1, t))
#define CEVNS_HORNER_9(c, t) CEVNS_STEP(c, t, 0, CEVNS_STEP(c, t, 1, CEVNS_STEP(c, t, 2, CEVNS_STEP(c, t, 3, CEVNS_HORNER_5((c) + 4, t)))))
#define CEVNS_HORNER_10(c, t) CEVNS_STEP(c, t, 0, CEVNS_HORNER_9((c) + 1, t))
#define CEVNS_HORNER_14(c, t) \
    CEVNS_STEP(c, t, 0, CEVNS_STEP(c, t, 1, CEVNS_STEP(c, t, 2, CEVNS_STEP(c, t, 3, CEVNS_STEP(c, t, 4, CEVNS_HORNER_9((c) + 5, t))))))
#define CEVNS_HORNER_18(c, t) CEVNS_STEP(c, t, 0, CEVNS_STEP(c, t, 1, CEVNS_STEP(c, t, 2, CEVNS_STEP(c, t, 3, CEVNS_HORNER_14((c) + 4, t)))))
#define CEVNS_HORNER_23(c, t) \
    CEVNS_STEP(c, t, 0, CEVNS_STEP(c, t, 1, CEVNS_STEP(c, t, 2, CEVNS_STEP(c, t, 3, CEVNS_STEP(c, t, 4, CEVNS_HORNER_18((c) + 5, t))))))

/* Adding and subtracting 1.5 * 2^52 rounds to the nearest integer, which then also stands in the low bits. */
#define CEVNS_ROUND 0x1.8p52

/* exp(x) for x <= 709; 0 below -708 (no subnormals). */
static inline double cevns_exp(double x)
{
    const double clipped = cevns_larger(x, -708.0);
    const double shifted = cevns_fma(clipped, 0x1.71547652b82fep0, CEVNS_ROUND);
    const double k = shifted - CEVNS_ROUND;
    /* ln 2 in two parts, the first with 21 zero bits at its end, so that k times it is exact */
    const double r = cevns_fma(k, -0x1.a39ef35793c76p-33, cevns_fma(k, -0x1.62e42feep-1, clipped));
    const double tail = CEVNS_HORNER_9(cevns_exp_polynomial, r);
    const double mantissa = 1.0 + cevns_fma(r * r, tail, r);
    const double scale = cevns_from_bits((int64_t)((uint64_t)cevns_bits(shifted) << 52) + INT64_C(0x3ff0000000000000));
    return x < -708.0 ? 0.0 : mantissa * scale;
}

/* x = 2^k (1 + f) for normal x > 0 up to 6e307, with 1 + f from sqrt(1/2) to sqrt(2): k, f and the scale 2^-k. f is exact. */
typedef struct {
    double k, f, scale;
} cevns_log_range;

static inline cevns_log_range cevns_log_reduce(double x)
{
    cevns_log_range range;
    /* the bits of 1 less those of sqrt(1/2): what lies above sqrt(2) carries into the exponent */
    const int64_t exponent = (cevns_bits(x) + INT64_C(0x00095f619980c433)) & INT64_C(0x7ff0000000000000);
    range.scale = cevns_from_bits(INT64_C(0x7fe0000000000000) - exponent);
    /* the biased exponent as the low bits of 2^52 */
    range.k = cevns_from_bits((int64_t)((uint64_t)exponent >> 52) | INT64_C(0x4330000000000000)) - (0x1p52 + 1023.0);
    range.f = cevns_fma(x, range.scale, -1.0);
    return range;
}

/* Of the same x: k, f, and f - ln(1 + f), in which the leading f has cancelled: f^2/2 - z (f^2/2 + z^2 P(z^2)) with
 * z = f/(2 + f), the form of fdlibm. */
typedef struct {
    double k, f, excess;
} cevns_log_terms;

static inline cevns_log_terms cevns_log_split(double x)
{
    const cevns_log_range range = cevns_log_reduce(x);
    const double f = range.f, z = f / (2.0 + f), w = z * z, half = 0.5 * f * f;
    return (cevns_log_terms){range.k, f, cevns_fma(-z, cevns_fma(w, CEVNS_HORNER_6(cevns_log_polynomial, w), half), half)};
}

/* ln 2 in two parts, the first with 21 zero bits at its end. */
#define CEVNS_LN2_HIGH 0x1.62e42feep-1
#define CEVNS_LN2_LOW 0x1.a39ef35793c76p-33

/* ln(x) for x from 2.2e-308 to 6e307. */
static inline double cevns_log(double x)
{
    const cevns_log_terms t = cevns_log_split(x);
    return cevns_fma(t.k, CEVNS_LN2_HIGH, t.f - cevns_fma(t.k, -CEVNS_LN2_LOW, t.excess));
}

/* x - 1 - ln(x) for the same x: never negative, and to a few ulp of itself also near x = 1, where it is (x - 1)^2/2. */
static inline double cevns_deviance(double x)
{
    const cevns_log_terms t = cevns_log_split(x);
    return cevns_fma(t.k, -(CEVNS_LN2_HIGH + CEVNS_LN2_LOW), (x - 1.0) - t.f) + t.excess;
}

/* sin(x) and cos(x) for 0 <= x <= 2^20: pi/2 in three parts, the products with the first two exact (Cody and Waite). */
static inline void cevns_sincos(double x, double *sine, double *cosine)
{
    const double shifted = cevns_fma(x, 0x1.45f306dc9c883p-1, CEVNS_ROUND);
    const double k = shifted - CEVNS_ROUND;
    double r = cevns_fma(k, -0x1.921fb544p0, x);
    r = cevns_fma(k, -0x1.0b4611a6p-34, r);
    r = cevns_fma(k, -0x1.3198a2e037073p-69, r);
    const double t = r * r;
    const double s = cevns_fma(r * t, CEVNS_HORNER_5(cevns_sin_polynomial, t), r);
    const double c = cevns_fma(t * t, CEVNS_HORNER_5(cevns_cos_polynomial, t), cevns_fma(t, -0.5, 1.0));
    /* quadrant 1 and 3 swap the two, quadrant 2 and 3 turn the sign of the sine, 1 and 2 that of the cosine */
    const int64_t quadrant = cevns_bits(shifted);
    const int64_t swap = -(quadrant & 1) & (cevns_bits(s) ^ cevns_bits(c));
    const int64_t sine_sign = (int64_t)((uint64_t)(quadrant & 2) << 62);
    const int64_t cosine_sign = (int64_t)((uint64_t)((quadrant + 1) & 2) << 62);
    *sine = cevns_from_bits((cevns_bits(s) ^ swap) ^ sine_sign);
    *cosine = cevns_from_bits((cevns_bits(c) ^ swap) ^ cosine_sign);
}
