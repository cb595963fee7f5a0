"""Microsoft's side of the sandbox: Entra's token endpoint and Microsoft Graph, over TLS on loopback."""
