"""Neutrinos of allowed β⁺ decays in the Sun: the shape of phase space with the Fermi function."""

from functools import cache
from typing import NamedTuple

import numpy as np

from .._arguments import Array, known_name
from ..spectra import Smooth
from .beta_decay import _shape

# End points [MeV] and charges of the daughter: J. N. Bahcall, R. K. Ulrich, Rev. Mod. Phys. 60 (1988) 297; pp, where the
# protons bring energy of their own, J. N. Bahcall, Phys. Rev. C 56 (1997) 3391.
DECAYS = {"pp": (0.42341, 1), "hep": (18.784, 2), "13N": (1.199, 6), "15O": (1.732, 7), "17F": (1.740, 8)}

_LAST = 0.01  # part of the energies, at the end point, where a cubic stands for the shape


class _Constants(NamedTuple):
    """What is computed once for a decay."""

    charge: int  # −Z
    end: float  # Q [MeV]
    last: float  # kinetic energy of the positron where the cubic begins [MeV]
    cubic: Array  # its coefficients of y, y², y³, y = kinetic energy/last
    integral: float  # of the shape


class PositronDecay(Smooth):
    """The neutrinos of one allowed β⁺ decay in the Sun, normalised to one.

        dN/dE ∝ E² p W F(−Z, W),    W = 1 + (Q − E)/m_e,    p = √(W² − 1)

    with W and p of the positron in units of m_e, and the Fermi function of a point charge as in `BetaDecay`, y = −αZ W/p. It
    agrees with the tables of Bahcall within 0.18 % (pp), 0.09 % (hep), 0.04 % (¹³N), 0.05 % (¹⁵O, ¹⁷F) up to 0.95 Q;
    corrections for radiation and recoil, and for the thermal motion but in the end point of pp, are left out.

    Close to the end point the positron is held back by the nucleus as exp(−2παZ/p), which no polynomial follows. In the last
    per cent of the energies, where 0.25 % of the neutrinos are for pp and less than 0.1 % for the others, a cubic stands for it
    that has the same integral, and value and slope where it begins: it differs by at most 5 % of the value there.

    Parameters
    ----------
    decay : {"pp", "hep", "13N", "15O", "17F"}
        End points Q are 0.42341, 18.784, 1.199, 1.732 and 1.740 MeV.

    Raises
    ------
    UnknownNameError
        For another decay.

    Examples
    --------
    >>> from cevns import sources
    >>> f"{sources.PositronDecay('13N').energy_sum:.4f} MeV"
    '0.7068 MeV'
    """

    decay: str

    def __init__(self, decay: str) -> None:
        self.__dict__["decay"] = known_name(decay, DECAYS, "positron decay")

    @property
    def edges(self) -> tuple[float, ...]:
        # From where 1e-18 of the neutrinos are below, which spares panels towards 0; the cubic at the end; and before it the
        # steps in which a root of the kinetic energy is divided anyway.
        end, _ = DECAYS[self.decay]
        return 1e-6 * end, *(end * (1 - _LAST * 1.6**k) for k in range(8, -1, -1)), end

    def density(self, energy: Array) -> Array:
        charge, end, last, cubic, integral = _constants(self.decay)
        E = np.asarray(energy, dtype=np.float64)
        inside = (E >= 0) & (end >= E)
        kinetic = np.where(inside, end - E, 0.0)
        y = kinetic / last
        close = ((cubic[2] * y + cubic[1]) * y + cubic[0]) * y
        shape = np.where(y < 1, close, _shape(E, np.maximum(kinetic, last), charge))
        return np.where(inside, shape / integral, 0.0)

    def _parameters(self) -> tuple[str]:
        return (self.decay,)


@cache
def _constants(decay: str) -> _Constants:
    # here and not above: importing numpy.polynomial costs as much as all of cevns
    from numpy.polynomial.legendre import leggauss

    end, Z = DECAYS[decay]
    nodes, weights = leggauss(60)
    u = (1 + nodes) / 2

    def shape(kinetic: Array) -> Array:
        return _shape(end - kinetic, kinetic, -Z)

    def integral(up_to: float) -> float:
        # in u = (kinetic energy)^¼ the shape is smooth enough at 0
        return float(weights @ (2 * up_to * u**3 * shape(up_to * u**4)))

    last = _LAST * end
    step = 1e-4
    below, value, above = shape(last * np.array([1 - step, 1.0, 1 + step])).tolist()
    slope = (above - below) / (2 * step)
    conditions = np.array([[1, 1, 1], [1, 2, 3], [1 / 2, 1 / 3, 1 / 4]])
    cubic = np.linalg.solve(conditions, [value, slope, integral(last) / last])
    return _Constants(-Z, end, last, cubic, integral(end))
