import { strictDecoder } from "./strict-decoder.ts";

/**
 * What is used of @stoqey/ib: its knowledge of the messages, in all their versions. Its connection
 * is not: that reads the environment, queues requests into the next connection, and throws out of
 * its socket's handlers.
 */
export type Stoqey = Awaited<ReturnType<typeof loadStoqey>>;

/**
 * Loads the library, once. A connection does so by itself; loading it before makes the first one
 * quicker.
 */
export async function loadStoqey() {
  const [{ Encoder }, { Decoder }, { MAX_SUPPORTED_SERVER_VERSION }] = await Promise.all([
    import("@stoqey/ib/dist/core/io/encoder.js"),
    import("@stoqey/ib/dist/core/io/decoder.js"),
    import("@stoqey/ib/dist/api/api.js"),
  ]);
  return {
    Encoder,
    Decoder: strictDecoder(Decoder),
    newestVersion: Number(MAX_SUPPORTED_SERVER_VERSION),
  };
}
