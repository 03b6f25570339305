"""Instruction sets: the same physics with each, to the bit where there is fused multiply-add.

The promise of src_c/cevns.h: AVX2 and AVX-512 give the same bits, the baseline agrees within 8 ulp of the largest term.
Measured between baseline and AVX2, in ulp: exp 0.9, kinematics 0, form factors 2.0, cross sections 3.2, angles 3.7, totals 2.4,
moments 6.0, rates 1.7, bins 0.6.
"""

import os
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

import cevns
from cevns._core import isa
from cevns.reference import cases

WITH_FMA = tuple(name for name in ("avx2", "avx512") if name in isa.available())
BOUND = 8 * 2.0**-52  # of the largest term

ENERGIES = np.geomspace(0.1, 300.0, 61)[:, None]  # MeV
FRACTIONS = np.concatenate(([0.0, 1e-12, 1e-6], np.linspace(0.01, 1.0, 100), [1.001, 2.0]))  # of T_max
COSINES = np.linspace(-1.0, 1.0, 101)
MODELS = (
    cevns.StandardModel(),
    cevns.StandardModel(kinematics="spin-1/2"),
    cevns.StandardModel(form_factor=cevns.form_factors.KleinNystrand(), neutron_form_factor=cevns.form_factors.Helm()),
)


def elementary(make):
    x = np.linspace(-700.0, 700.0, 10001)
    out, sine, cosine = np.empty_like(x), np.empty_like(x), np.empty_like(x)
    isa.exp(x, out)
    isa.sincos(1e3 * x, sine, cosine)
    positive, log, deviance = np.exp(x), np.empty_like(x), np.empty_like(x)
    isa.log(positive, log)
    isa.deviance(positive, deviance)
    yield "log", log, np.maximum(np.abs(log), 1e-300)
    yield "deviance", deviance, positive + 1 + np.abs(log)
    yield "exp", out, out
    yield "sin", sine, np.ones_like(x)
    yield "cos", cosine, np.ones_like(x)


def kinematics(make):
    for name in cases.NUCLIDES:
        nuclide = cevns.Nuclide(name)
        top = cevns.recoil_energy_max(ENERGIES, nuclide)
        yield f"{name} T_max", top, top
        least = cevns.neutrino_energy_min(cases.RECOIL_ENERGIES["range"], nuclide)
        yield f"{name} E_min", least, least
        T = FRACTIONS[FRACTIONS < 1] * top
        for cosine in (cevns.kinematics.neutrino_scattering_cosine, cevns.kinematics.recoil_cosine):
            yield f"{name} {cosine.__name__}", cosine(T, ENERGIES, nuclide), np.ones_like(T)
        for recoil, c in (
            (cevns.kinematics.recoil_energy_from_neutrino_angle, COSINES),
            (cevns.kinematics.recoil_energy_from_recoil_angle, np.abs(COSINES)),
        ):
            yield f"{name} {recoil.__name__}", recoil(c, ENERGIES, nuclide), np.broadcast_to(top, (61, 101))


def form_factors(make):
    for case in cases.FORM_FACTORS:
        for name in cases.NUCLIDES:
            values = make["form_factor"](case)(cases.MOMENTUM_TRANSFERS, cevns.Nuclide(name))
            yield f"{case.name} {name}", values, np.ones_like(values)


def cross_sections(make):
    for model in MODELS:
        for name in cases.NUCLIDES:
            nuclide = cevns.Nuclide(name)
            T = FRACTIONS[FRACTIONS != 1] * cevns.recoil_energy_max(ENERGIES, nuclide)
            values = cevns.differential_cross_section(T, ENERGIES, nuclide, model)
            yield f"{model} {name}", values, cevns.differential_cross_section(0 * T, ENERGIES, nuclide, model)


def angular_cross_sections(make):
    for model in MODELS:
        for name in cases.NUCLIDES:
            for of in ("neutrino", "recoil"):
                values = cevns.angular_cross_section(COSINES, ENERGIES, cevns.Nuclide(name), model, of=of)
                point = cevns.StandardModel(kinematics=model.kinematics, form_factor=cevns.form_factors.Point())
                scale = cevns.angular_cross_section(COSINES, ENERGIES, cevns.Nuclide(name), point, of=of).max(axis=1)
                yield f"{model} {name} {of}", values, np.broadcast_to(scale[:, None], values.shape)


def total_cross_sections(make):
    for model in MODELS:
        for name in cases.NUCLIDES:
            values = cevns.cross_section(ENERGIES, cevns.Nuclide(name), model)
            yield f"{model} {name}", values, values


def moments(make):
    for case in cases.SPECTRA:
        x = case.end * np.concatenate((np.geomspace(1e-9, 0.9, 200), 1 - np.geomspace(0.1, 1e-9, 30), [1.0, 1.5]))
        for component in make["flux"](case).components:
            phi0, m1, m2 = component.spectrum.moments.moments(x)
            yield f"{case.name} phi0", phi0, np.full(x.size, phi0[0])
            yield f"{case.name} m1", m1, np.full(x.size, phi0[0])
            yield f"{case.name} m2", m2, np.full(x.size, m2[0])


