"""Mean free paths and opacities of a composition at densities and temperatures.

Formulas
--------
mean free path, `inverse_mean_free_path`: 1/λ = Σ_i n_i σ_i ⟨S_i⟩, κ = 1/(ρλ)
    D. Z. Freedman, D. N. Schramm, D. L. Tubbs, Ann. Rev. Nucl. Sci. 27 (1977) 167
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .. import constants
from .._arguments import Array, digits, known_name, mapped, real_array, restore, shown
from .._typed import Values
from ..errors import InputError
from ..interactions import Interaction
from ..kinematics import neutrino
from ..nuclei.nuclides import Nuclide
from .correlations import averaged_structure
from .overloads import as_opacity
from .transport import angular_moment, checked_screening

_SURPLUS = 1e-6  # by which mass fractions may exceed 1: rounding of tables
_KINDS = ("transport", "total")


Composition = Mapping[Any, ArrayLike]


@as_opacity
def inverse_mean_free_path(
    neutrino_energy: ArrayLike,
    density: ArrayLike,
    composition: Composition,
    temperature: ArrayLike | None = None,
    kind: str = "transport",
    *,
    interaction: Interaction | None = None,
    flavor: str = "nue",
    method: str = "exact",
    electron_fraction: ArrayLike | None = None,
) -> Values:
    """1/λ = Σ n_i σ_i ⟨S_i⟩ [1/cm] of coherent scattering off the ions of a plasma; 0 where there is nothing to scatter off.

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV], ≥ 0.
    density : array_like
        ρ [g/cm³], ≥ 0.
    composition : dict
        Nuclide (or its name) → mass fraction, a number or an array that broadcasts with `density`: ≥ 0 each, ≤ 1 together. What
        is missing to 1 (free nucleons) does not scatter here.
    temperature : array_like, optional
        T [MeV], > 0: with the correlations of the ions (`ion_correlation`). Without it the ions are independent: ⟨S⟩ = 1.
    kind : {"transport", "total"}
        Whether σ_i is σ_tr = ∫ (1 − cos θ) dσ or σ. ⟨S⟩ is the average for σ_tr; it multiplies σ too, as is usual.
    interaction, flavor, method
        As for `transport_cross_section`.
    electron_fraction : array_like, optional
        Y_e, in (0, 1]: with the screening by electrons, which costs a quadrature for each energy and density.

    Returns
    -------
    float or ndarray
        1/λ [1/cm], the broadcast shape: energies of shape (20,) with zones of shape (n, 1) give (n, 20).

    Raises
    ------
    InputError, UnknownNameError, UnsupportedError
        For values out of range, mass fractions that sum to more than 1, a nuclide named twice or none, shapes that do not
        broadcast, an unknown nuclide, flavour, kind or method, and as for `transport_cross_section`.

    Notes
    -----
    n_i = ρ X_i N_A/m_i with the atomic mass m_i in g/mol.

    Examples
    --------
    >>> f"{inverse_mean_free_path(10.0, 1e12, {'56Fe': 1.0}):.4e}"
    '2.4514e-06'
    """
    energy = neutrino(neutrino_energy)
    rho = real_array(density, "density", unit="g/cm³", minimum=0.0)
    ions = ions_of(composition)
    T = None if temperature is None else real_array(temperature, "temperature", unit="MeV", minimum=0.0, above=True)
    known_name(kind, _KINDS, "kind")
    arrays = [energy, rho, *(X for _, X in ions), *([] if T is None else [T])]
    screening = None
    if electron_fraction is not None:
        # where there is no matter there is no scattering either: any screening will do
        screening = checked_screening(np.where(rho > 0.0, rho, 1.0), electron_fraction)
        arrays.append(np.asarray(screening))
    try:
        shape = np.broadcast_shapes(*(array.shape for array in arrays))
    except ValueError:
        shapes = " and ".join(str(array.shape) for array in arrays)
        raise InputError(f"the arguments' shapes {shapes} do not broadcast") from None
    total: Array | None = None
    for nuclide, X in ions:
        number = rho * X * (constants.AVOGADRO / nuclide.atomic_mass)  # ions per cm³
        sigma = angular_moment(energy, nuclide, interaction, flavor, kind, method, screening)
        if T is None:
            term = number * sigma
        else:
            term = averaged_structure(energy, nuclide, rho, T, X)
            if term.shape == shape:  # in place: a grid of zones and energies may be all the memory there is
                term *= sigma
                term *= number
                total = term if total is None else np.add(total, term, out=total)
                continue
            term = term * sigma * number
        total = np.zeros(shape) if total is None else total
        total += term
    return restore(np.asarray(total))


@as_opacity
def opacity(
    neutrino_energy: ArrayLike,
    density: ArrayLike,
    composition: Composition,
    temperature: ArrayLike | None = None,
    kind: str = "transport",
    **options: Any,
) -> Values:
    """κ = 1/(ρλ) [cm²/g]; arguments as for `inverse_mean_free_path`, ρ > 0.

    Raises
    ------
    InputError, UnknownNameError, UnsupportedError
        As for `inverse_mean_free_path`, and for no density.

    Examples
    --------
    >>> f"{opacity(10.0, 1e12, {'56Fe': 1.0}):.4e}"
    '2.4514e-18'
    """
    rho = real_array(density, "density", unit="g/cm³", minimum=0.0, above=True)
    inverse = inverse_mean_free_path(neutrino_energy, rho, composition, temperature, kind, **options)
    return restore(np.asarray(inverse / rho))


@as_opacity
def mean_free_path(
    neutrino_energy: ArrayLike,
    density: ArrayLike,
    composition: Composition,
    temperature: ArrayLike | None = None,
    kind: str = "transport",
    **options: Any,
) -> Values:
    """λ = 1/Σ n_i σ_i ⟨S_i⟩ [cm]; inf where there is nothing to scatter off. Arguments as for `inverse_mean_free_path`.

    About 4 km (ρ/10¹² g cm⁻³)⁻¹ (E/10 MeV)⁻² for iron and independent ions.

    Raises
    ------
    InputError, UnknownNameError, UnsupportedError
        As for `inverse_mean_free_path`.

    Examples
    --------
    >>> f"{mean_free_path(10.0, 1e12, {'56Fe': 1.0}) / 1e5:.3f} km"
    '4.079 km'
    """
    inverse = np.asarray(inverse_mean_free_path(neutrino_energy, density, composition, temperature, kind, **options))
    return restore(np.divide(1.0, inverse, out=np.full(inverse.shape, np.inf), where=inverse > 0.0))


def ions_of(composition: Composition) -> list[tuple[Nuclide, Array]]:
    """The nuclides of a composition and their checked mass fractions."""
    composition = mapped(composition)
    if not isinstance(composition, Mapping) or not composition:
        raise InputError(f"composition must map nuclides to mass fractions, such as {{'56Fe': 1.0}} (got {shown(composition)})")
    ions: list[tuple[Nuclide, Array]] = []
    for key, share in composition.items():
        nuclide = key if isinstance(key, Nuclide) else Nuclide(key)
        if any(nuclide == other for other, _ in ions):
            raise InputError(f"composition must name each nuclide once (got {nuclide.name} twice)")
        ions.append((nuclide, real_array(share, f"mass fraction of {nuclide.name}", minimum=0.0, maximum=1.0)))
    try:
        total = np.asarray(sum(X for _, X in ions))
    except ValueError:
        shapes = " and ".join(str(X.shape) for _, X in ions)
        raise InputError(f"the mass fractions' shapes {shapes} do not broadcast") from None
    if np.any(total > 1.0 + _SURPLUS):
        raise InputError(f"the mass fractions of composition must sum to <= 1 (got {digits(total.max())})")
    return ions
