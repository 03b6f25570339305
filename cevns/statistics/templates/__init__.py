"""Templates: what an experiment expects of a theory, folded once; a scan of its couplings is then a matrix product.

Rates are polynomials in the couplings, so counts are sums of fixed histograms, the templates, with monomials as weights:

    counts(θ) = Σ_t w_t(θ) T_t,    w_t(θ) = Π_p θ_p^{n_tp}

Everything that costs – fluxes, cross sections, detector – is in the T_t. `Templates` gives counts, gradients and likelihoods of
any number of points θ; nothing of the size (points × bins) is made for a likelihood. `TemplateGrid` adds parameters that change
shapes (the mass of a mediator, the radius of a nucleus) by interpolation between templates.

What both are asked stands in `points`, the search for the best point in `minima`. `templates` has what `arguments` checked,
analyses of several experiments by `joint`, and nuisances by `rotations` as a kernel can tell them apart; `grids` has templates
at nodes, and what `interpolation` puts between them.

Formulas
--------
counts as polynomials of couplings, `Templates`: counts(θ) = Σ_t w_t(θ) T_t, w_t = Π_p θ_p^{n_tp}
    derived here
    src_c/kernels/scans.h
"""

from ..minimum import Minimum
from .grids import TemplateGrid
from .templates import Templates

__all__ = ["Minimum", "TemplateGrid", "Templates"]
