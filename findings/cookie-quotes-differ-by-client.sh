#!/usr/bin/env bash
# Two Socket.IO clients give one and the same cookie back in three forms: the
# JavaScript client on Node.js takes double quotes away, the Python client adds
# some, but only on WebSocket.
#
# What: for user agents a cookie's value is opaque. What stands between the first
# "=" and the first ";" of Set-Cookie is stored, and sent back as it is; double
# quotes around it are part of it. Browsers do so. But
#   - socket.io-client on Node.js (option withCredentials) strips the quotes:
#     PREF="dark" comes back as PREF=dark, on both transports;
#   - python-socketio's Client sends what it got while it polls, but builds the
#     Cookie header of its WebSocket request with Python's http.cookies, which
#     quotes each value that holds a character outside a small set: "/" and "="
#     are outside it, so LB=aGk/bm9kZS0y+w== comes back as
#     LB="aGk/bm9kZS0y+w==", and what was quoted is quoted twice.
#
# Versions: socket.io and socket.io-client 4.8.4 (engine.io-client 6.6.8),
# python-socketio 5.18.1 (python-engineio 4.15.1, which does so since 4.13.0,
# requests 2.34.2, websocket-client 1.9.2). The reference is tough-cookie 6.1.0.
# A newer version is tried by naming it, for example PYTHON_ENGINEIO=4.15.2.
#
# Why it matters: with several servers behind a proxy, the cookie that names the
# server must come back unchanged, or a session that began on one server is
# continued on another, which does not know it. A value in base64 ("/", "=") then
# works for browsers, for Node.js and for a Python client that polls, and fails
# just when the Python client changes to WebSocket. It stays on polling, and only
# its log says why. The quotes that Node.js removes matter where a server
# framework needs them to read its own values: Python's frameworks write a comma
# within quotes and escaped, and without the quotes http.cookies (Python 3.11) finds
# no cookie at all and aiohttp takes the escape for text.
#
# What one can do: as an operator, use letters, digits, "-", "_" and "." only in
# cookies that a machine compares. As a client's author, send the cookie as a
# header of one's own instead, which both libraries leave alone ("own header"
# below). python-socketio's AsyncClient is not looked at here: it uses aiohttp's
# cookie jar, which quotes too and has a documented option for it (quote_cookie).
#
# Expected, by:
#   https://www.rfc-editor.org/rfc/rfc6265#section-5.2 (parsing: white space
#   around the value is removed, nothing else) and #section-5.4 (sending: the
#   stored value)
#   https://socket.io/docs/v4/using-multiple-nodes/ (cookie-based routing)
#
# Exit status: 0 the behaviour is as described, 1 it has changed, 2 not run.
# Needs: node, npm, python3 with pip, access to the npm registry and to PyPI.
# Takes about 20 seconds.

set -u

socket_io=${SOCKET_IO:-4.8.4}
engine_io_client=${ENGINE_IO_CLIENT:-6.6.8}
python_socketio=${PYTHON_SOCKETIO:-5.18.1}
python_engineio=${PYTHON_ENGINEIO:-4.15.1}

work=$(mktemp -d) || exit 2
server=
finish() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; fi
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 2' INT TERM HUP
cd "$work" || exit 2

cat > package.json <<JSON
{
  "private": true,
  "dependencies": {
    "socket.io": "$socket_io",
    "socket.io-client": "$socket_io",
    "tough-cookie": "6.1.0"
  },
  "overrides": { "engine.io": "6.6.13", "engine.io-client": "$engine_io_client" }
}
JSON
if ! timeout 35 npm install --ignore-scripts --no-audit --no-fund --silent ||
    ! PIP_ROOT_USER_ACTION=ignore timeout 35 \
        python3 -m pip install --quiet --disable-pip-version-check --target python \
        "python-socketio==$python_socketio" "python-engineio==$python_engineio" \
        requests==2.34.2 websocket-client==1.9.2; then
    echo "not run: the packages could not be installed" >&2
    exit 2
fi
export PYTHONPATH="$work/python"

