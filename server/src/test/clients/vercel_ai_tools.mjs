// Vercel's AI SDK with tools: chosen freely, named, required, streamed, run in steps. Run by
// run_tools.sh.
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";

const [base, name] = process.argv.slice(2);
const provider = createOpenAICompatible({ name: "reticent", baseURL: base, apiKey: "none" });
const inputSchema = z.object({ city: z.string(), celsius: z.boolean() });
const ask = {
  model: provider(name),
  prompt: "Is it warm in Oslo?",
  temperature: 0,
  maxRetries: 0,
  maxOutputTokens: 200,
  tools: { weather: tool({ description: "The weather of a city.", inputSchema }) },
};

function check(name, good) {
  console.log(`${good ? "ok  " : "FAIL"} ${name}`);
  if (!good) process.exit(1);
}

const free = await generateText(ask);
check("auto", free.finishReason === "tool-calls" && typeof free.toolCalls[0].input.celsius === "boolean");
for (const toolChoice of [{ type: "tool", toolName: "weather" }, "required"]) {
  const made = await generateText({ ...ask, toolChoice });
  check(toolChoice.type ? "named" : "required", made.toolCalls[0].toolName === "weather");
}
const stream = streamText(ask);
for await (const part of stream.fullStream) if (part.type === "error") throw part.error;
const calls = await stream.toolCalls;
check("streamed", JSON.stringify(calls.map((c) => c.input)) === JSON.stringify(free.toolCalls.map((c) => c.input)));
const weather = tool({ inputSchema, execute: async () => "19" });
const steps = await generateText({ ...ask, tools: { weather }, stopWhen: stepCountIs(2) });
check("two steps, with results", steps.steps.length === 2 && steps.steps[0].toolResults.length > 0);
