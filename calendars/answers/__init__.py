"""Answers to invitations: the octets of a mail become what somebody says to a session, RFC 5546 and RFC 6047."""
