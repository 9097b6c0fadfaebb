import { expect, test } from "vitest";
import { csvAddress } from "./csv";

const textOf = (address: string) => decodeURIComponent(address.slice(address.indexOf(",") + 1));

test("rows become lines of CSV: text in quotes, numbers as they are, nothing where there is nothing", () => {
  const address = csvAddress([
    ["day", "tasks"],
    ['the "third"', 3.5],
    [null, -1],
  ]);
  expect(address.startsWith("data:text/csv;charset=utf-8,")).toBe(true);
  expect(textOf(address)).toBe('"day","tasks"\r\n"the ""third""",3.5\r\n,-1\r\n');
});

test("no text is a formula in a spreadsheet", () => {
  expect(textOf(csvAddress([["=1+1", "-x", "fine"]]))).toBe('"\'=1+1","\'-x","fine"\r\n');
});
