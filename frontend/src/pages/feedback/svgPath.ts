import { readRegion } from "@/engine/scene/picker";
import { opsOf, type PathSink } from "@/engine/shapes";
import type { Region } from "@/engine/types";

/** Collects what a shape draws as the path of an SVG. */
class SvgSink implements PathSink {
  readonly parts: string[] = [];
  moveTo(x: number, y: number) {
    this.parts.push(`M${x} ${y}`);
  }
  lineTo(x: number, y: number) {
    this.parts.push(`L${x} ${y}`);
  }
  closePath() {
    this.parts.push("Z");
  }
  rect(x: number, y: number, w: number, h: number) {
    this.parts.push(`M${x} ${y}h${w}v${h}h${-w}Z`);
  }
  ellipse(cx: number, cy: number, rx: number, ry: number, rotation: number) {
    const [dx, dy] = [Math.cos(rotation) * rx, Math.sin(rotation) * rx];
    const angle = (rotation * 180) / Math.PI;
    this.parts.push(
      `M${cx - dx} ${cy - dy}A${rx} ${ry} ${angle} 1 0 ${cx + dx} ${cy + dy}A${rx} ${ry} ${angle} 1 0 ${cx - dx} ${cy - dy}Z`,
    );
  }
  arc(cx: number, cy: number, r: number) {
    this.ellipse(cx, cy, r, r, 0);
  }
}

export function regionOf(body: unknown): Region | null {
  return readRegion(body);
}

/** The outline of a region as the path of an SVG, in image pixels; empty for a tag. */
export function pathOf(region: Region, pixel: number): string {
  const sink = new SvgSink();
  opsOf(region.shape).path(region.geometry as never, sink, { pixel });
  return sink.parts.join("");
}
