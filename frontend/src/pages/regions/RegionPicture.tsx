import { useState } from "react";
import { Icon } from "@/ui";

interface PictureProps {
  crop: string | null;
  /** The part of the image that the crop shows: x, y, w, h. */
  window: number[] | null;
  bounds: number[] | null;
  shape?: string;
  color: string;
}

/** A crop cut by the server, with the region's bounds in its class colour. */
export function RegionPicture({ crop, window: part, bounds, shape, color }: PictureProps) {
  const [failed, setFailed] = useState(false);
  if (!crop || !part || failed)
    return (
      <span className="rg-none t3">
        <Icon name={shape === "tag" ? "tag" : "image"} size="l" />
      </span>
    );
  const [x = 0, y = 0, w = 1, h = 1] = part;
  const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = bounds ?? [];
  const round = shape === "ellipse" ? "50%" : 0;
  const box = { x: x0, y: y0, width: x1 - x0, height: y1 - y0, rx: round, fill: "none" };
  return (
    <>
      <img
        src={crop}
        alt=""
        loading="lazy"
        decoding="async"
        crossOrigin="anonymous"
        draggable={false}
        onError={() => setFailed(true)}
      />
      {bounds && (
        <svg viewBox={`${x} ${y} ${w} ${h}`} preserveAspectRatio="xMidYMid meet" aria-hidden="true">
          <rect {...box} stroke="#000" strokeOpacity={0.55} strokeWidth={3.5} vectorEffect="non-scaling-stroke" />
          <rect {...box} stroke={color} strokeWidth={1.5} vectorEffect="non-scaling-stroke" />
        </svg>
      )}
    </>
  );
}
