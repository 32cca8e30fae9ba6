"""Plans as a graph of objects, for the formats that draw it."""
