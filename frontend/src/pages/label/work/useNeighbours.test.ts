import { describe, expect, it } from "vitest";
import { neighbours } from "./useNeighbours";

describe("neighbours of a piece of work", () => {
  it("are what was claimed before and after it", () => {
    expect(neighbours([3, 5, 9], 5)).toEqual({ previous: { id: 3 }, next: { id: 9 } });
  });

  it("end at the first and at the last", () => {
    expect(neighbours([3, 5], 3)).toEqual({ previous: undefined, next: { id: 5 } });
    expect(neighbours([3, 5], 5)).toEqual({ previous: { id: 3 }, next: undefined });
  });

  it("of what is not listed yet, or of no work at all, are the last one", () => {
    expect(neighbours([3, 5], 7)).toEqual({ previous: { id: 5 }, next: undefined });
    expect(neighbours([3, 5], undefined)).toEqual({ previous: { id: 5 }, next: undefined });
    expect(neighbours([], 7)).toEqual({ previous: undefined, next: undefined });
  });
});
