import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { readRegion } from "@/engine/scene/picker";
import { ops, opsOf } from "@/engine/shapes";
import type { Region } from "@/engine/types";

const COLORS = ["#4fb3ff", "#ffb52e"] as const; // the first two people's, as on the canvas
const DASHES = ["", "7 4"] as const;
const ROOM = 1.5; // of the regions' own size
const [WIDE, HIGH] = [250, 150]; // CSS pixels of the crop

type Box = readonly [number, number, number, number];

/** The part of an image that both regions lie in, with both outlines. */
export function RegionCrop({ row }: { row: Schemas["DifferenceOut"] }) {
  const { t } = useTranslation("quality");
  const { task } = row;
  const regions = [row.a.region, row.b.region].map((one) => (one ? readRegion(one as never) : null));
  const drawn = regions.flatMap((region) => (region && region.shape !== "tag" ? [ops.bounds(region) as Box] : []));
  const [x, y, w, h] = windowOf(drawn, task.width, task.height);
  const pixel = Math.max(w / WIDE, h / HIGH);
  return (
    <svg
      className="crop"
      viewBox={`${x} ${y} ${w} ${h}`}
      preserveAspectRatio="xMidYMid meet"
      role="img"
      aria-label={t("crop", { name: task.name })}
    >
      <image
        href={w > task.width / 3 ? task.urls.thumb : task.urls.preview}
        width={task.width}
        height={task.height}
        preserveAspectRatio="none"
        crossOrigin="anonymous"
      />
      {regions.map((region, index) =>
        region ? (
          <Outline
            key={index}
            region={region}
            color={COLORS[index] ?? COLORS[0]}
            dash={DASHES[index] ?? ""}
            pixel={pixel}
          />
        ) : null,
      )}
    </svg>
  );
}

function windowOf(drawn: readonly Box[], width: number, height: number): Box {
  if (drawn.length === 0) return [0, 0, width, height];
  const [x0, y0] = [Math.min(...drawn.map((b) => b[0])), Math.min(...drawn.map((b) => b[1]))];
  const [x1, y1] = [Math.max(...drawn.map((b) => b[2])), Math.max(...drawn.map((b) => b[3]))];
  const w = Math.min(width, Math.max((x1 - x0) * ROOM, 24));
  const h = Math.min(height, Math.max((y1 - y0) * ROOM, 24));
  const left = Math.min(Math.max(0, (x0 + x1 - w) / 2), width - w);
  const top = Math.min(Math.max(0, (y0 + y1 - h) / 2), height - h);
  return [left, top, w, h];
}

/** A region's outline as an SVG path, recorded from what the canvas would draw. */
function Outline({ region, color, dash, pixel }: { region: Region; color: string; dash: string; pixel: number }) {
  const path = new SvgPath();
  if (region.shape !== "tag") opsOf(region.shape).path(region.geometry as never, path as never, { pixel });
  return (
    <>
      <path d={path.text} fill="none" stroke="rgba(0,0,0,.6)" strokeWidth={3.5 * pixel} />
      <path
        d={path.text}
        fill={color}
        fillOpacity={0.12}
        fillRule="evenodd"
        stroke={color}
        strokeWidth={1.75 * pixel}
        strokeDasharray={dash
          .split(" ")
          .filter(Boolean)
          .map((length) => Number(length) * pixel)
          .join(" ")}
      />
    </>
  );
}

/** As much of a canvas path as shapes use. */
class SvgPath {
  text = "";
  moveTo = (x: number, y: number) => this.add(`M${x} ${y}`);
  lineTo = (x: number, y: number) => this.add(`L${x} ${y}`);
  closePath = () => this.add("Z");
  rect = (x: number, y: number, w: number, h: number) => this.add(`M${x} ${y}h${w}v${h}h${-w}Z`);
  quadraticCurveTo = (a: number, b: number, x: number, y: number) => this.add(`Q${a} ${b} ${x} ${y}`);
  bezierCurveTo = (a: number, b: number, c: number, d: number, x: number, y: number) =>
    this.add(`C${a} ${b} ${c} ${d} ${x} ${y}`);
  arc = (x: number, y: number, r: number) => this.ellipse(x, y, r, r, 0);
  ellipse = (x: number, y: number, rx: number, ry: number, turn: number) => {
    const [dx, dy] = [rx * Math.cos(turn), rx * Math.sin(turn)];
    const angle = (turn * 180) / Math.PI;
    this.add(
      `M${x - dx} ${y - dy}A${rx} ${ry} ${angle} 1 0 ${x + dx} ${y + dy}A${rx} ${ry} ${angle} 1 0 ${x - dx} ${y - dy}Z`,
    );
  };
  private add(part: string) {
    this.text += part;
  }
}