def rates(make):
    for case in cases.SPECTRA:
        flux = make["flux"](case)
        for target in ("Xe", "CaWO4"):
            for model in MODELS:
                T = np.concatenate(([0.0], cases.RECOIL_ENERGIES["range"]))
                values = cevns.differential_rate(T, flux, target, model)
                yield f"{case.name} {target} {model}", values, np.full(T.size, values[0])


def binned_rates(make):
    for case in cases.SPECTRA:
        flux = make["flux"](case)
        values = cevns.binned_rate(np.linspace(0.0, 30.0, 31), flux, "CsI")
        yield case.name, values, np.full(values.size, values.sum())


KERNELS = (
    elementary,
    kinematics,
    form_factors,
    cross_sections,
    angular_cross_sections,
    total_cross_sections,
    moments,
    rates,
    binned_rates,
)


@pytest.fixture(scope="module")
def results(using_instruction_set, make_form_factor, make_flux):
    """kernel → instruction set → list of (case, values, scale), computed when first asked for."""
    kept = {}
    make = {"form_factor": make_form_factor, "flux": make_flux}

    def of(kernel, name):
        if (kernel, name) not in kept:
            with using_instruction_set(name):
                kept[kernel, name] = list(kernel(make))
        return kept[kernel, name]

    return of


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.__name__)
def test_sets_with_fused_multiply_add_give_the_same_bits(kernel, results):
    if len(WITH_FMA) < 2:
        pytest.skip(f"needs avx2 and avx512 to compare; of these, this machine has: {', '.join(WITH_FMA) or 'none'}")
    first, second = (results(kernel, name) for name in WITH_FMA)
    for (case, a, _), (_, b, _) in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b, err_msg=case)


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.__name__)
def test_baseline_agrees_within_eight_ulp_of_the_largest_term(kernel, results):
    if not WITH_FMA:
        pytest.skip("needs avx2 or avx512 to compare with the baseline; this machine has neither")
    worst = {}
    for (case, a, scale), (_, b, _) in zip(results(kernel, "baseline"), results(kernel, WITH_FMA[0]), strict=True):
        worst[case] = float((np.abs(a - b) / np.where(scale > 0, scale, 1.0)).max())
    assert all(value <= BOUND for value in worst.values()), max(worst.items(), key=lambda item: item[1])


@pytest.mark.parametrize("name", isa.NAMES)
def test_a_known_set_runs_or_the_error_says_which_do(name, using_instruction_set):
    if name in isa.available():
        with using_instruction_set(name):
            assert isa.current() == name
    else:
        with pytest.raises(ValueError, match=f"'{name}' is not available here; available are baseline"):
            isa.use(name)


def test_an_unknown_set_is_refused_and_changes_nothing():
    before = isa.current()
    with pytest.raises(
        ValueError, match=r"'sse9' is not available here \(known are baseline, avx2, avx512\); available are base"
    ):
        isa.use("sse9")
    assert isa.current() == before


def test_the_baseline_is_always_there_and_the_widest_set_is_the_default(using_instruction_set):
    assert isa.available()[0] == "baseline"
    with using_instruction_set("baseline"):
        isa.use()
        assert isa.current() == isa.available()[-1]


def _import_with(setting):
    environment = {**os.environ, "CEVNS_ISA": setting}
    program = "from cevns._core import isa; print(isa.current())"
    # elsewhere than in the repository, whose source tree -c would put before the installed package
    command = [sys.executable, "-c", program]
    return subprocess.run(command, env=environment, cwd=tempfile.gettempdir(), capture_output=True, text=True, check=False)


@pytest.mark.skipif(not Path("/proc/cpuinfo").exists() or platform.machine() != "x86_64", reason="the kernel lists no flags")
def test_every_set_of_the_processor_is_found():
    """Whatever compiler has made the kernels: a build that misses one is right, and several times slower."""
    flags = set(re.search(r"^flags\s*:(.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)[1].split())
    needs = {"baseline": set(), "avx2": {"avx2", "fma"}, "avx512": {"fma", "avx512f", "avx512dq", "avx512bw", "avx512vl"}}
    assert isa.available() == tuple(name for name in isa.NAMES if needs[name] <= flags)


@pytest.mark.parametrize("name", isa.available())
def test_environment_variable_chooses_the_set(name):
    assert _import_with(name).stdout.strip() == name


def test_empty_environment_variable_means_the_widest_set():
    assert _import_with("").stdout.strip() == isa.available()[-1]


def test_wrong_environment_variable_stops_the_import_with_the_names_that_are_right():
    done = _import_with("neon7")
    assert done.returncode != 0
    assert "instruction set 'neon7' is not available here" in done.stderr
    assert "baseline" in done.stderr


def test_configuration_shows_the_set_in_use(capsys, using_instruction_set):
    with using_instruction_set("baseline"):
        cevns.show_config()
    shown = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.replace("instruction set", "set").splitlines())
    assert shown["set"] == "baseline"
    assert shown["available"] == ", ".join(isa.available())
