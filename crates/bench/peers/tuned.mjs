// The same chat, written for speed: the database's own driver, a collection of messages, one insert for all messages that
// wait, and acknowledgements. Stored first, then acknowledged, then delivered, in the order of sending.

import { randomUUID } from "node:crypto";

import { MongoClient } from "mongodb";

import { authenticate, serveAccounts } from "./accounts.mjs";

const MAX_BATCH = 500;
const DURABLE = { writeConcern: { w: "majority", j: true } };

/** Connects to MongoDB and serves the accounts. Returns what to do with a new Socket.IO server. */
export async function tunedChat() {
  const client = await MongoClient.connect(process.env.MONGODB_URI);
  const users = client.db().collection("users");
  const messages = client.db().collection("messages");
  await users.createIndex({ userID: 1 }, { unique: true });
  serveAccounts({
    create: (user) => users.insertOne(user, DURABLE),
    find: (userID) => users.findOne({ userID }),
    list: () => users.find().toArray(),
  });
  const journal = new Journal(messages);
  return (io) => {
    io.use(authenticate);
    io.on("connection", (socket) => {
      socket.on("chat message", (text, ack) => journal.add({ socket, text, ack }));
    });
  };
}

class Journal {
  #messages;
  #waiting = [];
  #isWriting = false;
  #seq = 0;

  constructor(messages) {
    this.#messages = messages;
  }

  add(send) {
    this.#waiting.push(send);
    if (!this.#isWriting) this.#write();
  }

  async #write() {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MAX_BATCH);
      const entries = batch.map((send) => this.#entry(send));
      await this.#messages.insertMany(entries.map((entry) => ({ ...entry, _id: entry.seq })), DURABLE);
      batch.forEach((send, place) => deliver(send, entries[place]));
    }
    this.#isWriting = false;
  }

  #entry({ socket, text }) {
    const name = socket.data.userName;
    return {
      room: "lobby",
      seq: ++this.#seq,
      kind: "message",
      id: randomUUID(),
      sender: { id: (socket.data.id ??= randomUUID()), username: name, display_name: name },
      text,
      sent_at: new Date().toISOString(),
    };
  }
}

function deliver({ socket, ack }, entry) {
  ack?.({ ok: true, message: entry });
  socket.broadcast.emit("chat message", `${entry.sender.username} : ${entry.text}`, entry);
}
