import { Select, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Listed, Schemas } from "@/api/types";
import { useProject } from "@/app/project";
import { Button, Chip, Icon, LinkButton, showToast, useFormat } from "@/ui";
import { type Guideline, guidelineKey } from "../guidelines/data";
import { ClassName, type Question, questionsKey } from ".";
import { RegionPicture } from "./RegionPicture";

/** One question: what it is about, its answer, and questions like it. */
export function Detail({ question, onOpen }: { question: Question; onOpen: (id: number) => void }) {
  const { t } = useTranslation("questions");
  const project = useProject();
  const format = useFormat();
  const may = project.actions.includes("questions.answer");
  return (
    <div className="qu-columns">
      <div className="qu-main">
        <div className="row g6 sm t3">
          <LinkButton size="s" icon="image" to={`/tasks/${question.task}`}>
            {t("task", { number: question.task_number })}
          </LinkButton>
          <span className="el">{question.task_name}</span>
          <span className="sp" />
          <ClassName project={project.id} id={question.class_id} />
        </div>
        {question.preview && (
          <RegionPicture
            url={question.preview}
            width={question.asset_width}
            height={question.asset_height}
            bounds={question.bounds}
            label={t(question.bounds ? "picture" : "pictureWhole")}
          />
        )}
        <Said who={question.asked_by?.name ?? t("somebody")} when={format.dateTime(question.created_at)}>
          {question.text}
        </Said>
        {question.answered_at ? (
          <>
            <Said answer who={question.answered_by?.name ?? t("somebody")} when={format.dateTime(question.answered_at)}>
              {question.answer}
            </Said>
            {may && <IntoGuideline question={question} />}
          </>
        ) : may ? (
          <AnswerForm question={question} onAnswered={() => onOpen(question.id)} />
        ) : (
          <p className="sm t2">{t("waits")}</p>
        )}
      </div>
      <Similar question={question} onOpen={onOpen} />
    </div>
  );
}

function Said({ who, when, answer, children }: { who: string; when: string; answer?: boolean; children: ReactNode }) {
  return (
    <div className={`qu-said ${answer ? "answer" : ""}`}>
      <div className="xs t3 row g6">
        <span className="b t2">{who}</span>
        {when}
      </div>
      <div className="lw-said" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
        {children}
      </div>
    </div>
  );
}

function useFresh() {
  const project = useProject();
  const queries = useQueryClient();
  return (saved: Question) => {
    queries.setQueryData([...questionsKey(project.id), saved.id], saved);
    void queries.invalidateQueries({ queryKey: questionsKey(project.id) });
    void queries.invalidateQueries({ queryKey: guidelineKey(project.id) });
    void queries.invalidateQueries({ queryKey: ["project", project.id, "stats"] });
  };
}

function AnswerForm({ question, onAnswered }: { question: Question; onAnswered: () => void }) {
  const { t } = useTranslation("questions");
  const [text, setText] = useState("");
  const fresh = useFresh();
  const send = useMutation({
    mutationFn: () => api.post<Question>(`/questions/${question.id}/answer`, { text: text.trim() }),
    onSuccess: (saved) => {
      onAnswered(); // it leaves the list of open ones and stays in view
      fresh(saved);
      showToast({ tone: "ok", title: t("answeredToast", { name: saved.asked_by?.name ?? t("somebody") }) });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate();
      }}
    >
      <Textarea
        label={t("answer")}
        description={t("answerHelp")}
        autosize
        minRows={3}
        maxRows={10}
        maxLength={5000}
        required
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || text.trim() === "") return;
          event.preventDefault();
          send.mutate();
        }}
      />
      <div className="row" style={{ justifyContent: "flex-end", marginTop: 8 }}>
        <Button kind="primary" type="submit" keys="Ctrl Enter" busy={send.isPending} disabled={text.trim() === ""}>
          {t("send")}
        </Button>
      </div>
    </form>
  );
}

