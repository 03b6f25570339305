"""Light mediators: a new boson between neutrinos and quarks, with a propagator 1/(Q² + m²) in place of a point.

    VectorMediator   gauge bosons of U(1)′, by the charges of their model
    AxialMediator    a boson that sees the spin of the nucleus
    ScalarMediator   turns left-handed neutrinos into right-handed ones: no interference
    TensorMediator   likewise

All have the coupling g on both legs: amplitudes go as g². Charges of proton and neutron are given for g = 1, q² → −Q² = −2MT.

Formulas
--------
`VectorMediator`: Q_α = Q + g² Q′_α (Z Q′_p F_p + N Q′_n F_n)/[√2 G_F (2MT + m²)]
    M. Atzori Corona et al., JHEP 05 (2022) 109
`AxialMediator`: g_A^q = g² Q′_α Q′_q/[√2 G_F (2MT + m²)]
    D. G. Cerdeño et al., JHEP 05 (2016) 118
`ScalarMediator`: dσ/dT = g⁴ C² M² T/[4π E² (2MT + m²)²]
    D. G. Cerdeño et al., JHEP 05 (2016) 118; Y. Farzan et al., JHEP 05 (2018) 066
`TensorMediator`: dσ/dT = 4 g⁴ C² M/[π (2MT + m²)²] [1 − T/E − MT/4E² + T²/4E²]
    M. Lindner, W. Rodejohann, X.-J. Xu, JHEP 03 (2017) 097; V. De Romeri et al., JHEP 04 (2023) 035
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np

from .. import constants
from .._arguments import Array, canonical_name, known_name, real_number, shown
from .._texts import of_fields
from ..errors import InputError
from .charges import UNIT, Fermions, checked_charges, checked_coupling, diagonal, fermions, shown_boson
from .currents import ComplexArray, Current, Interaction
from .nucleon_charges import matrix_element_names
from .weak_mixing import LEPTON_MASSES, log_loop, squared_ratio


@dataclass(frozen=True)
class Exchange:
    """The propagator 1/(Q² + m²) [MeV⁻²] of a boson of a mass [MeV], a function of momentum transfers."""

    mass: float

    __repr__ = of_fields

    def __call__(self, q: Array) -> Array:
        return np.asarray(1 / (np.square(q) + self.mass**2))

    @property
    def flat_below(self) -> float:
        """Momentum transfer [MeV] up to which a polynomial follows it: its poles are at ±im."""
        return self.mass


# ---- U(1)′ ---------------------------------------------------------------------------------------------------------------

_THIRD = 1 / 3


def _b_minus(e: float, mu: float, tau: float) -> dict[str, float]:
    """B − (e L_e + mu L_μ + tau L_τ)."""
    return {"u": _THIRD, "d": _THIRD, "e": -e, "nue": -e, "numu": -mu, "nutau": -tau}


# charges of quarks, the electron and neutrinos; where no quark has one it is the loop of charged leptons that couples them
VECTOR_MODELS: Mapping[str, dict[str, float]] = MappingProxyType(
    {
        "universal": {"u": 1.0, "d": 1.0, "e": 1.0, "nue": 1.0, "numu": 1.0, "nutau": 1.0},
        "b-l": _b_minus(1, 1, 1),
        "b-3l_e": _b_minus(3, 0, 0),
        "b-3l_mu": _b_minus(0, 3, 0),
        "b-3l_tau": _b_minus(0, 0, 3),
        "b-2l_e-l_mu": _b_minus(2, 1, 0),
        "b-l_e-2l_mu": _b_minus(1, 2, 0),
        "b_y+l_mu+l_tau": _b_minus(0, -1, -1),
        "l_e-l_mu": {"e": 1.0, "nue": 1.0, "numu": -1.0, "nutau": 0.0},
        "l_e-l_tau": {"e": 1.0, "nue": 1.0, "numu": 0.0, "nutau": -1.0},
        "l_mu-l_tau": {"e": 0.0, "nue": 0.0, "numu": 1.0, "nutau": -1.0},
    }
)
_LEPTONIC = ("l_e-l_mu", "l_e-l_tau", "l_mu-l_tau")


@dataclass(frozen=True, kw_only=True, repr=False)
class VectorMediator(Interaction):
    """A new vector boson Z′ with vector couplings to quarks and electrons.

        L = −g Z′_μ [Σ_α Q′_α ν̄_α γ^μ P_L ν_α + Σ_q Q′_q q̄ γ^μ q + Q′_e ē γ^μ e]

    Nuclei and electrons see it: `cevns.differential_rate` counts the nuclei, `cevns.electrons.differential_rate` the electrons
    if its charges have "e". Bosons of two lepton numbers reach electrons directly, or, without a charge of theirs, by a loop.

    Parameters
    ----------
    mass : float
        m [MeV], ≥ 0; without mass the rate grows without end at T = 0.
    coupling : float
        g, from −1e6 to 1e6.
    model : str
        The charges Q′: "universal" (1 for all), "b-l", "b-3l_e", "b-3l_mu", "b-3l_tau", "b-2l_e-l_mu", "b-l_e-2l_mu",
        "b_y+l_mu+l_tau" (⅓ for u and d, 1 for ν_μ and ν_τ); "l_e-l_mu", "l_e-l_tau",
        "l_mu-l_tau", which reach quarks by a loop only.
    charges : mapping, optional
        Own charges in place of a model: of "u" and "d" or of "p" and "n", of "e", "nue", "numu", "nutau". What is not named has
        none, but neutrinos have 1 where none of them is named.

    Raises
    ------
    InputError, UnknownNameError
        For a mass below 0, what is not finite, an unknown model or fermion, or a model and charges.

    Notes
    -----
    With Q′_p = 2Q′_u + Q′_d and Q′_n = Q′_u + 2Q′_d, incoming ν_α see

        Q_α = Z g_V^p F_p + N g_V^n F_n + g² Q′_α (Z Q′_p F_p + N Q′_n F_n)/[√2 G_F (2MT + m²)]

    As the weak charge is negative, "universal" (+3 g² A) takes from it and "b-l" (−g² A) adds to it. Far above 2MT this is
    `NSI` with ε_αα^q = g² Q′_α Q′_q/(√2 G_F m²). M. Atzori Corona et al., JHEP 05 (2022) 109, where the charges stand in a
    table.

    The bosons of two lepton numbers mix with the photon through the loops of their charged leptons, whose divergence cancels;
    no other kinetic mixing is assumed. Protons have

        √2 α g² Q′_α ε(Q)/[π G_F (Q² + m²)],    ε = −Σ_ℓ Q′_ℓ ∫₀¹ x(1−x) ln[m_ℓ² + x(1−x) Q²] dx

    for "l_mu-l_tau" ε = ∫ x(1−x) ln[(m_τ² + x(1−x)Q²)/(m_μ² + x(1−x)Q²)] dx, 0.941 at Q = 0; electrons have the opposite. *The
    sign*: a loop of charge Q_ℓ e changes the exchange of a photon between two charges by the factor 1 + (e² Q_ℓ²/2π²) ∫ x(1−x)
    ln[(m_ℓ² + x(1−x)Q²)/m_ℓ²] dx > 1, as charges are screened less at short distances. One end is the Z′ if e Q_ℓ is g Q′_ℓ
    there, the tree drops out, and charged leptons have Q_ℓ = −1: like charges Q′_α Q′_ℓ of the lighter lepton repel a proton.
    So ν_μ of "l_mu-l_tau" take from the weak charge, and ν_τ add to it; it is also the sign of the charge radius in the
    Standard Model. Look for the sign in use before comparing with limits of other works, as M. Cadeddu et al., JHEP 01 (2021)
    116.

    For orientation: COHERENT excludes g of a few 1e-5 for a universal boson below 10 MeV.

    Examples
    --------
    >>> import cevns
    >>> argon = cevns.Nuclide("40Ar")
    >>> boson = {m: cevns.VectorMediator(mass=10.0, coupling=1e-5, model=m) for m in ("universal", "b-l")}
    >>> standard = cevns.StandardModel()
    >>> value = {m: cevns.differential_cross_section(5.0, 30.0, argon, standard + each) for m, each in boson.items()}
    >>> value["universal"] < cevns.differential_cross_section(5.0, 30.0, argon) < value["b-l"]
    True
    """

    mass: float
    coupling: float
    model: str = "universal"
    charges: Any = None

    def __post_init__(self) -> None:
        put = partial(object.__setattr__, self)
        put("mass", real_number(self.mass, "mass", unit="MeV", minimum=0.0))
        put("coupling", checked_coupling(self.coupling))
        put("model", canonical_name(self.model, VECTOR_MODELS, "model"))
        if self.charges is not None:
            if self.model != "universal":
                raise InputError(f"model={self.model!r} and charges={self.charges!r} both set the charges: give one of them")
            if isinstance(self.charges, str):
                raise InputError(f"charges must map fermions to numbers; name a model (got {shown(self.charges)})")
            put("charges", checked_charges(self.charges))

    @property
    def _fermions(self) -> Fermions:
        return fermions(self.charges or tuple(VECTOR_MODELS[self.model].items()), "vector")

    @property
    def currents(self) -> tuple[Current, ...]:
        """A vector current; for two lepton numbers that of the loop, and the electron's own."""
        nucleons, electron, neutrinos = self._fermions
        tree = diagonal(neutrinos, nucleons) / UNIT
        both = diagonal(neutrinos, (electron / 2, electron / 2)) / UNIT  # g_L = g_R
        exchange = Exchange(self.mass)
        if self.charges is not None or self.model not in _LEPTONIC:
            return (self._current(tree, exchange, both),)
        # e × g × (e g/2π²)/(√2 G_F), without what is in the propagator
        strength = math.sqrt(2) * constants.FINE_STRUCTURE / (math.pi * constants.FERMI_CONSTANT)
        loop = diagonal(neutrinos, (strength, 0.0))
        of_loop = diagonal(neutrinos, (-strength / 2, -strength / 2))
        mixed = self._current(loop, Loop(self.mass, self.model), of_loop)
        return (mixed, self._current(tree, exchange, both)) if electron else (mixed,)

    def _current(self, matrix: ComplexArray, factor: Callable[[Array], Array], electron: ComplexArray) -> Current:
        return Current("vector", matrix, factor, "coupling", self.coupling, 2, electron=electron)

    def __repr__(self) -> str:
        return shown_boson(self)


