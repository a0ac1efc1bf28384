// Runs many command lines of the built program in one process, to save the time of starting each:
// reads them as JSON from the file it is given, and prints what each has left behind.
import { readFileSync } from "node:fs";
import { runCommandLine } from "../../../dist/adapters/cli/program.js";

const print = process.stdout.write.bind(process.stdout);
const ended = [];
for (const args of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"]) {
    process[name].write = (text) => {
      said[name] += text;
      return true;
    };
  }
  const code = await runCommandLine(args);
  ended.push({ code, ...said });
}
process.exitCode = 0;
print(JSON.stringify(ended));
