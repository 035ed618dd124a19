"""Images as networks take them: sent as they are, or as a smaller copy, or refused."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow
from PIL import ImageChops, ImageCms, ImageDraw

from mwsocial.channels.base import Image, Limits
from mwsocial.channels.originals import MOST_BYTES
from mwsocial.channels.pictures import fit
from mwsocial.reason import Reason

LIMITS = Limits(300, image_bytes=200_000, image_side=600)
ONLY_JPEG = Limits(300, image_bytes=200_000, image_side=600, media_types=('image/jpeg',))
KINDS = {'PNG': 'image/png', 'JPEG': 'image/jpeg', 'GIF': 'image/gif', 'WEBP': 'image/webp'}


def picture(mode: str = 'RGB', size: tuple[int, int] = (300, 200)) -> Any:
    """Something with colours, and with a hole where *mode* has transparency."""
    found = Pillow.radial_gradient('L').resize(size).convert('RGB')
    ImageDraw.Draw(found).rectangle((0, 0, size[0] // 2, size[1] // 2), 'red')
    if mode in ('RGBA', 'LA', 'P'):
        found.putalpha(Pillow.linear_gradient('L').resize(size))
    if mode == 'P':
        return found.quantize(64)
    return found.convert(mode) if found.mode != mode else found


def noise(size: tuple[int, int], mode: str = 'RGB', seed: int = 7) -> Any:
    """What cannot be packed: the same at every run."""
    band = bytearray()
    state = seed
    for _ in range(size[0] * size[1] * len(mode) // 4 + 1):
        state = (state * 1103515245 + 12345) % 2**31
        band += struct.pack('<I', state * 2 + 1)
    return Pillow.frombytes(mode, size, bytes(band[: size[0] * size[1] * len(mode)]))


def saved(what: Any, form: str, **options: Any) -> bytes:
    body = BytesIO()
    what.save(body, form, **options)
    return body.getvalue()


def image(data: bytes, form: str, limits: Limits = LIMITS, title: str = '') -> Image:
    found = fit(title or f'File:A.{form.lower()}', data, KINDS[form], 'alt', limits)
    assert isinstance(found, Image), found
    return found


def refusal(data: bytes, form: str = 'PNG', limits: Limits = LIMITS) -> str:
    found = fit('File:A.x', data, KINDS[form], 'alt', limits)
    assert isinstance(found, Reason), found
    assert 'File:A.x' in found.text()
    return found.key.removeprefix('images-')


def opened(found: Image) -> Any:
    copy = Pillow.open(BytesIO(found.data))
    copy.load()
    assert KINDS[copy.format] == found.media_type
    return copy


# As they are


@pytest.mark.parametrize('form', KINDS)
def test_what_fits_is_sent_byte_for_byte(form: str) -> None:
    data = saved(picture(), form)
    found = image(data, form)
    assert (found.data, found.media_type, found.alt) == (data, KINDS[form], 'alt')


def test_what_fits_keeps_its_metadata() -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 6
    data = saved(picture(), 'JPEG', exif=exif)
    assert image(data, 'JPEG').data == data


@pytest.mark.parametrize('form', ['GIF', 'WEBP', 'PNG'])
@pytest.mark.parametrize('width', [20, 700])
def test_animations_are_refused(form: str, width: int) -> None:
    frames = [picture(size=(width, 20)), noise((width, 20))]
    data = saved(frames[0], form, save_all=True, append_images=frames[1:])
    assert refusal(data, form) == 'moving'


# Copies


def test_a_large_one_is_scaled_down_and_keeps_its_shape() -> None:
    copy = opened(image(saved(picture(size=(1800, 900)), 'PNG'), 'PNG'))
    assert (copy.size, copy.format, copy.mode) == ((600, 300), 'PNG', 'RGB')


def test_a_photograph_stays_one() -> None:
    found = image(saved(noise((900, 900)), 'JPEG', quality=95), 'JPEG')
    assert found.media_type == 'image/jpeg'
    assert len(found.data) <= LIMITS.image_bytes
    assert max(opened(found).size) <= 600


def test_a_photograph_with_a_second_picture_in_it_is_no_animation() -> None:
    small = saved(picture(), 'MPO', save_all=True, append_images=[picture()])
    assert image(small, 'JPEG').data == small
    large = picture(size=(900, 600))
    copy = opened(image(saved(large, 'MPO', save_all=True, append_images=[large]), 'JPEG'))
    assert (copy.format, copy.size) == ('JPEG', (600, 400))


def test_bytes_are_saved_before_pixels() -> None:
    """A picture that cannot be packed without loss is packed with loss first."""
    found = image(saved(noise((500, 400)), 'PNG'), 'PNG')
    assert (found.media_type, found.name, opened(found).size) == ('image/jpeg', 'A.jpg', (500, 400))


@pytest.mark.parametrize('limits', [LIMITS, ONLY_JPEG])
@pytest.mark.parametrize('size', [(300, 200), (900, 600)])
@pytest.mark.parametrize('mode', ['RGBA', 'LA', 'P'])
def test_what_can_be_seen_through_stands_on_white(
    mode: str, size: tuple[int, int], limits: Limits
) -> None:
    copy = opened(image(saved(picture(mode, size), 'PNG'), 'PNG', limits))
    assert copy.mode == 'RGB'
    assert min(copy.getpixel((copy.width - 10, 2))) > 240
    assert min(copy.getpixel((copy.width // 2, copy.height * 3 // 4))) < 230


def test_one_of_very_many_shades_that_cannot_be_seen() -> None:
    """Pillow takes it for opaque, browsers see through it: what goes out would not be what was approved."""
    deep = Pillow.new('I;16', (40, 30), 30000)
    assert refusal(saved(deep, 'PNG', transparency=30000)) == 'not-taken'
    assert image(saved(deep, 'PNG'), 'PNG').data == saved(deep, 'PNG')


def test_no_words_for_dark_grounds_only() -> None:
    """A file that says one thing on white and another on black says what the preview says."""
    light, dark = (Pillow.new('L', (200, 60), value) for value in (255, 0))
    ImageDraw.Draw(light).text((5, 5), 'MediaWiki 1.47', fill=130)
    ImageDraw.Draw(dark).text((5, 35), 'Buy my coin', fill=125)
    file = Pillow.new('RGBA', light.size)
    for x in range(file.width):
        for y in range(file.height):
            on_white, on_black = light.getpixel((x, y)), dark.getpixel((x, y))
            seen = 255 - on_white + on_black
            shade = round(on_black * 255 / seen) if seen else 0
            file.putpixel((x, y), (shade, shade, shade, seen))
    copy = opened(image(saved(file, 'PNG'), 'PNG')).convert('L')
    difference = ImageChops.difference(copy, light)
    assert difference.getextrema()[1] < 5


def test_an_opaque_one_with_room_for_transparency_is_sent_as_it_is() -> None:
    data = saved(picture('RGB').convert('RGBA'), 'PNG')
    assert image(data, 'PNG').data == data


def test_a_colour_that_stands_for_transparency() -> None:
    data = saved(picture('RGB', (900, 600)), 'PNG', transparency=(255, 0, 0))
    copy = opened(image(data, 'PNG'))
    assert copy.getpixel((5, 5)) == (255, 255, 255)
    assert max(copy.getpixel((500, 390))) < 255


def test_what_is_not_taken_is_sent_as_something_that_is() -> None:
    for form in ('GIF', 'WEBP', 'PNG'):
        found = image(saved(picture(), form), form, ONLY_JPEG, title=f'File:Ä b/c.{form}')
        assert (found.media_type, opened(found).size) == ('image/jpeg', (300, 200))
        assert found.name == 'b_c.jpg'


def test_a_copy_is_upright_and_says_nothing_of_where() -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 6
    exif[0x010E] = 'at home'
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 0.0)
    data = saved(picture(size=(1200, 600)), 'JPEG', exif=exif, comment=b'at home')
    found = image(data, 'JPEG')
    copy = opened(found)
    assert copy.size == (300, 600)
    assert dict(copy.getexif()) == {}
    assert b'at home' not in found.data
    red, green, blue = copy.getpixel((290, 10))
    assert red > 200 > 90 > max(green, blue)  # the red corner has gone to the right


def test_a_copy_of_a_png_says_nothing_of_where_either() -> None:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text('Comment', 'at home')
    found = image(saved(picture(size=(900, 600)), 'PNG', pnginfo=info), 'PNG')
    assert b'at home' not in found.data


def test_a_copy_keeps_its_colour_profile() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile('sRGB')).tobytes()
    for form in ('PNG', 'JPEG', 'WEBP'):
        found = image(saved(picture(size=(900, 600)), form, icc_profile=profile), form)
        assert opened(found).info['icc_profile'] == profile


@pytest.mark.parametrize('mode', ['1', 'L', 'I;16', 'CMYK', 'RGB'])
def test_all_kinds_of_colours(mode: str) -> None:
    if mode == 'I;16':
        what = Pillow.new('I;16', (900, 600), 0xC000)
    else:
        what = picture(size=(900, 600)).convert(mode)
    form = 'JPEG' if mode == 'CMYK' else 'PNG'
    copy = opened(image(saved(what, form), form))
    assert copy.mode in ('L', 'RGB')
    if mode == 'I;16':
        assert copy.getpixel((9, 9)) == 0xC0


def test_the_same_bytes_give_the_same_copy() -> None:
    data = saved(noise((700, 650)), 'PNG')
    assert image(data, 'PNG') == image(data, 'PNG')


def test_a_line_stays_a_line() -> None:
    copy = opened(image(saved(picture(size=(9000, 2)), 'PNG'), 'PNG'))
    assert copy.size == (600, 1)


def test_what_cannot_be_made_small_enough() -> None:
    tiny = Limits(300, image_bytes=500, image_side=600)
    assert refusal(saved(noise((500, 400)), 'PNG'), limits=tiny) == 'no-copy'
    nothing = Limits(300, image_bytes=200_000, image_side=600, media_types=())
    assert refusal(saved(picture(), 'PNG'), limits=nothing) == 'no-copy'


def test_a_network_that_takes_larger_sides_than_a_format_has() -> None:
    wide = Limits(300, image_bytes=20_000, image_side=30_000, media_types=('image/webp',))
    found = image(saved(noise((17_000, 4)), 'PNG'), 'PNG', wide)
    assert max(opened(found).size) <= 16_383
    assert found.media_type == 'image/webp'


# Hostile ones


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG that says that it is so large, with these chunks."""
    parts = [(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)), *chunks]
    parts += [(b'IEND', b'')]
    return b'\x89PNG\r\n\x1a\n' + b''.join(
        struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body))
        for kind, body in parts
    )


