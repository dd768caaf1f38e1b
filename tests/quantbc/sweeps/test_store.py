"""The store keeps every finished cell, and refuses files that are not its own, untouched."""

import shutil
import sqlite3
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from itertools import count
from pathlib import Path

import pytest

import quantbc.sweeps.store
from quantbc.errors import LostError, ProblemError
from quantbc.sweeps.store import Outcome, Store, _checksum, kept_in
from quantbc.sweeps.sweep import Axis, Cell, Sweep
from tests.quantbc.sweeps.stepping import interrupted


def sweep(*x: int, name: str = "toy", version: str = "1") -> Sweep:
    return Sweep(name, (Axis("x", x),), (0,), version)


CELLS = list(sweep(*range(100)).cells())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "results.sqlite"


def done(cell: Cell, value: float = 0.5) -> Outcome:
    return Outcome(cell, f'{{"value": {value}}}', None)


def results(store: Store, cells: list[Cell]) -> list[float | None]:
    return [None if result is None else result["value"] for _, result, _ in store.outcomes(cells)]


def test_what_was_put_is_found_again_after_reopening(path: Path) -> None:
    with Store(path) as store:
        store.put([done(CELLS[0], 0.1 + 0.2), done(CELLS[1], 1e-300)])
    with Store(path) as store:
        assert results(store, CELLS[:3]) == [0.1 + 0.2, 1e-300, None]
        assert [store.finished(cell) for cell in CELLS[:3]] == [True, True, False]
        assert (len(store), store.count(CELLS)) == (2, 2)


def test_a_failure_is_kept_with_its_traceback_but_is_not_finished(path: Path) -> None:
    with Store(path) as store:
        store.put([Outcome(CELLS[0], None, "Traceback")])
        assert not store.finished(CELLS[0])
        assert list(store.outcomes(CELLS[:1])) == [(CELLS[0], None, "Traceback")]
        store.put([done(CELLS[0])])
        assert list(store.outcomes(CELLS[:1])) == [(CELLS[0], {"value": 0.5}, None)]


