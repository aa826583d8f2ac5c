"""Who may do what: every role, its sentence, its permissions and the pairs that never meet.

This one page is the rule. ``docs/roles.md`` is written from it, and ``require`` reads it.
"""

from dataclasses import dataclass
from enum import StrEnum

from procurement.texts import Text


class Role(StrEnum):
    OFFICER = "officer"
    LEGAL_APPROVER = "legal-approver"
    FINANCE_APPROVER = "finance-approver"
    OPENER = "opener"
    AWARD_PROPOSER = "award-proposer"
    AWARD_DECIDER = "award-decider"
    SUPPLIER_ADMINISTRATOR = "supplier-administrator"
    SUPPLIER_SIGNER = "supplier-signer"
    SUPERVISOR = "supervisor"
    OPERATOR = "operator"
    # Machines
    TIMEKEEPER = "timekeeper"
    ESCROW_HOLDER = "escrow-holder"
    WITNESS = "witness"


class OrganisationKind(StrEnum):
    AGENCY = "agency"
    SUPPLIER = "supplier"
    SUPERVISOR = "supervisor"
    CUSTODIAN = "custodian"  # holds an escrow key, runs a witness; not the platform's operator
    OPERATOR = "operator"


class Permission(StrEnum):
    MANAGE_ACCOUNTS = "manage-accounts"
    MANAGE_PEOPLE = "manage-people"
    KEEP_CALENDARS = "keep-calendars"
    ENROL_CERTIFICATE = "enrol-certificate"
    KEEP_MANDATES = "keep-mandates"
    KEEP_PROFILE = "keep-profile"
    MAKE_DECLARATION = "make-declaration"
    KEEP_DEBARMENTS = "keep-debarments"
    CONFIRM_DEBARMENT = "confirm-debarment"
    KEEP_TRUST = "keep-trust"
    PLAN = "plan"
    DRAFT_TENDER = "draft-tender"
    SUBMIT_FOR_APPROVAL = "submit-for-approval"
    APPOINT_PANEL = "appoint-panel"
    PUBLISH_TENDER = "publish-tender"
    CANCEL_TENDER = "cancel-tender"
    APPROVE_LEGAL = "approve-legal"
    APPROVE_FINANCE = "approve-finance"
    DECLARE_INTERESTS = "declare-interests"
    HOLD_KEY = "hold-key"
    ASK = "ask"
    ANSWER_QUESTION = "answer-question"
    REPLY_TO_DEMAND = "reply-to-demand"
    ORDER = "order"
    READ_SUPERVISION = "read-supervision"
    READ_ATTEMPTS = "read-attempts"
    READ_ASKERS = "read-askers"
    READ_TIMELINE = "read-timeline"
    DOWNLOAD_BUNDLE = "download-bundle"
    PREPARE_BID = "prepare-bid"
    SUBMIT_BID = "submit-bid"
    WITHDRAW_BID = "withdraw-bid"
    REQUEST_OPENING = "request-opening"
    DISCLOSE = "disclose"
    RELEASE = "release"
    JUDGE_ADMISSIBILITY = "judge-admissibility"
    CONFIRM_ADMISSIBILITY = "confirm-admissibility"
    PROPOSE_AWARD = "propose-award"
    DECIDE_AWARD = "decide-award"


