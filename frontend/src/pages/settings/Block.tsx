import type { FormEvent, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { isApiError } from "@/api/errors";
import { Button } from "@/ui";

interface BlockProps {
  id: string;
  title: string;
  lead?: string;
  /** Something differs from what is saved. */
  changed: boolean;
  busy: boolean;
  error?: unknown;
  readOnly: boolean;
  wide?: boolean;
  onSave: () => void;
  onReset: () => void;
  children: ReactNode;
}

/** One part of the settings, saved by itself. */
export function Block(props: BlockProps) {
  const { t } = useTranslation("common");
  const error = isApiError(props.error) ? props.error : null;
  function onSubmit(event: FormEvent) {
    event.preventDefault();
    props.onSave();
  }
  return (
    <section aria-labelledby={props.id}>
      <h2 id={props.id}>{props.title}</h2>
      {props.lead && <p className="sm t2">{props.lead}</p>}
      <form onSubmit={onSubmit}>
        <fieldset
          disabled={props.readOnly}
          style={{ border: 0, display: "grid", gap: 14, marginTop: 12, maxWidth: props.wide ? 760 : 560, minWidth: 0 }}
        >
          {props.children}
        </fieldset>
        {error && (
          <div role="alert" className="sm bad" style={{ marginTop: 10 }}>
            <p>{error.sentence}</p>
            {error.errors.map((one) => (
              <p key={one.pointer + one.code}>
                {one.pointer}: {one.detail}
              </p>
            ))}
          </div>
        )}
        {props.changed && !props.readOnly && (
          <div className="row" style={{ marginTop: 14 }}>
            <Button kind="primary" type="submit" busy={props.busy}>
              {t("saveChanges")}
            </Button>
            <Button onClick={props.onReset}>{t("cancel")}</Button>
          </div>
        )}
      </form>
    </section>
  );
}
