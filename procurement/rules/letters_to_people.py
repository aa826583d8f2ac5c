"""The words of letters about people's own affairs."""

from dataclasses import dataclass

from procurement.texts import Text


@dataclass(frozen=True)
class Words:
    """A letter's kind, subject and body."""

    kind: str
    subject: Text
    body: Text


REGISTERED = Words(
    "registration",
    Text("Confirm your registration", "请确认您的登记"),
    Text(
        "Somebody, probably you, asked to register the supplier “{body}” at {site}.\n\n"
        "Confirm it within three days with this key and the password that was given then:\n\n"
        "{key}\n\n"
        "POST {site}/api/v1/registrations/confirmation\n\n"
        "If this was not you, do nothing: no account comes of it.",
        "有人（可能是您）在 {site} 申请登记供应商“{body}”。\n\n"
        "请在三日内用以下密钥及申请时填写的密码确认：\n\n"
        "{key}\n\n"
        "POST {site}/api/v1/registrations/confirmation\n\n"
        "如非您本人操作，请忽略此信，不会产生任何账户。",
    ),
)
REPEATED = Words(
    "registration-repeated",
    Text("You have an account already", "您已有账户"),
    Text(
        "Somebody, perhaps you, asked to register a supplier with this e-mail address at {site}. "
        "Nothing was changed: this address has an account. Sign in to it; if you have forgotten "
        "the password, ask for a new one. If this was not you, do nothing.",
        "有人（可能是您）在 {site} 以此邮箱申请登记供应商。由于该邮箱已有账户，未作任何更改。"
        "请直接登录；如忘记密码，可申请重设。如非您本人操作，请忽略此信。",
    ),
)
INVITED = Words(
    "invitation",
    Text("You are invited to act for {body}", "邀请您代表 {body}"),
    Text(
        "You are invited to act for {body} at {site}, as: {roles}.\n\n"
        "Accept within 14 days with this key; who has an account signs in first:\n\n"
        "{key}\n\n"
        "POST {site}/api/v1/invitations/acceptance\n\n"
        "If you do not know this organisation, do nothing.",
        "现邀请您在 {site} 代表 {body}，担任：{roles}。\n\n"
        "请在 14 日内用以下密钥接受邀请；已有账户者请先登录：\n\n"
        "{key}\n\n"
        "POST {site}/api/v1/invitations/acceptance\n\n"
        "如您不了解该单位，请忽略此信。",
    ),
)
FORGOTTEN = Words(
    "password-reset",
    Text("Set a new password", "设置新密码"),
    Text(
        "Somebody, probably you, asked for a new password at {site}.\n\n"
        "Set it within an hour with this key:\n\n"
        "{key}\n\n"
        "POST {site}/_allauth/app/v1/auth/password/reset\n\n"
        "Every sign-in ends then. If this was not you, do nothing: the password stays.",
        "有人（可能是您）在 {site} 申请重设密码。\n\n"
        "请在一小时内用以下密钥设置：\n\n"
        "{key}\n\n"
        "POST {site}/_allauth/app/v1/auth/password/reset\n\n"
        "设置后所有登录均失效。如非您本人操作，请忽略此信，密码不变。",
    ),
)
ADDRESS = Words(
    "address",
    Text("Confirm this e-mail address", "请确认此邮箱地址"),
    Text(
        "Confirm at {site} that this address is yours, with this key:\n\n"
        "{key}\n\n"
        "POST {site}/_allauth/app/v1/auth/email/verify\n\n"
        "If this was not you, do nothing.",
        "请在 {site} 用以下密钥确认此邮箱为您所有：\n\n"
        "{key}\n\n"
        "POST {site}/_allauth/app/v1/auth/email/verify\n\n"
        "如非您本人操作，请忽略此信。",
    ),
)
EXPIRES = Words(
    "certificate-expires",
    Text("A certificate expires in {days} days or less", "证书将在 {days} 天内到期"),
    Text(
        "The certificate {subject} can be signed with until {not_after} only. What is signed with "
        "it later does not count. Enrol the next one in time at {site}.",
        "证书 {subject} 仅可使用至 {not_after}，此后以其签署的文件无效。"
        "请及时在 {site} 登记新证书。",
    ),
)
MANDATE_ENDS = Words(
    "mandate-ends",
    Text("A mandate to sign ends in {days} days or less", "签署授权将在 {days} 天内到期"),
    Text(
        "By mandate {number}, {holder} signs for you until {valid_until} only. What is signed by "
        "it later does not count. If they are to go on, ask for the next mandate at {site} and "
        "sign it in time.",
        "授权书 {number}：{holder} 代表贵单位签署的授权至 {valid_until} 止，"
        "此后以其签署的文件无效。"
        "如需继续授权，请及时在 {site} 申请并签署新的授权书。",
    ),
)
