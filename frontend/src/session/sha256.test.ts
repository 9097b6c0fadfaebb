import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { sha256 } from "./sha256";

const reference = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

test.each([0, 1, 55, 56, 63, 64, 65, 119, 1000, 70_001])("hashes %i bytes as everybody does", (length) => {
  const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + 7) % 256);
  expect(sha256(bytes)).toBe(reference(bytes));
});
