"""The rules: what a coordinator may demand, how it is encoded, checked, priced and said."""
