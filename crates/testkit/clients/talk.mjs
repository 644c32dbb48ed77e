// The seed's client: plain `io(url + '/?jwt=' + token)`, a string emitted, a listener with one argument.
// Each line of standard input is sent; each thing that happens is a JSON line on standard output.
import { createInterface } from "node:readline";
import { io } from "socket.io-client";

const [chatUrl, token, transport] = process.argv.slice(2);
const tell = (what, value = null) => console.log(JSON.stringify({ [what]: value }));

const socket = io(chatUrl + "/?jwt=" + token, transport ? { transports: [transport] } : {});
socket.on("connect", () => tell("connected", socket.io.engine.transport.name));
socket.on("chat message", (message) => tell("received", message));
socket.on("connect_error", (error) => tell("refused", error.message));
socket.on("disconnect", (reason) => tell("disconnected", reason));

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => socket.emit("chat message", line));
lines.on("close", () => process.exit(0));
