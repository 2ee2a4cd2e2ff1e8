"""openai-python with tools: chosen freely, named, required, streamed, answered; both APIs. Run by
run_tools.sh."""

import json
import sys

import openai
from pydantic import BaseModel

base, model = sys.argv[1:3]
client = openai.OpenAI(base_url=base, api_key="none", max_retries=0)
user = [{"role": "user", "content": "Is it warm in Oslo?"}]


class Weather(BaseModel):
    """The weather of a city."""

    city: str
    celsius: bool


class Now(BaseModel):
    """The time."""


tool = openai.pydantic_function_tool(Weather, name="weather")
now = openai.pydantic_function_tool(Now, name="now")
ask = {"model": model, "messages": user, "tools": [tool, now], "max_tokens": 200, "temperature": 0}
named = {"type": "function", "function": {"name": "weather"}}


def check(name, good):
    print(f"{'ok  ' if good else 'FAIL'} {name}")
    if not good:
        sys.exit(1)


free = client.chat.completions.create(**ask).choices[0]
check("auto", free.finish_reason == "tool_calls" and free.message.content.startswith("Let me"))
for choice in (named, "required"):
    chosen = client.chat.completions.create(**ask, tool_choice=choice).choices[0].message
    call = chosen.tool_calls[0].function
    check(f"tool_choice {choice if choice == 'required' else 'named'}", call.name in ("weather", "now"))
    if choice == named:
        check("arguments by the schema", Weather.model_validate_json(call.arguments) is not None)
none = client.chat.completions.create(**ask, tool_choice="none").choices[0].message
check("tool_choice none", none.tool_calls is None)
parsed = client.chat.completions.parse(**ask, tool_choice=named).choices[0].message
check("parsed", isinstance(parsed.tool_calls[0].function.parsed_arguments, Weather))

with client.chat.completions.stream(**ask) as stream:
    for event in stream:
        pass
    final = stream.get_final_completion().choices[0]
same = [c.function.arguments for c in final.message.tool_calls]
check("streamed", same == [c.function.arguments for c in free.message.tool_calls])
check("streamed, the end", final.finish_reason == "tool_calls")

answers = [
    {"role": "tool", "tool_call_id": c.id, "content": "19"} for c in free.message.tool_calls
]
history = [*user, free.message.model_dump(exclude_none=True), *answers]
after = client.chat.completions.create(**{**ask, "messages": history})
check("results handed back", after.usage.prompt_tokens > 0)

flat = {**tool["function"], "type": "function"}
response = client.responses.create(
    model=model, input="Is it warm?", tools=[flat], tool_choice="required", max_output_tokens=200
)
call = [item for item in response.output if item.type == "function_call"][0]
check("responses", Weather.model_validate_json(call.arguments) is not None)
items = [{"role": "user", "content": "Is it warm?"}, call.model_dump(exclude_none=True)]
items.append({"type": "function_call_output", "call_id": call.call_id, "output": "19"})
after = client.responses.create(model=model, input=items, tools=[flat], max_output_tokens=200)
check("responses, results handed back", after.status in ("completed", "incomplete"))
events = client.responses.create(
    model=model, input="Is it warm?", tools=[flat], tool_choice="required", stream=True,
    max_output_tokens=200,
)
text = "".join(e.delta for e in events if e.type == "response.function_call_arguments.delta")
check("responses, streamed", isinstance(json.loads(text), dict))
