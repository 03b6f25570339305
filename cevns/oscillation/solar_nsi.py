"""Flavour conversion of solar neutrinos with non-standard interactions in the matter of the Sun.

Formulas
--------
conversion in the Sun with NSI, `SolarNSI`: H = U diag(0, Δm²₂₁, Δm²₃₁) U†/(2E) + √2 G_F n_e [diag(1, 0, 0) + Σ_f (n_f/n_e) ε^f]
    O. G. Miranda et al., JHEP 10 (2006) 008; P. Coloma, T. Schwetz, Phys. Rev. D 94 (2016) 055005
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import Array, complex_array, digits, known_name, real_array, real_number
from .._immutable import Copied, kept
from .._kinds import in_files
from .._texts import of_fields
from ..errors import InputError
from .mixing import MATTER, ComplexArray, Parameters, known_parameters, mixing_matrix
from .sun import PRODUCTION

_LARGEST = 1e6  # of ε and of neutrons per electron

Matrix = tuple[tuple[complex, ...], ...]

# Neutrons per electron in the Sun at densities of electrons [mol/cm³]: from mass fractions X of hydrogen and densities ρ of the
# solar model B16-GS98 (N. Vinyoles et al., Astrophys. J. 835 (2017) 202, the file struct_b16_gs98.dat of its authors, 60 of its
# rows), n_n/n_e = (1 − X)/2.0005 / (X/1.00728 + (1 − X)/2.0005), straight lines fitted between them: 8e-4 off at most. What is
# not hydrogen has as many neutrons as protons, within 2e-4 at the centre for its isotopes of oxygen, iron and the rest.
NEUTRONS = (
    (0.0, 0.166),
    (4.0, 0.168),
    (12.0, 0.173),
    (20.0, 0.177),
    (28.0, 0.186),
    (36.0, 0.199),
    (44.0, 0.218),
    (52.0, 0.242),
    (60.0, 0.271),
    (68.0, 0.305),
    (76.0, 0.344),
    (84.0, 0.387),
    (92.0, 0.432),
    (98.0, 0.467),
    (101.0, 0.486),
)


@in_files
@dataclass(frozen=True)
class SolarNSI(Copied):
    """Neutrinos from the Sun by day, with non-standard interactions in its matter: adiabatic conversion.

        H = U diag(0, Δm²₂₁, Δm²₃₁) U†/(2E) + √2 G_F n_e [diag(1, 0, 0) + Σ_f (n_f/n_e) ε^f],    f = e, u, d
        n_u/n_e = 2 + n_n/n_e,    n_d/n_e = 1 + 2 n_n/n_e
        ρ_bc = Σ_i w_ai U_bi U*_ci,    w_ai = |⟨ν_i^m|ν_a⟩|²

    with the eigenstates ν_i^m of H where neutrinos are made. They follow the falling density and leave as the masses i.

    Parameters
    ----------
    component : str
        "pp", "pep", "hep", "7Be", "8B", "13N", "15O" or "17F": sets the densities at which it is made.
    parameters : MixingParameters or str
        Mixing, or the name of a published set.
    epsilon_up, epsilon_down, epsilon_electron : array_like (3, 3), optional
        ε^u, ε^d, ε^e, complex and Hermitian, in the order e, μ, τ; zero by default. Those of `cevns.NSI` are `nsi.matrix("u")`
        and `nsi.matrix("d")`; of electrons only the vector part ε^{eL} + ε^{eR} acts.
    electron_density : float, optional
        One density n_e [mol/cm³] ≥ 0 for all neutrinos instead of the profile of the component.
    neutron_ratio : float, optional
        One n_n/n_e, 0 to 1e6, not that of the solar model at each density (`NEUTRONS`): 0.49 at the centre, 0.17 outside.

    Raises
    ------
    InputError, UnknownNameError
        For a matrix that is not Hermitian, values outside their range, an unknown component or set of parameters.

    Notes
    -----
    `cevns.sources.solar(components="8B", survival=SolarNSI("8B", epsilon_up=...))`, or `flux.oscillate` of any flux, gives what
    arrives. The coherence between flavours in it matters where the detector sees non-standard interactions, too. The matter is
    that for neutrinos, not for antineutrinos, and by day: that of the Earth is left out.

    Eigenstates are exact. They are named by the order of their eigenvalues, which is that of m² in vacuum, of the inverted
    ordering as well, and stays the same on the way, as levels do not cross. At ε = 0, w_ei is that of `SolarAdiabatic` within
    1e-5. Transitions between levels are left out: the equation of evolution through an exponential profile has w_ei different
    by 3e-5 for ε = 0; for random ε^u with elements up to 0.1, 0.3 and 1 by 1e-4, 5e-4 and 2e-3 at most (25 each, at 3 and
    12 MeV). Where ε brings two levels together on the way they are larger, and this class does not notice.

    The average over the profile takes the three densities of `PRODUCTION`. Beside a fine profile of the same mean and shape,
    P_ee is off by 1e-6 for ε = 0, 4e-5 for elements up to 0.3, and by up to 0.02 for elements of 1 with a resonance in the
    core. A ratio n_n/n_e that is off by 1e-3 (see `NEUTRONS`) changes P_ee by 1e-4 at most for elements up to 0.3.

    H → −H* leaves all probabilities as they are: sin²θ₁₂ → cos²θ₁₂, Δm²₃₁ → −Δm²₃₂, δ → π − δ, and for the matter
    Σ (n_f/n_e) ε_ee → −2 − Σ (n_f/n_e) ε_ee, other diagonal elements → −, ε_eμ, ε_eτ → +*, ε_μτ → −*: the dark side of large
    mixing angles (LMA-Dark), exact for all densities where ε couples to charges. O. G. Miranda, M. A. Tórtola, J. W. F. Valle,
    JHEP 10 (2006) 008; P. Coloma, T. Schwetz, Phys. Rev. D 94 (2016) 055005.

    Examples
    --------
    >>> import numpy as np
    >>> from cevns.oscillation import SolarNSI
    >>> up = np.zeros((3, 3))
    >>> up[0, 0] = -0.1
    >>> [f"{SolarNSI('8B', epsilon_up=e)(10.0)[0, 0, 0].real:.3f}" for e in (None, up)]
    ['0.327', '0.348']
    """

    component: str = "8B"
    parameters: Parameters = "nufit-6.0"
    epsilon_up: Any = None
    epsilon_down: Any = None
    epsilon_electron: Any = None
    electron_density: float | None = None
    neutron_ratio: float | None = None

    __repr__ = of_fields

    def __post_init__(self) -> None:
        known_name(self.component, PRODUCTION, "solar component")
        object.__setattr__(self, "parameters", known_parameters(self.parameters))
        for name in ("epsilon_up", "epsilon_down", "epsilon_electron"):
            object.__setattr__(self, name, _hermitian(getattr(self, name), name))
        if self.electron_density is not None:
            density = real_number(self.electron_density, "electron_density", unit="mol/cm³", minimum=0.0)
            object.__setattr__(self, "electron_density", density)
        if self.neutron_ratio is not None:
            object.__setattr__(
                self, "neutron_ratio", real_number(self.neutron_ratio, "neutron_ratio", minimum=0.0, maximum=_LARGEST)
            )

    def weights(self, energy: ArrayLike) -> Array:
        """w[…, a, i], the part of flavour a that leaves the Sun as mass i, at energies [MeV] ≥ 0."""
        E = real_array(energy, "energy", unit="MeV", minimum=0.0)
        vacuum, potentials, parts, order = self._hamiltonian
        out = np.zeros((E.size, 3, 3))
        for potential, part in zip(potentials, parts.tolist(), strict=True):
            states = np.linalg.eigh(vacuum + E.reshape(-1, 1, 1) * potential)[1]
            out += part * (states.real**2 + states.imag**2)
        return np.ascontiguousarray(out[:, :, order]).reshape(*E.shape, 3, 3)

    def __call__(self, energy: ArrayLike) -> ComplexArray:
        """ρ[…, a, b, c] at energies [MeV] ≥ 0."""
        return np.asarray(np.einsum("...ai,ibc->...abc", self.weights(energy), self._masses))

    def terms(self, start: int) -> list[tuple[SolarNSIFunction | None, ComplexArray]]:
        """ρ[:, start] as a sum of functions of the energy times constant matrices (3, 3); None stands for 1."""
        mass = self._masses
        return [(None, mass[2]), *((SolarNSIFunction(self, start, i), mass[i] - mass[2]) for i in range(2))]

    @kept
    def _masses(self) -> ComplexArray:
        """The density matrix of each mass."""
        U = mixing_matrix(self.parameters)
        return np.asarray(np.einsum("bi,ci->ibc", U, U.conj()))

    @kept
    def _hamiltonian(self) -> tuple[ComplexArray, ComplexArray, Array, Any]:
        """2EH in vacuum [eV²], what matter adds at 1 MeV for each density, parts of the neutrinos, levels of masses 1, 2, 3."""
        p = known_parameters(self.parameters)
        U, masses = mixing_matrix(p), np.array([0.0, p.dm2_21, p.dm2_31])
        profile = PRODUCTION[self.component] if self.electron_density is None else ((self.electron_density, 1.0),)
        densities, parts = np.array(profile).T
        if self.neutron_ratio is None:
            neutrons = np.interp(densities, *np.array(NEUTRONS).T)
        else:
            neutrons = np.full(densities.size, self.neutron_ratio)
        potential = np.zeros((densities.size, 3, 3), dtype=np.complex128)
        potential[:, 0, 0] = 1.0
        given = (
            (self.epsilon_up, 2 + neutrons),
            (self.epsilon_down, 1 + 2 * neutrons),
            (self.epsilon_electron, 1 + 0 * neutrons),
        )
        for epsilon, ratio in given:
            if epsilon is not None:
                potential += ratio[:, None, None] * np.array(epsilon)
        potential *= MATTER * densities[:, None, None]
        order = np.argsort(np.argsort(masses))
        return (U * masses) @ U.conj().T, potential, parts / parts.sum(), order


@in_files
@dataclass(frozen=True)
class SolarNSIFunction:
    """The part of a flavour that leaves the Sun as one mass (0, 1, 2), a function of the energy."""

    conversion: SolarNSI
    start: int
    mass: int

    __repr__ = of_fields

    def __call__(self, energy: ArrayLike) -> Array:
        return np.asarray(self.conversion.weights(energy)[..., self.start, self.mass])

    @staticmethod
    def together(functions: Sequence[SolarNSIFunction], energy: ArrayLike) -> Array:
        """Functions of one conversion at energies of any shape, (functions, …): it is diagonalised once."""
        weights = functions[0].conversion.weights(energy)
        return np.stack([weights[..., function.start, function.mass] for function in functions])


def _hermitian(matrix: Any, name: str) -> Matrix | None:
    """A checked matrix as tuples; None for what is 0."""
    if matrix is None:
        return None
    epsilon = complex_array(matrix, name)
    if epsilon.shape != (3, 3) or not np.isfinite(epsilon).all():
        raise InputError(f"{name} must be a matrix (3, 3) of finite numbers (got shape {epsilon.shape})")
    if np.abs(epsilon.real).max() > _LARGEST or np.abs(epsilon.imag).max() > _LARGEST:
        raise InputError(f"{name} must have elements up to {_LARGEST:g} (got {digits(np.abs(epsilon).max())})")
    wrong = np.abs(epsilon - epsilon.conj().T)
    if wrong.max() > 1e-12 * max(1.0, float(np.abs(epsilon).max())):
        i, j = divmod(int(np.argmax(wrong)), 3)
        raise InputError(
            f"{name} must be Hermitian"
            f" (got {digits(complex(epsilon[i, j]))} at [{i}, {j}] and {digits(complex(epsilon[j, i]))} at [{j}, {i}])"
        )
    return tuple(map(tuple, epsilon.tolist())) if epsilon.any() else None
