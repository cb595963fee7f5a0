"""Small archives and messages, built with the libraries that people's programs use."""

import io
import tarfile
import zipfile
from collections.abc import Mapping
from email.message import EmailMessage

import py7zr

LETTER = b"Discharge letter for Margaret Whitlock, NHS number 999 000 0018. Plan: apixaban 5 mg.\n"
NOTE = b"The store room is open until five today.\n"


def zipped(members: Mapping[str, bytes], comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
        archive.comment = comment
    return out.getvalue()


def unzipped(data: bytes | None) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data or b"")) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def tarred(members: Mapping[str, bytes], **fields: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            for field, value in fields.items():
                setattr(entry, field, value)
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def untarred(data: bytes | None) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(data or b"")) as archive:
        return {m.name: source.read() for m in archive if (source := archive.extractfile(m))}


def seven_zipped(
    members: Mapping[str, bytes], password: str | None = None, hide_names: bool = False
) -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", password=password, header_encryption=hide_names) as archive:
        for name, data in members.items():
            archive.writestr(data, name)
    return out.getvalue()


def un_seven_zipped(data: bytes | None) -> dict[str, bytes]:
    factory = py7zr.io.BytesIOFactory(2**20)
    with py7zr.SevenZipFile(io.BytesIO(data or b"")) as archive:
        archive.extractall(factory=factory)
    return {name: product.read() for name, product in factory.products.items()}


def message(body: str, subject: str = "Ward round", **files: bytes) -> EmailMessage:
    """An e-mail between two addresses; `files` are attached as text files by their names."""
    mail = EmailMessage()
    mail["From"] = "Ward Seven <ward7@trust.example>"
    mail["To"] = "pharmacy@trust.example"
    mail["Subject"] = subject
    mail.set_content(body)
    for name, data in files.items():
        mail.add_attachment(data, maintype="text", subtype="plain", filename=f"{name}.txt")
    return mail
