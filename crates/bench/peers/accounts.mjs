// The users service of every peer: sign up, log in, list. Passwords are hashed with bcrypt, tokens are JWTs.

import bcrypt from "bcryptjs";
import express from "express";
import jwt from "jsonwebtoken";

const ROUNDS = 10;
const SECRET = process.env.ACCESS_TOKEN_SECRET;

/** Serves `{create(user), find(userID), list()}` at the address `USERS_ADDR`. */
export function serveAccounts(accounts) {
  const app = express();
  app.disable("x-powered-by");
  app.use(express.json());
  app.post("/users", async (req, res) => {
    const { username, password } = req.body;
    await accounts.create({ userID: username, password: await bcrypt.hash(password, ROUNDS) });
    res.status(201).json({ userID: username });
  });
  app.post("/login", async (req, res) => {
    const { username, password } = req.body;
    const user = await accounts.find(username);
    if (!user || !(await bcrypt.compare(password, user.password))) {
      return res.status(401).json({ message: "wrong" });
    }
    res.json({ token: jwt.sign({ userName: username }, SECRET) });
  });
  app.get("/users", requireToken, async (req, res) => res.json(await accounts.list()));
  app.listen(...address("USERS_ADDR"));
}

function requireToken(req, res, next) {
  try {
    verify((req.headers.authorization ?? "").replace("Bearer ", ""));
    next();
  } catch {
    res.status(401).json({ message: "Token didn't match" });
  }
}

/** The user name in a valid token. */
export function verify(token) {
  return jwt.verify(token, SECRET).userName;
}

/** Lets a socket connect if its token is valid. */
export function authenticate(socket, next) {
  try {
    socket.data.userName = verify(socket.handshake.auth.token);
    next();
  } catch (error) {
    next(error);
  }
}

/** Port and host in this environment variable. */
export function address(variable) {
  const [host, port] = process.env[variable].split(":");
  return [Number(port), host];
}
