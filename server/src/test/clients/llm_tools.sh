#!/bin/sh
# Simon Willison's llm with a tool of Python, whole and streamed. Run by run_tools.sh.
set -eu
base=$1 model=$2
LLM_USER_PATH=$3/llm_tools
export LLM_USER_PATH
mkdir -p "$LLM_USER_PATH"
cat > "$LLM_USER_PATH/extra-openai-models.yaml" <<YAML
- model_id: served
  model_name: $model
  api_base: $base
  api_key_name: served
  supports_tools: true
YAML
llm keys set served --value none
cat > "$LLM_USER_PATH/tools.py" <<PYTHON
def weather(celsius: bool) -> str:
    "The weather."
    return "19"
PYTHON
for how in --no-stream ''; do
  # A model that knows nothing calls for ever, with members of its own beside those that llm's
  # schema names. llm hands back what came of it, and stops at its limit.
  said=$(llm -m served --no-log $how -o max_tokens 200 -o temperature 0 --tools-debug \
    --functions "$LLM_USER_PATH/tools.py" --chain-limit 3 'Is it warm?' 2>&1 || true)
  [ "$(echo "$said" | grep -c "^Tool call: weather({'celsius': ")" = 2 ] || { echo "FAIL $said"; exit 1; }
  echo "$said" | grep -q 'Chain limit of 3 exceeded' || { echo "FAIL $said"; exit 1; }
  echo "ok   calls, and what came of one handed back${how:+, whole}"
done
