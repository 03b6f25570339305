"""Transparency: the weak mixing angle at which a nucleus would not scatter neutrinos at all.

Q = Z (½ − 2 sin²θ_W) − N/2 = −2Z (sin²θ_W − s²_crit),    s²_crit = (Z − N)/(4Z)

Formulas
--------
transparent nuclei, `critical_weak_mixing_angle`: s²_crit = (Z − N)/(4Z)
    zero of the weak charge
"""

from __future__ import annotations

from ..errors import UnsupportedError
from ..nuclei.nuclides import Nuclide, checked_nuclide

__all__ = ["critical_weak_mixing_angle"]


def __dir__() -> list[str]:
    return __all__


def critical_weak_mixing_angle(nuclide: Nuclide | str) -> float:
    """(Z − N)/(4Z), the sin²θ_W at which the weak charge of a nucleus vanishes at tree level.

    Parameters
    ----------
    nuclide : Nuclide
        The nucleus, with Z ≥ 1.

    Returns
    -------
    float
        At most ¼, for ¹H; negative for N > Z, where no mixing angle makes the nucleus transparent: −0.056 for ⁴⁰Ar, −0.111 for
        ¹³²Xe. It is returned as it is, for the zero is real in Q = −2Z (sin²θ_W − s²_crit).

    Raises
    ------
    InputError
        It is not a nuclide.
    UnsupportedError
        There is no proton in it: the charge of neutrons, −N/2, does not depend on the mixing angle.

    Examples
    --------
    >>> critical_weak_mixing_angle(cevns.Nuclide("3He"))
    0.125
    """
    nuclide = checked_nuclide(nuclide)
    if nuclide.Z == 0:
        raise UnsupportedError(f"{nuclide.name} has no protons: its weak charge is -N/2 at every weak mixing angle")
    return (nuclide.Z - nuclide.N) / (4 * nuclide.Z)