SENTENCES: dict[Role, Text] = {
    Role.OFFICER: Text(
        "An officer plans purchases, drafts tenders, appoints the panel, publishes and cancels.",
        "采购经办人编制计划、起草招标、指定开标小组，并发布或终止招标。",
    ),
    Role.LEGAL_APPROVER: Text(
        "A legal approver confirms that a draft keeps the law before it is published.",
        "法务审批人在发布前确认招标草案合法。",
    ),
    Role.FINANCE_APPROVER: Text(
        "A finance approver confirms that the money is there before a draft is published.",
        "财务审批人在发布前确认资金已落实。",
    ),
    Role.OPENER: Text(
        "An opener keeps one share of the keys and opens bids together with others.",
        "开标人保管一份密钥，与其他开标人共同开标。",
    ),
    Role.AWARD_PROPOSER: Text(
        "An award proposer judges what was opened and proposes the winner, with a reason.",
        "定标提议人审查已开启的投标，并说明理由提议中标人。",
    ),
    Role.AWARD_DECIDER: Text(
        "An award decider confirms or declines what the proposer put forward.",
        "定标决定人对提议予以确认或否决。",
    ),
    Role.SUPPLIER_ADMINISTRATOR: Text(
        "A supplier administrator invites colleagues, ends their roles, enrols certificates and "
        "prepares bids.",
        "供应商管理员邀请同事、终止其角色、登记本单位证书并准备投标。",
    ),
    Role.SUPPLIER_SIGNER: Text(
        "A supplier signer prepares, signs, files and withdraws bids in the supplier's name.",
        "供应商签署人以供应商名义准备、签署、递交和撤回投标。",
    ),
    Role.SUPERVISOR: Text(
        "A supervisor reads everything that may be read of the agencies it oversees, and orders.",
        "监督人查阅所监督采购机关的全部可查内容，并可作出监督决定。",
    ),
    Role.OPERATOR: Text(
        "An operator runs the platform and makes accounts, and holds no key to any bid.",
        "运营人员运行平台并开设账户，不持有任何投标的密钥。",
    ),
    Role.TIMEKEEPER: Text(
        "A timekeeper is a machine that keeps its part of every key until the opening.",
        "计时方是一台机器，在开标之前保管其密钥部分。",
    ),
    Role.ESCROW_HOLDER: Text(
        "An escrow holder keeps a sealed spare key for the day when too few openers are left.",
        "备用密钥保管方封存备用密钥，以备开标人不足时使用。",
    ),
    Role.WITNESS: Text(
        "A witness is a machine that confirms that the log only ever grew.",
        "见证方是一台机器，证明日志只增不改。",
    ),
}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.OFFICER: frozenset(
        {
            Permission.PLAN,
            Permission.DRAFT_TENDER,
            Permission.SUBMIT_FOR_APPROVAL,
            Permission.APPOINT_PANEL,
            Permission.PUBLISH_TENDER,
            Permission.CANCEL_TENDER,
            Permission.ANSWER_QUESTION,
            Permission.REPLY_TO_DEMAND,
            Permission.DECLARE_INTERESTS,
        }
    ),
    Role.LEGAL_APPROVER: frozenset({Permission.APPROVE_LEGAL, Permission.DECLARE_INTERESTS}),
    Role.FINANCE_APPROVER: frozenset({Permission.APPROVE_FINANCE, Permission.DECLARE_INTERESTS}),
    Role.OPENER: frozenset(
        {
            Permission.HOLD_KEY,
            Permission.REQUEST_OPENING,
            Permission.DISCLOSE,
            Permission.DECLARE_INTERESTS,
        }
    ),
    Role.AWARD_PROPOSER: frozenset(
        {
            Permission.JUDGE_ADMISSIBILITY,
            Permission.PROPOSE_AWARD,
            Permission.DECLARE_INTERESTS,
        }
    ),
    Role.AWARD_DECIDER: frozenset(
        {
            Permission.CONFIRM_ADMISSIBILITY,
            Permission.DECIDE_AWARD,
            Permission.DECLARE_INTERESTS,
        }
    ),
    Role.SUPPLIER_ADMINISTRATOR: frozenset(
        {
            Permission.ENROL_CERTIFICATE,
            Permission.KEEP_MANDATES,
            Permission.MANAGE_PEOPLE,
            Permission.KEEP_PROFILE,
            Permission.ASK,
            Permission.PREPARE_BID,
        }
    ),
    Role.SUPPLIER_SIGNER: frozenset(
        {
            Permission.KEEP_PROFILE,
            Permission.MAKE_DECLARATION,
            Permission.ASK,
            Permission.PREPARE_BID,
            Permission.SUBMIT_BID,
            Permission.WITHDRAW_BID,
        }
    ),
    Role.SUPERVISOR: frozenset(
        {
            Permission.ORDER,
            Permission.READ_SUPERVISION,
            Permission.READ_ATTEMPTS,
            Permission.READ_ASKERS,
            Permission.READ_TIMELINE,
            Permission.DOWNLOAD_BUNDLE,
            Permission.CONFIRM_DEBARMENT,
        }
    ),
    Role.OPERATOR: frozenset(
        {
            Permission.MANAGE_ACCOUNTS,
            Permission.MANAGE_PEOPLE,
            Permission.KEEP_MANDATES,
            Permission.KEEP_CALENDARS,
            Permission.KEEP_DEBARMENTS,
            Permission.KEEP_TRUST,
        }
    ),
    Role.TIMEKEEPER: frozenset({Permission.HOLD_KEY, Permission.RELEASE}),
    Role.ESCROW_HOLDER: frozenset({Permission.HOLD_KEY}),
    Role.WITNESS: frozenset(),
}

