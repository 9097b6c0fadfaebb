import { Select } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Project } from "@/app/project";
import { useClasses } from "@/app/schema";
import { Swatch } from "@/ui";
import type { Links } from "./data";
import { headingsOf } from "./headings";

const FINDINGS = "label:finding"; // a word for each rule

interface LinksEditorProps {
  project: Project;
  text: string;
  links: Links;
  onChange: (links: Links) => void;
}

/** Which section opens for a class, a finding or a reason. What a title names needs no link. */
export function LinksEditor({ project, text, links, onChange }: LinksEditorProps) {
  const { t } = useTranslation(["guidelines", "label"]);
  const classes = useClasses(project.id);
  const headings = useMemo(() => headingsOf(text), [text]);
  const data = headings.map(({ anchor, title, level }) => ({
    value: anchor,
    label: `${"  ".repeat(level - 1)}${title}`,
  }));
  const findings = t(FINDINGS, { returnObjects: true }) as unknown as Record<string, string>;
  const reasons = (project.settings.reject_reasons ?? []) as string[];
  const groups = [
    {
      title: t("guidelines:links.classes"),
      rows: [...classes.values()].map((one) => ({
        topic: `class:${one.id}`,
        words: one.title || one.name,
        color: one.color,
      })),
    },
    {
      title: t("guidelines:links.reasons"),
      rows: reasons.map((words) => ({ topic: `reason:${words}`, words, color: null })),
    },
    {
      title: t("guidelines:links.findings"),
      rows: Object.entries(findings).map(([code, words]) => ({
        topic: `finding:${code}`,
        words,
        color: null,
      })),
    },
  ];
  return (
    <div style={{ padding: "12px 20px 32px" }}>
      {groups.map(({ title, rows }) => (
        <section key={title} style={{ marginBottom: 16 }}>
          <h2 style={{ marginBottom: 6 }}>{title}</h2>
          {rows.map(({ topic, words, color }) => {
            const titled = headings.find((one) => one.title.toLowerCase() === words.toLowerCase());
            return (
              <div className="row g6" key={topic} style={{ minHeight: 34 }}>
                <span className="row g6 sp" style={{ minWidth: 0 }}>
                  {color && <Swatch color={color} />}
                  <span className="el">{words}</span>
                </span>
                <Select
                  aria-label={t("guidelines:links.of", { name: words })}
                  placeholder={
                    titled ? t("guidelines:links.byTitle", { title: titled.title }) : t("guidelines:links.none")
                  }
                  clearable
                  searchable
                  w={240}
                  data={data}
                  value={links[topic] && data.some(({ value }) => value === links[topic]) ? links[topic] : null}
                  onChange={(anchor) => {
                    const { [topic]: _, ...rest } = links;
                    onChange(anchor ? { ...rest, [topic]: anchor } : rest);
                  }}
                />
              </div>
            );
          })}
        </section>
      ))}
    </div>
  );
}
