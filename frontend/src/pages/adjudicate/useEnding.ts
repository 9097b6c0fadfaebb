import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { NotSaved } from "@/session";
import { showError, showToast } from "@/ui";
import type { Desk, Work } from "../label/work/desk";
import { problemBehind } from "../label/work/transport";
import type { Ending } from "./ConflictPanel";
import { forgetChoices } from "./conflicts";
import type { Settling } from "./useSettling";

interface EndingOf {
  desk: Desk;
  work: Work | null;
  editor: Editor;
  settling: Settling;
}

/** Finish with what was settled, or pass the task on. */
export function useEnding({ desk, work, editor, settling }: EndingOf): Ending {
  const { t } = useTranslation("adjudicate");
  const [busy, setBusy] = useState(false);

  async function ending(run: () => Promise<void>) {
    if (busy || !work?.session) return;
    setBusy(true);
    try {
      await run();
      forgetChoices(work.doc.assignment.id);
    } catch (error) {
      if (error instanceof NotSaved) showToast({ tone: "bad", title: t("unsaved") });
      else showError(problemBehind(error) ?? error, t("failed"));
    } finally {
      setBusy(false);
    }
  }

  function finish() {
    if (settling.open > 0) return void showToast({ tone: "warn", title: t("stillOpen", { count: settling.open }) });
    if (editor.busy) return void showToast({ tone: "warn", title: t("drawing") });
    const nothing = editor.regions().length === 0 && Object.keys(editor.answers()).length === 0;
    void ending(async () => {
      const number = work?.doc.task.number;
      await desk.submit({ outcome: nothing ? "empty" : "labelled" });
      showToast({ tone: "ok", title: t("finished", { number }) });
    });
  }

  const skip = () => void ending(() => desk.handIn(() => work!.session!.skip(""), true));
  return { busy, finish, skip };
}
