"""The stylesheets and scripts: the design system's from its installed package, a few lines of our own."""

import re
from functools import cache
from importlib import resources

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

_DESIGN = resources.files("wagtailnhsukfrontend").joinpath("static", "wagtailnhsukfrontend")
_OURS = resources.files("bot.console").joinpath("static")

# The design system loads a licensed font from another host: our content security policy forbids that, and
# Arial, its own fallback, needs no licence.
_FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)

_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


async def asset(request: Request) -> Response:
    """One of four files by name; nothing else can be asked for."""
    name = request.path_params["name"]
    if name not in ("nhsuk.css", "nhsuk.js", "chaperone.css", "chaperone.js", "chaperone.svg"):
        raise HTTPException(404)
    media = _TYPES[name.rpartition(".")[2]]
    return Response(_text(name), media_type=media, headers={"Cache-Control": "max-age=3600"})


@cache
def _text(name: str) -> str:
    if name == "nhsuk.css":
        return _FONT_FACE.sub("", _packaged("css"))
    if name == "nhsuk.js":
        return _SOURCE_MAP.sub("", _packaged("js"))
    return _OURS.joinpath(name).read_text("utf-8")


def _packaged(kind: str) -> str:
    """The one `nhsuk-frontend-VERSION.min.KIND` that the package ships."""
    names = [f for f in _DESIGN.joinpath(kind).iterdir() if f.name.startswith("nhsuk-frontend-")]
    return next(f for f in names if f.name.endswith(f".min.{kind}")).read_text("utf-8")
