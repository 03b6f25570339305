/* cevns: leaf kernels of coherent elastic neutrino-nucleus scattering over arrays of double.
 *
 * The library knows nothing of Python, allocates nothing, prints nothing, fails on nothing: its callers check their input.
 * Every kernel exists once per instruction set; a `cevns_kernels` table holds those of one set.
 *
 * Units: neutrino energies and masses MeV, recoil energies keV, lengths 1/MeV, cross sections cm^2.
 * Arrays never overlap unless a comment says so. Outside its stated domain a kernel returns a finite number or zero.
 *
 * Agreement: tables whose target has fused multiply-add (AVX2, AVX-512, arm64) give the same bits. The SSE2 baseline
 * agrees with them within 8 ulp of the largest term (form factors: of 1; the neutrino's angle, where powers of E'/E multiply
 * the difference, 16 ulp).
 */
#ifndef CEVNS_H
#define CEVNS_H

#include <stddef.h>
#include <stdint.h>

/* Callers that loop over long arrays hand them over in blocks of this many values, so that all buffers stay in the L1 cache. */
#define CEVNS_BLOCK 256

/* ---- form factors ------------------------------------------------------------------------------------------------- */

/* F(q), signed, F(0) = 1; with x = q radius and y = q width. */
typedef enum {
    CEVNS_FORM_FACTOR_POINT,             /* 1 */
    CEVNS_FORM_FACTOR_SPHERE,            /* 3 j1(x)/x */
    CEVNS_FORM_FACTOR_HELM,              /* 3 j1(x)/x exp(-y^2/2) */
    CEVNS_FORM_FACTOR_KLEIN_NYSTRAND,    /* 3 j1(x)/x / (1 + y^2) */
    CEVNS_FORM_FACTOR_SYMMETRIZED_FERMI, /* y/sinh y [x^2 3 j1(x)/x + 3 (y coth y - 1) sin(x)/x] / (x^2 + y^2), y = q pi a */
    CEVNS_FORM_FACTOR_GAUSSIAN,          /* exp(-x^2/6) */
    CEVNS_FORM_FACTOR_DIPOLE,            /* 1/(1 + x^2/12)^2 */
    CEVNS_FORM_FACTOR_TABLE              /* any function of q: polynomials of degree 7 in 2x - 1 - 2i, i <= x < i + 1 */
} cevns_form_factor_kind;

#define CEVNS_TABLE_TERMS 8

typedef struct {
    cevns_form_factor_kind kind;
    double radius_squared; /* MeV^-2; of a table 1/(width of a panel)^2 */
    double width_squared;  /* MeV^-2 */
    const double *table;   /* TABLE: n_panels + 1 rows of CEVNS_TABLE_TERMS coefficients; the last for all beyond, constant */
    size_t n_panels;
} cevns_form_factor;

/* ---- one nucleus as the weak current sees it -------------------------------------------------------------------------- */

typedef enum {
    CEVNS_SPIN_ZERO, /* 1 - T/E - MT/2E^2, exact for spin 0 */
    CEVNS_SPIN_HALF  /* 1 - T/E - MT/2E^2 + T^2/2E^2, a point of spin 1/2 */
} cevns_spin;

typedef struct {
    double mass;           /* MeV, of the nucleus */
    double proton_charge;  /* Z g_V^p */
    double neutron_charge; /* N g_V^n */
    cevns_form_factor proton;
    cevns_form_factor neutron;
    cevns_form_factor running; /* multiplies proton_charge: the dependence of the coupling on q; POINT for none */
    double axial_charge;       /* F_A(0)/4, 0 for spin 0 */
    cevns_form_factor axial;   /* F_A(q)/F_A(0) */
    double interference;       /* of vector and axial current of a point of spin 1/2: sign of G_A, - for antineutrinos; or 0 */
    cevns_spin spin;
} cevns_nucleus;

/* ---- the moments of a spectrum ------------------------------------------------------------------------------------- */

