/* chi^2 of many points of a theory whose expected counts are sums of monomials in its parameters times templates.
 *
 * The bins stand scaled, so that a bin costs a point one ratio r = constant + sum_t w_t template_t and one function of it:
 *     counted     mu/n            n (r - 1 - ln r)                        Poisson with n > 0 counts
 *     empty       mu              r                                       Poisson without counts
 *     measured    (mu - n)/s      r^2/2                                   normal with standard deviation s
 * each half of its chi^2. Points lie along the vector registers, and each sums its bins in their order. */

/* Below zero the expected counts of an empty bin end smoothly when nuisances make them negative: a minimum needs a slope. */
#define CEVNS_SCAN_SOFT 1e-4
#define CEVNS_SCAN_CLOSE 1e-12 /* of 1 + chi^2: what a last step of Newton's may still change */
#define CEVNS_SCAN_STEPS 100
#define CEVNS_SCAN_HALVINGS 60
/* Ratios that a logarithm takes; a bin with counts and a ratio outside is as unlikely as what is impossible, and so is nan. */
#define CEVNS_SCAN_LEAST DBL_MIN
#define CEVNS_SCAN_MOST 6e307

typedef struct {
    size_t start[4]; /* of the three kinds of bins, and the end of the last: multiples of 8 */
} cevns_scan_layout;

static size_t cevns_scan_padded(size_t n) { return (n + 7) & ~(size_t)7; }

static cevns_scan_layout cevns_scan_places(const cevns_scan *scan)
{
    cevns_scan_layout places;
    places.start[0] = 0;
    places.start[1] = cevns_scan_padded(scan->n_counted);
    places.start[2] = places.start[1] + cevns_scan_padded(scan->n_empty);
    places.start[3] = places.start[2] + cevns_scan_padded(scan->n_measured);
    return places;
}

/* ---- monomials ------------------------------------------------------------------------------------------------------- */

/* w_t = prod_i theta_i^e_ti of n points, one row of CEVNS_SCAN_POINTS for each term. */
static void cevns_scan_weights(const cevns_scan *scan, size_t n, const double *restrict theta, double *restrict weights)
{
    for (size_t t = 0; t < scan->n_terms; t++) {
        double *restrict row = weights + t * CEVNS_SCAN_POINTS;
        for (size_t i = 0; i < CEVNS_SCAN_POINTS; i++) row[i] = 1.0;
        for (size_t p = 0; p < scan->n_parameters; p++)
            for (int e = scan->exponents[t * scan->n_parameters + p]; e > 0; e--)
                for (size_t i = 0; i < n; i++) row[i] *= theta[i * scan->n_parameters + p];
    }
}

/* sum_t G_t dw_t/dtheta_p of one point, from G with a stride. */
static void cevns_scan_slopes(const cevns_scan *scan, const double *theta, const double *by_weight, size_t stride, double *slopes)
{
    const size_t n = scan->n_parameters;
    for (size_t p = 0; p < n; p++) slopes[p] = 0.0;
    for (size_t t = 0; t < scan->n_terms; t++)
        for (size_t p = 0; p < n; p++) {
            const uint8_t *exponent = scan->exponents + t * n;
            double value = exponent[p];
            for (size_t other = 0; other < n && exponent[p]; other++)
                for (int e = exponent[other] - (other == p); e > 0; e--) value *= theta[other];
            slopes[p] = cevns_fma(value, by_weight[t * stride], slopes[p]);
        }
}

/* ---- nuisances at their centre ------------------------------------------------------------------------------------------ */

/* Ratios of two bins at n points: r and s, of the bins `bin` and `bin` + next, at first their constants. One pass over the points
 * adds up to eight terms; written out for each number of them, as compilers unroll a loop over terms too late to vectorise the
 * loop over points around it. */
