import type { PageAction } from "./useLabelActions";

type Named = Pick<PageAction, "id" | "group"> & { label: string; keys: string[] };

/** What the panel beside the canvas adds to the keys, on the label page and where a reviewer edits. */
export const SEARCH_CLASS: Named = { id: "class.search", label: "class.search", group: "class", keys: ["C"] };
export const EDIT_ATTRIBUTES: Named = {
  id: "attributes.focus",
  label: "attributes.focus",
  group: "region",
  keys: ["Enter"],
};
