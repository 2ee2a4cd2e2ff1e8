"""Renders templates as transformers does: one JSON line in, one out.

In: {"template": text, "variables": {…}}. Out: {"text": …}, or {"error": …, "kind": "raised" for raise_exception, else
"failed"}. The date is fixed as the Java tests fix it.

With --record FILE the results in FILE are written anew: its first line holds variables, each other a template, whether it
is given these, and what became of it. constructs.jsonl was so recorded with transformers 5.23 and jinja2 3.1.6.
"""
import datetime
import json
import sys
import warnings

import jinja2
import transformers.utils.chat_template_utils as utils

warnings.simplefilter("ignore")


class FixedDate(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2024, 7, 26, 12, 0, 0)


utils.datetime = FixedDate


def rendered(case):
    try:
        template = utils._compile_jinja_template(case["template"])
        return {"text": template.render(**case["variables"])}
    except jinja2.exceptions.TemplateError as error:
        kind = "raised" if type(error) is jinja2.exceptions.TemplateError else "failed"
        return {"error": str(error), "kind": kind}
    except Exception as error:  # Whatever a template does to Python's values.
        return {"error": str(error), "kind": "failed"}


def record(path):
    with open(path, encoding="utf-8") as lines:
        first, *cases = [json.loads(line) for line in lines]
    with open(path, "w", encoding="utf-8") as out:
        print(json.dumps(first), file=out)
        for case in cases:
            result = rendered({"template": case["template"], "variables": first["shared"] if case["shared"] else {}})
            if result.get("kind") == "failed":
                result = {"error": "fails", "kind": "failed"}
            print(json.dumps({"template": case["template"], "shared": case["shared"]} | result), file=out)


def main():
    if sys.argv[1] == "--record":
        record(sys.argv[2])
        return
    out = open(sys.argv[2], "w", encoding="utf-8", errors="surrogatepass") if len(sys.argv) > 2 else sys.stdout
    with open(sys.argv[1], encoding="utf-8") as cases:
        for line in cases:
            print(json.dumps(rendered(json.loads(line))), file=out)


main()
