"""Renders every template of resources/dev/reticent/text/templates with transformers and writes expected.json beside them.

Run by hand when a template or a conversation is added: python chat_templates.py
Written with transformers 5.23 and jinja2 3.1.6. The date is fixed, as the Java test fixes it.
"""
import datetime
import json
import pathlib

import jinja2
import transformers.utils.chat_template_utils as utils

FOLDER = pathlib.Path(__file__).parent.parent / "resources/dev/reticent/text/templates"


class FixedDate(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2024, 7, 26, 12, 0, 0)


utils.datetime = FixedDate


def message(role, content):
    return {"role": role, "content": content}


CONVERSATIONS = {
    "one turn": [message("user", "Where are the tables?")],
    "system": [message("system", " Be brief.\n"), message("user", " Where are the tables? ")],
    "answered": [message("user", "Hi"), message("assistant", " Hello there. ")],
    "multi": [
        message("system", "Be brief."),
        message("user", "Hi {{ name }} {% if %} {# c #}"),
        message("assistant", "Hello.\n\nWhat?\n"),
        message("user", "差分隐私 😀 naïve \\n \"q\" 'p' <b>&amp;"),
    ],
    "thinking": [
        message("user", "2+2?"),
        message("assistant", "<think>\nfour\n</think>\n\n4"),
        message("user", "3+3?"),
        message("assistant", "<think>\nsix\n</think>\n\n6"),
    ],
    "not alternating": [message("user", "a"), message("user", "b")],
    "empty content": [message("user", "")],
    "unknown role": [message("user", "a"), message("critic", "b")],
}


def main():
    cases = []
    for path in sorted(FOLDER.glob("*.jinja")):
        template = utils._compile_jinja_template(path.read_text())
        for name, messages in CONVERSATIONS.items():
            for prompt in (False, True):
                case = {"template": path.name, "conversation": name, "messages": messages, "add_generation_prompt": prompt}
                try:
                    case["text"] = template.render(
                        messages=messages, tools=None, documents=None, add_generation_prompt=prompt,
                        bos_token="<s>", eos_token="</s>", unk_token="<unk>",
                    )
                except jinja2.exceptions.TemplateError as error:
                    case["error"] = str(error)
                cases.append(case)
    (FOLDER / "expected.json").write_text(json.dumps(cases, ensure_ascii=False, indent=1) + "\n")


main()
