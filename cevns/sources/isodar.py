"""IsoDAR: ⁸Li that decays at rest, made by the neutrons of a proton beam on beryllium in a sleeve of ⁷Li.

Formulas
--------
IsoDAR, `isodar`: Φ = duty · yield · I/(e 4πL²)
    J. Alonso et al., Phys. Rev. D 105 (2022) 052009
"""

from __future__ import annotations

from .. import constants
from .._arguments import real_number
from ..fluxes.flux import Component, Flux
from ._geometry import sphere
from .lithium8 import Lithium8
from .pion_decay_at_rest import MOST_PER_PROTON

CURRENT = 10.0  # mA of protons, 60 MeV each
YIELD_PER_PROTON = 0.0146  # antineutrinos
DUTY_FACTOR = 0.9  # 4.5 years of beam in 5 years
DISTANCE = 17.0  # m, centre of the source to centre of the detector at Yemilab


def isodar(
    *,
    distance: float = DISTANCE,
    current: float = CURRENT,
    yield_per_proton: float = YIELD_PER_PROTON,
    duty_factor: float = DUTY_FACTOR,
    uncertainty: float = 0.0,
) -> Flux:
    """The antineutrinos of ⁸Li from a source as IsoDAR plans it at Yemilab.

    Parameters
    ----------
    distance : float
        L from the centre of the source [m], > 0 and large against it (it is as large as 1 m).
    current : float
        Current of the protons [mA], ≥ 0.
    yield_per_proton : float
        Antineutrinos per proton, 0 to 1e6.
    duty_factor : float
        Share of the time in which there is beam, 0 to 1. The flux is the mean over all time; 1 gives that while beam is on.
    uncertainty : float
        One standard deviation of the yield, relative to it, ≥ 0. None is assumed.

    Returns
    -------
    Flux
        Flavour nuebar, component "8Li" (`Lithium8`). Its uncertainty is named "8Li yield".

    Raises
    ------
    InputError
        For values outside their range.

    Notes
    -----
    Φ = duty · yield · I/(e 4πL²). The defaults are those of J. Alonso et al., Phys. Rev. D 105 (2022) 052009
    (arXiv:2111.09480): 10 mA, 14.6 antineutrinos per 1000 protons, 4.5 years of beam in 5 years, and so 8.20e14 a second on
    average, 1.29e23 in all.

    Examples
    --------
    >>> from cevns import sources
    >>> f"{sources.isodar().total('nuebar'):.3e}"
    '2.258e+07'
    """
    area = sphere(100 * real_number(distance, "distance", unit="m", minimum=0.0, above=True))
    protons = 1e-3 * real_number(current, "current", unit="mA", minimum=0.0) / constants.ELEMENTARY_CHARGE
    produced = real_number(yield_per_proton, "yield_per_proton", minimum=0.0, maximum=MOST_PER_PROTON)
    share = real_number(duty_factor, "duty_factor", minimum=0.0, maximum=1.0)
    flux = Flux((Component("nuebar", "8Li", Lithium8(), share * produced * protons / area),))
    return flux.with_uncertainty("8Li yield", uncertainty)
