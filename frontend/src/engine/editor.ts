import { type Action, ActionRegistry } from "./actions/registry";
import { standardActions } from "./actions/standard";
import {
  type Camera,
  centreOn,
  fitBounds,
  fitImage,
  keepInView,
  panBy,
  toImage,
  toScreen,
  visibleBounds,
  zoomAt,
} from "./camera/camera";
import { boundsTouch, unionAll } from "./geometry/boxes";
import { clamp, imagePoint, type ScreenPoint, screenPoint } from "./geometry/points";
import { History } from "./history/history";
import { uuid7 } from "./ids";
import type { ImageSource } from "./image/source";
import { attachInput, type CanvasInput } from "./input/input";
import type { EditorApi, EditorEvents, EditorOptions, LoadOptions, ToolId, ViewSettings } from "./public";
import { Surface } from "./render/surface";
import { Emitter } from "./scene/emitter";
import { readRegion } from "./scene/picker";
import { ops, opsOf, withGeometry } from "./shapes";
import { type Damage, DEFAULT_VIEW, NO_DAMAGE, Stage } from "./stage";
import { type Command, type Modifiers, moveRegions, type RunningTool, TOOLS, type ToolView } from "./tools";
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
  Pin,
  Prediction,
  Region,
  Shaped,
  ShapeName,
  UnknownRegion,
} from "./types";

const REACH = 5; // screen pixels around the pointer that still hit a region

const SHAPE_OF_TOOL: Partial<Record<ToolId, ShapeName>> = {
  box: "box",
  polygon: "polygon",
  points: "points",
  tag: "tag",
};

/** What the hand does, in CSS pixels of the canvas. `borrow` takes the pan tool for one drag. */
export type EditorInput =
  | { type: "down" | "move" | "up" | "double"; screen: ScreenPoint; modifiers: Modifiers; borrow?: "pan" }
  | { type: "cancel" | "enter" | "back" | "again" };

/** The annotation canvas: one document, one image, one pair of hands. */
export class Editor implements EditorApi {
  readonly actions = new ActionRegistry();
  readonly stage = new Stage();
  private readonly events = new Emitter<EditorEvents>();
  private readonly history: History;
  private readonly newId: () => string;
  private readonly alwaysReadOnly: boolean;
  private readonly surface: Surface | null;
  private readonly input: CanvasInput | null;
  private readonly damage: Damage;
  private running: RunningTool = TOOLS.select();
  private lastDrawing: ToolId = "box";
  private unknownRegions: UnknownRegion[] = [];
  private clipboard: readonly Region[] = [];
  /** Ignored while the tool in hand is replaced for one drag (space, middle button). */
  private borrowed: RunningTool | null = null;

  constructor({ host, readOnly = false, newId = uuid7 }: EditorOptions = {}) {
    this.newId = newId;
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
    this.surface?.start();
  }

  // --- document

  load({ image, elements, schema, readOnly = false, keepCamera = false }: LoadOptions): void {
    this.cancel();
    const { stage } = this;
    stage.scene.clear();
    this.history.clear();
    stage.picker.reset();
    stage.readOnly = readOnly || this.alwaysReadOnly;
    Object.assign(stage, { schema, selection: [], hover: null, spot: null, preview: null });
    Object.assign(stage, { predictions: [], findings: [], pins: [], decorations: new Map(), ghosts: [] });
    stage.classes = new Map(schema.classes.map((c) => [c.id, c]));
    this.read(elements);
    if (stage.currentClass === null || !this.usable(stage.currentClass))
      this.takeClass(schema.classes.find((c) => !c.archived)?.id ?? null);
    const same = stage.image.width === image.width && stage.image.height === image.height;
    stage.image = { width: image.width, height: image.height };
    stage.source = "kind" in image ? image : null;
    if (!(keepCamera && same)) stage.camera = fitImage(stage.camera, stage.image, stage.viewport);
    this.fitted = !(keepCamera && same);
    this.damage.all();
    this.events.emit("selection", []);
    this.events.emit("view", stage.view);
    this.events.emit("camera", stage.camera);
  }

