"""Archives: what is packed in one file is unpacked, inspected member by member, and packed anew."""
