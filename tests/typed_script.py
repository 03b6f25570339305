"""A script of a user's: what type checkers are to understand of one call of each kind (test_types.py runs it, and mypy)."""

from typing import assert_type

import numpy as np
from numpy.typing import ArrayLike, NDArray

import cevns
from cevns import dark_matter, electrons, matter, oscillation, statistics

Array = NDArray[np.float64]
flux, argon = cevns.sources.sns(), cevns.Nuclide("40Ar")


def some_energy() -> ArrayLike:
    """What may be a number or an array, as a function of a user's gets it from its own caller."""
    return 30.0


some, unknown = some_energy(), np.array([20, 30])  # of no known dtype

# numbers are numbers, arrays arrays; what may be either stays so
assert_type(cevns.recoil_energy_max(30, argon), float)
assert_type(cevns.recoil_energy_max(np.float64(30.0), argon), float)
assert_type(cevns.recoil_energy_max(np.linspace(1, 2), argon), Array)
assert_type(cevns.recoil_energy_max([30.0], argon), Array)
assert_type(cevns.recoil_energy_max((30.0, 40.0), argon), Array)
assert_type(cevns.recoil_energy_max(range(10, 20), argon), Array)
assert_type(cevns.recoil_energy_max(unknown, argon), Array)
assert_type(cevns.recoil_energy_max(some, argon), float | Array)
assert_type(cevns.recoil_energy_max(cevns.recoil_energy_max(some, argon), argon), float | Array)

# cross sections
assert_type(cevns.cross_section(30.0, argon), float)
assert_type(cevns.cross_section(30.0, argon, threshold=np.ones(3)), Array)
assert_type(cevns.cross_section(unknown, "40Ar", threshold=unknown), Array)
assert_type(cevns.cross_section(some, argon), float | Array)
assert_type(cevns.cross_section(30.0, argon, threshold=some), float | Array)
assert_type(cevns.differential_cross_section(neutrino_energy=30.0, recoil_energy=1, nuclide=argon), float)
assert_type(cevns.differential_cross_section(1.0, [30.0, 40.0], argon, flavor="numu"), Array)
assert_type(cevns.differential_cross_section(some, unknown, argon), Array)
assert_type(cevns.differential_cross_section(1.0, some, argon), float | Array)
assert_type(cevns.angular_cross_section(0.5, 30.0, argon), float)
assert_type(cevns.coherence.coherence_loss(30.0, argon), float)
assert_type(cevns.coherency(argon, 0.5), float)
assert_type(cevns.coherence.degree_of_coherency(argon, xi=[0.5]), Array)

# rates
assert_type(cevns.rate(flux, "CsI"), float)
x: float = cevns.rate(flux, "CsI", threshold=5) * 2
assert_type(cevns.rate(flux, "CsI", threshold=[1.0, 2.0]), Array)
assert_type(cevns.rate(flux, "CsI", None, [1.0, 2.0]), Array)
assert_type(cevns.rate(flux, "CsI", threshold=1.0, maximum=unknown), Array)
assert_type(cevns.rate(flux, "CsI", threshold=some), float | Array)
assert_type(cevns.rate(flux, "CsI", covariance=True), tuple[float, float])
assert_type(cevns.rate(flux, "CsI", threshold=[1.0, 2.0], covariance=True), tuple[Array, Array])
assert_type(cevns.differential_rate(10.0, flux, "CsI"), float)
assert_type(cevns.differential_rate(10.0, flux, "CsI", split="flavor"), Array)
assert_type(cevns.differential_rate(recoil_energy=[5.0, 10.0], flux=flux, target="CsI"), Array)
assert_type(cevns.differential_rate(unknown, flux, "CsI"), Array)
assert_type(cevns.differential_rate(some, flux, "CsI"), float | Array)
cevns.differential_rate([5.0, 10.0], flux, "CsI").sum()
rates, covariance = cevns.binned_rate([1.0, 2.0], flux, "CsI", covariance=True)
assert_type(rates, Array)
assert_type(covariance, Array)

# rates of a history, of electrons and of dark matter
steps = cevns.FluxHistory((0.0, 1.0, 2.0), (flux, 2.0 * flux))
assert_type(cevns.rate(steps, "CsI"), Array)
assert_type(cevns.differential_rate(10.0, steps, "CsI"), Array)
assert_type(electrons.rate(flux, "Xe"), float)
assert_type(electrons.rate(flux, "Xe", threshold=[1.0, 2.0], binding="free"), Array)
assert_type(electrons.rate(flux, "Xe", covariance=True), tuple[float, float])
assert_type(electrons.rate(flux, "Xe", threshold=some), float | Array)
assert_type(electrons.differential_rate(10.0, flux, "Xe", binding="free"), float)
assert_type(electrons.differential_rate(unknown, flux, "Xe"), Array)
assert_type(electrons.differential_rate(10.0, flux, "Xe", split="flavor"), Array)
assert_type(electrons.binned_rate([1.0, 2.0], flux, "Xe"), Array)
assert_type(electrons.cross_section(10.0), float)
assert_type(electrons.cross_section(10.0, maximum=[1.0, 2.0]), Array)
assert_type(electrons.effective_electrons(1.0, "Xe"), float)
portal = dark_matter.VectorPortal(mass=25.0, mediator_mass=75.0, kinetic_mixing=1e-4, alpha_D=0.5)
chi = dark_matter.DarkMatterFlux.from_pion_decay_at_rest(
    mass=25.0, mediator_mass=75.0, kinetic_mixing=1e-4, protons=3.2e23, distance=19.3
)
assert_type(dark_matter.rate(chi, "CsI", portal), float)
assert_type(dark_matter.rate(chi, "CsI", portal, threshold=[1.0, 2.0]), Array)
assert_type(dark_matter.differential_rate([1.0, 2.0], chi, "CsI", portal), Array)
assert_type(dark_matter.differential_cross_section(10.0, 100.0, argon, portal), float)
assert_type(dark_matter.recoil_energy_max(100.0, 25.0, argon), float)
assert_type(dark_matter.energy_min(unknown, 25.0, argon), Array)
assert_type(chi.spectrum(50.0), float)

