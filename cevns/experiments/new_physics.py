"""Published limits on new physics, beside those that the same data give here.

    RESULTS      published results: intervals, limits and significances, with their sources
    compare()    each of them, with what comes out of the data releases at hand

    for found in compare({"coherent-csi-2021": "2110.07730/anc", "coherent-lar-2020": "zenodo-3903810"}):
        print(*found.row)

`cevns validate --new-physics` prints it. Theory and data are those that the analyses say they have; what is different stands
in the notes. Nuisances are profiled, limits are of one parameter: Δχ² = 2.71 at 90 %.

The uncertainties of a signal are linear: one that is far too large is taken away whole where they reach −1, for Δχ² of 76 (CsI)
or 56 (argon). Significances beyond 7 σ are no more than that.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import Array, known_name
from .._texts import of_fields
from ..constants import WEAK_MIXING_ANGLE
from ..detectors.efficiency import Threshold
from ..detectors.quenching import Tabulated
from ..interactions import Interaction, StandardModel
from ..interactions.electromagnetic import ChargeRadius, MagneticMoment
from ..interactions.mediators import VectorMediator
from ..interactions.nsi import NSI
from ..interactions.radiative_corrections import charge_radius_shift, neutrino_charge_radius
from ..nuclei.form_factors import Helm
from ..statistics.scans import scan
from ..statistics.templates import Templates
from .channels import Electrons, Nuclei
from .experiment import Experiment, load

CSI, ARGON, DRESDEN, CONUS = "coherent-csi-2021", "coherent-lar-2020", "dresden-2", "conus-plus-2025"

# Rms radii of neutrons [fm] in the shell model, M. Hoferichter, J. Menéndez, A. Schwenk, Phys. Rev. D 102 (2020) 074018, as the
# analyses of Cagliari and Turin have them: 5.09 of Cs and 5.03 of I, here one for both
_NEUTRONS = {CSI: 5.06, ARGON: 3.55}

# Energy of a pair in germanium [keV]. Noise alone exceeds 0.2 keV_ee in 0.2 % of all cases, however small the recoil, and
# counts that go with 1/T would grow without end: recoils that make no pair are left out
_PAIR = 2.96e-3

Experiments = Mapping[str, Experiment]


@dataclass(frozen=True)
class Result:
    """A published result.

    Attributes
    ----------
    what : str
        The statement, and its level of confidence.
    needs : tuple of str
        Experiments whose data releases it is from.
    published : tuple of float
        One number, such as a limit, or the ends of intervals, two by two; empty where no number is at hand.
    unit : str
        Unit of the numbers.
    source : str
        Where it is published.
    checked : bool
        Whether the number was read in the publication or its abstract; otherwise it is at second hand.
    note : str
        Differences of the inputs.
    compute : callable
        Takes the experiments by name and returns as many numbers.
    """

    what: str
    needs: tuple[str, ...]
    published: tuple[float, ...]
    unit: str
    source: str
    checked: bool
    note: str
    compute: Callable[[Experiments], tuple[float, ...]] = field(repr=False, compare=False)

    __repr__ = of_fields


@dataclass(frozen=True)
class Comparison:
    """A published result and what is computed in its place; None where data are missing."""

    result: Result
    computed: tuple[float, ...] | None

    __repr__ = of_fields

    @property
    def difference(self) -> float | None:
        """The largest between a number and the published one: relative, or over the width of its published interval."""
        published = np.array(self.result.published)
        if self.computed is None or not published.size:
            return None
        if len(self.computed) != published.size:
            return math.inf
        width = np.abs(published) if published.size == 1 else np.repeat(published[1::2] - published[::2], 2)
        return float(np.max(np.abs(np.array(self.computed) - published) / width))

    @property
    def row(self) -> list[str]:
        """The cells of a table."""
        result, difference = self.result, self.difference
        said = _written(result.published) if result.published else "not at hand"
        computed = f"needs {', '.join(result.needs)}" if self.computed is None else _written(self.computed)
        return [
            result.what,
            result.unit,
            said if result.checked or not result.published else f"{said} (unchecked)",
            computed,
            "-" if difference is None else f"{difference:.1%}",
        ]


def compare(releases: Mapping[str, Any] | None = None) -> Iterator[Comparison]:
    """All results, with those that are computed.

    Parameters
    ----------
    releases : mapping, optional
        Name of an experiment → folder where you keep its data release.

    Raises
    ------
    UnknownNameError
        For an experiment that none of the results is from.
    InputError
        For a folder with missing or wrong files.

    Examples
    --------
    >>> [found.row[0] for found in compare() if found.computed is not None]
    ['eps_ee_u, CONUS+, 1 sigma', 'eps_ee_d, CONUS+, 1 sigma']
    """
    folders = dict(releases or {})
    for name in folders:
        known_name(name, (CSI, ARGON, DRESDEN), "experiment with results of new physics")
    experiments = {name: _loaded(name, folder) for name, folder in folders.items()}
    for result in RESULTS:
        missing = set(result.needs) - set(experiments)
        yield Comparison(result, None if missing else result.compute(experiments))


# ---- data and theory -----------------------------------------------------------------------------------------------------


def _loaded(name: str, folder: Any) -> Experiment:
    """With its release; Dresden-II with the flux and the quenching of its publication, see `_PAIR`."""
    experiment = load(name)
    if name == DRESDEN:
        assert experiment.published is not None
        quenching = Tabulated.from_file(os.path.join(os.fspath(folder), "QF_Fef_YBe.txt"), 1, beyond="hold", elements=("Ge",))
        detector = replace(experiment.detector, quenching=quenching, efficiency=(Threshold(_PAIR, axis="recoil"),))
        flux = experiment.flux * (experiment.published.values["flux"][0] / experiment.flux.total())
        experiment = experiment.replace(detector=detector, flux=flux)
    return experiment.with_release(folder)


def _theory(name: str) -> StandardModel:
    """Couplings with loops, and Helm's form factor with the neutrons of the shell model."""
    return StandardModel(couplings="radiative", neutron_form_factor=Helm.from_rms(_NEUTRONS[name]))


