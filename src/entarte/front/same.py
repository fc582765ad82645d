"""The source is read as the target is."""


class Same:
    """The source's front is of the kind and settings that [front] says, as the target's is."""
