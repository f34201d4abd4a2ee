"""What is known by name: container methods, builtins that read their arguments, library calls that change them."""

from __future__ import annotations

import ast

CONTAINER_METHODS = frozenset(
    "add append appendleft byteswap clear copy count decode difference difference_update discard elements extend"
    " extendleft find frombytes fromlist get hex index insert intersection intersection_update isdisjoint issubset"
    " issuperset items keys most_common move_to_end pop popitem popleft remove reverse rotate setdefault sort subtract"
    " symmetric_difference symmetric_difference_update tobytes tolist total union update values".split()
)

METHODS_READING_ARGUMENTS = frozenset(
    "difference difference_update extend extendleft intersection intersection_update isdisjoint issubset issuperset"
    " join subtract symmetric_difference symmetric_difference_update union update writelines".split()
)

SIZING_BUILTINS = frozenset(("len", "bool"))

SCANNING_BUILTINS = frozenset(
    "all any ascii bytearray bytes dict enumerate filter format frozenset iter list map max min print repr reversed"
    " set sorted str sum tuple zip".split()
)

# Iterators over their arguments: each step is a read of its own.
STEPPING_BUILTINS = frozenset("enumerate filter iter map reversed zip".split())

# What native code reads of what it is handed: the elements alone, or what is in them too, for their text, for
# comparing them, for a copy. The numbers are those of `src/reach.rs`.
TEXT, COMPARISON, COPY = 1, 2, 3
HOLDS = 8

DEEPLY_READING_BUILTINS = dict.fromkeys("ascii format print repr str".split(), TEXT) | dict.fromkeys(
    "all any max min sorted sum".split(), COMPARISON
)

DEEPLY_READING_FUNCTIONS = dict.fromkeys(
    "json.dump json.dumps pprint.pformat pprint.pp pprint.pprint reprlib.repr".split(), TEXT
) | dict.fromkeys(
    "copy.copy copy.deepcopy dataclasses.asdict dataclasses.astuple dataclasses.replace marshal.dumps"
    " pickle.dump pickle.dumps".split(),
    COPY,
)

# What they give is made of their arguments, and they call no function of the program: no call site.
PLAIN_BUILTINS = frozenset(
    "abs bin bool callable chr classmethod complex delattr dir divmod eval exec float getattr globals hasattr hash"
    " hex id int isinstance issubclass len locals next object oct ord pow property range round setattr slice"
    " staticmethod super type vars".split()
)

# Plain although a star import might hide them: called through anything else they could miss their frame.
FRAME_BUILTINS = frozenset(("dir", "eval", "exec", "globals", "locals", "super", "vars"))

BUILTINS_GIVING_NO_CONTAINER = frozenset(
    "abs all any ascii bin bool bytes callable chr complex enumerate filter float format frozenset hasattr hash hex"
    " id input int isinstance issubclass iter len map object oct ord print range repr reversed round slice str super"
    " tuple type zip".split()
)

BUILTINS_GIVING_FRESH_CONTAINER = frozenset(("bytearray", "dict", "dir", "list", "set", "sorted"))

MUTATING_FUNCTIONS = frozenset(
    (
        "operator.delitem",
        "operator.iadd",
        "operator.iand",
        "operator.iconcat",
        "operator.imul",
        "operator.ior",
        "operator.isub",
        "operator.ixor",
        "operator.setitem",
        "bisect.insort",
        "bisect.insort_left",
        "bisect.insort_right",
        "heapq.heapify",
        "heapq.heappop",
        "heapq.heappush",
        "heapq.heappushpop",
        "heapq.heapreplace",
        "random.shuffle",
    )
)

# Library functions that are called often and take no containers.
NUMBER_FUNCTIONS = frozenset(
    ("asyncio.sleep", "random.randint", "random.random", "time.monotonic", "time.sleep", "time.time")
)

CONTAINER_CAPABLE = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.NamedExpr, ast.Await)


def is_arithmetic_on_number(node: ast.expr) -> bool:
    """Say whether an operand shows that an operator works on numbers."""
    match node:
        case ast.Constant(value=value):
            return isinstance(value, int | float | complex)
        case ast.UnaryOp(op=ast.UAdd() | ast.USub() | ast.Invert(), operand=operand):
            return is_arithmetic_on_number(operand)
        case ast.BinOp(left=left, op=op, right=right):
            if isinstance(op, ast.Div | ast.FloorDiv | ast.Pow | ast.LShift | ast.RShift | ast.MatMult):
                return True
            return is_arithmetic_on_number(left) or is_arithmetic_on_number(right)
        case ast.Call(func=ast.Name(id=name)):
            return name in ("abs", "float", "int", "len", "round")
    return False


def is_text(node: ast.expr) -> bool:
    """Say whether an expression is a string for certain."""
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))
