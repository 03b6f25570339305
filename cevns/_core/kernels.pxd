# The C library, as src_c/cevns.h declares and documents it.
from libc.stdint cimport int64_t, uint8_t, uint32_t

cdef extern from "cevns.h" nogil:
    enum: CEVNS_BLOCK
    enum: CEVNS_SMOOTH_TERMS

    ctypedef enum cevns_form_factor_kind:
        CEVNS_FORM_FACTOR_POINT
        CEVNS_FORM_FACTOR_SPHERE
        CEVNS_FORM_FACTOR_HELM
        CEVNS_FORM_FACTOR_KLEIN_NYSTRAND
        CEVNS_FORM_FACTOR_SYMMETRIZED_FERMI
        CEVNS_FORM_FACTOR_GAUSSIAN
        CEVNS_FORM_FACTOR_DIPOLE
        CEVNS_FORM_FACTOR_TABLE

    enum: CEVNS_TABLE_TERMS

    ctypedef struct cevns_form_factor:
        cevns_form_factor_kind kind
        double radius_squared
        double width_squared
        const double *table
        size_t n_panels

    ctypedef enum cevns_spin:
        CEVNS_SPIN_ZERO
        CEVNS_SPIN_HALF

    ctypedef struct cevns_nucleus:
        double mass
        double proton_charge
        double neutron_charge
        cevns_form_factor proton
        cevns_form_factor neutron
        cevns_form_factor running
        double axial_charge
        cevns_form_factor axial
        double interference
        cevns_spin spin

    ctypedef enum cevns_kind:
        CEVNS_KIND_VECTOR

    ctypedef enum cevns_spectrum_kind:
        CEVNS_SPECTRUM_LINEAR
        CEVNS_SPECTRUM_SMOOTH
        CEVNS_SPECTRUM_END_POINT
        CEVNS_SPECTRUM_LINES

    ctypedef struct cevns_linear_segment:
        double upper, density, slope
        double phi0, phi1, phi2, m1, m2

    ctypedef struct cevns_spectrum:
        cevns_spectrum_kind kind
        size_t n_knots
        const double *knots
        const void *segments
        const uint32_t *guide
        size_t n_buckets
        int64_t first
        int shift
        double end_point
        double phi0[4]
        double m1[4]
        double m2[4]
        const double *weights

    enum: CEVNS_SCAN_POINTS

    ctypedef struct cevns_scan:
        size_t n_parameters, n_terms
        size_t n_counted, n_empty, n_measured
        size_t n_few
        double few_constant
        const double *few_templates
        size_t n_nuisances
        const uint8_t *exponents
        const double *constant
        const double *templates
        const double *counts
        const double *relative
        const double *absolute
        const double *precision
        const double *low
        const double *high

    size_t CEVNS_SCAN_WORK(size_t n_terms, size_t bins, size_t n_nuisances)

    ctypedef struct cevns_kernels:
        const char *name
        size_t (*first_outside)(size_t, const double *, double, double) noexcept nogil
        void (*exp)(size_t, const double *, double *) noexcept nogil
        void (*log)(size_t, const double *, double *) noexcept nogil
        void (*deviance)(size_t, const double *, double *) noexcept nogil
        void (*sincos)(size_t, const double *, double *, double *) noexcept nogil
        void (*erfcx)(size_t, const double *, double *) noexcept nogil
        void (*normal_cdf)(size_t, const double *, double *) noexcept nogil
        void (*poisson)(double, size_t, const double *, double *) noexcept nogil
        void (*incomplete_gamma)(double, size_t, const double *, double *, double *) noexcept nogil
        void (*recoil_energy_max)(size_t, const double *, double, double *) noexcept nogil
        void (*neutrino_energy_min)(size_t, const double *, double, double *) noexcept nogil
        void (*neutrino_cosine)(size_t, const double *, const double *, double, double *) noexcept nogil
        void (*recoil_cosine)(size_t, const double *, const double *, double, double *) noexcept nogil
        void (*recoil_at_neutrino_cosine)(size_t, const double *, const double *, double, double *) noexcept nogil
        void (*recoil_at_recoil_cosine)(size_t, const double *, const double *, double, double *) noexcept nogil
        void (*form_factor)(const cevns_form_factor *, size_t, const double *, double *) noexcept nogil
        void (*weak_charge)(const cevns_nucleus *, size_t, const double *, double *) noexcept nogil
        void (*axial_strength)(const cevns_nucleus *, size_t, const double *, double *) noexcept nogil
        void (*differential_cross_section)(const cevns_nucleus *, size_t, const double *, const double *, const double *, const double *,
                                           double, double *) noexcept nogil
        void (*neutrino_angle_cross_section)(const cevns_nucleus *, size_t, const double *, const double *, const double *, const double *,
                                             double, double *) noexcept nogil
        void (*recoil_angle_cross_section)(const cevns_nucleus *, size_t, const double *, const double *, const double *, const double *,
                                           double, double *) noexcept nogil
        void (*add_moments)(const cevns_spectrum *, size_t, const double *, double, double *, double *, double *) noexcept nogil
        void (*add_rate)(const cevns_nucleus *, size_t, const double *, const double *, const double *, const double *, double,
                         const double *, const double *, const double *, double *) noexcept nogil
        void (*kind_weights)(cevns_kind, cevns_spin, double, double, size_t, const double *, const double *, double *, double *,
                             double *) noexcept nogil
        void (*ion_sphere)(size_t, const double *, const double *, double, double, double *, double *) noexcept nogil
        void (*ion_correlation)(size_t, const double *, const double *, const double *, double *) noexcept nogil
        void (*scan_chi2)(const cevns_scan *, size_t, const double *, double *, double *, double *) noexcept nogil
        void (*scan_profile)(const cevns_scan *, const double *, double *, double *, double *, double *) noexcept nogil

    const cevns_kernels *cevns_kernels_find(const char *name)
    void cevns_linear_accumulate(size_t n, const double *lower, cevns_linear_segment *segments)
    void cevns_plain_moments(const cevns_spectrum *spectrum, size_t n, const double *x, double weight, double *phi0,
                             double *phi1, double *phi2)
    int cevns_guide_shift(size_t n_knots, const double *knots)
    void cevns_guide_fill(size_t n_knots, const double *knots, int shift, int64_t first, size_t n_buckets, uint32_t *guide)

    enum: CEVNS_PANEL_TERMS
    enum: CEVNS_PANEL_CHECKS

    ctypedef struct cevns_smooth_panel:
        double centre, scale

    ctypedef struct cevns_chebyshev:
        double from_values[CEVNS_PANEL_TERMS][CEVNS_PANEL_TERMS]
        double at_checks[CEVNS_PANEL_TERMS][CEVNS_PANEL_CHECKS]

    ctypedef struct cevns_panel_fit:
        double coefficient[3][CEVNS_PANEL_TERMS]
        double size[3]
        double error[3]
        double weighted[3]

    void cevns_panels_fit(const cevns_chebyshev *chebyshev, size_t n, int powers, const double *energy, const double *value,
                          cevns_panel_fit *fits)
    void cevns_panels_series(const cevns_chebyshev *chebyshev, size_t n, const double *energy, const double *value,
                             double (*coefficients)[3][CEVNS_PANEL_TERMS])
    void cevns_panels_moments(size_t n, const double *edges, const double (*coefficients)[3][CEVNS_PANEL_TERMS],
                              const double (*to_powers)[CEVNS_SMOOTH_TERMS], cevns_smooth_panel *panels)
    void cevns_panels_evaluate(size_t n_panels, const double *edges, const double (*coefficients)[CEVNS_PANEL_TERMS], size_t n,
                               const double *x, double *out)

    void cevns_electron_factor(size_t n, const double *kinetic, double coupling, double *out)

cdef extern from "gauss_legendre.h" nogil:
    ctypedef struct cevns_gauss_legendre:
        int order
        double node[16]
        double weight[16]

    const cevns_gauss_legendre cevns_gauss_3
    const cevns_gauss_legendre cevns_gauss_5
    const cevns_gauss_legendre cevns_gauss_8
    const cevns_gauss_legendre cevns_gauss_16
