"""Laws of the site table, and of which names are announced."""

from __future__ import annotations

import ast
import json
import textwrap

import pytest
from fake_announcers import FakeAnnouncers, builtins_of
from meaning_programs import PROGRAMS

from everyway.rewrite import Mode, SiteTable, rewrite

FIELDS = {
    "kind", "file", "line", "column", "name", "uses", "deciders", "locals", "block", "function", "question",
    "repeats", "newest_only", "raises", "receiver", "arguments", "keywords", "parameters", "other_parameters",
}  # fmt: skip


class Table:
    """The sites of one program, to look up by kind and name."""

    def __init__(self, source: str, *, shared: frozenset[str] = frozenset()) -> None:
        self.source = textwrap.dedent(source)
        self.table = SiteTable()
        self.trees = {
            mode: rewrite(self.source, "program.py", mode=mode, sites=self.table, shared=shared) for mode in MODES
        }
        self.sites = self.table.sites

    def all(self, kind: str, name: str = "", *, line: int | None = None) -> list[int]:
        """Give the sites of a kind, of a name unless it is empty, and of a line if it is given."""
        return [
            index
            for index, site in enumerate(self.sites)
            if site["kind"] == kind and name in ("", site.get("name")) and line in (None, site["line"])
        ]

    def one(self, kind: str, name: str = "", *, line: int | None = None) -> int:
        """Give the only such site."""
        (found,) = self.all(kind, name, line=line)
        return found

    def used(self, site: int) -> tuple[list[int], list[str]]:
        """Give the sites and locals that a site uses."""
        uses = self.sites[site].get("uses", {})
        return uses.get("sites", []), uses.get("locals", [])

    def deciders(self, site: int, kind: str) -> list[int]:
        """Give the deciders of one kind."""
        return [
            found for decider in self.sites[site].get("deciders", []) for key, found in decider.items() if key == kind
        ]

    def text(self, mode: Mode = "accesses") -> str:
        """Give the rewritten program as text."""
        return ast.unparse(self.trees[mode])


MODES: tuple[Mode, Mode] = ("accesses", "facts")


def announced(source: str, mode: Mode, table: SiteTable) -> FakeAnnouncers:
    """Run a program rewritten."""
    announcers = FakeAnnouncers()
    tree = rewrite(source, "program.py", mode=mode, sites=table)
    namespace = {"__name__": "__main__", "__builtins__": builtins_of(announcers, mode)}
    exec(compile(tree, "program.py", "exec", dont_inherit=True), namespace)
    return announcers


@pytest.mark.parametrize("name", PROGRAMS)
def test_both_modes_announce_the_same_operations_in_the_same_order(name: str) -> None:
    table = SiteTable()
    first, second = (announced(PROGRAMS[name], mode, table) for mode in MODES)
    assert first.announced == second.announced
    assert first.facts == []


@pytest.mark.parametrize("name", PROGRAMS)
def test_an_announcement_names_a_site_of_a_fitting_kind(name: str) -> None:
    table = SiteTable()
    for announcer, site in announced(PROGRAMS[name], "facts", table).announced:
        kind = table.sites[site]["kind"]
        if announcer == "method":
            assert kind == "call"
        elif announcer == "round":
            assert kind == "round"
        else:
            writes = ("attrw", "wattr", "globalw", "bind", "cellw", "store", "keyw", "witem", "inplace", "mutate")
            assert kind == ("write" if announcer in writes else "read")


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_site_has_the_fields_of_the_protocol_and_refers_to_sites_of_its_table(name: str) -> None:
    table = SiteTable()
    rewrite(PROGRAMS[name], "program.py", mode="accesses", sites=table)
    assert json.loads(json.dumps(table.as_fields())) == table.as_fields()
    for site in table.sites:
        assert site.keys() <= FIELDS
        assert site["line"] >= 1 and site["column"] >= 1
        numbers = [number for decider in site.get("deciders", []) for number in decider.values()]
        numbers += site.get("uses", {}).get("sites", [])
        assert all(0 <= number < len(table.sites) for number in numbers)
        if "function" in site:
            assert table.sites[site["function"]]["kind"] == "function"


