#!/bin/sh
# EleutherAI's lm_eval with a task of its own: likelihoods of prompts that are echoed, and answers
# up to a stop. Run by run.sh.
set -eu
base=$1 model=$2 tasks=$3/lm_eval tokenizer=$4
mkdir -p "$tasks"
cat > "$tasks/rows.jsonl" <<JSON
{"question": "Two and two are", "choices": [" four", " a table"], "answer": 0}
{"question": "To delete a table, write DROP", "choices": [" TABLE", " of rain"], "answer": 0}
JSON
cat > "$tasks/served_choices.yaml" <<YAML
task: served_choices
dataset_path: json
dataset_kwargs: {data_files: {test: $tasks/rows.jsonl}}
test_split: test
output_type: multiple_choice
doc_to_text: "{{question}}"
doc_to_choice: "{{choices}}"
doc_to_target: "{{answer}}"
target_delimiter: ""
metric_list: [{metric: acc}]
YAML
cat > "$tasks/served_answers.yaml" <<YAML
task: served_answers
dataset_path: json
dataset_kwargs: {data_files: {test: $tasks/rows.jsonl}}
test_split: test
output_type: generate_until
doc_to_text: "{{question}}"
doc_to_target: "{{choices[answer]}}"
generation_kwargs: {until: ["\n"], max_gen_toks: 8, do_sample: false}
metric_list: [{metric: exact_match}]
YAML
export OPENAI_API_KEY=none HF_HUB_OFFLINE=1 HF_HOME="$tasks/cache"
lm_eval run --model local-completions --include_path "$tasks" --tasks served_choices,served_answers \
  --model_args "model=$model,base_url=$base/completions,tokenizer_backend=huggingface,tokenizer=$tokenizer,tokenized_requests=True,max_retries=1" \
  > "$tasks/log.txt" 2>&1 || { tail -5 "$tasks/log.txt"; exit 1; }
grep -E '^.served_choices.*acc' "$tasks/log.txt"
grep -E '^.served_answers.*exact_match' "$tasks/log.txt"
echo "ok   likelihoods and answers"
