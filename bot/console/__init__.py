"""The web console for IG, admins and auditors."""
