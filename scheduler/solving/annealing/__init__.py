"""Simulated annealing of timetables: single moves by the million, priced by what rules say of starts and rooms."""
