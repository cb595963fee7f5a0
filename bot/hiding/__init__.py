"""What messages, files and topics have in common: found and judged, reworded, hidden and proved."""
