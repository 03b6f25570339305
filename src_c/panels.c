/* Smooth spectra as polynomials on panels: the fits, what they are worth, and the moments made of them. Plain code for every
 * machine: it runs once per spectrum. */
#include "cevns.h"
#include "kernels/elementary.h"

enum { TERMS = CEVNS_PANEL_TERMS, CHECKS = CEVNS_PANEL_CHECKS, POINTS = TERMS + CHECKS };

/* In local arrays, which nothing else can point to: the loops over terms become vector code. */
static inline void cevns_series_of_values(const cevns_chebyshev *restrict chebyshev, const double *restrict value,
                                          double *restrict coefficient)
{
    double sum[TERMS] = {0.0};
    for (int j = 0; j < TERMS; j++)
        for (int m = 0; m < TERMS; m++) sum[m] += value[j] * chebyshev->from_values[j][m];
    for (int m = 0; m < TERMS; m++) coefficient[m] = sum[m];
}

void cevns_panels_fit(const cevns_chebyshev *chebyshev, size_t n, int powers, const double *energy, const double *value,
                      cevns_panel_fit *fits)
{
    for (size_t i = 0; i < n; i++, energy += POINTS, value += POINTS) {
        double scaled[POINTS], inverse[POINTS];
        for (int j = 0; j < POINTS; j++) {
            scaled[j] = value[j];
            inverse[j] = 1.0 / energy[j];
        }
        for (int k = 0; k < powers; k++) {
            double size = 0.0, error = 0.0, weighted = 0.0;
            double fitted[CHECKS] = {0.0}, series[TERMS];
            if (k > 0)
                for (int j = 0; j < POINTS; j++) scaled[j] *= inverse[j];
            cevns_series_of_values(chebyshev, scaled, series);
            for (int m = 0; m < TERMS; m++)
                for (int j = 0; j < CHECKS; j++) fitted[j] += series[m] * chebyshev->at_checks[m][j];
            for (int j = 0; j < POINTS; j++) size = cevns_larger(size, fabs(scaled[j]));
            for (int j = 0; j < CHECKS; j++) {
                const double difference = fabs(fitted[j] - scaled[TERMS + j]);
                const double seen = difference * (k > 0 ? energy[TERMS + j] : 1.0);
                /* not cevns_larger: a difference that is not a number must not pass for small */
                if (!(difference <= error)) error = difference;
                if (!(seen <= weighted)) weighted = seen;
            }
            for (int m = 0; m < TERMS; m++) fits[i].coefficient[k][m] = series[m];
            fits[i].size[k] = size;
            fits[i].error[k] = error;
            fits[i].weighted[k] = weighted;
        }
    }
}

void cevns_panels_series(const cevns_chebyshev *chebyshev, size_t n, const double *energy, const double *value,
                         double (*coefficients)[3][CEVNS_PANEL_TERMS])
{
    for (size_t i = 0; i < n; i++, energy += TERMS, value += TERMS) {
        double scaled[TERMS], inverse[TERMS];
        for (int j = 0; j < TERMS; j++) {
            scaled[j] = value[j];
            inverse[j] = 1.0 / energy[j];
        }
        for (int k = 0; k < 3; k++) {
            cevns_series_of_values(chebyshev, scaled, coefficients[i][k]);
            for (int j = 0; j < TERMS; j++) scaled[j] *= inverse[j];
        }
    }
}

/* The Chebyshev series of int_x^end of a series of n terms, of which `above` lies above the panel; returns the integral over
 * the whole panel. With A_j = half (c_(j-1) - c_(j+1))/2j, c_0 twice, the antiderivative, it is above + A(1) - A(s). */
static const double cevns_half_order[] = {0.0,      1.0 / 2,  1.0 / 4,  1.0 / 6,  1.0 / 8,  1.0 / 10,
                                          1.0 / 12, 1.0 / 14, 1.0 / 16, 1.0 / 18, 1.0 / 20, 1.0 / 22};

static inline double cevns_integral_above(int n, const double *series, double half, double above, double *out)
{
    double odd = 0.0, even = 0.0; /* sums of A_j */
    out[1] = -half * (series[0] - 0.5 * series[2]);
    for (int j = 2; j <= n; j++) out[j] = half * cevns_half_order[j] * ((j + 1 < n ? series[j + 1] : 0.0) - series[j - 1]);
    for (int j = 1; j <= n; j += 2) odd -= out[j];
    for (int j = 2; j <= n; j += 2) even -= out[j];
    out[0] = above + (odd + even);
    return 2.0 * odd;
}

