// A process of its own that uses a store, so that it can be killed, or its disk can fail. It reads
// what to do as JSON from the file it is given, and says each thing on a line once it is done.
import { readFileSync, writeSync } from "node:fs";
import { openLmdbStore } from "../../../../dist/adapters/store/lmdb/open-lmdb-store.js";
import { crc32 } from "../../../../dist/core/codec/crc32.js";

const ALL = { from: Uint8Array.of(0), to: new Uint8Array(256).fill(255) };
const task = JSON.parse(readFileSync(process.argv[2], "utf8"));
const say = (...words) => writeSync(1, `${words.join(" ")}\n`);

function apply(store, steps) {
  store.write((writer) => {
    for (const { key, size, seed } of steps) {
      const bytes = Buffer.from(key, "hex");
      if (size === undefined) writer.remove(bytes);
      else
        writer.put(
          bytes,
          Uint8Array.from({ length: size }, (_, index) => seed + index * 7),
        );
    }
  });
}

/** One number for all that a store holds. */
function digest(store) {
  return store.read((reader) => {
    let sum = 0;
    for (const { key, value } of reader.range(ALL)) sum = crc32(value, crc32(key, sum));
    return sum;
  });
}

/** Acknowledges every transaction by its number, after `write` returned. */
function write({ directory, transactions, from = 0 }) {
  const store = openLmdbStore(directory, { mode: "write" });
  for (let number = from; number < transactions.length; number += 1) {
    apply(store, transactions[number]);
    say(number + 1);
  }
  store.close();
}

const codeOf = (action) => {
  try {
    action();
    return "";
  } catch (error) {
    return error.code ?? String(error);
  }
};

/**
 * Writes all transactions though the disk fails, and tells what was seen: `fault CODE` of each
 * failure, the digest before and after it, and what the store said to the next use of it.
 */
function endure({ directory, transactions }) {
  let store;
  const open = () => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        store = openLmdbStore(directory, { mode: "write" });
        return;
      } catch (error) {
        say("opening", error.code ?? String(error));
        if (attempt > 20) throw error;
      }
    }
  };
  open();
  let done = 0;
  const digests = [digest(store)];
  while (done < transactions.length) {
    const code = codeOf(() => apply(store, transactions[done]));
    if (code === "") {
      done += 1;
      digests[done] = digest(store);
      say("committed", done, digests[done]);
      continue;
    }
    const after = [codeOf(() => digest(store)), codeOf(() => apply(store, []))];
    say("fault", code, done, after.join() === "," ? "usable" : after.join());
    if (code !== "disk-full") {
      store.close();
      open();
    }
    const now = digest(store);
    say("found", now === digests[done] ? "before" : now);
    if (now !== digests[done]) {
      done += 1;
      digests[done] = now;
      say("committed", done, now);
    }
  }
  store.close();
}

/** Reads at each line that comes, and says the number in the value of the key 01. */
function follow({ directory }) {
  const store = openLmdbStore(directory, { mode: "read" });
  say("open");
  process.stdin.on("data", () => {
    say(store.read((reader) => Buffer.from(reader.get(Uint8Array.of(1))).readUInt32LE(0)));
  });
  process.stdin.on("end", () => store.close());
}

/** What a caller with a checksum in each entry makes of a file. */
function judge(directory) {
  const seen = [];
  let store;
  try {
    store = openLmdbStore(directory, { mode: "read" });
    store.read((reader) => {
      for (const { key, value } of reader.range(ALL)) {
        if (value.length < 4) throw Object.assign(new Error("short"), { code: "checksum" });
        const body = value.subarray(0, value.length - 4);
        const sum = Buffer.from(value).readUInt32LE(body.length);
        if (sum !== crc32(body, crc32(key))) {
          throw Object.assign(new Error("sum"), { code: "checksum" });
        }
        const found = reader.get(key);
        if (found === undefined || Buffer.compare(found, value) !== 0) {
          throw Object.assign(new Error("get"), { code: "checksum" });
        }
        seen.push(Buffer.from(key).toString("hex"), sum);
      }
    });
    return `data ${crc32(Buffer.from(seen.join()))}`;
  } catch (error) {
    return error.code ?? `unnamed ${error}`;
  } finally {
    store?.close();
  }
}

/** Says of each file what came of reading it; `prepare` makes the next one in place. */
async function damage({ directory, cases, from, pristine }) {
  const {
    copyFileSync,
    openSync,
    writeSync: writeAt,
    closeSync,
    truncateSync,
  } = await import("node:fs");
  const path = `${directory}/data.mdb`;
  const bytes = readFileSync(pristine);
  copyFileSync(pristine, path);
  for (let number = from; number < cases.length; number += 1) {
    const { bit, length } = cases[number];
    if (length !== undefined) truncateSync(path, length);
    else {
      const byte = bit >> 3;
      const file = openSync(path, "r+");
      writeAt(file, Uint8Array.of(bytes[byte] ^ (1 << (bit & 7))), 0, 1, byte);
      closeSync(file);
    }
    say(judge(directory));
    if (length !== undefined) copyFileSync(pristine, path);
    else {
      const file = openSync(path, "r+");
      writeAt(file, bytes, bit >> 3, 1, bit >> 3);
      closeSync(file);
    }
  }
}

/** As somebody who may not. */
function refused({ directory }) {
  for (const mode of ["read", "write"]) say(codeOf(() => openLmdbStore(directory, { mode })));
}

const tasks = { write, endure, follow, damage, refused };
if (task.uid !== undefined) process.setuid(task.uid);
await tasks[task.kind](task);
