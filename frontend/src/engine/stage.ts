import { type Camera, START, type Viewport } from "./camera/camera";
import type { Brush } from "./geometry/brush";
import type { ImagePoint } from "./geometry/points";
import type { Superpixels } from "./geometry/superpixels";
import type { ImageSource } from "./image/source";
import type { CanvasWords, ToolId, ViewSettings } from "./public";
import { LabelMap } from "./scene/label_map";
import { Picker } from "./scene/picker";
import { Scene } from "./scene/scene";
import { SpatialIndex } from "./scene/spatial";
import type { WireField } from "./smart/wire";
import type { Preview, Spot } from "./tools";
import type {
  ClassId,
  Decoration,
  ElementId,
  FindingMark,
  ImageSize,
  LabelSchema,
  Pin,
  Prediction,
  Region,
  SchemaClass,
} from "./types";

export const DEFAULT_VIEW: ViewSettings = {
  brightness: 1,
  contrast: 1,
  gamma: 1,
  channel: "all",
  equalise: false,
  loupe: false,
  names: false,
  crossHair: true,
  gaps: true,
  predictions: true,
  leastScore: 0,
  pixelGrid: true,
  fill: 1,
  levels: null,
};

/** All that is on the canvas: the editor writes it, the renderer reads it. */
export class Stage {
  readonly scene = new Scene();
  readonly index = new SpatialIndex();
  readonly picker = new Picker(this.scene, this.index);
  /** The class of each pixel of a semantic project; off elsewhere. */
  readonly labelMap = new LabelMap();
  /** Of the view as it is; null while they are being made or no tool wants them. */
  superpixels: Superpixels | null = null;
  /** How regions name the model that the smart tool may ask. */
  model: string | null = null;
  /** Ways along edges that the smart tool asked for. */
  field: WireField | null = null;
  image: ImageSize = { width: 1, height: 1 };
  source: ImageSource | null = null;
  schema: LabelSchema = { classes: [] };
  classes: ReadonlyMap<ClassId, SchemaClass> = new Map();
  camera: Camera = START;
  viewport: Viewport = { width: 800, height: 600 };
  view: ViewSettings = DEFAULT_VIEW;
  selection: readonly ElementId[] = [];
  hover: ElementId | null = null;
  spot: Spot | null = null;
  preview: Preview | null = null;
  pointer: ImagePoint | null = null;
  tool: ToolId = "select";
  /** Where the cursor stands that the arrows move; null while there is none. */
  keyCursor: ImagePoint | null = null;
  /** The handle of the selected region that the arrows move. */
  keyHandle: string | null = null;
  /** What the pointer shows over what it is on. */
  cursor = "default";
  draws = false;
  /** A finger came last: what is to be hit is larger for it. */
  coarse = false;
  brush: Brush = { size: 20, round: true };
  readOnly = false;
  /** Regions may reach up to one image size outside: objects are drawn whole. */
  amodal = false;
  /** One class a pixel: masks take their pixels from each other. */
  semantic = false;
  /** The canvas has keyboard focus: the first selected region shows it. */
  focused = false;
  words: CanvasWords = { use: "" };
  currentClass: ClassId | null = null;
  predictions: readonly Prediction[] = [];
  /** Predictions that are offered whatever the view says: a person is asked about them. */
  hinted: ReadonlySet<string> = new Set();
  findings: readonly FindingMark[] = [];
  pins: readonly Pin[] = [];
  decorations: ReadonlyMap<ElementId, Decoration> = new Map();
  ghosts: readonly Region[] = [];

  constructor() {
    this.scene.onDiff((diff) => {
      if (diff.origin === "load") return;
      this.index.update(diff);
      this.labelMap.update(diff);
    });
  }

  /** The predictions that are offered: sure enough, and not used. Who uses one makes a region with its id, so that undo
   * and a reload know it. */
  offers(): Prediction[] {
    const { predictions, leastScore } = this.view;
    const shown = (score: number | null) => predictions && (score === null || score >= leastScore);
    return this.predictions.filter(
      ({ id, region, score }) => (shown(score) || this.hinted.has(id)) && !this.scene.has(region.id),
    );
  }

  colorOf(id: ClassId | null): string {
    return (id !== null && this.classes.get(id)?.color) || "#c4c4c4";
  }

  nameOf(region: Region): string {
    const title = this.classes.get(region.class);
    const number = this.scene.numberOf(region.id);
    const name = title?.title || title?.name || String(region.class);
    return number ? `${name} ${number}` : name;
  }
}

/** What has to be painted again. */
export interface Damage {
  /** Everything: another document or image. */
  all(): void;
  image(): void;
  camera(): void;
  /** All regions (styles changed). */
  regions(): void;
  /** These regions only; their bounds before and after are given by the diff or the ids. */
  some(ids: Iterable<ElementId>, extra?: Iterable<Region>): void;
  overlay(): void;
}

export const NO_DAMAGE: Damage = {
  all() {},
  image() {},
  camera() {},
  regions() {},
  some() {},
  overlay() {},
};
