from __future__ import annotations


class Unfit(Exception):
    """This file is not released. `code` for programs, `words` say what to do; neither quotes the file."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(code)
        self.code = code
        self.words = words


def damaged() -> Unfit:
    """The file's own format can't be followed to its end."""
    return Unfit("damaged", "It is damaged or not what its name says. Save it again and send the new file.")


def protected() -> Unfit:
    """Nobody can look inside."""
    return Unfit("protected", "It is protected by a password or by rights. Remove the protection and send it again.")
