import { memo, useEffect, useRef } from "react";
import { ops, opsOf } from "@/engine/shapes";
import type { ImageSize, Region } from "@/engine/types";

const WIDTH = 36; // CSS pixels
const HEIGHT = 28;
const ROOM = 1.3; // of the region's own size, so that its edge is seen

interface CropProps {
  region: Region;
  bitmap: ImageBitmap | null;
  image: ImageSize;
  color: string;
  /** CSS pixels; those of a row where none are given. */
  width?: number;
  height?: number;
}

/** A region cut out of its picture, with its outline. */
export const Crop = memo(function Crop(props: CropProps) {
  const { region, bitmap, image, color, width = WIDTH, height = HEIGHT } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current) paint(canvas.current, { region, bitmap, image, color, width, height });
  }, [region, bitmap, image, color, width, height]);
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing can focus it; the row beside it says the same in words
  return <canvas ref={canvas} className="th" style={{ width, height }} aria-hidden="true" />;
});

function paint(canvas: HTMLCanvasElement, { region, bitmap, image, color, width, height }: Required<CropProps>) {
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const context = canvas.getContext("2d");
  if (!context) return;
  const whole = region.shape === "tag";
  const [x0, y0, x1, y1] = whole ? [0, 0, image.width, image.height] : ops.bounds(region);
  const wide = Math.max(x1 - x0, ((y1 - y0) * width) / height, 8) * (whole ? 1 : ROOM);
  const zoom = (width / wide) * ratio; // canvas pixels an image pixel
  const left = (x0 + x1) / 2 - canvas.width / 2 / zoom;
  const top = (y0 + y1) / 2 - canvas.height / 2 / zoom;
  if (bitmap) {
    const scale = bitmap.width / image.width;
    context.imageSmoothingQuality = "medium";
    context.drawImage(
      bitmap,
      left * scale,
      top * scale,
      (canvas.width / zoom) * scale,
      (canvas.height / zoom) * scale,
      0,
      0,
      canvas.width,
      canvas.height,
    );
  }
  if (whole) return;
  context.setTransform(zoom, 0, 0, zoom, -left * zoom, -top * zoom);
  context.beginPath();
  opsOf(region.shape).path(region.geometry as never, context, { pixel: 1 / zoom });
  context.fillStyle = color;
  context.globalAlpha = 0.22;
  context.fill("evenodd");
  context.globalAlpha = 1;
  context.strokeStyle = color;
  context.lineWidth = (1.25 * ratio) / zoom;
  context.stroke();
}
