"use strict";

const one = (selector, root = document) => root.querySelector(selector);
const form = one("#ask");
const sides = [one("#left"), one("#right")];
let models = [];
let running = null;

/* The models: the base on the left, the latest adapter on the right. */
async function loadModels() {
  const state = one("#state");
  try {
    const response = await fetch("/v1/models");
    if (!response.ok) throw new Error((await response.json()).error.message);
    models = (await response.json()).data;
  } catch (problem) {
    state.textContent = problem.message;
    state.className = "state down";
    setTimeout(loadModels, 2000);
    return;
  }
  const base = models.find((model) => !model.parent) || models[0];
  const tuned = models.filter((model) => model.parent).pop() || base;
  sides.forEach((side, i) => {
    const select = one("select", side);
    select.replaceChildren(...models.map((model) => new Option(model.id, model.id)));
    select.value = (i === 0 ? base : tuned).id;
    select.onchange = () => describe(side);
    describe(side);
  });
  const adapters = models.length - 1;
  state.textContent = adapters === 0 ? "ready" : `ready, ${adapters} fine-tuned model${adapters > 1 ? "s" : ""}`;
  state.className = "state ready";
}

/* What is promised about the people in a model's training data. */
function describe(side) {
  const model = models.find((m) => m.id === one("select", side).value);
  const badge = one(".badge", side);
  const privacy = model.privacy;
  const epsilon = privacy && Object.entries(privacy).find(([key, value]) => key.startsWith("epsilon") && typeof value === "number");
  side.classList.toggle("tuned", Boolean(model.parent));
  badge.className = "badge";
  badge.title = "";
  if (!model.parent) {
    badge.textContent = "base model";
  } else if (epsilon) {
    badge.textContent = `private: ε = ${Number(epsilon[1].toPrecision(3))}, δ = ${small(privacy.delta)}`;
    badge.title = `Unit: ${privacy.unit}. Accountant: ${privacy.accountant || epsilon[0]}.`;
    badge.classList.add("private");
  } else {
    badge.textContent = "no privacy guarantee";
    badge.classList.add("none");
  }
}

/* 0.00001 is easier to read as 1e-5. */
function small(number) {
  return number > 0 && number < 0.001 ? Number(number.toPrecision(3)).toExponential() : String(number);
}

/* Yields the objects of a stream of server-sent events. */
async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const data = block.split("\n").filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
      if (data === "[DONE]") return;
      if (data) yield JSON.parse(data);
    }
  }
}

async function answer(side, signal) {
  const text = one(".text", side);
  const foot = one("footer", side);
  const chat = one("#kind").value === "chat";
  const prompt = one("#prompt").value;
  const body = {
    model: one("select", side).value,
    stream: true,
    stream_options: { include_usage: true },
    temperature: Number(one("#temperature").value),
    top_p: Number(one("#top_p").value),
    top_k: Number(one("#top_k").value),
    max_tokens: Number(one("#max_tokens").value),
  };
  if (one("#seed").value !== "") body.seed = Number(one("#seed").value);
  if (chat) body.messages = [{ role: "user", content: prompt }];
  else body.prompt = prompt;
  text.textContent = "";
  text.className = "text";
  foot.replaceChildren();
  side.classList.add("busy");
  const start = performance.now();
  let first = 0;
  try {
    const response = await fetch(chat ? "/v1/chat/completions" : "/v1/completions", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal,
    });
    if (!response.ok) throw new Error((await response.json()).error.message);
    let why = "";
    for await (const event of events(response)) {
      if (event.error) throw new Error(event.error.message);
      const choice = event.choices[0];
      const piece = choice ? (chat ? choice.delta.content : choice.text) : "";
      if (piece) {
        first = first || performance.now();
        text.append(piece);
      }
      if (choice && choice.finish_reason) why = choice.finish_reason;
      if (event.usage) count(foot, event.usage, why, start, first || performance.now());
    }
  } catch (problem) {
    if (problem.name === "AbortError") {
      note(foot, "stopped", "");
    } else {
      text.className = "text error";
      text.textContent = problem.message;
    }
  } finally {
    side.classList.remove("busy");
  }
}

function count(foot, usage, why, start, first) {
  const seconds = (performance.now() - first) / 1000;
  note(foot, String(usage.completion_tokens), " tokens");
  note(foot, `${Math.round(first - start)} ms`, " to the first");
  if (seconds > 0 && usage.completion_tokens > 1) note(foot, String(Math.round((usage.completion_tokens - 1) / seconds)), " tokens/s");
  note(foot, why === "length" ? "cut at the limit" : "finished", "");
}

function note(foot, strong, plain) {
  const span = document.createElement("span");
  const b = document.createElement("b");
  b.textContent = strong;
  span.append(b, plain);
  foot.append(span);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (running) running.abort();
  const mine = new AbortController();
  running = mine;
  one("#stop").disabled = false;
  await Promise.all(sides.map((side) => answer(side, mine.signal)));
  if (running === mine) {
    running = null;
    one("#stop").disabled = true;
  }
});

one("#stop").addEventListener("click", () => running && running.abort());
one("#prompt").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
for (const output of document.querySelectorAll("output")) {
  const input = one("#" + output.htmlFor.value);
  const show = () => { output.textContent = input.id === "top_k" && input.value === "0" ? "off" : input.value; };
  input.addEventListener("input", show);
  show();
}
loadModels();
