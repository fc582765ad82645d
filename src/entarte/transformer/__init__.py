"""What the Transformer's encoder and decoder are made of (Vaswani et al. 2017)."""
