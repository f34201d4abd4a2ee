"""The programs that `everyway.bench` runs twice: as they are, and instrumented."""

from __future__ import annotations

from collections.abc import Callable


class Body:
    """A point with a mass that others pull."""

    def __init__(self, x: float, y: float, mass: float) -> None:
        self.x = x
        self.y = y
        self.dx = 0.0
        self.dy = 0.0
        self.mass = mass

    def pull(self, other: Body) -> None:
        """Let the two bodies pull each other for a moment."""
        x = self.x - other.x
        y = self.y - other.y
        force = 0.01 / (x * x + y * y + 0.1)
        self.dx -= x * other.mass * force
        self.dy -= y * other.mass * force
        other.dx += x * self.mass * force
        other.dy += y * self.mass * force

    def move(self) -> None:
        """Go on for a moment."""
        self.x += self.dx
        self.y += self.dy


def bodies(rounds: int) -> float:
    """Attributes of objects, read and written in arithmetic."""
    system = [Body(float(i), float(i * 3 % 5), 1.0 + i) for i in range(4)]
    for _ in range(rounds):
        for i in range(4):
            for k in range(i + 1, 4):
                system[i].pull(system[k])
        for body in system:
            body.move()
    return system[0].x


def word_count(rounds: int) -> int:
    """Entries of a dictionary."""
    words = "to be or not to be that is the question".split()
    counts: dict[str, int] = {}
    for _ in range(rounds):
        for word in words:
            counts[word] = counts.get(word, 0) + 1
    return len(counts)


def sieve(limit: int) -> int:
    """Elements of a list."""
    prime = [True] * limit
    for i in range(2, limit):
        if prime[i]:
            for multiple in range(i * i, limit, i):
                prime[multiple] = False
    return sum(prime)


def fibonacci(n: int) -> int:
    """Calls, and nothing that is shared."""
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


class Stack:
    """A stack on a list."""

    def __init__(self) -> None:
        self.items: list[int] = []

    def push(self, value: int) -> None:
        """Put a value on top."""
        self.items.append(value)

    def pop(self) -> int:
        """Take the top value."""
        return self.items.pop() if self.items else 0


def stack(size: int) -> int:
    """Methods of a class that call methods of a container."""
    values = Stack()
    for value in range(size):
        values.push(value)
    total = 0
    for _ in range(size):
        total += values.pop()
    return total


def strings(size: int) -> int:
    """Texts, which nobody can change."""
    parts = []
    for i in range(size):
        parts.append(f"{i}:{str(i)[::-1].upper()}")
    return len(",".join(parts))


SIZES: dict[str, tuple[Callable[[int], object], int]] = {
    "bodies": (bodies, 100),
    "word_count": (word_count, 600),
    "sieve": (sieve, 12_000),
    "fibonacci": (fibonacci, 15),
    "stack": (stack, 6_000),
    "strings": (strings, 5_000),
}


class Box:
    """One attribute."""

    def __init__(self) -> None:
        self.value = 1


def ten_reads(box: Box, rounds: int) -> int:
    """Read an attribute ten times a round."""
    seen = 0
    for _ in range(rounds):
        seen = box.value
        seen = box.value
        seen = box.value
        seen = box.value
        seen = box.value
        seen = box.value
        seen = box.value
        seen = box.value
        seen = box.value
        seen = box.value
    return seen


def no_reads(value: int, rounds: int) -> int:
    """Do the same without the reads."""
    seen = 0
    for _ in range(rounds):
        seen = value
        seen = value
        seen = value
        seen = value
        seen = value
        seen = value
        seen = value
        seen = value
        seen = value
        seen = value
    return seen
