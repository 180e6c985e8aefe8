"""Tokens of our own accounts: fetched once, replaced when old or refused."""

import threading

from integrations.engine.account_tokens import AccountTokens, Granted


class Vendor:
    def __init__(self) -> None:
        self.given = 0
        self.now = 0.0

    def grant(self) -> Granted:
        self.given += 1
        return Granted(f"t{self.given}", 3600)


def test_a_token_is_kept_until_two_minutes_before_its_end():
    vendor = Vendor()
    tokens = AccountTokens(clock=lambda: vendor.now)

    first = tokens.token("ours", vendor.grant)
    vendor.now = 3479
    kept = tokens.token("ours", vendor.grant)
    vendor.now = 3480

    assert (first, kept, tokens.token("ours", vendor.grant)) == ("t1", "t1", "t2")


def test_each_owner_has_its_own():
    vendor = Vendor()
    tokens = AccountTokens()

    assert [tokens.token(owner, vendor.grant) for owner in ("a", "b", "a")] == ["t1", "t2", "t1"]


def test_a_refused_token_is_replaced_once_for_everybody():
    vendor = Vendor()
    tokens = AccountTokens()
    tokens.token("ours", vendor.grant)
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(tokens.token("ours", vendor.grant, refused="t1")))
        for _ in range(8)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (found, vendor.given) == (["t2"] * 8, 2)


def test_a_token_is_never_printed():
    assert "t1" not in repr(Granted("t1", 3600))