def _templates(experiment: Experiment, theory: Interaction, *parameters: str) -> Templates:
    found = experiment.templates(theory, parameters)
    assert isinstance(found, Templates)  # without shapes
    return found


def _coherent(experiments: Experiments, new: Interaction, parameter: str) -> Templates:
    """Of CsI and argon together, which have the uncertainty of the flux in common."""
    parts = [_templates(experiments[name], _theory(name) + new, parameter) for name in (CSI, ARGON)]
    return Templates.joined(parts, common=("flux",))


# ---- what is asked -------------------------------------------------------------------------------------------------------


def _allowed(templates: Templates, name: str, grid: ArrayLike, level: float = 0.90) -> tuple[float, ...]:
    """Ends of the intervals of one parameter, two by two."""
    found = scan(templates.likelihood, {name: grid}).interval(name, level)
    return tuple(end for interval in found for end in interval)


def _limit(templates: Templates, name: str, largest: float) -> float:
    """The upper end of what is allowed from 0 on."""
    return _allowed(templates, name, np.linspace(0.0, largest, 201))[1]


def _weak_mixing_angle(experiments: Experiments) -> tuple[float, ...]:
    """A charge radius that ν_e and ν_μ have in common shifts g_V^p as −2 Δ sin²θ_W does."""
    experiment = experiments[CSI]
    templates = _templates(experiment, experiment.interaction + ChargeRadius(), "nue", "numu")

    def chi2(theta: Mapping[str, Array]) -> Array:
        radius = -2 * (theta["angle"] - WEAK_MIXING_ANGLE) / charge_radius_shift(1.0)
        return np.asarray(templates.likelihood({"nue": radius, "numu": radius}))

    ((low, high),) = scan(chi2, {"angle": np.linspace(0.1, 0.35, 101)}).interval("angle", 0.6827)
    return low, high


def _dark(quark: str, edge: float, experiments: Experiments) -> tuple[float, ...]:
    """Standard deviations at which ε_ee − ε_μμ = edge is excluded, for all ε_μμ."""
    names = f"eps_ee_{quark}", f"eps_mm_{quark}"
    experiment = experiments[CSI]
    templates = _templates(experiment, experiment.interaction + NSI(), *names)
    best = templates.minimum().chi2
    muon = np.linspace(0.0, 1.2, 601)
    chi2 = templates.likelihood({names[0]: muon + edge, names[1]: muon})
    return (math.sqrt(chi2.min() - best),)


def _conus(name: str, experiments: Experiments) -> tuple[float, ...]:
    """Of 395 ± 106 counts, where 347 are expected of the Standard Model, with 16.9 % of systematic uncertainty."""
    experiment = load(CONUS)
    assert experiment.published is not None
    expected, (observed, error) = experiment.published.values["counts"][0], experiment.published.values["observed"][:2]
    found = _templates(experiment, StandardModel(couplings="radiative") + NSI(), name)
    counts = found.counts_by_term.sum(axis=1, keepdims=True)
    counts *= expected / float(found.counts([0.0]).sum())
    templates = Templates(
        (name,), found.exponents, counts, observed=[observed], variance=[error**2], signal_effects={"systematics": 0.169}
    )
    return _allowed(templates, name, np.linspace(-0.3, 0.7, 401), 0.6827)


def _moment(experiments: Experiments) -> tuple[float, ...]:
    return (1e10 * _limit(_coherent(experiments, MagneticMoment(), "numu"), "numu", 6e-9),)