def test_modules_share_one_table_and_the_second_mode_repeats_the_numbers() -> None:
    table = SiteTable()
    rewrite("a = 1\n", "a.py", mode="accesses", sites=table)
    rewrite("b = 1\n", "b.py", mode="facts", sites=table)
    before = list(table.sites)
    tree = rewrite("b = 1\n", "b.py", mode="accesses", sites=table)
    assert table.sites == before
    assert table.files == ["a.py", "b.py"]
    writes = [index for index, site in enumerate(before) if site["file"] == 1 and site["kind"] == "write"]
    assert f"'b', {writes[0]})" in ast.unparse(tree)


def test_another_set_of_shared_names_needs_another_table() -> None:
    table = SiteTable()
    rewrite("a = 1\n", "a.py", mode="accesses", sites=table)
    with pytest.raises(ValueError, match="start a new site table"):
        rewrite("a = 1\n", "a.py", mode="accesses", sites=table, shared=frozenset({"a"}))


def test_lines_before_the_source_count_and_columns_are_characters() -> None:
    table = SiteTable()
    rewrite("x = 'é'; y = 1\n", "page.md", mode="accesses", sites=table, line_offset=10)
    place = [(site["line"], site["column"]) for site in table.sites if site.get("name") == "y"]
    assert place == [(11, 10)]


def test_a_global_is_announced_if_a_function_stores_it() -> None:
    table = Table("""
        stored = kept = 0
        def change():
            global stored, kept
            stored = kept
        def read():
            return stored, kept
    """)
    assert table.all("read", "stored") and not table.all("read", "kept")
    assert len(table.all("write", "kept")) == 1


def test_a_shared_name_is_announced_although_no_function_declares_it() -> None:
    source = "state = 0\ndef read():\n    return state\n"
    assert not Table(source).all("read", "state")
    assert Table(source, shared=frozenset({"state"})).all("read", "state", line=3)


def test_a_local_that_hides_an_announced_global_is_not_announced() -> None:
    table = Table("""
        state = 0
        def change():
            global state
            state = 1
        def hides(state):
            return state, [state for state in ()]
    """)
    assert not table.all("read", "state")


@pytest.mark.parametrize(
    ("body", "is_announced"),
    [
        ("x = 1\n    def f(): return x", False),
        ("x = 1\n    x = 2\n    def f(): return x", True),
        ("for x in y:\n        def f(): return x", True),
        ("def f(): return x\n    x = 1", True),
        ("x = 1\n    def f():\n        nonlocal x\n        x = 2", True),
        ("x = 1\n    x = 2\n    return [x for _ in y]", False),
        ("x = 1\n    f = lambda: x\n    x += 1", True),
    ],
)
def test_a_closure_variable_is_announced_if_its_captured_value_can_change(body: str, is_announced: bool) -> None:
    text = Table(f"def outer(y):\n    {body}\n").text()
    assert ("__ev_newcell__" in text) is is_announced


def test_stores_that_are_no_assignments_are_announced() -> None:
    table = Table("""
        def store(values):
            global a, b, c, d, e, f, g
            for a in values: pass
            with values as b: pass
            try: pass
            except KeyError as c: pass
            import d
            def e(): pass
            class f: pass
            match values:
                case [g]: pass
            del a
    """)
    assert table.text().count("__ev_bind__") == 6  # four names, a deletion, and `store` itself
    assert table.text().count("__ev_globalw__") == 4  # three names, and the end of the handler


def test_a_write_uses_the_reads_and_locals_that_made_its_value() -> None:
    table = Table("""
        counter = 0
        def add(amount):
            global counter
            before = counter
            counter = before + amount
    """)
    (read,) = table.all("read", "counter")
    (define,) = table.all("define", line=5)
    assert table.used(define) == ([read], [])
    assert table.sites[define]["locals"] == ["before"]
    assert table.used(table.one("write", "counter", line=6))[1] == ["before", "amount"]


def test_an_augmented_write_uses_its_own_read() -> None:
    table = Table("def add(box, n):\n    box.size += n\n")
    read, write = table.one("read", "box.size"), table.one("write", "box.size")
    assert table.used(write) == ([read], ["box", "n"])


