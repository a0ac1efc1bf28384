export { LockStep, wireBetween } from "./lock-step.ts";
export type { TwsGateway } from "./tws-gateway.ts";
export {
  type TwsActivity,
  type TwsEvent,
  TwsServer,
  type TwsServerOptions,
} from "./tws-server.ts";
export { watched } from "./watched-client.ts";
