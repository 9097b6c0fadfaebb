import { type ReactNode, useEffect } from "react";

const PRODUCT = "Labelwright";

export function useDocumentTitle(...parts: (string | undefined)[]) {
  const title = [...parts.filter(Boolean), PRODUCT].join(" · ");
  useEffect(() => {
    document.title = title;
  }, [title]);
}

interface PageProps {
  title: string;
  /** Beside the title: a count, a chip. */
  beside?: ReactNode;
  /** At the right of the header; one primary button a view. */
  actions?: ReactNode;
  /** What the document title names besides the page, e.g. the project. */
  within?: string;
  children: ReactNode;
}

/** An ordinary page inside the shell: header of 44 px, content that scrolls. Give the content its own gutters (class `gut`). */
export function Page({ title, beside, actions, within, children }: PageProps) {
  useDocumentTitle(title, within);
  return (
    <>
      <div className="ph">
        <h1>{title}</h1>
        {beside}
        <span className="sp" />
        {actions}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area must be reachable by keyboard */}
      <section className="scroll col" tabIndex={0} aria-label={title} style={{ boxShadow: "none" }}>
        {children}
      </section>
    </>
  );
}

interface FullScreenShellProps {
  /** The top bar of 40 px, from left to right. */
  top: ReactNode;
  documentTitle: string;
  children: ReactNode;
}

/** Label, review, adjudicate: a top bar and everything else for the image. */
export function FullScreenShell({ top, documentTitle, children }: FullScreenShellProps) {
  useDocumentTitle(documentTitle);
  return (
    <div className="col" style={{ height: "100vh" }}>
      <header className="top" data-landmark>
        {top}
      </header>
      <main id="main" style={{ flex: 1, minHeight: 0, display: "grid" }}>
        {children}
      </main>
    </div>
  );
}