# what rates consist of
assert_type(flux, cevns.Flux)
assert_type(flux.spectrum(30.0), float)
assert_type(flux.spectrum([30.0]), Array)
assert_type(flux.spectrum(some), float | Array)
assert_type(cevns.form_factors.Helm()(50.0, argon), float)
assert_type(cevns.form_factors.Helm()(unknown, argon), Array)
assert_type(cevns.weak_mixing_angle(50.0), float)
assert_type(cevns.sources.solar_distance([1.0, 2.0]), Array)
assert_type(cevns.NSI(eps_ee_u=0.1), cevns.NSI)
assert_type(cevns.AxialResponse().strength(10.0, "129Xe"), float)
pulse = cevns.timing.Timing(cevns.timing.GaussianPulse(1.0, 0.1), (2.2,))
assert_type(pulse.density(1.0), float)
assert_type(pulse.later([1.0]), Array)
assert_type(pulse.fraction(0.0, [1.0, 2.0]), Array)

# detectors
assert_type(cevns.quenching.Lindhard(0.157).energy(10.0, "133Cs"), float)
assert_type(cevns.quenching.Lindhard(0.157).factor(unknown, "133Cs"), Array)
assert_type(cevns.quenching.NestXenon(81.0).electrons(5.0), float)
assert_type(cevns.efficiency.Threshold(1.0)(2.0), float)
assert_type(cevns.resolution.Gaussian(0.1).width([1.0]), Array)
detector = cevns.Detector("CsI", 14.6, quenching=cevns.quenching.Constant(0.09))
assert_type(detector.signal(10.0), float)
assert_type(detector.signal(some), float | Array)

# matter and oscillations
iron = {"56Fe": 1.0}
assert_type(cevns.matter_potential(3.0, 0.5, "nue"), float)
assert_type(cevns.matter_potential(3.0, [0.4, 0.5], flavor="nue"), Array)
assert_type(matter.transport_cross_section(10.0, "56Fe"), float)
assert_type(matter.transport_cross_section(unknown, "56Fe", density=1e12, electron_fraction=0.4), Array)
assert_type(matter.mean_free_path(10.0, 1e12, iron, flavor="numu"), float)
assert_type(matter.mean_free_path(10.0, 1e12, {"56Fe": np.array([0.5, 1.0])}), float | Array)
assert_type(matter.opacity(10.0, [1e12, 1e13], iron, 1.0), Array)
assert_type(matter.ion_correlation(10.0, "56Fe", 1e12, temperature=1.0), float)
assert_type(matter.electron_screening(0.0, "56Fe", 1e11, 0.4, "numu"), float)
assert_type(matter.screening_length(1e11, 0.4), float)
assert_type(matter.diffusion_time(30e5, 1e5), float)
assert_type(matter.trapping_density(10.0, iron, 1.4), float)
assert_type(matter.bruenn_moments(0.3), tuple[float, float])
assert_type(matter.optical_depth(10.0, [1e6, 1e7], [1e12, 1e9], iron), Array)
assert_type(matter.neutrino_sphere(20.0, [1e6, 1e7, 1e8], [1e12, 1e9, 1e6], iron), float)
assert_type(oscillation.non_unitary(alpha_ee=0.01), Array)
assert_type(oscillation.non_unitary(alpha_ee=0.01, coherent=True), NDArray[np.complex128])
assert_type(oscillation.Vacuum(baseline=1000.0)(3.0), Array | NDArray[np.complex128])

# statistics
assert_type(statistics.poisson_chi2([0, 3], [1.0, 3.0]), float)
assert_type(statistics.gaussian_chi2(np.ones(2), np.ones((5, 2))), float | Array)

csi = cevns.Experiment.load("coherent-csi-2021")
templates = csi.templates(cevns.StandardModel() + cevns.NSI(), parameters=("eps_ee_u",), asimov=True)
assert_type(templates.likelihood({"eps_ee_u": 0.1}), float)
assert_type(templates.likelihood({"eps_ee_u": np.linspace(-1.0, 1.0, 5)}), Array)
assert_type(templates.likelihood([0.1]), float | Array)
assert_type(templates.counts([0.1]), Array)
