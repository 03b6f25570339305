"""Golden numbers: what every channel gave for one interaction of each kind, recorded once at full precision.

They prove no number right – the other tests hold it against the formulas – but say at once if one changes: of rates,
bins, cross sections, splits, histories, covariances and counts, with every instruction set from the start of a process
(`.ci/run`). After a change that is meant, `python tests/test_golden.py` writes them anew.
"""

import json
import pathlib

import numpy as np
import pytest

import cevns
from cevns import dark_matter, electrons, matter, spectra
from cevns._core import isa

PATH = pathlib.Path(__file__).with_name("golden.json")
T = np.geomspace(0.01, 45.0, 9)
EDGES = np.array([0.05, 0.3, 1.0, 4.0, 15.0, 50.0])
E = np.array([3.0, 12.0, 30.0, 52.0])
SM = cevns.StandardModel()
THEORIES = {
    "Standard Model": SM,
    "axial": cevns.StandardModel(axial=True),
    "spin ½": cevns.StandardModel(kinematics="spin-1/2"),
    "running charges": cevns.StandardModel(couplings="radiative-q2"),
    "NSI": SM + cevns.NSI(eps_ee_u=0.1, eps_em_u=0.1, eps_mt_d=-0.2j),
    "vector mediator": SM + cevns.VectorMediator(mass=30.0, coupling=1e-4),
    "very light mediator": SM + cevns.VectorMediator(mass=0.1, coupling=1e-5),
    "scalar mediator": SM + cevns.ScalarMediator(mass=10.0, coupling=1e-5),
    "axial mediator": cevns.StandardModel(axial=True) + cevns.AxialMediator(mass=30.0, coupling=1e-4),
    "tensor mediator": SM + cevns.TensorMediator(mass=10.0, coupling=1e-5),
    "magnetic moment": SM + cevns.MagneticMoment(nue=1e-10, numu=2e-10),
    "dipole portal": SM + cevns.DipolePortal(mass=5.0, nue=1e-9),
    "charge radius": SM + cevns.ChargeRadius(nue=1e-32, em=1e-32),
    "vector upscattering": SM + cevns.VectorUpscattering(mass=3.0, mediator_mass=20.0, coupling=1e-4),
    "scalar upscattering": SM + cevns.ScalarUpscattering(mass=3.0, mediator_mass=20.0, coupling=1e-4),
}
MASSES = {"mass": 25.0, "mediator_mass": 75.0, "kinetic_mixing": 1e-4}


