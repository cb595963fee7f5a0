"""E-mail: internet messages (RFC 5322, MIME), mailboxes and Outlook items."""
