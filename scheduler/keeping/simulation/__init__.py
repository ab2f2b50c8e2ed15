"""A simulated year: random but realistic changes, each answered by the smallest repair and published."""
