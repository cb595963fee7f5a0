"""Where a stretch of text begins and ends, moved to the edges of its words."""


def whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Widened to the words (runs of letters and digits) that it begins and ends in; it must not be empty."""
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return start, end


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without the marks and blanks at its ends; empty where it has no letter or digit."""
    while start < end and not text[start].isalnum():
        start += 1
    while start < end and not text[end - 1].isalnum():
        end -= 1
    return start, end
