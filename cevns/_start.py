"""Errors that stop the import of the package, and the user's Ctrl-C, in one line where a command has been started."""

from __future__ import annotations

import os
import sys
from types import TracebackType


def _is_command() -> bool:
    """Whether the process is `cevns` or `python -m cevns`."""
    words = sys.orig_argv
    module = "-m" in words and words[words.index("-m") + 1 : words.index("-m") + 2] == [__package__]
    return module or os.path.splitext(os.path.basename(sys.argv[0] if sys.argv else ""))[0] == __package__


def _interrupted(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Python's own hook, but a line for Ctrl-C: before the command itself can say it, or after."""
    if issubclass(kind, KeyboardInterrupt):
        print("cevns: interrupted", file=sys.stderr)
    else:
        sys.__excepthook__(kind, error, trace)


if _is_command():
    sys.excepthook = _interrupted

try:
    from ._core import isa  # noqa: F401
except ImportError as error:
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_core")
    if any(name.startswith("isa.") and name.endswith((".so", ".pyd")) for name in os.listdir(folder)):
        raise  # it is compiled, and something else is wrong
    where = os.path.dirname(os.path.dirname(folder))
    hint = f"run `pip install -e .` in {where}, or start Python in another folder to use an installed cevns"
    raise ImportError(f"the compiled modules of cevns are missing, this is its source tree: {hint}") from error
except ValueError as error:  # CEVNS_ISA names no instruction set: a command ends as after any wrong argument
    if not _is_command():
        raise
    print(f"cevns: error: CEVNS_ISA: {error}", file=sys.stderr)
    raise SystemExit(2) from None
