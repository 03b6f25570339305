"""Non-standard interactions: four-fermion vertices of neutrinos with up and down quarks.

Formulas
--------
`NSI`: Q_α² = Σ_β |δ_αβ Q + (2ε^u_αβ + ε^d_αβ) Z F_p + (ε^u_αβ + 2ε^d_αβ) N F_n|²
    J. Barranco, O. G. Miranda, T. I. Rashba, JHEP 12 (2005) 021, eq. 4
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import real_number
from .currents import ComplexArray, Current
from .hermitian import PAIRS, HermitianCouplings, checked_element, checked_matrix, elements

QUARKS = MappingProxyType({"u": (2.0, 1.0), "d": (1.0, 2.0)})  # of them in a proton and in a neutron


@dataclass(frozen=True, kw_only=True, repr=False)
class NSI(HermitianCouplings):
    """Neutral-current non-standard interactions with up and down quarks, vector.

        L = −√2 G_F Σ_q ε_αβ^q (ν̄_α γ^μ P_L ν_β)(q̄ γ_μ q)        ε^q = ε^{qL} + ε^{qR}, Hermitian

    the vector part of −2√2 G_F Σ ε_αβ^{qP} (ν̄_α γ^μ P_L ν_β)(q̄ γ_μ P q), P = L, R.

    Parameters
    ----------
    eps_ee_u, eps_mm_u, eps_tt_u, eps_ee_d, eps_mm_d, eps_tt_d : float
        Diagonal elements: they interfere with the Standard Model.
    eps_em_u, eps_et_u, eps_mt_u, eps_em_d, eps_et_d, eps_mt_d : complex
        Elements ε_eμ, ε_eτ, ε_μτ, which change the flavour; ε_βα is the complex conjugate.

    Raises
    ------
    InputError
        For a diagonal element that is not real, or what is not a finite number.

    Notes
    -----
    Protons have the charge 2ε^u + ε^d, neutrons ε^u + 2ε^d, so that incoming ν_α see

        Q_α² = Σ_β |δ_αβ (Z g_V^p F_p + N g_V^n F_n) + (2ε_αβ^u + ε_αβ^d) Z F_p + (ε_αβ^u + 2ε_αβ^d) N F_n|²

    and a flux that carries coherence Tr[ρ G G†]. Nothing changes along ε^u/ε^d = −(A + N)/(A + Z), nor where Q_α → −Q_α.
    Parameters of templates are named as the arguments; the imaginary part of "eps_em_u" is "eps_em_u_im". For NSI on the way to
    the detector oscillate the flux with them, one flux a point.

    J. Barranco, O. G. Miranda, T. I. Rashba, JHEP 12 (2005) 021, eq. 4; M. C. Gonzalez-Garcia, M. Maltoni, JHEP 09 (2013) 152
    for the blind line.

    Examples
    --------
    >>> import cevns
    >>> argon = cevns.Nuclide("40Ar")
    >>> blind = cevns.NSI(eps_ee_u=-(argon.A + argon.N) / 1000, eps_ee_d=(argon.A + argon.Z) / 1000)
    >>> theory = [cevns.differential_cross_section(5.0, 30.0, argon, sm) for sm in (None, cevns.StandardModel() + blind)]
    >>> round(theory[1] / theory[0], 12)
    1.0
    """

    eps_ee_u: float = 0.0
    eps_em_u: complex = 0.0
    eps_et_u: complex = 0.0
    eps_mm_u: float = 0.0
    eps_mt_u: complex = 0.0
    eps_tt_u: float = 0.0
    eps_ee_d: float = 0.0
    eps_em_d: complex = 0.0
    eps_et_d: complex = 0.0
    eps_mm_d: float = 0.0
    eps_mt_d: complex = 0.0
    eps_tt_d: float = 0.0

    places: ClassVar[Mapping[str, tuple[int, int]]] = MappingProxyType(
        {f"eps_{pair}_{q}": place for q in QUARKS for pair, place in PAIRS.items()}
    )

    def __post_init__(self) -> None:
        for name, (a, b) in self.places.items():
            object.__setattr__(self, name, checked_element(getattr(self, name), name, diagonal=a == b))

    @classmethod
    def from_matrices(cls, up: ArrayLike | None = None, down: ArrayLike | None = None) -> NSI:
        """NSI of matrices ε^u and ε^d (3, 3), complex and Hermitian, in the order e, μ, τ; zero by default.

        Raises
        ------
        InputError
            For a matrix that is not Hermitian, of another shape, or not finite.
        """
        given = {"u": checked_matrix(up, "up"), "d": checked_matrix(down, "down")}
        return cls(**{f"eps_{pair}_{q}": value for q in QUARKS for pair, value in elements(given[q]).items()})

    @classmethod
    def from_direction(cls, epsilon: ArrayLike, eta: float) -> NSI:
        """NSI of one matrix ε (3, 3) that proton and neutron share in the direction η: ε^p = √5 cos η ε, ε^n = √5 sin η ε.

        Parameters
        ----------
        epsilon : array_like (3, 3)
            Complex, Hermitian.
        eta : float
            [rad]; tan η = ½ for up quarks only, 2 for down quarks only, −Z/N for what no nucleus (Z, N) sees.

        Raises
        ------
        InputError
            For a matrix that is not Hermitian, or an angle that is not finite.

        Notes
        -----
        I. Esteban et al., JHEP 08 (2018) 180, eqs. 2.7 to 2.9, without electrons.
        """
        matrix = checked_matrix(epsilon, "epsilon")
        angle = real_number(eta, "eta", unit="rad")
        proton, neutron = math.sqrt(5) * math.cos(angle), math.sqrt(5) * math.sin(angle)
        return cls.from_matrices((2 * proton - neutron) / 3 * matrix, (2 * neutron - proton) / 3 * matrix)

    def matrix(self, quark: str) -> ComplexArray:
        """ε^u or ε^d (3, 3), Hermitian."""
        epsilon = np.zeros((3, 3), dtype=np.complex128)
        for pair, (a, b) in PAIRS.items():
            value = getattr(self, f"eps_{pair}_{quark}")
            epsilon[a, b] = value
            epsilon[b, a] = np.conj(value)
        return epsilon

    @property
    def currents(self) -> tuple[Current, ...]:
        """A vector current for each real number."""
        return tuple(
            Current("vector", np.multiply.outer(_IN_NUCLEONS[name.removesuffix("_im")[-1]], self.unit(name)), None, name, value)
            for name, value in self.parameters.items()
        )


_IN_NUCLEONS = {quark: np.array(numbers, dtype=np.complex128) for quark, numbers in QUARKS.items()}