MACHINES = frozenset({Role.TIMEKEEPER, Role.ESCROW_HOLDER, Role.WITNESS})

ORGANISATION_OF: dict[Role, frozenset[OrganisationKind]] = {
    **dict.fromkeys(
        (
            Role.OFFICER,
            Role.LEGAL_APPROVER,
            Role.FINANCE_APPROVER,
            Role.OPENER,
            Role.AWARD_PROPOSER,
            Role.AWARD_DECIDER,
        ),
        frozenset({OrganisationKind.AGENCY}),
    ),
    **dict.fromkeys(
        (Role.SUPPLIER_ADMINISTRATOR, Role.SUPPLIER_SIGNER),
        frozenset({OrganisationKind.SUPPLIER}),
    ),
    Role.SUPERVISOR: frozenset({OrganisationKind.SUPERVISOR}),
    Role.OPERATOR: frozenset({OrganisationKind.OPERATOR}),
    # By rights the timekeeper runs at the supervising body (protocol.md, "Who holds what").
    Role.TIMEKEEPER: frozenset({OrganisationKind.SUPERVISOR, OrganisationKind.CUSTODIAN}),
    # A supervisor's escrow is no opener's key and not the operator's either.
    Role.ESCROW_HOLDER: frozenset({OrganisationKind.CUSTODIAN, OrganisationKind.SUPERVISOR}),
    Role.WITNESS: frozenset({OrganisationKind.CUSTODIAN, OrganisationKind.SUPERVISOR}),
}


@dataclass(frozen=True)
class Conflict:
    """Two roles that one person never holds at the same time.

    Within one organisation where both belong to the same; anywhere where ``everywhere`` is set.
    """

    one: Role
    other: Role
    why: Text
    source: str
    everywhere: bool = False

    def names(self, role: Role, held: Role) -> bool:
        """Tell whether this is the rule about these two roles, in either order."""
        return {self.one, self.other} == {role, held}


_O20_49 = "China, Electronic Bidding Measures (Order 20, 2013), art. 49"
_OUR_OWN = "Daylight's own rule"
_FOUR_EYES = Text("Nobody approves what they drafted themselves", "任何人不得审批自己起草的内容")
_NOT_BOTH_APPROVALS = Text("Two approvals are two people's judgement", "两项审批须由两人分别作出")
_DRAFTER_WANTS_A_WINNER = Text(
    "Whoever wrote the conditions does not choose the winner by them",
    "制定招标条件的人不得据此选定中标人",
)
_OPENER_NEVER_EVALUATES = Text("Whoever opens bids does not judge them", "开标人不得评判投标")
_PROPOSES_OR_DECIDES = Text("Nobody decides on their own proposal", "任何人不得决定自己的提议")
_OFFICER_HOLDS_NO_KEY = Text(
    "Whoever runs the tender holds no key to its bids", "经办招标的人不得持有投标密钥"
)
_OVERSEES_ALL = Text(
    "Whoever oversees takes no part in what is overseen", "监督人不得参与被监督的事项"
)
_BUYS_OR_SELLS = Text(
    "Whoever acts for a buyer does not act for a seller", "代表采购方的人不得代表供应方"
)
_RUNS_THE_PLATFORM = Text(
    "Whoever runs the platform neither buys, sells nor oversees on it",
    "平台运营人员不得在平台上采购、投标或监督",
)

