"""Whatever number a source or a flux is given, its flux is finite, or the number is refused by name."""

import warnings

import numpy as np
import pytest

import cevns
from cevns import CevnsError, Component, Flux, FluxHistory, oscillation, sources, timing
from cevns.fluxes.spectra import EndPoint

EXTREME = (
    0.0,
    -1.0,
    5e-324,
    1e-308,
    1e-200,
    1e-100,
    1e-30,
    1e-6,
    1e6,
    1e13,
    1e30,
    1e100,
    1e200,
    1e308,
    np.inf,
    -np.inf,
    np.nan,
)
WRONG = (10**400, "x", None, [], [1.0, 2.0], 1j, object())
SMALL = {"activity": 1e16, "distance": 1.0}
ENERGY = np.array([1e-9, 1e-3, 1.0, 30.0])  # MeV


def one(spectrum, scale=1.0):
    return Flux((Component("nue", "x", spectrum, scale),))


def ee(value):
    return [[value, 0, 0], [0, 0, 0], [0, 0, 0]]


def mixing(**changes):
    best = oscillation.PARAMETER_SETS["nufit-6.0"]
    return oscillation.Vacuum(1e3, oscillation.MixingParameters(**({**best.__dict__} | changes)))


def beam(pulse):
    return sources.sns(pulse=pulse).window(0.0, 1.0)


CALLS = {
    **{f"pion decay at rest, {name}": (lambda v, name=name: sources.sns(**{name: v})) for name in
       ("distance", "power", "protons", "proton_energy", "yield_per_proton", "uncertainty", "decay_in_flight")},
    **{f"reactor, {name}": (lambda v, name=name: sources.reactor(**({"power": 3.0, "distance": 20.0} | {name: v}))) for name in
       ("power", "distance", "captures_per_fission", "end", "duty_cycle")},
    "reactor, energy": lambda v: sources.reactor(
        power=3.0, distance=20.0, energies_per_fission={"235U": v}, fission_fractions={"235U": 1.0}
    ),
    "reactor history, power": lambda v: sources.reactor_history(edges=[0.0, 7.0, 14.0], power=[2.9, v], distance=20.0),
    "reactor history, edge": lambda v: sources.reactor_history(edges=[0.0, 7.0, v], power=[2.9, 2.9], distance=20.0),
    **{f"supernova, {name}": (lambda v, name=name: sources.supernova(**{name: v})) for name in
       ("distance", "energy", "mean_energy", "pinching", "temperature")},
    "supernova, degeneracy": lambda v: sources.supernova(temperature=5.0, degeneracy=v),
    "supernova, time": lambda v: sources.supernova(times=[0.0, 1.0, v], luminosity=[1e52, 1e52]),
    "supernova, luminosity": lambda v: sources.supernova(times=[0.0, 1.0, 2.0], luminosity=[1e52, v]),
    **{f"dsnb, {name}": (lambda v, name=name: sources.dsnb(**{name: v})) for name in
       ("energy", "redshift_maximum", "hubble_constant", "matter_density", "uncertainty")},
    "dsnb, rate": lambda v: sources.dsnb(rate=sources.CoreCollapseRate(v)),
    "solar, distance": lambda v: sources.solar(components="7Be", distance=v),
    "solar history": lambda v: sources.solar_history([0.0, v], components="7Be"),
    "solar, splitting": lambda v: sources.solar(components="pp", survival=mixing(dm2_21=v)),
    "solar, density": lambda v: sources.solar(components="pp", survival=oscillation.SolarAdiabatic("pp", electron_density=v)),
    "solar, ε": lambda v: sources.solar(components="pp", survival=oscillation.SolarNSI("pp", epsilon_up=ee(v))),
    "solar, neutrons": lambda v: sources.solar(components="pp", survival=oscillation.SolarNSI("pp", neutron_ratio=v)),
    **{f"radioactive, {name}": (lambda v, name=name: sources.radioactive("51Cr", **(SMALL | {name: v}))) for name in
       ("activity", "distance", "age", "uncertainty")},
    "radioactive history": lambda v: sources.radioactive_history("51Cr", activity=1e16, distance=1.0, edges=[0.0, v]),
    **{f"isodar, {name}": (lambda v, name=name: sources.isodar(**{name: v})) for name in
       ("distance", "current", "yield_per_proton", "duty_factor", "uncertainty")},
    "monochromatic, energy": lambda v: sources.monochromatic(v),
    "monochromatic, flux": lambda v: sources.monochromatic(30.0, flux=v),
    "flat": lambda v: sources.flat(1.0, v),
    "pions in flight": lambda v: one(sources.pion_flight_spectrum(v)),
    "allowed shape": lambda v: one(sources.AllowedShape(v, -4)),
    "table, value": lambda v: Flux.from_table([1.0, 2.0, 3.0], {"nue": [1.0, v, 1.0]}),
    "table, lowest energy": lambda v: Flux.from_table([v, 1e5, 2e5], {"nue": [1.0, 1.0, 1.0]}),
    "table, highest energy": lambda v: Flux.from_table([0.0, 1.0, v], {"nue": [1.0, 1.0, 1.0]}),
    "power law, energy": lambda v: Flux.from_table([v, 1e5, 2e5], {"nue": [1.0, 1.0, 1.0]}, interpolation="loglog"),
    "power law, value": lambda v: Flux.from_table([1.0, 2.0, 3.0], {"nue": [1.0, v, 1.0]}, interpolation="loglog"),
    "line": lambda v: Flux.from_table([1.0, 2.0], {"nue": [1.0, 1.0]}, lines={"nue": [(v, 1.0)]}),
    "function, edge": lambda v: Flux.from_function({"nue": lambda E: np.exp(-E / 1e5)}, [v, 1e6]),
    "scale": lambda v: one(EndPoint("muon"), v),
    "factor": lambda v: sources.sns() * v,
    "divisor": lambda v: sources.sns() / v,
    "covariance": lambda v: sources.sns().with_covariance([[v]], components=["prompt"], name="x"),
    "window": lambda v: sources.sns().window(0.0, v),
    "history": lambda v: FluxHistory([0.0, v], [sources.sns()], "d"),
    "factor of a history": lambda v: FluxHistory([0.0, 1.0], [sources.sns()], "d") * v,
    **{f"sterile, {name}": (lambda v, name=name: sources.isodar().sterile(
        **({"dm2": 1.0, "mixing": (0.1, 0.1, 0.0), "baseline": 20.0} | {name: v}))) for name in ("dm2", "baseline")},
    "sterile, core": lambda v: sources.radioactive("51Cr", activity=1e16, distance=20.0).sterile(
        dm2=1.0, sin2_2theta=0.1, baseline=20.0, core=v, detector=0.5
    ),
    "vacuum": lambda v: sources.sns().oscillate(oscillation.Vacuum(v)),
    "splitting": lambda v: sources.sns().oscillate(mixing(dm2_31=v)),
    "probability": lambda v: sources.sns().oscillate([[v, 0, 0], [0, 1, 0], [0, 0, 1]]),
    "pulse, mean": lambda v: beam(timing.GaussianPulse(v, 0.1)),
    "pulse, width": lambda v: beam(timing.GaussianPulse(0.0, v)),
    "pulse, stop": lambda v: beam(timing.RectangularPulse(0.0, v)),
    "pulse, ramp": lambda v: beam(timing.TrapezoidalPulse(0.0, v, 2.0, 3.0)),
    "pulse, value": lambda v: beam(timing.TabulatedPulse([0.0, 1.0, 2.0], [1.0, v, 0.0])),
    "pulse, weight": lambda v: beam(timing.PulseTrain((timing.Instant(0.0), timing.Instant(0.5)), (1.0, v))),
}  # fmt: skip


