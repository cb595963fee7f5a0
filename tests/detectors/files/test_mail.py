"""E-mails: every header, text and file is read; what comes back is written anew and still parses."""

import base64
import binascii
import email
import random
from email import policy
from email.message import EmailMessage

import pytest

from detectors.files.interface import Found, Outcome, Result
from detectors.interface import Context, Kind, Person, Roster
from tests.detectors.files.desk import look_into
from tests.detectors.files.packing import LETTER, NOTE, message, unzipped, zipped

STAFF = Context(
    roster=Roster(
        (
            Person("Ward Seven", email="ward7@trust.example"),
            Person("Pharmacy", email="pharmacy@trust.example"),
        )
    )
)
TEXT = "Please see Margaret Whitlock, NHS number 999 000 0018, in bay 4.\n"


def look(mail: EmailMessage | bytes) -> Result:
    data = mail if isinstance(mail, bytes) else mail.as_bytes()
    return look_into(data, "x.eml", context=STAFF)


def read(result: Result) -> EmailMessage:
    assert result.outcome is Outcome.REDACTED, result
    mail = email.message_from_bytes(result.data or b"", policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert not any(part.defects for part in mail.walk())
    return mail


def body(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_between_staff_without_patients_it_is_clean() -> None:
    assert look(message("The store room is open until five.", note=NOTE)).outcome is Outcome.CLEAN


def test_the_text_is_redacted_and_the_rest_unchanged() -> None:
    mail = read(look(message(TEXT, "Bay 4", note=NOTE)))
    assert body(mail) == "Please see [Patient A], NHS number [NHS number hidden], in bay 4.\n"
    assert (mail["From"], mail["To"], mail["Subject"]) == (
        "Ward Seven <ward7@trust.example>",
        "pharmacy@trust.example",
        "Bay 4",
    )
    [note] = mail.iter_attachments()
    assert note.get_filename() == "note.txt"
    assert note.get_payload(decode=True) == NOTE


@pytest.mark.parametrize("name", ["Subject", "X-Ward-Note", "Comments", "Received", "Thread-Topic"])
def test_every_header_is_read(name: str) -> None:
    mail = message("See above.", "x")
    del mail["Subject"]
    mail[name] = "Margaret Whitlock, NHS number 999 000 0018"
    result = look(mail)
    assert b"Whitlock" not in (result.data or b"")
    assert Kind.NHS_NUMBER in {found.kind for found in result.found}
    assert "Whitlock" not in str(result.found)
    read(result)


def test_encoded_headers_are_read_as_people_read_them() -> None:
    mail = message("See above.").as_bytes()
    word = base64.b64encode(b"Margaret Whitlock, NHS number 999 000 0018").decode()
    copy = read(look(mail.replace(b"Subject: Ward round", f"Subject: =?utf-8?B?{word}?=".encode())))
    assert "Whitlock" not in str(copy["Subject"])
    assert str(copy["Subject"]).endswith("[NHS number hidden]")


def test_addresses_of_others_than_staff_go() -> None:
    mail = message("See you tomorrow.")
    mail["Cc"] = "Margaret Whitlock <m.whitlock@mail.example>"
    copy = read(look(mail))
    assert "whitlock" not in str(copy).lower()
    assert "ward7@trust.example" in str(copy)


def test_what_only_programs_read_is_left_out_of_a_copy() -> None:
    mail = message(TEXT)
    mail["DKIM-Signature"] = "v=1; a=rsa-sha256; d=trust.example; b=abc"
    mail["Message-ID"] = "<20210405.1234@trust.example>"
    mail["X-Mailer"] = "Ward mailer 3"
    copy = read(look(mail))
    assert not {"dkim-signature", "message-id", "x-mailer"} & {name.lower() for name in copy}


def test_headers_and_names_of_parts_are_read() -> None:
    mail = message("See the file.", note=NOTE)
    note = next(mail.iter_attachments())
    note["Subject"] = "Margaret Whitlock, NHS number 999 000 0018"
    assert "Whitlock" not in str(read(look(mail)))
    del note["Subject"]
    note.set_param("name", "Margaret_Whitlock_9990000018.txt")
    assert "Whitlock" not in str(read(look(mail)))


def test_a_mark_that_holds_a_number_is_left_out() -> None:
    mail = message("See the picture.", note=NOTE)
    next(mail.iter_attachments())["Content-ID"] = "<NHS.number.9990000018@trust.example>"
    assert "9990000018" not in str(read(look(mail)))


def test_a_header_that_says_twice_how_a_part_is_written_is_odd() -> None:
    data = message("See above.").as_bytes()
    copy = read(look(b"Content-Type: text/plain\n" + data))
    assert copy.get_all("Content-Type") == ['text/plain; charset="utf-8"']


def test_text_before_and_after_the_parts_is_read_and_dropped() -> None:
    mail = message("See above.", note=NOTE)
    mail.preamble, mail.epilogue = "Margaret Whitlock\n", "NHS number 999 000 0018\n"
    result = look(mail)
    assert {f.where for f in result.found} == {"text that no program shows"}
    assert b"Whitlock" not in (result.data or b"")
    read(result)


def test_an_html_text_keeps_its_alternative() -> None:
    mail = message(TEXT)
    mail.add_alternative(f"<p>{TEXT}<b>Plan</b>: apixaban</p>", subtype="html")
    copy = read(look(mail))
    assert copy.get_content_type() == "multipart/alternative"
    assert "Whitlock" not in body(copy, "html")
    assert "<b>Plan</b>: apixaban" in body(copy, "html")


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252"])
def test_texts_in_any_encoding(charset: str) -> None:
    mail = message("x")
    mail.set_content(f"Café rota. {TEXT}", charset=charset, cte="base64")
    assert body(read(look(mail))).startswith("Café rota. Please see [Patient A]")


def test_a_text_that_is_not_in_its_encoding_quarantines() -> None:
    mail = message("x")
    mail.set_content(b"\xc3\x28 Whitlock \xa0\xa1", "text", "plain", params={"charset": "utf-8"})
    assert look(mail).outcome is Outcome.QUARANTINED


def test_a_forwarded_message_is_read_like_the_message() -> None:
    mail = message("Forwarded.")
    mail.add_attachment(message(TEXT, "Margaret Whitlock"))
    copy = read(look(mail))
    [forwarded] = copy.iter_attachments()
    assert forwarded.get_content_type() == "message/rfc822"
    assert "Whitlock" not in str(copy)
    assert "in bay 4." in body(forwarded.get_payload(0))


def test_a_redacted_attachment_takes_the_place_of_the_original() -> None:
    copy = read(look(message("See the file.", letter=LETTER)))
    [letter] = copy.iter_attachments()
    assert b"Whitlock" not in letter.get_payload(decode=True)
    assert b"apixaban" in letter.get_payload(decode=True)


def test_an_archive_in_a_mail() -> None:
    mail = message("See the file.")
    mail.add_attachment(
        zipped({"letter.txt": LETTER}), maintype="application", subtype="zip", filename="a.zip"
    )
    [archive] = read(look(mail)).iter_attachments()
    assert b"Whitlock" not in unzipped(archive.get_payload(decode=True))["letter.txt"]


def test_a_file_that_cannot_be_read_is_taken_out_and_the_reason_says_so() -> None:
    mail = message("See the file.", note=NOTE)
    noise = random.Random(3).randbytes(500)
    mail.add_attachment(noise, maintype="application", subtype="ms-tnef", filename="winmail.dat")
    result = look(mail)
    assert result.reason.startswith("1 of the 2 parts in it was taken out. Part 2: ")
    assert [part.get_filename() for part in read(result).iter_attachments()] == ["note.txt"]


def test_a_mail_of_which_only_headers_would_be_left_quarantines() -> None:
    mail = EmailMessage()
    mail["From"] = "ward7@trust.example"
    mail.add_attachment(random.Random(3).randbytes(500), maintype="application", subtype="octet-stream")
    assert look(mail).outcome is Outcome.QUARANTINED


@pytest.mark.parametrize(
    "type", ["application/pkcs7-mime", "multipart/encrypted", "application/x-microsoft-rpmsg-message"]
)
def test_encrypted_mail_is_protected(type: str) -> None:
    data = message("x").as_bytes().replace(b"text/plain", type.encode())
    result = look(data)
    assert (result.outcome, result.stops) == (Outcome.QUARANTINED, True)
    assert "protected by a password" in result.reason


def test_a_text_encrypted_with_pgp_is_protected() -> None:
    result = look(message("-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n"))
    assert (result.outcome, result.stops) == (Outcome.QUARANTINED, True)


def test_a_signature_is_left_out_since_it_holds_for_the_original_alone() -> None:
    inner = message(TEXT)
    signed = EmailMessage()
    signed["From"] = "ward7@trust.example"
    signed["Content-Type"] = 'multipart/signed; protocol="application/pkcs7-signature"'
    signature = EmailMessage()
    signature.set_content(b"0\x80", "application", "pkcs7-signature", filename="smime.p7s")
    signed.set_payload([inner, signature])
    copy = read(look(signed))
    assert [part.get_content_type() for part in copy.walk()] == ["text/plain"]
    assert "Whitlock" not in body(copy)


def test_a_file_inside_the_text_is_read_and_attached() -> None:
    lines = b"".join(binascii.b2a_uu(LETTER[i : i + 45]) for i in range(0, len(LETTER), 45)).decode()
    copy = read(look(message(f"See below.\n\nbegin 644 letter.txt\n{lines}`\nend\nBest wishes\n")))
    assert body(copy) == "See below.\n\n\nBest wishes\n"
    [letter] = copy.iter_attachments()
    assert letter.get_filename() == "letter.txt"
    assert b"Whitlock" not in letter.get_payload(decode=True)


def test_a_part_that_is_elsewhere_quarantines() -> None:
    data = message("x").as_bytes().replace(b"text/plain", b"message/external-body")
    assert look(data).outcome is Outcome.QUARANTINED


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"--==", b"--=!"), (b'boundary="', b'bound="'), (b"base64", b"x-unknown")],
    ids=["boundary", "no boundary", "encoding"],
)
def test_a_damaged_message_is_never_handed_on_as_it_came(old: bytes, new: bytes) -> None:
    mail = message("See the file.", note=NOTE * 30)
    data = mail.as_bytes()
    place = data.rindex(old)
    result = look(data[:place] + new + data[place + len(old) :])
    if result.outcome is not Outcome.QUARANTINED:
        read(result)


