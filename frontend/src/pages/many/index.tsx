import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useParams, useSearchParams } from "react-router";
import { isApiError } from "@/api/errors";
import {
  Button,
  EmptyState,
  ErrorState,
  FullScreenShell,
  LinkButton,
  ProgressBar,
  Seg,
  showError,
  showToast,
} from "@/ui";
import { optionsOf } from "../classify/questions";
import { narrowedBy } from "../data/filters";
import { ExamFirst } from "../exam/ExamFirst";
import { GuidelineChanged } from "../guidelines/GuidelineChanged";
import { TopBar } from "../label/parts/TopBar";
import { type DeskState, PageDesk, SIZES, type Size } from "./desk";
import { Enlarged } from "./Enlarged";
import { Questions } from "./Questions";
import { TileGrid } from "./TileGrid";
import { answered, choosing, currentQuestion, goneOn, ranged, ready, toggled } from "./tiles";
import { useManyKeys } from "./useManyKeys";
import "../label/label.css";
import "./many.css";

const KEPT = "labelwright.many.size";
const sizeKept = (): Size => SIZES.find((one) => String(one) === localStorage.getItem(KEPT)) ?? 24;

/** The desk of this visit; what lies on it goes back when the page is left. */
function usePageDesk(project: number, search: URLSearchParams): [PageDesk, DeskState] {
  const { t } = useTranslation("many");
  const [desk] = useState(
    () =>
      new PageDesk({
        project,
        size: sizeKept(),
        only: narrowedBy(search),
        onStay: (stayed) =>
          showToast({ tone: "warn", title: t("stay", { count: stayed.length }), detail: stayed[0]?.problem?.detail }),
        onRefused: (refused) =>
          showToast({
            tone: "warn",
            title: t("refused", { count: refused.length }),
            detail: refused[0]?.problem.detail,
          }),
      }),
  );
  const closing = useRef<ReturnType<typeof setTimeout>>(undefined);
  const started = useRef(false);
  useEffect(() => {
    clearTimeout(closing.current); // a second mount at once (development) goes on with the same desk
    if (!started.current) void desk.next();
    started.current = true;
    const hide = () => desk.close();
    const show = (event: PageTransitionEvent) => event.persisted && desk.reopen();
    const ask = (event: BeforeUnloadEvent) => desk.unsaved && event.preventDefault();
    window.addEventListener("pagehide", hide);
    window.addEventListener("pageshow", show);
    window.addEventListener("beforeunload", ask);
    return () => {
      window.removeEventListener("pagehide", hide);
      window.removeEventListener("pageshow", show);
      window.removeEventListener("beforeunload", ask);
      closing.current = setTimeout(() => desk.close(), 0);
    };
  }, [desk]);
  return [desk, useSyncExternalStore(desk.subscribe, () => desk.state)];
}

/** /projects/:projectId/pages: grids of alike pictures, answered together. */
export default function ManyPage() {
  const { projectId } = useParams();
  return <Many key={projectId} project={Number(projectId)} />;
}

function Many({ project }: { project: number }) {
  const { t } = useTranslation("many");
  const [search] = useSearchParams();
  const [desk, state] = usePageDesk(project, search);
  const [enlarged, setEnlarged] = useState<number | null>(null);
  const open = state.kind === "open" ? state : null;
  const sheet = open?.sheet ?? null;
  const schema = desk.schema;
  const current = sheet ? currentQuestion(sheet, schema) : null;
  const handIn = () => {
    if (sheet && ready(sheet, schema).length === 0) return showToast({ tone: "warn", title: t("answerFirst") });
    desk.submit().catch((error) => showError(error, t("failed")));
  };
  const takeBack = () => void desk.takeBack().catch((error) => showError(error, t("takeBackFailed")));
  useManyKeys(
    {
      answer: (place) => {
        const option = current ? optionsOf(current)[place] : undefined;
        if (sheet && current && option && sheet.chosen.size > 0)
          desk.change(answered(sheet, schema, current, option.value), true);
      },
      handIn: () => {
        const going = sheet ? goneOn(sheet, schema) : null;
        const several = current?.kind === "multiselect" && sheet && going && going.chosen !== sheet.chosen;
        if (several && going.chosen.size > 0) desk.change(going, false);
        else handIn();
      },
      takeBack,
      all: () => sheet && desk.change(choosing(sheet, true), false),
      none: () => sheet && desk.change(choosing(sheet, false), false),
      enlarge: () => sheet && setEnlarged(sheet.cursor),
      next: () => void desk.next(),
    },
    state.kind !== "loading",
  );
  return (
    <FullScreenShell documentTitle={t("title")} top={<Top project={project} desk={desk} state={state} />}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: signs of life, for the time on the page */}
      <div className="mn" onPointerMove={() => desk.touch()} onKeyDown={() => desk.touch()}>
        <div className="mn-main">
          {sheet && (
            <TileGrid
              sheet={sheet}
              onToggle={(place) => desk.change(toggled(sheet, place), false)}
              onRange={(place) => desk.change(ranged(sheet, place), false)}
              onCursor={(cursor) => desk.change({ ...sheet, cursor }, false)}
              onEnlarge={setEnlarged}
            />
          )}
          <States desk={desk} state={state} project={project} onTakeBack={takeBack} />
        </div>
        <aside className="panel lp" aria-label={t("classify:panel")}>
          {open && sheet && (
            <>
              <div className="lw-none row mn-more">
                <span className="m sp nw" aria-live="polite">
                  {t("chosen", { count: sheet.chosen.size, total: sheet.tiles.length })}
                </span>
                <Button size="s" kind="quiet" keys="Ctrl A" onClick={() => desk.change(choosing(sheet, true), false)}>
                  {t("all")}
                </Button>
                <Button size="s" kind="quiet" keys="Esc" onClick={() => desk.change(choosing(sheet, false), false)}>
                  {t("none")}
                </Button>
              </div>
              <Questions
                sheet={sheet}
                schema={schema}
                busy={open.busy}
                onAnswer={(question, value) => desk.change(answered(sheet, schema, question, value), true)}
                onGoOn={() => desk.change(goneOn(sheet, schema), false)}
              />
              <Ending desk={desk} open={open} onHandIn={handIn} onTakeBack={takeBack} />
            </>
          )}
        </aside>
      </div>
      <Enlarged tile={enlarged === null ? null : (sheet?.tiles[enlarged] ?? null)} onClose={() => setEnlarged(null)} />
    </FullScreenShell>
  );
}

