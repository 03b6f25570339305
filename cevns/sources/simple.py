"""The two simplest fluxes, for tests and for teaching: one energy, and a flat spectrum.

Formulas
--------
one energy, flat, `monochromatic`, `flat`: Φ δ(E − E₀), Φ/(E₂ − E₁)
    definition
"""

from __future__ import annotations

from .._arguments import digits, real_number
from ..errors import InputError
from ..fluxes.flux import Component, Flux
from ..fluxes.spectra import Lines, Table


def monochromatic(energy: float, *, flux: float = 1.0, flavor: str = "nue", per: str = "s") -> Flux:
    """Neutrinos of one energy.

    Parameters
    ----------
    energy : float
        E [MeV], > 0.
    flux : float
        The flux [cm⁻² s⁻¹; a burst: cm⁻²], ≥ 0.
    flavor : str
        "nue", "numu", "nutau", "nuebar", "numubar" or "nutaubar".
    per : {"s", "burst"}
        The unit.

    Returns
    -------
    Flux
        One component, "monochromatic".

    Raises
    ------
    InputError, UnknownNameError
        For values outside their range, an unknown flavour or unit.

    Examples
    --------
    >>> from cevns import rate, sources
    >>> f"{rate(sources.monochromatic(30.0, flux=1e7), '40Ar'):.4f}"
    '0.0197'
    """
    line = Lines([real_number(energy, "energy", unit="MeV", minimum=0.0, above=True)], [1.0])
    return Flux((Component(flavor, "monochromatic", line, real_number(flux, "flux", unit=_unit(per), minimum=0.0)),), per)


def flat(low: float, high: float, *, flux: float = 1.0, flavor: str = "nue", per: str = "s") -> Flux:
    """Neutrinos evenly spread over the energies between two.

    Parameters
    ----------
    low, high : float
        The ends [MeV], 0 ≤ low < high.
    flux : float
        The total flux [cm⁻² s⁻¹; a burst: cm⁻²], ≥ 0.
    flavor, per
        As for `monochromatic`.

    Returns
    -------
    Flux
        One component, "flat", with the density flux/(high − low) [cm⁻² s⁻¹ MeV⁻¹].

    Raises
    ------
    InputError, UnknownNameError
        For values outside their range, ends in the wrong order, an unknown flavour or unit.

    Examples
    --------
    >>> from cevns import sources
    >>> sources.flat(10.0, 50.0, flux=1e7).spectrum(20.0)
    250000.0
    """
    low = real_number(low, "low", unit="MeV", minimum=0.0)
    high = real_number(high, "high", unit="MeV", minimum=0.0)
    if high <= low:
        raise InputError(f"high must be > low (got {digits(high)} and {digits(low)} MeV)")
    table = Table([low, high], [1 / (high - low)], "histogram")
    return Flux((Component(flavor, "flat", table, real_number(flux, "flux", unit=_unit(per), minimum=0.0)),), per)


def _unit(per: str) -> str:
    return "cm⁻² s⁻¹" if per == "s" else "cm⁻²"
