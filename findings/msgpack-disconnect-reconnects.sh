#!/usr/bin/env bash
# With the MessagePack encoding, a client that a python-socketio server has
# disconnected comes back at once: JavaScript and Python write "no payload" in
# different ways, and each misreads the other's.
#
# What: a Socket.IO packet may have no payload; DISCONNECT never has one, CONNECT
# only if the client passed `auth`. The default text encoding simply leaves it
# out. With the MessagePack encoding there are three ways in use:
#   - python-socketio always writes a "data" key and sets it to nil;
#   - socket.io-msgpack-parser reads nil as null and demands that DISCONNECT's
#     data be undefined, so it takes the packet for a broken one;
#   - socket.io-msgpack-parser itself writes undefined as an extension value of
#     type 0 (MessagePack knows no undefined), which Python does not know.
# So `await sio.disconnect(sid)` on a Python server arrives at the JavaScript
# client as "parse error" instead of "io server disconnect". After the latter the
# client waits until the program connects it again, after the former it reconnects
# by itself, within a second. In the other direction the Python server's `connect`
# handler is given an ExtType object as `auth` where None is promised.
#
# Versions: python-socketio 5.18.1 (python-engineio 4.15.1, msgpack 1.2.4,
# aiohttp 3.14.5), socket.io-client 4.8.4, socket.io-msgpack-parser 3.0.2
# (notepack.io 2.2.0).
# A newer version is tried by naming it, for example PYTHON_SOCKETIO=5.18.2.
#
# Why it matters: events and acknowledgements work, so the change of encoding
# looks complete. Only ending a session behaves otherwise, which tests seldom
# cover: a client that was asked to go, because its user signed out or the server
# is to be emptied, reports a fault and is there again. Whoever writes a client
# cannot tell "asked to go" from "the line broke" by the reason with this encoding.
#
# What one can do: on the Python side give a packet class of one's own instead
# of serializer="msgpack", which leaves the key out where there is no payload and
# reads extension type 0 as None. The run "msgpack, own packet class" below does
# so, and both answers are then the right ones. Or have the server emit an event
# such as "goodbye" and let the client close.
#
# Expected, by:
#   https://github.com/socketio/socket.io/blob/main/docs/socket.io-protocol/v5-current.md
#   (a payload is optional; { type: DISCONNECT, namespace: "/" } has none)
#   https://socket.io/docs/v4/custom-parser/ (DISCONNECT: data === undefined)
#   https://socket.io/docs/v4/client-socket-instance/#disconnect (reasons, and
#   after which of them the client reconnects)
#   https://python-socketio.readthedocs.io/en/stable/server.html (auth is None
#   if the client did not pass any)
#
# Exit status: 0 the behaviour is as described, 1 it has changed, 2 not run.
# Needs: node, npm, python3 with pip, access to the npm registry and to PyPI.
# Takes about 30 seconds.

set -u

socket_io=${SOCKET_IO:-4.8.4}
msgpack_parser=${MSGPACK_PARSER:-3.0.2}
notepack=${NOTEPACK:-2.2.0}
python_socketio=${PYTHON_SOCKETIO:-5.18.1}
python_engineio=${PYTHON_ENGINEIO:-4.15.1}

