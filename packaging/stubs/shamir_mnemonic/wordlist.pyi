WORDLIST: list[str]
WORD_INDEX_MAP: dict[str, int]
