import { type Action, ActionRegistry } from "./actions/registry";
import { standardActions } from "./actions/standard";
import { fitImage, START, seenCursor } from "./camera/camera";
import { Finding } from "./editor_parts/finder";
import { EditorGaps } from "./editor_parts/gaps";
import { stepped } from "./geometry/brush";
import { clamp, type ImagePoint, type ScreenPoint } from "./geometry/points";
import { History, type Steps } from "./history/history";
import { uuid7 } from "./ids";
import type { ImageSource } from "./image/source";
import { HandleKeys } from "./input/handle_keys";
import { attachInput, type CanvasInput } from "./input/input";
import { KeyCursor } from "./input/key_cursor";
import type { EditorApi, EditorOptions, LoadOptions, ToolId } from "./public";
import { Surface } from "./render/surface";
import { readRegion } from "./scene/picker";
import { NO_DAMAGE, type Stage } from "./stage";
import {
  type Command,
  drawsOneOf,
  type Modifiers,
  type RunningTool,
  SHAPE_OF_TOOL,
  TOOLS,
  type ToolEvent,
  type ToolView,
} from "./tools";
import { DEFAULT_OPTIONS, type ToolOptions } from "./tools/options";
import { viewOf } from "./tools/view";
import type { ClassId, Diff, ElementId, ElementRow, ShapeName } from "./types";

/** The shape that a tool draws or works on. */
const shapeFor = (tool: ToolId): ShapeName | undefined => (tool === "cut" ? "polygon" : SHAPE_OF_TOOL[tool]);

/** What the hand does, in CSS pixels of the canvas. `borrow` takes the pan tool for one drag. */
export type EditorInput =
  | {
      type: "down" | "move" | "up" | "double";
      screen: ScreenPoint;
      modifiers: Modifiers;
      borrow?: "pan";
      /** Where it is in the image, of a cursor that knows it to the pixel. */
      at?: ImagePoint;
    }
  | { type: "cancel" | "enter" | "back" | "again" | "option" }
  | Extract<ToolEvent, { type: "answer" }>;

/** The annotation canvas: one document, one image, one pair of hands. */
export class Editor extends EditorGaps implements EditorApi {
  readonly actions = new ActionRegistry();

  readonly cursor = new KeyCursor(this);

  readonly handles = new HandleKeys(this);

  private readonly history: History;

  private readonly alwaysReadOnly: boolean;

  private readonly surface: Surface | null;

  private readonly input: CanvasInput | null;

  private running: RunningTool = TOOLS.select();

  private lastDrawing: ToolId = "box";

  /** Ignored while the tool in hand is replaced for one drag (space, middle button). */
  private borrowed: RunningTool | null = null;

  constructor({ host, readOnly = false, newId = uuid7, words }: EditorOptions = {}) {
    super(newId);
    if (words) this.stage.words = words;
    this.alwaysReadOnly = readOnly;
    this.stage.readOnly = readOnly;
    this.history = new History(this.stage.scene, () =>
      this.events.emit("history", { canUndo: this.history.canUndo, canRedo: this.history.canRedo }),
    );
    this.surface = host ? new Surface(host, this.stage, () => this.resized()) : null;
    this.damage = this.surface ?? NO_DAMAGE;
    this.input = host ? attachInput(host, this) : null;
    this.stage.scene.onDiff((diff) => this.sceneChanged(diff));
    this.actions.add(...standardActions(this));
    this.on("camera", () => this.lookAhead());
    this.surface?.onFound((answer) => this.finding.answered(answer));
    this.surface?.start();
  }

