"""What must not be published, and the gate that everything published went through."""
