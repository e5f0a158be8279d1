"""Chain Rule Tutor: derive, check and show how gradients flow through a network."""
