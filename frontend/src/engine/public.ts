import type { Action, ActionRegistry } from "./actions/registry";
import type { Camera } from "./camera/camera";
import type { ImagePoint, ScreenPoint } from "./geometry/points";
import type { Steps } from "./history/history";
import type { ImageSource } from "./image/source";
import type { Channel } from "./image/tone";
import type { ToolOptions } from "./tools/options";
import type {
  Attributes,
  AttributeValue,
  ClassId,
  Decoration,
  Diff,
  ElementId,
  ElementRow,
  FindingMark,
  ImageSize,
  LabelSchema,
  Levels,
  Pin,
  Prediction,
  Region,
  UnknownRegion,
} from "./types";

export type { Steps };

export type ToolId =
  | "select"
  | "pan"
  | "box"
  | "rotated_box"
  | "ellipse"
  | "polygon"
  | "polyline"
  | "points"
  | "skeleton"
  | "cuboid2d"
  | "cut"
  | "brush"
  | "eraser"
  | "superpixel"
  | "smart"
  | "tag"
  | "comment";

export interface CanvasWords {
  readonly use: string;
}

export interface EditorOptions {
  /** The element that gets the three canvases. Without one the editor runs headless (tests, batch work). */
  host?: HTMLElement;
  /** Nothing can be changed: select and look only. */
  readOnly?: boolean;
  /** Words that the canvas itself writes, in the person's language. `use` stands beside the key at a prediction. */
  words?: CanvasWords;
  /** Makes the id of a new region; UUIDv7 unless given. */
  newId?: () => string;
}

export interface LoadOptions {
  image: ImageSource | ImageSize;
  /** Rows as the claim document carries them; tracks and keyframes are ignored here. */
  elements: readonly ElementRow[];
  /** Regions that were deleted: nothing else gets their numbers. */
  removed?: readonly ElementId[];
  schema: LabelSchema;
  readOnly?: boolean;
  /** The picture that is there already: zoom and position stay, and what is selected of what is still there. */
  samePicture?: boolean;
  /** What can be undone, where the document is as it was when `Editor.steps` gave them. */
  steps?: Steps;
  /** One class a pixel: masks take their pixels from each other. */
  semantic?: boolean;
  /** The project draws objects whole: regions may reach up to one image size outside. */
  amodal?: boolean;
}

export interface ViewSettings {
  /** 1 is as delivered. */
  brightness: number;
  contrast: number;
  /** Over 1 lifts what is dark; 1 is as delivered. */
  gamma: number;
  /** One channel alone, as grey. */
  channel: Channel;
  /** Values spread so that each is as frequent as the next. */
  equalise: boolean;
  /** The neighbourhood of the pointer, larger, while the hand draws or moves a vertex. */
  loupe: boolean;
  /** Tags on every region instead of only hovered and selected ones. */
  names: boolean;
  /** The cross-hair while drawing. */
  crossHair: boolean;
  predictions: boolean;
  /** Predictions with a lower score are not shown, 0 to 1. */
  leastScore: number;
  /** Lines between the pixels where they are large enough. */
  pixelGrid: boolean;
  /** A pattern over the unlabelled pixels of a semantic project. */
  gaps: boolean;
  /** Factor of the fill's opacity, 0 to 2. */
  fill: number;
  levels: Levels | null;
}

export interface EditorEvents {
  /** The scene changed. Give `user` and `history` diffs to the session. */
  change: Diff;
  selection: readonly ElementId[];
  hover: ElementId | null;
  tool: ToolId;
  options: ToolOptions;
  class: ClassId | null;
  camera: Camera;
  /** The pointer over the image, null outside; for the coordinate readout. */
  pointer: ImagePoint | null;
  /** The handle that the arrows move. */
  handle: string | null;
  /** The keyboard cursor came, moved, or went. */
  cursor: ImagePoint | null;
  /** Hidden or locked regions, brightness, names … changed. */
  view: ViewSettings;
  /** The current tool is in the middle of a shape (vertices set so far). */
  drawing: { vertices: number } | null;
  /** A badge or a pin was clicked, or a point chosen with the comment tool. */
  finding: string;
  pin: string;
  comment: { at: ImagePoint; element: ElementId | null };
  /** The menu of a place was asked for: right button, long press, menu key. */
  menu: { screen: ScreenPoint; at: ImagePoint; element: ElementId | null };
  /** Something to say in the polite live region; a key of the `canvas` namespace with values. */
  say: { key: string; values?: Record<string, string | number> };
  history: { canUndo: boolean; canRedo: boolean };
}

