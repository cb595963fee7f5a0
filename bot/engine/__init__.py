"""Durable work: inbox, lanes, effects, timers and schedules."""