# Sets two cookies with the handshake, unless the client brings some, and answers
# the event "cookie" with the header of the latest request.
cat > server.js <<'JS'
const http = require("node:http");
const { Server } = require("socket.io");
const web = http.createServer();
const server = new Server(web);
server.engine.on("initial_headers", (headers, request) => {
  if (request.headers.cookie) return;
  headers["Set-Cookie"] = ["LB=aGk/bm9kZS0y+w==; Path=/", 'PREF="dark"; Path=/'];
});
let latest = {};
const note = (request) => {
  const { searchParams } = new URL(request.url, "http://localhost");
  latest[searchParams.get("transport")] = request.headers.cookie;
};
web.prependListener("request", note);
web.prependListener("upgrade", note);
server.on("connection", (socket) => {
  socket.on("cookie", (answer) => {
    const transport = socket.conn.transport.name;
    answer(`${transport}: ${latest[transport]}`);
  });
  socket.on("disconnect", () => { latest = {}; });
});
web.listen(0, "127.0.0.1", () => console.log(web.address().port));
setTimeout(() => process.exit(3), 60000);
JS

cat > client.js <<'JS'
const { io } = require("socket.io-client");
const [port, wanted, header] = process.argv.slice(2);
const options = { transports: wanted === "polling" ? ["polling"] : ["polling", "websocket"] };
if (header) options.extraHeaders = { cookie: header };
else options.withCredentials = true;
const socket = io(`http://127.0.0.1:${port}`, options);
socket.on("connect", async () => {
  const { engine } = socket.io;
  if (engine.transport.name !== wanted) await new Promise((done) => engine.once("upgrade", done));
  console.log(await socket.timeout(5000).emitWithAck("cookie"));
  socket.close();
});
setTimeout(() => process.exit(3), 6000).unref();
JS

cat > client.py <<'PY'
import sys
import time

import socketio

port, wanted, *header = sys.argv[1:]
options = {"transports": ["polling"] if wanted == "polling" else ["polling", "websocket"]}
if header:
    options = {"transports": [wanted], "headers": {"Cookie": header[0]}}
client = socketio.Client(reconnection=False)
client.connect(f"http://127.0.0.1:{port}", **options)
client.emit("cookie", callback=lambda answer: print(answer, flush=True))
time.sleep(1)
client.disconnect()
PY

cat > reference.js <<'JS'
const { CookieJar } = require("tough-cookie");
const jar = new CookieJar();
const url = "http://127.0.0.1/socket.io/";
jar.setCookieSync("LB=aGk/bm9kZS0y+w==; Path=/", url);
jar.setCookieSync('PREF="dark"; Path=/', url);
console.log(jar.getCookieStringSync(url));
JS

timeout 90 node server.js > port &
server=$!
for _ in $(seq 50); do [ -s port ] && break; sleep 0.1; done
port=$(cat port)
[ -n "$port" ] || { echo "not run: the server did not start" >&2; exit 2; }

for name in socket.io socket.io-client engine.io-client tough-cookie; do
    node -p 'process.argv[1] + " " + JSON.parse(fs.readFileSync(process.argv[2])).version' \
        "$name" "node_modules/$name/package.json"
done
python3 -c '
from importlib.metadata import version
for name in ("python-socketio", "python-engineio", "requests", "websocket-client"):
    print(name, version(name))'
echo "node $(node -p process.versions.node), $(python3 --version)"

given='LB=aGk/bm9kZS0y+w==; PREF="dark"'
stripped='LB=aGk/bm9kZS0y+w==; PREF=dark'
quoted='LB="aGk/bm9kZS0y+w=="; PREF="\"dark\""'
changed=0

# see TITLE TRANSPORT COOKIES COMMAND...: runs a client and compares what arrived.
see() {
    local title=$1 transport=$2 wanted=$3 answer
    shift 3
    answer=$(timeout 7 "$@" 2> errors)
    case $answer in
        "$transport: "*) ;;
        *)
            echo "not run: $title gave no answer on $transport: $answer" >&2
            cat errors >&2
            exit 2
            ;;
    esac
    printf 'seen,     %-27s %s\n' "$title" "$answer"
    [ "$answer" = "$transport: $wanted" ] || changed=1
}

reference=$(node reference.js)
printf 'expected, %-27s any: %s\n' "RFC 6265" "$given"
printf 'seen,     %-27s any: %s\n' "tough-cookie" "$reference"
[ "$reference" = "$given" ] || changed=1
see "socket.io-client" polling "$stripped" node client.js "$port" polling
see "socket.io-client" websocket "$stripped" node client.js "$port" websocket
see "socket.io-client, own header" websocket "$given" node client.js "$port" websocket "$given"
see "python-socketio" polling "$given" python3 client.py "$port" polling
see "python-socketio" websocket "$quoted" python3 client.py "$port" websocket
see "python-socketio, own header" websocket "$given" python3 client.py "$port" websocket "$given"

if [ "$changed" -ne 0 ]; then
    echo "changed: not all cookies came back as described"
    exit 1
fi
echo "as described: quotes were removed by one client and added by the other"
exit 0
