"""The C code of a bundle in one build for both its output and its nodes: most of the time of a mutant is the compiler's."""

from pimdeploy.verify.backends.c_code import CBackend


class TracedCBackend(CBackend):
    """The build with PIM_TRACE, unoptimized, by one compiler and in one form; no other is made."""

    def __init__(self, compiler: str, form: str) -> None:
        super().__init__(compiler, "O0", form)

    def _load(self) -> None:
        self._traced = self._with_trace()
        self._library, self._layout = self._traced
