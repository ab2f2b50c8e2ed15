"""The nouns of Rota as frozen values: facts, time, demands, case, plan. Imports nothing else of the project."""

__version__ = "0.1.0"
