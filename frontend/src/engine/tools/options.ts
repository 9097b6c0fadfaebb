export type SmartShape = "auto" | "mask" | "polygon" | "box";

/** How the tools draw. A person's own, kept by the page from task to task. */
export interface ToolOptions {
  /** Two corners by a drag or two clicks, or four clicks on the outermost points. */
  readonly boxBy: "drag" | "extreme";
  /** The frame by a drag, or both ends of one axis and then the other radius. */
  readonly ellipseBy: "drag" | "axes";
  /** Clicks gather until Enter, or each click is a region. */
  readonly pointsBy: "several" | "one";
  /** The template drawn into a frame, or joint by joint. */
  readonly skeletonBy: "frame" | "joints";
  /** What the polygon tool does with a selected polygon: nothing, add a part, cut a hole, draw a stretch anew. */
  readonly polygonMode: "new" | "add" | "hole" | "edit";
  /** Polygons and lines take hold of the borders of their neighbours; Ctrl lets go for as long as it is held. */
  readonly snap: boolean;
  /** Painting takes from other masks what lies beneath, unless they are locked. */
  readonly takeBeneath: boolean;
  /** Side of a superpixel on screen, in CSS pixels. */
  readonly superpixel: number;
  /** How the smart tool finds an object: by a cut, pixels of like colour, an outline along edges, or a model. */
  readonly smartMethod: "cut" | "wand" | "wire" | "model";
  /** What a drag of the smart tool is. */
  readonly smartDrag: "box" | "scribble";
  /** What it makes, as far as the class allows it. */
  readonly smartShape: SmartShape;
  /** Clicks show what is inside; Shift turns it round for as long as it is held. */
  readonly smartInside: boolean;
  /** Colour difference (ΔE) that the wand goes along with. */
  readonly tolerance: number;
  /** What one finger does: draws until a pen was seen and then moves the view, or always the one or the other. */
  readonly finger: "auto" | "draw" | "pan";
  /** Diameter in image pixels. */
  readonly brush: { readonly size: number; readonly round: boolean };
}

export const DEFAULT_OPTIONS: ToolOptions = {
  boxBy: "drag",
  ellipseBy: "drag",
  pointsBy: "several",
  skeletonBy: "frame",
  polygonMode: "new",
  snap: true,
  takeBeneath: false,
  superpixel: 24,
  smartMethod: "cut",
  smartDrag: "box",
  smartShape: "auto",
  smartInside: true,
  tolerance: 14,
  finger: "auto",
  brush: { size: 20, round: true },
};

/** Kept options of another day: what is missing or of another kind is taken from the defaults. */
export function readOptions(kept: unknown): ToolOptions {
  if (typeof kept !== "object" || kept === null) return DEFAULT_OPTIONS;
  const same = Object.entries(kept).filter(
    ([key, value]) => key in DEFAULT_OPTIONS && typeof value === typeof DEFAULT_OPTIONS[key as keyof ToolOptions],
  );
  return { ...DEFAULT_OPTIONS, ...Object.fromEntries(same) };
}
