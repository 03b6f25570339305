/* The sums of a piecewise linear spectrum, made once per table, and the plain moments Phi_k, which no rate asks for; plain code
 * for every machine. */
#include "cevns.h"
#include "kernels/elementary.h"
#include "kernels/linear_segment.h"

typedef struct {
    double sum, lost;
} cevns_compensated;

/* Neumaier's summation: what rounding takes from the sum is kept beside it. */
static void cevns_compensated_add(cevns_compensated *total, double value)
{
    const double sum = total->sum + value;
    total->lost += fabs(total->sum) >= fabs(value) ? (total->sum - sum) + value : (value - sum) + total->sum;
    total->sum = sum;
}

static double cevns_compensated_value(const cevns_compensated *total) { return total->sum + total->lost; }

void cevns_linear_accumulate(size_t n, const double *lower, cevns_linear_segment *segments)
{
    cevns_compensated phi0 = {0.0, 0.0}, phi1 = phi0, phi2 = phi0, m1 = phi0, m2 = phi0;
    for (size_t i = n; i-- > 0;) {
        cevns_linear_segment *s = segments + i;
        s->phi0 = cevns_compensated_value(&phi0);
        s->phi1 = cevns_compensated_value(&phi1);
        s->phi2 = cevns_compensated_value(&phi2);
        s->m1 = cevns_compensated_value(&m1);
        s->m2 = cevns_compensated_value(&m2);
        if (i == 0) break;
        const double x = lower[i], gap = s->upper - x;
        const cevns_segment_terms t = cevns_segment(x, s->upper, s->density, s->slope);
        cevns_compensated_add(&m1, gap * s->phi1);
        cevns_compensated_add(&m1, x * (t.v * t.v) * (t.start * t.k + t.rise * t.h));
        cevns_compensated_add(&m2, gap * s->phi2);
        cevns_compensated_add(&m2, (t.v * t.v) * (t.start * (t.c - t.k) + t.rise * (t.c - 2.0 * t.h)));
        cevns_compensated_add(&phi0, gap * (t.start + 0.5 * t.rise));
        cevns_compensated_add(&phi1, t.v * (t.start * (1.0 - t.v * t.k) + t.rise * t.k));
        cevns_compensated_add(&phi2, t.v / x * (t.start * t.c + t.rise * (t.c - t.k)));
    }
}

/* How many of n increasing knots are <= x; 0 where x is not a number. */
static size_t cevns_knots_below(size_t n, const double *knots, double x)
{
    size_t low = 0, high = n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (knots[middle] <= x) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* Of the end point's polynomials in y: phi0, and Phi_1 and Phi_2 as derivatives of m1 and m2. */
static void cevns_plain_end_point(const cevns_spectrum *spectrum, double x, double *phi)
{
    const double y = cevns_larger((spectrum->end_point - x) / spectrum->end_point, 0.0);
    double sum[3] = {0.0};
    for (int k = 3; k >= 0; k--) {
        sum[0] = (sum[0] + spectrum->phi0[k]) * y;
        sum[1] = sum[1] * y + (k + 1) * spectrum->m1[k];
        sum[2] = sum[2] * y + (k + 1) * spectrum->m2[k];
    }
    const int inside = y > 0.0; /* at the end a spectrum that stops in a step has a slope left */
    phi[0] = sum[0];
    phi[1] = inside ? sum[1] / spectrum->end_point : 0.0;
    phi[2] = inside ? sum[2] / spectrum->end_point : 0.0;
}

static void cevns_plain_linear(const cevns_spectrum *spectrum, double x, double *phi)
{
    const size_t i = cevns_knots_below(spectrum->n_knots, spectrum->knots, x);
    const cevns_linear_segment *s = (const cevns_linear_segment *)spectrum->segments + i;
    phi[0] = s->phi0;
    phi[1] = s->phi1;
    phi[2] = s->phi2;
    if (i == 0 || i == spectrum->n_knots) return;
    const cevns_segment_terms t = cevns_segment(x, s->upper, s->density, s->slope);
    phi[0] += (s->upper - x) * (t.start + 0.5 * t.rise);
    phi[1] += t.v * (t.start * (1.0 - t.v * t.k) + t.rise * t.k);
    phi[2] += t.v / x * (t.start * t.c + t.rise * (t.c - t.k));
}

/* Phi_1 = -d m1/dx and Phi_2 = -d m2/dx, of the polynomials of the panel: nothing is divided by x. */
static void cevns_plain_smooth(const cevns_spectrum *spectrum, double x, double *phi)
{
    const size_t i = cevns_knots_below(spectrum->n_knots, spectrum->knots, x);
    const cevns_smooth_panel *panel = (const cevns_smooth_panel *)spectrum->segments + i;
    const double s = (x - panel->centre) * panel->scale;
    double sum[3] = {0.0};
    for (int k = CEVNS_SMOOTH_TERMS - 1; k >= 0; k--) {
        sum[0] = sum[0] * s + panel->coefficient[k][0];
        if (k == 0) break;
        for (int j = 1; j < 3; j++) sum[j] = sum[j] * s - k * panel->coefficient[k][j];
    }
    phi[0] = sum[0];
    phi[1] = sum[1] * panel->scale;
    phi[2] = sum[2] * panel->scale;
}

static void cevns_plain_lines(const cevns_spectrum *spectrum, double x, double *phi)
{
    phi[0] = phi[1] = phi[2] = 0.0;
    for (size_t i = cevns_knots_below(spectrum->n_knots, spectrum->knots, x); i < spectrum->n_knots; i++) {
        const double energy = spectrum->knots[i], weight = spectrum->weights[i];
        phi[0] += weight;
        phi[1] += weight / energy;
        phi[2] += weight / energy / energy;
    }
}

void cevns_plain_moments(const cevns_spectrum *spectrum, size_t n, const double *x, double weight, double *phi0, double *phi1,
                         double *phi2)
{
    for (size_t i = 0; i < n; i++) {
        double phi[3] = {0.0};
        switch (spectrum->kind) {
        case CEVNS_SPECTRUM_LINEAR: cevns_plain_linear(spectrum, x[i], phi); break;
        case CEVNS_SPECTRUM_SMOOTH: cevns_plain_smooth(spectrum, x[i], phi); break;
        case CEVNS_SPECTRUM_END_POINT: cevns_plain_end_point(spectrum, x[i], phi); break;
        case CEVNS_SPECTRUM_LINES: cevns_plain_lines(spectrum, x[i], phi); break;
        }
        phi0[i] += weight * phi[0];
        phi1[i] += weight * phi[1];
        phi2[i] += weight * phi[2];
    }
}
