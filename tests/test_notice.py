"""Somebody is told what a pass has done: really posted, really mailed, and never more than may be told."""

import json
import logging
import socket
import ssl
import sys
from email import message_from_bytes, policy

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from importer import mail, notice, webhook
from importer.errors import DaySpent, StopRule, Unreachable, UsageError
from importer.notice import Notices, notices_of
from importer.passes import ATTENTION, DONE, FAILED, WORKING
from importer.tell import Tell
from tests.passes_at_hand import SUMMARY, TOLD_TO_NOBODY, a_bad_night, a_file, a_pass
from tests.webhooks import SECRET, chatting, dripping, silent

USER, PASSWORD = "night@ops", "p/w:#1@x"

# Is this machine too, but not by a name that counts as one: so a mail server elsewhere can be had here.
ELSEWHERE = "127.0.0.2"
needs_elsewhere = pytest.mark.skipif(sys.platform == "darwin", reason="macOS has only 127.0.0.1")


class Heard(Tell):
    """Remembers what was said."""

    def __init__(self):
        self.sentences = []

    def say(self, sentence):
        self.sentences.append(sentence)


@pytest.fixture
def chat():
    with chatting() as told:
        yield told


class Mailbox:
    """What a mail server does with what it gets: a handler of aiosmtpd's."""

    def __init__(self):
        self.mails = []
        self.logins = []
        self.refuses = set()
        self.data_answer = "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 (aiosmtpd's name)
        if address in self.refuses:
            return f"550 no mail for {address}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 (the same)
        if self.data_answer.startswith("2"):
            read = message_from_bytes(envelope.content, policy=policy.default)
            self.mails.append((read, tuple(envelope.rcpt_tos), session.ssl is not None))
        return self.data_answer

    def login(self, server, session, envelope, mechanism, data):
        given = (data.login.decode(), data.password.decode())
        self.logins.append((given, session.ssl is not None))
        return AuthResult(success=given == (USER, PASSWORD), handled=False)


@pytest.fixture
def mailbox():
    return Mailbox()


@pytest.fixture(scope="session")
def certificate():
    """A certificate that no machine trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1", ELSEWHERE).configure_cert(context)
    return context


class MailServer(Controller):
    """Listens on a port that is its own from the start."""

    def __init__(self, handler, host, **words):
        self._listening = socket.create_server((host, 0))
        super().__init__(handler, hostname=host, port=self._listening.getsockname()[1], **words)

    def _create_server(self):
        return self.loop.create_server(self._factory_invoker, sock=self._listening, ssl=self.ssl_context)


@pytest.fixture
def mail_server(mailbox):
    """Starts a mail server with these words of aiosmtpd's; its host and port."""
    running = []

    def begin(host="127.0.0.1", **words):
        controller = MailServer(mailbox, host, **words)
        controller.start()
        running.append(controller)
        return f"{host}:{controller.port}"

    yield begin
    for controller in running:
        controller.stop()


def tell(report, **environment):
    """Send the notices of these variables; what was said of them."""
    heard = Heard()
    notices_of({f"IMPORTER_{name}": value for name, value in environment.items()}).send(
        report, SUMMARY, heard
    )
    return heard.sentences


def text_of(found):
    return json.dumps(found) if isinstance(found, dict | list) else str(found)


def test_a_program_gets_counts_and_paths(chat):
    assert tell(a_bad_night(Unreachable(TOLD_TO_NOBODY)), WEBHOOK=chat.address) == []
    [told] = chat.posted
    none = dict.fromkeys(["Created", "Duplicate", "Rejected", "Invalid", "Skipped", "Unknown", "NotSent"], 0)
    text = told.pop("text")
    assert text.startswith("importer: 2 files need a person (1 failed), stopped early (exit code 5) in /srv")
    assert told == {
        "exit_code": 2,
        "needs_person": True,
        "folder": "/srv/leads",
        "started": "2026-03-31 02:00:00",
        "seconds": 600.0,
        "outcomes": none | {"Created": 1202, "Invalid": 1},
        "files": [
            {
                "path": "/srv/leads/done/17/enquiries.csv",
                "place": "done",
                "rows": 1200,
                "outcomes": none | {"Created": 1200},
            },
            {
                "path": "/srv/leads/attention/17/walk-ins.xlsx",
                "place": "attention",
                "rows": 3,
                "outcomes": none | {"Created": 2, "Invalid": 1},
            },
            {"path": "/srv/leads/failed/17/fair.xlsx", "place": "failed", "rows": 0, "outcomes": none},
        ],
        "left": 1,
        "summary": str(SUMMARY),
    }


