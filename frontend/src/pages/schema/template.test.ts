import { describe, expect, it } from "vitest";
import { movedTo, PERSON, placesOf, renamed, symmetric, toggled, withJoint, withoutJoint } from "./template";

const pose = {
  joints: ["head", "left", "right", "foot"],
  edges: [
    [0, 1],
    [0, 2],
    [2, 3],
  ],
  mirror: [[1, 2]],
  positions: [
    [0.5, 0],
    [1, 0.5],
    [0, 0.5],
    [0.2, 1],
  ],
} as never;

describe("a skeleton template", () => {
  it("begins with its first joint, and the next ones hang on the one they grew from", () => {
    const one = withJoint(null, "joint", [0.25, 0.5]);
    const two = withJoint(one, "joint", [1.4, -1], 0);
    expect(two).toEqual({
      joints: ["joint", "joint 2"],
      edges: [[0, 1]],
      mirror: [],
      positions: [
        [0.25, 0.5],
        [1, 0],
      ],
    });
  });

  it("loses a joint with its edges and its pair, and the others keep theirs under new numbers", () => {
    expect(withoutJoint(pose, 1)).toEqual({
      joints: ["head", "right", "foot"],
      edges: [
        [0, 1],
        [1, 2],
      ],
      mirror: [],
      positions: [
        [0.5, 0],
        [0, 0.5],
        [0.2, 1],
      ],
    });
    expect(withoutJoint(withJoint(null, "only", [0, 0]), 0)).toBeNull();
  });

  it("joins two joints and parts them again, whichever is named first", () => {
    const joined = toggled(pose, "edges", 3, 1);
    expect(joined.edges).toContainEqual([3, 1]);
    expect(toggled(joined, "edges", 1, 3).edges).toEqual(toggled(pose, "edges", 0, 0).edges);
  });

  it("has one counterpart a joint: a new pair ends the old ones", () => {
    expect(toggled(pose, "mirror", 2, 3).mirror).toEqual([[2, 3]]);
  });

  it("without places lies as the canvas lays it out, and one moved joint gives all of them a place", () => {
    const bare = { joints: ["a", "b"], edges: [[0, 1]], mirror: [], positions: null } as never;
    expect(placesOf(bare)).toEqual([
      [0.5, 0],
      [0.5, 1],
    ]);
    expect(movedTo(bare, 0, [0.1234, 2]).positions).toEqual([
      [0.123, 1],
      [0.5, 1],
    ]);
  });

  it("is made symmetric by its pairs and keeps its names when one changes", () => {
    const crooked = movedTo(movedTo(pose, 1, [0.9, 0.4]), 0, [0.45, 0]);
    expect(symmetric(crooked).positions).toEqual([
      [0.5, 0],
      [0.9, 0.4],
      [0.1, 0.4],
      [0.2, 1],
    ]);
    expect(renamed(pose, 3, "sole").joints).toEqual(["head", "left", "right", "sole"]);
  });

  it("of a person has a place for each joint, and left and right mirror each other", () => {
    expect(PERSON.positions).toHaveLength(PERSON.joints.length);
    for (const [a = 0, b = 0] of PERSON.mirror ?? [])
      expect(PERSON.joints[a]?.replace("left", "right")).toBe(PERSON.joints[b]);
    expect(symmetric(PERSON).positions).toEqual(PERSON.positions);
  });
});