  /** The whole image was asked for last: a change of the window's size fits it again. */
  private fitted = true;

  private read(elements: readonly ElementRow[]): void {
    const changes: Diff["changes"][number][] = [];
    this.unknownRegions = [];
    for (const { kind, element } of elements) {
      if (kind === "answer") changes.push({ kind, id: element.id, before: null, after: element.value ?? null });
      if (kind !== "region") continue;
      const region = readRegion(element);
      if (region) changes.push({ kind, id: region.id, before: null, after: region });
      else this.unknownRegions.push({ id: element?.id, class: element?.class ?? null, shape: String(element?.shape) });
    }
    this.stage.scene.apply({ label: "load", origin: "load", changes });
    this.stage.index.load(this.stage.scene.regions());
  }

  setImage(source: ImageSource): void {
    this.stage.source = source;
    this.stage.image = { width: source.width, height: source.height };
    this.damage.image();
  }

  dispose(): void {
    this.cancel();
    this.input?.dispose();
    this.surface?.dispose();
    this.history.dispose();
    this.events.clear();
  }

  on<K extends keyof EditorEvents>(event: K, listener: (value: EditorEvents[K]) => void): () => void {
    return this.events.on(event, listener);
  }

  emit<K extends keyof EditorEvents>(event: K, value: EditorEvents[K]): void {
    this.events.emit(event, value);
  }

  get image(): ImageSize {
    return this.stage.image;
  }

  get schema(): LabelSchema {
    return this.stage.schema;
  }

  /** A newer version of the schema while the document stays open: a class was added. */
  setSchema(schema: LabelSchema): void {
    Object.assign(this.stage, { schema, classes: new Map(schema.classes.map((c) => [c.id, c])) });
    this.damage.regions();
    this.events.emit("view", this.stage.view);
  }

  get readOnly(): boolean {
    return this.stage.readOnly;
  }

  regions(): readonly Region[] {
    return [...this.stage.scene.regions()];
  }

  region(id: ElementId): Region | undefined {
    return this.stage.scene.get(id);
  }

  unknown(): readonly UnknownRegion[] {
    return this.unknownRegions;
  }

  numberOf(id: ElementId): number {
    return this.stage.scene.numberOf(id);
  }

  answers(): Readonly<Record<string, AttributeValue>> {
    return this.stage.scene.answers();
  }

  counts(): ReadonlyMap<ClassId, number> {
    const counts = new Map<ClassId, number>();
    for (const region of this.stage.scene.regions()) counts.set(region.class, (counts.get(region.class) ?? 0) + 1);
    return counts;
  }

  // --- selection, tool, class

  get selection(): readonly ElementId[] {
    return this.stage.selection;
  }

  select(ids: readonly ElementId[], { reveal = false } = {}): void {
    const before = this.stage.selection;
    const after = [...new Set(ids)].filter((id) => this.stage.scene.has(id));
    if (before.length !== after.length || before.some((id, i) => id !== after[i])) {
      this.stage.selection = after;
      this.stage.spot = null;
      this.damage.some([...before, ...after]);
      this.events.emit("selection", after);
    }
    if (reveal && after.length) this.reveal(after);
  }

  setHover(id: ElementId | null): void {
    if (this.stage.hover === id) return;
    this.stage.hover = id;
    this.damage.overlay();
    this.events.emit("hover", id);
  }

  get tool(): ToolId {
    return this.running.id;
  }

  setTool(tool: ToolId): void {
    if (this.stage.readOnly && SHAPE_OF_TOOL[tool]) return;
    this.cancel();
    this.running = TOOLS[tool]();
    if (SHAPE_OF_TOOL[tool]) {
      this.lastDrawing = tool;
      this.select([]);
      this.followShape(tool);
    }
    Object.assign(this.stage, { tool, draws: this.running.draws, spot: null });
    this.setHover(null);
    this.surface?.setCursor(this.running.cursor);
    this.damage.overlay();
    this.events.emit("tool", tool);
  }

  /** N: the tool of the last shape drawn. */
  repeatTool(): void {
    this.setTool(this.lastDrawing);
  }

