"""Letters to those who hold keys, while a panel comes together, rehearses, and is replaced.

Nothing here tells of a bid: who holds a key, and until when, is no secret of anybody's.
"""

from procurement.letter import Audience, Letter, about_a_tender
from procurement.texts import Text

INSTEAD = "instead"  # the panel or keyset is one that an amendment brings

OF_THE_PANEL: dict[str, tuple[Letter, ...]] = {
    "panel.appointed": (
        about_a_tender(
            "make-keys",
            (Audience.HOLDERS,),
            Text("Make your keys for “{title}”", "请为“{title}”生成密钥"),
            Text(
                "You were appointed to the panel that opens the bids. Declare your interests, then "
                "make your keys and hand in the public halves: “daylight panel”.",
                "您已被指定为开标小组成员。请申报利益关系，再生成密钥并提交公钥：daylight panel。",
            ),
        ),
    ),
    "keyset.drawn-up": (
        about_a_tender(
            "answer-rehearsal",
            (Audience.HOLDERS,),
            Text("Answer the rehearsal of “{title}”", "请应答“{title}”的演练"),
            Text(
                "All keys are in. Show that you can use yours: answer the challenge. Without every "
                "answer the tender cannot be published.",
                "公钥已齐。请应答演练，证明您能使用自己的密钥。演练未全部应答前不能发布。",
            ),
        ),
    ),
    f"panel.appointed {INSTEAD}": (
        about_a_tender(
            "called",
            (Audience.CALLED,),
            Text("Make your keys for “{title}”", "请为“{title}”生成密钥"),
            Text(
                "An amendment calls you to the panel that opens the bids. Declare your interests, "
                "then make your keys and hand in the public halves: “daylight panel”. You open "
                "once the amended notice is published, and not before.",
                "一份拟议的修改公告将您列入开标小组。请申报利益关系，再生成密钥并提交公钥："
                "daylight panel。修改公告发布后您方可参与开标。",
            ),
        ),
        about_a_tender(
            "leaving",
            (Audience.LEAVING,),
            Text("“{title}”: another is to hold your key", "“{title}”：拟由他人接替您保管密钥"),
            Text(
                "An amendment is being prepared that puts another in your place. Until its notice "
                "is published your key is the one that opens: keep it, its passphrase and its "
                "paper copy. You will get a letter when it is not needed any more. If the "
                "amendment is given up, you stay.",
                "正在准备的修改公告拟由他人接替您。在该公告发布之前，仍须以您的密钥开标："
                "请妥善保管密钥、口令和纸质备份。不再需要时会另行通知。若放弃修改，您继续任职。",
            ),
        ),
    ),
    f"keyset.drawn-up {INSTEAD}": (
        about_a_tender(
            "rehearse-instead",
            (Audience.PROPOSED,),
            Text("Answer the rehearsal of “{title}”", "请应答“{title}”的演练"),
            Text(
                "The keys of the panel that an amendment brings are in. Show that you can use "
                "yours: answer the challenge, also if you have answered that of the panel before. "
                "Without every answer the amendment cannot be published.",
                "修改公告所设开标小组的公钥已齐。请应答演练，证明您能使用自己的密钥；"
                "曾为原小组应答者亦须再次应答。演练未全部应答前，修改公告不能发布。",
            ),
        ),
    ),
    "panel.asked-again": (
        about_a_tender(
            "rehearse-again",
            (Audience.HOLDERS,),
            Text("Rehearse once more for “{title}”", "请为“{title}”再次演练"),
            Text(
                "The deadline is near. Show that you still have your key and its passphrase: "
                "answer another challenge with “daylight panel rehearse”. If you cannot, tell the "
                "agency at once, while another can still take your place.",
                "截止时间临近。请用 daylight panel rehearse 应答新的演练，证明您仍持有密钥和口令。"
                "如不能应答，请立即告知采购人，以便及时另行指定。",
            ),
        ),
    ),
    "panel.replaced": (
        about_a_tender(
            "replaced",
            (Audience.REPLACED,),
            Text("“{title}”: your key is not needed any more", "“{title}”：不再需要您的密钥"),
            Text(
                "The amended notice is published, and another panel opens the bids. Nothing needs "
                "your key any more: what is opened is sealed for the new keys. You may destroy "
                "it with its paper copy. Should you be called again, you make another.",
                "修改公告已发布，由新的开标小组开标。您的密钥不再使用：开标内容均以新密钥密封。"
                "您可以销毁该密钥及其纸质备份。如再次被指定，请另行生成。",
            ),
        ),
        about_a_tender(
            "seated",
            (Audience.HOLDERS,),
            Text("“{title}”: you open the bids", "“{title}”：由您参与开标"),
            Text(
                "The amended notice is published, and with it the panel that you belong to. Keep "
                "the key that you rehearsed with, its passphrase and its paper copy.",
                "修改公告已发布，您所在的开标小组同时生效。请妥善保管演练所用的密钥、口令和纸质备份。",
            ),
        ),
    ),
    "panel.dropped": (
        about_a_tender(
            "not-called",
            (Audience.CALLED,),
            Text("“{title}”: you need no key", "“{title}”：您无需保管密钥"),
            Text(
                "The amendment that called you to the panel was given up. A key that you made for "
                "it opens nothing; you may destroy it.",
                "将您列入开标小组的修改公告已放弃。您为此生成的密钥不能开启任何内容，可以销毁。",
            ),
        ),
        about_a_tender(
            "staying",
            (Audience.LEAVING,),
            Text("“{title}”: you keep your key", "“{title}”：请继续保管密钥"),
            Text(
                "The amendment that would have put another in your place was given up. Your key "
                "stays the one that opens: keep it, its passphrase and its paper copy.",
                "拟由他人接替您的修改公告已放弃。仍须以您的密钥开标：请继续妥善保管密钥、口令和纸质备份。",
            ),
        ),
    ),
}

# By the clock, when half the time to answer is over: to the agency, and to those who have not.
NOT_REPEATED = about_a_tender(
    "not-rehearsed-again",
    (Audience.OFFICERS,),
    Text("“{title}”: not everybody has rehearsed again", "“{title}”：有人尚未再次演练"),
    Text(
        "The panel was asked to rehearse once more before the deadline. These have not answered: "
        "{holders}. Ask them now. Where fewer are left than must be present, and one to spare, "
        "appoint another panel by an amendment, which moves the deadline.",
        "已要求开标小组在截止前再次演练。尚未应答：{holders}。请立即联系。"
        "若可到场人数不足法定人数加一名，请通过修改公告另行指定开标小组，截止时间随之顺延。",
    ),
)
STILL_TO_REPEAT = about_a_tender(
    "rehearse-now",
    (),
    Text("Rehearse once more for “{title}”", "请为“{title}”再次演练"),
    Text(
        "You have not answered the rehearsal that is repeated before the deadline, and the agency "
        "was told so. Answer it with “daylight panel rehearse”, or say at once that you cannot.",
        "您尚未应答截止前的再次演练，采购人已获告知。"
        "请用 daylight panel rehearse 应答；如不能应答，请立即说明。",
    ),
)

# To those whom the panel was appointed without, who had a seat in what it is in the place of.
LEFT_OUT = about_a_tender(
    "left-out",
    (),
    Text("“{title}”: you need no key", "“{title}”：您无需保管密钥"),
    Text(
        "The panel was appointed anew, without you, before its notice was published. A key that "
        "you made for it opens nothing; you may destroy it with its paper copy.",
        "在公告发布之前，开标小组已重新指定，您不再列入其中。"
        "您为此生成的密钥不能开启任何内容，可连同纸质备份一并销毁。",
    ),
)
