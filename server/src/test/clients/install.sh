# Puts the clients, at the versions that requirements.txt and package.json pin, into $folder; read by
# run.sh and run_tools.sh, which set $here and $folder.
[ -x "$folder/python/bin/python" ] || python3 -m venv "$folder/python"
"$folder/python/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
cp "$here/package.json" "$here"/*.mjs "$folder"
(cd "$folder" && npm install --silent --no-audit --no-fund)
