import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { useProject } from "@/app/project";
import { Loaded, Page, Seg } from "@/ui";
import { ExportForm } from "./ExportForm";
import { ImportForm } from "./ImportForm";
import { ExportRuns, ImportRuns } from "./Runs";
import "./exchange.css";

type Direction = "out" | "in";

export default function ExchangePage() {
  const { t } = useTranslation("exchange");
  const project = useProject();
  const [search, setSearch] = useSearchParams();
  const direction: Direction = search.get("side") === "in" ? "in" : "out";
  const formats = useQuery({
    queryKey: ["formats"],
    queryFn: () => api.get<Schemas["FormatList"]>("/formats"),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Page
      title={t("title")}
      within={project.name}
      actions={
        <Seg
          label={t("direction")}
          value={direction}
          onChange={(side) => setSearch(side === "in" ? { side } : {})}
          options={[
            { value: "out", label: t("exports") },
            { value: "in", label: t("imports") },
          ]}
        />
      }
    >
      <div className="exchange">
        <aside aria-label={t(direction === "out" ? "newExport" : "newImport")}>
          <Loaded query={formats}>
            {({ results }) =>
              direction === "out" ? (
                <ExportForm project={project} formats={results.filter((format) => format.writes)} />
              ) : (
                <ImportForm project={project} formats={results.filter((format) => format.reads)} />
              )
            }
          </Loaded>
        </aside>
        <section aria-label={t(direction === "out" ? "exports" : "imports")}>
          {direction === "out" ? <ExportRuns project={project} /> : <ImportRuns project={project} />}
        </section>
      </div>
    </Page>
  );
}
