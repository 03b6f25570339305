"""Make kernels/polynomials.h: near-minimax coefficients of the elementary functions, with their measured errors.

    python src_c/build_polynomials.py > src_c/kernels/polynomials.h

Each polynomial interpolates its function at Chebyshev nodes in 60-digit arithmetic, is rounded to double and compared with
the function at 4000 points; the largest difference stands beside the coefficients.
"""

from collections.abc import Callable

import mpmath as mp

mp.mp.dps = 60


def sphere(t):
    """(1 − 3j₁(x)/x)/t with t = x²."""
    if t < mp.mpf("1e-12"):
        return mp.mpf(1) / 10 - t / 280
    x = mp.sqrt(t)
    return (1 - 3 * (mp.sin(x) - x * mp.cos(x)) / x**3) / t


def sinc(t):
    """(1 − sin(x)/x)/t with t = x²."""
    if t < mp.mpf("1e-12"):
        return mp.mpf(1) / 6 - t / 120
    x = mp.sqrt(t)
    return (1 - mp.sin(x) / x) / t


def exp_tail(r):
    """(e^r − 1 − r)/r²."""
    if abs(r) < mp.mpf("1e-12"):
        return mp.mpf(1) / 2 + r / 6
    return (mp.exp(r) - 1 - r) / r**2


def sin_tail(t):
    """(sin(r) − r)/r³ with t = r²."""
    if t < mp.mpf("1e-12"):
        return -mp.mpf(1) / 6 + t / 120
    r = mp.sqrt(t)
    return (mp.sin(r) - r) / r**3


def cos_tail(t):
    """(cos(r) − 1 + t/2)/t² with t = r²."""
    if t < mp.mpf("1e-8"):
        return mp.mpf(1) / 24 - t / 720
    return (mp.cos(mp.sqrt(t)) - 1 + t / 2) / t**2


def langevin(t):
    """(X coth X − 1)/t − 1/3, over t, with t = X²."""
    if t < mp.mpf("1e-8"):
        return -mp.mpf(1) / 45 + 2 * t / 945
    x = mp.sqrt(t)
    return ((x * mp.coth(x) - 1) / t - mp.mpf(1) / 3) / t


def over_sinh(t):
    """(X/sinh X − 1)/t with t = X²."""
    if t < mp.mpf("1e-12"):
        return -mp.mpf(1) / 6 + 7 * t / 360
    x = mp.sqrt(t)
    return (x / mp.sinh(x) - 1) / t


def atanh_tail(w):
    """(atanh(z) − z)/z³ with w = z²: Σ wᵏ/(2k + 3)."""
    if w < mp.mpf("1e-12"):
        return mp.mpf(1) / 3 + w / 5
    z = mp.sqrt(w)
    return (mp.atanh(z) - z) / z**3


def log_tail(w):
    """2 (atanh(z) − z)/z³ with w = z²."""
    return 2 * atanh_tail(w)


def interpolate(function: Callable, low, high, degree: int) -> list[float]:
    low, high, n = mp.mpf(low), mp.mpf(high), degree + 1
    nodes = [(low + high) / 2 + (high - low) / 2 * mp.cos(mp.pi * (2 * i + 1) / (2 * n)) for i in range(n)]
    matrix = mp.matrix([[x**k for k in range(n)] for x in nodes])
    return [float(c) for c in mp.lu_solve(matrix, mp.matrix([function(x) for x in nodes]))]


def largest_error(function: Callable, low, high, coefficients: list[float], weight: Callable) -> float:
    worst = mp.mpf(0)
    for i in range(4001):
        x = mp.mpf(low) + (mp.mpf(high) - mp.mpf(low)) * i / 4000
        worst = max(worst, abs(weight(x) * (mp.polyval([mp.mpf(c) for c in reversed(coefficients)], x) - function(x))))
    return float(worst)


LOG2 = mp.log(2)
POLYNOMIALS = [
    # name, function, low, high, degree, what the error is weighted with, comment
    ("SPHERE", sphere, 0, 16, 14, lambda t: t, "3j1(x)/x = 1 - t P(t), t = x^2 in [0, 16]"),
    ("SINC", sinc, 0, 16, 14, lambda t: t, "sin(x)/x = 1 - t P(t), t = x^2 in [0, 16]"),
    ("EXP", exp_tail, -LOG2 / 2, LOG2 / 2, 9, lambda r: r * r, "exp(r) = 1 + r + r^2 P(r), |r| <= ln(2)/2"),
    ("SIN", sin_tail, 0, mp.pi**2 / 16, 5, lambda t: t, "sin(r) = r + r^3 P(t), t = r^2, |r| <= pi/4; error relative"),
    ("COS", cos_tail, 0, mp.pi**2 / 16, 5, lambda t: t * t, "cos(r) = 1 - t/2 + t^2 P(t), t = r^2, |r| <= pi/4"),
    ("LANGEVIN", langevin, 0, 1, 9, lambda t: t, "(X coth X - 1)/t = 1/3 + t P(t), t = X^2 in [0, 1]"),
    ("OVER_SINH", over_sinh, 0, 1, 9, lambda t: t, "X/sinh X = 1 + t P(t), t = X^2 in [0, 1]"),
    ("ATANH", atanh_tail, 0, mp.mpf(1) / 81, 5, lambda w: w, "atanh(z) = z + z^3 P(w), w = z^2 in [0, 1/81]; error relative"),
    (
        "LOG",
        log_tail,
        0,
        (3 - 2 * mp.sqrt(2)) ** 2,
        6,
        lambda w: w,
        "ln((1 + z)/(1 - z)) = 2z + z^3 P(w), w = z^2 in [0, (3 - sqrt 8)^2]; error relative to z",
    ),
]


def main() -> None:
    print("/* Made by build_polynomials.py: Chebyshev interpolants, rounded to double; do not edit by hand. */")
    print("#ifndef CEVNS_POLYNOMIALS_H\n#define CEVNS_POLYNOMIALS_H")
    for name, function, low, high, degree, weight, comment in POLYNOMIALS:
        coefficients = interpolate(function, low, high, degree)
        error = largest_error(function, low, high, coefficients, weight)
        print(f"\n/* {comment}; error of the whole <= {error:.1e} before rounding. */")
        print(f"#define CEVNS_{name}_DEGREE {degree}")
        body = ",\n    ".join(c.hex() for c in coefficients)
        print(f"static const double cevns_{name.lower()}_polynomial[{degree + 1}] = {{\n    {body}}};")
    print("\n#endif")


if __name__ == "__main__":
    main()
