import { type ReactNode, useEffect, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { isApiError } from "@/api/errors";
import { Button } from "./Button";
import { Icon, type IconName } from "./Icon";
import { useKey } from "./keys";

export interface Toast {
  id: number;
  tone: "ok" | "warn" | "bad";
  title: string;
  detail?: ReactNode;
  /** The way out. With `undo`, Ctrl Z runs it too, as long as that is what it would mean. */
  action?: { label: string; run: () => void; undo?: boolean | (() => boolean) };
}

const LIFETIME = 6000; // ms; errors stay
const MOST = 3;
let toasts: Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function publish(next: Toast[]) {
  toasts = next;
  for (const listener of listeners) listener();
}

export function dismissToast(id: number) {
  publish(toasts.filter((toast) => toast.id !== id));
}

export function showToast(toast: Omit<Toast, "id">): number {
  lastId += 1;
  publish([...toasts, { ...toast, id: lastId }].slice(-MOST));
  return lastId;
}

/** A failed command, in the server's words. */
export function showError(error: unknown, fallback: string) {
  const problem = isApiError(error) ? error : null;
  const detail = problem?.detail === problem?.title ? undefined : problem?.detail;
  showToast({ tone: "bad", title: problem?.title ?? fallback, detail });
}

const ICONS: Record<Toast["tone"], IconName> = { ok: "check", warn: "alert", bad: "alert" };

export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  const undoable = shown.findLast((toast) => toast.action?.undo);
  const undo = () => undoable && stillMeant(undoable) && runAction(undoable);
  useKey("Ctrl Z", undo, undoable !== undefined);
  return (
    <div className="toasts" aria-live="polite">
      {shown.map((toast) => (
        <ToastRow key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function stillMeant({ action }: Toast): boolean {
  return typeof action?.undo === "function" ? action.undo() : true;
}

function runAction(toast: Toast) {
  dismissToast(toast.id);
  toast.action?.run();
}

function ToastRow({ toast }: { toast: Toast }) {
  const { t } = useTranslation("common");
  useEffect(() => {
    if (toast.tone === "bad") return;
    const timer = setTimeout(() => dismissToast(toast.id), LIFETIME);
    return () => clearTimeout(timer);
  }, [toast]);
  return (
    <div className="toast" role={toast.tone === "bad" ? "alert" : "status"}>
      <span className={`row ${toast.tone}`} style={{ alignSelf: "start", paddingTop: 1 }}>
        <Icon name={ICONS[toast.tone]} />
      </span>
      <div style={{ flex: 1, minWidth: 0 }}>
        <div className="m">{toast.title}</div>
        {toast.detail && <div className="t2 sm">{toast.detail}</div>}
      </div>
      {toast.action && (
        <Button size="s" keys={toast.action.undo ? "Ctrl Z" : undefined} onClick={() => runAction(toast)}>
          {toast.action.label}
        </Button>
      )}
      <button type="button" className="btn s ic" aria-label={t("close")} onClick={() => dismissToast(toast.id)}>
        <Icon name="close" size="x" />
      </button>
    </div>
  );
}
