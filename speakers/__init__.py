"""Who said what: the values that flow through the project, and the engines that hear them."""
