import { expect, test } from "vitest";
import { Editor } from "./editor";
import type { ElementRow, LabelSchema } from "./types";

const schema: LabelSchema = { classes: [{ id: 1, name: "a", color: "#ff0000", shapes: ["box"] }] } as LabelSchema;
const image = { width: 100, height: 100 };
const row = (id: string) => ({
  kind: "region",
  version: 1,
  element: { id, class: 1, shape: "box", geometry: { x: 1, y: 1, w: 9, h: 9 }, attributes: {} },
});

test("a document that comes back can be undone and redone as when it was left", () => {
  const editor = new Editor({});
  editor.load({ image, elements: [row("a"), row("b")] as unknown as ElementRow[], schema });
  editor.remove(["a"]);
  editor.remove(["b"]);
  editor.undo();
  const { steps } = editor;
  editor.load({ image, elements: [], schema });
  expect(editor.undo()).toBeFalsy();
  editor.load({ image, elements: [row("b")] as unknown as ElementRow[], schema, steps });
  editor.undo();
  expect(editor.regions().map(({ id }) => id)).toEqual(expect.arrayContaining(["a", "b"]));
  editor.redo();
  editor.redo();
  expect(editor.regions()).toEqual([]);
});
