"""One file per channel; each reads its platform's updates and sends what conversations say."""