def kinetic_mixing(q: Array, model: str) -> Array:
    """ε(Q) = −Σ_ℓ Q′_ℓ ∫₀¹ x(1−x) ln[m_ℓ² + x(1−x) Q²] dx of the boson of two lepton numbers, at momentum transfers [MeV]."""
    charges = VECTOR_MODELS[model]
    total = np.zeros(np.shape(q))
    for neutrino, mass in zip(("nue", "numu", "nutau"), LEPTON_MASSES, strict=True):
        # a charged lepton has the charge of its neutrino
        if charge := charges[neutrino]:
            total -= charge * (2 * math.log(mass) + log_loop(squared_ratio(q, mass))) / 6
    return total


@dataclass(frozen=True)
class Loop:
    """The propagator of a boson of two lepton numbers times its mixing with the photon."""

    mass: float
    model: str

    __repr__ = of_fields

    def __call__(self, q: Array) -> Array:
        return np.asarray(kinetic_mixing(q, self.model) * Exchange(self.mass)(q))


# ---- other bosons --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, repr=False)
class _Mediator(Interaction):
    """What axial, scalar and tensor mediators share."""

    kind: ClassVar[str]

    mass: float
    coupling: float
    charges: Any = "universal"
    matrix_elements: str = ""

    def __post_init__(self) -> None:
        put = partial(object.__setattr__, self)
        put("mass", real_number(self.mass, "mass", unit="MeV", minimum=0.0))
        put("coupling", checked_coupling(self.coupling))
        put("charges", checked_charges(self.charges))
        known_name(self.matrix_elements, matrix_element_names(self.kind), f"{self.kind} matrix elements")
        fermions(self.charges, self.kind, self.matrix_elements)

    def _current(self, sign: float, electron: tuple[float, float]) -> tuple[Current, ...]:
        nucleons, charge, neutrinos = fermions(self.charges, self.kind, self.matrix_elements)
        matrix = diagonal(neutrinos, nucleons) * (sign / UNIT)
        of_electron = diagonal(neutrinos, electron) * (sign * charge / UNIT)
        exchange = Exchange(self.mass)
        return (Current(self.kind, matrix, exchange, "coupling", self.coupling, 2, electron=of_electron),)

    def __repr__(self) -> str:
        return shown_boson(self)


