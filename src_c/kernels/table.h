/* All kernels of one instruction set. The file that includes this one has set the target and CEVNS_TABLE, CEVNS_NAME. */
#include "elementary.h"
#include "special.h"
#include "rows.h"
#include "kinematics.h"
#include "form_factors.h"
#include "cross_sections.h"
#include "kinds.h"
#include "moments.h"
#include "matter.h"
#include "scans.h"

static size_t cevns_first_outside(size_t n, const double *restrict x, double low, double high)
{
    for (size_t start = 0; start < n; start += CEVNS_BLOCK) {
        const size_t stop = n - start < CEVNS_BLOCK ? n : start + CEVNS_BLOCK;
        int64_t outside = 0;
        for (size_t i = start; i < stop; i++) outside |= -(int64_t)(!(x[i] >= low && x[i] <= high));
        if (outside)
            for (size_t i = start; i < stop; i++)
                if (!(x[i] >= low && x[i] <= high)) return i;
    }
    return n;
}

static void cevns_exp_array(size_t n, const double *restrict x, double *restrict out)
{
    for (size_t i = 0; i < n; i++) out[i] = cevns_exp(x[i]);
}

static void cevns_log_array(size_t n, const double *restrict x, double *restrict out)
{
    for (size_t i = 0; i < n; i++) out[i] = cevns_log(x[i]);
}

static void cevns_deviance_array(size_t n, const double *restrict x, double *restrict out)
{
    for (size_t i = 0; i < n; i++) out[i] = cevns_deviance(x[i]);
}

static void cevns_sincos_array(size_t n, const double *restrict x, double *restrict sine, double *restrict cosine)
{
    for (size_t i = 0; i < n; i++) {
        double s, c;
        cevns_sincos(fabs(x[i]), &s, &c);
        sine[i] = copysign(1.0, x[i]) * s;
        cosine[i] = c;
    }
}

const cevns_kernels CEVNS_TABLE = {
    .name = CEVNS_NAME,
    .first_outside = cevns_first_outside,
    .exp = cevns_exp_array,
    .log = cevns_log_array,
    .deviance = cevns_deviance_array,
    .sincos = cevns_sincos_array,
    .erfcx = cevns_erfcx_array,
    .normal_cdf = cevns_normal_cdf_array,
    .poisson = cevns_poisson_array,
    .incomplete_gamma = cevns_incomplete_gamma,
    .recoil_energy_max = cevns_recoil_energy_max,
    .neutrino_energy_min = cevns_neutrino_energy_min,
    .neutrino_cosine = cevns_neutrino_cosine,
    .recoil_cosine = cevns_recoil_cosine,
    .recoil_at_neutrino_cosine = cevns_recoil_at_neutrino_cosine,
    .recoil_at_recoil_cosine = cevns_recoil_at_recoil_cosine,
    .form_factor = cevns_form_factor_array,
    .weak_charge = cevns_weak_charge,
    .axial_strength = cevns_axial_strength,
    .differential_cross_section = cevns_differential_cross_section,
    .neutrino_angle_cross_section = cevns_neutrino_angle_cross_section,
    .recoil_angle_cross_section = cevns_recoil_angle_cross_section,
    .add_moments = cevns_add_moments,
    .add_rate = cevns_add_rate,
    .kind_weights = cevns_kind_weights,
    .ion_sphere = cevns_ion_sphere,
    .ion_correlation = cevns_ion_correlation,
    .scan_chi2 = cevns_scan_chi2,
    .scan_profile = cevns_scan_profile,
};
