import { channelMatrix, histogramOf, isPlain, type Look, toneTable } from "../image/tone";

const SAMPLE = 256; // pixels a side from which frequencies are counted
const SVG = "http://www.w3.org/2000/svg";
let made = 0;

/** Gamma, channel and equalisation as a filter of the canvas: the browser applies it off the main thread to the pixels
 * on the screen only, so it costs the same for a photo and for a slide of a billion pixels. */
export class ToneFilter {
  private readonly id = `lw-tone-${++made}`;
  private readonly svg: SVGSVGElement;
  private readonly filter: SVGFilterElement;
  private counted: { picture: CanvasImageSource; channel: string; counts: Uint32Array } | null = null;
  private written = "";

  constructor(box: HTMLElement) {
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("aria-hidden", "true");
    this.svg.style.cssText = "position:absolute;width:0;height:0";
    this.filter = document.createElementNS(SVG, "filter");
    for (const [name, value] of Object.entries({
      id: this.id,
      x: "0",
      y: "0",
      width: "100%",
      height: "100%",
      "color-interpolation-filters": "sRGB",
    }))
      this.filter.setAttribute(name, value);
    this.svg.append(this.filter);
    box.append(this.svg);
  }

  /** The CSS filter for this look; empty for the picture as it is. `picture` is the whole image in few pixels. */
  css(look: Look, picture: CanvasImageSource | null): string {
    if (isPlain(look)) return "";
    const counts = look.equalise && picture ? this.countsOf(picture, look) : null;
    this.write(toneTable(look, counts), look);
    return `url(#${this.id})`;
  }

  private countsOf(picture: CanvasImageSource, { channel }: Look): Uint32Array {
    if (this.counted?.picture === picture && this.counted.channel === channel) return this.counted.counts;
    const canvas = new OffscreenCanvas(SAMPLE, SAMPLE);
    const ctx = canvas.getContext("2d", { willReadFrequently: true });
    ctx?.drawImage(picture, 0, 0, SAMPLE, SAMPLE);
    const rgba = ctx?.getImageData(0, 0, SAMPLE, SAMPLE).data ?? new Uint8ClampedArray();
    const counts = histogramOf(rgba, channel);
    this.counted = { picture, channel, counts };
    return counts;
  }

  private write(table: readonly number[], { channel }: Look): void {
    const values = table.map((value) => value.toFixed(4)).join(" ");
    if (this.written === values + channel) return;
    this.written = values + channel;
    const transfer = document.createElementNS(SVG, "feComponentTransfer");
    for (const name of channel === "alpha" ? ["A"] : ["R", "G", "B"]) {
      const part = document.createElementNS(SVG, `feFunc${name}`);
      part.setAttribute("type", "table");
      part.setAttribute("tableValues", values);
      transfer.append(part);
    }
    const parts: Element[] = [transfer];
    if (channel !== "all") {
      const matrix = document.createElementNS(SVG, "feColorMatrix");
      matrix.setAttribute("type", "matrix");
      matrix.setAttribute("values", channelMatrix(channel).join(" "));
      parts.push(matrix);
    }
    this.filter.replaceChildren(...parts);
  }

  dispose(): void {
    this.svg.remove();
  }
}
