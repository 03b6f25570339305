/* The cross section of one nucleus, and its rate from the moments of a flux.
 *
 * With x = E_min(T), MT/2 = x (x - T), and the brackets of the vector and of the axial current factorise:
 *     1 - T/E - MT/2E^2 = (1 - x/E) (1 + (x - T)/E)
 *     1 - T/E + MT/2E^2 = 1 - T/E + x (x - T)/E^2.
 * All factors are positive inside the kinematic range, so nothing cancels at the end point, neither in the cross section nor
 * in the rate, where
 *     int phi (1 - x/E)(1 + (x - T)/E) dE        = m1 + (x - T) m2
 *     int phi (1 - T/E + x (x - T)/E^2) dE       = 2 (1 - T/x) phi0 - (1 - 2T/x) m1 - (x - T) m2
 *     int phi (2T/E - T^2/E^2) dE                = T/x (2 - T/x) (phi0 - m1) + T^2/x m2. */

/* The form factor as a function of the recoil energy: q^2 = 2MT only scales its lengths. */
static inline cevns_form_factor cevns_form_factor_of_recoil(const cevns_form_factor *form_factor, double mass)
{
    const double scale = 2.0 * mass * CEVNS_MEV_PER_KEV;
    cevns_form_factor scaled = *form_factor;
    scaled.radius_squared *= scale;
    scaled.width_squared *= scale;
    return scaled;
}

static int cevns_form_factor_same(const cevns_form_factor *p, const cevns_form_factor *q)
{
    return p->kind == q->kind && p->radius_squared == q->radius_squared && p->width_squared == q->width_squared &&
           p->table == q->table;
}

static void cevns_weak_charge(const cevns_nucleus *nucleus, size_t n, const double *restrict recoil_energy,
                                      double *restrict out)
{
    const cevns_form_factor p = cevns_form_factor_of_recoil(&nucleus->proton, nucleus->mass);
    const int same = cevns_form_factor_same(&nucleus->proton, &nucleus->neutron);
    const int runs = nucleus->running.kind != CEVNS_FORM_FACTOR_POINT;
    cevns_form_factor_chunk(&p, n, recoil_energy, out);
    if (same && !runs) {
        const double charge = nucleus->proton_charge + nucleus->neutron_charge;
        for (size_t i = 0; i < n; i++) out[i] = charge * out[i];
        return;
    }
    double neutron_part[CEVNS_BLOCK], proton_charge[CEVNS_BLOCK];
    const double *neutron = out;
    if (!same) {
        const cevns_form_factor q = cevns_form_factor_of_recoil(&nucleus->neutron, nucleus->mass);
        cevns_form_factor_chunk(&q, n, recoil_energy, neutron_part);
        neutron = neutron_part;
    }
    if (runs) {
        const cevns_form_factor r = cevns_form_factor_of_recoil(&nucleus->running, nucleus->mass);
        cevns_form_factor_chunk(&r, n, recoil_energy, proton_charge);
        for (size_t i = 0; i < n; i++) proton_charge[i] *= nucleus->proton_charge;
    } else {
        for (size_t i = 0; i < n; i++) proton_charge[i] = nucleus->proton_charge;
    }
    for (size_t i = 0; i < n; i++) out[i] = cevns_fma(proton_charge[i], out[i], nucleus->neutron_charge * neutron[i]);
}

static void cevns_axial_strength(const cevns_nucleus *nucleus, size_t n, const double *restrict recoil_energy,
                                 double *restrict out)
{
    const cevns_form_factor axial = cevns_form_factor_of_recoil(&nucleus->axial, nucleus->mass);
    cevns_form_factor_chunk(&axial, n, recoil_energy, out);
    for (size_t i = 0; i < n; i++) out[i] *= nucleus->axial_charge;
}

/* Interference of vector and axial current, per unit of the factor; lost = T/E. */
static inline double cevns_interference(const cevns_nucleus *nucleus, double charge, double axial, double lost)
{
    return nucleus->interference * (charge * sqrt(axial)) * lost * (2.0 - lost);
}