  get currentClass(): ClassId | null {
    return this.stage.currentClass;
  }

  setClass(id: ClassId, { apply = false } = {}): void {
    const chosen = this.stage.classes.get(id);
    if (!chosen || chosen.archived) return;
    if (apply && this.stage.selection.length) this.changeClass(this.stage.selection, id);
    this.takeClass(id);
    // A class that the tool in hand cannot draw brings its own first tool.
    const shape = SHAPE_OF_TOOL[this.tool];
    if (shape && !chosen.shapes.includes(shape)) {
      const tool = (Object.keys(SHAPE_OF_TOOL) as ToolId[]).find((t) => chosen.shapes.includes(SHAPE_OF_TOOL[t] ?? ""));
      this.setTool(tool ?? "select");
    }
  }

  private changeClass(ids: readonly ElementId[], to: ClassId): void {
    const allowed = this.stage.classes.get(to)?.shapes ?? [];
    this.change("class", (put) => {
      for (const region of this.editableRegions(ids))
        if (region.class !== to && allowed.includes(region.shape))
          put({ ...region, class: to, attributes: this.defaults(to) });
        else if (region.class !== to) this.events.emit("say", { key: "shapeNotAllowed" });
    });
  }

  private takeClass(id: ClassId | null): void {
    if (this.stage.currentClass === id) return;
    this.stage.currentClass = id;
    this.damage.overlay();
    this.events.emit("class", id);
  }

  private usable(id: ClassId): boolean {
    const found = this.stage.classes.get(id);
    return found !== undefined && !found.archived;
  }

  /** A tool whose shape the class does not allow moves on to the first class that does. */
  private followShape(tool: ToolId): void {
    const shape = SHAPE_OF_TOOL[tool] ?? "";
    const fits = (c: { shapes: string[]; archived?: boolean }) => !c.archived && c.shapes.includes(shape);
    const current = this.stage.currentClass === null ? undefined : this.stage.classes.get(this.stage.currentClass);
    if (current && fits(current)) return;
    const first = this.stage.schema.classes.find(fits);
    if (first) this.takeClass(first.id);
  }

  private defaults(id: ClassId): Attributes {
    const attributes = this.stage.classes.get(id)?.attributes ?? [];
    return Object.fromEntries(
      attributes.flatMap((a) => (a.default !== undefined && a.default !== null ? [[a.name, a.default]] : [])),
    );
  }

  // --- changes

  /** One user step. Nothing happens in a read-only document. */
  change(label: string, write: (put: (region: Region) => void, remove: (id: ElementId) => void) => void): Diff | null {
    if (this.stage.readOnly) return null;
    return this.stage.scene.transaction(label, "user", (tx) =>
      write(
        (region) => tx.put(region),
        (id) => tx.delete(id),
      ),
    );
  }

  editableRegions(ids: readonly ElementId[] = this.stage.selection): Region[] {
    return ids.flatMap((id) => (this.stage.picker.locked.has(id) ? [] : (this.stage.scene.get(id) ?? [])));
  }

  setAttributes(ids: readonly ElementId[], attributes: Attributes): void {
    this.change("attributes", (put) => {
      for (const region of this.editableRegions(ids)) {
        const merged = Object.entries({ ...region.attributes, ...attributes }).filter(([, value]) => value !== null);
        put({ ...region, attributes: Object.fromEntries(merged) });
      }
    });
  }

  setAnswer(name: string, value: AttributeValue): void {
    if (!this.stage.readOnly) this.stage.scene.transaction("answer", "user", (tx) => tx.answer(name, value));
  }

  remove(ids: readonly ElementId[]): void {
    this.change("delete", (_, remove) => {
      for (const region of this.editableRegions(ids)) remove(region.id);
    });
  }

  nudge(dx: number, dy: number): void {
    const moved = moveRegions(this.editableRegions(), dx, dy, { image: this.stage.image, outsideAllowed: false });
    this.change("nudge", (put) => moved.forEach(put));
  }

