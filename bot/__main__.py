"""The `chaperone` command line."""

import argparse
import asyncio
import getpass
import logging
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from bot.policy.load import PolicyError
from bot.settings.load import load
from bot.settings.sections import Settings, SettingsError
from bot.store.database import StoreError
from bot.vault.keys import KeyFileError

SETTINGS = Path("chaperone.toml")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; exit status 0, 1 when it found something wrong, 2 when it could not be used."""
    parser = argparse.ArgumentParser(
        prog="chaperone", description="Keeps patient identifiers out of clinical team chat."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _demo(commands)
    _with_settings(commands, "serve", "the bot and its console, against real platforms", _serve)
    _with_settings(commands, "check", "settings, credentials, scopes and reach: what is missing", _check)
    _account(commands)
    _audit(commands)
    _teams(commands)
    _more(commands, sys.argv[1:] if argv is None else argv)
    args = parser.parse_args(argv)
    try:
        return int(args.func(args))
    except SettingsError as error:
        lines = "\n".join(f"  {e}" for e in error.errors)
        print(f"chaperone: the settings cannot be used:\n{lines}", file=sys.stderr)
        return 2
    except (PolicyError, KeyFileError, StoreError, OSError) as error:
        print(f"chaperone: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _more(commands: Any, argv: Sequence[str]) -> None:
    """Commands that bring their own arguments; loaded only where the bot itself is not meant."""
    if argv and argv[0] in commands.choices:
        return
    for module in (
        "bot.evaluation.evaluate",
        "bot.evaluation.calibrate",
        "bot.replay.command",
        "bot.files.command",
    ):
        import_module(module).add_parser(commands)


def _with_settings(
    commands: Any, name: str, help: str, run: Callable[[Settings], int]
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help)
    parser.add_argument("--settings", type=Path, default=SETTINGS, help=f"default: {SETTINGS}")
    parser.set_defaults(func=lambda args: run(load(args.settings)))
    return parser


def _demo(commands: Any) -> None:
    parser = commands.add_parser("demo", help="a workspace, the bot and the console on this machine")
    parser.add_argument(
        "--port", type=int, help="of the bot; the workspace has the next (default: 8800, or the first after it that is free)"
    )  # fmt: skip
    parser.add_argument(
        "--reach", choices=("author_edit", "admin_replace", "tombstone", "warn_only"), default="author_edit"
    )
    parser.add_argument("--folder", type=Path, help="where the demo keeps its data (default: .demo/PORT)")
    parser.add_argument("--fresh", action="store_true", help="begin again with empty data")

    def run(args: argparse.Namespace) -> int:
        from bot import demo

        return demo.run(args.folder, args.port, args.reach, args.fresh)

    parser.set_defaults(func=run)


def _serve(settings: Settings) -> int:
    import uvicorn

    from bot import serving

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    app = serving.application(settings)
    uvicorn.run(
        app, host=settings.chaperone.host, port=settings.chaperone.port, access_log=False, log_level="warning",
        timeout_graceful_shutdown=10, server_header=False, h11_max_incomplete_event_size=1 << 20,
    )  # fmt: skip
    return 0


def _check(settings: Settings) -> int:
    from bot import checking

    rows = asyncio.run(checking.check(settings))
    for row in rows:
        print(f"{'ok  ' if row.ok else 'MISSING' if row.ok is False else 'unknown'}  {row.what}")
        if row.how and row.ok is not True:
            print(f"      {row.how}")
    return 0 if all(row.ok for row in rows) else 1


def _account(commands: Any) -> None:
    parser = commands.add_parser("account", help="make a sign-in for the console")
    parser.add_argument("--settings", type=Path, default=SETTINGS)
    parser.add_argument("name", help="what they sign in with")
    parser.add_argument("--shown-name", required=True)
    parser.add_argument("--role", required=True, choices=("clinician", "admin", "reviewer", "auditor"))
    parser.add_argument("--platform-user", default="", help="their id on the chat platform (clinicians)")

    def run(args: argparse.Namespace) -> int:
        from bot import checking

        password = (
            getpass.getpass(f"Password for {args.name}: ")
            if sys.stdin.isatty()
            else sys.stdin.readline().strip()
        )
        asyncio.run(
            checking.make_account(
                load(args.settings), args.name, args.shown_name, args.role, password, args.platform_user
            )
        )
        return 0

    parser.set_defaults(func=run)


def _audit(commands: Any) -> None:
    parser = commands.add_parser("audit", help="verify the audit chain")
    parser.add_argument("what", choices=("verify",))
    parser.add_argument("--settings", type=Path, default=SETTINGS)
    parser.add_argument("--checkpoints", type=Path, help="checkpoints that were kept elsewhere")

    def run(args: argparse.Namespace) -> int:
        from bot import checking

        status, words = checking.verify_audit(load(args.settings), args.checkpoints)
        print(words)
        return status

    parser.set_defaults(func=run)


def _teams(commands: Any) -> None:
    parser = commands.add_parser("teams", help="the app package for Microsoft Teams' administrators")
    parser.add_argument("what", choices=("package",))
    parser.add_argument("--settings", type=Path, default=SETTINGS)
    parser.add_argument("--organisation", default="Chaperone", help="shown as the app's developer")
    parser.add_argument("--app-version", default="1.0.0", help="a changed package needs a higher one")
    parser.add_argument("--to", type=Path, default=Path("chaperone-teams.zip"))

    def run(args: argparse.Namespace) -> int:
        from bot import platforms

        made = platforms.teams_package(load(args.settings), args.app_version, args.organisation)
        args.to.write_bytes(made)
        print(f"{args.to}: upload it in the Teams admin center under Teams apps, Manage apps.")
        return 0

    parser.set_defaults(func=run)


if __name__ == "__main__":
    sys.exit(main())
