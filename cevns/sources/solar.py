"""The Sun: its eight neutrino fluxes, by day and night, at any time of the year.

Formulas
--------
the Sun, `solar`, `solar_history`, `solar_distance`: φ = Σ_i Φ_i f_i(E)/r², r = 1 − e cos E_Kepler
    N. Vinyoles et al., Astrophys. J. 835 (2017) 202
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import Array, canonical_name, nearest, real_array, real_number, restore, several, shown
from .._immutable import sealing
from .._typed import Like, Many, Number, Values
from ..data.tables import rows
from ..errors import InputError, UnknownNameError
from ..fluxes.components import Coherence, Component, Uncertainty, scaled
from ..fluxes.flavor_conversion import Conversion
from ..fluxes.flux import Flux, FluxHistory
from ..fluxes.spectra import Lines, Spectrum
from ..oscillation import Parameters, SolarAdiabatic
from .beta_decay import AllowedShape
from .boron8 import Boron8

LATEST = 1e7  # d, of either sign: 27 000 years
_SHORT = 1e-3  # d: the mean over it is that in the middle within 1e-11

MODELS = ("B16-GS98", "B16-AGSS09met")
COMPONENTS = ("pp", "pep", "hep", "7Be", "8B", "13N", "15O", "17F")

# End points [MeV] of the positron decays, and the charge of the daughter: J. N. Bahcall, R. K. Ulrich, Rev. Mod. Phys. 60
# (1988) 297; pp, where the protons bring energy of their own, J. N. Bahcall, Phys. Rev. C 56 (1997) 3391.
DECAYS: Mapping[str, tuple[float, int]] = MappingProxyType(
    {"pp": (0.42341, 1), "hep": (18.784, 2), "13N": (1.199, 6), "15O": (1.732, 7), "17F": (1.740, 8)}
)

# Energies [MeV] and branchings: pep; electron capture of 7Be to the ground state and the first excited state of 7Li.
LINES: Mapping[str, tuple[tuple[float, float], ...]] = MappingProxyType(
    {"pep": ((1.442, 1.0),), "7Be": ((0.8613, 0.897), (0.3843, 0.103))}
)

# Electron capture beside the β⁺ decays of the CNO cycle: energy [MeV] of the line and its flux relative to that of the decay.
# L. C. Stonehill, J. A. Formaggio, R. G. H. Robertson, Phys. Rev. C 69 (2004) 015801, quoted from memory of the paper. Checked:
# all three are 0.39 of what a full K shell gives, and so agree on how many electrons the plasma has at a nucleus.
CAPTURES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"13N": (2.220, 7.9e-4), "15O": (2.754, 4.0e-4), "17F": (2.761, 5.9e-4)}
)
_CAPTURES = "eCNO"

# Heat [MeV] that the Sun gains for each neutrino: half of 4p + 2e → ⁴He, 26.7312 MeV, less what the neutrino takes; for ¹³N,
# ¹⁵O and ¹⁷F the steps of the CNO cycle up to it, from atomic masses. J. N. Bahcall, Phys. Rev. C 65 (2002) 025801.
HEAT: Mapping[str, float] = MappingProxyType(
    {
        "pp": 13.3656 - 0.2668,
        "pep": 13.3656 - 1.442,
        "hep": 13.3656 - 9.630,
        "7Be": 13.3656 - 0.8122,
        "8B": 13.3656 - 6.770,
        "13N": 1.943 + 2.221 - 0.7068,
        "15O": 7.551 + 7.297 + 2.754 + 4.966 - 0.9965,
        "17F": 0.600 + 2.761 - 0.9996,
    }
)

# What errors of a model have in common. Fluxes as powers of the temperature of the core: J. N. Bahcall, A. Ulmer, Phys. Rev. D
# 53 (1996) 4202. S-factors: their relative errors in the models, and fluxes as powers of them, W. C. Haxton, A. M. Serenelli,
# Astrophys. J. 687 (2008) 678. All of these are quoted from memory of the papers. Checked: ⁸B/⁷Be is T^13.5 at 15.5 MK by the
# Coulomb barrier of p + ⁷Be against the capture of an electron, T^14 here; and the luminosity makes pp T^−1.0, where Bahcall
# and Ulmer have −1.1 ± 0.1.
TEMPERATURE: Mapping[str, float] = MappingProxyType({"7Be": 10.0, "8B": 24.0, "13N": 24.4, "15O": 27.1, "17F": 27.8})
S_FACTORS: Mapping[str, tuple[float, Mapping[str, float]]] = MappingProxyType(
    {"S34": (0.052, {"7Be": 0.86, "8B": 0.81}), "S114": (0.075, {"13N": 0.75, "15O": 1.0})}
)

ECCENTRICITY = 0.01671  # of the Earth's orbit, J2000
ANOMALISTIC_YEAR = 365.259636  # d, from perihelion to perihelion
TWELFTHS = tuple(365 * i / 12 for i in range(13))  # of the year, d
PERIHELION = 3.0  # d since the 1st of January, 0 h, the mean of 2020 to 2026: 1.6 to 4.3


def solar(
    *,
    model: str = "B16-GS98",
    components: str | Iterable[str] = COMPONENTS,
    survival: Any = True,
    parameters: Parameters = "nufit-6.0",
    distance: float = 1.0,
    zenith: Sequence[tuple[float, float]] | None = None,
) -> Flux:
    """Solar neutrinos, as they arrive at the Earth.

    Parameters
    ----------
    model : {"B16-GS98", "B16-AGSS09met"}
        Solar model, of high or low metallicity: 5.46e6 or 4.50e6 cm⁻² s⁻¹ of ⁸B, 4.93e9 or 4.50e9 of ⁷Be, 2.78e8 or 2.04e8 of
        ¹³N. N. Vinyoles et al., Astrophys. J. 835 (2017) 202; all in `cevns/data/solar_models.csv`.
    components : str or iterable of str
        Names from "pp", "pep", "hep", "7Be", "8B", "13N", "15O", "17F", by default these eight, and "eCNO", the three lines of
        electron capture in the CNO cycle.
    survival : bool, array_like or callable
        True converts flavours on the way, each component by `cevns.oscillation.SolarAdiabatic` from where it is made. False
        leaves all ν_e, as produced. Otherwise what `Flux.oscillate` takes, for all components.
    parameters : MixingParameters or str
        Parameters of the mixing, for survival=True: "nufit-6.0" or another set of `cevns.oscillation`.
    distance : float
        From the Sun [au], > 0; see `solar_distance`.
    zenith : sequence of (cosine, weight), optional
        Zenith angles of the Sun, for survival=True, such as `cevns.oscillation.sun_zenith(latitude)` returns: by night the
        Earth's matter regenerates ν_e. Day alone by default. The spectra of ⁸B and hep then take seconds to prepare.

    Returns
    -------
    Flux
        Flavours nue, numu and nutau (False: nue) with the coherence between them that arrives. Totals over flavours are those
        of the model over distance². Uncertainties are "solar core temperature", "solar S34", "solar S114", "solar carbon and
        nitrogen", "solar luminosity", and "solar 8B flux", "... 17F ...", "... hep ...", "... pep ..." for what is their own.

    Raises
    ------
    UnknownNameError
        For an unknown model, component or set of parameters.
    InputError
        For no components, one that stands twice, or a distance that is not > 0.

    Notes
    -----
    Spectra are `Boron8` and `AllowedShape`; pep, 7Be and eCNO are lines. The error of each flux is that of the model. What they
    have in common is our estimate from published powers, not the matrix of the model's authors, which is not at hand:

        core temperature        7Be T^10, 8B T^24, 13N T^24.4, 15O T^27.1, 17F T^27.8; 0.40 %, so that 7Be has its error
        S34, 5.2 %              7Be S34^0.86, 8B S34^0.81
        S114, 7.5 %             13N S114^0.75, 15O S114
        carbon and nitrogen     the rest of 13N and 15O, which is 10 and 11 % (low metallicity: 8 and 9 %)
        own                     8B 5.8 %, of which S17 has 4.7 %; 17F 17 % (14 %); hep 30 %

    Temperature stands for opacity, diffusion and what else changes 7Be and 8B alike. Correlations are then 0.80 for 7Be with
    8B (0.68 to 0.91 for powers 19 to 29 of 8B), 0.997 for 13N with 15O, 0.43 and 0.51 for 15O with 7Be and 8B (low metallicity:
    0.45, 0.54). `Flux.with_covariance` takes a matrix of one's own. The luminosity, Σ α_i Φ_i = L/4πr² with the heat α_i of a
    neutrino, ties pp and pep to the others: where these give more heat, pp and pep give less. With 0.26 % for L (0.16 %) that
    is all of the error of pp; its correlation with 7Be is −0.87 (−0.93). Multiply for another flux: SNO measured 5.25e6 of ⁸B
    by neutral currents.

    Coherent scattering at tree level does not tell flavours apart: `survival` changes no rate of it. Radiative couplings, new
    interactions and scattering on electrons depend on it.

    Examples
    --------
    >>> from cevns import sources
    >>> flux = sources.solar(components="8B")
    >>> f"{flux.total():.3e}, ν_e {flux.total('nue') / flux.total():.3f}"
    '5.460e+06, ν_e 0.373'
    >>> round(cevns.rate(flux, "Xe") / cevns.rate(sources.solar(components="8B", survival=False), "Xe"), 12)
    1.0
    """
    model = canonical_name(model, MODELS, "solar model")
    wanted = f"components must be one or more of {', '.join(map(repr, COMPONENTS))}"
    names = (components,) if isinstance(components, str) else several(components, wanted)
    if not names:
        raise InputError(f"components must name at least one of {', '.join(map(repr, COMPONENTS))} (got none)")
    for name in names:
        if not isinstance(name, str) or name not in (*COMPONENTS, _CAPTURES):
            raise UnknownNameError(f"unknown solar component {shown(name)}{nearest(name, (*COMPONENTS, _CAPTURES))}")
        if names.count(name) > 1:
            raise InputError(f"components must name each one once (got {shown(name)} {names.count(name)} times)")
    if zenith is not None and survival is not True:
        raise InputError(f"zenith is for survival=True (got survival={shown(survival)})")
    factor = 1 / real_number(distance, "distance", unit="au", minimum=0.0, above=True) ** 2
    arriving: list[Component] = []
    coherences: list[Coherence] = []
    changes: dict[str, list[Component]] = defaultdict(list)
    for name in names:
        for origin, spectrum, fraction in _made(name):
            made = Component("nue", name, spectrum, _flux(model, origin)[0] * fraction * factor)
            parts = [made]
            if survival is not False:
                way = SolarAdiabatic(origin, parameters, zenith=zenith) if survival is True else survival
                conversion = Conversion(way, conjugate=False)
                parts = list(conversion.components(made)) or [scaled(made, 0.0)]  # all of it may be sterile
                coherences += conversion.coherences(made)
            arriving += parts
            for what, change in _changes(model, origin).items():
                changes[what] += [scaled(part, change) for part in parts]
    uncertainties = tuple(Uncertainty(what, tuple(parts)) for what, parts in changes.items())
    return Flux(tuple(arriving), uncertainties=uncertainties, coherences=tuple(coherences))


@overload
def solar_distance(day: Number) -> float: ...
@overload
def solar_distance(day: Many) -> Array: ...
@overload
def solar_distance(day: Like) -> Values: ...
def solar_distance(day: ArrayLike) -> Values:
    """Distance of the Earth from the Sun [au], by Kepler's ellipse.

    Parameters
    ----------
    day : array_like
        Days since the 1st of January, 0 h; any shape, −1e7 to 1e7.

    Returns
    -------
    float or ndarray
        r = 1 − e cos E, M = E − e sin E: 0.983 around the 3rd of January, 1.017 around the 4th of July.

    Raises
    ------
    InputError
        For days outside their range.

    Notes
    -----
    e = 0.01671. The perihelion is put at day 3.0 of every year; it moves between 1.6 and 4.3 (2020 to 2026), which shifts the
    flux by 8e-4 at most.

    Examples
    --------
    >>> from cevns import sources
    >>> sources.solar_distance([3.0, 185.6]).round(4).tolist()
    [0.9833, 1.0167]
    """
    days = real_array(day, "day", unit="d", minimum=-LATEST, maximum=LATEST)
    return restore(np.asarray(1 - ECCENTRICITY * np.cos(_eccentric_anomaly(days)[0])))


def solar_history(edges: ArrayLike = TWELFTHS, **options: Any) -> FluxHistory:
    """Solar neutrinos in steps of time over the year, in which their flux goes up and down by 3.3 %.

    Parameters
    ----------
    edges : array_like (n + 1,)
        Increasing days since the 1st of January, 0 h; twelve equal steps by default. Dates count from the beginning of the year
        of the first of them.
    **options
        As for `solar`, but for the distance.

    Returns
    -------
    FluxHistory
        In days. Each step has the mean of 1/r² over it, which Kepler's second law gives exactly: the true anomaly ν grows by
        dν = 2π√(1 − e²)/r² dt/year.

    Raises
    ------
    InputError, UnknownNameError
        For times that do not increase; as `solar`.

    Examples
    --------
    >>> from cevns import sources
    >>> history = sources.solar_history(components="8B")
    >>> f"January {history.fluxes[0].total():.3e}, July {history.fluxes[6].total():.3e}"
    'January 5.641e+06, July 5.287e+06'
    """
    if "distance" in options:
        raise InputError("a history of solar neutrinos has its own distances")
    times = FluxHistory.check_edges(edges, "d", dates="year")
    real_array(times, "edges of time", unit="d", minimum=-LATEST, maximum=LATEST)
    flux = solar(**options)
    eccentric, turns = _eccentric_anomaly(times)
    half = eccentric / 2
    stretch = math.sqrt((1 + ECCENTRICITY) / (1 - ECCENTRICITY))
    true = 2 * np.arctan2(stretch * np.sin(half), np.cos(half)) + 2 * math.pi * turns
    year = 2 * math.pi * math.sqrt(1 - ECCENTRICITY**2) / ANOMALISTIC_YEAR
    steps = np.diff(times)
    # of a short step the difference has lost its digits, and the middle is as good
    short = steps < _SHORT
    means = np.diff(true) / (year * np.where(short, 1.0, steps))
    means[short] = solar_distance((times[:-1] + times[1:])[short] / 2) ** -2.0
    return FluxHistory(tuple(times.tolist()), tuple(flux * mean for mean in means.tolist()), "d")


def _eccentric_anomaly(day: Any) -> tuple[Any, Any]:
    """E in [−π, π] and the number of whole turns since the perihelion."""
    phase = (day - PERIHELION) / ANOMALISTIC_YEAR
    turns = np.round(phase)
    mean = 2 * math.pi * (phase - turns)
    eccentric = mean + ECCENTRICITY * np.sin(mean)
    for _ in range(3):  # Newton: from 1e-4 to rounding
        eccentric = eccentric - (eccentric - ECCENTRICITY * np.sin(eccentric) - mean) / (1 - ECCENTRICITY * np.cos(eccentric))
    return eccentric, turns


def _flux(model: str, name: str) -> tuple[float, float]:
    """Flux [cm⁻² s⁻¹] and its relative uncertainty in a model."""
    for row in rows("solar_models.csv"):
        if (row["model"], row["component"]) == (model, name):
            return float(row["flux"]), float(row["uncertainty"])
    raise UnknownNameError(f"solar model {model} has no {name}")


@cache
@sealing
def _changes(model: str, name: str) -> Mapping[str, float]:
    """Relative change of a flux with each nuisance parameter of the model; the squares sum to that of its published error."""
    if name in ("pp", "pep"):
        return _burning(model)[name]
    changes: dict[str, float] = {}
    if name in TEMPERATURE:
        # what the S-factor leaves of the error of ⁷Be is the temperature
        size, powers = S_FACTORS["S34"]
        temperature = math.sqrt(_flux(model, "7Be")[1] ** 2 - (size * powers["7Be"]) ** 2) / TEMPERATURE["7Be"]
        changes["solar core temperature"] = TEMPERATURE[name] * temperature
    for factor, (size, powers) in S_FACTORS.items():
        if name in powers:
            changes[f"solar {factor}"] = size * powers[name]
    if name != "7Be":
        rest = "solar carbon and nitrogen" if name in ("13N", "15O") else f"solar {name} flux"
        changes[rest] = math.sqrt(_flux(model, name)[1] ** 2 - sum(change**2 for change in changes.values()))
    return changes


@cache
@sealing
def _burning(model: str) -> Mapping[str, Mapping[str, float]]:
    """Relative changes of pp and pep, which go together: no parameter but the luminosity changes the heat of all fluxes."""
    heat = {name: HEAT[name] * _flux(model, name)[0] for name in COMPONENTS}
    changes: dict[str, float] = defaultdict(float)
    for name in COMPONENTS:
        if name not in ("pp", "pep"):
            for what, change in _changes(model, name).items():
                changes[what] -= change * heat[name] / (heat["pp"] + heat["pep"])
    pp, pep = _flux(model, "pp")[1], _flux(model, "pep")[1]
    ratio = heat["pep"] / heat["pp"]
    own = math.sqrt((pep**2 - pp**2) / (1 - ratio**2))  # of pep, which pp makes up for
    # what the published error has beyond all this is how well the luminosity is known
    rest = pp**2 - (ratio * own) ** 2 - sum(change**2 for change in changes.values())
    changes["solar luminosity"] = math.sqrt(rest)
    return {"pp": {**changes, "solar pep flux": -ratio * own}, "pep": {**changes, "solar pep flux": own}}


def _made(name: str) -> Iterable[tuple[str, Spectrum, float]]:
    """The nuclide that decays, the spectrum and the flux relative to that of the model, of one component."""
    if name == _CAPTURES:
        return [(origin, Lines([energy], [1.0]), fraction) for origin, (energy, fraction) in CAPTURES.items()]
    if name in LINES:
        energies, branchings = zip(*LINES[name], strict=True)
        return [(name, Lines(energies, branchings), 1.0)]
    if name not in DECAYS:
        return [(name, Boron8(), 1.0)]
    end_point, charge = DECAYS[name]
    return [(name, AllowedShape(end_point, -charge), 1.0)]
