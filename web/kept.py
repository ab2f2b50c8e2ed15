"""What is kept ready in memory: the things that were used last, as far as there is room."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """Things by what names them, each with its size; those that were not used for longest make room for others."""

    def __init__(self, room: int, size_of: Callable[[T], int]) -> None:
        self._room, self._size_of = room, size_of
        self._things: OrderedDict[Hashable, T] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], T | None]) -> T | None:
        """Return a thing, made if it is not there; what could not be made is not kept."""
        with self._lock:
            if key in self._things:
                self._things.move_to_end(key)
                return self._things[key]
        made = make()
        if made is not None:
            self._put(key, made)
        return made

    def _put(self, key: Hashable, made: T) -> None:
        with self._lock:
            if key not in self._things:
                self._size += self._size_of(made)
            self._things[key] = made
            while self._size > self._room and len(self._things) > 1:
                self._size -= self._size_of(self._things.popitem(last=False)[1])
