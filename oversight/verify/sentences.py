"""What a verification proves and what it does not, in both languages, by code."""

from procurement.texts import Text

PROVED = {
    "whole": Text(
        "Every file is listed and is as listed: {files} files",
        "所有文件均已列明且与清单一致：共 {files} 个文件",
    ),
    "witnessed": Text(
        "The log signed its {checkpoints} checkpoints, and {quorum} witnesses at least cosigned "
        "each",
        "日志签署了全部 {checkpoints} 个检查点，每个检查点至少有 {quorum} 个见证方会签",
    ),
    "only-grew": Text(
        "The log only grew: every checkpoint begins with the one before it",
        "日志只增不改：每个检查点均以前一检查点为开端",
    ),
    "in-the-log": Text(
        "All {events} events of the tender lie in the log where they are said to",
        "本招标的全部 {events} 条事件均位于日志中所述位置",
    ),
    "one-chain": Text(
        "The decisions are one chain from the first to the last; none is missing or hidden",
        "各项决定自始至终构成一条完整链条，无遗漏、无隐瞒",
    ),
    "concealed-chain": Text(
        "What suppliers did before the close is one chain, and nothing was filed after it",
        "封存前供应商的各项行为构成一条完整链条，封存后无任何递交",
    ),
    "named-bodies": Text(
        "The notice of “{title}” ({tender}) and its keyset are signed by an agency of the anchors, "
        "and the timekeeper is one of theirs",
        "“{title}”（{tender}）的公告与密钥集由信任锚所列采购机关签署，计时方亦为信任锚所列",
    ),
    "published-papers": Text(
        "The documents are those that the notice names, and every form and report is the one named",
        "所附文件即公告所列文件，各投标函和报告均与其名称相符",
    ),
    "rehearsed": Text(
        "Every holder of a key proved before that it works", "每位密钥持有人均已证明其密钥可用"
    ),
    "panel-first": Text(
        "Who may open was fixed before the first bid", "开标人在首份投标之前已经确定"
    ),
    "changes": Text(
        "Every version of the notice follows the one before, and deadlines moved only later, in "
        "time and by whoever may",
        "公告各版本前后衔接；截止时间只在期限内由有权者推迟",
    ),
    "receipts-signed": Text(
        "Every bid has its own signed receipt and form", "每份投标均有各自签署的回执和投标函"
    ),
    "bids-bound": Text(
        "Every bid is for the notice in force when it was filed, and was sealed for its bidder and "
        "lot",
        "每份投标均针对递交时有效的公告，并为其投标人和标段封装",
    ),
    "members-once": Text(
        "Nobody stood in two bids that count for one lot, alone or in a consortium",
        "同一标段内，任何单位均未以单独投标或联合体成员身份参与两份有效投标",
    ),
    "members-behind": Text(
        "Every member of a consortium mandated its lead before the bid was filed, or signed it",
        "联合体每一成员均在递交前授权牵头人，或亲自签署投标函",
    ),
    "looked-up": Text(
        "Everybody who stands in a bid was looked up in the debarment list when it was filed",
        "投标中的每一单位均在递交时经禁入名单查询",
    ),
    "withdrawals": Text("Every withdrawal has its form", "每次撤回均附有撤回函"),
    "in-time": Text(
        "Every bid came before the deadline and was witnessed soon after",
        "每份投标均在截止时间前到达，并随即获得见证",
    ),
    "lapses": Text(
        "What lapsed was for an earlier notice and was not confirmed",
        "失效的投标均针对先前公告且未经重新确认",
    ),
    "closed-set": Text(
        "The closed set is what lived at the deadline: {bids} bids, none dropped, none added",
        "封存集合即截止时有效的投标：共 {bids} 份，无遗漏、无添加",
    ),
    "in-order": Text("Every step followed what it rests on", "每一步骤均在其依据之后进行"),
    "not-early": Text(
        "Nothing was disclosed or released before it was allowed", "在允许之前没有任何披露或放行"
    ),
    "answers": Text(
        "What the holders answered is signed by them, and for the whole set",
        "持有人的答复均由其本人签署，且针对全部投标",
    ),
    "named-openers": Text(
        "At least {k} of the named openers and the timekeeper opened, for the whole set at once",
        "至少 {k} 名指定开标人与计时方一次性开启了全部投标",
    ),
    "content": Text(
        "Opened again, every bid gives the price and files that were announced, or fails as said",
        "重新开启后，每份投标的价格和文件均与公布一致，或如所述未能开启",
    ),
    "reports": Text(
        "Every verdict on a form or an opened document is that of the report named for it",
        "对投标函和已开启文件的每项结论均与为其列明的报告一致",
    ),
    "named": Text(
        "The log names every report on a signature, the policy and the anchors that it rests on",
        "日志以摘要列明每份签名验证报告及其所依据的策略和信任锚",
    ),
    "evidence": Text(
        "Reports on signatures, policies, anchors and revocation lists are whole, and as named",
        "签名验证报告、策略、信任锚和吊销列表均与其名称所示摘要一致且完整",
    ),
    "mandates": Text(
        "Whoever signed by a mandate had one of that body, recorded by then and in force; its "
        "signed paper is there",
        "凭授权签署者均持有该单位当时已登记且有效的授权，其签署文件在内",
    ),
    "countersigned": Text(
        "Every countersigned form begins with the form as it was filed, to the byte",
        "每份加盖平台印章的投标函均以所递交的投标函原字节开头",
    ),
    "sealed-papers": Text(
        "Every receipt, countersigned form, minutes and award decision with the platform's seal "
        "is the one that the log names, made after what it speaks of",
        "每份加盖平台印章的回执、投标函、开标记录和定标决定均为日志列明的文件，且在其所述事项之后作出",
    ),
    "minutes": Text(
        "The minutes say what was opened, and the openers signed them",
        "开标记录与开启结果一致，并由开标人签署",
    ),
    "not-suspended": Text(
        "Nothing was judged or awarded while an order stood against it",
        "在监督决定生效期间没有作出任何判断或定标",
    ),
    "judgements": Text(
        "Whether a bid counts was decided by a second person", "投标是否有效由第二人决定"
    ),
    "rankings": Text(
        "Rankings, points and ties follow from the prices", "排名、得分和并列均由价格得出"
    ),
    "awards": Text(
        "Every award was decided by another person than proposed it",
        "每项定标均由提议人以外的人决定",
    ),
    "winners": Text(
        "Every award names all who stand in the winning bid; each was looked up in the debarment "
        "list before, and who stood on it won only where two people had said that the bid counts",
        "每项定标均列明中标投标中的全部单位；各单位在定标前均经禁入名单查询，名单所列者仅在两人认定其投标有效后方可中标",
    ),
    "signatures": Text(
        "Every signature that was recorded as sound is sound, as of then, by the signer recorded",
        "每个记录为有效的签名，按当时情形均为有效，且签署人与记录一致",
    ),
    "judged-again": Text(
        "Every report on a signature came out again, byte for byte, from the file, the policy and "
        "the anchors that it rests on",
        "依据所载文件、策略和信任锚重新验证，每份签名验证报告逐字节一致",
    ),
    "judged-by-other-software": Text(
        "Reports by another version of the judge came out with the same verdict; what else differs "
        "is listed among the remarks",
        "由验证程序其他版本作出的报告，重新验证后结论一致；其他差异列于备注",
    ),
    "papers-judged": Text(
        "The mandates by which somebody signed are soundly signed and say what was recorded; the "
        "platform's seals on papers hold, and each paper carries inside what it speaks of",
        "签署所凭的授权书均有效签署且与登记一致；平台在各文件上的印章有效，且文件内嵌其所述对象",
    ),
    "timestamps": Text("The time-stamps on checkpoints hold", "检查点上的时间戳有效"),
    "receipts-count": Text(
        "Each receipt that was given counts, or its bidder or a later notice ended the bid in time",
        "所提供的每份回执均已计入，或由投标人及时终止，或因后续公告失效",
    ),
}

