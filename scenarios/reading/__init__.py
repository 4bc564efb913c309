"""Reading YAML: text to a tree with places, and a model's errors back to them."""
