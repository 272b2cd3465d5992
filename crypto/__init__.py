"""Bytes in, bytes out: key slots, streams, age, identities and the sealed container."""
