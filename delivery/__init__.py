"""Delivery: how a message reaches somebody, and what it says."""
