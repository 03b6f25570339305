"""Nuclear form factors F(q): how much of the coherence survives a momentum transfer q.

F is the Fourier transform of a density, normalised to F(0) = 1 and signed: proton and neutron amplitudes add before they are
squared. q is in MeV. Every model gives `ff(q, nuclide)` and `ff.rms_radius(nuclide)` [fm]; those with a radius to choose give
a constructor `from_rms(radius)`, the same for every nuclide, `ff.resized(radius, nuclide)` and `ff.derivative(q, nuclide)`.

Which one? Helm is the default of the field's dark-matter half, Klein–Nystrand that of COHERENT, and with their usual radii
they differ by 2–3 % in a rate at pion-decay-at-rest energies: a convention, not physics (the rms radius of xenon is 4.79 fm
in one and 5.03 fm in the other). At a reactor all rates agree within 0.05 %. Where electron scattering has measured the
charge density, `FourierBessel` is what was measured; Fermi densities are the usual fits for the rest.

    closed_forms   Helm, KleinNystrand, SymmetrizedFermi, SolidSphere, Gaussian, Dipole, Point: formulas that the kernels know
    fermi          TwoParameterFermi, ThreeParameterFermi: exact series
    expansions     FourierBessel, SumOfGaussians, HarmonicOscillator, MomentExpansion: sums of coefficients
    tables         Tabulated, TabulatedDensity: an own table of F or of a density
    composition    ByNuclide, Skin: different models or radii for different nuclides

All but the closed forms reach the kernels as polynomials of degree 7 in q (`cevns._numerics.tabulation`), as fast as
a closed form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._lazy import later
from ._base import FormFactor, HasMassNumber
from .closed_forms import Dipole, Gaussian, Helm, KleinNystrand, Point, SolidSphere, SymmetrizedFermi

if TYPE_CHECKING:
    from .composition import ByNuclide, Skin, neutron_form_factor
    from .expansions import FourierBessel, HarmonicOscillator, MomentExpansion, SumOfGaussians
    from .fermi import ThreeParameterFermi, TwoParameterFermi
    from .tables import Tabulated, TabulatedDensity

__all__ = [
    "ByNuclide",
    "Dipole",
    "FormFactor",
    "FourierBessel",
    "Gaussian",
    "HarmonicOscillator",
    "HasMassNumber",
    "Helm",
    "KleinNystrand",
    "MomentExpansion",
    "Point",
    "Skin",
    "SolidSphere",
    "SumOfGaussians",
    "SymmetrizedFermi",
    "Tabulated",
    "TabulatedDensity",
    "ThreeParameterFermi",
    "TwoParameterFermi",
    "neutron_form_factor",
]

__getattr__, __dir__ = later(
    __name__,
    __all__,
    {
        "composition": (
            "ByNuclide",
            "Skin",
            "neutron_form_factor",
        ),
        "expansions": (
            "FourierBessel",
            "HarmonicOscillator",
            "MomentExpansion",
            "SumOfGaussians",
        ),
        "fermi": (
            "ThreeParameterFermi",
            "TwoParameterFermi",
        ),
        "tables": (
            "Tabulated",
            "TabulatedDensity",
        ),
    },
)
