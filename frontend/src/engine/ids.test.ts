import { expect, test } from "vitest";
import { byMaking, uuid7 } from "./ids";

test("ids of one millisecond sort in the order in which they were made", () => {
  const made = Array.from({ length: 5_000 }, () => uuid7(1_800_000_000_000));
  expect(made.toSorted()).toEqual(made);
  expect(new Set(made).size).toBe(made.length);
});

test("a clock that is set back does not make newer ids sort before older ones", () => {
  const before = uuid7(1_900_000_000_000);
  expect(uuid7(1_800_000_000_000) > before).toBe(true);
});

test("ids say that they are of version 7", () => {
  expect(uuid7()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("imported elements stand before what was drawn later, in the order of their ids", () => {
  const imported = ["00b0e5a4-0000-5000-8000-000000000000", "ffb0e5a4-0000-5000-8000-000000000000"];
  const drawn = [uuid7(), uuid7()];
  expect([drawn[1], imported[0], drawn[0], imported[1]].map(String).toSorted(byMaking)).toEqual([
    ...imported,
    ...drawn,
  ]);
});
