"""Reading a paper as a person does: its words, without the places where they wrap."""

import pypdfium2


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
