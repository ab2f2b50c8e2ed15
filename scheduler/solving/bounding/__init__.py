"""Lower bounds by decomposition: each resource's schedule by itself, held together by prices on seats."""
