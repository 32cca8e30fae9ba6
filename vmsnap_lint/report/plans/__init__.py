"""Plans become drawings: what each snapshot would hold, volume by volume."""
