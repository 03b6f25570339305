"""Benchmarks: how many times faster than plain NumPy each kernel is, and a gate that sees a kernel become several times slower.

    pytest benchmarks                                              the gate and the table of speed-ups
    pytest benchmarks --record-lowest                              the same, and lower ratios are written into speedups.toml
    pytest benchmarks --benchmark-enable --benchmark-save=NAME     the same, and record a run
    pytest benchmarks --benchmark-enable --benchmark-compare       the same, and compare with the last one recorded

What is gated is the ratio of two minima, reference over kernel, taken in turns in one run, both on one thread. On one machine
this ratio is steadier than means and medians; between processors it differs by a factor of two and more. So the floor is half
of the lowest ratio that any processor has shown (`speedups.toml`): it holds on a machine that nobody has tried, and it sees
only what is gross, such as a kernel that is no longer used. Regressions of some per cent are seen by comparing two recorded
runs of one machine. Promises, aims, absolute times and ratios of cevns to itself are shown and never gated.

Both sides get the same input, which changes by a part in 10¹² from call to call, so that no cache of results can answer; what
depends on the flux or the target alone is prepared by both outside the timing.

The recording is that of pytest-benchmark (its option overrides the --benchmark-disable under which the tests run); the gate
has loops of its own and runs in either case.
"""

# ruff: noqa: E402
import os
import sys

# NumPy's matrix products take one thread: what more of them give depends on the machine and on its other users. The libraries
# read these variables when they are loaded, so this stands before NumPy; plugins of pytest may still have been before it.
LOADED_BEFORE = "numpy" in sys.modules
LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
os.environ.update(dict.fromkeys(LIMITS, "1"))

import gc
import re
import subprocess
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cevns
from cevns._core import isa

SPEEDUPS = Path(__file__).with_name("speedups.toml")
ROWS = tomllib.loads(SPEEDUPS.read_text(encoding="utf-8"))
HEADROOM = 2.0  # the floor is the lowest ratio seen, divided by this
SECONDS = 0.2  # for one measurement, of which the minima are taken
TURNS = 5  # at least, of reference and kernel in one measurement
ATTEMPTS = 3  # a neighbour on the machine can spoil one measurement, hardly three; the minima are over all of them
DRIFT = 2.0**-40  # relative change of the input from call to call


@dataclass
class Result:
    """One line of the table."""

    name: str
    instruction_set: str
    values: int
    reference_time: float = np.inf  # s
    kernel_time: float = np.inf  # s

    @property
    def given(self) -> dict[str, Any]:
        """What `speedups.toml` says of it."""
        return ROWS[self.name]

    @property
    def floor(self) -> float:
        """What the ratio must reach; 0 if it is only shown."""
        lowest = self.given.get(self.instruction_set, self.given.get("any", 0.0))
        return lowest / HEADROOM if self.given.get("gated", True) else 0.0

    @property
    def promise(self) -> float:
        return self.given.get("promise", {}).get(self.instruction_set, 0.0)

    @property
    def speedup(self) -> float:
        return self.reference_time / self.kernel_time

    @property
    def verdict(self) -> str:
        if self.speedup < self.floor:
            return "BELOW THE FLOOR"
        if self.speedup < self.promise:
            return f"below the promise of {self.promise:g}"
        kind = "ok" if self.floor else "shown"
        return f"{kind}, aim reached" if self.speedup >= self.given["aim"] else kind

    def measure(self, turn: Callable[[], tuple[float, float]]) -> None:
        """Take the minima over many turns of (reference time, kernel time); again if they miss the floor."""
        for _ in range(ATTEMPTS):
            start, turns = time.perf_counter(), 0
            while turns < TURNS or time.perf_counter() - start < SECONDS:
                reference_time, kernel_time = turn()
                self.reference_time = min(self.reference_time, reference_time)
                self.kernel_time = min(self.kernel_time, kernel_time)
                turns += 1
            if self.speedup >= self.floor:
                return

    def row(self) -> tuple[str, ...]:
        wanted = self.given.get("wanted_ms")
        return (
            self.name,
            self.instruction_set,
            self.given["reference"],
            f"{1e3 * self.reference_time:.4g}",
            f"{1e3 * self.kernel_time:.4g}",
            f"{1e9 * self.kernel_time / self.values:.3g}",
            f"{self.speedup:.3g}",
            f"{self.floor:.3g}" if self.floor else "-",
            f"{self.given['aim']:g}",
            self.verdict + (f" (wanted: <= {wanted:g} ms)" if wanted else ""),
        )


HEADER = ("benchmark", "instructions", "reference", "ref. ms", "cevns ms", "ns/value", "speed-up", "floor", "aim", "verdict")
RESULTS: list[Result] = []
NOTES: list[str] = []  # lines below the table


@pytest.fixture(params=isa.available())
def instruction_set(request: pytest.FixtureRequest) -> Iterator[str]:
    """Every instruction set that this build and this machine have, in turn."""
    before = isa.current()
    isa.use(request.param)
    yield request.param
    isa.use(before)


@pytest.fixture
def note() -> Callable[[str], None]:
    """note(line): shows a time that has no reference below the table."""
    return NOTES.append


