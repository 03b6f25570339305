"""The antineutrinos of ⁸Li: a fit to its spectrum, which follows from the measured one of the mirror nucleus ⁸B.

Formulas
--------
⁸Li, `Lithium8`: f = N E² exp[Σ_k c_k T_k(2E/14.5 MeV − 1)]
    W. T. Winter et al., Phys. Rev. C 73 (2006) 025503, and its mirror decay
"""

from __future__ import annotations

from ._fits import FittedSpectrum


class Lithium8(FittedSpectrum):
    """The ⁸Li antineutrino spectrum, normalised to one, for 0 < E < 14.5 MeV.

        f = N E² exp[Σ_k c_k T_k(2E/14.5 − 1)]

    ⁸Li decays to ⁸Be, which falls into two α particles from a state as broad as 1.5 MeV and from its tail: 18 % of the decays
    reach more than 5 MeV, and no single end point describes them. `cevns.reference.lithium8` integrates allowed shapes (Fermi
    function, recoil, weak magnetism) over a distribution of excitation energies with seven parameters, fitted to the neutrinos
    of the mirror decay ⁸B of W. T. Winter et al., Phys. Rev. C 73 (2006) 025503, table IV: with it ⁸B is within 0.2 % for 1.5
    to 12 MeV, 0.7 % for 1 to 12.9 MeV, 1 % up to 14.5 MeV. The same distribution then gives ⁸Li. This class is a fit made for
    this library, with Chebyshev polynomials T_0 … T_15, to that result: within 0.3 % up to 12 MeV, 0.4 % up to 13 MeV, 4 % up
    to 14 MeV. 5e-6 of the antineutrinos have more than 14.5 MeV and are left out.

    Notes
    -----
    The mean energy is 6.24 MeV. Above 13.5 MeV, where 2e-4 of the antineutrinos are, ⁸B constrains the distribution to some
    40 % only. Other choices are common, and differ by more than the errors above: without weak magnetism in both decays the
    mean is 6.36 MeV (the usual "6.4 MeV"), with 9 % fewer antineutrinos at 1 MeV and 12 % more at 12 MeV; one level at
    3.03 MeV, with its end point of 12.96 MeV, has a mean of 6.72 MeV, 35 % fewer at 1 MeV and 46 % more at 12 MeV.

    Examples
    --------
    >>> from cevns import sources
    >>> round(sources.Lithium8().energy_sum, 3)
    6.236
    """

    _COEFFICIENTS = (
        -7.5573711,
        -4.9724482,
        -1.9216118,
        -0.93907192,
        -0.40028581,
        -0.13200544,
        -0.0011787863,
        0.045933364,
        0.049479335,
        0.034425662,
        0.016002417,
        0.0019579638,
        -0.0058644616,
        -0.0081146693,
        -0.0067548229,
        -0.0053150719,
    )
    _INTEGRAL = 0.999959849032738  # of the fit without N
    end = 14.5  # MeV

    @property
    def edges(self) -> tuple[float, ...]:
        return 0.0, self.end
