"""The canonical cases that tests and benchmarks walk: one list of each thing that can vary. Plain data, no test code.

A test takes a case, computes it with the library and with the reference that the case names, and compares; a benchmark times
the same two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..constants import MUON_MASS
from . import form_factors as ff
from . import spectra
from ._types import Array, NuclideFormFactor
from .spectra import Component

# The instruction sets of the compiled code, as CEVNS_ISA names them.
INSTRUCTION_SETS = ("baseline", "avx2", "avx512")

# From one nucleon to the heaviest target in use; even and odd, light to heavy.
NUCLIDES = (
    "1H",
    "4He",
    "12C",
    "16O",
    "19F",
    "23Na",
    "28Si",
    "40Ar",
    "40Ca",
    "73Ge",
    "74Ge",
    "127I",
    "132Xe",
    "133Cs",
    "184W",
    "208Pb",
    "238U",
)

# A light, a middle and a heavy one, for tests that multiply with other lists.
FEW_NUCLIDES = ("12C", "40Ar", "132Xe", "208Pb")

TARGETS = ("Ar", "Si", "Ge", "Xe", "CsI", "NaI", "CaWO4", "C3F8")


@dataclass(frozen=True)
class FormFactorCase:
    """A form factor: its class in the library, how it is made there, and the same in plain NumPy.

    Attributes
    ----------
    name : str
        For messages.
    model : str
        Name of the class in `cevns.form_factors`.
    convention : str
        The parameters: "lewin-smith", "engel", … as in `reference.form_factors`; "rms" for those from a radius.
    parameters : tuple of float
        What the convention needs besides the nuclide: for "rms" the radius [fm], for "explicit" the lengths [fm].
    reference : callable
        F(q, nuclide), q in MeV.
    moments : callable
        (⟨r²⟩, ⟨r⁴⟩) of a nuclide [fm², fm⁴].
    """

    name: str
    model: str
    convention: str
    reference: NuclideFormFactor
    moments: Callable[[Any], tuple[float, float]]
    parameters: tuple[float, ...] = ()


def _case(
    model: str,
    convention: str,
    function: Callable[..., Array],
    moments: Callable[..., tuple[float, float]],
    lengths: Callable[[Any], tuple[float, ...]],
    *parameters: float,
) -> FormFactorCase:
    return FormFactorCase(
        name=f"{model} {convention}",
        model=model,
        convention=convention,
        reference=lambda q, nuclide: function(q, *lengths(nuclide)),
        moments=lambda nuclide: moments(*lengths(nuclide)),
        parameters=parameters,
    )


RADIUS = 4.79  # fm, of the cases made from a radius: about that of 132Xe

FORM_FACTORS = (
    _case("Helm", "lewin-smith", ff.helm, ff.helm_moments, lambda n: ff.helm_lewin_smith(n.A)),
    _case("Helm", "engel", ff.helm, ff.helm_moments, lambda n: ff.helm_engel(n.A)),
    _case("Helm", "dukecevns", ff.helm, ff.helm_moments, lambda n: ff.helm_dukecevns(n.A)),
    _case("Helm", "rms", ff.helm, ff.helm_moments, lambda n: ff.helm_from_rms(RADIUS), RADIUS),
    _case("KleinNystrand", "coherent", ff.klein_nystrand, ff.klein_nystrand_moments, lambda n: ff.klein_nystrand_coherent(n.A)),
    _case(
        "KleinNystrand",
        "adapted",
        ff.klein_nystrand,
        ff.klein_nystrand_moments,
        lambda n: ff.klein_nystrand_adapted(RADIUS),
        RADIUS,
    ),
    _case(
        "SymmetrizedFermi",
        "standard",
        ff.symmetrized_fermi,
        ff.symmetrized_fermi_moments,
        lambda n: ff.symmetrized_fermi_standard(n.A),
    ),
    _case(
        "SymmetrizedFermi",
        "thickness",
        ff.symmetrized_fermi,
        ff.symmetrized_fermi_moments,
        lambda n: ff.symmetrized_fermi_thickness(n.A),
    ),
    _case(
        "SymmetrizedFermi",
        "rms",
        ff.symmetrized_fermi,
        ff.symmetrized_fermi_moments,
        lambda n: ff.symmetrized_fermi_from_rms(RADIUS),
        RADIUS,
    ),
    _case("SolidSphere", "explicit", ff.solid_sphere, ff.solid_sphere_moments, lambda n: (6.0,), 6.0),
    _case("Gaussian", "rms", ff.gaussian, ff.gaussian_moments, lambda n: (RADIUS,), RADIUS),
    _case("Dipole", "rms", ff.dipole, ff.dipole_moments, lambda n: (RADIUS,), RADIUS),
    _case("Point", "explicit", ff.point, lambda: (0.0, 0.0), lambda n: ()),
)


@dataclass(frozen=True)
class DensityCase:
    """A form factor that is defined by a density: its class and arguments in the library, and the density in plain NumPy.

    Attributes
    ----------
    name : str
        For messages.
    model : str
        Name of the class in `cevns.form_factors`.
    arguments : dict
        By keyword.
    nuclide : str
        For which it stands.
    density : callable
        ρ(r), r in fm.
    edges : ndarray
        Of the panels within which the density is smooth [fm].
    """

    name: str
    model: str
    arguments: dict[str, Any]
    nuclide: str
    density: Callable[[Array], Array]
    edges: Array

    def reference(self, q: Array) -> Array:
        """F(q), q in MeV."""
        return ff.of_density(q, self.density, self.edges)

    def moments(self) -> tuple[float, float]:
        """⟨r²⟩ [fm²] and ⟨r⁴⟩ [fm⁴]."""
        return ff.density_moments(self.density, self.edges)


def _fermi_case(nuclide: str, c: float, a: float, w: float | None = None) -> DensityCase:
    arguments = {"radius": c, "diffuseness": a} | ({} if w is None else {"depression": w})
    return DensityCase(
        f"{'two' if w is None else 'three'}-parameter Fermi {nuclide} a = {a}",
        "TwoParameterFermi" if w is None else "ThreeParameterFermi",
        arguments,
        nuclide,
        lambda r: ff.fermi_density(r, c, a, w or 0.0),
        np.linspace(0.0, c + 60 * a, 301),
    )


# Argon as de Vries et al. have it, R = 9 fm.
_ARGON = (
    0.030451,
    0.055337,
    0.020203,
    -0.016765,
    -0.013578,
    -4.3204e-5,
    9.1988e-4,
    -4.1205e-4,
    1.1971e-4,
    -1.9801e-5,
    -4.3204e-6,
    6.1205e-6,
    -3.7803e-6,
    1.8001e-6,
    -7.7407e-7,
)
_SHELLS = ((0.4, 1.9, 3.1, 4.4, 5.6), (0.05, 0.3, 0.45, 0.17, 0.03), 1.3)
_KNOTS = np.linspace(0.0, 14.0, 101)
_TABLE = ff.fermi_density(_KNOTS, 3.53, 0.542)

DENSITIES = (
    _fermi_case("40Ar", 3.53, 0.542),
    _fermi_case("208Pb", 6.624, 0.549),
    _fermi_case("12C", 1.1, 0.9),
    _fermi_case("40Ar", 3.73, 0.62, -0.19),
    _fermi_case("16O", 2.608, 0.513, -0.051),
    _fermi_case("4He", 1.008, 0.327, 0.445),
    DensityCase(
        "Fourier–Bessel 40Ar",
        "FourierBessel",
        {},
        "40Ar",
        lambda r: ff.fourier_bessel_density(r, _ARGON, 9.0),
        np.linspace(0.0, 9.0, 181),
    ),
    DensityCase(
        "Fourier–Bessel, own coefficients",
        "FourierBessel",
        {"coefficients": (0.05, 0.06, 0.01, -0.01), "radius": 7.0},
        "132Xe",
        lambda r: ff.fourier_bessel_density(r, (0.05, 0.06, 0.01, -0.01), 7.0),
        np.linspace(0.0, 7.0, 181),
    ),
    DensityCase(
        "sum of Gaussians",
        "SumOfGaussians",
        dict(zip(("radii", "fractions", "width"), _SHELLS, strict=True)),
        "40Ca",
        lambda r: ff.sum_of_gaussians_density(r, *_SHELLS),
        np.linspace(0.0, 16.0, 241),
    ),
    DensityCase(
        "harmonic oscillator 12C",
        "HarmonicOscillator",
        {"length": 1.687},
        "12C",
        lambda r: ff.oscillator_density(r, 1.687, 6),
        np.linspace(0.0, 16.0, 241),
    ),
    DensityCase(
        "table of a density",
        "TabulatedDensity",
        {"radius": tuple(_KNOTS.tolist()), "density": tuple(_TABLE.tolist())},
        "40Ar",
        lambda r: np.interp(r, _KNOTS, _TABLE),
        _KNOTS,
    ),
)


@dataclass(frozen=True)
class SpectrumCase:
    """A flux: its components by flavour, in the normalisation of `reference.spectra`, and what its tables are for the library.

    Attributes
    ----------
    name : str
        For messages.
    components : dict
        Flavour → `spectra.Component`.
    end : float
        Largest energy [MeV].
    per : {"s", "burst"}
        Unit of the flux.
    """

    name: str
    components: dict[str, Component]
    end: float
    per: str = "s"
    table: dict[str, Any] = field(default_factory=dict)


def _table_case(name: str, energy: Array, values: Array, interpolation: str) -> SpectrumCase:
    return SpectrumCase(
        name,
        {"nue": spectra.tabulated(energy, values, interpolation)},
        float(energy[-1]),
        table={"energy": energy, "values": values, "interpolation": interpolation},
    )


_fine = np.linspace(0.05, 10.0, 200)
_coarse = np.array([0.1, 0.2, 0.5, 1.0, 2.5, 3.0, 5.0, 8.0, 10.0])
_solar_energy = np.linspace(0.0, spectra.BORON8_END_POINT, 154)

SPECTRA = (
    SpectrumCase("pion decay at rest", spectra.pion_decay_at_rest(), MUON_MASS / 2, per="burst"),
    SpectrumCase(
        "supernova",
        {
            "nue": spectra.pinched_component(12.0, 2.3, 3e11),
            "nuebar": spectra.pinched_component(15.0, 2.3, 2e11),
            "numu": spectra.pinched_component(18.0, 2.3, 6e11),
        },
        60 * 18.0 / 3.3,
        per="burst",
    ),
    SpectrumCase(
        "reactor",
        {"nuebar": spectra.reactor_component({"235U": 0.55, "238U": 0.07, "239Pu": 0.32, "241Pu": 0.06})},
        12.0,
    ),
    SpectrumCase("solar 8B", {"nue": spectra.boron8_component(5.46e6)}, spectra.BORON8_END_POINT),
    SpectrumCase("solar 7Be", {"nue": spectra.beryllium7_component(4.93e9)}, 0.8613),
    _table_case("linear table of 8B", _solar_energy, 5.46e6 * spectra.boron8(_solar_energy), "linear"),
    _table_case("linear table, fine", _fine, spectra.huber_mueller(_fine, "235U"), "linear"),
    _table_case("linear table, coarse, with steps at its ends", _coarse, spectra.vogel_engel(_coarse, "235U"), "linear"),
    _table_case("loglog table", _coarse, spectra.vogel_engel(_coarse, "235U"), "loglog"),
    _table_case("histogram", _coarse, spectra.vogel_engel((_coarse[1:] + _coarse[:-1]) / 2, "235U"), "histogram"),
)

# Recoil energies in keV. Each grid asks one question: the limit at zero, subnormal-like smallness, the range of detectors,
# and energies that no neutrino of any case can give.
RECOIL_ENERGIES = {
    "zero": np.array([0.0]),
    "tiny": np.array([1e-12, 1e-9, 1e-6]),
    "range": np.geomspace(1e-4, 300.0, 61),
    "past the end": np.array([1e4, 1e6]),
}

# Momentum transfers in MeV for form factors: zero, where the series holds, the first zeros of F, and far beyond.
MOMENTUM_TRANSFERS = np.concatenate(([0.0, 1e-12, 1e-6], np.geomspace(1e-3, 2000.0, 401)))