  addRegions(regions: readonly Region[], label: string): readonly ElementId[] {
    const added: ElementId[] = [];
    this.change(label, (put) => {
      for (const region of regions) {
        const geometry = opsOf(region.shape).clamp(region.geometry as never, this.stage.image);
        if (!geometry || !this.usable(region.class)) continue;
        const { source: _source, ...rest } = region;
        const copy = withGeometry({ ...rest, id: this.newId() } as Region, geometry);
        put(copy);
        added.push(copy.id);
      }
    });
    if (added.length) this.select(added);
    return added;
  }

  applyRemote(changes: readonly { id: ElementId; region: Region | null }[]): void {
    this.stage.scene.transaction("remote", "remote", (tx) => {
      for (const { id, region } of changes) {
        const read = region && readRegion(region);
        if (read) tx.put(read);
        else if (!region) tx.delete(id);
      }
    });
  }

  copy(): void {
    this.clipboard = this.stage.selection.flatMap((id) => this.stage.scene.get(id) ?? []);
  }

  get canPaste(): boolean {
    return this.clipboard.length > 0;
  }

  /** Under the pointer when it is over the image, else beside the original. */
  paste(): void {
    this.placeCopies(this.clipboard, "paste", this.stage.pointer);
  }

  duplicate(): void {
    this.placeCopies(
      this.stage.selection.flatMap((id) => this.stage.scene.get(id) ?? []),
      "duplicate",
      null,
    );
  }

  private placeCopies(regions: readonly Region[], label: string, at: { x: number; y: number } | null): void {
    const placed = regions.filter((region) => region.shape !== "tag");
    const bounds = unionAll(placed.map((region) => ops.bounds(region)));
    const aside = 12 / this.stage.camera.zoom; // screen pixels beside the original
    const dx = at ? at.x - (bounds[0] + bounds[2]) / 2 : aside;
    const dy = at ? at.y - (bounds[1] + bounds[3]) / 2 : aside;
    const moved = moveRegions(regions, dx, dy, { image: this.stage.image, outsideAllowed: false });
    this.addRegions(moved, label);
  }

  private create(shaped: Shaped): void {
    const id = this.stage.currentClass;
    if (id === null || !this.usable(id)) return this.events.emit("say", { key: "needsClass" });
    if (!this.stage.classes.get(id)?.shapes.includes(shaped.shape))
      return this.events.emit("say", { key: "shapeNotAllowed" });
    const geometry = opsOf(shaped.shape).clamp(shaped.geometry as never, this.stage.image);
    const made = geometry && ({ shape: shaped.shape, geometry } as Shaped);
    if (!made || ops.problem(made)) return this.events.emit("say", { key: "tooSmall" });
    const region = Object.freeze({ id: this.newId(), class: id, ...made, attributes: this.defaults(id) }) as Region;
    this.change("create", (put) => put(region));
    this.select([region.id]);
  }

