// The official client of a member of several rooms: `auth: {token, rooms: true}`.
// Each line of standard input is a JSON array, an event and its arguments; the answer is printed as {"ack": answer}. Each
// event of the server is printed as {"name of the event": arguments}.
import { createInterface } from "node:readline";
import { io } from "socket.io-client";

const [chatUrl, token, transport] = process.argv.slice(2);
const tell = (what, value = null) => console.log(JSON.stringify({ [what]: value }));

const socket = io(chatUrl, { auth: { token, rooms: true }, transports: [transport] });
socket.on("connect", () => tell("connected", socket.io.engine.transport.name));
socket.on("connect_error", (error) => tell("refused", error.message));
socket.on("disconnect", (reason) => tell("disconnected", reason));
socket.onAny((event, ...args) => tell(event, args));

const lines = createInterface({ input: process.stdin });
lines.on("line", async (line) => tell("ack", await socket.timeout(10_000).emitWithAck(...JSON.parse(line))));
lines.on("close", () => process.exit(0));
