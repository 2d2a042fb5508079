"""What somebody sent as a picture becomes a picture of ours, or is refused. Pure.

What comes in may be anything: a page that calls itself a picture, a file that is two things at once, a few
bytes that unpack to gigabytes, a picture that says where its owner lives. Nothing of it is kept but the
pixels: they are read, turned the right way up, made smaller and written anew.
"""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from io import BytesIO

from PIL import Image, UnidentifiedImageError

MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 40_000_000  # what a good phone takes; unpacked 120 MB, one at a time
SIDE = 1600  # pixels of the longer side that is kept
_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 80
_LEAST_SIDE = 8
_WHITE = (255, 255, 255)


class Fault(StrEnum):
    """Why a picture is refused."""

    TOO_LARGE = "photo-too-large"
    NOT_A_PICTURE = "not-a-photo"
    TOO_MANY_PIXELS = "photo-too-many-pixels"
    BROKEN = "photo-broken"


class BadPhoto(Exception):
    """This is kept nowhere; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is kept.

    Attributes:
        jpeg: baseline RGB without any metadata.
        width, height: pixels, at most SIDE.
        sha256, source_sha256: of `jpeg`, and of what was sent.
    """

    jpeg: bytes
    width: int
    height: int
    sha256: bytes
    source_sha256: bytes


def picture(sent: bytes) -> Picture:
    """What is kept of the file `sent` (JPEG, PNG or WebP). Raises BadPhoto."""
    if len(sent) > MOST_BYTES:
        raise BadPhoto(Fault.TOO_LARGE)
    try:
        with _opened(sent) as image:
            small = _upright(image)
    except BadPhoto:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadPhoto(Fault.TOO_MANY_PIXELS) from error
    except (OSError, SyntaxError, ValueError, TypeError, EOFError, IndexError, KeyError) as error:
        raise BadPhoto(Fault.BROKEN) from error  # what the decoders say to a file that lies
    out = BytesIO()
    small.save(out, "JPEG", quality=_QUALITY, optimize=True)
    jpeg = out.getvalue()
    return Picture(jpeg, *small.size, sha256(jpeg).digest(), sha256(sent).digest())


def _opened(sent: bytes) -> Image.Image:
    """The file as one of three formats, by its content and not its name; only its head was read."""
    try:
        image = Image.open(BytesIO(sent), formats=_FORMATS)
    except UnidentifiedImageError as error:
        raise BadPhoto(Fault.NOT_A_PICTURE) from error
    if image.width * image.height > MOST_PIXELS:
        raise BadPhoto(Fault.TOO_MANY_PIXELS)
    if min(image.size) < _LEAST_SIDE:
        raise BadPhoto(Fault.NOT_A_PICTURE)
    return image


def _upright(image: Image.Image) -> Image.Image:
    """The pixels, unpacked no larger than needed, as the holder of the phone saw them."""
    orientation = image.getexif().get(_ORIENTATION)
    image.draft("RGB", (SIDE, SIDE))  # a JPEG is unpacked at a half, a quarter or an eighth
    image.load()
    image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    turn = _TURNS.get(orientation) if isinstance(orientation, int) else None
    turned = image if turn is None else image.transpose(turn)
    return _opaque(turned)


_ORIENTATION = 0x0112
_T = Image.Transpose
_TURNS = {
    2: _T.FLIP_LEFT_RIGHT,
    3: _T.ROTATE_180,
    4: _T.FLIP_TOP_BOTTOM,
    5: _T.TRANSPOSE,
    6: _T.ROTATE_270,
    7: _T.TRANSVERSE,
    8: _T.ROTATE_90,
}


def _opaque(image: Image.Image) -> Image.Image:
    """In three colours, on white where it was transparent, and with nothing else in it."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        over = image.convert("RGBA")
        ground = Image.new("RGB", image.size, _WHITE)
        ground.paste(over, mask=over.getchannel("A"))
        return ground
    bare = Image.new("RGB", image.size)
    bare.paste(image.convert("RGB"))  # a new image: what the file said about itself stays behind
    return bare
