"""Interactions: what neutrinos do to nuclei, as lists of currents.

    _base              currents, what every interaction can do, sums
    kinds              the kinds of currents: thresholds, polynomials in 1/E, responses of the nucleus
    standard_model     the exchange of a Z
    nsi                non-standard interactions of u and d quarks

    import cevns

    theory = cevns.StandardModel() + cevns.NSI(eps_ee_u=0.1, eps_em_d=0.05j)
    cevns.differential_rate([5.0, 10.0], cevns.sources.sns(), "CsI", theory)
"""

from typing import Any

from ..errors import InputError
from ._base import GENERATIONS, Current, Interaction, Sum, known_flavor
from .standard_model import StandardModel

__all__ = ["GENERATIONS", "Current", "Interaction", "StandardModel", "Sum", "interaction_or_default", "known_flavor"]

_DEFAULT = StandardModel()


def interaction_or_default(interaction: Any) -> Interaction:
    """The interaction given, the Standard Model for None."""
    if interaction is None:
        return _DEFAULT
    if not isinstance(interaction, Interaction):
        raise InputError(f"interaction must be an interaction such as cevns.StandardModel() (got {interaction!r})")
    return interaction
