"""Who is written to when bids are judged and lots awarded, and in which words."""

from collections.abc import Mapping

from procurement.letter import Audience, Letter, about_a_tender
from procurement.texts import Text

LETTERS: dict[str, tuple[Letter, ...]] = {
    "admissibility.judged": (
        about_a_tender(
            "confirm-judgement",
            (Audience.DECIDERS,),
            Text("“{title}”: a judgement waits for you", "“{title}”：有一项判断待您确认"),
            Text(
                "Whether a bid counts was judged. Confirm it, or decline it and say why.",
                "已就某投标是否有效作出判断。请确认，或否决并说明理由。",
            ),
        ),
    ),
    "admissibility.declined": (
        about_a_tender(
            "judge-again",
            (Audience.PROPOSERS,),
            Text("“{title}”: a judgement was declined", "“{title}”：一项判断被否决"),
            Text(
                "The decider declined a judgement; judge the bid again.",
                "定标决定人否决了一项判断，请重新判断。",
            ),
        ),
    ),
    "award.proposed": (
        about_a_tender(
            "decide-award",
            (Audience.DECIDERS,),
            Text("“{title}”: a proposal waits for you", "“{title}”：有一项定标提议待您决定"),
            Text(
                "Who gets lot {lot} was proposed. Confirm it, or decline it and say why.",
                "已就标段 {lot} 提出定标提议。请确认，或否决并说明理由。",
            ),
        ),
    ),
    "award.decided confirmed": (
        about_a_tender(
            "decided",
            (Audience.OFFICERS, Audience.PROPOSERS, Audience.FOLLOWERS),
            Text("“{title}”: lot {lot} was decided", "“{title}”：标段 {lot} 已有决定"),
            Text(
                "What was decided about lot {lot}, and why, stands on the result’s page.",
                "关于标段 {lot} 的决定及理由见结果页面。",
            ),
        ),
    ),
    "award.decided declined": (
        about_a_tender(
            "propose-again",
            (Audience.PROPOSERS,),
            Text("“{title}”: your proposal was declined", "“{title}”：定标提议被否决"),
            Text(
                "The decider declined the proposal for lot {lot}; propose again.",
                "定标决定人否决了标段 {lot} 的提议，请重新提议。",
            ),
        ),
    ),
}


def letters_for(verb: str, announced: Mapping[str, object]) -> tuple[Letter, ...]:
    """Give the letters that something asks for; none where nobody is written to."""
    return LETTERS.get(f"{verb} {announced.get('decision')}", ()) or LETTERS.get(verb, ())
