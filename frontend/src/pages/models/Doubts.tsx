import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import type { Project } from "@/app/project";
import { Button, Loaded, useFormat } from "@/ui";
import { SecondLook } from "./SecondLook";
import { learningKey, type Training } from "./shared";

/** Accepted labels that heads which had not seen them hold for wrong: worth another look, the strongest first. */
export function Doubts({ project, training }: { project: Project; training: Training }) {
  const { t } = useTranslation(["models", "common"]);
  const format = useFormat();
  const key = [...learningKey(project.id), "doubts", training.id];
  const doubts = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) =>
      api.get<Schemas["DoubtPage"]>(`/model-trainings/${training.id}/doubts`, {
        query: { cursor: pageParam, limit: 12 },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
  const mayKeep = project.actions.includes("tasks.manage");
  return (
    <section aria-label={t("train.doubts")} className="part">
      <h3>{t("train.doubts")}</h3>
      <p className="xs t3">{t("train.doubtsLead")}</p>
      <Loaded query={doubts}>
        {({ pages }) => (
          <>
            <ul className="doubts">
              {pages
                .flatMap((page) => page.results)
                .map((one) => (
                  <li key={one.id}>
                    <img src={one.thumb_url} alt="" loading="lazy" />
                    <div className="sm">
                      <Link className="lnk" to={`/projects/${project.id}/data?search=${one.number}`}>
                        {one.name}
                      </Link>
                      <div>{t("train.people", { label: one.label })}</div>
                      <div className="t2">
                        {t("train.instead", { label: one.instead, share: format.percent(one.score) })}
                      </div>
                      {mayKeep && (
                        <SecondLook
                          project={project}
                          task={one.task}
                          right={t("train.keep")}
                          reason={t("second.label", { label: one.label, instead: one.instead })}
                          say={(right) =>
                            right ? api.post(`/doubts/${one.id}/keep`) : api.delete(`/doubts/${one.id}/keep`)
                          }
                        />
                      )}
                    </div>
                  </li>
                ))}
            </ul>
            {doubts.hasNextPage && (
              <Button size="s" busy={doubts.isFetchingNextPage} onClick={() => void doubts.fetchNextPage()}>
                {t("common:loadMore")}
              </Button>
            )}
          </>
        )}
      </Loaded>
    </section>
  );
}