ZEROS = zlib.compress(bytes(10_000_000), 9)


@pytest.mark.parametrize(
    ('data', 'form', 'key'),
    [
        (png(4001, 4000, (b'IDAT', ZEROS)), 'PNG', 'not-taken'),
        (png(50_000, 50_000, (b'IDAT', ZEROS)), 'PNG', 'not-what-it-says'),
        (png(2**31 - 1, 2**31 - 1, (b'IDAT', ZEROS)), 'PNG', 'not-what-it-says'),
        (png(100, 0, (b'IDAT', ZEROS)), 'PNG', 'not-what-it-says'),
        (png(100, 100), 'PNG', 'broken'),
        (png(100, 100, (b'IDAT', b'nonsense')), 'PNG', 'broken'),
        (png(10, 10, (b'zTXt', b'a\0\0' + zlib.compress(bytes(200_000_000)))), 'PNG', 'broken'),
        (png(10, 10, (b'iCCP', b'a\0\0' + ZEROS), (b'IDAT', ZEROS)), 'PNG', 'broken'),
        (b'GIF89a' + struct.pack('<HH', 65535, 65535) + bytes(20), 'GIF', 'not-what-it-says'),
        (b'GIF89a' + struct.pack('<HH', 4000, 4000) + b'\0\0\0,' + bytes(20), 'GIF', 'broken'),
        (b'', 'PNG', 'not-what-it-says'),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', 'PNG', 'not-what-it-says'),
        (b'<html><script>alert(1)</script>', 'GIF', 'not-what-it-says'),
        (b'\xff\xd8\xff\xe0', 'JPEG', 'not-what-it-says'),
        (b'\xff\xd8\xff' + bytes(100), 'JPEG', 'not-what-it-says'),
        (b'RIFF\xff\xff\xff\xffWEBPVP8 ', 'WEBP', 'broken'),
        (bytes(MOST_BYTES + 1), 'PNG', 'not-taken'),
    ],
    ids=lambda value: value if isinstance(value, str) else f'{len(value)}-{value[:6]!r}',
)
def test_hostile_bytes(data: bytes, form: str, key: str) -> None:
    assert refusal(data, form) == key


