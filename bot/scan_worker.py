"""The process that unpacks strangers' pictures: `python -m bot.scan_worker SECONDS`.

A picture on stdin (4 bytes of length before it), an answer in JSON on stdout (the same), and so on
until stdin ends. What a QR says is told here, so that the fields of third persons never leave this
process. It has little memory, writes no file, and leaves no picture of itself when it dies.
"""

import json
import os
import resource
import sys
import warnings
from functools import partial
from time import monotonic
from typing import Any, BinaryIO

from PIL import Image

from bot.qr_pictures import MOST_PIXELS, Problem, texts_in, unpack
from handlers.qr import best_first, fields_of, tell

MEMORY = 1 << 30  # 50 megapixels with transparency take 0.6 GB on their way to grey
LENGTH = 4
READY = b"ready"
# Of the time allowed, what may pass before no further look is begun.
SHARE = 0.7


def main() -> None:
    """Answer until nobody asks."""
    seconds = float(sys.argv[1])
    confine()
    give(sys.stdout.buffer, READY)
    while data := take(sys.stdin.buffer):
        give(sys.stdout.buffer, json.dumps(answer(data, SHARE * seconds)).encode())


def confine() -> None:
    """Bound what this process may do, and silence what libraries may print of a picture."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("ignore")
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a device, not a path
        os.dup2(nowhere.fileno(), sys.stderr.fileno())


def answer(data: bytes, seconds: float) -> dict[str, Any]:
    """What is in a picture, or why nothing is."""
    give_up = partial(_passed, monotonic() + seconds)
    try:
        image = unpack(data)
        if not isinstance(image, Image.Image):
            return _why(image)
        found = best_first(tell(text) for text in texts_in(image, give_up))
    except MemoryError:
        return _why("too_many_pixels")
    return {"found": [{"kind": one.kind, "fields": fields_of(one)} for one in found]}


def take(stream: BinaryIO) -> bytes:
    """The next message; empty at the end."""
    return stream.read(int.from_bytes(stream.read(LENGTH), "big"))


def give(stream: BinaryIO, message: bytes) -> None:
    """Write a message."""
    stream.write(len(message).to_bytes(LENGTH, "big") + message)
    stream.flush()


def _why(problem: Problem) -> dict[str, Any]:
    return {"why": problem}


def _passed(moment: float) -> bool:
    return monotonic() > moment


if __name__ == "__main__":
    main()
