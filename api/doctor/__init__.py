"""`nowalls doctor`: whether everything that must hold before a night does hold, in plain words."""
