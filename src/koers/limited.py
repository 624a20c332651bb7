"""Work in a process that may die: with a limit on time and memory, and taking nothing along.

A file that somebody brings, a drawing and a document are made by libraries that unpack, allocate
and now and then crash. ``Apart`` hands such work to a helper, a process of its own that waits for
it on a pipe; a helper that takes too long, too much or dies is replaced, and the caller gets an
:class:`ApartError` to say in its own words. A helper is made when it is first needed and used
again, so that asking costs little (measured in ``docs/benchmarks.md``).
"""

from __future__ import annotations

import atexit
import fcntl
import importlib
import os
import pickle
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO, Any, ParamSpec, TypeVar, cast

from koers.uncollected import uncollected

Takes = ParamSpec("Takes")
Gives = TypeVar("Gives")

AT_ONCE = 2
"""Helpers of a kind in this process. The memory of several processes adds up: each has one."""
_LENGTH = struct.Struct("!Q")
_MOST_ANSWER = 2_000_000_000
COMMAND = [sys.executable, "-c", "from koers.limited import serve; serve()"]


class ApartError(Exception):
    """What a helper could not do, in plain Dutch."""


class TookTooLongError(ApartError):
    """It was ended because of its time."""


class DiedError(ApartError):
    """It died: too much memory, or a crash of a library."""


@dataclass
class Apart:
    """Helpers for one kind of work.

    Parameters
    ----------
    preload
        Modules that a helper imports when it starts.
    seconds
        How long one piece of work may take; starting is not counted.
    megabytes
        How much memory a helper may have.
    at_once
        How many helpers there are at most (else ``AT_ONCE``); who comes after them waits, at most
        as long as the work may take.
    uses
        After so many pieces of work a helper is replaced, so that what leaks does not add up.
    """

    preload: tuple[str, ...]
    seconds: float
    megabytes: int
    at_once: int = 0
    uses: int = 500
    _idle: list[_Helper] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _owner: int = 0
    _room: threading.BoundedSemaphore | None = None

    def do(self, work: Callable[Takes, Gives], *args: Takes.args, **kwargs: Takes.kwargs) -> Gives:
        """What ``work`` (a function of a module) gives; what it raises is raised here.

        Raises
        ------
        TookTooLongError, DiedError
            When the helper had to be ended, or died.
        """
        request = pickle.dumps((work.__module__, work.__qualname__, args, kwargs))
        with self._helper() as helper:
            done, answer = helper.ask(request, self.seconds)
        if not done:
            raise cast(BaseException, answer)
        return cast(Gives, answer)

    @contextmanager
    def _helper(self) -> Iterator[_Helper]:
        room = self._here()
        if not room.acquire(timeout=self.seconds):
            raise TookTooLongError("Het is hier te druk: er wordt al veel tegelijk gemaakt.")
        try:
            with self._lock:
                helper = self._idle.pop() if self._idle else None
            if helper is None or not helper.lives:
                helper = _Helper(self.preload, self.megabytes, self.seconds)
            try:
                yield helper
            except BaseException:
                helper.end()
                raise
            if helper.used < self.uses and helper.lives:
                with self._lock:
                    self._idle.append(helper)
            else:
                helper.end()
        finally:
            room.release()

    def _here(self) -> threading.BoundedSemaphore:
        """The places for helpers; a fork of this process has none of its parent's."""
        with self._lock:
            if self._owner != os.getpid():
                self._owner, self._idle = os.getpid(), []
                self._room = threading.BoundedSemaphore(self.at_once or AT_ONCE)
                atexit.register(self._at_the_end)
        assert self._room is not None
        return self._room

    def _at_the_end(self) -> None:
        # A second signal to stop may raise in the middle of this, where nobody can be told.
        with suppress(BaseException):
            self.close()

    def close(self) -> None:
        """End the helpers that wait; the next piece of work makes a new one."""
        with self._lock:
            mine = self._idle if self._owner == os.getpid() else []
            self._idle = []
        for helper in mine:
            helper.end()


