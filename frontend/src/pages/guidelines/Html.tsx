import DOMPurify from "dompurify";
import { useMemo } from "react";

/** The server's safe HTML, cleaned once more: nothing that runs, frames or posts. */
export function Html({ html, label }: { html: string; label: string }) {
  const clean = useMemo(
    () =>
      DOMPurify.sanitize(html, {
        USE_PROFILES: { html: true },
        FORBID_TAGS: ["style", "form", "input", "button", "iframe", "video", "audio"],
        FORBID_ATTR: ["style", "srcset"],
        ADD_ATTR: ["target", "rel"],
      }),
    [html],
  );
  // biome-ignore lint/security/noDangerouslySetInnerHtml: sanitised by the server and again here
  return <article className="guide-html" aria-label={label} dangerouslySetInnerHTML={{ __html: clean }} />;
}
