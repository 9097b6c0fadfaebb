/** What narrows the regions, as it stands in the address and goes to the server. */
export interface Filter {
  class_id: number[];
  shape: string[];
  min_area: string;
  max_area: string;
  min_aspect: string;
  max_aspect: string;
  min_score: string;
  max_score: string;
  author: string;
  source: string;
  flag: string;
  finding: string;
  attribute: Record<string, string>;
  metadata: Record<string, string>;
}

export const SORTS = ["newest", "oldest", "smallest", "largest", "unsure"] as const;
export type Sort = (typeof SORTS)[number];
export const SHAPES = [
  "box",
  "rotated_box",
  "ellipse",
  "polygon",
  "polyline",
  "points",
  "skeleton",
  "mask",
  "cuboid2d",
  "tag",
] as const;
export const FLAGS = ["truncated", "difficult", "crowd", "ignore", "uncertain"] as const;
export const NUMBERS = ["min_area", "max_area", "min_aspect", "max_aspect", "min_score", "max_score"] as const;
const WORDS = ["author", "source", "flag", "finding"] as const;
const PAIRS = ["attribute", "metadata"] as const;

export interface View {
  filter: Filter;
  sort: Sort;
}

export const EMPTY: Filter = {
  class_id: [],
  shape: [],
  min_area: "",
  max_area: "",
  min_aspect: "",
  max_aspect: "",
  min_score: "",
  max_score: "",
  author: "",
  source: "",
  flag: "",
  finding: "",
  attribute: {},
  metadata: {},
};

/** Names of the members that narrow. */
export function activeMembers(filter: Filter): (keyof Filter)[] {
  return (Object.keys(EMPTY) as (keyof Filter)[]).filter((name) => {
    const value = filter[name];
    return typeof value === "string" ? value !== "" : Object.keys(value).length > 0;
  });
}

/** Query parameters of the list and of its count. */
export function queryOf(filter: Filter): Record<string, string> {
  const query: Record<string, string> = {};
  if (filter.class_id.length) query.class_id = filter.class_id.join(",");
  if (filter.shape.length) query.shape = filter.shape.join(",");
  for (const name of [...NUMBERS, ...WORDS]) if (filter[name] !== "") query[name] = filter[name];
  for (const member of PAIRS)
    for (const [name, value] of Object.entries(filter[member])) query[`${member}.${name}`] = value;
  return query;
}

/** The same as a body: what a change of all that match names. */
export function bodyOf(filter: Filter): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  if (filter.class_id.length) body.class_id = filter.class_id;
  if (filter.shape.length) body.shape = filter.shape;
  for (const name of NUMBERS) if (filter[name] !== "") body[name] = Number(filter[name]);
  if (filter.author !== "") body.author = Number(filter.author);
  for (const name of ["source", "flag", "finding"] as const) if (filter[name] !== "") body[name] = filter[name];
  for (const member of PAIRS) if (Object.keys(filter[member]).length) body[member] = filter[member];
  return body;
}

export function viewFrom(search: URLSearchParams): View {
  const filter: Filter = { ...EMPTY, attribute: {}, metadata: {} };
  filter.class_id = (search.get("class_id") ?? "").split(",").filter(Boolean).map(Number).filter(Number.isFinite);
  filter.shape = (search.get("shape") ?? "").split(",").filter(Boolean);
  for (const name of [...NUMBERS, ...WORDS]) filter[name] = search.get(name) ?? "";
  for (const [name, value] of search)
    for (const member of PAIRS)
      if (name.startsWith(`${member}.`)) filter[member] = { ...filter[member], [name.slice(member.length + 1)]: value };
  const sort = SORTS.find((one) => one === search.get("sort")) ?? "newest";
  return { filter, sort };
}

export function searchFrom({ filter, sort }: View): URLSearchParams {
  const search = new URLSearchParams(queryOf(filter));
  if (sort !== "newest") search.set("sort", sort);
  return search;
}
