"""A bid is for one notice: whoever changes what is asked for asks every bidder again.

What was sealed stays sealed. The bid names the newer notice over the same envelopes, and is signed
again; only another response form or other keys need another sealing (protocol, message 5).
"""

from procurement.refusals import Refusal
from procurement.texts import Text
from tenders.notice import Notice


class Overtaken(Refusal):
    code, status = "bid-overtaken", 409
    title = Text(
        "Since this bid was prepared your other bid, or the notice, has changed: prepare it again",
        "自准备本投标以来，您的另一投标或招标公告已有变化，请重新准备",
    )


class SealAgain(Refusal):
    code, status = "seal-again", 409
    title = Text(
        "The response form or the keys have changed since this envelope was sealed: seal it again",
        "自本信封封装以来，响应表单或密钥已有变化，请重新封装",
    )


def still_fits(sealed_for: Notice, notice: Notice) -> bool:
    """Tell whether what was sealed under one notice may be bid under a later one."""
    before, after = ((one.tender, one.keyset, one.response_form) for one in (sealed_for, notice))
    return before == after
