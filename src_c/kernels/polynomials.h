/* Made by build_polynomials.py: Chebyshev interpolants, rounded to double; do not edit by hand. */
#ifndef CEVNS_POLYNOMIALS_H
#define CEVNS_POLYNOMIALS_H

/* 3j1(x)/x = 1 - t P(t), t = x^2 in [0, 16]; error of the whole <= 1.4e-16 before rounding. */
#define CEVNS_SPHERE_DEGREE 14
static const double cevns_sphere_polynomial[15] = {
    0x1.999999999999ap-4,
    -0x1.d41d41d41d41dp-9,
    0x1.1566abc011567p-14,
    -0x1.937e11175f095p-21,
    0x1.8d48ed61d7aabp-28,
    -0x1.1a8380fb9f0d4p-35,
    0x1.2fe15942481d1p-43,
    -0x1.ffcc606fa09e2p-52,
    0x1.5a9d6076b687cp-60,
    -0x1.81cc1b2b28e41p-69,
    0x1.6724648cb5ebcp-78,
    -0x1.1bc3dd1357b42p-87,
    0x1.814dc18b53adep-97,
    -0x1.c42a171ed693ep-107,
    0x1.a66d5aaa6189cp-117};

/* sin(x)/x = 1 - t P(t), t = x^2 in [0, 16]; error of the whole <= 1.3e-16 before rounding. */
#define CEVNS_SINC_DEGREE 14
static const double cevns_sinc_polynomial[15] = {
    0x1.5555555555555p-3,
    -0x1.1111111111111p-7,
    0x1.a01a01a01a01ap-13,
    -0x1.71de3a556c734p-19,
    0x1.ae64567f544e4p-26,
    -0x1.6124613a86d08p-33,
    0x1.ae7f3e733b7adp-41,
    -0x1.952c770308fbbp-49,
    0x1.2f49b467bd415p-57,
    -0x1.71b8ef56ed0dcp-66,
    0x1.761b3cd89a7bep-75,
    -0x1.3f3c36bc51a87p-84,
    0x1.d18e7d0c84d94p-94,
    -0x1.23d2d03681108p-103,
    0x1.208755c87a98ep-113};

/* exp(r) = 1 + r + r^2 P(r), |r| <= ln(2)/2; error of the whole <= 1.3e-17 before rounding. */
#define CEVNS_EXP_DEGREE 9
static const double cevns_exp_polynomial[10] = {
    0x1.0000000000001p-1,
    0x1.5555555555556p-3,
    0x1.5555555553d68p-5,
    0x1.11111111109b5p-7,
    0x1.6c16c17889ef1p-10,
    0x1.a01a01a7c2efep-13,
    0x1.a019b9149a41cp-16,
    0x1.71de0db2f6b19p-19,
    0x1.28917c89a43a7p-22,
    0x1.af389ecfc4b9cp-26};

/* sin(r) = r + r^3 P(t), t = r^2, |r| <= pi/4; error relative; error of the whole <= 1.8e-17 before rounding. */
#define CEVNS_SIN_DEGREE 5
static const double cevns_sin_polynomial[6] = {
    -0x1.5555555555555p-3,
    0x1.1111111110bb2p-7,
    -0x1.a01a019e83aaep-13,
    0x1.71de37968a100p-19,
    -0x1.ae600b02b6262p-26,
    0x1.5e0b19f8b1451p-33};

/* cos(r) = 1 - t/2 + t^2 P(t), t = r^2, |r| <= pi/4; error of the whole <= 8.9e-19 before rounding. */
#define CEVNS_COS_DEGREE 5
static const double cevns_cos_polynomial[6] = {
    0x1.5555555555555p-5,
    -0x1.6c16c16c16967p-10,
    0x1.a01a019f4eb01p-16,
    -0x1.27e4fa17da09ep-22,
    0x1.1eeb68e93b64cp-29,
    -0x1.907da367a37cbp-37};

/* (X coth X - 1)/t = 1/3 + t P(t), t = X^2 in [0, 1]; error of the whole <= 2.7e-18 before rounding. */
#define CEVNS_LANGEVIN_DEGREE 9
static const double cevns_langevin_polynomial[10] = {
    -0x1.6c16c16c16c16p-6,
    0x1.1566abc011076p-9,
    -0x1.bbd77932ab8c5p-13,
    0x1.66a8f27dc45f0p-16,
    -0x1.22804ff2e0f79p-19,
    0x1.d6d7fff1bfeebp-23,
    -0x1.7d6a2988d61ddp-26,
    0x1.32b1067d51503p-29,
    -0x1.cf9f5f0c78740p-33,
    0x1.f2ddf6ce86422p-37};

/* X/sinh X = 1 + t P(t), t = X^2 in [0, 1]; error of the whole <= 3.4e-17 before rounding. */
#define CEVNS_OVER_SINH_DEGREE 9
static const double cevns_over_sinh_polynomial[10] = {
    -0x1.5555555555554p-3,
    0x1.3e93e93e9387cp-6,
    -0x1.0cbb7661ac01ep-9,
    0x1.b85fc9efe2ae0p-13,
    -0x1.65f58db06f921p-16,
    0x1.225a183dcffa3p-19,
    -0x1.d68403f161d57p-23,
    0x1.7a5bb39116c4dp-26,
    -0x1.1dfbf6681b237p-29,
    0x1.33b9caa0789c9p-33};

/* atanh(z) = z + z^3 P(w), w = z^2 in [0, 1/81]; error relative; error of the whole <= 1.6e-18 before rounding. */
#define CEVNS_ATANH_DEGREE 5
static const double cevns_atanh_polynomial[6] = {
    0x1.5555555555553p-2,
    0x1.999999999fb58p-3,
    0x1.2492490e09dcfp-3,
    0x1.c71cae84a18f5p-4,
    0x1.7438241c2e8bdp-4,
    0x1.45668bdec5356p-4};

/* ln((1 + z)/(1 - z)) = 2z + z^3 P(w), w = z^2 in [0, (3 - sqrt 8)^2]; error relative to z; error of the whole <= 9.3e-18 before rounding. */
#define CEVNS_LOG_DEGREE 6
static const double cevns_log_polynomial[7] = {
    0x1.5555555555558p-1,
    0x1.99999999952e2p-2,
    0x1.2492492df148dp-2,
    0x1.c71c62e5800a1p-3,
    0x1.7462b4ab2ef6bp-3,
    0x1.39fe606542ddep-3,
    0x1.2b584aae78a57p-3};

#endif
