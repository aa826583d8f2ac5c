"""Signed files of which nobody can say what they show."""

import io
from collections.abc import Callable

import pikepdf

from tests.signatures.documents import Practice, increment, plain_pdf
from tests.signatures.stamping import saved

Change = Callable[[pikepdf.Pdf], None]


def changed(change: Change) -> bytes:
    """Change a plain document before anybody signs it."""
    with pikepdf.open(io.BytesIO(plain_pdf())) as pdf:
        change(pdf)
        return saved(pdf)


def _stream_elsewhere(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.Contents["/F"] = pikepdf.String("page.txt")


def drawing(pdf: pikepdf.Pdf, **entries: object) -> None:
    """Draw something on the first page that says more of itself."""
    made = pdf.make_stream(b"0 g 0 0 9 9 re f", Subtype=pikepdf.Name.Form, BBox=[0, 0, 9, 9])
    for name, value in entries.items():
        made[f"/{name}"] = value
    pdf.pages[0].obj.Resources["/XObject"] = pikepdf.Dictionary(X=made)


def page_elsewhere(pdf: pikepdf.Pdf) -> None:
    drawing(pdf, Ref=pikepdf.Dictionary(F=pikepdf.String("other.pdf"), Page=0))


def picture_elsewhere(pdf: pikepdf.Pdf) -> None:
    drawing(pdf, OPI=pikepdf.Dictionary())


def outside_stream(practice: Practice) -> bytes:
    return practice.sign_anything(changed(_stream_elsewhere))


def outside_page(practice: Practice) -> bytes:
    return practice.sign_anything(changed(page_elsewhere))


def outside_picture(practice: Practice) -> bytes:
    return practice.sign_anything(changed(picture_elsewhere))


def two_contents(practice: Practice) -> bytes:
    """pyHanko takes the first, qpdf and pdfium the last."""
    return practice.sign_anything(twice(plain_pdf(), b"/Contents %d 0 R", 0))


def twice(pdf: bytes, entry: bytes, page: int) -> bytes:
    """Let the second page name its content once more: that of a page, counted from 0.

    pyHanko writes the first page anew when it signs, and so takes one of two meanings.
    """
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        held, other = opened.pages[1].obj, opened.pages[page].obj.Contents.objgen[0]
        number, body = held.objgen[0], held.unparse(resolved=True)
    named = entry % other if b"%" in entry else entry
    return increment(pdf, {number: body[:-2] + named + b" >>"})


def form_of_xfa(needed: bool) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        parts = pikepdf.Array([pikepdf.String("template"), pdf.make_stream(b"<template/>")])
        form = pikepdf.Dictionary(Fields=pikepdf.Array(), XFA=parts)
        pdf.Root["/AcroForm"] = pdf.make_indirect(form)
        if needed:
            pdf.Root["/NeedsRendering"] = True

    return change


def replacing_form(practice: Practice) -> bytes:
    return practice.sign_anything(changed(form_of_xfa(needed=True)))
