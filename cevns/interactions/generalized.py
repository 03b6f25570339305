"""Generalised interactions: contacts of neutrinos and quarks of every Lorentz structure.

Formulas
--------
`GeneralizedInteraction`: dσ/dT = (G_F² M/4π) [C_S² MT/2E² + 8 C_T² (1 − T/E − MT/4E² + T²/4E²) + …]
    M. Lindner, W. Rodejohann, X.-J. Xu, JHEP 03 (2017) 097
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from .._arguments import flag, real_number
from .._texts import of_fields
from .charges import NEUTRINOS, diagonal, known_flavors
from .currents import Current, Interaction
from .nucleon_charges import nucleon_charges

_KINDS = {"s": "scalar", "p": "pseudoscalar", "v": "vector", "a": "axial", "t": "tensor"}
_QUARKS = ("u", "d")


@dataclass(frozen=True, kw_only=True, repr=False)
class GeneralizedInteraction(Interaction):
    """Contacts of neutrinos with up and down quarks: scalar, pseudoscalar, vector, axial and tensor.

        L = −√2 G_F Σ_q Σ_X ε_X^q (ν̄_α Γ_X P_L ν_α)(q̄ Ω_X q) + h.c.
        Γ_X, Ω_X = 1, 1 (s);  1, iγ₅ (p);  γ^μ, γ_μ (v);  γ^μ, −γ_μ γ₅ (a);  σ^μν, σ_μν, all μ and ν (t)

    Parameters
    ----------
    eps_s_u, eps_s_d, eps_p_u, eps_p_d, eps_v_u, eps_v_d, eps_a_u, eps_a_d, eps_t_u, eps_t_d : float
        Strengths ε_X^q, real. ε_v = ε^L + ε^R and ε_a = ε^L − ε^R of the left- and right-handed ones of `NSI`.
    flavors : sequence of {"nue", "numu", "nutau"}
        Neutrinos that have them; all by default. They keep their flavour: v and a interfere with the Standard Model.
    interference : bool
        Whether scalar and tensor interfere, with opposite signs for neutrinos and antineutrinos. Off by default, as their
        charges in a nucleus are of a different nature: the tensor is the spin's.

    Raises
    ------
    InputError, UnknownNameError
        For what is not a finite number, or an unknown flavour.

    Notes
    -----
    In the units G_F/√2 of M. Lindner, W. Rodejohann, X.-J. Xu, JHEP 03 (2017) 097, with ν̄ Γ ν and q̄ Γ (C + iγ₅ D)
    q, C_X = 2ε_X: with C = Σ_N (number of N) Σ_q C^q (matrix element of q in N),

        dσ/dT = (G_F² M/4π) [C_S² MT/2E² + 8 C_T² (1 − T/E − MT/4E² + T²/4E²) + …]

    and vector and axial as in the Standard Model. I. Bischer, W. Rodejohann, Nucl. Phys. B 947 (2019) 114746, whose ε_S is the
    one here and whose tensor has σ_μν (1 − γ₅) on both legs: ε_t = 2ε_T. Matrix elements are the defaults of `nucleon_charges`.

    Examples
    --------
    >>> import cevns
    >>> theory = cevns.StandardModel() + cevns.GeneralizedInteraction(eps_s_u=0.01, flavors=["numu"])
    >>> argon = cevns.Nuclide("40Ar")
    >>> value = [cevns.differential_cross_section(5.0, 30.0, argon, theory, flavor) for flavor in ("nue", "numu")]
    >>> print(f"{value[0]:.3e} {value[1]:.3e} {cevns.differential_cross_section(5.0, 30.0, argon):.3e}")
    6.079e-41 6.153e-41 6.079e-41
    """

    eps_s_u: float = 0.0
    eps_s_d: float = 0.0
    eps_p_u: float = 0.0
    eps_p_d: float = 0.0
    eps_v_u: float = 0.0
    eps_v_d: float = 0.0
    eps_a_u: float = 0.0
    eps_a_d: float = 0.0
    eps_t_u: float = 0.0
    eps_t_d: float = 0.0
    flavors: Any = NEUTRINOS
    interference: bool = False

    def __post_init__(self) -> None:
        for item in fields(self):
            if item.name.startswith("eps_"):
                object.__setattr__(self, item.name, real_number(getattr(self, item.name), item.name))
        object.__setattr__(self, "flavors", known_flavors(self.flavors))
        object.__setattr__(self, "interference", flag(self.interference, "interference"))

    @property
    def currents(self) -> tuple[Current, ...]:
        """A current for each strength."""
        chosen = [float(flavor in self.flavors) for flavor in NEUTRINOS]
        currents = []
        for short, kind in _KINDS.items():
            for quark in _QUARKS:
                name = f"eps_{short}_{quark}"
                matrix = diagonal(chosen, nucleon_charges(kind, *np.eye(2)[_QUARKS.index(quark)].tolist()))
                currents.append(Current(kind, matrix, None, name, getattr(self, name)))
        return tuple(currents)

    @property
    def interferences(self) -> tuple[tuple[str, str, str], ...]:
        """Scalar with tensor, if asked for."""
        return (("scalar", "tensor", "scalar-tensor"),) if self.interference else ()

    __repr__ = of_fields