/** One click puts question, answer and picture into the next version of the guideline. */
function IntoGuideline({ question }: { question: Question }) {
  const { t } = useTranslation("questions");
  const project = useProject();
  const fresh = useFresh();
  const [section, setSection] = useState<string | null>(null);
  const settled = question.drafted || question.published_in !== null;
  const guideline = useQuery({
    queryKey: [...guidelineKey(project.id), null],
    queryFn: () => api.get<Guideline>(`/projects/${project.id}/guidelines`),
    enabled: !settled,
  });
  const put = useMutation({
    mutationFn: (example: Schemas["QuestionGuidelineIn"]["example"]) =>
      api.post<Question>(`/questions/${question.id}/guideline`, { example, section }),
    onSuccess: (saved) => {
      fresh(saved);
      showToast({ tone: "ok", title: t("guideline.done") });
    },
  });
  const link = project.actions.includes("guideline.edit") && (
    <LinkButton size="s" icon="edit" to={`/projects/${project.id}/guidelines?draft`}>
      {t("guideline.toDraft")}
    </LinkButton>
  );
  if (question.published_in !== null)
    return (
      <p className="row g6 sm">
        <Chip tone="ok" small>
          {t("inVersion", { number: question.published_in })}
        </Chip>
        <LinkButton size="s" icon="book" to={`/projects/${project.id}/guidelines`}>
          {t("guideline.read")}
        </LinkButton>
      </p>
    );
  if (question.drafted)
    return (
      <p className="row g6 sm">
        <Chip tone="warn" small>
          {t("drafted")}
        </Chip>
        {link}
      </p>
    );
  const own = guideline.data?.sections.find(({ topics }) => topics.includes(`class:${question.class_id}`));
  return (
    <section className="qu-guideline" aria-label={t("guideline.title")}>
      <h2>{t("guideline.title")}</h2>
      <p className="sm t2">{t("guideline.lead")}</p>
      <div className="row g6" style={{ flexWrap: "wrap", alignItems: "end" }}>
        <Select
          label={t("guideline.section")}
          placeholder={own?.title ?? t("guideline.end")}
          clearable
          searchable
          w={220}
          data={(guideline.data?.sections ?? []).map(({ anchor, title }) => ({ value: anchor, label: title }))}
          value={section}
          onChange={setSection}
        />
        <Button icon="check" busy={put.isPending} onClick={() => put.mutate("good")}>
          {t("guideline.good")}
        </Button>
        <Button icon="close" busy={put.isPending} onClick={() => put.mutate("bad")}>
          {t("guideline.bad")}
        </Button>
        <Button kind="quiet" busy={put.isPending} onClick={() => put.mutate(null)}>
          {t("guideline.text")}
        </Button>
      </div>
    </section>
  );
}

function Similar({ question, onOpen }: { question: Question; onOpen: (id: number) => void }) {
  const { t } = useTranslation("questions");
  const project = useProject();
  const similar = useQuery({
    queryKey: [...questionsKey(project.id), question.id, "similar"],
    queryFn: () => api.get<Listed<Schemas["SimilarQuestion"]>>(`/questions/${question.id}/similar`),
  });
  const rows = similar.data?.results ?? [];
  return (
    <aside className="qu-similar" aria-label={t("similar")}>
      <h2>{t("similar")}</h2>
      {similar.isSuccess && rows.length === 0 && <p className="sm t2">{t("noSimilar")}</p>}
      {rows.map(({ question: one, score }) => (
        <div key={one.id} className="qu-like">
          <button type="button" className="lnk" onClick={() => onOpen(one.id)}>
            {one.text}
          </button>
          <div className="xs t3">{t("alike", { percent: Math.round(score * 100) })}</div>
          {one.answer ? (
            <div className="sm t2 row g4" style={{ alignItems: "start" }}>
              <span className="ok row">
                <Icon name="check" size="s" />
              </span>
              <span className="qu-text">{one.answer}</span>
            </div>
          ) : (
            <div className="xs warn">{t("openToo")}</div>
          )}
        </div>
      ))}
    </aside>
  );
}
