// openai-node with tools: chosen freely, named, required, streamed, run by its runner. Run by
// run_tools.sh.
import OpenAI from "openai";
import { zodFunction } from "openai/helpers/zod";
import { z } from "zod";

const [base, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL: base, apiKey: "none", maxRetries: 0 });
const messages = [{ role: "user", content: "Is it warm in Oslo?" }];
const Weather = z.object({ city: z.string(), celsius: z.boolean() });
const tools = [zodFunction({ name: "weather", parameters: Weather })];
const ask = { model, messages, tools, max_completion_tokens: 200, temperature: 0 };
const named = { type: "function", function: { name: "weather" } };

function check(name, good) {
  console.log(`${good ? "ok  " : "FAIL"} ${name}`);
  if (!good) process.exit(1);
}

const free = (await client.chat.completions.create(ask)).choices[0];
check("auto", free.finish_reason === "tool_calls" && free.message.tool_calls.length > 0);
for (const [name, tool_choice] of [["named", named], ["required", "required"]]) {
  const made = await client.chat.completions.parse({ ...ask, tool_choice });
  const call = made.choices[0].message.tool_calls[0].function;
  check(name, typeof call.parsed_arguments.celsius === "boolean");
}
const whole = await client.chat.completions.stream(ask).finalMessage();
const texts = (message) => message.tool_calls.map((call) => call.function.arguments).join();
check("streamed", texts(whole) === texts(free.message));
let ran = 0;
const runner = client.chat.completions.runTools(
  {
    ...ask,
    tool_choice: named,
    tools: [
      {
        type: "function",
        function: {
          name: "weather",
          parse: JSON.parse,
          parameters: tools[0].function.parameters,
          function: () => {
            ran++;
            return "19";
          },
        },
      },
    ],
  },
  { maxChatCompletions: 2 },
);
await runner.done().catch(() => {}); // the model calls for ever, and the runner has its limit
check("run by the runner", ran > 0);
