#!/bin/sh
# Asks a running server with the clients that people have, at the versions that
# requirements.txt and package.json pin:
#
#     ./reticent serve configs/serve.yaml serving.kept_responses=16
#     server/src/test/clients/run.sh http://127.0.0.1:8080/v1 quickstart [FOLDER [TOKENIZER]]
#
# What is installed goes into FOLDER (target/clients). TOKENIZER is the folder of the base model's,
# that of the embedded model unless given. Needs python3, node and npm.
set -eu
base=$1 model=$2
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
. "$here/install.sh"

for client in openai_python.py langchain_python.py litellm_python.py openai_node.mjs vercel_ai.mjs llm.sh; do
  ask "$client"
done
echo "== lm_eval"
"$here/lm_eval.sh" "$base" "$model" "$folder" "${4:-$here/../../../../sdk/src/main/resources/dev/reticent/quickstart}"