@pytest.mark.parametrize(
    "use",
    [
        lambda store: store.record(sweep(2)),
        lambda store: store.put([done(CELLS[1])]),
        lambda store: store.put([Outcome(CELLS[0], None, "Traceback")]),
        Store.sweeps,
        lambda store: store.finished(CELLS[0]),
    ],
    ids=["record", "put", "put failure", "sweeps", "finished"],
)
def test_an_interruption_is_one_wherever_it_comes(
    path: Path, monkeypatch: pytest.MonkeyPatch, use: Callable[[Store], object]
) -> None:
    """SQLite makes an error of its own of whatever a function that it calls raises; Ctrl-C must not become one."""
    with Store(path) as store:
        store.record(sweep(0))
        store.put([done(CELLS[0])])

    def interrupted(*_: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("quantbc.sweeps.store._checksum", interrupted)
        with Store(path) as store, pytest.raises(KeyboardInterrupt):
            use(store)
    with Store(path) as store:
        assert (results(store, CELLS[:2]), store.sweeps()) == ([0.5, None], [sweep(0)])


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # of a file that is open and not yet, or no longer, in use
def test_an_interruption_while_a_file_is_made_leaves_no_lock(path: Path) -> None:
    """Before, whoever still held the traceback held a lock on the file, which nobody else could read."""
    held: list[KeyboardInterrupt] = []

    def work(file: Path) -> None:
        try:
            Store(file).__exit__(None, None, None)
        except KeyboardInterrupt as error:
            held.append(error)
            raise

    for at in count(1):
        file = path.with_name(f"{at}.sqlite")
        came = interrupted(at, partial(work, file))
        with closing(sqlite3.connect(file, timeout=0)) as other:
            other.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if not came:
            break
    assert at - 1 == len(held) > 20
    held.clear()


def test_a_failure_never_takes_the_place_of_a_result(path: Path) -> None:
    with Store(path) as store:
        store.put([done(CELLS[0])])
        store.put([Outcome(CELLS[0], None, "Traceback")])
        assert results(store, CELLS[:1]) == [0.5]
        store.put([done(CELLS[0], 0.75)])
        assert results(store, CELLS[:1]) == [0.75]


def test_outcomes_are_written_all_or_none(path: Path) -> None:
    with Store(path) as store:

        def interrupted() -> Iterator[Outcome]:
            yield done(CELLS[0])
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            store.put(interrupted())
        assert len(store) == 0
        store.put([done(CELLS[1])])
        assert results(store, CELLS[:2]) == [None, 0.5]


def test_the_latest_sweep_of_each_name_is_known(path: Path) -> None:
    small, large, other = sweep(1), sweep(1, 2, version="2"), sweep(1, name="other")
    with Store(path) as store:
        for made in (small, large, other):
            store.record(made)
        assert store.sweeps() == [large, other]
        store.record(small)
        assert store.sweeps() == [other, small]


def test_a_full_disk_loses_nothing_and_is_named(path: Path) -> None:
    with Store(path) as store:
        store._connection.execute("PRAGMA max_page_count = 20")
        outcomes = (Outcome(cell, f'{{"value": 1.0, "text": "{"x" * 2000}"}}', None) for cell in CELLS)
        with pytest.raises(ProblemError, match=r"results\.sqlite': database or disk is full"):
            deque(map(store.put, ([outcome] for outcome in outcomes)), maxlen=0)
        stored = len(store)
        assert 0 < stored < len(CELLS)
        assert results(store, CELLS) == [1.0] * stored + [None] * (len(CELLS) - stored)
    with Store(path) as store:
        store.put([done(CELLS[stored])])
        assert store.count(CELLS) == stored + 1
        assert store._connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_reader_sees_what_is_stored_while_a_run_goes_on(path: Path) -> None:
    with Store(path) as writer:
        writer.put([done(CELLS[0])])
        with Store(path, read_only=True) as reader:
            assert len(reader) == 1
            writer.put([done(CELLS[1])])
            assert len(reader) == 2
            with pytest.raises(ProblemError, match="readonly"):
                reader.put([done(CELLS[2])])
        writer.put([done(CELLS[2])])
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE mine (x)")


def newer(path: Path) -> None:
    with Store(path) as store:
        store.put([done(CELLS[0])])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")


def older(path: Path) -> None:
    with Store(path):
        pass
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 1")


def text(path: Path) -> None:
    path.write_text("not a database, but long enough to have a header" * 40, encoding="utf-8")


def folder(path: Path) -> None:
    path.mkdir()


def study(path: Path) -> None:
    folder(path)
    (path / "results.sqlite").touch()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (foreign, "a database of another program"),
        (newer, "schema 99, written by a newer version"),
        (older, "schema 1, written by an older version"),
        (text, "not an SQLite database"),
        (folder, "store must be a writable results file"),
        (study, "did you mean .*results.sqlite"),
    ],
)
@pytest.mark.parametrize("read_only", [False, True])
def test_a_file_of_another_kind_is_refused_and_left_as_it_was(
    path: Path, make: Callable[[Path], None], message: str, read_only: bool
) -> None:
    make(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(ProblemError, match=message):
        Store(path, read_only=read_only)
    assert before == (path.read_bytes() if path.is_file() else b"")
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_foreign_write_ahead_log_is_not_tidied_up(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE mine (x)")
        before = {entry.name: entry.read_bytes() for entry in path.parent.iterdir()}
        with pytest.raises(ProblemError, match="another program"):
            Store(path)
        assert {entry.name: entry.read_bytes() for entry in path.parent.iterdir()} == before


def test_reading_does_not_make_a_store(path: Path) -> None:
    with pytest.raises(ProblemError, match="store must be an existing results file"):
        Store(path, read_only=True)
    assert not list(path.parent.iterdir())


def test_a_run_killed_while_the_store_was_made_left_nothing_in_the_way(path: Path) -> None:
    path.touch()
    with Store(path) as store:
        store.put([done(CELLS[0])])
        assert len(store) == 1


def test_a_damaged_page_is_one_line_where_it_is_read(path: Path) -> None:
    with Store(path) as store:
        store.record(sweep(*range(100)))
        store.put([done(cell) for cell in CELLS])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] + b"\xff" * (len(whole) - len(whole) // 2))
    with Store(path, read_only=True) as store, pytest.raises(ProblemError, match=r"undamaged results file, got .*malf"):
        results(store, CELLS)


def test_a_damaged_name_that_sqlite_quotes_is_one_line_and_the_file_is_closed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(path) as store:
        store.record(sweep(1))
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"tablesweeps", b"tables\xeceps", 1))
    opened: list[sqlite3.Connection] = []
    connected = quantbc.sweeps.store._connected
    monkeypatch.setattr(
        "quantbc.sweeps.store._connected", lambda *given: opened.append(found := connected(*given)) or found
    )
    for read_only in (False, True):
        with pytest.raises(ProblemError, match="results file, got"):
            Store(path, read_only=read_only)
    for connection in opened:
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            connection.execute("SELECT 1")
    assert len(opened) == 2


