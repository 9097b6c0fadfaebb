import { describe, expect, it } from "vitest";
import type { Schemas } from "@/api/types";
import { choicesOf } from "./data";

const words = { yes: "Yes", no: "No", stays: (name: string) => `stays ${name}` };
const car = {
  id: 1,
  name: "car",
  title: "Car",
  color: "#3da3ff",
  shapes: ["box"],
  attributes: [
    {
      name: "view",
      kind: "select",
      options: ["front", "rear", "old"],
      archived_options: ["old"],
      option_titles: { rear: "From behind" },
    },
    { name: "parked", kind: "boolean" },
    { name: "plate", kind: "text" },
  ],
} as Schemas["Class"];
const classes = new Map([
  [1, car],
  [4, { ...car, id: 4, title: "Saloon" }],
]);
const labels = (attribute: string | null, into: number[] = []) =>
  choicesOf({ class_id: 1, attribute, into }, classes, words)?.map((one) => `${one.key} ${one.label}`);

describe("the choices of a top-up", () => {
  it("are the options that are still offered, by their titles, one key each", () => {
    expect(labels("view")).toEqual(["1 front", "2 From behind"]);
  });
  it("are yes and no where that is the question", () => {
    expect(labels("parked")).toEqual(["1 Yes", "2 No"]);
  });
  it("are the parts of a split class, and that it stays what it is", () => {
    expect(labels(null, [4])).toEqual(["1 Saloon", "2 stays Car"]);
  });
  it("are none where the answer is typed", () => {
    expect(labels("plate")).toBeUndefined();
  });
});
