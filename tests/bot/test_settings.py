"""Settings: read once, every error at once, secrets from the environment."""

from pathlib import Path

import pytest

from bot.directories import staff_directories
from bot.settings.load import load
from bot.settings.sections import Governance, SettingsError

WHOLE = """\
[chaperone]
public_url = "https://chaperone.example"
data = "data"
key_file = "/keys/master"
port = 9000
keep_days = 14
[slack]
client_id = "1.2"
client_secret = "in the file"
signing_secret = "s"
file_hosts = ["files.slack.com", "x.example"]
history = "slow"
[directory]
csv = "staff.csv"
max_age_hours = 12
columns = {name = "Full name"}
[governance]
ig_users = ["U1", "U2"]
[detectors]
hospital_numbers = ["D\\\\d{7}"]
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chaperone.toml"


def errors(path: Path, text: str, environ: dict[str, str] | None = None) -> list[str]:
    path.write_text(text, "utf-8")
    with pytest.raises(SettingsError) as caught:
        load(path, environ or {})
    assert str(caught.value) == "\n".join(caught.value.errors)
    return caught.value.errors


def test_ig_may_have_an_account_in_each_tenant() -> None:
    told = Governance(("T1/U1", "T2/29:U2", "U3"))
    assert (told.of("T1"), told.of("T2"), told.of("T9")) == (("U1", "U3"), ("29:U2", "U3"), ("U3",))


def test_a_whole_file(path: Path) -> None:
    path.write_text(WHOLE, "utf-8")
    got = load(path, {})
    assert got.chaperone.data == path.parent / "data"
    assert got.chaperone.key_file == Path("/keys/master")
    assert (got.chaperone.port, got.chaperone.keep_days, got.chaperone.secure_cookies) == (9000, 14, True)
    assert got.slack is not None
    assert (got.slack.history, got.slack.file_hosts) == ("slow", ("files.slack.com", "x.example"))
    assert got.directory.csv == path.parent / "staff.csv"
    assert (got.directory.max_age_hours, got.directory.columns) == (12.0, {"name": "Full name"})
    assert got.governance.ig_users == ("U1", "U2")
    assert got.governance.of("T1") == ("U1", "U2")
    assert got.detectors.hospital_numbers == (r"D\d{7}",)


def test_a_pattern_that_cannot_be_used_is_said_without_starting(path: Path) -> None:
    wrong = WHOLE.replace('["D\\\\d{7}"]', '["D[0-9]{7}", "(unclosed", "(a)\\\\1", "[0-9]*"]')
    said = errors(path, wrong)
    assert [e.split(":")[1].strip() for e in said] == [f"pattern {n} cannot be used" for n in (2, 3, 4)]
    assert "missing )" in said[0]
    assert "empty" in said[2]


def test_a_file_of_the_organisations_own_words(path: Path) -> None:
    (path.parent / "words.txt").write_text(
        "# wards\nward: Edith\nPlace: St. Anne's  # the old site\n", "utf-8"
    )
    path.write_text(WHOLE + 'words = "words.txt"\n', "utf-8")
    assert load(path, {}).detectors.spared() == {"edith", "st anne"}


@pytest.mark.parametrize(
    ("content", "said"), [(None, "No such file"), (b"ward: A\nEdith\n", "line 2"), (b"\xff", "UTF-8")]
)
def test_words_that_cannot_be_read_are_said(path: Path, content: bytes | None, said: str) -> None:
    if content is not None:
        (path.parent / "words.txt").write_bytes(content)
    (error,) = errors(path, WHOLE + 'words = "words.txt"\n')
    assert error.startswith("[detectors] words: ")
    assert said in error


def test_the_environment_stands_before_the_file_and_no_secret_is_shown(path: Path) -> None:
    path.write_text(WHOLE, "utf-8")
    got = load(path, {"CHAPERONE_SLACK_CLIENT_SECRET": "from outside", "CHAPERONE_GOVERNANCE_IG_USERS": "U7,U8",
                      "CHAPERONE_CHAPERONE_SECURE_COOKIES": "false", "CHAPERONE_CHAPERONE_PORT": "9001"})  # fmt: skip
    assert got.slack is not None
    assert got.slack.client_secret == "from outside"
    assert got.governance.ig_users == ("U7", "U8")
    assert (got.chaperone.secure_cookies, got.chaperone.port) == (False, 9001)
    assert "from outside" not in repr(got)
    assert "in the file" not in repr(got)


def test_slack_may_be_left_out_or_come_from_the_environment_alone(path: Path) -> None:
    path.write_text('[chaperone]\npublic_url = "x"\ndata = "d"\nkey_file = "k"\n', "utf-8")
    assert load(path, {}).slack is None
    alone = {f"CHAPERONE_SLACK_{k}": "x" for k in ("CLIENT_ID", "CLIENT_SECRET", "SIGNING_SECRET")}
    assert load(path, alone).slack is not None


def test_every_error_is_listed_at_once(path: Path) -> None:
    found = errors(path, """\
