interface RegionPictureProps {
  url: string;
  width: number;
  height: number;
  /** Of the region, in image pixels; null shows the whole image. */
  bounds: number[] | null;
  label: string;
}

const AROUND = 0.6; // of the region's longer side
const LEAST = 160; // image pixels shown at least

/** A region with what stands around it, framed. */
export function RegionPicture({ url, width, height, bounds, label }: RegionPictureProps) {
  const [x0 = 0, y0 = 0, x1 = width, y1 = height] = bounds ?? [];
  const side = Math.max(x1 - x0, y1 - y0);
  const pad = bounds ? Math.max(side * AROUND, (LEAST - side) / 2) : 0;
  const left = Math.max(0, x0 - pad);
  const top = Math.max(0, y0 - pad);
  const wide = Math.min(width, x1 + pad) - left;
  const high = Math.min(height, y1 + pad) - top;
  return (
    <svg
      className="qu-picture"
      viewBox={`${left} ${top} ${Math.max(1, wide)} ${Math.max(1, high)}`}
      role="img"
      aria-label={label}
    >
      <image href={url} width={width} height={height} preserveAspectRatio="none" crossOrigin="anonymous" />
      {bounds && (
        <>
          <rect x={x0} y={y0} width={x1 - x0} height={y1 - y0} className="under" />
          <rect x={x0} y={y0} width={x1 - x0} height={y1 - y0} className="over" />
        </>
      )}
    </svg>
  );
}