#define CEVNS_SCAN_EACH(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7)
#define CEVNS_SCAN_LOAD(t) const double a##t = terms > t ? column[t * bins] : 0.0, b##t = terms > t ? column[t * bins + next] : 0.0;
#define CEVNS_SCAN_ADD(t) \
    if (terms > t) { \
        x = cevns_fma(weights[t * CEVNS_SCAN_POINTS + i], a##t, x); \
        y = cevns_fma(weights[t * CEVNS_SCAN_POINTS + i], b##t, y); \
    }
#define CEVNS_SCAN_PASS(number) \
    static void cevns_scan_pass_##number(size_t n, const double *constant, const double *column, size_t bins, size_t next, \
                                         const double *restrict weights, double *restrict r, double *restrict s) \
    { \
        enum { terms = number }; \
        CEVNS_SCAN_EACH(CEVNS_SCAN_LOAD) \
        if (constant) { \
            const double first = constant[0], second = constant[next]; \
            for (size_t i = 0; i < n; i++) { \
                double x = first, y = second; \
                CEVNS_SCAN_EACH(CEVNS_SCAN_ADD) \
                r[i] = x; \
                s[i] = y; \
            } \
        } else { \
            for (size_t i = 0; i < n; i++) { \
                double x = r[i], y = s[i]; \
                CEVNS_SCAN_EACH(CEVNS_SCAN_ADD) \
                r[i] = x; \
                s[i] = y; \
            } \
        } \
    }
CEVNS_SCAN_PASS(1)
CEVNS_SCAN_PASS(2)
CEVNS_SCAN_PASS(3)
CEVNS_SCAN_PASS(4)
CEVNS_SCAN_PASS(5)
CEVNS_SCAN_PASS(6)
CEVNS_SCAN_PASS(7)
CEVNS_SCAN_PASS(8)

static void cevns_scan_pair(const cevns_scan *scan, size_t bins, size_t bin, size_t next, size_t n,
                            const double *restrict weights, double *restrict r, double *restrict s)
{
    const double *constant = scan->constant + bin, *column = scan->templates + bin;
    size_t left = scan->n_terms;
    if (left == 0)
        for (size_t i = 0; i < n; i++) {
            r[i] = constant[0];
            s[i] = constant[next];
        }
    while (left > 0) {
        switch (left) {
        case 1: cevns_scan_pass_1(n, constant, column, bins, next, weights, r, s); return;
        case 2: cevns_scan_pass_2(n, constant, column, bins, next, weights, r, s); return;
        case 3: cevns_scan_pass_3(n, constant, column, bins, next, weights, r, s); return;
        case 4: cevns_scan_pass_4(n, constant, column, bins, next, weights, r, s); return;
        case 5: cevns_scan_pass_5(n, constant, column, bins, next, weights, r, s); return;
        case 6: cevns_scan_pass_6(n, constant, column, bins, next, weights, r, s); return;
        case 7: cevns_scan_pass_7(n, constant, column, bins, next, weights, r, s); return;
        default: cevns_scan_pass_8(n, constant, column, bins, next, weights, r, s); break;
        }
        constant = NULL;
        column += 8 * bins;
        weights += 8 * CEVNS_SCAN_POINTS;
        left -= 8;
    }
}

static inline double cevns_scan_deviance(double r)
{
    return r >= CEVNS_SCAN_LEAST && r <= CEVNS_SCAN_MOST ? cevns_deviance(r) : INFINITY;
}

/* Adds n (r - 1 - ln r) of bins to each point, with a logarithm a bin. */
static void cevns_scan_add_counted(const cevns_scan *scan, size_t bins, size_t begin, size_t end, size_t n,
                                   const double *restrict weights, double *restrict sum)
{
    double r[CEVNS_SCAN_POINTS], s[CEVNS_SCAN_POINTS];
    for (size_t bin = begin; bin < end; bin += 2) {
        const size_t next = bin + 1 < end;
        const double counts = scan->counts[bin], also = next ? scan->counts[bin + 1] : 0.0;
        cevns_scan_pair(scan, bins, bin, next, n, weights, r, s);
        for (size_t i = 0; i < n; i++) {
            sum[i] = cevns_fma(counts, cevns_scan_deviance(r[i]), sum[i]);
        }
        if (next)
            for (size_t i = 0; i < n; i++) {
                sum[i] = cevns_fma(also, cevns_scan_deviance(s[i]), sum[i]);
            }
    }
}

/* The same of bins with few counts, integers n < 256: sum n ln r = sum_j 2^j ln(product of the r whose n has bit j), one
 * multiplication a bit instead of a logarithm a bin, and fewer where neighbours have the same n. Products of 60 ratios between
 * 2^-15 and 2^17 stay normal numbers. A point with a ratio outside is done again, by logarithms. The sum of n (r - 1) is one ratio
 * of its own. */
#define CEVNS_SCAN_FACTORS 60
#define CEVNS_SCAN_BITS 8
#define CEVNS_SCAN_LOWEST UINT64_C(0x3f00000000000000) /* 2^-15: bits less than these are below 2^57 in the range */

static inline uint64_t cevns_scan_beyond(double r) { return (uint64_t)cevns_bits(r) - CEVNS_SCAN_LOWEST; }

typedef struct {
    double sum[CEVNS_SCAN_POINTS];
    double product[CEVNS_SCAN_BITS][CEVNS_SCAN_POINTS];
    double run[CEVNS_SCAN_POINTS]; /* of bins with the same n */
    uint64_t outside[CEVNS_SCAN_POINTS];
    int factors[CEVNS_SCAN_BITS], run_factors;
    unsigned run_counts;
} cevns_scan_products;

/* A pair of bins with the same n: their ratios go into the product of the run. */
#define CEVNS_SCAN_SAME(number) \
    static void cevns_scan_same_##number(size_t n, const double *constant, const double *column, size_t bins, \
                                         const double *restrict weights, cevns_scan_products *restrict products) \
    { \
        enum { terms = number, next = 1 }; \
        const double first = constant[0], second = constant[1]; \
        CEVNS_SCAN_EACH(CEVNS_SCAN_LOAD) \
        for (size_t i = 0; i < n; i++) { \
            double x = first, y = second; \
            CEVNS_SCAN_EACH(CEVNS_SCAN_ADD) \
            products->outside[i] |= cevns_scan_beyond(x) | cevns_scan_beyond(y); \
            products->run[i] *= x * y; \
        } \
    }
