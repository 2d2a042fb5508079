"""What is kept of a picture, and what is refused."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from care.photos import MOST_BYTES, SIDE, BadPhoto, Fault, picture

GPS, ORIENTATION, MAKE = 0x8825, 0x0112, 0x010F


def photo(size: tuple[int, int] = (400, 300), form: str = "JPEG", **more: object) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", size, (220, 20, 20))
    image.paste((20, 20, 220), (size[0] // 2, 0, *size))
    out = BytesIO()
    image.save(out, form, **more)
    return out.getvalue()


def kept(sent: bytes) -> Image.Image:
    image = Image.open(BytesIO(picture(sent).jpeg))
    image.load()
    return image


def fault(sent: bytes) -> Fault:
    with pytest.raises(BadPhoto) as caught:
        picture(sent)
    return caught.value.fault


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_a_jpeg(form: str) -> None:
    image = kept(photo(form=form))
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (400, 300))
    red, _, blue = image.getpixel((20, 150))  # type: ignore[misc]
    assert red > 180 > 80 > blue


def test_a_large_one_is_made_smaller_and_keeps_its_shape() -> None:
    made = picture(photo((4000, 2000)))
    assert (made.width, made.height) == (SIDE, SIDE // 2)
    assert len(made.jpeg) < 100_000


def test_nothing_says_where_or_with_what_it_was_taken() -> None:
    exif = Image.Exif()
    exif[MAKE] = "Telephone of Mrs Lin"
    exif.get_ifd(GPS).update({1: "N", 2: (35.0, 24.0, 0.0), 3: "E", 4: (116.0, 35.0, 0.0)})
    sent = photo(exif=exif, comment=b"12 Lane", icc_profile=b"x" * 200)
    assert b"Telephone of Mrs Lin" in sent
    made = picture(sent).jpeg
    assert b"Telephone" not in made
    assert b"Lane" not in made
    image = Image.open(BytesIO(made))
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_it_stands_as_the_holder_of_the_phone_saw_it() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # held upright: the left of what the chip saw is above
    image = kept(photo((400, 300), exif=exif))
    assert image.size == (300, 400)
    red, _, blue = image.getpixel((150, 20))  # type: ignore[misc]
    assert red > blue


def test_what_is_transparent_is_white_and_grey_or_printed_colours_are_colours() -> None:
    out = BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(out, "PNG")
    assert min(kept(out.getvalue()).getpixel((20, 20))) > 250  # type: ignore[type-var,arg-type]
    for mode, form in (("L", "PNG"), ("P", "PNG"), ("1", "PNG"), ("I;16", "PNG"), ("CMYK", "JPEG")):
        out = BytesIO()
        Image.new(mode, (40, 40)).save(out, form)
        assert kept(out.getvalue()).mode == "RGB"


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"not a picture at all",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><rect width='9' height='9'/></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"%PDF-1.7\n1 0 obj",
        b"GIF89a" + bytes(100),
        b"\xff\xd8\xff\xe0" + b"<script>alert(1)</script>",
    ],
)
def test_what_is_no_picture_is_refused_whatever_it_is_called(sent: bytes) -> None:
    assert fault(sent) in (Fault.NOT_A_PICTURE, Fault.BROKEN)


def test_other_kinds_of_pictures_are_refused_too() -> None:
    for form in ("GIF", "TIFF", "BMP", "PPM", "ICO"):
        assert fault(photo((64, 64), form)) is Fault.NOT_A_PICTURE


def test_of_a_file_that_is_two_things_only_the_picture_is_kept() -> None:
    page = b"<html><script>alert(document.cookie)</script></html>"
    for sent in (photo(comment=page), photo() + page, photo(form="PNG") + b"PK\x03\x04" + page):
        assert page in sent
        assert page not in picture(sent).jpeg


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_half_a_picture_is_refused(form: str) -> None:
    whole = photo((1200, 900), form)
    assert fault(whole[: len(whole) // 2]) is Fault.BROKEN


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(100_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


HUGE = [(50_000, 50_000), (2**31 - 1, 2**31 - 1), (60_000_000, 1), (12_000, 12_000)]


@pytest.mark.parametrize("size", HUGE)
def test_a_few_bytes_that_would_fill_the_memory_are_refused_unread(size: tuple[int, int]) -> None:
    assert fault(bomb(*size)) is Fault.TOO_MANY_PIXELS


def test_a_comment_that_unpacks_to_gigabytes_is_refused() -> None:
    whole = photo((64, 64), "PNG")
    data = b"Comment\x00\x00" + zlib.compress(bytes(70_000_000), 9)
    text = struct.pack(">I", len(data)) + b"zTXt" + data + struct.pack(">I", zlib.crc32(b"zTXt" + data))
    assert fault(whole[:33] + text + whole[33:]) is Fault.BROKEN


def test_one_point_and_what_is_too_heavy_are_no_photos() -> None:
    assert fault(photo((1, 1), "PNG")) is Fault.NOT_A_PICTURE
    assert fault(photo() + bytes(MOST_BYTES)) is Fault.TOO_LARGE


def test_the_same_file_gives_the_same_picture() -> None:
    sent = photo()
    assert picture(sent) == picture(sent)
    assert picture(sent).source_sha256 != picture(photo((401, 300))).source_sha256
