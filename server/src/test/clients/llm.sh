#!/bin/sh
# Simon Willison's llm: a prompt, a system prompt, options, a schema. Run by run.sh.
set -eu
base=$1 model=$2
LLM_USER_PATH=$3/llm
export LLM_USER_PATH
mkdir -p "$LLM_USER_PATH"
cat > "$LLM_USER_PATH/extra-openai-models.yaml" <<YAML
- model_id: served
  model_name: $model
  api_base: $base
  api_key_name: served
  supports_schema: true
YAML
llm keys set served --value none
whole=$(llm -m served --no-log --no-stream -o max_tokens 24 -o temperature 0 'How do I delete a table?')
streamed=$(llm -m served --no-log -o max_tokens 24 -o temperature 0 'How do I delete a table?')
[ -n "$whole" ] && [ "$whole" = "$streamed" ]
echo "ok   chat, whole and streamed"
llm -m served --no-log -o max_tokens 24 -s 'Answer in a word.' 'Hello' > /dev/null
echo "ok   a system prompt"
llm -m served --no-log -o max_tokens 200 --schema 'degrees int, celsius bool' 'How warm is it?' |
  python3 -c 'import json, sys; assert set(json.load(sys.stdin)) >= {"degrees", "celsius"}'
echo "ok   a schema"
