"""Bid forms of a given size, made of one picture or of many small objects, and signed."""

import io
import os
import random

import pikepdf

from tests.signatures.documents import Practice

LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")


def image(form: bytes, *, length: int) -> bytes:
    """Put a picture of random points of so many bytes into a form."""
    with pikepdf.open(io.BytesIO(form)) as pdf:
        picture = pdf.make_stream(os.urandom(length))
        picture.Type, picture.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        pdf.pages[0].add_resource(picture, pikepdf.Name.XObject)
        return _saved(pdf)


def objects(form: bytes, *, number: int, packed: bool = False) -> bytes:
    """Put so many objects of 600 bytes into a form, each referring to the one before."""
    chance = random.Random(1)
    with pikepdf.open(io.BytesIO(form)) as pdf:
        made: list[pikepdf.Object] = []
        for _ in range(number):
            one = pikepdf.Dictionary(
                Rect=[chance.randrange(600) for _ in range(4)],
                Text=pikepdf.String(chance.randbytes(240).hex()),
            )
            if made:
                one["/Prev"] = made[-1]
            made.append(pdf.make_indirect(one))
        pdf.Root["/Things"] = pdf.make_indirect(pikepdf.Array(made))
        return _saved(pdf, packed=packed)


def signed(practice: Practice, pdf: bytes, level: str) -> bytes:
    """Sign a form so that it reaches a level."""
    how: dict[str, object] = {}
    if level != "B-B":
        how["tsa"] = practice.tsa
    if level in ("B-LT", "B-LTA"):
        how |= {"evidence": practice.evidence(), "archive": level == "B-LTA"}
    return practice.sign(pdf, None, **how)


def _saved(pdf: pikepdf.Pdf, *, packed: bool = False) -> bytes:
    modes = pikepdf.ObjectStreamMode
    target = io.BytesIO()
    pdf.save(target, object_stream_mode=modes.generate if packed else modes.disable)
    return target.getvalue()
