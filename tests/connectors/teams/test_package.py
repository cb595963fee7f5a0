"""The app package against Microsoft's own schema, and every permission against Microsoft's own list."""

import io
import json
import zipfile

import pytest
from jsonschema import Draft7Validator
from PIL import Image

from connectors.teams import permissions
from connectors.teams.package import package
from connectors.teams.permissions import CALLS, Call
from tests.conftest import SHARED

APP = "11111111-2222-4333-8444-55555555abcd"
REFERENCE = SHARED / "reference" / "teams"
needs_reference = pytest.mark.skipif(not REFERENCE.exists(), reason="Microsoft's data is not on this machine")


@pytest.fixture(scope="module")
def archive() -> zipfile.ZipFile:
    made = package(APP, "https://chaperone.example/", "1.2.3", "Calderbrook NHS Trust (invented)")
    return zipfile.ZipFile(io.BytesIO(made))


@needs_reference
def test_the_manifest_is_as_microsoft_wants_it(archive: zipfile.ZipFile) -> None:
    schema = json.loads((REFERENCE / "manifest" / "MicrosoftTeams.schema.json").read_text("utf-8"))
    manifest = json.loads(archive.read("manifest.json"))
    assert [e.message for e in Draft7Validator(schema).iter_errors(manifest)] == []


def test_the_package_holds_what_its_manifest_names(archive: zipfile.ZipFile) -> None:
    manifest = json.loads(archive.read("manifest.json"))
    assert sorted(archive.namelist()) == ["color.png", "manifest.json", "outline.png"]
    assert manifest["id"] == manifest["bots"][0]["botId"] == manifest["webApplicationInfo"]["id"] == APP
    asked = [p["name"] for p in manifest["authorization"]["permissions"]["resourceSpecific"]]
    assert asked == list(permissions.RSC)
    assert len(asked) <= 16


@pytest.mark.parametrize(("name", "size"), [("color.png", 192), ("outline.png", 32)])
def test_icons_have_their_size(archive: zipfile.ZipFile, name: str, size: int) -> None:
    with Image.open(io.BytesIO(archive.read(name))) as icon:
        assert (icon.format, icon.size, icon.mode) == ("PNG", (size, size), "RGBA")
        corner = icon.getpixel((0, 0))
        assert isinstance(corner, tuple)
        assert corner[3] == (255 if name == "color.png" else 0)
        colours = icon.getcolors(100_000)
        assert colours is not None
        if name == "outline.png":
            assert {c[:3] for _, c in colours if isinstance(c, tuple) and c[3]} == {(255, 255, 255)}


WANTED_ALL_THE_SAME = {
    "User.Read.All": "userType and accountEnabled are not among what User.ReadBasic.All shows",
    "AppCatalog.Read.All": "Microsoft's list leaves applications out for this path",
    "TeamMember.Read.All": "Microsoft's list calls a permission to write the least for reading",
}


def allowed(call: Call) -> dict[str, bool]:
    """Microsoft's application permissions for the call; True for the least."""
    listed = json.loads((REFERENCE / "graph" / "permissions-by-path.json").read_text("utf-8"))
    by_path = {path.lower(): methods for path, methods in listed.items()}
    given = by_path[call.path.lower()][call.method].get("Application", ())
    return {p.removesuffix(" (least)"): p.endswith(" (least)") for p in given}


@needs_reference
@pytest.mark.parametrize("call", CALLS, ids=lambda c: f"{c.method} {c.path}")
def test_every_permission_is_enough_for_its_call(call: Call) -> None:
    given = allowed(call)
    if not given and call.tenant in WANTED_ALL_THE_SAME:
        return
    assert {p for p in (call.tenant, call.rsc) if p} <= set(given)
    assert call.tenant or call.rsc
    if call.rsc:
        # Nothing larger is asked for in a team or chat than what serves another call there anyway.
        others = {c.rsc for c in CALLS if c is not call}
        assert given[call.rsc] or call.rsc in others


@needs_reference
@pytest.mark.parametrize("permission", sorted(set(permissions.TENANT) - set(WANTED_ALL_THE_SAME)))
def test_no_tenant_wide_permission_is_larger_than_some_call_needs(permission: str) -> None:
    for call in (c for c in CALLS if c.tenant == permission):
        given = allowed(call)
        tenant_wide = {p for p, least in given.items() if least and p.endswith(".All")}
        if given[permission] or not tenant_wide:
            return
    pytest.fail("every call could do with less")


def test_what_is_lost_is_said_of_every_permission() -> None:
    assert all(permissions.without(p) for p in (*permissions.TENANT, *permissions.RSC))
