import { describe, expect, it } from "vitest";
import { insert, prefixLines, wrap } from "./markdown";

describe("marks in the guideline's text", () => {
  it("go around what is selected and keep it selected", () => {
    expect(wrap("draw tight boxes", 5, 10, "**")).toEqual({ text: "draw **tight** boxes", start: 7, end: 12 });
  });

  it("go away again when they stand there", () => {
    expect(wrap("draw **tight** boxes", 7, 12, "**")).toEqual({ text: "draw tight boxes", start: 5, end: 10 });
  });
});

describe("prefixes of lines", () => {
  it("stand before each line that is touched", () => {
    expect(prefixLines("a\nb\nc", 0, 3, "- ").text).toBe("- a\n- b\nc");
  });

  it("go away when every line has them", () => {
    expect(prefixLines("- a\n- b", 1, 6, "- ").text).toBe("a\nb");
  });
});

describe("a piece", () => {
  it("replaces what is selected and leaves the cursor behind it", () => {
    expect(insert("see here", 4, 8, "![cup](/x)")).toEqual({ text: "see ![cup](/x)", start: 14, end: 14 });
  });
});
