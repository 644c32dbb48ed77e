// The chat that Natter succeeds, as it was written: Express, Socket.IO, mongoose, and every message pushed into the
// document of its user.

import { createServer } from "node:http";

import express from "express";
import mongoose from "mongoose";
import { Server } from "socket.io";

import { address, authenticate, serveAccounts } from "./accounts.mjs";

const User = mongoose.model(
  "User",
  new mongoose.Schema({
    userID: { type: String, unique: true },
    password: String,
    messages: [{ message: String }],
  }),
);

await mongoose.connect(process.env.MONGODB_URI);
await User.init();
serveAccounts({
  create: (user) => User.create(user),
  find: (userID) => User.findOne({ userID }),
  list: () => User.find(),
});

const server = createServer(express());
const io = new Server(server);
io.use(authenticate);
io.on("connection", (socket) => {
  socket.on("chat message", async (msg) => {
    await User.updateMany({ userID: socket.data.userName }, { $push: { messages: { message: msg } } });
    socket.broadcast.emit("chat message", socket.data.userName + " : " + msg);
  });
});
server.listen(...address("CHAT_ADDR"));
