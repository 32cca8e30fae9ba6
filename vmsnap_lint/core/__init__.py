"""What everything else is made of: kinds, values, releases, the model, errors, messages; no I/O."""