CEVNS_SCAN_SAME(1)
CEVNS_SCAN_SAME(2)
CEVNS_SCAN_SAME(3)
CEVNS_SCAN_SAME(4)
CEVNS_SCAN_SAME(5)
CEVNS_SCAN_SAME(6)
CEVNS_SCAN_SAME(7)
CEVNS_SCAN_SAME(8)

static void cevns_scan_same(const cevns_scan *scan, size_t bins, size_t bin, size_t n, const double *restrict weights,
                            cevns_scan_products *restrict products)
{
    const double *constant = scan->constant + bin, *column = scan->templates + bin;
    switch (scan->n_terms) {
    case 1: cevns_scan_same_1(n, constant, column, bins, weights, products); return;
    case 2: cevns_scan_same_2(n, constant, column, bins, weights, products); return;
    case 3: cevns_scan_same_3(n, constant, column, bins, weights, products); return;
    case 4: cevns_scan_same_4(n, constant, column, bins, weights, products); return;
    case 5: cevns_scan_same_5(n, constant, column, bins, weights, products); return;
    case 6: cevns_scan_same_6(n, constant, column, bins, weights, products); return;
    case 7: cevns_scan_same_7(n, constant, column, bins, weights, products); return;
    case 8: cevns_scan_same_8(n, constant, column, bins, weights, products); return;
    default: break;
    }
    double r[CEVNS_SCAN_POINTS], s[CEVNS_SCAN_POINTS];
    cevns_scan_pair(scan, bins, bin, 1, n, weights, r, s);
    for (size_t i = 0; i < n; i++) {
        products->outside[i] |= cevns_scan_beyond(r[i]) | cevns_scan_beyond(s[i]);
        products->run[i] *= r[i] * s[i];
    }
}

static void cevns_scan_flush(size_t n, int j, cevns_scan_products *restrict products)
{
    const double power = (double)(1 << j);
    double *restrict row = products->product[j];
    for (size_t i = 0; i < n; i++) {
        products->sum[i] = cevns_fma(-power, cevns_log(row[i]), products->sum[i]);
        row[i] = 1.0;
    }
    products->factors[j] = 0;
}

/* Multiplies what stands for n counts, a product of some ratios, into those of the bits of n. */
static void cevns_scan_multiply(size_t n, unsigned counts, int factors, const double *restrict factor,
                                cevns_scan_products *restrict products)
{
    for (int j = 0; j < CEVNS_SCAN_BITS; j++) {
        if (!(counts >> j & 1)) continue;
        if (products->factors[j] + factors > CEVNS_SCAN_FACTORS) cevns_scan_flush(n, j, products);
        products->factors[j] += factors;
        double *restrict row = products->product[j];
        for (size_t i = 0; i < n; i++) row[i] *= factor[i];
    }
}

static void cevns_scan_end_run(size_t n, cevns_scan_products *restrict products)
{
    if (products->run_factors) cevns_scan_multiply(n, products->run_counts, products->run_factors, products->run, products);
    for (size_t i = 0; i < n; i++) products->run[i] = 1.0;
    products->run_factors = 0;
}

