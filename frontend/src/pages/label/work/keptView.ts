import { useEffect } from "react";
import { useMe } from "@/api/me";
import type { Editor } from "@/engine/editor";
import { channelsOf } from "@/engine/image/tone";
import type { ViewSettings } from "@/engine/public";
import { DEFAULT_VIEW } from "@/engine/stage";
import type { ClaimDocument } from "./desk";

const keyOf = (person: number) => `labelwright-view-${person}`;

/** What of another day's view is still of the right kind. The window of a 16-bit image belongs to that image. */
export function readView(kept: unknown): ViewSettings {
  if (typeof kept !== "object" || kept === null) return DEFAULT_VIEW;
  const same = Object.entries(kept).filter(
    ([name, value]) => name in DEFAULT_VIEW && typeof value === typeof DEFAULT_VIEW[name as keyof ViewSettings],
  );
  return { ...DEFAULT_VIEW, ...Object.fromEntries(same), levels: null };
}

function kept(person: number): ViewSettings {
  try {
    return readView(JSON.parse(localStorage.getItem(keyOf(person)) ?? "null"));
  } catch {
    return DEFAULT_VIEW;
  }
}

type Asset = ClaimDocument["asset"];

/** Samples a pixel, as far as they are known: a photo has colours and never alpha. */
export const samplesOf = ({ channels, name }: Pick<Asset, "channels" | "name">): number =>
  channels || (/\.jpe?g$/i.test(name) ? 3 : 4);

/** How a person looks at pictures stays as they left it, on this device; no document ever knows of it. */
export function useKeptView(editor: Editor, asset: Asset | undefined): void {
  const samples = asset && samplesOf(asset);
  const person = useMe().id;
  useEffect(() => {
    editor.setView(kept(person));
    let last = editor.view;
    return editor.on("view", (now) => {
      if (now === last) return; // regions were hidden or locked
      last = now;
      const { levels, ...rest } = now;
      localStorage.setItem(keyOf(person), JSON.stringify(rest));
    });
  }, [editor, person]);
  useEffect(() => {
    if (samples === undefined) return;
    editor.channels = channelsOf(samples);
    // A picture without colours has no red to show.
    if (!editor.channels.includes(editor.view.channel)) editor.setView({ channel: "all" });
  }, [editor, samples]);
}
