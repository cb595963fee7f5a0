"""What is inside a file: its texts, its pictures, and the same file with the identifiers gone."""
