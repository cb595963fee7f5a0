"""Keys: what is sealed for one row opens nowhere else, and nobody without the key learns anything."""

import os
import stat
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from hypothesis import given
from hypothesis import strategies as st

from bot.vault.keys import KeyFileError, Keys, SealBroken, rotate

MASTER, OTHER = bytes(range(32)), bytes(range(1, 33))
KEYS = Keys(MASTER)
SECRET = b"Testina Sample, 943 476 5919"


@given(st.text(), st.text(), st.binary())
def test_opens_to_what_was_sealed(table: str, row: str, plaintext: bytes) -> None:
    assert KEYS.open(table, row, KEYS.seal(table, row, plaintext)) == plaintext


@pytest.mark.parametrize(("table", "row"), [("inbox", "2"), ("label", "1"), ("inbo", "x1"), ("inbox1", "")])
def test_a_sealed_field_moved_elsewhere_does_not_open(table: str, row: str) -> None:
    sealed = KEYS.seal("inbox", "1", SECRET)
    with pytest.raises(SealBroken) as broken:
        KEYS.open(table, row, sealed)
    assert "Testina" not in str(broken.value)
    assert broken.value.__cause__ is None


@given(st.integers(0, len(KEYS.seal("t", "r", SECRET)) - 1), st.integers(1, 255))
def test_any_changed_byte_is_noticed(place: int, by: int) -> None:
    sealed = bytearray(KEYS.seal("t", "r", SECRET))
    sealed[place] ^= by
    with pytest.raises(SealBroken):
        KEYS.open("t", "r", bytes(sealed))


@given(st.binary(max_size=80))
def test_rubbish_is_a_broken_seal_and_no_other_error(rubbish: bytes) -> None:
    with pytest.raises(SealBroken):
        KEYS.open("t", "r", rubbish)


def test_sealing_twice_shows_no_likeness() -> None:
    a, b = KEYS.seal("t", "r", SECRET), KEYS.seal("t", "r", SECRET)
    assert a != b
    assert SECRET not in a + b


def test_pseudonyms_are_stable_apart_by_scope_and_keyed() -> None:
    one = KEYS.pseudonym("sender", "T/U1")
    assert one == Keys(MASTER).pseudonym("sender", "T/U1")
    others = {
        KEYS.pseudonym("label", "T/U1"),
        KEYS.pseudonym("sender", "T/U2"),
        Keys(OTHER).pseudonym("sender", "T/U1"),
    }
    assert len(others | {one, KEYS.pseudonym("senderT", "/U1")}) == 5
    assert len(bytes.fromhex(one)) == 32


def test_every_purpose_has_a_key_of_its_own() -> None:
    assert len({MASTER, KEYS.database_key, Keys(OTHER).database_key, KEYS.signer.private_bytes_raw()}) == 4


def test_the_verifier_knows_our_signature_only() -> None:
    KEYS.verifier.verify(KEYS.signer.sign(b"x"), b"x")
    with pytest.raises(InvalidSignature):
        KEYS.verifier.verify(Keys(OTHER).signer.sign(b"x"), b"x")


def test_after_rotation_old_seals_open_and_lasting_things_stay(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    before = Keys.from_file(path, make=True)
    old = before.seal("t", "r", SECRET)
    rotate(path)
    after = Keys.from_file(path)
    new = after.seal("t", "r", SECRET)
    assert after.open("t", "r", old) == after.open("t", "r", new) == SECRET
    with pytest.raises(SealBroken):
        before.open("t", "r", new)  # sealed with the new key, not the old
    assert after.database_key == before.database_key
    assert after.pseudonym("a", "b") == before.pseudonym("a", "b")
    assert after.verifier.public_bytes_raw() == before.verifier.public_bytes_raw()


def test_a_key_file_is_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "keys"
    with pytest.raises(KeyFileError, match="no key file"):
        Keys.from_file(path)
    key = Keys.from_file(path, make=True).database_key
    assert Keys.from_file(path, make=True).database_key == key
    assert [p.name for p in path.parent.iterdir()] == ["keys"]
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.chmod(0o640)
        with pytest.raises(KeyFileError, match="chmod 600"):
            Keys.from_file(path)


@pytest.mark.parametrize("content", ["", "zz", "ab" * 31, "not a key"])
def test_a_bad_key_file_is_named_and_not_quoted(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(KeyFileError) as error:
        Keys.from_file(path)
    assert not content or content not in str(error.value)


def test_a_key_encryption_key_wraps_what_lies_in_the_file(tmp_path: Path) -> None:
    class Backwards:
        def wrap(self, key: bytes) -> bytes:
            return b"kms" + key[::-1]

        def unwrap(self, wrapped: bytes) -> bytes:
            return wrapped.removeprefix(b"kms")[::-1]

    path = tmp_path / "keys"
    keys = Keys.from_file(path, make=True, by=Backwards())
    assert path.read_text().startswith(b"kms".hex())
    rotate(path, by=Backwards())
    assert Keys.from_file(path, by=Backwards()).database_key == keys.database_key


def test_keys_do_not_show_themselves() -> None:
    assert repr(KEYS) == "Keys(1 masters)"
