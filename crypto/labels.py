"""The one table of labels: each key and each hash is bound to exactly one purpose.

A label is never reused for something else; a change of what it covers takes a new number.
"""

# Tags of `H(tag, x)`.
PASSPHRASE_TAG = "fn/pw/1"
HEAD_WORDS_TAG = "fn/head-words/1"
ENTRY_TAG = "fn/entry/1"
FRAME_TAG = "fn/frame/1"
VALUE_TAG = "fn/value/1"
READER_TAG = "fn/rtag/1"
REMOVED_TAG = "fn/removed/1"

# What begins, before 0x00, the bytes that an author signs and those that a fingerprint hashes.
CARD_SIGNATURE = b"fn/card/1"
FINGERPRINT = b"fn/fingerprint/1"
SESSION_SIGNATURE = b"fn/session/1"

# HKDF `info` for what opens a slot.
RECOVERY_ROOT = b"fn/recovery/1"
SLOT_KEY = b"fn/slot/1"

# HKDF `info` for the keys derived from the notebook key.
DATABASE_KEY = b"fn/database/1"
DRAFTS_KEY = b"fn/drafts/1"
HEAD_KEY = b"fn/head/1"

# HKDF `info` for the payload key of an evidence object, salted with the object's name.
OBJECT_KEY = b"fn/object/1"

# The same for a recording that is not an object yet.
RECORDING_KEY = b"fn/recording/1"
