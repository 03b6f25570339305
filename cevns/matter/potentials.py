"""Neutral matter: the weak potential of neutrinos where electrons and protons are equally many.

The vector couplings of electron and proton to the Z are opposite, g_V^e = −½ + 2 sin²θ_W = −g_V^p, whatever the mixing angle:
in neutral matter they cancel, and only neutrons refract all flavours alike. Electrons refract ν_e once more, through the W:

    V_NC = √2 G_F Σ_f g_V^f n_f = −G_F n_n/√2        V_CC = √2 G_F n_e, ν_e only

and the opposite for antineutrinos. The same sum over one atom is its weak charge where the recoil resolves no electrons.

Formulas
--------
matter potentials, `matter_potential`: V_NC = −G_F n_n/√2, V_CC = √2 G_F n_e
    L. Wolfenstein, Phys. Rev. D 17 (1978) 2369
atomic weak charge, `atomic_weak_charge`: Q_atom = Z (g_V^p + g_V^e) + N g_V^n
    L. M. Sehgal, M. Wanninger, Phys. Lett. B 171 (1986) 107
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .. import constants
from .._arguments import Array, broadcast, known_name, real_array, restore
from .._typed import Values
from ..interactions import known_flavor
from ..interactions.couplings import tree_couplings
from ..nuclei.nuclides import Nuclide, checked_nuclide
from .overloads import of_matter

__all__ = ["NeutralCurrentParts", "atomic_weak_charge", "matter_potential", "neutral_current_parts"]


def __dir__() -> list[str]:
    return __all__


KINDS = ("total", "cc", "nc")

# √2 G_F N_A (ħc)³ in eV cm³/g: the potential of one electron per baryon at 1 g/cm³.
POTENTIAL = math.sqrt(2.0) * constants.FERMI_CONSTANT * constants.AVOGADRO * (constants.HBAR_C * constants.FM) ** 3 * 1e6


class NeutralCurrentParts(NamedTuple):
    """The contributions of electrons, protons and neutrons to V_NC [eV]."""

    electrons: Values
    protons: Values
    neutrons: Values


@of_matter
def matter_potential(density: ArrayLike, electron_fraction: ArrayLike, flavor: str, kind: str = "total") -> Values:
    """The potential of a neutrino in neutral, unpolarised matter at rest [eV].

    Parameters
    ----------
    density : array_like
        ρ [g/cm³], ≥ 0.
    electron_fraction : array_like
        Y_e, electrons (and protons) per nucleon, in [0, 1]; broadcasts with `density`. 1 for hydrogen, about 0.5 for
        light elements, 0.47 for iron (26/56), less in the core of a supernova.
    flavor : str
        One of "nue", "numu", "nutau", "nuebar", "numubar", "nutaubar".
    kind : {"total", "cc", "nc"}
        V_CC + V_NC, or one of the two. Oscillations between active flavours see V_CC only; those with sterile ones see V_NC.

    Returns
    -------
    float or ndarray
        The potential [eV], the broadcast shape; positive for ν_e and V_CC.

    Raises
    ------
    InputError, UnknownNameError
        For values out of range, shapes that do not broadcast, an unknown flavour or kind.

    Notes
    -----
    With n_e = Y_e ρ N_A and n_n = (1 − Y_e) ρ N_A, that is, 1/N_A gram a nucleon::

        V_CC =  √2 G_F n_e   =  7.63246688e-14 eV Y_e ρ/(g/cm³)              ν_e only
        V_NC = −G_F n_n/√2   = −3.81623344e-14 eV (1 − Y_e) ρ/(g/cm³)        every flavour

    and the opposite sign for antineutrinos. L. Wolfenstein, Phys. Rev. D 17 (1978) 2369. Tree level; the radiative difference
    of ν_μ and ν_τ, 5e-5 of V_CC, is left out, as are muons.

    Examples
    --------
    >>> f"{matter_potential(3.0, 0.5, 'nue', kind='cc'):.4e}"
    '1.1449e-13'
    """
    known_flavor(flavor)
    known_name(kind, KINDS, "kind of potential")
    shape, (rho, electrons) = _matter(density, electron_fraction)
    value = np.zeros(rho.size)
    if kind != "nc" and flavor in ("nue", "nuebar"):
        value += POTENTIAL * electrons * rho
    if kind != "cc":
        value += -0.5 * POTENTIAL * (1.0 - electrons) * rho
    return restore(_signed(value, flavor), shape)


def neutral_current_parts(
    density: ArrayLike,
    electron_fraction: ArrayLike,
    flavor: str = "nue",
    weak_mixing_angle: float = constants.WEAK_MIXING_ANGLE,
) -> NeutralCurrentParts:
    """V_NC of neutral matter by particle [eV]: electrons and protons cancel exactly, for every mixing angle.

    Parameters
    ----------
    density, electron_fraction, flavor
        As for `matter_potential`.
    weak_mixing_angle : float
        sin²θ_W, in [0, 1].

    Returns
    -------
    NeutralCurrentParts
        `.electrons`, `.protons`, `.neutrons`, each a float or ndarray [eV]; the first two add to 0 bit for bit, and the third
        is `matter_potential(…, kind="nc")`.

    Raises
    ------
    InputError, UnknownNameError
        For values out of range, shapes that do not broadcast, an unknown flavour.

    Notes
    -----
    √2 G_F g_V n with g_V^e = −½ + 2 sin²θ_W, g_V^p = ½ − 2 sin²θ_W, g_V^n = −½. The axial couplings do not contribute in
    unpolarised matter at rest.

    Examples
    --------
    >>> parts = neutral_current_parts(1.0, 0.5)
    >>> f"{parts.electrons:.2e} + {parts.protons:.2e} + {parts.neutrons:.2e}"
    '-8.72e-16 + 8.72e-16 + -1.91e-14'
    """
    known_flavor(flavor)
    gvp, gvn = tree_couplings(weak_mixing_angle)
    shape, (rho, electrons) = _matter(density, electron_fraction)
    # one product for electrons and protons, so that they cancel without rounding
    charged = _signed(POTENTIAL * electrons * rho * gvp, flavor)
    neutrons = _signed(gvn * POTENTIAL * (1.0 - electrons) * rho, flavor)
    return NeutralCurrentParts(restore(0.0 - charged, shape), restore(charged, shape), restore(neutrons, shape))


def atomic_weak_charge(nuclide: Nuclide | str, flavor: str) -> float:
    """Weak vector charge of a whole neutral atom, in the convention Q = Z g_V^p + N g_V^n of `weak_charge`.

    Parameters
    ----------
    nuclide : Nuclide
        The nucleus of the atom.
    flavor : str
        One of "nue", "numu", "nutau", "nuebar", "numubar", "nutaubar"; antineutrinos as neutrinos.

    Returns
    -------
    float
        −N/2 for ν_μ and ν_τ; Z − N/2 for ν_e, to which the W adds +1 for each electron. No mixing angle is in it.

    Raises
    ------
    InputError, UnknownNameError
        For what is not a nuclide, an unknown flavour.

    Notes
    -----
    Q_atom = Z (g_V^p + g_V^e) + N g_V^n, for momentum transfers that resolve no electrons, q ≪ ħ/a₀ = 3.7 keV/c: recoils of
    meV and less, which no detector sees. Above, the electrons do not recoil with the nucleus, and Q is `weak_charge`. L. M.
    Sehgal, M. Wanninger, Phys. Lett. B 171 (1986) 107; M. Cadeddu et al., Phys. Rev. D 100 (2019) 073014.

    Examples
    --------
    >>> helium = cevns.Nuclide("4He")
    >>> atomic_weak_charge(helium, "nue"), atomic_weak_charge(helium, "numu")
    (1.0, -1.0)
    """
    nuclide = checked_nuclide(nuclide)
    known_flavor(flavor)
    charged_current = nuclide.Z if flavor in ("nue", "nuebar") else 0
    return charged_current - nuclide.N / 2


def _matter(density: ArrayLike, electron_fraction: ArrayLike) -> tuple[tuple[int, ...], list[Array]]:
    rho = real_array(density, "density", unit="g/cm³", minimum=0.0)
    electrons = real_array(electron_fraction, "electron_fraction", minimum=0.0, maximum=1.0)
    return broadcast(rho, electrons)


def _signed(value: Array, flavor: str) -> Array:
    """The opposite for antineutrinos; 0.0 + leaves no −0."""
    return 0.0 + (-value if flavor.endswith("bar") else value)
