"""The app package that a Teams administrator uploads: a manifest with the least permissions, and two icons."""

import io
import json
import zipfile
from typing import Any, Final

from PIL import Image, ImageDraw

from connectors.teams import permissions

MANIFEST_VERSION: Final = "1.29"
_ACCENT: Final = "#005EB8"
_WHITE: Final = "#FFFFFF"
_SCHEMA: Final = (
    f"https://developer.microsoft.com/json-schemas/teams/v{MANIFEST_VERSION}/MicrosoftTeams.schema.json"
)
_CHATS: Final = ("personal", "team", "groupChat")


def package(app_id: str, public_url: str, version: str, organisation: str = "Chaperone") -> bytes:
    """The zip. `app_id`: the application's in Entra, a GUID, which the bot and the manifest share, so that the app is
    found again in a tenant's catalogue. `version` is three numbers; a changed package needs a higher one."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        made = manifest(app_id, public_url, version, organisation)
        archive.writestr("manifest.json", json.dumps(made, indent=2, ensure_ascii=False))
        archive.writestr("color.png", _icon(192, _WHITE, _ACCENT))
        archive.writestr("outline.png", _icon(32, _WHITE, None))
    return out.getvalue()


def manifest(app_id: str, public_url: str, version: str, organisation: str = "Chaperone") -> dict[str, Any]:
    """Both modes use the same package: what an administrator consents to for the whole tenant is not in it."""
    base = public_url.rstrip("/")
    return {
        "$schema": _SCHEMA,
        "manifestVersion": MANIFEST_VERSION,
        "version": version,
        "id": app_id,
        "developer": {
            "name": organisation[:32], "websiteUrl": base, "privacyUrl": f"{base}/", "termsOfUseUrl": f"{base}/",
        },
        "name": {"short": "Chaperone", "full": "Chaperone: patient identifiers out of chat"},
        "description": {
            "short": "Hides patient identifiers in messages and files, and keeps the clinical content.",
            "full": (
                "Chaperone reads what is said where it is installed, hides patient identifiers from other "
                "readers, tells the sender in private, and tells Information Governance. It checks who joins "
                "against the staff directory. It never posts an identifier."
            ),
        },
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": _ACCENT,
        "bots": [{
            "botId": app_id, "scopes": list(_CHATS), "isNotificationOnly": False, "supportsFiles": False,
            "supportsTargetedMessages": True,
        }],
        "supportsChannelFeatures": "tier1",
        "supportedChannelTypes": ["sharedChannels", "privateChannels"],
        "webApplicationInfo": {"id": app_id, "resource": f"api://{app_id}"},
        "authorization": {"permissions": {"resourceSpecific": [
            {"name": name, "type": "Application"} for name in permissions.RSC
        ]}},
    }  # fmt: skip


def _icon(size: int, ink: str, ground: str | None) -> bytes:
    """A speech bubble with a line of it hidden."""
    scale = 4
    image = Image.new("RGBA", (size * scale, size * scale), ground or (0, 0, 0, 0))
    draw, unit = ImageDraw.Draw(image), size * scale / 32
    body = [5 * unit, 6 * unit, 27 * unit, 22 * unit]
    draw.rounded_rectangle(body, 4 * unit, outline=ink, width=round(2 * unit))
    draw.polygon([(10 * unit, 21 * unit), (10 * unit, 28 * unit), (17 * unit, 21 * unit)], fill=ink)
    draw.line([9 * unit, 11 * unit, 18 * unit, 11 * unit], ink, round(2 * unit))
    draw.rectangle([9 * unit, 14 * unit, 23 * unit, 18 * unit], fill=ink)
    out = io.BytesIO()
    image.resize((size, size), Image.Resampling.LANCZOS).save(out, "PNG")
    return out.getvalue()
