import { renderHook } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { boxRow, Hand, SCHEMA } from "@/engine/testing";
import type { Work } from "./desk";
import { useWorkOnCanvas } from "./useWorkOnCanvas";

vi.mock("./pictures", async (original) => ({
  ...(await original<object>()),
  picture: () => new Promise(() => {}),
  decoded: () => null,
}));

const work = (asset: number, ids: string[], coming = false) =>
  ({
    doc: {
      task: { id: asset },
      project: { id: 7 },
      asset: { id: asset, width: 400, height: 300, urls: { preview: "/a", display: "/a" } },
      schema: { number: 1, body: SCHEMA },
      predictions: [],
    },
    elements: ids.map((id, at) => boxRow(id, 50 * at, 0, 20, 20)),
    session: null,
    coming,
  }) as unknown as Work;

test("a region that was chosen while the task was still coming is chosen when it is there, and none of another task", () => {
  const { editor } = new Hand();
  const { rerender } = renderHook(({ shown }) => useWorkOnCanvas(editor, shown), {
    initialProps: { shown: work(2, ["a", "b"], true) },
  });
  editor.select(["b"]);
  rerender({ shown: work(2, ["a", "b"]) });
  expect(editor.selection).toEqual(["b"]);
  rerender({ shown: work(3, ["b"], true) });
  expect(editor.selection).toEqual([]);
});
