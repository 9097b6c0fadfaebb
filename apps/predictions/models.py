"""Models' answers. Tables come with the first model back end."""