def check(flux):
    totals = flux.total()
    assert np.isfinite(totals)
    assert totals >= 0
    assert np.isfinite(flux.mean_energy()) or totals == 0
    assert np.isfinite(flux.total_uncertainty())
    for values in (flux.moments(ENERGY), flux.spectrum(ENERGY)):
        assert np.isfinite(values).all()
        assert (np.asarray(values) >= 0).all()


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_any_number_gives_a_finite_flux_or_an_error(call):
    messages = []
    for value in EXTREME:
        try:
            flux = call(value)
        except CevnsError as error:
            messages.append(str(error))
            continue
        for each in flux.fluxes if isinstance(flux, FluxHistory) else (flux,):
            check(each)
    assert all(len(message) <= 300 for message in messages)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_what_is_no_number_is_refused(call):
    messages = []
    for value in WRONG:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                call(value)
            except CevnsError as error:
                messages.append(str(error))
    assert all(len(message) <= 300 for message in messages)


@pytest.mark.parametrize("make", [
    lambda: sources.sns(distance=1e-200),
    lambda: sources.reactor(power=2.9, distance=1e-300),
    lambda: sources.reactor_history(edges=[0.0, 1.0], power=[2.9], distance=1e-200),
    lambda: sources.supernova(distance=1e-200),
    lambda: sources.radioactive("51Cr", activity=1.0, distance=1e-200),
    lambda: sources.isodar(distance=1e-200),
    lambda: sources.solar(components="pp", distance=1e-200),
])  # fmt: skip
def test_a_distance_whose_square_underflows_is_refused(make):
    with pytest.raises(CevnsError, match="distance must be >= 1e-"):
        make()


def test_a_neutrino_of_1e200_mev_is_refused():
    with pytest.raises(CevnsError, match=r"energy must be .* <= 1e\+12 MeV"):
        cevns.rate(sources.monochromatic(1e200), "Ge")


def test_vacuum_oscillation_keeps_all_neutrinos_for_any_order_of_the_splittings():
    # where some oscillations are replaced by their means and others not, the two nearest masses stay coherent: rows sum to 1
    E = np.geomspace(1e-6, 1e3, 400)
    for dm2_21, dm2_31 in ((7.5e-5, 2.5e-3), (7.5e-5, -2.5e-3), (1.0, 2e-3), (2.5e-3, 2.4e-3), (1e-3, 1e-12), (1e-3, -1e-3)):
        parameters = oscillation.MixingParameters(0.3, 0.02, 0.5, 1.0, dm2_21, dm2_31)
        P = oscillation.Vacuum(1e3, parameters)(E)
        np.testing.assert_allclose(P.sum(axis=-1), 1.0, rtol=1e-12)
        np.testing.assert_allclose(P.sum(axis=-2), 1.0, rtol=1e-12)
        density = oscillation.Vacuum(1e3, parameters, coherent=True)(E)
        assert np.linalg.eigvalsh(density).min() > -1e-12


def test_a_solar_year_in_steps_of_any_length_has_its_mean():
    # 1/r² in a step of 1e-12 days is that at its time
    day = 3.0 + 100.0
    for step in (1e-12, 1e-6, 1e-3, 0.01):
        history = sources.solar_history([day, day + step], components="7Be", survival=False)
        expected = sources.solar(components="7Be", survival=False, distance=sources.solar_distance(day + step / 2)).total()
        assert history.total()[0] == pytest.approx(expected, rel=1e-9)
