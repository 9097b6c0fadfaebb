import { Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, showToast } from "@/ui";
import { readBody, type Workflow } from "./draft";

interface DraftJsonProps {
  body: Workflow;
  readOnly: boolean;
  onEdit: (next: Workflow) => void;
}

/** The whole workflow as the interface has it. Faults of content are found by the server's preview. */
export function DraftJson({ body, readOnly, onEdit }: DraftJsonProps) {
  const { t } = useTranslation("workflow");
  const spelled = JSON.stringify(body, null, 2);
  const [text, setText] = useState<string | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  function take() {
    try {
      onEdit(readBody(text ?? spelled));
      setText(null);
      setFault(null);
    } catch (error) {
      setFault((error as Error).message === "stages" ? t("json.noStages") : (error as Error).message);
    }
  }
  async function copy() {
    await navigator.clipboard.writeText(text ?? spelled);
    showToast({ tone: "ok", title: t("common:copied") });
  }
  return (
    <div className="wf-json col" style={{ gap: 10 }}>
      <Textarea
        aria-label={t("json.title")}
        spellCheck={false}
        autosize
        minRows={18}
        maxRows={40}
        readOnly={readOnly}
        value={text ?? spelled}
        error={fault}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className="row">
        {!readOnly && (
          <Button disabled={text === null} onClick={take}>
            {t("json.take")}
          </Button>
        )}
        <Button icon="copy" onClick={() => void copy()}>
          {t("common:copy")}
        </Button>
      </div>
    </div>
  );
}
