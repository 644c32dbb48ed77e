#!/usr/bin/env bash
# A Socket.IO server in Rust (socketioxide) loses a packet when a client is
# upgraded to a WebSocket after a poll that was too small for all that waited.
#
# What: engineioxide answers a poll with as many of the waiting packets as its
# payload limit allows (100,000 bytes unless configured otherwise). To learn
# that the next packet does not fit it takes that packet out of its queue and
# keeps it aside for the next poll. If the client upgrades before that poll, as
# the official client does by default, the writer of the WebSocket goes on with
# the queue and never looks aside: this one packet is gone, in the middle of the
# stream, and neither side is told. Packets before and after it arrive.
#
# Versions: socketioxide 0.18.9 with engineioxide 0.17.9, axum 0.8.9; the
# control is socket.io 4.8.4. Client: a plain one, with ws 8.18.3.
#
# Why it matters: every stock client begins with polling and upgrades some
# milliseconds later, which is just when a server sends what is large: the state
# of a document, a history, missed messages. Two answers of 60 kB are enough.
# Tests with small messages never show it.
#
# What one can do: send large first answers only when the client asks for them
# over the WebSocket, or let clients begin with it (`transports: ["websocket"]`),
# or number the messages so that a client can ask for what it misses. A larger
# `max_payload` makes it rarer.
#
# Expected, by https://socket.io/docs/v4/engine-io-protocol/ , "Upgrade": the
# upgrade changes the transport of a session; nothing in it discards packets.
# The control server delivers all three.
#
# Exit status: 0 the behaviour is as described, 1 it has changed, 2 not run.
# Needs: node, npm, cargo, access to their registries. Takes about 3 minutes,
# most of it to compile the server.

set -u

socketioxide=${SOCKETIOXIDE:-0.18.9}
engineioxide=${ENGINEIOXIDE:-0.17.9}
socket_io=${SOCKET_IO:-4.8.4}

work=$(mktemp -d) || exit 2
pid=
finish() {
    if [ -n "$pid" ]; then kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; fi
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 2' INT TERM HUP
cd "$work" || exit 2

cat > package.json <<JSON
{ "private": true, "dependencies": { "socket.io": "$socket_io", "ws": "8.18.3" } }
JSON
mkdir src
cat > Cargo.toml <<TOML
[package]
name = "server"
version = "0.0.0"
edition = "2024"
[dependencies]
axum = { version = "=0.8.9", default-features = false, features = ["http1", "tokio"] }
engineioxide = "=$engineioxide"
socketioxide = "=$socketioxide"
tokio = { version = "1", features = ["macros", "net", "rt"] }
TOML
cat > src/main.rs <<'RS'
use socketioxide::{SocketIo, extract::SocketRef};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (layer, io) = SocketIo::new_layer();
    io.ns("/", async |socket: SocketRef| {
        socket.on("go", async |socket: SocketRef| {
            let text = "x".repeat(60_000);
            socket.emit("first", &text).unwrap();
            socket.emit("second", &text).unwrap();
        });
        socket.on("last", async |socket: SocketRef| socket.emit("third", "").unwrap());
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap().port());
    axum::serve(listener, axum::Router::new().layer(layer)).await.unwrap();
}
RS
cat > server.js <<'JS'
const { createServer } = require("node:http");
const { Server } = require("socket.io");
const http = createServer();
new Server(http).on("connection", (socket) => {
  socket.on("go", () => {
    socket.emit("first", "x".repeat(60_000));
    socket.emit("second", "x".repeat(60_000));
  });
  socket.on("last", () => socket.emit("third", ""));
});
http.listen(0, "127.0.0.1", () => console.log(http.address().port));
JS
cat > client.js <<'JS'
const WebSocket = require("ws");
const base = `127.0.0.1:${process.argv[2]}/socket.io/?EIO=4`;
const names = (packets) =>
  packets.filter((packet) => packet.startsWith("42")).map((packet) => JSON.parse(packet.slice(2))[0]);

async function main() {
  const open = await (await fetch(`http://${base}&transport=polling`)).text();
  const url = `${base}&sid=${JSON.parse(open.slice(1)).sid}`;
  const poll = async () => (await (await fetch(`http://${url}&transport=polling`)).text()).split("\x1e");
  const post = (body) => fetch(`http://${url}&transport=polling`, { method: "POST", body });
  const seen = [];
  await post("40");
  for (;;) {
    const packets = await poll();
    if (packets.includes("2")) await post("3");
    if (packets.some((packet) => packet.startsWith("40"))) break;
  }
  await post('42["go"]');
  while (!seen.includes("first")) seen.push(...names(await poll()));
  const socket = new WebSocket(`ws://${url}&transport=websocket`);
  socket.on("open", () => socket.send("2probe"));
  socket.on("message", (data) => {
    const packet = data.toString();
    if (packet === "3probe") {
      socket.send("5");
      socket.send('42["last"]');
    }
    if (packet === "2") socket.send("3");
    seen.push(...names([packet]));
    if (seen.includes("third")) {
      console.log(seen.join(" "));
      process.exit();
    }
  });
}
setTimeout(() => process.exit(3), 20_000);
main().catch((error) => { console.error(error); process.exit(3); });
JS
if ! timeout 60 npm install --ignore-scripts --no-audit --no-fund --silent; then
    echo "not run: the npm packages could not be installed" >&2
    exit 2
fi
if ! timeout 900 cargo build --quiet; then
    echo "not run: the server could not be built" >&2
    exit 2
fi

# Starts a server, prints what the client receives from it, and ends the server.
run() {
    "$@" > port &
    pid=$!
    for _ in $(seq 100); do [ -s port ] && break; sleep 0.1; done
    timeout 30 node client.js "$(cat port)" || echo "no answer"
    kill "$pid"; wait "$pid" 2>/dev/null
    pid=
    : > port
}

echo "versions: socketioxide $socketioxide, engineioxide $engineioxide, socket.io $socket_io, node $(node --version)"
control=$(run node server.js)
found=$(run target/debug/server)
echo "socket.io delivers:    $control"
echo "socketioxide delivers: $found"
if [ "$control" = "first second third" ] && [ "$found" = "first third" ]; then
    echo "as described: the packet that did not fit into the last poll is lost by the upgrade"
    exit 0
fi
echo "changed"
exit 1
