"""The words and the tools that every part of nowalls shares; it imports no other part."""