def _radius(experiments: Experiments) -> tuple[float, ...]:
    """The interval around 0, of the whole charge radius: that of the Standard Model is in the couplings."""
    ends = _allowed(_coherent(experiments, ChargeRadius(), "numu"), "numu", np.linspace(-9e-31, 4e-31, 521))
    standard = neutrino_charge_radius("numu")
    return tuple(1e32 * (standard + end) for end in ends[-2:])


def moments_at_dresden(experiment: Experiment) -> Templates:
    """Templates of the magnetic moment of ν_e at Dresden-II, from nuclei and electrons: both have counts that go with μ²."""
    both = experiment.replace(channels=(Nuclei(), Electrons(efficiency=())))
    return _templates(both, StandardModel(couplings="radiative") + MagneticMoment(), "nue")


def _moment_at_reactor(experiments: Experiments) -> tuple[float, ...]:
    return (1e10 * _limit(moments_at_dresden(experiments[DRESDEN]), "nue", 1e-9),)


def _boson(model: str, mass: float, experiments: Experiments) -> tuple[float, ...]:
    """Limit on g × 10⁵; above a strip that is allowed again begins where universal charges turn the weak charge round."""
    templates = _coherent(experiments, VectorMediator(mass=mass, coupling=0.0, model=model), "coupling")
    return (1e5 * _limit(templates, "coupling", 6 * math.hypot(2e-5, 6e-7 * mass)),)


_TURIN = "M. Atzori Corona et al., JHEP 09 (2022) 164, arXiv:2205.09484"
_BOSONS = "to be compared with the figures of M. Atzori Corona et al., JHEP 05 (2022) 109, arXiv:2202.11002"
_GIUNTI = "C. Giunti, Phys. Rev. D 101 (2020) 035039, arXiv:1909.00466, abstract"
_GERMANIUM = "V. De Romeri, D. K. Papoulias, G. Sanchez Garcia, Phys. Rev. D 111 (2025) 075025, table II"
_NOTE_CONUS = (
    "counts only, with 347 for the Standard Model; the analysis fits the spectrum, its intervals imply 5 % more counts"
)
_NOTE_DARK = "2017 data there and those of 2021 here; the region of LMA-Dark of P. Coloma et al., JHEP 04 (2017) 116"

RESULTS: tuple[Result, ...] = (
    Result(
        "sin2 theta_W as a charge radius, CsI, 1 sigma",
        (CSI,),
        (0.194, 0.248),
        "",
        "COHERENT, Phys. Rev. Lett. 129 (2022) 081801",
        True,
        "",
        _weak_mixing_angle,
    ),
    *(
        Result(
            f"LMA-Dark of {quark} quarks, CsI",
            (CSI,),
            (sigma,),
            "sigma",
            _GIUNTI,
            True,
            _NOTE_DARK,
            partial(_dark, quark, edge),
        )
        for quark, sigma, edge in (("u", 5.6, -0.802), ("d", 7.2, -1.111))
    ),
    *(
        Result(f"{name}, CONUS+, 1 sigma", (), published, "", _GERMANIUM, False, _NOTE_CONUS, partial(_conus, name))
        for name, published in (("eps_ee_u", (-0.037, 0.026, 0.348, 0.411)), ("eps_ee_d", (-0.034, 0.024, 0.322, 0.380)))
    ),
    Result(
        "magnetic moment of numu, CsI and argon, 90 %",
        (CSI, ARGON),
        (18.0,),
        "1e-10 mu_B",
        _TURIN,
        False,
        "with scattering on electrons there; here the uncertainty of the flux is common to both",
        _moment,
    ),
    Result(
        "charge radius of numu, CsI and argon, 90 %",
        (CSI, ARGON),
        (-5.9, 4.3),
        "1e-32 cm2",
        _TURIN,
        False,
        "the interval around 0; here the uncertainty of the flux is common to both",
        _radius,
    ),
    Result(
        "magnetic moment of nue, Dresden-II, Fef, 90 %",
        (DRESDEN,),
        (2.13,),
        "1e-10 mu_B",
        _TURIN,
        False,
        "the freedom of the background decides: four norms here, and 1.4 comes out of a known one; no recoils below 2.96 eV",
        _moment_at_reactor,
    ),
    *(
        Result(
            f"coupling of a {model} boson of {mass:g} MeV, CsI and argon, 90 %",
            (CSI, ARGON),
            (),
            "1e-5",
            _BOSONS,
            False,
            "",
            partial(_boson, model, mass),
        )
        for model in ("universal", "b-l")
        for mass in (0.1, 10.0, 100.0, 1e4)
    ),
)


def _written(numbers: tuple[float, ...]) -> str:
    if len(numbers) == 1:
        return f"{numbers[0]:.4g}"
    return " ".join(f"[{low:.3g}, {high:.3g}]" for low, high in zip(numbers[::2], numbers[1::2], strict=True))
