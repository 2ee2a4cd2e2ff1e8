"""openai-python: every path that it knows, whole and streamed. Run by run.sh."""

import json
import sys

import openai

base, model = sys.argv[1:3]
client = openai.OpenAI(base_url=base, api_key="none", max_retries=0)
user = [{"role": "user", "content": "How do I delete a table?"}]
schema = {
    "type": "object",
    "properties": {"unit": {"enum": ["C", "F"]}},
    "required": ["unit"],
    "additionalProperties": False,
}


def check(name, good):
    print(f"{'ok  ' if good else 'FAIL'} {name}")
    if not good:
        sys.exit(1)


check("models", model in [m.id for m in client.models.list()])

whole = client.chat.completions.create(model=model, messages=user, max_tokens=16, seed=1)
parts = client.chat.completions.create(
    model=model, messages=user, max_tokens=16, seed=1, stream=True
)
text = "".join(c.choices[0].delta.content or "" for c in parts if c.choices)
check("chat, whole and streamed", text == whole.choices[0].message.content)

form = {"type": "json_schema", "json_schema": {"name": "n", "schema": schema, "strict": True}}
made = client.chat.completions.create(model=model, messages=user, response_format=form)
check("chat, JSON by a schema", json.loads(made.choices[0].message.content)["unit"] in "CF")

done = client.completions.create(model=model, prompt="SELECT", max_tokens=8, logprobs=1)
check("completions", done.usage.completion_tokens <= 8 and done.choices[0].logprobs.tokens)

answer = client.responses.create(model=model, input=user, max_output_tokens=16)
check("responses", answer.output_text and answer.usage.output_tokens <= 16)

settings = {"temperature": 0, "max_output_tokens": 16}
whole = client.responses.create(model=model, input="Hello", **settings)
with client.responses.stream(model=model, input="Hello", **settings) as stream:
    deltas = "".join(e.delta for e in stream if e.type == "response.output_text.delta")
    final = stream.get_final_response()
check("responses, streamed", deltas == final.output_text == whole.output_text)

made = client.responses.create(
    model=model,
    input="Hello",
    text={"format": {"type": "json_schema", "name": "n", "schema": schema, "strict": True}},
)
check("responses, JSON by a schema", json.loads(made.output_text)["unit"] in "CF")

try:
    more = client.responses.create(
        model=model, input="And then?", previous_response_id=whole.id, max_output_tokens=4
    )
    check("responses, gone on with", more.usage.input_tokens > whole.usage.input_tokens)
except openai.BadRequestError as e:
    check("responses are not kept: " + e.message, "kept_responses" in e.message)

try:
    client.responses.create(model=model, input="Hello", background=True)
    check("what is not supported is refused", False)
except openai.BadRequestError as e:
    check("what is not supported is refused", e.param == "background")
