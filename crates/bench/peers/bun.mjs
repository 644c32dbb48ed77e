// The tuned chat on Bun, with its own engine for Socket.IO.

import { Server as Engine } from "@socket.io/bun-engine";
import { Server } from "socket.io";

import { address } from "./accounts.mjs";
import { tunedChat } from "./tuned.mjs";

const serve = await tunedChat();
const io = new Server();
const engine = new Engine({ path: "/socket.io/" });
io.bind(engine);
serve(io);
const [port, hostname] = address("CHAT_ADDR");
const { fetch, websocket, idleTimeout } = engine.handler();
const isChat = (request) => new URL(request.url).pathname.startsWith("/socket.io/");
Bun.serve({
  port,
  hostname,
  idleTimeout,
  websocket,
  fetch: (request, server) => (isChat(request) ? fetch(request, server) : new Response()),
});
