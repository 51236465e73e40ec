"""Reading and judging `HC1:` texts: the vaccination passport's QR in the European format.

From the outside in: `container` (prefix, base45, zlib), `cose` (who signed what), `claims` (when,
by whom), `schema` (what a certificate may say), `signers` (whom we trust), `judging` (the verdict).
How each point is judged, and why, is told in docs/certificates.md.
"""