static void cevns_scan_add_few(const cevns_scan *scan, size_t bins, size_t n, const double *restrict weights, double *restrict sum)
{
    double r[CEVNS_SCAN_POINTS], s[CEVNS_SCAN_POINTS], both[CEVNS_SCAN_POINTS];
    cevns_scan_products products;

    memset(&products, 0, sizeof products);
    for (int j = 0; j < CEVNS_SCAN_BITS; j++)
        for (size_t i = 0; i < n; i++) products.product[j][i] = 1.0;
    cevns_scan_end_run(n, &products);
    for (size_t i = 0; i < n; i++) products.sum[i] = scan->few_constant;
    for (size_t t = 0; t < scan->n_terms; t++) {
        const double a = scan->few_templates[t];
        const double *restrict row = weights + t * CEVNS_SCAN_POINTS;
        for (size_t i = 0; i < n; i++) products.sum[i] = cevns_fma(row[i], a, products.sum[i]);
    }
    for (size_t bin = 0; bin < scan->n_few; bin += 2) {
        const size_t next = bin + 1 < scan->n_few;
        const unsigned first = (unsigned)scan->counts[bin], second = next ? (unsigned)scan->counts[bin + 1] : 0;
        if (first == second) {
            if (first != products.run_counts || products.run_factors + 2 > CEVNS_SCAN_FACTORS) cevns_scan_end_run(n, &products);
            products.run_counts = first;
            products.run_factors += 2;
            cevns_scan_same(scan, bins, bin, n, weights, &products);
            continue;
        }
        cevns_scan_pair(scan, bins, bin, next, n, weights, r, s);
        for (size_t i = 0; i < n; i++) {
            products.outside[i] |= cevns_scan_beyond(r[i]) | cevns_scan_beyond(s[i]);
            both[i] = r[i] * s[i];
        }
        cevns_scan_multiply(n, first & second, 2, both, &products);
        cevns_scan_multiply(n, first & ~second, 1, r, &products);
        cevns_scan_multiply(n, second & ~first, 1, s, &products);
    }
    cevns_scan_end_run(n, &products);
    for (int j = 0; j < CEVNS_SCAN_BITS; j++)
        if (products.factors[j]) cevns_scan_flush(n, j, &products);
    int64_t any = 0;
    for (size_t i = 0; i < n; i++) any |= (int64_t)(products.outside[i] >> 57);
    if (any) {
        for (size_t i = 0; i < n; i++) r[i] = 0.0;
        cevns_scan_add_counted(scan, bins, 0, scan->n_few, n, weights, r);
        for (size_t i = 0; i < n; i++) products.sum[i] = products.outside[i] >> 57 ? r[i] : products.sum[i];
    }
    /* rounding: no chi^2 is negative; and nan is none */
    for (size_t i = 0; i < n; i++) sum[i] += products.sum[i] > 0.0 ? products.sum[i] : products.sum[i] <= 0.0 ? 0.0 : INFINITY;
}

/* dchi^2/dr of a bin at each point: adds its templates' share to the slopes by weight. */
static void cevns_scan_add_slopes(const cevns_scan *scan, size_t bins, int kind, size_t bin, size_t n,
                                  const double *restrict weights, double *restrict by_weight)
{
    double r[CEVNS_SCAN_POINTS], unused[CEVNS_SCAN_POINTS];
    const double counts = 2.0 * scan->counts[bin];
    cevns_scan_pair(scan, bins, bin, 0, n, weights, r, unused);
    if (kind == 0)
        for (size_t i = 0; i < n; i++) r[i] = counts * ((r[i] - 1.0) / r[i]);
    else
        for (size_t i = 0; i < n; i++) r[i] = kind == 1 ? 2.0 : 2.0 * r[i];
    for (size_t t = 0; t < scan->n_terms; t++) {
        const double a = scan->templates[t * bins + bin];
        double *restrict row = by_weight + t * CEVNS_SCAN_POINTS;
        for (size_t i = 0; i < n; i++) row[i] = cevns_fma(r[i], a, row[i]);
    }
}

static void cevns_scan_chi2(const cevns_scan *scan, size_t n, const double *restrict theta, double *restrict work,
                            double *restrict out, double *restrict slopes)
{
    const cevns_scan_layout places = cevns_scan_places(scan);
    const size_t bins = places.start[3], m = cevns_scan_padded(n), terms = scan->n_terms;
    double *restrict weights = work, *restrict by_weight = work + terms * CEVNS_SCAN_POINTS;
    double r[CEVNS_SCAN_POINTS], s[CEVNS_SCAN_POINTS], sum[CEVNS_SCAN_POINTS] = {0.0};
    const size_t end[3] = {scan->n_counted, places.start[1] + scan->n_empty, places.start[2] + scan->n_measured};

    cevns_scan_weights(scan, n, theta, weights);
    if (scan->n_few) cevns_scan_add_few(scan, bins, m, weights, sum);
    cevns_scan_add_counted(scan, bins, scan->n_few, end[0], m, weights, sum);
    for (size_t bin = places.start[1]; bin < end[1]; bin++) {
        cevns_scan_pair(scan, bins, bin, 0, m, weights, r, s);
        for (size_t i = 0; i < m; i++) sum[i] += r[i] >= 0.0 ? r[i] : INFINITY;
    }
    for (size_t bin = places.start[2]; bin < end[2]; bin++) {
        cevns_scan_pair(scan, bins, bin, 0, m, weights, r, s);
        for (size_t i = 0; i < m; i++) sum[i] = cevns_fma(0.5 * r[i], r[i], sum[i]);
    }
    /* what has overflowed is as unlikely as what is impossible */
    for (size_t i = 0; i < n; i++) out[i] = sum[i] <= 0.5 * DBL_MAX ? 2.0 * sum[i] : INFINITY;
    if (!slopes) return;
    for (size_t i = 0; i < terms * CEVNS_SCAN_POINTS; i++) by_weight[i] = 0.0;
    for (int kind = 0; kind < 3; kind++)
        for (size_t bin = places.start[kind]; bin < end[kind]; bin++)
            cevns_scan_add_slopes(scan, bins, kind, bin, m, weights, by_weight);
    for (size_t i = 0; i < n; i++) {
        double *point = slopes + i * scan->n_parameters;
        cevns_scan_slopes(scan, theta + i * scan->n_parameters, by_weight + i, CEVNS_SCAN_POINTS, point);
        if (!(out[i] <= DBL_MAX))
            for (size_t p = 0; p < scan->n_parameters; p++) point[p] = NAN;
    }
}