@dataclass(frozen=True, kw_only=True, repr=False)
class AxialMediator(_Mediator):
    """A new boson with axial couplings: it sees the spin of a nucleus, and nothing of one without.

        L = −g Z′_μ Σ_f Q′_f f̄ γ^μ γ₅ f

    for neutrinos, quarks and electrons; of left-handed neutrinos −ν̄ γ^μ P_L ν is left, so that the amplitude is that of a Z
    with q̄ γ^μ (g_V − g_A γ₅) q and g_A^q = g² Q′_α Q′_q/[√2 G_F (Q² + m²)].

    Nuclei and electrons see it: `cevns.differential_rate` counts the nuclei, `cevns.electrons.differential_rate` the electrons
    if its charges have "e". Of nuclei only those with a spin see it.

    Parameters
    ----------
    mass : float
        m [MeV], ≥ 0.
    coupling : float
        g, from −1e6 to 1e6.
    charges : str or mapping
        Q′: "universal" (1 for all), "nucleons" (1 for proton, neutron and neutrinos), or numbers for "u" and "d" or "p" and
        "n", "e", "nue", "numu", "nutau". What is not named has none, but neutrinos have 1 where none of them is named.
    matrix_elements : {"hermes-2007", "lin-2018"}
        Δ_q of the nucleons, see `nucleon_charges`: the sum over u and d is 0.415 and 0.339.

    Raises
    ------
    InputError, UnknownNameError
        For a mass below 0, what is not finite, an unknown name.

    Notes
    -----
    The charges of a proton, g² Q′_α (Q′_u Δ_u + Q′_d Δ_d)/[√2 G_F (Q² + m²)], and of a neutron, with Δ_u and Δ_d
    exchanged, stand where the Standard Model has (g_A − Δs)/2 and −(g_A + Δs)/2: Q′_u = −Q′_d = −Q′_s = ½ would give them. They
    interfere with its axial part, `StandardModel(axial=True)`. Strange quarks have no charge here: give "p" and "n" where they
    do. D. G. Cerdeño et al., JHEP 05 (2016) 118.
    """

    kind: ClassVar[str] = "axial"
    matrix_elements: str = "hermes-2007"

    @property
    def currents(self) -> tuple[Current, ...]:
        """An axial current; of electrons g_L = −g_R."""
        return self._current(1.0, (0.5, -0.5))


