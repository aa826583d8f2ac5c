"""What a bidder reads when the database refused a filing.

None of these says whether anybody else bids: each is about the tender, or the bidder's own slot.
"""

from bidding.rules.confirmation import Overtaken
from bidding.rules.deadline import NotOpenForBids, SubmissionClosed
from bidding.rules.members import MembersNotFree
from procurement.constraint_refusals import Register
from procurement.refusals import AlreadyDone, Conflict
from procurement.texts import Text

_ANOTHER = Text(
    "Another request of yours was faster; read your bids again", "您的另一请求已先完成，请重新读取"
)

BIDDING: Register = {
    "bid_is_filed_in_time": SubmissionClosed,
    "withdrawal_is_in_time": SubmissionClosed,
    "tender_takes_bids": NotOpenForBids,
    "bid_is_for_the_notice_in_force": Overtaken,
    "member_has_one_live_bid_in_a_lot": MembersNotFree,
    "mandate_stands_once": AlreadyDone,
    "bidder_has_one_live_bid_in_a_lot": lambda: Conflict(_ANOTHER),
    "bidder_prepares_one_bid_at_a_time": lambda: Conflict(_ANOTHER),
    "envelope_is_uploaded_once": lambda: Conflict(_ANOTHER),
}
