"""iCalendar feeds: a case, its plan and the stamps of its sessions become .ics files for any program.

Nothing is imported here: the child process that reads foreign calendars passes through, and starts on what it needs.
"""
