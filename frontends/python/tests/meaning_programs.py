# ruff: noqa: E501
"""Small programs, each of which leaves in ``result`` what one form of the language means."""

PROGRAMS: dict[str, str] = {}


def program(name: str, source: str) -> None:
    """Add a program."""
    PROGRAMS[name] = source


program(
    "augmented global",
    """
total = 7
def change():
    global total
    total += 5
    total -= 2
    total *= 3
    total //= 4
    return total
result = [change(), change(), total]
""",
)
program(
    "augmented global evaluates its value after the load",
    """
total = 1
def bump():
    global total
    total += 10
    return 100
def change():
    global total
    total += bump()
    return total
result = change()
""",
)
program(
    "augmented entry",
    """
table = {'a': [1], 'b': 2}
same = table['a']
table['a'] += [2]
table['b'] **= 5
table['b'] += table['b']
result = (table, same is table['a'])
""",
)
program(
    "augmented entry evaluates receiver and key once",
    """
calls = []
def seen(value):
    calls.append(value)
    return value
rows = [[0, 0], [5, 5]]
rows[seen(1)][seen(0)] += seen(3)
result = (rows, calls)
""",
)
program(
    "augmented slice",
    """
row = [1, 2, 3, 4]
low = 1
row[low:low + 2] += [9]
row[:0] += [7]
result = row
""",
)
program(
    "augmented property",
    """
class Tank:
    def __init__(self):
        self.litres = 2
    @property
    def level(self):
        return self.litres
    @level.setter
    def level(self, value):
        self.litres = value * 2
    def fill(self):
        self.level += 3
        return self.litres
result = [Tank().fill(), Tank().level]
""",
)
program(
    "augmented attribute evaluates its receiver once",
    """
class Box:
    size = 1
made = []
def make():
    made.append(Box())
    return made[-1]
make().size += 4
result = (len(made), made[0].size, Box.size)
""",
)
program(
    "augmented assignment whose value rebinds the receiver",
    """
class Box:
    def __init__(self, size):
        self.size = size
def run():
    box = first = Box(1)
    box.size += (box := Box(10)).size
    return first.size, box.size
result = run()
""",
)
program(
    "mangled attribute",
    """
class Safe:
    __code = 4
    def read(self):
        return self.__code
result = (Safe().read(), Safe._Safe__code)
""",
)
program(
    "mangled augmented attribute",
    """
class _Meter:
    __ticks = 0
    def tick(self):
        self.__ticks += 1
        self.__ticks += 1
        return self.__ticks
meter = _Meter()
result = (meter.tick(), vars(meter), hasattr(meter, '__ticks'))
""",
)
program(
    "mangled global",
    """
_Owner__shared = 1
class Owner:
    def change(self):
        global __shared
        __shared += 1
        return __shared
result = (Owner().change(), _Owner__shared)
""",
)
program(
    "dynamic attribute",
    """
class Lazy:
    __slots__ = ('kept',)
    def __getattr__(self, name):
        if name == 'answer':
            return 41
        raise AttributeError('no ' + name)
lazy = Lazy()
lazy.kept = 1
try:
    lazy.other
except AttributeError as error:
    text = str(error)
result = (lazy.answer, lazy.kept, text)
""",
)
program(
    "attribute error of a plain object",
    """
class Empty:
    pass
def message(action):
    try:
        action()
    except AttributeError as error:
        return str(error)
def delete():
    del Empty().gone
result = (message(lambda: Empty().gone), message(delete), message(lambda: None.gone))
""",
)
program(
    "setdefault gives the stored object",
    """
table = {}
kept = table.setdefault('k', [])
kept.append(1)
result = (table.setdefault('k', [2]) is kept, table)
""",
)
program(
    "list methods",
    """
row = [4, 2, 9]
row.append(1)
row.insert(0, 7)
row.sort(key=lambda value: -value, reverse=True)
last = row.pop()
row.extend(value for value in (5, 5))
result = (row, last, row.index(2), row.count(5))
""",
)
program(
    "list comprehension",
    """
row = [0, 1, 2, 3]
result = [value * value for value in row if value if value != 2]
""",
)
program(
    "dict and set comprehension",
    """
table = {'a': 1, 'b': 2}
result = ({key: value for key, value in table.items() if value > 1}, {value % 2 for value in table.values()})
""",
)
program(
    "nested comprehension",
    """
def build(size):
    return [[(row, column) for column in range(row) if size] for row in range(size)]
result = build(3)
""",
)
program(
    "comprehension in a class body",
    """
class Table:
    width = 3
    cells = [number * 2 for number in range(width)]
    names = list(f'{letter}{index}' for index, letter in enumerate('ab'))
result = (Table.cells, Table.names, [name for name in vars(Table) if name.startswith('__ev')])
""",
)
program(
    "comprehension over attributes into entries",
    """
class Team:
    def __init__(self):
        self.names = ['x', 'y']
team, found = Team(), {}
result = ([None for found['last'] in team.names], found)
""",
)
program(
    "lambda in a comprehension's iterable",
    """
rows = [[3], [1], [2]]
def ordered(sign):
    return [row for row in sorted(rows, key=lambda row: sign * row[0])]
result = (ordered(1), ordered(-1))
""",
)
program(
    "generator expression is lazy",
    """
row = [1]
lazy = (value for value in row)
row.append(2)
result = (sum(lazy), list(lazy))
""",
)
program(
    "generator with send, throw and return",
    """
def echo():
    got = yield 'start'
    while got != 'stop':
        try:
            got = yield got * 2
        except KeyError:
            got = yield 'caught'
    return 'end'
def drive():
    value = yield from echo()
    yield value
driver = drive()
result = [next(driver), driver.send(4), driver.throw(KeyError()), driver.send(1), driver.send('stop')]
""",
)
program(
    "nonlocal",
    """
def make():
    count = 0
    def bump():
        nonlocal count
        count += 1
        return count
    def read():
        return count
    bump()
    return bump(), read(), count
result = make()
""",
)
program(
    "closure over a loop variable",
    """
def make():
    found = []
    for step in range(3):
        found.append(lambda: step)
    return [function() for function in found]
result = make()
""",
)
program(
    "closure over a parameter that is stored again",
    """
def make(value):
    def read():
        return value
    value += 1
    class Inside:
        seen = value
    return read(), Inside.seen
result = make(1)
""",
)
program(
    "unbound closure variable",
    """
def make():
    def read():
        return later
    try:
        read()
    except NameError as error:
        text = type(error).__name__
    later = 1
    value = read()
    del later
    return text, value
result = make()
""",
)
program(
    "decorators",
    """
import functools
def twice(factor=1):
    def decorate(function):
        @functools.wraps(function)
        def wrapped(*arguments, **keywords):
            return function(*arguments, **keywords) * 2 * factor
        return wrapped
    return decorate
@twice()
@twice(factor=5)
def value(number, *, more=1):
    'text'
    return number + more
result = (value(1, more=2), value.__name__, value.__doc__)
""",
)
program(
    "default arguments",
    """
shared = []
def collect(value, into=shared, *, times=len('ab')):
    into += [value] * times
    return into
result = (collect(1), collect(2) is shared, (lambda into=shared: into)() is shared)
""",
)
program(
    "dataclass",
    """
from dataclasses import dataclass, field
@dataclass(order=True)
class Job:
    rank: int = 0
    tags: list = field(default_factory=list, compare=False)
    def tag(self, name):
        self.tags.append(name)
        self.rank += 1
job = Job()
job.tag('x')
result = (repr(job), job == Job(1), Job(0) < job, Job().tags is Job().tags)
""",
)
program(
    "frozen dataclass",
    """
from dataclasses import dataclass, FrozenInstanceError
@dataclass(frozen=True)
class Point:
    x: 'int' = 3
try:
    Point().x = 4
except FrozenInstanceError as error:
    result = (Point().x, str(error))
""",
)
program(
    "annotations",
    """
from __future__ import annotations
from dataclasses import dataclass
@dataclass
class Node:
    value: Missing = 1
    following: Node | None = None
def visit(node: Nothing, depth: int = 0) -> Nowhere:
    local: Unknown = depth
    return local
count: int = 4
result = (Node.__annotations__, visit.__annotations__, visit(Node()), __annotations__)
""",
)
program(
    "enum",
    """
import enum
class Colour(enum.Enum):
    RED = 1
    BLUE = RED + 1
    @property
    def next(self):
        return Colour(self.value % 2 + 1)
result = (Colour.RED.next.name, Colour['BLUE'].value, [colour.name for colour in Colour])
""",
)
program(
    "named tuple",
    """
from collections import namedtuple
Pair = namedtuple('Pair', 'left right')
left, right = pair = Pair(1, right=2)
result = (pair.left + pair[1], left, right, pair._replace(left=5))
""",
)
program(
    "collections of the library",
    """
from collections import Counter, OrderedDict, defaultdict, deque
order = OrderedDict(a=1, b=2)
order.move_to_end('a')
line = deque([1, 2], maxlen=2)
line.appendleft(0)
groups = defaultdict(list)
groups['x'].append(1)
groups['y'] += [2]
counts = Counter('aab')
counts['b'] += 4
result = (list(order), list(line), dict(groups), counts.most_common(1))
""",
)
program(
    "subclasses of containers",
    """
class Loud(list):
    def append(self, value):
        super().append(value * 2)
    def __len__(self):
        return 100
class Fallback(dict):
    def __missing__(self, key):
        return key * 2
loud, fallback = Loud(), Fallback(a=1)
loud.append(4)
result = (loud[0], len(loud), bool(loud), fallback['a'], fallback['zz'], 'zz' in fallback)
""",
)
program(
    "user class with container methods",
    """
class Ledger:
    def append(self, value, times=1):
        return ['mine', value, times]
    def get(self):
        return 'got'
    def __iter__(self):
        return iter((1, 2))
    def __contains__(self, value):
        return value == 'in'
    def __bool__(self):
        return False
ledger = Ledger()
result = (ledger.append(1), ledger.append(2, times=3), ledger.get(), [*ledger], 'in' in ledger, 'x' not in ledger, 1 if ledger else 2)
""",
)
program(
    "with and context manager",
    """
import contextlib
steps = []
@contextlib.contextmanager
def step(name):
    steps.append(name)
    try:
        yield name.upper()
    finally:
        steps.append('end ' + name)
class Held:
    pass
with step('a') as Held.first, step('b') as (second):
    steps.append((Held.first, second))
result = steps
""",
)
program(
    "order of tuple targets",
    """
index, row = 0, [0, 0, 0]
index, row[index] = 2, 9
def swap():
    global left, right
    left, right = right, left
    return left, right
left, right = 'l', 'r'
result = (index, row, swap(), swap())
""",
)
program(
    "unpacking evaluates and stores in order",
    """
steps = []
class Note:
    def __setattr__(self, name, value):
        steps.append((name, value))
def note(value):
    steps.append(value)
    return value
target = Note()
target.a, target.b = note(1), note(2)
first, (target.c, *target.d) = note(3), (4, 5, 6)
try:
    target.e, (target.f, target.g) = 7, 8
except TypeError:
    steps.append('stopped')
try:
    only, (one, two) = 10, 11
except TypeError:
    steps.append(only)
result = (steps, first)
""",
)
program(
    "chained assignment",
    """
class Box:
    pass
box, table = Box(), {}
one = two = box.three = table['four'] = [1]
def change():
    global one, two
    one = two = [2]
    return one is two
result = (change(), one, two, box.three, table, box.three is table['four'])
""",
)
program(
    "slices and deletions",
    """
row = list(range(8))
row[1:3] = ['x']
del row[0], row[-1:]
part = row[1:][::2]
row[len(row):] = [part]
table = {'a': 1, 'b': 2}
del table['a']
class Box:
    pass
box = Box()
box.one = box.two = 1
del box.one
result = (row, part, table, vars(box), 'hello'[1:3])
""",
)
program(
    "extended subscripts",
    """
class Grid:
    def __getitem__(self, key):
        return key
    def __setitem__(self, key, value):
        self.stored = key, value
grid = Grid()
grid[1:2, ..., ::3] = 'v'
result = (grid[1, 2], grid[1:2], grid[:, 3], grid[...], grid.stored)
""",
)
program(
    "loops that store in entries and attributes",
    """
class Box:
    pass
box, table = Box(), {}
for table['key'] in range(3):
    pass
for box.left, (box.right, *box.rest) in [(1, (2, 3, 4))]:
    pass
else:
    box.done = True
result = (table, vars(box))
""",
)
program(
    "loops that store globals",
    """
def run():
    global step, name
    seen = []
    for step, name in [(1, 'a'), (2, 'b')]:
        if step == 2:
            break
        seen.append(name)
    else:
        seen.append('else')
    return seen
result = (run(), step, name)
""",
)
program(
    "while with else, break and continue",
    """
def run(limit):
    seen, number = [], 0
    while number < 5:
        number += 1
        if number == 2:
            continue
        if number == limit:
            break
        seen.append(number)
    else:
        seen.append('else')
    return seen
result = (run(4), run(9))
""",
)
program(
    "starred targets and arguments",
    """
def show(*arguments, **keywords):
    return arguments, keywords
first, *middle, last = [1, 2, 3, 4]
more = {'x': 1}
result = (middle, show(*middle, 0, *[last], **more, y=2), [*middle, *more], {**more, 'z': first})
""",
)
program(
    "assignment expression",
    """
def run(values):
    found = [half for value in values if (half := value // 2)]
    while (head := values.pop()) > 2:
        found.append(head)
    return found, half, head
result = (run([1, 2, 7, 8]), [last := number for number in (1, 2)], last)
""",
)
program(
    "assignment expression to a global",
    """
def run():
    global seen
    return [(seen := number) for number in (3, 4)], seen
result = (run(), seen)
""",
)
program(
    "chained comparison",
    """
row, calls = [2], []
def seen(value):
    calls.append(value)
    return value
result = (1 < 2 < 3 in [3], seen(1) < seen(0) < seen(5), 2 in row, 3 not in row, row == [2] != [3], calls)
""",
)
program(
    "boolean operators give their operand",
    """
empty, full = [], [0]
def use(value):
    return value or 'default'
result = ((empty or full) is full, (empty and full) is empty, use(empty), not empty, full and 'x', (empty or full)[0])
""",
)
program(
    "operators on containers",
    """
left, right = {1, 2}, {2, 3}
row = [1]
row += (2,)
result = (left | right, left & right, left - right, left ^ right, row + row, row * 2, 'a%sb' % row, {'k': 1} | {'k': 2})
""",
)
program(
    "f-strings",
    """
row, table, width = [1, 'x'], {'k': 4}, 12
result = f"{row!r:>{width}}|{table['k']=}|{row = }|{len(row):03d}|{{}}|{'n' if row else 'm'}"
""",
)
program(
    "match statement",
    """
def read(shape):
    match shape:
        case {'kind': 'row', 'cells': [first, *others], **more} if others:
            return first, others, more
        case [x, y] | (x, y, _):
            return x + y
        case str() as text if text:
            return text.upper()
        case None | False:
            return 'nothing'
    return 'other'
result = [read({'kind': 'row', 'cells': [1, 2], 'z': 3}), read([1, 2]), read((4, 5, 6)), read('ab'), read(None), read({})]
""",
)
program(
    "match that stores globals",
    """
def run(value):
    global head, tail
    match value:
        case [head, *tail]:
            return head
result = (run([1, 2, 3]), head, tail)
""",
)
program(
    "metaclass, super and class cell",
    """
class Meta(type):
    def __new__(meta, name, bases, namespace, **keywords):
        namespace['tag'] = keywords.get('tag')
        return super().__new__(meta, name, bases, namespace)
    def __init__(cls, name, bases, namespace, **keywords):
        super().__init__(name, bases, namespace)
class Base(metaclass=Meta, tag=1):
    def who(self):
        return __class__.__name__
    @classmethod
    def make(cls):
        return cls()
class Derived(Base, tag=2):
    def who(self):
        return 'derived ' + super().who()
result = (Base.tag, Derived.tag, Derived.make().who())
""",
)
program(
    "class bodies",
    """
counter = 5
class Config:
    'about'
    counter = counter + 1
    rows = []
    rows.append(1)
    counter += 1
    a, b = b, a = 1, 2
    rows[0] += 4
    class Inner:
        depth = 2
    def read(self):
        return counter
result = (Config.counter, Config.rows, Config.a, Config.b, Config().read(), Config.__doc__, Config.Inner.__qualname__, sorted(name for name in vars(Config) if '__' not in name))
""",
)
program(
    "docstrings",
    """
'''module text'''
def spoken():
    '''function text'''
def silent():
    pass
class Spoken:
    '''class text'''
result = (__doc__, spoken.__doc__, silent.__doc__, Spoken.__doc__)
""".lstrip(),
)
program(
    "locals",
    """
class Box:
    total = 0
def run(argument):
    box = Box()
    box.total += 1
    {}.setdefault('k', [0])[0] += argument
    one = two = argument
    return sorted(locals()), sorted(vars()), dir()
result = (run(1), (lambda value: sorted(locals()))(1))
""",
)
program(
    "names of the module",
    """
class Box:
    rows = [[1]]
Box.rows[0][0] += 1
first = second = third, fourth = 1, 2
result = sorted(name for name in globals() if not name.startswith('__') or name.startswith('__ev_'))
""",
)
program(
    "exceptions and handlers",
    """
steps = []
def run(action):
    try:
        action()
    except (KeyError, IndexError) as error:
        steps.append(type(error).__name__)
        return 'handled'
    except ZeroDivisionError:
        raise ValueError('again') from None
    else:
        return 'fine'
    finally:
        steps.append('finally')
try:
    run(lambda: 1 / 0)
except ValueError as problem:
    steps.append((str(problem), problem.__cause__, 'problem' in globals()))
result = (run(lambda: {}['k']), run(lambda: [][0]), run(lambda: None), steps, 'problem' in globals())
""",
)
program(
    "handler that stores a global",
    """
def run():
    global problem
    try:
        raise KeyError('k')
    except KeyError as problem:
        return str(problem)
result = (run(), 'problem' in globals())
""",
)
program(
    "assert and conditional expression",
    """
row = []
def run(value):
    try:
        assert row or value, f'empty {value}'
    except AssertionError as error:
        return str(error)
    return 'yes' if not row else 'no'
result = (run(0), run(1))
""",
)
program(
    "delete names",
    """
first, second = 1, 2
def run():
    global first
    del first
    try:
        first
    except NameError as error:
        return str(error)
text = run()
del second
result = (text, 'second' in globals())
""",
)
program(
    "imports",
    """
import os.path, collections.abc as shapes
from math import sqrt as root, floor
def run():
    import json as text
    global heapq
    import heapq
    from random import Random
    return text.dumps([1]), Random(1).random() < 1
result = (run(), os.path.join('a', 'b'), shapes.Sized.__name__, root(4), floor(1.5), heapq.nsmallest(1, [2, 1]))
""",
)
program(
    "library functions that change their argument",
    """
import bisect, heapq
from heapq import heappush as push, heappop
class Queue:
    items = []
push(Queue.items, 3)
heapq.heappush(Queue.items, 1)
bisect.insort(Queue.items, 2)
result = (heappop(Queue.items), heapq.heapreplace(Queue.items, 9), Queue.items)
""",
)
program(
    "async functions",
    """
import contextlib
class Ready:
    def __await__(self):
        got = yield 'waiting'
        return got
@contextlib.asynccontextmanager
async def opened(name):
    yield name
async def numbers(limit):
    for number in range(limit):
        if number == 2:
            return
        yield number
async def main():
    got = await Ready()
    async with opened('o') as name:
        found = [number async for number in numbers(5) if number or name]
    async for found[0] in numbers(3):
        pass
    return got, name, found, [await Ready() for _ in range(1)]
task = main()
steps = [task.send(None), task.send('first')]
try:
    task.send('second')
except StopIteration as end:
    result = (steps, end.value)
""",
)
program(
    "builtins keep their meaning",
    """
class Item:
    size = 3
item, row = Item(), [3, 1, 2]
item.size = 4
result = (getattr(item, 'size'), isinstance(row, list), len(row), sorted(row), max(row), sum(row, 1), list(map(str, row)), any(row), list(zip(row, 'ab')), str(row), ' a b '.strip().count('a'), b'xy'.index(b'y'), ', '.join(map(str, row)), next(iter(row)))
""",
)
program(
    "builtins that the module redefines",
    """
def len(value):
    return 'mine'
def max(*values):
    return 'largest'
result = (len([1, 2]), max(1, 2))
""",
)
program(
    "signatures and kinds of functions",
    """
import inspect
class Tool:
    def use(self, first, /, second=1, *rest, third, **more):
        return first, second, rest, third, more
    async def wait(self):
        yield 1
result = (str(inspect.signature(Tool.use)), Tool().use(0, 1, 2, third=3, fourth=4), inspect.isgeneratorfunction(Tool.use), inspect.isasyncgenfunction(Tool.wait))
""",
)
program(
    "recursion and mutual calls",
    """
def even(number):
    return True if number == 0 else odd(number - 1)
def odd(number):
    return False if number == 0 else even(number - 1)
def outer(depth):
    def inner(left):
        return 1 if not left else left * inner(left - 1)
    return inner(depth)
result = (even(10), odd(7), outer(5))
""",
)
program(
    "global statement in a class body and at module level",
    """
class Setter:
    global chosen
    chosen = 5
    chosen += 1
    kept = chosen
result = (chosen, Setter.kept, 'chosen' in vars(Setter))
""",
)
program(
    "lambda that yields and nested lambdas",
    """
adder = lambda first: lambda second: first + second
stream = lambda: (yield 4)
result = (adder(1)(2), list(stream()), (lambda *rest, **more: (rest, more))(1, a=2))
""",
)
program(
    "builtin iterators",
    """
items = [3, 1, 2]
table = {'a': 1, 'b': 2}
class Odd:
    def __reversed__(self):
        return iter('odd')
    def __iter__(self):
        return iter('even')
def steps(iterator, *default):
    found = []
    for _ in range(4):
        try:
            found.append(next(iterator, *default))
        except StopIteration as stop:
            found.append(repr(stop))
    return found
def failing(make):
    try:
        return list(make())
    except (TypeError, ValueError) as error:
        return repr(error)
result = [
    list(enumerate(items, 1)), list(enumerate(items, start=2)), list(zip(items, 'ab', table)), list(zip()),
    list(map(max, items, [2, 2, 2])), list(filter(lambda each: each > 1, items)), list(filter(None, [0, 1])),
    list(reversed(items)), list(reversed(table)), list(reversed(Odd())), list(iter(Odd())), dict(zip('ab', items)),
    steps(iter(items)), steps(iter(items), 'end'), steps(enumerate(items)), steps(reversed(items), None),
    list(iter(iter([1, 0]).__next__, 0)), max(items, key=lambda each: -each), min(table, key=table.get),
    max(items, default=4), max([], default=4), max(1, 5, key=lambda each: -each), sorted(items, key=lambda e: -e),
    failing(lambda: reversed(5)), failing(lambda: next(items)), failing(lambda: iter(5)), failing(lambda: zip(items, 5)),
    failing(lambda: zip(items, 'ab', strict=True)), failing(lambda: max([])), failing(lambda: enumerate()),
    [*zip(*[items, items])], any(map(str, items)), all(each for each in items), sum(map(abs, items), 10),
    ', '.join(map(str, reversed(items))), tuple(map(str, table.items())), iter(iter(items)) is not None,
]
""",
)
program(
    "an iterator that is changed under way",
    """
items = [1, 2, 3]
found = []
for place, each in enumerate(items):
    found.append(each)
    if place == 0:
        items.append(4)
table = {1: 2}
try:
    for key, value in zip(table, table):
        table[key + 1] = value
except RuntimeError as error:
    found.append(repr(error))
steps = iter(items)
first = next(steps)
rest = list(steps)
again = list(steps)
result = (found, first, rest, again)
""",
)
program(
    "methods that are passed on",
    """
import types
items, table, text = [], {'a': 1}, 'abc'
class Bag(list):
    extra = 5
    def append(self, value):
        super().append(value * 2)
class Plain:
    def __init__(self):
        self.items, self.count = [1], 3
    def get(self):
        return self.count
add, get, bag, plain = items.append, table.get, Bag(), Plain()
add(1)
list(map(add, (2, 3)))
put = bag.append
put(4)
grow = bag.extend
grow([5])
try:
    items.get
except AttributeError as error:
    missing = str(error)
try:
    add()
except TypeError as error:
    wrong = str(error)
result = [
    items, get('a'), get('z', 9), bag, missing, wrong, add == items.append, add != [].append, add.__name__,
    add.__self__ is items, callable(add), plain.get(), plain.items, plain.count, bag.extra, text.count, isinstance(
        add, types.BuiltinMethodType), len({add, items.append}), [1, 2].index(2), (1, 2).count, sorted('ba', key=table.get,
        reverse=True) if False else None, table.keys() == {'a'}, type(put).__name__,
]
result[15] = result[15]('a')
result[19] = result[19](1)
""",
)
program(
    "operands that are read together",
    """
calls = []
def seen(value):
    calls.append(value)
    return value
one, two = [1, [2]], [1, [2]]
def failing(make):
    try:
        return make()
    except Exception as error:
        return repr(error)
result = [
    seen(one) == seen(two), one != two, one < two, one + two, one == 3, [one, 4] == [two, 4], one is two, 1 < 2 < 3,
    one <= two == one, {1} | {2}, {1} & {1, 2}, one * 2, 'x%s' % one, '%s %s' % (one, two), (one, two) == (two, one),
    f'{one!r:>12}', str(one), repr(two), failing(lambda: one + 5), failing(lambda: one < 5), failing(lambda: 1 + (1/0)),
    failing(lambda: one == 1 / 0), print(one, two, sep='', end='', file=None) if False else 0, calls,
]
""",
)