_DIRECTIVE_24 = "Directive 2014/24/EU, art. 24"
_AT_AN_AGENCY = [role for role in Role if ORGANISATION_OF[role] == {OrganisationKind.AGENCY}]
_AT_A_SUPPLIER = (Role.SUPPLIER_ADMINISTRATOR, Role.SUPPLIER_SIGNER)

CONFLICTS: tuple[Conflict, ...] = (
    Conflict(Role.OFFICER, Role.LEGAL_APPROVER, _FOUR_EYES, _O20_49),
    Conflict(Role.OFFICER, Role.FINANCE_APPROVER, _FOUR_EYES, _O20_49),
    Conflict(Role.LEGAL_APPROVER, Role.FINANCE_APPROVER, _NOT_BOTH_APPROVALS, _OUR_OWN),
    Conflict(Role.OFFICER, Role.OPENER, _OFFICER_HOLDS_NO_KEY, _O20_49),
    Conflict(Role.OFFICER, Role.AWARD_PROPOSER, _DRAFTER_WANTS_A_WINNER, _O20_49),
    Conflict(Role.OFFICER, Role.AWARD_DECIDER, _DRAFTER_WANTS_A_WINNER, _O20_49),
    Conflict(Role.OPENER, Role.AWARD_PROPOSER, _OPENER_NEVER_EVALUATES, _O20_49),
    Conflict(Role.OPENER, Role.AWARD_DECIDER, _OPENER_NEVER_EVALUATES, _O20_49),
    Conflict(Role.AWARD_PROPOSER, Role.AWARD_DECIDER, _PROPOSES_OR_DECIDES, _OUR_OWN),
    *(
        Conflict(buyer, seller, _BUYS_OR_SELLS, _DIRECTIVE_24, everywhere=True)
        for buyer in _AT_AN_AGENCY
        for seller in _AT_A_SUPPLIER
    ),
    *(
        Conflict(Role.SUPERVISOR, role, _OVERSEES_ALL, _O20_49, everywhere=True)
        for role in Role
        if role not in MACHINES | {Role.SUPERVISOR, Role.OPERATOR}
    ),
    *(
        Conflict(Role.OPERATOR, role, _RUNS_THE_PLATFORM, _O20_49, everywhere=True)
        for role in Role
        if role is not Role.OPERATOR
    ),
)


def conflict_between(role: Role, held: Role, *, same_organisation: bool) -> Conflict | None:
    """Find the rule that keeps one person from holding both roles, or None."""
    for conflict in CONFLICTS:
        if conflict.names(role, held) and (same_organisation or conflict.everywhere):
            return conflict
    return None


def roles_page() -> dict[str, str]:
    """Write ``docs/roles.md`` from this module."""
    lines = [
        "# Roles",
        "",
        "Written from `procurement/roles.py` by `manage.py docs`. Do not edit by hand.",
        "",
        "| role | belongs to | what it is for | permissions |",
        "|---|---|---|---|",
    ]
    for role in Role:
        kinds = ", ".join(sorted(ORGANISATION_OF[role]))
        sentence = f"{SENTENCES[role].en}<br>{SENTENCES[role].zh}"
        permissions = ", ".join(f"`{found}`" for found in sorted(GRANTS[role])) or "none"
        lines.append(f"| {role} | {kinds} | {sentence} | {permissions} |")
    lines += [
        "",
        "## Pairs that one person never holds",
        "",
        "Within one agency. With *anywhere*, not even at two different organisations.",
        "",
        "| one | other | where | why | source |",
        "|---|---|---|---|---|",
    ]
    for found in CONFLICTS:
        where = "anywhere" if found.everywhere else "one agency"
        why = f"{found.why.en}<br>{found.why.zh}"
        lines.append(f"| {found.one} | {found.other} | {where} | {why} | {found.source} |")
    return {"docs/roles.md": "\n".join(lines) + "\n"}
