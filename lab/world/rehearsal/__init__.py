"""The rehearsal world: an imagined network with ideal servers, in which a scenario is tried before it is believed."""
