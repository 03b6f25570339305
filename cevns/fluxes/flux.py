"""Fluxes: what arrives, by flavour and component.

A rate needs a flux only through three cumulative moments of each component,

    Φ_k(x) = ∫_x^∞ φ(E) E^−k dE,   k = 0, 1, 2,   at x = E_min(T),

because every cross section of interest is c₀(T) + c₁(T)/E + c₂(T)/E². They are made once for a spectrum and asked for in a time
that does not depend on the length of its table. No interaction is in them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from .. import constants
from .._arguments import (
    Array,
    digits,
    in_unit,
    known_name,
    mapped,
    real_array,
    real_number,
    shown,
)
from ..data.columns import check_integral, name_of, path_of
from ..errors import InputError, UnknownNameError, UnsupportedError
from ._base import PER, Components, energy_edges
from .components import Coherence, Component, Uncertainty, scaled
from .products import product
from .spectra import Function, Lines, Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from .histories import FluxHistory

__all__ = ["Coherence", "Component", "Flux", "Uncertainty"]

LARGEST_UNCERTAINTY = 1e6  # relative: nobody knows less
ENERGY_UNITS = MappingProxyType({"MeV": 1.0, "GeV": 1e3, "keV": 1e-3})  # MeV
AREA_UNITS = MappingProxyType({"cm2": 1.0, "m2": 1e4})  # cm²


@dataclass(frozen=True, repr=False)
class Flux(Components):
    """A neutrino flux: a tuple of components in one unit, per second or per burst.

    Make one with a function of `cevns.sources`, or with `from_table`, `from_csv`, `from_function`. `+` puts two together, `*`
    and `/` scale; `oscillate`, `sterile`, `window` change what arrives, and what is uncertain changes with it.

    Parameters
    ----------
    components : iterable of Component
        The parts.
    per : {"s", "burst"}
        Whether the flux is in cm⁻² s⁻¹ MeV⁻¹ (rates are then per day) or, integrated over a burst, in cm⁻² MeV⁻¹ (rates are
        then per burst).
    uncertainties : iterable of Uncertainty
        Its covariance, as nuisance parameters; those of one name are one.
    coherences : iterable of Coherence
        What flavours have in common; interactions that do not change flavours do not see it.

    Raises
    ------
    InputError, UnknownNameError
        For no components, a negative one, one whose spectrum is negative somewhere, or an unknown unit.
    """

    # ---- makers ----------------------------------------------------------------------------------------------------------

    @classmethod
    def from_table(
        cls,
        energy: ArrayLike,
        densities: Mapping[str, ArrayLike],
        *,
        lines: Mapping[str, Sequence[tuple[float, float]]] | None = None,
        interpolation: str = "linear",
        contents: bool = False,
        per: str = "s",
        name: str = "table",
    ) -> Flux:
        """A flux from tabulated densities; its rates are exact for the table as it is interpolated.

        Parameters
        ----------
        energy : array_like (n,)
            Increasing energies [MeV], ≥ 0; the edges of the bins for a histogram. The flux is 0 outside.
        densities : mapping
            Flavour → densities (n,) [cm⁻² s⁻¹ MeV⁻¹, a burst: cm⁻² MeV⁻¹], ≥ 0; (n − 1,) for a histogram, where they are
            densities and not contents of bins.
        lines : mapping, optional
            Flavour → list of (energy [MeV], weight [cm⁻² s⁻¹]) of lines on top.
        interpolation : {"linear", "loglog", "histogram"}
            Straight lines or power laws between the points, or constant in each bin. "loglog" needs positive values.
        contents : bool
            Whether the values of a histogram are contents of its bins [cm⁻² s⁻¹, a burst: cm⁻²] and not densities.
        per : {"s", "burst"}
            The unit.
        name : str
            Name of the components.

        Raises
        ------
        InputError, UnknownNameError
            For energies that do not increase, negative or nan values, lengths that do not match, an unknown flavour.

        Examples
        --------
        >>> flux = cevns.Flux.from_table([1.0, 2.0, 8.0], {"nuebar": [3e12, 2e12, 0.0]})
        >>> flux.total()
        8500000000000.0
        """
        densities, lines = mapped(densities), mapped(lines)
        if not isinstance(densities, Mapping) or not (lines is None or isinstance(lines, Mapping)):
            raise InputError("densities and lines must map flavors to values, as {'nue': [...]}")
        if contents and interpolation != "histogram":
            raise InputError(f"contents=True needs interpolation='histogram' (got {shown(interpolation)})")
        number = "cm⁻² s⁻¹" if known_name(per, PER, "unit of a flux (per)") == "s" else "cm⁻²"
        energy = in_unit(energy, "energy", "MeV")
        components = []
        for flavor, values in densities.items():
            known_name(flavor, constants.FLAVORS, "flavor")
            try:
                values = in_unit(values, "values", number if contents else f"{number} MeV⁻¹")
                if contents:
                    Table(energy, values, interpolation)  # what is wrong with it is said of what was given
                    values = np.asarray(values, dtype=np.float64) / np.diff(np.asarray(energy, dtype=np.float64))
                components.append(Component(flavor, name, Table(energy, values, interpolation)))
            except InputError as error:
                raise InputError(f"{flavor}: {error}") from None
        for flavor, pairs in (lines or {}).items():
            known_name(flavor, constants.FLAVORS, "flavor")
            try:
                energies, weights = zip(*pairs, strict=True)
            except (TypeError, ValueError):
                raise InputError(f"{flavor}: lines must be (energy, weight) pairs (got {shown(pairs)})") from None
            weights = in_unit(weights, "line weight", number)
            components.append(Component(flavor, name, Lines(energies, weights)))
        return cls(tuple(components), per)

    @classmethod
    def from_csv(
        cls,
        path: str | os.PathLike[str],
        *,
        interpolation: str = "linear",
        contents: bool = False,
        energy_unit: str = "MeV",
        area_unit: str = "cm2",
        total: tuple[float, float] | None = None,
        mean_energy: tuple[float, float] | None = None,
        per: str = "s",
        name: str | None = None,
    ) -> Flux:
        """A flux from a file of columns, or from one that `to_csv` has written.

        The file has a header `energy,nue,numubar,…`, which may stand behind #, then energies and densities, separated by commas
        or blanks; # begins a comment. The header may say the unit of the energies, as `energy [GeV]` or `E_GeV`, which must
        then be `energy_unit`. What `to_csv` has written needs no arguments and comes back as it was; a part of it is refused.

        Parameters
        ----------
        path : path
            The file.
        interpolation, contents, per
            As for `from_table`; the last density of a histogram may be left empty.
        energy_unit : {"MeV", "GeV", "keV"}
            Unit of the energies, and densities are per it.
        area_unit : {"cm2", "m2"}
            Densities are per cm² or per m².
        total : (float, float), optional
            What the integral over all flavours must lie between [cm⁻² s⁻¹, a burst: cm⁻²]: a file with other areas, contents of
            bins or a wrong scale is then refused and not passed on.
        mean_energy : (float, float), optional
            What the mean energy must lie between [MeV]: it tells GeV from MeV where the integral, in GeV times 1/GeV, does not.
        name : str
            Name of the components, that of the file by default.

        Raises
        ------
        InputError, UnknownNameError
            For a header without `energy`, with unknown flavours, another unit or a flux per steradian, rows of another length,
            what is not a number, a file that is cut, an integral outside `total` or a mean outside `mean_energy`; the message
            names file and line.
        """
        from . import csv_files

        MeV = ENERGY_UNITS[known_name(energy_unit, ENERGY_UNITS, "energy_unit")]
        cm2 = AREA_UNITS[known_name(area_unit, AREA_UNITS, "area_unit")]
        path = path_of(path)
        written = csv_files.read(path)
        if written is not None:
            try:
                return cls(**written)
            except (InputError, UnknownNameError) as error:
                raise InputError(f"{path}, line 1: {error}") from None
        energy, columns, first_line = csv_files.read_densities(path, interpolation == "histogram", energy_unit)
        densities = {flavor: values / (cm2 if contents else cm2 * MeV) for flavor, values in columns.items()}
        name = name or name_of(path)
        try:
            flux = cls.from_table(energy * MeV, densities, interpolation=interpolation, contents=contents, per=per, name=name)
        except InputError as error:
            raise InputError(f"{path}, first row in line {first_line}: {error}") from None
        width = float(np.median(np.diff(energy))) * MeV
        unit = "cm⁻² s⁻¹" if per == "s" else "cm⁻²"
        checks = {"total": (total, flux.total(), unit), "mean_energy": (mean_energy, flux.mean_energy(), "MeV on average")}
        for argument, (limits, value, what) in checks.items():
            if limits is not None:
                low, high = (real_number(limit, argument, minimum=0.0, infinite=True) for limit in limits)
                check_integral(value, low, high, what, path, bin_width=width, sky=argument == "total")
        return flux

    @classmethod
    def from_function(
        cls,
        densities: Mapping[str, Callable[[Array], Array]],
        edges: Sequence[float],
        *,
        tolerance: float = 1e-12,
        per: str = "s",
        name: str = "function",
    ) -> Flux:
        """A flux from functions of the energy, sampled adaptively.

        Parameters
        ----------
        densities : mapping
            Flavour → function that takes an array of energies [MeV] and returns densities [cm⁻² s⁻¹ MeV⁻¹], ≥ 0.
        edges : sequence
            Lowest energy (may be 0), energies at which a function or its derivatives jump, highest energy [MeV]. A Gaussian
            peak is found by itself if its σ is 1e-5 of the range or more; name the energy of a narrower one here.
        tolerance : float
            Largest error of the interpolation, relative to the largest value nearby; 1e-13 to 1e-2.
        per, name
            As for `from_table`.

        Raises
        ------
        InputError, UnknownNameError
            For functions that are negative, nan, 0 everywhere or not smooth between the edges, an unknown flavour.
        """
        densities = mapped(densities)
        if not isinstance(densities, Mapping):
            raise InputError(f"densities must map flavors to functions, as {{'nue': f}} (got {shown(densities)})")
        return cls(
            tuple(
                Component(known_name(flavor, constants.FLAVORS, "flavor"), name, Function(function, edges, tolerance))
                for flavor, function in densities.items()
            ),
            per,
        )

    # ---- algebra ---------------------------------------------------------------------------------------------------------

    def __add__(self, other: object) -> Flux:
        if not isinstance(other, Flux):
            return NotImplemented
        if other.per != self.per:
            raise InputError(f"a flux per {self.per} and a flux per {other.per} cannot be added")
        return Flux(
            self.components + other.components,
            self.per,
            self.uncertainties + other.uncertainties,
            self.coherences + other.coherences,
        )

    def __radd__(self, other: object) -> Flux:
        """0 + a flux, with which `sum` begins, is the flux."""
        return self if isinstance(other, int) and other == 0 else NotImplemented

    def __mul__(self, factor: Any) -> Flux:
        if isinstance(factor, Flux):
            return NotImplemented
        number = real_number(factor, "factor of a flux", minimum=0.0)
        coherences = tuple(replace(c, scale=c.scale * number) for c in self.coherences)
        return self._each(lambda component: (scaled(component, number),), coherences)

    __rmul__ = __mul__
    __array_ufunc__ = None  # so that a quantity, or a number of NumPy, times a flux is a flux

    def __truediv__(self, divisor: Any) -> Flux:
        return self * (1.0 / real_number(divisor, "divisor of a flux", minimum=0.0, above=True))

    # ---- uncertainty -----------------------------------------------------------------------------------------------------

    def with_uncertainty(self, name: str, relative: float, *, component: str | None = None, flavor: str | None = None) -> Flux:
        """The flux with one more uncertainty: all of it, or one component or flavour, known to a relative error.

        Parameters
        ----------
        name : str
            Of the nuisance parameter. Fluxes with a parameter of the same name are uncertain together: their errors add, where
            those of different names add in quadrature.
        relative : float
            One standard deviation, 0 to 1e6, of what is named, relative to it.
        component, flavor : str, optional
            What is uncertain; everything by default.

        Raises
        ------
        InputError, UnknownNameError
            For a negative error, a component or flavour that the flux does not hold.

        Examples
        --------
        >>> flux = cevns.Flux.from_table([1.0, 2.0], {"nue": [3.0, 3.0]}).with_uncertainty("reactor power", 0.02)
        >>> flux.total_uncertainty()
        0.06
        """
        sigma = real_number(relative, "relative uncertainty", minimum=0.0, maximum=LARGEST_UNCERTAINTY)
        of = self.select(flavor=flavor, name=component).components
        more = Uncertainty(name, tuple(scaled(c, sigma) for c in of) if sigma else ())
        return replace(self, uncertainties=(*self.uncertainties, more))

    def with_covariance(
        self,
        matrix: ArrayLike,
        *,
        components: Sequence[str] | None = None,
        edges: ArrayLike | None = None,
        flavor: str | None = None,
        name: str,
    ) -> Flux:
        """The flux with a covariance between components, or between bins of energy.

        Parameters
        ----------
        matrix : array_like (n, n)
            Relative covariance: symmetric, no negative eigenvalue. Of components, that of their normalisations; of bins, that
            of the relative change within each.
        components : sequence of str
            Names of the components of rows and columns. Give these or `edges`.
        edges : array_like (n + 1,)
            Increasing energies [MeV], ≥ 0, of the bins of rows and columns.
        flavor : str, optional
            The flavour that it is of; all by default, changing together.
        name : str
            Of the nuisance parameters, one an eigenvector: "<name> 1", "<name> 2", … Another flux that uses the same name is
            uncertain together with this one.

        Raises
        ------
        InputError, UnknownNameError
            For a matrix that is not symmetric and positive, of another shape, both or neither of components and edges.
        """
        part = self.select(flavor=flavor)
        if components is not None and edges is None:
            if len(set(components)) < len(components):
                raise InputError(f"components of a covariance must differ (got {shown(components)})")
            modes = _modes(matrix, len(components))
            held = [part.select(name=component).components for component in components]
            changes = [
                tuple(scaled(c, factor) for factor, cs in zip(mode.tolist(), held, strict=True) for c in cs) for mode in modes
            ]
        elif components is None and edges is not None:
            steps = energy_edges(edges, zero=True)
            tables = [Table(steps, mode, "histogram", signed=True) for mode in _modes(matrix, steps.size - 1)]
            changes = [tuple(replace(c, spectrum=product(c.spectrum, table)) for c in part.components) for table in tables]
        else:
            raise InputError("give either components or edges of the bins that the covariance is of")
        more = tuple(Uncertainty(f"{name} {i}", change) for i, change in enumerate(changes, 1))
        return replace(self, uncertainties=(*self.uncertainties, *more))

    # ---- on the way to the detector --------------------------------------------------------------------------------------

    def oscillate(self, probabilities: Any, *, antineutrinos: Any = None) -> Flux:
        """The flux after its flavours have changed on the way.

        Parameters
        ----------
        probabilities : array_like or callable
            P (3, 3): P[a, b] is the probability that what started as flavour a (0 e, 1 μ, 2 τ) arrives as b, in [0, 1], and
            rows sum to 1 or, where neutrinos become sterile, to less. Or ρ (3, 3, 3), complex: ρ[a] is the density matrix,
            Hermitian, of what started as a; the flux then carries coherence between flavours. A callable takes energies (n,)
            [MeV] and returns (n, 3, 3) or (n, 3, 3, 3), smooth but at the energies in its attribute `breaks`, if it has one:
            see `cevns.oscillation`. A peak or a dip narrower than 1 % of its energy must be among them to be seen.
        antineutrinos : array_like or callable, optional
            The same for antineutrinos; by default P is the same, and ρ its complex conjugate.

        Returns
        -------
        Flux
            Components keep their names; uncertainties are converted as they are.

        Raises
        ------
        InputError
            For probabilities outside [0, 1], rows that sum to more than 1, matrices that are not Hermitian, other shapes.
        UnsupportedError
            For a flux that already carries coherence.

        Examples
        --------
        >>> flux = cevns.Flux.from_table([1.0, 2.0], {"nue": [3.0, 3.0]}).oscillate([[0.25, 0.5, 0.25], [0, 1, 0], [0, 0, 1]])
        >>> flux.total("nue"), flux.total("numu"), flux.total("nutau")
        (0.75, 1.5, 0.75)
        """
        from .flavor_conversion import Conversion

        if self.coherences:
            raise UnsupportedError(
                "a flux that carries coherence cannot be oscillated again: give one matrix for the whole way"
            )
        same = Conversion(probabilities, conjugate=False)
        other = (
            Conversion(probabilities, conjugate=True) if antineutrinos is None else Conversion(antineutrinos, conjugate=False)
        )

        def way(component: Component) -> Conversion:
            return other if component.flavor.endswith("bar") else same

        components = tuple(new for c in self.components for new in way(c).components(c))
        if not components:
            return self * 0.0  # all of it is sterile
        return Flux(
            components,
            self.per,
            tuple(Uncertainty(u.name, tuple(new for p in u.parts for new in way(p).components(p))) for u in self.uncertainties),
            tuple(new for c in self.components for new in way(c).coherences(c)),
        )

    def sterile(
        self,
        *,
        dm2: float,
        baseline: float,
        sin2_2theta: float | None = None,
        mixing: Sequence[float] | None = None,
        core: float = 0.0,
        detector: float = 0.0,
    ) -> Flux:
        """The flux after oscillation into a fourth, sterile neutrino on a short baseline.

        Parameters
        ----------
        dm2 : float
            Δm²₄₁ [eV²], ≥ 0.
        baseline : float
            From the centre of the source to that of the detector [m], > 0. The flux itself is not scaled with it.
        sin2_2theta : float
            sin²2θ of every active flavour with the sterile one, 0 to 1. Give this or `mixing`.
        mixing : (float, float, float)
            |U_e4|², |U_μ4|², |U_τ4|²: flavours then also appear.
        core, detector : float
            Radii [m] of a spherical source and a spherical detector, over which the oscillation is averaged.

        Raises
        ------
        InputError
            For values outside their range; both or neither of `sin2_2theta` and `mixing`.

        Notes
        -----
        P_aa = 1 − sin²2θ_aa ⟨sin²(1.267 Δm² L/E)⟩; see `cevns.oscillation.Sterile`.

        Examples
        --------
        >>> flux = cevns.sources.sns()
        >>> f"{flux.sterile(dm2=1.0, sin2_2theta=0.1, baseline=19.3).total('numu') / flux.total('numu'):.4f}"
        '0.9465'
        """
        from ..oscillation import Sterile

        return self.oscillate(
            Sterile(dm2=dm2, baseline=baseline, sin2_2theta=sin2_2theta, mixing=mixing, core=core, detector=detector)
        )

    # ---- time ------------------------------------------------------------------------------------------------------------

    def window(self, start: float, stop: float) -> Flux:
        """What arrives between two times [μs] after the pulse of protons, of a flux whose components have a timing.

        Raises
        ------
        InputError
            For a stop that is not after the start.
        UnsupportedError
            For a flux without timing.
        """
        return self.history([start, stop])[0]

    def history(self, edges: ArrayLike) -> FluxHistory:
        """The flux in steps of time [μs] after the pulse of protons: step by step what arrives in it.

        Parameters
        ----------
        edges : array_like (n + 1,)
            Increasing times [μs].

        Raises
        ------
        InputError
            For times that do not increase.
        UnsupportedError
            For a flux without timing.
        """
        from .histories import FluxHistory, Steps

        times = FluxHistory.check_edges(edges, "us")
        if self.coherences:
            raise UnsupportedError("a flux that carries coherence has no history")
        fractions: dict[Any, Array] = {}
        for part in (*self.components, *(part for u in self.uncertainties for part in u.parts)):
            if part.timing is None:
                raise UnsupportedError(f"component {part.name!r} of the flux has no timing: give its source a pulse")
            if part.timing not in fractions:
                fractions[part.timing] = part.timing.fraction(times[:-1], times[1:])
        alone = self._each(lambda c: (replace(c, timing=None),))
        each = [fractions[part.timing] for part in (*self.components, *(p for u in self.uncertainties for p in u.parts))]
        return FluxHistory(times, Steps(alone, np.stack(each, axis=1)), "us")  # type: ignore[arg-type]

    # ---- files and drawings ----------------------------------------------------------------------------------------------

    def to_csv(self, path: str | os.PathLike[str], energy: ArrayLike | None = None) -> None:
        """Write the flux to a file that `from_csv` reads.

        Parameters
        ----------
        path : path
            The file; what is there is replaced as a whole, or stays if writing fails.
        energy : array_like, optional
            Increasing energies [MeV]: a table of densities at them, for other programs; lines, uncertainties, coherence and
            timing are not in it. By default the flux as it is, without loss: one row a component, its spectrum written out.

        Raises
        ------
        InputError
            For energies that do not increase; without them, for a flux of Python functions, which no file can hold.

        Warns
        -----
        UserWarning
            With energies, if the flux has anything that the table leaves out.
        """
        from . import csv_files

        energies = None if energy is None else energy_edges(energy, zero=True)
        if energies is not None and (lost := self._beside_densities()):
            import warnings

            warnings.warn(
                f"a table of densities leaves out {', '.join(lost)} of the flux; to_csv without energy keeps them", stacklevel=2
            )
        csv_files.write(self, path_of(path), energies)

    def plot(self, energy: ArrayLike | None = None, **options: Any) -> Figure:
        """Draw the spectra of the flux; see `cevns.plotting.flux`, which takes the same options."""
        from .. import plotting

        return plotting.flux(self, energy, **options)


def _modes(matrix: ArrayLike, size: int) -> Array:
    """Vectors v with Σ v vᵀ = the matrix, largest first."""
    C = real_array(matrix, "covariance", minimum=-(LARGEST_UNCERTAINTY**2), maximum=LARGEST_UNCERTAINTY**2)
    if C.shape != (size, size):
        raise InputError(f"covariance must have the shape ({size}, {size}) (got {C.shape})")
    largest = float(np.abs(C).max(initial=0.0))
    if (np.abs(C - C.T) > 1e-12 * largest).any():
        i, j = np.unravel_index(int(np.argmax(np.abs(C - C.T))), C.shape)
        raise InputError(
            f"covariance must be symmetric (got {digits(C[i, j])} at [{i}, {j}] and {digits(C[j, i])} at [{j}, {i}])"
        )
    values, vectors = np.linalg.eigh((C + C.T) / 2)
    if values.min(initial=0.0) < -1e-9 * largest:
        raise InputError(f"covariance must have no negative eigenvalue (got {digits(values.min())})")
    kept = values > 1e-14 * largest  # what is below is rounding
    return np.asarray((vectors[:, kept] * np.sqrt(values[kept])).T[::-1])


def not_a_flux(value: object) -> str:
    """What to say of an argument `flux` that is none."""
    if callable(value):
        name = getattr(value, "__name__", type(value).__name__)
        return f"flux must be a cevns.Flux or a cevns.FluxHistory (got {name}, which makes one when it is called: {name}(…))"
    swapped = isinstance(value, str) or type(value).__module__.startswith("cevns.nuclei.")
    hint = "; the flux stands before the target, and functions of cevns.sources make one" if swapped else ""
    return f"flux must be a cevns.Flux or a cevns.FluxHistory (got {shown(value)}){hint}"
