"""Answers to invitations: the octets of a mail become what somebody says to a session, RFC 5546 and RFC 6047."""

from calendars.answers.reading import MOST_OCTETS, read_mail, wrapped

__all__ = ["MOST_OCTETS", "read_mail", "wrapped"]
