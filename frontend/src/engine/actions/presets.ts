import type { KeyMap } from "./registry";

/** Keys as people know them from other tools. What a preset does not name keeps its default, or loses it where the
 * preset has given that key away. */
export const PRESETS = {
  labelwright: {},
  cvat: {
    "tool.repeat": ["N"],
    "task.previous": ["D"],
    "task.next": ["F"],
    "task.submit": ["Mod+S", "Mod+Enter"],
    "finding.repair": ["Mod+Shift+F"],
    "region.hide": ["H"],
    "region.lock": ["L", "Shift+L"],
    "tool.polyline": [],
    "region.occluded": ["Q"],
    "view.fit": ["Z"],
    "region.next": ["Tab"],
    "review.fix": ["Shift+Y"], // F goes on to the next task
  },
  label_studio: {
    "task.submit": ["Mod+Enter"],
    "task.skip": ["Mod+Space"],
    "region.delete": ["Backspace", "Delete"],
    "tool.back": [], // Ctrl+Z takes a vertex back there too
    "region.hide": ["Mod+H", "H"],
    "region.duplicate": ["Mod+D"],
    "tool.box": ["R", "B"],
    "tool.rotated_box": [],
    "tool.ellipse": ["O", "E"],
    "tool.select": ["V"],
  },
  labelimg: {
    "tool.box": ["W", "B"],
    "comment.add": ["Mod+M"],
    "task.previous": ["A"],
    "task.next": ["D"],
    "region.duplicate": ["Mod+D"],
    "region.delete": ["Delete"],
    "task.submit": ["Mod+S", "Mod+Enter"],
    "view.fit": ["Mod+F", "Z"],
  },
} satisfies Record<string, KeyMap>;
