"""The command ``tspmo``, as somebody at a terminal meets it."""
