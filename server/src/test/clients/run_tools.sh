#!/bin/sh
# Asks a server whose model calls tools with the clients of run.sh, which installs them into FOLDER:
#
#     java -cp $CP dev.reticent.serving.ToolServer 8090          # with the test classes
#     server/src/test/clients/run_tools.sh http://127.0.0.1:8090/v1 scripted [FOLDER]
set -eu
base=$1 model=$2
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
folder=${3:-target/clients}
mkdir -p "$folder"
folder=$(CDPATH='' cd -- "$folder" && pwd -P)
. "$here/install.sh"

for client in openai_python langchain litellm; do
  echo "== $client"
  "$folder/python/bin/python" "$here/${client}_tools.py" "$base" "$model"
done
for client in openai_node vercel_ai; do
  echo "== $client"
  (cd "$folder" && node "${client}_tools.mjs" "$base" "$model")
done
PATH="$folder/python/bin:$PATH"
export PATH
echo "== llm"
"$here/llm_tools.sh" "$base" "$model" "$folder"
