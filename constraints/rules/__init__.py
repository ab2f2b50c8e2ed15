"""One rule, one file; `constraints.registry` lists them."""
