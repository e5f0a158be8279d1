"""Everything of the window: all the Qt there is."""
