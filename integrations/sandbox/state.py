"""What the stand-ins remember: rows in memory, written through to SQLite, so that a restart finds them again."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

Body = dict[str, Any]
SCHEMA = """
PRAGMA journal_mode=WAL;
PRAGMA synchronous=OFF;
CREATE TABLE IF NOT EXISTS thing (
    kind TEXT NOT NULL, tenant TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (kind, tenant, key)
);
"""
PUT = "INSERT INTO thing VALUES (?, ?, ?, ?) ON CONFLICT (kind, tenant, key) DO UPDATE SET body = excluded.body"


class Store:
    """Rows by kind, tenant and key. What is handed out is read, never changed: `put` replaces the row."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._undo: list[tuple[str, str, str, Body | None]] = []
        self._lasting: list[tuple[str, str, str, Body | None]] = []
        self._shelves: dict[tuple[str, str], dict[str, Body]] = {}
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.executescript(SCHEMA)
        for kind, tenant, key, body in self._db.execute("SELECT kind, tenant, key, body FROM thing ORDER BY rowid"):
            self._shelf(kind, tenant)[key] = json.loads(body)

    def get(self, kind: str, tenant: str, key: str) -> Body | None:
        with self._lock:
            return self._shelf(kind, tenant).get(key)

    def all(self, kind: str, tenant: str) -> list[Body]:
        with self._lock:
            return list(self._shelf(kind, tenant).values())

    def keys(self, kind: str, tenant: str) -> list[str]:
        with self._lock:
            return list(self._shelf(kind, tenant))

    def kinds(self, tenant: str) -> list[str]:
        with self._lock:
            return sorted({kind for kind, owner in self._shelves if owner == tenant and self._shelves[kind, owner]})

    def put(self, kind: str, tenant: str, key: str, body: Body) -> None:
        text = json.dumps(body)
        with self.transaction():
            shelf = self._shelf(kind, tenant)
            self._undo.append((kind, tenant, key, shelf.get(key)))
            shelf[key] = json.loads(text)
            self._db.execute(PUT, (kind, tenant, key, text))

    def remove(self, kind: str, tenant: str, key: str) -> None:
        with self.transaction():
            old = self._shelf(kind, tenant).pop(key, None)
            self._undo.append((kind, tenant, key, old))
            self._db.execute("DELETE FROM thing WHERE kind = ? AND tenant = ? AND key = ?", (kind, tenant, key))

    def set_lasting(self, kind: str, tenant: str, key: str, body: Body | None) -> None:
        """Put (or, without a body, remove) a row so that it stays so even when what goes on around it is undone."""
        with self._lock:
            if self._depth:
                self._lasting.append((kind, tenant, key, body))
            self._set(kind, tenant, key, body)

    def next_number(self, name: str, start: int = 1) -> int:
        with self.transaction():
            row = self.get("number", "", name)
            number = row["next"] if row else start
            self.put("number", "", name, {"next": number + 1})
            return number

    def reset(self) -> None:
        with self._lock:
            self._shelves.clear()
            self._db.execute("DELETE FROM thing")

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens or nothing does; may be nested; one thread at a time."""
        with self._lock:
            mark, savepoint = len(self._undo), f"level_{self._depth}"
            self._depth += 1
            self._db.execute(f"SAVEPOINT {savepoint}")
            try:
                yield
            except BaseException:
                self._roll_back(mark)
                self._db.execute(f"ROLLBACK TO {savepoint}")
                self._restore_lasting()
                raise
            finally:
                self._db.execute(f"RELEASE {savepoint}")
                self._depth -= 1
                if not self._depth:
                    self._undo.clear()
                    self._lasting.clear()

    def _set(self, kind: str, tenant: str, key: str, body: Body | None) -> None:
        if body is None:
            self.remove(kind, tenant, key)
        else:
            self.put(kind, tenant, key, body)

    def _restore_lasting(self) -> None:
        for row in self._lasting:
            self._set(*row)

    def _roll_back(self, mark: int) -> None:
        while len(self._undo) > mark:
            kind, tenant, key, old = self._undo.pop()
            if old is None:
                self._shelf(kind, tenant).pop(key, None)
            else:
                self._shelf(kind, tenant)[key] = old

    def _shelf(self, kind: str, tenant: str) -> dict[str, Body]:
        return self._shelves.setdefault((kind, tenant), {})


class Clock:
    """The stand-ins' own time: the machine's, moved forward on demand so that tokens can grow old in a test."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._ahead())

    def timestamp(self) -> float:
        return self.now().timestamp()

    def advance(self, seconds: float) -> datetime:
        self._store.put("clock", "", "ahead", {"seconds": self._ahead() + seconds})
        return self.now()

    def _ahead(self) -> float:
        row = self._store.get("clock", "", "ahead")
        return row["seconds"] if row else 0.0
