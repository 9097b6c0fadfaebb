/** What pages import. Everything else inside `session/` is private. */
export { type OpenOptions, openTask } from "./open";
export { type Outbox, openOutbox, type Waiting } from "./outbox";
export { NotSaved } from "./session";
export * from "./types";
