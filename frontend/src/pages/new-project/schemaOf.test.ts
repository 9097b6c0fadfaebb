import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PALETTE } from "@/api/palette";
import { classNames, schemaOf } from "./schemaOf";

describe("the classes of a new project", () => {
  it("are read from lines or commas, without empty ones and doubles", () => {
    expect(classNames("cup, saucer\n\n spoon ;Cup\tspill")).toEqual(["cup", "saucer", "spoon", "spill"]);
  });

  it("take the palette's colours in order and the number keys 1 to 9 and 0", () => {
    const schema = schemaOf(
      "regions",
      Array.from({ length: 12 }, (_, index) => `c${index}`),
      "label",
    )!;
    expect(schema.classes!.map((one) => one.key)).toEqual([
      "1",
      "2",
      "3",
      "4",
      "5",
      "6",
      "7",
      "8",
      "9",
      "0",
      null,
      null,
    ]);
    expect(new Set(schema.classes!.map((one) => one.color)).size).toBe(12);
    expect(schema.classes!.map((one) => one.id)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
  });

  it("become the answers to one question where the whole image is asked about", () => {
    expect(schemaOf("one", ["day", "night"], "label")!.item_attributes).toEqual([
      { name: "label", kind: "select", options: ["day", "night"], required: true },
    ]);
    expect(schemaOf("many", ["cat"], "label")!.item_attributes![0]!.kind).toBe("multiselect");
  });

  it("are left to the starter schema when none is typed", () => {
    expect(schemaOf("regions", [], "label")).toBeNull();
  });

  it("use the very palette of the design tokens", () => {
    const tokens = readFileSync(join(__dirname, "../../app/tokens.css"), "utf8");
    const colors = [...tokens.matchAll(/--lw-class-\d+:\s*(#[0-9a-f]{6})/g)].map((match) => match[1]);
    expect(colors).toEqual([...PALETTE]);
  });
});
