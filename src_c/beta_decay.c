/* The electron's or positron's factor in an allowed beta spectrum; plain code for every machine: it runs once per spectrum. */
#include "cevns.h"
#include "kernels/elementary.h"

enum { CEVNS_STIRLING_SHIFT = 8, CEVNS_STIRLING_TERMS = 8 }; /* good to 1e-16 for |z| >= 8 */

/* B_2k/(2k (2k - 1)) */
static const double cevns_stirling[CEVNS_STIRLING_TERMS] = {1.0 / 12,         -1.0 / 360,        1.0 / 1260, -1.0 / 1680,
                                                            1.0 / 1188, -691.0 / 360360, 1.0 / 156,  -3617.0 / 122400};

void cevns_electron_factor(size_t n, const double *kinetic, double coupling, double *out)
{
    const double two_pi = 6.283185307179586;
    const double strength = fabs(coupling), gamma = sqrt(1.0 - coupling * coupling);
    for (size_t i = 0; i < n; i++) {
        const double W = 1.0 + kinetic[i];
        const double p = cevns_larger(sqrt(kinetic[i] * (kinetic[i] + 2.0)), 1e-8);
        const double y = strength * W / p;
        const int moved = y < CEVNS_STIRLING_SHIFT;
        const double x = moved ? gamma + CEVNS_STIRLING_SHIFT : gamma;
        const double square = x * x + y * y;
        const double real = x / square, imaginary = -y / square; /* 1/z */
        const double square_real = real * real - imaginary * imaginary, square_imaginary = 2.0 * real * imaginary;
        double sum_real = cevns_stirling[CEVNS_STIRLING_TERMS - 1], sum_imaginary = 0.0;
        for (int k = CEVNS_STIRLING_TERMS - 2; k >= 0; k--) {
            const double next = cevns_stirling[k] + (sum_real * square_real - sum_imaginary * square_imaginary);
            sum_imaginary = sum_real * square_imaginary + sum_imaginary * square_real;
            sum_real = next;
        }
        /* pi y - 2y arg z = 2y atan(x/y): nothing cancels where y is large */
        double exponent = 2.0 * (y * atan2(x, y) - x + (sum_real * real - sum_imaginary * imaginary));
        double product = 1.0;
        if (moved) { /* |Gamma(z)|^2 = |Gamma(z + 8)|^2 / prod |z + j|^2 */
            double below = 1.0;
            for (int j = 0; j < CEVNS_STIRLING_SHIFT; j++) below *= (gamma + j) * (gamma + j) + y * y;
            product = square * square;
            product *= product;
            product *= product / below;
        }
        if (coupling < 0.0) exponent -= two_pi * y;
        out[i] = W * pow(p * sqrt(square), 2.0 * gamma - 1.0) * exp(exponent) * product;
    }
}