[chaperone]
data = "d"
port = "many"
keep_days = 0
colour = "blue"
[slack]
client_id = 5
history = "fast"
[telegraph]
x = 1
""")  # fmt: skip
    for part in (
        "[telegraph]: no such section", "[chaperone] public_url is missing (or set CHAPERONE_CHAPERONE_PUBLIC_URL)",
        "[chaperone] key_file is missing", "[chaperone] port: this is not a whole number",
        "[chaperone] colour: no such setting", "[slack] client_id: this is not a text",
        "[slack] history: this is not one of tier3, slow", "[slack] client_secret is missing",
    ):  # fmt: skip
        assert any(part in e for e in found), (part, found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("chaperone = 5\n", "[chaperone]: this is not a section"),
        ("[chaperone\n", "Expected"),
        ('[chaperone]\nport = true\ndata="d"\nkey_file="k"\npublic_url="u"\n', "port: this is not a whole number"),
        ('[chaperone]\nport = 80.5\ndata="d"\nkey_file="k"\npublic_url="u"\n', "port: this is not a whole number"),
        ('[chaperone]\nsecure_cookies="no"\ndata="d"\nkey_file="k"\npublic_url="u"\n', ""),
        ('[chaperone]\ndata="d"\nkey_file="k"\npublic_url="u"\n[governance]\nig_users="U1"\n', ""),
        ('[chaperone]\ndata="d"\nkey_file="k"\npublic_url="u"\n[directory]\ncsv=5\n', "csv: this is not a path"),
        ('[chaperone]\ndata="d"\nkey_file="k"\npublic_url="u"\n[governance]\nig_users=5\n', "ig_users: this is not a list"),
    ],
)  # fmt: skip
def test_wrong_kinds_are_said_plainly(path: Path, text: str, expected: str) -> None:
    if expected:
        assert any(expected in e for e in errors(path, text))
    else:
        path.write_text(text, "utf-8")
        assert load(path, {})


def test_a_word_that_is_neither_true_nor_false_is_refused(path: Path) -> None:
    text = '[chaperone]\ndata="d"\nkey_file="k"\npublic_url="u"\n'
    (one,) = errors(path, text, {"CHAPERONE_CHAPERONE_SECURE_COOKIES": "perhaps"})
    assert one == "[chaperone] secure_cookies: this is not true or false"


def test_a_file_that_is_not_there(path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        load(path, {})


def test_directories_beside_the_list_and_their_order(path: Path) -> None:
    more = (
        '[entra]\ntenant = "t"\nclient_id = "c"\nkey_file = "bot.key"\n'
        '[ldap]\nurl = "ldaps://dc.example"\nbase = "dc=example"\ncolumns = {id = "employeeNumber"}\n'
    )
    path.write_text(WHOLE.replace("max_age_hours", 'order = ["csv", "ldap"]\nmax_age_hours') + more, "utf-8")
    got = load(path, {"CHAPERONE_LDAP_PASSWORD": "from outside"})
    assert got.entra is not None
    assert got.entra.key_file == path.parent / "bot.key"
    assert got.ldap is not None
    assert (got.ldap.password, dict(got.ldap.columns)) == ("from outside", {"id": "employeeNumber"})
    assert [d.name for d in staff_directories(got)] == ["staff list", "LDAP directory"]
    wrong = WHOLE.replace("max_age_hours", 'order = ["csv", "csv"]\nmax_age_hours')
    assert errors(path, wrong) == ["[directory] order: this is not some of entra, ldap, csv, each once"]


TEAMS = """\
[chaperone]
public_url = "https://chaperone.example"
data = "d"
key_file = "k"
[teams]
client_id = "app"
"""


def test_what_does_not_go_together_for_teams_is_said(path: Path) -> None:
    found = errors(
        path, TEAMS + 'tenants = []\nnotification_certificates = ["c.pem"]\nmodes = {a = "half"}\n'
    )
    for part in (
        "tenants: name at least one",
        "secret is missing",
        "modes: each is",
        "notification_keys: give",
    ):
        assert any(f"[teams] {part}" in e for e in found), (part, found)
    assert any(
        "hears through Graph alone" in e for e in errors(path, TEAMS + 'tenants = ["a"]\nsecret = "s"\n')
    )


def test_each_teams_tenant_has_its_mode(path: Path) -> None:
    text = TEAMS + 'tenants = ["a", "b"]\nmodes = {b = "rsc"}\nsecret = "s"\n'
    path.write_text(text + 'notification_certificates = ["c.pem"]\nnotification_keys = ["k.pem"]\n', "utf-8")
    got = load(path, {}).teams
    assert got is not None
    assert (got.mode_of("a"), got.mode_of("b")) == ("tenant", "rsc")
    assert got.notification_keys == (path.parent / "k.pem",)
    assert "secret" not in repr(got)