def test_the_reads_of_arguments_stop_at_the_call() -> None:
    table = Table("def run(box, use):\n    box.a = use(box.b, n=box.c)\n")
    call = table.one("call", "use")
    b, c = table.one("read", "box.b"), table.one("read", "box.c")
    assert table.used(table.one("write", "box.a"))[0] == [call]
    assert set(table.used(call)[0]) == {b, c}
    assert table.sites[call]["arguments"] == [{"sites": [b], "locals": ["box"]}]
    assert table.sites[call]["keywords"] == [["n", {"sites": [c], "locals": ["box"]}]]


def test_a_swap_keeps_apart_what_made_each_element() -> None:
    table = Table("def swap(a, b):\n    a.x, b.x = b.x, a.x\n")
    assert table.used(table.one("write", "a.x"))[0] == [table.one("read", "b.x")]
    assert table.used(table.one("write", "b.x"))[0] == [table.one("read", "a.x")]


def test_a_swap_of_locals_is_one_definition() -> None:
    table = Table("def swap(a, b):\n    a, b = b, a\n")
    assert table.sites[table.one("define")]["locals"] == ["a", "b"]


def test_a_recheck_asks_the_same_question() -> None:
    table = Table("""
        def get(box):
            if box.value is None:
                with box.lock:
                    if not box.value is None:
                        return
                    box.value = 1
            if box.other is None:
                pass
    """)
    first, second, third = (table.sites[test]["question"] for test in table.all("test"))
    assert first == second != third


def test_a_test_decides_its_branches_and_what_stands_after_a_branch_that_leaves() -> None:
    table = Table("""
        def take(box):
            if box.empty:
                return
            box.inside = 1
            if box.ready:
                box.within = 1
            box.after = 1
    """)
    leaving, around = table.all("test")
    assert table.deciders(table.one("write", "box.inside"), "test") == [leaving]
    assert table.deciders(table.one("write", "box.within"), "test") == [leaving, around]
    assert table.deciders(table.one("write", "box.after"), "test") == [leaving]


def test_a_loop_decides_what_stands_after_it_as_a_loop_before() -> None:
    table = Table("""
        def wait(box):
            while box.full:
                if box.closed:
                    break
                if box.odd:
                    continue
            box.full = 1
    """)
    loop, closed, odd = table.all("test")
    after = table.one("write", "box.full")
    assert table.deciders(after, "loop_before") == [loop, closed]
    assert table.deciders(after, "test") == []
    assert odd in [test for site in table.all("read", "box.odd") for test in [odd, site]]


def test_operands_decide_the_later_ones() -> None:
    table = Table("def run(box):\n    return box.a and box.b or box.c\n")
    tests = table.all("test")
    assert table.deciders(table.all("read", "box.b")[0], "test") == [tests[0]]
    assert len(table.deciders(table.all("read", "box.c")[0], "test")) == 1


def test_a_call_may_have_raised_before_the_rest_of_its_block() -> None:
    table = Table("""
        def withdraw(box):
            check(box)
            box.money = 0
        def check(box):
            if box.money < 60:
                raise ValueError
    """)
    write = table.one("write", "box.money")
    assert table.deciders(write, "call_before") == [table.one("call", "check")]
    assert table.sites[table.one("test")]["raises"] is True


def test_a_handler_is_a_test_of_the_newest_read_in_its_body() -> None:
    table = Table("""
        def get(memo, key):
            try:
                return memo[key]
            except KeyError:
                memo[key] = 1
    """)
    handler = table.one("test")
    assert table.sites[handler]["newest_only"] is True
    assert table.used(handler)[0] == [table.one("read", "memo[key]")]
    assert table.deciders(table.one("write", "memo[key]"), "test") == [handler]


def test_a_test_lists_the_locals_that_its_branches_assign() -> None:
    table = Table("""
        def find(rows):
            found = False
            for row in rows:
                if row.free:
                    found = True
            return found
    """)
    loop, inner = (table.sites[test] for test in table.all("test"))
    assert (loop["locals"], inner["locals"]) == (["row", "found"], ["found"])


def test_sites_inside_a_comprehension_repeat() -> None:
    table = Table("def names(team):\n    return [one.name for one in team.members]\n")
    assert table.sites[table.one("read", "one.name")]["repeats"] is True
    outer, steps = table.all("read", "team.members")
    assert "repeats" not in table.sites[outer] and table.sites[steps]["repeats"] is True
    assert table.used(table.one("return"))[0] == [outer, steps, table.one("read", "one.name")]


