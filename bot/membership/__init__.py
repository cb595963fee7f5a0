"""Who is in each conversation, whether they belong there, and what is done about it."""
