import { createServer } from "node:net";

/** Systems give ports from 32,768 (Linux) or 49,152 on; nobody is given one of these unasked. */
const FIRST_PORT = 20_000;
const PORTS = 12_000;

/**
 * A port, drawn by the system, that no one else is given while nobody listens on it: a gateway that
 * is down for a while finds it free again. It may be in use by someone who asked for it. It is 0
 * where nothing can listen on the host; whoever tries all the same is told why.
 */
export function lastingPort(host: string): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(0));
    server.listen({ port: 0, host }, () => {
      const address = server.address();
      const drawn = address !== null && typeof address === "object" ? address.port : 0;
      server.close(() => resolve(FIRST_PORT + (drawn % PORTS)));
    });
  });
}