  acceptPrediction(id: string): void {
    const found = this.stage.predictions.find((prediction) => prediction.id === id);
    if (!found) return;
    this.change("prediction", (put) => put(Object.freeze({ ...found.region, id: this.newId() }) as Region));
    this.setPredictions(this.stage.predictions.filter((prediction) => prediction !== found));
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

  // --- what is shown

  /** Tab: the next region in reading order of the list that can be selected. */
  cycle(by: 1 | -1): void {
    const ids = this.regions().flatMap(({ id }) => (this.stage.picker.targetable(id) ? [id] : []));
    if (!ids.length) return;
    const at = ids.indexOf(this.stage.selection[0] ?? "");
    const next = at < 0 ? (by > 0 ? 0 : ids.length - 1) : (at + by + ids.length) % ids.length;
    this.select([ids[next] as ElementId], { reveal: true });
  }

  toggleHidden(): void {
    const all = this.regions().map(({ id }) => id);
    const { hidden } = this.stage.picker;
    const ids = this.stage.selection.length ? this.stage.selection : all;
    this.setHidden(ids, this.stage.selection.length ? !ids.every((id) => hidden.has(id)) : hidden.size === 0);
  }

  toggleLocked(): void {
    const ids = this.stage.selection;
    this.setLocked(ids, !ids.every((id) => this.stage.picker.locked.has(id)));
  }

  toggleOccluded(): void {
    const regions = this.editableRegions();
    const occluded = !regions.every((region) => region.occluded);
    this.change("occluded", (put) => {
      for (const region of regions) put({ ...region, occluded });
    });
  }

  classForKey(key: string): ClassId | null {
    const usable = this.stage.schema.classes.filter((c) => !c.archived);
    const named = usable.find((c) => c.key === key);
    if (named) return named.id;
    const ordered = [...usable].sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
    const place = key === "0" ? 9 : Number(key) - 1;
    const here = ordered[place];
    return here && !here.key ? here.id : null;
  }

  predictionAtPointer(): string | null {
    const at = this.stage.pointer;
    if (!at || !this.stage.view.predictions) return null;
    const reach = REACH / this.stage.camera.zoom;
    const hits = this.stage.predictions.filter(({ region }) => ops.hitDistance(region, at.x, at.y) <= reach);
    return hits.sort((a, b) => ops.area(a.region) - ops.area(b.region))[0]?.id ?? null;
  }

  setHidden(ids: readonly ElementId[], hidden: boolean): void {
    this.flag(this.stage.picker.hidden, ids, hidden);
  }

  setLocked(ids: readonly ElementId[], locked: boolean): void {
    this.flag(this.stage.picker.locked, ids, locked);
  }

  private flag(set: Set<ElementId>, ids: readonly ElementId[], on: boolean): void {
    for (const id of ids)
      if (on) set.add(id);
      else set.delete(id);
    this.damage.some(ids);
    this.events.emit("view", this.stage.view);
  }

  isHidden(id: ElementId): boolean {
    return this.stage.picker.hidden.has(id);
  }

  isLocked(id: ElementId): boolean {
    return this.stage.picker.locked.has(id);
  }

  setPredictions(predictions: readonly Prediction[]): void {
    this.stage.predictions = predictions.filter((p) => readRegion(p.region) !== null);
    this.damage.regions();
  }

  setFindings(findings: readonly FindingMark[]): void {
    this.stage.findings = findings;
    this.damage.overlay();
  }

  setPins(pins: readonly Pin[]): void {
    this.stage.pins = pins;
    this.damage.overlay();
  }

  setDecorations(decorations: ReadonlyMap<ElementId, Decoration>): void {
    this.stage.decorations = decorations;
    this.damage.regions();
  }

  setGhosts(ghosts: readonly Region[]): void {
    this.stage.ghosts = ghosts;
    this.damage.regions();
  }

  get view(): ViewSettings {
    return this.stage.view;
  }

  setView(change: Partial<ViewSettings>): void {
    const before = this.stage.view;
    const after = { ...before, ...change };
    this.stage.view = after;
    if (after.levels !== before.levels || after.brightness !== before.brightness || after.contrast !== before.contrast)
      this.damage.image();
    if (after.fill !== before.fill || after.predictions !== before.predictions || after.names !== before.names)
      this.damage.regions();
    this.damage.overlay();
    this.events.emit("view", after);
  }

  resetView(): void {
    this.setView({ ...DEFAULT_VIEW });
  }

  // --- camera

  get camera(): Camera {
    return this.stage.camera;
  }

  private moveTo(camera: Camera, fitted = false): void {
    this.stage.camera = keepInView(camera, this.stage.image, this.stage.viewport);
    this.fitted = fitted;
    this.damage.camera();
    this.events.emit("camera", this.stage.camera);
  }

  zoom(factor: number, at?: ScreenPoint): void {
    const { width, height } = this.stage.viewport;
    this.moveTo(zoomAt(this.stage.camera, at ?? screenPoint(width / 2, height / 2), factor, this.stage.image));
  }

  pan(dx: number, dy: number): void {
    this.moveTo(panBy(this.stage.camera, dx, dy));
  }

  fit(): void {
    this.moveTo(fitImage(this.stage.camera, this.stage.image, this.stage.viewport), true);
  }

  reveal(target: readonly ElementId[] | { x: number; y: number }): void {
    const { stage } = this;
    if (!("length" in target)) return this.moveTo(centreOn(stage.camera, target, stage.viewport));
    const all = target.flatMap((id) => {
      const bounds = stage.index.boundsOf(id);
      return bounds ? [bounds] : [];
    });
    if (!all.length) return;
    const bounds = unionAll(all);
    const size = Math.max(bounds[2] - bounds[0], bounds[3] - bounds[1]) * stage.camera.zoom;
    const shown = visibleBounds(stage.camera, stage.viewport, -24);
    const inView = bounds[0] >= shown[0] && bounds[1] >= shown[1] && bounds[2] <= shown[2] && bounds[3] <= shown[3];
    if (inView && size >= 16) return;
    const fits = size < Math.min(stage.viewport.width, stage.viewport.height) && size >= 16;
    const middle = { x: (bounds[0] + bounds[2]) / 2, y: (bounds[1] + bounds[3]) / 2 };
    this.moveTo(
      fits ? centreOn(stage.camera, middle, stage.viewport) : fitBounds(stage.camera, bounds, stage.viewport, 80, 8),
    );
  }

  toScreen(point: { x: number; y: number }): ScreenPoint {
    return toScreen(this.stage.camera, point);
  }

  toImage(point: { x: number; y: number }) {
    return toImage(this.stage.camera, point);
  }

  private resized(): void {
    if (this.fitted) this.moveTo(fitImage(this.stage.camera, this.stage.image, this.stage.viewport), true);
    else this.damage.camera();
  }

  // --- input

  /** One event of the pointer in CSS pixels of the canvas; the tool in hand decides what it means. */
  handle(event: EditorInput): void {
    if (!("screen" in event)) return this.perform(this.running.send(event, this.toolView()));
    const raw = this.toImage(event.screen);
    this.stage.pointer = raw;
    this.events.emit("pointer", this.within(raw) ? raw : null);
    if (event.type === "down" && event.borrow) this.borrowed = TOOLS.pan();
    const tool = this.borrowed ?? this.running;
    const { width, height } = this.stage.image;
    const at = tool.draws ? imagePoint(clamp(raw.x, 0, width), clamp(raw.y, 0, height)) : raw;
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
    this.perform(this.running.send({ type: "cancel" }, this.toolView()));
    this.endGesture();
    return busy;
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

  private within(p: { x: number; y: number }): boolean {
    return boundsTouch([p.x, p.y, p.x, p.y], [0, 0, this.stage.image.width, this.stage.image.height]);
  }

  private toolView(): ToolView {
    const { stage } = this;
    const pixel = 1 / stage.camera.zoom;
    return {
      image: stage.image,
      pixel,
      readOnly: stage.readOnly,
      selection: stage.selection,
      region: (id) => stage.scene.get(id),
      editable: (id) => stage.picker.targetable(id),
      under: (at) => stage.picker.under(at.x, at.y, REACH * pixel),
      inside: (box) => stage.picker.inside(box),
      outsideAllowed: false,
    };
  }

  private perform(commands: readonly Command[]): void {
    for (const command of commands) this.performOne(command);
  }

  private performOne(command: Command): void {
    switch (command.type) {
      case "preview":
        return this.showPreview(command.preview);
      case "create":
        return this.create(command.shaped);
      case "replace":
        this.change(command.label, (put) => command.regions.forEach(put));
        return;
      case "delete":
        return this.remove(command.ids);
      case "select":
        return this.select(command.ids);
      case "hover":
        this.stage.spot = command.spot;
        return this.setHover(command.id);
      case "cursor":
        return this.surface?.setCursor(command.cursor);
      case "pan":
        return this.pan(command.dx, command.dy);
      case "comment":
        return this.events.emit("comment", { at: command.at, element: command.element });
      case "drawing":
        return this.events.emit("drawing", command.vertices === null ? null : { vertices: command.vertices });
      case "say":
        return this.events.emit("say", { key: command.key });
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

  // --- history and actions

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