interface TopProps {
  project: number;
  desk: PageDesk;
  state: DeskState;
}

function Top({ project, desk, state }: TopProps) {
  const { t } = useTranslation("many");
  const { search } = useLocation();
  const [size, setSize] = useState(sizeKept);
  function choose(value: string) {
    const found = SIZES.find((one) => String(one) === value) ?? 24;
    localStorage.setItem(KEPT, String(found));
    setSize(found);
    desk.resize(found);
  }
  return (
    <TopBar
      project={state.kind === "open" ? { id: project, name: state.page.project.name } : null}
      tools={
        <>
          <Seg
            label={t("size")}
            value={String(size)}
            options={SIZES.map((one) => ({ value: String(one), label: one, name: t("pictureCount", { count: one }) }))}
            onChange={choose}
          />
          <LinkButton kind="quiet" to={`/projects/${project}/label${search}`}>
            {t("single")}
          </LinkButton>
        </>
      }
    >
      <h1 className="m" style={{ fontSize: "inherit" }}>
        {t("title")}
      </h1>
    </TopBar>
  );
}

interface EndingProps {
  desk: PageDesk;
  open: Extract<DeskState, { kind: "open" }>;
  onHandIn: () => void;
  onTakeBack: () => void;
}

/** What Enter will do, and how far one is. */
function Ending({ desk, open, onHandIn, onTakeBack }: EndingProps) {
  const { t } = useTranslation("many");
  const { sheet, page, busy } = open;
  const sent = ready(sheet, desk.schema).length;
  const back = sheet.tiles.length - sent;
  const left = (page.remaining ?? 0) + sheet.tiles.length;
  return (
    <div className="mn-end">
      <div className="row sm t2" style={{ marginBottom: 4 }}>
        <span className="sp">{t("classify:done", { count: desk.done })}</span>
        <span>{t("classify:left", { count: left })}</span>
      </div>
      <ProgressBar value={desk.done / Math.max(1, desk.done + left)} label={t("classify:progress")} />
      <div className="xs t3" style={{ margin: "6px 0" }}>
        {t("hint")}
      </div>
      <div className="sm t2" aria-live="polite">
        {sent > 0 && back > 0 ? t("goesBack", { count: back }) : " "}
      </div>
      <div className="row g6" style={{ marginTop: 6 }}>
        <Button kind="primary" keys="⏎" busy={busy} disabled={sent === 0} onClick={onHandIn} style={{ flex: 1 }}>
          {t("handIn", { count: sent })}
        </Button>
      </div>
      <div className="row mn-more">
        <Button kind="quiet" keys="⌫" disabled={busy || !desk.canTakeBack} onClick={onTakeBack}>
          {t("takeBack")}
        </Button>
        <Button kind="quiet" keys="N" disabled={busy} onClick={() => void desk.next()}>
          {t("another")}
        </Button>
      </div>
    </div>
  );
}

interface StatesProps {
  desk: PageDesk;
  state: DeskState;
  project: number;
  onTakeBack: () => void;
}

function States({ desk, state, project, onTakeBack }: StatesProps) {
  const { t } = useTranslation("many");
  const again = () => void desk.next();
  if (state.kind === "loading")
    return (
      <div className="mn-wait t3" role="status">
        {t("loading")}
      </div>
    );
  if (state.kind === "failed" && isApiError(state.error)) {
    const { code, extra } = state.error;
    if (code === "guideline_unread") return <GuidelineChanged projectId={project} onRead={again} />;
    if (code === "exam_first") return <ExamFirst projectId={project} state={String(extra.state)} onAgain={again} />;
  }
  if (state.kind === "failed")
    return (
      <div className="lw-cover">
        <ErrorState error={state.error} onRetry={again} />
      </div>
    );
  if (state.kind !== "empty") return null;
  return (
    <div className="lw-cover" role="status">
      <EmptyState
        icon="check"
        title={t("empty.title")}
        action={
          <span className="row g6">
            <LinkButton kind="primary" to={`/projects/${project}/label`}>
              {t("single")}
            </LinkButton>
            {desk.canTakeBack && <Button onClick={onTakeBack}>{t("takeBack")}</Button>}
            <Button kind="quiet" onClick={again}>
              {t("label:nothing.again")}
            </Button>
          </span>
        }
      >
        {desk.done > 0 ? t("empty.done", { count: desk.done }) : t("empty.detail")}
      </EmptyState>
    </div>
  );
}
