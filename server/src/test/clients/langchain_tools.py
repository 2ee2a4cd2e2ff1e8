"""langchain-openai with tools: bound, named, required, streamed, answered. Run by run_tools.sh."""

import sys

from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from pydantic import BaseModel

base, model = sys.argv[1:3]
chat = ChatOpenAI(base_url=base, api_key="none", model=model, max_retries=0, max_tokens=200,
                  temperature=0)
user = HumanMessage("Is it warm in Oslo?")


@tool
def weather(city: str, celsius: bool) -> str:
    """The weather of a city."""
    return f"19 in {city}"


class Reading(BaseModel):
    """What a thermometer says."""

    degrees: int
    celsius: bool


def check(name, good):
    print(f"{'ok  ' if good else 'FAIL'} {name}")
    if not good:
        sys.exit(1)


free = chat.bind_tools([weather]).invoke([user])
check("auto", free.tool_calls[0]["name"] == "weather" and not free.invalid_tool_calls)
for choice in ("weather", "required"):
    called = chat.bind_tools([weather], tool_choice=choice).invoke([user]).tool_calls[0]
    check("tool_choice " + choice, isinstance(called["args"]["celsius"], bool))
whole = None
for chunk in chat.bind_tools([weather]).stream([user]):
    whole = chunk if whole is None else whole + chunk
check("streamed", whole.tool_calls[0]["args"] == free.tool_calls[0]["args"])
results = [weather.invoke(call) for call in free.tool_calls]
check("called", all(isinstance(result, ToolMessage) for result in results))
check("results handed back", chat.bind_tools([weather]).invoke([user, free, *results]).content is not None)
made = chat.with_structured_output(Reading, method="function_calling").invoke([user])
check("structured output by a tool", isinstance(made, Reading))
