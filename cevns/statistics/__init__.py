"""Statistics: from counts, templates and nuisance parameters to likelihoods, fits and intervals.

Nothing of neutrinos is in it: arrays come in, of bins of any shape. χ² stands for −2 ln(L/L_saturated) everywhere, so that a
change of 1 is one standard deviation of one parameter.

    models             expected counts of samples with norms, relative effects and shapes, and their gradient
    likelihoods        χ² of counts: Poisson, Gaussian, of templates of finite statistics; linear nuisances profiled away
    costs              a model and observed counts: what `iminuit.Minuit` takes
    minimum            the point where χ² is least
    minimisers         the minimum of a cost in a few steps of Newton's, for profiles and toys
    fits               fits, profiles, intervals, contours, significance
    toy_experiments    Asimov sets, toys, Feldman–Cousins intervals
    exports            pyhf, hist and boost-histogram
    templates          counts as polynomials in the couplings of a theory
    scans              χ² on grids of parameters: limits and regions
    checks             checks of arguments

    from cevns import statistics as st

    signal = st.Sample("CEvNS", [40.0, 25.0, 8.0], norm="mu", scale_effects={"flux": 0.1})
    background = st.Sample("steady state", [60.0, 55.0, 50.0], scale_effects={"background": 0.02})
    cost = st.Cost(st.Model([signal, background]), [95, 84, 56])
    st.fit(cost)["mu"], st.interval(cost, "mu"), st.significance(cost, "mu")
"""

from __future__ import annotations

from .costs import Cost
from .exports import to_hist, to_pyhf
from .fits import Fit, contour, fit, interval, profile, significance, threshold
from .likelihoods import gaussian_chi2, poisson_chi2, template_chi2
from .minimisers import minimize
from .minimum import Minimum
from .models import Model, Nuisance, Sample
from .toy_experiments import FeldmanCousins, Toys, asimov, feldman_cousins, run_toys, toys

__all__ = [
    "Cost",
    "FeldmanCousins",
    "Fit",
    "Minimum",
    "Model",
    "Nuisance",
    "Sample",
    "Toys",
    "asimov",
    "contour",
    "feldman_cousins",
    "fit",
    "gaussian_chi2",
    "interval",
    "minimize",
    "poisson_chi2",
    "profile",
    "run_toys",
    "significance",
    "template_chi2",
    "threshold",
    "to_hist",
    "to_pyhf",
    "toys",
]


def __dir__() -> list[str]:
    return __all__