/* ---- nuisances profiled ------------------------------------------------------------------------------------------------ */

/* Sums run in eight lanes, whatever the width of the registers: n is a multiple of 8. */
static inline double cevns_scan_lanes(const double *lane)
{
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

static double cevns_scan_dot(size_t n, const double *restrict a, const double *restrict b)
{
    double lane[8] = {0.0};
    for (size_t i = 0; i < n; i += 8)
        for (size_t j = 0; j < 8; j++) lane[j] = cevns_fma(a[i + j], b[i + j], lane[j]);
    return cevns_scan_lanes(lane);
}

/* n (r - 1 - ln r) below `soft`, where its parabola there stands for it: finite for every r. */
static double cevns_scan_extended(double r, double soft)
{
    const double below = (r - soft) / soft;
    return cevns_fma(0.5 * below, below, cevns_fma(soft - 1.0, below, cevns_deviance(soft)));
}

/* Half of chi^2 at ratios r + size step; infinite where a bin with counts expects none, unless `soft` > 0 extends it there. */
static double cevns_scan_half(const cevns_scan *scan, const cevns_scan_layout *places, const double *restrict r, double size,
                              const double *restrict step, double soft)
{
    double lane[8] = {0.0};
    if (soft > 0.0)
        for (size_t b = 0; b < places->start[1]; b++) {
            const double x = cevns_fma(size, step[b], r[b]);
            const double value = x >= soft || x != x ? cevns_scan_deviance(x) : cevns_scan_extended(x, soft);
            lane[b & 7] = cevns_fma(scan->counts[b], value, lane[b & 7]);
        }
    else
        for (size_t b = 0; b < places->start[1]; b += 8)
            for (size_t j = 0; j < 8; j++) {
                const double x = cevns_fma(size, step[b + j], r[b + j]);
                lane[j] = cevns_fma(scan->counts[b + j], cevns_scan_deviance(x), lane[j]);
            }
    for (size_t b = places->start[1]; b < places->start[2]; b += 8)
        for (size_t j = 0; j < 8; j++) {
            const double x = cevns_fma(size, step[b + j], r[b + j]);
            const double below = cevns_larger(x, -CEVNS_SCAN_SOFT);
            lane[j] += x < 0.0 ? cevns_fma(below * below, 0.5 / CEVNS_SCAN_SOFT, below) : x;
        }
    for (size_t b = places->start[2]; b < places->start[3]; b += 8)
        for (size_t j = 0; j < 8; j++) {
            const double x = cevns_fma(size, step[b + j], r[b + j]);
            lane[j] = cevns_fma(0.5 * x, x, lane[j]);
        }
    const double sum = cevns_scan_lanes(lane);
    return sum <= 0.5 * DBL_MAX ? sum : INFINITY;
}

/* Slope and curvature of half of chi^2 by ratio, and what the curvature is on average: positive wherever counts are expected. */
static void cevns_scan_bend(const cevns_scan *scan, const cevns_scan_layout *places, const double *restrict r,
                            double *restrict slope, double *restrict curvature, double *restrict average, double soft)
{
    for (size_t b = 0; b < places->start[1]; b++) {
        const double inverse = 1.0 / r[b], scaled = scan->counts[b] * inverse;
        slope[b] = scaled * (r[b] - 1.0);
        curvature[b] = scaled * inverse;
        average[b] = scaled;
    }
    for (size_t b = 0; soft > 0.0 && b < places->start[1]; b++) {
        if (r[b] >= soft) continue;
        const double scaled = scan->counts[b] / soft;
        slope[b] = scaled * ((soft - 1.0) + (r[b] - soft) / soft);
        curvature[b] = scaled / soft;
        average[b] = scaled;
    }
    for (size_t b = places->start[1]; b < places->start[2]; b++) {
        const double below = cevns_smaller(cevns_larger(r[b], -CEVNS_SCAN_SOFT), 0.0);
        slope[b] = 1.0 + below / CEVNS_SCAN_SOFT;
        curvature[b] = r[b] < 0.0 && r[b] > -CEVNS_SCAN_SOFT ? 1.0 / CEVNS_SCAN_SOFT : 0.0;
        average[b] = 1.0 / cevns_larger(r[b], CEVNS_SCAN_SOFT);
    }
    for (size_t b = places->start[2]; b < places->start[3]; b++) {
        slope[b] = r[b];
        curvature[b] = 1.0;
        average[b] = 1.0;
    }
}

/* x = -A^-1 g for a symmetric positive matrix A, given by its lower triangle, which becomes its root. */
static void cevns_scan_solve(size_t n, double *restrict A, const double *restrict g, double *restrict x)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            double sum = A[i * n + j];
            for (size_t k = 0; k < j; k++) sum = cevns_fma(-A[i * n + k], A[j * n + k], sum);
            /* what rounding has left of a direction that another one repeats */
            A[i * n + j] = i == j ? sqrt(cevns_larger(sum, 1e-14 * A[i * n + i])) : sum / A[j * n + j];
        }
        double sum = -g[i];
        for (size_t k = 0; k < i; k++) sum = cevns_fma(-A[i * n + k], x[k], sum);
        x[i] = sum / A[i * n + i];
    }
    for (size_t i = n; i-- > 0;) {
        double sum = x[i];
        for (size_t k = i + 1; k < n; k++) sum = cevns_fma(-A[k * n + i], x[k], sum);
        x[i] = sum / A[i * n + i];
    }
}

