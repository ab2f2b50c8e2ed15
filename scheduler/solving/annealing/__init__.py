"""Simulated annealing of timetables and of seats: single moves by the million, priced by what rules say of each."""
