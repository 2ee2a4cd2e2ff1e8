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
    open("$LLM_USER_PATH/ran", "w").close()
    return "19"
PYTHON
for how in --no-stream --td; do
  rm -f "$LLM_USER_PATH/ran"
  # The model calls for ever; llm stops after so many calls, and says so.
  said=$(llm -m served --no-log $how -o max_tokens 200 -o temperature 0 \
    --functions "$LLM_USER_PATH/tools.py" --chain-limit 2 'Is it warm?' 2>&1 || true)
  [ -e "$LLM_USER_PATH/ran" ] || { echo "FAIL $said"; exit 1; }
  echo "ok   a tool is run ($how)"
done
