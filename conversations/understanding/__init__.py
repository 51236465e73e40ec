"""How free text becomes an intent: words, danger signs, certain cases, a small trained model."""
