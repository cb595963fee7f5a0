"""A message's journey: decided on, hidden, its sender told; what follows when people press, edit or object."""
