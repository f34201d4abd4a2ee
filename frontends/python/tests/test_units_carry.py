"""Laws of what a block of a guide sees of earlier blocks."""

from __future__ import annotations

import ast
import textwrap
import traceback

from everyway.units.carry import Carry, carry, with_carried
from everyway.units.history import Block


def guide(*sources: str) -> list[Block]:
    """Put blocks ten lines apart, the first fence at line 10."""
    return [Block(10 * (index + 1), textwrap.dedent(source)) for index, source in enumerate(sources)]


def see(source: str, *earlier: str) -> Carry:
    return carry(guide(*earlier), textwrap.dedent(source))


def texts(seen: Carry) -> list[str]:
    return [ast.unparse(statement) for piece in seen.pieces for statement in piece.statements]


def names(seen: Carry) -> list[str]:
    return [name for piece in seen.pieces for name in piece.names]


def run(seen: Carry, source: str) -> dict[str, object]:
    module = with_carried(ast.parse(textwrap.dedent(source)), seen.pieces)
    scope: dict[str, object] = {"__name__": "__main__"}
    exec(compile(module, "guide.md", "exec"), scope)
    return scope


def test_only_what_is_used_comes_along() -> None:
    seen = see(
        "f()",
        "import not_installed\nimport json\ndef f(): return json\ndef g(): return not_installed",
    )
    assert texts(seen) == ["import json", "def f():\n    return json"]


def test_only_the_needed_alias_of_an_import_comes_along() -> None:
    seen = see("y()\nc.x", "from x import z, y, w as v\nimport q, a.b as c")
    assert texts(seen) == ["from x import y", "import a.b as c"]


def test_a_submodule_is_imported_only_where_it_is_used() -> None:
    earlier = "import xml.dom\nimport xml.sax\nimport json"
    assert texts(see("xml.dom.Node", earlier)) == ["import xml.dom"]
    assert texts(see("m = xml", earlier)) == ["import xml.dom", "import xml.sax"]


def test_the_same_import_comes_along_once() -> None:
    assert texts(see("json.loads", "import json", "import json")) == ["import json"]


def test_values_stay_behind_and_explain_a_name_error() -> None:
    seen = see("with gate: total += 1", "gate = object()")
    assert texts(seen) == []
    assert seen.explain("gate") == "`gate` is a value of the block at line 10; values are not carried"


def test_a_value_that_a_carried_function_needs_is_missing() -> None:
    seen = see("enter()", "import json", "gate = object()\ndef enter():\n    with gate: pass")
    assert names(seen) == ["enter"]
    assert [(missing.name, missing.value, missing.fence_line) for missing in seen.missing] == [("gate", "gate", 20)]


def test_what_needs_a_value_while_it_is_loaded_stays_behind() -> None:
    seen = see(
        "late()",
        "limit = 3\ndef early(n=limit): pass\nclass Late:\n    n = early()\ndef late(x=Late): pass",
    )
    assert texts(seen) == []
    assert seen.explain("late") == "`late` needs `limit`, a value of the block at line 10; values are not carried"


def test_a_value_that_the_block_binds_itself_is_not_missing() -> None:
    assert see("gate = 1\nenter()", "gate = 0\ndef enter(): return gate").missing == []


def test_a_global_that_only_a_function_of_the_block_stores_is_explained() -> None:
    seen = see("def f():\n    global n\n    n += 1", "n = 0")
    assert seen.explain("n") is not None


def test_the_latest_definition_wins() -> None:
    seen = see("f()", "def f(): return 1", "def f(): return 2", "f = 3")
    assert texts(seen) == ["def f():\n    return 2"]


def test_within_a_block_the_last_binding_says_what_a_name_is() -> None:
    assert texts(see("f()", "def f(): pass\nf = print")) == []
    assert texts(see("f()", "f = print\ndef f(): pass")) == ["def f():\n    pass"]


def test_own_names_hide_carried_ones_even_before_they_are_bound() -> None:
    for own in (
        "def f(): pass",
        "f = 1",
        "import f",
        "for f in []: pass",
        "if x: f = 1",
        "class f: pass",
    ):
        assert names(see(f"f()\n{own}", "def f(): pass")) == []
    assert names(see("def g():\n    global f\n    f = 1\ng()", "def f(): pass")) == []


def test_a_local_of_the_same_name_needs_nothing() -> None:
    assert names(see("def g(f):\n    h = f\n    return [k for k in h]", "def f(): pass\nimport h, k")) == []


def test_names_are_needed_transitively() -> None:
    seen = see(
        "run()",
        "import json\nimport re\nclass Base: pass",
        "def dump(): return json.dumps(1)\nclass Job(Base):\n    def go(self): return dump()",
        "def run(): return Job().go()",
    )
    assert names(seen) == ["json", "Base", "dump", "Job", "run"]
    assert run(seen, "text = run()")["text"] == "1"


