from collections.abc import Sequence

class QRCode:
    @property
    def matrix(self) -> Sequence[Sequence[int]]: ...

def make(content: str, *, mode: str, error: str, micro: bool, boost_error: bool) -> QRCode: ...
