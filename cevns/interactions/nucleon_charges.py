"""From quarks to nucleons: what a coupling of 1 to up or down quarks gives a proton and a neutron.

    ⟨N| q̄ γ^μ q |N⟩      the number of valence quarks                                        vector
    ⟨N| q̄ q |N⟩          m_N f_q^N/m_q                                                       scalar
    ⟨N| q̄ γ^μ γ₅ q |N⟩   Δ_q^N                                                               axial
    ⟨N| q̄ σ^μν q |N⟩     δ_q^N                                                               tensor
    ⟨N| q̄ iγ₅ q |N⟩      (m_N/m_q) (Δ_q^N − m̄ Σ_k Δ_k^N/m_k), 1/m̄ = Σ_k 1/m_k, k = u, d, s     pseudoscalar

times the same of the nucleon's spinors, at zero momentum transfer. A neutron has u and d exchanged, but for the scalar ones.
Papers take different numbers, and quote limits on couplings that differ by as much: each set stands here by its name, with its
source.

Scalar: "hoferichter-2015" is M. Hoferichter, J. Ruiz de Elvira, B. Kubis, U.-G. Meißner, Phys. Rev. Lett. 115 (2015) 092301, f
of 0.0208(15), 0.0411(28) in a proton and 0.0189(14), 0.0451(27) in a neutron, with the masses of `constants.QUARK_MASSES`: 17.3
for u and d together in either nucleon, as in "atzori-corona-2022" (M. Atzori Corona et al., JHEP 05 (2022) 109). "cerdeno-2016"
(D. G. Cerdeño et al., JHEP 05 (2016) 118) has 14 A + 1.1 Z and "farzan-2018" (Y. Farzan et al., JHEP 05 (2018) 066) 13.8 A −
0.02 Z, both for equal couplings of u and d only. The mean mass of the nucleons is taken for both: 7e-4.

Axial: "hermes-2007" is A. Airapetian et al. (HERMES), Phys. Rev. D 75 (2007) 012007, with Δs = −0.085; "lin-2018" the lattice
of H.-W. Lin et al., Phys. Rev. D 98 (2018) 094512. Tensor: "gupta-2018" is the lattice of R. Gupta et al., Phys. Rev. D 98
(2018) 091501, 0.784(28) and −0.204(11); "anselmino-2009" a fit to data, M. Anselmino et al., Nucl. Phys. B Proc. Suppl. 191
(2009) 98. Pseudoscalar: H.-Y. Cheng, C.-W. Chiang, JHEP 07 (2012) 009, with the Δ of "hermes-2007"; the difference of u and d
is the pole of the pion, which falls as m_π²/(m_π² + q²): left out, 34 % at 100 MeV.

Formulas
--------
nucleon charges of scalar, axial, tensor couplings: ⟨N|q̄q|N⟩ = m_N f_q^N/m_q, Δ_q^N, δ_q^N
    M. Hoferichter et al., Phys. Rev. Lett. 115 (2015) 092301; R. Gupta et al., Phys. Rev. D 98 (2018) 091501
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .. import constants
from .._arguments import digits, known_name
from ..errors import UnsupportedError

Pair = tuple[float, float]

_F = {"u": (0.0208, 0.0189), "d": (0.0411, 0.0451)}  # f_q of a proton and of a neutron
_STRANGE = constants.STRANGE_AXIAL_COUPLING  # as HERMES has it


def _mirror(up: float, down: float) -> dict[str, Pair]:
    """Of u and d in a proton and a neutron, by isospin."""
    return {"u": (up, down), "d": (down, up)}


def _scalar(f: Mapping[str, Pair]) -> dict[str, Pair]:
    scale = {quark: constants.NUCLEON_MASS / constants.QUARK_MASSES[quark] for quark in f}
    return {quark: (scale[quark] * proton, scale[quark] * neutron) for quark, (proton, neutron) in f.items()}


def _pseudoscalar(delta: Mapping[str, Pair], strange: float) -> dict[str, Pair]:
    mass = constants.QUARK_MASSES
    mean = 1 / sum(1 / m for m in mass.values())
    glue = [mean * (delta["u"][i] / mass["u"] + delta["d"][i] / mass["d"] + strange / mass["s"]) for i in range(2)]
    scale = {quark: constants.NUCLEON_MASS / mass[quark] for quark in delta}
    return {quark: (scale[quark] * (p - glue[0]), scale[quark] * (n - glue[1])) for quark, (p, n) in delta.items()}


# kind of current → name → quark → (proton, neutron); the first is the default
MATRIX_ELEMENTS: Mapping[str, dict[str, dict[str, Pair]]] = MappingProxyType(
    {
        "vector": {"valence": _mirror(2.0, 1.0)},
        "scalar": {"hoferichter-2015": _scalar(_F)},
        "axial": {"hermes-2007": _mirror(0.842, -0.427), "lin-2018": _mirror(0.777, -0.438)},
        "tensor": {"gupta-2018": _mirror(0.784, -0.204), "anselmino-2009": _mirror(0.54, -0.23)},
        "pseudoscalar": {"cheng-2012": _pseudoscalar(_mirror(0.842, -0.427), _STRANGE)},
    }
)

# of a proton and of a neutron for equal couplings of u and d, where no more is published
TOGETHER: Mapping[str, dict[str, Pair]] = MappingProxyType(
    {
        "scalar": {"cerdeno-2016": (15.1, 14.0), "farzan-2018": (13.78, 13.8), "atzori-corona-2022": (17.3, 17.3)},
    }
)


def matrix_element_names(kind: str) -> tuple[str, ...]:
    """Names of the sets for a kind of current, the default first."""
    return (*MATRIX_ELEMENTS[kind], *TOGETHER.get(kind, {}))


def nucleon_charges(kind: str, up: float, down: float, matrix_elements: str | None = None) -> Pair:
    """Charges of a proton and of a neutron for couplings of up and down quarks.

    Parameters
    ----------
    kind : {"vector", "scalar", "axial", "tensor", "pseudoscalar"}
        Kind of current.
    up, down : float
        Couplings.
    matrix_elements : str, optional
        The set of matrix elements; the first of its kind by default.

    Raises
    ------
    UnknownNameError
        For an unknown set.
    UnsupportedError
        For different couplings of u and d and a set that has only their sum.

    Examples
    --------
    >>> nucleon_charges("vector", 1 / 3, 1 / 3)
    (1.0, 1.0)
    >>> [round(charge, 2) for charge in nucleon_charges("scalar", 1.0, 1.0)]
    [17.3, 17.28]
    """
    names = matrix_element_names(kind)
    name = names[0] if matrix_elements is None else known_name(matrix_elements, names, f"{kind} matrix elements")
    if name in MATRIX_ELEMENTS[kind]:
        quark = MATRIX_ELEMENTS[kind][name]
        return up * quark["u"][0] + down * quark["d"][0], up * quark["u"][1] + down * quark["d"][1]
    if up != down:
        raise UnsupportedError(
            f"{name!r} has {kind} charges for equal couplings of u and d only (got {digits(up)} and {digits(down)})"
        )
    proton, neutron = TOGETHER[kind][name]
    return up * proton, up * neutron