  load({
    image,
    elements,
    removed = [],
    schema,
    readOnly = false,
    samePicture = false,
    amodal = false,
    semantic = false,
    steps,
  }: LoadOptions): void {
    this.cancel();
    const { stage } = this;
    const selected = samePicture ? stage.selection : [];
    stage.scene.clear();
    this.history.clear();
    stage.picker.reset();
    stage.readOnly = readOnly || this.alwaysReadOnly;
    stage.amodal = amodal;
    stage.semantic = semantic;
    Object.assign(stage, { schema, selection: [], hover: null, spot: null, keyHandle: null, preview: null });
    Object.assign(stage, {
      predictions: [],
      hinted: new Set(),
      findings: [],
      pins: [],
      decorations: new Map(),
      ghosts: [],
    });
    stage.classes = new Map(schema.classes.map((c) => [c.id, c]));
    this.read(elements, removed);
    stage.selection = selected.filter((id) => stage.scene.get(id));
    if (steps) this.history.restore(steps);
    if (stage.currentClass === null || !this.usable(stage.currentClass))
      this.takeClass(schema.classes.find((c) => !c.archived)?.id ?? null);
    const same = samePicture && stage.image.width === image.width && stage.image.height === image.height;
    stage.image = { width: image.width, height: image.height };
    stage.source = "kind" in image ? image : null;
    this.openLabelMap();
    if (!same) stage.camera = fitImage(START, stage.image, stage.viewport);
    this.fitted = !same;
    this.damage.all();
    this.events.emit("selection", stage.selection);
    this.events.emit("view", stage.view);
    this.events.emit("camera", stage.camera);
    this.cursor.follow();
  }

  /** Ends what is being drawn. */
  get steps(): Steps {
    return this.history.dump();
  }

  get finishedSteps(): Steps {
    return this.history.steps;
  }

  private read(elements: readonly ElementRow[], removed: readonly ElementId[]): void {
    const changes: Diff["changes"][number][] = [];
    this.unknownRegions = [];
    for (const { kind, element } of elements) {
      if (kind === "answer") changes.push({ kind, id: element.id, before: null, after: element.value ?? null });
      if (kind !== "region") continue;
      const region = readRegion(element);
      if (region) changes.push({ kind, id: region.id, before: null, after: region });
      else this.unknownRegions.push({ id: element?.id, class: element?.class ?? null, shape: String(element?.shape) });
    }
    const there = new Set(changes.map(({ id }) => id));
    for (const id of removed) if (!there.has(id)) changes.push({ kind: "region", id, before: null, after: null });
    this.stage.scene.apply({ label: "load", origin: "load", changes });
    this.stage.index.load(this.stage.scene.regions());
  }

  setImage(source: ImageSource): void {
    this.stage.source = source;
    this.stage.image = { width: source.width, height: source.height };
    this.damage.image();
    this.surface?.forgetFound();
    this.lookAhead();
  }

  dispose(): void {
    this.cancel();
    this.input?.dispose();
    this.surface?.dispose();
    this.history.dispose();
    this.events.clear();
  }

  get tool(): ToolId {
    return this.running.id;
  }

  /** Only what some class allows can be drawn, and nothing where one may only look. */
  canTake(tool: ToolId): boolean {
    const shape = shapeFor(tool);
    if (!shape) return true;
    const { classes } = this.stage.schema;
    const allowed = !classes.length || classes.some((c) => !c.archived && drawsOneOf(tool, c.shapes));
    return !this.stage.readOnly && allowed;
  }

  setTool(tool: ToolId): void {
    if (this.stage.readOnly && shapeFor(tool)) return;
    this.cancel();
    this.running = TOOLS[tool]();
    if (SHAPE_OF_TOOL[tool]) {
      this.lastDrawing = tool;
      if (!this.worksOnSelection()) this.select([]);
      this.followShape(tool);
    }
    Object.assign(this.stage, { tool, draws: this.running.draws, spot: null, keyHandle: null });
    this.setHover(null);
    this.surface?.setCursor(this.running.cursor);
    this.lookAhead();
    this.damage.overlay();
    this.events.emit("tool", tool);
  }

  /** The tool in hand goes on with what is selected: a hole in a polygon, a brush on a mask. */
  private worksOnSelection(): boolean {
    const chosen = this.stage.selection.flatMap((id) => this.stage.scene.get(id) ?? []);
    if (this.stage.semantic) return false; // there the class in hand says which mask is painted
    return chosen.length > 0 && chosen.every((region) => this.running.worksOn(region, this.toolOptions));
  }

  private toolOptions: ToolOptions = DEFAULT_OPTIONS;

  get options(): ToolOptions {
    return this.toolOptions;
  }

