"""papermill for notebooks in Go: `pip install kernel/jupyter/papermill`, and `papermill in.ipynb out.ipynb -p steps 100`
works; without installing anything, `python gossl_papermill.py in.ipynb out.ipynb -p steps 100` does the same.

papermill puts a cell behind the one tagged "parameters". In Go it assigns, so that the kernel checks each value
against the type that the notebook has declared, and a parameter that the notebook does not have is an error."""
import json
import math
import re

from papermill.engines import NBClientEngine
from papermill.models import Parameter
from papermill.translators import Translator, papermill_translators


def go_type(value):
    """The Go type of a parameter's literal; any where there is no closer one."""
    if isinstance(value, list):
        return "[]" + common(value)
    if isinstance(value, dict):
        return "map[string]" + common(value.values())
    return {bool: "bool", int: "int", float: "float64", str: "string"}.get(type(value), "any")


def common(values):
    types = {go_type(v) for v in values}
    if types == {"int", "float64"}:
        return "float64"
    return types.pop() if len(types) == 1 else "any"


class GoTranslator(Translator):
    """Values of JSON and YAML as Go literals."""

    @classmethod
    def translate_none(cls, val):
        return "nil"

    @classmethod
    def translate_float(cls, val):
        if math.isnan(val):
            return "math.NaN()"
        if math.isinf(val):
            return "math.Inf(%d)" % (1 if val > 0 else -1)
        return repr(val)

    @classmethod
    def translate_str(cls, val):
        return json.dumps(val, ensure_ascii=False)  # JSON's escapes are Go's

    @classmethod
    def translate_escaped_str(cls, str_val):
        return cls.translate_str(str(str_val))

    @classmethod
    def translate_list(cls, val):
        return "%s{%s}" % (go_type(val), ", ".join(cls.translate(v) for v in val))

    @classmethod
    def translate_dict(cls, val):
        return "%s{%s}" % (go_type(val), ", ".join("%s: %s" % (cls.translate_str(str(k)), cls.translate(v)) for k, v in val.items()))

    @classmethod
    def comment(cls, cmt_str):
        return "// " + cmt_str

    # name := value, name = value, name type or name type = value, behind var or within its brackets.
    DECLARATION = re.compile(r"^\s*(?:var\s+)?([^\W\d]\w*)(?:\s*:=\s*(?P<short>.*?)|(?:\s+(?P<type>[\w\[*][^=/]*?))?(?:\s*=\s*(?P<long>.*?))?)"
                             r"\s*(?://\s*(?P<help>.*))?$")
    NO_NAMES = {"var", "import", "const", "type", "func", "if", "for", "return"}

    @classmethod
    def inspect(cls, parameters_cell):
        """The parameters that a cell declares, for `papermill --help-notebook`."""
        found = []
        for line in parameters_cell["source"].splitlines():
            m = cls.DECLARATION.match(line)
            if m and m.group(1) not in cls.NO_NAMES:
                found.append(Parameter(name=m.group(1), inferred_type_name=m["type"] or "None", default=m["short"] or m["long"] or "", help=m["help"] or ""))
        return found


papermill_translators.register("go", GoTranslator)


class Engine(NBClientEngine):
    """papermill's own engine. papermill loads every engine at its start, which is how the translator gets there."""


if __name__ == "__main__":
    from papermill.__main__ import papermill

    papermill()
