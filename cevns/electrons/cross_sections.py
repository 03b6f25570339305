"""Cross sections of one free electron at rest."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import Array, broadcast, digits, real_array, restore
from .._numerics.polynomials import gauss_legendre
from ..constants import ELECTRON_MASS, FLAVORS, KEV
from ..errors import InputError
from ..interactions import Interaction, interaction_or_default, known_flavor
from ..interactions.kinds import recoil_energy_range
from ..kinematics import neutrino, recoil
from .coefficients import PER_KEV, Part, parts_of, threshold, weights

_EDGE = 1.0 + 2.0**-51  # T_max(E) itself counts, whichever way it was rounded
_OCTAVES = 48  # of √T below the largest, each with a rule of its own
_ORDER = 12  # of the rule: 1e-13 with a pole in T = 0 or below, as a propagator has
_CHUNK = 1 << 18  # values at once


def recoil_energy_max(neutrino_energy: ArrayLike) -> Any:
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


def differential_cross_section(
    recoil_energy: ArrayLike, neutrino_energy: ArrayLike, interaction: Interaction | None = None, flavor: str = "nue"
) -> Any:
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
    theory = interaction_or_default(interaction)
    flavor = known_flavor(flavor)
    shape, (T, E) = broadcast(recoil(recoil_energy), neutrino(neutrino_energy))
    parts = parts_of(theory)
    refuse_zero(parts, T, "recoil_energy")
    total = np.zeros(T.size)
    for part in parts:
        total += _differential(part, T, E, flavor)
    return restore(total, shape)


def cross_section(
    neutrino_energy: ArrayLike,
    interaction: Interaction | None = None,
    flavor: str = "nue",
    threshold: ArrayLike = 0.0,
    maximum: ArrayLike = np.inf,
) -> Any:
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
        σ [cm²], the broadcast shape: in closed form for couplings that do not depend on the momentum transfer, else to 1e-12.

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
    theory = interaction_or_default(interaction)
    flavor = known_flavor(flavor)
    least = real_array(threshold, "threshold", unit="keV", minimum=0.0)
    most = real_array(maximum, "maximum", unit="keV", minimum=0.0, infinite=True)
    shape, (E, low, high) = broadcast(neutrino(neutrino_energy), least, most)
    if (low > high).any():
        i = int(np.argmax(low > high))
        raise InputError(f"threshold must be <= maximum (got threshold {digits(low[i])} keV and maximum {digits(high[i])} keV)")
    parts = parts_of(theory)
    refuse_zero(parts, low, "threshold")
    total = np.zeros(E.size)
    for part in parts:
        first, last = recoil_energy_range(np.maximum(E, 1e-300), ELECTRON_MASS, part.final_mass)
        start = np.clip(low * KEV, first, last)
        end = np.clip(high * KEV, first, last)
        if part.kind == "vector" and all(current.propagator is None for current in part.currents):
            total += _closed_form(part, start, end, E, flavor)
        else:
            total += _quadrature(part, start, end, E, flavor)
    return restore(total, shape)


def refuse_zero(parts: tuple[Part, ...], recoil_energy: Array, name: str) -> None:
    """Raise an `InputError` where a recoil energy is 0 [keV] and a cross section diverges there."""
    if recoil_energy.size and not recoil_energy.all():
        for part in parts:
            if part.diverges:
                kind = part.currents[0].kind
                raise InputError(f"{name} must be > 0 keV: the {kind} cross section diverges at T = 0 (got 0)")


def _differential(part: Part, T: Array, E: Array, flavor: str) -> Array:
    """dσ/dT of one part [cm²/keV]; T [keV], E [MeV]."""
    x = threshold(part, T)
    first, second, third = weights(part, T, ((flavor, flavor),))[0].real
    u = np.minimum(x, E) / np.maximum(E, 1e-300)
    value = first + (1 - u) * (second + third * u)
    return np.where((x <= E * _EDGE) & (E > 0), value, 0.0)


def _closed_form(part: Part, start: Array, end: Array, E: Array, flavor: str) -> Array:
    """σ between recoil energies, all in MeV.

    (2 G_F² m_e/π) (T₂ − T₁) [g_L² + g_R² (a² + ab + b²)/3 − g_L g_R m_e (T₁ + T₂)/2E²],    a = 1 − T₁/E, b = 1 − T₂/E
    """
    g = part.amplitude(np.zeros(1))[..., 0]
    index, anti = FLAVORS.index(flavor) % 3, flavor.endswith("bar")
    left, right = (g[1, index], g[0, index]) if anti else (g[0, index], g[1, index])
    own, square = float((abs(left) ** 2).sum()), float((abs(right) ** 2).sum())
    mixed = float((left * right.conj()).real.sum())
    u = 1 / np.maximum(E, 1e-300)
    a, b = 1 - start * u, 1 - end * u
    bracket = own + square * (a * a + a * b + b * b) / 3 - mixed * ELECTRON_MASS * (start + end) / 2 * u * u
    return np.where(E > 0, 2 * PER_KEV / KEV * (end - start) * bracket, 0.0)


def _quadrature(part: Part, start: Array, end: Array, E: Array, flavor: str) -> Array:
    """∫ dσ/dT dT from `start` to `end` [MeV]: Gauss–Legendre in octaves of √T below the end."""
    nodes, weight = gauss_legendre(_ORDER)
    total = np.zeros(E.size)
    # octaves of √T, the last of them down to 0
    edges = np.append(2.0 ** -np.arange(_OCTAVES, dtype=np.float64), 0.0)[::-1]
    step = max(1, _CHUNK // (_OCTAVES * _ORDER))
    for place in range(0, E.size, step):
        piece = slice(place, place + step)
        low, high = np.sqrt(start[piece])[:, None], np.sqrt(end[piece])[:, None]
        lowest = float((low / np.maximum(high, 1e-300)).min(initial=1.0))
        cuts = np.maximum(low, high * edges[max(0, int(np.searchsorted(edges, lowest, side="right")) - 1) :])
        half = np.diff(cuts, axis=1)[..., None] / 2
        s = (cuts[:, 1:, None] + cuts[:, :-1, None]) / 2 + half * nodes
        T = (s * s).reshape(-1) / KEV
        energies = np.broadcast_to(E[piece, None, None], s.shape).reshape(-1)
        values = _differential(part, T, energies, flavor).reshape(s.shape)
        total[piece] = (2 * s * half * weight * values).sum(axis=(1, 2)) / KEV
    return total
