// Vercel's AI SDK with its openai-compatible provider: text, streams, objects. Run by run.sh.
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, Output, streamText } from "ai";
import { z } from "zod";

const [base, name] = process.argv.slice(2);
const provider = createOpenAICompatible({
  name: "reticent",
  baseURL: base,
  apiKey: "none",
  includeUsage: true,
  supportsStructuredOutputs: true,
});
const model = provider(name);
const ask = { model, prompt: "How do I delete a table?", temperature: 0, maxRetries: 0 };

function check(name, good) {
  console.log(`${good ? "ok  " : "FAIL"} ${name}`);
  if (!good) process.exit(1);
}

const whole = await generateText({ ...ask, maxOutputTokens: 24 });
check("generateText", whole.usage.outputTokens <= 24);
const stream = streamText({ ...ask, maxOutputTokens: 24 });
let text = "";
for await (const delta of stream.textStream) text += delta;
check("streamText", text === whole.text && (await stream.usage).outputTokens <= 24);

const schema = z.object({ degrees: z.number().int(), unit: z.enum(["C", "F"]) });
const made = await generateText({ ...ask, maxOutputTokens: 64, output: Output.object({ schema }) });
check("an object by a schema", ["C", "F"].includes(made.output.unit));

const completion = provider.completionModel(name);
const done = await generateText({ ...ask, model: completion, prompt: "SELECT", maxOutputTokens: 8 });
check("completions", done.usage.outputTokens <= 8);
