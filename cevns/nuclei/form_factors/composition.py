"""Form factors that combine others: a model for each nuclide, and neutrons that reach further out than protons.

Formulas
--------
`ByNuclide`, `Skin`, neutron form factors: F_n(q) = F_p(q) of the density stretched to R_n
    derived here
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike

from ..._arguments import Array, pairs_of, shown
from ..._core.form_factors import FormFactor as Kernel
from ..._texts import call
from ...errors import InputError, UnknownNameError
from ..nuclides import Nuclide, named
from ..radii import SkinChoice, neutron_skin, stored_skin
from ._base import FormFactor, HasMassNumber


class _Chosen(FormFactor):
    """A form factor that hands each nuclide to another."""

    def _choice(self, nuclide: Any) -> FormFactor:
        raise NotImplementedError

    def rms_radius(self, nuclide: HasMassNumber | str) -> float:
        """Root-mean-square radius [fm]."""
        nuclide = named(nuclide)
        return self._choice(nuclide).rms_radius(nuclide)

    def maximum(self, nuclide: HasMassNumber | str) -> float:
        """The largest q [MeV] at which F is defined."""
        nuclide = named(nuclide)
        return self._choice(nuclide).maximum(nuclide)

    def resized(self, radius: float, nuclide: HasMassNumber | str) -> FormFactor:
        """The density of the nuclide with another rms radius [fm]."""
        nuclide = named(nuclide)
        return self._choice(nuclide).resized(radius, nuclide)

    def _kernel(self, nuclide: Any) -> Kernel:
        return self._choice(nuclide).kernel(nuclide)

    def _derivative(self, k: Array, nuclide: HasMassNumber) -> Array:
        return self._choice(nuclide)._derivative(k, nuclide)


@dataclass(frozen=True)
class ByNuclide(_Chosen):
    """A form factor for each nuclide, by name; for a target whose isotopes are known differently well.

    Parameters
    ----------
    models : mapping
        Nuclide name → form factor.
    otherwise : FormFactor, optional
        For all other nuclides; without it they are an error.

    Raises
    ------
    UnknownNameError
        When used: there is no form factor for the nuclide.

    Examples
    --------
    >>> from cevns.nuclei.form_factors import ByNuclide, Helm, TwoParameterFermi
    >>> lead = ByNuclide({"208Pb": TwoParameterFermi(6.624, 0.549)}, otherwise=Helm())
    """

    models: tuple[tuple[str, FormFactor], ...]
    otherwise: FormFactor | None = None

    if TYPE_CHECKING:

        def __init__(
            self, models: Mapping[str, FormFactor] | Iterable[tuple[str, FormFactor]], otherwise: FormFactor | None = None
        ) -> None: ...

    def __post_init__(self) -> None:
        pairs = pairs_of(self.models, "models must map nuclides to form factors")
        stored = tuple(sorted(((Nuclide(name).name, model) for name, model in pairs), key=lambda item: item[0]))
        for model in (*(model for _, model in stored), *([] if self.otherwise is None else [self.otherwise])):
            if not isinstance(model, FormFactor):
                raise InputError(f"models must be form factors such as cevns.form_factors.Helm() (got {shown(model)})")
        object.__setattr__(self, "models", stored)

    def _choice(self, nuclide: Any) -> FormFactor:
        chosen = dict(self.models).get(getattr(nuclide, "name", None), self.otherwise)  # type: ignore[arg-type]
        if chosen is None:
            known = ", ".join(name for name, _ in self.models)
            raise UnknownNameError(f"no form factor for {getattr(nuclide, 'name', nuclide)}; there are those of {known}")
        return chosen

    def __repr__(self) -> str:
        return call("ByNuclide", {} if self.otherwise is None else {"otherwise": self.otherwise}, [dict(self.models)])


@dataclass(frozen=True)
class Skin(_Chosen):
    """The neutrons of a nucleus: the protons' density, moved out to an rms radius that is larger by the neutron skin.

    Parameters
    ----------
    form_factor : FormFactor
        The protons' form factor. A density with a surface keeps it, a measured one is stretched (`FormFactor.resized`).
    skin : {"none", "empirical"}, float or mapping
        R_n − R_p [fm]: "empirical" is −0.04 + 1.01 (N − Z)/A for 40 ≤ A ≤ 238 and 0 outside (`cevns.radii.neutron_skin`), a
        mapping gives it by nuclide.

    Examples
    --------
    >>> import cevns
    >>> lead, neutrons = cevns.Nuclide("208Pb"), cevns.form_factors.Skin(cevns.form_factors.Helm(), 0.283)
    >>> round(neutrons.rms_radius(lead) - cevns.form_factors.Helm().rms_radius(lead), 6)
    0.283
    """

    form_factor: FormFactor
    skin: SkinChoice

    def __post_init__(self) -> None:
        if not isinstance(self.form_factor, FormFactor):
            raise InputError(
                f"form_factor must be a form factor such as cevns.form_factors.Helm() (got {shown(self.form_factor)})"
            )
        object.__setattr__(self, "skin", stored_skin(self.skin))

    def _choice(self, nuclide: Any) -> FormFactor:
        return _moved_out(self, nuclide)

    def __repr__(self) -> str:
        skin = dict(self.skin) if isinstance(self.skin, tuple) else self.skin
        return call("Skin", {}, [self.form_factor, skin])


@lru_cache(maxsize=1024)
def _moved_out(skin: Skin, nuclide: Any) -> FormFactor:
    """The density of the neutrons of one nuclide: kept, as finding a half-density radius takes longer than using it."""
    thickness = neutron_skin(nuclide, skin.skin)
    if thickness == 0:
        return skin.form_factor
    return skin.form_factor.resized(skin.form_factor.rms_radius(nuclide) + thickness, nuclide)


def neutron_form_factor(proton_form_factor: FormFactor, skin: SkinChoice | ArrayLike = "none") -> FormFactor:
    """The form factor of the neutrons, from that of the protons and a choice of the neutron skin.

    Parameters
    ----------
    proton_form_factor : FormFactor
    skin : {"none", "empirical"}, float or mapping
        As of `Skin`; "none", and 0, give the protons' own.

    Returns
    -------
    FormFactor
    """
    stored = stored_skin(skin)
    return proton_form_factor if stored in ("none", 0.0) else Skin(proton_form_factor, stored)
