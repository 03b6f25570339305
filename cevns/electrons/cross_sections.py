"""Cross sections of one free electron at rest.

Formulas
--------
neutrino–electron scattering: dσ/dT = (2 G_F² m_e/π) [g_L² + g_R² (1 − T/E)² − g_L g_R m_e T/E²]
    G. 't Hooft, Phys. Lett. B 37 (1971) 195
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import broadcast, digits, real_array, restore
from .._typed import Values, of_both_energies, of_neutrino_energy
from ..constants import ELECTRON_MASS, KEV
from ..errors import InputError
from ..interactions import Interaction, interaction_or_default, known_flavor
from ..interactions.quadratic_forms import element
from ..kinematics import neutrino, recoil
from ..scattering import engine
from ..scattering.channels import refuse_zero
from .channel import Electrons
from .overloads import as_cross_section


@of_neutrino_energy
def recoil_energy_max(neutrino_energy: ArrayLike) -> Values:
    """Largest recoil energy [keV] of an electron: T_max = 2E²/(m_e + 2E).

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV], ≥ 0, any shape.

    Examples
    --------
    >>> from cevns import electrons
    >>> round(electrons.recoil_energy_max(0.8613), 1)  # of the 7Be line
    664.3
    """
    E = neutrino(neutrino_energy)
    return restore(np.asarray(2 * E * E / (ELECTRON_MASS + 2 * E) / KEV))


@of_both_energies
def differential_cross_section(
    recoil_energy: ArrayLike, neutrino_energy: ArrayLike, interaction: Interaction | None = None, flavor: str = "nue"
) -> Values:
    """dσ/dT [cm²/keV] of a free electron, exactly 0 beyond T_max(E).

    Parameters
    ----------
    recoil_energy : array_like
        T [keV], ≥ 0.
    neutrino_energy : array_like
        E [MeV], ≥ 0; broadcasts with `recoil_energy`.
    interaction : Interaction, optional
        `StandardModel()` by default. New physics alone is only that: what interferes is `StandardModel() + …`.
    flavor : str
        One of "nue", "numu", "nutau", "nuebar", "numubar", "nutaubar".

    Returns
    -------
    float or ndarray
        dσ/dT [cm²/keV], the broadcast shape. At T = 0 the limit.

    Raises
    ------
    InputError, UnknownNameError
        For energies out of range, T = 0 where the cross section diverges there, an unknown flavour.
    UnsupportedError
        For a current that is not defined for electrons.

    Notes
    -----
        dσ/dT = (2 G_F² m_e/π) [g_L² + g_R² (1 − T/E)² − g_L g_R m_e T/E²]

    with g_L = ½ + sin²θ_W for ν_e, which also exchange a W, −½ + sin²θ_W for ν_μ and ν_τ, g_R = sin²θ_W, and the two exchanged
    for antineutrinos: G. 't Hooft, Phys. Lett. B 37 (1971) 195. The last term is minus; with g_V = g_L + g_R and g_A = g_L −
    g_R it is −(g_V² − g_A²) m_e T/E² in (G_F² m_e/2π) […]. (dukecevns has +(g_V² + g_A²) in its place.)

    Couplings are those of tree level at the `weak_mixing_angle` of the StandardModel, 0.23857 by default, whatever its
    `couplings` are. Radiative corrections are left out: with ρ = 1.0126 and κ of J. N. Bahcall, M. Kamionkowski, A. Sirlin,
    Phys. Rev. D 51 (1995) 6146, g_L² falls by 4 % for ν_e and grows by 9 % for ν_μ, and the rate of solar pp neutrinos falls by
    3 %.

    Examples
    --------
    >>> from cevns import electrons
    >>> f"{electrons.differential_cross_section(100.0, 0.8613):.4e}"
    '9.9573e-48'
    """
    channel, group = _channel(interaction, flavor)
    shape, (T, E) = broadcast(recoil(recoil_energy), neutrino(neutrino_energy))
    refuse_zero(channel, T, "recoil_energy")
    return restore(engine.differential_cross_section(T, E, channel, group), shape)


@as_cross_section
def cross_section(
    neutrino_energy: ArrayLike,
    interaction: Interaction | None = None,
    flavor: str = "nue",
    threshold: ArrayLike = 0.0,
    maximum: ArrayLike = np.inf,
) -> Values:
    """σ [cm²] of a free electron for recoils between a threshold and a maximum.

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV], ≥ 0.
    interaction, flavor
        As for `differential_cross_section`.
    threshold, maximum : array_like
        Recoil energies [keV], ≥ 0; all three broadcast. The maximum may be infinite.

    Returns
    -------
    float or ndarray
        σ [cm²], the broadcast shape: to rounding for couplings that do not depend on the momentum transfer, else to 1e-10.

    Raises
    ------
    InputError, UnknownNameError, UnsupportedError
        As for `differential_cross_section`; for a threshold above the maximum; for no threshold where dσ/dT diverges at T = 0.

    Examples
    --------
    >>> from cevns import electrons
    >>> f"{electrons.cross_section(10.0):.3e}, {electrons.cross_section(10.0, flavor='numu'):.3e}"
    '9.419e-44, 1.501e-44'
    """
    channel, group = _channel(interaction, flavor)
    least = real_array(threshold, "threshold", unit="keV", minimum=0.0)
    most = real_array(maximum, "maximum", unit="keV", minimum=0.0, infinite=True)
    shape, (E, low, high) = broadcast(neutrino(neutrino_energy), least, most)
    if (low > high).any():
        i = int(np.argmax(low > high))
        raise InputError(f"threshold must be <= maximum (got threshold {digits(low[i])} keV and maximum {digits(high[i])} keV)")
    refuse_zero(channel, low, "threshold")
    return restore(engine.cross_section(E, low, high, channel, group), shape)


def _channel(interaction: Interaction | None, flavor: str) -> tuple[Electrons, int]:
    """One free electron, and the group of the flavour."""
    channel = _free(interaction_or_default(interaction))
    return channel, channel.groups[element(known_flavor(flavor))]


@lru_cache(maxsize=256)
def _free(interaction: Interaction) -> Electrons:
    return Electrons(interaction)
