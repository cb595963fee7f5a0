"""Video and voice: what can be seen and heard is told; neither is ever called clean."""
