"""The Standard Model: the exchange of a Z.

Its vector current has the response W = w wᵀ with w = (Z F_p, N F_n) and (p₀, p₁, p₂) = (1, −T, −MT/2) for spin 0; its axial one
has Σ g g W = F_A/4 and (1, −T, +MT/2). Its charges are real and diagonal in flavour, so the kernels take them as numbers for
each flavour, and as a table where they depend on the momentum transfer.

Formulas
--------
`StandardModel`: dσ/dT = (G_F² M/π) {Q² [1 − T/E − MT/2E²] + ¼ F_A [1 − T/E + MT/2E²]}
    D. Z. Freedman, Phys. Rev. D 9 (1974) 1389; M. Hoferichter et al., Phys. Rev. D 102 (2020) 074018
    src_c/kernels/cross_sections.h
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from .. import constants
from .._arguments import Array, canonical_name, known_name, mapped, real_number, shown
from .._core.cross_sections import RUNNING_END, Nucleus
from .._core.form_factors import FormFactor as CompiledFunction
from .._numerics.tabulation import tabulate
from .._texts import of_fields
from ..errors import InputError, UnsupportedError
from ..nuclei.form_factors import FormFactor, Helm
from ..nuclei.nuclides import Nuclide, checked_nuclide
from .couplings import NEUTRINOS, SCHEMES, Couplings, couplings_of, mixing_angle
from .currents import GENERATIONS, ComplexArray, Current, Interaction, known_flavor
from .radiative_corrections import generation

if TYPE_CHECKING:
    from ..nuclei.spins import AxialResponse


@dataclass(frozen=True, kw_only=True)
class StandardModel(Interaction):
    """The Standard Model: the exchange of a Z, Q(T) = Z g_V^p F_p + N g_V^n F_n.

    Parameters
    ----------
    weak_mixing_angle : float
        sin²θ_W, in [0, 1], for the schemes of couplings that have it as an input. The default, 0.23857, is the MS-bar value at
        Q = 0; 0.2312 (at the Z mass) instead lowers a germanium rate at tree level by 4.7 %.
    couplings : str or Couplings
        "tree": g_V^p = ½ − 2 sin²θ_W, g_V^n = −½ for all flavours; "radiative", "radiative-q2", "eft", "running" and published
        sets, see `cevns.Couplings.named`; or own couplings.
    form_factor : FormFactor
        Form factor of the protons, and of the neutrons too unless one of the next two is given.
    neutron_form_factor : FormFactor, optional
        Form factor of the neutrons.
    neutron_skin : {"none", "empirical"}, float or mapping
        The neutrons' rms radius less the protons' [fm], for a neutron form factor of the same shape: none, −0.04 +
        1.01 (N − Z)/A ("empirical", Trzcińska et al. 2001; 0 outside 40 ≤ A ≤ 238), one number, or numbers by name of the
        nuclide.
    axial : bool, str or AxialResponse
        The spin-dependent part, zero for spin 0 by nature: False leaves it out; True takes the recommended strength, see
        `cevns.spins.AxialResponse`, whose models can be named here.
    kinematics : {"spin-0", "spin-1/2"}
        "spin-0": 1 − T/E − MT/2E², exact for spin 0 and the default for every nucleus; "spin-1/2": + T²/2E², exact for a
        point particle of spin ½ without anomalous moment. They differ by less than T²/2E², 1.2e-7 for xenon at 30 MeV. With
        an axial current, of `axial` or of new physics, and only for nuclei of spin ½, "spin-1/2" adds the interference of a
        point with all vector charges and all axial ones, ±2 Re(G_V G_A*) [T/E − T²/2E²], + for neutrinos and − for
        antineutrinos: exact for a free nucleon, an upper bound for a nucleus, where it is suppressed by 1/A.

    Raises
    ------
    InputError, UnknownNameError
        For a value out of range, or an unknown name.
    UnsupportedError
        For a combination that is not defined: a mixing angle that the couplings do not use, a nuclide without the data asked
        for (raised when it is met).

    Notes
    -----
    dσ/dT = (G_F² M/π) {Q²(T) [1 − T/E − MT/2E²] + ¼ F_A(T) [1 − T/E + MT/2E²]}, the same for neutrinos and antineutrinos.
    D. Z. Freedman, Phys. Rev. D 9 (1974) 1389; the T/E term in A. Drukier and L. Stodolsky, Phys. Rev. D 30 (1984) 2295; the
    axial part in M. Hoferichter, J. Menéndez and A. Schwenk, Phys. Rev. D 102 (2020) 074018. The momentum dependence of the Z
    propagator, 1 − 2Q²/M_Z², is left out: 2.4e-6 at Q = 100 MeV.
    """

    weak_mixing_angle: float = constants.WEAK_MIXING_ANGLE
    couplings: str | Couplings = "tree"
    form_factor: FormFactor = field(default_factory=Helm)
    neutron_form_factor: FormFactor | None = None
    neutron_skin: Any = "none"
    axial: bool | str | AxialResponse = False
    kinematics: str = "spin-0"

    def __post_init__(self) -> None:
        known_name(self.kinematics, ("spin-0", "spin-1/2"), "kinematics")
        put = self.__dict__
        angle = put["weak_mixing_angle"] = mixing_angle(self.weak_mixing_angle)
        put["scheme"] = couplings_of(self.couplings, None if angle == constants.WEAK_MIXING_ANGLE else angle)
        if isinstance(self.couplings, str):
            put["couplings"] = canonical_name(self.couplings, SCHEMES, "couplings")
        for name in ("form_factor", "neutron_form_factor"):
            value = getattr(self, name)
            if not isinstance(value, FormFactor) and not (name == "neutron_form_factor" and value is None):
                raise InputError(f"{name} must be a form factor such as cevns.form_factors.Helm() (got {shown(value)})")
        self.__dict__["neutron_skin"] = mapped(self.neutron_skin)
        if isinstance(self.neutron_skin, Mapping):
            skins = {name: real_number(skin, "neutron skin", unit="fm") for name, skin in self.neutron_skin.items()}
            put["neutron_skin"] = tuple(sorted(skins.items()))
        elif not isinstance(self.neutron_skin, (str, tuple)):
            put["neutron_skin"] = real_number(self.neutron_skin, "neutron skin", unit="fm")
        # made here, so that what is wrong with them is said at once
        put["neutrons"] = self._neutrons()
        put["response"] = self._response()

    def _neutrons(self) -> FormFactor:
        """The form factor of the neutrons."""
        if self.neutron_skin == "none":
            return self.form_factor if self.neutron_form_factor is None else self.neutron_form_factor
        from ..nuclei.form_factors import neutron_form_factor  # where it is asked for: its import costs

        if self.neutron_form_factor is not None:
            both = f"neutron_skin={self._skin()!r} and neutron_form_factor={self.neutron_form_factor!r}"
            raise InputError(f"{both} both set the neutron's form factor: give one of them")
        return neutron_form_factor(self.form_factor, self._skin())

    def _response(self) -> AxialResponse | None:
        """The strength of the axial part, None without."""
        if self.axial is False:
            return None
        from ..nuclei.spins import AxialResponse

        if isinstance(self.axial, AxialResponse):
            return self.axial
        return AxialResponse() if self.axial is True else AxialResponse(model=self.axial)

    def _skin(self) -> Any:
        return dict(self.neutron_skin) if isinstance(self.neutron_skin, tuple) else self.neutron_skin

    def __repr__(self) -> str:
        shown = []
        for item in fields(self):
            value = self._skin() if item.name == "neutron_skin" else getattr(self, item.name)
            if value != (Helm() if item.name == "form_factor" else getattr(StandardModel, item.name)):
                shown.append(f"{item.name}={value!r}")
        return f"StandardModel({', '.join(shown)})"

    @property
    def currents(self) -> tuple[Current, ...]:
        """The vector current δ_ab (g_V^p, g_V^n), and with `axial` the axial one δ_ab (g_A − Δs, −g_A − Δs)/2."""
        axial = self._axial_couplings()
        vector = _vector(self.__dict__["scheme"], self._electron(self.weak_mixing_angle))
        return vector if axial is None else (*vector, Current("axial", _diagonal(axial.gvp, axial.gvn)))

    def currents_by(self, parameters: Iterable[str]) -> tuple[Current, ...]:
        """The currents; by "weak_mixing_angle" what it multiplies in the vector current, and what is left."""
        if not list(parameters):
            return self.currents
        super().currents_by(parameters)
        # the charges are linear in sin²θ_W: from two angles, and a look at a third
        low, high, between = (replace(self, weak_mixing_angle=angle).__dict__["scheme"] for angle in (0.2, 0.3, 0.25))
        q = np.array([0.0, 10.0, 100.0])
        for a in range(len(GENERATIONS)):
            if np.abs(between.proton(q, a) - (low.proton(q, a) + high.proton(q, a)) / 2).max() > 1e-12:
                raise UnsupportedError(f"the charges of couplings={self.couplings!r} are not linear in the weak mixing angle")
        slope = _Combined((high, low), (10.0, -10.0))
        rest = _Combined((low, slope), (1.0, -0.2))
        angle = ("weak_mixing_angle", self.weak_mixing_angle)
        axial = tuple(current for current in self.currents if current.kind == "axial")
        by_angle = _vector(slope, self._electron(1.0) - self._electron(0.0))
        return (
            *_vector(rest, self._electron(0.0)),
            *(replace(current, parameter=angle[0], value=angle[1]) for current in by_angle),
            *axial,
        )

    @property
    def parameters(self) -> dict[str, float]:
        """The weak mixing angle, where the couplings have it as an input."""
        return {"weak_mixing_angle": self.weak_mixing_angle} if _has_angle(self.couplings) else {}

    @property
    def standard_model(self) -> StandardModel:
        """Itself."""
        return self

    @property
    def reduced(self) -> StandardModel:
        """Itself."""
        return self

    def shifted(self, shift: Array) -> StandardModel | None:
        """The same with other charges of proton and neutron, shifts (2, 3) by flavour; None where a kernel cannot hold it."""
        own = Couplings(*(dict(zip(NEUTRINOS, row, strict=True)) for row in shift.tolist()))
        couplings = _Combined((self.__dict__["scheme"], own), (1.0, 1.0))
        if couplings.depends_on_q and 0.0 in couplings.gvp:  # kernels multiply the charge at q = 0
            return None
        return replace(self, couplings=couplings, weak_mixing_angle=constants.WEAK_MIXING_ANGLE)

    def _axial_couplings(self) -> Couplings | None:
        response = self.__dict__["response"]
        if response is None:
            return None
        return axial_couplings(response.strangeness)

    @staticmethod
    def _electron(angle: float) -> ComplexArray:
        """(g_L, g_R) of the electron: −½ + sin²θ_W and sin²θ_W, and 1 more for ν_e, which also exchange a W."""
        couplings = np.zeros((2, 3, 3), dtype=np.complex128)
        couplings[:, range(3), range(3)] = [[0.5 + angle, -0.5 + angle, -0.5 + angle], [angle] * 3]
        return couplings

    @property
    def spin_response(self) -> AxialResponse:
        """The response of nuclei to currents that couple to spin: as `axial` says, else as recommended."""
        if self.__dict__["response"] is not None:
            return self.__dict__["response"]  # type: ignore[no-any-return]
        from ..nuclei.spins import AxialResponse

        return AxialResponse()

    @property
    def neutron_density(self) -> FormFactor:
        """The form factor of the neutrons."""
        return self.__dict__["neutrons"]  # type: ignore[no-any-return]

    @property
    def groups(self) -> tuple[int, ...]:
        """For each of `constants.FLAVORS` the number of the group of flavours that see the same nuclei."""
        scheme = self.__dict__["scheme"]
        # what is equal at q = 0 need not stay so
        q = np.array([10.0, 100.0])
        further = [tuple(scheme.proton(q, a).tolist()) if scheme.depends_on_q else () for a in range(len(GENERATIONS))]
        charges = list(zip(scheme.gvp, scheme.gvn, further, strict=True))
        seen = [(*charges[a], self.interferes and anti) for anti in (False, True) for a in range(len(GENERATIONS))]
        distinct = list(dict.fromkeys(seen))
        return tuple(distinct.index(each) for each in seen)

    @property
    def interferes(self) -> bool:
        """Whether neutrinos and antineutrinos differ: with an axial part and the kinematics of a point of spin ½."""
        return self.__dict__["response"] is not None and self.kinematics == "spin-1/2"

    @property
    def interferences(self) -> tuple[tuple[str, str, str], ...]:
        """Vector and axial currents, on points of spin ½."""
        return (("vector", "axial", "vector-axial"),) if self.kinematics == "spin-1/2" else ()

    def spin_amplitudes(self, q: Array, nuclide: Nuclide | str) -> Array:
        """a_p and a_n (2, n) at momentum transfers [MeV], of which g_A^p a_p + g_A^n a_n is G_A of a nucleus of spin ½.

        Structure functions give products of two amplitudes, W. The direction of the Standard Model's own couplings g,
        a = W g/√(g W g), gives its G_A whole, and of others no more than what W allows.
        """
        nuclide = checked_nuclide(nuclide)
        own = self._axial_couplings() or axial_couplings(0.0)
        g = np.array([own.gvp[0], own.gvn[0]])
        W = self.spin_response.matrix(q, nuclide)
        along = np.einsum("ijn,j->in", W, g)
        size = np.sqrt(np.maximum(g @ along, 0.0))
        sign = np.sign(g @ spins_of(self.spin_response, nuclide))
        return np.asarray(np.divide(sign * along, size, out=np.zeros_like(along), where=size > 0))

    def nucleus(self, nuclide: Nuclide | str, flavor: str = "nue") -> Nucleus:
        """The compiled nucleus as one flavour sees it."""
        nuclide = checked_nuclide(nuclide)
        antineutrino = self.interferes and known_flavor(flavor).endswith("bar")
        return _nucleus(self, nuclide, generation(flavor), antineutrino)


@lru_cache(maxsize=1024)
def _nucleus(model: StandardModel, nuclide: Nuclide, index: int, antineutrino: bool) -> Nucleus:
    """What the kernels need of a nuclide; prepared once, as making it costs as much as a hundred recoil energies."""
    scheme, neutrons, response = (model.__dict__[name] for name in ("scheme", "neutrons", "response"))
    strength = 0.0 if response is None else response.strength_at_zero(nuclide)
    return Nucleus(
        nuclide.mass,
        nuclide.Z * scheme.gvp[index],
        nuclide.N * scheme.gvn[index],
        model.form_factor.kernel(nuclide),
        neutrons.kernel(nuclide),
        model.kinematics == "spin-1/2",
        constants.WEAK_CROSS_SECTION * nuclide.mass,
        _running(scheme, index) if scheme.depends_on_q else None,
        strength / 4,
        _axial_shape(response, nuclide) if strength else None,
        _interference(model, nuclide, antineutrino) if strength and model.interferes else 0.0,
    )


def _interference(model: StandardModel, nuclide: Nuclide, antineutrino: bool) -> float:
    """The sign of ±G_A, of (g_A − Δs)⟨S_p⟩ − (g_A + Δs)⟨S_n⟩; 0 unless the spin is ½."""
    if nuclide.spin != 0.5:
        return 0.0
    own = model._axial_couplings()
    assert own is not None  # there is an interference
    proton, neutron = spins_of(model.spin_response, nuclide)
    return float(np.sign(own.gvp[0] * proton + own.gvn[0] * neutron)) * (-1.0 if antineutrino else 1.0)


def axial_couplings(strangeness: float) -> Couplings:
    """g_A^p = (g_A − Δs)/2 and g_A^n = −(g_A + Δs)/2."""
    return Couplings((constants.AXIAL_COUPLING - strangeness) / 2, -(constants.AXIAL_COUPLING + strangeness) / 2)


def spins_of(response: AxialResponse, nuclide: Nuclide) -> tuple[float, float]:
    """⟨S_p⟩ and ⟨S_n⟩: of the response where it has its own, else of the odd nucleons."""
    from ..nuclei.spins import spin_expectation

    return dict(response.spins).get(nuclide.name) or spin_expectation(nuclide, "odd-group")


@lru_cache(maxsize=64)
def _running(scheme: Couplings, index: int) -> CompiledFunction:
    """g_V^p(q)/g_V^p(0): up to 1 GeV and constant beyond; within 1e-10. It varies first at the mass of the electron."""

    def ratio(q: Array) -> Array:
        return scheme.proton(q, index) / scheme.gvp[index]

    return tabulate(ratio, RUNNING_END, 0.05, 1e-10)


@lru_cache(maxsize=1024)
def _axial_shape(response: AxialResponse, nuclide: Nuclide) -> CompiledFunction:
    """F_A(q)/F_A(0), within 1e-8: its second derivative may jump where the fit of a structure function ends."""
    end = min(response.q_end(nuclide), 2000.0)
    strength = response.strength_at_zero(nuclide)
    length = 1.2 * nuclide.A ** (1 / 3) / constants.HBAR_C

    def ratio(q: Array) -> Array:
        return np.asarray(response.strength(q, nuclide)) / strength

    return tabulate(ratio, end, length, 1e-8)


def _diagonal(proton: Iterable[float], neutron: Iterable[float]) -> ComplexArray:
    """δ_ab times the charges of a proton and a neutron by flavour."""
    matrix = np.zeros((2, 3, 3), dtype=np.complex128)
    matrix[0][np.diag_indices(3)] = list(proton)
    matrix[1][np.diag_indices(3)] = list(neutron)
    return matrix


def _vector(scheme: Couplings, electron: ComplexArray) -> tuple[Current, ...]:
    """Vector currents: one, or where the charge of the proton depends on q one for each flavour and one for neutrons."""
    if not scheme.depends_on_q:
        return (Current("vector", _diagonal(scheme.gvp, scheme.gvn), electron=electron),)
    currents = [Current("vector", _diagonal((0.0, 0.0, 0.0), scheme.gvn), electron=electron)]
    for a, unit in enumerate(np.eye(3).tolist()):
        currents.append(Current("vector", _diagonal(unit, (0.0, 0.0, 0.0)), _Charge(scheme, a)))
    return tuple(currents)


@dataclass(frozen=True)
class _Charge:
    """g_V^p of momentum transfers [MeV] for one flavour."""

    scheme: Couplings
    generation: int

    __repr__ = of_fields

    def __call__(self, q: Array) -> Array:
        return self.scheme.proton(q, self.generation)


def _has_angle(couplings: str | Couplings) -> bool:
    try:
        couplings_of(couplings, constants.WEAK_MIXING_ANGLE)
    except UnsupportedError:
        return False
    return isinstance(couplings, str)


@dataclass(frozen=True, init=False, repr=False)
class _Combined(Couplings):
    """A linear combination of couplings."""

    schemes: tuple[Couplings, ...]
    factors: tuple[float, ...]

    def __init__(self, schemes: tuple[Couplings, ...], factors: tuple[float, ...]) -> None:
        gvp = tuple(sum(f * scheme.gvp[a] for scheme, f in zip(schemes, factors, strict=True)) for a in range(3))
        gvn = tuple(sum(f * scheme.gvn[a] for scheme, f in zip(schemes, factors, strict=True)) for a in range(3))
        self.__dict__.update(gvp=gvp, gvn=gvn, loops=schemes[0].loops, schemes=schemes, factors=factors)

    @property
    def depends_on_q(self) -> bool:
        return any(scheme.depends_on_q for scheme in self.schemes)

    def proton(self, q: ArrayLike, generation: int) -> Array:
        return np.asarray(sum(f * scheme.proton(q, generation) for scheme, f in zip(self.schemes, self.factors, strict=True)))


_DEFAULT = StandardModel()


def interaction_or_default(interaction: Any) -> Interaction:
    """The interaction given, the Standard Model for None."""
    if interaction is None:
        return _DEFAULT
    if not isinstance(interaction, Interaction):
        hint = "; a threshold has its name, threshold=5.0" if isinstance(interaction, int | float) else ""
        raise InputError(f"interaction must be an interaction such as cevns.StandardModel() (got {shown(interaction)}){hint}")
    return interaction