def test_slack_gets_a_text_with_those_first_that_need_a_person(chat):
    assert tell(a_bad_night(), WEBHOOK=f"slack:{chat.address}") == []
    assert chat.posted == [
        {
            "text": "importer: 2 files need a person (1 failed) in /srv/leads\n```\n"
            "Began 2026-03-31 02:00:00 UTC, took 10 min: 1,203 rows, Created 1,202, Invalid 1.\n"
            "failed: /srv/leads/failed/17/fair.xlsx: 0 rows (exit code 2)\n"
            "attention: /srv/leads/attention/17/walk-ins.xlsx: 3 rows, Created 2, Invalid 1 (exit code 1)\n"
            "done: /srv/leads/done/17/enquiries.csv: 1,200 rows, Created 1,200\n"
            "1 file left for the next pass\n"
            f"Which rows, and what to do: the result workbook beside each file.\n"
            f"All else, and why something stopped: {SUMMARY}\n```"
        }
    ]


def test_teams_gets_a_card(chat):
    assert tell(a_bad_night(), WEBHOOK=f"teams:{chat.address}") == []
    [message] = chat.posted
    [attachment] = message["attachments"]
    assert message["type"] == "message"
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert card["type"] == "AdaptiveCard"
    said = [run["text"] for block in card["body"] for run in block["inlines"]]
    assert said[0] == "importer: 2 files need a person (1 failed) in /srv/leads"
    assert (
        "attention: /srv/leads/attention/17/walk-ins.xlsx: 3 rows, Created 2, Invalid 1 (exit code 1)" in said
    )


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("https://hooks.slack.com/services/T0/B0/x", webhook.SLACK),
        ("https://acme.webhook.office.com/webhookb2/x", webhook.TEAMS),
        ("https://prod-12.westeurope.logic.azure.com:443/workflows/x?sig=y", webhook.TEAMS),
        ("https://1a.environment.api.powerplatform.com/powerautomate/x?sig=y", webhook.TEAMS),
        ("https://ops.example.com/hook", webhook.JSON),
        ("https://hooks.slack.com.example.com/hook", webhook.JSON),
        ("https://xlogic.azure.com/hook", webhook.JSON),
        ("slack:https://chat.example.com/hooks/x", webhook.SLACK),
        ("teams:https://chat.example.com/hooks/x", webhook.TEAMS),
        ("json:https://hooks.slack.com/hooks/x", webhook.JSON),
        (" json: https://ops.example.com/hook ", webhook.JSON),
        ("http://localhost:8000/hook", webhook.JSON),
    ],
)
def test_the_host_says_what_is_understood_there_unless_a_word_in_front_does(address, kind):
    told = notices_of({"IMPORTER_WEBHOOK": address}).webhook
    assert told
    assert told.kind == kind
    assert told.address in address


