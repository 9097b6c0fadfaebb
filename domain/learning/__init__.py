"""Learning from what people accepted: features without weights, a small head over them, and what can be said of it honestly."""
