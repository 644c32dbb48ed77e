#!/usr/bin/env bash
# The official JavaScript client overruns the server's size limit when it sends
# a burst of binary messages over HTTP long-polling, and all of them are lost.
#
# What: an Engine.IO server states in its handshake how many bytes one request
# may carry (`maxPayload`, 1,000,000 unless configured otherwise). The client is
# to spread its waiting packets over several POST requests so that each stays
# below that. For text it counts exactly. For binary it reckons 1.33 bytes for
# each byte, while base64 takes 4 bytes for each started group of 3. Messages of
# 16 bytes are thus counted as 22 and sent as 24. As soon as more is waiting
# than fits into one request, the request which the client fills "up to the
# limit" is in truth above it. The server answers 413 and closes the session;
# the client reconnects, but does not send the lost messages again and reports
# no error for them.
#
# Versions: socket.io 4.8.4, socket.io-client 4.8.4 (engine.io 6.6.13,
# engine.io-client 6.6.8), Node.js 18 or later.
# A newer version is tried by naming it, for example ENGINE_IO_CLIENT=6.6.9.
#
# Why it matters: long-polling is what remains where a proxy or a company
# network blocks WebSocket, so this hits exactly those users, and only with many
# small binary messages (pointer positions, audio frames, document updates).
# Each message is tiny and the same amount of text passes, so nobody looks for a
# size limit. The client sees only "transport close" or "transport error".
#
# What one can do: send such data as base64 text within JSON (the control run
# below), or wait for acknowledgements so that less than a request's worth is
# ever waiting, or let the server accept more than it needs. For messages of n
# bytes the true size is 4 * ceil(n / 3) where the client counts
# ceil(1.33 * n); a client of one's own should count the former. Nothing else is
# amiss: with the exact size put in, all messages of this run arrive.
#
# Expected, by:
#   https://socket.io/docs/v4/engine-io-protocol/ , "HTTP long-polling": the
#   client SHOULD use maxPayload to decide how many packets to concatenate
#   https://github.com/socketio/socket.io/blob/main/packages/engine.io-client/CHANGELOG.md ,
#   6.2.0: the write buffer is sliced according to maxPayload
#   https://www.rfc-editor.org/rfc/rfc4648#section-4 : the size of base64
#
# Exit status: 0 the behaviour is as described, 1 it has changed, 2 not run.
# Needs: node, npm, access to the npm registry. Takes about 10 seconds.

set -u

socket_io=${SOCKET_IO:-4.8.4}
engine_io=${ENGINE_IO:-6.6.13}
engine_io_client=${ENGINE_IO_CLIENT:-6.6.8}

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
{
  "private": true,
  "dependencies": { "socket.io": "$socket_io", "socket.io-client": "$socket_io" },
  "overrides": { "engine.io": "$engine_io", "engine.io-client": "$engine_io_client" }
}
JSON
if ! timeout 60 npm install --ignore-scripts --no-audit --no-fund --silent; then
    echo "not run: the packages could not be installed" >&2
    exit 2
fi

cat > burst.js <<'JS'
const fs = require("node:fs");
const http = require("node:http");
const { Server } = require("socket.io");
const { io } = require("socket.io-client");

const COUNT = 40000;
const bytes = Buffer.alloc(16, 7);

// Sends COUNT messages at once over long-polling; resolves with what was seen.
function run(message) {
  return new Promise((resolve) => {
    const seen = { received: 0, posts: 0, largestPost: 0, refused: [], disconnect: null };
    const web = http.createServer();
    const server = new Server(web);
    web.on("request", (request, response) => {
      if (request.method !== "POST") return;
      const size = Number(request.headers["content-length"]);
      seen.posts += 1;
      seen.largestPost = Math.max(seen.largestPost, size);
      response.on("finish", () => {
        if (response.statusCode !== 200) seen.refused.push([response.statusCode, size]);
      });
    });
    server.on("connection", (socket) => {
      seen.limit = server.engine.opts.maxHttpBufferSize;
      socket.on("data", () => {
        seen.received += 1;
        if (seen.received === COUNT) end();
      });
    });
    let client;
    const end = () => {
      clearTimeout(timer);
      client.close();
      server.close(() => resolve(seen));
    };
    const timer = setTimeout(end, 15000);
    web.listen(0, "127.0.0.1", () => {
      client = io(`http://127.0.0.1:${web.address().port}`, {
        transports: ["polling"],
        reconnectionDelay: 200,
      });
      client.once("connect", () => {
        for (let i = 0; i < COUNT; i += 1) client.emit("data", message);
        client.once("disconnect", (reason) => {
          if (seen.received === COUNT) return;
          seen.disconnect = reason;
          // It comes back by itself: give it time to send again what was lost.
          client.once("connect", () => {
            seen.reconnected = true;
            setTimeout(end, 2000);
          });
        });
      });
    });
  });
}

(async () => {
  for (const name of ["socket.io", "socket.io-client", "engine.io", "engine.io-client"]) {
    const text = fs.readFileSync(`node_modules/${name}/package.json`);
    console.log(`${name} ${JSON.parse(text).version}`);
  }
  console.log(`node ${process.versions.node}`);

  const text = await run(bytes.toString("base64"));
  const binary = await run(bytes);
  console.log(`limit stated by the server: ${binary.limit} bytes a request`);
  console.log(`expected: ${COUNT} of ${COUNT} messages arrive, no request above the limit`);
  for (const [name, seen] of [["as base64 text", text], ["as binary", binary]]) {
    console.log(
      `seen, ${name}: ${seen.received} of ${COUNT} arrived, ` +
        `${seen.posts} POSTs, largest ${seen.largestPost} bytes, ` +
        `refused ${JSON.stringify(seen.refused)}, disconnect ${JSON.stringify(seen.disconnect)}`,
    );
  }

  const control =
    text.received === COUNT &&
    text.posts > 2 &&
    text.largestPost <= text.limit &&
    text.refused.length === 0;
  const overrun =
    binary.largestPost > binary.limit && binary.refused.some(([status]) => status === 413);
  const lost = binary.reconnected === true && binary.received < COUNT;
  if (!control) {
    console.log("changed: the control run with text is not as it was");
    process.exit(1);
  }
  if (!overrun || !lost) {
    console.log("changed: a burst of binary messages no longer overruns the limit");
    process.exit(1);
  }
  console.log("as described: a request went beyond the limit and the messages were lost");
  process.exit(0);
})();
JS

timeout 45 node burst.js &
pid=$!
wait "$pid"
status=$?
pid=
[ "$status" -le 1 ] || { echo "not run: the program ended with status $status" >&2; status=2; }
exit "$status"
