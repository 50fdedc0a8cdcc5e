"""The run of `./run demo`: three loads on the example, and what Muster made of them."""