  /** Drops what is being drawn when it would go on in another way. */
  setOption<K extends keyof ToolOptions>(key: K, value: ToolOptions[K]): void {
    if (this.toolOptions[key] === value) return;
    if (typeof value === "string") this.cancel();
    this.toolOptions = { ...this.toolOptions, [key]: value };
    this.stage.brush = this.toolOptions.brush;
    if (key === "superpixel" || key === "smartMethod") this.lookAhead();
    if (typeof value !== "string" && this.running.busy) this.handle({ type: "option" });
    this.damage.overlay();
    this.events.emit("options", this.toolOptions);
  }

  /** A larger or smaller brush, superpixels or tolerance: `[`, `]` and Shift with the wheel. Says whether the tool has one. */
  sizeTool(by: number): boolean {
    const { brush, superpixel, tolerance } = this.toolOptions;
    if (this.tool === "superpixel") this.setOption("superpixel", clamp(superpixel + 4 * by, 8, 160));
    else if (this.wandInHand) this.setOption("tolerance", clamp(tolerance + 2 * by, 2, 80));
    else if (this.tool === "brush" || this.tool === "eraser")
      this.setOption("brush", { ...brush, size: stepped(brush.size, by) });
    else return false;
    return true;
  }

  /** A brush goes on with the selected mask until Enter. */
  get paintsSelection(): boolean {
    return SHAPE_OF_TOOL[this.tool] === "mask" && this.selectedMask() !== null;
  }

  protected takesBeneath(): boolean {
    return this.toolOptions.takeBeneath;
  }

  /** Questions of the smart tool, and the model that may answer them. */
  readonly finding = new Finding(this);

  get wandInHand(): boolean {
    return this.tool === "smart" && this.toolOptions.smartMethod === "wand";
  }

  /** Superpixels are of the view as it is, and so is what the smart tool knows before it is asked: another view, tool
   * or size makes them anew. */
  private lookAhead(): void {
    this.stage.superpixels = null;
    if (this.tool === "superpixel") this.surface?.makeSuperpixels(this.toolOptions.superpixel);
    if (this.tool === "smart") this.surface?.lookAhead(this.toolOptions.smartMethod === "wire");
  }

  /** N: the tool of the last shape drawn. */
  repeatTool(): void {
    this.setTool(this.lastDrawing);
  }

  setClass(id: ClassId, { apply = false } = {}): void {
    const chosen = this.stage.classes.get(id);
    if (!chosen || chosen.archived) return;
    if (apply && this.stage.selection.length) this.changeClass(this.stage.selection, id);
    this.takeClass(id);
    // A class that the tool in hand cannot draw brings its own first tool.
    if (SHAPE_OF_TOOL[this.tool] && !drawsOneOf(this.tool, chosen.shapes)) {
      const tool = (Object.keys(SHAPE_OF_TOOL) as ToolId[]).find((t) => chosen.shapes.includes(SHAPE_OF_TOOL[t] ?? ""));
      this.setTool(tool ?? "select");
    }
  }

  /** A tool whose shape the class does not allow moves on to the first class that does. */
  private followShape(tool: ToolId): void {
    const fits = (c: { shapes: string[]; archived?: boolean }) => !c.archived && drawsOneOf(tool, c.shapes);
    const current = this.stage.currentClass === null ? undefined : this.stage.classes.get(this.stage.currentClass);
    if (current && fits(current)) return;
    const first = this.stage.schema.classes.find(fits);
    if (first) this.takeClass(first.id);
  }

  /** Where `create`, `move` … of one gesture become one step. */
  private sceneChanged(diff: Diff): void {
    if (diff.origin === "load") return;
    const regions = diff.changes.flatMap((c) => (c.kind === "region" ? [c] : []));
    const gone = new Set(regions.flatMap((c) => (c.after ? [] : [c.id])));
    this.damage.some(
      regions.map((c) => c.id),
      regions.flatMap((c) => c.before ?? []),
    );
    if (this.stage.hover && gone.has(this.stage.hover)) this.setHover(null);
    this.events.emit("change", diff);
    if (this.stage.selection.some((id) => gone.has(id)))
      this.select(this.stage.selection.filter((id) => !gone.has(id)));
  }