def test_a_function_lists_its_parameters() -> None:
    table = Table("def run(a, /, b, *rest, c, **more): pass\n")
    function = table.sites[table.one("function", "run")]
    assert (function["parameters"], function["other_parameters"]) == (["a", "b"], ["c", "rest", "more"])


@pytest.mark.parametrize(
    ("loop", "passive"),
    [
        ("while not box.ready: time.sleep(1)", True),
        ("while not box.event.is_set(): pass", True),
        ("while box.turn != me:\n        box.condition.wait()", True),
        ("while not box.settled(): time.sleep(1)", True),
        ("while not ready(): time.sleep(1)", True),
        ("while True:\n        with box.lock:\n            if box.free: break", True),
        ("while not box.ready:\n        tries += 1", False),
        ("while not box.ready: print('waiting')", False),
        ("while (value := box.value): time.sleep(1)", False),
        ("while box.rows: box.rows.pop()", False),
        ("while not box.counts(): time.sleep(1)", False),
        ("while not box.unknown(me): pass", False),
    ],
)
def test_a_loop_is_passive_if_its_rounds_only_wait(loop: str, passive: bool) -> None:
    table = Table(f"""\
import time
done = False
def ready():
    return done
class Box:
    def settled(self):
        return self.left == 0
    def counts(self):
        left = self.left
        return helper(left)
def run(box, me):
    tries = 0
    {loop}
""")
    assert (table.sites[table.one("round")].get("name") == "passive") is passive


@pytest.mark.parametrize(
    "expression",
    [
        "1 + n",
        "n + 1 + m",
        "'a' + n",
        "n < 3",
        "n is m",
        "range(n)",
        "f'{1}'",
        "[1][0]",
        "n if 1 else m",
        "lambda: n",
        "len('a')",
    ],
)
def test_what_cannot_be_a_shared_container_announces_nothing(expression: str) -> None:
    text = Table(f"def run(n, m):\n    return {expression}\n").text()
    assert "__ev_" not in text.replace("__ev_bind__", "")


@pytest.mark.parametrize(
    ("statement", "announcer"),
    [
        ("list(c)", "scan"), ("len(c)", "size"), ("c == d", "scan"), ("c + d", "scan"), ("f'{c}'", "scan"),
        ("[*c]", "scan"), ("use(**c)", "scan"), ("c in d", "in"), ("not c", "size"), ("c or d", "size"),
        ("[x for x in d if x]", "size"), ("heapq.heappush(c, 1)", "mutate"), ("push(c, 1)", "mutate"),
        ("json.dumps(c)", "scan"), ("', '.join(c)", "scan"), ("c.extend(d)", "method"), ("c.sort(key=d)", "bound"),
        ("assert c", "size"), ("del c[0]", "store"), ("del c.d[0]", "store"), ("c[1:2]", "item"),
    ],
)  # fmt: skip
def test_what_reads_or_changes_a_container_is_announced(statement: str, announcer: str) -> None:
    text = Table(
        f"import heapq, json\nfrom heapq import heappush as push\ndef run(c, d, use):\n    {statement}\n"
    ).text()
    assert f"__ev_{announcer}__(" in text


def test_annotations_docstrings_and_future_imports_stay() -> None:
    source = (
        "'''text'''\nfrom __future__ import annotations\ndef f(a: b.c = 1) -> d[e]:\n    '''more'''\n    x: y.z = 1\n"
    )
    tree = rewrite(source, "program.py", mode="facts", sites=SiteTable())
    text = ast.unparse(tree)
    assert text.startswith('"""text"""\nfrom __future__ import annotations\n')
    for kept in ("a: b.c=1", "-> d[e]", "x: y.z = ", '"""more"""\n'):
        assert kept in text


@pytest.mark.parametrize(
    "iterable", ["range(3)", "[1, 2]", "sorted(rows)", "rows + rows", "(row for row in rows)", "rows"]
)
def test_each_round_of_a_for_loop_is_a_test(iterable: str) -> None:
    source = f"rows = [1, 2]\nfor row in {iterable}:\n    pass\n"
    table = SiteTable()
    first, second = (announced(source, mode, table) for mode in MODES)
    tests = [index for index, site in enumerate(table.sites) if site["kind"] == "test"]
    assert len([fact for fact in second.facts if fact == ("test", tests[0])]) >= 2
    assert first.announced == second.announced
