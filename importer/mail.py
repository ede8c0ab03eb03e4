"""A notice by mail: the only module that knows smtplib."""

import re
import smtplib
import socket
import ssl
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import SplitResult, unquote, urlsplit

from importer.errors import UsageError
from importer.settings import HOST, LOOPBACK
from importer.spelling import counted

SECONDS = 10.0

WORD = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
ADDRESS = re.compile(rf"{WORD}(\.{WORD})*@[a-z0-9_.-]+", re.ASCII | re.IGNORECASE)

HOW = "smtp://mail.example.com:587, or smtp://user:password@… or smtps://user:password@…"

WHY: tuple[tuple[type[Exception], str], ...] = (
    (smtplib.SMTPAuthenticationError, "the mail server refuses user and password"),
    (smtplib.SMTPNotSupportedError, "the mail server offers no login"),
    (smtplib.SMTPRecipientsRefused, "the mail server refuses the addresses in IMPORTER_MAIL_TO"),
    (smtplib.SMTPSenderRefused, "the mail server refuses the sender, see IMPORTER_MAIL_FROM"),
    (smtplib.SMTPServerDisconnected, "the connection to the mail server broke off, or took too long"),
    (smtplib.SMTPException, "the mail server refuses the message"),
    (ssl.SSLCertVerificationError, "the mail server's certificate is none that this machine trusts"),
    (ssl.SSLError, "the mail server and this machine agree on no encryption"),
    (socket.gaierror, "the mail server's name is not known"),
    (TimeoutError, "the mail server takes too long"),
    (OSError, "no connection to the mail server"),
    (ValueError, "the mail server and this machine know no login in common"),
)


@dataclass(frozen=True, slots=True)
class Mail:
    """Which mail server, and to whom. is_smtps: encrypted from the first byte. sender: "" for this host's."""

    host: str
    port: int
    is_smtps: bool
    to: tuple[str, ...]
    sender: str = ""
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    def send(self, subject: str, text: str) -> str:
        """Send it; why it was not taken, or not for everybody, or ""."""
        try:
            message = self._message(subject, text)
            with closing(self._server()) as server:
                if not self._encrypt(server) and self.user and not self._is_here:
                    return "the mail server offers no encryption, so user and password were not sent to it"
                if self.user:
                    server.login(self.user, self.password)
                refused = server.send_message(message, message["From"], self.to)
                with suppress(OSError):
                    server.quit()
        except (OSError, ValueError) as error:
            code = getattr(error, "smtp_code", None)
            return next(why for kind, why in WHY if isinstance(error, kind)) + (f", {code}" if code else "")
        if refused:
            return (
                f"the mail server refuses {len(refused)} of {counted(len(self.to), 'address', 'addresses')}"
            )
        return ""

    @property
    def _is_here(self) -> bool:
        return self.host in LOOPBACK

    def _server(self) -> smtplib.SMTP:
        if self.is_smtps:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS, context=self._context())
        return smtplib.SMTP(self.host, self.port, timeout=SECONDS)

    def _encrypt(self, server: smtplib.SMTP) -> bool:
        if self.is_smtps:
            return True
        server.ehlo_or_helo_if_needed()
        if not server.has_extn("starttls"):
            return False
        server.starttls(context=self._context())
        return True

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        # Many a server within a company has a certificate of its own making. Where it would get the message
        # unencrypted as well, that is no reason to refuse it; where it gets a password it is.
        if self._is_here or not (self.user or self.is_smtps):
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def _message(self, subject: str, text: str) -> EmailMessage:
        sender = self.sender or f"importer@{socket.getfqdn()}"
        if not ADDRESS.fullmatch(sender):
            sender = "importer@localhost"
        message = EmailMessage()
        message["Subject"] = subject
        message["From"] = sender
        message["To"] = ", ".join(self.to)
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=sender.partition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        return message


def mail_of(environment: Mapping[str, str]) -> Mail | None:
    """What `IMPORTER_SMTP` and `IMPORTER_MAIL_…` say; None where they say nothing.

    Raises UsageError, which quotes none of them.
    """
    names = ("IMPORTER_SMTP", "IMPORTER_MAIL_TO", "IMPORTER_MAIL_FROM")
    server, to, sender = (environment.get(name, "").strip() for name in names)
    if not (server or to or sender):
        return None
    if not (server and to):
        raise UsageError(f"A mail needs both IMPORTER_SMTP ({HOW}) and IMPORTER_MAIL_TO.")
    addresses = tuple(one.strip() for one in to.split(","))
    if not all(map(ADDRESS.fullmatch, addresses)):
        raise UsageError("IMPORTER_MAIL_TO is no mail address, nor several with commas between.")
    if sender and not ADDRESS.fullmatch(sender):
        raise UsageError("IMPORTER_MAIL_FROM is no mail address.")
    return _mail(server, addresses, sender)


def _mail(server: str, to: tuple[str, ...], sender: str) -> Mail:
    parts, user, password = _split(server)
    host = parts.hostname or ""
    is_bare = parts.path in ("", "/") and not parts.query and not parts.fragment
    if parts.scheme not in ("smtp", "smtps") or not HOST.fullmatch(host) or not is_bare:
        raise UsageError(
            f"IMPORTER_SMTP is no mail server such as {HOW} (in user and password, write what is neither a "
            "letter nor a digit as %40 for @, %2F for /, %23 for #)."
        )
    if bool(user) != bool(password):
        raise UsageError("IMPORTER_SMTP has only one of user and password: write user:password@ or neither.")
    if not f"{user}{password}".isascii():
        raise UsageError("IMPORTER_SMTP: user or password has a character that mail servers do not take.")
    is_smtps = parts.scheme == "smtps"
    usual = 465 if is_smtps else 587 if user else 25
    return Mail(host, parts.port or usual, is_smtps, to, sender, user, password)


def _split(server: str) -> tuple[SplitResult, str, str]:
    """The address in parts, all empty where it is none: an error of the library would quote it."""
    try:
        parts = urlsplit(server)
        user, password = (unquote(part or "", errors="strict") for part in (parts.username, parts.password))
        is_good = parts.port != 0 and server.isprintable()
    except ValueError:
        is_good = False
    return (parts, user, password) if is_good else (urlsplit(""), "", "")
