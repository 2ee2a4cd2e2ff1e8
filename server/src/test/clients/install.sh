# What run.sh and run_tools.sh share; they set $base, $model and $here, and hand their arguments on. Puts
# the clients, at the versions that requirements.txt and package.json pin, into FOLDER (the third argument).
folder=${3:-target/clients}
mkdir -p "$folder"
folder=$(CDPATH='' cd -- "$folder" && pwd -P)
[ -x "$folder/python/bin/python" ] || python3 -m venv "$folder/python"
"$folder/python/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
cp "$here/package.json" "$here"/*.mjs "$folder"
(cd "$folder" && npm install --silent --no-audit --no-fund)
PATH="$folder/python/bin:$PATH"
export PATH

# Asks with a client's script of Python, of Node or of the shell.
ask() {
  echo "== ${1%.*}"
  case $1 in
    *.py) python "$here/$1" "$base" "$model" ;;
    *.mjs) (cd "$folder" && node "$1" "$base" "$model") ;;
    *.sh) "$here/$1" "$base" "$model" "$folder" ;;
  esac
}
