"""What happened, in words that a person reads: one for every verb of the journal."""

from procurement.texts import Text

WORDS: dict[str, Text] = {
    # People, bodies and keys
    "organisation.created": Text("A body was registered", "登记单位"),
    "jurisdiction.given": Text("A supervisor was put in charge of an agency", "指定监督单位"),
    "note-key.enrolled": Text("A signing key was enrolled", "登记签名密钥"),
    "certificate.enrolled": Text("A certificate was enrolled", "登记证书"),
    "user.created": Text("An account was made", "开设账户"),
    "machine.created": Text("A machine's account was made", "开设机器账户"),
    "role.granted": Text("A role was given", "授予角色"),
    "role.handed-over": Text("A role was handed over to somebody else", "角色移交他人"),
    "membership.ended": Text("A role was taken away", "收回角色"),
    "organisation.verified": Text("A body was verified with evidence", "单位已凭证据核验"),
    "organisation.verification-taken-back": Text(
        "A body's verification was taken back", "撤销单位核验"
    ),
    "invitation.made": Text("Somebody was invited to a body", "邀请人员加入单位"),
    "invitation.withdrawn": Text("An invitation was withdrawn", "撤回邀请"),
    "invitation.accepted": Text("An invitation was accepted", "接受邀请"),
    "certificate.challenged": Text(
        "A body was asked to sign with its certificate", "要求单位以其证书签名"
    ),
    "certificate.expires": Text("A certificate expires soon", "证书即将到期"),
    "signing-mandate.asked": Text(
        "A mandate to sign for a body was drawn up", "拟定代表单位签署的授权书"
    ),
    "signing-mandate.recorded": Text(
        "A body gave a mandate to sign for it", "单位授权他人代表其签署"
    ),
    "signing-mandate.revoked": Text(
        "A mandate to sign for a body was revoked", "撤销代表单位签署的授权"
    ),
    "signing-mandate.expires": Text(
        "A mandate to sign for a body ends soon", "代表单位签署的授权即将到期"
    ),
    "registration.asked": Text("Somebody asked to register a body", "申请登记单位"),
    "registration.repeated": Text(
        "Somebody asked to register with an address in use", "以已有账户的邮箱申请登记"
    ),
    "password.forgotten": Text("Somebody has forgotten a password", "忘记密码"),
    "address.added": Text("Somebody added an e-mail address", "添加电子邮箱地址"),
    "calendar.day-added": Text("A day was put into a calendar", "日历中登记一日"),
    "calendar.year-added": Text(
        "It was said whether the holidays of a year are published", "登记某年节假日安排是否公布"
    ),
    "organisation.placed": Text(
        "A body was given its country and time zone", "登记单位所在国家和时区"
    ),
    "plan-line.announced": Text("A planned purchase was announced to all", "预告采购计划"),
    "attempt.refused": Text("An attempt was refused", "一次尝试被拒绝"),
    "fact.given": Text("A supplier gave a fact about itself", "供应商提供自身信息"),
    "supplier-document.given": Text("A supplier gave a document", "供应商提供证明文件"),
    "declaration.made": Text("A supplier made its declaration", "供应商作出自我声明"),
    "debarment.proposed": Text("A debarment was proposed", "提议列入禁入名单"),
    "debarment.listed": Text("A body came on the debarment list", "列入禁入名单"),
    "debarment.declined": Text("A proposed debarment was declined", "否决列入禁入名单"),
    "debarment.lifting-proposed": Text("It was proposed to lift a debarment", "提议解除禁入"),
    "debarment.lifting-declined": Text("A debarment was kept", "维持禁入"),
    "debarment.lifted": Text("A debarment was lifted", "解除禁入"),
    "trust.proposed": Text(
        "An operator proposed whose signatures should count", "提议变更受信任的签名机构"
    ),
    "trust.drawn-up": Text(
        "Trusted lists told otherwise than whose signatures count, and that was drawn up",
        "可信列表与受信任的签名机构不一致，系统已草拟变更",
    ),
    "trust.approved": Text(
        "Another operator approved whose signatures count", "批准变更受信任的签名机构"
    ),
    "trust.rejected": Text(
        "A proposal about whose signatures count was rejected", "否决变更受信任的签名机构"
    ),
    "trust.withdrawn": Text(
        "A proposal about whose signatures count was withdrawn", "撤回变更受信任的签名机构"
    ),
    "trust.lists-kept": Text("Trusted lists were kept", "保存可信列表"),
    # The tender
    "plan-line.added": Text("A purchase was planned", "列入采购计划"),
    "plan-line.withdrawn": Text("A planned purchase was withdrawn", "撤回采购计划"),
    "tender.drafted": Text("The tender was drafted", "起草招标"),
    "tender.edited": Text("The draft was edited", "修改草案"),
    "document.added": Text("A document was added", "添加文件"),
    "notice.amended": Text("The notice was amended", "修改招标公告"),
    "amendment.drafted": Text("An amendment was drafted", "起草修改公告"),
    "amendment.edited": Text("A drafted amendment was edited", "修改拟发布的修改公告"),
    "amendment.submitted-for-approval": Text(
        "An amendment was submitted for approval", "修改公告提交审批"
    ),
    "amendment.approved": Text("An amendment was approved", "修改公告获批准"),
    "amendment.sent-back": Text("An amendment was sent back", "修改公告被退回"),
    "extension.proposed": Text("A later deadline was proposed", "提议延长截止时间"),
    "extension.replaced": Text("A proposed later deadline was replaced", "替换拟议的延期"),
    "extension.declined": Text("A later deadline was declined", "否决延长截止时间"),
    "change.dropped": Text("A proposed change was given up", "放弃拟议变更"),
    "interests.declared": Text("Somebody declared their interests", "申报利害关系"),
    "panel.appointed": Text("The opening panel was appointed", "指定开标小组"),
    "panel.replaced": Text("Another panel took over", "开标小组更换"),
    "panel.dropped": Text("A proposed panel was given up", "放弃拟议的开标小组"),
    "keys.handed-in": Text("A holder handed in their keys", "保管人提交密钥"),
    "keyset.drawn-up": Text("The keys of the panel were drawn up", "汇总开标小组密钥"),
    "panel.asked-again": Text("The panel was asked to rehearse again", "要求开标小组再次演练"),
    "panel.rehearsed": Text("A holder rehearsed the opening", "保管人完成演练"),
    "tender.submitted-for-approval": Text("The draft was submitted for approval", "草案提交审批"),
    "tender.approved": Text("An approver approved the draft", "审批人批准草案"),
    "tender.sent-back": Text("An approver sent the draft back", "审批人退回草案"),
    "tender.draft-cancelled": Text("The draft was given up", "放弃草案"),
    "keyset.fixed": Text("The keys were fixed for this tender", "本次招标密钥已固定"),
    "notice.published": Text("The notice was published", "发布招标公告"),
    "deadline.extended": Text("The deadline was extended", "延长截止时间"),
    "extension.acknowledged": Text(
        "The timekeeper acknowledged a later deadline", "计时方确认延长截止时间"
    ),
    "question.asked": Text("A question was asked", "有供应商提问"),
    "answer.published": Text("An answer was published", "发布答复"),
    "questions.overdue": Text("Questions were not answered in time", "提问逾期未答复"),
    "questions.stuck": Text(
        "A question holds the opening up, and no rule moves the deadline any more",
        "提问未答复，规则不再顺延，开标受阻",
    ),
    "demand.replied": Text("The agency replied to a supervisor's demand", "采购机关回复监督要求"),
    "order.made": Text("An order was made", "作出决定"),
    "tender.concluded": Text("The tender was concluded", "招标完成"),
    "tender.unsuccessful": Text("The tender ended without an award", "流标"),
    # Bids and the opening
    "bid.filed": Text("A bid was filed", "递交投标"),
    "bid.withdrawn": Text("A bid was withdrawn", "撤回投标"),
    "bid.lapsed": Text("A bid for an earlier notice lapsed", "针对先前公告的投标失效"),
    "bid.rechecked": Text(
        "The form of a bid was judged again, with what is known by now",
        "依据最新信息重新验证投标函",
    ),
    "consortium.formed": Text("Suppliers formed a consortium", "供应商组成联合体"),
    "mandate.given": Text("A member mandated the lead", "联合体成员授权牵头人"),
    "mandate.revoked": Text("A member took its mandate back", "联合体成员撤回授权"),
    "bids.closed": Text("The set of bids was closed", "投标集合已封闭"),
    "opener.present": Text("An opener was present", "开标人到场"),
    "opening.requested": Text("The openers requested the opening", "开标人申请开标"),
    "opening.failures": Text("A holder tried every bid", "保管人试解全部投标"),
    "reveals.closed": Text("The time for suppliers to reveal ended", "供应商揭示期结束"),
    "opening.disclosed": Text("An opener disclosed their shares", "开标人公开其密钥份额"),
    "release.intent": Text("The timekeeper was asked to release", "请求计时方放行"),
    "opening.released": Text("The timekeeper released the bids", "计时方放行"),
    "opening.opened": Text("The bids were opened and announced", "开标并公布"),
    "minutes.signed": Text("The minutes were signed", "签署开标记录"),
    "papers.sealed": Text(
        "Papers with the platform's seal were named in the log", "日志列明加盖平台印章的文件"
    ),
    "opened-document.read": Text("A document of an opened bid was read", "查阅已开启投标的文件"),
    # Awards
    "admissibility.judged": Text("It was judged whether a bid counts", "判断投标是否有效"),
    "admissibility.confirmed": Text("That judgement was confirmed", "确认该判断"),
    "admissibility.declined": Text("That judgement was declined", "否决该判断"),
    "award.proposed": Text("An award was proposed", "提议定标"),
    "award.decided": Text("A proposal was decided on", "对提议作出决定"),
    # Oversight
    "timeline.read": Text("A supervisor read this timeline", "监督人查阅时间线"),
    "attempts.read": Text("A supervisor read what was refused", "监督人查阅被拒绝的尝试"),
    "askers.read": Text("A supervisor read who had asked", "监督人查阅提问人"),
    "supervision.read": Text("A supervisor read the overview", "监督人查阅监督概览"),
    "bundle.downloaded": Text("A supervisor downloaded the evidence", "监督人下载证据包"),
}


def words_for(verb: str) -> Text:
    """Say a verb in both languages; one that is unknown here speaks for itself."""
    return WORDS.get(verb, Text(verb, verb))
