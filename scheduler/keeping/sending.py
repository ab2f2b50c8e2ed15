"""Sending: what is due is claimed, handed over by many threads at once, and what became of it is noted in tens."""

from __future__ import annotations

import datetime as dt
import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event, Lock

from rota.text import Message, text
from scheduler.keeping.arming import DEAD, WAITING
from scheduler.keeping.errors import StoreError
from scheduler.keeping.outbox import Fate, Item, Outbox

LOG = logging.getLogger("rota.sending")

THREADS = 16
"""Letters that are under way at the same time."""
AT_ONCE = 2 * THREADS
"""Letters that are claimed at the same time; a process that is killed leaves so many in doubt at the most."""
TENS = 10
LEASE = 60.0
"""Seconds for which letters are claimed; `beat` prolongs them, and others take over what is not prolonged."""
MARGIN = 0.5
"""The share of a lease after which no further letter is begun without a beat."""
FIRST, MOST = 10.0, 3600.0
"""Seconds until the second try, and between tries at the most; each waits twice as long as the one before."""
LATE = text("It was too late for it", "已过时，未发送")
PATIENCE = 0.2
"""Seconds for which what became of letters is kept before it is noted."""


@dataclass(frozen=True)
class Later:
    """To be tried again, not before some seconds where that is known; `parts` were taken."""

    after: float | None = None
    parts: int = 0
    channel: str = ""
    reason: Message | None = None


Answer = Fate | Later
Deliver = Callable[[Item], Answer]
"""Hands one letter over, and says what became of it."""


class Sender:
    """Sends what is due, in one process among several.

    `prepare` is told of letters that are about to be delivered. `deliver` is called by many threads; what it raises is
    tried again. What is not sent by its end is given up.
    """

    def __init__(
        self,
        outbox: Outbox,
        holder: str,
        deliver: Deliver,
        clock: Callable[[], dt.datetime],
        *,
        prepare: Callable[[Sequence[Item]], object] = lambda _: None,
        lease: float = LEASE,
        stop: Event | None = None,
        chance: random.Random | None = None,
    ) -> None:
        self._outbox, self._holder, self._deliver, self._clock = outbox, holder, deliver, clock
        self._prepare = prepare
        self._lease, self._stop = lease, stop or Event()
        self._chance = chance or random.Random()
        self._beaten = time.monotonic()
        self._turning = Lock()
        self._busy = False
        self._unsaved: dict[str, Fate] = {}
        self.counts: dict[str, int] = {}

    def turn(self) -> int:
        """Send everything that is due, and return how many letters were tried."""
        with self._turning:
            self.settle({})
            if not self._outbox.waits():
                return 0
            with ThreadPoolExecutor(THREADS, "sending") as pool:
                self._beaten, self._busy = time.monotonic(), True
                try:
                    return _Turn(self, pool).run()
                finally:
                    self._busy = False

    def beat(self) -> None:
        """Prolong what is claimed; to be called a few times in the span of a lease."""
        if self._busy or self._unsaved:
            before = time.monotonic()
            self._outbox.prolong(self._holder, seconds=self._lease)
            self._beaten = before

    def claim(self, most: int) -> tuple[Item, ...]:
        """Take some letters, none where the program is to end."""
        if self._stop.is_set():
            return ()
        try:
            items = self._outbox.claim(self._holder, seconds=self._lease, most=most)
        except StoreError as error:
            LOG.warning("letters are claimed later: %s", error.say("en"))
            return ()
        try:
            self._prepare(items)
        except Exception:  # each is made by itself, and what is wrong with one shows there
            LOG.exception("letters could not be prepared together")
        return items

    def fate(self, item: Item) -> Fate:
        """Hand one letter over, unless it is too late for it, or another process may have taken it over by now."""
        now = self._clock()
        if item.until is not None and item.until <= now:
            return Fate(DEAD, channel=item.channel, reason=item.reason or LATE, parts=item.parts)
        if self._stop.is_set() or time.monotonic() - self._beaten > MARGIN * self._lease:
            return Fate(WAITING, due=item.due, parts=item.parts, channel=item.channel, reason=item.reason)
        try:
            answer = self._deliver(item)
        except Exception as error:
            LOG.exception("a letter could not be made and is tried again")
            answer = Later(
                parts=item.parts,
                channel=item.channel,
                reason=text("Error {kind}", "程序错误 {kind}", kind=type(error).__name__),
            )
        if isinstance(answer, Fate):
            return answer
        due = self._clock() + dt.timedelta(seconds=max(answer.after or 0.0, self._pause(item.attempts)))
        return Fate(WAITING, due, answer.parts, answer.channel, answer.reason)

    def settle(self, fates: Mapping[str, Fate]) -> None:
        """Note what became of letters; what the journal is too busy for is noted the next time, and not sent again."""
        self._unsaved |= fates
        for fate in fates.values():
            self.counts[fate.state] = self.counts.get(fate.state, 0) + 1
        if not self._unsaved:
            return
        try:
            self._outbox.settle(self._holder, self._unsaved)
        except StoreError as error:
            LOG.warning("what became of %d letters is noted later: %s", len(self._unsaved), error.say("en"))
        else:
            self._unsaved = {}

    def _pause(self, attempts: int) -> float:
        """Return how long to wait before the next try: longer each time, and by chance, lest all come at once."""
        longest = min(MOST, FIRST * 2.0 ** min(attempts - 1, 20))
        return self._chance.uniform(longest / 2, longest)


class _Turn:
    """One turn: letters under way, and what is known of those that have ended."""

    def __init__(self, sender: Sender, pool: ThreadPoolExecutor) -> None:
        self.sender, self.pool = sender, pool
        self.under_way: dict[Future[Fate], str] = {}
        self.fates: dict[str, Fate] = {}
        self.noted = self.looked = time.monotonic()
        self.tried = 0

    def run(self) -> int:
        more = True
        while more or self.under_way:
            room = AT_ONCE - len(self.under_way)
            if room >= TENS and (more or time.monotonic() - self.looked > PATIENCE):
                more = self._begin(room)
            if self.under_way:
                ended, _ = wait(self.under_way, timeout=PATIENCE, return_when=FIRST_COMPLETED)
                self.fates |= {self.under_way.pop(future): future.result() for future in ended}
                more = more or not self.under_way  # letters may have come while these were under way
            self._note(last=not self.under_way)
        return self.tried

    def _begin(self, room: int) -> bool:
        items, self.looked = self.sender.claim(room), time.monotonic()
        for item in items:
            self.under_way[self.pool.submit(self.sender.fate, item)] = item.key
        self.tried += len(items)
        return len(items) == room

    def _note(self, *, last: bool) -> None:
        late = time.monotonic() - self.noted > PATIENCE
        if self.fates and (last or late or len(self.fates) >= TENS):
            self.sender.settle(self.fates)
            self.fates, self.noted = {}, time.monotonic()