/* The step s that makes g s + s M s/2 least while pulls + s stay within their limits, by an active set: nuisances at a limit are
 * held there, the others go to their minimum, or until the first of them meets a limit and is held too; then the one that is
 * held most against its will, if that costs more than `least`, is let go. Each turn lowers the sum, so that s descends even if the
 * turns run out. Held nuisances have -1 or 1 in `held`. M is given by its lower triangle; `root` (n, n), `slope` and `move` (n) are
 * room to work in. */
static void cevns_scan_bounded(const cevns_scan *scan, const double *restrict M, const double *restrict g,
                               const double *restrict pulls, double least, double *restrict root, double *restrict slope,
                               double *restrict move, double *restrict held, double *restrict step)
{
    const size_t n = scan->n_nuisances;
    for (size_t k = 0; k < n; k++) {
        step[k] = 0.0;
        held[k] = pulls[k] <= scan->low[k] && g[k] > 0.0 ? -1.0 : pulls[k] >= scan->high[k] && g[k] < 0.0 ? 1.0 : 0.0;
    }
    for (size_t turn = 0; turn < 8 * n + 8; turn++) {
        size_t free = 0;
        for (size_t k = 0; k < n; k++) {
            double sum = g[k];
            for (size_t l = 0; l < n; l++) sum = cevns_fma(l <= k ? M[k * n + l] : M[l * n + k], step[l], sum);
            move[k] = sum;
        }
        for (size_t k = 0; k < n; k++) free += held[k] == 0.0;
        for (size_t k = 0, row = 0; k < n; k++) {
            if (held[k] != 0.0) continue;
            for (size_t l = 0, column = 0; l <= k; l++)
                if (held[l] == 0.0) root[row * free + column++] = M[k * n + l];
            slope[row++] = move[k];
        }
        cevns_scan_solve(free, root, slope, move);
        double part = 1.0;
        size_t stop = n;
        for (size_t k = 0, row = 0; k < n; k++) {
            if (held[k] != 0.0) continue;
            const double by = move[row++], room = (by < 0.0 ? scan->low[k] : scan->high[k]) - pulls[k] - step[k];
            if (by < 0.0 ? part * by < room : part * by > room) {
                part = cevns_larger(room / by, 0.0);
                stop = k;
            }
        }
        for (size_t k = 0, row = 0; k < n; k++) {
            if (held[k] != 0.0) continue;
            const double by = move[row++];
            step[k] = cevns_fma(part, by, step[k]);
            if (k != stop) continue;
            held[k] = by < 0.0 ? -1.0 : 1.0;
            step[k] = (by < 0.0 ? scan->low[k] : scan->high[k]) - pulls[k];
        }
        if (stop < n) continue;
        double most = least;
        for (size_t k = 0; k < n; k++) {
            if (held[k] == 0.0) continue;
            double sum = g[k];
            for (size_t l = 0; l < n; l++) sum = cevns_fma(l <= k ? M[k * n + l] : M[l * n + k], step[l], sum);
            const double gain = held[k] * sum < 0.0 ? sum * sum / M[k * n + k] : 0.0;
            if (gain > most) {
                most = gain;
                stop = k;
            }
        }
        if (stop == n) return;
        held[stop] = 0.0;
    }
}

