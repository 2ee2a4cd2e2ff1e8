// openai-node: chat, streams, JSON by a schema, responses, errors. Run by run.sh.
import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";

const [base, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL: base, apiKey: "none", maxRetries: 0 });
const messages = [{ role: "user", content: "How do I delete a table?" }];

function check(name, good) {
  console.log(`${good ? "ok  " : "FAIL"} ${name}`);
  if (!good) process.exit(1);
}

const ids = [];
for await (const one of client.models.list()) ids.push(one.id);
check("models", ids.includes(model));

const ask = { model, messages, max_completion_tokens: 24, temperature: 0 };
const whole = await client.chat.completions.create(ask);
let text = "";
for await (const chunk of await client.chat.completions.create({ ...ask, stream: true })) {
  text += chunk.choices[0]?.delta?.content ?? "";
}
check("chat, whole and streamed", text === whole.choices[0].message.content);

const Reading = z.object({ degrees: z.number().int(), unit: z.enum(["C", "F"]) });
const made = await client.chat.completions.parse({
  model,
  messages,
  max_completion_tokens: 64,
  response_format: zodResponseFormat(Reading, "reading"),
});
check("chat, parsed by zod", ["C", "F"].includes(made.choices[0].message.parsed.unit));

const done = await client.completions.create({ model, prompt: "SELECT", max_tokens: 8 });
check("completions", done.usage.completion_tokens <= 8);

const settings = { model, input: "Hello", temperature: 0, max_output_tokens: 16 };
const response = await client.responses.create(settings);
let deltas = "";
for await (const event of await client.responses.create({ ...settings, stream: true })) {
  if (event.type === "response.output_text.delta") deltas += event.delta;
}
check("responses, whole and streamed", deltas === response.output_text);

try {
  await client.chat.completions.create({ model: "no-such-model", messages });
  check("an unknown model", false);
} catch (error) {
  check("an unknown model", error instanceof OpenAI.NotFoundError);
}