def test_too_many_parts_quarantine() -> None:
    mail = message("See the files.", **{f"note{n}": NOTE for n in range(30)})
    result = look_into(mail.as_bytes(), "x.eml", files=20)
    assert (result.outcome, result.stops) == (Outcome.QUARANTINED, True)


def test_a_message_that_nests_without_end_quarantines() -> None:
    data = message("x").as_bytes()
    for n in range(3000):
        head = f'Content-Type: multipart/mixed; boundary="{n}"\n\n--{n}\n'.encode()
        data = head + data + f"\n--{n}--\n".encode()
    assert look(b"From: ward7@trust.example\n" + data).outcome is Outcome.QUARANTINED


def test_each_message_of_a_mailbox() -> None:
    one = (
        b"From ward7@trust.example Mon Apr  5 10:00:00 2021\n"
        + message("The store is open.").as_bytes()
        + b"\n"
    )
    two = b"From ward7@trust.example Mon Apr  5 10:01:00 2021\n" + message(TEXT).as_bytes() + b"\n"
    assert look_into(one, "x.mbox", context=STAFF).outcome is Outcome.CLEAN
    result = look_into(one + two, "x.mbox", context=STAFF)
    assert result.outcome is Outcome.REDACTED
    assert Found(Kind.NHS_NUMBER, "message 2: the message") in result.found
    assert b"The store is open." in (result.data or b"")
    assert b"Whitlock" not in (result.data or b"")
    assert (result.data or b"").count(b"\nSubject: Ward round") == 2
