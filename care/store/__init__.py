"""The care package's tables: functions take an open connection and the instant, and commit nothing."""
