import type { components } from "./schema";

/** Every struct of the API by its name: `Schemas["ProjectCard"]`. Made by `make api` from openapi.json. */
export type Schemas = components["schemas"];

/** A page of a list: `next` is the cursor (or address) of the following one. */
export interface Listed<T> {
  results: T[];
  next: string | null;
}
