#!/bin/sh
# Asks a server whose model calls tools with the clients of run.sh, which installs them into FOLDER:
#
#     java -cp $CP dev.reticent.serving.ToolServer 8090          # with the test classes
#     server/src/test/clients/run_tools.sh http://127.0.0.1:8090/v1 scripted [FOLDER]
set -eu
base=$1 model=$2
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
. "$here/install.sh"

for client in openai_python_tools.py langchain_tools.py litellm_tools.py openai_node_tools.mjs \
  vercel_ai_tools.mjs llm_tools.sh; do
  ask "$client"
done
