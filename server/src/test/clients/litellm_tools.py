"""LiteLLM with tools: chosen freely, named, required, streamed, answered. Run by run_tools.sh."""

import json
import os
import sys

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # nothing is fetched
import litellm  # noqa: E402

base, model = sys.argv[1:3]
litellm.telemetry = False
user = [{"role": "user", "content": "Is it warm in Oslo?"}]
parameters = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "celsius": {"type": "boolean"}},
    "required": ["city", "celsius"],
    "additionalProperties": False,
}
tools = [{"type": "function", "function": {"name": "weather", "parameters": parameters}}]
settings = {"model": "openai/" + model, "api_base": base, "api_key": "none", "num_retries": 0,
            "tools": tools, "max_tokens": 200, "temperature": 0}


def check(name, good):
    print(f"{'ok  ' if good else 'FAIL'} {name}")
    if not good:
        sys.exit(1)


free = litellm.completion(messages=user, **settings).choices[0]
check("auto", free.finish_reason == "tool_calls" and free.message.tool_calls)
named = {"type": "function", "function": {"name": "weather"}}
for choice in (named, "required"):
    made = litellm.completion(messages=user, tool_choice=choice, **settings).choices[0].message
    arguments = json.loads(made.tool_calls[0].function.arguments)
    check("required" if choice == "required" else "named", isinstance(arguments["celsius"], bool))
chunks = list(litellm.completion(messages=user, stream=True, **settings))
whole = litellm.stream_chunk_builder(chunks, messages=user).choices[0].message
same = [c.function.arguments for c in free.message.tool_calls]
check("streamed", [c.function.arguments for c in whole.tool_calls] == same)
results = [
    {"role": "tool", "tool_call_id": c.id, "content": "19"} for c in free.message.tool_calls
]
after = litellm.completion(messages=[*user, free.message.model_dump(), *results], **settings)
check("results handed back", after.usage.prompt_tokens > 0)
