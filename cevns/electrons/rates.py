"""Rates on the electrons of a target: moments × coefficients, times the electrons that answer.

    dR/dT = Z_eff(T) Σ_flavours Σ_parts [W₀ Φ₀ + W₁ m₁ + W₂ x m₂](x = E_min(T))

with the weights W of `cevns.electrons.channel` and the moments that fluxes have for nuclei too, here with M = m_e.

Formulas
--------
rates on electrons: dR/dT = Z_eff(T) Σ_flavours [W₀ Φ₀ + W₁ m₁ + W₂ x m₂](E_min(T))
    derived here
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import Array, known_name, real_array, shown
from .._typed import Rates
from ..errors import InputError
from ..fluxes.flux import Flux
from ..interactions import Interaction, interaction_or_default
from ..nuclei.targets import Target, checked_target
from ..scattering import engine
from ..scattering.engine import SPLITS, checked_flux, checked_split
from .channel import Electrons
from .overloads import as_binned_rate, as_differential_rate, as_rate
from .shells import steps

if TYPE_CHECKING:
    from ..fluxes.flux import FluxHistory

BINDINGS = ("stepping", "free")
Ratio = Callable[[Array], Any]


@as_differential_rate
def differential_rate(
    recoil_energy: ArrayLike,
    flux: Flux | FluxHistory,
    target: Any,
    interaction: Interaction | None = None,
    *,
    binding: str = "stepping",
    split: str | None = None,
    ratio: Ratio | None = None,
    covariance: bool = False,
) -> Rates:
    """dR/dT [1/(kg day keV); a burst: 1/(kg keV)] of electrons.

    Parameters
    ----------
    recoil_energy : array_like
        T [keV], ≥ 0, any shape: all the energy that an atom takes up, which is what a detector sees, in keV_ee.
    flux : Flux or FluxHistory
        The neutrino flux; of a history the result has a last axis, by step of time.
    target : Target, Nuclide, str or mapping
        The target; anything but a Target is given to `Target`.
    interaction : Interaction, optional
        `StandardModel()` by default.
    binding : {"stepping", "free"}
        Whether a shell answers only above its binding energy, Z_eff(T) = Σ_i n_i θ(T − B_i), or all Z electrons always.
    split : {"flavor", "component"}, optional
        A leading axis: by `flux.flavors` or by `flux.components`. Not for a history.
    ratio : callable, optional
        Factor of the rate at recoil energies (n,) [keV]: a `TabulatedRatio` of a many-body calculation. If its
        slope jumps, its attribute `breaks` says where.
    covariance : bool
        Whether to return the covariance too, from the uncertainties of the flux. Not with `split`, nor for a history.

    Returns
    -------
    float or ndarray
        The rate, the shape of `recoil_energy`, with the leading axis of `split` or the last one of a history. At T = 0 the
        limit.

    Raises
    ------
    InputError, UnknownNameError
        For a negative or infinite recoil energy, T = 0 where the rate diverges, an unknown binding or split.
    UnsupportedError
        For stepping on an element whose shells are not known; a split of a flux with coherence between flavours by an
        interaction that changes them.

    Notes
    -----
    Exact for the flux given and free electrons: the error is that of rounding, 1e-13 of the result for vector and axial
    currents; for scalar and massive ones up to 1e-15 (E/E_min)² of it, as they need Φ₂ from differences.

    Stepping is an approximation to atoms. In xenon the RRPA of J.-W. Chen et al., Phys. Lett. B 774 (2017) 656, lies below it,
    by about 25 % between 1 and 10 keV: give it as `ratio`.

    Examples
    --------
    >>> import cevns
    >>> from cevns import electrons
    >>> flux = cevns.sources.solar(components=["pp", "7Be"])
    >>> round(365.25 * 1000 * electrons.differential_rate(10.0, flux, "Xe"), 2)
    3.1
    """
    T = real_array(recoil_energy, "recoil_energy", unit="keV", minimum=0.0)
    checked_split(checked_flux(flux), split, covariance, SPLITS)
    return engine.differential_rate(T, flux, electrons(target, interaction, binding, ratio), split, covariance)


@as_binned_rate
def binned_rate(
    edges: ArrayLike,
    flux: Flux | FluxHistory,
    target: Any,
    interaction: Interaction | None = None,
    *,
    binding: str = "stepping",
    ratio: Ratio | None = None,
    covariance: bool = False,
) -> Rates:
    """Rate [1/(kg day); a burst: 1/kg] in bins of recoil energy: integrals of dR/dT, not values at the middle.

    Parameters
    ----------
    edges : array_like (n + 1,)
        Increasing recoil energies [keV], ≥ 0.
    flux, target, interaction, binding, ratio, covariance
        As for `differential_rate`.

    Returns
    -------
    ndarray (n,)
        The integrals, to 1e-10 of each: in √T, between the binding energies and what belongs to the breaks of the flux. Of a
        history (n, steps).

    Raises
    ------
    InputError, UnknownNameError, UnsupportedError
        As for `differential_rate`; for edges that do not increase.
    """
    checked_split(checked_flux(flux), None, covariance, SPLITS)
    return engine.binned_rate(edges, flux, electrons(target, interaction, binding, ratio), covariance)


@as_rate
def rate(
    flux: Flux | FluxHistory,
    target: Any,
    interaction: Interaction | None = None,
    threshold: ArrayLike = 0.0,
    maximum: ArrayLike = np.inf,
    *,
    binding: str = "stepping",
    ratio: Ratio | None = None,
    covariance: bool = False,
) -> Rates:
    """Rate [1/(kg day); a burst: 1/kg] of electrons between a threshold and a maximum.

    Parameters
    ----------
    flux, target, interaction, binding, ratio, covariance
        As for `differential_rate`.
    threshold, maximum : array_like
        Recoil energies [keV], 0 ≤ threshold ≤ maximum; they broadcast. The maximum may be infinite.

    Returns
    -------
    float or ndarray
        The integral of dR/dT, to 1e-10, the broadcast shape; of a history with a last axis, by step of time.

    Raises
    ------
    InputError, UnknownNameError, UnsupportedError
        As for `differential_rate`; for a threshold above the maximum.

    Notes
    -----
    Solar pp and ⁷Be neutrinos (B16-GS98) on xenon: 331 events a tonne and year between 1 and 140 keV (337 on free electrons),
    83 (88) between 2 and 30 keV, 26.4 (29.5) between 1 and 10 keV; pp neutrinos in Borexino's scintillator: 136 a day in 100 t
    (measured: 134 ± 10 +6 −10, M. Agostini et al., Nature 562 (2018) 505).

    Examples
    --------
    >>> import cevns
    >>> from cevns import electrons
    >>> flux = cevns.sources.solar(components=["pp", "7Be"])
    >>> round(365.25 * 1000 * electrons.rate(flux, "Xe", threshold=2.0, maximum=30.0), 1)
    83.3
    """
    checked_split(checked_flux(flux), None, covariance, SPLITS)
    return engine.rate(flux, electrons(target, interaction, binding, ratio), threshold, maximum, covariance)


def electrons(
    target: Any,
    interaction: Interaction | None,
    binding: str = "stepping",
    ratio: Ratio | None = None,
    parameters: tuple[str, ...] = (),
) -> Electrons:
    """The electrons of a target as an interaction sees them, after a look at the arguments."""
    known_name(binding, BINDINGS, "binding")
    target = checked_target(target)
    steps(target, binding)  # says which shells are not known
    if ratio is not None and not callable(ratio):
        raise InputError(f"ratio must be a function of recoil energies such as a TabulatedRatio (got {shown(ratio)})")
    theory = interaction_or_default(interaction)
    if ratio is not None:  # a function of the user's, of which nothing is known
        return Electrons(theory, target, binding, ratio, parameters)
    return _prepared(theory, target, binding, parameters)


@lru_cache(maxsize=64)
def _prepared(interaction: Interaction, target: Target, binding: str, parameters: tuple[str, ...]) -> Electrons:
    return Electrons(interaction, target, binding, parameters=parameters)
