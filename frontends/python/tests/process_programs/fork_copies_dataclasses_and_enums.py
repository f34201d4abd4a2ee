# expect: proved
import collections
import dataclasses
import enum
import multiprocessing


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


@dataclasses.dataclass
class Item:
    name: str
    colour: Colour = Colour.RED
    tags: list = dataclasses.field(default_factory=list)


class Base:
    @property
    def kind(self):
        return "base"

    @classmethod
    def make(cls):
        return cls()


class Derived(Base):
    @property
    def kind(self):
        return super().kind + "!"


item = Item("pen")
counts = collections.Counter("aab")
recent = collections.deque([1, 2], maxlen=2)


def work():
    item.tags.append("new")
    counts.update("b")
    recent.append(3)
    print(item, Item("ink") == Item("ink"), item.colour is Colour.RED, Colour(2))
    print(counts.most_common(), list(recent), Derived.make().kind)


if __name__ == "__main__":
    child = multiprocessing.Process(target=work)
    child.start()
    child.join()
    print(item, sorted(counts.items()), list(recent))
