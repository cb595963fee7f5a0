"""PDF: everything that a reader or a copier could find in it, and a copy made of pictures of its pages."""
