"""The spin of a nucleus: how strongly the axial current couples to it.

The axial part of the cross section is

    dσ/dT = (G_F² M/4π) F_A(q²) [1 − T/E + MT/(2E²)]

with a strength F_A that is of order one where the coherent Q_W² is of order N²: at 10 MeV 3.4 % of the cross section of ¹⁹F,
1.8e-4 of that of ¹²⁹Xe, nothing for spin 0. It is the same for neutrinos and antineutrinos. M. Hoferichter, J. Menéndez,
A. Schwenk, Phys. Rev. D 102 (2020) 074018; the spins of protons and neutrons give its value at q = 0,

    F_A(0) = (4/3) ((J + 1)/J) [(g_A − Δs) ⟨S_p⟩ − (g_A + Δs) ⟨S_n⟩]²

Where do the spins come from? From the magnetic moment of the nucleus, if its odd group of nucleons carries both ("odd-group");
from the orbital of a single odd nucleon ("schmidt"); from a large calculation ("shell-model", eight nuclei). They differ by a
factor 2 to 3 in F_A for nuclei such as ⁷³Ge and ¹²⁹Xe, and by 20 for ¹²⁷I: that is what is known of them. For the eight nuclei
there are structure functions, with the dependence on q and the effect of two-body currents.

Formulas
--------
axial strength, `axial_strength`: F_A(0) = (4/3) ((J + 1)/J) [(g_A − Δs) ⟨S_p⟩ − (g_A + Δs) ⟨S_n⟩]²
    M. Hoferichter et al., Phys. Rev. D 102 (2020) 074018
nucleon spins, `spin_expectation`: ⟨S_p⟩ = (μ − J)/(g_p − 1), ⟨S_n⟩ = μ/g_n (odd group); Schmidt; shell model
    J. Engel, P. Vogel, Phys. Rev. D 40 (1989) 3132; P. Klos et al., Phys. Rev. D 88 (2013) 083516
axial form factor, `AxialResponse`: F_A(q²) = 8π/(2J + 1) [Δs² S00ᵀ − g_A Δs S01ᵀ + g_A² S11ᵀ]
    P. Klos et al., Phys. Rev. D 88 (2013) 083516; M. Hoferichter et al., Phys. Rev. D 102 (2020) 074018
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, fields
from functools import lru_cache
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike

from .. import constants
from .._arguments import Array, canonical_name, known_name, mapped, real_array, real_number, restore, shown
from .._immutable import sealing
from .._texts import call
from .._typed import Like, Many, Number, Values
from ..errors import InputError, UnsupportedError
from .form_factors import FormFactor
from .nuclides import Nuclide, checked_nuclide
from .structure_functions import (
    StructureStrength,
    check_spin,
    expectations,
    fit_end,
    is_published,
    momentum_of,
    oscillator_length_squared,
    other_models,
    shell_model_names,
    structure_functions,
)

__all__ = ["SPIN_MODELS", "STRENGTH_MODELS", "AxialResponse", "axial_strength", "schmidt_moment", "spin_expectation"]


def __dir__() -> list[str]:
    return __all__


SPIN_MODELS = ("odd-group", "schmidt", "shell-model")
STRENGTH_MODELS = ("recommended", "structure-functions", *SPIN_MODELS)

# (g_l, g_s) of a nucleon: the magnetic moment is g_l ⟨L⟩ + g_s ⟨S⟩ [nuclear magnetons].
_PROTON_G_FACTORS = (1.0, 2 * constants.PROTON_MAGNETIC_MOMENT)
_NEUTRON_G_FACTORS = (0.0, 2 * constants.NEUTRON_MAGNETIC_MOMENT)
_ISOSCALAR_G_FACTORS = (0.5, constants.PROTON_MAGNETIC_MOMENT + constants.NEUTRON_MAGNETIC_MOMENT)


def spin_expectation(nuclide: Nuclide | str, model: str = "odd-group") -> tuple[float, float]:
    """(⟨S_p⟩, ⟨S_n⟩): the spin of all protons and of all neutrons, in the state of largest J_z.

    Parameters
    ----------
    nuclide : Nuclide
        Its spin, parity and magnetic moment are used.
    model : {"odd-group", "schmidt", "shell-model"}
        "odd-group": from the magnetic moment. With an odd number of protons or of neutrons, not both, the even group is taken
        to carry neither spin nor orbital momentum, so that J = ⟨L⟩ + ⟨S⟩ and μ = g_l ⟨L⟩ + g_s ⟨S⟩ give
        ⟨S_p⟩ = (μ − J)/(g_p − 1) or ⟨S_n⟩ = μ/g_n (J. Engel, P. Vogel, Phys. Rev. D 40 (1989) 3132). With an odd number of
        both and Z = N (²H, ⁶Li, ¹⁰B, ¹⁴N), isospin 0 makes protons and neutrons alike: the isoscalar moment gives
        ⟨S_p⟩ = ⟨S_n⟩ = (μ − J/2)/(2 (μ_p + μ_n − ½)), exact but for two-body currents. The other odd-odd nuclei have none.
        "schmidt": one nucleon in the orbital of J and parity: ½ if j = l + ½, −j/(2(j + 1)) if j = l − ½. For comparison. It
        means nothing where J is not the momentum of a single nucleon: ²³Na is (d5/2)³ coupled to 3/2, not d3/2. Compare
        `schmidt_moment` with the measured moment.
        "shell-model": P. Klos et al., Phys. Rev. D 88 (2013) 083516: ¹⁹F, ²³Na, ²⁷Al, ²⁹Si, ⁷³Ge, ¹²⁷I, ¹²⁹Xe, ¹³¹Xe. (Values
        for ¹³³Cs exist, but could not be checked against their papers; `AxialResponse` takes own ones.)
        A free nucleon has ½ in "odd-group" and "schmidt".

    Raises
    ------
    UnsupportedError
        The model has nothing for this nucleus: odd-odd with Z ≠ N (or any odd-odd one, for "schmidt"), no magnetic moment (a
        nucleus of spin 0 has none), no shell-model calculation. The message says what there is.
    UnknownNameError
        No such model.

    Examples
    --------
    >>> from cevns import Nuclide
    >>> from cevns.nuclei.spins import spin_expectation
    >>> [round(value, 4) for value in spin_expectation(Nuclide("73Ge"))]
    [0.0, 0.2295]
    >>> spin_expectation(Nuclide("73Ge"), "shell-model")
    (0.031, 0.439)
    """
    nuclide = checked_nuclide(nuclide)
    model = canonical_name(model, SPIN_MODELS, "model of the spin")
    if nuclide.spin == 0 and model != "odd-group":
        return 0.0, 0.0
    if model == "shell-model":
        return _shell_model(nuclide)
    if nuclide.spin == 0:
        raise UnsupportedError(
            f"{nuclide.name} has spin 0, hence no magnetic moment for model='odd-group'; its spin expectation values are "
            f"(0, 0) by nature, as model='schmidt' and 'shell-model' return"
        )
    isoscalar = model == "odd-group" and nuclide.Z == nuclide.N
    orbital, intrinsic = _ISOSCALAR_G_FACTORS if isoscalar else _g_factors(nuclide, model)
    if model == "schmidt" or nuclide.A == 1:
        spin = _orbital_spin(nuclide)
    else:
        if nuclide.magnetic_moment is None:
            raise UnsupportedError(
                f"no magnetic moment of {nuclide.name} is known for model='odd-group'; there are "
                f"{other_models(nuclide, model)}, or give one: dataclasses.replace(nuclide, magnetic_moment=…)"
            )
        spin = (nuclide.magnetic_moment - orbital * nuclide.spin) / (intrinsic - orbital)
    if isoscalar:
        return spin / 2, spin / 2
    return (spin, 0.0) if nuclide.Z % 2 else (0.0, spin)


def schmidt_moment(nuclide: Nuclide | str) -> float:
    """Magnetic moment [nuclear magnetons] of a single odd nucleon in the orbital of J and parity; 0 for spin 0.

    μ = g_l (J − ⟨S⟩) + g_s ⟨S⟩ with the ⟨S⟩ of `spin_expectation(nuclide, "schmidt")`. How far the measured moment is from it
    tells how far the nucleus is from a single nucleon.

    Parameters
    ----------
    nuclide : Nuclide
        Its spin and parity are used.

    Raises
    ------
    UnsupportedError
        The nucleus has no odd group.

    Examples
    --------
    >>> from cevns import Nuclide
    >>> from cevns.nuclei.spins import schmidt_moment
    >>> Nuclide("131Xe").magnetic_moment, round(schmidt_moment(Nuclide("131Xe")), 4)
    (0.691845, 1.1478)
    """
    nuclide = checked_nuclide(nuclide)
    if nuclide.spin == 0:
        return 0.0
    orbital, intrinsic = _g_factors(nuclide, "schmidt")
    spin = _orbital_spin(nuclide)
    return orbital * (nuclide.spin - spin) + intrinsic * spin


def axial_strength(
    nuclide: Nuclide | str,
    model: str = "recommended",
    *,
    band: str = "central",
    strangeness: float = constants.STRANGE_AXIAL_COUPLING,
) -> float:
    """F_A(0), the strength of the axial current at zero momentum transfer; 0 for spin 0.

    Parameters
    ----------
    nuclide : Nuclide
        The nucleus.
    model, band, strangeness
        As for `AxialResponse`.

    Raises
    ------
    UnsupportedError
        The model has nothing for this nucleus; the message says what there is.
    UnknownNameError
        No such model or band.

    Examples
    --------
    >>> from cevns import Nuclide
    >>> from cevns.nuclei.spins import axial_strength
    >>> [round(axial_strength(Nuclide("19F"), model), 3) for model in ("recommended", "odd-group", "shell-model")]
    [1.059, 1.595, 1.704]
    """
    nuclide = checked_nuclide(nuclide)
    return AxialResponse(model=model, band=band, strangeness=strangeness).strength_at_zero(nuclide)


@dataclass(frozen=True, repr=False)
class AxialResponse:
    """The strength F_A(q²) of the axial current on any nucleus.

    Parameters
    ----------
    model : {"recommended", "structure-functions", "odd-group", "schmidt", "shell-model"}
        "structure-functions": those of P. Klos et al., Phys. Rev. D 88 (2013) 083516, for ¹⁹F, ²³Na, ²⁷Al, ²⁹Si, ⁷³Ge, ¹²⁷I,
        ¹²⁹Xe, ¹³¹Xe, with two-body currents, which lower F_A(0) by 37 to 43 % from that of the shell-model spins alone.
        The others: F_A(0) from `spin_expectation` (one-body), and `shape`.
        "recommended": structure functions for these eight nuclei, "odd-group" for the others. `source` tells which. Both
        have 0 for odd-odd nuclei with Z ≠ N, so that no natural target is refused.
    band : {"central", "lower", "upper"}
        Edge of the uncertainty of the two-body currents in the structure functions; "central" is the mean of the two. It is
        ± 21 to 26 % in F_A(0).
    transverse : {"pion-pole", "two-thirds"}
        The way to take the part transverse to q, to which alone massless neutrinos couple, from the published sum
        S = S^T + S^L; both give S^T = (2/3) S at q = 0. See the notes.
    shape : {"valence", "point"} or FormFactor
        q dependence where there is no structure function. "valence": that of a nucleon in the highest oscillator shell,
        exp(−q² (⟨r²⟩ + ⟨r_A²⟩)/3). "point": none; for ¹³³Cs that is larger by a factor 2 at 50 MeV and 12 at 100 MeV. Or F²
        of a form factor of `cevns.form_factors`.
    strangeness : float
        Δs, the strange axial coupling of the nucleon; −0.085 ± 0.018. 0 leaves it out.
    spins : mapping, optional
        Own (⟨S_p⟩, ⟨S_n⟩) by name of the nuclide, before all models: for odd-odd nuclei such as ⁵⁰V, or another calculation.

    Raises
    ------
    UnknownNameError
        No such model, band, …
    UnsupportedError
        A band for a model that has none.
    InputError
        A value out of range.

    Notes
    -----
    F_A(q²) = 8π/(2J + 1) [Δs² S00ᵀ − g_A Δs S01ᵀ + g_A² S11ᵀ], S_ij = e^−u Σ c_k u^k, u = (qb)²/2 and the oscillator length
    b² = 41.467/(45 A^−⅓ − 25 A^−⅔) fm² (as DDCalc; 0.08 % above the lengths quoted for the shell-model calculation).

    The published functions are those of a heavy particle: transverse and longitudinal multipoles in sum. Of the sum 2/3 is
    transverse at q = 0. "two-thirds" takes that everywhere. But the longitudinal isovector part falls with the pion pole
    x = m_π²/(m_π² + q²), not the transverse one; "pion-pole" takes it out:

        S00ᵀ = (2/3) S00        S01ᵀ = S01/(1 + x/2)        S11ᵀ = S11/(1 + x²/2)

    Taken so, the three are not those of one nucleus: from q = 61 MeV (²⁹Si) to 88 MeV (²³Na) on, with "lower" and "upper" from
    q = 0 on, F_A would be negative for charges that are tuned to within some per cent. The isoscalar part is then raised to the
    least that is positive,

        S00ᵀ → the larger of S00ᵀ and (S01ᵀ)²/(4 S11ᵀ), joined by a hyperbola of a width of 1 %

    as it would rise if its longitudinal third fell with q too. That is up to 16 % of S00ᵀ (19 % for a band), and 1.1 % (2.5 %)
    of its value at q = 0; by the smallness of Δs it changes the Standard Model's F_A by at most 1.6e-4 (4.7e-4) of F_A(0).

    Measured for ¹⁹F against the transverse one-body function of Hoferichter, Menéndez and Schwenk (2020; table VIII, its
    figures taken from a public code, not from the paper), with the axial radius of the nucleon: "pion-pole" is within 2 % up to
    q = 125 MeV and 7 % too low at 150 MeV; "two-thirds" is too low by 6, 18 and 31 % at 50, 100 and 150 MeV. The transverse
    functions of the other nuclei could not be had, so that for them this error is not measured.

    The fits are polynomials of ninth degree and leave the physics beyond u = 1 for A < 40 (158 MeV for ¹⁹F, whose fit becomes
    negative soon after) and beyond u = 3 for the others (211 MeV for ¹²⁹Xe). There F_A goes on with the value and slope that
    it has, falling as e^−u; it is 6 % (¹⁹F) to 20 % (²³Na) of F_A(0), 2 to 5 % for the heavy ones.

    "valence": ⟨r²⟩ = (N + 3/2) b² for the shell N that the odd nucleon is in, counted by magic numbers and parity; 0 for a free
    nucleon; ⟨r_A²⟩ = 0.46 fm². Its slope at q = 0 is 0 to 12 % above that of the eight structure functions; it is within 5 % of
    them at q = 50 MeV and 15 % at 75 MeV; at 100 MeV those of ¹²⁷I and ¹³¹Xe are 1.7 and 1.9 times as large.

    Examples
    --------
    >>> from cevns import Nuclide
    >>> from cevns.nuclei.spins import AxialResponse
    >>> response = AxialResponse()
    >>> response.source(Nuclide("19F")), response.source(Nuclide("133Cs")), response.source(Nuclide("132Xe"))
    ('structure-functions', 'odd-group', 'spin-0')
    >>> response.strength([0.0, 50.0, 100.0], Nuclide("19F")).round(3).tolist()
    [1.059, 0.84, 0.39]
    """

    _: KW_ONLY
    model: str = "recommended"
    band: str = "central"
    transverse: str = "pion-pole"
    shape: str | FormFactor = "valence"
    strangeness: float = constants.STRANGE_AXIAL_COUPLING
    spins: Mapping[str, tuple[float, float]] | tuple[tuple[str, tuple[float, float]], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "model", canonical_name(self.model, STRENGTH_MODELS, "axial model"))
        known_name(self.band, ("central", "lower", "upper"), "band")
        known_name(self.transverse, ("pion-pole", "two-thirds"), "transverse part")
        if not isinstance(self.shape, FormFactor):
            known_name(self.shape, ("valence", "point"), "shape", hint=", or a form factor such as cevns.form_factors.Helm()")
        if self.band != "central" and self.model in SPIN_MODELS:
            raise UnsupportedError(
                f"band={self.band!r} is of the structure functions; model={self.model!r} has none. Those that have one are "
                f"'recommended' and 'structure-functions'"
            )
        object.__setattr__(self, "strangeness", real_number(self.strangeness, "strangeness", minimum=-1.0, maximum=1.0))
        object.__setattr__(self, "spins", _checked_spins(self.spins))

    def __repr__(self) -> str:
        given = {item.name: getattr(self, item.name) for item in fields(self) if getattr(self, item.name) != item.default}
        return call("AxialResponse", given | ({"spins": dict(self.spins)} if "spins" in given else {}))

    def source(self, nuclide: Nuclide | str) -> str:
        """The source of F_A of this nuclide.

        "spin-0", "spins" that are given, "structure-functions", a model of the spins, or "neglected": 0 for the odd-odd nuclei
        with Z ≠ N, in nature ⁴⁰K, ⁵⁰V, ¹³⁸La, ¹⁷⁶Lu and ¹⁸⁰Ta, whose axial part is less than 1e-5 of the rate of their element.

        Raises
        ------
        UnsupportedError
            There is nothing for this nuclide; the message says what there is.
        """
        nuclide = checked_nuclide(nuclide)
        if nuclide.spin == 0:
            return "spin-0"
        if nuclide.name in dict(self.spins):
            return "spins"
        if self.model == "structure-functions":
            structure_functions(nuclide, self.band)
            return self.model
        if self.model == "recommended" and is_published(nuclide):
            return "structure-functions"
        model = "odd-group" if self.model == "recommended" else self.model
        if model == "odd-group" and nuclide.Z % 2 and nuclide.N % 2 and nuclide.Z != nuclide.N:
            return "neglected"
        spin_expectation(nuclide, model)
        return model

    @overload
    def strength(self, q: Number, nuclide: Nuclide | str) -> float: ...
    @overload
    def strength(self, q: Many, nuclide: Nuclide | str) -> Array: ...
    @overload
    def strength(self, q: Like, nuclide: Nuclide | str) -> Values: ...
    def strength(self, q: ArrayLike, nuclide: Nuclide | str) -> Values:
        """F_A(q²).

        Parameters
        ----------
        q : array_like
            Momentum transfer [MeV], ≥ 0, any shape.
        nuclide : Nuclide
            The nucleus.

        Returns
        -------
        float or ndarray
            F_A, the shape of `q`; 0 for spin 0. Its first derivative is continuous, and it is analytic on either side of
            `q_fit`.

        Raises
        ------
        InputError
            If q is negative, infinite or nan.
        UnsupportedError
            There is nothing for this nuclide; the message says what there is.
        """
        nuclide = checked_nuclide(nuclide)
        values = real_array(q, "q", unit="MeV", minimum=0.0)
        return restore(_evaluator(self, nuclide)(values.reshape(-1)), values.shape)

    def matrix(self, q: ArrayLike, nuclide: Nuclide | str) -> Array:
        """W(q²) of other charges than those of the Standard Model: F_A/4 = Σ_ij g_i W_ij g_j.

        Parameters
        ----------
        q : array_like (n,)
            Momentum transfer [MeV], ≥ 0.
        nuclide : Nuclide
            The nucleus.

        Returns
        -------
        ndarray (2, 2, n)
            Of charges of a proton and of a neutron, in units in which the Standard Model has (g_A − Δs)/2 and −(g_A + Δs)/2.
            Positive semidefinite: no real charges have a negative cross section. Beyond `q_fit` it falls as F_A does.

        Raises
        ------
        InputError, UnsupportedError
            As for `strength`.
        """
        nuclide = checked_nuclide(nuclide)
        values = np.atleast_1d(real_array(q, "q", unit="MeV", minimum=0.0)).reshape(-1)
        return _matrix(self, nuclide)(values)

    def strength_at_zero(self, nuclide: Nuclide | str) -> float:
        """F_A(0)."""
        return float(self.strength(0.0, nuclide))

    def q_fit(self, nuclide: Nuclide | str) -> float:
        """End [MeV] of the range that the fit of the structure functions is used for; inf where there is none."""
        nuclide = checked_nuclide(nuclide)
        if self.source(nuclide) != "structure-functions":
            return math.inf
        return momentum_of(fit_end(nuclide), nuclide)

    def q_end(self, nuclide: Nuclide | str) -> float:
        """Momentum transfer [MeV] beyond which F_A is below 1e-12 of F_A(0); 0 for spin 0, inf for a shape without an end."""
        nuclide = checked_nuclide(nuclide)
        return _end(self, nuclide)


# ------------------------------------------------------------------------------------------------------------------- spins


def _g_factors(nuclide: Nuclide, model: str) -> tuple[float, float]:
    """(g_l, g_s) of the odd group."""
    if nuclide.A % 2 == 0:
        kind = "odd-odd" if nuclide.Z % 2 else "even-even"
        needs = "an odd number of either protons or neutrons" + (", or odd Z = N" if model == "odd-group" else "")
        raise UnsupportedError(
            f"{nuclide.name} is {kind}: model={model!r} needs {needs}; there are "
            f"{other_models(nuclide, model)}, or own values: AxialResponse(spins={{{nuclide.name!r}: (S_p, S_n)}})"
        )
    return _PROTON_G_FACTORS if nuclide.Z % 2 else _NEUTRON_G_FACTORS


def _orbital_spin(nuclide: Nuclide) -> float:
    """⟨S⟩ of the orbital of J and parity: of l = J ∓ ½, one has the parity (−1)^l."""
    J = nuclide.spin
    aligned = (-1) ** round(J - 0.5) == nuclide.parity
    return 0.5 if aligned else -J / (2 * (J + 1))


def _shell_model(nuclide: Nuclide) -> tuple[float, float]:
    row = expectations().get((nuclide.Z, nuclide.N))
    if row is None:
        raise UnsupportedError(
            f"no shell-model spins of {nuclide.name}; there are those of {shell_model_names()}; for {nuclide.name}, "
            f"{other_models(nuclide, 'shell-model')}, or own values: AxialResponse(spins={{{nuclide.name!r}: (S_p, S_n)}})"
        )
    _, spin, proton, neutron = row
    check_spin(nuclide, spin)
    return proton, neutron


def _checked_spins(spins: Any) -> tuple[tuple[str, tuple[float, float]], ...]:
    try:
        spins = mapped(spins)
        pairs: Iterable[Any] = spins.items() if isinstance(spins, Mapping) else tuple(spins)
        rows = [(name, *both) for name, both in pairs]
        if any(len(row) != 3 for row in rows):
            raise ValueError
    except (TypeError, ValueError):
        raise InputError(f"spins must map names of nuclides to (S_p, S_n) (got {shown(spins)})") from None
    checked = {}
    for name, *both in rows:
        values = [real_number(value, f"spin of {name!r}", minimum=-100.0, maximum=100.0) for value in both]
        checked[Nuclide(name).name] = (values[0], values[1])
    return tuple(sorted(checked.items()))


# ---------------------------------------------------------------------------------------------------- the dependence on q


@lru_cache(maxsize=1024)
@sealing
def _evaluator(response: AxialResponse, nuclide: Nuclide) -> Callable[[Array], Array]:
    """F_A of q [MeV], flat arrays."""
    source = response.source(nuclide)
    if source in _NOTHING:
        return np.zeros_like
    if source == "structure-functions":
        return _strength(response, nuclide)
    proton, neutron = _spins(response, nuclide, source)
    g_A, strange = constants.AXIAL_COUPLING, response.strangeness
    strength = _unit(nuclide) * ((g_A - strange) * proton - (g_A + strange) * neutron) ** 2
    shape = _shape(response, nuclide)
    return lambda q: strength * shape(q)


def _matrix(response: AxialResponse, nuclide: Nuclide) -> Callable[[Array], Array]:
    """W of q [MeV], flat arrays."""
    source = response.source(nuclide)
    if source in _NOTHING:
        return lambda q: np.zeros((2, 2, q.size))
    if source == "structure-functions":
        return _strength(response, nuclide).matrix
    spins = np.array(_spins(response, nuclide, source))
    shape = _shape(response, nuclide)
    # a matrix of rank 1: eight roundings on its diagonal, so that those of a sum over it do not make nothing negative
    square = np.outer(spins, spins) * (1 + 8 * np.finfo(float).eps * np.eye(2))
    return lambda q: np.multiply.outer(_unit(nuclide) * square, shape(q))


def _strength(response: AxialResponse, nuclide: Nuclide) -> StructureStrength:
    return StructureStrength(nuclide, response.band, response.transverse, response.strangeness)


# Sources of F_A = 0.
_NOTHING = ("spin-0", "neglected")


def _spins(response: AxialResponse, nuclide: Nuclide, source: str) -> tuple[float, float]:
    return dict(response.spins)[nuclide.name] if source == "spins" else spin_expectation(nuclide, source)


def _unit(nuclide: Nuclide) -> float:
    """F_A(0) in units of the square of what couples to the spin."""
    return 4 / 3 * (nuclide.spin + 1) / nuclide.spin


def _shape(response: AxialResponse, nuclide: Nuclide) -> Callable[[Array], Array]:
    """F_A(q²)/F_A(0) where there are no structure functions."""
    shape = response.shape
    if isinstance(shape, FormFactor):
        return lambda q: np.square(shape(q, nuclide))
    if shape == "point":
        return np.ones_like
    slope = _valence_slope(nuclide)

    def valence(q: Array) -> Array:
        with np.errstate(over="ignore"):
            return np.asarray(np.exp(-slope * np.square(q)))

    return valence


@lru_cache(maxsize=1024)
def _end(response: AxialResponse, nuclide: Nuclide) -> float:
    source = response.source(nuclide)
    if source == "spin-0":
        return 0.0
    tiny = 1e-12
    if source != "structure-functions":
        return math.sqrt(-math.log(tiny) / _valence_slope(nuclide)) if response.shape == "valence" else math.inf
    strength = _evaluator(response, nuclide)
    least = tiny * response.strength_at_zero(nuclide)
    u = np.arange(fit_end(nuclide), 100.0, 0.25)  # the tail is monotone, and e^−33 already is 5e-15
    below = strength(np.sqrt(u) * momentum_of(1.0, nuclide)) < least
    return momentum_of(float(u[np.argmax(below)]), nuclide)


# Number of nucleons that fill the oscillator shells 0, 1, 2, … with their intruders.
_CLOSURES = (2, 8, 20, 50, 82, 126, 184)


def _valence_slope(nuclide: Nuclide) -> float:
    """(⟨r²⟩ + ⟨r_A²⟩)/3 [MeV⁻²], with the oscillator shell of the odd nucleon, or of the last proton if there is none."""
    square = 0.0
    if nuclide.A > 1:
        number = nuclide.N if nuclide.N % 2 and nuclide.Z % 2 == 0 else nuclide.Z
        shell = sum(number > closure for closure in _CLOSURES)
        if nuclide.A % 2 and (-1) ** shell != nuclide.parity:
            shell += 1  # an intruder: g9/2 among the pf orbitals, h11/2 among the sdg ones
        square = (shell + 1.5) * oscillator_length_squared(nuclide.A)
    return (square + constants.AXIAL_RADIUS_SQUARED) / 3 / constants.HBAR_C**2
