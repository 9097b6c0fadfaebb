import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { readRegion } from "@/engine/scene/picker";
import type { Change, ClassId, Region } from "@/engine/types";
import type { OpenConflict, RefusedEdit, TaskSession } from "@/session";
import { Button, Dialog, DialogButtons, showError } from "@/ui";
import { Crop } from "../panel/Crop";
import { saveCopy } from "../work/copy";
import type { ClaimDocument } from "../work/desk";
import { useSessionEvents } from "../work/hooks";
import { answersOf, classOf, classTitle, sizeOf } from "../work/words";

interface SaveTroubleProps {
  doc: ClaimDocument;
  editor: Editor;
  session: TaskSession;
  bitmap: ImageBitmap | null;
  opened: boolean;
  onClose: () => void;
  /** Show again what the server has. */
  onReopen: () => void;
}

/** What was not saved: conflicts, mine beside theirs, and refused regions with the server's reason. */
export function SaveTrouble({ doc, editor, session, bitmap, opened, onClose, onReopen }: SaveTroubleProps) {
  const { t } = useTranslation("label");
  useSessionEvents(session, "save", "conflict", "refused");
  const { conflicts, refused } = session;
  /** The canvas must not go on showing what is saved nowhere. */
  async function discard(edit: RefusedEdit) {
    await session.discard(edit.element);
    if (edit.isNew) editor.applyRemote([{ id: edit.element, region: null }]);
    else onReopen();
  }
  const state = session.saveState;
  const blocked = state.kind === "blocked" ? state : null;
  const nothing = conflicts.length === 0 && refused.length === 0 && !blocked;
  return (
    <Dialog
      opened={opened && !nothing}
      title={
        blocked
          ? t("blocked.title", { count: blocked.waiting })
          : conflicts.length > 0
            ? t("conflict.title", { count: conflicts.length })
            : t("refused.title", { count: refused.length })
      }
      onClose={onClose}
      width={520}
    >
      {blocked && <p className="t2 sm">{t("blocked.detail", { detail: blocked.detail })}</p>}
      {conflicts.length > 0 && <p className="t2 sm">{t("conflict.detail")}</p>}
      <div className="col lw-trouble">
        {conflicts.map((conflict) => (
          <ConflictRow key={conflict.element} {...{ editor, session, bitmap, conflict }} />
        ))}
        {refused.map((edit) => (
          <div key={edit.element} className="row sm lw-refused">
            <div className="sp">
              <div className="m">{titleOf(editor, edit.change, edit.element)}</div>
              <div className="t2">{edit.detail}</div>
            </div>
            {editor.region(edit.element) && (
              <Button
                size="s"
                onClick={() => {
                  onClose();
                  editor.select([edit.element], { reveal: true });
                }}
              >
                {t("refused.show")}
              </Button>
            )}
            <Button size="s" kind="quiet" onClick={() => void discard(edit)}>
              {t("refused.discard")}
            </Button>
          </div>
        ))}
      </div>
      <DialogButtons>
        <Button kind="quiet" onClick={() => saveCopy(doc, session.unsent())}>
          {t("refused.file")}
        </Button>
        {refused.length > 0 && <Button onClick={() => void session.retry()}>{t("refused.retry")}</Button>}
        <Button keys="Esc" onClick={onClose}>
          {t("close")}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}

function asRegion(value: unknown): Region | null {
  return value && typeof value === "object" && "shape" in value ? readRegion(value as Region) : null;
}

function titleOf(editor: Editor, change: Change["after"], element: string): string {
  const region = asRegion(change) ?? editor.region(element) ?? null;
  return region ? `${classTitle(editor.schema, region.class)} ${editor.numberOf(element) || ""}` : element;
}

function ConflictRow({
  editor,
  session,
  bitmap,
  conflict,
}: {
  editor: Editor;
  session: TaskSession;
  bitmap: ImageBitmap | null;
  conflict: OpenConflict;
}) {
  const { t } = useTranslation("label");
  const [busy, setBusy] = useState(false);
  const mine = asRegion(conflict.mine);
  const theirs = conflict.theirs?.deleted ? null : asRegion(conflict.theirs?.element);
  async function keep(side: "mine" | "theirs" | "both") {
    setBusy(true);
    try {
      await session.resolve(conflict.element, side === "mine" ? "mine" : "theirs");
      if (side !== "mine") editor.applyRemote([{ id: conflict.element, region: theirs }]);
      if (side === "both" && mine) editor.addRegions([mine], "paste");
    } catch (error) {
      setBusy(false);
      showError(error, t("conflict.failed"));
    }
  }
  const sides = [
    ["mine", mine],
    ["theirs", theirs],
  ] as const;
  return (
    <div className="lw-sides">
      {sides.map(([side, region]) => (
        <div key={side} className="col lw-side">
          <div className="xs t3">{t(`conflict.${side}`)}</div>
          {region ? (
            <Facts editor={editor} region={region} bitmap={bitmap} classId={region.class} />
          ) : (
            <div className="sm t2">{t("conflict.deleted")}</div>
          )}
          <Button size="s" busy={busy} onClick={() => void keep(side)}>
            {t(`conflict.keep.${side}`)}
          </Button>
        </div>
      ))}
      {mine && theirs && (
        <Button size="s" busy={busy} onClick={() => void keep("both")}>
          {t("conflict.keep.both")}
        </Button>
      )}
    </div>
  );
}

function Facts({
  editor,
  region,
  bitmap,
  classId,
}: {
  editor: Editor;
  region: Region;
  bitmap: ImageBitmap | null;
  classId: ClassId;
}) {
  const size = sizeOf(region);
  return (
    <div className="row g6">
      <Crop
        region={region}
        bitmap={bitmap}
        image={editor.image}
        color={classOf(editor.schema, classId)?.color ?? "#c4c4c4"}
      />
      <div style={{ minWidth: 0 }}>
        <div className="m el">{classTitle(editor.schema, classId)}</div>
        <div className="xs t3 el">
          {[...(size ? [`${size[0]} × ${size[1]}`] : []), ...answersOf(region)].join(", ")}
        </div>
      </div>
    </div>
  );
}