void cevns_panels_moments(size_t n, const double *edges, const double (*coefficients)[3][CEVNS_PANEL_TERMS],
                          const double (*to_powers)[CEVNS_SMOOTH_TERMS], cevns_smooth_panel *panels)
{
    double above[3] = {0.0}, outer_above[3] = {0.0};
    for (size_t i = n; i-- > 0;) {
        const double half = 0.5 * (edges[i + 1] - edges[i]);
        cevns_smooth_panel *panel = panels + i;
        double series[CEVNS_SMOOTH_TERMS][4] = {{0.0}}; /* the order of cevns_smooth_panel */
        for (int j = 0; j < 3; j++) {
            double inner[CEVNS_SMOOTH_TERMS] = {0.0}, outer[CEVNS_SMOOTH_TERMS] = {0.0};
            above[j] += cevns_integral_above(TERMS, coefficients[i][j], half, above[j], inner);
            /* d m1/dx = -Phi_1, d m2/dx = -Phi_2 */
            if (j > 0) outer_above[j] += cevns_integral_above(TERMS + 1, inner, half, outer_above[j], outer);
            for (int m = 0; m < CEVNS_SMOOTH_TERMS; m++) series[m][j] = j == 0 ? inner[m] : outer[m];
        }
        panel->centre = 0.5 * (edges[i + 1] + edges[i]);
        panel->scale = 1.0 / half;
        for (int k = 0; k < CEVNS_SMOOTH_TERMS; k++) {
            double sum[4] = {0.0};
            for (int m = k; m < CEVNS_SMOOTH_TERMS; m += 2) /* T_m has the powers m, m - 2, ... */
                for (int j = 0; j < 4; j++) sum[j] += series[m][j] * to_powers[m][k];
            for (int j = 0; j < 4; j++) panel->coefficient[k][j] = sum[j];
        }
    }
}

void cevns_panels_evaluate(size_t n_panels, const double *edges, const double (*coefficients)[CEVNS_PANEL_TERMS], size_t n,
                           const double *x, double *out)
{
    size_t i = 0;
    for (size_t p = 0; p < n; p++) {
        if (!(x[p] >= edges[0] && x[p] <= edges[n_panels])) {
            out[p] = 0.0;
            continue;
        }
        /* from the panel of the value before: neighbours in the array are neighbours in x */
        while (x[p] < edges[i]) i--;
        while (i + 1 < n_panels && x[p] >= edges[i + 1]) i++;
        const double s = (2.0 * x[p] - edges[i] - edges[i + 1]) / (edges[i + 1] - edges[i]);
        double b1 = 0.0, b2 = 0.0;
        for (int m = TERMS - 1; m > 0; m--) {
            const double b0 = coefficients[i][m] + 2.0 * s * b1 - b2;
            b2 = b1;
            b1 = b0;
        }
        out[p] = coefficients[i][0] + s * b1 - b2;
    }
}

int cevns_guide_shift(size_t n_knots, const double *knots)
{
    const int64_t low = cevns_bits(knots[0]), high = cevns_bits(knots[n_knots - 1]);
    int shift = 0;
    for (int64_t mean = (high - low) / (int64_t)n_knots; mean > 0; mean >>= 1) shift++;
    for (; shift > 0; shift--) {
        size_t most = 0, run = 0;
        int64_t bucket = -1;
        if ((size_t)((high >> shift) - (low >> shift)) + 1 >= 16 * n_knots) break;
        for (size_t i = 0; i < n_knots && most <= 2; i++) {
            const int64_t own = (cevns_bits(knots[i]) - 1) >> shift; /* a knot at its lower end counts to the bucket below */
            run = own == bucket ? run + 1 : 1;
            bucket = own;
            if (run > most) most = run;
        }
        if (most <= 2) break;
    }
    return shift;
}

void cevns_guide_fill(size_t n_knots, const double *knots, int shift, int64_t first, size_t n_buckets, uint32_t *guide)
{
    size_t i = 0;
    guide[0] = 0;
    for (size_t b = 1; b < n_buckets; b++) {
        const int64_t start = (first + (int64_t)b) << shift; /* positive doubles are ordered as their bits */
        while (i < n_knots && cevns_bits(knots[i]) <= start) i++;
        guide[b] = (uint32_t)i;
    }
    guide[n_buckets] = (uint32_t)n_knots;
}
