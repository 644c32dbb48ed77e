// Signs tokens with a known key, to show which of them open anything: reads `{key, alg, claims}` from each
// line of standard input and prints the token as `{"token": …}`.
import { createHmac } from "node:crypto";
import { createInterface } from "node:readline";

const HASHES = { HS256: "sha256", HS384: "sha384", HS512: "sha512" };
const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

function forge({ key, alg, claims }) {
  const content = `${encode({ alg, typ: "JWT" })}.${encode(claims)}`;
  const signature = alg in HASHES ? createHmac(HASHES[alg], key).update(content).digest("base64url") : "";
  return `${content}.${signature}`;
}

createInterface({ input: process.stdin }).on("line", (line) => {
  console.log(JSON.stringify({ token: forge(JSON.parse(line)), claims: null }));
});
