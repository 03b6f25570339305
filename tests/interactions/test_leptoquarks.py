"""Leptoquarks as NSI: strengths, signs by Fierz's identity, and what they do to rates."""

import pickle
import re

import numpy as np
import pytest

import cevns
from cevns import NSI, Leptoquark, StandardModel
from cevns.reference import dirac
from cevns.reference import new_physics as reference

ARGON = cevns.Nuclide("40Ar")


def test_strength_at_a_tev_is_the_published_figure():
    # 1/(4√2 G_F TeV²) = 0.0152
    assert Leptoquark(multiplet="R2", mass=1e6, coupling=1.0).nsi.eps_ee_u == pytest.approx(0.0152, abs=5e-5)


@pytest.mark.parametrize(("multiplet", "up", "down"), [("S1", 0, -1), ("S3", -2, -1), ("R2", 1, 0), ("R2~", 0, 1)])
@pytest.mark.parametrize("flavors", [("nue",), ("numu", "nutau"), ("nue", "numu", "nutau")])
def test_epsilon_is_that_of_the_reference(multiplet, up, down, flavors):
    couplings = [0.7 * (flavor in flavors) for flavor in ("nue", "numu", "nutau")]
    one = reference.leptoquark_epsilon(couplings, 5e5, 2 if multiplet.startswith("S") else 0)
    nsi = Leptoquark(multiplet=multiplet, mass=5e5, coupling=0.7, flavors=flavors).nsi
    np.testing.assert_allclose(nsi.matrix("u"), abs(up) * one, rtol=1e-14, atol=0)
    np.testing.assert_allclose(nsi.matrix("d"), abs(down) * one, rtol=1e-14, atol=0)


def test_the_sign_is_that_of_fierz():
    # numbers in place of fields: (ā P_R b)(c̄ P_L d) = ½ (ā γ^μ P_L d)(c̄ γ_μ P_R b); fields that anticommute have − for it
    random = np.random.default_rng(1)
    a, b, c, d = random.normal(size=(4, 4)) + 1j * random.normal(size=(4, 4))
    scalars = (a @ dirac.RIGHT @ b) * (c @ dirac.LEFT @ d)
    lower = np.einsum("mn,nij->mij", dirac.METRIC, dirac.GAMMA)
    vectors = sum((a @ dirac.GAMMA[m] @ dirac.LEFT @ d) * (c @ lower[m] @ dirac.RIGHT @ b) for m in range(4))
    assert scalars == pytest.approx(vectors / 2, rel=1e-12)


@pytest.mark.parametrize(("multiplet", "more"), [("S1", True), ("S3", True), ("R2", False), ("R2~", False)])
def test_what_attracts_as_the_z_does_adds_to_the_rate(multiplet, more):
    theory = StandardModel() + Leptoquark(multiplet=multiplet, mass=1e6, coupling=0.5, flavors="numu")
    value = cevns.differential_cross_section(5.0, 30.0, ARGON, theory, "numu")
    assert (value > cevns.differential_cross_section(5.0, 30.0, ARGON)) == more
    assert value != pytest.approx(cevns.differential_cross_section(5.0, 30.0, ARGON), rel=1e-3)


@pytest.mark.parametrize("flavor", ["nue", "numu", "nutaubar"])
def test_its_current_is_that_of_its_nsi(flavor):
    theory = Leptoquark(multiplet="S3", mass=7e5, coupling=0.8)
    standard = StandardModel()
    value = cevns.differential_cross_section(5.0, 30.0, ARGON, standard + theory, flavor)
    assert value == pytest.approx(cevns.differential_cross_section(5.0, 30.0, ARGON, standard + theory.nsi, flavor), rel=1e-13)
    assert isinstance(theory.nsi, NSI)
    assert theory.parameters == {"coupling": 0.8}
    assert theory.with_parameters(coupling=0.4).nsi.eps_mt_u == pytest.approx(theory.nsi.eps_mt_u / 4, rel=1e-14)


def test_leptoquarks_are_values():
    theory = Leptoquark(multiplet="R2~", mass=1e6, coupling=0.5, flavors=["nutau", "nue"])
    for copy in (eval(repr(theory), {"Leptoquark": Leptoquark}), pickle.loads(pickle.dumps(theory))):
        assert copy == theory
        assert hash(copy) == hash(theory)
    assert theory.flavors == ("nue", "nutau")


WRONG = [
    (lambda: Leptoquark(multiplet="S2", mass=1e6, coupling=1.0), "unknown multiplet 'S2'"),
    (lambda: Leptoquark(multiplet="S1", mass=0.0, coupling=1.0), "mass must be > 0 MeV and finite (got 0)"),
    (lambda: Leptoquark(multiplet="S1", mass=1e6, coupling=np.inf), "coupling must be >= -1e+06 and <= 1e+06 (got inf)"),
    (lambda: Leptoquark(multiplet="S1", mass=1e6, coupling=1.0, flavors="e"), "unknown flavor 'e'"),
]


@pytest.mark.parametrize(("call", "message"), WRONG, ids=[message for _, message in WRONG])
def test_wrong_input_is_named(call, message):
    with pytest.raises(cevns.CevnsError, match=re.escape(message)):
        call()