/* Where one point is: of each bin its ratio, of half of chi^2 the derivatives by it, and what one unit of each nuisance changes. */
typedef struct {
    double *restrict r, *restrict change, *restrict slope, *restrict curvature, *restrict average, *restrict scaled;
    double *restrict directions; /* (n, bins) */
    double *restrict matrix, *restrict root; /* (n, n) */
    double *restrict gradient, *restrict step, *restrict held, *restrict some, *restrict more; /* (n) */
} cevns_scan_state;

/* Newton's steps from `half` at the pulls to the least half of chi^2, which is returned. */
static double cevns_scan_descend(const cevns_scan *scan, const cevns_scan_layout *places, const cevns_scan_state *at, double half,
                                 double *restrict pulls, double soft)
{
    const size_t bins = places->start[3], n = scan->n_nuisances;
    for (int count = 0; n && count < CEVNS_SCAN_STEPS; count++) {
        cevns_scan_bend(scan, places, at->r, at->slope, at->curvature, at->average, soft);
        for (size_t k = 0; k < n; k++) {
            const double *direction = at->directions + k * bins;
            at->gradient[k] = cevns_fma(pulls[k], scan->precision[k], cevns_scan_dot(bins, at->slope, direction));
            for (size_t b = 0; b < bins; b++) at->scaled[b] = at->curvature[b] * direction[b];
            for (size_t l = 0; l <= k; l++) at->matrix[k * n + l] = cevns_scan_dot(bins, at->scaled, at->directions + l * bins);
            /* a trace of the average curvature holds free nuisances where nothing is observed */
            for (size_t b = 0; b < bins; b++) at->scaled[b] = at->average[b] * direction[b];
            at->matrix[k * n + k] += scan->precision[k] + cevns_fma(1e-9, cevns_scan_dot(bins, at->scaled, direction), 1e-300);
        }
        const double close = CEVNS_SCAN_CLOSE * (1.0 + fabs(half));
        cevns_scan_bounded(scan, at->matrix, at->gradient, pulls, 0.01 * close, at->root, at->some, at->more, at->held, at->step);
        double gain = 0.0;
        for (size_t k = 0; k < n; k++) gain = cevns_fma(-at->gradient[k], at->step[k], gain);
        for (size_t b = 0; b < bins; b++) at->change[b] = 0.0;
        for (size_t k = 0; k < n; k++)
            for (size_t b = 0; b < bins; b++) at->change[b] = cevns_fma(at->step[k], at->directions[k * bins + b], at->change[b]);
        double size = 1.0, found = INFINITY;
        for (int halving = 0; halving < CEVNS_SCAN_HALVINGS; halving++, size *= 0.5) {
            found = cevns_scan_half(scan, places, at->r, size, at->change, soft);
            for (size_t k = 0; k < n; k++) {
                const double pull = cevns_fma(size, at->step[k], pulls[k]);
                found = cevns_fma(0.5 * scan->precision[k] * pull, pull, found);
            }
            if (found <= half - 1e-4 * size * gain || gain <= close) break;
        }
        /* the last step is below what rounding of chi^2 can show, but not below what pulls and slopes do */
        const int last = gain <= close;
        if (!(found < half || (last && found <= half + close))) break;
        half = found;
        for (size_t b = 0; b < bins; b++) at->r[b] = cevns_fma(size, at->change[b], at->r[b]);
        for (size_t k = 0; k < n; k++) {
            pulls[k] = cevns_fma(size, at->step[k], pulls[k]);
            /* rounding must neither lead out nor stop short */
            if (pulls[k] < scan->low[k] || (size == 1.0 && at->held[k] < 0.0)) pulls[k] = scan->low[k];
            if (pulls[k] > scan->high[k] || (size == 1.0 && at->held[k] > 0.0)) pulls[k] = scan->high[k];
        }
        if (last) break;
    }
    return half;
}

/* Whether nuisances can give counts to every bin that has seen some, where their centre gives none: brings r and pulls to such a
 * place. chi^2 goes on below a ratio as its parabola there, which lies lower: finite, convex, and the closer to chi^2 the lower the
 * ratio. */
