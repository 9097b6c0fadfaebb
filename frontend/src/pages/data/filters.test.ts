import { describe, expect, it } from "vitest";
import {
  activeMembers,
  EMPTY,
  type Filter,
  filterOf,
  labelAddress,
  narrowedBy,
  queryOf,
  searchFrom,
  taskFilter,
  viewFrom,
} from "./filters";

const filter: Filter = {
  ...EMPTY,
  search: "cup ",
  state: ["in_review", "done"],
  class_id: [3, 7],
  annotator: 4,
  group: "scene 1",
  created_after: "2026-03-01",
  metadata: { site: "north" },
};

describe("the view of the data page", () => {
  it("comes back from its address as it was", () => {
    const view = {
      filter,
      sort: "-updated" as const,
      layout: "table" as const,
      regions: false,
      columns: ["state" as const, "name" as const],
    };
    expect(viewFrom(new URLSearchParams(searchFrom(view).toString()))).toEqual(view);
  });

  it("has an empty address when nothing is chosen", () => {
    expect(searchFrom(viewFrom(new URLSearchParams())).toString()).toBe("");
  });

  it("ignores what it does not know in an address", () => {
    const view = viewFrom(new URLSearchParams("sort=evil&annotator=x&class=a,2&view=cube"));
    expect(view).toMatchObject({ sort: "number", layout: "gallery", filter: { annotator: null, class_id: [2] } });
  });
});

describe("the filter sent to the server", () => {
  it("holds only what is set, without spaces around it", () => {
    const sent = taskFilter(filter);
    expect(sent).toMatchObject({ search: "cup", state: ["in_review", "done"], class_id: [3, 7], annotator: 4 });
    expect(Object.keys(sent)).not.toContain("origin");
  });

  it("spells metadata as parameters of their own", () => {
    expect(queryOf(filter)).toMatchObject({ "metadata.site": "north", group: "scene 1" });
  });

  it("includes the whole last day of a range", () => {
    const { created_after, created_before } = taskFilter({
      ...EMPTY,
      created_after: "2026-03-01",
      created_before: "2026-03-01",
    });
    expect(new Date(created_before!).getTime() - new Date(created_after!).getTime()).toBe(86_400_000);
  });

  it("names the members that a person can take off again", () => {
    expect(activeMembers(filter)).toEqual(["state", "class_id", "annotator", "group", "created_after", "metadata"]);
  });
});

describe("a kept view", () => {
  it("gives the filter back that it was made of, with its days", () => {
    const kept = { ...filter, search: "cup", created_before: "2026-03-04" };
    expect(filterOf(taskFilter(kept))).toEqual(kept);
  });
});

describe("labelling only some tasks", () => {
  const parsed = (address: string) => narrowedBy(new URLSearchParams(address.split("?")[1]));

  it("narrows the claim to what the page shows", () => {
    expect(parsed(labelAddress(5, filter, new Set()))).toEqual({ filter: taskFilter(filter) });
  });

  it("narrows it to chosen tasks where some are chosen", () => {
    expect(parsed(labelAddress(5, filter, new Set([4, 9])))).toEqual({ ids: [4, 9] });
  });

  it("is not meant by an ordinary address", () => {
    expect(narrowedBy(new URLSearchParams(""))).toBeNull();
  });
});
