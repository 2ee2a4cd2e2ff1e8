"use strict";

const one = (selector, root = document) => root.querySelector(selector);
const form = one("#ask");
const sides = [one("#left"), one("#right")];
const histories = new Map(sides.map((side) => [side, []])); // whole turns, as messages
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
    select.onchange = () => {
      describe(side);
      limit();
    };
    describe(side);
  });
  limit();
  const adapters = models.length - 1;
  state.textContent = adapters === 0 ? "ready" : `ready, ${adapters} fine-tuned model${adapters > 1 ? "s" : ""}`;
  state.className = "state ready";
}

/* An answer may be as long as the shorter of the two contexts. */
function limit() {
  const chosen = sides.map((side) => models.find((m) => m.id === one("select", side).value));
  const slider = one("#max_tokens");
  slider.max = Math.floor(Math.min(...chosen.map((model) => model.max_model_len)) / 8) * 8;
  slider.dispatchEvent(new Event("input"));
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

/* Yields the objects of a stream of server-sent events; one that breaks off is an error. */
async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error("The connection broke off before the answer was whole.");
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const data = block.split("\n").filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
      if (data === "[DONE]") return;
      if (data) yield JSON.parse(data);
    }
  }
}

/* The fields of a request that the settings say. */
function settings() {
  const body = { stream: true, stream_options: { include_usage: true } };
  for (const id of ["temperature", "top_p", "top_k", "min_p", "repetition_penalty", "frequency_penalty", "presence_penalty", "max_tokens"]) {
    body[id] = Number(one("#" + id).value);
  }
  if (one("#seed").value !== "") body.seed = Number(one("#seed").value);
  const stops = one("#stops").value.split("|").filter((stop) => stop !== "");
  if (stops.length > 0) body.stop = stops;
  const type = one("#form").value;
  if (type === "json_object") body.response_format = { type };
  if (type === "json_schema") body.response_format = { type, json_schema: { name: "page", schema: schema() } };
  return body;
}

function schema() {
  try {
    return JSON.parse(one("#schema").value);
  } catch (problem) {
    throw new Error(`The JSON Schema is not JSON: ${problem.message}`);
  }
}

function messages(side, prompt) {
  const system = one("#system").value.trim();
  return [
    ...(system === "" ? [] : [{ role: "system", content: system }]),
    ...histories.get(side),
    { role: "user", content: prompt },
  ];
}

/* Moves the whole turns of a side above its answer. */
function showTurns(side) {
  one(".turns", side).replaceChildren(
    ...histories.get(side).map(({ role, content }) => {
      const turn = document.createElement("li");
      turn.className = role;
      turn.textContent = content;
      return turn;
    }),
  );
}

/* What has come of an answer stays, whatever happens after. */
async function answer(side, signal) {
  const text = one(".text", side);
  const foot = one("footer", side);
  const wrong = one(".problem", side);
  const chat = one("#kind").value === "chat";
  const prompt = one("#prompt").value;
  showTurns(side);
  text.textContent = "";
  wrong.hidden = true;
  foot.replaceChildren();
  side.classList.add("busy");
  const start = performance.now();
  let first = 0;
  try {
    const body = { ...settings(), model: one("select", side).value };
    if (chat) body.messages = messages(side, prompt);
    else body.prompt = prompt;
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
    if (chat) histories.get(side).push({ role: "user", content: prompt }, { role: "assistant", content: text.textContent });
  } catch (problem) {
    if (problem.name === "AbortError") {
      note(foot, "stopped", "");
    } else {
      wrong.textContent = problem instanceof TypeError ? "The connection to the server is lost." : problem.message;
      wrong.hidden = false;
      if (text.textContent !== "") note(foot, "broken off", "");
    }
  } finally {
    side.classList.remove("busy");
    one(".copy", side).disabled = text.textContent === "";
    one("#anew").disabled = sides.every((one) => histories.get(one).length === 0);
  }
}

/* Where a page may not write to the clipboard, the text is selected instead. */
async function copy(side) {
  const text = one(".text", side);
  try {
    await navigator.clipboard.writeText(text.textContent);
    const button = one(".copy", side);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  } catch {
    getSelection().selectAllChildren(text);
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

one("#anew").addEventListener("click", () => {
  if (running) running.abort();
  for (const side of sides) {
    histories.set(side, []);
    showTurns(side);
    one(".text", side).textContent = "";
    one(".problem", side).hidden = true;
    one("footer", side).replaceChildren();
    one(".copy", side).disabled = true;
  }
  one("#anew").disabled = true;
});
sides.forEach((side) => one(".copy", side).addEventListener("click", () => copy(side)));
one("#form").addEventListener("change", () => { one("#schema_label").hidden = one("#form").value !== "json_schema"; });
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
