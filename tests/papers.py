"""Reading a paper as a person does: its words, without the places where they wrap."""

from itertools import pairwise

import pypdfium2

OVERHANG = 1.0  # points by which a letter may reach into the next, as that of ď does


def words(pdf: bytes) -> str:
    """Give the words of a PDF on one line."""
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]
    return " ".join(" ".join(pages).replace("\u200b", "").split())


def solid(pdf: bytes) -> str:
    """Give the words of a PDF without any space, for digests and long names that wrap."""
    return words(pdf).replace(" ", "")


def right_edge(pdf: bytes) -> float:
    """Say how far to the right the words of a PDF go at most, in points."""
    edges = []
    for page in pypdfium2.PdfDocument(pdf):
        text = page.get_textpage()
        edges += [text.get_charbox(i)[2] for i in range(text.count_chars())]
    return max(edges)


def run_together(pdf: bytes) -> list[str]:
    """Name the letters of a PDF that reach into the next one."""
    found = []
    for page in pypdfium2.PdfDocument(pdf):
        text = page.get_textpage()
        boxes = [text.get_charbox(i) for i in range(text.count_chars())]
        for i, (one, following) in enumerate(pairwise(boxes)):
            on_one_line = following[1] < one[3] and one[1] < following[3]
            if on_one_line and one[0] < following[0] < one[2] - OVERHANG:
                found.append(text.get_text_range(i, 2))
    return found
