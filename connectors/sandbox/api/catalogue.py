"""Every Web API method of the sandbox, by name."""

from connectors.sandbox.api import (
    auth,
    canvases,
    chat,
    conversations,
    discovery,
    files,
    history,
    users,
    views,
)
from connectors.sandbox.api.call import Method

METHODS: dict[str, Method] = {
    method.name: method
    for family in (auth, canvases, chat, conversations, discovery, files, history, users, views)
    for method in family.METHODS
}