/* For a spectrum phi and a threshold x, with all three integrals over E > x of positive functions where phi is positive:
 *
 *     phi0 = int phi dE        m1 = int phi (1 - x/E) dE        m2 = int phi (1 - x/E)/E dE
 *
 * They are the moments Phi_k = int phi E^-k in the combination that does not cancel at the end of the spectrum:
 * m1 = Phi_0 - x Phi_1, m2 = Phi_1 - x Phi_2. */
typedef enum {
    CEVNS_SPECTRUM_LINEAR,    /* piecewise linear, exact */
    CEVNS_SPECTRUM_SMOOTH,    /* piecewise polynomials for phi0, m1 and m2 */
    CEVNS_SPECTRUM_END_POINT, /* polynomials in y = 1 - x/end_point (muon decay at rest), exact */
    CEVNS_SPECTRUM_LINES      /* sum of delta functions, exact */
} cevns_spectrum_kind;

/* A segment of a piecewise linear spectrum: its upper end, density there and slope, and the sums from there to infinity. */
typedef struct {
    double upper, density, slope;
    double phi0, phi1, phi2, m1, m2;
} cevns_linear_segment;

/* A panel of a smooth spectrum: phi0, m1, m2 (and one spare) as polynomials in s = (x - centre)*scale, -1 <= s <= 1. */
#define CEVNS_SMOOTH_TERMS 12
typedef struct {
    double centre, scale, spare[2];
    double coefficient[CEVNS_SMOOTH_TERMS][4];
} cevns_smooth_panel;

/* Segment i holds the x with exactly i knots <= x; 0 is below the spectrum, n_knots above it. The guide finds it in a time
 * that does not depend on n_knots: bucket b holds the x whose bits >> shift equal first + b, and guide[b] counts the knots
 * at or below its lower end; guide[n_buckets] is n_knots. Two nans stand behind the last knot: no x is as large as these. */
typedef struct {
    cevns_spectrum_kind kind;
    size_t n_knots;
    const double *knots;
    const void *segments; /* n_knots + 1 of cevns_linear_segment or cevns_smooth_panel */
    const uint32_t *guide;
    size_t n_buckets;
    int64_t first;
    int shift;
    /* END_POINT: coefficients of y^1 .. y^4; m2 carries 1/MeV */
    double end_point;
    double phi0[4], m1[4], m2[4];
    /* LINES: n_knots energies in `knots`, their weights here */
    const double *weights;
} cevns_spectrum;

/* ---- the kinds of currents ------------------------------------------------------------------------------------------ */

/* Their polynomials p_k(T, M) in 1/E stand in cevns/interactions/kinds.py; the codes are those of KINDS there. */
typedef enum {
    CEVNS_KIND_VECTOR,
    CEVNS_KIND_AXIAL,
    CEVNS_KIND_SCALAR,
    CEVNS_KIND_PSEUDOSCALAR,
    CEVNS_KIND_TENSOR,
    CEVNS_KIND_MAGNETIC, /* in 1/MeV^2, as DIPOLE */
    CEVNS_KIND_DIPOLE,
    CEVNS_KIND_SCALAR_UPSCATTERING,
    CEVNS_KIND_VECTOR_UPSCATTERING,
    CEVNS_KIND_SCALAR_TENSOR,
    CEVNS_KIND_VECTOR_AXIAL
} cevns_kind;

/* ---- scans of a theory ------------------------------------------------------------------------------------------------ */

#define CEVNS_SCAN_POINTS 64 /* at most, in one call */

/* Expected counts mu = constant + sum_t w_t(theta) template_t, w_t = prod_p theta_p^exponent, and what was observed. Bins of three
 * kinds follow each other, and all rows hold them scaled to a ratio r:
 *     counted     mu/n            Poisson with n > 0 counts
 *     empty       mu              Poisson without counts
 *     measured    (mu - n)/s      normal counts with standard deviation s
 * Each kind is filled up to a multiple of 8 with bins that count nothing: r = 1 and n = 0 if counted, r = 0 otherwise. Nuisances xi
 * change r by sum_k xi_k (relative_k r + absolute_k), with the r of xi = 0. */
