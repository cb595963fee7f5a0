"""Installing the app and authorising it, as a browser would."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from connectors.sandbox.tokens import Grants
from tests.connectors.sandbox.conftest import ADMIN, NURSE, PARTNER, Stage
from tests.connectors.sandbox.fidelity import answer_problems

REDIRECT = "http://127.0.0.1:8800/slack/oauth_redirect"
INSTALL = {
    "client_id": "sandbox-client-id",
    "redirect_uri": REDIRECT,
    "state": "s1",
    "scope": "chat:write,users:read",
}
OWN = {"client_id": "sandbox-client-id", "redirect_uri": REDIRECT, "state": "s2", "user_scope": "chat:write"}


async def consent(stage: Stage, asked: dict[str, str]) -> dict[str, str]:
    url = f"{stage.served.base_url}/oauth/v2/authorize?{urlencode(asked)}"
    async with stage.http.get(url, allow_redirects=False) as response:
        assert response.status == 302
        where = urlsplit(response.headers["location"])
    assert f"{where.scheme}://{where.netloc}{where.path}" == REDIRECT
    return {key: values[0] for key, values in parse_qs(where.query).items()}


async def exchange(stage: Stage, code: str, **more: Any) -> Any:
    client = AsyncWebClient(base_url=f"{stage.served.base_url}/api/")
    given = {"client_id": "sandbox-client-id", "client_secret": "sandbox-client-secret", "code": code} | more
    return await client.oauth_v2_access(**given)


async def test_an_admin_installs_the_app(stage: Stage) -> None:
    back = await consent(stage, INSTALL | {"as": ADMIN})
    assert back["state"] == "s1"
    answer = (await exchange(stage, back["code"], redirect_uri=REDIRECT)).data
    assert answer_problems("oauth.v2.access", answer) == []
    assert (answer["bot_user_id"], answer["token_type"], answer["team"]["id"]) == (
        "U0CHAPER1",
        "bot",
        "T0CHAPER1",
    )
    bot = AsyncWebClient(token=answer["access_token"], base_url=f"{stage.served.base_url}/api/")
    assert (await bot.auth_test())["bot_id"] == "B0CHAPER1"


async def test_a_code_is_good_once(stage: Stage) -> None:
    code = (await consent(stage, INSTALL | {"as": ADMIN}))["code"]
    await exchange(stage, code)
    with pytest.raises(SlackApiError, match="invalid_code"):
        await exchange(stage, code)


async def test_the_apps_secret_is_checked(stage: Stage) -> None:
    code = (await consent(stage, INSTALL | {"as": ADMIN}))["code"]
    with pytest.raises(SlackApiError, match="bad_client_secret"):
        await exchange(stage, code, client_secret="guess")


async def test_a_person_authorises_for_themselves(stage: Stage) -> None:
    code = (await consent(stage, OWN | {"as": NURSE}))["code"]
    answer = (await exchange(stage, code)).data
    assert answer_problems("oauth.v2.access", answer) == []
    assert "access_token" not in answer
    assert answer["authed_user"]["id"] == NURSE
    assert answer["authed_user"]["access_token"].startswith("xoxp-")


DISCOVERY = OWN | {"user_scope": "discovery:read,discovery:write"}


async def test_the_discovery_token_is_one_of_its_own(stage: Stage) -> None:
    code = (await consent(stage, DISCOVERY | {"as": ADMIN}))["code"]
    given = (await exchange(stage, code))["authed_user"]
    assert given["scope"] == "discovery:read,discovery:write"
    assert given["access_token"] != stage.tokens["admin"]["authed_user"]["access_token"]


@pytest.mark.parametrize("asked", [INSTALL | {"as": NURSE}, OWN | {"as": PARTNER}, DISCOVERY | {"as": NURSE}])
async def test_who_may_not_consent(stage: Stage, asked: dict[str, str]) -> None:
    assert (await consent(stage, asked))["error"] == "access_denied"


@pytest.mark.parametrize("grants", [Grants(author_tokens=False, admin_token=True)])
async def test_without_the_grant_a_person_says_no_and_an_admin_yes(stage: Stage) -> None:
    assert (await consent(stage, OWN | {"as": NURSE}))["error"] == "access_denied"
    assert "code" in await consent(stage, OWN | {"as": ADMIN})


async def test_the_chooser_lists_people_and_keeps_the_question(stage: Stage) -> None:
    url = f"{stage.served.base_url}/oauth/v2/authorize?{urlencode(INSTALL)}"
    async with stage.http.get(url) as response:
        page = await response.text()
    assert "Graham Tolley" in page
    assert "as=U0ADMIN01" in page
    assert "state=s1" in page


@pytest.mark.parametrize("wrong", [{"client_id": "other"}, {"redirect_uri": "https://elsewhere.example/"}])
async def test_a_wrong_question_goes_nowhere(stage: Stage, wrong: dict[str, str]) -> None:
    url = f"{stage.served.base_url}/oauth/v2/authorize?{urlencode(INSTALL | {'as': ADMIN} | wrong)}"
    async with stage.http.get(url, allow_redirects=False) as response:
        assert response.status == 400
