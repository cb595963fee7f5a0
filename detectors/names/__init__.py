"""Who is named, and whether they are a patient, a relative or staff."""
