"""Sound to train on: clips joined into strings, and letters played as chords."""
