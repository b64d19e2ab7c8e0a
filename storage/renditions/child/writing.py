"""Writing one rendition."""

import os

import shrinking

_QUALITY = 82
LARGE = {"quality": 85, "subsampling": "4:4:4"}
"""For what is looked at closely: red type keeps its edges."""


def written(picture, name, folder, **options):
    """Encode the picture into the folder: JPEG, or WebP where it can be seen through. Returns its row of the answer."""
    see_through = shrinking.see_through(picture)
    ending = ".webp" if see_through else ".jpg"
    with open(os.path.join(folder, f"{name}{ending}"), "xb") as file:
        encode(picture, file, see_through, **options)
    return {"name": name, "media_type": media_type(see_through), "width": picture.width, "height": picture.height}


def media_type(see_through):
    """JPEG takes half the processor time of WebP, and has no alpha."""
    return "image/webp" if see_through else "image/jpeg"


def encode(picture, file, see_through, *, quality=_QUALITY, subsampling="4:2:0"):
    """As the media type says."""
    if see_through:
        picture.save(file, "WEBP", quality=quality, method=2)
    else:
        picture.save(file, "JPEG", quality=quality, subsampling=subsampling)