program(
    "globals that loops, with and handlers store",
    """
import contextlib
order = []
g = h = rest = caught = last = None
class Manager:
    def __init__(self, value, swallow=False):
        self.value, self.swallow = value, swallow
    def __enter__(self):
        order.append(('enter', self.value))
        return self.value
    def __exit__(self, kind, error, trace):
        order.append(('exit', self.value, kind and kind.__name__))
        return self.swallow
def run():
    global g, h, rest, caught, last
    for g, (h, *rest) in [(1, 'abc'), (2, 'de')]:
        order.append((g, h, rest))
    else:
        order.append('else')
    with Manager(5) as g, Manager(g + 1) as h, Manager((h, 1, 2)) as (last, *rest):
        order.append((g, h, last, rest))
    with Manager((1, 2, 3), True) as (g, h):
        order.append('not here')
    try:
        for g, h in [(7, 8), (9,)]:
            pass
    except ValueError as caught:
        order.append((str(caught), g, h))
    order.append('caught' in globals())
    for attempt in range(2):
        try:
            raise KeyError(attempt)
        except KeyError as caught:
            order.append(caught.args)
            if attempt:
                break
            continue
        finally:
            order.append('finally')
    try:
        try:
            raise KeyError('inner')
        except KeyError as caught:
            caught = 5
            raise OSError('outer') from None
    except OSError as error:
        order.append((str(error), 'caught' in globals(), error.__context__.args))
def closure():
    x = y = None
    def look():
        return x, y
    found = []
    for x in range(2):
        found.append(look())
    with Manager(3) as (y):
        found.append(look())
    try:
        1 / 0
    except ZeroDivisionError as y:
        found.append(str(look()))
    try:
        look()
    except NameError as error:
        found.append(type(error).__name__)
    return found
def leaves():
    global caught
    try:
        1 / 0
    except ZeroDivisionError as caught:
        return str(caught)
run()
for index, letter in enumerate('ab'):
    order.append((index, letter))
result = (order, closure(), leaves(), 'caught' in globals(), index, letter, [n for n in dir() if 'ev_' in n])
""",
)
program(
    "attributes by their dictionary",
    """
class Box:
    shade = 'red'
    def __init__(self, **given):
        self.__dict__.update(given)
        self.own = 1
class Slotted:
    __slots__ = ('one',)
box = Box(size=3)
held = box.__dict__
held['name'] = 'n'
vars(box)['size'] += 2
del held['own']
box.added = 7
errors = []
for wrong in (lambda: vars(5), lambda: vars(Slotted()), lambda: Slotted().__dict__, lambda: box.own, lambda: held['own']):
    try:
        wrong()
    except Exception as error:
        errors.append(repr(error))
same = held is box.__dict__ is vars(box)
before = dict(held)
box.__dict__ = {'other': 1}
total = 4
globals()['total'] = globals()['total'] + 1
globals().setdefault('fresh', 8)
result = (before, errors, same, vars(box), box.shade, total, fresh, 'total' in globals(), globals().pop('fresh'))
""",
)
program(
    "patterns over objects and containers",
    """
from dataclasses import dataclass
from collections import defaultdict, UserDict, ChainMap, UserList
import array
@dataclass
class Point:
    x: int
    y: object = None
class Lazy:
    calls = 0
    @property
    def x(self):
        Lazy.calls += 1
        return 5
def kind(value):
    match value:
        case Point(0, y=Point(x=inner)):
            return ('nested', inner)
        case Point(x=0) | Point(y=0):
            return 'axis'
        case Point(x, y) if x == y:
            return ('diagonal', x)
        case Lazy(x=5):
            return 'lazy'
        case {'k': [first, *rest], **others}:
            return (first, rest, others)
        case [Point(x=a), (b, c)] | [a, b, c]:
            return (a, b, c)
        case str() | None | 1.5:
            return 'plain'
        case _:
            return 'other'
made = []
def make():
    made.append(len(made))
    return len(made)
table = defaultdict(make)
table['a'] += 10
table['b']
got = [table['a'], table.get('z'), 'z' in table, table['c']]
def failing():
    raise LookupError('no value')
broken = defaultdict(failing)
try:
    broken['x'] += 1
except LookupError as error:
    got.append(repr(error))
try:
    table[[]]
except TypeError as error:
    got.append(repr(error))
user, chain, row, numbers = UserDict(a=1), ChainMap({'a': 1}, {'b': 2}), UserList([1, 2]), array.array('i', [1, 2])
user['b'] = 2
chain['b'] = 3
row[0] += 5
row.append(7)
numbers[1] += 5
numbers.extend([4])
view = memoryview(bytearray(b'abc'))
view[0] = 65
del user['a']
result = (
    [kind(each) for each in (Point(0, Point(4)), Point(0), Point(3, 0), Point(2, 2), Lazy(), {'k': [1, 2], 'z': 3},
        [Point(1), (2, 3)], (4, 5, 6), 'text', None, 1.5, object, [])],
    Lazy.calls, made, got, dict(table), dict(broken), user, chain, row, numbers.tolist(), bytes(view), 'b' in chain,
    len(user), [*row], {**user}, sum(numbers), list(reversed(row)), view == b'Abc', numbers == array.array('i', [1, 7, 4]),
)
""",
)
