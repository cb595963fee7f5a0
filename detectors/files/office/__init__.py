"""Office documents: packages of XML parts, OpenDocument, and the old binary formats."""
