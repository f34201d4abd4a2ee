"""What the result of an execution says of the program's names."""

import json
import types
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from decimal import Decimal
from enum import Enum

import fake_core

results, time_model = fake_core.load("everyway.world.results", "everyway.models.time")


class User:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)


class Slotted:
    __slots__ = ("__private", "x")

    def __init__(self):
        self.x = 1
        self.__private = 2


class Color(Enum):
    RED = 1


def freeze(left_out=(), **names):
    frozen = results.freeze(names, left_out, {__name__})
    json.loads(json.dumps(frozen, allow_nan=False))
    return frozen


def value(x):
    return freeze(x=x)["x"]


def test_plain_values_are_themselves():
    for each in (None, True, 0, -5, 1.5, "text", "", [], [1, "a", None], {"a": 1}):
        assert value(each) == each and type(value(each)) is type(each)


def test_what_is_no_state_is_left_out():
    assert freeze(f=freeze, c=User, m=json, b=len, i=1, left_out={"i"}, __file__="x") == {}


def test_readings_of_the_clock_are_left_out():
    start = time_model.time()
    assert freeze(start=start, gone=time_model.time() - start, ns=time_model.time_ns()) == {}
    assert value([start]) == ["<clock reading>"]


def test_numbers_that_json_does_not_know_are_texts():
    assert value(float("nan")) == "nan" and value(-float("inf")) == "-inf"
    assert value(1 << 63) == str(1 << 63) and value((1 << 63) - 1) == (1 << 63) - 1
    assert value(10**6000).startswith("0x")
    assert value(1 + 2j) == "(1+2j)" and value(Decimal("1.5")) == "1.5"


def test_texts_are_cut_and_can_be_written():
    assert len(value("x" * 1_000_000)) == results.LONGEST_TEXT + 1
    assert value("\ud800") == "\\ud800"
    assert value(b"a\xff") == "b'a\\xff'"
    assert value("<object at 0x7f3>") == "<object at 0x…>"


def test_containers_without_order_are_put_in_order():
    assert value({3, 1, 2}) == [1, 2, 3]
    assert value({"b", "a", 1}) == [1, "a", "b"]
    assert list(value({"b": 1, "a": 2})) == ["a", "b"]
    assert value({2: "b", 1: "a", (1, 2): "c", None: "d"}) == {"1": "a", "2": "b", "[1, 2]": "c", "null": "d"}
    assert value(frozenset([frozenset([2]), frozenset([1])])) == [[1], [2]]


def test_keys_that_look_alike_stay_apart():
    assert value({User(): 2, User(): 1}) == {'{"User": {}}': 1, '{"User": {}} #2': 2}
    assert value({"1": "text", 1: "number"}) == {"1": "number", "1 #2": "text"}


def test_other_containers_show_their_content():
    assert value((1, 2)) == [1, 2] and value(deque([1, 2])) == [1, 2]
    assert value(Counter("aab")) == {"a": 2, "b": 1}
    assert value(OrderedDict(a=1)) == {"a": 1} == value(defaultdict(int, a=1))
    assert value(namedtuple("Pair", "a b")(1, 2)) == [1, 2]


def test_depth_and_number_of_elements_are_bounded():
    assert value([[[[[1]]]]]) == [[[["…"]]]]
    assert value([[[[1]]]]) == [[[[1]]]]
    assert len(value(list(range(5_000)))) == results.MOST_ELEMENTS + 1
    assert value(list(range(5_000)))[-1] == "…"


def test_circles_end():
    circle = []
    circle.append(circle)
    assert value(circle) == ["…"]
    user = User(n=1)
    user.me = user
    assert value(user) == {"User": {"me": "…", "n": 1}}


def test_the_users_objects_show_two_levels_of_attributes():
    inner = User(inner=User(x=1), n=2)
    assert value(User(a=inner, f=len)) == {"User": {"a": {"User": {"inner": {"User": "…"}, "n": 2}}}}
    assert value(Slotted()) == {"Slotted": {"_Slotted__private": 2, "x": 1}}
    assert value(Color.RED) == "Color.RED"
    assert value([User(x=1)]) == [{"User": {"x": 1}}]


def test_objects_of_others_show_their_class():
    assert value(object()) == "<object>" and value(types.SimpleNamespace(a=1)) == "<SimpleNamespace>"
    assert value(iter([])) == "<list_iterator>"
    assert value(ValueError("x")) == "ValueError: x" and value(KeyError()) == "KeyError"


def test_containers_of_the_users_classes_show_both():
    class Stack(list):
        pass

    plain, named = Stack([1]), Stack([1])
    named.name = "n"
    assert value(plain) == [1]
    assert value(named) == {"Stack": {"content": [1], "name": "n"}}
