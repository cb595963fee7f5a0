"""`python -m connectors.sandbox` comes up, says where, and ends when told to."""

import asyncio
import signal
import sys

import aiohttp


async def test_it_runs_alone() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "connectors.sandbox",
        "--port",
        "0",
        "--discovery",
        stdout=asyncio.subprocess.PIPE,
        # A shell's background job ignores Ctrl+C, and so would what is started from it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), 60)).decode()
    url = line.split()[-1]
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{url}/client/people") as response:
            assert len(await response.json()) == 15
        async with http.post(f"{url}/sandbox/grants") as response:
            grants = await response.json()
    assert grants["bot"]["access_token"].startswith("xoxb-")
    assert grants["discovery"]["authed_user"]["scope"] == "discovery:read,discovery:write"
    process.send_signal(signal.SIGINT)
    assert await asyncio.wait_for(process.wait(), 60) == 0
