"""Finished utterances in a directory: one file each, whole or not there, together within a limit.

The directory is the index. How long ago an utterance was used is its file's modification time, so
nothing has to be kept in memory, and whoever deletes files behind our back does no harm. One
process at a time writes, under a lock that the kernel takes back when the process dies; others only
read.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from array import array
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import structlog

from vivavoce.core.eviction import last_use_to_drop
from vivavoce.engines.base import SpeechBlock

_WHOLE = ".speech"
_PART = ".part"
_CHECKSUM_BYTES = hashlib.sha256().digest_size
_DISK_BLOCK = 4096
"""What a file takes on most file systems is a multiple of this."""
_LEFT_BY_SWEEP = 0.9
"""A sweep reads the whole directory, so it makes room for many utterances at once."""

_log = structlog.get_logger(__name__)
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[SpeechBlock]).decode


class UtteranceFiles:
    """Utterances by key. All methods block on the disk, and none raises OSError.

    `read` may be called from any thread, the others from one at a time.
    """

    def __init__(self, directory: Path, limit_bytes: int) -> None:
        """Nothing is read or made before `open`. `limit_bytes` bounds what the files take."""
        self._directory = directory
        self._limit = limit_bytes
        self._handle: int | None = None
        """The directory, open and locked, while this process is the one that writes."""
        self._total = 0
        self._said: set[str] = set()

    def open(self) -> bool:
        """Becomes the one who writes: clears up behind a predecessor, and goes by the limit.

        False when that cannot be now; `keep` tries again.
        """
        try:
            return self._handle is not None or self._take_over()
        except OSError as error:
            self._complain_of_writing(error)
            return False

    def close(self) -> None:
        """Lets another process write. Idempotent."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def read(self, key: str) -> list[SpeechBlock] | None:
        """The blocks kept under `key`, used now; None when there are none that are sound."""
        path = self._directory / (key + _WHOLE)
        try:
            with path.open("rb") as file:
                blocks = _unpacked(key, file.read())
                if blocks is not None:
                    with contextlib.suppress(OSError):  # another user's, perhaps
                        os.utime(file.fileno())
                    return blocks
            path.unlink()
            _log.warning("damaged utterance deleted from the speech cache", file=path.name)
        except FileNotFoundError:
            pass
        except OSError as error:
            self._say_once(f"the speech cache cannot be read: {error.strerror}")
        return None

    def keep(self, key: str, blocks: list[SpeechBlock]) -> bool:
        """Keeps `blocks` under `key`, at the cost of what was used longest ago; whether it did."""
        try:
            if self._handle is None and not self._take_over():
                return False
            return self._write(key, _packed(key, blocks))
        except FileNotFoundError:
            self.close()  # the directory was deleted: the next utterance makes it anew
        except OSError as error:
            self._complain_of_writing(error)
        return False

    def _take_over(self) -> bool:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.fchmod(handle, 0o700)  # the texts are private, whoever made the directory
        except BaseException as error:
            os.close(handle)
            if not isinstance(error, BlockingIOError):
                raise
            self._say_once("another process writes the speech cache, so this one only reads it")
            return False
        self._handle = handle
        try:
            self._clear_up()
        except BaseException:
            self.close()
            raise
        return True

    def _clear_up(self) -> None:
        with os.scandir(self._handle) as entries:
            parts = [entry.name for entry in entries if entry.name.endswith(_PART)]
        for name in parts:
            self._delete(name)
        self._total = sum(size for _, _, size in self._utterances())
        if self._total > self._limit:
            self._sweep(self._limit)

    def _write(self, key: str, data: bytes) -> bool:
        name, size = key + _WHOLE, _on_disk(len(data))
        if self._exists(name):
            return True
        if size > self._limit:
            return False
        if self._total + size > self._limit:
            self._sweep(min(self._limit - size, int(self._limit * _LEFT_BY_SWEEP)))
            if self._total + size > self._limit:
                return False
        part = key + _PART
        try:
            with open(part, "wb", opener=self._create_private) as file:
                file.write(data)
            os.replace(part, name, src_dir_fd=self._handle, dst_dir_fd=self._handle)
        except BaseException:
            self._delete(part)
            raise
        self._total += size
        return True

    def _create_private(self, name: str, flags: int) -> int:
        return os.open(name, flags, 0o600, dir_fd=self._handle)

    def _delete(self, name: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name, dir_fd=self._handle)

    def _exists(self, name: str) -> bool:
        try:
            os.stat(name, dir_fd=self._handle)
        except FileNotFoundError:
            return False
        return True

    def _sweep(self, most: int) -> None:
        """Deletes what was used longest ago until `most` bytes are left."""
        last_used, sizes = array("q"), array("q")
        for _, used, size in self._utterances():
            last_used.append(used)
            sizes.append(size)
        last = last_use_to_drop(np.array(last_used, np.int64), np.array(sizes, np.int64), most)
        left = 0
        for name, used, size in self._utterances():
            if last is not None and used <= last:
                self._delete(name)
            else:
                left += size
        self._total = left

    def _utterances(self) -> Iterator[tuple[str, int, int]]:
        """Name, last use (ns) and size on disk (bytes) of each.

        Lets other threads run at every file, so that a million of them stall nobody.
        """
        with os.scandir(self._handle) as entries:
            for entry in entries:
                if entry.name.endswith(_WHOLE):
                    with contextlib.suppress(FileNotFoundError):
                        found = entry.stat(follow_symlinks=False)
                        yield entry.name, found.st_mtime_ns, _on_disk(found.st_size)

    def _complain_of_writing(self, error: OSError) -> None:
        self._say_once(f"nothing can be kept in the speech cache: {error.strerror}")

    def _say_once(self, said: str) -> None:
        if said not in self._said:
            self._said.add(said)
            _log.warning(said, directory=str(self._directory))


def _packed(key: str, blocks: list[SpeechBlock]) -> bytes:
    body = _encode(blocks)
    return _checksum(key, body) + body


def _unpacked(key: str, data: bytes) -> list[SpeechBlock] | None:
    body = memoryview(data)[_CHECKSUM_BYTES:]
    if data[:_CHECKSUM_BYTES] != _checksum(key, body):
        return None
    try:
        return _decode(body)
    except msgspec.DecodeError:
        return None


def _checksum(key: str, body: bytes | memoryview) -> bytes:
    """Of the key too: a file under another's name is as good as damaged."""
    digest = hashlib.sha256(key.encode())
    digest.update(body)
    return digest.digest()


def _on_disk(size: int) -> int:
    return -(-size // _DISK_BLOCK) * _DISK_BLOCK