def numbers():
    """Name of a case → function without arguments; accuracy of what it returns, relative to its largest value."""
    pions = cevns.sources.sns()
    flat = cevns.Flux.from_table([1.0, 20.0, 50.0], {"nue": [1e6, 2e6, 0.0], "numubar": [1e6, 1e5, 1e5]}).with_uncertainty(
        "x", 0.1
    )
    smooth = cevns.sources.solar(components=["8B", "hep"], survival=False)
    caesium, germanium = cevns.Nuclide("133Cs"), cevns.Nuclide("73Ge")
    cases = {}
    for name, theory in THEORIES.items():
        cases[f"dR/dT, pions on CsI, {name}"] = 1e-13, lambda t=theory: cevns.differential_rate(T, pions, "CsI", t)
        cases[f"bins, table on Ge, {name}"] = 1e-10, lambda t=theory: cevns.binned_rate(EDGES, flat, "Ge", t)
        cases[f"rate, boron-8 on Xe, {name}"] = 1e-10, lambda t=theory: cevns.rate(smooth, "Xe", t, threshold=[0.1, 0.5])
        cases[f"dσ/dT of 73Ge, {name}"] = 1e-13, lambda t=theory: cevns.differential_cross_section(T, 30.0, germanium, t)
        cases[f"σ of 133Cs, {name}"] = 1e-9, lambda t=theory: cevns.cross_section(E, caesium, t, threshold=0.01)
        cases[f"electrons, dR/dT, {name}"] = 1e-13, lambda t=theory: electrons.differential_rate(T, flat, "Xe", t)
        cases[f"electrons, bins, {name}"] = 1e-10, lambda t=theory: electrons.binned_rate(EDGES, flat, "Ge", t)
        cases[f"electrons, σ, {name}"] = 1e-9, lambda t=theory: electrons.cross_section(E, t, threshold=0.1)
    for split in ("nuclide", "flavor", "component"):
        cases[f"split by {split}"] = 1e-13, lambda s=split: cevns.differential_rate(T, pions, "CsI", THEORIES["NSI"], split=s)
    history = pions.history([0.0, 0.5, 1.0, 3.0, 10.0])
    cases["history"] = 1e-13, lambda: cevns.differential_rate(T, history, "CsI")
    cases["history, bins with NSI"] = 1e-10, lambda: cevns.binned_rate(EDGES, history, "CsI", THEORIES["NSI"])
    cases["covariance"] = 1e-13, lambda: cevns.differential_rate(T, flat, "Ge", covariance=True)[1]
    cases["covariance of electrons"] = 1e-13, lambda: electrons.differential_rate(T, flat, "Ge", covariance=True)[1]
    for particle in ("dirac", "scalar"):
        flux = dark_matter.DarkMatterFlux.from_pion_decay_at_rest(**MASSES, protons=3.198e23, distance=19.3, decay=particle)
        portal = dark_matter.VectorPortal(**MASSES, alpha_D=0.5, particle=particle)
        cases[f"dark matter, dR/dT, {particle}"] = 2e-12, lambda f=flux, p=portal: dark_matter.differential_rate(T, f, "CsI", p)
        cases[f"dark matter, bins, {particle}"] = 1e-10, lambda f=flux, p=portal: dark_matter.binned_rate(EDGES, f, "CsI", p)
    detector = cevns.Detector("CsI", 14.6, quenching=cevns.quenching.Lindhard(), resolution=cevns.resolution.Gaussian(0.2))
    cases["counts"] = 1e-9, lambda: detector.response([1.0, 2.0, 5.0, 10.0], pions).counts()
    for kind, spectrum in (("table", spectra.Table([1.0, 3.0, 9.0], [1.0, 2.0, 0.5])), ("muons", spectra.EndPoint("muon"))):
        flux = cevns.Flux((cevns.Component("nue", "a", spectrum),))
        cases[f"moments, {kind}"] = 1e-13, lambda f=flux: f.moments(np.linspace(1.0, 60.0, 7))
    for model in ("Helm", "KleinNystrand", "SymmetrizedFermi"):
        cases[f"form factor, {model}"] = (
            1e-14,
            lambda m=model: getattr(cevns.form_factors, m)()(np.linspace(0, 250, 9), caesium),
        )
    cases["ion correlation"] = 1e-12, lambda: matter.ion_correlation(E, "56Fe", 1e12, 1.0)
    return cases


CASES = numbers()
GOLDEN = json.loads(PATH.read_text(encoding="utf-8")) if PATH.exists() else {}


def test_every_case_is_recorded_and_every_record_is_a_case():
    assert GOLDEN.keys() == CASES.keys()


@pytest.mark.parametrize("name", CASES)
def test_numbers_are_those_that_were_recorded(name):
    accuracy, call = CASES[name]
    values, golden = np.asarray(call()), np.array(GOLDEN[name])
    assert values.shape == golden.shape
    np.testing.assert_allclose(values, golden, rtol=0.0, atol=accuracy * np.abs(golden).max(), err_msg=isa.current())


if __name__ == "__main__":
    found = {name: np.asarray(call()).tolist() for name, (_, call) in CASES.items()}
    PATH.write_text(
        json.dumps(found, indent=0, ensure_ascii=False).replace(",\n", ", ").replace('], "', '],\n"') + "\n", encoding="utf-8"
    )
