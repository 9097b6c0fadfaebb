import type { Editor } from "@/engine/editor";
import { ops } from "@/engine/shapes";
import { carried } from "@/engine/tracking/carried";
import { tracked } from "@/engine/tracking/tracker";
import type { ElementId, ImageSize, Region } from "@/engine/types";
import type { ClaimDocument } from "./desk";
import { picture } from "./pictures";

/** What lay on the canvas when another task took its place. */
interface Left {
  readonly task: number;
  readonly regions: readonly Region[];
  readonly asset: ClaimDocument["asset"];
}

/** The task that was left last in this tab, and the one before, for Shift R. */
const left: Left[] = [];
const FOLLOWED = 200; // regions that are tracked: more would keep a person waiting
const SAME_FORM = 0.02; // relative: pictures of other proportions show something else

export function rememberRegions(doc: ClaimDocument, regions: readonly Region[]): void {
  if (regions.length === 0) return;
  const { task, asset } = doc;
  left.splice(0, left.length, ...left.filter((one) => one.task !== task.id).slice(-1), {
    task: task.id,
    regions,
    asset,
  });
}

export const lastRegions = (task: number | undefined): Left | undefined => left.findLast((one) => one.task !== task);

export interface Repeated {
  readonly added: readonly ElementId[];
  /** Those of which it is not known where they went. */
  readonly unsure: readonly ElementId[];
  /** They went with the picture; else they lie where they lay. */
  readonly followed: boolean;
}

/** What was left, for an image that may be of another sequence, where the same number is another thing. */
function asOf(now: ClaimDocument, last: Left): Left {
  if (last.asset.group === now.asset.group) return last;
  return { ...last, regions: last.regions.map(({ track: _track, ...region }) => region as Region) };
}

/** The regions of the last image once more, as one step: each moved along with what it lies on, where that can be seen. Null
 * where another task came meanwhile. */
export async function repeatRegions(
  editor: Editor,
  last: Left,
  now: ClaimDocument,
  stays: () => boolean,
): Promise<Repeated | null> {
  const from = asOf(now, last);
  const places = await placesOf(from, now).catch(() => null);
  if (!stays() || editor.readOnly || editor.busy) return null;
  return {
    ...add(editor, places ?? from.regions.map((region) => ({ region, sure: true }))),
    followed: places !== null,
  };
}

/** The same, each where it lay. */
export function repeatInPlace(editor: Editor, last: Left, now: ClaimDocument): void {
  editor.addRegions(asOf(now, last).regions, "repeat");
}

interface Placed {
  readonly region: Region;
  readonly sure: boolean;
}

function add(editor: Editor, placed: readonly Placed[]): Pick<Repeated, "added" | "unsure"> {
  const unsure = new Set(placed.filter(({ sure }) => !sure).map(({ region }) => region.id));
  const marked: ElementId[] = [];
  const added = editor.addRegions(
    placed.map(({ region }) => region),
    "repeat",
    (from, id) => unsure.has(from) && marked.push(id),
  );
  return { added, unsure: marked };
}

async function placesOf({ regions, asset }: Left, { asset: now }: ClaimDocument): Promise<Placed[] | null> {
  const form = ({ width, height }: ImageSize) => width / height;
  if (Math.abs(form(asset) / form(now) - 1) > SAME_FORM) return null;
  const [from, to] = await Promise.all([picture(asset.urls.preview), picture(now.urls.preview)]);
  const followed = regions.filter(({ shape }) => shape !== "tag").slice(0, FOLLOWED);
  const found = await tracked({ from, to, sizes: [sizeOf(asset), sizeOf(now)], boxes: followed.map(ops.bounds) });
  const by = new Map(followed.map((region, i) => [region.id, found[i]]));
  return regions.map((region) => {
    const one = by.get(region.id);
    if (!one) return { region, sure: region.shape === "tag" };
    return { region: carried(region, one.by), sure: one.sure };
  });
}

const sizeOf = ({ width, height }: ImageSize): ImageSize => ({ width, height });
