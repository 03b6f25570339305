"""The transport cross section, and the cloud of electrons around a nucleus.

Formulas
--------
transport cross section, `transport_cross_section`: σ_tr = ∫ (1 − cos θ) dσ
    S. W. Bruenn, Astrophys. J. Suppl. 58 (1985) 771
Bruenn's moments, `bruenn_moments`: I_k = ∫ μ^k (1 + μ) exp(−y(1 − μ)) dμ
    S. W. Bruenn, Astrophys. J. Suppl. 58 (1985) 771
electron screening, `electron_screening`, `screening_length`: Q → Q + Z g_V^e/(1 + (q r_D)²)
    L. B. Leinson, V. N. Oraevsky, V. B. Semikoz, Phys. Lett. B 209 (1988) 80
"""

from __future__ import annotations

import math
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike

from .. import constants
from .._arguments import Array, broadcast, known_name, real_array, real_number, restore
from .._core import matter as _core
from .._typed import Like, Many, Number, Values
from ..errors import InputError, UnsupportedError
from ..interactions import Interaction, interaction_or_default, known_flavor
from ..interactions.quadratic_forms import element
from ..kinematics import neutrino, recoil_energy_max
from ..nuclei.nuclides import Nuclide, checked_nuclide
from ..scattering import engine
from ..scattering.nuclei import nucleus as scattered
from .overloads import as_electron_screening, as_transport_cross_section, of_matter

BRUENN_LENGTH = 4.8e-6  # MeV⁻², b = this A^(2/3): S. W. Bruenn, Astrophys. J. Suppl. 58 (1985) 771
METHODS = ("exact", "bruenn")


@as_transport_cross_section
def transport_cross_section(
    neutrino_energy: ArrayLike,
    nuclide: Nuclide | str,
    interaction: Interaction | None = None,
    flavor: str = "nue",
    *,
    method: str = "exact",
    density: ArrayLike | None = None,
    electron_fraction: ArrayLike | None = None,
) -> Values:
    """σ_tr = ∫ (1 − cos θ) dσ [cm²]: what slows the diffusion of neutrinos; (2/3) σ for E ≪ M and a point nucleus.

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV], ≥ 0, any shape.
    nuclide : Nuclide
        The target nucleus.
    interaction : Interaction, optional
        `StandardModel()` by default.
    flavor : str
        One of "nue", "numu", "nutau", "nuebar", "numubar", "nutaubar".
    method : {"exact", "bruenn"}
        "exact": with the recoil and the form factors of the interaction. "bruenn": M → ∞ and F² = exp(−y(1 − cos θ)),
        y = 4bE², b = 4.8e-6 A^(2/3) MeV⁻², as in supernova codes since Bruenn (1985): 3 % less for iron at 30 MeV, 7 % at 50.
        Of an interaction it takes the vector charge at q = 0.
    density, electron_fraction : array_like, optional
        Both or none: ρ [g/cm³] and Y_e of the plasma, whose electrons then screen the weak charge (`electron_screening`). They
        broadcast with the energy. Exact method only.

    Returns
    -------
    float or ndarray
        σ_tr [cm²], the broadcast shape.

    Raises
    ------
    InputError, UnknownNameError
        For values out of range, one of density and electron fraction without the other, shapes that do not broadcast, an
        unknown flavour or method; a current that grows as 1/T² without end, as that of a millicharge.
    UnsupportedError
        For electron screening, or Bruenn's form factor, of an interaction that is more than real vector charges and the axial
        part of the Standard Model; electron screening with Bruenn's form factor.

    Notes
    -----
    For spin 0, F = 1 and ε = E/M,

        σ_tr = (G_F²/2π) Q² E² {2ε(1 + ε)/(1 + 2ε) − ln(1 + 2ε)}/ε³,        braces/ε³ = 4/3 − 4ε + (48/5)ε² − …

    exact to 4e-14, by the series below ε = 0.1, where the closed form cancels. With form factors by quadrature, to 1e-12
    up to 1 GeV (1e-11 where charges run, 1e-9 for new physics).
    Bruenn's b is that of his own transport code (checked there), which takes 1.21e-5 MeV⁻² for ⁴He as a number of its own.

    Examples
    --------
    >>> f"{transport_cross_section(10.0, cevns.Nuclide('56Fe')):.5e}"
    '2.27688e-40'
    """
    nuclide = checked_nuclide(nuclide)
    energy = neutrino(neutrino_energy)
    screening = checked_screening(density, electron_fraction)
    return restore(np.asarray(angular_moment(energy, nuclide, interaction, flavor, "transport", method, screening)))


