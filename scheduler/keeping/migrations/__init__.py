"""How journals of older versions are brought up to date; each step stays as it was when it was published."""