def flip(path: Path, before: bytes, after: bytes) -> None:
    """Change one byte of the file, as a failing disk would."""
    whole = path.read_bytes()
    assert whole.count(before) == 1
    path.write_bytes(whole.replace(before, after))


def test_a_flipped_byte_of_a_result_is_reported_and_computed_again(path: Path) -> None:
    """.025 becomes .925: still a number, and still JSON."""
    with Store(path) as store:
        store.put([done(CELLS[0], 0.025), done(CELLS[1])])
    flip(path, b"0.025", b"0.925")
    with Store(path) as store:
        assert [store.finished(cell) for cell in CELLS[:2]] == [False, True]
        with pytest.raises(ProblemError, match="'x': 0, 'seed': 0} does not match its checksum"):
            results(store, CELLS[:2])
        store.put([Outcome(CELLS[0], None, "no luck")])
        assert list(store.outcomes(CELLS[:1])) == [(CELLS[0], None, "no luck")]
        store.put([done(CELLS[0], 0.025)])
        assert results(store, CELLS[:2]) == [0.025, 0.5]


def test_a_flipped_byte_of_a_label_is_reported(path: Path) -> None:
    with Store(path) as store:
        store.record(Sweep("toy", (Axis("x", (1.5,), ("uniform 64",)),), (0,), "1"))
    whole = path.read_bytes()
    at = whole.index(b"uniform 64")  # the row's, not that of the index
    path.write_bytes(whole[:at] + b"uniform 65" + whole[at + 10 :])
    with Store(path, read_only=True) as store, pytest.raises(ProblemError, match="sweep does not match its checksum"):
        store.sweeps()


@pytest.mark.parametrize("replaced", [False, True])
def test_a_store_that_vanishes_in_use_is_an_error(path: Path, replaced: bool) -> None:
    """What is written to a file without a name is lost with the process."""
    with Store(path) as store:
        store.put([done(CELLS[0])])
        for file in path.parent.iterdir():
            file.unlink()
        if replaced:
            path.touch()
        with pytest.raises(LostError, match=r"results\.sqlite' is gone"):
            store.put([done(CELLS[1])])


@pytest.mark.parametrize("written", ["1", "[]", "null", '{"value": 0.5', b"\xff"])
def test_a_result_that_another_program_wrote_is_refused(path: Path, written: object) -> None:
    with Store(path) as store:
        store.put([done(CELLS[0])])
    with closing(sqlite3.connect(path)) as foreign:
        foreign.create_function("checksum", -1, _checksum)
        foreign.execute("UPDATE cells SET result = ?1, checksum = checksum(key, settings, ?1, error)", (written,))
        foreign.commit()
    with Store(path) as store, pytest.raises(ProblemError, match="a result that is not a JSON object"):
        results(store, CELLS[:1])


@pytest.mark.parametrize("written", ["", " \n", b"x"])
def test_a_failure_without_its_traceback_is_refused(path: Path, written: object) -> None:
    with Store(path) as store:
        store.put([Outcome(CELLS[0], None, "no luck")])
    with closing(sqlite3.connect(path)) as foreign:
        foreign.create_function("checksum", -1, _checksum)
        foreign.execute("UPDATE cells SET error = ?1, checksum = checksum(key, settings, result, ?1)", (written,))
        foreign.commit()
    with Store(path) as store, pytest.raises(ProblemError, match="a failure without its traceback"):
        results(store, CELLS[:1])


