import type { Command } from "commander";

/** `barline demo`: what `npm start` runs. */
export function addDemo(program: Command): void {
  program
    .command("demo")
    .description(
      "show it on real bars: start in mid-market, be READY at once, stop and go on, and compare " +
        "every number",
    )
    .action(async () => {
      // What talks to a gateway and to a disk takes its time to load, and nothing else needs it.
      const { demo } = await import("../gateway/demo.ts");
      await demo();
    });
}
