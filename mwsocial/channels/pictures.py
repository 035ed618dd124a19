"""From the bytes of a file to the image that a network takes: as they are, or a smaller copy.

Pure: the same bytes and limits always give the same image (with the same version of Pillow). The bytes
may be anybody's, so nothing is believed that they say of themselves before it has been checked: the
kind, the size in pixels (before anything is decoded), and that they can be decoded whole.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from PIL import Image as Pillow
from PIL import ImageOps, UnidentifiedImageError

from mwsocial.channels.base import Image, Limits
from mwsocial.channels.originals import MOST_BYTES, most_pixels
from mwsocial.reason import Reason

JPEG, PNG, WEBP = 'image/jpeg', 'image/png', 'image/webp'
#: Media type -> what Pillow calls it.
_FORMATS = {'image/gif': 'GIF', JPEG: 'JPEG', PNG: 'PNG', WEBP: 'WEBP'}
_ENDINGS = {JPEG: 'jpg', PNG: 'png', WEBP: 'webp'}
#: Qualities that are tried before the copy is made smaller still.
_QUALITIES = (90, 78)
_STEP = 0.85
#: A copy is never larger: nothing on a screen is, and larger ones take much memory and time.
_COPY_SIDE = 2880
#: A copy with a shorter longest side would show nothing any more.
_SMALLEST = 200
#: Where a PNG says how many bits a sample has (PNG specification, "IHDR Image header").
_DEPTH = 24
_NOT_PLAIN = re.compile(r'[^A-Za-z0-9._-]+')


def fit(title: str, data: bytes, media_type: str, alt: str, limits: Limits) -> Image | Reason:
    """The image to send of the file *title*, or why there is none.

    *media_type* is what the wiki says that *data* is. It is sent as it is where the network takes that;
    otherwise as a copy: turned upright, scaled down, with its colour profile, without other metadata.
    What can be seen through stands on white in any case, as in the preview: a file can show other words
    on a dark ground than on a light one, and each reader of a network has another ground.
    """
    if len(data) > MOST_BYTES or media_type not in _FORMATS:
        return Reason('images-not-taken', (title,))
    try:
        with Pillow.open(BytesIO(data), formats=[_FORMATS[media_type]]) as picture:
            return _fit(picture, title, data, media_type, alt, limits)
    except (UnidentifiedImageError, Pillow.DecompressionBombError):
        return Reason('images-not-what-it-says', (title, media_type))
    except MemoryError:
        return Reason('images-not-taken', (title,))
    except Exception:
        # Whatever Pillow's decoders raise over broken bytes: OSError, SyntaxError, struct.error …
        return Reason('images-broken', (title,))


def _fit(
    picture: Any, title: str, data: bytes, media_type: str, alt: str, limits: Limits
) -> Image | Reason:
    width, height = picture.size
    if not width or not height or width * height > most_pixels(media_type):
        return Reason('images-not-taken', (title,))
    # A JPEG with a second picture in it (Multi-Picture Format) is no animation.
    if picture.format != 'MPO' and getattr(picture, 'is_animated', False):
        return Reason('images-moving', (title,))
    if (
        media_type == PNG
        and data[_DEPTH : _DEPTH + 1] == b'\x10'
        and 'transparency' in picture.info
    ):
        # Which of 65,536 shades cannot be seen, Pillow does not tell, and browsers do.
        return Reason('images-not-taken', (title,))
    if (
        media_type in limits.media_types
        and len(data) <= limits.image_bytes
        and max(width, height) <= limits.image_side
    ):
        picture.load()
        if not _seen_through(picture):
            return Image(_name(title, ''), media_type, data, alt)
    copy = _upright(picture, min(limits.image_side, _COPY_SIDE))
    # A copy of a photograph without loss would be larger than the photograph.
    kinds = [kind for kind in (PNG, WEBP, JPEG) if kind in limits.media_types]
    if media_type == JPEG and JPEG in kinds:
        kinds = [JPEG]
    image = _copy(copy, kinds, limits.image_bytes)
    if image:
        return Image(_name(title, _ENDINGS[image[0]]), *image, alt)
    return Reason('images-no-copy', (title,))


def _seen_through(picture: Any) -> bool:
    """Whether any of its pixels is not wholly opaque."""
    if not picture.has_transparency_data:
        return False
    whole = picture if 'A' in picture.getbands() else picture.convert('RGBA')
    return bool(whole.getchannel('A').getextrema()[0] < 255)


def _upright(picture: Any, side: int) -> Any:
    """The picture as eyes see it, in a mode that can be saved, no side longer than *side*."""
    profile = picture.info.get('icc_profile')
    mode = picture.mode
    if mode == 'I' or mode.startswith('I;16'):
        # Sixteen bits of grey: the upper eight are what a screen shows.
        picture = picture.convert('I').point(lambda value: value / 256).convert('L')
    elif mode in ('P', 'PA', 'LA') or 'transparency' in picture.info:
        picture = picture.convert('RGBA')
    elif mode == '1':
        picture = picture.convert('L')
    elif mode not in ('L', 'RGB', 'RGBA'):
        profile = None
        picture.draft('RGB', (side, side))
        picture = picture.convert('RGB')
    # For a JPEG this decodes a smaller one in the first place.
    picture.thumbnail((side, side), Pillow.Resampling.LANCZOS, reducing_gap=3.0)
    picture = ImageOps.exif_transpose(picture)
    if picture.mode == 'RGBA':
        ground = Pillow.new('RGB', picture.size, 'white')
        ground.paste(picture, mask=picture.getchannel('A'))
        picture = ground
    if profile and (picture.mode == 'L') != (profile[16:20] == b'GRAY'):
        profile = None
    picture.info = {'icc_profile': profile} if profile else {}
    return picture


def _copy(picture: Any, kinds: Sequence[str], most: int) -> tuple[str, bytes] | None:
    """Media type and bytes of the best copy that has at most so many bytes: one without loss, else one
    with some, else a smaller one. None where none is left to be seen.
    """
    lossy = next((kind for kind in (JPEG, WEBP) if kind in kinds), '')
    side = max(picture.size)
    while True:
        size = 0
        for kind, quality in [(PNG, 0)] * (PNG in kinds) + [
            (lossy, q) for q in _QUALITIES if lossy
        ]:
            body = _saved(picture, kind, quality)
            if len(body) <= most:
                return kind, body
            size = len(body)
        if not size or side <= _SMALLEST:
            return None
        # As many bytes a pixel, and a little on top.
        side = max(_SMALLEST, int(side * min(_STEP, 0.95 * math.sqrt(most / size))))
        info = picture.info
        picture.thumbnail((side, side), Pillow.Resampling.LANCZOS)
        picture.info = info


def _saved(picture: Any, kind: str, quality: int) -> bytes:
    body = BytesIO()
    profile = picture.info.get('icc_profile')
    options = {PNG: {'compress_level': 6}, WEBP: {'quality': quality, 'method': 1}}.get(
        kind, {'quality': quality}
    )
    picture.save(body, _FORMATS[kind], icc_profile=profile, exif=b'', **options)
    return body.getvalue()


def _name(title: str, ending: str) -> str:
    """A file's name that any network takes: plain letters only."""
    stem, _, own = title.partition(':')[2].rpartition('.')
    stem = _NOT_PLAIN.sub('_', stem).strip('._-')[:80] or 'image'
    return f'{stem}.{ending or own.lower()}'
