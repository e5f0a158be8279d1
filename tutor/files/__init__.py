"""Files: problems and documents, read and written."""