static void cevns_differential_cross_section(const cevns_nucleus *nucleus, size_t n, const double *restrict recoil_energy,
                                             const double *restrict neutrino_energy, const double *restrict charge,
                                             const double *restrict axial, double factor, double *restrict out)
{
    const double spin_term = nucleus->spin == CEVNS_SPIN_HALF ? 0.5 : 0.0;
    for (size_t i = 0; i < n; i++) {
        const double T = CEVNS_MEV_PER_KEV * recoil_energy[i], E = neutrino_energy[i];
        const double x = cevns_threshold(T, nucleus->mass);
        const double u = 1.0 / cevns_larger(E, 1e-300);
        const double above = cevns_larger(E - x, 0.0);
        const double bracket = cevns_fma(above * u, cevns_fma(x - T, u, 1.0), spin_term * (T * u) * (T * u));
        /* the edge T_max(E) itself counts, whichever way it was rounded */
        out[i] = E * (1.0 + 0x1p-51) >= x && E > 0.0 ? factor * (charge[i] * charge[i]) * bracket : 0.0;
    }
    if (axial == NULL) return;
    for (size_t i = 0; i < n; i++) {
        const double T = CEVNS_MEV_PER_KEV * recoil_energy[i], E = neutrino_energy[i];
        const double x = cevns_threshold(T, nucleus->mass);
        const double u = 1.0 / cevns_larger(E, 1e-300);
        const double bracket = cevns_fma(x * u, (x - T) * u, 1.0 - T * u) + spin_term * (T * u) * (T * u);
        const double both = cevns_interference(nucleus, charge[i], axial[i], T * u);
        out[i] += E * (1.0 + 0x1p-51) >= x && E > 0.0 ? factor * cevns_fma(axial[i], bracket, both) : 0.0;
    }
}

/* dsigma/dcos = dsigma/dT |dT/dcos| = factor Q^2 (E^2/M) (1 + c)/(1 + (E/M)(1 - c))^3 for spin 0. */
static void cevns_neutrino_angle_cross_section(const cevns_nucleus *nucleus, size_t n, const double *restrict cosine,
                                               const double *restrict neutrino_energy, const double *restrict charge,
                                               const double *restrict axial, double factor, double *restrict out)
{
    const double spin_term = nucleus->spin == CEVNS_SPIN_HALF ? 0.5 : 0.0, inverse_mass = 1.0 / nucleus->mass;
    for (size_t i = 0; i < n; i++) {
        const double E = neutrino_energy[i], c = cosine[i];
        const double kept = 1.0 / cevns_fma(E * inverse_mass, 1.0 - c, 1.0); /* E'/E */
        const double lost = E * inverse_mass * (1.0 - c) * kept;             /* T/E */
        const double bracket = cevns_fma(0.5 * (1.0 + c), kept, spin_term * lost * lost);
        out[i] = factor * (charge[i] * charge[i]) * ((E * kept) * inverse_mass * (E * kept)) * bracket;
    }
    if (axial == NULL) return;
    for (size_t i = 0; i < n; i++) {
        /* MT/2E^2 = (1 - c) kept/2 */
        const double E = neutrino_energy[i], c = cosine[i];
        const double kept = 1.0 / cevns_fma(E * inverse_mass, 1.0 - c, 1.0);
        const double lost = E * inverse_mass * (1.0 - c) * kept;
        const double bracket = cevns_fma(0.5 * (1.0 - c), kept, kept + spin_term * lost * lost);
        const double both = cevns_interference(nucleus, charge[i], axial[i], lost);
        out[i] += factor * ((E * kept) * inverse_mass * (E * kept)) * cevns_fma(axial[i], bracket, both);
    }
}

