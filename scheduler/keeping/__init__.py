"""Keeping a plan alive: the journal of changes and revisions, drafts, and what is to be sent."""