NOT_PROVED = {
    "no-anchors": Text(
        "No anchors were given: the keys are the bundle's own word. Get the anchors elsewhere",
        "未提供信任锚：密钥仅为证据包自述。请另行取得信任锚",
    ),
    "own-witnesses": Text(
        "{own} of {witnesses} witnesses are run by the log's operator, who could make them agree",
        "{witnesses} 个见证方中有 {own} 个由日志运营方运行，运营方可令其一致",
    ),
    "own-holders": Text(
        "Who runs the timekeeper and the escrow holders does not follow from their keys",
        "计时方和备用密钥保管方由谁运行，无法由其密钥得知",
    ),
    "signatures": Text(
        "Signatures of people on PDF files, and the verdicts on them, are recorded, not checked",
        "PDF 文件上的个人签名及其结论仅作记录，未经核验",
    ),
    "timestamps": Text(
        "Time-stamps on checkpoints are recorded, not checked", "检查点上的时间戳仅作记录，未经核验"
    ),
    "no-timestamps": Text(
        "No checkpoint has a time-stamp: times rest on the witnesses' clocks",
        "检查点没有时间戳：时间仅以见证方的时钟为准",
    ),
    "no-receipts": Text(
        "No receipt was given; suppliers can check that theirs counts with --receipt",
        "未提供回执；供应商可用 --receipt 核对其回执是否计入",
    ),
    "concealed": Text(
        "Nothing was opened, so what suppliers filed stays concealed; whether any receipt counts "
        "is not shown",
        "没有开启任何投标，因此供应商的递交情况仍予保密；任何回执是否计入未作显示",
    ),
    "silent-decryption": Text(
        "That no holder ever decrypted in silence cannot be proved, only that nothing was "
        "released early",
        "无法证明从未有持有人私下解密，只能证明没有提前放行",
    ),
    "released": Text(
        "The timekeeper released the keys, and nothing was announced: somebody may have looked",
        "计时方已放行密钥，但未公布任何结果：可能有人已经查看",
    ),
    "not-opened": Text("No bid was opened in this tender", "本招标没有开启任何投标"),
    "causes": Text(
        "{count} bids did not open; whose fault it was rests on the holders' word ({causes})",
        "有 {count} 份投标未开启；其原因以持有人的陈述为准（{causes}）",
    ),
    "changed": Text(
        "{changed} sealed files are not what was filed; the bids were opened without them",
        "有 {changed} 个密封文件与递交时不符；开标时未使用这些文件",
    ),
    "without-paper": Text(
        "Of {unsealed} minutes or award decisions there is no paper with the platform's seal here",
        "有 {unsealed} 份开标记录或定标决定没有加盖平台印章的文件",
    ),
    "stopped": Text(
        "What is not listed as proved was not reached, or is wrong",
        "未列为已证明的事项，或未能核验，或存在错误",
    ),
}