class _Helper:
    """A process that does one piece of work after another."""

    def __init__(self, preload: tuple[str, ...], megabytes: int, seconds: float) -> None:
        self.used = 0
        self._process = subprocess.Popen(
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,
        )
        try:
            self._write(pickle.dumps((preload, megabytes, seconds)))
            self._read(time.monotonic() + 60)
        except BaseException:
            self.end()
            raise

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: bytes, seconds: float) -> tuple[bool, Any]:
        """Whether it went well, with what the work gave or raised."""
        self.used += 1
        self._write(request)
        return cast("tuple[bool, Any]", pickle.loads(self._read(time.monotonic() + seconds)))

    def _write(self, message: bytes) -> None:
        stream = cast(IO[bytes], self._process.stdin)
        try:
            stream.write(_LENGTH.pack(len(message)) + message)
            stream.flush()
        except OSError:
            raise DiedError("Het programma dat dit maakt, is onverwacht gestopt.") from None

    def _read(self, until: float) -> bytes:
        length = _LENGTH.unpack(self._exactly(_LENGTH.size, until))[0]
        if length > _MOST_ANSWER:
            raise DiedError("Dit wordt te groot.")
        return self._exactly(length, until)

    def _exactly(self, size: int, until: float) -> bytes:
        handle = cast(IO[bytes], self._process.stdout).fileno()
        found = bytearray()
        while len(found) < size:
            ready, _, _ = select.select([handle], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                raise TookTooLongError("Dit duurde te lang en is afgebroken.")
            piece = os.read(handle, min(size - len(found), 1 << 20))
            if not piece:
                raise DiedError("Dit kostte te veel geheugen, of het programma liep vast.")
            found += piece
        return bytes(found)

    def end(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                cast(IO[bytes], stream).close()
        self._process.wait()


def serve() -> None:
    """What a helper does: work from its input, answers to its output, until nobody asks."""
    taken, given = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # What a library prints is no answer.
    os.dup2(2, 1)
    preload, megabytes, seconds = pickle.loads(_message(taken) or b"")
    _limit(megabytes)
    with uncollected():
        for name in preload:
            importlib.import_module(name)
    try:
        _serve(taken, given, seconds)
    except BrokenPipeError:
        # Whoever asked has ended meanwhile: there is nobody to say anything to.
        os._exit(0)


def _serve(taken: IO[bytes], given: IO[bytes], seconds: float) -> None:
    _answer(given, pickle.dumps((True, None)))
    while message := _message(taken):
        signal.alarm(int(seconds) + 5)
        with _ended_with_the_other_side(taken.fileno()):
            answer = _done(message)
        signal.alarm(0)
        _answer(given, answer)


@contextmanager
def _ended_with_the_other_side(pipe: int) -> Iterator[None]:
    """Meanwhile this process is ended by the system as soon as whoever asked is no more, whatever a
    library is doing: nothing is written to the pipe before the answer, so a signal of it says that
    it was closed."""
    flags = fcntl.fcntl(pipe, fcntl.F_GETFL)
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(pipe, fcntl.F_SETFL, flags | os.O_ASYNC)
    closed = select.poll()
    closed.register(pipe, select.POLLHUP)
    if any(event & select.POLLHUP for _, event in closed.poll(0)):
        os._exit(0)
    try:
        yield
    finally:
        fcntl.fcntl(pipe, fcntl.F_SETFL, flags)


def _limit(megabytes: int) -> None:
    """Bound the memory that is written to. Space that is only set aside (by the engines behind
    charts and pandoc: terabytes) is not counted."""
    import resource

    kind = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
    with suppress(ValueError, OSError):
        resource.setrlimit(kind, (megabytes * 1_000_000, megabytes * 1_000_000))
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _message(stream: IO[bytes]) -> bytes:
    head = stream.read(_LENGTH.size)
    return stream.read(_LENGTH.unpack(head)[0]) if len(head) == _LENGTH.size else b""


def _answer(stream: IO[bytes], answer: bytes) -> None:
    stream.write(_LENGTH.pack(len(answer)) + answer)
    stream.flush()


def _done(message: bytes) -> bytes:
    try:
        module, name, args, kwargs = pickle.loads(message)
        found = getattr(importlib.import_module(module), name)(*args, **kwargs)
        return pickle.dumps((True, found), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        return pickle.dumps((False, DiedError("Dit kost te veel geheugen.")))
    except BaseException as error:  # noqa: BLE001 - a panic of a library is no Exception
        return _raised(error)


def _raised(error: BaseException) -> bytes:
    """The error itself where it can be sent and is one to handle, else what it says."""
    if isinstance(error, Exception):
        with suppress(Exception):
            sent = pickle.dumps((False, error))
            pickle.loads(sent)
            return sent
    return pickle.dumps((False, DiedError(f"{type(error).__name__}: {str(error)[:500]}")))
