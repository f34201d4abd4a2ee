# expect: proved
import multiprocessing


class Node:
    def __init__(self, name):
        self.name = name
        self.next = None


a, b = Node("a"), Node("b")
a.next, b.next = b, a
table = {"a": a, "both": [a, b]}


def same():
    print(table["a"] is a, table["both"][1].next is a, a.next.next is a, type(a) is Node)
    a.name = "changed"


if __name__ == "__main__":
    child = multiprocessing.get_context("fork").Process(target=same)
    child.start()
    child.join()
    print(a.name)
