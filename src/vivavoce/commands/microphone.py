"""Sound from this machine's microphone, by whatever there is to record it."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from types import ModuleType
from typing import BinaryIO, Protocol

from vivavoce.commands import recorders, sound_library
from vivavoce.commands.failures import FAILED, MISUSED, CommandFailed
from vivavoce.commands.intake import BLOCK_S, Intake
from vivavoce.commands.recorders import Recorder

_RATES = (16_000, 48_000, 44_100, 24_000, 22_050, 8_000)
"""Hz that a server takes; the ears want the first."""
_SAID_BYTES = 2_000
_LISTING_S = 10.0
_OTHER_DEVICE = "`vivavoce listen --list-devices` names what there is"
_NO_DEVICE = "listen --file FILE and talk --file FILE need none"


class NoMicrophone(CommandFailed):
    """Nothing can be recorded: the `cause`, and what to do about it."""

    def __init__(self, cause: str, remedy: str, *, exit_code: int = FAILED) -> None:
        super().__init__(f"{cause}; {remedy}", exit_code=exit_code)
        self.cause = cause
        self.remedy = remedy


class Microphone(Protocol):
    """Where sound to listen to comes from, as fast as it sounds."""

    @property
    def name(self) -> str:
        """For the user."""

    @property
    def sample_rate(self) -> int:
        """Hz."""

    def opened(
        self, on_loss: Callable[[], None]
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Blocks of 16-bit little-endian mono samples; `on_loss` is told once if some are lost.

        Raises CommandFailed, also when the sound breaks off.
        """


def find_microphone(device: str | None) -> Microphone:
    """The microphone called or numbered `device`, or the default one.

    Raises NoMicrophone, which says what to install if that is what is missing.
    """
    library = sound_library.usable_library("input")
    if library is not None:
        return _LibraryMicrophone(library, device)
    recorder = recorders.find_recorder()
    if recorder is None:
        raise _missing()
    return _ProgramMicrophone(recorder, device)


def list_microphones() -> list[str]:
    """What `--device` takes, each with what it is. Raises CommandFailed when there is nothing."""
    library = sound_library.usable_library("input")
    if library is not None:
        return [
            f"{device['index']:>3}  {device['name']}"
            for device in library.query_devices()
            if device["max_input_channels"] > 0
        ]
    recorder = recorders.find_recorder()
    if recorder is None:
        raise _missing()
    try:
        run = subprocess.run(
            recorder.listing, capture_output=True, text=True, timeout=_LISTING_S, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise CommandFailed(f"{recorder.listing[0]} names no devices here") from error
    return run.stdout.splitlines()


def _missing() -> NoMicrophone:
    if sound_library.sound_library() is None and sound_library.has_sound_device("input"):
        return NoMicrophone(
            "nothing here records",
            "install PortAudio (apt install libportaudio2, dnf install portaudio or brew install "
            f"portaudio), or else {_NO_DEVICE}",
        )
    return NoMicrophone("there is no microphone here", _NO_DEVICE)


class _LibraryMicrophone:
    def __init__(self, library: ModuleType, device: str | None) -> None:
        self._library = library
        self._device = int(device) if device and device.isdecimal() else device
        self.name, self.sample_rate = self._known()

    def _known(self) -> tuple[str, int]:
        library = self._library
        try:
            name = str(library.query_devices(self._device, "input")["name"])
        except (ValueError, library.PortAudioError) as error:
            said = str(error).partition("\n")[0]
            raise NoMicrophone(said, _OTHER_DEVICE, exit_code=MISUSED) from error
        refusal: Exception | None = None
        for rate in _RATES:
            try:
                library.check_input_settings(self._device, 1, "int16", None, rate)
            except (ValueError, library.PortAudioError) as error:
                refusal = refusal or error
            else:
                return name, rate
        raise NoMicrophone(f"{name} cannot be recorded from: {refusal}", _OTHER_DEVICE)

    @contextlib.asynccontextmanager
    async def opened(self, on_loss: Callable[[], None]) -> AsyncIterator[AsyncIterator[bytes]]:
        """See `Microphone.opened`."""
        intake = Intake(on_loss)

        def take(data: bytes, _frames: int, _time: object, status: _CallbackFlags) -> None:
            if status.input_overflow:
                intake.lose()
            intake.put(bytes(data))

        try:
            stream = self._library.RawInputStream(
                samplerate=self.sample_rate,
                blocksize=round(self.sample_rate * BLOCK_S),
                device=self._device,
                channels=1,
                dtype="int16",
                callback=take,
                finished_callback=intake.end,
            )
            with contextlib.closing(stream):
                stream.start()
                yield _until_gone(intake.blocks(), self.name)
        except self._library.PortAudioError as error:
            raise NoMicrophone(
                f"{self.name} cannot be recorded from: {error}", _OTHER_DEVICE
            ) from error


class _CallbackFlags(Protocol):
    input_overflow: bool


class _ProgramMicrophone:
    def __init__(self, recorder: Recorder, device: str | None) -> None:
        self._command = recorder.command(device)
        self.name = recorder.program
        self.sample_rate = recorders.SAMPLE_RATE

    @contextlib.asynccontextmanager
    async def opened(self, on_loss: Callable[[], None]) -> AsyncIterator[AsyncIterator[bytes]]:
        """See `Microphone.opened`."""
        intake = Intake(on_loss)
        with tempfile.TemporaryFile() as said:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=said,
                start_new_session=True,  # Ctrl-C is for this command, which has more to hear
            )
            assert process.stdout is not None
            try:
                async with asyncio.TaskGroup() as tasks:
                    pumping = tasks.create_task(_pump(process.stdout, intake))
                    yield _until_gone(intake.blocks(), self.name, said)
                    pumping.cancel()
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()


async def _pump(pipe: asyncio.StreamReader, intake: Intake) -> None:
    with contextlib.suppress(asyncio.IncompleteReadError):
        while True:
            intake.put(await pipe.readexactly(2 * round(recorders.SAMPLE_RATE * BLOCK_S)))
    intake.end()


async def _until_gone(
    blocks: AsyncIterator[bytes], name: str, said: BinaryIO | None = None
) -> AsyncIterator[bytes]:
    """A microphone never ends: it breaks."""
    async for block in blocks:
        yield block
    words = ""
    if said is not None:
        said.seek(0)
        words = said.read(_SAID_BYTES).decode("utf-8", "replace").strip().replace("\n", ", ")
    raise NoMicrophone(f"{name} records no more{words and ': ' + words}", _OTHER_DEVICE)
