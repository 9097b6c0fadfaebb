/** One thing a person can do: toolbar, menus, palette, the sheet of keys and the conflict check are made of these. */
export interface Action {
  /** Stable: "edit.undo". Remapped keys are kept under it. */
  readonly id: string;
  /** i18n key in the `actions` namespace. */
  readonly label: string;
  /** The heading it stands under: "edit", "tools", "view", "region", "task", "review", "class". */
  readonly group: string;
  /** Default chords, the first is the one shown: "B", "Mod+Z", "Shift+R", "Delete", "?". Mod is Ctrl, ⌘ on a Mac. */
  readonly keys: readonly string[];
  readonly enabled?: () => boolean;
  /** Shown as pressed. */
  readonly active?: () => boolean;
  /** `repeat` is true while a key is held down; most actions ignore repeats, see `repeats`. */
  readonly run: () => void;
  /** May run again while the key is held down (arrows, undo). */
  readonly repeats?: boolean;
}

export interface KeyConflict {
  readonly chord: string;
  readonly actions: readonly string[];
}

export type KeyMap = Readonly<Record<string, readonly string[]>>;

export class ActionRegistry {
  private readonly byId = new Map<string, Action>();
  private overrides: KeyMap = {};
  private usable: (chord: string) => boolean = () => true;
  private byChord: Map<string, Action[]> | null = null;

  /** Adds actions; the function returned takes them away again. The same id twice is a mistake. */
  add(...actions: readonly Action[]): () => void {
    for (const action of actions) {
      if (this.byId.has(action.id)) throw new Error(`action ${action.id} is registered twice`);
      this.byId.set(action.id, action);
    }
    this.byChord = null;
    return () => {
      for (const action of actions) this.byId.delete(action.id);
      this.byChord = null;
    };
  }

  get(id: string): Action | undefined {
    return this.byId.get(id);
  }

  all(): readonly Action[] {
    return [...this.byId.values()];
  }

  /** Chords of an action now: remapped ones, else its defaults. */
  keysOf(id: string): readonly string[] {
    return (this.overrides[id] ?? this.byId.get(id)?.keys ?? []).filter(this.usable);
  }

  /** Replace the keys of some actions; an empty list takes all keys away. Chords that are not usable run nothing. */
  remap(overrides: KeyMap, usable: (chord: string) => boolean = () => true): void {
    this.overrides = overrides;
    this.usable = usable;
    this.byChord = null;
  }

  /** The action that a chord runs now; disabled ones give way to the next with the same chord. */
  find(chord: string): Action | undefined {
    return this.chords()
      .get(chord)
      ?.find((action) => action.enabled?.() ?? true);
  }

  run(id: string): boolean {
    const action = this.byId.get(id);
    if (!action || !(action.enabled?.() ?? true)) return false;
    action.run();
    return true;
  }

  /** Chords that more than one action claims; with a proposal, as they would be then. */
  conflicts(proposal: KeyMap = this.overrides): readonly KeyConflict[] {
    const claims = new Map<string, string[]>();
    for (const action of this.byId.values())
      for (const chord of (proposal[action.id] ?? action.keys).map(normaliseChord))
        claims.set(chord, [...(claims.get(chord) ?? []), action.id]);
    return [...claims].filter(([, ids]) => ids.length > 1).map(([chord, actions]) => ({ chord, actions }));
  }

  private chords(): Map<string, Action[]> {
    if (this.byChord) return this.byChord;
    this.byChord = new Map();
    for (const action of this.byId.values())
      for (const chord of this.keysOf(action.id).map(normaliseChord))
        this.byChord.set(chord, [...(this.byChord.get(chord) ?? []), action]);
    return this.byChord;
  }
}

const ORDER = ["Mod", "Alt", "Shift"];

/** One spelling a chord: modifiers in fixed order, letters as capitals. */
export function normaliseChord(chord: string): string {
  const parts = chord === "+" ? ["+"] : chord.split("+");
  const key = parts.at(-1) as string;
  const held = ORDER.filter((modifier) => parts.slice(0, -1).includes(modifier));
  return [...held, key.length === 1 ? key.toUpperCase() : key].join("+");
}

interface Key {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

const isLetter = (key: string) => /^\p{L}$/u.test(key);

/** The chord of a key press. Digits and, on non-Latin layouts, letters go by the place of the key. */
export function chordOf(event: Key): string {
  let key = event.key === " " ? "Space" : event.key;
  const digit = /^Digit(\d)$/.exec(event.code);
  const letter = /^Key([A-Z])$/.exec(event.code);
  if (digit) key = event.key.length === 1 && !/\d/.test(event.key) && event.shiftKey ? event.key : (digit[1] as string);
  else if (letter && !/^[a-z]$/i.test(event.key)) key = letter[1] as string;
  const symbol = key.length === 1 && !isLetter(key) && !/\d/.test(key);
  const held = [
    event.ctrlKey || event.metaKey ? "Mod" : "",
    event.altKey ? "Alt" : "",
    event.shiftKey && !symbol ? "Shift" : "",
  ].filter(Boolean);
  return normaliseChord([...held, key].join("+"));
}
