export { systemZone } from "./zone.ts";
