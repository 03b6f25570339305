"""Make kernels/special_series.h: near-minimax coefficients of the special functions, with their measured errors.

    python src_c/build_special.py > src_c/kernels/special_series.h

Each function is interpolated at Chebyshev nodes in 60-digit arithmetic, written in powers, rounded to double and compared with
the function between the nodes; the largest difference stands beside the coefficients.
"""

from collections.abc import Callable

import mpmath as mp

mp.mp.dps = 60
ERFCX_SCALE = mp.mpf("3.75")


def erfcx_tail(t):
    """((1 + 2y) e^(y²) erfc(y) − 1)/(1 + t) with t = (y − 3.75)/(y + 3.75)."""
    y = ERFCX_SCALE * (1 + t) / (1 - t)
    if y < 1000:
        value = mp.exp(y * y) * mp.erfc(y)
    else:  # the asymptotic series
        value = sum((-1) ** k * mp.fac2(2 * k - 1) / (2 * y * y) ** k for k in range(12)) / (y * mp.sqrt(mp.pi))
    return ((1 + 2 * y) * value - 1) / (1 + t)


def order_of(v):
    """k of v = 3/(k + 1/2) − 1, which takes 1 ≤ k < ∞ to −1 < v ≤ 1."""
    return 3 / (1 + v) - mp.mpf(1) / 2


def stirling(v):
    """Stirling's √(2πk) k^k e^(−k)/Γ(k + 1)."""
    k = order_of(v)
    return mp.sqrt(2 * mp.pi * k) * mp.exp(k * mp.log(k) - k - mp.loggamma(k + 1))


def inverse_factorial(s):
    """1/(e Γ(k + 1)) with s = 2k − 1."""
    return mp.rgamma((1 + s) / 2 + 1) / mp.e


def uniform(eta, v):
    """√(2πa) e^(aη²/2) (Q(a, x) − ½ erfc(η √(a/2))), with η²/2 = x/a − 1 − ln(x/a) and a of v as k is."""
    a = order_of(v)
    ratio = 1 if eta == 0 else -mp.lambertw(-mp.exp(-1 - eta**2 / 2), 0 if eta < 0 else -1).real
    normal = mp.erfc(abs(eta) * mp.sqrt(a / 2)) / 2
    if eta < 0:  # the tail below, which does not cancel
        difference = normal - mp.gammainc(a, 0, ratio * a, regularized=True)
    else:
        difference = mp.gammainc(a, ratio * a, mp.inf, regularized=True) - normal
    return mp.sqrt(2 * mp.pi * a) * mp.exp(a * eta**2 / 2) * difference


def nodes(count: int) -> list:
    return [mp.cos(mp.pi * (2 * i + 1) / (2 * count)) for i in range(count)]


def in_powers(values: list) -> list:
    """The polynomial with these values at the Chebyshev nodes, in powers."""
    count = len(values)
    matrix = mp.matrix([[x**k for k in range(count)] for x in nodes(count)])
    return list(mp.lu_solve(matrix, mp.matrix(values)))


def between(count: int) -> list:
    return [mp.mpf(2 * i) / count - 1 for i in range(1, count)]


SERIES = [
    # name, function, degree, what the error is weighted with, comment
    (
        "ERFCX",
        erfcx_tail,
        23,
        lambda t: 1 + t,
        "(1 + 2y) e^(y^2) erfc(y) = 1 + (1 + t) P(t), t = (y - 3.75)/(y + 3.75) (Shepherd and Laframboise 1981)",
    ),
    ("STIRLING", stirling, 18, lambda v: 1, "sqrt(2 pi k) k^k e^-k/Gamma(k + 1) = P(v), v = 3/(k + 1/2) - 1, k >= 1"),
    ("INVERSE_FACTORIAL", inverse_factorial, 14, lambda s: 1, "1/(e Gamma(k + 1)) = P(s), s = 2k - 1, 0 <= k <= 1"),
]
ETA_TERMS, ORDER_TERMS = 19, 19


def print_series(name: str, function: Callable, degree: int, weight: Callable, comment: str) -> None:
    coefficients = [float(c) for c in in_powers([function(t) for t in nodes(degree + 1)])]
    error = max(abs(weight(t) * (mp.polyval(coefficients[::-1], t) - function(t))) for t in between(400))
    print(f"\n/* {comment}; error <= {float(error):.1e} before rounding. */")
    print(f"static const double cevns_{name.lower()}_polynomial[{degree + 1}] = {{")
    print(",\n".join(f"    {c.hex()}" for c in coefficients) + "};")


def print_uniform() -> None:
    at_nodes = [in_powers([uniform(eta, v) for eta in nodes(ETA_TERMS)]) for v in nodes(ORDER_TERMS)]
    columns = [in_powers([row[i] for row in at_nodes]) for i in range(ETA_TERMS)]  # by power of η, then of v
    rows = [[float(column[j]) for column in columns] for j in range(ORDER_TERMS)]
    error = mp.mpf(0)
    for v in between(23):
        powers = [mp.polyval([row[i] for row in rows[::-1]], v) for i in range(ETA_TERMS)]
        error = max(error, *(abs(mp.polyval(powers[::-1], eta) - uniform(eta, v)) for eta in between(23)))
    print("\n/* sqrt(2 pi a) e^(a eta^2/2) (Q(a, x) - erfc(eta sqrt(a/2))/2) = sum_ij c[j][i] eta^i v^j, |eta| <= 1, a >= 1,")
    print(f" * eta^2/2 = x/a - 1 - ln(x/a), v = 3/(a + 1/2) - 1; error <= {float(error):.1e} before rounding. */")
    print(f"#define CEVNS_UNIFORM_TERMS {ETA_TERMS}\n#define CEVNS_UNIFORM_ORDERS {ORDER_TERMS}")
    print("static const double cevns_uniform_polynomial[CEVNS_UNIFORM_ORDERS][CEVNS_UNIFORM_TERMS] = {")
    print(",\n".join("    {" + ", ".join(c.hex() for c in row) + "}" for row in rows) + "};")


if __name__ == "__main__":
    print("/* Made by build_special.py: Chebyshev interpolants in powers, rounded to double; do not edit by hand. */")
    print("#ifndef CEVNS_SPECIAL_SERIES_H\n#define CEVNS_SPECIAL_SERIES_H")
    for series in SERIES:
        print_series(*series)
    print_uniform()
    print("\n#endif")
