"""Exports: models as pyhf's JSON, and counts as histograms of hist or boost-histogram."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import Array, check_increasing, digits, flag, known_name, real_array, several, shown
from ..errors import InputError, UnsupportedError
from .checks import of_kind
from .models import Model, Nuisance, Sample

_PULL = 100.0  # standard deviations to which a constrained parameter may go: JSON has no infinity


def to_pyhf(
    model: Model, observed: ArrayLike, *, poi: str | None = None, channel: str = "bins", exact: bool = True
) -> dict[str, Any]:
    """The model and observed counts as a workspace of pyhf: what `pyhf.Workspace` takes and `json.dump` writes.

    Parameters
    ----------
    model : Model
        Expected counts.
    observed : array_like (*bins)
        Counts.
    poi : str, optional
        The parameter of interest; the first free norm by default.
    channel : str
        Name of the channel that holds all bins.
    exact : bool
        Whether to refuse what HistFactory cannot express.

    Raises
    ------
    InputError, UnknownNameError
        For counts of another shape, or an unknown parameter of interest.
    UnsupportedError
        If HistFactory has nothing like a part of the model.

    Notes
    -----
    A free norm is a `normfactor`. Shapes are `histosys` with the same interpolation, and so are relative effects and
    constrained norms, which are linear: pyhf's parameter is then (θ − mean)/sigma, and so are its bounds. `twice_nll` of pyhf
    and `Cost` differ by a constant.

    pyhf needs bounds. Where the model has no limit a free norm may go to the power of ten above ten times what the observed
    counts need of its samples, and a constrained parameter 100 standard deviations from its mean. The `variance` of samples
    is not written: the workspace is that of a cost without `beeston_barlow`.

    HistFactory adds histosys, so a relative effect on a sample that has shape effects too has no exact counterpart;
    `exact=False` writes it as `normsys`, which agrees where its parameter is −1, 0 or 1 and, between, to 0.1 σ² of the counts:
    1e-3 for an effect of 10 %; several of one sample multiply, and do not add. Not expressible: free parameters of effects, and
    shapes whose parameter is not normal with mean 0 and standard deviation 1.

    References
    ----------
    L. Heinrich, M. Feickert, G. Stark, K. Cranmer, J. Open Source Softw. 6 (2021) 2823.

    Examples
    --------
    >>> from cevns.statistics import Model, Sample, to_pyhf
    >>> signal = Sample("CEvNS", [40.0, 25.0], norm="mu", scale_effects={"flux": 0.5})
    >>> workspace = to_pyhf(Model([signal]), [38, 27])
    >>> workspace["channels"][0]["samples"][0]["modifiers"][1]
    {'name': 'flux', 'type': 'histosys', 'data': {'lo_data': [20.0, 12.5], 'hi_data': [60.0, 37.5]}}
    """
    of_kind(model, "model", Model)
    n = real_array(observed, "observed", minimum=0.0, maximum=1e15)
    if n.shape != model.shape:
        raise InputError(f"observed must have the shape {model.shape} of the model's bins (got {n.shape})")
    if not isinstance(channel, str) or not channel:
        raise InputError(f"channel must be a text (got {shown(channel)})")
    exact = flag(exact, "exact")
    nuisances = {nuisance.name: nuisance for nuisance in model.nuisances}
    norms = [s.norm for s in model.samples if s.norm is not None and nuisances[s.norm].free]
    if poi is None:
        poi = norms[0] if norms else ""
    else:
        known_name(poi, norms, "parameter of interest")
    settings = [_pyhf_parameter(nuisance, model, float(n.sum())) for nuisance in model.nuisances]
    samples = [_pyhf_sample(sample, nuisances, exact) for sample in model.samples]
    return {
        "channels": [{"name": channel, "samples": samples}],
        "observations": [{"name": channel, "data": n.reshape(-1).tolist()}],
        "measurements": [{"name": "cevns", "config": {"poi": poi, "parameters": settings}}],
        "version": "1.0.0",
    }


def to_hist(
    counts: ArrayLike | Model,
    edges: Sequence[ArrayLike],
    names: Sequence[str] | None = None,
    *,
    variance: ArrayLike | None = None,
) -> Any:
    """Counts, or the templates of a model, as a histogram that the protocol UHI knows.

    Parameters
    ----------
    counts : array_like (*bins) or Model
        Contents of the bins; or a model, whose templates then lie along two more axes, "process" and "variation": "nominal",
        and "<parameter> down" and "<parameter> up" for parameters of effects one standard deviation below and above the mean.
    edges : sequence of array_like
        Increasing edges of the bins along each axis; a list of numbers for one axis.
    names : sequence of str, optional
        Names of the axes.
    variance : array_like (*bins), optional
        Variance of the counts. That of a model follows from those of its samples: a norm or a relative effect counts squared.

    Returns
    -------
    hist.Hist, or boost_histogram.Histogram if hist is not installed

    Raises
    ------
    InputError
        For edges that do not fit.
    UnsupportedError
        If neither hist nor boost-histogram is installed.

    Examples
    --------
    >>> from cevns.statistics import to_hist
    >>> to_hist([3.0, 5.0], [0.0, 1.0, 4.0], ["time"]).values().tolist()
    [3.0, 5.0]
    """
    values = counts.samples[0].counts if isinstance(counts, Model) else real_array(counts, "counts")
    lists = several(edges, "edges must be a list of edges, or one list for each axis")
    if not lists:
        raise InputError(f"edges must be a list of edges, or one list for each axis (got {shown(edges)})")
    axes: list[Any] = [edges] if real_array(lists[0], "edges").ndim == 0 else list(lists)
    sides = [real_array(axis, f"edges of axis {i}") for i, axis in enumerate(axes)]
    if tuple(axis.size - 1 for axis in sides) != values.shape:
        fitting = " × ".join(str(size + 1) for size in values.shape)
        raise InputError(
            f"edges must increase, {fitting} of them for {values.shape} bins (got {[axis.size for axis in sides]})"
        )
    for i, side in enumerate(sides):
        check_increasing(side, f"edges of axis {i}")
    labels = [f"axis{i}" for i in range(len(sides))] if names is None else list(several(names, "names must be a list of texts"))
    if len(labels) != len(sides) or not all(isinstance(label, str) for label in labels):
        raise InputError(f"names must be one for each of the {len(sides)} axes (got {shown(names)})")
    if isinstance(counts, Model):
        if variance is not None:
            raise InputError("variance of a model is that of its samples")
        sample_names = [sample.name for sample in counts.samples]
        variations, templates, spreads = _variations(counts)
        return _histogram(sides, labels, templates, spreads, {"process": sample_names, "variation": variations})
    spread = None
    if variance is not None:
        spread = real_array(variance, "variance", minimum=0.0)
        if spread.shape != values.shape:
            raise InputError(f"variance must have the shape {values.shape} of the counts (got {spread.shape})")
    return _histogram(sides, labels, values, spread, {})


# ---- inside --------------------------------------------------------------------------------------------------------------


def _pyhf_parameter(nuisance: Nuisance, model: Model, observed: float) -> dict[str, Any]:
    """Where a parameter begins, and its bounds."""
    if nuisance.free:
        origin, unit, start = 0.0, 1.0, nuisance.mean
        total = sum(sample.total for sample in model.samples if sample.norm == nuisance.name)
        needed = max((observed + 1) / total if total > 0 else 0.0, abs(nuisance.mean), 1e-6)
        reach = 10.0 ** math.ceil(math.log10(10 * needed))
    else:
        origin, unit, start, reach = nuisance.mean, nuisance.sigma, 0.0, _PULL
    lower, upper = (nuisance.lower - origin) / unit, (nuisance.upper - origin) / unit
    low = lower if math.isfinite(lower) else min(-reach, upper - reach)
    high = upper if math.isfinite(upper) else max(reach, lower + reach)
    return {"name": nuisance.name, "inits": [start], "bounds": [[low, high]]}


def _pyhf_sample(sample: Sample, nuisances: Mapping[str, Nuisance], exact: bool) -> dict[str, Any]:
    counts = sample.counts.reshape(-1)
    linear = dict(sample.scale_effects)
    modifiers: list[dict[str, Any]] = []
    nominal = 1.0  # what the effects multiply the counts by at the means of their parameters
    if sample.norm is not None:
        norm = nuisances[sample.norm]
        if norm.free:
            modifiers.append({"name": norm.name, "type": "normfactor", "data": None})
        elif linear or sample.shape_effects:
            raise UnsupportedError(
                f"pyhf has no constrained norm ({norm.name!r}) of a sample with effects ({sample.name!r}): make it an effect"
            )
        else:
            nominal, linear = 0.0, {norm.name: 1.0}
    nominal += sum(size * nuisances[name].mean for name, size in linear.items())
    for name, size in linear.items():
        nuisance = nuisances[name]
        if nuisance.free:
            raise UnsupportedError(f"pyhf has no free parameter of an effect ({name!r})")
        if sample.shape_effects and exact:
            raise UnsupportedError(
                f"pyhf has no scale ({name!r}) times shapes (sample {sample.name!r}); exact=False writes it as normsys"
            )
        one = size * nuisance.sigma
        if sample.shape_effects:
            if nuisance.mean:
                raise UnsupportedError(f"a normsys needs a parameter of mean 0 (got {digits(nuisance.mean)} for {shown(name)})")
            if abs(one) >= 1:
                raise UnsupportedError(f"a normsys needs an effect below 100 % (got {digits(one)} for {shown(name)})")
            modifiers.append({"name": name, "type": "normsys", "data": {"lo": 1 - one, "hi": 1 + one}})
        else:
            modifiers.append(_histosys(name, counts * (nominal - one), counts * (nominal + one)))
    for name, (down, up) in sample.shape_effects.items():
        if nuisances[name].sigma != 1 or nuisances[name].mean:
            raise UnsupportedError(f"pyhf's parameters of shapes have mean 0 and sigma 1 (got {shown(nuisances[name])})")
        modifiers.append(_histosys(name, down.reshape(-1), up.reshape(-1)))
    return {"name": sample.name, "data": (counts * nominal).tolist(), "modifiers": modifiers}


def _histosys(name: str, down: Array, up: Array) -> dict[str, Any]:
    return {"name": name, "type": "histosys", "data": {"lo_data": down.tolist(), "hi_data": up.tolist()}}


def _variations(model: Model) -> tuple[list[str], Array, Array | None]:
    """Names of the variations, and templates and variances (samples, variations, *bins)."""
    effects = dict.fromkeys(name for s in model.samples for name in (*s.scale_effects, *s.shape_effects))
    variations: dict[str, dict[str, float]] = {"nominal": {}}
    for nuisance in model.nuisances:
        if nuisance.name in effects:
            size = 1.0 if nuisance.free else nuisance.sigma
            variations[f"{nuisance.name} down"] = {nuisance.name: nuisance.mean - size}
            variations[f"{nuisance.name} up"] = {nuisance.name: nuisance.mean + size}
    templates = np.stack([model.expected_by_sample(theta) for theta in variations.values()], axis=1)
    if all(sample.variance is None for sample in model.samples):
        return list(variations), templates, None
    return list(variations), templates, np.stack([model.variance_by_sample(theta) for theta in variations.values()], axis=1)


def _histogram(
    edges: list[Array], names: list[str], values: Array, variance: Array | None, categories: Mapping[str, list[str]]
) -> Any:
    try:
        import boost_histogram as bh
    except ImportError:
        raise UnsupportedError("histograms need hist or boost-histogram; install one with: pip install hist") from None
    storage = bh.storage.Double() if variance is None else bh.storage.Weight()
    try:
        import hist
    except ImportError:
        axes: list[Any] = [bh.axis.StrCategory(c, metadata=name) for name, c in categories.items()]
        axes += [bh.axis.Variable(e, metadata=name) for e, name in zip(edges, names, strict=True)]
        histogram = bh.Histogram(*axes, storage=storage)
    else:
        axes = [hist.axis.StrCategory(c, name=name) for name, c in categories.items()]
        axes += [hist.axis.Variable(e, name=name) for e, name in zip(edges, names, strict=True)]
        histogram = hist.Hist(*axes, storage=storage)
    histogram[...] = values if variance is None else np.stack([values, variance], axis=-1)
    return histogram
