"""Flavour conversion of solar neutrinos, from the inside of the Sun to a detector, by day and night.

Formulas
--------
conversion in the Sun, `SolarAdiabatic`: P_ee = c₁₃² c₁₃ᵐ² (½ + ½ cos 2θ₁₂ cos 2θ₁₂ᵐ) + s₁₃² s₁₃ᵐ²; regeneration by night
    P. B. Denton et al., JHEP 06 (2016) 051; P. C. de Holanda et al., Nucl. Phys. B 702 (2004) 307
zenith of the Sun, `sun_zenith`: cos θ = sin λ sin δ + cos λ cos δ cos h, averaged over h and δ
    spherical trigonometry
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import Array, digits, known_name, real_array, real_number
from .._immutable import Copied, kept
from .._kinds import in_files
from .._texts import of_fields
from ..errors import InputError
from .mixing import (
    CYCLES,
    MATTER,
    PHASE,
    ComplexArray,
    Parameters,
    known_parameters,
    mixing_matrix,
)

# Electron densities [mol/cm³] where neutrinos are made in the Sun, and what part of them is made there: three-point Gauss rules
# for the production profiles of the solar model B16-GS98 (N. Vinyoles et al., Astrophys. J. 835 (2017) 202, the file
# nudistr_b16_gs98.dat of its authors, about 50 of its rows). Mean densities are 60.6, 66.5, 51.4, 79.6, 87.9, 73.8, 86.2 and
# 87.0 mol/cm³. ¹³N is made in two regions: where the cycle is closed, and further out where ¹²C is still being burnt.
PRODUCTION = MappingProxyType(
    {
        "pp": ((25.80, 0.1643), (57.67, 0.5595), (87.33, 0.2762)),
        "pep": ((31.40, 0.1338), (62.08, 0.5505), (89.16, 0.3157)),
        "hep": ((22.77, 0.2599), (53.01, 0.5435), (84.68, 0.1966)),
        "7Be": ((44.95, 0.0699), (72.66, 0.4970), (93.06, 0.4331)),
        "8B": ((61.94, 0.0504), (82.23, 0.4608), (95.97, 0.4888)),
        "13N": ((36.38, 0.2334), (70.89, 0.2835), (93.57, 0.4831)),
        "15O": ((58.48, 0.0601), (80.30, 0.4645), (95.49, 0.4754)),
        "17F": ((59.20, 0.0512), (80.92, 0.4581), (95.66, 0.4907)),
    }
)


# The Earth as shells: outer radius [km], mean density of electrons along it [mol/cm³]. From the Preliminary Reference Earth
# Model (A. M. Dziewonski, D. L. Anderson, Phys. Earth Planet. Inter. 25 (1981) 297) with Y_e = 0.466 in the core, 0.496 in the
# mantle, 0.494 in the crust, which is taken to be land of 24 km.
EARTH = (
    (1221.5, 6.049),
    (2400.0, 5.488),
    (3480.0, 4.964),
    (4600.0, 2.622),
    (5701.0, 2.332),
    (5971.0, 1.927),
    (6346.6, 1.700),
    (6371.0, 1.341),
)


def sun_zenith(latitude: float, bins: int = 120) -> tuple[tuple[float, float], ...]:
    """The fractions of a year that the Sun spends at each zenith angle.

    Parameters
    ----------
    latitude : float
        Latitude of the detector [°], −90 to 90.
    bins : int
        Number of bins of equal width in the cosine, from −1 to 1; 2 to 10 000.

    Returns
    -------
    tuple of (float, float)
        Cosine of the zenith angle in the middle of each bin, below 0 by night, and part of the year.

    Raises
    ------
    InputError
        For values outside their range.

    Notes
    -----
    cos θ = sin λ sin δ + cos λ cos δ cos h, averaged over the hour angle h and the declination δ of a Sun that moves evenly on
    the ecliptic (obliquity 23.44°).

    Examples
    --------
    >>> from cevns.oscillation import sun_zenith
    >>> half = sum(part for cosine, part in sun_zenith(42.4) if cosine < 0)  # Gran Sasso
    >>> f"{half:.3f}"
    '0.500'
    """
    polar = math.radians(real_number(latitude, "latitude", unit="°", minimum=-90.0, maximum=90.0))
    number = real_number(bins, "bins", minimum=2, maximum=10_000)
    if number != round(number):
        raise InputError(f"bins must be a whole number (got {digits(number)})")
    season = 2 * np.pi * (np.arange(365) + 0.5) / 365
    sine = math.sin(math.radians(23.44)) * np.sin(season)  # of the declination
    edges = np.linspace(-1.0, 1.0, int(number) + 1)
    # by the hour angle up to which the cosine is above an edge, each day has its part of each bin exactly
    across = np.maximum(math.cos(polar) * np.sqrt(1 - sine**2), 1e-15)
    hours = np.arccos(np.clip((edges[:, None] - math.sin(polar) * sine) / across, -1.0, 1.0))
    parts = -np.diff(hours.mean(axis=1)) / np.pi
    return tuple(zip(((edges[1:] + edges[:-1]) / 2).tolist(), parts.tolist(), strict=True))


@in_files
@dataclass(frozen=True)
class SolarAdiabatic(Copied):
    """Neutrinos from the Sun: adiabatic conversion in its matter, and no coherence between masses when they reach the Earth.

        ρ_bc = Σ_i w_ai U_bi U*_ci,    w_ai = |U^m_ai|²

    where U^m mixes the eigenstates in matter at the point of production. They follow the falling density and leave as the
    masses i, which separate on the way. Electron neutrinos are the first row; the others are what would become of ν_μ and ν_τ.
    What survives is P_ee = c₁₃² c₁₃ᵐ² (½ + ½ cos 2θ₁₂ cos 2θ₁₂ᵐ) + s₁₃² s₁₃ᵐ².

    Parameters
    ----------
    component : str
        "pp", "pep", "hep", "7Be", "8B", "13N", "15O" or "17F": sets the densities at which it is made.
    parameters : MixingParameters or str
        Mixing, or the name of a published set.
    electron_density : float, optional
        One density n_e [mol/cm³] ≥ 0 for all neutrinos instead of the profile of the component: ρ Y_e in g/cm³.
    zenith : sequence of (cosine, weight), optional
        Zenith angles of the Sun and how much of the exposure they have, such as `sun_zenith` returns: cosines −1 to 1, below 0
        by night; weights ≥ 0, whose sum does not matter. Day alone by default.

    Raises
    ------
    InputError, UnknownNameError
        For values outside their range, an unknown component or set of parameters.

    Notes
    -----
    U^m is that of P. B. Denton, H. Minakata, S. J. Parke, JHEP 06 (2016) 051, at zeroth order: the exact eigenvectors give P_ee
    within 1e-5 up to 20 MeV. Beside them: the textbook formula, with θ₁₃ as in vacuum, gives 0.4 % more at 15 MeV. The average
    over the profile takes three densities (see `PRODUCTION`): P_ee is within 4e-6 of the whole profile, for hep within 1e-3 at
    its end point, and half the rows of the profile would change it by 4e-5 at most; but a profile of another solar model
    differs more. Transitions between the eigenstates are left out: the equation of evolution through an exponential profile
    has w_ei different by 4e-5 at 12 MeV. P. C. de Holanda, W. Liao, A. Yu. Smirnov, Nucl. Phys. B 702 (2004) 307.

    By night the Earth regenerates ν_e. To first order in its potential V, the masses 1 and 2 become coherent,

        ρ₂₁ = −i (w_a1 − w_a2) U*_e2 U_e1 ∫ V e^(−iφ) ds
        dφ/ds = Δm²₂₁/(2E) √((cos 2θ₁₂ − ε)² + sin² 2θ₁₂),    ε = 2EVc₁₃²/Δm²₂₁
        P_ee(night) − P_ee(day) = 2 (w_e2 − w_e1) |U_e1|² |U_e2|² ∫ V sin φ ds

    with the phase φ from a place to the detector (A. N. Ioannisian, A. Yu. Smirnov, Phys. Rev. Lett. 93 (2004) 241801), through
    `EARTH`, shells of constant density. Over a night the change of P_ee is within 4 % of that of exact evolution of three
    flavours through these shells, 3 to 15 MeV. Below the energy where the phase through the whole Earth is 200 cycles (2 MeV)
    the waves are replaced by their mean, for which the crust below the detector decides. Several zenith angles stand for bins
    around them, over which phases are averaged. P_ee of ⁸B rises by 1.8 % at 7.5 MeV, 3.0 % at 10 MeV. Super-Kamiokande sees
    A_DN = −3.3 ± 1.1 % in the scattering on electrons, where ν_μ and ν_τ dilute it by a third (Phys. Rev. D 94 (2016) 052010):
    more than this, as known, since it prefers a smaller Δm²₂₁. No rate of coherent scattering changes in the Standard Model.

    Examples
    --------
    >>> from cevns.oscillation import SolarAdiabatic
    >>> density = SolarAdiabatic("8B")([10.0])
    >>> " ".join(f"{p:.3f}" for p in density[0, 0].diagonal().real)  # ν_e arrives as ν_e, ν_μ, ν_τ
    '0.327 0.402 0.272'
    """

    component: str = "8B"
    parameters: Parameters = "nufit-6.0"
    electron_density: float | None = None
    zenith: Sequence[tuple[float, float]] | None = None

    __repr__ = of_fields

    def __post_init__(self) -> None:
        known_name(self.component, PRODUCTION, "solar component")
        object.__setattr__(self, "parameters", known_parameters(self.parameters))
        if self.electron_density is not None:
            density = real_number(self.electron_density, "electron_density", unit="mol/cm³", minimum=0.0)
            object.__setattr__(self, "electron_density", density)
        if self.zenith is not None:
            pairs = real_array(self.zenith, "zenith")
            if pairs.ndim != 2 or pairs.shape[1] != 2:
                raise InputError(f"zenith must be pairs of a cosine and a weight (got shape {pairs.shape})")
            real_array(pairs[:, 0], "cosine of the zenith angle", minimum=-1.0, maximum=1.0)
            real_array(pairs[:, 1], "weight of a zenith angle", minimum=0.0)
            if not pairs[:, 1].any():
                raise InputError("weights of the zenith angles must not all be 0")
            object.__setattr__(self, "zenith", tuple(map(tuple, pairs.tolist())))

    @property
    def breaks(self) -> tuple[float, ...]:
        """With a night, the energy [MeV] below which phases in the Earth are replaced by their means; else none."""
        return (self._end,) if self._nights[0].size else ()

    def weights(self, energy: ArrayLike) -> Array:
        """w[…, a, i], the part of flavour a that leaves the Sun as mass i, at energies [MeV] ≥ 0."""
        return np.asarray(np.tensordot(self._means(energy), self._elements, axes=(0, 0)))

    def __call__(self, energy: ArrayLike) -> ComplexArray:
        """ρ[…, a, b, c] at energies [MeV] ≥ 0."""
        means = self._means(energy)
        density = np.asarray(np.tensordot(means, self._states, axes=(0, 0)))
        if not self._nights[0].size:
            return density
        U = mixing_matrix(self.parameters)
        change = self._night(energy, means)[..., None, None] * np.outer(U[:, 1], U[:, 0].conj())
        return np.asarray(density + change + change.conj().swapaxes(-1, -2))

    @property
    def _end(self) -> float:
        return PHASE * known_parameters(self.parameters).dm2_21 * 2e3 * EARTH[-1][0] / (math.pi * CYCLES)

    @kept
    def _nights(self) -> tuple[Array, Array]:
        """Cosines of the zenith angle by night, and their part of all the exposure."""
        if self.zenith is None:
            return np.zeros(0), np.zeros(0)
        pairs = np.array(self.zenith)
        pairs = pairs[np.argsort(pairs[:, 0])]
        night = pairs[:, 0] < 0
        return pairs[night, 0], pairs[night, 1] / pairs[:, 1].sum()

    def _earth(self, energy: ArrayLike) -> ComplexArray:
        """∫ V e^(iφ) ds [pure number] from the detector out of the Earth, averaged over the exposure."""
        p = known_parameters(self.parameters)
        E = np.asarray(energy, dtype=np.float64)[..., None]
        known = self._end <= E
        E = np.where(known, E, np.maximum(E, 1e-12))
        cosines, weights = self._nights
        radii, densities = np.array(EARTH).T
        depth = -cosines * radii[-1]  # half of the way
        crossed = radii[:, None] ** 2 - radii[-1] ** 2 + depth**2
        half = np.sqrt(np.maximum(crossed, 0.0))  # of the way within each shell's outer radius
        pieces = 1e3 * np.diff(half, axis=0, prepend=0.0)  # m
        cosine, sine2 = 1 - 2 * p.sin2_theta12, 4 * p.sin2_theta12 * (1 - p.sin2_theta12)
        phase = np.zeros((*E.shape[:-1], cosines.size))
        wave, total = np.ones(phase.shape, dtype=np.complex128), np.zeros(phase.shape, dtype=np.complex128)
        last = densities.size - 1
        # from the detector inwards and out again
        for k in (*range(last, -1, -1), *range(last + 1)):
            matter = MATTER * densities[k] * E
            split = p.dm2_21 * np.sqrt((cosine - matter * (1 - p.sin2_theta13) / p.dm2_21) ** 2 + sine2)
            phase += 2 * PHASE * split / E * pieces[k]
            ahead = np.exp(1j * phase)
            if (
                cosines.size > 1
            ):  # the mean over angles up to half-way to the next ones, between which phases are straight lines
                ahead *= np.sinc(np.gradient(phase, axis=-1) / (2 * np.pi))
            ahead = np.where(known, ahead, 0.0)
            total += matter / split * (ahead - wave) / 1j
            wave = ahead
        return np.asarray(total @ weights)

    def terms(self, start: int) -> list[tuple[SolarFunction | None, ComplexArray]]:
        """ρ[:, start] as a sum of functions of the energy times constant matrices (3, 3); None stands for 1."""
        U = mixing_matrix(self.parameters)
        mass = [np.outer(U[:, i], U[:, i].conj()) for i in range(3)]
        terms: list[tuple[SolarFunction | None, ComplexArray]] = [
            (None, mass[2]),
            (SolarFunction(self, start, "mass 1"), mass[0] - mass[2]),
            (SolarFunction(self, start, "mass 2"), mass[1] - mass[2]),
        ]
        if self._nights[0].size:
            coherent = np.outer(U[:, 1], U[:, 0].conj())
            terms.append((SolarFunction(self, start, "night, real"), coherent + coherent.conj().T))
            terms.append((SolarFunction(self, start, "night, imaginary"), 1j * (coherent - coherent.conj().T)))
        return terms

    def _night(self, energy: ArrayLike, means: Array) -> ComplexArray:
        """ρ₂₁ of each flavour by night (…, 3), in the basis of the masses."""
        U, elements = mixing_matrix(self.parameters), self._elements
        coherence = -1j * U[0, 1].conj() * U[0, 0] * self._earth(energy).conj()
        return np.asarray(np.tensordot(means, elements[..., 0] - elements[..., 1], axes=(0, 0)) * coherence[..., None])

    def _means(self, energy: ArrayLike) -> Array:
        """1 and the means of s₁₂², s₁₃², s₁₂² s₁₃², s₁₂ c₁₂ s₁₃ in matter over the profile, (5, …); w_ai is linear in them."""
        E = real_array(energy, "energy", unit="MeV", minimum=0.0)
        p = known_parameters(self.parameters)
        profile = PRODUCTION[self.component] if self.electron_density is None else ((self.electron_density, 1.0),)
        densities, parts = np.array(profile).T
        # θ₁₃ in matter from the larger splitting, then θ₁₂ from the smaller one
        dm2_ee = p.dm2_31 - p.sin2_theta12 * p.dm2_21
        cos_12, cos_13 = 1 - 2 * p.sin2_theta12, 1 - 2 * p.sin2_theta13
        sine_12, sine_13 = 1 - cos_12**2, 1 - cos_13**2  # sin² 2θ
        a = np.multiply.outer(MATTER * densities, E.reshape(-1))
        cosine = cos_13 - a / dm2_ee
        root = np.sqrt(cosine * cosine + sine_13)
        cos_13m = cosine / root
        tilt = (1 + cos_13m * cos_13 + sine_13 / root) / 2  # cos²(θ₁₃ᵐ − θ₁₃)
        cosine = cos_12 - (a + dm2_ee * (1 - root)) / (2 * p.dm2_21)
        s12 = (1 - cosine / np.sqrt(cosine * cosine + sine_12 * tilt)) / 2
        s13 = (1 - cos_13m) / 2
        both = s12 * s13
        weights = parts / parts.sum()
        means = [np.ones(E.size), *(weights @ values for values in (s12, s13, both, np.sqrt(both * (1 - s12))))]
        return np.stack(means).reshape(5, *E.shape)

    @property
    def _elements(self) -> Array:
        """w_ai as a linear function: (5, 3, 3) for the five means."""
        p = known_parameters(self.parameters)
        s23, c23 = p.sin2_theta23, 1 - p.sin2_theta23
        phase = 2 * math.sqrt(s23 * c23) * math.cos(p.delta_cp)
        out = np.zeros((5, 3, 3))
        # of 1, s₁₂², s₁₃², s₁₂² s₁₃², s₁₂ c₁₂ s₁₃
        out[:, 0] = np.array([[1, -1, -1, 1, 0], [0, 1, 0, -1, 0], [0, 0, 1, 0, 0]]).T
        out[:, 1] = np.array([[0, c23, s23, -s23, phase], [c23, -c23, 0, s23, -phase], [s23, 0, -s23, 0, 0]]).T
        out[:, 2] = np.array([[0, s23, c23, -c23, -phase], [s23, -s23, 0, c23, phase], [c23, 0, -c23, 0, 0]]).T
        return out

    @kept
    def _states(self) -> ComplexArray:
        """ρ_abc as a linear function: (5, 3, 3, 3) for the five means."""
        U = mixing_matrix(self.parameters)
        return np.asarray(np.einsum("kai,bi,ci->kabc", self._elements, U, U.conj()))


@in_files
@dataclass(frozen=True)
class SolarFunction:
    """One of the functions of the energy of which the density matrices of `SolarAdiabatic` are made."""

    conversion: SolarAdiabatic
    start: int
    part: str

    __repr__ = of_fields

    @property
    def breaks(self) -> tuple[float, ...]:
        return self.conversion.breaks

    def __call__(self, energy: ArrayLike) -> Array:
        return np.asarray(self.together([self], energy)[0])

    @staticmethod
    def together(functions: Sequence[SolarFunction], energy: ArrayLike) -> Array:
        """Functions of one conversion and flavour at energies of any shape, (functions, …): their means are computed once."""
        conversion, start = functions[0].conversion, functions[0].start
        means = conversion._means(energy)
        linear = np.ascontiguousarray(conversion._elements[:, start].T)  # (masses, 5)
        weights = (linear @ means.reshape(5, -1)).reshape(3, *means.shape[1:])
        values: dict[str, Array] = {"mass 1": weights[0], "mass 2": weights[1]}
        if any(function.part.startswith("night") for function in functions):
            night = conversion._night(energy, means)[..., start]
            values |= {"night, real": night.real, "night, imaginary": night.imag}
        return np.stack([values[function.part] for function in functions])