@pytest.mark.parametrize('form', KINDS)
@pytest.mark.parametrize('other', KINDS)
def test_what_is_not_what_the_wiki_says(form: str, other: str) -> None:
    data = saved(picture(), form)
    if form != other:
        assert refusal(data, other) == 'not-what-it-says'
        # Nor with the other one behind it.
        assert refusal(data + saved(picture(), other), other) == 'not-what-it-says'


@pytest.mark.parametrize('form', KINDS)
@pytest.mark.parametrize('size', [(300, 200), (900, 600)])
def test_a_truncated_one(form: str, size: tuple[int, int]) -> None:
    data = saved(noise(size), form)
    for end in (len(data) // 2, len(data) - 2000):
        assert refusal(data[:end], form) in ('broken', 'not-what-it-says')


def test_a_picture_that_is_something_else_besides_is_still_that_picture() -> None:
    """What follows a picture does not become one; a copy does not have it."""
    page = b'<script>alert(1)</script>PK\x03\x04'
    data = saved(picture(), 'PNG') + page
    assert image(data, 'PNG').data == data
    found = image(saved(picture(size=(900, 600)), 'PNG') + page, 'PNG')
    assert page not in found.data


@pytest.mark.parametrize('form', KINDS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damaged_ones_are_images_or_reasons(form: str, data: st.DataObject) -> None:
    """Any damage: what comes out fits and can be shown, or there is a sentence."""
    size = data.draw(st.sampled_from([(30, 20), (700, 20)]))
    whole = bytearray(saved(picture(size=size), form))
    for _ in range(data.draw(st.integers(0, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(whole[: data.draw(st.integers(1, len(whole)))])
    limits = data.draw(st.sampled_from([LIMITS, ONLY_JPEG]))
    found = fit('File:A.x', cut, KINDS[form], 'alt', limits)
    if isinstance(found, Reason):
        assert found.text()
    else:
        assert len(found.data) <= limits.image_bytes
        assert found.media_type in limits.media_types
        assert max(opened(found).size) <= limits.image_side


@settings(max_examples=60, deadline=None)
@given(
    size=st.tuples(st.integers(1, 900), st.integers(1, 900)),
    mode=st.sampled_from(['RGB', 'RGBA', 'L', 'P', '1']),
    side=st.integers(1, 1000),
    most=st.integers(1000, 300_000),
    kinds=st.sets(st.sampled_from(sorted(KINDS.values())), min_size=1),
)
def test_copies_fit(
    size: tuple[int, int], mode: str, side: int, most: int, kinds: set[str]
) -> None:
    limits = Limits(9, image_bytes=most, image_side=side, media_types=tuple(kinds))
    found = fit('File:A.png', saved(picture(mode, size), 'PNG'), 'image/png', '', limits)
    if isinstance(found, Image):
        assert len(found.data) <= most
        assert max(opened(found).size) <= side
        assert found.media_type in kinds
    else:
        assert found.key == 'images-no-copy'
