"""Every sentence that a person reads in chat, by its reader. Takes kinds, counts and ids, never anybody's text.

A note says first what happened, in at most 35 words, with at most three buttons and one of them primary.
"""
