"""Pages of participants: one for each link, by which people who never subscribe see their turns and answer."""
