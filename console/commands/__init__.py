"""The commands by theme: what can be said on the command line; what they do lies in the modules of `console`."""
