import type { CSSProperties } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./Button";

interface LoadMoreProps {
  pages: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
  /** What the button stands in: `li` at the end of a list's own rows. */
  as?: "div" | "li";
  size?: "s";
  className?: string;
  style?: CSSProperties;
}

/** The next page of a list; nothing where there is none. */
export function LoadMore({ pages, as: Place = "div", size, className, style }: LoadMoreProps) {
  const { t } = useTranslation("common");
  if (!pages.hasNextPage) return null;
  return (
    <Place className={className} style={style}>
      <Button size={size} busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
        {t("loadMore")}
      </Button>
    </Place>
  );
}
