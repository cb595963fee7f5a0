"""Tokens taken away and the app removed, with the events that follow."""

from connectors.sandbox.tokens import Token
from connectors.sandbox.workspace import Workspace


def revoke(workspace: Workspace, token: Token) -> None:
    """Revoke one token; `tokens_revoked` follows (Slack names people, not tokens)."""
    workspace.tokens.revoke(token)
    oauth = [token.user] if token.kind != "bot" else []
    bot = [token.user] if token.kind == "bot" else []
    workspace.tell(
        {"type": "tokens_revoked", "tokens": {"oauth": oauth, "bot": bot}, "event_ts": workspace.next_ts()}
    )


def uninstall(workspace: Workspace) -> None:
    """Remove the app: every token ends, and `tokens_revoked` and `app_uninstalled` follow in no promised order."""
    live = workspace.tokens.all_live()
    for token in live:
        workspace.tokens.revoke(token)
    people = {
        "oauth": [token.user for token in live if token.kind != "bot"],
        "bot": [token.user for token in live if token.kind == "bot"],
    }
    workspace.tell({"type": "tokens_revoked", "tokens": people, "event_ts": workspace.next_ts()})
    workspace.tell({"type": "app_uninstalled", "event_ts": workspace.next_ts()})
