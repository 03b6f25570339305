"""The exceptions of cevns: one base class, one subclass for each thing a caller may want to catch."""

from __future__ import annotations

LONGEST = 300  # characters of a message: what a person reads in one look, whatever was passed in


class CevnsError(Exception):
    """Base class of every exception that cevns raises on purpose.

    A message has at most 300 characters: of a longer one, which shows a table or a whole object, the middle is left out.
    """

    def __init__(self, message: str = "") -> None:
        if len(message) > LONGEST:
            message = f"{message[: LONGEST - 100]} … {message[-97:]}"
        super().__init__(message)


class InputError(CevnsError, ValueError):
    """An argument has a value outside its allowed range; the message names argument, value and range."""


class UnknownNameError(CevnsError, LookupError):
    """A name (nuclide, element, flavour, model, …) is not known; the message suggests the nearest known ones."""


class UnsupportedError(CevnsError, ValueError):
    """A combination is well formed but not defined or not available; the message says why and what is."""
