import { useMutation } from "@tanstack/react-query";
import { type ClipboardEvent, type DragEvent, useRef } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { Button, IconButton } from "@/ui";
import { insert, prefixLines, type TextChange, wrap } from "./markdown";

interface EditorProps {
  project: number;
  text: string;
  onChange: (text: string) => void;
}

/** Markdown with the few marks a guideline needs; pictures by paste, drop or choice. */
export function MarkdownEditor({ project, text, onChange }: EditorProps) {
  const { t } = useTranslation("guidelines");
  const field = useRef<HTMLTextAreaElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
  function apply(make: (text: string, start: number, end: number) => TextChange) {
    const area = field.current;
    if (!area) return;
    const next = make(area.value, area.selectionStart, area.selectionEnd);
    onChange(next.text);
    requestAnimationFrame(() => {
      area.focus();
      area.setSelectionRange(next.start, next.end);
    });
  }
  const send = useMutation({
    mutationFn: async (files: File[]) => {
      for (const file of files) {
        const form = new FormData();
        form.append("file", file, file.name);
        const image = await api.post<Schemas["GuidelineImageOut"]>(`/projects/${project}/guidelines/images`, form);
        apply((now, start, end) => insert(now, start, end, `${image.markdown}\n`));
      }
    },
  });
  function take(event: ClipboardEvent | DragEvent, transfer: DataTransfer) {
    const images = [...transfer.files].filter((file) => file.type.startsWith("image/"));
    if (images.length === 0) return;
    event.preventDefault();
    send.mutate(images);
  }
  return (
    <section aria-label={t("text")}>
      <div className="guide-tools" role="toolbar" aria-label={t("tools")}>
        <Button kind="quiet" size="s" onClick={() => apply((...at) => prefixLines(...at, "## "))}>
          {t("heading")}
        </Button>
        <Button kind="quiet" size="s" keys="Ctrl B" onClick={() => apply((...at) => wrap(...at, "**"))}>
          {t("bold")}
        </Button>
        <IconButton icon="list" size="s" label={t("list")} onClick={() => apply((...at) => prefixLines(...at, "- "))} />
        <IconButton
          icon="link"
          size="s"
          label={t("link")}
          onClick={() =>
            apply((now, start, end) => insert(now, start, end, `[${now.slice(start, end) || t("linkText")}](https://)`))
          }
        />
        <Button kind="quiet" size="s" icon="image" busy={send.isPending} onClick={() => chooser.current?.click()}>
          {t(send.isPending ? "sending" : "image")}
        </Button>
        <input
          ref={chooser}
          type="file"
          accept="image/*"
          multiple
          hidden
          aria-label={t("image")}
          onChange={(event) => {
            send.mutate([...(event.currentTarget.files ?? [])]);
            event.currentTarget.value = "";
          }}
        />
        <span className="sp" />
        <span className="xs t3 el">{t("pasteHint")}</span>
      </div>
      <textarea
        ref={field}
        className="guide-text"
        aria-label={t("text")}
        value={text}
        maxLength={500_000}
        spellCheck
        onChange={(event) => onChange(event.currentTarget.value)}
        onPaste={(event) => take(event, event.clipboardData)}
        onDrop={(event) => take(event, event.dataTransfer)}
        onDragOver={(event) => [...event.dataTransfer.types].includes("Files") && event.preventDefault()}
        onKeyDown={(event) => {
          if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "b") return;
          event.preventDefault();
          apply((...at) => wrap(...at, "**"));
        }}
      />
    </section>
  );
}