typedef struct {
    size_t n_parameters, n_terms;
    size_t n_counted, n_empty, n_measured;
    size_t n_few; /* the first of the counted, with integers n < 256; their sum of n (r - 1) is a ratio of its own: */
    double few_constant;
    const double *few_templates; /* (n_terms) */
    size_t n_nuisances;
    const uint8_t *exponents; /* (n_terms, n_parameters) */
    const double *constant;   /* (bins) */
    const double *templates;  /* (n_terms, bins) */
    const double *counts;     /* (bins) n of the first kind */
    const double *relative;   /* (n_nuisances, bins) */
    const double *absolute;   /* (n_nuisances, bins) */
    const double *precision;  /* (n_nuisances) 1/sigma^2, 0 for free ones */
    const double *low, *high; /* (n_nuisances) limits of xi: low <= 0 <= high, and low < high */
} cevns_scan;

/* Doubles that a scan works with; `bins` with those that fill up. */
#define CEVNS_SCAN_WORK(n_terms, bins, n_nuisances) \
    (2 * CEVNS_SCAN_POINTS * (n_terms) + (7 + (n_nuisances)) * (bins) + (2 * (n_nuisances) + 5) * (n_nuisances))

/* ---- the kernels --------------------------------------------------------------------------------------------------- */

typedef struct {
    const char *name; /* "baseline", "avx2", "avx512" */

    /* The first index whose value is not in [low, high] (nan never is), or n. */
    size_t (*first_outside)(size_t n, const double *x, double low, double high);

    /* Elementary functions, for their tests: exp(x) for x <= 709, sin and cos for |x| <= 2^20; within 2 ulp (sin and cos:
     * of the larger of the value and 2^-53 |x|). ln(x) within 2 ulp and x - 1 - ln(x) within 6 ulp for
     * normal x > 0 up to 6e307. */
    void (*exp)(size_t n, const double *x, double *out);
    void (*log)(size_t n, const double *x, double *out);
    void (*deviance)(size_t n, const double *x, double *out);
    void (*sincos)(size_t n, const double *x, double *sine, double *cosine);

    /* Special functions, relative errors above 1e-300 and 0 below 3e-308 also where they are tiny: e^(y^2) erfc(y) for y >= 0;
     * Phi(x) = erfc(-x/sqrt 2)/2; m^k e^-m/Gamma(k + 1) for one real k >= 0 at means m >= 0; P(a, x) and Q(a, x) for one
     * a >= 1 at x >= 0, the larger as 1 less the smaller. */
    void (*erfcx)(size_t n, const double *y, double *out);
    void (*normal_cdf)(size_t n, const double *x, double *out);
    void (*poisson)(double k, size_t n, const double *mean, double *out);
    void (*incomplete_gamma)(double a, size_t n, const double *x, double *lower, double *upper);

    /* Kinematics of one nucleus of mass M: T_max(E) = 2E^2/(M + 2E) and its inverse E_min(T). */
    void (*recoil_energy_max)(size_t n, const double *neutrino_energy, double mass, double *recoil_energy);
    void (*neutrino_energy_min)(size_t n, const double *recoil_energy, double mass, double *neutrino_energy);
    /* cos of the angle of the outgoing neutrino and of the recoil; nan where T > T_max(E). */
    void (*neutrino_cosine)(size_t n, const double *recoil_energy, const double *neutrino_energy, double mass, double *cosine);
    void (*recoil_cosine)(size_t n, const double *recoil_energy, const double *neutrino_energy, double mass, double *cosine);
    /* The recoil energy at such an angle. */
    void (*recoil_at_neutrino_cosine)(size_t n, const double *cosine, const double *neutrino_energy, double mass,
                                      double *recoil_energy);
    void (*recoil_at_recoil_cosine)(size_t n, const double *cosine, const double *neutrino_energy, double mass,
                                    double *recoil_energy);

    /* F at momentum transfers q [MeV]. Error <= 4 ulp of 1 for x = q radius <= 2^20; beyond, where |F| < 3e-12, sphere
     * and Helm give 0. */
    void (*form_factor)(const cevns_form_factor *form_factor, size_t n, const double *q, double *out);
    /* Q = Z g_p F_p + N g_n F_n at recoil energies, n <= CEVNS_BLOCK. */
    void (*weak_charge)(const cevns_nucleus *nucleus, size_t n, const double *recoil_energy, double *out);
    /* F_A/4 at recoil energies, n <= CEVNS_BLOCK. */
    void (*axial_strength)(const cevns_nucleus *nucleus, size_t n, const double *recoil_energy, double *out);

    /* factor * [Q^2(T) * (1 - T/E - MT/2E^2 [+ T^2/2E^2]) + F_A(T)/4 * (1 - T/E + MT/2E^2 [+ T^2/2E^2])
     *           + interference * Q * sqrt(F_A/4) * (2T/E - T^2/E^2)]; zero outside 0 <= T <= T_max(E). axial is F_A/4, or NULL. */
    void (*differential_cross_section)(const cevns_nucleus *nucleus, size_t n, const double *recoil_energy,
                                       const double *neutrino_energy, const double *charge, const double *axial,
                                       double factor, double *out);
    /* The same per unit of the cosine of the neutrino's, of the recoil's angle; charge at the recoil energy there. */
    void (*neutrino_angle_cross_section)(const cevns_nucleus *nucleus, size_t n, const double *cosine,
                                         const double *neutrino_energy, const double *charge, const double *axial,
                                         double factor, double *out);
    void (*recoil_angle_cross_section)(const cevns_nucleus *nucleus, size_t n, const double *cosine,
                                       const double *neutrino_energy, const double *charge, const double *axial,
                                       double factor, double *out);

    /* Adds weight times the moments above finite thresholds x >= 0 [MeV]; n <= CEVNS_BLOCK; phi0 may be NULL. */
    void (*add_moments)(const cevns_spectrum *spectrum, size_t n, const double *x, double weight, double *phi0, double *m1,
                        double *m2);
    /* Adds factor * sum_k c_k Phi_k, the rate for the moments above x = E_min(T); spin 0 without axial needs no phi0. */
    void (*add_rate)(const cevns_nucleus *nucleus, size_t n, const double *recoil_energy, const double *x,
                     const double *charge, const double *axial, double factor, const double *phi0, const double *m1,
                     const double *m2, double *out);

    /* The weights w0, w1, w2 of one kind of current: sum_k p_k Phi_k = w0 phi0 + w1 m1 + w2 x m2 of the moments above x = E_min(T) of its
     * final mass [MeV]; not finite at T = 0 where the kind diverges. */
    void (*kind_weights)(cevns_kind kind, cevns_spin spin, double mass, double final_mass, size_t n, const double *recoil_energy,
                         const double *x, double *w0, double *w1, double *w2);

    /* An ion plasma: the radius length*density^(-1/3) of the ion sphere and the root of its coupling strength/(radius T), at most
     * 150; density >= 0, T > 0. Then <S> at neutrino energies [MeV] and radii [1/MeV]: relative error <= 16 ulp of
     * 1 + (1 - <S>) sum |terms of the exponent|, which cancel (1e-13 at most). */
    void (*ion_sphere)(size_t n, const double *density, const double *temperature, double length, double strength, double *radius,
                       double *root_coupling);
    void (*ion_correlation)(size_t n, const double *neutrino_energy, const double *radius, const double *root_coupling,
                            double *out);

    /* chi^2 = -2 ln(L/L_saturated) of n <= CEVNS_SCAN_POINTS points theta (n, n_parameters) with all nuisances at 0, and its
     * derivatives (n, n_parameters), or NULL; inf and nan where mu < 0, or mu = 0 and counts were observed, of a Poisson bin.
     * `work` holds CEVNS_SCAN_WORK doubles. */
    void (*scan_chi2)(const cevns_scan *scan, size_t n, const double *theta, double *work, double *out, double *slopes);
    /* The same of one point, smallest over the nuisances xi within their limits, with sum (xi/sigma)^2; the xi go to `pulls`. A bin
     * without counts that the nuisances make negative counts as empty; where mu = 0 and counts were observed, nuisances may add
     * some. */
    void (*scan_profile)(const cevns_scan *scan, const double *theta, double *work, double *out, double *pulls, double *slopes);
} cevns_kernels;