def test_decorators_defaults_annotations_and_bases_are_needed() -> None:
    earlier = "import functools, enum, typing, abc\ndef seven(): return 7"
    block = """
@functools.cache
def f(a: typing.Any, n=seven()) -> enum.Enum: ...
class C(metaclass=abc.ABCMeta): ...
"""
    seen = see("f, C", earlier, block)
    assert names(seen) == ["functools", "enum", "typing", "abc", "seven", "f", "C"]
    run(seen, "f, C")


def test_what_a_definition_needs_while_loaded_is_what_it_meant_there() -> None:
    first = "class Shape: sides = 0"
    second = "class Square(Shape): pass"
    third = "class Shape: sides = 9"
    assert run(see("n = Square.sides, Shape.sides", first, second, third), "n = Square.sides, Shape.sides")["n"] == (
        0,
        9,
    )


def test_a_decorator_finds_its_imports_though_a_later_block_repeats_them() -> None:
    first = """
import functools
def twice(f):
    @functools.wraps(f)
    def g(): return f() * 2
    return g
"""
    source = "functools.reduce\nn = job()"
    seen = see(source, first, "@twice\ndef job(): return 4", "import functools")
    assert run(seen, source)["n"] == 8


def test_what_is_only_needed_for_loading_is_gone_before_the_block_binds_it() -> None:
    seen = see("Square\nclass Shape: pass", "class Shape: pass\nclass Square(Shape): pass")
    assert texts(seen)[-1] == "del Shape"
    assert "Shape" not in run(seen, "Square")


def test_blocks_that_do_not_parse_are_passed_over() -> None:
    assert texts(see("f()", "def f(): return 1", "def f(: return 2")) == ["def f():\n    return 1"]
    assert see("f(", "def f(): return 1") == Carry([], [])


def test_carried_code_keeps_its_lines_in_the_guide() -> None:
    source = "boom()"
    seen = see(source, "import json", "\n# why\n\ndef boom():\n    return 1 / 0\n")
    assert [(piece.fence_line, piece.statements[0].lineno) for piece in seen.pieces] == [(20, 24)]
    try:
        run(seen, source)
    except ZeroDivisionError as error:
        assert traceback.extract_tb(error.__traceback__)[-1].lineno == 25
    else:
        raise AssertionError


def test_carrying_twice_gives_separate_equal_trees() -> None:
    earlier = guide("def f(): pass")
    first, second = carry(earlier, "f()"), carry(earlier, "f()")
    assert texts(first) == texts(second)
    assert first.pieces[0].statements[0] is not second.pieces[0].statements[0]


def test_pieces_come_in_order_of_origin() -> None:
    assert names(see("c, b, a", "def a(): pass\ndef b(): pass", "def c(): pass")) == ["a", "b", "c"]


def test_a_guarded_import_is_one_definition() -> None:
    seen = see(
        "fast.loads",
        "try:\n    import fast\nexcept ImportError:\n    import json as fast\n    slow = True",
    )
    assert [piece.names for piece in seen.pieces] == [("fast", "slow")]


def test_a_lambda_or_a_made_class_is_a_definition() -> None:
    earlier = """
from collections import namedtuple
P = namedtuple('P', 'x')
double = lambda n: n * 2
q = P(1)
"""
    seen = see("P, double, q", earlier)
    assert names(seen) == ["namedtuple", "P", "double"]
    assert seen.explain("q") is not None


def test_a_star_import_comes_along_for_names_that_nothing_else_binds() -> None:
    assert texts(see("sqrt(4)", "from math import *")) == ["from math import *"]
    assert texts(see("print(4)", "from math import *")) == []


def test_annotations_stay_text_where_their_block_said_so() -> None:
    seen = see(
        "f(1)",
        "from __future__ import annotations\nlimit = int\ndef f(n: limit) -> Unknown: return n",
    )
    assert texts(seen) == ["def f(n: 'limit') -> 'Unknown':\n    return n"]
    assert seen.missing == []


def test_carried_code_stands_after_docstring_and_future_imports() -> None:
    source = '"""Doc."""\nfrom __future__ import annotations\nf()'
    module = with_carried(ast.parse(source), see(source, "def f(): pass").pieces)
    assert [type(statement).__name__ for statement in module.body] == [
        "Expr",
        "ImportFrom",
        "FunctionDef",
        "Expr",
    ]


def test_a_name_read_and_bound_in_a_class_body_is_the_modules() -> None:
    assert names(see("class C:\n    json = json", "import json")) == ["json"]


def test_mutual_recursion_ends() -> None:
    assert names(see("a()", "def a(): return b()\ndef b(): return a()")) == ["a", "b"]
