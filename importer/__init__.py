"""Imports a spreadsheet into LeadSquared as opportunities, and says what became of every row."""

__version__ = "0.1.0"
