import type { JSX } from "react";

/** Drawings of the product's own icons, on a 24 px grid. */
export const drawings = {
  alert: <path d="M12 4L2.500 20h19zM12 10v4.500M12 17.300v.2" />,
  archive: <path d="M4 8v12h16V8M3 4h18v4H3zM10 12h4" />,
  "arrow-right": <path d="M4 12h16M14 6l6 6-6 6" />,
  bell: <path d="M6 16V11a6 6 0 0112 0v5l1.500 2h-15zM10 21h4" />,
  book: <path d="M12 6c-2-1.500-5-2-8-2v14c3 0 6 .5 8 2 2-1.500 5-2 8-2V4c-3 0-6 .5-8 2zM12 6v14" />,
  box: <rect x="4" y="6" width="16" height="12" rx="1" />,
  brush: (
    <path d="M4 20c3 0 5-1 5-3.500A2.500 2.500 0 006.500 14C4.500 14 4.500 17 4 20zM9 15L19 4.500a1.800 1.800 0 00-2.500-.5L7 14" />
  ),
  check: <path d="M4.500 12.500l5 5 10-11" />,
  "chevron-down": <path d="M6 9l6 6 6-6" />,
  "chevron-left": <path d="M15 6l-6 6 6 6" />,
  "chevron-right": <path d="M9 6l6 6-6 6" />,
  chip: (
    <>
      <rect x="6.500" y="6.500" width="11" height="11" rx="1.500" />
      <path d="M9.500 3v3.500M14.500 3v3.500M9.500 17.500V21M14.500 17.500V21M3 9.500h3.500M3 14.500h3.500M17.500 9.500H21M17.500 14.500H21" />
    </>
  ),
  clock: (
    <>
      <circle cx="12" cy="12" r="8.500" />
      <path d="M12 7v5l3.500 2" />
    </>
  ),
  close: <path d="M6 6l12 12M18 6L6 18" />,
  "cloud-check": (
    <>
      <path d="M7 18a4.500 4.500 0 01-.5-9 6 6 0 0111.400 1.600A3.800 3.800 0 0117 18z" />
      <path d="M9.500 13l2 2 3.500-3.500" />
    </>
  ),
  "cloud-off": <path d="M4 4l16 16M9 6.500a6 6 0 018.900 4A3.800 3.800 0 0120 17M6.500 9a4.500 4.500 0 00.5 9h9" />,
  comment: <path d="M4 5h16v11H11l-5 4v-4H4z" />,
  copy: (
    <>
      <rect x="8" y="8" width="12" height="12" rx="1.500" />
      <path d="M16 8V4H4v12h4" />
    </>
  ),
  superpixel: <path d="M4 4h7v6l-3 3H4zM11 4h9v8l-5 1-4-3M8 13l2 7H4v-7M15 13l5-1v8h-10" />,
  eraser: <path d="M8 19h12M5 14l8-9 6 5-8 9H8z" />,
  cuboid: <path d="M4 8h11v12H4zM4 8l5-4h11v12l-5 4M15 8l5-4" />,
  cut: (
    <>
      <path d="M5 19L19 5M4 9V5h6M20 14v5h-7" />
      <path d="M3 21l2-2M19 5l2-2" />
    </>
  ),
  data: (
    <>
      <ellipse cx="12" cy="6" rx="8" ry="3" />
      <path d="M4 6v12c0 1.700 3.600 3 8 3s8-1.300 8-3V6M4 12c0 1.700 3.600 3 8 3s8-1.300 8-3" />
    </>
  ),
  dots: (
    <>
      <g fill="currentColor" stroke="none">
        <circle cx="5" cy="12" r="1.700" />
        <circle cx="12" cy="12" r="1.700" />
        <circle cx="19" cy="12" r="1.700" />
      </g>
    </>
  ),
  download: <path d="M12 4v12M7 11l5 5 5-5M4 16v4h16v-4" />,
  edit: <path d="M4 20h4L19.500 8.500l-4-4L4 16zM13 7l4 4" />,
  ellipse: <ellipse cx="12" cy="12" rx="9" ry="6" />,
  exchange: <path d="M4 8h15M15 4l4 4-4 4M20 16H5M9 12l-4 4 4 4" />,
  eye: (
    <>
      <path d="M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12z" />
      <circle cx="12" cy="12" r="2.800" />
    </>
  ),
  "eye-off": (
    <path d="M4 4l16 16M10 5.7a9 9 0 012-.2c6 0 9.500 6.500 9.500 6.500a17 17 0 01-2.700 3.500M6.500 7.300A16 16 0 002.500 12S6 18.500 12 18.500a9.300 9.300 0 004.300-1.100M10 10.200a2.800 2.800 0 003.900 3.900" />
  ),
  filter: <path d="M4 6h16M7 12h10M10 18h4" />,
  fit: <path d="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5" />,
  flag: <path d="M5 21V4h13l-2.500 4.500L18 13H5" />,
  folder: <path d="M3 6h6.500l2 2.500H21V19H3z" />,
  grid: (
    <>
      <rect x="4" y="4" width="6.500" height="6.500" rx="1" />
      <rect x="13.500" y="4" width="6.500" height="6.500" rx="1" />
      <rect x="4" y="13.500" width="6.500" height="6.500" rx="1" />
      <rect x="13.500" y="13.500" width="6.500" height="6.500" rx="1" />
    </>
  ),
  grip: (
    <>
      <g fill="currentColor" stroke="none">
        <circle cx="9" cy="6" r="1.400" />
        <circle cx="15" cy="6" r="1.400" />
        <circle cx="9" cy="12" r="1.400" />
        <circle cx="15" cy="12" r="1.400" />
        <circle cx="9" cy="18" r="1.400" />
        <circle cx="15" cy="18" r="1.400" />
      </g>
    </>
  ),
  home: <path d="M4 11l8-7 8 7v9h-5.500v-6h-5v6H4z" />,
  image: (
    <>
      <rect x="3.500" y="5" width="17" height="14" rx="1.500" />
      <circle cx="8.500" cy="10" r="1.500" />
      <path d="M4 17l5-4.500 3.500 3 3-2.500 5 4" />
    </>
  ),
  inbox: <path d="M4 13l3-8h10l3 8v6H4zM4 13h5l1.500 2.500h3L15 13h5" />,
  info: (
    <>
      <circle cx="12" cy="12" r="8.500" />
      <path d="M12 11v5.500M12 7.700v.2" />
    </>
  ),
  jobs: <path d="M4 7h10M4 12h16M4 17h7M17 4.500v5M13.500 14.500v5" />,
  key: (
    <>
      <circle cx="8" cy="15.500" r="4" />
      <path d="M11 12.500l8.500-8.500M16 7.500l2.800 2.800" />
    </>
  ),
  keyboard: (
    <>
      <rect x="2.500" y="6" width="19" height="12" rx="1.500" />
      <path d="M6.500 10h.1M10 10h.1M14 10h.1M17.500 10h.1M8 14h8" />
    </>
  ),
  layers: <path d="M12 3.500L3 8.500l9 5 9-5zM3 13l9 5 9-5" />,
  link: (
    <path d="M10 14a4 4 0 005.700 0l3.500-3.500a4 4 0 00-5.700-5.700L12.200 6M14 10a4 4 0 00-5.700 0l-3.500 3.500a4 4 0 005.700 5.700l1.300-1.200" />
  ),
  list: <path d="M4 6h16M4 12h16M4 18h16" />,
  lock: (
    <>
      <rect x="5" y="11" width="14" height="9" rx="1.500" />
      <path d="M8 11V8a4 4 0 018 0v3" />
    </>
  ),
  minus: <path d="M5 12h14" />,
  moon: <path d="M19.500 14.500A8 8 0 119.500 4.500a6.500 6.500 0 0010 10z" />,
  overview: <path d="M4 4v16h16M8 16v-4M12.500 16V8M17 16v-6" />,
  pan: (
    <path d="M8 12V5.5a1.5 1.5 0 013 0V11m0-6.5a1.5 1.5 0 013 0V11m0-4.500a1.500 1.500 0 013 0V15a6 6 0 01-6 6h-.5a6 6 0 01-4.600-2.200L3.500 15a1.600 1.600 0 012.400-2L8 15" />
  ),
  pause: <path d="M8 5v14M16 5v14" />,
  people: (
    <>
      <circle cx="9" cy="8" r="3.500" />
      <path d="M2.500 20c.5-4 3-6 6.500-6s6 2 6.500 6M16 4.800a3.500 3.500 0 010 6.400M18 14.500c2 .8 3.200 2.700 3.500 5.500" />
    </>
  ),
  pin: (
    <>
      <path d="M12 21s-6.500-6-6.500-11a6.500 6.500 0 0113 0c0 5-6.500 11-6.500 11z" />
      <circle cx="12" cy="10" r="2.200" />
    </>
  ),
  play: <path d="M7 4.500l12 7.500-12 7.500z" />,
  plus: <path d="M12 5v14M5 12h14" />,
  points: (
    <>
      <g fill="currentColor" stroke="none">
        <circle cx="7" cy="7" r="2.200" />
        <circle cx="17" cy="9" r="2.200" />
        <circle cx="10" cy="17" r="2.200" />
      </g>
    </>
  ),
  polygon: (
    <>
      <path d="M12 4l8 6-3 9H7l-3-9z" />
      <g fill="currentColor" stroke="none">
        <circle cx="12" cy="4" r="2.200" />
        <circle cx="20" cy="10" r="2.200" />
        <circle cx="17" cy="19" r="2.200" />
        <circle cx="7" cy="19" r="2.200" />
        <circle cx="4" cy="10" r="2.200" />
      </g>
    </>
  ),
  polyline: (
    <>
      <path d="M4 18l5-9 5 5 6-9" />
      <g fill="currentColor" stroke="none">
        <circle cx="4" cy="18" r="2" />
        <circle cx="9" cy="9" r="2" />
        <circle cx="14" cy="14" r="2" />
        <circle cx="20" cy="5" r="2" />
      </g>
    </>
  ),
  question: (
    <>
      <circle cx="12" cy="12" r="8.500" />
      <path d="M9.500 9.500A2.500 2.500 0 1112 12.500v1.500M12 16.700v.2" />
    </>
  ),
  redo: <path d="M16 5l4 4-4 4M20 9H10a5 5 0 000 10h4" />,
  review: <path d="M12 3.500l8 2.500v6c0 4.500-3 7.500-8 9-5-1.500-8-4.500-8-9V6zM8.500 12l2.500 2.500 4.500-5" />,
  "rotated-box": <path d="M8.500 3.500l12 6.500-5 10.500-12-6.500z" />,
  schema: (
    <>
      <path d="M5 4v14h5M5 9h5" />
      <rect x="11" y="6.500" width="8" height="5" rx="1" />
      <rect x="11" y="15.500" width="8" height="5" rx="1" />
    </>
  ),
  search: (
    <>
      <circle cx="10.500" cy="10.500" r="6" />
      <path d="M15 15l5 5" />
    </>
  ),
  select: <path d="M5 3l14 8-6 1.8L9.5 19z" />,
  settings: (
    <>
      <circle cx="12" cy="12" r="3" />
      <path d="M12 3v3M12 18v3M3 12h3M18 12h3M5.600 5.600l2.100 2.100M16.300 16.300l2.100 2.100M18.400 5.600l-2.100 2.100M7.700 16.300l-2.100 2.100" />
    </>
  ),
  "sign-out": <path d="M10 4H5v16h5M10 12h10M16 8l4 4-4 4" />,
  skeleton: (
    <>
      <circle cx="12" cy="4.500" r="2" />
      <path d="M12 6.500V14M6 10l6-2 6 2M8 21l4-7 4 7" />
    </>
  ),
  smart: (
    <path d="M5 19L14 10M12 4l.8 2.200L15 7l-2.200.8L12 10l-.8-2.200L9 7l2.200-.8zM18 12l.7 1.800 1.800.7-1.800.7L18 17l-.7-1.800-1.800-.7 1.800-.7zM19 3v3M17.500 4.500h3" />
  ),
  sort: <path d="M8 5v14M4.500 15.500L8 19l3.500-3.500M16 19V5M12.500 8.500L16 5l3.500 3.500" />,
  spark: (
    <path d="M12 3l1.900 5.600L19.500 10.500l-5.600 1.900L12 18l-1.900-5.600L4.500 10.500l5.600-1.900zM19 16v5M16.500 18.500h5" />
  ),
  star: <path d="M12 3.500l2.600 5.600 6 .7-4.500 4.100 1.200 6L12 16.900 6.700 19.900l1.200-6L3.400 9.800l6-.7z" />,
  stop: <rect x="6" y="6" width="12" height="12" rx="1.500" />,
  sun: (
    <>
      <circle cx="12" cy="12" r="4" />
      <path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.600 5.600L7 7M17 17l1.400 1.400M18.400 5.600L17 7M7 17l-1.400 1.400" />
    </>
  ),
  sync: (
    <path d="M20 11A8 8 0 006.300 6.300L4 8.500M4 4v4.500h4.500M4 13a8 8 0 0013.700 4.700L20 15.500M20 20v-4.500h-4.500" />
  ),
  tag: <path d="M4 4h8l8 8-8 8-8-8zM8.500 8.500v.1" />,
  trash: <path d="M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13" />,
  undo: <path d="M8 5L4 9l4 4M4 9h10a5 5 0 010 10h-4" />,
  upload: <path d="M12 16V4M7 9l5-5 5 5M4 16v4h16v-4" />,
  user: (
    <>
      <circle cx="12" cy="8" r="3.800" />
      <path d="M4.500 20.500c.5-4.200 3.300-6.300 7.500-6.300s7 2.100 7.500 6.300" />
    </>
  ),
} satisfies Record<string, JSX.Element>;

export type IconName = keyof typeof drawings;