work=$(mktemp -d) || exit 2
server=
stop() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; fi
    server=
}
finish() {
    stop
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 2' INT TERM HUP
cd "$work" || exit 2

cat > package.json <<JSON
{
  "private": true,
  "dependencies": {
    "socket.io-client": "$socket_io",
    "socket.io-msgpack-parser": "$msgpack_parser"
  },
  "overrides": { "engine.io-client": "6.6.8", "notepack.io": "$notepack" }
}
JSON
if ! timeout 35 npm install --ignore-scripts --no-audit --no-fund --silent ||
    ! PIP_ROOT_USER_ACTION=ignore timeout 35 \
        python3 -m pip install --quiet --disable-pip-version-check --target python \
        "python-socketio==$python_socketio" "python-engineio==$python_engineio" \
        msgpack==1.2.4 aiohttp==3.14.5; then
    echo "not run: the packages could not be installed" >&2
    exit 2
fi
export PYTHONPATH="$work/python"

cat > encoding.py <<'PY'
import msgpack
from socketio.msgpack_packet import MsgPackPacket


class OwnPacket(MsgPackPacket):
    """MessagePack as the JavaScript parser reads and writes it."""

    def encode(self):
        fields = self._to_dict()
        if fields["data"] is None:
            del fields["data"]
        return msgpack.dumps(fields)

    @staticmethod
    def ext_hook(code, data):
        return None if code == 0 and data == b"\0" else msgpack.ExtType(code, data)


CHOICES = {"default": "default", "msgpack": "msgpack", "own": OwnPacket}
PY

# Disconnects a client that asks for it, and prints what `connect` was given.
cat > server.py <<'PY'
import asyncio
import sys

import socketio
from aiohttp import web
from encoding import CHOICES

sio = socketio.AsyncServer(async_mode="aiohttp", serializer=CHOICES[sys.argv[1]])
app = web.Application()
sio.attach(app)


@sio.event
async def connect(sid, environ, auth):
    print("auth", type(auth).__name__, flush=True)


@sio.event
async def goodbye(sid):
    await sio.disconnect(sid)


async def main():
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print("port", runner.addresses[0][1], flush=True)
    await asyncio.sleep(30)
    await runner.cleanup()


asyncio.run(main())
PY

# Asks to be disconnected, then watches for two seconds whether it comes back.
cat > client.js <<'JS'
const { io } = require("socket.io-client");
const [port, encoding] = process.argv.slice(2);
const options = { transports: ["websocket"], reconnectionDelay: 100 };
if (encoding !== "default") options.parser = require("socket.io-msgpack-parser");
const socket = io(`http://127.0.0.1:${port}`, options);
let connects = 0;
socket.on("connect", () => {
  connects += 1;
  if (connects === 1) socket.emit("goodbye");
});
socket.once("disconnect", (reason) => {
  setTimeout(() => {
    console.log(`${reason}; ${connects > 1 ? "came back" : "stayed away"}`);
    process.exit(0);
  }, 2000);
});
setTimeout(() => process.exit(3), 8000);
JS

# port FILE: the port that the server wrote into its output, within five seconds.
port() {
    for _ in $(seq 50); do
        if grep -q '^port ' "$1" 2>/dev/null; then
            sed -n 's/^port //p' "$1"
            return 0
        fi
        sleep 0.1
    done
    return 1
}

# look ENCODING: prints the two answers, one a line.
look() {
    local from
    python3 server.py "$1" > "server-$1.out" 2> "server-$1.err" &
    server=$!
    from=$(port "server-$1.out") || return 1
    timeout 10 node client.js "$from" "$1" || return 1
    stop
    sed -n 's/^auth //p' "server-$1.out" | head -n 1
}

for name in socket.io-client socket.io-msgpack-parser notepack.io; do
    echo "$name $(node -p "require('./node_modules/$name/package.json').version")"
done
python3 -c '
from importlib.metadata import version
for name in ("python-socketio", "python-engineio", "msgpack"):
    print(name, version(name))'
echo "node $(node -p process.versions.node), $(python3 --version)"

right='io server disconnect; stayed away
NoneType'
described='parse error; came back
ExtType'

# show TITLE ANSWERS
show() {
    echo "$1"
    echo "  the server disconnects the client: $(printf '%s\n' "$2" | sed -n 1p)"
    echo "  auth in the connect handler:       $(printf '%s\n' "$2" | sed -n 2p)"
}

show "expected:" "$right"
changed=0
for encoding in default own msgpack; do
    look "$encoding" > "answers-$encoding" || {
        echo "not run: no answer with the encoding '$encoding'" >&2
        cat "server-$encoding.err" >&2
        exit 2
    }
    answers=$(cat "answers-$encoding")
    case $encoding in
        default) show "seen, default encoding:" "$answers"; wanted=$right ;;
        own) show "seen, msgpack, own packet class:" "$answers"; wanted=$right ;;
        msgpack) show "seen, msgpack as shipped:" "$answers"; wanted=$described ;;
    esac
    [ "$answers" = "$wanted" ] || changed=1
done

if [ "$changed" -ne 0 ]; then
    echo "changed: not all answers are as described"
    exit 1
fi
echo "as described: with msgpack the client came back by itself"
exit 0
