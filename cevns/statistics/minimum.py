"""The point where χ² is least, whoever has found it."""

from __future__ import annotations

from dataclasses import dataclass

from .._arguments import known_name
from .._texts import cut


@dataclass(frozen=True, repr=False)
class Minimum:
    """Where χ² is least; `minimum["eps_ee_u"]` gives the value of one parameter.

    Parameters
    ----------
    names : tuple of str
        The parameters, profiled ones too.
    values : tuple of float
        Their values.
    chi2 : float
        χ² = −2 ln(L/L_saturated) there.
    converged : bool
        Whether a further step would change it by less than 1e-9; for a minimum by steps only.
    """

    names: tuple[str, ...]
    values: tuple[float, ...]
    chi2: float
    converged: bool = True

    def __getitem__(self, name: str) -> float:
        return self.values[self.names.index(known_name(name, self.names, "parameter"))]

    @property
    def place(self) -> dict[str, float]:
        """Parameter → its value."""
        return dict(zip(self.names, self.values, strict=True))

    def __repr__(self) -> str:
        place = "".join(f", {name}={value:.10g}" for name, value in self.place.items())
        return cut(f"Minimum(chi2={self.chi2:.10g}{place}{'' if self.converged else ', not converged'})")
