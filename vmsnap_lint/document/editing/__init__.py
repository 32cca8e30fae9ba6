"""Changes of values become edits of the text that they are written in; the rest stays as it is."""
