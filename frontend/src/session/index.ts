/** What pages import. Everything else inside `session/` is private. */
export { type Outbox, openOutbox, type Waiting } from "./outbox";
export { NotSaved, type OpenOptions, openTask } from "./session";
export * from "./types";
