import { Editor } from "./editor";
import { screenPoint } from "./geometry/points";
import type { ElementRow, LabelSchema } from "./types";

/** A headless editor driven as a hand would: image pixels are screen pixels until the camera moves. */
export const SCHEMA: LabelSchema = {
  classes: [
    {
      id: 1,
      name: "roof",
      color: "#ffa31f",
      shapes: ["box", "rotated_box", "ellipse", "polygon", "polyline", "points", "cuboid2d", "tag"],
    },
    {
      id: 2,
      name: "wall",
      color: "#47f5ff",
      shapes: ["box"],
      attributes: [{ name: "state", kind: "select", default: "good" }],
    },
    {
      id: 4,
      name: "person",
      color: "#7bd88f",
      shapes: ["skeleton"],
      skeleton: {
        joints: ["head", "left hand", "right hand"],
        edges: [
          [0, 1],
          [0, 2],
        ],
        mirror: [[1, 2]],
      },
    },
    { id: 3, name: "old", color: "#c26629", shapes: ["box"], archived: true },
  ],
};

export const boxRow = (id: string, x: number, y: number, w: number, h: number, more: object = {}): ElementRow => ({
  kind: "region",
  version: 1,
  element: { id, class: 1, shape: "box", geometry: { x, y, w, h }, attributes: {}, ...more },
});

export const polygonRow = (id: string, ring: number[]): ElementRow => ({
  kind: "region",
  version: 1,
  element: { id, class: 1, shape: "polygon", geometry: { parts: [[ring]] }, attributes: {} },
});

interface Held {
  shift?: boolean;
  alt?: boolean;
}

export class Hand {
  readonly editor: Editor;

  constructor(elements: ElementRow[] = [], options: { readOnly?: boolean } = {}) {
    let made = 0;
    this.editor = new Editor({ newId: () => `new-${++made}` });
    this.editor.stage.viewport = { width: 400, height: 300 };
    this.editor.load({ image: { width: 400, height: 300 }, elements, schema: SCHEMA, ...options });
  }

  private send(type: "down" | "move" | "up" | "double", x: number, y: number, held: Held): this {
    const modifiers = { shift: held.shift ?? false, alt: held.alt ?? false, mod: false };
    this.editor.handle({ type, screen: screenPoint(x, y), modifiers });
    return this;
  }

  down = (x: number, y: number, held: Held = {}) => this.send("down", x, y, held);
  move = (x: number, y: number, held: Held = {}) => this.send("move", x, y, held);
  up = (x: number, y: number, held: Held = {}) => this.send("up", x, y, held);
  click = (x: number, y: number, held: Held = {}) => this.move(x, y, held).down(x, y, held).up(x, y, held);
  double = (x: number, y: number) => this.click(x, y).click(x, y).send("double", x, y, {});

  drag(x0: number, y0: number, x1: number, y1: number, held: Held = {}): this {
    return this.move(x0, y0, held)
      .down(x0, y0, held)
      .move((x0 + x1) / 2, (y0 + y1) / 2, held)
      .move(x1, y1, held)
      .up(x1, y1, held);
  }

  key = (id: string) => this.editor.dispatch(id);

  /** Geometry of every region by id. */
  geometries(): Record<string, unknown> {
    return Object.fromEntries(this.editor.regions().map((region) => [region.id, region.geometry]));
  }
}

/** Milliseconds of processor time so far: what a busy machine does beside us is not in it. */
export const cpuNow = (): number => process.cpuUsage().user / 1000;