@overload
def bruenn_moments(y: Number) -> tuple[float, float]: ...
@overload
def bruenn_moments(y: Many) -> tuple[Array, Array]: ...
@overload
def bruenn_moments(y: Like) -> tuple[Values, Values]: ...
def bruenn_moments(y: ArrayLike) -> tuple[Values, Values]:
    """The first two moments (I₀, I₁) of (1 + μ) exp(−y(1 − μ)) over μ = cos θ from −1 to 1.

    Parameters
    ----------
    y : array_like
        4bE², ≥ 0.

    Returns
    -------
    tuple of float or ndarray
        I₀ = (2y − 1 + e^(−2y))/y² and I₁ = (2 − 3y + 2y² − (2 + y)e^(−2y))/y³; 2 and 2/3 at y = 0. σ = (G_F² Q² E²/2π) I₀ and
        σ_tr = (G_F² Q² E²/2π)(I₀ − I₁).

    Raises
    ------
    InputError
        If a value is negative, infinite or nan.

    Notes
    -----
    The closed forms of Bruenn (1985), derived here. They cancel as y² and y³: up to y = 1 the series is summed (26 terms, exact
    to rounding), above it they are good to 1e-15 and 4e-15.

    Examples
    --------
    >>> [round(moment, 12) for moment in bruenn_moments(0.3)]
    [1.653462623267, 0.656786554953]
    """
    values = real_array(y, "y", minimum=0.0)
    zeroth, first = _bruenn_moments(values)
    return restore(zeroth), restore(first)


def _bruenn_moments(y: Array) -> tuple[Array, Array]:
    # with x = 2y: I₀ = 4 Σ (−x)^k/(k + 2)!,  I₁ = 8 Σ (−x)^k [2/(k + 3)! − 1/2(k + 2)!]
    x = 2.0 * np.minimum(y, 1.0)
    zeroth, first = np.zeros_like(x), np.zeros_like(x)
    for k in range(25, -1, -1):
        zeroth = 4.0 / math.factorial(k + 2) - x * zeroth
        first = 8.0 * (2.0 / math.factorial(k + 3) - 0.5 / math.factorial(k + 2)) - x * first
    large = np.maximum(y, 1.0)
    fall = np.exp(-2.0 * large)
    closed_zeroth = (2.0 - (1.0 - fall) / large) / large
    closed_first = (2.0 - (3.0 - (2.0 - (2.0 + large) * fall) / large) / large) / large
    return np.where(y > 1.0, closed_zeroth, zeroth), np.where(y > 1.0, closed_first, first)


@of_matter
def screening_length(density: ArrayLike, electron_fraction: ArrayLike) -> Values:
    """The length r_D [fm] on which degenerate relativistic electrons screen a charge.

    Parameters
    ----------
    density : array_like
        ρ [g/cm³], > 0.
    electron_fraction : array_like
        Y_e, electrons per nucleon, > 0 and ≤ 1; broadcasts with `density`.

    Returns
    -------
    float or ndarray
        r_D [fm], the broadcast shape.

    Raises
    ------
    InputError
        For values out of range, shapes that do not broadcast.

    Notes
    -----
    r_D = √(π/(4α p_F E_F)) with p_F = (3π² n_e)^(1/3), E_F = √(p_F² + m_e²), ħ = c = 1, n_e = ρ Y_e N_A: Thomas and Fermi, for
    T ≪ E_F. L. B. Leinson, V. N. Oraevsky and V. B. Semikoz, Phys. Lett. B 209 (1988) 80; C. J. Horowitz, Phys. Rev. D 55
    (1997) 4577.

    Examples
    --------
    >>> round(screening_length(1e11, 0.4), 2)
    116.09
    """
    rho = real_array(density, "density", unit="g/cm³", minimum=0.0, above=True)
    fraction = real_array(electron_fraction, "electron_fraction", minimum=0.0, maximum=1.0, above=True)
    shape, (rho, fraction) = broadcast(rho, fraction)
    return restore(_screening_length(rho, fraction) * constants.HBAR_C, shape)


