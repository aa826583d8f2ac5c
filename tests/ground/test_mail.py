"""A letter is written once for its reason, sent at least once, and known by its Message-ID."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail as django_mail
from pytest_django.fixtures import Settings as SettingsWrapper

from procurement import outbox
from procurement.mail import GIVEN_UP_AFTER, due, queue
from procurement.models import Mail, OutboxMessage, User
from procurement.texts import Text
from tests.ground.making import NOW, Verb

SUBJECT = Text("“{title}”: the deadline is later", "“{title}”：截止时间已推迟")
BODY = Text("It is {closes_at} now.", "现为 {closes_at}。")
FACTS = {"title": Text("Chairs", "椅子"), "closes_at": "2026-01-01 09:00 UTC"}


@pytest.fixture
def message(db: None) -> OutboxMessage:
    outbox.announce(Verb.TOLD, uuid4())
    return OutboxMessage.objects.get()


def person(name: str, **said: Any) -> User:
    return User.objects.create_user(f"{name}@example.org", name=name, **said)


def write(message: OutboxMessage | None, to: User, **said: Any) -> Mail | None:
    plain = {"kind": "deadline-extended", "subject": SUBJECT, "body": BODY, "facts": FACTS}
    return queue(message=message, to=to, now=NOW, **{**plain, **said})


def test_a_letter_goes_out_in_the_language_of_its_reader(message: OutboxMessage) -> None:
    write(message, person("en"))
    write(message, person("zh", language="zh-hans"))

    assert due(now=NOW) == 2

    english, chinese = sorted(django_mail.outbox, key=lambda one: one.to)
    assert (english.subject, english.body) == (
        "“Chairs”: the deadline is later",
        "It is 2026-01-01 09:00 UTC now.",
    )
    assert (chinese.subject, chinese.body) == (
        "“椅子”：截止时间已推迟",
        "现为 2026-01-01 09:00 UTC。",
    )


def test_everyone_gets_a_letter_of_their_own(message: OutboxMessage) -> None:
    """A list of those who are told would tell who bids (requirement A10)."""
    for name in ("one", "two", "three"):
        write(message, person(name))

    due(now=NOW)

    assert sorted(one.recipients() for one in django_mail.outbox) == [
        ["one@example.org"],
        ["three@example.org"],
        ["two@example.org"],
    ]


def test_the_same_reason_makes_the_same_letter_and_another_reason_another(
    message: OutboxMessage,
) -> None:
    to = person("one")

    first, again = write(message, to), write(message, to)
    other = write(None, to, key="another reason")
    same = write(None, to, key="another reason")

    assert first and again and other and same
    assert (first.message_id, other.message_id) == (again.message_id, same.message_id)
    assert first.message_id != other.message_id
    assert Mail.objects.count() == 2


def test_a_letter_that_goes_out_twice_has_the_same_message_id(message: OutboxMessage) -> None:
    """A sender may be killed between the mail server's answer and our writing it down."""
    write(message, person("one"))
    due(now=NOW)
    Mail.objects.update(sent_at=None, sent_to="", sha256="", due_at=NOW)  # killed

    due(now=NOW)

    first, again = (one.message()["Message-ID"] for one in django_mail.outbox)
    assert first == again


def test_machines_and_people_who_left_get_no_letters(message: OutboxMessage) -> None:
    assert write(message, person("robot", machine=True)) is None
    assert write(message, person("gone", is_active=False)) is None


def test_a_digest_can_be_stopped_with_one_click(message: OutboxMessage) -> None:
    write(message, person("one"), unsubscribe="https://daylight.example/unsubscribe/abc")

    due(now=NOW)

    sent = django_mail.outbox[0].message()
    assert sent["List-Unsubscribe"] == "<https://daylight.example/unsubscribe/abc>"
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert sent["Auto-Submitted"] == "auto-generated"


def test_a_secret_is_forgotten_once_it_is_out(message: OutboxMessage) -> None:
    write(message, person("one"), confidential=True)

    due(now=NOW)

    assert django_mail.outbox[0].body == "It is 2026-01-01 09:00 UTC now."
    assert Mail.objects.get().body == ""