@dataclass(frozen=True, kw_only=True, repr=False)
class ScalarMediator(_Mediator):
    """A new scalar boson φ.

        L = −g φ [Σ_α Q′_α ν̄_α P_L ν_α + h.c. + Σ_q Q′_q q̄ q + Q′_e ē e]

    Nuclei and electrons see it: `cevns.differential_rate` counts the nuclei, `cevns.electrons.differential_rate` the electrons
    if its charges have "e".

    Parameters
    ----------
    mass : float
        m [MeV], ≥ 0; without mass the rate grows as 1/T.
    coupling : float
        g, from −1e6 to 1e6.
    charges : str or mapping
        Q′: "universal" (1 for all), "nucleons" (1 for proton, neutron and neutrinos), or numbers for "u" and "d" or "p" and
        "n", "e", "nue", "numu", "nutau". What is not named has none, but neutrinos have 1 where none of them is named.
    matrix_elements : {"hoferichter-2015", "cerdeno-2016", "farzan-2018", "atzori-corona-2022"}
        m_N f_q^N/m_q of the nucleons, see `nucleon_charges`: for u and d together 17.3 of either nucleon; 14 A + 1.1 Z of a
        nucleus in "cerdeno-2016", 13.8 A − 0.02 Z in "farzan-2018": rates 1.5 times smaller.

    Raises
    ------
    InputError, UnknownNameError
        For a mass below 0, what is not finite, an unknown name.
    UnsupportedError
        For different charges of u and d and matrix elements that have only their sum.

    Notes
    -----
    It turns left-handed neutrinos into right-handed ones, and does not interfere with the Standard Model:

        dσ/dT = g⁴ C² M² T/[4π E² (2MT + m²)²],    C = Z C_p F_p + N C_n F_n,  C_N = Q′_α Σ_q Q′_q m_N f_q^N/m_q

    D. G. Cerdeño et al., JHEP 05 (2016) 118; Y. Farzan et al., JHEP 05 (2018) 066. A scalar attracts what a vector repels:
    the charge is −g² C_N/[√2 G_F (Q² + m²)]; the sign counts beside a `GeneralizedInteraction` only.

    Examples
    --------
    >>> import cevns
    >>> scalar = cevns.ScalarMediator(mass=10.0, coupling=1e-5)
    >>> f"{cevns.differential_cross_section(5.0, 30.0, cevns.Nuclide('40Ar'), scalar):.3e}"
    '4.932e-42'
    """

    kind: ClassVar[str] = "scalar"
    matrix_elements: str = "hoferichter-2015"

    @property
    def currents(self) -> tuple[Current, ...]:
        """A scalar current."""
        return self._current(-1.0, (1.0, 0.0))


