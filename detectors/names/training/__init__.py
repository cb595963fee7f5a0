"""How the name model is made: our own annotated chat, and the code that trains on it (`make train`).

Nothing here is imported at run time.
"""
