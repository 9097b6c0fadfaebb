import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { useClasses } from "@/app/schema";
import { Swatch } from "@/ui";

type Section = Schemas["GuidelineSection"];

/** What a topic is called: a class, a finding, a reason of rejection. */
export function useTopicWords(project: number) {
  const { t } = useTranslation(["guidelines", "label"]);
  const classes = useClasses(project);
  return (topic: string): { words: string; color: string | null } => {
    const [kind, name = ""] = [topic.slice(0, topic.indexOf(":")), topic.slice(topic.indexOf(":") + 1)];
    if (kind === "class") {
      const found = classes.get(Number(name));
      return { words: found?.title || found?.name || name, color: found?.color ?? null };
    }
    const words = kind === "finding" ? t(`label:finding.${name}`, { defaultValue: name }) : name;
    return { words: kind === "finding" ? t("guidelines:topic.finding", { name: words }) : words, color: null };
  };
}

/** The headings, with what leads to each. */
export function Sections({
  project,
  sections,
  onShow,
}: {
  project: number;
  sections: readonly Section[];
  onShow: (anchor: string) => void;
}) {
  const { t } = useTranslation("guidelines");
  const wordsOf = useTopicWords(project);
  return (
    <section className="guide-toc">
      <h2 style={{ marginBottom: 4 }}>{t("sections")}</h2>
      {sections.length === 0 && <p className="sm t2">{t("noSections")}</p>}
      {sections.map((section) => (
        <a
          key={section.anchor}
          href={`#${section.anchor}`}
          style={{ paddingLeft: 4 + (section.level - 1) * 12 }}
          onClick={(event) => {
            event.preventDefault();
            onShow(section.anchor);
          }}
        >
          <span className="el" style={{ display: "block" }}>
            {section.title}
          </span>
          {section.topics.length > 0 && (
            <span className="xs t3 row g6" style={{ flexWrap: "wrap" }}>
              {section.topics.map((topic) => {
                const { words, color } = wordsOf(topic);
                return (
                  <span key={topic} className="row g4">
                    {color && <Swatch color={color} />}
                    {words}
                  </span>
                );
              })}
            </span>
          )}
        </a>
      ))}
    </section>
  );
}
