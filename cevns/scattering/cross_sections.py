"""Cross sections: of one nuclide, differential in recoil energy or angle, and total.

In the Standard Model, with K = (G_F² M/π) Q²(T) and for spin 0,

    dσ/dT = K (1 − T/E − MT/2E²)                          0 ≤ T ≤ T_max(E); it vanishes at T_max
    dσ/dΩ = (G_F²/4π²) Q² E² (1 + cos θ)/(1 + (E/M)(1 − cos θ))³
    σ     = (G_F²/π) Q² E²/(1 + 2E/M)                     for a point nucleus

Formulas
--------
cross sections: σ = ∫ dσ/dT dT, dσ/dΩ = (G_F²/4π²) Q² E² (1 + cos θ)/(1 + (E/M)(1 − cos θ))³
    D. Z. Freedman, Phys. Rev. D 9 (1974) 1389
    src_c/kernels/cross_sections.h
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from .. import kinematics
from .._arguments import Array, broadcast, known_name, real_array, restore
from .._typed import Values, of_both_energies, of_cosine
from ..errors import UnsupportedError
from ..interactions import Interaction, interaction_or_default, known_flavor
from ..interactions.quadratic_forms import element
from ..kinematics import cosines, neutrino, recoil
from ..nuclei.nuclides import Nuclide, checked_nuclide
from . import engine
from .channels import refuse_zero
from .nuclei import Nuclei, nucleus
from .overloads import as_cross_section


@of_both_energies
def differential_cross_section(
    recoil_energy: ArrayLike,
    neutrino_energy: ArrayLike,
    nuclide: Nuclide | str,
    interaction: Interaction | None = None,
    flavor: str = "nue",
) -> Values:
    """dσ/dT [cm²/keV], exactly 0 beyond T_max(E).

    Parameters
    ----------
    recoil_energy : array_like
        T [keV], ≥ 0.
    neutrino_energy : array_like
        E [MeV], ≥ 0; broadcasts with `recoil_energy`.
    nuclide : Nuclide
        The target nucleus.
    interaction : Interaction, optional
        `StandardModel()` by default.
    flavor : str
        One of "nue", "numu", "nutau", "nuebar", "numubar", "nutaubar".

    Returns
    -------
    float or ndarray
        dσ/dT [cm²/keV], the broadcast shape.

    Raises
    ------
    InputError, UnknownNameError
        For energies out of range, shapes that do not broadcast, an unknown flavour.

    Examples
    --------
    >>> f"{differential_cross_section(10.0, 30.0, cevns.Nuclide('40Ar')):.5e}"
    '5.18182e-41'
    """
    nuclide = checked_nuclide(nuclide)
    theory = _theory(interaction, flavor)
    shape, (T, E) = broadcast(recoil(recoil_energy), neutrino(neutrino_energy))
    if theory.reduced is None:
        channel, group = _channel(nuclide, theory, flavor)
        refuse_zero(channel, T, "recoil_energy")
        return restore(engine.differential_cross_section(T, E, channel, group), shape)
    nucleus = theory.reduced.nucleus(nuclide, flavor)
    out = np.empty(T.size)
    nucleus.differential_cross_section(T, E, out)
    return restore(out, shape)


@of_cosine
def angular_cross_section(
    cosine: ArrayLike,
    neutrino_energy: ArrayLike,
    nuclide: Nuclide | str,
    interaction: Interaction | None = None,
    flavor: str = "nue",
    *,
    of: str = "neutrino",
) -> Values:
    """dσ/dΩ [cm²/sr] in the direction of the outgoing neutrino or of the recoil.

    Parameters
    ----------
    cosine : array_like
        cos θ with the incoming neutrino, in [−1, 1]. No recoil goes backwards: 0 there.
    neutrino_energy : array_like
        E [MeV], ≥ 0; broadcasts with `cosine`.
    nuclide, interaction, flavor
        As for `differential_cross_section`.
    of : {"neutrino", "recoil"}
        Particle whose direction is measured.

    Returns
    -------
    float or ndarray
        dσ/dΩ [cm²/sr], the broadcast shape.

    Raises
    ------
    InputError, UnknownNameError
        For a cosine or an energy out of range, an unknown flavour or direction.
    """
    nuclide = checked_nuclide(nuclide)
    theory = _theory(interaction, flavor)
    of_recoil = known_name(of, ("neutrino", "recoil"), "direction") == "recoil"
    shape, (c, E) = broadcast(cosines(cosine, -1.0), neutrino(neutrino_energy))
    if theory.reduced is None:
        return restore(_angular(c, E, nuclide, theory, flavor, of_recoil) / (2.0 * math.pi), shape)
    nucleus = theory.reduced.nucleus(nuclide, flavor)
    out = np.empty(c.size)
    nucleus.angular_cross_section(c, E, of_recoil, out)
    out /= 2.0 * math.pi
    return restore(out, shape)


@as_cross_section
def cross_section(
    neutrino_energy: ArrayLike,
    nuclide: Nuclide | str,
    interaction: Interaction | None = None,
    flavor: str = "nue",
    threshold: ArrayLike = 0.0,
) -> Values:
    """σ [cm²] of recoils above a threshold; 0 where the threshold is above T_max(E).

    The closed form for point nuclei, else Gauss–Legendre quadrature that resolves the form factor and whatever varies where the
    momentum transfer is as large as a mass. It adds an error of 1e-12 of the result, 1e-11 where charges run, 1e-9 for new
    physics; with `axial=True` 1e-7 above some 200 MeV, where F_A is no longer smooth.

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV], ≥ 0.
    nuclide, interaction, flavor
        As for `differential_cross_section`.
    threshold : array_like
        Lowest recoil energy counted [keV], ≥ 0; broadcasts with `neutrino_energy`.

    Returns
    -------
    float or ndarray
        σ [cm²], the broadcast shape.

    Raises
    ------
    InputError, UnknownNameError
        For energies out of range, shapes that do not broadcast, an unknown flavour.

    Examples
    --------
    >>> f"{cross_section(30.0, cevns.Nuclide('40Ar')):.5e}"
    '1.51297e-39'
    """
    nuclide = checked_nuclide(nuclide)
    theory = _theory(interaction, flavor)
    least = real_array(threshold, "threshold", unit="keV", minimum=0.0)
    shape, (E, T) = broadcast(neutrino(neutrino_energy), least)
    if theory.reduced is None:
        channel, group = _channel(nuclide, theory, flavor)
        refuse_zero(channel, T, "threshold")
        return restore(engine.cross_section(E, T, np.full(E.size, np.inf), channel, group), shape)
    nucleus = theory.reduced.nucleus(nuclide, flavor)
    out = np.empty(E.size)
    nucleus.cross_section(E, T, out)
    return restore(out, shape)


# ---- interactions that are more than charges of the Standard Model ---------------------------------------------------------


def _theory(interaction: Interaction | None, flavor: str) -> Interaction:
    known_flavor(flavor)
    return interaction_or_default(interaction)


def _channel(nuclide: Nuclide, interaction: Interaction, flavor: str) -> tuple[Nuclei, int]:
    """The one nucleus, and the group of the flavour."""
    channel = nucleus(nuclide, interaction)
    return channel, channel.groups[element(flavor)]


def _angular(cosine: Array, E: Array, nuclide: Nuclide, interaction: Interaction, flavor: str, of_recoil: bool) -> Array:
    """dσ/dcos θ [cm²]."""
    if interaction.final_masses:
        raise UnsupportedError(
            "the angular cross section of a heavy final state is not implemented: two recoil energies share an angle"
        )
    M = nuclide.mass
    if of_recoil:
        c = np.maximum(cosine, 0.0)
        D = (E + M) ** 2 - (E * c) ** 2
        T, slope = 2 * M * (E * c) ** 2 / D, 4 * M * E**2 * c * ((E + M) / D) ** 2
    else:
        below = M + E * (1 - cosine)
        T, slope = E**2 * (1 - cosine) / below, E**2 * M / below**2
    T = np.minimum(1e3 * T, kinematics.recoil_energy_max(E, nuclide))
    channel, group = _channel(nuclide, interaction, flavor)
    refuse_zero(channel, T, "recoil energies")
    return np.asarray(1e3 * slope * engine.differential_cross_section(T, E, channel, group))
