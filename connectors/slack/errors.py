"""Slack's error words as our errors."""

from connectors.interface import ConnectorError, NotAuthorised, ReachFailed, Refused, Unavailable

# From the error tables of the Web API reference: what may pass by itself ...
_PASSING = frozenset(
    "ratelimited rate_limited internal_error fatal_error request_timeout service_unavailable "
    "team_added_to_org org_login_required external_channel_migrating accesslimited".split()
)
_MAYBE_DONE = frozenset("internal_error fatal_error request_timeout service_unavailable".split())
# ... what a new token or scope would mend ...
_TOKEN = frozenset(
    "invalid_auth not_authed account_inactive token_revoked token_expired no_permission missing_scope "
    "not_allowed_token_type ekm_access_denied team_access_not_granted access_denied "
    "two_factor_setup_required enterprise_is_restricted".split()
)
# ... and what only means that this message cannot be changed in this way.
_REACH = frozenset(
    "edit_window_closed block_mismatch message_not_found no_dual_broadcast_content_update is_inactive "
    "update_failed msg_too_long invalid_blocks invalid_blocks_format invalid_attachments no_text "
    "compliance_exports_prevent_deletion restricted_action is_archived".split()
)
REVOKED = frozenset(("token_revoked", "account_inactive"))


def error(method: str, code: str, retry_after: float = 0.0) -> ConnectorError:
    """The error to raise for Slack's word `code`; never carries anything of the call but its name."""
    if code in _PASSING:
        return Unavailable(f"slack {method}: {code}", retry_after, maybe_done=code in _MAYBE_DONE)
    return kind(code)(f"slack {method}", code)


def kind(code: str) -> type[Refused]:
    if code in _TOKEN:
        return NotAuthorised
    if code in _REACH or code.startswith("cant_"):
        return ReachFailed
    return Refused
