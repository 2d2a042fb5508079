"""Every statement of the API, a file of SQL beside each noun; personal data is always read within a scope."""
