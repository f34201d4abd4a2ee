"""Files: an execution writes into memory, two tasks on one path meet, and what goes round that is refused."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import HANGS_AFTER, Everyway, kinds_of, values_of

WITH_THREADS = """

threads = [threading.Thread(target=work) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""

COUNTED = (
    """\
import threading

gate = threading.Lock()
with open("count.txt", "w") as file:
    file.write("0")


def add():
    with open("count.txt") as file:
        count = int(file.read() or "0")
    with open("count.txt", "w") as file:
        file.write(str(count + 1))


def work():
    {work}
"""
    + WITH_THREADS
    + """\
with open("count.txt") as file:
    total = int(file.read())
"""
)

PATHLIB = (
    """\
import pathlib
import threading

count = pathlib.Path("count.txt")
count.write_text("0")


def work():
    count.write_text(str(int(count.read_text() or "0") + 1))
"""
    + WITH_THREADS
    + "total = int(count.read_text())\n"
)

MADE_ONCE = (
    """\
import os
import threading

made = []


def work():
    try:
        os.mkdir("once")
        made.append(True)
    except FileExistsError:
        pass
"""
    + WITH_THREADS
    + "total = len(made)\n"
)

CHECKED_FIRST = (
    """\
import os
import threading


def work():
    if not os.path.exists("once"):
        os.mkdir("once")
"""
    + WITH_THREADS
)

OF_THEIR_OWN = """\
import threading


def work(name):
    with open(name, "w") as file:
        file.write(name)


threads = [threading.Thread(target=work, args=(name,)) for name in ("a.txt", "b.txt", "c.txt")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
texts = [open(name).read() for name in ("a.txt", "b.txt", "c.txt")]
"""

APPENDED = """\
import multiprocessing


def work(name):
    with open("log.txt", "a") as file:
        file.write(name)


if __name__ == "__main__":
    both = [multiprocessing.Process(target=work, args=(name,)) for name in "ab"]
    for each in both:
        each.start()
    for each in both:
        each.join()
    text = open("log.txt").read()
"""

ALONE = """\
import json
import os
import pathlib
import shutil
import tempfile

folder = pathlib.Path("made")
folder.mkdir()
(folder / "a.txt").write_text("hello\\n")
with (folder / "a.txt").open("a") as file:
    file.write("more\\n")
shutil.copy(folder / "a.txt", folder / "b.txt")
print(sorted(os.listdir(folder)), (folder / "b.txt").read_text(), os.path.getsize(folder / "b.txt"))
os.rename(folder / "b.txt", folder / "c.txt")
print([each.name for each in sorted(folder.iterdir())], (folder / "b.txt").exists(), folder.is_dir())
with tempfile.TemporaryDirectory() as place:
    with open(os.path.join(place, "x.json"), "w") as file:
        json.dump([1, 2], file)
    print(json.load(open(os.path.join(place, "x.json"))), os.listdir(place))
with tempfile.NamedTemporaryFile("w+") as file:
    file.write("abc")
    file.seek(0)
    print(file.read())
shutil.rmtree(folder)
print(folder.exists(), os.path.exists("program.py"))
for name, mode in (("nope/x", "w"), ("missing", "r"), ("program.py", "x"), (".", "r"), ("x", "rw")):
    try:
        open(name, mode)
    except (OSError, ValueError) as error:
        print(type(error).__name__, error)
with open("bytes", "wb+") as file:
    file.write(b"0123456789")
    file.seek(2)
    file.write(b"XX")
    file.seek(0)
    print(file.read(), file.tell(), file.truncate(3))
print(open("bytes", "rb").read(), os.stat("bytes").st_size)
os.remove("bytes")
number = os.open("raw", os.O_CREAT | os.O_WRONLY)
os.write(number, b"raw")
os.close(number)
print(open("raw").read())
os.unlink("raw")
os.makedirs("one/two")
for place, folders, names in os.walk("one"):
    print(place, folders, names)
"""


def checked(everyway: Everyway, folder: Path, source: str) -> dict[str, Any]:
    """Check a program, which leaves its folder as it is."""
    unit = everyway.unit_of(source, folder, "--executions", 1500)
    assert [path.name for path in folder.iterdir()] == ["program.py"]
    return unit


def test_a_file_that_two_threads_read_and_write_loses_an_update(everyway: Everyway, tmp_path: Path) -> None:
    unit = checked(everyway, tmp_path, COUNTED.format(work="add()"))
    assert unit["verdict"] == "failed"
    assert "atomicity-violation" in kinds_of(unit)
    assert {1, 2} <= set(values_of(unit, "total"))


def test_so_does_one_behind_a_path(everyway: Everyway, tmp_path: Path) -> None:
    unit = checked(everyway, tmp_path, PATHLIB)
    assert (unit["verdict"], kinds_of(unit)) == ("failed", {"atomicity-violation"})


def test_under_a_lock_it_loses_none(everyway: Everyway, tmp_path: Path) -> None:
    unit = checked(everyway, tmp_path, COUNTED.format(work="with gate:\n        add()"))
    assert (unit["verdict"], values_of(unit, "total")) == ("proved", [2])


def test_a_folder_is_made_once(everyway: Everyway, tmp_path: Path) -> None:
    unit = checked(everyway, tmp_path, MADE_ONCE)
    assert (unit["verdict"], values_of(unit, "total")) == ("proved", [1])


def test_a_look_before_making_a_folder_is_too_early(everyway: Everyway, tmp_path: Path) -> None:
    unit = checked(everyway, tmp_path, CHECKED_FIRST)
    assert "exception" in kinds_of(unit)


def test_files_of_their_own_commute(everyway: Everyway, tmp_path: Path) -> None:
    unit = checked(everyway, tmp_path, OF_THEIR_OWN)
    assert (unit["verdict"], unit["explored"]["classes"]) == ("proved", 1)
    assert values_of(unit, "texts") == [["a.txt", "b.txt", "c.txt"]]


def test_processes_write_into_the_same_files(everyway: Everyway, tmp_path: Path) -> None:
    unit = checked(everyway, tmp_path, APPENDED)
    assert sorted(values_of(unit, "text")) == ["ab", "ba"]


def test_what_one_task_does_with_files_is_what_it_does_natively(everyway: Everyway, tmp_path: Path) -> None:
    unit = checked(everyway, tmp_path, ALONE)
    assert unit["verdict"] == "proved", unit["message"]
    done = subprocess.run(
        [sys.executable, "program.py"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONHASHSEED": "0"},
        capture_output=True,
        encoding="utf-8",
        timeout=HANGS_AFTER,
        check=True,
    )
    (result,) = unit["results"]
    assert result["value"]["stdout"] == [done.stdout]


REFUSED = {
    "sqlite3.connect": "import sqlite3\nsqlite3.connect('x')",
    "socket.socket": "import socket\nsocket.socket()",
    "subprocess.run": "import subprocess\nsubprocess.run(['true'])",
    "mmap.mmap": "import mmap\nmmap.mmap(-1, 10)",
    "os.fork": "import os\nos.fork()",
    "os.symlink": "import os\nos.symlink('a', 'b')",
    "fcntl.flock": "import fcntl\nfcntl.flock(1, 2)",
}


@pytest.mark.parametrize("what", sorted(REFUSED))
def test_what_goes_round_the_overlay_is_refused_by_name_and_line(everyway: Everyway, tmp_path: Path, what: str) -> None:
    unit = checked(everyway, tmp_path, REFUSED[what])
    assert unit["verdict"] == "unsupported"
    assert what in unit["message"] and "program.py:2" in unit["message"]
