"""The line itself is the source."""


class Text:
    """A source line is text, which [text] says how to cut into pieces."""