  /** One event of the pointer in CSS pixels of the canvas; the tool in hand decides what it means. */
  handle(event: EditorInput): void {
    if (!("screen" in event)) return this.perform(this.running.send(event, this.toolView()));
    const raw = event.at ?? this.toImage(event.screen);
    this.stage.pointer = raw;
    this.events.emit("pointer", this.within(raw) ? raw : null);
    if (event.type === "down" && event.borrow) this.borrowed = TOOLS.pan();
    const tool = this.borrowed ?? this.running;
    const at = tool.draws ? this.drawable(raw) : raw;
    if (event.type === "down") this.history.mark();
    this.perform(
      tool.send({ type: event.type, screen: event.screen, modifiers: event.modifiers, at }, this.toolView()),
    );
    if (event.type === "up") this.endGesture();
    if (tool.draws || this.stage.spot) this.damage.overlay();
  }

  private endGesture(): void {
    this.history.close();
    if (!this.borrowed) return;
    this.borrowed = null;
    this.surface?.setCursor(this.running.cursor);
  }

  pointerLeft(): void {
    this.stage.pointer = null;
    this.setHover(null);
    this.damage.overlay();
    this.events.emit("pointer", null);
  }

  setFocused(focused: boolean): void {
    this.stage.focused = focused;
    this.damage.overlay();
  }

  /** Drop what the hand is doing: Escape, lost capture, another tool. Says whether there was anything. */
  cancel(): boolean {
    const busy = this.running.busy;
    this.cursor.letGo();
    this.perform(this.running.send({ type: "cancel" }, this.toolView()));
    this.endGesture();
    return busy;
  }

  /** Enter for the tool in hand; says whether it ended anything. */
  finish(): boolean {
    const commands = this.running.send({ type: "enter" }, this.toolView());
    this.perform(commands);
    return commands.length > 0;
  }

  get busy(): boolean {
    return this.running.busy;
  }

  /** A click on a badge or a pin before the tool sees it. */
  hitMark(screen: ScreenPoint): boolean {
    const mark = this.surface?.markAt(screen);
    if (!mark) return false;
    this.events.emit(mark.kind, mark.id);
    return true;
  }

  private toolView(): ToolView {
    return viewOf(this.stage, this.toolOptions, (id) => this.together(id));
  }

  private perform(commands: readonly Command[]): void {
    for (const command of commands) this.performOne(command);
  }

  private performOne(command: Command): void {
    switch (command.type) {
      case "preview":
        return this.showPreview(command.preview);
      case "create":
        return this.create(command.shaped, command.source);
      case "segment":
        return this.finding.ask(command.request, this.surface);
      case "replace":
        return this.replace(command.label, command.regions, command.added);
      case "paint":
        return this.paint(command.pixels, command.erase);
      case "delete":
        return this.remove(command.ids);
      case "select":
        return this.select(command.ids);
      case "hover":
        this.stage.spot = command.spot;
        return this.setHover(command.id);
      case "cursor":
        this.stage.cursor = seenCursor(this.stage.camera, command.cursor);
        return this.surface?.setCursor(this.stage.cursor);
      case "pan":
        return this.pan(command.dx, command.dy);
      case "comment":
        return this.events.emit("comment", { at: command.at, element: command.element });
      case "drawing":
        return this.events.emit("drawing", command.vertices === null ? null : { vertices: command.vertices });
      case "say":
        return this.events.emit("say", { key: command.key, ...(command.values ? { values: command.values } : {}) });
    }
  }

  private showPreview(preview: Stage["preview"]): void {
    const moving = (p: Stage["preview"]) => (p?.kind === "moved" ? p.regions.map((region) => region.id) : []);
    const changed = moving(this.stage.preview).length !== moving(preview).length;
    const ids = changed ? [...moving(this.stage.preview), ...moving(preview)] : [];
    this.stage.preview = preview;
    if (ids.length) this.damage.some(ids);
    this.damage.overlay();
  }

  undo(): void {
    if (this.running.busy) this.perform(this.running.send({ type: "back" }, this.toolView()));
    else this.history.undo();
  }

  redo(): void {
    if (this.running.busy) this.perform(this.running.send({ type: "again" }, this.toolView()));
    else this.history.redo();
  }

  get canUndo(): boolean {
    return this.running.busy || this.history.canUndo;
  }

  get canRedo(): boolean {
    return this.running.busy || this.history.canRedo;
  }

  dispatch(action: Action | string): boolean {
    return this.actions.run(typeof action === "string" ? action : action.id);
  }

  focus(): void {
    this.surface?.focus();
  }
}
