"""The settings: read whole and true, or refused in words."""
