/** Where a list was left in this tab: one that is opened again from the region that was looked at stands there. */
const PREFIX = "labelwright-regions-";

export interface Left {
  top: number;
  /** Index of the region that was opened, or that the keys were on. */
  cursor: number;
}

export function keepScroll(address: string, left: Left): void {
  try {
    sessionStorage.setItem(PREFIX + address, JSON.stringify(left));
  } catch {
    // Without storage the list begins at its top.
  }
}

export function keptScroll(address: string): Left | null {
  try {
    const left = JSON.parse(sessionStorage.getItem(PREFIX + address) ?? "null") as Left | null;
    return left && Number.isFinite(left.top) && Number.isFinite(left.cursor) ? left : null;
  } catch {
    return null;
  }
}