def test_a_title_with_line_breaks_stays_one_subject(message: OutboxMessage) -> None:
    write(message, person("one"), facts={**FACTS, "title": "Chairs\nBcc: all@example.org"})

    due(now=NOW)

    assert django_mail.outbox[0].subject == "“Chairs Bcc: all@example.org”: the deadline is later"


# ── a real mail server ───────────────────────────────────────────────────────────────────────


class Post(ThreadingTCPServer):
    """A mail server that keeps what it is given (RFC 5321), or turns everybody away."""

    daemon_threads = True
    refuses = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.kept: list[tuple[list[str], EmailMessage]] = []


class Answering(StreamRequestHandler):
    server: Post

    def handle(self) -> None:
        to: list[str] = []
        self._say("220 post.example")
        while line := self.rfile.readline():
            verb = line.decode().split(maxsplit=1)[0].upper()
            if verb == "RCPT":
                to.append(line.decode().partition("<")[2].partition(">")[0])
                self._say("550 no such mailbox" if self.server.refuses else "250 ok")
            elif verb == "DATA":
                self._say("354 go on")
                self.server.kept.append((to, self._data()))
                to = []
                self._say("250 kept")
            else:
                self._say("221 bye" if verb == "QUIT" else "250 ok")

    def _data(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        return message_from_bytes(b"".join(lines), policy=policy.default)

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


@pytest.fixture
def post(settings: SettingsWrapper) -> Iterator[Post]:
    with Post() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address[:2]
        yield server
        server.shutdown()
        thread.join()


def test_a_mail_server_gets_the_letter_and_its_delivery_is_written_down(
    message: OutboxMessage, post: Post
) -> None:
    """Proof of dispatch: requirement B16."""
    written = write(message, person("zh", language="zh-hans"))

    assert due(now=NOW) == 1

    (to, sent), row = post.kept[0], Mail.objects.get()
    assert written is not None
    assert (to, sent["Message-ID"]) == (["zh@example.org"], written.message_id)
    assert (sent["Subject"], sent.get_content().strip()) == (row.subject, row.body)
    assert (row.sent_at, row.sent_to, row.attempts) == (NOW, "zh@example.org", 1)
    assert len(row.sha256) == 64


def test_a_letter_that_is_turned_away_is_tried_again_ever_more_seldom_and_given_up(
    message: OutboxMessage, post: Post
) -> None:
    write(message, person("one"))
    post.refuses = True

    assert due(now=NOW) == due(now=NOW + timedelta(seconds=1)) == 0
    assert Mail.objects.get().attempts == 1
    assert "550" in Mail.objects.get().last_error
    due(now=NOW + timedelta(seconds=2))
    assert Mail.objects.get().attempts == 2
    due(now=NOW + GIVEN_UP_AFTER + timedelta(seconds=1))

    row = Mail.objects.get()
    assert (row.sent_at, row.given_up_at) == (None, NOW + GIVEN_UP_AFTER + timedelta(seconds=1))
    post.refuses = False
    assert due(now=NOW + timedelta(days=30)) == 0


def test_one_bad_address_keeps_no_other_letter_back(message: OutboxMessage, post: Post) -> None:
    first, second = person("one"), person("two")
    write(message, first)
    User.objects.filter(pk=first.pk).update(email="one\nbcc: all@example.org")
    write(message, second)

    assert due(now=NOW) == 1

    assert [to for to, _ in post.kept] == [["two@example.org"]]


def test_a_mail_server_that_is_away_is_asked_again(
    message: OutboxMessage, settings: SettingsWrapper
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
    write(message, person("one"))

    assert due(now=NOW) == 0

    assert "ConnectionRefusedError" in Mail.objects.get().last_error
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert due(now=NOW + timedelta(seconds=2)) == 1


def test_without_a_server_letters_are_files(
    message: OutboxMessage, settings: SettingsWrapper, tmp_path: Path
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    write(message, person("one"))

    assert due(now=NOW) == 1

    (found,) = (tmp_path / "mail").iterdir()
    assert b"To: one@example.org" in found.read_bytes()