@pytest.fixture
def in_new_process(tmp_path: Path) -> Callable[[str], tuple[float, float]]:
    """in_new_process(script): the two times that it prints, in a fresh interpreter with this installation.

    All modules are compiled in the first call and read in the others, also where the environment forbids to write them.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPATH": str(Path(cevns.__file__).parents[1]), "PYTHONPYCACHEPREFIX": str(tmp_path / "compiled")}

    def run(script: str) -> tuple[float, float]:
        command = [sys.executable, "-c", script]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=tmp_path)
        first, second = map(float, done.stdout.split())
        return first, second

    return run


@pytest.fixture
def gate(benchmark: Any) -> Callable[..., None]:
    """gate(name, instruction_set, values, turn, kernel, setup): measures, records, and fails below the floor.

    `turn()` gives one time of the reference and one of the kernel, in seconds.
    """

    def run(
        name: str,
        instruction_set: str,
        values: int,
        turn: Callable[[], tuple[float, float]],
        kernel: Callable[..., Any],
        setup: Callable[[], Any] | None = None,
        rounds: int = 50,
    ) -> None:
        result = Result(name, instruction_set, values)
        gc.collect()
        gc.disable()
        try:
            result.measure(turn)
        finally:
            gc.enable()
        RESULTS.append(result)
        benchmark.group = result.name
        benchmark.extra_info.update(
            speedup=result.speedup,
            floor=result.floor,
            reference=result.given["reference"],
            reference_ms=1e3 * result.reference_time,
            isa=result.instruction_set,
        )
        benchmark.pedantic(kernel, setup=setup, rounds=rounds)
        assert result.speedup >= result.floor, (
            f"{name} with {instruction_set}: {result.speedup:.3g} times as fast as {result.given['reference']}, "
            f"must be {result.floor:.3g} ({1e3 * result.kernel_time:.4g} ms against {1e3 * result.reference_time:.4g} ms)"
        )

    return run


@pytest.fixture
def race(instruction_set: str, gate: Callable[..., None]) -> Callable[..., None]:
    """race(name, kernel, reference, *inputs, tolerance): asserts that both give the same, then times them in turns.

    `inputs` are arrays, passed to both; `tolerance` is relative to the largest value; `values` is how many results are counted
    in the table, by default as many as there are in the first input.
    """

    def run(
        name: str,
        kernel: Callable[..., Any],
        reference: Callable[..., Any],
        *inputs: np.ndarray,
        tolerance: float = 1e-9,
        values: int | None = None,
    ) -> None:
        calls = 0

        def fresh() -> tuple[np.ndarray, ...]:
            nonlocal calls
            calls += 1
            return tuple(array * (1.0 + DRIFT * (calls % 1024)) for array in inputs)

        arguments = fresh()
        expected, found = np.asarray(reference(*arguments)), np.asarray(kernel(*arguments))
        assert expected.shape == found.shape
        np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance * float(np.abs(expected).max()))

        def seconds(function: Callable[..., Any]) -> float:
            arguments = fresh()
            start = time.perf_counter()
            function(*arguments)
            return time.perf_counter() - start

        def repeats(function: Callable[..., Any]) -> int:
            """Calls in one turn, after one that is not timed and fills the caches: about 3 ms, one if it takes longer."""
            return max(1, min(20, int(3e-3 / min(seconds(function), seconds(function)))))

        counts = {function: repeats(function) for function in (reference, kernel)}

        def turn() -> tuple[float, float]:
            times = []
            for function, count in counts.items():
                seconds(function)
                times.append(min(seconds(function) for _ in range(count)))
            return times[0], times[1]

        gate(name, instruction_set, values or inputs[0].size, turn, kernel, lambda: (fresh(), {}))

    return run


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record-lowest", action="store_true", help="write ratios lower than those in benchmarks/speedups.toml")


def with_lower(text: str, results: list[Result]) -> str:
    """The text of `speedups.toml` with the ratios of `results` where they are lower, rounded down to two digits."""
    for result in results:
        key = result.instruction_set if result.instruction_set in result.given else "any"
        digits = 1 - int(np.floor(np.log10(result.speedup)))
        value = np.floor(result.speedup * 10.0**digits) / 10.0**digits
        if value < result.given.get(key, np.inf):
            text = re.sub(rf"(?m)(^\[{result.name}\][^\[]*?^{key} = )\S+", rf"\g<1>{value:.6g}", text)
    return text


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the table of speed-ups; write those that are lower than any before, if asked to."""
    if not RESULTS:
        return
    rows = [HEADER, *(result.row() for result in RESULTS)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    aligned = [str.ljust] * 3 + [str.rjust] * 6 + [str.ljust]
    threads = "NumPy was loaded before: its threads are as they were" if LOADED_BEFORE else "one thread"
    terminalreporter.section(f"speed-ups: minima of one run, {threads}")
    for row in rows:
        cells = (align(cell, width) for align, cell, width in zip(aligned, row, widths, strict=True))
        terminalreporter.write_line("  ".join(cells).rstrip())
    for line in NOTES:
        terminalreporter.write_line(line)
    if config.getoption("record_lowest", default=False):
        SPEEDUPS.write_text(with_lower(SPEEDUPS.read_text(encoding="utf-8"), RESULTS), encoding="utf-8")
