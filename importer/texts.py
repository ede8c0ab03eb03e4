"""A list of many texts in little memory."""

from array import array
from collections.abc import Iterable


class Texts:
    """Takes as many bytes as the texts in UTF-8, and eight for each; never a Python object for each."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._all = bytearray()
        self._ends = array("Q", [0])
        for text in texts:
            self._all += text.encode("utf-8", "surrogatepass")
            self._ends.append(len(self._all))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, place: int) -> str:
        """Raises IndexError where there is none, before the first too."""
        if not 0 <= place < len(self):
            raise IndexError(place)
        return self._all[self._ends[place] : self._ends[place + 1]].decode("utf-8", "surrogatepass")
