"""Non-standard interactions of neutrinos with electrons: four-fermion vertices that nuclei do not feel.

Formulas
--------
`ElectronNSI`: g_P² → Σ_β |δ_αβ g_P + ε^{eP}_αβ|², P = L, R
    Z. Berezhiani, A. Rossi, Phys. Lett. B 535 (2002) 207
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from .currents import Current
from .hermitian import PAIRS, HermitianCouplings, checked_element, checked_matrix, elements

CHIRALITIES = ("L", "R")


@dataclass(frozen=True, kw_only=True, repr=False)
class ElectronNSI(HermitianCouplings):
    """Neutral-current non-standard interactions with electrons, left- and right-handed.

        L = −2√2 G_F Σ_P ε_αβ^{eP} (ν̄_α γ^μ P_L ν_β)(ē γ_μ P e),    P = L, R,    ε^{eP} Hermitian

    They change the scattering on electrons, `cevns.electrons`, and no CEvNS.

    Parameters
    ----------
    eps_ee_L, eps_mm_L, eps_tt_L, eps_ee_R, eps_mm_R, eps_tt_R : float
        Diagonal elements: they interfere with the Standard Model.
    eps_em_L, eps_et_L, eps_mt_L, eps_em_R, eps_et_R, eps_mt_R : complex
        Elements ε_eμ, ε_eτ, ε_μτ, which change the flavour; ε_βα is the complex conjugate.

    Raises
    ------
    InputError
        For a diagonal element that is not real, or what is not a finite number.

    Notes
    -----
    Incoming ν_α see, in (2 G_F² m_e/π) […] of `cevns.electrons.differential_cross_section`,

        g_L² → Σ_β |δ_αβ g_L + ε_αβ^{eL}|²    g_R² → Σ_β |δ_αβ g_R + ε_αβ^{eR}|²
        g_L g_R → Re Σ_β (δ_αβ g_L + ε_αβ^{eL})(δ_αβ g_R + ε_αβ^{eR})*

    Vector and axial ones are ε^{eV} = ε^{eL} + ε^{eR} and ε^{eA} = ε^{eL} − ε^{eR}. Parameters of templates are named as the
    arguments; the imaginary part of "eps_em_L" is "eps_em_L_im". On the way to the detector only ε^{eV} acts, by oscillation.

    Z. Berezhiani, A. Rossi, Phys. Lett. B 535 (2002) 207; Borexino Collaboration, JHEP 02 (2020) 038.

    Examples
    --------
    >>> import cevns
    >>> from cevns import electrons
    >>> theory = cevns.StandardModel() + cevns.ElectronNSI(eps_ee_L=0.02, eps_mm_R=-0.1, eps_em_L=0.01j)
    >>> f"{electrons.cross_section(1.0, theory) / electrons.cross_section(1.0):.4f}"
    '1.0545'
    """

    eps_ee_L: float = 0.0  # noqa: N815 - as in the literature
    eps_em_L: complex = 0.0  # noqa: N815
    eps_et_L: complex = 0.0  # noqa: N815
    eps_mm_L: float = 0.0  # noqa: N815
    eps_mt_L: complex = 0.0  # noqa: N815
    eps_tt_L: float = 0.0  # noqa: N815
    eps_ee_R: float = 0.0  # noqa: N815
    eps_em_R: complex = 0.0  # noqa: N815
    eps_et_R: complex = 0.0  # noqa: N815
    eps_mm_R: float = 0.0  # noqa: N815
    eps_mt_R: complex = 0.0  # noqa: N815
    eps_tt_R: float = 0.0  # noqa: N815

    places: ClassVar[Mapping[str, tuple[int, int]]] = MappingProxyType(
        {f"eps_{pair}_{chirality}": place for chirality in CHIRALITIES for pair, place in PAIRS.items()}
    )

    def __post_init__(self) -> None:
        for name, (a, b) in self.places.items():
            object.__setattr__(self, name, checked_element(getattr(self, name), name, diagonal=a == b))

    @classmethod
    def from_matrices(cls, left: ArrayLike | None = None, right: ArrayLike | None = None) -> ElectronNSI:
        """Those of matrices ε^{eL} and ε^{eR} (3, 3), complex and Hermitian, in the order e, μ, τ; zero by default.

        Raises
        ------
        InputError
            For a matrix that is not Hermitian, of another shape, or not finite.
        """
        given = {"L": checked_matrix(left, "left"), "R": checked_matrix(right, "right")}
        return cls(**{f"eps_{pair}_{P}": value for P in CHIRALITIES for pair, value in elements(given[P]).items()})

    @property
    def currents(self) -> tuple[Current, ...]:
        """A vector current of the electron alone for each real number."""
        nothing = np.zeros((2, 3, 3), dtype=np.complex128)
        currents = []
        for name, value in self.parameters.items():
            couplings = nothing.copy()
            couplings[CHIRALITIES.index(name.removesuffix("_im")[-1])] = self.unit(name)
            currents.append(Current("vector", nothing, None, name, value, electron=couplings))
        return tuple(currents)