@dataclass(frozen=True, kw_only=True, repr=False)
class TensorMediator(_Mediator):
    """A new boson with tensor couplings, as the exchange of a propagator 1/(Q² + m²) between

        L = −[g²/(Q² + m²)] Σ_α Q′_α (ν̄_α σ^μν P_L ν_α) [Σ_q Q′_q q̄ σ_μν q + Q′_e ē σ_μν e],    all μ and ν

    Nuclei and electrons see it: `cevns.differential_rate` counts the nuclei, `cevns.electrons.differential_rate` the electrons
    if its charges have "e".

    Parameters
    ----------
    mass : float
        m [MeV], ≥ 0; without mass the rate grows as 1/T².
    coupling : float
        g, from −1e6 to 1e6.
    charges : str or mapping
        Q′: "universal" (1 for all), "nucleons" (1 for proton, neutron and neutrinos), or numbers for "u" and "d" or "p" and
        "n", "e", "nue", "numu", "nutau". What is not named has none, but neutrinos have 1 where none of them is named.
    matrix_elements : {"gupta-2018", "anselmino-2009"}
        δ_q of the nucleons, see `nucleon_charges`: for u and d together 0.58 and 0.31, rates 3.5 times smaller.

    Raises
    ------
    InputError, UnknownNameError
        For a mass below 0, what is not finite, an unknown name.

    Notes
    -----
    It does not interfere with the Standard Model. With C = Z C_p F_p + N C_n F_n and C_N = Q′_α Σ_q Q′_q δ_q^N,

        dσ/dT = [4 g⁴ C² M/π (2MT + m²)²] [1 − T/E − MT/4E² + T²/4E²]

    as M. Lindner, W. Rodejohann, X.-J. Xu, JHEP 03 (2017) 097 have it for a contact of strength G_F/√2 in place of g²/(Q² +
    m²). With the sum over μ < ν only it is 4 times smaller; and M (4E² − MT) C² g⁴/[2πE² (2MT + m²)²], in use for light tensor
    mediators, is half of it: divide a limit on g from there by 2^(1/4). V. De Romeri et al., JHEP 04 (2023) 035. That a tensor
    adds nucleons up coherently, whatever their spins, is what the literature takes for granted and not what a nucleus of paired
    nucleons does.
    """

    kind: ClassVar[str] = "tensor"
    matrix_elements: str = "gupta-2018"

    @property
    def currents(self) -> tuple[Current, ...]:
        """A tensor current."""
        return self._current(1.0, (1.0, 0.0))
