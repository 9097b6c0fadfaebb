import fc from "fast-check";
import { expect, test } from "vitest";
import { boxRow, Hand, polygonRow } from "./testing";

const START = [
  boxRow("a", 20, 20, 60, 40),
  boxRow("b", 40, 30, 150, 120),
  polygonRow("p", [200, 100, 300, 110, 280, 200, 210, 190]),
];

const x = fc.integer({ min: -20, max: 420 });
const y = fc.integer({ min: -20, max: 320 });
const held = fc.record({ shift: fc.boolean(), alt: fc.boolean() });
const action = fc.constantFrom(
  "tool.box",
  "tool.polygon",
  "tool.points",
  "tool.tag",
  "tool.select",
  "tool.cancel",
  "tool.finish",
  "tool.back",
  "region.delete",
  "region.duplicate",
  "region.occluded",
  "region.lock",
  "region.group",
  "region.beginTrack",
  "region.ungroup",
  "region.setParent",
  "region.clearParent",
  "region.toFront",
  "region.backward",
  "region.eyedropper",
  "region.hide",
  "region.next",
  "edit.copy",
  "edit.paste",
  "edit.undo",
  "edit.redo",
  "edit.selectAll",
  "move.left",
  "move.downFar",
  "class.1",
  "class.2",
  "view.zoomIn",
  "view.fit",
);

const command = fc.oneof(
  fc.record({ kind: fc.constant("click" as const), x, y, held }),
  fc.record({ kind: fc.constant("drag" as const), x, y, x1: x, y1: y, held }),
  fc.record({ kind: fc.constant("action" as const), id: action }),
);

type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;

function perform(hand: Hand, c: Command): void {
  if (c.kind === "click") hand.click(c.x, c.y, c.held);
  else if (c.kind === "drag") hand.drag(c.x, c.y, c.x1, c.y1, c.held);
  else hand.key(c.id);
}

const state = (hand: Hand) => [...hand.editor.regions()].sort((a, b) => (a.id < b.id ? -1 : 1));

test("whatever was done can be undone to the start and redone to the end", () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
      const hand = new Hand(START);
      const before = state(hand);
      for (const c of commands) perform(hand, c);
      hand.editor.cancel();
      const after = state(hand);
      let steps = 0;
      for (; hand.editor.canUndo; steps++) hand.editor.undo();
      expect(state(hand)).toEqual(before);
      for (let i = 0; i < steps; i++) hand.editor.redo();
      expect(state(hand)).toEqual(after);
    }),
    { numRuns: 300, seed: 20 },
  );
});

test("the index finds exactly the regions that a look at each would find", () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 40 }), fc.tuple(x, y, x, y), (commands, [x0, y0, x1, y1]) => {
      const hand = new Hand(START);
      for (const c of commands) perform(hand, c);
      const box = [Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1)] as const;
      const { stage } = hand.editor;
      const slow = hand.editor.regions().flatMap((region) => {
        const b = stage.index.boundsOf(region.id);
        return b && b[0] <= box[2] && b[2] >= box[0] && b[1] <= box[3] && b[3] >= box[1] ? [region.id] : [];
      });
      expect([...stage.index.search(box)].sort()).toEqual(slow.sort());
    }),
    { numRuns: 200, seed: 21 },
  );
});

test("nothing that the hand does leaves the image", () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
      const hand = new Hand(START);
      for (const c of commands) perform(hand, c);
      for (const region of hand.editor.regions()) {
        const b = hand.editor.stage.index.boundsOf(region.id) ?? [0, 0, 0, 0];
        expect(Math.min(b[0], b[1], 400 - b[2], 300 - b[3])).toBeGreaterThanOrEqual(-1e-9);
      }
    }),
    { numRuns: 200, seed: 22 },
  );
});
