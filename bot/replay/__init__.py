"""Play whole conversations at the bot over the wire, and measure what members could still read."""
