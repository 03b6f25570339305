"""Rates: moments × coefficients, summed over nuclides and flavours.

    dR/dT = Σ_nuclides n Σ_flavours Σ_k c_k(T) Φ_k(E_min(T))

For the Standard Model on spin 0, where c = (G_F² M/π) Q²(T) (1, −T, −MT/2), and with x = E_min(T), MT/2 = x (x − T),

    dR/dT = n (G_F² M/π) Q²(T) [m₁(x) + (x − T) m₂(x)]
    m₁ = Φ₀ − xΦ₁ = ∫_x^∞ φ (1 − x/E) dE        m₂ = Φ₁ − xΦ₂ = ∫_x^∞ φ (1 − x/E)/E dE

The moments are kept in this form, in which all terms are positive: nothing cancels at the end of a spectrum.
Rates are per kg and day for a flux per second, per kg for a burst.

A rate is linear in the flux. So the rates of a `FluxHistory` are weights over those of its distinct spectra, and the covariance
of a rate is Σ r rᵀ over the rates r of the flux's uncertainties.

Formulas
--------
rates on nuclei: dR/dT = Σ_nuclides n Σ_flavours Σ_k c_k(T) Φ_k(E_min(T))
    derived here
    src_c/kernels/cross_sections.h
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import real_array
from .._typed import Rates
from ..fluxes.flux import Flux
from ..interactions import Interaction, interaction_or_default
from ..nuclei.targets import checked_target
from . import engine
from .channels import Channel
from .engine import SPLITS as _OF_ALL
from .engine import checked_flux, checked_split
from .nuclei import nuclei
from .overloads import as_binned_rate, as_differential_rate, as_rate

if TYPE_CHECKING:
    from ..fluxes.flux import FluxHistory

SPLITS = ("nuclide", *_OF_ALL)


@as_differential_rate
def differential_rate(
    recoil_energy: ArrayLike,
    flux: Flux | FluxHistory,
    target: Any,
    interaction: Interaction | None = None,
    split: str | None = None,
    *,
    covariance: bool = False,
) -> Rates:
    """dR/dT [1/(kg day keV); a burst: 1/(kg keV)] at recoil energies.

    Parameters
    ----------
    recoil_energy : array_like
        T [keV], ≥ 0, any shape. At T = 0 the limit.
    flux : Flux or FluxHistory
        The neutrino flux; of a history the result has a last axis, by step of time.
    target : Target, Nuclide, str or mapping
        The target; anything but a Target is given to `Target`.
    interaction : Interaction, optional
        `StandardModel()` by default.
    split : {"nuclide", "flavor", "component"}, optional
        A leading axis: by `target.components`, by `flux.flavors` or by `flux.components`. Not for a history.
    covariance : bool
        Whether to return the covariance too, from the uncertainties of the flux. Not with `split`, nor for a history.

    Returns
    -------
    float or ndarray
        The rate, the shape of `recoil_energy`, with the leading axis of `split` or the last one of a history. Exact for the
        flux given: the error is that of rounding, about 1e-14 of the result, up to the end point.
    covariance : float or ndarray, if asked for
        Covariance, of the shape of the rate twice over.

    Raises
    ------
    InputError, UnknownNameError
        For a negative, infinite or nan recoil energy, an unknown split, arguments of another type.

    Examples
    --------
    >>> flux = cevns.sources.sns()
    >>> bool(differential_rate(10.0, flux, "CsI") > differential_rate(20.0, flux, "CsI"))
    True
    """
    T = real_array(recoil_energy, "recoil_energy", unit="keV", minimum=0.0)
    checked_split(checked_flux(flux), split, covariance, SPLITS)
    return engine.differential_rate(T, flux, channel(target, interaction), split, covariance)


@as_binned_rate
def binned_rate(
    edges: ArrayLike,
    flux: Flux | FluxHistory,
    target: Any,
    interaction: Interaction | None = None,
    *,
    covariance: bool = False,
) -> Rates:
    """Rate [1/(kg day); a burst: 1/kg] in bins of recoil energy: integrals of dR/dT, not values at the middle.

    Parameters
    ----------
    edges : array_like (n + 1,)
        Increasing recoil energies [keV], ≥ 0.
    flux, target, interaction, covariance
        As for `differential_rate`.

    Returns
    -------
    ndarray (n,)
        The integrals, to 1e-8 of each: Gauss–Legendre in √T between the recoil energies at which the rate is not smooth. Of a
        history (n, steps).
    covariance : ndarray (n, n), if asked for
        From the uncertainties of the flux.

    Raises
    ------
    InputError
        For edges that do not increase, are negative, infinite or nan, or are not 1-d.
    """
    checked_split(checked_flux(flux), None, covariance, SPLITS)
    return engine.binned_rate(edges, flux, channel(target, interaction), covariance)


@as_rate
def rate(
    flux: Flux | FluxHistory,
    target: Any,
    interaction: Interaction | None = None,
    threshold: ArrayLike = 0.0,
    maximum: ArrayLike = np.inf,
    *,
    covariance: bool = False,
) -> Rates:
    """Rate [1/(kg day); a burst: 1/kg] of recoils between a threshold and a maximum.

    Parameters
    ----------
    flux, target, interaction, covariance
        As for `differential_rate`.
    threshold, maximum : array_like
        Recoil energies [keV], 0 ≤ threshold ≤ maximum; they broadcast. The maximum may be infinite. Many thresholds cost little
        more than one.

    Returns
    -------
    float or ndarray
        The integral of dR/dT, to 1e-8, the broadcast shape; of a history with a last axis, by step of time.
    covariance : float or ndarray, if asked for
        Covariance, of the shape of the rate twice over, from the uncertainties of the flux.

    Raises
    ------
    InputError
        For a threshold above the maximum, a negative or nan value.
    """
    checked_split(checked_flux(flux), None, covariance, SPLITS)
    return engine.rate(flux, channel(target, interaction), threshold, maximum, covariance)


def channel(target: Any, interaction: Interaction | None = None, parameters: tuple[str, ...] | None = None) -> Channel:
    """The nuclei of a target as an interaction sees them, some couplings of which may stay free."""
    theory = interaction_or_default(interaction)
    return nuclei(checked_target(target), theory, parameters)