def _screening_length(density: Array, electron_fraction: Array) -> Array:
    """r_D [1/MeV]."""
    electrons = density * electron_fraction * constants.AVOGADRO  # 1/cm³
    momentum = constants.HBAR_C * np.cbrt(3.0 * math.pi**2 * electrons * constants.FM**3)  # p_F, MeV
    energy = np.hypot(momentum, constants.ELECTRON_MASS)  # E_F, MeV
    with np.errstate(divide="ignore"):
        length: Array = np.sqrt(math.pi / (4.0 * constants.FINE_STRUCTURE * momentum * energy))
    return np.minimum(length, 1e100)  # as far as no electrons at all


@as_electron_screening
def electron_screening(
    momentum_transfer: ArrayLike,
    nuclide: Nuclide | str,
    density: ArrayLike,
    electron_fraction: ArrayLike,
    flavor: str = "nue",
    weak_mixing_angle: float = constants.WEAK_MIXING_ANGLE,
) -> Values:
    """The contribution of the electrons around a nucleus to its weak charge Q: Z g_V^e/(1 + (q r_D)²).

    Parameters
    ----------
    momentum_transfer : array_like
        q [MeV], ≥ 0.
    nuclide : Nuclide
        The nucleus.
    density, electron_fraction : array_like
        ρ [g/cm³] and Y_e, as for `screening_length`; all three broadcast.
    flavor : str
        The neutrino. Its W adds 1 to the coupling of electron neutrinos: g_V^e = ½ + 2 sin²θ_W, −½ + 2 sin²θ_W for the others.
    weak_mixing_angle : float
        sin²θ_W, in [0, 1].

    Returns
    -------
    float or ndarray
        ΔQ in the convention Q = Z g_V^p + N g_V^n; A C_LOS = −2ΔQ in the supernova literature.

    Raises
    ------
    InputError, UnknownNameError
        For values out of range, shapes that do not broadcast, an unknown flavour.

    Notes
    -----
    For q → 0 nucleus and cloud act as a whole atom: Q → −N/2 for ν_μ and ν_τ at tree level (of the charge only the neutrons are
    left), Z − N/2 for ν_e. L. M. Sehgal and M. Wanninger, Phys. Lett. B 171 (1986) 107. It matters for E ≲ 5 MeV.

    Examples
    --------
    >>> round(cevns.weak_charge(cevns.Nuclide("56Fe")) + electron_screening(0.0, cevns.Nuclide("56Fe"), 1e11, 0.4, "numu"), 12)
    -15.0
    """
    nuclide = checked_nuclide(nuclide)
    q = real_array(momentum_transfer, "momentum_transfer", unit="MeV", minimum=0.0)
    length = screening_length(density, electron_fraction) / constants.HBAR_C
    coupling = _electron_coupling(flavor, real_number(weak_mixing_angle, "weak_mixing_angle", minimum=0.0, maximum=1.0))
    shape, (q, length) = broadcast(q, np.asarray(length))
    return restore(nuclide.Z * coupling / (1.0 + (q * length) ** 2), shape)


def _electron_coupling(flavor: str, weak_mixing_angle: float) -> float:
    own = known_flavor(flavor) in ("nue", "nuebar")
    return (0.5 if own else -0.5) + 2.0 * weak_mixing_angle


