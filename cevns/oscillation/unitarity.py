"""A mixing matrix that is not unitary: flavours convert at zero distance.

Formulas
--------
non-unitary mixing, `non_unitary`: P_ab = |(N N†)_ba|², N N† = (1 − α)(1 − α)†
    F. J. Escrihuela et al., Phys. Rev. D 92 (2015) 053009
"""

from __future__ import annotations

from typing import Literal, TypedDict, Unpack, overload

import numpy as np

from .._arguments import Array, complex_array, digits, real_number, shown
from ..errors import InputError
from .mixing import ComplexArray, density_matrices


class Alphas(TypedDict, total=False):
    """The elements of α."""

    alpha_ee: float
    alpha_mm: float
    alpha_tt: float
    alpha_me: complex
    alpha_te: complex
    alpha_tm: complex


@overload
def non_unitary(*, coherent: Literal[False] = ..., **alphas: Unpack[Alphas]) -> Array: ...
@overload
def non_unitary(*, coherent: Literal[True], **alphas: Unpack[Alphas]) -> ComplexArray: ...
@overload
def non_unitary(*, coherent: bool, **alphas: Unpack[Alphas]) -> Array | ComplexArray: ...
def non_unitary(
    *,
    alpha_ee: float = 0.0,
    alpha_mm: float = 0.0,
    alpha_tt: float = 0.0,
    alpha_me: complex = 0.0,
    alpha_te: complex = 0.0,
    alpha_tm: complex = 0.0,
    coherent: bool = False,
) -> Array | ComplexArray:
    """Zero-distance conversion by a mixing matrix N = (1 − α) U that is not unitary.

        P_ab = |(N N†)_ba|²,    N N† = (1 − α)(1 − α)†,    α lower triangular

    Parameters
    ----------
    alpha_ee, alpha_mm, alpha_tt : float
        The diagonal of α, 0 to 1.
    alpha_me, alpha_te, alpha_tm : complex
        Below the diagonal, rows μ, τ, τ and columns e, e, μ; magnitude ≤ 1.
    coherent : bool
        Whether to return density matrices ρ[a, b, c] = (N N†)_ba (N N†)*_ca instead.

    Returns
    -------
    ndarray (3, 3), or (3, 3, 3) complex
        P[a, b] or ρ[a, b, c], at any energy and at a distance where no phase has grown.

    Raises
    ------
    InputError
        For values outside their range, or together so large that a row of P sums to more than 1.

    Notes
    -----
    Rows need not sum to 1. The fluxes to be multiplied are those of the Standard Model: N also enters the rates at which
    neutrinos are made, the Fermi constant as it is measured in muon decay, and so fluxes that are normalised to it. In a
    neutral current N stands twice more: the rate of coherent scattering is that of unitary mixing times [(N N†)³]_aa, while
    row a of P sums to [(N N†)²]_aa; the two differ in the first order of α_aa. F. J. Escrihuela et al., Phys. Rev. D 92 (2015)
    053009; M. Blennow et al., JHEP 04 (2017) 153 (arXiv:1609.08637), whose α this is.

    Examples
    --------
    >>> from cevns.oscillation import non_unitary
    >>> f"{non_unitary(alpha_ee=0.01)[0, 0]:.6f}"  # (1 − α_ee)⁴
    '0.960596'
    """
    alpha = np.zeros((3, 3), dtype=np.complex128)
    for k, (name, value) in enumerate((("ee", alpha_ee), ("mm", alpha_mm), ("tt", alpha_tt))):
        alpha[k, k] = real_number(value, f"alpha_{name}", minimum=0.0, maximum=1.0)
    for place, name, number in (((1, 0), "me", alpha_me), ((2, 0), "te", alpha_te), ((2, 1), "tm", alpha_tm)):
        given = complex_array(number, f"alpha_{name}")
        if given.ndim:
            raise InputError(f"alpha_{name} must be a complex number (got {shown(number)})")
        alpha[place] = given
        if not abs(alpha[place]) <= 1.0:
            raise InputError(f"|alpha_{name}| must be <= 1 (got {shown(number)})")
    amplitudes = (np.eye(3) - alpha) @ (np.eye(3) - alpha).conj().T
    probabilities = (np.abs(amplitudes) ** 2).T
    rows = probabilities.sum(axis=1)
    if (rows > 1 + 1e-12).any():
        flavor = ("e", "mu", "tau")[int(np.argmax(rows))]
        raise InputError(f"alpha must leave probabilities whose rows sum to <= 1 (got {digits(rows.max())} for nu_{flavor})")
    return density_matrices(amplitudes) if coherent else probabilities
