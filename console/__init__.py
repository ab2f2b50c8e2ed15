"""The terminal: in which language to speak, where things lie by default, how progress and errors are shown."""
