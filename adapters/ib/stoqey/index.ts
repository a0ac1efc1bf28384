export { loadStoqey } from "./load-stoqey.ts";
export { stoqeyClient } from "./stoqey-client.ts";
