import { Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, showToast } from "@/ui";
import { bodyOf, type SchemaBody } from "./draft";

interface JsonViewProps {
  body: SchemaBody;
  readOnly: boolean;
  onEdit: (next: SchemaBody) => void;
}

/** The whole schema as the interface has it. Faults of content are found by the server's preview. */
export function JsonView({ body, readOnly, onEdit }: JsonViewProps) {
  const { t } = useTranslation("schema");
  const spelled = JSON.stringify(body, null, 2);
  const [text, setText] = useState<string | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  function take() {
    try {
      const read = JSON.parse(text ?? spelled) as Partial<SchemaBody>;
      if (typeof read !== "object" || read === null || !Array.isArray(read.classes))
        throw new Error(t("json.noClasses"));
      const faulty = read.classes.find(
        (one) => typeof one?.id !== "number" || !Array.isArray(one.shapes) || !one.color,
      );
      if (faulty) throw new Error(t("json.badClass", { name: JSON.stringify(faulty).slice(0, 60) }));
      onEdit(bodyOf(read));
      setText(null);
      setFault(null);
    } catch (error) {
      setFault((error as Error).message);
    }
  }
  async function copy() {
    await navigator.clipboard.writeText(text ?? spelled);
    showToast({ tone: "ok", title: t("common:copied") });
  }
  return (
    <div className="gut schema-json col" style={{ gap: 10, flex: 1, overflow: "auto" }}>
      <Textarea
        aria-label={t("json.title")}
        spellCheck={false}
        autosize
        minRows={20}
        readOnly={readOnly}
        value={text ?? spelled}
        error={fault}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className="row">
        {!readOnly && (
          <Button kind="primary" disabled={text === null} onClick={take}>
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
