// The tuned chat on Node, by websocket only.

import { createServer } from "node:http";

import { Server } from "socket.io";

import { address } from "./accounts.mjs";
import { tunedChat } from "./tuned.mjs";

const serve = await tunedChat();
const server = createServer((_, response) => response.end());
serve(new Server(server, { transports: ["websocket"], serveClient: false }));
server.listen(...address("CHAT_ADDR"));
