"""An experiment: a flux, a detector, an exposure and bins; what it expects, what it saw, what that says."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import Array, flag, in_unit, known_name, real_array, real_number, shown, transposed
from .._immutable import frozen, proxy
from .._texts import axis, cut, names, table, written
from ..detectors.detector import Detector
from ..detectors.resolution import checked_edges
from ..errors import InputError, UnsupportedError
from ..fluxes.flux import Flux, FluxHistory
from ..interactions import Interaction, interaction_or_default
from ..statistics import Cost, Nuisance, Sample, fit, significance
from .channels import Channel, channels_of
from .expectation import Expectation
from .samples import SIGNAL, SignalFit, all_of, fitted, mapping, only, times_factor
from .schema import Published, read, released

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..statistics.templates import TemplateGrid, Templates


class Experiment(Expectation):
    """A detector in a flux.

    `Experiment.load("coherent-csi-2021")` gives a published one, `Experiment.load("mine.toml")` your own; see
    `cevns.experiments.schema` for the file.

    Parameters
    ----------
    flux : Flux
        The flux at the detector.
    detector : Detector
        The detector.
    exposure : float or sequence of (float, float)
        Live days, > 0; 1 for a burst, or for a run given in protons. Of a detector whose mass changes, (live days, kg) of each
        period: days stand for as many of the detector's own mass.
    edges : array_like (m + 1,)
        Edges of the bins, increasing, in the unit of `detector.observable`.
    observed : array_like, optional
        Counts in the bins, (m,), or (m, k) with times, or (m, …, k) with further axes.
    interaction : Interaction, optional
        The theory of its publication, taken where no other is given; `StandardModel()` by default.
    variance : array_like, optional
        Variance of the observed counts, in the same bins, where they are not Poisson: χ² is then Gaussian.
    times : array_like (k + 1,), optional
        Edges of a second axis of bins [μs] after the pulse of protons.
    backgrounds : iterable of Sample
        Backgrounds, in the same bins.
    nuisances : iterable of Nuisance
        Parameters of signal and backgrounds that are not as by default: norms are free and begin at 1, parameters of effects
        are normal with mean 0 and standard deviation 1. "CEvNS" is the norm of the signal. All that is expected, `counts` and
        `templates` too, has nuisances at their means.
    scale_effects : mapping, optional
        Parameter → relative effect of one unit of it on the signal.
    shape_effects : mapping, optional
        Parameter → (down, up): factors ≥ 0 on the signal where it is −1 and +1, (m,) for the bins of the first axis, or of the
        shape of the bins.
    pattern : array_like (m, l) or (m, l, k), optional
        A further axis: by what the signal in each bin of the first, or of the first and of time, is multiplied in each of the l
        bins. Sums of 1 over l divide the signal; other sums also scale it, to the template of a publication.
    channels : iterable of str or objects of `cevns.experiments.channels`
        Recoils that are counted: "nuclei", as by default, "electrons", or `Electrons(…)` and `DarkMatter(…)` with their
        arguments. The signal is their sum; its norm and its effects act on all of it.
    flux_uncertainties : bool, optional
        Whether the uncertainties of the flux are nuisances of their names, as "pion decay at rest: neutrinos per proton" of
        `sources.sns()`. By default they are where the experiment states neither effects nor nuisances, or one of their names:
        an experiment that says what is uncertain counts nothing twice. A file says it by its scale effects.
    name : str
        Name of the experiment.
    published : mapping, optional
        Figures of its publication.

    Raises
    ------
    InputError
        For values outside their range, shapes that do not match, nuisances that change nothing, means of nuisances that leave
        no signal.
    """

    flux: Flux
    detector: Detector
    exposure: float
    edges: Array
    observed: Array | None
    variance: Array | None
    interaction: Interaction
    times: Array | None
    backgrounds: tuple[Sample, ...]
    nuisances: tuple[Nuisance, ...]
    scale_effects: Mapping[str, float]
    shape_effects: Mapping[str, tuple[Array, Array]]
    pattern: Array | None
    name: str
    published: Published | None
    channels: tuple[Channel, ...]
    flux_uncertainties: bool

    def __init__(
        self,
        flux: Flux,
        detector: Detector,
        exposure: float | Sequence[tuple[float, float]],
        edges: ArrayLike,
        observed: ArrayLike | None = None,
        interaction: Interaction | None = None,
        *,
        variance: ArrayLike | None = None,
        times: ArrayLike | None = None,
        backgrounds: Iterable[Sample] = (),
        nuisances: Iterable[Nuisance] = (),
        scale_effects: Mapping[str, float] | None = None,
        shape_effects: Mapping[str, tuple[ArrayLike, ArrayLike]] | None = None,
        pattern: ArrayLike | None = None,
        channels: str | Channel | Iterable[str | Channel] = ("nuclei",),
        flux_uncertainties: bool | None = None,
        name: str = "",
        published: Published | None = None,
    ) -> None:
        if not isinstance(flux, Flux):
            raise InputError(f"flux must be a cevns.Flux (got {shown(flux)})")
        if not isinstance(detector, Detector):
            raise InputError(f"detector must be a cevns.Detector (got {shown(detector)})")
        if isinstance(exposure, (list, tuple)) and all(isinstance(pair, (list, tuple)) and len(pair) == 2 for pair in exposure):
            exposure = [
                (in_unit(live, "days of the exposure", "d"), in_unit(mass, "masses of the exposure", "kg"))
                for live, mass in exposure
            ]
        elif not isinstance(exposure, (list, tuple)) and getattr(exposure, "ndim", 0) == 0:
            exposure = in_unit(exposure, "exposure", "d" if flux.per == "s" else "")
        periods = real_array(exposure, "exposure", minimum=0.0)
        if periods.ndim not in (0, 2) or periods.shape[1:] not in ((), (2,)):
            raise InputError(f"exposure must be live days, or (days, kg) of each period (got shape {periods.shape})")
        if periods.ndim == 0:
            days = float(periods)
        else:
            live = real_array(periods[:, 0], "days of the exposure", unit="d", minimum=0.0)
            days = float(np.sum(live * real_array(periods[:, 1], "masses of the exposure", unit="kg", minimum=0.0)))
            days /= detector.mass
        real_number(days, "exposure", unit="d", minimum=0.0, above=True)
        e = frozen(checked_edges(edges, detector.observable))
        t = None if times is None else frozen(FluxHistory.check_edges(times, "us"))
        part = None if pattern is None else frozen(real_array(pattern, "pattern", minimum=0.0))
        self.__dict__.update(
            flux=flux,
            detector=detector,
            exposure=days,
            edges=e,
            interaction=interaction_or_default(interaction),
            times=t,
            pattern=part,
            channels=channels_of(channels),
            name=str(name),
            published=published,
            scale_effects=proxy(
                {key: real_number(size, f"effect of {key!r}") for key, size in mapping(scale_effects, "scale_effects").items()}
            ),
            backgrounds=all_of(backgrounds, Sample, "backgrounds"),
            nuisances=all_of(nuisances, Nuisance, "nuisances"),
        )
        gaussian = variance is not None
        counts = None if observed is None else frozen(real_array(observed, "observed", minimum=-np.inf if gaussian else 0.0))
        spread = None if variance is None else frozen(real_array(variance, "variance", minimum=0.0, above=True))
        if part is not None:
            ends = (e.size - 1, t.size - 1) if t is not None and part.ndim == 3 else (e.size - 1,)
            if part.ndim not in (2, 3) or (part.shape[0], *part.shape[2:]) != ends:
                wanted = f"({e.size - 1}, n)" + ("" if t is None else f" or ({e.size - 1}, n, {t.size - 1})")
                raise InputError(f"pattern must have the shape {wanted} (got {part.shape})")
        given = mapping(shape_effects, "shape_effects")
        if flux_uncertainties is None:
            known = {uncertainty.name for uncertainty in flux.uncertainties}
            stated = {*self.scale_effects, *given, *(nuisance.name for nuisance in self.nuisances)}
            flux_uncertainties = not stated or bool(known & stated)
        self.__dict__["flux_uncertainties"] = flag(flux_uncertainties, "flux_uncertainties")
        self.__dict__["shape_effects"] = proxy({key: self._factors(key, pair) for key, pair in given.items()})
        if counts is not None and counts.shape != self.shape:
            hint = transposed(counts.shape, self.shape)
            raise InputError(f"observed must have the shape {self.shape} of the bins (got {counts.shape}){hint}")
        if spread is not None and spread.shape != self.shape:
            hint = transposed(spread.shape, self.shape)
            raise InputError(f"variance must have the shape {self.shape} of the bins (got {spread.shape}){hint}")
        for sample in self.backgrounds:
            if sample.counts.shape != self.shape:
                found = sample.counts.shape
                raise InputError(
                    f"background {sample.name!r} must have the shape {self.shape} (got {found}){transposed(found, self.shape)}"
                )
        self.__dict__.update(observed=counts, variance=spread)
        for effect in (*self.scale_effects, *self.shape_effects):
            if effect in self._uncertain:
                raise InputError(
                    f"{effect!r} must be counted once: it is an uncertainty of the flux too (leave it out, or give"
                    " flux_uncertainties=False)"
                )
        alone = only(self._named, self._named.samples[:1])  # `_named` says what is wrong with the nuisances
        if self._norm <= 0.0 or not (alone.expected({}) > 0.0).all():
            raise InputError("nuisances must leave some signal in all bins where they are at their means (got a factor <= 0)")

    def _factors(self, name: str, pair: Any) -> tuple[Array, ...]:
        """Factors on the signal at −1 and +1, each (m,) or of the shape of the bins."""
        if not isinstance(pair, tuple | list | np.ndarray) or len(pair) != 2:
            raise InputError(
                f"shape_effects of {name!r} must be a pair (down, up) of factors by bin (got {type(pair).__name__})"
            )
        factors = tuple(frozen(real_array(factor, f"shape_effects of {name!r}", minimum=0.0)) for factor in pair)
        for factor in factors:
            if factor.shape not in (self.shape[:1], self.shape):
                wanted = " or ".join(str(shape) for shape in dict.fromkeys((self.shape[:1], self.shape)))
                hint = transposed(factor.shape, self.shape)
                raise InputError(
                    f"shape_effects of {name!r} must have the shape {wanted} of the bins (got {factor.shape}){hint}"
                )
        return factors

    @staticmethod
    def load(name: str) -> Experiment:
        """A published experiment by its name, or one's own by the path of its TOML file.

        Raises
        ------
        InputError, UnknownNameError
            For an unknown name, or a file that is wrong: the message names file, key and line.
        """
        return read(name, Experiment)

    # ---- what couplings do to it -------------------------------------------------------------------------------------------

    def templates(
        self,
        interaction: Interaction | Callable[..., Interaction],
        parameters: Sequence[str],
        *,
        shapes: Mapping[str, ArrayLike] | None = None,
        flux: Callable[..., Flux] | None = None,
        asimov: bool = False,
    ) -> Templates | TemplateGrid:
        """Counts, gradient and likelihood as functions of couplings, folded once: a million points cost a second.

        Parameters
        ----------
        interaction : Interaction or callable
            The theory, as `experiment.interaction + NSI()`: its own couplings are where the parameters begin. With `shapes` it
            may be a function that takes these by keyword: `lambda mass: StandardModel() + VectorMediator(mass=mass,
            coupling=0.0)`.
        parameters : sequence of str
            Its couplings that are free, of `interaction.parameters`.
        shapes : mapping, optional
            Further parameters that change what is folded → increasing grids of values: masses and radii, which the interaction
            takes, or what happens on the way, which `flux` takes. There are templates for each value, and interpolated ones
            between them.
        flux : callable, optional
            Takes the shapes by keyword and returns what arrives: `lambda dm2: sns().sterile(dm2=dm2, ...)`, NSI in matter.
        asimov : bool
            Whether what is expected of the interaction, with its own couplings and the first value of each shape, stands for
            what was observed.

        Returns
        -------
        Templates or TemplateGrid
            `.counts(θ)` of the signal, `.gradient(θ)`, `.likelihood(θ, profile=True)`; a likelihood needs observed counts.

        Raises
        ------
        UnknownNameError
            For a parameter that the interaction does not have.
        InputError
            For a parameter that changes no bin, such as that of a flavour that the flux does not hold, or a grid that
            does not increase.

        Warns
        -----
        UserWarning
            If the templates between the values of the shapes may be wrong by more than 5 % (`interpolation_error`), or if two
            values of a shape leave nothing to tell it by.

        Notes
        -----
        Counts are Σ weight(θ) template over the terms of the interaction (`cevns.interactions.quadratic_forms`), the same as
        `counts` of an interaction with these couplings. Uncertainties enter a likelihood to first order in their parameters:
        that of the signal as what it is multiplied with, those of backgrounds as shapes that are added; `cost` has them in
        full.

        Examples
        --------
        >>> import cevns
        >>> experiment = cevns.Experiment.load("coherent-csi-2021")
        >>> theory = experiment.interaction + cevns.NSI()
        >>> templates = experiment.templates(theory, ("eps_ee_u", "eps_mm_u"))
        >>> counts = templates.counts([[0.0, 0.0], [0.1, 0.0]])
        >>> bool(abs(counts[0] / experiment.counts() - 1).max() < 1e-10)
        True
        """
        from .folding import templates_of

        return templates_of(self, interaction, parameters, shapes, flux, asimov)

    # ---- what it saw -----------------------------------------------------------------------------------------------------

    def cost(self, interaction: Interaction | None = None, *, asimov: bool = False) -> Cost:
        """χ² of what was observed, or of what is expected (`asimov`), as a function of the norm of CEvNS and the nuisances.

        Raises
        ------
        UnsupportedError
            If nothing has been observed: give `observed`, a release, or asimov=True.
        """
        model = self.model(interaction)
        observed = model.expected({}) if flag(asimov, "asimov") else self.observed
        if observed is None:
            raise UnsupportedError(
                f"experiment {self.name!r} holds no observed counts: give observed=, with_release(folder), or asimov=True"
            )
        return Cost(model, observed) if self.variance is None else Cost(model, observed, "gaussian", variance=self.variance)

    def fit(self, interaction: Interaction | None = None, *, asimov: bool = False) -> SignalFit:
        """The counts of CEvNS that fit best (needs `iminuit`).

        The signal's own uncertainties of normalisation, and those of the flux, are left out: they do not change how many counts
        are there.

        Raises
        ------
        UnsupportedError
            If nothing has been observed, or iminuit is not installed.
        """
        cost = self.cost(interaction, asimov=asimov)
        model = cost.model
        elsewhere = {key for s in self.backgrounds for key in (s.norm, *s.scale_effects, *s.shape_effects)}
        left_out = {*self.scale_effects, *self._uncertain} - set(self.shape_effects) - elsewhere - {SIGNAL}
        result = fit(cost, fixed={n.name: n.mean for n in model.nuisances if n.name in left_out})
        theta = dict(zip(result.names, result.values, strict=True))
        # counts of a norm of 1, as the nuisances fit best
        total = fitted(model, model.samples[0], theta | {SIGNAL: 1.0})
        norm = next(nuisance for nuisance in model.nuisances if nuisance.name == SIGNAL)
        return SignalFit(
            value=result[SIGNAL] * total,
            error=result.error(SIGNAL) * total,
            values={sample.name: fitted(model, sample, theta) for sample in model.samples},
            significance=significance(cost, SIGNAL) if norm.lower <= 0.0 <= norm.upper else np.nan,
            chi2=result.minimum,
            bins=int(np.prod(self.shape)),
            fit=result,
        )

    def plot(
        self,
        interaction: Interaction | None = None,
        *,
        fit: SignalFit | None = None,
        log: bool = False,
        title: str | None = None,
        ax: Axes | Sequence[Axes] | None = None,
    ) -> Figure:
        """Signal and backgrounds, one on the other, by bin, and in time if there are times: a matplotlib figure.

        With observed counts they stand over it with their Poisson errors, and below it how far they are from the sum, in
        standard deviations. Bins of different widths are drawn as densities.

        Parameters
        ----------
        interaction : Interaction, optional
            That of the publication by default.
        fit : SignalFit, optional
            Result of `fit`: all is drawn as it fits best, and not as expected beforehand.
        log : bool
            Whether the axis of counts is logarithmic.
        title : str, optional
            The name by default.
        ax : matplotlib.axes.Axes or sequence of them, optional
            Axes of yours to draw into: one for each axis of the bins that is drawn, the observable and the time. As many more
            get the differences from the sum, which are left out without them. One alone gets the observable. By default those
            of a new figure.

        Raises
        ------
        UnsupportedError
            If matplotlib is not installed.
        InputError
            For a fit of other parameters.
        """
        from .plots import counts

        return counts(self, interaction, fit=fit, log=log, title=title, ax=ax)

    def with_release(self, folder: Any) -> Experiment:
        """The experiment with the counts and backgrounds of its official data release, from a folder where you keep it.

        Raises
        ------
        UnsupportedError
            For an experiment without a release that can be read.
        InputError
            For a folder with missing or wrong files: nothing is loaded then.
        """
        experiment: Experiment = released(self, folder)
        return experiment

    def replace(self, **changes: Any) -> Experiment:
        """The experiment with other arguments of its constructor.

        Another exposure multiplies signal and backgrounds alike by the ratio of live days; give `backgrounds` too where that is
        not meant. What was observed, and its variance, belong to the exposure: give others with it, or None. Another flux or
        detector leaves the backgrounds as they are.

        Raises
        ------
        InputError
            For another exposure without `observed` and `variance` where there are such, and as for the constructor.
        """
        arguments = self._arguments()
        for name in changes:
            known_name(name, _ARGUMENTS, "argument of an experiment")
        there = Experiment(**{**arguments, **changes})
        ratio = there.exposure / self.exposure
        if "exposure" not in changes or ratio == 1.0:
            return there
        for name in ("observed", "variance"):
            if self.__dict__[name] is not None and name not in changes:
                raise InputError(
                    f"{name} belongs to the exposure of {self.exposure:g} d: give {name}= too with exposure=, or {name}=None"
                )
        if "backgrounds" in changes:
            return there
        return there.replace(backgrounds=[times_factor(sample, ratio) for sample in self.backgrounds])

    def __repr__(self) -> str:
        return cut("\n    ".join(["<Experiment", *(f"{what}: {text}" for what, text in self._facts.items())]) + ">")

    def _repr_html_(self) -> str:
        return table("Experiment", self._facts.items())

    @property
    def _facts(self) -> dict[str, str]:
        """What it is, in words."""
        flux = self.flux
        axes = {self.observable: self.edges, "μs": self.times}
        bins = [f"{axis(edges)} {unit}" for unit, edges in axes.items() if edges is not None]
        names_of_axes = [self.observable, *(["time"] if self.times is not None else [])]
        if self.pattern is not None:
            bins.insert(1, f"{self.pattern.shape[1]} bins of a further axis")
            names_of_axes.insert(1, "further axis")
        target = repr(self.detector.target).removeprefix("Target(").removesuffix(")").strip("'")
        detector = f"{self.detector.mass:g} kg of {cut(target, 200)}"
        if flux.per == "s" or self.exposure != 1.0:
            detector += f", {self.exposure:g} {'live days' if flux.per == 's' else 'runs'}"
        seen = "" if self.observed is None else f"{self.observed.sum():.6g} counts"
        facts = {
            "name": written(self.name) if self.name else "",
            "flux": f"per {flux.per}, {', '.join(flux.flavors)}: {names(part.name for part in flux.components)}",
            "detector": detector,
            "bins": ", ".join(bins),
            "axes of counts": f"({', '.join(names_of_axes)})" if len(bins) > 1 else "",
            "observed": seen,
            "backgrounds": names(sample.name for sample in self.backgrounds),
            "nuisances": names(dict.fromkeys([*(nuisance.name for nuisance in self.nuisances), *self._uncertain])),
            "interaction": written(self.interaction),
            "channels": ", ".join(map(written, self.channels)) if self.channels != channels_of("nuclei") else "",
        }
        return {what: text for what, text in facts.items() if text}

    def _arguments(self) -> dict[str, Any]:
        optional = {
            "observed": self.observed,
            "variance": self.variance,
            "times": self.times,
            "backgrounds": self.backgrounds or None,
            "nuisances": self.nuisances or None,
            "scale_effects": self.scale_effects or None,
            "shape_effects": self.shape_effects or None,
            "pattern": self.pattern,
            "channels": self.channels if self.channels != channels_of("nuclei") else None,
            "name": self.name or None,
            "published": self.published,
        }
        always = ("flux", "detector", "exposure", "edges", "interaction", "flux_uncertainties")
        given = {name: self.__dict__[name] for name in always}
        return given | {name: value for name, value in optional.items() if value is not None}


_ARGUMENTS = tuple(inspect.signature(Experiment).parameters)


def load(name: str) -> Experiment:
    """See `cevns.Experiment.load`."""
    return Experiment.load(name)
