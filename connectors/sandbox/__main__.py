"""Run the sandbox alone: `python -m connectors.sandbox --port 8801 --bot-url http://127.0.0.1:8800`."""

import argparse
import asyncio

from connectors.sandbox.seed import plant
from connectors.sandbox.server import serve
from connectors.sandbox.tokens import Grants


async def _run(arguments: argparse.Namespace) -> None:
    grants = Grants(not arguments.no_author_tokens, not arguments.no_admin_token, arguments.discovery)
    async with serve(
        plant(grants=grants), arguments.host, arguments.port, bot_url=arguments.bot_url
    ) as running:
        print(f"The sandbox workspace is at {running.base_url}", flush=True)  # noqa: T201 - a command's own output
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m connectors.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8801)
    parser.add_argument("--bot-url", default="", help="where the app under test listens")
    parser.add_argument("--no-author-tokens", action="store_true", help="people may not authorise the app")
    parser.add_argument("--no-admin-token", action="store_true", help="no admin token is given")
    parser.add_argument("--discovery", action="store_true", help="an Enterprise with the Discovery API")
    try:
        asyncio.run(_run(parser.parse_args()))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
