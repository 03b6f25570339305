"""Expected counts of an experiment: those of its channels, what nuisances do to them, and the model with backgrounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from .._arguments import Array, known_name
from .._immutable import Immutable, frozen, kept, proxy
from ..detectors.detector import Detector
from ..detectors.response import Response
from ..fluxes.flux import Flux
from ..interactions import Interaction, interaction_or_default
from ..scattering.channels import Indices
from ..statistics import Model, Nuisance, Sample
from .channels import Channel
from .samples import SIGNAL, mapping, only

_UNIFORM = 1e-9  # of a relative change: bins that differ by less change alike


class Expectation(Immutable):
    """The half of `cevns.Experiment` that knows what it expects."""

    flux: Flux
    detector: Detector
    exposure: float
    edges: Array
    times: Array | None
    pattern: Array | None
    interaction: Interaction
    channels: tuple[Channel, ...]
    backgrounds: tuple[Sample, ...]
    nuisances: tuple[Nuisance, ...]
    scale_effects: Mapping[str, float]
    shape_effects: Mapping[str, tuple[Array, Array]]
    flux_uncertainties: bool

    # ---- bins ------------------------------------------------------------------------------------------------------------

    @property
    def observable(self) -> str:
        """The unit of the first axis."""
        return self.detector.observable

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the bins: observable, then a further axis if there is one, then time if there is."""
        return (
            self.edges.size - 1,
            *(() if self.pattern is None else (self.pattern.shape[1],)),
            *(() if self.times is None else (self.times.size - 1,)),
        )

    # ---- counts ----------------------------------------------------------------------------------------------------------

    @kept
    def responses(self) -> Mapping[str, Response]:
        """Channel → its response, made at first use with the experiment's own interaction."""
        return proxy({channel.name: channel.response(self, self.interaction) for channel in self.channels})

    @property
    def response(self) -> Response:
        """The response of the first channel: of nuclei by default."""
        return self.responses[self.channels[0].name]

    def counts(self, interaction: Interaction | None = None, *, split: str | None = None) -> Array:
        """Counts of the signal in the bins, with nuisances at their means.

        Parameters
        ----------
        interaction : Interaction, optional
            That of the publication by default; pass `StandardModel()` for the library's own.
        split : {"channel"}, optional
            A leading axis by `channels`; their sum by default.

        Raises
        ------
        UnknownNameError
            For another split.
        """
        if split is not None:
            known_name(split, ("channel",), "split")
        each = self._by_channel(interaction)
        return self._factor * (each.sum(axis=0) if split is None else each)

    def _by_channel(self, interaction: Interaction | None = None) -> Array:
        """Counts (channels, *bins) where the norm is 1 and the parameters of effects are 0."""
        theory = self.interaction if interaction is None else interaction_or_default(interaction)
        each = [self._response_to(theory, channel).counts(channel.theory(theory)) for channel in self.channels]
        return self._arranged(np.stack(each))

    def _nominal(self, interaction: Interaction | None = None) -> Array:
        """Counts of the signal in the bins where its norm is 1 and the parameters of its effects are 0."""
        return np.asarray(self._by_channel(interaction).sum(axis=0))

    def _terms(self, interaction: Interaction, parameters: Sequence[str]) -> tuple[Indices, Array]:
        """Powers (terms, parameters) of couplings, and counts (terms, *bins) of each term, with nuisances at their means."""
        exponents: list[Indices] = []
        counts: list[Array] = []
        for channel in self.channels:
            theory = channel.theory(interaction)
            own = [i for i, name in enumerate(parameters) if name in theory.parameters]
            names = [parameters[i] for i in own]
            powers, found = self._response_to(interaction, channel, names).terms(theory, names)
            every = np.zeros((len(powers), len(parameters)), dtype=np.intp)
            every[:, own] = powers
            exponents.append(every)
            counts.append(self._arranged(found))
        return np.concatenate(exponents), self._factor * np.concatenate(counts)

    def _couplings(self, interaction: Interaction) -> dict[str, float]:
        """Name → value of what templates may leave free: of the interaction, and of the portal of dark matter."""
        found: dict[str, float] = {}
        for channel in self.channels:
            found |= channel.theory(interaction).parameters
        return found

    def _response_to(self, interaction: Interaction, channel: Channel, parameters: Sequence[str] = ()) -> Response:
        """The response of a channel: its own one, or where heavy final states begin and end elsewhere one for them.

        That follows rates of the size of the Standard Model's, whatever the couplings are: counts and templates have the same
        nodes.
        """
        currents = interaction.currents_by(name for name in parameters if name in interaction.parameters)
        heavy = [current for current in currents if current.final_mass and channel.sees(current)]
        if not any(current.factor or current.parameter in parameters for current in heavy):
            return self.responses[channel.name]
        values = dict.fromkeys((name for name in interaction.parameters if name != "weak_mixing_angle"), 0.0)
        off = interaction.with_parameters(**values)
        without = channel.rate(self, off)
        for current in heavy:
            if current.parameter is not None:  # the value that gives as high a rate as what is there without it
                largest = float((channel.rate(self, off.with_parameters(**{current.parameter: 1.0})) - without).max())
                size = float(without.max() or 1.0)
                values[current.parameter] = (size / largest) ** (0.5 / current.power) if largest > 0 else 0.0
        return channel.response(self, interaction.with_parameters(**values))

    def _arranged(self, counts: Array) -> Array:
        """Counts (…, m[, k]) of a response in the axes of the experiment, for its exposure."""
        counts = self.exposure * counts
        if self.pattern is not None and self.times is None:
            counts = counts[..., None] * self.pattern
        elif self.pattern is not None:
            counts = counts[..., None, :] * (self.pattern if self.pattern.ndim == 3 else self.pattern[..., None])
        return np.asarray(counts)

    # ---- what nuisances do to them ---------------------------------------------------------------------------------------

    @property
    def _norm(self) -> float:
        """The norm of the signal that `counts` has: the mean of the nuisance "CEvNS", 1 by default."""
        return next((nuisance.mean for nuisance in self.nuisances if nuisance.name == SIGNAL), 1.0)

    @property
    def _fixed_norm(self) -> dict[str, float]:
        """The norm of the signal where a theory gives it: nothing where a nuisance constrains it, else its mean."""
        free = next((nuisance.free for nuisance in self.nuisances if nuisance.name == SIGNAL), True)
        return {SIGNAL: self._norm} if free else {}

    @property
    def _uncertain(self) -> tuple[str, ...]:
        """Names of the uncertainties of the flux that are nuisances."""
        return tuple(uncertainty.name for uncertainty in self.flux.uncertainties) if self.flux_uncertainties else ()

    @kept
    def flux_effects(self) -> Mapping[str, Array]:
        """Uncertainty of the flux → relative change of the signal by one standard deviation of it, in the shape of the bins.

        That of the experiment's own interaction.
        """
        if not self._uncertain:
            return proxy({})
        changes = np.zeros((len(self.flux.uncertainties), *self.shape))
        for channel in self.channels:
            if channel.of_neutrinos:
                changes += self._arranged(self.responses[channel.name].changes(self.interaction))
        counts = self._nominal()
        relative = np.divide(changes, counts, out=np.zeros_like(changes), where=counts > 0)
        return proxy({name: frozen(effect) for name, effect in zip(self._uncertain, relative, strict=True)})

    @kept
    def _without_theory(self) -> Model:
        """The model with a signal of one count in each bin: what every theory is multiplied with."""
        return Model([self._sample(np.ones(self.shape), self.flux_effects), *self.backgrounds], self.nuisances)

    @kept
    def _factor(self) -> Array:
        """What the signal is multiplied with where nuisances are at their means.

        Where uncertainties of the flux have a mean of 0, as by default, what they change need not be known.
        """
        moved = any(nuisance.mean for nuisance in self.nuisances if nuisance.name in self._uncertain)
        model = self._without_theory if moved else self._named
        return frozen(only(model, model.samples[:1]).expected({}))

    @property
    def _named(self) -> Model:
        """The same with uncertainties of the flux by name alone."""
        effects = dict.fromkeys(self._uncertain, np.zeros(self.shape))
        return Model([self._sample(np.ones(self.shape), effects), *self.backgrounds], self.nuisances)

    @kept
    def _relative_effects(self) -> Mapping[str, Array]:
        """Nuisance → relative change of the signal by one unit of it, where nuisances are at their means."""
        alone = only(self._without_theory, self._without_theory.samples[:1])
        pairs = zip(alone.parameters, alone.gradient({}), strict=True)
        return proxy({name: frozen(slope / self._factor) for name, slope in pairs})

    def signal(self, interaction: Interaction | None = None) -> Sample:
        """The signal as a sample, with the effects of its uncertainties; its norm is the parameter "CEvNS"."""
        return self._sample(self._nominal(interaction), self.flux_effects)

    def _sample(self, counts: Array, flux_effects: Mapping[str, Array]) -> Sample:
        """Counts where all nuisances change nothing as the sample of the signal."""
        scales = dict(self.scale_effects)
        shapes = {key: tuple(self._by_bin(factor) * counts for factor in pair) for key, pair in self.shape_effects.items()}
        for name, effect in flux_effects.items():
            if np.ptp(effect) <= _UNIFORM * np.abs(effect).max():
                scales[name] = float(effect.mean())
            else:
                shapes[name] = tuple(np.maximum(1 + sign * effect, 0.0) * counts for sign in (-1, 1))
        return Sample(SIGNAL, counts, norm=SIGNAL, scale_effects=scales, shape_effects=shapes)

    def _by_bin(self, factor: Array) -> Array:
        """A factor (m,) with an axis for each of the bins; one that has these as it is."""
        return factor if factor.ndim == len(self.shape) else factor.reshape(-1, *(1,) * (len(self.shape) - 1))

    def model(self, interaction: Interaction | None = None) -> Model:
        """Signal and backgrounds as a `cevns.statistics.Model`."""
        return Model([self.signal(interaction), *self.backgrounds], self.nuisances)

    def expected(self, interaction: Interaction | None = None, nuisances: Mapping[str, float] | None = None) -> Array:
        """Signal and backgrounds in the bins.

        Parameters
        ----------
        interaction : Interaction, optional
            That of the publication by default.
        nuisances : mapping, optional
            Parameter → value; the others are at their means.

        Raises
        ------
        UnknownNameError
            For an unknown parameter.
        """
        return self.model(interaction).expected(mapping(nuisances, "nuisances"))