/* The kernels of an instruction set by name, or NULL if this build or this machine lacks it; NULL asks for the widest. */
const cevns_kernels *cevns_kernels_find(const char *name);

/* The sums of n segments of a piecewise linear spectrum, from the top down. In: upper, density (at the upper end), slope and
 * `lower`, the lower end of each; out: phi0 .. m2 of segments[0 .. n-1], where segments[n-1] is the highest. Compensated: the
 * error does not grow with n. Segment 0 may have any lower end: its own integral is not used. */
void cevns_linear_accumulate(size_t n, const double *lower, cevns_linear_segment *segments);

/* The moments Phi_k themselves above x >= 0, added to phi0 .. phi2 with a weight: from sums and derivatives of what is positive,
 * so that each is good relative to itself for every x. */
void cevns_plain_moments(const cevns_spectrum *spectrum, size_t n, const double *x, double weight, double *phi0, double *phi1,
                         double *phi2);

/* The shift of a guide: the largest with which no bucket holds more than two knots, or that of 16 to 32 buckets a knot. Then
 * the guide's n_buckets + 1 entries, with `first` and n_buckets as in cevns_spectrum. */
int cevns_guide_shift(size_t n_knots, const double *knots);
void cevns_guide_fill(size_t n_knots, const double *knots, int shift, int64_t first, size_t n_buckets, uint32_t *guide);