def checked_screening(density: ArrayLike | None, electron_fraction: ArrayLike | None) -> Array | None:
    """r_D [1/MeV], or none."""
    if (density is None) != (electron_fraction is None):
        raise InputError("density and electron_fraction must be given together: electrons screen by their number per volume")
    if density is None or electron_fraction is None:
        return None
    return np.asarray(screening_length(density, electron_fraction)) / constants.HBAR_C


def angular_moment(
    energy: Array,
    nuclide: Nuclide,
    interaction: Interaction | None,
    flavor: str,
    kind: str,
    method: str,
    screening: Array | None,
) -> Array:
    """σ or σ_tr [cm²] of checked energies and screening lengths [1/MeV], which broadcast."""
    model = interaction_or_default(interaction)
    known_flavor(flavor)
    if model.reduced is None and screening is None and known_name(method, METHODS, "method") == "exact":
        return _of_any(energy, nuclide, model, flavor, kind)
    nucleus = model.nucleus(nuclide, flavor)
    if known_name(method, METHODS, "method") == "bruenn":
        if screening is not None:
            raise UnsupportedError("electron screening needs method='exact': Bruenn's closed forms have the nucleus alone")
        charge_squared = np.empty(1)
        nucleus.weak_charge_squared(np.zeros(1), charge_squared)
        zeroth, first = _bruenn_moments(4.0 * BRUENN_LENGTH * nuclide.A ** (2.0 / 3.0) * energy**2)
        moment = zeroth - first if kind == "transport" else zeroth
        return np.asarray(0.5 * constants.WEAK_CROSS_SECTION * charge_squared[0] * energy**2 * moment)
    angle = getattr(model, "weak_mixing_angle", constants.WEAK_MIXING_ANGLE)
    if screening is None:
        shape, (flat,) = broadcast(energy)
        length, charge = flat, 0.0
    else:
        shape, (flat, length) = broadcast(energy, screening)
        charge = nuclide.Z * _electron_coupling(flavor, angle)
    out = np.empty(flat.size)
    _core.angular_moment(nucleus, flat, length, charge, int(kind == "transport"), out)
    return out.reshape(shape)


def _of_any(energy: Array, nuclide: Nuclide, interaction: Interaction, flavor: str, kind: str) -> Array:
    """The same of any interaction: an integral over recoil energies, each of which has one angle."""
    channel = scattered(nuclide, interaction)
    shape, (E,) = broadcast(energy)
    growing = {piece.block.kind for piece in channel.pieces if piece.block.diverges}
    if growing and (kind != "transport" or growing - {"magnetic", "dipole"}):
        what = "transport cross section" if kind == "transport" else "cross section"
        raise InputError(f"interaction must have a finite {what}: its {channel.diverges} current grows without end at T = 0")
    # these grow as 1/T, and 1 − cos θ goes with T: what lies below 1e-16 of T_max is nothing
    least = 1e-16 * recoil_energy_max(E, nuclide) if growing else np.zeros(E.size)

    def forward(T: Array, E: Array, piece: Any) -> Array:
        """1 − cos θ: of E − T and p′ = √((E − T)² − m²) of the outgoing state, and q² = 2MT."""
        heavy = piece.block.final_mass
        left = E - 1e-3 * T
        momentum = np.sqrt(np.maximum((left - heavy) * (left + heavy), 0.0))
        # 2 E p′ (1 − cos θ) = q² − (E − p′)² + T², and E − p′ = T + (E′ − p′)
        lost = 1e-3 * T + heavy * heavy / (left + momentum)
        transfer = nuclide.mass * 2e-3 * T - (lost - 1e-3 * T) * (lost + 1e-3 * T)
        return np.asarray(np.divide(transfer, 2 * E * momentum, out=np.ones_like(E), where=momentum > 0))

    group = channel.groups[element(flavor)]
    factor = forward if kind == "transport" else None
    return engine.cross_section(E, least, np.full(E.size, np.inf), channel, group, factor).reshape(shape)
