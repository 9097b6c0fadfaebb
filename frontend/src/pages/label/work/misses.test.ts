import { describe, expect, it } from "vitest";
import { encodeCounts } from "@/engine/geometry/rle";
import type { Region } from "@/engine/types";
import type { ClaimDocument } from "./desk";
import { missesOf, uncovered } from "./misses";

const box = (id: string, x: number, more: object = {}): Region =>
  ({ id, class: 1, shape: "box", geometry: { x, y: 0, w: 10, h: 10 }, attributes: {}, ...more }) as Region;

function claim(hints: string[], ...regions: object[]): ClaimDocument {
  const elements = regions.map((element) => ({ kind: "region", version: 0, element }));
  return { predictions: [{ id: 7, model: "m:1", elements, hints }] } as unknown as ClaimDocument;
}

const found = (doc: ClaimDocument, ...drawn: Region[]) => uncovered(missesOf(doc), drawn).map(({ id }) => id);

describe("possible misses", () => {
  const doc = claim(["a", "b"], box("a", 0, { score: 0.8 }), box("b", 50, { score: 0.9 }), box("c", 90, { score: 1 }));

  it("are what the server says is sure, the surest first, and nothing else that a model offers", () => {
    expect(found(doc)).toEqual(["7:b", "7:a"]);
    expect(found(claim([], box("a", 0)))).toEqual([]);
  });

  it("are none where something is drawn at an IoU of 0.3, of whatever class", () => {
    expect(found(doc, box("x", 5, { class: 2 }))).toEqual(["7:b"]); // 50 of 150
    expect(found(doc, box("x", 6))).toEqual(["7:b", "7:a"]); // 40 of 160
  });

  it("are told apart pixel by pixel where both have an outline", () => {
    const corner = (id: string, ...ring: number[]) => box(id, 0, { shape: "polygon", geometry: { parts: [[ring]] } });
    const upper = corner("a", 0, 0, 100, 0, 0, 100);
    const lower = corner("a", 100, 100, 100, 2, 2, 100); // nearly the same box, and nothing in common
    expect(found(claim(["a"], upper), lower)).toEqual(["7:a"]);
    expect(found(claim(["a"], upper), corner("x", 0, 0, 80, 0, 0, 80))).toEqual([]);
    expect(found(claim(["a"], upper), box("x", 0, { geometry: { x: 0, y: 0, w: 100, h: 100 } }))).toEqual([]);
    const mask = { x: 0, y: 0, size: [100, 50], counts: encodeCounts([0, 5_000]) };
    expect(found(claim(["a"], upper), box("x", 0, { shape: "mask", geometry: mask }))).toEqual([]); // 3,750 of 6,250
    expect(found(claim(["a"], lower), box("x", 0, { shape: "mask", geometry: mask }))).toEqual(["7:a"]); // boxes 0.5
  });

  it("are none inside of what counts nowhere, and a tag covers nothing", () => {
    const around = { geometry: { x: -100, y: -100, w: 300, h: 300 } };
    expect(found(doc, box("x", 0, { ...around, flags: ["crowd"] }))).toEqual([]);
    expect(found(doc, box("x", 0, around))).toHaveLength(2);
    expect(
      found(doc, { id: "t", class: 1, shape: "tag", geometry: {}, attributes: {} } as unknown as Region),
    ).toHaveLength(2);
  });
});