@pytest.mark.parametrize(
    ("report", "headline"),
    [
        (a_pass(), "importer: nothing to do in /srv/leads"),
        (a_pass(a_file()), "importer: 1 file done in /srv/leads"),
        (a_pass(a_file(ATTENTION), a_file()), "importer: 1 file needs a person in /srv/leads"),
        (a_pass(a_file(FAILED)), "importer: 1 file needs a person (1 failed) in /srv/leads"),
        (
            a_pass(a_file(WORKING), stopped=DaySpent("spent")),
            "importer: stopped early (exit code 3) in /srv/leads",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_headline_says_what_there_is_to_do(chat, report, headline):
    tell(report, WEBHOOK=chat.address)
    assert chat.posted[0]["text"].splitlines()[0] == headline


def test_in_a_chat_only_the_first_files_are_told(chat):
    files = [a_file(name=f"{number}.csv") for number in range(30)]
    tell(a_pass(*files, a_file(FAILED, "last.csv")), WEBHOOK=f"slack:{chat.address}")
    said = chat.posted[0]["text"].splitlines()
    assert sum(line.startswith(("done:", "failed:")) for line in said) == 20
    assert said[3].startswith("failed: /srv/leads/failed/17/last.csv")
    assert "and 11 more files" in said


def test_no_name_of_a_file_can_call_everybody_or_break_the_text(chat, mail_server, mailbox):
    name = "a`<!channel>\n```@all\udcff.csv"
    report = a_pass(a_file(FAILED, name))
    assert (
        tell(report, WEBHOOK=f"slack:{chat.address}", SMTP=f"smtp://{mail_server()}", MAIL_TO="a@example.com")
        == []
    )
    text = chat.posted[0]["text"]
    assert text.count("```") == 2
    assert "<" not in text
    assert r"a'&lt;!channel&gt;\n'''@all\udcff.csv" in text
    assert r"a`<!channel>\n```@all\udcff.csv" in mailbox.mails[0][0].get_content()


def test_a_passing_trouble_of_the_webhook_is_tried_twice(chat):
    chat.answers = [503, 200]
    assert tell(a_bad_night(), WEBHOOK=chat.address) == []
    assert len(chat.posted) == 2


@pytest.mark.parametrize(
    ("answers", "why", "posts"),
    [
        ([500], "it answers 500", 2),
        ([404], "it answers 404", 1),
        ([302], "it redirects elsewhere, which is not followed, 302", 1),
        ([307], "it redirects elsewhere, which is not followed, 307", 1),
        ([0], "the connection broke off", 2),
    ],
)
def test_a_webhook_that_refuses_is_said_in_one_sentence(chat, answers, why, posts):
    chat.answers = answers
    [sentence] = tell(a_bad_night(), WEBHOOK=chat.address)
    assert sentence == f"The notice was not sent by the webhook (IMPORTER_WEBHOOK): {why}. All else is done."
    assert len(chat.posted) == posts
    assert chat.got == 0


def test_a_webhook_where_nobody_listens_is_said(nobody_answers):
    [sentence] = tell(a_bad_night(), WEBHOOK=f"{nobody_answers}/{SECRET}")
    assert "no connection" in sentence
    assert SECRET not in sentence


def test_a_host_that_nobody_knows_is_said():
    sentences = tell(
        a_bad_night(),
        WEBHOOK=f"https://nowhere.invalid/{SECRET}",
        SMTP=f"smtp://u:{SECRET}@nowhere.invalid",
        MAIL_TO="ops@example.com",
    )
    assert len(sentences) == 2
    assert SECRET not in text_of(sentences)
    assert "nowhere" not in text_of(sentences)


def test_a_webhook_that_says_nothing_is_given_up(monkeypatch):
    monkeypatch.setattr(webhook, "SECONDS", 0.2)
    with silent() as (url, _):
        [sentence] = tell(a_bad_night(), WEBHOOK=url)
    assert "the answer took too long" in sentence


def test_a_webhook_that_answers_bit_by_bit_is_given_up(monkeypatch):
    monkeypatch.setattr(notice, "SECONDS", 0.5)
    with dripping() as url:
        [sentence] = tell(a_bad_night(), WEBHOOK=url)
    assert "by the webhook (IMPORTER_WEBHOOK): it took too long" in sentence


def test_a_mail_has_a_line_for_each_file(mail_server, mailbox):
    sentences = tell(
        a_bad_night(StopRule(TOLD_TO_NOBODY)),
        SMTP=f"smtp://{mail_server()}",
        MAIL_TO="ops@example.com, lead@example.com",
        MAIL_FROM="importer@example.com",
    )
    assert sentences == []
    [(read, recipients, _)] = mailbox.mails
    assert recipients == ("ops@example.com", "lead@example.com")
    assert (read["From"], read["To"]) == ("importer@example.com", "ops@example.com, lead@example.com")
    assert read["Subject"] == (
        "importer: 2 files need a person (1 failed), stopped early (exit code 3) in /srv/leads"
    )
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Date"]
    assert read["Message-ID"].endswith("@example.com>")
    assert read.get_content().splitlines() == [
        "Began 2026-03-31 02:00:00 UTC, took 10 min: 1,203 rows, Created 1,202, Invalid 1.",
        "It stopped early: by a rule, and the next pass goes on.",
        "failed: /srv/leads/failed/17/fair.xlsx: 0 rows (exit code 2)",
        "attention: /srv/leads/attention/17/walk-ins.xlsx: 3 rows, Created 2, Invalid 1 (exit code 1)",
        "done: /srv/leads/done/17/enquiries.csv: 1,200 rows, Created 1,200",
        "1 file left for the next pass",
        "Which rows, and what to do: the result workbook beside each file.",
        f"All else, and why something stopped: {SUMMARY}",
    ]


def test_a_mail_without_a_sender_is_from_this_host(mail_server, mailbox):
    assert tell(a_bad_night(), SMTP=f"smtp://{mail_server()}", MAIL_TO="ops@example.com") == []
    assert mailbox.mails[0][0]["From"].startswith("importer@")


def test_a_login_goes_through_starttls_where_it_is_offered(mail_server, mailbox, certificate):
    server = mail_server(tls_context=certificate, authenticator=mailbox.login, auth_required=True)
    user = "night%40ops:p%2Fw%3A%231%40x"
    assert tell(a_bad_night(), SMTP=f"smtp://{user}@{server}", MAIL_TO="ops@example.com") == []
    assert mailbox.logins == [((USER, PASSWORD), True)]
    assert mailbox.mails[0][2]


def test_smtps_is_encrypted_from_the_first_byte(mail_server, mailbox, certificate):
    server = mail_server(ssl_context=certificate)
    assert tell(a_bad_night(), SMTP=f"smtps://{server}", MAIL_TO="ops@example.com") == []
    assert len(mailbox.mails) == 1


@needs_elsewhere
def test_starttls_is_used_without_a_login_too_whoever_made_the_certificate(mail_server, mailbox, certificate):
    server = mail_server(ELSEWHERE, tls_context=certificate)
    assert tell(a_bad_night(), SMTP=f"smtp://{server}", MAIL_TO="ops@example.com") == []
    assert mailbox.mails[0][2]


@needs_elsewhere
def test_a_password_never_goes_to_a_server_that_offers_no_encryption(mail_server, mailbox):
    words = {"authenticator": mailbox.login, "auth_require_tls": False}
    server = mail_server(ELSEWHERE, **words)
    [sentence] = tell(a_bad_night(), SMTP=f"smtp://night:{SECRET}@{server}", MAIL_TO="ops@example.com")
    assert "offers no encryption, so user and password were not sent to it" in sentence
    assert (mailbox.logins, mailbox.mails) == ([], [])
    at_home = f"smtp://night%40ops:p%2Fw%3A%231%40x@{mail_server(**words)}"
    assert tell(a_bad_night(), SMTP=at_home, MAIL_TO="ops@example.com") == []
    assert len(mailbox.mails) == 1


@needs_elsewhere
def test_a_password_never_goes_to_a_server_whose_certificate_is_not_trusted(
    mail_server, mailbox, certificate
):
    server = mail_server(ELSEWHERE, tls_context=certificate, authenticator=mailbox.login)
    [sentence] = tell(a_bad_night(), SMTP=f"smtp://night:{SECRET}@{server}", MAIL_TO="ops@example.com")
    assert "certificate is none that this machine trusts" in sentence
    assert (mailbox.logins, mailbox.mails) == ([], [])


def test_a_mail_server_that_refuses_the_login_is_said(mail_server, mailbox, certificate):
    server = mail_server(tls_context=certificate, authenticator=mailbox.login, auth_required=True)
    [sentence] = tell(a_bad_night(), SMTP=f"smtp://night:{SECRET}@{server}", MAIL_TO="ops@example.com")
    assert sentence == (
        "The notice was not sent by mail (IMPORTER_SMTP): the mail server refuses user and password, 535. "
        "All else is done."
    )


def test_a_mail_server_without_logins_is_said(mail_server):
    [sentence] = tell(a_bad_night(), SMTP=f"smtp://night:{SECRET}@{mail_server()}", MAIL_TO="o@example.com")
    assert "the mail server offers no login" in sentence


def test_addresses_that_the_mail_server_refuses_are_counted(mail_server, mailbox):
    server = f"smtp://{mail_server()}"
    mailbox.refuses = {"gone@example.com"}
    [sentence] = tell(a_bad_night(), SMTP=server, MAIL_TO="ops@example.com,gone@example.com")
    assert "the mail server refuses 1 of 2 addresses" in sentence
    assert len(mailbox.mails) == 1
    [sentence] = tell(a_bad_night(), SMTP=server, MAIL_TO="gone@example.com")
    assert "the mail server refuses the addresses in IMPORTER_MAIL_TO" in sentence


def test_a_mail_that_is_refused_is_said(mail_server, mailbox):
    mailbox.data_answer = "554 no such words here"
    [sentence] = tell(a_bad_night(), SMTP=f"smtp://{mail_server()}", MAIL_TO="ops@example.com")
    assert "the mail server refuses the message, 554" in sentence
    assert "no such words" not in sentence


def test_a_mail_server_where_nobody_listens_is_said(nobody_answers):
    server = nobody_answers.removeprefix("http://")
    [sentence] = tell(a_bad_night(), SMTP=f"smtp://{server}", MAIL_TO="ops@example.com")
    assert "no connection to the mail server" in sentence


def test_a_mail_server_that_says_nothing_is_given_up(monkeypatch):
    monkeypatch.setattr(mail, "SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        [sentence] = tell(a_bad_night(), SMTP=f"smtp://127.0.0.1:{port}", MAIL_TO="ops@example.com")
    assert "broke off, or took too long" in sentence


def test_the_mail_goes_although_the_webhook_fails(chat, mail_server, mailbox):
    chat.answers = [500]
    server = f"smtp://{mail_server()}"
    assert len(tell(a_bad_night(), WEBHOOK=chat.address, SMTP=server, MAIL_TO="ops@example.com")) == 1
    assert len(mailbox.mails) == 1


@pytest.mark.parametrize("kind", ["slack:", "teams:", "json:"])
def test_no_notice_holds_a_reason_or_a_cell(chat, mail_server, mailbox, kind):
    tell(
        a_bad_night(Unreachable(TOLD_TO_NOBODY)),
        WEBHOOK=f"{kind}{chat.address}",
        SMTP=f"smtp://{mail_server()}",
        MAIL_TO="ops@example.com",
    )
    for told in (text_of(chat.posted), mailbox.mails[0][0].as_string()):
        assert "LeadSquared refuses the keys, or cannot be reached" in told
        assert "meera" not in told
        assert "C17" not in told
        assert "partners.csv" not in told


def test_no_key_is_in_any_log_or_shown(chat, mail_server, mailbox, certificate, caplog):
    caplog.set_level(logging.DEBUG)
    server = mail_server(tls_context=certificate, authenticator=mailbox.login, auth_required=True)
    environment = {
        "IMPORTER_WEBHOOK": chat.address,
        "IMPORTER_SMTP": f"smtp://night:{SECRET}@{server}",
        "IMPORTER_MAIL_TO": "ops@example.com",
    }
    heard = Heard()
    notices = notices_of(environment)
    notices.send(a_bad_night(), SUMMARY, heard)
    assert len(chat.posted) == 1
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("mail.")]
    for told in (ours, heard.sentences, repr(notices), str(notices)):
        assert SECRET not in text_of(told)
        assert "night" not in text_of(told)


@pytest.mark.parametrize(
    "unusable",
    [
        {"WEBHOOK": f"http://hooks.example.com/{SECRET}"},
        {"WEBHOOK": f"https:///{SECRET}"},
        {"WEBHOOK": f"ftp://hooks.example.com/{SECRET}"},
        {"WEBHOOK": f"https://hooks.example.com:{SECRET}/x"},
        {"WEBHOOK": f"https://hooks.example.com/{SECRET} x"},
        {"WEBHOOK": f"https://hooks.example.com/{SECRET}\u2026"},
        {"WEBHOOK": f"https://[{SECRET}/x"},
        {"WEBHOOK": f"mattermost:https://hooks.example.com/{SECRET}"},
        {"WEBHOOK": SECRET},
        {"WEBHOOK": f"slack:{SECRET}"},
        {"SMTP": f"smtp://night:{SECRET}@mail.example.com"},
        {"MAIL_TO": f"{SECRET}@example.com"},
        {"MAIL_FROM": f"{SECRET}@example.com"},
        {"SMTP": f"http://night:{SECRET}@mail.example.com", "MAIL_TO": "a@example.com"},
        {"SMTP": f"mail.example.com/{SECRET}", "MAIL_TO": "a@example.com"},
        {"SMTP": f"smtp://night:{SECRET}/x@mail.example.com", "MAIL_TO": "a@example.com"},
        {"SMTP": f"smtp://night:1#{SECRET}@mail.example.com", "MAIL_TO": "a@example.com"},
        {"SMTP": f"smtp://night:%ff{SECRET}@mail.example.com", "MAIL_TO": "a@example.com"},
        {"SMTP": f"smtp://night:\u00e9{SECRET}@mail.example.com", "MAIL_TO": "a@example.com"},
        {"SMTP": f"smtp://{SECRET}@mail.example.com", "MAIL_TO": "a@example.com"},
        {"SMTP": f"smtp://:{SECRET}@mail.example.com", "MAIL_TO": "a@example.com"},
        {"SMTP": f"smtp://night:{SECRET}@mail.example.com:0", "MAIL_TO": "a@example.com"},
        {"SMTP": f"smtp://night:{SECRET}@mail.example.com/x", "MAIL_TO": "a@example.com"},
        {"SMTP": "smtp://mail.example.com", "MAIL_TO": f"{SECRET}"},
        {"SMTP": "smtp://mail.example.com", "MAIL_TO": f"a@example.com,,{SECRET}@example.com"},
        {"SMTP": "smtp://mail.example.com", "MAIL_TO": f"a@example.com\nBcc: {SECRET}@example.com"},
        {"SMTP": "smtp://mail.example.com", "MAIL_TO": "a@example.com", "MAIL_FROM": f"{SECRET} <a@b>"},
    ],
    ids=text_of,
)
def test_what_cannot_be_used_is_refused_beforehand_and_not_quoted(unusable):
    with pytest.raises(UsageError) as refused:
        notices_of({f"IMPORTER_{name}": value for name, value in unusable.items()})
    assert "IMPORTER_" in str(refused.value)
    error: BaseException | None = refused.value
    while error:
        assert SECRET not in f"{error!r} {error}"
        error = error.__context__


def test_everything_unusable_is_told_at_once():
    with pytest.raises(UsageError, match=r"(?s)IMPORTER_WEBHOOK.*IMPORTER_MAIL_TO"):
        notices_of({"IMPORTER_WEBHOOK": "x", "IMPORTER_SMTP": "smtp://mail.example.com"})


@pytest.mark.parametrize(
    ("server", "port"),
    [
        ("smtp://mail.example.com", 25),
        ("smtp://night:x@mail.example.com", 587),
        ("smtps://night:x@mail.example.com", 465),
        ("smtp://Mail.Example.com:2525/", 2525),
    ],
)
def test_a_mail_server_has_its_usual_port(server, port):
    told = notices_of({"IMPORTER_SMTP": server, "IMPORTER_MAIL_TO": "ops@example.com"}).mail
    assert told
    assert (told.host, told.port) == ("mail.example.com", port)


def test_somebody_is_told_where_a_person_is_needed_or_always():
    anyone = notices_of({"IMPORTER_WEBHOOK": "https://ops.example.com/hook"})
    assert anyone.is_due(a_bad_night(), always=False)
    assert not anyone.is_due(a_pass(a_file(DONE)), always=False)
    assert not anyone.is_due(a_pass(stopped=DaySpent("spent")), always=False)
    assert anyone.is_due(a_pass(a_file(DONE)), always=True)


def test_without_variables_nobody_is_told():
    nobody = notices_of({"IMPORTER_WEBHOOK": " ", "IMPORTER_SMTP": ""})
    assert nobody == Notices()
    assert not nobody.is_due(a_bad_night(), always=True)
    heard = Heard()
    nobody.send(a_bad_night(), SUMMARY, heard)
    assert heard.sentences == []


@pytest.mark.parametrize("address", [".ops@example.com", "ops..night@example.com", "öps@example.com"])
def test_an_address_that_no_mail_can_have_is_refused_before_anything_is_sent(address):
    with pytest.raises(UsageError, match="IMPORTER_MAIL_TO"):
        notices_of({"IMPORTER_SMTP": "smtp://localhost", "IMPORTER_MAIL_TO": f"ops@example.com, {address}"})