/* ---- fits of smooth spectra ----------------------------------------------------------------------------------------- */

#define CEVNS_PANEL_TERMS 10  /* of a Chebyshev series in s, -1 <= s <= 1, and nodes of its interpolation */
#define CEVNS_PANEL_CHECKS 11 /* points beside the nodes, where the series is compared with the density */

typedef struct {
    double from_values[CEVNS_PANEL_TERMS][CEVNS_PANEL_TERMS]; /* [node][term] */
    double at_checks[CEVNS_PANEL_TERMS][CEVNS_PANEL_CHECKS];  /* [term][check] */
} cevns_chebyshev;

/* A panel's series of phi, phi/E and phi/E^2; of each the largest value, the largest difference at the checks, and that of the
 * difference times E (of phi itself: the difference), which is what the moments m1 and m2 see of it. */
typedef struct {
    double coefficient[3][CEVNS_PANEL_TERMS];
    double size[3], error[3], weighted[3];
} cevns_panel_fit;

/* The first `powers` (1 to 3) series of n panels, from n rows of energies > 0 [MeV] and densities there: nodes, then checks. */
void cevns_panels_fit(const cevns_chebyshev *chebyshev, size_t n, int powers, const double *energy, const double *value,
                      cevns_panel_fit *fits);

/* The three series alone, from n rows of energies and densities at the nodes. */
void cevns_panels_series(const cevns_chebyshev *chebyshev, size_t n, const double *energy, const double *value,
                         double (*coefficients)[3][CEVNS_PANEL_TERMS]);

/* phi0, m1 and m2 of n panels between n + 1 edges as polynomials in s; row m of to_powers holds the powers in T_m. */
void cevns_panels_moments(size_t n, const double *edges, const double (*coefficients)[3][CEVNS_PANEL_TERMS],
                          const double (*to_powers)[CEVNS_SMOOTH_TERMS], cevns_smooth_panel *panels);

/* One series for each of n_panels panels, at x; 0 outside the edges. Fastest where x is in order. */
void cevns_panels_evaluate(size_t n_panels, const double *edges, const double (*coefficients)[CEVNS_PANEL_TERMS], size_t n,
                           const double *x, double *out);

/* ---- beta decay ------------------------------------------------------------------------------------------------------ */

/* p W F up to a constant, W p^(2g-1) e^(pi y) |Gamma(g + iy)|^2 with g = sqrt(1 - c^2), y = cW/p, for the coupling c = alpha Z of
 * electrons, -alpha Z of positrons, 0 < |c| < 1, at kinetic energies >= 0 in units of m_e; within 1e-14 of itself, for positrons
 * and where y is large 4 ulp of 2 pi y more. */
void cevns_electron_factor(size_t n, const double *kinetic, double coupling, double *out);

#endif
