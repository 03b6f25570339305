"""Ion–ion correlations: ions of a plasma keep their distance, and neutrinos of long wavelength see less of each.

Formulas
--------
ion correlations, `ion_correlation`: ⟨S⟩ = (3/4) ∫ dμ (1 + μ)(1 − μ) S(q)
    C. J. Horowitz, Phys. Rev. D 55 (1997) 4577
    src_c/kernels/matter.h
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .. import constants
from .._arguments import Array, broadcast, real_array, restore
from .._core import matter as _core
from .._typed import Values
from ..errors import InputError
from ..kinematics import neutrino
from ..nuclei.nuclides import Nuclide, checked_nuclide
from .overloads import as_ion_correlation


@as_ion_correlation
def ion_correlation(
    neutrino_energy: ArrayLike,
    nuclide: Nuclide | str,
    density: ArrayLike,
    temperature: ArrayLike,
    mass_fraction: ArrayLike = 1.0,
) -> Values:
    """⟨S_ion⟩: how much the order of the ions in a plasma reduces coherent scattering off them; between 0 and 1.

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV], ≥ 0.
    nuclide : Nuclide
        The ion.
    density : array_like
        ρ [g/cm³], ≥ 0.
    temperature : array_like
        T [MeV], > 0.
    mass_fraction : array_like
        X of this ion, from 0 to 1. All broadcast: energies of shape (20,) with zones of shape (n, 1) give (n, 20).

    Returns
    -------
    float or ndarray
        ⟨S⟩, the broadcast shape.

    Raises
    ------
    InputError
        For values out of range, shapes that do not broadcast.

    Notes
    -----
    ⟨S⟩ = (3/4) ∫ dμ (1 + μ)(1 − μ) S(q), the average of the static structure factor for the transport cross section, with
    q² = 2E²(1 − μ), n = ρXN_A/A, the ion-sphere radius a = (3/4πn)^(1/3), the coupling Γ = Z²α/(aT) ≤ 150 and e = Ea.

    *Γ ≥ 1*: ⟨S⟩ = 1/(1 + exp(−Σ β_i e^i)), i = 0 … 6, and ⟨S⟩ = 1 where e ≥ 3 + 4/√Γ, a fit to Monte Carlo simulations of one
    kind of ion: C. J. Horowitz, Phys. Rev. D 55 (1997) 4577, with the coefficients of Bruenn's transport code
    (src_c/kernels/matter.h). The fit itself jumps by up to 1.3 % at e = 3 + 4/√Γ.

    *Γ ≤ 0.36*: Debye and Hückel,

        S = (q² + k²)/(q² + k² + 3Γ/a²),        (ka)² = (3/4.6) Γ

    which is q²/(q² + 3Γ/a²) wherever ⟨S⟩ is near 1: larger by 0.1 % of ⟨S⟩ at 0.94, 1.3 % at 0.80. Waves longer than
    the screening see ⟨S⟩ = 0.179 instead of 0. There, at e = 0, the fit has 1/(2 + 10Γ), as electrons follow the ions;
    with k the two meet for Γ = 0.36.

    *Between* them ⟨S⟩ is their mean, with the weight t²(3 − 2t) of the fit, t = (√Γ − 0.6)/0.4: it and its slope are continuous
    in Γ, and for e ≤ 2.1 it falls with Γ from 1 to the crystal. For shorter waves the fit has what is left of the ions' shells,
    and ⟨S⟩ rises again by up to 0.03 towards Γ = 1.

    Transport codes put Γ < 1 to 1: a hot thin plasma then stays correlated for ever, ⟨S⟩ = 0.24 in place of 0.95 for ⁴He
    of 10⁹ g/cm³ at 5 MeV and E = 1 MeV. For them it matters less, as those in the line of Bruenn's correct the heavy
    nucleus alone, and never ⁴He. Each species of a mixture is taken by itself. The terms of the sum cancel: rounding
    leaves an error of 1e-13 at most.

    Examples
    --------
    >>> round(ion_correlation(10.0, cevns.Nuclide("56Fe"), 1e12, 1.0), 6)
    0.086438
    """
    nuclide = checked_nuclide(nuclide)
    energy = neutrino(neutrino_energy)
    rho = real_array(density, "density", unit="g/cm³", minimum=0.0)
    T = real_array(temperature, "temperature", unit="MeV", minimum=0.0, above=True)
    X = real_array(mass_fraction, "mass_fraction", minimum=0.0, maximum=1.0)
    return restore(averaged_structure(energy, nuclide, rho, T, X))


def averaged_structure(energy: Array, nuclide: Nuclide, density: Array, temperature: Array, mass_fraction: Array) -> Array:
    try:
        partial = np.asarray(density * mass_fraction)
        shape, (partial, temperature) = broadcast(partial, temperature)
        np.broadcast_shapes(shape, energy.shape)
    except ValueError:
        shapes = (energy.shape, density.shape, temperature.shape, mass_fraction.shape)
        raise InputError(f"the arguments' shapes {' and '.join(map(str, shapes))} do not broadcast") from None
    # a of 1 g/cm³, 1/MeV: ions per g are N_A/A, with the mass number as in the fit's own codes
    length = (3.0 * nuclide.A / (4.0 * math.pi * constants.AVOGADRO)) ** (1.0 / 3.0) / constants.FM / constants.HBAR_C
    radius, root_coupling = np.empty(partial.size), np.empty(partial.size)
    _core.ion_sphere(partial, temperature, length, nuclide.Z**2 * constants.FINE_STRUCTURE, radius, root_coupling)
    return _in_blocks(_core.ion_correlation, energy, radius.reshape(shape), root_coupling.reshape(shape))


def _in_blocks(kernel: Callable[..., None], *arrays: Array) -> Array:
    """A kernel over arrays that broadcast, block by block: no array of the full shape is made but the result."""
    shape = np.broadcast_shapes(*(array.shape for array in arrays))
    out = np.empty(shape)
    if not shape or all(array.shape == shape for array in arrays):
        kernel(*(np.ascontiguousarray(array).reshape(-1) for array in arrays), out.reshape(-1))
        return out
    roles: Any = [["readonly", "contig"]] * len(arrays) + [["writeonly", "contig"]]
    flags: Any = ["external_loop", "buffered", "zerosize_ok"]
    with np.nditer([*arrays, out], flags=flags, op_flags=roles, order="C", buffersize=8192) as blocks:
        for block in blocks:
            kernel(*block)
    return out
