"""Flavour conversion of neutrinos on their way out of a core-collapse supernova.

Formulas
--------
conversion in a supernova, `supernova_swap`: F_e = p F⁰_e + (1 − p) F⁰_x
    A. S. Dighe, A. Yu. Smirnov, Phys. Rev. D 62 (2000) 033007
"""

from __future__ import annotations

import numpy as np

from .._arguments import Array, canonical_name, digits, real_number
from ..errors import InputError
from .mixing import Parameters, known_parameters, mixing_matrix


def supernova_swap(
    ordering: str = "normal", parameters: Parameters | None = None, flip_probability: float = 0.0
) -> tuple[Array, Array]:
    """The exchange of flavours in the mantle of a supernova, adiabatic in its low resonance.

    In the dense core ν_e is the heaviest state in matter, ν̄_e the lightest; both follow their level to the surface and leave
    as one mass. With the normal ordering that is ν_e → ν₃ and ν̄_e → ν̄₁, with the inverted one ν_e → ν₂ and ν̄_e → ν̄₃. The other
    two flavours share the other two masses. With p = P_ee the fluxes at the Earth are

        F_e = p F⁰_e + (1 − p) F⁰_x,    F_μ + F_τ = (1 − p) F⁰_e + (1 + p) F⁰_x.

    Parameters
    ----------
    ordering : {"normal", "inverted"}
        The ordering of the masses.
    parameters : MixingParameters or str, optional
        Mixing, or the name of a published set; "nufit-6.0" of that ordering by default. Only the angles matter.
    flip_probability : float
        Probability to change levels in the high resonance, 0 to 1: of neutrinos with the normal ordering, of antineutrinos with
        the inverted one. 0, adiabatic, is what smooth profiles and the measured θ₁₃ give; a shock front can lift it to 1.

    Returns
    -------
    tuple of two ndarrays (3, 3)
        P[a, b] of neutrinos and of antineutrinos: `flux.oscillate(P, antineutrinos=Q)`. Rows and columns sum to 1.

    Raises
    ------
    InputError, UnknownNameError
        For an unknown ordering or set of parameters, parameters of the other ordering, a probability outside 0 to 1.

    Notes
    -----
    ν_μ and ν_τ are taken to be emitted alike; then how the two share their masses does not matter. Collective oscillation near
    the core and the Earth's matter are left out. A. S. Dighe, A. Yu. Smirnov, Phys. Rev. D 62 (2000) 033007.

    Examples
    --------
    >>> from cevns.oscillation import supernova_swap
    >>> P, Q = supernova_swap("normal")
    >>> f"{P[0, 0]:.4f} {Q[0, 0]:.4f}"
    '0.0221 0.6767'
    """
    ordering = canonical_name(ordering, ("normal", "inverted"), "ordering")
    if parameters is None:
        parameters = "nufit-6.0" if ordering == "normal" else "nufit-6.0-inverted"
    p = known_parameters(parameters)
    if (p.dm2_31 > 0) != (ordering == "normal"):
        raise InputError(f"parameters must be of the {ordering} ordering (got dm2_31 = {digits(p.dm2_31)} eV²)")
    flip = real_number(flip_probability, "flip_probability", minimum=0.0, maximum=1.0)
    masses = (np.abs(mixing_matrix(p)) ** 2).T  # the flavours of each mass

    def swapped(leaves: int, flipped: int | None) -> Array:
        electron = masses[leaves] if flipped is None else (1 - flip) * masses[leaves] + flip * masses[flipped]
        other = (1 - electron) / 2  # the three masses together hold each flavour once
        return np.stack([electron, other, other])

    if ordering == "normal":
        return swapped(2, 1), swapped(0, None)
    return swapped(1, None), swapped(2, 0)