@pytest.mark.parametrize("written", ["", "[]", "{}", "7", b"\xff", '{"name": 1, "axes": 2, "seeds": 3, "version": 4}'])
def test_a_sweep_that_another_program_wrote_is_refused(path: Path, written: object) -> None:
    with Store(path) as store:
        store.record(sweep(1, 2))
    with closing(sqlite3.connect(path)) as foreign:
        foreign.create_function("checksum", -1, _checksum)
        foreign.execute("UPDATE sweeps SET description = ?1, checksum = checksum(?1, name)", (written,))
        foreign.commit()
    with Store(path) as store, pytest.raises(ProblemError, match="a sweep that cannot be read"):
        store.sweeps()


def test_a_finished_store_leaves_no_journal_and_is_read_where_none_can_be_made(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(path) as store:
        store.put([done(CELLS[0])])
    assert list(path.parent.iterdir()) == [path]
    assert path.read_bytes()[18:20] == b"\1\1"  # read and written without a write-ahead log
    monkeypatch.setattr("quantbc.sweeps.store._writable", lambda _: False)  # as on media that refuse journals
    with Store(path, read_only=True) as store:
        assert results(store, CELLS[:1]) == [0.5]


def test_a_link_where_a_store_is_kept_is_refused(path: Path) -> None:
    assert kept_in(path.parent) == path
    path.symlink_to(path.parent / "elsewhere")
    with pytest.raises(ProblemError, match=r"results\.sqlite must not be a link"):
        kept_in(path.parent)


_MOUNTED = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && exec "$2" -c "$3" "$1"'
_ON_READ_ONLY_MEDIA = """
import sys
from pathlib import Path
from quantbc.errors import ProblemError
from quantbc.sweeps.store import Store
path = Path(sys.argv[1], "results.sqlite")
with Store(path, read_only=True) as store:
    print(len(store))
try:
    with Store(path) as store:
        store.put([])
except ProblemError as error:
    print(error)
"""


@pytest.mark.skipif(shutil.which("unshare") is None, reason="no mounts of one's own here")
def test_a_finished_store_on_read_only_media_is_read_and_one_that_must_be_written_is_named(path: Path) -> None:
    """A mount that only this process sees: root, too, may not write there."""
    with Store(path) as store:
        store.put([done(cell) for cell in CELLS])
    line = ["unshare", "--mount", "--map-root-user", "sh", "-c", _MOUNTED, "sh", path.parent, sys.executable]
    told = subprocess.run([*line, _ON_READ_ONLY_MEDIA], capture_output=True, text=True, check=False)
    if told.returncode and "Traceback" not in told.stderr:
        pytest.skip(f"no mounts of one's own here: {told.stderr}")
    named = f"store must be a writable results file, got {str(path)!r}: attempt to write a readonly database"
    assert (told.stderr, told.stdout.splitlines()) == ("", [str(len(CELLS)), named])


@pytest.mark.parametrize("end", ["wal", "shm", "journal"])
def test_journals_that_are_links_are_refused(path: Path, end: str) -> None:
    elsewhere = path.parent / "elsewhere"
    elsewhere.write_bytes(b"kept")
    path.with_name(f"{path.name}-{end}").symlink_to(elsewhere)
    with pytest.raises(ProblemError, match="no links beside it"):
        Store(path)
    assert elsewhere.read_bytes() == b"kept"


def test_a_disk_that_is_gone_for_good_is_one_refusal(path: Path) -> None:
    """Even the way back fails then."""

    class Gone:
        in_transaction = True

        def execute(self, *_: object) -> None:
            raise sqlite3.OperationalError("disk I/O error")

    with Store(path) as store:
        connection, store._connection = store._connection, Gone()  # type: ignore[assignment]
        with pytest.raises(ProblemError, match="disk I/O error"):
            store.put([done(CELLS[0])])
        store._connection = connection
