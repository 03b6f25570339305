"""The command line: a recoil spectrum, a rate, the sources, a nuclide, experiments, what runs.

    cevns spectrum --source sns --target CsI --plot spectrum.png
    cevns rate     --source 'reactor(power=2.9, distance=28)' --target Ge --threshold 0.1 0.2 0.5
    cevns sources
    cevns nuclide  133Cs
    cevns experiments
    cevns predict  coherent-csi-2021 --couplings tree --plot counts.png
    cevns fit      coherent-lar-2020 --release FOLDER
    cevns validate
    cevns scan     coherent-csi-2021 --asimov --model nsi --x eps_ee_u=-1:1:200 --y eps_ee_d=-1:1:200 --plot nsi.png
    cevns config

Everything is computed before the first file is written, and a file appears whole or not at all. Wrong use ends with one
sentence on the standard error and exit status 2. What is printed is ASCII, so that any terminal can show it.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Any, NoReturn

from .. import command_line
from .._version import __version__
from ..errors import CevnsError, InputError

COMMANDS = MappingProxyType(
    {
        "spectrum": "The spectrum of recoil energies: printed, as CSV, drawn.",
        "rate": "The rate of recoils above thresholds.",
        "sources": "All sources: how each is called, its flux, its uncertainty, its mean energy.",
        "nuclide": "What is known of a nuclide, and from where.",
        "experiments": "All experiments that come with the package: what they are, what they expect.",
        "predict": "Counts of CEvNS that an experiment expects, by bin.",
        "fit": 'How many counts of CEvNS fit best. Needs iminuit: the extra "fit".',
        "validate": "Published results and those that are computed; exit status 1 if some differ.",
        "scan": "Scan the parameters of a theory: best fit, intervals, limits, regions.",
        "config": "Versions, and the instruction set in use (CEVNS_ISA=baseline|avx2|avx512 forces one).",
    }
)
LONGEST = 600  # characters of an error
INTERRUPTED = 130  # exit status: 128 and the number of the signal, as shells have it


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments, by default those of the process.

    Returns
    -------
    int
        The exit status: 0, 2 for wrong use, 1 if nobody reads the output or `validate` finds a difference, 130 after Ctrl-C.

    Examples
    --------
    >>> main(["rate", "--source", "nowhere", "--target", "CsI"])
    2
    """
    try:
        words = sys.argv[1:] if argv is None else argv
        arguments = _parser(words).parse_args(words)
        command_line.check_files(arguments)
        done: str | tuple[str, int] = arguments.run(arguments)
    except SystemExit as end:  # --help and --version, which have been printed
        return _print("", int(end.code or 0))
    except KeyboardInterrupt:
        _say("cevns: interrupted")
        return INTERRUPTED
    except OSError as error:
        return _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except CevnsError as error:
        return _fail(str(error))
    except Exception as error:  # an argument that no check has seen
        if sys.flags.dev_mode:
            raise
        return _fail(f"{error} ({type(error).__name__}; python -X dev -m cevns shows where)")
    printed, status = done if isinstance(done, tuple) else (done, 0)
    try:
        return _print(f"{printed}\n", status)
    except KeyboardInterrupt:
        _say("cevns: interrupted")
        return INTERRUPTED


# ---- writing -------------------------------------------------------------------------------------------------------------


def _print(text: str, status: int) -> int:
    """Print to the end; the exit status, which is 1 if that is not possible."""
    if sys.stdout is None:  # closed before the process began
        _say("cevns: error: standard output is closed")
        return 1
    try:
        try:
            sys.stdout.write(text)
        except UnicodeEncodeError:  # a file name or formula that the terminal cannot show
            sys.stdout.write(text.encode("ascii", "backslashreplace").decode())
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing is left to be flushed at exit
        if not isinstance(error, BrokenPipeError):
            _say(f"cevns: error: standard output cannot be written: {error.strerror}")
        return 1
    return status


def _fail(message: str) -> int:
    text = " ".join(message.split())
    _say(f"cevns: error: {text if len(text) <= LONGEST else f'{text[: LONGEST - 60]} ... {text[-55:]}'}")
    return 2


def _say(text: str) -> None:
    if sys.stderr is not None:
        with suppress(OSError):
            print(text, file=sys.stderr, flush=True)


# ---- the arguments -------------------------------------------------------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    """Wrong use is an exception of cevns like any other, and -1e-1 is a number."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # argparse has no other way to say what is a value and no option: its own pattern knows no exponents
        self._negative_number_matcher = re.compile(r"-(\d+\.?\d*|\.\d+)([eEdD][-+]?\d+)?$|-(inf|infinity|nan)$", re.IGNORECASE)

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message}; see {self.prog} --help")


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of some words: of all commands it knows the names, of the one that they name it knows the arguments."""
    parser = _Parser(prog="cevns", description="Coherent elastic neutrino-nucleus scattering.", allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"cevns {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, dest="command", prog="cevns")
    asked = next((word for word in words if not word.startswith("-")), None)
    for name, text in COMMANDS.items():
        layout = argparse.RawDescriptionHelpFormatter
        command = commands.add_parser(name, help=text, description=text, allow_abbrev=False, formatter_class=layout)
        if name == asked:
            getattr(command_line, f"add_{name}")(command)
    return parser