/* With D = (E + M)^2 - E^2 c^2: bracket = (E + M)^2 (1 - c^2)/D, dT/dc = 4 M E^2 c (E + M)^2/D^2; 0 for c < 0. */
static void cevns_recoil_angle_cross_section(const cevns_nucleus *nucleus, size_t n, const double *restrict cosine,
                                             const double *restrict neutrino_energy, const double *restrict charge,
                                             const double *restrict axial, double factor, double *restrict out)
{
    const double spin_term = nucleus->spin == CEVNS_SPIN_HALF ? 0.5 : 0.0, mass = nucleus->mass;
    for (size_t i = 0; i < n; i++) {
        const double E = neutrino_energy[i], c = cosine[i], total = E + mass, along = E * c;
        const double inverse = 1.0 / ((total - along) * (total + along));
        const double ratio = total * total * inverse;
        const double lost = 2.0 * mass * along * c * inverse; /* T/E */
        const double bracket = cevns_fma(ratio, (1.0 - c) * (1.0 + c), spin_term * lost * lost);
        out[i] = c > 0.0 ? factor * (charge[i] * charge[i]) * (4.0 * mass * E * along * inverse) * ratio * bracket : 0.0;
    }
    if (axial == NULL) return;
    for (size_t i = 0; i < n; i++) {
        /* MT/2E^2 = M^2 c^2/D */
        const double E = neutrino_energy[i], c = cosine[i], total = E + mass, along = E * c;
        const double inverse = 1.0 / ((total - along) * (total + along));
        const double ratio = total * total * inverse;
        const double lost = 2.0 * mass * along * c * inverse;
        const double bracket = cevns_fma(mass * c * inverse, mass * c, 1.0 - lost) + spin_term * lost * lost;
        const double both = cevns_interference(nucleus, charge[i], axial[i], lost);
        out[i] += c > 0.0 ? factor * (4.0 * mass * E * along * inverse) * ratio * cevns_fma(axial[i], bracket, both) : 0.0;
    }
}

static void cevns_add_rate(const cevns_nucleus *nucleus, size_t n, const double *restrict recoil_energy, const double *restrict x,
                           const double *restrict charge, const double *restrict axial, double factor,
                           const double *restrict phi0, const double *restrict m1, const double *restrict m2,
                           double *restrict out)
{
    if (nucleus->spin == CEVNS_SPIN_HALF) {
        for (size_t i = 0; i < n; i++) {
            /* T^2/2 Phi_2, and x^2 Phi_2 = phi0 - m1 - x m2; at T = 0 both vanish */
            const double T = CEVNS_MEV_PER_KEV * recoil_energy[i];
            const double lost = T / cevns_larger(x[i], 1e-300);
            const double vector = cevns_fma(x[i] - T, m2[i], m1[i]);
            const double spin = 0.5 * (lost * lost) * (phi0[i] - cevns_fma(x[i], m2[i], m1[i]));
            out[i] = cevns_fma(factor * (charge[i] * charge[i]), vector + spin, out[i]);
        }
    } else {
        for (size_t i = 0; i < n; i++) {
            const double T = CEVNS_MEV_PER_KEV * recoil_energy[i];
            out[i] = cevns_fma(factor * (charge[i] * charge[i]), cevns_fma(x[i] - T, m2[i], m1[i]), out[i]);
        }
    }
    if (axial == NULL) return;
    const double spin_term = nucleus->spin == CEVNS_SPIN_HALF ? 0.5 : 0.0;
    for (size_t i = 0; i < n; i++) {
        const double T = CEVNS_MEV_PER_KEV * recoil_energy[i];
        const double lost = T / cevns_larger(x[i], 1e-300);
        const double spin = spin_term * (lost * lost) * (phi0[i] - cevns_fma(x[i], m2[i], m1[i]));
        const double sum = 2.0 * (1.0 - lost) * phi0[i] - cevns_fma(1.0 - 2.0 * lost, m1[i], (x[i] - T) * m2[i]);
        out[i] = cevns_fma(factor * axial[i], sum + spin, out[i]);
    }
    if (nucleus->interference == 0.0) return;
    for (size_t i = 0; i < n; i++) {
        const double T = CEVNS_MEV_PER_KEV * recoil_energy[i];
        const double lost = T / cevns_larger(x[i], 1e-300);
        const double sum = cevns_fma(lost * (2.0 - lost), phi0[i] - m1[i], T * lost * m2[i]);
        out[i] = cevns_fma(factor * nucleus->interference * (charge[i] * sqrt(axial[i])), sum, out[i]);
    }
}
