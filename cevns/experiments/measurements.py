"""Measurements of a parameter of the theory by an experiment: its best value, and where χ² has risen by one.

The signal is that of the theory, not scaled: the norm of CEvNS stays at its mean, 1 by default, unless a nuisance constrains
it. Nuisances, the signal's own with them, are profiled at every value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from .._numerics.lines import minimum, zero
from .._texts import of_fields
from ..constants import WEAK_MIXING_ANGLE
from ..errors import InputError, UnsupportedError
from ..interactions import Interaction, StandardModel
from ..interactions.couplings import Couplings
from ..nuclei.form_factors import Helm
from .experiment import Experiment


@dataclass(frozen=True)
class Measurement:
    """A measured parameter.

    Attributes
    ----------
    value : float
        Where χ² is smallest.
    lower, upper : float
        Where it has risen by 1, below and above: one standard deviation.
    chi2 : float
        Its smallest value.
    """

    value: float
    lower: float
    upper: float
    chi2: float

    __repr__ = of_fields

    @property
    def error(self) -> float:
        """Half the width of the interval."""
        return (self.upper - self.lower) / 2


def measure(experiment: Experiment, theory: Callable[[float], Interaction], low: float, high: float) -> Measurement:
    """A parameter of the theory, from what an experiment has observed.

    Parameters
    ----------
    experiment : Experiment
        With observed counts.
    theory : callable
        Takes the parameter and returns an interaction.
    low, high : float
        Where it is looked for.

    Raises
    ------
    InputError
        If the interval of one standard deviation is not between `low` and `high`.
    UnsupportedError
        If nothing has been observed.
    """

    @cache  # the best value and the ends are asked for again
    def chi2(x: float) -> float:
        return experiment.cost(theory(x)).profiled(experiment._fixed_norm)

    value, least = minimum(chi2, low, high, 1e-5 * (high - low))
    ends = []
    for end in (low, high):
        if chi2(end) - least < 1.0:
            raise InputError(f"one standard deviation reaches beyond {low:g} to {high:g} (the best value is {value:.4g})")
        ends.append(zero(lambda x: chi2(x) - least - 1.0, end, value, 1e-6 * (high - low)))
    return Measurement(value, ends[0], ends[1], least)


def weak_mixing_angle(experiment: Experiment) -> Measurement:
    """sin²θ_W at low momentum transfer, from the counts of an experiment.

    The proton's coupling of the publication moves by −2 sin²θ_W, with what loops add to it kept; the neutron's stays.

    Raises
    ------
    UnsupportedError
        If nothing has been observed, or the publication's theory has no couplings of its own.
    InputError
        If the interval of one standard deviation is not within 0.02 to 0.6.
    """
    model = experiment.interaction
    couplings = getattr(model, "couplings", None)
    if not isinstance(model, StandardModel) or not isinstance(couplings, Couplings):
        raise UnsupportedError("a weak mixing angle needs a publication with couplings of its own")

    def theory(angle: float) -> Interaction:
        moved = {
            flavor: gvp - 2 * (angle - WEAK_MIXING_ANGLE)
            for flavor, gvp in zip(("nue", "numu", "nutau"), couplings.gvp, strict=True)
        }
        gvn = dict(zip(("nue", "numu", "nutau"), couplings.gvn, strict=True))
        return StandardModel(
            couplings=Couplings(moved, gvn),
            form_factor=model.form_factor,
            neutron_form_factor=model.neutron_form_factor,
            weak_mixing_angle=model.weak_mixing_angle,
        )

    return measure(experiment, theory, 0.02, 0.6)


def neutron_radius(experiment: Experiment) -> Measurement:
    """Rms radius [fm] of the neutrons, one for all nuclei of the target, in Helm's form factor, with radiative couplings.

    Raises
    ------
    UnsupportedError
        If nothing has been observed.
    InputError
        If the interval of one standard deviation is not within 3.5 to 8 fm.
    """
    return measure(
        experiment,
        lambda radius: StandardModel(couplings="radiative", form_factor=Helm(), neutron_form_factor=Helm.from_rms(radius)),
        3.5,
        8.0,
    )


MEASUREMENTS: Mapping[str, Callable[[Experiment], Measurement]] = MappingProxyType(
    {
        "weak_mixing_angle": weak_mixing_angle,
        "neutron_radius": neutron_radius,
    }
)
