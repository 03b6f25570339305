"""Coherence: how far the nucleons of a nucleus scatter together, and what is lost when they do not.

Amplitudes that are in phase add before they are squared: the cross section grows as N², not as N. Two measures of it:

    coherency ξ       of the sum over pairs of nucleons, when the phase between any two has ⟨cos φ⟩ = α      (Kerman et al.)
    coherence loss    of a cross section, 1 − σ(F)/σ(F = 1)                                                  (form factors)

They are one: ξ = F², see `degree_of_coherency`. And three laws that a cross section follows as long as nothing is lost,

    σ = (G_F²/π) E² Q²,    (G_F²/4π) E² N²,    (G_F²/4π) E² A².

Formulas
--------
degree of coherence, `coherency`: ξ = α + (1 − α) (Z ε² + N)/(Z ε − N)²
    S. Kerman et al., Phys. Rev. D 93 (2016) 113006
coherence loss, `coherence_loss`: 1 − σ(F)/σ(F = 1)
    definition
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import overload

import numpy as np
from numpy.typing import ArrayLike

from .. import constants
from .._arguments import Array, broadcast, known_name, real_array, restore, shown
from .._typed import Like, Many, Number, Values, of_neutrino_energy
from ..errors import UnsupportedError
from ..interactions import Interaction, StandardModel, interaction_or_default
from ..interactions.couplings import mixing_angle, weak_charge
from ..kinematics import neutrino
from ..nuclei.form_factors import Point
from ..nuclei.nuclides import Nuclide, checked_nuclide
from .cross_sections import cross_section

__all__ = ["coherence_loss", "coherency", "coherent_limit", "coherent_scaling", "degree_of_coherency"]


def __dir__() -> list[str]:
    return __all__


LAWS = ("charge", "neutrons", "nucleons")


@overload
def coherency(nuclide: Nuclide | str, alpha: Number, weak_mixing_angle: float = ...) -> float: ...
@overload
def coherency(nuclide: Nuclide | str, alpha: Many, weak_mixing_angle: float = ...) -> Array: ...
@overload
def coherency(nuclide: Nuclide | str, alpha: Like, weak_mixing_angle: float = ...) -> Values: ...
def coherency(nuclide: Nuclide | str, alpha: ArrayLike, weak_mixing_angle: float = constants.WEAK_MIXING_ANGLE) -> Values:
    """ξ, the cross section when any two nucleons have an average phase ⟨cos φ⟩ = α, in units of the fully coherent one.

    Parameters
    ----------
    nuclide : Nuclide
        The nucleus.
    alpha : array_like
        Degree of coherency α, in [0, 1]: 1 when all nucleons scatter in phase, 0 when each scatters for itself.
    weak_mixing_angle : float
        sin²θ_W, in [0, 1].

    Returns
    -------
    float or ndarray
        ξ, the shape of `alpha`; linear in α, with ξ(1) = 1. It is the nucleus's F² for that α.

    Raises
    ------
    InputError
        For values out of range.
    UnsupportedError
        The nucleus has no weak charge at this mixing angle, so that there is nothing to compare with.

    Notes
    -----
    With ε = 1 − 4 sin²θ_W, in units of the cross section of one neutron::

        σ(α) = Z ε² [1 + α(Z − 1)] + N [1 + α(N − 1)] − 2αε ZN
        ξ    = σ(α)/σ(1) = α + (1 − α) (Z ε² + N)/(Z ε − N)²

    S. Kerman et al., Phys. Rev. D 93 (2016) 113006 (arXiv:1603.08786); V. Sharma et al., Phys. Rev. D 103 (2021) 092002. The
    formula is quoted from the literature; it is tested against the sum over all pairs of nucleons, not against the paper's
    printed equation, which was not at hand. Without interference A nucleons give ξ(0) ≈ 1/N: 0.049 for ⁴⁰Ar, 0.0137 for ¹³³Cs.
    In ²H, where proton and neutron scatter with opposite signs, ξ(0) > 1.

    Examples
    --------
    >>> round(coherency(cevns.Nuclide("40Ar"), 0.0), 7)
    0.0491399
    """
    nuclide = checked_nuclide(nuclide)
    least = _incoherent(nuclide, weak_mixing_angle)
    a = real_array(alpha, "alpha", minimum=0.0, maximum=1.0)
    return restore(np.asarray(a + (1.0 - a) * least))


@overload
def degree_of_coherency(nuclide: Nuclide | str, xi: Number, weak_mixing_angle: float = ...) -> float: ...
@overload
def degree_of_coherency(nuclide: Nuclide | str, xi: Many, weak_mixing_angle: float = ...) -> Array: ...
@overload
def degree_of_coherency(nuclide: Nuclide | str, xi: Like, weak_mixing_angle: float = ...) -> Values: ...
def degree_of_coherency(
    nuclide: Nuclide | str, xi: ArrayLike, weak_mixing_angle: float = constants.WEAK_MIXING_ANGLE
) -> Values:
    """α, the degree of coherency of a nucleus whose cross section is ξ of the fully coherent one: the inverse of `coherency`.

    Parameters
    ----------
    nuclide : Nuclide
        The nucleus.
    xi : array_like
        ξ, ≥ 0: a ratio of cross sections, or the square of a form factor.
    weak_mixing_angle : float
        sin²θ_W, in [0, 1].

    Returns
    -------
    float or ndarray
        α, the shape of `xi`; not clipped. It is negative where ξ < ξ(0): a nucleus that scatters elastically (F² → 0) less than
        its nucleons would together, because they break it up instead.

    Raises
    ------
    InputError
        For values out of range.
    UnsupportedError
        The nucleus has no weak charge at this mixing angle, or a single nucleon, for which ξ is 1 whatever α is.

    Notes
    -----
    α = (ξ − ξ₀)/(1 − ξ₀) with ξ₀ = (Z ε² + N)/(Z ε − N)² = ξ(α = 0). Sources as for `coherency`.

    Examples
    --------
    >>> argon = cevns.Nuclide("40Ar")
    >>> F = cevns.form_factors.Helm()(50.0, argon)
    >>> round(degree_of_coherency(argon, F**2), 3)
    0.768
    """
    nuclide = checked_nuclide(nuclide)
    least = _incoherent(nuclide, weak_mixing_angle)
    if abs(1.0 - least) < 1e-12:
        raise UnsupportedError(f"the coherency of {nuclide.name} is 1 for every degree of coherency at this weak_mixing_angle")
    x = real_array(xi, "xi", minimum=0.0)
    return restore(np.asarray((x - least) / (1.0 - least)))


@of_neutrino_energy
def coherence_loss(
    neutrino_energy: ArrayLike, nuclide: Nuclide | str, interaction: Interaction | None = None, flavor: str = "nue"
) -> Values:
    """1 − σ(F)/σ(F = 1), the part of the cross section that the extension of the nucleus takes away.

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV], ≥ 0.
    nuclide : Nuclide
        The target nucleus.
    interaction : StandardModel, optional
        With the form factors whose effect is asked for; `StandardModel()`, with Helm's, by default.
    flavor : str
        One of "nue", "numu", "nutau", "nuebar", "numubar", "nutaubar".

    Returns
    -------
    float or ndarray
        A fraction, the shape of `neutrino_energy`; 0 at E = 0. The error is 2e-12, absolute. (Proton and neutron form factors
        that differ may give less than 0: charges of opposite sign then cancel less.)

    Raises
    ------
    InputError, UnknownNameError
        For an energy out of range, an unknown flavour.
    UnsupportedError
        The interaction is not a Standard Model, has an axial part (its structure functions are not form factors), or the
        nucleus has no weak charge in it.

    Notes
    -----
    At low energies (4/9) ⟨r²⟩ E²/(ħc)², as ⟨Q²⟩ = (4/3) E² in F² = 1 − Q²⟨r²⟩/3. A quarter is lost at 34 MeV in xenon,
    at 48 MeV in argon.

    Examples
    --------
    >>> round(coherence_loss(30.0, cevns.Nuclide("132Xe")), 3)
    0.203
    """
    nuclide = checked_nuclide(nuclide)
    model = _vector_only(interaction)
    point = replace(model, form_factor=Point(), neutron_form_factor=None, neutron_skin="none")
    E = neutrino(neutrino_energy)
    whole = np.asarray(cross_section(E, nuclide, point, flavor))
    kept = np.asarray(cross_section(E, nuclide, model, flavor))
    if np.any(whole[E > 1e-6] == 0.0):
        raise UnsupportedError(f"{nuclide.name} has no weak charge in {model!r}: there is no coherence to lose")
    positive = whole > 0.0
    return restore(np.where(positive, 1.0 - kept / np.where(positive, whole, 1.0), 0.0))


@of_neutrino_energy
def coherent_limit(
    neutrino_energy: ArrayLike,
    nuclide: Nuclide | str,
    law: str = "neutrons",
    weak_mixing_angle: float = constants.WEAK_MIXING_ANGLE,
) -> Values:
    """σ [cm²] of an infinitely heavy point nucleus, by one of the three laws of coherence.

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV], ≥ 0.
    nuclide : Nuclide
        The target nucleus.
    law : {"neutrons", "nucleons", "charge"}
        "neutrons": σ = (G_F²/4π) N² E² = 0.42e-44 N² (E/MeV)² cm², with invisible protons (sin²θ_W = ¼); the law of Freedman's
        paper and of most plots. "nucleons": A² in place of N², the law of any probe to which all nucleons are alike; 17 161 for
        ¹³¹Xe, against 131 if they scattered one by one. "charge": (G_F²/π) Q² E², the Standard Model's, with Q_W² = (N −
        (1 − 4 sin²θ_W) Z)² in place of N²: less by 9 % for ¹²C, 6 % for ¹³²Xe.
    weak_mixing_angle : float
        sin²θ_W in Q, in [0, 1]; used by "charge" only.

    Returns
    -------
    float or ndarray
        σ [cm²], the shape of `neutrino_energy`.

    Raises
    ------
    InputError, UnknownNameError
        For values out of range, an unknown law.

    Notes
    -----
    D. Z. Freedman, Phys. Rev. D 9 (1974) 1389. Recoil, 1/(1 + 2E/M), and form factors are left out: see `coherent_scaling`.

    Examples
    --------
    >>> f"{coherent_limit(10.0, cevns.Nuclide('132Xe')):.3e}"
    '2.565e-39'
    """
    nuclide = checked_nuclide(nuclide)
    known_name(law, LAWS, "law of coherence")
    E = neutrino(neutrino_energy)
    charge = weak_charge(nuclide, weak_mixing_angle)
    if law != "charge":
        charge = (nuclide.N if law == "neutrons" else nuclide.A) / 2
    return restore(np.asarray(constants.WEAK_CROSS_SECTION * charge**2 * E * E))


@of_neutrino_energy
def coherent_scaling(
    neutrino_energy: ArrayLike,
    nuclide: Nuclide | str,
    interaction: Interaction | None = None,
    flavor: str = "nue",
    *,
    law: str = "neutrons",
) -> Values:
    """σ/σ_law: the full cross section, with recoil and form factors, in units of a law of coherence.

    What a plot of σ/N² against N shows: 1 as long as the law holds.

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV], > 0.
    nuclide : Nuclide
        The target nucleus.
    interaction : Interaction, optional
        `StandardModel()` by default.
    flavor : str
        One of "nue", "numu", "nutau", "nuebar", "numubar", "nutaubar".
    law : {"neutrons", "nucleons", "charge"}
        As for `coherent_limit`; the charge is that of the default mixing angle.

    Returns
    -------
    float or ndarray
        The ratio, the shape of `neutrino_energy`.

    Raises
    ------
    InputError, UnknownNameError
        For an energy out of range, an unknown flavour or law.
    UnsupportedError
        The law gives nothing: no neutrons in ¹H.

    Examples
    --------
    >>> [round(coherent_scaling(30.0, cevns.Nuclide(name)), 2) for name in ("12C", "40Ar", "132Xe", "208Pb")]
    [0.85, 0.82, 0.75, 0.7]
    """
    nuclide = checked_nuclide(nuclide)
    E = real_array(neutrino_energy, "neutrino_energy", unit="MeV", minimum=0.0, above=True)
    shape, (flat,) = broadcast(E)
    limit = np.asarray(coherent_limit(flat, nuclide, law))
    if np.any(limit == 0.0):
        raise UnsupportedError(f"{nuclide.name} has no coherent cross section by the law {law!r}")
    return restore(np.asarray(cross_section(flat, nuclide, interaction, flavor)) / limit, shape)


def _incoherent(nuclide: Nuclide, weak_mixing_angle: float) -> float:
    """ξ(α = 0) = (Z ε² + N)/(Z ε − N)²."""
    epsilon = 1.0 - 4.0 * mixing_angle(weak_mixing_angle)
    amplitude = nuclide.Z * epsilon - nuclide.N
    # 0 but for rounding, at sin²θ_W = (Z − N)/4Z
    if abs(amplitude) < 1e-14 * nuclide.A:
        raise UnsupportedError(f"{nuclide.name} has no weak charge at weak_mixing_angle={weak_mixing_angle:g}: no coherency")
    return math.fsum((nuclide.Z * epsilon**2, nuclide.N)) / amplitude**2


def _vector_only(interaction: Interaction | None) -> StandardModel:
    model = interaction_or_default(interaction)
    if not isinstance(model, StandardModel):
        raise UnsupportedError(
            f"interaction must be a cevns.StandardModel, whose form factors can be left out (got {shown(model)})"
        )
    if model.axial:
        raise UnsupportedError("coherence is of the vector part: axial must be False (got True)")
    return model
