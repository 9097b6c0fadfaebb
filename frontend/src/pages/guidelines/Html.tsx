import DOMPurify from "dompurify";
import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import "./guidelines.css";

const CLEAN = {
  USE_PROFILES: { html: true },
  FORBID_TAGS: ["style", "form", "input", "button", "iframe", "video", "audio"],
  FORBID_ATTR: ["style", "srcset"],
  ADD_ATTR: ["target", "rel"],
};

/** Pictures that are named good or bad get that word and its colour around them. */
function withExamples(html: string, words: { good: string; bad: string }): string {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const image of page.querySelectorAll<HTMLImageElement>("img[title]")) {
    const verdict = image.title as "good" | "bad";
    if (!(verdict in words)) continue;
    const frame = page.createElement("span");
    frame.className = `guide-example ${verdict}`;
    const word = page.createElement("span");
    word.className = "guide-verdict";
    word.textContent = image.alt ? `${words[verdict]}: ${image.alt}` : words[verdict];
    image.removeAttribute("title");
    image.replaceWith(frame);
    frame.append(image, word);
  }
  return page.body.innerHTML;
}

interface HtmlProps {
  html: string;
  label: string;
  /** The section to bring into view. */
  anchor?: string | null;
  small?: boolean;
}

/** The server's safe HTML, cleaned once more: nothing that runs, frames or posts. */
export function Html({ html, label, anchor, small }: HtmlProps) {
  const { t } = useTranslation("guidelines");
  const article = useRef<HTMLElement>(null);
  const words = { good: t("good"), bad: t("bad") };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the two words change with the language only
  const clean = useMemo(
    () => DOMPurify.sanitize(withExamples(DOMPurify.sanitize(html, CLEAN), words), CLEAN),
    [html, words.good],
  );
  useEffect(() => {
    const found = anchor ? article.current?.querySelector(`[id="${CSS.escape(anchor)}"]`) : null;
    for (const one of article.current?.querySelectorAll(".guide-here") ?? []) one.classList.remove("guide-here");
    found?.classList.add("guide-here");
    found?.scrollIntoView({ block: "start" });
  }, [anchor]);
  return (
    <article
      ref={article}
      className={small ? "guide-html small" : "guide-html"}
      aria-label={label}
      // biome-ignore lint/security/noDangerouslySetInnerHtml: sanitised by the server and again here
      dangerouslySetInnerHTML={{ __html: clean }}
    />
  );
}
