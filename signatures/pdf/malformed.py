"""What a lenient parser raises when an object is not of the type that its place asks for."""

import struct
import zlib

import pikepdf

MALFORMED = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    ArithmeticError,  # a number of any length, or one like 1.2.3
    NotImplementedError,  # for a filter that it does not know
    zlib.error,
    struct.error,
    pikepdf.QpdfRuntimeError,  # for what qpdf did not expect
)
