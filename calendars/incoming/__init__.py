"""External calendars come in: the octets of an .ics file become busy times, and these rows of 时间意向."""
