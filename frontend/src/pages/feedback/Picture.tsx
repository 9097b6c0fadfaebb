import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { ops } from "@/engine/shapes";
import type { Region } from "@/engine/types";
import type { Feedback } from ".";
import { pathOf, regionOf } from "./svgPath";

export type Side = "before" | "both" | "after";
const AROUND = 0.5; // of the longer side of what is looked at
const LEAST = 160; // image pixels shown at least
const WIDE = 900; // CSS pixels that the picture is about as wide as

/** The image with the regions that the verdict was about, as they were and as they are; nearer to one of them on request. */
export function Picture({ feedback, side, focus }: { feedback: Feedback; side: Side; focus: number | null }) {
  const { t } = useTranslation("feedback");
  const { asset_width: width, asset_height: height, changes } = feedback;
  const seen = useMemo(
    () => changes.map((change) => ({ before: regionOf(change.before), after: regionOf(change.after) })),
    [changes],
  );
  const view = viewOf(focus === null ? null : (changes[focus] ?? null), width, height);
  const pixel = view[2] / WIDE;
  const points = changes.flatMap((change, index) =>
    change.marks.flatMap((mark) => (mark.point && !change.bounds ? [{ ...mark.point, index, id: mark.id }] : [])),
  );
  const part = (which: "before" | "after") =>
    seen.map((one, index) => {
      const region = one[which];
      if (!region || region.shape === "tag") return null;
      const dim = focus !== null && focus !== index ? "dim" : "";
      return <Outline key={`${which}-${region.id}`} region={region} pixel={pixel} className={`${which} ${dim}`} />;
    });
  return (
    <figure>
      <svg className="qu-picture fb-picture" viewBox={view.join(" ")} role="img" aria-label={t("picture")}>
        <image
          href={feedback.preview}
          width={width}
          height={height}
          preserveAspectRatio="none"
          crossOrigin="anonymous"
        />
        {side !== "after" && part("before")}
        {side !== "before" && part("after")}
        {points.map((point) => (
          <circle key={point.id} cx={point.x} cy={point.y} r={7 * pixel} className="point" />
        ))}
      </svg>
      <figcaption className="row xs t2" style={{ gap: 16, marginTop: 6 }}>
        <span className="row g6">
          <i className="fb-line before" />
          {t("legendBefore")}
        </span>
        {feedback.settled && (
          <span className="row g6">
            <i className="fb-line after" />
            {t("legendAfter")}
          </span>
        )}
      </figcaption>
    </figure>
  );
}

function Outline({ region, pixel, className }: { region: Region; pixel: number; className: string }) {
  const d = useMemo(() => pathOf(region, pixel), [region, pixel]);
  return (
    <g className={className} data-area={ops.area(region) > 0 || undefined}>
      <path d={d} className="halo" />
      <path d={d} className="line" />
    </g>
  );
}

/** [x, y, width, height] in image pixels. */
function viewOf(
  change: Feedback["changes"][number] | null,
  width: number,
  height: number,
): [number, number, number, number] {
  const point = change?.marks.find(({ point }) => point)?.point;
  const bounds = change?.bounds ?? (point ? [point.x, point.y, point.x, point.y] : null);
  if (!bounds) return [0, 0, width, height];
  const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = bounds;
  const side = Math.max(x1 - x0, y1 - y0);
  const pad = Math.max(side * AROUND, (LEAST - side) / 2);
  const left = Math.max(0, x0 - pad);
  const top = Math.max(0, y0 - pad);
  return [left, top, Math.max(1, Math.min(width, x1 + pad) - left), Math.max(1, Math.min(height, y1 + pad) - top)];
}
