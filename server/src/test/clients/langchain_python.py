"""langchain-openai: chat, streams, structured output, tools. Run by run.sh."""

import sys

from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAI
from pydantic import BaseModel

base, model = sys.argv[1:3]
settings = {"base_url": base, "api_key": "none", "model": model, "max_retries": 0, "seed": 1}
chat = ChatOpenAI(max_tokens=24, temperature=0, **settings)


def check(name, good):
    print(f"{'ok  ' if good else 'FAIL'} {name}")
    if not good:
        sys.exit(1)


class Reading(BaseModel):
    degrees: int
    celsius: bool


@tool
def weather(city: str) -> str:
    """The weather of a city."""
    return city


whole = chat.invoke("How do I delete a table?")
check("chat, whole", whole.usage_metadata["output_tokens"] <= 24)
parts = "".join(chunk.content for chunk in chat.stream("How do I delete a table?"))
check("chat, streamed", parts == whole.content)
answers = chat.batch(["How do I delete a table?", "How do I list the jobs?"])
check("chat, several at once", answers[0].content == whole.content)
room = ChatOpenAI(max_tokens=128, temperature=0, **settings)
for method in ("json_schema", "json_mode"):
    if method == "json_schema":
        reading = room.with_structured_output(Reading, method=method).invoke("How warm is it?")
        check("structured output, json_schema", isinstance(reading, Reading))
    else:
        value = room.with_structured_output(None, method=method).invoke("As JSON: how warm is it?")
        check("structured output, json_mode", isinstance(value, dict))
logprobs = chat.bind(logprobs=True, top_logprobs=2).invoke("Hello").response_metadata["logprobs"]
check("log-probabilities", len(logprobs["content"][0]["top_logprobs"]) == 2)
text = OpenAI(max_tokens=8, temperature=0, **settings).invoke("SELECT")
check("completions", isinstance(text, str))
try:
    called = room.bind_tools([weather], tool_choice="weather").invoke("Is it raining in Oslo?")
    check("tools", called.tool_calls[0]["name"] == "weather")
except Exception as e:  # a model whose template knows no tools says so
    check("tools: " + str(e)[:90], "no known way to call them" in str(e))
responses = ChatOpenAI(use_responses_api=True, max_tokens=24, temperature=0, **{
    name: value for name, value in settings.items() if name != "seed"
})
check("responses", responses.invoke("How do I delete a table?").text == whole.content)
