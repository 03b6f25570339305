"""Upscattering: neutrinos that turn into one heavier particle as they scatter.

    DipolePortal         through a magnetic moment
    ScalarUpscattering   through a scalar boson
    VectorUpscattering   through a vector boson

All flavours lead to the same particle, of mass m₄, which is a Dirac fermion: where a flux carries coherence, they interfere.
There is nothing below the neutrino energy E_min(T) = ½ (T + √(T² + 2MT)) (1 + m₄²/2MT), which is least, m₄ + m₄²/2M, at T =
m₄²/2(M + m₄).

Formulas
--------
`DipolePortal`: dσ/dT = (πα²Z²F_p²/m_e²) |μ/μ_B|² {1/T − 1/E − (m₄²/2ETM)(1 − T/2E + M/2E) + m₄⁴ (T − M)/8E²T²M²}
    G. Magill et al., Phys. Rev. D 98 (2018) 115015; V. Brdar et al., JCAP 01 (2021) 039
`ScalarUpscattering`: dσ/dT = g⁴ C² M (MT + m₄²/2)/[4π E² (2MT + m²)²]
    W.-F. Chang, J. Liao, Phys. Rev. D 102 (2020) 075004; P. M. Candela et al., Phys. Rev. D 108 (2023) 055001
`VectorUpscattering`: dσ/dT = g⁴ C² M/[2π (2MT + m²)²] [1 − (T + m₄²/2M)/E + (T²/2 − MT/2 − (m₄²/4)(1 − T/M))/E²]
    W.-F. Chang, J. Liao, Phys. Rev. D 102 (2020) 075004; P. M. Candela et al., Phys. Rev. D 108 (2023) 055001
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Any

from .. import constants
from .._arguments import known_name, real_number
from .._texts import of_fields
from .charges import NEUTRINOS, UNIT, checked_charges, checked_coupling, fermions, into_one, shown_boson
from .currents import Current, Interaction
from .electromagnetic import MAGNETIC
from .mediators import Exchange
from .nucleon_charges import matrix_element_names

# μ_B = e/2m_e [GeV⁻¹], e = √(4πα)
BOHR_MAGNETON = 1e3 * math.sqrt(4 * math.pi * constants.FINE_STRUCTURE) / (2 * constants.ELECTRON_MASS)


@dataclass(frozen=True, kw_only=True, repr=False)
class DipolePortal(Interaction):
    """A transition magnetic moment between neutrinos and a heavy neutral lepton N: Primakoff upscattering on the nucleus.

        L = −½ μ_α N̄ σ_μν P_L ν_α F^μν + h.c.

    Parameters
    ----------
    mass : float
        m₄ of N [MeV], ≥ 0; without mass it is `MagneticMoment`.
    nue, numu, nutau : float
        μ [Bohr magnetons] by flavour.

    Raises
    ------
    InputError
        For a mass below 0, or what is not finite.

    Notes
    -----
    Much of the literature has L = d N̄ σ_μν P_L ν F^μν with d in GeV⁻¹: μ = 2d, and μ_B = 296.3 GeV⁻¹;
    `from_dipoles` takes these.

        dσ/dT = (π α² Z² F_p²/m_e²) |μ/μ_B|² {1/T − 1/E − (m₄²/2ETM)(1 − T/2E + M/2E) + m₄⁴ (T − M)/8E²T²M²}

    for a point of spin ½; spin 0 adds (T/4E²)(1 + x)(1 − 2x), x = m₄²/2MT. In d the first factor is 4 α d² Z² F_p². G. Magill
    et al., Phys. Rev. D 98 (2018) 115015; V. Brdar et al., JCAP 01 (2021) 039.

    For orientation: COHERENT's bound on μ_νμ is one of d < 4e-7 GeV⁻¹ at small masses; it fades out at m₄ of about 50 MeV.

    Examples
    --------
    >>> import cevns
    >>> portal = cevns.DipolePortal.from_dipoles(mass=10.0, numu=1e-6)
    >>> f"{portal.numu:.4g}"
    '6.75e-09'
    """

    mass: float
    nue: float = 0.0
    numu: float = 0.0
    nutau: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "mass", real_number(self.mass, "mass", unit="MeV", minimum=0.0))
        for name in NEUTRINOS:
            object.__setattr__(self, name, real_number(getattr(self, name), name, unit="Bohr magnetons"))

    @classmethod
    def from_dipoles(cls, *, mass: float, nue: float = 0.0, numu: float = 0.0, nutau: float = 0.0) -> DipolePortal:
        """The portal with couplings d [GeV⁻¹] in L = d N̄ σ_μν P_L ν F^μν by flavour; μ = 2d.

        Raises
        ------
        InputError
            For a mass below 0, or what is not finite.
        """
        dipoles = {"nue": nue, "numu": numu, "nutau": nutau}
        moments = {name: 2 * real_number(d, name, unit="GeV⁻¹") / BOHR_MAGNETON for name, d in dipoles.items()}
        return cls(mass=mass, **moments)

    @property
    def currents(self) -> tuple[Current, ...]:
        """A dipole current for each flavour."""
        currents = []
        for a, name in enumerate(NEUTRINOS):
            unit = into_one([float(a == i) for i in range(3)], (MAGNETIC, 0.0))
            currents.append(Current("dipole", unit, None, name, getattr(self, name), final_mass=self.mass, electron=-unit))
        return tuple(currents)

    __repr__ = of_fields


@dataclass(frozen=True, kw_only=True, repr=False)
class ScalarUpscattering(Interaction):
    """Neutrinos turn into a heavier fermion χ by exchange of a scalar boson φ.

        L = −g φ [Σ_α Q′_α χ̄ P_L ν_α + h.c. + Σ_q Q′_q q̄ q + Q′_e ē e]

    Parameters
    ----------
    mass : float
        m₄ of χ [MeV], ≥ 0.
    mediator_mass : float
        m of φ [MeV], ≥ 0.
    coupling : float
        g, from −1e6 to 1e6.
    charges : str or mapping
        Q′, as for `ScalarMediator`.
    matrix_elements : str
        Matrix elements of the nucleons, as for `ScalarMediator`.

    Raises
    ------
    InputError, UnknownNameError
        For a mass below 0, what is not finite, an unknown name.
    UnsupportedError
        For different charges of u and d and matrix elements that have only their sum.

    Notes
    -----
        dσ/dT = g⁴ C² M (MT + m₄²/2)/[4π E² (2MT + m²)²]

    for spin 0, with 1 + T/2M for spin ½, and C as for `ScalarMediator`, which is the limit m₄ → 0. W.-F. Chang, J. Liao, Phys.
    Rev. D 102 (2020) 075004 (contacts); P. M. Candela, V. De Romeri, D. K. Papoulias, Phys. Rev. D 108 (2023) 055001.
    """

    mass: float
    mediator_mass: float
    coupling: float
    charges: Any = "universal"
    matrix_elements: str = "hoferichter-2015"

    def __post_init__(self) -> None:
        _check(self)
        known_name(self.matrix_elements, matrix_element_names("scalar"), "scalar matrix elements")
        fermions(self.charges, "scalar", self.matrix_elements)

    @property
    def currents(self) -> tuple[Current, ...]:
        """A current of scalar upscattering."""
        nucleons, electron, neutrinos = fermions(self.charges, "scalar", self.matrix_elements)
        return _current(self, "scalar upscattering", neutrinos, nucleons, (electron, 0.0), -1.0)

    def __repr__(self) -> str:
        return shown_boson(self)


@dataclass(frozen=True, kw_only=True, repr=False)
class VectorUpscattering(Interaction):
    """Neutrinos turn into a heavier fermion χ by exchange of a vector boson Z′.

        L = −g Z′_μ [Σ_α Q′_α χ̄ γ^μ P_L ν_α + h.c. + Σ_q Q′_q q̄ γ^μ q + Q′_e ē γ^μ e]

    Parameters
    ----------
    mass : float
        m₄ of χ [MeV], ≥ 0.
    mediator_mass : float
        m of Z′ [MeV], ≥ 0.
    coupling : float
        g, from −1e6 to 1e6.
    charges : str or mapping
        Q′: "universal" (1 for all), "nucleons" (1 for proton, neutron and neutrinos), or numbers for "u" and "d" or "p" and
        "n", "e", "nue", "numu", "nutau". What is not named has none, but neutrinos have 1 where none of them is named.

    Raises
    ------
    InputError, UnknownNameError
        For a mass below 0, what is not finite, an unknown name.

    Notes
    -----
    With C = Z Q′_p F_p + N Q′_n F_n times Q′_α,

        dσ/dT = {g⁴ C² M/[2π (2MT + m²)²]} [1 − (T + m₄²/2M)/E + (T²/2 − MT/2 − (m₄²/4)(1 − T/M))/E²]

    for a point of spin ½; spin 0 has −MT/2 − (m₄²/4)(1 − T/2M) + m₄⁴/16M² over E². W.-F. Chang, J. Liao, Phys. Rev. D 102
    (2020) 075004 (contacts); P. M. Candela, V. De Romeri, D. K. Papoulias, Phys. Rev. D 108 (2023) 055001. Without m₄ it is
    `VectorMediator` but for the interference with the Standard Model, which a new particle in the final state does not have.
    """

    mass: float
    mediator_mass: float
    coupling: float
    charges: Any = "universal"

    def __post_init__(self) -> None:
        _check(self)

    @property
    def currents(self) -> tuple[Current, ...]:
        """A current of vector upscattering."""
        nucleons, electron, neutrinos = fermions(self.charges, "vector")
        return _current(self, "vector upscattering", neutrinos, nucleons, (electron, 0.0), 1.0)

    def __repr__(self) -> str:
        return shown_boson(self)


def _check(interaction: Any) -> None:
    put = partial(object.__setattr__, interaction)
    put("mass", real_number(interaction.mass, "mass", unit="MeV", minimum=0.0))
    put("mediator_mass", real_number(interaction.mediator_mass, "mediator_mass", unit="MeV", minimum=0.0))
    put("coupling", checked_coupling(interaction.coupling))
    put("charges", checked_charges(interaction.charges))


def _current(
    interaction: Any,
    kind: str,
    neutrinos: tuple[float, float, float],
    nucleons: tuple[float, float],
    electron: tuple[float, float],
    sign: float,
) -> tuple[Current, ...]:
    return (
        Current(
            kind,
            into_one(neutrinos, nucleons) * (sign / UNIT),
            Exchange(interaction.mediator_mass),
            "coupling",
            interaction.coupling,
            2,
            interaction.mass,
            into_one(neutrinos, electron) * (sign / UNIT),
        ),
    )
