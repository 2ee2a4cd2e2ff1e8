"""LiteLLM: chat, streams, JSON by a schema, completions, errors. Run by run.sh."""

import json
import os
import sys

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # nothing is fetched
import litellm  # noqa: E402

base, model = sys.argv[1:3]
litellm.telemetry = False
settings = {"model": "openai/" + model, "api_base": base, "api_key": "none", "num_retries": 0}
user = [{"role": "user", "content": "How do I delete a table?"}]


def check(name, good):
    print(f"{'ok  ' if good else 'FAIL'} {name}")
    if not good:
        sys.exit(1)


whole = litellm.completion(messages=user, max_tokens=24, temperature=0, **settings)
check("chat, whole", whole.usage.completion_tokens <= 24)
stream = litellm.completion(messages=user, max_tokens=24, temperature=0, stream=True, **settings)
text = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
check("chat, streamed", text == whole.choices[0].message.content)
schema = {
    "type": "object",
    "properties": {"unit": {"enum": ["C", "F"]}},
    "required": ["unit"],
    "additionalProperties": False,
}
form = {"type": "json_schema", "json_schema": {"name": "n", "schema": schema, "strict": True}}
made = litellm.completion(messages=user, response_format=form, **settings)
check("chat, JSON by a schema", json.loads(made.choices[0].message.content)["unit"] in "CF")
done = litellm.text_completion(
    prompt="SELECT", max_tokens=8, **{**settings, "model": "text-completion-openai/" + model}
)
check("completions", done.usage.completion_tokens <= 8)
answer = litellm.responses(input="Hello", max_output_tokens=16, **settings)
check("responses", answer.usage.output_tokens <= 16)
try:
    litellm.completion(messages=[{"role": "user", "content": "word " * 4000}], **settings)
    check("a prompt that is too long", False)
except litellm.ContextWindowExceededError:
    check("a prompt that is too long", True)