/** What pages may use of the editor. `Editor` implements it; everything else inside `engine/` is private. */
export interface EditorApi {
  readonly actions: ActionRegistry;
  readonly image: ImageSize;
  readonly schema: LabelSchema;

  load(options: LoadOptions): void;
  /** The bitmap arrives after the document (or is replaced by a better one). */
  setImage(source: ImageSource): void;
  /** Another version of the schema (a class was added); the document stays. */
  setSchema(schema: LabelSchema): void;
  dispose(): void;
  on<K extends keyof EditorEvents>(event: K, listener: (value: EditorEvents[K]) => void): () => void;

  regions(): readonly Region[];
  region(id: ElementId): Region | undefined;
  unknown(): readonly UnknownRegion[];
  /** The number a person reads ("roof 3"): kept through deletes, reloads and submits. */
  numberOf(id: ElementId): number;
  /** Regions that had a number and are gone. */
  removed(): readonly ElementId[];
  answers(): Readonly<Record<string, AttributeValue>>;
  /** Regions a class, for the class list. */
  counts(): ReadonlyMap<ClassId, number>;

  readonly selection: readonly ElementId[];
  select(ids: readonly ElementId[], options?: { reveal?: boolean }): void;
  setHover(id: ElementId | null): void;
  readonly tool: ToolId;
  setTool(tool: ToolId): void;
  readonly options: ToolOptions;
  setOption<K extends keyof ToolOptions>(key: K, value: ToolOptions[K]): void;
  readonly currentClass: ClassId | null;
  /** With a selection and `apply`, the selected regions get the class too. */
  setClass(id: ClassId, options?: { apply?: boolean }): void;

  setAttributes(ids: readonly ElementId[], attributes: Attributes): void;
  /** Which track of its sequence the regions belong to: a whole number from 0, or null for none. False where it is neither. */
  setTrack(ids: readonly ElementId[], track: number | null): boolean;
  setAnswer(name: string, value: AttributeValue): void;
  setHidden(ids: readonly ElementId[], hidden: boolean): void;
  setLocked(ids: readonly ElementId[], locked: boolean): void;
  isHidden(id: ElementId): boolean;
  isLocked(id: ElementId): boolean;
  /** Regions of another document (Shift+R repeats the last image's), with new ids, as one undo step. */
  /** Labelled share of the image in a semantic project, 0 to 1; null elsewhere. */
  coverage(): number | null;
  /** More pixels than a semantic project can keep count of in a browser: its share is not known here. */
  readonly tooLargeToCount: boolean;
  /** Blobs of long masks arrived: draw them. */
  masksArrived(): void;
  addRegions(
    regions: readonly Region[],
    label: string,
    made?: (from: ElementId, id: ElementId) => void,
  ): readonly ElementId[];
  /** A change from elsewhere: the server's own version after a conflict, another device. Not undoable, not sent. */
  applyRemote(
    changes: readonly { id: ElementId; region: Region | null }[],
    answers?: readonly { name: string; value: AttributeValue }[],
  ): void;

  /** Predictions that are shown and not used yet. */
  offers(): readonly Prediction[];
  /** Make regions of these, or of all that are shown, in one step. */
  acceptPredictions(predictions?: readonly Prediction[]): void;
  setPredictions(predictions: readonly Prediction[]): void;
  setFindings(findings: readonly FindingMark[]): void;
  setPins(pins: readonly Pin[]): void;
  setDecorations(decorations: ReadonlyMap<ElementId, Decoration>): void;
  /** Regions shown but not part of the document: removed ones of a diff, other people's answers. */
  setGhosts(ghosts: readonly Region[]): void;

  readonly view: ViewSettings;
  setView(change: Partial<ViewSettings>): void;
  readonly camera: Camera;
  zoom(factor: number, at?: ScreenPoint): void;
  fit(): void;
  /** Bring regions or a point into view; zooms only when they would be too small or too large. */
  reveal(target: readonly ElementId[] | { x: number; y: number }): void;
  toScreen(point: { x: number; y: number }): ScreenPoint;
  toImage(point: { x: number; y: number }): ImagePoint;

  undo(): void;
  redo(): void;
  dispatch(action: Action | string): boolean;
  focus(): void;
}