static int cevns_scan_rescue(const cevns_scan *scan, const cevns_scan_layout *places, const cevns_scan_state *at,
                             double *restrict pulls)
{
    const size_t bins = places->start[3], n = scan->n_nuisances;
    for (size_t b = 0; b < places->start[1]; b++) {
        double most = at->r[b];
        if (!(scan->counts[b] > 0.0) || most >= CEVNS_SCAN_LEAST) continue;
        for (size_t k = 0; k < n; k++) {
            const double by = at->directions[k * bins + b];
            if (by != 0.0) most += by * (by < 0.0 ? scan->low[k] : scan->high[k]);
        }
        if (!(most >= CEVNS_SCAN_LEAST)) return 0;
    }
    for (double soft = 0.1; soft > 1e-32; soft *= 1e-3) {
        for (size_t b = 0; b < bins; b++) at->change[b] = 0.0;
        double half = cevns_scan_half(scan, places, at->r, 0.0, at->change, soft);
        for (size_t k = 0; k < n; k++) half = cevns_fma(0.5 * scan->precision[k] * pulls[k], pulls[k], half);
        if (!(half <= DBL_MAX)) return 0;
        cevns_scan_descend(scan, places, at, half, pulls, soft);
        int possible = 1;
        for (size_t b = 0; b < places->start[1]; b++) possible &= at->r[b] >= CEVNS_SCAN_LEAST;
        if (possible) return 1;
    }
    return 0;
}

static void cevns_scan_profile(const cevns_scan *scan, const double *restrict theta, double *restrict work, double *restrict out,
                               double *restrict pulls, double *restrict slopes)
{
    const cevns_scan_layout places = cevns_scan_places(scan);
    const size_t bins = places.start[3], terms = scan->n_terms, n = scan->n_nuisances;
    double *restrict weights = work;
    cevns_scan_state at;
    at.r = weights + terms * CEVNS_SCAN_POINTS;
    at.change = at.r + bins;
    at.slope = at.change + bins;
    at.curvature = at.slope + bins;
    at.average = at.curvature + bins;
    at.scaled = at.average + bins;
    at.directions = at.scaled + bins;
    at.matrix = at.directions + n * bins;
    at.root = at.matrix + n * n;
    at.gradient = at.root + n * n;
    at.step = at.gradient + n;
    at.held = at.step + n;
    at.some = at.held + n;
    at.more = at.some + n;

    cevns_scan_weights(scan, 1, theta, weights);
    memcpy(at.r, scan->constant, bins * sizeof *at.r);
    memset(at.change, 0, bins * sizeof *at.change);
    for (size_t t = 0; t < terms; t++) {
        const double w = weights[t * CEVNS_SCAN_POINTS];
        const double *restrict row = scan->templates + t * bins;
        for (size_t b = 0; b < bins; b++) at.r[b] = cevns_fma(w, row[b], at.r[b]);
    }
    for (size_t k = 0; k < n; k++) pulls[k] = 0.0;
    for (size_t k = 0; k < n; k++)
        for (size_t b = 0; b < bins; b++) {
            const double absolute = scan->absolute[k * bins + b];
            const double by = cevns_fma(scan->relative[k * bins + b], at.r[b], absolute);
            /* where there is no signal, what acts on it does nothing: a free nuisance would make counts of rounding */
            at.directions[k * bins + b] = fabs(by) > 8.0 * DBL_EPSILON * fabs(absolute) ? by : 0.0;
        }
    int possible = 1, nothing = 0;
    for (size_t b = 0; b < places.start[2]; b++) possible &= at.r[b] >= 0.0;
    for (size_t b = 0; b < places.start[1]; b++) nothing |= at.r[b] < CEVNS_SCAN_LEAST;
    if (possible && nothing) possible = cevns_scan_rescue(scan, &places, &at, pulls);
    memset(at.change, 0, bins * sizeof *at.change);
    double half = possible ? cevns_scan_half(scan, &places, at.r, 0.0, at.change, 0.0) : INFINITY;
    for (size_t k = 0; k < n; k++) half = cevns_fma(0.5 * scan->precision[k] * pulls[k], pulls[k], half);
    if (half <= DBL_MAX) half = cevns_scan_descend(scan, &places, &at, half, pulls, 0.0);
    *out = half <= 0.5 * DBL_MAX ? 2.0 * half : INFINITY;
    if (!(*out <= DBL_MAX)) {
        for (size_t k = 0; k < n; k++) pulls[k] = 0.0;
        for (size_t p = 0; slopes && p < scan->n_parameters; p++) slopes[p] = NAN;
        return;
    }
    if (!slopes) return;
    cevns_scan_bend(scan, &places, at.r, at.slope, at.curvature, at.average, 0.0);
    for (size_t b = 0; b < bins; b++) at.scaled[b] = 2.0;
    for (size_t k = 0; k < n; k++)
        for (size_t b = 0; b < bins; b++) at.scaled[b] = cevns_fma(2.0 * pulls[k], scan->relative[k * bins + b], at.scaled[b]);
    for (size_t b = 0; b < bins; b++) at.slope[b] *= at.scaled[b];
    for (size_t t = 0; t < terms; t++)
        weights[t * CEVNS_SCAN_POINTS] = cevns_scan_dot(bins, at.slope, scan->templates + t * bins);
    cevns_scan_slopes(scan, theta, weights, CEVNS_SCAN_POINTS, slopes);
}
