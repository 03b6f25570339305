"""Makes sarkis.csv, the quenching factors of Lindhard's theory with a binding energy; run by a developer, never by users.

    python -m cevns.data.build_sarkis

Needs SciPy. In terms of w = ε + u - ν̄, what electrons get, the equation of Y. Sarkis, A. Aguilar-Arevalo, J. C. D'Olivo, Phys.
Rev. D 101 (2020) 102001 is, with τ = t/ε the energy that an atom is given,

    ½ k ε^(3/2) w″ + k ε^(1/2) (1 - w′) = ∫_u^ε dτ K(ε, τ) [w(ε) - w(ε - τ) - w(τ - u)],    w = 0 for ε ≤ u
    K = ε f(√(ετ))/(2 (ετ)^(3/2))

Its solutions grow like ε³ but for one: that one has no second derivative at the far end. As the equation is linear, a spline in
ln ε that obeys it at as many points as it has coefficients is the solution of one linear system. The fourth derivative of w
jumps at 2u, where the first moved atom can ionise: there the spline of degree four has a knot.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import BSpline  # type: ignore[import-untyped]

Array = NDArray[np.float64]

# element: Z, k, U [keV], as the authors fitted them (their table IV)
ELEMENTS = {"Si": (14, 0.161, 0.15), "Ge": (32, 0.162, 0.02)}

HEADER = """\
# Quenching factors of Lindhard's theory with a binding energy: the model of Y. Sarkis, A. Aguilar-Arevalo, J. C. D'Olivo, Phys.
# Rev. D 101 (2020) 102001 (arXiv:2001.06503), with its k = 0.161, U = 0.15 keV for Si and k = 0.162, U = 0.02 keV for Ge.
# Solved, not copied: made by build_sarkis.py; do not edit by hand. The authors' own table was not at hand.
#
# recoil_energy [keV], of the recoil with its binding energy; factor: 0 up to 2U
element,recoil_energy,factor
"""

DEGREE = 4


def thomas_fermi(eta: Array) -> Array:
    """f(√t): Winterbon, Sigmund and Sanders' form, λ = 1.309, m = 1/3, q = 2/3."""
    scale = 1.309
    return scale * eta ** (1 / 3) / (1 + (2 * scale * eta ** (4 / 3)) ** (2 / 3)) ** 1.5


def solve(k: float, u: float, end: float, panels: int = 240, straggling: float = 1.0) -> Callable[[Array], Array]:
    """w(ε) up to `end`, from `panels` steps in ln ε; `straggling` multiplies the second derivative."""
    span = np.log(end / u)
    steps = np.linspace(0, 1, panels + 1)
    inner = span * (0.15 * steps + 0.85 * steps**2)
    inner = np.unique(np.append(inner[np.abs(inner - np.log(2)) > 0.3 * inner[1]], np.log(2)))
    knots = np.concatenate([[0.0] * DEGREE, inner, [span] * DEGREE])
    n = knots.size - DEGREE - 1
    points = np.array([knots[i + 1 : i + DEGREE + 1].mean() for i in range(n)])
    spline = BSpline(knots, np.eye(n), DEGREE)
    energies = u * np.exp(points)
    at, first, second = spline(points), spline.derivative(1)(points), spline.derivative(2)(points)
    slope = first / energies[:, None]
    bend = (second - first) / energies[:, None] ** 2

    def values(energy: Array) -> Any:
        rows = BSpline.design_matrix(np.clip(np.log(np.maximum(energy, u) / u), 0.0, span), knots, DEGREE).toarray()
        rows[energy <= u] = 0.0
        return rows

    nodes, weights = np.polynomial.legendre.leggauss(12)
    matrix = np.zeros((n, n))
    right = np.zeros(n)
    matrix[0, 0] = 1.0
    for i, energy in enumerate(energies[1:], 1):
        cuts = np.array(_cuts(u, float(energy)))
        half, middle = np.diff(cuts) / 2, (cuts[1:] + cuts[:-1]) / 2
        given = (middle[:, None] + half[:, None] * nodes).ravel()
        kernel = (
            energy * thomas_fermi(np.sqrt(energy * given)) / (2 * (energy * given) ** 1.5) * (half[:, None] * weights).ravel()
        )
        integral = kernel.sum() * at[i] - kernel @ values(energy - given) - kernel @ values(given - u)
        bent = 0.0 if i == n - 1 else straggling
        matrix[i] = bent * 0.5 * k * energy**1.5 * bend[i] - k * np.sqrt(energy) * slope[i] - integral
        right[i] = -k * np.sqrt(energy)
    coefficients = np.linalg.solve(matrix, right)
    return lambda energy: np.asarray(values(np.atleast_1d(energy)) @ coefficients)


def _cuts(u: float, energy: float) -> list[float]:
    """Panels of the integral over τ from u to ε: graded to both ends, with an edge wherever one of the three w begins."""
    cuts = {u, energy, energy / 2, 2 * u, energy - u}
    step = 2 * u
    while step < energy / 2:
        cuts |= {step, energy - step}
        step *= 2
    return sorted(cut for cut in cuts if u <= cut <= energy)


def factors(Z: int, k: float, binding: float, recoil_energy: Array, **options: Any) -> Array:
    """QF at recoil energies [keV]; far beyond the last one begins the end of the solution."""
    scale = 11.5 * Z ** (-7 / 3)
    w = solve(k, scale * binding, scale * 1e5, **options)
    return np.asarray(w(scale * (recoil_energy - binding)) / (scale * recoil_energy))


def grid(binding: float) -> Array:
    """Recoil energies [keV] from 2U to 1 MeV, denser towards 2U, in three digits above it."""
    above = np.geomspace(1e-3 * binding, 1000.0 - 2 * binding, 221)
    return np.array(sorted({2 * binding, *(float(f"{2 * binding + step:.5g}") for step in above)}))


def main() -> None:
    lines = []
    for element, (Z, k, binding) in ELEMENTS.items():
        T = grid(binding)
        lines += [f"{element},{t:.5g},{q:.5g}\n" for t, q in zip(T, np.maximum(factors(Z, k, binding, T), 0.0), strict=True)]
    Path(__file__).with_name("sarkis.csv").write_text(HEADER + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
