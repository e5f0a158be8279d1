"""What a picture says, and its drawing with matplotlib: no Qt, no pyplot."""
