import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { Kbd } from "@/ui";
import type { Comparison, Versions } from "./useComparison";

const VERSIONS: Versions[] = ["before", "both", "after"];
const COLORS = { added: "#35d07f", changed: "#ffc53d", removed: "#ff6b61" } as const;

/** How much differs, and which side of it is shown. */
export function VersionSwitch({ editor, comparison }: { editor: Editor; comparison: Comparison }) {
  const { t } = useTranslation("review");
  const { difference, versions, setVersions } = comparison;
  if (!difference) return null;
  const count = (kind: keyof typeof COLORS) => difference.changes.filter((change) => change.kind === kind).length;
  return (
    <>
      <div className="glass" style={{ left: 8, top: 8, height: 28, gap: 10 }}>
        {(Object.keys(COLORS) as (keyof typeof COLORS)[]).map((kind) => (
          <span className="row g4" key={kind}>
            <i className="sw" style={{ background: COLORS[kind] }} />
            {t(`versions.${kind}`, { count: count(kind) })}
          </span>
        ))}
        <em>{t("versions.same", { count: difference.same })}</em>
      </div>
      <div className="glass" style={{ right: 8, top: 8, height: 28, padding: "0 3px" }}>
        <div className="dseg" role="radiogroup" aria-label={t("versions.title")}>
          {VERSIONS.map((one) => (
            // biome-ignore lint/a11y/useSemanticElements: a segment, not a form field
            <button
              type="button"
              role="radio"
              key={one}
              aria-checked={one === versions}
              className={one === versions ? "on" : ""}
              onClick={() => {
                setVersions(one);
                editor.focus();
              }}
            >
              {t(`versions.${one}`)}
            </button>
          ))}
        </div>
        <Kbd>T</Kbd>&nbsp;
      </div>
    </>
  );
}
