// Drives npm's age-encryption: an independent judge of our hybrid files.
//
//   identity                   prints a new hybrid identity and its recipient, a line each
//   encrypt RECIPIENT...       standard input to standard output
//   decrypt IDENTITY...        standard input to standard output
//
// It is given to `node --input-type=module --eval` in the folder that holds `node_modules`.

import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as age from "age-encryption";

const [verb, ...keys] = process.argv.slice(1);

async function pass(transform) {
  const output = await transform(Readable.toWeb(process.stdin));
  await pipeline(Readable.fromWeb(output), process.stdout);
}

if (verb === "identity") {
  const identity = await age.generateHybridIdentity();
  console.log(identity);
  console.log(await age.identityToRecipient(identity));
} else if (verb === "encrypt") {
  const encrypter = new age.Encrypter();
  keys.forEach((key) => encrypter.addRecipient(key));
  await pass((input) => encrypter.encrypt(input));
} else if (verb === "decrypt") {
  const decrypter = new age.Decrypter();
  keys.forEach((key) => decrypter.addIdentity(key));
  await pass((input) => decrypter.decrypt(input));
} else {
  throw new Error("identity, encrypt or decrypt");
}
